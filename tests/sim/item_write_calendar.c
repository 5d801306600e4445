/*
 * Item_write_calendar: the fields of calendar items and of meeting mail, in schema order.
 *
 * Meeting mail has some of a calendar item's fields in another order, so a field may stand in two
 * rows, each for other elements. Times always carry Z.
 */
#include "sim/op_item.h"
#include <stdlib.h>
#include <string.h>

/* One day of a series. */
static bool occurs(const struct view *v)
{
	return v->master != NULL;
}

/* A series itself. */
static bool recurs(const struct item *i)
{
	return i->recurrence && i->recurrence->pattern != PATTERN_NONE;
}

/* Where nothing was said, UTC. */
static const struct zone *zone_of(const struct view *v)
{
	return v->item->zone ? v->item->zone : zones;
}

/* In whose calendar that is: a delegate's copy speaks of its owner's. */
static struct mailbox *concerned(const struct view *v)
{
	return v->item->sent_to ? v->item->sent_to : v->in->mailbox;
}

/* The calendar item this meeting mail speaks of; NULL when there is none. */
static const struct item *associated(const struct view *v)
{
	const struct item *i = store_folder(store_of(v->c->world, concerned(v)), FOLDER_CALENDAR);

	for (; i; i = i->next)
		if (!i->deleted && v->item->uid && same(i->uid, v->item->uid))
			return i;
	return NULL;
}

static void write_associated(const struct view *v, struct text *out, const char *element)
{
	const struct item *i = associated(v);
	struct target in = *v->in;
	struct view a;

	if (!i)
		return;
	in.mailbox = concerned(v);
	in.explicit = in.mailbox != v->c->acting;
	view_item(&a, v->c, &in, i);
	item_write_id(&a, element, out);
}

static struct value get_delegated(const struct view *v)
{
	return value_flag(v->item->sent_to != NULL);
}

/* A later update has come since. */
static struct value get_out_of_date(const struct view *v)
{
	const struct item *i = associated(v);

	return value_flag(i && i->sequence > v->item->sequence);
}

static struct value get_processed(const struct view *v)
{
	return value_flag(associated(v) != NULL);
}

static struct value get_response(const struct view *v)
{
	return value_text(response_names[v->item->my_response]);
}

static struct value get_uid(const struct view *v)
{
	return value_text(v->item->uid);
}

/* Of meeting mail too, when it speaks of one day. */
static struct value get_recurrence_id(const struct view *v)
{
	return occurs(v) ? value_time(v->original) : value_time(v->item->original);
}

static struct value get_stamp(const struct view *v)
{
	return value_time(v->item->modified ? v->item->modified : v->item->created);
}

/* Whoever has an appointment of his own is its organizer. */
static struct value get_organizer_here(const struct view *v)
{
	return value_flag(v->item->organizer_here || !v->item->meeting);
}

static struct value get_request_type(const struct view *v)
{
	return value_text(v->item->sequence ? "FullUpdate" : "NewMeetingRequest");
}

static struct value get_start(const struct view *v)
{
	return value_time(v->start);
}

static struct value get_end(const struct view *v)
{
	return value_time(v->end);
}

/* Only days of a series have one. */
static struct value get_original(const struct view *v)
{
	return value_time(occurs(v) ? v->original : 0);
}

static struct value get_all_day(const struct view *v)
{
	return value_flag(v->item->all_day);
}

/* WorkingElsewhere came with Exchange 2013; before, it reads as free. */
static struct value busy_value(const struct view *v, enum busy busy)
{
	if (busy == BUSY_ELSEWHERE && v->c->level < LEVEL_2013)
		busy = BUSY_FREE;
	return value_text(busy_names[busy]);
}

static struct value get_busy(const struct view *v)
{
	return busy_value(v, v->item->busy);
}

static struct value get_intended(const struct view *v)
{
	bool asked = v->item->meeting && !v->item->organizer_here;

	return busy_value(v, asked ? v->item->intended : BUSY_NODATA);
}

static struct value get_location(const struct view *v)
{
	return value_text(v->item->location ? v->item->location : "");
}

static struct value get_meeting(const struct view *v)
{
	return value_flag(v->item->meeting);
}

static struct value get_cancelled(const struct view *v)
{
	return value_flag(v->item->cancelled);
}

static struct value get_recurring(const struct view *v)
{
	return value_flag(occurs(v) || recurs(v->item));
}

static struct value get_invited(const struct view *v)
{
	return value_flag(v->item->invited);
}

