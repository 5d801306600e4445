/* Sign-ins that hold for a connection: NTLM by the library and NTLM with channel binding: one at a
 * time, none that was not asked for, and nothing sent twice, whatever becomes of the connection.
 */
#include "tests/unit/transport_unit.h"

#include "exchange/binding.h"

#define MESSAGE_1 "\r\nAuthorization: NTLM TlRMTVNTUAABA"
#define MESSAGE_3 "\r\nAuthorization: NTLM TlRMTVNTUAADA"

static void put(unsigned char *p, uint64_t v, int bytes)
{
	for (int i = 0; i < bytes; i++)
		p[i] = (unsigned char)(v >> 8 * i);
}

/* The server's challenge (MS-NLMP 2.2.1.2): domain D, machine E, and the time. */
static void say_challenge(struct link *c)
{
	uint64_t now = ((uint64_t)time(NULL) + 11644473600u) * 10000000u;
	unsigned char m[86] = "NTLMSSP\0\2", text[128];
	char line[256];

	put(m + 12, 0x3800020002, 8); /* target name: 2 bytes, at 56 */
	put(m + 20, 0xa2888205, 4);
	put(m + 24, 0x0123456789abcdef, 8);
	put(m + 40, 0x3a001c001c, 8); /* target information: 28 bytes, at 58 */
	put(m + 48, 0x0f0000006345000a, 8);
	m[56] = 'D';
	put(m + 58, 0x4400020002, 6);
	put(m + 64, 0x4500020001, 6);
	put(m + 70, 0x00080007, 4);
	put(m + 74, now, 8);
	EVP_EncodeBlock(text, m, sizeof(m));
	snprintf(line, sizeof(line),
		"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Negotiate\r\n"
		"WWW-Authenticate: NTLM %s\r\nContent-Length: 0\r\n\r\n",
		(const char *)text);
	say(c, line);
	c->challenged = 1;
}

static void say_refused(struct link *c)
{
	say(c, "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n");
}

/* Sign-ins that are half done, on all connections. */
static int half_done(const struct wire *s)
{
	int n = 0;

	for (size_t i = 0; i < LINKS; i++)
		n += s->links[i].fd >= 0 && s->links[i].challenged && !s->links[i].signed_in;
	return n;
}

/* Takes any last message. */
static void ntlm_server(struct link *c, const char *head)
{
	if (strstr(head, MESSAGE_1)) {
		assert_int_equal(half_done(c->wire), 0);
		assert_non_null(strstr(head, "\r\nContent-Length: 0\r\n"));
		say_challenge(c);
	} else if (strstr(head, MESSAGE_3)) {
		assert_true(c->challenged);
		c->signed_in = 1;
		say_ok(c, "in");
	} else if (c->signed_in) {
		say_ok(c, "ok");
	} else {
		say_refused(c);
	}
}

static void ntlm_refuses(struct link *c, const char *head)
{
	if (strstr(head, MESSAGE_1))
		say_challenge(c);
	else
		say_refused(c);
}

/* The fourth request on a connection finds itself signed out. */
static void ntlm_forgets(struct link *c, const char *head)
{
	if (c->asked == 4) {
		c->signed_in = c->challenged = 0;
		say_refused(c);
	} else {
		ntlm_server(c, head);
	}
}

static struct transport_pool *pool_with(struct world *w, enum transport_auth auth, const char *word)
{
	struct secret *password = secret_new(word, strlen(word));
	struct transport_way x = way(&w->wires[0], auth);
	struct transport_pool *p;

	x.login = "D\\svc";
	x.password = password;
	p = pool_of(w, &x);
	secret_free(password);
	return p;
}

static struct transport_pool *signing_pool(struct world *w, enum transport_auth auth)
{
	return pool_with(w, auth, "Sesame-open-1");
}

static int count_heads(const struct wire *s, const char *part)
{
	int n = 0;

	for (int i = 0; i < s->requests && i < LOGGED; i++)
		n += strstr(s->log[i].head, part) != NULL;
	return n;
}

static void test_ntlm(void **state)
{
	struct world *w = *state;
	struct wire *s = &w->wires[0];
	struct transport_pool *p = signing_pool(w, TRANSPORT_NTLM);

	s->answer = ntlm_server;
	for (int i = 0; i < 40; i++)
		ask(w, p);
	wait_told(w, 40);
	for (int i = 0; i < 40; i++) {
		assert_int_equal(w->calls[i].r.end, TRANSPORT_ANSWERED);
		assert_int_equal(w->calls[i].r.status, 200);
	}
	assert_true(s->count <= TRANSPORT_HOST);
	assert_int_equal(count_heads(s, MESSAGE_1), s->count);
	assert_int_equal(count_heads(s, MESSAGE_3), s->count);
	assert_int_equal(s->requests, 40 + s->count);
	assert_int_equal(w->asked[1], s->count);
	assert_int_equal(w->asked[0], 40 - s->count);
	transport_pool_free(p);
}

