/*
 * Soap, HTTP: the header lines that show which servers answered, as each generation sends them.
 *
 * Back ends exist by name only: a mailbox's number says which of them "owns" it.
 */
#include "sim/soap_parts.h"

#include <stdio.h>
#include <string.h>

enum { BACK_ENDS = 4 };

/* The web server that came with the Windows each product runs on. */
static const char *server_of(const struct product *p)
{
	if (p->major <= 8)
		return "Microsoft-IIS/7.0";
	if (p->major == 14)
		return "Microsoft-IIS/7.5";
	return p->minor == 0 ? "Microsoft-IIS/8.5" : "Microsoft-IIS/10.0";
}

/* Where a mailbox "lives" never changes, so that clients may remember it. */
static uint32_t back_end(const struct call *c)
{
	return c->acting == NULL ? 1 : c->acting->number % BACK_ENDS + 1;
}

/* A client that sends a cookie back is not given another one. */
static bool has_cookie(const struct call *c, const char *name)
{
	const char *cookies = request_header(c->request, "Cookie");
	const char *at = cookies == NULL ? NULL : strstr(cookies, name);

	return at != NULL && at[strlen(name)] == '=';
}

/* Values come from the world, not from chance: answers are the same every time. */
static void hex_cookie(struct call *c, const char *name, const char *more)
{
	unsigned char bytes[16];
	struct text *head = &c->answer->head;

	if (has_cookie(c, name))
		return;
	world_bytes(c->world, bytes, sizeof(bytes));
	text_printf(head, "Set-Cookie: %s=", name);
	hex_add(head, bytes, sizeof(bytes));
	text_printf(head, "; %s\r\n", more);
}

/* Asked for together with an anchor, the client is bound to one back end by a cookie. */
static void affinity(struct call *c)
{
	const char *wanted = request_header(c->request, "X-PreferServerAffinity");

	if (same_nocase(wanted, "true") && request_header(c->request, "X-AnchorMailbox") != NULL)
		hex_cookie(c, "X-BackEndOverrideCookie", "path=/; secure; HttpOnly");
}

/* Front and back end are apart since 2013. */
static void parted_servers(struct call *c)
{
	struct text *head = &c->answer->head;
	const char *site = c->premise->online ? "outlook" : c->premise->forest;
	const char *front = c->front_end != NULL ? c->front_end->name : "FE01";

	text_printf(head, "X-FEServer: %s\r\n", front);
	if (c->operation == NULL)
		return;
	text_printf(
		head, "X-BEServer: MBX%02u\r\nX-DiagInfo: MBX%02u\r\n", back_end(c), back_end(c));
	text_printf(head, "X-CalculatedBETarget: mbx%02u.%s.%s\r\n", back_end(c),
		site != NULL ? site : "mail", c->premise->host);
	text_printf(head, "x-EwsHandler: %.*s\r\n", (int)(strlen(c->operation->element) - 10),
		c->operation->element + 2);
	hex_cookie(c, "X-BackEndCookie", "path=/EWS; secure; HttpOnly");
	affinity(c);
}

/* Only on demand: other clients would not know it as theirs. */
static void echo_request_id(struct call *c)
{
	const char *id = request_header(c->request, "client-request-id");

	if (id != NULL &&
		same_nocase("true", request_header(c->request, "return-client-request-id")))
		answer_header(c->answer, "client-request-id", id);
}

/* The oldest product says least; names of machines appear where a front end passes requests on. */
void soap_http_headers(struct call *c)
{
	const struct product *p = c->premise->product;
	struct text *head = &c->answer->head;
	char guid[37];

	text_printf(head, "Server: %s\r\nX-Powered-By: ASP.NET\r\n", server_of(p));
	if (p->major >= 14) {
		world_guid(c->world, guid);
		text_printf(head, "request-id: %s\r\n", guid);
		echo_request_id(c);
	}
	if (c->operation != NULL && p->major >= 14)
		hex_cookie(c, "exchangecookie", "path=/; HttpOnly");
	if (p->major >= 15)
		parted_servers(c);
	if (p->major >= 14 && c->operation != NULL)
		text_printf(head, "X-AspNet-Version: %s\r\n",
			p->major == 14 ? "2.0.50727" : "4.0.30319");
}
