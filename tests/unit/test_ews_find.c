/* Calendars listed, bookings found by their tag, and changes followed, in EWS: what is asked, byte
 * for byte, and what is read.
 */
#include "tests/unit/ews_trace.h"

#include "platform/clock.h"

#define MONDAY 1795392000 /* 2026-11-23T00:00:00Z */
#define DAY 86400

static const struct events_query week = { "anna@acme.test", MONDAY, MONDAY + 7 * DAY, 500 };
static const struct tagged_query tagged = { "anna@acme.test", "bk-42" };
static const struct sync_query since = { "anna@acme.test", "H4sIAA==", 100 };
static const struct sync_query fresh = { NULL, "", 512 };

/* --- questions --- */

#define FIELD(name) "<t:FieldURI FieldURI=\"" name "\"/>"
#define TAG                                                                                        \
	"<t:ExtendedFieldURI PropertySetId=\"" EWS_TAG_SET "\" PropertyName=\"" EWS_TAG_NAME       \
	"\" PropertyType=\"String\"/>"
#define SHAPE                                                                                      \
	"<m:FindItem Traversal=\"Shallow\"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape>"         \
	"<t:AdditionalProperties>" FIELD("calendar:Start") FIELD("calendar:End")                   \
		FIELD("calendar:LegacyFreeBusyStatus") FIELD("calendar:IsAllDayEvent")             \
			FIELD("calendar:CalendarItemType") FIELD("calendar:UID")                   \
				FIELD("item:Sensitivity") TAG                                      \
		"</t:AdditionalProperties></m:ItemShape>"
#define CALENDAR_OF_ANNA                                                                           \
	"<t:DistinguishedFolderId Id=\"calendar\"><t:Mailbox><t:EmailAddress>anna@acme.test"       \
	"</t:EmailAddress></t:Mailbox></t:DistinguishedFolderId>"
#define OWN_CALENDAR "<t:DistinguishedFolderId Id=\"calendar\"/>"
#define PARENT(folder) "<m:ParentFolderIds>" folder "</m:ParentFolderIds></m:FindItem>"
#define VIEW                                                                                       \
	"<m:CalendarView MaxEntriesReturned=\"500\" StartDate=\"2026-11-23T00:00:00Z\" "           \
	"EndDate=\"2026-11-30T00:00:00Z\"/>"
#define SYNC(folder, more)                                                                         \
	"<m:SyncFolderItems><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape>"                        \
	"<t:AdditionalProperties>" TAG "</t:AdditionalProperties></m:ItemShape>"                   \
	"<m:SyncFolderId>" folder "</m:SyncFolderId>" more "</m:SyncFolderItems>"

static const struct request {
	enum exchange_op op;
	const void *query;
	int version;
	const char *impersonate;
	const char *body;
} requests[] = {
	{ EXCHANGE_LIST_EVENTS, &week, EWS_2007_SP1, NULL, SHAPE VIEW PARENT(CALENDAR_OF_ANNA) },
	{ EXCHANGE_LIST_EVENTS, &week, EWS_2016, "anna@acme.test",
		SHAPE VIEW PARENT(OWN_CALENDAR) },
	{ EXCHANGE_FIND_TAGGED, &tagged, EWS_2010_SP2, NULL,
		SHAPE "<m:IndexedPageItemView MaxEntriesReturned=\"2\" Offset=\"0\" "
		      "BasePoint=\"Beginning\"/><m:Restriction><t:IsEqualTo>" TAG
		      "<t:FieldURIOrConstant><t:Constant Value=\"bk-42\"/></t:FieldURIOrConstant>"
		      "</t:IsEqualTo></m:Restriction>" PARENT(CALENDAR_OF_ANNA) },
	{ EXCHANGE_SYNC_CALENDAR, &since, EWS_2010_SP2, NULL,
		SYNC(CALENDAR_OF_ANNA,
			"<m:SyncState>H4sIAA==</m:SyncState>"
			"<m:MaxChangesReturned>100</m:MaxChangesReturned>") },
	{ EXCHANGE_SYNC_CALENDAR, &fresh, EWS_2007, NULL,
		SYNC(OWN_CALENDAR, "<m:MaxChangesReturned>512</m:MaxChangesReturned>") },
};

