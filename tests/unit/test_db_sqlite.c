/* db_sqlite.c: a hardened connection to a file that may be anything. */
#include "tests/unit/store_unit.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

static int setup(void **state)
{
	struct db *db = memory_db(0);

	run(db, "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, b BLOB) STRICT");
	*state = db;
	return 0;
}

static int teardown(void **state)
{
	db_close(*state);
	return 0;
}

#define table_test(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

/* Hardening. */

static void test_settings(void **state)
{
	static const struct {
		const char *sql;
		int64_t expected;
	} rows[] = {
		{ "PRAGMA foreign_keys", 1 },
		{ "PRAGMA synchronous", 2 },
		{ "PRAGMA secure_delete", 1 },
		{ "PRAGMA cell_size_check", 1 },
		{ "PRAGMA mmap_size", 0 },
		{ "PRAGMA cache_size", -1024 },
		{ "PRAGMA temp_store", 2 },
		{ "PRAGMA trusted_schema", 0 },
		{ "PRAGMA journal_size_limit", 16777216 },
		{ "SELECT journal_mode = 'wal' FROM pragma_journal_mode", 1 },
	};
	struct place p;
	struct db *db;

	(void)state;
	place_make(&p);
	db = file_db(&p, DB_OPEN_CREATE);
	for (size_t i = 0; i < COUNT(rows); i++)
		if (number(db, rows[i].sql) != rows[i].expected)
			fail_msg("%s is not %lld", rows[i].sql, (long long)rows[i].expected);
	db_close(db);
	db = file_db(&p, DB_OPEN_WIDE);
	assert_int_equal(number(db, "PRAGMA cache_size"), -16384);
	db_close(db);
	place_remove(&p);
}

/* Cascades are not triggers: they go on although triggers are off. */
static void test_cascade(void **state)
{
	struct db *db = *state;

	run(db, "CREATE TABLE child (t INTEGER REFERENCES t (id) ON DELETE CASCADE) STRICT");
	run(db, "INSERT INTO t (id) VALUES (1), (2)");
	run(db, "INSERT INTO child (t) VALUES (1), (1), (2)");
	assert_int_equal(run(db, "DELETE FROM t WHERE id = 1"), 1);
	assert_int_equal(number(db, "SELECT count(*) FROM child"), 1);
}

/* What a foreign hand may have put into the file. */
static void foreign_hand(const char *path, const char *sql)
{
	sqlite3 *raw;

	assert_int_equal(sqlite3_open(path, &raw), SQLITE_OK);
	assert_int_equal(sqlite3_exec(raw, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(raw), SQLITE_OK);
}

static void test_active_schema_refused(void **state)
{
	static const char *const schemas[] = {
		"CREATE TABLE t (n); CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM t; END",
		"CREATE VIEW v AS SELECT 1",
		"CREATE VIRTUAL TABLE v USING fts5 (a)",
	};
	struct err e;

	(void)state;
	for (size_t i = 0; i < COUNT(schemas); i++) {
		struct place p;
		struct db *db = NULL;

		place_make(&p);
		foreign_hand(p.path, schemas[i]);
		assert_err(ERR_DAMAGED, db_sqlite_open(p.path, 0, &db, &e));
		assert_err(ERR_DAMAGED, db_sqlite_open(p.path, DB_OPEN_READONLY, &db, &e));
		place_remove(&p);
	}
}

/* The schema is changed by CREATE and its like only, whatever a pragma says. */
static void test_schema_is_not_writable(void **state)
{
	struct db *db = *state;
	struct err e;

	run(db, "PRAGMA writable_schema = ON");
	assert_err(
		ERR_INTERNAL, db_run(db, "UPDATE sqlite_master SET sql = ''", DB_NONE, NULL, &e));
	assert_err(ERR_INTERNAL, db_run(db, "DELETE FROM sqlite_master", DB_NONE, NULL, &e));
}

/* A view that appears while the connection is open gives nothing. */
static void test_view_is_off(void **state)
{
	struct db *db = *state;
	struct err e;

	run(db, "CREATE VIEW v AS SELECT 1 AS n");
	assert_err(ERR_INTERNAL, db_run(db, "SELECT n FROM v", DB_NONE, NULL, &e));
}

/* A trigger that appears while the connection is open does not run. */
static void test_trigger_is_off(void **state)
{
	struct place p;
	struct db *db;

	(void)state;
	place_make(&p);
	db = file_db(&p, DB_OPEN_CREATE);
	run(db, "CREATE TABLE t (n INTEGER) STRICT");
	foreign_hand(p.path, "CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM t; END");
	run(db, "INSERT INTO t (n) VALUES (1)");
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 1);
	db_close(db);
	place_remove(&p);
}

