/* Alerts: members that worked and do not any more, and what was told of each cause. How many have a
 * cause is counted from the members, so that it is right when one of them is removed.
 */
#include "store_remind.h"
#include "store_row.h"

enum { LIST, BEGIN, TOLD, DROP, CLEAR, CLEAR_BROKEN, GET, SAVE, FORGET };

static const char *const sql[] = {
	[LIST] = "SELECT t.account_id, t.reason, t.fixer, t.since, t.told_at, t.told_n, "
		 "(SELECT count(*) FROM broken b WHERE b.account_id = t.account_id "
		 "AND b.reason = t.reason) FROM alert t WHERE t.account_id = $1 ORDER BY t.reason",
	[BEGIN] = "INSERT INTO alert (account_id, reason, fixer, since) VALUES ($1, $2, $3, $4) "
		  "ON CONFLICT (account_id, reason) DO NOTHING",
	[TOLD] = "UPDATE alert SET told_at = $3, told_n = $4 "
		 "WHERE account_id = $1 AND reason = $2",
	[DROP] = "DELETE FROM alert WHERE account_id = $1 AND reason = $2",
	[CLEAR] = "DELETE FROM alert WHERE account_id = $1",
	[CLEAR_BROKEN] = "DELETE FROM broken WHERE account_id = $1",
	[GET] = "SELECT account_id, member_id, reason, was FROM broken "
		"WHERE account_id = $1 AND member_id = $2",
	[SAVE] = "INSERT INTO broken (account_id, member_id, reason, was) VALUES ($1, $2, $3, $4) "
		 "ON CONFLICT (account_id, member_id) DO UPDATE SET reason = excluded.reason",
	[FORGET] = "DELETE FROM broken WHERE account_id = $1 AND member_id = $2",
};

static const struct db_field fields[] = {
	DB_F_NUM(alert, account),
	DB_F_TEXT(alert, reason),
	DB_F_ENUM(alert, fixer, FIXER__MAX),
	DB_F_NUM(alert, since),
	DB_F_NUM(alert, told_at),
	DB_F_NUM(alert, told_n),
	DB_F_NUM(alert, n),
};
static const struct db_shape shape = DB_SHAPE(alert, fields);

static const struct db_field broken_fields[] = {
	DB_F_NUM(breakage, account),
	DB_F_NUM(breakage, member),
	DB_F_TEXT(breakage, reason),
	DB_F_ENUM(breakage, was, STATUS__MAX),
};
static const struct db_shape broken_shape = DB_SHAPE(breakage, broken_fields);

int store_alert_list(
	struct db *db, struct arena *a, int64_t account, struct alert **out, struct err *e)
{
	struct db_rows r;
	int n;

	if (db_query(db, sql[LIST], DB_ARGS(DB_I(account)), &r, e) < 0)
		return -1;
	*out = db_list(&r, &shape, a, &n, e);
	return n;
}

int store_alert_begin(struct db *db, const struct alert *t, struct err *e)
{
	return db_run(db, sql[BEGIN],
		DB_ARGS(DB_I(t->account), DB_S(t->reason), DB_I(t->fixer), DB_I(t->since)), NULL,
		e);
}

int store_alert_told(struct db *db, const struct alert *t, struct err *e)
{
	return db_must(db, sql[TOLD],
		DB_ARGS(DB_I(t->account), DB_S(t->reason), DB_I(t->told_at), DB_I(t->told_n)), e);
}

int store_alert_drop(struct db *db, int64_t account, const char *reason, struct err *e)
{
	return db_must(db, sql[DROP], DB_ARGS(DB_I(account), DB_S(reason)), e);
}

int store_alert_clear(struct db *db, int64_t account, struct err *e)
{
	if (db_run(db, sql[CLEAR], DB_ARGS(DB_I(account)), NULL, e) < 0)
		return -1;
	return db_run(db, sql[CLEAR_BROKEN], DB_ARGS(DB_I(account)), NULL, e);
}

int store_broken_get(struct db *db, struct arena *a, int64_t account, int64_t member,
	struct breakage *out, struct err *e)
{
	struct db_rows r;

	if (db_query(db, sql[GET], DB_ARGS(DB_I(account), DB_I(member)), &r, e) < 0)
		return -1;
	return db_one(&r, &broken_shape, a, out, e);
}

int store_broken_save(struct db *db, const struct breakage *b, struct err *e)
{
	return db_run(db, sql[SAVE],
		DB_ARGS(DB_I(b->account), DB_I(b->member), DB_S(b->reason), DB_I(b->was)), NULL, e);
}

int store_broken_drop(struct db *db, int64_t account, int64_t member, struct err *e)
{
	return db_run(db, sql[FORGET], DB_ARGS(DB_I(account), DB_I(member)), NULL, e);
}
