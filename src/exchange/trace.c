/* Trace: exchanges one after another, newest last, oldest dropped; head lines by name.
 *
 * Each exchange begins with a line "=== " and no other line does, so the oldest can be found. What
 * we sent stands behind "> ", what came behind "< ", how it ended behind "= ".
 */
#include "trace.h"

#include <string.h>
#include <strings.h>
#include "challenge.h"
#include "clean.h"
#include "platform/clock.h"
#include "platform/str.h"
#include "trace_parts.h"

enum { HEADERS_MAX = 60, SIDE_MAX = 24 * 1024 };

/* How the value of a header is shown. */
enum show { SHOW_TEXT, SHOW_URL, SHOW_LENGTH, SHOW_SCHEME, SHOW_SCHEMES };

static const struct {
	const char *name;
	enum show show;
} headers[] = {
	{ "Accept", SHOW_TEXT },
	{ "Accept-Encoding", SHOW_TEXT },
	{ "Allow", SHOW_TEXT },
	{ "Authorization", SHOW_SCHEME },
	{ "Cache-Control", SHOW_TEXT },
	{ "client-request-id", SHOW_TEXT },
	{ "Connection", SHOW_TEXT },
	{ "Content-Encoding", SHOW_TEXT },
	{ "Content-Length", SHOW_TEXT },
	{ "Content-Type", SHOW_TEXT },
	{ "Cookie", SHOW_LENGTH },
	{ "Date", SHOW_TEXT },
	{ "Expect", SHOW_TEXT },
	{ "Host", SHOW_TEXT },
	{ "Keep-Alive", SHOW_TEXT },
	{ "Location", SHOW_URL },
	{ "Persistent-Auth", SHOW_TEXT },
	{ "Proxy-Authenticate", SHOW_SCHEMES },
	{ "Proxy-Authorization", SHOW_SCHEME },
	{ "request-id", SHOW_TEXT },
	{ "Retry-After", SHOW_TEXT },
	{ "return-client-request-id", SHOW_TEXT },
	{ "Server", SHOW_TEXT },
	{ "Set-Cookie", SHOW_LENGTH },
	{ "SOAPAction", SHOW_TEXT },
	{ "Transfer-Encoding", SHOW_TEXT },
	{ "User-Agent", SHOW_TEXT },
	{ "Via", SHOW_TEXT },
	{ "WWW-Authenticate", SHOW_SCHEMES },
	{ "X-AnchorMailbox", SHOW_TEXT },
	{ "X-AspNet-Version", SHOW_TEXT },
	{ "X-BackEndHttpStatus", SHOW_TEXT },
	{ "X-BEServer", SHOW_TEXT },
	{ "X-CalculatedBETarget", SHOW_TEXT },
	{ "X-CasErrorCode", SHOW_TEXT },
	{ "X-DiagInfo", SHOW_TEXT },
	{ "x-EwsHandler", SHOW_TEXT },
	{ "X-FEServer", SHOW_TEXT },
	{ "x-ms-diagnostics", SHOW_TEXT },
	{ "x-ms-ests-server", SHOW_TEXT },
	{ "x-ms-request-id", SHOW_TEXT },
	{ "X-OAuth-Enabled", SHOW_TEXT },
	{ "X-OWA-Version", SHOW_TEXT },
	{ "X-Powered-By", SHOW_TEXT },
	{ "X-PreferServerAffinity", SHOW_TEXT },
	{ "X-SOAP-Enabled", SHOW_TEXT },
	{ "X-TargetBEServer", SHOW_TEXT },
};

void trace_init(struct trace *t)
{
	buf_init(&t->text, TRACE_MAX);
}

void trace_done(struct trace *t)
{
	buf_done(&t->text);
}

/* "(Basic, 24 bytes)": the scheme is named when it is one of the known ones. */
static void show_scheme(struct buf *out, struct piece v)
{
	static const char *const known[] = { "Basic", "NTLM", "Negotiate", "Bearer" };
	struct piece scheme = { v.p, 0 };

	while (scheme.n < v.n && v.p[scheme.n] != ' ')
		scheme.n++;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (piece_is(scheme, known[i])) {
			struct piece rest = { v.p + scheme.n, v.n - scheme.n };

			buf_printf(out, "(%s, %zu bytes)", known[i], piece_trim(rest).n);
			return;
		}
	}
	trace_length(out, v.n);
}

/* The ways to sign in that are offered, without what comes with them. */
static void show_schemes(struct buf *out, struct piece v)
{
	static const struct {
		unsigned bit;
		const char *name;
	} names[] = {
		{ CHALLENGE_NEGOTIATE, "Negotiate" },
		{ CHALLENGE_NTLM, "NTLM" },
		{ CHALLENGE_BASIC, "Basic" },
		{ CHALLENGE_BEARER, "Bearer" },
	};
	struct challenges c = { 0 };
	const char *comma = "";

	challenge_read(&c, v.p, v.n);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (c.known & names[i].bit) {
			buf_printf(out, "%s%s", comma, names[i].name);
			comma = ", ";
		}
	}
	buf_printf(out, "%s(%zu bytes)", *comma ? " " : "", v.n);
}

static void show_header(struct buf *out, enum show show, struct piece v)
{
	if (show == SHOW_SCHEME)
		show_scheme(out, v);
	else if (show == SHOW_SCHEMES)
		show_schemes(out, v);
	else
		trace_value(out,
			show == SHOW_TEXT	   ? KEEP_TEXT
				: show == SHOW_URL ? KEEP_URL
						   : KEEP_LENGTH,
			v);
}

