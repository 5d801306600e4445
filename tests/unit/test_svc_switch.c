/* Switching between connections: there, back, and to none, all of it or nothing. */
#include "tests/unit/connection_unit.h"

#include "service/svc_secret.h"
#include "service/svc_switch.h"

enum { DAY = 86400 };

static struct svc_sides sides(struct world *w)
{
	struct svc_sides s;
	struct err e;

	assert_ok(svc_switch_sides(&w->s, &s, &e));
	return s;
}

static void set(struct world *w, const struct connection *c, const char *slot, const char *text)
{
	const struct svc_secrets sec = { .secret = pw(w, text) };
	struct err e;

	assert_ok(db_begin(w->db, DB_WRITE, &e));
	assert_ok(db_finish(w->db, svc_secret_set(&w->s, c, slot, &sec, &e), &e));
}

static struct connection live(struct world *w)
{
	struct connection c = sample();
	struct err e;

	c.signin = "auto";
	c.authority = c.tenant = c.client_id = "";
	assert_ok(add_with(w, &c, pw(w, PASSWORD), NULL, &e));
	return stored(w, c.id);
}

/* What the engine leaves when a draft has proved itself. */
static struct connection proved(struct world *w)
{
	struct connection c = sides(w).live;
	struct err e;

	c.id = 0;
	c.stage = CONN_DRAFT;
	c.method = "impersonation";
	assert_ok(store_connection_save(w->db, &c, &e));
	set(w, &c, PURPOSE_CURRENT, PASSWORD);
	return stored(w, c.id);
}

/* As a page would show it. */
static struct svc_switch to_draft(struct world *w)
{
	const struct svc_sides s = sides(w);

	return (struct svc_switch){ s.draft.id, s.draft.rev, s.version, s.live.id, s.live.rev };
}

static struct svc_switch to_former(struct world *w)
{
	const struct svc_sides s = sides(w);

	return (struct svc_switch){ s.former.id, s.former.rev, NULL, s.live.id, s.live.rev };
}

static void test_there_and_back(void **state)
{
	struct world *w = *state;
	const struct connection was = live(w), draft = proved(w);
	struct svc_switch sw = to_draft(w);
	struct svc_sides now;
	struct credential cr;
	struct err e;

	assert_int_equal(sides(w).proved, 1);
	set(w, &was, PURPOSE_NEXT, "typed for the old one");
	world_run(w,
		"INSERT INTO notice (account_id, name, at) SELECT account_id, "
		"'connection:' || id || ':connection_stopped', 77 FROM connection WHERE stage = 2");
	assert_ok(svc_switch(&w->s, &sw, &e));
	now = sides(w);
	assert_int_equal(now.live.id, draft.id);
	assert_int_equal(now.draft.id, 0);
	assert_int_equal(now.former.id, was.id);
	assert_string_equal(now.former.edited_by, "avery@example.com");
	assert_int_equal(now.back_until, WORLD_NOW + BACK_DAYS * DAY);
	assert_string_equal(last_row(w, w->account).action, "connection.switched");
	assert_string_equal(last_row(w, w->account).detail,
		"from delegate by mail.example.com as svc@example.com to impersonation by "
		"mail.example.com as svc@example.com");
	/* No secret has moved, but what waited for the old one is gone; notices follow. */
	assert_int_equal(world_number(w, "SELECT count(*) FROM credential"), 2);
	cr = credential(w, was.id, PURPOSE_CURRENT);
	assert_opens(w, &cr, &now.former, PASSWORD);
	assert_int_equal(world_number(w,
				 arena_printf(&w->a,
					 "SELECT at FROM notice WHERE name = "
					 "'connection:%lld:connection_stopped'",
					 (long long)draft.id)),
		77);
	assert_int_equal(world_number(w,
				 "SELECT count(*) FROM mail WHERE kind = 'connection_moved' "
				 "AND params LIKE '%former=delegate%'"),
		1);
	/* Back, and there again: the same act. */
	sw = to_former(w);
	assert_ok(svc_switch_back(&w->s, &sw, &e));
	now = sides(w);
	assert_int_equal(now.live.id, was.id);
	assert_int_equal(now.former.id, draft.id);
	assert_string_equal(last_row(w, w->account).action, "connection.back");
	sw = to_former(w);
	assert_ok(svc_switch_back(&w->s, &sw, &e));
	assert_int_equal(sides(w).live.id, draft.id);
	assert_whole(w);
}

/* Whatever is not as it was shown: nothing happens. */
static void test_not_shown(void **state)
{
	static const char *const changes[] = {
		"UPDATE connection SET rev = rev + 1 WHERE stage = 1",
		"UPDATE connection SET rev = rev + 1 WHERE stage = 2",
		"UPDATE connection SET stage = 0 WHERE stage = 1",
		"UPDATE connection SET stage = 0 WHERE stage = 2",
		"UPDATE credential SET version = 'other'",
		"UPDATE connection SET host = 'new.example.com' WHERE stage = 1",
		"DELETE FROM credential",
	};
	struct world *w = *state;
	struct svc_switch sw;
	struct err e;

	live(w);
	proved(w);
	sw = to_draft(w);
	for (size_t i = 0; i < COUNT(changes); i++) {
		world_run(w, "CREATE TEMP TABLE c AS SELECT * FROM connection");
		world_run(w, "CREATE TEMP TABLE k AS SELECT * FROM credential");
		world_run(w, changes[i]);
		assert_fails(svc_switch(&w->s, &sw, &e), ERR_CONFLICT);
		assert_int_equal(rows_of(w, w->account, AUDIT_CONNECTION_SWITCHED), 0);
		world_run(w, "DELETE FROM connection");
		world_run(w, "INSERT INTO connection SELECT * FROM c");
		world_run(w, "DELETE FROM credential");
		world_run(w, "INSERT INTO credential SELECT * FROM k");
		world_run(w, "DROP TABLE c");
		world_run(w, "DROP TABLE k");
	}
	world_as(w, &w->blake);
	assert_fails(svc_switch(&w->s, &sw, &e), ERR_CONFLICT);
	world_as(w, &w->avery);
	assert_ok(svc_switch(&w->s, &sw, &e));
	assert_fails(svc_switch(&w->s, &sw, &e), ERR_CONFLICT); /* it is done */
}

