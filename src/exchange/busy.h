/* Busy: busy time of many mailboxes over any window: long windows are split, batches shrink when
 * the server says they are too large and grow back slowly; never a detailed view.
 *
 * Each mailbox is told exactly once, in any order, unless it is stopped. A mailbox that cannot be
 * read never loses the others; when the connection fails for good, what is left is told with the
 * reason of that.
 */
#ifndef LATCHKEY_BUSY_H
#define LATCHKEY_BUSY_H

#include "client.h"

enum {
	BUSY_WINDOW_DAYS = 2 * 366,
	BUSY_FLYING = 4,	 /* batches that are read at a time */
	BUSY_SPANS_MAX = 1 << 20 /* held at a time: the mailbox that goes over them is TOO_BIG */
};

struct busy_times {
	int64_t n; /* its place in the list of the job */
	const char *address;
	enum reason reason; /* OK, or why it cannot be read */
	char code[EXCHANGE_CODE];
	const struct busy_span
		*spans; /* sorted; touching spans of one kind are one; free is left out */
	size_t count;
	int rough;    /* made of half-hour digits, not of events */
	int has_zone; /* the mailbox's working hours told it */
	struct zone_rules zone;
	struct outcome outcome; /* of the last question */
};

struct busy_job {
	const char *const *mailboxes; /* they stay until the end */
	size_t count;
	int64_t from, to;	 /* BUSY_WINDOW_DAYS at most */
	const char *impersonate; /* act as this mailbox; NULL */
	/* Read from the calendar itself (one by one) instead of by availability; for mailboxes that
	 * open. as_them: impersonate each. */
	int from_calendar, as_them;
	void (*told)(void *ptr, const struct busy_times *t); /* texts are gone afterwards */
	/* OK, or what ended it; it is gone then. */
	void (*done)(void *ptr, const struct outcome *o);
	void *ptr;
};

struct busy;
/* Callbacks come on later turns of the loop. */
struct busy *busy_start(struct client *c, const struct busy_job *job);
/* End it without a word; also from inside told. NULL is fine. */
void busy_stop(struct busy *b);

/* Sort, cut to the window, drop free time, join touching and overlapping spans of one kind; in
 * place, returns how many are left. Pure. */
size_t busy_tidy(struct busy_span *spans, size_t n, int64_t from, int64_t to);

#endif
