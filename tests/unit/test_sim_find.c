/* The simulator's FindItem and SyncFolderItems. */
#include "tests/unit/unit.h"
#include "tests/unit/sim_item_unit.h"

#define EVENTS                                                                                     \
	ORGANISATION                                                                               \
	"event \"Alpha\" 2026-11-23T09:00 1h at \"Room 1\"\n"                                      \
	"event \"beta\" 2026-11-24T09:00 1h free\n"                                                \
	"event \"Gamma\" 2026-11-25T09:00 1h private\n"                                            \
	"event \"Weekly\" 2026-11-23T14:00 1h repeat weekly times 10\n"

static int count(const char *s, const char *what)
{
	int n = 0;

	for (const char *at = strstr(s, what); at != NULL; at = strstr(at + 1, what))
		n++;
	return n;
}

#define SHAPE                                                                                      \
	"<m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>"                   \
	"<t:FieldURI FieldURI=\"item:Subject\"/><t:FieldURI FieldURI=\"calendar:Start\"/>"         \
	"<t:FieldURI FieldURI=\"calendar:CalendarItemType\"/></t:AdditionalProperties>"            \
	"</m:ItemShape>"
#define FIND(view, rest, folders)                                                                  \
	"<m:FindItem Traversal=\"Shallow\">" SHAPE view rest "<m:ParentFolderIds>" folders         \
	"</m:ParentFolderIds></m:FindItem>"
#define VIEW(more, from, to) "<m:CalendarView " more "StartDate=\"" from "\" EndDate=\"" to "\"/>"
#define OWN "<t:DistinguishedFolderId Id=\"calendar\"/>"

static void calendar_views(void **state)
{
	static const struct {
		const char *view;
		int items;
		const char *has;
	} rows[] = {
		{ VIEW("", "2026-11-23T00:00:00Z", "2026-11-30T00:00:00Z"), 4,
			"TotalItemsInView=\"4\" IncludesLastItemInRange=\"true\"" },
		{ VIEW("", "2026-11-30T00:00:00Z", "2026-12-15T00:00:00Z"), 3,
			"<t:CalendarItemType>Occurrence</t:CalendarItemType>" },
		{ VIEW("MaxEntriesReturned=\"2\" ", "2026-11-23T00:00:00Z", "2026-11-30T00:00:00Z"),
			2, "IncludesLastItemInRange=\"false\"" },
		{ VIEW("", "2020-11-23T00:00:00Z", "2020-11-30T00:00:00Z"), 0,
			"TotalItemsInView=\"0\" IncludesLastItemInRange=\"true\"" },
		{ VIEW("", "2020-11-23T00:00:00Z", "2026-11-30T00:00:00Z"), 0,
			"ErrorCalendarViewRangeTooBig" },
		{ VIEW("", "2026-11-30T00:00:00Z", "2026-11-23T00:00:00Z"), 0,
			"ErrorCalendarEndDateIsEarlierThanStartDate" },
		{ VIEW("MaxEntriesReturned=\"0\" ", "2026-11-23T00:00:00Z", "2026-11-30T00:00:00Z"),
			0, "ErrorInvalidPagingMaxRows" },
	};
	struct unit u;

	(void)state;
	unit_open(&u, EVENTS);
	for (size_t n = 0; n < COUNT(rows); n++) {
		ask(&u, SVC, NULL, FIND("%s", "", CALENDAR_OF(ANNA)), rows[n].view);
		if (strstr(u.body, rows[n].has) == NULL)
			fail_msg("row %zu: %s", n, u.body);
		assert_int_equal(count(u.body, "<t:CalendarItem>"), rows[n].items);
		assert_lacks(&u, "Gamma");
	}
	ask(&u, ANNA, NULL,
		FIND("%s", "",
			"<t:DistinguishedFolderId Id=\"inbox\"/>" OWN CALENDAR_OF(
				"nobody@example.test")),
		rows[0].view);
	assert_code(&u, "ErrorCalendarFolderIsInvalidForCalendarView");
	assert_code(&u, "NoError");
	assert_code(&u, "ErrorNonExistentMailbox");
	assert_has(&u, "<t:Value Name=\"SmtpAddress\">nobody@example.test</t:Value>");
	assert_has(&u, "Gamma");
	unit_close(&u);
}

