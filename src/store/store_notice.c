/* Notices: the names of what an account's people were told, so that nothing is told twice. A name
 * says what and about which; whoever tells takes it in the transaction in which the telling is
 * written down.
 */
#include "store.h"

#include <inttypes.h>
#include <stdio.h>

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

void store_notice_name(char out[NOTICE_NAME], int64_t connection, const char *what)
{
	snprintf(out, NOTICE_NAME, "connection:%" PRId64 ":%s", connection, what);
}

int store_notice_moved(struct db *db, int64_t account, int64_t from, int64_t to, struct err *e)
{
	static const char *const troubles[] = { MAIL_STOPPED, MAIL_UNREACHABLE };
	char name[NOTICE_NAME];
	int64_t at;
	int rc = 0;

	for (size_t i = 0; i < sizeof(troubles) / sizeof(troubles[0]) && rc >= 0; i++) {
		store_notice_name(name, from, troubles[i]);
		rc = store_notice_drop(db, account, name, &at, e);
		if (rc <= 0)
			continue;
		store_notice_name(name, to, troubles[i]);
		rc = store_notice_once(db, account, name, at, e);
	}
	return rc < 0 ? -1 : 0;
}

int64_t store_notice_sweep(struct db *db, int64_t before, struct err *e)
{
	return db_changed(db, sql[SWEEP], DB_ARGS(DB_I(before)), e);
}
