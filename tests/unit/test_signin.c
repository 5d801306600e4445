/* Ways to sign in, login names, and what HTTP answers mean. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>
#include "exchange/signin.h"
#include "platform/clock.h"

enum { NOW = 1795420800 }; /* 2026-11-23 08:00:00 UTC, a Monday */

static const char soap[] = "<?xml version=\"1.0\"?>\r\n<!-- x --><s:Envelope xmlns:s=\"u\"/>";
static const char page[] =
	"<!DOCTYPE html>\n<html><head>\n<title>\n Our gate </title></head></html>";
static const char form[] = "<html><head><title>Sign in</title></head><body><form action=\"/x\">"
			   "<INPUT TYPE=\"password\"></form></html>";

static void test_kinds(void **state)
{
	static const char *const codes[] = { "auto", "basic", "ntlm", "app", "user" };

	(void)state;
	for (unsigned k = 0; k < SIGNIN__MAX; k++) {
		assert_string_equal(signin_kind_code((enum signin_kind)k), codes[k]);
		assert_int_equal(signin_kind_parse(codes[k]), k);
	}
	assert_int_equal(signin_kind_parse("kerberos"), SIGNIN__MAX);
	assert_int_equal(signin_kind_parse(""), SIGNIN__MAX);
	assert_string_equal(signin_kind_code(SIGNIN__MAX), "");
}

static void test_choose(void **state)
{
	enum {
		N = CHALLENGE_NEGOTIATE,
		L = CHALLENGE_NTLM,
		B = CHALLENGE_BASIC,
		O = CHALLENGE_BEARER
	};
	static const struct {
		enum signin_kind kind;
		unsigned offered;
		const char *others;
		unsigned chosen;
		const char *said;
	} rows[] = {
		{ SIGNIN_AUTO, N | L | B, "", L, "" },
		{ SIGNIN_AUTO, N | B, "", B, "" },
		{ SIGNIN_AUTO, B, "", B, "" },
		{ SIGNIN_AUTO, N, "", 0, "Negotiate" },
		{ SIGNIN_AUTO, O, "Digest", 0, "Bearer, Digest" },
		{ SIGNIN_AUTO, 0, "", 0, "" },
		{ SIGNIN_BASIC, L | B, "", B, "" },
		{ SIGNIN_BASIC, N | L, "", 0, "Negotiate, NTLM" },
		{ SIGNIN_NTLM, L | B, "", L, "" },
		{ SIGNIN_NTLM, B | N, "Digest, Other", 0, "Negotiate, Basic, Digest, Other" },
		{ SIGNIN_APP, O | B, "", O, "" },
		{ SIGNIN_APP, N | L | B, "", 0, "Negotiate, NTLM, Basic" },
		{ SIGNIN_USER, O, "", O, "" },
		{ SIGNIN_USER, 0, "", O, "" }, /* a token may go unasked, a password never */
		{ SIGNIN_USER, 0, "Digest", 0, "Digest" },
		{ SIGNIN__MAX, N | L | B | O, "", 0, "Negotiate, NTLM, Basic, Bearer" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct challenges c = { .known = rows[i].offered };
		struct outcome why = { 0 };
		unsigned got;

		snprintf(c.others, sizeof(c.others), "%s", rows[i].others);
		got = signin_choose(rows[i].kind, &c, &why);
		if (got != rows[i].chosen || strcmp(why.said, rows[i].said) != 0)
			fail_msg("row %zu: %u, \"%s\"", i, got, why.said);
		assert_int_equal(why.reason, got ? REASON_OK : REASON_SIGNIN_KIND);
	}
}

/* A list that is longer than its place is cut, not written past it. */
static void test_list_cut(void **state)
{
	struct challenges c = { .known = 15, .others = "Digest" };
	char small[12], whole[64];

	(void)state;
	challenge_list(&c, small, sizeof(small));
	assert_string_equal(small, "Negotiate, ");
	challenge_list(&c, whole, sizeof(whole));
	assert_string_equal(whole, "Negotiate, NTLM, Basic, Bearer, Digest");
}

/* --- login names --- */

static void test_login(void **state)
{
	static const struct {
		const char *text, *login, *identity; /* NULL: refused */
	} rows[] = {
		{ "EXAMPLE\\svc", "EXAMPLE\\svc", "example\\svc" },
		{ "EXAMPLE/svc", "EXAMPLE\\svc", "example\\svc" },
		{ "  example.com/Svc\t\n", "example.com\\Svc", "example.com\\svc" },
		{ "EXAMPLE \\ svc", "EXAMPLE\\svc", "example\\svc" },
		{ "Svc@Example.COM", "Svc@Example.COM", "svc@example.com" },
		{ "svc", "svc", "svc" },
		{ "Calendar Service", "Calendar Service", "calendar service" },
		{ "J\xc3\x96RG", "J\xc3\x96RG", "j\xc3\x96rg" },
		{ "o'neil+x@example.com", "o'neil+x@example.com", "o'neil+x@example.com" },
		{ NULL, NULL, NULL },
		{ "", NULL, NULL },
		{ " \t ", NULL, NULL },
		{ "\\svc", NULL, NULL },
		{ "EXAMPLE\\", NULL, NULL },
		{ "EXAMPLE/ ", NULL, NULL },
		{ "/", NULL, NULL },
		{ "@", NULL, NULL },
		{ "@example.com", NULL, NULL },
		{ "svc@", NULL, NULL },
		{ "EXAMPLE\\\\svc", NULL, NULL },
		{ "EXAMPLE\\sub/svc", NULL, NULL },
		{ "EXAMPLE\\svc@example.com", NULL, NULL },
		{ "svc@@example.com", NULL, NULL },
		{ "a@b@c", NULL, NULL },
		{ "svc\nx", NULL, NULL },
		{ "svc\x7f", NULL, NULL },
		{ "svc\xc2\x85", NULL, NULL },
		{ "svc\xff", NULL, NULL },
		{ "svc\xc2\xa0", NULL, NULL },
		{ "svc\xe2\x80\x8b@example.com", NULL, NULL },
		{ "\xef\xbb\xbfsvc", NULL, NULL },
		{ "svc:password", NULL, NULL },
		{ "mailto:svc@example.com", NULL, NULL },
		{ "\"svc\"", NULL, NULL },
		{ "Svc <svc@example.com>", NULL, NULL },
		{ "a;b", NULL, NULL },
	};
	struct arena a;
	struct err e;

	(void)state;
	arena_init(&a, 1 << 20);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *got;

		e = (struct err){ 0 };
		got = signin_login(&a, rows[i].text, &e);
		if (!got != !rows[i].login || (got && strcmp(got, rows[i].login) != 0))
			fail_msg("row %zu: %s", i, got ? got : "refused");
		if (got)
			assert_string_equal(signin_identity(&a, got), rows[i].identity);
		else if (e.code != ERR_INPUT || !strstr(e.say, "DOMAIN\\user"))
			fail_msg("row %zu: %s", i, e.say);
	}
	arena_done(&a);
}

