/* Op folder: folders of many mailboxes in one question, and what we may do there.
 *
 * Rules (EWS.md 0.1, 0.2, 6.1): that a folder opens proves nothing by itself; the rights over the
 * folder and the rights over its items are told apart; how much of somebody's time we may see is
 * asked for as a right, never found out by reading it.
 */
#include "op_parts.h"

#include <string.h>
#include <strings.h>
#include "platform/str.h"

/* PR_RIGHTS of the folder: our rights over its items. */
#define ITEM_RIGHTS "0x6639"

enum { ASKED_MAX = EXCHANGE_FOLDERS_MAX * FOLDER__MAX };

/* --- the question --- */

/* Of the folders that are asked for, how many are calendars? A field that one of them cannot have
 * makes a real server refuse that folder (ErrorInvalidPropertyRequest), not pass over the field. */
static size_t calendars(const struct folders_query *q)
{
	size_t i, n = 0;

	for (i = 0; i < q->count; i++)
		n += q->list[i].kind == FOLDER_CALENDAR;
	return n;
}

static void put_rights(
	struct xml_write *w, const struct dialect_ask *ask, const struct folders_query *q)
{
	ews_field(w, "folder:EffectiveRights");
	if (ask->version >= EWS_2010 && calendars(q) == q->count)
		ews_field(w, "folder:SharingEffectiveRights");
	xml_open(w, "t:ExtendedFieldURI");
	xml_attr(w, "PropertyTag", ITEM_RIGHTS);
	xml_attr(w, "PropertyType", "Integer");
	xml_close(w);
}

static void put_counts(struct xml_write *w, const struct folders_query *q)
{
	ews_field(w, "folder:TotalCount");
	ews_field(w, "folder:ChildFolderCount");
	if (calendars(q) == 0)
		ews_field(w, "folder:UnreadCount");
}

static void put_shape(
	struct xml_write *w, const struct dialect_ask *ask, const struct folders_query *q)
{
	xml_open(w, "m:FolderShape");
	xml_leaf(w, "t:BaseShape", "IdOnly");
	xml_open(w, "t:AdditionalProperties");
	ews_field(w, "folder:DisplayName");
	ews_field(w, "folder:FolderClass");
	if (q->want & FOLDER_WANT_RIGHTS)
		put_rights(w, ask, q);
	if (q->want & FOLDER_WANT_COUNTS)
		put_counts(w, q);
	if ((q->want & FOLDER_WANT_PERMISSIONS) && ask->version >= EWS_2007_SP1)
		ews_field(w, "folder:PermissionSet");
	xml_close(w);
	xml_close(w);
}

/* Without an own mailbox, each address is another's, and is named. */
static void put_ids(
	struct xml_write *w, const struct dialect_ask *ask, const struct folders_query *q)
{
	struct dialect_ask as = *ask;

	if (q->want & FOLDER_BY_ADDRESS)
		as.mailbox = NULL;
	xml_open(w, "m:FolderIds");
	for (size_t i = 0; i < q->count; i++)
		ews_folder(w, &as, q->list[i].mailbox, q->list[i].kind);
	xml_close(w);
}

int ews_open_folders_write(struct xml_write *w, const struct dialect_ask *ask,
	const struct folders_query *q, struct err *e)
{
	size_t i;

	if (op_check_count(q->count, ASKED_MAX, "folders", e) < 0)
		return -1;
	for (i = 0; i < q->count; i++) {
		if (op_check_mailbox(q->list[i].mailbox, e) < 0)
			return -1;
	}
	xml_open(w, "m:GetFolder");
	put_shape(w, ask, q);
	put_ids(w, ask, q);
	xml_close(w);
	return 0;
}

/* --- the answer --- */

static int64_t item_rights(const struct xml_node *folder)
{
	const struct xml_node *n = xml_first(folder);
	const char *tag;
	int64_t value;

	for (; n; n = xml_next(n)) {
		if (!xml_is(n, NS_T, "ExtendedProperty"))
			continue;
		tag = xml_attr_value(xml_child(n, NS_T, "ExtendedFieldURI"), "PropertyTag");
		if (!tag || strcasecmp(tag, ITEM_RIGHTS) != 0)
			continue;
		if (xml_int(xml_child(n, NS_T, "Value"), &value) == 0 && value >= 0)
			return value;
	}
	return -1;
}

static enum detail detail(const struct xml_node *n)
{
	static const char *const words[DETAIL__MAX] = {
		[DETAIL_UNKNOWN] = "",
		[DETAIL_NONE] = "None",
		[DETAIL_TIME] = "TimeOnly",
		[DETAIL_SUBJECT] = "TimeAndSubjectAndLocation",
		[DETAIL_FULL] = "FullDetails",
	};
	const char *p;
	size_t len = xml_value_raw(n, &p);
	int i;

	for (i = DETAIL_NONE; i < DETAIL__MAX; i++) {
		if (strlen(words[i]) == len && !memcmp(words[i], p, len))
			return (enum detail)i;
	}
	return DETAIL_UNKNOWN;
}

