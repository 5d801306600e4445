/* What is sent to the token service: forms, assertions. */
#include "tests/unit/unit.h"

#include <jansson.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include "exchange/token.h"
#include "platform/clock.h"

enum { NOW = 1795420800, BODY_MAX = 64 * 1024 };

#define TENANT "0b6c8a1e-7d6f-4a55-9d0a-6d7b6f3c2e10"
#define APP "11111111-1111-4111-8111-111111111111"
#define EWS_APP "https%3A%2F%2Foutlook.office365.com%2F.default"

static struct secret *text_secret(const char *s)
{
	return secret_new(s, strlen(s));
}

static void test_path(void **state)
{
	static const struct {
		const char *tenant, *path;
	} rows[] = {
		{ TENANT, "/" TENANT "/oauth2/v2.0/token" },
		{ "example.onmicrosoft.com", "/example.onmicrosoft.com/oauth2/v2.0/token" },
		{ "organizations", "/organizations/oauth2/v2.0/token" },
		{ NULL, NULL },
		{ "", NULL },
		{ "example", NULL },
		{ "..", NULL },
		{ "a/b.com", NULL },
		{ "a?b.com", NULL },
		{ "exam ple.com", NULL },
		{ "0b6c8a1e-7d6f-4a55-9d0a-6d7b6f3c2e1", NULL },
		{ "0b6c8a1e-7d6f-4a55-9d0a6-d7b6f3c2e10", NULL },
		{ "0b6c8a1ex7d6f-4a55-9d0a-6d7b6f3c2e10", NULL },
	};
	struct arena a;
	struct err e;

	(void)state;
	arena_init(&a, 1 << 20);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *got = token_path(&a, rows[i].tenant, &e);

		if (!got != !rows[i].path || (got && strcmp(got, rows[i].path) != 0))
			fail_msg("row %zu: %s", i, got ? got : "refused");
		if (!got)
			assert_int_equal(e.code, ERR_INPUT);
	}
	arena_done(&a);
}

static void check_body(const struct token_ask *ask, const char *want)
{
	struct err e = { 0 };
	struct buf b;

	buf_init(&b, BODY_MAX);
	assert_ok(token_write(ask, &b, &e));
	assert_string_equal(buf_str(&b), want);
	buf_wipe(&b);
}

static void test_forms(void **state)
{
	struct secret *s = text_secret("a~b&c=d+e/f g%"), *jwt = text_secret("a.b-_.c");
	struct secret *code = text_secret("0.AQ?x"), *verifier = text_secret("abc");
	struct secret *refresh = text_secret("1.R");

	(void)state;
	check_body(&(struct token_ask){ .flow = TOKEN_CLIENT,
			   .tenant = TENANT,
			   .client_id = APP,
			   .scope = TOKEN_EWS_APP,
			   .client_secret = s },
		"grant_type=client_credentials&client_id=" APP "&scope=" EWS_APP
		"&client_secret=a~b%26c%3Dd%2Be%2Ff%20g%25");
	check_body(&(struct token_ask){ .flow = TOKEN_CLIENT,
			   .tenant = "example.com",
			   .client_id = APP,
			   .scope = TOKEN_EWS_APP,
			   .assertion = jwt },
		"grant_type=client_credentials&client_id=" APP "&scope=" EWS_APP
		"&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3A"
		"jwt-bearer&client_assertion=a.b-_.c");
	check_body(&(struct token_ask){ .flow = TOKEN_CODE,
			   .tenant = "organizations",
			   .client_id = APP,
			   .scope = TOKEN_EWS_USER,
			   .code = code,
			   .verifier = verifier,
			   .redirect_uri = "https://p.example.test/oauth/callback" },
		"grant_type=authorization_code&code=0.AQ%3Fx&code_verifier=abc"
		"&redirect_uri=https%3A%2F%2Fp.example.test%2Foauth%2Fcallback&client_id=" APP
		"&scope=https%3A%2F%2Foutlook.office365.com%2FEWS.AccessAsUser.All%20"
		"offline_access%20openid%20profile");
	check_body(&(struct token_ask){ .flow = TOKEN_REFRESH,
			   .tenant = "organizations",
			   .client_id = APP,
			   .scope = "s",
			   .refresh = refresh,
			   .client_secret = verifier },
		"grant_type=refresh_token&refresh_token=1.R&client_id=" APP
		"&scope=s&client_secret=abc");
	secret_free(s);
	secret_free(jwt);
	secret_free(code);
	secret_free(verifier);
	secret_free(refresh);
}

