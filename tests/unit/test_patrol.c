/* The patrol: what is due, what is another than it was, who is left alone, and what lies around. */
#include "tests/unit/round_unit.h"

#include "engine/job_kinds.h"
#include "engine/patrol.h"

static const struct job_kind *const kinds[] = { &job_check, NULL };

static void begin(struct bed *d, struct bench *b, const char *method)
{
	bed_make(d, b, method);
	b->eng.jobs = job_queue_new(&b->eng, kinds, "host-1");
	b->eng.patrol = patrol_new(&b->eng);
}

static void finish(struct bed *d)
{
	patrol_free(d->b->eng.patrol);
	job_queue_free(d->b->eng.jobs);
	assert_int_equal(hand.running, 0);
	assert_int_equal(hand.sights, 0);
	assert_counts(d);
}

static int64_t unseen(struct bed *d)
{
	return number(d->db, "SELECT count(*) FROM member WHERE checked_at = 0");
}

/* As if all was looked at with this connection already. */
static void settle(struct bed *d, const char *method, const char *version)
{
	const struct patrol p = { d->account, d->connection, method, version };
	struct err e;

	assert_ok(store_patrol_save(d->db, &p, &e));
}

static int64_t jobs(struct bed *d)
{
	return number(d->db, "SELECT count(*) FROM job WHERE kind = 'check'");
}

static int64_t open_jobs(struct bed *d)
{
	return number(d->db, "SELECT count(*) FROM job WHERE kind = 'check' AND state < 2");
}

/* A new connection: jobs look at all people, and at all rooms; afterwards nothing is to be done. */
static void test_new(void **state)
{
	struct patrol p;
	struct bed d;
	struct err e;

	begin(&d, *state, "delegate");
	add_many(&d, "ok", 150);
	add_one(&d, "gone@example.test", MEMBER_ROOM);
	spin_until(d.b, jobs(&d) == 2 && open_jobs(&d) == 0);
	assert_int_equal(unseen(&d), 0);
	assert_int_equal(hand.told, 151);
	assert_int_equal(
		number(d.db, "SELECT count(*) FROM job WHERE params LIKE 'method=delegate&%'"), 2);
	assert_int_equal(store_patrol_get(d.db, &d.b->a, d.account, &p, &e), 1);
	assert_int_equal(p.connection, d.connection);
	assert_string_equal(p.version, "v1");
	patrol_wake(d.b->eng.patrol);
	spin(d.b, 50);
	assert_int_equal(jobs(&d), 2);
	assert_int_equal(hand.told, 151);
	finish(&d);
}

/* Another secret: all are looked at again, and what is known of them stays meanwhile. Another
 * method: it is not known any more. */
static void test_another(void **state)
{
	struct bed d;

	begin(&d, *state, "delegate");
	add_many(&d, "ok", 5);
	spin_until(d.b, jobs(&d) == 1 && open_jobs(&d) == 0);
	hand.hold = 1;
	run(d.db, "UPDATE credential SET version = 'v2'");
	patrol_wake(d.b->eng.patrol);
	spin_until(d.b, hand.running == 1);
	assert_int_equal(unseen(&d), 0);
	hand.hold = 0;
	spin_until(d.b, jobs(&d) == 2 && open_jobs(&d) == 0);
	hand.hold = 1;
	run(d.db, "UPDATE connection SET method = 'dedicated'");
	patrol_wake(d.b->eng.patrol);
	spin_until(d.b, hand.running == 1);
	assert_int_equal(unseen(&d), 5);
	assert_counts(&d);
	hand.hold = 0;
	spin_until(d.b, jobs(&d) == 3 && open_jobs(&d) == 0);
	assert_int_equal(unseen(&d), 0);
	finish(&d);
}

