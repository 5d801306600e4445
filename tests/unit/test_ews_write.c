/* Bookings made, changed and removed in EWS: what is asked, byte for byte, and what is read. */
#include "tests/unit/ews_trace.h"

#define NINE 1795424400	    /* 2026-11-23T09:00:00Z */
#define MIDNIGHT 1795388400 /* 2026-11-23 in Berlin */
#define DAY 86400

static const struct attendee people[] = {
	{ "bob@example.org", "Bob <&> \"B\"", ATTENDEE_REQUIRED },
	{ "room1@acme.test", "", ATTENDEE_ROOM },
	{ "eve@example.org", NULL, ATTENDEE_REQUIRED },
	{ "max@example.org", "Max", ATTENDEE_OPTIONAL },
};

/* A meeting with everything, and a private day with nothing. */
static const struct booking meeting = {
	.mailbox = "anna@acme.test",
	.tag = "bk-42",
	.subject = "Interview & tea",
	.body = "Agenda\n1 < 2",
	.location = "Room 1",
	.start = NINE,
	.end = NINE + 3600,
	.zone = "Europe/Berlin",
	.kind = BUSY_BUSY,
	.reminder = 15,
	.attendees = people,
	.attendee_count = COUNT(people),
	.send = SEND_ALL,
};
static const struct booking whole_day = {
	.tag = "bk-43",
	.start = MIDNIGHT,
	.end = MIDNIGHT + DAY,
	.zone = "Europe/Berlin",
	.all_day = 1,
	.kind = BUSY_ELSEWHERE,
	.private = 1,
	.reminder = -1,
	.send = SEND_ALL,
};

/* --- questions --- */

#define TAG(value)                                                                                 \
	"<t:ExtendedProperty><t:ExtendedFieldURI PropertySetId=\"" EWS_TAG_SET                     \
	"\" PropertyName=\"" EWS_TAG_NAME "\" PropertyType=\"String\"/><t:Value>" value            \
	"</t:Value></t:ExtendedProperty>"
#define OF_ANNA                                                                                    \
	"<m:SavedItemFolderId><t:DistinguishedFolderId Id=\"calendar\"><t:Mailbox>"                \
	"<t:EmailAddress>anna@acme.test</t:EmailAddress></t:Mailbox></t:DistinguishedFolderId>"    \
	"</m:SavedItemFolderId>"
#define OWN "<m:SavedItemFolderId><t:DistinguishedFolderId Id=\"calendar\"/></m:SavedItemFolderId>"
#define CREATE(send, folder, inside)                                                               \
	"<m:CreateItem SendMeetingInvitations=\"" send "\">" folder                                \
	"<m:Items><t:CalendarItem>" inside "</t:CalendarItem></m:Items></m:CreateItem>"
#define WHO(name, address)                                                                         \
	"<t:Attendee><t:Mailbox>" name "<t:EmailAddress>" address "</t:EmailAddress></t:Mailbox>"  \
	"</t:Attendee>"
#define REQUIRED                                                                                   \
	"<t:RequiredAttendees>" WHO("<t:Name>Bob &lt;&amp;&gt; \"B\"</t:Name>", "bob@example.org") \
		WHO("", "eve@example.org") "</t:RequiredAttendees>"
#define OPTIONAL                                                                                   \
	"<t:OptionalAttendees>" WHO(                                                               \
		"<t:Name>Max</t:Name>", "max@example.org") "</t:OptionalAttendees>"
#define ROOMS "<t:Resources>" WHO("", "room1@acme.test") "</t:Resources>"
#define BODY "<t:Body BodyType=\"Text\">Agenda\n1 &lt; 2</t:Body>"
/* clang-format off */
#define MEETING \
	"<t:Subject>Interview &amp; tea</t:Subject><t:Sensitivity>Normal</t:Sensitivity>" BODY \
	"<t:ReminderIsSet>true</t:ReminderIsSet>" \
	"<t:ReminderMinutesBeforeStart>15</t:ReminderMinutesBeforeStart>" TAG("bk-42") \
	"<t:Start>2026-11-23T09:00:00Z</t:Start><t:End>2026-11-23T10:00:00Z</t:End>" \
	"<t:IsAllDayEvent>false</t:IsAllDayEvent>" \
	"<t:LegacyFreeBusyStatus>Busy</t:LegacyFreeBusyStatus><t:Location>Room 1</t:Location>" \
	"<t:IsResponseRequested>true</t:IsResponseRequested>" REQUIRED OPTIONAL ROOMS
