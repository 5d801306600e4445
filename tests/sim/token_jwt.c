/*
 * JWT: compact JSON web tokens, signed and proven with OpenSSL.
 *
 * Reading is strict: three parts, base64url exactly as it would be written (so that no changed
 * character goes unnoticed), objects without double names. Only RS256 and PS256 ever prove
 * anything; "none" and the HMAC ones do not.
 */
#include "sim/token_part.h"

#include <openssl/core_names.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

static const double TIME_MAX = 1e12; /* seconds: some 30,000 years */

/* TOKEN_MAX is far above any real token: what is longer is not even decoded. */
enum { KEY_BITS = 2048, TOKEN_MAX = 32768, CERTIFICATE_DAYS = 1825 };

struct jwt_key {
	EVP_PKEY *key;
	char *id; /* x5t: base64url of the certificate's SHA-1 */
	char *certificate, *n, *e;
};

/* The last character of base64 has bits that say nothing: written anew, it shows whether they were
 * touched. */
static bool part_read(const char *s, size_t len, struct text *out)
{
	struct text again = { 0 };
	bool exact = base64_read(s, len, out);

	if (exact) {
		base64url_add(&again, out->at, out->len);
		exact = again.len == len && memcmp(again.at, s, len) == 0;
	}
	text_free(&again);
	return exact;
}

/* A claim said twice could be read as either: refused. */
static json_t *object_read(const char *s, size_t len)
{
	struct text t = { 0 };
	json_t *j = NULL;

	if (part_read(s, len, &t))
		j = json_loadb(t.at, t.len, JSON_REJECT_DUPLICATES, NULL);
	text_free(&t);
	if (!json_is_object(j)) {
		json_decref(j);
		return NULL;
	}
	return j;
}

bool jwt_read(const char *token, struct jwt *j)
{
	const char *dot = strchr(token, '.'), *dot2 = dot == NULL ? NULL : strchr(dot + 1, '.');

	*j = (struct jwt){ 0 };
	if (dot2 == NULL || strchr(dot2 + 1, '.') != NULL || strnlen(token, TOKEN_MAX) == TOKEN_MAX)
		return false;
	j->signed_part = token;
	j->signed_len = (size_t)(dot2 - token);
	j->header = object_read(token, (size_t)(dot - token));
	j->claims = object_read(dot + 1, (size_t)(dot2 - dot - 1));
	if (j->header != NULL && j->claims != NULL &&
		part_read(dot2 + 1, strlen(dot2 + 1), &j->signature))
		return true;
	jwt_free(j);
	return false;
}

void jwt_free(struct jwt *j)
{
	json_decref(j->header);
	json_decref(j->claims);
	text_free(&j->signature);
	*j = (struct jwt){ 0 };
}

const char *jwt_string(const struct jwt *j, const char *claim)
{
	return json_string_value(json_object_get(j->claims, claim));
}

/* A NumericDate may have a fraction (RFC 7519, 2), and some libraries send one. */
bool jwt_time(const struct jwt *j, const char *claim, int64_t *at)
{
	const json_t *value = json_object_get(j->claims, claim);
	double seconds = json_number_value(value);

	if (!json_is_number(value) || seconds < 0 || seconds > TIME_MAX)
		return false;
	*at = (int64_t)seconds;
	return true;
}

/* The key is chosen by the caller and must be RSA, so that no header can turn it into a shared
 * secret. */
bool jwt_proves(const struct jwt *j, EVP_PKEY *key)
{
	const char *alg = json_string_value(json_object_get(j->header, "alg"));
	bool pss = same(alg, "PS256"), good;
	EVP_PKEY_CTX *how = NULL;
	EVP_MD_CTX *c;

	if ((!pss && !same(alg, "RS256")) || !EVP_PKEY_is_a(key, "RSA"))
		return false;
	c = EVP_MD_CTX_new();
	good = EVP_DigestVerifyInit(c, &how, EVP_sha256(), NULL, key) == 1;
	if (good && pss)
		good = EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING) == 1 &&
			EVP_PKEY_CTX_set_rsa_pss_saltlen(how, RSA_PSS_SALTLEN_DIGEST) == 1;
	good = good &&
		EVP_DigestVerify(c, (const unsigned char *)j->signature.at, j->signature.len,
			(const unsigned char *)j->signed_part, j->signed_len) == 1;
	EVP_MD_CTX_free(c);
	return good;
}

static void json_part(struct text *t, json_t *j)
{
	char *s = json_dumps(j, JSON_COMPACT);

	base64url_add(t, s, strlen(s));
	free(s);
	json_decref(j);
}

