/* Check: does a connection do all that its method needs?
 *
 * A row of stages, each asks one thing and tells one step or more. A stage that fails lets the next
 * one run unless it stands on it: without a sign-in there is nothing left to look at.
 */
#include "check.h"

#include <stdlib.h>
#include <string.h>
#include "calendars.h"
#include "mailbox.h"
#include "platform/clock.h"
#include "platform/loop.h"
#include "probe.h"

enum { CLOCK_MAX = 300 /* seconds: tokens and Kerberos bear no more */ };

enum stage { STAGE_MAILBOX, STAGE_MEMBER, STAGE_OUTSIDE, STAGE_WRITE, STAGE__MAX };

struct check {
	struct client *c;
	struct check_query q;
	enum stage stage;
	int n, failed, told, asked;
	int works; /* acting as somebody, or the member's calendar, was seen to work */
	int64_t began;
	struct mailbox *mailbox;
	struct calendars *calendars;
	struct probe *probe;
	struct calendar_facts facts;
	void (*gone)(void *ptr);
	void *gone_ptr;
};

static void run(struct check *k);

/* --- telling --- */

static void tell(struct check *k, const char *title, enum step_state state, enum reason reason,
	const char *say, const struct outcome *end)
{
	struct check_step s = { .n = ++k->n,
		.title = title,
		.state = state,
		.reason = reason,
		.say = say && say[0] ? say : reason_row(reason)->say,
		.ms = clock_mono_ms() - k->began };

	if (end)
		s.end = *end;
	k->failed |= state == STEP_FAILED;
	k->q.step(k->q.ptr, &s);
}

static void good(struct check *k, const char *title, const char *say)
{
	tell(k, title, STEP_OK, REASON_OK, say, NULL);
}

static void next(struct check *k)
{
	k->stage++;
	run(k);
}

/* What is left cannot be looked at. */
static void give_up(struct check *k)
{
	static const char *const titles[STAGE__MAX] = { "", "A member's calendar",
		"A mailbox outside the scope", "Writing and sending" };
	const int wanted[STAGE__MAX] = { 0, k->q.member[0] != '\0', k->q.outside[0] != '\0',
		k->q.write };

	for (k->stage++; k->stage < STAGE__MAX; k->stage++)
		if (wanted[k->stage])
			tell(k, titles[k->stage], STEP_SKIPPED, REASON_NOT_CHECKED, NULL, NULL);
	run(k);
}

/* --- the signed-in mailbox --- */

static void tell_empty(struct check *k, const struct mailbox_seen *m)
{
	const char *say = arena_printf(k->q.a, "Inbox %lld, sent %lld, calendar %lld items.",
		(long long)m->inbox, (long long)m->sent, (long long)m->calendar);

	if (m->inbox < 0 || m->sent < 0 || m->calendar < 0)
		say = "The server does not tell how many items are in all of its folders.";
	if (m->empty == REASON_FOREIGN_MAIL)
		say = arena_printf(k->q.a, "%lld%s meeting messages in it are meant for others.",
			(long long)m->foreign, m->foreign_capped ? " or more" : "");
	tell(k, "Mailbox is empty",
		m->empty == REASON_OK			  ? STEP_OK
			: m->empty == REASON_FOREIGN_MAIL ? STEP_FAILED
							  : STEP_NOTE,
		m->empty, say, NULL);
}

static void tell_clock(struct check *k, const struct mailbox_seen *m)
{
	const int off = m->clock > CLOCK_MAX || m->clock < -CLOCK_MAX;

	tell(k, "Clock", off ? STEP_FAILED : STEP_OK, off ? REASON_CLOCK : REASON_OK,
		arena_printf(k->q.a, "The server's clock is %+lld seconds from ours.",
			(long long)m->clock),
		NULL);
}

static void on_mailbox(void *ptr, const struct mailbox_seen *m)
{
	struct check *k = ptr;
	const enum reason why = m->opened.reason;

	k->mailbox = NULL;
	if (why != REASON_OK) {
		tell(k, "Signed in, mailbox opens", STEP_FAILED, why, NULL, &m->opened);
		give_up(k);
		return;
	}
	k->works = client_acts_as(k->c) != NULL;
	tell(k, "Signed in, mailbox opens", STEP_OK, REASON_OK,
		m->name[0] ? arena_printf(k->q.a, "%s, %s", m->name, m->address) : k->q.mailbox,
		&m->opened);
	if (m->name_end.reason == REASON_ALIAS)
		tell(k, "Address", STEP_NOTE, REASON_ALIAS,
			arena_printf(k->q.a, "Its primary address is %s.", m->address), NULL);
	good(k, "Server version",
		arena_printf(k->q.a, "%s, spoken to as %s", m->version, m->spoken));
	tell_empty(k, m);
	if (m->zone[0])
		good(k, "Time zone", m->zone);
	else
		tell(k, "Time zone", STEP_NOTE, REASON_OK, "The server does not tell it.", NULL);
	if (m->clock_told)
		tell_clock(k, m);
	next(k);
}

