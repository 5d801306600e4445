/* Boundaries: what is intended, compared with kept counts; the mailbox outside; the file. */
#include "tests/unit/svc_fault.h"

#include "service/svc_boundary.h"

enum { FILE_MAX = 1 << 20 };

static void connect_it(struct world *w, const char *method)
{
	struct connection c = { .account = w->account,
		.name = "c",
		.scheme = "https",
		.host = "mail.example.com",
		.port = 443,
		.mailbox = "svc@example.com",
		.method = method,
		.stage = CONN_LIVE };
	struct err e;

	assert_ok(store_connection_save(w->db, &c, &e));
}

static void run(struct db *db, const char *sql)
{
	struct err e;

	assert_ok(db_build(db, sql, &e));
}

/* So many people or rooms, reached so far. */
static void reached(struct world *w, enum member_kind kind, enum reach reach, int n)
{
	static int made;

	for (int i = 0; i < n; i++, made++)
		run(w->db,
			arena_printf(&w->a,
				"INSERT INTO member (account_id, email, name, role, created, kind, "
				"name_key, last_key, status, reason, reach, grants, checked_at) "
				"VALUES (%lld, 'm%d@example.com', '=m%d', 0, 1, %d, 'm', 'm', 1, "
				"'ok', %d, 10, %d)",
				(long long)w->account, made, made, (int)kind, (int)reach,
				WORLD_NOW - 60 - i));
	run(w->db, "DELETE FROM member_count");
	run(w->db,
		"INSERT INTO member_count (account_id, kind, status, reason, fixer, reach, n) "
		"SELECT account_id, kind, status, reason, fixer, reach, count(*) FROM member "
		"GROUP BY 1, 2, 3, 4, 5, 6");
}

static struct boundary_view look(struct world *w)
{
	struct boundary_view v;
	struct err e;

	assert_ok(svc_boundary_look(&w->s, &v, &e));
	return v;
}

static int say(struct world *w, enum level level, const char *outside, int64_t rev, struct err *e)
{
	const struct boundary b = { .level = level, .outside = outside, .rev = rev };

	return svc_boundary_say(&w->s, &b, e);
}

static void test_look(void **state)
{
	struct world *w = *state;
	struct boundary_view v;
	struct err e;

	run(w->db, "UPDATE member SET off_at = 1, status = 5 WHERE id = 1");
	reached(w, MEMBER_PERSON, REACH_UNKNOWN, 2);
	v = look(w);
	assert_int_equal(v.all, 2);
	assert_int_equal(v.live.id, 0);
	assert_string_equal(v.method, "");
	assert_string_equal(svc_boundary_sentence(&w->a, &v),
		"Nobody has said how far Latchkey is meant to reach.");
	assert_ok(say(w, LEVEL_CALENDAR, "", 0, &e));
	v = look(w);
	assert_string_equal(svc_boundary_sentence(&w->a, &v),
		"How far Latchkey reaches is not measured in any mailbox yet.");
	reached(w, MEMBER_PERSON, REACH_CALENDAR, 1);
	v = look(w);
	assert_string_equal(svc_boundary_sentence(&w->a, &v),
		"Latchkey reaches as far as you intend in all 1 mailbox that is measured.");
	assert_int_equal(v.ages.newest, WORLD_NOW - 60);
	reached(w, MEMBER_ROOM, REACH_FULL, 1);
	reached(w, MEMBER_PERSON, REACH_FULL, 3);
	connect_it(w, "delegate");
	v = look(w);
	assert_string_equal(v.method, "delegate");
	assert_int_equal(v.n[MEMBER_ROOM][REACH_FULL], 1);
	assert_int_equal(v.of[FIT_MORE], 4);
	assert_int_equal(v.of[FIT_AS], 1);
	assert_int_equal(v.of[FIT_UNMEASURED], 2);
	assert_int_equal(v.ages.oldest, WORLD_NOW - 62);
	assert_int_equal(svc_boundary_above(&v, LEVEL_BUSY), 5);
	assert_int_equal(svc_boundary_above(&v, LEVEL_CALENDAR), 4);
	assert_int_equal(svc_boundary_above(&v, LEVEL_FULL), 0);
	assert_string_equal(svc_boundary_sentence(&w->a, &v),
		"Latchkey reaches more than you intend in 4 mailboxes.");
	reached(w, MEMBER_PERSON, REACH_BUSY, 1);
	v = look(w);
	assert_string_equal(svc_boundary_sentence(&w->a, &v),
		"Latchkey reaches more than you intend in 4 mailboxes, and less in 1 mailbox.");
	/* Another account has its own. */
	world_as(w, &w->blake);
	v = look(w);
	assert_int_equal(v.all, 1);
	assert_int_equal(v.said.level, LEVEL_UNSAID);
}

