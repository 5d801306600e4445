/* Rsvp: does a room take bookings? Found out by asking it, which an admin wants: a meeting in the
 * dedicated mailbox's own calendar, some weeks ahead, in an hour in which the room is free, with
 * the room as its only guest. Its answer is waited for, and all of it is removed again: the room
 * hears that the meeting is cancelled.
 */
#ifndef LATCHKEY_RSVP_H
#define LATCHKEY_RSVP_H

#include "book.h"

/* Far enough to be in nobody's way, and within what rooms can usually be booked for: half a year.
 */
enum { RSVP_DAYS = 60, RSVP_WAIT_MS = 60 * 1000 };

struct rsvp_seen {
	int64_t start;		/* of the meeting */
	enum seen was_free;	/* the hour, before it was asked for */
	struct outcome made;	/* the meeting */
	struct outcome looked;	/* for the answer; not OK: why that is not known */
	enum response response; /* RESPONSE_NONE: none came in time */
	int left;		/* something may be left: what, is in left_say */
	const char *left_say;
	struct outcome removed; /* of the first thing that is left */
	int64_t ms;
};

struct rsvp;

struct rsvp_query {
	const char *room;
	/* Names what is made; of two with the same the second one takes over what the first left.
	 */
	const char *token;
	struct arena *a; /* for the result */
	void (*done)(void *ptr, const struct rsvp_seen *s);
	void *ptr;
};

/* The query is copied, its texts must stay until the end. */
struct rsvp *rsvp_start(struct client *c, const struct rsvp_query *q);
/* Do not wait for the answer any more. What was made is still removed; then done is called. */
void rsvp_stop(struct rsvp *v);

#endif
