/* Signing in with Microsoft in a browser: every rule of svc_ask.c. */
#include "tests/unit/svc_fault.h"

#include <sodium.h>
#include "platform/buf.h"
#include "platform/pkce.h"
#include "platform/url.h"
#include "service/svc_ask.h"

#define TENANT "0b6c8a1e-7d6f-4a55-9d0a-6d7b6f3c2e10"
#define APP "11111111-1111-4111-8111-111111111111"
#define CODE "0.AXcA-a~very.long_code"
#define QUARTER 900

/* Keys of this test alone, and the file with the public one. */
static unsigned char pk[crypto_box_PUBLICKEYBYTES], sk[crypto_box_SECRETKEYBYTES];
static char keys[64];
static struct svc_browser here, elsewhere;

static int keys_setup(void **state)
{
	char hex[2 * sizeof(pk) + 1];
	FILE *f;

	(void)state;
	seal_init();
	crypto_box_keypair(pk, sk);
	str_hex(hex, pk, sizeof(pk));
	snprintf(keys, sizeof(keys), "/tmp/latchkey-ask-XXXXXX");
	assert_int_equal(close(mkstemp(keys)), 0);
	f = fopen(keys, "w");
	assert_non_null(f);
	fprintf(f, "01234567 %d active %s\n", WORLD_NOW, hex);
	return fclose(f);
}

static int keys_teardown(void **state)
{
	(void)state;
	return unlink(keys);
}

static struct svc_browser browser(struct world *w, const struct member *m)
{
	struct session row = { .user = m->user,
		.account = m->account,
		.member = m->id,
		.address = "192.0.2.1",
		.agent = "" };
	char *token = arena_alloc(&w->a, SEAL_TOKEN_HEX + 1);
	struct svc_browser b = { .token = token };
	unsigned char hash[SEAL_HASH];
	struct err e;

	seal_token(token);
	seal_token_hash(hash, token);
	assert_ok(store_session_add(w->db, &row, hash, &b.session, &e));
	return b;
}

static void prepare(struct world *w)
{
	w->cf.public_keys = keys;
	here = browser(w, &w->avery);
	elsewhere = browser(w, &w->avery);
}

static int setup(void **state)
{
	world_setup(state, 0);
	prepare(*state);
	return 0;
}

static struct connection sample(const struct world *w)
{
	return (struct connection){ .account = w->account,
		.name = "Office 365",
		.scheme = "https",
		.host = "outlook.office365.com",
		.port = 443,
		.signin = "user",
		.tenant = TENANT,
		.client_id = APP,
		.binding = "off",
		.mailbox = "svc@example.com",
		.method = "delegate",
		.kind = "office365",
		.stage = CONN_DRAFT };
}

static int64_t add(struct world *w, struct connection c)
{
	struct err e;

	assert_ok(store_connection_save(w->db, &c, &e));
	return c.id;
}

static int64_t begin_for(struct world *w, int64_t connection)
{
	int64_t id;
	struct err e;

	assert_ok(svc_ask_begin(&w->s, &here, connection, &id, &e));
	return id;
}

static int64_t begin(struct world *w)
{
	return begin_for(w, add(w, sample(w)));
}

static struct svc_asked asked(struct world *w, int64_t id)
{
	struct svc_asked k;
	struct err e;

	assert_ok(svc_ask_get(&w->s, &here, id, &k, &e));
	return k;
}

/* A part of the query of Microsoft's page. */
static const char *sent(struct world *w, int64_t id, const char *name)
{
	const struct svc_asked k = asked(w, id);
	const char *page, *text;
	struct err e;

	page = svc_ask_page(&w->s, &here, &k, &e);
	assert_non_null(page);
	text = url_get(&w->a, strchr(page, '?') + 1, name);
	assert_non_null(text);
	return text;
}

static struct svc_ask_back code_for(struct world *w, int64_t id)
{
	return (struct svc_ask_back){ .state = sent(w, id, "state"), .code = CODE };
}

