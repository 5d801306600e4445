/*
 * Op_item_tags: extended properties. Their keys, what a few well-known ones say without having
 * been set, and the GlobalObjectId that all copies of a meeting share.
 *
 * Keys have one form whatever way a property is named: distinguished sets become their GUID, GUIDs
 * are lower-case, tags have four digits.
 */
#include "sim/op_item.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define MEETING_SET "6ed8da90-450b-101b-98da-00aa003f1305"
#define APPOINTMENT_SET "00062002-0000-0000-c000-000000000046"

static const struct {
	const char *name, *guid;
} sets[] = {
	{ "Meeting", MEETING_SET },
	{ "Appointment", APPOINTMENT_SET },
	{ "Common", "00062008-0000-0000-c000-000000000046" },
	{ "PublicStrings", "00020329-0000-0000-c000-000000000046" },
	{ "Address", "00062004-0000-0000-c000-000000000046" },
	{ "InternetHeaders", "00020386-0000-0000-c000-000000000046" },
	{ "CalendarAssistant", "11000e07-b51b-40d6-af21-caa85edab1d0" },
	{ "UnifiedMessaging", "4442858e-a9e3-4e80-b900-317a210cc15b" },
	{ "Task", "00062003-0000-0000-c000-000000000046" },
	{ "Sharing", "00062040-0000-0000-c000-000000000046" },
	{ NULL, NULL },
};

/* Eight, four, four, four and twelve hex digits. */
static bool is_guid(const char *s)
{
	if (strlen(s) != 36)
		return false;
	for (int n = 0; n < 36; n++) {
		bool dash = n == 8 || n == 13 || n == 18 || n == 23;
		if (dash ? s[n] != '-' : !isxdigit((unsigned char)s[n]))
			return false;
	}
	return true;
}

/* The property set's GUID, malloc'ed; NULL when there is none or it is not one. */
static char *set_of(struct call *c, xmlNode *uri)
{
	const char *named = node_attribute(c, uri, "DistinguishedPropertySetId");
	const char *guid = node_attribute(c, uri, "PropertySetId");

	if (!named == !guid)
		return NULL;
	for (int n = 0; named && sets[n].name; n++)
		if (same(sets[n].name, named))
			guid = sets[n].guid;
	if (!guid || !is_guid(guid))
		return NULL;
	char *lower = copy(guid);
	for (char *s = lower; *s; s++)
		*s = (char)tolower((unsigned char)*s);
	return lower;
}

/* Tags from 0x8000 on are names of one store only, and are refused. */
static char *key_of_tag(const char *tag, const char *type)
{
	bool hex = tag[0] == '0' && (tag[1] == 'x' || tag[1] == 'X');
	char *end;
	unsigned long n = strtoul(tag, &end, hex ? 16 : 10);

	if (*end || end == tag || n >= 0x8000)
		return NULL;
	return format("0x%04lx//%s", n, type);
}

/* A set, and in it either a name or a number. */
static char *key_of_named(struct call *c, xmlNode *uri, const char *type)
{
	const char *name = node_attribute(c, uri, "PropertyName");
	const char *number = node_attribute(c, uri, "PropertyId");

	if (!name == !number)
		return NULL;
	char *set = set_of(c, uri);
	if (!set)
		return NULL;
	char *key = name ? format("%s/%s/%s", set, name, type)
			 : format("%s/#%ld/%s", set, strtol(number, NULL, 10), type);
	free(set);
	return key;
}

