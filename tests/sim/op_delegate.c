/*
 * Op_delegate: who acts for a mailbox: GetDelegate, AddDelegate, UpdateDelegate, RemoveDelegate.
 *
 * They need the owner's authority. A delegate may send on behalf and has rights on some folders; a
 * user who only has rights on a folder is none. The code of the whole is on the response element,
 * each user's on a message of his own.
 */
#include <stdlib.h>
#include <string.h>
#include "sim/folder.h"

static const char user_message[] = "m:DelegateUserResponseMessageType";

/* Folders whose levels a delegate entry shows, in the order of the schema. */
static const struct folder_level {
	const char *element, *name;
	int folder;
} folder_levels[] = {
	{ "t:CalendarFolderPermissionLevel", "CalendarFolderPermissionLevel", FOLDER_CALENDAR },
	{ "t:TasksFolderPermissionLevel", "TasksFolderPermissionLevel", FOLDER_TASKS },
	{ "t:InboxFolderPermissionLevel", "InboxFolderPermissionLevel", FOLDER_INBOX },
	{ "t:ContactsFolderPermissionLevel", "ContactsFolderPermissionLevel", FOLDER_CONTACTS },
};
enum { FOLDER_LEVELS = sizeof(folder_levels) / sizeof(folder_levels[0]) };

/* Where the entry hangs, or where a new one would. */
static struct delegate **entry_of(struct mailbox *owner, const struct mailbox *who)
{
	struct delegate **d = &owner->delegates;

	while (*d != NULL && (*d)->who != who)
		d = &(*d)->next;
	return d;
}

/* The delegate's own rights: not what groups or Default give him. */
static uint32_t own_rights(const struct mailbox *owner, int folder, const struct mailbox *who)
{
	uint32_t rights = 0;

	for (const struct grant *g = owner->grants; g != NULL; g = g->next)
		if (g->to == TO_MAILBOX && g->who == who && g->folder == folder && g->until == 0)
			rights = g->rights;
	return rights;
}

/* The entry keeps what scenarios say of folders that have no grant of their own. */
static uint32_t *kept_rights(struct delegate *d, int folder)
{
	switch (folder) {
	case FOLDER_INBOX:
		return &d->inbox;
	case FOLDER_TASKS:
		return &d->tasks;
	case FOLDER_CONTACTS:
		return &d->contacts;
	default:
		return NULL;
	}
}

static uint32_t shown_rights(struct mailbox *owner, struct delegate *d, int folder)
{
	const uint32_t *kept = kept_rights(d, folder);

	return kept != NULL && *kept != 0 ? *kept : own_rights(owner, folder, d->who);
}

/* What is none of the four words is Custom. */
static const char *level_word(uint32_t rights)
{
	static const char *const words[] = { "None", "Editor", "Reviewer", "Author" };
	const struct permission_level *level = level_of_rights(rights);

	for (size_t i = 0; level != NULL && i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i], level->name) == 0)
			return words[i];
	return "Custom";
}

/* A level of None is not written. */
static void levels_write(struct call *c, struct mailbox *owner, struct delegate *d)
{
	xml_open(&c->out, "t:DelegatePermissions");
	for (size_t i = 0; i < FOLDER_LEVELS; i++) {
		uint32_t rights = shown_rights(owner, d, folder_levels[i].folder);

		if (rights != 0)
			xml_el(&c->out, folder_levels[i].element, level_word(rights));
	}
	xml_close(&c->out, "t:DelegatePermissions");
}

static void user_write(struct call *c, struct mailbox *owner, struct delegate *d, bool levels)
{
	message_begin(c, user_message, "NoError", NO_MORE);
	xml_open(&c->out, "m:DelegateUser");
	user_id_write(c, d->who);
	if (levels)
		levels_write(c, owner, d);
	xml_flag(&c->out, "t:ReceiveCopiesOfMeetingMessages", d->copies);
	xml_flag(&c->out, "t:ViewPrivateItems", d->sees_private);
	xml_close(&c->out, "m:DelegateUser");
	message_end(c, user_message);
}

/* One user's error leaves the others as they are. */
static void user_error(struct call *c, const char *code)
{
	message_begin(c, user_message, code, NO_MORE);
	message_end(c, user_message);
}

/* Whose delegates, and may the caller. */
static const char *owner_of(struct call *c, struct mailbox **owner, const char **smtp)
{
	const char *address =
		node_child_text(c, node_child(c->op, NS_M, "Mailbox"), NS_T, "EmailAddress");
	struct mailbox *m = address == NULL ? NULL : world_mailbox(c->world, address);

	c->items++;
	*smtp = NULL;
	*owner = m;
	if (m == NULL || m->home != c->premise || !m->enabled || m->gone) {
		*smtp = address == NULL ? "" : address;
		return "ErrorNonExistentMailbox";
	}
	if (m->moving)
		return "ErrorMailboxMoveInProgress";
	return m == c->acting ? NULL : "ErrorAccessDenied";
}

