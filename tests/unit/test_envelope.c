/* SOAP around the operations: headers of a question; faults, messages and what is no SOAP. */
#include "tests/unit/ews_golden.h"

#include "exchange/signin.h"

#define T "http://schemas.microsoft.com/exchange/services/2006/types"
#define M "http://schemas.microsoft.com/exchange/services/2006/messages"
#define E "http://schemas.microsoft.com/exchange/services/2006/errors"
#define SOAP "http://schemas.xmlsoap.org/soap/envelope/"

/* --- out --- */

#define ENVELOPE(headers)                                                                          \
	"<?xml version=\"1.0\" encoding=\"utf-8\"?><s:Envelope xmlns:s=\"" SOAP "\" xmlns:t=\"" T  \
	"\" xmlns:m=\"" M "\"><s:Header>" headers                                                  \
	"</s:Header><s:Body><m:X/></s:Body></s:Envelope>"
#define VERSION_INFO(v) "<t:RequestServerVersion Version=\"" v "\"/>"
#define AS(element)                                                                                \
	"<t:ExchangeImpersonation><t:ConnectingSID><t:" element ">a&amp;b@acme.test</t:" element   \
	"></t:ConnectingSID></t:ExchangeImpersonation>"
#define BERLIN                                                                                     \
	"<t:TimeZoneContext><t:TimeZoneDefinition Id=\"W. Europe Standard Time\"/>"                \
	"</t:TimeZoneContext>"

static const struct header_row {
	int version;
	const char *impersonate, *zone, *want;
	enum exchange_op op;
} headers[] = {
	{ EWS_2007, NULL, NULL, ENVELOPE(VERSION_INFO("Exchange2007")), EXCHANGE_CREATE_BOOKING },
	{ EWS_2007_SP1, "a&b@acme.test", "Europe/Berlin",
		ENVELOPE(VERSION_INFO("Exchange2007_SP1") AS("PrimarySmtpAddress")),
		EXCHANGE_CREATE_BOOKING },
	{ EWS_2010, "a&b@acme.test", "Europe/Berlin",
		ENVELOPE(VERSION_INFO("Exchange2010") AS("SmtpAddress") BERLIN),
		EXCHANGE_CREATE_BOOKING },
	{ EWS_2010_SP1, "", "", ENVELOPE(VERSION_INFO("Exchange2010_SP1")),
		EXCHANGE_CREATE_BOOKING },
	{ EWS_2010_SP2, NULL, "No/Zone", ENVELOPE(VERSION_INFO("Exchange2010_SP2")),
		EXCHANGE_CREATE_BOOKING },
	{ EWS_2013, NULL, NULL, ENVELOPE(VERSION_INFO("Exchange2013")), EXCHANGE_CREATE_BOOKING },
	{ EWS_2013_SP1, NULL, NULL, ENVELOPE(VERSION_INFO("Exchange2013_SP1")),
		EXCHANGE_CREATE_BOOKING },
	{ EWS_2016, NULL, "Europe/Berlin", ENVELOPE(VERSION_INFO("Exchange2016") BERLIN),
		EXCHANGE_CREATE_BOOKING },
	/* An answer without an offset would be local to it. */
	{ EWS_2016, NULL, "Europe/Berlin", ENVELOPE(VERSION_INFO("Exchange2016")),
		EXCHANGE_FIND_TAGGED },
	{ EWS_2016, NULL, "Europe/Berlin", ENVELOPE(VERSION_INFO("Exchange2016")),
		EXCHANGE_GET_ITEMS },
};

static void headers_are_written(void **state)
{
	const struct header_row *r;

	(void)state;
	for (r = headers; r < headers + COUNT(headers); r++) {
		struct dialect_ask ask = { .op = r->op,
			.version = r->version,
			.impersonate = r->impersonate,
			.zone = r->zone };
		struct xml_write w;
		struct buf b;

		buf_init(&b, 4096);
		xml_write_init(&w, &b);
		envelope_begin(&w, &ask);
		xml_open(&w, "m:X");
		xml_close(&w);
		envelope_end(&w);
		assert_string_equal(buf_str(&b), r->want);
		assert_int_equal(w.depth, 0);
		buf_done(&b);
	}
}

