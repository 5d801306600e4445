/* Tally: what one look at a member's calendar means: how the member stands now, what happened, when
 * to look again. Pure: no network, no store.
 */
#ifndef LATCHKEY_TALLY_H
#define LATCHKEY_TALLY_H

#include "exchange/calendars.h"
#include "exchange/proof.h"
#include "store/store_roster.h"

enum {
	TALLY_EVENTS = 2,      /* of one look */
	TALLY_DETAIL = 256,    /* a sentence about one */
	TALLY_FAILING = 2,     /* attempts in a row that come to nothing: now it is told */
	TALLY_RETRY = 120,     /* seconds until the next look after the first of them, */
	TALLY_RETRY_MAX = 3600 /* and after many */
};

/* With what, and when. */
struct tally_look {
	int64_t now;
	const char *method;
	int64_t connection;
	const char *host;
	unsigned noise; /* any number: spreads looks */
};

/* Texts of `is` and of the events are those of the look, of `was`, or lie in here. */
struct tally {
	struct standing is;
	int same;     /* nothing has changed but times and proof */
	int answered; /* there is a verdict */
	struct member_event events[TALLY_EVENTS];
	int count;
	char proof[PROOF_TEXT];
	char detail[TALLY_DETAIL];
};

/* An attempt that came to nothing changes when it was tried, why it failed and when the next is
 * due, and nothing else. */
void tally_of(const struct roster_due *was, const struct calendar_facts *f,
	const struct tally_look *look, struct tally *out);

/* Seconds until the next look. */
int64_t tally_pause(const struct standing *s, int64_t now, unsigned noise);

#endif
