/* Engine: its pulse.
 *
 * One row, written every few seconds and read with every session: only the newest word counts. The
 * time is the store's own, so that all programs measure the pulse's age by one clock. What the
 * engine is made of is told once, when it starts.
 */
#include "store.h"
#include "store_row.h"

#include "platform/clock.h"

enum { PULSE, GET, MADE, MADE_GET };

static const char *const sql[] = {
	[PULSE] =
		"INSERT INTO engine (id, pid, started, seen, version, key_id) "
		"VALUES (1, $1, $2, $3, $4, $5) ON CONFLICT (id) DO UPDATE SET pid = excluded.pid, "
		"started = excluded.started, seen = excluded.seen, version = excluded.version, "
		"key_id = excluded.key_id",
	[GET] = "SELECT " ENGINE_COLUMNS("g") " FROM engine g WHERE g.id = 1",
	[MADE] = "INSERT INTO made (id, parts) VALUES (1, $1) "
		 "ON CONFLICT (id) DO UPDATE SET parts = excluded.parts",
	[MADE_GET] = "SELECT parts FROM made WHERE id = 1",
};

/* In the order of ENGINE_COLUMNS. */
static const struct db_field fields[] = {
	DB_F_NUM(engine_pulse, pid),
	DB_F_NUM(engine_pulse, started),
	DB_F_NUM(engine_pulse, seen),
	DB_F_TEXT(engine_pulse, version),
	DB_F_TEXT(engine_pulse, key_id),
};

const struct db_shape store_engine_shape = DB_SHAPE(engine_pulse, fields);

int store_engine_pulse(struct db *db, const struct engine_pulse *p, struct err *e)
{
	return db_run(db, sql[PULSE],
		DB_ARGS(DB_I(p->pid), DB_I(p->started), DB_I(clock_now()), DB_S(p->version),
			DB_S(p->key_id)),
		NULL, e);
}

int store_engine_get(struct db *db, struct arena *a, struct engine_pulse *out, struct err *e)
{
	struct db_rows r;

	if (db_query(db, sql[GET], DB_NONE, &r, e) < 0)
		return -1;
	return db_one(&r, &store_engine_shape, a, out, e);
}

int store_engine_made(struct db *db, const char *parts, struct err *e)
{
	return db_run(db, sql[MADE], DB_ARGS(DB_S(parts)), NULL, e);
}

int store_engine_made_get(struct db *db, struct arena *a, const char **parts, struct err *e)
{
	struct db_rows r;
	int rc, end;

	*parts = "";
	if (db_query(db, sql[MADE_GET], DB_NONE, &r, e) < 0)
		return -1;
	rc = db_next(&r, e);
	if (rc <= 0)
		return rc;
	*parts = db_text(&r, 0, a);
	end = db_next(&r, e);
	return end < 0 ? -1 : 1;
}
