/* Check: does a connection do all that its method needs? Step by step, for the analyser's page and
 * the command line alike. Steps that an earlier failure makes pointless are told as skipped.
 */
#ifndef LATCHKEY_CHECK_H
#define LATCHKEY_CHECK_H

#include "client.h"
#include "model.h"
#include "verdict.h"

struct check_step {
	int n; /* from 1, in their order */
	const char *title;
	enum step_state state;
	enum reason reason; /* why it failed, or is noteworthy; REASON_OK */
	const char *say;    /* what was seen */
	struct outcome end; /* of the question behind it */
	int64_t ms;
};

struct check_query {
	enum method method;
	const char *mailbox; /* the dedicated one */
	const char *member;  /* whose mailbox must work as well; "" = none */
	const char *outside; /* one that must not open; "" = none */
	int write;	     /* prove writing and sending, in the calendar of member or our own */
	struct arena *a;     /* for texts */
	/* A step has begun or ended. */
	void (*step)(void *ptr, const struct check_step *s);
	void (*done)(void *ptr, int failed);
	void *ptr;
};

struct check;
/* The query is copied, its texts must stay. Ends later, never from inside. */
struct check *check_start(struct client *c, const struct check_query *q);
/* Without a word; a test meeting that was made is still removed, for which client and arena must
 * stay: then `gone` is called when it is. 1 gone at once (and not called), 0 it goes on. */
int check_stop(struct check *k, void (*gone)(void *ptr), void *ptr);

#endif
