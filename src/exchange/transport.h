/* Transport: HTTPS to servers that an admin named: libcurl inside the loop, nothing else uses it.
 *
 * Every call goes to one address that was resolved and checked before; the egress guard is asked
 * again about the very socket. https only, TLS 1.2 at least, always verified, no proxy, no
 * redirects followed, no cookies, a new connection each time; sizes and times are bounded.
 */
#ifndef LATCHKEY_TRANSPORT_H
#define LATCHKEY_TRANSPORT_H

#include <stddef.h>
#include "platform/err.h"
#include "platform/loop.h"
#include "platform/resolve.h"
#include "tls.h"

enum {
	TRANSPORT_HEADERS_MAX = 64 * 1024, /* an answer with more is refused */
	TRANSPORT_BODY_MAX = 64 * 1024,	   /* the rest is not read */
	TRANSPORT_CONNECT_MS = 10 * 1000,
	TRANSPORT_TOTAL_MS = 30 * 1000
};

struct egress;
struct transport;
struct transport_call;

/* How far a call has come. */
enum transport_phase {
	TRANSPORT_CONNECTING,
	TRANSPORT_SECURING, /* the server took the connection */
	TRANSPORT_ASKING,   /* the certificate is trusted; now the request leaves */
	TRANSPORT_DONE
};

enum transport_end {
	TRANSPORT_ANSWERED, /* status and all headers are there; the body may be cut */
	TRANSPORT_REFUSED,  /* the egress guard said no */
	TRANSPORT_TIMEOUT,
	TRANSPORT_TOO_BIG,    /* headers over their limit */
	TRANSPORT_OTHER_NAME, /* the certificate is for somebody else */
	TRANSPORT_BROKEN      /* refused, reset, not trusted, not HTTP: phase and text say more */
};

struct transport_reply {
	enum transport_end end;
	enum transport_phase phase; /* in which it ended */
	const char *text;	    /* the library's words of a failure, "" otherwise */
	const struct tls_seen *tls;
	long status;
	const char *headers; /* of the last block, with its status line */
	size_t headers_len;
	const char *body;
	size_t body_len;
};

/* A phase has begun (SECURING, ASKING). Called from inside the library: must not cancel. */
typedef void transport_phase_fn(void *ptr, enum transport_phase phase, const struct tls_seen *tls);
/* The end of a call; the reply is gone afterwards. May start other calls. */
typedef void transport_done_fn(void *ptr, const struct transport_reply *r);

struct transport_get {
	const char *host; /* a name, or the text of an address without brackets */
	int port;
	const char *path;
	struct address address; /* where to connect */
	int literal;		/* host is an address */
	int connect_ms;		/* for connection and handshake together */
	transport_phase_fn *phase;
	transport_done_fn *done;
	void *ptr;
};

/* ca_file: "" for the system's trust store. agent: User-Agent. NULL with an error when the library
 * does not start. */
struct transport *transport_new(struct loop *l, const struct egress *g, const char *ca_file,
	const char *agent, struct err *e);
void transport_free(struct transport *t); /* running calls end without a word */
/* Shorter time limits for all calls to come; for tests. */
void transport_limit(struct transport *t, int connect_ms, int total_ms);
/* Start a call; all strings are copied. The end is always told later, never from inside. */
struct transport_call *transport_get(struct transport *t, const struct transport_get *get);
/* End it without a word. Not from inside a phase callback. */
void transport_cancel(struct transport_call *call);

#endif
