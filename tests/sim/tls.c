/*
 * Tls, as tls.h promises: a root, an intermediate and one leaf key made at start, and a context for
 * each way of showing them.
 *
 * A context keeps its own ticket keys: a session that began under one set of papers cannot be taken
 * up under another, so a client always sees the papers it is meant to judge. Good papers hold from
 * a day before the earlier of the real clock and the world's, to ten years after the later; bad
 * ones are bad by both clocks.
 */
#include "sim/tls.h"
#include "sim/text.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DAY = 86400, YEAR = 365 * DAY, CN_MAX = 64, SERIAL_BYTES = 16 };

const char *const tls_show_names[TLS_SHOW__MAX] = {
	[TLS_GOOD] = "good",
	[TLS_WRONG_NAME] = "wrong-name",
	[TLS_EXPIRED] = "expired",
	[TLS_NOT_YET] = "not-yet",
	[TLS_SELF_SIGNED] = "self-signed",
	[TLS_INCOMPLETE] = "incomplete",
	[TLS_OLD] = "old",
};

static const char *const always[] = { "localhost", "*.localhost", NULL };
static const char *const nobody[] = { "another.invalid", NULL };

struct ca {
	X509 *cert;
	EVP_PKEY *key;
};

struct tls {
	struct ca root, middle;
	EVP_PKEY *key; /* of every leaf */
	SSL_CTX *contexts[TLS_SHOW__MAX];
	unsigned char end_points[TLS_SHOW__MAX][32];
	char *ca_pem;
};

/* From when until when, in seconds since 1970. */
struct span {
	int64_t from, to;
};

/* What a certificate says, but for whose it is. */
struct paper {
	const char *name; /* common name */
	EVP_PKEY *key;
	struct span valid;
	const char *constraints, *usage, *extended; /* NULL = no such extension */
	STACK_OF(GENERAL_NAME) * names;		    /* or NULL */
};

static _Noreturn void fail(const char *what)
{
	die("%s: %s", what, ERR_error_string(ERR_get_error(), NULL));
}

static EVP_PKEY *new_key(void)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");

	if (key == NULL)
		fail("making a key");
	return key;
}

/* Papers */

static void set_name(X509_NAME *name, const char *common)
{
	size_t n = strnlen(common, CN_MAX);

	if (X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8,
		    (const unsigned char *)"Latchkey simulator", -1, -1, 0) != 1 ||
		X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)common,
			(int)n, -1, 0) != 1)
		fail("naming a certificate");
}

static void set_serial(X509 *cert)
{
	unsigned char bytes[SERIAL_BYTES];
	BIGNUM *number;

	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		fail("random bytes");
	bytes[0] = (unsigned char)((bytes[0] & 0x7F) | 0x40);
	number = BN_bin2bn(bytes, sizeof(bytes), NULL);
	if (number == NULL || BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert)) == NULL)
		fail("numbering a certificate");
	BN_free(number);
}

static void set_time(ASN1_TIME *t, int64_t at)
{
	if (ASN1_TIME_set(t, (time_t)at) == NULL)
		fail("dating a certificate");
}

static void extend(X509 *cert, X509V3_CTX *ctx, int nid, const char *value)
{
	X509_EXTENSION *e;

	if (value == NULL)
		return;
	e = X509V3_EXT_conf_nid(NULL, ctx, nid, value);
	if (e == NULL || X509_add_ext(cert, e, -1) != 1)
		fail("extending a certificate");
	X509_EXTENSION_free(e);
}

/* Signed by issuer, or by itself when issuer is NULL. */
static X509 *make_paper(const struct paper *p, const struct ca *issuer)
{
	X509 *cert = X509_new();
	X509V3_CTX ctx;

	if (cert == NULL || X509_set_version(cert, X509_VERSION_3) != 1)
		fail("making a certificate");
	set_serial(cert);
	set_name(X509_get_subject_name(cert), p->name);
	set_time(X509_getm_notBefore(cert), p->valid.from);
	set_time(X509_getm_notAfter(cert), p->valid.to);
	if (X509_set_issuer_name(
		    cert, X509_get_subject_name(issuer != NULL ? issuer->cert : cert)) != 1 ||
		X509_set_pubkey(cert, p->key) != 1)
		fail("making a certificate");
	X509V3_set_ctx(&ctx, issuer != NULL ? issuer->cert : cert, cert, NULL, NULL, 0);
	extend(cert, &ctx, NID_basic_constraints, p->constraints);
	extend(cert, &ctx, NID_key_usage, p->usage);
	extend(cert, &ctx, NID_ext_key_usage, p->extended);
	extend(cert, &ctx, NID_subject_key_identifier, "hash");
	extend(cert, &ctx, NID_authority_key_identifier, "keyid:always");
	if (p->names != NULL && X509_add1_ext_i2d(cert, NID_subject_alt_name, p->names, 0, 0) != 1)
		fail("naming a certificate");
	if (X509_sign(cert, issuer != NULL ? issuer->key : p->key, EVP_sha256()) == 0)
		fail("signing a certificate");
	return cert;
}

static void authority(struct ca *a, const char *name, struct span valid, const struct ca *issuer)
{
	struct paper p = {
		.name = name,
		.key = new_key(),
		.valid = valid,
		.constraints = issuer == NULL ? "critical,CA:TRUE" : "critical,CA:TRUE,pathlen:0",
		.usage = "critical,keyCertSign,cRLSign",
	};

	a->key = p.key;
	a->cert = make_paper(&p, issuer);
}

