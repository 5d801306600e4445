/* Notices: the names of what an account's people were told, so that nothing is told twice. A name
 * says what and about which; whoever tells takes it in the transaction in which the telling is
 * written down.
 */
#include "store.h"

enum { ONCE, DROP, SWEEP };

static const char *const sql[] = {
	[ONCE] = "INSERT INTO notice (account_id, name, at) VALUES ($1, $2, $3) "
		 "ON CONFLICT (account_id, name) DO NOTHING",
	[DROP] = "DELETE FROM notice WHERE account_id = $1 AND name = $2 RETURNING at",
	[SWEEP] = "DELETE FROM notice WHERE at < $1",
};

int store_notice_once(struct db *db, int64_t account, const char *name, int64_t at, struct err *e)
{
	return (int)db_changed(db, sql[ONCE], DB_ARGS(DB_I(account), DB_S(name), DB_I(at)), e);
}

int store_notice_drop(struct db *db, int64_t account, const char *name, int64_t *at, struct err *e)
{
	return db_number(db, sql[DROP], DB_ARGS(DB_I(account), DB_S(name)), at, e);
}

int64_t store_notice_sweep(struct db *db, int64_t before, struct err *e)
{
	return db_changed(db, sql[SWEEP], DB_ARGS(DB_I(before)), e);
}
