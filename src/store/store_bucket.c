/* Buckets: at most `size` of something at once, and `size` in `period` seconds.
 *
 * A bucket is one number: when it will be full again, in microseconds. A token is worth the time in
 * which one refills; taking one moves that moment away by its worth, and there is none left when it
 * would be further away than the whole period. So taking is one statement that needs no reading
 * before it, and a row whose moment has passed says nothing and can be swept.
 */
#include "store.h"
#include "store_row.h"

#include "platform/clock.h"

enum { TAKE, LOOK, CLEAR, SWEEP };

enum { SECOND = 1000000 };

/* $1 name, $2 now, $3 worth of a token, $4 the latest moment at which there is one, $5 a moment
 * that is only possible when the clock was set back: such a bucket counts as full. */
static const char *const sql[] = {
	[TAKE] = "INSERT INTO bucket (name, full_at) VALUES ($1, $2 + $3) "
		 "ON CONFLICT (name) DO UPDATE SET full_at = $3 + CASE WHEN bucket.full_at > $2 "
		 "AND bucket.full_at < $5 THEN bucket.full_at ELSE $2 END "
		 "WHERE bucket.full_at <= $4 OR bucket.full_at >= $5",
	[LOOK] = "SELECT full_at FROM bucket WHERE name = $1",
	[CLEAR] = "DELETE FROM bucket WHERE name = $1",
	[SWEEP] = "DELETE FROM bucket WHERE full_at < $1",
};

/* The moments of a bucket, in microseconds. */
struct moments {
	int64_t now;
	int64_t worth;
	int64_t latest;
	int64_t absurd;
};

/* Rounds the worth down: `size` tokens then fit into the period for certain. */
static int work_out(int size, int period, struct moments *m, struct err *e)
{
	if (size < 1 || period < 1)
		return ERR(e, ERR_INTERNAL, NULL, "bucket of %d in %d s", size, period);
	m->now = clock_now() * SECOND;
	m->worth = (int64_t)period * SECOND / size;
	m->latest = m->now + (int64_t)period * SECOND - m->worth;
	m->absurd = m->now + 2 * (int64_t)period * SECOND;
	return 0;
}

/* A bucket without a row is full: 0 lies in the past. */
static int look(
	struct db *db, const char *key, const struct moments *m, int64_t *wait, struct err *e)
{
	int64_t full_at;

	if (db_number(db, sql[LOOK], DB_ARGS(DB_S(key)), &full_at, e) < 0)
		return -1;
	*wait = 0;
	if (full_at <= m->latest || full_at >= m->absurd)
		return 1;
	*wait = (full_at - m->latest + SECOND - 1) / SECOND;
	return 0;
}

int store_bucket_look(
	struct db *db, const char *key, int size, int period, int64_t *wait, struct err *e)
{
	struct moments m;

	*wait = 0;
	return work_out(size, period, &m, e) < 0 ? -1 : look(db, key, &m, wait, e);
}

int store_bucket_take(
	struct db *db, const char *key, int size, int period, int64_t *wait, struct err *e)
{
	struct moments m;
	int64_t taken;

	*wait = 0;
	if (work_out(size, period, &m, e) < 0)
		return -1;
	taken = db_changed(db, sql[TAKE],
		DB_ARGS(DB_S(key), DB_I(m.now), DB_I(m.worth), DB_I(m.latest), DB_I(m.absurd)), e);
	if (taken != 0)
		return (int)taken;
	if (look(db, key, &m, wait, e) < 0)
		return -1;
	/* Somebody may have cleared the bucket in between; the answer stays "empty". */
	*wait = *wait > 0 ? *wait : 1;
	return 0;
}

int store_bucket_clear(struct db *db, const char *key, struct err *e)
{
	return db_run(db, sql[CLEAR], DB_ARGS(DB_S(key)), NULL, e);
}

int64_t store_bucket_sweep(struct db *db, int64_t before, struct err *e)
{
	return db_changed(db, sql[SWEEP], DB_ARGS(DB_I(before * SECOND)), e);
}
