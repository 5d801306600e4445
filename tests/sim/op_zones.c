/*
 * Op_zones: GetServerTimeZones, and TimeZoneDefinition elements both ways.
 *
 * A zone has two periods and one group of transitions that recurs each year, as Exchange writes
 * zones without history. A definition in a request is known by its Id; a made-up Id is still fine
 * when its rules are those of a zone we know.
 */
#include "sim/op_item.h"
#include <stdlib.h>
#include <string.h>

static const char *const weekdays[] = { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday",
	"Friday", "Saturday" };

static void write_period_id(struct text *out, const struct zone *z, const char *name)
{
	text_puts(out, "trule:Microsoft/Registry/");
	xml_text(out, z->id);
	text_printf(out, "/1-%s", name);
}

static void write_period(struct text *out, const struct zone *z, const char *name, int bias)
{
	text_puts(out, "<t:Period Bias=\"");
	duration_write(out, (int64_t)bias * 60);
	text_printf(out, "\" Name=\"%s\" Id=\"", name);
	write_period_id(out, z, name);
	text_puts(out, "\"/>");
}

/* -1 is the last such day of the month. */
static void write_transition(
	struct text *out, const struct zone *z, const struct zone_change *change, const char *to)
{
	xml_open(out, "t:RecurringDayTransition");
	text_puts(out, "<t:To Kind=\"Period\">");
	write_period_id(out, z, to);
	text_puts(out, "</t:To>");
	xml_open(out, "t:TimeOffset");
	duration_write(out, (int64_t)change->minute * 60);
	xml_close(out, "t:TimeOffset");
	xml_num(out, "t:Month", change->month);
	xml_el(out, "t:DayOfWeek", weekdays[change->weekday]);
	xml_num(out, "t:Occurrence", change->nth == 5 ? -1 : change->nth);
	xml_close(out, "t:RecurringDayTransition");
}

/* One group of rules for every year. */
static void write_rules(struct text *out, const struct zone *z)
{
	bool changes = z->to_daylight.month != 0;

	xml_open(out, "t:Periods");
	write_period(out, z, "Standard", z->bias);
	if (changes)
		write_period(out, z, "Daylight", z->bias + z->daylight_bias);
	xml_close(out, "t:Periods");
	text_puts(out, "<t:TransitionsGroups><t:TransitionsGroup Id=\"0\">");
	if (changes) {
		write_transition(out, z, &z->to_daylight, "Daylight");
		write_transition(out, z, &z->to_standard, "Standard");
	} else {
		text_puts(out, "<t:Transition><t:To Kind=\"Period\">");
		write_period_id(out, z, "Standard");
		text_puts(out, "</t:To></t:Transition>");
	}
	text_puts(out,
		"</t:TransitionsGroup></t:TransitionsGroups><t:Transitions><t:Transition>"
		"<t:To Kind=\"Group\">0</t:To></t:Transition></t:Transitions>");
}

/* Without rules, Id and Name are all, as Exchange 2013 and later write it in items. */
void zone_write(struct text *out, const char *element, const struct zone *z, bool full)
{
	text_printf(out, "<%s Id=\"", element);
	xml_text(out, z->id);
	text_puts(out, "\" Name=\"");
	xml_text(out, z->name);
	if (!full) {
		text_puts(out, "\"/>");
		return;
	}
	text_puts(out, "\">");
	write_rules(out, z);
	xml_close(out, element);
}

/* The first one, when no id is asked for. */
static xmlNode *period_of(struct call *c, xmlNode *definition, const char *id)
{
	xmlNode *n = node_first(node_child(definition, NS_T, "Periods"));

	while (n && id && !same(node_attribute(c, n, "Id"), id))
		n = node_next(n);
	return n;
}

/* Within fourteen hours of UTC. */
static bool period_bias(struct call *c, xmlNode *period, int *bias)
{
	const char *s = period ? node_attribute(c, period, "Bias") : NULL;
	int64_t seconds;

	if (!s || !duration_read(s, &seconds) || seconds < -50400 || seconds > 50400)
		return false;
	*bias = (int)(seconds / 60);
	return true;
}

