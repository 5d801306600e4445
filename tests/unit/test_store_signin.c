/* What is known of sign-ins, in the store: two processes, one truth. */
#include "tests/unit/store_unit.h"

#include "engine/keeper.h"

struct two {
	struct place place;
	struct db *db[2];
	struct keeper *k[2];
};

static int setup(void **state)
{
	struct two *t = calloc(1, sizeof(*t));

	assert_non_null(t);
	seal_init();
	clock_freeze(NOW);
	place_make(&t->place);
	for (int i = 0; i < 2; i++)
		t->db[i] = file_db(&t->place, DB_OPEN_CREATE);
	schema_today(t->db[0]);
	t->k[0] = keeper_new(t->db[0], "engine 1");
	t->k[1] = keeper_new(t->db[1], "command line 2");
	*state = t;
	return 0;
}

static int teardown(void **state)
{
	struct two *t = *state;

	for (int i = 0; i < 2; i++) {
		keeper_free(t->k[i]);
		db_close(t->db[i]);
	}
	keeper_free(NULL);
	place_remove(&t->place);
	free(t);
	clock_freeze(0);
	return 0;
}

static struct gate_view view(struct two *t, int i, const char *who, const char *version)
{
	struct gate_keeper k = keeper_gate(t->k[i]);
	struct gate_view v;
	struct err e;

	assert_ok(k.ask(k.ptr, who, version, &v, &e));
	return v;
}

static enum gate_leave ask(struct two *t, int i, const char *who, const char *version)
{
	return view(t, i, who, version).leave;
}

static void tell(struct two *t, int i, const char *who, const char *version, enum reason r)
{
	struct gate_keeper k = keeper_gate(t->k[i]);
	struct err e;

	assert_ok(k.tell(k.ptr, who, version, r, &e));
}

static void exactly_one_gets_the_lease(void **state)
{
	struct two *t = *state;

	assert_int_equal(ask(t, 0, "svc", "1"), GATE_PROVE);
	assert_int_equal(ask(t, 1, "svc", "1"), GATE_WAIT);
	assert_int_equal(ask(t, 0, "svc", "1"), GATE_WAIT); /* another client of the same process */
	assert_int_equal(ask(t, 1, "svc", "2"), GATE_WAIT);
	assert_int_equal(ask(t, 1, "anna", "1"), GATE_PROVE);
	tell(t, 0, "svc", "1", REASON_OK);
	assert_int_equal(ask(t, 0, "svc", "1"), GATE_GO);
	assert_int_equal(ask(t, 1, "svc", "1"), GATE_GO);
	clock_freeze(NOW + GATE_PROVEN_S);
	assert_int_equal(ask(t, 1, "svc", "1"), GATE_PROVE);
	assert_int_equal(ask(t, 0, "svc", "1"), GATE_WAIT);
}

static void a_refusal_stops_both(void **state)
{
	struct two *t = *state;
	struct gate_view v;
	struct err e;

	assert_int_equal(ask(t, 0, "svc", "1"), GATE_PROVE);
	tell(t, 0, "svc", "1", REASON_ACCOUNT_LOCKED);
	clock_freeze(NOW + DAY);
	for (int i = 0; i < 2; i++) {
		v = view(t, i, "svc", "1");
		assert_int_equal(v.leave, GATE_STOPPED);
		assert_int_equal(v.reason, REASON_ACCOUNT_LOCKED);
		assert_int_equal(v.since, NOW);
	}
	tell(t, 1, "svc", "1", REASON_OK); /* a connection that was signed in before */
	assert_int_equal(ask(t, 0, "svc", "1"), GATE_STOPPED);
	assert_int_equal(keeper_again(t->k[1], "anna", "1", &e), 0);
	assert_int_equal(keeper_again(t->k[1], "svc", "2", &e), 0);
	assert_int_equal(keeper_again(t->k[1], "svc", "1", &e), 1);
	assert_int_equal(ask(t, 0, "svc", "1"), GATE_PROVE);
	assert_int_equal(ask(t, 1, "svc", "1"), GATE_WAIT);
}

