/* Url: what is taken apart, what is refused, and coding that comes back as it went. */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>
#include "platform/url.h"

static struct arena arena;

static int setup(void **state)
{
	(void)state;
	arena_init(&arena, 1024 * 1024);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

static void takes_urls_apart(void **state)
{
	static const struct {
		const char *text, *scheme, *host;
		int port, literal;
		const char *path;
	} rows[] = {
		{ "https://example.com", "https", "example.com", 443, 0, "/" },
		{ "http://example.com/", "http", "example.com", 80, 0, "/" },
		{ "HTTPS://Mail.Example.COM/EWS", "https", "mail.example.com", 443, 0, "/EWS" },
		{ "https://h:8443/a?b=c#d", "https", "h", 8443, 0, "/a?b=c" },
		{ "https://h?x=/y", "https", "h", 443, 0, "/?x=/y" },
		{ "https://h#frag", "https", "h", 443, 0, "/" },
		{ "http://127.0.0.1:1/", "http", "127.0.0.1", 1, 1, "/" },
		{ "http://[::1]/x", "http", "::1", 80, 1, "/x" },
		{ "http://[2001:DB8:0:0::1]:65535", "http", "2001:db8::1", 65535, 1, "/" },
		{ "http://[2001:db8:1111:2222:3333:4444:5555:6666]/", "http",
			"2001:db8:1111:2222:3333:4444:5555:6666", 80, 1, "/" },
		{ "http://[::ffff:10.0.0.1]/", "http", "::ffff:10.0.0.1", 80, 1, "/" },
		{ "https://h/a@b:c", "https", "h", 443, 0, "/a@b:c" },
		{ "https://h/%2f", "https", "h", 443, 0, "/%2f" },
	};
	struct url u;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		if (url_parse(&arena, rows[i].text, &u) < 0)
			fail_msg("%s is refused", rows[i].text);
		assert_string_equal(u.scheme, rows[i].scheme);
		assert_string_equal(u.host, rows[i].host);
		assert_int_equal(u.port, rows[i].port);
		assert_int_equal(u.literal, rows[i].literal);
		assert_string_equal(u.path, rows[i].path);
	}
}

static void refuses_what_is_no_url(void **state)
{
	static const char *const rows[] = { "", "x", "/path", "//host/path", "ftp://h/",
		"https:", "https:/h", "https://", "https:///x", "httpss://h", "http ://h",
		"javascript:alert(1)", "https://user@h/", "https://user:pw@h/", "https://h:/",
		"https://h:0/", "https://h:65536/", "https://h:080000/", "https://h:+80/",
		"https://h:-1/", "https://h:80x/", "https://h:80:80/", "https://a_b/",
		"https://-a/", "https://a..b/", "https://h./", "https://h%41/", "https://127.1/",
		"https://0x7f000001/", "https://2130706433/", "https://256.1.1.1/",
		"https://01.2.3.4/", "https://[::1", "https://::1/", "https://[::1]x/",
		"https://[::1%eth0]/", "https://[1.2.3.4]/", "https://[]/", "https://]/",
		"https://a]:1/", "https://h\\x/", "https://h/a b", " https://h/", "https://h/\x7f",
		"https://h/\n", "https://h\xc3\xa4/", "https://h/\xc3\xa4" };
	struct url u;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		if (url_parse(&arena, rows[i], &u) == 0)
			fail_msg("%s is taken, host %s", rows[i], u.host);
	}
}

static void parses_mail_servers(void **state)
{
	static const struct {
		const char *text, *scheme, *host; /* scheme NULL: refused */
		int port;
	} rows[] = {
		{ "smtp://Mail.Example.com", "smtp", "mail.example.com", 587 },
		{ "smtps://mail.example.com/", "smtps", "mail.example.com", 465 },
		{ "smtp-plain://127.0.0.1", "smtp-plain", "127.0.0.1", 25 },
		{ "smtp://[::1]:2525", "smtp", "::1", 2525 },
		{ "https://mail.example.com", NULL, NULL, 0 },
		{ "smtp://user:password@mail.example.com", NULL, NULL, 0 },
		{ "smtp://mail.example.com/path", NULL, NULL, 0 },
		{ "smtp://mail.example.com#x", NULL, NULL, 0 },
		{ "mail.example.com", NULL, NULL, 0 },
		{ "", NULL, NULL, 0 },
	};
	struct url u;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (url_parse_mail(&arena, rows[i].text, &u) < 0) {
			assert_null(rows[i].scheme);
			continue;
		}
		assert_non_null(rows[i].scheme);
		assert_string_equal(u.scheme, rows[i].scheme);
		assert_string_equal(u.host, rows[i].host);
		assert_int_equal(u.port, rows[i].port);
		assert_int_equal(url_parse(&arena, rows[i].text, &u), -1);
	}
}

