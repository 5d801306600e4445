/* Mail text: the words of one mail, as text and as HTML.
 *
 * Rules: there is one copy of the words. A paragraph is put together as plain text, and HTML is
 * that text escaped whole, so no value can become markup. A value is one line: what could end one
 * becomes a space. Only the link holds the token, and it is made of public_url and our own path. In
 * a text of the admins nothing but its three places means anything, and it is never a reason not to
 * send a mail.
 */
#include "mail_text.h"

#include <string.h>
#include "platform/clock.h"
#include "platform/str.h"
#include "platform/url.h"

/* Values: every name in the params of every row is read for every value. */
enum {
	VALUES_ARENA = 16 << 20,
	PARAGRAPH_MAX = 16 * 1024,
	OWN_BYTES = 64 * 1024,
	MANY_MAX = 10000
};

#define HEAD                                                                                       \
	"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"                      \
	"<meta name=\"viewport\" content=\"width=device-width\">\n"                                \
	"<meta name=\"color-scheme\" content=\"light dark\">\n"                                    \
	"<meta name=\"supported-color-schemes\" content=\"light dark\">\n"                         \
	"<style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;"            \
	"max-width:36em;margin:2em auto;padding:0 1em}hr{border:0;border-top:1px solid #888}"      \
	"small{opacity:.8}</style>\n<title>"

/* A mail being written. */
struct work {
	struct arena a; /* values; never the token */
	const struct mail_kind *kind;
	const struct mail_facts *facts;
	struct mail_text *out;
};

static int wrong(const struct work *w, const char *name, size_t n, struct err *e)
{
	return ERR(e, ERR_INPUT, "The mail could not be written: a value is missing or wrong.",
		"mail %s: value %.*s", w->kind->code, (int)n, name);
}

/* One line. */
static const char *clean(struct arena *a, const char *value, size_t n)
{
	char *copy = arena_strndup(a, value, n);

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)copy[i];

		if (c < ' ' || c == 0x7f)
			copy[i] = ' ';
		if (c == 0xc2 && (unsigned char)copy[i + 1] < 0xa0) /* C1 controls */
			copy[i] = copy[i + 1] = ' ';
	}
	return copy;
}

/* --- values --- */

/* Of bounded length, cut between characters. */
static const char *as_text(struct arena *a, const char *value)
{
	size_t n = strlen(value);

	if (!str_utf8(value, n))
		return NULL;
	if (n > MAIL_VALUE_MAX)
		n = MAIL_VALUE_MAX;
	while (n > 0 && ((unsigned char)value[n] & 0xc0) == 0x80)
		n--;
	return clean(a, value, n);
}

static const char *as_time(struct arena *a, const char *value)
{
	char text[64];
	int64_t at;

	if (str_int(value, 0, INT64_MAX, &at) < 0)
		return NULL;
	clock_text(text, sizeof(text), at);
	return arena_strdup(a, text);
}

static const char *as_days(struct arena *a, const char *value)
{
	int64_t days;

	if (str_int(value, 0, MANY_MAX, &days) < 0)
		return NULL;
	return arena_printf(a, "%lld %s", (long long)days, days == 1 ? "day" : "days");
}

static const char *as_members(struct arena *a, const char *value)
{
	int64_t n;

	if (str_int(value, 0, INT64_MAX, &n) < 0)
		return NULL;
	return arena_printf(a, "%lld %s", (long long)n, n == 1 ? "member" : "members");
}

/* A word that may stand in an address as it is. */
static const char *as_code(struct arena *a, const char *value)
{
	(void)a;
	return strspn(value, "abcdefghijklmnopqrstuvwxyz_0123456789") == strlen(value) ? value
										       : NULL;
}

static const struct format {
	const char *name;
	const char *(*print)(struct arena *a, const char *value); /* NULL: none of this sort */
} formats[] = { { "", as_text }, { "time", as_time }, { "days", as_days },
	{ "members", as_members }, { "code", as_code } };

/* What stands for NAME or NAME:FORMAT (n bytes); NULL when there is no such thing. */
static const char *value_of(struct work *w, const char *params, const char *name, size_t n)
{
	char *key = arena_strndup(&w->a, name, n), *format = strchr(key, ':');
	const char *value;

	if (format)
		*format++ = '\0';
	if (strcmp(key, "organisation") == 0)
		value = w->facts->organisation;
	else if (strcmp(key, "url") == 0)
		value = w->facts->public_url;
	else
		value = url_get(&w->a, params, key);
	for (size_t i = 0; value && i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (strcmp(format ? format : "", formats[i].name) == 0)
			return formats[i].print(&w->a, value);
	}
	return NULL;
}