static void calendars_are_asked(void **state)
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
		assert_null(strstr(buf_str(&out), "Subject"));
	}
	buf_done(&out);
}

#define LONG_TAG                                                                                   \
	"123456789-123456789-123456789-123456789-123456789-123456789-"                             \
	"123456789-123456789-123456789-123456789-123456789-123456789-1"

static const struct {
	enum exchange_op op;
	union {
		struct events_query events;
		struct tagged_query tagged;
		struct sync_query sync;
	} q;
	const char *say;
} refused[] = {
	{ EXCHANGE_LIST_EVENTS, { .events = { "anna", MONDAY, MONDAY + 1, 5 } },
		"\"anna\" is not" },
	{ EXCHANGE_LIST_EVENTS, { .events = { NULL, MONDAY, MONDAY, 5 } }, "after the start" },
	{ EXCHANGE_LIST_EVENTS, { .events = { NULL, MONDAY, MONDAY + 733 * DAY, 5 } }, "732 days" },
	{ EXCHANGE_LIST_EVENTS, { .events = { NULL, MONDAY, MONDAY + 1, 0 } }, "1 and 1000" },
	{ EXCHANGE_LIST_EVENTS, { .events = { NULL, MONDAY, MONDAY + 1, 1001 } }, "1 and 1000" },
	{ EXCHANGE_FIND_TAGGED, { .tagged = { "anna@", "bk-42" } }, "\"anna@\" is not" },
	{ EXCHANGE_FIND_TAGGED, { .tagged = { NULL, "" } }, "no id of its own" },
	{ EXCHANGE_FIND_TAGGED, { .tagged = { NULL, NULL } }, "no id of its own" },
	{ EXCHANGE_FIND_TAGGED, { .tagged = { NULL, LONG_TAG } }, "120 bytes" },
	{ EXCHANGE_FIND_TAGGED, { .tagged = { NULL, "a\nb" } }, "cannot be sent" },
	{ EXCHANGE_FIND_TAGGED, { .tagged = { NULL, "\xff" } }, "cannot be sent" },
	{ EXCHANGE_SYNC_CALENDAR, { .sync = { "a b@c.test", "", 5 } }, "\"a b@c.test\" is not" },
	{ EXCHANGE_SYNC_CALENDAR, { .sync = { NULL, "", 0 } }, "1 and 512" },
	{ EXCHANGE_SYNC_CALENDAR, { .sync = { NULL, "", 513 } }, "1 and 512" },
};

static void calendars_that_cannot_be_asked(void **state)
{
	struct buf out;
	size_t i;

	(void)state;
	buf_init(&out, GOLDEN_MAX);
	for (i = 0; i < COUNT(refused); i++) {
		struct dialect_ask ask =
			golden_ask(refused[i].op, &refused[i].q, EWS_2010_SP2, NULL);
		struct err e = { 0 };

		assert_int_equal(dialect_ews.write(&ask, &out, &e), -1);
		assert_int_equal(e.code, ERR_INPUT);
		if (!strstr(e.say, refused[i].say))
			fail_msg("row %zu says: %s", i, e.say);
		buf_clear(&out);
	}
	buf_done(&out);
}

/* --- events --- */

static void print_events(struct buf *out, const void *result)
{
	static const char *const kinds[BUSY__MAX] = { "free", "tentative", "busy", "out",
		"elsewhere", "unknown" };
	const struct events_result *r = result;
	const struct event *v;
	char from[32], to[32];

	for (v = r->list; v < r->list + r->count; v++) {
		clock_iso(from, sizeof(from), v->start);
		clock_iso(to, sizeof(to), v->end);
		buf_printf(out, "%.8s %.4s [%.12s] %s/%s %s%s%s%s tag=%s\n", v->id, v->change_key,
			v->uid, from, to, kinds[v->kind], v->all_day ? " day" : "",
			v->recurring ? " series" : "", v->private ? " private" : "", v->tag);
	}
	buf_printf(out, "more=%d\n", r->more);
}

