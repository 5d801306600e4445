/* db.c over SQLite: values, statements, rows into structs, transactions. */
#include "tests/unit/store_unit.h"

static int setup(void **state)
{
	struct db *db = memory_db(0);

	run(db, "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, s TEXT UNIQUE, b BLOB) STRICT");
	*state = db;
	return 0;
}

static int teardown(void **state)
{
	db_close(*state);
	return 0;
}

#define table_test(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

/* Values. */

static void test_numbers(void **state)
{
	static const int64_t values[] = { 0, 1, -1, INT64_MAX, INT64_MIN, 1LL << 53 };
	struct db *db = *state;
	struct err e;
	int64_t n;

	for (size_t i = 0; i < COUNT(values); i++) {
		assert_int_equal(db_number(db, "SELECT $1", DB_ARGS(DB_I(values[i])), &n, &e), 1);
		assert_true(n == values[i]);
	}
	assert_int_equal(db_number(db, "SELECT $1 IS NULL", DB_ARGS(DB_REF(0)), &n, &e), 1);
	assert_int_equal(n, 1);
	assert_int_equal(db_number(db, "SELECT $1", DB_ARGS(DB_REF(7)), &n, &e), 1);
	assert_int_equal(n, 7);
	n = 5;
	assert_int_equal(db_number(db, "SELECT 1 WHERE 1 = 0", DB_NONE, &n, &e), 0);
	assert_int_equal(n, 0);
}

static void test_texts(void **state)
{
	struct db *db = *state;
	struct db_rows r;
	struct arena a;
	struct err e;

	arena_init(&a, ARENA);
	for (size_t i = 0; i < COUNT(hostile_texts); i++) {
		int64_t id = 0;

		assert_ok(db_insert(db, "INSERT INTO t (s) VALUES ($1) RETURNING id",
			DB_ARGS(DB_T(hostile_texts[i])), &id, &e));
		assert_int_equal(
			db_first(db, "SELECT s FROM t WHERE id = $1", DB_ARGS(DB_I(id)), &r, &e),
			1);
		assert_string_equal(db_text(&r, 0, &a), hostile_texts[i]);
		db_end(&r);
		assert_int_equal(db_first(db, "SELECT s FROM t WHERE s = $1",
					 DB_ARGS(DB_T(hostile_texts[i])), &r, &e),
			1);
		db_end(&r);
	}
	assert_int_equal(number(db, "SELECT count(*) FROM t"), (int)COUNT(hostile_texts));
	arena_done(&a);
}

static void test_null_and_nothing(void **state)
{
	struct db *db = *state;
	struct db_rows r;
	struct arena a;
	struct err e;
	unsigned char fixed[4] = { 1, 2, 3, 4 };
	size_t len = 9;

	arena_init(&a, ARENA);
	assert_int_equal(
		db_first(db, "SELECT $1, $2, $3, $4, $5",
			DB_ARGS(DB_T(NULL), DB_S(NULL), DB_T(""), DB_B(NULL, 0), DB_B("", 0)), &r,
			&e),
		1);
	assert_null(db_text(&r, 0, &a));
	assert_string_equal(db_text(&r, 1, &a), "");
	assert_string_equal(db_text(&r, 2, &a), "");
	assert_null(db_bytes(&r, 0, &a, &len));
	assert_int_equal(len, 0);
	assert_non_null(db_bytes(&r, 3, &a, &len));
	assert_non_null(db_bytes(&r, 4, &a, &len));
	assert_int_equal(db_num(&r, 0), 0);
	db_fixed(&r, 0, fixed, sizeof(fixed));
	assert_memory_equal(fixed, "\0\0\0\0", 4);
	db_end(&r);
	arena_done(&a);
}

static void test_blobs(void **state)
{
	struct db *db = *state;
	unsigned char bytes[256], back[256];
	struct db_rows r;
	struct arena a;
	struct err e;
	size_t len;

	arena_init(&a, ARENA);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)i;
	assert_ok(db_run(db, "INSERT INTO t (id, b) VALUES (1, $1)",
		DB_ARGS(DB_B(bytes, sizeof(bytes))), NULL, &e));
	assert_int_equal(db_first(db, "SELECT b FROM t WHERE b = $1",
				 DB_ARGS(DB_B(bytes, sizeof(bytes))), &r, &e),
		1);
	assert_memory_equal(db_bytes(&r, 0, &a, &len), bytes, sizeof(bytes));
	assert_int_equal(len, sizeof(bytes));
	db_fixed(&r, 0, back, sizeof(back));
	assert_memory_equal(back, bytes, sizeof(bytes));
	db_fixed(&r, 0, back, 255); /* another length: not a part of it, but zeros */
	assert_int_equal(back[254], 0);
	assert_int_equal(back[1], 0);
	db_end(&r);
	arena_done(&a);
}

