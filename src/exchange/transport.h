/* Transport: HTTPS to servers that an admin named: libcurl inside the loop, nothing else uses it.
 *
 * Every request goes to addresses that were resolved and checked before; the egress guard is asked
 * again about the very socket. https only, TLS 1.2 at least, always verified, no redirects
 * followed; nothing is taken from the environment; sizes and times are bounded.
 *
 * A pool is one way to one endpoint with one credential. Pools share nothing: not connections, not
 * cookies, not sessions; so no sign-in ever rides on another's connection. Requests wait in the
 * pool's own queue; at most TRANSPORT_FLYING fly at a time, TRANSPORT_HOST to one host.
 */
#ifndef LATCHKEY_TRANSPORT_H
#define LATCHKEY_TRANSPORT_H

#include <stddef.h>
#include <stdint.h>
#include "platform/err.h"
#include "platform/loop.h"
#include "platform/resolve.h"
#include "platform/seal.h"
#include "tls.h"

enum {
	TRANSPORT_HEADERS_MAX = 64 * 1024, /* an answer with more is refused */
	TRANSPORT_BODY_MAX = 64 * 1024,	   /* of a look: the rest is not read */
	TRANSPORT_ANSWER_MAX = 32 << 20,   /* of a request, decompressed; more is refused */
	TRANSPORT_CONNECT_MS = 10 * 1000,
	TRANSPORT_TOTAL_MS = 30 * 1000, /* of a look */
	TRANSPORT_REQUEST_MS = 100 * 1000,
	TRANSPORT_FLYING = 32,
	TRANSPORT_HOST = 8,
	TRANSPORT_IDLE_MS = 110 * 1000 /* a connection that was idle longer is not used again */
};

struct egress;
struct transport;
struct transport_pool;
struct transport_call;

/* How far a call has come. */
enum transport_phase {
	TRANSPORT_CONNECTING,
	TRANSPORT_SECURING, /* the server took the connection */
	TRANSPORT_ASKING,   /* the certificate is trusted; now the request leaves */
	TRANSPORT_DONE
};

enum transport_end {
	TRANSPORT_ANSWERED, /* status and all headers are there; a look's body may be cut */
	TRANSPORT_REFUSED,  /* the egress guard said no, and to no other address yes */
	TRANSPORT_TIMEOUT,
	TRANSPORT_TOO_BIG,    /* headers or body over their limit */
	TRANSPORT_OTHER_NAME, /* the certificate is for somebody else */
	TRANSPORT_PROXY,      /* the proxy did not let it through; status is the proxy's, or 0 */
	TRANSPORT_WITHHELD,   /* may_start said no: nothing was sent */
	TRANSPORT_BROKEN      /* refused, reset, not trusted, not HTTP: phase and text say more */
};

struct transport_reply {
	enum transport_end end;
	enum transport_phase phase; /* in which it ended */
	const char *text;	    /* the library's words of a failure, "" otherwise */
	const struct tls_seen *tls; /* of the handshake of this connection */
	long status;
	const char *headers; /* of the last block, with its status line */
	size_t headers_len;
	const char *body; /* decompressed */
	size_t body_len;
	int64_t ms;
};

/* A phase has begun (SECURING, ASKING). Called from inside the library: must not cancel. */
typedef void transport_phase_fn(void *ptr, enum transport_phase phase, const struct tls_seen *tls);
/* The end of a call; the reply is gone afterwards. May start other calls. */
typedef void transport_done_fn(void *ptr, const struct transport_reply *r);

/* A proxy that ops configured. */
struct transport_proxy {
	const char *host;
	int port;
	struct addresses addresses;    /* checked */
	const char *user;	       /* "" */
	const struct secret *password; /* or NULL */
};

