/* The look, from the name to the ways to sign in, against servers of every kind on loopback: TLS in
 * all its troubles, HTTP in all its answers, redirects, and a name server that changes its mind.
 */
#include "tests/unit/look_unit.h"

static const struct scene {
	const char *name;
	const char *host;
	struct server_order server; /* certificate and chain come from the next two */
	enum cert_name cert;
	enum cert_name extra[3];
	const char *expected; /* states */
	int at;		      /* a step that says ... */
	const char *said[3];
	int hits; /* requests that reached the server through TLS */
} scenes[] = {
	/* a good server */
	{ "all is well", "good.test", { .reply = R401 }, GOOD, { MIDDLE }, "++++++", 5,
		{ "HTTP 401", "X-FEServer", "Microsoft-IIS/10.0" }, 1 },
	{ "certificate", "good.test", { .reply = R401 }, GOOD, { MIDDLE }, "++++++", 4,
		{ "TLS 1.3", "Test Middle", "valid until" }, 1 },
	{ "chain in raw", "good.test", { .reply = R401 }, GOOD, { MIDDLE }, "++++++", 4,
		{ "2 certificates sent", "2. Test Middle", "rebind.test" }, 1 },
	{ "ways to sign in", "good.test", { .reply = R401 }, GOOD, { MIDDLE }, "++++++", 6,
		{ "Negotiate and NTLM", "WWW-Authenticate: NTLM", NULL }, 1 },
	{ "root sent too", "good.test", { .reply = R401 }, GOOD, { MIDDLE, ROOT }, "++++++", 4,
		{ "3 certificates sent" }, 1 },
	{ "TLS 1.2", "good.test", { .reply = R401, .max_version = TLS1_2_VERSION }, GOOD,
		{ MIDDLE }, "++++++", 4, { "TLS 1.2" }, 1 },
	{ "by address", "127.0.0.1", { .reply = R401 }, ADDRESS, { MIDDLE }, "++++++", 1,
		{ "no name to look up" }, 1 },
	{ "capitals", "GOOD.test", { .reply = R401 }, GOOD, { MIDDLE }, "++++++", 1,
		{ "good.test is 127.0.0.1" }, 1 },
	{ "one of two addresses", "two.test", { .reply = R401 }, GOOD, { MIDDLE }, "++n+++", 3,
		{ "127.0.0.1 took", "127.0.0.2: " }, 1 },
	{ "expires soon", "good.test", { .reply = R401 }, SOON, { MIDDLE }, "+++n++", 4,
		{ "expires in 1", "renew" }, 1 },
	/* certificates that must not be trusted: nothing is asked, the chain is still shown */
	{ "no intermediate", "good.test", { .reply = R401 }, GOOD, { 0 }, "+++F--", 4,
		{ "Test Middle", "is missing", "1 certificate sent" }, 0 },
	{ "self-signed", "good.test", { .reply = R401 }, SELF, { 0 }, "+++F--", 4,
		{ "signed by itself", "Nobody vouches", "1. good.test" }, 0 },
	{ "unknown root", "good.test", { .reply = R401 }, STRANGER, { STRANGE_ROOT }, "+++F--", 4,
		{ "Strange Root", "not trusted here", "ca_file" }, 0 },
	{ "unknown issuer", "good.test", { .reply = R401 }, STRANGER, { 0 }, "+++F--", 4,
		{ "Strange Root", "is missing", "ca_file" }, 0 },
	{ "expired", "good.test", { .reply = R401 }, EXPIRED, { MIDDLE }, "+++F--", 4,
		{ "it has expired", "renewed", "2. Test Middle" }, 0 },
	{ "not yet valid", "good.test", { .reply = R401 }, FUTURE, { MIDDLE }, "+++F--", 4,
		{ "not valid yet", "clock" }, 0 },
	{ "wrong name", "good.test", { .reply = R401 }, OTHER, { MIDDLE }, "+++F--", 4,
		{ "is for next.test, not for good.test", "1. next.test" }, 0 },
	{ "address, name only", "127.0.0.1", { .reply = R401 }, GOOD, { MIDDLE }, "+++F--", 4,
		{ "not for 127.0.0.1" }, 0 },
	/* no TLS to speak of */
	{ "TLS 1.1", "good.test", { .reply = R401, .max_version = TLS1_1_VERSION }, GOOD,
		{ MIDDLE }, "+++F--", 4, { "older than TLS 1.2", "switch TLS 1.2 on" }, 0 },
	{ "TLS 1.0", "good.test", { .reply = R401, .max_version = TLS1_VERSION }, GOOD, { MIDDLE },
		"+++F--", 4, { "older than TLS 1.2" }, 0 },
	{ "plain HTTP", "good.test", { .mode = SERVE_PLAIN }, NO_CERT, { 0 }, "+++F--", 4,
		{ "does not speak TLS", "plain HTTP" }, 0 },
	{ "silence", "good.test", { .mode = SERVE_SILENT }, NO_CERT, { 0 }, "+++F--", 4,
		{ "said nothing" }, 0 },
	{ "reset", "good.test", { .mode = SERVE_RESET }, NO_CERT, { 0 }, "+++F--", 4,
		{ "could not be set up" }, 0 },
	/* trusted, but no answer */
	{ "hangs", "good.test", { .mode = SERVE_HANG, .reply = R401 }, GOOD, { MIDDLE }, "++++F-",
		5, { "did not answer within" }, 1 },
	{ "headers without end", "good.test", { .mode = SERVE_HEADERS, .reply = R401 }, GOOD,
		{ MIDDLE }, "++++F-", 5, { "more headers" }, 1 },
	{ "no answer", "good.test", { .mode = SERVE_CLOSE, .reply = R401 }, GOOD, { MIDDLE },
		"++++F-", 5, { "without an answer" }, 1 },
	{ "not HTTP", "good.test", { .reply = "220 mail ready\r\n" }, GOOD, { MIDDLE }, "++++F-", 5,
		{ "without an answer" }, 1 },
	{ "body without end", "good.test",
		{ .mode = SERVE_BODY,
			.reply = "HTTP/1.1 401 No\r\nWWW-Authenticate: NTLM\r\nX-FEServer: "
				 "E\r\n\r\n" },
		GOOD, { MIDDLE }, "++++++", 6, { "NTLM" }, 1 },
	/* answers */
	{ "a web page", "good.test",
		{ .reply = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
			   "Content-Length: 4\r\n\r\nOWA!" },
		GOOD, { MIDDLE }, "++++F-", 5, { "web page instead of EWS", "OWA!" }, 1 },
	{ "no sign-in", "good.test",
		{ .reply = "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: "
			   "0\r\n\r\n" },
		GOOD, { MIDDLE }, "++++n-", 6, { "did not ask" }, 1 },
	{ "no Exchange", "good.test",
		{ .reply = "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"a, b\"\r\n"
			   "Content-Length: 0\r\n\r\n" },
		GOOD, { MIDDLE }, "++++nn", 5, { "no sign of Exchange" }, 1 },
	{ "Basic", "good.test",
		{ .reply = "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"a, b\"\r\n"
			   "Content-Length: 0\r\n\r\n" },
		GOOD, { MIDDLE }, "++++nn", 6, { "offers Basic", "switch Basic off" }, 1 },
	{ "nothing offered", "good.test",
		{ .reply = "HTTP/1.1 401 No\r\nX-FEServer: E\r\nContent-Length: 0\r\n\r\n" }, GOOD,
		{ MIDDLE }, "+++++n", 6, { "no way to sign in" }, 1 },
	{ "forbidden", "good.test", { .reply = "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n" },
		GOOD, { MIDDLE }, "++++F-", 5, { "HTTP 403", "allow list" }, 1 },
	{ "not there", "good.test", { .reply = "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n" },
		GOOD, { MIDDLE }, "++++F-", 5, { "HTTP 404", "no EWS" }, 1 },
	{ "down", "good.test",
		{ .reply = "HTTP/1.1 503 No\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n" },
		GOOD, { MIDDLE }, "++++F-", 5, { "HTTP 503", "Retry-After: 120" }, 1 },
	{ "nonsense", "good.test", { .reply = "HTTP/1.1 299 Odd\r\nContent-Length: 0\r\n\r\n" },
		GOOD, { MIDDLE }, "++++n-", 5, { "HTTP 299" }, 1 },
	{ "control bytes", "good.test",
		{ .reply = "HTTP/1.1 401 No\r\nServer: \x1b[31mred\xff\r\nContent-Length: "
			   "0\r\n\r\n" },
		GOOD, { MIDDLE }, "++++nn", 5, { "?[31mred?" }, 1 },
	/* redirects */
	{ "to the same server", "good.test",
		{ .reply = "HTTP/1.1 302 Found\r\nLocation: /owa/x?y=1\r\nContent-Length: "
			   "0\r\n\r\n",
			.later = R401 },
		GOOD, { MIDDLE }, "+++++++++++", 5, { "/owa/x?y=1 on the same server" }, 2 },
	{ "relative", "good.test",
		{ .reply = "HTTP/1.1 307 Go\r\nLocation: other.asmx\r\nContent-Length: 0\r\n\r\n",
			.later = R401 },
		GOOD, { MIDDLE }, "+++++++++++", 5, { "/EWS/other.asmx" }, 2 },
	{ "to a name of its own", "good.test",
		{ .reply = "HTTP/1.1 301 Go\r\nLocation: https://two.test:%d/ews\r\n"
			   "Content-Length: 0\r\n\r\n",
			.later = R401 },
		GOOD, { MIDDLE }, "++++n++n+++", 5,
		{ "another server, two.test", "enter that name" }, 2 },
	{ "the second name in titles", "good.test",
		{ .reply = "HTTP/1.1 301 Go\r\nLocation: https://two.test:%d/ews\r\n"
			   "Content-Length: 0\r\n\r\n",
			.later = R401 },
		GOOD, { MIDDLE }, "++++n++n+++", 6, { "two.test is 127.0.0.2 and 127.0.0.1" }, 2 },
	{ "in a circle", "good.test",
		{ .reply = "HTTP/1.1 302 Go\r\nLocation: /EWS/Exchange.asmx\r\n"
			   "Content-Length: 0\r\n\r\n" },
		GOOD, { MIDDLE },
		"+++++"
		"+++++"
		"+++++"
		"+++++"
		"+++++"
		"++++F-",
		30, { "on and on", "5 redirects" }, 6 },
	{ "without encryption", "good.test",
		{ .reply = "HTTP/1.1 302 Go\r\nLocation: http://good.test/\r\n"
			   "Content-Length: 0\r\n\r\n" },
		GOOD, { MIDDLE }, "++++F-", 5, { "without encryption" }, 1 },
	{ "to what is refused", "good.test",
		{ .reply = "HTTP/1.1 302 Go\r\nLocation: https://10.1.2.3/\r\n"
			   "Content-Length: 0\r\n\r\n" },
		GOOD, { MIDDLE }, "++++n+F----", 7, { "private network" }, 1 },
	{ "to a port not listed", "good.test",
		{ .reply = "HTTP/1.1 302 Go\r\nLocation: https://good.test:22/\r\n"
			   "Content-Length: 0\r\n\r\n" },
		GOOD, { MIDDLE }, "++++n+F----", 7, { "good.test" }, 1 },
	{ "to nowhere", "good.test",
		{ .reply = "HTTP/1.1 302 Go\r\nLocation: https://user:pw@x/\r\n"
			   "Content-Length: 0\r\n\r\n" },
		GOOD, { MIDDLE }, "++++F-", 5, { "cannot be read" }, 1 },
	{ "no address", "good.test", { .reply = "HTTP/1.1 302 Go\r\nContent-Length: 0\r\n\r\n" },
		GOOD, { MIDDLE }, "++++F-", 5, { "without saying where" }, 1 },
	{ "its own error page", "good.test",
		{ .reply = "HTTP/1.1 302 Go\r\nLocation: "
			   "/ews/genericerrorpage.htm?aspxerrorpath=x\r\n"
			   "Content-Length: 0\r\n\r\n" },
		GOOD, { MIDDLE }, "++++F-", 5, { "its own error page", "Wait" }, 1 },
};

