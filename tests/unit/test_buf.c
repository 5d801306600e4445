/* Buf: appending, the maximum and its mark, shifting, reading files. */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "platform/buf.h"

static void an_empty_buffer_is_a_string(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 10);
	assert_string_equal(buf_str(&b), "");
	assert_true(buf_ok(&b));
	assert_int_equal(buf_add(&b, NULL, 0), 0);
	assert_string_equal(buf_str(&b), "");
	buf_shift(&b, 5);
	buf_clear(&b);
	buf_done(&b);
	buf_wipe(&b);
	buf_shift(&b, 1);
}

static void appends_in_every_way(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	assert_int_equal(buf_puts(&b, "one"), 0);
	assert_int_equal(buf_putc(&b, ' '), 0);
	assert_int_equal(buf_add(&b, "two", 3), 0);
	assert_int_equal(buf_printf(&b, " %d%s", 3, "!"), 0);
	assert_string_equal(buf_str(&b), "one two 3!");
	assert_int_equal(b.len, 10);
	assert_int_equal(buf_printf(&b, "%s", ""), 0);
	assert_int_equal(b.len, 10);
	buf_done(&b);
}

static void grows_and_keeps_what_it_has(void **state)
{
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 100000);
	for (i = 0; i < 100000; i++)
		assert_int_equal(buf_putc(&b, (char)('a' + i % 26)), 0);
	for (i = 0; i < 100000; i++)
		assert_int_equal(b.p[i], 'a' + i % 26);
	assert_int_equal(b.p[100000], '\0');
	assert_int_equal(b.cap, 100001);
	buf_done(&b);
}

static void the_maximum_fits_and_one_more_fails(void **state)
{
	static const size_t maxima[] = { 0, 1, 63, 64, 65, 127, 128 };
	char text[200];
	struct buf b;
	size_t i;

	(void)state;
	memset(text, 'x', sizeof(text));
	for (i = 0; i < COUNT(maxima); i++) {
		buf_init(&b, maxima[i]);
		assert_int_equal(buf_add(&b, text, maxima[i]), 0);
		assert_int_equal(strlen(buf_str(&b)), maxima[i]);
		assert_int_equal(buf_putc(&b, 'y'), -1);
		assert_false(buf_ok(&b));
		assert_string_equal(buf_str(&b), "");
		assert_int_equal(b.len, 0);
		buf_done(&b);
	}
}

static void the_mark_stays_until_cleared(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 4);
	assert_int_equal(buf_puts(&b, "abc"), 0);
	assert_int_equal(buf_printf(&b, "%d", 12), -1);
	assert_int_equal(buf_putc(&b, 'x'), -1);
	assert_int_equal(buf_add(&b, "", 0), -1);
	assert_int_equal(buf_printf(&b, "x"), -1);
	assert_false(buf_ok(&b));
	buf_clear(&b);
	assert_true(buf_ok(&b));
	assert_int_equal(buf_puts(&b, "abcd"), 0);
	assert_string_equal(buf_str(&b), "abcd");
	buf_done(&b);
}

static void a_huge_append_fails_without_overflow(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, SIZE_MAX);
	assert_int_equal(buf_puts(&b, "x"), 0);
	assert_int_equal(buf_add(&b, "x", SIZE_MAX), -1);
	assert_false(buf_ok(&b));
	buf_done(&b);
}

static void clear_keeps_the_memory_done_does_not(void **state)
{
	struct buf b;
	char *p;

	(void)state;
	buf_init(&b, 100);
	assert_int_equal(buf_puts(&b, "secret"), 0);
	p = b.p;
	buf_clear(&b);
	assert_ptr_equal(b.p, p);
	assert_string_equal(buf_str(&b), "");
	buf_done(&b);
	assert_null(b.p);
	assert_int_equal(b.max, 100);
	assert_int_equal(buf_puts(&b, "again"), 0);
	buf_wipe(&b);
	assert_null(b.p);
}

static void shifts(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	assert_int_equal(buf_puts(&b, "abcdef"), 0);
	buf_shift(&b, 0);
	assert_string_equal(buf_str(&b), "abcdef");
	buf_shift(&b, 2);
	assert_string_equal(buf_str(&b), "cdef");
	buf_shift(&b, 99);
	assert_string_equal(buf_str(&b), "");
	assert_int_equal(b.len, 0);
	buf_done(&b);
}

static void write_file(const char *path, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	size_t i;

	assert_true(fd >= 0);
	for (i = 0; i < n; i++)
		assert_int_equal(write(fd, "x", 1), 1);
	close(fd);
}

static void reads_files_up_to_the_maximum(void **state)
{
	char dir[] = "/tmp/test_buf.XXXXXX", path[64];
	struct buf b;
	struct err e;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/f", dir);
	buf_init(&b, 100);
	assert_int_equal(buf_file(&b, path, &e), -1);
	assert_int_equal(e.code, ERR_MISSING);
	assert_int_equal(buf_file(&b, dir, &e), -1);
	assert_int_equal(e.code, ERR_SETUP);

	write_file(path, 0);
	assert_ok(buf_file(&b, path, &e));
	assert_non_null(b.p);
	assert_string_equal(buf_str(&b), "");

	write_file(path, 98);
	assert_int_equal(buf_puts(&b, "ab"), 0);
	assert_ok(buf_file(&b, path, &e));
	assert_int_equal(b.len, 100);
	assert_memory_equal(b.p, "abxx", 4);
	assert_int_equal(b.p[100], '\0');

	buf_clear(&b);
	write_file(path, 101);
	assert_int_equal(buf_file(&b, path, &e), -1);
	assert_int_equal(e.code, ERR_SETUP);
	assert_non_null(strstr(e.log, "over 100 bytes"));
	assert_non_null(strstr(e.log, path));
	assert_null(strstr(e.say, path));
	buf_done(&b);
	unlink(path);
	rmdir(dir);
}

/* A pipe under a file's name must not stop a process. */
static void refuses_a_fifo_without_waiting(void **state)
{
	char dir[] = "/tmp/test_buf.XXXXXX", path[64];
	struct buf b;
	struct err e;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/fifo", dir);
	assert_int_equal(mkfifo(path, 0600), 0);
	buf_init(&b, 100);
	assert_int_equal(buf_file(&b, path, &e), -1);
	assert_int_equal(e.code, ERR_SETUP);
	assert_non_null(strstr(e.log, "not a regular file"));
	buf_done(&b);
	unlink(path);
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_buffer_is_a_string),
		cmocka_unit_test(appends_in_every_way),
		cmocka_unit_test(grows_and_keeps_what_it_has),
		cmocka_unit_test(the_maximum_fits_and_one_more_fails),
		cmocka_unit_test(the_mark_stays_until_cleared),
		cmocka_unit_test(a_huge_append_fails_without_overflow),
		cmocka_unit_test(clear_keeps_the_memory_done_does_not),
		cmocka_unit_test(shifts),
		cmocka_unit_test(reads_files_up_to_the_maximum),
		cmocka_unit_test(refuses_a_fifo_without_waiting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