static void sign(struct text *t, EVP_PKEY *key)
{
	unsigned char signature[KEY_BITS / 8];
	size_t len = sizeof(signature);
	EVP_MD_CTX *c = EVP_MD_CTX_new();

	if (EVP_DigestSignInit(c, NULL, EVP_sha256(), NULL, key) != 1 ||
		EVP_DigestSign(c, signature, &len, (const unsigned char *)t->at, t->len) != 1)
		die("cannot sign a token");
	EVP_MD_CTX_free(c);
	text_puts(t, ".");
	base64url_add(t, signature, len);
}

char *jwt_sign(const struct jwt_key *k, json_t *claims)
{
	struct text t = { 0 };

	json_part(&t,
		json_pack("{s:s, s:s, s:s, s:s}", "typ", "JWT", "alg", "RS256", "x5t", k->id, "kid",
			k->id));
	text_puts(&t, ".");
	json_part(&t, claims);
	sign(&t, k->key);
	return t.at;
}

/* The key */

/* Only there to have a thumbprint and an x5c, which old libraries read the key from. */
static X509 *certificate_new(EVP_PKEY *key, utc_t now)
{
	X509 *x = X509_new();
	X509_NAME *name = X509_NAME_new();

	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
		(const unsigned char *)"accounts.accesscontrol.windows.net", -1, -1, 0);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
	ASN1_TIME_set(X509_getm_notBefore(x), (time_t)now);
	ASN1_TIME_adj(X509_getm_notAfter(x), (time_t)now, CERTIFICATE_DAYS, 0);
	X509_set_version(x, X509_VERSION_3);
	X509_set_subject_name(x, name);
	X509_set_issuer_name(x, name);
	X509_set_pubkey(x, key);
	if (X509_sign(x, key, EVP_sha256()) == 0)
		die("cannot make the sign-in's certificate");
	X509_NAME_free(name);
	return x;
}

static char *certificate_text(X509 *x)
{
	unsigned char *der = NULL;
	int len = i2d_X509(x, &der);
	struct text t = { 0 };

	if (len < 0)
		die("out of memory");
	base64_add(&t, der, (size_t)len);
	OPENSSL_free(der);
	return t.at;
}

static char *key_number(EVP_PKEY *key, const char *which)
{
	unsigned char bytes[KEY_BITS / 8];
	struct text t = { 0 };
	BIGNUM *n = NULL;
	int len;

	if (EVP_PKEY_get_bn_param(key, which, &n) != 1)
		die("a key without its numbers");
	len = BN_bn2bin(n, bytes);
	base64url_add(&t, bytes, (size_t)len);
	BN_free(n);
	return t.at;
}

/* Made once in a process, because that takes its time: a simulator has one sign-in, its tests have
 * many. */
static EVP_PKEY *key_of_process(void)
{
	static EVP_PKEY *key;

	if (key == NULL && (key = EVP_RSA_gen(KEY_BITS)) == NULL)
		die("cannot make the sign-in's key");
	EVP_PKEY_up_ref(key);
	return key;
}

struct jwt_key *jwt_key_new(utc_t now)
{
	struct jwt_key *k = need(sizeof(*k));
	unsigned char print[EVP_MAX_MD_SIZE];
	struct text id = { 0 };
	unsigned int len = 0;
	X509 *x;

	k->key = key_of_process();
	x = certificate_new(k->key, now);
	X509_digest(x, EVP_sha1(), print, &len);
	base64url_add(&id, print, len);
	k->id = id.at;
	k->certificate = certificate_text(x);
	k->n = key_number(k->key, OSSL_PKEY_PARAM_RSA_N);
	k->e = key_number(k->key, OSSL_PKEY_PARAM_RSA_E);
	X509_free(x);
	return k;
}

void jwt_key_free(struct jwt_key *k)
{
	EVP_PKEY_free(k->key);
	free(k->id);
	free(k->certificate);
	free(k->n);
	free(k->e);
	free(k);
}

EVP_PKEY *jwt_key_public(const struct jwt_key *k)
{
	return k->key;
}

const char *jwt_key_id(const struct jwt_key *k)
{
	return k->id;
}

/* RFC 7517, with Microsoft's issuer member. */
json_t *jwt_key_set(const struct jwt_key *k, const char *issuer)
{
	return json_pack("{s:[{s:s, s:s, s:s, s:s, s:s, s:s, s:[s], s:s}]}", "keys", "kty", "RSA",
		"use", "sig", "kid", k->id, "x5t", k->id, "n", k->n, "e", k->e, "x5c",
		k->certificate, "issuer", issuer);
}
