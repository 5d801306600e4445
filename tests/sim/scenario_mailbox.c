/*
 * Scenario statements that make a mailbox and say what it is.
 *
 * An address has to be of one of the world's domains: a mistyped domain would otherwise make a
 * mailbox that nobody finds. A mailbox that was removed keeps its place in the world, but nothing
 * leads there any more.
 */
#include <string.h>
#include "sim/scenario_run.h"

/* An address of one of the world's domains; answers the domain. */
static struct domain *domain_of(struct run *r, const char *address)
{
	const char *at = strrchr(address, '@');
	struct domain *d = at ? world_domain(r->w, at + 1) : NULL;
	struct near n = { .word = at ? at + 1 : "" };

	if (!at || at == address || strpbrk(address, " \t<>\"")) {
		refuse(r, "'%s' is not an address; expected name@domain", address);
		return NULL;
	}
	if (d)
		return d;
	for (struct domain *known = r->w->domains; known; known = known->next)
		near_try(&n, known->name);
	refuse(r, "there is no domain '%s'%s%s%s; expected one made above", at + 1,
		n.best[0] ? "; did you mean '" : "", n.best, n.best[0] ? "'?" : "");
	return NULL;
}

int st_mailbox(struct run *r)
{
	const char *address = next(r), *name = NULL;
	struct mailbox *m = world_mailbox(r->w, address);
	const struct domain *d = m ? NULL : domain_of(r, address);
	struct premise *p = NULL;
	const struct option known[] = { { "premise", TAKE_PREMISE, &p, NULL },
		{ NULL, TAKE_FLAG, NULL, NULL } };

	if (!m && !d)
		return -1;
	if (r->at < r->n && !same(r->word[r->at], "premise"))
		name = next(r);
	if (!options(r, known) || (!m && !may_make(r, "mailbox", address)))
		return -1;
	if (!m && !(m = world_add_mailbox(r->w, address, p ? p : d->premise)))
		return refuse(r, "the address '%s' is a group's", address);
	enter(r, IN_MAILBOX, m);
	if (r->dry)
		return 0;
	m->name = name ? world_copy(r->w, name) : m->name;
	m->home = p ? p : m->home;
	return 0;
}

/* A name belongs to whatever stands above: mailbox, group or app. */
int st_name(struct run *r)
{
	char *name = r->dry ? NULL : world_copy(r->w, next(r));

	if (r->dry)
		return 0;
	if (r->place->kind == IN_MAILBOX)
		the_mailbox(r)->name = name;
	else if (r->place->kind == IN_GROUP)
		the_group(r)->name = name;
	else
		the_app(r)->name = name;
	return 0;
}

/* All of them have to be free before one is taken. */
int st_alias(struct run *r)
{
	for (int i = r->at; i < r->n; i++) {
		if (!domain_of(r, r->word[i]))
			return -1;
		if (world_mailbox(r->w, r->word[i]) || world_group(r->w, r->word[i]))
			return refuse(r, "the address '%s' is taken", r->word[i]);
	}
	while (!r->dry && r->at < r->n)
		world_add_alias(r->w, the_mailbox(r), next(r));
	return 0;
}

/* In a rule an earlier turn may have made the alias, so only the real turn can tell. */
int st_no_alias(struct run *r)
{
	const struct mailbox *m = the_mailbox(r);

	for (int i = r->at; i < r->n && !r->dry; i++)
		if (world_mailbox(r->w, r->word[i]) != m || same_nocase(m->address, r->word[i]))
			return refuse(r, "'%s' is not an alias of %s", r->word[i], m->address);
	while (!r->dry && r->at < r->n)
		world_drop_alias(r->w, the_mailbox(r), next(r));
	return 0;
}

/* An alias of its own may become the primary address; the two change places then. */
int st_address(struct run *r)
{
	const char *address = next(r);
	struct mailbox *has = world_mailbox(r->w, address);

	if (!domain_of(r, address))
		return -1;
	if ((has && has != the_mailbox(r)) || world_group(r->w, address))
		return refuse(r, "the address '%s' is taken", address);
	if (!r->dry)
		world_rename(r->w, the_mailbox(r), address);
	return 0;
}

/* Rooms answer soon, and refuse only what they cannot hold, unless they are told otherwise. */
static void make_room(struct run *r, struct mailbox *m)
{
	if (m->room)
		return;
	m->room = world_need(r->w, sizeof *m->room);
	m->room->policy = ROOM_DECLINE_CONFLICTS;
	m->room->after = 2;
}

int st_kind(struct run *r)
{
	int kind;

	if (!want_choice(r, "a kind of mailbox", "user room equipment shared dedicated", &kind))
		return -1;
	if (r->dry)
		return 0;
	the_mailbox(r)->kind = (enum mailbox_kind)kind;
	if (kind == MAILBOX_ROOM || kind == MAILBOX_EQUIPMENT)
		make_room(r, the_mailbox(r));
	return 0;
}

