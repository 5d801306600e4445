/* Zones by name: Windows and IANA names for each other, and clocks as the C library reads them from
 * the same database with its own code.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unicode/ures.h>
#include <unicode/ustring.h>
#include "exchange/zone_clock.h"
#include "platform/buf.h"

enum { DAY = 86400 };

/* Every kind of clock: both hemispheres, half hours, changes at midnight, a zone that skipped a
 * day, one whose summer time is negative, one that stops for Ramadan. */
static const char *const zones[] = { "Europe/Berlin", "Europe/London", "Europe/Dublin",
	"Europe/Lisbon", "Europe/Kyiv", "Europe/Istanbul", "Europe/Moscow", "Europe/Chisinau",
	"America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles",
	"America/Phoenix", "America/Anchorage", "America/St_Johns", "America/Sao_Paulo",
	"America/Santiago", "America/Havana", "America/Mexico_City", "America/Ciudad_Juarez",
	"America/Nuuk", "America/Caracas", "Africa/Cairo", "Africa/Casablanca", "Africa/Juba",
	"Asia/Kolkata", "Asia/Kathmandu", "Asia/Tehran", "Asia/Jerusalem", "Asia/Gaza",
	"Asia/Amman", "Asia/Almaty", "Asia/Pyongyang", "Asia/Tokyo", "Australia/Sydney",
	"Australia/Lord_Howe", "Australia/Adelaide", "Australia/Eucla", "Pacific/Auckland",
	"Pacific/Chatham", "Pacific/Apia", "Pacific/Fiji", "Pacific/Norfolk", "Antarctica/Troll",
	"Etc/UTC", "Etc/GMT+12", "Atlantic/Azores", "Atlantic/Reykjavik" };

static void use(const char *tz)
{
	setenv("TZ", tz, 1);
	tzset();
}

static struct tm broken(int64_t t)
{
	time_t when = (time_t)t;
	struct tm tm;

	localtime_r(&when, &tm);
	return tm;
}

static int64_t offset(int64_t t)
{
	return broken(t).tm_gmtoff;
}

static int64_t seconds(const struct zone_local *l)
{
	return zone_days(l->year, l->month, l->day) * DAY + l->hour * 3600 + l->minute * 60 +
		l->second;
}

/* The second of the change between two moments with different offsets. */
static int64_t find_change(int64_t low, int64_t high)
{
	while (high - low > 1) {
		int64_t middle = low + (high - low) / 2;

		if (offset(middle) == offset(low))
			low = middle;
		else
			high = middle;
	}
	return high;
}

/* The first moment whose local time is l, or the moment after the gap, by the C library's offsets
 * alone. */
static int64_t expected(int64_t local)
{
	for (int64_t t = local - 30 * 3600; t <= local + 30 * 3600; t += 900) {
		int64_t at = local - offset(t);

		if (at + offset(at) == local && (at - 1) + offset(at - 1) != local)
			return at;
	}
	/* a gap: the moment of the change, in the hour that has one */
	for (int64_t t = local - 30 * 3600; t <= local + 30 * 3600; t += 3600) {
		int64_t change = offset(t) < offset(t + 3600) ? find_change(t, t + 3600) : t;

		if (change != t && change + offset(t) <= local && change + offset(change) > local)
			return change;
	}
	fail_msg("no moment for %lld", (long long)local);
	return 0;
}

static int compare(const char *name, int64_t t)
{
	struct tm tm = broken(t);
	struct zone_local want = { tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
		tm.tm_min, tm.tm_sec };
	struct zone_local l;
	int64_t back, first;

	assert_int_equal(zone_from_unix(name, t, &l), 0);
	if (memcmp(&l, &want, sizeof(l)))
		fail_msg("%s at %lld: %d-%02d-%02d %02d:%02d", name, (long long)t, l.year, l.month,
			l.day, l.hour, l.minute);
	assert_int_equal(zone_to_unix(name, &l, &back), 0);
	first = expected(seconds(&l));
	if (back != first)
		fail_msg("%s: %lld became %lld, not %lld", name, (long long)t, (long long)back,
			(long long)first);
	return 1;
}

/* A local time that may not exist. */
static int compare_local(const char *name, int64_t local)
{
	struct zone_local l;
	int64_t got;

	assert_int_equal(zone_from_unix("Etc/UTC", local, &l), 0);
	assert_int_equal(zone_to_unix(name, &l, &got), 0);
	if (got != expected(local))
		fail_msg("%s: local %lld became %lld, not %lld", name, (long long)local,
			(long long)got, (long long)expected(local));
	return 1;
}

