/*
 * What meeting mail does to a calendar, as Exchange's attendant does it without being asked: a
 * request leaves a tentative item, an update changes it (and asks for the answer anew when the time
 * moved), a cancellation marks it, and an answer is noted in the organizer's item. Meetings are
 * known by their UID; mail about one occurrence of a series has its original start.
 */
#include "sim/post.h"

#include <stdlib.h>
#include <string.h>

/* One invited to single occurrences has an item for each, all with the series' UID. */
struct item *calendar_meeting(const struct store *st, const struct item *mail)
{
	for (struct item *i = store_folder(st, FOLDER_CALENDAR); i != NULL; i = i->next) {
		if (i->deleted || i->class != ITEM_CALENDAR || mail->uid == NULL)
			continue;
		if (same(i->uid, mail->uid) &&
			(i->original == 0 || mail->original == 0 || i->original == mail->original))
			return i;
	}
	return NULL;
}

static bool of_occurrence(const struct item *meeting, const struct item *mail)
{
	return mail->original != 0 && meeting->recurrence != NULL;
}

struct item *calendar_subject(struct item *meeting, const struct item *mail)
{
	return of_occurrence(meeting, mail) ? item_exception(meeting, mail->original) : meeting;
}

void calendar_remove(
	struct world *w, struct store *st, struct item *meeting, const struct item *mail)
{
	if (!of_occurrence(meeting, mail)) {
		item_delete(w, st, meeting);
		return;
	}
	item_drop(meeting, mail->original);
	item_touch(w, st, meeting);
}

/* An attendee's calendar item, from the request. */
static struct item *invited_item(const struct item *mail, utc_t at)
{
	struct item bare = *mail, *i;

	bare.from = bare.sender = (struct person){ 0 };
	bare.to = NULL;
	bare.n_to = 0;
	i = item_clone(&bare);
	i->class = ITEM_CALENDAR;
	i->created = i->modified = i->received = at;
	i->busy = mail->intended == BUSY_FREE ? BUSY_FREE : BUSY_TENTATIVE;
	return i;
}

/* Does a series still take place when it did. */
static bool same_recurrence(const struct recurrence *a, const struct recurrence *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return a->pattern == b->pattern && a->interval == b->interval && a->days == b->days &&
		a->day == b->day && a->nth == b->nth && a->month == b->month &&
		a->first_weekday == b->first_weekday && a->count == b->count &&
		a->until == b->until;
}

/* What belongs to the one invited stays; so does the answer, while the time does. */
static void update_item(struct item *i, const struct item *mail, utc_t at)
{
	struct item *fresh = invited_item(mail, at);

	fresh->reminder = i->reminder;
	fresh->reminder_minutes = i->reminder_minutes;
	if (i->tags != NULL && fresh->tags == NULL) {
		fresh->tags = i->tags;
		fresh->n_tags = i->n_tags;
		i->tags = NULL;
		i->n_tags = 0;
	}
	fresh->categories = i->categories;
	i->categories = NULL;
	if (i->start == fresh->start && i->end == fresh->end &&
		same_recurrence(i->recurrence, fresh->recurrence)) {
		fresh->my_response = i->my_response;
		fresh->my_answered = i->my_answered;
		fresh->busy = i->busy;
	}
	item_take(i, fresh);
}

/* One that comes late, after a newer one, changes nothing. */
static void take_request(struct world *w, struct mailbox *m, const struct item *mail, utc_t at)
{
	struct store *st = store_of(w, m);
	struct item *i = calendar_meeting(st, mail), *fresh;

	if (i == NULL) {
		fresh = invited_item(mail, at);
		item_copy(st, fresh, FOLDER_CALENDAR);
		item_free(fresh);
		return;
	}
	if (i->organizer_here || mail->sequence < i->sequence)
		return;
	update_item(calendar_subject(i, mail), mail, at);
	item_touch(w, st, i);
}

/* It stays until its owner removes it, and takes no time any more. */
static void mark_cancelled(struct item *i, const struct item *mail)
{
	free(i->subject);
	i->subject = copy(mail->subject);
	i->cancelled = true;
	i->busy = BUSY_FREE;
	i->sequence = mail->sequence;
}

/* Rooms keep nothing of a meeting that is off. */
static void take_cancellation(struct world *w, struct mailbox *m, const struct item *mail)
{
	struct store *st = store_of(w, m);
	struct item *i = calendar_meeting(st, mail);

	if (i == NULL || i->organizer_here)
		return;
	if (room_decides(m)) {
		calendar_remove(w, st, i, mail);
		return;
	}
	mark_cancelled(calendar_subject(i, mail), mail);
	item_touch(w, st, i);
}

static struct attendee *attendee_add(struct item *i, const struct person *who)
{
	struct attendee *a;

	i->attendees = need_more(i->attendees, (size_t)(i->n_attendees + 1) * sizeof(*a));
	a = &i->attendees[i->n_attendees++];
	*a = (struct attendee){ .who = { copy(who->name), copy(who->address) } };
	return a;
}

/* By address, or by another address of the same mailbox; a group's member is added. */
static struct attendee *attendee_of(struct world *w, struct item *i, const struct person *who)
{
	const struct mailbox *m = world_mailbox(w, who->address);
	struct attendee *a = item_attendee(i, who->address);

	for (int n = 0; a == NULL && m != NULL && n < i->n_attendees; n++) {
		const char *address = i->attendees[n].who.address;

		if (address != NULL && world_mailbox(w, address) == m)
			a = &i->attendees[n];
	}
	return a != NULL ? a : attendee_add(i, who);
}

/* The latest answer counts, in whatever order they come. */
static void note_answer(struct world *w, struct item *i, const struct item *mail)
{
	struct attendee *a = attendee_of(w, i, &mail->from);

	if (mail->sent < a->answered)
		return;
	a->response = mail->my_response;
	a->answered = mail->sent;
}

static void take_answer(struct world *w, struct mailbox *m, const struct item *mail)
{
	struct store *st = store_of(w, m);
	struct item *i = calendar_meeting(st, mail);

	if (i == NULL || !i->organizer_here)
		return;
	note_answer(w, calendar_subject(i, mail), mail);
	item_touch(w, st, i);
}

void calendar_take(struct world *w, struct mailbox *m, const struct item *mail, utc_t at)
{
	if (mail->class == ITEM_REQUEST)
		take_request(w, m, mail, at);
	else if (mail->class == ITEM_CANCELLATION)
		take_cancellation(w, m, mail);
	else if (mail->class == ITEM_RESPONSE)
		take_answer(w, m, mail);
}
