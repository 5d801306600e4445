/*
 * Sending: from an item to letters on their way. A letter is a copy of what was sent at that
 * moment; groups are opened, nobody gets it twice, delegates get the copies their owner's settings
 * promise, and what cannot be delivered comes back to its sender as a report.
 */
#include "sim/post.h"

#include <stdlib.h>
#include <string.h>

/* One letter's way to its recipients. */
struct round {
	struct world *world;
	struct letter *letter;
	struct mailbox *bounce;
	utc_t at;
	struct mailbox **seen;
	int n_seen;
	int depth; /* of groups in groups */
};
enum { GROUP_DEPTH = 16 };

/* Takes the place of whoever stood there. */
static void person_set(struct person *p, const char *name, const char *address)
{
	free(p->name);
	free(p->address);
	p->name = copy(name);
	p->address = copy(address);
}

static void replace(char **s, char *with)
{
	free(*s);
	*s = with;
}

/* Answers do not travel: a recipient is a name, an address and a kind. */
static void recipients_set(struct item *i, const struct attendee *to, int n)
{
	for (int k = 0; k < i->n_to; k++)
		person_set(&i->to[k].who, NULL, NULL);
	free(i->to);
	i->to = need((size_t)n * sizeof(*i->to));
	i->n_to = n;
	for (int k = 0; k < n; k++) {
		i->to[k].kind = to[k].kind;
		person_set(&i->to[k].who, to[k].who.name, to[k].who.address);
	}
}

/* Reports */

static const char *domain_of(const char *address)
{
	const char *at = address != NULL ? strrchr(address, '@') : NULL;

	return at != NULL ? at + 1 : "";
}

static void report(
	struct world *w, struct mailbox *to, const struct item *mail, char *body, utc_t at)
{
	struct attendee who = { .who = { to->name, to->address } };
	struct item *i = need(sizeof(*i));
	struct letter *l = letter_new(i);

	letter_hold(l);
	i->class = ITEM_REPORT;
	i->importance = 1;
	i->sent = at;
	i->subject = format("Undeliverable: %s", mail->subject != NULL ? mail->subject : "");
	i->body = body;
	i->from.name = copy("Microsoft Outlook");
	i->from.address = format("postmaster@%s", domain_of(to->address));
	person_set(&i->sender, i->from.name, i->from.address);
	recipients_set(i, &who, 1);
	post_put(w, at + POST_REPORT, DELIVER_MAIL, to, l);
	letter_drop(l);
}

/* One address leads nowhere. */
static void bounce(struct round *r, const char *address)
{
	if (r->bounce == NULL)
		return;
	report(r->world, r->bounce, r->letter->mail,
		format("Your message to %s couldn't be delivered.\r\n\r\nRemote Server returned "
		       "'550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP "
		       "address lookup'\r\n",
			address),
		r->at);
}

/* Nothing of it went out: the sender may not send for this organizer. One report names all. */
static void refuse(struct world *w, struct mailbox *to, const struct item *mail, utc_t at)
{
	struct text body = { 0 };

	text_puts(&body,
		"This message could not be sent. You do not have the permission to send "
		"the message on behalf of the specified user.\r\n\r\n");
	for (int n = 0; n < mail->n_to; n++) {
		text_puts(&body, mail->to[n].who.address);
		text_puts(&body, "\r\n");
	}
	text_puts(&body,
		"\r\nRemote Server returned '550 5.2.0 STOREDRV.Submit.Exception:"
		"SendAsDeniedException.MapiExceptionSendAsDenied; Cannot submit "
		"message'\r\n");
	report(w, to, mail, body.at, at);
}

/* Routing */

static bool is_meeting_mail(const struct item *i)
{
	return i->class == ITEM_REQUEST || i->class == ITEM_CANCELLATION ||
		i->class == ITEM_RESPONSE;
}