static int around_change(const char *name, int64_t change)
{
	static const int64_t steps[] = { -7200, -3601, -3600, -1800, -1, 0, 1, 1800, 3599, 3600,
		7200 };
	int64_t before = offset(change - 1), after = offset(change);
	int n = 0;

	for (size_t i = 0; i < COUNT(steps); i++)
		n += compare(name, change + steps[i]);
	if (after > before) { /* inside the gap */
		n += compare_local(name, change + before);
		n += compare_local(name, change + (before + after) / 2);
		n += compare_local(name, change + after - 1);
	}
	return n;
}

static void clocks_as_the_c_library(void **state)
{
	int cases = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(zones); i++) {
		struct zone_local l;

		use(zones[i]);
		assert_int_equal(zone_known(zones[i]), 1);
		assert_int_equal(zone_from_unix(zones[i], 0, &l), 0);
		for (int64_t t = 0; t < zone_days(2045, 1, 1) * DAY; t += 10 * DAY) {
			int64_t next = t + 10 * DAY;

			if (t % (170 * DAY) == 0)
				cases += compare(zones[i], t + 43210);
			if (offset(t) != offset(next))
				cases += around_change(zones[i], find_change(t, next));
		}
	}
	assert_true(cases > 20000);
}

/* Every Windows zone of ICU has an IANA zone that the database knows, and comes back. */
static void windows_names_go_round(void **state)
{
	UErrorCode e = U_ZERO_ERROR;
	UResourceBundle *top = ures_openDirect(NULL, "windowsZones", &e), *map;
	int n = 0;

	(void)state;
	map = ures_getByKey(top, "mapTimezones", NULL, &e);
	assert_true(U_SUCCESS(e));
	for (; ures_hasNext(map); n++) {
		UResourceBundle *one = ures_getNextResource(map, NULL, &e);
		char iana[ZONE_NAME], back[ZONE_NAME];

		if (zone_to_iana(ures_getKey(one), iana) < 0)
			fail_msg("%s has no zone", ures_getKey(one));
		if (!zone_known(iana))
			fail_msg("%s: the database has no %s", ures_getKey(one), iana);
		assert_int_equal(zone_to_windows(iana, back), 0);
		assert_string_equal(back, ures_getKey(one));
		ures_close(one);
	}
	ures_close(map);
	ures_close(top);
	assert_true(n >= 130);
}

/* Every zone that people can choose has a Windows name. */
static void every_zone_has_a_windows_name(void **state)
{
	FILE *f = fopen("/usr/share/zoneinfo/zone1970.tab", "r");
	char line[512], windows[ZONE_NAME], *name;
	int n = 0;

	(void)state;
	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		if (line[0] == '#')
			continue;
		name = strchr(strchr(line, '\t') + 1, '\t') + 1;
		name[strcspn(name, "\t\n")] = '\0';
		if (zone_to_windows(name, windows) < 0)
			fail_msg("%s has no Windows name", name);
		assert_true(zone_known(name));
		n++;
	}
	fclose(f);
	assert_true(n > 300);
}

/* The version of the database that the rows of zone_table.c were held against. */
static const char known_version[] = "2025b";

/* Does the zone show the same time as the zone that its Windows name stands for, all the year? */
static int agrees(const char *name, int year)
{
	char windows[ZONE_NAME], place[ZONE_NAME];
	const int64_t from = zone_days(year, 1, 1) * DAY, to = zone_days(year + 1, 1, 1) * DAY;

	if (zone_to_windows(name, windows) < 0) /* which of them need one is tested above */
		return 1;
	assert_int_equal(zone_to_iana(windows, place), 0);
	for (int64_t t = from; t < to; t += 6 * 3600) {
		struct zone_local a, b;

		assert_int_equal(zone_from_unix(name, t, &a), 0);
		assert_int_equal(zone_from_unix(place, t, &b), 0);
		if (memcmp(&a, &b, sizeof(a)) == 0)
			continue;
		print_message(
			"%s is %s, but %s has another time in %d\n", name, windows, place, year);
		return 0;
	}
	return 1;
}

/* In the year after the database's own. A country that changes its mind later is named and no
 * failure: nobody can mend it before Windows has a zone for it. */
