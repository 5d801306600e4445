/* Discover: what the three forms of Autodiscover have in common (EWS.md 12).
 *
 * Rules: only https URLs are ever handed on as endpoints; every text is cleaned; the first of two
 * elements counts; an answer that says two things is an error before it is anything else.
 */
#include "discover.h"

#include <string.h>
#include "discover_parts.h"
#include "exchange/answer.h"
#include "exchange/clean.h"
#include "exchange/signin.h"
#include "platform/str.h"
#include "platform/url.h"

enum {
	SHOWN_MAX = 256,
	TARGET_MAX = 2048,
	ALIVE_ARENA = 64 << 20 /* far above what the look at one short answer needs */
};

/* --- writing --- */

int discover_write(enum discover_form form, const char *mailbox, const char *url, struct buf *body,
	struct err *e)
{
	struct xml_write w;

	if (form == DISCOVER_JSON || !str_email(mailbox))
		return ERR(e, ERR_INPUT, "This is not an e-mail address that can be looked up.",
			"autodiscover: no address");
	buf_puts(body, "<?xml version=\"1.0\" encoding=\"utf-8\"?>");
	xml_write_init(&w, body);
	if (form == DISCOVER_POX)
		discover_pox_write(&w, mailbox);
	else
		discover_soap_write(&w, mailbox, url);
	return buf_ok(body) ? 0 : ERR(e, ERR_INPUT, NULL, "autodiscover: request too large");
}

/* --- values --- */

const char *discover_https(struct arena *a, const char *text)
{
	struct url u;

	if (url_parse(a, text, &u) < 0 || strcmp(u.scheme, "https") != 0)
		return "";
	return arena_strdup(a, text);
}

const char *discover_email(const char *text)
{
	return str_email(text) ? text : "";
}

const char *discover_shown(struct arena *a, const char *text)
{
	char *out = arena_alloc(a, SHOWN_MAX);

	clean_text(out, SHOWN_MAX, text, strlen(text));
	return out;
}

/* Up to nine digits at *s, which moves behind them; -1 when there are none, or more. */
static int64_t take_number(const char **s)
{
	size_t n = strspn(*s, "0123456789");
	int64_t value = 0;

	if (n == 0 || n > 9)
		return -1;
	for (; n > 0; n--)
		value = value * 10 + (*(*s)++ - '0');
	return value;
}

const char *discover_version(struct arena *a, const char *text)
{
	int64_t part[3];

	for (size_t i = 0; i < 3; i++) {
		part[i] = take_number(&text);
		if (part[i] < 0 || (i < 2 && *text++ != '.'))
			return "";
	}
	if (*text && *text != '.')
		return "";
	return arena_printf(a, "%d.%d.%d", (int)part[0], (int)part[1], (int)part[2]);
}

/* --- ends --- */

void discover_bad(struct outcome *o, const char *why)
{
	outcome_set(o, REASON_BAD_ANSWER, NEXT_NOTHING, NULL);
	clean_text(o->said, sizeof(o->said), why, strlen(why));
}

void discover_fail(const struct discover_code *table, size_t n, const char *code, const char *said,
	struct outcome *o)
{
	size_t i = 0;

	while (i < n && strcmp(table[i].code, code) != 0)
		i++;
	outcome_set(o, i < n ? table[i].reason : REASON_BAD_ANSWER,
		i < n ? table[i].next : NEXT_NOTHING, code);
	clean_text(o->said, sizeof(o->said), said, strlen(said));
}

void discover_settle(struct discovered *out, struct outcome *o)
{
	if (!out->url[0]) {
		outcome_set(o, REASON_NO_EWS, NEXT_NOTHING, NULL);
		return;
	}
	out->kind = DISCOVER_SETTINGS;
	outcome_set(o, REASON_OK, NEXT_NOTHING, NULL);
}

void discover_send_on(struct arena *a, enum discover_kind kind, const char *to,
	struct discovered *out, struct outcome *o)
{
	to = kind == DISCOVER_ADDRESS ? discover_email(to)
				      : clean_lines(a, to, strlen(to), TARGET_MAX);
	if (!to[0]) {
		discover_bad(o, "It sends on without saying where to.");
		return;
	}
	out->kind = kind;
	out->to = to;
	outcome_set(o, REASON_REDIRECTED, NEXT_NOTHING, NULL);
}

/* --- reading --- */

static void read_xml(enum discover_form form, const struct dialect_reply *r, struct arena *a,
	struct discovered *out, struct outcome *o)
{
	const struct xml_node *root = xml_read(a, r->body, r->body_len);

	if (!root)
		discover_bad(o, "The answer is not XML.");
	else if (form == DISCOVER_POX)
		discover_pox_read(root, a, out, o);
	else
		discover_soap_read(root, a, out, o);
}

/* A login page sends on, too: that is settled before (PREAUTHENTICATION). */
static void read_redirect(
	const struct dialect_reply *r, struct arena *a, struct discovered *out, struct outcome *o)
{
	const struct answer w = { r->status, r->headers, r->headers_len, r->body, r->body_len };
	const char *to = answer_redirect(a, &w);

	if (to && o->reason == REASON_REDIRECTED)
		discover_send_on(a, DISCOVER_URL, to, out, o);
}

void discover_read(enum discover_form form, const struct dialect_reply *r, struct arena *a,
	struct discovered *out, struct outcome *o)
{
	int settled = signin_http(r, 0, o);

	*out = (struct discovered){ .kind = DISCOVER_ERROR,
		.url = "",
		.internal_url = "",
		.to = "",
		.display_name = "",
		.address = "",
		.version = "",
		.schemas = "" };
	if (r->status >= 300 && r->status < 400)
		read_redirect(r, a, out, o);
	else if (form == DISCOVER_JSON)
		discover_json_read(r, a, out, o);
	else if (!settled)
		read_xml(form, r, a, out, o);
}

int discover_is_exchange(const struct dialect_reply *r)
{
	const struct answer w = { r->status, r->headers, r->headers_len, r->body, r->body_len };
	const struct xml_node *root;
	struct challenges offered;
	struct arena a;
	int alive;

	if (r->status == 401) {
		answer_offers(&w, &offered);
		return offered.known != 0;
	}
	if (r->status != 200)
		return 0;
	arena_init(&a, ALIVE_ARENA);
	root = xml_read(&a, r->body, r->body_len);
	alive = root && discover_pox_is_alive(root);
	arena_done(&a);
	return alive;
}
