/*
 * The simulator's time: civil dates, dates as Exchange writes them, and the table of Windows zones
 * against the system's own zone data.
 */
#include "tests/unit/unit.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "sim/when.h"

static void test_civil(void **state)
{
	(void)state;
	for (int64_t t = -62135596800; t < 253402300799; t += 86400LL * 97 + 3671) {
		struct civil c = civil_of(t);
		time_t libc = t;
		struct tm tm;

		gmtime_r(&libc, &tm);
		assert_int_equal(c.year, tm.tm_year + 1900);
		assert_int_equal(c.month, tm.tm_mon + 1);
		assert_int_equal(c.day, tm.tm_mday);
		assert_int_equal(c.hour, tm.tm_hour);
		assert_int_equal(c.minute, tm.tm_min);
		assert_int_equal(c.second, tm.tm_sec);
		assert_int_equal(c.weekday, tm.tm_wday);
		assert_true(civil_at(c.year, c.month, c.day, c.hour, c.minute, c.second) == t);
	}
}

static void test_months(void **state)
{
	static const struct {
		int year, month, nth, weekday, day;
	} rows[] = { { 2026, 11, 1, 0, 1 }, { 2026, 11, 5, 0, 29 }, { 2026, 11, -1, 1, 30 },
		{ 2026, 11, 2, 2, 10 }, { 2026, 10, 5, 0, 25 }, { 2027, 3, 5, 0, 28 },
		{ 2028, 2, 5, 2, 29 }, { 2027, 2, 4, 0, 28 }, { 2026, 5, 4, 6, 23 },
		{ 2026, 5, 5, 6, 30 } };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_true(
			nth_weekday(rows[i].year, rows[i].month, rows[i].nth, rows[i].weekday) ==
			civil_at(rows[i].year, rows[i].month, rows[i].day, 0, 0, 0));
	assert_int_equal(days_in_month(2024, 2), 29);
	assert_int_equal(days_in_month(2100, 2), 28);
	assert_int_equal(days_in_month(2000, 2), 29);
	assert_int_equal(days_in_month(2026, 12), 31);
}

static void test_read(void **state)
{
	static const struct {
		const char *s;
		enum when_kind kind;
		const char *same; /* as UTC */
	} good[] = { { "2026-11-23T08:00:00Z", WHEN_ABSOLUTE, "2026-11-23T08:00:00Z" },
		{ "2026-11-23T08:00:00", WHEN_LOCAL, "2026-11-23T08:00:00Z" },
		{ "2026-11-23T08:00:00.1234567-04:30", WHEN_ABSOLUTE, "2026-11-23T12:30:00Z" },
		{ "2026-11-23T00:30:00+14:00", WHEN_ABSOLUTE, "2026-11-22T10:30:00Z" },
		{ "2026-11-23", WHEN_LOCAL, "2026-11-23T00:00:00Z" },
		{ "2026-11-23Z", WHEN_ABSOLUTE, "2026-11-23T00:00:00Z" },
		{ "2026-11-23+01:00", WHEN_ABSOLUTE, "2026-11-22T23:00:00Z" },
		{ "2026-11-23T09:15", WHEN_LOCAL, "2026-11-23T09:15:00Z" },
		{ "2026-12-31T24:00:00", WHEN_LOCAL, "2027-01-01T00:00:00Z" },
		{ "0001-01-01T00:00:00", WHEN_LOCAL, "0001-01-01T00:00:00Z" },
		{ "9999-12-31T23:59:59", WHEN_LOCAL, "9999-12-31T23:59:59Z" } };
	static const char *const bad[] = { "", "2026", "2026-11", "2026-13-01", "2026-00-01",
		"2026-02-29", "2026-11-31", "2026-11-23T", "2026-11-23T8:00:00",
		"2026-11-23T25:00:00", "2026-11-23T24:00:01", "2026-11-23T08:60:00",
		"2026-11-23T08:00:60", "2026-11-23T08:00:00.", "2026-11-23T08:00:00+1",
		"2026-11-23T08:00:00+15:00", "2026-11-23T08:00:00Zx", "2026-11-23 08:00:00",
		"-2026-11-23", "0000-01-01", "12026-01-01", "2026-11-23T08:00:00+01:60" };
	struct text t = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		int64_t at = 0;
		enum when_kind kind = WHEN_LOCAL;

		assert_true(when_read(good[i].s, &at, &kind));
		text_clear(&t);
		when_write_utc(&t, at);
		assert_string_equal(t.at, good[i].same);
		assert_int_equal(kind, good[i].kind);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		int64_t at = 7;
		enum when_kind kind = WHEN_LOCAL;

		if (when_read(bad[i], &at, &kind))
			fail_msg("'%s' was taken for a time", bad[i]);
		assert_true(at == 7);
	}
	assert_false(when_read(NULL, &(int64_t){ 0 }, &(enum when_kind){ WHEN_LOCAL }));
	text_free(&t);
}