static struct value get_asked(const struct view *v)
{
	return value_flag(v->item->response_requested);
}

/* An exception's item knows its master; an occurrence without one only in the view. */
static struct value get_type(const struct view *v)
{
	if (v->item->master)
		return value_text("Exception");
	if (occurs(v))
		return value_text("Occurrence");
	return value_text(recurs(v->item) ? "RecurringMaster" : "Single");
}

/* As recorded: of an appointment without people one is the organizer. */
static struct value get_my_response(const struct view *v)
{
	if (!v->item->meeting && v->item->class == ITEM_CALENDAR)
		return value_text("Organizer");
	return value_text(response_names[v->item->my_response]);
}

/* Whose calendar it is, when nothing else was said. */
static void write_organizer(const struct view *v, struct text *out, const char *element)
{
	const struct mailbox *m = v->in->mailbox;
	struct person own = { .name = m->name, .address = m->address };

	person_write(v->c, out, element, v->item->organizer.address ? &v->item->organizer : &own);
}

static void write_attendee(const struct view *v, struct text *out, const struct attendee *a)
{
	/* Answers are known to the organizer only. */
	bool told = v->item->organizer_here || v->item->class != ITEM_CALENDAR;
	enum response answer = told ? a->response : RESPONSE_UNKNOWN;

	xml_open(out, "t:Attendee");
	person_write(v->c, out, NULL, &a->who);
	xml_el(out, "t:ResponseType", response_names[answer]);
	if (told && a->answered) {
		xml_open(out, "t:LastResponseTime");
		when_write_utc(out, a->answered);
		xml_close(out, "t:LastResponseTime");
	}
	xml_close(out, "t:Attendee");
}

static void write_attendees(
	const struct view *v, struct text *out, const char *element, enum attendee_kind kind)
{
	bool any = false;

	for (int n = 0; n < v->item->n_attendees; n++) {
		const struct attendee *a = &v->item->attendees[n];
		if (a->kind != kind || !a->who.address)
			continue;
		if (!any)
			xml_open(out, element);
		any = true;
		write_attendee(v, out, a);
	}
	if (any)
		xml_close(out, element);
}

static void write_required(const struct view *v, struct text *out, const char *element)
{
	write_attendees(v, out, element, ATTENDEE_REQUIRED);
}

static void write_optional(const struct view *v, struct text *out, const char *element)
{
	write_attendees(v, out, element, ATTENDEE_OPTIONAL);
}

static void write_resources(const struct view *v, struct text *out, const char *element)
{
	write_attendees(v, out, element, ATTENDEE_RESOURCE);
}

/* Others in the same calendar that overlap (adjacent false), or touch. */
static struct value count_near(const struct view *v, bool adjacent)
{
	struct calendar_view near;
	int64_t n = 0;

	calendar_view(v->c->world, v->in->mailbox, v->start - 1, v->end + 1, &near);
	for (int k = 0; k < near.n; k++) {
		const struct occurrence *o = &near.at[k];
		const struct item *kept = o->master ? o->master : o->item;
		if (same(kept->uid, v->item->uid) || o->item->busy == BUSY_FREE)
			continue;
		bool overlaps = o->start < v->end && o->end > v->start;
		bool touches = o->start == v->end || o->end == v->start;
		n += adjacent ? touches : overlaps;
	}
	calendar_done(&near);
	return value_number(n);
}

static struct value get_conflicts(const struct view *v)
{
	return count_near(v, false);
}

static struct value get_adjacent(const struct view *v)
{
	return count_near(v, true);
}

static void write_duration(const struct view *v, struct text *out, const char *element)
{
	xml_open(out, element);
	duration_write(out, v->end - v->start);
	xml_close(out, element);
}

static struct value get_zone_name(const struct view *v)
{
	return value_text(zone_of(v)->name);
}

static struct value get_answered(const struct view *v)
{
	return value_time(v->item->my_answered);
}

static struct value get_sequence(const struct view *v)
{
	return value_number(v->item->sequence);
}

/* [MS-OXOCAL] PidLidAppointmentStateFlags: meeting, received, cancelled. */
static struct value get_state(const struct view *v)
{
	const struct item *i = v->item;
	int state = i->meeting ? 1 : 0;

	state |= i->meeting && !i->organizer_here ? 2 : 0;
	state |= i->cancelled ? 4 : 0;
	return value_number(state);
}

static void write_recurrence(const struct view *v, struct text *out, const char *element)
{
	if (!occurs(v) && recurs(v->item))
		recurrence_write(v->item, out, element);
}