static void a_view_stands_alone(void **state)
{
	struct unit u;

	(void)state;
	unit_open(&u, EVENTS);
	ask(&u, ANNA, NULL, "%s",
		FIND(VIEW("", "2026-11-23T00:00:00Z", "2026-11-30T00:00:00Z"),
			"<m:Restriction><t:Exists><t:FieldURI FieldURI=\"item:Subject\"/>"
			"</t:Exists></m:Restriction>",
			OWN));
	assert_code(&u, "ErrorInvalidRequest");
	unit_close(&u);
}

#define FIELD(uri) "<t:FieldURI FieldURI=\"" uri "\"/>"
#define CONSTANT(value)                                                                            \
	"<t:FieldURIOrConstant><t:Constant Value=\"" value "\"/></t:FieldURIOrConstant>"
#define TEST(name, uri, value) "<t:" name ">" FIELD(uri) CONSTANT(value) "</t:" name ">"

static void restrictions(void **state)
{
	static const struct {
		const char *test, *found; /* initials of the subjects, in order */
	} rows[] = {
		{ TEST("IsEqualTo", "item:Subject", "BETA"), "b" },
		{ TEST("IsNotEqualTo", "item:Subject", "Alpha"), "bGW" },
		{ TEST("IsGreaterThan", "calendar:Start", "2026-11-24T00:00:00Z"), "bG" },
		{ TEST("IsGreaterThanOrEqualTo", "calendar:Start", "2026-11-25T08:00:00Z"), "G" },
		{ TEST("IsLessThan", "calendar:Start", "2026-11-23T10:00:00Z"), "A" },
		{ TEST("IsLessThanOrEqualTo", "item:Subject", "beta"), "Ab" },
		{ TEST("IsEqualTo", "calendar:IsRecurring", "true"), "W" },
		{ TEST("IsEqualTo", "item:Sensitivity", "Private"), "G" },
		{ "<t:And>" TEST("IsNotEqualTo", "item:Subject", "Alpha")
				TEST("IsEqualTo", "calendar:IsRecurring", "false") "</t:And>",
			"bG" },
		{ "<t:Or>" TEST("IsEqualTo", "item:Subject", "Alpha")
				TEST("IsEqualTo", "item:Subject", "Weekly") "</t:Or>",
			"AW" },
		{ "<t:Not>" TEST("IsEqualTo", "item:Subject", "Alpha") "</t:Not>", "bGW" },
		{ "<t:Exists>" FIELD("item:Categories") "</t:Exists>", "" },
		{ "<t:Contains ContainmentMode=\"Substring\" "
		  "ContainmentComparison=\"IgnoreCase\">" FIELD(
			  "item:Subject") "<t:Constant Value=\"A\"/></t:Contains>",
			"AbG" },
		{ "<t:Contains ContainmentMode=\"Prefixed\" ContainmentComparison=\"Exact\">" FIELD(
			  "item:Subject") "<t:Constant Value=\"al\"/></t:Contains>",
			"" },
		{ "<t:Contains ContainmentMode=\"FullString\" "
		  "ContainmentComparison=\"IgnoreCase\">" FIELD(
			  "item:Subject") "<t:Constant Value=\"GAMMA\"/></t:Contains>",
			"G" },
	};
	struct unit u;

	(void)state;
	unit_open(&u, EVENTS);
	for (size_t n = 0; n < COUNT(rows); n++) {
		char found[8] = "";
		ask(&u, ANNA, NULL, FIND("", "<m:Restriction>%s</m:Restriction>", OWN),
			rows[n].test);
		for (int k = 0; k < 7; k++) {
			char *subject = between(u.body, "<t:Subject>", "<", k);
			if (subject != NULL)
				found[k] = subject[0];
			free(subject);
		}
		if (strcmp(found, rows[n].found) != 0)
			fail_msg("row %zu: %s, not %s: %s", n, found, rows[n].found, u.body);
	}
	unit_close(&u);
}

