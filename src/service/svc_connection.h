/* Service, connections: the way into calendars that admins choose, enter, prove, rotate and pause.
 *
 * What is entered never replaces what works: settings go into a draft beside the live connection, a
 * secret into the slot "next". The engine proves them (job "test", with `change`) and alone moves
 * them to where they are used. Functions about a connection take its number; ERR_MISSING when there
 * is none in the account of s->who.
 */
#ifndef LATCHKEY_SVC_CONNECTION_H
#define LATCHKEY_SVC_CONNECTION_H

#include "svc.h"

/* What is secret of a connection, and what is known of the secret. */
struct svc_secrets {
	const struct secret *secret; /* password, client secret or private key; NULL = none typed */
	const struct secret *client; /* the application's, beside a person's sign-in; NULL */
	const char *certificate;     /* of a private key; "" or NULL */
	int64_t expires;	     /* 0 = not known */
	int later;		     /* none is typed: a certificate is made next */
	const char *over; /* version that waited when the form was made, "" none; NULL = any */
};

/* What is used now, and what is being entered; id 0 = there is none. */
struct svc_connections {
	struct connection live, draft;
};
int svc_connection_both(struct svc *s, struct svc_connections *out, struct err *e) must_check;
/* The one that forms begin with: the draft, else the live one; or NULL. */
const struct connection *svc_connection_base(const struct svc_connections *both);
/* Does a way to sign in go with a method at all? */
int svc_connection_fits(const char *method, const char *signin);
/* Has it a secret that can be tried: in use, or to be proved? 1, 0 or -1. */
int svc_connection_ready(struct svc *s, const struct connection *c, struct err *e) must_check;
/* What waits to be proved, or the application's secret beside it: 1, 0 or -1. */
int svc_connection_waits(struct svc *s, const struct connection *c, struct credential *out,
	struct err *e) must_check;

/* Choose server kind and method. from and rev: the base the form was made from (0, 0: none), else
 * ERR_CONFLICT that says who was quicker. Beside a live one a draft begins, or ends when it is what
 * is in use. *job: the proof that was queued, where the draft is lent what is in use; 0 = what it
 * needs is still to be entered. */
struct svc_choice {
	const char *kind;   /* "exchange", "office365" */
	const char *method; /* "personal", "dedicated", "delegate", "impersonation" */
	int64_t from, rev;
};
int svc_connection_choose(
	struct svc *s, const struct svc_choice *c, int64_t *job, struct err *e) must_check;
/* Has the draft no secret of its own, and will the engine lend it what is in use (of a sign-in with
 * Microsoft the application's)? 1, 0 or -1. */
int svc_connection_lends(
	struct svc *s, const struct svc_connections *both, struct err *e) must_check;

/* Enter settings and secrets: c->id and c->rev say what the form was made from; kind and method are
 * the base's. Where the way and the mailbox are those in use, the live connection gets a new
 * secret; else a draft is made. Where none was typed, one that is kept is proved: the row's own, or
 * what the engine lends it. ERR_FORM without a field when a secret is needed and none was
 * typed. *job: the proof that was queued; 0 when something is missing yet (a sign-in with
 * Microsoft, a certificate). ERR_CONFLICT while it is paused. Fills c->id. */
int svc_connection_enter(struct svc *s, struct connection *c, const struct svc_secrets *sec,
	int64_t *job, struct err *e) must_check;
/* A new secret for the live connection or the draft, to be proved and switched to. ERR_CONFLICT
 * says who was quicker, when another one waits than sec->over; or that it is paused. */
int svc_connection_rotate(struct svc *s, int64_t id, const struct svc_secrets *sec, int64_t *job,
	struct err *e) must_check;
/* Throw away the draft, or what waits in "next" of the live one. rev (of a draft) and over, the
 * version that waits ("" none), are what the form showed: ERR_CONFLICT when it is another by now.
 */
int svc_connection_discard(
	struct svc *s, int64_t id, int64_t rev, const char *over, struct err *e) must_check;
/* Erase the former secrets, and one that was refused, now, before their grace ends; over "": a
 * former connection with its secrets. ERR_CONFLICT when they are not of this version any more,
 * ERR_MISSING when there is nothing former. */
int svc_connection_erase(struct svc *s, int64_t id, const char *over, struct err *e) must_check;
/* No calls are made until it is resumed. why: one line, may be "". */
int svc_connection_pause(struct svc *s, int64_t id, const char *why, struct err *e) must_check;
int svc_connection_resume(struct svc *s, int64_t id, struct err *e) must_check;

/* By ops: a connection with its secret, in use at once when the account has no live one, else
 * spare. Its words were checked; fills id and created. */
int svc_connection_add(struct svc *s, struct connection *c, const struct svc_secrets *sec,
	struct err *e) must_check;
/* With its secrets, for good. */
int svc_connection_remove(struct svc *s, int64_t id, struct err *e) must_check;

/* The job: a test, or a proof that ends in a change. */
#define TEST_KIND "test"
enum { TEST_OPEN_MAX = 3 }; /* running or waiting in one account */
struct svc_test {
	int64_t connection;
	const char *slot;    /* PURPOSE_CURRENT or PURPOSE_NEXT */
	int change;	     /* of next: when it works, use it */
	int write;	     /* book and remove a test meeting */
	int again;	     /* after a refused sign-in: try this once */
	int own;	     /* a member's own (svc_own.h) */
	int64_t ask;	     /* code of this sign-in with Microsoft; 0 */
	const char *member;  /* whose mailbox must work; "" */
	const char *outside; /* one that must not open; "" */
};
/* ERR_CONFLICT when too many run, or while it is paused. *job is the one that is queued or running
 * when it is asked for the same again. */
int svc_connection_test(
	struct svc *s, const struct svc_test *t, int64_t *job, struct err *e) must_check;
/* What a job's params say; 0 or -1. */
int svc_connection_test_params(
	struct arena *a, const char *params, struct svc_test *out) must_check;
int svc_connection_test_stop(struct svc *s, int64_t job, struct err *e) must_check;

#endif
