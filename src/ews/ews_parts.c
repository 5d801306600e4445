/* Ews parts: what several operations write or read the same way.
 *
 * Rules: the mailbox a request acts as is never named in it (naming it would ask for delegate
 * access to oneself); an address that is none for us, such as a directory name, is told as "".
 */
#include "op_parts.h"

#include <string.h>
#include <strings.h>
#include "platform/str.h"

/* --- out --- */

void ews_field(struct xml_write *w, const char *uri)
{
	xml_mark(w, "t:FieldURI", "FieldURI", uri);
}

void ews_tag_field(struct xml_write *w)
{
	xml_open(w, "t:ExtendedFieldURI");
	xml_attr(w, "PropertySetId", EWS_TAG_SET);
	xml_attr(w, "PropertyName", EWS_TAG_NAME);
	xml_attr(w, "PropertyType", "String");
	xml_close(w);
}

void ews_tag(struct xml_write *w, const char *tag)
{
	xml_open(w, "t:ExtendedProperty");
	ews_tag_field(w);
	xml_leaf(w, "t:Value", tag);
	xml_close(w);
}

const char *ews_acting(const struct dialect_ask *ask)
{
	if (!str_empty(ask->impersonate))
		return ask->impersonate;
	return ask->mailbox ? ask->mailbox : "";
}

int ews_is_acting(const struct dialect_ask *ask, const char *mailbox)
{
	return str_empty(mailbox) || !strcasecmp(mailbox, ews_acting(ask));
}

void ews_folder(struct xml_write *w, const struct dialect_ask *ask, const char *mailbox,
	enum folder_kind kind)
{
	static const char *const names[FOLDER__MAX] = {
		[FOLDER_CALENDAR] = "calendar",
		[FOLDER_INBOX] = "inbox",
		[FOLDER_SENT] = "sentitems",
		[FOLDER_DELETED] = "deleteditems",
		[FOLDER_DRAFTS] = "drafts",
		[FOLDER_ROOT] = "msgfolderroot",
	};

	xml_open(w, "t:DistinguishedFolderId");
	xml_attr(w, "Id", names[kind]);
	if (!ews_is_acting(ask, mailbox))
		ews_mailbox(w, "t:Mailbox", mailbox);
	xml_close(w);
}

void ews_item_id(struct xml_write *w, const struct item_ref *item)
{
	xml_open(w, "t:ItemId");
	xml_attr(w, "Id", item->id);
	if (!str_empty(item->change_key))
		xml_attr(w, "ChangeKey", item->change_key);
	xml_close(w);
}

void ews_mailbox(struct xml_write *w, const char *element, const char *address)
{
	xml_open(w, element);
	xml_leaf(w, strcmp(element, "t:Email") ? "t:EmailAddress" : "t:Address", address);
	xml_close(w);
}

/* --- in --- */

const char *ews_tag_read(const struct xml_node *item)
{
	const struct xml_node *n = xml_first(item), *field;
	const char *set, *name;

	for (; n; n = xml_next(n)) {
		if (!xml_is(n, NS_T, "ExtendedProperty"))
			continue;
		field = xml_child(n, NS_T, "ExtendedFieldURI");
		set = xml_attr_value(field, "PropertySetId");
		name = xml_attr_value(field, "PropertyName");
		if (set && name && !strcasecmp(set, EWS_TAG_SET) && !strcmp(name, EWS_TAG_NAME))
			return xml_child_value(n, NS_T, "Value");
	}
	return "";
}

static const char *attribute(const struct xml_node *n, const char *name)
{
	const char *value = xml_attr_value(n, name);

	return value ? value : "";
}

void ews_ref_read(const struct xml_node *item, struct item_ref *out)
{
	const struct xml_node *id = xml_child(item, NS_T, "ItemId");

	out->id = attribute(id, "Id");
	out->change_key = attribute(id, "ChangeKey");
}

const char *ews_address_read(const struct xml_node *holder)
{
	const struct xml_node *mailbox = xml_child(holder, NS_T, "Mailbox"), *n;
	const char *routing, *address;

	mailbox = mailbox ? mailbox : holder;
	routing = xml_child_value(mailbox, NS_T, "RoutingType");
	if (*routing && strcasecmp(routing, "SMTP") != 0)
		return "";
	n = xml_child(mailbox, NS_T, "EmailAddress");
	address = xml_value(n ? n : xml_child(mailbox, NS_T, "Address"));
	return str_email(address) ? address : "";
}

static const char *const busy_words[BUSY__MAX] = {
	[BUSY_FREE] = "Free",
	[BUSY_TENTATIVE] = "Tentative",
	[BUSY_BUSY] = "Busy",
	[BUSY_OUT] = "OOF",
	[BUSY_ELSEWHERE] = "WorkingElsewhere",
	[BUSY_UNKNOWN] = "NoData",
};

enum busy_kind ews_busy_kind(const char *text, size_t n)
{
	int k;

	for (k = 0; k < BUSY_UNKNOWN; k++) {
		if (strlen(busy_words[k]) == n && !memcmp(busy_words[k], text, n))
			break;
	}
	return (enum busy_kind)k;
}

const char *ews_busy_word(enum busy_kind k, int version)
{
	/* Who works elsewhere is not busy, and old servers have no word for it. */
	if (k == BUSY_ELSEWHERE && version < EWS_2013)
		k = BUSY_FREE;
	return busy_words[k];
}

unsigned ews_rights_read(const struct xml_node *effective)
{
	static const struct {
		const char *name;
		unsigned bit;
	} rights[] = {
		{ "Read", RIGHT_READ },
		{ "CreateContents", RIGHT_CREATE },
		{ "Modify", RIGHT_MODIFY },
		{ "Delete", RIGHT_DELETE },
		{ "ViewPrivateItems", RIGHT_PRIVATE },
		{ "CreateHierarchy", RIGHT_CREATE_FOLDER },
	};
	unsigned bits = 0;
	size_t i;
	int is;

	for (i = 0; i < sizeof(rights) / sizeof(*rights); i++) {
		if (xml_bool(xml_child(effective, NS_T, rights[i].name), &is) == 0 && is)
			bits |= rights[i].bit;
	}
	return bits;
}

/* The element that holds name and address, when n is a person; NULL. */
static const struct xml_node *person(const struct xml_node *n)
{
	if (xml_is(n, NS_T, "Mailbox") || xml_is(n, NS_T, "Address"))
		return n;
	if (xml_is(n, NS_T, "Resolution"))
		return xml_child(n, NS_T, "Mailbox");
	return xml_is(n, NS_T, "Room") ? xml_child(n, NS_T, "Id") : NULL;
}

void ews_people_read(struct arena *a, const struct xml_node *list, struct people_result *out)
{
	const struct xml_node *n, *who;
	size_t count = 0;

	for (n = xml_first(list); n; n = xml_next(n))
		count += person(n) != NULL;
	out->list = arena_array(a, count, sizeof(*out->list));
	for (n = xml_first(list); n; n = xml_next(n)) {
		who = person(n);
		if (!who)
			continue;
		out->list[out->count++] = (struct person){
			.name = op_shown(a, who, "Name"),
			.address = ews_address_read(who),
			.type = op_shown(a, who, "MailboxType"),
		};
	}
}
