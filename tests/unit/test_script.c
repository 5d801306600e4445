/* Scripts for the Exchange admin: the table is whole, every name stays between its quotes, every
 * variable of a text has a value, and what cannot be said is refused.
 *
 * With --scripts FILE DIR it writes scripts with the names in a file, a line each with tabs between
 * organisation, mailbox, tag and people, for a grammar that others wrote (tests/conformance).
 */
#include "tests/unit/unit.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include "exchange/script.h"
#include "exchange/verdict.h"
#include "platform/str.h"

enum { SCRIPT_TEXT_MAX = 1 << 20, LINE = 8192, PEOPLE_MAX = 8 };

#define APP "0f9a1c52-70b1-4a3e-9d5f-1d2c3b4a5968"

static struct script_query query(int kind, int part, int premise)
{
	return (struct script_query){
		.kind = (enum script_kind)kind,
		.part = (enum script_part)part,
		.premise = (enum script_premise)premise,
		.organisation = "Office",
		.mailbox = "svc@office.test",
		.app = APP,
		.tag = "latchkey-42",
		.agent = "Latchkey/1.0",
		.made = "22 November 2026",
		.people = 2,
	};
}

static int write_one(
	struct buf *b, const struct script_query *q, const char *const *people, struct err *e)
{
	if (script_begin(b, q, e) < 0)
		return -1;
	for (int i = 0; i < q->people; i++)
		if (script_person(b, q, people[i], e) < 0)
			return -1;
	return script_end(b, q, e);
}

static const char *const two[] = { "anna@office.test", "bert@office.test" };

/* Every script there is. */
static int each(void (*fn)(const struct script_query *q, const char *text))
{
	struct err e = { 0 };
	struct buf b;
	int n = 0;

	buf_init(&b, SCRIPT_TEXT_MAX);
	for (int i = 0; i < SCRIPT__MAX * SCRIPT_PREMISE__MAX * SCRIPT_PART__MAX; i++) {
		const int kind = i / (SCRIPT_PREMISE__MAX * SCRIPT_PART__MAX);
		const struct script_query q = query(
			kind, i % SCRIPT_PART__MAX, i / SCRIPT_PART__MAX % SCRIPT_PREMISE__MAX);

		buf_clear(&b);
		if (write_one(&b, &q, two, &e) == 0) {
			fn(&q, buf_str(&b));
			n++;
		} else {
			assert_int_equal(e.code, ERR_INPUT);
		}
	}
	buf_done(&b);
	return n;
}

static void the_table_is_whole(void **state)
{
	(void)state;
	for (int k = 0; k < SCRIPT__MAX; k++) {
		const struct script_row *r = script_row((enum script_kind)k);
		int fits = 0;

		assert_int_equal(script_parse(r->code), k);
		assert_true(*r->file && *r->title && *r->say && *r->changes && *r->leaves);
		assert_true(*r->wait && r->methods != 0);
		assert_true(!r->people == !r->seconds && !r->people == !r->reasons);
		assert_true(r->people || !r->whole);
		for (int p = 0; p < SCRIPT_PREMISE__MAX; p++)
			for (int m = 0; m < METHOD__MAX; m++)
				fits += script_fits((enum script_kind)k, m, (enum script_premise)p);
		assert_true(fits > 0);
	}
	assert_int_equal(script_parse("nonsense"), SCRIPT__MAX);
	for (int p = 0; p < SCRIPT_PART__MAX; p++)
		assert_int_equal(script_part_parse(script_part_code((enum script_part)p)), p);
	assert_int_equal(script_part_parse("RUN"), SCRIPT_PART__MAX);
}

