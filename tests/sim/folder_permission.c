/*
 * Folder, permissions: the permission set of a folder, shown and replaced as a whole.
 *
 * Calendars have levels of their own names and two finer ways to read; a level other than Custom
 * stands for all the single rights, which may then not be given beside it.
 */
#include <stdlib.h>
#include <string.h>
#include "sim/folder.h"

static bool is_calendar(const struct target *t)
{
	return strcmp(folder_element(t), "t:CalendarFolder") == 0;
}

/* The SID is there for those whose account was described. */
void user_id_write(struct call *c, const struct mailbox *m)
{
	xml_open(&c->out, "t:UserId");
	xml_el(&c->out, "t:SID", m->identity == NULL ? NULL : m->identity->sid);
	xml_el(&c->out, "t:PrimarySmtpAddress", m->address);
	xml_el(&c->out, "t:DisplayName", m->name);
	xml_close(&c->out, "t:UserId");
}

/* By SID first, as Exchange does when both are given. */
struct mailbox *user_id_find(struct call *c, xmlNode *user_id)
{
	const char *sid = node_child_text(c, user_id, NS_T, "SID");
	const char *address = node_child_text(c, user_id, NS_T, "PrimarySmtpAddress");

	for (struct identity *i = c->world->identities; sid != NULL && i != NULL; i = i->next)
		if (i->sid != NULL && same_nocase(i->sid, sid))
			return i->mailbox;
	return address == NULL ? NULL : world_mailbox(c->world, address);
}

/* People, groups, and the two everybody has. */
static void grantee_write(struct call *c, const struct grant *g)
{
	const struct group *group = g->who;

	switch (g->to) {
	case TO_MAILBOX:
		user_id_write(c, g->who);
		return;
	case TO_GROUP:
		xml_open(&c->out, "t:UserId");
		xml_el(&c->out, "t:PrimarySmtpAddress", group->address);
		xml_el(&c->out, "t:DisplayName", group->name);
		xml_close(&c->out, "t:UserId");
		return;
	default:
		text_printf(&c->out,
			"<t:UserId><t:DistinguishedUser>%s</t:DistinguishedUser></t:UserId>",
			g->to == TO_DEFAULT ? "Default" : "Anonymous");
	}
}

/* The single rights that are flags. */
static const struct flag {
	const char *element, *name;
	uint32_t right;
} flags[] = {
	{ "t:CanCreateItems", "CanCreateItems", RIGHT_CREATE },
	{ "t:CanCreateSubFolders", "CanCreateSubFolders", RIGHT_SUBFOLDER },
	{ "t:IsFolderOwner", "IsFolderOwner", RIGHT_OWNER },
	{ "t:IsFolderVisible", "IsFolderVisible", RIGHT_VISIBLE },
	{ "t:IsFolderContact", "IsFolderContact", RIGHT_CONTACT },
};
enum { FLAGS = sizeof(flags) / sizeof(flags[0]) };

static const char *action(uint32_t rights, uint32_t any, uint32_t owned)
{
	if (rights & any)
		return "All";
	return rights & owned ? "Owned" : "None";
}

static const char *reading(uint32_t rights, bool calendar)
{
	if (rights & RIGHT_READ_ANY)
		return "FullDetails";
	if (calendar && (rights & RIGHT_BUSY_DETAILED))
		return "TimeAndSubjectAndLocation";
	return calendar && (rights & RIGHT_BUSY_SIMPLE) ? "TimeOnly" : "None";
}

/* Single rights are always written; the level is the name that fits them, or Custom. */
static void permission_write(struct call *c, const struct grant *g, bool calendar)
{
	const struct permission_level *level = level_of_rights(g->rights);
	const char *element = calendar ? "t:CalendarPermission" : "t:Permission";
	const char *name = level == NULL ? "Custom" : calendar ? level->calendar : level->name;
	struct text *out = &c->out;

	xml_open(out, element);
	grantee_write(c, g);
	for (size_t i = 0; i < FLAGS; i++)
		xml_flag(out, flags[i].element, g->rights & flags[i].right);
	xml_el(out, "t:EditItems", action(g->rights, RIGHT_EDIT_ANY, RIGHT_EDIT_OWNED));
	xml_el(out, "t:DeleteItems", action(g->rights, RIGHT_DELETE_ANY, RIGHT_DELETE_OWNED));
	xml_el(out, "t:ReadItems", reading(g->rights, calendar));
	xml_el(out, calendar ? "t:CalendarPermissionLevel" : "t:PermissionLevel", name);
	xml_close(out, element);
}

static bool stands(const struct grant *g, int folder, utc_t at)
{
	return g->folder == folder && g->from <= at && (g->until == 0 || at < g->until);
}

/* Default and Anonymous are always shown: what they have when nothing was set is `usual`. */
static void built_in_write(struct call *c, const struct target *t, enum grantee to, uint32_t usual)
{
	struct grant none = { .to = to, .rights = usual };
	const struct grant *found = &none;

	for (const struct grant *g = t->mailbox->grants; g != NULL; g = g->next)
		if (g->to == to && stands(g, t->folder, c->view))
			found = g;
	permission_write(c, found, is_calendar(t));
}

/* Order: Default, Anonymous, then in the order they were given. */
void permission_set_write(struct call *c, const struct target *t)
{
	bool calendar = is_calendar(t);
	const char *list = calendar ? "t:CalendarPermissions" : "t:Permissions";
	uint32_t usual = t->folder == FOLDER_CALENDAR ? RIGHT_BUSY_SIMPLE : 0;

	xml_open(&c->out, "t:PermissionSet");
	xml_open(&c->out, list);
	built_in_write(c, t, TO_DEFAULT, usual);
	built_in_write(c, t, TO_ANONYMOUS, 0);
	for (const struct grant *g = t->mailbox->grants; g != NULL; g = g->next)
		if ((g->to == TO_MAILBOX || g->to == TO_GROUP) && stands(g, t->folder, c->view))
			permission_write(c, g, calendar);
	xml_close(&c->out, list);
	xml_close(&c->out, "t:PermissionSet");
}

