/*
 * Expansion of recurrences against a brute force that walks every day, and against tables written
 * by hand where clocks change.
 */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>
#include "sim/item.h"

#define DAY ((int64_t)86400)

static utc_t at(const char *s)
{
	int64_t t = 0;
	enum when_kind kind;

	assert_true(when_read(s, &t, &kind));
	return t;
}

static const struct zone *zone(const char *id)
{
	const struct zone *z = zone_find(id);

	assert_non_null(z);
	return z;
}

struct list {
	struct occurrence at[4000];
	int n, most;
};

static bool collect(void *arg, const struct occurrence *o)
{
	struct list *l = arg;

	assert_true(l->n < (int)COUNT(l->at));
	l->at[l->n++] = *o;
	return l->most == 0 || l->n < l->most;
}

static struct list *expand(const struct item *i, utc_t from, utc_t to)
{
	struct list *l = need(sizeof(*l));

	item_expand(i, from, to, collect, l);
	return l;
}

/* The brute force: is this day one of the pattern, by its definition. */

static int64_t week_of(local_t day, int first)
{
	int64_t n = day / DAY + 4 - first; /* 1970-01-01 was a Thursday */

	return n >= 0 ? n / 7 : (n - 6) / 7;
}

static bool nth_matches(const struct recurrence *r, struct civil c)
{
	int before = 0, after = 0;

	if ((r->days >> c.weekday & 1) == 0)
		return false;
	for (int d = 1; d <= days_in_month(c.year, c.month); d++) {
		struct civil k = civil_of(civil_at(c.year, c.month, d, 0, 0, 0));

		if ((r->days >> k.weekday & 1) != 0) {
			before += d < c.day;
			after += d > c.day;
		}
	}
	return r->nth == 5 ? after == 0 : before == r->nth - 1;
}

static bool day_matches(const struct recurrence *r, struct civil c)
{
	int days = days_in_month(c.year, c.month);

	return c.day == (r->day < days ? r->day : days);
}

static bool matches_pattern(const struct recurrence *r, local_t first, local_t day)
{
	struct civil c = civil_of(day), f = civil_of(first);
	int months = (c.year - f.year) * 12 + c.month - f.month;

	switch (r->pattern) {
	case PATTERN_DAILY:
		return (day - first) / DAY % r->interval == 0;
	case PATTERN_WEEKLY:
		return (r->days >> c.weekday & 1) != 0 &&
			(week_of(day, r->first_weekday) - week_of(first, r->first_weekday)) %
				r->interval ==
			0;
	case PATTERN_MONTHLY:
		return months % r->interval == 0 && day_matches(r, c);
	case PATTERN_MONTHLY_NTH:
		return months % r->interval == 0 && nth_matches(r, c);
	case PATTERN_YEARLY:
		return c.month == r->month && day_matches(r, c);
	case PATTERN_YEARLY_NTH:
		return c.month == r->month && nth_matches(r, c);
	case PATTERN_NONE:
		break;
	}
	return false;
}

static void brute(const struct item *i, utc_t from, utc_t to, struct list *l)
{
	const struct recurrence *r = i->recurrence;
	local_t start = zone_local(i->zone, i->start), end = zone_local(i->zone, i->end);
	local_t first = start - start % DAY;
	int n = 0;

	for (local_t day = first; day < to + 2 * DAY; day += DAY) {
		utc_t s = zone_utc(i->zone, day + start - first);
		utc_t e = zone_utc(i->zone, day + end - first);

		if (!matches_pattern(r, first, day))
			continue;
		n++;
		if ((r->count > 0 && n > r->count) || (r->until != 0 && day > r->until))
			break;
		if (e < s)
			e = s + (end - start);
		if (s < to && (e > from || s >= from))
			l->at[l->n++] = (struct occurrence){ .start = s, .end = e, .instance = n };
	}
}

