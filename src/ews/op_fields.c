/*
 * Op_fields: the fields of a booking, checked and written.
 *
 * Rules: one table of fields in the order of the schema serves making and changing. Every time is
 * absolute: with Z, or for whole days as local midnight with its offset; the zone beside it says
 * what people are shown. A change sets one field at a time, and all of the time together.
 */
#include "op_fields.h"

#include <stdio.h>
#include <string.h>

#include "exchange/clean.h"
#include "platform/clock.h"
#include "platform/str.h"

/* What Exchange would refuse, or would take very long for, is refused before it is asked. */
enum {
	ATTENDEES_MAX = 200,
	REMINDER_MAX = 2629800, /* minutes: the schema's limit */
	LENGTH_DAYS = 5 * 365
};

/* A booking without a zone of its own is shown in the zone of whoever asks. */
static const char *zone_of(const struct dialect_ask *ask, const struct booking *b)
{
	if (!str_empty(b->zone))
		return b->zone;
	return str_empty(ask->zone) ? "UTC" : ask->zone;
}

/* --- checks --- */

/* Where the clock goes forward at midnight, the day begins at the moment behind the gap. */
static int check_midnight(const char *zone, int64_t t, struct err *e)
{
	struct zone_local l;
	int64_t midnight;

	if (zone_from_unix(zone, t, &l) == 0) {
		l.hour = l.minute = l.second = 0;
		if (zone_to_unix(zone, &l, &midnight) == 0 && midnight == t)
			return 0;
	}
	return ERR(e, ERR_INPUT,
		"A booking of whole days must begin and end at midnight in its time zone.",
		"no midnight in %s: %lld", zone, (long long)t);
}

/* A zone that Exchange cannot name would be taken as another one, and whole days would move. */
static int check_time(const struct op_pen *p, struct err *e)
{
	const struct booking *b = p->b;
	char zone[ZONE_NAME];

	if (op_check_window(b->start, b->end, LENGTH_DAYS, e) < 0)
		return -1;
	if (!p->windows[0]) {
		clean_text(zone, sizeof(zone), p->zone, strlen(p->zone));
		ERR(e, ERR_INPUT, NULL, "no Windows name for zone %s", zone);
		return err_say(e,
			"Exchange has no name for the time zone \"%s\". Choose another one.", zone);
	}
	if (!b->all_day)
		return 0;
	return check_midnight(p->zone, b->start, e) < 0 ? -1 : check_midnight(p->zone, b->end, e);
}

static int check_attendees(const struct op_pen *p, struct err *e)
{
	const struct booking *b = p->b;
	size_t i;

	if (b->attendee_count &&
		op_check_count(b->attendee_count, ATTENDEES_MAX, "attendees", e) < 0)
		return -1;
	for (i = 0; i < b->attendee_count; i++) {
		const struct attendee *who = &b->attendees[i];

		if (op_check_address(who->address, e) < 0 ||
			op_check_line(who->name, OP_LINE_MAX, "name of an attendee", e) < 0)
			return -1;
		if (who->kind < ATTENDEE_REQUIRED || who->kind > ATTENDEE_ROOM)
			return ERR(e, ERR_INPUT, NULL, "attendee of kind %d", who->kind);
	}
	return 0;
}

static int check_subject(const struct op_pen *p, struct err *e)
{
	return op_check_line(p->b->subject, OP_LINE_MAX, "subject", e);
}

static int check_body(const struct op_pen *p, struct err *e)
{
	return op_check_text(p->b->body, OP_TEXT_MAX, "text", e);
}

static int check_location(const struct op_pen *p, struct err *e)
{
	return op_check_line(p->b->location, OP_LINE_MAX, "location", e);
}

static int check_reminder(const struct op_pen *p, struct err *e)
{
	if (p->b->reminder >= -1 && p->b->reminder <= REMINDER_MAX)
		return 0;
	return ERR(e, ERR_INPUT, "The reminder is too early. Choose a time nearer to the start.",
		"reminder of %d min", p->b->reminder);
}

/* "Nobody knows" is an answer, not something to ask for. */
static int check_kind(const struct op_pen *p, struct err *e)
{
	if (p->b->kind >= BUSY_FREE && p->b->kind < BUSY_UNKNOWN)
		return 0;
	return ERR(e, ERR_INPUT, "Choose how the time is shown: free, tentative, busy or away.",
		"busy kind %d", (int)p->b->kind);
}

/* Only what is written is looked at. */
static const struct {
	unsigned bit;
	int (*check)(const struct op_pen *p, struct err *e);
} checks[] = {
	{ BOOKING_SUBJECT, check_subject },
	{ BOOKING_BODY, check_body },
	{ BOOKING_TIME, check_time },
	{ BOOKING_LOCATION, check_location },
	{ BOOKING_KIND, check_kind },
	{ BOOKING_ATTENDEES, check_attendees },
	{ BOOKING_REMINDER, check_reminder },
};

