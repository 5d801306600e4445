/* Trials in the store: what a change is, pages by name, and what happens to members. */
#include "tests/unit/store_unit.h"

#include "store/store_trial.h"

static struct standing stands(enum status s, const char *reason)
{
	return (struct standing){
		.status = s, .reason = reason, .note = "ok", .tried = "ok", .checked_at = 5
	};
}

static void test_change(void **state)
{
	static const struct {
		enum status now;
		const char *why;
		enum status then;
		const char *why_then;
		enum trial_change change;
	} rows[] = {
		{ STATUS_CONNECTED, "ok", STATUS_CONNECTED, "ok", TRIAL_SAME },
		{ STATUS_LIMITED, "a", STATUS_LIMITED, "b", TRIAL_OTHER },
		{ STATUS_LIMITED, "a", STATUS_CONNECTED, "ok", TRIAL_BETTER },
		{ STATUS_ACTION, "a", STATUS_CONNECTED, "ok", TRIAL_GAIN },
		{ STATUS_BLOCKED, "a", STATUS_LIMITED, "b", TRIAL_GAIN },
		{ STATUS_NOT_CHECKED, "not_checked", STATUS_CONNECTED, "ok", TRIAL_GAIN },
		{ STATUS_CONNECTED, "ok", STATUS_LIMITED, "a", TRIAL_WORSE },
		{ STATUS_CONNECTED, "ok", STATUS_ACTION, "a", TRIAL_LOSE },
		{ STATUS_LIMITED, "a", STATUS_BLOCKED, "b", TRIAL_LOSE },
		{ STATUS_ACTION, "a", STATUS_BLOCKED, "a", TRIAL_OTHER },
		{ STATUS_ACTION, "a", STATUS_ACTION, "a", TRIAL_SAME },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct standing now = stands(rows[i].now, rows[i].why);
		struct standing then = stands(rows[i].then, rows[i].why_then);

		assert_int_equal(trial_change(&now, &then), rows[i].change);
		then.checked_at = 0;
		assert_int_equal(trial_change(&now, &then), TRIAL_UNSEEN);
	}
	for (int c = 0; c < TRIAL__MAX; c++)
		assert_int_equal(trial_change_parse(trial_change_code((enum trial_change)c)), c);
	assert_int_equal(trial_change_parse(""), -1);
}

/* Settings, method, mailbox and secret are the state; what people call it is not. */
static void test_state(void **state)
{
	struct connection c = {
		.scheme = "https", .host = "a", .mailbox = "m", .method = "delegate"
	};
	char was[TRIAL_STATE + 1], is[TRIAL_STATE + 1];

	(void)state;
	trial_state(&c, "v", was);
	c.name = "other";
	c.rev = 9;
	trial_state(&c, "v", is);
	assert_string_equal(is, was);
	trial_state(&c, "w", is);
	assert_string_not_equal(is, was);
	c.method = "dedicated";
	trial_state(&c, "v", is);
	assert_string_not_equal(is, was);
	c.method = "delegate";
	c.mailbox = "n";
	trial_state(&c, "v", is);
	assert_string_not_equal(is, was);
	c.mailbox = "m";
	c.host = "b";
	trial_state(&c, "v", is);
	assert_string_not_equal(is, was);
}

enum { MEMBERS = 25, PAGE = 4 };

struct bed {
	struct world w;
	int64_t connection;
};

static void make(struct bed *b)
{
	struct connection c = { .name = "c", .scheme = "https", .host = "a", .port = 443 };
	struct err e;

	memset(b, 0, sizeof(*b));
	b->w.db = today_db();
	world_fill(&b->w);
	c.account = b->w.acme;
	assert_ok(store_connection_save(b->w.db, &c, &e));
	b->connection = c.id;
}

