/*
 * Http, reading: bytes become requests, however they are cut on their way.
 *
 * Strict where leniency would let two readers of the same bytes disagree: lines end in CRLF, no
 * folded headers, one Host, one Content-Length or one Transfer-Encoding and never both. Everything
 * is bounded. A head is copied once and cut into strings where it stands.
 */
#include "sim/http_private.h"

#include <stdlib.h>
#include <string.h>

enum {
	MORE = 0,
	WHOLE = 1,
	NEXT = 2,	       /* go on with c->part */
	LINE_MAX_BYTES = 1024, /* a chunk's size, with what nobody uses behind it */
	METHOD_MAX = 32,
	DIGITS_MAX = 15
};

/* What the headers say about the body and the connection. */
struct framing {
	int hosts, lengths, codings;
	uint64_t length;
	bool chunked, close, keep, expect, expect_else, bad;
};

static const char *here(const struct connection *c)
{
	return c->in.at + c->in_at;
}

static size_t ahead(const struct connection *c)
{
	return c->in.len - c->in_at;
}

void request_feed(struct connection *c, const char *bytes, size_t n)
{
	if (c->in.at == NULL)
		c->in = http_text_take(c->http);
	if (c->in_at > 0) {
		memmove(c->in.at, here(c), ahead(c));
		c->in.len -= c->in_at;
		c->in_at = 0;
	}
	text_add(&c->in, bytes, n);
}

bool request_begun(const struct connection *c)
{
	return c->part != PART_HEAD || ahead(c) > 0;
}

void request_done(struct connection *c)
{
	struct http *h = c->http;

	if (ahead(c) == 0) {
		http_text_give(h, &c->in);
		c->in_at = 0;
	}
	http_text_give(h, &c->head);
	http_text_give(h, &c->req.body);
	c->req.method = c->req.path = c->req.query = NULL;
	c->req.n_headers = 0;
	c->part = PART_HEAD;
	c->line = c->scanned = 0;
	c->is_head = c->gzip_asked = false;
}

const char *request_header(const struct request *r, const char *name)
{
	for (int i = 0; i < r->n_headers; i++)
		if (same_nocase(r->headers[i].name, name))
			return r->headers[i].value;
	return NULL;
}

/* Lists in header values */

struct item {
	const char *name;
	size_t n;
	const char *rest; /* parameters, up to end */
	const char *end;
};

static bool list_next(const char **at, struct item *i)
{
	const char *p = *at + strspn(*at, ", \t");

	if (*p == '\0')
		return false;
	i->name = p;
	i->n = strcspn(p, ",; \t");
	i->rest = p + i->n;
	i->end = p + strcspn(p, ",");
	*at = i->end;
	return true;
}

static bool item_is(const struct item *i, const char *name)
{
	return i->n == strlen(name) && strncasecmp(i->name, name, i->n) == 0;
}

/* q=0, q=0.0 ...: named in order to be refused. */
static bool item_refused(const struct item *i)
{
	for (const char *p = i->rest; p + 3 <= i->end; p++) {
		if ((p[0] != 'q' && p[0] != 'Q') || p[1] != '=')
			continue;
		p += 2;
		p += strspn(p, "0.");
		return p == i->end || strchr(" \t;", *p) != NULL;
	}
	return false;
}

/* Headers that matter here */

static void on_host(struct connection *c, struct framing *f, const char *value)
{
	(void)c;
	(void)value;
	f->hosts++;
}

static void on_length(struct connection *c, struct framing *f, const char *value)
{
	size_t n = strspn(value, "0123456789");

	(void)c;
	f->lengths++;
	f->bad |= n == 0 || n > DIGITS_MAX || value[n] != '\0';
	if (!f->bad)
		f->length = strtoull(value, NULL, 10);
}

static void on_coding(struct connection *c, struct framing *f, const char *value)
{
	(void)c;
	f->codings++;
	f->chunked = same_nocase(value, "chunked");
}

static void on_connection(struct connection *c, struct framing *f, const char *value)
{
	struct item i;

	(void)c;
	while (list_next(&value, &i)) {
		f->close |= item_is(&i, "close");
		f->keep |= item_is(&i, "keep-alive");
	}
}

static void on_expect(struct connection *c, struct framing *f, const char *value)
{
	(void)c;
	f->expect = same_nocase(value, "100-continue");
	f->expect_else |= !f->expect;
}

static void on_accept_encoding(struct connection *c, struct framing *f, const char *value)
{
	struct item i;

	(void)f;
	while (list_next(&value, &i))
		if (item_is(&i, "gzip") || item_is(&i, "x-gzip") || item_is(&i, "*"))
			c->gzip_asked = !item_refused(&i);
}

static const struct {
	const char *name;
	void (*fn)(struct connection *c, struct framing *f, const char *value);
} known_headers[] = {
	{ "Host", on_host },
	{ "Content-Length", on_length },
	{ "Transfer-Encoding", on_coding },
	{ "Connection", on_connection },
	{ "Expect", on_expect },
	{ "Accept-Encoding", on_accept_encoding },
};

