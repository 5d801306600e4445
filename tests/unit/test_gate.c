/* The gate's rules, and the keeper in memory: every way from one state to another. */
#include "tests/unit/unit.h"

#include "exchange/dialect.h"
#include "exchange/gate.h"
#include "platform/clock.h"

enum { NOW = 1800000000 };

/* --- the rules --- */

static void decisions(void **state)
{
	static const struct {
		struct gate_known k;
		int64_t lease;
		enum gate_leave leave;
	} cases[] = {
		{ { 0 }, 0, GATE_PROVE },
		{ { 0 }, NOW, GATE_PROVE },
		{ { 0 }, NOW + 1, GATE_WAIT },
		{ { 0 }, NOW + GATE_LEASE_S, GATE_WAIT },
		{ { 0 }, NOW + GATE_LEASE_S + 1, GATE_PROVE }, /* the clock was set back */
		{ { GATE_PROVEN, 0, NOW, NOW }, 0, GATE_GO },
		{ { GATE_PROVEN, 0, NOW, NOW }, NOW + 5, GATE_GO },
		{ { GATE_PROVEN, 0, 0, NOW - GATE_PROVEN_S + 1 }, 0, GATE_GO },
		{ { GATE_PROVEN, 0, 0, NOW - GATE_PROVEN_S }, 0, GATE_PROVE },
		{ { GATE_PROVEN, 0, 0, NOW - GATE_PROVEN_S }, NOW + 5, GATE_WAIT },
		{ { GATE_PROVEN, 0, 0, NOW + 1 }, 0, GATE_PROVE },
		{ { GATE_REFUSED, REASON_ACCOUNT_LOCKED, 77, NOW }, 0, GATE_STOPPED },
		{ { GATE_REFUSED, REASON_ACCOUNT_LOCKED, 77, NOW }, NOW + 5, GATE_STOPPED },
	};
	struct gate_view v;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		gate_decide(&cases[i].k, cases[i].lease, NOW, &v);
		if (v.leave != cases[i].leave)
			fail_msg("case %zu: %d", i, (int)v.leave);
		assert_int_equal(
			v.reason, v.leave == GATE_STOPPED ? REASON_ACCOUNT_LOCKED : REASON_OK);
		assert_int_equal(v.since, v.leave == GATE_STOPPED ? 77 : 0);
	}
}

