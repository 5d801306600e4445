/*
 * Html: the sign-in's pages: plain forms that work without JavaScript.
 *
 * Field names and ids are those of the real pages where these have one: loginfmt, passwd, otc,
 * idSIButton9, idBtn_Back, otherTile. Everything from outside is escaped here.
 */
#include "sim/token_part.h"

#include <stdlib.h>
#include <string.h>

static const char style[] =
	"body{font:15px/1.4 'Segoe UI',sans-serif;color:#1b1b1b;background:#f2f2f2;margin:0}"
	"main{background:#fff;max-width:352px;margin:10vh auto;padding:44px;"
	"box-shadow:0 2px 6px rgba(0,0,0,.2);overflow-wrap:anywhere}"
	"h1{font-size:24px;font-weight:600;line-height:1.25;margin:0 0 12px}"
	".from{color:#5e5e5e;margin:0 0 16px}.small{color:#5e5e5e;font-size:13px}"
	"label{display:block}"
	"input:not([type=hidden]){display:block;width:100%;box-sizing:border-box;padding:6px 0;"
	"margin:0 0 16px;border:0;border-bottom:1px solid #666;border-radius:0;font:inherit}"
	"input:focus{outline:0;border-bottom-color:#0067b8;box-shadow:0 1px #0067b8}"
	"form{display:flex;flex-wrap:wrap;gap:0 8px;justify-content:flex-end}"
	"form>*{flex:0 0 100%}form>p{margin-top:0}"
	"button{flex:0 0 auto;min-width:108px;margin-top:8px;padding:6px "
	"12px;font:inherit;border:1px solid "
	"#0067b8;background:#0067b8;color:#fff;cursor:pointer}"
	"button:hover{filter:brightness(.93)}button:focus-visible{outline:2px solid #1b1b1b;"
	"outline-offset:2px}"
	".tile,#idBtn_Back{background:#f2f2f2;border-color:#f2f2f2;color:inherit}"
	".tile{flex-basis:100%;margin-top:4px;padding:12px;text-align:left}.error{color:#b3140c}"
	"@media(max-width:440px){main{margin:0;padding:24px;max-width:none}}";

/* The same frame around everything, with whose sign-in it is; framing by other sites is refused, as
 * a sign-in must. */
static void open_page(struct ask *k, const char *title)
{
	struct text *t = &k->a->body;

	k->a->type = "text/html; charset=utf-8";
	answer_header(k->a, "X-Frame-Options", "DENY");
	answer_header(k->a, "Referrer-Policy", "strict-origin-when-cross-origin");
	text_puts(t,
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta "
		"name=\"viewport\" content=\"width=device-width\">\n<title>");
	xml_text(t, title);
	text_printf(t, "</title>\n<style>%s</style>\n</head>\n<body>\n<main>\n", style);
	if (k->s->world->organisation != NULL) {
		text_puts(t, "<p class=\"from\">");
		xml_text(t, k->s->world->organisation);
		text_puts(t, "</p>\n");
	}
	text_puts(t, "<h1>");
	xml_text(t, title);
	text_puts(t, "</h1>\n");
}

/* Nobody shall type a password of the real world here. */
static void close_page(struct ask *k)
{
	text_puts(&k->a->body,
		"<p class=\"small\">This sign-in is simulated: only accounts of its own world are "
		"known here.</p>\n</main>\n</body>\n</html>\n");
}

/* The whole text with its number: people search for it. */
static void say_error(struct ask *k, const char *say)
{
	struct text *t = &k->a->body;

	if (say == NULL)
		return;
	text_puts(t, "<p id=\"error\" class=\"error\" role=\"alert\">");
	xml_text(t, say);
	text_puts(t, "</p>\n");
}

static void hidden(struct ask *k, const char *name, const char *value)
{
	struct text *t = &k->a->body;

	text_printf(t, "<input type=\"hidden\" name=\"%s\" value=\"", name);
	xml_text(t, value);
	text_puts(t, "\">\n");
}

/* A form that carries the request on. What a name looks like is judged here, not by the browser. */
static void open_form(struct ask *k, const struct wish *w)
{
	struct text *t = &k->a->body, path = { 0 };

	text_puts(&path, "/");
	percent_add(&path, w->device != NULL ? "common" : k->tenant_word);
	text_puts(&path,
		w->device != NULL ? "/oauth2/deviceauth?"
			: k->v1	  ? "/oauth2/login?"
				  : "/oauth2/v2.0/login?");
	text_puts(&path, w->parameters);
	text_puts(t, "<form method=\"post\" novalidate action=\"");
	xml_text(t, path.at);
	text_puts(t, "\">\n");
	text_free(&path);
}

/* Ids and labels are ours: nothing here needs escaping. */
static void button(struct ask *k, const char *id, const char *label)
{
	text_printf(&k->a->body, "<button type=\"submit\" id=\"%s\">%s</button>\n", id, label);
}

/* Who will get the answer: the only way to notice a link of somebody else. */
static void app_line(struct ask *k, const struct wish *w)
{
	text_puts(&k->a->body, "<p>to continue to <strong id=\"appName\">");
	xml_text(&k->a->body, w->app->name);
	text_puts(&k->a->body, "</strong></p>\n");
}

/* Where no redirect is safe: the app or its address is not known. */
void html_error(struct ask *k, int status)
{
	struct text *t = &k->a->body;

	k->a->status = status;
	open_page(k, "Sorry, but we\xe2\x80\x99re having trouble signing you in.");
	text_puts(t, "<p id=\"exceptionMessageContainer\" class=\"error\">");
	xml_text(t, k->say);
	text_puts(t, "</p>\n");
	close_page(k);
}