#define WHOLE_DAY(kind) \
	"<t:Subject/><t:Sensitivity>Private</t:Sensitivity><t:Body BodyType=\"Text\"/>" \
	"<t:ReminderIsSet>false</t:ReminderIsSet>" TAG("bk-43") \
	"<t:Start>2026-11-23T00:00:00+01:00</t:Start><t:End>2026-11-24T00:00:00+01:00</t:End>" \
	"<t:IsAllDayEvent>true</t:IsAllDayEvent>" \
	"<t:LegacyFreeBusyStatus>" kind "</t:LegacyFreeBusyStatus>"
/* clang-format on */
#define ZONE "W. Europe Standard Time"
#define OLD_ZONE "<t:MeetingTimeZone TimeZoneName=\"" ZONE "\"/>"
#define START_ZONE "<t:StartTimeZone Id=\"" ZONE "\"/>"
#define END_ZONE "<t:EndTimeZone Id=\"" ZONE "\"/>"

#define FIELD(uri) "<t:FieldURI FieldURI=\"" uri "\"/>"
#define SET(uri, inside)                                                                           \
	"<t:SetItemField>" FIELD(uri) "<t:CalendarItem>" inside "</t:CalendarItem></"              \
				      "t:SetItemField>"
#define GONE(uri) "<t:DeleteItemField>" FIELD(uri) "</t:DeleteItemField>"
#define UPDATE(send, id, updates)                                                                  \
	"<m:UpdateItem ConflictResolution=\"AutoResolve\" "                                        \
	"SendMeetingInvitationsOrCancellations=\"" send "\"><m:ItemChanges><t:ItemChange>"         \
	"<t:ItemId " id "/><t:Updates>" updates                                                    \
	"</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>"
#define FULL_ID "Id=\"A=\" ChangeKey=\"CK\""
#define SET_TIMES(start, end, all_day)                                                             \
	SET("calendar:Start", "<t:Start>" start "</t:Start>")                                      \
	SET("calendar:End", "<t:End>" end "</t:End>")                                              \
	SET("calendar:IsAllDayEvent", "<t:IsAllDayEvent>" all_day "</t:IsAllDayEvent>")
#define SET_ZONES SET("calendar:StartTimeZone", START_ZONE) SET("calendar:EndTimeZone", END_ZONE)

static const struct change_query moved = {
	{ "A=", "CK" },
	BOOKING_TIME,
	{ .start = NINE,
		.end = NINE + 3600,
		.zone = "Europe/Berlin",
		.send = SEND_CHANGED,
		.subject = "not\nlooked at",
		.reminder = -7 },
};
static const struct change_query emptied = {
	{ "A=", "" },
	BOOKING_ALL,
	{ .start = MIDNIGHT,
		.end = MIDNIGHT + DAY,
		.zone = "Europe/Berlin",
		.all_day = 1,
		.kind = BUSY_FREE,
		.reminder = -1 },
};
static const struct change_query filled = {
	{ "A=", "CK" },
	BOOKING_SUBJECT | BOOKING_BODY | BOOKING_LOCATION | BOOKING_ATTENDEES | BOOKING_REMINDER |
		BOOKING_PRIVATE | BOOKING_KIND,
	{ .subject = "S",
		.body = "Agenda\n1 < 2",
		.location = "L",
		.attendees = people,
		.attendee_count = COUNT(people),
		.reminder = 0,
		.private = 1,
		.kind = BUSY_OUT,
		.send = SEND_ALL },
};

