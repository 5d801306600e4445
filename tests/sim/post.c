/*
 * Post: the queue of letters under way, their delivery, and what tests read of it. Letters arrive
 * in the order of their time on the world's clock, then as they were sent; a delivery may send more
 * (rooms answer), which takes its place in the same queue. Arrival times are those at which they
 * were due, however far the clock jumped.
 */
#include "sim/post.h"

#include <stdlib.h>
#include <string.h>

struct letter *letter_new(struct item *mail)
{
	struct letter *l = need(sizeof(*l));

	l->mail = mail;
	return l;
}

void letter_hold(struct letter *l)
{
	l->users++;
}

void letter_drop(struct letter *l)
{
	if (--l->users > 0)
		return;
	item_free(l->mail);
	free(l);
}

struct post *post_new(void)
{
	return need(sizeof(struct post));
}

static void delivery_free(struct delivery *d)
{
	letter_drop(d->letter);
	free(d);
}

void post_free(struct post *p)
{
	if (p == NULL)
		return;
	while (p->first != NULL) {
		struct delivery *d = p->first;

		p->first = d->next;
		delivery_free(d);
	}
	for (size_t n = 0; n < p->n_outside; n++) {
		free(p->outside[n].address);
		letter_drop(p->outside[n].letter);
	}
	free(p->outside);
	free(p);
}

/* Behind all that is due no later: the order of sending holds among equals. */
struct delivery *post_put(
	struct world *w, utc_t due, enum delivery_kind kind, struct mailbox *to, struct letter *l)
{
	struct delivery *d = need(sizeof(*d)), **at = &w->post->first;

	letter_hold(l);
	d->due = due;
	d->kind = kind;
	d->to = to;
	d->letter = l;
	while (*at != NULL && (*at)->due <= due)
		at = &(*at)->next;
	d->next = *at;
	*at = d;
	return d;
}

void post_outside(struct world *w, const char *address, struct letter *l)
{
	struct post *p = w->post;

	letter_hold(l);
	p->outside = need_more(p->outside, (p->n_outside + 1) * sizeof(*p->outside));
	p->outside[p->n_outside++] = (struct outside){ .address = copy(address), .letter = l };
}

/* Mail and what it does to the calendar arrive together; a room begins to think about it. */
static void deliver(struct world *w, const struct delivery *d)
{
	const struct item *mail = d->letter->mail;
	struct item *i;

	if (d->kind == DELIVER_ANSWER) {
		room_answer(w, d->to, mail, d->due);
		return;
	}
	if (d->kind != DELIVER_QUIETLY) {
		i = item_copy(store_of(w, d->to), mail, FOLDER_INBOX);
		i->created = i->modified = i->received = d->due;
		i->sent_to = d->owner;
	}
	if (d->kind != DELIVER_COPY)
		calendar_take(w, d->to, mail, d->due);
	if (d->kind == DELIVER_MAIL && mail->class == ITEM_REQUEST && room_decides(d->to))
		post_put(w, d->due + d->to->room->after, DELIVER_ANSWER, d->to, d->letter);
}

int64_t post_tick(struct world *w)
{
	utc_t now = world_now(w);
	struct delivery *d;

	while ((d = w->post->first) != NULL && d->due <= now) {
		w->post->first = d->next;
		deliver(w, d);
		delivery_free(d);
	}
	return d != NULL ? d->due - now : -1;
}

/* Reading */

/* 0 is never. */
static json_t *json_time(utc_t at)
{
	struct text t = { 0 };
	json_t *j;

	if (at == 0)
		return json_null();
	when_write_utc(&t, at);
	j = json_string(t.at);
	text_free(&t);
	return j;
}

static json_t *json_text(const char *s)
{
	return s == NULL ? json_null() : json_string(s);
}

static json_t *json_mail(const struct item *i, const char *folder)
{
	json_t *o = json_object(), *to = json_array();

	for (int n = 0; n < i->n_to; n++)
		json_array_append_new(to, json_text(i->to[n].who.address));
	json_object_set_new(o, "from", json_text(i->from.address));
	json_object_set_new(o, "sender", json_text(i->sender.address));
	json_object_set_new(o, "to", to);
	json_object_set_new(o, "subject", json_text(i->subject));
	json_object_set_new(o, "class", json_string(item_class_name(i)));
	json_object_set_new(o, "when", json_time(i->received != 0 ? i->received : i->sent));
	json_object_set_new(o, "uid", json_text(i->uid));
	json_object_set_new(o, "start", json_time(i->start));
	json_object_set_new(o, "end", json_time(i->end));
	json_object_set_new(o, "folder", json_text(folder));
	json_object_set_new(o, "body", json_text(i->body));
	return o;
}

/* Distinguished names, and those of own folders. */
static const char *folder_word(const struct mailbox *m, int folder)
{
	static const char *const words[] = { "calendar", "inbox", "sentitems", "drafts", "outbox",
		"deleteditems", "contacts", "tasks", "junkemail", "msgfolderroot", "root" };
	const struct folder_own *own = m->own_folders;

	if (folder < FOLDER_CUSTOM)
		return words[folder];
	while (own != NULL && folder-- > FOLDER_CUSTOM)
		own = own->next;
	return own != NULL ? own->name : NULL;
}

/* It came by post: not what was written, sent or kept here. */
static bool was_delivered(const struct item *i)
{
	return !i->deleted && i->class != ITEM_CALENDAR && i->received != 0 &&
		i->folder != FOLDER_SENT && i->folder != FOLDER_DRAFTS &&
		i->folder != FOLDER_OUTBOX;
}

static int by_arrival(const void *a, const void *b)
{
	const struct item *const *x = a, *const *y = b;

	if ((*x)->received != (*y)->received)
		return (*x)->received < (*y)->received ? -1 : 1;
	return (*x)->sync_born < (*y)->sync_born ? -1 : 1;
}

/* A mailbox nobody touched has no store, and is not given one. */
static json_t *messages_of(const struct mailbox *m)
{
	const struct store *st = m->store;
	json_t *all = json_array();
	const struct item **at = need((st != NULL ? st->next_number : 0) * sizeof(struct item *));
	size_t n = 0;

	for (uint64_t k = 0; st != NULL && k < st->next_number; k++) {
		if (was_delivered(st->by_number[k]))
			at[n++] = st->by_number[k];
	}
	qsort(at, n, sizeof(struct item *), by_arrival);
	for (size_t k = 0; k < n; k++)
		json_array_append_new(all, json_mail(at[k], folder_word(m, at[k]->folder)));
	free(at);
	return all;
}

json_t *post_messages(struct world *w, const char *address)
{
	const struct mailbox *m = address != NULL ? world_mailbox(w, address) : NULL;
	json_t *all, *o;

	if (m != NULL)
		return messages_of(m);
	all = json_array();
	for (size_t n = 0; n < w->post->n_outside; n++) {
		const struct outside *out = &w->post->outside[n];

		if (address != NULL && !same_nocase(address, out->address))
			continue;
		o = json_mail(out->letter->mail, NULL);
		json_object_set_new(o, "recipient", json_string(out->address));
		json_array_append_new(all, o);
	}
	return all;
}