static void random_series(struct dice *d, struct item *i, struct recurrence *r)
{
	static const char *const ids[] = { "W. Europe Standard Time", "Eastern Standard Time",
		"AUS Eastern Standard Time", "UTC", "India Standard Time" };
	int kind = (int)dice_below(d, 6);

	memset(i, 0, sizeof(*i));
	i->zone = zone(ids[dice_below(d, COUNT(ids))]);
	i->start =
		at("2019-12-01T00:00:00") + dice_below(d, 900) * DAY + dice_below(d, 24 * 60) * 60;
	i->end = i->start + dice_below(d, 60 * 30) * 60;
	i->recurrence = r;
	*r = (struct recurrence){ .pattern = (enum pattern)(PATTERN_DAILY + kind),
		.interval = 1 + (int)dice_below(d, 5),
		.days = 1 + dice_below(d, 127),
		.day = 1 + (int)dice_below(d, 31),
		.nth = 1 + (int)dice_below(d, 5),
		.month = 1 + (int)dice_below(d, 12),
		.first_weekday = (int)dice_below(d, 7) };
	if (r->pattern == PATTERN_YEARLY || r->pattern == PATTERN_YEARLY_NTH)
		r->interval = 1;
	if (dice_below(d, 3) == 0)
		r->count = 1 + (int)dice_below(d, 200);
	else if (dice_below(d, 2) == 0)
		r->until = at("2020-06-01T00:00:00") + dice_below(d, 2500) * DAY;
}

static void assert_same_lists(const struct list *a, const struct list *b, int round)
{
	if (a->n != b->n)
		fail_msg("round %d: %d occurrences, not %d", round, a->n, b->n);
	for (int n = 0; n < a->n; n++) {
		if (a->at[n].start != b->at[n].start || a->at[n].end != b->at[n].end ||
			a->at[n].instance != b->at[n].instance)
			fail_msg("round %d, occurrence %d: %lld #%d, not %lld #%d", round, n,
				(long long)a->at[n].start, a->at[n].instance,
				(long long)b->at[n].start, b->at[n].instance);
	}
}

static void random_series_are_as_by_brute_force(void **state)
{
	struct dice d = { 4711 };
	int all = 0;

	(void)state;
	for (int round = 0; round < 1500; round++) {
		struct recurrence r;
		struct item i;
		struct list *found, *wanted = need(sizeof(*wanted));
		utc_t from, to;

		random_series(&d, &i, &r);
		from = i.start + (int64_t)dice_below(&d, 1000) * DAY - 60 * DAY;
		to = from + (1 + dice_below(&d, 62)) * DAY;
		found = expand(&i, from, to);
		brute(&i, from, to, wanted);
		assert_same_lists(found, wanted, round);
		all += found->n;
		free(found);
		free(wanted);
	}
	assert_true(all > 3000);
}

static void instances_are_those_of_the_expansion(void **state)
{
	struct dice d = { 99 };

	(void)state;
	for (int round = 0; round < 200; round++) {
		struct recurrence r;
		struct item i;
		struct occurrence o;
		struct list *l;
		bool finite;

		random_series(&d, &i, &r);
		r.count = r.count > 40 ? 40 : r.count;
		finite = r.count > 0 || r.until != 0;
		l = expand(&i, i.start - DAY, i.start + 3000 * DAY);
		for (int n = 0; n < l->n && n < 50; n++) {
			assert_true(item_instance(&i, n + 1, &o));
			assert_int_equal(o.start, l->at[n].start);
			assert_int_equal(o.instance, n + 1);
		}
		assert_int_equal(item_last(&i, &o), finite && l->n > 0);
		if (r.count > 0 && l->n == r.count)
			assert_false(item_instance(&i, r.count + 1, &o));
		free(l);
	}
}

