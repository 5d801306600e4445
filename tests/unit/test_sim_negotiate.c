/*
 * Negotiate carrying NTLM in SPNEGO, bearer tokens that are refused, and a client nobody here
 * wrote: curl, by every scheme it can sign in with.
 */
#include "tests/unit/unit.h"

#include <sys/wait.h>
#include "sim/scenario.h"
#include "sim/spnego.h"
#include "tests/unit/sign_unit.h"

static const unsigned char ntlm_oid[] = { 6, 10, 0x2b, 6, 1, 4, 1, 0x82, 0x37, 2, 2, 10 };
static const unsigned char krb5_oid[] = { 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 1, 2, 2 };
static const unsigned char spnego_oid[] = { 6, 6, 0x2b, 6, 1, 5, 5, 2 };

/* Put an element's head before what is in t. */
static void wrap(struct text *t, unsigned char tag)
{
	unsigned char head[4] = { tag, 0x82, (unsigned char)(t->len >> 8), (unsigned char)t->len };
	struct text all = { 0 };

	text_add(&all, head, sizeof(head));
	text_add(&all, t->at, t->len);
	text_free(t);
	*t = all;
}

/* [n] { tag { bytes } } */
static void add_part(struct text *t, unsigned char n, unsigned char tag, const struct text *bytes)
{
	struct text part = { 0 };

	text_add(&part, bytes->at, bytes->len);
	wrap(&part, tag);
	wrap(&part, (unsigned char)(0xa0 + n));
	text_add(t, part.at, part.len);
	text_free(&part);
}

/* NegTokenInit; mechs: k = Kerberos, n = NTLM, in their order. `list` is what a signature is over.
 */
static void init_token(
	const char *mechs, const struct text *token, struct text *list, struct text *out)
{
	text_clear(list);
	for (; *mechs; mechs++)
		if (*mechs == 'k')
			text_add(list, krb5_oid, sizeof(krb5_oid));
		else
			text_add(list, ntlm_oid, sizeof(ntlm_oid));
	text_clear(out);
	add_part(out, 0, 0x30, list);
	wrap(list, 0x30);
	if (token)
		add_part(out, 2, 0x04, token);
	wrap(out, 0x30);
	wrap(out, 0xa0);

	struct text all = { 0 };

	text_add(&all, spnego_oid, sizeof(spnego_oid));
	text_add(&all, out->at, out->len);
	text_free(out);
	*out = all;
	wrap(out, 0x60);
}

static void next_token(const struct text *token, const struct text *mic, struct text *out)
{
	text_clear(out);
	add_part(out, 2, 0x04, token);
	if (mic)
		add_part(out, 3, 0x04, mic);
	wrap(out, 0x30);
	wrap(out, 0xa1);
}

/* The session's first signature in one direction, with key exchange and 128 bits. */
static void signed_list(const struct ntlm_client *c, const char *direction, const struct text *list,
	struct text *out)
{
	unsigned char sign[16], seal[16], sum[16];
	struct text t = { 0 };
	struct rc4 r;

	text_add(&t, c->session, 16);
	text_printf(&t, "session key to %s signing key magic constant", direction);
	md5(t.at, t.len + 1, sign);
	text_clear(&t);
	text_add(&t, c->session, 16);
	text_printf(&t, "session key to %s sealing key magic constant", direction);
	md5(t.at, t.len + 1, seal);
	text_clear(&t);
	text_add(&t, "\0\0\0", 4);
	text_add(&t, list->at, list->len);
	hmac_md5(sign, t.at, t.len, sum);
	text_free(&t);
	rc4_start(&r, seal, sizeof(seal));
	rc4_run(&r, sum, 8, sum);
	text_clear(out);
	text_add(out, "\1\0\0", 4);
	text_add(out, sum, 8);
	text_add(out, "\0\0\0", 4);
}

static void take_token(const struct text *answer, struct text *token, struct text *mic)
{
	struct spnego s;

	assert_true(spnego_read(answer->at, answer->len, &s));
	assert_false(s.initial);
	text_clear(token);
	text_clear(mic);
	text_add(token, s.token.at, s.token.len);
	text_add(mic, s.mic.at, s.mic.len);
}

