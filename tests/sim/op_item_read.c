/*
 * Op_item_read: properties of items in a request, one reader a property. The same readers serve
 * CreateItem (every child of an item element) and UpdateItem (one property a change).
 *
 * A property that only the server sets is refused, wherever it comes. A draft lies in no store:
 * what was read wrong leaves no trace.
 */
#include "sim/op_item.h"
#include <stdlib.h>
#include <string.h>

/* What a client leaves out is what Exchange sets: busy, normal, answers asked for, a quarter of
 * an hour's reminder that is off. */
void draft_begin(struct draft *d, struct call *c, const struct target *in, enum item_class class)
{
	*d = (struct draft){ .c = c, .in = in, .creating = true };
	d->root = d->item = need(sizeof *d->item);
	d->item->class = class;
	d->item->importance = 1;
	d->item->busy = BUSY_BUSY;
	d->item->response_requested = true;
	d->item->reminder_minutes = 15;
	d->item->made_by = c->acting;
	d->item->created = d->item->modified = c->now;
}

/* An occurrence becomes an exception of the copied series; the real one knows nothing yet. */
void draft_copy(struct draft *d, struct call *c, const struct found *f)
{
	struct occurrence o;

	*d = (struct draft){ .c = c, .in = &f->in };
	d->root = d->item = item_clone(f->item);
	if (f->instance && item_instance(d->root, f->instance, &o))
		d->item = item_exception(d->root, o.original);
	d->was.start = d->item->start;
	d->was.end = d->item->end;
	d->was.all_day = d->item->all_day;
}

/* Contents change places; number and place in the folder stay. The old content is left in the
 * draft. */
void draft_keep(struct draft *d, const struct found *f)
{
	struct item *to = f->item, was = *to;

	*to = *d->root;
	to->next = was.next;
	to->number = was.number;
	*d->root = was;
	d->item = d->root;
	for (int n = 0; n < to->n_exceptions; n++)
		if (to->exceptions[n].item)
			to->exceptions[n].item->master = to;
}

void draft_end(struct draft *d)
{
	item_free(d->root);
	d->root = d->item = NULL;
}

static void set_text(char **to, const char *value)
{
	free(*to);
	*to = copy(value);
}

/* The place of a word in a list that ends with NULL, or -1. */
static int word_of(struct call *c, xmlNode *n, const char *const *words)
{
	const char *s = node_text(c, n);

	for (int k = 0; s && words[k]; k++)
		if (same(words[k], s))
			return k;
	return -1;
}

/* Longer subjects than a store keeps are refused. */
static const char *read_subject(struct draft *d, xmlNode *n)
{
	const char *s = node_text(d->c, n);

	if (s && strlen(s) > 4096)
		return "ErrorInvalidPropertySet";
	set_text(&d->item->subject, s);
	return NULL;
}

static const char *read_sensitivity(struct draft *d, xmlNode *n)
{
	int k = word_of(d->c, n,
		(const char *const[]){ sensitivity_names[0], sensitivity_names[1],
			sensitivity_names[2], sensitivity_names[3], NULL });

	if (n && k < 0)
		return "ErrorInvalidPropertySet";
	d->item->sensitivity = k < 0 ? SENSE_NORMAL : (enum sensitivity)k;
	return NULL;
}

static const char *read_importance(struct draft *d, xmlNode *n)
{
	int k = word_of(d->c, n, (const char *const[]){ "Low", "Normal", "High", NULL });

	if (n && k < 0)
		return "ErrorInvalidPropertySet";
	d->item->importance = k < 0 ? 1 : k;
	return NULL;
}

/* A body keeps its blanks. */
static const char *read_body(struct draft *d, xmlNode *n)
{
	struct item *i = d->item;
	const char *type = n ? node_attribute(d->c, n, "BodyType") : NULL;
	xmlChar *given = n ? xmlNodeGetContent(n) : NULL;

	if (d->append && i->body) {
		char *both = format("%s%s", i->body, given ? (const char *)given : "");
		free(i->body);
		i->body = both;
	} else {
		set_text(&i->body, (const char *)given);
		i->body_html = same(type, "HTML");
	}
	xmlFree(given);
	return NULL;
}

static const char *read_categories(struct draft *d, xmlNode *n)
{
	char **list = NULL;
	size_t count = 0;

	for (xmlNode *at = node_first(n); at; at = node_next(at)) {
		list = need_more(list, (count + 2) * sizeof *list);
		list[count++] = copy(node_text(d->c, at));
		list[count] = NULL;
	}
	for (char **at = d->item->categories; at && *at; at++)
		free(*at);
	free(d->item->categories);
	d->item->categories = list;
	return NULL;
}

static const char *read_reminder(struct draft *d, xmlNode *n)
{
	d->item->reminder = truth(node_text(d->c, n));
	return NULL;
}

