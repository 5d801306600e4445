/* Health: how live connections do: what each outcome means for the state, when the next look is
 * due, seconds and calls that are counted.
 *
 * Rules: the state is a table of state and event, and pure. What concerns one member says nothing
 * about the connection. After a refused sign-in nothing is tried before a person has acted. A
 * failed attempt never touches the time of the last success. Time in which no engine ran counts as
 * nothing.
 */
#ifndef LATCHKEY_HEALTH_H
#define LATCHKEY_HEALTH_H

#include "exchange/outcome.h"
#include "model.h"
#include "platform/arena.h"
#include "platform/err.h"

struct engine;

/* What an outcome, or a person, says about a connection. */
enum health_event {
	HEARD_NOTHING, /* about the connection: a member's trouble, or somebody else is proving */
	HEARD_WELL,
	HEARD_SLOWED,
	HEARD_HICCUP,  /* passing trouble, and the attempt before was none */
	HEARD_PASSING, /* the same again */
	HEARD_LASTING, /* not before somebody mends it, who does not tell us */
	HEARD_REFUSED, /* the sign-in */
	HEARD_PAUSED,
	HEARD_RESUMED,
	HEARD__MAX
};

enum {
	HEALTH_AGAIN = 30,	 /* seconds until the second try, and the shortest wait */
	HEALTH_BACKOFF = 1800,	 /* the longest wait between tries by ourselves */
	HEALTH_SLOWED_MAX = 900, /* the longest that a server may ask for */
	HEALTH_LEASE = 120,	 /* a look outlives no lease */
	HEALTH_COUNT = 240,	 /* days are counted that often, */
	HEALTH_GAP = 600	 /* and what is longer was an engine that did not run */
};

/* The state that follows. Pure. */
enum health_state health_next(enum health_state s, enum health_event ev);
/* What an outcome says. own: it was a question about the connection's own mailbox alone, whose
 * trouble is the connection's. fails: in a row before. Pure. */
enum health_event health_event(const struct outcome *o, int own, int64_t fails);
/* Seconds until the next look, in this state after so many failures in a row; 0 = none by itself.
 * wait_ms: asked for by the server; every: while all is well; noise: any number. Pure. */
int64_t health_pause(const struct health *h, int64_t wait_ms, int64_t every, unsigned noise);
/* "well", "stopped": for logs and the audit log. */
const char *health_name(enum health_state s);

/* Something was asked by a connection and took ms: its row is brought up to date. Connections that
 * are not live are passed over. */
int health_heard(struct engine *eng, const struct connection *c, const struct outcome *o,
	int64_t ms, struct err *e) must_check;

/* Something does not work: a live connection is looked at now, and not only when it is time to. */
int health_soon(struct engine *eng, const struct connection *c, struct err *e) must_check;

/* One look at a connection: as it was when the look began. */
struct health_look {
	struct connection c;
	struct credential secret;
	int proof; /* on a new connection, with a new sign-in */
};
/* Begin one, unless somebody else did or there is nothing to ask: 1 (and it must be told within
 * HEALTH_LEASE what came of it), 0, -1. A pause, or a refusal somebody else met, is entered in the
 * row here. which: id and account. */
int health_begin(struct engine *eng, struct arena *a, const struct connection *which,
	struct health_look *out, struct err *e) must_check;
/* What came of it. When way or secret are others by now, it says nothing, and the next look is due
 * at once. */
int health_looked(struct engine *eng, const struct health_look *l, const struct outcome *o,
	struct err *e) must_check;
/* Is what was opened for a look still what is in use? 1, 0, -1. */
int health_same(
	struct engine *eng, struct arena *a, const struct health_look *l, struct err *e) must_check;
/* Count the days of all live connections up to now, and tell people what has lasted too long. */
int health_count(struct engine *eng, struct err *e) must_check;

#endif
