/* The engine's side of the queue: leases, steps, retries, limits, stopping, and a store in trouble.
 */
#include "tests/unit/engine_unit.h"

#include <time.h>

static const char OWNER[] = "host-1";

/* What the kinds below have seen; reset by `start`. */
static struct noted {
	int started, stopped, cleared, running, most;
	struct job_run *last;
} seen;

static void note_start(struct job_run *r)
{
	seen.started++;
	seen.last = r;
	if (++seen.running > seen.most)
		seen.most = seen.running;
}

static int note_stop(struct job_run *r)
{
	(void)r;
	seen.stopped++;
	seen.running--;
	return 1;
}

static void on_cleared(void *ptr)
{
	seen.cleared++;
	job_stopped(ptr);
}

/* Something is cleared away first. */
static int slow_stop(struct job_run *r)
{
	note_stop(r);
	loop_after(r->engine->loop, 300, on_cleared, r);
	return 0;
}

/* Two steps and the end, all at once. */
static void quick_start(struct job_run *r)
{
	const struct job_step steps[] = {
		{ .n = 1, .title = "First", .state = STEP_RUNNING },
		{ .n = 2, .title = "Second", .state = STEP_WAITING },
		{ .n = 1,
			.title = "First",
			.state = STEP_OK,
			.ms = 3,
			.say = "seen",
			.raw = "raw" },
		{ .n = 2, .title = "Second", .state = STEP_NOTE, .why = "why", .fix = "fix" },
	};

	note_start(r);
	for (size_t i = 0; i < COUNT(steps); i++)
		job_step(r, &steps[i]);
	seen.running--;
	job_end(r, JOB_DONE, r->job->params);
}

/* Tells one step, and goes on until it is stopped. */
static void long_start(struct job_run *r)
{
	const struct job_step s = { .n = 1, .title = "Long", .state = STEP_RUNNING };

	note_start(r);
	job_step(r, &s);
}

static void again_start(struct job_run *r)
{
	note_start(r);
	seen.running--;
	job_again(r, "not yet");
}

/* Ends in several ways at once: the first counts. */
static void twice_start(struct job_run *r)
{
	const struct job_step s = { .n = 1, .title = "Late", .state = STEP_OK };

	note_start(r);
	seen.running--;
	job_end(r, JOB_FAILED, "first\nword");
	job_end(r, JOB_DONE, "second");
	job_again(r, "third");
	job_step(r, &s);
}

static const struct job_kind quick = { "quick", quick_start, note_stop, 2, 10, 1 };
static const struct job_kind slow = { "long", long_start, note_stop, 3, 600, 1 };
static const struct job_kind brief = { "brief", long_start, note_stop, 1, 1, 1 };
static const struct job_kind again = { "again", again_start, note_stop, 3, 10, 60 };
static const struct job_kind twice = { "twice", twice_start, note_stop, 3, 10, 1 };
static const struct job_kind tidy = { "tidy", long_start, slow_stop, 3, 600, 1 };
static const struct job_kind *const kinds[] = { &quick, &slow, &brief, &again, &twice, &tidy,
	NULL };

static void start(struct bench *b)
{
	memset(&seen, 0, sizeof(seen));
	b->eng.jobs = job_queue_new(&b->eng, kinds, OWNER);
}

static void stop(struct bench *b)
{
	job_queue_free(b->eng.jobs);
	b->eng.jobs = NULL;
}

/* The step the slow kind tells is in the store: it runs, and what it said was written. */
static int is_told(struct bench *b, int64_t id)
{
	struct job_step *s;

	return get_steps(b, id, &s) == 1 && s[0].state == STEP_RUNNING;
}

static void test_done(void **state)
{
	struct bench *b = *state;
	int64_t id = add_job(b, "quick", "outcome");
	struct job_step *s;
	struct job j;

	start(b);
	spin_until(b, has_ended(b, id));
	j = get_job(b, id);
	assert_int_equal(j.state, JOB_DONE);
	assert_int_equal(j.attempts, 1);
	assert_string_equal(j.outcome, "outcome");
	assert_int_equal(get_steps(b, id, &s), 2);
	assert_int_equal(s[0].state, STEP_OK);
	assert_int_equal(s[0].ms, 3);
	assert_string_equal(s[0].say, "seen");
	assert_string_equal(s[0].raw, "raw");
	assert_int_equal(s[1].state, STEP_NOTE);
	assert_string_equal(s[1].why, "why");
	assert_string_equal(s[1].fix, "fix");
	assert_int_equal(seen.stopped, 0);
	stop(b);
}

