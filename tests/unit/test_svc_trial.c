/* Trials: what is asked for, what is said of it in one sentence, and the file. */
#include "tests/unit/connection_unit.h"

#include "service/svc_secret.h"
#include "service/svc_trial.h"

enum { PEOPLE = 1100 };

static void set(struct world *w, const struct connection *c, const char *text)
{
	const struct svc_secrets sec = { .secret = pw(w, text) };
	struct err e;

	assert_ok(db_begin(w->db, DB_WRITE, &e));
	assert_ok(db_finish(w->db, svc_secret_set(&w->s, c, PURPOSE_CURRENT, &sec, &e), &e));
}

static struct svc_trial trial(struct world *w)
{
	struct svc_trial t;
	struct err e;

	assert_ok(svc_trial_read(&w->s, &t, &e));
	return t;
}

static const char *say(struct world *w)
{
	const struct svc_trial t = trial(w);

	return svc_trial_say(&w->a, &t);
}

/* One in use, and one beside it that has proved itself. */
static int64_t make(struct world *w, const char *method)
{
	struct connection c = sample();
	struct err e;

	c.signin = "auto";
	c.authority = c.tenant = c.client_id = "";
	assert_ok(add_with(w, &c, pw(w, PASSWORD), NULL, &e));
	c.id = 0;
	c.stage = CONN_DRAFT;
	c.method = method;
	assert_ok(store_connection_save(w->db, &c, &e));
	set(w, &c, PASSWORD);
	return c.id;
}

static void people(struct world *w, int n)
{
	struct err e;

	assert_ok(db_begin(w->db, DB_WRITE, &e));
	for (int i = 0; i < n; i++) {
		const struct member m = { .account = w->account,
			.name = "",
			.email = arena_printf(&w->a, "p%05d@example.com", i) };
		int64_t id;

		assert_ok(store_member_add(w->db, &m, "", "", &id, &e));
	}
	assert_ok(db_commit(w->db, &e));
}

/* Of the draft as it is now: those with an id that leaves this rest are so. */
static void tried(struct world *w, enum status s, const char *reason, int rest)
{
	const struct svc_trial t = trial(w);
	char state[TRIAL_STATE + 1];
	struct roster_due *rows;
	struct err e;
	int n;

	trial_state(&t.to, t.sides.version, state);
	assert_ok(db_begin(w->db, DB_WRITE, &e));
	assert_ok(
		store_trial_seen(w->db, &(struct trial_head){ t.to.id, w->account, state, 0 }, &e));
	n = store_standing_walk(w->db, &w->a, w->account, 0, 2000, &rows, &e);
	for (int i = 0; i < n; i++) {
		struct standing is = rows[i].s;

		if (rows[i].s.member % 4 != rest)
			continue;
		is.connection = t.to.id;
		is.status = s;
		is.reason = reason;
		is.checked_at = s == STATUS_NOT_CHECKED ? 0 : WORLD_NOW;
		assert_int_equal(store_trial_save(w->db, &is, rows[i].address, 1, &e), 1);
	}
	assert_ok(db_commit(w->db, &e));
}

static void test_say(void **state)
{
	struct world *w = *state;
	struct svc_trial t;

	assert_int_equal(trial(w).to.id, 0);
	make(w, "impersonation");
	people(w, 8);
	assert_string_equal(say(w), "By impersonation nobody was tried yet.");
	tried(w, STATUS_BLOCKED, "no_mailbox", 1);
	assert_string_equal(say(w), "By impersonation nobody would gain and nobody would lose.");
	tried(w, STATUS_CONNECTED, "ok", 2);
	tried(w, STATUS_NOT_CHECKED, "not_checked", 3);
	t = trial(w);
	assert_int_equal(t.n[TRIAL_GAIN], 2);
	assert_true(t.n[TRIAL_OTHER] > 0 && t.n[TRIAL_UNSEEN] > 0);
	assert_int_equal(t.tried, world_number(w, "SELECT count(*) FROM trial"));
	assert_int_equal(t.all,
		world_number(
			w, "SELECT sum(n) FROM member_count WHERE account_id = 1 AND status <> 5"));
	assert_string_equal(
		svc_trial_say(&w->a, &t), "By impersonation 2 would gain and nobody would lose.");
	/* Of a draft that was changed since nothing is said. */
	world_run(w, "UPDATE connection SET mailbox = 'other@example.com' WHERE stage = 1");
	t = trial(w);
	assert_true(t.stale && !t.fits);
	assert_int_equal(t.tried, 0);
}

static void test_ways(void **state)
{
	static const char *const rows[][2] = {
		{ "personal", "With members’ own sign-ins" },
		{ "dedicated", "With the dedicated mailbox alone" },
		{ "delegate", "By the new connection" },
	};
	struct world *w = *state;
	struct svc_trial t;

	make(w, "impersonation");
	t = trial(w);
	for (size_t i = 0; i < COUNT(rows); i++) {
		t.to.method = rows[i][0];
		assert_string_equal(svc_trial_way(&w->a, &t), rows[i][1]);
	}
	t.back = 1;
	assert_string_equal(svc_trial_way(&w->a, &t), "Back with the former connection");
	t.to.method = "impersonation";
	assert_string_equal(svc_trial_way(&w->a, &t), "Back by impersonation");
}

