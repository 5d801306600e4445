/* Job: the queue's engine side.
 *
 * Rules: the store decides who owns a job; nothing is written about a job whose lease is lost. The
 * last steps and the end are one transaction. When the store fails, what is to be written is kept
 * and tried again, ever more slowly; nothing is forgotten and nothing spins. One timer drives
 * leases, limits and the poll. A kind's callbacks are never called from inside its own job_step or
 * job_end.
 */
#include "job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "engine.h"
#include "exchange/clean.h"
#include "fault.h"
#include "platform/clock.h"
#include "platform/log.h"
#include "store/store.h"

enum { PAUSE_MAX = 15 * 60 };

/* A step as it was last told, with its texts. */
struct step {
	struct job_step s; /* n 0: not told yet */
	struct arena texts;
	int unsaved;
};

struct run {
	struct job_run seen; /* first: what the kind sees is cast back */
	struct run *next;
	struct job_queue *q;
	const struct job_kind *kind; /* NULL: unknown */
	struct job job;
	struct arena arena;
	int64_t renew_at;	  /* clock_now */
	int64_t limit_at;	  /* clock_mono_ms */
	int64_t began;		  /* clock_mono_ms */
	int lost;		  /* another engine has it now */
	int clearing;		  /* it was stopped, and clears away what it made */
	int ended;		  /* end_state counts, and is still to be written */
	enum job_state end_state; /* JOB_QUEUED: again, after pause seconds */
	int64_t pause;
	char outcome[JOB_OUTCOME_MAX];
	int faults;	/* of the store in a row, for this run */
	uint64_t timer; /* writes steps, or the end */
	struct step steps[JOB_STEPS_MAX];
};

struct job_queue {
	struct engine *eng;
	const struct job_kind *const *kinds;
	const char *owner;
	struct run *runs;
	size_t count;
	uint64_t timer;
	int released; /* the leases from before the start */
	int closing;  /* nothing is started any more */
	int faults;
};

/* --- one run --- */

/* Every line of the log that is about a job says which. */
static void scope(const struct run *r)
{
	char id[24];

	if (r)
		snprintf(id, sizeof(id), "%lld", (long long)r->job.id);
	log_scope("job", r ? id : NULL);
}

static void run_free(struct run *r)
{
	struct run **p = &r->q->runs;

	while (*p != r)
		p = &(*p)->next;
	*p = r->next;
	r->q->count--;
	loop_cancel(r->q->eng->loop, r->timer);
	for (size_t i = 0; i < JOB_STEPS_MAX; i++)
		arena_done(&r->steps[i].texts);
	arena_done(&r->arena);
	free(r);
}

/* In the caller's transaction; they count as saved when that is committed (mark_saved). */
static int save_steps(struct run *r, struct err *e)
{
	for (size_t i = 0; i < JOB_STEPS_MAX; i++) {
		if (r->steps[i].unsaved &&
			store_job_step_save(r->q->eng->db, r->job.id, &r->steps[i].s, e) < 0)
			return -1;
	}
	return 0;
}

static void mark_saved(struct run *r)
{
	for (size_t i = 0; i < JOB_STEPS_MAX; i++)
		r->steps[i].unsaved = 0;
}

/* Prolong the lease: 1 (and whether to stop), 0 it is lost, -1 the store failed. */
static int prolong(struct run *r, int *cancel, struct err *e)
{
	int64_t now = clock_now();
	int rc = store_job_renew(r->q->eng->db, r->job.id, r->q->owner, now + JOB_LEASE, cancel, e);

	if (rc == 1)
		r->renew_at = now + JOB_RENEW;
	return rc;
}

static void set_end(struct run *r, enum job_state state, const char *outcome);

static void stop(struct run *r)
{
	if (!r->ended && r->kind && r->kind->stop)
		r->clearing = !r->kind->stop(&r->seen);
}

/* What the store said when the lease was prolonged. */
static void heed(struct run *r, int rc, int cancel)
{
	if (rc == 1 && !cancel)
		return;
	stop(r);
	r->lost = rc == 0;
	set_end(r, JOB_CANCELLED, "Stopped on request.");
}

