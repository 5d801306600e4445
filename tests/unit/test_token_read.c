/* What the token service answers: tokens, refusals by number and word, and what is neither. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "exchange/token.h"

#define CUT " Trace ID: 1 Correlation ID: 2 Timestamp: 3"

static struct arena arena;

static int read_text(
	long status, const char *body, const char *nonce, struct token *t, struct outcome *o)
{
	static const char head[] = "HTTP/1.1 200 OK\r\nRetry-After: 10\r\n\r\n";
	/* of exactly that size, so that reading past it is seen */
	size_t n = strlen(body);
	char *copy = malloc(n ? n : 1);
	int rc;

	assert_non_null(copy);
	memcpy(copy, body, n);
	*o = (struct outcome){ .attempts = 5 };
	rc = token_read(&(struct dialect_reply){ status, head, sizeof(head) - 1, copy, n }, nonce,
		&arena, t, o);
	free(copy);
	return rc;
}

/* {"alg":"none"} . {"tid":"t-1","oid":"o-1","preferred_username":"Svc@Example.Test","nonce":"n1"}
 */
#define ID                                                                                         \
	"eyJhbGciOiJub25lIn0."                                                                     \
	"eyJ0aWQiOiJ0LTEiLCJvaWQiOiJvLTEiLCJwcmVmZXJyZWRfdXNlcm5hbWUiOiJTdmNARXhhbXBsZS5UZXN0Iiwi" \
	"bm9uY2UiOiJuMSJ9.sig"

static void test_success(void **state)
{
	static const char body[] =
		"{\"token_type\":\"bearer\",\"scope\":\"x\",\"expires_in\":3599,"
		"\"ext_expires_in\":3599,\"access_token\":\"aa.bb-_.cc\","
		"\"refresh_token\":\"1.R-r\",\"id_token\":\"" ID "\",\"more\":[]}";
	struct outcome o;
	struct token t;

	(void)state;
	assert_int_equal(read_text(200, body, "n1", &t, &o), 0);
	assert_int_equal(o.reason, REASON_OK);
	assert_int_equal(o.next, NEXT_NOTHING);
	assert_int_equal(o.http, 200);
	assert_int_equal(o.attempts, 5);
	assert_int_equal(o.wait_ms, 10000);
	assert_string_equal(secret_bytes(t.access), "aa.bb-_.cc");
	assert_string_equal(secret_bytes(t.refresh), "1.R-r");
	assert_int_equal(t.expires_in, 3599);
	assert_string_equal(t.tenant, "t-1");
	assert_string_equal(t.object, "o-1");
	assert_string_equal(t.username, "Svc@Example.Test");
	assert_int_equal(t.nonce_ok, 1);
	token_done(&t);
	assert_null(t.access);
	token_done(&t);
	assert_int_equal(read_text(200, body, "n2", &t, &o), 0);
	assert_int_equal(t.nonce_ok, 0);
	token_done(&t);
	assert_int_equal(read_text(200, body, NULL, &t, &o), 0);
	assert_int_equal(t.nonce_ok, 1);
	token_done(&t);
}

static void test_lifetime(void **state)
{
	static const struct {
		const char *value;
		int64_t seconds;
	} rows[] = {
		{ "3600", 3600 },
		{ "\"3600\"", 3600 },
		{ "3599.9", 3599 },
		{ "0", 0 },
		{ "-1", 0 },
		{ "1e30", 7 * 86400 },
		{ "9223372036854775807", 7 * 86400 },
		{ "\"soon\"", 600 },
		{ "\"\"", 600 },
		{ "null", 600 },
		{ "[]", 600 },
	};
	char body[128];
	struct outcome o;
	struct token t;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		snprintf(body, sizeof(body), "{\"access_token\":\"a\",\"expires_in\":%s}",
			rows[i].value);
		assert_int_equal(read_text(200, body, NULL, &t, &o), 0);
		if (t.expires_in != rows[i].seconds)
			fail_msg("%s: %lld", rows[i].value, (long long)t.expires_in);
		assert_null(t.refresh);
		assert_string_equal(t.username, "");
		token_done(&t);
	}
}