/* What cannot be asked is refused before anything is written. */
static void versions_have_their_operations(void **state)
{
	static const struct zones_query zones = { .ids = NULL };
	int op, version;

	(void)state;
	for (op = 0; op < EXCHANGE__MAX; op++) {
		assert_in_range(dialect_ews.lowest[op], EWS_2007, EWS_2010);
		for (version = -1; version <= EWS__MAX; version++) {
			struct dialect_ask ask =
				golden_ask((enum exchange_op)op, &zones, version, NULL);
			struct buf b;
			int inside = version >= dialect_ews.lowest[op] && version < EWS__MAX;

			buf_init(&b, 1 << 20);
			if (op == EXCHANGE_SERVER_ZONES && inside)
				assert_non_null(golden_request(&b, &ask));
			else if (!inside)
				assert_null(golden_request(&b, &ask));
			buf_done(&b);
		}
	}
	assert_null(dialect_ews.versions[EWS__MAX]);
	assert_string_equal(dialect_ews.versions[dialect_ews.usual], "Exchange2010_SP2");
}

/* --- faults --- */

#define FAULT(code, detail)                                                                        \
	"<s:Envelope xmlns:s=\"" SOAP "\"><s:Body><s:Fault>" code                                  \
	"<faultstring xml:lang=\"en-US\">from the fault</faultstring>" detail                      \
	"</s:Fault></s:Body></s:Envelope>"
#define CODE(c) "<faultcode xmlns:a=\"" T "\">a:" c "</faultcode>"
#define DETAIL(c, more)                                                                            \
	"<detail><e:ResponseCode xmlns:e=\"" E "\">" c "</e:ResponseCode><e:Message xmlns:e=\"" E  \
	"\">from the detail</e:Message>" more "</detail>"
#define VALUE(name, value)                                                                         \
	"<t:MessageXml xmlns:t=\"" T "\"><t:Value Name=\"" name "\">" value                        \
	"</t:Value></t:MessageXml>"

