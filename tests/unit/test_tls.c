/* What is noted of a handshake and said about it: odd certificates, long chains, weak keys. The
 * ordinary cases are in test_look.c, against libcurl.
 */
#include "tests/unit/tls_unit.h"

#include <stdlib.h>
#include "exchange/tls.h"
#include "platform/clock.h"
#include "platform/str.h"

enum { ROUNDS = 20 };

struct world {
	struct arena a;
	struct cert root;
};

static int setup(void **state)
{
	const struct cert_order order = { "Test Root", NULL, NULL, 1, -10, 1000 };
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	arena_init(&w->a, 16 << 20);
	w->root = cert_make(&order);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	cert_free(&w->root);
	arena_done(&w->a);
	free(w);
	return 0;
}

static SSL *client(const struct world *w, struct tls_seen *seen)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	SSL *ssl;

	SSL_CTX_set_security_level(ctx, 2);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), w->root.x);
	tls_watch(ctx, seen);
	ssl = SSL_new(ctx);
	SSL_CTX_free(ctx);
	return ssl;
}

/* Both ends in one process; 1 when the client trusts the server. */
static int shake(const struct world *w, const struct server_order *o, struct tls_seen *seen)
{
	SSL_CTX *ctx = server_context(o);
	SSL *c = client(w, seen), *s = SSL_new(ctx);
	BIO *left, *right;
	int done = 0;

	assert_int_equal(BIO_new_bio_pair(&left, 65536, &right, 65536), 1);
	SSL_set_bio(c, left, left);
	SSL_set_bio(s, right, right);
	SSL_set_connect_state(c);
	SSL_set_accept_state(s);
	for (int i = 0; i < ROUNDS && !done; i++) {
		done = SSL_do_handshake(c) == 1;
		SSL_do_handshake(s);
	}
	SSL_free(c);
	SSL_free(s);
	SSL_CTX_free(ctx);
	return done;
}

static struct cert make(const struct world *w, const char *cn, const char *san)
{
	const struct cert_order order = { cn, san, &w->root, 0, -10, 200 };

	return cert_make(&order);
}

static void test_odd_names(void **state)
{
	static const struct {
		const char *cn, *san;
		const char *subject, *names;
	} rows[] = {
		{ "M\xc3\xbcnchen", "DNS:a.test", "M\xc3\xbcnchen", "a.test" },
		{ "", "DNS:a.test,DNS:b.test", "a.test", "a.test, b.test" },
		{ "esc\x1b[2J", NULL, "esc?[2J", "" },
		{ "turn\xe2\x80\xae", NULL, "turn???", "" },
		{ "ip", "IP:192.0.2.1,IP:2001:db8::1", "ip", "192.0.2.1, 2001:db8::1" },
		{ "mail", "email:x@y.test,DNS:a.test,URI:http://x/", "mail", "a.test" },
		{ "wild", "DNS:*.a.test", "wild", "*.a.test" },
	};
	struct world *w = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct cert c = make(w, rows[i].cn, rows[i].san);
		struct server_order o = { .cert = &c };
		struct tls_seen seen;

		assert_int_equal(shake(w, &o, &seen), 1);
		assert_int_equal(seen.checked, 1);
		assert_int_equal(seen.verify, X509_V_OK);
		assert_int_equal(seen.count, 1);
		assert_string_equal(seen.chain[0].subject, rows[i].subject);
		assert_string_equal(seen.chain[0].names, rows[i].names);
		assert_string_equal(seen.chain[0].issuer, "Test Root");
		cert_free(&c);
	}
}

static void test_many_names(void **state)
{
	struct world *w = *state;
	char san[8000] = "DNS:first.test";
	size_t n = strlen(san);
	struct server_order o = { 0 };
	struct tls_seen seen;
	struct cert c;

	for (int i = 1; i < 200; i++)
		n += (size_t)snprintf(san + n, sizeof(san) - n, ",DNS:host%03d.example.test", i);
	c = make(w, "many", san);
	o.cert = &c;
	assert_int_equal(shake(w, &o, &seen), 1);
	assert_int_equal(strncmp(seen.chain[0].names, "first.test, host001", 19), 0);
	assert_non_null(strstr(seen.chain[0].names, " more"));
	assert_true(strlen(seen.chain[0].names) < TLS_NAMES);
	cert_free(&c);
}

