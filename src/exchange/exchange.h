/* Exchange: what can be asked, in our nouns; the same for every dialect.
 *
 * An operation is a question struct in and a result struct out. Strings and arrays of a result live
 * in the arena of whoever asked. Times are Unix seconds. A mailbox is an SMTP address; NULL or ""
 * is the mailbox the request acts as (its own, or the impersonated one). Parts of a batch have
 * their own reason: a bad one never loses the others. No operation asks for subjects, bodies or
 * attendees of what is not ours.
 */
#ifndef LATCHKEY_EXCHANGE_H
#define LATCHKEY_EXCHANGE_H

#include <stddef.h>
#include <stdint.h>
#include "booking.h"
#include "folder.h"

enum {
	EXCHANGE_FOLDERS_MAX = 10, /* different mailboxes in one question (real servers: 16) */
	EXCHANGE_BUSY_MAX = 100,   /* mailboxes in one availability question */
	EXCHANGE_BUSY_DAYS = 42,   /* longest window of one availability question */
	EXCHANGE_ITEMS_MAX = 50,   /* items in one question */
	EXCHANGE_SYNC_MAX = 512
};

/* --- delegates --- */

struct delegates_query {
	const char *mailbox;
};

struct delegate {
	struct part ended;
	const char *address, *name, *sid;
	const char *calendar; /* level on the calendar: "Editor"; "None" when not told */
	int copies; /* gets copies of meeting mail: may redirect the owner's (EWS.md 0.4) */
	int sees_private;
};

struct delegates_result {
	struct delegate *list;
	size_t count;
	const char *deliver; /* "DelegatesAndMe", ...; "" */
};

/* --- busy time --- */

struct busy_span {
	int64_t start, end;
	enum busy_kind kind;
};

struct busy_query {
	const char *const *mailboxes; /* EXCHANGE_BUSY_MAX at most */
	size_t count;
	int64_t from, to; /* EXCHANGE_BUSY_DAYS at most */
};

/* A zone given by rules: Exchange's "SerializableTimeZone". UTC = local + bias minutes. */
struct zone_change {
	int bias;   /* added to the base while it is in force */
	int month;  /* 1..12; 0 = no change is ever made */
	int order;  /* 1..4 that weekday of the month, 5 the last */
	int day;    /* 0 Sunday .. 6 Saturday */
	int second; /* of the local day */
};

struct zone_rules {
	int bias;
	struct zone_change standard, daylight;
};

struct busy_seen {
	struct part ended;
	struct busy_span *spans; /* as told, not merged, sorted by start */
	size_t count;
	int merged_only; /* made of the merged digits: the server told no events */
	int has_zone;
	struct zone_rules zone; /* of the mailbox's working hours */
};

struct busy_result {
	struct busy_seen *list; /* in the order of the question */
	size_t count;
};

/* --- directory --- */

struct person {
	const char *name, *address; /* "" when it has no SMTP address */
	const char *type;	    /* "Mailbox", "PublicDL", "Contact", ... */
};

struct resolve_query {
	const char *text;
};

/* Members of a distribution list, one level; the room lists; the rooms of one. */
struct expand_query {
	const char *address;
};

struct room_lists_query {
	int unused;
};

struct people_result {
	struct person *list;
	size_t count;
	int more; /* there are others that were not told */
};

/* --- time zones --- */

struct zones_query {
	const char *const *ids; /* Windows names; count 0 = all */
	size_t count;
	int64_t rules_at; /* tell the rules that are in force then, too; 0 = names only */
};

struct zone_seen {
	const char *id, *name;
	int has_rules; /* they were asked for, and are of the kind that the struct can hold */
	struct zone_rules rules;
	int64_t rules_until; /* others come into force then; INT64_MAX = never */
};

struct zones_result {
	struct zone_seen *list;
	size_t count;
};

/* Name, function, question, result, and whether asking twice does no harm. */
#define EXCHANGE_OPS(OP)                                                                           \
	OP(OPEN_FOLDERS, open_folders, struct folders_query, struct folders_result, 1)             \
	OP(LIST_DELEGATES, list_delegates, struct delegates_query, struct delegates_result, 1)     \
	OP(GET_BUSY, get_busy, struct busy_query, struct busy_result, 1)                           \
	OP(LIST_EVENTS, list_events, struct events_query, struct events_result, 1)                 \
	OP(FIND_TAGGED, find_tagged, struct tagged_query, struct events_result, 1)                 \
	OP(CREATE_BOOKING, create_booking, struct booking, struct item_ref, 0)                     \
	OP(CHANGE_BOOKING, change_booking, struct change_query, struct item_ref, 0)                \
	OP(REMOVE_ITEM, remove_item, struct remove_query, struct removed, 0)                       \
	OP(GET_ITEMS, get_items, struct items_query, struct items_result, 1)                       \
	OP(SYNC_CALENDAR, sync_calendar, struct sync_query, struct sync_result, 1)                 \
	OP(FIND_MAIL, find_mail, struct mail_query, struct mail_result, 1)                         \
	OP(SEND_MESSAGE, send_message, struct message, struct removed, 0)                          \
	OP(RESOLVE_NAME, resolve_name, struct resolve_query, struct people_result, 1)              \
	OP(EXPAND_LIST, expand_list, struct expand_query, struct people_result, 1)                 \
	OP(LIST_ROOM_LISTS, list_room_lists, struct room_lists_query, struct people_result, 1)     \
	OP(LIST_ROOMS, list_rooms, struct expand_query, struct people_result, 1)                   \
	OP(SERVER_ZONES, server_zones, struct zones_query, struct zones_result, 1)

enum exchange_op {
#define EXCHANGE_ENUM(name, fn, query, result, twice) EXCHANGE_##name,
	EXCHANGE_OPS(EXCHANGE_ENUM)
#undef EXCHANGE_ENUM
		EXCHANGE__MAX
};

#endif