/* The words with their values, appended to b. */
static int fill(struct work *w, const char *words, const char *params, struct buf *b, struct err *e)
{
	const char *value;
	size_t n;

	for (; *words; words += n) {
		n = strcspn(words, "{");
		buf_add(b, words, n);
		words += n;
		if (!*words)
			break;
		n = strcspn(words, "}") + 1;
		value = value_of(w, params, words + 1, n - 2);
		if (!value)
			return wrong(w, words + 1, n - 2, e);
		buf_puts(b, value);
	}
	return 0;
}

/* --- text and HTML --- */

static void escape(struct buf *b, const char *s)
{
	static const char *const names['>' + 1] = {
		['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;"
	};

	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c <= '>' && names[c])
			buf_puts(b, names[c]);
		else
			buf_putc(b, *s);
	}
}

static void paragraph(struct work *w, const char *text, const char *before, const char *after)
{
	buf_printf(&w->out->text, "%s\n\n", text);
	buf_puts(&w->out->html, before);
	escape(&w->out->html, text);
	buf_puts(&w->out->html, after);
}

static int words(struct work *w, const char *of, const char *params, struct err *e)
{
	struct buf b;
	int rc;

	if (!of[0])
		return 0;
	buf_init(&b, PARAGRAPH_MAX);
	rc = fill(w, of, params, &b, e);
	if (rc == 0)
		paragraph(w, buf_str(&b), "<p>", "</p>\n");
	buf_done(&b);
	return rc;
}

/* --- the admins' own text --- */

const char *const mail_places[MAIL_PLACES] = { "name", "mailbox", "link" };

/* Which place begins here: its number, or MAIL_PLACES for none. */
static size_t place_at(const char *s)
{
	for (size_t i = 0; i < MAIL_PLACES; i++) {
		size_t n = strlen(mail_places[i]);

		if (s[0] == '{' && strncmp(s + 1, mail_places[i], n) == 0 && s[n + 1] == '}')
			return i;
	}
	return MAIL_PLACES;
}

const char *mail_place_unknown(struct arena *a, const char *own)
{
	for (const char *s = own; (s = strchr(s, '{')) != NULL; s++) {
		size_t n = strcspn(s, "}\n");

		if (s[n] == '}' && place_at(s) == MAIL_PLACES)
			return arena_strndup(a, s, n + 1);
	}
	return NULL;
}

/* What stands for each place. */
static void places(struct work *w, const char *text[MAIL_PLACES])
{
	const struct mail_facts *f = w->facts;
	const char *mailbox = url_get(&w->a, f->params[0], "mailbox");

	text[0] = as_text(&w->a, f->name);
	text[1] = mailbox ? as_text(&w->a, mailbox) : NULL;
	text[2] = arena_printf(&w->a, "%s%s", f->public_url, w->kind->path);
}

static void own_text(struct work *w, const char *own, struct buf *out)
{
	const char *text[MAIL_PLACES];
	size_t i, n;

	places(w, text);
	for (; *own; own += n) {
		i = place_at(own);
		n = i < MAIL_PLACES ? strlen(mail_places[i]) + 2 : strcspn(own + 1, "{\n") + 1;
		if (i < MAIL_PLACES)
			buf_puts(out, text[i] ? text[i] : "");
		else if (*own == '\n') /* a line's end, and what follows it */
			buf_puts(out, arena_printf(&w->a, "\n%s", clean(&w->a, own + 1, n - 1)));
		else
			buf_puts(out, clean(&w->a, own, n));
	}
}

/* One paragraph, with the lines as they were typed. */
static int own_paragraph(struct work *w, struct err *e)
{
	struct buf b, *html = &w->out->html;
	const char *line, *end;

	if (!str_utf8(w->facts->own, strlen(w->facts->own)))
		return wrong(w, "own", 3, e);
	buf_init(&b, OWN_BYTES);
	own_text(w, w->facts->own, &b);
	buf_printf(&w->out->text, "%s\n\n", buf_str(&b));
	buf_puts(html, "<p>");
	for (line = buf_str(&b); (end = strchr(line, '\n')) != NULL; line = end + 1) {
		escape(html, arena_strndup(&w->a, line, (size_t)(end - line)));
		buf_puts(html, "<br>\n");
	}
	escape(html, line);
	buf_puts(html, "</p>\n");
	buf_done(&b);
	return 0;
}

/* --- links --- */

static int is_token(const char *text)
{
	return text && strlen(text) == SEAL_TOKEN_HEX &&
		strspn(text, "0123456789abcdef") == SEAL_TOKEN_HEX;
}

/* The address where mails of this sort are stopped. */
static int stop_of(struct work *w, struct err *e)
{
	const char *key = url_get(&w->a, w->facts->params[0], "stop");

	if (!w->kind->stops)
		return 0;
	if (!is_token(key))
		return wrong(w, "stop", 4, e);
	buf_printf(&w->out->stop, "%s/stop/%s", w->facts->public_url, key);
	return 0;
}

/* Its label and its address. The address is text that we made, but for words that may be in one,
 * and the token, which is hex. */
