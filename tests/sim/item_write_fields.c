/*
 * Item_write_fields: the fields of every item and of messages, in schema order.
 *
 * What a real server shows of an item that was neither sent nor received (IsDraft, DateTimeSent)
 * is what the recordings show: a calendar item is no draft, and was sent when it was made.
 */
#include "sim/op_item.h"
#include <stdlib.h>
#include <string.h>

static struct value get_class(const struct view *v)
{
	if (v->item->class == ITEM_CALENDAR && v->item->master)
		return value_text("IPM.OLE.CLASS.{00061055-0000-0000-C000-000000000046}");
	return value_text(item_class_name(v->item));
}

static struct value get_subject(const struct view *v)
{
	if (!v->is_private)
		return value_text(v->item->subject);
	if (world_unsure(v->c->premise, UNSURE_PRIVATE_SUBJECT, "shown"))
		return value_text("Private appointment");
	return (struct value){ 0 };
}

static struct value get_sensitivity(const struct view *v)
{
	return value_text(sensitivity_names[v->item->sensitivity]);
}

static struct value get_received(const struct view *v)
{
	return value_time(v->item->received ? v->item->received : v->item->created);
}

static size_t length(const char *s)
{
	return s ? strlen(s) : 0;
}

/* About what a store would say; it grows with the content. */
static struct value get_size(const struct view *v)
{
	const struct item *i = v->item;
	size_t size = 2048 + length(i->subject) + length(i->body) + length(i->location);

	return value_number((int64_t)(size + 256 * (size_t)(i->n_attendees + i->n_to)));
}

static struct value get_categories(const struct view *v)
{
	if (!v->item->categories || !v->item->categories[0])
		return (struct value){ 0 };
	return (struct value){ .kind = VALUE_LIST, .list = v->item->categories };
}

static struct value get_importance(const struct view *v)
{
	static const char *const names[] = { "Low", "Normal", "High" };

	return value_text(names[v->item->importance]);
}

static struct value get_no(const struct view *v)
{
	(void)v;
	return value_flag(false);
}

static struct value get_is_draft(const struct view *v)
{
	return value_flag(v->item->draft);
}

static struct value get_is_from_me(const struct view *v)
{
	return value_flag(v->item->class != ITEM_CALENDAR &&
		same_nocase(v->item->from.address, v->in->mailbox->address));
}

/* Of mail alone. */
static struct value get_is_unmodified(const struct view *v)
{
	return value_flag(v->item->class != ITEM_CALENDAR && v->item->modified <= v->item->created);
}

static struct value get_sent(const struct view *v)
{
	if (v->item->draft)
		return (struct value){ 0 };
	return value_time(v->item->sent ? v->item->sent : v->item->created);
}

static struct value get_created(const struct view *v)
{
	return value_time(v->item->created);
}

static struct value get_reminder_due(const struct view *v)
{
	return value_time(v->start);
}

static struct value get_reminder(const struct view *v)
{
	return value_flag(v->item->reminder);
}

/* Only while a reminder is set. */
static struct value get_reminder_next(const struct view *v)
{
	if (!v->item->reminder)
		return (struct value){ 0 };
	return value_time(v->start - (utc_t)v->item->reminder_minutes * 60);
}

static struct value get_reminder_minutes(const struct view *v)
{
	return value_number(v->item->reminder_minutes);
}

static struct value get_culture(const struct view *v)
{
	const struct mailbox *m = v->in->mailbox;
	const char *language = v->c->premise->language;

	return value_text(m->culture ? m->culture : language ? language : "en-US");
}

/* Who made it is who last changed it, as far as we know. */
static struct value get_modified_by(const struct view *v)
{
	const struct mailbox *m = v->item->made_by ? v->item->made_by : v->in->mailbox;

	return value_text(m->name ? m->name : m->address);
}

static struct value get_modified(const struct view *v)
{
	return value_time(v->item->modified ? v->item->modified : v->item->created);
}

static struct value get_topic(const struct view *v)
{
	return value_text(v->item->subject);
}

static struct value get_message_id(const struct view *v)
{
	return value_text(v->item->mime_id);
}

static struct value get_is_read(const struct view *v)
{
	return value_flag(v->item->is_read);
}

static struct value get_asked(const struct view *v)
{
	return value_flag(v->item->response_requested);
}

static void write_folder_id(const struct view *v, struct text *out, const char *element)
{
	const struct item *kept = v->master ? v->master : v->item;
	struct id id = { .kind = ID_FOLDER,
		.mailbox = v->in->mailbox->number,
		.object = (uint64_t)kept->folder,
		.by_explicit = v->in->explicit };

	text_printf(out, "<%s Id=\"", element);
	id_write(out, v->c->world, &id);
	text_puts(out, "\" ChangeKey=\"AQAAAA==\"/>");
}

