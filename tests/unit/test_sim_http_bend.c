/*
 * How the simulator's server misbehaves, seen on the wire; what becomes of connections when a
 * listener refuses, drops them or shows other papers; and that `finished` is called once, whatever
 * happens.
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

static size_t body_len(const struct client *c)
{
	const char *body = c->got.at == NULL ? NULL : strstr(c->got.at, "\r\n\r\n");

	return body == NULL ? 0 : c->got.len - (size_t)(body + 4 - c->got.at);
}

/* Each bend through plain and TLS: how much came, how it ended, how long it took. */
static const struct bend_row {
	enum bend bend;
	int64_t arg;
	size_t body;
	bool head, closed, reset;
	bool notified; /* TLS says that it ends */
	int least_ms;
} bends[] = {
	{ BEND_NONE, 0, 2000, true, false, false, false, 0 },
	{ BEND_RESET, 0, 0, false, false, true, false, 0 },
	{ BEND_CLOSE, 0, 0, false, true, false, true, 0 },
	{ BEND_HALF_CLOSE, 0, 1000, true, true, false, true, 0 },
	{ BEND_SLOW_HEAD, 100, 2000, true, false, false, false, 100 },
	{ BEND_SLOW_BODY, 100, 2000, true, false, false, false, 100 },
	{ BEND_CUT, 0, 1000, true, true, false, false, 0 },
	{ BEND_SILENCE, 80, 0, false, true, false, false, 80 },
	{ BEND_SILENCE, 0, 0, false, true, false, false, 0 },
	{ BEND_SLOW_BODY, -5, 2000, true, false, false, false, 0 },
};

static void check_bend(size_t i, const struct bend_row *b, const struct client *c, int64_t took)
{
	bool tls = c->ssl != NULL;

	if (body_len(c) != b->body || (c->got.len > 0) != b->head || c->closed != b->closed ||
		c->reset != b->reset || (tls && c->notified != b->notified) ||
		took / 1000 < b->least_ms)
		fail_msg("row %zu tls %d: body %zu closed %d reset %d notified %d, %lld us", i, tls,
			body_len(c), c->closed, c->reset, c->notified, (long long)took);
	if (b->head)
		assert_non_null(strstr(c->got.at, "Content-Length: 2000\r\n"));
	assert_int_equal(lab.finished, 1);
}

static void test_bends(void **state)
{
	(void)state;
	lab.size = 2000;
	for (size_t i = 0; i < 2 * COUNT(bends); i++) {
		const struct bend_row *b = &bends[i / 2];
		struct client c = client_open(&lab, i % 2 == 0 ? lab.plain : lab.secure);
		int64_t start;

		client_wait(&c, NULL, 5);
		lab.how.bend = b->bend;
		lab.how.bend_ms = b->arg;
		lab.finished = lab.requests = 0;
		client_say(&c, GET("/"));
		start = loop_us();
		while (!c.closed && !c.reset && body_len(&c) < 2000 && loop_us() - start < 2000000)
			client_wait(&c, NULL, 1);
		check_bend(i / 2, b, &c, loop_us() - start);
		client_close(&c);
	}
}

/* After a slow answer the connection goes on as if nothing had been. */
static void test_bend_goes_on(void **state)
{
	struct client c = client_open(&lab, lab.secure);

	(void)state;
	lab.how.bend = BEND_SLOW_HEAD;
	lab.how.bend_ms = 30;
	client_say(&c, GET("/1") GET("/2"));
	assert_true(client_wait(&c, "GET /2 ", 2000));
	lab.how.bend = BEND_NONE;
	client_say(&c, GET("/3"));
	assert_true(client_wait(&c, "GET /3 ", 2000));
	assert_int_equal(lab.number, 1);
	client_close(&c);
}

/* Half closed: the client waits as long as it likes; ours is still there, and shut. */
static void test_half_close_stays(void **state)
{
	struct client c = client_open(&lab, lab.plain);

	(void)state;
	lab.http->limits.linger_ms = 20;
	lab.how.bend = BEND_HALF_CLOSE;
	client_say(&c, GET("/"));
	client_wait(&c, NULL, 1000);
	assert_true(c.closed);
	turn_for(&lab, 100);
	assert_int_equal(lab.http->n_connections, 1);
	client_close(&c);
	turn_for(&lab, 5);
	assert_int_equal(lab.http->n_connections, 0);
}