static void test_form_refused(void **state)
{
	struct secret *s = text_secret("s"), *none = secret_new("", 0);
	struct secret *cut = secret_new("a\0b", 3);
	const struct token_ask client = { .flow = TOKEN_CLIENT,
		.tenant = TENANT,
		.client_id = APP,
		.scope = "s",
		.client_secret = s };
	const struct token_ask code = { .flow = TOKEN_CODE,
		.client_id = APP,
		.scope = "s",
		.code = s,
		.verifier = s,
		.redirect_uri = "https://x/" };
	struct token_ask bad[13];
	struct err e;
	struct buf b;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		bad[i] = i < 9 ? client : code;
	bad[0].client_secret = NULL;
	bad[1].client_secret = none;
	bad[2].client_secret = cut;
	bad[3].assertion = s;
	bad[4].tenant = "common";
	bad[5].tenant = "Organizations";
	bad[6].tenant = NULL;
	bad[7].client_id = "";
	bad[8].scope = NULL;
	bad[9].code = NULL;
	bad[10].verifier = none;
	bad[11].redirect_uri = "";
	bad[12].flow = TOKEN_REFRESH;
	for (size_t i = 0; i < COUNT(bad); i++) {
		buf_init(&b, BODY_MAX);
		if (token_write(&bad[i], &b, &e) == 0)
			fail_msg("taken: %zu", i);
		assert_int_equal(e.code, ERR_INPUT);
		assert_int_equal(b.len, 0);
		buf_wipe(&b);
	}
	buf_init(&b, 40); /* too small: nothing is left in it */
	assert_int_equal(token_write(&client, &b, &e), -1);
	assert_int_equal(b.len, 0);
	buf_wipe(&b);
	secret_free(s);
	secret_free(none);
	secret_free(cut);
}

/* --- assertions --- */

struct pair {
	EVP_PKEY *key;
	X509 *x;
	struct secret *key_pem;
	char *cert_pem;
};

static char *bio_text(BIO *b, size_t *n)
{
	char *p, *copy;

	*n = (size_t)BIO_get_mem_data(b, &p);
	copy = calloc(1, *n + 1);
	assert_non_null(copy);
	memcpy(copy, p, *n);
	BIO_free(b);
	return copy;
}

static struct secret *key_text(EVP_PKEY *key, const EVP_CIPHER *cipher)
{
	BIO *b = BIO_new(BIO_s_mem());
	struct secret *s;
	char *text;
	size_t n;

	assert_int_equal(
		PEM_write_bio_PrivateKey(b, key, cipher,
			(const unsigned char *)(cipher ? "pw" : NULL), cipher ? 2 : 0, NULL, NULL),
		1);
	text = bio_text(b, &n);
	s = secret_new(text, n);
	free(text);
	return s;
}

static void new_pair(struct pair *p, EVP_PKEY *key)
{
	BIO *b = BIO_new(BIO_s_mem());
	size_t n;

	p->key = key;
	p->x = X509_new();
	X509_gmtime_adj(X509_getm_notBefore(p->x), 0);
	X509_gmtime_adj(X509_getm_notAfter(p->x), 3600);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(p->x), "CN", MBSTRING_ASC,
		(const unsigned char *)"Latchkey", -1, -1, 0);
	X509_set_pubkey(p->x, key);
	assert_true(X509_sign(p->x, key, EVP_sha256()) > 0);
	assert_int_equal(PEM_write_bio_X509(b, p->x), 1);
	p->cert_pem = bio_text(b, &n);
	p->key_pem = key_text(key, NULL);
}

static void free_pair(struct pair *p)
{
	EVP_PKEY_free(p->key);
	X509_free(p->x);
	secret_free(p->key_pem);
	free(p->cert_pem);
}

static size_t part(const char *s, size_t n, unsigned char *dst, size_t size)
{
	size_t len = 0;

	assert_int_equal(sodium_base642bin(dst, size, s, n, NULL, &len, NULL,
				 sodium_base64_VARIANT_URLSAFE_NO_PADDING),
		0);
	return len;
}

static json_t *json_of(const char *s, size_t n)
{
	unsigned char plain[1024];
	json_t *j = json_loadb((const char *)plain, part(s, n, plain, sizeof(plain)),
		JSON_REJECT_DUPLICATES, NULL);

	assert_true(json_is_object(j));
	return j;
}

static const char *value(const json_t *j, const char *key)
{
	const char *s = json_string_value(json_object_get(j, key));

	assert_non_null(s);
	return s;
}

static void check_header(const char *s, size_t n, const X509 *x)
{
	json_t *j = json_of(s, n);
	unsigned char want[32], got[64];
	const char *print = value(j, "x5t#S256");
	unsigned len;

	assert_int_equal(json_object_size(j), 3);
	assert_string_equal(value(j, "alg"), "PS256");
	assert_string_equal(value(j, "typ"), "JWT");
	assert_int_equal(X509_digest(x, EVP_sha256(), want, &len), 1);
	assert_int_equal(part(print, strlen(print), got, sizeof(got)), 32);
	assert_memory_equal(got, want, 32);
	json_decref(j);
}

