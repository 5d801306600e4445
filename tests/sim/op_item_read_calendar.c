/*
 * Op_item_read_calendar: properties of calendar items in a request, and what follows from them
 * together: start, end, whole days and series.
 *
 * A time with Z or an offset is absolute. A bare one is read in the item's own zone when one is
 * given, else in the request's TimeZoneContext, else in UTC. The zone an item is made in decides
 * where its whole days begin.
 */
#include "sim/op_item.h"
#include <stdlib.h>
#include <string.h>

#define DAY ((int64_t)86400)

static const char *read_uid(struct draft *d, xmlNode *n)
{
	d->uid = node_text(d->c, n);
	return NULL;
}

/* Times are looked at together when all was read. */
static const char *read_time(struct draft *d, xmlNode *n, const char **to)
{
	int64_t at;
	enum when_kind kind;

	*to = node_text(d->c, n);
	if (!*to || !when_read(*to, &at, &kind))
		return "ErrorInvalidPropertySet";
	d->times_given = true;
	return NULL;
}

static const char *read_start(struct draft *d, xmlNode *n)
{
	return read_time(d, n, &d->start);
}

static const char *read_end(struct draft *d, xmlNode *n)
{
	return read_time(d, n, &d->end);
}

static const char *read_all_day(struct draft *d, xmlNode *n)
{
	d->item->all_day = truth(node_text(d->c, n));
	d->times_given = true;
	return NULL;
}

/* By name, as in answers. */
static const char *read_busy(struct draft *d, xmlNode *n)
{
	const char *s = node_text(d->c, n);

	for (int k = BUSY_FREE; k <= BUSY_NODATA; k++)
		if (same(busy_names[k], s)) {
			d->item->busy = (enum busy)k;
			return NULL;
		}
	return "ErrorInvalidPropertySet";
}

static const char *read_location(struct draft *d, xmlNode *n)
{
	free(d->item->location);
	d->item->location = copy(node_text(d->c, n));
	return NULL;
}

/* The display name is all that is kept of it. */
static const char *read_enhanced_location(struct draft *d, xmlNode *n)
{
	return read_location(d, node_child(n, NS_T, "DisplayName"));
}

static const char *read_asked(struct draft *d, xmlNode *n)
{
	d->item->response_requested = truth(node_text(d->c, n));
	return NULL;
}

static const char *read_attendees(struct draft *d, xmlNode *n, enum attendee_kind kind)
{
	return read_people(d, n, &d->item->attendees, &d->item->n_attendees, kind);
}

static const char *read_required(struct draft *d, xmlNode *n)
{
	return read_attendees(d, n, ATTENDEE_REQUIRED);
}

static const char *read_optional(struct draft *d, xmlNode *n)
{
	return read_attendees(d, n, ATTENDEE_OPTIONAL);
}

static const char *read_resources(struct draft *d, xmlNode *n)
{
	return read_attendees(d, n, ATTENDEE_RESOURCE);
}

/* A single day of a series has no pattern of its own. */
static const char *read_recurrence(struct draft *d, xmlNode *n)
{
	if (d->item->master)
		return n ? "ErrorInvalidPropertySet" : NULL;
	return series_read(d, n);
}

static const char *read_meeting_zone(struct draft *d, xmlNode *n)
{
	const char *name = node_attribute(d->c, n, "TimeZoneName");

	/* Without a name: an empty element, or rules of its own, which stand for UTC here. */
	if (!name)
		return NULL;
	for (const struct zone *z = zones; z->id; z++)
		if (same_nocase(z->id, name)) {
			d->start_zone = d->end_zone = z;
			return NULL;
		}
	return "ErrorCalendarInvalidTimeZone";
}

/* An Id or rules of a zone we know. */
static const char *read_zone(struct draft *d, xmlNode *n, const struct zone **to)
{
	*to = zone_read(d->c, n);
	return *to ? NULL : "ErrorTimeZone";
}

static const char *read_start_zone(struct draft *d, xmlNode *n)
{
	return read_zone(d, n, &d->start_zone);
}

static const char *read_end_zone(struct draft *d, xmlNode *n)
{
	return read_zone(d, n, &d->end_zone);
}

static const char *read_nothing(struct draft *d, xmlNode *n)
{
	(void)d;
	(void)n;
	return NULL;
}

