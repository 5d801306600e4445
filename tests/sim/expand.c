/*
 * Expansion of recurring items. Every pattern is a function from the number of an occurrence to its
 * day, computed without counting up from the start, so that a window far from the start of a series
 * costs as much as one at its beginning. Days are midnights on the wall clock of the item's zone;
 * starts and ends keep their wall time across daylight time. Exceptions replace what they except
 * and may lie anywhere.
 */
#include "sim/item.h"

#include <stdlib.h>

#define DAY ((int64_t)86400)
/* The bounds of Exchange's calendar: series without end stop at the last. */
#define FIRST_DAY ((local_t)-11644473600) /* 1601-01-01 */
#define LAST_DAY ((local_t)79870579200)	  /* 4500-12-31 */
#define LAST_MONTH (4500 * 12 + 11)
#define LAST_INSTANCE 1100000 /* a day each from the first to the last */

struct series {
	const struct item *master;
	const struct recurrence *r;
	const struct zone *zone;
	struct zone_span span; /* of its zone, where it was looked at last */
	local_t first;	       /* day of the item itself */
	int64_t from, to;      /* start and end of an occurrence, seconds after its midnight */
	int64_t step;	       /* interval in days, or in months */
	local_t week;	       /* weekly: the first day of the first week */
	unsigned days;	       /* weekly: mask in the order of the week; nth: of weekdays */
	int per_step, skipped; /* occurrences in a full step; those before the first */
	int first_month;       /* months since year 0 */
};

/* Midnight of the same day, before 1970 too. */
static local_t day_of(local_t t)
{
	local_t rest = t % DAY;

	return t - (rest < 0 ? rest + DAY : rest);
}

static int weekday_of(local_t day)
{
	int64_t n = (day / DAY + 4) % 7;

	return (int)(n < 0 ? n + 7 : n);
}

static int bits(unsigned mask)
{
	return __builtin_popcount(mask);
}

/* The mask's bits in the order of a week that begins on `first`. */
static unsigned rotated(unsigned mask, int first)
{
	return ((mask >> first) | (mask << (7 - first))) & 0x7f;
}

/* The nth (5 = last) day of a month whose weekday is in the mask. */
static int nth_day(int year, int month, int nth, unsigned mask)
{
	int weekday = weekday_of(civil_at(year, month, 1, 0, 0, 0));
	int days = days_in_month(year, month), found = 0;

	for (int day = 1; day <= days; day++, weekday = (weekday + 1) % 7) {
		if ((mask >> weekday & 1) == 0)
			continue;
		found = day;
		if (nth < 5 && --nth <= 0)
			break;
	}
	return found;
}

/* The one day of a monthly or yearly pattern in the nth month it touches. A day that a month does
 * not have is its last, as Exchange takes it. */
static local_t month_day(const struct series *s, int64_t step)
{
	const struct recurrence *r = s->r;
	int64_t months = s->first_month + step * s->step;
	int year = (int)(months / 12), month = (int)(months % 12) + 1, day;

	if (months > LAST_MONTH)
		return LAST_DAY + DAY;
	if (r->pattern == PATTERN_MONTHLY || r->pattern == PATTERN_YEARLY) {
		int days = days_in_month(year, month);

		day = r->day < 1 ? 1 : r->day > days ? days : r->day;
	} else {
		day = nth_day(year, month, r->nth < 1 ? 1 : r->nth, s->days);
	}
	return civil_at(year, month, day, 0, 0, 0);
}

/* The day of the nth occurrence, counted from 0. */
static local_t series_day(const struct series *s, int64_t n)
{
	unsigned mask = s->days;
	int64_t step;

	n += s->skipped;
	switch (s->r->pattern) {
	case PATTERN_NONE:
	case PATTERN_DAILY:
		return s->first + n * s->step * DAY;
	case PATTERN_WEEKLY:
		step = n / s->per_step;
		for (n %= s->per_step; n > 0; n--)
			mask &= mask - 1;
		return s->week + (step * s->step * 7 + __builtin_ctz(mask)) * DAY;
	case PATTERN_MONTHLY:
	case PATTERN_MONTHLY_NTH:
	case PATTERN_YEARLY:
	case PATTERN_YEARLY_NTH:
		break;
	}
	return month_day(s, n);
}

/* The first occurrence on or after a day. */
static int64_t series_seek(const struct series *s, local_t day)
{
	int64_t n = 0;
	struct civil c;

	if (day > s->first && s->r->pattern == PATTERN_DAILY) {
		n = (day - s->first) / (s->step * DAY);
	} else if (day > s->first && s->r->pattern == PATTERN_WEEKLY) {
		n = (day - s->week) / (s->step * 7 * DAY) * s->per_step - s->skipped;
	} else if (day > s->first) {
		c = civil_of(day);
		n = (c.year * 12 + c.month - 1 - s->first_month) / s->step - s->skipped;
	}
	if (n < 0)
		n = 0;
	while (series_day(s, n) < day && n < LAST_INSTANCE)
		n++;
	return n;
}

