/*
 * Access: opening what a request names.
 *
 * Rights are those of the caller, or of whom he impersonates, as the front end that was reached
 * sees the directory. What a closed folder says differs between versions: a switch of the premise.
 */
#include "sim/folder.h"

#include <stdlib.h>
#include <string.h>

enum { OPENED_MAX = sizeof(((struct call *)NULL)->opened) / sizeof(struct mailbox *) };

/* What says that a folder may not be opened; NULL = it opens all the same, without any right. */
static const char *denial(const struct call *c)
{
	const char *code = world_unsure_value(c->premise, UNSURE_DENIAL);
	int major = c->premise->product->major;

	if (strcmp(code, "rights-false") == 0)
		return NULL;
	if (strcmp(code, "by-version") != 0)
		return code;
	if (major <= 8)
		return "ErrorAccessDenied";
	return major == 14 ? "ErrorFolderNotFound" : "ErrorItemNotFound";
}

/* Other people's mailboxes are connections of the server to its stores: it opens so many. */
static const char *count_mailbox(struct call *c, struct mailbox *m)
{
	int limit = c->premise->throttle.get_folder_mailboxes;

	for (int i = 0; i < c->mailboxes && i < OPENED_MAX; i++)
		if (c->opened[i] == m)
			return NULL;
	if (limit > 0 && c->mailboxes >= limit) {
		c->say = "Too many concurrent connections opened., Cannot open mailbox";
		return world_unsure_value(c->premise, UNSURE_TOO_MANY);
	}
	if (c->mailboxes < OPENED_MAX)
		c->opened[c->mailboxes] = m;
	c->mailboxes++;
	return NULL;
}

/* Nobody's grantee, but Default's. */
const struct mailbox *access_as(const struct call *c)
{
	static const struct mailbox stranger = { .number = UINT32_MAX };

	return c->acting != NULL ? c->acting : &stranger;
}

/* Existence first: a mailbox that is gone, off or elsewhere says so whatever the rights are. */
static const char *open_mailbox(struct call *c, struct target *t, struct mailbox *m)
{
	t->mailbox = m;
	t->owner = m == c->acting;
	if (m->home != c->premise || m->gone || !m->enabled)
		return "ErrorNonExistentMailbox";
	if (m->moving)
		return "ErrorMailboxMoveInProgress";
	return m->trouble != NULL ? m->trouble : count_mailbox(c, m);
}

/* Rights in the folder, and what is said without any. */
static const char *open_folder(struct call *c, struct target *t, int folder)
{
	target_folder(c, t, folder, t);
	return target_opens(t) ? NULL : denial(c);
}

/* The mailbox is in the id: how the folder was reached once does not bind the next caller's
 * rights. */
static const char *by_id(struct call *c, xmlNode *n, struct target *t)
{
	const char *s = node_attribute(c, n, "Id"), *code;
	const char *key = node_attribute(c, n, "ChangeKey");
	uint32_t change;
	struct id id;

	if (s == NULL || *s == '\0')
		return "ErrorInvalidIdEmpty";
	if (!id_read(c->world, s, &id))
		return "ErrorInvalidIdMalformed";
	if (id.kind != ID_FOLDER)
		return "ErrorInvalidFolderId";
	if (key != NULL && *key != '\0' && !change_key_read(key, &change))
		return "ErrorInvalidChangeKey";
	t->explicit = id.by_explicit;
	code = open_mailbox(c, t, c->world->mailboxes[id.mailbox]);
	if (code != NULL)
		return code;
	if (id.object > INT32_MAX || !folder_exists(t->mailbox, (int)id.object))
		return "ErrorItemNotFound";
	return open_folder(c, t, (int)id.object);
}

/* Without a mailbox it is one's own, or the impersonated one's. Known names of folders this
 * mailbox has not are not found. */
static const char *by_name(struct call *c, xmlNode *n, struct target *t, const char **smtp)
{
	xmlNode *named = node_child(n, NS_T, "Mailbox");
	int folder = folder_by_id(node_attribute(c, n, "Id"));
	struct mailbox *m = c->acting;
	const char *code;

	if (named != NULL) {
		const char *address = node_child_text(c, named, NS_T, "EmailAddress");

		*smtp = address == NULL ? "" : address;
		m = world_mailbox(c->world, *smtp);
	}
	if (m == NULL)
		return named != NULL ? "ErrorNonExistentMailbox"
				     : world_unsure_value(c->premise, UNSURE_NO_MAILBOX);
	t->explicit = named != NULL && m != c->acting;
	code = open_mailbox(c, t, m);
	if (code != NULL)
		return code;
	return folder < 0 ? "ErrorFolderNotFound" : open_folder(c, t, folder);
}