static void test_say(void **state)
{
	struct world *w = *state;
	struct boundary_view v;
	int64_t job;
	struct err e;

	connect_it(w, "delegate");
	assert_ok(say(w, LEVEL_CALENDAR, "pat@example.com", 0, &e));
	assert_string_equal(last_row(w, w->account).action, "boundary.said");
	assert_string_equal(last_row(w, w->account).detail,
		"Intended: Calendars only. Must stay shut: pat@example.com.");
	v = look(w);
	assert_int_equal(v.said.rev, 1);
	assert_string_equal(v.said.edited_by, "avery@example.com");
	assert_fails(say(w, LEVEL_FULL, "", 0, &e), ERR_CONFLICT);
	assert_int_equal(look(w).said.level, LEVEL_CALENDAR);
	assert_fails(say(w, LEVEL_FULL, "avery@example.com", 1, &e), ERR_FORM);
	assert_fails(say(w, LEVEL_FULL, "svc@example.com", 1, &e), ERR_FORM);
	/* Of the same mailbox what was seen stays, of another it goes. */
	v.said.opens = SEEN_NO;
	v.said.reason = "not_delegated";
	v.said.seen_at = v.said.tried_at = v.said.since = WORLD_NOW;
	assert_int_equal(store_boundary_saw(w->db, &v.said, &e), 1);
	assert_ok(say(w, LEVEL_BUSY, "pat@example.com", 1, &e));
	assert_int_equal(look(w).said.opens, SEEN_NO);
	assert_ok(say(w, LEVEL_BUSY, "robin@example.com", 2, &e));
	assert_int_equal(look(w).said.opens, SEEN_UNKNOWN);
	assert_int_equal(look(w).said.seen_at, 0);
	assert_int_equal(store_boundary_saw(w->db, &v.said, &e), 0);
	v = look(w);
	v.said.opens = SEEN_YES;
	assert_string_equal(svc_boundary_sentence(&w->a, &v),
		"robin@example.com opens, and it must stay shut.");
	/* A member who was deactivated is not to be reached. */
	run(w->db, "UPDATE member SET off_at = 1 WHERE email = 'avery@example.com'");
	assert_ok(say(w, LEVEL_BUSY, "avery@example.com", 3, &e));
	/* One who is a member by now is none that must stay shut. */
	v = look(w);
	v.said.opens = SEEN_YES;
	assert_true(svc_boundary_alarm(&v));
	run(w->db, "UPDATE member SET off_at = 0 WHERE email = 'avery@example.com'");
	v = look(w);
	v.said.opens = SEEN_YES;
	assert_false(svc_boundary_alarm(&v));
	assert_non_null(strstr(svc_boundary_moot(&v), "This is a member"));
	assert_fails(svc_boundary_measure(&w->s, &job, &e), ERR_CONFLICT);
	assert_int_equal(look(w).trying, 0);
	run(w->db, "UPDATE member SET off_at = 1 WHERE email = 'avery@example.com'");
	world_as(w, &w->blake);
	assert_int_equal(look(w).said.rev, 0);
}