static const char *read_reminder_minutes(struct draft *d, xmlNode *n)
{
	const char *s = node_text(d->c, n);
	char *end = NULL;
	long minutes = s ? strtol(s, &end, 10) : 0;

	if (s && (end == s || *end || minutes < 0 || minutes > 2629800))
		return "ErrorInvalidPropertySet";
	d->item->reminder_minutes = (int)minutes;
	return NULL;
}

/* Taken and not kept: nothing here depends on it. */
static const char *read_nothing(struct draft *d, xmlNode *n)
{
	(void)d;
	(void)n;
	return NULL;
}

/* A class of one's own below the right root is taken, and not kept. */
static const char *read_item_class(struct draft *d, xmlNode *n)
{
	const char *s = node_text(d->c, n);
	const char *root = d->item->class == ITEM_CALENDAR ? "IPM.Appointment" : "IPM.";

	return s && strncmp(s, root, strlen(root)) != 0 ? "ErrorObjectTypeChanged" : NULL;
}

/* One t:Mailbox. Names of our own people are completed; NULL with a code when it names nobody. */
static const char *read_person(struct draft *d, xmlNode *mailbox, struct person *p)
{
	const char *address = node_child_text(d->c, mailbox, NS_T, "EmailAddress");
	const char *name = node_child_text(d->c, mailbox, NS_T, "Name");
	const char *routing = node_child_text(d->c, mailbox, NS_T, "RoutingType");
	const char *at = address ? strchr(address, '@') : NULL;

	if (routing && !same_nocase(routing, "SMTP"))
		return "ErrorInvalidRecipients";
	if (!at || at == address || !at[1] || strpbrk(address, " <>,;\r\n"))
		return "ErrorInvalidRecipients";
	const struct mailbox *m = world_mailbox(d->c->world, address);
	const struct group *g = m ? NULL : world_group(d->c->world, address);
	const char *known = m ? m->name : g ? g->name : NULL;
	p->address = copy(m ? m->address : address);
	p->name = copy(known ? known : name && *name ? name : address);
	return NULL;
}

/* Close up the list over those of one kind. */
static void drop_kind(struct attendee **to, int *n, enum attendee_kind kind)
{
	int kept = 0;

	for (int k = 0; k < *n; k++) {
		if ((*to)[k].kind != kind) {
			(*to)[kept++] = (*to)[k];
			continue;
		}
		free((*to)[k].who.name);
		free((*to)[k].who.address);
	}
	*n = kept;
}

static const struct attendee *same_person(
	const struct attendee *old, int n_old, const char *address)
{
	for (int k = 0; k < n_old; k++)
		if (same_nocase(old[k].who.address, address))
			return &old[k];
	return NULL;
}

static bool has_person(const struct attendee *at, int n, const struct attendee *one)
{
	for (int k = 0; k < n; k++)
		if (at[k].kind == one->kind && same_nocase(at[k].who.address, one->who.address))
			return true;
	return false;
}

/*
 * Replace (or, appending, extend) those of one kind. Who stays keeps the answer given before;
 * who is named twice is taken once.
 */
const char *read_people(
	struct draft *d, xmlNode *list, struct attendee **to, int *n, enum attendee_kind kind)
{
	const struct item *was = d->item;
	struct attendee *added = NULL;
	const char *code = NULL;
	int n_added = 0;

	for (xmlNode *at = node_first(list); at && !code; at = node_next(at)) {
		xmlNode *mailbox =
			node_is(at, NS_T, "Mailbox") ? at : node_child(at, NS_T, "Mailbox");
		struct attendee one = { .kind = kind };
		code = read_person(d, mailbox, &one.who);
		if (code)
			break;
		const struct attendee *old =
			same_person(was->attendees, was->n_attendees, one.who.address);
		if (old) {
			one.response = old->response;
			one.answered = old->answered;
		}
		if (has_person(added, n_added, &one) || (d->append && has_person(*to, *n, &one))) {
			free(one.who.name);
			free(one.who.address);
			continue;
		}
		added = need_more(added, ((size_t)n_added + 1) * sizeof *added);
		added[n_added++] = one;
	}
	if (!d->append && !code)
		drop_kind(to, n, kind);
	if (code)
		drop_kind(&added, &n_added, kind);
	if (n_added) {
		*to = need_more(*to, (size_t)(*n + n_added) * sizeof **to);
		memcpy(*to + *n, added, (size_t)n_added * sizeof *added);
		*n += n_added;
	}
	free(added);
	return code;
}

static const char *read_to(struct draft *d, xmlNode *n)
{
	return read_people(d, n, &d->item->to, &d->item->n_to, ATTENDEE_REQUIRED);
}

static const char *read_cc(struct draft *d, xmlNode *n)
{
	return read_people(d, n, &d->item->to, &d->item->n_to, ATTENDEE_OPTIONAL);
}

static const char *read_bcc(struct draft *d, xmlNode *n)
{
	return read_people(d, n, &d->item->to, &d->item->n_to, ATTENDEE_RESOURCE);
}