static const struct fault_row {
	long status;
	const char *body;
	enum reason reason;
	enum outcome_next next;
	const char *code, *said;
	int64_t wait_ms;
} faults[] = {
	{ 500,
		FAULT(CODE("ErrorServerBusy"),
			DETAIL(" ErrorServerBusy\r\n", VALUE("BackOffMilliseconds", "297749"))),
		REASON_SLOWED, NEXT_SLOWER, "ErrorServerBusy", "from the detail", 297749 },
	{ 500, FAULT(CODE("ErrorServerBusy"), ""), REASON_SLOWED, NEXT_SLOWER, "ErrorServerBusy",
		"from the fault", 0 },
	{ 200, FAULT(CODE("ErrorImpersonateUserDenied"), DETAIL("ErrorImpersonateUserDenied", "")),
		REASON_IMPERSONATION_REFUSED, NEXT_NOTHING, "ErrorImpersonateUserDenied",
		"from the detail", 0 },
	/* A schema violation: its code is in the detail only, with where it is. */
	{ 500,
		FAULT("<faultcode>s:Client</faultcode>",
			DETAIL("ErrorSchemaValidation",
				"<t:MessageXml xmlns:t=\"" T
				"\"><t:LineNumber>2</t:LineNumber><t:LinePosition>7"
				"</t:LinePosition><t:Violation>The "
				"x</t:Violation></t:MessageXml>")),
		REASON_VERSION, NEXT_VERSION_DOWN, "ErrorSchemaValidation", "from the detail", 0 },
	{ 500, FAULT("<faultcode>soap11:Client</faultcode>", ""), REASON_BAD_ANSWER, NEXT_NOTHING,
		"Client", "from the fault", 0 },
	{ 500, FAULT("", ""), REASON_BAD_ANSWER, NEXT_NOTHING, "", "from the fault", 0 },
	{ 500, FAULT(CODE("NoError"), ""), REASON_BAD_ANSWER, NEXT_NOTHING, "NoError",
		"from the fault", 0 },
	{ 500, FAULT(CODE("ErrorIncorrectSchemaVersion"), ""), REASON_VERSION, NEXT_VERSION_UP,
		"ErrorIncorrectSchemaVersion", "from the fault", 0 },
	/* An unknown code leaves the word to the status. */
	{ 503, FAULT(CODE("ErrorOfTomorrow"), ""), REASON_SERVER_DOWN, NEXT_RETRY,
		"ErrorOfTomorrow", "from the fault", 0 },
	{ 500, FAULT(CODE("ErrorOfTomorrow"), ""), REASON_BAD_ANSWER, NEXT_NOTHING,
		"ErrorOfTomorrow", "from the fault", 0 },
	/* What hides another, and what hides nothing we know. */
	{ 500,
		FAULT(CODE("ErrorInternalServerError"),
			DETAIL("ErrorInternalServerError",
				VALUE("InnerErrorResponseCode", "ErrorServerBusy"))),
		REASON_SLOWED, NEXT_SLOWER, "ErrorServerBusy", "from the detail", 0 },
	{ 500,
		FAULT(CODE("ErrorInternalServerError"),
			DETAIL("ErrorInternalServerError",
				VALUE("InnerErrorResponseCode", "NoError"))),
		REASON_SERVER_DOWN, NEXT_RETRY, "ErrorInternalServerError", "from the detail", 0 },
	{ 500,
		FAULT(CODE("ErrorAccessDenied"),
			DETAIL("ErrorAccessDenied",
				VALUE("InnerErrorResponseCode", "ErrorServerBusy"))),
		REASON_EWS_REFUSED, NEXT_NOTHING, "ErrorAccessDenied", "from the detail", 0 },
	/* A pause that somebody else speaks of. */
	{ 500,
		FAULT(CODE("ErrorServerBusy"),
			DETAIL("ErrorServerBusy",
				"<t:MessageXml xmlns:t=\"" T "\"><z:Value xmlns:z=\"urn:z\" "
				"Name=\"BackOffMilliseconds\">7</z:Value></t:MessageXml>")),
		REASON_SLOWED, NEXT_SLOWER, "ErrorServerBusy", "from the detail", 0 },
	/* Pauses out of all bounds. */
	{ 500,
		FAULT(CODE("ErrorServerBusy"),
			DETAIL("ErrorServerBusy", VALUE("BackOffMilliseconds", "999999999999"))),
		REASON_SLOWED, NEXT_SLOWER, "ErrorServerBusy", "from the detail", 900000 },
	{ 500,
		FAULT(CODE("ErrorServerBusy"),
			DETAIL("ErrorServerBusy", VALUE("BackOffMilliseconds", "-5"))),
		REASON_SLOWED, NEXT_SLOWER, "ErrorServerBusy", "from the detail", 0 },
	{ 500,
		FAULT(CODE("ErrorServerBusy"),
			DETAIL("ErrorServerBusy", VALUE("BackOffMilliseconds", "soon"))),
		REASON_SLOWED, NEXT_SLOWER, "ErrorServerBusy", "from the detail", 0 },
	/* A code that is too long to be one, with what moves a cursor in it. */
	{ 500,
		FAULT(CODE("012345678901234567890123456789012345678901234567890123456789012345678"
			   "9"),
			""),
		REASON_BAD_ANSWER, NEXT_NOTHING,
		"0123456789012345678901234567890123456789012345678901234567\xe2\x80\xa6",
		"from the fault", 0 },
	{ 500, FAULT(CODE("&#x1b;Error"), ""), REASON_BAD_ANSWER, NEXT_NOTHING,
		"\xef\xbf\xbd"
		"Error",
		"from the fault", 0 },
};

/* Read as an answer about zones: the operation that says least by itself. */
static void read_reply(const struct dialect_reply *r, struct outcome *o)
{
	static const struct zones_query q = { .ids = NULL };
	struct dialect_ask ask = golden_ask(EXCHANGE_SERVER_ZONES, &q, EWS_2010, NULL);
	struct zones_result result = { 0 };
	struct arena a;

	arena_init(&a, GOLDEN_MAX);
	dialect_ews.read(&ask, r, &a, &result, o);
	arena_done(&a);
}

static void read_zones(long status, const char *head, const char *body, struct outcome *o)
{
	struct dialect_reply r = { status, head, strlen(head), body, strlen(body) };

	memset(o, 0, sizeof(*o));
	read_reply(&r, o);
}

static void faults_are_read(void **state)
{
	const struct fault_row *f;
	struct outcome o;

	(void)state;
	for (f = faults; f < faults + COUNT(faults); f++) {
		read_zones(f->status, "HTTP/1.1 500 Error\r\n\r\n", f->body, &o);
		assert_string_equal(o.code, f->code);
		assert_int_equal(o.reason, f->reason);
		assert_int_equal(o.next, f->next);
		assert_string_equal(o.said, f->said);
		assert_int_equal(o.wait_ms, f->wait_ms);
		assert_int_equal(o.http, f->status);
	}
}

