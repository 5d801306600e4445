/* Names, lists and rooms in EWS: what is asked, byte for byte, and what is read. */
#include "tests/unit/ews_trace.h"

enum { TOO_LONG = 256 };

static const struct resolve_query anna = { "anna" };
static const struct expand_query team = { "team@acme.test" };
static const struct room_lists_query lists;

/* --- questions --- */

#define LIST "<t:EmailAddress>team@acme.test</t:EmailAddress>"

static void directory_is_asked(void **state)
{
	static const struct resolve_query odd = { "smtp:a<b>&\"c\"@acme.test" };
	static const struct {
		enum exchange_op op;
		const void *query;
		int version;
		const char *body;
	} rows[] = {
		{ EXCHANGE_RESOLVE_NAME, &anna, EWS_2007,
			"<m:ResolveNames ReturnFullContactData=\"false\" "
			"SearchScope=\"ActiveDirectory\"><m:UnresolvedEntry>anna"
			"</m:UnresolvedEntry></m:ResolveNames>" },
		{ EXCHANGE_RESOLVE_NAME, &odd, EWS_2016,
			"<m:ResolveNames ReturnFullContactData=\"false\" "
			"SearchScope=\"ActiveDirectory\"><m:UnresolvedEntry>"
			"smtp:a&lt;b&gt;&amp;\"c\"@acme.test</m:UnresolvedEntry></"
			"m:ResolveNames>" },
		{ EXCHANGE_EXPAND_LIST, &team, EWS_2007_SP1,
			"<m:ExpandDL><m:Mailbox>" LIST "</m:Mailbox></m:ExpandDL>" },
		{ EXCHANGE_LIST_ROOM_LISTS, &lists, EWS_2010, "<m:GetRoomLists/>" },
		{ EXCHANGE_LIST_ROOMS, &team, EWS_2013_SP1,
			"<m:GetRooms><m:RoomList>" LIST "</m:RoomList></m:GetRooms>" },
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

static void directory_that_cannot_be_asked(void **state)
{
	static const struct resolve_query empty = { "" }, none = { NULL }, control = { "a\x01" };
	static const struct expand_query name = { "team" }, missing = { NULL };
	char text[TOO_LONG + 1];
	const struct resolve_query long_one = { text };
	const struct {
		enum exchange_op op;
		const void *query;
		int version;
		const char *say;
	} rows[] = {
		{ EXCHANGE_RESOLVE_NAME, &empty, EWS_2010, "Enter a name" },
		{ EXCHANGE_RESOLVE_NAME, &none, EWS_2010, "Enter a name" },
		{ EXCHANGE_RESOLVE_NAME, &control, EWS_2010, "cannot be sent" },
		{ EXCHANGE_RESOLVE_NAME, &long_one, EWS_2010, "255 characters" },
		{ EXCHANGE_EXPAND_LIST, &name, EWS_2010, "\"team\" is not an e-mail address" },
		{ EXCHANGE_LIST_ROOMS, &missing, EWS_2010, "An e-mail address is missing" },
		{ EXCHANGE_LIST_ROOMS, &team, EWS_2007_SP1, "" },
		{ EXCHANGE_LIST_ROOM_LISTS, &lists, EWS_2007_SP1, "" },
	};
	struct buf out;
	size_t i;

	(void)state;
	memset(text, 'a', TOO_LONG);
	text[TOO_LONG] = '\0';
	buf_init(&out, GOLDEN_MAX);
	for (i = 0; i < COUNT(rows); i++) {
		struct dialect_ask ask =
			golden_ask(rows[i].op, rows[i].query, rows[i].version, NULL);
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

static void print_people(struct buf *out, const void *result)
{
	const struct people_result *r = result;
	const struct person *p;

	for (p = r->list; p < r->list + r->count; p++)
		buf_printf(out, "%s <%s> %s\n", p->name, p->address, p->type);
	buf_printf(out, "more=%d\n", r->more);
}

#define PERSON(name, address, routing, type)                                                       \
	"<t:Name>" name "</t:Name><t:EmailAddress>" address                                        \
	"</t:EmailAddress><t:RoutingType>" routing "</t:RoutingType><t:MailboxType>" type          \
	"</t:MailboxType>"
#define ANNA PERSON("Anna", "anna@acme.test", "SMTP", "Mailbox")
#define NESTED PERSON("Inner", "inner@acme.test", "SMTP", "PublicDL")
#define OLD PERSON("Old", "/o=ORG/ou=Group/cn=Recipients/cn=old", "EX", "Contact")
#define RESOLVED(class, code, inside)                                                              \
	"<m:ResolveNamesResponse><m:ResponseMessages><m:ResolveNamesResponseMessage "              \
	"ResponseClass=\"" class "\"><m:MessageText>localised</"                                   \
				 "m:MessageText><m:ResponseCode>" code                             \
				 "</m:ResponseCode><m:DescriptiveLinkKey>0</"                      \
				 "m:DescriptiveLinkKey>" inside                                    \
				 "</m:ResolveNamesResponseMessage></m:ResponseMessages></"         \
				 "m:ResolveNamesResponse>"
#define SET(last, inside)                                                                          \
	"<m:ResolutionSet TotalItemsInView=\"2\" IncludesLastItemInRange=\"" last "\">" inside     \
	"</m:ResolutionSet>"
#define HIT(person)                                                                                \
	"<t:Resolution><t:Mailbox>" person "</t:Mailbox><t:Contact><t:DisplayName>X"               \
	"</t:DisplayName></t:Contact></t:Resolution>"
#define EXPANDED(inside)                                                                           \
	"<m:ExpandDLResponse><m:ResponseMessages><m:ExpandDLResponseMessage "                      \
	"ResponseClass=\"Success\"><m:ResponseCode>NoError</m:ResponseCode><m:DLExpansion "        \
	"TotalItemsInView=\"2\" IncludesLastItemInRange=\"true\">" inside                          \
	"</m:DLExpansion></m:ExpandDLResponseMessage></m:ResponseMessages></m:ExpandDLResponse>"
#define ROOMS(operation, list, inside)                                                             \
	"<m:" operation "Response ResponseClass=\"Success\"><m:ResponseCode>NoError"               \
	"</m:ResponseCode><m:" list ">" inside "</m:" list "></m:" operation "Response>"
#define FAILED(operation, code)                                                                    \
	"<m:" operation "Response ResponseClass=\"Error\"><m:MessageText>localised"                \
	"</m:MessageText><m:ResponseCode>" code "</m:ResponseCode></m:" operation "Response>"

static const struct answer {
	enum exchange_op op;
	const void *query;
	const char *answer;
	const char *want;
} good[] = {
	/* Several hits come as a warning. */
	{ EXCHANGE_RESOLVE_NAME, &anna,
		RESOLVED("Warning", "ErrorNameResolutionMultipleResults",
			SET("true", HIT(ANNA) HIT(OLD))),
		"Anna <anna@acme.test> Mailbox\nOld <> Contact\nmore=0\n" },
	{ EXCHANGE_RESOLVE_NAME, &anna,
		RESOLVED("Warning", "ErrorNameResolutionMultipleResults", SET("false", HIT(ANNA))),
		"Anna <anna@acme.test> Mailbox\nmore=1\n" },
	{ EXCHANGE_RESOLVE_NAME, &anna, RESOLVED("Success", "NoError", SET("true", HIT(ANNA))),
		"Anna <anna@acme.test> Mailbox\nmore=0\n" },
	{ EXCHANGE_RESOLVE_NAME, &anna, RESOLVED("Error", "ErrorNameResolutionNoResults", ""),
		"outcome nothing_found ErrorNameResolutionNoResults\n" },
	{ EXCHANGE_EXPAND_LIST, &team,
		EXPANDED("<t:Mailbox>" NESTED "</t:Mailbox><t:Mailbox>" OLD "</t:Mailbox>"),
		"Inner <inner@acme.test> PublicDL\nOld <> Contact\nmore=0\n" },
	{ EXCHANGE_LIST_ROOM_LISTS, &lists,
		ROOMS("GetRoomLists", "RoomLists", "<t:Address>" NESTED "</t:Address>"),
		"Inner <inner@acme.test> PublicDL\nmore=0\n" },
	{ EXCHANGE_LIST_ROOMS, &team,
		ROOMS("GetRooms", "Rooms", "<t:Room><t:Id>" ANNA "</t:Id></t:Room>"),
		"Anna <anna@acme.test> Mailbox\nmore=0\n" },
	{ EXCHANGE_LIST_ROOMS, &team, FAILED("GetRooms", "ErrorNameResolutionNoResults"),
		"outcome nothing_found ErrorNameResolutionNoResults\n" },
};

static void directory_is_read(void **state)
{
	static const char *const entries[] = { "Resolution", "Mailbox", "Address", "Room", NULL };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(good); i++) {
		struct golden g = { .op = good[i].op,
			.query = good[i].query,
			.answer = good[i].answer,
			.print = print_people,
			.entries = entries };

		golden_check(&g, good[i].want);
	}
}

static const struct answer odd[] = {
	/* Success without anybody is none; an empty list is one. */
	{ EXCHANGE_RESOLVE_NAME, &anna, RESOLVED("Success", "NoError", ""),
		"outcome bad_answer \n" },
	{ EXCHANGE_RESOLVE_NAME, &anna, RESOLVED("Success", "NoError", SET("true", "")),
		"outcome bad_answer \n" },
	{ EXCHANGE_EXPAND_LIST, &team, EXPANDED(""), "more=0\n" },
	{ EXCHANGE_LIST_ROOM_LISTS, &lists, ROOMS("GetRoomLists", "RoomLists", ""), "more=0\n" },
	{ EXCHANGE_LIST_ROOMS, &team, ROOMS("GetRooms", "Rooms", "<t:Room/>"), "more=0\n" },
	/* What is no address is told as none. */
	{ EXCHANGE_EXPAND_LIST, &team,
		EXPANDED("<t:Mailbox><t:Name>X</t:Name></t:Mailbox><t:Mailbox>"
			 "<t:EmailAddress>not one</t:EmailAddress></t:Mailbox><t:Mailbox/>"),
		"X <> \n <> \n <> \nmore=0\n" },
	{ EXCHANGE_LIST_ROOM_LISTS, &lists, FAILED("GetRoomLists", "ErrorAccessDenied"),
		"outcome ews_refused ErrorAccessDenied\n" },
	{ EXCHANGE_RESOLVE_NAME, &anna, RESOLVED("Error", "ErrorNameResolutionNoMailbox", ""),
		"outcome no_own_mailbox ErrorNameResolutionNoMailbox\n" },
	{ EXCHANGE_LIST_ROOMS, &team, ROOMS("GetRoomLists", "RoomLists", ""),
		"outcome bad_answer \n" },
};

static void directory_odd_answers(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(odd); i++) {
		struct golden g = { .op = odd[i].op,
			.query = odd[i].query,
			.answer = odd[i].answer,
			.print = print_people };

		golden_equal(&g, odd[i].want);
	}
}

static void directory_recorded(void **state)
{
	static const struct trace_row rows[] = {
		{ "ResolveNameWithContactDetail", EXCHANGE_RESOLVE_NAME, &anna, print_people,
			"First Last <first.last@contoso.com> Mailbox\nmore=0\n" },
		{ "ResolveNameWithContactDetail1", EXCHANGE_RESOLVE_NAME, &anna, print_people,
			"gstest <user@contoso.com> Mailbox\n"
			"gstest2 <user2@contoso.onmicrosoft.com> Mailbox\nmore=0\n" },
		{ "DLExpansionMultipleMembersEXtypeResponse", EXCHANGE_EXPAND_LIST, &team,
			print_people, "unknown1 <> Contact\nunknown2 <> Contact\nmore=0\n" },
		{ "DLExpansionMultipleMembersSMTPtypeResponse", EXCHANGE_EXPAND_LIST, &team,
			print_people,
			"child group1 <child_group1@contoso.com> PublicDL\n"
			"child group2 <child_group2@contoso.com> PublicDL\nmore=0\n" },
	};

	(void)state;
	trace_check(rows, COUNT(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(directory_is_asked),
		cmocka_unit_test(directory_that_cannot_be_asked),
		cmocka_unit_test(directory_is_read),
		cmocka_unit_test(directory_odd_answers),
		cmocka_unit_test(directory_recorded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