/* An id token that cannot be read tells nothing; the access token stands. */
static void test_id_token(void **state)
{
	static const char *const bad[] = { "\"\"", "\"a\"", "\"a.b\"", "\"..\"", "\"a.!!.c\"",
		"\"a.W10.c\"", "\"a.eyJ0aWQ.c\"", "7", "null", "{\"tid\":\"x\"}" };
	char body[512];
	struct outcome o;
	struct token t;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		snprintf(body, sizeof(body), "{\"access_token\":\"a\",\"id_token\":%s}", bad[i]);
		assert_int_equal(read_text(200, body, "n1", &t, &o), 0);
		assert_string_equal(t.tenant, "");
		assert_string_equal(t.username, "");
		assert_int_equal(t.nonce_ok, 0);
		token_done(&t);
	}
	/* {"tid":7,"oid":"a\u001bb"} with padding */
	assert_int_equal(read_text(200,
				 "{\"access_token\":\"a\",\"id_token\":"
				 "\"a.eyJ0aWQiOjcsIm9pZCI6ImFcdTAwMWJiIn0=.c\"}",
				 NULL, &t, &o),
		0);
	assert_string_equal(t.tenant, "");
	assert_string_equal(t.object, "a?b");
	token_done(&t);
}

static void test_no_token(void **state)
{
	static const char *const bodies[] = { "{}", "{\"access_token\":\"\"}",
		"{\"access_token\":7}", "{\"access_token\":\"a\\r\\nX-Evil: 1\"}",
		"{\"access_token\":\"a b\"}", "{\"access_token\":\"\xc3\xa9\"}",
		"{\"access_token\":\"a\",\"token_type\":\"mac\"}",
		"{\"access_token\":\"a\",\"access_token\":\"b\"}", "{\"access_token\":\"a\"",
		"{\"access_token\":\"a\"} x", "[\"access_token\"]", "\"access_token\"", "null", "",
		" ", "access_token=a", "{\"access_token\":\"a\\u0000b\"}" };
	struct outcome o;
	struct token t;

	(void)state;
	for (size_t i = 0; i < COUNT(bodies); i++) {
		if (read_text(200, bodies[i], NULL, &t, &o) != -1)
			fail_msg("taken: %s", bodies[i]);
		assert_int_equal(o.reason, REASON_BAD_ANSWER);
		assert_string_equal(o.said, ""); /* what may hold a token is never told */
		assert_null(t.access);
		assert_null(t.refresh);
		assert_string_equal(t.tenant, "");
	}
}

/* A broken refresh token is no token: the old one stays. A byte order mark does no harm. */
static void test_tolerant(void **state)
{
	struct outcome o;
	struct token t;

	(void)state;
	assert_int_equal(read_text(200, "{\"access_token\":\"a\",\"refresh_token\":\"x\\ny\"}",
				 NULL, &t, &o),
		0);
	assert_null(t.refresh);
	token_done(&t);
	assert_int_equal(read_text(200, "\xef\xbb\xbf{\"access_token\":\"a\"}", NULL, &t, &o), 0);
	token_done(&t);
}

static void test_bounds(void **state)
{
	size_t n = TOKEN_ANSWER_MAX + 10;
	char *body = malloc(n + 1), deep[200];
	struct outcome o;
	struct token t;

	(void)state;
	assert_non_null(body);
	memset(body, ' ', n);
	body[n] = '\0';
	memcpy(body, "{\"access_token\":\"a\"}", 20);
	assert_int_equal(read_text(200, body, NULL, &t, &o), -1);
	assert_int_equal(o.reason, REASON_BAD_ANSWER);
	body[TOKEN_ANSWER_MAX] = '\0';
	assert_int_equal(read_text(200, body, NULL, &t, &o), 0);
	token_done(&t);
	memset(body, '[', n); /* the parser is recursive: it must not see this */
	assert_int_equal(read_text(200, body, NULL, &t, &o), -1);
	free(body);
	for (int depth = 14; depth <= 17; depth++) {
		/* brackets within a string are none */
		int at = snprintf(deep, sizeof(deep), "{\"access_token\":\"[[[[\\\"{{\",\"x\":");

		memset(deep + at, '[', (size_t)depth);
		memset(deep + at + depth, ']', (size_t)depth);
		snprintf(deep + at + 2 * depth, 4, "}");
		assert_int_equal(read_text(200, deep, NULL, &t, &o), depth <= 15 ? 0 : -1);
		token_done(&t);
	}
}

/* --- refusals --- */