static int judge(const struct connection *c, const struct framing *f)
{
	const char *method = c->req.method;
	bool has_body = f->lengths + f->codings > 0;

	if (f->bad || f->hosts > 1 || f->lengths + f->codings > 1)
		return 400;
	if (c->minor == 0 ? f->codings > 0 : f->hosts == 0)
		return 400;
	if (f->codings > 0 && !f->chunked)
		return 501;
	if (f->expect_else)
		return 417;
	if (!has_body && (same(method, "POST") || same(method, "PUT")))
		return 411;
	return f->length > c->http->limits.body ? 413 : NEXT;
}

static int take_framing(struct connection *c)
{
	struct framing f = { 0 };
	const struct request *r = &c->req;
	int end;

	for (int i = 0; i < r->n_headers; i++)
		for (size_t k = 0; k < sizeof(known_headers) / sizeof(known_headers[0]); k++)
			if (same_nocase(r->headers[i].name, known_headers[k].name))
				known_headers[k].fn(c, &f, r->headers[i].value);
	c->keep_asked = !f.close && (c->minor > 0 || f.keep);
	end = judge(c, &f);
	if (end != NEXT)
		return end;
	c->is_head = same(r->method, "HEAD");
	c->part = f.chunked ? PART_CHUNK_SIZE : PART_BODY;
	c->left = f.length;
	c->req.body = http_text_take(c->http);
	text_add(&c->req.body, "", 0);
	if (f.expect && c->minor > 0 && (f.chunked || f.length > 0) && ahead(c) == 0)
		text_puts(&c->out, "HTTP/1.1 100 Continue\r\n\r\n");
	connection_deadline(c, c->http->limits.idle_ms);
	return NEXT;
}

/* Heads */

static bool is_token(const char *s)
{
	static const char others[] = "!#$%&'*+-.^_`|~0123456789";

	if (*s == '\0')
		return false;
	for (; *s != '\0'; s++)
		if (!((*s | 0x20) >= 'a' && (*s | 0x20) <= 'z') && strchr(others, *s) == NULL)
			return false;
	return true;
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c == '\0' ? NULL : strchr(digits, c >= 'A' && c <= 'F' ? c | 0x20 : c);

	return at == NULL ? -1 : (int)(at - digits);
}

/* In place; false for what is no escape, and for a zero byte. */
static bool decode_path(char *s)
{
	char *to = s;

	for (; *s != '\0'; s++, to++) {
		int high, low;

		*to = *s;
		if (*s != '%')
			continue;
		high = hex_digit(s[1]);
		low = high < 0 ? -1 : hex_digit(s[2]);
		if (low < 0 || high + low == 0)
			return false;
		*to = (char)(high << 4 | low);
		s += 2;
	}
	*to = '\0';
	return true;
}

/* "/path?query", "*", or the whole URL as a proxy is asked. */
static bool take_target(struct request *r, char *target)
{
	char *query;

	for (const char *p = target; *p != '\0'; p++)
		if ((unsigned char)*p <= ' ' || *p == 0x7F)
			return false;
	if (strncasecmp(target, "http://", 7) == 0 || strncasecmp(target, "https://", 8) == 0)
		target = strchr(strchr(target, '/') + 2, '/');
	if (target == NULL || (*target != '/' && !same(target, "*")))
		return false;
	query = strchr(target, '?');
	if (query != NULL)
		*query++ = '\0';
	r->path = target;
	r->query = query;
	return decode_path(target);
}

static int take_request_line(struct connection *c, char *line)
{
	char *target = strchr(line, ' ');
	char *version = target == NULL ? NULL : strchr(target + 1, ' ');

	if (version == NULL)
		return 400;
	*target++ = '\0';
	*version++ = '\0';
	if (strncmp(version, "HTTP/", 5) != 0 || strlen(version) != 8 || version[6] != '.' ||
		version[7] < '0' || version[7] > '9')
		return 400;
	if (version[5] != '1')
		return 505;
	c->minor = version[7] > '0';
	c->req.method = line;
	if (!is_token(line) || strlen(line) > METHOD_MAX || !take_target(&c->req, target))
		return 400;
	return NEXT;
}

static int take_header(struct connection *c, char *line)
{
	struct request *r = &c->req;
	char *colon = strchr(line, ':'), *end;

	if (colon == NULL)
		return 400;
	*colon++ = '\0';
	colon += strspn(colon, " \t");
	for (end = colon; *end != '\0'; end++)
		if (((unsigned char)*end < ' ' && *end != '\t') || *end == 0x7F)
			return 400;
	while (end > colon && (end[-1] == ' ' || end[-1] == '\t'))
		*--end = '\0';
	if (!is_token(line))
		return 400;
	if (r->n_headers == c->http->limits.headers)
		return 431;
	if (r->n_headers == c->room_headers) {
		c->room_headers = c->room_headers > 0 ? 2 * c->room_headers : 16;
		r->headers = need_more(r->headers, (size_t)c->room_headers * sizeof(*r->headers));
	}
	r->headers[r->n_headers++] = (struct header){ .name = line, .value = colon };
	return NEXT;
}

