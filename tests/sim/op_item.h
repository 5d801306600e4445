/*
 * Op_item: what the item operations share. One item as one caller sees it (struct view), the table
 * of its fields (written, and asked by restrictions), and the draft a request's XML is read into.
 */
#ifndef SIM_OP_ITEM_H
#define SIM_OP_ITEM_H

#include "sim/soap.h"

/* What a field says: for plain elements, restrictions and sort orders. */
enum value_kind { VALUE_NONE, VALUE_TEXT, VALUE_LIST, VALUE_NUMBER, VALUE_TIME, VALUE_FLAG };
struct value {
	enum value_kind kind;
	const char *text;
	char *const *list; /* NULL-terminated */
	int64_t number;	   /* NUMBER, TIME, FLAG */
};

/* One item, or one occurrence of a series, as this caller sees it. */
struct view {
	struct call *c;
	const struct target *in;
	const struct item *item;   /* whose properties: the exception's when there is one */
	const struct item *master; /* of an occurrence or exception; else NULL */
	utc_t start, end, original;
	bool is_private; /* another's private item: little is shown */
	bool finding;	 /* FindItem and SyncFolderItems show less than GetItem */
	int body;	 /* struct shape's */
	const struct item_shape *shape;
};
void view_item(struct view *v, struct call *c, const struct target *in, const struct item *i);
void view_occurrence(
	struct view *v, struct call *c, const struct target *in, const struct occurrence *o);
/* What an id named. A code when the occurrence is not there. */
const char *view_found(struct view *v, struct call *c, const struct found *f);
/* t:CalendarItem, t:Message, ... */
const char *view_element(const struct view *v);
bool view_may(const struct view *v, uint32_t any, uint32_t owned);

/* Which element a field can be in. */
enum {
	ON_CALENDAR = 1,
	ON_MESSAGE = 2,
	ON_REQUEST = 4,
	ON_RESPONSE = 8,
	ON_CANCELLATION = 16,
	ON_MEETING = ON_REQUEST | ON_RESPONSE | ON_CANCELLATION,
	ON_MAIL = ON_MESSAGE | ON_MEETING,
	ON_EVENT = ON_CALENDAR | ON_REQUEST,
	ON_ANY = ON_CALENDAR | ON_MAIL
};
unsigned on_of(enum item_class class);

/* When a field is shown. */
enum {
	IN_DEFAULT = 1,
	IN_ALL = 2,
	IN_BOTH = 3,
	NOT_FOUND = 4, /* not by FindItem and SyncFolderItems */
	OPEN = 8       /* of another's private item too */
};
struct field {
	const char *uri; /* "item:Subject" */
	const char *element;
	enum level since;
	unsigned on, flags;
	struct value (*get)(const struct view *v); /* plain fields */
	void (*write)(const struct view *v, struct text *out, const char *element); /* others */
};
/* Rows in schema order, in two runs: all items and messages; then meetings and events. */
extern const struct field item_fields[], event_fields[]; /* end with uri NULL */
enum { FIELDS_MAX = 64 };

/* ItemShape, worked out once a request. */
struct wanted_tag {
	char *key;
	xmlNode *node; /* as it was asked for */
};
struct item_shape {
	struct shape base;
	bool mime, finding;
	bool items[FIELDS_MAX], events[FIELDS_MAX];
	struct wanted_tag *tags;
	int n_tags;
};
/* A code when it asks for what cannot be; call item_shape_free in any case. */
const char *item_shape_read(struct call *c, xmlNode *shape, bool finding, struct item_shape *s);
void item_shape_free(struct item_shape *s);
void item_write(const struct view *v, const struct item_shape *s, struct text *out);
/* Only the id: what CreateItem and UpdateItem answer. */
void item_write_brief(const struct view *v, struct text *out);
void item_write_id(const struct view *v, const char *element, struct text *out);

/* Field values, for restrictions and orders. */
const struct field *field_find(const char *uri, unsigned on);
struct value field_value(const struct view *v, const char *uri);
struct value tag_value(const struct view *v, const char *key);

static inline struct value value_text(const char *s)
{
	return (struct value){ .kind = s ? VALUE_TEXT : VALUE_NONE, .text = s };
}

static inline struct value value_number(int64_t n)
{
	return (struct value){ .kind = VALUE_NUMBER, .number = n };
}

static inline struct value value_flag(bool b)
{
	return (struct value){ .kind = VALUE_FLAG, .number = b };
}

/* A time of 0 was never set. */
static inline struct value value_time(utc_t t)
{
	return (struct value){ .kind = t ? VALUE_TIME : VALUE_NONE, .number = t };
}

/* Parts that several writers use. */
void person_write(
	const struct call *c, struct text *out, const char *element, const struct person *p);
void recurrence_write(const struct item *master, struct text *out, const char *element);
void item_write_mime(const struct view *v, struct text *out, const char *element);
void body_write(const struct view *v, struct text *out, const char *element);
/* Text of a body without its markup; appended. */
void body_plain(struct text *out, const char *body, bool html);
/* The bytes of the GlobalObjectId: of the series, or with the day of an occurrence in it. */
void uid_bytes(struct text *out, const char *uid, const struct zone *zone, utc_t day);

