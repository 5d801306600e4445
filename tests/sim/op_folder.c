/*
 * Op_folder: reading folders: GetFolder, FindFolder, SyncFolderHierarchy.
 *
 * One message for every id, in their order; a message of an error keeps its empty container. What a
 * caller may not open he does not find.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sim/folder.h"
#include "sim/op_item.h"

/* What makes every answer to this shape the same error, or NULL. */
static const char *shape_code(struct call *c, const struct shape *s)
{
	const char *code = NULL;

	for (xmlNode *n = node_first(s->additional); code == NULL && n != NULL; n = node_next(n))
		if (node_is(n, NS_T, "ExtendedFieldURI"))
			free(tag_key(c, n, &code));
	return code;
}

/* A switch: asking for the permissions of another's folder may be an error. */
static const char *permission_code(
	const struct call *c, const struct target *t, const struct shape *s)
{
	if (target_owns(t) || !shape_wants(s, "folder:PermissionSet") ||
		world_unsure(c->premise, UNSURE_PERMISSION_SET, "absent"))
		return NULL;
	return world_unsure_value(c->premise, UNSURE_PERMISSION_SET);
}

/* A wrong shape is each folder's error, not the request's. */
static void get_one(struct call *c, xmlNode *id, const struct shape *s, const char *bad_shape)
{
	static const char message[] = "m:GetFolderResponseMessage";
	struct target t;
	const char *smtp, *code = access_folder(c, id, &t, &smtp);

	if (code == NULL)
		code = bad_shape;
	if (code == NULL)
		code = permission_code(c, &t, s);
	message_begin(c, message, code == NULL ? "NoError" : code, "SmtpAddress", smtp, NO_MORE);
	if (code == NULL) {
		xml_open(&c->out, "m:Folders");
		folder_write(c, &t, s);
		xml_close(&c->out, "m:Folders");
	} else {
		text_puts(&c->out, "<m:Folders/>");
	}
	message_end(c, message);
}

void op_get_folder(struct call *c)
{
	struct shape s;
	const char *bad_shape;

	shape_read(c, node_child(c->op, NS_M, "FolderShape"), &s);
	bad_shape = shape_code(c, &s);
	response_begin(c);
	for (xmlNode *id = node_first(node_child(c->op, NS_M, "FolderIds")); id != NULL;
		id = node_next(id))
		get_one(c, id, &s, bad_shape);
	response_end(c);
}

/* FindFolder */

static long number(struct call *c, xmlNode *n, const char *attribute, long otherwise)
{
	const char *s = node_attribute(c, n, attribute);

	return s == NULL ? otherwise : strtol(s, NULL, 10);
}

struct page {
	long first, count, total;
	bool indexed, last;
};

/* Where a page begins and how long it is, from either kind of view; without one, as much as the
 * server gives. */
static void page_read(struct call *c, long total, struct page *p)
{
	xmlNode *indexed = node_child(c->op, NS_M, "IndexedPageFolderView");
	xmlNode *part = node_child(c->op, NS_M, "FractionalPageFolderView");
	xmlNode *view = indexed != NULL ? indexed : part;
	long most = c->premise->throttle.find_page > 0 ? c->premise->throttle.find_page : 1000;
	long offset = number(c, indexed, "Offset", 0), wanted;
	bool from_end = same(node_attribute(c, indexed, "BasePoint"), "End");

	if (part != NULL)
		offset =
			total * number(c, part, "Numerator", 0) / number(c, part, "Denominator", 1);
	offset = offset > total ? total : offset;
	wanted = number(c, view, "MaxEntriesReturned", most);
	wanted = wanted > most ? most : wanted;
	*p = (struct page){ .total = total, .indexed = view != NULL };
	if (from_end) {
		p->count = wanted < total - offset ? wanted : total - offset;
		p->first = total - offset - p->count;
		p->last = p->first == 0;
	} else {
		p->first = offset;
		p->count = wanted < total - offset ? wanted : total - offset;
		p->last = p->first + p->count == total;
	}
}