/* Files. */

static int mode_of(const char *path, const char *suffix)
{
	char name[160];
	struct stat st;

	snprintf(name, sizeof(name), "%s%s", path, suffix);
	assert_int_equal(stat(name, &st), 0);
	return (int)(st.st_mode & 07777);
}

static void test_modes(void **state)
{
	static const mode_t masks[] = { 0, 022, 077 };

	(void)state;
	for (size_t i = 0; i < COUNT(masks); i++) {
		mode_t before = umask(masks[i]);
		struct place p;
		struct db *db;

		place_make(&p);
		db = file_db(&p, DB_OPEN_CREATE);
		run(db, "CREATE TABLE t (n INTEGER) STRICT");
		assert_int_equal(mode_of(p.path, ""), 0660);
		assert_int_equal(mode_of(p.path, "-wal"), 0660);
		assert_int_equal(mode_of(p.path, "-shm"), 0660);
		db_close(db);
		umask(before);
		place_remove(&p);
	}
}

static void test_create_keeps_what_is_there(void **state)
{
	struct place p;
	struct db *db;

	(void)state;
	place_make(&p);
	db = file_db(&p, DB_OPEN_CREATE);
	run(db, "CREATE TABLE t (n INTEGER) STRICT");
	run(db, "INSERT INTO t (n) VALUES (1)");
	db_close(db);
	db = file_db(&p, DB_OPEN_CREATE);
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 1);
	db_close(db);
	place_remove(&p);
}

static void test_not_there(void **state)
{
	struct place p;
	struct db *db = NULL;
	struct err e;
	char path[PATH_MAX + 8];

	(void)state;
	place_make(&p);
	assert_err(ERR_SETUP, db_sqlite_open(p.path, 0, &db, &e));
	assert_err(ERR_SETUP, db_sqlite_open(p.path, DB_OPEN_READONLY, &db, &e));
	assert_err(ERR_SETUP, db_sqlite_open(p.dir, 0, &db, &e));
	assert_err(ERR_SETUP, db_sqlite_open("", DB_OPEN_CREATE, &db, &e));
	snprintf(path, sizeof(path), "%s/", p.dir);
	assert_err(ERR_SETUP, db_sqlite_open(path, DB_OPEN_CREATE, &db, &e));
	snprintf(path, sizeof(path), "%s/no/latchkey.db", p.dir);
	assert_err(ERR_SETUP, db_sqlite_open(path, DB_OPEN_CREATE, &db, &e));
	memset(path, 'a', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_err(ERR_SETUP, db_sqlite_open(path, DB_OPEN_CREATE, &db, &e));
	assert_null(db);
	place_remove(&p);
}

static void test_links(void **state)
{
	struct place p, q;
	struct db *db = NULL;
	struct err e;
	char link[160], through[300];

	(void)state;
	place_make(&p);
	place_make(&q);
	db = file_db(&p, DB_OPEN_CREATE);
	run(db, "CREATE TABLE t (n INTEGER) STRICT");
	db_close(db);
	/* The file as a link: refused, and a link to nowhere does not make the file there. */
	snprintf(link, sizeof(link), "%s/link.db", q.dir);
	assert_int_equal(symlink(p.path, link), 0);
	assert_err(ERR_SETUP, db_sqlite_open(link, DB_OPEN_CREATE, &db, &e));
	unlink(link);
	snprintf(through, sizeof(through), "%s/new.db", p.dir);
	assert_int_equal(symlink(through, link), 0);
	assert_err(ERR_SETUP, db_sqlite_open(link, DB_OPEN_CREATE, &db, &e));
	assert_int_equal(access(through, F_OK), -1);
	unlink(link);
	/* The directory as a link is how ops move data: fine. */
	assert_int_equal(symlink(p.dir, link), 0);
	snprintf(through, sizeof(through), "%s/latchkey.db", link);
	assert_ok(db_sqlite_open(through, 0, &db, &e));
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 0);
	db_close(db);
	place_remove(&q);
	place_remove(&p);
}

