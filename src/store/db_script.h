/* Db_script: two drivers for tests; no program links them.
 *
 * The first has no database: it expects statements in a given order and answers as it was told. The
 * second passes everything on to a real database, counts and shows what passes, and can make any
 * one call fail: so a test can let every call of a function fail in turn.
 */
#ifndef LATCHKEY_DB_SCRIPT_H
#define LATCHKEY_DB_SCRIPT_H

#include "db.h"

/* One expected call. Transactions are expected too: "BEGIN READ", "BEGIN WRITE", "COMMIT",
 * "ROLLBACK". */
struct db_script_step {
	const char *sql;	     /* is part of the statement */
	const struct db_value *args; /* exactly these; NULL: not looked at */
	size_t nargs;
	const struct db_value *rows; /* nrows times cols */
	size_t nrows;
	size_t cols;
	int64_t changed;
	enum err_code fail; /* with this, after its rows were given; ERR_NONE: it works */
};

/* Called when something else happens than was expected; the call then fails, should this return. */
typedef void db_script_surprise_fn(const char *what);

struct db *db_script_open(
	const struct db_script_step *steps, size_t n, db_script_surprise_fn *surprise);
/* Closes it; a surprise when a step was not taken, or an answer or a transaction is open. */
void db_script_close(struct db *db);

struct db_script_watch {
	/* Sees each statement before it runs; NULL: nobody looks. */
	void (*see)(void *ptr, const char *sql, const struct db_value *v, size_t n);
	void *ptr;
	int fail_at; /* number of the call that fails, from 1; 0: none */
	enum err_code code;
	/* counted here */
	int calls; /* query, next, begin, commit, script */
	int open;  /* answers not ended */
	int begun; /* a transaction is not ended */
};

/* Closing it leaves `below` open, which must outlive it as w must. */
struct db *db_script_over(struct db *below, struct db_script_watch *w);

#endif
