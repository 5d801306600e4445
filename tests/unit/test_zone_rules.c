/* Zones given by rules: arithmetic of dates and changes, against hand-made truths and against the C
 * library with the same rule as POSIX text.
 */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "exchange/zone_clock.h"

#define NONE                                                                                       \
	{                                                                                          \
		0, 0, 0, 0, 0                                                                      \
	}

static const struct zone_rules berlin = { -60, { 0, 10, 5, 0, 3 * 3600 }, { -60, 3, 5, 0, 7200 } };
static const struct zone_rules sydney = { -600, { 0, 4, 1, 0, 3 * 3600 }, { -60, 10, 1, 0, 7200 } };

/* The same rules for Exchange and for POSIX. */
static const struct {
	struct zone_rules rules;
	const char *posix;
} pairs[] = {
	{ { -60, { 0, 10, 5, 0, 10800 }, { -60, 3, 5, 0, 7200 } }, "CCC-1DDD,M3.5.0/2,M10.5.0/3" },
	{ { 300, { 0, 11, 1, 0, 7200 }, { -60, 3, 2, 0, 7200 } }, "CCC5DDD,M3.2.0/2,M11.1.0/2" },
	{ { -600, { 0, 4, 1, 0, 10800 }, { -60, 10, 1, 0, 7200 } },
		"CCC-10DDD,M10.1.0/2,M4.1.0/3" },
	{ { -570, { 0, 4, 1, 0, 10800 }, { -60, 10, 1, 0, 7200 } },
		"CCC-9:30DDD,M10.1.0/2,M4.1.0/3" },
	/* half an hour; at midnight and at the end of a day; not on a Sunday; bias in both */
	{ { -630, { 0, 4, 1, 0, 7200 }, { -30, 10, 1, 0, 7200 } },
		"CCC-10:30DDD-11,M10.1.0/2,M4.1.0/2" },
	{ { 240, { 0, 4, 1, 6, 86400 }, { -60, 9, 1, 6, 86400 } }, "CCC4DDD,M9.1.6/24,M4.1.6/24" },
	{ { 240, { 0, 4, 1, 0, 0 }, { -60, 9, 2, 0, 0 } }, "CCC4DDD,M9.2.0/0,M4.1.0/0" },
	{ { -120, { 0, 10, 5, 5, 86399 }, { -60, 3, 5, 4, 86399 } },
		"CCC-2DDD,M3.5.4/23:59:59,M10.5.5/23:59:59" },
	{ { 0, { 60, 11, 1, 0, 7200 }, { 0, 3, 2, 0, 7200 } }, "CCC1DDD,M3.2.0/2,M11.1.0/2" },
	{ { -60, { 60, 10, 5, 0, 7200 }, { 0, 3, 5, 0, 3600 } }, "CCC0DDD,M3.5.0/1,M10.5.0/2" },
	/* "summer time" that is behind, as Ireland's law has it */
	{ { -60, { 0, 3, 5, 0, 3600 }, { 60, 10, 5, 0, 7200 } }, "CCC-1DDD0,M10.5.0/2,M3.5.0/1" },
	{ { 720, NONE, NONE }, "CCC12" },
	{ { -345, NONE, NONE }, "CCC-5:45" },
	{ { 0, NONE, NONE }, "CCC0" },
};

static struct tm broken(int64_t t)
{
	time_t when = (time_t)t;
	struct tm tm;

	localtime_r(&when, &tm);
	return tm;
}

static void use(const char *tz)
{
	setenv("TZ", tz, 1);
	tzset();
}

