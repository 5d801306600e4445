/*
 * Op_find: FindItem in a calendar: what lies in a window (EWS.md 8.2), and what carries our tag.
 *
 * Rules: no subject is asked for. A calendar item that cannot be read refuses the answer, because
 * a missing event would look like free time. What is returned for a tag is ours only when it shows
 * that very tag: a server that overlooked the restriction must not hand us somebody's event. One
 * that is private and hides its tag may be ours, and that is neither "there" nor "not there".
 */
#include "op_parts.h"

#include <string.h>

#include "platform/clock.h"

enum { EVENTS_MAX = 1000, EVENTS_DAYS = 2 * 366, TAGGED_MAX = 2 };

static const char *const event_fields[] = { "calendar:Start", "calendar:End",
	"calendar:LegacyFreeBusyStatus", "calendar:IsAllDayEvent", "calendar:CalendarItemType",
	"calendar:UID", "item:Sensitivity", NULL };
static const struct op_shape event_shape = { .uris = event_fields, .tagged = 1 };

static void attr_time(struct xml_write *w, const char *name, int64_t t)
{
	char text[32];

	clock_iso(text, sizeof(text), t);
	xml_attr(w, name, text);
}

int ews_list_events_write(struct xml_write *w, const struct dialect_ask *ask,
	const struct events_query *q, struct err *e)
{
	if (op_check_mailbox(q->mailbox, e) < 0 ||
		op_check_window(q->from, q->to, EVENTS_DAYS, e) < 0 ||
		op_check_limit(q->limit, EVENTS_MAX, e) < 0)
		return -1;
	op_find_open(w, &event_shape);
	xml_open(w, "m:CalendarView");
	xml_attr_int(w, "MaxEntriesReturned", q->limit);
	attr_time(w, "StartDate", q->from);
	attr_time(w, "EndDate", q->to);
	xml_close(w);
	op_find_close(w, ask, q->mailbox, FOLDER_CALENDAR);
	return 0;
}

/* Two are enough to know that somebody copied one. */
int ews_find_tagged_write(struct xml_write *w, const struct dialect_ask *ask,
	const struct tagged_query *q, struct err *e)
{
	if (op_check_mailbox(q->mailbox, e) < 0 || op_check_tag(q->tag, e) < 0)
		return -1;
	op_find_open(w, &event_shape);
	op_find_page(w, TAGGED_MAX);
	xml_open(w, "m:Restriction");
	xml_open(w, "t:IsEqualTo");
	ews_tag_field(w);
	xml_open(w, "t:FieldURIOrConstant");
	xml_mark(w, "t:Constant", "Value", q->tag);
	xml_close(w);
	xml_close(w);
	xml_close(w);
	op_find_close(w, ask, q->mailbox, FOLDER_CALENDAR);
	return 0;
}

static int is_word(const struct xml_node *n, const char *name, const char *word)
{
	const char *p;
	size_t len = xml_value_raw(xml_child(n, NS_T, name), &p);

	return len == strlen(word) && memcmp(p, word, len) == 0;
}

/* A kind of time that we do not know stays unknown; without id and times it is no event. */
static int read_event(const struct xml_node *n, struct event *out)
{
	struct item_ref ref;
	const char *word;
	size_t len = xml_value_raw(xml_child(n, NS_T, "LegacyFreeBusyStatus"), &word);

	ews_ref_read(n, &ref);
	if (!ref.id[0] || op_times_read(n, &out->start, &out->end) < 0)
		return -1;
	out->id = ref.id;
	out->change_key = ref.change_key;
	out->uid = xml_child_value(n, NS_T, "UID");
	out->kind = ews_busy_kind(word, len);
	out->all_day = op_flag(n, "IsAllDayEvent");
	out->recurring = is_word(n, "CalendarItemType", "Occurrence") ||
		is_word(n, "CalendarItemType", "Exception") ||
		is_word(n, "CalendarItemType", "RecurringMaster");
	out->private = is_word(n, "Sensitivity", "Private");
	out->tag = ews_tag_read(n);
	return 0;
}

/* The first `limit` calendar items; of those with this tag only, unless it is NULL. A folder that
 * tells no list is not empty; and when strangers' items came before the end, ours may lie behind
 * them. */
static void read_events(struct arena *a, const struct xml_node *root, size_t limit, const char *tag,
	struct events_result *out, struct outcome *o)
{
	const struct xml_node *list = xml_child(root, NS_T, "Items");
	const struct xml_node *n = xml_first(list);
	size_t seen = 0;
	int hidden = 0;

	if (!list) {
		op_refuse(o);
		return;
	}
	out->list = arena_array(a, op_count(list, "CalendarItem", limit), sizeof(*out->list));
	for (; n && out->count < limit; n = xml_next(n)) {
		struct event *event = &out->list[out->count];

		if (!xml_is(n, NS_T, "CalendarItem"))
			continue;
		if (read_event(n, event) < 0) {
			*out = (struct events_result){ 0 };
			op_refuse(o);
			return;
		}
		seen++;
		if (!tag || strcmp(event->tag, tag) == 0)
			out->count++;
		else
			hidden |= event->private && !event->tag[0];
	}
	out->more = n != NULL || op_found_more(root, seen, limit);
	if (!tag || out->count > 0)
		return;
	if (hidden)
		outcome_set(o, REASON_READ_ONLY, NEXT_NOTHING, NULL);
	else if (out->more)
		op_refuse(o);
}

void ews_list_events_read(const struct dialect_ask *ask, const struct events_query *q,
	const struct dialect_reply *r, struct arena *a, struct events_result *out,
	struct outcome *o)
{
	const struct xml_node *root = op_found(a, r, o);

	(void)ask;
	if (root)
		read_events(a, root, (size_t)q->limit, NULL, out, o);
}

void ews_find_tagged_read(const struct dialect_ask *ask, const struct tagged_query *q,
	const struct dialect_reply *r, struct arena *a, struct events_result *out,
	struct outcome *o)
{
	const struct xml_node *root = op_found(a, r, o);

	(void)ask;
	if (root)
		read_events(a, root, TAGGED_MAX, q->tag, out, o);
}