/* Is the nth still within the range. */
static bool series_has(const struct series *s, int64_t n, local_t day)
{
	if (day > LAST_DAY)
		return false;
	if (s->r->count > 0)
		return n < s->r->count;
	return s->r->until == 0 || day <= s->r->until;
}

/* Weeks are counted from the one the item lies in; its days before the item were never. */
static void series_weekly(struct series *s)
{
	int first = s->r->first_weekday % 7, into;

	if (first < 0)
		first = 0;
	into = (weekday_of(s->first) - first + 7) % 7;
	if (s->days == 0)
		s->days = 1u << weekday_of(s->first);
	s->days = rotated(s->days, first);
	s->week = s->first - into * DAY;
	s->per_step = bits(s->days);
	s->skipped = bits(s->days & ((1u << into) - 1));
}

/* Months are counted from the item's; when its day was over already, the next one is the first. */
static void series_monthly(struct series *s)
{
	struct civil c = civil_of(s->first);

	if (s->days == 0)
		s->days = 0x7f;
	s->per_step = 1;
	s->first_month = c.year * 12 + c.month - 1;
	if (s->r->pattern == PATTERN_YEARLY || s->r->pattern == PATTERN_YEARLY_NTH) {
		int month = s->r->month < 1 || s->r->month > 12 ? c.month : s->r->month;

		s->first_month = c.year * 12 + month - 1;
		s->step *= 12;
	}
	s->skipped = month_day(s, 0) < s->first ? 1 : 0;
}

/* Whatever a request wrote into the rule, what comes out is within bounds. */
static void series_open(struct series *s, const struct item *master)
{
	const struct recurrence *r = master->recurrence;
	local_t start;

	*s = (struct series){ .master = master, .r = r, .days = r->days & 0x7f };
	s->zone = master->zone != NULL ? master->zone : &zones[0];
	start = zone_local_near(s->zone, master->start, &s->span);
	s->first = day_of(start);
	s->from = start - s->first;
	s->to = zone_local_near(s->zone, master->end, &s->span) - s->first;
	if (s->to < s->from)
		s->to = s->from;
	s->step = r->interval < 1 ? 1 : r->interval > 9999 ? 9999 : r->interval;
	if (r->pattern == PATTERN_WEEKLY)
		series_weekly(s);
	else if (r->pattern != PATTERN_DAILY)
		series_monthly(s);
}

static void series_occurrence(struct series *s, int64_t n, local_t day, struct occurrence *o)
{
	o->item = o->master = s->master;
	o->start = o->original = zone_utc_near(s->zone, day + s->from, &s->span);
	o->end = zone_utc_near(s->zone, day + s->to, &s->span);
	o->instance = (int)n + 1;
	/* A start that was moved out of the hour that spring leaves out may pass its end. */
	if (o->end < o->start)
		o->end = o->start + (s->to - s->from);
}

static const struct exception *exception_at(const struct item *master, utc_t original)
{
	for (int n = 0; n < master->n_exceptions; n++) {
		if (master->exceptions[n].original == original)
			return &master->exceptions[n];
	}
	return NULL;
}

static void exception_occurrence(
	const struct series *s, const struct exception *e, struct occurrence *o)
{
	local_t day = day_of(zone_local(s->zone, e->original));

	*o = (struct occurrence){ .item = e->item,
		.master = s->master,
		.start = e->item->start,
		.end = e->item->end,
		.original = e->original,
		.instance = (int)series_seek(s, day) + 1 };
}

static bool overlaps(utc_t start, utc_t end, utc_t from, utc_t to)
{
	return start < to && (end > from || start >= from);
}

struct window {
	utc_t from, to;
	occurrence_fn *fn;
	void *arg;
	const struct exception *last; /* exception told last */
};

/* The order in which exceptions are told. */
static bool exception_before(const struct exception *a, const struct exception *b)
{
	if (a->item->start != b->item->start)
		return a->item->start < b->item->start;
	return a->original < b->original;
}

/* The exceptions in the window that start before `before` and were not told yet, in order. */
static bool tell_exceptions(const struct series *s, struct window *v, utc_t before)
{
	const struct item *m = s->master;
	const struct exception *next;
	struct occurrence o;

	do {
		next = NULL;
		for (int n = 0; n < m->n_exceptions; n++) {
			const struct exception *e = &m->exceptions[n];

			if (e->item != NULL && e->item->start < before &&
				overlaps(e->item->start, e->item->end, v->from, v->to) &&
				(v->last == NULL || exception_before(v->last, e)) &&
				(next == NULL || exception_before(e, next)))
				next = e;
		}
		if (next == NULL)
			return true;
		v->last = next;
		exception_occurrence(s, next, &o);
	} while (v->fn(v->arg, &o));
	return false;
}

