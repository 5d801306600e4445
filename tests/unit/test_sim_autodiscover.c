/* Autodiscovery in its three ways, and the websites that stand where it is looked for. */
#include "tests/unit/unit.h"
#include <stdlib.h>
#include <string.h>
#include <libxml/parser.h>
#include "sim/autodiscover.h"
#include "sim/fault.h"
#include "sim/http_private.h"
#include "sim/scenario.h"

#define REQUEST "http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"
#define RESPONSE "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"
#define NS_A "http://schemas.microsoft.com/exchange/2010/Autodiscover"

static const char *const scenario[] = {
	"organisation Example",
	"seed 5",
	"clock 2026-11-23T08:00:00Z frozen",
	"premise hq onprem 2016 host mail.example.test",
	"schemes basic",
	"internal-host inner.example.test",
	"premise cloud online host outlook.example.test",
	"domain example.test premise hq",
	"domain cloud.example.test premise cloud",
	"mailbox anna@example.test \"Anna <A>\"",
	"password secret",
	"alias a.lind@example.test",
	"mailbox carl@example.test Carl premise cloud",
	"alias carl@cloud.example.test",
	"mailbox dora@example.test Dora premise cloud",
	"mailbox emil@cloud.example.test Emil",
	"home hq",
	"mailbox fred@example.test Fred",
	"moved-to cloud",
	"mailbox gone@example.test Gone",
	"enabled no",
};

/* A simulator without sockets: faces and one connection. */
struct bench {
	struct sim s;
	struct face ews, inner, discover, plain, site, cloud;
	struct connection on;
	struct answer a;
	struct request r;
	struct header headers[3];
};

static const struct face_kind *kind(const char *name)
{
	const struct face_kind *k = face_kinds;

	while (!same(k->name, name))
		k++;
	return k;
}

static void add_face(struct bench *b, struct face *f, const char *name, const char *host, int port)
{
	*f = (struct face){ .next = b->s.faces,
		.sim = &b->s,
		.kind = kind(name),
		.premise = world_premise(b->s.world, "hq"),
		.host = (char *)(uintptr_t)host,
		.port = port };
	b->s.faces = f;
}

static void obey(struct bench *b, struct scenario_place *place, const char *line)
{
	struct scenario_error e = { 0 };

	place->world = b->s.world;
	if (scenario_line(place, line, &e) != 0)
		fail_msg("%s: %s", line, e.say);
}

static struct bench *bench_new(void)
{
	struct bench *b = need(sizeof(*b));
	struct scenario_place place = { 0 };

	b->s.world = world_new();
	for (size_t i = 0; i < COUNT(scenario); i++)
		obey(b, &place, scenario[i]);
	b->s.journal = journal_new(100);
	add_face(b, &b->ews, "ews", "mail.example.test", 443);
	add_face(b, &b->inner, "ews", "inner.example.test", 8443);
	add_face(b, &b->discover, "autodiscover", "autodiscover.example.test", 443);
	add_face(b, &b->plain, "plain", "autodiscover.example.test", 80);
	add_face(b, &b->site, "website", "example.test", 443);
	add_face(b, &b->cloud, "ews", "outlook.example.test", 443);
	b->cloud.premise = world_premise(b->s.world, "cloud");
	b->site.premise = NULL;
	b->site.domain = world_domain(b->s.world, "example.test");
	return b;
}

static void answer_clear(struct bench *b)
{
	text_free(&b->a.head);
	text_free(&b->a.body);
	b->a = (struct answer){ 0 };
}

static void bench_free(struct bench *b)
{
	answer_clear(b);
	if (b->on.forget != NULL)
		b->on.forget(b->on.thing);
	journal_free(b->s.journal);
	b->s.world->faults = NULL;
	world_free(b->s.world);
	free(b);
}

static const char good[] = "Basic YW5uYUBleGFtcGxlLnRlc3Q6c2VjcmV0"; /* anna, secret */

