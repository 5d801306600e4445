/*
 * Scenario statements of the whole world: its name, seed and clock, other files, domains, groups,
 * address books, and mailboxes by the thousand.
 */
#include <string.h>
#include "sim/scenario_run.h"

int st_organisation(struct run *r)
{
	if (!r->dry)
		r->w->organisation = world_copy(r->w, next(r));
	return 0;
}

/* Only what is made from here on comes from it: a scenario says it first. */
int st_seed(struct run *r)
{
	int seed;

	if (!want(r, "a seed", TAKE_NUMBER, &seed))
		return -1;
	if (!r->dry)
		r->w->seed = (uint64_t)seed;
	return 0;
}

/* What the clock is to show: a time, now, or so much away from what it shows. */
static bool read_clock(struct run *r, const char *word, utc_t *at)
{
	enum when_kind kind;
	int seconds;
	const char *move[] = { NULL, word + 1 };
	struct run inner = *r;

	if (same(word, "now")) {
		struct world real = { .frozen = false };

		*at = world_now(&real);
		return true;
	}
	if (*word != '+' && *word != '-') {
		if (!when_read(word, at, &kind))
			return refuse(r,
				       "'%s' is not a time; expected 2026-11-23T08:00:00Z, now, "
				       "+1h, -5m, frozen or running",
				       word) == 0;
		return true;
	}
	inner.word = move;
	inner.n = 2;
	inner.at = 1;
	if (!want(&inner, "a duration after the sign", TAKE_SECONDS, &seconds))
		return false;
	*at = world_now(r->w) + (*word == '-' ? -seconds : seconds);
	return true;
}

/* Both ways to tell the time are set, so that freezing and letting go never leap. */
int st_clock(struct run *r)
{
	static const char states[] = "frozen running";
	const char *word = next(r);
	int state = r->w->frozen ? 0 : 1;
	struct world real = { .frozen = false };
	utc_t at = world_now(r->w);

	if (same(word, "frozen") || same(word, "running")) {
		state = same(word, "frozen") ? 0 : 1;
	} else {
		if (!read_clock(r, word, &at))
			return -1;
		if (*word != '+' && *word != '-')
			state = 1;
	}
	if (r->at < r->n && !want_choice(r, "a state of the clock", states, &state))
		return -1;
	if (r->dry)
		return 0;
	r->w->frozen = state == 0;
	r->w->frozen_at = at;
	r->w->shift = at - world_now(&real);
	return 0;
}

int st_include(struct run *r)
{
	return r->dry ? 0 : scenario_include(r, next(r));
}

/* In words for messages, and one by one for the world; the order is the same. */
static const char websites[] = "none website hostile redirect exchange";
static char *website_name(struct run *r, int which)
{
	static const char *const names[] = { "none", "website", "hostile", "redirect", "exchange" };

	return world_copy(r->w, names[which]);
}

/* Made, or taken up and changed. */
int st_domain(struct run *r)
{
	const char *name = next(r);
	struct domain *d = world_domain(r->w, name);
	struct premise *p = NULL;
	int website = -1;
	bool srv = false;
	const struct option known[] = { { "premise", TAKE_PREMISE, &p, NULL },
		{ "website", TAKE_CHOICE, &website, websites }, { "srv", TAKE_FLAG, &srv, NULL },
		{ NULL, TAKE_FLAG, NULL, NULL } };

	if (!options(r, known) || (!d && !may_make(r, "domain", name)))
		return -1;
	if (!d && !strchr(name, '.'))
		return refuse(r, "'%s' is not a domain; expected a name with a dot", name);
	if (!d && !p)
		return refuse(r, "a new domain needs its premise; usage: %s", r->statement->usage);
	if (!d)
		d = world_add_domain(r->w, name, p);
	enter(r, IN_DOMAIN, d);
	if (r->dry)
		return 0;
	d->premise = p ? p : d->premise;
	d->website = website >= 0 ? website_name(r, website) : d->website;
	d->srv = d->srv || srv;
	return 0;
}

int st_domain_premise(struct run *r)
{
	struct premise *p;

	if (!want(r, "a premise", TAKE_PREMISE, &p))
		return -1;
	if (!r->dry)
		((struct domain *)r->place->thing[IN_DOMAIN])->premise = p;
	return 0;
}

int st_website(struct run *r)
{
	int which;

	if (!want_choice(r, "a kind of website", websites, &which))
		return -1;
	if (!r->dry)
		((struct domain *)r->place->thing[IN_DOMAIN])->website = website_name(r, which);
	return 0;
}

int st_srv(struct run *r)
{
	bool yes = true;

	if (r->at < r->n && !want(r, "a value for srv", TAKE_YES, &yes))
		return -1;
	if (!r->dry)
		((struct domain *)r->place->thing[IN_DOMAIN])->srv = yes;
	return 0;
}

static const char group_kinds[] = "security distribution rooms";