static void another_version_begins_anew(void **state)
{
	struct two *t = *state;

	assert_int_equal(ask(t, 0, "svc", "bad"), GATE_PROVE);
	tell(t, 0, "svc", "bad", REASON_SIGNIN_REFUSED);
	assert_int_equal(ask(t, 1, "svc", "good"), GATE_PROVE);
	tell(t, 1, "svc", "good", REASON_OK);
	/* a second connection with the old secret does not begin again */
	assert_int_equal(ask(t, 0, "svc", "bad"), GATE_STOPPED);
	assert_int_equal(ask(t, 0, "svc", "good"), GATE_GO);
	assert_int_equal(ask(t, 0, "svc", "bad"), GATE_STOPPED);
}

static void leases_end(void **state)
{
	struct two *t = *state;

	assert_int_equal(ask(t, 0, "svc", "1"), GATE_PROVE);
	tell(t, 0, "svc", "1", REASON_TIMED_OUT);
	assert_int_equal(ask(t, 1, "svc", "1"), GATE_PROVE);
	/* who does not hold it cannot give it back */
	tell(t, 0, "svc", "1", REASON_TIMED_OUT);
	assert_int_equal(ask(t, 0, "svc", "1"), GATE_WAIT);
	/* its holder was killed */
	clock_freeze(NOW + GATE_LEASE_S - 1);
	assert_int_equal(ask(t, 0, "svc", "1"), GATE_WAIT);
	clock_freeze(NOW + GATE_LEASE_S);
	assert_int_equal(ask(t, 0, "svc", "1"), GATE_PROVE);
}

/* What is proven is answered by reading alone, while another process writes. */
static void go_needs_no_lock(void **state)
{
	struct two *t = *state;
	struct err e;

	assert_int_equal(ask(t, 0, "svc", "1"), GATE_PROVE);
	tell(t, 0, "svc", "1", REASON_OK);
	assert_ok(db_begin(t->db[0], DB_WRITE, &e));
	assert_int_equal(ask(t, 1, "svc", "1"), GATE_GO);
	db_rollback(t->db[0]);
}

static void all_is_listed(void **state)
{
	struct two *t = *state;
	struct keeper_entry *list;
	struct arena a;
	struct err e;

	arena_init(&a, ARENA);
	assert_int_equal(keeper_list(t->k[0], &a, &list, &e), 0);
	assert_int_equal(ask(t, 0, "svc", "1"), GATE_PROVE);
	tell(t, 0, "svc", "1", REASON_SIGNIN_REFUSED);
	assert_int_equal(ask(t, 1, "anna", "7"), GATE_PROVE);
	assert_int_equal(keeper_list(t->k[0], &a, &list, &e), 2);
	assert_string_equal(list[0].who, "anna");
	assert_string_equal(list[0].version, "7");
	assert_int_equal(list[0].proving, 1);
	assert_string_equal(list[0].holder, "command line 2");
	assert_int_equal(list[0].known.state, GATE_UNPROVEN);
	assert_string_equal(list[1].who, "svc");
	assert_int_equal(list[1].proving, 0);
	assert_int_equal(list[1].known.state, GATE_REFUSED);
	assert_int_equal(list[1].known.reason, REASON_SIGNIN_REFUSED);
	assert_int_equal(list[1].known.since, NOW);
	arena_done(&a);
}

