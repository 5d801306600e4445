/* Boundaries: one row an account.
 *
 * Rule: what people say and what the engine saw are written apart, so that neither undoes the
 * other; what was seen is of the mailbox that is named, and goes when that is another.
 */
#include "store_boundary.h"

#include <string.h>
#include "platform/clock.h"
#include "platform/str.h"
#include "store.h"

#define UNLESS_SAME(column, zero)                                                                  \
	column " = CASE boundary.outside WHEN excluded.outside THEN boundary." column              \
	       " ELSE " zero " END"

#define AGES "SELECT checked_at FROM member WHERE account_id = $1 AND kind = $2 AND checked_at > 0 "

enum { GET, SAVE, SAW, OLDEST, NEWEST };

static const char *const sql[] = {
	[GET] = "SELECT account_id, level, edited_by, edited_at, rev, outside, opens, reason, "
		"since, "
		"seen_at, method, connection_id, tried, tried_at FROM boundary "
		"WHERE account_id = $1",
	[SAVE] = "INSERT INTO boundary (account_id, level, outside, edited_by, edited_at, rev) "
		 "VALUES ($1, $2, $3, $4, $5, 1) ON CONFLICT (account_id) DO UPDATE SET "
		 "level = excluded.level, outside = excluded.outside, "
		 "edited_by = excluded.edited_by, edited_at = excluded.edited_at, "
		 "rev = boundary.rev + 1, " UNLESS_SAME("opens", "0") ", " UNLESS_SAME(
			 "reason", "'not_checked'") ", " UNLESS_SAME("since",
			 "0") ", " UNLESS_SAME("seen_at", "0") ", " UNLESS_SAME("tried",
			 "'ok'") ", " UNLESS_SAME("tried_at", "0") " WHERE boundary.rev = $6",
	[SAW] = "UPDATE boundary SET opens = $3, reason = $4, since = $5, seen_at = $6, method = "
		"$7, "
		"connection_id = $8, tried = $9, tried_at = $10 "
		"WHERE account_id = $1 AND outside = $2",
	[OLDEST] = AGES "ORDER BY checked_at LIMIT 1",
	[NEWEST] = AGES "ORDER BY checked_at DESC LIMIT 1",
};

static const struct db_field fields[] = {
	DB_F_NUM(boundary, account),
	DB_F_ENUM(boundary, level, LEVEL__MAX),
	DB_F_TEXT(boundary, edited_by),
	DB_F_NUM(boundary, edited_at),
	DB_F_NUM(boundary, rev),
	DB_F_TEXT(boundary, outside),
	DB_F_ENUM(boundary, opens, SEEN_YES + 1),
	DB_F_TEXT(boundary, reason),
	DB_F_NUM(boundary, since),
	DB_F_NUM(boundary, seen_at),
	DB_F_TEXT(boundary, method),
	DB_F_NUM(boundary, connection),
	DB_F_TEXT(boundary, tried),
	DB_F_NUM(boundary, tried_at),
};
static const struct db_shape shape = DB_SHAPE(boundary, fields);

int store_boundary_get(
	struct db *db, struct arena *a, int64_t account, struct boundary *out, struct err *e)
{
	struct db_rows r;
	int rc;

	if (db_query(db, sql[GET], DB_ARGS(DB_I(account)), &r, e) < 0)
		return -1;
	rc = db_one(&r, &shape, a, out, e);
	if (rc == 0)
		*out = (struct boundary){ .account = account,
			.edited_by = "",
			.outside = "",
			.reason = "not_checked",
			.method = "",
			.tried = "ok" };
	return rc;
}

int store_boundary_save(struct db *db, const struct boundary *b, struct err *e)
{
	int64_t n = db_changed(db, sql[SAVE],
		DB_ARGS(DB_I(b->account), DB_I(b->level), DB_S(b->outside), DB_S(b->edited_by),
			DB_I(clock_now()), DB_I(b->rev)),
		e);

	return n < 0 ? -1 : n > 0;
}

int store_boundary_saw(struct db *db, const struct boundary *b, struct err *e)
{
	int64_t n = db_changed(db, sql[SAW],
		DB_ARGS(DB_I(b->account), DB_S(b->outside), DB_I(b->opens), DB_S(b->reason),
			DB_I(b->since), DB_I(b->seen_at), DB_S(b->method), DB_I(b->connection),
			DB_S(b->tried), DB_I(b->tried_at)),
		e);

	return n < 0 ? -1 : n > 0;
}

int store_boundary_whose(
	struct db *db, struct arena *a, const struct boundary *b, enum whose *out, struct err *e)
{
	struct connection live;
	struct member m;
	int rc;

	*out = WHOSE_NOBODYS;
	if (str_empty(b->outside))
		return 0;
	rc = store_member_by_email(db, a, b->account, b->outside, &m, e);
	if (rc > 0 && !m.off_at)
		*out = WHOSE_MEMBERS;
	if (rc >= 0)
		rc = store_connection_staged(db, a, b->account, CONN_LIVE, &live, e);
	if (rc > 0 && strcmp(live.mailbox, b->outside) == 0)
		*out = WHOSE_OURS;
	return rc < 0 ? -1 : 0;
}

int store_boundary_ages(struct db *db, int64_t account, enum member_kind kind,
	struct boundary_ages *out, struct err *e)
{
	const struct db_value v[] = { DB_I(account), DB_I(kind) };

	*out = (struct boundary_ages){ 0 };
	return db_number(db, sql[OLDEST], v, 2, &out->oldest, e) < 0 ||
			db_number(db, sql[NEWEST], v, 2, &out->newest, e) < 0
		? -1
		: 0;
}
