/* Requests through a pool: what is sent, what comes back, every limit, and who may be talked to. */
#include "tests/unit/transport_unit.h"

#include <zlib.h>
#include "exchange/transport_parts.h"

enum { BIG = 3 << 20 };

static unsigned sum_of(const char *p, size_t n)
{
	unsigned sum = 0;

	for (size_t i = 0; i < n; i++)
		sum = sum * 31 + (unsigned char)p[i];
	return sum;
}

/* --- what is sent --- */

static void test_request(void **state)
{
	struct world *w = *state;
	struct wire *s = &w->wires[0];
	struct transport_pool *p = plain_pool(w, s);
	struct heard *h = answer_of(w, p, simple());
	const char *head = s->log[0].head;
	char host[32];

	assert_int_equal(h->r.end, TRANSPORT_ANSWERED);
	assert_int_equal(h->r.phase, TRANSPORT_DONE);
	assert_int_equal(h->r.status, 200);
	assert_string_equal(h->body, "ok");
	assert_string_equal(h->text, "");
	assert_true(str_starts(h->headers, "HTTP/1.1 200 OK\r\n"));
	assert_string_equal(h->version, "TLS 1.3");
	snprintf(host, sizeof(host), "\r\nHost: good.test:%d\r\n", s->port);
	assert_true(str_starts(head, "POST /EWS/Exchange.asmx HTTP/1.1\r\n"));
	assert_non_null(strstr(head, host));
	assert_non_null(strstr(head, "\r\nContent-Length: 11\r\n"));
	assert_non_null(strstr(head, "\r\nContent-Type: text/xml\r\n"));
	assert_non_null(strstr(head, "\r\nX-Test: yes\r\n"));
	assert_non_null(strstr(head, "\r\nAccept-Encoding: gzip\r\n"));
	assert_non_null(strstr(head, "\r\nUser-Agent: Latchkey/test\r\n"));
	assert_null(strcasestr(head, "Expect"));
	assert_null(strcasestr(head, "Authorization"));
	assert_null(strcasestr(head, "Cookie"));
	assert_int_equal(s->log[0].sum, sum_of("<question/>", 11));
	transport_pool_free(p);
}

/* Large and empty bodies, another method, another path, and back. */
static void test_shapes(void **state)
{
	struct world *w = *state;
	struct wire *s = &w->wires[0];
	struct transport_pool *p = plain_pool(w, s);
	struct transport_request q = simple();
	char *big = malloc(BIG);

	assert_non_null(big);
	for (size_t i = 0; i < BIG; i++)
		big[i] = (char)(i * 7 + i / 1000);
	q.body = big;
	q.body_len = BIG;
	assert_int_equal(answer_of(w, p, q)->r.status, 200);
	assert_int_equal(s->log[0].body_len, BIG);
	assert_int_equal(s->log[0].sum, sum_of(big, BIG));
	assert_null(strcasestr(s->log[0].head, "Expect"));
	q = simple();
	q.method = "GET";
	q.path = "/autodiscover/autodiscover.json?Email=a%40b.test&Protocol=EWS";
	q.headers = NULL;
	answer_of(w, p, q);
	assert_true(str_starts(s->log[1].head, "GET /autodiscover/autodiscover.json?Email=a%40b"));
	assert_null(strcasestr(s->log[1].head, "Content-Length"));
	assert_null(strcasestr(s->log[1].head, "X-Test"));
	q = simple();
	q.body = NULL;
	q.body_len = 0;
	answer_of(w, p, q);
	assert_true(str_starts(s->log[2].head, "POST /EWS/Exchange.asmx "));
	assert_non_null(strstr(s->log[2].head, "\r\nContent-Length: 0\r\n"));
	assert_int_equal(s->count, 1);
	free(big);
	transport_pool_free(p);
}

