/* Invitations: single-use links, for joining and for a new password. Only a token's hash is stored.
 *
 * Rules: a link is good while it is not used and not expired; taking it is one statement, so that
 * two at once cannot both have it. A revoked link is one that has expired now.
 */
#include "store.h"
#include "store_row.h"

#include "platform/clock.h"
#include "platform/seal.h"

enum { ADD, BY_HASH, GET, OPEN, COUNT_OPEN, USE, REVOKE, SWEEP };

/* Whom it is for is asked of the member row: names and roles change while a link is open. */
#define SELECT                                                                                     \
	"SELECT i.id, i.account_id, i.member_id, i.kind, i.made_by, i.by_name, m.email, m.name, "  \
	"m.role, i.created, i.expires, i.used, i.nonce "                                           \
	"FROM invitation i JOIN member m ON m.id = i.member_id "

/* ADD: who made it is kept as a name, because the link's history outlives the maker. */
static const char *const sql[] = {
	[ADD] = "INSERT INTO invitation "
		"(hash, account_id, member_id, kind, made_by, by_name, created, expires, nonce) "
		"VALUES ($1, $2, $3, $4, $5, "
		"COALESCE($6, (SELECT m.name FROM member m WHERE m.account_id = $2 AND m.id = $5), "
		"''), "
		"$7, $8, $9) RETURNING id",
	[BY_HASH] = SELECT "WHERE i.hash = $1",
	[GET] = SELECT "WHERE i.account_id = $1 AND i.id = $2",
	[OPEN] = SELECT "WHERE i.account_id = $1 AND i.used = 0 AND i.expires > $2 "
			"ORDER BY i.id DESC LIMIT 500",
	[COUNT_OPEN] = "SELECT count(*) FROM invitation "
		       "WHERE account_id = $1 AND used = 0 AND expires > $2",
	[USE] = "UPDATE invitation SET used = $2 WHERE id = $1 AND used = 0 AND expires > $2",
	[REVOKE] = "UPDATE invitation SET expires = $4 WHERE account_id = $1 AND member_id = $2 "
		   "AND kind = $3 AND used = 0 AND expires > $4",
	[SWEEP] = "DELETE FROM invitation WHERE expires < $1",
};

/* In the order of SELECT. */
static const struct db_field fields[] = {
	DB_F_NUM(invitation, id),
	DB_F_NUM(invitation, account),
	DB_F_NUM(invitation, member),
	DB_F_ENUM(invitation, kind, LINK__MAX),
	DB_F_NUM(invitation, by),
	DB_F_TEXT(invitation, by_name),
	DB_F_TEXT(invitation, email),
	DB_F_TEXT(invitation, name),
	DB_F_ENUM(invitation, role, ROLE__MAX),
	DB_F_NUM(invitation, created),
	DB_F_NUM(invitation, expires),
	DB_F_NUM(invitation, used),
	DB_F_TEXT(invitation, nonce),
};

static const struct db_shape shape = DB_SHAPE(invitation, fields);

int store_invitation_add(struct db *db, const struct invitation *v, const unsigned char hash[32],
	int64_t *id, struct err *e)
{
	return db_insert(db, sql[ADD],
		DB_ARGS(DB_B(hash, SEAL_HASH), DB_I(v->account), DB_I(v->member), DB_I(v->kind),
			DB_I(v->by), DB_T(v->by_name), DB_I(clock_now()), DB_I(v->expires),
			DB_S(v->nonce)),
		id, e);
}

int store_invitation_by_hash(struct db *db, struct arena *a, const unsigned char hash[32],
	struct invitation *out, struct err *e)
{
	struct db_rows r;

	if (db_query(db, sql[BY_HASH], DB_ARGS(DB_B(hash, SEAL_HASH)), &r, e) < 0)
		return -1;
	return db_one(&r, &shape, a, out, e);
}

int store_invitation_get(struct db *db, struct arena *a, int64_t account, int64_t id,
	struct invitation *out, struct err *e)
{
	struct db_rows r;

	if (db_query(db, sql[GET], DB_ARGS(DB_I(account), DB_I(id)), &r, e) < 0)
		return -1;
	return db_one(&r, &shape, a, out, e);
}

int store_invitation_list(
	struct db *db, struct arena *a, int64_t account, struct invitation **out, struct err *e)
{
	struct db_rows r;
	int n;

	if (db_query(db, sql[OPEN], DB_ARGS(DB_I(account), DB_I(clock_now())), &r, e) < 0)
		return -1;
	*out = db_list(&r, &shape, a, &n, e);
	return n;
}

int64_t store_invitation_open(struct db *db, int64_t account, struct err *e)
{
	int64_t n;

	return db_number(db, sql[COUNT_OPEN], DB_ARGS(DB_I(account), DB_I(clock_now())), &n, e) < 0
		? -1
		: n;
}

int store_invitation_use(struct db *db, int64_t id, struct err *e)
{
	return (int)db_changed(db, sql[USE], DB_ARGS(DB_I(id), DB_I(clock_now())), e);
}

int64_t store_invitation_revoke(
	struct db *db, int64_t account, int64_t member, enum link_kind kind, struct err *e)
{
	return db_changed(db, sql[REVOKE],
		DB_ARGS(DB_I(account), DB_I(member), DB_I(kind), DB_I(clock_now())), e);
}

int64_t store_invitation_sweep(struct db *db, int64_t expired_before, struct err *e)
{
	return db_changed(db, sql[SWEEP], DB_ARGS(DB_I(expired_before)), e);
}
