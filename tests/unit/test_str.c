/* Str: every question with its border cases. */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>
#include "platform/str.h"

#define X10 "xxxxxxxxxx"
#define X60 X10 X10 X10 X10 X10 X10
#define X63 X60 "aaa"

struct yes_no {
	const char *text;
	int yes;
};

static void ask(int (*question)(const char *), const struct yes_no *rows, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (question(rows[i].text) != rows[i].yes)
			fail_msg("\"%s\" is not answered %d", rows[i].text, rows[i].yes);
	}
}

static int utf8(const char *s)
{
	/* A copy of the exact size: a read past its end is an error under the sanitizer. */
	size_t n = strlen(s);
	char *copy = malloc(n ? n : 1);
	int yes;

	assert_non_null(copy);
	memcpy(copy, s, n);
	yes = str_utf8(copy, n);
	free(copy);
	return yes;
}

static void utf8_is_well_formed(void **state)
{
	static const struct yes_no rows[] = {
		{ "", 1 },
		{ "plain", 1 },
		{ "\x7f", 1 },
		{ "\xc2\x80", 1 },
		{ "\xdf\xbf", 1 },
		{ "\xe0\xa0\x80", 1 },
		{ "\xed\x9f\xbf", 1 },
		{ "\xee\x80\x80", 1 },
		{ "\xef\xbf\xbf", 1 },
		{ "\xf0\x90\x80\x80", 1 },
		{ "\xf4\x8f\xbf\xbf", 1 },
		{ "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80z", 1 },
		{ "\x80", 0 },
		{ "\xbf", 0 },
		{ "\xc0\xaf", 0 },
		{ "\xc1\xbf", 0 },
		{ "\xc3", 0 },
		{ "\xc3(", 0 },
		{ "\xe0\x9f\xbf", 0 },
		{ "\xe2\x82", 0 },
		{ "\xe2\x82(", 0 },
		{ "\xed\xa0\x80", 0 },
		{ "\xf0\x8f\xbf\xbf", 0 },
		{ "\xf0\x9f\x98", 0 },
		{ "\xf4\x90\x80\x80", 0 },
		{ "\xf5\x80\x80\x80", 0 },
		{ "\xff", 0 },
		{ "ok\xfe", 0 },
	};

	(void)state;
	ask(utf8, rows, COUNT(rows));
	assert_false(str_utf8("a\0b", 3));
	assert_true(str_utf8("a\0b", 1));
}

static void control_characters(void **state)
{
	static const struct {
		const char *text;
		int any, beside_lines;
	} rows[] = {
		{ "", 0, 0 },
		{ "plain \xc3\xa4 \xc2\xa0", 0, 0 },
		{ "a\nb", 1, 0 },
		{ "a\r\tb", 1, 0 },
		{ "\x1b[0m", 1, 1 },
		{ "\x7f", 1, 1 },
		{ "\xc2\x80", 1, 1 },
		{ "a\xc2\x9f", 1, 1 },
		{ "a\vb", 1, 1 },
	};
	size_t i, n;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		n = strlen(rows[i].text);
		assert_int_equal(str_control(rows[i].text, n, 0), rows[i].any);
		assert_int_equal(str_control(rows[i].text, n, 1), rows[i].beside_lines);
	}
	assert_true(str_control("\0", 1, 1));
	/* What comes after the end does not count. */
	assert_false(str_control("\xc2\x80", 1, 0));
}

static void counts_points(void **state)
{
	(void)state;
	assert_int_equal(str_points(""), 0);
	assert_int_equal(str_points("abc"), 3);
	assert_int_equal(str_points("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"), 4);
}

static void empty_and_prefix(void **state)
{
	(void)state;
	assert_true(str_empty(NULL));
	assert_true(str_empty(""));
	assert_false(str_empty(" "));
	assert_true(str_starts("abc", "ab"));
	assert_true(str_starts("abc", ""));
	assert_true(str_starts("abc", "abc"));
	assert_false(str_starts("ab", "abc"));
	assert_false(str_starts("xab", "ab"));
}

