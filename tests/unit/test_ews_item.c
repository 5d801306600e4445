/* Bookings read back in EWS: what is asked, byte for byte, and what is read; never what is not
 * ours.
 */
#include "tests/unit/ews_trace.h"

#include "platform/clock.h"

static const struct item_ref three[] = { { "A=", "CK1" }, { "B=", "" }, { "C=", NULL } };
static const struct items_query one = { three, 1 };
static const struct items_query all = { three, 3 };

/* --- questions --- */

#define FIELD(name) "<t:FieldURI FieldURI=\"" name "\"/>"
#define TAG                                                                                        \
	"<t:ExtendedFieldURI PropertySetId=\"" EWS_TAG_SET "\" PropertyName=\"" EWS_TAG_NAME       \
	"\" PropertyType=\"String\"/>"

/* clang-format off */
#define FIELDS \
	FIELD("item:ParentFolderId") FIELD("item:Subject") FIELD("item:EffectiveRights") \
	FIELD("calendar:UID") FIELD("calendar:Start") FIELD("calendar:End") \
	FIELD("calendar:IsAllDayEvent") FIELD("calendar:LegacyFreeBusyStatus") \
	FIELD("calendar:IsMeeting") FIELD("calendar:IsCancelled") FIELD("calendar:Organizer") \
	FIELD("calendar:RequiredAttendees") FIELD("calendar:OptionalAttendees") \
	FIELD("calendar:Resources")
/* clang-format on */

static void items_are_asked(void **state)
{
	static const char want[] =
		"<m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape>"
		"<t:AdditionalProperties>" FIELDS TAG "</t:AdditionalProperties></m:ItemShape>"
		"<m:ItemIds><t:ItemId Id=\"A=\" ChangeKey=\"CK1\"/><t:ItemId Id=\"B=\"/>"
		"<t:ItemId Id=\"C=\"/></m:ItemIds></m:GetItem>";
	static const int versions[] = { EWS_2007, EWS_2007_SP1, EWS_2010_SP2, EWS_2016 };
	struct buf out;
	size_t i;

	(void)state;
	buf_init(&out, GOLDEN_MAX);
	for (i = 0; i < COUNT(versions); i++) {
		struct dialect_ask ask =
			golden_ask(EXCHANGE_GET_ITEMS, &all, versions[i], "anna@acme.test");

		buf_clear(&out);
		assert_string_equal(golden_body(&out, &ask), want);
	}
	buf_done(&out);
}

static void items_that_cannot_be_asked(void **state)
{
	static const struct item_ref nameless[] = { { "A=", "" }, { "", "CK" } };
	static struct item_ref many[EXCHANGE_ITEMS_MAX + 1];
	static const struct {
		struct items_query q;
		const char *say;
	} rows[] = {
		{ { three, 0 }, "No items were named" },
		{ { many, COUNT(many) }, "50 are allowed" },
		{ { nameless, 2 }, "its id is missing" },
	};
	struct buf out;
	size_t i;

	(void)state;
	buf_init(&out, GOLDEN_MAX);
	for (i = 0; i < COUNT(rows); i++) {
		struct dialect_ask ask =
			golden_ask(EXCHANGE_GET_ITEMS, &rows[i].q, EWS_2010_SP2, NULL);
		struct err e = { 0 };

		assert_int_equal(dialect_ews.write(&ask, &out, &e), -1);
		assert_int_equal(e.code, ERR_INPUT);
		if (!strstr(e.say, rows[i].say))
			fail_msg("row %zu says: %s", i, e.say);
		buf_clear(&out);
	}
	buf_done(&out);
}

/* --- answers --- */

/* What was dropped is shown too: it must not be there. */
static void print_items(struct buf *out, const void *result)
{
	const struct items_result *r = result;
	const struct item_seen *s;
	char from[32], to[32];
	size_t i;

	for (s = r->list; s < r->list + r->count; s++) {
		if (s->ended.reason != REASON_OK) {
			buf_printf(
				out, "! %s %s", reason_row(s->ended.reason)->code, s->ended.code);
			buf_printf(out, " %.8s%s%s%s%s%zu\n", s->ref.id, s->tag, s->uid, s->subject,
				s->organizer, s->reply_count);
			continue;
		}
		clock_iso(from, sizeof(from), s->start);
		clock_iso(to, sizeof(to), s->end);
		buf_printf(out, "%s %s in %s tag=%s uid=%s [%s] by %s %s/%s", s->ref.id,
			s->ref.change_key, s->folder, s->tag, s->uid, s->subject, s->organizer,
			from, to);
		buf_printf(out, " kind=%d%s%s%s", (int)s->kind, s->all_day ? " day" : "",
			s->meeting ? " meeting" : "", s->cancelled ? " cancelled" : "");
		if (s->rights_told)
			buf_printf(out, " rights=%u", s->rights);
		for (i = 0; i < s->reply_count; i++)
			buf_printf(out, " %s=%d.%d", s->replies[i].address,
				(int)s->replies[i].response, s->replies[i].kind);
		buf_putc(out, '\n');
	}
}

