/* Clock: the time now, and times as text.
 *
 * Rules: all text is UTC and English, whatever the locale. The monotonic clock cannot be frozen:
 * it measures how long things take and is no part of what a test observes.
 */
#include "clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "err.h"
#include "str.h"

/* What four digits of a year can show. */
#define TIME_LEAST INT64_C(-62167219200)
#define TIME_MOST INT64_C(253402300799)

/* Set by clock_freeze only; 0 while time flows. */
static int64_t frozen;

/* Seconds by which a test build's clock is moved. */
static int64_t shift(void)
{
	int64_t seconds = 0;
#ifdef LATCHKEY_TEST_CLOCK
	const char *text = getenv("LATCHKEY_CLOCK");

	if (text && str_int(text, TIME_LEAST, TIME_MOST, &seconds) < 0)
		return 0;
#endif
	return seconds;
}

static int64_t read_us(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t clock_now_ms(void)
{
	return frozen ? frozen * 1000 : read_us(CLOCK_REALTIME) / 1000 + shift() * 1000;
}

int64_t clock_now(void)
{
	return clock_now_ms() / 1000;
}

int64_t clock_mono_us(void)
{
	return read_us(CLOCK_MONOTONIC);
}

int64_t clock_mono_ms(void)
{
	return clock_mono_us() / 1000;
}

void clock_freeze(int64_t t)
{
	frozen = t;
}

static struct tm broken_down(int64_t t)
{
	struct tm tm;
	time_t when = t < TIME_LEAST ? TIME_LEAST : t > TIME_MOST ? TIME_MOST : t;

	gmtime_r(&when, &tm);
	return tm;
}

/* n digits of v at dst. A page shows dozens of times; snprintf would be a tenth of its cost. */
static void digits(char *dst, int n, int v)
{
	while (n-- > 0) {
		dst[n] = (char)('0' + v % 10);
		v /= 10;
	}
}

void clock_iso(char *dst, size_t size, int64_t t)
{
	char text[] = "0000-00-00T00:00:00Z";
	struct tm tm = broken_down(t);

	digits(text, 4, tm.tm_year + 1900);
	digits(text + 5, 2, tm.tm_mon + 1);
	digits(text + 8, 2, tm.tm_mday);
	digits(text + 11, 2, tm.tm_hour);
	digits(text + 14, 2, tm.tm_min);
	digits(text + 17, 2, tm.tm_sec);
	if (str_copy(dst, size, text) < 0)
		die("clock: %zu bytes are no room for a time", size);
}

void clock_text(char *dst, size_t size, int64_t t)
{
	static const char *const months[] = { "January", "February", "March", "April", "May",
		"June", "July", "August", "September", "October", "November", "December" };
	struct tm tm = broken_down(t);

	snprintf(dst, size, "%d %s %d, %02d:%02d UTC", tm.tm_mday, months[tm.tm_mon],
		tm.tm_year + 1900, tm.tm_hour, tm.tm_min);
}

/* Does text have this shape, in which 0 stands for any digit? */
static int shaped(const char *text, const char *shape)
{
	for (; *shape; text++, shape++) {
		if (*shape == '0' ? *text < '0' || *text > '9' : *text != *shape)
			return 0;
	}
	return *text == '\0';
}

int clock_day(const char *text, int64_t *out)
{
	struct tm tm = { 0 }, given;
	time_t at;

	if (!shaped(text, "0000-00-00"))
		return -1;
	tm.tm_year = (int)strtol(text, NULL, 10) - 1900;
	tm.tm_mon = (int)strtol(text + 5, NULL, 10) - 1;
	tm.tm_mday = (int)strtol(text + 8, NULL, 10);
	given = tm;
	at = timegm(&tm);
	/* timegm turns 30 February into 2 March instead of refusing it. */
	if (tm.tm_mon != given.tm_mon || tm.tm_mday != given.tm_mday)
		return -1;
	*out = at;
	return 0;
}