static void test_unknown_kind(void **state)
{
	struct bench *b = *state;
	int64_t id = add_job(b, "rm -rf", "");

	start(b);
	spin_until(b, has_ended(b, id));
	assert_int_equal(state_of(b, id), JOB_FAILED);
	assert_non_null(strstr(get_job(b, id).outcome, "does not know"));
	stop(b);
}

static void test_first_end_counts(void **state)
{
	struct bench *b = *state;
	int64_t id = add_job(b, "twice", "");
	struct job_step *s;

	start(b);
	spin_until(b, has_ended(b, id));
	assert_int_equal(state_of(b, id), JOB_FAILED);
	assert_string_equal(get_job(b, id).outcome, "first?word");
	assert_int_equal(get_steps(b, id, &s), 0);
	stop(b);
}

/* A job rung for starts at once; one that was not within a second; one of the future later. */
static void test_when(void **state)
{
	struct bench *b = *state;
	struct job later = { .kind = "quick", .params = "" };
	struct err e;
	int64_t id, at;

	start(b);
	spin(b, 50);
	id = add_job(b, "quick", "");
	at = clock_mono_ms();
	job_queue_wake(b->eng.jobs);
	spin_until(b, has_ended(b, id));
	assert_in_range(clock_mono_ms() - at, 0, 500);
	id = add_job(b, "quick", "");
	at = clock_mono_ms();
	spin_until(b, has_ended(b, id));
	assert_in_range(clock_mono_ms() - at, 0, JOB_POLL_MS + 500);
	later.run_at = clock_now() + 2;
	assert_ok(store_job_add(b->eng.db, &later, &id, &e));
	job_queue_wake(b->eng.jobs);
	spin_until(b, has_ended(b, id));
	assert_true(get_job(b, id).started >= later.run_at);
	assert_in_range(clock_now(), later.run_at, later.run_at + 1);
	stop(b);
}

static void test_many(void **state)
{
	struct bench *b = *state;
	int64_t first = add_job(b, "long", "");
	struct err e;

	for (int i = 1; i < JOB_RUNS_MAX + 4; i++)
		add_job(b, "long", "");
	start(b);
	spin_until(b, seen.started == JOB_RUNS_MAX);
	spin(b, 1200);
	assert_int_equal(seen.started, JOB_RUNS_MAX);
	assert_int_equal(store_job_cancel(b->eng.db, 0, first, &e), 1);
	job_queue_wake(b->eng.jobs);
	spin_until(b, seen.started == JOB_RUNS_MAX + 1);
	assert_int_equal(seen.most, JOB_RUNS_MAX);
	stop(b);
	assert_int_equal(seen.running, 0);
}

/* An account that wants much leaves room for others. */
static void test_share(void **state)
{
	struct bench *b = *state;
	struct job j = { .kind = "long", .params = "", .run_at = clock_now() };
	struct err e;
	int64_t id;

	assert_ok(store_account_add(b->eng.db, "Acme", &j.account, &e));
	for (int i = 0; i < JOB_RUNS_MAX; i++)
		assert_ok(store_job_add(b->eng.db, &j, &id, &e));
	start(b);
	spin_until(b, seen.started == JOB_SHARE);
	id = add_job(b, "quick", "");
	spin_until(b, has_ended(b, id));
	assert_int_equal(seen.running, JOB_SHARE);
	stop(b);
}

/* Twice later, each time after twice the pause, then failed with the last word. */
static void test_again(void **state)
{
	struct bench *b = *state;
	int64_t id;

	clock_freeze(NOW);
	id = add_job(b, "again", "");
	start(b);
	spin_until(b, get_job(b, id).state == JOB_QUEUED && get_job(b, id).attempts == 1);
	assert_int_equal(get_job(b, id).run_at, NOW + 60);
	assert_string_equal(get_job(b, id).outcome, "not yet");
	spin(b, 1200);
	assert_int_equal(seen.started, 1);
	clock_freeze(NOW + 60);
	job_queue_wake(b->eng.jobs);
	spin_until(b, get_job(b, id).state == JOB_QUEUED && get_job(b, id).attempts == 2);
	assert_int_equal(get_job(b, id).run_at, NOW + 60 + 120);
	clock_freeze(NOW + 180);
	job_queue_wake(b->eng.jobs);
	spin_until(b, has_ended(b, id));
	assert_int_equal(state_of(b, id), JOB_FAILED);
	assert_string_equal(get_job(b, id).outcome, "not yet");
	assert_int_equal(seen.started, 3);
	stop(b);
}

