/* Token: proof of an application by its certificate (RFC 7523): a small JWT, signed with PS256.
 *
 * Rules: the key goes from guarded memory to OpenSSL and is freed there as soon as it has signed;
 * the finished assertion is as good as a password for ten minutes and is treated as one.
 */
#include "token.h"

#include <jansson.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include "pem.h"
#include "platform/clock.h"
#include "platform/str.h"

enum {
	GOOD_S = 10 * 60,
	JTI = 32,
	KEY_BITS_LEAST = 2048,
	KEY_BITS_MOST = 8192,
	PART_MAX = 8 * 1024,
	PRINT = 32
};

/* RSA only: the service takes no other kind for an application's certificate. */
static EVP_PKEY *read_key(const struct secret *pem, struct err *e)
{
	size_t n = pem ? secret_len(pem) : 0;
	BIO *b = n > 0 && n <= PEM_MAX ? BIO_new_mem_buf(secret_bytes(pem), (int)n) : NULL;
	EVP_PKEY *key = b ? PEM_read_bio_PrivateKey(b, NULL, pem_no_password, NULL) : NULL;

	BIO_free(b);
	ERR_clear_error();
	if (key && EVP_PKEY_is_a(key, "RSA") && EVP_PKEY_get_bits(key) >= KEY_BITS_LEAST &&
		EVP_PKEY_get_bits(key) <= KEY_BITS_MOST)
		return key;
	EVP_PKEY_free(key);
	ERR(e, ERR_INPUT,
		"The private key cannot be used. It must be an RSA key of 2048 to 8192 bits, as "
		"PEM text, without a password.",
		"client assertion: no usable key");
	return NULL;
}

/* --- the parts of a JWT --- */

/* RFC 7515: without padding. */
static void add_base64url(struct buf *out, const void *p, size_t n)
{
	size_t size = sodium_base64_ENCODED_LEN(n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	char *text = malloc(size);

	if (!text)
		die("out of memory");
	sodium_bin2base64(text, size, p, n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	buf_puts(out, text);
	explicit_bzero(text, size);
	free(text);
}

/* Takes the object. */
static void add_json(struct buf *out, json_t *j)
{
	char *text = j ? json_dumps(j, JSON_COMPACT) : NULL;

	if (!text)
		die("out of memory");
	add_base64url(out, text, strlen(text));
	free(text);
	json_decref(j);
}

/* x5t#S256 names the certificate among those that the application has registered. */
static void add_header(struct buf *out, X509 *x)
{
	unsigned char print[PRINT];
	char text[sodium_base64_ENCODED_LEN(PRINT, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
	unsigned n = 0;

	if (X509_digest(x, EVP_sha256(), print, &n) != 1)
		die("no SHA-256");
	sodium_bin2base64(
		text, sizeof(text), print, sizeof(print), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	add_json(out, json_pack("{s:s,s:s,s:s}", "alg", "PS256", "typ", "JWT", "x5t#S256", text));
}

/* The application speaks for itself, to this service, once: a jti is never used again. */
static void add_claims(struct buf *out, const char *audience, const char *client_id)
{
	char jti[JTI + 1];
	json_int_t now = clock_now();

	seal_random_hex(jti, JTI);
	add_json(out,
		json_pack("{s:s,s:s,s:s,s:s,s:I,s:I,s:I}", "aud", audience, "iss", client_id, "sub",
			client_id, "jti", jti, "iat", now, "nbf", now, "exp", now + GOOD_S));
}

/* RSASSA-PSS with SHA-256 and a salt as long as the digest: RFC 7518, 3.5. */
static int add_signature(struct buf *out, EVP_PKEY *key)
{
	unsigned char signature[KEY_BITS_MOST / 8];
	size_t n = sizeof(signature);
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	EVP_PKEY_CTX *how = NULL;
	int ok = c && EVP_DigestSignInit(c, &how, EVP_sha256(), NULL, key) == 1 &&
		EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING) == 1 &&
		EVP_PKEY_CTX_set_rsa_pss_saltlen(how, RSA_PSS_SALTLEN_DIGEST) == 1 &&
		EVP_DigestSign(c, signature, &n, (const unsigned char *)out->p, out->len) == 1;

	EVP_MD_CTX_free(c);
	ERR_clear_error();
	if (!ok)
		return -1;
	buf_putc(out, '.');
	add_base64url(out, signature, n);
	return 0;
}

static struct secret *sign(
	const char *audience, const char *client_id, EVP_PKEY *key, X509 *x, struct err *e)
{
	struct secret *s = NULL;
	struct buf jwt;

	buf_init(&jwt, PART_MAX);
	add_header(&jwt, x);
	buf_putc(&jwt, '.');
	add_claims(&jwt, audience, client_id);
	if (buf_ok(&jwt) && add_signature(&jwt, key) == 0 && buf_ok(&jwt))
		s = secret_new(jwt.p, jwt.len);
	else
		ERR(e, ERR_INTERNAL, NULL, "client assertion: cannot sign");
	buf_wipe(&jwt);
	return s;
}

struct secret *token_assertion(const char *audience, const char *client_id,
	const struct secret *key_pem, const char *cert_pem, struct err *e)
{
	struct secret *s = NULL;
	EVP_PKEY *key;
	X509 *x;

	if (str_empty(audience) || str_empty(client_id) || !str_utf8(audience, strlen(audience)) ||
		!str_utf8(client_id, strlen(client_id))) {
		ERR(e, ERR_INPUT, "The application (client) id is missing.",
			"client assertion: no audience or client id");
		return NULL;
	}
	key = read_key(key_pem, e);
	x = key ? pem_certificate(cert_pem, e) : NULL;
	if (x && X509_check_private_key(x, key) != 1)
		ERR(e, ERR_INPUT, "The private key does not belong to the certificate.",
			"client assertion: key and certificate differ");
	else if (x)
		s = sign(audience, client_id, key, x, e);
	ERR_clear_error();
	X509_free(x);
	EVP_PKEY_free(key);
	return s;
}