/* What one could answer to it: only answers that CreateItem here takes. */
static void write_answers(const struct view *v, struct text *out, const char *element)
{
	const struct item *i = v->item;
	bool invited = (i->class == ITEM_CALENDAR && i->meeting && !i->organizer_here) ||
		i->class == ITEM_REQUEST;
	bool organizer = i->class == ITEM_CALENDAR && i->meeting && i->organizer_here;

	if ((!invited && !organizer) || i->cancelled)
		return;
	xml_open(out, element);
	text_puts(out,
		organizer ? "<t:CancelCalendarItem/>"
			  : "<t:AcceptItem/><t:TentativelyAcceptItem/><t:DeclineItem/>");
	xml_close(out, element);
}

static void write_names(struct text *out, const char *element, const struct attendee *at, int n,
	enum attendee_kind kind)
{
	bool any = false;

	for (int k = 0; k < n; k++) {
		if (at[k].kind != kind)
			continue;
		if (!any)
			xml_open(out, element);
		else
			text_puts(out, "; ");
		xml_text(out, at[k].who.name ? at[k].who.name : at[k].who.address);
		any = true;
	}
	if (any)
		xml_close(out, element);
}

static void write_display(
	const struct view *v, struct text *out, const char *element, enum attendee_kind kind)
{
	const struct item *i = v->item;
	bool event = i->class == ITEM_CALENDAR;

	write_names(
		out, element, event ? i->attendees : i->to, event ? i->n_attendees : i->n_to, kind);
}

static void write_display_cc(const struct view *v, struct text *out, const char *element)
{
	write_display(v, out, element, ATTENDEE_OPTIONAL);
}

static void write_display_to(const struct view *v, struct text *out, const char *element)
{
	write_display(v, out, element, ATTENDEE_REQUIRED);
}

static void write_rights(const struct view *v, struct text *out, const char *element)
{
	xml_open(out, element);
	text_puts(out,
		"<t:CreateAssociated>false</t:CreateAssociated>"
		"<t:CreateContents>false</t:CreateContents>"
		"<t:CreateHierarchy>false</t:CreateHierarchy>");
	xml_flag(out, "t:Delete", view_may(v, RIGHT_DELETE_ANY, RIGHT_DELETE_OWNED));
	xml_flag(out, "t:Modify", view_may(v, RIGHT_EDIT_ANY, RIGHT_EDIT_OWNED));
	xml_flag(out, "t:Read", true);
	if (v->c->level >= LEVEL_2010)
		xml_flag(
			out, "t:ViewPrivateItems", v->in->owner || (v->in->rights & RIGHT_PRIVATE));
	xml_close(out, element);
}

/* The address is right in form; no web client is behind it. */
static void write_web_link(const struct view *v, struct text *out, const char *element)
{
	struct text id = { 0 };

	item_write_id(v, "t:ItemId", &id);
	const char *from = strchr(id.at, '"') + 1;
	char *only = copy_n(from, (size_t)(strchr(from, '"') - from));
	xml_open(out, element);
	xml_text(out, "https://");
	xml_text(out, v->c->premise->host);
	xml_text(out, "/owa/?ItemID=");
	percent_add(out, only);
	xml_text(out, "&exvsurl=1");
	xml_close(out, element);
	free(only);
	text_free(&id);
}

/* TextBody is the body without its markup, whatever shape was asked for. */
static void write_plain_body(const struct view *v, struct text *out, const char *element)
{
	struct view plain = *v;

	plain.body = BODY_TEXT;
	body_write(&plain, out, element);
}

static void write_flag(const struct view *v, struct text *out, const char *element)
{
	(void)v;
	xml_open(out, element);
	xml_el(out, "t:FlagStatus", "NotFlagged");
	xml_close(out, element);
}

/* Known people are mailboxes, known lists PublicDL, all others OneOff. */
void person_write(
	const struct call *c, struct text *out, const char *element, const struct person *p)
{
	if (!p->address)
		return;
	const char *type = world_mailbox(c->world, p->address) ? "Mailbox"
		: world_group(c->world, p->address)	       ? "PublicDL"
							       : "OneOff";
	if (element)
		xml_open(out, element);
	xml_open(out, "t:Mailbox");
	xml_el(out, "t:Name", p->name ? p->name : p->address);
	xml_el(out, "t:EmailAddress", p->address);
	xml_el(out, "t:RoutingType", "SMTP");
	/* OneOff came with Exchange 2010. */
	if (c->level >= LEVEL_2010 || !same(type, "OneOff"))
		xml_el(out, "t:MailboxType", type);
	xml_close(out, "t:Mailbox");
	if (element)
		xml_close(out, element);
}

