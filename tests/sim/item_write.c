/*
 * Item_write: an item as XML, by the request's ItemShape.
 *
 * The table rows stand in schema order, so that what is asked for in any order is written in the
 * right one. Elements newer than the version asked for are never written. FindItem and
 * SyncFolderItems leave out what only GetItem gives.
 */
#include "sim/op_item.h"
#include <stdlib.h>
#include <string.h>

/* Mark the rows with this URI; an event's field may stand in several rows. */
static void want(const struct field *rows, bool *wanted, const char *uri)
{
	for (int n = 0; rows[n].uri; n++)
		if (same(rows[n].uri, uri))
			wanted[n] = true;
}

/* IdOnly is the id and nothing else. */
static void want_base(const struct field *rows, bool *wanted, const struct item_shape *s)
{
	unsigned base = s->base.base == SHAPE_ALL ? IN_ALL : IN_DEFAULT;

	if (s->base.base == SHAPE_ID)
		return;
	for (int n = 0; rows[n].uri; n++)
		wanted[n] = (rows[n].flags & base) != 0;
}

static const char *want_tag(struct call *c, struct item_shape *s, xmlNode *uri)
{
	const char *code;
	char *key = tag_key(c, uri, &code);

	if (!key)
		return code;
	s->tags = need_more(s->tags, ((size_t)s->n_tags + 1) * sizeof *s->tags);
	s->tags[s->n_tags++] = (struct wanted_tag){ .key = key, .node = uri };
	return NULL;
}

/* Fields a kind of item does not have are passed over; folder fields are an error. */
const char *item_shape_read(struct call *c, xmlNode *shape, bool finding, struct item_shape *s)
{
	const char *code = NULL;

	*s = (struct item_shape){ .finding = finding };
	shape_read(c, shape, &s->base);
	s->mime = truth(node_child_text(c, shape, NS_T, "IncludeMimeContent")) && !finding;
	want_base(item_fields, s->items, s);
	want_base(event_fields, s->events, s);
	for (xmlNode *n = node_first(s->base.additional); n && !code; n = node_next(n)) {
		if (node_is(n, NS_T, "ExtendedFieldURI")) {
			code = want_tag(c, s, n);
			continue;
		}
		if (!node_is(n, NS_T, "FieldURI"))
			continue;
		const char *uri = node_attribute(c, n, "FieldURI");
		if (!uri || strncmp(uri, "folder:", 7) == 0)
			code = "ErrorInvalidPropertyRequest";
		else if (same(uri, "item:MimeContent"))
			s->mime = !finding;
		else {
			want(item_fields, s->items, uri);
			want(event_fields, s->events, uri);
		}
	}
	return code;
}

void item_shape_free(struct item_shape *s)
{
	for (int n = 0; n < s->n_tags; n++)
		free(s->tags[n].key);
	free(s->tags);
	s->tags = NULL;
	s->n_tags = 0;
}

/* Nothing is written of what is not there. */
static void write_value(struct text *out, const char *element, const struct value *value)
{
	switch (value->kind) {
	case VALUE_TEXT:
		xml_el(out, element, value->text);
		break;
	case VALUE_NUMBER:
		xml_num(out, element, (long)value->number);
		break;
	case VALUE_FLAG:
		xml_flag(out, element, value->number != 0);
		break;
	case VALUE_TIME:
		xml_open(out, element);
		when_write_utc(out, value->number);
		xml_close(out, element);
		break;
	case VALUE_LIST:
		xml_open(out, element);
		for (char *const *at = value->list; at && *at; at++)
			xml_el(out, "t:String", *at);
		xml_close(out, element);
		break;
	case VALUE_NONE:
		break;
	}
}

/* Escaped, for it came from the request. */
static void write_attribute(
	struct call *c, struct text *out, xmlNode *from, const char *name, bool lower)
{
	const char *value = node_attribute(c, from, name);

	if (!value)
		return;
	char *shown = copy(value);
	for (char *s = shown; lower && *s; s++)
		*s = *s >= 'A' && *s <= 'Z' ? (char)(*s + 32) : *s;
	text_printf(out, " %s=\"", name);
	xml_text(out, shown);
	text_puts(out, "\"");
	free(shown);
}