/* c->head holds whole lines, each ended by CRLF. */
static int take_head(struct connection *c)
{
	char *line = c->head.at, *end = line + c->head.len;
	int got = NEXT;

	if (memchr(line, '\0', c->head.len) != NULL)
		return 400;
	for (bool first = true; line < end && got == NEXT; first = false) {
		char *lf = memchr(line, '\n', (size_t)(end - line));

		lf[-1] = '\0';
		got = first ? take_request_line(c, line) : take_header(c, line);
		line = lf + 1;
	}
	return got == NEXT ? take_framing(c) : got;
}

/* Looks only at what is new since the last time: a head that drips in costs no more. */
static int read_head(struct connection *c)
{
	size_t limit = c->http->limits.head;

	for (;;) {
		const char *at = here(c);
		size_t n = ahead(c), end;
		const char *lf =
			n > c->scanned ? memchr(at + c->scanned, '\n', n - c->scanned) : NULL;

		if (lf == NULL) {
			c->scanned = n;
			return n > limit ? 431 : MORE;
		}
		end = (size_t)(lf - at);
		if (end == c->line || lf[-1] != '\r')
			return 400;
		if (end > limit)
			return 431;
		c->scanned = end + 1;
		if (end == c->line + 1 && c->line > 0) {
			c->head = http_text_take(c->http);
			text_add(&c->head, at, c->line);
			c->in_at += end + 1;
			return take_head(c);
		}
		if (end == 1) { /* blank lines before a request do no harm */
			c->in_at += 2;
			c->scanned = 0;
			continue;
		}
		c->line = end + 1;
	}
}

/* Bodies */

/* Moves what belongs to the body; true when the last of it came. */
static bool take_bytes(struct connection *c)
{
	size_t n = ahead(c) < c->left ? ahead(c) : (size_t)c->left;

	if (n > 0)
		text_add(&c->req.body, here(c), n);
	c->in_at += n;
	c->left -= n;
	return c->left == 0;
}

static int read_body(struct connection *c)
{
	return take_bytes(c) ? WHOLE : MORE;
}

/* A line without its CRLF. */
static int take_line(struct connection *c, const char **line, size_t *n)
{
	const char *at = here(c);
	const char *lf = ahead(c) == 0 ? NULL : memchr(at, '\n', ahead(c));

	if (lf == NULL)
		return ahead(c) > LINE_MAX_BYTES ? 400 : MORE;
	if (lf == at || lf[-1] != '\r' || lf - at > LINE_MAX_BYTES)
		return 400;
	*line = at;
	*n = (size_t)(lf - at) - 1;
	c->in_at += *n + 2;
	return NEXT;
}

static int read_chunk_size(struct connection *c)
{
	const char *line = NULL;
	size_t n = 0, i = 0;
	uint64_t size = 0;
	int got = take_line(c, &line, &n);

	if (got != NEXT)
		return got;
	for (; i < n && i <= DIGITS_MAX && hex_digit(line[i]) >= 0; i++)
		size = size << 4 | (unsigned)hex_digit(line[i]);
	if (i == 0 || i > DIGITS_MAX || (i < n && strchr("; \t", line[i]) == NULL))
		return 400;
	if (size > c->http->limits.body - c->req.body.len)
		return 413;
	c->left = size;
	c->part = size == 0 ? PART_TRAILER : PART_CHUNK;
	return NEXT;
}

static int read_chunk(struct connection *c)
{
	if (!take_bytes(c))
		return MORE;
	c->part = PART_CHUNK_END;
	return NEXT;
}

static int read_chunk_end(struct connection *c)
{
	if (ahead(c) < 2)
		return MORE;
	if (memcmp(here(c), "\r\n", 2) != 0)
		return 400;
	c->in_at += 2;
	c->part = PART_CHUNK_SIZE;
	return NEXT;
}

/* Trailers are read over; c->left counts them. */
static int read_trailer(struct connection *c)
{
	const char *line = NULL;
	size_t n = 0;
	int got = take_line(c, &line, &n);

	if (got != NEXT)
		return got;
	if (n == 0)
		return WHOLE;
	c->left += n;
	return c->left > c->http->limits.head ? 431 : NEXT;
}

int request_read(struct connection *c)
{
	static int (*const readers[])(struct connection *) = {
		[PART_HEAD] = read_head,
		[PART_BODY] = read_body,
		[PART_CHUNK_SIZE] = read_chunk_size,
		[PART_CHUNK] = read_chunk,
		[PART_CHUNK_END] = read_chunk_end,
		[PART_TRAILER] = read_trailer,
	};
	int got;

	do
		got = readers[c->part](c);
	while (got == NEXT);
	return got;
}