/* Wall time holds while the clocks change. */
static const struct {
	const char *zone, *start, *end;
	const char *starts[4];
	const char *ends[4];
} changes[] = {
	/* spring forward in Berlin, Sunday 2026-03-29 02:00 */
	{ "W. Europe Standard Time", "2026-03-27T08:00:00Z", "2026-03-27T09:00:00Z",
		{ "2026-03-27T08:00:00Z", "2026-03-28T08:00:00Z", "2026-03-29T07:00:00Z",
			"2026-03-30T07:00:00Z" },
		{ "2026-03-27T09:00:00Z", "2026-03-28T09:00:00Z", "2026-03-29T08:00:00Z",
			"2026-03-30T08:00:00Z" } },
	/* at half past two, an hour that day does not have */
	{ "W. Europe Standard Time", "2026-03-28T01:30:00Z", "2026-03-28T02:15:00Z",
		{ "2026-03-28T01:30:00Z", "2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z", NULL },
		{ "2026-03-28T02:15:00Z", "2026-03-29T02:15:00Z", "2026-03-30T01:15:00Z", NULL } },
	/* back in Berlin, Sunday 2026-10-25 03:00; half past two comes twice, the first counts */
	{ "W. Europe Standard Time", "2026-10-24T00:30:00Z", "2026-10-24T01:30:00Z",
		{ "2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z", NULL },
		{ "2026-10-24T01:30:00Z", "2026-10-25T02:30:00Z", "2026-10-26T02:30:00Z", NULL } },
	/* New York, Sunday 2026-03-08 */
	{ "Eastern Standard Time", "2026-03-07T14:00:00Z", "2026-03-07T15:30:00Z",
		{ "2026-03-07T14:00:00Z", "2026-03-08T13:00:00Z", "2026-03-09T13:00:00Z", NULL },
		{ "2026-03-07T15:30:00Z", "2026-03-08T14:30:00Z", "2026-03-09T14:30:00Z", NULL } },
	/* New York, Sunday 2026-11-01, over midnight */
	{ "Eastern Standard Time", "2026-10-31T03:00:00Z", "2026-10-31T08:00:00Z",
		{ "2026-10-31T03:00:00Z", "2026-11-01T03:00:00Z", "2026-11-02T04:00:00Z", NULL },
		{ "2026-10-31T08:00:00Z", "2026-11-01T09:00:00Z", "2026-11-02T09:00:00Z", NULL } },
	/* Sydney, Sunday 2026-04-05 back, 2026-10-04 forward */
	{ "AUS Eastern Standard Time", "2026-04-03T23:00:00Z", "2026-04-04T00:00:00Z",
		{ "2026-04-03T23:00:00Z", "2026-04-05T00:00:00Z", "2026-04-06T00:00:00Z", NULL },
		{ "2026-04-04T00:00:00Z", "2026-04-05T01:00:00Z", "2026-04-06T01:00:00Z", NULL } },
	{ "AUS Eastern Standard Time", "2026-10-03T00:00:00Z", "2026-10-03T01:00:00Z",
		{ "2026-10-03T00:00:00Z", "2026-10-03T23:00:00Z", "2026-10-04T23:00:00Z", NULL },
		{ "2026-10-03T01:00:00Z", "2026-10-04T00:00:00Z", "2026-10-05T00:00:00Z", NULL } },
	/* all day in Berlin: local midnights */
	{ "W. Europe Standard Time", "2026-10-23T22:00:00Z", "2026-10-24T22:00:00Z",
		{ "2026-10-23T22:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", NULL },
		{ "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", "2026-10-26T23:00:00Z", NULL } },
	/* and in Sydney */
	{ "AUS Eastern Standard Time", "2026-10-02T14:00:00Z", "2026-10-03T14:00:00Z",
		{ "2026-10-02T14:00:00Z", "2026-10-03T14:00:00Z", "2026-10-04T13:00:00Z", NULL },
		{ "2026-10-03T14:00:00Z", "2026-10-04T13:00:00Z", "2026-10-05T13:00:00Z", NULL } },
};

static void wall_time_holds_across_daylight_time(void **state)
{
	(void)state;
	for (size_t k = 0; k < COUNT(changes); k++) {
		struct recurrence r = { .pattern = PATTERN_DAILY, .interval = 1 };
		struct item i = { .zone = zone(changes[k].zone), .recurrence = &r };
		struct list *l;
		int n = 0;

		while (n < 4 && changes[k].starts[n] != NULL)
			n++;
		r.count = n;
		i.start = at(changes[k].start);
		i.end = at(changes[k].end);
		l = expand(&i, i.start - DAY, i.start + 9 * DAY);
		assert_int_equal(l->n, n);
		while (n-- > 0) {
			if (l->at[n].start != at(changes[k].starts[n]) ||
				l->at[n].end != at(changes[k].ends[n]))
				fail_msg("row %zu, occurrence %d: %lld to %lld", k, n,
					(long long)l->at[n].start, (long long)l->at[n].end);
		}
		free(l);
	}
}

