/* Booking: the questions and results about events, bookings and mail; part of exchange.h, which
 * says what holds for all of them. No operation asks for subjects, bodies or attendees of what is
 * not ours.
 */
#ifndef LATCHKEY_BOOKING_H
#define LATCHKEY_BOOKING_H

#include <stddef.h>
#include <stdint.h>
#include "folder.h"

/* --- items of a calendar --- */

/* One event without its content. */
struct event {
	const char *id, *change_key;
	const char *uid;
	int64_t start, end;
	enum busy_kind kind;
	int all_day;
	int recurring; /* one of a series, or an exception of one */
	int private;
	const char *tag; /* our booking id when it is one of ours; "" */
};

struct events_query {
	const char *mailbox;
	int64_t from, to; /* two years at most */
	int limit;	  /* 1..1000 */
};

struct events_result {
	struct event *list;
	size_t count;
	int more; /* the window holds more: ask again from the last start */
};

/* Find what carries our tag; says whether it is there, and twice. */
struct tagged_query {
	const char *mailbox;
	const char *tag;
};

/* --- bookings --- */

/* UNKEPT: to all, without a copy among what was sent. */
enum send { SEND_NONE, SEND_ALL, SEND_CHANGED, SEND_UNKEPT };

enum { ATTENDEE_REQUIRED, ATTENDEE_OPTIONAL, ATTENDEE_ROOM };

struct attendee {
	const char *address;
	const char *name; /* "" */
	int kind;
};

enum {
	BOOKING_SUBJECT = 1,
	BOOKING_BODY = 2,
	BOOKING_TIME = 4, /* start, end, zone and all_day together */
	BOOKING_LOCATION = 8,
	BOOKING_KIND = 16,
	BOOKING_ATTENDEES = 32,
	BOOKING_REMINDER = 64,
	BOOKING_PRIVATE = 128,
	BOOKING_ALL = 255
};

struct booking {
	const char *mailbox; /* in whose calendar */
	const char *tag;     /* our own id: at most 120 bytes */
	const char *subject;
	const char *body; /* plain text */
	const char *location;
	int64_t start, end; /* all_day: midnights of the zone */
	const char *zone;   /* IANA name */
	int all_day;
	enum busy_kind kind;
	int private;
	int reminder; /* minutes before; -1 none */
	const struct attendee *attendees;
	size_t attendee_count;
	enum send send;
};

struct item_ref {
	const char *id, *change_key; /* "" when nothing was made */
};

struct change_query {
	struct item_ref item;
	unsigned fields; /* BOOKING_ bits of what to set; the rest of `to` is not looked at */
	struct booking to;
};

struct remove_query {
	struct item_ref item;
	int hard;	  /* for good, instead of to the bin */
	enum send send;	  /* SEND_NONE or SEND_ALL */
	const char *note; /* words for the attendees, "" = none: sent with a cancellation, which
			   * goes to all and to the bin: not with `hard`, nor SEND_NONE */
	int message;	  /* it is no calendar item */
};

struct removed {
	int unused; /* that it worked is in the outcome */
};

/* Our bookings read back. Of what is not ours (no tag) only the id gets here, and that nothing was
 * found under it. */
struct items_query {
	const struct item_ref *list; /* EXCHANGE_ITEMS_MAX at most */
	size_t count;
};

enum response {
	RESPONSE_UNKNOWN,
	RESPONSE_ORGANIZER,
	RESPONSE_TENTATIVE,
	RESPONSE_ACCEPTED,
	RESPONSE_DECLINED,
	RESPONSE_NONE,
	RESPONSE__MAX
};

struct reply {
	const char *address;
	enum response response;
	int kind; /* ATTENDEE_ */
};

struct item_seen {
	struct part ended;
	struct item_ref ref;
	const char *folder; /* id of the folder it lies in */
	const char *tag;
	const char *uid;
	const char *subject; /* only of what carries our tag */
	const char *organizer;
	int64_t start, end;
	int all_day;
	int meeting, cancelled;
	enum busy_kind kind;
	unsigned rights; /* item:EffectiveRights as RIGHT_ bits: MODIFY and DELETE count here */
	int rights_told;
	const struct reply *replies;
	size_t reply_count;
};

struct items_result {
	struct item_seen *list; /* one for each of the question, in its order */
	size_t count;
};

/* Changes in a calendar since a state: ids, and which of them are ours. */
struct sync_query {
	const char *mailbox;
	const char *state; /* "" the first time */
	int limit;	   /* EXCHANGE_SYNC_MAX at most */
};

enum change_kind { CHANGE_CREATED, CHANGE_UPDATED, CHANGE_REMOVED };

struct change {
	enum change_kind kind;
	struct item_ref item;
	int ours; /* carries our tag; never told of what was removed */
};

struct sync_result {
	const char *state;
	struct change *list;
	size_t count;
	int more;
};

/* --- mail of the dedicated mailbox itself --- */

struct mail_query {
	enum folder_kind folder;
	const char *subject; /* exactly this one; "" = any meeting message */
	int limit;
};

struct mail_seen {
	struct item_ref ref;
	const char *class;
	const char *from, *sender; /* addresses */
	const char *for_whom;	   /* ReceivedRepresenting: whose copy it is; "" = our own */
	int delegated;		   /* came because its owner made us a delegate */
	int64_t at;
};

struct mail_result {
	struct mail_seen *list;
	size_t count;
	int64_t total; /* that match; -1 = not told */
};

struct message {
	const char *const *to;
	size_t to_count;
	const char *subject;
	const char *text;
};

#endif