static void write_occurrence(
	const struct view *v, struct text *out, const char *element, const struct occurrence *o)
{
	struct view one;

	view_occurrence(&one, v->c, v->in, o);
	xml_open(out, element);
	item_write_id(&one, "t:ItemId", out);
	xml_open(out, "t:Start");
	when_write_utc(out, o->start);
	xml_close(out, "t:Start");
	xml_open(out, "t:End");
	when_write_utc(out, o->end);
	xml_close(out, "t:End");
	xml_open(out, "t:OriginalStart");
	when_write_utc(out, o->original);
	xml_close(out, "t:OriginalStart");
	xml_close(out, element);
}

static void write_first(const struct view *v, struct text *out, const char *element)
{
	struct occurrence o;
	int n = 1;

	if (occurs(v) || !recurs(v->item))
		return;
	/* The first that was not deleted. */
	while (!item_instance(v->item, n, &o))
		if (!o.instance || n++ > v->item->n_exceptions)
			return;
	write_occurrence(v, out, element, &o);
}

/* A series without end has no last one. */
static void write_last(const struct view *v, struct text *out, const char *element)
{
	struct occurrence o;

	if (!occurs(v) && recurs(v->item) && item_last(v->item, &o))
		write_occurrence(v, out, element, &o);
}

static void write_changed(const struct view *v, struct text *out, const char *element)
{
	const struct item *i = v->item;
	bool any = false;

	for (int n = 0; !occurs(v) && n < i->n_exceptions; n++) {
		const struct exception *e = &i->exceptions[n];
		if (!e->item)
			continue;
		if (!any)
			xml_open(out, element);
		any = true;
		struct occurrence o = { .item = e->item,
			.master = i,
			.start = e->item->start,
			.end = e->item->end,
			.original = e->original };
		write_occurrence(v, out, "t:Occurrence", &o);
	}
	if (any)
		xml_close(out, element);
}

static void write_deleted(const struct view *v, struct text *out, const char *element)
{
	const struct item *i = v->item;
	bool any = false;

	for (int n = 0; !occurs(v) && n < i->n_exceptions; n++) {
		if (!i->exceptions[n].deleted)
			continue;
		if (!any)
			xml_open(out, element);
		any = true;
		text_puts(out, "<t:DeletedOccurrence><t:Start>");
		when_write_utc(out, i->exceptions[n].original);
		text_puts(out, "</t:Start></t:DeletedOccurrence>");
	}
	if (any)
		xml_close(out, element);
}

/* Exchange 2010 has StartTimeZone in its place. */
static void write_meeting_zone(const struct view *v, struct text *out, const char *element)
{
	if (v->c->level >= LEVEL_2010)
		return;
	text_printf(out, "<%s TimeZoneName=\"", element);
	xml_text(out, zone_of(v)->id);
	text_puts(out, "\"/>");
}

/* With its rules up to Exchange 2010. */
static void write_zone(const struct view *v, struct text *out, const char *element)
{
	zone_write(out, element, zone_of(v), v->c->level < LEVEL_2013);
}

static struct value get_zero(const struct view *v)
{
	(void)v;
	return value_number(0);
}

static struct value get_yes(const struct view *v)
{
	(void)v;
	return value_flag(true);
}

static struct value get_no(const struct view *v)
{
	(void)v;
	return value_flag(false);
}

/* With the offset of that day. */
static void write_wall_clock(const struct view *v, struct text *out, const char *element, utc_t at)
{
	xml_open(out, element);
	when_write_offset(out, at, -zone_bias_at(zone_of(v), at));
	xml_close(out, element);
}

static void write_start_clock(const struct view *v, struct text *out, const char *element)
{
	write_wall_clock(v, out, element, v->start);
}

static void write_end_clock(const struct view *v, struct text *out, const char *element)
{
	write_wall_clock(v, out, element, v->end);
}

static struct value get_zone_id(const struct view *v)
{
	return value_text(zone_of(v)->id);
}

#define NOTICE (ON_RESPONSE | ON_CANCELLATION)
#define F2007 LEVEL_2007
#define F2010 LEVEL_2010
#define F2013 LEVEL_2013