#define EMPTIED                                                                                    \
	SET("item:Subject", "<t:Subject/>")                                                        \
	SET("item:Sensitivity", "<t:Sensitivity>Normal</t:Sensitivity>")                           \
	SET("item:Body", "<t:Body BodyType=\"Text\"/>")                                            \
	SET("item:ReminderIsSet", "<t:ReminderIsSet>false</t:ReminderIsSet>")                      \
	SET_TIMES("2026-11-23T00:00:00+01:00", "2026-11-24T00:00:00+01:00", "true")                \
	SET("calendar:LegacyFreeBusyStatus",                                                       \
		"<t:LegacyFreeBusyStatus>Free</"                                                   \
		"t:LegacyFreeBusyStatus>")                                                         \
	GONE("calendar:Location")                                                                  \
	GONE("calendar:RequiredAttendees")                                                         \
	GONE("calendar:OptionalAttendees") GONE("calendar:Resources")
#define FILLED                                                                                     \
	SET("item:Subject", "<t:Subject>S</t:Subject>")                                            \
	SET("item:Sensitivity", "<t:Sensitivity>Private</t:Sensitivity>")                          \
	SET("item:Body", BODY)                                                                     \
	SET("item:ReminderIsSet", "<t:ReminderIsSet>true</t:ReminderIsSet>")                       \
	SET("item:ReminderMinutesBeforeStart",                                                     \
		"<t:ReminderMinutesBeforeStart>0</"                                                \
		"t:ReminderMinutesBeforeStart>")                                                   \
	SET("calendar:LegacyFreeBusyStatus",                                                       \
		"<t:LegacyFreeBusyStatus>OOF</"                                                    \
		"t:LegacyFreeBusyStatus>")                                                         \
	SET("calendar:Location", "<t:Location>L</t:Location>")                                     \
	SET("calendar:IsResponseRequested",                                                        \
		"<t:IsResponseRequested>true</"                                                    \
		"t:IsResponseRequested>")                                                          \
	SET("calendar:RequiredAttendees", REQUIRED)                                                \
	SET("calendar:OptionalAttendees", OPTIONAL) SET("calendar:Resources", ROOMS)

static const struct remove_query hard = { .item = { "A=", "CK" }, .hard = 1, .send = SEND_NONE };
static const struct remove_query told = { .item = { "A=", "CK" }, .send = SEND_CHANGED };
static const struct remove_query noted = {
	.item = { "A=", "CK" }, .note = "Sorry,\n<Anna>", .send = SEND_ALL
};
static const struct remove_query mail = { .item = { "A=", "" }, .note = "x", .message = 1 };

