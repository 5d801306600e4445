/*
 * Page: the HTML of real web servers, as they word it, for a client that must tell it from an
 * Exchange answer. Values that came from a request are escaped.
 */
#include "sim/page.h"

#include <stdlib.h>

#define HTML "text/html; charset=utf-8"

void page_text(struct answer *a, int status, const char *type, const char *body)
{
	a->status = status;
	a->type = type;
	text_clear(&a->body);
	text_puts(&a->body, body);
}

/* http.sys answers by itself, without ASP.NET, when no worker can take the request. */
#define HTTP_SYS(title, say)                                                                       \
	"<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\"\"http://www.w3.org/TR/html4/"         \
	"strict.dtd\">\r\n<HTML><HEAD><TITLE>" title "</TITLE>\r\n<META HTTP-EQUIV=\""             \
	"Content-Type\" Content=\"text/html; charset=us-ascii\"></HEAD>\r\n<BODY><h2>" title       \
	"</h2>\r\n<hr><p>" say "</p>\r\n</BODY></HTML>\r\n"
#define IIS(title, heading, say)                                                                   \
	"<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\" \"http://www.w3.org/TR/"       \
	"xhtml1/DTD/xhtml1-strict.dtd\">\r\n<html xmlns=\"http://www.w3.org/1999/xhtml\">\r\n"     \
	"<head>\r\n<title>" title "</title>\r\n</head>\r\n<body>\r\n<div id=\"header\"><h1>"       \
	"Server Error</h1></div>\r\n<div id=\"content\"><h2>" heading "</h2>\r\n<h3>" say          \
	"</h3></div>\r\n</body>\r\n</html>\r\n"

static const struct status_page {
	int status;
	const char *type, *body;
} status_pages[] = {
	{ 400, "text/html; charset=us-ascii",
		HTTP_SYS("Bad Request", "HTTP Error 400. The request is badly formed.") },
	{ 401, "text/html",
		IIS("401 - Unauthorized: Access is denied due to invalid credentials.",
			"401 - Unauthorized: Access is denied due to invalid credentials.",
			"You do not have permission to view this directory or page using the "
			"credentials that you supplied.") },
	{ 403, "text/html",
		IIS("403 - Forbidden: Access is denied.", "403 - Forbidden: Access is denied.",
			"You do not have permission to view this directory or page using the "
			"credentials that you supplied.") },
	{ 404, "text/html",
		IIS("404 - File or directory not found.", "404 - File or directory not found.",
			"The resource you are looking for might have been removed, had its name "
			"changed, or is temporarily unavailable.") },
	{ 413, "text/html",
		IIS("413 - Request Entity Too Large", "413 - Request Entity Too Large",
			"The page was not displayed because the request entity is too large.") },
	{ 429, "text/plain", "Too many requests" },
	{ 440, "text/html",
		"<html><head><title>440 Login Timeout</title></head><body></body></html>" },
	{ 456, "text/plain", "" },
	{ 500, HTML,
		"<!DOCTYPE html>\r\n<html>\r\n    <head>\r\n        <title>Runtime Error</title>"
		"\r\n    </head>\r\n    <body bgcolor=\"white\">\r\n            <span><H1>Server "
		"Error in '/EWS' Application.<hr width=100% size=1 color=silver></H1>\r\n"
		"            <h2> <i>Runtime Error</i> </h2></span>\r\n            <b> Description:"
		" </b>An application error occurred on the server. The current custom error "
		"settings for this application prevent the details of the application error from "
		"being viewed.\r\n    </body>\r\n</html>\r\n" },
	{ 502, "text/html",
		IIS("502 - Web server received an invalid response while acting as a gateway or "
		    "proxy server.",
			"502 - Web server received an invalid response while acting as a gateway "
			"or proxy server.",
			"There is a problem with the page you are looking for, and it cannot be "
			"displayed.") },
	{ 503, "text/html; charset=us-ascii",
		HTTP_SYS("Service Unavailable", "HTTP Error 503. The service is unavailable.") },
	{ 0, NULL, NULL },
};

/* A status without a page of its own gets the least one. */
void page_status(struct answer *a, int status)
{
	const struct status_page *p = status_pages;

	while (p->status != 0 && p->status != status)
		p++;
	if (p->status != 0) {
		page_text(a, status, p->type, p->body);
		return;
	}
	page_text(a, status, "text/html", "");
	answer_printf(a, "<html><head><title>%d</title></head><body>HTTP Error %d</body></html>\n",
		status, status);
}

