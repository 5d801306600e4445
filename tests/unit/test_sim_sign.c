/*
 * Signing in to the simulator: what a 401 offers, every login form, the one bad-password counter
 * with its lock and its old passwords, channel bindings, and what a connection remembers.
 */
#include "tests/unit/unit.h"

#include "tests/unit/sign_unit.h"

static const char password[] = "Sommer#26";

static struct ntlm_client svc(const char *secret)
{
	return (struct ntlm_client){ CLIENT("svc-latchkey", "EXAMPLE", secret, CLIENT_USUAL) };
}

static int once_svc(struct bench *b, const char *secret)
{
	struct ntlm_client c = svc(secret);

	return once_ntlm(b, false, &c);
}

/* The values of all WWW-Authenticate lines of the last answer, parted by '|'. */
static const char *offered(const struct bench *b, struct text *out)
{
	static const char name[] = "WWW-Authenticate: ";
	const char *at = b->reply.at;

	text_clear(out);
	text_puts(out, "");
	while ((at = strstr(at, name))) {
		at += strlen(name);
		if (out->len)
			text_puts(out, "|");
		text_add(out, at, strcspn(at, "\r"));
	}
	return out->at;
}

#define BEARER                                                                                     \
	"Bearer client_id=\"00000002-0000-0ff1-ce00-000000000000\", "                              \
	"trusted_issuers=\"00000001-0000-0000-c000-000000000000@*\", "                             \
	"token_types=\"app_asserted_user_v1 service_asserted_app_v1\", "                           \
	"authorization_uri=\"https://login.windows.net/common/oauth2/authorize\", "                \
	"error=\"invalid_token\""

static void test_offers(void **state)
{
	static const struct {
		unsigned schemes;
		const char *lines;
	} rows[] = {
		{ SCHEME_NEGOTIATE | SCHEME_NTLM, "Negotiate|NTLM" },
		{ SCHEME_BASIC | SCHEME_NTLM | SCHEME_NEGOTIATE | SCHEME_BEARER,
			"Negotiate|NTLM|Basic realm=\"mail.example.test\"|" BEARER },
		{ SCHEME_BASIC, "Basic realm=\"mail.example.test\"" },
		{ SCHEME_BEARER, BEARER },
		{ 0, "" },
	};
	struct bench *b = bench_new();
	struct text lines = { 0 };
	struct peer c;

	(void)state;
	peer_open(b, &c, false);
	for (size_t i = 0; i < COUNT(rows); i++) {
		b->p->schemes = rows[i].schemes;
		assert_int_equal(ask(b, &c, NULL), 401);
		assert_string_equal(offered(b, &lines), rows[i].lines);
		assert_non_null(strstr(b->reply.at, "Access is denied due to invalid credentials"));
	}
	b->p->online = true;
	assert_int_equal(ask(b, &c, NULL), 401);
	assert_non_null(strcasestr(b->reply.at, "\r\nContent-Length: 0\r\n"));
	peer_close(b, &c);
	text_free(&lines);
	bench_free(b);
}

/* What is not offered is not looked at; what cannot be read counts for nobody. */
static void test_not_looked_at(void **state)
{
	static const char *const rows[] = { "", "Basic", "Basic ", "Basic !!!", "Basic c3Zj",
		"Basic AAAA", "Digest username=\"svc@example.test\"", "NTLM", "NTLM AAAA",
		"NTLM TlRMTVNTUAABAAAA", "NTLM TlRMTVNTUAACAAAAAAAAAAAAAAA=",
		"NTLM TlRMTVNTUAADAAAAAAAAAAAAAAA=", "Negotiate", "Negotiate YII=",
		"Negotiate TlRMTVNTUAADAAAAAAAAAAAAAAA=", "Negotiate oQIwAA==", "Bearer",
		"Bearer x.y.z", "NTLMX TlRMTVNTUAABAAAAB4IIogAAAAAAAAAA", "  Basic",
		"Basic\tc3ZjOng=" };
	struct bench *b = bench_new();
	struct text lines = { 0 };
	struct peer c;

	(void)state;
	peer_open(b, &c, false);
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (ask(b, &c, rows[i]) != 401)
			fail_msg("%s", rows[i]);
		assert_string_equal(
			offered(b, &lines), "Negotiate|NTLM|Basic realm=\"mail.example.test\"");
	}
	b->p->schemes = SCHEME_NEGOTIATE;
	for (int i = 0; i < 5; i++)
		assert_int_equal(ask_basic(b, &c, "svc@example.test", "wrong"), 401);
	assert_int_equal(ask_basic(b, &c, "svc@example.test", password), 401);
	assert_int_equal(b->id->bad, 0);
	peer_close(b, &c);
	text_free(&lines);
	bench_free(b);
}