/* --- other people's mailboxes --- */

static int on_next(void *ptr, int64_t *n, const char **address)
{
	struct check *k = ptr;

	if (k->asked++)
		return 0;
	*n = 0;
	*address = k->stage == STAGE_MEMBER ? k->q.member : k->q.outside;
	return 1;
}

static void on_told(void *ptr, const struct calendar_facts *f)
{
	struct check *k = ptr;

	k->facts = *f;
	k->told = 1;
}

/* Why nothing is known. */
static enum reason lost(const struct check *k)
{
	const enum reason r = k->facts.seen.attempt;

	return r != REASON_OK ? r : REASON_NOT_CHECKED;
}

static void tell_member(struct check *k, const char *title)
{
	const struct verdict *v = &k->facts.verdict;
	const int opens = k->facts.seen.calendar == SEEN_YES;

	k->works |= opens;
	if (!k->facts.has_verdict)
		tell(k, title, STEP_FAILED, lost(k),
			opens ? "It opens, but the server does not tell what is allowed in it."
			      : NULL,
			&k->facts.outcome);
	else if (v->status == STATUS_CONNECTED)
		tell(k, title, v->note == REASON_OK ? STEP_OK : STEP_NOTE, v->note,
			arena_printf(k->q.a, "All that the method needs works; reach: %s.",
				verdict_reach_code(v->reach)),
			&k->facts.outcome);
	else
		tell(k, title, STEP_FAILED, v->reason, NULL, &k->facts.outcome);
}

/* Was it seen to stay shut? Some servers keep us out in words that mean the connection as long as
 * it works for nobody. */
static int is_shut(const struct check *k)
{
	struct evidence seen = k->facts.seen;
	struct verdict v;

	if (k->works)
		seen.others = SEEN_YES;
	return seen.calendar == SEEN_NO || verdict_of(k->q.method, &seen, &v);
}

/* A mailbox that is not there is shut to everybody. */
static int is_nobody(const struct evidence *seen)
{
	return seen->calendar_why == REASON_NO_MAILBOX || seen->busy_why == REASON_NO_MAILBOX;
}

/* That it opens is the failure here, and who acts as others may open it without a calendar. */
static void tell_outside(struct check *k, const char *title)
{
	const struct evidence *seen = &k->facts.seen;

	if (seen->calendar == SEEN_YES || seen->inbox == SEEN_YES)
		tell(k, title, STEP_FAILED, REASON_SCOPE_WIDE, NULL, &k->facts.outcome);
	else if (is_nobody(seen))
		tell(k, title, STEP_NOTE, REASON_NO_MAILBOX,
			"There is no such mailbox, so this proves nothing.", &k->facts.outcome);
	else if (is_shut(k))
		tell(k, title, STEP_OK, REASON_OK, "It does not open.", &k->facts.outcome);
	else
		tell(k, title, STEP_FAILED, lost(k), NULL, &k->facts.outcome);
}

static const char *people_title(const struct check *k)
{
	return k->stage == STAGE_MEMBER ? arena_printf(k->q.a, "Calendar of %s", k->q.member)
					: arena_printf(k->q.a, "%s must not open", k->q.outside);
}

static void on_people(void *ptr, const struct outcome *o)
{
	struct check *k = ptr;
	const char *title = people_title(k);

	k->calendars = NULL;
	if (!k->told)
		tell(k, title, STEP_FAILED, o->reason, NULL, o);
	else if (k->stage == STAGE_MEMBER)
		tell_member(k, title);
	else
		tell_outside(k, title);
	next(k);
}

/* Why a stage would prove nothing. */
static const char *const pointless[METHOD__MAX][STAGE__MAX] = {
	[METHOD_PERSONAL] = {
		[STAGE_MEMBER] = "This sign-in opens no mailbox but its own.",
		[STAGE_OUTSIDE] = "This sign-in opens no mailbox but its own.",
	},
	[METHOD_DEDICATED] = {
		[STAGE_OUTSIDE] = "Only busy time is read; nobody's calendar is opened.",
	},
};

static void ask_people(struct check *k)
{
	const struct calendars_query q = {
		.method = k->q.method, .next = on_next, .told = on_told, .done = on_people, .ptr = k
	};
	const char *why = pointless[k->q.method][k->stage];

	if (why) {
		tell(k, people_title(k), STEP_SKIPPED, REASON_NOT_CHECKED, why, NULL);
		next(k);
		return;
	}
	k->told = k->asked = 0;
	k->calendars = calendars_start(k->c, &q);
}

/* --- writing --- */

