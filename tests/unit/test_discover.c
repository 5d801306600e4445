/* Autodiscover's three forms: what is asked, what is read of any answer, and what counts as a sign
 * of life.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ews/discover.h"
#include "exchange/challenge.h"

#define POX "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006"
#define POXA "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"
#define NS_A "http://schemas.microsoft.com/exchange/2010/Autodiscover"
#define SOAP "http://schemas.xmlsoap.org/soap/envelope/"

static const char pox_settings[] =
	"<Autodiscover xmlns=\"" POX "\"><Response xmlns=\"" POXA "\">\n"
	" <User><DisplayName>Anna</DisplayName><LegacyDN>/o=x/cn=anna</LegacyDN>"
	"<AutoDiscoverSMTPAddress>anna@contoso.com</AutoDiscoverSMTPAddress>"
	"<DeploymentId>0</DeploymentId></User>\n"
	" <Account><AccountType>email</AccountType><Action>settings</Action>"
	"<MicrosoftOnline>False</MicrosoftOnline>\n"
	"  <Protocol><Type>EXCH</Type><Server>x</Server><ServerVersion>73D88000</ServerVersion>"
	"<ASUrl>https://int/EWS/Exchange.asmx</ASUrl><EwsUrl>https://int/EWS/Exchange.asmx</EwsUrl>"
	"</Protocol>\n"
	"  <Protocol><Type>EXPR</Type><Server>mail.contoso.com</Server><SSL>On</SSL>"
	"<AuthPackage>Ntlm</AuthPackage><ASUrl>https://mail.contoso.com/EWS/Exchange.asmx</ASUrl>"
	"<EwsUrl>https://mail.contoso.com/EWS/Exchange.asmx</EwsUrl></Protocol>\n"
	" </Account></Response></Autodiscover>";

#define POX_ERROR(code)                                                                            \
	"<Autodiscover xmlns=\"" POX "\"><Response><Error Time=\"15:52:53.0115160\" "              \
	"Id=\"2085925935\"><ErrorCode>" code "</ErrorCode>"                                        \
	"<Message>The email address can't be found.</Message><DebugData/></Error></Response>"      \
	"</Autodiscover>"

#define POX_ACCOUNT(inner)                                                                         \
	"<Autodiscover xmlns=\"" POX "\"><Response xmlns=\"" POXA "\"><Account>" inner             \
	"</Account></Response></Autodiscover>"

#define SOAP_USER(inner)                                                                           \
	"<s:Envelope xmlns:s=\"" SOAP "\"><s:Body><GetUserSettingsResponseMessage xmlns=\"" NS_A   \
	"\"><Response xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\">"                      \
	"<ErrorCode>NoError</ErrorCode><ErrorMessage/><UserResponses><UserResponse>" inner         \
	"</UserResponse></UserResponses></Response></GetUserSettingsResponseMessage></s:Body>"     \
	"</s:Envelope>"

#define SETTING(name, value)                                                                       \
	"<UserSetting i:type=\"StringSetting\"><Name>" name "</Name><Value>" value                 \
	"</Value></UserSetting>"

static const char soap_settings[] = SOAP_USER(
	"<ErrorCode>NoError</ErrorCode><ErrorMessage>No error.</ErrorMessage>"
	"<RedirectTarget i:nil=\"true\"/><UserSettingErrors/><UserSettings>" SETTING(
		"ExternalEwsUrl", "https://mail.contoso.com/EWS/Exchange.asmx") "</UserSettings>");

/* What one answer was read as; the arena lives until the next one. */
struct got {
	struct discovered d;
	struct outcome o;
};

static struct arena arena;

