/* Probe: may we write, and who sends?
 *
 * A walk of small steps: make, wait for the invitation, change, and then take everything away
 * again: the meeting, the invitation, and the entry that Exchange made of it in our own calendar; a
 * last look shows whether the meeting is gone. The taking away happens however the rest ended, and
 * what cannot be taken away, or not even looked for, or may still be made by a request whose answer
 * was lost, is told. Nothing that is not ours is touched: the subject carries a token of its own,
 * and the entry is known by the meeting's UID. An earlier probe with this token that was cut off
 * may have left all of it: booking by the tag finds the meeting, and the rest goes as if it were
 * ours.
 */
#include "probe.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "platform/clock.h"
#include "platform/loop.h"

enum {
	DAY = 86400,
	HOUR = 3600,
	MAIL_ASK_MS = 2000,
	LATE_MS = 5000, /* until a request that was thought lost ought to have arrived */
	LATE_LOOKS = 3, /* for an invitation that nobody waited for */
	TRIES = 3,	/* to take one thing away */
	OWN_MAX = 50
};

struct probe {
	struct client *c;
	struct probe_query q;
	int hurry; /* nobody waits for the invitation any more */
	int cleaning;
	struct probe_seen out;
	enum probe_part part; /* under way */
	int64_t began;	      /* monotonic */
	struct book *book;
	struct client_call *call;
	uint64_t timer;
	int64_t until; /* monotonic: waiting for the invitation ends */
	struct attendee attendee;
	struct booking meeting;
	struct mail_query mail;
	struct events_query events;
	struct remove_query remove;
	struct tagged_query tagged;
	struct mail_result found; /* invitations to take away */
	size_t next;
	int tries, late;
	int again; /* a meeting that may have been made is looked for once more */
};

/* In whose right our own mailbox is used. */
static struct client_how own(struct probe *p, client_done_fn *done)
{
	return (struct client_how){ .a = p->q.a,
		.impersonate = client_acts_as(p->c),
		.anchor = p->q.mailbox,
		.done = done,
		.ptr = p };
}

static struct book_how in_calendar(struct probe *p, book_done_fn *done)
{
	return (struct book_how){ p->q.method, p->q.a, done, p };
}

static void left(struct probe *p, const struct outcome *o, const char *what)
{
	if (p->out.removed.reason == REASON_OK)
		p->out.removed = *o;
	p->out.left = 1;
	p->out.left_say =
		p->out.left_say[0] ? arena_printf(p->q.a, "%s; %s", p->out.left_say, what) : what;
}

static void begin(struct probe *p, enum probe_part part)
{
	const int64_t now = clock_mono_ms();

	p->out.ms[p->part] += now - p->began;
	p->part = part;
	p->began = now;
	p->q.part(p->q.ptr, part, &p->out);
}

static void end(struct probe *p)
{
	const struct probe_query q = p->q;
	struct probe_seen out = p->out;

	out.ms[p->part] += clock_mono_ms() - p->began;
	free(p);
	q.done(q.ptr, &out);
}

/* --- last: is it gone? --- */

static void on_last(void *ptr, const struct outcome *o, const void *result)
{
	const struct events_result *r = result;
	struct probe *p = ptr;

	p->call = NULL;
	p->out.last = *o;
	if (o->reason == REASON_OK)
		p->out.gone = r->count ? SEEN_NO : SEEN_YES;
	end(p);
}

/* What is known to be left needs no look. */
static void look_again(struct probe *p)
{
	struct client_how how = own(p, on_last);

	if (p->out.left) {
		end(p);
		return;
	}
	begin(p, PROBE_LOOK);
	if (p->q.method == METHOD_IMPERSONATION)
		how.impersonate = p->q.member;
	how.anchor = p->q.member;
	p->tagged = (struct tagged_query){ p->q.method == METHOD_DELEGATE ? p->q.member : NULL,
		p->meeting.tag };
	p->call = client_find_tagged(p->c, &p->tagged, &how);
}

/* --- taking one thing away --- */

static void take_away(struct probe *p, client_done_fn *done)
{
	const struct client_how how = own(p, done);

	p->tries++;
	p->call = client_remove_item(p->c, &p->remove, &how);
}

/* The end of it: 1 when an answer was lost and it is tried again, which does no harm. */
static int tried_again(struct probe *p, const struct outcome *o, client_done_fn *done)
{
	p->call = NULL;
	if (o->reason != REASON_OUTCOME_UNKNOWN || p->tries == TRIES) {
		p->tries = 0;
		return 0;
	}
	take_away(p, done);
	return 1;
}

static int is_gone(const struct outcome *o)
{
	return o->reason == REASON_OK || o->reason == REASON_BOOKING_GONE;
}

/* --- the entry in our own calendar --- */

