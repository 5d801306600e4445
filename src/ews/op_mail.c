/*
 * Op_mail: the mail of the dedicated mailbox itself: meeting messages, or one subject, are looked
 * for; and messages are sent.
 *
 * Rules: no subject and no text is asked for. A search shows addresses of people in Exchange's own
 * form, as recorded answers do, so their SMTP addresses are asked for beside (MS-OXOMSG 2.2.1). It
 * also leaves out whether a message came to us as a delegate: then whom it was for is compared with
 * who received it.
 */
#include "op_parts.h"

#include <string.h>
#include <strings.h>

#include "platform/str.h"

enum { MAIL_MAX = 1000, RECIPIENTS_MAX = 200 };

/* Strings of the store. */
enum {
	TAG_RECEIVED_BY = 0x0076, /* in Exchange's own form */
	TAG_RECEIVED_FOR = 0x0078,
	TAG_SENDER_SMTP = 0x5d01,
	TAG_FROM_SMTP = 0x5d02,
	TAG_FOR_SMTP = 0x5d08
};

static const char *const mail_fields[] = { "item:ItemClass", "item:DateTimeReceived",
	"message:From", "message:Sender", "message:ReceivedRepresenting", "meeting:IsDelegated",
	NULL };
static const int mail_properties[] = { TAG_RECEIVED_BY, TAG_RECEIVED_FOR, TAG_SENDER_SMTP,
	TAG_FROM_SMTP, TAG_FOR_SMTP, 0 };
static const struct op_shape mail_shape = { .uris = mail_fields, .properties = mail_properties };

static void write_subject(struct xml_write *w, const char *subject)
{
	xml_open(w, "t:IsEqualTo");
	ews_field(w, "item:Subject");
	xml_open(w, "t:FieldURIOrConstant");
	xml_mark(w, "t:Constant", "Value", subject);
	xml_close(w);
	xml_close(w);
}

/* Invitations, answers and cancellations: their classes begin alike. */
static void write_meetings(struct xml_write *w)
{
	xml_open(w, "t:Contains");
	xml_attr(w, "ContainmentMode", "Prefixed");
	xml_attr(w, "ContainmentComparison", "IgnoreCase");
	ews_field(w, "item:ItemClass");
	xml_mark(w, "t:Constant", "Value", "IPM.Schedule.Meeting");
	xml_close(w);
}

static void write_newest_first(struct xml_write *w)
{
	xml_open(w, "m:SortOrder");
	xml_open(w, "t:FieldOrder");
	xml_attr(w, "Order", "Descending");
	ews_field(w, "item:DateTimeReceived");
	xml_close(w);
	xml_close(w);
}

int ews_find_mail_write(struct xml_write *w, const struct dialect_ask *ask,
	const struct mail_query *q, struct err *e)
{
	if (op_check_limit(q->limit, MAIL_MAX, e) < 0 ||
		op_check_line(q->subject, OP_LINE_MAX, "subject", e) < 0)
		return -1;
	op_find_open(w, &mail_shape);
	op_find_page(w, q->limit);
	xml_open(w, "m:Restriction");
	if (str_empty(q->subject))
		write_meetings(w);
	else
		write_subject(w, q->subject);
	xml_close(w);
	write_newest_first(w);
	op_find_close(w, ask, NULL, q->folder);
	return 0;
}

/* The address that is shown, or the one the store keeps beside. */
static const char *address_of(const struct xml_node *n, const char *element, int property)
{
	const char *shown = ews_address_read(xml_child(n, NS_T, element));

	if (!shown[0])
		shown = op_property_read(n, property);
	return str_email(shown) ? shown : "";
}

enum { NOT_TOLD = -1 };

/* The store keeps who received it and for whom, in one form for both: they can be compared. */
static int is_delegated(const struct xml_node *n)
{
	const char *by, *whom;
	int told;

	if (xml_bool(xml_child(n, NS_T, "IsDelegated"), &told) == 0)
		return told;
	by = op_property_read(n, TAG_RECEIVED_BY);
	whom = op_property_read(n, TAG_RECEIVED_FOR);
	return by[0] && whom[0] ? strcasecmp(by, whom) != 0 : NOT_TOLD;
}

