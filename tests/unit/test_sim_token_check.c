/*
 * Bearer tokens as an Exchange reads them, tampered with in every way; and the signed assertions
 * that apps with a certificate prove themselves by.
 */
#include "tests/unit/unit.h"
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include "tests/unit/token_unit.h"

static int open_desk(void **state)
{
	struct desk *d = need(sizeof(*d));

	desk_open(d);
	*state = d;
	return 0;
}

static int close_desk(void **state)
{
	desk_close(*state);
	free(*state);
	return 0;
}

static char *app_token(struct desk *d, const char *app, const char *scope)
{
	char *body =
		format("grant_type=client_credentials&client_id=%s&client_secret=s3cret&scope=%s",
			app, scope);

	desk_ask(d, TOKEN_PATH, body);
	free(body);
	assert_int_equal(d->status, 200);
	return copy(desk_string(d, "access_token"));
}

static char *user_token(struct desk *d, const char *upn, const char *scope)
{
	char *body = format("grant_type=password&client_id=" PUBLIC
			    "&username=%s&password=right&scope=%s",
		upn, scope);

	desk_ask(d, TOKEN_PATH, body);
	free(body);
	assert_int_equal(d->status, 200);
	return copy(desk_string(d, "access_token"));
}

static enum token_end check(struct desk *d, const char *premise, const char *token)
{
	struct bearer b;

	return token_check(&d->sim, world_premise(d->sim.world, premise), token, &b);
}

static void test_good(void **state)
{
	struct desk *d = *state;
	struct premise *cloud = world_premise(d->sim.world, "cloud");
	char *app = app_token(d, APP, EWS_DEFAULT),
	     *user = user_token(d, "svc@example.test", EWS_USER);
	struct bearer b;

	for (int twice = 0; twice < 2; twice++) {
		assert_int_equal(token_check(&d->sim, cloud, app, &b), TOKEN_GOOD);
		assert_true(b.app_only);
		assert_null(b.identity);
		assert_ptr_equal(b.app, world_app(d->sim.world, APP));
		assert_int_equal(token_check(&d->sim, cloud, user, &b), TOKEN_GOOD);
		assert_false(b.app_only);
		assert_ptr_equal(b.identity, world_identity(d->sim.world, "svc@example.test"));
		assert_ptr_equal(b.app, world_app(d->sim.world, PUBLIC));
	}
	free(app);
	free(user);
}

static void test_audience(void **state)
{
	static const struct {
		const char *premise, *scope;
		enum token_end end;
	} rows[] = {
		{ "cloud", "https://outlook.office.com/.default", TOKEN_GOOD },
		{ "cloud", "https://outlook.office365.com//.default", TOKEN_GOOD },
		{ "cloud", "00000002-0000-0ff1-ce00-000000000000/.default", TOKEN_GOOD },
		{ "cloud", "https://outlook.example.test/.default", TOKEN_GOOD },
		{ "cloud", "https://outlook.example.test:8443/.default", TOKEN_GOOD },
		{ "cloud", "https://mail.example.test/.default", TOKEN_RESOURCE },
		{ "cloud", "https://graph.microsoft.com/.default", TOKEN_RESOURCE },
		{ "hq", "https://mail.example.test/.default", TOKEN_GOOD },
		{ "hq", "https://outlook.office365.com/.default", TOKEN_RESOURCE },
		{ "other", "https://outlook.office365.com/.default", TOKEN_TENANT },
	};
	struct desk *d = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		char *token = app_token(d, APP, rows[i].scope);

		if (check(d, rows[i].premise, token) != rows[i].end)
			fail_msg("%s at %s", rows[i].scope, rows[i].premise);
		free(token);
	}
	desk_say(d, "premise hq\nunsure audience resource");
	{
		char *token = app_token(d, APP, EWS_DEFAULT);

		assert_int_equal(check(d, "hq", token), TOKEN_GOOD);
		free(token);
	}
}