static const struct number_row {
	long number;
	enum reason reason;
	enum outcome_next next;
} numbers[] = {
#define NUMBER(n, r)                                                                               \
	{                                                                                          \
		n, REASON_##r, NEXT_NOTHING                                                        \
	}
	NUMBER(50126, SIGNIN_REFUSED),
	NUMBER(50056, SIGNIN_REFUSED),
	NUMBER(50064, SIGNIN_REFUSED),
	NUMBER(50034, SIGNIN_REFUSED),
	NUMBER(50020, OTHER_ACCOUNT),
	NUMBER(50053, ACCOUNT_LOCKED),
	NUMBER(50055, PASSWORD_EXPIRED),
	NUMBER(50144, PASSWORD_EXPIRED),
	NUMBER(50057, ACCOUNT_DISABLED),
	NUMBER(50072, SECOND_FACTOR),
	NUMBER(50074, SECOND_FACTOR),
	NUMBER(50076, SECOND_FACTOR),
	NUMBER(50079, SECOND_FACTOR),
	NUMBER(50158, SECOND_FACTOR),
	NUMBER(500121, SECOND_FACTOR),
	NUMBER(50131, POLICY_BLOCKED),
	NUMBER(53000, POLICY_BLOCKED),
	NUMBER(53001, POLICY_BLOCKED),
	NUMBER(53002, POLICY_BLOCKED),
	NUMBER(53003, POLICY_BLOCKED),
	NUMBER(530003, POLICY_BLOCKED),
	NUMBER(530032, POLICY_BLOCKED),
	NUMBER(530035, POLICY_BLOCKED),
	NUMBER(80012, POLICY_BLOCKED),
	NUMBER(50173, SIGNIN_EXPIRED),
	NUMBER(50132, SIGNIN_EXPIRED),
	NUMBER(50133, SIGNIN_EXPIRED),
	NUMBER(700082, SIGNIN_EXPIRED),
	NUMBER(70000, SIGNIN_EXPIRED),
	NUMBER(70008, SIGNIN_EXPIRED),
	NUMBER(70043, SIGNIN_EXPIRED),
	NUMBER(54005, SIGNIN_EXPIRED),
	NUMBER(50058, SIGNIN_EXPIRED),
	NUMBER(16000, SIGNIN_EXPIRED),
	NUMBER(65001, CONSENT_MISSING),
	NUMBER(65004, CONSENT_MISSING),
	NUMBER(90094, CONSENT_MISSING),
	NUMBER(50105, APP_NOT_ASSIGNED),
	NUMBER(700016, APP_UNKNOWN),
	NUMBER(7000112, APP_DISABLED),
	NUMBER(7000215, CLIENT_SECRET),
	NUMBER(7000222, CLIENT_SECRET_EXPIRED),
	NUMBER(700027, CERTIFICATE),
	NUMBER(50012, CERTIFICATE),
	NUMBER(50027, CERTIFICATE),
	NUMBER(700021, CERTIFICATE),
	NUMBER(700023, CERTIFICATE),
	NUMBER(700024, CLOCK),
	NUMBER(7000216, APP_SETUP),
	NUMBER(7000218, APP_SETUP),
	NUMBER(700025, APP_SETUP),
	NUMBER(50011, APP_SETUP),
	NUMBER(500112, APP_SETUP),
	NUMBER(500113, APP_SETUP),
	NUMBER(50147, APP_SETUP),
	NUMBER(501481, APP_SETUP),
	NUMBER(501491, APP_SETUP),
	NUMBER(50194, APP_SETUP),
	NUMBER(9002346, APP_SETUP),
	NUMBER(700005, APP_SETUP),
	NUMBER(700054, APP_SETUP),
	NUMBER(500011, APP_SETUP),
	NUMBER(650052, APP_SETUP),
	NUMBER(650057, APP_SETUP),
	NUMBER(70011, APP_SETUP),
	NUMBER(1002012, APP_SETUP),
	NUMBER(28000, APP_SETUP),
	NUMBER(28002, APP_SETUP),
	NUMBER(90002, TENANT_UNKNOWN),
	NUMBER(50059, TENANT_UNKNOWN),
	NUMBER(50128, TENANT_UNKNOWN),
	NUMBER(900023, TENANT_UNKNOWN),
#undef NUMBER
	{ 50033, REASON_SERVER_DOWN, NEXT_RETRY },
	{ 50087, REASON_SERVER_DOWN, NEXT_RETRY },
	{ 90033, REASON_SERVER_DOWN, NEXT_RETRY },
	{ 80001, REASON_SERVER_DOWN, NEXT_RETRY },
	{ 80002, REASON_SERVER_DOWN, NEXT_RETRY },
	{ 80014, REASON_SERVER_DOWN, NEXT_RETRY },
	{ 90055, REASON_SLOWED, NEXT_RETRY },
	{ 50196, REASON_SLOWED, NEXT_RETRY },
};