/* 0 when it is kept; what it was refused for. */
static const char *refusal;

static int answer(struct world *w, const struct svc_ask_back *back, struct err *e)
{
	int64_t id;
	int rc = svc_ask_answer(&w->s, &here, back, &id, &refusal, e);

	return rc < 0 ? -1 : !rc;
}

static int64_t begun(struct world *w)
{
	const int64_t id = begin(w);
	const struct svc_ask_back back = code_for(w, id);
	struct err e;

	assert_int_equal(answer(w, &back, &e), 0);
	return id;
}

/* --- beginning --- */

static void test_begin(void **state)
{
	struct world *w = *state;
	const int64_t id = begin(w);
	const struct svc_asked k = asked(w, id);
	const char *page, *dump = world_dump(w);
	char challenge[PKCE_CHALLENGE], verifier[SEAL_TOKEN_HEX + 1];
	struct err e;

	assert_int_equal(k.k.expires, WORLD_NOW + QUARTER);
	assert_false(k.over || k.answered);
	assert_string_equal(k.error, "");
	page = svc_ask_page(&w->s, &here, &k, &e);
	assert_true(str_starts(
		page, "https://login.microsoftonline.com/" TENANT "/oauth2/v2.0/authorize?"));
	assert_string_equal(
		sent(w, id, "redirect_uri"), "https://calendar.example.com/oauth/return");
	assert_string_equal(sent(w, id, "client_id"), APP);
	assert_string_equal(sent(w, id, "login_hint"), "svc@example.com");
	assert_string_equal(sent(w, id, "prompt"), "login");
	assert_string_equal(sent(w, id, "scope"), PKCE_EWS);
	seal_derive(verifier, here.token, "oauth-verifier", k.k.nonce);
	pkce_challenge(verifier, challenge);
	assert_string_equal(sent(w, id, "code_challenge"), challenge);
	/* Nothing that could be stolen stands in a row. */
	assert_null(strstr(page, verifier));
	assert_null(strstr(dump, strchr(sent(w, id, "state"), '.') + 1));
	assert_null(strstr(dump, verifier));
	assert_string_equal(last_row(w, w->account).action, "microsoft.begun");
	assert_string_equal(last_row(w, w->account).about, "svc@example.com");
	assert_whole(w);
}

static void test_begin_refused(void **state)
{
	struct world *w = *state;
	struct connection bad[7];
	int64_t id;
	struct err e;

	for (size_t i = 0; i < COUNT(bad); i++)
		bad[i] = sample(w);
	bad[0].signin = "app";
	bad[1].tenant = "";
	bad[2].tenant = "no tenant";
	bad[3].client_id = "";
	bad[4].authority = "https://login.example.com/path";
	bad[5].authority = "http://login.example.com";
	bad[6].stage = CONN_SPARE;
	for (size_t i = 0; i < COUNT(bad); i++) {
		const int64_t at = add(w, bad[i]);

		assert_fails(svc_ask_begin(&w->s, &here, at, &id, &e), ERR_CONFLICT);
		assert_ok(store_connection_remove(w->db, w->account, at, &e));
	}
	assert_fails(svc_ask_begin(&w->s, &here, 999, &id, &e), ERR_MISSING);
	world_as(w, &w->blake);
	assert_fails(svc_ask_begin(&w->s, &here, add(w, sample(w)), &id, &e), ERR_MISSING);
	assert_int_equal(world_number(w, "SELECT count(*) FROM ask"), 0);
	assert_int_equal(rows_of(w, w->account, AUDIT_ASK_BEGUN), 0);
}

static void test_paused(void **state)
{
	struct world *w = *state;
	int64_t id;
	struct err e;

	begin(w);
	world_run(w, "UPDATE connection SET paused_at = 5");
	assert_fails(
		svc_ask_begin(&w->s, &here, world_number(w, "SELECT id FROM connection"), &id, &e),
		ERR_CONFLICT);
}

