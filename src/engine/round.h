/* Round: looks at members of one account, however many, with one line, and writes what it means.
 *
 * Members are read a page at a time, looked at in any order, and written many at a time in one
 * transaction, with events, counts and whatever the owner keeps about it. Memory does not grow with
 * how many they are. What the connection suffers is no verdict about anybody.
 */
#ifndef LATCHKEY_ROUND_H
#define LATCHKEY_ROUND_H

#include "exchange/outcome.h"
#include "sight.h"
#include "store/store_roster.h"

enum {
	ROUND_FLUSH_MS = 250,
	ROUND_FLUSH = 500, /* results after which they are written at once */
	ROUND_PAGE = 100,  /* members that are read at a time */
	ROUND_PAGES = 24   /* of them at a time in memory */
};

/* Of what was written so far. */
struct round_sum {
	int64_t done;
	int64_t failed;		 /* of those: attempts that came to nothing */
	int64_t by[STATUS__MAX]; /* the others */
};

enum round_end {
	ROUND_DONE,    /* there are no more members */
	ROUND_CHANGED, /* connection or secret are others by now, or it is paused */
	ROUND_LOST     /* the connection cannot go on: see the outcome */
};

struct round_work {
	/* The next members, ROUND_PAGE at most: how many, 0 no more, -1 (then it is asked again).
	 */
	int (*more)(void *ptr, struct arena *a, struct roster_due **out, struct err *e);
	/* In the transaction that writes results; sum: with them. NULL is fine. */
	int (*save)(void *ptr, const struct round_sum *sum, struct err *e);
	/* The round is gone then. Those who were not looked at stay as they are. */
	void (*done)(void *ptr, enum round_end end, const struct outcome *o,
		const struct round_sum *sum);
	/* Not NULL: what was seen is written by it alone: how members stand, what happened to them,
	 * counts, reminders and the health of the connection stay as they are. 1, 0 it says nothing
	 * about the member any more, -1. */
	int (*keep)(
		void *ptr, const struct roster_due *was, const struct standing *is, struct err *e);
	void *ptr;
};

struct round;

/* The sight must outlive it. Callbacks come on later turns of the loop. */
struct round *round_start(struct sight *s, const struct round_work *w);
/* Of what is written so far. */
const struct round_sum *round_sum(const struct round *r);
/* Nobody with an id below this is under way; 0: nobody is at all. For `more` that gives them by id.
 */
int64_t round_low(const struct round *r);
/* End it without a word; what was not written yet is forgotten. NULL is fine. */
void round_stop(struct round *r);

#endif
