/* The diagnosis: what is in it, whom it never names, what is cut, and a store that fails at every
 * call while it is made.
 */
#include "tests/unit/svc_fault.h"

#include "service/svc_connection.h"
#include "service/svc_diagnosis.h"

static const struct {
	const char *sql;
} fill[] = {
	{ "INSERT INTO connection (account_id, name, scheme, host, port, proxy, ca, signin, login, "
	  "authority, tenant, client_id, created, mailbox, method, kind, stage, staged_at, rev) "
	  "VALUES (1, 'Main', 'https', 'mail.quince.test', 443, 'dmz', '', 'ntlm', "
	  "'QUINCE\\latch', "
	  "'', '', '', 1, 'latch@quince.test', 'delegate', 'exchange', 2, 1799990000, 3), "
	  "(1, 'Next', 'https', 'pantry', 443, '', 'x', 'app', '', 'login.quince.test', "
	  "'quince.test', '7d0c9f3e-1b2a-4c5d-8e9f-0123456789ab', 1, 'next@quince.test', "
	  "'impersonation', 'office365', 1, 1799999000, 1)" },
	{ "INSERT INTO credential (account_id, connection_id, purpose, version, key_id, sealed, "
	  "policy, by_name, set_at, used_at, expires, certificate) VALUES "
	  "(1, 1, 'current', 'abcd1234', 'k', x'00', zeroblob(32), 'Avery Stone', 1799990000, "
	  "1799999990, 1800090000, 'PEM')" },
	{ "INSERT INTO signin (name, version, state, reason, since) VALUES "
	  "('svc', 'abcd1234', 2, 'signin_refused', 1799999000)" },
	{ "INSERT INTO health (connection_id, account_id, state, reason, say, version, since, "
	  "tried_at, ok_at, next_at, proof_at, fails, refused, counted_to) VALUES (1, 1, 3, "
	  "'server_down', 'mail.quince.test is away.', '15.1.225.42', 1799990000, 1799999990, "
	  "1799990000, 1800000060, 0, 4, 2, 0)" },
	{ "INSERT INTO health_day (connection_id, day, well, slowed, down, paused) VALUES "
	  "(1, 20833, 60, 0, 5, 0)" },
	{ "INSERT INTO health_calls (connection_id, minute, calls, failed, ms, slowest) VALUES "
	  "(1, 29999990, 7, 1, 700, 300)" },
	{ "INSERT INTO member (account_id, email, name, role, created, name_key, last_key) VALUES "
	  "(1, 'robin@quince.test', 'Robin Vale', 0, 1, 'r', 'v')" },
	{ "INSERT INTO job (account_id, kind, params, state, run_at, due_at, made_by, by_name, "
	  "request, created, ended, outcome, attempts) VALUES (1, 'test', 'x=1', 3, 1, 1, 1, "
	  "'Blake Reed', '', 1799999000, 1799999100, 'It failed for robin@quince.test.', 2), "
	  "(1, 'check', 'x=1', 1, 1, 1, 0, 'engine', '', 1799999990, 0, '', 1), "
	  "(1, 'directory', 'q=Robin', 2, 1, 1, 1, '', '', 1, 1, '3 people are called Robin.', "
	  "1)" },
	{ "INSERT INTO job_progress (job_id, total, done, failed, counted, cursor, began, seen) "
	  "VALUES (2, 120, 40, 3, 1, 0, 100, 120)" },
	{ "INSERT INTO job_step (job_id, n, title, state, ms, say, why, fix, raw, host) VALUES "
	  "(1, 1, 'Mailbox opens', 2, 40, 'Latch Connector, latch@quince.test', '', '', '', ''), "
	  "(1, 2, 'Robin Vale', 4, 7, 'Latch Connector said no', 'smtp:robin@quince.test', '', "
	  "'> POST https://mail.quince.test/' || char(10) || '< 500', '')" },
};

/* Settings as they are without a file. */
static void settings(struct world *w)
{
	const char *const doorbell = w->cf.doorbell;
	struct err e;

	assert_ok(config_load(&w->cf, NULL, &w->a, &e));
	w->cf.doorbell = doorbell;
}

static void prepare(struct world *w)
{
	clock_freeze(INT64_C(1800000000));
	settings(w);
	for (size_t i = 0; i < COUNT(fill); i++)
		world_run(w, fill[i].sql);
	w->cf.smtp_url = "";
	w->cf.mail_from = "post@quince.test";
	w->cf.proxies = "dmz=larder:3128, odd";
	w->cf.public_url = "https://latchkey.quince.test";
}

static const char *made(struct world *w, int clear)
{
	const char *text;
	struct buf b;
	struct err e;

	buf_init(&b, DIAGNOSIS_MAX);
	assert_ok(svc_diagnosis(&w->s, clear, &b, &e));
	text = arena_strdup(&w->a, buf_str(&b));
	buf_done(&b);
	return text;
}

static void has(const char *text, const char *want)
{
	if (!strstr(text, want))
		fail_msg("\"%s\" is not in:\n%s", want, text);
}

static void lacks(const char *text, const char *bad)
{
	if (strcasestr(text, bad))
		fail_msg("\"%s\" is in:\n%s", bad, text);
}

