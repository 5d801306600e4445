/* One member: edited, deactivated and activated, busy time asked for: every rule of svc_member.c.
 */
#include "tests/unit/svc_fault.h"

#include "service/svc_check.h"
#include "service/svc_member.h"

static struct member add(struct world *w, const char *email)
{
	return world_person(w, w->account, email, ROLE_MEMBER);
}

static struct member get(struct world *w, int64_t id)
{
	struct member m = { 0 };
	struct err e;

	assert_int_equal(store_member_get(w->db, &w->a, w->account, id, &m, &e), 1);
	return m;
}

static struct member_event newest(struct world *w, int64_t member)
{
	struct member_event *list;
	struct err e;

	assert_int_equal(store_event_list(w->db, &w->a, w->account, member,
				 (struct page_of){ .limit = 1 }, &list, &e),
		1);
	return list[0];
}

static void connect(struct world *w)
{
	struct connection c = { .account = w->account,
		.name = "c",
		.scheme = "https",
		.host = "mail.example.com",
		.port = 443,
		.signin = "ntlm",
		.mailbox = "svc@example.com",
		.method = "delegate",
		.stage = CONN_LIVE };
	struct err e;

	assert_ok(store_connection_save(w->db, &c, &e));
}

static void test_edit(void **state)
{
	struct world *w = *state;
	const struct member casey = add(w, "casey@example.com");
	struct member_edit m = { .member = casey.id,
		.name = "Casey Marsh",
		.calendar = "Casey.Marsh@Example.COM",
		.was_name = "casey@example.com",
		.was_calendar = "" };
	struct err e;

	assert_ok(svc_member_edit(&w->s, &m, &e));
	assert_string_equal(get(w, casey.id).name, "Casey Marsh");
	assert_string_equal(get(w, casey.id).calendar, "casey.marsh@example.com");
	assert_string_equal(last_row(w, w->account).action, "member.edited");
	assert_string_equal(newest(w, casey.id).detail,
		"The name is Casey Marsh. The calendar address is casey.marsh@example.com.");
	assert_string_equal(newest(w, casey.id).by, "avery@example.com");
	/* The same form again was made from what is not so any more. */
	assert_fails(svc_member_edit(&w->s, &m, &e), ERR_CONFLICT);
	m.was_name = "Casey Marsh";
	assert_fails(svc_member_edit(&w->s, &m, &e), ERR_CONFLICT);
	m.was_calendar = "casey.marsh@example.com";
	m.calendar = "nobody";
	assert_fails(svc_member_edit(&w->s, &m, &e), ERR_FORM);
	m.calendar = "casey@example.com";
	assert_ok(svc_member_edit(&w->s, &m, &e));
	assert_string_equal(get(w, casey.id).calendar, "");
	m.was_calendar = "";
	assert_ok(svc_member_edit(&w->s, &m, &e));
	assert_int_equal(rows_of(w, w->account, AUDIT_MEMBER_EDITED), 2);
	m.member = w->blake.id;
	assert_fails(svc_member_edit(&w->s, &m, &e), ERR_MISSING);
}

