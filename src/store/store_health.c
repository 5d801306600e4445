/* Health: how live connections do: the state of now, seconds of each day in each state, calls of
 * each minute. Pages show what is kept here and count nothing.
 */
#include "store.h"
#include "store_row.h"

enum { GET, SAVE, DUE, UNCOUNTED, SPREAD, COUNT, DAYS, CALLED, CALLS, SWEEP_DAYS, SWEEP_CALLS };

_Static_assert(
	CONN_LIVE == 2 && HEALTH_STOPPED == 4 && HEALTH_PAUSED == 5, "the statements say so");

#define COLUMNS                                                                                    \
	"connection_id, account_id, state, reason, say, version, since, tried_at, ok_at, "         \
	"next_at, proof_at, fails, refused, counted_to"

/* Of the connection's secret s. */
#define REFUSED "EXISTS (SELECT 1 FROM signin g WHERE g.version = s.version AND g.state = 2)"

/* SAVE takes the account from the connection, so that one that has gone gives no row. */
static const char *const sql[] = {
	[GET] = "SELECT " COLUMNS " FROM health WHERE account_id = $1 AND connection_id = $2",
	[SAVE] = "INSERT INTO health (" COLUMNS ") SELECT c.id, c.account_id, $3, $4, $5, $6, $7, "
		 "$8, $9, $10, $11, $12, $13, $14 FROM connection c "
		 "WHERE c.account_id = $1 AND c.id = $2 ON CONFLICT (connection_id) DO UPDATE SET "
		 "state = excluded.state, reason = excluded.reason, say = excluded.say, "
		 "version = excluded.version, since = excluded.since, "
		 "tried_at = excluded.tried_at, ok_at = excluded.ok_at, "
		 "next_at = excluded.next_at, proof_at = excluded.proof_at, "
		 "fails = excluded.fails, refused = excluded.refused, "
		 "counted_to = excluded.counted_to",
	[DUE] = "SELECT c.id, c.account_id FROM connection c "
		"JOIN credential s ON s.connection_id = c.id "
		"AND s.purpose = '" PURPOSE_CURRENT "' AND s.sealed IS NOT NULL "
		"LEFT JOIN health h ON h.connection_id = c.id WHERE c.stage = 2 "
		"AND (h.connection_id IS NULL OR (h.state = 5) <> (c.paused_at > 0) "
		"OR (h.next_at > 0 AND h.next_at <= $1) OR h.state NOT BETWEEN 0 AND 5 "
		"OR (h.state = 4 AND h.next_at <= $1 AND NOT " REFUSED ") "
		"OR (h.state < 4 AND " REFUSED ")) "
		"ORDER BY h.next_at, c.id LIMIT 100",
	[UNCOUNTED] = "SELECT " COLUMNS " FROM health WHERE (counted_to < $1 OR "
		      "counted_to > $1 + 600) AND state BETWEEN 0 AND 5 AND EXISTS ("
		      "SELECT 1 FROM connection c WHERE c.id = connection_id AND c.stage = 2) "
		      "ORDER BY counted_to LIMIT 100",
	[SPREAD] = "UPDATE health SET next_at = $1 + connection_id % $2 WHERE state < 4",
	[COUNT] = "INSERT INTO health_day (connection_id, day, well, slowed, down, paused) "
		  "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (connection_id, day) DO UPDATE SET "
		  "well = health_day.well + excluded.well, "
		  "slowed = health_day.slowed + excluded.slowed, "
		  "down = health_day.down + excluded.down, "
		  "paused = health_day.paused + excluded.paused",
	[DAYS] = "SELECT day, well, slowed, down, paused FROM health_day "
		 "WHERE connection_id = $1 AND day >= $2 ORDER BY day LIMIT 400",
	[CALLED] = "INSERT INTO health_calls (connection_id, minute, calls, failed, ms, slowest) "
		   "VALUES ($1, $2, $3, $4, $5, $6) "
		   "ON CONFLICT (connection_id, minute) DO UPDATE SET "
		   "calls = health_calls.calls + excluded.calls, "
		   "failed = health_calls.failed + excluded.failed, "
		   "ms = health_calls.ms + excluded.ms, "
		   "slowest = CASE WHEN excluded.slowest > health_calls.slowest "
		   "THEN excluded.slowest ELSE health_calls.slowest END",
	[CALLS] = "SELECT minute, calls, failed, ms, slowest FROM health_calls "
		  "WHERE connection_id = $1 AND minute >= $2 ORDER BY minute LIMIT 3000",
	[SWEEP_DAYS] = "DELETE FROM health_day WHERE day < $1",
	[SWEEP_CALLS] = "DELETE FROM health_calls WHERE minute < $1",
};

/* In the order of COLUMNS. */
static const struct db_field fields[] = {
	DB_F_NUM(health, connection),
	DB_F_NUM(health, account),
	DB_F_ENUM(health, state, HEALTH__MAX),
	DB_F_TEXT(health, reason),
	DB_F_TEXT(health, say),
	DB_F_TEXT(health, version),
	DB_F_NUM(health, since),
	DB_F_NUM(health, tried_at),
	DB_F_NUM(health, ok_at),
	DB_F_NUM(health, next_at),
	DB_F_NUM(health, proof_at),
	DB_F_NUM(health, fails),
	DB_F_NUM(health, refused),
	DB_F_NUM(health, counted_to),
};

