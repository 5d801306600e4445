/* What the tests of transport share: servers inside the test's own loop, which note all that comes
 * and answer as they are told, and pools to ask them with.
 */
#ifndef LATCHKEY_TRANSPORT_UNIT_H
#define LATCHKEY_TRANSPORT_UNIT_H

#include "tests/unit/tls_unit.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include "exchange/egress.h"
#include "exchange/transport.h"
#include "platform/clock.h"
#include "platform/config.h"
#include "platform/loop.h"
#include "platform/str.h"

enum {
	WIRES = 5,
	LINKS = 64,  /* connections of a server */
	LOGGED = 64, /* requests of a server that are kept */
	CALLS = 64,  /* of a test */
	HEAD = 2048, /* kept of a request */
	PATIENCE = 5000
};

struct wire;

/* A connection that a server has. */
struct link {
	struct wire *wire;
	int number; /* from 0 */
	int fd;	    /* -1: over */
	SSL *ssl;   /* NULL: plain */
	char *in;
	size_t in_len;
	char *out;
	size_t out_len;
	size_t out_at;
	int secured;	/* the handshake has begun */
	int asked;	/* requests on this connection */
	int last;	/* close when all is written */
	int challenged; /* the second message of a sign-in was sent */
	int signed_in;
};

struct asked {
	int link;
	char head[HEAD];
	size_t body_len;
	unsigned sum; /* of the body's bytes */
};

/* A request is complete. Answers with say(), or keeps quiet. */
typedef void wire_fn(struct link *c, const char *head);

struct wire {
	struct loop *loop;
	SSL_CTX *ctx;
	wire_fn *answer;
	void *ptr;
	const char *reply; /* what wire_reply says */
	int tunnel;	   /* a proxy: CONNECT first, in the clear */
	int mute;	   /* takes connections and says nothing */
	int listener;
	int port;
	int count; /* connections so far */
	int requests;
	struct link links[LINKS];
	struct asked log[LOGGED];
};

/* --- a server --- */

static inline void link_close(struct link *c)
{
	if (c->fd < 0)
		return;
	loop_watch(c->wire->loop, c->fd, 0, NULL, NULL);
	SSL_free(c->ssl);
	close(c->fd);
	free(c->in);
	free(c->out);
	c->ssl = NULL;
	c->in = c->out = NULL;
	c->fd = -1;
}

static inline ssize_t link_read(struct link *c, char *p, size_t n)
{
	return c->ssl ? SSL_read(c->ssl, p, (int)n) : recv(c->fd, p, n, 0);
}

static inline void link_flush(struct link *c)
{
	ssize_t n = 1;

	while (c->out_at < c->out_len && n > 0) {
		size_t left = c->out_len - c->out_at;

		n = c->ssl ? SSL_write(c->ssl, c->out + c->out_at, (int)left)
			   : send(c->fd, c->out + c->out_at, left, MSG_NOSIGNAL);
		if (n > 0)
			c->out_at += (size_t)n;
	}
	if (c->out_at < c->out_len)
		return;
	c->out_at = c->out_len = 0;
	if (c->last && c->ssl)
		SSL_shutdown(c->ssl);
	if (c->last)
		link_close(c);
}

static inline void say_bytes(struct link *c, const void *p, size_t n)
{
	c->out = realloc(c->out, c->out_len + n + 1);
	assert_non_null(c->out);
	memcpy(c->out + c->out_len, p, n);
	c->out_len += n;
}

static inline void say(struct link *c, const char *text)
{
	say_bytes(c, text, strlen(text));
}

/* 200 with this body. */
static inline void say_ok(struct link *c, const char *body)
{
	char head[128];

	snprintf(
		head, sizeof(head), "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", strlen(body));
	say(c, head);
	say(c, body);
}

static inline void wire_reply(struct link *c, const char *head)
{
	(void)head;
	say(c, c->wire->reply);
}

static inline size_t length_of(const char *head)
{
	const char *p = strcasestr(head, "\r\nContent-Length: ");

	return p ? strtoull(p + 18, NULL, 10) : 0;
}

