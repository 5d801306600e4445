/*
 * One mailbox's busy time as the answer shows it. This is what a hundred mailboxes in one request
 * cost: pieces are copied, not formatted, and working hours are written once a zone.
 */
#include "sim/op_busy.h"

#include <stdlib.h>
#include <string.h>

#define PUT(t, literal) text_add((t), (literal), sizeof(literal) - 1)
#define FLAG(t, name, value)                                                                       \
	((value) ? PUT(t, "<t:" name ">true</t:" name ">")                                         \
		 : PUT(t, "<t:" name ">false</t:" name ">"))

/* The merged view keeps the highest of these while it is made. */
static const unsigned char ranks[] = { [BUSY_FREE] = 0,
	[BUSY_NODATA] = 1,
	[BUSY_ELSEWHERE] = 2,
	[BUSY_TENTATIVE] = 3,
	[BUSY_BUSY] = 4,
	[BUSY_OOF] = 5 };
/* By rank. Who does not know WorkingElsewhere calls NoData 4. */
static const char digits_new[] = "054123", digits_old[] = "040123";

enum busy busy_shown(const struct ask *a, enum busy b)
{
	return b == BUSY_ELSEWHERE && !a->elsewhere ? BUSY_FREE : b;
}

/* Any part of an interval counts for all of it. */
static void merge(struct ask *a, const struct calendar_view *v)
{
	for (int n = 0; n < v->n; n++) {
		const struct occurrence *o = &v->at[n];
		unsigned char rank = ranks[busy_shown(a, o->item->busy)];
		utc_t start = o->start > a->from ? o->start : a->from;
		utc_t end = o->end < a->to ? o->end : a->to;

		if (start >= end)
			continue;
		for (utc_t at = (start - a->from) / a->step; at * a->step < end - a->from; at++) {
			if (a->merged[at] < rank)
				a->merged[at] = rank;
		}
	}
}

/* Ranks become digits in place. */
static void write_merged(struct ask *a, struct text *t)
{
	const char *digits = a->elsewhere ? digits_new : digits_old;

	for (size_t n = 0; n < a->n_merged; n++)
		a->merged[n] = (unsigned char)digits[a->merged[n]];
	PUT(t, "<t:MergedFreeBusy>");
	text_add(t, a->merged, a->n_merged);
	PUT(t, "</t:MergedFreeBusy>");
}

static void write_time(struct ask *a, struct text *t, utc_t at)
{
	int bias = zone_bias_near(a->zone, at, &a->span);

	if (a->offsets)
		when_write_offset(t, at, -bias);
	else
		when_write_local(t, at - bias * 60);
}

/* Personal ones are shown. */
static bool is_private(const struct item *i)
{
	return i->sensitivity == SENSE_PRIVATE || i->sensitivity == SENSE_CONFIDENTIAL;
}

/* A cancelled meeting that nobody told its attendee about lacks the prefix. */
static void write_subject(struct text *t, const struct item *i)
{
	static const char prefix[] = "Canceled: ";
	const char *subject = i->subject != NULL ? i->subject : "";

	PUT(t, "<t:Subject>");
	if (i->cancelled && strncmp(subject, prefix, sizeof(prefix) - 1) != 0)
		PUT(t, prefix);
	xml_text(t, subject);
	PUT(t, "</t:Subject>");
}

/* Of a private one no more than that there is one. */
static void write_details(
	const struct ask *a, const struct mailbox *m, const struct occurrence *o, bool all)
{
	const struct item *i = o->item;
	const struct item *whole = o->master != NULL ? o->master : i;
	struct id id = { .kind = o->master != NULL ? ID_OCCURRENCE : ID_ITEM,
		.mailbox = m->number,
		.object = whole->number,
		.start = o->master != NULL ? o->original : 0,
		.by_explicit = a->call->acting != m };
	struct text *t = &a->call->out;

	PUT(t, "<t:CalendarEventDetails>");
	if (all || !is_private(i)) {
		PUT(t, "<t:ID>");
		id_write_hex(t, a->call->world, &id);
		PUT(t, "</t:ID>");
		write_subject(t, i);
		if (i->location != NULL && *i->location != '\0')
			xml_el(t, "t:Location", i->location);
	}
	FLAG(t, "IsMeeting", i->meeting);
	FLAG(t, "IsRecurring", o->master != NULL);
	FLAG(t, "IsException", o->master != NULL && i != o->master);
	FLAG(t, "IsReminderSet", i->reminder);
	FLAG(t, "IsPrivate", is_private(i));
	PUT(t, "</t:CalendarEventDetails>");
}

static void write_events(
	struct ask *a, const struct mailbox *m, const struct calendar_view *v, uint32_t rights)
{
	struct text *t = &a->call->out;

