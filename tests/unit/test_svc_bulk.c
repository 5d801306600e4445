/* Many members at once: every rule of svc_bulk.c and svc_roster.c; a session of who was
 * deactivated. */
#include "tests/unit/svc_fault.h"

#include "service/svc_bulk.h"
#include "service/svc_roster.h"

static struct roster_pick everyone(struct world *w)
{
	return (struct roster_pick){ .f = roster_all(w->account, MEMBER_PERSON) };
}

static struct job job_of(struct world *w, int64_t id)
{
	struct job j = { 0 };
	struct err e;

	assert_int_equal(store_job_get(w->db, &w->a, w->account, id, &j, &e), 1);
	return j;
}

static void test_start(void **state)
{
	struct world *w = *state;
	struct roster_pick pick = everyone(w), read;
	enum bulk what;
	int64_t id, again;
	struct job j;
	struct err e;

	pick.f.status = STATUS_BLOCKED;
	assert_ok(svc_bulk_start(&w->s, BULK_OFF, &pick, &id, &e));
	j = job_of(w, id);
	assert_string_equal(j.kind, BULK_KIND);
	assert_int_equal(j.by, w->avery.id);
	assert_ok(roster_bulk_read(&w->a, &j, &what, &read, &e));
	assert_int_equal(what, BULK_OFF);
	assert_int_equal(read.f.status, STATUS_BLOCKED);
	assert_int_equal(read.f.account, w->account);
	assert_string_equal(last_row(w, w->account).action, "members.off");
	assert_string_equal(last_row(w, w->account).about, "All members: Blocked");
	/* Asked twice is asked once. */
	assert_ok(svc_bulk_start(&w->s, BULK_OFF, &pick, &again, &e));
	assert_int_equal(again, id);
	assert_ok(svc_bulk_start(&w->s, BULK_ON, &pick, &again, &e));
	assert_int_not_equal(again, id);
}

static void test_too_many(void **state)
{
	struct world *w = *state;
	struct roster_pick pick = everyone(w);
	int64_t id;
	struct err e;

	for (int i = 0; i < BULK_OPEN_MAX; i++) {
		pick.f.status = i;
		assert_ok(svc_bulk_start(&w->s, BULK_REMOVE, &pick, &id, &e));
	}
	pick.f.status = -1;
	assert_int_equal(svc_bulk_start(&w->s, BULK_REMOVE, &pick, &id, &e), -1);
	assert_int_equal(e.code, ERR_CONFLICT);
}

static void test_stop(void **state)
{
	struct world *w = *state;
	const struct roster_pick pick = everyone(w);
	struct job_progress g = { .total = 9, .done = 4 };
	int64_t id, look;
	struct err e;

	assert_ok(svc_bulk_start(&w->s, BULK_OFF, &pick, &id, &e));
	assert_ok(svc_look_start(&w->s, "mail.example.com", 443, &look, &e));
	g.job = id;
	assert_ok(store_progress_save(w->db, &g, &e));
	assert_int_equal(svc_bulk_stop(&w->s, look, &e), -1);
	assert_int_equal(e.code, ERR_MISSING);
	world_as(w, &w->blake);
	assert_int_equal(svc_bulk_stop(&w->s, id, &e), -1);
	assert_int_equal(e.code, ERR_MISSING);
	world_as(w, &w->avery);
	assert_ok(svc_bulk_stop(&w->s, id, &e));
	assert_int_equal(job_of(w, id).state, JOB_CANCELLED);
	assert_string_equal(last_row(w, w->account).action, "members.stopped");
	assert_string_equal(last_row(w, w->account).detail, "4 of 9 were done.");
	assert_int_equal(svc_bulk_stop(&w->s, id, &e), -1);
	assert_int_equal(e.code, ERR_CONFLICT);
}

