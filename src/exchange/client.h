/* Client: one connection in use: asks operations of a dialect in the right version, at the right
 * pace, with the right sign-in, and repeats what may be repeated.
 *
 * Rules: no request leaves before the gate let its sign-in through; after a refusal nothing starts.
 * A question that must not be asked twice is never repeated by the client once its request may have
 * arrived: its outcome is then OUTCOME_UNKNOWN. "Slowed" is obeyed and waited out, up to the
 * deadline of the call; it is not a failure before. After a refused sign-in every call ends as
 * SIGNIN_STOPPED, with the code of the refusal, until client_fresh.
 */
#ifndef LATCHKEY_CLIENT_H
#define LATCHKEY_CLIENT_H

#include <stdint.h>
#include "dialect.h"
#include "gate.h"
#include "look.h"
#include "outcome.h"
#include "platform/arena.h"
#include "platform/seal.h"
#include "signin.h"
#include "trace.h"

enum { CLIENT_DEADLINE_MS = 15 * 60 * 1000, CLIENT_TRIES = 4, CLIENT_BASIC_FLYING = 2 };

/* A proxy from ops' list; NULL members are "". */
struct client_proxy {
	const char *host;
	int port;
	const char *user;
	const struct secret *password;
};

/* What a browser brought back from the token service's page, in place of a refresh token. It is
 * good for one question; the refresh token that comes of it is told (client_tools.renewed). */
struct client_code {
	const struct secret *code, *verifier;
	const char *redirect_uri, *nonce;
};

/* Where to, and as whom. Everything is copied; secrets into guarded memory. */
struct client_config {
	const struct dialect *dialect;
	const char *host;
	int port;
	const char *ca_pem;		  /* "" */
	const struct client_proxy *proxy; /* or NULL */
	const char *mailbox;		  /* whose account it is: SMTP address */
	enum signin_kind signin;
	enum signin_binding binding;
	const char *login;		    /* a password's login name; "" = the mailbox */
	const struct secret *secret;	    /* password, client secret, or refresh token */
	const struct secret *client_secret; /* with a refresh token, or NULL */
	const struct client_code *code;	    /* instead of a refresh token; NULL */
	const char *version;		    /* names the secret for the gate */
	/* Tokens. */
	const char *authority; /* "https://login.microsoftonline.com" */
	const char *tenant, *client_id;
	const char *cert_pem; /* then secret is its private key; "" */
};

struct token;

/* What a client works with; must outlive it. */
struct client_tools {
	const struct look_tools *net;
	struct gate_keeper gate;
	/* A refresh token is about to be used, which may be worth nothing afterwards: 1 begin, with
	 * *newer when it was replaced meanwhile (NULL: it was not); 0 somebody else is using it,
	 * ask again soon; -1 it cannot be told. Each 1 is followed by `ended`. May be NULL, both.
	 * Must not free the client. */
	int (*begin)(void *ptr, struct secret **newer, struct err *e);
	void (*ended)(void *ptr);
	/* It was replaced: keep the new one. May be NULL. Must not free the client. */
	void (*renewed)(void *ptr, const struct secret *refresh);
	/* A code was taken: who has signed in. May be NULL. Must not free the client. */
	void (*signed_in)(void *ptr, const struct token *who);
	void *ptr;
};

struct client;
struct client_call;

/* Nothing is asked of anybody before the first call. NULL with an error when the configuration
 * cannot work: no host, no secret, a login name that none is, no https token service. */
struct client *client_new(
	const struct client_tools *tools, const struct client_config *cf, struct err *e);
/* All calls end without a word. */
void client_free(struct client *c);
/* From now on exchanges are kept here; NULL ends it. */
void client_trace(struct client *c, struct trace *t);
/* Begin with this version (index into the dialect's), instead of the usual one. */
void client_version(struct client *c, int version);
/* The version that works, "" before the first answer; and what the server said it is. */
const char *client_spoke(const struct client *c);
const char *client_server(const struct client *c);
/* Whom the gate counts its sign-ins for. */
const char *client_identity(const struct client *c);
/* Names its secret there. */
const char *client_secret_version(const struct client *c);
/* The loop it lives in. */
struct loop *client_loop(const struct client *c);
/* Whose account it is: the configured mailbox. */
const char *client_mailbox(const struct client *c);
/* Whom questions must act as that impersonate nobody else: the configured mailbox when the
 * application signs in by its own right (it has no mailbox itself), else NULL. */
const char *client_acts_as(const struct client *c);
/* Close connections and forget cookies, versions, tokens, and that a sign-in was refused: the next
 * call proves afresh, if the gate lets it. */
void client_fresh(struct client *c);

/* The end of a call. result is the struct of the operation, which lives as long as the arena of the
 * call; only to be looked at when the outcome is OK. */
typedef void client_done_fn(void *ptr, const struct outcome *o, const void *result);

struct client_how {
	struct arena *a;	 /* keeps the result, which has memory of its own; until the end */
	const char *impersonate; /* act as this mailbox; NULL */
	const char *anchor;  /* mailbox the question is about, for routing; NULL = impersonate, else
				own */
	const char *zone;    /* IANA; NULL = UTC */
	int64_t deadline_ms; /* in all; 0 = CLIENT_DEADLINE_MS */
	client_done_fn *done;
	void *ptr;
};

/* Ask. The query and all it and `how` point to must stay until the end, which is told later, never
 * from inside. Who is told may ask, cancel, or free the client. Typed forms below. */
struct client_call *client_ask(
	struct client *c, enum exchange_op op, const void *query, const struct client_how *how);
/* End a call without a word. */
void client_cancel(struct client_call *call);

/* How a request without an answer ended; also for others who ask by transport.h themselves. */
struct transport_reply;
void client_reply_broken(const struct transport_reply *r, struct outcome *out);

#define CLIENT_TYPED(name, fn, query_type, result_type, twice)                                     \
	static inline struct client_call *client_##fn(                                             \
		struct client *c, const query_type *q, const struct client_how *how)               \
	{                                                                                          \
		return client_ask(c, EXCHANGE_##name, q, how);                                     \
	}
EXCHANGE_OPS(CLIENT_TYPED)
#undef CLIENT_TYPED

#endif
