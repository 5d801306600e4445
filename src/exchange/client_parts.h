/* Client parts: what the files of client share; nobody else includes it.
 *
 * A call waits in the queue, flies, rests before it is repeated, or has ended and waits to be told.
 * Every change ends in client_pump, which starts what may start. Ends are told from a timer of the
 * client alone, so that whoever hears of one may do what he likes, even free the client.
 */
#ifndef LATCHKEY_CLIENT_PARTS_H
#define LATCHKEY_CLIENT_PARTS_H

#include "client.h"
#include "pace.h"
#include "transport.h"

enum {
	CLIENT_BODY_MAX = 8 << 20,
	CLIENT_ANSWER_MAX = 512 << 20, /* memory of an answer: beyond what the largest needs */
	CLIENT_BOOK_MAX = 1 << 20,     /* bytes of a configuration */
	CLIENT_START = 4,	       /* at a time, to begin with */
	CLIENT_MOODS = 64,	       /* mailboxes whose own pause is remembered */
	CLIENT_AGE_MS = 5 * 60 * 1000,
	CLIENT_TRUST_MS = 5 * 1000,  /* what the gate said counts so long */
	CLIENT_TELL_MS = 60 * 1000,  /* a proof is told again after this */
	CLIENT_GRUDGE_MS = 30 * 1000 /* a lasting failure is not looked at again before */
};

/* --- calls --- */

struct client_list {
	struct client_call *first, *last;
};

struct client_call {
	struct client *c;
	struct client_call *next, *prev;
	struct client_list *in; /* NULL while it flies */
	enum exchange_op op;
	const void *query;
	struct client_how how;
	struct arena *answer; /* of the result and all its texts; in how.a */
	void *result;
	struct client_flight *flight;
	int64_t began, deadline; /* monotonic */
	uint64_t limit;		 /* timer of the deadline */
	uint64_t rest;		 /* timer of a pause */
	int ceiling;		 /* highest version that its mailbox knows */
	int failed;		 /* tries that came to nothing */
	int sent;		 /* requests that left */
	int moved;		 /* its move was followed */
	int renewed;		 /* a new token was fetched for it */
	int unsure;		 /* its last try may have been carried out */
	struct outcome out;	 /* of the last try */
};

/* --- ways to a server --- */

/* A name with its addresses, looked up again now and then. */
struct client_route {
	struct client *c;
	const char *host;
	int port;
	int guarded;  /* the egress guard decides; ops named the others themselves */
	int optional; /* behind a proxy there need be no such name here */
	int known;
	int doubted; /* a connection failed: look it up before the next */
	int changed; /* other addresses than those the last pool was made for */
	struct addresses addresses;
	int64_t looked_at;
	uint64_t question;
};

/* Connections; those of an old one are closed when the last request has landed. */
struct client_pool {
	struct client_pool *next;
	struct transport_pool *p;
	int flying;
};

/* --- tokens --- */

struct client_bearer {
	struct secret *token;
	int users; /* one of them is the client */
	int64_t until;
};

struct client_token {
	struct client_route route;
	struct transport_pool *pool;
	struct transport_call *call;
	struct arena a; /* of a question */
	struct buf body;
	const char *path;
	struct secret *refresh;
	struct client_bearer *now;
	int begun; /* tools.begin said so */
	int canary;
};

/* --- requests --- */

struct client_flight {
	struct client *c;
	struct client_flight *next; /* of those not in use */
	struct client_call *call;
	struct transport_call *request;
	struct client_pool *pool;
	struct client_bearer *bearer;
	struct buf body;
	struct buf anchor; /* the header line, and the one below */
	char id[80];
	const char *headers[5];
	int version;
	int brief;	   /* a short answer is expected */
	int canary;	   /* its sign-in is the proof */
	int64_t leased_at; /* canary: since when */
	int left;	   /* the request was let go */
	int signed_in;
};

/* What is still needed of a flight when its place is free again. */
struct client_landed {
	int version;
	int soap;  /* Exchange itself answered */
	int renew; /* with a new token it may work */
	int stale; /* its cookies are forgotten already */
};

/* A mailbox that asked for a pause of its own: with impersonation the charge is its. */
struct client_mood {
	uint64_t mailbox; /* hash; 0 = not in use */
	struct pace pace;
};

struct client {
	struct client_tools tools;
	struct arena book; /* the configuration */
	struct client_config cf;
	struct client_proxy proxy;
	const char *who; /* for the gate */
	const char *type_line, *own_anchor;
	const char *id_begin; /* of the header line client-request-id */
	unsigned long long ids;
	struct client_code code;
	struct secret *secret, *client_secret, *proxy_password, *code_secret, *verifier;
	struct trace *trace;

	struct client_list queue, resting, ended;
	struct client_list telling; /* ends that are being told */
	uint64_t soon;		    /* timer: ends are told */
	uint64_t wake;		    /* timer: something may start */
	int64_t wake_at;
	int tells; /* somebody is being told: memory must stay */
	int over;  /* it was freed meanwhile */

