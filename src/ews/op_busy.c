/*
 * Op_busy: GetUserAvailability (EWS.md 8.1): busy time of up to a hundred mailboxes.
 *
 * Rules: never a detailed view, and details that come anyway are not looked at. The request is in
 * UTC, so that answers without an offset are in UTC too. Answers carry no address and are matched
 * by position; a mailbox of whose events one cannot be read is refused whole, because a missing
 * event would look like free time.
 */
#include "op_parts.h"

#include <stdlib.h>
#include <string.h>

#include "platform/clock.h"

enum { STEP = 30 * 60, STEP_SHORT = 5 * 60, SPANS_MAX = 5000, BIAS_MAX = 24 * 60 };

/* Seconds one digit stands for. */
static int64_t step_of(const struct busy_query *q)
{
	return q->to - q->from < STEP ? STEP_SHORT : STEP;
}

/* Without an offset: local in the zone of the request. */
static void leaf_local(struct xml_write *w, const char *name, int64_t t)
{
	char text[32];
	size_t n;

	clock_iso(text, sizeof(text), t);
	n = strlen(text);
	text[n - 1] = '\0';
	xml_leaf(w, name, text);
}

static void write_change(struct xml_write *w, const char *name, int month)
{
	xml_open(w, name);
	xml_leaf_int(w, "t:Bias", 0);
	xml_leaf(w, "t:Time", "02:00:00");
	xml_leaf_int(w, "t:DayOrder", 5);
	xml_leaf_int(w, "t:Month", month);
	xml_leaf(w, "t:DayOfWeek", "Sunday");
	xml_close(w);
}

/* UTC: changes are demanded, and change nothing. */
static void write_zone(struct xml_write *w)
{
	xml_open(w, "t:TimeZone");
	xml_leaf_int(w, "t:Bias", 0);
	write_change(w, "t:StandardTime", 10);
	write_change(w, "t:DaylightTime", 3);
	xml_close(w);
}

/* The kind of attendee matters to suggestions only, and is demanded. */
static void write_mailbox(struct xml_write *w, const char *address)
{
	xml_open(w, "t:MailboxData");
	ews_mailbox(w, "t:Email", address);
	xml_leaf(w, "t:AttendeeType", "Required");
	xml_leaf_bool(w, "t:ExcludeConflicts", 0);
	xml_close(w);
}

static void write_view(struct xml_write *w, const struct busy_query *q)
{
	xml_open(w, "t:FreeBusyViewOptions");
	xml_open(w, "t:TimeWindow");
	leaf_local(w, "t:StartTime", q->from);
	leaf_local(w, "t:EndTime", q->to);
	xml_close(w);
	xml_leaf_int(w, "t:MergedFreeBusyIntervalInMinutes", step_of(q) / 60);
	xml_leaf(w, "t:RequestedView", "FreeBusyMerged");
	xml_close(w);
}

int ews_get_busy_write(struct xml_write *w, const struct dialect_ask *ask,
	const struct busy_query *q, struct err *e)
{
	size_t i;

	(void)ask;
	if (op_check_count(q->count, EXCHANGE_BUSY_MAX, "mailboxes", e) < 0 ||
		op_check_window(q->from, q->to, EXCHANGE_BUSY_DAYS, e) < 0)
		return -1;
	for (i = 0; i < q->count; i++)
		if (op_check_address(q->mailboxes[i], e) < 0)
			return -1;
	xml_open(w, "m:GetUserAvailabilityRequest");
	write_zone(w);
	xml_open(w, "m:MailboxDataArray");
	for (i = 0; i < q->count; i++)
		write_mailbox(w, q->mailboxes[i]);
	xml_close(w);
	write_view(w, q);
	xml_close(w);
	return 0;
}

static int by_start(const void *a, const void *b)
{
	const struct busy_span *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return (x->end > y->end) - (x->end < y->end);
}

/* Details, should they come, are not touched. */
static int read_event(const struct xml_node *n, struct busy_span *out)
{
	const char *word;
	size_t len = xml_value_raw(xml_child(n, NS_T, "BusyType"), &word);
	int zoned;

	if (len == 0 || xml_time(xml_child(n, NS_T, "StartTime"), &out->start, &zoned) < 0 ||
		xml_time(xml_child(n, NS_T, "EndTime"), &out->end, &zoned) < 0 ||
		out->end < out->start)
		return -1;
	out->kind = ews_busy_kind(word, len);
	return 0;
}