static void trims(void **state)
{
	static const char *const rows[][2] = {
		{ "", "" },
		{ "  ", "" },
		{ "a", "a" },
		{ " \t\r\n a b \v\f ", "a b" },
		{ "a ", "a" },
		{ " a", "a" },
	};
	char text[32];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		assert_int_equal(str_copy(text, sizeof(text), rows[i][0]), 0);
		assert_string_equal(str_trim(text), rows[i][1]);
	}
}

static void lines_one_by_one(void **state)
{
	char text[] = "  one \r\n\n two\nlast";
	char *rest = text;

	(void)state;
	assert_string_equal(str_line(&rest), "one");
	assert_string_equal(str_line(&rest), "");
	assert_string_equal(str_line(&rest), "two");
	assert_string_equal(str_line(&rest), "last");
	assert_null(str_line(&rest));
	assert_null(str_line(&rest));
}

static void lowers_ascii_only(void **state)
{
	char text[] = "ABZ@[`az{\xc3\x84 09";

	(void)state;
	assert_string_equal(str_lower(text), "abz@[`az{\xc3\x84 09");
}

static void copies_whole_or_not(void **state)
{
	char dst[4] = "zzz";

	(void)state;
	assert_int_equal(str_copy(dst, sizeof(dst), "abc"), 0);
	assert_string_equal(dst, "abc");
	assert_int_equal(str_copy(dst, sizeof(dst), "abcd"), -1);
	assert_string_equal(dst, "");
	assert_int_equal(str_copy(dst, 1, ""), 0);
	dst[0] = 'k';
	assert_int_equal(str_copy(dst, 0, ""), -1);
	assert_int_equal(dst[0], 'k');
}

static void integers(void **state)
{
	static const char *const bad[] = { "", "-", "+1", " 1", "1 ", "1x", "0x1", "--1", "1.0",
		"x", "9223372036854775808", "-9223372036854775809", "99999999999999999999999" };
	static const struct {
		const char *text;
		int64_t value;
	} good[] = {
		{ "0", 0 },
		{ "-1", -1 },
		{ "007", 7 },
		{ "9223372036854775807", INT64_MAX },
		{ "-9223372036854775808", INT64_MIN },
	};
	int64_t value = 42;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bad); i++) {
		assert_int_equal(str_int(bad[i], INT64_MIN, INT64_MAX, &value), -1);
		assert_int_equal(value, 42);
	}
	for (i = 0; i < COUNT(good); i++) {
		assert_int_equal(str_int(good[i].text, INT64_MIN, INT64_MAX, &value), 0);
		assert_true(value == good[i].value);
	}
	assert_int_equal(str_int("5", 5, 5, &value), 0);
	assert_int_equal(str_int("4", 5, 9, &value), -1);
	assert_int_equal(str_int("10", 5, 9, &value), -1);
	assert_int_equal(value, 5);
}

static void hosts(void **state)
{
	static const struct yes_no rows[] = {
		{ "a", 1 },
		{ "localhost", 1 },
		{ "Mail.Example.COM", 1 },
		{ "xn--bcher-kva.example", 1 },
		{ "1and1.example", 1 },
		{ "3com.1a", 1 },
		{ "a-b.c", 1 },
		{ X63 ".x", 1 },
		{ X63 "." X63 "." X63 "." X60 "x", 1 },
		{ "", 0 },
		{ ".", 0 },
		{ "a.", 0 },
		{ ".a", 0 },
		{ "a..b", 0 },
		{ "-a.b", 0 },
		{ "a-.b", 0 },
		{ "a_b.c", 0 },
		{ "a b", 0 },
		{ "a\xc3\xa4.b", 0 },
		{ "a/b", 0 },
		{ "a:1", 0 },
		{ "a%41", 0 },
		{ X63 "x.x", 0 },
		{ X63 "." X63 "." X63 "." X60 "xx", 0 },
		{ "127.0.0.1", 0 },
		{ "127.1", 0 },
		{ "2130706433", 0 },
		{ "0x7f.0x1", 0 },
		{ "0X7F000001", 0 },
		{ "example.0x", 0 },
		{ "::1", 0 },
	};

	(void)state;
	ask(str_host, rows, COUNT(rows));
}