static void test_refused_values(void **state)
{
	static const struct {
		struct db_value v;
		enum err_code code;
	} rows[] = {
		{ { DB_TEXT, 0, "a\0b", 3 }, ERR_INPUT },
		{ { DB_TEXT, 0, "\xff", 1 }, ERR_INPUT },
		{ { DB_TEXT, 0, "\xc0\x80", 2 }, ERR_INPUT },
		{ { DB_TEXT, 0, "x", (size_t)2 << 30 }, ERR_TOO_BIG },
		{ { DB_BLOB, 0, "x", (size_t)2 << 30 }, ERR_TOO_BIG },
		{ { DB_BLOB, 0, "x", (size_t)5 << 30 }, ERR_TOO_BIG },
		{ { DB_BLOB, 0, "x", SIZE_MAX }, ERR_TOO_BIG },
		{ { DB_BLOB, 0, "x", DB_VALUE_MAX + 1 }, ERR_TOO_BIG },
	};
	struct db *db = *state;
	struct err e;

	for (size_t i = 0; i < COUNT(rows); i++)
		assert_err(rows[i].code,
			db_run(db, "INSERT INTO t (b) VALUES ($1)", &rows[i].v, 1, NULL, &e));
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 0);
}

static void test_largest_value(void **state)
{
	struct db *db = *state;
	char *big = calloc(1, DB_VALUE_MAX);
	struct err e;

	assert_non_null(big);
	assert_ok(db_run(
		db, "INSERT INTO t (b) VALUES ($1)", DB_ARGS(DB_B(big, DB_VALUE_MAX)), NULL, &e));
	assert_int_equal(number(db, "SELECT length(b) FROM t"), DB_VALUE_MAX);
	/* Two that fit, in one row that does not. */
	assert_err(ERR_TOO_BIG,
		db_run(db, "INSERT INTO t (s, b) VALUES (CAST($1 AS TEXT), $1)",
			DB_ARGS(DB_B(big, DB_VALUE_MAX)), NULL, &e));
	free(big);
}

/* Parameters and statements. */

static void test_params_by_number(void **state)
{
	struct db *db = *state;
	struct db_rows r;
	struct err e;

	assert_int_equal(db_first(db, "SELECT $3, $1, $2, $1 + $3",
				 DB_ARGS(DB_I(1), DB_I(20), DB_I(300)), &r, &e),
		1);
	assert_int_equal(db_num(&r, 0), 300);
	assert_int_equal(db_num(&r, 1), 1);
	assert_int_equal(db_num(&r, 2), 20);
	assert_int_equal(db_num(&r, 3), 301);
	db_end(&r);
}

static void test_refused_statements(void **state)
{
	static const struct {
		const char *sql;
		size_t values;
	} rows[] = {
		{ "SELECT $1", 0 },
		{ "SELECT $1", 2 },
		{ "SELECT 1", 1 },
		{ "SELECT $2", 1 },
		{ "SELECT $1, $3", 2 },
		{ "SELECT ?", 1 },
		{ "SELECT ?1", 1 },
		{ "SELECT :one", 1 },
		{ "SELECT $one", 1 },
		{ "SELECT $0", 1 },
		{ "SELECT $33", 1 },
		{ "SELECT nothing FROM nowhere", 0 },
		{ "SELECT \"text\"", 0 }, /* double quotes never are a text */
		{ "SELEC", 0 },
		{ "ATTACH 'file.db' AS other", 0 },
		{ "SELECT load_extension('x')", 0 },
		{ "UPDATE sqlite_master SET sql = ''", 0 },
		{ "CREATE INDEX i ON t (\"text\")", 0 },
	};
	const struct db_value v[2] = { DB_I(1), DB_I(2) };
	struct db *db = *state;
	struct err e;

	for (size_t i = 0; i < COUNT(rows); i++)
		assert_err(ERR_INTERNAL, db_run(db, rows[i].sql, v, rows[i].values, NULL, &e));
	assert_err(ERR_INTERNAL, db_run(db, "SELECT 1", v, DB_PARAMS_MAX + 1, NULL, &e));
	assert_int_equal(number(db, "SELECT 1"), 1);
}