static int setup(void **state)
{
	(void)state;
	arena_init(&arena, 64 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

static struct got read_reply(
	enum discover_form form, long status, const char *headers, const char *body, size_t n)
{
	/* of exactly this size, so that reading behind the end is seen */
	char *copy = malloc(n ? n : 1);
	struct dialect_reply r = { status, headers, strlen(headers), copy, n };
	struct got g = { 0 };

	assert_non_null(copy);
	memcpy(copy, body, n);
	discover_read(form, &r, &arena, &g.d, &g.o);
	free(copy);
	/* of every answer, whatever it is */
	assert_true(g.d.url && g.d.internal_url && g.d.to && g.d.display_name && g.d.address &&
		g.d.version && g.d.schemas);
	assert_int_equal(g.d.kind == DISCOVER_SETTINGS, g.o.reason == REASON_OK);
	assert_true(g.d.kind != DISCOVER_SETTINGS || strncasecmp(g.d.url, "https://", 8) == 0);
	assert_true(
		(g.d.kind == DISCOVER_ADDRESS || g.d.kind == DISCOVER_URL) == (g.d.to[0] != '\0'));
	return g;
}

static struct got read_text(enum discover_form form, const char *body)
{
	return read_reply(
		form, 200, "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n", body, strlen(body));
}

/* --- settings --- */

static void plain_settings(void **state)
{
	struct got g = read_text(DISCOVER_POX, pox_settings);

	(void)state;
	assert_int_equal(g.o.reason, REASON_OK);
	assert_string_equal(g.d.url, "https://mail.contoso.com/EWS/Exchange.asmx");
	assert_string_equal(g.d.internal_url, "https://int/EWS/Exchange.asmx");
	assert_string_equal(g.d.display_name, "Anna");
	assert_string_equal(g.d.address, "anna@contoso.com");
	assert_string_equal(g.d.version, "15.24.0");
}

static void soap_settings_sample(void **state)
{
	struct got g = read_text(DISCOVER_SOAP, soap_settings);

	(void)state;
	assert_int_equal(g.o.reason, REASON_OK);
	assert_string_equal(g.d.url, "https://mail.contoso.com/EWS/Exchange.asmx");
	assert_string_equal(g.d.internal_url, "");
	assert_string_equal(g.d.version, "");
}

#define PROTOCOL(type, url) "<Protocol><Type>" type "</Type><EwsUrl>" url "</EwsUrl></Protocol>"

/* Which of several URLs is taken; "" when none can be. */
static void choice_of_url(void **state)
{
	static const struct {
		const char *account, *url, *internal;
	} cases[] = {
		{ PROTOCOL("EXHTTP", "https://h/x") PROTOCOL("EXCH", "https://i/x")
				PROTOCOL("EXPR", "https://o/x"),
			"https://o/x", "https://i/x" },
		{ PROTOCOL("EXHTTP", "https://h/x") PROTOCOL("EXCH", "https://i/x"), "https://i/x",
			"" },
		{ PROTOCOL("EXHTTP", "https://h/x"), "https://h/x", "" },
		{ "<Protocol Type=\"EXHTTP\"><EwsUrl>https://h/x</EwsUrl></Protocol>",
			"https://h/x", "" },
		{ PROTOCOL("expr", "https://o/x"), "https://o/x", "" },
		{ "<Protocol><Type>EXPR</Type><ASUrl>https://as/x</ASUrl></Protocol>",
			"https://as/x", "" },
		{ "<Protocol><Type>EXPR</Type><ASUrl>https://as/x</ASUrl>"
		  "<EwsUrl> https://ews/x\n</EwsUrl></Protocol>",
			"https://ews/x", "" },
		{ PROTOCOL("EXPR", "https://o/x") PROTOCOL("EXPR", "https://second/x"),
			"https://o/x", "" },
		{ PROTOCOL("EXPR", "") PROTOCOL("EXPR", "https://second/x"), "https://second/x",
			"" },
		/* what cannot be an endpoint is none */
		{ PROTOCOL("EXPR", "http://o/x") PROTOCOL("EXCH", "https://i/x"), "https://i/x",
			"" },
		{ PROTOCOL("EXPR", "https://u:p@o/x"), "", "" },
		{ PROTOCOL("EXPR", "javascript:x"), "", "" },
		{ PROTOCOL("WEB", "https://o/x"), "", "" },
		{ "<Protocol><EwsUrl>https://o/x</EwsUrl></Protocol>", "", "" },
		{ "<Other><Protocol><Type>EXPR</Type><EwsUrl>https://o/x</EwsUrl></Protocol>"
		  "</Other>",
			"", "" },
		{ "", "", "" },
	};
	char body[2048];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct got g;

		snprintf(body, sizeof(body), POX_ACCOUNT("<Action>settings</Action>%s"),
			cases[i].account);
		g = read_text(DISCOVER_POX, body);
		if (strcmp(g.d.url, cases[i].url) != 0 ||
			strcmp(g.d.internal_url, cases[i].internal) != 0)
			fail_msg("%s: \"%s\", \"%s\"", cases[i].account, g.d.url, g.d.internal_url);
		assert_int_equal(g.o.reason, cases[i].url[0] ? REASON_OK : REASON_NO_EWS);
	}
}

static void soap_choice_of_url(void **state)
{
	static const struct {
		const char *settings, *url, *internal;
	} cases[] = {
		{ SETTING("InternalEwsUrl", "https://i/x") SETTING("ExternalEwsUrl", "https://o/x"),
			"https://o/x", "https://i/x" },
		{ SETTING("InternalEwsUrl", "https://i/x"), "https://i/x", "" },
		{ SETTING("ExternalEwsUrl", "http://o/x"), "", "" },
		{ SETTING("ExternalEwsUrl", "https://one/x")
				SETTING("ExternalEwsUrl", "https://two/x"),
			"https://one/x", "" },
		{ SETTING("externalewsurl", "https://one/x"), "", "" },
	};
	char body[2048];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct got g;

		snprintf(body, sizeof(body),
			SOAP_USER("<ErrorCode>NoError</ErrorCode><UserSettings>%s</UserSettings>"),
			cases[i].settings);
		g = read_text(DISCOVER_SOAP, body);
		if (strcmp(g.d.url, cases[i].url) != 0 ||
			strcmp(g.d.internal_url, cases[i].internal) != 0)
			fail_msg(
				"%s: \"%s\", \"%s\"", cases[i].settings, g.d.url, g.d.internal_url);
	}
}

