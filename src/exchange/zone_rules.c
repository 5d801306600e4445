/* Zone rules: zones given by rules, as Exchange tells them: a base, and two changes a year, each on
 * the nth weekday of a month.
 *
 * Pure arithmetic. Signs are Exchange's: UTC = local + bias (EWS.md 8.1). Rule: whatever was told
 * gives an answer; a change that is no date is no change, a bias of more than a day counts as a
 * day.
 */
#include "zone_clock.h"

enum { DAY = 86400, BIAS_MAX = 1440, SECOND_MAX = 8 * DAY };

/* Ten thousand years from 1970: outside, clocks do not change. */
static const int64_t FAR = (int64_t)10000 * 366 * DAY;

int64_t zone_days(int year, int month, int day)
{
	/* the year begins in March, so that the leap day is its last: 400 years have 146097 days */
	int64_t y = month <= 2 ? (int64_t)year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t of_era = y - era * 400;
	int64_t of_year = (153 * ((int64_t)month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static int64_t within(int64_t v, int64_t limit)
{
	return v > limit ? limit : v < -limit ? -limit : v;
}

static int64_t offset_of(const struct zone_rules *z, const struct zone_change *c)
{
	return -60 * (within(z->bias, BIAS_MAX) + within(c->bias, BIAS_MAX));
}

static int is_change(const struct zone_change *c)
{
	return c->month >= 1 && c->month <= 12 && c->order >= 1 && c->order <= 5 && c->day >= 0 &&
		c->day <= 6;
}

/* Local time of a change in a year, by the clock that is in force before it. */
static int64_t change_at(const struct zone_change *c, int year)
{
	int64_t first = zone_days(year, c->month, 1);
	int64_t next =
		c->month == 12 ? zone_days(year + 1, 1, 1) : zone_days(year, c->month + 1, 1);
	int64_t weekday = ((first + 4) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
	int64_t day = first + (c->day - weekday + 7) % 7 + 7 * ((int64_t)c->order - 1);

	if (day >= next)
		day -= 7;
	return day * DAY + within(c->second, SECOND_MAX);
}

int zone_year(int64_t days)
{
	int64_t year = 1970 + days / 366;

	while (zone_days((int)year + 1, 1, 1) <= days)
		year++;
	while (zone_days((int)year, 1, 1) > days)
		year--;
	return (int)year;
}

void zone_rules_span(const void *clock, int64_t t, struct zone_span *out)
{
	const struct zone_rules *z = clock;
	int64_t standard = offset_of(z, &z->standard), daylight = offset_of(z, &z->daylight);
	int year;

	*out = (struct zone_span){ INT64_MIN, INT64_MAX, standard };
	if (!is_change(&z->standard) || !is_change(&z->daylight))
		return;
	if (within(t, FAR) != t) {
		*out = t > 0 ? (struct zone_span){ FAR + 1, INT64_MAX, standard }
			     : (struct zone_span){ INT64_MIN, -FAR, standard };
		return;
	}
	year = zone_year(t / DAY - (t % DAY < 0));
	for (int y = year - 1; y <= year + 1; y++) {
		const struct zone_span changes[] = {
			{ .from = change_at(&z->daylight, y) - standard, .offset = daylight },
			{ .from = change_at(&z->standard, y) - daylight, .offset = standard },
		};

		for (int i = 0; i < 2; i++) {
			if (changes[i].from > t && changes[i].from < out->until)
				out->until = changes[i].from;
			if (changes[i].from <= t && changes[i].from >= out->from) {
				out->from = changes[i].from;
				out->offset = changes[i].offset;
			}
		}
	}
}

int64_t zone_from_local(zone_span_fn *span, const void *clock, int64_t local)
{
	struct zone_span s;
	int64_t t = local - 2 * DAY; /* no offset is larger */

	for (;;) {
		span(clock, t, &s);
		t = local - s.offset;
		if (t < s.until)
			return t < s.from ? s.from : t;
		t = s.until;
	}
}

int64_t zone_rules_to_unix(const struct zone_rules *z, const struct zone_local *l)
{
	int64_t local = zone_days(l->year, l->month, l->day) * DAY + (int64_t)l->hour * 3600 +
		(int64_t)l->minute * 60 + l->second;

	return zone_from_local(zone_rules_span, z, local);
}

int zone_rules_bias(const struct zone_rules *z, int64_t t)
{
	struct zone_span s;

	zone_rules_span(z, t, &s);
	return (int)(-s.offset / 60);
}
