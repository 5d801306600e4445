/*
 * Op_item_series: Recurrence elements both ways: the six patterns and the three ranges.
 *
 * What a real server refuses is refused with its code: days that are none, intervals out of range,
 * a range that ends before it begins.
 */
#include "sim/op_item.h"
#include <stdlib.h>
#include <string.h>

static const char *const days[] = { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday",
	"Friday", "Saturday", NULL };
static const struct {
	const char *name;
	unsigned mask;
} day_kinds[] = { { "Day", 0x7f }, { "Weekday", 0x3e }, { "WeekendDay", 0x41 } };
static const char *const indexes[] = { "First", "Second", "Third", "Fourth", "Last", NULL };
static const char *const months[] = { "January", "February", "March", "April", "May", "June",
	"July", "August", "September", "October", "November", "December", NULL };

/* The place of a name in a list, or -1. */
static int place_of(const char *const *names, const char *name)
{
	for (int n = 0; name && names[n]; n++)
		if (same(names[n], name))
			return n;
	return -1;
}

static void write_day_list(struct text *out, unsigned mask)
{
	bool any = false;

	xml_open(out, "t:DaysOfWeek");
	for (int n = 0; n < 7; n++) {
		if (!(mask & 1u << n))
			continue;
		text_printf(out, any ? " %s" : "%s", days[n]);
		any = true;
	}
	xml_close(out, "t:DaysOfWeek");
}

/* Sets of days that have a name are written by it; a single weekday by its own. */
static void write_nth(struct text *out, const struct recurrence *r)
{
	bool any = false;

	for (int n = 0; n < 3 && !any; n++)
		if (r->days == day_kinds[n].mask) {
			xml_el(out, "t:DaysOfWeek", day_kinds[n].name);
			any = true;
		}
	if (!any)
		write_day_list(out, r->days);
	int nth = r->nth < 1 || r->nth > 5 ? 5 : r->nth;
	xml_el(out, "t:DayOfWeekIndex", indexes[nth - 1]);
}

/* Yearly patterns have no interval in the schema. */
static void write_pattern(struct text *out, const struct recurrence *r)
{
	static const char *const names[] = { [PATTERN_NONE] = "t:DailyRecurrence",
		[PATTERN_DAILY] = "t:DailyRecurrence",
		[PATTERN_WEEKLY] = "t:WeeklyRecurrence",
		[PATTERN_MONTHLY] = "t:AbsoluteMonthlyRecurrence",
		[PATTERN_MONTHLY_NTH] = "t:RelativeMonthlyRecurrence",
		[PATTERN_YEARLY] = "t:AbsoluteYearlyRecurrence",
		[PATTERN_YEARLY_NTH] = "t:RelativeYearlyRecurrence" };
	bool yearly = r->pattern == PATTERN_YEARLY || r->pattern == PATTERN_YEARLY_NTH;

	xml_open(out, names[r->pattern]);
	if (!yearly)
		xml_num(out, "t:Interval", r->interval < 1 ? 1 : r->interval);
	if (r->pattern == PATTERN_WEEKLY)
		write_day_list(out, r->days);
	if (r->pattern == PATTERN_MONTHLY || r->pattern == PATTERN_YEARLY)
		xml_num(out, "t:DayOfMonth", r->day);
	if (r->pattern == PATTERN_MONTHLY_NTH || r->pattern == PATTERN_YEARLY_NTH)
		write_nth(out, r);
	if (yearly)
		xml_el(out, "t:Month", months[(r->month < 1 ? 1 : r->month) - 1]);
	xml_close(out, names[r->pattern]);
}

/* A date with its offset from UTC, as xs:date has it. */
static void write_day(struct text *out, const char *element, local_t day, const struct zone *zone)
{
	struct civil d = civil_of(day);
	int offset = -zone_bias_at(zone, zone_utc(zone, day));

	xml_open(out, element);
	text_printf(out, "%04d-%02d-%02d", d.year, d.month, d.day);
	if (offset)
		text_printf(out, "%c%02d:%02d", offset < 0 ? '-' : '+', abs(offset) / 60,
			abs(offset) % 60);
	else
		text_puts(out, "Z");
	xml_close(out, element);
}

