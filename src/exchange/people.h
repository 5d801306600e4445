/* People: distribution lists with the lists inside them, and all rooms with their lists. */
#ifndef LATCHKEY_PEOPLE_H
#define LATCHKEY_PEOPLE_H

#include "client.h"

enum { PEOPLE_MAX = 50000, PEOPLE_LISTS = 500, PEOPLE_DEPTH = 8, PEOPLE_FLYING = 4 };

struct people_found {
	const struct person *person;
	const char *list;      /* address of the list it was found in */
	const char *list_name; /* "" of the first one */
};

/* How far it came. */
struct people_sum {
	size_t lists;  /* that were read */
	size_t missed; /* lists inside that could not be */
	int cut;       /* there may be others: a limit above was reached, the server did not tell
			* all, or a list inside could not be read */
};

struct people_job {
	const char *list; /* a distribution list; "" = the rooms of all room lists */
	/* One person or room, each address once; who has no address is told each time. Gone
	 * afterwards. */
	void (*told)(void *ptr, const struct people_found *f);
	void (*done)(void *ptr, const struct outcome *o, const struct people_sum *sum);
	void *ptr;
};

struct people;
/* Callbacks come on later turns of the loop. After done it is gone. */
struct people *people_start(struct client *c, const struct people_job *job);
/* End it without a word; also from inside told. NULL is fine. */
void people_stop(struct people *p);

#endif
