/* What the schema check of requests lets through, and what it says of the rest. */
#include "tests/unit/unit.h"
#include <libxml/parser.h>
#include "tests/unit/sim_unit.h"

#define SHAPE "<m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>"
#define IDS "<m:FolderIds><t:DistinguishedFolderId Id=\"calendar\"/></m:FolderIds>"
#define ITEM_SHAPE "<m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>"
#define PARENTS "<m:ParentFolderIds><t:FolderId Id=\"x\"/></m:ParentFolderIds>"
#define TAG                                                                                        \
	"<t:ExtendedFieldURI PropertySetId=\"8b1d6e0c-5c1f-4f0e-9a37-3c2f7d3b1a55\" "              \
	"PropertyName=\"Tag\" PropertyType=\"String\"/>"
#define CREATE(item)                                                                               \
	"<m:CreateItem SendMeetingInvitations=\"SendToNone\"><m:Items><t:CalendarItem>" item       \
	"</t:CalendarItem></m:Items></m:CreateItem>"
#define UPDATE(updates)                                                                            \
	"<m:UpdateItem ConflictResolution=\"AutoResolve\"><m:ItemChanges><t:ItemChange>"           \
	"<t:ItemId Id=\"x\"/><t:Updates>" updates "</t:Updates></t:ItemChange></m:ItemChanges>"    \
	"</m:UpdateItem>"

/* The complaint, malloc'ed; NULL = fine. */
static char *complaint_of(const char *op, enum level product, int *line)
{
	struct grammar_error e = { 0 };
	char *xml = format("<x xmlns:m=\"%s\" xmlns:t=\"%s\">%s</x>", NS_M, NS_T, op);
	xmlDoc *doc = xmlReadMemory(xml, (int)strlen(xml), NULL, NULL, XML_PARSE_NONET);
	bool good;

	assert_non_null(doc);
	good = grammar_check(node_first(xmlDocGetRootElement(doc)), product, &e);
	assert_int_equal(good, e.say == NULL);
	if (line != NULL)
		*line = e.line;
	xmlFreeDoc(doc);
	free(xml);
	return e.say;
}

#define SYNC(most)                                                                                 \
	"<m:SyncFolderItems>" ITEM_SHAPE                                                           \
	"<m:SyncFolderId><t:DistinguishedFolderId Id=\"calendar\"/></m:SyncFolderId>"              \
	"<m:MaxChangesReturned>" most "</m:MaxChangesReturned></m:SyncFolderItems>"

static void good_requests(void **state)
{
	static const char *const ops[] = {
		SYNC("1"),
		SYNC("512"),
		"<m:GetFolder>" SHAPE IDS "</m:GetFolder>",
		"<m:GetFolder xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
		"xsi:schemaLocation=\"a b\">\n <!-- x -->" SHAPE " " IDS "\t</m:GetFolder>",
		"<m:GetFolder><m:FolderShape><t:BaseShape> Default\n</t:BaseShape>"
		"<t:AdditionalProperties><t:FieldURI FieldURI=\"folder:PermissionSet\"/>" TAG
		"<t:FieldURI FieldURI=\"contacts:Whatever\"/><t:IndexedFieldURI "
		"FieldURI=\"item:InternetMessageHeader\" FieldIndex=\"From\"/>"
		"</t:AdditionalProperties></m:FolderShape>" IDS "</m:GetFolder>",
		"<m:FindFolder Traversal=\"Deep\">" SHAPE
		"<m:IndexedPageFolderView MaxEntriesReturned=\"5\" Offset=\"0\" "
		"BasePoint=\"Beginning\"/><m:Restriction><t:And><t:Not><t:Exists>" TAG
		"</t:Exists></t:Not><t:IsEqualTo><t:FieldURI FieldURI=\"folder:FolderClass\"/>"
		"<t:FieldURIOrConstant><t:Constant Value=\"x\"/></t:FieldURIOrConstant>"
		"</t:IsEqualTo></t:And></m:Restriction>" PARENTS "</m:FindFolder>",
		"<m:FindFolder Traversal=\"Shallow\">" SHAPE PARENTS "</m:FindFolder>",
		"<m:FindItem Traversal=\"Shallow\">" ITEM_SHAPE
		"<m:CalendarView StartDate=\"2026-11-23T00:00:00Z\" "
		"EndDate=\"2026-11-30T00:00:00+01:00\"/>" PARENTS "</m:FindItem>",
		"<m:GetRoomLists/>",
		"<m:GetRooms><m:RoomList><t:EmailAddress>a@b</t:EmailAddress></m:RoomList>"
		"</m:GetRooms>",
		"<m:GetDelegate IncludePermissions=\"1\"><m:Mailbox><t:EmailAddress>a@b"
		"</t:EmailAddress></m:Mailbox></m:GetDelegate>",
		CREATE("<t:Subject>x</t:Subject><t:Body BodyType=\"HTML\"><![CDATA[<b>x</b>]]>"
		       "</t:Body><t:ExtendedProperty>" TAG "<t:Value>1</t:Value>"
		       "</t:ExtendedProperty><t:ExtendedProperty>" TAG "<t:Values><t:Value>1"
		       "</t:Value><t:Value>2</t:Value></t:Values></t:ExtendedProperty>"
		       "<t:Start>2026-11-23T09:00:00</t:Start><t:Recurrence><t:WeeklyRecurrence>"
		       "<t:Interval>1</t:Interval><t:DaysOfWeek>Monday Friday</t:DaysOfWeek>"
		       "</t:WeeklyRecurrence><t:NoEndRecurrence><t:StartDate>2026-11-23"
		       "</t:StartDate></t:NoEndRecurrence></t:Recurrence>"
		       "<t:StartTimeZone Id=\"UTC\"/>"),
		UPDATE("<t:DeleteItemField>" TAG "</t:DeleteItemField><t:SetItemField>"
		       "<t:FieldURI FieldURI=\"item:Subject\"/><t:CalendarItem><t:Subject>x"
		       "</t:Subject></t:CalendarItem></t:SetItemField>"),
	};

	(void)state;
	for (size_t i = 0; i < COUNT(ops); i++) {
		char *say = complaint_of(ops[i], LEVEL_2016, NULL);

		if (say != NULL)
			fail_msg("row %zu: %s", i, say);
	}
}

