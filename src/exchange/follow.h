/* Follow: what became of our bookings: read many by id, and see changes since a state. */
#ifndef LATCHKEY_FOLLOW_H
#define LATCHKEY_FOLLOW_H

#include "client.h"

enum { FOLLOW_FLYING = 4, FOLLOW_PAGES = 10000 };

struct follow_job {
	/* Texts stay until the end. */
	const char *mailbox;	 /* whose calendar; "" = own */
	const char *impersonate; /* NULL */
	const char *state;	 /* "" the first time */
	/* One of ours that was made or changed. */
	void (*seen)(void *ptr, const struct item_seen *item);
	/* An item is gone; it may have been anything: compare ids. */
	void (*gone)(void *ptr, const char *id);
	/* state: for the next time; when something failed, the last one of which everything was
	 * told. restarted: the old one was no longer good, all were told anew. */
	void (*done)(void *ptr, const struct outcome *o, const char *state, int restarted);
	void *ptr;
};

struct follow;
/* Callbacks come on later turns of the loop. After done it is gone. */
struct follow *follow_start(struct client *c, const struct follow_job *job);
/* End it without a word; also from inside seen and gone. NULL is fine. */
void follow_stop(struct follow *f);

#endif
