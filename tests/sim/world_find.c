/*
 * World, finders and makers: addresses in a hash, everything else in lists that keep their order.
 *
 * An address belongs to one thing only, a mailbox (primary or alias) or a group. A mailbox that was
 * taken away keeps its number, so that ids already given out are still understood.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sim/world.h"

/* Exchange writes addresses with their kind in front, and so do clients that send them back. */
static const char *bare(const char *address)
{
	return address && matches("smtp:*", address) ? address + strlen("smtp:") : address;
}

/* The slot where an address is, or would be. */
static uint32_t slot_of(const struct world *w, const char *address)
{
	uint32_t mask = w->by_address_room - 1, at = (uint32_t)hash_nocase(address) & mask;

	while (w->by_address[at] && !same_nocase(w->by_address_key[at], address))
		at = (at + 1) & mask;
	return at;
}

static void put(struct world *w, const char *address, struct mailbox *m)
{
	uint32_t at = slot_of(w, address);

	w->by_address[at] = m;
	w->by_address_key[at] = address;
}

static void grow(struct world *w)
{
	uint32_t room = w->by_address_room;
	struct mailbox **mailboxes = w->by_address;
	const char **keys = w->by_address_key;

	if ((w->by_address_used + 1) * 3 <= room * 2)
		return;
	w->by_address_room = room ? room * 2 : 1024;
	w->by_address = need(w->by_address_room * sizeof(struct mailbox *));
	w->by_address_key = need(w->by_address_room * sizeof *keys);
	for (uint32_t i = 0; i < room; i++)
		if (mailboxes[i])
			put(w, keys[i], mailboxes[i]);
	free(mailboxes);
	free(keys);
}

/* Forget one address; those behind it in the same run move up, so that no search stops early. */
static void forget(struct world *w, const char *address)
{
	uint32_t mask = w->by_address_room - 1, hole, at;

	if (!w->by_address_room || !w->by_address[hole = slot_of(w, address)])
		return;
	w->by_address[hole] = NULL;
	w->by_address_used--;
	for (at = (hole + 1) & mask; w->by_address[at]; at = (at + 1) & mask) {
		struct mailbox *m = w->by_address[at];
		const char *key = w->by_address_key[at];

		w->by_address[at] = NULL;
		put(w, key, m);
	}
}

struct mailbox *world_mailbox(const struct world *w, const char *address)
{
	if (!address || !w->by_address_room)
		return NULL;
	return w->by_address[slot_of(w, bare(address))];
}

struct group *world_group(const struct world *w, const char *address)
{
	if (!address)
		return NULL;
	for (struct group *g = w->groups; g; g = g->next)
		if (!g->gone && same_nocase(g->address, bare(address)))
			return g;
	return NULL;
}

struct premise *world_premise(const struct world *w, const char *name)
{
	for (struct premise *p = w->premises; p; p = p->next)
		if (same_nocase(p->name, name))
			return p;
	return NULL;
}

static bool is_host(const char *name, const char *host, size_t n)
{
	if (!name || strlen(name) != n)
		return false;
	for (size_t i = 0; i < n; i++) {
		unsigned char a = (unsigned char)name[i], b = (unsigned char)host[i];

		if (a != b && ((a ^ b) != 0x20 || (a | 0x20) < 'a' || (a | 0x20) > 'z'))
			return false;
	}
	return true;
}

struct premise *world_premise_by_host(const struct world *w, const char *host)
{
	size_t n = host ? strcspn(host, ":") : 0;

	if (n == 0)
		return NULL;
	for (struct premise *p = w->premises; p; p = p->next)
		if (is_host(p->host, host, n) || is_host(p->internal_host, host, n))
			return p;
	return NULL;
}

struct domain *world_domain(const struct world *w, const char *name)
{
	for (struct domain *d = w->domains; d; d = d->next)
		if (same_nocase(d->name, name))
			return d;
	return NULL;
}

struct identity *world_identity(const struct world *w, const char *login)
{
	const char *back = login ? strchr(login, '\\') : NULL;

	if (!login)
		return NULL;
	for (struct identity *i = w->identities; i; i = i->next) {
		if (!back && same_nocase(i->upn, login))
			return i;
		if (back && is_host(i->domain, login, (size_t)(back - login)) &&
			same_nocase(i->sam, back + 1))
			return i;
	}
	return NULL;
}

struct app *world_app(const struct world *w, const char *client_id)
{
	for (struct app *a = w->apps; a; a = a->next)
		if (same_nocase(a->client_id, client_id))
			return a;
	return NULL;
}

struct mailbox *world_add_mailbox(struct world *w, const char *address, struct premise *home)
{
	struct mailbox *m;