static void test_scenes(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < COUNT(scenes); i++) {
		const struct scene *sc = &scenes[i];
		struct server_order o = sc->server;
		struct server s;
		int hits;

		o.cert = sc->cert ? &w->certs[sc->cert] : NULL;
		for (size_t k = 0; k < COUNT(sc->extra); k++)
			o.extra[k] = sc->extra[k] ? &w->certs[sc->extra[k]] : NULL;
		s = server_start(&o);
		look(w, sc->host, s.port);
		hits = server_stop(&s);
		check_manners(w);
		if (strcmp(states(w), sc->expected) != 0 || hits != sc->hits) {
			show(w);
			fail_msg("%s: %s, not %s; %d requests, not %d", sc->name, states(w),
				sc->expected, hits, sc->hits);
		}
		for (size_t k = 0; k < COUNT(sc->said) && sc->said[k]; k++) {
			if (!says(&w->steps[sc->at - 1], sc->said[k])) {
				show(w);
				fail_msg("%s: step %d does not say: %s", sc->name, sc->at,
					sc->said[k]);
			}
		}
		arena_reset(&w->a);
	}
}

/* Places where no server is. */
static void test_nowhere(void **state)
{
	static const struct {
		const char *host;
		int port;
		const char *expected;
		int at;
		const char *said;
	} rows[] = {
		{ "gone.test", 443, "F-----", 1, "No address was found for gone.test" },
		{ "good.test", 1, "+F----", 2, "good.test" },
		{ "inner.test", 443, "+F----", 2, "is refused" },
		{ "169.254.169.254", 443, "+F----", 2, "169.254.169.254" },
		{ "127.0.0.1", 443, "+F----", 2, "127.0.0.1" },
		{ "::1", 443, "+F----", 2, "::1" },
		{ "127.0.0.1", 1024, "++F---", 3, "127.0.0.1: Connection refused" },
		{ "two.test", 1024, "++F---", 3, "127.0.0.2 and 127.0.0.1" },
		{ "five.test", 1024, "++F---", 3, "127.0.0.3, 127.0.0.4 and 127.0.0.5 takes" },
	};
	struct world *w = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		look(w, rows[i].host, rows[i].port);
		check_manners(w);
		if (strcmp(states(w), rows[i].expected) != 0 ||
			!says(&w->steps[rows[i].at - 1], rows[i].said)) {
			show(w);
			fail_msg("%s:%d", rows[i].host, rows[i].port);
		}
	}
}

