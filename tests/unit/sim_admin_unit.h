/* Sim, admin: the rows of test_sim_scenario.c about what only an Exchange admin sees, and the
 * portrait of it. */
#ifndef TESTS_SIM_ADMIN_UNIT_H
#define TESTS_SIM_ADMIN_UNIT_H

#include "sim/scenario_run.h"

#define ADMIN_ROWS                                                                                 \
	{ "premise hq", "ews untold", NULL }, { "premise hq", "ews-block Bad/* Old/1.*", NULL },   \
		{ "premise hq", "ews-block none", NULL },                                          \
		{ "premise hq", "ews-block", "is missing" },                                       \
		{ "premise cloud", "ews-apps 11111111-1111-4111-8111-111111111111", NULL },        \
		{ "premise cloud", "ews-apps all", NULL },                                         \
		{ "premise cloud", "ews-apps", "is missing" },                                     \
		{ "premise hq", "policy Fast concurrency 60", NULL },                              \
		{ "premise hq", "policy Fast concurrency 60 ; policy Fast", NULL },                \
		{ "premise hq", "policy", "is missing" },                                          \
		{ "premise hq", "policy Fast concurency 60", "did you mean 'concurrency'?" },      \
		{ "premise hq ; policy Fast", "no-policy Fast", NULL },                            \
		{ "premise hq", "no-policy Fast", "there is no policy 'Fast'" },                   \
		{ "mailbox anna@example.test", "ews-allow Latchkey/*", NULL },                     \
		{ "mailbox anna@example.test", "ews-allow all", NULL },                            \
		{ "mailbox anna@example.test", "policy none", NULL },                              \
		{ "mailbox anna@example.test", "policy Fast", "there is no policy 'Fast'" },       \
		{ "premise hq", "scope Ours staff@example.test \"MemberOfGroup -eq 'x'\"", NULL }, \
		{ "premise hq", "scope Ours", "is missing" },                                      \
		{ "premise hq", "scope Ours stuff@example.test", "did you mean 'staff@" },         \
		{ "premise hq ; scope Ours staff@example.test", "no-scope Ours", NULL },           \
		{ "premise hq", "no-scope Ours", "there is no scope 'Ours'" },                     \
		{ "premise hq", "impersonators svc@example.test anna@example.test", NULL },        \
		{ "premise hq", "impersonators", "is missing" },                                   \
		{ "premise hq", "impersonators svc@example.test x", "there is no mailbox" },       \
		{ "premise hq", "no-impersonators svc@example.test", NULL },                       \
		{ "premise hq", "no-impersonators x", "there is no mailbox" },                     \
		{ "mailbox anna@example.test", "impersonated-by svc@example.test", NULL },         \
		{ "mailbox anna@example.test", "impersonated-by x", "there is no mailbox" },       \
		{ "mailbox anna@example.test", "no-impersonated-by svc@example.test", NULL },      \
		{ "mailbox anna@example.test", "no-impersonated-by", "is missing" },               \
		{ "mailbox anna@example.test", "note \"Made by a script\"", NULL },                \
		{ "mailbox anna@example.test", "note", "is missing" },                             \
		{ "premise hq",                                                                    \
			"scope Ours staff@example.test ; account admin@example.test ; "            \
			"impersonation within Ours as Ours ; no-impersonation Ours",               \
			NULL },                                                                    \
		{ "account admin@example.test", "impersonation within Ours",                       \
			"there is no scope 'Ours'" },                                              \
		{ "account admin@example.test", "no-impersonation all",                            \
			"there is no assignment 'all'" },                                          \
		{ "account admin@example.test", "remove", NULL },                                  \
		{ "group staff@example.test", "remove", NULL },                                    \
		{ "group staff@example.test", "remove all", "is too much" },                       \
		{ "app client-1", "principal Latchkey", NULL },                                    \
		{ "app client-1", "principal none", NULL },                                        \
	{                                                                                          \
		"app client-1", "principal", "is missing"                                          \
	}

/* What wrong lines must not have changed. */
static void add_admin(struct text *t, const struct world *of)
{
	for (const struct scope *s = of->scopes; s; s = s->next)
		text_printf(t, "\n%s %s %s", s->name, s->filter, s->group->address);
	for (const struct assignment *a = of->assignments; a; a = a->next)
		text_printf(t, "\n%s %s %d", a->name ? a->name : "-",
			a->named ? a->named->name : "-", a->until != 0);
	for (const struct premise *p = of->premises; p; p = p->next) {
		text_printf(t, "\n%d%d %zu %zu %zu", p->ews_enabled, p->ews_told,
			list_count(p->ews_block), list_count(p->ews_apps), list_count(p->actors));
		for (const struct policy *one = p->policies; one; one = one->next)
			text_printf(t, " %s %d", one->name, one->concurrency);
	}
	for (uint32_t i = 0; i < of->n_mailboxes; i++)
		text_printf(t, "\n%zu %s %s", list_count(of->mailboxes[i]->actors),
			of->mailboxes[i]->policy ? of->mailboxes[i]->policy->name : "-",
			of->mailboxes[i]->note ? of->mailboxes[i]->note : "-");
	for (const struct group *g = of->groups; g; g = g->next)
		text_printf(t, "\n%d", g->gone);
	for (const struct app *a = of->apps; a; a = a->next)
		text_printf(t, "\n%s", a->principal ? a->principal : "-");
}

#endif
