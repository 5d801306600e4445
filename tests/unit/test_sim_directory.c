/* The simulator's ResolveNames, ExpandDL, rooms, time zones and ConvertId. */
#include "tests/unit/unit.h"
#include "tests/unit/sim_item_unit.h"

#define DIRECTORY                                                                                  \
	ORGANISATION                                                                               \
	"mailbox hidden@example.test \"Anna Hidden\"\n"                                            \
	"hidden\n"                                                                                 \
	"mailbox anton@example.test \"Anton Berg\"\n"                                              \
	"group team@example.test \"The Team\"\n"                                                   \
	"member anna@example.test bob@example.test\n"                                              \
	"group all@example.test \"All\"\n"                                                         \
	"member anton@example.test\n"                                                              \
	"nested team@example.test\n"                                                               \
	"group hq@example.test \"HQ rooms\" kind rooms\n"                                          \
	"member room1@example.test\n"

static void resolves(void **state)
{
	static const struct {
		const char *name, *code, *has;
	} rows[] = {
		{ "bob", "NoError", "<t:EmailAddress>bob@example.test</t:EmailAddress>" },
		{ "smtp:bob@example.test", "NoError", "<t:Name>Bob Braun</t:Name>" },
		{ "SMTP:a.adler@example.test", "NoError", "anna@example.test" },
		{ "braun", "NoError", "bob@example.test" },
		{ "a.adl", "NoError", "anna@example.test" },
		{ "an", "ErrorNameResolutionMultipleResults", "TotalItemsInView=\"2\"" },
		{ "team", "NoError", "<t:MailboxType>PublicDL</t:MailboxType>" },
		{ "hidden", "ErrorNameResolutionNoResults", "ResponseClass=\"Error\"" },
		{ "smtp:hidden@example.test", "ErrorNameResolutionNoResults", "" },
		{ "smtp:bob", "ErrorNameResolutionNoResults", "" },
		{ "nna", "ErrorNameResolutionNoResults", "" },
	};
	struct unit u;

	(void)state;
	unit_open(&u, DIRECTORY);
	for (size_t n = 0; n < COUNT(rows); n++) {
		ask(&u, SVC, NULL,
			"<m:ResolveNames ReturnFullContactData=\"false\" "
			"SearchScope=\"ActiveDirectory\"><m:UnresolvedEntry>%s</m:UnresolvedEntry>"
			"</m:ResolveNames>",
			rows[n].name);
		char *code = between(u.body, "<m:ResponseCode>", "<", 0);
		if (!same(code, rows[n].code) || strstr(u.body, rows[n].has) == NULL)
			fail_msg("row %zu: %s", n, u.body);
		assert_lacks(&u, "Anna Hidden");
		free(code);
	}
	ask(&u, SVC, NULL,
		"<m:ResolveNames ReturnFullContactData=\"true\"><m:UnresolvedEntry>anna"
		"</m:UnresolvedEntry></m:ResolveNames>");
	assert_has(&u, "<t:GivenName>Anna</t:GivenName>");
	assert_has(&u, "<t:Surname>Adler</t:Surname>");
	assert_has(&u, "SMTP:anna@example.test");
	ask(&u, SVC, NULL,
		"<m:ResolveNames ReturnFullContactData=\"false\" SearchScope=\"Contacts\">"
		"<m:UnresolvedEntry>anna</m:UnresolvedEntry></m:ResolveNames>");
	assert_code(&u, "ErrorNameResolutionNoResults");
	unit_close(&u);
}

static void at_most_a_hundred(void **state)
{
	struct unit u;

	(void)state;
	unit_open(&u, DIRECTORY);
	for (int n = 0; n < 130; n++) {
		char *line = format("mailbox many%d@example.test \"Many %d\"\n", n, n);
		unit_say(&u, line);
		free(line);
	}
	ask(&u, SVC, NULL,
		"<m:ResolveNames ReturnFullContactData=\"false\"><m:UnresolvedEntry>many"
		"</m:UnresolvedEntry></m:ResolveNames>");
	assert_has(&u, "TotalItemsInView=\"100\" IncludesLastItemInRange=\"false\"");
	unit_close(&u);
}