/* What would break a request apart is not sent. */
static void test_malformed(void **state)
{
	struct world *w = *state;
	static const char *const bad_headers[] = { "X-A: b\r\nX-Evil: c", NULL };
	struct transport_pool *p = plain_pool(w, &w->wires[0]);
	struct transport_request q = simple();
	static char long_path[6000] = "/";

	memset(long_path + 1, 'a', sizeof(long_path) - 2);
	q.headers = bad_headers;
	assert_int_equal(answer_of(w, p, q)->r.end, TRANSPORT_BROKEN);
	q = simple();
	q.path = "/a\nb";
	assert_int_equal(answer_of(w, p, q)->r.end, TRANSPORT_BROKEN);
	q.path = "@evil.test/";
	assert_int_equal(answer_of(w, p, q)->r.end, TRANSPORT_BROKEN);
	q.path = long_path;
	assert_int_equal(answer_of(w, p, q)->r.end, TRANSPORT_BROKEN);
	assert_int_equal(w->wires[0].count, 0);
	assert_int_equal(answer_of(w, p, simple())->r.end, TRANSPORT_ANSWERED);
	transport_pool_free(p);
}

/* --- connections --- */

static void test_reuse(void **state)
{
	struct world *w = *state;
	struct wire *s = &w->wires[0];
	struct transport_pool *p = plain_pool(w, s), *other = plain_pool(w, s);

	for (int i = 0; i < 10; i++)
		assert_int_equal(answer_of(w, p, simple())->r.status, 200);
	assert_int_equal(s->count, 1);
	assert_string_equal(w->calls[9].version, "TLS 1.3");
	answer_of(w, other, simple()); /* not on another pool's connection */
	assert_int_equal(s->count, 2);
	transport_pool_fresh(p);
	assert_int_equal(answer_of(w, p, simple())->r.status, 200);
	assert_int_equal(s->count, 3);
	turn(w, 5);
	assert_int_equal(wire_open(s), 2);
	transport_pool_free(p);
	transport_pool_free(other);
	turn(w, 5);
	assert_int_equal(wire_open(s), 0);
}

static void close_second(struct link *c, const char *head)
{
	(void)head;
	if (c->asked == 2)
		link_close(c);
	else
		say_ok(c, "ok");
}

/* A connection that dies under a request: it may have been carried out, so it is not repeated. */
static void test_once(void **state)
{
	struct world *w = *state;
	struct wire *s = &w->wires[0];
	struct transport_pool *p = plain_pool(w, s);
	struct heard *h;

	s->answer = close_second;
	answer_of(w, p, simple());
	h = answer_of(w, p, simple());
	assert_int_equal(h->r.end, TRANSPORT_BROKEN);
	assert_int_equal(h->r.phase, TRANSPORT_ASKING);
	assert_true(h->text[0]);
	assert_int_equal(s->requests, 2);
	assert_int_equal(s->count, 1);
	assert_int_equal(answer_of(w, p, simple())->r.end, TRANSPORT_ANSWERED);
	assert_int_equal(s->count, 2);
	transport_pool_free(p);
}

/* One that the server closed while idle is not used, with or without its farewell; nor one on which
 * something came that nobody asked for. */
static void test_stale(void **state)
{
	struct world *w = *state;
	struct wire *s = &w->wires[0];
	struct transport_pool *p = plain_pool(w, s);

	answer_of(w, p, simple());
	link_close(&s->links[0]);
	turn(w, 4);
	assert_int_equal(answer_of(w, p, simple())->r.end, TRANSPORT_ANSWERED);
	assert_int_equal(s->count, 2);
	say_farewell(w, &s->links[1]);
	link_close(&s->links[1]);
	turn(w, 4);
	assert_int_equal(answer_of(w, p, simple())->r.end, TRANSPORT_ANSWERED);
	assert_int_equal(s->count, 3);
	say_farewell(w, &s->links[2]); /* and does not close */
	assert_int_equal(answer_of(w, p, simple())->r.end, TRANSPORT_ANSWERED);
	assert_int_equal(s->count, 4);
	say_late(&s->links[3], "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged");
	turn(w, 4);
	assert_int_equal(answer_of(w, p, simple())->r.end, TRANSPORT_ANSWERED);
	assert_string_equal(w->calls[w->used - 1].body, "ok");
	assert_int_equal(s->count, 5);
	assert_int_equal(s->requests, 5);
	transport_pool_free(p);
}

