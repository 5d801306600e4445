/*
 * Op_folder_change: making, changing and deleting folders: CreateFolder, UpdateFolder,
 * DeleteFolder.
 *
 * Standard folders cannot be deleted or renamed. Permissions are changed by who owns the folder,
 * and work when the directory says so: the world's rights_delay.
 */
#include <stdlib.h>
#include <string.h>
#include "sim/folder.h"

/* CreateFolder */

static const struct made {
	const char *element, *class;
} mades[] = {
	{ "Folder", "IPF.Note" },
	{ "CalendarFolder", "IPF.Appointment" },
	{ "ContactsFolder", "IPF.Contact" },
	{ "TasksFolder", "IPF.Task" },
};

/* Two folders of one name cannot lie beside each other. */
static bool name_taken(struct call *c, const struct target *parent, const char *name)
{
	int end = folder_end(parent->mailbox);

	for (int f = 0; f < end; f++)
		if (folder_exists(parent->mailbox, f) &&
			folder_below(parent->mailbox, f, parent->folder, false) &&
			strcasecmp(folder_name(c, parent->mailbox, f), name) == 0)
			return true;
	return false;
}

/* At the end, so that numbers stay. */
static int add_folder(
	struct call *c, const struct target *parent, const char *name, const char *class)
{
	struct folder_own *own = world_need(c->world, sizeof(*own)), **end;
	int folder = FOLDER_CUSTOM;

	own->name = world_copy(c->world, name);
	own->class = world_copy(c->world, class);
	own->under = parent->folder + 1;
	for (end = &parent->mailbox->own_folders; *end != NULL; end = &(*end)->next)
		folder++;
	*end = own;
	return folder;
}

/* The class is given, or follows from the element. */
static const char *create(
	struct call *c, const struct target *parent, xmlNode *n, struct target *made)
{
	const char *name = node_child_text(c, n, NS_T, "DisplayName");
	const char *class = node_child_text(c, n, NS_T, "FolderClass");
	xmlNode *set = node_child(n, NS_T, "PermissionSet");

	for (size_t i = 0; class == NULL && i < sizeof(mades) / sizeof(mades[0]); i++)
		if (node_is(n, NS_T, mades[i].element))
			class = mades[i].class;
	if (class == NULL)
		return "ErrorInvalidFolderTypeForOperation";
	if (name == NULL || *name == '\0')
		return "ErrorFolderSave";
	if (!(parent->folder_rights & FOLDER_CAN_HIERARCHY))
		return "ErrorAccessDenied";
	if (name_taken(c, parent, name))
		return "ErrorFolderExists";
	target_folder(c, parent, add_folder(c, parent, name, class), made);
	return set == NULL ? NULL : permission_set_read(c, made, set);
}

/* The answer of one new or changed folder. */
static void answer(struct call *c, const char *message, const char *code, const char *smtp,
	const struct target *t)
{
	message_begin(c, message, code == NULL ? "NoError" : code, "SmtpAddress", smtp, NO_MORE);
	if (code == NULL) {
		const char *element = folder_element(t);

		xml_open(&c->out, "m:Folders");
		xml_open(&c->out, element);
		folder_write_id(c, t, "t:FolderId");
		xml_close(&c->out, element);
		xml_close(&c->out, "m:Folders");
	} else {
		text_puts(&c->out, "<m:Folders/>");
	}
	message_end(c, message);
}

void op_create_folder(struct call *c)
{
	xmlNode *id = node_first(node_child(c->op, NS_M, "ParentFolderId"));
	struct target parent, made;
	const char *smtp, *denied = access_folder(c, id, &parent, &smtp);

	response_begin(c);
	for (xmlNode *n = node_first(node_child(c->op, NS_M, "Folders")); n != NULL;
		n = node_next(n)) {
		const char *code = denied != NULL ? denied : create(c, &parent, n, &made);

		answer(c, "m:CreateFolderResponseMessage", code, smtp, &made);
	}
	response_end(c);
}

/* UpdateFolder */

static const char *rename_folder(struct call *c, const struct target *t, xmlNode *value)
{
	struct folder_own *own = folder_own(t->mailbox, t->folder);
	const char *name = node_text(c, value);
	struct target parent;

	if (strcmp(name, folder_name(c, t->mailbox, t->folder)) == 0)
		return NULL;
	if (!(t->folder_rights & FOLDER_CAN_MODIFY))
		return "ErrorAccessDenied";
	if (own == NULL || *name == '\0')
		return "ErrorFolderSave";
	target_folder(c, t, folder_parent(t->mailbox, t->folder), &parent);
	if (strcasecmp(own->name, name) != 0 && name_taken(c, &parent, name))
		return "ErrorFolderExists";
	own->name = world_copy(c->world, name);
	return NULL;
}

/* The same class again is no change; a class of another kind of folder cannot be. */
static const char *change_class(struct call *c, const struct target *t, xmlNode *value)
{
	struct folder_own *own = folder_own(t->mailbox, t->folder);
	const char *class = node_text(c, value), *then = folder_class(t->mailbox, t->folder);
	const char *element = folder_element(t);

	if (same_nocase(class, then))
		return NULL;
	if (!(t->folder_rights & FOLDER_CAN_MODIFY))
		return "ErrorAccessDenied";
	if (own == NULL)
		return "ErrorFolderSave";
	own->class = world_copy(c->world, class);
	if (strcmp(folder_element(t), element) == 0)
		return NULL;
	own->class = world_copy(c->world, then);
	return "ErrorFolderSave";
}

