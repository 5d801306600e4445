/* Job "remind": members that an admin has picked are reminded now, out of their turn.
 *
 * A portion in each transaction, with how far it has come, so that it goes on from there when it is
 * begun again. Whoever need not act, wants no reminders, or had one today is passed over, and the
 * outcome says how many those were.
 */
#include <string.h>
#include "engine.h"
#include "job_kinds.h"
#include "platform/clock.h"
#include "platform/log.h"
#include "remind.h"

enum { BATCH_ARENA = 32 << 20, COUNT_MAX = 100000 };

struct work {
	struct arena a; /* of one portion */
	uint64_t timer;
	struct roster_pick pick;
	struct job_progress at;
	int64_t skipped[REMIND_SKIP__MAX];
	int64_t before; /* passed over before it was begun again */
};

/* The rows of the next portion. Fills how far that is. Their count or -1. */
static int next_rows(struct job_run *r, struct roster_row **out, struct err *e)
{
	struct work *w = r->state;
	struct db *db = r->engine->db;
	int n = 0, rc;

	if (!w->pick.ids) {
		n = store_roster_walk(db, &w->a, &w->pick.f, w->at.cursor, REMIND_PORTION, out, e);
		if (n > 0)
			w->at.cursor = (*out)[n - 1].s.member;
		return n;
	}
	*out = arena_array(&w->a, REMIND_PORTION, sizeof(**out));
	while (n < REMIND_PORTION && w->at.cursor < (int64_t)w->pick.count) {
		rc = store_roster_get(
			db, &w->a, r->job->account, w->pick.ids[w->at.cursor++], &(*out)[n], e);
		if (rc < 0)
			return -1;
		n += rc;
	}
	return n;
}

/* In a write transaction. 1 there is more, 0 that was all, -1. */
static int portion(struct job_run *r, struct err *e)
{
	struct work *w = r->state;
	struct roster_row *rows;
	const char *mailbox = remind_mailbox(r->engine, &w->a, r->job->account, e);
	int n = mailbox ? next_rows(r, &rows, e) : -1;

	for (int i = 0; i < n; i++) {
		int how = remind_send(r->engine, &w->a, &rows[i], mailbox, r->job->by_name, e);

		if (how < 0)
			return -1;
		w->skipped[how]++;
		w->at.failed += how != REMIND_SENT;
	}
	if (n < 0)
		return -1;
	w->at.done += n;
	w->at.seen = clock_now();
	return store_progress_save(r->engine->db, &w->at, e) < 0 ? -1 : n > 0;
}

static void end(struct job_run *r)
{
	static const char *const why[REMIND_SKIP__MAX] = { NULL, "need not act",
		"want no reminders", "had one today" };
	struct work *w = r->state;
	const char *say = arena_printf(r->a, "%lld of %lld reminded.",
		(long long)(w->at.done - w->at.failed), (long long)w->at.done);
	const char *list = "";

	for (int i = REMIND_SENT + 1; i < REMIND_SKIP__MAX; i++) {
		if (w->skipped[i])
			list = arena_printf(r->a, "%s%s%lld %s", list, *list ? ", " : "",
				(long long)w->skipped[i], why[i]);
	}
	if (w->before)
		list = arena_printf(r->a, "%s%s%lld before a restart", list, *list ? ", " : "",
			(long long)w->before);
	job_end(r, JOB_DONE, *list ? arena_printf(r->a, "%s Passed over: %s.", say, list) : say);
}

/* What a portion that came to nothing has counted counts not. */
static int try_portion(struct job_run *r, struct err *e)
{
	struct work *w = r->state;
	const struct work was = *w;
	int rc = db_begin(r->engine->db, DB_WRITE, e);

	if (rc == 0)
		rc = db_finish(r->engine->db, portion(r, e), e);
	if (rc < 0) {
		w->at = was.at;
		memcpy(w->skipped, was.skipped, sizeof(w->skipped));
	}
	return rc;
}

static void on_portion(void *ptr)
{
	struct job_run *r = ptr;
	struct work *w = r->state;
	struct err e;
	int rc;

	w->timer = 0;
	arena_reset(&w->a);
	rc = try_portion(r, &e);
	if (rc == 0) {
		end(r);
	} else if (rc > 0) {
		w->timer = loop_after(r->engine->loop, 0, on_portion, r);
	} else {
		log_err("remind.failed", &e);
		job_again(r, "The store could not be read or written.");
	}
}

/* Where it was, or how many there are. */
static int begin(struct job_run *r, struct err *e)
{
	struct work *w = r->state;
	struct db *db = r->engine->db;
	int rc = store_progress_get(db, r->a, r->job->id, &w->at, e);

	w->before = w->at.failed;
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	w->at = (struct job_progress){ .job = r->job->id, .began = clock_now() };
	w->at.total = w->pick.ids ? (int64_t)w->pick.count
				  : store_roster_count(db, &w->pick.f, COUNT_MAX, e);
	w->at.counted = w->at.total < COUNT_MAX;
	return w->at.total < 0 ? -1 : 0;
}

static void forget(void *ptr)
{
	struct work *w = ptr;

	arena_done(&w->a);
}

static void start(struct job_run *r)
{
	struct work *w = arena_alloc(r->a, sizeof(*w));
	struct err e;

	arena_init(&w->a, BATCH_ARENA);
	arena_defer(r->a, forget, w);
	r->state = w;
	if (roster_pick_read(r->a, r->job->params, r->job->account, &w->pick, &e) < 0) {
		log_err("remind.params", &e);
		job_end(r, JOB_FAILED, "This engine does not understand what was asked for.");
	} else if (begin(r, &e) < 0) {
		log_err("remind.failed", &e);
		job_again(r, "The store could not be read.");
	} else {
		w->timer = loop_after(r->engine->loop, 0, on_portion, r);
	}
}

static int stop(struct job_run *r)
{
	struct work *w = r->state;

	loop_cancel(r->engine->loop, w->timer);
	return 1;
}

const struct job_kind job_remind = {
	.name = "remind",
	.start = start,
	.stop = stop,
	.attempts = 20,
	.limit = 3600,
	.pause = 5,
};
