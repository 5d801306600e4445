/*
 * Op_write: bookings made, changed and removed (EWS.md 9).
 *
 * Rules: whose calendar and who is told is always said, because Exchange would guess. What was
 * written is only believed with its id.
 */
#include "op_fields.h"

#include "platform/str.h"

static const char *send_word(enum send send)
{
	switch (send) {
	case SEND_ALL:
		return "SendToAllAndSaveCopy";
	case SEND_CHANGED:
		return "SendToChangedAndSaveCopy";
	case SEND_UNKEPT:
		return "SendOnlyToAll";
	case SEND_NONE:
	default:
		return "SendToNone";
	}
}

/* Of something new or removed there is no "changed": all are. */
static const char *send_all_word(enum send send)
{
	return send_word(send == SEND_CHANGED ? SEND_ALL : send);
}

/* A booking without attendees invites nobody, whatever was asked for. */
int ews_create_booking_write(
	struct xml_write *w, const struct dialect_ask *ask, const struct booking *q, struct err *e)
{
	struct op_pen p;

	op_pen_init(&p, w, ask, q);
	if (op_check_mailbox(q->mailbox, e) < 0 || op_check_tag(q->tag, e) < 0 ||
		op_pen_check(&p, BOOKING_ALL, e) < 0)
		return -1;
	xml_open(w, "m:CreateItem");
	xml_attr(w, "SendMeetingInvitations",
		q->attendee_count ? send_all_word(q->send) : send_word(SEND_NONE));
	xml_open(w, "m:SavedItemFolderId");
	ews_folder(w, ask, q->mailbox, FOLDER_CALENDAR);
	xml_close(w);
	xml_open(w, "m:Items");
	xml_open(w, "t:CalendarItem");
	op_pen_create(&p);
	xml_close(w);
	xml_close(w);
	xml_close(w);
	return 0;
}

/* AutoResolve: what somebody else changed meanwhile in other fields stays. */
int ews_change_booking_write(struct xml_write *w, const struct dialect_ask *ask,
	const struct change_query *q, struct err *e)
{
	struct op_pen p;

	op_pen_init(&p, w, ask, &q->to);
	if (!(q->fields & BOOKING_ALL))
		return ERR(e, ERR_INPUT, "Nothing was named that should change.", "no fields");
	if (op_check_item(&q->item, e) < 0 || op_pen_check(&p, q->fields, e) < 0)
		return -1;
	xml_open(w, "m:UpdateItem");
	xml_attr(w, "ConflictResolution", "AutoResolve");
	xml_attr(w, "SendMeetingInvitationsOrCancellations", send_word(q->to.send));
	xml_open(w, "m:ItemChanges");
	xml_open(w, "t:ItemChange");
	ews_item_id(w, &q->item);
	op_pen_update(&p, q->fields);
	xml_close(w);
	xml_close(w);
	xml_close(w);
	return 0;
}

/* With words for the attendees it is a cancellation, which Exchange takes as something new. */
static int is_cancellation(const struct remove_query *q)
{
	return !q->message && !str_empty(q->note);
}

/* Exchange sends it to all of them, and moves the meeting to the bin: anything else would be lost
 * without a word. */
static int check_cancellation(const struct remove_query *q, struct err *e)
{
	if (q->hard)
		return ERR(e, ERR_INPUT, "What is cancelled with a note goes to the bin.",
			"note and hard");
	if (q->send == SEND_NONE)
		return ERR(e, ERR_INPUT, "A note needs somebody it is sent to.",
			"note and nobody to send");
	return 0;
}

/* The element is an ItemId by another name. */
static void write_cancellation(struct xml_write *w, const struct remove_query *q)
{
	xml_open(w, "m:CreateItem");
	xml_attr(w, "MessageDisposition", "SendAndSaveCopy");
	xml_open(w, "m:Items");
	xml_open(w, "t:CancelCalendarItem");
	xml_open(w, "t:ReferenceItemId");
	xml_attr(w, "Id", q->item.id);
	if (!str_empty(q->item.change_key))
		xml_attr(w, "ChangeKey", q->item.change_key);
	xml_close(w);
	op_text(w, "t:NewBodyContent", q->note);
	xml_close(w);
	xml_close(w);
	xml_close(w);
}

/* Meetings must say who is told; other items must not. */
int ews_remove_item_write(struct xml_write *w, const struct dialect_ask *ask,
	const struct remove_query *q, struct err *e)
{
	(void)ask;
	if (op_check_item(&q->item, e) < 0 || op_check_text(q->note, OP_TEXT_MAX, "note", e) < 0)
		return -1;
	if (is_cancellation(q)) {
		if (check_cancellation(q, e) < 0)
			return -1;
		write_cancellation(w, q);
		return 0;
	}
	xml_open(w, "m:DeleteItem");
	xml_attr(w, "DeleteType", q->hard ? "HardDelete" : "MoveToDeletedItems");
	if (!q->message)
		xml_attr(w, "SendMeetingCancellations", send_all_word(q->send));
	xml_open(w, "m:ItemIds");
	ews_item_id(w, &q->item);
	xml_close(w);
	xml_close(w);
	return 0;
}

/* The id of what was made or changed. */
static void read_written(const struct xml_node *message, struct item_ref *out, struct outcome *o)
{
	const struct xml_node *n = op_first_item(xml_child(message, NS_M, "Items"));

	if (n)
		ews_ref_read(n, out);
	if (!n || !out->id[0])
		op_refuse(o);
}

void ews_create_booking_read(const struct dialect_ask *ask, const struct booking *q,
	const struct dialect_reply *r, struct arena *a, struct item_ref *out, struct outcome *o)
{
	const struct xml_node *message = op_message(a, r, "CreateItemResponse", PLACE_CREATE, o);

	(void)ask;
	(void)q;
	*out = (struct item_ref){ "", "" };
	if (message)
		read_written(message, out, o);
}

void ews_change_booking_read(const struct dialect_ask *ask, const struct change_query *q,
	const struct dialect_reply *r, struct arena *a, struct item_ref *out, struct outcome *o)
{
	const struct xml_node *message = op_message(a, r, "UpdateItemResponse", PLACE_ITEM, o);

	(void)ask;
	(void)q;
	*out = (struct item_ref){ "", "" };
	if (message)
		read_written(message, out, o);
}

void ews_remove_item_read(const struct dialect_ask *ask, const struct remove_query *q,
	const struct dialect_reply *r, struct arena *a, struct removed *out, struct outcome *o)
{
	(void)ask;
	(void)out;
	op_message(a, r, is_cancellation(q) ? "CreateItemResponse" : "DeleteItemResponse",
		PLACE_ITEM, o);
}
