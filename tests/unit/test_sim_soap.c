/* The path of an EWS request: HTTP, sign-in, envelope, headers, versions, impersonation, faults. */
#include "tests/unit/unit.h"
#include "tests/unit/sim_unit.h"

#define WORLD                                                                                      \
	"clock 2026-11-23T08:00:00Z frozen\n"                                                      \
	"premise hq 2019 host mail.example.test\n schemes basic\n forest EXAMPLE\n"                \
	"domain example.test premise hq\n"                                                         \
	"mailbox anna@example.test \"Anna\"\n alias a.smith@example.test\n"                        \
	"group scoped@example.test\n member anna@example.test\n"                                   \
	"mailbox svc@example.test \"Connector\"\n password " UNIT_PASSWORD "\n"                    \
	" impersonation scope scoped@example.test\n"                                               \
	"mailbox bob@example.test \"Bob\"\n password " UNIT_PASSWORD "\n"                          \
	"account nobox@example.test password " UNIT_PASSWORD "\n"

#define GET_CALENDAR                                                                               \
	"<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>"            \
	"<m:FolderIds><t:DistinguishedFolderId Id=\"calendar\"/></m:FolderIds></m:GetFolder>"

static const char svc[] = "svc@example.test";

static bool has(const struct unit *u, const char *part)
{
	return strstr(u->body, part) != NULL;
}

static bool in_head(const struct unit *u, const char *part)
{
	return u->answer.head.at != NULL && strstr(u->answer.head.at, part) != NULL;
}

static void expect_fault(const struct unit *u, const char *code)
{
	char *element = format("<e:ResponseCode xmlns:e=\"%s\">%s</e:ResponseCode>", NS_E, code);

	if (u->status != 500 || !has(u, element))
		fail_msg("wanted fault %s, got %d %s", code, u->status, u->body);
	assert_null(strstr(u->body, "ServerVersionInfo"));
	free(element);
}

static void a_good_call(void **state)
{
	struct unit u;
	json_t *log, *entry;

	(void)state;
	unit_open(&u, WORLD);
	unit_call(&u, svc, "Exchange2016", NULL, GET_CALENDAR);
	assert_int_equal(u.status, 200);
	assert_true(has(&u, "<h:ServerVersionInfo MajorVersion=\"15\" MinorVersion=\"2\""));
	assert_true(has(&u, "<m:GetFolderResponse xmlns:m="));
	assert_true(has(&u, "<m:ResponseCode>NoError</m:ResponseCode>"));
	assert_string_equal(u.answer.type, "text/xml; charset=utf-8");
	assert_true(in_head(&u, "request-id: "));
	assert_true(in_head(&u, "x-EwsHandler: GetFolder\r\n"));
	assert_true(in_head(&u, "X-FEServer: "));
	assert_true(in_head(&u, "Set-Cookie: exchangecookie="));
	log = journal_read(u.sim.journal, 0, 10);
	assert_int_equal(json_array_size(log), 1);
	entry = json_array_get(log, 0);
	assert_string_equal(json_string_value(json_object_get(entry, "op")), "GetFolder");
	assert_string_equal(json_string_value(json_object_get(entry, "code")), "NoError");
	assert_string_equal(json_string_value(json_object_get(entry, "mailbox")), svc);
	json_decref(log);
	unit_close(&u);
}

static void before_the_envelope(void **state)
{
	static const struct {
		const char *method, *path, *type;
		bool login;
		int status;
	} rows[] = {
		{ "POST", "/EWS/Exchange.asmx", NULL, false, 401 },
		{ "POST", "/ews/EXCHANGE.ASMX", NULL, true, 200 },
		{ "GET", "/EWS/Exchange.asmx", NULL, false, 401 },
		{ "GET", "/EWS/Exchange.asmx", NULL, true, 200 },
		{ "PUT", "/EWS/Exchange.asmx", NULL, true, 405 },
		{ "GET", "/EWS/Services.wsdl", NULL, true, 404 },
		{ "POST", "/EWS/Exchange.asmx", "application/json", true, 415 },
		{ "POST", "/EWS/Exchange.asmx", "text/xmlx", true, 415 },
		{ "POST", "/EWS/Exchange.asmx", "TEXT/XML;charset=utf-8", true, 200 },
	};
	struct unit u;

	(void)state;
	unit_open(&u, WORLD);
	for (size_t i = 0; i < COUNT(rows); i++) {
		u.method = rows[i].method;
		u.path = rows[i].path;
		u.type = rows[i].type;
		unit_call(&u, rows[i].login ? svc : NULL, "Exchange2016", NULL, GET_CALENDAR);
		if (u.status != rows[i].status)
			fail_msg("row %zu: %d", i, u.status);
	}
	u.method = u.path = u.type = NULL;
	unit_say(&u, "premise hq\n pre-auth yes\n");
	unit_call(&u, svc, "Exchange2016", NULL, GET_CALENDAR);
	assert_int_equal(u.status, 302);
	assert_true(in_head(&u, "Location: https://mail.example.test/"));
	unit_close(&u);
}

