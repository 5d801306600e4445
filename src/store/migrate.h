/* Migrate: numbered steps from an empty database to today's schema. Steps are only ever appended.
 */
#ifndef LATCHKEY_MIGRATE_H
#define LATCHKEY_MIGRATE_H

#include "db.h"

/* The newest schema this program knows. */
int migrate_newest(void);
/* Schema number of the database; 0 = empty. -1 on failure. */
int migrate_current(struct db *db, struct err *e) must_check;
/* Run all missing steps, each in a transaction of its own, up to `target` (migrate_newest() in real
 * life; less in tests). ERR_SCHEMA when the database is newer than this program. */
int migrate_run(struct db *db, int target, struct err *e) must_check;
/* 0 when the schema is exactly ours: number, and a hash over all that CREATE made. */
int migrate_check(struct db *db, struct err *e) must_check;
/* Title of step n (1..newest), for people. */
const char *migrate_title(int n);

#endif