	if (world_mailbox(w, address) || world_group(w, address))
		return NULL;
	m = world_need(w, sizeof *m);
	m->address = world_copy(w, bare(address));
	m->name = m->address;
	m->number = w->n_mailboxes;
	m->enabled = m->licensed = m->ews = true;
	m->home = home;
	m->zone = home->zone ? home->zone : zones;
	if (w->n_mailboxes == w->room_mailboxes) {
		w->room_mailboxes = w->room_mailboxes ? w->room_mailboxes * 2 : 256;
		w->mailboxes =
			need_more(w->mailboxes, w->room_mailboxes * sizeof(struct mailbox *));
	}
	w->mailboxes[w->n_mailboxes++] = m;
	grow(w);
	put(w, m->address, m);
	w->by_address_used++;
	return m;
}

bool world_add_alias(struct world *w, struct mailbox *m, const char *address)
{
	char *alias;

	if (world_mailbox(w, address) || world_group(w, address))
		return false;
	alias = world_copy(w, bare(address));
	m->aliases = world_list_with(w, m->aliases, alias);
	grow(w);
	put(w, alias, m);
	w->by_address_used++;
	return true;
}

/* The alias as the list has it, or NULL. */
static char *alias_of(const struct mailbox *m, const char *address)
{
	for (char **a = m->aliases; a && *a; a++)
		if (same_nocase(*a, bare(address)))
			return *a;
	return NULL;
}

bool world_drop_alias(struct world *w, struct mailbox *m, const char *address)
{
	char *alias = alias_of(m, address);

	if (!alias)
		return false;
	forget(w, alias);
	m->aliases = world_list_without(w, m->aliases, alias);
	return true;
}

bool world_rename(struct world *w, struct mailbox *m, const char *address)
{
	char *alias, *old = m->address;

	if (same_nocase(old, bare(address)))
		return true;
	if (!alias_of(m, address) && !world_add_alias(w, m, address))
		return false;
	alias = alias_of(m, address);
	m->aliases = world_list_without(w, m->aliases, alias);
	m->aliases = world_list_with(w, m->aliases, old);
	m->address = alias;
	return true;
}

void world_remove(struct world *w, struct mailbox *m)
{
	forget(w, m->address);
	for (char **a = m->aliases; a && *a; a++)
		forget(w, *a);
	m->aliases = NULL;
	m->gone = true;
	m->enabled = false;
	if (m->identity)
		m->identity->mailbox = NULL;
	m->identity = NULL;
}

struct group *world_add_group(struct world *w, const char *address)
{
	struct group **end = &w->groups, *g;

	if (world_mailbox(w, address) || world_group(w, address))
		return NULL;
	g = world_need(w, sizeof *g);
	g->address = world_copy(w, bare(address));
	g->name = g->address;
	g->kind = GROUP_SECURITY;
	while (*end)
		end = &(*end)->next;
	return *end = g;
}

/* Rights that it was given lead to nobody; who nested it has one group less. */
void world_remove_group(struct world *w, struct group *g)
{
	if (g->has != NULL)
		memset(g->has, 0, g->room_has);
	g->n_members = 0;
	if (g->members != NULL)
		g->members[0] = NULL;
	g->groups = NULL;
	g->gone = g->hidden = true;
	for (struct group *of = w->groups; of; of = of->next)
		of->groups = world_list_without(w, of->groups, g);
}

struct premise *world_add_premise(struct world *w, const char *name)
{
	struct premise **end = &w->premises, *p = world_need(w, sizeof *p);

	p->name = world_copy(w, name);
	p->product = product_find("2019");
	p->ews_enabled = true;
	p->language = world_copy(w, "en-US");
	p->throttle = (struct throttle){ .concurrency = -1,
		.recharge_ms = 900000,
		.back_off_ms = 30000,
		.get_folder_mailboxes = 16,
		.availability_mailboxes = 100,
		.find_page = 1000 };
	p->ntlm_grace_minutes = 60;
	p->lock_minutes = 30;
	p->front_ends = world_need(w, sizeof *p->front_ends);
	p->front_ends->name = world_copy(w, "EX01");
	while (*end)
		end = &(*end)->next;
	return *end = p;
}

struct domain *world_add_domain(struct world *w, const char *name, struct premise *p)
{
	struct domain **end = &w->domains, *d = world_need(w, sizeof *d);

	d->name = world_copy(w, name);
	d->premise = p;
	d->website = world_copy(w, "website");
	while (*end)
		end = &(*end)->next;
	return *end = d;
}

struct identity *world_add_identity(struct world *w, const char *upn, struct premise *p)
{
	struct identity **end = &w->identities, *id;
	uint32_t rid = 1101;
	char guid[37], sid[80];

	if (world_identity(w, upn))
		return NULL;
	for (; *end; end = &(*end)->next)
		rid++;
	id = world_need(w, sizeof *id);
	snprintf(sid, sizeof sid, "S-1-5-21-%u-%u-%u-%u", (unsigned)mix(w->seed, 1),
		(unsigned)mix(w->seed, 2), (unsigned)mix(w->seed, 3), rid);
	world_guid(w, guid);
	id->upn = world_copy(w, upn);
	id->domain = p->forest;
	id->sid = world_copy(w, sid);
	id->object_id = world_copy(w, guid);
	id->sam = world_copy(w, upn);
	id->sam[strcspn(id->sam, "@")] = '\0';
	id->premise = p;
	return *end = id;
}
