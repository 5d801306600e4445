/*
 * Item: what lies in mailboxes. Calendar items with recurrences and exceptions, messages, meeting
 * mail; change numbers for sync; and the post that carries invitations from one mailbox to others.
 */
#ifndef SIM_ITEM_H
#define SIM_ITEM_H

#include <jansson.h>
#include "sim/world.h"

enum item_class {
	ITEM_CALENDAR,
	ITEM_MESSAGE,
	ITEM_REQUEST,
	ITEM_RESPONSE,
	ITEM_CANCELLATION,
	ITEM_REPORT
};
enum busy { BUSY_FREE, BUSY_TENTATIVE, BUSY_BUSY, BUSY_OOF, BUSY_ELSEWHERE, BUSY_NODATA };
extern const char *const busy_names[]; /* Free Tentative Busy OOF WorkingElsewhere NoData */
enum sensitivity { SENSE_NORMAL, SENSE_PERSONAL, SENSE_PRIVATE, SENSE_CONFIDENTIAL };
extern const char *const sensitivity_names[];
enum response {
	RESPONSE_UNKNOWN,
	RESPONSE_ORGANIZER,
	RESPONSE_TENTATIVE,
	RESPONSE_ACCEPT,
	RESPONSE_DECLINE,
	RESPONSE_NONE
};
extern const char *const response_names[];
enum attendee_kind { ATTENDEE_REQUIRED, ATTENDEE_OPTIONAL, ATTENDEE_RESOURCE };

struct person {
	char *name, *address;
};
struct attendee {
	struct person who;
	enum attendee_kind kind;
	enum response response;
	utc_t answered; /* 0 = not */
};
struct tag {	       /* extended property */
	char *key;     /* canonical: "guid/name/String", "0x0e08//Integer", "guid/#35/Binary" */
	char **values; /* NULL-terminated; one unless an array type */
};

enum pattern {
	PATTERN_NONE,
	PATTERN_DAILY,
	PATTERN_WEEKLY,
	PATTERN_MONTHLY,
	PATTERN_MONTHLY_NTH,
	PATTERN_YEARLY,
	PATTERN_YEARLY_NTH
};
struct recurrence {
	enum pattern pattern;
	int interval;	     /* every n days, weeks, months */
	unsigned days;	     /* bit 0 = Sunday; weekly and nth */
	int day, nth, month; /* of month; nth 5 = last */
	int first_weekday;   /* of the week, for intervals over 1 */
	int count;	     /* occurrences, or 0 */
	local_t until;	     /* last day's midnight, or 0; neither = without end */
};
struct exception {
	utc_t original; /* start of the occurrence it replaces */
	bool deleted;
	struct item *item; /* as changed; NULL when deleted */
};

struct item {
	struct item *next; /* in its folder, oldest first */
	uint64_t number;   /* unique in its mailbox, never used twice */
	uint32_t change;
	enum item_class class;
	int folder;
	bool draft, deleted; /* deleted: kept as a mark for sync */
	bool borrowed;	     /* its words are somebody else's: a generated calendar's, for a look */
	uint64_t sync;	     /* the store's count when it last changed; created at sync_born */
	uint64_t sync_born;
	utc_t created, modified, received, sent;
	char *subject, *body, *location, *mime_id;
	bool body_html;
	enum sensitivity sensitivity;
	int importance; /* 0 low 1 normal 2 high */
	char **categories;
	struct tag *tags;
	int n_tags;
	/* mail */
	struct person from, sender;
	struct attendee *to; /* recipients: kinds required = To, optional = Cc, resource = Bcc */
	int n_to;
	bool is_read;
	/* calendar, and meeting mail that speaks of one */
	char *uid;
	utc_t start, end;
	const struct zone *zone; /* of the series and of all-day midnights */
	bool all_day, reminder, meeting, cancelled, response_requested,
		invited;     /* invited: requests were sent */
	bool organizer_here; /* this mailbox is the organizer */
	int reminder_minutes, sequence;
	enum busy busy;
	enum busy intended; /* in an attendee's copy: what the organizer's shows */
	enum response my_response;
	utc_t my_answered;
	struct person organizer;
	struct attendee *attendees;
	int n_attendees;
	struct recurrence *recurrence;
	struct exception *exceptions;
	int n_exceptions;
	struct item *master; /* of an exception's item, which lies in no folder */
	utc_t original;	     /* the start that an exception's item, or mail about it, replaces */
	struct mailbox *made_by; /* for EditOwned */
	struct mailbox *sent_to; /* of a delegate's copy: whose mail it is; else NULL */
};

/* Iterate a folder: for (i = store_folder(st, folder); i != NULL; i = i->next), and look at
 * i->deleted. */
struct store {
	struct mailbox *mailbox;
	struct item **folders; /* first item, by folder number */
	struct item **last;    /* and the last */
	int n_folders;
	uint64_t next_number, sync;
	struct item **by_number; /* [number - 1]; marks too */
	uint64_t number_room;
};

/* The mailbox's store, made (and for generated mailboxes filled from the seed) at the first touch.
 */
