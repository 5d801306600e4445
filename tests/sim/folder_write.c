/*
 * Folder, writing: one folder element, its properties in schema order.
 *
 * What is newer than the version that was asked for stays away; permissions are shown to who owns
 * the folder, and never by FindFolder.
 */
#include <stdlib.h>
#include <string.h>
#include "sim/folder.h"
#include "sim/op_item.h"

enum { BASE_DEFAULT = 1, BASE_ALL = 2, CALENDARS = 4, OTHERS = 8, ASKED = 16, NOT_OWN = 32 };

/* The root of all has none. */
static void write_parent(struct call *c, const struct target *t, const char *element)
{
	struct target parent = *t;

	parent.folder = folder_parent(t->mailbox, t->folder);
	if (parent.folder >= 0)
		folder_write_id(c, &parent, element);
}

static void write_class(struct call *c, const struct target *t, const char *element)
{
	xml_el(&c->out, element, folder_class(t->mailbox, t->folder));
}

static void write_name(struct call *c, const struct target *t, const char *element)
{
	xml_el(&c->out, element, folder_name(c, t->mailbox, t->folder));
}

/* Items of a folder. Only a calendar that follows from the seed has any before it is touched. */
static const struct item *items_of(struct call *c, const struct target *t)
{
	struct mailbox *m = t->mailbox;
	struct store *st = m->store;

	if (st == NULL && m->generated && t->folder == FOLDER_CALENDAR)
		st = store_of(c->world, m);
	return st == NULL || t->folder >= st->n_folders ? NULL : st->folders[t->folder];
}

/* Counted, not kept: folders are small, and asking for counts is rare. */
static long count_items(struct call *c, const struct target *t, bool unread)
{
	long n = 0;

	for (const struct item *i = items_of(c, t); i != NULL; i = i->next)
		n += !i->deleted && !(unread && (i->is_read || i->class == ITEM_CALENDAR));
	return n;
}

static void write_total(struct call *c, const struct target *t, const char *element)
{
	xml_num(&c->out, element, count_items(c, t, false));
}

static void write_unread(struct call *c, const struct target *t, const char *element)
{
	xml_num(&c->out, element, count_items(c, t, true));
}

/* Children that exist; whether this caller could open them does not matter for the number. */
static void write_children(struct call *c, const struct target *t, const char *element)
{
	int end = folder_end(t->mailbox);
	long n = 0;

	for (int f = 0; f < end; f++)
		n += folder_exists(t->mailbox, f) && folder_below(t->mailbox, f, t->folder, false);
	xml_num(&c->out, element, n);
}

/* Rights on the folder itself: Modify and Delete do not speak of items (EWS.md 0.1). */
static void write_rights(struct call *c, const struct target *t, const char *element)
{
	struct text *out = &c->out;
	int can = t->folder_rights;

	xml_open(out, element);
	xml_flag(out, "t:CreateAssociated", target_owns(t));
	xml_flag(out, "t:CreateContents", can & FOLDER_CAN_CREATE);
	xml_flag(out, "t:CreateHierarchy", can & FOLDER_CAN_HIERARCHY);
	xml_flag(out, "t:Delete", can & FOLDER_CAN_DELETE);
	xml_flag(out, "t:Modify", can & FOLDER_CAN_MODIFY);
	xml_flag(out, "t:Read", can & FOLDER_CAN_READ);
	if (c->level >= LEVEL_2010)
		xml_flag(out, "t:ViewPrivateItems", t->owner || (t->rights & RIGHT_PRIVATE));
	xml_close(out, element);
}

static void write_distinguished(struct call *c, const struct target *t, const char *element)
{
	if (t->folder < FOLDER_CUSTOM)
		xml_el(&c->out, element, folder_facts[t->folder].id);
}

/* How much of busy time is seen: the best answer to "which level do I have". */
static void write_sharing(struct call *c, const struct target *t, const char *element)
{
	const char *level = "None";

	if (t->rights & RIGHT_READ_ANY)
		level = "FullDetails";
	else if (t->rights & RIGHT_BUSY_DETAILED)
		level = "TimeAndSubjectAndLocation";
	else if (t->rights & RIGHT_BUSY_SIMPLE)
		level = "TimeOnly";
	xml_el(&c->out, element, level);
}

/* Delegates get an answer without it: that is how most servers treat them. */
static void write_permissions(struct call *c, const struct target *t, const char *element)
{
	(void)element;
	if (target_owns(t))
		permission_set_write(c, t);
}

