/* Job "bulk": what becomes of members, who stays as they are, and that a killed engine leaves
 * nobody out. */
#include "tests/unit/engine_unit.h"

#include "engine/job_kinds.h"
#include "store/store_mail.h"

enum { MANY = 250 };

struct office {
	int64_t account;
	int64_t admin, other; /* member rows that can sign in as admins */
	int64_t ids[MANY];
};

static int64_t hire(struct bench *b, int64_t account, const char *email, enum role role)
{
	struct member m = { .account = account, .email = email, .name = email, .role = role };
	struct err e;

	assert_ok(store_member_add(b->eng.db, &m, "", "", &m.id, &e));
	if (role == ROLE_ADMIN) {
		assert_ok(store_user_add(b->eng.db, email, email, "x", &m.user, &e));
		assert_ok(store_member_join(b->eng.db, &m, &e));
	}
	return m.id;
}

static void move_in(struct bench *b, struct office *o)
{
	struct err e;

	clock_freeze(NOW);
	assert_ok(store_account_add(b->eng.db, "Example Organisation", &o->account, &e));
	o->admin = hire(b, o->account, "avery@example.com", ROLE_ADMIN);
	o->other = hire(b, o->account, "blake@example.com", ROLE_ADMIN);
	for (int i = 0; i < MANY; i++)
		o->ids[i] = hire(
			b, o->account, arena_printf(&b->a, "p%03d@example.com", i), ROLE_MEMBER);
	b->eng.jobs = job_queue_new(&b->eng, job_kinds, "host-1");
}

static void restart(struct bench *b)
{
	job_queue_free(b->eng.jobs);
	b->eng.jobs = job_queue_new(&b->eng, job_kinds, "host-1");
}

static void move_out(struct bench *b)
{
	job_queue_free(b->eng.jobs);
	b->eng.jobs = NULL;
}

static int64_t ask(struct bench *b, const struct office *o, const char *params, int64_t by)
{
	const struct job j = { .account = o->account,
		.kind = BULK_KIND,
		.params = params,
		.run_at = clock_now(),
		.by = by,
		.by_name = "Avery Stone" };
	struct err e;
	int64_t id = 0;

	assert_ok(store_job_add(b->eng.db, &j, &id, &e));
	job_queue_wake(b->eng.jobs);
	return id;
}

static struct job job_in(struct bench *b, const struct office *o, int64_t id)
{
	struct job j = { 0 };
	struct err e;

	assert_int_equal(store_job_get(b->eng.db, &b->a, o->account, id, &j, &e), 1);
	return j;
}

static const char *outcome(struct bench *b, const struct office *o, int64_t id)
{
	spin_until(b, job_in(b, o, id).state >= JOB_DONE);
	return job_in(b, o, id).outcome;
}

#define ALL "kind=0&status=-1&fixer=-1&role=-1&stale=0&reason=&search="

static void test_off_and_on(void **state)
{
	struct bench *b = *state;
	struct mail mail = { .kind = MAIL_INVITATION };
	struct office o;
	struct err e;
	int64_t id;

	move_in(b, &o);
	run(b->eng.db,
		"INSERT INTO session (hash, user_id, account_id, member_id, created, seen, "
		"fresh, address, agent) SELECT zeroblob(32), user_id, account_id, id, 1, 1, "
		"1, '', '' FROM member WHERE email = 'blake@example.com'");
	run(b->eng.db,
		"INSERT INTO week (member_id, account_id, from_at, to_at, seen_at, reason, zone, "
		"spans) SELECT id, account_id, 1, 2, 3, 'ok', 'UTC', '1 2 2' FROM member");
	mail.account = o.account;
	mail.member = o.ids[7];
	assert_ok(store_mail_add(b->eng.db, &mail, &e));
	id = ask(b, &o, "do=off&" ALL, o.admin);
	assert_string_equal(outcome(b, &o, id),
		"251 members are deactivated. 1 stayed as they were: whoever asked for it, or the "
		"only admin who can sign in.");
	assert_int_equal(number(b->eng.db, "SELECT count(*) FROM member WHERE off_at > 0"), 251);
	assert_int_equal(number(b->eng.db, "SELECT n FROM member_count WHERE status = 5"), 251);
	assert_int_equal(number(b->eng.db, "SELECT count(*) FROM session"), 0);
	assert_int_equal(number(b->eng.db, "SELECT count(*) FROM week"), 1);
	assert_int_equal(number(b->eng.db, "SELECT state FROM mail"), MAIL_DROPPED);
	assert_int_equal(number(b->eng.db,
				 "SELECT count(*) FROM member_event WHERE what = 8 AND "
				 "by_name = 'Avery Stone'"),
		251);
	assert_int_equal(
		number(b->eng.db, "SELECT count(*) FROM audit WHERE action = 'members.changed'"),
		1);
	assert_int_equal(number(b->eng.db, "SELECT count(*) FROM audit"), 1);
	id = ask(b, &o, "do=on&" ALL, o.admin);
	assert_string_equal(outcome(b, &o, id), "252 members are active again.");
	assert_int_equal(number(b->eng.db, "SELECT count(*) FROM member WHERE off_at > 0"), 0);
	assert_int_equal(
		number(b->eng.db, "SELECT count(*) FROM member_event WHERE what = 9"), 251);
	move_out(b);
}

