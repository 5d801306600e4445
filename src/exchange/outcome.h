/* Outcome: how one attempt to ask Exchange ended: a reason of the one table, and the evidence. */
#ifndef LATCHKEY_OUTCOME_H
#define LATCHKEY_OUTCOME_H

#include <stdint.h>
#include "reason.h"

/* What the machinery should do about it, besides telling. */
enum outcome_next {
	NEXT_NOTHING,
	NEXT_RETRY,	   /* passing trouble: the same again after a pause */
	NEXT_SLOWER,	   /* throttled: wait, then less at a time */
	NEXT_SMALLER,	   /* too much at once: the same in smaller parts */
	NEXT_VERSION_DOWN, /* the server does not know this version */
	NEXT_VERSION_UP,   /* it wants a higher one for this question */
	NEXT_MOVED,	   /* the mailbox has moved: forget cookies, ask again once */
	NEXT_AGAIN_FRESH   /* a change key or sync state is too old: read anew */
};

enum { OUTCOME_CODE = 64, OUTCOME_SAID = 240, OUTCOME_ID = 64, OUTCOME_SERVER = 96 };

/* Zeroed, it says: worked, nothing to tell. Texts are cleaned (clean.h). */
struct outcome {
	enum reason reason;
	enum outcome_next next;
	int64_t wait_ms;	     /* it asked for this pause, 0 = it did not say */
	long http;		     /* status, 0 = no answer */
	char code[OUTCOME_CODE];     /* its own word: "ErrorAccessDenied", "AADSTS50126"; "" */
	char said[OUTCOME_SAID];     /* its own sentence, in whatever language; for admins */
	char request[OUTCOME_ID];    /* our client-request-id */
	char theirs[OUTCOME_ID];     /* its request-id */
	char server[OUTCOME_SERVER]; /* front end, back end: "EX01, EX03" */
	char version[24];	     /* "15.1.2507.6", when it said so */
	int attempts;		     /* requests that were sent for it */
	int64_t ms;		     /* in all */
	int64_t date;		     /* Unix time of its Date header; 0 = not told */
};

/* Set reason, next and code; keeps the rest. code NULL is "". */
void outcome_set(struct outcome *o, enum reason r, enum outcome_next next, const char *code);

/* The reason; of a sign-in that was held back, the one for which it was refused before. */
enum reason outcome_refusal(const struct outcome *o);

#endif