static void versions_are_premises(void **state)
{
	(void)state;
	assert_int_equal(script_premise_of("exchange", "8.3.83.6"), SCRIPT_2007);
	assert_int_equal(script_premise_of("exchange", "14.3.123.4"), SCRIPT_2010);
	assert_int_equal(script_premise_of("exchange", "15.1.2507.6"), SCRIPT_2013);
	assert_int_equal(script_premise_of("exchange", ""), SCRIPT_2013);
	assert_int_equal(script_premise_of("office365", "15.20.1.2"), SCRIPT_ONLINE);
	assert_true(script_fits(SCRIPT_SHARE, METHOD_DELEGATE, SCRIPT_2010));
	assert_false(script_fits(SCRIPT_SHARE, METHOD_DELEGATE, SCRIPT_2007));
	assert_false(script_fits(SCRIPT_SHARE, METHOD_IMPERSONATION, SCRIPT_2013));
	assert_true(script_fits(SCRIPT_ROLE, METHOD_IMPERSONATION, SCRIPT_2007));
	assert_false(script_fits(SCRIPT_ROLE, METHOD_IMPERSONATION, SCRIPT_ONLINE));
	assert_true(script_fits(SCRIPT_APP, METHOD_IMPERSONATION, SCRIPT_ONLINE));
}

/* Where a run may differ, the reader is told so. */
static void the_old_and_the_new_differ(void **state)
{
	(void)state;
	assert_non_null(strstr(script_changes(SCRIPT_ROLE, SCRIPT_2007), "ms-Exch-EPI"));
	assert_non_null(strstr(script_changes(SCRIPT_ROLE, SCRIPT_2013), "A scope"));
	assert_non_null(strstr(script_mind(SCRIPT_APP, SCRIPT_ONLINE), "full_access_as_app"));
	assert_string_equal(script_mind(SCRIPT_SHARE, SCRIPT_2013), "");
}

/* --- names --- */

static void names_are_quoted(void **state)
{
	static const struct {
		const char *text, *quoted, *opath; /* NULL: refused */
	} rows[] = {
		{ "anna", "'anna'", "''anna''" },
		{ "", "''", "''''" },
		{ "o'neil", "'o''neil'", "''o''''neil''" },
		{ "'", "''''", "''''''''" },
		{ "\u2018a\u2019\u201a\u201b",
			"'\u2018\u2018a\u2019\u2019\u201a\u201a\u201b\u201b'", NULL },
		{ "a\u201cb\u201d\"", "'a\u201cb\u201d\"'", "''a\u201cb\u201d\"''" },
		{ "$(x) `n {0} #> @' \\", "'$(x) `n {0} #> @'' \\'",
			"''$(x) `n {0} #> @'''' \\''" },
		{ "m\u00fcller \U0001f600", "'m\u00fcller \U0001f600'",
			"''m\u00fcller \U0001f600''" },
		{ "a\nb", NULL, NULL },
		{ "a\rb", NULL, NULL },
		{ "a\tb", NULL, NULL },
		{ "a\x7f", NULL, NULL },
		{ "a\xc2\x85"
		  "b",
			NULL, NULL },
		{ "a\u2028b", NULL, NULL },
		{ "a\u202eb", NULL, NULL },
		{ "a\u2066b", NULL, NULL },
		{ "a\u200bb", NULL, NULL },
		{ "\ufeff", NULL, NULL },
		{ "a\xe2\x80", NULL, NULL },
		{ "a\xff", NULL, NULL },
	};
	struct buf b;

	(void)state;
	buf_init(&b, LINE);
	for (size_t i = 0; i < COUNT(rows); i++) {
		buf_clear(&b);
		assert_int_equal(script_quote(&b, rows[i].text), rows[i].quoted ? 0 : -1);
		if (rows[i].quoted)
			assert_string_equal(buf_str(&b), rows[i].quoted);
		buf_clear(&b);
		assert_int_equal(script_quote_opath(&b, rows[i].text), rows[i].opath ? 0 : -1);
		if (rows[i].opath)
			assert_string_equal(buf_str(&b), rows[i].opath);
	}
	buf_done(&b);
	buf_init(&b, 4);
	assert_int_equal(script_quote(&b, "too long"), -1);
	buf_done(&b);
}

