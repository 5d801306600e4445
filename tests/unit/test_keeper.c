/* What a person does to the gate's memory: trying again after a refusal, typing another secret, and
 * looking at all of it. (That two processes have one truth is in test_store_signin.c.)
 */
#include "tests/unit/store_unit.h"

#include "engine/keeper.h"
#include "store/db_script.h"

struct bed {
	struct db *db;
	struct keeper *k;
	struct arena a;
};

static int setup(void **state)
{
	struct bed *d = calloc(1, sizeof(*d));

	assert_non_null(d);
	clock_freeze(NOW);
	d->db = today_db();
	d->k = keeper_new(d->db, "engine 1");
	arena_init(&d->a, ARENA);
	*state = d;
	return 0;
}

static int teardown(void **state)
{
	struct bed *d = *state;

	keeper_free(d->k);
	db_close(d->db);
	arena_done(&d->a);
	free(d);
	clock_freeze(0);
	return 0;
}

static enum gate_leave ask(struct bed *d, const char *who, const char *version)
{
	const struct gate_keeper k = keeper_gate(d->k);
	struct gate_view v;
	struct err e;

	assert_ok(k.ask(k.ptr, who, version, &v, &e));
	return v.leave;
}

static void tell(struct bed *d, const char *who, const char *version, enum reason r)
{
	const struct gate_keeper k = keeper_gate(d->k);
	struct err e;

	assert_ok(k.tell(k.ptr, who, version, r, &e));
}

/* Proven (REASON_OK) or refused. */
static void tried(struct bed *d, const char *who, const char *version, enum reason r)
{
	assert_int_equal(ask(d, who, version), GATE_PROVE);
	tell(d, who, version, r);
}

/* No two commands share one; it fits, and says what it is. */
static void test_typed_names(void **state)
{
	char one[KEEPER_TYPED], two[KEEPER_TYPED];

	(void)state;
	keeper_typed(one);
	keeper_typed(two);
	assert_string_not_equal(one, two);
	assert_int_equal(strlen(one), KEEPER_TYPED - 1);
	assert_memory_equal(one, "typed-", 6);
}

/* What one typed secret proved says nothing about another; a refusal of one stops all. */
static void test_typed(void **state)
{
	struct bed *d = *state;
	struct gate_view v;
	const struct gate_keeper k = keeper_gate(d->k);
	struct err e;

	tried(d, "svc", "typed-a", REASON_OK);
	assert_int_equal(ask(d, "svc", "typed-a"), GATE_GO);
	assert_int_equal(ask(d, "svc", "typed-b"), GATE_PROVE);
	assert_int_equal(ask(d, "svc", "typed-c"), GATE_WAIT);
	tell(d, "svc", "typed-b", REASON_ACCOUNT_LOCKED);
	clock_freeze(NOW + DAY);
	assert_ok(k.ask(k.ptr, "svc", "typed-c", &v, &e));
	assert_int_equal(v.leave, GATE_STOPPED);
	assert_int_equal(v.reason, REASON_ACCOUNT_LOCKED);
	assert_int_equal(v.since, NOW);
	assert_int_equal(ask(d, "svc", "typed-a"), GATE_STOPPED);
	tried(d, "svc", "v1", REASON_OK);	/* what is stored goes on, */
	tried(d, "anna", "typed-e", REASON_OK); /* and others */
}

/* One more try of what was typed is none of what is stored, and the other way round. */
static void test_typed_again(void **state)
{
	struct bed *d = *state;
	struct err e;

	tried(d, "svc", "v1", REASON_SIGNIN_REFUSED);
	tried(d, "svc", "typed-a", REASON_SIGNIN_REFUSED);
	assert_int_equal(keeper_again(d->k, "svc", "typed-b", &e), 1);
	assert_int_equal(keeper_again(d->k, "svc", "typed-b", &e), 0);
	assert_int_equal(ask(d, "svc", "v1"), GATE_STOPPED);
	tried(d, "svc", "typed-b", REASON_SIGNIN_REFUSED);
	assert_int_equal(keeper_again(d->k, "svc", "v1", &e), 1);
	assert_int_equal(ask(d, "svc", "typed-c"), GATE_STOPPED);
}

/* Commands come and go: what they leave does not grow. A lease and a refusal stay. */
static void test_typed_swept(void **state)
{
	struct bed *d = *state;
	char version[KEEPER_TYPED];

	for (int i = 0; i < 20; i++) {
		keeper_typed(version);
		tried(d, "svc", version, REASON_OK);
	}
	assert_int_equal(number(d->db, "SELECT count(*) FROM signin"), 1);
	assert_int_equal(ask(d, "svc", version), GATE_GO);
	tried(d, "svc", "v1", REASON_OK);
	assert_int_equal(ask(d, "svc", "typed-lease"), GATE_PROVE);
	tell(d, "svc", version, REASON_OK);
	assert_int_equal(number(d->db, "SELECT count(*) FROM signin"), 3);
	tell(d, "svc", "typed-lease", REASON_SIGNIN_REFUSED);
	tell(d, "svc", version, REASON_OK);
	assert_int_equal(ask(d, "svc", version), GATE_STOPPED);
}

