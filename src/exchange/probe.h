/* Probe: may we write, and who sends? Proved by doing it, which the admin asks for: a normal
 * meeting far in the future with the dedicated mailbox as its only attendee is made in a person's
 * calendar, read back, its invitation looked at in our own inbox, and all of it removed for good
 * again.
 */
#ifndef LATCHKEY_PROBE_H
#define LATCHKEY_PROBE_H

#include "book.h"

enum { PROBE_DAYS = 400, PROBE_MAIL_MS = 60 * 1000 };

struct probe_seen {
	struct outcome made;
	struct booked booked;
	enum seen invited;	   /* the invitation came */
	struct outcome looked;	   /* not OK: why that is not known */
	const char *from, *sender; /* of the invitation */
	enum seen as_owner;	   /* From is the owner */
	enum seen on_behalf;	   /* Sender is somebody else than From */
	struct outcome removed;	   /* of the meeting, or of the first thing that is left */
	int left;		   /* something could not be removed: what, is in left_say */
	const char *left_say;
};

struct probe;
typedef void probe_done_fn(void *ptr, const struct probe_seen *s);

struct probe_query {
	enum method method;
	const char *member;  /* in whose calendar */
	const char *mailbox; /* the dedicated one: invited, unless the calendar is its own */
	struct arena *a;     /* for the result */
	probe_done_fn *done;
	void *ptr;
};

/* The query is copied, its texts must stay until the end. */
struct probe *probe_start(struct client *c, const struct probe_query *q);
/* Do not wait for the invitation any more. What was made is still removed; then done is called. */
void probe_stop(struct probe *p);

#endif