/* Regular occurrences in their order, with the exceptions in between. */
static void expand_series(const struct item *i, struct window *v)
{
	struct occurrence o;
	struct series s;
	local_t day;
	int64_t n;

	series_open(&s, i);
	/* A day early: the wall clock may have been moved in between. */
	n = series_seek(&s, day_of(zone_local_near(s.zone, v->from, &s.span) - s.to) - DAY);
	for (day = series_day(&s, n); series_has(&s, n, day); day = series_day(&s, ++n)) {
		series_occurrence(&s, n, day, &o);
		if (o.start >= v->to)
			break;
		if (!overlaps(o.start, o.end, v->from, v->to))
			continue;
		if (i->n_exceptions > 0 && exception_at(i, o.original) != NULL)
			continue;
		if (i->n_exceptions > 0 && !tell_exceptions(&s, v, o.start))
			return;
		if (!v->fn(v->arg, &o))
			return;
	}
	if (i->n_exceptions > 0)
		tell_exceptions(&s, v, v->to);
}

static bool recurs(const struct item *i)
{
	return i->recurrence != NULL && i->recurrence->pattern != PATTERN_NONE;
}

void item_expand(const struct item *i, utc_t from, utc_t to, occurrence_fn *fn, void *arg)
{
	struct window v = { .from = from, .to = to, .fn = fn, .arg = arg };
	struct occurrence o = { .item = i, .start = i->start, .end = i->end, .original = i->start };

	if (!recurs(i)) {
		if (overlaps(i->start, i->end, from, to))
			fn(arg, &o);
		return;
	}
	if (i->start >= to && i->n_exceptions == 0)
		return;
	if (v.to > LAST_DAY)
		v.to = LAST_DAY;
	if (v.from < FIRST_DAY)
		v.from = FIRST_DAY;
	if (v.from < v.to)
		expand_series(i, &v);
}

bool item_instance(const struct item *master, int instance, struct occurrence *o)
{
	const struct exception *e;
	struct series s;
	local_t day;

	*o = (struct occurrence){ 0 };
	if (!recurs(master) || instance < 1 || instance > LAST_INSTANCE)
		return false;
	series_open(&s, master);
	day = series_day(&s, instance - 1);
	if (!series_has(&s, instance - 1, day))
		return false;
	series_occurrence(&s, instance - 1, day, o);
	e = exception_at(master, o->original);
	if (e != NULL && e->item != NULL)
		exception_occurrence(&s, e, o);
	return e == NULL || e->item != NULL;
}

bool item_last(const struct item *master, struct occurrence *o)
{
	struct series s;
	int64_t n;

	if (!recurs(master) || (master->recurrence->count <= 0 && master->recurrence->until == 0))
		return false;
	series_open(&s, master);
	n = master->recurrence->count;
	if (n <= 0)
		n = series_seek(&s, master->recurrence->until + 1);
	while (n > 0 && !item_instance(master, (int)n, o))
		n--;
	return n > 0;
}

/* The exception's row, added when there is none. */
static struct exception *exception_of(struct item *master, utc_t original)
{
	struct exception *e = (struct exception *)exception_at(master, original);
	size_t n = (size_t)master->n_exceptions;

	if (e != NULL)
		return e;
	master->exceptions = need_more(master->exceptions, (n + 1) * sizeof(*e));
	master->n_exceptions++;
	master->exceptions[n] = (struct exception){ .original = original };
	return &master->exceptions[n];
}

/* An occurrence as an item: the master's content without what makes it recur. */
static struct item *occurrence_item(const struct item *master, utc_t original)
{
	struct item bare = *master, *i;
	struct occurrence o;
	struct series s;
	local_t day;

	series_open(&s, master);
	day = day_of(zone_local(s.zone, original));
	series_occurrence(&s, series_seek(&s, day), day, &o);
	bare.recurrence = NULL;
	bare.exceptions = NULL;
	bare.n_exceptions = 0;
	i = item_clone(&bare);
	i->start = original;
	i->end = original + (o.end - o.start);
	i->original = original;
	return i;
}

struct item *item_exception(struct item *master, utc_t original)
{
	struct exception *e = exception_of(master, original);

	if (e->item == NULL) {
		e->item = occurrence_item(master, original);
		e->item->master = master;
		e->deleted = false;
	}
	return e->item;
}

void item_drop(struct item *master, utc_t original)
{
	struct exception *e = exception_of(master, original);

	item_free(e->item);
	e->item = NULL;
	e->deleted = true;
}