/* The word must not win over the number. */
static void refusal(char *dst, size_t size, long number, int list)
{
	if (list)
		snprintf(dst, size,
			"{\"error\":\"nonsense\",\"error_description\":\"Said.\\r\\nTrace ID: 1\","
			"\"error_codes\":[%ld,1],\"trace_id\":\"t-1\"}",
			number);
	else
		snprintf(dst, size,
			"{\"error\":\"nonsense\",\"error_description\":\"AADSTS%ld: Said." CUT
			"\"}",
			number);
}

/* Each by the list of codes, and by the text alone. */
static void test_numbers(void **state)
{
	char body[256], code[32];
	struct outcome o;
	struct token t;

	(void)state;
	for (size_t i = 0; i < COUNT(numbers); i++) {
		for (int list = 0; list < 2; list++) {
			refusal(body, sizeof(body), numbers[i].number, list);
			snprintf(code, sizeof(code), "AADSTS%ld", numbers[i].number);
			assert_int_equal(read_text(400, body, NULL, &t, &o), -1);
			if (o.reason != numbers[i].reason || o.next != numbers[i].next)
				fail_msg("%s: reason %d, next %d", code, o.reason, o.next);
			assert_string_equal(o.code, code);
			assert_string_equal(o.said, "Said.");
			assert_string_equal(o.theirs, list ? "t-1" : "");
			assert_int_equal(o.http, 400);
		}
	}
}

static void test_words(void **state)
{
	static const struct {
		long status;
		const char *error, *suberror;
		enum reason reason;
		enum outcome_next next;
	} rows[] = {
		{ 400, "invalid_grant", "", REASON_SIGNIN_EXPIRED, 0 },
		{ 400, "invalid_grant", "bad_token", REASON_SIGNIN_EXPIRED, 0 },
		{ 400, "invalid_grant", "basic_action", REASON_SECOND_FACTOR, 0 },
		{ 400, "invalid_grant", "additional_action", REASON_SECOND_FACTOR, 0 },
		{ 400, "invalid_grant", "message_only", REASON_POLICY_BLOCKED, 0 },
		{ 400, "invalid_grant", "consent_required", REASON_CONSENT_MISSING, 0 },
		{ 400, "invalid_grant", "user_password_expired", REASON_PASSWORD_EXPIRED, 0 },
		{ 400, "invalid_grant", "new_one", REASON_SIGNIN_EXPIRED, 0 },
		{ 400, "interaction_required", "", REASON_SIGNIN_EXPIRED, 0 },
		{ 400, "login_required", "", REASON_SIGNIN_EXPIRED, 0 },
		{ 400, "expired_token", "", REASON_SIGNIN_EXPIRED, 0 },
		{ 401, "invalid_client", "", REASON_CLIENT_SECRET, 0 },
		{ 400, "unauthorized_client", "", REASON_APP_SETUP, 0 },
		{ 400, "invalid_request", "", REASON_APP_SETUP, 0 },
		{ 400, "invalid_scope", "", REASON_APP_SETUP, 0 },
		{ 400, "invalid_resource", "", REASON_APP_SETUP, 0 },
		{ 400, "unsupported_grant_type", "", REASON_APP_SETUP, 0 },
		{ 400, "unsupported_response_type", "", REASON_APP_SETUP, 0 },
		{ 403, "access_denied", "", REASON_CONSENT_MISSING, 0 },
		{ 503, "temporarily_unavailable", "", REASON_SERVER_DOWN, NEXT_RETRY },
		{ 500, "server_error", "", REASON_SERVER_DOWN, NEXT_RETRY },
		{ 400, "of_the_future", "", REASON_BAD_ANSWER, 0 },
		{ 400, "", "", REASON_BAD_ANSWER, 0 },
		{ 429, "of_the_future", "", REASON_SLOWED, NEXT_RETRY },
		{ 502, "of_the_future", "", REASON_SERVER_DOWN, NEXT_RETRY },
		{ 200, "invalid_client", "", REASON_CLIENT_SECRET, 0 },
	};
	char body[256];
	struct outcome o;
	struct token t;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		snprintf(body, sizeof(body),
			"{\"error\":\"%s\",\"suberror\":\"%s\",\"error_codes\":[123456]}",
			rows[i].error, rows[i].suberror);
		assert_int_equal(read_text(rows[i].status, body, NULL, &t, &o), -1);
		if (o.reason != rows[i].reason || o.next != rows[i].next)
			fail_msg("row %zu: %d, %d", i, o.reason, o.next);
		assert_string_equal(o.code, "AADSTS123456"); /* unknown, but worth telling */
	}
	assert_int_equal(read_text(400, "{\"error\":\"invalid_scope\"}", NULL, &t, &o), -1);
	assert_string_equal(o.code, "invalid_scope");
}

