/*
 * Http: a small HTTP/1.1 server on OpenSSL that can also misbehave in every way a real one does.
 *
 * Handlers are synchronous: they get a whole request and fill an answer; the server sends it, late
 * or broken when the answer's bend says so. Bounds: head 64 KiB, body 40 MiB, 100 headers, 30 s for
 * a head, idle 120 s, 10,000 connections. Content-Length and chunked bodies are read (a POST needs
 * one of them: 411); Expect: 100-continue is answered; HEAD gets no body; pipelining works. gzip
 * when the client accepts it and the answer is over 1 KiB. No Date and no Server of its own.
 */
#ifndef SIM_HTTP_H
#define SIM_HTTP_H

#include <stdbool.h>
#include <stdint.h>
#include "sim/loop.h"
#include "sim/text.h"
#include "sim/tls.h"

struct connection;
struct listener;
struct http;

struct header {
	char *name, *value;
};

struct request {
	char *method, *path,
		*query; /* path percent-decoded, without query; query as sent, or NULL */
	struct header *headers;
	int n_headers;
	struct text body;
	struct connection *on;
	int64_t arrived;    /* loop_us when the last of it came */
	void *listener_arg; /* of http_handler; a handler may put what it found out in its place */
};
const char *request_header(const struct request *r, const char *name); /* first, or NULL */

/* How an answer goes wrong on the wire. Zeroed = well. */
enum bend {
	BEND_NONE,
	BEND_RESET,	 /* RST instead of an answer */
	BEND_CLOSE,	 /* orderly end (close_notify, FIN) instead of an answer */
	BEND_HALF_CLOSE, /* head and half of the body, then our side is shut and the rest never
			    comes */
	BEND_SLOW_HEAD,	 /* the head byte by byte, over bend_ms */
	BEND_SLOW_BODY,	 /* the body in drops, over bend_ms */
	BEND_CUT, /* Content-Length of the whole, half of the body, then FIN without close_notify */
	BEND_HUGE,   /* bend_ms megabytes of white space before the body, chunked */
	BEND_BOMB,   /* Content-Encoding: gzip of bend_ms megabytes of zeros */
	BEND_SILENCE /* nothing until bend_ms have passed, then FIN without close_notify */
};

struct answer {
	int status;	  /* 0 = 200 */
	const char *type; /* Content-Type, not copied; NULL = none */
	struct text head; /* further header lines, each ended by \r\n */
	struct text body;
	int delay_ms; /* wait before sending: latency */
	enum bend bend;
	int64_t bend_ms;
	bool close; /* close the connection afterwards */
	bool no_gzip;
	/* Called once when the answer left or the connection died. It must not close anything of
	 * this server; nor must a connection's forget. */
	void (*finished)(void *arg);
	void *finished_arg;
};
void answer_header(
	struct answer *a, const char *name, const char *value); /* CR, LF become blanks */
void answer_printf(struct answer *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

typedef void http_fn(void *arg, struct request *r, struct answer *a);
/* Asked at accept: what certificate to show on this connection, or -1 = reset it at once. */
typedef int http_accept_fn(void *arg, struct connection *c);

struct http *http_new(struct loop *l, struct tls *t);
void http_free(struct http *h);
/* Listen on address:port (port 0 = a free one). tls false = plain http. NULL with *why on failure.
 */
struct listener *http_listen(struct http *h, const char *address, int port, bool tls, char **why);
void http_handler(struct listener *l, http_fn *fn, http_accept_fn *on_accept, void *arg);
int http_port(const struct listener *l);
/* Refuse: really close the listening socket; accept again: listen on the same port, which stays
 * ours meanwhile. Connections that are there stay. */
void http_refuse(struct listener *l, bool refuse);
/* Let go of idle connections of this listener, as a restarted front end does. */
void http_drop_idle(struct listener *l);

/* A connection's own things. */
uint64_t connection_number(const struct connection *c); /* 1, 2, 3 ... */
bool connection_tls(const struct connection *c);
enum tls_show connection_show(const struct connection *c);
const char *connection_name(const struct connection *c); /* SNI name asked for, or NULL */
/* One thing remembered with the connection (its sign-in), and how to forget it. */
void connection_remember(struct connection *c, void *thing, void (*forget)(void *));
void *connection_thing(const struct connection *c);

#endif
