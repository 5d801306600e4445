/* Multipart: parts out of bodies as browsers send them, and bodies that are none. */
#include "web_unit.h"

#include "web/form.h"

#define TYPE "multipart/form-data; boundary=XX"
#define PART(name, data)                                                                           \
	"--XX\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n" data "\r\n"

static struct arena arena;

static int setup(void **state)
{
	(void)state;
	arena_init(&arena, 1 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

static void fill(struct buf *b, const char *body, size_t n)
{
	buf_init(b, 1 << 20);
	assert_int_equal(buf_add(b, body, n), 0);
}

static void reads_parts(void **state)
{
	static const char body[] = PART("a", "one") PART("b", "") PART("c", "two\r\nlines --XX")
		PART("d", "\r\n") "--XX--\r\nepilogue";
	static const char *const want[][2] = {
		{ "a", "one" },
		{ "b", "" },
		{ "c", "two\r\nlines --XX" },
		{ "d", "\r\n" },
	};
	struct multipart m;
	struct part p;
	struct buf b;
	struct err e;
	size_t i;

	(void)state;
	fill(&b, body, sizeof(body) - 1);
	assert_ok(multipart_init(&m, TYPE, &b, &e));
	for (i = 0; i < COUNT(want); i++) {
		assert_int_equal(multipart_next(&m, &arena, &p, &e), 1);
		assert_string_equal(p.name, want[i][0]);
		assert_int_equal(p.len, strlen(want[i][1]));
		assert_string_equal(p.data, want[i][1]);
		assert_null(p.file);
	}
	assert_int_equal(multipart_next(&m, &arena, &p, &e), 0);
	assert_int_equal(multipart_next(&m, &arena, &p, &e), 0);
	buf_done(&b);
}

static void reads_files(void **state)
{
	static const char body[] =
		"--XX\r\nContent-Type: text/csv\r\n"
		"CONTENT-disposition:  form-data; name=\"f\"; filename=\"a; name=x.csv\"\r\n\r\n"
		"x\0y\r\n--XX--";
	struct multipart m;
	struct part p;
	struct buf b;
	struct err e;

	(void)state;
	fill(&b, body, sizeof(body) - 1);
	assert_ok(multipart_init(&m, TYPE, &b, &e));
	assert_int_equal(multipart_next(&m, &arena, &p, &e), 1);
	assert_string_equal(p.name, "f");
	assert_string_equal(p.file, "a; name=x.csv");
	assert_int_equal(p.len, 3);
	assert_memory_equal(p.data, "x\0y", 4);
	assert_int_equal(multipart_next(&m, &arena, &p, &e), 0);
	buf_done(&b);
}

static void knows_boundaries(void **state)
{
	static const struct {
		const char *type;
		int ok;
	} rows[] = {
		{ "multipart/form-data; boundary=XX", 1 },
		{ "Multipart/Form-Data;charset=utf-8;  Boundary=\"XX\"", 1 },
		{ "multipart/form-data; x=\"; boundary=YY\"; boundary=XX", 1 },
		{ "multipart/form-data", 0 },
		{ "multipart/form-data; boundary=", 0 },
		{ "multipart/form-data; boundary=\"XX", 0 },
		{ "multipart/form-data; boundary=X*X", 0 },
		{ "multipart/form-data; boundary=YY", 0 }, /* not the body's */
		{ "multipart/mixed; boundary=XX", 0 },
		{ "multipart/form-data; boundary="
		  "12345678901234567890123456789012345678901234567890123456789012345678901",
			0 },
		{ "multipart/form-data; notboundary=XX", 0 },
	};
	struct multipart m;
	struct buf b;
	struct err e;
	size_t i;

	(void)state;
	fill(&b, "--XX--", 6);
	for (i = 0; i < COUNT(rows); i++) {
		if (multipart_init(&m, rows[i].type, &b, &e) != (rows[i].ok ? 0 : -1))
			fail_msg("%s", rows[i].type);
		if (!rows[i].ok)
			assert_int_equal(e.code, ERR_INPUT);
	}
	buf_done(&b);
}

static void takes_the_longest_boundary(void **state)
{
#define SEVENTY "1234567890123456789012345678901234567890123456789012345678901234567890"
	static const char body[] = "--" SEVENTY "--";
	struct multipart m;
	struct part p;
	struct buf b;
	struct err e;

	(void)state;
	fill(&b, body, sizeof(body) - 1);
	assert_ok(multipart_init(&m, "multipart/form-data; boundary=" SEVENTY, &b, &e));
	assert_int_equal(multipart_next(&m, &arena, &p, &e), 0);
	buf_done(&b);
}

static void refuses_malformed_bodies(void **state)
{
#define HEAD "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n"
#define BODY(text)                                                                                 \
	{                                                                                          \
		text, sizeof(text) - 1                                                             \
	}
	static const struct {
		const char *text;
		size_t len;
	} rows[] = {
		BODY(""),
		BODY("-"),
		BODY("\r\n--XX--"),
		BODY("preamble\r\n--XX--"),
		BODY("--XX"),
		BODY("--XX\n"),
		BODY("--XXy\r\n"),
		BODY("--XX\r\n"),
		BODY("--XX\r\n\r\nx\r\n--XX--"), /* no name */
		BODY(HEAD),
		BODY(HEAD "\r\n"),
		BODY(HEAD "\r\nx"),
		BODY(HEAD "\r\nx\r\n--X"),
		BODY(HEAD "\r\nx\r\n--XX"),
		BODY(HEAD "\r\nx--XX--"),
		BODY(HEAD "\r\nx\n--XX--"),
		BODY(HEAD "\r\nx\r\n--XX-"),
		BODY(HEAD "Content-Disposition: form-data; name=\"b\"\r\n\r\nx\r\n--XX--"),
		BODY("--XX\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nx\r\n--XX--"),
		BODY("--XX\r\nContent-Disposition: form-data\r\n\r\nx\r\n--XX--"),
		BODY("--XX\r\nContent-Disposition: form-data; name=\"a\r\n\r\nx\r\n--XX--"),
		BODY("--XX\r\nContent-Disposition: form-data; name=\"\xff\"\r\n\r\nx\r\n--XX--"),
		BODY("--XX\r\nContent-Disposition: form-data; name=\"a\tb\"\r\n\r\nx\r\n--XX--"),
		BODY("--XX\r\nContent-Disposition: form-data; name=\"a\"; filename=\"\xff\"\r\n\r\n"
		     "x\r\n--XX--"),
		BODY(HEAD "1:\r\n2:\r\n3:\r\n4:\r\n5:\r\n6:\r\n7:\r\n8:\r\n\r\nx\r\n--XX--"),
	};
	struct multipart m;
	struct part p;
	struct buf b;
	struct err e;
	size_t i;
	int rc;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		fill(&b, rows[i].text, rows[i].len);
		rc = multipart_init(&m, TYPE, &b, &e);
		while (rc >= 0 && (rc = multipart_next(&m, &arena, &p, &e)) > 0)
			;
		if (rc != -1)
			fail_msg("taken: row %zu: %s", i, rows[i].text);
		assert_int_equal(e.code, ERR_INPUT);
		buf_done(&b);
	}
}

static void refuses_long_headers(void **state)
{
	struct multipart m;
	struct part p;
	struct buf b;
	struct err e;
	int i;

	(void)state;
	fill(&b, "--XX\r\nX: ", 9);
	for (i = 0; i < 1100; i++)
		buf_putc(&b, 'x');
	buf_puts(&b, "\r\n" PART("a", "1") "--XX--");
	assert_ok(multipart_init(&m, TYPE, &b, &e));
	assert_code(ERR_INPUT, multipart_next(&m, &arena, &p, &e));
	buf_done(&b);
}

/* Cut at every byte, a body is never read past its end: the sanitizer watches. */
static void survives_every_cut(void **state)
{
	static const char body[] = PART("a", "one") PART("b", "two") "--XX--";
	struct multipart m;
	struct part p;
	struct buf b;
	struct err e;
	size_t n;
	int rc;

	(void)state;
	for (n = 0; n < sizeof(body) - 1; n++) {
		fill(&b, body, n);
		rc = multipart_init(&m, TYPE, &b, &e);
		while (rc >= 0 && (rc = multipart_next(&m, &arena, &p, &e)) > 0)
			;
		assert_int_equal(rc, -1);
		buf_done(&b);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_parts),
		cmocka_unit_test(reads_files),
		cmocka_unit_test(knows_boundaries),
		cmocka_unit_test(takes_the_longest_boundary),
		cmocka_unit_test(refuses_malformed_bodies),
		cmocka_unit_test(refuses_long_headers),
		cmocka_unit_test(survives_every_cut),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