static void found_by_its_tag(void **state)
{
	struct unit u;

	(void)state;
	unit_open(&u, EVENTS);
	char *id = make_event(&u, SVC, CALENDAR_OF(ANNA), "SendToNone",
		"<t:Subject>Ours</t:Subject><t:ExtendedProperty>" TAG_PATH
		"<t:Value>42</t:Value></t:ExtendedProperty>"
		"<t:Start>2026-11-23T09:00:00Z</t:Start><t:End>2026-11-23T10:00:00Z</t:End>");
	static const char *const values[] = { "42", "43" };
	for (int n = 0; n < 2; n++) {
		ask(&u, SVC, NULL,
			FIND("<m:IndexedPageItemView MaxEntriesReturned=\"2\" Offset=\"0\" "
			     "BasePoint=\"Beginning\"/>",
				"<m:Restriction><t:IsEqualTo>" TAG_PATH
				"<t:FieldURIOrConstant><t:Constant Value=\"%s\"/>"
				"</t:FieldURIOrConstant></t:IsEqualTo></m:Restriction>",
				CALENDAR_OF(ANNA)),
			values[n]);
		assert_int_equal(count(u.body, "<t:Subject>Ours</t:Subject>"), n == 0);
		assert_int_equal(count(u.body, "<t:CalendarItem>"), n == 0);
	}
	free(id);
	unit_close(&u);
}

static void restriction_limits(void **state)
{
	struct unit u;
	struct text deep = { 0 };

	(void)state;
	unit_open(&u, EVENTS);
	for (int n = 0; n < 40; n++)
		text_puts(&deep, "<t:Not>");
	text_puts(&deep, TEST("IsEqualTo", "item:Subject", "x"));
	for (int n = 0; n < 40; n++)
		text_puts(&deep, "</t:Not>");
	ask(&u, ANNA, NULL, FIND("", "<m:Restriction>%s</m:Restriction>", OWN), deep.at);
	assert_code(&u, "ErrorRestrictionTooComplex");
	text_free(&deep);
	ask(&u, ANNA, NULL, "%s",
		FIND("",
			"<m:Restriction>" TEST(
				"IsEqualTo", "calendar:RequiredAttendees", "x") "</m:Restriction>",
			OWN));
	assert_code(&u, "ErrorUnsupportedPathForQuery");
	unit_close(&u);
}

static void pages_and_orders(void **state)
{
	static const struct {
		const char *offset, *base, *first, *attributes;
	} rows[] = {
		{ "0", "Beginning", "Weekly",
			"IndexedPagingOffset=\"2\" TotalItemsInView=\"4\" "
			"IncludesLastItemInRange=\"false\"" },
		{ "2", "Beginning", "beta",
			"IndexedPagingOffset=\"4\" TotalItemsInView=\"4\" "
			"IncludesLastItemInRange=\"true\"" },
		{ "9", "Beginning", NULL, "IncludesLastItemInRange=\"true\"" },
		{ "0", "End", "beta",
			"IndexedPagingOffset=\"2\" TotalItemsInView=\"4\" "
			"IncludesLastItemInRange=\"false\"" },
		{ "-1", "Beginning", NULL, "ErrorInvalidIndexedPagingParameters" },
	};
	struct unit u;

	(void)state;
	unit_open(&u, EVENTS);
	for (size_t n = 0; n < COUNT(rows); n++) {
		ask(&u, ANNA, NULL,
			FIND("<m:IndexedPageItemView MaxEntriesReturned=\"2\" Offset=\"%s\" "
			     "BasePoint=\"%s\"/>",
				"<m:SortOrder><t:FieldOrder Order=\"Descending\">" FIELD(
					"item:Subject") "</t:FieldOrder></m:SortOrder>",
				OWN),
			rows[n].offset, rows[n].base);
		if (strstr(u.body, rows[n].attributes) == NULL)
			fail_msg("row %zu: %s", n, u.body);
		char *first = between(u.body, "<t:Subject>", "<", 0);
		assert_true(same(first, rows[n].first));
		free(first);
	}
	ask(&u, ANNA, NULL, "%s", FIND("", "", OWN OWN));
	assert_int_equal(count(u.body, "<m:FindItemResponseMessage "), 2);
	assert_int_equal(count(u.body, "RecurringMaster"), 2);
	assert_lacks(&u, "IndexedPagingOffset");
	ask(&u, ANNA, NULL, "%s",
		FIND("<m:FractionalPageItemView MaxEntriesReturned=\"9\" Numerator=\"1\" "
		     "Denominator=\"2\"/>",
			"", OWN));
	assert_int_equal(count(u.body, "<t:CalendarItem>"), 2);
	assert_has(&u, "NumeratorOffset=\"4\" AbsoluteDenominator=\"4\"");
	unit_close(&u);
}

