/* Members: the people of an account.
 *
 * Rules: every statement takes the account. account.people is kept in the same transaction as the
 * rows it counts.
 */
#include "store.h"
#include "store_mail.h"
#include "store_row.h"
#include "store_trial.h"

#include "platform/clock.h"
#include "platform/fold.h"
#include "platform/str.h"

enum {
	ADD,
	GET,
	BY_EMAIL,
	OF_USER,
	LIST,
	ADMINS,
	JOIN,
	EDIT,
	OFF,
	ROLE,
	SEEN,
	STANDS,
	DELETE,
	COUNTED,
	COUNTS
};

/* The empty text stands for the account's name, which only OF_USER gives. */
#define SELECT "SELECT " MEMBER_COLUMNS("m") ", '' FROM member m "

/* JOIN keeps a name that an admin gave. COUNTS counts admins, of whom there are few, through an
 * index that holds nobody else; people are counted already. */
static const char *const sql[] = {
	[ADD] = "INSERT INTO member (account_id, user_id, email, name, role, created, signed_in, "
		"kind, calendar, name_key, last_key, since, next_at) "
		"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $6, $6) RETURNING id",
	[GET] = SELECT "WHERE m.account_id = $1 AND m.id = $2",
	[BY_EMAIL] = SELECT "WHERE m.account_id = $1 AND m.email = $2",
	[OF_USER] = "SELECT " MEMBER_COLUMNS(
		"m") ", a.name "
		     "FROM member m JOIN account a ON a.id = m.account_id "
		     "WHERE m.user_id = $1 AND m.off_at = 0 ORDER BY a.name, "
		     "a.id",
	[LIST] = SELECT
	"WHERE m.account_id = $1 AND m.kind = 0 AND m.id > $2 ORDER BY m.id LIMIT $3",
	[ADMINS] = SELECT "WHERE m.account_id = $1 AND m.kind = 0 AND m.role = 1 "
			  "ORDER BY m.name_key, m.id LIMIT 500",
	[JOIN] = "UPDATE member SET user_id = $3, name = $4, name_key = $5, last_key = $6 "
		 "WHERE account_id = $1 AND id = $2",
	[EDIT] = "UPDATE member SET name = $3, calendar = $4, name_key = $5, last_key = $6, "
		 "next_at = CASE WHEN calendar <> $4 AND off_at = 0 THEN $7 ELSE next_at END "
		 "WHERE account_id = $1 AND id = $2",
	/* Of what was seen nothing counts any more. */
	[OFF] = "UPDATE member SET off_at = $3, status = $4, reason = 'not_checked', fixer = 0, "
		"note = 'ok', grants = 0, reach = 0, since = $5, checked_at = 0, tried_at = 0, "
		"tried = 'ok', fails = 0, next_at = $6, asked = 0, proof = '', remind_n = 0, "
		"remind_at = 0 WHERE account_id = $1 AND id = $2 AND (off_at > 0) = ($3 = 0)",
	[ROLE] = "UPDATE member SET role = $3 WHERE account_id = $1 AND id = $2",
	[SEEN] = "UPDATE member SET signed_in = $3 WHERE account_id = $1 AND id = $2",
	[STANDS] = "SELECT status, reason, fixer, reach, kind FROM member WHERE account_id = $1 "
		   "AND id = $2",
	[DELETE] = "DELETE FROM member WHERE account_id = $1 AND id = $2",
	[COUNTED] = "UPDATE account SET people = people + $2 WHERE id = $1",
	[COUNTS] = "SELECT a.people, (SELECT count(*) FROM member m WHERE m.account_id = a.id "
		   "AND m.role = 1 AND m.user_id IS NOT NULL AND m.off_at = 0) FROM account a "
		   "WHERE a.id = $1",
};
_Static_assert(ROLE_ADMIN == 1, "ADMINS, COUNTS and their indexes say so");

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
	DB_F_ENUM(member, kind, MEMBER__MAX),
	DB_F_NUM(member, off_at),
	DB_F_TEXT(member, calendar),
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

