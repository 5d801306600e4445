/* The jobs about the directory and rooms, as far as they need no server: parameters that are not to
 * be trusted, an account without a connection, adding all that was found, and the daily reading.
 */
#include "tests/unit/engine_unit.h"

#include "engine/job_kinds.h"
#include "exchange/egress.h"

enum { FOUND = 450, HOURS = 3600 };

struct bed {
	struct bench *b;
	int64_t account, other;
};

static void bed_make(struct bed *d, struct bench *b)
{
	struct err e;

	*d = (struct bed){ .b = b };
	b->eng.tools.egress = egress_new("/nonexistent/egress", TENANCY_MULTI);
	assert_ok(store_account_add(b->eng.db, "Acme", &d->account, &e));
	assert_ok(store_account_add(b->eng.db, "Other", &d->other, &e));
}

static void bed_start(struct bed *d)
{
	d->b->eng.jobs = job_queue_new(&d->b->eng, job_kinds, "host-1");
}

static void bed_stop(struct bed *d)
{
	job_queue_free(d->b->eng.jobs);
	d->b->eng.jobs = NULL;
}

static void bed_done(struct bed *d)
{
	bed_stop(d);
	egress_free(d->b->eng.tools.egress);
}

static int64_t add(struct bed *d, int64_t account, const char *kind, const char *params)
{
	const struct job j = {
		.account = account, .kind = kind, .params = params, .run_at = clock_now()
	};
	struct err e;
	int64_t id = 0;

	assert_ok(store_job_add(d->b->eng.db, &j, &id, &e));
	return id;
}

static struct job ended(struct bed *d, int64_t account, int64_t id)
{
	struct job j = { 0 };
	struct err e;

	job_queue_wake(d->b->eng.jobs);
	spin_until(d->b,
		store_job_get(d->b->eng.db, &d->b->a, account, id, &j, &e) == 1 &&
			j.state >= JOB_DONE);
	return j;
}

static void test_params(void **state)
{
	static const struct {
		const char *kind, *params, *outcome;
	} cases[] = {
		{ "directory", "", "nothing the directory can be asked for" },
		{ "boundary", "", "No mailbox is named" },
		{ "directory", "what=all&text=x", "nothing the directory can be asked for" },
		{ "directory", "what=search", "nothing the directory can be asked for" },
		{ "directory", "what=list&text=x", "nothing the directory can be asked for" },
		{ "directory", "what=search&text=x", "There is no connection" },
		{ "directory", "what=rooms&text=", "There is no connection" },
		{ "add_found", "", "not kept any more" },
		{ "add_found", "from=0", "not kept any more" },
		{ "add_found", "from=999", "not kept any more" },
		{ "room_try", "", "not there any more" },
		{ "room_try", "room=1", "not there any more" },
	};
	struct bed d;

	bed_make(&d, *state);
	bed_start(&d);
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct job j =
			ended(&d, d.account, add(&d, d.account, cases[i].kind, cases[i].params));

		if (j.state != JOB_FAILED || !strstr(j.outcome, cases[i].outcome))
			fail_msg("%s %s: %s", cases[i].kind, cases[i].params, j.outcome);
	}
	bed_done(&d);
}

/* An answer with mailboxes, lists, and one who is a member already. */
static int64_t answer(struct bed *d)
{
	struct db *db = d->b->eng.db;
	const struct member m = {
		.account = d->account, .email = "p1@acme.test", .name = "P", .calendar = ""
	};
	const int64_t job = add(d, d->account, "directory", "what=list&text=all%40acme.test");
	struct err e;
	int64_t id;

	assert_ok(store_member_add(db, &m, "", "", &id, &e));
	for (int n = 1; n <= FOUND; n++) {
		const struct found_one f = { .job = job,
			.n = n,
			.email = arena_printf(&d->b->a, "p%d@acme.test", n),
			.type = n % 10 == 0 ? "PublicDL" : "Mailbox" };

		assert_ok(store_found_add(db, &f, &e));
	}
	run(db, "UPDATE job SET state = 2");
	return job;
}

