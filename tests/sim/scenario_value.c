/*
 * Scenario values: words that are numbers, durations, moments, things of the world, and options.
 * Everything is checked for its kind and its limits here, so that handlers only act.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sim/scenario_run.h"

enum { A_BILLION = 1000000000, NEAR_MAILBOXES = 5000 };

const char *next(struct run *r)
{
	return r->at < r->n ? r->word[r->at++] : NULL;
}

/* Digits up to a billion; -1 = none, or too many. */
static long number(const char **s)
{
	long n = 0;
	const char *begin = *s;

	for (; **s >= '0' && **s <= '9'; ++*s)
		if ((n = n * 10 + (**s - '0')) > A_BILLION)
			return -1;
	return *s == begin ? -1 : n;
}

static bool read_number(const char *s, int *to)
{
	long n = number(&s);

	*to = (int)n;
	return n >= 0 && !*s;
}

static bool read_seconds(const char *s, int *to)
{
	static const struct {
		char unit;
		int seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { 'w', 604800 } };
	long sum = 0, n;

	do {
		size_t i = 0;

		if ((n = number(&s)) < 0)
			return false;
		while (*s && i < 5 && units[i].unit != *s)
			i++;
		if (i == 5)
			return false;
		s += *s != '\0';
		sum += n * units[i].seconds;
	} while (*s && sum <= A_BILLION);
	*to = (int)sum;
	return sum <= A_BILLION;
}

/* 25%, 0.5%, 100% as thousandths. */
static bool read_mille(const char *s, int *to)
{
	long whole = number(&s), tenth = 0;

	if (whole >= 0 && *s == '.') {
		s++;
		tenth = *s >= '0' && *s <= '9' ? *s++ - '0' : -1;
	}
	if (whole < 0 || tenth < 0 || !same(s, "%"))
		return false;
	*to = (int)(whole > 100 ? 1001 : whole * 10 + tenth);
	return *to <= 1000;
}

static bool read_yes(const char *s, bool *to)
{
	*to = same(s, "yes") || same(s, "on");
	return *to || same(s, "no") || same(s, "off");
}

static bool read_time(const char *s, utc_t *to)
{
	enum when_kind kind;

	return when_read(s, to, &kind);
}

static bool read_level(const char *s, uint32_t *to)
{
	const struct permission_level *l = level_find(s);
	char *end;
	unsigned long bits;

	if (l) {
		*to = l->rights;
		return true;
	}
	if (strncmp(s, "0x", 2) != 0 || strlen(s) > 6)
		return false;
	bits = strtoul(s, &end, 16);
	*to = (uint32_t)bits;
	return !*end && end > s + 2 && bits <= 0x1fff;
}

static int no_level(struct run *r, const char *word)
{
	struct near n = { .word = word };

	for (const struct permission_level *l = permission_levels; l->name; l++)
		near_try(&n, l->name);
	return refuse(r,
		"'%s' is not a permission level%s%s%s; expected None, AvailabilityOnly, "
		"LimitedDetails, Contributor, Reviewer, NoneditingAuthor, Author, "
		"PublishingAuthor, Editor, PublishingEditor, Owner or 0x and four digits",
		word, n.best[0] ? "; did you mean '" : "", n.best, n.best[0] ? "'?" : "");
}

static int no_premise(struct run *r, const char *word)
{
	struct near n = { .word = word };

	for (struct premise *p = r->w->premises; p; p = p->next)
		near_try(&n, p->name);
	if (n.best[0])
		return refuse(r, "there is no premise '%s'; did you mean '%s'?", word, n.best);
	return refuse(r, "there is no premise '%s'; expected one made above", word);
}

static int no_mailbox(struct run *r, const char *word)
{
	struct near n = { .word = word };

	for (uint32_t i = 0; i < r->w->n_mailboxes && i < NEAR_MAILBOXES; i++)
		if (!r->w->mailboxes[i]->gone)
			near_try(&n, r->w->mailboxes[i]->address);
	if (n.best[0])
		return refuse(r, "there is no mailbox '%s'; did you mean '%s'?", word, n.best);
	return refuse(r, "there is no mailbox '%s'; expected the address of one made above", word);
}