static inline void note(struct link *c, const char *body, size_t n)
{
	struct asked *a = &c->wire->log[c->wire->requests % LOGGED];

	c->asked++;
	c->wire->requests++;
	a->link = c->number;
	snprintf(a->head, sizeof(a->head), "%s", c->in);
	a->body_len = n;
	a->sum = 0;
	for (size_t i = 0; i < n; i++)
		a->sum = a->sum * 31 + (unsigned char)body[i];
}

/* Behind the proxy's 200 the same connection is the server's. */
static inline int link_tunnel(struct link *c)
{
	if (!c->wire->tunnel || c->secured || strncmp(c->in, "CONNECT ", 8) != 0)
		return 0;
	note(c, "", 0);
	c->wire->answer(c, c->in);
	link_flush(c);
	return 1;
}

static inline void link_secure(struct link *c)
{
	c->secured = 1;
	c->ssl = SSL_new(c->wire->ctx);
	SSL_set_fd(c->ssl, c->fd);
	SSL_set_accept_state(c->ssl);
}

/* All complete requests among what has come. */
static inline void link_requests(struct link *c)
{
	char *end;
	size_t head, body;

	while (c->fd >= 0 && c->in_len > 0 && (end = strstr(c->in, "\r\n\r\n")) != NULL) {
		head = (size_t)(end - c->in) + 4;
		body = length_of(c->in);
		if (c->in_len < head + body)
			return;
		end[2] = '\0';
		if (!link_tunnel(c)) {
			note(c, c->in + head, body);
			c->wire->answer(c, c->in);
		}
		if (c->fd < 0)
			return;
		memmove(c->in, c->in + head + body, c->in_len - head - body + 1);
		c->in_len -= head + body;
		link_flush(c);
	}
}

static inline void on_link(void *ptr, int fd, int events)
{
	struct link *c = ptr;
	char piece[16384];
	ssize_t n = 0;

	(void)fd;
	if (c->wire->mute)
		return;
	if (events & LOOP_WRITE)
		link_flush(c);
	while (c->fd >= 0 && (n = link_read(c, piece, sizeof(piece))) > 0) {
		c->in = realloc(c->in, c->in_len + (size_t)n + 1);
		assert_non_null(c->in);
		memcpy(c->in + c->in_len, piece, (size_t)n);
		c->in_len += (size_t)n;
		c->in[c->in_len] = '\0';
		link_requests(c);
	}
	if (c->fd < 0)
		return;
	if (n == 0 ||
		(c->ssl ? SSL_get_error(c->ssl, (int)n) != SSL_ERROR_WANT_READ : errno != EAGAIN)) {
		link_close(c);
		return;
	}
	loop_watch(c->wire->loop, c->fd, LOOP_READ | (c->out_len ? LOOP_WRITE : 0), on_link, c);
}

/* An answer that was kept back goes now. */
static inline void say_late(struct link *c, const char *text)
{
	say(c, text);
	link_flush(c);
	if (c->fd >= 0 && c->out_len)
		loop_watch(c->wire->loop, c->fd, LOOP_READ | LOOP_WRITE, on_link, c);
}

static inline void on_accept(void *ptr, int fd, int events)
{
	const int on = 1;
	struct wire *w = ptr;
	struct link *c = &w->links[w->count % LINKS];

	(void)events;
	assert_int_equal(c->fd, -1);
	*c = (struct link){ .wire = w, .number = w->count++ };
	c->fd = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	assert_true(c->fd >= 0);
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (!w->tunnel && w->ctx)
		link_secure(c);
	loop_watch(w->loop, c->fd, LOOP_READ, on_link, c);
}

static inline void wire_start(struct wire *w, struct loop *l, const struct cert *cert)
{
	const struct server_order order = { .cert = cert };
	struct sockaddr_in sa = { .sin_family = AF_INET };
	socklen_t size = sizeof(sa);

	w->loop = l;
	w->ctx = cert ? server_context(&order) : NULL;
	w->answer = wire_reply;
	w->reply = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
	for (size_t i = 0; i < LINKS; i++)
		w->links[i].fd = -1;
	w->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(w->listener, (struct sockaddr *)&sa, sizeof(sa)), 0);
	assert_int_equal(listen(w->listener, 64), 0);
	assert_int_equal(getsockname(w->listener, (struct sockaddr *)&sa, &size), 0);
	w->port = ntohs(sa.sin_port);
	loop_watch(l, w->listener, LOOP_READ, on_accept, w);
}

