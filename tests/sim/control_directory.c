/*
 * Control, directory: everything that an Exchange admin can see of mailboxes, groups and servers,
 * as JSON: what a script for such an admin is played on, and what a test compares before and
 * after.
 */
#include "sim/control.h"

#include <string.h>
#include "sim/folder.h"

static json_t *text_or_null(const char *s)
{
	return s == NULL ? json_null() : json_string(s);
}

static json_t *mailboxes(struct mailbox **list)
{
	json_t *a = json_array();

	for (; list != NULL && *list != NULL; list++)
		if (!(*list)->gone)
			json_array_append_new(a, json_string((*list)->address));
	return a;
}

static json_t *words(char **list)
{
	json_t *a = list == NULL ? json_null() : json_array();

	for (; list != NULL && *list != NULL; list++)
		json_array_append_new(a, json_string(*list));
	return a;
}

static const char *grantee(const struct grant *g)
{
	switch (g->to) {
	case TO_MAILBOX:
		return ((const struct mailbox *)g->who)->address;
	case TO_GROUP:
		return ((const struct group *)g->who)->address;
	default:
		return NULL;
	}
}

/* What was given last, even if it is to hold later only: that is what an admin is shown. */
static json_t *grants(const struct mailbox *m, int folder)
{
	static const char *const to[] = { "mailbox", "group", "default", "anonymous" };
	json_t *a = json_array();

	for (const struct grant *g = m->grants; g != NULL; g = g->next)
		if (g->folder == folder && g->until == 0)
			json_array_append_new(a,
				json_pack("{s:s, s:o, s:i, s:i}", "to", to[g->to], "who",
					text_or_null(grantee(g)), "rights", (int)g->rights,
					"folder_rights", g->folder_rights));
	return a;
}

static json_t *folders(const struct mailbox *m)
{
	json_t *a = json_array();

	for (int i = 0; i < folder_end(m); i++) {
		if (!folder_exists(m, i) || i == FOLDER_ROOT || i == FOLDER_EVERYTHING)
			continue;
		json_array_append_new(a,
			json_pack("{s:s, s:s, s:o, s:o}", "name", folder_called(m->home, m, i),
				"id", i < FOLDER_CUSTOM ? folder_facts[i].id : "", "class",
				text_or_null(folder_class(m, i)), "grants", grants(m, i)));
	}
	return a;
}

static json_t *delegates(const struct mailbox *m)
{
	json_t *a = json_array();

	for (const struct delegate *d = m->delegates; d != NULL; d = d->next)
		json_array_append_new(a,
			json_pack("{s:s, s:b, s:b}", "who", d->who->address, "copies",
				(int)d->copies, "private", (int)d->sees_private));
	return a;
}

static json_t *mailbox_whole(const struct mailbox *m)
{
	static const char *const kinds[] = { "user", "room", "equipment", "shared", "dedicated" };
	json_t *o = json_pack("{s:s, s:o, s:s, s:s, s:i, s:b, s:b, s:b, s:b}", "address",
		m->address, "name", text_or_null(m->name), "kind", kinds[m->kind], "premise",
		m->home->name, "number", (int)m->number, "enabled", (int)m->enabled, "licensed",
		(int)m->licensed, "hidden", (int)m->hidden, "ews", (int)m->ews);

	json_object_set_new(o, "aliases", m->aliases == NULL ? json_array() : words(m->aliases));
	json_object_set_new(o, "folders", folders(m));
	json_object_set_new(o, "delegates", delegates(m));
	json_object_set_new(o, "on_behalf", mailboxes(m->on_behalf));
	json_object_set_new(o, "full_access", mailboxes(m->openers));
	json_object_set_new(o, "impersonated_by", mailboxes(m->actors));
	json_object_set_new(o, "policy", text_or_null(m->policy == NULL ? NULL : m->policy->name));
	json_object_set_new(o, "ews_allow", words(m->ews_allow));
	json_object_set_new(o, "note", text_or_null(m->note));
	if (m->identity != NULL) {
		json_object_set_new(o, "upn", text_or_null(m->identity->upn));
		json_object_set_new(o, "login", text_or_null(m->identity->sam));
	}
	return o;
}