static void has_a_greatest_length(void **state)
{
	char text[4098] = "https://h/";
	struct url u;

	(void)state;
	memset(text + 10, 'x', 4086);
	assert_int_equal(url_parse(&arena, text, &u), 0);
	text[4096] = 'x';
	assert_int_equal(url_parse(&arena, text, &u), -1);
	memcpy(text, "https://xx", 10);
	text[4000] = '\0';
	assert_int_equal(url_parse(&arena, text, &u), -1);
}

static void decodes(void **state)
{
	static const struct {
		const char *text;
		int plus;
		const char *decoded; /* NULL: refused */
	} rows[] = {
		{ "", 0, "" },
		{ "abc", 0, "abc" },
		{ "%41%62%2F", 0, "Ab/" },
		{ "%c3%A4", 0, "\xc3\xa4" },
		{ "a+b", 0, "a+b" },
		{ "a+b%2B", 1, "a b+" },
		{ "%2541", 0, "%41" },
		{ "%", 0, NULL },
		{ "%4", 0, NULL },
		{ "abc%4", 0, NULL },
		{ "%4g", 0, NULL },
		{ "%g4", 0, NULL },
		{ "%+1", 0, NULL },
		{ "% 1", 0, NULL },
		{ "%%41", 0, NULL },
		{ "%00", 0, NULL },
		{ "a%00b", 1, NULL },
	};
	char *copy;
	size_t i, n;
	long len;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		/* Of the exact size, without a NUL. */
		n = strlen(rows[i].text);
		copy = malloc(n ? n : 1);
		assert_non_null(copy);
		memcpy(copy, rows[i].text, n);
		len = url_decode(copy, n, rows[i].plus);
		if (!rows[i].decoded) {
			assert_int_equal(len, -1);
		} else {
			assert_int_equal(len, strlen(rows[i].decoded));
			assert_memory_equal(copy, rows[i].decoded, (size_t)len);
			assert_true((size_t)len == n || copy[len] == '\0');
		}
		free(copy);
	}
}

static void refuses_a_plain_nul(void **state)
{
	char text[] = { 'a', '\0', 'b' };

	(void)state;
	assert_int_equal(url_decode(text, sizeof(text), 0), -1);
}

static void every_byte_comes_back(void **state)
{
	char all[256];
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < 255; i++)
		all[i] = (char)(i + 1);
	all[255] = '\0';
	buf_init(&b, 1000);
	assert_int_equal(url_encode(&b, all), 0);
	for (i = 0; i < b.len; i++)
		assert_true(b.p[i] > ' ' && b.p[i] <= '~');
	assert_non_null(strstr(b.p, "-.%2F0123456789%3A"));
	assert_non_null(strstr(b.p, "%7D~%7F"));
	assert_int_equal(url_decode(b.p, b.len, 1), 255);
	assert_string_equal(b.p, all);
	buf_done(&b);
}

static void encoding_respects_the_maximum(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 5);
	assert_int_equal(url_encode(&b, "ab/"), 0);
	assert_int_equal(url_encode(&b, "c"), -1);
	buf_clear(&b);
	assert_int_equal(url_pair(&b, "k", "/"), 0);
	assert_int_equal(url_pair(&b, "k", ""), -1);
	buf_done(&b);
}