/* Whoever is due is looked at without a job, a new one at once, and a line is kept for the next. */
static void test_due(void **state)
{
	struct bed d;

	begin(&d, *state, "delegate");
	settle(&d, "delegate", "v1");
	add_many(&d, "ok", 700);
	patrol_wake(d.b->eng.patrol);
	spin_until(d.b, unseen(&d) == 0);
	assert_int_equal(hand.told, 700);
	assert_int_equal(hand.most, 1);
	assert_int_equal(hand.sights, 1);
	assert_int_equal(jobs(&d), 0);
	add_many(&d, "busy", 1);
	patrol_wake(d.b->eng.patrol);
	spin_until(d.b, unseen(&d) == 0);
	assert_int_equal(hand.told, 701);
	/* Who is wanted by a job is not its business. */
	run(d.db, "UPDATE member SET next_at = 1, asked = 77");
	patrol_wake(d.b->eng.patrol);
	spin(d.b, 50);
	assert_int_equal(hand.told, 701);
	finish(&d);
}

static void test_alone(void **state)
{
	static const char *const why[] = {
		"UPDATE connection SET paused_at = 5",
		"UPDATE connection SET paused_at = 5, method = 'personal'",
		"UPDATE connection SET stage = 3",
		"UPDATE health SET state = 3",
		"UPDATE health SET state = 4",
		"UPDATE credential SET sealed = NULL",
		"DELETE FROM health",
		"UPDATE member SET off_at = 5, next_at = 0",
	};
	struct bed d;

	for (size_t i = 0; i < COUNT(why); i++) {
		begin(&d, *state, "delegate");
		if (i % 2)
			settle(&d, "delegate", "v1");
		add_many(&d, "ok", 2);
		run(d.db, why[i]);
		patrol_wake(d.b->eng.patrol);
		spin(d.b, 30);
		if (hand.asked || jobs(&d))
			fail_msg("%s", why[i]);
		patrol_free(d.b->eng.patrol);
		job_queue_free(d.b->eng.jobs);
		bench_teardown(state);
		bench_setup(state);
	}
}

/* Where the connection cannot go on, the next round waits, and nobody's verdict suffers. */
static void test_lost(void **state)
{
	struct bed d;

	begin(&d, *state, "delegate");
	settle(&d, "delegate", "v1");
	add_many(&d, "ok", 60);
	hand.lose_at = 1;
	hand.loses = REASON_IMPERSONATION_SETUP;
	patrol_wake(d.b->eng.patrol);
	spin_until(d.b, hand.told == 50 && hand.running == 0);
	spin(d.b, 300);
	assert_int_equal(hand.sights, 0);
	run(d.db, "UPDATE member SET next_at = 1");
	hand.lose_at = 0;
	patrol_wake(d.b->eng.patrol);
	spin(d.b, 100);
	assert_int_equal(hand.told, 50);
	assert_int_equal(number(d.db, "SELECT count(*) FROM member WHERE fails > 0"), 0);
	finish(&d);
}

/* All are due, and the patrol looks: was anybody asked? */
static int asks(struct bed *d)
{
	const int64_t before = hand.asked;

	run(d->db, "UPDATE member SET next_at = 1");
	patrol_wake(d->b->eng.patrol);
	spin(d->b, 50);
	spin_until(d->b, hand.running == 0);
	spin(d->b, 300);
	return hand.asked > before;
}

/* Ever longer, until a round ends well, or it is another connection. */
static void test_lost_again(void **state)
{
	int64_t now = NOW, wait = PATROL_BACKOFF;
	struct bed d;

	clock_freeze(now);
	begin(&d, *state, "delegate");
	settle(&d, "delegate", "v1");
	add_many(&d, "ok", 2);
	hand.lose_at = 1;
	hand.loses = REASON_IMPERSONATION_SETUP;
	assert_true(asks(&d));
	for (int i = 0; i < 3; i++, wait *= 2) {
		clock_freeze(now + wait - 1);
		assert_false(asks(&d));
		clock_freeze(now += wait);
		assert_true(asks(&d));
	}
	hand.lose_at = 0;
	clock_freeze(now += wait);
	assert_true(asks(&d));
	assert_true(asks(&d));
	hand.lose_at = hand.told + 1;
	assert_true(asks(&d));
	assert_false(asks(&d));
	hand.lose_at = 0;
	run(d.db, "UPDATE credential SET version = 'v2'");
	patrol_wake(d.b->eng.patrol);
	spin_until(d.b, jobs(&d) == 1 && open_jobs(&d) == 0);
	assert_true(asks(&d));
	finish(&d);
}

