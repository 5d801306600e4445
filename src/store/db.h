/* Db: the one door to SQL. store_*.c write statements in the dialect both drivers share; a driver
 * file knows its library. Nothing above store/ sees a statement.
 *
 * Dialect: $1 parameters, RETURNING, ON CONFLICT ... DO UPDATE, integer epoch times; migrations use
 * the tokens {id} {int} {blob} {strict}. A statement's text is a string literal: its address is its
 * name, by which a driver keeps it prepared.
 */
#ifndef LATCHKEY_DB_H
#define LATCHKEY_DB_H

#include <stddef.h>
#include <stdint.h>
#include "platform/arena.h"
#include "platform/err.h"

enum db_type { DB_NULL, DB_INT, DB_TEXT, DB_BLOB };

/* ptr must stay until the answer has ended. */
struct db_value {
	enum db_type type;
	int64_t num;
	const void *ptr;
	size_t len;
};

/* Longest text or blob; more is ERR_TOO_BIG. Text that is not UTF-8 is ERR_INPUT. */
enum { DB_VALUE_MAX = 16 << 20, DB_PARAMS_MAX = 32 };
/* Longest field of a row: four bytes for each character that a constraint lets in. Who owns the
 * file can write past constraints; a longer field is read as an empty one. */
enum { DB_FIELD_MAX = 4 * 65536 };

#define DB_I(v) ((struct db_value){ .type = DB_INT, .num = (int64_t)(v) })
/* 0 becomes NULL: for references. */
#define DB_REF(v) ((struct db_value){ .type = (v) ? DB_INT : DB_NULL, .num = (int64_t)(v) })
#define DB_B(p, n) ((struct db_value){ .type = DB_BLOB, .ptr = (p), .len = (n) })
/* NULL stays NULL with DB_T and becomes "" with DB_S. */
#define DB_T(s) db_text_value((s), NULL)
#define DB_S(s) db_text_value((s), "")
struct db_value db_text_value(const char *s, const char *instead);

/* The values of $1, $2, ... */
#define DB_ARGS(...)                                                                               \
	(const struct db_value[]){ __VA_ARGS__ },                                                  \
		sizeof((const struct db_value[]){ __VA_ARGS__ }) / sizeof(struct db_value)
#define DB_NONE NULL, 0

struct db;

/* An answer being read. Ends by itself when db_next returns 0 or -1. */
struct db_rows {
	struct db *db;
	void *impl;
};

enum db_lock { DB_READ, DB_WRITE };

enum db_token { DB_TOKEN_ID, DB_TOKEN_INT, DB_TOKEN_BLOB, DB_TOKEN_STRICT, DB_TOKEN__MAX };

/* What a driver fills; see db_sqlite.c and db_script.c. */
struct db_driver {
	const char *name;
	const char *(*version)(void);	   /* of its library; NULL: it has none */
	const char *tokens[DB_TOKEN__MAX]; /* what they stand for in migrations */
	/* Statement that tells of all that CREATE made, in a fixed order, in three texts each:
	 * kind, name, definition. */
	const char *schema;
	int (*query)(void *impl, const char *sql, const struct db_value *v, size_t n, void **rows,
		struct err *e);
	int (*next)(void *rows, struct err *e); /* 1 row, 0 end, -1 */
	enum db_type (*type)(void *rows, int col);
	int64_t (*num)(void *rows, int col);
	const void *(*bytes)(void *rows, int col, size_t *len);
	int64_t (*end)(void *rows); /* number of rows changed */
	int (*begin)(void *impl, enum db_lock lock, struct err *e);
	int (*commit)(void *impl, struct err *e);
	void (*rollback)(void *impl); /* also when the library has rolled back by itself */
	int (*script)(
		void *impl, const char *sql, struct err *e); /* several statements; migrations */
	int (*backup)(void *impl, const char *path, struct err *e);
	const char *whole; /* a query whose one line is "ok", or the first fault */
	int (*scratch)(struct db **out, struct err *e); /* an empty one that is gone when closed */
	void (*close)(void *impl);
};

struct db *db_wrap(const struct db_driver *drv, void *impl); /* for drivers */
const struct db_driver *db_driver(const struct db *db);
void *db_impl(struct db *db, const struct db_driver *drv); /* NULL when of another driver */
void db_close(struct db *db);				   /* NULL is fine */

/* SQLite. OPEN_CREATE makes the file (0660); without it a missing file is ERR_SETUP. The connection
 * is hardened, and refuses a file whose schema holds triggers, views or virtual tables. It waits 5
 * s for a lock; OPEN_HASTY waits 50 ms. It keeps 1 MiB of pages; OPEN_WIDE, for whoever writes many
 * rows, up to 16. path ":memory:" for tests. */
enum { DB_OPEN_CREATE = 1, DB_OPEN_READONLY = 2, DB_OPEN_HASTY = 4, DB_OPEN_WIDE = 8 };
int db_sqlite_open(const char *path, int flags, struct db **out, struct err *e) must_check;

/* Run a statement that gives no rows; *changed may be NULL. */
int db_run(struct db *db, const char *sql, const struct db_value *v, size_t n, int64_t *changed,
	struct err *e) must_check;
/* As db_run, and ERR_MISSING when no row was changed. */
int db_must(struct db *db, const char *sql, const struct db_value *v, size_t n,
	struct err *e) must_check;
/* As db_run; returns the number of rows it changed, or -1. */
int64_t db_changed(struct db *db, const char *sql, const struct db_value *v, size_t n,
	struct err *e) must_check;
