/*
 * Op_update: UpdateItem. All changes of an item happen or none: they are made on a copy that then
 * takes the item's place.
 *
 * One property a change, named by its path. Meeting updates go to all attendees when anything but
 * the list of attendees changed; else, when asked so, to those who came; those who left are told
 * that it is off for them. A new time takes back the answers given.
 */
#include "sim/op_item.h"
#include <stdlib.h>
#include <string.h>

struct update {
	struct call *c;
	const char *conflict, *send, *disposition;
	struct found f;
	struct draft d;
	bool content_changed;
};

/* AutoResolve settles a stale key: changes here are to different properties, and the later one
 * stands. */
static const char *conflicts(const struct update *u)
{
	uint32_t change = 0;
	bool overwrite = same(u->conflict, "AlwaysOverwrite");
	bool sends = u->disposition && !same(u->disposition, "SaveOnly");

	if (!u->f.change_key || !change_key_read(u->f.change_key, &change))
		return overwrite && !sends ? NULL : "ErrorChangeKeyRequiredForWriteOperations";
	if (change == u->f.item->change || overwrite)
		return NULL;
	return same(u->conflict, "NeverOverwrite") ? "ErrorIrresolvableConflict" : NULL;
}

static const char *name_of(const char *uri)
{
	const char *colon = strchr(uri, ':');

	return colon ? colon + 1 : uri;
}

/* What may still be changed of a message that was sent. */
static bool of_sent(const char *uri)
{
	static const char *const open[] = { "message:IsRead", "item:Categories", "item:Flag",
		"item:ReminderIsSet", "item:ReminderDueBy", "item:ReminderMinutesBeforeStart",
		"item:Importance", "item:Sensitivity", "item:Subject", "item:Body", NULL };

	for (int n = 0; open[n]; n++)
		if (same(open[n], uri))
			return true;
	return false;
}

/* An attendee's copy belongs to the organizer in time, place and people. */
static const char *change_field(struct update *u, const char *uri, xmlNode *value, enum change how)
{
	const struct item *i = u->d.item;

	if (!uri)
		return "ErrorInvalidPropertySet";
	if (value && !node_is(value, NS_T, name_of(uri)))
		return "ErrorUpdatePropertyMismatch";
	if (i->class == ITEM_CALENDAR && i->meeting && !i->organizer_here &&
		draft_organizer_only(uri))
		return "ErrorCalendarIsNotOrganizer";
	if (i->class != ITEM_CALENDAR && !i->draft && !of_sent(uri))
		return "ErrorInvalidPropertyUpdateSentMessage";
	const char *code = draft_property(&u->d, uri, value, how);
	if (!strstr(uri, "Attendees") && !strstr(uri, "Resources"))
		u->content_changed = true;
	return code;
}

/* Schema order: the path first, then the element with the one property. */
static const char *change_one(struct update *u, xmlNode *n)
{
	enum change how = node_is(n, NS_T, "SetItemField") ? CHANGE_SET
		: node_is(n, NS_T, "AppendToItemField")	   ? CHANGE_APPEND
							   : CHANGE_DELETE;
	xmlNode *path = node_first(n);
	xmlNode *item = path ? node_next(path) : NULL;
	xmlNode *value = node_first(item);

	if (!path)
		return "ErrorInvalidRequest";
	if (how != CHANGE_DELETE && (!value || node_next(value)))
		return "ErrorIncorrectUpdatePropertyCount";
	if (node_is(path, NS_T, "FieldURI"))
		return change_field(u, node_attribute(u->c, path, "FieldURI"), value, how);
	if (!node_is(path, NS_T, "ExtendedFieldURI"))
		return "ErrorInvalidPropertySet";
	if (value && !node_is(value, NS_T, "ExtendedProperty"))
		return "ErrorUpdatePropertyMismatch";
	return how == CHANGE_APPEND ? "ErrorInvalidPropertyAppend" : draft_tag(&u->d, path, value);
}

/* Times are looked at once, when all changes are in: start and end may move together. */
static const char *change_all(struct update *u, xmlNode *updates)
{
	for (xmlNode *n = node_first(updates); n; n = node_next(n)) {
		const char *code = change_one(u, n);
		if (code)
			return code;
	}
	return draft_times(&u->d);
}

/* Those in `of` who are not in `but`, as a shallow list. */
static struct attendee *difference(const struct item *of, const struct item *but, int *n)
{
	struct attendee *list = need((size_t)of->n_attendees * sizeof *list + 1);

	*n = 0;
	for (int k = 0; k < of->n_attendees; k++) {
		bool known = false;
		for (int j = 0; j < but->n_attendees && !known; j++)
			known = same_nocase(
				of->attendees[k].who.address, but->attendees[j].who.address);
		if (!known)
			list[(*n)++] = of->attendees[k];
	}
	return list;
}