/* Returns the jti, to be freed. */
static char *check_claims(const char *s, size_t n, const char *audience)
{
	json_t *j = json_of(s, n);
	char *jti;

	assert_string_equal(value(j, "aud"), audience);
	assert_string_equal(value(j, "iss"), APP);
	assert_string_equal(value(j, "sub"), APP);
	assert_int_equal(json_integer_value(json_object_get(j, "nbf")), NOW);
	assert_int_equal(json_integer_value(json_object_get(j, "exp")), NOW + 600);
	jti = strdup(value(j, "jti"));
	assert_int_equal(strlen(jti), 32);
	json_decref(j);
	return jti;
}

static void check_signature(const char *jwt, size_t signed_len, EVP_PKEY *key)
{
	unsigned char signature[1024];
	const char *s = jwt + signed_len + 1;
	size_t n = part(s, strlen(s), signature, sizeof(signature));
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	EVP_PKEY_CTX *how;

	assert_int_equal(EVP_DigestVerifyInit(c, &how, EVP_sha256(), NULL, key), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_saltlen(how, 32), 1);
	assert_int_equal(
		EVP_DigestVerify(c, signature, n, (const unsigned char *)jwt, signed_len), 1);
	EVP_MD_CTX_free(c);
}

static void test_assertion(void **state)
{
	static const char audience[] = "https://login.example.test/t/oauth2/v2.0/token?\"\xc3\xa9";
	struct pair p;
	char *first, *again;
	struct err e = { 0 };

	(void)state;
	new_pair(&p, EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048));
	clock_freeze(NOW);
	for (int i = 0; i < 2; i++) {
		struct secret *s = token_assertion(audience, APP, p.key_pem, p.cert_pem, &e);
		const char *jwt, *dot, *dot2;

		if (!s)
			fail_msg("%s", e.log);
		jwt = (const char *)secret_bytes(s);
		dot = strchr(jwt, '.');
		dot2 = strchr(dot + 1, '.');
		assert_non_null(dot2);
		assert_null(strchr(dot2 + 1, '.'));
		check_header(jwt, (size_t)(dot - jwt), p.x);
		again = check_claims(dot + 1, (size_t)(dot2 - dot) - 1, audience);
		check_signature(jwt, (size_t)(dot2 - jwt), p.key);
		if (i == 0) {
			first = again;
		} else {
			assert_string_not_equal(first, again);
			free(first);
			free(again);
		}
		secret_free(s);
	}
	clock_freeze(0);
	free_pair(&p);
}

/* Nothing asks a terminal, whatever the text is. */
static void test_assertion_refused(void **state)
{
	struct pair rsa, other, curve;
	struct secret *locked, *junk = text_secret("-----BEGIN PRIVATE KEY-----\nAAAA\n");
	struct err e;

	(void)state;
	new_pair(&rsa, EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048));
	new_pair(&other, EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024));
	new_pair(&curve, EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256"));
	locked = key_text(rsa.key, EVP_aes_256_cbc());
	assert_null(token_assertion("a", APP, locked, rsa.cert_pem, &e));
	assert_non_null(strstr(e.say, "without a password"));
	assert_null(token_assertion("a", APP, junk, rsa.cert_pem, &e));
	assert_null(token_assertion("a", APP, NULL, rsa.cert_pem, &e));
	assert_null(token_assertion("a", APP, other.key_pem, other.cert_pem, &e));
	assert_null(token_assertion("a", APP, curve.key_pem, curve.cert_pem, &e));
	assert_non_null(strstr(e.say, "RSA"));
	assert_null(token_assertion("a", APP, rsa.key_pem, "no certificate", &e));
	assert_null(token_assertion("a", APP, rsa.key_pem, NULL, &e));
	assert_non_null(strstr(e.say, "certificate"));
	assert_null(token_assertion("a", APP, rsa.key_pem, other.cert_pem, &e));
	assert_non_null(strstr(e.say, "does not belong"));
	assert_null(token_assertion("a", "", rsa.key_pem, rsa.cert_pem, &e));
	assert_null(token_assertion("a", "\xff", rsa.key_pem, rsa.cert_pem, &e));
	assert_null(token_assertion(NULL, APP, rsa.key_pem, rsa.cert_pem, &e));
	secret_free(locked);
	secret_free(junk);
	free_pair(&rsa);
	free_pair(&other);
	free_pair(&curve);
}

static int setup(void **state)
{
	(void)state;
	seal_init();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_path),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_form_refused),
		cmocka_unit_test(test_assertion),
		cmocka_unit_test(test_assertion_refused),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