/* "HTTP/1.1 200" of a status line; 0 when it is none. */
static int status_line(struct buf *out, struct piece line)
{
	if (line.n < 12 || memcmp(line.p, "HTTP/", 5) != 0 || line.p[8] != ' ')
		return 0;
	for (size_t i = 5; i < 12; i++) {
		char c = line.p[i];

		if (i != 8 && (c < '0' || c > '9') && !(i == 6 && c == '.'))
			return 0;
	}
	return buf_add(out, line.p, 12) == 0;
}

static void header_line(struct buf *out, struct piece line)
{
	const char *colon = memchr(line.p, ':', line.n);
	struct piece name = { line.p, colon ? (size_t)(colon - line.p) : 0 };
	struct piece value = { colon, 0 };

	if (colon)
		value = piece_trim((struct piece){ colon + 1, line.n - name.n - 1 });
	for (size_t i = 0; colon && i < sizeof(headers) / sizeof(headers[0]); i++) {
		if (piece_is(name, headers[i].name)) {
			buf_printf(out, "%s: ", headers[i].name);
			show_header(out, headers[i].show, value);
			return;
		}
	}
	if (!status_line(out, line))
		trace_length(out, line.n);
}

static void add_headers(struct buf *out, char mark, struct piece block)
{
	int lines = 0;

	while (block.n > 0 && lines++ < HEADERS_MAX) {
		const char *end = memchr(block.p, '\n', block.n);
		struct piece line = { block.p, end ? (size_t)(end - block.p) : block.n };
		size_t used = line.n + (end != NULL);

		if (piece_trim(line).n > 0) {
			buf_printf(out, "%c ", mark);
			header_line(out, piece_trim(line));
			buf_putc(out, '\n');
		}
		block.p += used;
		block.n -= used;
	}
	if (block.n > 0)
		buf_printf(out, "%c ... (cut)\n", mark);
}

/* The content type that a header block names, as a string. */
static void content_type(struct piece block, char dst[TRACE_CODE_MAX])
{
	static const char name[] = "Content-Type:";

	dst[0] = '\0';
	while (block.n > 0) {
		const char *end = memchr(block.p, '\n', block.n);
		size_t n = end ? (size_t)(end - block.p) : block.n;

		if (n > sizeof(name) && strncasecmp(block.p, name, sizeof(name) - 1) == 0)
			clean_text(dst, TRACE_CODE_MAX, block.p + sizeof(name) - 1,
				n - sizeof(name) + 1);
		n += end != NULL;
		block.p += n;
		block.n -= n;
	}
}

static void add_side(struct buf *out, char mark, const struct trace_side *s)
{
	struct piece block = { s->headers ? s->headers : "", s->headers ? s->headers_len : 0 };
	char type[TRACE_CODE_MAX];
	const char *line, *end;
	struct buf body;

	add_headers(out, mark, block);
	if (!s->body || s->body_len == 0)
		return;
	content_type(block, type);
	buf_init(&body, SIDE_MAX);
	trace_body(&body, type, s->body, s->body_len);
	buf_printf(out, "%c\n", mark);
	for (line = buf_str(&body); *line; line = end + (*end != '\0')) {
		end = strchrnul(line, '\n');
		buf_printf(out, "%c %.*s\n", mark, (int)(end - line), line);
	}
	buf_done(&body);
}

/* Make room: the oldest exchanges go until n more bytes fit. */
static void make_room(struct buf *text, size_t n)
{
	while (text->len > 0 && text->len + n > TRACE_MAX) {
		const char *next = strstr(buf_str(text) + 1, "\n=== ");

		buf_shift(text, next ? (size_t)(next + 1 - text->p) : text->len);
	}
}

static void add_exchange(struct buf *out, const struct trace_exchange *x)
{
	char when[32], text[TRACE_TEXT_MAX];
	int64_t seconds = x->at_ms / 1000;

	clock_iso(when, sizeof(when), seconds);
	buf_printf(out, "=== %.19s.%03dZ ", when, (int)(x->at_ms - seconds * 1000) % 1000);
	if (x->method)
		trace_value(out, KEEP_CODE, (struct piece){ x->method, strlen(x->method) });
	buf_putc(out, ' ');
	if (x->url)
		trace_value(out, KEEP_URL, (struct piece){ x->url, strlen(x->url) });
	buf_putc(out, '\n');
	add_side(out, '>', &x->out);
	add_side(out, '<', &x->in);
	clean_text(text, sizeof(text), x->note ? x->note : "", x->note ? strlen(x->note) : 0);
	if (x->status > 0)
		buf_printf(out, "= HTTP %ld, ", x->status);
	else
		buf_puts(out, "= no answer, ");
	buf_printf(out, "%lld ms%s%s\n", (long long)x->ms, *text ? ": " : "", text);
}

void trace_add(struct trace *t, const struct trace_exchange *x)
{
	struct buf one;

	if (!t)
		return;
	buf_init(&one, TRACE_MAX);
	add_exchange(&one, x);
	if (!buf_ok(&one)) {
		buf_clear(&one);
		buf_puts(&one, "=== (an exchange too large to be kept)\n");
	}
	make_room(&t->text, one.len);
	buf_add(&t->text, one.p, one.len);
	buf_done(&one);
}
