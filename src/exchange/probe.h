/* Probe: may we write, and who sends? Proved by doing it, which the admin asks for: a normal
 * meeting far in the future with the dedicated mailbox as its only attendee is made in a person's
 * calendar, read back, its invitation looked at in our own inbox, its place changed, all of it
 * removed for good again, and looked for once more.
 */
#ifndef LATCHKEY_PROBE_H
#define LATCHKEY_PROBE_H

#include "book.h"

enum { PROBE_DAYS = 400, PROBE_MAIL_MS = 60 * 1000 };

enum probe_part {
	PROBE_MAKE,
	PROBE_INVITE, /* waiting for the invitation; only when somebody is invited */
	PROBE_CHANGE,
	PROBE_REMOVE,
	PROBE_LOOK, /* whether all is gone */
	PROBE__MAX
};

struct probe_seen {
	struct outcome made;
	struct booked booked;
	enum seen invited;	   /* the invitation came */
	struct outcome looked;	   /* not OK: why that is not known */
	const char *from, *sender; /* of the invitation */
	enum seen as_owner;	   /* From is the owner */
	enum seen on_behalf;	   /* Sender is somebody else than From */
	int changed_tried;
	struct outcome changed;
	struct outcome removed; /* of the meeting, or of the first thing that is left */
	int left;		/* something could not be removed: what, is in left_say */
	const char *left_say;
	enum seen gone;		/* looked for in the calendar at the end: NO it is still there */
	struct outcome last;	/* of that look */
	int64_t ms[PROBE__MAX]; /* 0: that part did not happen */
};

struct probe;
typedef void probe_done_fn(void *ptr, const struct probe_seen *s);

struct probe_query {
	enum method method;
	const char *member;  /* in whose calendar */
	const char *mailbox; /* the dedicated one: invited, unless the calendar is its own */
	/* Random, few and plain characters: names what is made. Of two probes with the same the
	 * second one takes over what the first one left. */
	const char *token;
	struct arena *a; /* for the result */
	/* A part begins; what is known of the parts before it is in s. Must not stop it. */
	void (*part)(void *ptr, enum probe_part part, const struct probe_seen *s);
	probe_done_fn *done;
	void *ptr;
};

/* The query is copied, its texts must stay until the end. */
struct probe *probe_start(struct client *c, const struct probe_query *q);
/* Do not wait for the invitation any more. What was made is still removed; then done is called. */
void probe_stop(struct probe *p);

#endif
