/* Trace body: how values are shown, and which reader a body gets.
 *
 * Rule: a value is shown when it has the shape that its place promises, and told by its length
 * otherwise; so a document that puts something else there shows nothing of it.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "clean.h"
#include "platform/str.h"
#include "trace.h"
#include "trace_parts.h"

enum { RUN_MAX = 40, ID_SHOWN = 4, ID_SHORT = 16, ADDRESS_MAX = 254, CUT_MARK = 16 };

static const char CUT[] = "... (cut)\n";

/* Keys of forms and queries whose values hold no secret, and those that do. */
static const struct {
	const char *key;
	enum keep keep;
} keys[] = {
	{ "client_assertion", KEEP_LENGTH },
	{ "client_assertion_type", KEEP_CODE },
	{ "client_id", KEEP_CODE },
	{ "client_secret", KEEP_LENGTH },
	{ "code", KEEP_LENGTH },
	{ "code_challenge_method", KEEP_CODE },
	{ "code_verifier", KEEP_LENGTH },
	{ "Email", KEEP_ADDRESS },
	{ "grant_type", KEEP_CODE },
	{ "password", KEEP_LENGTH },
	{ "prompt", KEEP_CODE },
	{ "Protocol", KEEP_CODE },
	{ "redirect_uri", KEEP_LENGTH },
	{ "RedirectCount", KEEP_CODE },
	{ "refresh_token", KEEP_LENGTH },
	{ "response_mode", KEEP_CODE },
	{ "response_type", KEEP_CODE },
	{ "scope", KEEP_CODE },
	{ "tenant", KEEP_CODE },
	{ "username", KEEP_LENGTH },
};

static int is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct piece piece_trim(struct piece v)
{
	while (v.n > 0 && is_blank(v.p[0])) {
		v.p++;
		v.n--;
	}
	while (v.n > 0 && is_blank(v.p[v.n - 1]))
		v.n--;
	return v;
}

struct piece piece_from(struct piece v, size_t n)
{
	return (struct piece){ v.p + n, v.n - n };
}

int piece_is(struct piece v, const char *word)
{
	return strlen(word) == v.n && strncasecmp(v.p, word, v.n) == 0;
}

int piece_has(struct piece v, const char *word)
{
	size_t len = strlen(word);

	for (size_t i = 0; i + len <= v.n; i++) {
		if (strncasecmp(v.p + i, word, len) == 0)
			return 1;
	}
	return 0;
}

void trace_length(struct buf *out, size_t n)
{
	buf_printf(out, "(%zu byte%s)", n, n == 1 ? "" : "s");
}

static int is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* A code, number, time or short list of such. */
static int is_code(struct piece v)
{
	for (size_t i = 0; i < v.n; i++) {
		if (!is_word(v.p[i]) && (v.p[i] == '\0' || !strchr("_.:+-/#(), %{}", v.p[i])))
			return 0;
	}
	return v.n <= TRACE_CODE_MAX;
}

static int is_number(struct piece v)
{
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] < '0' || v.p[i] > '9')
			return 0;
	}
	return v.n > 0 && v.n <= 20;
}

static int is_address(struct piece v)
{
	char text[ADDRESS_MAX + 1];

	if (v.n > ADDRESS_MAX || memchr(v.p, '\0', v.n))
		return 0;
	memcpy(text, v.p, v.n);
	text[v.n] = '\0';
	return str_email(text);
}

/* A sentence: cleaned, and without long runs that could be a token. */
static void show_text(struct buf *out, struct piece v)
{
	char text[TRACE_TEXT_MAX];
	const char *s;
	size_t run;

	clean_text(text, sizeof(text), v.p, v.n);
	for (s = text; *s; s += run) {
		for (run = 0; is_word(s[run]) || (s[run] && strchr("+/=_.-", s[run])); run++)
			;
		if (run > RUN_MAX) {
			trace_length(out, run);
		} else {
			run += run == 0;
			buf_add(out, s, run);
		}
	}
}

/* Length of host and port at the beginning; 0 when something else stands there, such as a name and
 * a password. */
static size_t authority(struct piece v)
{
	size_t n = 0;

	while (n < v.n && (is_word(v.p[n]) || (v.p[n] && strchr("-._", v.p[n]))))
		n++;
	if (n == 0 && v.n > 0 && v.p[0] == '[') {
		const char *end = memchr(v.p, ']', v.n);

		n = end ? (size_t)(end - v.p) + 1 : 0;
		for (size_t i = 1; i + 1 < n; i++) {
			if (!isxdigit((unsigned char)v.p[i]) && v.p[i] != ':' && v.p[i] != '.')
				return 0;
		}
	}
	if (n > 0 && n < v.n && v.p[n] == ':') {
		for (n++; n < v.n && v.p[n] >= '0' && v.p[n] <= '9'; n++)
			;
	}
	return n == v.n || v.p[n] == '/' || v.p[n] == '?' || v.p[n] == '#' ? n : 0;
}

/* Length of the path at the beginning. */
static size_t path_length(struct piece v)
{
	size_t n = 0;

	while (n < v.n && (is_word(v.p[n]) || (v.p[n] && strchr("/-._~%@", v.p[n]))))
		n++;
	return n;
}

/* A path; parts that could be a token by their length. */
static void show_path(struct buf *out, struct piece v)
{
	while (v.n > 0) {
		const char *slash = memchr(v.p + 1, '/', v.n - 1);
		size_t part = slash ? (size_t)(slash - v.p) : v.n;

		if (part > RUN_MAX) {
			buf_putc(out, '/');
			trace_length(out, part - 1);
		} else {
			buf_add(out, v.p, part);
		}
		v = piece_from(v, part);
	}
}

