/*
 * World, rights: who may do what in whose folder, who may act as whom, who can look up whom.
 *
 * As on a real server a user's own and his groups' grants are added up, and Default counts only for
 * whom no other grant names. Every grant has the time from and until which it holds, so that a
 * front end whose directory lags is asked for an earlier moment.
 */
#include <string.h>
#include "sim/world.h"

enum { GROUP_DEPTH = 16 }; /* groups in groups: deeper ones, and circles, hold nobody */

const struct permission_level permission_levels[] = {
	{ "None", "None", 0 },
	{ "AvailabilityOnly", "FreeBusyTimeOnly", RIGHT_BUSY_SIMPLE },
	{ "LimitedDetails", "FreeBusyTimeAndSubjectAndLocation",
		RIGHT_BUSY_SIMPLE | RIGHT_BUSY_DETAILED },
	{ "Contributor", "Contributor", 0x402 },
	{ "Reviewer", "Reviewer", 0x401 },
	{ "NoneditingAuthor", "NoneditingAuthor", 0x413 },
	{ "Author", "Author", 0x41b },
	{ "PublishingAuthor", "PublishingAuthor", 0x49b },
	{ "Editor", "Editor", 0x47b },
	{ "PublishingEditor", "PublishingEditor", 0x4fb },
	{ "Owner", "Owner", 0x7fb },
	{ NULL, NULL, 0 },
};

const struct permission_level *level_of_rights(uint32_t rights)
{
	rights &= ~(uint32_t)RIGHT_PRIVATE;
	/* Who may read everything may see busy time; whether that is also said makes no level. */
	if (rights & RIGHT_READ_ANY)
		rights &= ~(uint32_t)(RIGHT_BUSY_SIMPLE | RIGHT_BUSY_DETAILED);
	for (const struct permission_level *l = permission_levels; l->name; l++)
		if (l->rights == rights)
			return l;
	return NULL;
}

const struct permission_level *level_find(const char *name)
{
	for (const struct permission_level *l = permission_levels; l->name; l++)
		if (same_nocase(l->name, name) || same_nocase(l->calendar, name))
			return l;
	return NULL;
}

void group_add(struct group *g, struct mailbox *m)
{
	uint32_t byte = m->number / 8, room;

	if (byte >= g->room_has) {
		room = byte * 2 + 32;
		g->has = need_more(g->has, room);
		memset(g->has + g->room_has, 0, room - g->room_has);
		g->room_has = room;
	}
	if (g->has[byte] & 1u << m->number % 8)
		return;
	g->has[byte] = (unsigned char)(g->has[byte] | 1u << m->number % 8);
	if (g->n_members + 2 > g->room_members) {
		g->room_members = g->room_members ? g->room_members * 2 : 16;
		g->members =
			need_more(g->members, (size_t)g->room_members * sizeof(struct mailbox *));
	}
	g->members[g->n_members++] = m;
	g->members[g->n_members] = NULL;
}

void group_drop(struct group *g, const struct mailbox *m)
{
	int kept = 0;

	for (int i = 0; i < g->n_members; i++)
		if (g->members[i] != m)
			g->members[kept++] = g->members[i];
	if (kept == g->n_members)
		return;
	g->members[kept] = NULL;
	g->n_members = kept;
	g->has[m->number / 8] = (unsigned char)(g->has[m->number / 8] & ~(1u << m->number % 8));
}

static bool has(const struct group *g, const struct mailbox *m, int depth)
{
	if (m->number / 8 < g->room_has && (g->has[m->number / 8] & 1u << m->number % 8))
		return true;
	for (struct group **in = g->groups; depth > 0 && in && *in; in++)
		if (has(*in, m, depth - 1))
			return true;
	return false;
}

bool group_has(const struct group *g, const struct mailbox *m)
{
	return has(g, m, GROUP_DEPTH);
}

static bool same_grantee(const struct grant *a, const struct grant *b)
{
	return a->to == b->to && a->who == b->who && a->folder == b->folder;
}

/* How far back somebody may still ask. */
static utc_t horizon(const struct world *w, const struct premise *p)
{
	int lag = 0;

	for (const struct front_end *f = p->front_ends; f; f = f->next)
		lag = f->lag > lag ? f->lag : lag;
	return world_now(w) - lag;
}

/* End what this grantee had, and let go of what no front end can see any more. */
static void end_grants(struct world *w, struct mailbox *m, const struct grant *g, utc_t at)
{
	utc_t seen = horizon(w, m->home);
	struct grant *old;

	for (struct grant **p = &m->grants; (old = *p) != NULL;) {
		if (same_grantee(old, g) && old->until == 0)
			old->until = at > old->from ? at : old->from;
		if (old->until != 0 ? old->until > seen : !(same_grantee(old, g) && !w->live)) {
			p = &old->next;
			continue;
		}
		*p = old->next;
		old->next = w->spare_grants;
		w->spare_grants = old;
	}
}

void world_grant(struct world *w, struct mailbox *m, const struct grant *g)
{
	utc_t from = w->live ? world_now(w) + m->home->rights_delay : 0;
	bool stands = g->rights != 0 || g->to == TO_DEFAULT || g->to == TO_ANONYMOUS ||
		g->folder_rights >= 0;
	struct grant **end = &m->grants, *new;

	end_grants(w, m, g, from);
	if (!stands)
		return;
	if ((new = w->spare_grants))
		w->spare_grants = new->next;
	else
		new = world_need(w, sizeof *new);
	*new = *g;
	new->next = NULL;
	new->from = from;
	new->until = 0;
	while (*end)
		end = &(*end)->next;
	*end = new;
}

static bool holds(utc_t from, utc_t until, utc_t at)
{
	return from <= at && (until == 0 || at < until);
}