/* 401 after the last message is the answer; the next begins anew, and is asked for. */
static void refused_as(struct world *w, enum transport_auth auth)
{
	struct wire *s = &w->wires[0];
	struct transport_pool *p = signing_pool(w, auth);
	struct heard *h;

	s->answer = ntlm_refuses;
	w->may = 1;
	h = answer_of(w, p, simple());
	assert_int_equal(h->r.end, TRANSPORT_ANSWERED);
	assert_int_equal(h->r.status, 401);
	assert_int_equal(count_heads(s, MESSAGE_3), 1);
	assert_int_equal(w->asked[1], 1);
	h = answer_of(w, p, simple());
	assert_int_equal(h->r.end, TRANSPORT_WITHHELD);
	assert_int_equal(w->asked[1], 2);
	assert_int_equal(count_heads(s, MESSAGE_3), 1);
	transport_pool_free(p);
}

static void test_ntlm_refused(void **state)
{
	refused_as(*state, TRANSPORT_NTLM);
}

/* Invites to try once more, on the same connection or on another. */
static void ntlm_invites(struct link *c, const char *head)
{
	const int *closes = c->wire->ptr;

	say_challenge(c);
	c->last = *closes && strstr(head, MESSAGE_3) != NULL;
}

/* One proof of the password for one sign-in, whatever the server answers. */
static void invited_as(struct world *w, enum transport_auth auth, int closes)
{
	struct wire *s = &w->wires[0];
	struct transport_pool *p = signing_pool(w, auth);
	struct heard *h;

	s->answer = ntlm_invites;
	s->ptr = &closes;
	w->may = 1;
	h = answer_of(w, p, simple());
	assert_int_equal(h->r.end, TRANSPORT_ANSWERED);
	assert_int_equal(h->r.status, 401);
	assert_int_equal(count_heads(s, MESSAGE_3), 1);
	assert_int_equal(s->requests, 2);
	assert_int_equal(answer_of(w, p, simple())->r.end, TRANSPORT_WITHHELD);
	transport_pool_free(p);
}

static void test_ntlm_invited(void **state)
{
	invited_as(*state, TRANSPORT_NTLM, 0);
}

static void test_ntlm_invited_elsewhere(void **state)
{
	invited_as(*state, TRANSPORT_NTLM, 1);
}

/* Closes after the challenge: as often as told, then no more. */
static void closes_between(struct link *c, const char *head)
{
	int *times = c->wire->ptr;

	ntlm_server(c, head);
	c->last = c->challenged && !c->signed_in && (*times)-- > 0;
}

/* That is no proof yet: it begins again. */
static void test_ntlm_again(void **state)
{
	struct world *w = *state;
	struct wire *s = &w->wires[0];
	struct transport_pool *p = signing_pool(w, TRANSPORT_NTLM);
	int times = 1;

	s->answer = closes_between;
	s->ptr = &times;
	assert_int_equal(answer_of(w, p, simple())->r.status, 200);
	assert_int_equal(s->count, 2);
	assert_int_equal(count_heads(s, MESSAGE_3), 1);
	transport_pool_free(p);
}

/* A connection that is signed out in between: no sign-in that was not asked for. */
static void forgotten_as(struct world *w, enum transport_auth auth)
{
	struct wire *s = &w->wires[0];
	struct transport_pool *p = signing_pool(w, auth);

	s->answer = ntlm_forgets;
	answer_of(w, p, simple());
	answer_of(w, p, simple());
	assert_int_equal(w->asked[1], 1);
	assert_int_equal(answer_of(w, p, simple())->r.status, 200);
	assert_int_equal(w->asked[1], 2);
	assert_int_equal(s->count, 2);
	assert_int_equal(count_heads(s, MESSAGE_3), 2);
	answer_of(w, p, simple());
	w->may = 1; /* for the first start, not for the sign-in */
	assert_int_equal(answer_of(w, p, simple())->r.end, TRANSPORT_WITHHELD);
	assert_int_equal(count_heads(s, MESSAGE_3), 2);
	assert_int_equal(count_heads(s, MESSAGE_1), 2);
	transport_pool_free(p);
}

static void test_ntlm_forgotten(void **state)
{
	forgotten_as(*state, TRANSPORT_NTLM);
}