/* The draft took the item's place; `was` is the item as it stood before. */
static void tell_attendees(struct update *u, struct item *now, struct item *was)
{
	struct call *c = u->c;
	struct mailbox *owner = u->f.in.mailbox;
	bool copy = strstr(u->send, "AndSaveCopy") != NULL;
	bool only_changed = strstr(u->send, "Changed") && !u->content_changed;
	int n_gone, n_new;
	struct attendee *gone = difference(was, now, &n_gone);
	struct attendee *new = difference(now, was, &n_new);
	struct parcel off = { ITEM_CANCELLATION, gone, n_gone, copy, NULL };
	struct parcel on = { ITEM_REQUEST, only_changed ? new : now->attendees,
		only_changed ? n_new : now->n_attendees, copy, NULL };

	now->invited |= on.n_to > 0;
	send_meeting(c, owner, was, &off);
	send_meeting(c, owner, now, &on);
	free(gone);
	free(new);
}

/* They were given for another time. */
static void forget_answers(struct item *i)
{
	for (int n = 0; n < i->n_attendees; n++) {
		i->attendees[n].response = RESPONSE_UNKNOWN;
		i->attendees[n].answered = 0;
	}
}

/* The sequence number goes up with each new time, whether it is told or not. */
static const char *keep_event(struct update *u)
{
	struct call *c = u->c;
	struct item *i = u->d.item;
	bool own = i->organizer_here || !i->meeting;
	int people = i->n_attendees, before = u->f.item->n_attendees;
	bool send = !same(u->send, "SendToNone") && own && (people > 0 || before > 0);
	enum send_right right = send ? send_right(c, u->f.in.mailbox) : SEND_MAY;

	if (right == SEND_DENIED)
		return send_right_code(right);
	i->meeting |= people > 0;
	if (u->d.times_changed && own) {
		forget_answers(i);
		i->sequence += i->meeting;
	}
	draft_keep(&u->d, &u->f);
	if (send && right != SEND_DENIED_SAVED) {
		/* What it was: for a day that had no exception yet, its series. */
		struct item *was = u->d.root;
		for (int n = 0; i->master && n < was->n_exceptions; n++)
			if (was->exceptions[n].original == i->original && was->exceptions[n].item)
				was = was->exceptions[n].item;
		tell_attendees(u, i->master ? i : u->f.item, was);
	}
	item_touch(c->world, store_of(c->world, u->f.in.mailbox), u->f.item);
	return send_right_code(right);
}

/* A draft may leave with its last change. */
static const char *keep_message(struct update *u)
{
	struct call *c = u->c;
	bool send = u->f.item->draft && !same(u->disposition, "SaveOnly");
	const char *code = send ? send_message_right(c, u->d.item) : NULL;
	struct target sent;

	if (code)
		return code;
	draft_keep(&u->d, &u->f);
	item_touch(c->world, store_of(c->world, u->f.in.mailbox), u->f.item);
	if (send && own_folder(c, FOLDER_SENT, &sent))
		send_draft(c, &u->f, same(u->disposition, "SendOnly") ? NULL : &sent);
	return NULL;
}

/* Rights and keys, before anything is read. */
static const char *update_open(struct update *u, xmlNode *id)
{
	struct view v;
	const char *code = access_item(u->c, id, &u->f);

	if (!code)
		code = view_found(&v, u->c, &u->f);
	if (code)
		return code;
	if (!u->c->acting)
		return world_unsure_value(u->c->premise, UNSURE_NO_MAILBOX);
	bool event = u->f.item->class == ITEM_CALENDAR;
	if (event && !u->send)
		return "ErrorSendMeetingInvitationsOrCancellationsRequired";
	if (!event && !u->disposition)
		return "ErrorMessageDispositionRequired";
	if (!view_may(&v, RIGHT_EDIT_ANY, RIGHT_EDIT_OWNED) || v.is_private)
		return "ErrorAccessDenied";
	return conflicts(u);
}

/* A sent draft moved on: there is no id to answer then. */
static const char *update_one(struct update *u, xmlNode *change, struct text *out)
{
	xmlNode *id = node_first(change);
	const char *code = id ? update_open(u, id) : "ErrorInvalidRequest";

	if (code)
		return code;
	draft_copy(&u->d, u->c, &u->f);
	code = change_all(u, node_child(change, NS_T, "Updates"));
	bool event = u->f.item->class == ITEM_CALENDAR;
	if (!code)
		code = event ? keep_event(u) : keep_message(u);
	draft_end(&u->d);
	struct view v;
	if (!code && !u->f.item->deleted && !view_found(&v, u->c, &u->f))
		item_write_brief(&v, out);
	return code;
}

void op_update_item(struct call *c)
{
	static const char *const message = "m:UpdateItemResponseMessage";
	xmlNode *changes = node_child(c->op, NS_M, "ItemChanges");

	response_begin(c);
	for (xmlNode *n = node_first(changes); n; n = node_next(n)) {
		struct update u = { .c = c,
			.conflict = node_attribute(c, c->op, "ConflictResolution"),
			.send = node_attribute(c, c->op, "SendMeetingInvitationsOrCancellations"),
			.disposition = node_attribute(c, c->op, "MessageDisposition") };
		struct text out = { 0 };
		const char *code = update_one(&u, n, &out);
		items_message(c, message, code, NULL, &out);
		if (!code)
			text_puts(&c->out,
				"<m:ConflictResults><t:Count>0</t:Count></m:ConflictResults>");
		message_end(c, message);
	}
	response_end(c);
}
