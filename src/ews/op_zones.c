/* Op zones: the time zones a server knows. It needs no mailbox, so it also shows that a server
 * answers at all (EWS.md 11).
 */
#include "op_parts.h"

#include <limits.h>
#include <string.h>
#include "exchange/zone.h"

enum { DAY = 86400, BIAS_MAX = DAY /* seconds */ };

int ews_server_zones_write(struct xml_write *w, const struct dialect_ask *ask,
	const struct zones_query *q, struct err *e)
{
	size_t i;

	(void)ask;
	for (i = 0; i < q->count; i++) {
		if (op_check_line(q->ids[i], ZONE_NAME, "time zone", e) < 0)
			return -1;
	}
	xml_open(w, "m:GetServerTimeZones");
	xml_attr(w, "ReturnFullTimeZoneData", q->rules_at ? "true" : "false");
	if (q->count) {
		xml_open(w, "m:Ids");
		for (i = 0; i < q->count; i++)
			xml_leaf(w, "t:Id", q->ids[i]);
		xml_close(w);
	}
	xml_close(w);
	return 0;
}

/* --- the rules of a definition --- */

/* What is of another namespace is nobody's. */
static const struct xml_node *own(const struct xml_node *n)
{
	while (n && !xml_in(n, NS_T))
		n = xml_next(n);
	return n;
}

/* Minutes that are added to local time; -1 when it tells none. */
static int read_bias(const struct xml_node *definition, const char *period, int *out)
{
	const struct xml_node *n = xml_first(xml_child(definition, NS_T, "Periods"));
	int64_t seconds;

	while (n && (!xml_attr_value(n, "Id") || strcmp(xml_attr_value(n, "Id"), period) != 0))
		n = xml_next(n);
	if (!n || !xml_attr_value(n, "Bias") ||
		xml_duration_text(xml_attr_value(n, "Bias"), &seconds) < 0 || seconds < -BIAS_MAX ||
		seconds > BIAS_MAX)
		return -1;
	*out = (int)(seconds / 60);
	return 0;
}

static int read_number(const struct xml_node *n, const char *name, int64_t least, int64_t most)
{
	int64_t v;

	return xml_int(xml_child(n, NS_T, name), &v) < 0 || v < least || v > most ? INT_MIN
										  : (int)v;
}

/* A change each year on a weekday of a month; the last one of it is -1 here. */
static int read_change(const struct xml_node *n, struct zone_change *out)
{
	int64_t second;

	out->month = read_number(n, "Month", 1, 12);
	out->order = read_number(n, "Occurrence", -1, 5);
	if (!xml_is(n, NS_T, "RecurringDayTransition") || out->month < 0 || out->order == 0 ||
		out->order < -1 ||
		op_weekday_read(xml_child_value(n, NS_T, "DayOfWeek"), &out->day) < 0 ||
		xml_duration_text(xml_child_value(n, NS_T, "TimeOffset"), &second) < 0 ||
		second < 0 || second > DAY)
		return -1;
	if (out->order < 0)
		out->order = 5;
	out->second = (int)second;
	return 0;
}

/* Since when a transition is in force: the one without a date, always. 0 or -1. */
static int in_force_since(const struct xml_node *n, int64_t *out)
{
	const struct xml_node *date = xml_child(n, NS_T, "DateTime");
	int zoned;

	*out = INT64_MIN;
	return date ? xml_time(date, out, &zoned) : 0;
}

/* What the transition in force at t leads to: the group of changes of those years, or one period
 * for all of them. */
static const struct xml_node *leads_to(const struct xml_node *definition, int64_t t, int64_t *until)
{
	const struct xml_node *n = own(xml_first(xml_child(definition, NS_T, "Transitions")));
	const struct xml_node *to = NULL;
	int64_t at, latest = INT64_MIN;

	*until = INT64_MAX;
	for (; n; n = own(xml_next(n))) {
		if (in_force_since(n, &at) < 0)
			continue;
		if (at > t && at < *until)
			*until = at;
		if (at > t || at < latest)
			continue;
		latest = at;
		to = xml_child(n, NS_T, "To");
	}
	return to;
}

