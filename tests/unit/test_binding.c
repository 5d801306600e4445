/* NTLM with channel binding: what the mechanism writes is taken apart again by rules of MS-NLMP
 * that are written here a second time; and the hash of certificates of every kind. */
#include "tests/unit/unit.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "exchange/binding.h"
#include "platform/seal.h"

enum {
	WIRE_MAX = 4096,
	AV_EOL = 0,
	AV_NB_COMPUTER = 1,
	AV_NB_DOMAIN = 2,
	AV_TIME = 7,
	AV_TARGET = 9,
	AV_BINDING = 10,
	FLAGS = (int)0xA2888205
};

#define PASSWORD "Sesame-\xc3\xb6pen-1"

struct wire {
	unsigned char p[WIRE_MAX];
	size_t n;
};

/* --- little end first --- */

static void put(struct wire *w, uint64_t v, size_t bytes)
{
	for (; bytes-- > 0; v >>= 8)
		w->p[w->n++] = (unsigned char)v;
}

static uint64_t get(const struct wire *w, size_t at, size_t bytes)
{
	uint64_t v = 0;

	assert_true(at + bytes <= w->n);
	while (bytes-- > 0)
		v = v << 8 | w->p[at + bytes];
	return v;
}

static void put_wide(struct wire *w, const char *ascii)
{
	for (; *ascii; ascii++)
		put(w, (unsigned char)*ascii, 2);
}

static void put_av(struct wire *w, unsigned kind, const char *ascii)
{
	put(w, kind, 2);
	put(w, strlen(ascii) * 2, 2);
	put_wide(w, ascii);
}

/* A server's challenge as base64: MS-NLMP 2.2.1.2. age: seconds that its clock is behind. */
static void challenge(char *dst, size_t size, long age, int with_info)
{
	uint64_t now = ((uint64_t)(time(NULL) - age) + 11644473600ULL) * 10000000ULL;
	struct wire w = { .n = 0 }, info = { .n = 0 };

	if (with_info) {
		put_av(&info, AV_NB_DOMAIN, "EXAMPLE");
		put_av(&info, AV_NB_COMPUTER, "EX01");
		put(&info, AV_TIME, 2);
		put(&info, 8, 2);
		put(&info, now, 8);
		put(&info, AV_EOL, 4);
	}
	memcpy(w.p, "NTLMSSP\0\2\0\0\0", 12);
	w.n = 12;
	put(&w, 14, 2); /* target name: EXAMPLE */
	put(&w, 14, 2);
	put(&w, 56, 4);
	put(&w, (uint32_t)FLAGS, 4);
	put(&w, 0x0123456789abcdefULL, 8);
	put(&w, 0, 8);
	put(&w, info.n, 2);
	put(&w, info.n, 2);
	put(&w, 56 + 14, 4);
	put(&w, 0x0f0000006345000aULL, 8);
	put_wide(&w, "EXAMPLE");
	memcpy(w.p + w.n, info.p, info.n);
	w.n += info.n;
	sodium_bin2base64(dst, size, w.p, w.n, sodium_base64_VARIANT_ORIGINAL);
}

static void decode(const struct buf *b, struct wire *w)
{
	assert_int_equal(sodium_base642bin(w->p, sizeof(w->p), buf_str(b), b->len, NULL, &w->n,
				 NULL, sodium_base64_VARIANT_ORIGINAL),
		0);
	assert_true(w->n > 12);
	assert_memory_equal(w->p, "NTLMSSP", 8);
}

/* A field of the third message as ASCII. */
static const char *field(const struct wire *w, size_t at, char dst[64])
{
	size_t n = get(w, at, 2), from = get(w, at + 4, 4), i;

	assert_true(from + n <= w->n && n < 128);
	for (i = 0; i < n / 2; i++)
		dst[i] = (char)w->p[from + 2 * i];
	dst[i] = '\0';
	return dst;
}

