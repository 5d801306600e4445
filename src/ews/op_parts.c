/*
 * Op_parts: what the operations on calendars, bookings and mail share.
 *
 * Questions are checked before anything is written, so that a refused one never reaches the wire.
 * Answers are searched by name; elements that nobody asked for are passed over.
 */
#include "op_parts.h"

#include <stdio.h>
#include <string.h>

#include "exchange/clean.h"
#include "platform/str.h"

enum { SHOWN = 4 * OP_LINE_MAX + 4 };
#define LAST_SECOND INT64_C(253402300799) /* of the year 9999 */

/* What is refused is shown as it can be shown, so that the person finds it. */
int op_check_address(const char *address, struct err *e)
{
	char shown[80];

	if (address && str_email(address))
		return 0;
	if (str_empty(address)) {
		return ERR(e, ERR_INPUT, "An e-mail address is missing. Enter one and try again.",
			"no address");
	}
	clean_text(shown, sizeof(shown), address, strlen(address));
	ERR(e, ERR_INPUT, NULL, "address refused: %s", shown);
	return err_say(e, "\"%s\" is not an e-mail address. Correct it and try again.", shown);
}

int op_check_mailbox(const char *mailbox, struct err *e)
{
	return str_empty(mailbox) ? 0 : op_check_address(mailbox, e);
}

/* Years are written with four digits. */
int op_check_window(int64_t from, int64_t to, int days, struct err *e)
{
	if (from < 0 || to > LAST_SECOND) {
		return ERR(e, ERR_INPUT, "The times must lie between the years 1970 and 9999.",
			"time out of range");
	}
	if (from >= to) {
		return ERR(e, ERR_INPUT, "The end must lie after the start. Choose other times.",
			"window of %lld s", (long long)(to - from));
	}
	if (to - from > (int64_t)days * 86400) {
		ERR(e, ERR_INPUT, NULL, "window of %lld s", (long long)(to - from));
		return err_say(e,
			"Exchange is asked for %d days at most at a time. Choose a shorter time.",
			days);
	}
	return 0;
}

int op_check_count(size_t n, size_t max, const char *what, struct err *e)
{
	if (n >= 1 && n <= max)
		return 0;
	ERR(e, ERR_INPUT, NULL, "%zu %s", n, what);
	if (n == 0)
		return err_say(e, "No %s were named. Name at least one.", what);
	return err_say(e, "%zu %s are too many at a time; %zu are allowed.", n, what, max);
}

int op_check_limit(int limit, int max, struct err *e)
{
	if (limit >= 1 && limit <= max)
		return 0;
	ERR(e, ERR_INPUT, NULL, "limit %d", limit);
	return err_say(e, "Between 1 and %d entries can be asked for at a time.", max);
}

/* Control characters cannot be said in XML; bytes that are no UTF-8 would arrive as others. */
static int check_characters(
	const char *text, size_t max, const char *what, int lines, struct err *e)
{
	size_t n = text ? strlen(text) : 0;

	if (n == 0)
		return 0;
	if (!str_utf8(text, n) || str_control(text, n, lines)) {
		ERR(e, ERR_INPUT, NULL, "control characters in %s", what);
		return err_say(e, "The %s has characters that cannot be sent. Remove them.", what);
	}
	if (str_points(text) > max) {
		ERR(e, ERR_INPUT, NULL, "%s of %zu bytes", what, n);
		return err_say(e, "The %s is too long: %zu characters are allowed. Shorten it.",
			what, max);
	}
	return 0;
}

int op_check_line(const char *text, size_t max, const char *what, struct err *e)
{
	return check_characters(text, max, what, 0, e);
}

int op_check_text(const char *text, size_t max, const char *what, struct err *e)
{
	return check_characters(text, max, what, 1, e);
}

/* A booking without an id could never be found again, and would be made twice. */
int op_check_tag(const char *tag, struct err *e)
{
	if (str_empty(tag))
		return ERR(e, ERR_INPUT, "The booking has no id of its own.", "no tag");
	if (strlen(tag) > EWS_TAG_MAX) {
		return ERR(e, ERR_INPUT, "The booking's own id is longer than 120 bytes.",
			"tag of %zu bytes", strlen(tag));
	}
	return op_check_line(tag, EWS_TAG_MAX, "booking's id", e);
}

int op_check_item(const struct item_ref *item, struct err *e)
{
	if (str_empty(item->id)) {
		return ERR(e, ERR_INPUT, "It is not known which item is meant: its id is missing.",
			"no item id");
	}
	return 0;
}

void op_text(struct xml_write *w, const char *element, const char *text)
{
	xml_open(w, element);
	xml_attr(w, "BodyType", "Text");
	if (!str_empty(text))
		xml_text(w, text);
	xml_close(w);
}

/* Properties of the store have no name in EWS, only their tag. */
static void write_property(struct xml_write *w, int property)
{
	char tag[16];

	snprintf(tag, sizeof(tag), "0x%04x", (unsigned)property);
	xml_open(w, "t:ExtendedFieldURI");
	xml_attr(w, "PropertyTag", tag);
	xml_attr(w, "PropertyType", "String");
	xml_close(w);
}