/* The idle connection is gone: the request waits again and signs in, once. */
static void lost_as(struct world *w, enum transport_auth auth)
{
	struct wire *s = &w->wires[0];
	struct transport_pool *p = signing_pool(w, auth);

	s->answer = ntlm_server;
	answer_of(w, p, simple());
	link_close(&s->links[0]);
	turn(w, 4);
	assert_int_equal(answer_of(w, p, simple())->r.status, 200);
	assert_int_equal(w->asked[1], 2);
	assert_int_equal(s->count, 2);
	say_farewell(w, &s->links[1]);
	assert_int_equal(answer_of(w, p, simple())->r.status, 200);
	assert_int_equal(w->asked[1], 3);
	assert_int_equal(s->count, 3);
	transport_pool_fresh(p);
	answer_of(w, p, simple());
	assert_int_equal(w->asked[1], 4);
	assert_int_equal(s->count, 4);
	transport_pool_free(p);
}

static void test_ntlm_lost(void **state)
{
	lost_as(*state, TRANSPORT_NTLM);
}

/* The connection dies under a request, or under the last message: neither is sent again. */
static void ntlm_dies(struct link *c, const char *head)
{
	if (c->asked == *(const int *)c->wire->ptr)
		link_close(c);
	else
		ntlm_server(c, head);
}

static void dies_as(struct world *w, enum transport_auth auth)
{
	struct wire *s = &w->wires[0];
	struct transport_pool *p = signing_pool(w, auth);
	int at = 3;

	s->answer = ntlm_dies;
	s->ptr = &at;
	answer_of(w, p, simple());
	assert_int_equal(answer_of(w, p, simple())->r.end, TRANSPORT_BROKEN);
	assert_int_equal(s->requests, 3);
	at = 2;
	assert_int_equal(answer_of(w, p, simple())->r.end, TRANSPORT_BROKEN);
	assert_int_equal(s->requests, 5);
	assert_int_equal(count_heads(s, MESSAGE_3), 2);
	assert_int_equal(w->asked[1], 2);
	transport_pool_free(p);
}

static void test_ntlm_dies(void **state)
{
	dies_as(*state, TRANSPORT_NTLM);
}

/* --- letters beyond ASCII --- */

static void hmac_md5(const unsigned char key[16], const void *p, size_t n, unsigned char out[16])
{
	size_t len = 0;

	assert_non_null(EVP_Q_mac(NULL, "HMAC", NULL, "MD5", NULL, key, 16, p, n, out, 16, &len));
	assert_int_equal(len, 16);
}

/* Was the last message made with the password of this NT hash? MS-NLMP 3.3.2, for D\\svc. */
static int is_proved(const char *head, const unsigned char hash[16])
{
	static const unsigned char name[] = "S\0V\0C\0D"; /* ended by the NUL */
	const char *text = strstr(head, MESSAGE_3);
	unsigned char m[1536], key[16], proof[16];
	size_t len, at;

	assert_non_null(text);
	text += strlen("\r\nAuthorization: NTLM ");
	assert_true(EVP_DecodeBlock(m, (const unsigned char *)text, (int)strcspn(text, "\r")) > 64);
	len = m[20] | (size_t)m[21] << 8;
	at = m[24] | (size_t)m[25] << 8;
	assert_true(len > 24 && at > 8 && at + len < sizeof(m));
	hmac_md5(hash, name, sizeof(name), key);
	memcpy(proof, m + at, sizeof(proof));
	put(m + at + 8, 0x0123456789abcdef, 8); /* the challenge, in front of what was said */
	hmac_md5(key, m + at + 8, len - 8, key);
	return memcmp(proof, key, sizeof(proof)) == 0;
}

/* What the library would have sent counts as a wrong password. */
static void test_ntlm_letters(void **state)
{
	static const struct {
		const char *word;
		unsigned char hash[16]; /* MD4 of its UTF-16 */
	} rows[] = {
		{ "Sesame-open-1",
			{ 0x5e, 0xaa, 0xca, 0x22, 0xa6, 0xae, 0xc7, 0xfc, 0xb2, 0x16, 0x2a, 0x7c,
				0xd3, 0xc2, 0x47, 0xab } },
		{ "S\xc3\xa9same-\xe2\x82\xac-\xf0\x9f\x97\x9d",
			{ 0x67, 0xb4, 0x7c, 0x81, 0x64, 0xe5, 0x06, 0xed, 0x06, 0x1a, 0x8f, 0x9b,
				0x51, 0x5a, 0x80, 0xde } },
	};
	struct world *w = *state;
	struct wire *s = &w->wires[0];

	if (!binding_available())
		skip();
	s->answer = ntlm_server;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct transport_pool *p = pool_with(w, TRANSPORT_NTLM, rows[i].word);

		for (int n = 0; n < 3; n++)
			assert_int_equal(answer_of(w, p, simple())->r.status, 200);
		assert_true(is_proved(s->log[4 * i + 1].head, rows[i].hash));
		assert_false(is_proved(s->log[4 * i + 1].head, rows[!i].hash));
		assert_int_equal(s->log[4 * i + 1].body_len, 11);
		assert_int_equal(s->count, (int)i + 1);
		assert_int_equal(w->asked[1], (int)i + 1);
		transport_pool_free(p);
	}
}