static const char *read_one(struct draft *d, xmlNode *n, struct person *p)
{
	free(p->name);
	free(p->address);
	*p = (struct person){ NULL, NULL };
	return n ? read_person(d, node_child(n, NS_T, "Mailbox"), p) : NULL;
}

static const char *read_from(struct draft *d, xmlNode *n)
{
	return read_one(d, n, &d->item->from);
}

static const char *read_sender(struct draft *d, xmlNode *n)
{
	return read_one(d, n, &d->item->sender);
}

static const char *read_is_read(struct draft *d, xmlNode *n)
{
	d->item->is_read = truth(node_text(d->c, n));
	return NULL;
}

const struct reader item_readers[] = {
	{ "item:MimeContent", ON_ANY, 0, NULL },
	{ "item:ItemClass", ON_ANY, READ_KEEP, read_item_class },
	{ "item:Subject", ON_ANY, 0, read_subject },
	{ "item:Sensitivity", ON_ANY, READ_KEEP, read_sensitivity },
	{ "item:Body", ON_ANY, READ_APPEND, read_body },
	{ "item:Categories", ON_ANY, 0, read_categories },
	{ "item:Importance", ON_ANY, READ_KEEP, read_importance },
	{ "item:InReplyTo", ON_ANY, 0, read_nothing },
	{ "item:ReminderDueBy", ON_ANY, 0, read_nothing },
	{ "item:ReminderIsSet", ON_ANY, READ_KEEP, read_reminder },
	{ "item:ReminderMinutesBeforeStart", ON_ANY, 0, read_reminder_minutes },
	{ "item:Culture", ON_ANY, 0, read_nothing },
	{ "item:Flag", ON_ANY, 0, read_nothing },
	{ "message:Sender", ON_MAIL, 0, read_sender },
	{ "message:ToRecipients", ON_MAIL, READ_APPEND, read_to },
	{ "message:CcRecipients", ON_MAIL, READ_APPEND, read_cc },
	{ "message:BccRecipients", ON_MAIL, READ_APPEND, read_bcc },
	{ "message:IsReadReceiptRequested", ON_MAIL, 0, read_nothing },
	{ "message:IsDeliveryReceiptRequested", ON_MAIL, 0, read_nothing },
	{ "message:ConversationIndex", ON_MAIL, 0, read_nothing },
	{ "message:ConversationTopic", ON_MAIL, 0, read_nothing },
	{ "message:From", ON_MAIL, 0, read_from },
	{ "message:InternetMessageId", ON_MAIL, 0, read_nothing },
	{ "message:IsRead", ON_MAIL, READ_KEEP, read_is_read },
	{ "message:IsResponseRequested", ON_MAIL, 0, read_nothing },
	{ "message:References", ON_MAIL, 0, read_nothing },
	{ "message:ReplyTo", ON_MAIL, 0, read_nothing },
	{ NULL, 0, 0, NULL },
};

/* In UpdateItem a path names the property, on create its element does: names are unique for each
 * kind of item. */
static const struct reader *reader_find(const char *uri, unsigned on, bool by_name)
{
	const struct reader *const runs[] = { item_readers, event_readers };

	for (int n = 0; n < 2; n++)
		for (const struct reader *r = runs[n]; r->uri; r++) {
			const char *known = by_name ? strchr(r->uri, ':') + 1 : r->uri;
			if ((r->on & on) && same(known, uri))
				return r;
		}
	return NULL;
}

bool draft_organizer_only(const char *uri)
{
	const struct reader *r = reader_find(uri, ON_CALENDAR, false);

	return r && (r->flags & READ_ORGANIZER);
}

/* The rules that hold for every property, before its own. */
static const char *read_with(
	struct draft *d, const struct reader *r, xmlNode *value, enum change how)
{
	if (!r || !r->read)
		return how == CHANGE_DELETE ? "ErrorInvalidPropertyDelete"
					    : "ErrorInvalidPropertySet";
	if (how == CHANGE_DELETE && (r->flags & READ_KEEP))
		return "ErrorInvalidPropertyDelete";
	if (how == CHANGE_APPEND && !(r->flags & READ_APPEND))
		return "ErrorInvalidPropertyAppend";
	d->append = how == CHANGE_APPEND;
	return r->read(d, value);
}

const char *draft_property(struct draft *d, const char *uri, xmlNode *value, enum change how)
{
	return read_with(d, reader_find(uri, on_of(d->item->class), false), value, how);
}

/* On the first property that cannot be, the item is refused. */
const char *draft_children(struct draft *d, xmlNode *element)
{
	unsigned on = on_of(d->item->class);

	for (xmlNode *n = node_first(element); n; n = node_next(n)) {
		const char *code;
		if (node_is(n, NS_T, "ExtendedProperty"))
			code = draft_tag(d, node_child(n, NS_T, "ExtendedFieldURI"), n);
		else
			code = read_with(
				d, reader_find((const char *)n->name, on, true), n, CHANGE_CREATE);
		if (code)
			return code;
	}
	return NULL;
}