/* Asked for by ops there is nobody to spare but the last admin. */
static void test_last_admin(void **state)
{
	struct bench *b = *state;
	struct office o;
	int64_t id;

	move_in(b, &o);
	id = ask(b, &o, "do=remove&" ALL, 0);
	assert_string_equal(outcome(b, &o, id),
		"251 members are removed. 1 stayed as they were: whoever asked for it, or the only "
		"admin who can sign in.");
	assert_int_equal(number(b->eng.db, "SELECT count(*) FROM member"), 1);
	assert_int_equal(number(b->eng.db, "SELECT role FROM member"), ROLE_ADMIN);
	assert_int_equal(number(b->eng.db, "SELECT people FROM account"), 1);
	move_out(b);
}

static void test_ids(void **state)
{
	struct bench *b = *state;
	struct office o;
	int64_t id;

	move_in(b, &o);
	id = ask(b, &o,
		arena_printf(&b->a, "do=remove&ids=%lld.999999.%lld", (long long)o.ids[0],
			(long long)o.ids[9]),
		o.admin);
	assert_string_equal(outcome(b, &o, id), "2 members are removed.");
	assert_int_equal(number(b->eng.db, "SELECT count(*) FROM member"), MANY);
	/* Members of another account are none of theirs. */
	o.account++;
	assert_int_equal(number(b->eng.db, "SELECT count(*) FROM job"), 1);
	move_out(b);
}

static void test_params(void **state)
{
	static const char *const params[] = { "", ALL, "do=kill&" ALL, "do=remove", "do=off&ids=x",
		"do=off&ids=", "do=off&kind=9&status=-1&fixer=-1&role=-1&stale=0" };
	struct bench *b = *state;
	struct office o;

	move_in(b, &o);
	for (size_t i = 0; i < COUNT(params); i++) {
		int64_t id = ask(b, &o, params[i], o.admin);

		assert_non_null(strstr(outcome(b, &o, id), "nothing that can be done"));
		assert_int_equal(job_in(b, &o, id).state, JOB_FAILED);
	}
	assert_int_equal(
		number(b->eng.db, "SELECT count(*) FROM member WHERE off_at = 0"), MANY + 2);
	move_out(b);
}

/* The engine ends after each portion: it goes on, and tells the whole number. */
static void test_killed(void **state)
{
	struct bench *b = *state;
	struct office o;
	int64_t id, seen = 0;

	move_in(b, &o);
	id = ask(b, &o, "do=off&" ALL, o.admin);
	for (int i = 0; i < 20 && job_in(b, &o, id).state < JOB_DONE; i++) {
		spin_until(b,
			number(b->eng.db, "SELECT COALESCE(max(done), 0) FROM job_progress") >
					seen ||
				job_in(b, &o, id).state >= JOB_DONE);
		seen = number(b->eng.db, "SELECT max(done) FROM job_progress");
		if (job_in(b, &o, id).state < JOB_DONE)
			restart(b);
	}
	assert_non_null(strstr(outcome(b, &o, id), "251 members are deactivated."));
	assert_int_equal(number(b->eng.db, "SELECT total FROM job_progress"), 252);
	assert_int_equal(
		number(b->eng.db, "SELECT count(*) FROM member_event WHERE what = 8"), 251);
	assert_int_equal(
		number(b->eng.db, "SELECT count(*) FROM audit WHERE action = 'members.changed'"),
		1);
	move_out(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(test_off_and_on),
		bench_test(test_last_admin),
		bench_test(test_ids),
		bench_test(test_params),
		bench_test(test_killed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
