/* Text: growing bytes, XML writing, encodings both ways, globs and numbers from a seed. */
#include "tests/unit/unit.h"
#include "sim/text.h"

#include <stdlib.h>
#include <string.h>

static void growing(void **state)
{
	struct text t = { 0 };
	char *long_one = need(301);

	(void)state;
	memset(long_one, 'y', 300);
	text_printf(&t, "%s-%d", long_one, 7);
	assert_int_equal(t.len, 302);
	assert_string_equal(t.at + 299, "y-7");
	for (int i = 0; i < 1000; i++)
		text_add(&t, "ab", 2);
	assert_int_equal(t.len, 2302);
	assert_int_equal(strlen(t.at), 2302);
	text_clear(&t);
	assert_string_equal(t.at, "");
	text_free(&t);
	free(long_one);
}

static void xml(void **state)
{
	struct text t = { 0 };

	(void)state;
	xml_open(&t, "t:A");
	xml_el(&t, "t:B", "<a href=\"x\">&\r\n\t\x01 it's");
	xml_el(&t, "t:C", NULL);
	xml_flag(&t, "t:D", true);
	xml_num(&t, "t:E", -5);
	xml_close(&t, "t:A");
	assert_string_equal(t.at,
		"<t:A><t:B>&lt;a href=&quot;x&quot;&gt;&amp;&#xD;\n\t it's</t:B><t:D>true</t:D>"
		"<t:E>-5</t:E></t:A>");
	text_free(&t);
}

static void base64_both_ways(void **state)
{
	static const struct {
		const char *plain, *coded;
	} rows[] = { { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" },
		{ "foobar", "Zm9vYmFy" }, { "\xff\xfe\xfd", "//79" } };
	static const char *const bad[] = { "A", "Zg=", "Zg==Zg==", "=", "Zm9=v", "Z*==", "Zm9v=" };
	struct text t = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		text_clear(&t);
		base64_add(&t, rows[i].plain, strlen(rows[i].plain));
		assert_string_equal(t.at == NULL ? "" : t.at, rows[i].coded);
		text_clear(&t);
		assert_true(base64_read(rows[i].coded, strlen(rows[i].coded), &t));
		assert_string_equal(t.at, rows[i].plain);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		text_clear(&t);
		assert_false(base64_read(bad[i], strlen(bad[i]), &t));
		assert_int_equal(t.len, 0);
	}
	text_clear(&t);
	assert_true(base64_read("_-8", 3, &t));
	assert_memory_equal(t.at, "\xff\xef", 2);
	text_clear(&t);
	base64url_add(&t, "\xff\xef", 2);
	assert_string_equal(t.at, "_-8");
	text_free(&t);
}

static void percent_and_forms(void **state)
{
	struct text t = { 0 };
	char *v;

	(void)state;
	percent_add(&t, "a b&c=ü~");
	assert_string_equal(t.at, "a%20b%26c%3D%C3%BC~");
	text_clear(&t);
	assert_false(percent_read("a%2", 3, &t));
	text_clear(&t);
	assert_false(percent_read("a%00", 4, &t));
	text_free(&t);
	v = form_value("x=1&email=anna%40example.test&em=2", "email");
	assert_string_equal(v, "anna@example.test");
	free(v);
	assert_null(form_value("xemail=1", "email"));
	assert_null(form_value(NULL, "email"));
}

static void hex(void **state)
{
	struct text t = { 0 };

	(void)state;
	hex_add(&t, "\x0f\xa0", 2);
	assert_string_equal(t.at, "0fa0");
	text_clear(&t);
	assert_true(hex_read("0FA0", &t));
	assert_memory_equal(t.at, "\x0f\xa0", 2);
	assert_false(hex_read("0FA", &t));
	assert_false(hex_read("0FAg", &t));
	text_free(&t);
}

static void utf16(void **state)
{
	struct text wide = { 0 }, back = { 0 };

	(void)state;
	assert_true(utf16_add(&wide, "aü€😀"));
	assert_memory_equal(wide.at, "a\0\xfc\0\xac\x20\x3d\xd8\x00\xde", 10);
	assert_true(utf16_read(wide.at, wide.len, &back));
	assert_string_equal(back.at, "aü€😀");
	assert_false(utf16_add(&wide, "\xc0\x80"));
	assert_false(utf16_add(&wide, "\xed\xa0\x80"));
	assert_false(utf16_add(&wide, "\xe2\x82"));
	assert_false(utf16_read("\x3d\xd8", 2, &back));
	assert_false(utf16_read("a", 1, &back));
	text_free(&wide);
	text_free(&back);
}

static void globs(void **state)
{
	static const struct {
		const char *glob, *s;
		bool yes;
	} rows[] = { { NULL, NULL, true }, { "*", "", true }, { "a*", "ANNA@x", true },
		{ "*@x", "anna@x", true }, { "a?c", "abc", true }, { "a?c", "ac", false },
		{ "*a*b*", "xxaxxbxx", true }, { "*ab", "aab", true }, { "x", NULL, false },
		{ "", "a", false } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(matches(rows[i].glob, rows[i].s), rows[i].yes);
	assert_true(same(NULL, NULL));
	assert_false(same("a", NULL));
	assert_true(same_nocase("Anna", "aNNA"));
	assert_false(same_nocase("Anna", "Ann"));
}

static void seeds(void **state)
{
	struct dice a = { 42 }, b = { 42 }, c = { 43 };

	(void)state;
	for (int i = 0; i < 100; i++) {
		uint64_t n = dice_next(&a);

		assert_int_equal(n, dice_next(&b));
		assert_int_not_equal(n, dice_next(&c));
		assert_in_range(dice_below(&a, 6), 0, 5);
		dice_below(&b, 6);
	}
	assert_int_equal(hash_nocase("Anna"), hash_nocase("aNNa"));
	assert_int_not_equal(mix(1, 2), mix(2, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(growing),
		cmocka_unit_test(xml),
		cmocka_unit_test(base64_both_ways),
		cmocka_unit_test(percent_and_forms),
		cmocka_unit_test(hex),
		cmocka_unit_test(utf16),
		cmocka_unit_test(globs),
		cmocka_unit_test(seeds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
