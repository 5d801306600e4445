/*
 * When: civil time, dates as Exchange writes them, and rules of time zones.
 *
 * Only arithmetic: libc's zone, its locale and its clock play no part, so that a frozen world gives
 * the same bytes on every machine. Years run from 1 to 9999, as xs:dateTime's four digits do. Reads
 * input from the network: everything is bounded.
 */
#include <string.h>
#include "sim/when.h"

enum { ZONES_MAX = 256 };
enum { DAY = 86400, HOUR = 3600 };

/* Days since 1970-01-01 of a date (Gregorian throughout). A year begins in March here, so that the
 * leap day comes last. */
static int64_t days_of(int year, int month, int day)
{
	int64_t y = year - (month <= 2);
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t of_era = y - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

struct civil civil_of(local_t t)
{
	int64_t days = t / DAY - (t % DAY < 0), rest = t - days * DAY, z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097, of_era = z - era * 146097;
	int64_t years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * years + years / 4 - years / 100);
	int month = (int)((5 * of_year + 2) / 153);
	struct civil c;

	c.day = (int)(of_year - (153 * month + 2) / 5 + 1);
	c.month = month < 10 ? month + 3 : month - 9;
	c.year = (int)(years + era * 400 + (c.month <= 2));
	c.hour = (int)(rest / HOUR);
	c.minute = (int)(rest % HOUR / 60);
	c.second = (int)(rest % 60);
	c.weekday = (int)(((days % 7) + 11) % 7);
	return c;
}

local_t civil_at(int year, int month, int day, int hour, int minute, int second)
{
	return days_of(year, month, day) * DAY + hour * HOUR + minute * 60 + second;
}

int days_in_month(int year, int month)
{
	static const signed char days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
		return 29;
	return days[month - 1];
}

local_t nth_weekday(int year, int month, int nth, int weekday)
{
	int64_t first = days_of(year, month, 1);
	int day = 1 + (weekday - (int)(((first % 7) + 11) % 7) + 7) % 7;

	if (nth < 1 || nth > 4)
		day += (days_in_month(year, month) - day) / 7 * 7;
	else
		day += (nth - 1) * 7;
	return (first + day - 1) * DAY;
}

/* Exactly n digits; moves on. -1 = something else stands there. */
static int digits(const char **s, int n)
{
	int value = 0;

	for (int i = 0; i < n; i++) {
		if (**s < '0' || **s > '9')
			return -1;
		value = value * 10 + (*(*s)++ - '0');
	}
	return value;
}

static bool skip(const char **s, char c)
{
	if (**s != c)
		return false;
	++*s;
	return true;
}

static bool read_date(const char **s, int64_t *t)
{
	int year, month, day;

	if ((year = digits(s, 4)) < 1 || !skip(s, '-') || (month = digits(s, 2)) < 1 ||
		month > 12 || !skip(s, '-') || (day = digits(s, 2)) < 1 ||
		day > days_in_month(year, month))
		return false;
	*t = civil_at(year, month, day, 0, 0, 0);
	return true;
}

/* hh:mm[:ss[.fraction]]. XML's 24:00:00 is the next midnight. Seconds may be left out, as people
 * do in scenarios; schema validation elsewhere sees to it that clients may not. */
static bool read_time(const char **s, int64_t *t)
{
	int hour = digits(s, 2), minute, second = 0;

	if (hour < 0 || hour > 24 || !skip(s, ':') || (minute = digits(s, 2)) < 0 || minute > 59)
		return false;
	if (skip(s, ':') && ((second = digits(s, 2)) < 0 || second > 59))
		return false;
	if (hour == 24 && minute + second > 0)
		return false;
	if (skip(s, '.')) {
		if (digits(s, 1) < 0)
			return false;
		while (**s >= '0' && **s <= '9')
			++*s;
	}
	*t += hour * HOUR + minute * 60 + second;
	return true;
}

/* Z, +hh:mm, -hh:mm or nothing, and then the end. */
static bool read_offset(const char *s, int64_t *t, enum when_kind *kind)
{
	int hour, minute, sign = *s == '-' ? -1 : 1;

	*kind = *s ? WHEN_ABSOLUTE : WHEN_LOCAL;
	if (!*s)
		return true;
	if (skip(&s, 'Z'))
		return !*s;
	if (*s != '+' && *s != '-')
		return false;
	s++;
	if ((hour = digits(&s, 2)) < 0 || hour > 14 || !skip(&s, ':') ||
		(minute = digits(&s, 2)) < 0 || minute > 59 || *s)
		return false;
	*t -= sign * (hour * HOUR + minute * 60);
	return true;
}