#define FOUND(attributes, items)                                                                   \
	"<m:FindItemResponse><m:ResponseMessages><m:FindItemResponseMessage "                      \
	"ResponseClass=\"Success\"><m:ResponseCode>NoError</"                                      \
	"m:ResponseCode><m:RootFolder " attributes "><t:Items>" items                              \
	"</t:Items></m:RootFolder></m:FindItemResponseMessage>"                                    \
	"</m:ResponseMessages></m:FindItemResponse>"
#define NO_LIST(inside)                                                                            \
	"<m:FindItemResponse><m:ResponseMessages><m:FindItemResponseMessage "                      \
	"ResponseClass=\"Success\"><m:ResponseCode>NoError</m:ResponseCode><m:RootFolder "         \
	"IncludesLastItemInRange=\"true\">" inside                                                 \
	"</m:RootFolder></m:FindItemResponseMessage></m:ResponseMessages></m:FindItemResponse>"
#define LAST "TotalItemsInView=\"2\" IncludesLastItemInRange=\"true\""
#define NOT_LAST "TotalItemsInView=\"2\" IncludesLastItemInRange=\"false\""
#define FAILED(operation, code)                                                                    \
	"<m:" operation "Response><m:ResponseMessages><m:" operation "ResponseMessage "            \
	"ResponseClass=\"Error\"><m:MessageText>localised</m:MessageText><m:ResponseCode>" code    \
	"</m:ResponseCode></m:" operation "ResponseMessage></m:ResponseMessages></m:" operation    \
	"Response>"
#define ITEM(id, more)                                                                             \
	"<t:CalendarItem><t:ItemId Id=\"" id "\" ChangeKey=\"DwAA\"/>" more "</t:CalendarItem>"
#define TIMES "<t:Start>2026-11-23T08:00:00Z</t:Start><t:End>2026-11-23T08:15:00Z</t:End>"
#define TAGGED(value)                                                                              \
	"<t:ExtendedProperty><t:ExtendedFieldURI PropertySetId=\""                                 \
	"C2F6A3DE-7B1E-4C58-9A0D-5E3F8B24D617\" PropertyName=\"" EWS_TAG_NAME                      \
	"\" PropertyType=\"String\"/><t:Value>" value "</t:Value></t:ExtendedProperty>"

static const char *const event_entries[] = { "CalendarItem", NULL };

static void events_are_read(void **state)
{
	struct golden g = { .op = EXCHANGE_LIST_EVENTS,
		.query = &week,
		.print = print_events,
		.entries = event_entries };

	(void)state;
	g.answer = FOUND(LAST,
		ITEM("AAMk=",
			"<t:Subject>Standup</t:Subject><t:UID>040000008200E000</t:UID>" TIMES
			"<t:LegacyFreeBusyStatus>Tentative</t:LegacyFreeBusyStatus>"
			"<t:CalendarItemType>Occurrence</t:CalendarItemType>") ITEM("AAMl=",
			"<t:Sensitivity>Private</t:Sensitivity>" TAGGED(
				"bk-7") "<t:Start>2026-11-23T00:00:00+01:00</t:Start>"
					"<t:End>2026-11-24T00:00:00+01:00</t:End>"
					"<t:IsAllDayEvent>true</t:IsAllDayEvent>"
					"<t:LegacyFreeBusyStatus>OOF</t:LegacyFreeBusyStatus>"
					"<t:CalendarItemType>Single</t:CalendarItemType>"));
	golden_check(&g,
		"AAMk= DwAA [040000008200] 2026-11-23T08:00:00Z/2026-11-23T08:15:00Z tentative"
		" series tag=\n"
		"AAMl= DwAA [] 2026-11-22T23:00:00Z/2026-11-23T23:00:00Z out day private tag=bk-7\n"
		"more=0\n");
	g.answer = FAILED("FindItem", "ErrorItemNotFound");
	golden_check(&g, "outcome not_delegated ErrorItemNotFound\n");
}

static const struct events_query only_one = { NULL, MONDAY, MONDAY + DAY, 1 };

