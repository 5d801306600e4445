/* Mailbox: the signed-in mailbox itself: does it open, whose is it, is it empty, where does it
 * live.
 */
#ifndef LATCHKEY_MAILBOX_H
#define LATCHKEY_MAILBOX_H

#include "client.h"

struct mailbox_seen {
	struct outcome opened;	 /* OK: the calendar opens, and the client's address is its own */
	struct part name_end;	 /* whether the directory knows it; ALIAS: by another address */
	const char *name;	 /* display name; "" */
	const char *address;	 /* its primary address, when the directory says so; "" */
	const char *zone;	 /* IANA, of its working hours; "" */
	struct zone_rules rules; /* the same as told; has_rules */
	int has_rules;
	const char *windows;	      /* the zone's Windows name; "" */
	enum reason zone_end;	      /* whether the server tells its rules of that zone */
	struct zone_rules zone_rules; /* OK: these, until then */
	int64_t zone_until;
	const char *version; /* "15.1.2507.6" */
	const char *spoken;  /* "Exchange2010_SP2" */
	const char *server;
	int64_t inbox, sent, calendar; /* items; -1 = not told */
	int64_t foreign;    /* meeting messages in the inbox that are somebody else's copies; -1 */
	int foreign_capped; /* there are more than were looked at */
	int64_t clock;	    /* seconds its clock is ahead of ours; from the Date header */
	int clock_told;
	enum reason empty;    /* OK: nothing lies there; NOT_EMPTY; else why it is not known */
	enum reason mail_end; /* OK: no meeting mail of others; FOREIGN_MAIL: an alarm; else why */
	int64_t opened_ms, name_ms, mail_ms, zone_ms; /* what each took */
};

/* Of the mailbox that signs in, some reasons about a mailbox mean another thing. Pure. */
enum reason mailbox_own(enum reason r);

struct mailbox;
typedef void mailbox_done_fn(void *ptr, const struct mailbox_seen *m);

/* Counts and classes only. The result lives in the arena. done comes on a later turn of the loop;
 * it is gone then. */
struct mailbox *mailbox_start(struct client *c, struct arena *a, mailbox_done_fn *done, void *ptr);
/* End it without a word. NULL is fine. */
void mailbox_stop(struct mailbox *m);

#endif
