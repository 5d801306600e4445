/* Rsvp: does a room take bookings?
 *
 * A walk of small steps: look for a free hour, make the meeting, wait for the room's answer, which
 * Exchange notes at the meeting; then take away the meeting, with a cancellation that lets the room
 * forget it, and the room's answers in our own inbox. They are known by their sender and by when
 * they came; what came before is not touched. The taking away happens however the rest ended.
 */
#include "rsvp.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "platform/clock.h"
#include "platform/loop.h"

enum {
	HOUR = 3600,
	DAY = 86400,
	WEEK_DAYS = 7,
	FIRST_HOUR = 9, /* in UTC: office hours in Europe, and not in the night elsewhere */
	LAST_HOUR = 15,
	ASK_MS = 2000,
	LOOKS = 3, /* for the answer's mail, which may be slower than the answer */
	MAILS = 50
};

struct rsvp {
	struct client *c;
	struct rsvp_query q;
	int hurry; /* nobody waits for the answer any more */
	int removing;
	struct rsvp_seen out;
	int64_t began, until; /* monotonic */
	int64_t sent_at;      /* Unix time, by the server's clock */
	struct book *book;
	struct client_call *call;
	uint64_t timer;
	struct attendee room;
	struct booking meeting;
	struct busy_query busy;
	struct items_query items;
	struct item_ref item;
	struct mail_query mail;
	struct mail_result mails;
	struct remove_query remove;
	struct tagged_query tagged;
	size_t next;
	int looks;
};

static struct client_how own(struct rsvp *v, client_done_fn *done)
{
	return (struct client_how){ .a = v->q.a,
		.impersonate = client_acts_as(v->c),
		.anchor = client_mailbox(v->c),
		.done = done,
		.ptr = v };
}

static struct book_how in_calendar(struct rsvp *v, book_done_fn *done)
{
	return (struct book_how){ METHOD_DEDICATED, v->q.a, done, v };
}

static void left(struct rsvp *v, const struct outcome *o, const char *what)
{
	if (v->out.left)
		return;
	v->out.left = 1;
	v->out.left_say = what;
	v->out.removed = *o;
}

static void end(struct rsvp *v)
{
	const struct rsvp_query q = v->q;
	struct rsvp_seen out = v->out;

	out.ms = clock_mono_ms() - v->began;
	free(v);
	q.done(q.ptr, &out);
}

/* --- is it gone? --- */

static void on_last(void *ptr, const struct outcome *o, const void *result)
{
	const struct events_result *r = result;
	struct rsvp *v = ptr;

	v->call = NULL;
	if (o->reason != REASON_OK || r->count > 0)
		left(v, o, "the test meeting in the dedicated mailbox's calendar");
	end(v);
}

static void look_again(struct rsvp *v)
{
	const struct client_how how = own(v, on_last);

	if (v->out.left) {
		end(v);
		return;
	}
	v->tagged = (struct tagged_query){ NULL, v->meeting.tag };
	v->call = client_find_tagged(v->c, &v->tagged, &how);
}

/* --- the room's answers in our inbox --- */

static void remove_mail(struct rsvp *v);

static void on_mail_removed(void *ptr, const struct outcome *o, const void *result)
{
	struct rsvp *v = ptr;

	(void)result;
	v->call = NULL;
	if (o->reason != REASON_OK && o->reason != REASON_BOOKING_GONE)
		left(v, o, "the room's answer in the dedicated mailbox's inbox");
	remove_mail(v);
}

/* A second that was cut off is not another meeting's. */
static int is_ours(const struct rsvp *v, const struct mail_seen *m)
{
	return strcasecmp(m->from, v->q.room) == 0 && m->at >= v->sent_at - 1 &&
		strncasecmp(m->class, "IPM.Schedule.Meeting.Resp",
			strlen("IPM.Schedule.Meeting.Resp")) == 0;
}