static const struct odd {
	enum exchange_op op;
	const void *query;
	const char *answer;
	const char *want;
} odd_events[] = {
	{ EXCHANGE_LIST_EVENTS, &week, FOUND(LAST, ""), "more=0\n" },
	{ EXCHANGE_LIST_EVENTS, &week, FOUND(NOT_LAST, ""), "more=1\n" },
	/* Whether there is more is not told: a full list may have a rest. */
	{ EXCHANGE_LIST_EVENTS, &only_one, FOUND("", ITEM("A", TIMES)),
		"A DwAA [] 2026-11-23T08:00:00Z/2026-11-23T08:15:00Z unknown tag=\nmore=1\n" },
	{ EXCHANGE_LIST_EVENTS, &week, FOUND("", ITEM("A", TIMES)),
		"A DwAA [] 2026-11-23T08:00:00Z/2026-11-23T08:15:00Z unknown tag=\nmore=0\n" },
	/* More than was asked for is left for another question. */
	{ EXCHANGE_LIST_EVENTS, &only_one, FOUND(LAST, ITEM("A", TIMES) ITEM("B", TIMES)),
		"A DwAA [] 2026-11-23T08:00:00Z/2026-11-23T08:15:00Z unknown tag=\nmore=1\n" },
	/* What is no calendar item takes no time. */
	{ EXCHANGE_LIST_EVENTS, &week, FOUND(LAST, "<t:Message><t:ItemId Id=\"M\"/></t:Message>"),
		"more=0\n" },
	/* An end before its start, as damaged items have it. */
	{ EXCHANGE_LIST_EVENTS, &week,
		FOUND(LAST,
			ITEM("A",
				"<t:Start>2026-11-23T08:00:00Z</t:Start>"
				"<t:End>2026-11-23T07:00:00Z</t:End>")),
		"A DwAA [] 2026-11-23T08:00:00Z/2026-11-23T08:00:00Z unknown tag=\nmore=0\n" },
	/* What cannot be read refuses the answer. */
	{ EXCHANGE_LIST_EVENTS, &week, FOUND(LAST, ITEM("A", TIMES) ITEM("B", "")),
		"outcome bad_answer \n" },
	{ EXCHANGE_LIST_EVENTS, &week, FOUND(LAST, ITEM("", TIMES)), "outcome bad_answer \n" },
	{ EXCHANGE_LIST_EVENTS, &week, FOUND(LAST, "<t:CalendarItem>" TIMES "</t:CalendarItem>"),
		"outcome bad_answer \n" },
	{ EXCHANGE_LIST_EVENTS, &week,
		FOUND(LAST,
			ITEM("A",
				"<t:Start>2026-02-29T08:00:00Z</t:Start>"
				"<t:End>2026-03-01T08:00:00Z</t:End>")),
		"outcome bad_answer \n" },
	{ EXCHANGE_LIST_EVENTS, &week,
		"<m:FindItemResponse><m:ResponseMessages><m:FindItemResponseMessage "
		"ResponseClass=\"Success\"><m:ResponseCode>NoError</m:ResponseCode>"
		"</m:FindItemResponseMessage></m:ResponseMessages></m:FindItemResponse>",
		"outcome bad_answer \n" },
	/* Nor is an answer without a list an empty one. */
	{ EXCHANGE_LIST_EVENTS, &week, NO_LIST(""), "outcome bad_answer \n" },
	{ EXCHANGE_LIST_EVENTS, &week, NO_LIST("<m:Items/>"), "outcome bad_answer \n" },
	{ EXCHANGE_LIST_EVENTS, &week, FAILED("FindItem", "ErrorCalendarViewRangeTooBig"),
		"outcome answer_too_big ErrorCalendarViewRangeTooBig\n" },
	/* Only what shows the very tag is ours. */
	{ EXCHANGE_FIND_TAGGED, &tagged,
		FOUND(LAST, ITEM("A", TIMES TAGGED("bk-42")) ITEM("B", TIMES TAGGED("BK-42"))),
		"A DwAA [] 2026-11-23T08:00:00Z/2026-11-23T08:15:00Z unknown tag=bk-42\n"
		"more=0\n" },
	{ EXCHANGE_FIND_TAGGED, &tagged, FOUND(LAST, ITEM("A", TIMES) ITEM("B", TIMES)),
		"more=0\n" },
	{ EXCHANGE_FIND_TAGGED, &tagged, FOUND(LAST, ""), "more=0\n" },
	{ EXCHANGE_FIND_TAGGED, &tagged, NO_LIST(""), "outcome bad_answer \n" },
	/* A server that overlooks the question may have ours behind those of others. */
	{ EXCHANGE_FIND_TAGGED, &tagged, FOUND(NOT_LAST, ITEM("A", TIMES) ITEM("B", TIMES)),
		"outcome bad_answer \n" },
	{ EXCHANGE_FIND_TAGGED, &tagged, FOUND(NOT_LAST, ""), "outcome bad_answer \n" },
	{ EXCHANGE_FIND_TAGGED, &tagged, FOUND("", ITEM("A", TIMES) ITEM("B", TIMES)),
		"outcome bad_answer \n" },
	{ EXCHANGE_FIND_TAGGED, &tagged, FOUND("", ITEM("A", TIMES)), "more=0\n" },
	{ EXCHANGE_FIND_TAGGED, &tagged,
		FOUND(NOT_LAST, ITEM("A", TIMES TAGGED("bk-42")) ITEM("B", TIMES TAGGED("bk-42"))),
		"A DwAA [] 2026-11-23T08:00:00Z/2026-11-23T08:15:00Z unknown tag=bk-42\n"
		"B DwAA [] 2026-11-23T08:00:00Z/2026-11-23T08:15:00Z unknown tag=bk-42\n"
		"more=1\n" },
	{ EXCHANGE_FIND_TAGGED, &tagged, FAILED("FindItem", "ErrorAccessDenied"),
		"outcome not_delegated ErrorAccessDenied\n" },
};