void op_shape(struct xml_write *w, const struct op_shape *shape)
{
	size_t i;

	xml_open(w, "m:ItemShape");
	xml_leaf(w, "t:BaseShape", "IdOnly");
	if (shape->uris || shape->tagged) {
		xml_open(w, "t:AdditionalProperties");
		for (i = 0; shape->uris && shape->uris[i]; i++)
			ews_field(w, shape->uris[i]);
		for (i = 0; shape->properties && shape->properties[i]; i++)
			write_property(w, shape->properties[i]);
		if (shape->tagged)
			ews_tag_field(w);
		xml_close(w);
	}
	xml_close(w);
}

/* "0x7d", "0x007D"; -1. */
static int read_hex(const char *s)
{
	int value = 0, i;

	if (!s || s[0] != '0' || (s[1] | 0x20) != 'x' || !s[2])
		return -1;
	for (i = 2; i < 8 && s[i]; i++) {
		int c = s[i] | 0x20;

		if (c >= '0' && c <= '9')
			value = value * 16 + c - '0';
		else if (c >= 'a' && c <= 'f')
			value = value * 16 + c - 'a' + 10;
		else
			return -1;
	}
	return s[i] ? -1 : value;
}

const char *op_property_read(const struct xml_node *item, int property)
{
	const struct xml_node *n;

	for (n = xml_first(item); n; n = xml_next(n)) {
		const struct xml_node *path = xml_child(n, NS_T, "ExtendedFieldURI");

		if (xml_is(n, NS_T, "ExtendedProperty") &&
			read_hex(xml_attr_value(path, "PropertyTag")) == property)
			return xml_child_value(n, NS_T, "Value");
	}
	return "";
}

void op_find_open(struct xml_write *w, const struct op_shape *shape)
{
	xml_open(w, "m:FindItem");
	xml_attr(w, "Traversal", "Shallow");
	op_shape(w, shape);
}

void op_find_page(struct xml_write *w, int limit)
{
	xml_open(w, "m:IndexedPageItemView");
	xml_attr_int(w, "MaxEntriesReturned", limit);
	xml_attr_int(w, "Offset", 0);
	xml_attr(w, "BasePoint", "Beginning");
	xml_close(w);
}

void op_find_close(struct xml_write *w, const struct dialect_ask *ask, const char *mailbox,
	enum folder_kind folder)
{
	xml_open(w, "m:ParentFolderIds");
	ews_folder(w, ask, mailbox, folder);
	xml_close(w);
	xml_close(w);
}

const struct xml_node *op_message(struct arena *a, const struct dialect_reply *r,
	const char *response, enum response_place place, struct outcome *out)
{
	const struct xml_node *n = envelope_read(a, r, response, place, out);

	return n ? envelope_single(a, n, place, out) : NULL;
}

const struct xml_node *op_found(struct arena *a, const struct dialect_reply *r, struct outcome *out)
{
	const struct xml_node *message = op_message(a, r, "FindItemResponse", PLACE_FOLDER, out);
	const struct xml_node *root = xml_child(message, NS_M, "RootFolder");

	if (message && !root)
		op_refuse(out);
	return root;
}

/* When it is not told, a full list may have a rest. */
int op_found_more(const struct xml_node *range, size_t count, size_t limit)
{
	const char *last = xml_attr_value(range, "IncludesLastItemInRange");

	if (!last)
		return count >= limit;
	return strcmp(last, "false") == 0 || strcmp(last, "0") == 0;
}

/* Calendar items, meeting requests, tasks: what has an id is an item. */
const struct xml_node *op_first_item(const struct xml_node *list)
{
	const struct xml_node *n = xml_first(list);

	while (n && !xml_child(n, NS_T, "ItemId"))
		n = xml_next(n);
	return n;
}

size_t op_count(const struct xml_node *list, const char *name, size_t max)
{
	const struct xml_node *n;
	size_t count = 0;

	for (n = xml_first(list); n && count < max; n = xml_next(n))
		count += (size_t)xml_is(n, NS_T, name);
	return count;
}

/* Answers about items carry their offset; without one it is UTC, as no question that reads names
 * another zone (envelope.c). An end before its start is nothing that takes time. */
int op_times_read(const struct xml_node *item, int64_t *start, int64_t *end)
{
	int zoned;

	if (xml_time(xml_child(item, NS_T, "Start"), start, &zoned) < 0 ||
		xml_time(xml_child(item, NS_T, "End"), end, &zoned) < 0)
		return -1;
	if (*end < *start)
		*end = *start;
	return 0;
}

int op_flag(const struct xml_node *n, const char *name)
{
	int value;

	return xml_bool(xml_child(n, NS_T, name), &value) == 0 && value;
}

const char *op_shown(struct arena *a, const struct xml_node *n, const char *name)
{
	const char *text = xml_child_value(n, NS_T, name);
	char shown[SHOWN];

	clean_text(shown, sizeof(shown), text, strlen(text));
	return arena_strdup(a, shown);
}

void op_refuse(struct outcome *out)
{
	outcome_set(out, REASON_BAD_ANSWER, NEXT_NOTHING, NULL);
}

void op_refuse_part(struct part *ended)
{
	*ended = (struct part){ .reason = REASON_BAD_ANSWER };
}

int op_weekday_read(const char *word, int *out)
{
	static const char *const names[] = { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday",
		"Friday", "Saturday" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(word, names[i]) == 0) {
			*out = (int)i;
			return 0;
		}
	return -1;
}