/* The name of an organisation stands in a comment alone: it may be anything, and ends no line. */
static void a_comment_stays_one(void **state)
{
	static const char *const names[] = { "A\nRemove-Mailbox x", "A\r\nB", "#> Remove-Mailbox",
		"A\u2028B",
		"A\xc2\x85"
		"B",
		"A\xff\xfe", "\u202e}", "" };
	struct err e = { 0 };
	struct buf b;

	(void)state;
	buf_init(&b, SCRIPT_TEXT_MAX);
	for (size_t i = 0; i < COUNT(names); i++) {
		struct script_query q = query(SCRIPT_SHARE, SCRIPT_RUN, SCRIPT_2013);
		const char *at, *end;

		q.organisation = names[i];
		buf_clear(&b);
		assert_ok(write_one(&b, &q, two, &e));
		end = strstr(buf_str(&b), "\n& {\n");
		assert_non_null(end);
		for (at = buf_str(&b); at < end; at = strchr(at, '\n') + 1)
			assert_true(*at == '#' || *at == '\n');
		assert_null(strchr(buf_str(&b), '\r'));
		assert_null(strstr(buf_str(&b), "\u2028"));
		assert_null(strstr(buf_str(&b), "\u202e"));
	}
	buf_done(&b);
}

static void what_cannot_be_said_is_refused(void **state)
{
	struct err e = { 0 };
	struct script_query q;
	struct buf b;

	(void)state;
	buf_init(&b, SCRIPT_TEXT_MAX);
#define REFUSED(kind, part, premise, change)                                                       \
	q = query(kind, part, premise);                                                            \
	q.change;                                                                                  \
	assert_int_equal(write_one(&b, &q, two, &e), -1);                                          \
	assert_int_equal(e.code, ERR_INPUT);                                                       \
	buf_clear(&b)
	REFUSED(SCRIPT_SHARE, SCRIPT_RUN, SCRIPT_2007, people = 2);
	REFUSED(SCRIPT_ROLE, SCRIPT_RUN, SCRIPT_ONLINE, people = 2);
	REFUSED(SCRIPT_SHARE, SCRIPT_RUN, SCRIPT_2013, people = 0);
	REFUSED(SCRIPT_SHARE, SCRIPT_RUN, SCRIPT_2013, mailbox = "");
	REFUSED(SCRIPT_SHARE, SCRIPT_RUN, SCRIPT_2013, mailbox = "*@office.test");
	REFUSED(SCRIPT_SHARE, SCRIPT_RUN, SCRIPT_2013, mailbox = "a\nb@office.test");
	REFUSED(SCRIPT_SHARE, SCRIPT_RUN, SCRIPT_2013, tag = "a\nb");
	REFUSED(SCRIPT_ROLE, SCRIPT_RUN, SCRIPT_2013, tag = "");
	REFUSED(SCRIPT_ROLE, SCRIPT_RUN, SCRIPT_2013, tag = "a\u2019b");
	REFUSED(SCRIPT_APP, SCRIPT_RUN, SCRIPT_ONLINE, app = "");
	REFUSED(SCRIPT_APP, SCRIPT_RUN, SCRIPT_ONLINE, app = "nonsense");
	REFUSED(SCRIPT_MAILBOX, SCRIPT_RUN, SCRIPT_2013, mailbox = "");
	REFUSED(SCRIPT_MAILBOX, SCRIPT_RUN, SCRIPT_2013, mailbox = "@office.test");
	REFUSED(SCRIPT_ALLOW, SCRIPT_RUN, SCRIPT_2013, agent = "");
#undef REFUSED
	q = query(SCRIPT_SHARE, SCRIPT_RUN, SCRIPT_2013);
	assert_ok(script_begin(&b, &q, &e));
	assert_int_equal(script_person(&b, &q, "a\nb@office.test", &e), -1);
	/* Who is let in need not be a dedicated mailbox, and need not be anybody else. */
	q = query(SCRIPT_ALLOW, SCRIPT_RUN, SCRIPT_2013);
	q.people = 0;
	buf_clear(&b);
	assert_ok(write_one(&b, &q, NULL, &e));
	q.people = 2;
	q.mailbox = "";
	buf_clear(&b);
	assert_ok(write_one(&b, &q, two, &e));
	q.people = 0;
	buf_clear(&b);
	assert_int_equal(write_one(&b, &q, NULL, &e), -1);
	buf_done(&b);
}