/* --- the same with channel binding --- */

static void test_bound(void **state)
{
	struct world *w = *state;
	struct wire *s = &w->wires[0];
	struct transport_pool *p;
	struct transport_request q = simple();

	if (!binding_available())
		skip();
	p = signing_pool(w, TRANSPORT_BOUND);
	s->answer = ntlm_server;
	for (int i = 0; i < 12; i++)
		ask_with(w, p, q);
	wait_told(w, 12);
	for (int i = 0; i < 12; i++) {
		assert_int_equal(w->calls[i].r.end, TRANSPORT_ANSWERED);
		assert_int_equal(w->calls[i].r.status, 200);
		assert_string_equal(w->calls[i].version, "TLS 1.3");
	}
	assert_int_equal(s->count, 1);
	assert_int_equal(s->requests, 13);
	assert_int_equal(s->log[0].body_len, 0);
	assert_int_equal(s->log[1].body_len, 11);
	assert_int_equal(count_heads(s, "Authorization"), 2);
	assert_int_equal(w->asked[1], 1);
	transport_pool_free(p);
}

static void test_bound_refused(void **state)
{
	if (!binding_available())
		skip();
	refused_as(*state, TRANSPORT_BOUND);
}

static void test_bound_invited(void **state)
{
	if (!binding_available())
		skip();
	invited_as(*state, TRANSPORT_BOUND, 0);
}

static void test_bound_forgotten(void **state)
{
	if (!binding_available())
		skip();
	forgotten_as(*state, TRANSPORT_BOUND);
}

static void test_bound_lost(void **state)
{
	if (!binding_available())
		skip();
	lost_as(*state, TRANSPORT_BOUND);
}

static void test_bound_dies(void **state)
{
	if (!binding_available())
		skip();
	dies_as(*state, TRANSPORT_BOUND);
}

static void test_bound_again(void **state)
{
	struct world *w = *state;
	struct wire *s = &w->wires[0];
	struct transport_pool *p;
	int times = 1;

	if (!binding_available())
		skip();
	p = signing_pool(w, TRANSPORT_BOUND);
	s->answer = closes_between;
	s->ptr = &times;
	assert_int_equal(answer_of(w, p, simple())->r.status, 200);
	assert_int_equal(s->count, 2);
	assert_int_equal(count_heads(s, MESSAGE_3), 1);
	transport_pool_fresh(p);
	times = 9;
	assert_int_equal(answer_of(w, p, simple())->r.end, TRANSPORT_BROKEN);
	assert_int_equal(s->count, 4);
	assert_int_equal(count_heads(s, MESSAGE_3), 1);
	transport_pool_free(p);
}

/* A challenge that cannot be read. */
static void bad_challenge(struct link *c, const char *head)
{
	(void)head;
	say(c, "HTTP/1.1 401 No\r\nWWW-Authenticate: NTLM AAAA\r\nContent-Length: 0\r\n\r\n");
}

static void test_bound_garbage(void **state)
{
	struct world *w = *state;
	struct transport_pool *p;
	struct heard *h;

	if (!binding_available())
		skip();
	p = signing_pool(w, TRANSPORT_BOUND);
	w->wires[0].answer = bad_challenge;
	h = answer_of(w, p, simple());
	assert_int_equal(h->r.end, TRANSPORT_BROKEN);
	assert_true(h->text[0]);
	w->wires[0].answer = wire_reply;
	h = answer_of(w, p, simple());
	assert_int_equal(h->r.status, 200);
	transport_pool_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_ntlm),
		TEST(test_ntlm_refused),
		TEST(test_ntlm_invited),
		TEST(test_ntlm_invited_elsewhere),
		TEST(test_ntlm_again),
		TEST(test_ntlm_forgotten),
		TEST(test_ntlm_lost),
		TEST(test_ntlm_dies),
		TEST(test_ntlm_letters),
		TEST(test_bound),
		TEST(test_bound_refused),
		TEST(test_bound_invited),
		TEST(test_bound_forgotten),
		TEST(test_bound_lost),
		TEST(test_bound_dies),
		TEST(test_bound_again),
		TEST(test_bound_garbage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