/* The range begins on the day of the first occurrence, by the series' own clock. */
void recurrence_write(const struct item *master, struct text *out, const char *element)
{
	const struct recurrence *r = master->recurrence;
	const struct zone *zone = master->zone ? master->zone : zones;
	const char *range = r->count ? "t:NumberedRecurrence"
		: r->until	     ? "t:EndDateRecurrence"
				     : "t:NoEndRecurrence";

	xml_open(out, element);
	write_pattern(out, r);
	xml_open(out, range);
	write_day(out, "t:StartDate", zone_local(zone, master->start), zone);
	if (r->count)
		xml_num(out, "t:NumberOfOccurrences", r->count);
	else if (r->until)
		write_day(out, "t:EndDate", r->until, zone);
	xml_close(out, range);
	xml_close(out, element);
}

/* A whole number within bounds; false for anything else. */
static bool number_in(struct call *c, xmlNode *parent, const char *name, long bounds[2], int *out)
{
	const char *s = node_child_text(c, parent, NS_T, name);
	char *end;
	long n = s ? strtol(s, &end, 10) : 0;

	if (!s || end == s || *end || n < bounds[0] || n > bounds[1])
		return false;
	*out = (int)n;
	return true;
}

/* A list of weekdays; also Day, Weekday and WeekendDay when `kinds`. 0 = not right. */
static unsigned read_days(const char *s, bool kinds)
{
	unsigned mask = 0;

	while (s && *s) {
		size_t n = strcspn(s, " \t\r\n");
		char *word = copy_n(s, n);
		int day = place_of(days, word);
		unsigned got = day >= 0 ? 1u << day : 0;
		for (int k = 0; kinds && k < 3; k++)
			if (same(day_kinds[k].name, word))
				got = day_kinds[k].mask;
		free(word);
		if (n && !got)
			return 0;
		mask |= got;
		s += n;
		s += strspn(s, " \t\r\n");
	}
	return mask;
}

/* Which of the days of a month. */
static const char *read_nth(struct call *c, xmlNode *n, struct recurrence *r)
{
	r->days = read_days(node_child_text(c, n, NS_T, "DaysOfWeek"), true);
	r->nth = place_of(indexes, node_child_text(c, n, NS_T, "DayOfWeekIndex")) + 1;
	return r->days && r->nth ? NULL : "ErrorCalendarInvalidDayForWeeklyRecurrence";
}

/* The first day of the week matters for intervals over one; Sunday when it is not said. */
static const char *read_weekly(struct call *c, xmlNode *n, struct recurrence *r)
{
	int first = place_of(days, node_child_text(c, n, NS_T, "FirstDayOfWeek"));

	r->days = read_days(node_child_text(c, n, NS_T, "DaysOfWeek"), true);
	r->first_weekday = first < 0 ? 0 : first;
	return r->days ? NULL : "ErrorCalendarInvalidDayForWeeklyRecurrence";
}

static const struct pattern_row {
	const char *name;
	enum pattern pattern;
	long most; /* interval; 0 = has none */
	bool day, month;
	const char *(*read)(struct call *c, xmlNode *n, struct recurrence *r);
} patterns[] = {
	{ "DailyRecurrence", PATTERN_DAILY, 999, false, false, NULL },
	{ "WeeklyRecurrence", PATTERN_WEEKLY, 99, false, false, read_weekly },
	{ "AbsoluteMonthlyRecurrence", PATTERN_MONTHLY, 99, true, false, NULL },
	{ "RelativeMonthlyRecurrence", PATTERN_MONTHLY_NTH, 99, false, false, read_nth },
	{ "AbsoluteYearlyRecurrence", PATTERN_YEARLY, 0, true, true, NULL },
	{ "RelativeYearlyRecurrence", PATTERN_YEARLY_NTH, 0, false, true, read_nth },
};

