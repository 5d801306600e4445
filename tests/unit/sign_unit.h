/*
 * A small organisation behind the simulator's own web server, and a client in the same process that
 * speaks to it over a loopback connection, plain or TLS: for tests of signing in. Tests of tokens
 * make sim.tokens themselves: its key takes long to make.
 */
#ifndef LATCHKEY_SIGN_UNIT_H
#define LATCHKEY_SIGN_UNIT_H

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>
#include "sim/ntlm.h"
#include "sim/sign.h"
#include "sim/tls.h"
#include "sim/token.h"
#include "tests/unit/ntlm_unit.h"

enum { BENCH_NOW = 1795500000 };

struct bench {
	struct sim sim;
	struct premise *p;
	struct identity *id;
	enum protection protection;
	struct listener *plain, *tls;
	SSL_CTX *trusting; /* of the client: takes any certificate */
	struct text reply; /* the last answer, head and body */
	int requests;
};

struct peer {
	int fd;
	SSL *ssl; /* NULL = plain */
};

static inline void bench_handler(void *arg, struct request *r, struct answer *a)
{
	struct bench *b = arg;
	struct who who;

	b->requests++;
	if (sign_check(&b->sim, &(struct door){ b->p, b->p->front_ends, b->protection }, r, a,
		    &who) != SIGN_IN) {
		answer_header(a, "X-Login", who.login ? who.login : "-");
		return;
	}
	a->type = "text/plain";
	answer_printf(a, "%s %s %u %s", who.identity ? who.identity->upn : "-",
		who.app ? who.app->name : "-", who.scheme, who.login);
}

static inline int bench_accept(void *arg, struct connection *c)
{
	(void)arg;
	(void)c;
	return TLS_GOOD;
}

static inline struct bench *bench_new(void)
{
	char host[] = "mail.example.test", *names[] = { host, NULL };
	struct bench *b = need(sizeof(*b));
	struct sim *s = &b->sim;
	struct world *w = world_new();
	char *why = NULL;

	w->frozen = true;
	w->frozen_at = BENCH_NOW;
	s->world = w;
	s->loop = loop_new();
	s->tls = tls_new(names, BENCH_NOW);
	s->http = http_new(s->loop, s->tls);
	b->plain = http_listen(s->http, "127.0.0.1", 0, false, &why);
	b->tls = http_listen(s->http, "127.0.0.1", 0, true, &why);
	assert_null(why);
	http_handler(b->plain, bench_handler, bench_accept, b);
	http_handler(b->tls, bench_handler, bench_accept, b);
	b->p = world_add_premise(w, "hq");
	b->p->host = world_copy(w, "mail.example.test");
	b->p->forest = world_copy(w, "EXAMPLE");
	b->p->schemes = SCHEME_BASIC | SCHEME_NTLM | SCHEME_NEGOTIATE;
	b->p->lock_after = 3;
	b->id = world_add_identity(w, "svc@example.test", b->p);
	b->id->sam = world_copy(w, "svc-latchkey");
	b->id->password = world_copy(w, "Sommer#26");
	b->trusting = SSL_CTX_new(TLS_client_method());
	return b;
}

static inline void bench_free(struct bench *b)
{
	if (b->sim.tokens)
		tokens_free(b->sim.tokens);
	http_free(b->sim.http);
	tls_free(b->sim.tls);
	loop_free(b->sim.loop);
	world_free(b->sim.world);
	SSL_CTX_free(b->trusting);
	text_free(&b->reply);
	free(b);
}

static inline void bench_turn(struct bench *b)
{
	loop_turn(b->sim.loop, 1);
}

static inline void peer_open(struct bench *b, struct peer *c, bool tls)
{
	int port = http_port(tls ? b->tls : b->plain), ended = 0;
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	*c = (struct peer){ .fd = socket(AF_INET, SOCK_STREAM, 0) };
	assert_int_equal(connect(c->fd, (struct sockaddr *)&to, sizeof(to)), 0);
	assert_int_equal(fcntl(c->fd, F_SETFL, O_NONBLOCK), 0);
	if (!tls)
		return;
	c->ssl = SSL_new(b->trusting);
	SSL_set_fd(c->ssl, c->fd);
	for (int i = 0; i < 2000 && ended != 1; i++) {
		ended = SSL_connect(c->ssl);
		bench_turn(b);
	}
	assert_int_equal(ended, 1);
}

