/* The job "check": marks and rounds, an engine that is killed anywhere, stops, two at a time, and
 * what it says in the end.
 */
#include "tests/unit/round_unit.h"

#include "engine/job_kinds.h"

#define ALL "kind=0&status=-1&fixer=-1&role=-1&stale=0"
#define ROOMS "kind=1&status=-1&fixer=-1&role=-1&stale=0"

static const struct job_kind *const kinds[] = { &job_check, NULL };

static void open_queue(struct bed *d)
{
	d->b->eng.jobs = job_queue_new(&d->b->eng, kinds, "host-1");
}

static void close_queue(struct bed *d)
{
	job_queue_free(d->b->eng.jobs);
	d->b->eng.jobs = NULL;
	assert_int_equal(hand.running, 0);
	assert_int_equal(hand.sights, 0);
}

static int64_t add(struct bed *d, const char *params)
{
	const struct job j = {
		.account = d->account, .kind = "check", .params = params, .run_at = clock_now()
	};
	struct err e;
	int64_t id = 0;

	assert_ok(store_job_add(d->db, &j, &id, &e));
	if (d->b->eng.jobs)
		job_queue_wake(d->b->eng.jobs);
	return id;
}

static struct job find(struct bed *d, int64_t id)
{
	struct job j = { 0 };
	struct err e;

	assert_int_equal(store_job_get(d->db, &d->b->a, d->account, id, &j, &e), 1);
	return j;
}

static struct job_progress progress(struct bed *d, int64_t id)
{
	struct job_progress p = { 0 };
	struct err e;

	assert_true(store_progress_get(d->db, &d->b->a, id, &p, &e) >= 0);
	return p;
}

static int64_t marked(struct bed *d)
{
	return number(d->db, "SELECT count(*) FROM member WHERE asked <> 0");
}

static void ends(struct bed *d, int64_t id, enum job_state state, const char *outcome)
{
	struct job j;

	spin_until(d->b, find(d, id).state >= JOB_DONE);
	j = find(d, id);
	assert_string_equal(j.outcome, outcome);
	assert_int_equal(j.state, state);
	assert_counts(d);
}

static void test_all(void **state)
{
	struct bed d;
	int64_t id;

	bed_make(&d, *state, "delegate");
	add_many(&d, "ok", 2300);
	add_many(&d, "busy", 40);
	add_many(&d, "sick", 2);
	add_one(&d, "gone@example.test", MEMBER_ROOM);
	open_queue(&d);
	id = add(&d, ALL);
	ends(&d, id, JOB_DONE,
		"Looked at 2,342 members: 2,300 connected, 40 limited; 2 could not be looked at.");
	assert_int_equal(progress(&d, id).total, 2342);
	assert_int_equal(progress(&d, id).done, 2342);
	assert_int_equal(progress(&d, id).failed, 2);
	assert_true(progress(&d, id).counted);
	assert_int_equal(marked(&d), 0);
	ends(&d, add(&d, ROOMS), JOB_DONE, "Looked at 1 member: 1 blocked.");
	ends(&d, add(&d, "ids=1.2.99999"), JOB_DONE, "Looked at 2 members: 2 connected.");
	ends(&d, add(&d, "ids=99999"), JOB_DONE, "There was nobody to look at.");
	ends(&d, add(&d, "kind=0&status=2&fixer=-1&role=-1&stale=0"), JOB_DONE,
		"Looked at 40 members: 40 limited.");
	ends(&d, add(&d, "nonsense"), JOB_FAILED, "This is no check of members.");
	ends(&d, add(&d, ALL "&method=delegate"), JOB_FAILED, "This is no check of members.");
	close_queue(&d);
}

/* The end of an engine that has no time to say so: nothing of its end is in the store. */
static void kill_queue(struct bed *d)
{
	struct err e;

	assert_ok(db_begin(d->db, DB_WRITE, &e));
	close_queue(d);
	db_rollback(d->db);
}

