/* Many requests and pools at a time: who may fly and who is told what; ways through a proxy; and
 * callers that cancel and free at any moment.
 */
#include "tests/unit/transport_unit.h"

static void quiet(struct link *c, const char *head)
{
	(void)c, (void)head;
}

/* Answer all that was kept back. */
static void answer_all(struct wire *s)
{
	for (size_t i = 0; i < LINKS; i++) {
		if (s->links[i].fd >= 0 && s->links[i].asked > 0) {
			s->links[i].asked = 0;
			say_late(&s->links[i], "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
		}
	}
}

/* --- limits --- */

static void test_pool_limit(void **state)
{
	struct world *w = *state;
	struct wire *s = &w->wires[0];
	struct transport_way x = way(s, TRANSPORT_ANONYMOUS);
	struct transport_pool *p;

	x.flying = 3;
	p = pool_of(w, &x);
	s->answer = quiet;
	for (int i = 0; i < 10; i++)
		ask(w, p);
	wait_requests(w, s, 3);
	turn(w, 5);
	assert_int_equal(s->requests, 3);
	answer_all(s);
	wait_told(w, 3);
	wait_requests(w, s, 6);
	answer_all(s);
	wait_requests(w, s, 9);
	answer_all(s);
	wait_requests(w, s, 10);
	answer_all(s);
	wait_told(w, 10);
	assert_int_equal(s->count, 3);
	transport_pool_free(p);
}

static void test_all_limits(void **state)
{
	struct world *w = *state;
	struct transport_pool *pools[WIRES + 1];
	int total = 0;

	for (int i = 1; i < WIRES; i++)
		wire_start(&w->wires[i], w->loop, &w->good);
	for (int i = 0; i < WIRES; i++) {
		w->wires[i].answer = quiet;
		pools[i] = plain_pool(w, &w->wires[i]);
	}
	pools[WIRES] = plain_pool(w, &w->wires[0]); /* the same host again */
	for (int i = 0; i < 60; i++)
		ask(w, pools[i % (WIRES + 1)]);
	for (int i = 0; i < 40; i++)
		loop_turn(w->loop, 5);
	for (int i = 0; i < WIRES; i++) {
		assert_true(w->wires[i].requests <= TRANSPORT_HOST);
		total += w->wires[i].requests;
	}
	assert_int_equal(total, TRANSPORT_FLYING);
	for (int i = 0; i <= WIRES; i++)
		transport_pool_free(pools[i]);
	turn(w, 5);
	for (int i = 0; i < WIRES; i++)
		assert_int_equal(wire_open(&w->wires[i]), 0);
	assert_int_equal(w->told, 0);
}

/* The answer to the question is sought when a request leaves, not when it is asked. */
static void test_withheld(void **state)
{
	struct world *w = *state;
	struct wire *s = &w->wires[0];
	struct transport_way x = way(s, TRANSPORT_BASIC);
	struct transport_pool *p;

	x.login = "anna@example.test";
	x.flying = 1;
	x.password = secret_new("Anna-secret-1", 13);
	p = pool_of(w, &x);
	s->answer = quiet;
	w->may = 2;
	for (int i = 0; i < 5; i++)
		ask(w, p);
	wait_requests(w, s, 1);
	assert_int_equal(w->asked[1], 1);
	answer_all(s);
	wait_requests(w, s, 2);
	answer_all(s);
	wait_told(w, 5);
	for (int i = 0; i < 5; i++)
		assert_int_equal(
			w->calls[i].r.end, i < 2 ? TRANSPORT_ANSWERED : TRANSPORT_WITHHELD);
	assert_int_equal(s->requests, 2);
	assert_int_equal(w->asked[1], 5);
	assert_int_equal(w->asked[0], 0);
	assert_non_null(strstr(s->log[0].head,
		"\r\nAuthorization: Basic YW5uYUBleGFtcGxlLnRlc3Q6QW5uYS1zZWNyZXQtMQ==\r\n"));
	transport_pool_free(p);
	secret_free((struct secret *)x.password);
}

static void test_bearer(void **state)
{
	struct world *w = *state;
	struct wire *s = &w->wires[0];
	struct transport_way x = way(s, TRANSPORT_BEARER);
	struct transport_pool *p = pool_of(w, &x);
	struct transport_request q = simple();
	struct secret *first = secret_new("eyJ.first", 9), *second = secret_new("eyJ.second", 10);

	q.bearer = first;
	answer_of(w, p, q);
	q.bearer = second;
	answer_of(w, p, q);
	assert_non_null(strstr(s->log[0].head, "\r\nAuthorization: Bearer eyJ.first\r\n"));
	assert_non_null(strstr(s->log[1].head, "\r\nAuthorization: Bearer eyJ.second\r\n"));
	assert_int_equal(s->count, 1);
	assert_int_equal(w->asked[0], 2);
	transport_pool_free(p);
	secret_free(first);
	secret_free(second);
}

/* --- several addresses --- */

static void hang_up(struct link *c, const char *head)
{
	(void)head;
	link_close(c);
}

/* One of them is not allowed any more. That says nothing of what happens on another. */
static void test_refused_first(void **state)
{
	struct world *w = *state;
	struct wire *s = &w->wires[0];
	struct transport_way x = way(s, TRANSPORT_ANONYMOUS);
	struct transport_pool *p;
	struct heard *h;
	struct err e;

	write_text(w->list, "127.0.0.1/32 1024-65535\n");
	assert_ok(egress_load(w->egress, &e));
	x.addresses = loopback("127.0.0.2");
	p = pool_of(w, &x);
	h = answer_of(w, p, simple());
	assert_int_equal(h->r.end, TRANSPORT_REFUSED);
	assert_int_equal(h->r.phase, TRANSPORT_CONNECTING);
	transport_pool_free(p);
	x.addresses.list[x.addresses.count++] = loopback("127.0.0.1").list[0];
	x.port = s->port == 1024 ? 1025 : 1024; /* nobody there */
	p = pool_of(w, &x);
	h = answer_of(w, p, simple());
	assert_int_equal(h->r.end, TRANSPORT_BROKEN);
	assert_int_equal(h->r.phase, TRANSPORT_CONNECTING);
	transport_pool_free(p);
	x.port = s->port;
	p = pool_of(w, &x);
	s->answer = hang_up;
	h = answer_of(w, p, simple());
	assert_int_equal(s->requests, 1);
	assert_int_equal(h->r.end, TRANSPORT_BROKEN);
	assert_int_equal(h->r.phase, TRANSPORT_ASKING);
	transport_pool_free(p);
}

/* --- through a proxy --- */

static void proxy(struct link *c, const char *head)
{
	const char *wanted = c->wire->ptr;

	if (!str_starts(head, "CONNECT ")) {
		say_ok(c, "through");
	} else if (wanted && !strstr(head, wanted)) {
		say(c, c->wire->reply);
		c->last = 1;
	} else {
		say(c, "HTTP/1.1 200 Connection established\r\n\r\n");
		link_flush(c);
		link_secure(c);
	}
}

static struct transport_proxy proxy_of(const struct wire *s)
{
	return (struct transport_proxy){ .host = "proxy.test",
		.port = s->port,
		.addresses = loopback("127.0.0.1"),
		.user = "" };
}

static void test_proxy(void **state)
{
	struct world *w = *state;
	struct wire *s = &w->wires[0];
	struct transport_proxy via = proxy_of(s);
	struct transport_way x = way(s, TRANSPORT_BEARER);
	struct secret *token = secret_new("eyJ.t", 5), *password = secret_new("let me", 6);
	struct transport_pool *p;
	struct transport_request q = simple();
	struct err e;

	write_text(w->list, "# the guard does not stand between us and the proxy\n");
	assert_ok(egress_load(w->egress, &e));
	s->tunnel = 1;
	s->answer = proxy;
	s->ptr = "\r\nProxy-Authorization: Basic b3BzOmxldCBtZQ==\r\n";
	via.user = "ops";
	via.password = password;
	x.proxy = &via;
	x.port = 443;
	x.addresses.count = 0;
	p = pool_of(w, &x);
	q.bearer = token;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(answer_of(w, p, q)->r.status, 200);
		assert_string_equal(w->calls[i].body, "through");
		assert_true(str_starts(w->calls[i].headers, "HTTP/1.1 200 OK"));
	}
	assert_int_equal(s->count, 1);
	assert_int_equal(s->requests, 4);
	assert_true(str_starts(s->log[0].head, "CONNECT good.test:443 HTTP/1.1\r\n"));
	assert_null(strstr(s->log[0].head, "\r\nAuthorization"));
	assert_null(strstr(s->log[0].head, "X-Test"));
	assert_null(strstr(s->log[1].head, "Proxy-"));
	assert_non_null(strstr(s->log[1].head, "\r\nAuthorization: Bearer eyJ.t\r\n"));
	transport_pool_free(p);
	secret_free(token);
	secret_free(password);
}

