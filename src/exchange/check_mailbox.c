/* Check, the signed-in mailbox: what was found out about it, step by step. */
#include <stdlib.h>
#include "check_work.h"
#include "platform/clock.h"
#include "zone.h"

enum {
	CLOCK_MAX = 300, /* seconds: tokens and Kerberos bear no more */
	TIME = 40,	 /* a moment as text */
	DAY_HOURS = 24
};

static void tell_address(struct check *k, const struct mailbox_seen *m)
{
	struct check_step s = { .state = STEP_OK, .ms = m->name_ms };

	if (m->name_end.reason == REASON_OK) {
		s.say = arena_printf(k->q.a, "The directory knows it as %s.", m->address);
	} else if (m->name_end.reason == REASON_ALIAS) {
		s.state = STEP_NOTE;
		s.reason = REASON_ALIAS;
		s.say = arena_printf(k->q.a, "Its primary address is %s.", m->address);
	} else {
		s.state = STEP_SKIPPED;
		s.reason = REASON_NOT_CHECKED;
		s.say = "The directory does not show this mailbox, so its primary address is not "
			"known.";
	}
	check_end(k, CHECK_ADDRESS, &s);
}

static void tell_empty(struct check *k, const struct mailbox_seen *m)
{
	struct check_step s = { .state = m->empty == REASON_OK ? STEP_OK : STEP_NOTE,
		.reason = m->empty };

	s.say = arena_printf(k->q.a, "Inbox %lld, sent %lld, calendar %lld items.",
		(long long)m->inbox, (long long)m->sent, (long long)m->calendar);
	if (m->inbox < 0 || m->sent < 0 || m->calendar < 0)
		s.say = "The server does not tell how many items are in all of its folders.";
	check_end(k, CHECK_EMPTY, &s);
}

static void tell_mail(struct check *k, const struct mailbox_seen *m)
{
	struct check_step s = { .state = STEP_OK, .reason = m->mail_end, .ms = m->mail_ms };

	if (m->mail_end == REASON_FOREIGN_MAIL) {
		s.state = STEP_FAILED;
		s.say = arena_printf(k->q.a, "%lld%s meeting messages in it are meant for others.",
			(long long)m->foreign, m->foreign_capped ? " or more" : "");
	} else if (m->mail_end != REASON_OK) {
		s.state = STEP_NOTE;
		s.say = "The inbox holds mail, and could not be searched for meeting messages.";
	} else if (m->foreign_capped) {
		s.say = "None among the newest meeting messages in the inbox.";
	} else {
		s.say = "None in the inbox.";
	}
	check_end(k, CHECK_MAIL, &s);
}

/* --- the zone --- */

/* An all-day event lasts as long as its day does, which shows whether its ends are taken from the
 * right clock. */
static const char *turn_say(struct check *k, const struct zone_turn *t)
{
	const long long minutes =
		(long long)DAY_HOURS * 60 - (long long)(t->after - t->before) / 60;
	char at[TIME];

	clock_text(at, sizeof(at), t->at);
	return arena_printf(k->q.a, "%s (an all-day event then lasts %lld:%02lld hours)", at,
		minutes / 60, minutes % 60);
}

static const char *turns_say(struct check *k, const struct zone_turn *turns, int n)
{
	if (n <= 0)
		return "Clocks do not change there";
	if (n == 1)
		return arena_printf(k->q.a, "Clocks change at %s", turn_say(k, &turns[0]));
	return arena_printf(k->q.a, "Clocks change at %s and at %s", turn_say(k, &turns[0]),
		turn_say(k, &turns[1]));
}

static const char *next_say(struct check *k, const struct zone_turn *turns, int n)
{
	char at[TIME];

	if (n <= 0)
		return "never";
	clock_text(at, sizeof(at), turns[0].at);
	return arena_printf(k->q.a, "%s, by %+lld minutes", at,
		(long long)(turns[0].after - turns[0].before) / 60);
}

/* Both sides know the zone: do they agree? */
static void compare_zone(
	struct check *k, const struct mailbox_seen *m, const char *name, struct check_step *s)
{
	struct zone_turn ours[ZONE_TURNS], theirs[ZONE_TURNS];
	const int64_t now = clock_now();
	const int n = zone_turns(m->zone, now, ours);
	const int same = zone_same(&m->zone_rules, m->zone, now, m->zone_until);

	s->state = same ? STEP_OK : STEP_FAILED;
	s->reason = same ? REASON_OK : REASON_ZONE;
	if (same)
		s->say = arena_printf(
			k->q.a, "%s. %s; the server says the same.", name, turns_say(k, ours, n));
	else
		s->say = arena_printf(k->q.a,
			"%s. The next change of clocks is here: %s; on the server: %s.", name,
			next_say(k, ours, n),
			next_say(k, theirs, zone_rules_turns(&m->zone_rules, now, theirs)));
}

static void tell_zone(struct check *k, const struct mailbox_seen *m)
{
	struct check_step s = { .state = STEP_NOTE, .ms = m->zone_ms };
	const char *name = arena_printf(k->q.a, "%s (%s)", m->windows, m->zone);

	if (!m->has_rules) {
		s.say = "The server does not tell it.";
	} else if (!m->zone[0]) {
		s.say = arena_printf(k->q.a,
			"UTC%c%d:%02d, with changes of clocks that fit no zone known here.",
			m->rules.bias > 0 ? '-' : '+', abs(m->rules.bias) / 60,
			abs(m->rules.bias) % 60);
	} else if (!m->windows[0]) {
		s.say = arena_printf(k->q.a, "%s, for which Exchange has no name.", m->zone);
	} else if (m->zone_end == REASON_OK) {
		compare_zone(k, m, name, &s);
	} else {
		s.reason = m->zone_end;
		s.say = arena_printf(k->q.a,
			"%s. The server did not tell when clocks change there, so that could not "
			"be compared.",
			name);
	}
	check_end(k, CHECK_ZONE, &s);
}

/* --- the rest --- */

static void tell_clock(struct check *k, const struct mailbox_seen *m)
{
	const int off = m->clock > CLOCK_MAX || m->clock < -CLOCK_MAX;
	struct check_step s = { .state = off ? STEP_FAILED : STEP_OK,
		.reason = off ? REASON_CLOCK : REASON_OK };

	s.say = m->clock ? arena_printf(k->q.a, "The server's clock is %+lld seconds from ours.",
				   (long long)m->clock)
			 : "The server's clock shows the same time as ours.";
	if (!m->clock_told)
		s = (struct check_step){ .state = STEP_NOTE,
			.say = "The server does not tell what time it is." };
	check_end(k, CHECK_CLOCK, &s);
}

static void tell_signin(struct check *k, const struct mailbox_seen *m)
{
	struct check_step s = check_wrong(&m->opened, NULL);

	s.ms = m->opened_ms;
	if (s.reason == REASON_OK) {
		s.state = STEP_OK;
		s.say = m->name[0] ? arena_printf(k->q.a, "%s, %s", m->name, m->address)
				   : k->q.mailbox;
	}
	check_end(k, CHECK_SIGNIN, &s);
}

int check_mailbox(struct check *k, const struct mailbox_seen *m)
{
	tell_signin(k, m);
	if (m->opened.reason != REASON_OK)
		return 0;
	k->works = client_acts_as(k->c) != NULL;
	tell_address(k, m);
	check_good(k, CHECK_VERSION,
		arena_printf(k->q.a, "%s, spoken to as %s", m->version, m->spoken));
	tell_empty(k, m);
	tell_mail(k, m);
	tell_zone(k, m);
	tell_clock(k, m);
	return 1;
}