/* Many connections say farewell at once: each request comes to a good one. */
static void test_all_stale(void **state)
{
	struct world *w = *state;
	struct wire *s = &w->wires[0];
	struct transport_pool *p = plain_pool(w, s);

	for (int i = 0; i < 8; i++)
		ask(w, p);
	wait_told(w, 8);
	for (int i = 0; i < s->count; i++)
		say_farewell(w, &s->links[i]);
	for (int i = 0; i < 8; i++)
		ask(w, p);
	wait_told(w, 16);
	for (int i = 0; i < 16; i++)
		assert_int_equal(w->calls[i].r.end, TRANSPORT_ANSWERED);
	assert_int_equal(s->requests, 16);
	transport_pool_free(p);
}

/* The next address is tried; and one that is not in the set never is. */
static void test_addresses(void **state)
{
	struct world *w = *state;
	struct wire *s = &w->wires[0];
	struct transport_way x = way(s, TRANSPORT_ANONYMOUS);
	struct transport_pool *p;
	struct err e;

	x.addresses = loopback("127.0.0.2");
	x.addresses.list[x.addresses.count++] = loopback("127.0.0.1").list[0];
	p = pool_of(w, &x);
	assert_int_equal(answer_of(w, p, simple())->r.end, TRANSPORT_ANSWERED);
	transport_pool_free(p);
	x.addresses.count = 1;
	p = pool_of(w, &x);
	assert_int_equal(answer_of(w, p, simple())->r.end, TRANSPORT_BROKEN);
	assert_int_equal(w->calls[w->used - 1].r.phase, TRANSPORT_CONNECTING);
	assert_non_null(strstr(w->calls[w->used - 1].text, "refused"));
	transport_pool_free(p);
	x.addresses.count = 0;
	assert_null(transport_pool_new(w->transport, &x, &e));
	x.addresses = loopback("127.0.0.1");
	x.host = "";
	assert_null(transport_pool_new(w->transport, &x, &e));
}

/* A connection that was taken and reset is not one that was refused, however soon it comes. */
static void test_reset(void **state)
{
	const struct linger at_once = { 1, 0 };
	struct world *w = *state;
	struct wire *s = &w->wires[0];
	struct transport_pool *p = plain_pool(w, s);
	struct heard *h;
	int fd;

	loop_watch(w->loop, s->listener, 0, NULL, NULL);
	h = ask_with(w, p, simple());
	do
		loop_turn(w->loop, 0);
	while ((fd = accept(s->listener, NULL, NULL)) < 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)), 0);
	close(fd);
	wait_told(w, 1);
	assert_int_equal(h->r.end, TRANSPORT_BROKEN);
	assert_int_equal(h->r.phase, TRANSPORT_SECURING);
	assert_non_null(strstr(h->text, "reset"));
	transport_pool_free(p);
}

/* The guard is asked again about the very socket. */
static void test_guard(void **state)
{
	struct world *w = *state;
	struct transport_pool *p = plain_pool(w, &w->wires[0]);
	struct err e;

	write_text(w->list, "127.0.0.1 1-1023\n# changed\n");
	assert_ok(egress_load(w->egress, &e));
	assert_int_equal(answer_of(w, p, simple())->r.end, TRANSPORT_REFUSED);
	turn(w, 3);
	assert_int_equal(w->wires[0].count, 0);
	transport_pool_free(p);
}

static void test_idle(void **state)
{
	struct world *w = *state;
	struct wire *s = &w->wires[0];
	struct transport_pool *p;
	int64_t end = clock_mono_ms() + PATIENCE;

	w->transport->idle_ms = 60;
	p = plain_pool(w, s);
	answer_of(w, p, simple());
	assert_int_equal(wire_open(s), 1);
	while (wire_open(s) && clock_mono_ms() < end)
		loop_turn(w->loop, 10);
	assert_int_equal(wire_open(s), 0);
	assert_int_equal(answer_of(w, p, simple())->r.end, TRANSPORT_ANSWERED);
	transport_pool_free(p);
}

/* --- whom to trust --- */

