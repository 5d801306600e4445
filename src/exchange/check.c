/* Check: does a connection do all that its method needs?
 *
 * A row of stages, each asks one thing and tells one step or more. A stage that fails lets the next
 * one run unless it stands on it: without a sign-in there is nothing left to look at. Rule: which
 * steps there are follows from the query alone, so that two runs of it can be laid side by side.
 */
#include <stdlib.h>
#include "check_work.h"
#include "platform/clock.h"
#include "platform/loop.h"

static const struct {
	const char *key;
	const char *title; /* of busy, rights and outside: see check_title */
	enum check_stage stage;
} rows[CHECK__MAX] = {
	[CHECK_SIGNIN] = { "signin", "Signed in, mailbox opens", CHECK_OF_MAILBOX },
	[CHECK_ADDRESS] = { "address", "Address", CHECK_OF_MAILBOX },
	[CHECK_VERSION] = { "version", "Server version", CHECK_OF_MAILBOX },
	[CHECK_EMPTY] = { "empty", "Mailbox is empty", CHECK_OF_MAILBOX },
	[CHECK_MAIL] = { "foreign_mail", "No meeting mail of others", CHECK_OF_MAILBOX },
	[CHECK_ZONE] = { "zone", "Time zone", CHECK_OF_MAILBOX },
	[CHECK_CLOCK] = { "clock", "Clock", CHECK_OF_MAILBOX },
	[CHECK_BUSY] = { "busy", "Busy time of", CHECK_OF_BUSY },
	[CHECK_RIGHTS] = { "rights", "Calendar of", CHECK_OF_MEMBER },
	[CHECK_REACH] = { "reach", "Access level", CHECK_OF_MEMBER },
	[CHECK_OUTSIDE] = { "outside", "must not open", CHECK_OF_OUTSIDE },
	[CHECK_MADE] = { "made", "Test meeting is made", CHECK_OF_WRITING },
	[CHECK_ORGANIZER] = { "organizer", "Organizer", CHECK_OF_WRITING },
	[CHECK_INVITATION] = { "invitation", "Invitation", CHECK_OF_WRITING },
	[CHECK_CHANGED] = { "changed", "Test meeting is changed", CHECK_OF_WRITING },
	[CHECK_REMOVED] = { "removed", "Test meeting is removed", CHECK_OF_WRITING },
	[CHECK_GONE] = { "gone", "Nothing is left", CHECK_OF_WRITING },
};

/* --- telling --- */

const char *check_title(struct check *k, enum check_row row)
{
	static const char *const rights[METHOD__MAX] = {
		[METHOD_PERSONAL] = "Calendar of",
		[METHOD_DEDICATED] = "Calendar of",
		[METHOD_DELEGATE] = "Delegate access to",
		[METHOD_IMPERSONATION] = "Acting as",
	};

	switch (row) {
	case CHECK_BUSY:
		return arena_printf(k->q.a, "%s %s", rows[row].title, k->q.member);
	case CHECK_RIGHTS:
		return arena_printf(k->q.a, "%s %s", rights[k->q.method], k->q.member);
	case CHECK_OUTSIDE:
		return arena_printf(k->q.a, "%s %s", k->q.outside, rows[row].title);
	default:
		return rows[row].title;
	}
}

static void tell(struct check *k, enum check_row row, struct check_step *s)
{
	s->n = k->numbers[row];
	s->count = k->count;
	s->key = rows[row].key;
	s->title = check_title(k, row);
	s->member = row == CHECK_OUTSIDE ? k->q.outside : k->q.member;
	k->q.step(k->q.ptr, s);
}

void check_begin(struct check *k, enum check_row row)
{
	struct check_step s = { .state = STEP_RUNNING, .say = "" };

	k->next = k->running = row;
	k->began = clock_mono_ms();
	tell(k, row, &s);
}