/* Who really sent it, when that is another than From. */
static void write_sender(const struct view *v, struct text *out, const char *element)
{
	const struct item *i = v->item;

	person_write(v->c, out, element, i->sender.address ? &i->sender : &i->from);
}

static void write_from(const struct view *v, struct text *out, const char *element)
{
	person_write(v->c, out, element, &v->item->from);
}

static void write_recipients(
	const struct view *v, struct text *out, const char *element, enum attendee_kind kind)
{
	bool any = false;

	for (int n = 0; n < v->item->n_to; n++) {
		if (v->item->to[n].kind != kind)
			continue;
		if (!any)
			xml_open(out, element);
		any = true;
		person_write(v->c, out, NULL, &v->item->to[n].who);
	}
	if (any)
		xml_close(out, element);
}

static void write_to(const struct view *v, struct text *out, const char *element)
{
	write_recipients(v, out, element, ATTENDEE_REQUIRED);
}

static void write_cc(const struct view *v, struct text *out, const char *element)
{
	write_recipients(v, out, element, ATTENDEE_OPTIONAL);
}

static void write_bcc(const struct view *v, struct text *out, const char *element)
{
	write_recipients(v, out, element, ATTENDEE_RESOURCE);
}

/* Only mail that came has one. */
static void write_received(
	const struct view *v, struct text *out, const char *element, const struct mailbox *m)
{
	struct person p = { .name = m->name, .address = m->address };

	if (v->item->received)
		person_write(v->c, out, element, &p);
}

static void write_receiver(const struct view *v, struct text *out, const char *element)
{
	write_received(v, out, element, v->in->mailbox);
}

/* A delegate's copy came for its owner. */
static void write_represented(const struct view *v, struct text *out, const char *element)
{
	const struct mailbox *owner = v->item->sent_to;

	write_received(v, out, element, owner ? owner : v->in->mailbox);
}

#define F2007 LEVEL_2007
#define F2010 LEVEL_2010
#define F2013 LEVEL_2013