static void page_limit(void **state)
{
	struct unit u;

	(void)state;
	unit_open(&u, EVENTS);
	unit_say(&u, "premise hq\nthrottle find-page 3\n");
	ask(&u, ANNA, NULL, "%s",
		FIND("<m:IndexedPageItemView MaxEntriesReturned=\"900\" Offset=\"0\" "
		     "BasePoint=\"Beginning\"/>",
			"", OWN));
	assert_int_equal(count(u.body, "<t:CalendarItem>"), 3);
	assert_has(&u, "IncludesLastItemInRange=\"false\"");
	unit_close(&u);
}

#define TAGGED                                                                                     \
	"<m:Restriction><t:IsEqualTo>" TAG_PATH "<t:FieldURIOrConstant><t:Constant Value=\"7\"/>"  \
	"</t:FieldURIOrConstant></t:IsEqualTo></m:Restriction>"

/* A booking that was made private is found by its tag all the same; what it says is not shown. */
static void private_ones_are_found(void **state)
{
	struct unit u;

	(void)state;
	unit_open(&u, EVENTS);
	free(make_event(&u, SVC, CALENDAR_OF(ANNA), "SendToNone",
		"<t:Subject>Hush</t:Subject><t:Sensitivity>Private</t:Sensitivity>"
		"<t:ExtendedProperty>" TAG_PATH "<t:Value>7</t:Value></t:ExtendedProperty>"));
	ask(&u, SVC, NULL, "%s", FIND("", TAGGED, CALENDAR_OF(ANNA)));
	assert_int_equal(count(u.body, "<t:CalendarItem>"), 1);
	assert_lacks(&u, "Hush");
	unit_close(&u);
}

/* Since 2013 a search is answered by smaller pages. */
static void searches_have_smaller_pages(void **state)
{
	static const struct {
		const char *product;
		int items;
	} rows[] = { { "2019", 250 }, { "2010sp3", 260 } };
	struct unit u;

	(void)state;
	unit_open(&u, EVENTS);
	for (int n = 0; n < 260; n++)
		unit_say(&u, "mailbox anna@example.test\nevent \"Many\" 2027-01-04T09:00 1h\n");
	for (size_t n = 0; n < COUNT(rows); n++) {
		char *line = format("premise hq\nproduct %s\n", rows[n].product);

		unit_say(&u, line);
		free(line);
		unit_call(&u, ANNA, "Exchange2010", NULL,
			FIND("",
				"<m:Restriction><t:IsEqualTo>" FIELD(
					"item:Subject") "<t:FieldURIOrConstant><t:Constant "
							"Value=\"Many\"/></t:FieldURIOrConstant>"
							"</t:IsEqualTo></m:Restriction>",
				OWN));
		assert_int_equal(count(u.body, "<t:CalendarItem>"), rows[n].items);
		assert_has(&u, "TotalItemsInView=\"260\"");
	}
	unit_call(&u, ANNA, "Exchange2010", NULL, FIND("", "", OWN));
	assert_int_equal(count(u.body, "<t:CalendarItem>"), 264);
	unit_close(&u);
}

#define SYNC(state, ignore)                                                                        \
	"<m:SyncFolderItems>" SHAPE "<m:SyncFolderId>" CALENDAR_OF(                                \
		ANNA) "</m:SyncFolderId>" state ignore                                             \
		      "<m:MaxChangesReturned>%d</m:MaxChangesReturned></m:SyncFolderItems>"