static void test_login_forms(void **state)
{
	static const struct {
		const char *login, *domain, *user;
		int status, bad;
	} rows[] = {
		{ "svc@example.test", "", "svc@example.test", 200, 1 },
		{ "SVC@Example.TEST", "", "SVC@Example.TEST", 200, 1 },
		{ "EXAMPLE\\svc-latchkey", "EXAMPLE", "svc-latchkey", 200, 1 },
		{ "example\\SVC-Latchkey", "example", "SVC-Latchkey", 200, 1 },
		{ "svc-latchkey", "", "svc-latchkey", 401, 0 },
		{ "OTHER\\svc-latchkey", "OTHER", "svc-latchkey", 401, 0 },
		{ "EXAMPLE\\svc", "EXAMPLE", "svc", 401, 0 },
		/* an address that is not the UPN, and one of nobody */
		{ "svc.mail@example.test", "", "svc.mail@example.test", 401, 0 },
		{ "nobody@example.test", "", "nobody@example.test", 401, 0 },
	};
	struct bench *b = bench_new();

	(void)state;
	b->id->mailbox = world_add_mailbox(b->sim.world, "svc.mail@example.test", b->p);
	b->p->lock_after = 0;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ntlm_client c = { CLIENT(
			rows[i].user, rows[i].domain, password, CLIENT_USUAL) };

		b->id->bad = 0;
		if (once_basic(b, rows[i].login, password) != rows[i].status ||
			once_ntlm(b, false, &c) != rows[i].status)
			fail_msg("%s", rows[i].login);
		assert_non_null(strstr(b->reply.at, rows[i].login));
		assert_int_equal(b->id->bad, 0);
		c.password = "wrong";
		assert_int_equal(once_basic(b, rows[i].login, "wrong"), 401);
		assert_int_equal(b->id->bad, rows[i].bad);
		assert_int_equal(once_ntlm(b, false, &c), 401);
		assert_int_equal(b->id->bad, 2 * rows[i].bad);
	}
	bench_free(b);
}

/* Basic credentials are UTF-8, or Latin-1 when they cannot be. */
static void test_letters(void **state)
{
	static const struct {
		const char *said;
		int status;
	} rows[] = {
		{ "Grün", 200 },
		{ "Gr\xfcn", 200 },
		{ "Grun", 401 },
		{ "Gr\xc3\xbc\xfcn", 401 },
	};
	struct bench *b = bench_new();
	struct ntlm_client c = svc("Grün");

	(void)state;
	b->id->password = world_copy(b->sim.world, "Grün");
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(once_basic(b, "svc@example.test", rows[i].said), rows[i].status);
	assert_int_equal(once_ntlm(b, false, &c), 200);
	c.v1 = true;
	b->id->bad = 0;
	assert_int_equal(once_ntlm(b, false, &c), 401);
	assert_int_equal(b->id->bad, 0);
	bench_free(b);
}

/* Attempts one after the other: b, n = by Basic, NTLM; then r = right, w = wrong, 1 2 3 = the
 * password before, the one before that, and one older still. */
static int attempt(struct bench *b, const char *what)
{
	static const char *const old[] = { "Winter#25", "Herbst#25", "Sommer#25" };
	const char *secret = what[1] == 'r' ? password
		: what[1] == 'w'	    ? "Sommer#62"
					    : old[what[1] - '1'];

	return what[0] == 'b' ? once_basic(b, "EXAMPLE\\svc-latchkey", secret)
			      : once_svc(b, secret);
}

static void age(struct bench *b)
{
	struct world *w = b->sim.world;

	b->id->password = world_copy(w, "Sommer#25");
	world_new_password(b->sim.world, b->id, "Herbst#25");
	world_new_password(b->sim.world, b->id, "Winter#25");
	world_new_password(b->sim.world, b->id, password);
}

