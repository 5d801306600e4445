/* Request: what is read, what is refused, what is left out. */
#include "web_unit.h"

static struct arena arena;

static int setup(void **state)
{
	(void)state;
	seal_init();
	arena_init(&arena, 64 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

static void reads_the_head(void **state)
{
	struct fake f;
	struct request rq;
	struct err e;

	(void)state;
	fake_init(&f, "GET", "/a%20b/c?x=1&y=%C3%A4+z&empty=&bare");
	fake_set(&f, "HTTP_USER_AGENT", "Mozilla/5.0");
	fake_set(&f, "HTTP_ORIGIN", "https://x.example");
	fake_set(&f, "HTTP_SEC_FETCH_SITE", "same-origin");
	fake_set(&f, "HTTP_COOKIE", "a=1; b=two");
	fake_set(&f, "CONTENT_TYPE", "text/plain");
	fake_set(&f, "CONTENT_LENGTH", "17");
	assert_ok(request_read(&rq, &f.io, &arena, &e));
	assert_int_equal(rq.method, GET);
	assert_string_equal(rq.path, "/a b/c");
	assert_int_equal(rq.query.count, 4);
	assert_string_equal(pairs_get(&rq.query, "y"), "\xc3\xa4 z");
	assert_string_equal(pairs_get(&rq.query, "empty"), "");
	assert_string_equal(pairs_get(&rq.query, "bare"), "");
	assert_null(pairs_get(&rq.query, "z"));
	assert_string_equal(pairs_get(&rq.cookies, "b"), "two");
	assert_string_equal(rq.address, "192.0.2.7");
	assert_string_equal(rq.agent, "Mozilla/5.0");
	assert_string_equal(rq.origin, "https://x.example");
	assert_string_equal(rq.fetch_site, "same-origin");
	assert_string_equal(rq.type, "text/plain");
	assert_int_equal(rq.length, 17);
	assert_int_equal(strlen(rq.id), REQUEST_ID);
	fake_done(&f);
}

static void has_defaults(void **state)
{
	struct fake f;
	struct request rq;
	struct err e;
	char first[REQUEST_ID + 1];

	(void)state;
	fake_init(&f, "GET", "/");
	fake_set(&f, "REMOTE_ADDR", NULL);
	fake_set(&f, "CONTENT_LENGTH", "");
	assert_ok(request_read(&rq, &f.io, &arena, &e));
	assert_string_equal(rq.path, "/");
	assert_int_equal(rq.query.count, 0);
	assert_int_equal(rq.cookies.count, 0);
	assert_int_equal(rq.length, -1);
	assert_string_equal(rq.address, "-");
	assert_string_equal(rq.agent, "");
	assert_null(rq.origin);
	assert_null(rq.type);
	memcpy(first, rq.id, sizeof(first));
	assert_ok(request_read(&rq, &f.io, &arena, &e));
	assert_string_not_equal(rq.id, first);
	fake_done(&f);
}

static void knows_methods(void **state)
{
	static const struct {
		const char *name;
		enum method method;
	} rows[] = { { "GET", GET }, { "POST", POST }, { "HEAD", HEAD }, { "PUT", METHOD_OTHER },
		{ "get", METHOD_OTHER }, { "", METHOD_OTHER }, { NULL, METHOD_OTHER } };
	struct fake f;
	struct request rq;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		fake_init(&f, rows[i].name, "/");
		assert_ok(request_read(&rq, &f.io, &arena, &e));
		assert_int_equal(rq.method, rows[i].method);
		fake_done(&f);
	}
}

static void takes_good_addresses(void **state)
{
	static const char *const rows[][2] = {
		{ "/", "/" },
		{ "/a/", "/a/" },
		{ "/a.b", "/a.b" },
		{ "/...", "/..." },
		{ "/..a/b", "/..a/b" },
		{ "/%41", "/A" },
		{ "/a+b", "/a+b" },
		{ "/%c3%a4", "/\xc3\xa4" },
		{ "/a?", "/a" },
		{ "/a?&&", "/a" },
		{ "/a?u=http://b//..", "/a" },
	};
	struct fake f;
	struct request rq;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		fake_init(&f, "GET", rows[i][0]);
		assert_ok(request_read(&rq, &f.io, &arena, &e));
		assert_string_equal(rq.path, rows[i][1]);
		fake_done(&f);
	}
}