void check_end(struct check *k, enum check_row row, struct check_step *s)
{
	if (!s->say || !s->say[0])
		s->say = reason_row(s->reason)->say;
	if (row == k->running && s->ms == 0)
		s->ms = clock_mono_ms() - k->began;
	if (row == k->running)
		k->running = CHECK__MAX;
	k->failed |= s->state == STEP_FAILED;
	k->next = row + 1;
	tell(k, row, s);
}

void check_good(struct check *k, enum check_row row, const char *say)
{
	struct check_step s = { .state = STEP_OK, .say = say };

	check_end(k, row, &s);
}

void check_skip(struct check *k, enum check_row row, const char *say)
{
	struct check_step s = { .state = STEP_SKIPPED, .reason = REASON_NOT_CHECKED, .say = say };

	check_end(k, row, &s);
}

struct check_step check_wrong(const struct outcome *o, const char *say)
{
	return (struct check_step){
		.state = STEP_FAILED, .reason = o->reason, .say = say, .end = *o
	};
}

/* --- stages --- */

static void finish(struct check *k)
{
	const struct check_query q = k->q;
	const int failed = k->failed;

	free(k);
	q.done(q.ptr, failed);
}

/* What is left cannot be looked at. */
static void give_up(struct check *k)
{
	const char *say =
		arena_printf(k->q.a, "Not looked at, because \xe2\x80\x9c%s\xe2\x80\x9d failed.",
			check_title(k, CHECK_SIGNIN));

	for (enum check_row r = k->next; r < CHECK__MAX; r++)
		if (k->numbers[r])
			check_skip(k, r, say);
	finish(k);
}

static void on_mailbox(void *ptr, const struct mailbox_seen *m)
{
	struct check *k = ptr;

	k->mailbox = NULL;
	if (check_mailbox(k, m))
		check_next(k);
	else
		give_up(k);
}

static int is_wanted(const struct check_query *q, enum check_stage stage)
{
	const int wanted[CHECK_OF__MAX] = { 1, q->member[0] != '\0', q->member[0] != '\0',
		q->outside[0] != '\0', q->write };

	return wanted[stage];
}

static void run(struct check *k)
{
	while (k->stage < CHECK_OF__MAX && !is_wanted(&k->q, k->stage))
		k->stage++;
	switch (k->stage) {
	case CHECK_OF_MAILBOX:
		check_begin(k, CHECK_SIGNIN);
		k->mailbox = mailbox_start(k->c, k->q.a, on_mailbox, k);
		break;
	case CHECK_OF_BUSY:
		check_busy(k);
		break;
	case CHECK_OF_MEMBER:
	case CHECK_OF_OUTSIDE:
		check_people(k);
		break;
	case CHECK_OF_WRITING:
		check_write(k);
		break;
	case CHECK_OF__MAX:
		finish(k);
		break;
	}
}

void check_next(struct check *k)
{
	k->stage++;
	run(k);
}

/* --- life --- */

static void on_start(void *ptr)
{
	struct check *k = ptr;

	k->timer = 0;
	for (enum check_row r = CHECK_SIGNIN; r < CHECK__MAX; r++) {
		struct check_step s = { .state = STEP_WAITING, .say = "" };

		if (k->numbers[r])
			tell(k, r, &s);
	}
	run(k);
}

struct check *check_start(struct client *c, const struct check_query *q)
{
	struct check *k = calloc(1, sizeof(*k));

	if (!k)
		die("check: out of memory");
	k->c = c;
	k->q = *q;
	k->running = CHECK__MAX;
	for (enum check_row r = CHECK_SIGNIN; r < CHECK__MAX; r++)
		if (is_wanted(q, rows[r].stage))
			k->numbers[r] = ++k->count;
	k->timer = loop_after(client_loop(c), 0, on_start, k);
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
	loop_cancel(client_loop(k->c), k->timer);
	mailbox_stop(k->mailbox);
	calendars_stop(k->calendars);
	if (k->busy)
		client_cancel(k->busy);
	free(k);
	return 1;
}
