/* The report of a test: what is in it, and what never is. */
#include "tests/unit/svc_fault.h"

#include "service/svc_report.h"

/* A live connection. */
static int64_t connect_it(struct world *w)
{
	struct connection c = { .account = w->account,
		.name = "Exchange",
		.scheme = "https",
		.host = "mail.example.com",
		.port = 443,
		.signin = "ntlm",
		.login = "EXAMPLE\\scheduling",
		.binding = "off",
		.mailbox = "scheduling@example.com",
		.method = "delegate",
		.kind = "exchange",
		.stage = CONN_LIVE };
	struct err e;

	assert_ok(store_connection_save(w->db, &c, &e));
	return c.id;
}

static int64_t test_it(struct world *w, int64_t connection)
{
	const struct svc_test t = { .connection = connection,
		.slot = PURPOSE_CURRENT,
		.write = 1,
		.member = "robin.vale@example.com",
		.outside = "" };
	int64_t job;
	struct err e;

	assert_ok(svc_connection_test(&w->s, &t, &job, &e));
	return job;
}

static void save(struct world *w, int64_t job, const struct job_step *s)
{
	struct err e;

	assert_ok(store_job_step_save(w->db, job, s, &e));
}

static const char *report(struct world *w, int64_t job)
{
	struct buf b;
	const char *text;
	struct err e;

	buf_init(&b, SVC_REPORT_MAX);
	assert_ok(svc_report(&w->s, job, &b, &e));
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
	if (strstr(text, bad))
		fail_msg("\"%s\" is in:\n%s", bad, text);
}

static void test_whole(void **state)
{
	struct world *w = *state;
	int64_t job = test_it(w, connect_it(w));
	const struct job_step steps[] = {
		{ 1, "Server name is found", STEP_OK, 4, "It is 203.0.113.24.", "", "", "", "" },
		{ 2, "Busy time", STEP_FAILED, 210, "No busy time came.", "It is not shared.",
			"Ask the Exchange admin to run:\nSet-MailboxFolderPermission",
			"> POST\n< 200", "" },
		{ 3, "Access level", STEP_SKIPPED, 0, "", "", "", "", "" },
	};
	const char *text;

	has(report(w, job), "No step has begun.");
	for (size_t i = 0; i < COUNT(steps); i++)
		save(w, job, &steps[i]);
	text = report(w, job);
	has(text, "Started           ");
	has(text, "By                avery@example.com");
	has(text, "Server            mail.example.com, port 443\n");
	has(text, "Method            dedicated mailbox with delegate access\n");
	has(text, "Test person       robin.vale@example.com\n");
	has(text, "Must not open     none\n");
	has(text, "Test booking      asked for");
	has(text,
		"  1.  Server name is found: done (4 ms)\n      Seen\n        It is "
		"203.0.113.24.\n");
	has(text, "  2.  Busy time: FAILED (210 ms)\n");
	has(text, "      Why\n        It is not shared.\n");
	has(text, "        Ask the Exchange admin to run:\n        Set-MailboxFolderPermission\n");
	has(text, "        | > POST\n        | < 200\n");
	has(text, "  3.  Access level: skipped\n");
	has(text, "Left out");
}

/* Addresses of the test stay, whatever stands around them; all others go, wherever they are. */
static void test_addresses(void **state)
{
	static const struct {
		const char *say, *want;
	} cases[] = {
		{ "Mail of Sam.O'Neil@example.com.", "Mail of [address]." },
		{ "<SMTP:Scheduling@Example.com>", "<SMTP:Scheduling@Example.com>" },
		{ "'robin.vale@example.com'", "'robin.vale@example.com'" },
		{ "user=robin.vale@example.com;", "user=robin.vale@example.com;" },
		{ "not.robin.vale@example.com", "[address]" },
		{ "robin.vale@example.com.evil.test", "[address]" },
		{ "a@b, c@d", "[address], [address]" },
		{ "@ alone, x@ and @y", "@ alone, x@ and @y" },
		{ "J\xc3\xbcrgen@example.com", "[address]" },
	};
	struct world *w = *state;
	int64_t job = test_it(w, connect_it(w));

	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct job_step s = { (int64_t)i + 1, "Step", STEP_OK, 1, cases[i].say, "",
			"", "", "" };

		save(w, job, &s);
		has(report(w, job), arena_printf(&w->a, "        %s\n", cases[i].want));
	}
}

/* No login name or address slips in by another part. */
static void test_every_part(void **state)
{
	struct world *w = *state;
	int64_t job = test_it(w, connect_it(w));
	const struct job_step s = { 1, "Of a1@example.org", STEP_FAILED, 1, "a2@example.org",
		"a3@example.org", "do\na4@example.org", "> a5@example.org\n< a6@example.org", "" };
	const char *text;

	save(w, job, &s);
	text = report(w, job);
	lacks(text, "example.org");
	has(text, "Of [address]");
	has(text, "| < [address]\n");
}

static void test_of_whom(void **state)
{
	struct world *w = *state;
	int64_t connection = connect_it(w), job = test_it(w, connection), look;
	struct buf b;
	struct err e;

	buf_init(&b, SVC_REPORT_MAX);
	assert_ok(svc_look_start(&w->s, "mail.example.com", 443, &look, &e));
	assert_fails(svc_report(&w->s, look, &b, &e), ERR_MISSING);
	assert_fails(svc_report(&w->s, 999, &b, &e), ERR_MISSING);
	assert_ok(store_connection_remove(w->db, w->account, connection, &e));
	assert_ok(svc_report(&w->s, job, &b, &e));
	has(buf_str(&b), "It was removed since.");
	w->s.who.account = w->other;
	assert_fails(svc_report(&w->s, job, &b, &e), ERR_MISSING);
	buf_done(&b);
}

static void test_too_long(void **state)
{
	struct world *w = *state;
	int64_t job = test_it(w, connect_it(w));
	struct buf b;
	struct err e;

	buf_init(&b, 100);
	assert_fails(svc_report(&w->s, job, &b, &e), ERR_TOO_BIG);
	buf_done(&b);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup_memory, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_whole),
		TEST(test_addresses),
		TEST(test_every_part),
		TEST(test_of_whom),
		TEST(test_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