/* Where there is no body to cut, the head is. */
static void test_cut_without_body(void **state)
{
	struct client c = client_open(&lab, lab.plain);

	(void)state;
	lab.how.bend = BEND_CUT;
	client_say(&c, "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
	client_wait(&c, NULL, 1000);
	assert_true(c.closed && c.got.len > 0);
	assert_null(strstr(c.got.at, "\r\n\r\n"));
	client_close(&c);
}

/* Bytes of a chunked body, and how many of them are blanks. */
static void count_chunks(const char *at, size_t *all, size_t *blanks)
{
	*all = *blanks = 0;
	for (;;) {
		char *end;
		size_t n = strtoul(at, &end, 16);

		assert_memory_equal(end, "\r\n", 2);
		if (n == 0)
			return;
		*all += n;
		for (size_t i = 0; i < n; i++)
			*blanks += end[2 + i] == ' ';
		at = end + 2 + n;
		assert_memory_equal(at, "\r\n", 2);
		at += 2;
	}
}

static void test_huge(void **state)
{
	struct client c = client_open(&lab, lab.secure);
	size_t all, blanks;

	(void)state;
	lab.size = 100;
	lab.how.bend = BEND_HUGE;
	lab.how.bend_ms = 3;
	client_say(&c, GET("/1"));
	assert_true(client_wait(&c, "v\r\n0\r\n\r\n", 5000));
	assert_non_null(strstr(c.got.at, "Transfer-Encoding: chunked\r\n"));
	count_chunks(strstr(c.got.at, "\r\n\r\n") + 4, &all, &blanks);
	assert_int_equal(blanks, 3 << 20);
	assert_int_equal(all - blanks, 100);
	text_clear(&c.got);
	client_say(&c, "GET /2 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
	client_wait(&c, NULL, 5000);
	assert_true(c.notified);
	assert_null(strstr(c.got.at, "chunked"));
	assert_int_equal(body_len(&c), (3 << 20) + 100);
	client_close(&c);
}

/* What inflates out of it; -1 when the stream is not whole, checksum and length included. */
static long inflated(const char *at, size_t n)
{
	static unsigned char piece[1 << 16];
	z_stream z = { .next_in = (unsigned char *)(uintptr_t)at, .avail_in = (unsigned)n };
	int end = Z_OK;
	long all = 0;

	assert_int_equal(inflateInit2(&z, MAX_WBITS + 16), Z_OK);
	while (end == Z_OK) {
		z.next_out = piece;
		z.avail_out = sizeof(piece);
		end = inflate(&z, Z_NO_FLUSH);
		all += (long)(sizeof(piece) - z.avail_out);
	}
	inflateEnd(&z);
	return end == Z_STREAM_END && z.avail_in == 0 ? all : -1;
}

static void test_bomb(void **state)
{
	static const int sizes[] = { 0, 1, 63, 64, 65, 200 };
	struct client c = client_open(&lab, lab.plain);

	(void)state;
	lab.how.bend = BEND_BOMB;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		unsigned long length = 0;

		lab.how.bend_ms = sizes[i];
		text_clear(&c.got);
		client_say(&c, GET("/"));
		client_wait(&c, "\r\n\r\n", 10);
		(void)sscanf(strstr(c.got.at, "Content-Length"), "Content-Length: %lu", &length);
		assert_non_null(strstr(c.got.at, "Content-Encoding: gzip\r\n"));
		while (body_len(&c) < length && !c.closed)
			client_wait(&c, NULL, 1);
		assert_int_equal(body_len(&c), length);
		assert_true(length < 2000 * (unsigned long)(sizes[i] + 1));
		assert_int_equal(
			inflated(strstr(c.got.at, "\r\n\r\n") + 4, length), (long)sizes[i] << 20);
	}
	client_close(&c);
}

static void test_gzip(void **state)
{
	static const struct {
		const char *accept;
		size_t size;
		bool no_gzip, packed;
	} rows[] = {
		{ "gzip", 5000, false, true },
		{ "deflate, GZIP;q=0.5, br", 5000, false, true },
		{ "*", 1025, false, true },
		{ "gzip;q=0", 5000, false, false },
		{ "gzip; q=0.000, br", 5000, false, false },
		{ "gzip; q=0.001", 5000, false, true },
		{ "deflate, gzipped", 5000, false, false },
		{ "", 5000, false, false },
		{ "gzip", 1024, false, false },
		{ "gzip", 5000, true, false },
		{ "gzip", 300000, false, true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *request = format("GET / HTTP/1.1\r\nHost: h\r\nAccept-Encoding: "
				       "%s\r\nConnection: close\r\n\r\n",
			rows[i].accept);
		struct client c = client_open(&lab, lab.plain);

		lab.size = rows[i].size;
		lab.how.no_gzip = rows[i].no_gzip;
		client_say(&c, request);
		client_wait(&c, NULL, 2000);
		if ((strstr(c.got.at, "Content-Encoding: gzip\r\n") != NULL) != rows[i].packed)
			fail_msg("row %zu", i);
		if (rows[i].packed)
			assert_int_equal(inflated(strstr(c.got.at, "\r\n\r\n") + 4, body_len(&c)),
				rows[i].size);
		else
			assert_int_equal(body_len(&c), rows[i].size);
		client_close(&c);
		free(request);
	}
}

/* The client goes away, in good order or not, while its answer waits or is under way. */
static void test_finished_once(void **state)
{
	static const struct {
		enum bend bend;
		int delay_ms;
		size_t size;
		bool reset;
	} rows[] = {
		{ BEND_NONE, 60, 10, false },
		{ BEND_NONE, 60, 10, true },
		{ BEND_NONE, 0, 30 << 20, false },
		{ BEND_NONE, 0, 30 << 20, true },
		{ BEND_SLOW_BODY, 0, 1000, false },
		{ BEND_SLOW_BODY, 0, 1000, true },
		{ BEND_HUGE, 0, 10, true },
		{ BEND_SILENCE, 0, 10, true },
	};
	struct linger now = { .l_onoff = 1 };

	(void)state;
	lab.http->limits.linger_ms = 50;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct client c = client_open(&lab, lab.plain);

		lab.requests = lab.finished = 0;
		lab.how.bend = rows[i].bend;
		lab.how.bend_ms = 100;
		lab.how.delay_ms = rows[i].delay_ms;
		lab.size = rows[i].size;
		client_say(&c, GET("/"));
		while (lab.requests == 0)
			loop_turn(lab.loop, 5);
		turn_for(&lab, 5);
		assert_int_equal(lab.finished, 0);
		if (rows[i].reset)
			setsockopt(c.fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
		client_close(&c);
		turn_for(&lab, rows[i].reset ? 10 : 160);
		if (lab.finished != 1 || lab.http->n_connections != 0)
			fail_msg("row %zu: %d, %d left", i, lab.finished, lab.http->n_connections);
	}
}

/* The server ends with an answer waiting: lab_close looks. */
static void test_finished_at_end(void **state)
{
	struct client c = client_open(&lab, lab.secure);

	(void)state;
	lab.how.delay_ms = 10000;
	lab.remember = true;
	client_say(&c, GET("/"));
	client_wait(&c, NULL, 30);
	assert_int_equal(lab.requests, 1);
	assert_int_equal(lab.finished, 0);
	client_close(&c);
}

static void test_refuse(void **state)
{
	struct client c = client_open(&lab, lab.plain);
	int port = http_port(lab.plain);
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int other = socket(AF_INET, SOCK_STREAM, 0);

	(void)state;
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	client_say(&c, GET("/1"));
	assert_true(client_wait(&c, "GET /1 ", 1000));
	for (int i = 0; i < 3; i++) {
		http_refuse(lab.plain, true);
		http_refuse(lab.plain, true);
		assert_int_equal(try_connect(port), -1);
		assert_int_equal(errno, ECONNREFUSED);
		/* nobody takes our port meanwhile */
		assert_int_equal(bind(other, (struct sockaddr *)&a, sizeof(a)), -1);
		/* who is in stays in */
		client_say(&c, GET("/2"));
		assert_true(client_wait(&c, "GET /2 ", 1000));
		http_refuse(lab.plain, false);
		http_refuse(lab.plain, false);
		assert_int_equal(http_port(lab.plain), port);
		free(exchange(&lab, GET("/again")));
		assert_string_equal(lab.path.at, "/again");
	}
	close(other);
	client_close(&c);
}

static void test_listen_errors(void **state)
{
	char *why = NULL;

	(void)state;
	assert_null(http_listen(lab.http, "127.0.0.1", http_port(lab.plain), false, &why));
	assert_non_null(strstr(why, "in use"));
	free(why);
	assert_null(http_listen(lab.http, "mail.example.test", 0, false, &why));
	assert_non_null(strstr(why, "not an IP address"));
	free(why);
}

static void test_drop_idle(void **state)
{
	struct client idle = client_open(&lab, lab.secure), begun = client_open(&lab, lab.secure),
		      busy = client_open(&lab, lab.secure), other = client_open(&lab, lab.plain);

	(void)state;
	client_say(&idle, GET("/idle"));
	assert_true(client_wait(&idle, "GET /idle ", 1000));
	client_say(&begun, "GET /beg");
	lab.how.delay_ms = 50;
	client_say(&busy, GET("/busy"));
	client_wait(&busy, NULL, 10);
	http_drop_idle(lab.secure);
	client_wait(&idle, NULL, 1000);
	assert_true(idle.closed && idle.notified);
	assert_true(client_wait(&busy, "GET /busy ", 1000));
	client_say(&begun, "un HTTP/1.1\r\nHost: h\r\n\r\n");
	assert_true(client_wait(&begun, "GET /begun ", 1000));
	client_say(&other, GET("/other"));
	assert_true(client_wait(&other, "GET /other ", 1000));
	client_close(&idle);
	client_close(&begun);
	client_close(&busy);
	client_close(&other);
}

/* At accept it is decided what is shown, or that nothing is. */
static void test_accept(void **state)
{
	(void)state;
	for (int show = -1; show < TLS_OLD; show++) {
		struct client c;
		unsigned char hash[32];
		unsigned int n;

		lab.show = show;
		c = client_open(&lab, lab.secure);
		if (show >= 0)
			client_say(&c, GET("/"));
		else
			SSL_connect(c.ssl);
		client_wait(&c, "GET / ", 1000);
		if (show < 0) {
			assert_true(c.reset);
		} else {
			X509 *peer = SSL_get1_peer_certificate(c.ssl);

			X509_digest(peer, EVP_sha256(), hash, &n);
			assert_memory_equal(hash, tls_end_point(lab.tls, (enum tls_show)show), 32);
			X509_free(peer);
		}
		client_close(&c);
	}
	turn_for(&lab, 10);
	assert_int_equal(lab.http->n_connections, 0);
}

static void test_remember(void **state)
{
	struct client c = client_open(&lab, lab.plain);

	(void)state;
	lab.remember = true;
	client_say(&c, GET("/1") GET("/2"));
	assert_true(client_wait(&c, "GET /2 ", 1000));
	assert_int_equal(lab.forgotten, 0);
	client_close(&c);
	turn_for(&lab, 10);
	assert_int_equal(lab.forgotten, 1);
}

/* Idle connections hold no buffers. */
static void test_idle_is_small(void **state)
{
	struct client c = client_open(&lab, lab.plain);

	(void)state;
	lab.size = 100000;
	client_say(&c, GET("/1"));
	assert_true(client_wait(&c, "d", 1000));
	while (body_len(&c) < lab.size)
		client_wait(&c, NULL, 1);
	assert_int_equal(lab.http->n_connections, 1);
	assert_null(lab.http->connections->in.at);
	assert_null(lab.http->connections->out.at);
	assert_null(lab.http->connections->head.at);
	assert_null(lab.http->connections->req.body.at);
	assert_true(lab.http->n_spare > 0);
	client_close(&c);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_lab, close_lab)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_bends),
		TEST(test_bend_goes_on),
		TEST(test_half_close_stays),
		TEST(test_cut_without_body),
		TEST(test_huge),
		TEST(test_bomb),
		TEST(test_gzip),
		TEST(test_finished_once),
		TEST(test_finished_at_end),
		TEST(test_refuse),
		TEST(test_listen_errors),
		TEST(test_drop_idle),
		TEST(test_accept),
		TEST(test_remember),
		TEST(test_idle_is_small),
	};

	return cmocka_run_group_tests_name("sim_http_bend", tests, NULL, NULL);
}