static void clocks_agree_with_those_of_windows(void **state)
{
	FILE *f = fopen("/usr/share/zoneinfo/tzdata.zi", "r");
	char line[512], version[16];
	int zones_seen = 0, strays = 0;

	(void)state;
	assert_non_null(f);
	assert_non_null(fgets(line, sizeof(line), f));
	assert_int_equal(sscanf(line, "# version %15s", version), 1);
	while (fgets(line, sizeof(line), f)) {
		char name[ZONE_NAME];

		if (sscanf(line, "Z %63s", name) != 1 && sscanf(line, "L %*s %63s", name) != 1)
			continue;
		zones_seen++;
		if (strcmp(name, "Antarctica/Troll") != 0) /* zone_table.c says why */
			strays += !agrees(name, atoi(version) + 1);
	}
	fclose(f);
	assert_true(zones_seen > 500);
	if (strcmp(version, known_version) == 0)
		assert_int_equal(strays, 0);
}

static void names(void **state)
{
	static const struct {
		const char *iana, *windows;
	} to_windows[] = {
		{ "Europe/Berlin", "W. Europe Standard Time" },
		{ "Europe/Kyiv", "FLE Standard Time" },
		{ "US/Eastern", "Eastern Standard Time" },
		{ "Asia/Calcutta", "India Standard Time" },
		{ "Asia/Kolkata", "India Standard Time" },
		{ "Etc/UTC", "UTC" },
		{ "UTC", "UTC" },
		{ "Etc/GMT-12", "UTC+12" },
		{ "America/Ciudad_Juarez", "Mountain Standard Time" },
		{ "America/Coyhaique", "Magallanes Standard Time" },
		{ "Antarctica/Troll", "GMT Standard Time" },
		{ "America/Chihuahua", "Central Standard Time (Mexico)" },
		{ "America/Mazatlan", "Mountain Standard Time (Mexico)" },
		{ "Asia/Almaty", "Qyzylorda Standard Time" },
		{ "Asia/Bishkek", "Central Asia Standard Time" },
		{ "CET", "Romance Standard Time" },
		{ "EET", "GTB Standard Time" },
	};
	static const struct {
		const char *windows, *iana;
	} to_iana[] = {
		{ "W. Europe Standard Time", "Europe/Berlin" },
		{ "India Standard Time", "Asia/Kolkata" },
		{ "FLE Standard Time", "Europe/Kyiv" },
		{ "UTC", "Etc/UTC" },
		{ "tzone://Microsoft/Utc", "Etc/UTC" },
		{ "Coordinated Universal Time", "Etc/UTC" },
		{ "UTC+12", "Etc/GMT-12" },
		{ "UTC-02", "Etc/GMT+2" },
		{ "Kamchatka Standard Time", "Asia/Kamchatka" },
		{ "Mid-Atlantic Standard Time", "Etc/GMT+2" },
		{ "Central Asia Standard Time", "Asia/Bishkek" },
		{ "Mountain Standard Time (Mexico)", "America/Mazatlan" },
		{ "Central Standard Time (Mexico)", "America/Mexico_City" },
		{ "Europe/Paris", "Europe/Paris" },
	};
	char got[ZONE_NAME];

	(void)state;
	for (size_t i = 0; i < COUNT(to_windows); i++) {
		assert_int_equal(zone_to_windows(to_windows[i].iana, got), 0);
		assert_string_equal(got, to_windows[i].windows);
	}
	for (size_t i = 0; i < COUNT(to_iana); i++) {
		assert_int_equal(zone_to_iana(to_iana[i].windows, got), 0);
		assert_string_equal(got, to_iana[i].iana);
	}
}

static void no_names(void **state)
{
	static const char *const rows[] = { "", "Customized Time Zone", "tzone://Microsoft/Custom",
		"Nowhere Standard Time", "Factory", "localtime", "posixrules", "zone1970.tab",
		"../../etc/passwd", "Europe/../Europe/Berlin", "/etc/passwd", "Europe/",
		"/Europe/Berlin", "Europe//Berlin", "Europe", "posix/Europe/Berlin",
		"right/Europe/Berlin", "Europe/Berlin ", "Europe/Berlin\n", "\xff\xfe",
		"europe/berlin\x7f", "Etc/Unknown", "GMT+5", "./Europe/Berlin",
		"W. Europe Standard Time W. Europe Standard Time W. Europe Standard Time",
		"Europe/BerlinEurope/BerlinEurope/BerlinEurope/BerlinEurope/Berlin" };
	struct zone_local l = { 2026, 1, 1, 0, 0, 0 };
	char got[ZONE_NAME];
	int64_t t;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (zone_known(rows[i]) || zone_to_unix(rows[i], &l, &t) == 0 ||
			zone_from_unix(rows[i], 0, &l) == 0 || zone_to_iana(rows[i], got) == 0 ||
			zone_to_windows(rows[i], got) == 0)
			fail_msg("\"%s\" is a zone", rows[i]);
		assert_string_equal(got, "");
	}
	assert_int_equal(zone_known(NULL), 0);
	assert_int_equal(zone_to_windows(NULL, got), -1);
	assert_int_equal(zone_to_iana(NULL, got), -1);
}