static void test_cancel_by_bell(void **state)
{
	struct bench *b = *state;
	int64_t id = add_job(b, "long", "");
	struct job_step *s;
	struct err e;

	start(b);
	spin_until(b, is_told(b, id));
	assert_int_equal(store_job_cancel(b->eng.db, 0, id, &e), 1);
	job_queue_wake(b->eng.jobs);
	spin_until(b, has_ended(b, id));
	assert_int_equal(state_of(b, id), JOB_CANCELLED);
	assert_int_equal(seen.stopped, 1);
	assert_int_equal(get_steps(b, id, &s), 1);
	assert_int_equal(s[0].state, STEP_SKIPPED);
	stop(b);
	assert_int_equal(seen.stopped, 1);
}

/* What it made is cleared away before it counts as ended, also when the engine ends. */
static void test_clears_away(void **state)
{
	struct bench *b = *state;
	int64_t id = add_job(b, "tidy", "");
	struct err e;

	start(b);
	spin_until(b, is_told(b, id));
	assert_int_equal(store_job_cancel(b->eng.db, 0, id, &e), 1);
	job_queue_wake(b->eng.jobs);
	spin(b, 100);
	assert_int_equal(seen.stopped, 1);
	assert_int_equal(state_of(b, id), JOB_RUNNING);
	job_queue_wake(b->eng.jobs);
	spin_until(b, has_ended(b, id));
	assert_int_equal(seen.cleared, 1);
	assert_int_equal(seen.stopped, 1);
	assert_int_equal(state_of(b, id), JOB_CANCELLED);
	id = add_job(b, "tidy", "");
	job_queue_wake(b->eng.jobs);
	spin_until(b, is_told(b, id));
	stop(b);
	assert_int_equal(seen.cleared, 2);
	assert_int_equal(state_of(b, id), JOB_QUEUED);
}

/* The ring was lost: it is seen at the next look, long before a lease is prolonged. */
static void test_cancel_without_bell(void **state)
{
	struct bench *b = *state;
	struct err e;
	int64_t id;

	clock_freeze(NOW);
	id = add_job(b, "long", "");
	start(b);
	spin_until(b, is_told(b, id));
	assert_int_equal(store_job_cancel(b->eng.db, 0, id, &e), 1);
	spin_until(b, has_ended(b, id));
	assert_int_equal(state_of(b, id), JOB_CANCELLED);
	stop(b);
}

static void test_cancel_in_queue(void **state)
{
	struct bench *b = *state;
	int64_t id = add_job(b, "long", "");
	struct err e;

	assert_int_equal(store_job_cancel(b->eng.db, 0, id, &e), 1);
	start(b);
	spin(b, 1200);
	assert_int_equal(seen.started, 0);
	assert_int_equal(state_of(b, id), JOB_CANCELLED);
	stop(b);
}

static void test_limit(void **state)
{
	struct bench *b = *state;
	int64_t id = add_job(b, "brief", "");

	start(b);
	spin_until(b, has_ended(b, id));
	assert_int_equal(state_of(b, id), JOB_FAILED);
	assert_int_equal(seen.stopped, 1);
	assert_non_null(strstr(get_job(b, id).outcome, "too long"));
	stop(b);
}

/* A lease is prolonged in time, so nobody else can take it. */
static void test_prolonged(void **state)
{
	struct bench *b = *state;
	struct job j;
	struct err e;
	int64_t id;

	clock_freeze(NOW);
	id = add_job(b, "long", "");
	start(b);
	spin_until(b, is_told(b, id));
	assert_int_equal(get_job(b, id).lease_until, NOW + JOB_LEASE);
	for (int64_t t = NOW; t <= NOW + 40; t += JOB_RENEW) {
		clock_freeze(t);
		job_queue_wake(b->eng.jobs);
		spin_until(b, get_job(b, id).lease_until == t + JOB_LEASE);
		assert_int_equal(
			store_job_lease(b->eng.db, &b->a, "other", t + JOB_LEASE, &j, &e), 0);
	}
	assert_int_equal(seen.started, 1);
	stop(b);
}