/* RFC 4178: the mechanism is agreed on, then NTLM's messages go to and fro within. */
static void test_wrapped(void **state)
{
	enum { TOKEN = 1, MIC = 2, BAD_MIC = 4, WRONG = 8 };
	static const struct {
		const char *mechs;
		int with;
		int offer; /* expected negState of the first answer: 1, 3, or -1 = refused */
		int status;
	} rows[] = {
		{ "n", TOKEN, 1, 200 },
		{ "n", TOKEN | MIC, 1, 200 },
		{ "n", TOKEN | MIC | BAD_MIC, 1, 401 },
		{ "n", TOKEN | WRONG, 1, 401 },
		{ "n", 0, 1, 200 },
		{ "nk", TOKEN, 1, 200 },
		{ "kn", TOKEN, 3, 200 },
		{ "kn", 0, 3, 200 },
		{ "kn", TOKEN | MIC, 3, 200 },
		{ "kn", TOKEN | MIC | BAD_MIC, 3, 401 },
		{ "k", TOKEN, -1, 401 },
	};
	struct text kerberos = { (char[]){ "some ticket" }, 11, 12 };
	struct bench *b = bench_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ntlm_client as = { CLIENT("svc-latchkey", "EXAMPLE",
			rows[i].with & WRONG ? "x" : "Sommer#26", CLIENT_USUAL) };
		struct text list = { 0 }, m = { 0 }, answer = { 0 }, mic = { 0 };
		struct text type1 = { 0 }, type2 = { 0 }, type3 = { 0 };
		struct peer c;

		b->id->bad = 0;
		as.mic = true;
		client_type1(&as, &type1);
		peer_open(b, &c, false);
		init_token(rows[i].mechs,
			!(rows[i].with & TOKEN)		  ? NULL
				: rows[i].mechs[0] == 'k' ? &kerberos
							  : &type1,
			&list, &m);
		assert_int_equal(ask_step(b, &c, "Negotiate", &m, &answer), 401);
		if (rows[i].offer < 0) {
			assert_int_equal(answer.len, 0);
			goto done;
		}
		take_token(&answer, &type2, &mic);
		assert_non_null(memmem(answer.at, answer.len, ntlm_oid, sizeof(ntlm_oid)));
		assert_non_null(memmem(answer.at, answer.len,
			(char[]){ (char)0xa0, 3, 10, 1, (char)rows[i].offer }, 5));
		if (!type2.len) {
			next_token(&type1, NULL, &m);
			assert_int_equal(ask_step(b, &c, "Negotiate", &m, &answer), 401);
			take_token(&answer, &type2, &mic);
		}
		client_type3(&as, &type1, &type2, &type3);
		signed_list(&as, "client-to-server", &list, &mic);
		mic.at[7] ^= (rows[i].with & BAD_MIC) != 0;
		next_token(&type3, rows[i].with & MIC ? &mic : NULL, &m);
		assert_int_equal(ask_step(b, &c, "Negotiate", &m, &answer), rows[i].status);
		assert_int_equal(b->id->bad, (rows[i].with & WRONG) != 0);
		if (rows[i].status == 200) {
			take_token(&answer, &type2, &type3);
			signed_list(&as, "server-to-client", &list, &mic);
			assert_int_equal(type2.len, 0);
			assert_int_equal(type3.len, rows[i].with & MIC ? 16 : 0);
			assert_memory_equal(type3.at, mic.at, type3.len);
		}
		assert_int_equal(ask(b, &c, NULL), rows[i].status);
	done:
		peer_close(b, &c);
		text_free(&list);
		text_free(&m);
		text_free(&answer);
		text_free(&mic);
		text_free(&type1);
		text_free(&type2);
		text_free(&type3);
	}
	bench_free(b);
}