static void emails(void **state)
{
	static const struct yes_no rows[] = {
		{ "a@b", 1 },
		{ "casey.lee@example.com", 1 },
		{ "casey+tag@example.com", 1 },
		{ "o'neil!#$%&*-/=?^_`{|}~@example.com", 1 },
		{ "1@example.com", 1 },
		{ X63 "x@example.com", 1 },
		{ X63 "x@" X63 "." X63 "." X60 "x", 1 },
		{ "", 0 },
		{ "@", 0 },
		{ "a", 0 },
		{ "a@", 0 },
		{ "@b", 0 },
		{ "a@b@c", 0 },
		{ ".a@b", 0 },
		{ "a.@b", 0 },
		{ "a..b@c", 0 },
		{ "a b@c", 0 },
		{ "\"a b\"@c", 0 },
		{ "a@[127.0.0.1]", 0 },
		{ "a@127.0.0.1", 0 },
		{ "a@b_c", 0 },
		{ "a@b\r\nBcc: c@d", 0 },
		{ "a,b@c", 0 },
		{ "<a@b>", 0 },
		{ "\xc3\xa4@b", 0 },
		{ "a@b\xc3\xa4", 0 },
		{ X63 "xx@example.com", 0 },
		{ X63 "x@" X63 "." X63 "." X60 "xx", 0 },
	};

	(void)state;
	ask(str_email, rows, COUNT(rows));
}

static void guids(void **state)
{
	static const struct yes_no rows[] = {
		{ "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0", 1 },
		{ "0F1E2D3C-4B5A-6978-8796-A5B4C3D2E1F0", 1 },
		{ "", 0 },
		{ "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f", 0 },
		{ "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f00", 0 },
		{ "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1fg", 0 },
		{ "0f1e2d3c04b5a-6978-8796-a5b4c3d2e1f0", 0 },
		{ "0f1e2d3-c4b5a-6978-8796-a5b4c3d2e1f0", 0 },
	};

	(void)state;
	ask(str_guid, rows, COUNT(rows));
}

static void hex_both_ways(void **state)
{
	static const char *const bad[] = { "", "00ff1", "00ff1g", "00 f10", "00ff1011", "g0ff10" };
	const unsigned char bytes[] = { 0x00, 0xff, 0x10 };
	unsigned char back[3];
	char text[7];
	size_t i;

	(void)state;
	str_hex(text, bytes, sizeof(bytes));
	assert_string_equal(text, "00ff10");
	assert_int_equal(str_unhex(back, sizeof(back), "00Ff10"), 0);
	assert_memory_equal(back, bytes, sizeof(bytes));
	for (i = 0; i < COUNT(bad); i++)
		assert_int_equal(str_unhex(back, sizeof(back), bad[i]), -1);
	str_hex(text, bytes, 0);
	assert_string_equal(text, "");
	assert_int_equal(str_unhex(back, 0, ""), 0);
}

static void compares_secrets(void **state)
{
	(void)state;
	assert_true(str_same_secret("", ""));
	assert_true(str_same_secret("abc", "abc"));
	assert_false(str_same_secret("abc", "abd"));
	assert_false(str_same_secret("abc", "ab"));
	assert_false(str_same_secret(NULL, "abc"));
	assert_false(str_same_secret("abc", NULL));
	assert_false(str_same_secret(NULL, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utf8_is_well_formed),
		cmocka_unit_test(control_characters),
		cmocka_unit_test(counts_points),
		cmocka_unit_test(empty_and_prefix),
		cmocka_unit_test(trims),
		cmocka_unit_test(lines_one_by_one),
		cmocka_unit_test(lowers_ascii_only),
		cmocka_unit_test(copies_whole_or_not),
		cmocka_unit_test(integers),
		cmocka_unit_test(hosts),
		cmocka_unit_test(emails),
		cmocka_unit_test(guids),
		cmocka_unit_test(hex_both_ways),
		cmocka_unit_test(compares_secrets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