static const struct request {
	enum exchange_op op;
	const void *query;
	int version;
	const char *impersonate;
	const char *body;
} requests[] = {
	{ EXCHANGE_CREATE_BOOKING, &meeting, EWS_2010_SP2, NULL,
		CREATE("SendToAllAndSaveCopy", OF_ANNA, MEETING START_ZONE END_ZONE) },
	{ EXCHANGE_CREATE_BOOKING, &meeting, EWS_2016, "anna@acme.test",
		CREATE("SendToAllAndSaveCopy", OWN, MEETING START_ZONE END_ZONE) },
	{ EXCHANGE_CREATE_BOOKING, &meeting, EWS_2007_SP1, NULL,
		CREATE("SendToAllAndSaveCopy", OF_ANNA, MEETING OLD_ZONE) },
	{ EXCHANGE_CREATE_BOOKING, &whole_day, EWS_2013, NULL,
		CREATE("SendToNone", OWN, WHOLE_DAY("WorkingElsewhere") START_ZONE END_ZONE) },
	{ EXCHANGE_CREATE_BOOKING, &whole_day, EWS_2007, NULL,
		CREATE("SendToNone", OWN, WHOLE_DAY("Free") OLD_ZONE) },
	{ EXCHANGE_CHANGE_BOOKING, &moved, EWS_2010, NULL,
		UPDATE("SendToChangedAndSaveCopy", FULL_ID,
			SET_TIMES("2026-11-23T09:00:00Z", "2026-11-23T10:00:00Z", "false")
				SET_ZONES) },
	{ EXCHANGE_CHANGE_BOOKING, &emptied, EWS_2016, NULL,
		UPDATE("SendToNone", "Id=\"A=\"", EMPTIED SET_ZONES) },
	{ EXCHANGE_CHANGE_BOOKING, &emptied, EWS_2007_SP1, NULL,
		UPDATE("SendToNone", "Id=\"A=\"",
			EMPTIED SET("calendar:MeetingTimeZone", OLD_ZONE)) },
	{ EXCHANGE_CHANGE_BOOKING, &filled, EWS_2010_SP2, NULL,
		UPDATE("SendToAllAndSaveCopy", FULL_ID, FILLED) },
	{ EXCHANGE_REMOVE_ITEM, &hard, EWS_2010_SP2, NULL,
		"<m:DeleteItem DeleteType=\"HardDelete\" SendMeetingCancellations=\"SendToNone\">"
		"<m:ItemIds><t:ItemId " FULL_ID "/></m:ItemIds></m:DeleteItem>" },
	{ EXCHANGE_REMOVE_ITEM, &told, EWS_2010_SP2, NULL,
		"<m:DeleteItem DeleteType=\"MoveToDeletedItems\" "
		"SendMeetingCancellations=\"SendToAllAndSaveCopy\">"
		"<m:ItemIds><t:ItemId " FULL_ID "/></m:ItemIds></m:DeleteItem>" },
	{ EXCHANGE_REMOVE_ITEM, &noted, EWS_2007_SP1, NULL,
		"<m:CreateItem MessageDisposition=\"SendAndSaveCopy\"><m:Items>"
		"<t:CancelCalendarItem><t:ReferenceItemId " FULL_ID "/><t:NewBodyContent "
		"BodyType=\"Text\">Sorry,\n&lt;Anna&gt;</t:NewBodyContent></t:CancelCalendarItem>"
		"</m:Items></m:CreateItem>" },
	{ EXCHANGE_REMOVE_ITEM, &mail, EWS_2010_SP2, NULL,
		"<m:DeleteItem DeleteType=\"MoveToDeletedItems\"><m:ItemIds>"
		"<t:ItemId Id=\"A=\"/></m:ItemIds></m:DeleteItem>" },
};

static void bookings_are_asked(void **state)
{
	struct buf out;
	size_t i;

	(void)state;
	buf_init(&out, GOLDEN_MAX);
	for (i = 0; i < COUNT(requests); i++) {
		const struct request *r = &requests[i];
		struct dialect_ask ask = golden_ask(r->op, r->query, r->version, r->impersonate);

		buf_clear(&out);
		assert_string_equal(golden_body(&out, &ask), r->body);
	}
	buf_done(&out);
}

/* Whole days where the clock changes, where midnight does not exist, and without a zone. */
static void days_are_asked(void **state)
{
	static const struct {
		const char *zone;
		int64_t start, end;
		const char *want;
	} rows[] = {
		/* 25 October 2026 has 25 hours in Berlin. */
		{ "Europe/Berlin", 1792879200, 1792969200,
			"<t:Start>2026-10-25T00:00:00+02:00</t:Start>"
			"<t:End>2026-10-26T00:00:00+01:00</t:End>" },
		{ "America/New_York", 1795410000, 1795496400,
			"<t:Start>2026-11-23T00:00:00-05:00</t:Start>"
			"<t:End>2026-11-24T00:00:00-05:00</t:End>" },
		{ "Asia/Kathmandu", 1795371300, 1795457700,
			"<t:Start>2026-11-23T00:00:00+05:45</t:Start>"
			"<t:End>2026-11-24T00:00:00+05:45</t:End>" },
		/* In Beirut the clock goes forward at midnight: the day begins at one. */
		{ "Asia/Beirut", 1774735200, 1774818000,
			"<t:Start>2026-03-29T01:00:00+03:00</t:Start>"
			"<t:End>2026-03-30T00:00:00+03:00</t:End>" },
		{ "UTC", 1795392000, 1795478400,
			"<t:Start>2026-11-23T00:00:00+00:00</t:Start>"
			"<t:End>2026-11-24T00:00:00+00:00</t:End>" },
		{ NULL, 1795388400, 1795474800,
			"<t:Start>2026-11-23T00:00:00+01:00</t:Start>"
			"<t:End>2026-11-24T00:00:00+01:00</t:End>" },
	};
	struct buf out;
	size_t i;

	(void)state;
	buf_init(&out, GOLDEN_MAX);
	for (i = 0; i < COUNT(rows); i++) {
		struct booking b = whole_day;
		struct dialect_ask ask =
			golden_ask(EXCHANGE_CREATE_BOOKING, &b, EWS_2010_SP2, NULL);

		b.zone = rows[i].zone;
		b.start = rows[i].start;
		b.end = rows[i].end;
		buf_clear(&out);
		assert_non_null(golden_request(&out, &ask));
		if (!strstr(buf_str(&out), rows[i].want))
			fail_msg("row %zu: %s", i, buf_str(&out));
	}
	buf_done(&out);
}