/* This engine slept too long and another took the job: it stops, and writes nothing more. */
static void test_lease_lost(void **state)
{
	struct bench *b = *state;
	struct job_step *s;
	struct job j;
	struct err e;
	int64_t id;

	clock_freeze(NOW);
	id = add_job(b, "long", "");
	start(b);
	spin_until(b, is_told(b, id));
	clock_freeze(NOW + JOB_LEASE + 1);
	assert_int_equal(
		store_job_lease(b->eng.db, &b->a, "other", clock_now() + JOB_LEASE, &j, &e), 1);
	assert_int_equal(j.id, id);
	spin_until(b, seen.stopped == 1);
	spin(b, 100);
	j = get_job(b, id);
	assert_int_equal(j.state, JOB_RUNNING);
	assert_int_equal(j.attempts, 2);
	assert_int_equal(get_steps(b, id, &s), 0);
	assert_int_equal(store_job_renew(b->eng.db, id, "other", NOW + 100, &(int){ 0 }, &e), 1);
	stop(b);
	assert_int_equal(state_of(b, id), JOB_RUNNING);
}

/* The same, but it is a step that would be written over the other engine's. */
static void test_lease_lost_at_a_step(void **state)
{
	const struct job_step late = { .n = 2, .title = "Late", .state = STEP_OK };
	struct bench *b = *state;
	struct job_step *s;
	struct job j;
	struct err e;
	int64_t id;

	clock_freeze(NOW);
	id = add_job(b, "long", "");
	start(b);
	spin_until(b, is_told(b, id));
	clock_freeze(NOW + JOB_LEASE + 1);
	assert_int_equal(store_job_lease(b->eng.db, &b->a, "other", NOW + 100, &j, &e), 1);
	clock_freeze(NOW); /* so that this engine thinks its lease is good */
	job_step(seen.last, &late);
	spin_until(b, seen.stopped == 1);
	assert_int_equal(get_steps(b, id, &s), 0);
	stop(b);
	assert_int_equal(state_of(b, id), JOB_RUNNING);
}

/* Stopped politely: back in the queue at once, and nothing looks as if it still ran. */
static void test_stop_gives_back(void **state)
{
	struct bench *b = *state;
	int64_t id = add_job(b, "long", "");
	struct job_step *s;

	start(b);
	spin_until(b, is_told(b, id));
	stop(b);
	assert_int_equal(seen.stopped, 1);
	assert_int_equal(state_of(b, id), JOB_QUEUED);
	assert_in_range(get_job(b, id).run_at, 0, clock_now());
	assert_int_equal(get_steps(b, id, &s), 1);
	assert_int_equal(s[0].state, STEP_SKIPPED);
	start(b);
	spin_until(b, is_told(b, id));
	assert_int_equal(get_job(b, id).attempts, 2);
	stop(b);
}

/* Killed: the lease stands, and is taken back at the start. Those of others are not touched. */
static void test_killed(void **state)
{
	struct bench *b = *state;
	int64_t ours = add_job(b, "quick", ""), other;
	struct job j;
	struct err e;

	assert_int_equal(
		store_job_lease(b->eng.db, &b->a, OWNER, clock_now() + JOB_LEASE, &j, &e), 1);
	assert_int_equal(j.id, ours);
	other = add_job(b, "quick", "");
	assert_int_equal(
		store_job_lease(b->eng.db, &b->a, "other", clock_now() + JOB_LEASE, &j, &e), 1);
	assert_int_equal(j.id, other);
	start(b);
	spin_until(b, has_ended(b, ours));
	assert_int_equal(state_of(b, ours), JOB_DONE);
	assert_int_equal(get_job(b, ours).attempts, 2);
	assert_int_equal(state_of(b, other), JOB_RUNNING);
	stop(b);
}