/* Nobody signs in, no link works, and nothing that was seen is kept. */
static void test_off(void **state)
{
	struct world *w = *state;
	const struct member casey = add(w, "casey@example.com");
	const struct week week = { .member = casey.id,
		.account = w->account,
		.seen_at = WORLD_NOW,
		.reason = "ok",
		.spans = "1 2 2\n" };
	char token[SEAL_TOKEN_HEX + 1];
	struct user u;
	struct link link;
	struct week out;
	struct err e;

	assert_int_equal(store_user_get(w->db, &w->a, casey.user, &u, &e), 1);
	assert_ok(svc_signin_open(&w->s, &u, "", token, &e));
	world_as(w, &w->avery);
	assert_ok(svc_account_reset(&w->s, casey.id, NULL, &link, &e));
	assert_ok(store_week_save(w->db, &week, &e));
	assert_ok(svc_member_off(&w->s, casey.id, &e));
	assert_int_equal(get(w, casey.id).off_at, WORLD_NOW);
	assert_int_equal(world_number(w, "SELECT count(*) FROM session"), 0);
	assert_int_equal(store_invitation_open(w->db, w->account, &e), 0);
	assert_int_equal(store_week_get(w->db, &w->a, w->account, casey.id, &out, &e), 0);
	assert_int_equal(newest(w, casey.id).what, MEMBER_STOPPED);
	assert_string_equal(last_row(w, w->account).action, "member.deactivated");
	assert_ok(store_week_save(w->db, &week, &e));
	assert_int_equal(store_week_get(w->db, &w->a, w->account, casey.id, &out, &e), 0);
	assert_fails(svc_member_off(&w->s, casey.id, &e), ERR_CONFLICT);
	assert_fails(svc_account_reset(&w->s, casey.id, NULL, &link, &e), ERR_CONFLICT);
	assert_fails(
		svc_account_invite(&w->s, "casey@example.com", "", ROLE_ADMIN, NULL, &link, &e),
		ERR_CONFLICT);
	assert_ok(svc_member_on(&w->s, casey.id, &e));
	assert_int_equal(get(w, casey.id).off_at, 0);
	assert_int_equal(newest(w, casey.id).what, MEMBER_RESUMED);
	assert_string_equal(last_row(w, w->account).action, "member.activated");
	assert_fails(svc_member_on(&w->s, casey.id, &e), ERR_CONFLICT);
	assert_ok(svc_account_reset(&w->s, casey.id, NULL, &link, &e));
}

/* An admin stays who can sign in; one who is deactivated does not count, and may be removed. */
static void test_last(void **state)
{
	struct world *w = *state;
	const struct member casey = world_person(w, w->account, "casey@example.com", ROLE_ADMIN);
	struct err e;

	assert_ok(svc_member_off(&w->s, casey.id, &e));
	assert_fails(svc_member_off(&w->s, w->avery.id, &e), ERR_CONFLICT);
	assert_fails(svc_account_remove(&w->s, w->avery.id, &e), ERR_CONFLICT);
	assert_ok(svc_account_remove(&w->s, casey.id, &e));
	assert_fails(svc_member_off(&w->s, w->blake.id, &e), ERR_MISSING);
	assert_fails(svc_member_on(&w->s, w->blake.id, &e), ERR_MISSING);
}

static void test_week(void **state)
{
	struct world *w = *state;
	const struct member casey = add(w, "casey@example.com");
	int64_t id, again;
	struct job j;
	struct err e;

	assert_fails(svc_member_week(&w->s, casey.id, &id, &e), ERR_CONFLICT);
	connect(w);
	assert_ok(svc_member_week(&w->s, casey.id, &id, &e));
	assert_int_equal(store_job_get(w->db, &w->a, w->account, id, &j, &e), 1);
	assert_string_equal(j.kind, "week");
	assert_string_equal(last_row(w, w->account).action, "member.week");
	assert_string_equal(last_row(w, w->account).about, "casey@example.com");
	assert_true(svc_member_week_mine(&w->s, &j, casey.id));
	assert_false(svc_member_week_mine(&w->s, &j, w->avery.id));
	assert_ok(svc_member_week(&w->s, casey.id, &again, &e));
	assert_int_equal(again, id);
	assert_int_equal(rows_of(w, w->account, AUDIT_MEMBER_WEEK), 1);
	/* Another admin who wants it, too, looks at it as well. */
	w->s.who.member = add(w, "drew@example.com").id;
	assert_false(svc_member_week_mine(&w->s, &j, casey.id));
	assert_ok(svc_member_week(&w->s, casey.id, &again, &e));
	assert_true(again != id);
	assert_int_equal(rows_of(w, w->account, AUDIT_MEMBER_WEEK), 2);
	world_as(w, &w->avery);
	/* The own busy time is nobody's business. */
	assert_ok(svc_member_week(&w->s, w->avery.id, &again, &e));
	assert_int_equal(rows_of(w, w->account, AUDIT_MEMBER_WEEK), 2);
	assert_fails(svc_member_week(&w->s, w->blake.id, &again, &e), ERR_MISSING);
	world_run(w, "DELETE FROM job");
	for (j.params = "x"; store_job_open(w->db, w->account, WEEK_KIND, &e) < CHECK_OPEN_MAX;)
		assert_ok(store_job_add(w->db, &j, &id, &e));
	assert_fails(svc_member_week(&w->s, casey.id, &again, &e), ERR_CONFLICT);
	world_run(w, "DELETE FROM job");
	assert_ok(svc_member_off(&w->s, casey.id, &e));
	assert_fails(svc_member_week(&w->s, casey.id, &again, &e), ERR_CONFLICT);
}

