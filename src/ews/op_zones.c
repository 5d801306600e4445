/* Op zones: the time zones a server knows. It needs no mailbox, so it also shows that a server
 * answers at all (EWS.md 11).
 */
#include "op_parts.h"

#include "exchange/zone.h"

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
	xml_attr(w, "ReturnFullTimeZoneData", "false");
	if (q->count) {
		xml_open(w, "m:Ids");
		for (i = 0; i < q->count; i++)
			xml_leaf(w, "t:Id", q->ids[i]);
		xml_close(w);
	}
	xml_close(w);
	return 0;
}

static const char *zone_id(const struct xml_node *n)
{
	return xml_is(n, NS_T, "TimeZoneDefinition") ? xml_attr_value(n, "Id") : NULL;
}

static void read_zones(struct arena *a, const struct xml_node *list, struct zones_result *out)
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
	(void)q;
	if (!response)
		return;
	message = envelope_single(a, response, PLACE_ZONES, o);
	if (message)
		read_zones(a, xml_child(message, NS_M, "TimeZoneDefinitions"), out);
}