static void test_days(void **state)
{
	struct world *w = *state;
	struct svc_switch sw;
	struct err e;

	live(w);
	assert_int_equal(sides(w).former.id, 0);
	proved(w);
	sw = to_draft(w);
	assert_ok(svc_switch(&w->s, &sw, &e));
	sw = to_former(w);
	clock_freeze(WORLD_NOW + BACK_DAYS * DAY - 1);
	assert_int_equal(sides(w).former.id, sw.to);
	clock_freeze(WORLD_NOW + BACK_DAYS * DAY);
	assert_int_equal(sides(w).former.id, 0);
	assert_fails(svc_switch_back(&w->s, &sw, &e), ERR_CONFLICT);
	assert_non_null(strstr(e.say, "nothing to go back to"));
	/* What was erased is nothing to go back to, either. */
	clock_freeze(WORLD_NOW + 1);
	assert_ok(svc_connection_remove(&w->s, sw.to, &e));
	assert_fails(svc_switch_back(&w->s, &sw, &e), ERR_CONFLICT);
}

/* The one that was in use last, whichever was made last. */
static void test_newest(void **state)
{
	struct world *w = *state;
	const struct connection first = live(w), second = proved(w);
	struct svc_switch sw = to_draft(w);
	struct err e;

	assert_ok(svc_switch(&w->s, &sw, &e));
	clock_freeze(WORLD_NOW + 10);
	sw = to_former(w);
	assert_ok(svc_switch_back(&w->s, &sw, &e));
	proved(w);
	sw = to_draft(w);
	assert_ok(svc_switch(&w->s, &sw, &e)); /* within the same second */
	assert_int_equal(sides(w).former.id, first.id);
	assert_true(first.id < second.id);
}

static void test_disconnect(void **state)
{
	struct world *w = *state;
	const struct connection was = live(w);
	struct svc_switch sw;
	struct err e;

	assert_ok(test_of(w, was.id, "", "", &e));
	assert_fails(svc_switch_disconnect(&w->s, was.id, was.rev + 1, "", &e), ERR_CONFLICT);
	assert_ok(svc_switch_disconnect(&w->s, was.id, was.rev, "we move house", &e));
	assert_int_equal(sides(w).live.id, 0);
	assert_int_equal(sides(w).former.id, was.id);
	assert_string_equal(last_row(w, w->account).action, "connection.disconnected");
	assert_string_equal(last_row(w, w->account).detail,
		"delegate by mail.example.com as svc@example.com: we move house");
	assert_int_equal(world_number(w, "SELECT count(*) FROM job WHERE state < 2"), 0);
	assert_int_equal(
		world_number(w, "SELECT count(*) FROM mail WHERE kind = 'connection_gone'"), 1);
	assert_fails(svc_switch_disconnect(&w->s, was.id, was.rev, "", &e), ERR_CONFLICT);
	assert_non_null(strstr(e.say, "before you"));
	sw = to_former(w);
	assert_ok(svc_switch_back(&w->s, &sw, &e));
	assert_int_equal(sides(w).live.id, was.id);
	assert_string_equal(last_row(w, w->account).detail,
		"to delegate by mail.example.com as svc@example.com; nothing was in use");
	/* A draft that waits can be switched to where nothing is in use. */
	proved(w);
	assert_ok(svc_switch_disconnect(&w->s, was.id, was.rev, "", &e));
	sw = to_draft(w);
	assert_ok(svc_switch(&w->s, &sw, &e));
	assert_string_equal(sides(w).live.method, "impersonation");
	assert_whole(w);
}

/* --- a database that fails --- */

static struct svc_switch shown;

static void before_switch(struct world *w)
{
	w->cf.public_keys = keys;
	live(w);
	proved(w);
	shown = to_draft(w);
}

static void before_back(struct world *w)
{
	struct err e;

	before_switch(w);
	assert_ok(svc_switch(&w->s, &shown, &e));
	shown = to_former(w);
}

static int change_switch(struct world *w, struct err *e)
{
	struct svc_switch sw = shown;

	sw.version = NULL;
	return svc_switch(&w->s, &sw, e);
}

static int change_back(struct world *w, struct err *e)
{
	return svc_switch_back(&w->s, &shown, e);
}

static int change_disconnect(struct world *w, struct err *e)
{
	return svc_switch_disconnect(&w->s, shown.live, shown.live_rev, "", e);
}

static void test_all_or_nothing(void **state)
{
	static const struct change changes[] = {
		{ "switch", before_switch, change_switch },
		{ "back", before_back, change_back },
		{ "disconnect", before_switch, change_disconnect },
	};

	(void)state;
	assert_all_or_nothing(changes, COUNT(changes));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_there_and_back),
		TEST(test_not_shown),
		TEST(test_days),
		TEST(test_newest),
		TEST(test_disconnect),
		cmocka_unit_test(test_all_or_nothing),
	};

	return cmocka_run_group_tests(tests, keys_setup, keys_teardown);
}