static const char *params(struct world *w, int64_t which)
{
	struct job j;
	struct err e;

	assert_int_equal(store_job_get(w->db, &w->a, w->account, which, &j, &e), 1);
	return j.params;
}

static void refused(
	struct world *w, const struct svc_trial_ask *k, enum err_code code, const char *why)
{

	int64_t none;
	struct err e;

	assert_int_equal(svc_trial_start(&w->s, k, &none, &e), -1);
	assert_int_equal(e.code, code);
	if (!strstr(e.say, why))
		fail_msg("%s", e.say);
}

static void test_start(void **state)
{
	struct world *w = *state;
	const struct svc_trial_ask all = { .all = 1, .status = -1 };
	struct svc_trial_ask k = { .status = -1,
		.addresses = " p00001@example.com,P00002@example.com\n" };
	int64_t again, draft;
	struct err e;

	refused(w, &all, ERR_CONFLICT, "no other connection");
	draft = make(w, "impersonation");
	people(w, 5);
	assert_ok(svc_trial_start(&w->s, &all, &job, &e));
	assert_string_equal(
		params(w, job), arena_printf(&w->a, "connection=%lld&all=1", (long long)draft));
	assert_string_equal(last_row(w, w->account).action, "trial");
	assert_string_equal(last_row(w, w->account).about, "All members");
	assert_ok(svc_trial_start(&w->s, &all, &again, &e));
	assert_int_equal(again, job);
	refused(w, &k, ERR_CONFLICT, "A trial is running already");
	assert_ok(svc_trial_stop(&w->s, job, &e));
	assert_string_equal(last_row(w, w->account).action, "trial.stopped");
	world_run(w, "UPDATE job SET state = 4, ended = 1");
	assert_ok(svc_trial_start(&w->s, &k, &job, &e));
	assert_non_null(strstr(params(w, job), "&ids="));
	assert_string_equal(last_row(w, w->account).about, "2 members");
	world_run(w, "UPDATE job SET state = 4, ended = 1");
	k = (struct svc_trial_ask){ .status = STATUS_ACTION };
	assert_ok(svc_trial_start(&w->s, &k, &job, &e));
	assert_non_null(strstr(params(w, job), "&kind=0&status=3&"));
	world_run(w, "UPDATE job SET state = 4, ended = 1");
	k = (struct svc_trial_ask){ .status = -1, .sample = 3 };
	assert_ok(svc_trial_start(&w->s, &k, &job, &e));
	assert_non_null(strstr(params(w, job), "&ids="));
}

static void test_addresses(void **state)
{
	struct world *w = *state;
	struct svc_trial_ask k = { .status = -1, .addresses = " \n , ;" };

	make(w, "impersonation");
	people(w, 2);
	refused(w, &k, ERR_INPUT, "Enter the address of a member.");
	k.addresses = "p00001@example.com a@b.test";
	refused(w, &k, ERR_INPUT, "No active member has the address a@b.test.");
	k.addresses = "a@b.test c@d.test e@f.test g@h.test";
	refused(w, &k, ERR_INPUT, "the address a@b.test, c@d.test, e@f.test, and more.");
	world_run(w, "UPDATE member SET off_at = 1 WHERE email = 'p00001@example.com'");
	k.addresses = "p00001@example.com";
	refused(w, &k, ERR_INPUT, "No active member has the address p00001@example.com.");
}

/* More than two portions: each once, in the order of names. */
static void test_file(void **state)
{
	struct world *w = *state;
	struct svc_trial_file x;
	struct svc_trial t;
	struct err e;
	struct buf b;
	int lines = 0, rc;

	make(w, "impersonation");
	people(w, PEOPLE);
	for (int rest = 0; rest < 4; rest++)
		tried(w, rest == 1 ? STATUS_CONNECTED : STATUS_BLOCKED,
			rest == 1 ? "ok" : "no_mailbox", rest);
	t = trial(w);
	assert_int_equal(t.tried, t.all);
	buf_init(&b, 1 << 20);
	assert_ok(svc_trial_export(&w->s, &t, -1, &x, &e));
	assert_string_equal(last_row(w, w->account).action, "trial.exported");
	do {
		rc = svc_trial_lines(&w->s, &x, &b, &e);
	} while (rc == 1);
	assert_int_equal(rc, 0);
	for (const char *p = buf_str(&b); (p = strstr(p, "\r\n")); p++)
		lines++;
	assert_int_equal(lines, t.all);
	svc_trial_export_done(&x);
	buf_clear(&b);
	assert_ok(svc_trial_export(&w->s, &t, TRIAL_GAIN, &x, &e));
	assert_int_equal(svc_trial_lines(&w->s, &x, &b, &e), 0);
	assert_null(strstr(buf_str(&b), "no_mailbox\",\"blocked"));
	assert_non_null(
		strstr(buf_str(&b), "\"gain\",\"not_checked\",\"not_checked\",\"connected\""));
	svc_trial_export_done(&x);
	buf_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_say, setup, world_teardown),
		cmocka_unit_test_setup_teardown(test_ways, setup, world_teardown),
		cmocka_unit_test_setup_teardown(test_start, setup, world_teardown),
		cmocka_unit_test_setup_teardown(test_addresses, setup, world_teardown),
		cmocka_unit_test_setup_teardown(test_file, setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, keys_setup, keys_teardown);
}
