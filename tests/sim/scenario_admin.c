/*
 * Scenario statements about what only an Exchange admin sees: scopes with names, throttling
 * policies, who may impersonate on Exchange 2007, which programs are let in.
 */
#include <string.h>
#include "sim/scenario_run.h"

/* Who acts, of the place a statement stands in. */
static bool the_actor(struct run *r, struct assignment *a)
{
	if (r->place->kind == IN_APP)
		a->app = the_app(r);
	else
		a->identity = the_identity(r);
	return a->app || a->identity;
}

static struct scope **scope_at(const struct run *r, const char *name)
{
	struct scope **s = &r->w->scopes;

	while (*s && !same_nocase((*s)->name, name))
		s = &(*s)->next;
	return s;
}

/* In a rule it may be one that an earlier turn makes. */
static bool read_scope(struct run *r, const char *name, struct scope **to)
{
	*to = *scope_at(r, name);
	return *to || r->dry ||
		refuse(r, "there is no scope '%s'; expected one made above", name) == 0;
}

int st_impersonation(struct run *r)
{
	struct assignment is = { .next = NULL }, **end = &r->w->assignments;
	const char *within = NULL, *name = NULL;
	const struct option known[] = { { "scope", TAKE_GROUP, &is.scope, NULL },
		{ "within", TAKE_TEXT, &within, NULL }, { "as", TAKE_TEXT, &name, NULL },
		{ NULL, TAKE_FLAG, NULL, NULL } };

	if (!options(r, known) || (within && !read_scope(r, within, &is.named)))
		return -1;
	if (r->dry)
		return 0;
	if (!the_actor(r, &is))
		return -1;
	is.name = world_copy(r->w, name);
	is.from = r->w->live ? world_now(r->w) : 0;
	while (*end)
		end = &(*end)->next;
	*end = world_need(r->w, sizeof **end);
	**end = is;
	return 0;
}

/* A lagging front end still sees what ended: assignments get an end and stay. */
int st_no_impersonation(struct run *r)
{
	const char *name = r->at < r->n ? next(r) : NULL;
	struct assignment who = { .next = NULL };
	bool found = !name;

	if (r->dry)
		return 0;
	if (!the_actor(r, &who))
		return -1;
	for (struct assignment *a = r->w->assignments; a; a = a->next) {
		if (a->identity != who.identity || a->app != who.app || a->until != 0 ||
			(name && !(a->name && same_nocase(a->name, name))))
			continue;
		a->until = world_now(r->w);
		found = true;
	}
	return found ? 0 : refuse(r, "there is no assignment '%s'", name);
}

/* What the filter means is said beside it: nobody here reads filters. */
int st_scope(struct run *r)
{
	const char *name = next(r), *filter;
	struct scope **at = scope_at(r, name), *s = *at;
	struct group *g;

	if (!want(r, "a group", TAKE_GROUP, &g))
		return -1;
	filter = r->at < r->n ? next(r) : "";
	if (!s && !may_make(r, "scope", name))
		return -1;
	if (r->dry)
		return 0;
	if (!s) {
		s = *at = world_need(r->w, sizeof *s);
		s->name = world_copy(r->w, name);
	}
	s->premise = the_premise(r);
	s->group = g;
	s->filter = world_copy(r->w, filter);
	return 0;
}

int st_no_scope(struct run *r)
{
	const char *name = next(r);
	struct scope **at = scope_at(r, name);

	if (r->dry)
		return 0;
	if (!*at)
		return refuse(r, "there is no scope '%s'", name);
	for (const struct assignment *a = r->w->assignments; a; a = a->next)
		if (a->named == *at && a->until == 0)
			return refuse(r, "the scope '%s' is of use to an assignment", name);
	*at = (*at)->next;
	return 0;
}

static struct policy **policy_at(struct premise *p, const char *name)
{
	struct policy **at = &p->policies;

	while (*at && !same_nocase((*at)->name, name))
		at = &(*at)->next;
	return at;
}

