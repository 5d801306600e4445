/* Transport parts: what the files of transport share; nobody else includes it.
 *
 * A call is a look or a request. While it flies it has a seat: one of the library's easy handles
 * with its buffers, used again by the next call. A line is one of the library's multi handles with
 * its seats and connections: a pool has one. Where a sign-in holds for a connection, each
 * connection is a line with one seat, for within a line the library takes whichever connection it
 * likes, even between two messages of a sign-in. The looks share a line.
 */
#ifndef LATCHKEY_TRANSPORT_PARTS_H
#define LATCHKEY_TRANSPORT_PARTS_H

#include <curl/curl.h>
#include <stddef.h>
#include "binding.h"
#include "curl_loop.h"
#include "platform/buf.h"
#include "transport.h"
#include "transport_queue.h"

enum {
	TRANSPORT_NAME_MAX = 256,
	TRANSPORT_SOCKETS = 2 * TRANSPORT_HOST /* a connection in the making may have two */
};

struct transport_seat;

/* The cookies of a pool, until it begins afresh. */
struct transport_jar {
	CURLSH *share;
	int users;
	int set; /* Set-Cookie headers since it was counted */
};

struct transport_socket {
	int fd;	  /* 0: no place taken */
	int port; /* on our side; 0 = not asked yet */
};

struct transport_line {
	struct transport *t;
	struct transport_pool *pool; /* NULL: the looks' */
	struct transport_line *next; /* of the pool */
	struct curl_loop driven;
	CURLM *multi;		   /* of driven */
	struct transport_jar *jar; /* NULL: the looks' */
	struct transport_seat *idle;
	int flying;  /* seats that are taken */
	int sockets; /* open */
	struct transport_socket known[TRANSPORT_SOCKETS];
	int proven;    /* its connection has signed in */
	int64_t used;  /* when its last call ended */
	uint64_t rest; /* timer: is it idle for good? */
	int retired;   /* no call takes it any more */
};

struct transport {
	struct loop *loop;
	const struct egress *egress;
	const char *ca_file;
	const char *agent;
	int connect_ms;
	int look_ms;
	int request_ms;
	int idle_ms;
	struct transport_line *line; /* of the looks */
	struct transport_queue queue;
	struct transport_item looks; /* all looks that have not been told */
	struct transport_item ended; /* calls that wait to be told */
	struct tls_store *trust;
	int64_t trust_read; /* when */
	const struct transport_pool *telling;
	int settling;
	uint64_t soon;
};

/* Where a socket may lead. */
struct transport_target {
	char host[TRANSPORT_NAME_MAX];
	int port;
	struct addresses addresses;
	int guarded; /* ask the egress guard too; a proxy was named by ops themselves */
	int plain;   /* without TLS: the guard is asked about just that */
};

struct transport_pool {
	struct transport *t;
	struct transport_lane lane;
	struct transport_item calls; /* all that have not been told */
	struct transport_line *lines;
	struct transport_line *signing; /* a sign-in is under way there */
	struct transport_jar *jar;
	struct transport_target target;
	struct transport_target proxy; /* port 0: none */
	enum transport_auth auth;
	int unbound;		 /* BOUND, but to no certificate: the mechanism is needed only */
	struct tls_store *trust; /* NULL: that of all */
	char *login;
	char *proxy_user;
	struct secret *password;
	struct secret *proxy_password;
	struct binding *binding;
	struct tls_seen seen; /* of its last handshake */
	int gone;	      /* freed while one of its calls is told */
};

enum transport_state { TRANSPORT_WAITS, TRANSPORT_FLIES, TRANSPORT_ENDED };

struct transport_call {
	struct transport_item item;	/* while it waits, and again when it has ended */
	struct transport_item together; /* with the other calls of its pool, or looks */
	struct transport *t;
	struct transport_pool *pool; /* NULL: a look */
	struct transport_seat *seat; /* from when it flies */
	enum transport_state state;
	struct transport_request ask; /* strings and headers point behind this struct */
	struct curl_slist *headers;
	transport_phase_fn *on_phase; /* looks */
	int malformed;		      /* a header or the path would break the request apart */
	int anew;		      /* must open a connection */
	int64_t began;
	struct transport_reply reply;
};

/* Which message of a sign-in by the mechanism (binding.h) is under way. */
enum transport_leg { TRANSPORT_LEG_NONE, TRANSPORT_LEG_FIRST, TRANSPORT_LEG_LAST };

