/* Mail of the dedicated mailbox in EWS: what is asked, byte for byte, and what is read. */
#include "tests/unit/ews_trace.h"

#include "platform/clock.h"

static const struct mail_query meetings = { FOLDER_INBOX, "", 100 };
static const struct mail_query one_subject = { FOLDER_SENT, "Probe \"4\" & more", 5 };

/* --- questions --- */

#define FIELD(name) "<t:FieldURI FieldURI=\"" name "\"/>"
#define STRING(tag) "<t:ExtendedFieldURI PropertyTag=\"" tag "\" PropertyType=\"String\"/>"
/* clang-format off */
#define FIELDS \
	FIELD("item:ItemClass") FIELD("item:DateTimeReceived") \
	FIELD("message:From") FIELD("message:Sender") FIELD("message:ReceivedRepresenting") \
	FIELD("meeting:IsDelegated") \
	STRING("0x0076") STRING("0x0078") STRING("0x5d01") STRING("0x5d02") STRING("0x5d08")
#define NEWEST_FIRST \
	"<m:SortOrder><t:FieldOrder Order=\"Descending\">" FIELD("item:DateTimeReceived") \
	"</t:FieldOrder></m:SortOrder>"
/* clang-format on */
#define FIND(limit, restriction, folder)                                                           \
	"<m:FindItem Traversal=\"Shallow\"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape>"         \
	"<t:AdditionalProperties>" FIELDS "</t:AdditionalProperties></m:ItemShape>"                \
	"<m:IndexedPageItemView MaxEntriesReturned=\"" limit "\" Offset=\"0\" "                    \
	"BasePoint=\"Beginning\"/><m:Restriction>" restriction "</m:Restriction>" NEWEST_FIRST     \
	"<m:ParentFolderIds><t:DistinguishedFolderId Id=\"" folder                                 \
	"\"/></m:ParentFolderIds></m:FindItem>"

static const char *const both[] = { "anna@acme.test", "bob@example.org" };
static const struct message letter = { both, 2, "Hello <you>", "Dear Anna,\n1 < 2\n" };
static const struct message empty_letter = { both, 1, NULL, NULL };

#define LETTER(inside)                                                                             \
	"<m:CreateItem MessageDisposition=\"SendOnly\"><m:Items><t:Message>" inside                \
	"</t:ToRecipients></t:Message></m:Items></m:CreateItem>"
#define TO(address) "<t:Mailbox><t:EmailAddress>" address "</t:EmailAddress></t:Mailbox>"

static void mail_is_asked(void **state)
{
	static const struct {
		enum exchange_op op;
		const void *query;
		int version;
		const char *body;
	} rows[] = {
		{ EXCHANGE_FIND_MAIL, &meetings, EWS_2007_SP1,
			FIND("100",
				"<t:Contains ContainmentMode=\"Prefixed\" "
				"ContainmentComparison=\"IgnoreCase\">" FIELD(
					"item:ItemClass") "<t:Constant "
							  "Value=\"IPM.Schedule.Meeting\"/></"
							  "t:Contains>",
				"inbox") },
		{ EXCHANGE_FIND_MAIL, &one_subject, EWS_2016,
			FIND("5",
				"<t:IsEqualTo>" FIELD(
					"item:Subject") "<t:FieldURIOrConstant><t:Constant Value=\""
							"Probe &quot;4&quot; &amp; "
							"more\"/></t:FieldURIOrConstant>"
							"</t:IsEqualTo>",
				"sentitems") },
		{ EXCHANGE_SEND_MESSAGE, &letter, EWS_2010_SP2,
			LETTER("<t:Subject>Hello &lt;you&gt;</t:Subject><t:Body BodyType=\"Text\">"
			       "Dear Anna,\n1 &lt; 2\n</t:Body><t:ToRecipients>" TO(
				       "anna@acme.test") TO("bob@example.org")) },
		{ EXCHANGE_SEND_MESSAGE, &empty_letter, EWS_2007,
			LETTER("<t:Subject/><t:Body BodyType=\"Text\"/><t:ToRecipients>" TO(
				"anna@acme.test")) },
	};
	struct buf out;
	size_t i;

	(void)state;
	buf_init(&out, GOLDEN_MAX);
	for (i = 0; i < COUNT(rows); i++) {
		struct dialect_ask ask =
			golden_ask(rows[i].op, rows[i].query, rows[i].version, NULL);

		buf_clear(&out);
		assert_string_equal(golden_body(&out, &ask), rows[i].body);
	}
	buf_done(&out);
}