/* An own copy is not for somebody else, even if it names us by another of our addresses. */
static void read_whom(
	const struct dialect_ask *ask, const struct xml_node *n, struct mail_seen *out)
{
	const char *whom = address_of(n, "ReceivedRepresenting", TAG_FOR_SMTP);
	int delegated = is_delegated(n);

	out->for_whom = "";
	if (delegated == NOT_TOLD)
		delegated = !ews_is_acting(ask, whom);
	if (delegated)
		out->for_whom = whom;
	out->delegated = delegated;
}

static int read_mail(struct arena *a, const struct dialect_ask *ask, const struct xml_node *n,
	struct mail_seen *out)
{
	int zoned;

	ews_ref_read(n, &out->ref);
	if (!out->ref.id[0])
		return -1;
	out->class = op_shown(a, n, "ItemClass");
	out->from = address_of(n, "From", TAG_FROM_SMTP);
	out->sender = address_of(n, "Sender", TAG_SENDER_SMTP);
	read_whom(ask, n, out);
	if (xml_time(xml_child(n, NS_T, "DateTimeReceived"), &out->at, &zoned) < 0)
		out->at = 0;
	return 0;
}

/* How many match in all, of which the newest are told. */
static int64_t read_total(const struct xml_node *root)
{
	const char *text = xml_attr_value(root, "TotalItemsInView");
	int64_t total;

	return text && str_int(text, 0, INT32_MAX, &total) == 0 ? total : -1;
}

void ews_find_mail_read(const struct dialect_ask *ask, const struct mail_query *q,
	const struct dialect_reply *r, struct arena *a, struct mail_result *out, struct outcome *o)
{
	const struct xml_node *root = op_found(a, r, o);
	const struct xml_node *list = xml_child(root, NS_T, "Items");
	const struct xml_node *n = op_first_item(list);

	if (!root)
		return;
	out->list = arena_array(a, (size_t)q->limit, sizeof(*out->list));
	out->total = read_total(root);
	for (; n && out->count < (size_t)q->limit; n = xml_next(n)) {
		if (!xml_child(n, NS_T, "ItemId"))
			continue;
		if (read_mail(a, ask, n, &out->list[out->count]) < 0) {
			*out = (struct mail_result){ .total = -1 };
			op_refuse(o);
			return;
		}
		out->count++;
	}
}

static int check_message(const struct message *q, struct err *e)
{
	size_t i;

	if (op_check_count(q->to_count, RECIPIENTS_MAX, "recipients", e) < 0 ||
		op_check_line(q->subject, OP_LINE_MAX, "subject", e) < 0 ||
		op_check_text(q->text, OP_TEXT_MAX, "text", e) < 0)
		return -1;
	for (i = 0; i < q->to_count; i++)
		if (op_check_address(q->to[i], e) < 0)
			return -1;
	return 0;
}

/* No copy stays: it may hold a link that signs somebody in, and the mailbox should be empty. */
int ews_send_message_write(
	struct xml_write *w, const struct dialect_ask *ask, const struct message *q, struct err *e)
{
	size_t i;

	(void)ask;
	if (check_message(q, e) < 0)
		return -1;
	xml_open(w, "m:CreateItem");
	xml_attr(w, "MessageDisposition", "SendOnly");
	xml_open(w, "m:Items");
	xml_open(w, "t:Message");
	xml_leaf(w, "t:Subject", q->subject ? q->subject : "");
	op_text(w, "t:Body", q->text);
	xml_open(w, "t:ToRecipients");
	for (i = 0; i < q->to_count; i++)
		ews_mailbox(w, "t:Mailbox", q->to[i]);
	xml_close(w);
	xml_close(w);
	xml_close(w);
	xml_close(w);
	return 0;
}

/* It is sent when Exchange took it: whether it arrives is not told here. */
void ews_send_message_read(const struct dialect_ask *ask, const struct message *q,
	const struct dialect_reply *r, struct arena *a, struct removed *out, struct outcome *o)
{
	(void)ask;
	(void)q;
	(void)out;
	op_message(a, r, "CreateItemResponse", PLACE_SEND, o);
}