/* The value of an AV pair in the NTLMv2 answer; NULL when it is not there. */
static const unsigned char *av_pair(const struct wire *w, unsigned kind, size_t *len)
{
	size_t n = get(w, 20, 2), at = get(w, 24, 4), end = at + n;

	assert_true(n > 24 && end <= w->n); /* 24 would be the old NTLMv1 */
	for (at += 44; at + 4 <= end; at += 4 + *len) {
		*len = get(w, at + 2, 2);
		if (get(w, at, 2) == kind)
			return w->p + at + 4;
		if (get(w, at, 2) == AV_EOL)
			return NULL;
	}
	return NULL;
}

/* MS-NLMP 2.2.2.1: MD5 over the struct of RFC 2744 with nothing but application data. */
static void expected(const unsigned char *hash, size_t n, unsigned char md5[16])
{
	struct wire w = { .n = 0 };
	unsigned len = 0;

	put(&w, 0, 8);
	put(&w, 0, 8);
	put(&w, 21 + n, 4);
	memcpy(w.p + w.n, "tls-server-end-point:", 21);
	memcpy(w.p + w.n + 21, hash, n);
	w.n += 21 + n;
	assert_int_equal(EVP_Digest(w.p, w.n, md5, &len, EVP_md5(), NULL), 1);
	assert_int_equal(len, 16);
}

static struct binding *new_binding(const char *login)
{
	struct secret *pw = secret_new(PASSWORD, strlen(PASSWORD));
	struct err e = { 0 };
	struct binding *b = binding_new("mail.example.test", login, pw, &e);

	secret_free(pw);
	if (!b)
		fail_msg("%s: %s", login, e.log);
	return b;
}

static void test_available(void **state)
{
	(void)state;
	if (!binding_available())
		fail_msg("the package gss-ntlmssp is not installed");
}

static void speak(
	struct binding *b, const char *in, const unsigned char *hash, size_t n, struct wire *out)
{
	struct err e = { 0 };
	struct buf token;

	buf_init(&token, 64 * 1024);
	assert_ok(binding_step(b, in, hash, n, &token, &e));
	decode(&token, out);
	buf_wipe(&token);
}

/* The first message, the third, and what the third is bound to. */
static void test_conversation(void **state)
{
	static const size_t sizes[] = { 32, 48, 64 };
	struct binding *b = new_binding("EXAMPLE\\svc");
	unsigned char hash[BINDING_HASH_MAX], md5[16];
	const unsigned char *bound;
	struct wire one, three;
	char text[64], two[WIRE_MAX];
	size_t len;

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		memset(hash, 0x40 + (int)i, sizeof(hash));
		speak(b, NULL, NULL, 0, &one);
		assert_int_equal(get(&one, 8, 4), 1);
		challenge(two, sizeof(two), 0, 1);
		speak(b, two, hash, sizes[i], &three);
		assert_int_equal(get(&three, 8, 4), 3);
		assert_string_equal(field(&three, 28, text), "EXAMPLE");
		assert_string_equal(field(&three, 36, text), "svc");
		bound = av_pair(&three, AV_BINDING, &len);
		assert_non_null(bound);
		assert_int_equal(len, 16);
		expected(hash, sizes[i], md5);
		assert_memory_equal(bound, md5, 16);
		bound = av_pair(&three, AV_TARGET, &len);
		assert_non_null(bound);
		assert_int_equal(len, 2 * strlen("HTTP/mail.example.test"));
		bound = av_pair(&three, AV_BINDING, &len);
		hash[0] ^= 1;
		expected(hash, sizes[i], md5);
		assert_memory_not_equal(bound, md5, 16);
	}
	binding_free(b);
}

/* Where the mechanism is wanted for itself, nothing is said of a certificate. */
static void test_unbound(void **state)
{
	static const unsigned char nothing[16] = { 0 };
	struct binding *b = new_binding("EXAMPLE\\svc");
	const unsigned char *bound;
	char two[WIRE_MAX];
	struct wire w;
	size_t len;

	(void)state;
	speak(b, NULL, NULL, 0, &w);
	challenge(two, sizeof(two), 0, 1);
	speak(b, two, NULL, 0, &w);
	assert_int_equal(get(&w, 8, 4), 3);
	bound = av_pair(&w, AV_BINDING, &len);
	assert_true(!bound || (len == 16 && memcmp(bound, nothing, 16) == 0));
	binding_free(b);
}