/* What changes after a token was made. */
static void test_world_changes(void **state)
{
	static const struct {
		const char *say, *undo;
		enum token_end app, user;
	} rows[] = {
		{ "clock +59m", "clock -59m", TOKEN_GOOD, TOKEN_GOOD },
		{ "clock +60m", "clock -60m", TOKEN_EXPIRED, TOKEN_EXPIRED },
		{ "clock -1h", "clock +1h", TOKEN_INVALID, TOKEN_INVALID },
		{ "account svc@example.test\nnew-password changed",
			"account svc@example.test\nnew-password right", TOKEN_GOOD, TOKEN_GOOD },
		{ "account svc@example.test\nstate disabled",
			"account svc@example.test\nstate well", TOKEN_GOOD, TOKEN_USER },
		{ "app " APP "\ndisabled", "app " APP "\ndisabled no", TOKEN_CLIENT, TOKEN_GOOD },
		{ "app " PUBLIC "\ndisabled", "app " PUBLIC "\ndisabled no", TOKEN_GOOD,
			TOKEN_CLIENT },
		{ "premise cloud\ntenant " OTHER_TENANT, "premise cloud\ntenant " TENANT,
			TOKEN_TENANT, TOKEN_TENANT },
	};
	struct desk *d = *state;
	char *app = app_token(d, APP, EWS_DEFAULT),
	     *user = user_token(d, "svc@example.test", EWS_USER);

	for (size_t i = 0; i < COUNT(rows); i++) {
		desk_say(d, rows[i].say);
		if (check(d, "cloud", app) != rows[i].app ||
			check(d, "cloud", user) != rows[i].user)
			fail_msg("%s: %d %d", rows[i].say, check(d, "cloud", app),
				check(d, "cloud", user));
		desk_say(d, rows[i].undo);
	}
	free(app);
	free(user);
}

static void test_permission(void **state)
{
	struct desk *d = *state;
	char *bare = app_token(d, BARE, EWS_DEFAULT);
	char *mail = user_token(
		d, "svc@example.test", "https://outlook.office365.com/IMAP.AccessAsUser.All");

	assert_int_equal(check(d, "cloud", bare), TOKEN_GRANT);
	assert_int_equal(check(d, "cloud", mail), TOKEN_GRANT);
	/* a role of Exchange's own does instead */
	desk_say(d, "app " BARE "\nimpersonation");
	assert_int_equal(check(d, "cloud", bare), TOKEN_GOOD);
	free(bare);
	free(mail);
}

static void test_id_token_is_none(void **state)
{
	struct desk *d = *state;
	char *token;

	free(user_token(d, "svc@example.test", EWS_USER));
	token = copy(desk_string(d, "id_token"));
	assert_int_equal(check(d, "cloud", token), TOKEN_RESOURCE);
	free(token);
}

/* Tampering */

static void part_add(struct text *t, const char *json)
{
	base64url_add(t, json, strlen(json));
}

/* Any one character changed, left out, or doubled. */
static void test_every_character(void **state)
{
	struct desk *d = *state;
	char *token = app_token(d, APP, EWS_DEFAULT), *bent = need(strlen(token) + 2);
	size_t n = strlen(token);

	for (size_t i = 0; i < n; i++) {
		memcpy(bent, token, n + 1);
		bent[i] = (char)(bent[i] == 'A' ? 'B' : 'A');
		assert_int_not_equal(check(d, "cloud", bent), TOKEN_GOOD);
		memcpy(bent + i, token + i + 1, n - i);
		assert_int_not_equal(check(d, "cloud", bent), TOKEN_GOOD);
		memcpy(bent, token, i + 1);
		memcpy(bent + i + 1, token + i, n - i + 1);
		assert_int_not_equal(check(d, "cloud", bent), TOKEN_GOOD);
	}
	assert_int_equal(check(d, "cloud", token), TOKEN_GOOD);
	free(bent);
	free(token);
}

static void test_malformed(void **state)
{
	static const char *const tokens[] = { "", ".", "..", "...", "a.b.c", "e30.e30.",
		"e30.e30.e30", "W10.W10.AAAA", "eyJhIjoxLCJhIjoyfQ.e30.AAAA",
		"e30.e30.AA==", "e30 .e30.AAAA", "\xff.\xff.\xff", "bnVsbA.bnVsbA.bnVsbA" };
	struct desk *d = *state;
	struct text big = { 0 };

	for (size_t i = 0; i < COUNT(tokens); i++)
		assert_int_not_equal(check(d, "cloud", tokens[i]), TOKEN_GOOD);
	while (big.len < 100000)
		text_puts(&big, "eyJhbGciOiJSUzI1NiJ9");
	assert_int_equal(check(d, "cloud", big.at), TOKEN_INVALID);
	text_free(&big);
}

