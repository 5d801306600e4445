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
	d->db = memory_db(migrate_newest());
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

static void forget(struct bed *d, const char *who, const char *version)
{
	struct err e;

	assert_ok(keeper_forget(d->k, who, version, &e));
}

/* A typed secret has no version of its own: what another one proved says nothing about it, and a
 * refusal still stops it. */
static void test_forget(void **state)
{
	struct bed *d = *state;
	struct keeper_entry *list;
	struct err e;

	forget(d, "svc", "typed"); /* nothing is known: nothing happens */
	assert_int_equal(keeper_list(d->k, &d->a, &list, &e), 0);
	tried(d, "svc", "typed", REASON_OK);
	assert_int_equal(ask(d, "svc", "typed"), GATE_GO);
	forget(d, "svc", "typed");
	assert_int_equal(keeper_list(d->k, &d->a, &list, &e), 1);
	assert_int_equal(list[0].known.state, GATE_UNPROVEN);
	assert_int_equal(list[0].known.proven_at, 0);
	tried(d, "svc", "typed", REASON_SIGNIN_REFUSED);
	forget(d, "svc", "typed");
	assert_int_equal(ask(d, "svc", "typed"), GATE_STOPPED);
	clock_freeze(NOW + DAY);
	forget(d, "svc", "typed");
	assert_int_equal(ask(d, "svc", "typed"), GATE_STOPPED);
	assert_int_equal(keeper_list(d->k, &d->a, &list, &e), 1);
	assert_int_equal(list[0].known.reason, REASON_SIGNIN_REFUSED);
	assert_int_equal(list[0].known.since, NOW);
}

/* Only of this name and version; and who proves at the moment goes on alone. */
static void test_forget_one(void **state)
{
	struct bed *d = *state;

	tried(d, "svc", "typed", REASON_OK);
	tried(d, "svc", "v1", REASON_OK);
	tried(d, "anna", "typed", REASON_OK);
	forget(d, "svc", "typed");
	forget(d, "SVC", "v1");
	forget(d, "sv%", "v_");
	assert_int_equal(ask(d, "svc", "v1"), GATE_GO);
	assert_int_equal(ask(d, "anna", "typed"), GATE_GO);
	assert_int_equal(ask(d, "svc", "typed"), GATE_PROVE);
	forget(d, "svc", "typed");
	assert_int_equal(ask(d, "svc", "typed"), GATE_WAIT);
	tell(d, "svc", "typed", REASON_OK);
	assert_int_equal(ask(d, "svc", "typed"), GATE_GO);
}

/* One more try: for every version that was refused, once, of this name only. */
static void test_again(void **state)
{
	struct bed *d = *state;
	struct err e;

	tried(d, "svc", "v1", REASON_SIGNIN_REFUSED);
	tried(d, "svc", "v2", REASON_ACCOUNT_LOCKED);
	tried(d, "anna", "v1", REASON_SIGNIN_REFUSED);
	assert_int_equal(keeper_again(d->k, "nobody", &e), 0);
	assert_int_equal(keeper_again(d->k, "svc", &e), 1);
	assert_int_equal(keeper_again(d->k, "svc", &e), 0);
	assert_int_equal(ask(d, "anna", "v1"), GATE_STOPPED);
	assert_int_equal(ask(d, "svc", "v1"), GATE_PROVE);
	assert_int_equal(ask(d, "svc", "v2"), GATE_WAIT); /* one at a time all the same */
	tell(d, "svc", "v1", REASON_SIGNIN_REFUSED);
	assert_int_equal(ask(d, "svc", "v1"), GATE_STOPPED);
	tried(d, "svc", "v2", REASON_OK);
	assert_int_equal(keeper_again(d->k, "svc", &e), 1);
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
			int rc = what == 0  ? keeper_forget(k, "svc", "v1", &e)
				: what == 1 ? keeper_again(k, "nobody", &e)
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
		TEST(test_forget),
		TEST(test_forget_one),
		TEST(test_again),
		TEST(test_list),
		TEST(test_long_holder),
		TEST(test_failures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