/* --- what cannot be asked --- */

static void spoil_mailbox(struct booking *b)
{
	b->mailbox = "anna";
}

static void spoil_tag(struct booking *b)
{
	b->tag = "";
}

static void spoil_subject(struct booking *b)
{
	b->subject = "a\nb";
}

static void spoil_body(struct booking *b)
{
	b->body = "\x01";
}

static void spoil_location(struct booking *b)
{
	b->location = "\xff";
}

static void spoil_order(struct booking *b)
{
	b->end = b->start;
}

static void spoil_length(struct booking *b)
{
	b->end = b->start + 1826 * (int64_t)DAY;
}

static void spoil_zone(struct booking *b)
{
	b->zone = "Mars/Base\n";
}

static void spoil_start(struct booking *b)
{
	b->all_day = 1;
}

static void spoil_end(struct booking *b)
{
	b->all_day = 1;
	b->start = MIDNIGHT;
	b->end = MIDNIGHT + 3600;
}

static void spoil_kind(struct booking *b)
{
	b->kind = BUSY_UNKNOWN;
}

static void spoil_reminder(struct booking *b)
{
	b->reminder = -2;
}

static void spoil_reminder_more(struct booking *b)
{
	b->reminder = 2629801;
}

static void spoil_attendee(struct booking *b)
{
	static const struct attendee bad[] = { { "bob@example.org", "", 0 }, { "bob", "", 0 } };

	b->attendees = bad;
	b->attendee_count = COUNT(bad);
}

static void spoil_attendee_name(struct booking *b)
{
	static const struct attendee bad = { "bob@example.org", "B\tB", 0 };

	b->attendees = &bad;
	b->attendee_count = 1;
}

static void spoil_attendee_kind(struct booking *b)
{
	static const struct attendee bad = { "bob@example.org", "", 3 };

	b->attendees = &bad;
	b->attendee_count = 1;
}

static void spoil_attendee_count(struct booking *b)
{
	static struct attendee many[201];
	size_t i;

	for (i = 0; i < COUNT(many); i++)
		many[i] = people[0];
	b->attendees = many;
	b->attendee_count = COUNT(many);
}

static const struct spoiled {
	void (*spoil)(struct booking *b);
	unsigned field; /* of a change that must be refused too */
	const char *say;
} spoiled[] = {
	{ spoil_mailbox, 0, "\"anna\" is not an e-mail address" },
	{ spoil_tag, 0, "no id of its own" },
	{ spoil_subject, BOOKING_SUBJECT, "The subject has characters" },
	{ spoil_body, BOOKING_BODY, "The text has characters" },
	{ spoil_location, BOOKING_LOCATION, "The location has characters" },
	{ spoil_order, BOOKING_TIME, "The end must lie after the start" },
	{ spoil_length, BOOKING_TIME, "1825 days" },
	{ spoil_zone, BOOKING_TIME, "the time zone \"Mars/Base?\"" },
	{ spoil_start, BOOKING_TIME, "begin and end at midnight" },
	{ spoil_end, BOOKING_TIME, "begin and end at midnight" },
	{ spoil_kind, BOOKING_KIND, "Choose how the time is shown" },
	{ spoil_reminder, BOOKING_REMINDER, "The reminder is too early" },
	{ spoil_reminder_more, BOOKING_REMINDER, "The reminder is too early" },
	{ spoil_attendee, BOOKING_ATTENDEES, "\"bob\" is not an e-mail address" },
	{ spoil_attendee_name, BOOKING_ATTENDEES, "The name of an attendee has" },
	{ spoil_attendee_kind, BOOKING_ATTENDEES, "" },
	{ spoil_attendee_count, BOOKING_ATTENDEES, "201 attendees are too many" },
};

