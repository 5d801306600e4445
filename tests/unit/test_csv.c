/* Csv: quoting, cells that are no formulas, and files as programs and people write them. */
#include "tests/unit/unit.h"

#include <string.h>
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
		{ "'=1", "\"''=1\"," },
		{ "''@x", "\"'''@x\"," },
		{ "'x", "\"'x\"," },
		{ "'", "\"'\"," },
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

/* A whole file as one line: cells with | behind each, rows with / behind each. */
static const char *read_all(struct csv *c, struct buf *b)
{
	struct err e;
	int rc;

	buf_clear(b);
	while ((rc = csv_next(c, &e)) == 1) {
		for (size_t i = 0; i < c->count; i++)
			buf_printf(b, "%s|", c->cells[i]);
		buf_puts(b, "/");
	}
	if (rc < 0)
		buf_printf(b, "%s", e.say);
	return buf_str(b);
}

#define BYTES(s) (s), sizeof(s) - 1

/* As programs write the same two rows, and as people do. */
static void reads_files(void **state)
{
	static const struct {
		const char *what;
		const char *bytes;
		size_t n;
		const char *want;
		enum csv_encoding encoding;
		char delimiter;
	} rows[] = {
		{ "Excel, US", BYTES("email,name\r\nada@a.test,\"King, Ada\"\r\n"),
			"email|name|/ada@a.test|King, Ada|/", CSV_UTF8, ',' },
		{ "Excel, Germany", BYTES("E-Mail;Name\r\nj@a.test;J\xfcrgen \x80\r\n"),
			"E-Mail|Name|/j@a.test|J\xc3\xbcrgen \xe2\x82\xac|/", CSV_1252, ';' },
		{ "Excel, CSV UTF-8",
			BYTES("\xef\xbb\xbf"
			      "email;name\r\nj@a.test;J\xc3\xbcrgen\r\n"),
			"email|name|/j@a.test|J\xc3\xbcrgen|/", CSV_UTF8, ';' },
		{ "Excel, Unicode text",
			BYTES("\xff\xfe"
			      "a\0\t\0\xfc\0\r\0\n\0\x3d\xd8\x00\xde\t\0b\0\r\0\n\0"),
			"a|\xc3\xbc|/\xf0\x9f\x98\x80|b|/", CSV_UTF16LE, '\t' },
		{ "UTF-16 BE without a mark", BYTES("\0a\0,\0b\0\n"), "a|b|/", CSV_UTF16BE, ',' },
		{ "UTF-16 LE without a mark", BYTES("a\0,\0b\0\n\0"), "a|b|/", CSV_UTF16LE, ',' },
		{ "LibreOffice", BYTES("\"email\",\"name\"\n\"ada@a.test\",\"say \"\"hi\"\"\"\n"),
			"email|name|/ada@a.test|say \"hi\"|/", CSV_UTF8, ',' },
		{ "Google, no end of the last line", BYTES("email,name\r\nada@a.test,Ada"),
			"email|name|/ada@a.test|Ada|/", CSV_UTF8, ',' },
		{ "old Mac", BYTES("email,name\rada@a.test,Ada\r"), "email|name|/ada@a.test|Ada|/",
			CSV_UTF8, ',' },
		{ "Excel with its own line", BYTES("sep=|\r\na,b|c\r\n"), "a,b|c|/", CSV_UTF8,
			'|' },
		{ "a cell that only looks so", BYTES("\"sep=|\"\r\na\r\n"), "sep=||/a|/", CSV_UTF8,
			',' },
		{ "its own line names a byte that is no sign",
			BYTES("\xef\xbb\xbfsep=\xff\r\na,b\xff"
			      "c\r\n"),
			"a,b|c|/", CSV_UTF8, '\xff' },
		{ "addresses alone", BYTES("ada@a.test\nbob@a.test\n"), "ada@a.test|/bob@a.test|/",
			CSV_UTF8, ',' },
		{ "commas in names, semicolons between",
			BYTES("n;e\nKing, Ada;a@a.test\nBay, Bob;b@a.test\n"),
			"n|e|/King, Ada|a@a.test|/Bay, Bob|b@a.test|/", CSV_UTF8, ';' },
		{ "a last line of its own", BYTES("e;n\na@a.test;A, B\nb@a.test;C\n2 people\n"),
			"e|n|/a@a.test|A, B|/b@a.test|C|/2 people|/", CSV_UTF8, ';' },
		{ "a sign in one of many names",
			BYTES("A <a@a.test>\nB; C <b@a.test>\nD <d@a.test>\n"),
			"A <a@a.test>|/B; C <b@a.test>|/D <d@a.test>|/", CSV_UTF8, ',' },
		{ "a delimiter inside quotes does not count", BYTES("\"a;b;c\",d\n\"e;f;g\",h\n"),
			"a;b;c|d|/e;f;g|h|/", CSV_UTF8, ',' },
		{ "a line break inside quotes", BYTES("\"a\r\nb\",c\r\n"), "a\nb|c|/", CSV_UTF8,
			',' },
		{ "empty rows", BYTES("a,b\n\n,,\r\nc,d\n"), "a|b|/c|d|/", CSV_UTF8, ',' },
		{ "formulas", BYTES("'=1+1,'+49,'-1,'@x,'x,=1\n"), "=1+1|+49|-1|@x|'x|=1|/",
			CSV_UTF8, ',' },
		{ "a mark, then what is no UTF-8",
			BYTES("\xef\xbb\xbf"
			      "a,\xfc\n"),
			"a|\xfc|/", CSV_UTF8, ',' },
		{ "a lone half of a pair",
			BYTES("\xff\xfe\x3d\xd8"
			      "a\0"),
			"\xef\xbf\xbd"
			"a|/",
			CSV_UTF16LE, ',' },
		{ "half a character at the end",
			BYTES("\xff\xfe"
			      "a\0b"),
			"a\xef\xbf\xbd|/", CSV_UTF16LE, ',' },
		{ "a zero", BYTES("a\0b,c\n"), "a?b|c|/", CSV_1252, ',' },
		{ "nothing", BYTES(""), "", CSV_UTF8, ',' },
		{ "an open quote", BYTES("a,b\nc,\"d\n"),
			"a|b|/The quotation mark in line 2 is never closed. Close it, or take it "
			"out, and give the file again.",
			CSV_UTF8, ',' },
	};
	struct csv c;
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 16);
	for (size_t i = 0; i < COUNT(rows); i++) {
		csv_open(&c, rows[i].bytes, rows[i].n, '\0');
		if (strcmp(read_all(&c, &b), rows[i].want) != 0)
			fail_msg("%s: %s", rows[i].what, buf_str(&b));
		assert_int_equal(c.encoding, rows[i].encoding);
		assert_int_equal(c.delimiter, rows[i].delimiter);
	}
	buf_done(&b);
}

