/* Op delegate: who are the delegates of a mailbox. Its owner's authority is needed for it, so it is
 * asked as the owner, or as who may impersonate it (EWS.md 6.3).
 */
#include "op_parts.h"

#include "platform/str.h"

int ews_list_delegates_write(struct xml_write *w, const struct dialect_ask *ask,
	const struct delegates_query *q, struct err *e)
{
	const char *mailbox = str_empty(q->mailbox) ? ews_acting(ask) : q->mailbox;

	if (op_check_address(mailbox, e) < 0)
		return -1;
	xml_open(w, "m:GetDelegate");
	xml_attr(w, "IncludePermissions", "true");
	ews_mailbox(w, "m:Mailbox", mailbox);
	xml_close(w);
	return 0;
}

static void read_user(struct arena *a, const struct xml_node *n, struct delegate *out)
{
	const struct xml_node *user = xml_child(n, NS_T, "UserId");
	const char *level =
		xml_value(xml_down(n, NS_T, "DelegatePermissions/CalendarFolderPermissionLevel"));

	out->address = xml_child_value(user, NS_T, "PrimarySmtpAddress");
	out->name = op_shown(a, user, "DisplayName");
	out->sid = xml_child_value(user, NS_T, "SID");
	out->calendar = *level ? level : "None";
	xml_bool(xml_child(n, NS_T, "ReceiveCopiesOfMeetingMessages"), &out->copies);
	xml_bool(xml_child(n, NS_T, "ViewPrivateItems"), &out->sees_private);
}

static void read_message(
	struct arena *a, const struct xml_node *n, struct delegate *out, struct outcome *o)
{
	const struct xml_node *user = xml_child(n, NS_M, "DelegateUser");

	*out = (struct delegate){ .address = "", .name = "", .sid = "", .calendar = "None" };
	if (!envelope_message(a, n, PLACE_DELEGATE, &out->ended, o))
		return;
	if (xml_child(user, NS_T, "UserId"))
		read_user(a, user, out);
	else
		out->ended.reason = REASON_BAD_ANSWER;
}

void ews_list_delegates_read(const struct dialect_ask *ask, const struct delegates_query *q,
	const struct dialect_reply *r, struct arena *a, struct delegates_result *out,
	struct outcome *o)
{
	const struct xml_node *n,
		*response = envelope_read(a, r, "GetDelegateResponse", PLACE_DELEGATE, o);
	struct part ended;
	size_t i = 0;

	(void)ask;
	(void)q;
	if (!response)
		return;
	out->deliver = "";
	/* How the whole question ended stands on the response itself. */
	if (!envelope_message(a, response, PLACE_DELEGATE, &ended, o)) {
		/* Nothing is delegated: that is an answer. */
		if (ended.reason != REASON_NOTHING_FOUND)
			outcome_set(o, ended.reason, o->next, ended.code);
		return;
	}
	for (n = envelope_messages(response); n; n = envelope_next(n))
		out->count++;
	out->list = arena_array(a, out->count, sizeof(*out->list));
	for (n = envelope_messages(response); n; n = envelope_next(n))
		read_message(a, n, &out->list[i++], o);
	out->deliver = xml_child_value(response, NS_M, "DeliverMeetingRequests");
}