static void a_start_in_the_gap_does_not_pass_its_end(void **state)
{
	struct recurrence r = { .pattern = PATTERN_DAILY, .interval = 1, .count = 2 };
	struct item i = { .zone = zone("W. Europe Standard Time"), .recurrence = &r };
	struct list *l;

	(void)state;
	i.start = at("2026-03-28T01:45:00Z");
	i.end = at("2026-03-28T02:15:00Z");
	l = expand(&i, i.start, i.start + 3 * DAY);
	assert_int_equal(l->n, 2);
	assert_int_equal(l->at[1].start, at("2026-03-29T01:45:00Z"));
	assert_int_equal(l->at[1].end, at("2026-03-29T02:15:00Z"));
	free(l);
}

/* Exceptions */

static struct item *series(int count)
{
	struct item *i = need(sizeof(*i));

	i->class = ITEM_CALENDAR;
	i->subject = copy("Standup");
	i->zone = zone("W. Europe Standard Time");
	i->start = at("2026-11-23T08:00:00Z");
	i->end = at("2026-11-23T08:30:00Z");
	i->recurrence = need(sizeof(*i->recurrence));
	*i->recurrence = (struct recurrence){ PATTERN_DAILY, 1, .count = count };
	return i;
}

static void exceptions_replace_and_stay_in_order(void **state)
{
	struct item *i = series(6), *e;
	struct occurrence o;
	struct list *l;

	(void)state;
	item_drop(i, i->start + 2 * DAY);
	e = item_exception(i, i->start + DAY);
	assert_ptr_equal(e->master, i);
	assert_int_equal(e->original, i->start + DAY);
	assert_null(e->recurrence);
	assert_string_equal(e->subject, "Standup");
	assert_ptr_equal(item_exception(i, i->start + DAY), e);
	e->start += 3 * DAY + 3600;
	e->end += 3 * DAY + 3600;
	l = expand(i, i->start, i->start + 10 * DAY);
	assert_int_equal(l->n, 5);
	static const int instances[] = { 1, 4, 5, 2, 6 };
	for (int n = 0; n < 5; n++)
		assert_int_equal(l->at[n].instance, instances[n]);
	assert_ptr_equal(l->at[3].item, e);
	assert_ptr_equal(l->at[3].master, i);
	assert_int_equal(l->at[3].original, i->start + DAY);
	free(l);
	/* Only where the exception was moved to. */
	l = expand(i, e->start, e->end);
	assert_int_equal(l->n, 1);
	free(l);
	l = expand(i, i->start + DAY, i->start + DAY + 1800);
	assert_int_equal(l->n, 0);
	free(l);
	assert_true(item_instance(i, 2, &o));
	assert_ptr_equal(o.item, e);
	assert_false(item_instance(i, 3, &o));
	assert_int_equal(o.instance, 3);
	assert_false(item_instance(i, 7, &o));
	assert_int_equal(o.instance, 0);
	assert_false(item_instance(i, 0, &o));
	assert_false(item_instance(i, -1, &o));
	item_drop(i, i->start + 5 * DAY);
	assert_true(item_last(i, &o));
	assert_int_equal(o.instance, 5);
	item_free(i);
}

static void an_exception_may_lie_before_its_series(void **state)
{
	struct item *i = series(3), *e = item_exception(i, i->start);
	struct list *l;

	(void)state;
	e->start -= 40 * DAY;
	e->end -= 40 * DAY;
	l = expand(i, e->start - 1, e->start + 1);
	assert_int_equal(l->n, 1);
	assert_int_equal(l->at[0].instance, 1);
	free(l);
	item_free(i);
}

/* Bounds */

static void single_items_overlap_as_exchange_says(void **state)
{
	static const struct {
		int64_t from, to;
		int n;
	} rows[] = { { 0, 100, 0 }, { 100, 200, 1 }, { 50, 101, 1 }, { 199, 300, 1 },
		{ 200, 300, 0 }, { 0, 1000, 1 }, { 120, 130, 1 } };
	struct item i = { .start = 100, .end = 200 };

	(void)state;
	for (size_t k = 0; k < COUNT(rows); k++) {
		struct list *l = expand(&i, rows[k].from, rows[k].to);

		assert_int_equal(l->n, rows[k].n);
		free(l);
	}
	i.end = 100; /* without length: where it begins */
	struct list *l = expand(&i, 100, 101);
	assert_int_equal(l->n, 1);
	assert_null(l->at[0].master);
	assert_int_equal(l->at[0].instance, 0);
	free(l);
	l = expand(&i, 0, 100);
	assert_int_equal(l->n, 0);
	free(l);
}