/* More accounts than are looked at together: each has its turn before any has its second. */
static void test_turns(void **state)
{
	struct bed first, d;
	struct err e;

	begin(&first, *state, "delegate");
	d = first;
	hand.hold = 1;
	for (int i = 0; i <= PATROL_MOST; i++) {
		if (i > 0) {
			assert_ok(store_account_add(d.db, "Other", &d.account, &e));
			bed_connect(&d, "delegate");
		}
		settle(&d, "delegate", "v1");
		add_many(&d, "ok", i < PATROL_MOST ? PATROL_TURN + 1 : 1);
	}
	patrol_wake(d.b->eng.patrol);
	spin_until(d.b, hand.running == PATROL_MOST);
	hand.hold = 0;
	spin_until(d.b,
		number(d.db,
			"SELECT count(*) FROM member WHERE account_id = 17 AND checked_at > 0") ==
			1);
	assert_int_equal(unseen(&d), PATROL_MOST);
	spin_until(d.b, unseen(&d) == 0);
	finish(&d);
}

/* Marks of a job that has ended, or is gone, are taken off; those of an open one stay. */
static void test_marks(void **state)
{
	struct bed d;

	bed_make(&d, *state, "delegate");
	settle(&d, "delegate", "v1");
	add_many(&d, "ok", 30);
	run(d.db, "UPDATE member SET next_at = 9999999999, asked = id % 3");
	run(d.db,
		"INSERT INTO job (id, account_id, kind, params, state, run_at, due_at, made_by, "
		"by_name, request, created) VALUES (1, 1, 'check', '', 0, 9999999999, 9999999999, "
		"0, '', '', 1), (2, 1, 'check', '', 3, 1, 1, 0, '', '', 1)");
	d.b->eng.patrol = patrol_new(&d.b->eng);
	spin_until(d.b, number(d.db, "SELECT count(*) FROM member WHERE asked = 2") == 0);
	assert_int_equal(number(d.db, "SELECT count(*) FROM member WHERE asked = 1"), 10);
	finish(&d);
}

/* What cannot be read of one account keeps no other waiting. */
static void test_damaged(void **state)
{
	struct bed first, d;
	struct err e;

	begin(&first, *state, "delegate");
	d = first;
	assert_ok(store_account_add(d.db, "Other", &d.account, &e));
	bed_connect(&d, "delegate");
	settle(&d, "delegate", "v1");
	add_many(&first, "shut", 1);
	add_many(&d, "ok", 1);
	run(d.db, "UPDATE member_count SET status = 77 WHERE account_id = 1");
	/* Nor does what cannot be kept of its day. */
	run(d.db, "INSERT INTO member_count VALUES (1, 2, 0, 'ok', 0, 0, 1)");
	run(d.db, "INSERT INTO member_day VALUES (1, 2, unixepoch() / 86400, 0, 1)");
	spin_until(d.b, number(d.db, "SELECT count(*) FROM member WHERE checked_at > 0") == 1);
	spin_until(d.b, number(d.db, "SELECT count(*) FROM member_day WHERE account_id = 2") > 0);
	run(d.db, "DELETE FROM member_count WHERE kind = 2");
	run(d.db, "UPDATE member_count SET status = 0 WHERE account_id = 1");
	finish(&d);
}

static void test_day(void **state)
{
	struct bed d;

	bed_make(&d, *state, "delegate");
	run(d.db, "UPDATE connection SET paused_at = 5");
	add_many(&d, "ok", 3);
	add_one(&d, "ok@example.test", MEMBER_ROOM);
	d.b->eng.patrol = patrol_new(&d.b->eng);
	spin_until(d.b, number(d.db, "SELECT count(*) FROM member_day") == 2);
	assert_int_equal(number(d.db, "SELECT n FROM member_day WHERE kind = 0 AND status = 0"), 3);
	assert_int_equal(number(d.db, "SELECT max(day) FROM member_day"), clock_now() / DAY);
	finish(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(test_new),
		bench_test(test_another),
		bench_test(test_due),
		bench_test(test_alone),
		bench_test(test_lost),
		bench_test(test_lost_again),
		bench_test(test_turns),
		bench_test(test_marks),
		bench_test(test_damaged),
		bench_test(test_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