static void test_measure(void **state)
{
	static const char *const pointless[] = { "personal", "dedicated" };
	struct world *w = *state;
	int64_t job, same;
	struct err e;

	assert_fails(svc_boundary_measure(&w->s, &job, &e), ERR_CONFLICT);
	assert_non_null(strstr(e.say, "Name one first"));
	assert_ok(say(w, LEVEL_CALENDAR, "pat@example.com", 0, &e));
	assert_fails(svc_boundary_measure(&w->s, &job, &e), ERR_CONFLICT);
	assert_non_null(strstr(e.say, "no connection yet"));
	connect_it(w, "impersonation");
	for (size_t i = 0; i < COUNT(pointless); i++) {
		run(w->db,
			arena_printf(&w->a, "UPDATE connection SET method = '%s'", pointless[i]));
		assert_fails(svc_boundary_measure(&w->s, &job, &e), ERR_CONFLICT);
		assert_string_equal(e.say, boundary_pointless(pointless[i]));
	}
	run(w->db, "UPDATE connection SET method = 'impersonation'");
	assert_ok(svc_boundary_measure(&w->s, &job, &e));
	assert_ok(svc_boundary_measure(&w->s, &same, &e));
	assert_int_equal(job, same);
	assert_int_equal(look(w).trying, 1);
	assert_int_equal(rows_of(w, w->account, AUDIT_BOUNDARY_MEASURED), 1);
}

static void test_export(void **state)
{
	enum { MANY = 700 };
	struct world *w = *state;
	struct svc_boundary_file f;
	struct buf b;
	struct err e;
	int portions = 0, lines = 0, rc;

	assert_ok(say(w, LEVEL_CALENDAR, "", 0, &e));
	reached(w, MEMBER_PERSON, REACH_FULL, MANY);
	reached(w, MEMBER_ROOM, REACH_BUSY, 1);
	assert_ok(svc_boundary_export(&w->s, &f, &e));
	assert_string_equal(last_row(w, w->account).action, "boundary.exported");
	buf_init(&b, FILE_MAX);
	svc_boundary_titles(&b);
	do {
		assert_ok(rc = svc_boundary_lines(&w->s, &f, &b, &e));
		portions++;
	} while (rc == 1);
	svc_boundary_export_done(&f);
	assert_true(buf_ok(&b));
	for (const char *p = buf_str(&b); (p = strchr(p, '\n')) != NULL; p++)
		lines++;
	assert_int_equal(portions, 3);
	assert_int_equal(lines, 1 + 1 + MANY + 1);
	assert_non_null(strstr(buf_str(&b), "\"person\",\"m"));
	assert_non_null(
		strstr(buf_str(&b), "\"calendars\",\"full\",\"more\",\"yes\",\"yes\",\"\","));
	assert_non_null(strstr(buf_str(&b), "\"calendars\",\"busy\",\"less\","));
	assert_non_null(strstr(buf_str(&b), "\"'=m"));
	assert_null(strstr(buf_str(&b), "blake@example.org"));
	buf_done(&b);
}

static void prepare(struct world *w)
{
	connect_it(w, "delegate");
}

static int call_say(struct world *w, struct err *e)
{
	return say(w, LEVEL_BUSY, "pat@example.com", 0, e);
}

static int call_export(struct world *w, struct err *e)
{
	struct svc_boundary_file f;
	int rc = svc_boundary_export(&w->s, &f, e);

	if (rc == 0)
		svc_boundary_export_done(&f);
	return rc;
}

static void named(struct world *w)
{
	struct err e;

	connect_it(w, "delegate");
	assert_ok(call_say(w, &e));
}

static int call_measure(struct world *w, struct err *e)
{
	int64_t job;

	return svc_boundary_measure(&w->s, &job, e);
}

static void test_failing(void **state)
{
	static const struct change changes[] = {
		{ "say", prepare, call_say },
		{ "measure", named, call_measure },
		{ "export", prepare, call_export },
	};

	(void)state;
	assert_all_or_nothing(changes, COUNT(changes));
}

/* What only reads fails when the store does. */
static void test_blind(void **state)
{
	struct world *w = *state;
	struct db_script_watch watch;
	struct boundary_view v;
	struct db *over;
	struct err e;
	int at = 0, rc;

	named(w);
	do {
		watch = (struct db_script_watch){ .fail_at = ++at, .code = ERR_FULL };
		over = db_script_over(w->db, &watch);
		w->s.db = over;
		rc = svc_boundary_look(&w->s, &v, &e);
		w->s.db = w->db;
		db_close(over);
		assert_true(rc < 0 || watch.calls < at);
	} while (rc < 0);
	assert_true(at > 7);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup_memory, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_look),
		TEST(test_say),
		TEST(test_measure),
		TEST(test_export),
		TEST(test_blind),
		cmocka_unit_test(test_failing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