/* Refused addresses of the inside are not told to the admin. */
static void test_discreet(void **state)
{
	struct world *w = *state;

	look(w, "inner.test", 443);
	for (int i = 0; i < w->last; i++)
		assert_false(says(&w->steps[i], "169.254"));
	look(w, "mixed.test", 1024);
	for (int i = 0; i < w->last; i++)
		assert_false(says(&w->steps[i], "10.1.2.3"));
}

/* The name is asked once; what it would say later counts for nothing. */
static void test_rebinding(void **state)
{
	struct world *w = *state;
	struct server_order o = { .cert = &w->certs[GOOD],
		.extra = { &w->certs[MIDDLE] },
		.reply = "HTTP/1.1 302 Go\r\nLocation: https://rebind.test:%d/x\r\n"
			 "Content-Length: 0\r\n\r\n",
		.later = R401 };
	struct server s = server_start(&o);

	look(w, "rebind.test", s.port);
	assert_int_equal(server_stop(&s), 2);
	assert_string_equal(states(w), "+++++++++++");
	assert_int_equal(w->asked[3], 1);
}

/* Steps are there from the beginning, waiting, and each runs before it has a result. */
static void test_announced(void **state)
{
	struct world *w = *state;
	const struct look_listener listener = { on_step, on_done, w };
	struct server_order o = { .mode = SERVE_SILENT };
	struct server s = server_start(&o);
	const struct look_query q = { .host = "good.test", .port = s.port };
	struct look *k;

	w->last = w->done = w->running = 0;
	k = look_start(&w->tools, &w->a, &q, &listener);
	loop_turn(w->loop, 100);
	assert_int_equal(w->last, 6);
	assert_int_equal(w->steps[0].state, STEP_RUNNING);
	for (int i = 1; i < 6; i++)
		assert_int_equal(w->steps[i].state, STEP_WAITING);
	assert_string_equal(w->steps[5].title, "Ways to sign in");
	look_stop(k);
	server_stop(&s);
}