/* In schema order; the extended properties come where `before_rights` ends. */
static const struct property {
	const char *uri, *element;
	unsigned flags;
	enum level since;
	void (*write)(struct call *c, const struct target *t, const char *element);
} properties[] = {
	{ "folder:FolderId", "t:FolderId", BASE_DEFAULT | BASE_ALL, LEVEL_2007, folder_write_id },
	{ "folder:ParentFolderId", "t:ParentFolderId", BASE_ALL, LEVEL_2007, write_parent },
	{ "folder:FolderClass", "t:FolderClass", BASE_ALL, LEVEL_2007, write_class },
	{ "folder:DisplayName", "t:DisplayName", BASE_DEFAULT | BASE_ALL, LEVEL_2007, write_name },
	{ "folder:TotalCount", "t:TotalCount", BASE_DEFAULT | BASE_ALL, LEVEL_2007, write_total },
	{ "folder:ChildFolderCount", "t:ChildFolderCount", BASE_DEFAULT | BASE_ALL, LEVEL_2007,
		write_children },
	{ "folder:EffectiveRights", "t:EffectiveRights", BASE_ALL, LEVEL_2007, write_rights },
	{ "folder:DistinguishedFolderId", "t:DistinguishedFolderId", ASKED, LEVEL_2013_SP1,
		write_distinguished },
	{ "folder:SharingEffectiveRights", "t:SharingEffectiveRights",
		BASE_ALL | CALENDARS | NOT_OWN, LEVEL_2010, write_sharing },
	{ "folder:PermissionSet", "t:PermissionSet", BASE_ALL, LEVEL_2007_SP1, write_permissions },
	{ "folder:UnreadCount", "t:UnreadCount", BASE_DEFAULT | BASE_ALL | OTHERS, LEVEL_2007,
		write_unread },
};
enum { PROPERTIES = sizeof(properties) / sizeof(properties[0]), BEFORE_EXTENDED = 6 };

/* What is asked for by name comes even when the base has it not; what the version does not know
 * never comes. */
static bool in_shape(const struct call *c, const struct target *t, const struct shape *s,
	const struct property *p)
{
	const char *element = folder_element(t);
	bool calendar = strcmp(element, "t:CalendarFolder") == 0;
	bool counted = strcmp(element, "t:ContactsFolder") != 0;

	if (c->level < p->since || ((p->flags & CALENDARS) && !calendar) ||
		((p->flags & OTHERS) && (calendar || !counted)))
		return false;
	if (shape_wants(s, p->uri))
		return true;
	if ((p->flags & NOT_OWN) && t->owner)
		return false;
	return (s->base == SHAPE_DEFAULT && (p->flags & BASE_DEFAULT)) ||
		(s->base == SHAPE_ALL && (p->flags & BASE_ALL));
}

/* Extended properties a folder has. */

static char *tag_rights(struct call *c, const struct target *t)
{
	if (!t->owner && world_unsure(c->premise, UNSURE_PR_RIGHTS, "hidden"))
		return NULL;
	return format("%u", t->rights & 0xffffu);
}

static char *tag_name(struct call *c, const struct target *t)
{
	return copy(folder_name(c, t->mailbox, t->folder));
}

static char *tag_class(struct call *c, const struct target *t)
{
	(void)c;
	return copy(folder_class(t->mailbox, t->folder));
}

static char *tag_count(struct call *c, const struct target *t)
{
	return format("%ld", count_items(c, t, false));
}

static const struct tag_row {
	const char *key;
	char *(*value)(struct call *c, const struct target *t);
} tag_rows[] = {
	{ "0x6639//Integer", tag_rights },
	{ "0x3001//String", tag_name },
	{ "0x3613//String", tag_class },
	{ "0x3602//Integer", tag_count },
};

/* NULL for properties a folder has not: such are left out, without an error. */
static char *tag_property(struct call *c, const struct target *t, xmlNode *uri)
{
	const char *code;
	char *key = tag_key(c, uri, &code), *value = NULL;

	for (size_t i = 0; key != NULL && i < sizeof(tag_rows) / sizeof(tag_rows[0]); i++)
		if (strcmp(tag_rows[i].key, key) == 0)
			value = tag_rows[i].value(c, t);
	free(key);
	return value;
}

/* The path comes back as it was asked for. */
static void write_tag(struct call *c, const struct target *t, xmlNode *uri)
{
	char *value = tag_property(c, t, uri);

	if (value == NULL)
		return;
	text_printf(&c->out,
		"<t:ExtendedProperty><t:ExtendedFieldURI PropertyTag=\"%s\" PropertyType=\"%s\"/>",
		node_attribute(c, uri, "PropertyTag"), node_attribute(c, uri, "PropertyType"));
	xml_el(&c->out, "t:Value", value);
	text_puts(&c->out, "</t:ExtendedProperty>");
	free(value);
}