/* The wire listens at an IPv6 address instead; 0 when this machine has none. */
static int listen_v6(struct wire *s)
{
	struct sockaddr_in6 sa = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	socklen_t size = sizeof(sa);

	if (fd < 0 || bind(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0) {
		close(fd);
		return 0;
	}
	loop_watch(s->loop, s->listener, 0, NULL, NULL);
	close(s->listener);
	s->listener = fd;
	assert_int_equal(listen(fd, 64), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sa, &size), 0);
	s->port = ntohs(sa.sin6_port);
	loop_watch(s->loop, fd, LOOP_READ, on_accept, s);
	return 1;
}

static void test_proxy_literal(void **state)
{
	struct world *w = *state;
	struct wire *s = &w->wires[0];
	struct transport_way x = way(s, TRANSPORT_ANONYMOUS);
	struct transport_proxy via;
	struct transport_pool *p;

	if (!listen_v6(s))
		skip();
	s->tunnel = 1;
	s->answer = proxy;
	via = proxy_of(s);
	via.host = "::1";
	via.addresses = loopback("::1");
	x.proxy = &via;
	x.port = 443;
	p = pool_of(w, &x);
	assert_int_equal(answer_of(w, p, simple())->r.status, 200);
	assert_true(str_starts(s->log[0].head, "CONNECT good.test:443 HTTP/1.1\r\n"));
	transport_pool_free(p);
}