static const char *page_code(struct call *c)
{
	xmlNode *indexed = node_child(c->op, NS_M, "IndexedPageFolderView");
	xmlNode *part = node_child(c->op, NS_M, "FractionalPageFolderView");
	long over = number(c, part, "Numerator", 0), under = number(c, part, "Denominator", 1);

	if (number(c, indexed, "Offset", 0) < 0)
		return "ErrorInvalidIndexedPagingParameters";
	if (under <= 0 || over < 0 || over > under || under > 1000000)
		return "ErrorInvalidFractionalPagingParameters";
	if (number(c, indexed != NULL ? indexed : part, "MaxEntriesReturned", 1) <= 0)
		return "ErrorInvalidPagingMaxRows";
	return NULL;
}

/* Numbers of the folders found, in order; the array is malloc'ed. */
static int *find(struct call *c, const struct target *parent, long *n)
{
	bool deep = same(node_attribute(c, c->op, "Traversal"), "Deep");
	bool none = same(node_attribute(c, c->op, "Traversal"), "SoftDeleted");
	xmlNode *restriction = node_first(node_child(c->op, NS_M, "Restriction"));
	int end = folder_end(parent->mailbox);
	int *found = need((size_t)end * sizeof(*found));

	*n = 0;
	for (int f = 0; f < end && !none; f++) {
		struct target t;

		if (!folder_exists(parent->mailbox, f) ||
			!folder_below(parent->mailbox, f, parent->folder, deep))
			continue;
		target_folder(c, parent, f, &t);
		if (target_opens(&t) && (restriction == NULL || folder_matches(c, &t, restriction)))
			found[(*n)++] = f;
	}
	return found;
}

/* IndexedPagingOffset is where to go on, and is absent without a paging view. */
static void found_write(struct call *c, const struct target *parent, const struct shape *s)
{
	struct text *out = &c->out;
	struct page p;
	long n;
	int *found = find(c, parent, &n);

	page_read(c, n, &p);
	text_puts(out, "<m:RootFolder");
	if (p.indexed)
		text_printf(out, " IndexedPagingOffset=\"%ld\"", p.first + p.count);
	text_printf(out, " TotalItemsInView=\"%ld\" IncludesLastItemInRange=\"%s\"><t:Folders>",
		p.total, p.last ? "true" : "false");
	for (long i = p.first; i < p.first + p.count; i++) {
		struct target t;

		target_folder(c, parent, found[i], &t);
		folder_write_found(c, &t, s);
	}
	text_puts(out, "</t:Folders></m:RootFolder>");
	free(found);
}

static void find_one(struct call *c, xmlNode *id, const struct shape *s, const char *bad)
{
	static const char message[] = "m:FindFolderResponseMessage";
	struct target t;
	const char *smtp, *code = access_folder(c, id, &t, &smtp);

	if (code == NULL)
		code = bad;
	message_begin(c, message, code == NULL ? "NoError" : code, "SmtpAddress", smtp, NO_MORE);
	if (code == NULL)
		found_write(c, &t, s);
	message_end(c, message);
}

void op_find_folder(struct call *c)
{
	struct shape s;
	const char *bad;

	shape_read(c, node_child(c->op, NS_M, "FolderShape"), &s);
	bad = shape_code(c, &s);
	if (bad == NULL)
		bad = page_code(c);
	response_begin(c);
	for (xmlNode *id = node_first(node_child(c->op, NS_M, "ParentFolderIds")); id != NULL;
		id = node_next(id))
		find_one(c, id, &s, bad);
	response_end(c);
}

/*
 * SyncFolderHierarchy. The state is what the client was told: mailbox, then every folder's number
 * and change, in text behind base64.
 */

static void state_write(struct call *c, const struct target *above)
{
	struct text t = { 0 };
	int end = folder_end(above->mailbox);

	text_printf(&t, "hierarchy %u", above->mailbox->number);
	for (int f = 0; f < end; f++) {
		struct target one;

		target_folder(c, above, f, &one);
		if (folder_exists(above->mailbox, f) && target_opens(&one) &&
			folder_below(above->mailbox, f, above->folder, true))
			text_printf(&t, " %d:%u", f, folder_change(c, above->mailbox, f));
	}
	xml_open(&c->out, "m:SyncState");
	base64_add(&c->out, t.at, t.len);
	xml_close(&c->out, "m:SyncState");
	text_free(&t);
}