static void versions(void **state)
{
	static const struct {
		const char *packed, *told, *version;
	} cases[] = {
		{ "738180DA", NULL, "14.1.218" },
		{ "738180da", NULL, "14.1.218" },
		{ "73C180DA0", NULL, "" },
		{ "73C180D", NULL, "" },
		{ "73C1-0DA", NULL, "" },
		{ "FFFFFFFF", NULL, "63.63.32767" },
		{ NULL, "15.01.0201.000", "15.1.201" },
		{ NULL, "15.1.2507", "15.1.2507" },
		{ NULL, "15.1", "" },
		{ NULL, "15.1.2507x", "" },
		{ NULL, "15.-1.2507", "" },
		{ NULL, "15.1.99999999999999999999", "" },
		{ NULL, "", "" },
	};
	char body[2048];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		int packed = cases[i].packed != NULL;
		struct got g;

		if (packed)
			snprintf(body, sizeof(body),
				POX_ACCOUNT("<Protocol><ServerVersion>%s</ServerVersion>"
					    "</Protocol>"),
				cases[i].packed);
		else
			snprintf(body, sizeof(body),
				SOAP_USER("<ErrorCode>NoError</ErrorCode><UserSettings>" SETTING(
					"CasVersion", "%s") "</UserSettings>"),
				cases[i].told);
		g = read_text(packed ? DISCOVER_POX : DISCOVER_SOAP, body);
		assert_string_equal(g.d.version, cases[i].version);
	}
}

/* --- redirections and errors --- */