#define ALL(messages)                                                                              \
	"<m:GetItemResponse><m:ResponseMessages>" messages                                         \
	"</m:ResponseMessages></m:GetItemResponse>"
#define GOOD(items)                                                                                \
	"<m:GetItemResponseMessage ResponseClass=\"Success\"><m:ResponseCode>NoError"              \
	"</m:ResponseCode><m:Items>" items "</m:Items></m:GetItemResponseMessage>"
#define BAD(code)                                                                                  \
	"<m:GetItemResponseMessage ResponseClass=\"Error\"><m:MessageText>localised"               \
	"</m:MessageText><m:ResponseCode>" code "</m:ResponseCode><m:DescriptiveLinkKey>0"         \
	"</m:DescriptiveLinkKey><m:Items/></m:GetItemResponseMessage>"
#define ITEM(id, more)                                                                             \
	"<t:CalendarItem><t:ItemId Id=\"" id "\" ChangeKey=\"DwAA\"/>" more "</t:CalendarItem>"
#define OUR_TAG(value)                                                                             \
	"<t:ExtendedProperty>" TAG "<t:Value>" value "</t:Value></t:ExtendedProperty>"
#define TIMES "<t:Start>2026-11-23T08:00:00Z</t:Start><t:End>2026-11-23T09:00:00Z</t:End>"
#define WHO(address, response)                                                                     \
	"<t:Attendee><t:Mailbox><t:Name>Somebody</t:Name><t:EmailAddress>" address                 \
	"</t:EmailAddress><t:RoutingType>SMTP</t:RoutingType></"                                   \
	"t:Mailbox><t:ResponseType>" response "</t:ResponseType></t:Attendee>"
#define SECRETS                                                                                    \
	"<t:Subject>Merger</t:Subject><t:UID>0400</t:UID><t:Organizer><t:Mailbox>"                 \
	"<t:EmailAddress>boss@acme.test</t:EmailAddress></t:Mailbox></t:Organizer>"                \
	"<t:RequiredAttendees>" WHO("lawyer@acme.test", "Accept") "</t:RequiredAttendees>"

/* A booking of ours with everything, and what is somebody else's. */
/* clang-format off */
#define RIGHTS \
	"<t:EffectiveRights><t:CreateAssociated>false</t:CreateAssociated>" \
	"<t:CreateContents>false</t:CreateContents><t:CreateHierarchy>false</t:CreateHierarchy>" \
	"<t:Delete>true</t:Delete><t:Modify>true</t:Modify><t:Read>true</t:Read>" \
	"</t:EffectiveRights>"
#define OURS \
	ITEM("A=", "<t:ParentFolderId Id=\"F=\" ChangeKey=\"X\"/>" \
		"<t:Subject>Interview &amp; tea</t:Subject>" OUR_TAG("bk-42") RIGHTS \
		"<t:UID>040000</t:UID>" TIMES "<t:IsAllDayEvent>false</t:IsAllDayEvent>" \
		"<t:LegacyFreeBusyStatus>Busy</t:LegacyFreeBusyStatus>" \
		"<t:IsMeeting>true</t:IsMeeting><t:IsCancelled>1</t:IsCancelled>" \
		"<t:Organizer><t:Mailbox><t:Name>Anna</t:Name>" \
		"<t:EmailAddress>anna@acme.test</t:EmailAddress>" \
		"<t:RoutingType>SMTP</t:RoutingType></t:Mailbox></t:Organizer>" \
		"<t:RequiredAttendees>" WHO("bob@example.org", "Accept") \
		WHO("eve@example.org", "Unknown") "</t:RequiredAttendees>" \
		"<t:OptionalAttendees>" WHO("max@example.org", "Tentative") \
		"</t:OptionalAttendees><t:Resources>" WHO("room1@acme.test", "Decline") \
		"</t:Resources>")
#define THEIRS ITEM("B=", SECRETS TIMES)
/* clang-format on */

static const char *const item_entries[] = { "Attendee", NULL };

static void items_are_read(void **state)
{
	struct golden g = { .op = EXCHANGE_GET_ITEMS,
		.query = &all,
		.print = print_items,
		.entries = item_entries };

	(void)state;
	g.answer = ALL(GOOD(OURS) GOOD(THEIRS) BAD("ErrorItemNotFound"));
	golden_check(&g,
		"A= DwAA in F= tag=bk-42 uid=040000 [Interview & tea] by anna@acme.test"
		" 2026-11-23T08:00:00Z/2026-11-23T09:00:00Z kind=2 meeting cancelled rights=13"
		" bob@example.org=3.0 eve@example.org=0.0 max@example.org=2.1 room1@acme.test=4.2\n"
		"! nothing_found  B=0\n"
		"! booking_gone ErrorItemNotFound C=0\n");
}