/* The path as it was asked for, with its GUID in lower case and its tag in short hex. */
static void write_path(const struct view *v, struct text *out, const struct wanted_tag *t)
{
	text_puts(out, "<t:ExtendedFieldURI");
	if (node_attribute(v->c, t->node, "PropertyTag"))
		text_printf(out, " PropertyTag=\"0x%lx\"", strtoul(t->key, NULL, 16));
	write_attribute(v->c, out, t->node, "DistinguishedPropertySetId", false);
	write_attribute(v->c, out, t->node, "PropertySetId", true);
	write_attribute(v->c, out, t->node, "PropertyName", false);
	write_attribute(v->c, out, t->node, "PropertyId", false);
	write_attribute(v->c, out, t->node, "PropertyType", false);
	text_puts(out, "/>");
}

/* Only where it has a value: a missing property is missing in the answer. */
static void write_tag(const struct view *v, struct text *out, const struct wanted_tag *t)
{
	struct value value = tag_value(v, t->key);

	if (value.kind == VALUE_NONE)
		return;
	xml_open(out, "t:ExtendedProperty");
	write_path(v, out, t);
	if (value.kind == VALUE_LIST) {
		xml_open(out, "t:Values");
		for (char *const *at = value.list; at && *at; at++)
			xml_el(out, "t:Value", *at);
		xml_close(out, "t:Values");
	} else {
		write_value(out, "t:Value", &value);
	}
	xml_close(out, "t:ExtendedProperty");
}

/* Rows that are NULL in both get and write are places: here, where extended properties go. */
static void write_row(
	const struct view *v, const struct item_shape *s, const struct field *f, struct text *out)
{
	if (f->get) {
		struct value value = f->get(v);
		write_value(out, f->element, &value);
	} else if (f->write) {
		f->write(v, out, f->element);
	} else {
		for (int n = 0; n < s->n_tags; n++)
			write_tag(v, out, &s->tags[n]);
	}
}

/* Level, kind of item, privacy and FindItem's limits, for every row alike. */
static void write_rows(const struct view *v, const struct item_shape *s, const struct field *rows,
	const bool *wanted, struct text *out)
{
	unsigned on = on_of(v->item->class);

	for (int n = 0; rows[n].uri; n++) {
		const struct field *f = &rows[n];
		bool place = !f->get && !f->write;
		if (!(f->on & on) || f->since > v->c->level || !(wanted[n] || place))
			continue;
		if ((v->is_private && !(f->flags & OPEN)) || (v->finding && f->flags & NOT_FOUND))
			continue;
		write_row(v, s, f, out);
	}
}

/* Rows are in schema order; MimeContent and ItemId stand before them all. */
void item_write(const struct view *view, const struct item_shape *s, struct text *out)
{
	struct view v = *view;
	const char *element = view_element(&v);

	v.shape = s;
	v.finding = s->finding;
	v.body = s->base.body;
	xml_open(out, element);
	if (s->mime && !v.is_private)
		item_write_mime(&v, out, "t:MimeContent");
	item_write_id(&v, "t:ItemId", out);
	write_rows(&v, s, item_fields, s->items, out);
	write_rows(&v, s, event_fields, s->events, out);
	xml_close(out, element);
}

void item_write_brief(const struct view *v, struct text *out)
{
	const char *element = view_element(v);

	xml_open(out, element);
	item_write_id(v, "t:ItemId", out);
	xml_close(out, element);
}

/* By explicit access the same item has another id. */
void item_write_id(const struct view *v, const char *element, struct text *out)
{
	const struct item *kept = v->master ? v->master : v->item;
	struct id id = { .kind = v->master ? ID_OCCURRENCE : ID_ITEM,
		.mailbox = v->in->mailbox->number,
		.object = kept->number,
		.start = v->master ? v->original : 0,
		.by_explicit = v->in->explicit };

	text_printf(out, "<%s Id=\"", element);
	id_write(out, v->c->world, &id);
	text_puts(out, "\" ChangeKey=\"");
	change_key_write(out, kept->change);
	text_puts(out, "\"/>");
}

/* NULL when no such element has it. */
const struct field *field_find(const char *uri, unsigned on)
{
	const struct field *const runs[] = { item_fields, event_fields };

	for (int r = 0; r < 2; r++)
		for (const struct field *f = runs[r]; f->uri; f++)
			if ((f->on & on) && same(f->uri, uri))
				return f;
	return NULL;
}

struct value field_value(const struct view *v, const char *uri)
{
	const struct field *f = field_find(uri, on_of(v->item->class));

	if (!f || !f->get || (v->is_private && !(f->flags & OPEN)))
		return (struct value){ 0 };
	return f->get(v);
}