static void test_counter(void **state)
{
	static const struct {
		const char *steps; /* each with the status' first digit */
		int minutes;	   /* since the last change of the password */
		int bad;
		bool locked;
	} rows[] = {
		{ "bw4 bw4 br2", 600, 0, false },
		{ "bw4 nw4 nr2", 600, 0, false },
		{ "nw4 bw4", 600, 2, false },
		{ "bw4 nw4 bw4", 600, 3, true },
		{ "bw4 nw4 bw4 br4 nr4", 600, 3, true },
		{ "nw4 nw4 nw4 nw4 nw4", 600, 3, true },
		{ "bw4 br2 bw4 nr2 nw4 bw4", 600, 2, false },
		/* old passwords: refused, not counted; a third is as wrong as any */
		{ "b14 b14 b24 b24 n14 n24 n14", 600, 0, false },
		{ "bw4 b14 b24 bw4 br2", 600, 0, false },
		{ "b34 n34", 600, 2, false },
		{ "b34 n34 b34 b14 br4", 600, 3, true },
		/* the grace time is NTLM's alone, and of one password */
		{ "n12 b14 n24", 59, 0, false },
		{ "bw4 n12 bw4 bw4", 59, 2, false },
		{ "n14 nr2", 60, 0, false },
		{ "bw4 bw4 bw4 n14", 59, 3, true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bench *b = bench_new();

		age(b);
		b->sim.world->frozen_at += 60 * rows[i].minutes;
		for (const char *s = rows[i].steps; *s; s += s[3] ? 4 : 3)
			if (attempt(b, s) / 100 != s[2] - '0')
				fail_msg("%s at %s", rows[i].steps, s);
		if (b->id->bad != rows[i].bad || (b->id->locked_until != 0) != rows[i].locked)
			fail_msg("%s: %d", rows[i].steps, b->id->bad);
		bench_free(b);
	}
}

static void test_lock_ends(void **state)
{
	struct bench *b = bench_new();
	utc_t *now = &b->sim.world->frozen_at;

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(sign_password(&b->sim, b->id, "x"), PASSWORD_WRONG);
	assert_int_equal(sign_password(&b->sim, b->id, password), PASSWORD_LOCKED);
	*now += 30 * 60 - 1;
	assert_int_equal(sign_password(&b->sim, b->id, password), PASSWORD_LOCKED);
	*now += 1;
	/* unlocked, and the count begins anew */
	assert_int_equal(sign_password(&b->sim, b->id, "x"), PASSWORD_WRONG);
	assert_int_equal(b->id->bad, 1);
	assert_int_equal(sign_password(&b->sim, b->id, password), PASSWORD_RIGHT);

	b->p->lock_minutes = 0;
	for (int i = 0; i < 3; i++)
		assert_int_equal(sign_password(&b->sim, b->id, "x"), PASSWORD_WRONG);
	*now += 10000000;
	assert_int_equal(sign_password(&b->sim, b->id, password), PASSWORD_LOCKED);
	/* a new password does not unlock; an administrator does */
	world_new_password(b->sim.world, b->id, "Herbst#26");
	assert_int_equal(sign_password(&b->sim, b->id, "Herbst#26"), PASSWORD_LOCKED);
	b->id->locked_until = 0;
	b->id->bad = 0;
	assert_int_equal(sign_password(&b->sim, b->id, "Herbst#26"), PASSWORD_RIGHT);

	b->p->lock_after = 0;
	for (int i = 0; i < 50; i++)
		assert_int_equal(sign_password(&b->sim, b->id, "x"), PASSWORD_WRONG);
	assert_int_equal(sign_password(&b->sim, b->id, "Herbst#26"), PASSWORD_RIGHT);
	bench_free(b);
}

/* What is wrong with an account shows to the caller of sign_judge only, and only behind its
 * password. */
static void test_states(void **state)
{
	struct bench *b = bench_new();
	struct identity *id = b->id;
	struct text wrong = { 0 };

	(void)state;
	assert_int_equal(once_basic(b, id->upn, "wrong"), 401);
	text_add(&wrong, b->reply.at, b->reply.len);
	for (int i = 0; i < 5; i++) {
		static const enum password_end ends[] = { PASSWORD_DISABLED, PASSWORD_EXPIRED,
			PASSWORD_MUST_CHANGE, PASSWORD_HOURS, PASSWORD_LOCKED };

		id->disabled = i == 0;
		id->expired = i == 1;
		id->must_change = i == 2;
		id->hours = i == 3;
		id->locked_until = i == 4 ? INT64_MAX : 0;
		assert_int_equal(sign_password(&b->sim, id, password), ends[i]);
		assert_int_equal(once_basic(b, id->upn, password), 401);
		assert_string_equal(b->reply.at, wrong.at);
		assert_int_equal(once_svc(b, password), 401);
		assert_int_equal(id->bad, 1);
		if (i < 4)
			assert_int_equal(sign_password(&b->sim, id, "wrong"), PASSWORD_WRONG);
		id->bad = 1;
	}
	id->locked_until = 0;
	assert_int_equal(once_basic(b, id->upn, password), 200);
	assert_int_equal(id->bad, 0);
	text_free(&wrong);
	bench_free(b);
}

static void test_lock_told(void **state)
{
	static const char told[] = "The referenced account is currently locked out";
	struct bench *b = bench_new();

	(void)state;
	for (unsigned char yes = 0; yes < 2; yes++) {
		b->p->unsure[UNSURE_LOCK_TOLD] = yes;
		b->id->locked_until = 0;
		assert_int_equal(once_basic(b, b->id->upn, "wrong"), 401);
		assert_null(strstr(b->reply.at, told));
		b->id->locked_until = INT64_MAX;
		assert_int_equal(once_basic(b, b->id->upn, password), 401);
		assert_int_equal(strstr(b->reply.at, told) != NULL, yes);
		assert_int_equal(once_svc(b, password), 401);
		assert_int_equal(strstr(b->reply.at, told) != NULL, yes);
	}
	bench_free(b);
}

/* Extended Protection over TLS. Columns: off, allow, require. */
static void test_protection(void **state)
{
	enum { NONE, OURS, BRIDGE, WRONG, ZERO };
	static const struct {
		int binding;
		bool bridged, tls;
		int status[3];
	} rows[] = {
		{ NONE, false, true, { 200, 200, 401 } },
		{ OURS, false, true, { 200, 200, 200 } },
		{ WRONG, false, true, { 200, 401, 401 } },
		{ BRIDGE, false, true, { 200, 401, 401 } },
		{ ZERO, false, true, { 200, 401, 401 } },
		{ NONE, true, true, { 200, 200, 401 } },
		{ OURS, true, true, { 200, 401, 401 } },
		{ BRIDGE, true, true, { 200, 200, 200 } },
		{ BRIDGE, true, false, { 200, 200, 200 } },
		{ NONE, false, false, { 200, 200, 401 } },
		{ OURS, false, false, { 200, 401, 401 } },
	};
	static const char bridge[] = "4141414141414141414141414141414141"
				     "414141414141414141414141414141";
	struct bench *b = bench_new();
	unsigned char hash[5][16] = { { 0 } }, m[73] = { [16] = 53 };

	(void)state;
	memcpy(m + 20, "tls-server-end-point:", 21);
	memcpy(m + 41, tls_end_point(b->sim.tls, TLS_GOOD), 32);
	md5(m, sizeof(m), hash[OURS]);
	client_binding(0x41, hash[BRIDGE]);
	client_binding(0x42, hash[WRONG]);
	for (size_t i = 0; i < COUNT(rows); i++)
		for (int k = PROTECTION_OFF; k <= PROTECTION_REQUIRE; k++) {
			struct ntlm_client c = svc(password);

			c.mic = true;
			c.binding = rows[i].binding == NONE ? NULL : hash[rows[i].binding];
			b->protection = (enum protection)k;
			b->p->bridge = rows[i].bridged ? world_copy(b->sim.world, bridge) : NULL;
			if (once_ntlm(b, rows[i].tls, &c) != rows[i].status[k])
				fail_msg("row %zu, protection %d", i, k);
			assert_int_equal(b->id->bad, 0);
		}
	/* a spoilt bridge is nobody's certificate; a spoilt MIC nobody's message */
	struct ntlm_client c = svc(password);

	c.mic = true;
	c.binding = hash[BRIDGE];
	b->p->bridge = world_copy(b->sim.world, "4141");
	assert_int_equal(once_ntlm(b, true, &c), 401);
	b->protection = PROTECTION_OFF;
	assert_int_equal(once_ntlm(b, true, &c), 200);
	c.spoil_mic = true;
	assert_int_equal(once_ntlm(b, true, &c), 401);
	assert_int_equal(b->id->bad, 0);
	bench_free(b);
}

static void test_broken(void **state)
{
	struct bench *b = bench_new();
	struct peer kept;
	struct ntlm_client c = svc(password);

	(void)state;
	peer_open(b, &kept, false);
	assert_int_equal(ask_ntlm(b, &kept, "NTLM", &c), 200);
	b->p->front_ends->broken = true;
	for (int i = 0; i < 5; i++) {
		assert_int_equal(once_basic(b, b->id->upn, i ? "wrong" : password), 401);
		assert_int_equal(once_svc(b, i ? "wrong" : password), 401);
		assert_non_null(strstr(b->reply.at, "X-Login: EXAMPLE\\svc-latchkey"));
	}
	assert_int_equal(ask(b, &kept, NULL), 401);
	assert_int_equal(b->id->bad, 0);
	b->p->front_ends->broken = false;
	assert_int_equal(ask(b, &kept, NULL), 200);
	peer_close(b, &kept);
	bench_free(b);
}

/* Signed in once, a connection stays so; only another Authorization ends that. */
static void test_connection(void **state)
{
	struct bench *b = bench_new();
	struct peer c, other;
	struct ntlm_client right = svc(password), wrong = svc("wrong");

	(void)state;
	peer_open(b, &c, true);
	peer_open(b, &other, true);
	assert_int_equal(ask_ntlm(b, &c, "NTLM", &right), 200);
	assert_int_equal(ask(b, &other, NULL), 401);
	world_new_password(b->sim.world, b->id, "Herbst#26");
	b->id->disabled = true;
	b->id->locked_until = INT64_MAX;
	for (int i = 0; i < 3; i++)
		assert_int_equal(ask(b, &c, NULL), 200);
	assert_non_null(strstr(b->reply.at, "svc@example.test - 2 EXAMPLE\\svc-latchkey"));
	b->id->disabled = false;
	b->id->locked_until = 0;

	/* a wrong Basic takes the place of what was */
	assert_int_equal(ask_basic(b, &c, b->id->upn, "wrong"), 401);
	assert_int_equal(ask(b, &c, NULL), 401);
	/* Basic leaves nothing */
	assert_int_equal(ask_basic(b, &c, b->id->upn, "Herbst#26"), 200);
	assert_int_equal(ask(b, &c, NULL), 401);
	/* a new handshake begins anew, even a failed one */
	assert_int_equal(ask_ntlm(b, &c, "Negotiate", &right), 200);
	assert_int_equal(ask(b, &c, NULL), 200);
	assert_int_equal(ask_ntlm(b, &c, "NTLM", &wrong), 401);
	assert_int_equal(ask(b, &c, NULL), 401);
	peer_close(b, &c);
	peer_close(b, &other);
	bench_free(b);
}

/* A handshake belongs to its connection, its scheme and its premise, and is proved once. */
static void test_handshake_bound(void **state)
{
	struct bench *b = bench_new();
	struct ntlm_client client = svc(password);
	struct text type1 = { 0 }, type2 = { 0 }, type3 = { 0 }, none = { 0 };
	struct peer c, other;
	struct premise *p = b->p;

	(void)state;
	peer_open(b, &c, false);
	peer_open(b, &other, false);
	client_type1(&client, &type1);
	for (int i = 0; i < 6; i++) {
		assert_int_equal(ask_step(b, &c, "NTLM", &type1, &type2), 401);
		assert_non_null(strcasestr(b->reply.at, "\r\nContent-Length: 0\r\n"));
		text_clear(&type3);
		client_type3(&client, &type1, &type2, &type3);
		if (i == 0)
			assert_int_equal(ask_step(b, &other, "NTLM", &type3, &none), 401);
		if (i == 1)
			assert_int_equal(ask_step(b, &c, "Negotiate", &type3, &none), 401);
		if (i == 2)
			assert_int_equal(ask_step(b, &other, "NTLM", &type1, &none), 401);
		if (i == 3)
			assert_int_equal(ask(b, &c, NULL), 401);
		if (i == 4)
			b->p = world_add_premise(b->sim.world, "other");
		b->p->host = p->host;
		b->p->schemes = p->schemes;
		if (i == 5)
			assert_int_equal(ask_basic(b, &c, "x", "y"), 401);
		assert_int_equal(
			ask_step(b, &c, "NTLM", &type3, &none), i == 1 || i >= 4 ? 401 : 200);
		/* sent again, it proves nothing any more */
		assert_int_equal(ask_step(b, &c, "NTLM", &type3, &none), 401);
		b->p = p;
	}
	assert_int_equal(b->id->bad, 0);
	peer_close(b, &c);
	peer_close(b, &other);
	text_free(&type1);
	text_free(&type2);
	text_free(&type3);
	text_free(&none);
	bench_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_offers),
		cmocka_unit_test(test_not_looked_at),
		cmocka_unit_test(test_login_forms),
		cmocka_unit_test(test_letters),
		cmocka_unit_test(test_counter),
		cmocka_unit_test(test_lock_ends),
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_lock_told),
		cmocka_unit_test(test_protection),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_connection),
		cmocka_unit_test(test_handshake_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