/* One request; what follows "?" in the path is its query. */
static void ask(struct bench *b, struct face *f, const char *method, const char *path,
	const char *authorization, const char *body)
{
	char *own = copy(path), *query = strchr(own, '?');

	answer_clear(b);
	if (query != NULL)
		*query++ = '\0';
	b->headers[0] = (struct header){ (char *)"Host", f->host };
	b->headers[1] =
		(struct header){ (char *)"Authorization", (char *)(uintptr_t)authorization };
	b->r = (struct request){ .method = (char *)(uintptr_t)method,
		.path = own,
		.query = query,
		.headers = b->headers,
		.n_headers = authorization != NULL ? 2 : 1,
		.body = { .at = (char *)(uintptr_t)body, .len = body != NULL ? strlen(body) : 0 },
		.on = &b->on };
	if (f->premise != NULL) /* on a mail host by the path, elsewhere by the name */
		autodiscover_face(f, &b->r, &b->a);
	else
		f->kind->handler(f, &b->r, &b->a);
	free(own);
}

static int status(const struct bench *b)
{
	return b->a.status == 0 ? 200 : b->a.status;
}

static void assert_has(const struct bench *b, const char *part)
{
	if (b->a.body.at == NULL || strstr(b->a.body.at, part) == NULL)
		fail_msg("%s\nis not in\n%s", part, b->a.body.at);
}

static void assert_not(const struct bench *b, const char *part)
{
	if (b->a.body.at != NULL && strstr(b->a.body.at, part) != NULL)
		fail_msg("%s\nis in\n%s", part, b->a.body.at);
}

static void assert_head(const struct bench *b, const char *part)
{
	if (b->a.head.at == NULL || strstr(b->a.head.at, part) == NULL)
		fail_msg("%s\nis not in\n%s", part, b->a.head.at);
}

static void assert_xml(const struct bench *b)
{
	xmlDoc *doc = xmlReadMemory(
		b->a.body.at, (int)b->a.body.len, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR);

	assert_non_null(doc);
	xmlFreeDoc(doc);
}

/* Plain XML */

static const char pox_path[] = "/Autodiscover/Autodiscover.xml";

static char *pox(const char *address)
{
	return format("<?xml version=\"1.0\"?><Autodiscover xmlns=\"" REQUEST "\"><Request>"
		      "<EMailAddress>%s</EMailAddress><AcceptableResponseSchema>" RESPONSE
		      "</AcceptableResponseSchema></Request></Autodiscover>",
		address);
}

static void ask_pox(struct bench *b, struct face *f, const char *address)
{
	char *body = pox(address);

	ask(b, f, "POST", pox_path, good, body);
	assert_int_equal(status(b), 200);
	assert_string_equal(b->a.type, "text/xml; charset=utf-8");
	assert_xml(b);
	free(body);
}

static void test_settings(void **state)
{
	struct bench *b = bench_new();

	(void)state;
	ask_pox(b, &b->discover, "A.Lind@EXAMPLE.test");
	assert_has(b, "<DisplayName>Anna &lt;A&gt;</DisplayName>");
	assert_has(b, "<AutoDiscoverSMTPAddress>anna@example.test</AutoDiscoverSMTPAddress>");
	assert_has(b, "<Action>settings</Action><MicrosoftOnline>False</MicrosoftOnline>");
	assert_has(b, "<Type>EXCH</Type>");
	assert_has(b, "<EwsUrl>https://inner.example.test:8443/EWS/Exchange.asmx</EwsUrl>");
	assert_has(b,
		"<Type>EXPR</Type><Server>mail.example.test</Server><SSL>On</SSL>"
		"<AuthPackage>Basic</AuthPackage>"
		"<ASUrl>https://mail.example.test/EWS/Exchange.asmx</ASUrl>"
		"<EwsUrl>https://mail.example.test/EWS/Exchange.asmx</EwsUrl>");
	assert_has(b, "<Type>EXHTTP</Type>");
	assert_has(b, "<Type>WEB</Type>");
	assert_has(b, "<ServerVersion>73C189CB</ServerVersion>"); /* 15.1.2507 */
	bench_free(b);
}

