/*
 * Http, sending: answers become bytes. A small answer leaves in one piece, head and body in one TLS
 * record. What is sent late is paced by a timer; what is too large to keep is made while it is
 * sent. Whatever happens to the client, `finished` is called once.
 */
#include "sim/http_private.h"

#include <stdio.h>
#include <stdlib.h>

enum { GZIP_FROM = 1024, GZIP_LEVEL = 1, GZIP_PIECE = 16384, PACE_STEP_MS = 10 };

static const struct {
	int status;
	const char *reason;
} reasons[] = {
	{ 200, "OK" },
	{ 201, "Created" },
	{ 202, "Accepted" },
	{ 204, "No Content" },
	{ 301, "Moved Permanently" },
	{ 302, "Found" },
	{ 303, "See Other" },
	{ 304, "Not Modified" },
	{ 307, "Temporary Redirect" },
	{ 308, "Permanent Redirect" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 406, "Not Acceptable" },
	{ 407, "Proxy Authentication Required" },
	{ 408, "Request Timeout" },
	{ 409, "Conflict" },
	{ 411, "Length Required" },
	{ 413, "Request Entity Too Large" },
	{ 415, "Unsupported Media Type" },
	{ 417, "Expectation Failed" },
	{ 429, "Too Many Requests" },
	{ 431, "Request Header Fields Too Large" },
	{ 440, "Login Timeout" },
	{ 451, "Redirect" },
	{ 456, "Unauthorized" },
	{ 500, "Internal Server Error" },
	{ 501, "Unknown Transfer Encoding" },
	{ 502, "Bad Gateway" },
	{ 503, "Service Unavailable" },
	{ 504, "Gateway Timeout" },
	{ 505, "HTTP Version Not Supported" },
};

static const char *reason(int status)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "Unknown";
}

/* Filling an answer */

static void add_clean(struct text *t, const char *s)
{
	size_t from = t->len;

	text_puts(t, s);
	for (size_t i = from; i < t->len; i++)
		if (t->at[i] == '\r' || t->at[i] == '\n')
			t->at[i] = ' ';
}

void answer_header(struct answer *a, const char *name, const char *value)
{
	add_clean(&a->head, name);
	text_add(&a->head, ": ", 2);
	add_clean(&a->head, value);
	text_add(&a->head, "\r\n", 2);
}

void answer_printf(struct answer *a, const char *fmt, ...)
{
	va_list ap;
	char *s = NULL;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&s, fmt, ap);
	va_end(ap);
	if (n < 0)
		die("out of memory");
	text_add(&a->body, s, (size_t)n);
	free(s);
}

void answer_new(struct connection *c)
{
	c->a = (struct answer){
		.head = http_text_take(c->http),
		.body = http_text_take(c->http),
	};
	c->answering = true;
}

void answer_done(struct connection *c)
{
	if (!c->answering)
		return;
	c->answering = false;
	if (c->a.finished != NULL)
		c->a.finished(c->a.finished_arg);
	http_text_give(c->http, &c->a.head);
	http_text_give(c->http, &c->a.body);
	http_text_give(c->http, &c->out);
	c->out_at = 0;
	text_free(&c->more_unit);
	c->more = NULL;
}

/* As the system below Exchange words it, which answers before any application is asked. */
void answer_refuse(struct connection *c, int status)
{
	answer_new(c);
	c->a.status = status;
	c->a.type = "text/html; charset=us-ascii";
	c->a.close = true;
	answer_printf(&c->a,
		"<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\""
		"\"http://www.w3.org/TR/html4/strict.dtd\">\r\n"
		"<HTML><HEAD><TITLE>%s</TITLE>\r\n"
		"<META HTTP-EQUIV=\"Content-Type\" Content=\"text/html; charset=us-ascii\">"
		"</HEAD>\r\n<BODY><h2>%s</h2>\r\n<hr><p>HTTP Error %d.</p>\r\n</BODY></HTML>\r\n",
		reason(status), reason(status), status);
	answer_start(c);
}

/* Making bytes */

static bool has_body(const struct connection *c)
{
	return !c->is_head && c->a.status != 204 && c->a.status != 304;
}

static void gzip_ready(struct http *h)
{
	if (h->gzip_ready)
		deflateReset(&h->gzip);
	else if (deflateInit2(&h->gzip, GZIP_LEVEL, Z_DEFLATED, MAX_WBITS + 16, 8,
			 Z_DEFAULT_STRATEGY) != Z_OK)
		die("out of memory");
	h->gzip_ready = true;
}

