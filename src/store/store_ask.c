/* Asks: sign-ins with Microsoft that somebody has begun in a browser.
 *
 * Rules: the code arrives once and is used once. Nothing that could be stolen is in a row: state,
 * nonce and verifier are derived from the session, the code is sealed.
 */
#include "store.h"
#include "store_row.h"

#include "platform/clock.h"

enum { ADD, GET, ANSWER, USE, SWEEP };

#define COLUMNS                                                                                    \
	"id, account_id, connection_id, session_id, member_id, nonce, created, expires, used, "    \
	"key_id, sealed, error"

static const char *const sql[] = {
	[ADD] = "INSERT INTO ask (account_id, connection_id, session_id, member_id, nonce, "
		"created, expires) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
	[GET] = "SELECT " COLUMNS " FROM ask WHERE account_id = $1 AND id = $2",
	[ANSWER] = "UPDATE ask SET key_id = $3, sealed = $4, error = $5 "
		   "WHERE account_id = $1 AND id = $2 AND sealed IS NULL AND error = '' "
		   "AND used = 0 AND expires > $6",
	[USE] = "UPDATE ask SET used = $3 WHERE account_id = $1 AND id = $2 "
		"AND sealed IS NOT NULL AND used = 0 AND expires > $3",
	[SWEEP] = "DELETE FROM ask WHERE expires < $1",
};

/* In the order of COLUMNS. */
static const struct db_field fields[] = {
	DB_F_NUM(ask, id),
	DB_F_NUM(ask, account),
	DB_F_NUM(ask, connection),
	DB_F_NUM(ask, session),
	DB_F_NUM(ask, member),
	DB_F_TEXT(ask, nonce),
	DB_F_NUM(ask, created),
	DB_F_NUM(ask, expires),
	DB_F_NUM(ask, used),
	DB_F_TEXT(ask, key_id),
	DB_F_BYTES(ask, sealed, sealed_len),
	DB_F_TEXT(ask, error),
};

static const struct db_shape shape = DB_SHAPE(ask, fields);

int store_ask_add(struct db *db, struct ask *k, struct err *e)
{
	k->created = clock_now();
	return db_insert(db, sql[ADD],
		DB_ARGS(DB_I(k->account), DB_I(k->connection), DB_I(k->session), DB_I(k->member),
			DB_S(k->nonce), DB_I(k->created), DB_I(k->expires)),
		&k->id, e);
}

int store_ask_get(
	struct db *db, struct arena *a, int64_t account, int64_t id, struct ask *out, struct err *e)
{
	struct db_rows r;

	if (db_query(db, sql[GET], DB_ARGS(DB_I(account), DB_I(id)), &r, e) < 0)
		return -1;
	return db_one(&r, &shape, a, out, e);
}

int store_ask_answer(struct db *db, const struct ask *k, struct err *e)
{
	const struct db_value box =
		k->sealed ? DB_B(k->sealed, k->sealed_len) : (struct db_value){ .type = DB_NULL };

	return (int)db_changed(db, sql[ANSWER],
		DB_ARGS(DB_I(k->account), DB_I(k->id), DB_S(k->key_id), box, DB_S(k->error),
			DB_I(clock_now())),
		e);
}

int store_ask_use(struct db *db, int64_t account, int64_t id, struct err *e)
{
	return (int)db_changed(
		db, sql[USE], DB_ARGS(DB_I(account), DB_I(id), DB_I(clock_now())), e);
}

int64_t store_ask_sweep(struct db *db, int64_t expired_before, struct err *e)
{
	return db_changed(db, sql[SWEEP], DB_ARGS(DB_I(expired_before)), e);
}