static const char *change_permissions(struct call *c, const struct target *t, xmlNode *value)
{
	return target_owns(t) ? permission_set_read(c, t, value) : "ErrorAccessDenied";
}

static const struct change_row {
	const char *uri, *element;
	const char *(*set)(struct call *c, const struct target *t, xmlNode *value);
} change_rows[] = {
	{ "folder:DisplayName", "DisplayName", rename_folder },
	{ "folder:FolderClass", "FolderClass", change_class },
	{ "folder:PermissionSet", "PermissionSet", change_permissions },
};

/* One property in each update, and the one its path names. */
static const char *set_field(struct call *c, const struct target *t, xmlNode *update)
{
	xmlNode *path = node_first(update), *folder = node_next(path);
	const char *uri = node_attribute(c, path, "FieldURI");

	if (node_is(update, NS_T, "AppendToFolderField"))
		return "ErrorInvalidPropertyAppend";
	if (node_is(update, NS_T, "DeleteFolderField"))
		return same(uri, "folder:PermissionSet") ? change_permissions(c, t, NULL)
							 : "ErrorInvalidPropertyDelete";
	if (node_first(folder) == NULL || node_next(node_first(folder)) != NULL)
		return "ErrorIncorrectUpdatePropertyCount";
	for (size_t i = 0; uri != NULL && i < sizeof(change_rows) / sizeof(change_rows[0]); i++) {
		xmlNode *value = node_child(folder, NS_T, change_rows[i].element);

		if (strcmp(change_rows[i].uri, uri) == 0)
			return value == NULL ? "ErrorUpdatePropertyMismatch"
					     : change_rows[i].set(c, t, value);
	}
	return "ErrorInvalidPropertySet";
}

/* What was set before the first error stays set. */
static const char *change_folder(
	struct call *c, xmlNode *change, struct target *t, const char **smtp)
{
	xmlNode *id = node_first(change);
	const char *code = access_folder(c, id, t, smtp);
	xmlNode *update = node_first(node_child(change, NS_T, "Updates"));

	for (; code == NULL && update != NULL; update = node_next(update))
		code = set_field(c, t, update);
	return code;
}

void op_update_folder(struct call *c)
{
	response_begin(c);
	for (xmlNode *n = node_first(node_child(c->op, NS_M, "FolderChanges")); n != NULL;
		n = node_next(n)) {
		struct target t;
		const char *smtp, *code = change_folder(c, n, &t, &smtp);

		answer(c, "m:UpdateFolderResponseMessage", code, smtp, &t);
	}
	response_end(c);
}

/* DeleteFolder */

static void delete_items(struct call *c, const struct target *t)
{
	struct store *st = t->mailbox->store;
	struct item *i = st == NULL || t->folder >= st->n_folders ? NULL : st->folders[t->folder];

	while (i != NULL) {
		struct item *next = i->next;

		if (!i->deleted)
			item_delete(c->world, st, i);
		i = next;
	}
}

static void delete_below(struct call *c, const struct target *t)
{
	int end = folder_end(t->mailbox);
	struct folder_own *own = folder_own(t->mailbox, t->folder);

	/* Children first: whose parent is gone has no way up any more. */
	for (int f = FOLDER_CUSTOM; f < end; f++) {
		struct target child;

		if (!folder_exists(t->mailbox, f) || !folder_below(t->mailbox, f, t->folder, false))
			continue;
		target_folder(c, t, f, &child);
		delete_below(c, &child);
	}
	delete_items(c, t);
	own->class = NULL;
}

/* Moved to Deleted Items first; what lies there already goes for good. */
static const char *delete_folder(struct call *c, xmlNode *id, const char **smtp)
{
	struct target t;
	const char *code = access_folder(c, id, &t, smtp);
	struct folder_own *own;

	if (code != NULL)
		return code;
	own = folder_own(t.mailbox, t.folder);
	if (own == NULL)
		return "ErrorDeleteDistinguishedFolder";
	if (!(t.folder_rights & FOLDER_CAN_DELETE))
		return "ErrorAccessDenied";
	if (same(node_attribute(c, c->op, "DeleteType"), "MoveToDeletedItems") &&
		folder_parent(t.mailbox, t.folder) != FOLDER_DELETED)
		own->under = FOLDER_DELETED + 1;
	else
		delete_below(c, &t);
	return NULL;
}

void op_delete_folder(struct call *c)
{
	static const char message[] = "m:DeleteFolderResponseMessage";

	response_begin(c);
	for (xmlNode *id = node_first(node_child(c->op, NS_M, "FolderIds")); id != NULL;
		id = node_next(id)) {
		const char *smtp, *code = delete_folder(c, id, &smtp);

		message_begin(
			c, message, code == NULL ? "NoError" : code, "SmtpAddress", smtp, NO_MORE);
		message_end(c, message);
	}
	response_end(c);
}