static void broken_xml(void **state)
{
	static const char *const bodies[] = {
		"",
		"hello",
		"<a>",
		"<a/>",
		"<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>",
		"<!DOCTYPE a [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]><a>&b;</a>",
		"<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body/>"
		"</s:Envelope>",
	};
	struct unit u;

	(void)state;
	unit_open(&u, WORLD);
	for (size_t i = 0; i < COUNT(bodies); i++) {
		unit_post(&u, svc, bodies[i]);
		expect_fault(&u, "ErrorSchemaValidation");
		assert_true(has(&u, "<t:LineNumber>"));
		assert_true(has(&u, "<t:Violation>"));
	}
	unit_post(&u, svc, "<s:Envelope xmlns:s=\"" NS_SOAP "\"><s:Body/></s:Envelope>");
	expect_fault(&u, "ErrorInvalidRequest");
	/* The parser is as good as new. */
	unit_call(&u, svc, "Exchange2016", NULL, GET_CALENDAR);
	assert_int_equal(u.status, 200);
	unit_close(&u);
}

static void versions(void **state)
{
	static const struct {
		const char *product, *version, *op, *code;
	} rows[] = {
		{ "2019", "Exchange2016", GET_CALENDAR, NULL },
		{ "2019", "Exchange2019", GET_CALENDAR, "ErrorInvalidRequest" },
		{ "2019", "V2_22", GET_CALENDAR, "ErrorInvalidServerVersion" },
		{ "2019", "", GET_CALENDAR, "ErrorInvalidServerVersion" },
		{ "2010sp3", "Exchange2010_SP2", GET_CALENDAR, NULL },
		{ "2010sp3", "Exchange2013", GET_CALENDAR, "ErrorInvalidServerVersion" },
		{ "2007sp1", "Exchange2007_SP1", GET_CALENDAR, NULL },
		{ "2007sp1", "Exchange2007_SP2", GET_CALENDAR, "ErrorInvalidServerVersion" },
		{ "2019", NULL, GET_CALENDAR, NULL },
		{ "2019", NULL, "<m:GetRoomLists/>", "ErrorIncorrectSchemaVersion" },
		{ "2007sp1", "Exchange2007_SP1", "<m:GetRoomLists/>", "ErrorInvalidRequest" },
		{ "2019", "Exchange2016", "<m:GetNothing/>", "ErrorInvalidRequest" },
		{ "2019", "Exchange2016", "<t:GetFolder/>", "ErrorInvalidRequest" },
	};
	struct unit u;

	(void)state;
	unit_open(&u, WORLD);
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *line = format("premise hq\n product %s\n", rows[i].product);

		unit_say(&u, line);
		free(line);
		unit_call(&u, svc, rows[i].version, NULL, rows[i].op);
		if (rows[i].code != NULL)
			expect_fault(&u, rows[i].code);
		else
			assert_int_equal(u.status, 200);
	}
	unit_say(&u, "premise hq\n unsure op-unknown schema\n");
	unit_call(&u, svc, "Exchange2016", NULL, "<m:GetNothing/>");
	expect_fault(&u, "ErrorSchemaValidation");
	unit_close(&u);
}

#define SID(child)                                                                                 \
	"<t:ExchangeImpersonation><t:ConnectingSID>" child                                         \
	"</t:ConnectingSID></t:ExchangeImpersonation>"

