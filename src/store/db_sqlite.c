/* SQLite as a driver of db.h.
 *
 * Rules: the file may have been written by somebody hostile (security.md), so the connection is
 * hardened before the first row is read, and a schema that could run code (trigger, view, virtual
 * table) is refused. Statements are prepared once and found again by their literal's address. Error
 * texts hold SQLite's message and the statement's first words, never a value.
 */
#include "db.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "platform/clock.h"
#include "platform/str.h"

enum {
	PATIENCE_MS = 5000, /* how long a lock is waited for */
	HASTY_MS = 50,
	NAP_MAX_MS = 20,
	CACHE_SLOTS = 512, /* power of two */
	CACHE_MAX = 384,   /* statements kept; more are prepared for one use */
	FILE_MODE = 0660   /* both programs' users share the group */
};

/* A prepared statement, and the answer it is giving. */
struct statement {
	struct sqlite *s;
	const char *sql;
	sqlite3_stmt *stmt;
	int param[DB_PARAMS_MAX]; /* SQLite's number of $1, $2, ...: it counts by appearance */
	size_t params;
	int busy; /* gives an answer */
	int kept; /* in the cache */
	int64_t changed;
};

struct sqlite {
	sqlite3 *db;
	struct statement *cache[CACHE_SLOTS];
	size_t cached;
	int64_t patience;
	int64_t waiting_since;
	int reading; /* inside a transaction that may change nothing */
};

/* Result codes, extended before primary. */
static const struct {
	int sqlite;
	enum err_code code;
} errors[] = {
	{ SQLITE_CONSTRAINT_UNIQUE, ERR_CONFLICT },
	{ SQLITE_CONSTRAINT_PRIMARYKEY, ERR_CONFLICT },
	{ SQLITE_CONSTRAINT_ROWID, ERR_CONFLICT },
	{ SQLITE_CONSTRAINT_FOREIGNKEY, ERR_MISSING },
	{ SQLITE_BUSY, ERR_BUSY },
	{ SQLITE_LOCKED, ERR_BUSY },
	{ SQLITE_PROTOCOL, ERR_BUSY },
	{ SQLITE_FULL, ERR_FULL },
	{ SQLITE_CORRUPT, ERR_DAMAGED },
	{ SQLITE_NOTADB, ERR_DAMAGED },
	{ SQLITE_FORMAT, ERR_DAMAGED },
	{ SQLITE_CANTOPEN, ERR_SETUP },
	{ SQLITE_READONLY, ERR_SETUP },
	{ SQLITE_PERM, ERR_SETUP },
	{ SQLITE_AUTH, ERR_SETUP },
	{ SQLITE_TOOBIG, ERR_TOO_BIG },
};

/* EFBIG is a limit of the process (ulimit -f); to the person it is the same. */
static int no_room(int cause)
{
	return cause == ENOSPC || cause == EDQUOT || cause == EFBIG;
}

/* Did an I/O error come from a full disk? SQLite itself only tells ENOSPC from the rest; the
 * database and its log or journal each remember the system's last word. */
static int disk_full(sqlite3 *db)
{
	static const int which[] = { SQLITE_FCNTL_FILE_POINTER, SQLITE_FCNTL_JOURNAL_POINTER };

	for (size_t i = 0; i < sizeof(which) / sizeof(which[0]); i++) {
		sqlite3_file *file = NULL;
		int cause = 0;

		if (sqlite3_file_control(db, "main", which[i], &file) == SQLITE_OK && file &&
			file->pMethods)
			file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &cause);
		if (no_room(cause))
			return 1;
	}
	return no_room(sqlite3_system_errno(db));
}

/* CANTOPEN is in the first test because the log beside the database is made at the first write. */
static enum err_code code_of(sqlite3 *db, int rc)
{
	int primary = rc & 0xff;

	if ((primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN) && disk_full(db))
		return ERR_FULL;
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (errors[i].sqlite == rc || errors[i].sqlite == primary)
			return errors[i].code;
	return ERR_INTERNAL;
}

