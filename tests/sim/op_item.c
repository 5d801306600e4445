/*
 * Op_item: CreateItem, GetItem and SendItem.
 *
 * Each item of a request gets its own answer, in the order of the request. Without a folder an
 * item lands in the caller's own mailbox, without a word. The organizer of a meeting is whose
 * calendar it is made in, whoever makes it.
 */
#include "sim/folder.h"
#include "sim/op_item.h"
#include <stdlib.h>
#include <string.h>

/* What a CreateItem says of all its items. */
struct creation {
	const char *invitations, *disposition;
	bool named; /* a folder was */
	const char *code, *smtp;
	struct target in;
};

/* A failed answer keeps its container, empty, as real servers do. */
void items_message(
	struct call *c, const char *element, const char *code, const char *smtp, struct text *items)
{
	message_code(c, element, code, smtp);
	if (!code && items->len) {
		xml_open(&c->out, "m:Items");
		text_add(&c->out, items->at, items->len);
		xml_close(&c->out, "m:Items");
	} else {
		text_puts(&c->out, "<m:Items/>");
	}
	text_free(items);
}

/* Where it goes, and may it be made there. */
static const char *destination(
	struct call *c, const struct creation *job, enum folder_kind usual, struct target *t)
{
	if (!job->named)
		return own_folder(c, usual, t) ? NULL
					       : world_unsure_value(c->premise, UNSURE_NO_MAILBOX);
	if (job->code)
		return job->code;
	if (!c->acting)
		return world_unsure_value(c->premise, UNSURE_NO_MAILBOX);
	*t = job->in;
	if (t->owner || (t->rights & RIGHT_CREATE))
		return NULL;
	return world_unsure_value(c->premise, UNSURE_CREATE_DENIED);
}

/* Own calendars count, and those of other classes that begin alike (birthdays). */
static bool is_calendar(const struct target *t)
{
	const char *class = folder_class(t->mailbox, t->folder);

	return class && strncmp(class, "IPF.Appointment", 15) == 0;
}

/* The mailbox it lies in organizes it. A UID of the client's own is kept only where the premise
 * says so. */
static void make_organizer(struct draft *d)
{
	struct item *i = d->item;
	struct mailbox *m = d->in->mailbox;

	i->organizer_here = true;
	i->my_response = RESPONSE_ORGANIZER;
	i->meeting = i->n_attendees > 0;
	free(i->organizer.name);
	free(i->organizer.address);
	i->organizer = (struct person){ copy(m->name), copy(m->address) };
	if (d->uid && *d->uid && world_unsure(d->c->premise, UNSURE_UID_KEPT, "yes"))
		i->uid = copy(d->uid);
	else
		item_new_uid(d->c->world, i);
}

/* Save first, then send: a refusal to send may find the item already there. */
static const char *keep_event(struct draft *d, const struct creation *job, struct text *out)
{
	struct call *c = d->c;
	bool send = !same(job->invitations, "SendToNone") && d->item->n_attendees > 0;
	enum send_right right = send ? send_right(c, d->in->mailbox) : SEND_MAY;

	if (right == SEND_DENIED)
		return send_right_code(right);
	make_organizer(d);
	struct item *kept = item_copy(store_of(c->world, d->in->mailbox), d->item, d->in->folder);
	if (send_right_code(right))
		return send_right_code(right);
	if (send) {
		bool copy = same(job->invitations, "SendToAllAndSaveCopy");
		struct parcel parcel = { ITEM_REQUEST, kept->attendees, kept->n_attendees, copy,
			NULL };
		kept->invited = true;
		send_meeting(c, d->in->mailbox, kept, &parcel);
	}
	struct view v;
	view_item(&v, c, d->in, kept);
	item_write_brief(&v, out);
	return NULL;
}

/* Nothing is kept of an item of which anything was wrong. */
static const char *create_event(
	struct call *c, xmlNode *n, const struct creation *job, struct text *out)
{
	struct target in;
	struct draft d;
	const char *code;

	if (!job->invitations)
		return "ErrorSendMeetingInvitationsRequired";
	code = destination(c, job, FOLDER_CALENDAR, &in);
	if (code)
		return code;
	if (!is_calendar(&in))
		return "ErrorCannotCreateCalendarItemInNonCalendarFolder";
	draft_begin(&d, c, &in, ITEM_CALENDAR);
	code = draft_children(&d, n);
	if (!code)
		code = draft_times(&d);
	if (!code)
		code = keep_event(&d, job, out);
	draft_end(&d);
	return code;
}

/* Checked before anything is kept or sent; a message that may not leave is not saved either. */
static const char *keep_message(struct draft *d, bool send, bool save, struct text *out)
{
	struct call *c = d->c;
	const char *code = send ? send_message_right(c, d->item) : NULL;

	if (code)
		return code;
	d->item->draft = true;
	d->item->mime_id = message_id(c, d->in->mailbox);
	if (send)
		send_message(c, d->item);
	if (!save)
		return NULL;
	struct item *kept = item_copy(store_of(c->world, d->in->mailbox), d->item, d->in->folder);
	/* What was sent is answered without an id. */
	if (send)
		return NULL;
	struct view v;
	view_item(&v, c, d->in, kept);
	item_write_brief(&v, out);
	return NULL;
}

/* Drafts when it is only saved, Sent Items when a copy of what was sent is kept. */
static const char *create_message(
	struct call *c, xmlNode *n, const struct creation *job, struct text *out)
{
	bool send = !same(job->disposition, "SaveOnly");
	bool save = !same(job->disposition, "SendOnly");
	struct target in;
	struct draft d;
	const char *code;

