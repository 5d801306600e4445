/*
 * Op_sync: SyncFolderItems: what changed in a calendar since a state (EWS.md 8.3): ids, and our
 * tag, by which nothing more needs to be asked of what is not ours.
 *
 * Rules: a change without an id refuses the answer, because its state must then not be kept.
 * Reading and unreading is a change like any other.
 */
#include "op_parts.h"

#include "platform/str.h"

/* The state is Exchange's own and goes back as it came; without one everything is told. */
int ews_sync_calendar_write(struct xml_write *w, const struct dialect_ask *ask,
	const struct sync_query *q, struct err *e)
{
	static const struct op_shape shape = { .tagged = 1 };

	if (op_check_mailbox(q->mailbox, e) < 0 ||
		op_check_limit(q->limit, EXCHANGE_SYNC_MAX, e) < 0)
		return -1;
	xml_open(w, "m:SyncFolderItems");
	op_shape(w, &shape);
	xml_open(w, "m:SyncFolderId");
	ews_folder(w, ask, q->mailbox, FOLDER_CALENDAR);
	xml_close(w);
	if (!str_empty(q->state))
		xml_leaf(w, "m:SyncState", q->state);
	xml_leaf_int(w, "m:MaxChangesReturned", q->limit);
	xml_close(w);
	return 0;
}

static const struct {
	const char *element;
	enum change_kind kind;
} kinds[] = {
	{ "Create", CHANGE_CREATED },
	{ "Update", CHANGE_UPDATED },
	{ "ReadFlagChange", CHANGE_UPDATED },
	{ "Delete", CHANGE_REMOVED },
};

/* 1 a change, 0 something else, -1 a change of which nobody knows what. The id stands in the
 * element itself, or in the item that it holds. */
static int read_change(const struct xml_node *n, struct change *out)
{
	const struct xml_node *item = xml_child(n, NS_T, "ItemId") ? n : op_first_item(n);
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!xml_is(n, NS_T, kinds[i].element))
			continue;
		*out = (struct change){ .kind = kinds[i].kind, .item = { "", "" } };
		if (item) {
			ews_ref_read(item, &out->item);
			out->ours = ews_tag_read(item)[0] != '\0';
		}
		return out->item.id[0] ? 1 : -1;
	}
	return 0;
}

/* More than was asked for is kept too: the state speaks of all of it. */
static int read_changes(struct arena *a, const struct xml_node *list, struct sync_result *out)
{
	const struct xml_node *n;
	size_t room = 0;

	for (n = xml_first(list); n; n = xml_next(n))
		room++;
	out->list = arena_array(a, room, sizeof(*out->list));
	for (n = xml_first(list); n; n = xml_next(n)) {
		int got = read_change(n, &out->list[out->count]);

		if (got < 0)
			return -1;
		out->count += (size_t)got;
	}
	return 0;
}

void ews_sync_calendar_read(const struct dialect_ask *ask, const struct sync_query *q,
	const struct dialect_reply *r, struct arena *a, struct sync_result *out, struct outcome *o)
{
	const struct xml_node *message =
		op_message(a, r, "SyncFolderItemsResponse", PLACE_FOLDER, o);
	int last = 1;

	(void)ask;
	(void)q;
	out->state = "";
	if (!message)
		return;
	out->state = xml_child_value(message, NS_M, "SyncState");
	xml_bool(xml_child(message, NS_M, "IncludesLastItemInRange"), &last);
	out->more = !last;
	if (!out->state[0] || read_changes(a, xml_child(message, NS_M, "Changes"), out) < 0) {
		*out = (struct sync_result){ .state = "" };
		op_refuse(o);
	}
}