static void events_odd_answers(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(odd_events); i++) {
		struct golden g = { .op = odd_events[i].op,
			.query = odd_events[i].query,
			.answer = odd_events[i].answer,
			.print = print_events };

		golden_equal(&g, odd_events[i].want);
	}
}

static void tagged_are_read(void **state)
{
	struct golden g = { .op = EXCHANGE_FIND_TAGGED,
		.query = &tagged,
		.answer = FOUND(LAST, ITEM("A", TIMES TAGGED("bk-42"))),
		.print = print_events,
		.entries = event_entries };

	(void)state;
	golden_check(&g,
		"A DwAA [] 2026-11-23T08:00:00Z/2026-11-23T08:15:00Z unknown tag=bk-42\n"
		"more=0\n");
}

/* --- changes --- */

static void print_changes(struct buf *out, const void *result)
{
	static const char *const kinds[] = { "created", "updated", "removed" };
	const struct sync_result *r = result;
	size_t i;

	for (i = 0; i < r->count; i++)
		buf_printf(out, "%s %s %s%s\n", kinds[r->list[i].kind], r->list[i].item.id,
			r->list[i].item.change_key, r->list[i].ours ? " ours" : "");
	buf_printf(out, "state=%s more=%d\n", r->state, r->more);
}

#define SYNCED(inside)                                                                             \
	"<m:SyncFolderItemsResponse><m:ResponseMessages><m:SyncFolderItemsResponseMessage "        \
	"ResponseClass=\"Success\"><m:ResponseCode>NoError</m:ResponseCode>" inside                \
	"</m:SyncFolderItemsResponseMessage></m:ResponseMessages></m:SyncFolderItemsResponse>"
#define STATE "<m:SyncState>H4sIAB==</m:SyncState>"
#define RANGE(last) "<m:IncludesLastItemInRange>" last "</m:IncludesLastItemInRange>"
#define CHANGES(inside) "<m:Changes>" inside "</m:Changes>"