static void test_settings_by_product(void **state)
{
	static const struct {
		const char *product, *version;
		bool ews_url, exhttp;
	} cases[] = {
		{ "2007sp1", "720180F0", false, false },
		{ "2010sp1", "738180DA", true, false }, /* the example of EWS.md 12.1 */
		{ "2013sp1", "73C0834F", true, true },
		{ "2019", "73C28608", true, true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct bench *b = bench_new();
		struct scenario_place place = { 0 };
		char *line = format("premise hq %s", cases[i].product);
		char *version = format("<ServerVersion>%s</ServerVersion>", cases[i].version);

		obey(b, &place, line);
		ask_pox(b, &b->discover, "anna@example.test");
		assert_has(b, version);
		(cases[i].ews_url ? assert_has : assert_not)(b, "<EwsUrl>");
		(cases[i].exhttp ? assert_has : assert_not)(b, "<Type>EXHTTP</Type>");
		assert_has(b, "<ASUrl>");
		free(line);
		free(version);
		bench_free(b);
	}
}

static void test_routes(void **state)
{
	static const struct {
		const char *address, *part;
	} cases[] = {
		{ "carl@example.test",
			"<Action>redirectAddr</Action><RedirectAddr>carl@cloud.example.test<" },
		{ "dora@example.test", "<ErrorCode>500</ErrorCode>" }, /* no address there */
		{ "emil@cloud.example.test", "<Action>settings</Action>" },
		{ "fred@example.test", "<Action>settings</Action>" }, /* still claimed */
		{ "gone@example.test", "<ErrorCode>500</ErrorCode>" },
		{ "nobody@example.test", "<ErrorCode>500</ErrorCode>" },
		{ "nobody@elsewhere.test", "<ErrorCode>500</ErrorCode>" },
		{ "no address", "<ErrorCode>501</ErrorCode>" },
		{ "", "<ErrorCode>501</ErrorCode>" },
		{ "a@b@c", "<ErrorCode>501</ErrorCode>" },
	};
	struct bench *b = bench_new();

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		ask_pox(b, &b->ews, cases[i].address); /* the mail host answers too */
		assert_has(b, cases[i].part);
	}
	bench_free(b);
}

static void test_errors(void **state)
{
	static const char *const invalid[] = { NULL, "", "no xml", "<a", "<Autodiscover/>",
		"<Autodiscover xmlns=\"urn:other\"><Request/></Autodiscover>",
		"<Autodiscover xmlns=\"" REQUEST "\"/>",
		"<Autodiscover xmlns=\"" REQUEST "\"><Request/></Autodiscover>",
		"<Autodiscover xmlns=\"" REQUEST "\"><Request><EMailAddress>anna@example.test"
		"</EMailAddress></Request></Autodiscover>",
		"<!DOCTYPE a [<!ENTITY x \"anna@example.test\">]><Autodiscover xmlns=\"" REQUEST
		"\"><Request><EMailAddress>&x;</EMailAddress><AcceptableResponseSchema>" RESPONSE
		"</AcceptableResponseSchema></Request></Autodiscover>" };
	struct bench *b = bench_new();

	(void)state;
	for (size_t i = 0; i < COUNT(invalid); i++) {
		ask(b, &b->discover, "POST", pox_path, good, invalid[i]);
		assert_int_equal(status(b), 200);
		assert_has(b, "<Response>\r\n    <Error Time=\"08:00:00.0000000\" Id=\"");
		assert_has(b, "<ErrorCode>600</ErrorCode>");
		assert_xml(b);
	}
	ask(b, &b->discover, "GET", pox_path, good, NULL);
	assert_has(b, "<ErrorCode>600</ErrorCode>");
	ask(b, &b->discover, "POST", pox_path, good,
		"<Autodiscover xmlns=\"" REQUEST "\"><Request><EMailAddress>anna@example.test"
		"</EMailAddress><AcceptableResponseSchema>urn:other</AcceptableResponseSchema>"
		"</Request></Autodiscover>");
	assert_has(b, "<ErrorCode>601</ErrorCode>");
	bench_free(b);
}