/* The name may be left out, so what follows the address may be an option already. */
int st_group(struct run *r)
{
	const char *address = next(r), *name = NULL;
	struct group *g = world_group(r->w, address);
	int kind = g ? (int)g->kind : 0;
	const struct option known[] = { { "kind", TAKE_CHOICE, &kind, group_kinds },
		{ NULL, TAKE_FLAG, NULL, NULL } };

	if (r->at < r->n && !same(r->word[r->at], "kind"))
		name = next(r);
	if (!options(r, known) || (!g && !may_make(r, "group", address)))
		return -1;
	if (!g && !strchr(address, '@'))
		return refuse(r, "'%s' is not an address; expected name@domain", address);
	if (!g && !(g = world_add_group(r->w, address)))
		return refuse(r, "the address '%s' is a mailbox's", address);
	enter(r, IN_GROUP, g);
	if (r->dry)
		return 0;
	g->kind = (enum group_kind)kind;
	g->name = name ? world_copy(r->w, name) : g->name;
	return 0;
}

int st_group_kind(struct run *r)
{
	int kind;

	if (!want_choice(r, "a kind of group", group_kinds, &kind))
		return -1;
	if (!r->dry)
		the_group(r)->kind = (enum group_kind)kind;
	return 0;
}

/* All words left, each checked before any is used. */
static int each(struct run *r, enum take take, void (*use)(struct run *r, void *thing))
{
	int from = r->at;
	void *thing;

	while (r->at < r->n)
		if (!want(r, "an address", take, &thing))
			return -1;
	for (r->at = from; !r->dry && r->at < r->n;)
		if (want(r, "an address", take, &thing))
			use(r, thing);
	return 0;
}

static void use_member(struct run *r, void *m)
{
	group_add(the_group(r), m);
}

static void use_no_member(struct run *r, void *m)
{
	group_drop(the_group(r), m);
}

static void use_nested(struct run *r, void *g)
{
	struct group *in = the_group(r);

	in->groups = world_list_without(r->w, in->groups, g);
	in->groups = world_list_with(r->w, in->groups, g);
}

static void use_no_nested(struct run *r, void *g)
{
	the_group(r)->groups = world_list_without(r->w, the_group(r)->groups, g);
}

int st_member(struct run *r)
{
	return each(r, TAKE_MAILBOX, use_member);
}

int st_no_member(struct run *r)
{
	return each(r, TAKE_MAILBOX, use_no_member);
}

int st_nested(struct run *r)
{
	return each(r, TAKE_GROUP, use_nested);
}

int st_no_nested(struct run *r)
{
	return each(r, TAKE_GROUP, use_no_nested);
}

/* A policy without groups shows nobody. */
int st_address_book(struct run *r)
{
	const char *name = next(r);
	struct address_list *l = r->w->lists, **end = &r->w->lists;

	while (l && !same(l->name, name))
		l = l->next;
	if (!l && !may_make(r, "address book", name))
		return -1;
	if (!l) {
		while (*end)
			end = &(*end)->next;
		l = *end = world_need(r->w, sizeof *l);
		l->name = world_copy(r->w, name);
	}
	enter(r, IN_BOOK, l);
	return 0;
}

static void use_shown(struct run *r, void *g)
{
	struct address_list *l = r->place->thing[IN_BOOK];

	l->groups = world_list_without(r->w, l->groups, g);
	l->groups = world_list_with(r->w, l->groups, g);
}

int st_shows(struct run *r)
{
	return each(r, TAKE_GROUP, use_shown);
}

/* "grant ADDRESS LEVEL" holds two values. */
static bool read_grant(struct run *r, const struct taken *grant, struct generate *g)
{
	struct run inner = *r;

	if (grant->n == 0)
		return true;
	if (grant->n != 2)
		return refuse(r, "grant takes an address and a level; usage: %s",
			       r->statement->usage) == 0;
	inner.word = grant->at;
	inner.n = 2;
	inner.at = 0;
	return want(&inner, "an address", TAKE_MAILBOX, &g->grantee) &&
		want(&inner, "a level", TAKE_LEVEL, &g->rights);
}

/* The domain is the first one unless said; its premise likewise. */
int st_generate(struct run *r)
{
	struct generate g = { .domain = NULL };
	struct taken grant = { NULL, 0 };
	int count, mille = 1000;
	const struct option known[] = { { "premise", TAKE_PREMISE, &g.home, NULL },
		{ "domain", TAKE_TEXT, &g.domain, NULL }, { "zone", TAKE_ZONE, &g.zone, NULL },
		{ "grant", TAKE_WORDS, &grant, NULL }, { "percent", TAKE_MILLE, &mille, NULL },
		{ "on-behalf", TAKE_FLAG, &g.on_behalf, NULL },
		{ "group", TAKE_GROUP, &g.group, NULL }, { NULL, TAKE_FLAG, NULL, NULL } };
	const struct domain *d;

	if (!want(r, "a number", TAKE_NUMBER, &count) || !options(r, known) ||
		!read_grant(r, &grant, &g))
		return -1;
	if (g.on_behalf && !g.grantee)
		return refuse(r, "on-behalf needs grant; usage: %s", r->statement->usage);
	if (count > 1000000)
		return refuse(r, "'%d' mailboxes are too many; expected at most 1000000", count);
	d = g.domain ? world_domain(r->w, g.domain) : r->w->domains;
	if (!d)
		return refuse(r, "there is no domain '%s'; expected one made above",
			g.domain ? g.domain : "");
	g.count = (uint32_t)count;
	g.domain = d->name;
	g.home = g.home ? g.home : d->premise;
	g.grant_percent = mille / 10;
	if (!r->dry)
		generate(r->w, &g);
	return 0;
}