static void test_login_length(void **state)
{
	char text[400];
	struct arena a;
	struct err e;

	(void)state;
	arena_init(&a, 1 << 20);
	memset(text, 'x', sizeof(text));
	text[320] = '\0';
	assert_non_null(signin_login(&a, text, &e));
	text[320] = 'x';
	text[321] = '\0';
	assert_null(signin_login(&a, text, &e));
	arena_done(&a);
}

/* --- answers --- */

struct row {
	long status;
	const char *headers; /* below the status line */
	const char *body;
	int bearer;
	int settled;
	enum reason reason;
	enum outcome_next next;
	const char *code, *said;
	int64_t wait_ms;
};

static int read_row(const struct row *r, struct outcome *o)
{
	char head[2048];
	int n = snprintf(head, sizeof(head), "HTTP/1.1 %ld X\r\n%s\r\n", r->status, r->headers);
	const struct dialect_reply reply = { r->status, head, (size_t)n, r->body, strlen(r->body) };

	assert_true(n > 0 && (size_t)n < sizeof(head));
	return signin_http(&reply, r->bearer, o);
}

static void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct row *r = &rows[i];
		struct outcome o = { .reason = REASON__MAX };
		int settled = read_row(r, &o);

		if (settled != r->settled)
			fail_msg("row %zu (%ld): settled %d", i, r->status, settled);
		if (settled && (o.reason != r->reason || o.next != r->next))
			fail_msg("row %zu (%ld): reason %d, next %d", i, r->status, o.reason,
				o.next);
		if (!settled && o.reason != REASON__MAX)
			fail_msg("row %zu (%ld): touched", i, r->status);
		if (strcmp(o.code, r->code ? r->code : "") != 0 ||
			strcmp(o.said, r->said ? r->said : "") != 0)
			fail_msg("row %zu (%ld): \"%s\", \"%s\"", i, r->status, o.code, o.said);
		assert_int_equal(o.wait_ms, r->wait_ms);
		assert_int_equal(o.http, r->status);
	}
}

