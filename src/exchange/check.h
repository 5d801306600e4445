/* Check: does a connection do all that its method needs? Step by step, for the analyser's page and
 * the command line alike. Steps that an earlier failure makes pointless are told as skipped.
 */
#ifndef LATCHKEY_CHECK_H
#define LATCHKEY_CHECK_H

#include "client.h"
#include "model.h"
#include "verdict.h"

/* The same query has the same steps, in the same order, whatever comes of them. */
struct check_step {
	int n, count;	 /* from 1, in their order; of so many */
	const char *key; /* short and stable: "zone" */
	const char *title;
	const char *member; /* whose mailbox it is about, besides the dedicated one; "" */
	enum step_state state;
	enum reason reason; /* why it failed, or is noteworthy; REASON_OK */
	const char *say;    /* what was seen; "" while it waits or runs */
	struct outcome end; /* of the question behind it */
	int64_t ms;	    /* of its own; 0 when an earlier question answered it as well */
};

struct check_query {
	enum method method;
	const char *mailbox; /* the dedicated one */
	const char *member;  /* whose mailbox must work as well; "" = none */
	const char *outside; /* one that must not open; "" = none */
	int write;	     /* prove writing and sending, in the calendar of member or our own */
	const char *token;   /* ... by a meeting with this one (probe.h); NULL = a random one */
	struct arena *a;     /* for texts */
	/* First every step, waiting; then each that asks something as it begins to run, and each
	 * as it ends. Must not stop the check. */
	void (*step)(void *ptr, const struct check_step *s);
	void (*done)(void *ptr, int failed);
	void *ptr;
};

struct check;
/* The query is copied, its texts must stay. Nothing is told from inside. */
struct check *check_start(struct client *c, const struct check_query *q);
/* Without a word; a test meeting that was made is still removed, for which client and arena must
 * stay: then `gone` is called when it is. 1 gone at once (and not called), 0 it goes on. */
int check_stop(struct check *k, void (*gone)(void *ptr), void *ptr);

#endif
