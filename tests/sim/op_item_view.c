/*
 * Op_item_view: one item as one caller sees it, and what its operations share.
 *
 * Another person's private item shows that it is there and when, no more, unless the caller may
 * see private items. An occurrence without an exception shows its master's properties.
 */
#include "sim/op_item.h"
#include <string.h>

/* A non-delivery report is a message to EWS. */
unsigned on_of(enum item_class class)
{
	static const unsigned on[] = { [ITEM_CALENDAR] = ON_CALENDAR,
		[ITEM_MESSAGE] = ON_MESSAGE,
		[ITEM_REQUEST] = ON_REQUEST,
		[ITEM_RESPONSE] = ON_RESPONSE,
		[ITEM_CANCELLATION] = ON_CANCELLATION,
		[ITEM_REPORT] = ON_MESSAGE };

	return on[class];
}

const char *view_element(const struct view *v)
{
	static const char *const names[] = { [ITEM_CALENDAR] = "t:CalendarItem",
		[ITEM_MESSAGE] = "t:Message",
		[ITEM_REQUEST] = "t:MeetingRequest",
		[ITEM_RESPONSE] = "t:MeetingResponse",
		[ITEM_CANCELLATION] = "t:MeetingCancellation",
		[ITEM_REPORT] = "t:Message" };

	return names[v->item->class];
}

/* An exception's item stands for its occurrence. */
void view_item(struct view *v, struct call *c, const struct target *in, const struct item *i)
{
	*v = (struct view){ .c = c,
		.in = in,
		.item = i,
		.master = i->master,
		.start = i->start,
		.end = i->end,
		.original = i->original };
	v->is_private = i->class == ITEM_CALENDAR && i->sensitivity == SENSE_PRIVATE &&
		!in->owner && !(in->rights & RIGHT_PRIVATE);
}

/* Times are the occurrence's; the properties its exception's, or else the master's. */
void view_occurrence(
	struct view *v, struct call *c, const struct target *in, const struct occurrence *o)
{
	view_item(v, c, in, o->item);
	v->master = o->master;
	v->start = o->start;
	v->end = o->end;
	v->original = o->original;
}

/* Found before; but the occurrence may have been deleted since, by the same request. */
const char *view_found(struct view *v, struct call *c, const struct found *f)
{
	if (!f->instance) {
		view_item(v, c, &f->in, f->item);
		return NULL;
	}
	struct occurrence o;
	if (!item_instance(f->item, f->instance, &o))
		return o.instance ? "ErrorCalendarOccurrenceIsDeletedFromRecurrence"
				  : "ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange";
	view_occurrence(v, c, &f->in, &o);
	return NULL;
}

/* Has the caller `any`, or `owned` and made the item itself. */
bool view_may(const struct view *v, uint32_t any, uint32_t owned)
{
	const struct item *kept = v->master ? v->master : v->item;

	if (v->in->owner || (v->in->rights & any))
		return true;
	return (v->in->rights & owned) && kept->made_by && kept->made_by == v->c->acting;
}

void message_code(struct call *c, const char *element, const char *code, const char *smtp)
{
	message_begin(c, element, code ? code : "NoError", "SmtpAddress", smtp, (char *)NULL);
}

/* False when the caller has no mailbox. */
bool own_folder(struct call *c, enum folder_kind folder, struct target *t)
{
	if (!c->acting)
		return false;
	*t = (struct target){ .mailbox = c->acting,
		.folder = (int)folder,
		.rights = UINT32_MAX,
		.folder_rights = FOLDER_CAN_READ | FOLDER_CAN_CREATE,
		.owner = true };
	return true;
}