static void test_sign_in(void **state)
{
	struct bench *b = bench_new();
	json_t *log, *last;

	(void)state;
	ask(b, &b->discover, "GET", pox_path, NULL, NULL);
	assert_int_equal(status(b), 401);
	assert_head(b, "WWW-Authenticate: Basic");
	assert_head(b, "X-SOAP-Enabled: True");
	ask(b, &b->discover, "POST", pox_path, "Basic YW5uYUBleGFtcGxlLnRlc3Q6d3Jvbmc=", NULL);
	assert_int_equal(status(b), 401);
	assert_int_equal(world_identity(b->s.world, "anna@example.test")->bad, 1);
	ask_pox(b, &b->discover, "fred@example.test"); /* anybody may ask about anybody */
	assert_int_equal(status(b), 200);
	log = journal_read(b->s.journal, 0, 10);
	assert_int_equal(json_array_size(log), 3);
	last = json_array_get(log, 2);
	assert_string_equal(json_string_value(json_object_get(last, "op")), "Autodiscover");
	assert_string_equal(
		json_string_value(json_object_get(last, "caller")), "anna@example.test");
	assert_string_equal(
		json_string_value(json_object_get(last, "mailbox")), "fred@example.test");
	assert_string_equal(json_string_value(json_object_get(last, "code")), "NoError");
	assert_string_equal(json_string_value(json_object_get(last, "face")), "autodiscover");
	json_decref(log);
	bench_free(b);
}

static void test_paths(void **state)
{
	struct bench *b = bench_new();
	struct scenario_place place = { 0 };

	(void)state;
	ask(b, &b->discover, "GET", "/autodiscover/other.xml", good, NULL);
	assert_int_equal(status(b), 404);
	ask(b, &b->discover, "GET", "/", good, NULL);
	assert_int_equal(status(b), 404);
	ask(b, &b->plain, "GET", pox_path, NULL, NULL);
	assert_int_equal(status(b), 302);
	assert_head(b, "Location: https://autodiscover.example.test/Autodiscover/Autodiscover.xml");
	ask(b, &b->plain, "POST", pox_path, good, NULL);
	assert_int_equal(status(b), 403);
	b->discover.premise = NULL;
	ask(b, &b->discover, "GET", pox_path, good, NULL);
	assert_int_equal(status(b), 404);
	b->discover.premise = b->ews.premise;
	obey(b, &place, "premise hq 2007sp1");
	ask(b, &b->discover, "POST", "/autodiscover/autodiscover.svc", good, "<a/>");
	assert_int_equal(status(b), 404);
	bench_free(b);
}

/* SOAP */

#define SOAP_BEGIN                                                                                 \
	"<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:a=\"" NS_A        \
	"\" xmlns:w=\"http://www.w3.org/2005/08/addressing\"><s:Header>"
#define SOAP_HEAD                                                                                  \
	"<a:RequestedServerVersion>Exchange2010</a:RequestedServerVersion><w:MessageID>urn:1"      \
	"</w:MessageID><w:To>https://x/</w:To>"
#define ACTION(name) "<w:Action>" NS_A "/Autodiscover/" name "</w:Action>"
#define USERS(users, settings)                                                                     \
	"</s:Header><s:Body><a:GetUserSettingsRequestMessage><a:Request><a:Users>" users           \
	"</a:Users><a:RequestedSettings>" settings "</a:RequestedSettings></a:Request>"            \
	"</a:GetUserSettingsRequestMessage></s:Body></s:Envelope>"
