/* Xml value: numbers, yes and no, and times from the text of elements.
 *
 * Rules: a text is read whole or not at all, every field within its range; an answer that means
 * something else to somebody else (30 February) is none.
 */
#include "xml_read.h"

#include <string.h>
#include <strings.h>

/* A text that is being read from its beginning. */
struct text {
	const char *p, *end;
};

static int take(struct text *t, char c)
{
	int there = t->p < t->end && *t->p == c;

	t->p += there;
	return there;
}

static int is_digit(const struct text *t)
{
	return t->p < t->end && *t->p >= '0' && *t->p <= '9';
}

/* A number of `least` to `most` digits; -1 when it is none. */
static int64_t digits(struct text *t, int least, int most)
{
	int64_t value = 0;
	int n = 0;

	while (is_digit(t)) {
		if (++n > most)
			return -1;
		value = value * 10 + (*t->p++ - '0');
	}
	return n < least ? -1 : value;
}

/* Two digits behind a mark, up to max; -1. */
static int64_t two(struct text *t, char mark, int64_t max)
{
	int64_t value;

	if (mark && !take(t, mark))
		return -1;
	value = digits(t, 2, 2);
	return value > max ? -1 : value;
}

static int fraction(struct text *t)
{
	if (!take(t, '.'))
		return 0;
	return digits(t, 1, 18) < 0 ? -1 : 0;
}

int xml_int(const struct xml_node *n, int64_t *out)
{
	struct text t;
	size_t len = xml_value_raw(n, &t.p);
	int64_t value;
	int minus;

	t.end = t.p + len;
	minus = take(&t, '-');
	if (!minus)
		take(&t, '+');
	value = digits(&t, 1, 18);
	if (value < 0 || t.p != t.end)
		return -1;
	*out = minus ? -value : value;
	return 0;
}

int xml_bool(const struct xml_node *n, int *out)
{
	const char *p;
	size_t len = xml_value_raw(n, &p);

	if ((len == 4 && !strncasecmp(p, "true", 4)) || (len == 1 && *p == '1'))
		*out = 1;
	else if ((len == 5 && !strncasecmp(p, "false", 5)) || (len == 1 && *p == '0'))
		*out = 0;
	else
		return -1;
	return 0;
}

/* Days from 1970-01-01; the year is counted from March, so that the leap day ends it. */
static int64_t days(int64_t year, int64_t month, int64_t day)
{
	int64_t era, of_era, of_year;

	year -= month <= 2;
	era = year / 400;
	of_era = year - era * 400;
	of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static int days_in(int64_t year, int64_t month)
{
	static const char table[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int leap = (year % 4 == 0 && year % 100) || year % 400 == 0;

	return table[month - 1] + (month == 2 && leap);
}

/* "2026-11-23" to seconds; -1. */
static int date(struct text *t, int64_t *out)
{
	int64_t year = digits(t, 4, 4), month = two(t, '-', 12), day = two(t, '-', 31);

	if (year < 1 || month < 1 || day < 1 || day > days_in(year, month))
		return -1;
	*out = days(year, month, day) * 86400;
	return 0;
}

/* "08:00:00.5" to seconds; -1. Midnight may be told as the end of the day before. */
static int clock_time(struct text *t, int64_t *out)
{
	int64_t hour = two(t, 0, 24), minute = two(t, ':', 59), second = two(t, ':', 59);

	if (hour < 0 || minute < 0 || second < 0 || fraction(t) < 0)
		return -1;
	*out = hour * 3600 + minute * 60 + second;
	return *out > 86400 ? -1 : 0;
}

/* "Z", "+01:00" or nothing: seconds that local time is ahead; -1. */
static int offset(struct text *t, int64_t *out, int *zoned)
{
	int64_t hour, minute;
	int minus;

	*out = 0;
	*zoned = 0;
	if (t->p == t->end)
		return 0;
	*zoned = 1;
	if (take(t, 'Z'))
		return 0;
	minus = take(t, '-');
	if (!minus && !take(t, '+'))
		return -1;
	hour = two(t, 0, 14);
	minute = two(t, ':', 59);
	if (hour < 0 || minute < 0)
		return -1;
	*out = (hour * 3600 + minute * 60) * (minus ? -1 : 1);
	return 0;
}

int xml_time_text(const char *s, size_t n, int64_t *out, int *zoned)
{
	struct text t = { s, s + n };
	int64_t day, second, ahead;
	int told;

	if (date(&t, &day) < 0 || !take(&t, 'T') || clock_time(&t, &second) < 0)
		return -1;
	if (offset(&t, &ahead, &told) < 0 || t.p != t.end)
		return -1;
	*out = day + second - ahead;
	*zoned = told;
	return 0;
}

int xml_time(const struct xml_node *n, int64_t *out, int *zoned)
{
	const char *p;
	size_t len = xml_value_raw(n, &p);

	return xml_time_text(p, len, out, zoned);
}

/* "2H" of "PT2H": the number, or nothing when another unit follows. 1 taken, 0 not there, -1. */
static int unit(struct text *t, char name, int64_t seconds, int64_t *sum)
{
	const char *begin = t->p;
	int64_t value;

	if (!is_digit(t))
		return 0;
	value = digits(t, 1, 9);
	if (value < 0 || (name == 'S' && fraction(t) < 0))
		return -1;
	if (!take(t, name)) {
		t->p = begin;
		return 0;
	}
	*sum += value * seconds;
	return 1;
}

int xml_duration_text(const char *s, int64_t *out)
{
	static const struct {
		char name;
		int64_t seconds;
	} times[] = { { 'H', 3600 }, { 'M', 60 }, { 'S', 1 } };
	struct text t = { s, s + strlen(s) };
	const int minus = take(&t, '-');
	int64_t sum = 0;
	int parts = 0, got;

	if (!take(&t, 'P') || (parts = unit(&t, 'D', 86400, &sum)) < 0)
		return -1;
	if (take(&t, 'T')) {
		parts = 0;
		for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
			got = unit(&t, times[i].name, times[i].seconds, &sum);
			if (got < 0)
				return -1;
			parts += got;
		}
	}
	if (parts == 0 || t.p != t.end)
		return -1;
	*out = minus ? -sum : sum;
	return 0;
}
