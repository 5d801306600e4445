/* Scenario statements about rights: folders, delegates, sending on behalf. */
#include <string.h>
#include "sim/scenario_run.h"

static const char folder_words[] = "calendar inbox sent drafts outbox deleted contacts tasks junk";

/* A folder by its word, or one of the mailbox's own by its name. */
bool read_folder(struct run *r, const char *word, int *folder)
{
	const struct folder_own *own = the_mailbox(r)->own_folders;
	struct run quiet = *r;
	const char *one[] = { NULL, word };
	int number = FOLDER_CUSTOM;

	/* A folder that was deleted keeps its number, without a class. */
	for (; own; own = own->next, number++)
		if (own->class && same_nocase(own->name, word)) {
			*folder = number;
			return true;
		}
	quiet.word = one;
	quiet.n = 2;
	quiet.at = 1;
	return want_choice(&quiet, "a folder", folder_words, folder);
}

/* Whom a grant is for. */
static bool read_grantee(struct run *r, struct grant *g)
{
	const char *word = next(r);

	if (same(word, "default") || same(word, "anonymous")) {
		g->to = *word == 'd' ? TO_DEFAULT : TO_ANONYMOUS;
		return true;
	}
	if ((g->who = world_group(r->w, word))) {
		g->to = TO_GROUP;
		return true;
	}
	g->to = TO_MAILBOX;
	r->at--;
	return want(r, "a mailbox or a group, default or anonymous", TAKE_MAILBOX, &g->who);
}

/* read,create,modify,delete,hierarchy or none. */
static bool read_folder_rights(struct run *r, const char *word, int *bits)
{
	static const char *const names[] = { "read", "create", "modify", "delete", "hierarchy" };
	size_t len;

	for (*bits = 0; *word && !same(word, "none"); word += len + (word[len] == ',')) {
		int i = 0;

		len = strcspn(word, ",");
		while (i < 5 && (strlen(names[i]) != len || memcmp(names[i], word, len) != 0))
			i++;
		if (i == 5)
			return refuse(r,
				       "'%.*s' is not a right on a folder; expected read, create, "
				       "modify, delete and hierarchy, parted by commas, or none",
				       (int)len, word) == 0;
		*bits |= 1 << i;
	}
	return true;
}

int st_grant(struct run *r)
{
	struct grant g = { .folder = FOLDER_CALENDAR, .folder_rights = -1 };
	const char *folder = NULL, *folder_rights = NULL;
	bool private = false;
	const struct option known[] = { { "on", TAKE_TEXT, &folder, NULL },
		{ "folder-rights", TAKE_TEXT, &folder_rights, NULL },
		{ "private", TAKE_FLAG, &private, NULL }, { NULL, TAKE_FLAG, NULL, NULL } };

	if (!read_grantee(r, &g) || !want(r, "a level", TAKE_LEVEL, &g.rights) ||
		!options(r, known) || (folder && !read_folder(r, folder, &g.folder)) ||
		(folder_rights && !read_folder_rights(r, folder_rights, &g.folder_rights)))
		return -1;
	if (r->dry)
		return 0;
	/* None is an entry of its own here; revoke takes an entry away. */
	if (g.rights == 0 && g.folder_rights < 0)
		g.folder_rights = 0;
	g.rights |= private ? RIGHT_PRIVATE : 0;
	world_grant(r->w, the_mailbox(r), &g);
	return 0;
}

int st_revoke(struct run *r)
{
	struct grant g = { .folder = FOLDER_CALENDAR, .folder_rights = -1 };
	const char *folder = NULL;
	const struct option known[] = { { "on", TAKE_TEXT, &folder, NULL },
		{ NULL, TAKE_FLAG, NULL, NULL } };

	if (!read_grantee(r, &g) || !options(r, known) ||
		(folder && !read_folder(r, folder, &g.folder)))
		return -1;
	if (!r->dry)
		world_grant(r->w, the_mailbox(r), &g);
	return 0;
}

static struct delegate **delegate_at(const struct run *r, const struct mailbox *who)
{
	struct delegate **d = &the_mailbox(r)->delegates;

