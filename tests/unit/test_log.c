/* Log: the exact line, escaping, cutting, levels and scope. */
#define _GNU_SOURCE 1 /* memfd_create */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "platform/clock.h"
#include "platform/log.h"
#include "platform/str.h"

#define HEAD "ts=2026-11-17T09:42:00.000Z level=info prog=unit "

/* What was written to standard error between capture and captured. */
static char text[16384];
static int saved = -1, sink = -1;

static void capture(void)
{
	saved = dup(STDERR_FILENO);
	sink = memfd_create("log", MFD_CLOEXEC);
	assert_true(saved >= 0 && sink >= 0);
	assert_true(dup2(sink, STDERR_FILENO) >= 0);
}

static const char *captured(void)
{
	ssize_t n = pread(sink, text, sizeof(text) - 1, 0);

	dup2(saved, STDERR_FILENO);
	close(saved);
	close(sink);
	assert_true(n >= 0);
	text[n] = '\0';
	return text;
}

static int setup(void **state)
{
	(void)state;
	clock_freeze(1794908520);
	log_open("unit", LOG_INFO);
	log_scope(NULL, NULL);
	return 0;
}

static void writes_one_line(void **state)
{
	(void)state;
	capture();
	log_info("job.done", LF_S("kind", "probe"), LF_I("ms", 41), LF_I("left", -2));
	assert_string_equal(captured(), HEAD "event=job.done kind=probe ms=41 left=-2\n");
}

static void writes_without_fields(void **state)
{
	(void)state;
	capture();
	log_info("start");
	assert_string_equal(captured(), HEAD "event=start\n");
}

static void shows_milliseconds_of_the_clock(void **state)
{
	unsigned ms;

	(void)state;
	clock_freeze(0);
	capture();
	log_info("x");
	assert_int_equal(sscanf(captured(), "ts=20%*2u-%*2u-%*2uT%*2u:%*2u:%*2u.%3uZ ", &ms), 1);
	assert_true(ms < 1000);
}

static void values_are_escaped(void **state)
{
	static const struct {
		const char *value, *shown;
	} rows[] = {
		{ "plain-._/:@", "plain-._/:@" },
		{ "", "\"\"" },
		{ NULL, "-" },
		{ "two words", "\"two words\"" },
		{ "a=b", "\"a=b\"" },
		{ "say \"x\"", "\"say \\\"x\\\"\"" },
		{ "back\\slash", "\"back\\\\slash\"" },
		{ "a\nlevel=error", "\"a\\nlevel=error\"" },
		{ "\r\t", "\"\\r\\t\"" },
		{ "\x1b[31m\x01\x7f", "\"\\x1b[31m\\x01\\x7f\"" },
		{ "J\xc3\xbcrgen", "\"J\xc3\xbcrgen\"" },
		{ "\xc2\x9b"
		  "31m\xc2\xa0",
			"\"\\xc2\\x9b31m\xc2\xa0\"" },
		{ "bad\xff\xc3(", "\"bad\\xff\\xc3(\"" },
		{ "\x80", "\"\\x80\"" },
	};
	char want[256];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		capture();
		log_info("e", LF_S("v", rows[i].value));
		snprintf(want, sizeof(want), HEAD "event=e v=%s\n", rows[i].shown);
		assert_string_equal(captured(), want);
	}
}

static void long_values_are_cut_between_characters(void **state)
{
	char value[1200];
	const char *end;
	size_t shift, i;

	(void)state;
	for (shift = 0; shift < 4; shift++) {
		memset(value, 'x', shift);
		for (i = shift; i < 1000; i += 3)
			memcpy(value + i, "\xe2\x82\xac", 4);
		capture();
		log_info("e", LF_S("v", value), LF_I("after", 1));
		end = strstr(captured(), "...\" after=1\n");
		assert_non_null(end);
		assert_true(str_utf8(text, strlen(text)));
		assert_true(end - strstr(text, "v=\"") <= 3 + 512);
		assert_true(end - strstr(text, "v=\"") > 3 + 508);
	}
	memset(value, 'x', 512);
	value[512] = '\0';
	capture();
	log_info("e", LF_S("v", value));
	assert_null(strstr(captured(), "..."));
	/* Bytes that are no characters at all are cut somewhere, too. */
	memset(value, 0x80, 1000);
	value[1000] = '\0';
	capture();
	log_info("e", LF_S("v", value));
	assert_non_null(strstr(captured(), "\\x80...\"\n"));
}

