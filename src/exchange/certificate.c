/* Certificate: a key and its certificate by which an application proves itself.
 *
 * Rules: what is secret of the key is written into OpenSSL's wiped memory and goes from there into
 * guarded memory. Begins an hour ago: the clock of whoever checks it may be slow.
 */
#include "certificate.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>
#include <time.h>
#include "clean.h"
#include "pem.h"
#include "platform/clock.h"
#include "platform/str.h"

enum {
	BITS = 2048,
	SERIAL_BITS = 127,
	NAME_MAX_BYTES = 64, /* RFC 5280: of a common name */
	EARLY_S = 3600,
	YEAR_S = 365 * 86400,
	PRINT_BYTES = 20,
	VERSION_3 = 2
};

static int fail(struct err *e)
{
	const unsigned long code = ERR_get_error();

	ERR_clear_error();
	return ERR(e, ERR_INTERNAL, NULL, "certificate: OpenSSL error %lx", code);
}

/* --- reading --- */

static int print_of(X509 *x, char print[CERTIFICATE_PRINT])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	if (X509_digest(x, EVP_sha1(), digest, &n) != 1 || n != PRINT_BYTES)
		return -1;
	str_hex(print, digest, PRINT_BYTES);
	for (char *p = print; *p; p++)
		*p = (char)(*p >= 'a' && *p <= 'f' ? *p - 'a' + 'A' : *p);
	return 0;
}

static int end_of(const X509 *x, int64_t *out)
{
	struct tm t;

	if (ASN1_TIME_to_tm(X509_get0_notAfter(x), &t) != 1)
		return -1;
	*out = timegm(&t);
	return 0;
}

int certificate_read(
	const char *pem, int64_t *not_after, char print[CERTIFICATE_PRINT], struct err *e)
{
	X509 *x = pem_certificate(pem, e);
	int rc;

	if (!x)
		return -1;
	rc = print_of(x, print) < 0 || end_of(x, not_after) < 0 ? -1 : 0;
	X509_free(x);
	ERR_clear_error();
	return rc == 0 ? 0
		       : ERR(e, ERR_INPUT, "The certificate does not say until when it holds.",
				 "certificate: no end");
}

/* --- making --- */

static int set_name(X509 *x, const char *name)
{
	char common[NAME_MAX_BYTES + 1];
	X509_NAME *n = X509_get_subject_name(x);

	clean_text(common, sizeof(common), name, strlen(name));
	return X509_NAME_add_entry_by_txt(
		       n, "CN", MBSTRING_UTF8, (const unsigned char *)common, -1, -1, 0) == 1 &&
		X509_set_issuer_name(x, n) == 1;
}

static int set_serial(X509 *x)
{
	BIGNUM *n = BN_new();
	int ok = n && BN_rand(n, SERIAL_BITS, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
		BN_to_ASN1_INTEGER(n, X509_get_serialNumber(x)) != NULL;

	BN_free(n);
	return ok;
}

static X509 *self_signed(EVP_PKEY *key, const char *name)
{
	X509 *x = X509_new();
	const time_t now = (time_t)clock_now();

	if (x && X509_set_version(x, VERSION_3) == 1 && set_serial(x) && set_name(x, name) &&
		ASN1_TIME_set(X509_getm_notBefore(x), now - EARLY_S) &&
		ASN1_TIME_set(X509_getm_notAfter(x), now + (time_t)CERTIFICATE_YEARS * YEAR_S) &&
		X509_set_pubkey(x, key) == 1 && X509_sign(x, key, EVP_sha256()) > 0)
		return x;
	X509_free(x);
	return NULL;
}

static struct secret *key_text(EVP_PKEY *key)
{
	BIO *b = BIO_new(BIO_s_secmem());
	struct secret *s = NULL;
	char *text;
	long n;

	if (b && PEM_write_bio_PrivateKey(b, key, NULL, NULL, 0, NULL, NULL) == 1) {
		n = BIO_get_mem_data(b, &text);
		if (n > 0 && n <= SEAL_SECRET_MAX)
			s = secret_new(text, (size_t)n);
	}
	BIO_free(b);
	return s;
}

static const char *public_text(X509 *x, struct arena *a)
{
	BIO *b = BIO_new(BIO_s_mem());
	const char *out = NULL;
	char *text;
	long n;

	if (b && PEM_write_bio_X509(b, x) == 1) {
		n = BIO_get_mem_data(b, &text);
		if (n > 0)
			out = arena_strndup(a, text, (size_t)n);
	}
	BIO_free(b);
	return out;
}

int certificate_make(struct arena *a, const char *name, struct certificate *out, struct err *e)
{
	EVP_PKEY *key = EVP_RSA_gen(BITS);
	X509 *x = key ? self_signed(key, name) : NULL;
	int rc = -1;

	*out = (struct certificate){ 0 };
	if (x && print_of(x, out->print) == 0 && end_of(x, &out->not_after) == 0) {
		out->pem = public_text(x, a);
		out->key = out->pem ? key_text(key) : NULL;
		rc = out->key ? 0 : -1;
	}
	X509_free(x);
	EVP_PKEY_free(key);
	return rc == 0 ? 0 : fail(e);
}
