/* Zone: time zones by name.
 *
 * Names come from ICU, clocks from the system's time zone database: Debian keeps the second up to
 * date and the first as it was at the release, and a booking an hour off is worse than an old
 * spelling. Rule: a name is looked at before it becomes a path.
 */
#include "zone.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/ucal.h>
#include "platform/buf.h"
#include "platform/str.h"
#include "zone_clock.h"

#define ZONE_DIR "/usr/share/zoneinfo/" /* of glibc and Debian's tzdata */

enum { CACHE = 16, MINUTE = 60, DAY = 86400, YEAR_MIN = 1583, YEAR_MAX = 9999 };

/* The zones that were used last: ICU needs 50 us for a name and a file as long to be read, and both
 * are asked for again with each request. The one thing here that outlives a call; it holds nothing
 * but what ICU and the database say to everybody. */
static struct entry {
	char name[ZONE_NAME];
	char windows[ZONE_NAME]; /* "" = not asked */
	struct zone_file *file;	 /* NULL = not read */
	unsigned long used;
} cache[CACHE];
static unsigned long turn;

/* Only what an IANA name is made of, and no way out of the directory: no dot begins a part. */
static int is_name(const char *s)
{
	char before = '/';

	if (!s || !*s || strlen(s) >= ZONE_NAME)
		return 0;
	for (; *s; before = *s++) {
		int letter = (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z');
		int digit = *s >= '0' && *s <= '9';

		if (!letter && (before == '/' || (!digit && !strchr("/_+-", *s))))
			return 0;
	}
	return before != '/';
}

/* Beside the zones lie "posix/" and "right/", which are copies, and files that are none. */
static int is_zone(const char *s)
{
	static const char *const others[] = { "posixrules", "localtime", "Factory" };

	if (!is_name(s) || str_starts(s, "posix/") || str_starts(s, "right/"))
		return 0;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (strcmp(s, others[i]) == 0)
			return 0;
	}
	return 1;
}

static struct zone_file *load(const char *name)
{
	char path[sizeof(ZONE_DIR) + ZONE_NAME];
	struct zone_file *f = NULL;
	struct buf b;
	struct err e;

	memcpy(path, ZONE_DIR, sizeof(ZONE_DIR));
	if (str_copy(path + sizeof(ZONE_DIR) - 1, ZONE_NAME, name) < 0)
		return NULL;
	buf_init(&b, ZONE_FILE_MAX);
	if (buf_file(&b, path, &e) == 0) {
		f = calloc(1, sizeof(*f));
		if (!f)
			die("no memory for a time zone");
		if (zone_file_read(b.p, b.len, f) < 0) {
			free(f);
			f = NULL;
		}
	}
	buf_done(&b);
	return f;
}

/* The zone's place among those used last; of the one unused for longest when it has none. The name
 * is a checked one. */
static struct entry *entry_of(const char *name)
{
	struct entry *oldest = cache;

	for (struct entry *n = cache; n < cache + CACHE; n++) {
		if (strcmp(n->name, name) == 0) {
			n->used = ++turn;
			return n;
		}
		if (n->used < oldest->used)
			oldest = n;
	}
	free(oldest->file);
	memset(oldest, 0, sizeof(*oldest));
	memcpy(oldest->name, name, strlen(name));
	oldest->used = ++turn;
	return oldest;
}

/* The zone's clock; NULL when there is no such zone. Good until the next call. */
static const struct zone_file *clock_of(const char *name)
{
	struct entry *n;

	if (!is_zone(name))
		return NULL;
	n = entry_of(name);
	if (!n->file)
		n->file = load(name);
	return n->file;
}

/* ICU's text from ours; 0, or -1 for what is no plain ASCII or too long. */
static int wide(UChar dst[ZONE_NAME], const char *src)
{
	size_t n = strlen(src);

	if (n >= ZONE_NAME)
		return -1;
	for (size_t i = 0; i <= n; i++) {
		if ((unsigned char)src[i] > 126 || (i < n && src[i] < ' '))
			return -1;
		dst[i] = (UChar)src[i];
	}
	return 0;
}

static int narrow(char dst[ZONE_NAME], const UChar *src, int32_t n)
{
	if (n <= 0 || n >= ZONE_NAME)
		return -1;
	for (int32_t i = 0; i < n; i++)
		dst[i] = (char)src[i];
	dst[n] = '\0';
	return 0;
}

int zone_to_windows(const char *iana, char dst[ZONE_NAME])
{
	UChar from[ZONE_NAME], to[ZONE_NAME];
	UErrorCode status = U_ZERO_ERROR;
	struct entry *n;
	const char *known;

	dst[0] = '\0';
	if (!is_zone(iana) || wide(from, iana) < 0)
		return -1;
	known = zone_table_windows(iana);
	if (known)
		return str_copy(dst, ZONE_NAME, known);
	n = entry_of(iana);
	if (!n->windows[0]) {
		int32_t len = ucal_getWindowsTimeZoneID(from, -1, to, ZONE_NAME, &status);

		if (U_FAILURE(status) || narrow(n->windows, to, len) < 0)
			return -1;
	}
	return str_copy(dst, ZONE_NAME, n->windows);
}

