/* Members: the people of an account.
 *
 * Rules: every statement takes the account. account.people is kept in the same transaction as the
 * rows it counts.
 */
#include "store.h"
#include "store_row.h"

#include "platform/clock.h"

enum { ADD, GET, BY_EMAIL, OF_USER, LIST, JOIN, ROLE, SEEN, DELETE, COUNTED, COUNTS };

/* The empty text stands for the account's name, which only OF_USER gives. */
#define SELECT "SELECT " MEMBER_COLUMNS("m") ", '' FROM member m "

/* JOIN keeps a name that an admin gave. COUNTS counts admins, of whom there are few, through an
 * index that holds nobody else; people are counted already. */
static const char *const sql[] = {
	[ADD] = "INSERT INTO member (account_id, user_id, email, name, role, created, signed_in) "
		"VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
	[GET] = SELECT "WHERE m.account_id = $1 AND m.id = $2",
	[BY_EMAIL] = SELECT "WHERE m.account_id = $1 AND m.email = $2",
	[OF_USER] =
		"SELECT " MEMBER_COLUMNS("m") ", a.name "
					      "FROM member m JOIN account a ON a.id = m.account_id "
					      "WHERE m.user_id = $1 ORDER BY a.name, a.id",
	[LIST] = SELECT "WHERE m.account_id = $1 AND m.id > $2 ORDER BY m.id LIMIT $3",
	[JOIN] = "UPDATE member SET user_id = $3, name = CASE name WHEN '' THEN "
		 "COALESCE((SELECT u.name FROM users u WHERE u.id = $3), '') ELSE name END "
		 "WHERE account_id = $1 AND id = $2",
	[ROLE] = "UPDATE member SET role = $3 WHERE account_id = $1 AND id = $2",
	[SEEN] = "UPDATE member SET signed_in = $3 WHERE account_id = $1 AND id = $2",
	[DELETE] = "DELETE FROM member WHERE account_id = $1 AND id = $2",
	[COUNTED] = "UPDATE account SET people = people + $2 WHERE id = $1",
	[COUNTS] = "SELECT a.people, (SELECT count(*) FROM member m WHERE m.account_id = a.id "
		   "AND m.role = 1 AND m.user_id IS NOT NULL) FROM account a WHERE a.id = $1",
};
_Static_assert(ROLE_ADMIN == 1, "COUNTS and the index member_admin say so");

/* member.account_name is read where the statement gives one. */
static const struct db_field fields[] = {
	DB_F_NUM(member, id),
	DB_F_NUM(member, account),
	DB_F_NUM(member, user),
	DB_F_TEXT(member, email),
	DB_F_TEXT(member, name),
	DB_F_ENUM(member, role, ROLE__MAX),
	DB_F_NUM(member, created),
	DB_F_NUM(member, signed_in),
	DB_F_TEXT(member, account_name),
};

/* Without the account's name: what a session carries. */
const struct db_shape store_member_shape = { sizeof(struct member), fields,
	(int)(sizeof(fields) / sizeof(fields[0])) - 1 };

static const struct db_shape named_shape = DB_SHAPE(member, fields);

static int one(struct db_rows *r, struct arena *a, struct member *out, struct err *e)
{
	return db_one(r, &named_shape, a, out, e);
}

/* COUNTED finds the account, because the row before refers to it. */
static int add(struct db *db, const struct member *m, int64_t *id, struct err *e)
{
	if (db_insert(db, sql[ADD],
		    DB_ARGS(DB_I(m->account), DB_REF(m->user), DB_S(m->email), DB_S(m->name),
			    DB_I(m->role), DB_I(clock_now()), DB_I(m->signed_in)),
		    id, e) < 0)
		return -1;
	return db_must(db, sql[COUNTED], DB_ARGS(DB_I(m->account), DB_I(1)), e);
}

int store_member_add(struct db *db, const struct member *m, int64_t *id, struct err *e)
{
	if (db_begin(db, DB_WRITE, e) < 0)
		return -1;
	return db_finish(db, add(db, m, id, e), e);
}

int store_member_get(struct db *db, struct arena *a, int64_t account, int64_t id,
	struct member *out, struct err *e)
{
	struct db_rows r;

	if (db_query(db, sql[GET], DB_ARGS(DB_I(account), DB_I(id)), &r, e) < 0)
		return -1;
	return one(&r, a, out, e);
}

int store_member_by_email(struct db *db, struct arena *a, int64_t account, const char *email,
	struct member *out, struct err *e)
{
	struct db_rows r;

	if (db_query(db, sql[BY_EMAIL], DB_ARGS(DB_I(account), DB_S(email)), &r, e) < 0)
		return -1;
	return one(&r, a, out, e);
}

int store_member_of_user(
	struct db *db, struct arena *a, int64_t user, struct member **out, struct err *e)
{
	struct db_rows r;
	int n;

	if (db_query(db, sql[OF_USER], DB_ARGS(DB_I(user)), &r, e) < 0)
		return -1;
	*out = db_list(&r, &named_shape, a, &n, e);
	return n;
}

int store_member_list(struct db *db, struct arena *a, int64_t account, struct page_of page,
	struct member **out, struct err *e)
{
	struct db_rows r;
	int n;

	if (db_query(db, sql[LIST],
		    DB_ARGS(DB_I(account), DB_I(page.after), STORE_LIMIT(page.limit)), &r, e) < 0)
		return -1;
	*out = db_list(&r, &named_shape, a, &n, e);
	return n;
}

int store_member_join(struct db *db, int64_t account, int64_t id, int64_t user, struct err *e)
{
	return db_must(db, sql[JOIN], DB_ARGS(DB_I(account), DB_I(id), DB_I(user)), e);
}

int store_member_role(struct db *db, int64_t account, int64_t id, enum role role, struct err *e)
{
	return db_must(db, sql[ROLE], DB_ARGS(DB_I(account), DB_I(id), DB_I(role)), e);
}

/* A member that has just been removed is no failure of signing in: nobody is told. */
int store_member_seen(struct db *db, int64_t account, int64_t id, struct err *e)
{
	return db_run(db, sql[SEEN], DB_ARGS(DB_I(account), DB_I(id), DB_I(clock_now())), NULL, e);
}

/* Sessions and links go by ON DELETE CASCADE. */
static int leave(struct db *db, int64_t account, int64_t id, struct err *e)
{
	if (db_must(db, sql[DELETE], DB_ARGS(DB_I(account), DB_I(id)), e) < 0)
		return -1;
	return db_must(db, sql[COUNTED], DB_ARGS(DB_I(account), DB_I(-1)), e);
}

int store_member_delete(struct db *db, int64_t account, int64_t id, struct err *e)
{
	if (db_begin(db, DB_WRITE, e) < 0)
		return -1;
	return db_finish(db, leave(db, account, id, e), e);
}

int store_member_counts(
	struct db *db, int64_t account, int64_t *admins, int64_t *all, struct err *e)
{
	struct db_rows r;
	int rc = db_first(db, sql[COUNTS], DB_ARGS(DB_I(account)), &r, e);

	*all = rc == 1 ? db_num(&r, 0) : 0;
	*admins = rc == 1 ? db_num(&r, 1) : 0;
	db_end(&r);
	return rc < 0 ? -1 : 0;
}