/* The lease is prolonged in the same transaction: whoever lost it does not write over the steps of
 * the new owner. */
static void on_flush(void *ptr)
{
	struct run *r = ptr;
	struct db *db = r->q->eng->db;
	struct err e;
	int cancel = 0, rc = db_begin(db, DB_WRITE, &e);

	r->timer = 0;
	scope(r);
	if (rc == 0) {
		rc = prolong(r, &cancel, &e);
		if (rc == 1 && save_steps(r, &e) < 0)
			rc = -1;
		rc = db_finish(db, rc, &e);
	}
	if (rc < 0) {
		fault_count(&r->faults, "job.steps", &e);
		r->timer = loop_after(r->q->eng->loop, fault_pause(r->faults), on_flush, r);
	} else {
		r->faults = 0;
		mark_saved(r);
		heed(r, rc, cancel);
	}
	scope(NULL);
}

/* In the caller's transaction: 1, 0 the lease is lost, -1. */
static int write_end(struct run *r, struct err *e)
{
	struct db *db = r->q->eng->db;
	int rc;

	if (r->end_state == JOB_QUEUED)
		rc = store_job_retry(
			db, r->job.id, r->q->owner, clock_now() + r->pause, r->outcome, e);
	else
		rc = store_job_end(db, r->job.id, r->q->owner, r->end_state, r->outcome, e);
	return rc == 1 && save_steps(r, e) < 0 ? -1 : rc;
}

static void report_end(const struct run *r, int rc)
{
	static const char *const names[JOB__MAX] = { "again", "running", "done", "failed",
		"cancelled" };

	log_info(rc == 1 ? "job.end" : "job.lost", LF_S("kind", r->job.kind),
		LF_S("state", names[r->end_state]), LF_I("attempt", r->job.attempts),
		LF_I("ms", clock_mono_ms() - r->began));
}

/* 1 or 0 written, or no longer ours; -1 the store failed. */
static int try_end(struct run *r)
{
	struct db *db = r->q->eng->db;
	struct err e;
	int rc = db_begin(db, DB_WRITE, &e);

	if (rc == 0)
		rc = db_finish(db, write_end(r, &e), &e);
	if (rc < 0)
		fault_count(&r->faults, "job.end", &e);
	else
		report_end(r, rc);
	return rc;
}

/* Runs on a turn of its own, so that the kind's code has returned before its memory goes. */
static void on_end(void *ptr)
{
	struct run *r = ptr;
	struct job_queue *q = r->q;

	r->timer = 0;
	scope(r);
	if (r->lost || try_end(r) >= 0) {
		run_free(r);
		job_queue_wake(q); /* there is room for another */
	} else {
		r->timer = loop_after(q->eng->loop, fault_pause(r->faults), on_end, r);
	}
	scope(NULL);
}

static struct run *run_of(struct job_run *r)
{
	return (struct run *)r;
}

static const char *copy(struct arena *a, const char *s)
{
	return s ? arena_strdup(a, s) : "";
}

static void keep_step(struct step *to, const struct job_step *s)
{
	struct arena *a = &to->texts;

	arena_reset(a);
	to->s = *s;
	to->s.title = copy(a, s->title);
	to->s.say = copy(a, s->say);
	to->s.why = copy(a, s->why);
	to->s.fix = copy(a, s->fix);
	to->s.raw = copy(a, s->raw);
	to->s.host = copy(a, s->host);
	to->unsaved = 1;
}

void job_step(struct job_run *seen, const struct job_step *s)
{
	struct run *r = run_of(seen);

	if (s->n < 1 || s->n > JOB_STEPS_MAX)
		die("job: step %lld", (long long)s->n);
	if (r->ended || r->lost)
		return;
	keep_step(&r->steps[s->n - 1], s);
	if (!r->timer)
		r->timer = loop_after(r->q->eng->loop, 0, on_flush, r);
}