static void print_nothing(struct buf *out, const void *result)
{
	(void)result;
	buf_puts(out, "read\n");
}

/* Every fault, mutilated, is that fault or an answer that makes no sense. */
static void faults_are_mutilated(void **state)
{
	static const struct zones_query q = { .ids = NULL };
	struct golden g = {
		.op = EXCHANGE_SERVER_ZONES, .query = &q, .status = 500, .print = print_nothing
	};
	char want[128];
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		g.answer = faults[i].body;
		snprintf(want, sizeof(want), "outcome %s %s\n", reason_row(faults[i].reason)->code,
			faults[i].code);
		golden_check(&g, want);
	}
}

/* --- what is no SOAP --- */

#define BROKEN "<s:Envelope xmlns:s=\"" SOAP "\"><s:Body>"
#define BUSY FAULT(CODE("ErrorServerBusy"), "")
#define TOMORROW FAULT(CODE("ErrorOfTomorrow"), "")

/* What comes through to here; the pause that a header asks for has been noted before. */
static const struct http_row {
	long status;
	const char *head, *body;
	enum reason reason;
	enum outcome_next next;
	int64_t wait_ms;
} https[] = {
	{ 200, "Content-Type: text/xml", "", REASON_BAD_ANSWER, NEXT_NOTHING, 0 },
	{ 200, "Content-Type: text/xml", BROKEN, REASON_BAD_ANSWER, NEXT_NOTHING, 0 },
	{ 200, "Content-Type: text/xml", "<Envelope/>", REASON_BAD_ANSWER, NEXT_NOTHING, 0 },
	{ 200, "", "{\"error\":1}", REASON_BAD_ANSWER, NEXT_NOTHING, 0 },
	{ 204, "", "", REASON_BAD_ANSWER, NEXT_NOTHING, 0 },
	{ 400, "", BROKEN, REASON_BAD_ANSWER, NEXT_VERSION_DOWN, 0 },
	{ 400, "", TOMORROW, REASON_BAD_ANSWER, NEXT_VERSION_DOWN, 0 },
	{ 429, "Retry-After: 30", BROKEN, REASON_SLOWED, NEXT_SLOWER, 30000 },
	{ 429, "", TOMORROW, REASON_SLOWED, NEXT_SLOWER, 0 },
	{ 500, "", BROKEN, REASON_SERVER_DOWN, NEXT_RETRY, 0 },
	{ 502, "", BROKEN, REASON_SERVER_DOWN, NEXT_RETRY, 0 },
	{ 503, "", BROKEN, REASON_SERVER_DOWN, NEXT_RETRY, 0 },
	{ 503, "retry-after: 5", BROKEN, REASON_SLOWED, NEXT_SLOWER, 5000 },
	{ 503, "Retry-After: 5", TOMORROW, REASON_SLOWED, NEXT_SLOWER, 5000 },
	/* One bound for every pause. */
	{ 503, "Retry-After: 86400", BUSY, REASON_SLOWED, NEXT_SLOWER, 900000 },
	{ 503, "Retry-After: 86400", TOMORROW, REASON_SLOWED, NEXT_SLOWER, 900000 },
	{ 504, "", BROKEN, REASON_SERVER_DOWN, NEXT_RETRY, 0 },
};

static void other_answers_are_told_apart(void **state)
{
	const struct http_row *h;
	struct outcome o;
	char head[512];

	(void)state;
	for (h = https; h < https + COUNT(https); h++) {
		struct dialect_reply r = { h->status, head, 0, h->body, strlen(h->body) };

		r.headers_len = (size_t)snprintf(head, sizeof(head),
			"HTTP/1.1 %ld X\r\nServer: x\r\n%s%s\r\n", h->status, h->head,
			*h->head ? "\r\n" : "");
		memset(&o, 0, sizeof(o));
		assert_int_equal(signin_http(&r, 0, &o), 0);
		read_reply(&r, &o);
		if (o.reason != h->reason || o.next != h->next || o.wait_ms != h->wait_ms)
			fail_msg("%ld %s %s: %s, %d, %lld", h->status, h->head, h->body,
				reason_row(o.reason)->code, (int)o.next, (long long)o.wait_ms);
	}
}

