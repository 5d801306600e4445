/* db_script.c: that a script sees what it is for. */
#include "tests/unit/store_unit.h"

#include "store/db_script.h"

/* The script. */

/* How often, and with what words at last, a script was surprised. */
static int surprises;
static char last_surprise[512];

static void note(const char *what)
{
	surprises++;
	snprintf(last_surprise, sizeof(last_surprise), "%s", what);
}

/* The next surprise holds these words. */
static void expect_surprise(const char *words)
{
	assert_int_equal(surprises, 1);
	if (!strstr(last_surprise, words))
		fail_msg("not \"%s\": %s", words, last_surprise);
	surprises = 0;
}

static struct db *script(const struct db_script_step *steps, size_t n)
{
	surprises = 0;
	return db_script_open(steps, n, note);
}

static void test_rows(void **state)
{
	const struct db_value rows[] = { DB_I(1), DB_T("one"), DB_I(2), DB_T(NULL) };
	const struct db_value args[] = { DB_I(7), DB_T("x"), DB_B("\0\1", 2), DB_T(NULL) };
	const struct db_script_step steps[] = {
		{ .sql = "FROM t", .args = args, .nargs = 4, .rows = rows, .nrows = 2, .cols = 2 },
		{ .sql = "DELETE", .changed = 5 },
	};
	struct db *db = script(steps, COUNT(steps));
	struct db_rows r;
	struct arena a;
	struct err e;

	(void)state;
	arena_init(&a, ARENA);
	assert_ok(db_query(db, "SELECT n, s FROM t",
		DB_ARGS(DB_I(7), DB_T("x"), DB_B("\0\1", 2), DB_T(NULL)), &r, &e));
	assert_int_equal(db_next(&r, &e), 1);
	assert_int_equal(db_num(&r, 0), 1);
	assert_string_equal(db_text(&r, 1, &a), "one");
	assert_int_equal(db_next(&r, &e), 1);
	assert_int_equal(db_num(&r, 0), 2);
	assert_null(db_text(&r, 1, &a));
	assert_int_equal(db_next(&r, &e), 0);
	assert_int_equal(db_changed(db, "DELETE FROM t", DB_NONE, &e), 5);
	db_script_close(db);
	assert_int_equal(surprises, 0);
	arena_done(&a);
}

static void test_failures(void **state)
{
	static const enum err_code codes[] = { ERR_BUSY, ERR_FULL, ERR_DAMAGED, ERR_CONFLICT };
	const struct db_value row[] = { DB_I(1) };
	struct err e;

	(void)state;
	for (size_t i = 0; i < COUNT(codes); i++) {
		const struct db_script_step steps[] = {
			{ .sql = "BEGIN READ" },
			{ .sql = "SELECT", .rows = row, .nrows = 1, .cols = 1, .fail = codes[i] },
			{ .sql = "ROLLBACK" },
			{ .sql = "BEGIN WRITE", .fail = codes[i] },
			{ .sql = "CREATE TABLE t (n INT)", .fail = codes[i] },
			{ .sql = "BACKUP", .fail = codes[i] },
			{ .sql = "INSERT", .rows = row, .nrows = 1, .cols = 1, .fail = codes[i] },
			{ .sql = "DELETE", .fail = codes[i] },
		};
		struct db *db = script(steps, COUNT(steps));
		struct db_rows r;
		int64_t id;

		assert_ok(db_begin(db, DB_READ, &e));
		assert_int_equal(db_first(db, "SELECT 1", DB_NONE, &r, &e), 1);
		assert_err(codes[i], db_next(&r, &e));
		assert_err(ERR_INTERNAL, db_commit(db, &e));
		assert_err(codes[i], db_begin(db, DB_WRITE, &e));
		assert_err(codes[i], db_build(db, "CREATE TABLE t (n {int})", &e));
		assert_err(codes[i], db_backup(db, "x", &e));
		/* A change whose row was given, and which then did not last. */
		assert_err(codes[i], db_insert(db, "INSERT", DB_NONE, &id, &e));
		assert_err(codes[i], db_must(db, "DELETE", DB_NONE, &e));
		db_script_close(db);
		assert_int_equal(surprises, 0);
	}
}

static void test_surprising_calls(void **state)
{
	const struct db_value args[] = { DB_I(7), DB_T("x") };
	const struct {
		struct db_value v[2];
		size_t n;
		const char *words;
	} rows[] = {
		{ { DB_I(7) }, 1, "number of values" },
		{ { DB_I(8), DB_T("x") }, 2, "another value" },
		{ { DB_I(7), DB_T("y") }, 2, "another value" },
		{ { DB_I(7), DB_T("xx") }, 2, "another value" },
		{ { DB_I(7), DB_T(NULL) }, 2, "another value" },
		{ { DB_I(7), DB_B("x", 1) }, 2, "another value" },
	};
	const struct db_script_step steps[] = { { .sql = "FROM t", .args = args, .nargs = 2 } };
	struct db *db;
	struct err e;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		db = script(steps, COUNT(steps));
		assert_err(ERR_INTERNAL,
			db_run(db, "SELECT 1 FROM t", rows[i].v, rows[i].n, NULL, &e));
		expect_surprise(rows[i].words);
		db_script_close(db);
		assert_int_equal(surprises, 0);
	}
	db = script(steps, COUNT(steps));
	assert_err(ERR_INTERNAL, db_run(db, "SELECT 1 FROM u", args, 2, NULL, &e));
	expect_surprise("unexpected: SELECT 1 FROM u");
	assert_err(ERR_INTERNAL, db_begin(db, DB_WRITE, &e));
	expect_surprise("unexpected: BEGIN WRITE");
	db_script_close(db);
	expect_surprise("not taken: FROM t");
	db = script(steps, 0);
	assert_err(ERR_INTERNAL, db_run(db, "SELECT 1", DB_NONE, NULL, &e));
	expect_surprise("the end");
	db_script_close(db);
}

static void test_surprising_answers(void **state)
{
	const struct db_value row[] = { DB_I(1) };
	const struct db_script_step answer[] = {
		{ .sql = "SELECT", .rows = row, .nrows = 1, .cols = 1 },
	};
	const struct db_script_step begin[] = { { .sql = "BEGIN WRITE" } };
	struct db *db = script(answer, COUNT(answer)), *none;
	struct db_rows r;
	struct err e;

	(void)state;
	assert_ok(db_query(db, "SELECT 1", DB_NONE, &r, &e));
	assert_int_equal(db_num(&r, 0), 0); /* before the first row */
	expect_surprise("no such column");
	assert_int_equal(db_next(&r, &e), 1);
	assert_int_equal(db_num(&r, 1), 0);
	expect_surprise("no such column");
	db_end(&r);
	assert_err(ERR_INTERNAL, db_driver(db)->scratch(&none, &e));
	assert_null(none);
	db_script_close(db);
	db = script(answer, COUNT(answer));
	assert_int_equal(db_first(db, "SELECT 1", DB_NONE, &r, &e), 1);
	free(r.impl); /* what closing cannot do for an answer that was left open */
	db_script_close(db);
	expect_surprise("left open: an answer");
	db = script(begin, COUNT(begin));
	assert_ok(db_begin(db, DB_WRITE, &e));
	db_script_close(db);
	expect_surprise("left open: a transaction");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_surprising_calls),
		cmocka_unit_test(test_surprising_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