/* The same statement, asked again while it answers. */
static void test_statement_inside_itself(void **state)
{
	static const char sql[] = "SELECT n FROM t WHERE n > $1 ORDER BY n";
	struct db *db = *state;
	struct db_rows outer, inner;
	struct err e;

	run(db, "INSERT INTO t (n) VALUES (1), (2), (3)");
	assert_int_equal(db_first(db, sql, DB_ARGS(DB_I(0)), &outer, &e), 1);
	for (int n = 1; n <= 2; n++) {
		assert_int_equal(
			db_first(db, sql, DB_ARGS(DB_I(db_num(&outer, 0))), &inner, &e), 1);
		assert_int_equal(db_num(&inner, 0), n + 1);
		db_end(&inner);
		assert_int_equal(db_next(&outer, &e), 1);
	}
	assert_int_equal(db_next(&outer, &e), 0);
	assert_int_equal(db_next(&outer, &e), 0); /* over is over */
	db_end(&outer);
}

/* More statements than are kept, and one address with two texts. */
static void test_statement_cache(void **state)
{
	enum { MANY = 1000, SIZE = 32 };
	struct db *db = *state;
	char *texts = calloc(MANY, SIZE);
	char text[SIZE];
	struct err e;
	int64_t n;

	assert_non_null(texts);
	for (int i = 0; i < 3; i++) {
		snprintf(text, sizeof(text), "SELECT %d", i);
		assert_int_equal(db_number(db, text, DB_NONE, &n, &e), 1);
		assert_int_equal(n, i);
	}
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < MANY; i++) {
			snprintf(texts + i * SIZE, SIZE, "SELECT %d", i);
			assert_int_equal(db_number(db, texts + i * SIZE, DB_NONE, &n, &e), 1);
			assert_int_equal(n, i);
		}
	}
	free(texts);
}

static void test_changes(void **state)
{
	struct db *db = *state;
	struct err e;
	int64_t id;

	assert_int_equal(run(db, "INSERT INTO t (n) VALUES (1), (2), (3)"), 3);
	assert_int_equal(run(db, "SELECT * FROM t"), 0); /* not what the one before changed */
	assert_int_equal(
		db_changed(db, "UPDATE t SET n = 0 WHERE n > $1", DB_ARGS(DB_I(1)), &e), 2);
	assert_ok(db_must(db, "DELETE FROM t WHERE n = $1", DB_ARGS(DB_I(1)), &e));
	assert_err(ERR_MISSING, db_must(db, "DELETE FROM t WHERE n = $1", DB_ARGS(DB_I(1)), &e));
	assert_err(ERR_MISSING,
		db_insert(db, "INSERT INTO t (n) SELECT n FROM t WHERE n = $1 RETURNING id",
			DB_ARGS(DB_I(1)), &id, &e));
}

static void test_error_codes(void **state)
{
	static const struct {
		const char *sql;
		enum err_code code;
	} rows[] = {
		{ "INSERT INTO u (id, s) VALUES (1, $1)", ERR_CONFLICT },
		{ "INSERT INTO u (id, s) VALUES (2, $1)", ERR_CONFLICT },
		{ "INSERT INTO u (id, s, t) VALUES (2, 'x' || $1, 99)", ERR_MISSING },
		{ "INSERT INTO u (id, s) VALUES (2, 'much too long' || $1)", ERR_INTERNAL },
		{ "INSERT INTO u (id, s) VALUES (2, substr($1, 1, 0) || NULL)", ERR_INTERNAL },
		{ "INSERT INTO u (id, s) VALUES ($1, 'x')", ERR_INTERNAL },
	};
	struct db *db = *state;
	struct err e;

	run(db,
		"CREATE TABLE u (id INTEGER PRIMARY KEY, s TEXT UNIQUE NOT NULL "
		"CHECK (length(s) < 10), t INTEGER REFERENCES t (id)) STRICT");
	run(db, "INSERT INTO u (id, s) VALUES (1, 'hush')");
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_err(rows[i].code, db_run(db, rows[i].sql, DB_ARGS(DB_T("hush")), NULL, &e));
		assert_non_null(strstr(e.log, "sqlite"));
		assert_null(strstr(e.log, "hush")); /* a value stays where it is */
		assert_null(strstr(e.say, "sqlite"));
	}
}

/* Rows into structs. */

struct thing {
	int64_t id;
	const char *text;
	const char *maybe;
	enum role role;
	unsigned char fixed[4];
	const void *bytes;
	size_t len;
};