static void reports(void **state)
{
	static const struct {
		struct gate_known before;
		enum reason r;
		struct gate_known after;
	} cases[] = {
		{ { 0 }, REASON_OK, { GATE_PROVEN, 0, NOW, NOW } },
		{ { 0 }, REASON_TIMED_OUT, { 0 } },
		{ { 0 }, REASON_NO_EWS, { 0 } },
		{ { 0 }, REASON_SIGNIN_REFUSED, { GATE_REFUSED, REASON_SIGNIN_REFUSED, NOW, 0 } },
		{ { GATE_PROVEN, 0, 5, 6 }, REASON_OK, { GATE_PROVEN, 0, 5, NOW } },
		{ { GATE_PROVEN, 0, 5, 6 }, REASON_CONNECTION_LOST, { GATE_PROVEN, 0, 5, 6 } },
		{ { GATE_PROVEN, 0, 5, 6 }, REASON_ACCOUNT_LOCKED,
			{ GATE_REFUSED, REASON_ACCOUNT_LOCKED, NOW, 6 } },
		{ { GATE_REFUSED, REASON_ACCOUNT_LOCKED, 5, 6 }, REASON_OK,
			{ GATE_REFUSED, REASON_ACCOUNT_LOCKED, 5, 6 } },
		{ { GATE_REFUSED, REASON_ACCOUNT_LOCKED, 5, 6 }, REASON_SIGNIN_REFUSED,
			{ GATE_REFUSED, REASON_ACCOUNT_LOCKED, 5, 6 } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct gate_known k = cases[i].before;

		gate_report(&k, cases[i].r, NOW);
		assert_memory_equal(&k, &cases[i].after, sizeof(k));
	}
}

/* --- the keeper in memory --- */

struct world {
	struct gate_memory *m;
	struct gate_keeper k;
};

static int setup(void **state)
{
	static struct world w;

	clock_freeze(NOW);
	w.m = gate_memory_new();
	w.k = gate_memory_keeper(w.m);
	*state = &w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	gate_memory_free(w->m);
	gate_memory_free(NULL);
	clock_freeze(0);
	return 0;
}

static enum gate_leave ask(struct world *w, const char *who, const char *version)
{
	struct gate_view v;
	struct err e;

	assert_ok(w->k.ask(w->k.ptr, who, version, &v, &e));
	return v.leave;
}

static void tell(struct world *w, const char *who, const char *version, enum reason r)
{
	struct err e;

	assert_ok(w->k.tell(w->k.ptr, who, version, r, &e));
}

static void one_proves_and_all_follow(void **state)
{
	struct world *w = *state;

	assert_int_equal(ask(w, "svc", "1"), GATE_PROVE);
	assert_int_equal(ask(w, "svc", "1"), GATE_WAIT);
	assert_int_equal(ask(w, "svc", "2"), GATE_WAIT); /* the same account */
	assert_int_equal(ask(w, "anna", "1"), GATE_PROVE);
	tell(w, "svc", "1", REASON_OK);
	assert_int_equal(ask(w, "svc", "1"), GATE_GO);
	assert_int_equal(ask(w, "svc", "1"), GATE_GO);
	clock_freeze(NOW + GATE_PROVEN_S);
	assert_int_equal(ask(w, "svc", "1"), GATE_PROVE);
	assert_int_equal(ask(w, "svc", "1"), GATE_WAIT);
}

static void what_taught_nothing_gives_the_lease_back(void **state)
{
	struct world *w = *state;

	assert_int_equal(ask(w, "svc", "1"), GATE_PROVE);
	tell(w, "svc", "1", REASON_CONNECTION_LOST);
	assert_int_equal(ask(w, "svc", "1"), GATE_PROVE);
	clock_freeze(NOW + GATE_LEASE_S - 1);
	assert_int_equal(ask(w, "svc", "1"), GATE_WAIT);
	clock_freeze(NOW + GATE_LEASE_S);
	assert_int_equal(ask(w, "svc", "1"), GATE_PROVE);
}

static void a_refusal_stops_until_a_person_acts(void **state)
{
	struct world *w = *state;
	struct gate_view v;
	struct err e;

	assert_int_equal(ask(w, "svc", "1"), GATE_PROVE);
	tell(w, "svc", "1", REASON_ACCOUNT_LOCKED);
	clock_freeze(NOW + 1000000);
	assert_ok(w->k.ask(w->k.ptr, "svc", "1", &v, &e));
	assert_int_equal(v.leave, GATE_STOPPED);
	assert_int_equal(v.reason, REASON_ACCOUNT_LOCKED);
	assert_int_equal(v.since, NOW);
	tell(w, "svc", "1", REASON_OK); /* of a connection from before */
	assert_int_equal(ask(w, "svc", "1"), GATE_STOPPED);
	gate_memory_again(w->m, "anna");
	assert_int_equal(ask(w, "svc", "1"), GATE_STOPPED);
	gate_memory_again(w->m, "svc");
	assert_int_equal(ask(w, "svc", "1"), GATE_PROVE);
}

static void each_secret_has_its_own_past(void **state)
{
	struct world *w = *state;

	assert_int_equal(ask(w, "svc", "bad"), GATE_PROVE);
	tell(w, "svc", "bad", REASON_SIGNIN_REFUSED);
	assert_int_equal(ask(w, "svc", "good"), GATE_PROVE);
	tell(w, "svc", "good", REASON_OK);
	assert_int_equal(ask(w, "svc", "bad"), GATE_STOPPED);
	assert_int_equal(ask(w, "svc", "good"), GATE_GO);
	gate_memory_again(w->m, "svc");
	assert_int_equal(ask(w, "svc", "good"), GATE_GO);
}

/* --- what is known of the operations --- */

static void operations_have_names_and_sizes(void **state)
{
	(void)state;
	assert_string_equal(dialect_op_name(EXCHANGE_OPEN_FOLDERS), "open_folders");
	assert_string_equal(dialect_op_name(EXCHANGE_SERVER_ZONES), "server_zones");
	assert_int_equal(dialect_op_twice(EXCHANGE_GET_BUSY), 1);
	assert_int_equal(dialect_op_twice(EXCHANGE_CREATE_BOOKING), 0);
	assert_int_equal(dialect_op_twice(EXCHANGE_SEND_MESSAGE), 0);
	assert_int_equal(dialect_result_size(EXCHANGE_CREATE_BOOKING), sizeof(struct item_ref));
	for (int op = 0; op < EXCHANGE__MAX; op++)
		assert_true(dialect_result_size((enum exchange_op)op) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decisions),
		cmocka_unit_test(reports),
		cmocka_unit_test_setup_teardown(one_proves_and_all_follow, setup, teardown),
		cmocka_unit_test_setup_teardown(
			what_taught_nothing_gives_the_lease_back, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_refusal_stops_until_a_person_acts, setup, teardown),
		cmocka_unit_test_setup_teardown(each_secret_has_its_own_past, setup, teardown),
		cmocka_unit_test(operations_have_names_and_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
