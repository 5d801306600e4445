/* WWW-Authenticate headers, tidy and untidy. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>
#include "exchange/challenge.h"

enum { N = CHALLENGE_NEGOTIATE, L = CHALLENGE_NTLM, B = CHALLENGE_BASIC, O = CHALLENGE_BEARER };

static void test_values(void **state)
{
	static const struct {
		const char *value;
		unsigned known;
		const char *others;
	} rows[] = {
		{ "", 0, "" },
		{ "Negotiate", N, "" },
		{ "NTLM", L, "" },
		{ "negotiate, ntlm", N | L, "" },
		{ "Negotiate,NTLM,Basic realm=\"x\"", N | L | B, "" },
		{ "Basic realm=\"mail, NTLM, Negotiate\"", B, "" },
		{ "Basic realm=\"quote \\\", Bearer\", charset=\"UTF-8\", NTLM", B | L, "" },
		{ "Basic realm = \"spaces\" , NTLM", B | L, "" },
		{ "Bearer client_id=\"00000002-0000-0ff1\", trusted_issuers=\"a@b\", "
		  "token_types=\"app_asserted_user_v1\", error=\"invalid_token\", Negotiate",
			O | N, "" },
		{ "Negotiate oYG2MIGzoAMKAQ==", N, "" },
		{ "NTLM TlRMTVNTUAACAAAA=, Basic realm=a", L | B, "" },
		{ "Digest qop=\"auth\", nonce=\"x,y\", Basic realm=\"r\"", B, "Digest" },
		{ "Digest a=b, digest a=c, PassportLive", 0, "Digest, PassportLive" },
		{ "Dig, Digest", 0, "Dig, Digest" },
		{ ", ,, Negotiate ,,", N, "" },
		{ "\tNTLM\t", L, "" },
		{ "Basic realm=\"never closed, NTLM", B, "" },
		{ "realm=\"x\", nonce=y", 0, "" },
		{ "=, \"x\", @home, (NTLM)", 0, "" },
		{ "NTLM/2", 0, "" },
		{ "NTLMv2", 0, "NTLMv2" },
		{ "Basic realm=\"ends in a backslash\\", B, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct challenges c = { 0 };

		challenge_read(&c, rows[i].value, strlen(rows[i].value));
		if (c.known != rows[i].known || strcmp(c.others, rows[i].others) != 0)
			fail_msg("%s: %x, \"%s\"", rows[i].value, c.known, c.others);
	}
}

/* Several headers add up, and what is known already is not listed twice. */
static void test_several(void **state)
{
	struct challenges c = { 0 };

	(void)state;
	challenge_read(&c, "Negotiate", 9);
	challenge_read(&c, "Digest a=b", 10);
	challenge_read(&c, "NTLM, Digest", 12);
	assert_int_equal(c.known, N | L);
	assert_string_equal(c.others, "Digest");
}

/* The length counts, not an end mark; and a list of others has an end. */
static void test_bounds(void **state)
{
	struct challenges c = { 0 };
	char value[4000];
	size_t n = 0;

	(void)state;
	challenge_read(&c, "NTLM, Basic", 4);
	assert_int_equal(c.known, L);
	for (int i = 0; i < 300; i++)
		n += (size_t)snprintf(value + n, sizeof(value) - n, "Scheme%d,", i);
	challenge_read(&c, value, n);
	assert_true(strlen(c.others) < sizeof(c.others));
	assert_int_equal(c.known, L);
	memset(value, 'x', sizeof(value));
	challenge_read(&c, value, sizeof(value));
	assert_true(strlen(c.others) < sizeof(c.others));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
