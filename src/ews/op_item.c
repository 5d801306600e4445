/*
 * Op_item: GetItem: our bookings read back by their ids (EWS.md 7).
 *
 * Rules: answers are matched by position. An item without our tag is somebody's own: only its id
 * is kept, and its part says that nothing of ours was found under it.
 */
#include "op_parts.h"

#include <string.h>

static const char *const item_fields[] = { "item:ParentFolderId", "item:Subject",
	"item:EffectiveRights", "calendar:UID", "calendar:Start", "calendar:End",
	"calendar:IsAllDayEvent", "calendar:LegacyFreeBusyStatus", "calendar:IsMeeting",
	"calendar:IsCancelled", "calendar:Organizer", "calendar:RequiredAttendees",
	"calendar:OptionalAttendees", "calendar:Resources", NULL };
static const struct op_shape item_shape = { .uris = item_fields, .tagged = 1 };

int ews_get_items_write(struct xml_write *w, const struct dialect_ask *ask,
	const struct items_query *q, struct err *e)
{
	size_t i;

	(void)ask;
	if (op_check_count(q->count, EXCHANGE_ITEMS_MAX, "items", e) < 0)
		return -1;
	for (i = 0; i < q->count; i++)
		if (op_check_item(&q->list[i], e) < 0)
			return -1;
	xml_open(w, "m:GetItem");
	op_shape(w, &item_shape);
	xml_open(w, "m:ItemIds");
	for (i = 0; i < q->count; i++)
		ews_item_id(w, &q->list[i]);
	xml_close(w);
	xml_close(w);
	return 0;
}

static const struct {
	const char *element;
	int kind;
} lists[] = {
	{ "RequiredAttendees", ATTENDEE_REQUIRED },
	{ "OptionalAttendees", ATTENDEE_OPTIONAL },
	{ "Resources", ATTENDEE_ROOM },
};
enum { LISTS = sizeof(lists) / sizeof(lists[0]) };

/* What was not answered and what we do not understand are different things. */
static enum response response_of(const char *word)
{
	static const struct {
		const char *word;
		enum response response;
	} words[] = {
		{ "Organizer", RESPONSE_ORGANIZER },
		{ "Tentative", RESPONSE_TENTATIVE },
		{ "Accept", RESPONSE_ACCEPTED },
		{ "Decline", RESPONSE_DECLINED },
		{ "NoResponseReceived", RESPONSE_NONE },
	};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(word, words[i].word) == 0)
			return words[i].response;
	return RESPONSE_UNKNOWN;
}

/* All lists in one, in the order of the invitation; counted first, because they may be long. */
static void read_replies(struct arena *a, const struct xml_node *item, struct item_seen *out)
{
	struct reply *replies;
	size_t i, room = 0;

	for (i = 0; i < LISTS; i++)
		room += op_count(xml_child(item, NS_T, lists[i].element), "Attendee", SIZE_MAX);
	replies = arena_array(a, room, sizeof(*replies));
	out->replies = replies;
	for (i = 0; i < LISTS; i++) {
		const struct xml_node *n = xml_first(xml_child(item, NS_T, lists[i].element));

		for (; n; n = xml_next(n)) {
			if (!xml_is(n, NS_T, "Attendee"))
				continue;
			replies[out->reply_count++] = (struct reply){
				.address = ews_address_read(n),
				.response = response_of(xml_child_value(n, NS_T, "ResponseType")),
				.kind = lists[i].kind,
			};
		}
	}
}

/* Only called for what carries our tag: here subject and people are looked at. */
static void read_ours(struct arena *a, const struct xml_node *n, struct item_seen *out)
{
	const struct xml_node *rights = xml_child(n, NS_T, "EffectiveRights");
	const char *folder = xml_attr_value(xml_child(n, NS_T, "ParentFolderId"), "Id");
	const char *word;
	size_t len = xml_value_raw(xml_child(n, NS_T, "LegacyFreeBusyStatus"), &word);

	out->folder = folder ? arena_strdup(a, folder) : "";
	out->uid = xml_child_value(n, NS_T, "UID");
	out->subject = op_shown(a, n, "Subject");
	out->organizer = ews_address_read(xml_child(n, NS_T, "Organizer"));
	out->all_day = op_flag(n, "IsAllDayEvent");
	out->meeting = op_flag(n, "IsMeeting");
	out->cancelled = op_flag(n, "IsCancelled");
	out->kind = ews_busy_kind(word, len);
	if (rights) {
		out->rights = ews_rights_read(rights);
		out->rights_told = 1;
	}
	read_replies(a, n, out);
}

/* Texts are there even where nothing was told. */
static void clear(struct item_seen *out)
{
	*out = (struct item_seen){ .ref = { "", "" } };
	out->folder = out->tag = out->uid = out->subject = out->organizer = "";
}

static void read_item(struct arena *a, const struct xml_node *message, const struct item_ref *asked,
	struct item_seen *out, struct outcome *o)
{
	const struct xml_node *n;

	clear(out);
	out->ref.id = arena_strdup(a, asked->id);
	if (!envelope_message(a, message, PLACE_ITEM, &out->ended, o))
		return;
	n = op_first_item(xml_child(message, NS_M, "Items"));
	if (!n) {
		op_refuse_part(&out->ended);
		return;
	}
	ews_ref_read(n, &out->ref);
	out->tag = ews_tag_read(n);
	if (!out->tag[0] || !xml_is(n, NS_T, "CalendarItem")) {
		out->tag = "";
		out->ended.reason = REASON_NOTHING_FOUND;
		return;
	}
	if (op_times_read(n, &out->start, &out->end) < 0)
		op_refuse_part(&out->ended);
	else
		read_ours(a, n, out);
}

void ews_get_items_read(const struct dialect_ask *ask, const struct items_query *q,
	const struct dialect_reply *r, struct arena *a, struct items_result *out, struct outcome *o)
{
	const struct xml_node *response = envelope_read(a, r, "GetItemResponse", PLACE_ITEM, o);
	const struct xml_node *n;
	size_t got = 0;

	(void)ask;
	if (!response)
		return;
	out->list = arena_array(a, q->count, sizeof(*out->list));
	out->count = q->count;
	for (n = envelope_messages(response); n; n = xml_next(n)) {
		if (!xml_is(n, NS_M, "GetItemResponseMessage"))
			continue;
		if (got < q->count)
			read_item(a, n, &q->list[got], &out->list[got], o);
		got++;
	}
	envelope_short(o, q->count, got);
}