/* A time of day on the clock that ends. */
static bool read_change(struct call *c, xmlNode *n, struct zone_change *change)
{
	const char *offset = node_child_text(c, n, NS_T, "TimeOffset");
	const char *month = node_child_text(c, n, NS_T, "Month");
	const char *day = node_child_text(c, n, NS_T, "DayOfWeek");
	const char *nth = node_child_text(c, n, NS_T, "Occurrence");
	int64_t seconds;

	if (!offset || !month || !day || !nth || !duration_read(offset, &seconds))
		return false;
	if (seconds < 0 || seconds >= 86400)
		return false;
	long at_month = strtol(month, NULL, 10), at_nth = strtol(nth, NULL, 10);
	if (at_month < 1 || at_month > 12 || at_nth < -1 || at_nth > 5)
		return false;
	*change = (struct zone_change){ .month = (int)at_month,
		.nth = at_nth == -1 ? 5 : (int)at_nth,
		.minute = (int)(seconds / 60) };
	for (int d = 0; d < 7; d++)
		if (same(weekdays[d], day))
			change->weekday = d;
	return true;
}

/* The group that the last transition leads to: the rules of today. */
static xmlNode *group_of(struct call *c, xmlNode *definition)
{
	const char *wanted = NULL;

	for (xmlNode *n = node_first(node_child(definition, NS_T, "Transitions")); n;
		n = node_next(n))
		wanted = node_child_text(c, n, NS_T, "To");
	xmlNode *group = node_first(node_child(definition, NS_T, "TransitionsGroups"));
	while (group && wanted && !same(node_attribute(c, group, "Id"), wanted))
		group = node_next(group);
	return group;
}

/* Either two days of change each year, or none. */
static const struct zone *zone_by_rules(struct call *c, xmlNode *definition)
{
	struct zone z = { 0 };
	xmlNode *changes[2] = { NULL, NULL };
	int biases[2] = { 0, 0 }, n = 0;

	for (xmlNode *at = node_first(group_of(c, definition)); at && n < 2; at = node_next(at)) {
		if (!node_is(at, NS_T, "RecurringDayTransition"))
			continue;
		const char *to = node_child_text(c, at, NS_T, "To");
		if (!to || !period_bias(c, period_of(c, definition, to), &biases[n]))
			return NULL;
		changes[n++] = at;
	}
	if (n == 0 && period_bias(c, period_of(c, definition, NULL), &z.bias))
		return zone_same_rules(&z);
	if (n != 2)
		return NULL;
	/* Less bias is further east: that one is daylight time. */
	int daylight = biases[0] < biases[1] ? 0 : 1;
	z.bias = biases[!daylight];
	z.daylight_bias = biases[daylight] - z.bias;
	if (!read_change(c, changes[daylight], &z.to_daylight) ||
		!read_change(c, changes[!daylight], &z.to_standard))
		return NULL;
	return zone_same_rules(&z);
}

/* IANA names are known to scenarios only: zone_find is not for requests. */
static const struct zone *zone_by_id(const char *id)
{
	for (const struct zone *z = zones; id && z->id; z++)
		if (same_nocase(z->id, id))
			return z;
	return NULL;
}

const struct zone *zone_read(struct call *c, xmlNode *definition)
{
	const struct zone *known = zone_by_id(node_attribute(c, definition, "Id"));

	if (known || !node_first(definition))
		return known;
	return zone_by_rules(c, definition);
}

/* As the server's own table has it. */
static void write_own(struct call *c, struct text *out, const struct zone *z, bool full)
{
	struct zone own = *z;

	if (c->premise->old_zones)
		own.to_daylight.month = 0;
	zone_write(out, "t:TimeZoneDefinition", &own, full);
}

/* All of them, when no Ids are named. */
static const char *write_zones(struct call *c, struct text *out, bool full)
{
	xmlNode *ids = node_child(c->op, NS_M, "Ids");

	if (!ids) {
		for (const struct zone *z = zones; z->id; z++)
			write_own(c, out, z, full);
		return NULL;
	}
	for (xmlNode *n = node_first(ids); n; n = node_next(n)) {
		const struct zone *z = zone_by_id(node_text(c, n));
		if (!z)
			return "ErrorTimeZone";
		write_own(c, out, z, full);
	}
	return NULL;
}

void op_get_server_time_zones(struct call *c)
{
	static const char *const message = "m:GetServerTimeZonesResponseMessage";
	const char *wanted = node_attribute(c, c->op, "ReturnFullTimeZoneData");
	struct text list = { 0 };
	/* Absent means full. */
	const char *code = write_zones(c, &list, !wanted || truth(wanted));

	response_begin(c);
	message_code(c, message, code, NULL);
	xml_open(&c->out, "m:TimeZoneDefinitions");
	if (!code)
		text_add(&c->out, list.at, list.len);
	xml_close(&c->out, "m:TimeZoneDefinitions");
	message_end(c, message);
	response_end(c);
	text_free(&list);
}