#define ASKS(uri)                                                                                  \
	"<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>"    \
	"<t:FieldURI FieldURI=\"" uri "\"/></t:AdditionalProperties></m:FolderShape>" IDS          \
	"</m:GetFolder>"

static void bad_requests(void **state)
{
	static const struct {
		const char *op, *say;
	} rows[] = {
		{ "<m:GetFolder>" IDS SHAPE "</m:GetFolder>",
			"The element 'GetFolder' in namespace '" NS_M
			"' has invalid child element 'FolderIds' in namespace '" NS_M
			"'. List of possible elements expected: 'FolderShape' in namespace '" NS_M
			"'." },
		{ "<m:GetFolder>" SHAPE "</m:GetFolder>",
			"The element 'GetFolder' in namespace '" NS_M
			"' has incomplete content. List of possible elements expected: "
			"'FolderIds' in namespace '" NS_M "'." },
		{ "<m:GetFolder>" SHAPE IDS IDS "</m:GetFolder>",
			"The element 'GetFolder' in namespace '" NS_M
			"' has invalid child element 'FolderIds' in namespace '" NS_M "'." },
		{ "<m:GetFolder>" SHAPE "<t:FolderIds/></m:GetFolder>", "in namespace '" NS_T "'" },
		{ "<m:GetFolder>" SHAPE "<m:FolderIds/></m:GetFolder>",
			"'FolderId, DistinguishedFolderId' in namespace '" NS_T "'." },
		{ "<m:GetFolder>hello" SHAPE IDS "</m:GetFolder>", "cannot contain text" },
		{ "<m:GetFolder a=\"b\">" SHAPE IDS "</m:GetFolder>",
			"The 'a' attribute is not declared." },
		{ "<m:FindFolder>" SHAPE PARENTS "</m:FindFolder>",
			"The required attribute 'Traversal' is missing." },
		{ "<m:FindFolder Traversal=\"deep\">" SHAPE PARENTS "</m:FindFolder>",
			"The 'Traversal' attribute is invalid - The value 'deep' is invalid "
			"according to its datatype '" NS_T ":FolderQueryTraversalType' - The "
			"Enumeration constraint failed." },
		{ "<m:GetFolder><m:FolderShape><t:BaseShape>Idonly</t:BaseShape></"
		  "m:FolderShape>" IDS "</m:GetFolder>",
			"The '" NS_T ":BaseShape' element is invalid" },
		{ "<m:GetFolder><m:FolderShape><t:BaseShape><t:x/></t:BaseShape></"
		  "m:FolderShape>" IDS "</m:GetFolder>",
			"content model is text only" },
		{ "<m:GetDelegate IncludePermissions=\"yes\"><m:Mailbox/></m:GetDelegate>",
			"Boolean" },
		{ "<m:FindItem Traversal=\"Shallow\">" ITEM_SHAPE
		  "<m:CalendarView StartDate=\"yesterday\" "
		  "EndDate=\"2026-11-30T00:00:00\"/>" PARENTS "</m:FindItem>",
			"XsdDateTime" },
		{ "<m:FindFolder Traversal=\"Deep\">" SHAPE "<m:IndexedPageFolderView "
		  "Offset=\"99999999999\" BasePoint=\"End\"/>" PARENTS "</m:FindFolder>",
			"Int32" },
		{ CREATE("<t:Start>2026-11-23T09:00:00</t:Start><t:Subject>x</t:Subject>"),
			"invalid child element 'Subject'" },
		{ CREATE("<t:Subject>a</t:Subject><t:Subject>b</t:Subject>"),
			"invalid child element 'Subject'" },
		{ CREATE("<t:Body>x</t:Body>"), "The required attribute 'BodyType' is missing." },
		{ CREATE("<t:ExtendedProperty>" TAG "</t:ExtendedProperty>"),
			"'Value, Values' in namespace" },
		{ CREATE("<t:Recurrence><t:WeeklyRecurrence><t:Interval>1</t:Interval>"
			 "<t:DaysOfWeek>Monday Freitag</t:DaysOfWeek></t:WeeklyRecurrence>"
			 "<t:NoEndRecurrence><t:StartDate>2026-11-23</t:StartDate>"
			 "</t:NoEndRecurrence></t:Recurrence>"),
			"Enumeration" },
		{ SYNC("0"), "MaxSyncChangesReturnedType' - The MinInclusive constraint failed." },
		{ SYNC("513"),
			"MaxSyncChangesReturnedType' - The MaxInclusive constraint failed." },
		{ SYNC("many"), "Int32" },
		{ ASKS("folder:DisplayName^10"), "Enumeration" },
		{ ASKS("folder:SharingEffectiveRights^10"), "Enumeration" },
		{ UPDATE(""), "incomplete content" },
		{ UPDATE("<t:SetItemField><t:FieldURI FieldURI=\"item:Subjekt\"/><t:CalendarItem/>"
			 "</t:SetItemField>"),
			"'item:Subjekt'" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *say = complaint_of(rows[i].op, LEVEL_2016, NULL);

		if (say == NULL || strstr(say, rows[i].say) == NULL)
			fail_msg("row %zu: %s", i, say == NULL ? "was let through" : say);
		free(say);
	}
}

static void generations(void **state)
{
	static const struct {
		const char *op;
		enum level since;
	} rows[] = {
		{ CREATE("<t:Location>x</t:Location>"), LEVEL_2007 },
		{ ASKS("folder:EffectiveRights"), LEVEL_2007 },
		{ ASKS("folder:SharingEffectiveRights"), LEVEL_2010 },
		{ ASKS("calendar:StartTimeZone"), LEVEL_2010 },
		{ ASKS("calendar:StartWallClock"), LEVEL_2013 },
		{ ASKS("contacts:Whatever"), LEVEL_2007 },
		{ CREATE("<t:LegacyFreeBusyStatus>WorkingElsewhere</t:LegacyFreeBusyStatus>"),
			LEVEL_2013 },
		{ CREATE("<t:StartTimeZone Id=\"UTC\"/>"), LEVEL_2010 },
		{ CREATE("<t:StartTimeZoneId>UTC</t:StartTimeZoneId>"), LEVEL_2013 },
		{ "<m:DeleteItem DeleteType=\"HardDelete\" SuppressReadReceipts=\"true\">"
		  "<m:ItemIds><t:ItemId Id=\"x\"/></m:ItemIds></m:DeleteItem>",
			LEVEL_2013 },
	};
	static const enum level levels[] = { LEVEL_2007, LEVEL_2007_SP1, LEVEL_2010_SP2, LEVEL_2013,
		LEVEL_2016 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t l = 0; l < COUNT(levels); l++) {
			char *say = complaint_of(rows[i].op, levels[l], NULL);

			if ((say == NULL) != (levels[l] >= rows[i].since))
				fail_msg("row %zu at %d: %s", i, levels[l], say);
			free(say);
		}
}

static void where_it_is(void **state)
{
	int line;

	(void)state;
	free(complaint_of("<m:GetFolder>\n" SHAPE "\n<m:Wrong/></m:GetFolder>", LEVEL_2016, &line));
	assert_int_equal(line, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_requests),
		cmocka_unit_test(bad_requests),
		cmocka_unit_test(generations),
		cmocka_unit_test(where_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
