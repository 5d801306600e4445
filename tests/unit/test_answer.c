/* What HTTP answers mean: every status has words, and headers are found as they come. */
#include "tests/unit/unit.h"

#include <string.h>
#include "exchange/answer.h"

static struct answer answer(long status, const char *headers)
{
	return (struct answer){ status, headers, strlen(headers), "", 0 };
}

static void test_header(void **state)
{
	static const char block[] = "HTTP/1.1 200 OK\r\nA: one\r\na:two\r\nAB: x\r\nEmpty:\r\n"
				    "Spaced: \t in the middle \t \r\nLast: end";
	struct answer w = answer(200, block);
	static const struct {
		const char *name;
		size_t nth;
		const char *value;
	} rows[] = {
		{ "A", 0, "one" },
		{ "a", 1, "two" },
		{ "A", 2, NULL },
		{ "ab", 0, "x" },
		{ "empty", 0, "" },
		{ "Spaced", 0, "in the middle" },
		{ "last", 0, "end" },
		{ "HTTP/1.1 200 OK", 0, NULL },
		{ "no", 0, NULL },
	};
	const char *value;
	size_t len;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		value = answer_header(&w, rows[i].name, rows[i].nth, &len);
		if (!rows[i].value) {
			assert_null(value);
			continue;
		}
		assert_non_null(value);
		assert_int_equal(len, strlen(rows[i].value));
		assert_memory_equal(value, rows[i].value, len);
	}
}

/* Every status gives a state and a sentence; a failure also cause and help. */
static void test_every_status(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 64 << 20);
	for (long status = 0; status <= 999; status++) {
		struct answer w = answer(status, "HTTP/1.1 000 X\r\n\r\n");
		struct job_step s = { 0 };

		answer_explain(&a, &w, &s);
		assert_true(s.state == STEP_OK || s.state == STEP_NOTE || s.state == STEP_FAILED);
		assert_true(s.say[0]);
		assert_true(s.state == STEP_OK || (s.why[0] && s.fix[0]));
		assert_non_null(s.raw);
	}
	arena_done(&a);
}

static void test_states(void **state)
{
	static const struct {
		long status;
		const char *headers;
		enum step_state state;
		const char *says;
	} rows[] = {
		{ 401, "X-FEServer: EX01\r\n", STEP_OK, "X-FEServer" },
		{ 401, "x-feserver: EX01\r\nServer: IIS\r\n", STEP_OK, "calls itself IIS" },
		{ 401, "Server: nginx\r\n", STEP_NOTE, "no sign of Exchange" },
		{ 200, "Content-Type: TEXT/HTML\r\n", STEP_FAILED, "web page" },
		{ 200, "Content-Type: text/xml\r\n", STEP_NOTE, "without asking" },
		{ 200, "", STEP_NOTE, "without asking" },
		{ 403, "", STEP_FAILED, "refuses everybody" },
		{ 404, "", STEP_FAILED, "no EWS" },
		{ 407, "", STEP_FAILED, "proxy" },
		{ 429, "Retry-After: 9\r\n", STEP_FAILED, "Retry-After: 9" },
		{ 440, "", STEP_FAILED, "web form" },
		{ 500, "", STEP_FAILED, "trouble of its own" },
		{ 503, "", STEP_FAILED, "not available" },
		{ 700, "", STEP_FAILED, "no sense" },
	};
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 20);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct answer w = answer(rows[i].status, rows[i].headers);
		struct job_step s = { 0 };

		answer_explain(&a, &w, &s);
		if (s.state != rows[i].state || !strstr(s.say, rows[i].says))
			fail_msg("%ld: %d, %s", rows[i].status, (int)s.state, s.say);
	}
	arena_done(&a);
}

static void test_redirect(void **state)
{
	static const long statuses[] = { 301, 302, 303, 307, 308 };
	static const long others[] = { 200, 300, 304, 305, 306, 309, 401 };
	char longest[3000] = "Location: ";
	struct arena a;
	struct answer w;

	(void)state;
	arena_init(&a, 1 << 20);
	for (size_t i = 0; i < COUNT(statuses); i++) {
		w = answer(statuses[i], "location:  https://x/y \r\n");
		assert_string_equal(answer_redirect(&a, &w), "https://x/y");
	}
	for (size_t i = 0; i < COUNT(others); i++) {
		w = answer(others[i], "Location: https://x/y\r\n");
		assert_null(answer_redirect(&a, &w));
	}
	w = answer(302, "Location:\r\n");
	assert_null(answer_redirect(&a, &w));
	memset(longest + 10, 'x', sizeof(longest) - 11);
	w = answer(302, longest);
	assert_null(answer_redirect(&a, &w));
	arena_done(&a);
}

static void test_signin(void **state)
{
	static const struct {
		const char *headers;
		enum step_state state;
		const char *names;
	} rows[] = {
		{ "WWW-Authenticate: NTLM\r\nwww-authenticate: Negotiate\r\n", STEP_OK,
			"Negotiate and NTLM" },
		{ "WWW-Authenticate: Bearer, Basic realm=x\r\n", STEP_NOTE, "Bearer and Basic" },
		{ "WWW-Authenticate: Digest a=b\r\n", STEP_NOTE, "" },
		{ "Server: x\r\n", STEP_NOTE, "" },
	};
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 20);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct answer w = answer(401, rows[i].headers);
		struct job_step s = { 0 };
		const char *names;

		answer_signin(&a, &w, &names, &s);
		assert_int_equal(s.state, rows[i].state);
		assert_string_equal(names, rows[i].names);
		assert_true(s.state == STEP_OK || (s.why[0] && s.fix[0]));
	}
	arena_done(&a);
}

static void test_raw(void **state)
{
	struct arena a;
	struct answer w = answer(500, "HTTP/1.1 500 No\r\nX: \x1b]0;t\x07\r\n\r\n");

	(void)state;
	arena_init(&a, 1 << 20);
	w.body = "Server Error\r\nin '/EWS'";
	w.body_len = strlen(w.body);
	assert_string_equal(
		answer_raw(&a, &w), "HTTP/1.1 500 No\nX: ?]0;t?\n\nServer Error\nin '/EWS'");
	arena_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_every_status),
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_redirect),
		cmocka_unit_test(test_signin),
		cmocka_unit_test(test_raw),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