/* What ops configured counts, not what the environment says; and nobody writes keys down. */
static void test_environment(void **state)
{
	static const char *const names[] = { "no_proxy", "NO_PROXY", "https_proxy", "HTTPS_PROXY",
		"ALL_PROXY", "all_proxy" };
	struct world *w = *state;
	struct wire *s = &w->wires[0];
	struct transport_proxy via = proxy_of(s);
	struct transport_way x = way(s, TRANSPORT_ANONYMOUS);
	struct transport_pool *p;
	char keys[96];
	struct err e;

	snprintf(keys, sizeof(keys), "%s/keys", w->dir);
	setenv("SSLKEYLOGFILE", keys, 1);
	for (size_t i = 0; i < COUNT(names); i++)
		setenv(names[i], i < 2 ? "*" : "http://127.0.0.1:1", 1);
	transport_free(w->transport);
	w->transport = transport_new(w->loop, w->egress, w->ca, "Latchkey/test", &e);
	assert_non_null(w->transport);
	p = plain_pool(w, s);
	assert_int_equal(answer_of(w, p, simple())->r.status, 200);
	transport_pool_free(p);
	s->tunnel = 1;
	s->answer = proxy;
	x.proxy = &via;
	p = pool_of(w, &x);
	assert_int_equal(answer_of(w, p, simple())->r.status, 200);
	assert_true(str_starts(s->log[1].head, "CONNECT good.test:"));
	transport_pool_free(p);
	for (size_t i = 0; i < COUNT(names); i++)
		unsetenv(names[i]);
	unsetenv("SSLKEYLOGFILE");
	assert_int_equal(access(keys, F_OK), -1);
}

static const struct refusal {
	const char *reply;
	long status;
} refusals[] = {
	{ "HTTP/1.1 407 Who?\r\nProxy-Authenticate: Basic realm=\"x\"\r\n"
	  "Content-Length: 0\r\n\r\n",
		407 },
	{ "HTTP/1.1 403 Forbidden\r\nContent-Length: 9\r\n\r\nforbidden", 403 },
	{ "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", 401 },
	{ "HTTP/1.1 503 Not now\r\nContent-Length: 0\r\n\r\n", 503 },
	{ "HTTP/1.1 302 Found\r\nLocation: https://login.test/\r\nContent-Length: 0\r\n\r\n", 302 },
	{ "SSH-2.0\r\n\r\n", 0 },
	{ "", 0 },
};

static void test_proxy_refuses(void **state)
{
	struct world *w = *state;
	struct wire *s = &w->wires[0];
	struct transport_proxy via = proxy_of(s);
	struct transport_way x = way(s, TRANSPORT_NTLM);
	struct transport_pool *p;
	struct heard *h;

	s->tunnel = 1;
	s->answer = proxy;
	s->ptr = "never";
	x.proxy = &via;
	for (size_t i = 0; i < COUNT(refusals); i++) {
		s->reply = refusals[i].reply;
		p = pool_of(w, &x);
		h = answer_of(w, p, simple());
		if (h->r.end != TRANSPORT_PROXY || h->r.status != refusals[i].status)
			fail_msg("%s: %d %ld %s", refusals[i].reply, (int)h->r.end, h->r.status,
				h->text);
		assert_int_equal(h->r.phase, TRANSPORT_CONNECTING);
		transport_pool_free(p);
	}
	via.port = w->wires[0].port == 1024 ? 1025 : 1024; /* nobody there */
	p = pool_of(w, &x);
	h = answer_of(w, p, simple());
	assert_int_equal(h->r.end, TRANSPORT_PROXY);
	assert_int_equal(h->r.status, 0);
	transport_pool_free(p);
}