static void sync_rounds(void **state)
{
	struct unit u;

	(void)state;
	unit_open(&u, EVENTS);
	ask(&u, SVC, NULL, SYNC("", ""), 3);
	assert_int_equal(count(u.body, "<t:Create>"), 3);
	assert_has(&u, "<m:IncludesLastItemInRange>false</m:IncludesLastItemInRange>");
	char *at = between(u.body, "<m:SyncState>", "<", 0);
	char *first = id_of(u.body, 0), *second = id_of(u.body, 1);
	ask(&u, SVC, NULL, SYNC("<m:SyncState>%s</m:SyncState>", ""), at, 512);
	assert_int_equal(count(u.body, "<t:Create>"), 1);
	assert_has(&u, "<m:IncludesLastItemInRange>true</m:IncludesLastItemInRange>");
	free(at);
	at = between(u.body, "<m:SyncState>", "<", 0);
	ask(&u, SVC, NULL,
		"<m:DeleteItem DeleteType=\"HardDelete\" SendMeetingCancellations=\"SendToNone\">"
		"<m:ItemIds><t:ItemId %s/></m:ItemIds></m:DeleteItem>",
		first);
	ask(&u, SVC, NULL,
		"<m:UpdateItem ConflictResolution=\"AlwaysOverwrite\" "
		"SendMeetingInvitationsOrCancellations=\"SendToNone\"><m:ItemChanges><t:ItemChange>"
		"<t:ItemId %s/><t:Updates><t:SetItemField><t:FieldURI FieldURI=\"item:Subject\"/>"
		"<t:CalendarItem><t:Subject>changed</t:Subject></t:CalendarItem></t:SetItemField>"
		"</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>",
		second);
	free(make_event(&u, ANNA, NULL, "SendToNone", "<t:Subject>new</t:Subject>"));
	ask(&u, SVC, NULL, SYNC("<m:SyncState>%s</m:SyncState>", ""), at, 512);
	assert_int_equal(count(u.body, "<t:Create>"), 1);
	assert_int_equal(count(u.body, "<t:Update>"), 1);
	assert_int_equal(count(u.body, "<t:Delete><t:ItemId "), 1);
	assert_has(&u, "changed");
	ask(&u, SVC, NULL,
		SYNC("<m:SyncState>%s</m:SyncState>", "<m:Ignore><t:ItemId %s/></m:Ignore>"), at,
		second, 512);
	assert_int_equal(count(u.body, "<t:Update>"), 0);
	free(at);
	free(first);
	free(second);
	unit_close(&u);
}

static void bent_states(void **state)
{
	static const char *const rows[] = { "H4sIAA==", "!!!", "SSBhbSBub3QgYSBzdGF0ZQ==" };
	struct unit u;

	(void)state;
	unit_open(&u, EVENTS);
	for (size_t n = 0; n < COUNT(rows); n++) {
		ask(&u, SVC, NULL, SYNC("<m:SyncState>%s</m:SyncState>", ""), rows[n], 10);
		assert_code(&u, "ErrorInvalidSyncStateData");
	}
	/* Another folder's state is bent as well. */
	ask(&u, SVC, NULL, SYNC("", ""), 10);
	char *at = between(u.body, "<m:SyncState>", "<", 0);
	ask(&u, ANNA, NULL,
		"<m:SyncFolderItems>" SHAPE "<m:SyncFolderId><t:DistinguishedFolderId "
		"Id=\"inbox\"/></m:SyncFolderId><m:SyncState>%s</m:SyncState>"
		"<m:MaxChangesReturned>5</m:MaxChangesReturned></m:SyncFolderItems>",
		at);
	assert_code(&u, "ErrorInvalidSyncStateData");
	free(at);
	unit_close(&u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calendar_views),
		cmocka_unit_test(a_view_stands_alone),
		cmocka_unit_test(restrictions),
		cmocka_unit_test(found_by_its_tag),
		cmocka_unit_test(restriction_limits),
		cmocka_unit_test(pages_and_orders),
		cmocka_unit_test(page_limit),
		cmocka_unit_test(private_ones_are_found),
		cmocka_unit_test(searches_have_smaller_pages),
		cmocka_unit_test(sync_rounds),
		cmocka_unit_test(bent_states),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