/* --- what every script has --- */

/* Has it a value before this place? */
static int assigned(const char *text, const char *at, size_t n)
{
	char word[64];
	const char *set, *walk;

	snprintf(word, sizeof(word), "%.*s = ", (int)n, at);
	set = strstr(text, word);
	snprintf(word, sizeof(word), "foreach (%.*s in ", (int)n, at);
	walk = strstr(text, word);
	return (set && set <= at) || (walk && walk <= at);
}

static void has_values(const char *text)
{
	static const char *const known[] = { "$_", "$true", "$false", "$null" };

	for (const char *at = strchr(text, '$'); at; at = strchr(at + 1, '$')) {
		size_t n = 1, i = 0;

		while (isalnum((unsigned char)at[n]) || at[n] == '_')
			n++;
		while (i < COUNT(known) && !(strlen(known[i]) == n && !strncmp(known[i], at, n)))
			i++;
		if (i < COUNT(known))
			continue;
		if (n == 1 || !assigned(text, at, n))
			fail_msg("%.*s has no value in\n%s", (int)n, at, text);
	}
}

static int count(const char *text, const char *word)
{
	int n = 0;

	while ((text = strstr(text, word))) {
		text++;
		n++;
	}
	return n;
}

static void is_sound(const struct script_query *q, const char *text)
{
	const struct script_row *r = script_row(q->kind);
	const char *end = text + strlen(text);

	assert_true(str_starts(text, "# Latchkey: "));
	assert_non_null(strstr(text, r->title));
	assert_non_null(strstr(text, "# Organisation: Office\n"));
	assert_non_null(strstr(text, "# It holds no password.\n"));
	assert_int_equal(count(text, "\n& {\n"), 1);
	assert_string_equal(end - 3, "\n}\n");
	assert_int_equal(count(text, "{"), count(text, "}"));
	assert_int_equal(count(text, "("), count(text, ")"));
	assert_null(strstr(text, "\t"));
	assert_null(strstr(text, "<#"));
	assert_int_equal(count(text, "'anna@office.test'"), script_names(q));
	has_values(text);
	/* Who looks changes nothing. */
	if (q->part == SCRIPT_VERIFY)
		for (const char *const *verb = (const char *const[]){ "    Set-", "    Add-",
			     "    New-", "    Remove-", NULL };
			*verb; verb++)
			assert_null(strstr(text, *verb));
	/* Nobody is asked by the shell in the middle of a walk. */
	for (const char *at = strstr(text, " Remove-"); at; at = strstr(at + 1, " Remove-")) {
		if (str_starts(at, " Remove-Item"))
			continue;
		assert_non_null(strstr(at, "-Confirm:$false"));
		assert_true(strstr(at, "-Confirm:$false") < strchr(at, '\n'));
	}
	/* PowerShell 1.0 may be all there is. */
	if (q->premise == SCRIPT_2007 && q->kind == SCRIPT_ROLE) {
		assert_null(strstr(text, "try {"));
		assert_null(strstr(text, "-join"));
		assert_null(strstr(text, "New-Object"));
	}
}

static void every_script_is_sound(void **state)
{
	(void)state;
	assert_int_equal(each(is_sound), 66);
}

