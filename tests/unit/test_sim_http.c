/*
 * The simulator's server as a careful and as a hostile client see it: requests however they are
 * cut, refusals, bounds, pipelines, deadlines.
 */
#include "tests/unit/unit.h"
#include "tests/unit/sim_http_unit.h"

static struct lab lab;

static int open_lab(void **state)
{
	(void)state;
	lab_open(&lab);
	return 0;
}

static int close_lab(void **state)
{
	(void)state;
	lab_close(&lab);
	return 0;
}

static const struct {
	const char *request, *end, *path, *query, *body;
} good[] = {
	{ GET("/a"), "\r\n\r\nGET /a ", "/a", "-", "" },
	{ "\r\n" GET("/a?b=%20c&d"), "GET /a ", "/a", "b=%20c&d", "" },
	{ GET("/%45ws/%c3%A4+?"), "GET /Ews/\xc3\xa4+ ", "/Ews/\xc3\xa4+", "", "" },
	{ GET("https://mail.test/EWS/x?y"), "GET /EWS/x ", "/EWS/x", "y", "" },
	{ "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", "OPTIONS * ", "*", "-", "" },
	{ "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello", "POST /p hello", "/p",
		"-", "hello" },
	{ "POST /p HTTP/1.1\r\nhOST:h\r\ncontent-length: \t5 \r\n\r\nhello", "POST /p hello", "/p",
		"-", "hello" },
	{ "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", "POST /p ", "/p", "-", "" },
	{ "POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n"
	  "5\r\nhello\r\nA;x=y\r\n0123456789\r\n000\r\nTrailer: t\r\n\r\n",
		"POST /c hello0123456789", "/c", "-", "hello0123456789" },
	{ "GET /old HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
		"Connection: keep-alive\r\n\r\nGET /old ", "/old", "-", "" },
};

static void check_good(size_t i, const struct client *c)
{
	if (count_of(c->got.at, "HTTP/1.1 200 OK\r\n") != 1)
		fail_msg("request %zu: %s", i, c->got.at);
	assert_string_equal(lab.path.at, good[i].path);
	assert_string_equal(lab.query.at, good[i].query);
	assert_string_equal(lab.body.at, good[i].body);
}

static void test_good(void **state)
{
	(void)state;
	for (int secure = 0; secure < 2; secure++) {
		struct client c = client_open(&lab, secure ? lab.secure : lab.plain);

		for (size_t i = 0; i < COUNT(good); i++) {
			text_clear(&c.got);
			client_say(&c, good[i].request);
			if (!client_wait(&c, good[i].end, 2000))
				fail_msg("request %zu: %s", i, c.got.at);
			check_good(i, &c);
		}
		assert_int_equal(lab.number, secure + 1);
		assert_string_equal(lab.name, secure ? "mail.example.test" : "");
		client_close(&c);
	}
	assert_int_equal(lab.requests, 2 * COUNT(good));
}

/* The same in drops: whatever the cut, it is the same request. */
static void test_drops(void **state)
{
	(void)state;
	for (int secure = 0; secure < 2; secure++) {
		struct client c = client_open(&lab, secure ? lab.secure : lab.plain);

		for (size_t i = 0; i < COUNT(good); i++) {
			text_clear(&c.got);
			for (const char *p = good[i].request; *p != '\0'; p++) {
				client_send(&c, p, 1);
				loop_turn(lab.loop, 0);
			}
			if (!client_wait(&c, good[i].end, 2000))
				fail_msg("request %zu: %s", i, c.got.at);
			check_good(i, &c);
		}
		client_close(&c);
	}
}

#define POST(headers) "POST / HTTP/1.1\r\nHost: h\r\n" headers "\r\n"
#define CHUNKED(body) POST("Transfer-Encoding: chunked\r\n") body