static const struct db_shape shape = DB_SHAPE(health, fields);

static const struct db_field named[] = {
	DB_F_NUM(connection, id),
	DB_F_NUM(connection, account),
};

static const struct db_shape named_shape = DB_SHAPE(connection, named);

static const struct db_field day_fields[] = {
	DB_F_NUM(health_day, day),
	DB_F_NUM(health_day, well),
	DB_F_NUM(health_day, slowed),
	DB_F_NUM(health_day, down),
	DB_F_NUM(health_day, paused),
};

static const struct db_shape day_shape = DB_SHAPE(health_day, day_fields);

static const struct db_field call_fields[] = {
	DB_F_NUM(health_calls, minute),
	DB_F_NUM(health_calls, calls),
	DB_F_NUM(health_calls, failed),
	DB_F_NUM(health_calls, ms),
	DB_F_NUM(health_calls, slowest),
};

static const struct db_shape call_shape = DB_SHAPE(health_calls, call_fields);

int store_health_get(struct db *db, struct arena *a, int64_t account, int64_t connection,
	struct health *out, struct err *e)
{
	struct db_rows r;

	if (db_query(db, sql[GET], DB_ARGS(DB_I(account), DB_I(connection)), &r, e) < 0)
		return -1;
	return db_one(&r, &shape, a, out, e);
}

int store_health_save(struct db *db, const struct health *h, struct err *e)
{
	return db_must(db, sql[SAVE],
		DB_ARGS(DB_I(h->account), DB_I(h->connection), DB_I(h->state), DB_S(h->reason),
			DB_S(h->say), DB_S(h->version), DB_I(h->since), DB_I(h->tried_at),
			DB_I(h->ok_at), DB_I(h->next_at), DB_I(h->proof_at), DB_I(h->fails),
			DB_I(h->refused), DB_I(h->counted_to)),
		e);
}

int store_health_due(
	struct db *db, struct arena *a, int64_t now, struct connection **out, struct err *e)
{
	struct db_rows r;
	int n;

	if (db_query(db, sql[DUE], DB_ARGS(DB_I(now)), &r, e) < 0)
		return -1;
	*out = db_list(&r, &named_shape, a, &n, e);
	return n;
}

int store_health_uncounted(
	struct db *db, struct arena *a, int64_t before, struct health **out, struct err *e)
{
	struct db_rows r;
	int n;

	if (db_query(db, sql[UNCOUNTED], DB_ARGS(DB_I(before)), &r, e) < 0)
		return -1;
	*out = db_list(&r, &shape, a, &n, e);
	return n;
}

int store_health_spread(struct db *db, int64_t now, int64_t seconds, struct err *e)
{
	return db_run(db, sql[SPREAD], DB_ARGS(DB_I(now), DB_I(seconds)), NULL, e);
}

int store_health_count(struct db *db, int64_t connection, const struct health_day *d, struct err *e)
{
	return db_run(db, sql[COUNT],
		DB_ARGS(DB_I(connection), DB_I(d->day), DB_I(d->well), DB_I(d->slowed),
			DB_I(d->down), DB_I(d->paused)),
		NULL, e);
}

int store_health_days(struct db *db, struct arena *a, int64_t connection, int64_t from,
	struct health_day **out, struct err *e)
{
	struct db_rows r;
	int n;

	if (db_query(db, sql[DAYS], DB_ARGS(DB_I(connection), DB_I(from)), &r, e) < 0)
		return -1;
	*out = db_list(&r, &day_shape, a, &n, e);
	return n;
}

int store_health_called(
	struct db *db, int64_t connection, const struct health_calls *c, struct err *e)
{
	return db_run(db, sql[CALLED],
		DB_ARGS(DB_I(connection), DB_I(c->minute), DB_I(c->calls), DB_I(c->failed),
			DB_I(c->ms), DB_I(c->slowest)),
		NULL, e);
}

int store_health_calls(struct db *db, struct arena *a, int64_t connection, int64_t from,
	struct health_calls **out, struct err *e)
{
	struct db_rows r;
	int n;

	if (db_query(db, sql[CALLS], DB_ARGS(DB_I(connection), DB_I(from)), &r, e) < 0)
		return -1;
	*out = db_list(&r, &call_shape, a, &n, e);
	return n;
}

int64_t store_health_sweep(struct db *db, int64_t day_before, int64_t minute_before, struct err *e)
{
	int64_t days = db_changed(db, sql[SWEEP_DAYS], DB_ARGS(DB_I(day_before)), e);
	int64_t calls =
		days < 0 ? -1 : db_changed(db, sql[SWEEP_CALLS], DB_ARGS(DB_I(minute_before)), e);

	return calls < 0 ? -1 : days + calls;
}
