/*
 * Scenario rules: what changes by itself, and what goes wrong on purpose.
 *
 * A rule is tried dry when it is read, so that a mistake in it is told with its line and not when
 * its time has come. It runs by the world's clock: a test that moves a frozen clock sees every turn
 * that fell into the time between.
 */
#include <stdio.h>
#include "sim/fault.h"
#include "sim/scenario_run.h"

enum { CATCH_UP = 1000 }; /* turns run at most for one jump of the clock */

/* The words up to the next "|", copied, NULL-terminated. */
static const char **turn_words(struct run *r, int n)
{
	const char **words = world_need(r->w, ((size_t)n + 1) * sizeof *words);

	for (int i = 0; i < n; i++) {
		const char *word = r->word[r->at + i];

		words[i] = word == word_then ? word : world_copy(r->w, word);
	}
	return words;
}

static int turn_run(struct run *r, const struct change_rule *rule, const char **words, bool dry)
{
	struct scenario_place place = rule->place;
	struct run inner = { .w = r->w, .place = &place, .e = r->e, .dry = dry, .rule = true };

	return run_words(&inner, words, (int)list_count(words));
}

static int read_turns(struct run *r, struct change_rule *rule)
{
	for (; r->at < r->n; rule->n_turns++) {
		const char **words;
		int n = 0;

		while (r->at + n < r->n && r->word[r->at + n] != word_turn) {
			if (r->word[r->at + n] == word_colon)
				return refuse(r, "a rule cannot hold a rule");
			n++;
		}
		if (n == 0)
			return refuse(r, "a turn is empty; usage: %s", r->statement->usage);
		words = turn_words(r, n);
		r->at += n;
		if (r->at < r->n && ++r->at == r->n)
			return refuse(r, "a turn is empty; usage: %s", r->statement->usage);
		rule->turns = world_list_with(r->w, rule->turns, words);
		if (turn_run(r, rule, words, true) < 0)
			return -1;
	}
	return 0;
}

static void drop_rule(struct world *w, const char *name)
{
	for (struct change_rule **p = &w->rules; *p;)
		if (same(name, "all") || same((*p)->name, name))
			*p = (*p)->next;
		else
			p = &(*p)->next;
}

/* What stands before the colon. */
static bool read_head(struct run *r, int *interval, int *first, const char **name)
{
	const struct option known[] = { { "first", TAKE_SECONDS, first, NULL },
		{ "as", TAKE_TEXT, name, NULL }, { NULL, TAKE_FLAG, NULL, NULL } };
	int all = r->n, colon = 1;
	bool good;

	while (colon < all && r->word[colon] != word_colon)
		colon++;
	if (colon == all)
		return refuse(r, "a colon is missing before the statements; usage: %s",
			       r->statement->usage) == 0;
	if (colon + 1 == all)
		return refuse(r, "nothing stands after the colon; usage: %s",
			       r->statement->usage) == 0;
	r->n = colon;
	good = want(r, "a duration", TAKE_SECONDS, interval);
	*first = *interval;
	good = good && options(r, known);
	r->n = all;
	r->at = colon + 1;
	if (good && *interval == 0)
		return refuse(r, "a rule needs a second at least between its turns") == 0;
	return good;
}

int st_every(struct run *r)
{
	struct change_rule *rule, **end = &r->w->rules;
	int interval = 0, first = 0;
	const char *name = NULL;

	if (r->rule)
		return refuse(r, "a rule cannot hold a rule");
	if (!read_head(r, &interval, &first, &name))
		return -1;
	rule = world_need(r->w, sizeof *rule);
	rule->place = *r->place;
	rule->interval = interval;
	rule->due = first + (r->w->live ? world_now(r->w) : 0);
	if (read_turns(r, rule) < 0)
		return -1;
	if (name) {
		drop_rule(r->w, name);
		rule->name = world_copy(r->w, name);
	}
	while (*end)
		end = &(*end)->next;
	*end = rule;
	return 0;
}

int st_no_every(struct run *r)
{
	const char *name = next(r);
	struct near n = { .word = name };

	for (struct change_rule *rule = r->w->rules; rule && !same(name, "all");
		rule = rule->next) {
		if (rule->name && same(rule->name, name))
			break;
		if (rule->name)
			near_try(&n, rule->name);
		if (!rule->next)
			return refuse(r,
				"there is no rule '%s'; expected all or the NAME of one%s%s", name,
				n.best[0] ? ", such as " : "", n.best);
	}
	if (!r->dry)
		drop_rule(r->w, name);
	return 0;
}

void rules_live(struct world *w)
{
	if (w->live)
		return;
	w->live = true;
	w->born = world_now(w);
	for (struct change_rule *rule = w->rules; rule; rule = rule->next)
		rule->due += w->born;
}

/* One turn. False: it can never work again, since what it names is gone. */
static bool take_turn(struct world *w, struct change_rule *rule)
{
	struct scenario_error e = { 0 };
	struct run r = { .w = w, .e = &e };
	int end = turn_run(&r, rule, rule->turns[rule->turn], false);

	rule->turn = (rule->turn + 1) % rule->n_turns;
	if (end < 0)
		fprintf(stderr, "latchkey-sim: a rule ended: %s\n", e.say);
	scenario_error_free(&e);
	return end == 0;
}

