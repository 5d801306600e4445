/*
 * Op_item_delete: DeleteItem. A meeting's organizer tells its attendees, an attendee declines;
 * when that may not be sent, nothing is deleted.
 */
#include "sim/op_item.h"
#include <string.h>

/* Deleting what already lies in Deleted Items removes it. A delegate's own bin gets a copy, for
 * items cannot move between mailboxes. */
void item_bin(struct call *c, const struct found *f, struct item *i)
{
	struct world *w = c->world;
	struct store *st = store_of(w, f->in.mailbox);
	bool elsewhere = !f->in.owner && c->acting &&
		world_unsure(c->premise, UNSURE_DELEGATE_BIN, "delegate");

	if (i->master) {
		item_drop(f->item, i->original);
		item_touch(w, st, f->item);
	} else if (i->folder == FOLDER_DELETED) {
		item_delete(w, st, i);
	} else if (elsewhere) {
		item_copy(store_of(w, c->acting), i, FOLDER_DELETED);
		item_delete(w, st, i);
	} else {
		item_move(w, st, i, FOLDER_DELETED);
	}
}

/*
 * Tell those concerned; true when that already took the item away. A notice about one day of a
 * series is made from a copy: the series itself must not gain an exception that then goes.
 */
static bool tell(struct call *c, const struct found *f, const struct view *v, bool copy)
{
	if (!v->item->organizer_here) {
		struct item *own = v->master ? item_exception(f->item, v->original) : f->item;
		post_response(c->world, f->in.mailbox, own, RESPONSE_DECLINE, NULL);
		return true;
	}
	struct item *whole = item_clone(f->item);
	struct item *notice = v->master ? item_exception(whole, v->original) : whole;
	struct parcel parcel = { ITEM_CANCELLATION, notice->attendees, notice->n_attendees, copy,
		NULL };
	notice->sequence++;
	send_meeting(c, f->in.mailbox, notice, &parcel);
	item_free(whole);
	return false;
}

/* `gone`: telling the organizer already moved it. Days of a series are never in a bin. */
static void take_away(
	struct call *c, const struct found *f, const struct view *v, bool to_bin, bool gone)
{
	struct store *st = store_of(c->world, f->in.mailbox);

	if (v->master) {
		item_drop(f->item, v->original);
		item_touch(c->world, st, f->item);
	} else if (!to_bin) {
		item_delete(c->world, st, f->item);
	} else if (!gone) {
		item_bin(c, f, f->item);
	}
}

/* Is there anybody to tell: attendees who were invited, or, for their copy, the organizer. */
static bool tells(const struct found *f, const struct item *i)
{
	if (i->class != ITEM_CALENDAR || !i->meeting || i->cancelled)
		return false;
	if (f->item->folder == FOLDER_DELETED)
		return false;
	return !i->organizer_here || (i->n_attendees > 0 && (i->invited || f->item->invited));
}

/* Rights to delete and rights to send are both needed before anything happens. */
static const char *delete_one(struct call *c, xmlNode *id, const char *type, const char *send)
{
	struct found f;
	struct view v;
	const char *code = access_item(c, id, &f);

	if (!code)
		code = view_found(&v, c, &f);
	if (!code && !c->acting)
		code = world_unsure_value(c->premise, UNSURE_NO_MAILBOX);
	if (code)
		return code;
	if (f.item->class == ITEM_CALENDAR && !send)
		return "ErrorSendMeetingCancellationsRequired";
	if (!view_may(&v, RIGHT_DELETE_ANY, RIGHT_DELETE_OWNED))
		return "ErrorAccessDenied";
	bool telling = tells(&f, v.item) && !same(send, "SendToNone");
	code = telling ? send_right_code(send_right(c, f.in.mailbox)) : NULL;
	if (code)
		return code;
	bool gone = telling && tell(c, &f, &v, same(send, "SendToAllAndSaveCopy"));
	take_away(c, &f, &v, same(type, "MoveToDeletedItems"), gone);
	return NULL;
}

void op_delete_item(struct call *c)
{
	static const char *const message = "m:DeleteItemResponseMessage";
	const char *type = node_attribute(c, c->op, "DeleteType");
	const char *send = node_attribute(c, c->op, "SendMeetingCancellations");

	response_begin(c);
	for (xmlNode *n = node_first(node_child(c->op, NS_M, "ItemIds")); n; n = node_next(n)) {
		const char *code = delete_one(c, n, type, send);
		message_code(c, message, code, NULL);
		message_end(c, message);
	}
	response_end(c);
}