static const struct db_field thing_fields[] = {
	DB_F_NUM(thing, id),
	DB_F_TEXT(thing, text),
	DB_F_NULLABLE(thing, maybe),
	DB_F_ENUM(thing, role, ROLE__MAX),
	DB_F_FIXED(thing, fixed),
	DB_F_BYTES(thing, bytes, len),
};

static const struct db_shape thing_shape = DB_SHAPE(thing, thing_fields);

static int one_thing(
	struct db *db, struct arena *a, const char *sql, struct thing *out, struct err *e)
{
	struct db_rows r;

	return db_query(db, sql, DB_NONE, &r, e) < 0 ? -1 : db_one(&r, &thing_shape, a, out, e);
}

static void test_shapes(void **state)
{
	struct db *db = *state;
	struct thing t;
	struct arena a;
	struct err e;

	arena_init(&a, ARENA);
	assert_int_equal(
		one_thing(db, &a, "SELECT 7, 'a', 'b', 1, x'01020304', x'0500'", &t, &e), 1);
	assert_int_equal(t.id, 7);
	assert_string_equal(t.text, "a");
	assert_string_equal(t.maybe, "b");
	assert_int_equal(t.role, ROLE_ADMIN);
	assert_memory_equal(t.fixed, "\1\2\3\4", 4);
	assert_int_equal(t.len, 2);
	assert_memory_equal(t.bytes, "\5\0", 2);
	assert_int_equal(one_thing(db, &a, "SELECT 0, NULL, NULL, NULL, NULL, NULL", &t, &e), 1);
	assert_string_equal(t.text, "");
	assert_null(t.maybe);
	assert_null(t.bytes);
	assert_int_equal(t.len, 0);
	assert_int_equal(one_thing(db, &a, "SELECT 1 WHERE 1 = 0", &t, &e), 0);
	assert_err(ERR_DAMAGED, one_thing(db, &a, "SELECT 0, '', '', 2, '', ''", &t, &e));
	assert_err(ERR_DAMAGED, one_thing(db, &a, "SELECT 0, '', '', -1, '', ''", &t, &e));
	assert_err(ERR_DAMAGED, one_thing(db, &a, "SELECT 0, '', '', 4294967296, '', ''", &t, &e));
	arena_done(&a);
}

static void test_lists(void **state)
{
	static const int counts[] = { 0, 1, 15, 16, 17, 32, 33, 500 };
	struct db *db = *state;
	struct db_rows r;
	struct arena a;
	struct err e;

	arena_init(&a, ARENA);
	for (size_t i = 0; i < COUNT(counts); i++) {
		struct thing *list;
		int n;

		assert_ok(db_query(db,
			"WITH RECURSIVE c (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c) "
			"SELECT n, 'text ' || n, NULL, n % 2, x'00000000', x'' FROM c LIMIT $1",
			DB_ARGS(DB_I(counts[i])), &r, &e));
		list = db_list(&r, &thing_shape, &a, &n, &e);
		assert_int_equal(n, counts[i]);
		for (int k = 0; k < n; k++) {
			assert_int_equal(list[k].id, k);
			assert_int_equal(atoi(list[k].text + 5), k);
		}
	}
	assert_ok(db_query(db, "SELECT 0, '', '', 0, '', '' UNION ALL SELECT 1, '', '', 7, '', ''",
		DB_NONE, &r, &e));
	assert_null(db_list(&r, &thing_shape, &a, &(int){ 0 }, &e));
	assert_int_equal(e.code, ERR_DAMAGED);
	arena_done(&a);
}

/* Transactions. */

static void test_nesting(void **state)
{
	struct db *db = *state;
	struct err e;

	assert_ok(db_begin(db, DB_WRITE, &e));
	assert_ok(db_begin(db, DB_READ, &e));
	run(db, "INSERT INTO t (n) VALUES (1)");
	assert_ok(db_commit(db, &e));
	assert_ok(db_begin(db, DB_WRITE, &e));
	run(db, "INSERT INTO t (n) VALUES (2)");
	assert_ok(db_commit(db, &e));
	assert_ok(db_commit(db, &e));
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 2);
	assert_err(ERR_INTERNAL, db_commit(db, &e));
	db_rollback(db); /* nothing to roll back */
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 2);
}

static void test_rollback_inside(void **state)
{
	struct db *db = *state;
	struct err e;

	assert_ok(db_begin(db, DB_WRITE, &e));
	run(db, "INSERT INTO t (n) VALUES (1)");
	assert_ok(db_begin(db, DB_WRITE, &e));
	run(db, "INSERT INTO t (n) VALUES (2)");
	db_rollback(db);
	assert_err(ERR_INTERNAL, db_run(db, "INSERT INTO t (n) VALUES (3)", DB_NONE, NULL, &e));
	assert_err(ERR_INTERNAL, db_begin(db, DB_WRITE, &e));
	assert_err(ERR_INTERNAL, db_commit(db, &e));
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 0);
	assert_err(ERR_INTERNAL, db_commit(db, &e)); /* it has ended */
}