#define HTML "Content-Type: text/html; charset=utf-8\r\n"
#define XML "Content-Type: text/xml; charset=utf-8\r\n"

static void test_success(void **state)
{
	static const char utf16[] = "\xff\xfe<\0s\0";
	static const struct row rows[] = {
		{ .status = 200, .headers = XML, .body = soap },
		{ .status = 200, .headers = HTML, .body = soap },
		{ .status = 200, .headers = "", .body = soap },
		{ .status = 200, .headers = XML, .body = "" },
		{ .status = 200, .headers = HTML, .body = "" },
		{ .status = 200, .headers = XML, .body = utf16 },
		{ .status = 200, .headers = XML, .body = "\xef\xbb\xbf <a:Envelope/>" },
		{ .status = 200, .headers = "Content-Type: application/json\r\n", .body = "{}" },
		{ 200, HTML, page, 0, 1, REASON_NOT_EXCHANGE, 0, "", "Our gate", 0 },
		{ 200, XML, page, 0, 1, REASON_NOT_EXCHANGE, 0, "", "Our gate", 0 },
		{ 200, "", "<?xml version=\"1.0\"?><HTML><body>", 0, 1, REASON_NOT_EXCHANGE, 0, "",
			"", 0 },
		{ 200, HTML, "plain words", 0, 1, REASON_NOT_EXCHANGE, 0, "", "", 0 },
		{ 200, HTML, "<div>a</div>", 0, 1, REASON_NOT_EXCHANGE, 0, "", "", 0 },
		{ 200, HTML, form, 0, 1, REASON_PREAUTHENTICATION, 0, "", "Sign in", 0 },
		{ 200, HTML, "<html><form action=\"/owa/auth.owa\">", 0, 1,
			REASON_PREAUTHENTICATION, 0, "", "", 0 },
		{ 200, HTML, "<html><title>a\x1b[2J</title>", 0, 1, REASON_NOT_EXCHANGE, 0, "",
			"a?[2J", 0 },
		{ 200, HTML, "<html><title>never closed", 0, 1, REASON_NOT_EXCHANGE, 0, "", "", 0 },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void test_redirects(void **state)
{
	static const struct {
		const char *to;
		enum reason reason;
		const char *said;
	} rows[] = {
		{ "/ews/genericerrorpage.htm?aspxerrorpath=/ews/exchange.asmx", REASON_SERVER_DOWN,
			"/ews/genericerrorpage.htm" },
		{ "https://mail.example.test/owa/auth/logon.aspx?url=https://x/EWS&reason=0",
			REASON_PREAUTHENTICATION, "mail.example.test" },
		{ "/CookieAuth.dll?GetLogon?curl=Z2F", REASON_PREAUTHENTICATION,
			"/CookieAuth.dll" },
		{ "https://sts.example.test/adfs/ls/?wa=wsignin1.0", REASON_PREAUTHENTICATION,
			"sts.example.test" },
		{ "/my.policy", REASON_PREAUTHENTICATION, "/my.policy" },
		{ "https://mail.example.test/fedauth?x=1", REASON_PREAUTHENTICATION,
			"mail.example.test" },
		{ "https://login.microsoftonline.com/common/x", REASON_PREAUTHENTICATION,
			"login.microsoftonline.com" },
		{ "https://portal.example.test/Login?back=1", REASON_PREAUTHENTICATION,
			"portal.example.test" },
		{ "https://elsewhere.example.net/EWS/Exchange.asmx", REASON_REDIRECTED,
			"elsewhere.example.net" },
		{ "https://login.example.net:8443/EWS/Exchange.asmx", REASON_REDIRECTED,
			"login.example.net:8443" },
		{ "https://elsewhere.example.net?session=secret", REASON_REDIRECTED,
			"elsewhere.example.net" },
		{ "//other.example.net/x", REASON_REDIRECTED, "other.example.net" },
		{ "/EWS/exchange.asmx?token=//secret", REASON_REDIRECTED, "/EWS/exchange.asmx" },
		{ "relative", REASON_REDIRECTED, "relative" },
		{ "", REASON_REDIRECTED, "" },
	};
	static const long statuses[] = { 301, 302, 303, 307, 308 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char head[512];
		struct outcome o = { 0 };
		struct row r = {
			.status = statuses[i % COUNT(statuses)], .headers = head, .body = ""
		};

		snprintf(head, sizeof(head), "Location: %s\r\n", rows[i].to);
		assert_int_equal(read_row(&r, &o), 1);
		if (o.reason != rows[i].reason || strcmp(o.said, rows[i].said) != 0)
			fail_msg("%s: %d, \"%s\"", rows[i].to, o.reason, o.said);
		assert_int_equal(
			o.next, o.reason == REASON_SERVER_DOWN ? NEXT_RETRY : NEXT_NOTHING);
	}
	check_rows(&(struct row){ 304, "", "", 0, 1, REASON_REDIRECTED, 0, "", "", 0 }, 1);
}

#define DIAG(number, word)                                                                         \
	"WWW-Authenticate: Bearer client_id=\"x\", error=\"invalid_token\"\r\n"                    \
	"x-ms-diagnostics: " number ";reason=\"Because.\";error_category=\"" word "\"\r\n"

static void test_unauthorized(void **state)
{
	static const char denied[] = "<html><title>401 - Unauthorized</title><h3>You do not have "
				     "permission</h3></html>";
	static const char locked[] = "<html><h3>The referenced account is currently locked out and "
				     "may not be logged on to.</h3></html>";
	static const char similar[] = "<h3>The account is currently locked out</h3>";
	static const struct row rows[] = {
		{ 401, HTML "WWW-Authenticate: NTLM\r\n", denied, 0, 1, REASON_SIGNIN_REFUSED, 0,
			"", "401 - Unauthorized", 0 },
		{ 401, HTML, denied, 0, 1, REASON_SIGNIN_REFUSED, 0, "", "401 - Unauthorized", 0 },
		{ 401, "", "", 0, 1, REASON_SIGNIN_REFUSED, 0, "", "", 0 },
		{ 401, HTML, locked, 0, 1, REASON_ACCOUNT_LOCKED, 0, "",
			"The referenced account is currently locked out", 0 },
		{ 401, HTML, similar, 0, 1, REASON_SIGNIN_REFUSED, 0, "", "", 0 },
		{ 401, XML, soap, 0, 1, REASON_SIGNIN_REFUSED, 0, "", "", 0 },
		{ 401, "", locked, 1, 1, REASON_TOKEN_REFUSED, 0, "", "", 0 },
		{ 401, "", "", 1, 1, REASON_TOKEN_REFUSED, 0, "", "", 0 },
		{ 401, DIAG("2000000", "invalid_signature"), "", 1, 1, REASON_TOKEN_REFUSED, 0,
			"2000000", "Because.", 0 },
		{ 401, DIAG("2000001", "invalid_token"), "", 1, 1, REASON_TOKEN_REFUSED, 0,
			"2000001", "Because.", 0 },
		{ 401, DIAG("2000002", "token_expired"), "", 1, 1, REASON_SIGNIN_EXPIRED,
			NEXT_RETRY, "2000002", "Because.", 0 },
		{ 401, DIAG("2000003", "invalid_resource"), "", 1, 1, REASON_TOKEN_REFUSED, 0,
			"2000003", "Because.", 0 },
		{ 401, DIAG("2000007", "internal_error"), "", 1, 1, REASON_SERVER_DOWN, NEXT_RETRY,
			"2000007", "Because.", 0 },
		{ 401, DIAG("2000008", "invalid_grant"), "", 1, 1, REASON_PERMISSION_MISSING, 0,
			"2000008", "Because.", 0 },
		{ 401, DIAG("2000020", "something"), "", 1, 1, REASON_TOKEN_REFUSED, 0, "2000020",
			"Because.", 0 },
		{ 401, DIAG("", "invalid_grant"), "", 1, 1, REASON_PERMISSION_MISSING, 0,
			"invalid_grant", "Because.", 0 },
		{ 401, DIAG("20000081111111111111", "invalid_x"), "", 1, 1, REASON_TOKEN_REFUSED, 0,
			"invalid_x", "Because.", 0 },
		{ 401, "x-ms-diagnostics: 2000008;reason=\"never closed\r\n", "", 1, 1,
			REASON_PERMISSION_MISSING, 0, "2000008", "", 0 },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void test_statuses(void **state)
{
	static const char iis[] = "<html><head><title>Server Error in '/EWS' Application."
				  "</title></head></html>";
	static const struct row rows[] = {
		{ 100, "", "", 0, 1, REASON_BAD_ANSWER, 0, "", "", 0 },
		{ 0, "", "", 0, 1, REASON_BAD_ANSWER, 0, "", "", 0 },
		{ 999, "", "", 0, 1, REASON_BAD_ANSWER, 0, "", "", 0 },
		{ .status = 400, .headers = XML, .body = soap },
		{ 400, HTML, page, 0, 1, REASON_BAD_ANSWER, NEXT_VERSION_DOWN, "", "Our gate", 0 },
		{ 403, HTML, page, 0, 1, REASON_EWS_REFUSED, 0, "", "Our gate", 0 },
		{ 403, XML "X-CasErrorCode: Blocked\r\n", soap, 1, 1, REASON_EWS_REFUSED, 0,
			"Blocked", "", 0 },
		{ 404, "", "Not here.", 0, 1, REASON_NO_EWS, 0, "", "Not here.", 0 },
		{ 405, "", "", 0, 1, REASON_NO_EWS, 0, "", "", 0 },
		{ 407, "", "", 0, 1, REASON_PROXY_REFUSED, 0, "", "", 0 },
		{ 408, "", "", 0, 1, REASON_SERVER_DOWN, NEXT_RETRY, "", "", 0 },
		{ 410, "", "", 0, 1, REASON_NO_EWS, 0, "", "", 0 },
		{ 413, "", "", 0, 1, REASON_TOO_BIG, NEXT_SMALLER, "", "", 0 },
		{ 418, "", "", 0, 1, REASON_BAD_ANSWER, 0, "", "", 0 },
		{ 429, "", "", 0, 1, REASON_SLOWED, NEXT_SLOWER, "", "", 0 },
		{ 429, "Retry-After: 7\r\n", "", 0, 1, REASON_SLOWED, NEXT_SLOWER, "", "", 7000 },
		{ .status = 429,
			.headers = XML "Retry-After: 7\r\n",
			.body = soap,
			.wait_ms = 7000 },
		{ 440, "", "", 0, 1, REASON_PREAUTHENTICATION, 0, "", "", 0 },
		{ 451, "", "", 0, 1, REASON_BAD_ANSWER, 0, "", "", 0 },
		{ 456, "", "", 0, 1, REASON_SIGNIN_REFUSED, 0, "", "", 0 },
		{ .status = 500, .headers = XML, .body = soap },
		{ .status = 500, .headers = HTML, .body = soap },
		{ 500, HTML, iis, 0, 1, REASON_SERVER_DOWN, NEXT_RETRY, "",
			"Server Error in '/EWS' Application.", 0 },
		{ 500, XML, "", 0, 1, REASON_SERVER_DOWN, NEXT_RETRY, "", "", 0 },
		{ 500, XML, "<other/>", 0, 1, REASON_SERVER_DOWN, NEXT_RETRY, "", "", 0 },
		{ 502, HTML, page, 0, 1, REASON_SERVER_DOWN, NEXT_RETRY, "", "Our gate", 0 },
		{ 503, HTML, page, 0, 1, REASON_SERVER_DOWN, NEXT_RETRY, "", "Our gate", 0 },
		{ 503, "Retry-After: 30\r\n", "", 0, 1, REASON_SLOWED, NEXT_SLOWER, "", "", 30000 },
		{ .status = 503, .headers = XML, .body = soap },
		{ 504, "", "", 0, 1, REASON_SERVER_DOWN, NEXT_RETRY, "", "", 0 },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void test_wait(void **state)
{
	static const struct {
		const char *headers;
		int64_t wait_ms;
	} rows[] = {
		{ "Retry-After: 0\r\n", 0 },
		{ "Retry-After: 120 \r\n", 120000 },
		{ "Retry-After: 86400\r\n", 900000 },
		{ "Retry-After: 9223372036854775807\r\n", 900000 },
		{ "Retry-After: 99999999999999999999\r\n", 0 },
		{ "Retry-After: -5\r\n", 0 },
		{ "Retry-After: soon\r\n", 0 },
		{ "Retry-After: Mon, 23 Nov 2026 08:01:00 GMT\r\n", 60000 },
		{ "Retry-After: Mon, 23 Nov 2026 07:59:00 GMT\r\n", 0 },
		{ "Retry-After: Tue, 24 Nov 2026 07:59:00 GMT\r\n", 900000 },
		{ "Retry-After: Mon, 23 Now 2026 08:01:00 GMT\r\n", 0 },
		{ "Retry-After: Mon, 93 Nov 2026 08:01:00 GMT\r\n", 0 },
		{ "Retry-After: Mon, 23 Nov 2026 08:01:00\r\n", 0 },
		/* by the server's own clock */
		{ "Date: Mon, 23 Nov 2026 09:00:00 GMT\r\n"
		  "Retry-After: Mon, 23 Nov 2026 09:00:10 GMT\r\n",
			10000 },
	};

	(void)state;
	clock_freeze(NOW);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct outcome o = { 0 };
		struct row r = { .status = 429, .headers = rows[i].headers, .body = "" };

		assert_int_equal(read_row(&r, &o), 1);
		if (o.wait_ms != rows[i].wait_ms)
			fail_msg("%s: %lld", rows[i].headers, (long long)o.wait_ms);
	}
	clock_freeze(0);
}

static void test_evidence(void **state)
{
	static const struct {
		const char *headers, *server, *theirs;
		int64_t date;
	} rows[] = {
		{ "", "", "", 0 },
		{ "X-FEServer: EX10\r\nX-BEServer: EX1\r\nrequest-id: a-b\r\n"
		  "Date: Mon, 23 Nov 2026 08:00:00 GMT\r\n",
			"EX10, EX1", "a-b", NOW },
		{ "X-FEServer: EX01\r\nX-BEServer: ex01\r\n"
		  "X-CalculatedBETarget: ex03.example.test\r\n",
			"EX01, ex03.example.test", "", 0 },
		{ "X-BEServer: a\x1b[2J\r\nDate: Monday\r\n", "a?[2J", "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct outcome o = { 0 };
		struct row r = { .status = 200, .headers = rows[i].headers, .body = soap };

		assert_int_equal(read_row(&r, &o), 0);
		assert_string_equal(o.server, rows[i].server);
		assert_string_equal(o.theirs, rows[i].theirs);
		assert_int_equal(o.date, rows[i].date);
	}
}

/* Longer than its place: left out whole. And no answer at all. */
static void test_bounds(void **state)
{
	char head[1900];
	struct row r = { .status = 200, .headers = head, .body = soap };
	const struct dialect_reply none = { 0 };
	struct outcome o = { 0 };

	(void)state;
	memset(head, 'x', sizeof(head));
	memcpy(head, "request-id: ", 12);
	memcpy(head + 800, "\r\nX-FEServer: ", 14);
	memcpy(head + 1000, "\r\nX-BEServer: EX03\r\nDate: ", 26);
	memcpy(head + sizeof(head) - 3, "\r\n", 3);
	assert_int_equal(read_row(&r, &o), 0);
	assert_string_equal(o.server, "EX03");
	assert_true(strlen(o.theirs) < OUTCOME_ID);
	assert_int_equal(o.date, 0);
	assert_int_equal(signin_http(&none, 0, &o), 1);
	assert_int_equal(o.reason, REASON_BAD_ANSWER);
}

static void test_outcome(void **state)
{
	struct outcome o = { .http = 500, .said = "kept" };
	char far[300];

	(void)state;
	outcome_set(&o, REASON_SLOWED, NEXT_SLOWER, "Error\nServerBusy");
	assert_int_equal(o.reason, REASON_SLOWED);
	assert_int_equal(o.next, NEXT_SLOWER);
	assert_string_equal(o.code, "Error?ServerBusy");
	assert_string_equal(o.said, "kept");
	assert_int_equal(o.http, 500);
	memset(far, 'c', sizeof(far));
	far[sizeof(far) - 1] = '\0';
	outcome_set(&o, REASON_OK, NEXT_NOTHING, far);
	assert_true(strlen(o.code) < OUTCOME_CODE);
	outcome_set(&o, REASON_OK, NEXT_NOTHING, NULL);
	assert_string_equal(o.code, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_choose),
		cmocka_unit_test(test_list_cut),
		cmocka_unit_test(test_login),
		cmocka_unit_test(test_login_length),
		cmocka_unit_test(test_success),
		cmocka_unit_test(test_redirects),
		cmocka_unit_test(test_unauthorized),
		cmocka_unit_test(test_statuses),
		cmocka_unit_test(test_wait),
		cmocka_unit_test(test_evidence),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_outcome),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
