/*
 * Op_item_send: what leaves a mailbox: who may send for whom, invitations and cancellations,
 * messages, and answers to meetings.
 *
 * Writing in another's calendar and sending for its owner are two rights. Without the second a
 * real server was seen to save and refuse, to refuse at once, or to let a report come later; the
 * premise says which. Who impersonates the owner is the owner.
 */
#include "sim/op_item.h"
#include <stdlib.h>
#include <string.h>

/* A delegate entry carries the right to send on behalf. */
static bool is_delegate(const struct mailbox *owner, const struct mailbox *who)
{
	for (const struct delegate *d = owner->delegates; d; d = d->next)
		if (d->who == who)
			return true;
	return false;
}

/* Evaluated for who acts: the caller, or whom it impersonates. */
enum send_right send_right(const struct call *c, const struct mailbox *owner)
{
	if (owner == c->acting || is_delegate(owner, c->acting) ||
		world_sends_on_behalf(owner, c->acting))
		return SEND_MAY;
	if (world_unsure(c->premise, UNSURE_SEND_REFUSED, "bounce"))
		return SEND_BOUNCES;
	return world_unsure(c->premise, UNSURE_SEND_REFUSED, "ErrorAccessDenied")
		? SEND_DENIED
		: SEND_DENIED_SAVED;
}

const char *send_right_code(enum send_right r)
{
	static const char *const codes[] = { [SEND_MAY] = NULL,
		[SEND_BOUNCES] = NULL,
		[SEND_DENIED_SAVED] = "ErrorSendAsDenied",
		[SEND_DENIED] = "ErrorAccessDenied" };

	return codes[r];
}

static void set_person(struct person *p, const struct mailbox *m)
{
	free(p->name);
	free(p->address);
	p->name = copy(m->name);
	p->address = copy(m->address);
}

/* The list becomes the item's own. */
static void give_recipients(struct item *i, const struct attendee *to, int n)
{
	i->to = need((size_t)n * sizeof *to);
	i->n_to = n;
	for (int k = 0; k < n; k++)
		i->to[k] = (struct attendee){ .kind = to[k].kind,
			.who = { copy(to[k].who.name), copy(to[k].who.address) } };
}

/* The sender's own copy of meeting mail, in Sent Items. */
static void keep_copy(struct call *c, const struct sending *g)
{
	struct mailbox *keeper = g->sender ? g->sender : g->organizer;
	struct item bare = *g->meeting;

	bare.exceptions = NULL;
	bare.n_exceptions = 0;
	bare.master = NULL;
	bare.to = NULL;
	bare.n_to = 0;
	struct item *sent = item_copy(store_of(c->world, keeper), &bare, FOLDER_SENT);
	sent->class = g->class;
	sent->is_read = true;
	sent->sent = sent->created = sent->modified = c->now;
	set_person(&sent->from, g->organizer);
	set_person(&sent->sender, keeper);
	give_recipients(sent, g->to, g->n_to);
}

/* Nobody to tell: nothing happens, and no copy is kept. */
void send_meeting(
	struct call *c, struct mailbox *owner, struct item *meeting, const struct parcel *parcel)
{
	struct sending g = { .organizer = owner,
		.sender = owner == c->acting ? NULL : c->acting,
		.meeting = meeting,
		.class = parcel->class,
		.to = parcel->to,
		.n_to = parcel->n_to,
		.refused = send_right(c, owner) != SEND_MAY,
		.note = parcel->note };

	if (!parcel->n_to)
		return;
	post_meeting(c->world, &g);
	if (parcel->copy && !g.refused)
		keep_copy(c, &g);
}

/* Whom a message is from: its From, when that is one of our mailboxes; else the caller. */
static struct mailbox *author_of(struct call *c, const struct item *message)
{
	struct mailbox *m =
		message->from.address ? world_mailbox(c->world, message->from.address) : NULL;

	return m ? m : c->acting;
}

/* Bounces are no refusal: they come later. */
const char *send_message_right(struct call *c, const struct item *message)
{
	if (!c->acting)
		return world_unsure_value(c->premise, UNSURE_NO_MAILBOX);
	if (!message->n_to)
		return "ErrorMissingRecipients";
	enum send_right right = send_right(c, author_of(c, message));
	return right == SEND_DENIED_SAVED || right == SEND_DENIED ? send_right_code(right) : NULL;
}

void send_message(struct call *c, struct item *message)
{
	struct mailbox *author = author_of(c, message);
	bool refused = send_right(c, author) != SEND_MAY;

	set_person(&message->from, author);
	set_person(&message->sender, c->acting);
	message->draft = false;
	message->is_read = true;
	message->sent = c->now;
	post_message(c->world, author, author == c->acting ? NULL : c->acting, message, refused);
}

/* The meeting in the calendar that a request, or the meeting itself, names. */
static struct item *meeting_of(struct call *c, const struct found *f)
{
	struct item *i = f->item;
	struct occurrence o;

	if (i->class == ITEM_CALENDAR) {
		if (f->instance && item_instance(i, f->instance, &o))
			return item_exception(i, o.original);
		return i;
	}
	i = store_folder(store_of(c->world, f->in.mailbox), FOLDER_CALENDAR);
	while (i && (i->deleted || !same(i->uid, f->item->uid)))
		i = i->next;
	return i;
}

