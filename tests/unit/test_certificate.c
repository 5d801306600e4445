/* Certificate: what is made is what the token service asks for, fits into a seal, and says who and
 * until when.
 */
#include "tests/unit/unit.h"

#include <openssl/ui.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "exchange/certificate.h"
#include "exchange/tls.h"
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

static int asked;

static int on_open(UI *ui)
{
	(void)ui;
	asked++;
	return 0;
}

/* Whoever runs the program is never asked for the password of a text that somebody else gave. */
static void test_nobody_is_asked(void **state)
{
	static const char locked[] = "-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\n"
				     "DEK-Info: AES-256-CBC,000102030405060708090A0B0C0D0E0F\n\n"
				     "AAAAAAAAAAAAAAAAAAAAAA==\n-----END CERTIFICATE-----\n";
	UI_METHOD *ui = UI_create_method("test");
	char path[] = "/tmp/latchkey-pem-XXXXXX", print[CERTIFICATE_PRINT];
	struct certificate made;
	struct arena a;
	struct err e;
	int64_t end;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	UI_method_set_opener(ui, on_open);
	UI_set_default_method(ui);
	arena_init(&a, 1 << 20);
	assert_ok(certificate_make(&a, "Latchkey", &made, &e));
	assert_int_equal(write(fd, made.pem, strlen(made.pem)), strlen(made.pem));
	assert_int_equal(certificate_read(locked, &end, print, &e), -1);
	assert_null(tls_store_new(path, locked));
	assert_int_equal(asked, 0);
	UI_set_default_method(UI_OpenSSL());
	UI_destroy_method(ui);
	secret_free(made.key);
	close(fd);
	unlink(path);
	arena_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_make),
		cmocka_unit_test(test_unreadable),
		cmocka_unit_test(test_nobody_is_asked),
	};

	seal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