/* Whatever the status: what is no answer is none. */
static void every_status_is_safe(void **state)
{
	static const char *const bodies[] = { "", "<html>", BROKEN, TOMORROW };
	struct outcome o;
	long status;
	size_t i;

	(void)state;
	for (status = -1; status < 1001; status++) {
		for (i = 0; i < COUNT(bodies); i++) {
			read_zones(status, "", bodies[i], &o);
			assert_int_not_equal(o.reason, REASON_OK);
			assert_int_equal(o.http, status);
		}
	}
}

/* --- versions --- */

#define INFO(attributes, inside)                                                                   \
	"<s:Envelope xmlns:s=\"" SOAP "\"><s:Header><h:ServerVersionInfo xmlns:h=\"" T             \
	"\" " attributes ">" inside "</h:ServerVersionInfo></s:Header><s:Body/></s:Envelope>"

static const struct {
	const char *body, *want;
} version_infos[] = {
	{ INFO("MajorVersion=\"15\" MinorVersion=\"1\" MajorBuildNumber=\"2507\" "
	       "MinorBuildNumber=\"6\" Version=\"V2_22\"",
		  ""),
		"15.1.2507.6" },
	{ INFO("MajorVersion=\"8\" MinorVersion=\"0\" MajorBuildNumber=\"685\"", ""), "8.0.685" },
	{ INFO("",
		  "<h:MajorVersion>14</h:MajorVersion><h:MinorVersion> 3 </h:MinorVersion>"
		  "<h:MajorBuildNumber>123</h:MajorBuildNumber>"
		  "<h:MinorBuildNumber>4</h:MinorBuildNumber>"),
		"14.3.123.4" },
	{ INFO("MajorVersion=\"15\"", ""), "" },
	{ INFO("MajorVersion=\"\" MinorVersion=\"1\"", ""), "" },
	{ INFO("MajorVersion=\"15\" MinorVersion=\"99999\" MajorBuildNumber=\"99999\" "
	       "MinorBuildNumber=\"99999\"",
		  ""),
		"15.99999.99999.99999" },
	{ INFO("MajorVersion=\"15\" MinorVersion=\"1\" MajorBuildNumber=\"100000\"", ""), "15.1" },
	{ INFO("MajorVersion=\"15\" MinorVersion=\"-1\"", ""), "" },
	{ "<s:Envelope xmlns:s=\"" SOAP "\"><s:Header><ServerVersionInfo "
	  "xmlns=\"http://schemas.microsoft.com/exchange/2010/Autodiscover\"><MajorVersion>15"
	  "</MajorVersion><MinorVersion>20</MinorVersion></ServerVersionInfo></s:Header><s:Body/>"
	  "</s:Envelope>",
		"15.20" },
	{ "<s:Envelope xmlns:s=\"" SOAP "\"><s:Body/></s:Envelope>", "" },
};

static void versions_are_read(void **state)
{
	struct outcome o;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(version_infos); i++) {
		read_zones(200, "HTTP/1.1 200 OK\r\n\r\n", version_infos[i].body, &o);
		assert_string_equal(o.version, version_infos[i].want);
		assert_int_equal(o.reason, REASON_BAD_ANSWER);
	}
}

/* --- messages --- */

#define MESSAGE(attributes, inside)                                                                \
	"<m:R xmlns:m=\"" M "\" xmlns:t=\"" T "\" " attributes ">" inside "</m:R>"
#define RC(code) "<m:ResponseCode>" code "</m:ResponseCode>"
#define INNER(code)                                                                                \
	"<m:MessageXml><t:Value Name=\"BackOffMilliseconds\">5000</t:Value><t:Value "              \
	"Name=\"InnerErrorResponseCode\">" code "</t:Value></m:MessageXml>"

