/* Store rows: column lists and shapes of nouns that more than one store_*.c reads. Private to
 * store/. A list and its shape have the same order. `t` is the table's name or alias, as a literal.
 */
#ifndef LATCHKEY_STORE_ROW_H
#define LATCHKEY_STORE_ROW_H

#include "db.h"

#define ACCOUNT_COLUMNS(t)                                                                         \
	t ".id, " t ".name, " t ".created, " t ".session_idle, " t ".session_absolute, " t ".peop" \
	  "le"
extern const struct db_shape store_account_shape;

#define USER_COLUMNS(t)                                                                            \
	t ".id, " t ".email, " t ".name, " t ".pwhash, " t ".theme, " t ".created, " t             \
	  ".password_at"
extern const struct db_shape store_user_shape;

#define MEMBER_COLUMNS(t)                                                                          \
	t ".id, " t ".account_id, " t ".user_id, " t ".email, " t ".name, " t ".role, " t          \
	  ".created, " t ".signed_in, " t ".kind, " t ".off_at, " t ".calendar"
extern const struct db_shape store_member_shape;

#define STANDING_COLUMNS(t)                                                                        \
	t ".id, " t ".account_id, " t ".status, " t ".reason, " t ".fixer, " t ".note, " t         \
	  ".grants, " t ".reach, " t ".since, " t ".checked_at, " t ".tried_at, " t ".tried, " t   \
	  ".fails, " t ".next_at, " t ".asked, " t ".method, " t ".seen_by, " t ".proof"
/* For the shape of a struct whose first member is a struct standing named s. */
#define STANDING_FIELDS(of)                                                                        \
	DB_F_NUM(of, s.member), DB_F_NUM(of, s.account), DB_F_ENUM(of, s.status, STATUS__MAX),     \
		DB_F_TEXT(of, s.reason), DB_F_ENUM(of, s.fixer, FIXER__MAX),                       \
		DB_F_TEXT(of, s.note), DB_F_NUM(of, s.grants), DB_F_ENUM(of, s.reach, REACH__MAX), \
		DB_F_NUM(of, s.since), DB_F_NUM(of, s.checked_at), DB_F_NUM(of, s.tried_at),       \
		DB_F_TEXT(of, s.tried), DB_F_NUM(of, s.fails), DB_F_NUM(of, s.next_at),            \
		DB_F_NUM(of, s.asked), DB_F_TEXT(of, s.method), DB_F_NUM(of, s.connection),        \
		DB_F_TEXT(of, s.proof)

#define ENGINE_COLUMNS(t) t ".pid, " t ".started, " t ".seen, " t ".version, " t ".key_id"
extern const struct db_shape store_engine_shape;

/* LIMIT of a list; PostgreSQL refuses less than nothing. */
#define STORE_LIMIT(n) DB_I((n) > 0 ? (n) : 0)
/* Key below which a newest-first page begins; 0 = from the newest. */
#define STORE_BEFORE(key) DB_I((key) > 0 ? (key) : INT64_MAX)

#endif