bool when_read(const char *s, int64_t *t, enum when_kind *kind)
{
	int64_t at;
	enum when_kind is;

	if (!s || !read_date(&s, &at))
		return false;
	if (skip(&s, 'T') && !read_time(&s, &at))
		return false;
	if (!read_offset(s, &at, &is))
		return false;
	*t = at;
	*kind = is;
	return true;
}

/* Two digits, the decimal way: these run for every event of every answer. */
static char *two(char *to, int value)
{
	to[0] = (char)('0' + value / 10 % 10);
	to[1] = (char)('0' + value % 10);
	return to + 2;
}

/* YYYY-MM-DDThh:mm:ss; times outside of the years 1 to 9999 are clamped to them. */
static size_t stamp(char out[20], int64_t t)
{
	static const int64_t first = -62135596800, last = 253402300799;
	struct civil c = civil_of(t < first ? first : t > last ? last : t);
	char *to = two(two(out, c.year / 100), c.year);

	*to++ = '-';
	to = two(to, c.month);
	*to++ = '-';
	to = two(to, c.day);
	*to++ = 'T';
	to = two(to, c.hour);
	*to++ = ':';
	to = two(to, c.minute);
	*to++ = ':';
	to = two(to, c.second);
	return (size_t)(to - out);
}

void when_write_utc(struct text *t, utc_t at)
{
	char s[20];
	size_t n = stamp(s, at);

	s[n++] = 'Z';
	text_add(t, s, n);
}

void when_write_local(struct text *t, local_t at)
{
	char s[20];

	text_add(t, s, stamp(s, at));
}

void when_write_offset(struct text *t, utc_t at, int offset_minutes)
{
	int far = offset_minutes < 0 ? -offset_minutes : offset_minutes;

	when_write_local(t, at + offset_minutes * 60);
	text_printf(t, "%c%02d:%02d", offset_minutes < 0 ? '-' : '+', far / 60, far % 60);
}

/* One "nnnX" of a duration, when X is one of units; 0 = nothing more, -1 = wrong. */
static int duration_part(const char **s, const char *units, int64_t *value)
{
	int64_t n = 0;
	int digit, count = 0;
	const char *unit;

	for (; (digit = digits(s, 1)) >= 0; count++)
		if ((n = n * 10 + digit) > INT32_MAX)
			return -1;
	if (count == 0)
		return 0;
	if (skip(s, '.')) {
		for (count = 0; digits(s, 1) >= 0; count++)
			;
		if (count == 0 || **s != 'S')
			return -1;
	}
	unit = **s ? strchr(units, **s) : NULL;
	if (!unit)
		return -1;
	++*s;
	*value = n;
	return *unit;
}

/* The parts before or after the T, in their order, each at most once: how many, or -1. Years and
 * months have no length in seconds and are refused. */
static int duration_parts(const char **s, const char *units, int64_t *sum)
{
	int64_t n = 0;
	int unit, found = 0;

	for (; (unit = duration_part(s, units, &n)) > 0; found++) {
		units = strchr(units, unit) + 1;
		*sum += n * (unit == 'D' ? DAY : unit == 'H' ? HOUR : unit == 'M' ? 60 : 1);
	}
	return unit < 0 ? -1 : found;
}

bool duration_read(const char *s, int64_t *seconds)
{
	bool minus;
	int64_t sum = 0;
	int days, times;

	if (!s)
		return false;
	minus = skip(&s, '-');
	if (!skip(&s, 'P') || (days = duration_parts(&s, "D", &sum)) < 0)
		return false;
	if (skip(&s, 'T')) {
		if ((times = duration_parts(&s, "HMS", &sum)) <= 0)
			return false;
		days += times;
	}
	if (days == 0 || *s)
		return false;
	*seconds = minus ? -sum : sum;
	return true;
}

void duration_write(struct text *t, int64_t seconds)
{
	int64_t far = seconds < 0 ? -seconds : seconds, rest = far % DAY;

	text_puts(t, seconds < 0 ? "-P" : "P");
	if (far >= DAY)
		text_printf(t, "%lldD", (long long)(far / DAY));
	if (rest == 0 && far > 0)
		return;
	text_puts(t, "T");
	if (rest >= HOUR)
		text_printf(t, "%lldH", (long long)(rest / HOUR));
	if (rest % HOUR >= 60)
		text_printf(t, "%lldM", (long long)(rest % HOUR / 60));
	if (rest % 60 > 0 || far == 0)
		text_printf(t, "%lldS", (long long)(rest % 60));
}

static bool has_daylight(const struct zone *z)
{
	return z->daylight_bias != 0 && z->to_daylight.month != 0 && z->to_standard.month != 0;
}