/* A person's name with an @ stays whole: its domain is none that has to exist. */
static void test_names(void **state)
{
	static const struct {
		const char *login, *domain, *user;
	} rows[] = {
		{ "EXAMPLE\\svc", "EXAMPLE", "svc" },
		{ "svc@mail.example.test", "", "svc@mail.example.test" },
		{ "svc", "", "svc" },
		{ "example.test\\svc calendar", "example.test", "svc calendar" },
	};
	unsigned char hash[32] = { 1 };
	char text[64], two[WIRE_MAX];
	struct wire w;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct binding *b = new_binding(rows[i].login);

		speak(b, NULL, NULL, 0, &w);
		challenge(two, sizeof(two), 0, 1);
		speak(b, two, hash, sizeof(hash), &w);
		assert_string_equal(field(&w, 28, text), rows[i].domain);
		assert_string_equal(field(&w, 36, text), rows[i].user);
		binding_free(b);
	}
}

/* Names that the mechanism's own buffer would not hold, and passwords that are none. */
static void test_refused(void **state)
{
	struct secret *good = secret_new("x", 1), *none = secret_new("", 0);
	struct secret *cut = secret_new("a\0b", 3), *broken = secret_new("\xff\xfe", 2);
	char far[600];
	struct err e;

	(void)state;
	memset(far, 'a', sizeof(far) - 1);
	far[sizeof(far) - 1] = '\0';
	assert_null(binding_new("h", "", good, &e));
	assert_int_equal(e.code, ERR_INPUT);
	assert_null(binding_new("h", far, good, &e));
	assert_null(binding_new(far, "svc", good, &e));
	for (size_t i = 0; i + 1 < 330; i += 2)
		memcpy(far + i, "\xce\x90", 3); /* folds to three times the bytes */
	assert_null(binding_new("h", far, good, &e));
	assert_null(binding_new("h", "svc", NULL, &e));
	assert_null(binding_new("h", "svc", none, &e));
	assert_null(binding_new("h", "svc", cut, &e));
	assert_null(binding_new("h", "svc", broken, &e));
	secret_free(good);
	secret_free(none);
	secret_free(cut);
	secret_free(broken);
}

static void check_step(struct binding *b, const char *in, size_t hash_len, const char *says)
{
	unsigned char hash[128] = { 7 };
	struct err e = { 0 };
	struct buf out;

	buf_init(&out, 64 * 1024);
	if (binding_step(b, in, hash, hash_len, &out, &e) == 0)
		fail_msg("taken: %s", in);
	assert_int_equal(e.code, ERR_NET);
	if (!strstr(e.say, says))
		fail_msg("%s, not: %s", e.say, says);
	assert_int_equal(out.len, 0);
	buf_done(&out);
}

/* Whatever a server sends ends the conversation in words; a new one can begin. */
static void test_hostile(void **state)
{
	struct binding *b = new_binding("EXAMPLE\\svc");
	char two[WIRE_MAX], cut[WIRE_MAX], old[WIRE_MAX], bare[WIRE_MAX];
	unsigned char hash[32] = { 1 };
	struct wire w;

	(void)state;
	challenge(two, sizeof(two), 0, 1);
	challenge(old, sizeof(old), 3 * 86400, 1);
	challenge(bare, sizeof(bare), 0, 0);
	check_step(b, two, 32, "out of turn");
	speak(b, NULL, NULL, 0, &w);
	check_step(b, two, 0, "cannot be answered");
	check_step(b, two, BINDING_HASH_MAX + 1, "cannot be answered");
	check_step(b, "!", 32, "cannot be read");
	check_step(b, "", 32, "cannot be answered");
	check_step(b, two, 32, "out of turn");
	speak(b, NULL, NULL, 0, &w);
	check_step(b, old, 32, "clock");
	speak(b, NULL, NULL, 0, &w);
	check_step(b, bare, 32, "channel binding");
	for (size_t n = 4; n + 4 < strlen(two); n += 4) {
		struct err e;
		struct buf out;

		memcpy(cut, two, n);
		cut[n] = '\0';
		speak(b, NULL, NULL, 0, &w);
		buf_init(&out, 64 * 1024);
		assert_int_equal(binding_step(b, cut, hash, sizeof(hash), &out, &e), -1);
		buf_done(&out);
	}
	speak(b, NULL, NULL, 0, &w);
	speak(b, two, hash, sizeof(hash), &w);
	binding_free(b);
	binding_free(NULL);
}