static void impersonation(void **state)
{
	static const struct {
		const char *login, *header, *code;
	} rows[] = {
		{ "svc@example.test", UNIT_AS("anna@example.test"), NULL },
		{ "svc@example.test", UNIT_AS("A.Smith@example.test"), NULL },
		{ "svc@example.test", UNIT_AS("bob@example.test"), "ErrorImpersonateUserDenied" },
		{ "svc@example.test", UNIT_AS("gone@example.test"), "ErrorNonExistentMailbox" },
		{ "svc@example.test", UNIT_AS("nonsense"), "ErrorInvalidSmtpAddress" },
		{ "svc@example.test", UNIT_AS(""), "ErrorInvalidExchangeImpersonationHeaderData" },
		{ "svc@example.test", "<t:ExchangeImpersonation/>",
			"ErrorInvalidExchangeImpersonationHeaderData" },
		{ "bob@example.test", UNIT_AS("anna@example.test"), "ErrorImpersonateUserDenied" },
		{ "svc@example.test",
			SID("<t:PrimarySmtpAddress>anna@example.test"
			    "</t:PrimarySmtpAddress>"),
			NULL },
		{ "svc@example.test",
			SID("<t:PrimarySmtpAddress>a.smith@example.test"
			    "</t:PrimarySmtpAddress>"),
			"ErrorNonPrimarySmtpAddress" },
		{ "svc@example.test", SID("<t:PrincipalName>anna@example.test</t:PrincipalName>"),
			NULL },
		{ "svc@example.test", SID("<t:PrincipalName>anna</t:PrincipalName>"),
			"ErrorInvalidUserPrincipalName" },
		{ "svc@example.test", SID("<t:SID>nonsense</t:SID>"), "ErrorInvalidUserSid" },
		{ "svc@example.test", SID("<t:SID>S-1-5-21-9-9-9-9</t:SID>"),
			"ErrorNonExistentMailbox" },
		{ "svc@example.test", SID("<t:Other>x</t:Other>"), "ErrorSchemaValidation" },
		{ "svc@example.test",
			SID("<t:SID>S-1-5</t:SID><t:SmtpAddress>a@b"
			    "</t:SmtpAddress>"),
			"ErrorSchemaValidation" },
		{ "svc@example.test", UNIT_AS("anna@example.test") UNIT_AS("anna@example.test"),
			"ErrorMoreThanOneAccessModeSpecified" },
		{ "svc@example.test", "<t:OpenAsAdminOrSystemService/>",
			"ErrorTokenSerializationDenied" },
	};
	struct unit u;

	(void)state;
	unit_open(&u, WORLD);
	for (size_t i = 0; i < COUNT(rows); i++) {
		unit_call(&u, rows[i].login, "Exchange2016", rows[i].header, GET_CALENDAR);
		if (rows[i].code != NULL)
			expect_fault(&u, rows[i].code);
		else if (u.status != 200)
			fail_msg("row %zu: %s", i, u.body);
	}
	unit_call(&u, svc, "Exchange2016", UNIT_AS("gone@example.test"), GET_CALENDAR);
	assert_true(has(&u, "<t:Value Name=\"SmtpAddress\">gone@example.test</t:Value>"));
	unit_say(&u, "premise hq\n unsure impersonation ErrorImpersonationDenied\n");
	unit_call(
		&u, "bob@example.test", "Exchange2016", UNIT_AS("anna@example.test"), GET_CALENDAR);
	expect_fault(&u, "ErrorImpersonationDenied");
	unit_say(&u, "mailbox anna@example.test\n moving yes\n");
	unit_call(&u, svc, "Exchange2016", UNIT_AS("anna@example.test"), GET_CALENDAR);
	expect_fault(&u, "ErrorMailboxMoveInProgress");
	/* Who has no right does not learn that it moves. */
	unit_call(
		&u, "bob@example.test", "Exchange2016", UNIT_AS("anna@example.test"), GET_CALENDAR);
	expect_fault(&u, "ErrorImpersonationDenied");
	unit_say(&u, "premise hq\n product 2007sp1\n");
	unit_call(&u, svc, "Exchange2007_SP1", UNIT_AS("anna@example.test"), GET_CALENDAR);
	assert_int_equal(u.status, 500);
	assert_true(has(&u, "<faultcode>soap:Client</faultcode>"));
	unit_close(&u);
}

