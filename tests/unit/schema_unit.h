/* Today's schema at once: the steps run once in a test program, and what they made is written again
 * from then on. test_migrate.c is about the steps themselves, and holds this against them.
 */
#ifndef LATCHKEY_SCHEMA_UNIT_H
#define LATCHKEY_SCHEMA_UNIT_H

#include "tests/unit/unit.h"

#include <string.h>
#include "platform/arena.h"
#include "store/db.h"
#include "store/migrate.h"

/* All that is in a new database, as statements. */
static inline void schema_script(char *dst, size_t size)
{
	struct db_rows r;
	struct arena a;
	struct db *db;
	struct err e;
	size_t n = 0;

	arena_init(&a, size * 2);
	assert_ok(db_sqlite_open(":memory:", 0, &db, &e));
	assert_ok(migrate_run(db, migrate_newest(), &e));
	assert_ok(db_query(db,
		"SELECT text FROM (SELECT rowid AS n, sql || ';' AS text FROM sqlite_master "
		"WHERE name NOT LIKE 'sqlite_%' UNION ALL SELECT 1000000 + n, printf('INSERT INTO "
		"schema_step (n, title, at) VALUES (%d, %Q, %d);', n, title, at) FROM schema_step) "
		"ORDER BY n",
		DB_NONE, &r, &e));
	while (db_next(&r, &e) == 1) {
		const char *text = db_text(&r, 0, &a);
		size_t len = strlen(text);

		assert_true(n + len < size);
		memcpy(dst + n, text, len + 1);
		n += len;
	}
	db_end(&r);
	db_close(db);
	arena_done(&a);
}

static inline void schema_today(struct db *db)
{
	static char script[96 << 10];
	struct err e;

	if (!script[0])
		schema_script(script, sizeof(script));
	assert_ok(db_begin(db, DB_WRITE, &e));
	assert_ok(db_build(db, script, &e));
	assert_ok(db_commit(db, &e));
}

#endif