static int no_group(struct run *r, const char *word)
{
	struct near n = { .word = word };

	for (struct group *g = r->w->groups; g; g = g->next)
		near_try(&n, g->address);
	if (n.best[0])
		return refuse(r, "there is no group '%s'; did you mean '%s'?", word, n.best);
	return refuse(r, "there is no group '%s'; expected the address of one made above", word);
}

static int no_zone(struct run *r, const char *word)
{
	struct near n = { .word = word };

	for (const struct zone *z = zones; z->id; z++) {
		near_try(&n, z->id);
		near_try(&n, z->iana);
	}
	if (n.best[0])
		return refuse(r, "'%s' is not a known time zone; did you mean '%s'?", word, n.best);
	return refuse(r,
		"'%s' is not a known time zone; expected a Windows or an IANA name, such as "
		"Europe/Berlin",
		word);
}

static int no_product(struct run *r, const char *word)
{
	struct text known = { 0 };
	int end;

	for (const struct product *p = products; p->name; p++)
		text_printf(&known, "%s%s", p == products ? "" : " ", p->name);
	end = refuse_known(r, "a product", word, known.at);
	text_free(&known);
	return end;
}

/* Things: found, or told what there is. */
static bool find(struct run *r, enum take take, const char *word, void *to)
{
	switch (take) {
	case TAKE_PREMISE:
		return (*(struct premise **)to = world_premise(r->w, word)) ||
			no_premise(r, word) == 0;
	case TAKE_MAILBOX:
		return (*(struct mailbox **)to = world_mailbox(r->w, word)) ||
			no_mailbox(r, word) == 0;
	case TAKE_GROUP:
		return (*(struct group **)to = world_group(r->w, word)) || no_group(r, word) == 0;
	case TAKE_ZONE:
		return (*(const struct zone **)to = zone_find(word)) || no_zone(r, word) == 0;
	case TAKE_PRODUCT:
		return (*(const struct product **)to = product_find(word)) ||
			no_product(r, word) == 0;
	case TAKE_LEVEL:
		return read_level(word, to) || no_level(r, word) == 0;
	default:
		*(const char **)to = word;
		return true;
	}
}

static bool value(struct run *r, const char *what, enum take take, void *to)
{
	const char *word = next(r), *wanted = NULL;

	if (!word || word == word_then || word == word_turn || word == word_colon)
		return refuse(r, "expected %s; usage: %s", what, r->statement->usage) == 0;
	if (take == TAKE_NUMBER && !read_number(word, to))
		wanted = "a number from 0 to 1000000000";
	else if (take == TAKE_SECONDS && !read_seconds(word, to))
		wanted = "a duration, such as 30s, 5m, 2h, 1h30m or 1d";
	else if (take == TAKE_MILLE && !read_mille(word, to))
		wanted = "a percentage from 0% to 100%";
	else if (take == TAKE_TIME && !read_time(word, to))
		wanted = "a time, such as 2026-11-23T08:00:00Z";
	else if (take == TAKE_YES && !read_yes(word, to))
		wanted = "yes or no";
	if (wanted)
		return refuse(r, "'%s' is not %s; expected %s", word, what, wanted) == 0;
	return take < TAKE_PREMISE && take != TAKE_TEXT ? true : find(r, take, word, to);
}

bool want(struct run *r, const char *what, enum take take, void *to)
{
	return value(r, what, take, to);
}

static int choice_of(const char *choices, const char *word)
{
	size_t n = strlen(word), len;

	for (int i = 0; *choices; i++, choices += len + (choices[len] != '\0')) {
		len = strcspn(choices, " ");
		if (len == n && memcmp(choices, word, n) == 0)
			return i;
	}
	return -1;
}

bool want_choice(struct run *r, const char *what, const char *choices, int *to)
{
	const char *word = "";

	if (!want(r, what, TAKE_TEXT, &word))
		return false;
	*to = choice_of(choices, word);
	return *to >= 0 || refuse_known(r, what, word, choices) == 0;
}

static const struct option *option_named(const struct option *known, const char *word)
{
	while (known->word && !same(known->word, word))
		known++;
	return known->word ? known : NULL;
}

