/* svc_remind.c: reminders by hand, what is said about them, stop links. */
#include "tests/unit/svc_fault.h"

#include "service/svc_remind.h"
#include "store/store_mail.h"

#define KEY "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static int64_t somebody(struct world *w, const char *email, enum status status)
{
	const struct member m = { .account = w->account, .email = email, .name = "Zoe" };
	struct err e;
	int64_t id;

	assert_ok(store_member_add(w->db, &m, "", "", &id, &e));
	assert_ok(db_run(w->db,
		"UPDATE member SET status = $2, reason = 'not_delegated', fixer = 1 WHERE id = $1",
		DB_ARGS(DB_I(id), DB_I(status)), NULL, &e));
	return id;
}

static int setup(void **state)
{
	struct world *w;

	world_setup(state, 0);
	w = *state;
	w->cf.smtp_url = "smtp://mail.example.com";
	return 0;
}

static void test_now(void **state)
{
	struct world *w = *state;
	const int64_t zoe = somebody(w, "zoe@example.com", STATUS_ACTION);
	const int64_t well = somebody(w, "well@example.com", STATUS_CONNECTED);
	struct mail m = { .account = w->account, .member = zoe, .kind = MAIL_REMINDER };
	struct job *jobs;
	struct err e;

	assert_fails(svc_remind_now(&w->s, well, &e), ERR_CONFLICT);
	assert_ok(svc_remind_now(&w->s, zoe, &e));
	assert_ok(svc_remind_now(&w->s, zoe, &e)); /* the same job */
	assert_int_equal(store_job_list(w->db, &w->a, w->account, REMIND_KIND,
				 (struct page_of){ 0, 9 }, &jobs, &e),
		1);
	assert_int_equal(rows_of(w, w->account, AUDIT_MEMBERS_REMINDED), 1);
	assert_string_equal(last_row(w, w->account).about, "Zoe");
	m.dedupe = arena_printf(&w->a, "reminder:%lld", (long long)(WORLD_NOW / 86400));
	assert_int_equal(store_mail_add(w->db, &m, &e), 1);
	assert_fails(svc_remind_now(&w->s, zoe, &e), ERR_CONFLICT);
	clock_freeze(WORLD_NOW + 86400);
	world_run(w, "UPDATE member SET silent_at = 1");
	assert_fails(svc_remind_now(&w->s, zoe, &e), ERR_CONFLICT);
	world_run(w, "UPDATE member SET silent_at = 0");
	world_run(w, "DELETE FROM job");
	w->cf.smtp_url = "";
	assert_fails(svc_remind_now(&w->s, zoe, &e), ERR_CONFLICT);
	world_as(w, &w->blake); /* of another account */
	assert_int_equal(svc_remind_now(&w->s, zoe, &e), -1);
	assert_int_equal(e.code, ERR_MISSING);
}

static void test_many(void **state)
{
	struct world *w = *state;
	struct roster_pick pick = { .f = roster_all(w->account, MEMBER_PERSON) };
	int64_t job, again;
	struct err e;

	assert_ok(svc_remind_pick(&w->s, &pick, "All members", &job, &e));
	assert_ok(svc_remind_pick(&w->s, &pick, "All members", &again, &e));
	assert_int_equal(job, again);
	assert_int_equal(rows_of(w, w->account, AUDIT_MEMBERS_REMINDED), 1);
	for (int i = 1; i < REMIND_OPEN_MAX; i++) {
		pick.f.stale_before = i;
		assert_ok(svc_remind_pick(&w->s, &pick, "Some", &job, &e));
	}
	pick.f.stale_before = 99;
	assert_fails(svc_remind_pick(&w->s, &pick, "Some", &job, &e), ERR_CONFLICT);
}