/* However often and wherever it is killed, everybody is looked at, and counted once. */
static void test_killed(void **state)
{
	int64_t id, done = 0;
	struct bed d;

	bed_make(&d, *state, "delegate");
	add_many(&d, "ok", 4500);
	id = add(&d, ALL);
	for (int i = 0; find(&d, id).state < JOB_DONE; i++) {
		open_queue(&d);
		for (int turn = 0; turn < 3 + i * 5 && find(&d, id).state < JOB_DONE; turn++)
			loop_turn(d.b->eng.loop, 50);
		kill_queue(&d);
		assert_true(progress(&d, id).done >= done);
		done = progress(&d, id).done;
		assert_counts(&d);
	}
	assert_true(find(&d, id).attempts > 2);
	assert_int_equal(done, 4500);
	assert_int_equal(number(d.db, EVENTS), 4500);
	assert_int_equal(marked(&d), 0);
	assert_string_equal(find(&d, id).outcome, "Looked at 4,500 members.");
}

/* An engine that ends in good order leaves the marks for the next one. */
static void test_ended(void **state)
{
	struct bed d;
	int64_t id;

	bed_make(&d, *state, "delegate");
	add_many(&d, "ok", 300);
	open_queue(&d);
	hand.hold = 1;
	id = add(&d, ALL);
	spin_until(d.b, hand.running);
	close_queue(&d);
	assert_int_equal(find(&d, id).state, JOB_QUEUED);
	assert_int_equal(marked(&d), 300);
	hand.hold = 0;
	open_queue(&d);
	ends(&d, id, JOB_DONE, "Looked at 300 members: 300 connected.");
	close_queue(&d);
}

static void test_cancel(void **state)
{
	struct bed d;
	struct err e;
	int64_t id;

	bed_make(&d, *state, "delegate");
	add_many(&d, "ok", 2500);
	open_queue(&d);
	id = add(&d, ALL);
	spin_until(d.b, hand.told >= 700);
	hand.hold = 1;
	spin(d.b, 300);
	assert_int_equal(store_job_cancel(d.db, d.account, id, &e), 1);
	job_queue_wake(d.b->eng.jobs);
	ends(&d, id, JOB_CANCELLED, "Stopped on request.");
	assert_int_equal(marked(&d), 0);
	assert_in_range(progress(&d, id).done, 700, 2499);
	assert_int_equal(number(d.db, "SELECT count(*) FROM member WHERE status = 0"),
		2500 - progress(&d, id).done);
	close_queue(&d);
}

static void test_lost(void **state)
{
	struct bed d;
	int64_t id;

	bed_make(&d, *state, "delegate");
	add_many(&d, "ok", 200);
	run(d.db, "UPDATE member SET next_at = 9999999999");
	open_queue(&d);
	hand.lose_at = 100;
	hand.loses = REASON_SIGNIN_REFUSED;
	id = add(&d, ALL);
	spin_until(d.b, find(&d, id).state >= JOB_DONE);
	assert_int_equal(find(&d, id).state, JOB_FAILED);
	assert_non_null(strstr(find(&d, id).outcome,
		" 100 of 200 members were looked at; of the others what is known is kept, and they "
		"are looked at when the connection works."));
	assert_int_equal(marked(&d), 0);
	assert_int_equal(number(d.db,
				 "SELECT count(*) FROM member WHERE status = 0 "
				 "AND tried_at = 0 AND next_at < 9999999999"),
		100);
	hand.refuses = "The connection is paused.";
	ends(&d, add(&d, ALL), JOB_FAILED, "The connection is paused.");
	close_queue(&d);
}