static void on_entry_removed(void *ptr, const struct outcome *o, const void *result)
{
	struct probe *p = ptr;

	(void)result;
	if (tried_again(p, o, on_entry_removed))
		return;
	if (!is_gone(o))
		left(p, o, "the entry in the dedicated mailbox's own calendar");
	look_again(p);
}

static void on_entry(void *ptr, const struct outcome *o, const void *result)
{
	const struct events_result *r = result;
	struct probe *p = ptr;

	p->call = NULL;
	if (o->reason != REASON_OK)
		left(p, o, "the entry in the dedicated mailbox's own calendar, if there is one");
	for (size_t i = 0; o->reason == REASON_OK && i < r->count; i++) {
		if (strcmp(r->list[i].uid, p->out.booked.uid) != 0)
			continue;
		p->remove = (struct remove_query){
			.item = { r->list[i].id, r->list[i].change_key }, .hard = 1, .note = ""
		};
		take_away(p, on_entry_removed);
		return;
	}
	look_again(p);
}

static void find_entry(struct probe *p)
{
	const struct client_how how = own(p, on_entry);

	if (!p->out.booked.uid || !p->out.booked.uid[0]) {
		look_again(p);
		return;
	}
	p->events = (struct events_query){
		.from = p->meeting.start, .to = p->meeting.end, .limit = OWN_MAX
	};
	p->call = client_list_events(p->c, &p->events, &how);
}

/* --- the invitations --- */

static void remove_mail(struct probe *p);

static void on_mail_removed(void *ptr, const struct outcome *o, const void *result)
{
	struct probe *p = ptr;

	(void)result;
	if (tried_again(p, o, on_mail_removed))
		return;
	if (!is_gone(o))
		left(p, o, "the invitation in the dedicated mailbox");
	remove_mail(p);
}

static void remove_mail(struct probe *p)
{
	if (p->next == p->found.count) {
		find_entry(p);
		return;
	}
	p->remove = (struct remove_query){
		.item = p->found.list[p->next++].ref, .hard = 1, .message = 1, .note = ""
	};
	take_away(p, on_mail_removed);
}

static void on_mail_left(void *ptr, const struct outcome *o, const void *result);
static void ask_mail(struct probe *p, client_done_fn *done);

static void on_late(void *ptr)
{
	struct probe *p = ptr;

	p->timer = 0;
	ask_mail(p, on_mail_left);
}

static void on_mail_left(void *ptr, const struct outcome *o, const void *result)
{
	const struct mail_result *r = result;
	struct probe *p = ptr;

	p->call = NULL;
	if (o->reason == REASON_OK && r->count == 0 && p->late > 0) {
		p->late--;
		p->timer = loop_after(client_loop(p->c), MAIL_ASK_MS, on_late, p);
		return;
	}
	if (o->reason == REASON_OK)
		p->found = *r;
	else
		left(p, o, "the invitation in the dedicated mailbox, if it came");
	remove_mail(p);
}

static void ask_mail(struct probe *p, client_done_fn *done)
{
	const struct client_how how = own(p, done);

	p->mail = (struct mail_query){ FOLDER_INBOX, p->meeting.subject, OWN_MAX };
	p->call = client_find_mail(p->c, &p->mail, &how);
}

/* --- the meeting --- */

static void remove_meeting(struct probe *p);

static void on_again(void *ptr)
{
	struct probe *p = ptr;

	p->timer = 0;
	remove_meeting(p);
}

/* That none was found says little of one whose making was thought lost. */
static void on_removed(void *ptr, const struct outcome *o, const struct booked *b)
{
	struct probe *p = ptr;
	const int there = p->out.made.reason == REASON_OK || b->existed;
	const int open = !there && p->out.made.reason == REASON_OUTCOME_UNKNOWN;
	const struct outcome *why = open && o->reason == REASON_OK ? &p->out.made : o;

	p->book = NULL;
	if (why != o && !p->again) {
		p->again = 1;
		p->timer = loop_after(client_loop(p->c), LATE_MS, on_again, p);
		return;
	}
	p->out.removed = *o;
	if (!p->out.booked.uid)
		p->out.booked.uid = b->uid;
	if (why->reason != REASON_OK)
		left(p, why,
			there ? "the test meeting in the calendar"
			      : "the test meeting in the calendar, if it was made");
	/* It may still be on its way when nobody waited for it. */
	if ((there || open) && p->out.invited != SEEN_YES &&
		(!p->until || clock_mono_ms() < p->until))
		p->late = LATE_LOOKS;
	if (p->meeting.attendee_count)
		ask_mail(p, on_mail_left);
	else
		look_again(p);
}

/* Also when making it failed: it may be there all the same. */
static void remove_meeting(struct probe *p)
{
	const struct book_how how = in_calendar(p, on_removed);

	if (!p->cleaning)
		begin(p, PROBE_REMOVE);
	p->cleaning = 1;
	p->meeting.send = SEND_NONE;
	p->book = book_cancel(p->c, &p->meeting, 1, "", &how);
}