static void refuses_bad_addresses(void **state)
{
	static const char *const rows[] = {
		NULL,
		"",
		"a",
		"*",
		"http://a/b",
		"//",
		"//a",
		"/a//b",
		"/a//",
		"/.",
		"/..",
		"/a/..",
		"/a/../b",
		"/./a",
		"/%2e",
		"/%2e%2e",
		"/a/%2E%2e/b",
		"/.%2e/",
		"/a%2fb",
		"/a%2Fb",
		"/%5c",
		"/a\\b",
		"/%5C..",
		"/%00",
		"/a%00b",
		"/%",
		"/%4",
		"/%zz",
		"/a%0ab",
		"/%7f",
		"/%ff",
		"/%c0%af",
		"/%ed%a0%80",
		"/\xff",
		"/%c2%85",
		"/a#b",
		"/\x01",
		"/a?%",
		"/a?x=%4",
		"/a?x=%00",
		"/a?x=%ff",
		"/a?%ff=1",
		"/a?x=1&x=2",
		"/a?x&x=",
		"/a?=1",
		"/a?%78=1&x=2",
	};
	struct fake f;
	struct request rq;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		fake_init(&f, "GET", rows[i]);
		if (request_read(&rq, &f.io, &arena, &e) == 0)
			fail_msg("taken: %s", rows[i]);
		assert_int_equal(e.code, ERR_INPUT);
		assert_int_equal(strlen(rq.id), REQUEST_ID);
		assert_int_equal(rq.path[0], '/');
		fake_done(&f);
	}
}

/* n bytes, as part of an address or a header. */
static const char *repeat(const char *start, char c, size_t n)
{
	char *s = arena_alloc(&arena, n + 1);
	size_t len = strlen(start);

	memset(s, c, n);
	memcpy(s, start, len);
	return s;
}

static const char *many_parameters(size_t n)
{
	char *s = arena_alloc(&arena, n * 5 + 3);
	size_t i, len = 2;

	memcpy(s, "/?", 2);
	for (i = 0; i < n; i++)
		len += (size_t)snprintf(s + len, 6, "%s%03zu", i ? "&" : "", i);
	return s;
}

static void keeps_limits(void **state)
{
	static const char *const names[] = { "CONTENT_TYPE", "HTTP_ORIGIN", "HTTP_SEC_FETCH_SITE",
		"HTTP_USER_AGENT", "HTTP_COOKIE" };
	struct fake f;
	struct request rq;
	struct err e;
	size_t i;

	(void)state;
	fake_init(&f, "GET", repeat("/", 'a', REQUEST_URI_MAX));
	assert_ok(request_read(&rq, &f.io, &arena, &e));
	fake_set(&f, "REQUEST_URI", repeat("/", 'a', REQUEST_URI_MAX + 1));
	assert_code(ERR_URI, request_read(&rq, &f.io, &arena, &e));
	fake_set(&f, "REQUEST_URI", many_parameters(REQUEST_PAIRS_MAX));
	assert_ok(request_read(&rq, &f.io, &arena, &e));
	assert_int_equal(rq.query.count, REQUEST_PAIRS_MAX);
	fake_set(&f, "REQUEST_URI", many_parameters(REQUEST_PAIRS_MAX + 1));
	assert_code(ERR_INPUT, request_read(&rq, &f.io, &arena, &e));
	fake_set(&f, "REQUEST_URI", "/");
	for (i = 0; i < COUNT(names); i++) {
		fake_set(&f, names[i], repeat("a=", 'x', REQUEST_HEADER_MAX));
		assert_ok(request_read(&rq, &f.io, &arena, &e));
		fake_set(&f, names[i], repeat("a=", 'x', REQUEST_HEADER_MAX + 1));
		assert_code(ERR_HEADERS, request_read(&rq, &f.io, &arena, &e));
		fake_set(&f, names[i], NULL);
	}
	fake_done(&f);
}