static const struct {
	const char *request;
	int status;
} refused[] = {
	{ "GET\r\n\r\n", 400 },
	{ "GET /\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\nHost: h\n\n", 400 },
	{ "\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: h\r\nA : b\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: h\r\n folded\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: h\r\nA: b\rc\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: h\r\nnocolon\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: h\r\n: v\r\n\r\n", 400 },
	{ "G(T / HTTP/1.1\r\nHost: h\r\n\r\n", 400 },
	{ "GET  / HTTP/1.1\r\nHost: h\r\n\r\n", 400 },
	{ "GET x HTTP/1.1\r\nHost: h\r\n\r\n", 400 },
	{ "GET http://h HTTP/1.1\r\nHost: h\r\n\r\n", 400 },
	{ "GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n", 400 },
	{ "GET /%4 HTTP/1.1\r\nHost: h\r\n\r\n", 400 },
	{ "GET /%00 HTTP/1.1\r\nHost: h\r\n\r\n", 400 },
	{ "GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505 },
	{ "GET / HTTP/1.x\r\nHost: h\r\n\r\n", 400 },
	{ "GET / HTTQ/1.1\r\nHost: h\r\n\r\n", 400 },
	{ "\x16\x03\x01\x02\r\n\r\n", 400 },
	{ POST(""), 411 },
	{ POST("Content-Length: 1\r\nContent-Length: 1\r\n") "x", 400 },
	{ POST("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n") "0\r\n\r\n", 400 },
	{ POST("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400 },
	{ POST("Content-Length: -1\r\n"), 400 },
	{ POST("Content-Length: +1\r\n"), 400 },
	{ POST("Content-Length: 1, 1\r\n"), 400 },
	{ POST("Content-Length: \r\n"), 400 },
	{ POST("Content-Length: 99999999999999999999\r\n"), 400 },
	{ POST("Content-Length: 1001\r\n"), 413 },
	{ POST("Transfer-Encoding: gzip\r\n"), 501 },
	{ POST("Transfer-Encoding: gzip, chunked\r\n"), 501 },
	{ POST("Content-Length: 1\r\nExpect: magic\r\n"), 417 },
	{ "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400 },
	{ CHUNKED("\r\n"), 400 },
	{ CHUNKED("x\r\n"), 400 },
	{ CHUNKED("-1\r\n"), 400 },
	{ CHUNKED("1\nx"), 400 },
	{ CHUNKED("1x\r\nx"), 400 },
	{ CHUNKED("1\r\nxy"), 0 },
	{ CHUNKED("1\r\nxyz"), 400 },
	{ CHUNKED("3e9\r\n"), 413 },
	{ CHUNKED("3e8\r\n"), 0 },
	{ CHUNKED("ffffffffffffffff\r\n"), 400 },
	{ CHUNKED("fffffffffffffff\r\n"), 413 },
	{ CHUNKED("0\r\nbad\n\r\n"), 400 },
};

static void test_refused(void **state)
{
	(void)state;
	lab.http->limits.body = 1000;
	for (size_t i = 0; i < COUNT(refused); i++) {
		char *got = exchange(&lab, refused[i].request);
		int status = 0;

		(void)sscanf(got, "HTTP/1.1 %d ", &status);
		if (status != refused[i].status)
			fail_msg("request %zu: %d instead of %d", i, status, refused[i].status);
		if (status != 0)
			assert_non_null(strstr(got, "Connection: close\r\n"));
		free(got);
	}
	assert_int_equal(lab.requests, 0);
}

static void test_zero_in_head(void **state)
{
	static const char request[] = "GET / HTTP/1.1\r\nHost: h\r\nA: b\0c\r\n\r\n";
	struct client c = client_open(&lab, lab.plain);

	(void)state;
	client_send(&c, request, sizeof(request) - 1);
	client_wait(&c, NULL, 2000);
	assert_memory_equal(c.got.at, "HTTP/1.1 400 ", 13);
	client_close(&c);
}

/* A request of about `size` bytes in `n` headers. */
static void send_head(struct client *c, size_t size, int n)
{
	struct text t = { 0 };

	text_puts(&t, "GET / HTTP/1.1\r\nHost: h\r\n");
	for (int i = 1; i < n; i++) {
		text_puts(&t, "A: ");
		for (size_t k = 0; k < size / (size_t)n; k++)
			text_add(&t, "x", 1);
		text_puts(&t, "\r\n");
	}
	text_puts(&t, "\r\n");
	client_send(c, t.at, t.len);
	text_free(&t);
}

static void test_head_bounds(void **state)
{
	static const struct {
		size_t size;
		int headers;
		const char *status;
	} rows[] = {
		{ 0, 100, "HTTP/1.1 200 " },
		{ 0, 101, "HTTP/1.1 431 " },
		{ 64000, 2, "HTTP/1.1 200 " },
		{ 140000, 2, "HTTP/1.1 431 " },
		{ 3000000, 50, "HTTP/1.1 431 " },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct client c = client_open(&lab, lab.plain);

		send_head(&c, rows[i].size, rows[i].headers);
		client_wait(&c, NULL, 100);
		if (strncmp(c.got.at, rows[i].status, 13) != 0)
			fail_msg("row %zu: %s", i, c.got.at);
		client_close(&c);
	}
}

/* More requests than a turn has steps, in one go. */
static void test_pipeline(void **state)
{
	enum { MANY = 1000 };
	struct text all = { 0 };

	(void)state;
	for (int secure = 0; secure < 2; secure++) {
		struct client c = client_open(&lab, secure ? lab.secure : lab.plain);

		text_clear(&all);
		for (int i = 0; i < MANY; i++)
			text_printf(&all,
				"POST /%d HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc", i);
		client_send(&c, all.at, all.len);
		assert_true(client_wait(&c, "POST /999 abc", 5000));
		assert_int_equal(count_of(c.got.at, "HTTP/1.1 200 OK"), MANY);
		assert_true(strstr(c.got.at, "POST /17 abc") < strstr(c.got.at, "POST /18 abc"));
		client_close(&c);
	}
	text_free(&all);
}

static void test_pipeline_late(void **state)
{
	struct client c = client_open(&lab, lab.plain);

	(void)state;
	lab.how.delay_ms = 20;
	client_say(&c, GET("/1") GET("/2") GET("/3"));
	assert_true(client_wait(&c, "GET /3 ", 2000));
	assert_int_equal(lab.finished, 3);
	client_close(&c);
}

/* A large body, there and back, through TLS: records are cut everywhere. */
static void test_large(void **state)
{
	enum { SIZE = 3000000 };
	struct client c = client_open(&lab, lab.secure);
	struct text t = { 0 };

	(void)state;
	lab.size = SIZE;
	text_printf(&t, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n", SIZE);
	for (int i = 0; i < SIZE; i++)
		text_add(&t, &"0123456789"[i % 10], 1);
	client_send(&c, t.at, t.len);
	client_wait(&c, "\r\n\r\n", 1);
	while (c.got.len < SIZE && !c.closed)
		client_wait(&c, NULL, 20);
	assert_int_equal(lab.body.len, SIZE);
	assert_memory_equal(lab.body.at, t.at + t.len - SIZE, SIZE);
	assert_non_null(strstr(c.got.at, "Content-Length: 3000000\r\n"));
	assert_int_equal(c.got.at[c.got.len - 1], 'a' + (SIZE - 1) % 26);
	text_free(&t);
	client_close(&c);
}

static void test_continue(void **state)
{
	static const char head[] = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n"
				   "Expect: 100-continue\r\n\r\n";
	struct client c = client_open(&lab, lab.plain);

	(void)state;
	client_say(&c, head);
	assert_true(client_wait(&c, "HTTP/1.1 100 Continue\r\n\r\n", 2000));
	client_say(&c, "ab");
	assert_true(client_wait(&c, "POST / ab", 2000));
	text_clear(&c.got);
	client_say(&c,
		"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n"
		"Expect: 100-continue\r\n\r\ncd");
	assert_true(client_wait(&c, "POST / cd", 2000));
	assert_null(strstr(c.got.at, "100 Continue"));
	client_close(&c);
}

static void test_methods_and_ends(void **state)
{
	static const struct {
		const char *request, *has;
		bool closes;
	} rows[] = {
		{ "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n", "Content-Length: 7\r\n", false },
		{ "GET / HTTP/1.0\r\n\r\n", "Connection: close\r\n", true },
		{ "GET / HTTP/1.1\r\nHost: h\r\nConnection: foo, Close\r\n\r\n",
			"Connection: close\r\n", true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct client c = client_open(&lab, lab.plain);

		client_say(&c, rows[i].request);
		client_wait(&c, NULL, 60);
		assert_non_null(strstr(c.got.at, rows[i].has));
		assert_int_equal(c.closed, rows[i].closes);
		if (i == 0)
			assert_string_equal(c.got.at + c.got.len - 4, "\r\n\r\n");
		client_close(&c);
	}
}

static void test_statuses(void **state)
{
	static const struct {
		int status;
		const char *line, *not ;
	} rows[] = {
		{ 204, "HTTP/1.1 204 No Content\r\n", "Content-Length" },
		{ 304, "HTTP/1.1 304 Not Modified\r\n", "Content-Length" },
		{ 503, "HTTP/1.1 503 Service Unavailable\r\n", "\nX-Smuggled" },
		{ 299, "HTTP/1.1 299 Unknown\r\n", "\nX-Smuggled" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *got;

		lab.how.status = rows[i].status;
		got = exchange(&lab, GET("/x"));
		assert_memory_equal(got, rows[i].line, strlen(rows[i].line));
		assert_null(strstr(got, rows[i].not ));
		assert_int_equal(strstr(got, "GET /x") == NULL, i < 2);
		free(got);
	}
}

/* A client that has said all it wants to say still gets its answer. */
static void test_half_closed_client(void **state)
{
	struct client c = client_open(&lab, lab.plain);

	(void)state;
	lab.how.delay_ms = 20;
	client_say(&c, GET("/1") GET("/2"));
	shutdown(c.fd, SHUT_WR);
	client_wait(&c, NULL, 2000);
	assert_true(c.closed);
	assert_int_equal(count_of(c.got.at, "200 OK"), 2);
	client_close(&c);
}

static void test_deadlines(void **state)
{
	static const struct {
		bool secure;
		const char *said, *answer; /* "" = closed without a word */
	} rows[] = {
		{ false, "", "" },
		{ true, "", "" },
		{ false, "GET / HT", "HTTP/1.1 408 " },
		{ false, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nab",
			"HTTP/1.1 408 " },
		{ true, "GET / HT", "HTTP/1.1 408 " },
		{ true, GET("/idle"), "HTTP/1.1 200 " },
	};

	(void)state;
	lab.http->limits.head_ms = lab.http->limits.idle_ms = 60;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct client c = client_open(&lab, rows[i].secure ? lab.secure : lab.plain);
		bool handshake = rows[i].secure && rows[i].said[0] != '\0';

		client_say(&c, rows[i].said);
		if (!rows[i].secure || handshake)
			client_wait(&c, NULL, 2000);
		else
			turn_for(&lab, 150);
		if (rows[i].answer[0] != '\0')
			assert_memory_equal(c.got.at, rows[i].answer, 13);
		else
			assert_int_equal(c.got.len, 0);
		assert_true(c.closed || lab.http->n_connections == 0);
		client_close(&c);
	}
}

/* A head that never ends is not kept alive by its drops. */
static void test_slow_head(void **state)
{
	struct client c = client_open(&lab, lab.plain);
	int64_t start = loop_us();

	(void)state;
	lab.http->limits.head_ms = 80;
	client_say(&c, "GET / HTTP/1.1\r\n");
	while (!c.closed && !c.reset && loop_us() - start < 2000000) {
		client_say(&c, "A: b\r\n");
		client_wait(&c, NULL, 5);
	}
	assert_true(loop_us() - start < 1000000);
	assert_memory_equal(c.got.at, "HTTP/1.1 408 ", 13);
	client_close(&c);
}

static void test_deaf_client(void **state)
{
	struct client c = client_open(&lab, lab.plain);

	(void)state;
	lab.http->limits.idle_ms = 60;
	lab.size = 20 << 20;
	client_say(&c, GET("/"));
	while (lab.requests == 0)
		loop_turn(lab.loop, 10);
	turn_for(&lab, 250);
	assert_int_equal(lab.http->n_connections, 0);
	assert_int_equal(lab.finished, 1);
	client_close(&c);
}

static void test_too_many(void **state)
{
	struct client c[3];

	(void)state;
	lab.http->limits.connections = 2;
	for (int i = 0; i < 3; i++) {
		c[i] = client_open(&lab, lab.plain);
		turn_for(&lab, 2);
	}
	client_wait(&c[2], NULL, 1000);
	assert_true(c[2].reset);
	client_say(&c[0], GET("/x"));
	assert_true(client_wait(&c[0], "GET /x ", 1000));
	for (int i = 0; i < 3; i++)
		client_close(&c[i]);
}

/* Nonsense of every kind: the server neither falls nor leaks. */
static void test_noise(void **state)
{
	struct dice d = { 42 };
	char bytes[400];

	(void)state;
	for (int i = 0; i < 300; i++) {
		struct client c = client_open(&lab, i % 3 == 0 ? lab.secure : lab.plain);
		const char *from = good[i % (int)COUNT(good)].request;
		size_t n = strlen(from);

		memcpy(bytes, from, n);
		for (uint32_t k = dice_below(&d, 4) + 1; k > 0; k--)
			bytes[dice_below(&d, (uint32_t)n)] = (char)dice_below(&d, 256);
		(void)send(c.fd, bytes, n, MSG_NOSIGNAL);
		turn_for(&lab, 1);
		client_close(&c);
	}
	turn_for(&lab, 20);
	assert_int_equal(lab.http->n_connections, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_lab, close_lab)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_good),
		TEST(test_drops),
		TEST(test_refused),
		TEST(test_zero_in_head),
		TEST(test_head_bounds),
		TEST(test_pipeline),
		TEST(test_pipeline_late),
		TEST(test_large),
		TEST(test_continue),
		TEST(test_methods_and_ends),
		TEST(test_statuses),
		TEST(test_half_closed_client),
		TEST(test_deadlines),
		TEST(test_slow_head),
		TEST(test_deaf_client),
		TEST(test_too_many),
		TEST(test_noise),
	};

	return cmocka_run_group_tests_name("sim_http", tests, NULL, NULL);
}