/* A look: one anonymous GET on a connection of its own. */
struct transport_get {
	const char *host; /* a name, or the text of an address without brackets */
	int port;
	const char *path;
	struct address address;		     /* where to connect; unused behind a proxy */
	const char *ca_pem;		     /* trusted besides the usual ones; NULL or "" */
	const struct transport_proxy *proxy; /* or NULL */
	int plain;	/* http, without encryption: for a question that gives nothing away */
	int connect_ms; /* for connection and handshake together */
	transport_phase_fn *phase;
	transport_done_fn *done;
	void *ptr;
};

/* ca_file: "" for the system's trust store. agent: User-Agent. NULL with an error when the library
 * does not start. */
struct transport *transport_new(struct loop *l, const struct egress *g, const char *ca_file,
	const char *agent, struct err *e);
/* Running looks end without a word. Its pools are freed before it. */
void transport_free(struct transport *t);
/* Does this libcurl know NTLM? Newer ones do without. */
int transport_has_ntlm(void);
/* Other time limits for all calls to come, where a request names none itself; for tests. */
void transport_limit(struct transport *t, int connect_ms, int total_ms);
/* Start a look; all strings are copied. The end is always told later, never from inside. */
struct transport_call *transport_get(struct transport *t, const struct transport_get *get);
/* End a look or a request without a word. Not from inside a phase callback. */
void transport_cancel(struct transport_call *call);

/* --- pools --- */

enum transport_auth {
	TRANSPORT_ANONYMOUS,
	TRANSPORT_BASIC,
	TRANSPORT_NTLM,	 /* by the library, where it can; bound to its connection */
	TRANSPORT_BOUND, /* NTLM with channel binding (binding.h), on one connection */
	TRANSPORT_BEARER /* each request brings its token */
};

/* Everything is copied; the secret is kept in guarded memory. */
struct transport_way {
	const char *host;
	int port;
	struct addresses addresses; /* checked: egress_choose; unused behind a proxy */
	const char *ca_pem;	    /* trusted besides the usual ones; "" */
	const struct transport_proxy *proxy;
	enum transport_auth auth;
	const char *login;	       /* BASIC, NTLM, BOUND */
	const struct secret *password; /* the same */
	int flying;		       /* at a time: 1..TRANSPORT_HOST */
};

struct transport_pool *transport_pool_new(
	struct transport *t, const struct transport_way *w, struct err *e);
/* Requests that wait or fly end without a word, connections are closed. Also from inside the end
 * of one of its own calls. */
void transport_pool_free(struct transport_pool *p);
/* Close all connections and forget cookies: the next request begins afresh. What flies is not
 * disturbed; its connections are closed when it has ended. */
void transport_pool_fresh(struct transport_pool *p);

/* Asked in the moment before a request leaves. signs_in: it proves its identity anew (every Basic
 * request; NTLM on a new connection); with NTLM and BOUND only one such at a time is started.
 * 1 go, 0 it must not: the request ends as TRANSPORT_WITHHELD. A request that finds its connection
 * signed out waits again, and this is asked again. Must not cancel or free. */
typedef int transport_may_fn(void *ptr, int signs_in);

struct transport_request {
	const char *method;	    /* "POST" or "GET" */
	const char *path;	    /* with the query, begins with a slash; copied */
	const char *const *headers; /* "Name: value" lines, ended by NULL; copied */
	const char *body;	    /* must stay until the end */
	size_t body_len;
	const struct secret *bearer; /* must stay until the end; or NULL */
	size_t answer_max;	     /* 0 = TRANSPORT_ANSWER_MAX */
	int total_ms;		     /* from the moment it leaves; 0 = TRANSPORT_REQUEST_MS */
	transport_may_fn *may_start; /* or NULL */
	transport_done_fn *done;
	void *ptr;
};

/* Put a request into the pool's queue. The end is always told later, never from inside. It is sent
 * once: when its connection dies under it, it ends as BROKEN in the phase ASKING. */
struct transport_call *transport_ask(struct transport_pool *p, const struct transport_request *q);

#endif