/* Copies to delegates; true when one was sent. A private meeting is for those who may see it. */
static bool copy_delegates(struct round *r, struct mailbox *m)
{
	bool any = false;

	if (same(m->deliver, "NoForward") || !is_meeting_mail(r->letter->mail))
		return false;
	for (const struct delegate *d = m->delegates; d != NULL; d = d->next) {
		if (!d->copies || !d->who->enabled)
			continue;
		if (r->letter->mail->sensitivity == SENSE_PRIVATE && !d->sees_private)
			continue;
		post_put(r->world, r->at + POST_MAIL, DELIVER_COPY, d->who, r->letter)->owner = m;
		any = true;
	}
	return any;
}

/* True when it is the first time. */
static bool see(struct round *r, struct mailbox *m)
{
	for (int n = 0; n < r->n_seen; n++) {
		if (r->seen[n] == m)
			return false;
	}
	r->seen = need_more(r->seen, (size_t)(r->n_seen + 1) * sizeof(struct mailbox *));
	r->seen[r->n_seen++] = m;
	return true;
}

/* DelegatesOnly keeps the mail from the owner's Inbox; the calendar is kept up all the same. */
static void route_mailbox(struct round *r, struct mailbox *m)
{
	bool copied;

	if (!see(r, m))
		return;
	if (!m->enabled) {
		bounce(r, m->address);
		return;
	}
	copied = copy_delegates(r, m);
	post_put(r->world, r->at + POST_MAIL,
		copied && same(m->deliver, "DelegatesOnly") ? DELIVER_QUIETLY : DELIVER_MAIL, m,
		r->letter);
}

/* Groups may hold groups, and each other: the depth ends it. */
static void route_group(struct round *r, const struct group *g)
{
	if (r->depth >= GROUP_DEPTH)
		return;
	r->depth++;
	for (int n = 0; n < g->n_members; n++)
		route_mailbox(r, g->members[n]);
	for (int n = 0; g->groups != NULL && g->groups[n] != NULL; n++)
		route_group(r, g->groups[n]);
	r->depth--;
}

/* A mailbox, a group, a mistake in a domain of ours, or somebody elsewhere. */
static void route(struct round *r, const char *address)
{
	struct mailbox *m = address != NULL ? world_mailbox(r->world, address) : NULL;
	const struct group *g =
		m == NULL && address != NULL ? world_group(r->world, address) : NULL;

	if (m != NULL)
		route_mailbox(r, m);
	else if (g != NULL)
		route_group(r, g);
	else if (*domain_of(address) == '\0' || world_domain(r->world, domain_of(address)) != NULL)
		bounce(r, address != NULL ? address : "");
	else
		post_outside(r->world, address, r->letter);
}

/* The mail is the post's from here on. An organizer among the invited gets none of it. */
static void send_out(struct world *w, struct item *mail, struct mailbox *bounce_to, utc_t at)
{
	struct round r = { .world = w, .bounce = bounce_to, .at = at };
	struct mailbox *organizer = NULL;

	if (mail->class == ITEM_REQUEST || mail->class == ITEM_CANCELLATION)
		organizer = world_mailbox(w, mail->organizer.address);
	if (organizer != NULL)
		see(&r, organizer);
	r.letter = letter_new(mail);
	letter_hold(r.letter);
	for (int n = 0; n < mail->n_to; n++)
		route(&r, mail->to[n].who.address);
	letter_drop(r.letter);
	free(r.seen);
}

static void send_or_refuse(
	struct world *w, struct item *mail, struct mailbox *bounce_to, bool refused)
{
	utc_t at = world_now(w);

	if (!refused) {
		send_out(w, mail, bounce_to, at);
		return;
	}
	refuse(w, bounce_to, mail, at);
	item_free(mail);
}

/* Letters */

/* A letter about an item: its content at this moment, without what is its mailbox's own. */
static struct item *letter_of(const struct item *from, utc_t at)
{
	struct item bare = *from, *i;

	bare.categories = NULL;
	i = item_clone(&bare);
	i->draft = i->deleted = i->is_read = false;
	i->sent = i->created = i->modified = at;
	i->received = 0;
	i->made_by = i->sent_to = NULL;
	i->master = NULL;
	return i;
}

