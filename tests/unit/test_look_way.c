/* The look goes the way that its connection goes: it trusts whom that trusts, and asks its proxy,
 * whose every answer has its own words.
 */
#include "tests/unit/look_unit.h"

#include "exchange/challenge.h"

static const char *pem_of(struct world *w, const struct cert *c)
{
	static char text[4096];
	FILE *f;
	size_t n;

	cert_write(c, w->list);
	f = fopen(w->list, "r");
	assert_non_null(f);
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	fclose(f);
	write_text(w->list, "127.0.0.0/8 1024-65535\ngone.test 1024-65535\n");
	return text;
}

/* Who vouches for a private authority's server is the connection itself; and what is offered is
 * told as data. */
static void test_authority(void **state)
{
	struct world *w = *state;
	struct server_order o = { .cert = &w->certs[STRANGER], .reply = R401 };
	struct server s = server_start(&o);
	struct look_query q = { .host = "good.test", .port = s.port };

	look_by(w, &q);
	assert_string_equal(states(w), "+++F--");
	assert_false(w->end.asked);
	assert_int_equal(w->end.ways, 0);
	q.ca_pem = pem_of(w, &w->certs[STRANGE_ROOT]);
	look_by(w, &q);
	assert_int_equal(server_stop(&s), 1);
	assert_string_equal(states(w), "++++++");
	assert_true(w->end.asked);
	assert_int_equal(w->end.ways, CHALLENGE_NEGOTIATE | CHALLENGE_NTLM);
	assert_string_equal(w->end.host, "good.test");
	assert_int_equal(w->end.port, s.port);
	/* It vouches besides the others, and for nobody else. */
	o.cert = &w->certs[GOOD];
	o.extra[0] = &w->certs[MIDDLE];
	s = server_start(&o);
	q.port = s.port;
	look_by(w, &q);
	assert_string_equal(states(w), "++++++");
	server_stop(&s);
	o.cert = &w->certs[SELF];
	s = server_start(&o);
	q.port = s.port;
	look_by(w, &q);
	assert_string_equal(states(w), "+++F--");
	server_stop(&s);
	/* What one look trusts, the next does not. */
	o.cert = &w->certs[STRANGER];
	s = server_start(&o);
	q = (struct look_query){ .host = "good.test", .port = s.port };
	look_by(w, &q);
	assert_string_equal(states(w), "+++F--");
	server_stop(&s);
}

#define NO(code) "HTTP/1.1 " code " No\r\nContent-Length: 0\r\n\r\n"

static const struct passage {
	const char *name, *host, *proxy, *user, *reply;
	int port; /* 0: the server's */
	const char *expected;
	int at;
	const char *said[2];
	int through; /* requests that reached the proxy */
} passages[] = {
	{ "through", "good.test", "next.test", "", NULL, 0, "++++++", 3,
		{ "The proxy next.test:", "connects to good.test" }, 1 },
	{ "a name that is not known here", "gone.test", "127.0.0.1", "", NULL, 0, "+++F--", 1,
		{ "is asked for it by name" }, 1 },
	{ "wants a login", "good.test", "next.test", "", NO("407"), 0, "++F---", 3,
		{ "wants a login", "proxy_logins" }, 1 },
	{ "refuses its login", "good.test", "next.test", "us", NO("407"), 0, "++F---", 3,
		{ "refuses its login" }, 1 },
	{ "does not allow it", "good.test", "next.test", "", NO("403"), 0, "++F---", 3,
		{ "refuses to connect to good.test", "allow CONNECT" }, 1 },
	{ "does not get there", "good.test", "next.test", "", NO("502"), 0, "++F---", 3,
		{ "did not reach good.test", "502" }, 1 },
	{ "is no proxy", "good.test", "next.test", "", "220 mail\r\n", 0, "++F---", 3,
		{ "gives no answer" }, 1 },
	{ "nowhere", "good.test", "lost.test", "", NULL, 0, "++F---", 3,
		{ "No address was found for the proxy lost.test" }, 0 },
	{ "the guard stands as ever", "inner.test", "next.test", "", NULL, 443, "+F----", 2,
		{ "is refused" }, 0 },
	{ "for names alone, too", "gone.test", "next.test", "", NULL, 25, "+F----", 2,
		{ "gone.test" }, 0 },
};

static void test_passages(void **state)
{
	struct world *w = *state;
	struct err e;

	pem_of(w, &w->certs[ROOT]);
	assert_ok(egress_load(w->egress, &e));
	for (size_t i = 0; i < COUNT(passages); i++) {
		const struct passage *x = &passages[i];
		const struct server_order o = {
			.cert = &w->certs[GOOD], .extra = { &w->certs[MIDDLE] }, .reply = R401
		};
		const struct server_order way = { .mode = SERVE_TUNNEL, .reply = x->reply };
		struct server s = server_start(&o), p = server_start(&way);
		const struct client_proxy proxy = {
			.host = x->proxy, .port = p.port, .user = x->user
		};
		const struct look_query q = {
			.host = x->host, .port = x->port ? x->port : s.port, .proxy = &proxy
		};
		int through;

		look_by(w, &q);
		server_stop(&s);
		through = server_stop(&p);
		check_manners(w);
		if (strcmp(states(w), x->expected) != 0 || through != x->through) {
			show(w);
			fail_msg("%s: %s, %d asked of the proxy", x->name, states(w), through);
		}
		for (size_t k = 0; k < COUNT(x->said) && x->said[k]; k++)
			if (!says(&w->steps[x->at - 1], x->said[k])) {
				show(w);
				fail_msg(
					"%s: step %d does not say: %s", x->name, x->at, x->said[k]);
			}
		arena_reset(&w->a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_authority, setup, teardown),
		cmocka_unit_test_setup_teardown(test_passages, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