int zone_to_iana(const char *name, char dst[ZONE_NAME])
{
	UChar from[ZONE_NAME], to[ZONE_NAME];
	UErrorCode status = U_ZERO_ERROR;
	const char *known;
	int32_t n;

	dst[0] = '\0';
	if (str_empty(name) || wide(from, name) < 0)
		return -1;
	known = zone_table_other(name);
	if (known)
		return str_copy(dst, ZONE_NAME, known);
	n = ucal_getTimeZoneIDForWindowsID(from, -1, "001", to, ZONE_NAME, &status);
	if (U_FAILURE(status) || narrow(dst, to, n) < 0) {
		dst[0] = '\0';
		return zone_known(name) ? str_copy(dst, ZONE_NAME, name) : -1;
	}
	known = zone_table_today(dst);
	return known ? str_copy(dst, ZONE_NAME, known) : 0;
}

int zone_known(const char *iana)
{
	return clock_of(iana) != NULL;
}

/* Days of a month. */
static int month_days(int year, int month)
{
	return (int)((month == 12 ? zone_days(year + 1, 1, 1) : zone_days(year, month + 1, 1)) -
		zone_days(year, month, 1));
}

static int is_local(const struct zone_local *l)
{
	return l->year >= YEAR_MIN && l->year <= YEAR_MAX && l->month >= 1 && l->month <= 12 &&
		l->day >= 1 && l->day <= month_days(l->year, l->month) && l->hour >= 0 &&
		l->hour <= 23 && l->minute >= 0 && l->minute <= 59 && l->second >= 0 &&
		l->second <= 59;
}

int zone_to_unix(const char *iana, const struct zone_local *l, int64_t *out)
{
	const struct zone_file *f = clock_of(iana);

	if (!f || !is_local(l))
		return -1;
	*out = zone_from_local(zone_file_span, f,
		zone_days(l->year, l->month, l->day) * DAY + l->hour * 3600 + l->minute * 60 +
			l->second);
	return 0;
}

int zone_from_unix(const char *iana, int64_t t, struct zone_local *out)
{
	const struct zone_file *f = clock_of(iana);
	struct zone_span s;
	int64_t days, rest;
	int year, month = 1;

	if (!f || t < zone_days(YEAR_MIN, 1, 2) * DAY || t >= zone_days(YEAR_MAX, 12, 31) * DAY)
		return -1;
	zone_file_span(f, t, &s);
	t += s.offset;
	days = t / DAY - (t % DAY < 0);
	rest = t - days * DAY;
	year = zone_year(days);
	while (month < 12 && zone_days(year, month + 1, 1) <= days)
		month++;
	*out = (struct zone_local){ year, month, (int)(days - zone_days(year, month, 1)) + 1,
		(int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60) };
	return 0;
}

/* Do both clocks show the same from one moment to another? */
static int same_clock(
	const struct zone_rules *z, const struct zone_file *f, int64_t from, int64_t until)
{
	struct zone_span a, b;

	for (int64_t t = from; t < until; t = a.until < b.until ? a.until : b.until) {
		zone_rules_span(z, t, &a);
		zone_file_span(f, t, &b);
		if (a.offset != b.offset)
			return 0;
	}
	return 1;
}

int zone_of_rules(const struct zone_rules *z, int64_t t, char dst[ZONE_NAME])
{
	const struct zone_file *f;
	const char *name;
	int64_t from, until;
	int year;

	dst[0] = '\0';
	if (t < zone_days(YEAR_MIN, 1, 1) * DAY || t >= zone_days(YEAR_MAX, 1, 1) * DAY)
		return -1;
	year = zone_year(t / DAY - (t % DAY < 0));
	from = zone_days(year, 1, 1) * DAY;
	until = zone_days(year + 1, 1, 1) * DAY;
	for (size_t i = 0; (name = zone_table_common(i)); i++) {
		f = clock_of(name);
		if (f && same_clock(z, f, from, until))
			return str_copy(dst, ZONE_NAME, name);
	}
	return -1;
}

/* --- when clocks change --- */

/* Spans may follow each other with the same offset: then nothing changes there. */
static int turns_of(zone_span_fn *span, const void *clock, int64_t t, struct zone_turn *out)
{
	const int64_t end = t + (int64_t)ZONE_AHEAD_DAYS * DAY;
	struct zone_span s, next;
	int n = 0;

	for (span(clock, t, &s); n < ZONE_TURNS && s.until < end; s = next) {
		span(clock, s.until, &next);
		if (next.offset != s.offset)
			out[n++] = (struct zone_turn){ s.until, s.offset, next.offset };
	}
	return n;
}

int zone_turns(const char *iana, int64_t t, struct zone_turn out[ZONE_TURNS])
{
	const struct zone_file *f = clock_of(iana);

	return f ? turns_of(zone_file_span, f, t, out) : -1;
}

int zone_rules_turns(const struct zone_rules *z, int64_t t, struct zone_turn out[ZONE_TURNS])
{
	return turns_of(zone_rules_span, z, t, out);
}

int zone_same(const struct zone_rules *z, const char *iana, int64_t t, int64_t until)
{
	const int64_t ahead = t + (int64_t)ZONE_AHEAD_DAYS * DAY;
	const int64_t end = until < ahead ? until : ahead;
	const struct zone_file *f = clock_of(iana);
	struct zone_span a, b;

	for (int64_t next; f && t < end; t = next) {
		zone_rules_span(z, t, &a);
		zone_file_span(f, t, &b);
		next = a.until < b.until ? a.until : b.until;
		if (a.offset != b.offset && next - t > MINUTE)
			return 0;
	}
	return f != NULL;
}
