/* Clock: freezing, text, days; in a test build also the shift. */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "platform/clock.h"

static void runs_with_the_system(void **state)
{
	int64_t before = time(NULL), now = clock_now(), after = time(NULL);

	(void)state;
	/* time() may lag the precise clock by one tick. */
	assert_true(now >= before - 1 && now <= after + 1);
	assert_true(clock_now_ms() / 1000 >= now);
}

static void freezes_and_thaws(void **state)
{
	static const struct timespec nap = { .tv_nsec = 3000000 };
	int64_t ms = clock_mono_ms(), us = clock_mono_us();

	(void)state;
	clock_freeze(1000000000);
	nanosleep(&nap, NULL);
	assert_true(clock_now() == 1000000000);
	assert_true(clock_now_ms() == INT64_C(1000000000000));
	assert_true(clock_mono_ms() >= ms + 2);
	assert_true(clock_mono_us() >= us + 3000);
	clock_freeze(0);
	assert_true(clock_now() > 1000000000 + 86400);
}

static void as_text(void **state)
{
	static const struct {
		int64_t t;
		const char *iso, *text;
	} rows[] = {
		{ 0, "1970-01-01T00:00:00Z", "1 January 1970, 00:00 UTC" },
		{ 1794908520, "2026-11-17T09:42:00Z", "17 November 2026, 09:42 UTC" },
		{ 951782400, "2000-02-29T00:00:00Z", "29 February 2000, 00:00 UTC" },
		{ 1767225599, "2025-12-31T23:59:59Z", "31 December 2025, 23:59 UTC" },
		{ -1, "1969-12-31T23:59:59Z", "31 December 1969, 23:59 UTC" },
		{ INT64_MAX, "9999-12-31T23:59:59Z", "31 December 9999, 23:59 UTC" },
		{ INT64_MIN, "0000-01-01T00:00:00Z", "1 January 0, 00:00 UTC" },
	};
	char iso[21], text[40];
	size_t i;

	(void)state;
	/* The place of the server must not show. */
	setenv("TZ", "Asia/Tokyo", 1);
	tzset();
	for (i = 0; i < COUNT(rows); i++) {
		clock_iso(iso, sizeof(iso), rows[i].t);
		assert_string_equal(iso, rows[i].iso);
		clock_text(text, sizeof(text), rows[i].t);
		assert_string_equal(text, rows[i].text);
	}
}

static void days(void **state)
{
	static const struct {
		const char *text;
		int64_t t;
	} good[] = {
		{ "1970-01-01", 0 },
		{ "1969-12-31", -86400 },
		{ "2000-02-29", 951782400 },
		{ "2026-11-17", 1794873600 },
	};
	static const char *const bad[] = { "", "2026", "2026-11", "2026-11-1", "2026-1-17",
		"2026-11-17 ", " 2026-11-17", "2026-11-17T00:00:00Z", "2026/11/17", "2026-13-01",
		"2026-00-10", "2026-11-00", "2026-11-31", "2026-02-29", "1900-02-29", "-026-11-17",
		"2026-+1-17", "20261-1-17", "abcd-ef-gh" };
	int64_t t;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(good); i++) {
		assert_int_equal(clock_day(good[i].text, &t), 0);
		assert_true(t == good[i].t);
	}
	for (i = 0; i < COUNT(bad); i++) {
		t = 7;
		if (clock_day(bad[i], &t) == 0)
			fail_msg("%s counts as a day", bad[i]);
		assert_true(t == 7); /* a refused day changes nothing */
	}
}

/* A build that is shipped ignores the variable. */
static void shifts_in_test_builds_only(void **state)
{
	int64_t now = clock_now(), shifted;

	(void)state;
	setenv("LATCHKEY_CLOCK", "86400", 1);
	shifted = clock_now() - now;
#ifdef LATCHKEY_TEST_CLOCK
	assert_true(shifted >= 86400 && shifted <= 86402);
	clock_freeze(5);
	assert_true(clock_now() == 5);
	clock_freeze(0);
	setenv("LATCHKEY_CLOCK", "soon", 1);
	shifted = clock_now() - now;
#endif
	assert_true(shifted >= 0 && shifted <= 2);
	unsetenv("LATCHKEY_CLOCK");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs_with_the_system),
		cmocka_unit_test(freezes_and_thaws),
		cmocka_unit_test(as_text),
		cmocka_unit_test(days),
		cmocka_unit_test(shifts_in_test_builds_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