static void write_tags(struct call *c, const struct target *t, const struct shape *s)
{
	for (xmlNode *n = node_first(s->additional); n != NULL; n = node_next(n))
		if (node_is(n, NS_T, "ExtendedFieldURI"))
			write_tag(c, t, n);
}

/* FolderId always comes, whatever the shape. */
static void write(struct call *c, const struct target *t, const struct shape *s, bool found)
{
	const char *element = folder_element(t);

	xml_open(&c->out, element);
	folder_write_id(c, t, "t:FolderId");
	for (size_t i = 1; i < PROPERTIES; i++) {
		const struct property *p = &properties[i];

		if (i == BEFORE_EXTENDED)
			write_tags(c, t, s);
		if (in_shape(c, t, s, p) && !(found && p->write == write_permissions))
			p->write(c, t, p->element);
	}
	xml_close(&c->out, element);
}

void folder_write(struct call *c, const struct target *t, const struct shape *s)
{
	write(c, t, s, false);
}

void folder_write_found(struct call *c, const struct target *t, const struct shape *s)
{
	write(c, t, s, true);
}

/* The id says how the folder was reached: ids of the same folder differ between paths. */
void folder_write_id(struct call *c, const struct target *t, const char *element)
{
	struct id id = { .kind = ID_FOLDER,
		.mailbox = t->mailbox->number,
		.object = (uint64_t)t->folder,
		.by_explicit = t->explicit };

	text_puts(&c->out, "<");
	text_puts(&c->out, element);
	text_puts(&c->out, " Id=\"");
	id_write(&c->out, c->world, &id);
	text_puts(&c->out, "\" ChangeKey=\"");
	change_key_write(&c->out, folder_change(c, t->mailbox, t->folder));
	text_puts(&c->out, "\"/>");
}

/* Written as for an answer and taken back: a restriction compares what is shown. */
static char *written_value(struct call *c, const struct target *t, const struct property *p)
{
	size_t before = c->out.len;
	char *value = NULL, *at, *end;

	if (c->level >= p->since && p->write != write_permissions)
		p->write(c, t, "v");
	if (c->out.len > before) {
		at = strchr(c->out.at + before, '>');
		end = at == NULL ? NULL : strchr(at, '<');
		if (end != NULL)
			value = copy_n(at + 1, (size_t)(end - at - 1));
		c->out.len = before;
		c->out.at[before] = '\0';
	}
	return value;
}

char *folder_property(struct call *c, const struct target *t, xmlNode *path)
{
	const char *uri = node_attribute(c, path, "FieldURI");

	if (node_is(path, NS_T, "ExtendedFieldURI"))
		return tag_property(c, t, path);
	if (uri != NULL && strcmp(uri, "folder:DisplayName") == 0)
		return tag_name(c, t);
	for (size_t i = 0; uri != NULL && i < PROPERTIES; i++)
		if (strcmp(properties[i].uri, uri) == 0)
			return written_value(c, t, &properties[i]);
	return NULL;
}

/* The grammar has checked the words: what is not another one is the first. */
void shape_read(struct call *c, xmlNode *shape, struct shape *s)
{
	const char *base = node_child_text(c, shape, NS_T, "BaseShape");
	const char *body = node_child_text(c, shape, NS_T, "BodyType");

	*s = (struct shape){ .additional = node_child(shape, NS_T, "AdditionalProperties") };
	if (base != NULL && strcmp(base, "Default") == 0)
		s->base = SHAPE_DEFAULT;
	if (base != NULL && strcmp(base, "AllProperties") == 0)
		s->base = SHAPE_ALL;
	if (body != NULL && strcmp(body, "HTML") == 0)
		s->body = BODY_HTML;
	if (body != NULL && strcmp(body, "Text") == 0)
		s->body = BODY_TEXT;
}

/* Compared in place: shapes are asked about often, and their attributes are never trimmed. */
bool shape_wants(const struct shape *s, const char *field)
{
	for (xmlNode *n = node_first(s->additional); n != NULL; n = node_next(n)) {
		const xmlAttr *a = n->properties;

		if (a != NULL && a->children != NULL && a->children->content != NULL &&
			strcmp((const char *)a->name, "FieldURI") == 0 &&
			strcmp((const char *)a->children->content, field) == 0)
			return true;
	}
	return false;
}