#define BARE "A= DwAA in  tag=bk-42 uid= [] by  2026-11-23T08:00:00Z/2026-11-23T09:00:00Z kind=5"

static const struct odd {
	const struct items_query *q;
	const char *answer;
	const char *want;
} odd[] = {
	{ &one, ALL(GOOD(ITEM("A=", TIMES OUR_TAG("bk-42")))), BARE "\n" },
	/* Organizer and attendee in Exchange's own form, or none; the words of tomorrow. */
	{ &one,
		ALL(GOOD(ITEM("A=",
			TIMES OUR_TAG("bk-42") "<t:Organizer><t:Mailbox>"
					       "<t:EmailAddress>/O=ORG/CN=ANNA</"
					       "t:EmailAddress><t:RoutingType>EX"
					       "</t:RoutingType></t:Mailbox></"
					       "t:Organizer><t:Resources><t:Attendee/>" WHO(
						       "r@acme.test", "Perhaps") WHO("q@acme.test",
						       "NoResponseReceived") WHO("o@acme.test",
						       "Organizer") "</t:Resources>"))),
		BARE " =0.2 r@acme.test=0.2 q@acme.test=5.2 o@acme.test=1.2\n" },
	/* The tag of another application; the name of ours in another set. */
	{ &one,
		ALL(GOOD(ITEM("A=",
			SECRETS TIMES "<t:ExtendedProperty><t:ExtendedFieldURI "
				      "PropertySetId=\"00000000-7b1e-4c58-9a0d-5e3f8b24d617\" "
				      "PropertyName=\"" EWS_TAG_NAME
				      "\" PropertyType=\"String\"/><t:Value>bk-42</t:Value>"
				      "</t:ExtendedProperty>"))),
		"! nothing_found  A=0\n" },
	{ &one, ALL(GOOD(ITEM("A=", SECRETS TIMES OUR_TAG("")))), "! nothing_found  A=0\n" },
	{ &one,
		ALL(GOOD("<t:Message><t:ItemId Id=\"A=\"/>" SECRETS OUR_TAG(
			"bk-42") "</t:Message>")),
		"! nothing_found  A=0\n" },
	/* Ours, and not to be read. */
	{ &one, ALL(GOOD(ITEM("A=", SECRETS OUR_TAG("bk-42")))), "! bad_answer  A=bk-420\n" },
	{ &one, ALL(GOOD("")), "! bad_answer  A=0\n" },
	{ &one, ALL(GOOD("<t:CalendarItem/>")), "! bad_answer  A=0\n" },
	/* Fewer, more, none; each with its own reason. */
	{ &all, ALL(BAD("ErrorAccessDenied") BAD("ErrorInvalidIdMalformed") BAD("ErrorOfTomorrow")),
		"! rights_too_low ErrorAccessDenied A=0\n"
		"! booking_gone ErrorInvalidIdMalformed B=0\n"
		"! bad_answer ErrorOfTomorrow C=0\n" },
	{ &all, ALL(BAD("ErrorItemNotFound")), "outcome bad_answer \n" },
	{ &one, ALL(BAD("ErrorItemNotFound") BAD("ErrorItemNotFound")), "outcome bad_answer \n" },
	{ &one, "<m:GetItemResponse/>", "outcome bad_answer \n" },
	{ &one, "<m:GetFolderResponse/>", "outcome bad_answer \n" },
};

static void items_odd_answers(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(odd); i++) {
		struct golden g = { .op = EXCHANGE_GET_ITEMS,
			.query = odd[i].q,
			.answer = odd[i].answer,
			.print = print_items };

		golden_equal(&g, odd[i].want);
	}
}

/* Nothing of what real servers told here was ours. */
static void items_recorded(void **state)
{
	static const struct trace_row rows[] = {
		{ "GetItemRequestWithIDandExtendedPropertyHeaderResponse", EXCHANGE_GET_ITEMS, &one,
			print_items, "! nothing_found  AAMkADM50\n" },
		{ "GetItemWithTentativelyAcceptedMeetingResponseRequestResponse",
			EXCHANGE_GET_ITEMS, &one, print_items, "! nothing_found  AAMkADQw0\n" },
		{ "LoadItemWithItemAttachmentResponse", EXCHANGE_GET_ITEMS, &one, print_items,
			"! nothing_found  AAMkADQw0\n" },
	};

	(void)state;
	trace_check(rows, COUNT(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(items_are_asked),
		cmocka_unit_test(items_that_cannot_be_asked),
		cmocka_unit_test(items_are_read),
		cmocka_unit_test(items_odd_answers),
		cmocka_unit_test(items_recorded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