static const struct message_row {
	const char *xml;
	int payload;
	enum reason reason;
	const char *code;
	enum outcome_next next;
	int64_t wait_ms;
} messages[] = {
	{ MESSAGE("ResponseClass=\"Success\"", RC("NoError")), 1, REASON_OK, "", 0, 0 },
	{ MESSAGE("ResponseClass=\"Success\"", RC(" NoError\n")), 1, REASON_OK, "", 0, 0 },
	{ MESSAGE("ResponseClass=\"Success\"", ""), 1, REASON_OK, "", 0, 0 },
	{ MESSAGE("ResponseClass=\"Success\"", RC("NoErrorOfTomorrow")), 1, REASON_OK,
		"NoErrorOfTomorrow", 0, 0 },
	/* A class and a code that contradict each other. */
	{ MESSAGE("ResponseClass=\"Success\"", RC("ErrorAccessDenied")), 0, REASON_NOT_DELEGATED,
		"ErrorAccessDenied", 0, 0 },
	{ MESSAGE("ResponseClass=\"Error\"", RC("NoError")), 0, REASON_BAD_ANSWER, "", 0, 0 },
	{ MESSAGE("ResponseClass=\"Error\"", ""), 0, REASON_BAD_ANSWER, "", 0, 0 },
	{ MESSAGE("ResponseClass=\"Error\"", RC("ErrorItemNotFound") "<m:Folders/>"), 0,
		REASON_NOT_DELEGATED, "ErrorItemNotFound", 0, 0 },
	{ MESSAGE("ResponseClass=\"Error\"", RC("ErrorOfTomorrow")), 0, REASON_BAD_ANSWER,
		"ErrorOfTomorrow", 0, 0 },
	{ MESSAGE("ResponseClass=\"Odd\"", RC("NoError")), 0, REASON_BAD_ANSWER, "", 0, 0 },
	/* Without a class the code decides. */
	{ MESSAGE("", RC("NoError")), 1, REASON_OK, "", 0, 0 },
	{ MESSAGE("", RC("ErrorAccessDenied")), 0, REASON_NOT_DELEGATED, "ErrorAccessDenied", 0,
		0 },
	{ MESSAGE("", ""), 0, REASON_BAD_ANSWER, "", 0, 0 },
	/* Warnings. */
	{ MESSAGE("ResponseClass=\"Warning\"",
		  RC("ErrorNameResolutionMultipleResults") "<m:ResolutionSet><t:Resolution/></"
							   "m:ResolutionSet>"),
		1, REASON_OK, "ErrorNameResolutionMultipleResults", 0, 0 },
	{ MESSAGE("ResponseClass=\"Warning\"", RC("ErrorBatchProcessingStopped") "<m:Folders/>"), 0,
		REASON_SERVER_DOWN, "ErrorBatchProcessingStopped", NEXT_RETRY, 0 },
	{ MESSAGE("ResponseClass=\"Warning\"",
		  RC("ErrorOfTomorrow") "<m:MessageXml><t:Value "
					"Name=\"x\">y</t:Value></m:MessageXml>"),
		0, REASON_BAD_ANSWER, "ErrorOfTomorrow", 0, 0 },
	{ MESSAGE("ResponseClass=\"Warning\"",
		  RC("NoError") "<z:Folders xmlns:z=\"urn:z\"><t:Folder/></z:Folders>"),
		0, REASON_BAD_ANSWER, "", 0, 0 },
	/* Throttled behind another code. */
	{ MESSAGE("ResponseClass=\"Error\"",
		  RC("ErrorInternalServerError") INNER("ErrorServerBusy")),
		0, REASON_SLOWED, "ErrorServerBusy", NEXT_SLOWER, 5000 },
	{ MESSAGE("ResponseClass=\"Error\"",
		  RC("ErrorInternalServerError") INNER("ErrorOfTomorrow")),
		0, REASON_SERVER_DOWN, "ErrorInternalServerError", NEXT_RETRY, 5000 },
};

static void messages_are_judged(void **state)
{
	const struct message_row *r;

	(void)state;
	for (r = messages; r < messages + COUNT(messages); r++) {
		struct outcome o = { 0 };
		struct part ended;
		struct arena a;
		int rc;

		arena_init(&a, 1 << 20);
		rc = envelope_message(
			&a, xml_read(&a, r->xml, strlen(r->xml)), PLACE_FOLDER, &ended, &o);
		if (rc != r->payload || ended.reason != r->reason)
			fail_msg("%s: %d %s", r->xml, rc, reason_row(ended.reason)->code);
		assert_string_equal(ended.code, r->code);
		assert_int_equal(o.next, r->next);
		assert_int_equal(o.wait_ms, r->wait_ms);
		assert_int_equal(o.reason, REASON_OK);
		assert_int_equal(envelope_message(&a, xml_read(&a, r->xml, strlen(r->xml)),
					 PLACE_FOLDER, &ended, NULL),
			r->payload);
		arena_done(&a);
	}
}