static void test_whole(void **state)
{
	static const char *const nobody[] = { "latch@", "robin", "vale", "blake", "avery", "stone",
		"connector", "7d0c9f3e", "225.42.", "QUINCE\\" };
	static const char *const hosts[] = { "quince", "pantry", "larder" };
	struct world *w = *state;
	const char *text, *clear;

	prepare(w);
	text = made(w, 0);
	clear = made(w, 1);
	for (size_t i = 0; i < COUNT(nobody); i++) {
		lacks(text, nobody[i]);
		lacks(clear, nobody[i]);
	}
	for (size_t i = 0; i < COUNT(hosts); i++) {
		lacks(text, hosts[i]);
		has(clear, hosts[i]);
	}
	has(text, "Connection 1: live");
	has(text, "Connection 2: draft");
	has(text,
		"secret current          version abcd1234, set 2 h 46 min ago, used 10 s ago, ends "
		"in 25 h "
		"0 min, a certificate's key, gate: refused 16 min ago (signin_refused)");
	has(text, "unreachable since 2 h 46 min ago (server_down)");
	has(text, "(15.1 build 225.42)");
	has(text, "calls in 24 h           7, failed 1");
	has(text, "today                   well 60 s, slowed 0 s, down 5 s, paused 0 s");
	has(text, "running, asked for 10 s ago, tried 1 times, 40 of 120 done, 3 failed");
	has(text, "failed, asked for 16 min ago, tried 2 times: It failed for person-");
	has(text, "FAILED, 7 ms");
	has(text, "why: smtp:person-");
	has(text, "| > POST https://server-");
	has(text, "its engine              has never run");
	assert_int_not_equal(text[strlen(text) - 1], '\n');
}

static void test_nothing(void **state)
{
	struct world *w = *state;
	const char *text;

	settings(w);
	w->cf.smtp_url = "smtp://relay:25";
	w->cf.mail_from = w->cf.proxies = "";
	w->cf.public_url = "http://portal:8080";
	text = made(w, 0);
	has(text, "nothing is entered yet");
	has(text, "nothing was asked for yet");
	has(text, "by the mail server");
	lacks(text, "relay");
	lacks(text, "//portal");
}

/* In an installation for many, what is ops' is shown to ops. */
static void test_many(void **state)
{
	struct world *w = *state;

	prepare(w);
	w->cf.tenancy = TENANCY_MULTI;
	w->cf.database = "/var/lib/latchkey/planted.db";
	lacks(made(w, 1), "planted.db");
	has(made(w, 1), "known to ops only");
	world_as_ops(w, w->account);
	has(made(w, 1), "planted.db");
}

/* Who differs by how far is reached alone is one line. */
static void test_counts(void **state)
{
	struct world *w = *state;
	struct err e;

	settings(w);
	assert_ok(db_run(w->db,
		"INSERT INTO member_count (account_id, kind, status, reason, fixer, reach, n) "
		"VALUES "
		"($1, 0, 2, 'busy_time_only', 1, 2, 40), ($1, 0, 2, 'busy_time_only', 1, 3, 2)",
		DB_ARGS(DB_I(w->account)), NULL, &e));
	has(made(w, 0), "42 limited, busy_time_only, ");
}

/* What is too long is cut, and that is said; the newest test comes first. */
static void test_long(void **state)
{
	struct world *w = *state;
	const char *text;

	prepare(w);
	world_run(w,
		"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30) "
		"INSERT INTO job (account_id, kind, params, state, run_at, due_at, made_by, "
		"by_name, request, created, ended, outcome) SELECT 1, CASE i % 2 WHEN 1 THEN "
		"'test' ELSE 'look' END, 'x', 2, 1, 1, 1, '', '', i, 1, '' FROM n");
	world_run(w,
		"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20) "
		"INSERT INTO job_step (job_id, n, title, state, ms, say, why, fix, raw, host) "
		"SELECT j.id, n.i, 'Step', 2, 1, '', '', '', hex(zeroblob(5000)), '' "
		"FROM job j, n WHERE j.id > 3");
	text = made(w, 0);
	assert_true(strlen(text) <= DIAGNOSIS_MAX);
	has(text, "Steps of test 32");
	has(text, "more bytes)");
	has(text, "more steps)");
	world_run(w, "UPDATE job_step SET raw = replace(substr(raw, 1, 6000), '0', 'a@b.test ')");
	text = made(w, 0);
	assert_true(strlen(text) <= DIAGNOSIS_MAX);
	lacks(text, "a@b");
	has(text, "Settings");
}

static int make_and_leave(struct world *w, struct err *e)
{
	struct buf b;
	int rc;

	buf_init(&b, DIAGNOSIS_MAX);
	rc = svc_diagnosis(&w->s, 0, &b, e);
	buf_done(&b);
	return rc < 0 ? -1 : svc_diagnosis_left(&w->s, 0, e);
}

static void test_faults(void **state)
{
	static const struct change list[] = { { "diagnosis", prepare, make_and_leave } };

	(void)state;
	assert_all_or_nothing(list, COUNT(list));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup_memory, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_whole),
		TEST(test_nothing),
		TEST(test_many),
		TEST(test_counts),
		TEST(test_long),
		cmocka_unit_test(test_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
