/* The job "week": what is made of busy time in any time zone, and parameters that are not to be
 * trusted.
 */
#include "tests/unit/engine_unit.h"

#include "engine/job_kinds.h"
#include "engine/job_week.h"
#include "exchange/reason.h"

/* Wednesday, 18 November 2026, 12:00 UTC; its Monday. */
#define NOON INT64_C(1795003200)
#define MONDAY INT64_C(1794787200)
enum { HOUR = 3600 };

/* UTC+9, no summer time: no zone that has one name. */
static const struct zone_rules east = { .bias = -540 };

static void test_local(void **state)
{
	struct bench *b = *state;
	const struct busy_span spans[] = {
		{ NOON, NOON + HOUR, BUSY_OUT },
		{ NOON + 30 * DAY, NOON + 30 * DAY + HOUR, BUSY_BUSY },
	};
	struct busy_times t = { .spans = spans, .count = COUNT(spans) };
	struct week w = { 0 };
	struct week_span *out;

	week_of(&b->a, &t, NOON, &w);
	assert_string_equal(w.reason, "ok");
	assert_string_equal(w.zone, "UTC");
	assert_int_equal(w.seen_at, NOON);
	assert_int_equal(w.from, MONDAY);
	assert_int_equal(w.to, MONDAY + WEEK_DAYS * DAY);
	assert_int_equal(week_spans(&b->a, w.spans, &out), 1);
	assert_int_equal(out[0].start, NOON);
	assert_int_equal(out[0].kind, BUSY_OUT);
	t.has_zone = 1;
	t.zone = east;
	week_of(&b->a, &t, NOON, &w);
	assert_int_equal(week_spans(&b->a, w.spans, &out), 1);
	assert_int_equal(out[0].start, NOON + 9 * HOUR);
	assert_int_equal(out[0].end, NOON + 10 * HOUR);
}

/* It is Monday there already, or still Sunday: all that is shown was asked for. */
static void test_window(void **state)
{
	struct bench *b = *state;
	const int biases[] = { -14 * 60, -540, 0, 300, 12 * 60 };
	struct busy_times t = { .has_zone = 1 };
	struct week w = { 0 };
	int64_t from, to;

	for (int64_t now = MONDAY - DAY; now < MONDAY + 8 * DAY; now += HOUR) {
		week_window(now, &from, &to);
		for (size_t i = 0; i < COUNT(biases); i++) {
			const int64_t ahead = -(int64_t)biases[i] * 60;

			t.zone.bias = biases[i];
			week_of(&b->a, &t, now, &w);
			assert_true(w.from <= now + ahead && now + ahead < w.from + 7 * DAY);
			assert_int_equal(w.from % DAY, 0);
			assert_int_equal((w.from - MONDAY) % (7 * DAY), 0);
			assert_true(from <= w.from - ahead);
			assert_true(to >= w.to - ahead);
		}
	}
}

static void test_refused(void **state)
{
	struct bench *b = *state;
	const struct busy_times t = { .reason = REASON_BUSY_DENIED };
	struct week w = { 0 };

	week_of(&b->a, &t, NOON, &w);
	assert_string_equal(w.reason, "busy_time_denied");
	assert_string_equal(w.spans, "");
}

/* More than a page could draw is not kept at all. */
static void test_many(void **state)
{
	enum { MANY = 4000 };
	struct bench *b = *state;
	struct busy_span *spans = arena_array(&b->a, MANY, sizeof(*spans));
	const struct busy_times t = { .spans = spans, .count = MANY };
	struct week w = { 0 };

	for (int i = 0; i < MANY; i++)
		spans[i] = (struct busy_span){ NOON + i * 60, NOON + i * 60 + 60,
			i % 2 ? BUSY_BUSY : BUSY_OUT };
	week_of(&b->a, &t, NOON, &w);
	assert_string_equal(w.reason, "answer_too_big");
	assert_string_equal(w.spans, "");
}

static void ends(struct bench *b, const char *params, const char *outcome)
{
	const int64_t id = add_job(b, "week", params);

	job_queue_wake(b->eng.jobs);
	spin_until(b, has_ended(b, id));
	assert_int_equal(state_of(b, id), JOB_FAILED);
	assert_string_equal(get_job(b, id).outcome, outcome);
}

static void test_params(void **state)
{
	struct bench *b = *state;

	b->eng.jobs = job_queue_new(&b->eng, job_kinds, "host-1");
	ends(b, "", "This is no member.");
	ends(b, "member=", "This is no member.");
	ends(b, "member=0", "This is no member.");
	ends(b, "member=-1", "This is no member.");
	ends(b, "member=1x", "This is no member.");
	ends(b, "member=99", "There is no such member who is active.");
	job_queue_free(b->eng.jobs);
	b->eng.jobs = NULL;
}

/* Account 1, a person, and a live connection with members' own sign-ins; the person's
 * was entered for another server. */
static void personal(struct bench *b)
{
	struct connection c = { .name = "Exchange",
		.stage = CONN_LIVE,
		.scheme = "https",
		.host = "mail.acme.test",
		.port = 443,
		.signin = "ntlm",
		.binding = "off",
		.method = "personal",
		.mailbox = "plan@acme.test" };
	struct credential cr = { .purpose = PURPOSE_CURRENT,
		.version = "v1",
		.key_id = "k1",
		.sealed = "x",
		.sealed_len = 1 };
	struct member m = { .email = "ada@acme.test", .name = "Ada", .calendar = "" };
	struct err e;

	assert_ok(store_account_add(b->eng.db, "Acme", &m.account, &e));
	c.account = cr.account = m.account;
	assert_ok(store_connection_save(b->eng.db, &c, &e));
	assert_ok(store_member_add(b->eng.db, &m, "", "", &c.owner, &e));
	c.id = 0;
	c.stage = CONN_SPARE;
	c.host = "old.acme.test";
	c.mailbox = "ada@acme.test";
	assert_ok(store_connection_save(b->eng.db, &c, &e));
	cr.connection = c.id;
	assert_ok(store_credential_reserve(b->eng.db, m.account, c.id, cr.purpose, &cr.id, &e));
	assert_ok(store_credential_save(b->eng.db, &cr, &e));
}

static void ends_in(struct bench *b, int64_t account, const char *params, const char *outcome)
{
	const struct job j = {
		.account = account, .kind = "week", .params = params, .run_at = clock_now()
	};
	struct job end = { 0 };
	struct err e;
	int64_t id;

	assert_ok(store_job_add(b->eng.db, &j, &id, &e));
	job_queue_wake(b->eng.jobs);
	spin_until(b,
		store_job_get(b->eng.db, &b->a, account, id, &end, &e) == 1 &&
			end.state >= JOB_DONE);
	assert_int_equal(end.state, JOB_FAILED);
	assert_string_equal(end.outcome, outcome);
}

/* A secret is used for the way alone for which it was entered. */
static void test_elsewhere(void **state)
{
	struct bench *b = *state;

	personal(b);
	b->eng.jobs = job_queue_new(&b->eng, job_kinds, "host-1");
	ends_in(b, 1, "member=1", reason_row(REASON_OWN_SIGNIN)->say);
	job_queue_free(b->eng.jobs);
	b->eng.jobs = NULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(test_local),
		bench_test(test_window),
		bench_test(test_refused),
		bench_test(test_many),
		bench_test(test_params),
		bench_test(test_elsewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