	struct client_flight flights[TRANSPORT_HOST];
	struct client_flight *spare;
	int flying;
	struct pace pace;
	struct client_mood moods[CLIENT_MOODS];
	int mooded; /* some are in use */

	/* Sign-in. */
	unsigned scheme; /* CHALLENGE_ bit, 0 = not chosen yet */
	struct transport_pool *look;
	struct transport_call *look_call;
	int canary;  /* a proof is under way */
	int proven;  /* by us or others: many may start */
	int stopped; /* refused */
	int64_t trust_until, told_at;
	struct outcome stop; /* what calls end with, once stopped */

	/* What keeps all calls back, and since when it was tried in vain. */
	int64_t hold_until;
	struct outcome obstacle;
	int obstacles;
	int64_t grudge_until;

	struct client_route server, proxy_route;
	struct client_pool *pool, *old;
	struct client_token token;

	/* Versions. */
	int start;   /* to begin with */
	int top;     /* of the dialect */
	int ceiling; /* highest that the server knows, as far as is known */
	int spoke;   /* highest that worked; -1 */
	int floor[EXCHANGE__MAX];
	char server_said[24];
};

/* client_call.c */

void client_list_push(struct client_list *l, struct client_call *call);
void client_list_push_front(struct client_list *l, struct client_call *call);
void client_list_remove(struct client_call *call);
/* No timer of it fires any more. */
void client_call_still(struct client_call *call);
/* The call is over with call->out. */
void client_end(struct client_call *call);
/* All that wait end like this. */
void client_end_all(struct client *c, const struct outcome *o);
/* Back into the queue, before all others; or after a pause. */
void client_again(struct client_call *call);
void client_rest(struct client_call *call, int64_t ms);
void client_pump(struct client *c);
/* Pump at this moment at the latest. */
void client_wake(struct client *c, int64_t at);
/* Something keeps all calls back: passing trouble is waited for a few times, anything else ends
 * them. */
void client_obstruct(struct client *c, const struct outcome *o);
/* Milliseconds before the n-th repeat, from 1. */
int64_t client_pause(int n);
/* A pool or a list of ended calls waits for the next turn. */
void client_soon(struct client *c);

/* client_route.c */

void client_route_init(struct client_route *r, struct client *c, const char *host, int port);
void client_route_done(struct client_route *r);
/* 1 addresses are there; 0 they are being looked up, or an obstacle was met. */
int client_route_ready(struct client_route *r);
struct transport_pool *client_route_pool(
	struct client_route *r, enum transport_auth auth, int flying, struct err *e);
/* The pool of requests: 1 it is there and leads to where the name leads. */
int client_pool_ready(struct client *c);
/* Others from now on; those under way end in the old one. */
void client_pool_retire(struct client *c);
void client_pools_sweep(struct client *c, int all);

/* client_sign.c */

/* 1 the scheme is chosen. */
int client_sign_ready(struct client *c);
/* May a sign-in start? 1 yes, and *canary says whether it is the proof. recent: an answer of some
 * seconds ago is good enough. */
int client_gate_ask(struct client *c, int recent, int *canary);
/* Somebody else signs in, or the store is busy: ask again soon. Returns 0. */
int client_hold(struct client *c);
/* What came of a sign-in; gives the canary back. */
void client_gate_tell(struct client *c, int *canary, enum reason r);
void client_sign_done(struct client *c);

/* client_token.c */

int client_token_init(struct client *c, struct err *e);
int client_token_ready(struct client *c);
struct client_bearer *client_bearer_take(struct client *c);
void client_bearer_drop(struct client_bearer *b);
/* The token was refused: the next question needs another. */
void client_token_forget(struct client *c, const struct client_bearer *b);
void client_token_done(struct client *c);

/* client_fly.c: a call becomes a request. */

/* Start it: it flies, or has ended, or rests. */
void client_fly(struct client_call *call);
/* Take it out of the air without a word. 1 when its request had left. */
int client_land(struct client_flight *f);
/* Milliseconds for which the mailbox acted as wants to be left alone. */
int64_t client_mood_wait(struct client *c, const char *mailbox, int64_t now);

/* client_reply.c: what an answer means, and what follows. */

/* 1 when the server carried the question to Exchange and that answered. */
int client_reply_read(struct client_flight *f, const struct transport_reply *r);
/* How a request without an answer ended. */
void client_reply_broken(const struct transport_reply *r, struct outcome *out);
/* Was the token too old? Once for a call. */
int client_reply_renew(const struct client_flight *f);
/* Repeat the call or end it. */
void client_reply_settle(struct client_call *call, const struct client_landed *was);
void client_trace_add(struct client *c, const struct client_route *to,
	const struct transport_request *q, const struct transport_reply *r,
	const struct outcome *o);

#endif