#define USER(address) "<a:User><a:Mailbox>" address "</a:Mailbox></a:User>"
#define SETTING(name) "<a:Setting>" name "</a:Setting>"

static void ask_soap(struct bench *b, struct face *f, const char *body, int want)
{
	ask(b, f, "POST", "/autodiscover/autodiscover.svc", good, body);
	if (status(b) != want)
		fail_msg("%d: %s", status(b), b->a.body.at);
	if (want != 400)
		assert_xml(b);
}

static void test_user_settings(void **state)
{
	struct bench *b = bench_new();

	(void)state;
	ask_soap(b, &b->discover,
		SOAP_BEGIN SOAP_HEAD ACTION("GetUserSettings") USERS(
			USER("anna@example.test") USER("carl@example.test") USER("x@example.test"),
			SETTING("ExternalEwsUrl") SETTING("InternalEwsUrl")
				SETTING("EwsSupportedSchemas") SETTING("CasVersion")
					SETTING("UserDisplayName") SETTING("ExternalWebClientUrls")
						SETTING("ActiveDirectoryServer") SETTING("NoSuch")),
		200);
	assert_has(b,
		"<h:MajorVersion>15</h:MajorVersion><h:MinorVersion>1</h:MinorVersion>"
		"<h:MajorBuildNumber>2507</h:MajorBuildNumber>");
	assert_has(b, "<a:RelatesTo>urn:1</a:RelatesTo>");
	assert_has(b,
		"<Response xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\">"
		"<ErrorCode>NoError</ErrorCode><ErrorMessage/><UserResponses><UserResponse>"
		"<ErrorCode>NoError</ErrorCode><ErrorMessage>No error.</ErrorMessage>"
		"<RedirectTarget i:nil=\"true\"/><UserSettingErrors><UserSettingError>"
		"<ErrorCode>SettingIsNotAvailable</ErrorCode>");
	assert_has(b, "<ErrorCode>InvalidSetting</ErrorCode>");
	assert_has(b, "<SettingName>NoSuch</SettingName>");
	assert_has(b,
		"<UserSetting i:type=\"StringSetting\"><Name>ExternalEwsUrl</Name>"
		"<Value>https://mail.example.test/EWS/Exchange.asmx</Value>");
	assert_has(b, "<Value>15.01.2507.035</Value>");
	assert_has(b, "<Value>Exchange2007, Exchange2007_SP1, Exchange2010, Exchange2010_SP1, ");
	assert_has(b, "i:type=\"WebClientUrlCollectionSetting\"");
	assert_not(b, "<Name>MailboxDN</Name>"); /* nobody asked */
	assert_has(b,
		"<UserResponse><ErrorCode>RedirectAddress</ErrorCode><ErrorMessage>"
		"Redirection address.</ErrorMessage><RedirectTarget>carl@cloud.example.test"
		"</RedirectTarget><UserSettingErrors/><UserSettings/></UserResponse>");
	assert_has(b,
		"<ErrorCode>InvalidUser</ErrorCode><ErrorMessage>Invalid user: "
		"'x@example.test'</ErrorMessage>");
	bench_free(b);
}