static json_t *group_whole(const struct group *g)
{
	static const char *const kinds[] = { "security", "distribution", "rooms" };
	json_t *nested = json_array();

	for (struct group **in = g->groups; in != NULL && *in != NULL; in++)
		json_array_append_new(nested, json_string((*in)->address));
	return json_pack("{s:s, s:o, s:s, s:b, s:o, s:o}", "address", g->address, "name",
		text_or_null(g->name), "kind", kinds[g->kind], "hidden", (int)g->hidden, "members",
		mailboxes(g->members), "nested", nested);
}

json_t *control_directory(struct sim *s, const char *glob)
{
	json_t *people = json_array(), *sets = json_array();

	for (uint32_t i = 0; i < s->world->n_mailboxes; i++)
		if (!s->world->mailboxes[i]->gone && matches(glob, s->world->mailboxes[i]->address))
			json_array_append_new(people, mailbox_whole(s->world->mailboxes[i]));
	for (const struct group *g = s->world->groups; g != NULL; g = g->next)
		if (!g->gone && matches(glob, g->address))
			json_array_append_new(sets, group_whole(g));
	return json_pack("{s:o, s:o}", "mailboxes", people, "groups", sets);
}

/* The servers */

static json_t *policies(const struct premise *p)
{
	json_t *a = json_array();

	for (const struct policy *one = p->policies; one != NULL; one = one->next)
		json_array_append_new(a,
			json_pack(
				"{s:s, s:i}", "name", one->name, "concurrency", one->concurrency));
	return a;
}

static json_t *premise_whole(const struct premise *p)
{
	json_t *o =
		json_pack("{s:s, s:b, s:s, s:i, s:s}", "name", p->name, "online", (int)p->online,
			"product", p->product->name, "major", p->product->major, "host", p->host);

	json_object_set_new(o, "ews",
		p->ews_told || !p->ews_enabled ? json_boolean(p->ews_enabled) : json_null());
	json_object_set_new(o, "forest", text_or_null(p->forest));
	json_object_set_new(o, "tenant", text_or_null(p->tenant));
	json_object_set_new(o, "ews_allow", words(p->ews_allow));
	json_object_set_new(o, "ews_block", words(p->ews_block));
	json_object_set_new(o, "ews_apps", words(p->ews_apps));
	json_object_set_new(o, "policies", policies(p));
	json_object_set_new(o, "impersonators", mailboxes(p->actors));
	return o;
}

static json_t *assignments(const struct world *w)
{
	json_t *a = json_array();

	for (const struct assignment *one = w->assignments; one != NULL; one = one->next) {
		const struct identity *id = one->identity;

		if (one->until != 0)
			continue;
		json_array_append_new(a,
			json_pack("{s:o, s:o, s:o, s:o, s:o}", "name", text_or_null(one->name),
				"who", text_or_null(id == NULL ? NULL : id->upn), "app",
				text_or_null(one->app == NULL ? NULL : one->app->client_id),
				"group",
				text_or_null(one->scope == NULL ? NULL : one->scope->address),
				"scope",
				text_or_null(one->named == NULL ? NULL : one->named->name)));
	}
	return a;
}

static json_t *scopes(const struct world *w)
{
	json_t *a = json_array();

	for (const struct scope *one = w->scopes; one != NULL; one = one->next)
		json_array_append_new(a,
			json_pack("{s:s, s:s, s:s, s:s}", "name", one->name, "filter", one->filter,
				"group", one->group->address, "premise", one->premise->name));
	return a;
}

static json_t *apps(const struct world *w)
{
	json_t *a = json_array();

	for (const struct app *one = w->apps; one != NULL; one = one->next) {
		json_t *o = json_pack("{s:s, s:s, s:o, s:s, s:b, s:b}", "id", one->client_id,
			"object", one->object_id, "name", text_or_null(one->name), "premise",
			one->premise->name, "full_access", (int)one->full_access, "consent",
			(int)one->consented);

		json_object_set_new(o, "principal", text_or_null(one->principal));
		json_array_append_new(a, o);
	}
	return a;
}

json_t *control_organisation(struct sim *s)
{
	json_t *servers = json_array(), *domains = json_array();

	for (const struct premise *p = s->world->premises; p != NULL; p = p->next)
		json_array_append_new(servers, premise_whole(p));
	for (const struct domain *d = s->world->domains; d != NULL; d = d->next)
		json_array_append_new(domains,
			json_pack("{s:s, s:s}", "name", d->name, "premise", d->premise->name));
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "name",
		text_or_null(s->world->organisation), "premises", servers, "domains", domains,
		"assignments", assignments(s->world), "scopes", scopes(s->world), "apps",
		apps(s->world));
}