struct store *store_of(struct world *w, struct mailbox *m);
void store_free(struct store *st);
struct item *store_folder(const struct store *st, int folder); /* first item, or NULL */
struct item *item_new(
	struct store *st, int folder, enum item_class class); /* at the end; numbers given */
struct item *item_find(struct store *st, uint64_t number);    /* not deleted ones */
void item_touch(struct world *w, struct store *st,
	struct item *i); /* changed: change key and sync move on */
/* To another folder, at its end, with a new number (ids change on move); a mark stays behind. */
void item_move(struct world *w, struct store *st, struct item *i, int folder);
/* Leaves a mark; the struct stays, its content is gone. */
void item_delete(struct world *w, struct store *st, struct item *i);
struct item *item_copy(struct store *st, const struct item *from, int folder); /* deep */
struct item *item_clone(const struct item *from); /* deep, in no store: number 0 */
void item_free(struct item *i);			  /* one that is in no store */
/* i takes over the content of `from`, a clone, which is gone then; its place, numbers and time of
 * creation stay. */
void item_take(struct item *i, struct item *from);
const char *item_class_name(const struct item *i); /* "IPM.Appointment" ... */
struct attendee *item_attendee(struct item *i, const char *address);
const char *item_tag(const struct item *i, const char *key); /* first value, or NULL */
void item_set_tag(
	struct item *i, const char *key, char **values); /* values copied; NULL takes it away */
void item_new_uid(struct world *w, struct item *i);
void item_uid_from(struct item *i, uint64_t a, uint64_t b); /* deterministic: seeds and scenarios */

/* One occurrence, expanded. item is the exception's when there is one. */
struct occurrence {
	const struct item *item;
	const struct item *master; /* NULL for a single item */
	utc_t start, end, original;
	int instance; /* 1..; 0 for single */
};
typedef bool occurrence_fn(void *arg, const struct occurrence *o); /* false = enough */
/* Occurrences of one item that overlap [from, to), in order; each counts deleted ones in
 * `instance`. All-day and recurring ones follow their zone across daylight time. */
void item_expand(const struct item *i, utc_t from, utc_t to, occurrence_fn *fn, void *arg);
/* By number; false when there is none: o->instance is then the number when the occurrence was
 * deleted, 0 when it is out of range. */
bool item_instance(const struct item *master, int instance, struct occurrence *o);
bool item_last(const struct item *master, struct occurrence *o); /* false when without end */
/* The exception's item of an occurrence, made as a copy of the master when there is none yet; the
 * caller changes it and touches the master. */
struct item *item_exception(struct item *master, utc_t original);
void item_drop(struct item *master, utc_t original); /* the occurrence is deleted */
void item_drop_exceptions(struct item *master);	     /* all: the pattern changed */
/* All of a mailbox's calendar that overlaps, sorted by start, without touching the store of a
 * generated mailbox. Cancelled meetings are there, with cancelled set. Returns a malloc'ed array;
 * items in it may be temporary and live until calendar_done. */
struct calendar_view {
	struct occurrence *at;
	int n;
	struct item *temporary;
};
void calendar_view(
	struct world *w, struct mailbox *m, utc_t from, utc_t to, struct calendar_view *v);
void calendar_done(struct calendar_view *v);
/* The generated calendar of a mailbox, from its number and the seed: a handful of items, most of
 * them recurring. Appended to *list, as item_new would make them. */
void calendar_generate(const struct world *w, const struct mailbox *m, struct store *st);

/* Post: messages under way. Deliveries happen at their time on the world's clock, by sim_tick
 * (sim.h): mail a second after it was sent, reports after five, rooms answer by their policy. With
 * a frozen clock nothing arrives until the clock is moved. */
struct post *post_new(void);
void post_free(struct post *p);
/* Carry what a meeting's organizer sends: requests, updates or cancellations to these attendees.
 * `sender` is who really sends (a delegate), NULL = the organizer. Local mailboxes get meeting mail
 * in their Inbox (and, when a delegate is to get copies, in the delegate's), a tentative calendar
 * item, and rooms answer by their policy; addresses that do not exist bounce to `bounce` (the
 * sender's mailbox); other domains go to the outside store. When `refused` is set, nothing goes out
 * and a non-delivery report comes back instead. */
struct sending {
	struct mailbox *organizer, *sender;
	struct item *meeting;
	enum item_class class; /* ITEM_REQUEST or ITEM_CANCELLATION */
	struct attendee *to;
	int n_to;
	bool refused;
	const char *note; /* body of a cancellation, or NULL */
};
void post_meeting(struct world *w, const struct sending *g);
void post_message(struct world *w, struct mailbox *from, struct mailbox *sender,
	const struct item *message, bool refused);
/* An attendee's answer (accept, decline, tentative) to a meeting in own calendar: the item takes
 * the answer (declined: it goes to Deleted Items) and the organizer is told. */
void post_response(struct world *w, struct mailbox *m, struct item *meeting, enum response r,
	const char *note);
/* Deliver what is due. Returns seconds until the next, or -1. */
int64_t post_tick(struct world *w);
/* What tests read: everything delivered to or sent outside for an address, as JSON; NULL = all
 * outside mail. */
json_t *post_messages(struct world *w, const char *address);

#endif