static void test_trust(void **state)
{
	struct world *w = *state;
	struct wire *s = &w->wires[0];
	struct err e;
	char strange[96];
	struct transport *t;
	struct transport_way x = way(s, TRANSPORT_ANONYMOUS);
	struct transport_pool *p;
	struct heard *h;

	snprintf(strange, sizeof(strange), "%s/strange", w->dir);
	cert_write(&w->strange, strange);
	t = transport_new(w->loop, w->egress, strange, "Latchkey/test", &e);
	p = transport_pool_new(t, &x, &e);
	h = answer_of(w, p, simple());
	assert_int_equal(h->r.end, TRANSPORT_BROKEN);
	assert_int_equal(h->r.phase, TRANSPORT_SECURING);
	transport_pool_free(p);
	x.ca_pem = w->pem;
	p = transport_pool_new(t, &x, &e);
	assert_int_equal(answer_of(w, p, simple())->r.end, TRANSPORT_ANSWERED);
	transport_pool_fresh(p);
	assert_int_equal(answer_of(w, p, simple())->r.end, TRANSPORT_ANSWERED);
	transport_pool_free(p);
	x.ca_pem = ""; /* that trust was this pool's alone */
	p = transport_pool_new(t, &x, &e);
	assert_int_equal(answer_of(w, p, simple())->r.end, TRANSPORT_BROKEN);
	transport_pool_free(p);
	x.ca_pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
	assert_null(transport_pool_new(t, &x, &e));
	assert_int_equal(e.code, ERR_INPUT);
	transport_free(t);
	unlink(strange);
	assert_int_equal(s->requests, 2);
}

static void test_wrong_name(void **state)
{
	struct world *w = *state;
	struct transport_pool *p;

	wire_start(&w->wires[1], w->loop, &w->other);
	p = plain_pool(w, &w->wires[1]);
	assert_int_equal(answer_of(w, p, simple())->r.end, TRANSPORT_OTHER_NAME);
	assert_int_equal(w->wires[1].requests, 0);
	transport_pool_free(p);
}

/* --- what comes back --- */

static void reply_long_header(struct link *c, const char *head)
{
	char line[1024];

	(void)head;
	memset(line, 'a', sizeof(line));
	say(c, "HTTP/1.1 200 OK\r\n");
	for (int i = 0; i < 80; i++) {
		say(c, "X-Filler: ");
		say_bytes(c, line, sizeof(line));
		say(c, "\r\n");
	}
	say(c, "Content-Length: 0\r\n\r\n");
}

static void reply_interim(struct link *c, const char *head)
{
	(void)head;
	for (int i = 0; i < 3000; i++)
		say(c, "HTTP/1.1 100 Continue\r\n\r\n");
	say_ok(c, "ok");
}