static void sends_on(void **state)
{
	static const struct {
		enum discover_form form;
		const char *body;
		enum discover_kind kind;
		const char *to;
	} cases[] = {
		{ DISCOVER_POX,
			POX_ACCOUNT("<Action>redirectAddr</Action>"
				    "<RedirectAddr>a@t.onmicrosoft.com</RedirectAddr>"),
			DISCOVER_ADDRESS, "a@t.onmicrosoft.com" },
		{ DISCOVER_POX,
			POX_ACCOUNT("<RedirectUrl>https://b.test/x.xml</RedirectUrl>"
				    "<Action>redirectUrl</Action>"),
			DISCOVER_URL, "https://b.test/x.xml" },
		/* whether it may be followed is not for a reader to say */
		{ DISCOVER_POX,
			POX_ACCOUNT("<Action>redirectUrl</Action>"
				    "<RedirectUrl>http://b.test/x.xml</RedirectUrl>"),
			DISCOVER_URL, "http://b.test/x.xml" },
		{ DISCOVER_POX, POX_ACCOUNT("<Action>redirectAddr</Action>"), DISCOVER_ERROR, "" },
		{ DISCOVER_POX, POX_ACCOUNT("<Action>redirectUrl</Action>"), DISCOVER_ERROR, "" },
		{ DISCOVER_POX,
			POX_ACCOUNT("<Action>redirectAddr</Action>"
				    "<RedirectAddr>a@b@c</RedirectAddr>"),
			DISCOVER_ERROR, "" },
		{ DISCOVER_POX, POX_ACCOUNT("<Action>dance</Action>"), DISCOVER_ERROR, "" },
		{ DISCOVER_SOAP,
			SOAP_USER("<ErrorCode>RedirectAddress</ErrorCode>"
				  "<RedirectTarget>a@b.test</RedirectTarget>"),
			DISCOVER_ADDRESS, "a@b.test" },
		{ DISCOVER_SOAP,
			SOAP_USER("<ErrorCode>RedirectUrl</ErrorCode>"
				  "<RedirectTarget>https://b.test/x.svc</RedirectTarget>"),
			DISCOVER_URL, "https://b.test/x.svc" },
		{ DISCOVER_SOAP, SOAP_USER("<ErrorCode>RedirectUrl</ErrorCode>"), DISCOVER_ERROR,
			"" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct got g = read_text(cases[i].form, cases[i].body);

		if (g.d.kind != cases[i].kind || strcmp(g.d.to, cases[i].to) != 0)
			fail_msg("%s: %d \"%s\"", cases[i].body, (int)g.d.kind, g.d.to);
	}
}

#define SOAP_FAULT(code)                                                                           \
	"<s:Envelope xmlns:s=\"" SOAP "\"><s:Body><s:Fault><faultcode>" code                       \
	"</faultcode><faultstring>Sorry</faultstring></s:Fault></s:Body></s:Envelope>"

static void errors(void **state)
{
	static const struct {
		enum discover_form form;
		long status;
		const char *body;
		enum reason reason;
		const char *code;
	} cases[] = {
		{ DISCOVER_POX, 200, POX_ERROR("500"), REASON_NO_MAILBOX, "500" },
		{ DISCOVER_POX, 200, POX_ERROR("501"), REASON_ADDRESS_REFUSED, "501" },
		{ DISCOVER_POX, 200, POX_ERROR("600"), REASON_BAD_ANSWER, "600" },
		{ DISCOVER_POX, 200, POX_ERROR("601"), REASON_UNSUPPORTED, "601" },
		{ DISCOVER_POX, 200, POX_ERROR("603"), REASON_SERVER_DOWN, "603" },
		{ DISCOVER_POX, 200, POX_ERROR("777"), REASON_BAD_ANSWER, "777" },
		{ DISCOVER_POX, 401, POX_ERROR("500"), REASON_SIGNIN_REFUSED, "" },
		{ DISCOVER_POX, 200, "", REASON_BAD_ANSWER, "" },
		{ DISCOVER_POX, 200, "<a/>", REASON_BAD_ANSWER, "" },
		{ DISCOVER_POX, 200, "hello", REASON_BAD_ANSWER, "" },
		{ DISCOVER_POX, 200, "<html><body>Welcome</body></html>", REASON_NOT_EXCHANGE, "" },
		{ DISCOVER_POX, 200,
			"<!DOCTYPE a [<!ENTITY x \"y\">]><Autodiscover xmlns=\"" POX "\"/>",
			REASON_BAD_ANSWER, "" },
		{ DISCOVER_SOAP, 500, SOAP_FAULT("x:ActionNotSupported"), REASON_UNSUPPORTED,
			"ActionNotSupported" },
		{ DISCOVER_SOAP, 500, SOAP_FAULT("a:InternalServiceFault"), REASON_SERVER_DOWN,
			"InternalServiceFault" },
		{ DISCOVER_SOAP, 500, SOAP_FAULT("Strange"), REASON_BAD_ANSWER, "Strange" },
		{ DISCOVER_SOAP, 200, SOAP_USER("<ErrorCode>InvalidUser</ErrorCode>"),
			REASON_NO_MAILBOX, "InvalidUser" },
		{ DISCOVER_SOAP, 200, SOAP_USER("<ErrorCode>ServerBusy</ErrorCode>"), REASON_SLOWED,
			"ServerBusy" },
		{ DISCOVER_SOAP, 200, SOAP_USER("<ErrorCode>Whatever</ErrorCode>"),
			REASON_BAD_ANSWER, "Whatever" },
		{ DISCOVER_SOAP, 200, SOAP_USER(""), REASON_BAD_ANSWER, "" },
		{ DISCOVER_SOAP, 200,
			"<s:Envelope xmlns:s=\"" SOAP
			"\"><s:Body><GetUserSettingsResponseMessage xmlns=\"" NS_A
			"\"><Response><ErrorCode>NoError</ErrorCode></Response>"
			"</GetUserSettingsResponseMessage></s:Body></s:Envelope>",
			REASON_BAD_ANSWER, "" },
		{ DISCOVER_JSON, 404, "{\"ErrorCode\":\"UserNotFound\",\"ErrorMessage\":\"no\"}",
			REASON_NO_MAILBOX, "UserNotFound" },
		{ DISCOVER_JSON, 400, "{\"ErrorCode\":\"ProtocolNotSupported\"}",
			REASON_UNSUPPORTED, "ProtocolNotSupported" },
		{ DISCOVER_JSON, 400, "{\"ErrorCode\":\"MissingParameterEmail\"}",
			REASON_BAD_ANSWER, "MissingParameterEmail" },
		{ DISCOVER_JSON, 503, "busy", REASON_SERVER_DOWN, "" },
		{ DISCOVER_JSON, 200, "{}", REASON_BAD_ANSWER, "" },
		{ DISCOVER_JSON, 200, "[]", REASON_BAD_ANSWER, "" },
		{ DISCOVER_JSON, 200, "{\"Url\":\"http://a/\"}", REASON_BAD_ANSWER, "" },
		{ DISCOVER_JSON, 200, "{\"Protocol\":\"REST\",\"Url\":\"https://a/\"}",
			REASON_BAD_ANSWER, "" },
		{ DISCOVER_JSON, 200, "{\"Url\":\"https://a/\",\"Url\":\"https://b/\"}",
			REASON_BAD_ANSWER, "" },
		{ DISCOVER_JSON, 200, "{\"Url\":\"https://a/\\u0000b\"}", REASON_BAD_ANSWER, "" },
		{ DISCOVER_JSON, 404, "{\"Url\":\"https://a/\"}", REASON_NO_EWS, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct got g = read_reply(cases[i].form, cases[i].status, "HTTP/1.1 000 X\r\n\r\n",
			cases[i].body, strlen(cases[i].body));

		if (g.d.kind != DISCOVER_ERROR || g.o.reason != cases[i].reason ||
			strcmp(g.o.code, cases[i].code) != 0)
			fail_msg("%s: %d, reason %d, \"%s\"", cases[i].body, (int)g.d.kind,
				(int)g.o.reason, g.o.code);
	}
}

static void redirects_of_http(void **state)
{
	static const char away[] = "HTTP/1.1 302 Found\r\nLocation: https://b.test/x\r\n\r\n";
	static const char login[] =
		"HTTP/1.1 302 Found\r\nLocation: https://b.test/owa/auth/logon.aspx\r\n\r\n";

	(void)state;
	for (int form = DISCOVER_POX; form <= DISCOVER_JSON; form++) {
		struct got g = read_reply((enum discover_form)form, 302, away, "", 0);

		assert_int_equal(g.d.kind, DISCOVER_URL);
		assert_string_equal(g.d.to, "https://b.test/x");
		g = read_reply((enum discover_form)form, 302, login, "", 0);
		assert_int_equal(g.d.kind, DISCOVER_ERROR);
		assert_int_equal(g.o.reason, REASON_PREAUTHENTICATION);
		g = read_reply((enum discover_form)form, 302, "HTTP/1.1 302 Found\r\n\r\n", "", 0);
		assert_int_equal(g.d.kind, DISCOVER_ERROR);
	}
}

static void json_settings(void **state)
{
	static const char good[] = "{\"Protocol\":\"EWS\",\"Url\":\"https://o.test/EWS/x\"}";
	struct got g = read_text(DISCOVER_JSON, good);

	(void)state;
	assert_string_equal(g.d.url, "https://o.test/EWS/x");
	for (size_t n = 0; n < sizeof(good) - 1; n++) {
		g = read_reply(DISCOVER_JSON, 200, "HTTP/1.1 200 OK\r\n\r\n", good, n);
		assert_int_equal(g.o.reason, REASON_BAD_ANSWER);
	}
}

/* --- the same answers, mistreated --- */

/* Every cut is refused: what is not whole says nothing. */
static void truncated(void **state)
{
	const struct {
		enum discover_form form;
		const char *body;
	} cases[] = { { DISCOVER_POX, pox_settings }, { DISCOVER_SOAP, soap_settings } };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		for (size_t n = 0; n < strlen(cases[i].body); n++) {
			struct got g = read_reply(
				cases[i].form, 200, "HTTP/1.1 200 OK\r\n\r\n", cases[i].body, n);

			assert_int_equal(g.d.kind, DISCOVER_ERROR);
			assert_int_equal(g.o.reason, REASON_BAD_ANSWER);
		}
	}
}

/* A byte that is another one: read or refused, and never another host. */
static void bent(void **state)
{
	static const char bytes[] = { '<', '>', '&', '"', '\0', '\xff', 'x', '/' };
	char body[sizeof(pox_settings)];

	(void)state;
	for (size_t at = 0; at < sizeof(pox_settings) - 1; at++) {
		for (size_t i = 0; i < sizeof(bytes); i++) {
			memcpy(body, pox_settings, sizeof(body));
			body[at] = bytes[i];
			read_reply(DISCOVER_POX, 200, "HTTP/1.1 200 OK\r\n\r\n", body,
				sizeof(body) - 1);
			arena_reset(&arena);
		}
	}
}

/* Prefixes, unknown elements, doubles, another order: the same is read. */
static void other_dress(void **state)
{
	static const char *const bodies[] = {
		"\xef\xbb\xbf<?xml version=\"1.0\"?><q:Autodiscover xmlns:q=\"" POX
		"\"><z:Response xmlns:z=\"" POXA
		"\"><z:Account><z:New a=\"b\"/><z:Protocol><z:EwsUrl>https://m/x</z:EwsUrl>"
		"<z:Type>EXPR</z:Type></z:Protocol><z:Action>SETTINGS</z:Action></z:Account>"
		"<z:User><z:DisplayName>Anna</z:DisplayName></z:User></z:Response>"
		"</q:Autodiscover>",
		"<Autodiscover xmlns=\"" POX "\"><Strange xmlns=\"urn:x\"><Response/></Strange>"
		"<Response xmlns=\"" POXA "\"><User><DisplayName>Anna</DisplayName>"
		"<DisplayName>Other</DisplayName></User><User><DisplayName>Second</DisplayName>"
		"</User><Account><Action>settings</Action><Action>redirectUrl</Action>"
		"<Protocol><Type>EXPR</Type><EwsUrl>https://m/x</EwsUrl></Protocol></Account>"
		"<Account><Action>settings</Action></Account></Response>"
		"<Response xmlns=\"" POXA "\"/></Autodiscover>",
		"<Autodiscover xmlns=\"" POX "\"><Response><User><DisplayName>Anna</DisplayName>"
		"</User><Account><Action>settings</Action><Protocol><Type>EXPR</Type>"
		"<EwsUrl>https://m/x</EwsUrl></Protocol></Account></Response></Autodiscover>",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bodies); i++) {
		struct got g = read_text(DISCOVER_POX, bodies[i]);

		if (g.o.reason != REASON_OK)
			fail_msg("%zu: %d %s", i, (int)g.o.reason, g.o.said);
		assert_string_equal(g.d.url, "https://m/x");
		assert_string_equal(g.d.display_name, "Anna");
	}
}