static const struct xml_node *group_of(const struct xml_node *definition, const char *id)
{
	const struct xml_node *n = xml_first(xml_child(definition, NS_T, "TransitionsGroups"));

	while (n && (!xml_attr_value(n, "Id") || strcmp(xml_attr_value(n, "Id"), id) != 0))
		n = xml_next(n);
	return n;
}

/* Less bias is further east, which is daylight time. */
static int read_pair(const struct xml_node *definition, const struct xml_node *first,
	const struct xml_node *second, struct zone_rules *out)
{
	struct zone_change change[2];
	int bias[2], east;

	if (read_bias(definition, xml_child_value(first, NS_T, "To"), &bias[0]) < 0 ||
		read_bias(definition, xml_child_value(second, NS_T, "To"), &bias[1]) < 0 ||
		read_change(first, &change[0]) < 0 || read_change(second, &change[1]) < 0)
		return -1;
	east = bias[1] < bias[0];
	out->bias = bias[!east];
	out->standard = change[!east];
	out->daylight = change[east];
	out->standard.bias = 0;
	out->daylight.bias = bias[east] - bias[!east];
	return 0;
}

/* One clock all year, or two changes a year; what has more, or dates instead of weekdays, does not
 * fit. */
static int read_rules(const struct xml_node *definition, int64_t t, struct zone_seen *seen)
{
	const struct xml_node *to = leads_to(definition, t, &seen->rules_until), *first, *second;
	const char *kind = to ? xml_attr_value(to, "Kind") : NULL;
	struct zone_rules *out = &seen->rules;

	if (kind && strcmp(kind, "Period") == 0)
		return read_bias(definition, xml_value(to), &out->bias);
	first = kind ? own(xml_first(group_of(definition, xml_value(to)))) : NULL;
	second = first ? own(xml_next(first)) : NULL;
	if (!first || (second && own(xml_next(second))))
		return -1;
	if (second)
		return read_pair(definition, first, second, out);
	return read_bias(definition, xml_child_value(first, NS_T, "To"), &out->bias);
}

/* --- the answer --- */

static const char *zone_id(const struct xml_node *n)
{
	return xml_is(n, NS_T, "TimeZoneDefinition") ? xml_attr_value(n, "Id") : NULL;
}

static void read_zones(struct arena *a, const struct zones_query *q, const struct xml_node *list,
	struct zones_result *out)
{
	const struct xml_node *n;
	const char *name;
	size_t i = 0;

	for (n = xml_first(list); n; n = xml_next(n))
		out->count += zone_id(n) != NULL;
	out->list = arena_array(a, out->count, sizeof(*out->list));
	for (n = xml_first(list); n; n = xml_next(n)) {
		if (!zone_id(n))
			continue;
		name = xml_attr_value(n, "Name");
		out->list[i].id = arena_strdup(a, zone_id(n));
		out->list[i].has_rules =
			q->rules_at && read_rules(n, q->rules_at, &out->list[i]) == 0;
		out->list[i++].name = name ? arena_strdup(a, name) : "";
	}
}

void ews_server_zones_read(const struct dialect_ask *ask, const struct zones_query *q,
	const struct dialect_reply *r, struct arena *a, struct zones_result *out, struct outcome *o)
{
	const struct xml_node *response =
		envelope_read(a, r, "GetServerTimeZonesResponse", PLACE_ZONES, o);
	const struct xml_node *message;

	(void)ask;
	if (!response)
		return;
	message = envelope_single(a, response, PLACE_ZONES, o);
	if (message)
		read_zones(a, q, xml_child(message, NS_M, "TimeZoneDefinitions"), out);
}