static int link_of(struct work *w, struct err *e)
{
	const struct mail_kind *k = w->kind;
	const char *token = "";
	struct buf url;

	if (k->linked) {
		token = w->facts->token ? (const char *)secret_bytes(w->facts->token) : NULL;
		if (!is_token(token))
			return wrong(w, "token", 5, e);
	}
	buf_init(&url, PARAGRAPH_MAX);
	buf_puts(&url, w->facts->public_url);
	if (fill(w, k->path, w->facts->params[0], &url, e) < 0) {
		buf_done(&url);
		return -1;
	}
	buf_puts(&url, token);
	buf_printf(&w->out->text, "%s:\n%s\n\n", k->label, buf_str(&url));
	buf_puts(&w->out->html, "<p><a href=\"");
	escape(&w->out->html, buf_str(&url));
	buf_printf(&w->out->html, "\"><b>%s</b></a><br><small>", k->label);
	escape(&w->out->html, buf_str(&url));
	buf_puts(&w->out->html, "</small></p>\n");
	buf_wipe(&url);
	return 0;
}

static void stop_line(struct work *w)
{
	const char *url = buf_str(&w->out->stop);

	buf_printf(&w->out->text, "No more mails about this: %s\n\n", url);
	buf_puts(&w->out->html, "<p><small><a href=\"");
	escape(&w->out->html, url);
	buf_puts(&w->out->html, "\">No more mails about this</a></small></p>\n");
}

static int footer(struct work *w, struct err *e)
{
	struct buf b;
	int rc;

	buf_puts(&w->out->text, "-- \n");
	buf_puts(&w->out->html, "<hr>\n");
	buf_init(&b, PARAGRAPH_MAX);
	rc = fill(w, w->kind->why, w->facts->params[0], &b, e);
	if (rc == 0) {
		buf_puts(&b, " Latchkey sends it for ");
		rc = fill(w, "{organisation}: {url}", w->facts->params[0], &b, e);
	}
	if (rc == 0)
		paragraph(w, buf_str(&b), "<p><small>", "</small></p>\n");
	if (rc == 0 && w->out->stop.len > 0)
		stop_line(w);
	buf_done(&b);
	return rc;
}

static int body(struct work *w, struct err *e)
{
	const struct mail_facts *f = w->facts;
	const char *name = as_text(&w->a, f->name);
	const int own = w->kind->own && f->own && f->own[0];

	if (!name)
		return wrong(w, "name", 4, e);
	paragraph(w, name[0] ? arena_printf(&w->a, "Hello %s,", name) : "Hello,", "<p>", "</p>\n");
	if (own && own_paragraph(w, e) < 0)
		return -1;
	if (!(own && f->instead) && words(w, w->kind->intro, f->params[0], e) < 0)
		return -1;
	for (size_t i = 0; i < f->count; i++) {
		if (words(w, w->kind->item, f->params[i], e) < 0)
			return -1;
	}
	if (words(w, w->kind->more, f->params[0], e) < 0 || link_of(w, e) < 0)
		return -1;
	return footer(w, e);
}

static int make(struct work *w, struct err *e)
{
	const struct mail_facts *f = w->facts;
	const struct mail_kind *k = w->kind;

	if (stop_of(w, e) < 0 ||
		fill(w, f->count > 1 && k->many ? k->many : k->subject, f->params[0],
			&w->out->subject, e) < 0)
		return -1;
	buf_puts(&w->out->html, HEAD);
	escape(&w->out->html, buf_str(&w->out->subject));
	buf_puts(&w->out->html, "</title></head><body>\n");
	if (body(w, e) < 0)
		return -1;
	buf_puts(&w->out->html, "</body></html>\n");
	return buf_ok(&w->out->subject) && buf_ok(&w->out->text) && buf_ok(&w->out->html) &&
			buf_ok(&w->out->stop)
		? 0
		: ERR(e, ERR_INPUT, "The mail is too long.", "mail %s: too long", k->code);
}

int mail_text_make(
	const struct mail_kind *k, const struct mail_facts *f, struct mail_text *out, struct err *e)
{
	struct work w = { .kind = k, .facts = f, .out = out };
	int rc;

	buf_init(&out->subject, MAIL_SUBJECT_MAX);
	buf_init(&out->text, MAIL_TEXT_MAX);
	buf_init(&out->html, MAIL_TEXT_MAX);
	buf_init(&out->stop, MAIL_SUBJECT_MAX);
	arena_init(&w.a, VALUES_ARENA);
	rc = make(&w, e);
	arena_done(&w.a);
	if (rc < 0)
		mail_text_wipe(out);
	return rc;
}

void mail_text_wipe(struct mail_text *t)
{
	buf_wipe(&t->subject);
	buf_wipe(&t->text);
	buf_wipe(&t->html);
	buf_wipe(&t->stop);
}