static void reads_lengths(void **state)
{
	static const char *const bad[] = { "-1", "+1", "1x", "x", " 1", "0x10", "1.5",
		"99999999999999999999", "1 2" };
	struct fake f;
	struct request rq;
	struct err e;
	size_t i;

	(void)state;
	fake_init(&f, "POST", "/");
	for (i = 0; i < COUNT(bad); i++) {
		fake_set(&f, "CONTENT_LENGTH", bad[i]);
		assert_code(ERR_INPUT, request_read(&rq, &f.io, &arena, &e));
	}
	fake_set(&f, "CONTENT_LENGTH", "9223372036854775807");
	assert_ok(request_read(&rq, &f.io, &arena, &e));
	assert_true(rq.length == INT64_MAX);
	fake_done(&f);
}

static void leaves_bad_cookies_out(void **state)
{
	struct fake f;
	struct request rq;
	struct err e;

	(void)state;
	fake_init(&f, "GET", "/");
	fake_set(&f, "HTTP_COOKIE",
		";; =x; novalue; a\x01=1; b=\xff; c=a b; d=a,b; e=\"q\"; f=\\; (=1; g=;"
		" h=1=2; __Host-i=ok;j=1");
	assert_ok(request_read(&rq, &f.io, &arena, &e));
	assert_int_equal(rq.cookies.count, 4);
	assert_string_equal(pairs_get(&rq.cookies, "g"), "");
	assert_string_equal(pairs_get(&rq.cookies, "h"), "1=2");
	assert_string_equal(pairs_get(&rq.cookies, "__Host-i"), "ok");
	assert_string_equal(pairs_get(&rq.cookies, "j"), "1");
	fake_done(&f);
}

static void trusts_no_doubled_cookie(void **state)
{
	struct fake f;
	struct request rq;
	struct err e;

	(void)state;
	fake_init(&f, "GET", "/");
	fake_set(&f, "HTTP_COOKIE", "a=1; b=2; a=3; a=4");
	assert_ok(request_read(&rq, &f.io, &arena, &e));
	assert_null(pairs_get(&rq.cookies, "a"));
	assert_string_equal(pairs_get(&rq.cookies, "b"), "2");
	fake_done(&f);
}

static void bounds_cookies(void **state)
{
	char text[REQUEST_HEADER_MAX] = "";
	size_t i, n = 0;
	struct fake f;
	struct request rq;
	struct err e;

	(void)state;
	for (i = 0; i < 400; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "c%zu=1; ", i);
	fake_init(&f, "GET", "/");
	fake_set(&f, "HTTP_COOKIE", text);
	assert_ok(request_read(&rq, &f.io, &arena, &e));
	assert_int_equal(rq.cookies.count, REQUEST_PAIRS_MAX);
	assert_null(pairs_get(&rq.cookies, "c399"));
	fake_done(&f);
}

static void takes_only_ip_addresses(void **state)
{
	static const char *const rows[][2] = {
		{ "192.0.2.1", "192.0.2.1" },
		{ "2001:db8::1", "2001:db8::1" },
		{ "unix:", "-" },
		{ "localhost", "-" },
		{ "1.2.3", "-" },
		{ "192.0.2.1\r\nx", "-" },
		{ "", "-" },
	};
	struct fake f;
	struct request rq;
	struct err e;
	size_t i;

	(void)state;
	fake_init(&f, "GET", "/");
	for (i = 0; i < COUNT(rows); i++) {
		fake_set(&f, "REMOTE_ADDR", rows[i][0]);
		assert_ok(request_read(&rq, &f.io, &arena, &e));
		assert_string_equal(rq.address, rows[i][1]);
	}
	fake_done(&f);
}

static void cleans_the_agent(void **state)
{
	struct fake f;
	struct request rq;
	struct err e;

	(void)state;
	fake_init(&f, "GET", "/");
	fake_set(&f, "HTTP_USER_AGENT", "a\x1b[1m\xff\xc3\xa4\tb");
	assert_ok(request_read(&rq, &f.io, &arena, &e));
	assert_string_equal(rq.agent, "a?[1m????b");
	fake_set(&f, "HTTP_USER_AGENT", repeat("", 'z', 300));
	assert_ok(request_read(&rq, &f.io, &arena, &e));
	assert_int_equal(strlen(rq.agent), 200);
	fake_done(&f);
}