/* The claims of a good token under other headers: none, HMAC with the public key, another key. */
static void test_other_algorithms(void **state)
{
	static const char *const headers[] = { "{\"alg\":\"none\",\"kid\":\"%s\"}",
		"{\"alg\":\"None\",\"kid\":\"%s\"}", "{\"alg\":\"HS256\",\"kid\":\"%s\"}",
		"{\"kid\":\"%s\"}", "{\"alg\":\"RS256\",\"x\":\"%s\"}",
		"{\"alg\":5,\"kid\":\"%s\"}" };
	static const char *const signatures[] = { "", ".", ".AAAA" };
	struct desk *d = *state;
	char *token = app_token(d, APP, EWS_DEFAULT), *kid;
	const char *claims = strchr(token, '.') + 1;

	desk_ask(d, "/" TENANT "/discovery/v2.0/keys", NULL);
	kid = copy(json_string_value(
		json_object_get(json_array_get(json_object_get(d->json, "keys"), 0), "kid")));
	for (size_t i = 0; i < COUNT(headers) * COUNT(signatures); i++) {
		struct text t = { 0 }, header = { 0 };
		const char *at = headers[i % COUNT(headers)], *mark = strstr(at, "%s");

		text_add(&header, at, (size_t)(mark - at));
		text_puts(&header, kid);
		text_puts(&header, mark + 2);
		part_add(&t, header.at);
		text_printf(&t, ".%.*s%s", (int)strcspn(claims, "."), claims,
			signatures[i / COUNT(headers)]);
		assert_int_not_equal(check(d, "cloud", t.at), TOKEN_GOOD);
		text_free(&t);
		text_free(&header);
	}
	free(kid);
	free(token);
}

/* Assertions */

struct paper {
	EVP_PKEY *key;
	X509 *x;
	char *pem, *sha1, *sha256;
	struct app_secret secret;
};

static char *print_of(X509 *x, const EVP_MD *md)
{
	unsigned char print[EVP_MAX_MD_SIZE];
	struct text t = { 0 };
	unsigned int n = 0;

	X509_digest(x, md, print, &n);
	base64url_add(&t, print, n);
	return t.at;
}

static void paper_open(struct desk *d, struct paper *p, long days)
{
	struct app *app = world_app(d->sim.world, APP);
	BIO *b = BIO_new(BIO_s_mem());
	char *at;
	long n;

	memset(p, 0, sizeof(*p));
	p->key = EVP_RSA_gen(2048);
	p->x = X509_new();
	ASN1_INTEGER_set(X509_get_serialNumber(p->x), days + 1000);
	ASN1_TIME_adj(X509_getm_notBefore(p->x), (time_t)world_now(d->sim.world), -100, 0);
	ASN1_TIME_adj(X509_getm_notAfter(p->x), (time_t)world_now(d->sim.world), (int)days, 0);
	X509_set_pubkey(p->x, p->key);
	assert_int_not_equal(X509_sign(p->x, p->key, EVP_sha256()), 0);
	PEM_write_bio_X509(b, p->x);
	n = BIO_get_mem_data(b, &at);
	p->pem = copy_n(at, (size_t)n);
	BIO_free(b);
	p->sha1 = print_of(p->x, EVP_sha1());
	p->sha256 = print_of(p->x, EVP_sha256());
	p->secret = (struct app_secret){
		.next = app->secrets, .id = (char *)(uintptr_t) "paper", .pem = p->pem
	};
	app->secrets = &p->secret;
}

static void paper_close(struct desk *d, struct paper *p)
{
	world_app(d->sim.world, APP)->secrets = p->secret.next;
	EVP_PKEY_free(p->key);
	X509_free(p->x);
	free(p->pem);
	free(p->sha1);
	free(p->sha256);
}