/* What was seen by another method counts as not seen, and by this one it does. */
static void test_method(void **state)
{
	struct bed d;
	const char *other;
	int64_t id;

	bed_make(&d, *state, "delegate");
	add_many(&d, "ok", 10);
	add_many(&d, "sick", 5);
	open_queue(&d);
	run(d.db,
		"UPDATE member SET status = 1, reason = 'ok', checked_at = 5, method = "
		"'dedicated', "
		"seen_by = 1");
	run(d.db, "UPDATE member_count SET status = 1, reason = 'ok'");
	other = arena_printf(
		&d.b->a, ALL "&method=delegate&connection=%lld", (long long)d.connection);
	ends(&d, add(&d, other), JOB_DONE,
		"Looked at 15 members: 10 connected; 5 could not be looked at.");
	assert_int_equal(number(d.db, "SELECT count(*) FROM member WHERE status = 0"), 5);
	assert_int_equal(number(d.db, EVENTS " AND was = 0"), 10);
	run(d.db, "UPDATE member SET since = 7");
	ends(&d, add(&d, other), JOB_DONE,
		"Looked at 15 members: 10 connected; 5 could not be looked at.");
	assert_int_equal(number(d.db, "SELECT count(*) FROM member WHERE since = 7"), 15);
	id = add(&d, ALL "&method=impersonation&connection=1");
	spin_until(d.b, find(&d, id).state >= JOB_DONE);
	assert_non_null(strstr(find(&d, id).outcome, "Another connection or method is in use"));
	assert_int_equal(marked(&d), 0);
	close_queue(&d);
}

/* The connection is another in the midst of it: it goes on with that one. */
static void test_reopened(void **state)
{
	struct bed d;
	int64_t id;

	bed_make(&d, *state, "delegate");
	add_many(&d, "ok", 900);
	open_queue(&d);
	id = add(&d, ALL);
	spin_until(d.b, hand.told >= 100);
	hand.other = 1;
	ends(&d, id, JOB_DONE, "Looked at 900 members: 900 connected.");
	assert_int_equal(number(d.db, EVENTS), 900);
	close_queue(&d);
}

/* A member who asks for it does not wait for all others, and is not looked at twice. */
static void test_together(void **state)
{
	struct bed d;
	int64_t big, small;

	bed_make(&d, *state, "delegate");
	add_many(&d, "ok", 300);
	open_queue(&d);
	hand.hold = 1;
	big = add(&d, ALL);
	spin_until(d.b, hand.running == 1);
	small = add(&d, "ids=299");
	spin_until(d.b, hand.running == 2);
	hand.hold = 0;
	ends(&d, small, JOB_DONE, "Looked at 1 member: 1 connected.");
	ends(&d, big, JOB_DONE, "Looked at 299 members: 299 connected.");
	assert_int_equal(progress(&d, big).total, 299);
	/* Who is asked for one by one is not taken by a check of all. */
	hand.hold = 1;
	small = add(&d, "ids=5");
	spin_until(d.b, hand.running == 1);
	big = add(&d, ALL);
	spin_until(d.b, hand.running == 2);
	hand.hold = 0;
	ends(&d, small, JOB_DONE, "Looked at 1 member: 1 connected.");
	ends(&d, big, JOB_DONE, "Looked at 299 members: 299 connected.");
	close_queue(&d);
}

/* Whose address changes while it is looked at is looked at again. */
static void test_edited(void **state)
{
	struct bed d;
	struct err e;
	int64_t id;

	bed_make(&d, *state, "delegate");
	add_many(&d, "ok", 3);
	open_queue(&d);
	id = add(&d, ALL);
	spin_until(d.b, hand.asked == 3);
	assert_ok(store_member_edit(d.db,
		&(struct member){ .account = d.account,
			.id = 2,
			.name = "Two",
			.calendar = "shut@example.test" },
		&e));
	ends(&d, id, JOB_DONE, "Looked at 3 members: 2 connected, 1 action needed.");
	close_queue(&d);
}

/* A store that is locked for a while is waited for, in each part. */
static void test_locked(void **state)
{
	struct db *other;
	struct bed d;
	int64_t id;

	bed_make(&d, *state, "delegate");
	add_many(&d, "ok", 30);
	open_queue(&d);
	hand.hold = 1;
	id = add(&d, ALL);
	other = lock_out(&d);
	spin(d.b, 300);
	let_in(other);
	spin_until(d.b, hand.running);
	other = lock_out(&d);
	hand.hold = 0;
	spin(d.b, 300);
	let_in(other);
	ends(&d, id, JOB_DONE, "Looked at 30 members: 30 connected.");
	close_queue(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(test_all),
		bench_test(test_killed),
		bench_test(test_ended),
		bench_test(test_cancel),
		bench_test(test_lost),
		bench_test(test_method),
		bench_test(test_reopened),
		bench_test(test_together),
		bench_test(test_edited),
		bench_test(test_locked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
