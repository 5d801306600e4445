/* Signin: what is known of the secrets of identities. The rules are not here: engine/keeper.c
 * reads, decides and saves in one write transaction, so that of two processes one is first.
 */
#include "store.h"
#include "store_row.h"

#include "platform/clock.h"

enum { GET, STOPPED, REFUSED, SAVE, LEASED, CLEAR, SWEEP, LIST };

_Static_assert(PROOF_NONE == 0 && PROOF_REFUSED == 2, "the statements say so");

#define COLUMNS "name, version, state, reason, since, proven_at, holder, lease_until"

static const char *const sql[] = {
	[GET] = "SELECT " COLUMNS " FROM signin WHERE name = $1 AND version = $2",
	[STOPPED] = "SELECT " COLUMNS " FROM signin WHERE name = $1 AND state = 2 "
		    "AND substr(version, 1, length($2)) = $2 ORDER BY since DESC LIMIT 1",
	[REFUSED] = "SELECT " COLUMNS " FROM signin WHERE version = $1 AND state = 2 "
		    "ORDER BY since DESC LIMIT 1",
	[SAVE] = "INSERT INTO signin (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8) "
		 "ON CONFLICT (name, version) DO UPDATE SET state = excluded.state, "
		 "reason = excluded.reason, since = excluded.since, "
		 "proven_at = excluded.proven_at, holder = excluded.holder, "
		 "lease_until = excluded.lease_until",
	[LEASED] = "SELECT max(lease_until) FROM signin WHERE name = $1",
	[CLEAR] = "DELETE FROM signin WHERE name = $1 AND state <> 2 AND lease_until <= $3 "
		  "AND version <> $4 AND substr(version, 1, length($2)) = $2",
	[SWEEP] = "DELETE FROM signin WHERE since < $1 AND proven_at < $1 AND lease_until < $1 "
		  "AND NOT EXISTS (SELECT 1 FROM credential c WHERE c.version = signin.version)",
	[LIST] = "SELECT " COLUMNS ", coalesce((SELECT min(c.connection_id) FROM credential c "
		 "WHERE c.version = signin.version), 0) "
		 "FROM signin ORDER BY name, since DESC, version LIMIT 500",
};

/* In the order of COLUMNS. */
#define FIELDS                                                                                     \
	DB_F_TEXT(signin, name), DB_F_TEXT(signin, version), DB_F_ENUM(signin, proof, PROOF__MAX), \
		DB_F_TEXT(signin, reason), DB_F_NUM(signin, since), DB_F_NUM(signin, proven_at),   \
		DB_F_TEXT(signin, holder), DB_F_NUM(signin, lease_until)

static const struct db_field fields[] = { FIELDS };

static const struct db_shape shape = DB_SHAPE(signin, fields);

/* The same, and whose secret it is. */
static const struct db_field listed[] = {
	FIELDS,
	DB_F_NUM(signin, connection),
};

static const struct db_shape list_shape = DB_SHAPE(signin, listed);

int store_signin_get(struct db *db, struct arena *a, const char *name, const char *version,
	struct signin *out, struct err *e)
{
	struct db_rows r;

	if (db_query(db, sql[GET], DB_ARGS(DB_S(name), DB_S(version)), &r, e) < 0)
		return -1;
	return db_one(&r, &shape, a, out, e);
}

int store_signin_stopped(struct db *db, struct arena *a, const char *name, const char *begin,
	struct signin *out, struct err *e)
{
	struct db_rows r;

	if (db_query(db, sql[STOPPED], DB_ARGS(DB_S(name), DB_S(begin)), &r, e) < 0)
		return -1;
	return db_one(&r, &shape, a, out, e);
}

int store_signin_refused(
	struct db *db, struct arena *a, const char *version, struct signin *out, struct err *e)
{
	struct db_rows r;

	if (db_query(db, sql[REFUSED], DB_ARGS(DB_S(version)), &r, e) < 0)
		return -1;
	return db_one(&r, &shape, a, out, e);
}

int store_signin_save(struct db *db, const struct signin *s, struct err *e)
{
	return db_run(db, sql[SAVE],
		DB_ARGS(DB_S(s->name), DB_S(s->version), DB_I(s->proof), DB_S(s->reason),
			DB_I(s->since), DB_I(s->proven_at), DB_S(s->holder), DB_I(s->lease_until)),
		NULL, e);
}

int store_signin_leased(struct db *db, const char *name, int64_t *until, struct err *e)
{
	*until = 0;
	return db_number(db, sql[LEASED], DB_ARGS(DB_S(name)), until, e) < 0 ? -1 : 0;
}

int store_signin_clear(
	struct db *db, const char *name, const char *begin, const char *but, struct err *e)
{
	return db_run(db, sql[CLEAR],
		DB_ARGS(DB_S(name), DB_S(begin), DB_I(clock_now()), DB_S(but)), NULL, e);
}

int64_t store_signin_sweep(struct db *db, int64_t before, struct err *e)
{
	return db_changed(db, sql[SWEEP], DB_ARGS(DB_I(before)), e);
}

int store_signin_list(struct db *db, struct arena *a, struct signin **out, struct err *e)
{
	struct db_rows r;
	int n;

	if (db_query(db, sql[LIST], DB_NONE, &r, e) < 0)
		return -1;
	*out = db_list(&r, &list_shape, a, &n, e);
	return n;
}