/* --- callers do as they like --- */

/* At every moment of its life, with others before and behind it. */
static void test_cancel(void **state)
{
	struct world *w = *state;
	struct wire *s = &w->wires[0];
	struct transport_pool *p;

	for (int turns = 0; turns < 10; turns++) {
		struct heard *h[3];

		w->used = w->told = 0;
		p = plain_pool(w, s);
		for (int i = 0; i < 3; i++)
			h[i] = ask(w, p);
		turn(w, turns);
		if (h[1]->call)
			transport_cancel(h[1]->call);
		wait_told(w, h[1]->told ? 3 : 2);
		assert_int_equal(h[0]->r.end, TRANSPORT_ANSWERED);
		assert_int_equal(h[2]->r.end, TRANSPORT_ANSWERED);
		transport_pool_free(p);
	}
}

static void test_freed(void **state)
{
	struct world *w = *state;
	struct wire *s = &w->wires[0];
	int told;

	for (int turns = 0; turns < 10; turns++) {
		struct transport_way x = way(s, TRANSPORT_ANONYMOUS);
		struct transport_pool *p;

		w->used = w->told = 0;
		x.flying = 2;
		p = pool_of(w, &x);
		for (int i = 0; i < 6; i++)
			ask(w, p);
		turn(w, turns);
		if (turns % 3 == 1)
			transport_pool_fresh(p);
		told = w->told;
		transport_pool_free(p);
		turn(w, 3);
		assert_int_equal(w->told, told);
		assert_int_equal(wire_open(s), 0);
	}
}

static void free_own(struct heard *h)
{
	struct world *w = h->w;

	transport_pool_free(w->pool);
	w->pool = NULL;
	w->then = NULL;
}

static void test_free_inside(void **state)
{
	struct world *w = *state;
	struct wire *s = &w->wires[0];

	w->pool = plain_pool(w, s);
	w->then = free_own;
	for (int i = 0; i < 5; i++)
		ask(w, w->pool);
	wait_told(w, 1);
	turn(w, 5);
	assert_int_equal(w->told, 1);
	assert_int_equal(wire_open(s), 0);
}

/* The end of one begins afresh and asks another; that of the first cancels one that is under way.
 */
static void carry_on(struct heard *h)
{
	struct world *w = h->w;
	int other = h == &w->calls[1] ? 2 : 1;

	if (w->used >= 12)
		return;
	if (w->told == 1) {
		transport_cancel(w->calls[other].call);
		w->calls[other].call = NULL;
	}
	transport_pool_fresh(w->pool);
	ask(w, w->pool);
}

static void test_inside(void **state)
{
	struct world *w = *state;

	w->pool = plain_pool(w, &w->wires[0]);
	w->then = carry_on;
	for (int i = 0; i < 4; i++)
		ask(w, w->pool);
	wait_told(w, 11);
	turn(w, 3);
	assert_int_equal(w->told, 11);
	assert_int_equal(w->calls[1].told + w->calls[2].told, 1);
	transport_pool_free(w->pool);
}

/* Those that ask again at once when withheld do not stop the loop. */
static void ask_again(struct heard *h)
{
	struct world *w = h->w;

	if (h->r.end == TRANSPORT_WITHHELD && w->used < CALLS)
		ask(w, w->pool);
}

static void test_withheld_again(void **state)
{
	struct world *w = *state;

	w->pool = plain_pool(w, &w->wires[0]);
	w->then = ask_again;
	w->may = 0;
	ask(w, w->pool);
	for (int i = 0; i < 10; i++)
		loop_turn(w->loop, 0);
	assert_true(w->told >= 1 && w->told <= 10);
	transport_pool_free(w->pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_pool_limit),
		TEST(test_all_limits),
		TEST(test_withheld),
		TEST(test_bearer),
		TEST(test_refused_first),
		TEST(test_proxy),
		TEST(test_proxy_literal),
		TEST(test_environment),
		TEST(test_proxy_refuses),
		TEST(test_cancel),
		TEST(test_freed),
		TEST(test_free_inside),
		TEST(test_inside),
		TEST(test_withheld_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