static char *assertion(const struct paper *p, const char *header, const char *claims, bool pss)
{
	unsigned char signature[256];
	size_t n = sizeof(signature);
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	EVP_PKEY_CTX *how;
	struct text t = { 0 };

	part_add(&t, header);
	text_puts(&t, ".");
	part_add(&t, claims);
	assert_int_equal(EVP_DigestSignInit(c, &how, EVP_sha256(), NULL, p->key), 1);
	if (pss) {
		EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING);
		EVP_PKEY_CTX_set_rsa_pss_saltlen(how, RSA_PSS_SALTLEN_DIGEST);
	}
	EVP_DigestSign(c, signature, &n, (const unsigned char *)t.at, t.len);
	EVP_MD_CTX_free(c);
	text_puts(&t, ".");
	base64url_add(&t, signature, n);
	return t.at;
}

static int present(struct desk *d, char *assertion_text)
{
	char *body = format("grant_type=client_credentials&client_id=" APP "&scope=" EWS_DEFAULT
			    "&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:"
			    "jwt-bearer&client_assertion=%s",
		assertion_text);

	desk_ask(d, TOKEN_PATH, body);
	free(body);
	free(assertion_text);
	return desk_number(d);
}

#define AUD "\"aud\":\"https://login.example.test" TOKEN_PATH "\","
#define WHO "\"iss\":\"" APP "\",\"sub\":\"" APP "\","
#define NOW 1795420800LL

static char *claims_text(
	const char *aud, const char *who, int64_t nbf, int64_t exp, const char *jti)
{
	return format("{%s%s\"nbf\":%lld,\"exp\":%lld,\"jti\":\"%s\"}", aud, who, (long long)nbf,
		(long long)exp, jti);
}

static void test_assertion_good(void **state)
{
	static const char *const headers[] = { "{\"alg\":\"RS256\",\"x5t\":\"%s\"}",
		"{\"alg\":\"PS256\",\"x5t#S256\":\"%s\"}" };
	static const char *const audiences[] = { AUD,
		"\"aud\":\"https://login.example.test/" TENANT "/v2.0\"," };
	struct desk *d = *state;
	struct paper p;
	json_t *c;

	paper_open(d, &p, 365);
	assert_int_equal(world_now(d->sim.world), NOW);
	for (size_t i = 0; i < 4; i++) {
		struct text header = { 0 };
		char jti[8], *claims;
		const char *at = headers[i % 2], *mark = strstr(at, "%s");

		text_add(&header, at, (size_t)(mark - at));
		text_puts(&header, i % 2 == 0 ? p.sha1 : p.sha256);
		text_puts(&header, mark + 2);
		snprintf(jti, sizeof(jti), "j%zu", i);
		claims = claims_text(audiences[i / 2], WHO, NOW - 10, NOW + 600, jti);
		assert_int_equal(present(d, assertion(&p, header.at, claims, i % 2 == 1)), 0);
		c = claims_of(desk_string(d, "access_token"));
		assert_claim(c, "appidacr", "2");
		json_decref(c);
		/* the same once more */
		assert_int_equal(present(d, assertion(&p, header.at, claims, i % 2 == 1)), 50012);
		free(claims);
		text_free(&header);
	}
	paper_close(d, &p);
}

static void test_assertion_bad(void **state)
{
	static const struct {
		const char *aud, *who;
		int64_t nbf, exp;
		int number;
	} rows[] = {
		{ "\"aud\":\"https://evil.test/\",", WHO, NOW, NOW + 600, 700023 },
		{ "", WHO, NOW, NOW + 600, 700023 },
		{ "\"aud\":5,", WHO, NOW, NOW + 600, 700023 },
		{ AUD, "", NOW, NOW + 600, 700021 },
		{ AUD, "\"iss\":\"" APP "\",", NOW, NOW + 600, 700021 },
		{ AUD, "\"iss\":\"" APP "\",\"sub\":\"" BARE "\",", NOW, NOW + 600, 700021 },
		{ AUD, WHO, NOW, NOW - 301, 700024 },
		{ AUD, WHO, NOW + 400, NOW + 600, 700024 },
		{ AUD, WHO, NOW, NOW + 600, 0 },
	};
	struct desk *d = *state;
	struct paper p;
	char *header;

	paper_open(d, &p, 365);
	header = format("{\"alg\":\"RS256\",\"x5t\":\"%s\"}", p.sha1);
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *claims =
			claims_text(rows[i].aud, rows[i].who, rows[i].nbf, rows[i].exp, "same");

		if (present(d, assertion(&p, header, claims, false)) != rows[i].number)
			fail_msg("%s: %s", claims, d->body);
		free(claims);
	}
	free(header);
	paper_close(d, &p);
}