/* Messages out of turn, and every length of a good one. */
static void test_wrapped_hostile(void **state)
{
	struct ntlm_client as = { CLIENT("svc-latchkey", "EXAMPLE", "Sommer#26", CLIENT_USUAL) };
	struct text list = { 0 }, m = { 0 }, cut = { 0 }, answer = { 0 }, type1 = { 0 };
	struct bench *b = bench_new();
	struct peer c;

	(void)state;
	client_type1(&as, &type1);
	peer_open(b, &c, false);
	next_token(&type1, NULL, &m);
	assert_int_equal(ask_step(b, &c, "Negotiate", &m, &answer), 401);
	assert_int_equal(answer.len, 0);
	init_token("kn", &type1, &list, &m);
	for (size_t n = 0; n < m.len; n++) {
		text_clear(&cut);
		text_add(&cut, m.at, n);
		assert_int_equal(ask_step(b, &c, "Negotiate", &cut, &answer), 401);
		assert_int_equal(answer.len, 0);
	}
	/* begun in SPNEGO, gone on with bare: the answer is bare too */
	init_token("n", &type1, &list, &m);
	assert_int_equal(ask_step(b, &c, "Negotiate", &m, &answer), 401);
	assert_int_equal(ntlm_kind(answer.at, answer.len), 0);
	assert_int_equal(ask_step(b, &c, "Negotiate", &type1, &answer), 401);
	assert_int_equal(ntlm_kind(answer.at, answer.len), 2);
	/* SPNEGO has no place in NTLM's own scheme */
	init_token("n", &type1, &list, &m);
	assert_int_equal(ask_step(b, &c, "NTLM", &m, &answer), 401);
	assert_int_equal(answer.len, 0);
	assert_int_equal(b->id->bad, 0);
	peer_close(b, &c);
	text_free(&list);
	text_free(&m);
	text_free(&cut);
	text_free(&answer);
	text_free(&type1);
	bench_free(b);
}

static void test_bearer(void **state)
{
	struct bench *b = bench_new();
	struct peer c;

	(void)state;
	b->sim.tokens = tokens_new(&b->sim);
	b->p->schemes |= SCHEME_BEARER;
	peer_open(b, &c, false);
	assert_int_equal(ask(b, &c, "Bearer"), 401);
	assert_null(strcasestr(b->reply.at, "x-ms-diagnostics"));
	assert_int_equal(ask(b, &c, "Bearer no.such.token"), 401);
	assert_non_null(strcasestr(b->reply.at, "x-ms-diagnostics: 20000"));
	assert_non_null(strcasestr(b->reply.at, ";error_category=\"invalid_"));
	b->p->schemes = SCHEME_NTLM;
	assert_int_equal(ask(b, &c, "Bearer no.such.token"), 401);
	assert_null(strcasestr(b->reply.at, "x-ms-diagnostics"));
	peer_close(b, &c);
	bench_free(b);
}

#define TENANT "11111111-2222-4333-8444-555555555555"
#define APP "aaaaaaaa-0000-4000-8000-000000000001"

/* What the token endpoint gives for this form, as an Authorization value. Caller frees. */
static char *token_for(struct bench *b, const char *form)
{
	struct face_kind kind = { "signin", token_face, true };
	struct face face = { .sim = &b->sim, .kind = &kind, .host = (char[]){ "login.test" } };
	struct header type = { (char[]){ "Content-Type" },
		(char[]){ "application/x-www-form-urlencoded" } };
	struct request r = { .method = (char[]){ "POST" },
		.path = (char[]){ "/" TENANT "/oauth2/v2.0/token" },
		.headers = &type,
		.n_headers = 1 };
	struct answer a = { 0 };
	const char *at;
	char *value;

	text_puts(&r.body, form);
	token_face(&face, &r, &a);
	at = strstr(a.body.at, "\"access_token\":");
	if (!at)
		fail_msg("%s", a.body.at);
	at = strchr(at + strlen("\"access_token\":"), '"') + 1;
	value = format("Bearer %.*s", (int)strcspn(at, "\""), at);
	text_free(&r.body);
	text_free(&a.head);
	text_free(&a.body);
	return value;
}