static bool take_option(struct run *r, const struct option *o, const struct option *known)
{
	char what[96];
	struct taken *taken = o->to;

	snprintf(what, sizeof what, "a value for %s", o->word);
	switch (o->take) {
	case TAKE_FLAG:
		*(bool *)o->to = true;
		return true;
	case TAKE_CHOICE:
		return want_choice(r, what, o->choices, o->to);
	case TAKE_WORDS:
		taken->at = r->word + r->at;
		for (taken->n = 0; r->at < r->n && !option_named(known, r->word[r->at]); r->at++)
			taken->n++;
		return taken->n > 0 ||
			refuse(r, "expected %s; usage: %s", what, r->statement->usage) == 0;
	default:
		return want(r, what, o->take, o->to);
	}
}

bool options(struct run *r, const struct option *known)
{
	const char *word;

	while ((word = next(r))) {
		const struct option *o = option_named(known, word);
		struct text all = { 0 };

		if (o) {
			if (!take_option(r, o, known))
				return false;
			continue;
		}
		for (o = known; o->word; o++)
			text_printf(&all, "%s%s", o == known ? "" : " ", o->word);
		refuse_known(r, "understood here", word, all.at ? all.at : "nothing");
		text_free(&all);
		return false;
	}
	return true;
}

/* "+3", "-1" or nothing, before the end or a T. */
static bool read_steps(const char **s, int *steps)
{
	int sign = **s == '-' ? -1 : 1;
	long n;

	*steps = 0;
	if (**s != '+' && **s != '-')
		return true;
	++*s;
	n = number(s);
	*steps = sign * (int)n;
	return n >= 0 && n <= 10000;
}

/* today+3T09:00, monday-1: on the zone's calendar, from the world's now. */
static bool read_relative(struct run *r, const struct zone *zone, const char *s, local_t *to)
{
	bool monday = strncmp(s, "monday", 6) == 0;
	local_t now = zone_local(zone, world_now(r->w));
	struct civil c = civil_of(now);
	local_t day = civil_at(c.year, c.month, c.day, 0, 0, 0), ignore;
	enum when_kind kind;
	char time[32];
	int steps;

	if (!monday && strncmp(s, "today", 5) != 0)
		return false;
	s += monday ? 6 : 5;
	if (!read_steps(&s, &steps))
		return false;
	if (monday)
		day -= (c.weekday + 6) % 7 * 86400;
	*to = day + (int64_t)steps * (monday ? 604800 : 86400);
	if (!*s)
		return true;
	snprintf(time, sizeof time, "1970-01-01%.20s", s);
	if (*s != 'T' || !when_read(time, &ignore, &kind) || kind != WHEN_LOCAL)
		return false;
	*to += ignore;
	return true;
}

bool want_time(struct run *r, const struct zone *zone, utc_t *at, bool *date)
{
	const char *word = "";
	int64_t t;
	enum when_kind kind = WHEN_LOCAL;

	if (!want(r, "a time", TAKE_TEXT, &word))
		return false;
	if (!read_relative(r, zone, word, &t) && !when_read(word, &t, &kind))
		return refuse(r,
			       "'%s' is not a time; expected 2026-11-23T09:00, 2026-11-23, "
			       "today+3T09:00 or monday+1",
			       word) == 0;
	*date = !strchr(word, 'T');
	*at = kind == WHEN_ABSOLUTE ? t : zone_utc(zone, t);
	return true;
}

struct premise *the_premise(const struct run *r)
{
	return r->place->thing[IN_PREMISE];
}

struct mailbox *the_mailbox(const struct run *r)
{
	return r->place->thing[IN_MAILBOX];
}

struct group *the_group(const struct run *r)
{
	return r->place->thing[IN_GROUP];
}

struct app *the_app(const struct run *r)
{
	return r->place->thing[IN_APP];
}

void enter(struct run *r, enum place_kind kind, void *thing)
{
	r->place->kind = kind;
	r->place->thing[kind] = thing;
}

bool may_make(struct run *r, const char *what, const char *name)
{
	if (r->rule)
		return refuse(r, "there is no %s '%s'; a rule only changes what was made above",
			       what, name) == 0;
	return true;
}