static void mail_that_cannot_be_asked(void **state)
{
	static const char *const bad[] = { "anna@acme.test", "bob@" };
	static const char *many[201];
	static const struct {
		enum exchange_op op;
		union {
			struct mail_query find;
			struct message send;
		} q;
		const char *say;
	} rows[] = {
		{ EXCHANGE_FIND_MAIL, { .find = { FOLDER_INBOX, "", 0 } }, "1 and 1000" },
		{ EXCHANGE_FIND_MAIL, { .find = { FOLDER_INBOX, "", 1001 } }, "1 and 1000" },
		{ EXCHANGE_FIND_MAIL, { .find = { FOLDER_INBOX, "a\nb", 1 } }, "The subject has" },
		{ EXCHANGE_SEND_MESSAGE, { .send = { both, 0, "s", "t" } }, "No recipients" },
		{ EXCHANGE_SEND_MESSAGE, { .send = { many, 201, "s", "t" } }, "200 are allowed" },
		{ EXCHANGE_SEND_MESSAGE, { .send = { bad, 2, "s", "t" } }, "\"bob@\" is not" },
		{ EXCHANGE_SEND_MESSAGE, { .send = { both, 1, "s\r\nBcc: x", "t" } },
			"The subject" },
		{ EXCHANGE_SEND_MESSAGE, { .send = { both, 1, "s", "\xc3(" } }, "The text has" },
	};
	struct buf out;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(many); i++)
		many[i] = both[0];
	buf_init(&out, GOLDEN_MAX);
	for (i = 0; i < COUNT(rows); i++) {
		struct dialect_ask ask = golden_ask(rows[i].op, &rows[i].q, EWS_2010_SP2, NULL);
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

static void print_mail(struct buf *out, const void *result)
{
	const struct mail_result *r = result;
	const struct mail_seen *m;
	char at[32];

	for (m = r->list; m < r->list + r->count; m++) {
		clock_iso(at, sizeof(at), m->at);
		buf_printf(out, "%.8s %.4s %s from=%s sender=%s for=%s delegated=%d %s\n",
			m->ref.id, m->ref.change_key, m->class, m->from, m->sender, m->for_whom,
			m->delegated, at);
	}
	buf_printf(out, "total=%lld\n", (long long)r->total);
}

#define FOUND(attributes, items)                                                                   \
	"<m:FindItemResponse><m:ResponseMessages><m:FindItemResponseMessage "                      \
	"ResponseClass=\"Success\"><m:ResponseCode>NoError</"                                      \
	"m:ResponseCode><m:RootFolder " attributes "><t:Items>" items                              \
	"</t:Items></m:RootFolder></m:FindItemResponseMessage>"                                    \
	"</m:ResponseMessages></m:FindItemResponse>"
#define TWO "IndexedPagingOffset=\"2\" TotalItemsInView=\"2\" IncludesLastItemInRange=\"true\""
#define REQUEST(id, more)                                                                          \
	"<t:MeetingRequest><t:ItemId Id=\"" id "\" ChangeKey=\"CwAA\"/><t:ItemClass>"              \
	"IPM.Schedule.Meeting.Request</t:ItemClass>" more "</t:MeetingRequest>"
#define SMTP(element, address)                                                                     \
	"<t:" element "><t:Mailbox><t:Name>X</t:Name><t:EmailAddress>" address                     \
	"</t:EmailAddress><t:RoutingType>SMTP</t:RoutingType></t:Mailbox></t:" element ">"
#define DIRECTORY(element, name)                                                                   \
	"<t:" element "><t:Mailbox><t:Name>X</t:Name><t:EmailAddress>/O=ORG/CN=" name              \
	"</t:EmailAddress><t:RoutingType>EX</t:RoutingType></t:Mailbox></t:" element ">"
#define VALUE(tag, value)                                                                          \
	"<t:ExtendedProperty>" STRING(tag) "<t:Value>" value "</t:Value></t:ExtendedProperty>"
#define RECEIVED "<t:DateTimeReceived>2026-11-23T08:00:00Z</t:DateTimeReceived>"

/* One that the owner's delegate gets, and one in Exchange's own form of addresses. */
/* clang-format off */
#define COPY_OF_BOSS \
	REQUEST("A=", RECEIVED SMTP("Sender", "svc@acme.test") SMTP("From", "anna@acme.test") \
		SMTP("ReceivedRepresenting", "boss@acme.test") \
		"<t:IsDelegated>true</t:IsDelegated>")
#define OWN_COPY \
	"<t:Message><t:ItemId Id=\"B=\"/><t:ItemClass>IPM.Note</t:ItemClass>" RECEIVED \
	VALUE("0x76", "/O=ORG/CN=SVC") VALUE("0x78", "/o=org/cn=svc") \
	VALUE("0x5D02", "anna@acme.test") VALUE("0x5d01", "bert@acme.test") \
	VALUE("0x5d08", "service.alias@acme.test") \
	DIRECTORY("From", "ANNA") DIRECTORY("Sender", "BERT") \
	DIRECTORY("ReceivedRepresenting", "SVC") "</t:Message>"
/* clang-format on */

static void mail_is_read(void **state)
{
	static const char *const entries[] = { "MeetingRequest", "Message", NULL };
	static const char *const ordered[] = { "Items", NULL };
	struct golden g = { .op = EXCHANGE_FIND_MAIL,
		.query = &meetings,
		.print = print_mail,
		.entries = entries,
		.ordered = ordered };

	(void)state;
	g.answer = FOUND(TWO, COPY_OF_BOSS OWN_COPY);
	golden_check(&g,
		"A= CwAA IPM.Schedule.Meeting.Request from=anna@acme.test sender=svc@acme.test"
		" for=boss@acme.test delegated=1 2026-11-23T08:00:00Z\n"
		"B=  IPM.Note from=anna@acme.test sender=bert@acme.test for= delegated=0"
		" 2026-11-23T08:00:00Z\n"
		"total=2\n");
}

static const struct mail_query just_one = { FOLDER_INBOX, "", 1 };

#define A_MEETING "A CwAA IPM.Schedule.Meeting.Request from= sender= "

static const struct odd {
	const struct mail_query *q;
	const char *answer;
	const char *want;
} odd[] = {
	{ &meetings, FOUND(TWO, ""), "total=2\n" },
	{ &meetings, FOUND("", ""), "total=-1\n" },
	{ &meetings, FOUND("TotalItemsInView=\"many\"", ""), "total=-1\n" },
	/* Whose copy it is, when that is only to be found by comparing. */
	{ &meetings,
		FOUND("",
			REQUEST("A",
				VALUE("0x0076", "/O=ORG/CN=SVC") VALUE("0x0078", "/O=ORG/CN=BOSS")
					VALUE("0x5d08", "boss@acme.test"))),
		A_MEETING "for=boss@acme.test delegated=1 1970-01-01T00:00:00Z\ntotal=-1\n" },
	{ &meetings,
		FOUND("",
			REQUEST("A",
				VALUE("0x0076", "/O=ORG/CN=SVC")
					VALUE("0x0078", "/O=ORG/CN=BOSS"))),
		A_MEETING "for= delegated=1 1970-01-01T00:00:00Z\ntotal=-1\n" },
	{ &meetings, FOUND("", REQUEST("A", SMTP("ReceivedRepresenting", "SVC@acme.test"))),
		A_MEETING "for= delegated=0 1970-01-01T00:00:00Z\ntotal=-1\n" },
	{ &meetings, FOUND("", REQUEST("A", SMTP("ReceivedRepresenting", "boss@acme.test"))),
		A_MEETING "for=boss@acme.test delegated=1 1970-01-01T00:00:00Z\ntotal=-1\n" },
	{ &meetings,
		FOUND("",
			REQUEST("A",
				SMTP("ReceivedRepresenting",
					"alias@acme.test") "<t:IsDelegated>false</t:IsDelegated>")),
		A_MEETING "for= delegated=0 1970-01-01T00:00:00Z\ntotal=-1\n" },
	/* Nothing that stands for an address is one. */
	{ &meetings,
		FOUND("",
			REQUEST("A",
				SMTP("From", "nobody") VALUE("0x5d02", "a@b@c")
					VALUE("0x5d1", "x@acme.test") VALUE("5d01", "x@acme.test")
						VALUE("0x5d01zz", "x@acme.test")
							VALUE("0x", "x@acme.test"))),
		A_MEETING "for= delegated=0 1970-01-01T00:00:00Z\ntotal=-1\n" },
	/* More than was asked for. */
	{ &just_one, FOUND("", REQUEST("A", "") REQUEST("B", "")),
		A_MEETING "for= delegated=0 1970-01-01T00:00:00Z\ntotal=-1\n" },
	{ &meetings, FOUND("", REQUEST("", "")), "outcome bad_answer \n" },
	{ &meetings, "<m:FindItemResponse/>", "outcome bad_answer \n" },
};

static void mail_odd_answers(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(odd); i++) {
		struct golden g = { .op = EXCHANGE_FIND_MAIL,
			.query = odd[i].q,
			.answer = odd[i].answer,
			.print = print_mail };

		golden_equal(&g, odd[i].want);
	}
}