static void local_paths(void **state)
{
	static const char *const good[] = { "/", "/members", "/members?q=a%20b&x=1", "/a//b",
		"/%2f/x", "/.//x" };
	static const char *const bad[] = { "", "members", "//evil.example", "///evil.example",
		"/\\evil.example", "\\\\evil.example", "/a\\b", "https://evil.example", "/a b",
		"/\t/evil.example", "/a\r\nSet-Cookie: x", "/\x7f", "/\xc3\xa4", " /a" };
	size_t i;

	(void)state;
	assert_false(url_local(NULL));
	for (i = 0; i < COUNT(good); i++)
		assert_true(url_local(good[i]));
	for (i = 0; i < COUNT(bad); i++) {
		if (url_local(bad[i]))
			fail_msg("%s counts as local", bad[i]);
	}
}

static void pairs_come_back(void **state)
{
	static const char *const pairs[][2] = {
		{ "url", "https://h/?a=b&c=d" },
		{ "name", "J\xc3\xbcrgen + Co = 100%" },
		{ "empty", "" },
		{ "k&e=y", "odd" },
	};
	static const char *const form[][2] = { { "a", "1" }, { "b", "x &" }, { NULL, NULL } };
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 1000);
	for (i = 0; i < COUNT(pairs); i++)
		assert_int_equal(url_pair(&b, pairs[i][0], pairs[i][1]), 0);
	for (i = 0; i < COUNT(pairs); i++)
		assert_string_equal(url_get(&arena, buf_str(&b), pairs[i][0]), pairs[i][1]);
	assert_string_equal(url_form(&arena, form), "a=1&b=x%20%26");
	assert_null(url_get(&arena, buf_str(&b), "a"));
	assert_null(url_get(&arena, buf_str(&b), "nam"));
	assert_null(url_get(&arena, buf_str(&b), "names"));
	buf_done(&b);
}

static void gets_from_any_pair_string(void **state)
{
	static const struct {
		const char *pairs, *key, *value;
	} rows[] = {
		{ "", "a", NULL },
		{ "&&", "a", NULL },
		{ "a", "a", NULL },
		{ "a=", "a", "" },
		{ "&a=1&", "a", "1" },
		{ "a=1&a=2", "a", "1" },
		{ "b=1&a=x+y", "a", "x y" },
		{ "a=b=c", "a", "b=c" },
		{ "%61=1", "a", "1" },
		{ "a=%zz", "a", NULL },
		{ "a=%00", "a", NULL },
		{ "%zz=1&a=2", "a", "2" },
	};
	const char *value;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		value = url_get(&arena, rows[i].pairs, rows[i].key);
		if (rows[i].value)
			assert_string_equal(value, rows[i].value);
		else
			assert_null(value);
	}
}

static void joins(void **state)
{
	static const struct {
		const char *base, *text, *whole;
	} rows[] = {
		{ "https://h/a/b?c=/d", "https://x/y", "https://x/y" },
		{ "https://h/a/b?c=/d", "http://x", "http://x" },
		{ "https://h/a/b?c=/d", "mailto:x", "mailto:x" },
		{ "https://h/a/b?c=/d", "//x/y", "https://x/y" },
		{ "http://h/a/b?c=/d", "//x/y", "http://x/y" },
		{ "https://h/a/b?c=/d", "/y?z", "https://h:443/y?z" },
		{ "https://h:8443/a/b?c=/d", "y", "https://h:8443/a/y" },
		{ "https://h/a/", "y:z", "y:z" },
		{ "https://h/a/", "y/?u=v:w", "https://h:443/a/y/?u=v:w" },
		{ "https://h", "", "https://h:443/" },
		{ "https://[::1]/a", "b", "https://[::1]:443/b" },
	};
	struct url base;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(url_parse(&arena, rows[i].base, &base), 0);
		assert_string_equal(url_join(&arena, &base, rows[i].text), rows[i].whole);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_urls_apart),
		cmocka_unit_test(refuses_what_is_no_url),
		cmocka_unit_test(parses_mail_servers),
		cmocka_unit_test(has_a_greatest_length),
		cmocka_unit_test(joins),
		cmocka_unit_test(decodes),
		cmocka_unit_test(refuses_a_plain_nul),
		cmocka_unit_test(every_byte_comes_back),
		cmocka_unit_test(encoding_respects_the_maximum),
		cmocka_unit_test(local_paths),
		cmocka_unit_test(pairs_come_back),
		cmocka_unit_test(gets_from_any_pair_string),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