/* Stopped at any moment it says nothing more, and nothing leaks. */
static void test_stop(void **state)
{
	struct world *w = *state;
	const struct look_listener listener = { on_step, on_done, w };
	struct server_order o = { .mode = SERVE_HANG,
		.cert = &w->certs[GOOD],
		.extra = { &w->certs[MIDDLE] },
		.reply = R401 };
	struct server s = server_start(&o);
	const struct look_query q = { .host = "good.test", .port = s.port };

	for (int turns = 0; turns < 12; turns++) {
		struct look *k;

		w->last = w->done = 0;
		k = look_start(&w->tools, &w->a, &q, &listener);
		for (int i = 0; i < turns; i++)
			loop_turn(w->loop, 20);
		look_stop(k);
		w->last = 0;
		for (int i = 0; i < 3; i++)
			loop_turn(w->loop, 5);
		assert_int_equal(w->last, 0);
		assert_int_equal(w->done, 0);
	}
	server_stop(&s);
}

/* Sixteen at once share one transport. */
static void test_many(void **state)
{
	struct world *w = *state, many[16];
	const struct server_order o = {
		.cert = &w->certs[GOOD], .extra = { &w->certs[MIDDLE] }, .reply = R401
	};
	struct server s = server_start(&o);
	const struct look_query q = { .host = "good.test", .port = s.port };
	int64_t end = clock_mono_ms() + PATIENCE_MS;
	int done = 0;

	memset(many, 0, sizeof(many));
	for (size_t i = 0; i < COUNT(many); i++) {
		const struct look_listener listener = { on_step, on_done, &many[i] };

		look_start(&w->tools, &w->a, &q, &listener);
	}
	while (done < (int)COUNT(many) && clock_mono_ms() < end) {
		loop_turn(w->loop, 50);
		done = 0;
		for (size_t i = 0; i < COUNT(many); i++)
			done += many[i].done;
	}
	server_stop(&s);
	for (size_t i = 0; i < COUNT(many); i++)
		assert_string_equal(states(&many[i]), "++++++");
}

/* The list changes between the guard's first word and the connection: the second word counts. */
static void test_guard_twice(void **state)
{
	struct world *w = *state;
	struct egress *empty = egress_new("/nonexistent/egress", TENANCY_MULTI);
	struct err e;
	struct transport *t = transport_new(w->loop, empty, w->ca, "Latchkey/test", &e);
	struct server_order o = {
		.cert = &w->certs[GOOD], .extra = { &w->certs[MIDDLE] }, .reply = R401
	};
	struct server s = server_start(&o);

	w->tools.transport = t;
	look(w, "good.test", s.port);
	w->tools.transport = w->transport;
	assert_int_equal(server_stop(&s), 0);
	assert_string_equal(states(w), "++F---");
	assert_true(says(&w->steps[2], "no longer allowed"));
	transport_free(t);
	egress_free(empty);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_scenes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nowhere, setup, teardown),
		cmocka_unit_test_setup_teardown(test_discreet, setup, teardown),
		cmocka_unit_test_setup_teardown(test_rebinding, setup, teardown),
		cmocka_unit_test_setup_teardown(test_announced, setup, teardown),
		cmocka_unit_test_setup_teardown(test_stop, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many, setup, teardown),
		cmocka_unit_test_setup_teardown(test_guard_twice, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