static void days(void **state)
{
	static const struct {
		int year, month, day;
		int64_t days;
	} rows[] = {
		{ 1970, 1, 1, 0 },
		{ 1969, 12, 31, -1 },
		{ 2000, 2, 29, 11016 },
		{ 2000, 3, 1, 11017 },
		{ 1900, 3, 1, -25508 },
		{ 2026, 11, 21, 20778 },
		{ 1, 1, 1, -719162 },
		{ 0, 3, 1, -719468 },
		{ -1, 12, 31, -719529 },
		{ 9999, 12, 31, 2932896 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(zone_days(rows[i].year, rows[i].month, rows[i].day), rows[i].days);
		assert_int_equal(zone_year(rows[i].days), rows[i].year);
	}
	use("UTC0");
	for (int64_t t = -25509; t < 84006; t++) { /* 1900 to 2199 */
		struct tm tm = broken(t * 86400);

		assert_int_equal(zone_days(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday), t);
		assert_int_equal(zone_year(t), tm.tm_year + 1900);
	}
}

static struct zone_local local(int year, int month, int day, int hour, int minute)
{
	return (struct zone_local){ year, month, day, hour, minute, 0 };
}

/* Of two the first; in a gap the moment after it. */
static void gaps_and_overlaps(void **state)
{
	static const struct {
		const struct zone_rules *rules;
		int date[5];
		int utc[5];
	} rows[] = {
		{ &berlin, { 2026, 3, 29, 1, 59 }, { 2026, 3, 29, 0, 59 } },
		{ &berlin, { 2026, 3, 29, 2, 0 }, { 2026, 3, 29, 1, 0 } },
		{ &berlin, { 2026, 3, 29, 2, 30 }, { 2026, 3, 29, 1, 0 } },
		{ &berlin, { 2026, 3, 29, 3, 0 }, { 2026, 3, 29, 1, 0 } },
		{ &berlin, { 2026, 10, 25, 1, 59 }, { 2026, 10, 24, 23, 59 } },
		{ &berlin, { 2026, 10, 25, 2, 0 }, { 2026, 10, 25, 0, 0 } },
		{ &berlin, { 2026, 10, 25, 2, 59 }, { 2026, 10, 25, 0, 59 } },
		{ &berlin, { 2026, 10, 25, 3, 0 }, { 2026, 10, 25, 2, 0 } },
		{ &sydney, { 2026, 10, 4, 2, 30 }, { 2026, 10, 3, 16, 0 } },
		{ &sydney, { 2026, 4, 5, 2, 30 }, { 2026, 4, 4, 15, 30 } },
		{ &sydney, { 2026, 12, 31, 23, 59 }, { 2026, 12, 31, 12, 59 } },
		{ &sydney, { 2027, 1, 1, 0, 0 }, { 2026, 12, 31, 13, 0 } },
		{ &sydney, { 2026, 7, 1, 0, 0 }, { 2026, 6, 30, 14, 0 } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const int *d = rows[i].date, *u = rows[i].utc;
		struct zone_local l = local(d[0], d[1], d[2], d[3], d[4]);

		assert_int_equal(zone_rules_to_unix(rows[i].rules, &l),
			zone_days(u[0], u[1], u[2]) * 86400 + u[3] * 3600 + u[4] * 60);
	}
}

static void compare(const struct zone_rules *z, const char *posix, int64_t t)
{
	struct tm tm = broken(t);
	struct zone_local l = { tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
		tm.tm_sec };
	int64_t back = zone_rules_to_unix(z, &l);

	if (zone_rules_bias(z, t) != -tm.tm_gmtoff / 60)
		fail_msg("%s at %lld: %d", posix, (long long)t, zone_rules_bias(z, t));
	/* of two moments with one local time the first */
	assert_true(back == t || (back < t && back >= t - 3600));
	if (back != t)
		assert_int_equal(broken(back).tm_hour, tm.tm_hour);
}

/* The bias at many moments, every ten minutes over two years; and back again. */
static void as_the_c_library(void **state)
{
	int64_t from = zone_days(2027, 1, 1) * 86400;

	(void)state;
	for (size_t i = 0; i < COUNT(pairs); i++) {
		const struct zone_rules *z = &pairs[i].rules;
		struct zone_rules read;

		use(pairs[i].posix);
		for (int64_t t = zone_days(1971, 1, 1) * 86400; t < zone_days(2037, 1, 1) * 86400;
			t += 86400 / 2 + 977)
			compare(z, pairs[i].posix, t);
		for (int64_t t = from; t < from + 730 * 86400; t += 600)
			compare(z, pairs[i].posix, t);
		/* the footer of a zone file says the same */
		assert_int_equal(zone_file_rule(pairs[i].posix, &read), 0);
		for (int64_t t = 0; t < 40LL * 365 * 86400; t += 86400 * 3 + 1001)
			assert_int_equal(zone_rules_bias(&read, t), zone_rules_bias(z, t));
	}
}

/* What is no change is none; whatever comes has an answer. */
static void odd_rules(void **state)
{
	static const struct zone_rules rows[] = {
		{ -60, NONE, NONE },
		{ -60, { 0, 0, 0, 0, 0 }, { -60, 3, 5, 0, 7200 } },
		{ -60, { 0, 10, 5, 0, 7200 }, { -60, 0, 5, 0, 7200 } },
		{ -60, { 0, 13, 5, 0, 7200 }, { -60, 3, 5, 0, 7200 } },
		{ -60, { 0, 10, 0, 0, 7200 }, { -60, 3, 5, 0, 7200 } },
		{ -60, { 0, 10, 6, 0, 7200 }, { -60, 3, 5, 0, 7200 } },
		{ -60, { 0, 10, 5, 7, 7200 }, { -60, 3, 5, 0, 7200 } },
		{ -60, { 0, 10, 5, -1, 7200 }, { -60, 3, 5, 0, 7200 } },
		{ -60, { 0, -1, -1, -1, -1 }, { -60, 3, 5, 0, 7200 } },
		/* both at the same moment: standard time */
		{ -60, { 0, 3, 5, 0, 0 }, { 0, 3, 5, 0, 0 } },
	};
	static const struct zone_rules wild[] = {
		{ INT32_MAX, { INT32_MAX, 1, 1, 0, INT32_MAX },
			{ INT32_MAX, 12, 5, 6, INT32_MIN } },
		{ INT32_MIN, { INT32_MIN, 1, 1, 0, INT32_MIN }, { INT32_MIN, 1, 1, 0, INT32_MAX } },
		{ 0, { 1440, 1, 1, 0, 0 }, { -1440, 1, 1, 1, 0 } },
	};
	static const int64_t moments[] = { INT64_MIN, -1, 0, 1, 1795000000, INT64_MAX };
	static const struct zone_local dates[] = { { 1900, 1, 1, 0, 0, 0 }, { 2026, 6, 1, 0, 0, 0 },
		{ 2200, 12, 31, 23, 59, 59 }, { INT32_MAX - 1, 12, 31, 99, 99, 99 },
		{ INT32_MIN + 1, -5, -5, -5, -5, -5 } };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(zone_rules_bias(&rows[i], 1782864000), -60); /* July 2026 */
		assert_int_equal(zone_rules_bias(&rows[i], 1767225600), -60);
	}
	for (size_t i = 0; i < COUNT(wild); i++) {
		for (size_t k = 0; k < COUNT(moments); k++)
			assert_in_range(zone_rules_bias(&wild[i], moments[k]) + 2880, 0, 5760);
		for (size_t k = 0; k < COUNT(dates); k++)
			zone_rules_to_unix(&wild[i], &dates[k]);
	}
	for (size_t k = 0; k < COUNT(moments); k++)
		zone_rules_bias(&berlin, moments[k]);
	for (size_t k = 0; k < COUNT(dates); k++)
		zone_rules_to_unix(&sydney, &dates[k]);
}

static void the_year_for_ever(void **state)
{
	(void)state;
	for (int year = 1900; year <= 2200; year++) {
		struct zone_local june = { year, 6, 15, 12, 0, 0 },
				  dec = { year, 12, 15, 12, 0, 0 };
		int64_t noon = zone_days(year, 6, 15) * 86400 + 43200;

		assert_int_equal(zone_rules_to_unix(&berlin, &june), noon - 7200);
		assert_int_equal(zone_rules_to_unix(&sydney, &june), noon - 36000);
		noon = zone_days(year, 12, 15) * 86400 + 43200;
		assert_int_equal(zone_rules_to_unix(&berlin, &dec), noon - 3600);
		assert_int_equal(zone_rules_to_unix(&sydney, &dec), noon - 39600);
	}
}

static void bad_rule_texts(void **state)
{
	static const char *const bad[] = { "", "C", "CE-1", "CET", "CET-", "<CET-1", "CET-1CEST",
		"CET-1CEST,", "CET-1CEST,M3.5.0", "CET-1CEST,M3.5.0,", "CET-1CEST,M13.5.0,M10.5.0",
		"CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,M3.5,M10.5.0",
		"CET-1CEST,J60,J300", "CET-1CEST,M3.5.0,M10.5.0/", "CET-1CEST,M3.5.0,M10.5.0/3x",
		"CET-1:60", "CET-168", "CET-1CEST,M3.5.0/200,M10.5.0", "CET-1CEST,M.5.0,M10.5.0",
		"CET-99999999999CEST" };
	static const char *const good[] = { "CET-1", "<+0330>-3:30",
		"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "IST-1GMT0,M10.5.0,M3.5.0/1",
		"EET-2EEST,M3.4.4/50,M10.4.4/50", "UTC0" };
	struct zone_rules z;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		if (zone_file_rule(bad[i], &z) == 0)
			fail_msg("\"%s\" was taken", bad[i]);
	}
	for (size_t i = 0; i < COUNT(good); i++)
		assert_int_equal(zone_file_rule(good[i], &z), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(days),
		cmocka_unit_test(gaps_and_overlaps),
		cmocka_unit_test(as_the_c_library),
		cmocka_unit_test(odd_rules),
		cmocka_unit_test(the_year_for_ever),
		cmocka_unit_test(bad_rule_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