/* That it came proves sending; in whose name, it says itself. */
static void tell_sender(struct check *k, const struct probe_seen *s)
{
	const char *say = s->on_behalf == SEEN_YES
		? arena_printf(k->q.a, "From %s, sent by %s.", s->from, s->sender)
		: arena_printf(k->q.a, "From %s.", s->from);

	if (s->as_owner == SEEN_YES)
		good(k, "Invitation", say);
	else if (s->from[0])
		tell(k, "Invitation", STEP_NOTE, REASON_OK,
			arena_printf(k->q.a, "It came, but not in the owner's name. %s", say),
			NULL);
	else
		tell(k, "Invitation", STEP_NOTE, REASON_OK,
			"It came, but the server does not tell from whom.", NULL);
}

static void tell_invitation(struct check *k, const struct probe_seen *s)
{
	if (s->invited == SEEN_YES)
		tell_sender(k, s);
	else if (s->invited == SEEN_NO)
		tell(k, "Invitation", STEP_FAILED, REASON_SENDING_UNPROVED,
			"It did not come within a minute.", NULL);
	else if (s->looked.reason != REASON_OK)
		tell(k, "Invitation", STEP_NOTE, s->looked.reason,
			"It could not be looked for, so whether it came is not known.", &s->looked);
}

static void tell_probe(struct check *k, const struct probe_seen *s)
{
	const struct booked *b = &s->booked;

	if (s->made.reason != REASON_OK) {
		tell(k, "Test meeting is made", STEP_FAILED, s->made.reason, NULL, &s->made);
	} else {
		tell(k, "Test meeting is made", b->in_place ? STEP_OK : STEP_NOTE, REASON_OK,
			b->in_place ? "In the right calendar." : "Where it lies was not seen.",
			&s->made);
		if (b->read_back)
			tell(k, "Organizer", b->organizer_is_owner ? STEP_OK : STEP_NOTE, REASON_OK,
				b->organizer, NULL);
		tell_invitation(k, s);
	}
	if (s->made.reason != REASON_OK && !b->tried)
		good(k, "Test meeting is removed", "Nothing was made.");
	else if (s->left)
		tell(k, "Test meeting is removed", STEP_FAILED, s->removed.reason,
			arena_printf(k->q.a, "Left behind: %s.", s->left_say), &s->removed);
	else
		good(k, "Test meeting is removed", "For good.");
}

static void on_probe(void *ptr, const struct probe_seen *s)
{
	struct check *k = ptr;

	k->probe = NULL;
	if (k->gone) {
		k->gone(k->gone_ptr);
		free(k);
		return;
	}
	tell_probe(k, s);
	next(k);
}

/* Only these two methods write into other people's calendars. */
static int writes_there(const struct check *k)
{
	return k->q.member[0] &&
		(k->q.method == METHOD_DELEGATE || k->q.method == METHOD_IMPERSONATION);
}

static void ask_probe(struct check *k)
{
	const struct probe_query q = { .method = k->q.method,
		.member = writes_there(k) ? k->q.member : k->q.mailbox,
		.mailbox = k->q.mailbox,
		.a = k->q.a,
		.done = on_probe,
		.ptr = k };

	k->probe = probe_start(k->c, &q);
}

/* --- stages --- */

static void end(struct check *k)
{
	const struct check_query q = k->q;
	const int failed = k->failed;

	free(k);
	q.done(q.ptr, failed);
}

static void run(struct check *k)
{
	k->began = clock_mono_ms();
	if (k->stage == STAGE_MEMBER && !k->q.member[0])
		k->stage++;
	if (k->stage == STAGE_OUTSIDE && !k->q.outside[0])
		k->stage++;
	if (k->stage == STAGE_WRITE && !k->q.write)
		k->stage++;
	switch (k->stage) {
	case STAGE_MAILBOX:
		k->mailbox = mailbox_start(k->c, k->q.a, on_mailbox, k);
		break;
	case STAGE_MEMBER:
	case STAGE_OUTSIDE:
		ask_people(k);
		break;
	case STAGE_WRITE:
		ask_probe(k);
		break;
	case STAGE__MAX:
		end(k);
		break;
	}
}

struct check *check_start(struct client *c, const struct check_query *q)
{
	struct check *k = calloc(1, sizeof(*k));

	if (!k)
		die("check: out of memory");
	k->c = c;
	k->q = *q;
	run(k);
	return k;
}

int check_stop(struct check *k, void (*gone)(void *ptr), void *ptr)
{
	if (k->probe) {
		k->gone = gone;
		k->gone_ptr = ptr;
		probe_stop(k->probe);
		return 0;
	}
	if (k->mailbox)
		mailbox_stop(k->mailbox);
	if (k->calendars)
		calendars_stop(k->calendars);
	free(k);
	return 1;
}
