/* Csv: quoting, and cells that are no formulas. */
#include "tests/unit/unit.h"

#include "platform/csv.h"

static void writes_cells(void **state)
{
	static const char *const rows[][2] = {
		{ "plain", "\"plain\"," },
		{ "", "\"\"," },
		{ NULL, "\"\"," },
		{ "a,b", "\"a,b\"," },
		{ "say \"hi\"", "\"say \"\"hi\"\"\"," },
		{ "\"", "\"\"\"\"," },
		{ "two\r\nlines", "\"two\r\nlines\"," },
		{ "=1+1", "\"'=1+1\"," },
		{ "+1", "\"'+1\"," },
		{ "-1", "\"'-1\"," },
		{ "@x", "\"'@x\"," },
		{ "\tx", "\"'\tx\"," },
		{ "\rx", "\"'\rx\"," },
		{ "\nx", "\"'\nx\"," },
		{ "=\"a\"", "\"'=\"\"a\"\"\"," },
		{ "a=1", "\"a=1\"," },
		{ "\xc3\xa4", "\"\xc3\xa4\"," },
	};
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 1000);
	for (i = 0; i < COUNT(rows); i++) {
		buf_clear(&b);
		csv_cell(&b, rows[i][0], 0);
		assert_string_equal(buf_str(&b), rows[i][1]);
	}
	buf_done(&b);
}

static void ends_rows(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	csv_cell(&b, "a", 0);
	csv_cell(&b, "b", 1);
	csv_cell(&b, "c", 1);
	assert_string_equal(buf_str(&b), "\"a\",\"b\"\r\n\"c\"\r\n");
	buf_done(&b);
}

static void says_when_it_is_full(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 5);
	csv_cell(&b, "12", 0);
	assert_true(buf_ok(&b));
	csv_cell(&b, "3", 0);
	assert_false(buf_ok(&b));
	buf_done(&b);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_cells),
		cmocka_unit_test(ends_rows),
		cmocka_unit_test(says_when_it_is_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
