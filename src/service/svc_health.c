/* Service: health: days into a strip, minutes into a typical one. */
#include "svc_health.h"

#include <stdlib.h>

enum { DAY_MINUTES = 24 * 60, SLOW_PERCENT = 95, PARTS = 3 };

/* --- the server --- */

/* The newest first: the first one that is not newer than the version is its product. */
static const struct {
	long parts[PARTS]; /* major, minor, build */
	const char *name;
} products[] = {
	{ { 15, 20, 0 }, "Exchange Online" },
	{ { 15, 2, 2562 }, "Exchange Server SE" },
	{ { 15, 2, 0 }, "Exchange Server 2019" },
	{ { 15, 1, 0 }, "Exchange Server 2016" },
	{ { 15, 0, 0 }, "Exchange Server 2013" },
	{ { 14, 0, 0 }, "Exchange Server 2010" },
	{ { 8, 0, 0 }, "Exchange Server 2007" },
};

enum { PRODUCTS = sizeof(products) / sizeof(products[0]) };

static int is_older(const long a[PARTS], const long b[PARTS])
{
	int i = 0;

	while (i < PARTS - 1 && a[i] == b[i])
		i++;
	return a[i] < b[i];
}

const char *svc_health_product(const char *version)
{
	long parts[PARTS] = { 0 };
	const char *rest = version;
	char *end;
	int i;

	for (i = 0; i < PARTS; i++) {
		parts[i] = strtol(rest, &end, 10);
		rest = end + (*end == '.');
	}
	for (i = 0; i < PRODUCTS && is_older(parts, products[i].parts); i++)
		;
	return i < PRODUCTS ? products[i].name : version;
}

/* --- days --- */

static enum health_mark mark_of(const struct health_day *d)
{
	if (d->down > 0)
		return MARK_DOWN;
	if (d->slowed > 0)
		return MARK_SLOWED;
	if (d->well > 0)
		return MARK_WELL;
	return d->paused > 0 ? MARK_PAUSED : MARK_NONE;
}

void svc_health_strip(const struct health_day *d, int n, int64_t today, struct svc_days *out)
{
	int64_t up = 0, at;

	*out = (struct svc_days){ .first = today - HEALTH_DAYS + 1, .up = -1 };
	for (int i = 0; i < n; i++) {
		at = d[i].day - out->first;
		if (at < 0 || at >= HEALTH_DAYS)
			continue;
		out->marks[at] = mark_of(&d[i]);
		up += d[i].well + d[i].slowed;
		out->down += d[i].down;
	}
	for (int i = 0; i < HEALTH_DAYS; i++)
		out->count[out->marks[i]]++;
	if (up + out->down > 0)
		out->up = (int)(up * HEALTH_UP_ALL / (up + out->down));
}

/* --- minutes --- */

static int by_size(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Of sorted numbers the one that `percent` of them do not exceed. */
static int64_t percentile(const int64_t *sorted, int n, int percent)
{
	return n ? sorted[(n * percent + 99) / 100 - 1] : 0;
}

static void points(const int64_t *ms, const int64_t *calls, struct svc_calls *out)
{
	out->highest = -1;
	for (int i = 0; i < HEALTH_POINTS; i++) {
		out->points[i] = calls[i] ? ms[i] / calls[i] : -1;
		if (out->points[i] > out->highest)
			out->highest = out->points[i];
	}
}

void svc_health_calls(const struct health_calls *c, int n, int64_t minute, struct svc_calls *out)
{
	const int64_t first = minute - HEALTH_MINUTES + 1, midnight = minute - minute % DAY_MINUTES;
	int64_t ms[HEALTH_POINTS] = { 0 }, calls[HEALTH_POINTS] = { 0 },
		averages[HEALTH_MINUTES] = { 0 };
	int64_t worked, at;
	int minutes = 0;

	*out = (struct svc_calls){ 0 };
	for (int i = 0; i < n; i++) {
		at = c[i].minute - first;
		if (at < 0 || at >= HEALTH_MINUTES)
			continue;
		out->calls += c[i].calls;
		out->failed += c[i].failed;
		out->today += c[i].minute >= midnight ? c[i].calls : 0;
		worked = c[i].calls - c[i].failed;
		if (worked <= 0 || minutes == HEALTH_MINUTES)
			continue;
		averages[minutes++] = c[i].ms / worked;
		at = at * HEALTH_POINTS / HEALTH_MINUTES;
		ms[at] += c[i].ms;
		calls[at] += worked;
	}
	qsort(averages, (size_t)minutes, sizeof(*averages), by_size);
	out->typical = percentile(averages, minutes, 50);
	out->slow = percentile(averages, minutes, SLOW_PERCENT);
	points(ms, calls, out);
}
