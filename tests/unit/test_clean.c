/* Foreign bytes made fit to be shown. */
#include "tests/unit/unit.h"

#include <string.h>
#include "exchange/clean.h"
#include "platform/str.h"

static void test_text(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "", "" },
		{ "plain", "plain" },
		{ "M\xc3\xbcnchen \xf0\x9f\x97\x9d", "M\xc3\xbcnchen \xf0\x9f\x97\x9d" },
		{ "a\tb\nc\rd\x7f", "a?b?c?d?" },
		{ "\x1b[31m", "?[31m" },
		{ "bad \xff\xfe end", "bad ?? end" },
		{ "half \xc3", "half ?" },
		{ "half \xe2\x80", "half ??" },
		{ "over \xc0\xaf", "over ??" },
		{ "c1 \xc2\x85 end", "c1 ?? end" },
		{ "turn \xe2\x80\xae end", "turn ??? end" },
		{ "mark \xe2\x80\x8f end", "mark ??? end" },
		{ "lock \xe2\x81\xa6 end", "lock ??? end" },
		{ "kept \xe2\x80\xa6 \xe2\x81\xaa", "kept \xe2\x80\xa6 \xe2\x81\xaa" },
	};
	char out[64];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		clean_text(out, sizeof(out), rows[i].in, strlen(rows[i].in));
		assert_string_equal(out, rows[i].out);
	}
	clean_text(out, sizeof(out), "a\0b", 3);
	assert_string_equal(out, "a?b");
}

/* Whatever the size, the end mark is there, and the cut is between characters. */
static void test_cut(void **state)
{
	static const char in[] = "\xc3\xa4\xf0\x9f\x97\x9d"
				 "abc\xe2\x82\xac"
				 "defghij\xc3\xb6klm";
	char out[64];

	(void)state;
	for (size_t size = 4; size <= sizeof(out); size++) {
		memset(out, 'x', sizeof(out));
		clean_text(out, size, in, sizeof(in) - 1);
		assert_true(strlen(out) < size);
		assert_true(str_utf8(out, strlen(out)));
		if (size < sizeof(in))
			assert_string_equal(out + strlen(out) - 3, "\xe2\x80\xa6");
	}
	assert_string_equal(out, in);
	clean_text(out, 4, in, sizeof(in) - 1);
	assert_string_equal(out, "\xe2\x80\xa6");
}

static void test_lines(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 20);
	assert_string_equal(clean_lines(&a, "a\r\nb\r\n\tc", 8, 100), "a\nb\n?c");
	assert_string_equal(clean_lines(&a, "abcdefgh", 8, 8), "abcdefgh");
	assert_string_equal(clean_lines(&a, "abcdefgh", 8, 5), "abcde\xe2\x80\xa6");
	assert_string_equal(clean_lines(&a, "", 0, 5), "");
	arena_done(&a);
}

/* All bytes, at random: the result is always text. */
static void test_noise(void **state)
{
	unsigned seed = 7;
	char in[200], out[120];

	(void)state;
	for (int round = 0; round < 20000; round++) {
		for (size_t i = 0; i < sizeof(in); i++) {
			seed = seed * 1103515245 + 12345;
			in[i] = (char)(seed >> 16);
		}
		clean_text(out, sizeof(out), in, (size_t)round % sizeof(in));
		assert_true(str_utf8(out, strlen(out)));
		assert_false(str_control(out, strlen(out), 0));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