/* --- hashes of certificates --- */

static EVP_PKEY *new_key(const char *type)
{
	if (strcmp(type, "RSA") == 0)
		return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
	if (strcmp(type, "EC") == 0)
		return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	return EVP_PKEY_Q_keygen(NULL, NULL, type);
}

static size_t certificate(EVP_PKEY *key, const char *md, int pss, unsigned char **der)
{
	X509 *x = X509_new();
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	EVP_PKEY_CTX *how = NULL;
	const EVP_MD *digest = md ? EVP_get_digestbyname(md) : NULL;
	int n;

	X509_gmtime_adj(X509_getm_notBefore(x), 0);
	X509_gmtime_adj(X509_getm_notAfter(x), 3600);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
		(const unsigned char *)"mail.example.test", -1, -1, 0);
	X509_set_pubkey(x, key);
	assert_int_equal(EVP_DigestSignInit(c, &how, digest, NULL, key), 1);
	if (pss)
		assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING), 1);
	assert_true(X509_sign_ctx(x, c) > 0);
	*der = NULL;
	n = i2d_X509(x, der);
	assert_true(n > 0);
	EVP_MD_CTX_free(c);
	X509_free(x);
	return (size_t)n;
}

static void test_hash(void **state)
{
	static const struct {
		const char *key, *signature, *hash;
		int pss;
	} rows[] = {
		{ "RSA", "SHA256", "SHA256", 0 },
		{ "RSA", "SHA384", "SHA384", 0 },
		{ "RSA", "SHA512", "SHA512", 0 },
		{ "RSA", "SHA1", "SHA256", 0 },
		{ "RSA", "MD5", "SHA256", 0 },
		{ "RSA", "SHA256", "SHA256", 1 },
		{ "RSA", "SHA384", "SHA384", 1 },
		{ "EC", "SHA256", "SHA256", 0 },
		{ "EC", "SHA384", "SHA384", 0 },
		{ "ED25519", NULL, "SHA256", 0 },
	};
	unsigned char got[BINDING_HASH_MAX], want[EVP_MAX_MD_SIZE];
	EVP_PKEY *key = NULL;
	unsigned len;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		unsigned char *der;
		size_t n;

		if (i == 0 || strcmp(rows[i].key, rows[i - 1].key) != 0) {
			EVP_PKEY_free(key);
			key = new_key(rows[i].key);
		}
		n = certificate(key, rows[i].signature, rows[i].pss, &der);
		assert_int_equal(
			EVP_Digest(der, n, want, &len, EVP_get_digestbyname(rows[i].hash), NULL),
			1);
		if (binding_hash(der, n, got) != len || memcmp(got, want, len) != 0)
			fail_msg("row %zu: %s, %s", i, rows[i].key, rows[i].hash);
		for (size_t cut = 0; cut < n; cut += 7)
			assert_int_equal(binding_hash(der, cut, got), 0);
		OPENSSL_free(der);
	}
	EVP_PKEY_free(key);
	assert_int_equal(binding_hash((const unsigned char *)"certificate", 11, got), 0);
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
		cmocka_unit_test(test_available),
		cmocka_unit_test(test_conversation),
		cmocka_unit_test(test_unbound),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_hash),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