/* A file: its name, its line ends, its mark. */
static void a_file_is_for_windows(void **state)
{
	struct script_query q = query(SCRIPT_SHARE, SCRIPT_UNDO, SCRIPT_2013);
	struct buf b;

	(void)state;
	buf_init(&b, LINE);
	assert_int_equal(script_name(&b, &q), 0);
	assert_string_equal(buf_str(&b), "latchkey-42-share-calendars-undo.ps1");
	buf_clear(&b);
	q.part = SCRIPT_RUN;
	assert_int_equal(script_name(&b, &q), 0);
	assert_string_equal(buf_str(&b), "latchkey-42-share-calendars.ps1");
	buf_clear(&b);
	assert_int_equal(script_file(&b, "a\n", 2, 1), 0);
	assert_int_equal(script_file(&b, "\nb", 2, 0), 0);
	assert_string_equal(buf_str(&b),
		"\xef\xbb\xbf"
		"a\r\n\r\nb");
	buf_done(&b);
}

static void time_is_told(void **state)
{
	static const struct {
		int64_t people;
		const char *say;
	} rows[] = { { 2, "a minute or two" }, { 300, "about 20 minutes" },
		{ 10000, "about 11 hours" } };
	struct err e = { 0 };
	struct buf b;

	(void)state;
	buf_init(&b, SCRIPT_TEXT_MAX);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct script_query q = query(SCRIPT_SHARE, SCRIPT_RUN, SCRIPT_2013);

		q.people = rows[i].people;
		buf_clear(&b);
		assert_ok(script_begin(&b, &q, &e));
		assert_non_null(strstr(buf_str(&b), rows[i].say));
	}
	buf_done(&b);
}

/* --- for others to read --- */

static void save(const char *dir, int line, const struct script_query *q, const struct buf *b)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%d-%s-%d-%s.ps1", dir, line, script_row(q->kind)->code,
		(int)q->premise, script_part_code(q->part));
	f = fopen(path, "w");
	if (!f || fwrite(b->p, 1, b->len, f) != b->len || fclose(f) != 0)
		die("%s cannot be written", path);
}

/* A line of names; the scripts that take them are written. */
static void write_line(const char *dir, int line, char *text)
{
	const char *people[PEOPLE_MAX], *cells[3] = { 0 };
	struct err e = { 0 };
	struct buf b;
	char *rest = text, *cell;
	int n = 0;

	for (int i = 0; (cell = strsep(&rest, "\t")); i++) {
		if (i < 3)
			cells[i] = cell;
		else if (n < PEOPLE_MAX && str_email(cell))
			people[n++] = cell;
	}
	buf_init(&b, SCRIPT_TEXT_MAX);
	for (int i = 0; i < SCRIPT__MAX * SCRIPT_PREMISE__MAX * SCRIPT_PART__MAX; i++) {
		struct script_query q = query(i / (SCRIPT_PREMISE__MAX * SCRIPT_PART__MAX),
			i % SCRIPT_PART__MAX, i / SCRIPT_PART__MAX % SCRIPT_PREMISE__MAX);

		q.organisation = cells[0];
		q.mailbox = cells[1];
		q.tag = cells[2];
		q.people = n;
		buf_clear(&b);
		if ((line == 0 || i % 16 == line % 16) && write_one(&b, &q, people, &e) == 0)
			save(dir, line, &q, &b);
	}
	buf_done(&b);
}

static int write_all(const char *names, const char *dir)
{
	char text[LINE];
	FILE *f = fopen(names, "r");
	int line = 0;

	if (!f)
		die("%s cannot be read", names);
	for (; fgets(text, sizeof(text), f); line++) {
		text[strcspn(text, "\n")] = '\0';
		write_line(dir, line, text);
	}
	return fclose(f);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_whole),
		cmocka_unit_test(versions_are_premises),
		cmocka_unit_test(the_old_and_the_new_differ),
		cmocka_unit_test(names_are_quoted),
		cmocka_unit_test(a_comment_stays_one),
		cmocka_unit_test(what_cannot_be_said_is_refused),
		cmocka_unit_test(every_script_is_sound),
		cmocka_unit_test(a_file_is_for_windows),
		cmocka_unit_test(time_is_told),
	};

	if (argc == 4 && !strcmp(argv[1], "--scripts"))
		return write_all(argv[2], argv[3]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