static local_t change_at(const struct zone_change *c, int year)
{
	return nth_weekday(year, c->month, c->nth, c->weekday) + c->minute * 60;
}

/* The part of a year around a time in which no rule changes the clock. */
static void span_at(const struct zone *z, utc_t at, struct zone_span *s)
{
	int year = civil_of(at - z->bias * 60).year;
	int64_t begins = change_at(&z->to_daylight, year) + z->bias * 60;
	int64_t ends = change_at(&z->to_standard, year) + (z->bias + z->daylight_bias) * 60;
	int64_t early = begins < ends ? begins : ends, late = begins < ends ? ends : begins;
	/* South of the equator daylight time is at both ends of the year. */
	bool between = at >= early && at < late, daylight = between == (begins < ends);

	s->from = civil_at(year, 1, 1, 0, 0, 0) + z->bias * 60;
	s->until = civil_at(year + 1, 1, 1, 0, 0, 0) + z->bias * 60;
	if (at >= early && early > s->from)
		s->from = early;
	if (at >= late && late > s->from)
		s->from = late;
	if (at < late && late < s->until)
		s->until = late;
	if (at < early && early < s->until)
		s->until = early;
	s->bias = daylight ? z->bias + z->daylight_bias : z->bias;
}

/* The same weeks are asked about again and again, on either side of a change: the last two spans of
 * each known zone. NULL for a zone that a request describes. */
struct recent {
	struct zone_span span[2];
	int older;
};
static struct recent *recent_of(const struct zone *z)
{
	static struct recent recent[ZONES_MAX];
	size_t i = ((uintptr_t)z - (uintptr_t)zones) / sizeof(*z);

	return i < zones_known && i < ZONES_MAX ? &recent[i] : NULL;
}

static bool span_has(const struct zone_span *s, utc_t at)
{
	return at >= s->from && at < s->until;
}

static void span_find(const struct zone *z, utc_t at, struct zone_span *s)
{
	struct recent *r = recent_of(z);

	if (r != NULL && span_has(&r->span[0], at)) {
		*s = r->span[0];
	} else if (r != NULL && span_has(&r->span[1], at)) {
		*s = r->span[1];
	} else {
		span_at(z, at, s);
		if (r != NULL) {
			r->span[r->older] = *s;
			r->older ^= 1;
		}
	}
}

int zone_bias_near(const struct zone *z, utc_t at, struct zone_span *s)
{
	if (span_has(s, at))
		return s->bias;
	if (has_daylight(z))
		span_find(z, at, s);
	else
		*s = (struct zone_span){ INT64_MIN, INT64_MAX, z->bias };
	return s->bias;
}

local_t zone_local_near(const struct zone *z, utc_t at, struct zone_span *s)
{
	return at - zone_bias_near(z, at, s) * 60;
}

utc_t zone_utc_near(const struct zone *z, local_t at, struct zone_span *s)
{
	utc_t standard = at + z->bias * 60, daylight = standard + z->daylight_bias * 60;

	/* Daylight's reading of a clock is the earlier one; in the gap neither is right, and the
	 * standard one lands after it. */
	if (has_daylight(z) && zone_bias_near(z, daylight, s) != z->bias)
		return daylight;
	return standard;
}

int zone_bias_at(const struct zone *z, utc_t at)
{
	struct zone_span s = { 0, 0, 0 };

	return zone_bias_near(z, at, &s);
}

local_t zone_local(const struct zone *z, utc_t at)
{
	return at - zone_bias_at(z, at) * 60;
}

utc_t zone_utc(const struct zone *z, local_t at)
{
	struct zone_span s = { 0, 0, 0 };

	return zone_utc_near(z, at, &s);
}

static bool same_change(const struct zone_change *a, const struct zone_change *b)
{
	return a->month == b->month && a->nth == b->nth && a->weekday == b->weekday &&
		a->minute == b->minute;
}

const struct zone *zone_same_rules(const struct zone *z)
{
	for (const struct zone *k = zones; k->id; k++) {
		if (k->bias != z->bias || has_daylight(k) != has_daylight(z))
			continue;
		if (!has_daylight(z) ||
			(k->daylight_bias == z->daylight_bias &&
				same_change(&k->to_daylight, &z->to_daylight) &&
				same_change(&k->to_standard, &z->to_standard)))
			return k;
	}
	return NULL;
}

const struct zone *zone_find(const char *id)
{
	if (!id)
		return NULL;
	for (const struct zone *z = zones; z->id; z++)
		if (same_nocase(z->id, id))
			return z;
	for (const struct zone *z = zones; z->id; z++)
		if (same_nocase(z->iana, id))
			return z;
	return NULL;
}