/* What a member is found and sorted by. */
struct keys {
	char name[FOLD_MAX + 1];
	char last[FOLD_MAX + 1];
};

static void keys_of(struct keys *k, const char *name, const char *email)
{
	const char *shown = !str_empty(name) ? name : email ? email : "";

	fold_text(k->name, sizeof(k->name), shown);
	fold_last(k->last, sizeof(k->last), shown);
}

/* COUNTED finds the account, because the row refers to it. */
int store_member_counted(struct db *db, int64_t account, enum member_kind kind,
	const struct roster_count *c, struct err *e)
{
	if (store_roster_counted(db, account, kind, c, e) < 0)
		return -1;
	if (kind != MEMBER_PERSON)
		return 0;
	return db_must(db, sql[COUNTED], DB_ARGS(DB_I(account), DB_I(c->n)), e);
}

static int add(struct db *db, const struct member *m, int64_t *id, struct err *e)
{
	const struct roster_count c = { .reason = "not_checked", .n = 1 };
	struct keys k;

	keys_of(&k, m->name, m->email);
	if (db_insert(db, sql[ADD],
		    DB_ARGS(DB_I(m->account), DB_REF(m->user), DB_S(m->email), DB_S(m->name),
			    DB_I(m->role), DB_I(clock_now()), DB_I(m->signed_in), DB_I(m->kind),
			    DB_S(m->calendar), DB_S(k.name), DB_S(k.last)),
		    id, e) < 0)
		return -1;
	return store_member_counted(db, m->account, m->kind, &c, e);
}

static int add_told(struct db *db, const struct member *m, struct member_event *v, struct err *e)
{
	if (add(db, m, &v->member, e) < 0)
		return -1;
	return store_event_add(db, v, e);
}