/* Fills e from the connection's last error. `what` is the statement, or what was tried: its first
 * words tell ops where to look, and the values are not in it. */
static int fail(sqlite3 *db, const char *what, struct err *e)
{
	int rc = sqlite3_extended_errcode(db);

	if (rc == SQLITE_NOMEM || rc == SQLITE_IOERR_NOMEM)
		die("out of memory: sqlite");
	return ERR(e, code_of(db, rc), NULL, "sqlite %d: %s: %.60s", rc, sqlite3_errmsg(db), what);
}

/* Called again and again while a lock is taken; 0 gives up. The naps grow: most locks are held for
 * less than a millisecond, and a long one is not worth asking every millisecond for. */
static int wait_for_lock(void *ptr, int tries)
{
	struct sqlite *s = ptr;
	int64_t ms = tries < NAP_MAX_MS ? tries + 1 : NAP_MAX_MS;
	struct timespec nap = { .tv_nsec = ms * 1000000 };

	if (tries == 0)
		s->waiting_since = clock_mono_ms();
	if (clock_mono_ms() - s->waiting_since >= s->patience)
		return 0;
	nanosleep(&nap, NULL);
	return 1;
}

/* Statements. */

/* Only when it gives no answer. */
static void forget(struct statement *st)
{
	sqlite3_finalize(st->stmt);
	free(st);
}

/* Notes where $1, $2, ... are; all of them must be there, as PostgreSQL wants it. */
static int number_params(struct statement *st, struct err *e)
{
	int count = sqlite3_bind_parameter_count(st->stmt);

	for (int i = 1; i <= count; i++) {
		const char *name = sqlite3_bind_parameter_name(st->stmt, i);
		int64_t n = 0;

		if (!name || name[0] != '$' || str_int(name + 1, 1, DB_PARAMS_MAX, &n) < 0 ||
			n > count)
			return ERR(e, ERR_INTERNAL, NULL, "parameters of: %.60s", st->sql);
		st->param[n - 1] = i;
	}
	st->params = (size_t)count;
	return 0;
}

/* PERSISTENT tells SQLite that the statement stays, so that it does not crowd short-lived memory.
 */
static int prepare(struct sqlite *s, const char *sql, struct statement **out, struct err *e)
{
	struct statement *st = calloc(1, sizeof(*st));

	if (!st)
		die("out of memory: statement");
	st->s = s;
	st->sql = sql;
	if (sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &st->stmt, NULL) !=
		SQLITE_OK) {
		free(st);
		return fail(s->db, sql, e);
	}
	if (number_params(st, e) < 0) {
		forget(st);
		return -1;
	}
	*out = st;
	return 0;
}

/* The slot that holds sql, or the free one where it belongs: the cache is never full. */
static struct statement **slot_of(struct sqlite *s, const char *sql)
{
	size_t i = (size_t)(((uintptr_t)sql * UINT64_C(0x9e3779b97f4a7c15)) >> 32);

	while (s->cache[i % CACHE_SLOTS] && s->cache[i % CACHE_SLOTS]->sql != sql)
		i++;
	return &s->cache[i % CACHE_SLOTS];
}

/* A prepared statement that gives no other answer now. The text is compared too: an address that
 * was not a literal's may come back with another statement. */
static int find(struct sqlite *s, const char *sql, struct statement **out, struct err *e)
{
	struct statement **slot = slot_of(s, sql);
	struct statement *st = *slot;

	if (st && !st->busy && strcmp(sqlite3_sql(st->stmt), sql) == 0) {
		*out = st;
		return 0;
	}
	if (prepare(s, sql, out, e) < 0)
		return -1;
	if (st && !st->busy) {
		forget(st);
		s->cached--;
	} else if (st || s->cached >= CACHE_MAX) {
		return 0;
	}
	*slot = *out;
	(*out)->kept = 1;
	s->cached++;
	return 0;
}