static void changes_are_read(void **state)
{
	static const char *const entries[] = { "Create", "Update", "Delete", "ReadFlagChange",
		NULL };
	static const char *const ordered[] = { "Changes", NULL };
	struct golden g = { .op = EXCHANGE_SYNC_CALENDAR,
		.query = &since,
		.print = print_changes,
		.entries = entries,
		.ordered = ordered };

	(void)state;
	g.answer = SYNCED(STATE RANGE("false") CHANGES("<t:Create>" ITEM("A=",
		"") "</t:Create>"
		    "<t:Update>" ITEM("B=",
			    TAGGED("bk-42")) "</t:Update>"
					     "<t:Delete><t:ItemId Id=\"C=\" "
					     "ChangeKey=\"F\"/></t:Delete>"
					     "<t:ReadFlagChange><t:ItemId "
					     "Id=\"D=\"/><t:IsRead>true</t:IsRead>"
					     "</t:ReadFlagChange><t:Create><t:Message><t:ItemId "
					     "Id=\"E=\"/></t:Message>"
					     "</t:Create>"));
	golden_check(&g,
		"created A= DwAA\nupdated B= DwAA ours\nremoved C= F\nupdated D= \ncreated E= \n"
		"state=H4sIAB== more=1\n");
	g.answer = FAILED("SyncFolderItems", "ErrorSyncFolderNotFound");
	golden_check(&g, "outcome not_delegated ErrorSyncFolderNotFound\n");
}

static void changes_odd_answers(void **state)
{
	static const struct {
		const char *answer;
		const char *want;
	} rows[] = {
		{ SYNCED(STATE RANGE("true") "<m:Changes/>"), "state=H4sIAB== more=0\n" },
		{ SYNCED(STATE), "state=H4sIAB== more=0\n" },
		/* A change of tomorrow says nothing; one without an id would be lost. */
		{ SYNCED(STATE RANGE("1") CHANGES("<t:Rename><t:ItemId Id=\"A\"/></t:Rename>")),
			"state=H4sIAB== more=0\n" },
		{ SYNCED(STATE RANGE("1") CHANGES("<t:Update><t:CalendarItem/></t:Update>")),
			"outcome bad_answer \n" },
		{ SYNCED(STATE RANGE("1") CHANGES("<t:Delete/>")), "outcome bad_answer \n" },
		{ SYNCED(RANGE("true") "<m:Changes/>"), "outcome bad_answer \n" },
	};
	struct golden g = { .op = EXCHANGE_SYNC_CALENDAR, .query = &fresh, .print = print_changes };
	struct buf document, got;
	struct outcome o;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		g.answer = rows[i].answer;
		golden_equal(&g, rows[i].want);
	}
	/* A state that is no longer good: begin anew. */
	buf_init(&document, GOLDEN_MAX);
	buf_init(&got, GOLDEN_MAX);
	golden_wrap(&document, FAILED("SyncFolderItems", "ErrorInvalidSyncStateData"));
	golden_read(&g, document.p, document.len, &got, &o);
	assert_int_not_equal(o.reason, REASON_OK);
	assert_int_equal(o.next, NEXT_AGAIN_FRESH);
	buf_done(&document);
	buf_done(&got);
}

/* --- recorded --- */

static void calendars_recorded(void **state)
{
	static const struct trace_row rows[] = {
		{ "FindAppointmentRequestResponseWith0results", EXCHANGE_LIST_EVENTS, &week,
			print_events, "more=0\n" },
		/* Tasks take no time. */
		{ "GetTaskItemWithCustomRecurranceRequestResponse", EXCHANGE_LIST_EVENTS, &week,
			print_events, "more=0\n" },
		{ "FindAppointmentRequestResponseWith3results", EXCHANGE_LIST_EVENTS, &week,
			print_events,
			"AAMkADQw DwAA [040000008200] 2016-03-31T02:30:00Z/2016-03-31T03:00:00Z"
			" busy tag=\n"
			"AAMkADQw DwAA [040000008200] 2016-03-31T05:00:00Z/2016-03-31T08:00:00Z"
			" busy tag=\n"
			"AAMkADQw DwAA [040000008200] 2016-03-31T18:30:00Z/2016-04-01T18:30:00Z"
			" free day tag=\n"
			"more=0\n" },
	};

	(void)state;
	trace_check(rows, COUNT(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calendars_are_asked),
		cmocka_unit_test(calendars_that_cannot_be_asked),
		cmocka_unit_test(events_are_read),
		cmocka_unit_test(events_odd_answers),
		cmocka_unit_test(tagged_are_read),
		cmocka_unit_test(changes_are_read),
		cmocka_unit_test(changes_odd_answers),
		cmocka_unit_test(calendars_recorded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
