/* Events: what happened to members, for their timelines and for what is told of many at once. */
#include "store.h"
#include "store_row.h"

#include "platform/clock.h"

enum { ADD, OF_MEMBER, OF_ACCOUNT, SINCE, SWEEP };

#define SELECT                                                                                     \
	"SELECT v.id, v.account_id, v.member_id, v.at, v.what, v.was, v.status, v.was_reason, "    \
	"v.reason, v.detail, v.by_name, m.name, m.email, m.kind "                                  \
	"FROM member_event v JOIN member m ON m.id = v.member_id WHERE v.account_id = $1 "

static const char *const sql[] = {
	[ADD] = "INSERT INTO member_event (account_id, member_id, at, what, was, status, "
		"was_reason, reason, detail, by_name) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, "
		"$10)",
	[OF_MEMBER] = SELECT "AND v.member_id = $4 AND v.id < $2 ORDER BY v.id DESC LIMIT $3",
	[OF_ACCOUNT] = SELECT "AND v.id < $2 ORDER BY v.id DESC LIMIT $3",
	[SINCE] = SELECT "AND v.id > $2 ORDER BY v.id LIMIT $3",
	[SWEEP] = "DELETE FROM member_event WHERE at < $1",
};

static const struct db_field fields[] = {
	DB_F_NUM(member_event, id),
	DB_F_NUM(member_event, account),
	DB_F_NUM(member_event, member),
	DB_F_NUM(member_event, at),
	DB_F_ENUM(member_event, what, MEMBER_WHAT__MAX),
	DB_F_ENUM(member_event, was, STATUS__MAX),
	DB_F_ENUM(member_event, is, STATUS__MAX),
	DB_F_TEXT(member_event, was_reason),
	DB_F_TEXT(member_event, reason),
	DB_F_TEXT(member_event, detail),
	DB_F_TEXT(member_event, by),
	DB_F_TEXT(member_event, name),
	DB_F_TEXT(member_event, email),
	DB_F_ENUM(member_event, kind, MEMBER__MAX),
};
static const struct db_shape shape = DB_SHAPE(member_event, fields);

int store_event_add(struct db *db, const struct member_event *v, struct err *e)
{
	return db_run(db, sql[ADD],
		DB_ARGS(DB_I(v->account), DB_I(v->member), DB_I(v->at ? v->at : clock_now()),
			DB_I(v->what), DB_I(v->was), DB_I(v->is), DB_S(v->was_reason),
			DB_S(v->reason), DB_S(v->detail), DB_S(v->by)),
		NULL, e);
}

static int list(struct db *db, struct arena *a, const char *text, const struct db_value *v,
	size_t n, struct member_event **out, struct err *e)
{
	struct db_rows r;
	int count;

	if (db_query(db, text, v, n, &r, e) < 0)
		return -1;
	*out = db_list(&r, &shape, a, &count, e);
	return count;
}

int store_event_list(struct db *db, struct arena *a, int64_t account, int64_t member,
	struct page_of page, struct member_event **out, struct err *e)
{
	const struct db_value v[] = { DB_I(account), STORE_BEFORE(page.after),
		STORE_LIMIT(page.limit), DB_I(member) };

	return list(db, a, sql[member ? OF_MEMBER : OF_ACCOUNT], v, member ? 4 : 3, out, e);
}

int store_event_since(struct db *db, struct arena *a, int64_t account, struct page_of page,
	struct member_event **out, struct err *e)
{
	const struct db_value v[] = { DB_I(account), DB_I(page.after), STORE_LIMIT(page.limit) };

	return list(db, a, sql[SINCE], v, 3, out, e);
}

int64_t store_event_sweep(struct db *db, int64_t before, struct err *e)
{
	return db_changed(db, sql[SWEEP], DB_ARGS(DB_I(before)), e);
}