static void overwrite(const char *path, off_t from, size_t n)
{
	char *junk = calloc(1, n);
	int fd = open(path, O_RDWR | O_CREAT, 0660);

	assert_true(fd >= 0);
	assert_non_null(junk);
	memset(junk, 0xa5, n);
	assert_int_equal(pwrite(fd, junk, n, from), (ssize_t)n);
	close(fd);
	free(junk);
}

static void test_not_a_database(void **state)
{
	struct place p;
	struct db *db = NULL;
	struct err e;

	(void)state;
	place_make(&p);
	overwrite(p.path, 0, 5000);
	assert_err(ERR_DAMAGED, db_sqlite_open(p.path, DB_OPEN_CREATE, &db, &e));
	assert_err(ERR_DAMAGED, db_sqlite_open(p.path, DB_OPEN_READONLY, &db, &e));
	place_remove(&p);
}

static void test_damaged_page(void **state)
{
	struct place p;
	struct db *db;
	struct err e;

	(void)state;
	place_make(&p);
	db = file_db(&p, DB_OPEN_CREATE);
	run(db, "CREATE TABLE t (id INTEGER PRIMARY KEY, s TEXT) STRICT");
	run(db,
		"WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 2000) "
		"INSERT INTO t (s) SELECT 'some text that takes room' FROM c");
	db_close(db);
	overwrite(p.path, 4096, 8192); /* the first page is whole, the table's are not */
	db = file_db(&p, 0);
	assert_err(ERR_DAMAGED, db_run(db, "SELECT count(s) FROM t", DB_NONE, NULL, &e));
	assert_err(ERR_DAMAGED, db_run(db, "UPDATE t SET s = ''", DB_NONE, NULL, &e));
	db_close(db);
	place_remove(&p);
}

static void test_read_only(void **state)
{
	struct place p;
	struct db *db;
	struct err e;

	(void)state;
	place_make(&p);
	db = file_db(&p, DB_OPEN_CREATE);
	run(db, "CREATE TABLE t (n INTEGER) STRICT");
	db_close(db);
	db = file_db(&p, DB_OPEN_READONLY);
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 0);
	assert_err(ERR_SETUP, db_run(db, "INSERT INTO t (n) VALUES (1)", DB_NONE, NULL, &e));
	assert_err(ERR_SETUP, db_begin(db, DB_WRITE, &e));
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 0);
	db_close(db);
	place_remove(&p);
}

static void test_locked(void **state)
{
	struct place p;
	struct db *holder, *db;
	struct err e;
	int64_t started;

	(void)state;
	place_make(&p);
	holder = file_db(&p, DB_OPEN_CREATE);
	run(holder, "CREATE TABLE t (n INTEGER) STRICT");
	db = file_db(&p, DB_OPEN_HASTY);
	assert_ok(db_begin(holder, DB_WRITE, &e));
	started = clock_mono_ms();
	assert_err(ERR_BUSY, db_begin(db, DB_WRITE, &e));
	assert_in_range(clock_mono_ms() - started, 40, 2000);
	assert_err(ERR_BUSY, db_run(db, "INSERT INTO t (n) VALUES (1)", DB_NONE, NULL, &e));
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 0); /* readers go on */
	db_rollback(holder);
	run(db, "INSERT INTO t (n) VALUES (1)");
	db_close(db);
	db_close(holder);
	place_remove(&p);
}

/* Somebody else holds the lock for 200 ms: we wait and get it. */
static void test_waiting(void **state)
{
	struct place p;
	struct db *db;
	struct err e;
	int fds[2], status;
	pid_t pid;
	char c;

	(void)state;
	place_make(&p);
	db = file_db(&p, DB_OPEN_CREATE);
	run(db, "CREATE TABLE t (n INTEGER) STRICT");
	db_close(db);
	assert_int_equal(pipe(fds), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct db *mine;

		if (db_sqlite_open(p.path, 0, &mine, &e) < 0 || db_begin(mine, DB_WRITE, &e) < 0)
			_exit(1);
		if (write(fds[1], "x", 1) != 1)
			_exit(1);
		usleep(200000);
		_exit(db_run(mine, "INSERT INTO t (n) VALUES (1)", DB_NONE, NULL, &e) < 0 ||
			db_commit(mine, &e) < 0);
	}
	assert_int_equal(read(fds[0], &c, 1), 1);
	db = file_db(&p, 0);
	assert_ok(db_begin(db, DB_WRITE, &e));
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 1);
	assert_ok(db_commit(db, &e));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	close(fds[0]);
	close(fds[1]);
	db_close(db);
	place_remove(&p);
}