/* All mailboxes, each once, also when the engine stops on the way. */
static void test_add_found(void **state)
{
	struct bed d;
	struct job j;
	int64_t from, id;

	bed_make(&d, *state);
	from = answer(&d);
	id = add(&d, d.account, "add_found", arena_printf(&d.b->a, "from=%lld", (long long)from));
	bed_start(&d);
	for (int i = 0; i < 3; i++) {
		job_queue_wake(d.b->eng.jobs);
		loop_turn(d.b->eng.loop, 20);
		bed_stop(&d);
		bed_start(&d);
	}
	j = ended(&d, d.account, id);
	assert_int_equal(j.state, JOB_DONE);
	assert_string_equal(j.outcome, "404 members are added; 1 was a member already.");
	assert_int_equal(number(d.b->eng.db, "SELECT count(*) FROM member"), FOUND - FOUND / 10);
	assert_int_equal(number(d.b->eng.db, "SELECT people FROM account WHERE name = 'Acme'"),
		FOUND - FOUND / 10);
	assert_int_equal(
		number(d.b->eng.db, "SELECT count(*) FROM audit WHERE action = 'directory.added'"),
		1);
	/* The engine died before the end was written. */
	run(d.b->eng.db,
		"UPDATE job SET state = 0, due_at = 1, ended = 0 WHERE kind = 'add_found'");
	j = ended(&d, d.account, id);
	assert_string_equal(j.outcome, "404 members are added; 1 was a member already.");
	assert_int_equal(
		number(d.b->eng.db, "SELECT count(*) FROM audit WHERE action = 'directory.added'"),
		1);
	assert_int_equal(number(d.b->eng.db,
				 "SELECT count(DISTINCT member_id) FROM member_event "
				 "WHERE what = 0 AND detail = 'From the directory.'"),
		404);
	assert_int_equal(number(d.b->eng.db, "SELECT count(*) FROM member_event"), 405);
	/* Another account's answer is none. */
	id = add(&d, d.other, "add_found", arena_printf(&d.b->a, "from=%lld", (long long)from));
	assert_int_equal(ended(&d, d.other, id).state, JOB_FAILED);
	bed_done(&d);
}

static int64_t readings(struct bed *d)
{
	return number(d->b->eng.db, "SELECT count(*) FROM job WHERE kind = 'directory'");
}

static void house(struct bed *d)
{
	assert_int_equal(ended(d, 0, add(d, 0, "house", "")).state, JOB_DONE);
}

/* Once a day, for accounts with rooms that came from lists, and for no others. */
static void test_daily(void **state)
{
	struct bed d;
	struct room r = { .list = "one@acme.test", .list_name = "One" };
	struct member m = {
		.email = "alder@acme.test", .name = "Alder", .kind = MEMBER_ROOM, .calendar = ""
	};
	struct err e;

	bed_make(&d, *state);
	bed_start(&d);
	m.account = r.account = d.account;
	assert_ok(store_member_add(d.b->eng.db, &m, "", "", &r.member, &e));
	house(&d);
	assert_int_equal(readings(&d), 0);
	r.seen_at = clock_now() - 19 * HOURS;
	assert_ok(store_room_listed(d.b->eng.db, &r, &e));
	house(&d);
	assert_int_equal(readings(&d), 0);
	r.seen_at = clock_now() - 21 * HOURS;
	assert_ok(store_room_listed(d.b->eng.db, &r, &e));
	house(&d);
	assert_int_equal(readings(&d), 1);
	assert_int_equal(number(d.b->eng.db, "SELECT account_id FROM job WHERE kind = 'directory'"),
		d.account);
	bed_done(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(test_params),
		bench_test(test_add_found),
		bench_test(test_daily),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