static void odd_patterns_end(void **state)
{
	static const struct recurrence rows[] = {
		{ PATTERN_DAILY, 0, .count = 3 },
		{ PATTERN_DAILY, INT32_MAX, .count = 3 },
		{ PATTERN_DAILY, -5, .count = 3 },
		{ PATTERN_WEEKLY, INT32_MAX, 0xffffffff, .first_weekday = 99 },
		{ PATTERN_WEEKLY, 1, 0, .first_weekday = -3 },
		{ PATTERN_MONTHLY, INT32_MAX, .day = 99 },
		{ PATTERN_MONTHLY, 1, .day = -4 },
		{ PATTERN_MONTHLY_NTH, 1, 0, .nth = 77 },
		{ PATTERN_MONTHLY_NTH, 1, 0, .nth = -1 },
		{ PATTERN_YEARLY, INT32_MAX, .day = 31, .month = 2000 },
		{ PATTERN_YEARLY_NTH, 1, 1, .nth = 5, .month = -1 },
		{ PATTERN_DAILY, 1, .until = 1 },
		{ .pattern = PATTERN_NONE },
	};

	(void)state;
	for (size_t k = 0; k < COUNT(rows); k++) {
		struct recurrence r = rows[k];
		struct item i = { .zone = &zones[0], .recurrence = &r };
		struct list *l = need(sizeof(*l));
		struct occurrence o;

		i.start = at("2026-11-23T08:00:00Z");
		i.end = i.start + 3600;
		l->most = 50;
		item_expand(&i, INT64_MIN / 4, INT64_MAX / 4, collect, l);
		assert_true(l->n <= 50);
		item_instance(&i, INT32_MAX, &o);
		item_instance(&i, 1100000, &o);
		item_last(&i, &o);
		free(l);
	}
}

static void months_keep_to_their_last_day(void **state)
{
	static const char *const days[] = { "2026-01-31T09:00:00Z", "2026-02-28T09:00:00Z",
		"2026-03-31T09:00:00Z", "2026-04-30T09:00:00Z" };
	struct recurrence r = { PATTERN_MONTHLY, 1, .day = 31, .count = 4 };
	struct item i = { .zone = &zones[0], .recurrence = &r };
	struct list *l;

	(void)state;
	i.start = at(days[0]);
	i.end = i.start + 60;
	l = expand(&i, i.start, i.start + 300 * DAY);
	assert_int_equal(l->n, 4);
	for (int n = 0; n < 4; n++)
		assert_int_equal(l->at[n].start, at(days[n]));
	free(l);
}

static bool count_only(void *arg, const struct occurrence *o)
{
	(void)o;
	++*(int *)arg;
	return true;
}

/* Not a clock: a walk over a thousand years would take minutes. */
static void a_window_far_away_is_reached_at_once(void **state)
{
	struct recurrence r = { PATTERN_WEEKLY, 1, 0x3e, .first_weekday = 1 };
	struct item i = { .zone = zone("W. Europe Standard Time"), .recurrence = &r };
	int n = 0;

	(void)state;
	i.start = at("1990-01-01T08:00:00Z");
	i.end = i.start + 3600;
	for (int k = 0; k < 20000; k++)
		item_expand(
			&i, at("2990-01-01T00:00:00Z"), at("2990-01-08T00:00:00Z"), count_only, &n);
	assert_int_equal(n, 5 * 20000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_series_are_as_by_brute_force),
		cmocka_unit_test(instances_are_those_of_the_expansion),
		cmocka_unit_test(wall_time_holds_across_daylight_time),
		cmocka_unit_test(a_start_in_the_gap_does_not_pass_its_end),
		cmocka_unit_test(exceptions_replace_and_stay_in_order),
		cmocka_unit_test(an_exception_may_lie_before_its_series),
		cmocka_unit_test(single_items_overlap_as_exchange_says),
		cmocka_unit_test(odd_patterns_end),
		cmocka_unit_test(months_keep_to_their_last_day),
		cmocka_unit_test(a_window_far_away_is_reached_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