/* Run a statement that gives one number (RETURNING id, count): 1, 0 no row, -1. NULL is 0. */
int db_number(struct db *db, const char *sql, const struct db_value *v, size_t n, int64_t *out,
	struct err *e) must_check;
/* Run an INSERT with RETURNING id: 0, or -1 (ERR_MISSING when it inserted nothing). */
int db_insert(struct db *db, const char *sql, const struct db_value *v, size_t n, int64_t *id,
	struct err *e) must_check;
int db_query(struct db *db, const char *sql, const struct db_value *v, size_t n,
	struct db_rows *out, struct err *e) must_check;
int db_next(struct db_rows *r, struct err *e) must_check;
/* Give up an answer that was not read to its end. Only for a SELECT: what a statement changes
 * counts when its answer was read to the end. */
void db_end(struct db_rows *r);
/* First row or nothing, of a SELECT: 1 a row (read it, then db_end), 0 none, -1. */
int db_first(struct db *db, const char *sql, const struct db_value *v, size_t n,
	struct db_rows *out, struct err *e) must_check;

/* Columns of the current row, from 0. Text and bytes are copied into the arena; NULL stays NULL. */
int64_t db_num(struct db_rows *r, int col);
const char *db_text(struct db_rows *r, int col, struct arena *a);
const void *db_bytes(struct db_rows *r, int col, struct arena *a, size_t *len);
/* Exactly n bytes into dst, or zeros. */
void db_fixed(struct db_rows *r, int col, void *dst, size_t n);

/* How consecutive columns become a struct. */
enum db_into {
	DB_INTO_NUM,	  /* int64_t */
	DB_INTO_TEXT,	  /* const char *; NULL becomes "" */
	DB_INTO_NULLABLE, /* const char *; NULL stays NULL */
	DB_INTO_ENUM,	  /* an enum below `size`; anything else in the file is ERR_DAMAGED */
	DB_INTO_FIXED,	  /* an array of `size` bytes */
	DB_INTO_BYTES	  /* const void *, and its length at offset `size` */
};
struct db_field {
	enum db_into into;
	size_t offset;
	size_t size;
};
struct db_shape {
	size_t size; /* of the struct */
	const struct db_field *fields;
	int count;
};
#define DB_F_NUM(s, m)                                                                             \
	{                                                                                          \
		DB_INTO_NUM, offsetof(struct s, m), 0                                              \
	}
#define DB_F_TEXT(s, m)                                                                            \
	{                                                                                          \
		DB_INTO_TEXT, offsetof(struct s, m), 0                                             \
	}
#define DB_F_NULLABLE(s, m)                                                                        \
	{                                                                                          \
		DB_INTO_NULLABLE, offsetof(struct s, m), 0                                         \
	}
#define DB_F_ENUM(s, m, max)                                                                       \
	{                                                                                          \
		DB_INTO_ENUM, offsetof(struct s, m), (max)                                         \
	}
#define DB_F_FIXED(s, m)                                                                           \
	{                                                                                          \
		DB_INTO_FIXED, offsetof(struct s, m), sizeof(((struct s *)0)->m)                   \
	}
#define DB_F_BYTES(s, m, len)                                                                      \
	{                                                                                          \
		DB_INTO_BYTES, offsetof(struct s, m), offsetof(struct s, len)                      \
	}
#define DB_SHAPE(s, f)                                                                             \
	{                                                                                          \
		sizeof(struct s), (f), (int)(sizeof(f) / sizeof((f)[0]))                           \
	}

/* The current row's columns from *col on into out; *col moves behind them. */
int db_read(struct db_rows *r, int *col, const struct db_shape *s, struct arena *a, void *out,
	struct err *e) must_check;
/* The answer's only row: 1, 0 none, -1. Reads it to its end. */
int db_one(struct db_rows *r, const struct db_shape *s, struct arena *a, void *out,
	struct err *e) must_check;
/* The whole answer as an array in the arena; *count is -1 on failure. */
void *db_list(
	struct db_rows *r, const struct db_shape *s, struct arena *a, int *count, struct err *e);

/* A page of a list: key of the last row of the page before (0 = first), how many at most. */
struct page_of {
	int64_t after;
	int limit;
};

/* Transactions nest by counting; a rollback inside makes the outermost commit fail. DB_WRITE takes
 * the write lock at once, and cannot begin inside DB_READ, which changes nothing. After a failed
 * statement the rest of its transaction is refused. A commit that fails has rolled back. */
int db_begin(struct db *db, enum db_lock lock, struct err *e) must_check;
/* DB_WRITE, which waits for up to five seconds also where DB_OPEN_HASTY does not: for what must not
 * be lost. */
int db_begin_patient(struct db *db, struct err *e) must_check;
int db_commit(struct db *db, struct err *e) must_check;
void db_rollback(struct db *db);
/* Commit when rc is not negative, else roll back. Returns rc, or -1 when the commit failed. */
int db_finish(struct db *db, int rc, struct err *e) must_check;

/* Run several statements with the tokens replaced: for migrate.c. */
int db_build(struct db *db, const char *sql, struct err *e) must_check;
/* Online copy to a new file; 0 or -1 (ERR_CONFLICT: there is a file). */
int db_backup(struct db *db, const char *path, struct err *e) must_check;

/* Is every page of the file as it should be? 0; *fault is NULL, or the first fault in the words of
 * the library. */
int db_whole(struct db *db, struct arena *a, const char **fault, struct err *e) must_check;

#endif
