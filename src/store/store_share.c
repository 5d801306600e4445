/* Shares: links to a script, for somebody who has no sign-in. Only a token's hash is stored.
 *
 * Rules: a link is open while it is not over, not withdrawn, and whoever made it is an admin still;
 * every way to find one asks that. Rows stay for a while after their end, because they say how many
 * were made in a day.
 */
#include "store_share.h"
#include "store_row.h"

#include "platform/clock.h"
#include "platform/seal.h"

enum { ADD, MAIL, BY_HASH, GET, LIST, LIST_KIND, MAILED, COUNT, END, OPENED, RAN, SWEEP };

#define OPEN(now)                                                                                  \
	"s.ended = 0 AND s.expires > " now                                                         \
	" AND EXISTS (SELECT 1 FROM member m WHERE m.account_id = s.account_id "                   \
	"AND m.id = s.member_id AND m.role = 1 AND m.off_at = 0)"
#define SELECT                                                                                     \
	"SELECT s.id, s.account_id, s.member_id, s.by_name, s.kind, s.pick, s.draft, s.about, "    \
	"s.message, "                                                                              \
	"s.email, s.mail_id, s.nonce, s.created, s.expires, s.ended, s.opened_at, s.opened, "      \
	"s.ran_at FROM share s WHERE "

_Static_assert(ROLE_ADMIN == 1, "the statements say so");

static const char *const sql[] = {
	[ADD] = "INSERT INTO share (hash, account_id, member_id, by_name, kind, pick, draft, "
		"about, "
		"message, email, nonce, created, expires) "
		"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING id",
	[MAIL] = "UPDATE share SET mail_id = $3 WHERE account_id = $1 AND id = $2",
	[BY_HASH] = SELECT "s.hash = $1 AND " OPEN("$2"),
	[GET] = SELECT "s.account_id = $1 AND s.id = $2 AND " OPEN("$3"),
	[LIST] = SELECT
	"s.account_id = $1 AND " OPEN("$2") " ORDER BY s.created DESC, s.id DESC LIMIT $3",
	[LIST_KIND] = SELECT
	"s.account_id = $1 AND " OPEN("$2") " AND s.kind = $4 "
					    "ORDER BY s.created DESC, s.id DESC LIMIT $3",
	[MAILED] = "SELECT count(*) FROM share s WHERE s.account_id = $1 AND s.mail_id = $2 "
		   "AND s.email = $3 AND " OPEN("$4"),
	[COUNT] = "SELECT count(*) FROM share WHERE account_id = $1 AND created > $2",
	[END] = "UPDATE share SET ended = $3 WHERE account_id = $1 AND id = $2 AND ended = 0 "
		"AND expires > $3",
	[OPENED] = "UPDATE share SET opened = opened + 1, opened_at = $3 "
		   "WHERE account_id = $1 AND id = $2",
	[RAN] = "UPDATE share SET ran_at = $3 WHERE account_id = $1 AND id = $2",
	[SWEEP] = "DELETE FROM share WHERE expires < $1",
};

/* In the order of SELECT. */
static const struct db_field fields[] = {
	DB_F_NUM(share, id),
	DB_F_NUM(share, account),
	DB_F_NUM(share, member),
	DB_F_TEXT(share, by_name),
	DB_F_TEXT(share, kind),
	DB_F_TEXT(share, pick),
	DB_F_NUM(share, draft),
	DB_F_TEXT(share, about),
	DB_F_TEXT(share, message),
	DB_F_TEXT(share, email),
	DB_F_NUM(share, mail),
	DB_F_TEXT(share, nonce),
	DB_F_NUM(share, created),
	DB_F_NUM(share, expires),
	DB_F_NUM(share, ended),
	DB_F_NUM(share, opened_at),
	DB_F_NUM(share, opened),
	DB_F_NUM(share, ran_at),
};

static const struct db_shape shape = DB_SHAPE(share, fields);

int store_share_add(struct db *db, struct share *x, const unsigned char hash[32], struct err *e)
{
	x->created = clock_now();
	return db_insert(db, sql[ADD],
		DB_ARGS(DB_B(hash, SEAL_HASH), DB_I(x->account), DB_I(x->member), DB_S(x->by_name),
			DB_S(x->kind), DB_S(x->pick), DB_I(x->draft), DB_S(x->about),
			DB_S(x->message), DB_S(x->email), DB_S(x->nonce), DB_I(x->created),
			DB_I(x->expires)),
		&x->id, e);
}

int store_share_mail(struct db *db, int64_t account, int64_t id, int64_t mail, struct err *e)
{
	return db_must(db, sql[MAIL], DB_ARGS(DB_I(account), DB_I(id), DB_I(mail)), e);
}

static int one(struct db *db, const char *text, const struct db_value *v, size_t n, struct arena *a,
	struct share *out, struct err *e)
{
	struct db_rows r;

	return db_query(db, text, v, n, &r, e) < 0 ? -1 : db_one(&r, &shape, a, out, e);
}

int store_share_by_hash(struct db *db, struct arena *a, const unsigned char hash[32],
	struct share *out, struct err *e)
{
	return one(db, sql[BY_HASH], DB_ARGS(DB_B(hash, SEAL_HASH), DB_I(clock_now())), a, out, e);
}

int store_share_get(struct db *db, struct arena *a, int64_t account, int64_t id, struct share *out,
	struct err *e)
{
	return one(db, sql[GET], DB_ARGS(DB_I(account), DB_I(id), DB_I(clock_now())), a, out, e);
}

int store_share_list(struct db *db, struct arena *a, int64_t account, const char *kind,
	struct share **out, struct err *e)
{
	const struct db_value v[] = { DB_I(account), DB_I(clock_now()), STORE_LIMIT(SHARE_LIST_MAX),
		DB_T(kind) };
	struct db_rows r;
	int n;

	if (db_query(db, sql[kind ? LIST_KIND : LIST], v, kind ? 4 : 3, &r, e) < 0)
		return -1;
	*out = db_list(&r, &shape, a, &n, e);
	return n;
}

int store_share_mailed(struct db *db, const struct mail *m, struct err *e)
{
	int64_t n;

	if (db_number(db, sql[MAILED],
		    DB_ARGS(DB_I(m->account), DB_I(m->id), DB_S(m->email), DB_I(clock_now())), &n,
		    e) < 0)
		return -1;
	return n > 0;
}

int64_t store_share_count(struct db *db, int64_t account, int64_t since, struct err *e)
{
	int64_t n;

	return db_number(db, sql[COUNT], DB_ARGS(DB_I(account), DB_I(since)), &n, e) < 0 ? -1 : n;
}

int store_share_end(struct db *db, int64_t account, int64_t id, struct err *e)
{
	return (int)db_changed(
		db, sql[END], DB_ARGS(DB_I(account), DB_I(id), DB_I(clock_now())), e);
}

int store_share_opened(struct db *db, int64_t account, int64_t id, struct err *e)
{
	return db_must(db, sql[OPENED], DB_ARGS(DB_I(account), DB_I(id), DB_I(clock_now())), e);
}

int store_share_ran(struct db *db, int64_t account, int64_t id, struct err *e)
{
	return db_must(db, sql[RAN], DB_ARGS(DB_I(account), DB_I(id), DB_I(clock_now())), e);
}

int64_t store_share_sweep(struct db *db, int64_t expired_before, struct err *e)
{
	return db_changed(db, sql[SWEEP], DB_ARGS(DB_I(expired_before)), e);
}
