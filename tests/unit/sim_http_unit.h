/*
 * A server and clients in one loop, without threads: every step of a client turns the loop. The
 * handler answers by path and counts what it is told.
 */
#ifndef SIM_HTTP_UNIT_H
#define SIM_HTTP_UNIT_H

#include "sim/http_private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct lab {
	struct loop *loop;
	struct tls *tls;
	struct http *http;
	struct listener *plain, *secure;
	int show; /* what on_accept says */
	/* what happened */
	int requests, finished, forgotten;
	struct text body, path, query;
	uint64_t number; /* of the last request's connection */
	char name[64];	 /* and the server name it asked for */
	/* how to answer */
	struct answer how; /* type, delay, bend and flags are taken from it */
	size_t size;	   /* of the body; 0 = what was asked */
	bool remember;
};

struct client {
	struct lab *lab;
	int fd;
	SSL_CTX *ctx;
	SSL *ssl;
	bool connected, closed, reset, notified; /* notified: TLS said goodbye */
	struct text got;
};

static inline void lab_finished(void *arg)
{
	((struct lab *)arg)->finished++;
}

static inline void lab_forget(void *arg)
{
	((struct lab *)arg)->forgotten++;
}

static inline void lab_handle(void *arg, struct request *r, struct answer *a)
{
	struct lab *lab = arg;
	const char *name = connection_name(r->on);

	lab->requests++;
	lab->number = connection_number(r->on);
	snprintf(lab->name, sizeof(lab->name), "%s", name == NULL ? "" : name);
	text_clear(&lab->body);
	text_add(&lab->body, r->body.at, r->body.len);
	text_clear(&lab->path);
	text_puts(&lab->path, r->path);
	text_clear(&lab->query);
	text_puts(&lab->query, r->query == NULL ? "-" : r->query);
	if (lab->remember)
		connection_remember(r->on, lab, lab_forget);
	a->status = lab->how.status;
	a->type = lab->how.type;
	a->delay_ms = lab->how.delay_ms;
	a->bend = lab->how.bend;
	a->bend_ms = lab->how.bend_ms;
	a->close = lab->how.close;
	a->no_gzip = lab->how.no_gzip;
	a->finished = lab_finished;
	a->finished_arg = lab;
	answer_header(a, "X-Count", "1\r\nX-Smuggled: 1");
	if (lab->size == 0)
		answer_printf(a, "%s %s %s", r->method, r->path, r->body.at);
	for (size_t left = lab->size, n; left > 0; left -= n) {
		n = left < 26 ? left : 26;
		text_add(&a->body, "abcdefghijklmnopqrstuvwxyz", n);
	}
}

static inline int lab_accept(void *arg, struct connection *c)
{
	(void)c;
	return ((struct lab *)arg)->show;
}

static inline void lab_open(struct lab *lab)
{
	char *why = NULL;

	*lab = (struct lab){ .loop = loop_new() };
	lab->tls = tls_new((char *[]){ NULL }, 0);
	lab->http = http_new(lab->loop, lab->tls);
	lab->http->limits.sweep_ms = 20;
	lab->plain = http_listen(lab->http, "127.0.0.1", 0, false, &why);
	lab->secure = http_listen(lab->http, "127.0.0.1", 0, true, &why);
	assert_non_null(lab->plain);
	assert_non_null(lab->secure);
	http_handler(lab->plain, lab_handle, lab_accept, lab);
	http_handler(lab->secure, lab_handle, lab_accept, lab);
}

static inline void lab_close(struct lab *lab)
{
	http_free(lab->http);
	tls_free(lab->tls);
	loop_free(lab->loop);
	text_free(&lab->body);
	text_free(&lab->path);
	text_free(&lab->query);
	assert_int_equal(lab->requests, lab->finished);
}

static inline int try_connect(int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0) {
		close(fd);
		return -1;
	}
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

static inline struct client client_open(struct lab *lab, const struct listener *l)
{
	struct client c = { .lab = lab, .fd = try_connect(http_port(l)) };

	assert_true(c.fd >= 0);
	if (l == lab->secure) {
		c.ctx = SSL_CTX_new(TLS_client_method());
		c.ssl = SSL_new(c.ctx);
		SSL_set_fd(c.ssl, c.fd);
		SSL_set_connect_state(c.ssl);
		SSL_set_tlsext_host_name(c.ssl, "mail.example.test");
	}
	return c;
}

static inline void client_close(struct client *c)
{
	SSL_free(c->ssl);
	SSL_CTX_free(c->ctx);
	text_free(&c->got);
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

static inline void client_read(struct client *c)
{
	char buffer[65536];
	ssize_t n;

	if (c->closed || c->reset)
		return;
	if (c->ssl != NULL) {
		n = SSL_read(c->ssl, buffer, sizeof(buffer));
		if (n <= 0) {
			int why = SSL_get_error(c->ssl, (int)n);

			c->notified = why == SSL_ERROR_ZERO_RETURN;
			c->reset = why == SSL_ERROR_SYSCALL;
			c->closed = c->notified || why == SSL_ERROR_SSL;
			return;
		}
	} else {
		n = recv(c->fd, buffer, sizeof(buffer), 0);
		c->closed = n == 0;
		c->reset = n < 0 && errno != EAGAIN;
	}
	if (n > 0)
		text_add(&c->got, buffer, (size_t)n);
}

static inline void turn_for(struct lab *lab, int ms)
{
	int64_t end = loop_us() + ms * 1000;

	do
		loop_turn(lab->loop, 1);
	while (loop_us() < end);
}

/* Until what came ends with `until`, the connection ends, or ms have passed. */
static inline bool client_wait(struct client *c, const char *until, int ms)
{
	int64_t end = loop_us() + ms * 1000;

	while (loop_us() < end && !c->closed && !c->reset) {
		loop_turn(c->lab->loop, 1);
		client_read(c);
		if (until != NULL && c->got.len >= strlen(until) &&
			strcmp(c->got.at + c->got.len - strlen(until), until) == 0)
			return true;
	}
	return false;
}

static inline void client_send(struct client *c, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t put = c->ssl != NULL ? SSL_write(c->ssl, bytes, (int)n)
					     : send(c->fd, bytes, n, MSG_NOSIGNAL);

		if (put > 0) {
			bytes += put;
			n -= (size_t)put;
			continue;
		}
		if (c->ssl == NULL && errno != EAGAIN)
			return; /* refused meanwhile: the answer tells */
		loop_turn(c->lab->loop, 1);
		if (c->ssl == NULL)
			client_read(c);
	}
}

static inline void client_say(struct client *c, const char *s)
{
	client_send(c, s, strlen(s));
}

static inline int count_of(const char *s, const char *part)
{
	int n = 0;

	for (s = strstr(s, part); s != NULL; s = strstr(s + 1, part))
		n++;
	return n;
}

/* Everything that comes for these bytes, until the end or until nothing came for 50 ms. */
static inline char *exchange(struct lab *lab, const char *bytes)
{
	struct client c = client_open(lab, lab->plain);
	size_t before;
	char *got;

	client_say(&c, bytes);
	do {
		before = c.got.len;
		client_wait(&c, NULL, 50);
	} while (c.got.len > before && !c.closed && !c.reset);
	got = copy(c.got.at == NULL ? "" : c.got.at);
	client_close(&c);
	return got;
}

#define GET(path) "GET " path " HTTP/1.1\r\nHost: h\r\n\r\n"

#endif