static void remove_mail(struct rsvp *v)
{
	const struct client_how how = own(v, on_mail_removed);

	while (v->next < v->mails.count && !is_ours(v, &v->mails.list[v->next]))
		v->next++;
	if (v->next == v->mails.count) {
		look_again(v);
		return;
	}
	v->remove = (struct remove_query){
		.item = v->mails.list[v->next++].ref, .hard = 1, .message = 1, .note = ""
	};
	v->call = client_remove_item(v->c, &v->remove, &how);
}

static void find_mail(struct rsvp *v);

static void on_late(void *ptr)
{
	struct rsvp *v = ptr;

	v->timer = 0;
	find_mail(v);
}

static int has_ours(const struct rsvp *v)
{
	for (size_t i = 0; i < v->mails.count; i++)
		if (is_ours(v, &v->mails.list[i]))
			return 1;
	return 0;
}

static void on_mail(void *ptr, const struct outcome *o, const void *result)
{
	struct rsvp *v = ptr;

	v->call = NULL;
	if (o->reason == REASON_OK)
		v->mails = *(const struct mail_result *)result;
	else
		left(v, o, "the room's answer in the dedicated mailbox's inbox, if it came");
	if (o->reason == REASON_OK && v->out.response > RESPONSE_ORGANIZER &&
		v->out.response != RESPONSE_NONE && !has_ours(v) && --v->looks > 0)
		v->timer = loop_after(client_loop(v->c), ASK_MS, on_late, v);
	else
		remove_mail(v);
}

static void find_mail(struct rsvp *v)
{
	const struct client_how how = own(v, on_mail);

	v->mail = (struct mail_query){ FOLDER_INBOX, "", MAILS };
	v->call = client_find_mail(v->c, &v->mail, &how);
}

/* --- the meeting --- */

static void on_removed(void *ptr, const struct outcome *o, const struct booked *b)
{
	struct rsvp *v = ptr;

	(void)b;
	v->book = NULL;
	if (o->reason != REASON_OK)
		left(v, o, "the test meeting in the dedicated mailbox's calendar");
	v->looks = LOOKS;
	find_mail(v);
}

/* Also when making it failed: it may be there all the same. */
static void remove_meeting(struct rsvp *v)
{
	const struct book_how how = in_calendar(v, on_removed);

	v->removing = 1;
	v->book = book_cancel(v->c, &v->meeting, 1, "", &how);
}

/* --- waiting for the answer --- */

static void on_item(void *ptr, const struct outcome *o, const void *result);

static void ask(struct rsvp *v)
{
	const struct client_how how = own(v, on_item);

	v->items = (struct items_query){ &v->item, 1 };
	v->call = client_get_items(v->c, &v->items, &how);
}

static void on_time(void *ptr)
{
	struct rsvp *v = ptr;

	v->timer = 0;
	ask(v);
}

static enum response answer_of(const struct rsvp *v, const struct item_seen *i)
{
	for (size_t k = 0; k < i->reply_count; k++)
		if (strcasecmp(i->replies[k].address, v->q.room) == 0)
			return i->replies[k].response;
	return RESPONSE_NONE;
}

static void on_item(void *ptr, const struct outcome *o, const void *result)
{
	const struct items_result *r = result;
	struct rsvp *v = ptr;

	v->call = NULL;
	v->out.looked = *o;
	if (o->reason == REASON_OK)
		v->out.looked.reason = r->list[0].ended.reason;
	if (v->out.looked.reason == REASON_OK)
		v->out.response = answer_of(v, &r->list[0]);
	if (v->out.response == RESPONSE_ACCEPTED || v->out.response == RESPONSE_DECLINED ||
		v->out.response == RESPONSE_TENTATIVE || v->hurry || clock_mono_ms() >= v->until)
		remove_meeting(v);
	else
		v->timer = loop_after(client_loop(v->c), ASK_MS, on_time, v);
}

/* --- making it --- */

static void on_made(void *ptr, const struct outcome *o, const struct booked *b)
{
	struct rsvp *v = ptr;

	v->book = NULL;
	v->out.made = *o;
	v->item = b->item;
	if (o->reason != REASON_OK && !b->tried)
		end(v);
	else if (o->reason != REASON_OK || v->hurry)
		remove_meeting(v);
	else {
		v->until = clock_mono_ms() + RSVP_WAIT_MS;
		ask(v);
	}
}