/* Numbers within the bounds that Outlook and Exchange keep. */
static const char *read_pattern(
	struct call *c, xmlNode *n, const struct pattern_row *row, struct recurrence *r)
{
	r->pattern = row->pattern;
	r->interval = 1;
	if (row->most && !number_in(c, n, "Interval", (long[]){ 1, row->most }, &r->interval))
		return "ErrorCalendarInvalidPropertyValue";
	if (row->day && !number_in(c, n, "DayOfMonth", (long[]){ 1, 31 }, &r->day))
		return "ErrorCalendarInvalidPropertyValue";
	if (row->month) {
		r->month = place_of(months, node_child_text(c, n, NS_T, "Month")) + 1;
		if (!r->month)
			return "ErrorCalendarInvalidPropertyValue";
	}
	return row->read ? row->read(c, n, r) : NULL;
}

/* The day a date names, whatever offset it carries. */
static bool read_day(struct call *c, xmlNode *parent, const char *name, local_t *day)
{
	const char *s = node_child_text(c, parent, NS_T, name);
	char *date = s && strlen(s) >= 10 ? copy_n(s, 10) : NULL;
	enum when_kind kind;
	bool ok = date && when_read(date, day, &kind);

	free(date);
	return ok;
}

/* Every range has a first day; its end is a day, a number, or nothing. */
static const char *read_range(struct call *c, xmlNode *n, struct recurrence *r, struct draft *d)
{
	if (!read_day(c, n, "StartDate", &d->series_day))
		return "ErrorCalendarInvalidRecurrence";
	if (node_is(n, NS_T, "NumberedRecurrence"))
		return number_in(c, n, "NumberOfOccurrences", (long[]){ 1, 999 }, &r->count)
			? NULL
			: "ErrorCalendarInvalidPropertyValue";
	if (!node_is(n, NS_T, "EndDateRecurrence"))
		return node_is(n, NS_T, "NoEndRecurrence") ? NULL
							   : "ErrorCalendarInvalidRecurrence";
	if (!read_day(c, n, "EndDate", &r->until))
		return "ErrorCalendarInvalidRecurrence";
	return r->until < d->series_day ? "ErrorCalendarEndDateIsEarlierThanStartDate" : NULL;
}

/* The pattern comes first, the range second. */
static const char *read_into(struct draft *d, xmlNode *recurrence, struct recurrence *r)
{
	xmlNode *pattern = node_first(recurrence);
	xmlNode *range = pattern ? node_next(pattern) : NULL;

	if (!range)
		return "ErrorCalendarInvalidRecurrence";
	for (size_t n = 0; n < sizeof patterns / sizeof *patterns; n++) {
		if (!node_is(pattern, NS_T, patterns[n].name))
			continue;
		const char *code = read_pattern(d->c, pattern, &patterns[n], r);
		return code ? code : read_range(d->c, range, r, d);
	}
	return "ErrorCalendarInvalidRecurrence";
}

static bool same_pattern(const struct recurrence *a, const struct recurrence *b)
{
	return a->pattern == b->pattern && a->interval == b->interval && a->days == b->days &&
		a->day == b->day && a->nth == b->nth && a->month == b->month &&
		a->first_weekday == b->first_weekday && a->count == b->count &&
		a->until == b->until;
}

/* The same pattern again is no change: exceptions and answers stay. */
const char *series_read(struct draft *d, xmlNode *recurrence)
{
	struct item *i = d->item;
	struct recurrence r = { 0 };
	const char *code = recurrence ? read_into(d, recurrence, &r) : NULL;

	if (code)
		return code;
	d->times_given = true;
	d->series_given = recurrence != NULL;
	d->series_changed = i->recurrence && recurrence ? !same_pattern(i->recurrence, &r)
							: i->recurrence || recurrence;
	free(i->recurrence);
	i->recurrence = NULL;
	if (recurrence) {
		i->recurrence = need(sizeof r);
		*i->recurrence = r;
	}
	return NULL;
}