/* --- changing it --- */

static void on_changed(void *ptr, const struct outcome *o, const struct booked *b)
{
	struct probe *p = ptr;

	(void)b;
	p->book = NULL;
	p->out.changed = *o;
	remove_meeting(p);
}

/* Nobody is told of it: its attendee is ourselves. */
static void change_meeting(struct probe *p)
{
	const struct book_how how = in_calendar(p, on_changed);

	if (p->hurry) {
		remove_meeting(p);
		return;
	}
	begin(p, PROBE_CHANGE);
	p->out.changed_tried = 1;
	p->meeting.location = "Changed";
	p->meeting.send = SEND_NONE;
	p->book = book_change(p->c, &p->meeting, BOOKING_LOCATION, &how);
}

/* --- waiting for the invitation --- */

static void on_mail(void *ptr, const struct outcome *o, const void *result);

static void on_time(void *ptr)
{
	struct probe *p = ptr;

	p->timer = 0;
	ask_mail(p, on_mail);
}

static void judge(struct probe *p, const struct mail_seen *m)
{
	p->out.invited = SEEN_YES;
	p->out.from = m->from;
	p->out.sender = m->sender;
	p->out.as_owner = strcasecmp(m->from, p->q.member) == 0 ? SEEN_YES : SEEN_NO;
	p->out.on_behalf = m->sender[0] && strcasecmp(m->sender, m->from) != 0 ? SEEN_YES : SEEN_NO;
}

/* May another look show it? */
static int may_come(const struct probe *p, const struct outcome *o)
{
	return (o->reason == REASON_OK || reason_row(o->reason)->temper == TEMPER_PASSING) &&
		clock_mono_ms() < p->until && !p->hurry;
}

static void on_mail(void *ptr, const struct outcome *o, const void *result)
{
	const struct mail_result *r = result;
	struct probe *p = ptr;

	p->call = NULL;
	if (o->reason == REASON_OK && r->count > 0) {
		judge(p, &r->list[0]);
	} else if (may_come(p, o)) {
		p->timer = loop_after(client_loop(p->c), MAIL_ASK_MS, on_time, p);
		return;
	} else if (o->reason != REASON_OK) {
		p->out.invited = SEEN_UNKNOWN;
		p->out.looked = *o;
	}
	change_meeting(p);
}

/* --- making it --- */

static void on_made(void *ptr, const struct outcome *o, const struct booked *b)
{
	struct probe *p = ptr;

	p->book = NULL;
	p->out.made = *o;
	p->out.booked = *b;
	if (o->reason != REASON_OK && !b->tried) {
		end(p);
		return;
	}
	if (o->reason != REASON_OK) {
		remove_meeting(p);
		return;
	}
	if (!p->meeting.attendee_count) {
		change_meeting(p);
		return;
	}
	begin(p, PROBE_INVITE);
	p->out.invited = SEEN_NO;
	p->until = clock_mono_ms() + PROBE_MAIL_MS;
	ask_mail(p, on_mail);
}

/* Far away, at nine in the morning, and free: it is in nobody's way for its few seconds. */
static void describe(struct probe *p)
{
	const int64_t day = (clock_now() / DAY + PROBE_DAYS) * DAY;

	p->attendee = (struct attendee){ p->q.mailbox, "", ATTENDEE_REQUIRED };
	p->meeting = (struct booking){
		.mailbox = p->q.member,
		.tag = arena_printf(p->q.a, "probe-%s", p->q.token),
		.subject = arena_printf(p->q.a, "Latchkey connection test %s", p->q.token),
		.body = "Latchkey made this to see whether it may write into this calendar. It "
			"removes it again at once.",
		.location = "",
		.start = day + 9 * HOUR,
		.end = day + 10 * HOUR,
		.zone = "UTC",
		.kind = BUSY_FREE,
		.reminder = -1,
		.attendees = &p->attendee,
		.attendee_count = strcasecmp(p->q.member, p->q.mailbox) != 0,
	};
	p->meeting.send = p->meeting.attendee_count ? SEND_UNKEPT : SEND_NONE;
}

struct probe *probe_start(struct client *c, const struct probe_query *q)
{
	struct probe *p = calloc(1, sizeof(*p));
	struct book_how how;

	if (!p)
		die("probe: out of memory");
	p->c = c;
	p->q = *q;
	p->began = clock_mono_ms();
	p->out.from = p->out.sender = p->out.left_say = "";
	describe(p);
	how = in_calendar(p, on_made);
	p->book = book_create(c, &p->meeting, &how);
	return p;
}

/* Only the wait for the invitation is long; every other step, and taking away, goes on. */
void probe_stop(struct probe *p)
{
	p->hurry = 1;
	if (!p->timer || p->cleaning)
		return;
	loop_cancel(client_loop(p->c), p->timer);
	p->timer = 0;
	remove_meeting(p);
}