static bool names(const struct grant *g, const struct mailbox *who)
{
	if (!who)
		return g->to == TO_ANONYMOUS;
	return (g->to == TO_MAILBOX && g->who == who) ||
		(g->to == TO_GROUP && group_has(g->who, who));
}

static bool sees_private(const struct mailbox *m, const struct mailbox *who)
{
	for (const struct delegate *d = m->delegates; d; d = d->next)
		if (d->who == who)
			return d->sees_private;
	return false;
}

/* What a grant lets one do with the folder itself. */
static int folder_bits(const struct premise *p, const struct grant *g)
{
	uint32_t r = g->rights;
	int can = 0;

	if (g->folder_rights >= 0)
		return g->folder_rights;
	if (r & RIGHT_READ_ANY)
		can |= FOLDER_CAN_READ;
	if (r & RIGHT_CREATE)
		can |= FOLDER_CAN_CREATE;
	if (r & RIGHT_SUBFOLDER)
		can |= FOLDER_CAN_HIERARCHY;
	if (r & RIGHT_OWNER)
		can |= FOLDER_CAN_MODIFY | FOLDER_CAN_DELETE;
	if (world_unsure(p, UNSURE_EDITOR_MODIFY, "true")) {
		can |= r & RIGHT_EDIT_ANY ? FOLDER_CAN_MODIFY : 0;
		can |= r & RIGHT_DELETE_ANY ? FOLDER_CAN_DELETE : 0;
	}
	return can;
}

/* Rights and folder bits of one who is not the owner, added up. */
struct sum {
	uint32_t rights;
	int folder;
};
static struct sum add_up(const struct mailbox *m, int folder, const struct mailbox *who, utc_t at)
{
	struct sum own = { 0, 0 }, rest = { folder == FOLDER_CALENDAR ? RIGHT_BUSY_SIMPLE : 0, 0 };
	bool named = !who;

	for (const struct grant *g = m->grants; g; g = g->next) {
		if (g->folder != folder || !holds(g->from, g->until, at))
			continue;
		if (g->to == TO_DEFAULT)
			rest = (struct sum){ g->rights, folder_bits(m->home, g) };
		if (!names(g, who))
			continue;
		named = true;
		own.rights |= g->rights;
		own.folder |= folder_bits(m->home, g);
	}
	if (named && who && (own.rights & RIGHT_READ_ANY) && sees_private(m, who))
		own.rights |= RIGHT_PRIVATE;
	return named ? own : rest;
}

static bool opens_all(const struct mailbox *m, const struct mailbox *who)
{
	for (struct mailbox **one = m->openers; one && *one; one++)
		if (*one == who)
			return true;
	return who == m;
}

uint32_t world_rights(const struct world *w, const struct mailbox *m, int folder,
	const struct mailbox *who, utc_t at)
{
	(void)w;
	return opens_all(m, who) ? RIGHTS_ALL : add_up(m, folder, who, at).rights;
}

int world_folder_rights(const struct world *w, const struct mailbox *m, int folder,
	const struct mailbox *who, utc_t at)
{
	(void)w;
	if (opens_all(m, who))
		return FOLDER_CAN_READ | FOLDER_CAN_CREATE | FOLDER_CAN_MODIFY | FOLDER_CAN_DELETE |
			FOLDER_CAN_HIERARCHY;
	return add_up(m, folder, who, at).folder;
}

static bool full_access(const struct app *app)
{
	return app && app->full_access && !app->disabled;
}

static bool assigned(
	const struct assignment *a, const struct identity *id, const struct app *app, utc_t at)
{
	return holds(a->from, a->until, at) &&
		((id && a->identity == id) || (app && a->app == app));
}

static bool in_list(struct mailbox **list, const struct mailbox *m)
{
	for (; m && list && *list; list++)
		if (*list == m)
			return true;
	return false;
}

/* 2007: a right on the servers, and another on the mailbox. */
static bool acts_in_2007(const struct identity *id, const struct mailbox *target)
{
	return id && in_list(target->home->actors, id->mailbox) &&
		in_list(target->actors, id->mailbox);
}

static bool within(const struct assignment *a, const struct mailbox *target)
{
	const struct group *scope = a->named ? a->named->group : a->scope;

	return !scope || group_has(scope, target);
}

bool world_may_impersonate(const struct world *w, const struct identity *id, const struct app *app,
	const struct mailbox *target, utc_t at)
{
	if (full_access(app) && app->premise == target->home)
		return true;
	for (const struct assignment *a = w->assignments; a; a = a->next)
		if (assigned(a, id, app, at) && within(a, target))
			return true;
	return acts_in_2007(id, target);
}

bool world_has_assignment(
	const struct world *w, const struct identity *id, const struct app *app, utc_t at)
{
	if (full_access(app))
		return true;
	for (const struct assignment *a = w->assignments; a; a = a->next)
		if (assigned(a, id, app, at))
			return true;
	return id && in_list(id->premise->actors, id->mailbox);
}

bool world_sends_on_behalf(const struct mailbox *owner, const struct mailbox *sender)
{
	for (struct mailbox **m = owner->on_behalf; m && *m; m++)
		if (*m == sender)
			return true;
	for (const struct delegate *d = owner->delegates; d; d = d->next)
		if (d->who == sender)
			return true;
	return false;
}

bool world_listed(const struct world *w, const struct mailbox *m, const struct mailbox *who)
{
	(void)w;
	if (m->gone || m->hidden || !m->enabled)
		return false;
	if (!who || !who->book || who == m)
		return true;
	for (struct group **g = who->book->groups; g && *g; g++)
		if (group_has(*g, m))
			return true;
	return false;
}
