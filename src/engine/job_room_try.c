/* Job "room_try": does a room take bookings? One is tried and removed again (exchange/rsvp.h), and
 * what the room answered is kept beside it.
 *
 * Rules: the mark of the meeting is the job's number, so that a job that begins again finds what
 * was left. A room that does not answer, or that could not be asked, keeps what is known of it.
 */
#include <string.h>
#include "engine.h"
#include "exchange/rsvp.h"
#include "job_kinds.h"
#include "live.h"
#include "platform/clock.h"
#include "platform/log.h"
#include "platform/str.h"
#include "platform/url.h"
#include "store/store.h"

static const char TITLE[] = "The room is asked";

struct trial {
	struct job_run *r;
	struct member room;
	struct live live;
	struct rsvp *rsvp;
	int stopped;
};

/* What each answer means, in words. */
static const struct {
	enum seen accepts;
	enum step_state state;
	const char *say;
} answers[RESPONSE__MAX] = {
	[RESPONSE_ACCEPTED] = { SEEN_YES, STEP_OK, "It accepted the test booking." },
	[RESPONSE_TENTATIVE] = { SEEN_UNKNOWN, STEP_NOTE,
		"It keeps bookings tentative until a person decides." },
	[RESPONSE_DECLINED] = { SEEN_NO, STEP_FAILED, "It declined the test booking." },
};

static const char NO_ANSWER[] = "It did not answer within a minute.";

static const char DECLINED_WHY[] =
	"The hour was free. The room takes bookings only from some people, only for fewer days "
	"ahead or only in other hours, or an owner must approve them.";
static const char TAKEN_WHY[] = "It was not known to be free in that hour, or the room takes "
				"bookings only from some people or in other hours.";
static const char SILENT_WHY[] = "Rooms that answer by themselves do so within seconds. This one "
				 "may wait for a person, or mail is slow.";

/* --- telling --- */

static const char *fix(struct trial *t)
{
	return arena_printf(t->r->a,
		"Who: Exchange admin\nSee how the room treats requests:\n"
		"Get-CalendarProcessing -Identity '%s' | Format-List AutomateProcessing,"
		"BookingWindowInDays,AllBookInPolicy,BookInPolicy,AllRequestInPolicy,"
		"ResourceDelegates,ScheduleOnlyDuringWorkHours",
		t->room.email);
}

static void tell(struct trial *t, const struct rsvp_seen *s, const char *say)
{
	char when[40];
	struct job_step step = { .n = 1, .title = TITLE, .ms = s->ms, .say = say };

	clock_text(when, sizeof(when), s->start);
	step.state = say == NO_ANSWER ? STEP_NOTE : answers[s->response].state;
	if (step.state == STEP_OK) {
		step.say = arena_printf(t->r->a, "%s It was for %s.", say, when);
	} else {
		step.why = s->response == RESPONSE_DECLINED
			? s->was_free == SEEN_YES ? DECLINED_WHY : TAKEN_WHY
			: SILENT_WHY;
		step.fix = fix(t);
	}
	job_step(t->r, &step);
}

static void tell_left(struct trial *t, const struct rsvp_seen *s)
{
	const struct job_step step = { .n = 2,
		.title = "Everything is removed again",
		.state = s->left ? STEP_FAILED : STEP_OK,
		.say = s->left ? arena_printf(t->r->a, "Not removed: %s.", s->left_say)
			       : "The meeting, and the room's answer to it.",
		.why = s->left ? reason_row(s->removed.reason)->say : "",
		.fix = s->left ? "Remove it in the dedicated mailbox, or try the room again."
			       : "" };

	job_step(t->r, &step);
}

/* --- the end --- */

static void finish(struct trial *t, enum job_state state, const char *outcome)
{
	live_close(&t->live);
	if (t->stopped)
		job_stopped(t->r);
	else
		job_end(t->r, state, outcome);
}

static int save(struct trial *t, enum seen accepts, const char *say, struct err *e)
{
	const struct room room = { .account = t->room.account,
		.member = t->room.id,
		.accepts = accepts,
		.accepts_at = clock_now(),
		.accepts_say = say };

	return store_room_answered(t->r->engine->db, &room, e);
}

static void broken(struct trial *t, const struct err *e)
{
	log_err("room_try.broken", e);
	live_close(&t->live);
	if (t->stopped)
		job_stopped(t->r);
	else if (e->code == ERR_BUSY)
		job_again(t->r, "The store was busy.");
	else
		job_end(t->r, JOB_FAILED, e->say);
}

static int has_answered(const struct rsvp_seen *s)
{
	return s->response == RESPONSE_ACCEPTED || s->response == RESPONSE_DECLINED ||
		s->response == RESPONSE_TENTATIVE;
}

/* Something was in the way before the room was asked, or while its answer was looked for. */
static int was_asked(struct trial *t, const struct rsvp_seen *s)
{
	const struct outcome *o = s->made.reason != REASON_OK ? &s->made : &s->looked;

	if (has_answered(s) || o->reason == REASON_OK)
		return 1;
	live_tell(&t->live, TITLE, STEP_FAILED, o, s->ms);
	return 0;
}

static void on_done(void *ptr, const struct rsvp_seen *s)
{
	struct trial *t = ptr;
	const char *say = has_answered(s) ? answers[s->response].say : NO_ANSWER;
	struct err e;

	t->rsvp = NULL;
	live_heard(&t->live, &s->made, s->ms);
	if (!was_asked(t, s)) {
		tell_left(t, s);
		finish(t, JOB_FAILED, "The room could not be asked. The steps say why.");
		return;
	}
	if (!t->stopped && save(t, answers[s->response].accepts, say, &e) < 0) {
		broken(t, &e);
		return;
	}
	tell(t, s, say);
	tell_left(t, s);
	finish(t, s->left ? JOB_FAILED : JOB_DONE, say);
}

/* --- the beginning --- */

/* The params come from the web tier, which is not trusted. */
static int find(struct trial *t, struct err *e)
{
	struct job_run *r = t->r;
	const char *text = url_get(r->a, r->job->params, "room");
	int64_t id;
	int rc = 0;

	if (text && str_int(text, 1, INT64_MAX, &id) == 0)
		rc = store_member_get(r->engine->db, r->a, r->job->account, id, &t->room, e);
	if (rc < 0)
		return -1;
	if (rc == 0 || t->room.kind != MEMBER_ROOM)
		return ERR(
			e, ERR_CONFLICT, "This room is not there any more.", "room_try: no room");
	return 0;
}

static void start(struct job_run *r)
{
	struct trial *t = arena_alloc(r->a, sizeof(*t));
	const struct outcome none = { .reason = REASON_OK };
	struct rsvp_query q = { .a = r->a, .done = on_done, .ptr = t };
	struct err e;

	*t = (struct trial){ .r = r };
	r->state = t;
	if (find(t, &e) < 0 || live_open(&t->live, r, &e) < 0) {
		broken(t, &e);
		return;
	}
	q.room = str_empty(t->room.calendar) ? t->room.email : t->room.calendar;
	q.token = arena_printf(r->a, "%lld", (long long)r->job->id);
	live_tell(&t->live, TITLE, STEP_RUNNING, &none, 0);
	t->rsvp = rsvp_start(line_client(t->live.line), &q);
}

/* What was made is removed first. */
static int stop(struct job_run *r)
{
	struct trial *t = r->state;

	t->stopped = 1;
	rsvp_stop(t->rsvp);
	return 0;
}

const struct job_kind job_room_try = {
	.name = "room_try",
	.start = start,
	.stop = stop,
	.attempts = 3,
	.limit = 240,
	.pause = 5,
};