/* A job that kills the engine each time is not run for ever. */
static void test_poison(void **state)
{
	struct bench *b = *state;
	int64_t id = add_job(b, "quick", "");
	struct job j;
	struct err e;

	for (int i = 0; i < quick.attempts; i++) {
		assert_int_equal(
			store_job_lease(b->eng.db, &b->a, OWNER, clock_now() + JOB_LEASE, &j, &e),
			1);
		assert_ok(store_job_release(b->eng.db, OWNER, &e));
	}
	start(b);
	spin_until(b, has_ended(b, id));
	assert_int_equal(state_of(b, id), JOB_FAILED);
	assert_int_equal(seen.started, 0);
	stop(b);
}

/* Another program holds the write lock: nothing is lost, nothing spins, and it goes on afterwards.
 */
static void test_locked_store(void **state)
{
	struct bench *b = *state;
	struct db *rude = file_db(&b->place, 0);
	int64_t slow_id = add_job(b, "long", ""), quick_id;
	const struct job_step s = { .n = 2, .title = "While locked", .state = STEP_OK };
	struct job_step *steps;
	struct err e;
	clock_t cpu;

	start(b);
	spin_until(b, is_told(b, slow_id));
	quick_id = add_job(b, "quick", "");
	assert_ok(db_begin(rude, DB_WRITE, &e));
	job_queue_wake(b->eng.jobs);
	job_step(seen.last, &s);
	job_end(seen.last, JOB_DONE, "done while locked");
	cpu = clock();
	spin(b, 2500);
	assert_true(clock() - cpu < CLOCKS_PER_SEC / 4);
	assert_int_equal(state_of(b, slow_id), JOB_RUNNING);
	db_rollback(rude);
	spin_until(b, has_ended(b, slow_id) && has_ended(b, quick_id));
	assert_string_equal(get_job(b, slow_id).outcome, "done while locked");
	assert_int_equal(get_steps(b, slow_id, &steps), 2);
	assert_string_equal(steps[1].title, "While locked");
	stop(b);
	db_close(rude);
}

/* The store fails for so long that the lease ends: the job is not run a second time beside itself.
 */
static void test_locked_beyond_lease(void **state)
{
	struct bench *b = *state;
	struct db *rude = file_db(&b->place, 0);
	struct err e;
	int64_t id;

	clock_freeze(NOW);
	id = add_job(b, "long", "");
	start(b);
	spin_until(b, is_told(b, id));
	assert_ok(db_begin(rude, DB_WRITE, &e));
	clock_freeze(NOW + 2 * JOB_LEASE);
	spin(b, 1500);
	db_rollback(rude);
	spin_until(b, get_job(b, id).lease_until == NOW + 3 * JOB_LEASE);
	assert_int_equal(seen.started, 1);
	assert_int_equal(seen.stopped, 0);
	stop(b);
	db_close(rude);
}

/* A step that is told thousands of times costs the memory of one. */
static void test_chatty(void **state)
{
	struct bench *b = *state;
	int64_t id = add_job(b, "long", "");
	struct job_step s = { .n = 1, .title = "Counting", .state = STEP_RUNNING }, *steps;
	char say[2000];

	start(b);
	spin_until(b, is_told(b, id));
	memset(say, 'x', sizeof(say) - 1);
	say[sizeof(say) - 1] = '\0';
	s.say = say;
	for (int i = 0; i < 20000; i++) /* five times what the arena of a job may hold */
		job_step(seen.last, &s);
	job_end(seen.last, JOB_DONE, "");
	spin_until(b, has_ended(b, id));
	assert_int_equal(get_steps(b, id, &steps), 1);
	assert_string_equal(steps[0].say, "Not finished, because the job ended.");
	stop(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(test_done),
		bench_test(test_unknown_kind),
		bench_test(test_first_end_counts),
		bench_test(test_when),
		bench_test(test_many),
		bench_test(test_share),
		bench_test(test_again),
		bench_test(test_cancel_by_bell),
		bench_test(test_clears_away),
		bench_test(test_cancel_without_bell),
		bench_test(test_cancel_in_queue),
		bench_test(test_limit),
		bench_test(test_prolonged),
		bench_test(test_lease_lost),
		bench_test(test_lease_lost_at_a_step),
		bench_test(test_stop_gives_back),
		bench_test(test_killed),
		bench_test(test_poison),
		bench_test(test_locked_store),
		bench_test(test_locked_beyond_lease),
		bench_test(test_chatty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