static int64_t count_of(const struct xml_node *folder, const char *name)
{
	int64_t value;

	if (xml_int(xml_child(folder, NS_T, name), &value) < 0 || value < 0)
		return -1;
	return value;
}

static int is_permission(const struct xml_node *n)
{
	return xml_is(n, NS_T, "CalendarPermission") || xml_is(n, NS_T, "Permission");
}

static void read_permission(struct arena *a, const struct xml_node *n, struct permission *out)
{
	const struct xml_node *user = xml_child(n, NS_T, "UserId");
	const struct xml_node *level = xml_child(n, NS_T, "CalendarPermissionLevel");

	out->who = xml_child_value(user, NS_T, "DistinguishedUser");
	if (!*out->who)
		out->who = xml_child_value(user, NS_T, "PrimarySmtpAddress");
	out->name = op_shown(a, user, "DisplayName");
	out->level = xml_value(level ? level : xml_child(n, NS_T, "PermissionLevel"));
}

/* The table of a calendar has other names than that of another folder. */
static void read_permissions(struct arena *a, const struct xml_node *set, struct folder_seen *out)
{
	const struct xml_node *list = xml_child(set, NS_T, "CalendarPermissions"), *n;
	struct permission *to;
	size_t count = 0;

	list = list ? list : xml_child(set, NS_T, "Permissions");
	for (n = xml_first(list); n; n = xml_next(n))
		count += (size_t)is_permission(n);
	to = arena_array(a, count, sizeof(*to));
	out->permissions = to;
	out->permission_count = count;
	for (n = xml_first(list); n; n = xml_next(n)) {
		if (is_permission(n))
			read_permission(a, n, to++);
	}
}

/* Exchange's ids begin with the mailbox: five letters of their kind, then its GUID. What follows
 * may differ by how a folder was reached. One of another form stands for itself. */
static const char *mailbox_of(struct arena *a, const char *id)
{
	enum { MAILBOX = 54 };

	return str_starts(id, "AAMkA") && strlen(id) > MAILBOX ? arena_strndup(a, id, MAILBOX) : id;
}

static void read_folder(struct arena *a, const struct xml_node *n, struct folder_seen *out)
{
	const struct xml_node *id = xml_child(n, NS_T, "FolderId");
	const struct xml_node *rights = xml_child(n, NS_T, "EffectiveRights");
	const char *key = xml_attr_value(id, "ChangeKey");

	out->id = arena_strdup(a, xml_attr_value(id, "Id"));
	out->lies_in = mailbox_of(a, out->id);
	out->change_key = key ? arena_strdup(a, key) : "";
	out->name = op_shown(a, n, "DisplayName");
	out->class = xml_child_value(n, NS_T, "FolderClass");
	out->rights_told = rights != NULL;
	out->rights = ews_rights_read(rights);
	out->item_rights = item_rights(n);
	out->detail = detail(xml_child(n, NS_T, "SharingEffectiveRights"));
	out->total = count_of(n, "TotalCount");
	out->unread = count_of(n, "UnreadCount");
	out->folders = count_of(n, "ChildFolderCount");
	read_permissions(a, xml_child(n, NS_T, "PermissionSet"), out);
}

/* The folder of a message: whatever it is called, it has an id. NULL. */
static const struct xml_node *folder_of(const struct xml_node *message)
{
	const struct xml_node *n = xml_first(xml_child(message, NS_M, "Folders"));

	while (n && !xml_attr_value(xml_child(n, NS_T, "FolderId"), "Id"))
		n = xml_next(n);
	return n;
}

static void read_message(
	struct arena *a, const struct xml_node *message, struct folder_seen *out, struct outcome *o)
{
	const struct xml_node *folder;

	*out = (struct folder_seen){ .id = "",
		.change_key = "",
		.lies_in = "",
		.name = "",
		.class = "",
		.item_rights = -1,
		.total = -1,
		.unread = -1,
		.folders = -1 };
	if (!envelope_message(a, message, PLACE_FOLDER, &out->ended, o))
		return;
	folder = folder_of(message);
	if (folder)
		read_folder(a, folder, out);
	else
		out->ended.reason = REASON_BAD_ANSWER;
}

void ews_open_folders_read(const struct dialect_ask *ask, const struct folders_query *q,
	const struct dialect_reply *r, struct arena *a, struct folders_result *out,
	struct outcome *o)
{
	const struct xml_node *n,
		*response = envelope_read(a, r, "GetFolderResponse", PLACE_FOLDER, o);
	size_t i = 0;

	(void)ask;
	if (!response)
		return;
	out->list = arena_array(a, q->count, sizeof(*out->list));
	for (n = envelope_messages(response); n; n = envelope_next(n), i++) {
		if (i < q->count)
			read_message(a, n, &out->list[i], o);
	}
	out->count = q->count;
	envelope_short(o, q->count, i);
}