/* --- coming back --- */

/* What only the engine can open, as it opens it. */
static const char *opened(struct world *w, const struct ask *k, const struct seal_home *home)
{
	unsigned char plain[SEAL_SECRET_MAX * 2];
	size_t n = k->sealed_len - crypto_box_SEALBYTES;
	const char *text;
	struct secret *s;
	struct err e;

	assert_int_equal(crypto_box_seal_open(plain, k->sealed, k->sealed_len, pk, sk), 0);
	s = seal_plain_read(plain, n, home, &e);
	text = s ? arena_strdup(&w->a, (const char *)secret_bytes(s)) : NULL;
	secret_free(s);
	return text;
}

static void test_answer(void **state)
{
	struct world *w = *state;
	const int64_t id = begin(w);
	struct svc_ask_back back = code_for(w, id);
	struct seal_home home = { .account = w->account, .row = id, .purpose = "ask" };
	char verifier[SEAL_TOKEN_HEX + 1];
	struct svc_asked k;
	int64_t got = 0;
	struct err e;

	back.iss = "https://login.microsoftonline.com/" TENANT "/v2.0";
	assert_int_equal(svc_ask_answer(&w->s, &here, &back, &got, &refusal, &e), 1);
	assert_null(refusal);
	assert_int_equal(got, id);
	k = asked(w, id);
	assert_true(k.answered && !k.over);
	assert_string_equal(k.k.key_id, "01234567");
	seal_derive(verifier, here.token, "oauth-verifier", k.k.nonce);
	assert_string_equal(opened(w, &k.k, &home),
		arena_printf(&w->a, CODE "\n%s\n%s", verifier, sent(w, id, "nonce")));
	assert_null(memmem(k.k.sealed, k.k.sealed_len, CODE, strlen(CODE)));
	/* For this row, this account and this purpose only. */
	home.row++;
	assert_null(opened(w, &k.k, &home));
	home.row = id;
	home.account = w->other;
	assert_null(opened(w, &k.k, &home));
	home.account = w->account;
	home.purpose = "next";
	assert_null(opened(w, &k.k, &home));
	/* Once. */
	assert_int_equal(answer(w, &back, &e), 1);
	assert_int_equal(rows_of(w, w->account, AUDIT_ASK_REFUSED), 1);
	assert_memory_equal(asked(w, id).k.sealed, k.k.sealed, k.k.sealed_len);
	assert_whole(w);
}

/* A refusal keeps nothing and is written down. */
static void refused(struct world *w, const struct svc_ask_back *back, const char *why, int line)
{
	const int before = rows_of(w, w->account, AUDIT_ASK_REFUSED);
	struct err e = { 0 };

	if (answer(w, back, &e) != 1 || strcmp(refusal, why) != 0)
		fail_msg("line %d: %s", line, e.log);
	assert_non_null(svc_ask_refusal(refusal));
	assert_int_equal(rows_of(w, w->account, AUDIT_ASK_REFUSED), before + 1);
	assert_int_equal(world_number(w, "SELECT count(*) FROM ask WHERE sealed IS NOT NULL"), 0);
	assert_int_equal(world_number(w, "SELECT count(*) FROM ask WHERE error <> ''"), 0);
}
#define REFUSED(back, why) refused(w, back, why, __LINE__)