/* What was under way when the job ended is not under way any more. */
static void close_steps(struct run *r)
{
	for (size_t i = 0; i < JOB_STEPS_MAX; i++) {
		struct step *step = &r->steps[i];

		if (step->s.n && (step->s.state == STEP_WAITING || step->s.state == STEP_RUNNING)) {
			step->s.state = STEP_SKIPPED;
			step->s.say = "Not finished, because the job ended.";
			step->unsaved = 1;
		}
	}
}

/* From here on the kind is not called any more; what is left is to write the end. */
static void set_end(struct run *r, enum job_state state, const char *outcome)
{
	if (r->ended)
		return;
	r->ended = 1;
	r->end_state = state;
	clean_text(r->outcome, sizeof(r->outcome), outcome, strlen(outcome));
	close_steps(r);
	loop_cancel(r->q->eng->loop, r->timer);
	r->timer = r->clearing ? 0 : loop_after(r->q->eng->loop, 0, on_end, r);
}

void job_stopped(struct job_run *seen)
{
	struct run *r = run_of(seen);

	r->clearing = 0;
	r->timer = loop_after(r->q->eng->loop, 0, on_end, r);
}

void job_end(struct job_run *seen, enum job_state state, const char *outcome)
{
	set_end(run_of(seen), state, outcome);
}

void job_again(struct job_run *seen, const char *why)
{
	struct run *r = run_of(seen);
	int64_t pause = r->kind ? r->kind->pause : 0;

	if (!r->kind || r->job.attempts >= r->kind->attempts) {
		set_end(r, JOB_FAILED, why);
		return;
	}
	for (int64_t i = 1; i < r->job.attempts && pause < PAUSE_MAX; i++)
		pause *= 2;
	r->pause = pause < PAUSE_MAX ? pause : PAUSE_MAX;
	set_end(r, JOB_QUEUED, why);
}

/* --- leases and limits --- */

/* Limits go by the monotonic clock, leases by the one all machines share. */
static void check_limit(struct run *r)
{
	if (r->ended || clock_mono_ms() < r->limit_at)
		return;
	stop(r);
	job_again(&r->seen, "It took too long and was stopped.");
}

static int renew(struct run *r, struct err *e)
{
	int cancel = 0, rc = prolong(r, &cancel, e);

	if (rc < 0)
		return -1;
	heed(r, rc, cancel);
	return 0;
}

/* All runs: limits, and the leases that are due; all leases when one is to stop. */
static int check_runs(struct job_queue *q, struct err *e)
{
	int64_t now = clock_now();
	int all = q->runs ? store_job_asked(q->eng->db, q->owner, e) : 0;
	int rc = all < 0 ? -1 : 0;

	for (struct run *r = q->runs; r; r = r->next) {
		scope(r);
		check_limit(r);
		if (rc == 0 && !r->lost && (all || now >= r->renew_at))
			rc = renew(r, e);
	}
	scope(NULL);
	return rc;
}

/* --- starting --- */

static const struct job_kind *find_kind(const struct job_queue *q, const char *name)
{
	const struct job_kind *const *k = q->kinds;

	while (*k && strcmp((*k)->name, name) != 0)
		k++;
	return *k;
}

static struct run *run_new(struct job_queue *q)
{
	struct run *r = calloc(1, sizeof(*r));

	if (!r)
		die("job: out of memory");
	r->q = q;
	r->seen.engine = q->eng;
	r->seen.job = &r->job;
	r->seen.a = &r->arena;
	arena_init(&r->arena, JOB_ARENA);
	for (size_t i = 0; i < JOB_STEPS_MAX; i++)
		arena_init(&r->steps[i].texts, JOB_ARENA);
	r->next = q->runs;
	q->runs = r;
	q->count++;
	return r;
}

/* What cannot be run ends the ordinary way, so that the row says why. */
static void begin(struct run *r)
{
	r->kind = find_kind(r->q, r->job.kind);
	r->began = clock_mono_ms();
	r->renew_at = clock_now() + JOB_RENEW;
	r->limit_at = r->began + (r->kind ? r->kind->limit : 0) * INT64_C(1000);
	scope(r);
	log_info("job.start", LF_S("kind", r->job.kind), LF_I("account", r->job.account),
		LF_I("attempt", r->job.attempts));
	if (!r->kind)
		job_end(&r->seen, JOB_FAILED, "This engine does not know this kind of job.");
	else if (r->job.cancel)
		job_end(&r->seen, JOB_CANCELLED, "Stopped on request.");
	else if (r->job.attempts > r->kind->attempts)
		job_end(&r->seen, JOB_FAILED,
			"The engine stopped in the middle of it too often; it is not tried again.");
	else
		r->kind->start(&r->seen);
	scope(NULL);
}