/* Texts and blobs are not copied: db_value asks its caller to keep them. */
static int bind_value(sqlite3_stmt *stmt, int i, const struct db_value *v)
{
	/* A pointer is needed even for nothing, or SQLite binds NULL. */
	const void *p = v->ptr ? v->ptr : "";

	switch (v->type) {
	case DB_NULL:
		return sqlite3_bind_null(stmt, i);
	case DB_INT:
		return sqlite3_bind_int64(stmt, i, v->num);
	case DB_TEXT:
		return sqlite3_bind_text64(stmt, i, p, v->len, SQLITE_STATIC, SQLITE_UTF8);
	case DB_BLOB:
		return sqlite3_bind_blob64(stmt, i, p, v->len, SQLITE_STATIC);
	}
	return SQLITE_MISUSE;
}

/* All that the statement keeps of this answer goes, so that it is ready for the next. */
static int64_t sqlite_end(void *rows)
{
	struct statement *st = rows;
	int64_t changed = st->changed;

	sqlite3_reset(st->stmt);
	sqlite3_clear_bindings(st->stmt); /* the values may be gone soon */
	st->busy = 0;
	if (!st->kept)
		forget(st);
	return changed;
}

/* Nothing runs yet: the first step does. The two refusals are PostgreSQL's, so that a mistake shows
 * with either database. */
static int sqlite_query(
	void *impl, const char *sql, const struct db_value *v, size_t n, void **rows, struct err *e)
{
	struct sqlite *s = impl;
	struct statement *st = NULL;

	if (find(s, sql, &st, e) < 0)
		return -1;
	st->busy = 1;
	st->changed = 0;
	*rows = st;
	if (st->params != n || (s->reading && !sqlite3_stmt_readonly(st->stmt))) {
		sqlite_end(st);
		return ERR(e, ERR_INTERNAL, NULL, "%s: %.60s",
			st->params != n ? "number of values" : "change while reading", sql);
	}
	for (size_t i = 0; i < n; i++) {
		if (bind_value(st->stmt, st->param[i], &v[i]) != SQLITE_OK) {
			(void)fail(s->db, sql, e);
			sqlite_end(st);
			return -1;
		}
	}
	return 0;
}

/* The count of changes is the connection's, so it is read before another statement can run. */
static int sqlite_next(void *rows, struct err *e)
{
	struct statement *st = rows;
	int rc = sqlite3_step(st->stmt);

	if (rc == SQLITE_ROW)
		return 1;
	if (rc != SQLITE_DONE)
		return fail(st->s->db, st->sql, e);
	if (!sqlite3_stmt_readonly(st->stmt))
		st->changed = sqlite3_changes64(st->s->db);
	return 0;
}

/* Strict tables hold no floating point numbers; one from an expression counts as a whole number. */
static enum db_type sqlite_type(void *rows, int col)
{
	const struct statement *st = rows;

	switch (sqlite3_column_type(st->stmt, col)) {
	case SQLITE_NULL:
		return DB_NULL;
	case SQLITE_TEXT:
		return DB_TEXT;
	case SQLITE_BLOB:
		return DB_BLOB;
	default:
		return DB_INT;
	}
}

static int64_t sqlite_num(void *rows, int col)
{
	const struct statement *st = rows;

	return sqlite3_column_int64(st->stmt, col);
}

/* Bytes as they are stored: SQLite gives a text's the same way, in UTF-8. */
static const void *sqlite_bytes(void *rows, int col, size_t *len)
{
	const struct statement *st = rows;
	const void *p = sqlite3_column_blob(st->stmt, col);

	*len = (size_t)sqlite3_column_bytes(st->stmt, col);
	return p;
}

/* Transactions and scripts. */

/* Several statements without values. */
static int sqlite_script(void *impl, const char *sql, struct err *e)
{
	struct sqlite *s = impl;

	return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : fail(s->db, sql, e);
}

static const char begin_read[] = "BEGIN", begin_write[] = "BEGIN IMMEDIATE", commit[] = "COMMIT";