/* A user's token and an app's own; each request stands for itself. */
static void test_bearer_good(void **state)
{
	static const char *const lines[] = { "premise cloud online host outlook.example.test",
		"tenant " TENANT, "schemes bearer",
		"account anna@example.test premise cloud password right",
		"app " APP " Latchkey tenant cloud", "secret k s3cret", "consent", "full-access",
		"delegated" };
	struct bench *b = bench_new();
	struct scenario_place place = { .world = b->sim.world };
	struct scenario_error e = { 0 };
	struct peer c;
	char *user, *app;

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++)
		if (scenario_line(&place, lines[i], &e) < 0)
			fail_msg("%s: %s", lines[i], e.say);
	b->sim.tokens = tokens_new(&b->sim);
	b->p = world_premise(b->sim.world, "cloud");
	user = token_for(b,
		"grant_type=password&client_id=" APP "&client_secret=s3cret&scope="
		"https://outlook.office365.com/EWS.AccessAsUser.All&username="
		"anna@example.test&password=right");
	app = token_for(b,
		"grant_type=client_credentials&client_id=" APP "&client_secret=s3cret"
		"&scope=https://outlook.office365.com/.default");
	peer_open(b, &c, true);
	assert_int_equal(ask(b, &c, user), 200);
	assert_non_null(strstr(b->reply.at, "anna@example.test Latchkey 8 anna@example.test"));
	assert_int_equal(ask(b, &c, app), 200);
	assert_non_null(strstr(b->reply.at, "- Latchkey 8 " APP));
	assert_int_equal(ask(b, &c, NULL), 401);
	user[strlen(user) - 5] = user[strlen(user) - 5] == 'A' ? 'B' : 'A';
	assert_int_equal(ask(b, &c, user), 401);
	assert_non_null(strcasestr(b->reply.at, "x-ms-diagnostics: 2000000;"));
	b->p->front_ends->broken = true;
	assert_int_equal(ask(b, &c, app), 401);
	assert_non_null(strstr(b->reply.at, "X-Login: " APP));
	free(user);
	free(app);
	peer_close(b, &c);
	bench_free(b);
}

/* curl runs beside us while the server turns; what it says about its last answer. */
static void run_curl(struct bench *b, const char *scheme, const char *user, bool tls, char out[64])
{
	char *url = format("%s://127.0.0.1:%d/EWS/Exchange.asmx", tls ? "https" : "http",
		http_port(tls ? b->tls : b->plain));
	int ends[2], status;
	pid_t child;
	ssize_t n;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		dup2(ends[1], 1);
		execl("/usr/bin/curl", "curl", "-qsk", "-m", "20", "--noproxy", "*", scheme, "-u",
			user, "-H", "Content-Type: text/xml", "-d", "<x/>", "-o", "/dev/null", "-o",
			"/dev/null", "-w", "%{http_code} ", url, url, (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	while (waitpid(child, &status, WNOHANG) == 0)
		bench_turn(b);
	n = read(ends[0], out, 63);
	out[n > 0 ? n : 0] = 0;
	close(ends[0]);
	free(url);
}

static void test_curl(void **state)
{
	static const struct {
		const char *scheme, *user, *said;
		int requests, bad;
	} rows[] = {
		{ "--basic", "svc@example.test:Sommer#26", "200 200 ", 2, 0 },
		{ "--basic", "EXAMPLE\\svc-latchkey:x", "401 401 ", 2, 2 },
		/* two steps, then the connection is signed in */
		{ "--ntlm", "EXAMPLE\\svc-latchkey:Sommer#26", "200 200 ", 3, 0 },
		{ "--ntlm", "example/svc-latchkey:Sommer#26", "200 200 ", 3, 0 },
		{ "--ntlm", "svc@example.test:Sommer#26", "200 200 ", 3, 0 },
		{ "--ntlm", "EXAMPLE\\svc-latchkey:x", "401 401 ", 4, 2 },
	};
	struct bench *b = bench_new();

	(void)state;
	if (access("/usr/bin/curl", X_OK) != 0)
		skip();
	b->p->lock_after = 0;
	b->protection = PROTECTION_ALLOW;
	for (size_t i = 0; i < 2 * COUNT(rows); i++) {
		size_t k = i / 2;
		char said[64];

		b->requests = b->id->bad = 0;
		run_curl(b, rows[k].scheme, rows[k].user, i % 2, said);
		if (strcmp(said, rows[k].said) != 0 || b->requests != rows[k].requests ||
			b->id->bad != rows[k].bad)
			fail_msg("%s %s: %s, %d requests, %d bad", rows[k].scheme, rows[k].user,
				said, b->requests, b->id->bad);
	}
	/* no binding comes from it: Require keeps it out */
	char said[64];

	b->protection = PROTECTION_REQUIRE;
	run_curl(b, "--ntlm", "svc@example.test:Sommer#26", true, said);
	assert_string_equal(said, "401 401 ");
	assert_int_equal(b->id->bad, 0);
	bench_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wrapped),
		cmocka_unit_test(test_wrapped_hostile),
		cmocka_unit_test(test_bearer),
		cmocka_unit_test(test_bearer_good),
		cmocka_unit_test(test_curl),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