/* An error beside settings wins, and a foreign namespace is nobody's. */
static void contradictions(void **state)
{
	struct got g = read_text(DISCOVER_POX,
		"<Autodiscover xmlns=\"" POX "\"><Response><Account><Action>settings</Action>"
		"<Protocol><Type>EXPR</Type><EwsUrl>https://m/x</EwsUrl></Protocol></Account>"
		"<Error><ErrorCode>500</ErrorCode></Error></Response></Autodiscover>");

	(void)state;
	assert_int_equal(g.o.reason, REASON_NO_MAILBOX);
	g = read_text(DISCOVER_POX,
		"<Autodiscover xmlns=\"urn:x\"><Response><Account><Protocol><Type>EXPR</Type>"
		"<EwsUrl>https://m/x</EwsUrl></Protocol></Account></Response></Autodiscover>");
	assert_int_equal(g.o.reason, REASON_BAD_ANSWER);
}

/* What is shown is fit to be shown. */
static void shown_is_clean(void **state)
{
	struct got g = read_text(DISCOVER_POX,
		"<Autodiscover xmlns=\"" POX "\"><Response xmlns=\"" POXA
		"\"><User><DisplayName>A&#10;B&#x202e;C</DisplayName><AutoDiscoverSMTPAddress>"
		"not an address</AutoDiscoverSMTPAddress></User><Account><Protocol>"
		"<Type>EXPR</Type><EwsUrl>https://m/x</EwsUrl></Protocol></Account></Response>"
		"</Autodiscover>");

	(void)state;
	assert_string_equal(g.d.display_name, "A?B???C");
	assert_string_equal(g.d.address, "");
}