/* Names that are in no order of their numbers; some twice. */
static void enter(struct bed *b)
{
	struct err e;

	for (int i = 0; i < MEMBERS; i++) {
		struct standing s = stands(i % 3 ? STATUS_CONNECTED : STATUS_BLOCKED, "x");
		const struct member m = { .account = b->w.acme,
			.email = arena_printf(&b->w.a, "t%d@acme.test", i),
			.name = arena_printf(&b->w.a, "N%02d", i * 7 % 20) };

		assert_ok(store_member_add(b->w.db, &m, "", "", &s.member, &e));
		s.account = b->w.acme;
		s.connection = b->connection;
		s.method = s.proof = "";
		assert_int_equal(store_trial_save(b->w.db, &s, m.email, 1, &e), 1);
	}
}

/* How many there are, page by page, each behind the one before. */
static int walk(struct bed *b, int change)
{
	struct trial_place at = {
		.account = b->w.acme, .connection = b->connection, .change = change, .limit = PAGE
	};
	struct trial_row *rows;
	const char *last = "";
	struct err e;
	int n, all = 0;

	while ((n = store_trial_list(b->w.db, &b->w.a, &at, &rows, &e)) > 0) {
		for (int i = 0; i < n; i++) {
			assert_true(strcmp(last, rows[i].key) <= 0);
			assert_true(change < 0 || (int)rows[i].change == change);
			last = rows[i].key;
		}
		at.id = rows[n - 1].s.member;
		at.key = rows[n - 1].key;
		all += n;
	}
	assert_int_equal(n, 0);
	return all;
}

static void test_list(void **state)
{
	int64_t n[TRIAL__MAX];
	struct trial_row *rows;
	struct bed b;
	struct err e;

	(void)state;
	make(&b);
	enter(&b);
	assert_int_equal(walk(&b, -1), MEMBERS);
	assert_ok(store_trial_counts(b.w.db, b.connection, n, &e));
	for (int c = 0; c < TRIAL__MAX; c++)
		assert_int_equal(walk(&b, c), n[c]);
	assert_int_equal(n[TRIAL_GAIN] + n[TRIAL_OTHER], MEMBERS);
	/* Nobody of another account sees them. */
	assert_int_equal(store_trial_list(b.w.db, &b.w.a,
				 &(struct trial_place){ b.w.acme + 1, b.connection, -1, "", 0, 9 },
				 &rows, &e),
		0);
	/* In portions they go, and with them what is counted. */
	while (store_trial_clear(b.w.db, b.connection, 10, &e) > 0)
		;
	assert_int_equal(number(b.w.db, "SELECT count(*) FROM trial_count"), 0);
	assert_int_equal(number(b.w.db, "SELECT count(*) FROM trial"), 0);
	arena_done(&b.w.a);
	db_close(b.w.db);
}

/* Of another address nothing is written; what is left of a connection that is gone is found. */
static void test_gone(void **state)
{
	struct standing s = stands(STATUS_CONNECTED, "ok");
	int64_t left;
	struct bed b;
	struct err e;

	(void)state;
	make(&b);
	enter(&b);
	assert_int_equal(store_trial_orphan(b.w.db, &left, &e), 0);
	s.account = b.w.acme;
	s.connection = b.connection;
	s.member = b.w.bob_acme;
	assert_int_equal(store_trial_save(b.w.db, &s, "other@acme.test", 1, &e), 0);
	s.member = 999999;
	assert_int_equal(store_trial_save(b.w.db, &s, "", 1, &e), 0);
	assert_ok(store_connection_remove(b.w.db, b.w.acme, b.connection, &e));
	assert_int_equal(store_trial_orphan(b.w.db, &left, &e), 1);
	assert_int_equal(left, b.connection);
	while (store_trial_clear(b.w.db, left, 10, &e) > 0)
		;
	assert_int_equal(store_trial_orphan(b.w.db, &left, &e), 0);
	assert_int_equal(number(b.w.db, "SELECT count(*) FROM trial"), 0);
	arena_done(&b.w.a);
	db_close(b.w.db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_change),
		cmocka_unit_test(test_state),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