static void test_words(void **state)
{
	struct world *w = *state;
	struct roster_filter f = roster_all(w->account, MEMBER_PERSON);
	const int64_t ids[] = { w->avery.id, 99 };
	struct roster_pick pick = { .ids = ids, .count = 1 };

	assert_string_equal(svc_roster_words(&w->a, &f), "All members");
	f.status = svc_roster_status("action_needed");
	f.reason = svc_roster_reason("not_delegated");
	f.fixer = svc_roster_fixer("exchange_admin");
	f.role = ROLE_ADMIN;
	f.stale_before = 1;
	f.search = "av";
	assert_string_equal(svc_roster_words(&w->a, &f),
		"All members: Action needed, Calendar not delegated, Exchange admin must act, "
		"Account admins, Seen more than a day ago, Found by \xe2\x80\x9c"
		"av\xe2\x80\x9d");
	assert_string_equal(svc_roster_about(&w->s, &pick), w->avery.name);
	pick.count = 2;
	assert_string_equal(svc_roster_about(&w->s, &pick), "2 members");
	assert_int_equal(svc_roster_status("nonsense"), -1);
	assert_int_equal(svc_roster_fixer("nobody"), -1);
	assert_null(svc_roster_reason("ok"));
	assert_null(svc_roster_reason("nonsense"));
}

/* --- the file --- */

static const char *file_of(struct world *w, const struct roster_pick *pick)
{
	struct svc_export x;
	struct buf b;
	const char *text;
	struct err e;
	int rc;

	buf_init(&b, 1 << 20);
	assert_ok(svc_roster_export(&w->s, pick, &x, &e));
	do
		assert_ok(rc = svc_roster_lines(&w->s, &x, &b, &e));
	while (rc == 1);
	svc_roster_export_done(&x);
	text = arena_strdup(&w->a, buf_str(&b));
	buf_done(&b);
	return text;
}

static void test_file(void **state)
{
	static const char risky[] = "=HYPERLINK(\"x\")";
	struct world *w = *state;
	struct roster_pick pick = everyone(w);
	struct member m = { .account = w->account,
		.email = "+x@example.com",
		.name = risky,
		.calendar = "cal@example.com" };
	int64_t ids[2];
	const char *text;
	struct err e;

	assert_ok(store_member_add(w->db, &m, "", "", &m.id, &e));
	for (int i = 0; i < 1200; i++) { /* more than a portion */
		struct member one = { .account = w->account, .name = "" };

		one.email = arena_printf(&w->a, "p%d@example.com", i);
		assert_ok(store_member_add(w->db, &one, "", "", &one.id, &e));
	}
	text = file_of(w, &pick);
	assert_string_equal(last_row(w, w->account).action, "members.exported");
	assert_string_equal(last_row(w, w->account).about, "All members");
	assert_non_null(strstr(text,
		"\"'+x@example.com\",\"'=HYPERLINK(\"\"x\"\")\",\"member\",\"cal@example.com\","
		"\"not_checked\",\"not_checked\",\"\",\"\",\""));
	for (int i = 0; i < 1200; i++)
		assert_non_null(strstr(text, arena_printf(&w->a, "\"p%d@example.com\"", i)));
	assert_null(strstr(text, "blake@"));
	/* A selection: also of what is not there, or not theirs. */
	ids[0] = w->blake.id;
	ids[1] = m.id;
	pick.ids = ids;
	pick.count = 2;
	text = file_of(w, &pick);
	assert_int_equal(strncmp(text, "\"'+x@", 5), 0);
	assert_null(strstr(text + 5, "\n\""));
}

/* --- deactivated --- */

/* A session that was there is none any more, and there is no new one. */
static void test_deactivated(void **state)
{
	struct world *w = *state;
	struct member m = world_person(w, w->account, "casey@example.com", ROLE_MEMBER);
	struct user u;
	char token[SEAL_TOKEN_HEX + 1];
	struct session_view v;
	struct err e;

	assert_int_equal(store_user_get(w->db, &w->a, m.user, &u, &e), 1);
	assert_ok(svc_signin_open(&w->s, &u, "", token, &e));
	assert_int_equal(svc_signin_session(&w->s, token, &v, &e), 1);
	assert_ok(store_member_off(w->db, m.account, m.id, WORLD_NOW, &e));
	assert_int_equal(svc_signin_session(&w->s, token, &v, &e), 0);
	assert_int_equal(svc_signin_open(&w->s, &u, "", token, &e), -1);
	assert_int_equal(e.code, ERR_DENIED);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup_memory, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_start),
		TEST(test_too_many),
		TEST(test_stop),
		TEST(test_words),
		TEST(test_file),
		TEST(test_deactivated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