static inline void peer_close(struct bench *b, struct peer *c)
{
	SSL_free(c->ssl);
	close(c->fd);
	bench_turn(b);
}

static inline ssize_t peer_write(struct peer *c, const char *bytes, size_t len)
{
	return c->ssl ? SSL_write(c->ssl, bytes, (int)len) : send(c->fd, bytes, len, MSG_NOSIGNAL);
}

static inline ssize_t peer_read(struct peer *c, char *into, size_t len)
{
	return c->ssl ? SSL_read(c->ssl, into, (int)len) : recv(c->fd, into, len, 0);
}

/* Is the answer whole: its head, and as much body as that promises. */
static inline bool is_whole(const struct text *t)
{
	const char *end = t->len ? strstr(t->at, "\r\n\r\n") : NULL;
	const char *said = t->len ? strcasestr(t->at, "\r\ncontent-length:") : NULL;

	if (!end || !said || said > end)
		return false;
	return t->len - (size_t)(end + 4 - t->at) >= strtoul(said + 17, NULL, 10);
}

/* One request with this Authorization (NULL = none); the status. */
static inline int ask(struct bench *b, struct peer *c, const char *authorization)
{
	struct text request = { 0 };
	char bytes[4096];
	size_t sent = 0;

	text_puts(&request, "POST /EWS/Exchange.asmx HTTP/1.1\r\nHost: mail.example.test\r\n");
	if (authorization)
		text_printf(&request, "Authorization: %s\r\n", authorization);
	text_puts(&request, "Content-Length: 0\r\n\r\n");
	text_clear(&b->reply);
	for (int i = 0; i < 2000 && !is_whole(&b->reply); i++) {
		ssize_t n = sent < request.len
			? peer_write(c, request.at + sent, request.len - sent)
			: 0;

		sent += n > 0 ? (size_t)n : 0;
		bench_turn(b);
		n = peer_read(c, bytes, sizeof(bytes));
		if (n > 0)
			text_add(&b->reply, bytes, (size_t)n);
	}
	text_free(&request);
	assert_true(is_whole(&b->reply));
	return (int)strtol(b->reply.at + 9, NULL, 10);
}

static inline int ask_basic(
	struct bench *b, struct peer *c, const char *login, const char *password)
{
	char *plain = format("%s:%s", login, password);
	struct text value = { 0 };
	int status;

	text_puts(&value, "Basic ");
	base64_add(&value, plain, strlen(plain));
	status = ask(b, c, value.at);
	text_free(&value);
	free(plain);
	return status;
}

/* A step of a handshake: sends a message, and takes the server's from the answer. */
static inline int ask_step(struct bench *b, struct peer *c, const char *scheme,
	const struct text *message, struct text *answer)
{
	struct text value = { 0 };
	char *mark = format("\r\nWWW-Authenticate: %s ", scheme);
	const char *said;
	int status;

	text_printf(&value, "%s ", scheme);
	base64_add(&value, message->at, message->len);
	status = ask(b, c, value.at);
	text_clear(answer);
	said = strcasestr(b->reply.at, mark);
	if (said) {
		said += strlen(mark);
		assert_true(base64_read(said, strcspn(said, "\r"), answer));
	}
	text_free(&value);
	free(mark);
	return status;
}

/* A whole handshake with bare NTLM messages. */
static inline int ask_ntlm(
	struct bench *b, struct peer *c, const char *scheme, const struct ntlm_client *as)
{
	struct ntlm_client client = *as;
	struct text type1 = { 0 }, type2 = { 0 }, type3 = { 0 };
	int status;

	client_type1(&client, &type1);
	assert_int_equal(ask_step(b, c, scheme, &type1, &type2), 401);
	assert_int_equal(ntlm_kind(type2.at, type2.len), 2);
	client_type3(&client, &type1, &type2, &type3);
	status = ask_step(b, c, scheme, &type3, &type2);
	text_free(&type1);
	text_free(&type2);
	text_free(&type3);
	return status;
}

/* The same on a connection of its own. */
static inline int once_ntlm(struct bench *b, bool tls, const struct ntlm_client *as)
{
	struct peer c;
	int status;

	peer_open(b, &c, tls);
	status = ask_ntlm(b, &c, "NTLM", as);
	peer_close(b, &c);
	return status;
}

static inline int once_basic(struct bench *b, const char *login, const char *password)
{
	struct peer c;
	int status;

	peer_open(b, &c, false);
	status = ask_basic(b, &c, login, password);
	peer_close(b, &c);
	return status;
}

#endif
