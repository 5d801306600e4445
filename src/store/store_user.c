/* Users: who can sign in.
 *
 * Rules: the address is stored in lower case, which the schema checks; pwhash is NULL until the
 * first password, so that no check of a password can succeed before.
 */
#include "store.h"
#include "store_row.h"

#include "platform/clock.h"

enum { GET, BY_EMAIL, ADD, PASSWORD, THEME };

static const char *const sql[] = {
	[GET] = "SELECT " USER_COLUMNS("u") " FROM users u WHERE u.id = $1",
	[BY_EMAIL] = "SELECT " USER_COLUMNS("u") " FROM users u WHERE u.email = $1",
	[ADD] = "INSERT INTO users (email, name, pwhash, created, password_at) "
		"VALUES ($1, $2, $3, $4, $5) RETURNING id",
	[PASSWORD] = "UPDATE users SET pwhash = $2, password_at = $3 WHERE id = $1",
	[THEME] = "UPDATE users SET theme = $2 WHERE id = $1",
};

/* In the order of USER_COLUMNS. */
static const struct db_field fields[] = {
	DB_F_NUM(user, id),
	DB_F_TEXT(user, email),
	DB_F_TEXT(user, name),
	DB_F_NULLABLE(user, pwhash),
	DB_F_TEXT(user, theme),
	DB_F_NUM(user, created),
	DB_F_NUM(user, password_at),
};

const struct db_shape store_user_shape = DB_SHAPE(user, fields);

int store_user_by_email(
	struct db *db, struct arena *a, const char *email, struct user *out, struct err *e)
{
	struct db_rows r;

	if (db_query(db, sql[BY_EMAIL], DB_ARGS(DB_S(email)), &r, e) < 0)
		return -1;
	return db_one(&r, &store_user_shape, a, out, e);
}

int store_user_get(struct db *db, struct arena *a, int64_t id, struct user *out, struct err *e)
{
	struct db_rows r;

	if (db_query(db, sql[GET], DB_ARGS(DB_I(id)), &r, e) < 0)
		return -1;
	return db_one(&r, &store_user_shape, a, out, e);
}

/* A user without a password has none of any age. */
int store_user_add(struct db *db, const char *email, const char *name, const char *pwhash,
	int64_t *id, struct err *e)
{
	int64_t now = clock_now();

	return db_insert(db, sql[ADD],
		DB_ARGS(DB_S(email), DB_S(name), DB_T(pwhash), DB_I(now), DB_I(pwhash ? now : 0)),
		id, e);
}

int store_user_password(struct db *db, int64_t id, const char *pwhash, struct err *e)
{
	return db_must(db, sql[PASSWORD], DB_ARGS(DB_I(id), DB_T(pwhash), DB_I(clock_now())), e);
}

int store_user_theme(struct db *db, int64_t id, const char *theme, struct err *e)
{
	return db_must(db, sql[THEME], DB_ARGS(DB_I(id), DB_S(theme)), e);
}