/* What has things in it, but no event, is not empty. */
static int read_events(struct arena *a, const struct xml_node *list, struct busy_seen *out)
{
	size_t room = op_count(list, "CalendarEvent", SPANS_MAX + 1);
	const struct xml_node *n;

	if (room > SPANS_MAX) {
		out->ended.reason = REASON_TOO_BIG;
		return 0;
	}
	out->spans = arena_array(a, room, sizeof(*out->spans));
	for (n = xml_first(list); n; n = xml_next(n)) {
		if (!xml_is(n, NS_T, "CalendarEvent"))
			continue;
		if (read_event(n, &out->spans[out->count]) < 0)
			return -1;
		out->count++;
	}
	if (out->count == 0 && xml_first(list))
		return -1;
	if (out->count > 1)
		qsort(out->spans, out->count, sizeof(*out->spans), by_start);
	return 0;
}

/* What 4 and 5 say differs by source: both are no time that is known to be taken. */
static int digit_kind(char c, enum busy_kind *out)
{
	static const enum busy_kind kinds[] = { BUSY_FREE, BUSY_TENTATIVE, BUSY_BUSY, BUSY_OUT,
		BUSY_UNKNOWN, BUSY_UNKNOWN };

	if (c < '0' || c > '5')
		return -1;
	*out = kinds[c - '0'];
	return 0;
}

/* Digits of one kind in a row are one span; free time is none. */
static void add_digit(
	struct busy_seen *out, const struct busy_query *q, int64_t at, enum busy_kind kind)
{
	struct busy_span *last = out->count ? &out->spans[out->count - 1] : NULL;
	int64_t end = at + step_of(q) < q->to ? at + step_of(q) : q->to;

	if (kind == BUSY_FREE || at >= q->to)
		return;
	if (last && last->end == at && last->kind == kind)
		last->end = end;
	else
		out->spans[out->count++] = (struct busy_span){ at, end, kind };
}

/* A count of digits that cannot be the window's belongs to another step: their times are unknown.
 * One that is missing at the end is time of which nothing was said. */
static int read_digits(
	struct arena *a, const struct busy_query *q, const char *digits, struct busy_seen *out)
{
	int64_t step = step_of(q), want = (q->to - q->from + step - 1) / step;
	int64_t i, n = (int64_t)strlen(digits);

	if (n < want - 1 || n > want + 1)
		return -1;
	out->spans = arena_array(a, (size_t)n + 1, sizeof(*out->spans));
	for (i = 0; i < n || i < want; i++) {
		enum busy_kind kind = BUSY_UNKNOWN;

		if (i < n && digit_kind(digits[i], &kind) < 0)
			return -1;
		add_digit(out, q, q->from + i * step, kind);
	}
	out->merged_only = out->count > 0;
	return 0;
}

static int read_number(const struct xml_node *n, const char *name, int min, int max, int *out)
{
	int64_t value;

	if (xml_int(xml_child(n, NS_T, name), &value) < 0 || value < min || value > max)
		return -1;
	*out = (int)value;
	return 0;
}