static void gzip_body(struct connection *c)
{
	struct http *h = c->http;
	struct answer *a = &c->a;
	struct text packed = http_text_take(h);
	unsigned char piece[GZIP_PIECE];

	gzip_ready(h);
	h->gzip.next_in = (unsigned char *)a->body.at;
	h->gzip.avail_in = (unsigned)a->body.len;
	do {
		h->gzip.next_out = piece;
		h->gzip.avail_out = sizeof(piece);
		(void)deflate(&h->gzip, Z_FINISH);
		text_add(&packed, piece, sizeof(piece) - h->gzip.avail_out);
	} while (h->gzip.avail_out == 0);
	http_text_give(h, &a->body);
	a->body = packed;
	answer_header(a, "Content-Encoding", "gzip");
	answer_header(a, "Vary", "Accept-Encoding");
}

void answer_head(struct connection *c, int64_t length)
{
	const struct answer *a = &c->a;
	struct text *out = &c->out;

	if (out->at == NULL)
		*out = http_text_take(c->http);
	text_printf(out, "HTTP/1.1 %d %s\r\n", a->status, reason(a->status));
	if (a->type != NULL)
		text_printf(out, "Content-Type: %s\r\n", a->type);
	text_add(out, a->head.at, a->head.len);
	if (length < 0 && c->minor > 0)
		text_puts(out, "Transfer-Encoding: chunked\r\n");
	else if (length >= 0 && a->status != 204 && a->status != 304)
		text_printf(out, "Content-Length: %lld\r\n", (long long)length);
	if (c->after != AFTER_KEEP)
		text_puts(out, "Connection: close\r\n");
	else if (c->minor == 0)
		text_puts(out, "Connection: keep-alive\r\n");
	text_add(out, "\r\n", 2);
	c->body_at = out->len;
}

void answer_whole(struct connection *c)
{
	const struct answer *a = &c->a;

	if (c->gzip_asked && !a->no_gzip && a->body.len > GZIP_FROM && a->body.len < UINT32_MAX)
		gzip_body(c);
	answer_head(c, (int64_t)a->body.len);
	if (has_body(c))
		text_add(&c->out, a->body.at, a->body.len);
}

/* Sending */

void answer_begin(struct connection *c)
{
	c->stage = STAGE_SEND;
	c->after = c->keep_asked && !c->a.close ? AFTER_KEEP : AFTER_CLOSE;
	c->pace_ms = 0;
	c->more = NULL;
	bend_begin(c);
	c->pace_start = loop_us();
	connection_deadline(c, c->http->limits.idle_ms + c->pace_ms);
}

void answer_start(struct connection *c)
{
	struct answer *a = &c->a;
	int64_t wait = bend_wait_ms(a) + (a->delay_ms > 0 ? a->delay_ms : 0);

	if (a->status == 0)
		a->status = 200;
	if (wait <= 0) {
		answer_begin(c);
		return;
	}
	c->stage = STAGE_WAIT;
	c->deadline = 0;
	connection_timer(c, wait);
}

enum step answer_flush(struct connection *c, size_t to)
{
	while (c->out_at < to) {
		long n = wire_write(c, c->out.at + c->out_at, to - c->out_at);

		if (n == WIRE_LATER)
			return STEP_WAIT;
		if (n <= 0)
			return STEP_DEAD;
		c->out_at += (size_t)n;
		connection_deadline(c, c->http->limits.idle_ms + c->pace_ms);
	}
	return STEP_ON;
}

/* How much of out may be sent by now. */
static size_t let_go(const struct connection *c)
{
	int64_t passed;

	if (c->pace_ms <= 0)
		return c->out.len;
	passed = (loop_us() - c->pace_start) / 1000;
	if (passed >= c->pace_ms)
		return c->out.len;
	return c->pace_from +
		(size_t)((double)(c->pace_to - c->pace_from) * (double)passed / (double)c->pace_ms);
}

static enum step pace(struct connection *c)
{
	int64_t step = c->pace_ms / (int64_t)(c->pace_to - c->pace_from + 1);

	connection_timer(c, step > PACE_STEP_MS ? step : PACE_STEP_MS);
	c->wants = LOOP_GONE;
	return STEP_WAIT;
}

static enum step sent(struct connection *c)
{
	const struct http_limits *limits = &c->http->limits;

	answer_done(c);
	request_done(c);
	if (c->after == AFTER_RESET)
		return STEP_DEAD;
	if (c->after == AFTER_KEEP) {
		c->stage = STAGE_READ;
		connection_deadline(c, request_begun(c) ? limits->head_ms : limits->idle_ms);
		return STEP_ON;
	}
	wire_shut(c, c->after != AFTER_FIN);
	c->stage = STAGE_LINGER;
	connection_deadline(c, c->after == AFTER_HALF ? limits->idle_ms : limits->linger_ms);
	return STEP_ON;
}

enum step answer_send(struct connection *c)
{
	size_t to = let_go(c);
	enum step step = answer_flush(c, to);

	if (step != STEP_ON)
		return step;
	if (to < c->out.len)
		return pace(c);
	text_clear(&c->out);
	c->out_at = 0;
	if (c->more != NULL && c->more(c))
		return STEP_ON;
	return sent(c);
}