/* https://host:port/path, and known keys of the query. */
static void show_url(struct buf *out, struct piece v)
{
	static const char *const schemes[] = { "", "https://", "http://" };
	const char *scheme = NULL;
	struct piece host = { v.p, 0 }, path = v, query;

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		size_t n = strlen(schemes[i]);

		if (v.n > n && strncasecmp(v.p, schemes[i], n) == 0)
			scheme = schemes[i];
		if (scheme == schemes[i] && n > 0) {
			path = piece_from(v, n);
			host = (struct piece){ path.p, authority(path) };
			path = piece_from(path, host.n);
			break;
		}
	}
	query = piece_from(path, path_length(path));
	path.n -= query.n;
	if (!scheme || (*scheme ? host.n == 0 : path.n == 0) || (path.n > 0 && *path.p != '/') ||
		(query.n > 0 && *query.p != '?' && *query.p != '#')) {
		trace_length(out, v.n);
		return;
	}
	buf_puts(out, scheme);
	buf_add(out, host.p, host.n);
	show_path(out, path);
	if (query.n > 0 && *query.p == '?') {
		const char *hash = memchr(query.p, '#', query.n);

		buf_putc(out, '?');
		query.n = hash ? (size_t)(hash - query.p) : query.n;
		trace_pairs(out, piece_from(query, 1));
	}
}

static void show_id(struct buf *out, struct piece v)
{
	if (v.n < ID_SHORT || !is_code((struct piece){ v.p, ID_SHOWN }))
		trace_length(out, v.n);
	else
		buf_printf(out, "%.*s\xe2\x80\xa6(%zu)", ID_SHOWN, v.p, v.n);
}

void trace_value(struct buf *out, enum keep how, struct piece v)
{
	v = piece_trim(v);
	if (how == KEEP_FACT)
		how = is_number(v) ? KEEP_CODE : piece_has(v, "://") ? KEEP_URL : KEEP_ADDRESS;
	if (how == KEEP_TEXT)
		show_text(out, v);
	else if (how == KEEP_URL)
		show_url(out, v);
	else if (how == KEEP_ID)
		show_id(out, v);
	else if ((how == KEEP_CODE && is_code(v)) || (how == KEEP_ADDRESS && is_address(v)))
		buf_add(out, v.p, v.n);
	else
		trace_length(out, v.n);
}

static void show_pair(struct buf *out, struct piece pair)
{
	const char *equals = memchr(pair.p, '=', pair.n);
	struct piece key = { pair.p, equals ? (size_t)(equals - pair.p) : 0 };
	struct piece value = { equals, 0 };

	if (equals)
		value = (struct piece){ equals + 1, pair.n - key.n - 1 };
	for (size_t i = 0; equals && i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strlen(keys[i].key) != key.n || memcmp(keys[i].key, key.p, key.n) != 0)
			continue;
		buf_printf(out, "%s=", keys[i].key);
		if (keys[i].keep == KEEP_ADDRESS && piece_has(value, "%40"))
			trace_value(out, KEEP_CODE, value);
		else
			trace_value(out, keys[i].keep, value);
		return;
	}
	trace_length(out, pair.n);
}

void trace_pairs(struct buf *out, struct piece v)
{
	int first = 1;

	for (int left = 24; v.n > 0 && left > 0; left--) {
		const char *end = memchr(v.p, '&', v.n);
		struct piece pair = { v.p, end ? (size_t)(end - v.p) : v.n };

		buf_puts(out, first ? "" : "&");
		show_pair(out, pair);
		first = 0;
		v.p += pair.n + (end != NULL);
		v.n -= pair.n + (end != NULL);
	}
	if (v.n > 0)
		trace_length(out, v.n);
}

void trace_line(struct trace_lines *l)
{
	if (l->full || (buf_ok(&l->line) && l->line.len == 0))
		return;
	buf_putc(&l->line, '\n');
	if (!buf_ok(&l->line) || l->written + l->line.len > TRACE_BODY_MAX - sizeof(CUT)) {
		buf_puts(l->out, CUT);
		l->full = 1;
		return;
	}
	l->written += l->line.len;
	buf_add(l->out, l->line.p, l->line.len);
	buf_clear(&l->line);
}

void trace_body(struct buf *out, const char *content_type, const char *body, size_t n)
{
	const char *type = content_type ? content_type : "";
	struct piece named = { type, strlen(type) };
	struct piece v = { body, n };
	struct trace_lines l = { .out = out };

	buf_init(&l.line, TRACE_BODY_MAX);
	if (v.n >= 3 && memcmp(v.p, "\xef\xbb\xbf", 3) == 0)
		v = (struct piece){ v.p + 3, v.n - 3 };
	v = piece_trim(v);
	if (piece_has(named, "form-urlencoded")) {
		trace_pairs(&l.line, v);
		trace_line(&l);
	} else if (v.n > 0 && v.p[0] == '<' && !piece_has(named, "html")) {
		trace_xml(&l, v);
	} else if (v.n > 0 && v.p[0] == '{') {
		trace_json(&l, v);
	} else {
		buf_putc(&l.line, '(');
		if (*type) {
			trace_value(&l.line, KEEP_TEXT, named);
			buf_puts(&l.line, ", ");
		}
		buf_printf(&l.line, "%zu bytes)", n);
		trace_line(&l);
	}
	buf_done(&l.line);
}