static void print_sent(struct buf *out, const void *result)
{
	(void)result;
	buf_puts(out, "sent\n");
}

#define SENT(class, code)                                                                          \
	"<m:CreateItemResponse><m:ResponseMessages><m:CreateItemResponseMessage "                  \
	"ResponseClass=\"" class "\"><m:ResponseCode>" code "</m:ResponseCode><m:Items/>"          \
				 "</m:CreateItemResponseMessage></m:ResponseMessages></"           \
				 "m:CreateItemResponse>"

static void sending_is_read(void **state)
{
	static const struct {
		const char *answer;
		const char *want;
	} rows[] = {
		{ SENT("Success", "NoError"), "sent\n" },
		{ SENT("Error", "ErrorSendAsDenied"),
			"outcome sending_refused ErrorSendAsDenied\n" },
		{ SENT("Error", "ErrorInvalidRecipients"),
			"outcome address_refused ErrorInvalidRecipients\n" },
		{ "<m:CreateItemResponse/>", "outcome bad_answer \n" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct golden g = { .op = EXCHANGE_SEND_MESSAGE,
			.query = &letter,
			.answer = rows[i].answer,
			.print = print_sent };

		golden_check(&g, rows[i].want);
	}
}

static void mail_recorded(void **state)
{
	static const struct trace_row rows[] = {
		{ "FindItemWithTentativelyAcceptedMeetingResponseRequestResponse",
			EXCHANGE_FIND_MAIL, &meetings, print_mail,
			"AAMkADQw DAAA IPM.Schedule.Meeting.Resp.Tent from=room@contoso.com"
			" sender=room@contoso.com for= delegated=0 2016-03-11T23:21:22Z\n"
			"total=6\n" },
		{ "FindItemRequest1ItemViewResponse", EXCHANGE_FIND_MAIL, &meetings, print_mail,
			"AAMkADM5 CQAA IPM.Note from= sender= for= delegated=0"
			" 2015-06-07T05:24:28Z\ntotal=1\n" },
		{ "FindItemWithItemAttachmentResponse", EXCHANGE_FIND_MAIL, &meetings, print_mail,
			"AAMkADQw CQAA IPM.Note from=user@contoso.com sender=user@contoso.com"
			" for= delegated=0 2016-02-28T20:18:15Z\ntotal=4\n" },
		{ "testXML-22", EXCHANGE_FIND_MAIL, &meetings, print_mail,
			"AAMkADVm CQAA IPM.Note from= sender= for= delegated=0"
			" 2015-05-31T17:50:34Z\n"
			"AAMkADVm CQAA IPM.Note from= sender= for= delegated=0"
			" 2015-05-31T08:58:54Z\n"
			"AAMkADVm CQAA IPM.Note from= sender= for= delegated=0"
			" 2015-01-08T18:34:17Z\ntotal=3\n" },
		{ "FindAppointmentRequestResponseWith0results", EXCHANGE_FIND_MAIL, &meetings,
			print_mail, "total=0\n" },
	};

	(void)state;
	trace_check(rows, COUNT(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mail_is_asked),
		cmocka_unit_test(mail_that_cannot_be_asked),
		cmocka_unit_test(mail_is_read),
		cmocka_unit_test(mail_odd_answers),
		cmocka_unit_test(sending_is_read),
		cmocka_unit_test(mail_recorded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