/* What was written is what is read, however often. */
static void reads_what_it_wrote(void **state)
{
	static const char *const texts[] = { "plain", "=1+1", "'=1+1", "''=1+1", "'", "''", "'x",
		"-", "@", "'-1", "+49 30", "say \"hi\"", "\"", "a,b;c\td|e", "\ttab", "two\nlines",
		"\nline", "'\nline", "\xc3\xa4", " blank " };
	struct csv c;
	struct buf b;
	struct err e;

	(void)state;
	buf_init(&b, 1 << 16);
	for (size_t i = 0; i < COUNT(texts); i++)
		csv_cell(&b, texts[i], i + 1 == COUNT(texts));
	csv_open(&c, buf_str(&b), b.len, '\0');
	assert_int_equal(csv_next(&c, &e), 1);
	assert_int_equal(c.count, COUNT(texts));
	for (size_t i = 0; i < COUNT(texts); i++)
		assert_string_equal(c.cells[i], texts[i]);
	buf_done(&b);
}

/* Excel's line is no row, whoever says what the delimiter is. */
static void heeds_who_knows(void **state)
{
	static const char text[] = "sep=;\r\na;b,c\r\n",
			  odd[] = "a\xff"
				  "b";
	struct csv c;
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	csv_open(&c, text, sizeof(text) - 1, ';');
	assert_string_equal(read_all(&c, &b), "a|b,c|/");
	csv_open(&c, text, sizeof(text) - 1, ',');
	assert_string_equal(read_all(&c, &b), "a;b|c|/");
	csv_open(&c, odd, sizeof(odd) - 1, '\xff');
	assert_string_equal(read_all(&c, &b), "a|b|/");
	buf_done(&b);
}

static void counts_lines(void **state)
{
	static const char text[] = "a,b\r\n\r\n\"c\r\nc\",d\ne,f\n";
	static const int64_t want[] = { 1, 3, 5 };
	struct csv c;
	struct err e;

	(void)state;
	csv_open(&c, text, sizeof(text) - 1, ',');
	for (size_t i = 0; i < COUNT(want); i++) {
		assert_int_equal(csv_next(&c, &e), 1);
		assert_int_equal(c.line, want[i]);
	}
	assert_int_equal(csv_next(&c, &e), 0);
}

/* A row over its limit says so, and the one behind it is whole. */
static void cuts_long_rows(void **state)
{
	enum { N = 3 * CSV_ROW_MAX };
	static char text[N + 8];
	struct csv c;
	struct err e;

	(void)state;
	for (size_t i = 0; i < N; i += 2)
		memcpy(text + i, "\xc3\xbc", 2);
	memcpy(text, "x", 1);
	memcpy(text + 1, "y", 1);
	memcpy(text + N, ",a\nb,c\n", 8);
	csv_open(&c, text, sizeof(text), ',');
	assert_int_equal(csv_next(&c, &e), 1);
	assert_true(c.cut);
	assert_int_equal(c.count, 2);
	assert_string_equal(c.cells[1], "");
	assert_int_equal(strlen(c.cells[0]) % 2, 0);
	assert_int_equal(csv_next(&c, &e), 1);
	assert_false(c.cut);
	assert_string_equal(c.cells[1], "c");
}

/* Cells behind the last that is kept are no cells. */
static void keeps_some_cells(void **state)
{
	char text[2 * CSV_CELLS_MAX + 20];
	struct csv c;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(text); i += 2)
		memcpy(text + i, "x,", 2);
	csv_open(&c, text, sizeof(text), ',');
	assert_int_equal(csv_next(&c, &e), 1);
	assert_int_equal(c.count, CSV_CELLS_MAX);
}

static void names_what_it_found(void **state)
{
	(void)state;
	assert_string_equal(csv_encoding_name(CSV_1252), "Windows-1252");
	assert_string_equal(csv_delimiter_name(';'), "semicolons");
	assert_string_equal(csv_delimiter_name('#'), "another sign");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_cells),
		cmocka_unit_test(ends_rows),
		cmocka_unit_test(says_when_it_is_full),
		cmocka_unit_test(reads_files),
		cmocka_unit_test(reads_what_it_wrote),
		cmocka_unit_test(heeds_who_knows),
		cmocka_unit_test(counts_lines),
		cmocka_unit_test(cuts_long_rows),
		cmocka_unit_test(keeps_some_cells),
		cmocka_unit_test(names_what_it_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