int op_pen_check(const struct op_pen *p, unsigned fields, struct err *e)
{
	size_t i;

	for (i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		if (fields & checks[i].bit && checks[i].check(p, e) < 0)
			return -1;
	return 0;
}

void op_pen_init(struct op_pen *p, struct xml_write *w, const struct dialect_ask *ask,
	const struct booking *b)
{
	*p = (struct op_pen){ .w = w, .b = b, .version = ask->version, .zone = zone_of(ask, b) };
	if (zone_to_windows(p->zone, p->windows) < 0)
		p->windows[0] = '\0';
}

/* --- fields --- */

static const char *text_or_none(const char *s)
{
	return s ? s : "";
}

/* Local midnight with its offset. An offset that is no whole minute cannot be said; then Z. */
static void day_text(const char *zone, int64_t t, char *dst, size_t size)
{
	struct zone_local l = { 0 };
	int64_t ahead = 1;

	if (zone_from_unix(zone, t, &l) == 0)
		ahead = zone_days(l.year, l.month, l.day) * 86400 + l.hour * 3600 + l.minute * 60 +
			l.second - t;
	if (ahead % 60) {
		clock_iso(dst, size, t);
		return;
	}
	snprintf(dst, size, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", l.year, l.month, l.day,
		l.hour, l.minute, l.second, ahead < 0 ? '-' : '+',
		(int)((ahead < 0 ? -ahead : ahead) / 3600),
		(int)((ahead < 0 ? -ahead : ahead) / 60 % 60));
}

static void write_moment(const struct op_pen *p, const char *name, int64_t t)
{
	char text[96];

	if (!p->b->all_day) {
		xml_leaf_time(p->w, name, t);
		return;
	}
	day_text(p->zone, t, text, sizeof(text));
	xml_leaf(p->w, name, text);
}

static void write_subject(const struct op_pen *p)
{
	xml_leaf(p->w, "t:Subject", text_or_none(p->b->subject));
}

static void write_sensitivity(const struct op_pen *p)
{
	xml_leaf(p->w, "t:Sensitivity", p->b->private ? "Private" : "Normal");
}

/* An empty text is set like any other: taking a body away is not known to work everywhere. */
static void write_body(const struct op_pen *p)
{
	op_text(p->w, "t:Body", p->b->body);
}

/* Said in any case, so that nothing depends on what Exchange would choose. */
static void write_reminder(const struct op_pen *p)
{
	xml_leaf_bool(p->w, "t:ReminderIsSet", p->b->reminder >= 0);
}

static int has_reminder(const struct op_pen *p)
{
	return p->b->reminder >= 0;
}

static void write_minutes(const struct op_pen *p)
{
	xml_leaf_int(p->w, "t:ReminderMinutesBeforeStart", p->b->reminder);
}

static void write_tag(const struct op_pen *p)
{
	ews_tag(p->w, p->b->tag);
}

static void write_start(const struct op_pen *p)
{
	write_moment(p, "t:Start", p->b->start);
}

static void write_end(const struct op_pen *p)
{
	write_moment(p, "t:End", p->b->end);
}

static void write_all_day(const struct op_pen *p)
{
	xml_leaf_bool(p->w, "t:IsAllDayEvent", p->b->all_day != 0);
}

static void write_kind(const struct op_pen *p)
{
	xml_leaf(p->w, "t:LegacyFreeBusyStatus", ews_busy_word(p->b->kind, p->version));
}

static int has_location(const struct op_pen *p)
{
	return !str_empty(p->b->location);
}

static void write_location(const struct op_pen *p)
{
	xml_leaf(p->w, "t:Location", p->b->location);
}

static int has_attendees(const struct op_pen *p)
{
	return p->b->attendee_count > 0;
}

/* Otherwise nobody answers, and nothing is learnt of who comes. */
static void write_asked(const struct op_pen *p)
{
	xml_leaf_bool(p->w, "t:IsResponseRequested", 1);
}

static int has_kind(const struct op_pen *p, int kind)
{
	size_t i;

	for (i = 0; i < p->b->attendee_count; i++)
		if (p->b->attendees[i].kind == kind)
			return 1;
	return 0;
}

static void write_person(struct xml_write *w, const struct attendee *who)
{
	xml_open(w, "t:Attendee");
	xml_open(w, "t:Mailbox");
	if (!str_empty(who->name))
		xml_leaf(w, "t:Name", who->name);
	xml_leaf(w, "t:EmailAddress", who->address);
	xml_close(w);
	xml_close(w);
}

static void write_people(const struct op_pen *p, const char *element, int kind)
{
	size_t i;

	xml_open(p->w, element);
	for (i = 0; i < p->b->attendee_count; i++)
		if (p->b->attendees[i].kind == kind)
			write_person(p->w, &p->b->attendees[i]);
	xml_close(p->w);
}

static int has_required(const struct op_pen *p)
{
	return has_kind(p, ATTENDEE_REQUIRED);
}

static void write_required(const struct op_pen *p)
{
	write_people(p, "t:RequiredAttendees", ATTENDEE_REQUIRED);
}

static int has_optional(const struct op_pen *p)
{
	return has_kind(p, ATTENDEE_OPTIONAL);
}

static void write_optional(const struct op_pen *p)
{
	write_people(p, "t:OptionalAttendees", ATTENDEE_OPTIONAL);
}

static int has_rooms(const struct op_pen *p)
{
	return has_kind(p, ATTENDEE_ROOM);
}

static void write_rooms(const struct op_pen *p)
{
	write_people(p, "t:Resources", ATTENDEE_ROOM);
}

/* A zone for the whole item before 2010, for start and end since. */
static int is_old(const struct op_pen *p)
{
	return p->version < EWS_2010;
}

static int is_new(const struct op_pen *p)
{
	return p->version >= EWS_2010;
}

static void write_meeting_zone(const struct op_pen *p)
{
	xml_mark(p->w, "t:MeetingTimeZone", "TimeZoneName", p->windows);
}

static void write_start_zone(const struct op_pen *p)
{
	xml_mark(p->w, "t:StartTimeZone", "Id", p->windows);
}

static void write_end_zone(const struct op_pen *p)
{
	xml_mark(p->w, "t:EndTimeZone", "Id", p->windows);
}

enum { SKIP, CLEAR }; /* what a change does to a field that is not there */

/* In the order of the schema. bit 0: only when it is made. */
static const struct field_row {
	unsigned bit;
	int absent;
	const char *uri;
	int (*there)(const struct op_pen *p); /* NULL = always */
	void (*write)(const struct op_pen *p);
} rows[] = {
	{ BOOKING_SUBJECT, SKIP, "item:Subject", NULL, write_subject },
	{ BOOKING_PRIVATE, SKIP, "item:Sensitivity", NULL, write_sensitivity },
	{ BOOKING_BODY, SKIP, "item:Body", NULL, write_body },
	{ BOOKING_REMINDER, SKIP, "item:ReminderIsSet", NULL, write_reminder },
	{ BOOKING_REMINDER, SKIP, "item:ReminderMinutesBeforeStart", has_reminder, write_minutes },
	{ 0, SKIP, NULL, NULL, write_tag },
	{ BOOKING_TIME, SKIP, "calendar:Start", NULL, write_start },
	{ BOOKING_TIME, SKIP, "calendar:End", NULL, write_end },
	{ BOOKING_TIME, SKIP, "calendar:IsAllDayEvent", NULL, write_all_day },
	{ BOOKING_KIND, SKIP, "calendar:LegacyFreeBusyStatus", NULL, write_kind },
	{ BOOKING_LOCATION, CLEAR, "calendar:Location", has_location, write_location },
	{ BOOKING_ATTENDEES, SKIP, "calendar:IsResponseRequested", has_attendees, write_asked },
	{ BOOKING_ATTENDEES, CLEAR, "calendar:RequiredAttendees", has_required, write_required },
	{ BOOKING_ATTENDEES, CLEAR, "calendar:OptionalAttendees", has_optional, write_optional },
	{ BOOKING_ATTENDEES, CLEAR, "calendar:Resources", has_rooms, write_rooms },
	{ BOOKING_TIME, SKIP, "calendar:MeetingTimeZone", is_old, write_meeting_zone },
	{ BOOKING_TIME, SKIP, "calendar:StartTimeZone", is_new, write_start_zone },
	{ BOOKING_TIME, SKIP, "calendar:EndTimeZone", is_new, write_end_zone },
};
enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static int is_there(const struct op_pen *p, const struct field_row *row)
{
	return !row->there || row->there(p);
}

void op_pen_create(const struct op_pen *p)
{
	size_t i;

	for (i = 0; i < ROWS; i++)
		if (is_there(p, &rows[i]))
			rows[i].write(p);
}

/* One field for each: Exchange refuses two in one. */
static void write_set(const struct op_pen *p, const struct field_row *row)
{
	xml_open(p->w, "t:SetItemField");
	ews_field(p->w, row->uri);
	xml_open(p->w, "t:CalendarItem");
	row->write(p);
	xml_close(p->w);
	xml_close(p->w);
}

static void write_delete(const struct op_pen *p, const struct field_row *row)
{
	xml_open(p->w, "t:DeleteItemField");
	ews_field(p->w, row->uri);
	xml_close(p->w);
}

void op_pen_update(const struct op_pen *p, unsigned fields)
{
	size_t i;

	xml_open(p->w, "t:Updates");
	for (i = 0; i < ROWS; i++) {
		if (!(rows[i].bit & fields))
			continue;
		if (is_there(p, &rows[i]))
			write_set(p, &rows[i]);
		else if (rows[i].absent == CLEAR)
			write_delete(p, &rows[i]);
	}
	xml_close(p->w);
}
