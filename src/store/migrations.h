/* Migrations: the table of steps, for migrate.c. */
#ifndef LATCHKEY_MIGRATIONS_H
#define LATCHKEY_MIGRATIONS_H

#include <stddef.h>
#include "db.h"

struct migration {
	int n; /* 1, 2, 3, ... */
	const char *title;
	const char *sql; /* statements with tokens, see db.h */
	/* What SQL cannot do, behind them in their transaction; NULL: nothing. */
	int (*then)(struct db *db, struct err *e);
};

extern const struct migration migrations[];
extern const size_t migrations_count;

/* migrations_late.c: the statements of later steps. */
extern const char migration_trials[], migration_shares[], migration_boundaries[], migration_made[];

#endif