const struct field event_fields[] = {
	{ "meeting:AssociatedCalendarItemId", "t:AssociatedCalendarItemId", F2007, ON_MEETING,
		IN_BOTH | NOT_FOUND, NULL, write_associated },
	{ "meeting:IsDelegated", "t:IsDelegated", F2007, ON_MEETING, IN_ALL, get_delegated, NULL },
	{ "meeting:IsOutOfDate", "t:IsOutOfDate", F2007, ON_MEETING, IN_ALL | NOT_FOUND,
		get_out_of_date, NULL },
	{ "meeting:HasBeenProcessed", "t:HasBeenProcessed", F2007, ON_MEETING, IN_ALL,
		get_processed, NULL },
	{ "meeting:ResponseType", "t:ResponseType", F2007, ON_MEETING, IN_BOTH, get_response,
		NULL },
	{ "calendar:UID", "t:UID", F2007, ON_ANY & ~ON_MESSAGE, IN_BOTH | OPEN, get_uid, NULL },
	{ "calendar:RecurrenceId", "t:RecurrenceId", F2007, ON_ANY & ~ON_MESSAGE, IN_ALL | OPEN,
		get_recurrence_id, NULL },
	{ "calendar:DateTimeStamp", "t:DateTimeStamp", F2007, ON_ANY & ~ON_MESSAGE, IN_ALL | OPEN,
		get_stamp, NULL },
	{ "calendar:IsOrganizer", "t:IsOrganizer", F2013, ON_MEETING, IN_ALL, get_organizer_here,
		NULL },
	{ "meetingRequest:MeetingRequestType", "t:MeetingRequestType", F2007, ON_REQUEST, IN_BOTH,
		get_request_type, NULL },
	{ "meetingRequest:IntendedFreeBusyStatus", "t:IntendedFreeBusyStatus", F2007, ON_REQUEST,
		IN_BOTH, get_busy, NULL },
	{ "calendar:Start", "t:Start", F2007, ON_EVENT, IN_BOTH | OPEN, get_start, NULL },
	{ "calendar:End", "t:End", F2007, ON_EVENT, IN_BOTH | OPEN, get_end, NULL },
	{ "calendar:OriginalStart", "t:OriginalStart", F2007, ON_EVENT, IN_ALL | OPEN, get_original,
		NULL },
	{ "calendar:IsAllDayEvent", "t:IsAllDayEvent", F2007, ON_EVENT, IN_ALL | OPEN, get_all_day,
		NULL },
	{ "calendar:LegacyFreeBusyStatus", "t:LegacyFreeBusyStatus", F2007, ON_EVENT,
		IN_BOTH | OPEN, get_busy, NULL },
	{ "calendar:Location", "t:Location", F2007, ON_EVENT, IN_BOTH, get_location, NULL },
	{ "calendar:IsMeeting", "t:IsMeeting", F2007, ON_EVENT, IN_ALL | OPEN, get_meeting, NULL },
	{ "calendar:IsCancelled", "t:IsCancelled", F2007, ON_EVENT, IN_ALL | OPEN, get_cancelled,
		NULL },
	{ "calendar:IsRecurring", "t:IsRecurring", F2007, ON_EVENT, IN_ALL | OPEN, get_recurring,
		NULL },
	{ "calendar:MeetingRequestWasSent", "t:MeetingRequestWasSent", F2007, ON_EVENT, IN_ALL,
		get_invited, NULL },
	{ "calendar:IsResponseRequested", "t:IsResponseRequested", F2007, ON_CALENDAR, IN_ALL,
		get_asked, NULL },
	{ "calendar:CalendarItemType", "t:CalendarItemType", F2007, ON_EVENT, IN_BOTH | OPEN,
		get_type, NULL },
	{ "calendar:MyResponseType", "t:MyResponseType", F2007, ON_EVENT, IN_BOTH, get_my_response,
		NULL },
	{ "calendar:Organizer", "t:Organizer", F2007, ON_EVENT, IN_BOTH, NULL, write_organizer },
	{ "calendar:RequiredAttendees", "t:RequiredAttendees", F2007, ON_EVENT, IN_BOTH | NOT_FOUND,
		NULL, write_required },
	{ "calendar:OptionalAttendees", "t:OptionalAttendees", F2007, ON_EVENT, IN_BOTH | NOT_FOUND,
		NULL, write_optional },
	{ "calendar:Resources", "t:Resources", F2007, ON_EVENT, IN_ALL | NOT_FOUND, NULL,
		write_resources },
	{ "calendar:ConflictingMeetingCount", "t:ConflictingMeetingCount", F2007, ON_EVENT,
		IN_ALL | NOT_FOUND, get_conflicts, NULL },
	{ "calendar:AdjacentMeetingCount", "t:AdjacentMeetingCount", F2007, ON_EVENT,
		IN_ALL | NOT_FOUND, get_adjacent, NULL },
	{ "calendar:Duration", "t:Duration", F2007, ON_EVENT, IN_ALL | OPEN, NULL, write_duration },
	{ "calendar:TimeZone", "t:TimeZone", F2007, ON_EVENT, IN_ALL | OPEN, get_zone_name, NULL },
	{ "calendar:AppointmentReplyTime", "t:AppointmentReplyTime", F2007, ON_EVENT, IN_ALL,
		get_answered, NULL },
	{ "calendar:AppointmentSequenceNumber", "t:AppointmentSequenceNumber", F2007, ON_EVENT,
		IN_ALL, get_sequence, NULL },
	{ "calendar:AppointmentState", "t:AppointmentState", F2007, ON_EVENT, IN_ALL, get_state,
		NULL },
	{ "calendar:Start", "t:Start", F2013, NOTICE, IN_BOTH, get_start, NULL },
	{ "calendar:End", "t:End", F2013, NOTICE, IN_BOTH, get_end, NULL },
	{ "calendar:Location", "t:Location", F2013, NOTICE, IN_BOTH, get_location, NULL },
	{ "calendar:Recurrence", "t:Recurrence", F2007, ON_EVENT, IN_ALL | NOT_FOUND, NULL,
		write_recurrence },
	{ "calendar:CalendarItemType", "t:CalendarItemType", F2013, NOTICE, IN_BOTH, get_type,
		NULL },
	{ "calendar:FirstOccurrence", "t:FirstOccurrence", F2007, ON_CALENDAR, IN_ALL | NOT_FOUND,
		NULL, write_first },
	{ "calendar:LastOccurrence", "t:LastOccurrence", F2007, ON_CALENDAR, IN_ALL | NOT_FOUND,
		NULL, write_last },
	{ "calendar:ModifiedOccurrences", "t:ModifiedOccurrences", F2007, ON_CALENDAR,
		IN_ALL | NOT_FOUND, NULL, write_changed },
	{ "calendar:DeletedOccurrences", "t:DeletedOccurrences", F2007, ON_CALENDAR,
		IN_ALL | NOT_FOUND, NULL, write_deleted },
	{ "calendar:MeetingTimeZone", "t:MeetingTimeZone", F2007, ON_EVENT, IN_ALL | NOT_FOUND,
		NULL, write_meeting_zone },
	{ "calendar:StartTimeZone", "t:StartTimeZone", F2010, ON_EVENT, IN_ALL | NOT_FOUND | OPEN,
		NULL, write_zone },
	{ "calendar:EndTimeZone", "t:EndTimeZone", F2010, ON_EVENT, IN_ALL | NOT_FOUND | OPEN, NULL,
		write_zone },
	{ "calendar:ConferenceType", "t:ConferenceType", F2007, ON_EVENT, IN_ALL | NOT_FOUND,
		get_zero, NULL },
	{ "calendar:AllowNewTimeProposal", "t:AllowNewTimeProposal", F2007, ON_EVENT,
		IN_ALL | NOT_FOUND, get_yes, NULL },
	{ "calendar:IsOnlineMeeting", "t:IsOnlineMeeting", F2007, ON_EVENT, IN_ALL, get_no, NULL },
	{ "calendar:StartWallClock", "t:StartWallClock", F2013, ON_EVENT, IN_ALL | OPEN, NULL,
		write_start_clock },
	{ "calendar:EndWallClock", "t:EndWallClock", F2013, ON_EVENT, IN_ALL | OPEN, NULL,
		write_end_clock },
	{ "calendar:StartTimeZoneId", "t:StartTimeZoneId", F2013, ON_EVENT, IN_ALL | OPEN,
		get_zone_id, NULL },
	{ "calendar:EndTimeZoneId", "t:EndTimeZoneId", F2013, ON_EVENT, IN_ALL | OPEN, get_zone_id,
		NULL },
	{ "calendar:IntendedFreeBusyStatus", "t:IntendedFreeBusyStatus", F2013, ON_CALENDAR, IN_ALL,
		get_intended, NULL },
	{ "calendar:IsOrganizer", "t:IsOrganizer", F2013, ON_CALENDAR, IN_ALL, get_organizer_here,
		NULL },
	{ NULL, NULL, F2007, 0, 0, NULL, NULL },
};
_Static_assert(sizeof event_fields / sizeof *event_fields <= FIELDS_MAX, "raise FIELDS_MAX");