static void add_names(STACK_OF(GENERAL_NAME) * to, int type, const char *const *names)
{
	for (; names != NULL && *names != NULL; names++) {
		GENERAL_NAME *g = a2i_GENERAL_NAME(NULL, NULL, NULL, type, *names, 0);

		if (g == NULL || sk_GENERAL_NAME_push(to, g) <= 0)
			fail(*names);
	}
}

static X509 *make_leaf(
	const struct tls *t, enum tls_show show, const char *const *names, const struct span *valid)
{
	static const char *const loopback[] = { "127.0.0.1", NULL };
	struct paper p = {
		.name = names != NULL && names[0] != NULL ? names[0] : always[0],
		.key = t->key,
		.valid = valid[show],
		.constraints = "critical,CA:FALSE",
		.usage = "critical,digitalSignature",
		.extended = "serverAuth",
		.names = sk_GENERAL_NAME_new_null(),
	};
	X509 *cert;

	if (p.names == NULL)
		fail("naming a certificate");
	if (show == TLS_WRONG_NAME) {
		p.name = nobody[0];
		add_names(p.names, GEN_DNS, nobody);
	} else {
		add_names(p.names, GEN_DNS, names);
		add_names(p.names, GEN_DNS, always);
		add_names(p.names, GEN_IPADD, loopback);
	}
	cert = make_paper(&p, show == TLS_SELF_SIGNED ? NULL : &t->middle);
	sk_GENERAL_NAME_pop_free(p.names, GENERAL_NAME_free);
	return cert;
}

/* Contexts */

/* That there is such a callback makes OpenSSL keep the name, resumed sessions included. */
static int take_name(SSL *ssl, int *alert, void *arg)
{
	(void)ssl;
	(void)alert;
	(void)arg;
	return SSL_TLSEXT_ERR_OK;
}

/* Security level 0: with less than that OpenSSL refuses the hashes that TLS 1.0 signs with. */
static bool limit_versions(SSL_CTX *ctx, enum tls_show show)
{
	if (show != TLS_OLD)
		return SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) == 1;
	return SSL_CTX_set_min_proto_version(ctx, TLS1_VERSION) == 1 &&
		SSL_CTX_set_max_proto_version(ctx, TLS1_VERSION) == 1 &&
		SSL_CTX_set_cipher_list(ctx, "ALL:@SECLEVEL=0") == 1;
}

static SSL_CTX *make_context(const struct tls *t, enum tls_show show, X509 *leaf)
{
	bool whole_chain = show != TLS_INCOMPLETE && show != TLS_SELF_SIGNED;
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	if (ctx == NULL || !limit_versions(ctx, show) || SSL_CTX_use_certificate(ctx, leaf) != 1 ||
		SSL_CTX_use_PrivateKey(ctx, t->key) != 1 ||
		(whole_chain && SSL_CTX_add1_chain_cert(ctx, t->middle.cert) != 1))
		fail("making a TLS context");
	SSL_CTX_set_mode(ctx,
		SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
			SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN);
	SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
	SSL_CTX_set_read_ahead(ctx, 1);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_tlsext_servername_callback(ctx, take_name);
	return ctx;
}

static void hash_leaf(X509 *leaf, unsigned char out[32])
{
	unsigned int n = 0;

	if (X509_digest(leaf, EVP_sha256(), out, &n) != 1 || n != 32)
		fail("hashing a certificate");
}

static char *to_pem(X509 *cert)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *at = NULL, *pem;
	long n;

	if (bio == NULL || PEM_write_bio_X509(bio, cert) != 1)
		fail("writing a certificate");
	n = BIO_get_mem_data(bio, &at);
	pem = copy_n(at, (size_t)n);
	BIO_free(bio);
	return pem;
}

struct tls *tls_new(char *const *names, int64_t now)
{
	struct tls *t = need(sizeof(*t));
	int64_t real = (int64_t)time(NULL);
	int64_t first = real < now ? real : now, last = real > now ? real : now;
	struct span good = { first - DAY, last + 10 * YEAR };
	struct span valid[TLS_SHOW__MAX];

	for (int i = 0; i < TLS_SHOW__MAX; i++)
		valid[i] = good;
	valid[TLS_EXPIRED] = (struct span){ first - YEAR, first - DAY };
	valid[TLS_NOT_YET] = (struct span){ last + YEAR, last + 2 * YEAR };
	authority(&t->root, "Simulated root", good, NULL);
	authority(&t->middle, "Simulated intermediate", good, &t->root);
	t->key = new_key();
	for (int i = 0; i < TLS_SHOW__MAX; i++) {
		X509 *leaf = make_leaf(t, (enum tls_show)i, (const char *const *)names, valid);

		t->contexts[i] = make_context(t, (enum tls_show)i, leaf);
		hash_leaf(leaf, t->end_points[i]);
		X509_free(leaf);
	}
	t->ca_pem = to_pem(t->root.cert);
	return t;
}

void tls_free(struct tls *t)
{
	if (t == NULL)
		return;
	for (int i = 0; i < TLS_SHOW__MAX; i++)
		SSL_CTX_free(t->contexts[i]);
	X509_free(t->root.cert);
	X509_free(t->middle.cert);
	EVP_PKEY_free(t->root.key);
	EVP_PKEY_free(t->middle.key);
	EVP_PKEY_free(t->key);
	free(t->ca_pem);
	free(t);
}

SSL_CTX *tls_context(struct tls *t, enum tls_show show)
{
	return t->contexts[show];
}

const char *tls_ca_pem(const struct tls *t)
{
	return t->ca_pem;
}

const unsigned char *tls_end_point(const struct tls *t, enum tls_show show)
{
	return t->end_points[show];
}