static void end_with(struct call *c, const char *code, const char *smtp)
{
	message_begin(c, c->operation->element, code, "SmtpAddress", smtp, NO_MORE);
	message_end(c, c->operation->element);
}

/* What Outlook sets when the first delegate is made. */
static const char *deliver_word(const struct mailbox *owner)
{
	return owner->deliver != NULL ? owner->deliver : "DelegatesAndSendInformationToMe";
}

/* GetDelegate: all, or those named. */

static void get_named(struct call *c, struct mailbox *owner, xmlNode *ids, bool levels)
{
	for (xmlNode *n = node_first(ids); n != NULL; n = node_next(n)) {
		struct mailbox *who = user_id_find(c, n);
		struct delegate *d = who == NULL ? NULL : *entry_of(owner, who);

		if (d != NULL)
			user_write(c, owner, d, levels);
		else
			user_error(c, who == NULL ? "ErrorDelegateNoUser" : "ErrorNotDelegate");
	}
}

void op_get_delegate(struct call *c)
{
	bool levels = truth(node_attribute(c, c->op, "IncludePermissions"));
	xmlNode *ids = node_child(c->op, NS_M, "UserIds");
	struct mailbox *owner;
	const char *smtp, *code = owner_of(c, &owner, &smtp);

	/* Who never had a delegate has no message that says how meeting mail is delivered. */
	if (code == NULL && owner->delegates == NULL && owner->deliver == NULL)
		code = "ErrorDelegateMissingConfiguration";
	if (code != NULL) {
		end_with(c, code, smtp);
		return;
	}
	message_begin(c, c->operation->element, "NoError", NO_MORE);
	if (node_first(ids) != NULL || owner->delegates != NULL) {
		xml_open(&c->out, "m:ResponseMessages");
		get_named(c, owner, ids, levels);
		for (struct delegate *d = owner->delegates; d != NULL && node_first(ids) == NULL;
			d = d->next)
			user_write(c, owner, d, levels);
		xml_close(&c->out, "m:ResponseMessages");
	}
	xml_el(&c->out, "m:DeliverMeetingRequests", deliver_word(owner));
	message_end(c, c->operation->element);
}

/* The others go through users one by one, and change the owner's world. */

static void grant_level(
	struct call *c, struct mailbox *owner, struct delegate *d, int folder, uint32_t rights)
{
	struct grant g = { .to = TO_MAILBOX,
		.who = d->who,
		.folder = folder,
		.rights = rights,
		.folder_rights = -1 };
	uint32_t *kept = kept_rights(d, folder);

	if (kept != NULL)
		*kept = rights;
	world_grant(c->world, owner, &g);
}

/* Levels that are given; the others stay as they are. */
static void levels_read(
	struct call *c, struct mailbox *owner, struct delegate *d, xmlNode *permissions)
{
	for (size_t i = 0; i < FOLDER_LEVELS; i++) {
		const char *word = node_child_text(c, permissions, NS_T, folder_levels[i].name);
		const struct permission_level *level = word == NULL ? NULL : level_find(word);

		if (level != NULL)
			grant_level(c, owner, d, folder_levels[i].folder, level->rights);
	}
}

static void flag_read(struct call *c, xmlNode *user, const char *name, bool *flag)
{
	const char *word = node_child_text(c, user, NS_T, name);

	if (word != NULL)
		*flag = truth(word);
}

/* Copies of meeting mail are of use only to who may answer it. */
static const char *validate(struct call *c, const struct mailbox *owner, const struct mailbox *who,
	bool copies, xmlNode *user)
{
	xmlNode *permissions = node_child(user, NS_T, "DelegatePermissions");
	const char *calendar =
		node_child_text(c, permissions, NS_T, "CalendarFolderPermissionLevel");
	bool editor = calendar != NULL ? strcmp(calendar, "Editor") == 0
				       : own_rights(owner, FOLDER_CALENDAR, who) & RIGHT_EDIT_ANY;

	for (xmlNode *n = node_first(permissions); n != NULL; n = node_next(n))
		if (strcmp(node_text(c, n), "Custom") == 0)
			return "ErrorInvalidDelegatePermission";
	flag_read(c, user, "ReceiveCopiesOfMeetingMessages", &copies);
	return copies && !editor ? "ErrorDelegateValidationFailed" : NULL;
}