static inline void wire_stop(struct wire *w)
{
	for (size_t i = 0; i < LINKS; i++)
		link_close(&w->links[i]);
	loop_watch(w->loop, w->listener, 0, NULL, NULL);
	close(w->listener);
	SSL_CTX_free(w->ctx);
}

/* Connections that are open now. */
static inline int wire_open(const struct wire *w)
{
	int open = 0;

	for (size_t i = 0; i < LINKS; i++)
		open += w->links[i].fd >= 0;
	return open;
}

/* --- the world --- */

struct world;

/* What became of a call. */
struct heard {
	struct world *w;
	struct transport_call *call;
	int told;
	struct transport_reply r; /* texts are copied below */
	char headers[1024];
	char body[256];
	char text[256];
	char version[16]; /* of its connection's TLS */
};

struct world {
	struct loop *loop;
	struct egress *egress;
	struct transport *transport;
	struct cert root, strange, good, other;
	char dir[64], ca[96], list[96];
	char *pem; /* of the root */
	struct wire wires[WIRES];
	struct heard calls[CALLS];
	int used;
	int told;
	int asked[2]; /* may_start: without and with a sign-in */
	int may;      /* how often it still says yes */
	void (*then)(struct heard *h);
	struct transport_pool *pool; /* for `then` */
};

static inline char *pem_of(const struct cert *c)
{
	BIO *out = BIO_new(BIO_s_mem());
	char *p, *text;
	long n;

	assert_int_equal(PEM_write_bio_X509(out, c->x), 1);
	n = BIO_get_mem_data(out, &p);
	text = strndup(p, (size_t)n);
	BIO_free(out);
	return text;
}

static inline void write_text(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	fclose(f);
}

static inline struct cert make_leaf(const struct cert *by, const char *san)
{
	const struct cert_order order = { "good.test", san, by, 0, -10, 200 };

	return cert_make(&order);
}

static inline void make_certs(struct world *w)
{
	const struct cert_order root = { "Test Root", NULL, NULL, 1, -100, 1000 };
	const struct cert_order strange = { "Strange Root", NULL, NULL, 1, -100, 1000 };

	w->root = cert_make(&root);
	w->strange = cert_make(&strange);
	w->good = make_leaf(&w->root, "DNS:good.test");
	w->other = make_leaf(&w->root, "DNS:other.test");
	w->pem = pem_of(&w->root);
}

static inline int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct err e;

	assert_non_null(w);
	seal_init();
	signal(SIGPIPE, SIG_IGN);
	snprintf(w->dir, sizeof(w->dir), "/tmp/test_transport.XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	snprintf(w->ca, sizeof(w->ca), "%s/ca", w->dir);
	snprintf(w->list, sizeof(w->list), "%s/egress", w->dir);
	make_certs(w);
	cert_write(&w->root, w->ca);
	write_text(w->list, "127.0.0.0/8 1024-65535\n");
	w->loop = loop_new();
	w->egress = egress_new(w->list, TENANCY_MULTI);
	assert_ok(egress_load(w->egress, &e));
	w->transport = transport_new(w->loop, w->egress, w->ca, "Latchkey/test", &e);
	assert_non_null(w->transport);
	wire_start(&w->wires[0], w->loop, &w->good);
	w->may = CALLS;
	*state = w;
	return 0;
}

static inline int teardown(void **state)
{
	struct world *w = *state;

	transport_free(w->transport);
	for (size_t i = 0; i < WIRES; i++) {
		if (w->wires[i].loop)
			wire_stop(&w->wires[i]);
	}
	egress_free(w->egress);
	loop_free(w->loop);
	cert_free(&w->root);
	cert_free(&w->strange);
	cert_free(&w->good);
	cert_free(&w->other);
	free(w->pem);
	unlink(w->ca);
	unlink(w->list);
	assert_int_equal(rmdir(w->dir), 0);
	free(w);
	return 0;
}

