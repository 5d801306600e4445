/*
 * Rooms and equipment: a request that reached one is answered by its policy, some seconds later.
 * As Exchange's booking attendant does, the room keeps the organizer's name for a subject and
 * nothing of the body, takes declined meetings out of its calendar, and clears its Inbox. A series
 * that meets any conflict within the booking window is declined as a whole.
 */
#include "sim/post.h"

#include <stdlib.h>

#define BOOKING_WINDOW ((int64_t)180 * 86400)

bool room_decides(const struct mailbox *m)
{
	return m->room != NULL && m->room->policy != ROOM_MANUAL;
}

static const struct item *whole(const struct item *i)
{
	return i->master != NULL ? i->master : i;
}

static bool same_series(const struct occurrence *o, const struct item *i)
{
	return whole(o->item) == whole(i);
}

/* Takes the room: confirmed or held by somebody, and not a request that waits behind this one. */
static bool takes(const struct occurrence *o)
{
	return !o->item->cancelled && o->item->busy != BUSY_FREE &&
		o->item->my_response != RESPONSE_NONE;
}

/* Does any occurrence of `wanted` (an item, or one occurrence's) meet something else. */
static bool clashes(const struct calendar_view *v, const struct item *wanted)
{
	for (int n = 0; n < v->n; n++) {
		const struct occurrence *own = &v->at[n];

		if (own->item != wanted && (wanted->master != NULL || !same_series(own, wanted)))
			continue;
		for (int k = 0; k < v->n && v->at[k].start < own->end; k++) {
			if (v->at[k].end > own->start && !same_series(&v->at[k], wanted) &&
				takes(&v->at[k]))
				return true;
		}
	}
	return false;
}

/* The request lies in the room's calendar already, as tentative. */
static bool has_conflict(struct world *w, struct mailbox *room, const struct item *wanted)
{
	struct calendar_view v;
	bool found;

	calendar_view(w, room, wanted->start,
		wanted->recurrence != NULL ? wanted->start + BOOKING_WINDOW : wanted->end, &v);
	found = clashes(&v, wanted);
	calendar_done(&v);
	return found;
}

/* What the policy says. */
static enum response verdict(struct world *w, struct mailbox *room, const struct item *wanted)
{
	switch (room->room->policy) {
	case ROOM_ACCEPT:
		return RESPONSE_ACCEPT;
	case ROOM_TENTATIVE:
		return RESPONSE_TENTATIVE;
	case ROOM_DECLINE_CONFLICTS:
		return has_conflict(w, room, wanted) ? RESPONSE_DECLINE : RESPONSE_ACCEPT;
	case ROOM_DECLINE:
	case ROOM_MANUAL:
		break;
	}
	return RESPONSE_DECLINE;
}

/* Whoever looks at the room's calendar sees by whom it is taken, not what for. */
static void booked(struct item *i, enum response r, utc_t at)
{
	const struct person *by = &i->organizer;

	i->my_response = r;
	i->my_answered = at;
	i->busy = r == RESPONSE_ACCEPT ? i->intended : BUSY_TENTATIVE;
	free(i->subject);
	i->subject = copy(by->name != NULL ? by->name : by->address);
	free(i->body);
	i->body = NULL;
}

/* Requests that were dealt with. */
static void clear_inbox(struct world *w, struct store *st, const char *uid)
{
	struct item *next;

	for (struct item *i = store_folder(st, FOLDER_INBOX); i != NULL; i = next) {
		next = i->next;
		if (!i->deleted && i->class == ITEM_REQUEST && same(i->uid, uid))
			item_move(w, st, i, FOLDER_DELETED);
	}
}

void room_answer(struct world *w, struct mailbox *room, const struct item *request, utc_t at)
{
	struct store *st = store_of(w, room);
	struct item *i = calendar_meeting(st, request), *wanted;
	enum response r;

	clear_inbox(w, st, request->uid);
	if (i == NULL || i->organizer_here)
		return;
	wanted = calendar_subject(i, request);
	if (wanted->sequence > request->sequence)
		return;
	r = verdict(w, room, wanted);
	post_answer(w, room, request, r, NULL, at);
	if (r == RESPONSE_DECLINE) {
		calendar_remove(w, st, i, request);
		return;
	}
	booked(wanted, r, at);
	item_touch(w, st, i);
}
