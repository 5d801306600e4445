/*
 * The simulator's papers, judged by OpenSSL as a strict client does: each kind is wrong in exactly
 * one way, by the real clock and by the world's.
 */
#include "tests/unit/unit.h"
#include "sim/text.h"
#include "sim/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define HOST "mail.example.test"

enum { YEAR = 365 * 86400 };

static char long_name[] = "a-name-that-is-longer-than-the-sixty-four-characters-a-common-name-has"
			  ".example.test";
static char first_name[] = HOST, second_name[] = "autodiscover.example.test";
static char *const names[] = { first_name, second_name, long_name, NULL };

/* How a client goes about it. */
struct look {
	const char *host, *ip;
	int64_t at; /* 0 = now */
	SSL_SESSION *resume;
	bool old; /* speaks TLS 1.0 too */
};

/* What came of it. */
struct seen {
	bool connected, reused;
	long verdict;
	int chain; /* certificates sent */
	char version[16], name[64];
	unsigned char hash[32];
	SSL_SESSION *session;
};

static SSL_CTX *client_context(struct tls *t, const struct look *k)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	const char *pem = tls_ca_pem(t);
	BIO *bio = BIO_new_mem_buf(pem, -1);
	X509 *root = PEM_read_bio_X509(bio, NULL, NULL, NULL);

	assert_non_null(root);
	assert_null(strstr(strstr(pem, "BEGIN") + 1, "BEGIN"));
	X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), root);
	X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(ctx), X509_V_FLAG_X509_STRICT);
	if (k->at != 0)
		X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(ctx), (time_t)k->at);
	if (k->old) {
		SSL_CTX_set_min_proto_version(ctx, TLS1_VERSION);
		SSL_CTX_set_cipher_list(ctx, "ALL:@SECLEVEL=0");
	}
	X509_free(root);
	BIO_free(bio);
	return ctx;
}

static void see(SSL *client, SSL *server, struct seen *s)
{
	X509 *peer = SSL_get1_peer_certificate(client);
	const char *name = SSL_get_servername(server, TLSEXT_NAMETYPE_host_name);
	unsigned int n;
	char byte;

	assert_non_null(peer);
	X509_digest(peer, EVP_sha256(), s->hash, &n);
	X509_free(peer);
	s->connected = true;
	s->verdict = SSL_get_verify_result(client);
	s->chain = sk_X509_num(SSL_get_peer_cert_chain(client));
	s->reused = SSL_session_reused(client) != 0;
	snprintf(s->version, sizeof(s->version), "%s", SSL_get_version(client));
	snprintf(s->name, sizeof(s->name), "%s", name == NULL ? "" : name);
	assert_int_equal(SSL_write(server, "x", 1), 1); /* tickets come before it */
	assert_int_equal(SSL_read(client, &byte, 1), 1);
	s->session = SSL_get1_session(client);
}

static struct seen look(struct tls *t, enum tls_show show, const struct look *k)
{
	struct seen s = { .verdict = -1 };
	SSL_CTX *ctx = client_context(t, k);
	SSL *client = SSL_new(ctx), *server = SSL_new(tls_context(t, show));
	BIO *ours, *theirs;
	int done = 0;

	BIO_new_bio_pair(&ours, 1 << 16, &theirs, 1 << 16);
	SSL_set_bio(client, ours, ours);
	SSL_set_bio(server, theirs, theirs);
	SSL_set_connect_state(client);
	SSL_set_accept_state(server);
	if (k->host != NULL) {
		SSL_set_tlsext_host_name(client, k->host);
		SSL_set1_host(client, k->host);
	}
	if (k->ip != NULL)
		X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(client), k->ip);
	if (k->resume != NULL)
		SSL_set_session(client, k->resume);
	for (int i = 0; i < 10 && done != 3; i++) {
		done = SSL_do_handshake(client) == 1 ? done | 1 : done;
		done = SSL_do_handshake(server) == 1 ? done | 2 : done;
	}
	if (done == 3)
		see(client, server, &s);
	ERR_clear_error();
	if (s.connected) {
		SSL_shutdown(client);
		SSL_shutdown(server);
	}
	SSL_free(client);
	SSL_free(server);
	SSL_CTX_free(ctx);
	return s;
}

static long verdict(struct tls *t, enum tls_show show, struct look k)
{
	struct seen s = look(t, show, &k);

	SSL_SESSION_free(s.session);
	return s.connected ? s.verdict : -1;
}

static const long verdicts[TLS_SHOW__MAX] = {
	[TLS_GOOD] = X509_V_OK,
	[TLS_WRONG_NAME] = X509_V_ERR_HOSTNAME_MISMATCH,
	[TLS_EXPIRED] = X509_V_ERR_CERT_HAS_EXPIRED,
	[TLS_NOT_YET] = X509_V_ERR_CERT_NOT_YET_VALID,
	[TLS_SELF_SIGNED] = X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
	[TLS_INCOMPLETE] = X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
	[TLS_OLD] = X509_V_OK,
};