static void refused(enum exchange_op op, const void *query, const char *say, size_t row)
{
	struct dialect_ask ask = golden_ask(op, query, EWS_2010_SP2, NULL);
	struct err e = { 0 };
	struct buf out;

	buf_init(&out, GOLDEN_MAX);
	assert_int_equal(dialect_ews.write(&ask, &out, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	if (!strstr(e.say, say))
		fail_msg("%s, row %zu says: %s", dialect_op_name(op), row, e.say);
	buf_done(&out);
}

static void bookings_that_cannot_be_asked(void **state)
{
	static const struct change_query nothing = { .item = { "A", "" } },
					 nameless = { .item = { "", "" },
						 .fields = BOOKING_PRIVATE };
	static const struct remove_query no_item = { .item = { NULL, NULL } },
					 bad_note = { .item = { "A", "" }, .note = "\x02" },
					 noted_hard = { .item = { "A", "" },
						 .hard = 1,
						 .send = SEND_ALL,
						 .note = "x" },
					 noted_to_nobody = { .item = { "A", "" }, .note = "x" };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(spoiled); i++) {
		struct change_query change = { { "A", "" }, spoiled[i].field, meeting };
		struct booking b = meeting;

		spoiled[i].spoil(&b);
		refused(EXCHANGE_CREATE_BOOKING, &b, spoiled[i].say, i);
		spoiled[i].spoil(&change.to);
		if (spoiled[i].field)
			refused(EXCHANGE_CHANGE_BOOKING, &change, spoiled[i].say, i);
	}
	refused(EXCHANGE_CHANGE_BOOKING, &nothing, "Nothing was named", 0);
	refused(EXCHANGE_CHANGE_BOOKING, &nameless, "its id is missing", 0);
	refused(EXCHANGE_REMOVE_ITEM, &no_item, "its id is missing", 0);
	refused(EXCHANGE_REMOVE_ITEM, &bad_note, "The note has", 0);
	refused(EXCHANGE_REMOVE_ITEM, &noted_hard, "goes to the bin", 0);
	refused(EXCHANGE_REMOVE_ITEM, &noted_to_nobody, "somebody it is sent to", 0);
}

/* --- answers --- */

static void print_ref(struct buf *out, const void *result)
{
	const struct item_ref *ref = result;

	buf_printf(out, "%.8s %.4s\n", ref->id, ref->change_key);
}

static void print_removed(struct buf *out, const void *result)
{
	(void)result;
	buf_puts(out, "removed\n");
}

#define ANSWER(operation, class, code, inside)                                                     \
	"<m:" operation "Response><m:ResponseMessages><m:" operation                               \
	"ResponseMessage ResponseClass=\"" class "\"><m:ResponseCode>" code                        \
						 "</m:ResponseCode>" inside "</m:" operation       \
						 "ResponseMessage></m:ResponseMessages></"         \
						 "m:" operation "Response>"
#define ITEMS(inside) "<m:Items>" inside "</m:Items>"
#define MADE ITEMS("<t:CalendarItem><t:ItemId Id=\"N=\" ChangeKey=\"DwAA\"/></t:CalendarItem>")
#define RESULTS "<m:ConflictResults><t:Count>0</t:Count></m:ConflictResults>"

static const struct answer {
	enum exchange_op op;
	const void *query;
	const char *answer;
	const char *want;
} answers[] = {
	{ EXCHANGE_CREATE_BOOKING, &meeting, ANSWER("CreateItem", "Success", "NoError", MADE),
		"N= DwAA\n" },
	{ EXCHANGE_CHANGE_BOOKING, &moved, ANSWER("UpdateItem", "Success", "NoError", MADE RESULTS),
		"N= DwAA\n" },
	{ EXCHANGE_REMOVE_ITEM, &hard, ANSWER("DeleteItem", "Success", "NoError", ""),
		"removed\n" },
	{ EXCHANGE_REMOVE_ITEM, &noted, ANSWER("CreateItem", "Success", "NoError", ITEMS("")),
		"removed\n" },
	/* Made or changed, it has an id. */
	{ EXCHANGE_CREATE_BOOKING, &meeting, ANSWER("CreateItem", "Success", "NoError", ITEMS("")),
		"outcome bad_answer \n" },
	{ EXCHANGE_CREATE_BOOKING, &meeting,
		ANSWER("CreateItem", "Success", "NoError",
			ITEMS("<t:CalendarItem><t:ItemId Id=\"\"/></t:CalendarItem>")),
		"outcome bad_answer \n" },
	{ EXCHANGE_CHANGE_BOOKING, &moved, ANSWER("UpdateItem", "Success", "NoError", RESULTS),
		"outcome bad_answer \n" },
	/* The answer to another question. */
	{ EXCHANGE_REMOVE_ITEM, &noted, ANSWER("DeleteItem", "Success", "NoError", ""),
		"outcome bad_answer \n" },
	{ EXCHANGE_REMOVE_ITEM, &hard, ANSWER("CreateItem", "Success", "NoError", MADE),
		"outcome bad_answer \n" },
	/* Refusals. */
	{ EXCHANGE_CREATE_BOOKING, &meeting,
		ANSWER("CreateItem", "Error", "ErrorCreateItemAccessDenied", ITEMS("")),
		"outcome rights_too_low ErrorCreateItemAccessDenied\n" },
	{ EXCHANGE_CREATE_BOOKING, &meeting,
		ANSWER("CreateItem", "Error", "ErrorItemNotFound", ITEMS("")),
		"outcome not_delegated ErrorItemNotFound\n" },
	{ EXCHANGE_CREATE_BOOKING, &meeting,
		ANSWER("CreateItem", "Error", "ErrorSendAsDenied", ITEMS("")),
		"outcome sending_refused ErrorSendAsDenied\n" },
	{ EXCHANGE_CREATE_BOOKING, &meeting,
		ANSWER("CreateItem", "Error", "ErrorQuotaExceeded", ITEMS("")),
		"outcome mailbox_full ErrorQuotaExceeded\n" },
	{ EXCHANGE_CHANGE_BOOKING, &moved,
		ANSWER("UpdateItem", "Error", "ErrorIrresolvableConflict", ITEMS("")),
		"outcome booking_changed ErrorIrresolvableConflict\n" },
	{ EXCHANGE_CHANGE_BOOKING, &moved,
		ANSWER("UpdateItem", "Error", "ErrorCalendarIsNotOrganizer", ITEMS("")),
		"outcome not_organizer ErrorCalendarIsNotOrganizer\n" },
	{ EXCHANGE_REMOVE_ITEM, &hard, ANSWER("DeleteItem", "Error", "ErrorItemNotFound", ""),
		"outcome booking_gone ErrorItemNotFound\n" },
};

static void answers_are_read(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(answers); i++) {
		struct golden g = { .op = answers[i].op,
			.query = answers[i].query,
			.answer = answers[i].answer,
			.print =
				answers[i].op == EXCHANGE_REMOVE_ITEM ? print_removed : print_ref };

		golden_check(&g, answers[i].want);
	}
}

static void writing_recorded(void **state)
{
	static const struct trace_row rows[] = {
		{ "CreateAppointmentRequestResponse", EXCHANGE_CREATE_BOOKING, &meeting, print_ref,
			"AAMkADVm DwAA\n" },
		{ "CreateItemWithAttachmentResponse", EXCHANGE_CREATE_BOOKING, &meeting, print_ref,
			"AAMkADQw CQAA\n" },
	};

	(void)state;
	trace_check(rows, COUNT(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bookings_are_asked),
		cmocka_unit_test(days_are_asked),
		cmocka_unit_test(bookings_that_cannot_be_asked),
		cmocka_unit_test(answers_are_read),
		cmocka_unit_test(writing_recorded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