/* "02:00:00"; parts of a second do not count. */
static int read_second(const char *s, int *out)
{
	static const int limits[] = { 23, 59, 59 };
	int i, total = 0;

	for (i = 0; i < 3; i++, s += 3) {
		int part;

		if (s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9')
			return -1;
		part = (s[0] - '0') * 10 + s[1] - '0';
		if (part > limits[i] || (i < 2 && s[2] != ':'))
			return -1;
		total = total * 60 + part;
		if (i == 2)
			break;
	}
	*out = total;
	return s[2] == '\0' || s[2] == '.' ? 0 : -1;
}

/* Zones without a change tell month 0 and often no weekday. With a year it is no rule. */
static int read_change(const struct xml_node *n, struct zone_change *out)
{
	int year;

	if (read_number(n, "Bias", -BIAS_MAX, BIAS_MAX, &out->bias) < 0 ||
		read_number(n, "Month", 0, 12, &out->month) < 0)
		return -1;
	if (xml_child(n, NS_T, "Year") && (read_number(n, "Year", 0, 0, &year) < 0))
		return -1;
	if (out->month == 0)
		return 0;
	if (read_number(n, "DayOrder", 1, 5, &out->order) < 0 ||
		op_weekday_read(xml_child_value(n, NS_T, "DayOfWeek"), &out->day) < 0)
		return -1;
	return read_second(xml_child_value(n, NS_T, "Time"), &out->second);
}

/* A zone that makes no sense is no zone; the busy time stands. */
static void read_zone(const struct xml_node *zone, struct busy_seen *out)
{
	struct zone_rules z = { 0 };

	if (read_number(zone, "Bias", -BIAS_MAX, BIAS_MAX, &z.bias) < 0 ||
		read_change(xml_child(zone, NS_T, "StandardTime"), &z.standard) < 0 ||
		read_change(xml_child(zone, NS_T, "DaylightTime"), &z.daylight) < 0)
		return;
	if (z.standard.month == 0 || z.daylight.month == 0)
		z.standard.month = z.daylight.month = 0;
	out->zone = z;
	out->has_zone = 1;
}

/* Only of these kinds a view without events says that there are none. */
static int is_free(const char *kind)
{
	return strcmp(kind, "FreeBusy") == 0 || strcmp(kind, "Detailed") == 0;
}

/* Events are exact, digits stand in for them, also where no event tells what the digits do; a view
 * of nothing is no free calendar. */
static int read_view(struct arena *a, const struct busy_query *q, const struct xml_node *view,
	struct busy_seen *out)
{
	const struct xml_node *events = xml_child(view, NS_T, "CalendarEventArray");
	const char *digits = xml_child_value(view, NS_T, "MergedFreeBusy");
	const char *kind = xml_child_value(view, NS_T, "FreeBusyViewType");
	const char *taken = digits + strspn(digits, "0");

	read_zone(xml_down(view, NS_T, "WorkingHours/TimeZone"), out);
	if (events && (op_count(events, "CalendarEvent", 1) > 0 || !*taken))
		return read_events(a, events, out);
	if (digits[0])
		return read_digits(a, q, digits, out);
	if (strcmp(kind, "None") == 0)
		out->ended.reason = REASON_BUSY_DENIED;
	else if (!is_free(kind))
		return -1;
	return 0;
}

static void read_mailbox(struct arena *a, const struct busy_query *q, const struct xml_node *n,
	struct busy_seen *out, struct outcome *o)
{
	const struct xml_node *message = xml_child(n, NS_M, "ResponseMessage");
	const struct xml_node *view = xml_child(n, NS_M, "FreeBusyView");

	if (!envelope_message(a, message, PLACE_BUSY, &out->ended, o))
		return;
	if (!view || read_view(a, q, view, out) < 0) {
		*out = (struct busy_seen){ 0 };
		op_refuse_part(&out->ended);
	}
}

/* That it was too much at once is a word on the question when all say so; otherwise each part
 * stands for itself. */
static int all_too_big(const struct busy_result *r)
{
	size_t i;

	for (i = 0; i < r->count; i++)
		if (r->list[i].ended.reason != REASON_TOO_BIG)
			return 0;
	return 1;
}

void ews_get_busy_read(const struct dialect_ask *ask, const struct busy_query *q,
	const struct dialect_reply *r, struct arena *a, struct busy_result *out, struct outcome *o)
{
	const struct xml_node *response =
		envelope_read(a, r, "GetUserAvailabilityResponse", PLACE_BUSY, o);
	const struct xml_node *list, *n;
	size_t got = 0;

	(void)ask;
	if (!response)
		return;
	out->list = arena_array(a, q->count, sizeof(*out->list));
	out->count = q->count;
	list = xml_child(response, NS_M, "FreeBusyResponseArray");
	for (n = xml_first(list); n; n = xml_next(n)) {
		if (!xml_is(n, NS_M, "FreeBusyResponse"))
			continue;
		if (got < q->count)
			read_mailbox(a, q, n, &out->list[got], o);
		got++;
	}
	if (o->next == NEXT_SMALLER && !all_too_big(out))
		o->next = NEXT_NOTHING;
	envelope_short(o, q->count, got);
}