static void test_verdicts(void **state)
{
	struct tls *t = tls_new(names, (int64_t)time(NULL));

	(void)state;
	for (int i = 0; i < TLS_SHOW__MAX; i++) {
		struct look k = { .host = HOST, .old = i == TLS_OLD };
		struct seen s = look(t, (enum tls_show)i, &k);

		if (!s.connected || s.verdict != verdicts[i])
			fail_msg("%s: %ld", tls_show_names[i], s.verdict);
		assert_memory_equal(s.hash, tls_end_point(t, (enum tls_show)i), 32);
		assert_string_equal(s.version, i == TLS_OLD ? "TLSv1" : "TLSv1.3");
		assert_string_equal(s.name, HOST);
		assert_int_equal(s.chain, i == TLS_INCOMPLETE || i == TLS_SELF_SIGNED ? 1 : 2);
		SSL_SESSION_free(s.session);
	}
	assert_int_equal(verdict(t, TLS_OLD, (struct look){ .host = HOST }), -1);
	tls_free(t);
}

static void test_names(void **state)
{
	static const struct {
		const char *host, *ip;
		long verdict;
	} rows[] = {
		{ HOST, NULL, X509_V_OK },
		{ "AUTODISCOVER.example.test", NULL, X509_V_OK },
		{ long_name, NULL, X509_V_OK },
		{ "localhost", NULL, X509_V_OK },
		{ NULL, "127.0.0.1", X509_V_OK },
		{ "example.test", NULL, X509_V_ERR_HOSTNAME_MISMATCH },
		{ "another.invalid", NULL, X509_V_ERR_HOSTNAME_MISMATCH },
		{ NULL, "127.0.0.2", X509_V_ERR_IP_ADDRESS_MISMATCH },
	};
	struct tls *t = tls_new(names, (int64_t)time(NULL));

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct look k = { .host = rows[i].host, .ip = rows[i].ip };

		if (verdict(t, TLS_GOOD, k) != rows[i].verdict)
			fail_msg("%s %s", rows[i].host, rows[i].ip);
	}
	assert_int_equal(
		verdict(t, TLS_WRONG_NAME, (struct look){ .host = "another.invalid" }), X509_V_OK);
	tls_free(t);
}

/* Good and bad papers are so by both clocks, however far apart. */
static void test_clocks(void **state)
{
	static const int64_t worlds[] = { 1000000000, 4102444800 };
	static const enum tls_show shows[] = { TLS_GOOD, TLS_EXPIRED, TLS_NOT_YET };

	(void)state;
	for (size_t w = 0; w < COUNT(worlds); w++) {
		struct tls *t = tls_new(names, worlds[w]);
		int64_t clocks[] = { 0, worlds[w], worlds[w] + 9LL * YEAR };

		for (size_t i = 0; i < COUNT(shows) * COUNT(clocks); i++) {
			enum tls_show show = shows[i / COUNT(clocks)];
			int64_t at = clocks[i % COUNT(clocks)];

			/* nine years on only the good ones are promised to be as they are */
			if (show != TLS_GOOD && i % COUNT(clocks) == 2)
				continue;
			if (verdict(t, show, (struct look){ .host = HOST, .at = at }) !=
				verdicts[show])
				fail_msg("%s at %lld, world %lld", tls_show_names[show],
					(long long)at, (long long)worlds[w]);
		}
		tls_free(t);
	}
}

/* A ticket works where it was given and nowhere else: other papers have to be looked at. */
static void test_resumption(void **state)
{
	struct tls *t = tls_new(names, (int64_t)time(NULL));
	struct look k = { .host = HOST };
	struct seen first = look(t, TLS_GOOD, &k), next;

	(void)state;
	assert_false(first.reused);
	k.resume = first.session;
	next = look(t, TLS_EXPIRED, &k);
	assert_false(next.reused);
	assert_int_equal(next.verdict, X509_V_ERR_CERT_HAS_EXPIRED);
	SSL_SESSION_free(next.session);
	next = look(t, TLS_GOOD, &k);
	assert_true(next.reused);
	assert_string_equal(next.name, HOST);
	SSL_SESSION_free(next.session);
	SSL_SESSION_free(first.session);
	tls_free(t);
}

static void test_many_names(void **state)
{
	enum { MANY = 300 };
	char *many[MANY + 1] = { NULL }, *nobody[] = { NULL };
	struct tls *t;

	(void)state;
	for (int i = 0; i < MANY; i++)
		many[i] = format("host%d.example.test", i);
	t = tls_new(many, (int64_t)time(NULL));
	assert_int_equal(
		verdict(t, TLS_GOOD, (struct look){ .host = "host299.example.test" }), X509_V_OK);
	tls_free(t);
	for (int i = 0; i < MANY; i++)
		free(many[i]);
	t = tls_new(nobody, (int64_t)time(NULL));
	assert_int_equal(verdict(t, TLS_GOOD, (struct look){ .host = "localhost" }), X509_V_OK);
	tls_free(t);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_clocks),
		cmocka_unit_test(test_resumption),
		cmocka_unit_test(test_many_names),
	};

	return cmocka_run_group_tests_name("sim_tls", tests, NULL, NULL);
}
