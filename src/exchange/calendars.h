/* Calendars: what can be done in many people's mailboxes with one connection: evidence per person.
 *
 * Batched where the protocol batches, a few questions at a time, memory independent of how many
 * people: they are asked for one by one and told one by one, in any order. A person whose attempt
 * fails is told with the reason in evidence.attempt. One first alone (the canary), then the rest.
 */
#ifndef LATCHKEY_CALENDARS_H
#define LATCHKEY_CALENDARS_H

#include "client.h"
#include "verdict.h"

struct calendar_facts {
	int64_t n; /* the number next() gave */
	const char *address;
	struct evidence seen;
	struct verdict verdict;	  /* by verdict_of; every_way: reach is the farthest of all ways */
	int has_verdict;	  /* else only that reach is good */
	struct outcome outcome;	  /* of the question that decided; said is about this person */
	char code[EXCHANGE_CODE]; /* the server's word about this person; "" */
	const char *name;	  /* of the calendar folder, localised; "" */
};

struct calendars_query {
	enum method method;
	int every_way; /* measure all ways in, not only the method's (boundary probe) */
	int no_sending;
	/* The next person: 1 and *n, *address (good until the next call); 0 no more. */
	int (*next)(void *ptr, int64_t *n, const char **address);
	/* One is done; facts and their texts are gone afterwards. */
	void (*told)(void *ptr, const struct calendar_facts *f);
	/* All are done, or it cannot go on (the outcome says why: sign-in, network); then everybody
	 * that next() gave was told all the same. It is gone then. */
	void (*done)(void *ptr, const struct outcome *o);
	void *ptr;
};

struct calendars;

/* For method dedicated the busy time is asked; personal: own mailbox; delegate: calendars
 * and inboxes in batches, then busy time of those that do not open; impersonation: calendar and
 * inbox of each, impersonated, then busy time. Callbacks come on later turns of the loop. */
struct calendars *calendars_start(struct client *c, const struct calendars_query *q);
/* End it without a word; also from inside next and told. NULL is fine. */
void calendars_stop(struct calendars *s);

#endif