static inline struct addresses loopback(const char *text)
{
	struct addresses a = { .count = 1 };

	assert_int_equal(address_parse(text, &a.list[0]), 0);
	return a;
}

static inline struct transport_way way(const struct wire *to, enum transport_auth auth)
{
	return (struct transport_way){ .host = "good.test",
		.port = to->port,
		.addresses = loopback("127.0.0.1"),
		.ca_pem = "",
		.auth = auth,
		.login = "",
		.flying = TRANSPORT_HOST };
}

static inline struct transport_pool *pool_of(struct world *w, const struct transport_way *to)
{
	struct err e = { 0 };
	struct transport_pool *p = transport_pool_new(w->transport, to, &e);

	if (!p)
		fail_msg("pool: %s", e.log);
	return p;
}

static inline struct transport_pool *plain_pool(struct world *w, const struct wire *to)
{
	const struct transport_way x = way(to, TRANSPORT_ANONYMOUS);

	return pool_of(w, &x);
}

/* --- asking --- */

static inline void keep(char *dst, size_t size, const char *src, size_t n)
{
	snprintf(dst, size, "%.*s", (int)(n < size ? n : size - 1), src);
}

static inline void on_done(void *ptr, const struct transport_reply *r)
{
	struct heard *h = ptr;

	h->told++;
	h->call = NULL;
	h->w->told++;
	h->r = *r;
	keep(h->headers, sizeof(h->headers), r->headers, r->headers_len);
	keep(h->body, sizeof(h->body), r->body, r->body_len);
	keep(h->text, sizeof(h->text), r->text, strlen(r->text));
	keep(h->version, sizeof(h->version), r->tls->version, strlen(r->tls->version));
	assert_int_equal(strlen(r->body) > r->body_len, 0);
	if (h->w->then)
		h->w->then(h);
}

static inline int on_may(void *ptr, int signs_in)
{
	struct heard *h = ptr;

	assert_true(signs_in == 0 || signs_in == 1);
	h->w->asked[signs_in]++;
	return h->w->may-- > 0;
}

static inline struct transport_request simple(void)
{
	static const char *const headers[] = { "Content-Type: text/xml", "X-Test: yes", NULL };

	return (struct transport_request){ .method = "POST",
		.path = "/EWS/Exchange.asmx",
		.headers = headers,
		.body = "<question/>",
		.body_len = 11 };
}

static inline struct heard *ask_with(
	struct world *w, struct transport_pool *p, struct transport_request q)
{
	struct heard *h = &w->calls[w->used++];

	assert_true(w->used <= CALLS);
	memset(h, 0, sizeof(*h));
	h->w = w;
	q.may_start = on_may;
	q.done = on_done;
	q.ptr = h;
	h->call = transport_ask(p, &q);
	assert_int_equal(h->told, 0);
	return h;
}

static inline struct heard *ask(struct world *w, struct transport_pool *p)
{
	return ask_with(w, p, simple());
}

static inline void turn(struct world *w, int times)
{
	for (int i = 0; i < times; i++)
		loop_turn(w->loop, 5);
}

/* The server says farewell on a connection and keeps it open; it reaches the other side. */
static inline void say_farewell(struct world *w, struct link *c)
{
	SSL_shutdown(c->ssl);
	turn(w, 4);
}

/* Until so many calls of this test have been told. */
static inline void wait_told(struct world *w, int count)
{
	int64_t end = clock_mono_ms() + PATIENCE;

	while (w->told < count && clock_mono_ms() < end)
		loop_turn(w->loop, 20);
	assert_int_equal(w->told, count);
}

static inline void wait_requests(struct world *w, const struct wire *s, int count)
{
	int64_t end = clock_mono_ms() + PATIENCE;

	while (s->requests < count && clock_mono_ms() < end)
		loop_turn(w->loop, 20);
	assert_int_equal(s->requests, count);
}

/* Ask once and wait for the end. */
static inline struct heard *answer_of(
	struct world *w, struct transport_pool *p, struct transport_request q)
{
	struct heard *h = ask_with(w, p, q);

	wait_told(w, w->told + 1);
	assert_int_equal(h->told, 1);
	return h;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

#endif
