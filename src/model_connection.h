/* Model, connections: the nouns of the way to an Exchange organisation: the connection, its
 * secrets, how it does, a sign-in that a browser has begun. Part of model.h, and read with it.
 */
#ifndef LATCHKEY_MODEL_CONNECTION_H
#define LATCHKEY_MODEL_CONNECTION_H

#include <stddef.h>
#include <stdint.h>

/* What a connection is to its account. At most one is live, at most one is being entered. */
enum conn_stage {
	CONN_SPARE,  /* added by ops beside the live one, and not used; or a member's own */
	CONN_DRAFT,  /* being entered; with a secret in PURPOSE_CURRENT it has proved itself */
	CONN_LIVE,   /* all work goes this way */
	CONN_FORMER, /* was live, and can be again for BACK_DAYS */
	CONN__MAX
};

/* So long a former connection is kept, with the secret that it was used with. */
enum { BACK_DAYS = 7 };

/* The way to an Exchange organisation: everything from scheme to binding is part of the transport
 * policy that a credential is bound to. */
struct connection {
	int64_t id;
	int64_t account;
	const char *name;
	const char *scheme; /* "https"; "discover": the server is to be found in domain `host` */
	const char *host;
	int64_t port;
	const char *proxy;
	const char *ca; /* PEM or pin */
	const char *signin;
	const char *login;
	const char *authority;
	const char *tenant;
	const char *client_id;
	const char *binding; /* Extended Protection: "on" or "off" */
	const char *mailbox; /* the dedicated one; not part of the policy, like all below */
	const char *method;
	const char *kind; /* of server: "exchange", "office365"; "" = not chosen */
	int64_t owner;	  /* member whose own sign-in it is (method personal); 0 = the account's */
	enum conn_stage stage;
	int64_t staged_at; /* since when */
	int64_t rev;	   /* grows with each change by a person: what a form was made from */
	const char *edited_by;
	int64_t edited_at;
	int64_t paused_at; /* 0 = it is not */
	const char *paused_by;
	const char *paused_why;
	int64_t created;
};

/* Slots of a connection's secrets, each with the application's own beside it (PURPOSE_CLIENT_...:
 * only with a refresh token). A seal holds for one slot, so that only the engine can move a secret:
 * what is current was proved, or entered by ops. */
#define PURPOSE_CURRENT "current"
#define PURPOSE_NEXT "next"
#define PURPOSE_FORMER "former"
#define PURPOSE_REFUSED "refused" /* was in next; nothing is ever tried with it */
#define PURPOSE_CLIENT "client"
#define PURPOSE_NEXT_CLIENT "next-client"
#define PURPOSE_FORMER_CLIENT "former-client"

/* A sealed secret. What people see of it is its version, never anything derived from it. */
struct credential {
	int64_t id;
	int64_t account;
	int64_t connection;
	const char *purpose; /* a slot */
	const char *version; /* random; goes with the secret from slot to slot */
	const char *key_id;
	const void *sealed;
	size_t sealed_len;
	unsigned char policy[32];
	int64_t set_by; /* member; 0 = ops or the engine */
	const char *by_name;
	int64_t set_at;
	int64_t used_at;
	int64_t expires;	 /* known to end then; 0 = not known */
	const char *certificate; /* public part, PEM, when the secret is its private key */
};

/* How a live connection does. */
enum health_state {
	HEALTH_NEW, /* not looked at yet */
	HEALTH_WELL,
	HEALTH_SLOWED,	    /* the server asked for less */
	HEALTH_UNREACHABLE, /* nothing works for now; tried again by itself */
	HEALTH_STOPPED,	    /* sign-in refused: nothing is tried before a person acts */
	HEALTH_PAUSED,
	HEALTH__MAX
};

/* What the engine knows of it. One row a connection. */
struct health {
	int64_t connection;
	int64_t account;
	enum health_state state;
	const char *reason;  /* code of reason.h; "ok" */
	const char *say;     /* evidence: what was seen last, in a sentence */
	const char *version; /* what the server said it is */
	int64_t since;	     /* of this state */
	int64_t tried_at;    /* last attempt, whatever came of it */
	int64_t ok_at;	     /* last success */
	int64_t next_at;     /* next check; 0 = none by itself */
	int64_t proof_at;    /* look again on a fresh connection then, after a change of secret */
	int64_t fails;	     /* in a row */
	int64_t refused;     /* sign-ins that were refused, in all */
	int64_t counted_to;  /* the time up to which days are counted */
};

/* Seconds of one day (since 1970, UTC) in each state. */
struct health_day {
	int64_t day;
	int64_t well, slowed, down, paused; /* down: unreachable or stopped */
};

/* Calls of one minute. */
struct health_calls {
	int64_t minute; /* since 1970 */
	int64_t calls, failed;
	int64_t ms; /* of those that did not fail, in all */
	int64_t slowest;
};

/* A sign-in with Microsoft that somebody has begun in a browser. State, nonce and verifier are
 * derived from that person's session and `nonce`, and stored nowhere. */
struct ask {
	int64_t id;
	int64_t account;
	int64_t connection;
	int64_t session;
	int64_t member;
	const char *nonce;
	int64_t created;
	int64_t expires;
	int64_t used; /* handed to the engine */
	const char *key_id;
	const void *sealed; /* code and verifier, once the browser has brought the code */
	size_t sealed_len;
	const char *error; /* what Microsoft's page said instead */
};

#endif