static void make(struct rsvp *v)
{
	const struct book_how how = in_calendar(v, on_made);

	v->out.start = v->meeting.start;
	v->book = book_create(v->c, &v->meeting, &how);
}

/* --- a free hour --- */

static int is_weekday(int64_t t)
{
	const int64_t day = (t / DAY + 4) % WEEK_DAYS; /* 1 January 1970 was a Thursday */

	return day != 0 && day != WEEK_DAYS - 1;
}

static int is_free(const struct busy_seen *b, int64_t from)
{
	for (size_t i = 0; i < b->count; i++)
		if (b->spans[i].kind != BUSY_FREE && b->spans[i].start < from + HOUR &&
			b->spans[i].end > from)
			return 0;
	return 1;
}

/* The first one in office hours; the one that is foreseen, when there is none. */
static void choose(struct rsvp *v, const struct busy_seen *b)
{
	for (int64_t t = v->busy.from; t < v->busy.to; t += HOUR) {
		const int64_t hour = t % DAY / HOUR;

		if (!is_weekday(t) || hour < FIRST_HOUR || hour > LAST_HOUR || !is_free(b, t))
			continue;
		v->meeting.start = t;
		v->meeting.end = t + HOUR;
		v->out.was_free = SEEN_YES;
		return;
	}
	v->out.was_free = SEEN_NO;
}

/* That its busy time cannot be read keeps nobody from asking it. */
static void on_busy(void *ptr, const struct outcome *o, const void *result)
{
	const struct busy_result *r = result;
	struct rsvp *v = ptr;

	v->call = NULL;
	if (v->hurry) {
		end(v);
		return;
	}
	v->sent_at = o->date ? o->date : clock_now();
	if (o->reason == REASON_OK && r->count == 1 && r->list[0].ended.reason == REASON_OK)
		choose(v, &r->list[0]);
	make(v);
}

static void describe(struct rsvp *v)
{
	int64_t day = (clock_now() / DAY + RSVP_DAYS) * DAY;

	v->busy = (struct busy_query){
		.mailboxes = &v->q.room, .count = 1, .from = day, .to = day + WEEK_DAYS * DAY
	};
	while (!is_weekday(day))
		day += DAY;
	v->room = (struct attendee){ v->q.room, "", ATTENDEE_ROOM };
	v->meeting = (struct booking){
		.mailbox = client_mailbox(v->c),
		.tag = arena_printf(v->q.a, "rsvp-%s", v->q.token),
		.subject = arena_printf(v->q.a, "Latchkey room test %s", v->q.token),
		.body = "Latchkey made this to see whether the room takes bookings. It is "
			"cancelled again within a minute.",
		.location = "",
		.start = day + FIRST_HOUR * HOUR,
		.end = day + (FIRST_HOUR + 1) * HOUR,
		.zone = "UTC",
		.kind = BUSY_BUSY,
		.reminder = -1,
		.attendees = &v->room,
		.attendee_count = 1,
		.send = SEND_UNKEPT,
	};
}

struct rsvp *rsvp_start(struct client *c, const struct rsvp_query *q)
{
	struct rsvp *v = calloc(1, sizeof(*v));
	struct client_how how;

	if (!v)
		die("rsvp: out of memory");
	v->c = c;
	v->q = *q;
	v->began = clock_mono_ms();
	v->out.left_say = "";
	v->out.response = RESPONSE_NONE;
	describe(v);
	how = own(v, on_busy);
	v->call = client_get_busy(c, &v->busy, &how);
	return v;
}

/* Only the wait for the answer is long; every other step, and taking away, goes on. */
void rsvp_stop(struct rsvp *v)
{
	v->hurry = 1;
	if (!v->timer || v->removing)
		return;
	loop_cancel(client_loop(v->c), v->timer);
	v->timer = 0;
	remove_meeting(v);
}