static void test_wrong_state(void **state)
{
	struct world *w = *state;
	const int64_t id = begin(w), second = begin_for(w, asked(w, id).c.id);
	const struct svc_ask_back good = code_for(w, id);
	const char *hex = strchr(good.state, '.') + 1;
	char changed[SEAL_TOKEN_HEX + 1];
	const char *states[9];

	memcpy(changed, hex, sizeof(changed));
	changed[SEAL_TOKEN_HEX - 1] = changed[SEAL_TOKEN_HEX - 1] == 'a' ? 'b' : 'a';
	states[0] = NULL;
	states[1] = "";
	states[2] = ".";
	states[3] = hex;
	states[4] = arena_printf(&w->a, "%lld.", (long long)id);
	states[5] = arena_printf(&w->a, "%lld.%s", (long long)second, hex);
	states[6] = arena_printf(&w->a, "%lld.%s", (long long)id, changed);
	states[7] = arena_printf(&w->a, "%s0", good.state);
	states[8] = arena_printf(&w->a, "99999999999999999999.%s", hex);
	for (size_t i = 0; i < COUNT(states); i++) {
		const struct svc_ask_back back = { .state = states[i], .code = CODE };

		REFUSED(&back, "state");
	}
}

static void test_other_session(void **state)
{
	struct world *w = *state;
	const int64_t id = begin(w);
	const struct svc_ask_back back = code_for(w, id);
	const struct svc_browser mine = here;
	const struct svc_browser stolen = { elsewhere.session, mine.token };
	const struct svc_browser renewed = { mine.session, elsewhere.token };
	struct svc_asked k;
	struct err e;

	here = elsewhere;
	REFUSED(&back, "state");
	assert_fails(svc_ask_get(&w->s, &here, id, &k, &e), ERR_MISSING);
	here = stolen;
	REFUSED(&back, "state");
	here = renewed;
	REFUSED(&back, "state");
	here = mine;
	assert_int_equal(answer(w, &back, &e), 0);
}

static void test_other_account(void **state)
{
	struct world *w = *state;
	const int64_t id = begin(w);
	const struct svc_ask_back back = code_for(w, id);
	struct svc_asked k;
	int64_t job;
	struct err e;

	world_as(w, &w->blake);
	assert_int_equal(answer(w, &back, &e), 1);
	assert_int_equal(rows_of(w, w->other, AUDIT_ASK_REFUSED), 1);
	assert_fails(svc_ask_get(&w->s, &here, id, &k, &e), ERR_MISSING);
	assert_fails(svc_ask_finish(&w->s, &here, id, &job, &e), ERR_MISSING);
	assert_int_equal(world_number(w, "SELECT count(*) FROM ask WHERE sealed IS NOT NULL"), 0);
}

/* Too late, used, or for a connection that is another one by now. */
static void test_over(void **state)
{
	static const char *const changes[] = {
		"UPDATE ask SET used = 5",
		"UPDATE ask SET expires = created",
		"UPDATE connection SET edited_at = edited_at + 1",
		"UPDATE connection SET signin = 'app'",
		"UPDATE connection SET client_id = ''",
		"UPDATE connection SET stage = 3",
		"UPDATE connection SET paused_at = 5",
	};
	struct world *w = *state;
	struct err e;

	for (size_t i = 0; i < COUNT(changes); i++) {
		const int64_t id = begin(w);
		const struct svc_ask_back back = code_for(w, id);

		world_run(w, changes[i]);
		assert_true(asked(w, id).over);
		REFUSED(&back, "over");
		assert_ok(store_connection_remove(
			w->db, w->account, world_number(w, "SELECT id FROM connection"), &e));
	}
	assert_int_equal(world_number(w, "SELECT count(*) FROM ask"), 0);
}

static void test_expired(void **state)
{
	struct world *w = *state;
	const int64_t id = begin(w);
	const struct svc_ask_back back = code_for(w, id);
	struct err e;

	clock_freeze(WORLD_NOW + QUARTER);
	REFUSED(&back, "over");
	clock_freeze(WORLD_NOW + QUARTER - 1);
	assert_int_equal(answer(w, &back, &e), 0);
}

