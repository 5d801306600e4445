/* Accounts: the organisations that use this installation.
 *
 * account.people is only read here: store_member.c keeps it.
 */
#include "store.h"
#include "store_row.h"

#include "platform/clock.h"

enum { ADD, GET, LIST, POLICY };

/* The list has no pages: an installation has one account, or a few. */
static const char *const sql[] = {
	[ADD] = "INSERT INTO account (name, created) VALUES ($1, $2) RETURNING id",
	[GET] = "SELECT " ACCOUNT_COLUMNS("a") " FROM account a WHERE a.id = $1",
	[LIST] = "SELECT " ACCOUNT_COLUMNS("a") " FROM account a ORDER BY a.id",
	[POLICY] = "UPDATE account SET session_idle = $2, session_absolute = $3 WHERE id = $1",
};

/* In the order of ACCOUNT_COLUMNS. */
static const struct db_field fields[] = {
	DB_F_NUM(account, id),
	DB_F_TEXT(account, name),
	DB_F_NUM(account, created),
	DB_F_NUM(account, session_idle),
	DB_F_NUM(account, session_absolute),
	DB_F_NUM(account, people),
};

const struct db_shape store_account_shape = DB_SHAPE(account, fields);

int store_account_add(struct db *db, const char *name, int64_t *id, struct err *e)
{
	return db_insert(db, sql[ADD], DB_ARGS(DB_S(name), DB_I(clock_now())), id, e);
}

int store_account_get(
	struct db *db, struct arena *a, int64_t id, struct account *out, struct err *e)
{
	struct db_rows r;

	if (db_query(db, sql[GET], DB_ARGS(DB_I(id)), &r, e) < 0)
		return -1;
	return db_one(&r, &store_account_shape, a, out, e);
}

int store_account_list(struct db *db, struct arena *a, struct account **out, struct err *e)
{
	struct db_rows r;
	int n;

	if (db_query(db, sql[LIST], DB_NONE, &r, e) < 0)
		return -1;
	*out = db_list(&r, &store_account_shape, a, &n, e);
	return n;
}

int store_account_policy(struct db *db, int64_t id, int64_t idle, int64_t absolute, struct err *e)
{
	return db_must(db, sql[POLICY], DB_ARGS(DB_I(id), DB_I(idle), DB_I(absolute)), e);
}
