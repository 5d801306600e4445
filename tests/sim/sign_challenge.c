/*
 * The 401 as IIS and Exchange write it: a header line for each scheme the premise offers, in their
 * order; a handshake's next message first and by itself in its line, the other schemes bare after
 * it. A refusal says the same about every account, whatever is wrong with it, unless the premise's
 * switches have it told. On-premises servers put IIS's page below a refusal and nothing below a
 * handshake's step; the online service sends no body at all.
 */
#include <stdlib.h>
#include "sim/page.h"
#include "sim/sign.h"
#include "sim/token.h"

static const char page[] =
	"<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\" "
	"\"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd\">\r\n"
	"<html xmlns=\"http://www.w3.org/1999/xhtml\">\r\n"
	"<head>\r\n"
	"<meta http-equiv=\"Content-Type\" content=\"text/html; charset=iso-8859-1\"/>\r\n"
	"<title>401 - Unauthorized: Access is denied due to invalid credentials.</title>\r\n"
	"</head>\r\n"
	"<body>\r\n"
	"<div id=\"header\"><h1>Server Error</h1></div>\r\n"
	"<div id=\"content\">\r\n"
	" <h2>401 - Unauthorized: Access is denied due to invalid credentials.</h2>\r\n"
	" <h3>%s</h3>\r\n"
	"</div>\r\n"
	"</body>\r\n"
	"</html>\r\n";
static const char not_permitted[] = "You do not have permission to view this directory or page "
				    "using the credentials that you supplied.";
static const char locked_out[] = "The referenced account is currently locked out and may not be "
				 "logged on to.";

static void basic_line(struct sim *s, const struct premise *p, struct text *value)
{
	(void)s;
	text_printf(value, "Basic realm=\"%s\"", p->host);
}

/* Exchange's own application in every tenant, and the one that issues tokens between servers. */
static void bearer_line(struct sim *s, const struct premise *p, struct text *value)
{
	const struct face *signin = face_of_kind(s, "signin");
	char *uri = signin ? face_url(signin, "/common/oauth2/authorize")
			   : copy("https://login.windows.net/common/oauth2/authorize");

	text_printf(value,
		"Bearer client_id=\"00000002-0000-0ff1-ce00-000000000000\", "
		"trusted_issuers=\"00000001-0000-0000-c000-000000000000@%s\", "
		"token_types=\"app_asserted_user_v1 service_asserted_app_v1\", "
		"authorization_uri=\"%s\", error=\"invalid_token\"",
		!p->online && p->tenant ? p->tenant : "*", uri);
	free(uri);
}

static const struct scheme_line {
	unsigned scheme;
	const char *name;
	void (*write)(struct sim *s, const struct premise *p, struct text *value);
} scheme_lines[] = {
	{ SCHEME_NEGOTIATE, "Negotiate", NULL },
	{ SCHEME_NTLM, "NTLM", NULL },
	{ SCHEME_BASIC, "Basic", basic_line },
	{ SCHEME_BEARER, "Bearer", bearer_line },
	{ 0, NULL, NULL },
};

void sign_token(unsigned scheme, const struct text *token, struct answer *a)
{
	const struct scheme_line *l = scheme_lines;
	struct text value = { 0 };

	while (l->name && l->scheme != scheme)
		l++;
	if (!l->name)
		return;
	text_printf(&value, "%s ", l->name);
	base64_add(&value, token->at, token->len);
	answer_header(a, "WWW-Authenticate", value.at);
	text_free(&value);
}

static void offer(struct sim *s, const struct sign_refusal *why, struct answer *a)
{
	struct text value = { 0 };

	for (const struct scheme_line *l = scheme_lines; l->name; l++) {
		if (!(why->premise->schemes & l->scheme) ||
			(why->token && why->scheme == l->scheme))
			continue;
		text_clear(&value);
		if (l->write)
			l->write(s, why->premise, &value);
		else
			text_puts(&value, l->name);
		answer_header(a, "WWW-Authenticate", value.at);
	}
	text_free(&value);
}

static void diagnose(int reason, struct answer *a)
{
	const struct token_reason *t = &token_reasons[reason];
	char *value =
		format("%d;reason=\"%s\";error_category=\"%s\"", t->number, t->reason, t->category);

	answer_header(a, "x-ms-diagnostics", value);
	free(value);
}

void sign_refuse(struct sim *s, const struct sign_refusal *why, struct answer *a)
{
	const struct premise *p = why->premise;
	bool told = why->locked && world_unsure(p, UNSURE_LOCK_TOLD, "yes");

	if (why->blocked && world_unsure(p, UNSURE_BLOCKED, "456")) {
		page_status(a, 456);
		return;
	}
	a->status = 401;
	if (why->token)
		sign_token(why->scheme, why->token, a);
	offer(s, why, a);
	if (why->bearer)
		diagnose(why->reason, a);
	if (p->online || why->token)
		return;
	a->type = "text/html";
	text_printf(&a->body, page, told ? locked_out : not_permitted);
}