/* A statement of a transaction, which is kept prepared like any other. */
static int control(struct sqlite *s, const char *sql, struct err *e)
{
	struct statement *st;
	int rc = 0;

	if (find(s, sql, &st, e) < 0)
		return -1;
	if (sqlite3_step(st->stmt) != SQLITE_DONE)
		rc = fail(s->db, sql, e);
	sqlite3_reset(st->stmt);
	if (!st->kept)
		forget(st);
	return rc;
}

/* IMMEDIATE takes the write lock now: a transaction that reads first and locks later could find
 * that what it read is no longer true, and would have to start again. */
static int sqlite_begin(void *impl, enum db_lock lock, struct err *e)
{
	struct sqlite *s = impl;

	/* SQLite would let it begin and refuse the first change. */
	if (lock == DB_WRITE && sqlite3_db_readonly(s->db, "main"))
		return ERR(e, ERR_SETUP, NULL, "the database was opened for reading only");
	if (control(s, lock == DB_WRITE ? begin_write : begin_read, e) < 0)
		return -1;
	s->reading = lock == DB_READ;
	return 0;
}

static int sqlite_commit(void *impl, struct err *e)
{
	struct sqlite *s = impl;

	s->reading = 0;
	return control(s, commit, e);
}

static void sqlite_rollback(void *impl)
{
	struct sqlite *s = impl;

	s->reading = 0;
	/* After a full disk and the like SQLite has rolled back by itself. */
	if (!sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
}

/* Opening. */

/* The file's full name. Its directory may be reached through links; the file itself must be none,
 * which SQLite sees to. */
static int full_name(const char *path, char out[PATH_MAX], struct err *e)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	char dir[PATH_MAX], real[PATH_MAX];
	int n = slash ? snprintf(dir, sizeof(dir), "%.*s/", (int)(slash - path), path)
		      : snprintf(dir, sizeof(dir), ".");

	if (n < 0 || (size_t)n >= sizeof(dir) || !realpath(dir, real))
		return ERR(
			e, ERR_SETUP, NULL, "directory of database %s: %s", path, strerror(errno));
	n = snprintf(out, PATH_MAX, "%s/%s", strcmp(real, "/") == 0 ? "" : real, name);
	if (str_empty(name) || n < 0 || n >= PATH_MAX)
		return ERR(e, ERR_SETUP, NULL, "name of database %s", path);
	return 0;
}

/* Makes an empty file, so that SQLite gives its mode to the files beside it. 1 made, 0 it was
 * there. An existing file is not opened here: closing it would end this process's locks on it. */
static int make_file(const char *path, struct err *e)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
	int rc = 1;

	if (fd < 0 && errno == EEXIST)
		return 0;
	if (fd < 0 || fchmod(fd, FILE_MODE) < 0)
		rc = ERR(e, no_room(errno) ? ERR_FULL : ERR_SETUP, NULL, "making database %s: %s",
			path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return rc;
}

static int in_memory(const char *path)
{
	return strcmp(path, ":memory:") == 0;
}

/* NOMUTEX: no threads here. Never CREATE: make_file does that, with the right mode. */
static int open_library(struct sqlite *s, const char *path, int flags, struct err *e)
{
	int how = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE;

	if (in_memory(path))
		how |= SQLITE_OPEN_MEMORY | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	else
		how |= flags & DB_OPEN_READONLY ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	if (sqlite3_open_v2(path, &s->db, how, NULL) == SQLITE_OK)
		return 0;
	return s->db ? fail(s->db, path, e) : ERR(e, ERR_INTERNAL, NULL, "sqlite3_open_v2");
}

/* `s->db` may be there after a failure too; sqlite_close takes both. */
static int open_file(struct sqlite *s, const char *path, int flags, struct err *e)
{
	char full[PATH_MAX];

	if (in_memory(path))
		return open_library(s, path, flags, e);
	if (full_name(path, full, e) < 0)
		return -1;
	if ((flags & DB_OPEN_CREATE) && make_file(full, e) < 0)
		return -1;
	return open_library(s, full, flags, e);
}