int store_member_add(struct db *db, const struct member *m, const char *how, const char *by,
	int64_t *id, struct err *e)
{
	struct member_event v = { .account = m->account,
		.what = MEMBER_ADDED,
		.was_reason = "not_checked",
		.reason = "not_checked",
		.detail = how,
		.by = by };

	if (db_begin(db, DB_WRITE, e) < 0 || db_finish(db, add_told(db, m, &v, e), e) < 0)
		return -1;
	*id = v.member;
	return 0;
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

int store_member_admins(
	struct db *db, struct arena *a, int64_t account, struct member **out, struct err *e)
{
	struct db_rows r;
	int n;

	if (db_query(db, sql[ADMINS], DB_ARGS(DB_I(account)), &r, e) < 0)
		return -1;
	*out = db_list(&r, &named_shape, a, &n, e);
	return n;
}

static int edit(struct db *db, struct arena *a, const struct member *m, struct err *e)
{
	struct keys k;

	(void)a;
	keys_of(&k, m->name, m->email);
	if (store_trial_edited(db, m, k.name, e) < 0)
		return -1;
	return db_must(db, sql[EDIT],
		DB_ARGS(DB_I(m->account), DB_I(m->id), DB_S(m->name), DB_S(m->calendar),
			DB_S(k.name), DB_S(k.last), DB_I(clock_now())),
		e);
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

/* How a member stands, as it is counted: 1, 0 there is none. Texts are in the arena. */
static int stands(struct db *db, struct arena *a, const struct member *which,
	struct roster_count *out, enum member_kind *kind, struct err *e)
{
	struct db_rows r;
	int rc = db_first(db, sql[STANDS], DB_ARGS(DB_I(which->account), DB_I(which->id)), &r, e);

	if (rc == 1) {
		*out = (struct roster_count){ .status = (enum status)db_num(&r, 0),
			.reason = db_text(&r, 1, a),
			.fixer = (enum fixer)db_num(&r, 2),
			.reach = (enum reach)db_num(&r, 3) };
		*kind = (enum member_kind)db_num(&r, 4);
	}
	db_end(&r);
	if (rc == 0)
		return ERR(e, ERR_MISSING, NULL, "no member %lld", (long long)which->id);
	return rc < 0 ? -1 : 0;
}

static int off(struct db *db, struct arena *a, const struct member *m, struct err *e)
{
	const int64_t now = clock_now();
	struct roster_count was, is = { .reason = "not_checked", .n = 1 };
	enum member_kind kind;

	is.status = m->off_at ? STATUS_OFF : STATUS_NOT_CHECKED;
	if (store_trial_drop(db, m->account, m->id, e) < 0 ||
		stands(db, a, m, &was, &kind, e) < 0 ||
		db_must(db, sql[OFF],
			DB_ARGS(DB_I(m->account), DB_I(m->id), DB_I(m->off_at), DB_I(is.status),
				DB_I(now), DB_I(m->off_at ? 0 : now)),
			e) < 0)
		return -1;
	was.n = -1;
	if (store_roster_counted(db, m->account, kind, &was, e) < 0)
		return -1;
	return store_roster_counted(db, m->account, kind, &is, e);
}

/* Sessions, links and all else go by ON DELETE CASCADE. */
static int leave(struct db *db, struct arena *a, const struct member *m, struct err *e)
{
	struct roster_count was;
	enum member_kind kind;

	if (store_trial_drop(db, m->account, m->id, e) < 0 ||
		stands(db, a, m, &was, &kind, e) < 0 ||
		db_must(db, sql[DELETE], DB_ARGS(DB_I(m->account), DB_I(m->id)), e) < 0)
		return -1;
	was.n = -1;
	return store_member_counted(db, m->account, kind, &was, e);
}

/* A change of one member, with what is counted, in one transaction. */
static int change(struct db *db, const struct member *m,
	int (*what)(struct db *db, struct arena *a, const struct member *m, struct err *e),
	struct err *e)
{
	struct arena a;
	int rc;

	if (db_begin(db, DB_WRITE, e) < 0)
		return -1;
	arena_init(&a, DB_FIELD_MAX * 2);
	rc = what(db, &a, m, e);
	arena_done(&a);
	return db_finish(db, rc, e);
}

static int join(struct db *db, struct arena *a, const struct member *m, struct err *e)
{
	struct keys k;

	(void)a;
	keys_of(&k, m->name, m->email);
	if (store_trial_edited(db, m, k.name, e) < 0)
		return -1;
	return db_must(db, sql[JOIN],
		DB_ARGS(DB_I(m->account), DB_I(m->id), DB_I(m->user), DB_S(m->name), DB_S(k.name),
			DB_S(k.last)),
		e);
}

int store_member_join(struct db *db, const struct member *m, struct err *e)
{
	return change(db, m, join, e);
}

int store_member_edit(struct db *db, const struct member *m, struct err *e)
{
	return change(db, m, edit, e);
}

int store_member_off(struct db *db, int64_t account, int64_t id, int64_t at, struct err *e)
{
	return change(db, &(struct member){ .account = account, .id = id, .off_at = at }, off, e);
}

int store_member_delete(struct db *db, int64_t account, int64_t id, struct err *e)
{
	return change(db, &(struct member){ .account = account, .id = id }, leave, e);
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

int store_member_last(struct db *db, const struct member *m, struct err *e)
{
	int64_t admins, all;

	if (m->role != ROLE_ADMIN || !m->user || m->off_at)
		return 0;
	return store_member_counts(db, m->account, &admins, &all, e) < 0 ? -1 : admins <= 1;
}

int store_member_shut(struct db *db, int64_t account, int64_t member, struct err *e)
{
	for (enum link_kind k = 0; k < LINK__MAX; k++) {
		if (store_invitation_revoke(db, account, member, k, e) < 0)
			return -1;
	}
	if (store_mail_drop(db, account, member, MAIL_INVITATION, e) < 0 ||
		store_mail_drop(db, account, member, MAIL_RESET, e) < 0 ||
		store_session_end_member(db, account, member, e) < 0)
		return -1;
	return store_week_drop(db, account, member, e);
}