	while (*d && (*d)->who != who)
		d = &(*d)->next;
	return d;
}

static void give(struct run *r, struct mailbox *who, int folder, uint32_t rights)
{
	world_grant(r->w, the_mailbox(r),
		&(struct grant){ .to = TO_MAILBOX,
			.who = who,
			.folder = folder,
			.rights = rights,
			.folder_rights = -1 });
}

/* As AddDelegate does: the entry keeps what it is told about the other folders, and rights are
 * given in those that were named. */
int st_delegate(struct run *r)
{
	struct mailbox *who;
	struct delegate is = { .next = NULL }, **at;
	uint32_t calendar = 0;
	const struct option known[] = { { "copies", TAKE_FLAG, &is.copies, NULL },
		{ "private", TAKE_FLAG, &is.sees_private, NULL },
		{ "calendar", TAKE_LEVEL, &calendar, NULL },
		{ "inbox", TAKE_LEVEL, &is.inbox, NULL }, { "tasks", TAKE_LEVEL, &is.tasks, NULL },
		{ "contacts", TAKE_LEVEL, &is.contacts, NULL }, { NULL, TAKE_FLAG, NULL, NULL } };

	if (!want(r, "a mailbox", TAKE_MAILBOX, &who) || !options(r, known))
		return -1;
	if (who == the_mailbox(r))
		return refuse(r, "'%s' cannot be its own delegate", who->address);
	if (r->dry)
		return 0;
	at = delegate_at(r, who);
	is.who = who;
	is.next = *at ? (*at)->next : NULL;
	if (!*at)
		*at = world_need(r->w, sizeof **at);
	**at = is;
	if (calendar)
		give(r, who, FOLDER_CALENDAR, calendar);
	if (is.inbox)
		give(r, who, FOLDER_INBOX, is.inbox);
	if (is.tasks)
		give(r, who, FOLDER_TASKS, is.tasks);
	if (is.contacts)
		give(r, who, FOLDER_CONTACTS, is.contacts);
	return 0;
}

int st_undelegate(struct run *r)
{
	struct mailbox *who;
	struct delegate **at;

	if (!want(r, "a mailbox", TAKE_MAILBOX, &who))
		return -1;
	at = delegate_at(r, who);
	if (!*at && !r->dry)
		return refuse(
			r, "'%s' is not a delegate of %s", who->address, the_mailbox(r)->address);
	if (!r->dry)
		*at = (*at)->next;
	return 0;
}

int st_deliver(struct run *r)
{
	static const char *const words[] = { "DelegatesOnly", "DelegatesAndMe",
		"DelegatesAndSendInformationToMe", "NoForward" };
	int which;

	if (!want_choice(r, "a way to deliver",
		    "DelegatesOnly DelegatesAndMe DelegatesAndSendInformationToMe NoForward",
		    &which))
		return -1;
	if (!r->dry)
		the_mailbox(r)->deliver = words[which];
	return 0;
}

int change_list(struct run *r, struct mailbox ***list, bool add)
{
	struct mailbox *who;
	int from = r->at;

	while (r->at < r->n)
		if (!want(r, "a mailbox", TAKE_MAILBOX, &who))
			return -1;
	for (r->at = from; !r->dry && r->at < r->n;) {
		if (!want(r, "a mailbox", TAKE_MAILBOX, &who))
			return -1;
		*list = world_list_without(r->w, *list, who);
		if (add)
			*list = world_list_with(r->w, *list, who);
	}
	return 0;
}

int st_on_behalf(struct run *r)
{
	return change_list(r, &the_mailbox(r)->on_behalf, true);
}

int st_no_on_behalf(struct run *r)
{
	return change_list(r, &the_mailbox(r)->on_behalf, false);
}

/* Add-MailboxPermission, as administrators give it; it opens at once. */
int st_mailbox_full_access(struct run *r)
{
	return change_list(r, &the_mailbox(r)->openers, true);
}

int st_no_full_access(struct run *r)
{
	return change_list(r, &the_mailbox(r)->openers, false);
}