/* Who can be a delegate at all: somebody else, with a mailbox, on a server of the same
 * generation. */
static const char *candidate(
	struct call *c, struct mailbox *owner, xmlNode *user_id, struct mailbox **who)
{
	if (node_first(user_id) == NULL || node_child(user_id, NS_T, "DistinguishedUser") != NULL)
		return "ErrorInvalidDelegateUserId";
	*who = user_id_find(c, user_id);
	if (*who == NULL || (*who)->gone)
		return "ErrorDelegateNoUser";
	if (*who == owner)
		return "ErrorDelegateCannotAddOwner";
	if ((*who)->home->product->major != owner->home->product->major)
		return "ErrorWrongServerVersionDelegate";
	return NULL;
}

/* What is not given stays. */
static void apply(struct call *c, struct mailbox *owner, struct delegate *d, xmlNode *user)
{
	flag_read(c, user, "ReceiveCopiesOfMeetingMessages", &d->copies);
	flag_read(c, user, "ViewPrivateItems", &d->sees_private);
	levels_read(c, owner, d, node_child(user, NS_T, "DelegatePermissions"));
	user_write(c, owner, d, true);
}

/* A delegate may send on behalf: that is part of being one, not of any folder's rights. */
static void add(struct call *c, struct mailbox *owner, xmlNode *user)
{
	struct mailbox *who = NULL;
	const char *code = candidate(c, owner, node_child(user, NS_T, "UserId"), &who);
	struct delegate **end = code == NULL ? entry_of(owner, who) : NULL;

	if (code == NULL && *end != NULL)
		code = "ErrorDelegateAlreadyExists";
	if (code == NULL)
		code = validate(c, owner, who, false, user);
	if (code != NULL) {
		user_error(c, code);
		return;
	}
	*end = world_need(c->world, sizeof(**end));
	(*end)->who = who;
	if (!world_sends_on_behalf(owner, who) || owner->on_behalf == NULL)
		owner->on_behalf = world_list_with(c->world, owner->on_behalf, who);
	apply(c, owner, *end, user);
}

static void update(struct call *c, struct mailbox *owner, xmlNode *user)
{
	struct mailbox *who = NULL;
	const char *code = candidate(c, owner, node_child(user, NS_T, "UserId"), &who);
	struct delegate *d = code == NULL ? *entry_of(owner, who) : NULL;

	if (code == NULL && d == NULL)
		code = "ErrorNotDelegate";
	if (code == NULL)
		code = validate(c, owner, who, d->copies, user);
	if (code != NULL)
		user_error(c, code);
	else
		apply(c, owner, d, user);
}

/* Entry, sending and rights go together. */
static void drop(struct call *c, struct mailbox *owner, xmlNode *user_id)
{
	struct mailbox *who = user_id_find(c, user_id);
	struct delegate **at = who == NULL ? NULL : entry_of(owner, who), *d;

	if (at == NULL || *at == NULL) {
		user_error(c, who == NULL ? "ErrorDelegateNoUser" : "ErrorNotDelegate");
		return;
	}
	d = *at;
	*at = d->next;
	owner->on_behalf = world_list_without(c->world, owner->on_behalf, who);
	for (size_t i = 0; i < FOLDER_LEVELS; i++)
		grant_level(c, owner, d, folder_levels[i].folder, 0);
	message_begin(c, user_message, "NoError", NO_MORE);
	message_end(c, user_message);
}

/* Once it was used, the mailbox has a configuration, even when no delegate is left. */
static void change(struct call *c, const char *list,
	void (*one)(struct call *c, struct mailbox *owner, xmlNode *user))
{
	const char *deliver = node_child_text(c, c->op, NS_M, "DeliverMeetingRequests");
	xmlNode *user = node_first(node_child(c->op, NS_M, list));
	struct mailbox *owner;
	const char *smtp, *code = owner_of(c, &owner, &smtp);

	if (code != NULL) {
		end_with(c, code, smtp);
		return;
	}
	owner->deliver = world_copy(c->world, deliver != NULL ? deliver : deliver_word(owner));
	message_begin(c, c->operation->element, "NoError", NO_MORE);
	if (user != NULL) {
		xml_open(&c->out, "m:ResponseMessages");
		for (; user != NULL; user = node_next(user))
			one(c, owner, user);
		xml_close(&c->out, "m:ResponseMessages");
	}
	message_end(c, c->operation->element);
}

void op_add_delegate(struct call *c)
{
	change(c, "DelegateUsers", add);
}

void op_update_delegate(struct call *c)
{
	change(c, "DelegateUsers", update);
}

void op_remove_delegate(struct call *c)
{
	change(c, "UserIds", drop);
}