static void test_soap_errors(void **state)
{
	static const struct {
		const char *body;
		int status;
		const char *part;
	} cases[] = {
		{ "", 400, "400" },
		{ "<a/>", 400, "400" },
		{ SOAP_BEGIN SOAP_HEAD USERS(USER("a@b"), SETTING("UserDN")), 500,
			">a:MessageAddressingHeaderRequired</faultcode>" },
		{ SOAP_BEGIN ACTION("GetUserSettings") USERS(USER("a@b"), SETTING("UserDN")), 500,
			">a:MessageAddressingHeaderRequired</faultcode>" },
		{ SOAP_BEGIN SOAP_HEAD ACTION("Other") USERS(USER("a@b"), SETTING("UserDN")), 500,
			">a:ActionNotSupported</faultcode>" },
		{ SOAP_BEGIN SOAP_HEAD "<w:Action>x</w:Action>" USERS(USER("a@b"), ""), 500,
			"ContractFilter mismatch" },
		{ SOAP_BEGIN SOAP_HEAD ACTION("GetUserSettings") USERS("", SETTING("UserDN")), 200,
			"<ErrorCode>InvalidRequest</ErrorCode>" },
		{ SOAP_BEGIN SOAP_HEAD ACTION("GetUserSettings") USERS(USER("a@b"), ""), 200,
			"<ErrorCode>InvalidRequest</ErrorCode>" },
		{ SOAP_BEGIN "<a:RequestedServerVersion>V2018_01_08</a:RequestedServerVersion>"
			     "<w:To>x</w:To>" ACTION("GetUserSettings")
				     USERS(USER("a@b"), SETTING("UserDN")),
			200, "<ErrorCode>InvalidRequest</ErrorCode>" },
		{ SOAP_BEGIN SOAP_HEAD ACTION("GetUserSettings") "</s:Header></s:Envelope>", 200,
			"<ErrorCode>InvalidRequest</ErrorCode>" },
		{ SOAP_BEGIN SOAP_HEAD ACTION("GetFederationInformation") "</s:Header><s:Body/>"
									  "</s:Envelope>",
			200, "<ErrorCode>NotFederated</ErrorCode>" },
	};
	struct bench *b = bench_new();

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		ask_soap(b, &b->discover, cases[i].body, cases[i].status);
		assert_has(b, cases[i].part);
	}
	ask(b, &b->discover, "GET", "/autodiscover/autodiscover.svc", good, NULL);
	assert_int_equal(status(b), 400);
	bench_free(b);
}

static void test_many_users(void **state)
{
	struct bench *b = bench_new();
	struct text body = { 0 };

	(void)state;
	text_puts(&body,
		SOAP_BEGIN SOAP_HEAD ACTION(
			"GetUserSettings") "</s:Header><s:Body>"
					   "<a:GetUserSettingsRequestMessage><a:Request><a:Users>");
	for (int i = 0; i < 101; i++)
		text_puts(&body, USER("anna@example.test"));
	text_puts(&body,
		"</a:Users><a:RequestedSettings>" SETTING(
			"UserDN") "</a:RequestedSettings>"
				  "</a:Request></a:GetUserSettingsRequestMessage></s:Body></"
				  "s:Envelope>");
	ask_soap(b, &b->discover, body.at, 200);
	assert_has(b, "<ErrorCode>InvalidRequest</ErrorCode>");
	assert_has(b, "<UserResponses/>");
	text_free(&body);
	bench_free(b);
}

static void test_domain_settings(void **state)
{
	struct bench *b = bench_new();

	(void)state;
	ask_soap(b, &b->discover,
		SOAP_BEGIN SOAP_HEAD ACTION(
			"GetDomainSettings") "</s:Header><s:Body>"
					     "<a:GetDomainSettingsRequestMessage><a:Request><a:"
					     "Domains><a:Domain>"
					     "EXAMPLE.test</a:Domain><a:Domain>other.test</"
					     "a:Domain></a:Domains>"
					     "<a:RequestedSettings>" SETTING("ExternalEwsUrl")
						     SETTING("ExternalEwsVersion") "</"
										   "a:"
										   "RequestedSettin"
										   "gs></a:Request>"
										   "</"
										   "a:"
										   "GetDomainSettin"
										   "gsRequestMessag"
										   "e></s:Body></"
										   "s:Envelope>",
		200);
	assert_has(b,
		"<DomainSetting i:type=\"DomainStringSetting\"><Name>ExternalEwsUrl</Name>"
		"<Value>https://mail.example.test/EWS/Exchange.asmx</Value>");
	assert_has(b, "<Value>15.01.2507.035</Value>");
	assert_has(b, "<ErrorCode>InvalidDomain</ErrorCode>");
	bench_free(b);
}

