/* The job "trial": what is seen by a draft stays beside how members stand, an engine that is killed
 * anywhere, and the switch and the way back, after which nobody turns "not checked".
 */
#include "tests/unit/round_unit.h"

#include "engine/job_kinds.h"
#include "store/store_trial.h"

static const struct job_kind *const kinds[] = { &job_check, &job_trial, NULL };

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

static int64_t add(struct bed *d, const char *kind, const char *params)
{
	const struct job j = {
		.account = d->account, .kind = kind, .params = params, .run_at = clock_now()
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

#define VERDICTS "SELECT count(*) FROM member_event WHERE what IN (1, 13)"

/* What is kept of trials is what would be counted. */
static void assert_changes(struct bed *d)
{
	assert_int_equal(
		number(d->db,
			"SELECT count(*) FROM (SELECT connection_id, change, count(*) FROM trial "
			"GROUP BY 1, 2 EXCEPT SELECT connection_id, change, n FROM trial_count)"),
		0);
	assert_int_equal(number(d->db, "SELECT COALESCE(sum(n), 0) FROM trial_count"),
		number(d->db, "SELECT count(*) FROM trial"));
}

static void ends(struct bed *d, int64_t id, enum job_state state, const char *outcome)
{
	struct job j;

	spin_until(d->b, find(d, id).state >= JOB_DONE);
	j = find(d, id);
	assert_string_equal(j.outcome, outcome);
	assert_int_equal(j.state, state);
	assert_counts(d);
	assert_changes(d);
}

/* By delegate access those called "win" do not work, by impersonation those called "out". */
static void two_ways(const char *address, struct calendar_facts *f)
{
	const int by = hand.line->method == METHOD_IMPERSONATION;

	if (str_starts(address, by ? "out" : "win"))
		judge("shut", f);
	else if (str_starts(address, "win") || str_starts(address, "out"))
		judge("ok", f);
	else
		judge(address, f);
}

static int64_t trial_rows(struct bed *d, const char *where)
{
	return number(d->db, arena_printf(&d->b->a, "SELECT count(*) FROM trial WHERE %s", where));
}

static const char *of(struct bed *d, int64_t connection, const char *more)
{
	return arena_printf(&d->b->a, "connection=%lld&%s", (long long)connection, more);
}

/* An account that was looked at by its live connection, with a draft beside it. */
static int64_t make(struct bed *d, struct bench *b)
{
	bed_make(d, b, "delegate");
	hand.judge = two_ways;
	add_many(d, "ok", 300);
	add_many(d, "win", 120);
	add_many(d, "out", 7);
	add_many(d, "busy", 5);
	add_many(d, "sick", 2);
	add_one(d, "ok-room@example.test", MEMBER_ROOM);
	open_queue(d);
	ends(d, add(d, "check", "kind=0&status=-1&fixer=-1&role=-1&stale=0"), JOB_DONE,
		"Looked at 434 members: 307 connected, 5 limited, 120 action needed; 2 could not "
		"be looked at.");
	ends(d, add(d, "check", "kind=1&status=-1&fixer=-1&role=-1&stale=0"), JOB_DONE,
		"Looked at 1 member: 1 connected.");
	return bed_add(d, "impersonation", CONN_DRAFT);
}

#define SAID                                                                                       \
	"Tried with 435 members, of whom 2 could not be looked at. Of all who were tried 120 "     \
	"would gain and 7 would lose."

static void test_all(void **state)
{
	int64_t draft, members, events;
	struct bed d;

	draft = make(&d, *state);
	members = number(d.db,
		"SELECT sum(length(quote(status) || reason || asked || next_at || "
		"checked_at || tried_at || seen_by || proof)) FROM member");
	events = number(d.db, VERDICTS);
	ends(&d, add(&d, "trial", of(&d, draft, "all=1")), JOB_DONE, SAID);
	assert_int_equal(number(d.db,
				 "SELECT sum(length(quote(status) || reason || asked || next_at || "
				 "checked_at || tried_at || seen_by || proof)) FROM member"),
		members);
	assert_int_equal(number(d.db, VERDICTS), events);
	assert_int_equal(trial_rows(&d, "change = 1"), 120);
	assert_int_equal(trial_rows(&d, "change = 3"), 7);
	assert_int_equal(trial_rows(&d, "change = 0"), 306);
	assert_int_equal(trial_rows(&d, "change = 6"), 2);
	ends(&d, add(&d, "trial", of(&d, draft, "ids=9.3.99999")), JOB_DONE,
		"Tried with 2 members. Of all who were tried 120 would gain and 7 would lose.");
	ends(&d, add(&d, "trial", of(&d, draft, "kind=0&status=2&fixer=-1&role=-1&stale=0")),
		JOB_DONE,
		"Tried with 5 members. Of all who were tried 120 would gain and 7 would lose.");
	ends(&d, add(&d, "trial", "all=1"), JOB_FAILED, "This is no trial of a connection.");
	close_queue(&d);
}

/* What changes for a member who works, or is not there any more, is brought up to date. */
static void test_moved(void **state)
{
	int64_t draft, first, shut;
	struct bed d;
	struct err e;

	draft = make(&d, *state);
	ends(&d, add(&d, "trial", of(&d, draft, "all=1")), JOB_DONE, SAID);
	first = number(d.db, "SELECT min(id) FROM member WHERE email LIKE 'win%'");
	hand.judge = NULL;
	run(d.db, "UPDATE member SET calendar = 'ok@example.test' WHERE email LIKE 'win%'");
	ends(&d, add(&d, "check", arena_printf(&d.b->a, "ids=%lld", (long long)first)), JOB_DONE,
		"Looked at 1 member: 1 connected.");
	assert_int_equal(trial_rows(&d, "change = 1"), 119);
	shut = number(d.db, "SELECT min(id) FROM member WHERE email LIKE 'out%'");
	assert_ok(store_member_off(d.db, d.account, shut, clock_now(), &e));
	assert_ok(store_member_delete(d.db, d.account, shut + 1, &e));
	assert_int_equal(trial_rows(&d, "change = 3"), 5);
	assert_ok(store_member_edit(
		d.db, &(struct member){ .account = d.account, .id = shut + 2, .name = "Zoe" }, &e));
	assert_int_equal(trial_rows(&d, "name_key = 'zoe'"), 1);
	assert_ok(store_member_edit(d.db,
		&(struct member){ .account = d.account, .id = shut + 2, .calendar = "a@b.test" },
		&e));
	assert_int_equal(trial_rows(&d, "change = 3"), 4);
	assert_changes(&d);
	close_queue(&d);
}

/* Of a draft that was changed nothing stays that was tried before. */
static void test_changed(void **state)
{
	int64_t draft, id;
	struct bed d;

	draft = make(&d, *state);
	ends(&d, add(&d, "trial", of(&d, draft, "all=1")), JOB_DONE, SAID);
	run(d.db, "UPDATE connection SET host = 'other.example.test' WHERE stage = 1");
	ends(&d, add(&d, "trial", of(&d, draft, "ids=1")), JOB_DONE,
		"Tried with 1 member. Of all who were tried nobody would gain and nobody would "
		"lose.");
	assert_int_equal(trial_rows(&d, "1"), 1);
	hand.hold = 1;
	id = add(&d, "trial", of(&d, draft, "all=1"));
	spin_until(d.b, hand.running);
	hand.other = 1;
	hand.hold = 0;
	ends(&d, id, JOB_FAILED,
		"The new connection was changed or switched to meanwhile. 0 members were tried. "
		"What was seen of them is kept.");
	close_queue(&d);
}

/* The draft's trouble is nobody else's. */
static void test_lost(void **state)
{
	int64_t draft, id, health;
	struct bed d;

	draft = make(&d, *state);
	health = number(d.db,
		"SELECT sum(state * 1000000 + fails * 1000) + sum(next_at) FROM "
		"health");
	hand.lose_at = hand.told + 100;
	hand.loses = REASON_SIGNIN_REFUSED;
	id = add(&d, "trial", of(&d, draft, "all=1"));
	spin_until(d.b, find(&d, id).state >= JOB_DONE);
	assert_int_equal(find(&d, id).state, JOB_FAILED);
	assert_non_null(strstr(find(&d, id).outcome, "were tried. What was seen of them is kept."));
	assert_int_equal(hand.refused, 1);
	assert_int_equal(number(d.db,
				 "SELECT sum(state * 1000000 + fails * 1000) + sum(next_at) "
				 "FROM health"),
		health);
	assert_true(trial_rows(&d, "1") >= 50);
	assert_changes(&d);
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

/* However often and wherever it is killed, everybody is tried, and counted once. */
static void test_killed(void **state)
{
	struct job_progress p = { 0 };
	int64_t id, draft;
	struct bed d;
	struct err e;

	draft = make(&d, *state);
	id = add(&d, "trial", of(&d, draft, "all=1"));
	close_queue(&d);
	for (int i = 0; find(&d, id).state < JOB_DONE; i++) {
		open_queue(&d);
		for (int turn = 0; turn < 3 + i * 2 && find(&d, id).state < JOB_DONE; turn++)
			loop_turn(d.b->eng.loop, 50);
		kill_queue(&d);
		assert_changes(&d);
	}
	assert_true(find(&d, id).attempts > 2);
	assert_true(store_progress_get(d.db, &d.b->a, id, &p, &e) == 1);
	assert_int_equal(p.done, 435);
	assert_int_equal(p.failed, 2);
	assert_int_equal(trial_rows(&d, "1"), 435);
	assert_string_equal(find(&d, id).outcome, SAID);
}

/* --- the switch --- */

static void stages(struct bed *d, int64_t live, int64_t former)
{
	run(d->db,
		arena_printf(&d->b->a, "UPDATE connection SET stage = 0 WHERE id IN (%lld, %lld)",
			(long long)live, (long long)former));
	run(d->db,
		arena_printf(&d->b->a, "UPDATE connection SET stage = 2 WHERE id = %lld",
			(long long)live));
	run(d->db,
		arena_printf(&d->b->a, "UPDATE connection SET stage = 3 WHERE id = %lld",
			(long long)former));
}

/* As the patrol adds it. */
static int64_t carry(struct bed *d, int64_t live, const char *method)
{
	return add(d, "check",
		arena_printf(&d->b->a,
			"method=%s&connection=%lld&kind=0&status=-1&fixer=-1&role=-1&stale=0",
			method, (long long)live));
}

/* Back while everybody is carried over: who is not yet, stands as before, and the others again. */
static void test_back(void **state)
{
	int64_t draft, live, id;
	struct bed d;

	draft = make(&d, *state);
	live = d.connection;
	add_many(&d, "ok-more", 700);
	ends(&d, add(&d, "check", "kind=0&status=0&fixer=-1&role=-1&stale=0"), JOB_DONE,
		"Looked at 702 members: 700 connected; 2 could not be looked at.");
	ends(&d, add(&d, "trial", of(&d, draft, "all=1")), JOB_DONE,
		"Tried with 1,135 members, of whom 2 could not be looked at. Of all who were tried "
		"120 would gain and 7 would lose.");
	stages(&d, draft, live);
	id = carry(&d, draft, "impersonation");
	while (number(d.db, "SELECT count(*) FROM member WHERE asked > 0") == 0)
		loop_turn(d.b->eng.loop, 50);
	stages(&d, live, draft);
	spin_until(d.b, find(&d, id).state >= JOB_DONE);
	assert_non_null(strstr(find(&d, id).outcome, "Another connection or method is in use"));
	assert_counts(&d);
	assert_int_equal(number(d.db, "SELECT count(*) FROM member WHERE status = 3"), 7);
	assert_true(
		number(d.db,
			arena_printf(&d.b->a, "SELECT count(*) FROM member WHERE seen_by = %lld",
				(long long)live)) > 600);
	assert_changes(&d);
	ends(&d, carry(&d, live, "delegate"), JOB_DONE,
		"Looked at 1,134 members: 1,007 connected, 5 limited, 120 action needed; 2 could "
		"not be looked at.");
	assert_int_equal(number(d.db,
				 "SELECT count(*) FROM member_event WHERE was = 0 AND what = "
				 "13"),
		0);
	assert_changes(&d);
	close_queue(&d);
}

/* Whoever was never looked at before is no trial any more once they were. */
static void test_first_look(void **state)
{
	int64_t draft, sick;
	struct bed d;

	draft = make(&d, *state);
	ends(&d, add(&d, "trial", of(&d, draft, "all=1")), JOB_DONE, SAID);
	stages(&d, draft, d.connection);
	sick = number(d.db, "SELECT min(id) FROM member WHERE email LIKE 'sick%'");
	run(d.db, "UPDATE member SET calendar = 'ok@example.test' WHERE email LIKE 'sick%'");
	ends(&d, add(&d, "check", arena_printf(&d.b->a, "ids=%lld", (long long)sick)), JOB_DONE,
		"Looked at 1 member: 1 connected.");
	assert_int_equal(
		trial_rows(&d, arena_printf(&d.b->a, "member_id = %lld", (long long)sick)), 0);
	assert_changes(&d);
	close_queue(&d);
}

static void test_switch(void **state)
{
	int64_t draft, live, events, id;
	struct bed d;

	draft = make(&d, *state);
	live = d.connection;
	ends(&d, add(&d, "trial", of(&d, draft, "all=1")), JOB_DONE, SAID);
	events = number(d.db, VERDICTS);
	stages(&d, draft, live);
	hand.hold = 1;
	id = carry(&d, draft, "impersonation");
	spin_until(d.b, hand.running);
	/* Nobody was asked yet, and all stand as the trial said. */
	assert_int_equal(
		number(d.db, "SELECT count(*) FROM member WHERE status = 1 AND kind = 0"), 420);
	assert_int_equal(number(d.db, "SELECT count(*) FROM member WHERE status = 3"), 7);
	assert_int_equal(number(d.db, "SELECT count(*) FROM member WHERE status = 0"), 2);
	assert_int_equal(number(d.db, VERDICTS), events + 127);
	assert_int_equal(
		number(d.db, "SELECT count(*) FROM member WHERE remind_at > 0 AND status = 3"), 7);
	assert_int_equal(
		number(d.db, "SELECT count(*) FROM member WHERE remind_at > 0 AND status = 1"), 0);
	/* What stood is what going back would bring. */
	assert_int_equal(trial_rows(&d, "change = 1"), 7);
	assert_int_equal(trial_rows(&d, "change = 3"), 120);
	assert_int_equal(
		trial_rows(&d, arena_printf(&d.b->a, "connection_id = %lld", (long long)draft)),
		1); /* the room, which is not asked for here */
	hand.hold = 0;
	ends(&d, id, JOB_DONE,
		"Looked at 434 members: 420 connected, 5 limited, 7 action needed; 2 could not be "
		"looked at.");
	assert_int_equal(number(d.db, VERDICTS), events + 127);
	/* And back. */
	stages(&d, live, draft);
	hand.hold = 1;
	id = carry(&d, live, "delegate");
	spin_until(d.b, hand.running);
	assert_int_equal(
		number(d.db, "SELECT count(*) FROM member WHERE status = 1 AND kind = 0"), 307);
	assert_int_equal(number(d.db, "SELECT count(*) FROM member WHERE status = 3"), 120);
	assert_int_equal(trial_rows(&d, "change = 1"), 120);
	assert_int_equal(number(d.db, VERDICTS), events + 254);
	hand.hold = 0;
	ends(&d, id, JOB_DONE,
		"Looked at 434 members: 307 connected, 5 limited, 120 action needed; 2 could not "
		"be "
		"looked at.");
	close_queue(&d);
}

/* Who was not tried is not known; what was tried of another state is not taken for one. */
static void test_switch_untried(void **state)
{
	int64_t draft, live;
	struct bed d;

	draft = make(&d, *state);
	live = d.connection;
	ends(&d, add(&d, "trial", of(&d, draft, "ids=1.2")), JOB_DONE,
		"Tried with 2 members. Of all who were tried nobody would gain and nobody would "
		"lose.");
	run(d.db,
		"UPDATE credential SET version = 'v2' WHERE connection_id = (SELECT id FROM "
		"connection WHERE stage = 1)");
	stages(&d, draft, live);
	hand.hold = 1;
	carry(&d, draft, "impersonation");
	spin_until(d.b, hand.running);
	assert_int_equal(
		number(d.db, "SELECT count(*) FROM member WHERE status = 0 AND kind = 0"), 434);
	assert_int_equal(trial_rows(&d, "change IN (0, 1, 3, 4, 5)"), 432);
	assert_changes(&d);
	close_queue(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(test_all),
		bench_test(test_moved),
		bench_test(test_changed),
		bench_test(test_lost),
		bench_test(test_killed),
		bench_test(test_switch),
		bench_test(test_back),
		bench_test(test_first_look),
		bench_test(test_switch_untried),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
