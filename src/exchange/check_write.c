/* Check, writing and sending: the parts of the probe, each told as soon as it is over. */
#include <stdlib.h>
#include "check_work.h"

enum { TOKEN = 12 /* hex digits */ };

static int is_made(const struct probe_seen *s)
{
	return s->made.reason == REASON_OK;
}

static int is_nothing(const struct probe_seen *s)
{
	return !is_made(s) && !s->booked.tried;
}

static void tell_made(struct check *k, const struct probe_seen *s)
{
	struct check_step step = check_wrong(&s->made, NULL);

	step.ms = s->ms[PROBE_MAKE];
	if (is_made(s)) {
		step.state = s->booked.in_place ? STEP_OK : STEP_NOTE;
		step.say = s->booked.in_place ? "In the right calendar."
					      : "Where it lies was not seen.";
	}
	check_end(k, CHECK_MADE, &step);
}

static void tell_organizer(struct check *k, const struct probe_seen *s)
{
	const struct booked *b = &s->booked;
	struct check_step step = { .state = STEP_NOTE };

	if (!b->read_back)
		step.say = "The meeting could not be read back.";
	else if (b->organizer_is_owner)
		step = (struct check_step){ .state = STEP_OK,
			.say = arena_printf(
				k->q.a, "%s, the owner of the calendar.", b->organizer) };
	else
		step.say = b->organizer[0]
			? arena_printf(
				  k->q.a, "%s, who is not the owner of the calendar.", b->organizer)
			: "The server does not tell.";
	check_end(k, CHECK_ORGANIZER, &step);
}

/* That it came proves sending; in whose name, it says itself. */
static const char *sender_say(struct check *k, const struct probe_seen *s)
{
	if (!s->from[0])
		return "It came, but the server does not tell from whom.";
	return arena_printf(k->q.a, "%sFrom %s%s%s.",
		s->as_owner == SEEN_YES ? "" : "It came, but not in the owner's name. ", s->from,
		s->on_behalf == SEEN_YES ? ", sent by " : "",
		s->on_behalf == SEEN_YES ? s->sender : "");
}

static void tell_invitation(struct check *k, const struct probe_seen *s)
{
	struct check_step step = { .state = STEP_NOTE, .ms = s->ms[PROBE_INVITE] };

	if (s->invited == SEEN_YES) {
		step.state = s->as_owner == SEEN_YES ? STEP_OK : STEP_NOTE;
		step.say = sender_say(k, s);
	} else if (s->invited == SEEN_NO) {
		step.state = STEP_FAILED;
		step.reason = REASON_SENDING_UNPROVED;
		step.say = "It did not come within a minute.";
	} else if (s->looked.reason != REASON_OK) {
		step.reason = s->looked.reason;
		step.end = s->looked;
		step.say = "It could not be looked for, so whether it came is not known.";
	} else {
		check_skip(k, CHECK_INVITATION,
			"The meeting lies in the calendar of the dedicated mailbox itself, so "
			"nobody was invited.");
		return;
	}
	check_end(k, CHECK_INVITATION, &step);
}

static void tell_changed(struct check *k, const struct probe_seen *s)
{
	struct check_step step = check_wrong(&s->changed, NULL);

	step.ms = s->ms[PROBE_CHANGE];
	if (s->changed.reason == REASON_OK) {
		step.state = STEP_OK;
		step.say = "Its place was changed.";
	}
	check_end(k, CHECK_CHANGED, &step);
}

static void tell_removed(struct check *k, const struct probe_seen *s)
{
	struct check_step step = check_wrong(&s->removed, NULL);

	step.ms = s->ms[PROBE_REMOVE];
	if (s->left) {
		step.say = arena_printf(k->q.a, "Left behind: %s.", s->left_say);
	} else {
		step.state = STEP_OK;
		step.reason = REASON_OK;
		step.say = is_nothing(s) ? "Nothing was made." : "For good.";
	}
	check_end(k, CHECK_REMOVED, &step);
}

static void tell_gone(struct check *k, const struct probe_seen *s)
{
	struct check_step step = check_wrong(&s->last, NULL);

	step.ms = s->ms[PROBE_LOOK];
	if (is_nothing(s) || s->left) {
		check_skip(k, CHECK_GONE,
			s->left ? "What is left behind is known already." : "Nothing was made.");
		return;
	}
	if (s->gone == SEEN_YES) {
		step.state = STEP_OK;
		step.say = "It was looked for once more, and is not there.";
	} else if (s->gone == SEEN_NO) {
		step.reason = REASON_OUTCOME_UNKNOWN;
		step.say = "The server said that it was removed, but it is still there.";
	} else {
		step.state = STEP_NOTE;
		step.say = "It could not be looked for once more.";
	}
	check_end(k, CHECK_GONE, &step);
}

/* What rests on a meeting that is there. */
static const struct {
	void (*tell)(struct check *k, const struct probe_seen *s);
	int needs_meeting;
} tellers[CHECK__MAX] = {
	[CHECK_MADE] = { tell_made, 0 },
	[CHECK_ORGANIZER] = { tell_organizer, 1 },
	[CHECK_INVITATION] = { tell_invitation, 1 },
	[CHECK_CHANGED] = { tell_changed, 1 },
	[CHECK_REMOVED] = { tell_removed, 0 },
	[CHECK_GONE] = { tell_gone, 0 },
};

static void tell_until(struct check *k, enum check_row row, const struct probe_seen *s)
{
	for (enum check_row r = k->next; r < row; r++) {
		if (tellers[r].needs_meeting && !is_made(s))
			check_skip(k, r, "There is no test meeting to look at.");
		else
			tellers[r].tell(k, s);
	}
}

/* A step runs as long as its part does; those before it are over. */
static void on_part(void *ptr, enum probe_part part, const struct probe_seen *s)
{
	static const enum check_row rows[PROBE__MAX] = { CHECK_MADE, CHECK_INVITATION,
		CHECK_CHANGED, CHECK_REMOVED, CHECK_GONE };
	struct check *k = ptr;

	if (k->gone)
		return;
	tell_until(k, rows[part], s);
	check_begin(k, rows[part]);
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
	tell_until(k, CHECK__MAX, s);
	check_next(k);
}

/* Only these two methods write into other people's calendars. */
static int writes_there(const struct check *k)
{
	return k->q.member[0] &&
		(k->q.method == METHOD_DELEGATE || k->q.method == METHOD_IMPERSONATION);
}

static const char *token_of(struct check *k)
{
	char random[TOKEN + 1];

	if (k->q.token)
		return k->q.token;
	seal_random_hex(random, TOKEN);
	return arena_strdup(k->q.a, random);
}

void check_write(struct check *k)
{
	const struct probe_query q = { .method = k->q.method,
		.member = writes_there(k) ? k->q.member : k->q.mailbox,
		.mailbox = k->q.mailbox,
		.token = token_of(k),
		.a = k->q.a,
		.part = on_part,
		.done = on_probe,
		.ptr = k };

	check_begin(k, CHECK_MADE);
	k->probe = probe_start(k->c, &q);
}