/* The numbers of the list and of the text are foreign: none of them breaks anything. */
static void test_strange_refusals(void **state)
{
	static const struct {
		const char *body, *code, *said;
	} rows[] = {
		{ "{\"error\":7}", "", "" },
		{ "{\"error\":null,\"error_description\":\"x\"}", "", "x" },
		{ "{\"error\":\"e\",\"error_codes\":7}", "e", "" },
		{ "{\"error\":\"e\",\"error_codes\":[]}", "e", "" },
		{ "{\"error\":\"e\",\"error_codes\":[-5]}", "e", "" },
		{ "{\"error\":\"e\",\"error_codes\":[\"50126\"]}", "e", "" },
		{ "{\"error\":\"e\",\"error_codes\":[99999999999]}", "e", "" },
		{ "{\"error\":\"e\",\"error_description\":\"AADSTS: none\"}", "e", "AADSTS: none" },
		{ "{\"error\":\"e\",\"error_description\":\"AADSTS99999999999: x\"}", "e", "x" },
		{ "{\"error\":\"e\",\"error_description\":\"AADSTS0: x\"}", "e", "x" },
		{ "{\"error\":\"e\",\"error_description\":\"Trace ID: x\"}", "e", "" },
		{ "{\"error\":\"e\",\"error_description\":\"AADSTS5: \"}", "AADSTS5", "" },
		{ "{\"error\":\"e\\u001b\",\"error_description\":\"a\\u202eb\\nc\"}", "e?",
			"a???b?c" },
	};
	struct outcome o;
	struct token t;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(read_text(400, rows[i].body, NULL, &t, &o), -1);
		if (strcmp(o.code, rows[i].code) != 0 || strcmp(o.said, rows[i].said) != 0)
			fail_msg("%s: \"%s\", \"%s\"", rows[i].body, o.code, o.said);
		assert_int_equal(o.next, NEXT_NOTHING);
	}
}

/* A browser brings the same back in an address. */
static void test_from_page(void **state)
{
	struct outcome o = { .http = 200 };

	(void)state;
	token_refused(&(struct token_error){ .error = "access_denied",
			      .description = "AADSTS65004: User declined." CUT },
		&o);
	assert_int_equal(o.reason, REASON_CONSENT_MISSING);
	assert_string_equal(o.code, "AADSTS65004");
	assert_string_equal(o.said, "User declined.");
	token_refused(&(struct token_error){ .error = NULL }, &o);
	assert_int_equal(o.reason, REASON_BAD_ANSWER);
	assert_string_equal(o.code, "");
}

/* Not the sign-in service: somebody in between. */
static void test_pages(void **state)
{
	static const char page[] = "<!DOCTYPE html><html><title> Gate </title></html>";
	static const struct {
		long status;
		const char *body;
		enum reason reason;
		enum outcome_next next;
		const char *said;
	} rows[] = {
		{ 200, page, REASON_BAD_ANSWER, 0, "Gate" },
		{ 302, "", REASON_BAD_ANSWER, 0, "" },
		{ 404, page, REASON_BAD_ANSWER, 0, "Gate" },
		{ 407, page, REASON_PROXY_REFUSED, 0, "Gate" },
		{ 408, "", REASON_SERVER_DOWN, NEXT_RETRY, "" },
		{ 429, page, REASON_SLOWED, NEXT_RETRY, "Gate" },
		{ 500, "{}", REASON_SERVER_DOWN, NEXT_RETRY, "" },
		{ 503, page, REASON_SERVER_DOWN, NEXT_RETRY, "Gate" },
		{ 400, "{\"access_token\":\"a\"}", REASON_BAD_ANSWER, 0, "" },
	};
	struct outcome o;
	struct token t;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(read_text(rows[i].status, rows[i].body, NULL, &t, &o), -1);
		if (o.reason != rows[i].reason || o.next != rows[i].next)
			fail_msg("row %zu: %d, %d", i, o.reason, o.next);
		assert_string_equal(o.said, rows[i].said);
		assert_string_equal(o.code, "");
	}
}

static int setup(void **state)
{
	(void)state;
	seal_init();
	arena_init(&arena, 8 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_success),
		cmocka_unit_test(test_lifetime),
		cmocka_unit_test(test_id_token),
		cmocka_unit_test(test_no_token),
		cmocka_unit_test(test_tolerant),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_strange_refusals),
		cmocka_unit_test(test_from_page),
		cmocka_unit_test(test_pages),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