/* What this connection cannot do, whatever a statement or the file says. */
static int harden(struct sqlite *s, struct err *e)
{
	static const struct {
		int what;
		int on;
	} switches[] = {
		{ SQLITE_DBCONFIG_DEFENSIVE, 1 },
		{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
		{ SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 },
		{ SQLITE_DBCONFIG_ENABLE_VIEW, 0 },
		{ SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
		{ SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0 },
		{ SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0 },
		{ SQLITE_DBCONFIG_DQS_DML, 0 },
		{ SQLITE_DBCONFIG_DQS_DDL, 0 },
		{ SQLITE_DBCONFIG_ENABLE_FKEY, 1 },
	};
	static const struct {
		int what;
		int most;
	} limits[] = {
		{ SQLITE_LIMIT_LENGTH, DB_VALUE_MAX + 4096 },
		{ SQLITE_LIMIT_SQL_LENGTH, 64 << 10 },
		{ SQLITE_LIMIT_COLUMN, 100 },
		{ SQLITE_LIMIT_EXPR_DEPTH, 50 },
		{ SQLITE_LIMIT_COMPOUND_SELECT, 4 },
		{ SQLITE_LIMIT_VDBE_OP, 25000 },
		{ SQLITE_LIMIT_FUNCTION_ARG, 8 },
		{ SQLITE_LIMIT_ATTACHED, 0 },
		{ SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1024 },
		{ SQLITE_LIMIT_VARIABLE_NUMBER, DB_PARAMS_MAX },
		{ SQLITE_LIMIT_TRIGGER_DEPTH, 8 },
		{ SQLITE_LIMIT_WORKER_THREADS, 0 },
	};

	for (size_t i = 0; i < sizeof(switches) / sizeof(switches[0]); i++) {
		int is = -1;

		if (sqlite3_db_config(s->db, switches[i].what, switches[i].on, &is) != SQLITE_OK ||
			is != switches[i].on)
			return ERR(e, ERR_SETUP, NULL, "sqlite has no switch %d", switches[i].what);
	}
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		sqlite3_limit(s->db, limits[i].what, limits[i].most);
	sqlite3_busy_handler(s->db, wait_for_lock, s);
	return 0;
}

/* Is the answer to sql, which has one row, this text? 1, 0, or -1. */
static int answers(struct sqlite *s, const char *sql, const char *expected, struct err *e)
{
	sqlite3_stmt *stmt = NULL;
	const char *text;
	int rc = sqlite3_prepare_v2(s->db, sql, -1, &stmt, NULL);

	if (rc == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW) {
		text = (const char *)sqlite3_column_text(stmt, 0);
		rc = text && strcmp(text, expected) == 0;
	} else {
		rc = fail(s->db, sql, e);
	}
	sqlite3_finalize(stmt);
	return rc;
}

/* The first look into the file is the list of what could run code: a trigger, a view and a virtual
 * table have no pages of their own. */
static int configure(struct sqlite *s, int flags, const char *journal, struct err *e)
{
	const struct {
		const char *sql;
		const char *expected;
		enum err_code otherwise;
	} checks[] = {
		{ "SELECT count(*) FROM sqlite_master WHERE rootpage = 0 OR rootpage IS NULL", "0",
			ERR_DAMAGED },
		{ "PRAGMA foreign_keys", "1", ERR_SETUP },
		{ "PRAGMA journal_mode = WAL", journal, ERR_SETUP },
	};
	/* The last check would write. */
	size_t count = sizeof(checks) / sizeof(checks[0]) - (flags & DB_OPEN_READONLY ? 1 : 0);

	if (sqlite_script(s,
		    "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA cache_size = -1024;"
		    "PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON; PRAGMA synchronous = "
		    "FULL;"
		    "PRAGMA journal_size_limit = 16777216;",
		    e) < 0)
		return -1;
	if (flags & DB_OPEN_WIDE && sqlite_script(s, "PRAGMA cache_size = -16384", e) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		int rc = answers(s, checks[i].sql, checks[i].expected, e);

		if (rc < 0)
			return -1;
		if (rc == 0)
			return ERR(e, checks[i].otherwise, NULL, "not %s: %s", checks[i].expected,
				checks[i].sql);
	}
	return 0;
}

/* A statement of a single use that is still open is a caller's mistake that would keep the file's
 * locks for ever. */
static void sqlite_close(void *impl)
{
	struct sqlite *s = impl;

	for (size_t i = 0; i < CACHE_SLOTS; i++)
		if (s->cache[i])
			forget(s->cache[i]);
	if (sqlite3_close(s->db) != SQLITE_OK)
		die("sqlite: an answer was left open");
	free(s);
}

/* Copies all pages of s into the empty file at path, as they are at one moment: in WAL mode the
 * copy holds up no writer, so it is made in one go. */
static int copy_to(struct sqlite *s, const char *path, struct err *e)
{
	struct sqlite to = { .db = NULL };
	int rc = open_library(&to, path, 0, e);

	if (rc == 0) {
		sqlite3_backup *copy = sqlite3_backup_init(to.db, "main", s->db, "main");
		if (copy) {
			sqlite3_backup_step(copy, -1);
			sqlite3_backup_finish(copy); /* its failure is the connection's */
		}
		if (sqlite3_errcode(to.db) != SQLITE_OK)
			rc = fail(to.db, "backup", e);
	}
	sqlite3_close(to.db);
	return rc;
}

static int sqlite_backup(void *impl, const char *path, struct err *e)
{
	char full[PATH_MAX];
	int made;

	if (full_name(path, full, e) < 0)
		return -1;
	made = make_file(full, e);
	if (made < 0)
		return -1;
	if (!made)
		return ERR(e, ERR_CONFLICT, "There is a file of that name already.", "backup %s",
			path);
	if (copy_to(impl, full, e) < 0) {
		unlink(full);
		return -1;
	}
	return 0;
}

/* For the comparison of schemas: memory only, so that nothing has to be cleaned up. */
static int sqlite_scratch(struct db **out, struct err *e)
{
	return db_sqlite_open(":memory:", 0, out, e);
}

static const struct db_driver driver = {
	.name = "sqlite",
	.version = sqlite3_libversion,
	/* AUTOINCREMENT: the number of a row that is gone is never given to another. */
	.tokens = {
		[DB_TOKEN_ID] = "INTEGER PRIMARY KEY AUTOINCREMENT",
		[DB_TOKEN_INT] = "INTEGER",
		[DB_TOKEN_BLOB] = "BLOB",
		[DB_TOKEN_STRICT] = "STRICT",
	},
	/* sqlite_% are SQLite's own tables; automatic indexes have no text. */
	.schema = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL "
		  "AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY type, name",
	.query = sqlite_query,
	.next = sqlite_next,
	.type = sqlite_type,
	.num = sqlite_num,
	.bytes = sqlite_bytes,
	.end = sqlite_end,
	.begin = sqlite_begin,
	.commit = sqlite_commit,
	.rollback = sqlite_rollback,
	.script = sqlite_script,
	.backup = sqlite_backup,
	.whole = "PRAGMA quick_check(1)",
	.scratch = sqlite_scratch,
	.close = sqlite_close,
};

int db_sqlite_open(const char *path, int flags, struct db **out, struct err *e)
{
	struct sqlite *s = calloc(1, sizeof(*s));

	if (!s)
		die("out of memory: database");
	s->patience = flags & DB_OPEN_HASTY ? HASTY_MS : PATIENCE_MS;
	if (open_file(s, path, flags, e) < 0 || harden(s, e) < 0 ||
		configure(s, flags, in_memory(path) ? "memory" : "wal", e) < 0) {
		sqlite_close(s);
		return -1;
	}
	*out = db_wrap(&driver, s);
	return 0;
}