static void test_issuer(void **state)
{
	static const char *const others[] = { "https://login.example.com/" TENANT "/v2.0",
		"http://login.microsoftonline.com/" TENANT "/v2.0",
		"https://login.microsoftonline.com:444/", "login.microsoftonline.com",
		"https://login.microsoftonline.com.evil.example/" };
	struct world *w = *state;
	const int64_t id = begin(w);
	struct svc_ask_back back = code_for(w, id);
	struct err e;

	for (size_t i = 0; i < COUNT(others); i++) {
		back.iss = others[i];
		REFUSED(&back, "issuer");
	}
	back.iss = "https://login.microsoftonline.com/x";
	assert_int_equal(answer(w, &back, &e), 0);
}

static void test_no_code(void **state)
{
	struct world *w = *state;
	const int64_t id = begin(w);
	struct svc_ask_back back = code_for(w, id);
	char big[SEAL_SECRET_MAX];
	struct err e;

	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	back.code = NULL;
	REFUSED(&back, "code");
	back.code = "";
	REFUSED(&back, "code");
	back.code = "a\nb";
	REFUSED(&back, "code");
	back.code = big;
	REFUSED(&back, "code");
	big[SEAL_SECRET_MAX - 2 * (SEAL_TOKEN_HEX + 1)] = '\0'; /* as long as it may be */
	assert_int_equal(answer(w, &back, &e), 0);
}

static void test_error(void **state)
{
	struct world *w = *state;
	const int64_t id = begin(w);
	struct svc_ask_back back = code_for(w, id);
	struct svc_asked k;
	int64_t job;
	struct err e;

	back.code = NULL;
	back.error = "access_denied";
	back.description = "AADSTS65004: User declined to consent.\r\nTrace ID: 1\r\n";
	assert_int_equal(answer(w, &back, &e), 0);
	k = asked(w, id);
	assert_false(k.answered);
	assert_string_equal(k.error, "access_denied");
	assert_string_equal(k.said, "AADSTS65004: User declined to consent.");
	assert_int_equal(k.number, 65004);
	assert_string_equal(last_row(w, w->account).action, "microsoft.refused");
	assert_string_equal(last_row(w, w->account).detail,
		"Microsoft: AADSTS65004: User declined to consent.");
	/* Nothing else comes of it. */
	back.code = CODE;
	back.error = NULL;
	assert_int_equal(answer(w, &back, &e), 1);
	assert_fails(svc_ask_finish(&w->s, &here, id, &job, &e), ERR_GONE);
}