	if (!job->disposition)
		return "ErrorMessageDispositionRequired";
	code = destination(c, job, send ? FOLDER_SENT : FOLDER_DRAFTS, &in);
	if (code)
		return code;
	draft_begin(&d, c, &in, ITEM_MESSAGE);
	code = draft_children(&d, n);
	if (!code)
		code = keep_message(&d, send, save, out);
	draft_end(&d);
	return code;
}

/* From the world's seed, in the domain of who sends it. */
char *message_id(struct call *c, const struct mailbox *m)
{
	const char *at = strchr(m->address, '@');
	char guid[37];

	world_guid(c->world, guid);
	return format("<%s%s>", guid, at ? at : "@localhost");
}

/* What is neither an event nor a message may be an answer to a meeting. */
static const char *create_one(
	struct call *c, xmlNode *n, const struct creation *job, struct text *out)
{
	const char *code;

	if (node_is(n, NS_T, "CalendarItem"))
		return create_event(c, n, job, out);
	if (node_is(n, NS_T, "Message"))
		return create_message(c, n, job, out);
	if (!job->disposition)
		return "ErrorMessageDispositionRequired";
	return answer_item(c, n, out, &code) ? code : "ErrorInvalidItemForOperationCreateItem";
}

/* The folder is opened once for all items; when that failed, each of them says so. */
void op_create_item(struct call *c)
{
	static const char *const message = "m:CreateItemResponseMessage";
	xmlNode *folder = node_first(node_child(c->op, NS_M, "SavedItemFolderId"));
	struct creation job = { .invitations = node_attribute(c, c->op, "SendMeetingInvitations"),
		.disposition = node_attribute(c, c->op, "MessageDisposition"),
		.named = folder != NULL };

	if (folder)
		job.code = access_folder(c, folder, &job.in, &job.smtp);
	/* To the one who may not open it the folder is as good as absent. */
	if (same(job.code, "ErrorFolderNotFound") || same(job.code, "ErrorItemNotFound"))
		job.code = "ErrorSavedItemFolderNotFound";
	response_begin(c);
	for (xmlNode *n = node_first(node_child(c->op, NS_M, "Items")); n; n = node_next(n)) {
		struct text out = { 0 };
		const char *code = create_one(c, n, &job, &out);
		c->items++;
		items_message(c, message, code, code && code == job.code ? job.smtp : NULL, &out);
		message_end(c, message);
	}
	response_end(c);
}

/* One bad id does not lose the rest. */
void op_get_item(struct call *c)
{
	static const char *const message = "m:GetItemResponseMessage";
	struct item_shape shape;
	const char *bad = item_shape_read(c, node_child(c->op, NS_M, "ItemShape"), false, &shape);

	response_begin(c);
	for (xmlNode *n = node_first(node_child(c->op, NS_M, "ItemIds")); n; n = node_next(n)) {
		struct text out = { 0 };
		struct found f;
		struct view v;
		const char *code = bad ? bad : access_item(c, n, &f);
		if (!code)
			code = view_found(&v, c, &f);
		if (!code)
			item_write(&v, &shape, &out);
		items_message(c, message, code, NULL, &out);
		message_end(c, message);
	}
	response_end(c);
	item_shape_free(&shape);
}

/* Only a draft leaves, and only as the client last saw it. */
const char *draft_message_right(struct call *c, const struct found *f)
{
	uint32_t change;

	if (f->item->class != ITEM_MESSAGE || !f->item->draft)
		return "ErrorInvalidItemForOperationSendItem";
	if (!f->change_key || !change_key_read(f->change_key, &change))
		return "ErrorChangeKeyRequiredForWriteOperations";
	if (change != f->item->change)
		return "ErrorStaleObject";
	return send_message_right(c, f->item);
}

/* The draft itself becomes the copy that is kept, under a new id. */
void send_draft(struct call *c, const struct found *f, const struct target *save)
{
	struct store *st = store_of(c->world, f->in.mailbox);

	send_message(c, f->item);
	if (!save) {
		item_delete(c->world, st, f->item);
	} else if (save->mailbox == f->in.mailbox) {
		item_move(c->world, st, f->item, save->folder);
	} else {
		item_copy(store_of(c->world, save->mailbox), f->item, save->folder);
		item_delete(c->world, st, f->item);
	}
}

void op_send_item(struct call *c)
{
	static const char *const message = "m:SendItemResponseMessage";
	bool save = truth(node_attribute(c, c->op, "SaveItemToFolder"));
	xmlNode *folder = node_first(node_child(c->op, NS_M, "SavedItemFolderId"));
	struct creation job = { .named = folder != NULL };
	struct target in;

	if (folder)
		job.code = access_folder(c, folder, &job.in, &job.smtp);
	const char *bad = folder && !save ? "ErrorInvalidSendItemSaveSettings"
					  : destination(c, &job, FOLDER_SENT, &in);
	response_begin(c);
	for (xmlNode *n = node_first(node_child(c->op, NS_M, "ItemIds")); n; n = node_next(n)) {
		struct found f;
		const char *code = bad ? bad : access_item(c, n, &f);
		if (!code)
			code = draft_message_right(c, &f);
		if (!code)
			send_draft(c, &f, save ? &in : NULL);
		message_code(c, message, code, NULL);
		message_end(c, message);
	}
	response_end(c);
}
