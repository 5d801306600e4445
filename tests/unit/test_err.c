/* Errors: the table is complete and kind, filling cuts between characters, die ends the process. */
#include "tests/unit/unit.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "platform/err.h"
#include "platform/str.h"

static void every_code_has_a_row(void **state)
{
	const struct err_info *info, *other;
	int i, k;

	(void)state;
	for (i = 0; i < ERR__MAX; i++) {
		info = err_info((enum err_code)i);
		assert_non_null(info->name);
		assert_true(info->status >= 200 && info->status < 600);
		for (k = 0; k < i; k++) {
			other = err_info((enum err_code)k);
			assert_string_not_equal(info->name, other->name);
		}
	}
}

static void every_sentence_fits_and_keeps_the_copy_rules(void **state)
{
	static const char *const banned[] = { "!", "oops", "Oops", " user", "token", "invalid",
		"error", "Error", "You must" };
	const struct err_info *info;
	size_t b;
	int i;

	(void)state;
	for (i = 0; i < ERR__MAX; i++) {
		info = err_info((enum err_code)i);
		assert_true(strlen(info->title) > 3);
		assert_true(info->title[strlen(info->title) - 1] != '.');
		assert_true(strlen(info->say) < sizeof(((struct err *)0)->say));
		assert_int_equal(info->say[strlen(info->say) - 1], '.');
		for (b = 0; b < COUNT(banned); b++) {
			assert_null(strstr(info->title, banned[b]));
			assert_null(strstr(info->say, banned[b]));
		}
	}
}

static void status_and_fault_of_each_code(void **state)
{
	static const struct {
		enum err_code code;
		int status, ours;
	} rows[] = {
		{ ERR_INPUT, 400, 0 },
		{ ERR_FORGED, 403, 0 },
		{ ERR_DENIED, 403, 0 },
		{ ERR_STALE, 403, 0 },
		{ ERR_MISSING, 404, 0 },
		{ ERR_METHOD, 405, 0 },
		{ ERR_TIMEOUT, 408, 0 },
		{ ERR_CONFLICT, 409, 0 },
		{ ERR_GONE, 410, 0 },
		{ ERR_TOO_BIG, 413, 0 },
		{ ERR_URI, 414, 0 },
		{ ERR_TYPE, 415, 0 },
		{ ERR_FORM, 422, 0 },
		{ ERR_SLOW, 429, 0 },
		{ ERR_HEADERS, 431, 0 },
		{ ERR_INTERNAL, 500, 1 },
		{ ERR_BUSY, 503, 1 },
		{ ERR_FULL, 507, 1 },
		{ ERR_DAMAGED, 500, 1 },
		{ ERR_SCHEMA, 503, 1 },
		{ ERR_SETUP, 503, 1 },
		{ ERR_ENGINE, 503, 1 },
		{ ERR_KEY, 500, 1 },
		{ ERR_NET, 502, 0 },
		{ ERR_EGRESS, 403, 0 },
	};
	size_t i;

	(void)state;
	assert_int_equal(COUNT(rows), ERR__MAX - 1);
	for (i = 0; i < COUNT(rows); i++) {
		assert_int_equal(err_info(rows[i].code)->status, rows[i].status);
		assert_int_equal(err_info(rows[i].code)->ours, rows[i].ours);
	}
}

static void a_foreign_code_is_our_fault(void **state)
{
	(void)state;
	assert_ptr_equal(err_info(ERR__MAX), err_info(ERR_INTERNAL));
	assert_ptr_equal(err_info((enum err_code) - 1), err_info(ERR_INTERNAL));
}

static void fill_keeps_both_texts(void **state)
{
	struct err e;
	int rc, line;

	(void)state;
	line = __LINE__ + 1;
	rc = ERR(&e, ERR_NET, "The mail server is away.", "host %s port %d", "h", 443);
	assert_int_equal(rc, -1);
	assert_int_equal(e.code, ERR_NET);
	assert_int_equal(e.line, line);
	assert_string_equal(e.file, __FILE__);
	assert_string_equal(e.say, "The mail server is away.");
	assert_string_equal(e.log, "host h port 443");
	assert_int_equal(err_say(&e, "%d of %d", 1, 2), -1);
	assert_string_equal(e.say, "1 of 2");
	assert_string_equal(e.log, "host h port 443");
	assert_int_equal(e.code, ERR_NET);
}

static void no_sentence_gives_the_default(void **state)
{
	struct err e;

	(void)state;
	assert_int_equal(ERR(&e, ERR_FULL, NULL, "x"), -1);
	assert_string_equal(e.say, err_info(ERR_FULL)->say);
}

/* Characters of 1 to 4 bytes: wherever the end falls, no part of one is left. */
static void cuts_between_characters(void **state)
{
	static const char *const units[] = { "a", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80" };
	char text[600];
	struct err e;
	size_t u, shift, n;

	(void)state;
	for (u = 0; u < COUNT(units); u++) {
		for (shift = 0; shift < 4; shift++) {
			memset(text, 'x', shift);
			for (n = shift; n < 500; n += strlen(units[u]))
				memcpy(text + n, units[u], strlen(units[u]) + 1);
			ERR(&e, ERR_INPUT, text, "%s", text);
			assert_true(strlen(e.log) > sizeof(e.log) - 5);
			assert_true(str_utf8(e.log, strlen(e.log)));
			assert_string_equal(e.say, e.log);
		}
	}
}

static void a_text_that_just_fits_is_not_cut(void **state)
{
	char text[sizeof(((struct err *)0)->log)];
	struct err e;

	(void)state;
	memset(text, 'x', sizeof(text) - 3);
	memcpy(text + sizeof(text) - 3, "\xc3\xa4", 3);
	ERR(&e, ERR_INPUT, NULL, "%s", text);
	assert_string_equal(e.log, text);
}

static void die_aborts_and_says_why(void **state)
{
	char text[512] = "";
	int fds[2], status;
	pid_t child;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	child = fork();
	if (child == 0) {
		dup2(fds[1], STDERR_FILENO);
		die("no %s left", "memory");
	}
	close(fds[1]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(read(fds[0], text, sizeof(text) - 1) > 0);
	close(fds[0]);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	assert_non_null(strstr(text, "level=error"));
	assert_non_null(strstr(text, "event=die why=\"no memory left\"\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_has_a_row),
		cmocka_unit_test(every_sentence_fits_and_keeps_the_copy_rules),
		cmocka_unit_test(status_and_fault_of_each_code),
		cmocka_unit_test(a_foreign_code_is_our_fault),
		cmocka_unit_test(fill_keeps_both_texts),
		cmocka_unit_test(no_sentence_gives_the_default),
		cmocka_unit_test(cuts_between_characters),
		cmocka_unit_test(a_text_that_just_fits_is_not_cut),
		cmocka_unit_test(die_aborts_and_says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