static void drop_tags(struct item *i)
{
	while (i->n_tags > 0)
		item_set_tag(i, i->tags[0].key, NULL);
}

/* From is who it is for, Sender who wrote it: the same unless a delegate did. */
static void signed_by(struct item *i, const struct mailbox *from, const struct mailbox *sender)
{
	if (sender == NULL)
		sender = from;
	person_set(&i->from, from->name, from->address);
	person_set(&i->sender, sender->name, sender->address);
}

/* A request or cancellation, as every recipient will find it. */
static struct item *meeting_letter(struct world *w, const struct sending *g)
{
	struct item *i = letter_of(g->meeting, world_now(w));

	i->class = g->class;
	i->meeting = true;
	i->intended = g->meeting->busy;
	i->organizer_here = false;
	i->my_response = RESPONSE_NONE;
	i->my_answered = 0;
	signed_by(i, g->organizer, g->sender);
	person_set(&i->organizer, g->organizer->name, g->organizer->address);
	recipients_set(i, g->to, g->n_to);
	/* Who has answered what is the organizer's to know. */
	for (int n = 0; n < i->n_attendees; n++) {
		i->attendees[n].response = RESPONSE_UNKNOWN;
		i->attendees[n].answered = 0;
	}
	if (!world_unsure(g->organizer->home, UNSURE_TAGS_TRAVEL, "yes"))
		drop_tags(i);
	if (g->class == ITEM_CANCELLATION) {
		i->cancelled = true;
		replace(&i->subject, format("Canceled: %s", i->subject != NULL ? i->subject : ""));
		if (g->note != NULL) {
			replace(&i->body, copy(g->note));
			i->body_html = false;
		}
	}
	return i;
}

void post_meeting(struct world *w, const struct sending *g)
{
	if (g->n_to <= 0)
		return;
	if (g->meeting->uid == NULL)
		item_new_uid(w, g->meeting);
	send_or_refuse(
		w, meeting_letter(w, g), g->sender != NULL ? g->sender : g->organizer, g->refused);
}

void post_message(struct world *w, struct mailbox *from, struct mailbox *sender,
	const struct item *message, bool refused)
{
	struct item *i = letter_of(message, world_now(w));

	i->class = ITEM_MESSAGE;
	signed_by(i, from, sender);
	send_or_refuse(w, i, sender != NULL ? sender : from, refused);
}

static const char *answer_word(enum response r)
{
	return r == RESPONSE_ACCEPT ? "Accepted" : r == RESPONSE_DECLINE ? "Declined" : "Tentative";
}

void post_answer(struct world *w, struct mailbox *m, const struct item *meeting, enum response r,
	const char *note, utc_t at)
{
	struct attendee to = { .who = meeting->organizer };
	struct item *i = letter_of(meeting, at);

	i->class = ITEM_RESPONSE;
	i->my_response = r;
	i->my_answered = at;
	signed_by(i, m, NULL);
	recipients_set(i, &to, 1);
	drop_tags(i);
	item_drop_exceptions(i);
	replace(&i->subject,
		format("%s: %s", answer_word(r), i->subject != NULL ? i->subject : ""));
	replace(&i->body, copy(note));
	i->body_html = false;
	send_out(w, i, m, at);
}

void post_response(
	struct world *w, struct mailbox *m, struct item *meeting, enum response r, const char *note)
{
	struct store *st = store_of(w, m);
	struct item *whole = meeting->master != NULL ? meeting->master : meeting;
	utc_t at = world_now(w);

	meeting->my_response = r;
	meeting->my_answered = at;
	meeting->busy = r == RESPONSE_ACCEPT ? meeting->intended
		: r == RESPONSE_TENTATIVE    ? BUSY_TENTATIVE
					     : BUSY_FREE;
	item_touch(w, st, whole);
	post_answer(w, m, meeting, r, note, at);
	if (r != RESPONSE_DECLINE)
		return;
	if (meeting->master != NULL)
		item_drop(whole, meeting->original);
	else
		item_move(w, st, meeting, FOLDER_DELETED);
}