void scenario_tick(struct world *w)
{
	utc_t now = world_now(w);
	struct change_rule *next_rule;

	for (struct change_rule *rule = w->rules; rule; rule = next_rule) {
		bool works = true;

		next_rule = rule->next;
		for (int i = 0; works && i < CATCH_UP && rule->due <= now; i++) {
			rule->due += rule->interval;
			works = take_turn(w, rule);
		}
		if (rule->due <= now)
			rule->due = now + rule->interval;
		for (struct change_rule **p = &w->rules; !works && *p; p = &(*p)->next)
			if (*p == rule) {
				*p = rule->next;
				break;
			}
	}
}

int64_t scenario_next(const struct world *w)
{
	utc_t now = world_now(w), best = -1;

	for (const struct change_rule *rule = w->rules; rule; rule = rule->next) {
		utc_t wait = rule->due > now ? rule->due - now : 0;

		best = best < 0 || wait < best ? wait : best;
	}
	return best;
}

static int bad_kind(struct run *r, const char *word)
{
	struct near n = { .word = word };

	for (const struct fault_kind *k = fault_kinds; k->name; k++)
		near_try(&n, k->name);
	if (n.best[0])
		return refuse(r, "'%s' is not a kind of fault; did you mean '%s'?", word, n.best);
	return refuse(r,
		"'%s' is not a kind of fault; expected one that 'latchkey-sim --faults' "
		"lists",
		word);
}

/* The argument comes right after the kind, when the kind takes one and no option's name stands
 * there. */
static bool read_argument(
	struct run *r, const struct fault_kind *kind, const struct option *known, const char **to)
{
	const char *word = r->at < r->n ? r->word[r->at] : NULL, *wanted;
	const struct option *o = known;

	while (word && o->word && !same(o->word, word))
		o++;
	if (!word || o->word)
		return true;
	if (!fault_argument_good(kind, word, &wanted))
		return refuse(r, "'%s' does not fit %s; expected %s", word, kind->name, wanted) ==
			0;
	r->at++;
	*to = word;
	return true;
}

static void drop_fault(struct world *w, const char *id)
{
	for (struct fault **p = &w->faults; *p;)
		if (same(id, "all") || same((*p)->id, id))
			*p = (*p)->next;
		else
			p = &(*p)->next;
}

int st_fault(struct run *r)
{
	struct {
		const char *argument, *op, *face, *host, *front_end, *mailbox, *caller;
	} is = { NULL, NULL, NULL, NULL, NULL, NULL, NULL };
	int chance = 1000, times = -1, after = 0;
	const struct option known[] = { { "op", TAKE_TEXT, &is.op, NULL },
		{ "face", TAKE_TEXT, &is.face, NULL }, { "host", TAKE_TEXT, &is.host, NULL },
		{ "front-end", TAKE_TEXT, &is.front_end, NULL },
		{ "mailbox", TAKE_TEXT, &is.mailbox, NULL },
		{ "caller", TAKE_TEXT, &is.caller, NULL }, { "chance", TAKE_MILLE, &chance, NULL },
		{ "times", TAKE_NUMBER, &times, NULL }, { "after", TAKE_NUMBER, &after, NULL },
		{ NULL, TAKE_FLAG, NULL, NULL } };
	const char *id = next(r), *word = next(r);
	const struct fault_kind *kind = fault_kind_find(word);
	struct fault *f, **end = &r->w->faults;

	if (!kind)
		return bad_kind(r, word);
	if (!read_argument(r, kind, known, &is.argument) || !options(r, known))
		return -1;
	if (r->dry)
		return 0;
	drop_fault(r->w, id);
	f = world_need(r->w, sizeof *f);
	*f = (struct fault){ .id = world_copy(r->w, id),
		.kind = kind,
		.argument = world_copy(r->w, is.argument),
		.face = world_copy(r->w, is.face),
		.host = world_copy(r->w, is.host),
		.front_end = world_copy(r->w, is.front_end),
		.op = world_copy(r->w, is.op),
		.mailbox = world_copy(r->w, is.mailbox),
		.caller = world_copy(r->w, is.caller),
		.per_mille = chance,
		.left = times,
		.skip = after };
	while (*end)
		end = &(*end)->next;
	*end = f;
	return 0;
}

int st_no_fault(struct run *r)
{
	const char *id = next(r);
	struct near n = { .word = id };
	bool found = same(id, "all");

	for (struct fault *f = r->w->faults; f && !found; f = f->next) {
		found = same(f->id, id);
		near_try(&n, f->id);
	}
	/* In a rule the fault may be made by another turn. */
	if (!found && !r->dry)
		return refuse(r, "there is no fault '%s'; expected all or the ID of one%s%s", id,
			n.best[0] ? ", such as " : "", n.best);
	if (!r->dry)
		drop_fault(r->w, id);
	return 0;
}