/* A stored secret's row stays as long as the secret, whatever came of it. */
static void old_ones_go(void **state)
{
	struct connection c = { .name = "c", .scheme = "https", .host = "h", .port = 443 };
	struct two *t = *state;
	struct keeper_entry *list;
	struct arena a;
	struct err e;
	int64_t id;

	arena_init(&a, ARENA);
	assert_ok(store_account_add(t->db[0], "Acme", &c.account, &e));
	assert_ok(store_connection_save(t->db[0], &c, &e));
	assert_ok(store_credential_reserve(t->db[0], c.account, c.id, "current", &id, &e));
	run(t->db[0], "UPDATE credential SET version = 'kept'");
	for (const char *const *v = (const char *const[]){ "kept", "gone", "typed-1", NULL }; *v;
		v++) {
		assert_int_equal(ask(t, 0, "svc", *v), GATE_PROVE);
		tell(t, 0, "svc", *v, REASON_SIGNIN_REFUSED);
	}
	assert_int_equal(ask(t, 0, "svc", "proving"), GATE_PROVE);
	assert_int_equal(store_signin_sweep(t->db[0], NOW, &e), 0);
	assert_int_equal(keeper_list(t->k[0], &a, &list, &e), 4);
	for (int i = 0; i < 4; i++)
		assert_int_equal(
			list[i].connection, strcmp(list[i].version, "kept") == 0 ? c.id : 0);
	assert_int_equal(store_signin_sweep(t->db[0], NOW + 1, &e), 2);
	assert_int_equal(store_signin_sweep(t->db[0], NOW + GATE_LEASE_S + 1, &e), 1);
	assert_int_equal(ask(t, 1, "svc", "kept"), GATE_STOPPED);
	arena_done(&a);
}

static void any_text_is_kept(void **state)
{
	struct two *t = *state;
	char longest[501];

	memset(longest, 'x', 500);
	longest[500] = '\0';
	assert_int_equal(ask(t, 0, longest, "1"), GATE_PROVE);
	for (size_t i = 0; i < COUNT(hostile_texts); i++) {
		assert_int_equal(ask(t, 0, hostile_texts[i], hostile_texts[i]), GATE_PROVE);
		tell(t, 0, hostile_texts[i], hostile_texts[i], REASON_SIGNIN_REFUSED);
		assert_int_equal(ask(t, 1, hostile_texts[i], hostile_texts[i]), GATE_STOPPED);
	}
}

/* A reason that a newer program has written stops an older one all the same. */
static void unknown_reasons_stop(void **state)
{
	struct two *t = *state;
	struct gate_view v;

	assert_int_equal(ask(t, 0, "svc", "1"), GATE_PROVE);
	tell(t, 0, "svc", "1", REASON_SIGNIN_REFUSED);
	run(t->db[0], "UPDATE signin SET reason = 'of_tomorrow'");
	v = view(t, 1, "svc", "1");
	assert_int_equal(v.leave, GATE_STOPPED);
	assert_int_equal(v.reason, REASON_SIGNIN_REFUSED);
}

/* A store that fails says so; nobody takes silence for a yes. */
static void failures_are_told(void **state)
{
	struct two *t = *state;
	struct gate_keeper k = keeper_gate(t->k[0]);
	struct keeper_entry *list;
	struct gate_view v;
	struct arena a;
	struct err e;

	arena_init(&a, ARENA);
	run(t->db[0], "DROP TABLE signin");
	assert_err(ERR_INTERNAL, k.ask(k.ptr, "svc", "1", &v, &e));
	assert_err(ERR_INTERNAL, k.tell(k.ptr, "svc", "1", REASON_OK, &e));
	assert_err(ERR_INTERNAL, keeper_again(t->k[0], "svc", "1", &e));
	assert_err(ERR_INTERNAL, keeper_list(t->k[0], &a, &list, &e));
	arena_done(&a);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(exactly_one_gets_the_lease),
		TEST(a_refusal_stops_both),
		TEST(another_version_begins_anew),
		TEST(leases_end),
		TEST(go_needs_no_lock),
		TEST(all_is_listed),
		TEST(old_ones_go),
		TEST(any_text_is_kept),
		TEST(unknown_reasons_stop),
		TEST(failures_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
