/* The browser's part of a sign-in with Microsoft: the page, the challenge. */
#include "tests/unit/unit.h"

#include <string.h>
#include "platform/pkce.h"

#define APP "11111111-1111-4111-8111-111111111111"

/* RFC 7636, appendix B. */
static void test_challenge(void **state)
{
	char challenge[PKCE_CHALLENGE];

	(void)state;
	pkce_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", challenge);
	assert_string_equal(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

static void test_authority(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 20);
	assert_string_equal(pkce_authority(&a, NULL), PKCE_AUTHORITY);
	assert_string_equal(pkce_authority(&a, ""), PKCE_AUTHORITY);
	assert_string_equal(
		pkce_authority(&a, "https://l.example:8443/"), "https://l.example:8443");
	assert_string_equal(pkce_authority(&a, "https://l.example#x"), "https://l.example");
	arena_done(&a);
}

static void test_page(void **state)
{
	static const struct pkce_page good = { .authority = "https://login.example.test:8443",
		.tenant = "organizations",
		.client_id = APP,
		.redirect_uri = "https://p.example.test/oauth/callback?a=b",
		.scope = "openid x",
		.state = "st&te",
		.nonce = "n",
		.challenge = "c-_",
		.login_hint = "svc+x@example.test" };
	static const char *const authorities[] = { "http://login.example.test",
		"https://login.example.test/x", "https://", "https://a@b", "javascript:1",
		"https://login.example.test?x" };
	struct pkce_page bad;
	const char *got;
	struct arena a;
	struct err e = { 0 };

	(void)state;
	arena_init(&a, 1 << 20);
	got = pkce_page(&a, &good, &e);
	assert_non_null(got);
	assert_string_equal(got,
		"https://login.example.test:8443/organizations/oauth2/v2.0/authorize?client_id=" APP
		"&response_type=code&response_mode=query"
		"&redirect_uri=https%3A%2F%2Fp.example.test%2Foauth%2Fcallback%3Fa%3Db"
		"&scope=openid%20x&state=st%26te&nonce=n&code_challenge=c-_"
		"&code_challenge_method=S256&prompt=login&login_hint=svc%2Bx%40example.test");
	for (size_t i = 0; i < COUNT(authorities); i++) {
		bad = good;
		bad.authority = authorities[i];
		if (pkce_page(&a, &bad, &e))
			fail_msg("taken: %s", authorities[i]);
		assert_int_equal(e.code, ERR_INPUT);
	}
	bad = good;
	bad.login_hint = "";
	assert_null(strstr(pkce_page(&a, &bad, &e), "login_hint"));
	bad.state = "";
	assert_null(pkce_page(&a, &bad, &e));
	bad = good;
	bad.tenant = "no tenant";
	assert_null(pkce_page(&a, &bad, &e));
	arena_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_challenge),
		cmocka_unit_test(test_authority),
		cmocka_unit_test(test_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