static void no_dates(void **state)
{
	static const struct zone_local bad[] = { { 2026, 0, 1, 0, 0, 0 }, { 2026, 13, 1, 0, 0, 0 },
		{ 2026, 2, 29, 0, 0, 0 }, { 2026, 4, 31, 0, 0, 0 }, { 2026, 1, 0, 0, 0, 0 },
		{ 2026, 1, 1, 24, 0, 0 }, { 2026, 1, 1, 0, 60, 0 }, { 2026, 1, 1, 0, 0, 60 },
		{ 2026, 1, 1, -1, 0, 0 }, { 1, 1, 1, 0, 0, 0 }, { 10000, 1, 1, 0, 0, 0 },
		{ INT32_MAX, 1, 1, 0, 0, 0 }, { INT32_MIN, 1, 1, 0, 0, 0 } };
	static const int64_t moments[] = { INT64_MIN, INT64_MAX, -20000000000, 300000000000 };
	struct zone_local l = { 2028, 2, 29, 23, 59, 59 };
	int64_t t;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(zone_to_unix("Europe/Berlin", &bad[i], &t), -1);
	for (size_t i = 0; i < COUNT(moments); i++)
		assert_int_equal(zone_from_unix("Europe/Berlin", moments[i], &l), -1);
	assert_int_equal(zone_to_unix("Europe/Berlin", &l, &t), 0);
	assert_int_equal(t, 1835477999);
}

/* What a country decided after this ICU was made. */
static void the_database_is_newer_than_icu(void **state)
{
	struct zone_local l;

	(void)state;
	assert_int_equal(zone_from_unix("America/Mexico_City", 1784116800, &l), 0);
	assert_int_equal(l.hour, 6); /* 15 July 2026, 12:00 UTC: no summer time since 2023 */
	assert_int_equal(zone_from_unix("Africa/Cairo", 1784116800, &l), 0);
	assert_int_equal(l.hour, 15); /* summer time again since 2023 */
}

static void from_rules(void **state)
{
	static const struct {
		struct zone_rules rules;
		const char *iana; /* NULL: none of the common ones */
	} rows[] = {
		{ { -60, { 0, 10, 5, 0, 10800 }, { -60, 3, 5, 0, 7200 } }, "Europe/Berlin" },
		{ { 0, { 0, 10, 5, 0, 7200 }, { -60, 3, 5, 0, 3600 } }, "Europe/London" },
		{ { -120, { 0, 10, 5, 0, 14400 }, { -60, 3, 5, 0, 10800 } }, "Europe/Helsinki" },
		{ { 300, { 0, 11, 1, 0, 7200 }, { -60, 3, 2, 0, 7200 } }, "America/New_York" },
		{ { -600, { 0, 4, 1, 0, 10800 }, { -60, 10, 1, 0, 7200 } }, "Australia/Sydney" },
		{ { -630, { 0, 4, 1, 0, 7200 }, { -30, 10, 1, 0, 7200 } }, "Australia/Lord_Howe" },
		{ { -720, { 0, 4, 1, 0, 10800 }, { -60, 9, 5, 0, 7200 } }, "Pacific/Auckland" },
		{ { 0, { 0, 0, 0, 0, 0 }, { 0, 0, 0, 0, 0 } }, "Etc/UTC" },
		{ { 0, { 0, 10, 5, 0, 0 }, { 0, 3, 5, 0, 0 } }, "Etc/UTC" },
		{ { -330, { 0, 0, 0, 0, 0 }, { 0, 0, 0, 0, 0 } }, "Asia/Kolkata" },
		{ { 420, { 0, 0, 0, 0, 0 }, { -60, 0, 0, 0, 0 } }, "America/Phoenix" },
		{ { -61, { 0, 0, 0, 0, 0 }, { 0, 0, 0, 0, 0 } }, NULL },
		{ { -60, { 0, 9, 5, 0, 10800 }, { -60, 3, 5, 0, 7200 } }, NULL },
	};
	char got[ZONE_NAME];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int found = zone_of_rules(&rows[i].rules, 1795219200, got); /* November 2026 */

		assert_int_equal(found, rows[i].iana ? 0 : -1);
		assert_string_equal(got, rows[i].iana ? rows[i].iana : "");
	}
	assert_int_equal(zone_of_rules(&rows[0].rules, INT64_MAX, got), -1);
	assert_int_equal(zone_of_rules(&rows[0].rules, INT64_MIN, got), -1);
}