/* The key of an ExtendedFieldURI (item.h), malloc'ed, or NULL with *code. */
char *tag_key(struct call *c, xmlNode *uri, const char **code);
bool tag_is_array(const char *key);

/* op_zones.c */
void zone_write(struct text *out, const char *element, const struct zone *z, bool full);
/* A t:TimeZoneDefinition (by Id, or by its rules); NULL when it is none we know. */
const struct zone *zone_read(struct call *c, xmlNode *definition);

/* What is read from a request, before it becomes an item or a change of one. */
struct draft {
	struct call *c;
	const struct target *in;
	struct item *root; /* in no store: what is read into, or the series that it is in */
	struct item *item; /* root, or the exception in it */
	bool creating, append;
	const char *start, *end;		  /* as given; NULL = not given */
	const struct zone *start_zone, *end_zone; /* given; MeetingTimeZone is both */
	bool series_given, series_changed;
	local_t series_day;		 /* the recurrence's StartDate */
	bool times_given, times_changed; /* changed: known after draft_times */
	struct {
		utc_t start, end;
		bool all_day;
	} was; /* of an item that is changed */
	const char *uid;
};
void draft_begin(struct draft *d, struct call *c, const struct target *in, enum item_class class);
/* A draft that is a copy of what was found: of the whole series for an occurrence. */
void draft_copy(struct draft *d, struct call *c, const struct found *f);
/* The draft's content becomes that of the item it was copied from. */
void draft_keep(struct draft *d, const struct found *f);
void draft_end(struct draft *d);
/* Read one property: all return a code, or NULL. value NULL takes the property away. */
enum change { CHANGE_CREATE, CHANGE_SET, CHANGE_APPEND, CHANGE_DELETE };
const char *draft_property(struct draft *d, const char *uri, xmlNode *value, enum change how);
/* Every child of an item element. */
const char *draft_children(struct draft *d, xmlNode *element);
const char *draft_tag(struct draft *d, xmlNode *uri, xmlNode *property);
/* Start, end, all-day and recurrence together, when everything was read. */
const char *draft_times(struct draft *d);
/* op_item_series.c: a t:Recurrence; NULL = no more. */
const char *series_read(struct draft *d, xmlNode *recurrence);
/* Would this change need the organizer. */
bool draft_organizer_only(const char *uri);

/* One row a property that can be written. */
struct reader {
	const char *uri; /* "calendar:Start"; on create only the name is looked at */
	unsigned on, flags;
	const char *(*read)(struct draft *d, xmlNode *value); /* NULL: read only */
};
enum { READ_KEEP = 1 /* cannot be deleted */, READ_APPEND = 2, READ_ORGANIZER = 4 };
extern const struct reader item_readers[], event_readers[]; /* end with uri NULL */
const char *read_people(
	struct draft *d, xmlNode *list, struct attendee **to, int *n, enum attendee_kind kind);

/* op_item_send.c: who may send for whom, and what then leaves. */
enum send_right { SEND_MAY, SEND_DENIED_SAVED, SEND_BOUNCES, SEND_DENIED };
enum send_right send_right(const struct call *c, const struct mailbox *owner);
const char *send_right_code(enum send_right r); /* NULL when the answer is Success */
struct parcel {
	enum item_class class; /* ITEM_REQUEST or ITEM_CANCELLATION */
	struct attendee *to;
	int n_to;
	bool copy; /* one for Sent Items */
	const char *note;
};
void send_meeting(
	struct call *c, struct mailbox *owner, struct item *meeting, const struct parcel *parcel);
/* A message of the caller's, or for whom it is From. The code of a refusal, or NULL. */
const char *send_message_right(struct call *c, const struct item *message);
void send_message(struct call *c, struct item *message);
/* AcceptItem, DeclineItem, TentativelyAcceptItem, CancelCalendarItem: false when it is none. */
bool answer_item(struct call *c, xmlNode *n, struct text *out, const char **code);

/* op_item_view.c: begin an item-level message: code NULL = NoError; smtp: the address that
 * ErrorNonExistentMailbox is about, or NULL. */
void message_code(struct call *c, const char *element, const char *code, const char *smtp);
/* op_item.c: a whole one, with its m:Items; `items` is freed. */
void items_message(struct call *c, const char *element, const char *code, const char *smtp,
	struct text *items);
char *message_id(struct call *c, const struct mailbox *m); /* a new one, malloc'ed */
/* May this draft leave; then send it, and keep it there, or (NULL) not at all. */
const char *draft_message_right(struct call *c, const struct found *f);
void send_draft(struct call *c, const struct found *f, const struct target *save);

/* op_item_delete.c: to the Deleted Items that the premise says; an occurrence leaves its series. */
void item_bin(struct call *c, const struct found *f, struct item *i);
/* The target for one's own folder, when a request names none. */
bool own_folder(struct call *c, enum folder_kind folder, struct target *t);

#endif