static void long_lines_lose_whole_fields(void **state)
{
	struct log_field f[20];
	char value[501];
	size_t i, n;

	(void)state;
	memset(value, 'x', 500);
	value[500] = '\0';
	for (i = 0; i < COUNT(f); i++)
		f[i] = LF_S("k", value);
	capture();
	log_write(LOG_INFO, "e", f, COUNT(f));
	n = strlen(captured());
	assert_true(n <= 4096 && n > 3500);
	assert_string_equal(text + n - 12, "xxxxx cut=1\n");
	assert_ptr_equal(strchr(text, '\n'), text + n - 1);
	/* Eight fields of 503 fit behind the head; all are whole. */
	for (i = 0, n = 0; text[i]; i++)
		n += text[i] == 'x';
	assert_int_equal(n, 8 * 500);
}

/* Every length around the border: never over 4 KiB, always one whole line. */
static void the_border_of_a_line(void **state)
{
	struct log_field f[9];
	char value[513];
	size_t i, len, n;

	(void)state;
	memset(value, 'x', 512);
	value[512] = '\0';
	for (i = 0; i < 7; i++)
		f[i] = LF_S("k", value);
	f[8] = LF_I("z", 1);
	for (len = 0; len <= 512; len++) {
		f[7] = LF_S("k", value + len);
		capture();
		log_write(LOG_INFO, "e", f, COUNT(f));
		n = strlen(captured());
		assert_true(n <= 4096);
		assert_int_equal(text[n - 1], '\n');
		assert_true(strstr(text, " z=1\n") || strstr(text, " cut=1\n"));
	}
	assert_non_null(strstr(text, " z=1\n"));
}

static void quiet_below_the_least_level(void **state)
{
	(void)state;
	log_open("unit", LOG_WARN);
	capture();
	log_debug("a");
	log_info("b");
	log_warn("c");
	log_error("d");
	assert_string_equal(captured(),
		"ts=2026-11-17T09:42:00.000Z level=warn prog=unit event=c\n"
		"ts=2026-11-17T09:42:00.000Z level=error prog=unit event=d\n");
}

static void scope_is_on_every_line_until_it_ends(void **state)
{
	char id[] = "12";

	(void)state;
	log_scope("job", id);
	memset(id, 'x', 2);
	capture();
	log_info("a");
	log_scope("req", "ab\n1");
	log_info("b");
	log_scope(NULL, NULL);
	log_info("c");
	assert_string_equal(captured(),
		HEAD "job=12 event=a\n" HEAD "req=\"ab\\n1\" event=b\n" HEAD "event=c\n");
}

static void errors_at_their_level(void **state)
{
	struct err e;

	(void)state;
	capture();
	err_fill(&e, ERR_FULL, "/some/where/store.c", 7, "Text for the page.", "disk of %s", "db");
	log_err("save", &e);
	err_fill(&e, ERR_MISSING, NULL, 0, NULL, "none");
	log_err("open", &e);
	assert_string_equal(captured(),
		"ts=2026-11-17T09:42:00.000Z level=error prog=unit event=save code=full "
		"at=store.c:7 why=\"disk of db\"\n" HEAD
		"event=open code=missing at=-:0 why=none\n");
}

static void level_names(void **state)
{
	(void)state;
	assert_int_equal(log_level_parse("debug"), LOG_DEBUG);
	assert_int_equal(log_level_parse("info"), LOG_INFO);
	assert_int_equal(log_level_parse("warn"), LOG_WARN);
	assert_int_equal(log_level_parse("error"), LOG_ERROR);
	assert_int_equal(log_level_parse("Info"), -1);
	assert_int_equal(log_level_parse(""), -1);
}

static void a_closed_standard_error_does_no_harm(void **state)
{
	int keep = dup(STDERR_FILENO);

	(void)state;
	close(STDERR_FILENO);
	log_info("nobody.listens");
	dup2(keep, STDERR_FILENO);
	close(keep);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(writes_one_line, setup),
		cmocka_unit_test_setup(writes_without_fields, setup),
		cmocka_unit_test_setup(shows_milliseconds_of_the_clock, setup),
		cmocka_unit_test_setup(values_are_escaped, setup),
		cmocka_unit_test_setup(long_values_are_cut_between_characters, setup),
		cmocka_unit_test_setup(long_lines_lose_whole_fields, setup),
		cmocka_unit_test_setup(the_border_of_a_line, setup),
		cmocka_unit_test_setup(quiet_below_the_least_level, setup),
		cmocka_unit_test_setup(scope_is_on_every_line_until_it_ends, setup),
		cmocka_unit_test_setup(errors_at_their_level, setup),
		cmocka_unit_test_setup(level_names, setup),
		cmocka_unit_test_setup(a_closed_standard_error_does_no_harm, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