int st_policy(struct run *r)
{
	const char *name = next(r);
	struct policy **at = policy_at(the_premise(r), name), *p = *at;
	int concurrency = p ? p->concurrency : 0;
	const struct option known[] = { { "concurrency", TAKE_NUMBER, &concurrency, NULL },
		{ NULL, TAKE_FLAG, NULL, NULL } };

	if (!options(r, known) || (!p && !may_make(r, "policy", name)))
		return -1;
	if (r->dry)
		return 0;
	if (!p) {
		p = *at = world_need(r->w, sizeof *p);
		p->name = world_copy(r->w, name);
	}
	p->concurrency = concurrency;
	return 0;
}

int st_no_policy(struct run *r)
{
	const char *name = next(r);
	struct policy **at = policy_at(the_premise(r), name);

	if (r->dry)
		return 0;
	if (!*at)
		return refuse(r, "there is no policy '%s'", name);
	for (uint32_t i = 0; i < r->w->n_mailboxes; i++)
		if (r->w->mailboxes[i]->policy == *at && !r->w->mailboxes[i]->gone)
			return refuse(
				r, "the policy '%s' is %s's", name, r->w->mailboxes[i]->address);
	*at = (*at)->next;
	return 0;
}

/* Of its home's policies. */
int st_mailbox_policy(struct run *r)
{
	const char *name = next(r);
	struct policy *p = same(name, "none") ? NULL : *policy_at(the_mailbox(r)->home, name);

	if (!p && !same(name, "none"))
		return refuse(r, "there is no policy '%s'; expected one made above, or none", name);
	if (!r->dry)
		the_mailbox(r)->policy = p;
	return 0;
}

int st_impersonators(struct run *r)
{
	return change_list(r, &the_premise(r)->actors, true);
}

int st_no_impersonators(struct run *r)
{
	return change_list(r, &the_premise(r)->actors, false);
}

int st_impersonated_by(struct run *r)
{
	return change_list(r, &the_mailbox(r)->actors, true);
}

int st_no_impersonated_by(struct run *r)
{
	return change_list(r, &the_mailbox(r)->actors, false);
}

/* Words as a list; the one that is given means that there is none. */
static int words(struct run *r, const char *none, char ***to)
{
	char **list = NULL;

	if (r->dry)
		return 0;
	if (!(r->n == 2 && same(r->word[1], none)))
		while (r->at < r->n)
			list = world_list_with(r->w, list, world_copy(r->w, next(r)));
	*to = list;
	return 0;
}

int st_ews_allow(struct run *r)
{
	if (r->place->kind == IN_MAILBOX)
		return words(r, "all", &the_mailbox(r)->ews_allow);
	return words(r, "all", &the_premise(r)->ews_allow);
}

int st_ews_block(struct run *r)
{
	return words(r, "none", &the_premise(r)->ews_block);
}

int st_ews_apps(struct run *r)
{
	return words(r, "all", &the_premise(r)->ews_apps);
}

int st_principal(struct run *r)
{
	const char *name = next(r);

	if (!r->dry)
		the_app(r)->principal = same(name, "none") ? NULL : world_copy(r->w, name);
	return 0;
}

/* Nobody signs in by it any more; a mailbox that had it stays without one. */
int st_remove_account(struct run *r)
{
	struct identity *gone = r->place->thing[IN_ACCOUNT], **at = &r->w->identities;

	if (r->dry)
		return 0;
	while (*at && *at != gone)
		at = &(*at)->next;
	if (*at)
		*at = gone->next;
	if (gone->mailbox)
		gone->mailbox->identity = NULL;
	gone->disabled = true;
	r->place->kind = IN_NONE;
	return 0;
}

int st_note(struct run *r)
{
	const char *text = next(r);

	if (!r->dry)
		the_mailbox(r)->note = world_copy(r->w, text);
	return 0;
}

int st_remove_group(struct run *r)
{
	for (const struct scope *s = r->w->scopes; s; s = s->next)
		if (s->group == the_group(r))
			return refuse(r, "'%s' is of use to the scope '%s'", the_group(r)->address,
				s->name);
	if (r->dry)
		return 0;
	world_remove_group(r->w, the_group(r));
	/* What follows would belong to nothing. */
	r->place->kind = IN_NONE;
	return 0;
}
