/* Credentials: sealed secrets. This file moves sealed bytes and never sees a secret.
 *
 * Rules: a row is reserved before its secret exists, because the secret is sealed for its row;
 * until it is saved, the row is found by nothing but its reservation. A row's account is its
 * connection's.
 */
#include "store.h"
#include "store_row.h"

#include "platform/clock.h"

enum {
	RESERVE,
	SAVE,
	GET,
	FIND,
	LIST,
	REMOVE,
	FORMER,
	EXPIRING,
	FOREIGN,
	RESEAL,
	USED,
	HOLD,
	LET,
	COUNT
};

#define SELECT                                                                                     \
	"SELECT id, account_id, connection_id, purpose, version, key_id, sealed, policy, set_by, " \
	"by_name, set_at, used_at, expires, certificate "                                          \
	"FROM credential WHERE sealed IS NOT NULL AND "

/* RESERVE writes over itself when the row is there, because only a written row is returned; it
 * takes the account from the connection, so that a foreign connection gives no row. RESEAL compares
 * the bytes it replaces: a secret that was changed meanwhile is sealed with the new key already. */
static const char *const sql[] = {
	[RESERVE] = "INSERT INTO credential (account_id, connection_id, purpose) "
		    "SELECT c.account_id, c.id, $3 FROM connection c "
		    "WHERE c.account_id = $1 AND c.id = $2 "
		    "ON CONFLICT (connection_id, purpose) DO UPDATE SET purpose = excluded.purpose "
		    "RETURNING id",
	[SAVE] = "UPDATE credential SET version = $4, key_id = $5, sealed = $6, policy = $7, "
		 "set_by = $8, by_name = $9, set_at = $10, used_at = $11, expires = $12, "
		 "certificate = $13 "
		 "WHERE id = $1 AND account_id = $2 AND connection_id = $3",
	[GET] = SELECT "account_id = $1 AND id = $2",
	[FIND] = SELECT "account_id = $1 AND connection_id = $2 AND purpose = $3",
	[LIST] = SELECT "account_id = $1 AND connection_id = $2 ORDER BY purpose",
	[REMOVE] = "DELETE FROM credential "
		   "WHERE account_id = $1 AND connection_id = $2 AND purpose = $3",
	[FORMER] = SELECT "purpose IN ('" PURPOSE_FORMER "', '" PURPOSE_FORMER_CLIENT
			  "', '" PURPOSE_REFUSED "') AND set_at < $1 ORDER BY set_at, id LIMIT 100",
	[EXPIRING] = SELECT "expires > 0 AND expires < $1 AND purpose IN ('" PURPOSE_CURRENT
			    "', '" PURPOSE_CLIENT "') AND id > $2 ORDER BY id LIMIT 100",
	[FOREIGN] = SELECT "key_id <> $1 AND id > $2 ORDER BY id LIMIT $3",
	[RESEAL] = "UPDATE credential SET key_id = $4, sealed = $5 "
		   "WHERE id = $1 AND account_id = $2 AND sealed = $3",
	[USED] = "UPDATE credential SET used_at = $3 WHERE account_id = $1 AND id = $2",
	[HOLD] = "UPDATE credential SET held_until = $4 WHERE account_id = $1 AND id = $2 "
		 "AND (held_until <= $3 OR held_until > $4)",
	[LET] = "UPDATE credential SET held_until = 0 WHERE account_id = $1 AND id = $2",
	[COUNT] = "SELECT count(*) FROM credential WHERE key_id = $1 AND sealed IS NOT NULL",
};

/* In the order of SELECT. */
static const struct db_field fields[] = {
	DB_F_NUM(credential, id),
	DB_F_NUM(credential, account),
	DB_F_NUM(credential, connection),
	DB_F_TEXT(credential, purpose),
	DB_F_TEXT(credential, version),
	DB_F_TEXT(credential, key_id),
	DB_F_BYTES(credential, sealed, sealed_len),
	DB_F_FIXED(credential, policy),
	DB_F_NUM(credential, set_by),
	DB_F_TEXT(credential, by_name),
	DB_F_NUM(credential, set_at),
	DB_F_NUM(credential, used_at),
	DB_F_NUM(credential, expires),
	DB_F_TEXT(credential, certificate),
};

static const struct db_shape shape = DB_SHAPE(credential, fields);

int store_credential_reserve(struct db *db, int64_t account, int64_t connection,
	const char *purpose, int64_t *id, struct err *e)
{
	return db_insert(
		db, sql[RESERVE], DB_ARGS(DB_I(account), DB_I(connection), DB_S(purpose)), id, e);
}