const struct field item_fields[] = {
	{ "item:ParentFolderId", "t:ParentFolderId", F2007, ON_ANY, IN_ALL | OPEN, NULL,
		write_folder_id },
	{ "item:ItemClass", "t:ItemClass", F2007, ON_ANY, IN_ALL | OPEN, get_class, NULL },
	{ "item:Subject", "t:Subject", F2007, ON_ANY, IN_BOTH | OPEN, get_subject, NULL },
	{ "item:Sensitivity", "t:Sensitivity", F2007, ON_ANY, IN_BOTH | OPEN, get_sensitivity,
		NULL },
	{ "item:Body", "t:Body", F2007, ON_ANY, IN_BOTH | NOT_FOUND, NULL, body_write },
	{ "item:DateTimeReceived", "t:DateTimeReceived", F2007, ON_ANY, IN_ALL | OPEN, get_received,
		NULL },
	{ "item:Size", "t:Size", F2007, ON_ANY, IN_BOTH | OPEN, get_size, NULL },
	{ "item:Categories", "t:Categories", F2007, ON_ANY, IN_ALL, get_categories, NULL },
	{ "item:Importance", "t:Importance", F2007, ON_ANY, IN_ALL, get_importance, NULL },
	{ "item:IsSubmitted", "t:IsSubmitted", F2007, ON_ANY, IN_ALL, get_no, NULL },
	{ "item:IsDraft", "t:IsDraft", F2007, ON_ANY, IN_ALL, get_is_draft, NULL },
	{ "item:IsFromMe", "t:IsFromMe", F2007, ON_ANY, IN_ALL, get_is_from_me, NULL },
	{ "item:IsResend", "t:IsResend", F2007, ON_ANY, IN_ALL, get_no, NULL },
	{ "item:IsUnmodified", "t:IsUnmodified", F2007, ON_ANY, IN_ALL, get_is_unmodified, NULL },
	{ "item:DateTimeSent", "t:DateTimeSent", F2007, ON_ANY, IN_BOTH | OPEN, get_sent, NULL },
	{ "item:DateTimeCreated", "t:DateTimeCreated", F2007, ON_ANY, IN_BOTH | OPEN, get_created,
		NULL },
	{ "item:ResponseObjects", "t:ResponseObjects", F2007, ON_ANY, IN_BOTH | NOT_FOUND, NULL,
		write_answers },
	{ "item:ReminderDueBy", "t:ReminderDueBy", F2007, ON_CALENDAR, IN_ALL, get_reminder_due,
		NULL },
	{ "item:ReminderIsSet", "t:ReminderIsSet", F2007, ON_ANY, IN_ALL, get_reminder, NULL },
	{ "item:ReminderNextTime", "t:ReminderNextTime", F2013, ON_CALENDAR, IN_ALL,
		get_reminder_next, NULL },
	{ "item:ReminderMinutesBeforeStart", "t:ReminderMinutesBeforeStart", F2007, ON_ANY, IN_ALL,
		get_reminder_minutes, NULL },
	{ "item:DisplayCc", "t:DisplayCc", F2007, ON_ANY, IN_ALL, NULL, write_display_cc },
	{ "item:DisplayTo", "t:DisplayTo", F2007, ON_ANY, IN_ALL, NULL, write_display_to },
	{ "item:HasAttachments", "t:HasAttachments", F2007, ON_ANY, IN_BOTH, get_no, NULL },
	{ "", "", F2007, ON_ANY, OPEN, NULL, NULL },
	{ "item:Culture", "t:Culture", F2007, ON_ANY, IN_ALL | OPEN, get_culture, NULL },
	{ "item:EffectiveRights", "t:EffectiveRights", F2007, ON_ANY, IN_ALL | OPEN, NULL,
		write_rights },
	{ "item:LastModifiedName", "t:LastModifiedName", F2007, ON_ANY, IN_ALL, get_modified_by,
		NULL },
	{ "item:LastModifiedTime", "t:LastModifiedTime", F2007, ON_ANY, IN_ALL | OPEN, get_modified,
		NULL },
	{ "item:IsAssociated", "t:IsAssociated", F2010, ON_ANY, IN_ALL | OPEN, get_no, NULL },
	{ "item:WebClientReadFormQueryString", "t:WebClientReadFormQueryString", F2010, ON_ANY,
		IN_ALL, NULL, write_web_link },
	{ "item:UniqueBody", "t:UniqueBody", F2010, ON_MAIL, NOT_FOUND, NULL, body_write },
	{ "item:Flag", "t:Flag", F2013, ON_ANY, IN_ALL, NULL, write_flag },
	{ "item:TextBody", "t:TextBody", F2013, ON_ANY, NOT_FOUND, NULL, write_plain_body },
	/* messages */
	{ "message:Sender", "t:Sender", F2007, ON_MAIL, IN_ALL, NULL, write_sender },
	{ "message:ToRecipients", "t:ToRecipients", F2007, ON_MAIL, IN_BOTH | NOT_FOUND, NULL,
		write_to },
	{ "message:CcRecipients", "t:CcRecipients", F2007, ON_MAIL, IN_BOTH | NOT_FOUND, NULL,
		write_cc },
	{ "message:BccRecipients", "t:BccRecipients", F2007, ON_MAIL, IN_BOTH | NOT_FOUND, NULL,
		write_bcc },
	{ "message:IsReadReceiptRequested", "t:IsReadReceiptRequested", F2007, ON_MAIL, IN_BOTH,
		get_no, NULL },
	{ "message:IsDeliveryReceiptRequested", "t:IsDeliveryReceiptRequested", F2007, ON_MAIL,
		IN_ALL, get_no, NULL },
	{ "message:ConversationTopic", "t:ConversationTopic", F2007, ON_MAIL, IN_ALL, get_topic,
		NULL },
	{ "message:From", "t:From", F2007, ON_MAIL, IN_BOTH, NULL, write_from },
	{ "message:InternetMessageId", "t:InternetMessageId", F2007, ON_MAIL, IN_ALL,
		get_message_id, NULL },
	{ "message:IsRead", "t:IsRead", F2007, ON_MAIL, IN_BOTH, get_is_read, NULL },
	{ "message:IsResponseRequested", "t:IsResponseRequested", F2007, ON_MAIL, IN_ALL, get_asked,
		NULL },
	{ "message:ReceivedBy", "t:ReceivedBy", F2007, ON_MAIL, IN_ALL, NULL, write_receiver },
	{ "message:ReceivedRepresenting", "t:ReceivedRepresenting", F2007, ON_MAIL, IN_ALL, NULL,
		write_represented },
	{ NULL, NULL, F2007, 0, 0, NULL, NULL },
};
_Static_assert(sizeof item_fields / sizeof *item_fields <= FIELDS_MAX, "raise FIELDS_MAX");