/* Either a tag alone, or a set with a name or a number; always a type. */
char *tag_key(struct call *c, xmlNode *uri, const char **code)
{
	static const char *const closed[] = { "Error", "Null", "Object", "ObjectArray", NULL };
	const char *type = node_attribute(c, uri, "PropertyType");
	const char *tag = node_attribute(c, uri, "PropertyTag");

	*code = "ErrorInvalidExtendedProperty";
	if (!type)
		return NULL;
	for (int n = 0; closed[n]; n++)
		if (same(type, closed[n])) {
			*code = "ErrorUnsupportedMapiPropertyType";
			return NULL;
		}
	bool named = node_attribute(c, uri, "PropertyName") ||
		node_attribute(c, uri, "PropertyId") || node_attribute(c, uri, "PropertySetId") ||
		node_attribute(c, uri, "DistinguishedPropertySetId");
	if (tag && named)
		return NULL;
	char *key = tag ? key_of_tag(tag, type) : key_of_named(c, uri, type);
	if (key)
		*code = NULL;
	return key;
}

bool tag_is_array(const char *key)
{
	size_t n = strlen(key);

	return n > 5 && same(key + n - 5, "Array");
}

static int hex_digit(char c)
{
	const char *digits = "0123456789ABCDEF";
	const char *at = c ? strchr(digits, toupper((unsigned char)c)) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* False leaves `out` as it was. */
static bool hex_bytes(struct text *out, const char *s)
{
	size_t was = out->len;

	for (; s[0]; s += 2) {
		int high = hex_digit(s[0]), low = high < 0 ? -1 : hex_digit(s[1]);
		if (low < 0) {
			out->len = was;
			return false;
		}
		char byte = (char)(high << 4 | low);
		text_add(out, &byte, 1);
	}
	return out->len > was;
}

/* A UID that is not one of our own is wrapped, as [MS-OXOCAL] 2.2.1.27 has it. */
static void wrap_uid(struct text *out, const char *uid)
{
	static const unsigned char class_id[16] = { 0x04, 0, 0, 0, 0x82, 0, 0xE0, 0, 0x74, 0xC5,
		0xB7, 0x10, 0x1A, 0x82, 0xE0, 0x08 };
	static const char nothing[20];
	size_t size = strlen(uid) + 13;
	const unsigned char length[4] = { (unsigned char)size, (unsigned char)(size >> 8),
		(unsigned char)(size >> 16), 0 };

	text_add(out, class_id, sizeof class_id);
	text_add(out, nothing, sizeof nothing);
	text_add(out, length, sizeof length);
	text_add(out, "vCal-Uid\1\0\0\0", 12);
	text_add(out, uid, strlen(uid) + 1);
}

/* Bytes 16 to 19 are the day that an occurrence replaces. */
void uid_bytes(struct text *out, const char *uid, const struct zone *zone, utc_t day)
{
	size_t was = out->len;

	if (!hex_bytes(out, uid))
		wrap_uid(out, uid);
	if (!day || out->len - was < 20)
		return;
	struct civil d = civil_of(zone_local(zone ? zone : zones, day));
	char *at = out->at + was + 16;
	at[0] = (char)(d.year >> 8);
	at[1] = (char)d.year;
	at[2] = (char)d.month;
	at[3] = (char)d.day;
}

static struct value tag_start(const struct view *v)
{
	return value_time(v->start);
}

static struct value tag_end(const struct view *v)
{
	return value_time(v->end);
}

static struct value tag_busy(const struct view *v)
{
	return value_number(v->item->busy);
}

static struct value tag_sensitivity(const struct view *v)
{
	return value_number(v->item->sensitivity);
}

static struct value tag_location(const struct view *v)
{
	return value_text(v->is_private ? NULL : v->item->location);
}

static struct value tag_subject(const struct view *v)
{
	return value_text(v->is_private ? NULL : v->item->subject);
}

static struct value tag_size(const struct view *v)
{
	return field_value(v, "item:Size");
}

static struct value tag_class(const struct view *v)
{
	return field_value(v, "item:ItemClass");
}

static struct value tag_created(const struct view *v)
{
	return value_time(v->item->created);
}

static struct value tag_modified(const struct view *v)
{
	return value_time(v->item->modified);
}

/* Base64, kept with the call: values do not own their text. */
static struct value global_id(const struct view *v, utc_t day)
{
	if (!v->item->uid)
		return (struct value){ 0 };
	struct text bytes = { 0 }, encoded = { 0 };
	uid_bytes(&bytes, v->item->uid, v->item->zone, day);
	base64_add(&encoded, bytes.at, bytes.len);
	text_free(&bytes);
	return value_text(call_keep(v->c, encoded.at));
}

static struct value tag_clean_id(const struct view *v)
{
	return global_id(v, 0);
}

static struct value tag_global_id(const struct view *v)
{
	return global_id(v, v->master ? v->original : 0);
}

/* Properties every item has; what was set stands over them. */
static const struct {
	const char *key;
	struct value (*get)(const struct view *v);
} built_in[] = {
	{ "0x001a//String", tag_class },
	{ "0x0036//Integer", tag_sensitivity },
	{ "0x0037//String", tag_subject },
	{ "0x0e08//Integer", tag_size },
	{ "0x3007//SystemTime", tag_created },
	{ "0x3008//SystemTime", tag_modified },
	{ MEETING_SET "/#3/Binary", tag_global_id },
	{ MEETING_SET "/#35/Binary", tag_clean_id },
	{ APPOINTMENT_SET "/#33285/Integer", tag_busy },
	{ APPOINTMENT_SET "/#33288/String", tag_location },
	{ APPOINTMENT_SET "/#33293/SystemTime", tag_start },
	{ APPOINTMENT_SET "/#33294/SystemTime", tag_end },
	{ NULL, NULL },
};

/* What was set, with a kind by the property's type so that it can be compared. */
static struct value set_value(const struct view *v, const char *key)
{
	const char *type = strrchr(key, '/');

	for (int n = 0; n < v->item->n_tags; n++) {
		const struct tag *t = &v->item->tags[n];
		if (!same(t->key, key))
			continue;
		if (tag_is_array(key))
			return (struct value){ .kind = VALUE_LIST, .list = t->values };
		const char *text = t->values && t->values[0] ? t->values[0] : "";
		int64_t at;
		enum when_kind kind;
		if (same(type, "/SystemTime") && when_read(text, &at, &kind))
			return (struct value){ .kind = VALUE_TIME, .number = at };
		if (same(type, "/Integer") || same(type, "/Long") || same(type, "/Short"))
			return value_number(strtoll(text, NULL, 10));
		if (same(type, "/Boolean"))
			return value_flag(truth(text));
		return value_text(text);
	}
	return (struct value){ 0 };
}

/* Private items keep their tags to themselves; what follows from times may still be read. */
struct value tag_value(const struct view *v, const char *key)
{
	struct value set = { 0 };

	if (!v->is_private)
		set = set_value(v, key);
	if (set.kind != VALUE_NONE)
		return set;
	for (int n = 0; built_in[n].key; n++)
		if (same(built_in[n].key, key))
			return built_in[n].get(v);
	return (struct value){ 0 };
}

/* An array has Values, anything else one Value. */
const char *draft_tag(struct draft *d, xmlNode *uri, xmlNode *property)
{
	const char *code;
	char *key = tag_key(d->c, uri, &code);

	if (!key)
		return code;
	if (!property) {
		item_set_tag(d->item, key, NULL);
		free(key);
		return NULL;
	}
	xmlNode *value = node_child(property, NS_T, "Value");
	xmlNode *values = node_child(property, NS_T, "Values");
	char **list = NULL;
	size_t n = 0;
	if (tag_is_array(key) ? !values : !value)
		code = "ErrorInvalidExtendedPropertyValue";
	for (xmlNode *at = values ? node_first(values) : value; at && !code;
		at = values ? node_next(at) : NULL) {
		list = need_more(list, (n + 2) * sizeof *list);
		/* An empty element is an empty text, not nothing. */
		const char *text = node_text(d->c, at);
		list[n++] = copy(text ? text : "");
		list[n] = NULL;
	}
	if (!code)
		item_set_tag(d->item, key, list);
	for (size_t k = 0; k < n; k++)
		free(list[k]);
	free(list);
	free(key);
	return code;
}