void html_message(struct ask *k, const char *title, const char *say)
{
	struct text *t = &k->a->body;

	open_page(k, title);
	text_puts(t, "<p id=\"message\">");
	xml_text(t, say);
	text_puts(t, "</p>\n");
	close_page(k);
}

/* Name and password on one page: fewer round trips to drive by hand, and the same fields. */
void html_password(struct ask *k, const struct wish *w, const char *hint, const char *say)
{
	struct text *t = &k->a->body;

	open_page(k, "Sign in");
	app_line(k, w);
	say_error(k, say);
	open_form(k, w);
	text_puts(t,
		"<label for=\"i0116\">Email, phone, or Skype</label>\n<input type=\"email\" "
		"id=\"i0116\" name=\"loginfmt\" autocomplete=\"username\" value=\"");
	xml_text(t, hint != NULL ? hint : "");
	text_puts(t,
		"\">\n<label for=\"i0118\">Password</label>\n<input type=\"password\" "
		"id=\"i0118\" name=\"passwd\" autocomplete=\"current-password\">\n");
	button(k, "idSIButton9", "Sign in");
	text_puts(t, "</form>\n");
	close_page(k);
}

/* The value is the object id: names may repeat. */
static void tile(struct ask *k, const struct identity *id)
{
	struct text *t = &k->a->body;

	text_puts(t, "<button type=\"submit\" class=\"tile\" name=\"account\" value=\"");
	xml_text(t, id->object_id);
	text_puts(t, "\" data-test-id=\"");
	xml_text(t, id->upn);
	text_puts(t, "\">");
	if (id->mailbox != NULL) {
		xml_text(t, id->mailbox->name);
		text_puts(t, "<br>");
	}
	xml_text(t, id->upn);
	text_puts(t, "<br><span class=\"small\">Signed in</span></button>\n");
}

void html_pick(struct ask *k, const struct wish *w, const struct accounts *all)
{
	open_page(k, "Pick an account");
	app_line(k, w);
	open_form(k, w);
	for (int i = 0; i < all->n; i++)
		tile(k, all->of[i]->identity);
	text_puts(&k->a->body,
		"<button type=\"submit\" class=\"tile\" id=\"otherTile\" name=\"other\" "
		"value=\"1\">Use another account</button>\n</form>\n");
	close_page(k);
}

void html_code(struct ask *k, const struct wish *w, const char *step, const char *say)
{
	open_page(k, "Enter code");
	say_error(k, say);
	open_form(k, w);
	hidden(k, "step", step);
	text_puts(&k->a->body,
		"<p>Enter the code displayed in the authenticator app. In this simulated world any "
		"six digits will do, except six zeros.</p>\n<label for=\"otc\">Code</label>\n"
		"<input type=\"text\" id=\"otc\" name=\"otc\" inputmode=\"numeric\" "
		"autocomplete=\"one-time-code\">\n");
	button(k, "idSubmit_SAOTCC_Continue", "Verify");
	text_puts(&k->a->body, "</form>\n");
	close_page(k);
}

/* Says who is signed in: the last moment to see that it is the wrong account. */
void html_consent(struct ask *k, const struct wish *w, const char *step, const struct identity *id)
{
	struct text *t = &k->a->body;

	open_page(k, w->device != NULL ? "Are you trying to sign in?" : "Permissions requested");
	app_line(k, w);
	text_puts(t, "<p>You are signed in as <span id=\"displayName\">");
	xml_text(t, id->upn);
	text_puts(t, "</span>.</p>\n");
	if (w->scopes.names.len > 0) {
		text_puts(t, "<p>This app would like to: <span id=\"permissions\">");
		xml_text(t, w->scopes.names.at);
		text_puts(t, "</span></p>\n");
	}
	open_form(k, w);
	hidden(k, "step", step);
	text_printf(t,
		"<button type=\"submit\" id=\"idBtn_Back\" name=\"consent\" value=\"cancel\">"
		"Cancel</button>\n<button type=\"submit\" id=\"idSIButton9\" name=\"consent\" "
		"value=\"accept\">%s</button>\n</form>\n",
		w->device != NULL ? "Continue" : "Accept");
	close_page(k);
}

void html_device(struct ask *k, const char *say)
{
	open_page(k, "Enter code to allow access");
	text_puts(&k->a->body, "<p>Enter the code displayed on your app or device.</p>\n");
	say_error(k, say);
	text_puts(&k->a->body,
		"<form method=\"post\" action=\"/common/oauth2/deviceauth\">\n<label "
		"for=\"otc\">Code</label>\n<input type=\"text\" id=\"otc\" name=\"otc\" "
		"autocomplete=\"off\">\n");
	button(k, "idSIButton9", "Next");
	text_puts(&k->a->body, "</form>\n");
	close_page(k);
}

/* The script only saves a click; without it the button does the same. */
void html_form_post(struct ask *k, const char *redirect, const char *const *fields)
{
	struct text *t = &k->a->body;

	open_page(k, "Working...");
	text_puts(t, "<form method=\"post\" name=\"hiddenform\" id=\"hiddenform\" action=\"");
	xml_text(t, redirect);
	text_puts(t, "\">\n");
	for (; fields[0] != NULL; fields += 2)
		if (fields[1] != NULL)
			hidden(k, fields[0], fields[1]);
	button(k, "continue", "Continue");
	text_puts(t, "</form>\n<script>document.forms[0].submit()</script>\n");
	close_page(k);
}