struct transport_seat {
	struct transport_seat *next; /* of the idle ones */
	struct transport_line *line;
	struct transport_pool *pool; /* NULL: a look's */
	struct transport_call *call; /* that sits on it */
	CURL *easy;
	const struct transport_target *target; /* of its sockets: the server, or the proxy */
	const struct transport_target *server;
	struct tls_store *trust;    /* a look's own; NULL: that of the pool, or of all */
	struct curl_slist *where;   /* the target in the library's words */
	struct curl_slist identity; /* the Authorization header; its text is secret */
	struct buf secret;
	struct buf url;
	size_t root; /* length of the URL without its path */
	enum transport_phase phase;
	int sent;	 /* requests that left in this transfer */
	int sent_before; /* those of them before its last socket was opened */
	int proved;  /* the last that left was the second on its connection: it proves a password */
	int opened;  /* it needed a socket */
	int refused; /* by the guard */
	int too_big; /* headers, or a request's body, over their limit */
	int complete; /* the header block has ended */
	int repeats;  /* the library was about to send the request a second time */
	int last_use; /* the connection is closed afterwards */
	int bounced;  /* it needed a sign-in that was not asked for */
	int lost;     /* the connection of a sign-in is gone */
	int unable;   /* the mechanism of a sign-in failed */
	int again;    /* the sign-in was begun a second time */
	enum transport_leg leg;
	unsigned char hash[BINDING_HASH_MAX]; /* of the certificate, for the binding */
	size_t hash_len;
	size_t header_bytes;
	struct buf headers;
	struct buf body;
	struct tls_seen tls;
	char text[CURL_ERROR_SIZE];
};

static inline struct transport_call *transport_call_of(struct transport_item *together)
{
	return (struct transport_call *)((char *)together -
		offsetof(struct transport_call, together));
}

/* An option that is not taken would leave a promise unkept. */
#define TRANSPORT_SET(seat, option, value)                                                         \
	do {                                                                                       \
		if (curl_easy_setopt((seat)->easy, (option), (value)) != CURLE_OK)                 \
			die("transport: option " #option);                                         \
	} while (0)

/* transport.c */

/* A flying call has its reply: its end is told from the loop. */
void transport_ended(struct transport_call *c);
/* Calls wait to start or to be told: see to them from the loop. */
void transport_soon(struct transport *t);
void transport_call_free(struct transport_call *c);

/* What all trust; NULL when the file cannot be read. */
const struct tls_store *transport_trust(struct transport *t);
/* The same and this PEM text besides; NULL when it cannot be read. The caller's. */
struct tls_store *transport_trust_also(const struct transport *t, const char *pem);

/* transport_line.c */

/* For the looks (p NULL) or for a pool. */
struct transport_line *transport_line_new(struct transport *t, struct transport_pool *p);
void transport_line_free(struct transport_line *line);
/* No call takes it any more; it is freed when none is on it. */
void transport_line_retire(struct transport_line *line);
/* Nobody looks at what the seat of a request holds any more: it is free for the next. */
void transport_line_release(struct transport_seat *s);
struct transport_jar *transport_jar_new(void);
void transport_jar_drop(struct transport_jar *jar); /* one user less; NULL is fine */

/* transport_seat.c */

/* For a look (p NULL) or for the requests of a pool, with all options that never change. */
struct transport_seat *transport_seat_new(
	struct transport_line *line, struct transport_pool *p, const struct transport_target *to);
void transport_seat_free(struct transport_seat *s);
/* Forget the transfer before. */
void transport_seat_clear(struct transport_seat *s);
/* All addresses of its target, so that the library tries the next when one does not answer. */
void transport_seat_addresses(struct transport_seat *s);
/* Through its target, which is a proxy, to the server. */
void transport_seat_tunnel(struct transport_seat *s, const struct transport_target *server,
	const char *user, const struct secret *password);
void transport_seat_url(struct transport_seat *s, const char *scheme, const char *path);
/* The transfer is over: fill the reply of its call. */
void transport_seat_reply(struct transport_seat *s, CURLcode code);

/* transport_socket.c */

/* The library's callbacks: ptr is the seat, and the line. */
curl_socket_t transport_socket_open(void *ptr, curlsocktype purpose, struct curl_sockaddr *sa);
int transport_socket_close(void *ptr, curl_socket_t fd);
/* A sign-in holds for a connection here, and this call was not started for one. */
int transport_socket_no_sign(const struct transport_seat *s);
/* Has nothing come unasked on the connection with this port on our side? */
int transport_socket_quiet(struct transport_line *line, int port);

/* transport_pool.c */

/* Does a sign-in hold for a whole connection here? */
int transport_pool_binds(const struct transport_pool *p);

/* Start the call; the queue has counted it. */
void transport_pool_start(struct transport_call *c);
/* May the pool of this lane start its first? */
int transport_pool_may(const struct transport_lane *l);
/* The transfer of a request is over. 1 when the call goes on: another transfer, or it waits again.
 */
int transport_pool_landed(struct transport_seat *s, CURLcode code);
/* The call gives its place in the air back. */
void transport_pool_leave(struct transport_call *c);
void transport_pool_destroy(struct transport_pool *p);
/* Hand the seat to the library, with the body of its request or without. */
void transport_pool_fly(struct transport_seat *s, int with_body);

/* transport_bound.c */

/* The first message; -1 when the mechanism fails, and the seat's text says why. */
int transport_bound_begin(struct transport_seat *s);
/* 1 when a next message was sent. */
int transport_bound_next(struct transport_seat *s, CURLcode code);
/* The connection is secured: note what its certificate is. */
void transport_bound_note(struct transport_seat *s);

#endif