static void other_headers(void **state)
{
	static const struct {
		const char *header, *code;
	} rows[] = {
		{ "<t:TimeZoneContext><t:TimeZoneDefinition Id=\"W. Europe Standard Time\"/>"
		  "</t:TimeZoneContext>",
			NULL },
		{ "<t:TimeZoneContext><t:TimeZoneDefinition Id=\"Europe/Berlin\"/>"
		  "</t:TimeZoneContext>",
			"ErrorTimeZone" },
		{ "<t:DateTimePrecision>Milliseconds</t:DateTimePrecision>", NULL },
		{ "<t:DateTimePrecision>Hours</t:DateTimePrecision>", "ErrorInvalidRequest" },
		{ "<t:MailboxCulture>\"&lt;</t:MailboxCulture>", NULL },
		{ "<t:Unknown/>", NULL },
	};
	struct unit u;

	(void)state;
	unit_open(&u, WORLD);
	for (size_t i = 0; i < COUNT(rows); i++) {
		unit_call(&u, svc, "Exchange2016", rows[i].header, GET_CALENDAR);
		if (rows[i].code != NULL)
			expect_fault(&u, rows[i].code);
		else
			assert_int_equal(u.status, 200);
	}
	unit_call(&u, svc, "Exchange2019", "<t:MailboxCulture>de-DE</t:MailboxCulture>",
		GET_CALENDAR);
	assert_true(has(&u, "<faultstring xml:lang=\"de-DE\">Die Anforderung ist ung"));
	u.more = "client-request-id";
	u.more_value = "abc";
	unit_call(&u, svc, "Exchange2016", NULL, GET_CALENDAR);
	assert_false(in_head(&u, "client-request-id: abc"));
	unit_close(&u);
}

static void policy(void **state)
{
	struct unit u;

	(void)state;
	unit_open(&u, WORLD);
	unit_say(&u, "premise hq\n ews-allow Good/*\n");
	u.agent = "Bad/1";
	unit_call(&u, svc, "Exchange2016", NULL, GET_CALENDAR);
	assert_int_equal(u.status, 403);
	u.agent = "Good/1";
	unit_call(&u, svc, "Exchange2016", NULL, GET_CALENDAR);
	assert_int_equal(u.status, 200);
	unit_say(&u, "premise hq\n ews-block Good/2*\n");
	unit_call(&u, svc, "Exchange2016", NULL, GET_CALENDAR);
	assert_int_equal(u.status, 200);
	u.agent = "Good/2";
	unit_call(&u, svc, "Exchange2016", NULL, GET_CALENDAR);
	assert_int_equal(u.status, 403);
	u.agent = "Good/1";
	unit_say(&u, "mailbox anna@example.test\n ews-allow Other/*\n");
	unit_call(&u, svc, "Exchange2016", UNIT_AS("anna@example.test"), GET_CALENDAR);
	assert_int_equal(u.status, 403);
	unit_say(&u, "mailbox anna@example.test\n ews no\n");
	unit_call(&u, svc, "Exchange2016", UNIT_AS("anna@example.test"), GET_CALENDAR);
	assert_int_equal(u.status, 403);
	unit_say(&u, "premise hq\n ews no\n");
	unit_call(&u, svc, "Exchange2016", NULL, GET_CALENDAR);
	assert_int_equal(u.status, 403);
	unit_close(&u);
}

static void hybrid(void **state)
{
	struct unit u;

	(void)state;
	unit_open(&u, WORLD);
	unit_say(&u,
		"premise cloud online host outlook.example.test\n"
		"mailbox anna@example.test\n home cloud\n");
	unit_call(&u, svc, "Exchange2016", UNIT_AS("anna@example.test"), GET_CALENDAR);
	expect_fault(&u, "ErrorNonExistentMailbox");
	unit_close(&u);
}

static void faults_on_purpose(void **state)
{
	struct unit u;

	(void)state;
	unit_open(&u, WORLD);
	unit_say(&u, "fault f1 status 503 op GetFolder mailbox svc@example.test\n");
	unit_call(&u, svc, "Exchange2016", NULL, GET_CALENDAR);
	assert_int_equal(u.status, 503);
	unit_call(&u, svc, "Exchange2016", UNIT_AS("anna@example.test"), GET_CALENDAR);
	assert_int_equal(u.status, 200);
	unit_close(&u);
}

static void same_again(void **state)
{
	struct unit u;
	char *first[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		unit_open(&u, WORLD);
		unit_call(&u, svc, "Exchange2016", NULL, GET_CALENDAR);
		first[i] = format("%s%s", u.answer.head.at, u.body);
		unit_close(&u);
	}
	assert_string_equal(first[0], first[1]);
	free(first[0]);
	free(first[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_call),
		cmocka_unit_test(before_the_envelope),
		cmocka_unit_test(broken_xml),
		cmocka_unit_test(versions),
		cmocka_unit_test(impersonation),
		cmocka_unit_test(other_headers),
		cmocka_unit_test(policy),
		cmocka_unit_test(hybrid),
		cmocka_unit_test(faults_on_purpose),
		cmocka_unit_test(same_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