static void test_write(void **state)
{
	utc_t at = civil_at(2026, 11, 23, 8, 5, 9);
	struct text t = { 0 };

	(void)state;
	when_write_local(&t, at);
	text_puts(&t, " ");
	when_write_offset(&t, at, -270);
	text_puts(&t, " ");
	when_write_offset(&t, at, 0);
	text_puts(&t, " ");
	when_write_offset(&t, at, 60);
	assert_string_equal(t.at,
		"2026-11-23T08:05:09 2026-11-23T03:35:09-04:30 2026-11-23T08:05:09+00:00 "
		"2026-11-23T09:05:09+01:00");
	text_clear(&t);
	when_write_utc(&t, INT64_MAX);
	when_write_utc(&t, INT64_MIN);
	assert_string_equal(t.at, "9999-12-31T23:59:59Z0001-01-01T00:00:00Z");
	text_free(&t);
}

static void test_duration(void **state)
{
	static const struct {
		const char *s;
		int64_t seconds;
		const char *written;
	} good[] = { { "PT1H", 3600, "PT1H" }, { "-PT1H", -3600, "-PT1H" },
		{ "-PT60M", -3600, "-PT1H" }, { "P1DT2H", 93600, "P1DT2H" },
		{ "P1D", 86400, "P1D" }, { "PT0S", 0, "PT0S" }, { "PT15M30.5S", 930, "PT15M30S" },
		{ "-P1DT1S", -86401, "-P1DT1S" } };
	static const char *const bad[] = { "", "P", "PT", "1H", "PT1D", "P1H", "P1Y", "P1M",
		"PT1M1H", "PT1H1H", "P1D1D", "PT1", "PT1.5H", "PT.5S", "PT1.S", "PT99999999999S",
		"PT1HX", "--PT1H", "P1DT", "+PT1H" };
	struct text t = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		int64_t seconds = 1;

		assert_true(duration_read(good[i].s, &seconds));
		assert_true(seconds == good[i].seconds);
		text_clear(&t);
		duration_write(&t, seconds);
		assert_string_equal(t.at, good[i].written);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		int64_t seconds = 7;

		if (duration_read(bad[i], &seconds))
			fail_msg("'%s' was taken for a duration", bad[i]);
		assert_true(seconds == 7);
	}
	assert_false(duration_read(NULL, &(int64_t){ 0 }));
	text_free(&t);
}

/* Where one rule cannot be true of all years: the moon, or a law of a later year. From `from` until
 * before `until`, years that are not compared. */
static const struct {
	const char *id;
	int from, until;
} apart[] = {
	{ "Morocco Standard Time", 0, 9999 },	/* Ramadan */
	{ "West Bank Standard Time", 0, 9999 }, /* Ramadan */
	{ "Paraguay Standard Time", 0, 2025 },	/* daylight time given up in October 2024 */
	{ "Israel Standard Time", 2028, 2029 }, /* the Friday before the last Sunday */
};

static bool is_apart(const struct zone *z, int year)
{
	for (size_t i = 0; i < COUNT(apart); i++)
		if (same(apart[i].id, z->id) && year >= apart[i].from && year < apart[i].until)
			return true;
	return false;
}

static void compare_zone(const struct zone *z)
{
	int64_t step = z->to_daylight.month ? 1800 : 6 * 3600;
	utc_t end = civil_at(2029, 1, 1, 0, 0, 0);

	setenv("TZ", z->iana, 1);
	tzset();
	for (utc_t at = civil_at(2024, 1, 1, 0, 0, 0); at < end; at += step) {
		time_t libc = at;
		struct tm tm;

		localtime_r(&libc, &tm);
		if (zone_bias_at(z, at) * 60 != -tm.tm_gmtoff && !is_apart(z, civil_of(at).year))
			fail_msg("%s (%s) at %lld: bias %d, the system says %ld", z->id, z->iana,
				(long long)at, zone_bias_at(z, at), -tm.tm_gmtoff / 60);
	}
}