/* JSON */

static void test_json(void **state)
{
	static const struct {
		const char *path;
		int status;
		const char *part; /* of the body, or of the head when redirected */
	} cases[] = {
		{ "?Email=anna%40example.test&Protocol=EWS", 200,
			"{\"Protocol\":\"EWS\",\"Url\":\"https://mail.example.test/EWS/"
			"Exchange.asmx\"}" },
		{ "?Email=anna%40example.test&Protocol=autodiscoverv1", 200,
			"{\"Protocol\":\"AutodiscoverV1\",\"Url\":\"https://mail.example.test/"
			"autodiscover/autodiscover.xml\"}" },
		{ "/v1.0/anna@example.test?Protocol=EWS", 200, "\"Url\"" },
		{ "/v1.0/?Protocol=EWS", 400, "\"ErrorCode\":\"MissingParameter" },
		{ "", 400, "\"ErrorCode\":\"MissingParameter" },
		{ "?Protocol=EWS", 400, "\"ErrorCode\":\"MissingParameter" },
		{ "?Email=nonsense&Protocol=EWS", 400, "\"ErrorCode\":\"MissingParameter" },
		{ "?Email=anna%40example.test", 400, "\"ErrorCode\":\"MissingParameter" },
		{ "?Email=anna%40example.test&Protocol=Gopher", 400,
			"\"ErrorCode\":\"ProtocolNotSupported\"" },
		{ "?Email=nobody%40example.test&Protocol=EWS", 200, "\"Url\"" },
		{ "?Email=carl%40example.test&Protocol=EWS", 302,
			"Location: https://autodiscover.cloud.example.test/autodiscover/"
			"autodiscover.json?Email=carl%40example.test&Protocol=EWS&RedirectCount="
			"1" },
		{ "?Email=carl%40example.test&Protocol=EWS&RedirectCount=10", 400, "ErrorCode" },
	};
	struct bench *b = bench_new();
	struct scenario_place place = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *path = format("/autodiscover/autodiscover.json%s", cases[i].path);

		ask(b, &b->discover, "GET", path, NULL, NULL); /* nobody signs in */
		if (status(b) != cases[i].status)
			fail_msg("%s: %d %s", path, status(b), b->a.body.at);
		(status(b) == 302 ? assert_head : assert_has)(b, cases[i].part);
		free(path);
	}
	obey(b, &place, "premise hq");
	obey(b, &place, "unsure json-unknown UserNotFound");
	ask(b, &b->discover, "GET",
		"/autodiscover/autodiscover.json?Email=nobody%40example.test&Protocol=EWS", NULL,
		NULL);
	assert_int_equal(status(b), 404);
	assert_has(b, "\"ErrorCode\":\"UserNotFound\"");
	obey(b, &place, "premise hq 2013sp1");
	ask(b, &b->discover, "GET", "/autodiscover/autodiscover.json?Email=a%40b&Protocol=EWS",
		NULL, NULL);
	assert_int_equal(status(b), 404);
	bench_free(b);
}

/* Asked of the cloud, a mailbox on the organisation's own servers is sent there. */
static void test_from_cloud(void **state)
{
	struct bench *b = bench_new();

	(void)state;
	b->cloud.premise->schemes = SCHEME_BASIC;
	ask(b, &b->cloud, "GET",
		"/autodiscover/autodiscover.json?Email=emil%40cloud.example.test&Protocol=EWS",
		NULL, NULL);
	assert_int_equal(status(b), 302);
	assert_head(b, "Location: https://autodiscover.example.test/autodiscover/");
	bench_free(b);
}

/* Faults */