int store_credential_save(struct db *db, const struct credential *c, struct err *e)
{
	return db_must(db, sql[SAVE],
		DB_ARGS(DB_I(c->id), DB_I(c->account), DB_I(c->connection), DB_S(c->version),
			DB_S(c->key_id), DB_B(c->sealed, c->sealed_len),
			DB_B(c->policy, sizeof(c->policy)), DB_I(c->set_by), DB_S(c->by_name),
			DB_I(c->set_at ? c->set_at : clock_now()), DB_I(c->used_at),
			DB_I(c->expires), DB_S(c->certificate)),
		e);
}

int store_credential_get(struct db *db, struct arena *a, int64_t account, int64_t id,
	struct credential *out, struct err *e)
{
	struct db_rows r;

	if (db_query(db, sql[GET], DB_ARGS(DB_I(account), DB_I(id)), &r, e) < 0)
		return -1;
	return db_one(&r, &shape, a, out, e);
}

int store_credential_find(struct db *db, struct arena *a, const struct credential *like,
	struct credential *out, struct err *e)
{
	struct db_rows r;

	if (db_query(db, sql[FIND],
		    DB_ARGS(DB_I(like->account), DB_I(like->connection), DB_S(like->purpose)), &r,
		    e) < 0)
		return -1;
	return db_one(&r, &shape, a, out, e);
}

/* The rows of a statement that takes two numbers. */
static int listed(struct db *db, struct arena *a, const char *statement, const struct db_value v[2],
	struct credential **out, struct err *e)
{
	struct db_rows r;
	int n;

	if (db_query(db, statement, v, 2, &r, e) < 0)
		return -1;
	*out = db_list(&r, &shape, a, &n, e);
	return n;
}

int store_credential_list(struct db *db, struct arena *a, int64_t account, int64_t connection,
	struct credential **out, struct err *e)
{
	const struct db_value v[] = { DB_I(account), DB_I(connection) };

	return listed(db, a, sql[LIST], v, out, e);
}

int store_credential_expiring(struct db *db, struct arena *a, int64_t before, int64_t after,
	struct credential **out, struct err *e)
{
	const struct db_value v[] = { DB_I(before), DB_I(after) };

	return listed(db, a, sql[EXPIRING], v, out, e);
}

int store_credential_former(
	struct db *db, struct arena *a, int64_t before, struct credential **out, struct err *e)
{
	struct db_rows r;
	int n;

	if (db_query(db, sql[FORMER], DB_ARGS(DB_I(before)), &r, e) < 0)
		return -1;
	*out = db_list(&r, &shape, a, &n, e);
	return n;
}

int64_t store_credential_remove(
	struct db *db, int64_t account, int64_t connection, const char *purpose, struct err *e)
{
	return db_changed(
		db, sql[REMOVE], DB_ARGS(DB_I(account), DB_I(connection), DB_S(purpose)), e);
}

int store_credential_foreign(struct db *db, struct arena *a, const char *key_id, int64_t after,
	int limit, struct credential **out, struct err *e)
{
	struct db_rows r;
	int n;

	if (db_query(db, sql[FOREIGN], DB_ARGS(DB_S(key_id), DB_I(after), STORE_LIMIT(limit)), &r,
		    e) < 0)
		return -1;
	*out = db_list(&r, &shape, a, &n, e);
	return n;
}

int store_credential_reseal(struct db *db, const struct credential *old, const char *key_id,
	const void *sealed, size_t len, struct err *e)
{
	return (int)db_changed(db, sql[RESEAL],
		DB_ARGS(DB_I(old->id), DB_I(old->account), DB_B(old->sealed, old->sealed_len),
			DB_S(key_id), DB_B(sealed, len)),
		e);
}

int store_credential_used(struct db *db, int64_t account, int64_t id, struct err *e)
{
	return db_must(db, sql[USED], DB_ARGS(DB_I(account), DB_I(id), DB_I(clock_now())), e);
}

int store_credential_hold(struct db *db, int64_t account, int64_t id, struct err *e)
{
	const int64_t now = clock_now();
	int64_t n = db_changed(db, sql[HOLD],
		DB_ARGS(DB_I(account), DB_I(id), DB_I(now), DB_I(now + CREDENTIAL_HELD)), e);

	return n < 0 ? -1 : n > 0;
}

int store_credential_let(struct db *db, int64_t account, int64_t id, struct err *e)
{
	return db_run(db, sql[LET], DB_ARGS(DB_I(account), DB_I(id)), NULL, e);
}

int store_credential_count(struct db *db, const char *key_id, int64_t *n, struct err *e)
{
	return db_number(db, sql[COUNT], DB_ARGS(DB_S(key_id)), n, e) < 0 ? -1 : 0;
}
