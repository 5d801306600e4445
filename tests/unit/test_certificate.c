/* Certificate: what is made is what the token service asks for, fits into a seal, and says who and
 * until when.
 */
#include "tests/unit/unit.h"

#include <string.h>
#include "exchange/certificate.h"
#include "exchange/token.h"
#include "platform/clock.h"

enum { NOW = 1800000000 };

static void test_make(void **state)
{
	char print[CERTIFICATE_PRINT];
	struct certificate made, other;
	struct secret *assertion;
	struct arena a;
	struct err e;
	int64_t end;

	(void)state;
	arena_init(&a, 1 << 20);
	clock_freeze(NOW);
	assert_ok(certificate_make(&a, "Latchkey B\xc3\xbcro & Co", &made, &e));
	assert_true(secret_len(made.key) <= SEAL_SECRET_MAX);
	assert_int_equal(made.not_after, NOW + INT64_C(2) * 365 * 86400);
	assert_non_null(strstr(made.pem, "-----BEGIN CERTIFICATE-----"));
	assert_null(strstr(made.pem, "PRIVATE"));
	assert_ok(certificate_read(made.pem, &end, print, &e));
	assert_int_equal(end, made.not_after);
	assert_string_equal(print, made.print);
	assert_int_equal(strlen(print), 40);
	assertion = token_assertion("https://login.example/x", "app", made.key, made.pem, &e);
	assert_non_null(assertion);
	/* Each is another one, however long its name. */
	assert_ok(certificate_make(&a,
		"Latchkey \xe2\x98\x82\xe2\x98\x82\xe2\x98\x82 of a name that is longer than any "
		"certificate may have in its subject",
		&other, &e));
	assert_string_not_equal(other.print, made.print);
	secret_free(assertion);
	secret_free(made.key);
	secret_free(other.key);
	clock_freeze(0);
	arena_done(&a);
}

static void test_unreadable(void **state)
{
	static const char *const bad[] = { NULL, "", "x",
		"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" };
	char print[CERTIFICATE_PRINT];
	struct err e;
	int64_t end;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(certificate_read(bad[i], &end, print, &e), -1);
		assert_int_equal(e.code, ERR_INPUT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_make),
		cmocka_unit_test(test_unreadable),
	};

	seal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
