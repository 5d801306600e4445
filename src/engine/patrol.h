/* Patrol: looks at members when it is time to: at new ones within seconds, at all after a change of
 * connection, method or secret, and at everybody once a day at least.
 */
#ifndef LATCHKEY_PATROL_H
#define LATCHKEY_PATROL_H

enum {
	PATROL_POLL_MS = 1000,	    /* a lost ring costs this much */
	PATROL_MOST = 16,	    /* accounts at a time */
	PATROL_TURN = 300,	    /* members of an account at a time */
	PATROL_LEASE = 600,	    /* seconds within which they are looked at */
	PATROL_KEPT = 256,	    /* lines that stay open between rounds */
	PATROL_BACKOFF = 30,	    /* seconds after a round that the connection ended; doubles, */
	PATROL_BACKOFF_MAX = 1800,  /* and not longer than that */
	PATROL_TIDY_MS = 60 * 1000, /* between two looks for what has been left lying */
	PATROL_DROPPED = 5000	    /* rows of trials that go at a time */
};

struct engine;
struct patrol_beats;

/* Begins on the next turn of the loop; needs what watch.h does. Never NULL. */
struct patrol_beats *patrol_new(struct engine *eng);
/* Somebody is new, or something has changed: look now. */
void patrol_wake(struct patrol_beats *p);
/* Rounds under way end without a word. NULL is fine. */
void patrol_free(struct patrol_beats *p);

#endif