/* Times as libraries write them, and as nobody should. */
static void test_assertion_times(void **state)
{
	static const struct {
		const char *times;
		int number;
	} rows[] = {
		{ "\"exp\":1795420900.25", 0 },
		{ "\"exp\":1795420900.25,\"nbf\":1795420799.9", 0 },
		{ "\"exp\":1e300", 700024 },
		{ "\"exp\":-5", 700024 },
		{ "\"exp\":\"1795420900\"", 700024 },
		{ "\"exp\":1795420900,\"nbf\":null", 700024 },
		{ "\"nbf\":1795420800", 700024 },
	};
	struct desk *d = *state;
	struct paper p;
	char *header;

	paper_open(d, &p, 365);
	header = format("{\"alg\":\"RS256\",\"x5t\":\"%s\"}", p.sha1);
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *claims = format("{" AUD WHO "%s}", rows[i].times);

		if (present(d, assertion(&p, header, claims, false)) != rows[i].number)
			fail_msg("%s: %s", claims, d->body);
		free(claims);
	}
	free(header);
	paper_close(d, &p);
}

static void test_assertion_key(void **state)
{
	struct desk *d = *state;
	struct paper known, old, foreign;
	char *claims = claims_text(AUD, WHO, NOW, NOW + 600, "k"), *header;

	paper_open(d, &known, 365);
	paper_open(d, &old, -1);
	paper_open(d, &foreign, 365);
	header = format("{\"alg\":\"RS256\",\"x5t\":\"%s\"}", old.sha1);
	assert_int_equal(present(d, assertion(&old, header, claims, false)), 700027);
	assert_non_null(strstr(d->body, "The key used is expired."));
	free(header);
	header = format("{\"alg\":\"RS256\",\"x5t\":\"%s\"}", known.sha1);
	assert_int_equal(present(d, assertion(&foreign, header, claims, false)), 50012);
	/* its padding is not that of its alg */
	assert_int_equal(present(d, assertion(&known, header, claims, true)), 50012);
	free(header);
	/* with padding, as some libraries write it: found, so that it is the signature that fails
	 */
	header = format("{\"alg\":\"RS256\",\"x5t\":\"%s=\"}", known.sha1);
	assert_int_equal(present(d, assertion(&foreign, header, claims, false)), 50012);
	free(header);
	header = format("{\"alg\":\"none\",\"x5t\":\"%s\"}", known.sha1);
	assert_int_equal(present(d, assertion(&known, header, claims, false)), 50012);
	free(header);
	assert_int_equal(
		present(d,
			assertion(&known, "{\"alg\":\"RS256\",\"x5t\":\"AAAA\"}", claims, false)),
		700027);
	assert_non_null(strstr(d->body, "The key was not found."));
	assert_int_equal(
		present(d, assertion(&known, "{\"alg\":\"RS256\"}", claims, false)), 700027);
	paper_close(d, &foreign);
	paper_close(d, &old);
	paper_close(d, &known);
	free(claims);
}

static void test_reasons(void **state)
{
	(void)state;
	for (int i = TOKEN_SIGNATURE; i <= TOKEN_GRANT; i++) {
		assert_int_equal(token_reasons[i].number, 2000000 + i - TOKEN_SIGNATURE);
		assert_non_null(token_reasons[i].category);
		assert_null(strchr(token_reasons[i].reason, '"'));
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_desk, close_desk)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_good),
		TEST(test_audience),
		TEST(test_world_changes),
		TEST(test_permission),
		TEST(test_id_token_is_none),
		TEST(test_every_character),
		TEST(test_malformed),
		TEST(test_other_algorithms),
		TEST(test_assertion_good),
		TEST(test_assertion_bad),
		TEST(test_assertion_times),
		TEST(test_assertion_key),
		cmocka_unit_test(test_reasons),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