static void reply_cut(struct link *c, const char *head)
{
	(void)head;
	say(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of i");
	c->last = 1;
}

static void reply_cut_chunk(struct link *c, const char *head)
{
	(void)head;
	say(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
	c->last = 1;
}

static void reply_close(struct link *c, const char *head)
{
	(void)head;
	link_close(c);
}

static void reply_until_end(struct link *c, const char *head)
{
	(void)head;
	say(c, "HTTP/1.1 200 OK\r\n\r\nuntil the end");
	c->last = 1;
}

/* size zeros, compressed, again and again when nested. */
static void say_gzip(struct link *c, size_t size)
{
	z_stream z = { 0 };
	char *raw = calloc(1, size), *out = malloc(size);
	char head[128];

	assert_non_null(raw);
	assert_non_null(out);
	memset(raw, 'z', size);
	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 31, 9, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = (unsigned char *)raw;
	z.avail_in = (unsigned)size;
	z.next_out = (unsigned char *)out;
	z.avail_out = (unsigned)size;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	snprintf(head, sizeof(head),
		"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %lu\r\n\r\n",
		z.total_out);
	say(c, head);
	say_bytes(c, out, z.total_out);
	deflateEnd(&z);
	free(raw);
	free(out);
}

static void reply_gzip(struct link *c, const char *head)
{
	(void)head;
	say_gzip(c, 1000);
}

/* Asked to leave an answer as it is, a server may still compress it. */
static void test_compressed_anyway(void **state)
{
	static const char *const headers[] = { "Accept-Encoding: identity", NULL };
	struct world *w = *state;
	struct wire *s = &w->wires[0];
	struct transport_pool *p = plain_pool(w, s);
	struct transport_request q = simple();
	struct heard *h;

	s->answer = reply_gzip;
	q.headers = headers;
	h = answer_of(w, p, q);
	assert_int_equal(h->r.end, TRANSPORT_ANSWERED);
	assert_int_equal(h->r.body_len, 1000);
	assert_non_null(strstr(s->log[0].head, "\r\nAccept-Encoding: identity\r\n"));
	assert_null(strstr(s->log[0].head, "gzip"));
	transport_pool_free(p);
}

static void reply_bomb(struct link *c, const char *head)
{
	(void)head;
	say_gzip(c, 8 << 20);
}

static void reply_broken_gzip(struct link *c, const char *head)
{
	(void)head;
	say(c, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 8\r\n\r\nnot gzip");
}

static void reply_big(struct link *c, const char *head)
{
	static char body[20000];

	(void)head;
	memset(body, 'b', sizeof(body));
	say(c, "HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n");
	say_bytes(c, body, sizeof(body));
}

static void reply_redirect(struct link *c, const char *head)
{
	(void)head;
	say(c, "HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1/\r\nContent-Length: 0\r\n\r\n");
}

static void reply_garbage(struct link *c, const char *head)
{
	(void)head;
	say(c, "220 mail ready\r\n");
	c->last = 1;
}

static void reply_nothing(struct link *c, const char *head)
{
	(void)c, (void)head;
}

static void reply_half(struct link *c, const char *head)
{
	(void)head;
	say(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
}

static const struct answer_row {
	const char *name;
	wire_fn *answer;
	enum transport_end end;
	enum transport_phase phase;
	long status;
	size_t body_len;
} answers[] = {
	{ "gzip", reply_gzip, TRANSPORT_ANSWERED, TRANSPORT_DONE, 200, 1000 },
	{ "until the end", reply_until_end, TRANSPORT_ANSWERED, TRANSPORT_DONE, 200, 13 },
	{ "redirect", reply_redirect, TRANSPORT_ANSWERED, TRANSPORT_DONE, 302, 0 },
	{ "gzip bomb", reply_bomb, TRANSPORT_TOO_BIG, TRANSPORT_ASKING, 200, 0 },
	{ "body too big", reply_big, TRANSPORT_TOO_BIG, TRANSPORT_ASKING, 200, 0 },
	{ "headers too big", reply_long_header, TRANSPORT_TOO_BIG, TRANSPORT_ASKING, 200, 0 },
	{ "interim without end", reply_interim, TRANSPORT_TOO_BIG, TRANSPORT_ASKING, 100, 0 },
	{ "broken gzip", reply_broken_gzip, TRANSPORT_BROKEN, TRANSPORT_ASKING, 200, 0 },
	{ "cut", reply_cut, TRANSPORT_BROKEN, TRANSPORT_ASKING, 200, 9 },
	{ "cut chunk", reply_cut_chunk, TRANSPORT_BROKEN, TRANSPORT_ASKING, 200, 5 },
	{ "closed", reply_close, TRANSPORT_BROKEN, TRANSPORT_ASKING, 0, 0 },
	{ "not HTTP", reply_garbage, TRANSPORT_BROKEN, TRANSPORT_ASKING, 0, 0 },
	{ "never", reply_nothing, TRANSPORT_TIMEOUT, TRANSPORT_ASKING, 0, 0 },
	{ "half", reply_half, TRANSPORT_TIMEOUT, TRANSPORT_ASKING, 200, 4 },
};

static void test_answers(void **state)
{
	struct world *w = *state;
	struct wire *s = &w->wires[0];
	struct transport_pool *p = plain_pool(w, s);

	for (size_t i = 0; i < COUNT(answers); i++) {
		const struct answer_row *row = &answers[i];
		struct transport_request q = simple();
		struct heard *h;

		s->answer = row->answer;
		q.answer_max = 16384;
		q.total_ms = row->end == TRANSPORT_TIMEOUT ? 60 : 0;
		h = answer_of(w, p, q);
		if (h->r.end != row->end || h->r.phase != row->phase || h->r.status != row->status)
			fail_msg("%s: end %d phase %d status %ld: %s", row->name, (int)h->r.end,
				(int)h->r.phase, h->r.status, h->text);
		if (row->body_len ? h->r.body_len != row->body_len : h->r.body_len > 16384)
			fail_msg("%s: %zu bytes", row->name, h->r.body_len);
		assert_int_equal(h->r.end == TRANSPORT_ANSWERED, h->text[0] == '\0');
		s->answer = wire_reply;
		assert_int_equal(answer_of(w, p, simple())->r.end, TRANSPORT_ANSWERED);
	}
	transport_pool_free(p);
}

/* A handshake that never ends is bounded, too. */
static void test_mute(void **state)
{
	struct world *w = *state;
	struct wire *s = &w->wires[0];
	struct transport_pool *p;
	struct heard *h;

	s->mute = 1;
	transport_limit(w->transport, 80, 10000);
	p = plain_pool(w, s);
	h = answer_of(w, p, simple());
	assert_int_equal(h->r.end, TRANSPORT_TIMEOUT);
	assert_int_equal(h->r.phase, TRANSPORT_SECURING);
	transport_pool_free(p);
}

/* --- cookies --- */

static void set_cookie(struct link *c, const char *head)
{
	(void)head;
	say(c,
		"HTTP/1.1 200 OK\r\nSet-Cookie: exchangecookie=abc; path=/; HttpOnly\r\n"
		"Set-Cookie: X-BackEndCookie=def; path=/EWS; secure\r\n"
		"Set-Cookie: elsewhere=1; domain=other.test\r\nContent-Length: 0\r\n\r\n");
}

static void test_cookies(void **state)
{
	struct world *w = *state;
	struct wire *s = &w->wires[0];
	struct transport_pool *p = plain_pool(w, s), *other = plain_pool(w, s);

	s->answer = set_cookie;
	answer_of(w, p, simple());
	assert_null(strstr(s->log[0].head, "Cookie:"));
	answer_of(w, p, simple());
	assert_non_null(strstr(s->log[1].head, "exchangecookie=abc"));
	assert_non_null(strstr(s->log[1].head, "X-BackEndCookie=def"));
	assert_null(strstr(s->log[1].head, "elsewhere"));
	answer_of(w, other, simple());
	assert_null(strstr(s->log[2].head, "Cookie:"));
	transport_pool_fresh(p);
	answer_of(w, p, simple());
	assert_null(strstr(s->log[3].head, "Cookie:"));
	transport_pool_free(p);
	transport_pool_free(other);
}

static void set_many_cookies(struct link *c, const char *head)
{
	char line[64];

	(void)head;
	say(c, "HTTP/1.1 200 OK\r\n");
	for (int i = 0; i < 40; i++) {
		snprintf(line, sizeof(line), "Set-Cookie: c%d-%d=1; path=/\r\n", c->asked, i);
		say(c, line);
	}
	say(c, "Content-Length: 0\r\n\r\n");
}

/* A server that sets one after the other does not fill the memory. */
static void test_many_cookies(void **state)
{
	struct world *w = *state;
	struct wire *s = &w->wires[0];
	struct transport_pool *p = plain_pool(w, s);
	int without = 0;

	s->answer = set_many_cookies;
	for (int i = 0; i < 20; i++) {
		answer_of(w, p, simple());
		without += i > 0 && !strstr(s->log[i].head, "Cookie:");
	}
	assert_int_equal(without, 2);
	transport_pool_free(p);
}

/* --- a look without encryption --- */

static void test_plain_look(void **state)
{
	struct world *w = *state;
	struct wire *s = &w->wires[1];
	struct heard *h = &w->calls[w->used++];
	struct transport_get get = { .host = "good.test",
		.path = "/autodiscover/autodiscover.xml",
		.address = loopback("127.0.0.1").list[0],
		.plain = 1,
		.connect_ms = 1000,
		.done = on_done,
		.ptr = h };

	wire_start(s, w->loop, NULL);
	s->answer = reply_redirect;
	h->w = w;
	get.port = s->port;
	transport_get(w->transport, &get);
	wait_told(w, 1);
	assert_int_equal(h->r.end, TRANSPORT_ANSWERED);
	assert_int_equal(h->r.status, 302);
	assert_true(str_starts(s->log[0].head, "GET /autodiscover/autodiscover.xml HTTP/1.1\r\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_request),
		TEST(test_shapes),
		TEST(test_malformed),
		TEST(test_reuse),
		TEST(test_once),
		TEST(test_stale),
		TEST(test_all_stale),
		TEST(test_addresses),
		TEST(test_reset),
		TEST(test_guard),
		TEST(test_idle),
		TEST(test_trust),
		TEST(test_wrong_name),
		TEST(test_compressed_anyway),
		TEST(test_answers),
		TEST(test_mute),
		TEST(test_cookies),
		TEST(test_many_cookies),
		TEST(test_plain_look),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