/* A refusal that meets a busy store is written down all the same. */
static void test_busy(void **state)
{
	struct bed *d = *state;
	struct db_script_watch watch = { .fail_at = 1, .code = ERR_BUSY };
	struct db *over = db_script_over(d->db, &watch);
	struct keeper *k = keeper_new(over, "engine 1");
	const struct gate_keeper g = keeper_gate(k);
	struct err e;

	assert_ok(g.tell(g.ptr, "svc", "v1", REASON_SIGNIN_REFUSED, &e));
	assert_true(watch.calls > 1);
	keeper_free(k);
	db_close(over);
	assert_int_equal(ask(d, "svc", "v1"), GATE_STOPPED);
}

/* One more try: of the version that was refused, once, of this name only. */
static void test_again(void **state)
{
	struct bed *d = *state;
	struct err e;

	tried(d, "svc", "v1", REASON_SIGNIN_REFUSED);
	tried(d, "svc", "v2", REASON_ACCOUNT_LOCKED);
	tried(d, "anna", "v1", REASON_SIGNIN_REFUSED);
	assert_int_equal(keeper_again(d->k, "nobody", "v1", &e), 0);
	assert_int_equal(keeper_again(d->k, "svc", "v", &e), 0);
	assert_int_equal(keeper_again(d->k, "svc", "v1", &e), 1);
	assert_int_equal(keeper_again(d->k, "svc", "v1", &e), 0);
	assert_int_equal(ask(d, "anna", "v1"), GATE_STOPPED);
	assert_int_equal(ask(d, "svc", "v2"), GATE_STOPPED); /* nobody asked for that one */
	assert_int_equal(ask(d, "svc", "v1"), GATE_PROVE);
	tell(d, "svc", "v1", REASON_SIGNIN_REFUSED);
	assert_int_equal(ask(d, "svc", "v1"), GATE_STOPPED);
	assert_int_equal(keeper_again(d->k, "svc", "v2", &e), 1);
	tried(d, "svc", "v2", REASON_OK);
	assert_int_equal(keeper_again(d->k, "svc", "v2", &e), 0);
	assert_int_equal(ask(d, "svc", "v2"), GATE_GO); /* what is proven stays so */
}

/* Who proves is shown while the lease can be real. */
static void test_list(void **state)
{
	static const struct {
		int64_t until;
		int proving;
	} leases[] = {
		{ 0, 0 },
		{ NOW, 0 },
		{ NOW + 1, 1 },
		{ NOW + GATE_LEASE_S, 1 },
		{ NOW + GATE_LEASE_S + 1, 0 }, /* the clock was put back */
		{ INT64_MAX, 0 },
	};
	struct bed *d = *state;
	struct keeper_entry *list;
	struct err e;

	assert_int_equal(ask(d, "svc", "v1"), GATE_PROVE);
	for (size_t i = 0; i < COUNT(leases); i++) {
		run(d->db,
			arena_printf(&d->a, "UPDATE signin SET lease_until = %lld",
				(long long)leases[i].until));
		assert_int_equal(keeper_list(d->k, &d->a, &list, &e), 1);
		if (list[0].proving != leases[i].proving)
			fail_msg("lease %zu", i);
		assert_string_equal(list[0].holder, "engine 1");
	}
}

/* A holder's name is cut, and still its own. */
static void test_long_holder(void **state)
{
	struct bed *d = *state;
	struct keeper_entry *list;
	char name[300];
	struct err e;

	memset(name, 'h', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	keeper_free(d->k);
	d->k = keeper_new(d->db, name);
	assert_int_equal(ask(d, "svc", "v1"), GATE_PROVE);
	assert_int_equal(keeper_list(d->k, &d->a, &list, &e), 1);
	assert_int_equal(strlen(list[0].holder), 100);
	tell(d, "svc", "v1", REASON_TIMED_OUT);
	assert_int_equal(ask(d, "svc", "v1"), GATE_PROVE); /* it was given back */
}

/* Every single call of the store fails in turn: it is told, and nothing stays open. */
static void test_failures(void **state)
{
	struct bed *d = *state;
	struct gate_view v;
	int failed = 0;

	tried(d, "svc", "v1", REASON_SIGNIN_REFUSED);
	for (int at = 1; at <= 10; at++) {
		for (int what = 0; what < 5; what++) {
			struct db_script_watch watch = { .fail_at = at, .code = ERR_FULL };
			struct db *over = db_script_over(d->db, &watch);
			struct keeper *k = keeper_new(over, "engine 1");
			const struct gate_keeper g = keeper_gate(k);
			struct keeper_entry *list;
			struct err e = { 0 };
			int rc = what == 0  ? keeper_again(k, "svc", "typed-a", &e)
				: what == 1 ? keeper_again(k, "nobody", "v1", &e)
				: what == 2 ? keeper_list(k, &d->a, &list, &e)
				: what == 3 ? g.tell(g.ptr, "svc", "v1", REASON_OK, &e)
					    : g.ask(g.ptr, "new", "v1", &v, &e);

			if (watch.calls >= at) {
				failed++;
				assert_int_equal(rc, -1);
				assert_int_equal(e.code, ERR_FULL);
			} else {
				assert_true(rc >= 0);
				if (what == 4)
					run(d->db, "DELETE FROM signin WHERE name = 'new'");
			}
			assert_int_equal(watch.open + watch.begun, 0);
			keeper_free(k);
			db_close(over);
		}
	}
	assert_true(failed >= 10);
	assert_int_equal(ask(d, "svc", "v1"), GATE_STOPPED);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_typed_names),
		TEST(test_typed),
		TEST(test_typed_again),
		TEST(test_typed_swept),
		TEST(test_busy),
		TEST(test_again),
		TEST(test_list),
		TEST(test_long_holder),
		TEST(test_failures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