/* --- a recorded answer of a real server --- */

static void recorded(void **state)
{
	const char *base = getenv("LATCHKEY_EWS");
	char path[512], *body = calloc(1, 1 << 20);
	struct got g;
	size_t n;
	FILE *f;

	(void)state;
	snprintf(path, sizeof(path),
		"%s/traces/ews-javascript-api/autodiscoverRequestWithSingleUserResponse.xml",
		base ? base : "");
	f = base ? fopen(path, "r") : NULL;
	if (!f) {
		free(body);
		skip();
		return;
	}
	n = fread(body, 1, 1 << 20, f);
	fclose(f);
	g = read_reply(DISCOVER_SOAP, 200, "HTTP/1.1 200 OK\r\n\r\n", body, n);
	assert_int_equal(g.o.reason, REASON_OK);
	assert_string_equal(g.d.url, "https://outlook.office365.com/EWS/Exchange.asmx");
	assert_string_equal(g.d.display_name, "test user");
	assert_string_equal(g.d.address, "user@contoso.com");
	assert_string_equal(g.d.version, "15.1.201");
	assert_string_equal(g.o.version, "15.1.201.0");
	while (n > 0 && body[n - 1] != '>')
		n--;
	while (n-- > 0) {
		g = read_reply(DISCOVER_SOAP, 200, "HTTP/1.1 200 OK\r\n\r\n", body, n);
		assert_int_equal(g.o.reason, REASON_BAD_ANSWER);
		arena_reset(&arena);
	}
	free(body);
}