static void address_books(void **state)
{
	struct unit u;

	(void)state;
	unit_open(&u,
		DIRECTORY "address-book small\nshows team@example.test\n"
			  "mailbox svc@example.test\nbook small\n");
	ask(&u, SVC, NULL,
		"<m:ResolveNames ReturnFullContactData=\"false\"><m:UnresolvedEntry>an"
		"</m:UnresolvedEntry></m:ResolveNames>");
	assert_code(&u, "NoError");
	assert_lacks(&u, "anton@example.test");
	ask(&u, SVC, NULL, "<m:GetRoomLists/>");
	assert_lacks(&u, "hq@example.test");
	unit_close(&u);
}

static void groups_and_rooms(void **state)
{
	struct unit u;

	(void)state;
	unit_open(&u, DIRECTORY);
	ask(&u, SVC, NULL,
		"<m:ExpandDL><m:Mailbox><t:EmailAddress>all@example.test</t:EmailAddress>"
		"</m:Mailbox></m:ExpandDL>");
	assert_has(&u, "TotalItemsInView=\"2\"");
	assert_has(&u, "anton@example.test");
	assert_has(&u, "<t:MailboxType>PublicDL</t:MailboxType>");
	assert_lacks(&u, "bob@example.test");
	ask(&u, SVC, NULL,
		"<m:ExpandDL><m:Mailbox><t:EmailAddress>bob@example.test</t:EmailAddress>"
		"</m:Mailbox></m:ExpandDL>");
	assert_code(&u, "ErrorNameResolutionNoResults");
	ask(&u, SVC, NULL, "<m:GetRoomLists/>");
	assert_has(&u, "<m:GetRoomListsResponse ");
	assert_has(&u, "<t:EmailAddress>hq@example.test</t:EmailAddress>");
	assert_lacks(&u, "team@example.test");
	ask(&u, SVC, NULL,
		"<m:GetRooms><m:RoomList><t:EmailAddress>hq@example.test</t:EmailAddress>"
		"</m:RoomList></m:GetRooms>");
	assert_has(&u, "<t:Room><t:Id><t:Name>Room 1</t:Name>");
	ask(&u, SVC, NULL,
		"<m:GetRooms><m:RoomList><t:EmailAddress>team@example.test</t:EmailAddress>"
		"</m:RoomList></m:GetRooms>");
	assert_code(&u, "ErrorNameResolutionNoResults");
	unit_close(&u);
}

static void time_zones(void **state)
{
	struct unit u;

	(void)state;
	unit_open(&u, DIRECTORY);
	ask(&u, SVC, NULL,
		"<m:GetServerTimeZones ReturnFullTimeZoneData=\"true\"><m:Ids>"
		"<t:Id>W. Europe Standard Time</t:Id><t:Id>UTC</t:Id></m:Ids>"
		"</m:GetServerTimeZones>");
	assert_has(&u, "<t:Period Bias=\"-PT1H\" Name=\"Standard\"");
	assert_has(&u, "<t:Period Bias=\"-PT2H\" Name=\"Daylight\"");
	assert_has(&u,
		"<t:TimeOffset>PT2H</t:TimeOffset><t:Month>3</t:Month><t:DayOfWeek>Sunday"
		"</t:DayOfWeek><t:Occurrence>-1</t:Occurrence>");
	ask(&u, SVC, NULL,
		"<m:GetServerTimeZones ReturnFullTimeZoneData=\"false\"></m:GetServerTimeZones>");
	assert_has(&u, "Id=\"Tokyo Standard Time\"");
	assert_lacks(&u, "<t:Periods>");
	ask(&u, SVC, NULL, "<m:GetServerTimeZones/>");
	ask(&u, SVC, NULL,
		"<m:GetServerTimeZones><m:Ids><t:Id>Europe/Berlin</t:Id></m:Ids>"
		"</m:GetServerTimeZones>");
	assert_code(&u, "ErrorTimeZone");
	assert_has(&u, "TimeZoneDefinitions>");
	unit_close(&u);
}

