/* Filling names into what people copy: nothing that somebody typed gets out of its quotes, what is
 * not known stays as a word in braces, and what is too long is not cut.
 */
#include "tests/unit/unit.h"

#include <string.h>
#include "exchange/reason_fill.h"
#include "platform/str.h"

enum { ARENA_MAX = 1 << 20, LONG = 20000 };

static const struct row {
	const char *text, *steps, *command; /* as steps, and as a command */
	struct reason_names names;
} rows[] = {
	{ "Add {mailbox}, then {mailbox}.", "Add a@b.c, then a@b.c.", "Add a@b.c, then a@b.c.",
		{ .mailbox = "a@b.c" } },
	{ "-User '{member}'", "-User 'o'brien@b.c'", "-User 'o''brien@b.c'",
		{ .member = "o'brien@b.c" } },
	{ "'{member}'", "''''", "''''''", { .member = "''" } },
	/* Quotes to PowerShell are the curly ones, too. */
	{ "'{member}'", "'o\u2019b\u2018\u201a\u201b'",
		"'o\u2019\u2019b\u2018\u2018\u201a\u201a\u201b\u201b'",
		{ .member = "o\u2019b\u2018\u201a\u201b" } },
	/* Neither double quotes nor anything else means something between single ones. */
	{ "('{member}:\\' + $c)", "('a$b`c\"d;@b.c:\\' + $c)", "('a$b`c\"d;@b.c:\\' + $c)",
		{ .member = "a$b`c\"d;@b.c" } },
	{ "'{member}'", "'m\u00fcller@b.c'", "'m\u00fcller@b.c'", { .member = "m\u00fcller@b.c" } },
	{ "'{member}' {app}", "'a??b?' x?y", "'a??b?' x?y",
		{ .member = "a\r\nb\x7f", .app = "x\ty" } },
	/* A quote cut in the middle is no quote, and nothing behind it is read. */
	{ "'{member}'", "'a\xe2\x80'", "'a\xe2\x80'", { .member = "a\xe2\x80" } },
	{ "{app} {member} {x} { } {} {{", "{app} {member} {x} { } {} {{",
		"{app} {member} {x} { } {} {{", { .member = "" } },
	{ "{app}{app{app}}", "7{app7}", "7{app7}", { .app = "7" } },
	{ "{App} {APP}", "{App} {APP}", "{App} {APP}", { .app = "7" } },
	/* What was filled in is not read again. */
	{ "{member}", "{mailbox}", "{mailbox}", { .member = "{mailbox}", .mailbox = "no" } },
	{ "{mem{app}ber}", "{mem7ber}", "{mem7ber}", { .app = "7", .member = "no" } },
	{ "", "", "", { .member = "no" } },
	{ "one\ntwo {app}\n", "one\ntwo 1\n", "one\ntwo 1\n", { .app = "1" } },
};

static void names_are_filled_in(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, ARENA_MAX);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct reason_row r = { .steps = rows[i].text, .command = rows[i].text };

		assert_string_equal(reason_steps(&a, &r, &rows[i].names), rows[i].steps);
		assert_string_equal(reason_command(&a, &r, &rows[i].names), rows[i].command);
	}
	arena_done(&a);
}

/* Half a command could do something else than the whole: then it keeps its words in braces. */
static void what_is_too_long_is_left(void **state)
{
	static char name[LONG + 1];
	const struct reason_names names = { .member = name };
	const struct reason_row r = { .steps = "For {member}.", .command = "Get '{member}'" };
	struct arena a;

	(void)state;
	memset(name, 'n', LONG);
	arena_init(&a, ARENA_MAX);
	assert_string_equal(reason_steps(&a, &r, &names), "For {member}.");
	assert_string_equal(reason_command(&a, &r, &names), "Get '{member}'");
	name[1000] = '\0';
	assert_int_equal(strlen(reason_command(&a, &r, &names)), 1000 + 6);
	memset(name, '\'', 1000);
	assert_int_equal(strlen(reason_command(&a, &r, &names)), 2000 + 6);
	arena_done(&a);
}

/* The quotes of a line, read as PowerShell does between single ones: does it end outside? */
static int is_closed(const char *line, size_t len)
{
	int inside = 0;

	for (size_t i = 0; i < len; i++)
		inside ^= line[i] == '\'';
	return !inside;
}

/* Each command of the table, with the worst names: every line still ends outside its quotes, has as
 * many lines as before, and no word of ours is left. */
static void commands_stay_commands(void **state)
{
	const struct reason_names names = {
		.member = "o'x'; Remove-Mailbox 'a\nb", .mailbox = "s'", .app = "'"
	};
	struct arena a;

	(void)state;
	arena_init(&a, ARENA_MAX);
	for (int r = 0; r < REASON__MAX; r++) {
		const struct reason_row *row = reason_row((enum reason)r);
		const char *now = reason_command(&a, row, &names), *was = row->command;

		assert_null(strstr(now, "{member}"));
		assert_null(strstr(now, "{mailbox}"));
		assert_null(strstr(now, "{app}"));
		for (;; now++, was++) {
			size_t len = strcspn(now, "\n"), old = strcspn(was, "\n");

			if (!is_closed(was, old) || !is_closed(now, len))
				fail_msg("%s: \"%.*s\"", row->code, (int)len, now);
			now += len;
			was += old;
			assert_int_equal(*now, *was);
			if (!*now)
				break;
		}
	}
	arena_done(&a);
}

/* Who signed in instead is named, or spoken of. */
static void other_accounts(void **state)
{
	const struct reason_row *row = reason_row(REASON_OTHER_ACCOUNT);
	struct reason_names names = { .mailbox = "svc@example.test" };
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 16);
	assert_non_null(strstr(
		reason_steps(&a, row, &names), "choose svc@example.test, not the other account;"));
	names.account = "anna@example.test";
	assert_non_null(strstr(
		reason_steps(&a, row, &names), "choose svc@example.test, not anna@example.test;"));
	arena_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(other_accounts),
		cmocka_unit_test(names_are_filled_in),
		cmocka_unit_test(what_is_too_long_is_left),
		cmocka_unit_test(commands_stay_commands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