/* What is not named stays as it was. */
int st_room(struct run *r)
{
	struct room was = { 0, ROOM_DECLINE_CONFLICTS, 2 };
	int capacity, after, policy;
	const struct option known[] = { { "capacity", TAKE_NUMBER, &capacity, NULL },
		{ "policy", TAKE_CHOICE, &policy,
			"manual accept decline-conflicts decline tentative" },
		{ "after", TAKE_SECONDS, &after, NULL }, { NULL, TAKE_FLAG, NULL, NULL } };
	struct mailbox *m = the_mailbox(r);

	if (m->room)
		was = *m->room;
	capacity = was.capacity;
	policy = (int)was.policy;
	after = was.after;
	if (!options(r, known))
		return -1;
	if (r->dry)
		return 0;
	make_room(r, m);
	*m->room = (struct room){ capacity, (enum room_policy)policy, after };
	if (m->kind != MAILBOX_EQUIPMENT)
		m->kind = MAILBOX_ROOM;
	return 0;
}

int st_zone(struct run *r)
{
	const struct zone *z;

	if (!want(r, "a zone", TAKE_ZONE, &z))
		return -1;
	if (!r->dry)
		the_mailbox(r)->zone = z;
	return 0;
}

/* licensed, enabled, hidden, ews, moving: bits of a mailbox; a group has hidden only. */
int st_flag(struct run *r)
{
	const char *word = r->statement->word;
	struct mailbox *m = the_mailbox(r);
	bool yes = true;

	if (r->at < r->n && !want(r, "its value", TAKE_YES, &yes))
		return -1;
	if (r->dry)
		return 0;
	if (r->place->kind == IN_GROUP)
		the_group(r)->hidden = yes;
	else if (same(word, "licensed"))
		m->licensed = yes;
	else if (same(word, "enabled"))
		m->enabled = yes;
	else if (same(word, "hidden"))
		m->hidden = yes;
	else if (same(word, "ews"))
		m->ews = yes;
	else
		m->moving = yes;
	return 0;
}

/* A move that is over: everybody was told. */
int st_home(struct run *r)
{
	struct premise *p;

	if (!want(r, "a premise", TAKE_PREMISE, &p))
		return -1;
	if (r->dry)
		return 0;
	the_mailbox(r)->home = p;
	the_mailbox(r)->knows = NULL;
	return 0;
}

/* A move that autodiscovery has not heard of yet. */
int st_moved_to(struct run *r)
{
	struct mailbox *m = the_mailbox(r);
	struct premise *p;

	if (!want(r, "a premise", TAKE_PREMISE, &p))
		return -1;
	if (r->dry || p == m->home)
		return 0;
	m->knows = m->home;
	m->home = p;
	return 0;
}

int st_culture(struct run *r)
{
	const char *word = next(r);
	size_t n = strlen(word);

	if (n < 4 || n > 10 || !strchr(word, '-') || strpbrk(word, " ._"))
		return refuse(r, "'%s' is not a language; expected a form such as de-DE", word);
	if (!r->dry)
		the_mailbox(r)->culture = world_copy(r->w, word);
	return 0;
}

int st_trouble(struct run *r)
{
	const char *word = next(r);

	if (!same(word, "none") && strncmp(word, "Error", 5) != 0)
		return refuse(
			r, "'%s' is not a code; expected none or a form such as ErrorX", word);
	if (!r->dry)
		the_mailbox(r)->trouble = same(word, "none") ? NULL : world_copy(r->w, word);
	return 0;
}

int st_book(struct run *r)
{
	const char *name = next(r);
	struct address_list *l = r->w->lists;
	struct near n = { .word = name };

	for (; l && !same(l->name, name); l = l->next)
		near_try(&n, l->name);
	if (!l && !same(name, "none"))
		return refuse(r,
			"there is no address book '%s'%s%s%s; expected one made above, or "
			"none",
			name, n.best[0] ? "; did you mean '" : "", n.best, n.best[0] ? "'?" : "");
	if (!r->dry)
		the_mailbox(r)->book = l;
	return 0;
}

int st_folder(struct run *r)
{
	const char *name = next(r), *class = r->at < r->n ? next(r) : "IPF.Appointment";
	struct folder_own **end = &the_mailbox(r)->own_folders;

	for (; *end; end = &(*end)->next)
		if ((*end)->class && same_nocase((*end)->name, name))
			return refuse(r, "there is a folder '%s' already", name);
	if (strncmp(class, "IPF.", 4) != 0)
		return refuse(r,
			"'%s' is not a class of folders; expected IPF.Appointment, "
			"IPF.Note, IPF.Contact or IPF.Task",
			class);
	if (r->dry)
		return 0;
	*end = world_need(r->w, sizeof **end);
	(*end)->name = world_copy(r->w, name);
	(*end)->class = world_copy(r->w, class);
	return 0;
}

int st_remove(struct run *r)
{
	if (r->dry)
		return 0;
	world_remove(r->w, the_mailbox(r));
	/* What follows would belong to nothing. */
	r->place->kind = IN_NONE;
	return 0;
}