/* With its blanks; malloc'ed. */
static char *note_of(xmlNode *body)
{
	if (!body)
		return NULL;
	xmlChar *content = xmlNodeGetContent(body);
	char *note = copy((const char *)content);
	xmlFree(content);
	return note;
}

static const struct answer_row {
	const char *name;
	enum response response;
	const char *wrong_item, *own, *cancelled;
} answers[] = {
	{ "AcceptItem", RESPONSE_ACCEPT, "ErrorInvalidItemForOperationAcceptItem",
		"ErrorCalendarIsOrganizerForAccept", "ErrorCalendarIsCancelledForAccept" },
	{ "TentativelyAcceptItem", RESPONSE_TENTATIVE, "ErrorInvalidItemForOperationTentative",
		"ErrorCalendarIsOrganizerForTentative", "ErrorCalendarIsCancelledForTentative" },
	{ "DeclineItem", RESPONSE_DECLINE, "ErrorInvalidItemForOperationDeclineItem",
		"ErrorCalendarIsOrganizerForDecline", "ErrorCalendarIsCancelledForDecline" },
	{ NULL, RESPONSE_NONE, NULL, NULL, NULL },
};

/* The item that an answer is about must be named with its change key. */
static const char *refer(struct call *c, xmlNode *answer, struct found *f)
{
	xmlNode *id = node_child(answer, NS_T, "ReferenceItemId");
	const char *code = id ? access_item(c, id, f) : "ErrorMissingInformationReferenceItemId";

	if (!code && !f->change_key)
		code = "ErrorChangeKeyRequired";
	return code;
}

/* The request is done with: it goes to Deleted Items, as it does in Outlook. */
static const char *answer_meeting(
	struct call *c, xmlNode *n, const struct answer_row *row, struct text *out)
{
	struct found f;
	const char *code = refer(c, n, &f);

	if (code)
		return code;
	if (f.item->class != ITEM_CALENDAR && f.item->class != ITEM_REQUEST)
		return row->wrong_item;
	struct view v;
	view_item(&v, c, &f.in, f.item);
	if (!view_may(&v, RIGHT_EDIT_ANY, 0))
		return "ErrorAccessDenied";
	struct item *meeting = meeting_of(c, &f);
	if (!meeting)
		return "ErrorItemNotFound";
	if (!meeting->meeting)
		return row->wrong_item;
	if (meeting->organizer_here)
		return row->own;
	if (meeting->cancelled)
		return c->level >= LEVEL_2010 ? row->cancelled : row->wrong_item;
	enum send_right right = send_right(c, f.in.mailbox);
	if (send_right_code(right))
		return send_right_code(right);
	uint32_t series = meeting->master ? meeting->master->change : 0;
	char *note = note_of(node_child(n, NS_T, "Body"));
	post_response(c->world, f.in.mailbox, meeting, row->response, note);
	free(note);
	if (f.item->class == ITEM_REQUEST)
		item_move(c->world, store_of(c->world, f.in.mailbox), f.item, FOLDER_DELETED);
	/* A declined occurrence is gone: its series is what remains to be named. */
	view_item(&v, c, &f.in, series ? f.item : meeting);
	item_write_brief(&v, out);
	return NULL;
}

/* Attendees get the note; the organizer's copy goes to Deleted Items. */
static const char *cancel_meeting(struct call *c, xmlNode *n, struct text *out)
{
	struct found f;
	const char *code = refer(c, n, &f);

	if (code)
		return code;
	if (f.item->class != ITEM_CALENDAR)
		return "ErrorInvalidItemForOperationCancelItem";
	struct view v;
	code = view_found(&v, c, &f);
	if (code)
		return code;
	if (!f.item->meeting || !f.item->organizer_here)
		return f.item->meeting ? "ErrorCalendarIsNotOrganizer"
				       : "ErrorInvalidItemForOperationCancelItem";
	if (!view_may(&v, RIGHT_DELETE_ANY, RIGHT_DELETE_OWNED))
		return "ErrorAccessDenied";
	enum send_right right = send_right(c, f.in.mailbox);
	if (send_right_code(right))
		return send_right_code(right);
	struct item *meeting = meeting_of(c, &f);
	struct item *notice = item_clone(meeting);
	char *note = note_of(node_child(n, NS_T, "NewBodyContent"));
	struct parcel parcel = { ITEM_CANCELLATION, notice->attendees, notice->n_attendees, true,
		note };
	notice->sequence++;
	send_meeting(c, f.in.mailbox, notice, &parcel);
	free(note);
	item_free(notice);
	item_bin(c, &f, meeting);
	view_item(&v, c, &f.in, f.item);
	item_write_brief(&v, out);
	return NULL;
}

/* False leaves *code alone. */
bool answer_item(struct call *c, xmlNode *n, struct text *out, const char **code)
{
	if (node_is(n, NS_T, "CancelCalendarItem")) {
		*code = cancel_meeting(c, n, out);
		return true;
	}
	for (const struct answer_row *row = answers; row->name; row++)
		if (node_is(n, NS_T, row->name)) {
			*code = answer_meeting(c, n, row, out);
			return true;
		}
	return false;
}