/* --- asking --- */

static void requests(void **state)
{
	struct buf b;
	struct err e;

	(void)state;
	buf_init(&b, DISCOVER_BODY_MAX);
	assert_ok(discover_write(DISCOVER_POX, "anna@contoso.com", "", &b, &e));
	assert_non_null(strstr(buf_str(&b),
		"<Autodiscover xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/outlook/"
		"requestschema/2006\"><Request><EMailAddress>anna@contoso.com</EMailAddress>"
		"<AcceptableResponseSchema>" POXA
		"</AcceptableResponseSchema></Request></Autodiscover>"));
	buf_clear(&b);
	assert_ok(discover_write(DISCOVER_SOAP, "a&b@contoso.com", "https://h/x?a=1&b=2", &b, &e));
	assert_non_null(strstr(buf_str(&b), "<wsa:To>https://h/x?a=1&amp;b=2</wsa:To>"));
	assert_non_null(strstr(buf_str(&b), "<a:Mailbox>a&amp;b@contoso.com</a:Mailbox>"));
	assert_non_null(strstr(buf_str(&b), "<a:Setting>ExternalEwsUrl</a:Setting>"));
	assert_non_null(strstr(
		buf_str(&b), "<wsa:Action>" NS_A "/Autodiscover/GetUserSettings</wsa:Action>"));
	buf_clear(&b);
	assert_int_equal(discover_write(DISCOVER_POX, "nobody", "", &b, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	assert_int_equal(discover_write(DISCOVER_JSON, "a@b.test", "", &b, &e), -1);
	buf_done(&b);
	buf_init(&b, 100);
	assert_int_equal(discover_write(DISCOVER_POX, "anna@contoso.com", "", &b, &e), -1);
	buf_done(&b);
	assert_string_equal(discover_json_path(&arena, "anna+x@contoso.com"),
		"/autodiscover/autodiscover.json?Email=anna%2Bx%40contoso.com&Protocol=EWS");
}

static void signs_of_life(void **state)
{
	static const struct {
		long status;
		const char *headers, *body;
		int alive;
	} cases[] = {
		{ 401, "WWW-Authenticate: NTLM\r\nWWW-Authenticate: Negotiate\r\n", "", 1 },
		{ 401, "WWW-Authenticate: Basic realm=\"x\"\r\n", "", 1 },
		{ 401, "WWW-Authenticate: Digest realm=\"x\"\r\n", "", 0 },
		{ 401, "", "<html>", 0 },
		{ 200, "Content-Type: text/xml\r\n", POX_ERROR("600"), 1 },
		{ 200, "Content-Type: text/xml\r\n", POX_ERROR("500"), 0 },
		{ 200, "", pox_settings, 0 },
		{ 500, "", POX_ERROR("600"), 0 },
		{ 200, "Content-Type: text/html\r\n", "<html><form><input type=password></form>",
			0 },
		{ 200, "", "", 0 },
		{ 404, "WWW-Authenticate: Basic realm=\"x\"\r\n", "", 0 },
		{ 302, "Location: https://x.test/\r\nWWW-Authenticate: NTLM\r\n", "", 0 },
	};
	char headers[256];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct dialect_reply r = { .status = cases[i].status, .headers = headers };

		snprintf(headers, sizeof(headers), "HTTP/1.1 %ld X\r\n%s\r\n", cases[i].status,
			cases[i].headers);
		r.headers_len = strlen(headers);
		r.body = cases[i].body;
		r.body_len = strlen(cases[i].body);
		if (discover_is_exchange(&r) != cases[i].alive)
			fail_msg("%zu: %ld %s", i, cases[i].status, cases[i].headers);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(plain_settings),
		TEST(soap_settings_sample),
		TEST(choice_of_url),
		TEST(soap_choice_of_url),
		TEST(versions),
		TEST(sends_on),
		TEST(errors),
		TEST(redirects_of_http),
		TEST(json_settings),
		TEST(truncated),
		TEST(bent),
		TEST(other_dress),
		TEST(contradictions),
		TEST(shown_is_clean),
		TEST(recorded),
		TEST(requests),
		TEST(signs_of_life),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