/* A full disk: no file of this process may grow over `bytes`; 0 lifts that. */
static void set_disk(rlim_t bytes)
{
	struct rlimit limit;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes ? bytes : limit.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static const char many_rows[] =
	"WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 20000) "
	"INSERT INTO t (s) SELECT 'some text that takes room' FROM c";

static void test_full_disk(void **state)
{
	struct place p;
	struct db *db;
	struct err e;

	(void)state;
	place_make(&p);
	db = file_db(&p, DB_OPEN_CREATE);
	run(db, "CREATE TABLE t (s TEXT) STRICT");
	run(db, "INSERT INTO t (s) VALUES ('before')");
	set_disk(200000);
	assert_err(ERR_FULL, db_run(db, many_rows, DB_NONE, NULL, &e));
	assert_ok(db_begin(db, DB_WRITE, &e));
	assert_err(ERR_FULL, db_finish(db, db_run(db, many_rows, DB_NONE, NULL, &e), &e));
	set_disk(0);
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 1);
	assert_int_equal(run(db, many_rows), 20000);
	db_close(db);
	place_remove(&p);
}

static void test_full_database(void **state)
{
	struct db *db = *state;
	struct err e;

	run(db, "PRAGMA max_page_count = 10");
	assert_ok(db_begin(db, DB_WRITE, &e));
	assert_err(ERR_FULL,
		db_run(db, "INSERT INTO t (b) VALUES (zeroblob(100000))", DB_NONE, NULL, &e));
	/* SQLite has rolled back by itself; nothing may run as if it had not. */
	assert_err(ERR_INTERNAL, db_run(db, "INSERT INTO t (n) VALUES (1)", DB_NONE, NULL, &e));
	db_rollback(db);
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 0);
	run(db, "INSERT INTO t (n) VALUES (1)");
}

/* Copies. */

static void test_backup(void **state)
{
	struct place p, q;
	struct db *db, *copy, *writer;
	struct err e;

	(void)state;
	place_make(&p);
	place_make(&q);
	db = file_db(&p, DB_OPEN_CREATE);
	run(db, "CREATE TABLE t (s TEXT) STRICT");
	run(db, many_rows);
	writer = file_db(&p, 0);
	assert_ok(db_begin(writer, DB_WRITE, &e));
	run(writer, "DELETE FROM t");
	assert_ok(db_backup(db, q.path, &e)); /* while somebody writes */
	assert_ok(db_commit(writer, &e));
	assert_int_equal(mode_of(q.path, ""), 0660);
	assert_err(ERR_CONFLICT, db_backup(db, q.path, &e));
	assert_err(ERR_SETUP, db_backup(db, "/nonexistent/place/x.db", &e));
	copy = file_db(&q, 0);
	assert_int_equal(number(copy, "SELECT count(*) FROM t"), 20000);
	assert_int_equal(
		number(copy, "SELECT integrity_check = 'ok' FROM pragma_integrity_check"), 1);
	db_close(copy);
	db_close(writer);
	db_close(db);
	place_remove(&q);
	place_remove(&p);
}

static void test_backup_fails(void **state)
{
	struct place p, q;
	struct db *db;
	struct err e;

	(void)state;
	place_make(&p);
	place_make(&q);
	db = file_db(&p, DB_OPEN_CREATE);
	run(db, "CREATE TABLE t (s TEXT) STRICT");
	run(db, many_rows);
	set_disk(100000);
	assert_err(ERR_FULL, db_backup(db, q.path, &e));
	set_disk(0);
	assert_int_equal(access(q.path, F_OK), -1); /* half a copy is none */
	db_close(db);
	place_remove(&q);
	place_remove(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_settings),
		table_test(test_cascade),
		cmocka_unit_test(test_active_schema_refused),
		table_test(test_schema_is_not_writable),
		table_test(test_view_is_off),
		cmocka_unit_test(test_trigger_is_off),
		cmocka_unit_test(test_modes),
		cmocka_unit_test(test_create_keeps_what_is_there),
		cmocka_unit_test(test_not_there),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_not_a_database),
		cmocka_unit_test(test_damaged_page),
		cmocka_unit_test(test_read_only),
		cmocka_unit_test(test_locked),
		cmocka_unit_test(test_waiting),
		cmocka_unit_test(test_full_disk),
		table_test(test_full_database),
		cmocka_unit_test(test_backup),
		cmocka_unit_test(test_backup_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