/* A folder that opens may still hold items one may not read: that is access_read's to say. */
const char *access_folder(struct call *c, xmlNode *id, struct target *t, const char **smtp)
{
	const char *code;

	*t = (struct target){ 0 };
	*smtp = NULL;
	c->items++;
	code = node_is(id, NS_T, "FolderId") ? by_id(c, id, t) : by_name(c, id, t, smtp);
	/* The address is told only with the code that is about it. */
	if (code == NULL || strcmp(code, "ErrorNonExistentMailbox") != 0)
		*smtp = NULL;
	return code;
}

/* One's own, by item rights, or by rights on the folder where a scenario keeps the two apart. */
const char *access_read(struct call *c, const struct target *t)
{
	const char *code;

	if (t->owner || (t->rights & RIGHT_READ_ANY) || (t->folder_rights & FOLDER_CAN_READ))
		return NULL;
	code = target_opens(t) ? NULL : denial(c);
	return code != NULL ? code : "ErrorAccessDenied";
}

/* Items */

struct sought {
	utc_t original;
	struct occurrence at;
	bool found;
};

/* Looks through occurrences for the one that was to begin then. */
static bool is_sought(void *arg, const struct occurrence *o)
{
	struct sought *s = arg;

	if (o->original == s->original) {
		s->at = *o;
		s->found = true;
	}
	return !s->found;
}

/* An occurrence is named by when it was to begin; one that was moved lies elsewhere now. */
static const char *find_occurrence(struct found *f, utc_t original)
{
	struct sought s = { .original = original };

	item_expand(f->item, original, original + 1, is_sought, &s);
	for (int i = 0; !s.found && i < f->item->n_exceptions; i++) {
		const struct exception *e = &f->item->exceptions[i];

		if (e->original == original && !e->deleted)
			item_expand(f->item, e->item->start, e->item->end + 1, is_sought, &s);
	}
	if (!s.found)
		return "ErrorItemNotFound";
	f->instance = s.at.instance;
	f->start = s.at.start;
	return NULL;
}

/* By number from 1; deleted ones keep theirs. */
static const char *find_instance(struct call *c, xmlNode *n, struct found *f)
{
	const char *index = node_attribute(c, n, "InstanceIndex");
	long instance = index == NULL ? 0 : strtol(index, NULL, 10);
	struct occurrence o = { 0 };

	if (f->item->recurrence == NULL)
		return "ErrorCalendarCannotUseIdForRecurringMasterId";
	if (instance < 1 || instance > INT32_MAX || !item_instance(f->item, (int)instance, &o)) {
		bool deleted = instance >= 1 && instance <= INT32_MAX && o.instance > 0;

		return deleted ? "ErrorCalendarOccurrenceIsDeletedFromRecurrence"
			       : "ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange";
	}
	f->instance = (int)instance;
	f->start = o.start;
	return NULL;
}

/* The folder's rights decide, those of the folder the item lies in now. */
static const char *open_item(struct call *c, const struct id *id, struct found *f)
{
	const char *code = open_mailbox(c, &f->in, c->world->mailboxes[id->mailbox]);

	f->in.explicit = id->by_explicit;
	if (code != NULL)
		return code;
	f->item = item_find(store_of(c->world, f->in.mailbox), id->object);
	if (f->item == NULL)
		return "ErrorItemNotFound";
	code = open_folder(c, &f->in, f->item->folder);
	if (code != NULL)
		return code;
	/* Who may only add items sees his own. */
	if (f->item->made_by != NULL && f->item->made_by == c->acting)
		return NULL;
	return access_read(c, &f->in);
}

/* Three elements name items; each has its id in another attribute. */
const char *access_item(struct call *c, xmlNode *n, struct found *f)
{
	bool is_instance = node_is(n, NS_T, "OccurrenceItemId");
	const char *name = is_instance			    ? "RecurringMasterId"
		: node_is(n, NS_T, "RecurringMasterItemId") ? "OccurrenceId"
							    : "Id";
	const char *s = node_attribute(c, n, name), *code;
	uint32_t change;
	struct id id;

	*f = (struct found){ .change_key = node_attribute(c, n, "ChangeKey") };
	c->items++;
	if (s == NULL || *s == '\0')
		return "ErrorInvalidIdEmpty";
	if (!id_read(c->world, s, &id))
		return "ErrorInvalidIdMalformed";
	if (id.kind != ID_ITEM && id.kind != ID_OCCURRENCE)
		return "ErrorInvalidId";
	if (f->change_key != NULL && !change_key_read(f->change_key, &change))
		return "ErrorInvalidChangeKey";
	code = open_item(c, &id, f);
	if (code != NULL)
		return code;
	if (is_instance)
		return find_instance(c, n, f);
	if (id.kind == ID_OCCURRENCE && strcmp(name, "Id") == 0)
		return find_occurrence(f, id.start);
	return NULL;
}