/* Reading */

static uint32_t action_rights(const char *word, uint32_t any, uint32_t owned)
{
	if (word != NULL && strcmp(word, "All") == 0)
		return any | owned;
	return word != NULL && strcmp(word, "Owned") == 0 ? owned : 0;
}

static uint32_t reading_rights(const char *word)
{
	if (word == NULL || strcmp(word, "None") == 0)
		return 0;
	if (strcmp(word, "FullDetails") == 0)
		return RIGHT_READ_ANY;
	return strcmp(word, "TimeOnly") == 0 ? RIGHT_BUSY_SIMPLE
					     : RIGHT_BUSY_SIMPLE | RIGHT_BUSY_DETAILED;
}

/* What is not said is not given. */
static uint32_t custom_rights(struct call *c, xmlNode *n)
{
	uint32_t rights = 0;

	for (size_t i = 0; i < FLAGS; i++)
		if (truth(node_child_text(c, n, NS_T, flags[i].name)))
			rights |= flags[i].right;
	return rights | reading_rights(node_child_text(c, n, NS_T, "ReadItems")) |
		action_rights(node_child_text(c, n, NS_T, "EditItems"), RIGHT_EDIT_ANY,
			RIGHT_EDIT_OWNED) |
		action_rights(node_child_text(c, n, NS_T, "DeleteItems"), RIGHT_DELETE_ANY,
			RIGHT_DELETE_OWNED);
}

/* Groups are found by address only. */
static const char *grantee_read(struct call *c, xmlNode *user_id, struct grant *g)
{
	const char *built_in = node_child_text(c, user_id, NS_T, "DistinguishedUser");
	const char *address = node_child_text(c, user_id, NS_T, "PrimarySmtpAddress");

	if (built_in != NULL) {
		g->to = strcmp(built_in, "Default") == 0 ? TO_DEFAULT : TO_ANONYMOUS;
		return NULL;
	}
	g->to = TO_MAILBOX;
	g->who = user_id_find(c, user_id);
	if (g->who == NULL && address != NULL) {
		g->to = TO_GROUP;
		g->who = world_group(c->world, address);
	}
	if (g->who != NULL)
		return NULL;
	return node_first(user_id) == NULL ? "ErrorMissingUserIdInformation"
					   : "ErrorInvalidUserInfo";
}

static const char *permission_read(
	struct call *c, const struct target *t, xmlNode *n, struct grant *g)
{
	const char *name = node_child_text(
		c, n, NS_T, is_calendar(t) ? "CalendarPermissionLevel" : "PermissionLevel");
	const struct permission_level *level;
	xmlNode *user_id = node_child(n, NS_T, "UserId");

	*g = (struct grant){ .folder = t->folder, .folder_rights = -1 };
	if (name == NULL)
		return "ErrorInvalidPermissionSettings";
	level = strcmp(name, "Custom") == 0 ? NULL : level_find(name);
	/* Behind UserId only the level: single rights beside a level contradict it. */
	if (level != NULL && node_next(node_next(user_id)) != NULL)
		return "ErrorInvalidPermissionSettings";
	g->rights = level != NULL ? level->rights : custom_rights(c, n);
	/* An entry without rights still shadows Default. */
	if (g->rights == 0)
		g->folder_rights = 0;
	return grantee_read(c, user_id, g);
}

static bool holds(const struct grant *set, size_t n, const struct grant *g)
{
	for (size_t i = 0; i < n; i++)
		if (set[i].to == g->to && set[i].who == g->who)
			return true;
	return false;
}

/* What is not in the new set ends; Default and Anonymous cannot be taken away. */
static void end_others(struct call *c, const struct target *t, const struct grant *set, size_t n)
{
	struct grant *g = t->mailbox->grants;

	while (g != NULL) {
		struct grant end = {
			.to = g->to, .who = g->who, .folder = t->folder, .folder_rights = -1
		};
		bool over = g->folder == t->folder && g->until == 0 &&
			(g->to == TO_MAILBOX || g->to == TO_GROUP) && !holds(set, n, g);

		g = g->next;
		if (over) {
			world_grant(c->world, t->mailbox, &end);
			/* The list was changed: what was ended is over now and not met again. */
			g = t->mailbox->grants;
		}
	}
}

/* Nothing is changed until the whole set was understood. */
static const char *set_read(
	struct call *c, const struct target *t, xmlNode *list, struct grant *set, size_t *n)
{
	for (xmlNode *one = node_first(list); one != NULL; one = node_next(one)) {
		const char *code = permission_read(c, t, one, &set[*n]);

		if (code != NULL)
			return code;
		if (holds(set, *n, &set[*n]))
			return "ErrorDuplicateUserIdsSpecified";
		++*n;
	}
	return NULL;
}

const char *permission_set_read(struct call *c, const struct target *t, xmlNode *set)
{
	xmlNode *list =
		node_child(set, NS_T, is_calendar(t) ? "CalendarPermissions" : "Permissions");
	struct grant *all;
	const char *code;
	size_t n = 0;

	if (set != NULL && list == NULL)
		return "ErrorInvalidPermissionSettings";
	all = need((xmlChildElementCount(list) + 1) * sizeof(*all));
	code = set_read(c, t, list, all, &n);
	if (code == NULL) {
		end_others(c, t, all, n);
		for (size_t i = 0; i < n; i++)
			world_grant(c->world, t->mailbox, &all[i]);
	}
	free(all);
	return code;
}