	PUT(t, "<t:CalendarEventArray>");
	for (int n = 0; n < v->n; n++) {
		const struct occurrence *o = &v->at[n];

		PUT(t, "<t:CalendarEvent><t:StartTime>");
		write_time(a, t, o->start);
		PUT(t, "</t:StartTime><t:EndTime>");
		write_time(a, t, o->end);
		PUT(t, "</t:EndTime><t:BusyType>");
		text_puts(t, busy_names[busy_shown(a, o->item->busy)]);
		PUT(t, "</t:BusyType>");
		if ((a->show & SHOW_DETAILS) != 0 && (rights & RIGHT_BUSY_DETAILED) != 0)
			write_details(a, m, o, (rights & RIGHT_PRIVATE) != 0);
		PUT(t, "</t:CalendarEvent>");
	}
	PUT(t, "</t:CalendarEventArray>");
}

/* Working hours */

static void write_change(struct ask *a, const char *name, const struct zone_change *z, int bias)
{
	static const char *const days[] = { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday",
		"Friday", "Saturday" };
	struct text *t = &a->working;
	const char *day = z->month == 0 ? (a->empty_days ? "" : days[0]) : days[z->weekday];

	text_printf(t,
		"<t:%s><t:Bias>%d</t:Bias><t:Time>%02d:%02d:00</t:Time><t:DayOrder>%d</t:DayOrder>"
		"<t:Month>%d</t:Month><t:DayOfWeek>%s</t:DayOfWeek></t:%s>",
		name, bias, z->minute / 60, z->minute % 60, z->nth, z->month, day, name);
}

/* Everybody works from eight to five, in the mailbox's own zone. */
static void make_working_hours(struct ask *a, const struct zone *z)
{
	static const struct zone_change never = { 0 };
	bool changes = z->daylight_bias != 0 && z->to_daylight.month != 0;
	struct text *t = &a->working;

	text_clear(t);
	text_printf(t, "<t:WorkingHours><t:TimeZone><t:Bias>%d</t:Bias>", z->bias);
	write_change(a, "StandardTime", changes ? &z->to_standard : &never, 0);
	write_change(a, "DaylightTime", changes ? &z->to_daylight : &never,
		changes ? z->daylight_bias : 0);
	text_printf(t,
		"</t:TimeZone><t:WorkingPeriodArray><t:WorkingPeriod><t:DayOfWeek>%s</t:DayOfWeek>"
		"<t:StartTimeInMinutes>480</t:StartTimeInMinutes>"
		"<t:EndTimeInMinutes>1020</t:EndTimeInMinutes></t:WorkingPeriod>"
		"</t:WorkingPeriodArray></t:WorkingHours>",
		a->empty_days ? "" : "Monday Tuesday Wednesday Thursday Friday");
	a->working_zone = z;
}

static void write_working_hours(struct ask *a, const struct mailbox *m)
{
	const struct zone *z = m->zone != NULL ? m->zone : &zones[0];

	if (a->working_zone != z)
		make_working_hours(a, z);
	text_add(&a->call->out, a->working.at, a->working.len);
}

/* Views */

static void write_view_type(struct text *t, int show)
{
	static const char *const names[] = { "None", "MergedOnly", "FreeBusy", "FreeBusyMerged",
		"None", "None", "Detailed", "DetailedMerged" };

	PUT(t,
		"<m:FreeBusyResponse><m:ResponseMessage ResponseClass=\"Success\">"
		"<m:ResponseCode>NoError</m:ResponseCode></m:ResponseMessage>"
		"<m:FreeBusyView><t:FreeBusyViewType>");
	text_puts(t, names[show]);
	PUT(t, "</t:FreeBusyViewType>");
}

static void write_view(
	struct ask *a, const struct mailbox *m, const struct calendar_view *v, uint32_t rights)
{
	struct text *t = &a->call->out;

	write_view_type(t, rights & RIGHT_BUSY_DETAILED ? a->show : a->show & ~SHOW_DETAILS);
	if (a->show & SHOW_MERGED) {
		memset(a->merged, 0, a->n_merged);
		merge(a, v);
		write_merged(a, t);
	}
	if ((a->show & SHOW_TIMES) != 0 && v->n > 0)
		write_events(a, m, v, rights);
	if (a->show & SHOW_TIMES)
		write_working_hours(a, m);
	PUT(t, "</m:FreeBusyView></m:FreeBusyResponse>");
}

const char *busy_write_mailbox(struct ask *a, struct mailbox *m, uint32_t rights)
{
	struct calendar_view v;
	bool fits;

	calendar_view(a->call->world, m, a->from, a->to, &v);
	fits = v.n <= BUSY_EVENTS_MAX;
	if (fits)
		write_view(a, m, &v, rights);
	calendar_done(&v);
	return fits ? NULL : "ErrorResultSetTooBig";
}

void busy_write_group(struct ask *a, const struct asked *who)
{
	struct text *t = &a->call->out;

	write_view_type(t, SHOW_MERGED);
	memset(a->merged, 0, a->n_merged);
	for (int n = 0; n < who->n; n++) {
		struct calendar_view v;

		uint32_t rights;

		if (busy_denied(a, who->members[n], &rights) != NULL)
			continue;
		calendar_view(a->call->world, who->members[n], a->from, a->to, &v);
		merge(a, &v);
		calendar_done(&v);
	}
	write_merged(a, t);
	PUT(t, "</m:FreeBusyView></m:FreeBusyResponse>");
}