static void test_faults(void **state)
{
	struct bench *b = bench_new();
	struct scenario_place place = { 0 };

	(void)state;
	obey(b, &place, "fault down status 503:9 op Autodiscover times 1");
	ask(b, &b->discover, "POST", pox_path, NULL, NULL); /* no sign-in before */
	assert_int_equal(status(b), 503);
	assert_head(b, "Retry-After: 9");
	obey(b, &place, "fault who empty caller anna@* mailbox fred@*");
	ask(b, &b->discover, "POST", pox_path, NULL, NULL);
	assert_int_equal(status(b), 401);
	ask_pox(b, &b->discover, "carl@example.test");
	assert_has(b, "redirectAddr");
	{
		char *body = pox("fred@example.test");

		ask(b, &b->discover, "POST", pox_path, good, body);
		assert_int_equal(b->a.body.len, 0);
		free(body);
	}
	obey(b, &place, "no-fault all");
	obey(b, &place, "fault bent bom face autodiscover");
	ask_pox(b, &b->discover, "anna@example.test");
	assert_memory_equal(b->a.body.at, "\xef\xbb\xbf", 3);
	bench_free(b);
}

/* Websites */

static size_t thefts(const struct bench *b)
{
	json_t *list = journal_thefts(b->s.journal);
	size_t n = json_array_size(list);

	json_decref(list);
	return n;
}

static void test_websites(void **state)
{
	static const struct {
		const char *mode;
		int status, with_password;
		const char *part;
		size_t thefts;
	} cases[] = {
		{ "none", 404, 404, "404", 1 },
		{ "website", 200, 200, "Welcome to Example", 1 },
		{ "redirect", 302, 302, "autodiscover.example.test", 1 },
		{ "exchange", 401, 200, "<ErrorCode>600</ErrorCode>", 0 },
		{ "hostile", 401, 200, "<EwsUrl>https://example.test/EWS/Exchange.asmx</EwsUrl>",
			1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct bench *b = bench_new();
		struct scenario_place place = { 0 };
		char *line = format("website %s", cases[i].mode);

		obey(b, &place, "domain example.test");
		obey(b, &place, line);
		ask(b, &b->site, "GET", "/autodiscover/autodiscover.xml", NULL, NULL);
		assert_int_equal(status(b), cases[i].status);
		assert_int_equal(thefts(b), 0);
		ask(b, &b->site, "POST", "/autodiscover/autodiscover.xml", good, NULL);
		assert_int_equal(status(b), cases[i].with_password);
		assert_has(b, cases[i].part);
		assert_int_equal(thefts(b), cases[i].thefts);
		free(line);
		bench_free(b);
	}
}

static void test_hostile(void **state)
{
	struct bench *b = bench_new();

	(void)state;
	b->site.kind = kind("hostile");
	b->site.domain = NULL;
	ask(b, &b->site, "GET", "/x", NULL, NULL);
	assert_int_equal(status(b), 401);
	assert_head(b, "WWW-Authenticate: Basic realm=\"example.test\"");
	assert_head(b, "WWW-Authenticate: NTLM\r\n");
	ask(b, &b->site, "GET", "/x", "NTLM TlRMTVNTUAABAAAAB4IIogAAAAAAAAAA", NULL);
	assert_int_equal(status(b), 401);
	assert_head(b, "WWW-Authenticate: NTLM TlRMTVNTUAACAAAADgAOADAAAAAFgokC");
	ask(b, &b->site, "POST", "/autodiscover/autodiscover.svc",
		"NTLM TlRMTVNTUAADAAAAAAAAAAAAAAA=", NULL);
	assert_int_equal(status(b), 200);
	assert_has(b, "<Name>ExternalEwsUrl</Name><Value>https://example.test/EWS/");
	assert_xml(b);
	ask(b, &b->site, "POST", "/EWS/Exchange.asmx", good, NULL);
	assert_int_equal(status(b), 500);
	assert_int_equal(thefts(b), 3);
	bench_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_settings_by_product),
		cmocka_unit_test(test_routes),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_sign_in),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_user_settings),
		cmocka_unit_test(test_soap_errors),
		cmocka_unit_test(test_many_users),
		cmocka_unit_test(test_domain_settings),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_from_cloud),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_websites),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