static void reads_bodies(void **state)
{
	struct fake f;
	struct request rq;
	struct buf b;
	struct err e;

	(void)state;
	fake_init(&f, "POST", "/");
	fake_body(&f, "a=1&b=2, and what is behind it", "7");
	f.chunk = 3;
	assert_ok(request_read(&rq, &f.io, &arena, &e));
	assert_ok(request_body(&rq, 7, &b, &e));
	assert_string_equal(buf_str(&b), "a=1&b=2");
	buf_wipe(&b);
	fake_body(&f, "", "0");
	assert_ok(request_read(&rq, &f.io, &arena, &e));
	assert_ok(request_body(&rq, 7, &b, &e));
	assert_int_equal(b.len, 0);
	assert_non_null(b.p);
	buf_wipe(&b);
	fake_done(&f);
}

static void reads_large_bodies(void **state)
{
	enum { SIZE = 100000 };
	const char *body = repeat("", 'x', SIZE);
	struct fake f;
	struct request rq;
	struct buf b;
	struct err e;

	(void)state;
	fake_init(&f, "POST", "/");
	fake_body(&f, body, "100000");
	assert_ok(request_read(&rq, &f.io, &arena, &e));
	assert_ok(request_body(&rq, SIZE, &b, &e));
	assert_int_equal(b.len, SIZE);
	assert_memory_equal(b.p, body, SIZE);
	buf_wipe(&b);
	fake_done(&f);
}

static void refuses_bad_bodies(void **state)
{
	static const struct {
		const char *length;
		int slow;
		enum err_code code;
	} rows[] = {
		{ NULL, 0, ERR_INPUT },
		{ "5", 0, ERR_INPUT }, /* short */
		{ "11", 0, ERR_TOO_BIG },
		{ "9223372036854775807", 0, ERR_TOO_BIG },
		{ "4", 1, ERR_TIMEOUT },
	};
	struct fake f;
	struct request rq;
	struct buf b;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		fake_init(&f, "POST", "/");
		fake_body(&f, "1234", rows[i].length);
		f.slow = rows[i].slow;
		assert_ok(request_read(&rq, &f.io, &arena, &e));
		assert_code(rows[i].code, request_body(&rq, 10, &b, &e));
		buf_wipe(&b);
		fake_done(&f);
	}
}

static void parses_pairs(void **state)
{
	char text[] = "a=1&b=%26%3d&&c=+&d=x=y", nul[] = "a=1\0b=2";
	struct pairs p;
	struct err e;

	(void)state;
	assert_ok(pairs_parse(&arena, text, strlen(text), &p, &e));
	assert_int_equal(p.count, 4);
	assert_string_equal(pairs_get(&p, "b"), "&=");
	assert_string_equal(pairs_get(&p, "c"), " ");
	assert_string_equal(pairs_get(&p, "d"), "x=y");
	assert_code(ERR_INPUT, pairs_parse(&arena, nul, sizeof(nul) - 1, &p, &e));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_head),
		cmocka_unit_test(has_defaults),
		cmocka_unit_test(knows_methods),
		cmocka_unit_test(takes_good_addresses),
		cmocka_unit_test(refuses_bad_addresses),
		cmocka_unit_test(keeps_limits),
		cmocka_unit_test(reads_lengths),
		cmocka_unit_test(leaves_bad_cookies_out),
		cmocka_unit_test(trusts_no_doubled_cookie),
		cmocka_unit_test(bounds_cookies),
		cmocka_unit_test(takes_only_ip_addresses),
		cmocka_unit_test(cleans_the_agent),
		cmocka_unit_test(reads_bodies),
		cmocka_unit_test(reads_large_bodies),
		cmocka_unit_test(refuses_bad_bodies),
		cmocka_unit_test(parses_pairs),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