/* The pace goes before whatever else a batch met. */
static void parts_tell_what_is_next(void **state)
{
	static const char *const codes[] = { "ErrorTimeIntervalTooBig", "ErrorServerBusy",
		"ErrorMailboxMoveInProgress" };
	static const enum outcome_next want[] = { NEXT_SMALLER, NEXT_SLOWER, NEXT_SLOWER };
	struct outcome o = { 0 };
	struct part ended;
	struct arena a;
	char xml[512];
	size_t i;

	(void)state;
	arena_init(&a, 1 << 20);
	for (i = 0; i < COUNT(codes); i++) {
		snprintf(xml, sizeof(xml),
			"<m:R xmlns:m=\"" M "\" ResponseClass=\"Error\"><m:MessageText>said %zu"
			"</m:MessageText><m:ResponseCode>%s</m:ResponseCode></m:R>",
			i, codes[i]);
		assert_int_equal(envelope_message(&a, xml_read(&a, xml, strlen(xml)), PLACE_BUSY,
					 &ended, &o),
			0);
		assert_int_equal(o.next, want[i]);
		assert_string_equal(o.said, "said 0");
	}
	arena_done(&a);
}

/* --- one message, and as many as were asked for --- */

#define RESPONSE(attributes, inside)                                                               \
	"<m:X xmlns:m=\"" M "\" " attributes "><m:ResponseMessages>" inside                        \
	"</m:ResponseMessages></m:X>"
#define ONE                                                                                        \
	"<m:YResponse "                                                                            \
	"ResponseClass=\"Success\"><m:ResponseCode>NoError</m:ResponseCode></m:YResponse>"
#define FAILED                                                                                     \
	"<m:YResponse "                                                                            \
	"ResponseClass=\"Error\"><m:ResponseCode>ErrorServerBusy</m:ResponseCode></m:YResponse>"

static const struct {
	const char *xml;
	enum reason reason;
	enum outcome_next next;
} singles[] = {
	{ RESPONSE("", ONE), REASON_OK, 0 },
	{ RESPONSE("", "<z:Z xmlns:z=\"urn:z\"/>" ONE "<z:Z xmlns:z=\"urn:z\"/>"), REASON_OK, 0 },
	{ RESPONSE("", ONE ONE), REASON_BAD_ANSWER, 0 },
	{ RESPONSE("", ""), REASON_BAD_ANSWER, 0 },
	{ RESPONSE("", FAILED), REASON_SLOWED, NEXT_SLOWER },
	{ "<m:X xmlns:m=\"" M "\" ResponseClass=\"Success\"><m:ResponseCode>NoError"
	  "</m:ResponseCode></m:X>",
		REASON_OK, 0 },
	{ "<m:X xmlns:m=\"" M "\" ResponseClass=\"Error\"><m:ResponseCode>ErrorServerBusy"
	  "</m:ResponseCode></m:X>",
		REASON_SLOWED, NEXT_SLOWER },
	{ "<m:X xmlns:m=\"" M "\"/>", REASON_BAD_ANSWER, 0 },
};

static void single_messages(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(singles); i++) {
		const struct xml_node *n;
		struct outcome o = { 0 };
		struct arena a;

		arena_init(&a, 1 << 20);
		n = xml_read(&a, singles[i].xml, strlen(singles[i].xml));
		n = envelope_single(&a, n, PLACE_ZONES, &o);
		assert_int_equal(n != NULL, singles[i].reason == REASON_OK);
		assert_int_equal(o.reason, singles[i].reason);
		assert_int_equal(o.next, singles[i].next);
		arena_done(&a);
	}
}

static void counts_must_agree(void **state)
{
	struct outcome o = { 0 };

	(void)state;
	envelope_short(&o, 3, 3);
	assert_int_equal(o.reason, REASON_OK);
	envelope_short(&o, 3, 4);
	assert_int_equal(o.reason, REASON_BAD_ANSWER);
	memset(&o, 0, sizeof(o));
	envelope_short(&o, 1, 0);
	assert_int_equal(o.reason, REASON_BAD_ANSWER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_are_written),
		cmocka_unit_test(versions_have_their_operations),
		cmocka_unit_test(faults_are_read),
		cmocka_unit_test(faults_are_mutilated),
		cmocka_unit_test(other_answers_are_told_apart),
		cmocka_unit_test(every_status_is_safe),
		cmocka_unit_test(versions_are_read),
		cmocka_unit_test(messages_are_judged),
		cmocka_unit_test(parts_tell_what_is_next),
		cmocka_unit_test(single_messages),
		cmocka_unit_test(counts_must_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