/* However much is looked at for admins, a member's own look is taken. */
static void test_check(void **state)
{
	struct world *w = *state;
	const struct member casey = add(w, "casey@example.com");
	const struct roster_pick one = { .ids = &casey.id, .count = 1 };
	struct job_progress g = { .total = 9, .done = 4 };
	int64_t id, again;
	struct job j;
	struct err e;

	assert_fails(svc_check_start(&w->s, &one, "Casey", &id, &e), ERR_CONFLICT);
	connect(w);
	assert_ok(svc_check_start(&w->s, &one, "Casey", &id, &e));
	assert_ok(svc_check_start(&w->s, &one, "Casey", &again, &e));
	assert_int_equal(again, id);
	assert_int_equal(rows_of(w, w->account, AUDIT_MEMBERS_CHECK), 1);
	g.job = id;
	assert_ok(store_progress_save(w->db, &g, &e));
	assert_ok(svc_check_stop(&w->s, id, &e));
	assert_string_equal(last_row(w, w->account).action, "members.check_stopped");
	assert_string_equal(last_row(w, w->account).detail, "4 of 9 were done.");
	assert_fails(svc_check_stop(&w->s, id, &e), ERR_CONFLICT);
	assert_int_equal(store_job_get(w->db, &w->a, w->account, id, &j, &e), 1);
	for (j.params = "x"; store_job_open(w->db, w->account, CHECK_KIND, &e) < CHECK_OPEN_MAX;)
		assert_ok(store_job_add(w->db, &j, &id, &e));
	assert_fails(svc_check_start(&w->s, &one, "Casey", &id, &e), ERR_CONFLICT);
	w->s.who.member = casey.id;
	assert_ok(svc_check_start(&w->s, &one, NULL, &id, &e));
	assert_int_equal(rows_of(w, w->account, AUDIT_MEMBERS_CHECK), 1);
}

/* Busy time is gone a day later, swept or not. */
static void test_expiry(void **state)
{
	struct world *w = *state;
	const struct week week = { .member = w->avery.id,
		.account = w->account,
		.seen_at = WORLD_NOW,
		.reason = "ok",
		.zone = "Europe/Lisbon",
		.spans = "1 2 2\n" };
	struct week out;
	struct err e;

	assert_ok(store_week_save(w->db, &week, &e));
	assert_ok(store_week_save(w->db, &week, &e));
	assert_int_equal(store_week_get(w->db, &w->a, w->account, w->avery.id, &out, &e), 1);
	assert_string_equal(out.zone, "Europe/Lisbon");
	assert_int_equal(store_week_get(w->db, &w->a, w->other, w->avery.id, &out, &e), 0);
	clock_freeze(WORLD_NOW + WEEK_KEPT);
	assert_int_equal(store_week_get(w->db, &w->a, w->account, w->avery.id, &out, &e), 0);
	assert_int_equal(store_week_sweep(w->db, clock_now() - WEEK_KEPT, &e), 0);
	assert_int_equal(store_week_sweep(w->db, clock_now() - WEEK_KEPT + 1, &e), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_edit, setup_memory, world_teardown),
		cmocka_unit_test_setup_teardown(test_off, setup_memory, world_teardown),
		cmocka_unit_test_setup_teardown(test_last, setup_memory, world_teardown),
		cmocka_unit_test_setup_teardown(test_week, setup_memory, world_teardown),
		cmocka_unit_test_setup_teardown(test_check, setup_memory, world_teardown),
		cmocka_unit_test_setup_teardown(test_expiry, setup_memory, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