/* All common zones exist, and each is found by its own rules or by an earlier one's. */
static void common_zones_exist(void **state)
{
	size_t n = 0;

	(void)state;
	for (; zone_table_common(n); n++) {
		char windows[ZONE_NAME];

		if (!zone_known(zone_table_common(n)))
			fail_msg("no %s", zone_table_common(n));
		if (zone_to_windows(zone_table_common(n), windows) < 0)
			fail_msg("%s has no Windows name", zone_table_common(n));
	}
	assert_true(n > 40);
}

/* A zone file cut at every byte, and with every byte changed, is read or refused. */
static void damaged_files(void **state)
{
	static struct zone_file f;
	struct buf b;
	struct err e;
	char *copy;

	(void)state;
	buf_init(&b, ZONE_FILE_MAX);
	assert_ok(buf_file(&b, "/usr/share/zoneinfo/America/New_York", &e));
	assert_int_equal(zone_file_read(b.p, b.len, &f), 0);
	assert_int_equal(f.has_tail, 1);
	for (size_t n = 0; n < b.len; n++) {
		copy = malloc(n + 1);
		memcpy(copy, b.p, n);
		assert_int_equal(zone_file_read(copy, n, &f), -1);
		free(copy);
	}
	copy = malloc(b.len);
	for (size_t n = 0; n < b.len; n++) {
		struct zone_span s;

		memcpy(copy, b.p, b.len);
		for (int bit = 0; bit < 8; bit++) {
			copy[n] = (char)(b.p[n] ^ 1 << bit);
			if (zone_file_read(copy, b.len, &f) < 0)
				continue;
			zone_file_span(&f, 1795219200, &s);
			assert_in_range(s.offset + 26 * 3600, 0, 52 * 3600);
			zone_from_local(zone_file_span, &f, 1795219200);
		}
	}
	free(copy);
	buf_done(&b);
}

/* When clocks change next, by the database and by rules; and whether both show the same. */
static void test_turns(void **state)
{
	static const struct zone_rules berlin = { -60, { 0, 10, 5, 0, 10800 },
		{ -60, 3, 5, 0, 7200 } },
				       early = { -60, { 0, 10, 4, 0, 10800 },
					       { -60, 3, 5, 0, 7200 } },
				       minute = { 240, { 0, 4, 1, 6, 86340 },
					       { -60, 9, 1, 6, 86340 } },
				       india = { .bias = -330 };
	const int64_t now = 1795420800; /* November 2026 */
	struct zone_turn a[ZONE_TURNS], b[ZONE_TURNS];

	(void)state;
	assert_int_equal(zone_turns("Europe/Berlin", now, a), 2);
	assert_int_equal(a[0].at, 1806195600); /* 2027-03-28T01:00:00Z */
	assert_int_equal(a[0].before, 3600);
	assert_int_equal(a[0].after, 7200);
	assert_int_equal(a[1].at, 1824944400); /* 2027-10-31T01:00:00Z */
	assert_int_equal(zone_rules_turns(&berlin, now, b), 2);
	assert_memory_equal(a, b, sizeof(a));
	assert_int_equal(zone_turns("Asia/Kolkata", now, a), 0);
	assert_int_equal(zone_rules_turns(&india, now, a), 0);
	assert_int_equal(zone_turns("Nowhere/Land", now, a), -1);
	assert_true(zone_same(&berlin, "Europe/Berlin", now, INT64_MAX));
	assert_false(zone_same(&early, "Europe/Berlin", now, INT64_MAX));
	assert_false(zone_same(&berlin, "Europe/London", now, INT64_MAX));
	assert_true(zone_same(&india, "Asia/Kolkata", now, INT64_MAX));
	assert_true(zone_same(&minute, "America/Santiago", now, INT64_MAX));
	assert_true(zone_same(&early, "Europe/Berlin", now, 1806195600 + 86400));
	assert_false(zone_same(&india, "Nowhere/Land", now, INT64_MAX));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(no_names),
		cmocka_unit_test(no_dates),
		cmocka_unit_test(windows_names_go_round),
		cmocka_unit_test(every_zone_has_a_windows_name),
		cmocka_unit_test(clocks_agree_with_those_of_windows),
		cmocka_unit_test(clocks_as_the_c_library),
		cmocka_unit_test(the_database_is_newer_than_icu),
		cmocka_unit_test(from_rules),
		cmocka_unit_test(common_zones_exist),
		cmocka_unit_test(damaged_files),
		cmocka_unit_test(test_turns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