static void test_long_chain(void **state)
{
	enum { LINKS = 9 };
	struct world *w = *state;
	struct cert links[LINKS], all[LINKS];
	struct cert_order order = { "Link", "DNS:a.test", &w->root, 1, -10, 200 };
	SSL_CTX *ctx;
	struct tls_seen seen;
	SSL *c, *s;
	BIO *left, *right;

	for (int i = 0; i < LINKS; i++) {
		links[i] = cert_make(&order);
		order.by = &links[i];
		order.authority = i < LINKS - 2;
	}
	for (int i = 0; i < LINKS; i++)
		all[i] = links[LINKS - 1 - i];
	ctx = server_context(&(struct server_order){ .cert = &all[0] });
	for (int i = 1; i < LINKS; i++) {
		X509_up_ref(all[i].x);
		SSL_CTX_add_extra_chain_cert(ctx, all[i].x);
	}
	c = client(w, &seen);
	s = SSL_new(ctx);
	assert_int_equal(BIO_new_bio_pair(&left, 65536, &right, 65536), 1);
	SSL_set_bio(c, left, left);
	SSL_set_bio(s, right, right);
	SSL_set_connect_state(c);
	SSL_set_accept_state(s);
	for (int i = 0; i < ROUNDS; i++) {
		SSL_do_handshake(c);
		SSL_do_handshake(s);
	}
	assert_int_equal(seen.sent, LINKS);
	assert_int_equal(seen.count, TLS_CHAIN_MAX);
	SSL_free(c);
	SSL_free(s);
	SSL_CTX_free(ctx);
	for (int i = 0; i < LINKS; i++)
		cert_free(&links[i]);
}

/* Its own signer, which is no authority. */
static void test_no_authority(void **state)
{
	struct world *w = *state;
	struct cert middle = make(w, "No Authority", "DNS:m.test"), leaf;
	struct cert_order order = { "a.test", "DNS:a.test", &middle, 0, -10, 200 };
	struct server_order o = { .extra = { &middle } };
	struct job_step s = { 0 };
	struct tls_seen seen;

	leaf = cert_make(&order);
	o.cert = &leaf;
	assert_int_equal(shake(w, &o, &seen), 0);
	tls_explain(&w->a, &seen, "a.test", TLS_BROKEN, "", &s);
	assert_int_equal(s.state, STEP_FAILED);
	assert_non_null(strstr(s.say, "may not sign others"));
	cert_free(&leaf);
	cert_free(&middle);
}

static void test_weak_key(void **state)
{
	struct world *w = *state;
	struct cert c = make(w, "a.test", "DNS:a.test");
	struct server_order o = { .cert = &c };
	struct job_step s = { 0 };
	struct tls_seen seen;

	EVP_PKEY_free(c.key);
	c.key = EVP_RSA_gen(1024);
	assert_non_null(c.key);
	X509_set_pubkey(c.x, c.key);
	assert_true(X509_sign(c.x, w->root.key, EVP_sha256()) > 0);
	assert_int_equal(shake(w, &o, &seen), 0);
	tls_explain(&w->a, &seen, "a.test", TLS_BROKEN, "", &s);
	assert_int_equal(s.state, STEP_FAILED);
	assert_non_null(strstr(s.say, "key is too short"));
	cert_free(&c);
}

/* Every verdict of the library, and every reason for a broken handshake, has words. */
static void test_every_code(void **state)
{
	struct world *w = *state;

	for (int code = 0; code < 120; code++) {
		struct tls_seen seen = { .checked = 1, .verify = code, .count = 1, .sent = 1 };
		struct job_step s = { 0 };

		tls_explain(&w->a, &seen, "a.test", TLS_BROKEN, "words", &s);
		assert_int_equal(s.state, STEP_FAILED);
		assert_true(s.say[0] && s.why[0] && s.fix[0]);
		assert_non_null(strstr(s.raw, "words"));
	}
	for (int reason = 0; reason < 1200; reason++) {
		struct tls_seen seen = { .reason = reason };
		struct job_step s = { 0 };

		tls_explain(&w->a, &seen, "a.test", TLS_BROKEN, "", &s);
		assert_int_equal(s.state, STEP_FAILED);
		assert_true(s.say[0] && s.why[0] && s.fix[0]);
	}
}

/* The day on which it is time to renew. */
static void test_days(void **state)
{
	static const struct {
		int64_t left;
		enum step_state expected;
	} rows[] = {
		{ (int64_t)TLS_SOON_DAYS * 86400, STEP_OK },
		{ (int64_t)TLS_SOON_DAYS * 86400 - 1, STEP_NOTE },
		{ 60, STEP_NOTE },
		{ (int64_t)400 * 86400, STEP_OK },
	};
	struct world *w = *state;

	clock_freeze(1800000000);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct tls_seen seen = { .checked = 1, .count = 2, .sent = 2 };
		struct job_step s = { 0 };

		seen.chain[0].until = clock_now() + (int64_t)500 * 86400;
		seen.chain[1].until = clock_now() + rows[i].left; /* the earliest counts */
		tls_explain(&w->a, &seen, "a.test", TLS_TRUSTED, "", &s);
		assert_int_equal(s.state, rows[i].expected);
	}
	clock_freeze(0);
}

#define tls_test(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		tls_test(test_odd_names),
		tls_test(test_many_names),
		tls_test(test_long_chain),
		tls_test(test_no_authority),
		tls_test(test_weak_key),
		tls_test(test_every_code),
		tls_test(test_days),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