/* The page ASP.NET writes for a redirection, and the header. */
void page_moved(struct answer *a, int status, const char *location)
{
	page_text(a, status, HTML,
		"<html><head><title>Object moved</title></head><body>\r\n<h2>Object moved to "
		"<a href=\"");
	xml_text(&a->body, location);
	text_puts(&a->body, "\">here</a>.</h2>\r\n</body></html>\r\n");
	answer_header(a, "Location", location);
}

/* The web mail's form as Exchange 2016 shows it, with the path to come back to. */
void page_login(struct answer *a)
{
	page_text(a, 200, HTML,
		"<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.0 Transitional//EN\">\r\n"
		"<!-- OwaPage = ASP.auth_logon_aspx -->\r\n<html>\r\n<head>\r\n"
		"<meta http-equiv=\"X-UA-Compatible\" content=\"IE=10\" />\r\n"
		"<meta name=\"Robots\" content=\"NOINDEX, NOFOLLOW\">\r\n"
		"<title>Outlook</title>\r\n</head>\r\n<body class=\"signInBg\">\r\n"
		"<form action=\"/owa/auth.owa\" method=\"POST\" name=\"logonForm\" "
		"autocomplete=\"off\">\r\n"
		"<input type=\"hidden\" name=\"destination\" value=\"/ews/exchange.asmx\">\r\n"
		"<input type=\"hidden\" name=\"flags\" value=\"4\">\r\n"
		"<div class=\"signInInputLabel\" id=\"userNameLabel\">Domain\\user name:</div>\r\n"
		"<input id=\"username\" name=\"username\" class=\"signInInputText\" />\r\n"
		"<div class=\"signInInputLabel\" id=\"passwordLabel\">Password:</div>\r\n"
		"<input id=\"password\" name=\"password\" type=\"password\" "
		"class=\"signInInputText\" />\r\n"
		"<div class=\"signinbutton\">sign in</div>\r\n</form>\r\n</body>\r\n</html>\r\n");
	answer_header(a, "Cache-Control", "no-cache, no-store");
	answer_header(a, "X-OWA-Version", "15.1.2507.39");
}

/* Squid's pages, by the two errors that clients meet. */
void page_proxy(struct answer *a, int status)
{
	bool sign_in = status == 407;
	const char *error = sign_in ? "ERR_CACHE_ACCESS_DENIED 0" : "ERR_CONNECT_FAIL 111";
	const char *title =
		sign_in ? "Cache Access Denied" : "The requested URL could not be retrieved";

	page_text(a, status, HTML,
		"<!DOCTYPE html PUBLIC \"-//W3C//DTD HTML 4.01//EN\" "
		"\"http://www.w3.org/TR/html4/strict.dtd\">\n<html><head>\n<title>ERROR: ");
	answer_printf(a,
		"%s</title>\n</head><body id=\"%.*s\">\n<div id=\"titles\"><h1>ERROR</h1>\n"
		"<h2>%s</h2></div>\n<hr>\n<div id=\"content\"><p>%s</p></div>\n<hr>\n"
		"<div id=\"footer\"><p>Generated by proxy.example.test (squid/5.7)</p></div>\n"
		"</body></html>\n",
		title, (int)(sizeof("ERR_CONNECT_FAIL") - 1), error, title,
		sign_in ? "Sorry, you are not currently allowed to request this until you have "
			  "authenticated yourself."
			: "The system returned: (111) Connection refused");
	answer_header(a, "X-Squid-Error", error);
	answer_header(a, "Via", "1.1 proxy.example.test (squid/5.7)");
	if (sign_in)
		answer_header(a, "Proxy-Authenticate", "Basic realm=\"proxy\"");
}

/* A public site that answers every path, as content management systems do. */
void page_website(struct answer *a, const char *organisation, const char *path)
{
	page_text(a, 200, HTML,
		"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>");
	xml_text(&a->body, organisation);
	text_puts(&a->body, "</title></head>\n<body><h1>Welcome to ");
	xml_text(&a->body, organisation);
	text_puts(&a->body, "</h1>\n<p>You are here: ");
	xml_text(&a->body, path);
	text_puts(&a->body, "</p></body></html>\n");
}