const struct reader event_readers[] = {
	{ "calendar:UID", ON_CALENDAR, 0, read_uid },
	{ "calendar:Start", ON_CALENDAR, READ_KEEP | READ_ORGANIZER, read_start },
	{ "calendar:End", ON_CALENDAR, READ_KEEP | READ_ORGANIZER, read_end },
	{ "calendar:IsAllDayEvent", ON_CALENDAR, READ_KEEP | READ_ORGANIZER, read_all_day },
	{ "calendar:LegacyFreeBusyStatus", ON_CALENDAR, READ_KEEP, read_busy },
	{ "calendar:Location", ON_CALENDAR, READ_ORGANIZER, read_location },
	{ "calendar:EnhancedLocation", ON_CALENDAR, READ_ORGANIZER, read_enhanced_location },
	{ "calendar:When", ON_CALENDAR, 0, read_nothing },
	{ "calendar:IsResponseRequested", ON_CALENDAR, READ_KEEP, read_asked },
	{ "calendar:RequiredAttendees", ON_CALENDAR, READ_APPEND | READ_ORGANIZER, read_required },
	{ "calendar:OptionalAttendees", ON_CALENDAR, READ_APPEND | READ_ORGANIZER, read_optional },
	{ "calendar:Resources", ON_CALENDAR, READ_APPEND | READ_ORGANIZER, read_resources },
	{ "calendar:InboxReminders", ON_CALENDAR, 0, read_nothing },
	{ "calendar:Recurrence", ON_CALENDAR, READ_ORGANIZER, read_recurrence },
	{ "calendar:MeetingTimeZone", ON_CALENDAR, 0, read_meeting_zone },
	{ "calendar:StartTimeZone", ON_CALENDAR, READ_KEEP, read_start_zone },
	{ "calendar:EndTimeZone", ON_CALENDAR, READ_KEEP, read_end_zone },
	{ "calendar:ConferenceType", ON_CALENDAR, 0, read_nothing },
	{ "calendar:AllowNewTimeProposal", ON_CALENDAR, 0, read_nothing },
	{ "calendar:IsOnlineMeeting", ON_CALENDAR, 0, read_nothing },
	{ "calendar:MeetingWorkspaceUrl", ON_CALENDAR, 0, read_nothing },
	{ "calendar:NetShowUrl", ON_CALENDAR, 0, read_nothing },
	{ NULL, 0, 0, NULL },
};

/* The absolute time of what was given; `s` was read before and is a time. */
static utc_t absolute(const struct zone *zone, const char *s)
{
	int64_t at = 0;
	enum when_kind kind = WHEN_ABSOLUTE;

	when_read(s, &at, &kind);
	return kind == WHEN_ABSOLUTE ? at : zone_utc(zone, at);
}

/* Floor, also before 1970. */
static local_t midnight(local_t t)
{
	int64_t rest = t % DAY;

	return t - (rest < 0 ? rest + DAY : rest);
}

/* An item without a start begins with the next half hour, and without an end lasts as long. */
static void given_times(struct draft *d)
{
	struct item *i = d->item;
	const struct zone *other = d->c->zone ? d->c->zone : zones;
	const struct zone *from = d->start_zone ? d->start_zone : other;
	const struct zone *to = d->end_zone ? d->end_zone : from;

	if (d->start)
		i->start = absolute(from, d->start);
	else if (d->creating)
		i->start = (d->c->now / 1800 + 1) * 1800;
	if (d->end)
		i->end = absolute(to, d->end);
	else if (d->creating)
		i->end = i->start + 1800;
	if (d->start_zone || !i->zone)
		i->zone = from;
}

/* A start within a day goes back to its midnight, an end goes on to the next. */
static void whole_days(struct item *i)
{
	local_t from = zone_local(i->zone, i->start), to = zone_local(i->zone, i->end);
	local_t first = midnight(from), last = midnight(to);

	if (last < to || last == first)
		last += DAY;
	i->start = zone_utc(i->zone, first);
	i->end = zone_utc(i->zone, last);
}

/* A series begins with the first day of its range that fits its pattern. */
static const char *series_times(struct draft *d)
{
	struct item *i = d->item;
	struct occurrence first;

	if (d->series_given) {
		local_t from = zone_local(i->zone, i->start), to = zone_local(i->zone, i->end);
		i->start = zone_utc(i->zone, d->series_day + (from - midnight(from)));
		i->end = zone_utc(i->zone, d->series_day + (to - midnight(from)));
	}
	if (!item_instance(i, 1, &first) && !first.instance)
		return "ErrorRecurrenceHasNoOccurrence";
	if (first.instance) {
		int64_t length = i->end - i->start;
		i->start = first.original;
		i->end = first.original + length;
	}
	return NULL;
}

/* When nothing was said of times, nothing is checked: what lies in a calendar may be older than
 * these rules. */
const char *draft_times(struct draft *d)
{
	struct item *i = d->item;

	if (!d->creating && !d->times_given && !d->start_zone)
		return NULL;
	given_times(d);
	if (i->end < i->start)
		return "ErrorCalendarEndDateIsEarlierThanStartDate";
	if (i->end - i->start > 5 * 366 * DAY)
		return "ErrorCalendarDurationIsTooLong";
	/* The days Outlook and Exchange know. */
	if (i->start < civil_at(1601, 1, 2, 0, 0, 0) || i->end > civil_at(4500, 1, 1, 0, 0, 0))
		return "ErrorCalendarOutOfRange";
	if (i->all_day)
		whole_days(i);
	const char *code = i->recurrence ? series_times(d) : NULL;
	d->times_changed = d->series_changed || i->start != d->was.start || i->end != d->was.end ||
		i->all_day != d->was.all_day;
	/* Exceptions belong to the pattern and the time they except from. */
	if (d->times_changed && !i->master)
		item_drop_exceptions(i);
	return code;
}