static void test_failed_statement(void **state)
{
	struct db *db = *state;
	struct err e;

	run(db, "INSERT INTO t (s) VALUES ('taken')");
	assert_ok(db_begin(db, DB_WRITE, &e));
	run(db, "INSERT INTO t (s) VALUES ('first')");
	assert_err(
		ERR_CONFLICT, db_run(db, "INSERT INTO t (s) VALUES ('taken')", DB_NONE, NULL, &e));
	assert_err(ERR_INTERNAL, db_run(db, "SELECT 1", DB_NONE, NULL, &e));
	assert_err(ERR_INTERNAL, db_build(db, "CREATE TABLE v (n {int})", &e));
	assert_err(ERR_INTERNAL, db_commit(db, &e));
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 1);
	/* Outside a transaction a failure is only its own. */
	assert_err(
		ERR_CONFLICT, db_run(db, "INSERT INTO t (s) VALUES ('taken')", DB_NONE, NULL, &e));
	run(db, "INSERT INTO t (s) VALUES ('second')");
}

static void test_reading_transaction(void **state)
{
	struct db *db = *state;
	struct err e;

	assert_ok(db_begin(db, DB_READ, &e));
	assert_err(ERR_INTERNAL, db_begin(db, DB_WRITE, &e));
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 0);
	assert_err(ERR_INTERNAL, db_run(db, "INSERT INTO t (n) VALUES (1)", DB_NONE, NULL, &e));
	db_rollback(db);
	run(db, "INSERT INTO t (n) VALUES (1)");
}

static void test_finish(void **state)
{
	struct db *db = *state;
	struct err e;

	assert_ok(db_begin(db, DB_WRITE, &e));
	run(db, "INSERT INTO t (n) VALUES (1)");
	assert_int_equal(db_finish(db, 5, &e), 5);
	assert_ok(db_begin(db, DB_WRITE, &e));
	run(db, "INSERT INTO t (n) VALUES (2)");
	assert_int_equal(db_finish(db, -1, &e), -1);
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 1);
	assert_err(ERR_INTERNAL, db_finish(db, 0, &e));
}

static void test_build(void **state)
{
	struct db *db = *state;
	struct err e;
	char *big;

	assert_ok(db_build(db,
		"CREATE TABLE v (a {id}, b {int}, c {blob}, d text) {strict}; INSERT INTO v (b) "
		"VALUES (1)",
		&e));
	assert_int_equal(number(db, "SELECT count(*) FROM v WHERE a = 1"), 1);
	assert_err(ERR_INTERNAL, db_build(db, "CREATE TABLE x (a {varchar})", &e));
	assert_err(ERR_INTERNAL, db_build(db, "CREATE TABLE x (a {int", &e));
	assert_err(ERR_INTERNAL, db_build(db, "CREATE TABLE x (a {int}); CREATE TABL", &e));
	big = calloc(1, 70000);
	assert_non_null(big);
	memset(big, ' ', 69999);
	assert_err(ERR_INTERNAL, db_build(db, big, &e));
	free(big);
}

/* A number is never given twice, even when the newest row is gone. */
static void test_numbers_are_not_reused(void **state)
{
	struct db *db = *state;
	struct err e;

	assert_ok(db_build(db, "CREATE TABLE v (id {id}, n {int}) {strict}", &e));
	run(db, "INSERT INTO v (n) VALUES (1), (2)");
	run(db, "DELETE FROM v");
	assert_int_equal(number(db, "INSERT INTO v (n) VALUES (3) RETURNING id"), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		table_test(test_numbers),
		table_test(test_texts),
		table_test(test_null_and_nothing),
		table_test(test_blobs),
		table_test(test_refused_values),
		table_test(test_largest_value),
		table_test(test_params_by_number),
		table_test(test_refused_statements),
		table_test(test_statement_inside_itself),
		table_test(test_statement_cache),
		table_test(test_changes),
		table_test(test_error_codes),
		table_test(test_shapes),
		table_test(test_lists),
		table_test(test_nesting),
		table_test(test_rollback_inside),
		table_test(test_failed_statement),
		table_test(test_reading_transaction),
		table_test(test_finish),
		table_test(test_build),
		table_test(test_numbers_are_not_reused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