static void test_zones_are_the_systems(void **state)
{
	int compared = 0;

	(void)state;
	for (const struct zone *z = zones; z->id; z++) {
		char path[256];

		snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", z->iana);
		if (access(path, R_OK) != 0)
			continue;
		compare_zone(z);
		compared++;
	}
	unsetenv("TZ");
	tzset();
	if (access("/usr/share/zoneinfo/Europe/Berlin", R_OK) == 0)
		assert_true(compared > 130);
}

static void test_zone_table(void **state)
{
	int n = 0;

	(void)state;
	assert_string_equal(zones[0].id, "UTC");
	for (const struct zone *z = zones; z->id; z++, n++) {
		char offset[32];
		int east = -z->bias;

		assert_ptr_equal(zone_find(z->id), z);
		assert_ptr_equal(zone_find(z->iana), z);
		/* The shown offset is the standard one. */
		if (east == 0 && z == zones)
			snprintf(offset, sizeof offset, "(UTC)");
		else
			snprintf(offset, sizeof offset, "(UTC%c%02d:%02d)", east < 0 ? '-' : '+',
				abs(east) / 60, abs(east) % 60);
		if (strncmp(z->name, offset, strlen(offset)) != 0)
			fail_msg("%s is shown as %s, but its offset is %s", z->id, z->name, offset);
		assert_true((z->to_daylight.month == 0) == (z->daylight_bias == 0));
		assert_true((z->to_standard.month == 0) == (z->daylight_bias == 0));
	}
	assert_true(n >= 100 && n <= 145);
	assert_null(zone_find("Nowhere Standard Time"));
	assert_null(zone_find(NULL));
}

static void test_zone_edges(void **state)
{
	const struct zone *berlin = zone_find("Europe/Berlin");
	const struct zone *sydney = zone_find("Australia/Sydney");

	(void)state;
	/* The hour that is left out moves forward. */
	assert_true(zone_utc(berlin, civil_at(2027, 3, 28, 2, 30, 0)) ==
		civil_at(2027, 3, 28, 1, 30, 0));
	assert_true(zone_local(berlin, civil_at(2027, 3, 28, 1, 30, 0)) ==
		civil_at(2027, 3, 28, 3, 30, 0));
	/* The hour that comes twice is the first. */
	assert_true(zone_utc(berlin, civil_at(2026, 10, 25, 2, 30, 0)) ==
		civil_at(2026, 10, 25, 0, 30, 0));
	assert_true(zone_local(berlin, civil_at(2026, 10, 25, 1, 30, 0)) ==
		civil_at(2026, 10, 25, 2, 30, 0));
	/* South of the equator, over the new year. */
	assert_int_equal(zone_bias_at(sydney, civil_at(2026, 12, 31, 20, 0, 0)), -660);
	assert_int_equal(zone_bias_at(sydney, civil_at(2026, 7, 1, 0, 0, 0)), -600);
	for (utc_t at = civil_at(2026, 1, 1, 0, 0, 0); at < civil_at(2027, 1, 1, 0, 0, 0);
		at += 900) {
		utc_t back = zone_utc(berlin, zone_local(berlin, at));

		/* Only the second of the two equal hours is not found again. */
		assert_true(back == at || back == at - 3600);
		assert_true(back == at || civil_of(at).month == 10);
	}
}

static void test_same_rules(void **state)
{
	struct zone z = *zone_find("Europe/Berlin");

	(void)state;
	z.id = z.name = z.iana = NULL;
	assert_string_equal(zone_same_rules(&z)->id, "W. Europe Standard Time");
	z.to_daylight.minute = 61;
	assert_null(zone_same_rules(&z));
	z.daylight_bias = 0;
	assert_non_null(zone_same_rules(&z));
	assert_int_equal(zone_same_rules(&z)->daylight_bias, 0);
	z = (struct zone){ .bias = 0 };
	assert_string_equal(zone_same_rules(&z)->id, "UTC");
	z = *zone_find("America/New_York");
	assert_string_equal(zone_same_rules(&z)->id, "Eastern Standard Time");
	z.bias = 17;
	assert_null(zone_same_rules(&z));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_civil),
		cmocka_unit_test(test_months),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_duration),
		cmocka_unit_test(test_zone_table),
		cmocka_unit_test(test_zones_are_the_systems),
		cmocka_unit_test(test_zone_edges),
		cmocka_unit_test(test_same_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