/* Where the states of folders begin; NULL = not a state of this mailbox. */
static const char *state_read(struct call *c, const struct target *above, struct text *t)
{
	const char *s = node_child_text(c, c->op, NS_M, "SyncState");
	char *head;
	size_t n;

	if (s == NULL || *s == '\0')
		return "";
	head = format("hierarchy %u", above->mailbox->number);
	n = strlen(head);
	if (!base64_read(s, strlen(s), t) || t->len < n || memcmp(t->at, head, n) != 0 ||
		(t->at[n] != ' ' && t->at[n] != '\0') || strlen(t->at) != t->len)
		n = 0;
	free(head);
	return n == 0 ? NULL : t->at + n;
}

/* What the state says of a folder: 0 = nothing. */
static bool state_has(const char *state, int folder, uint32_t *change)
{
	char *end;

	while (*state == ' ') {
		long number_then = strtol(state, &end, 10);

		if (*end != ':')
			return false;
		*change = (uint32_t)strtoul(end + 1, &end, 10);
		if (number_then == folder)
			return true;
		state = end;
	}
	return false;
}

/* A folder that closed is deleted for this caller, one that opened is new. */
static void change_write(
	struct call *c, const struct target *above, int f, const struct shape *s, const char *state)
{
	uint32_t then = 0;
	bool had = state_has(state, f, &then), has;
	const char *what = "t:Update";
	struct target t;

	target_folder(c, above, f, &t);
	has = folder_exists(above->mailbox, f) && target_opens(&t) &&
		folder_below(above->mailbox, f, above->folder, true);
	if (has == had && (!had || then == folder_change(c, above->mailbox, f)))
		return;
	if (had != has)
		what = has ? "t:Create" : "t:Delete";
	xml_open(&c->out, what);
	if (has)
		folder_write_found(c, &t, s);
	else
		folder_write_id(c, &t, "t:FolderId");
	xml_close(&c->out, what);
}

/* The folder named, or all folders of one's own mailbox. */
static const char *sync_root(struct call *c, struct target *t, const char **smtp)
{
	xmlNode *id = node_first(node_child(c->op, NS_M, "SyncFolderId"));

	*smtp = NULL;
	if (id != NULL)
		return access_folder(c, id, t, smtp);
	if (c->acting == NULL)
		return world_unsure_value(c->premise, UNSURE_NO_MAILBOX);
	*t = (struct target){ .mailbox = c->acting, .owner = true };
	target_folder(c, t, FOLDER_EVERYTHING, t);
	return NULL;
}

void op_sync_folder_hierarchy(struct call *c)
{
	static const char message[] = "m:SyncFolderHierarchyResponseMessage";
	struct text decoded = { 0 };
	const char *smtp, *state = NULL, *code;
	struct shape s;
	struct target t;

	shape_read(c, node_child(c->op, NS_M, "FolderShape"), &s);
	code = sync_root(c, &t, &smtp);
	if (code == NULL)
		code = shape_code(c, &s);
	if (code == NULL && (state = state_read(c, &t, &decoded)) == NULL)
		code = "ErrorInvalidSyncStateData";
	response_begin(c);
	message_begin(c, message, code == NULL ? "NoError" : code, "SmtpAddress", smtp, NO_MORE);
	if (code == NULL)
		state_write(c, &t);
	else
		xml_el(&c->out, "m:SyncState", "");
	xml_flag(&c->out, "m:IncludesLastFolderInRange", true);
	if (code == NULL) {
		xml_open(&c->out, "m:Changes");
		for (int f = 0; f < folder_end(t.mailbox); f++)
			change_write(c, &t, f, &s, state);
		xml_close(&c->out, "m:Changes");
	}
	message_end(c, message);
	response_end(c);
	text_free(&decoded);
}