/* Lease and start the next due job: 1, 0 nothing is due, -1. */
static int start_one(struct job_queue *q, struct err *e)
{
	struct run *r = run_new(q);
	int rc = store_job_lease(
		q->eng->db, &r->arena, q->owner, clock_now() + JOB_LEASE, &r->job, e);

	if (rc == 1)
		begin(r);
	else
		run_free(r);
	return rc;
}

/* Start what is due and fits; *wait is lowered to the time until the next is due. */
static int start_due(struct job_queue *q, int64_t *wait, struct err *e)
{
	int64_t at, ms;
	int rc = 1;

	while (rc == 1 && q->count < JOB_RUNS_MAX) {
		if (store_job_next_due(q->eng->db, &at, e) < 0)
			return -1;
		ms = at * 1000 - clock_now_ms();
		if (at && ms > 0 && ms < *wait)
			*wait = ms;
		if (!at || ms > 0)
			return 0;
		rc = start_one(q, e);
	}
	return rc < 0 ? -1 : 0;
}

/* The leases of before the start are nobody's: their jobs are due at once. */
static int release(struct job_queue *q, struct err *e)
{
	if (!q->released && store_job_release(q->eng->db, q->owner, e) < 0)
		return -1;
	q->released = 1;
	return 0;
}

static void on_turn(void *ptr);

/* Leases are prolonged before new ones are taken: after a long sleep our own would look like ended
 * ones of somebody else, and a job would run beside itself. */
static void turn(struct job_queue *q)
{
	int64_t wait = JOB_POLL_MS;
	struct err e;

	if (q->closing)
		return;
	loop_cancel(q->eng->loop, q->timer);
	if (release(q, &e) < 0 || check_runs(q, &e) < 0 || start_due(q, &wait, &e) < 0) {
		fault_count(&q->faults, "job.queue", &e);
		wait = fault_pause(q->faults);
	} else {
		q->faults = 0;
	}
	q->timer = loop_after(q->eng->loop, wait, on_turn, q);
}

static void on_turn(void *ptr)
{
	turn(ptr);
}

struct job_queue *job_queue_new(
	struct engine *eng, const struct job_kind *const *kinds, const char *owner)
{
	struct job_queue *q = calloc(1, sizeof(*q));

	if (!q)
		die("job: out of memory");
	q->eng = eng;
	q->kinds = kinds;
	q->owner = owner;
	q->timer = loop_after(eng->loop, 0, on_turn, q);
	return q;
}

/* While the store fails, a ring does not shorten the pause. */
void job_queue_wake(struct job_queue *q)
{
	if (!q->faults)
		turn(q);
}

static int is_clearing(const struct job_queue *q)
{
	const struct run *r = q->runs;

	while (r && !r->clearing)
		r = r->next;
	return r != NULL;
}

/* Whoever takes longer is cut off. */
static void wait_clear(struct job_queue *q)
{
	const int64_t until = clock_mono_ms() + JOB_CLEAR_MS;

	while (is_clearing(q) && clock_mono_ms() < until)
		loop_turn(q->eng->loop, 100);
}

void job_queue_free(struct job_queue *q)
{
	struct run *r;

	if (!q)
		return;
	q->closing = 1;
	loop_cancel(q->eng->loop, q->timer);
	for (r = q->runs; r; r = r->next) {
		scope(r);
		stop(r);
		set_end(r, JOB_QUEUED, "The engine was stopped; the job goes on when it is back.");
	}
	wait_clear(q);
	while ((r = q->runs) != NULL) {
		scope(r);
		if (!r->lost)
			(void)try_end(r);
		run_free(r);
	}
	scope(NULL);
	free(q);
}