static void test_settings(void **state)
{
	struct world *w = *state;
	struct reminding r = { .off = 1, .text = "Dear {name}, {link}" };
	const char *subject, *text;
	struct remind_view v;
	struct err e;

	assert_ok(svc_remind_look(&w->s, &v, &e));
	assert_int_equal(v.said.off + v.said.alerts_off + v.waiting + v.reminders + v.alerts, 0);
	assert_string_equal(v.said.text, "");
	assert_ok(svc_remind_settings(&w->s, &r, &e));
	assert_string_equal(last_row(w, w->account).detail, "Reminders off. Text changed.");
	assert_ok(svc_remind_look(&w->s, &v, &e));
	assert_int_equal(v.said.off, 1);
	assert_string_equal(v.said.edited_by, w->avery.name);
	r.text = "Dear {nobody}";
	assert_fails(svc_remind_settings(&w->s, &r, &e), ERR_FORM);
	assert_non_null(strstr(e.say, "{nobody}"));
	assert_fails(svc_remind_preview(&w->s, &r, &subject, &text, &e), ERR_FORM);
	r.text = "Dear {name}, see {link}.";
	assert_ok(svc_remind_preview(&w->s, &r, &subject, &text, &e));
	assert_non_null(
		strstr(text, "Dear avery@example.com, see https://calendar.example.com/me."));
	assert_ok(svc_remind_look(&w->s, &v, &e));
	assert_string_equal(v.said.text, "Dear {name}, {link}"); /* nothing was saved */
	/* Without alerts nothing is known of what broke. */
	world_run(w,
		"INSERT INTO alert (account_id, reason, fixer, since) "
		"SELECT id, 'no_mailbox', 2, 1 FROM account");
	r.alerts_off = 1;
	assert_fails(svc_remind_settings(&w->s, &r, &e), ERR_CONFLICT); /* made before the save */
	r.edited_at = v.said.edited_at;
	assert_ok(svc_remind_settings(&w->s, &r, &e));
	assert_int_equal(world_number(w, "SELECT count(*) FROM alert"), 1);
	assert_int_equal(world_number(w, "SELECT account_id FROM alert"), w->other);
}

/* One key is good for one member; there and back, each written once. */
static void test_silence(void **state)
{
	static const char silent[] = "SELECT count(*) FROM member WHERE silent_at > 0";
	static const char events[] = "SELECT count(*) FROM member_event WHERE what = 7";
	struct world *w = *state;
	struct err e;

	assert_int_equal(MEMBER_SILENT, 7);
	somebody(w, "zoe@example.com", STATUS_ACTION);
	world_run(w,
		"UPDATE member SET remind_at = 5, silent_key = '" KEY
		"' WHERE email = 'zoe@example.com'");
	somebody(w, "well@example.com", STATUS_CONNECTED);
	world_as_nobody(w, "192.0.2.9");
	assert_ok(svc_remind_silence(&w->s, "", 1, &e));
	assert_ok(svc_remind_silence(&w->s, "f" KEY, 1, &e));
	assert_int_equal(world_number(w, silent), 0);
	for (int i = 0; i < 2; i++)
		assert_ok(svc_remind_silence(&w->s, KEY, 1, &e));
	assert_int_equal(world_number(w, silent), 1);
	assert_int_equal(world_number(w, events), 1);
	assert_int_equal(world_number(w, "SELECT sum(remind_at) FROM member"), 0);
	for (int i = 0; i < 2; i++)
		assert_ok(svc_remind_silence(&w->s, KEY, 0, &e));
	assert_int_equal(world_number(w, silent), 0);
	assert_int_equal(world_number(w, events), 2);
	assert_int_equal(world_number(w, "SELECT max(remind_at) FROM member"), WORLD_NOW + 86400);
	assert_ok(svc_remind_silence(&w->s, KEY, 1, &e));
	world_run(w, "UPDATE member SET status = 1");
	assert_ok(svc_remind_silence(&w->s, KEY, 0, &e));
	assert_int_equal(world_number(w, "SELECT sum(remind_at) FROM member"), 0);
}

static void with_mail(struct world *w)
{
	w->cf.smtp_url = "smtp://mail.example.com";
}

static int call_pick(struct world *w, struct err *e)
{
	const struct roster_pick pick = { .f = roster_all(w->account, MEMBER_PERSON) };
	int64_t job;

	return svc_remind_pick(&w->s, &pick, "All members", &job, e);
}

static int call_settings(struct world *w, struct err *e)
{
	const struct reminding r = { .off = 1, .alerts_off = 1, .text = "" };

	return svc_remind_settings(&w->s, &r, e);
}

static void test_all_or_nothing(void **state)
{
	static const struct change changes[] = { { "pick", with_mail, call_pick },
		{ "settings", NULL, call_settings } };

	(void)state;
	assert_all_or_nothing(changes, COUNT(changes));
}

#define remind_test(fn) cmocka_unit_test_setup_teardown(fn, setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		remind_test(test_now),
		remind_test(test_many),
		remind_test(test_settings),
		remind_test(test_silence),
		cmocka_unit_test(test_all_or_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
