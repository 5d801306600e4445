/*
 * Op_directory: names, distribution lists and rooms (EWS.md 11).
 *
 * Rules: one name at a time; several hits come as a warning with all of them. Who has no SMTP
 * address is told by name only. Lists are opened one level at a time.
 */
#include "op_parts.h"

#include "platform/str.h"

enum { RESOLVED_MAX = 100 }; /* as many as Exchange tells */

/* Only the directory: the contacts of the dedicated mailbox are nobody's colleagues. */
int ews_resolve_name_write(struct xml_write *w, const struct dialect_ask *ask,
	const struct resolve_query *q, struct err *e)
{
	(void)ask;
	if (str_empty(q->text))
		return ERR(e, ERR_INPUT, "Enter a name or an address to look for.", "no name");
	if (op_check_line(q->text, OP_LINE_MAX, "name", e) < 0)
		return -1;
	xml_open(w, "m:ResolveNames");
	xml_attr(w, "ReturnFullContactData", "false");
	xml_attr(w, "SearchScope", "ActiveDirectory");
	xml_leaf(w, "m:UnresolvedEntry", q->text);
	xml_close(w);
	return 0;
}

/* An operation on one list: <m:ExpandDL><m:Mailbox> */
static int write_list(struct xml_write *w, const char *operation, const char *element,
	const char *address, struct err *e)
{
	if (op_check_address(address, e) < 0)
		return -1;
	xml_open(w, operation);
	ews_mailbox(w, element, address);
	xml_close(w);
	return 0;
}

int ews_expand_list_write(struct xml_write *w, const struct dialect_ask *ask,
	const struct expand_query *q, struct err *e)
{
	(void)ask;
	return write_list(w, "m:ExpandDL", "m:Mailbox", q->address, e);
}

int ews_list_room_lists_write(struct xml_write *w, const struct dialect_ask *ask,
	const struct room_lists_query *q, struct err *e)
{
	(void)ask;
	(void)q;
	(void)e;
	xml_open(w, "m:GetRoomLists");
	xml_close(w);
	return 0;
}

int ews_list_rooms_write(struct xml_write *w, const struct dialect_ask *ask,
	const struct expand_query *q, struct err *e)
{
	(void)ask;
	return write_list(w, "m:GetRooms", "m:RoomList", q->address, e);
}

/* Somebody must be found for it to have worked: nobody is told with a code of its own. */
void ews_resolve_name_read(const struct dialect_ask *ask, const struct resolve_query *q,
	const struct dialect_reply *r, struct arena *a, struct people_result *out,
	struct outcome *o)
{
	const struct xml_node *message =
		op_message(a, r, "ResolveNamesResponse", PLACE_DIRECTORY, o);
	const struct xml_node *set = xml_child(message, NS_M, "ResolutionSet");

	(void)ask;
	(void)q;
	if (!message)
		return;
	ews_people_read(a, set, out);
	out->more = op_found_more(set, out->count, RESOLVED_MAX);
	if (out->count == 0)
		op_refuse(o);
}

/* Lists inside of it are told as members; opening them is for who asks. */
void ews_expand_list_read(const struct dialect_ask *ask, const struct expand_query *q,
	const struct dialect_reply *r, struct arena *a, struct people_result *out,
	struct outcome *o)
{
	const struct xml_node *message = op_message(a, r, "ExpandDLResponse", PLACE_DIRECTORY, o);
	const struct xml_node *list = xml_child(message, NS_M, "DLExpansion");

	(void)ask;
	(void)q;
	if (!message)
		return;
	ews_people_read(a, list, out);
	out->more = op_found_more(list, out->count, SIZE_MAX);
}

void ews_list_room_lists_read(const struct dialect_ask *ask, const struct room_lists_query *q,
	const struct dialect_reply *r, struct arena *a, struct people_result *out,
	struct outcome *o)
{
	const struct xml_node *message =
		op_message(a, r, "GetRoomListsResponse", PLACE_DIRECTORY, o);

	(void)ask;
	(void)q;
	ews_people_read(a, xml_child(message, NS_M, "RoomLists"), out);
}

void ews_list_rooms_read(const struct dialect_ask *ask, const struct expand_query *q,
	const struct dialect_reply *r, struct arena *a, struct people_result *out,
	struct outcome *o)
{
	const struct xml_node *message = op_message(a, r, "GetRoomsResponse", PLACE_DIRECTORY, o);

	(void)ask;
	(void)q;
	ews_people_read(a, xml_child(message, NS_M, "Rooms"), out);
}