/* However long and odd it is, it is kept as a clean line. */
static void test_error_bounded(void **state)
{
	struct world *w = *state;
	const int64_t id = begin(w);
	struct svc_ask_back back = code_for(w, id);
	char big[5000];
	struct svc_asked k;
	struct err e;

	memset(big, '%', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	back.error = big;
	back.description = big;
	assert_int_equal(answer(w, &back, &e), 0);
	k = asked(w, id);
	assert_int_equal(strlen(k.error), 100);
	assert_int_equal(strlen(k.said), 1000);
	assert_int_equal(k.number, 0);
}

/* --- finishing --- */

static void test_finish(void **state)
{
	struct world *w = *state;
	const int64_t id = begun(w);
	struct svc_test t;
	struct job j;
	int64_t job;
	struct err e;

	assert_ok(svc_ask_finish(&w->s, &here, id, &job, &e));
	assert_int_equal(store_job_get(w->db, &w->a, w->account, job, &j, &e), 1);
	assert_string_equal(j.kind, TEST_KIND);
	assert_ok(svc_connection_test_params(&w->a, j.params, &t));
	assert_int_equal(t.ask, id);
	assert_int_equal(t.connection, asked(w, id).c.id);
	assert_string_equal(t.slot, PURPOSE_NEXT);
	assert_true(t.change && !t.write && !t.again);
	/* Pressed once more, while the engine uses it. */
	world_run(w, "UPDATE ask SET used = 5");
	world_run(w, "UPDATE job SET state = 1");
	assert_ok(svc_ask_finish(&w->s, &here, id, &t.ask, &e));
	assert_int_equal(t.ask, job);
	world_run(w, "UPDATE job SET state = 2");
	assert_fails(svc_ask_finish(&w->s, &here, id, &job, &e), ERR_GONE);
	assert_int_equal(rows_of(w, w->account, AUDIT_CONNECTION_TEST), 1);
	assert_whole(w);
}

static void test_finish_refused(void **state)
{
	static const char *const changes[] = {
		"UPDATE ask SET used = 5",
		"UPDATE ask SET expires = created",
		"UPDATE ask SET sealed = NULL",
		"UPDATE connection SET edited_at = edited_at + 1",
		"UPDATE connection SET paused_at = 5",
	};
	struct world *w = *state;
	int64_t id, job;
	struct err e;

	for (size_t i = 0; i < COUNT(changes); i++) {
		id = begun(w);
		world_run(w, changes[i]);
		assert_fails(svc_ask_finish(&w->s, &here, id, &job, &e), ERR_GONE);
		assert_ok(store_connection_remove(
			w->db, w->account, world_number(w, "SELECT id FROM connection"), &e));
	}
	id = begun(w);
	assert_fails(svc_ask_finish(&w->s, &elsewhere, id, &job, &e), ERR_MISSING);
	assert_int_equal(world_number(w, "SELECT count(*) FROM job"), 0);
}

/* --- a database that fails, keys that are not there --- */

static int64_t made;
static struct svc_ask_back brought;

static void before_begin(struct world *w)
{
	prepare(w);
	made = add(w, sample(w));
}

static int change_begin(struct world *w, struct err *e)
{
	int64_t id;

	return svc_ask_begin(&w->s, &here, made, &id, e);
}

static void before_answer(struct world *w)
{
	prepare(w);
	brought = code_for(w, begin(w));
}

static void before_error(struct world *w)
{
	before_answer(w);
	brought.error = "access_denied";
}

static void before_refusal(struct world *w)
{
	before_answer(w);
	brought.iss = "https://evil.example";
}

static int change_answer(struct world *w, struct err *e)
{
	return answer(w, &brought, e);
}

/* Refused is as it should be; a failing database is told as that. */
static int change_refusal(struct world *w, struct err *e)
{
	const int rc = answer(w, &brought, e);

	return rc == 0 ? -1 : rc;
}

static void before_finish(struct world *w)
{
	prepare(w);
	made = begun(w);
}

static int change_finish(struct world *w, struct err *e)
{
	int64_t job;

	return svc_ask_finish(&w->s, &here, made, &job, e);
}

static void test_all_or_nothing(void **state)
{
	static const struct change changes[] = {
		{ "begin", before_begin, change_begin },
		{ "answer", before_answer, change_answer },
		{ "error", before_error, change_answer },
		{ "refusal", before_refusal, change_refusal },
		{ "finish", before_finish, change_finish },
	};

	(void)state;
	assert_all_or_nothing(changes, COUNT(changes));
}

static void test_no_key(void **state)
{
	struct world *w = *state;
	const int64_t id = begin(w);
	const struct svc_ask_back back = code_for(w, id);
	struct err e;

	w->cf.public_keys = "/nonexistent/keys.pub";
	assert_fails(answer(w, &back, &e), ERR_SETUP);
	assert_false(asked(w, id).answered);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_begin),
		TEST(test_begin_refused),
		TEST(test_paused),
		TEST(test_answer),
		TEST(test_wrong_state),
		TEST(test_other_session),
		TEST(test_other_account),
		TEST(test_over),
		TEST(test_expired),
		TEST(test_issuer),
		TEST(test_no_code),
		TEST(test_error),
		TEST(test_error_bounded),
		TEST(test_finish),
		TEST(test_finish_refused),
		TEST(test_no_key),
		cmocka_unit_test(test_all_or_nothing),
	};

	return cmocka_run_group_tests(tests, keys_setup, keys_teardown);
}