/* A definition under a name of its own is known by its rules. */
static void zone_by_rules(void **state)
{
	struct unit u;

	(void)state;
	unit_open(&u, DIRECTORY);
	ask(&u, SVC, NULL,
		"<m:GetServerTimeZones ReturnFullTimeZoneData=\"true\"><m:Ids>"
		"<t:Id>W. Europe Standard Time</t:Id></m:Ids></m:GetServerTimeZones>");
	char *rules = between(u.body, "<t:Periods>", "</t:TimeZoneDefinition>", 0);
	char *inside = format("<t:Start>2026-11-23T09:00:00</t:Start>"
			      "<t:End>2026-11-23T10:00:00</t:End><t:StartTimeZone Id=\"Mine\">"
			      "<t:Periods>%s</t:StartTimeZone>",
		rules);
	char *id = make_event(&u, SVC, NULL, "SendToNone", inside);
	assert_non_null(id);
	get_all(&u, SVC, id);
	assert_has(&u, "<t:Start>2026-11-23T08:00:00Z</t:Start>");
	free(id);
	free(inside);
	free(rules);
	unit_close(&u);
}

static void convert_ids(void **state)
{
	static const char *const formats[] = { "EwsLegacyId", "EwsId", "EntryId", "HexEntryId",
		"StoreId", "OwaId" };
	struct unit u;

	(void)state;
	unit_open(&u, DIRECTORY);
	char *item = make_event(&u, SVC, NULL, "SendToNone", "<t:Subject>x</t:Subject>");
	char *id = between(item, "Id=\"", "\"", 0);
	for (size_t n = 0; n < COUNT(formats); n++) {
		ask(&u, SVC, NULL,
			"<m:ConvertId DestinationFormat=\"%s\"><m:SourceIds><t:AlternateId "
			"Format=\"EwsId\" Id=\"%s\" Mailbox=\"svc@example.test\"/></m:SourceIds>"
			"</m:ConvertId>",
			formats[n], id);
		assert_code(&u, "NoError");
		char *other = between(u.body, " Id=\"", "\"", 0);
		ask(&u, SVC, NULL,
			"<m:ConvertId DestinationFormat=\"EwsId\"><m:SourceIds><t:AlternateId "
			"Format=\"%s\" Id=\"%s\" Mailbox=\"svc@example.test\"/></m:SourceIds>"
			"</m:ConvertId>",
			formats[n], other);
		char *back = between(u.body, " Id=\"", "\"", 0);
		assert_string_equal(back, id);
		free(other);
		free(back);
	}
	ask(&u, SVC, NULL,
		"<m:ConvertId DestinationFormat=\"EwsId\"><m:SourceIds><t:AlternateId "
		"Format=\"HexEntryId\" Id=\"00000000ABCD\" Mailbox=\"svc@example.test\"/>"
		"<t:AlternateId Format=\"HexEntryId\" Id=\"zz\" Mailbox=\"svc@example.test\"/>"
		"<t:AlternateId Format=\"EwsId\" Id=\"AAMk\" Mailbox=\"svc\"/></m:SourceIds>"
		"</m:ConvertId>");
	assert_code(&u, "ErrorInvalidIdMalformed");
	assert_code(&u, "ErrorInvalidSmtpAddress");
	free(item);
	free(id);
	unit_close(&u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(resolves),
		cmocka_unit_test(at_most_a_hundred),
		cmocka_unit_test(address_books),
		cmocka_unit_test(groups_and_rooms),
		cmocka_unit_test(time_zones),
		cmocka_unit_test(zone_by_rules),
		cmocka_unit_test(convert_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
