/* Mails: the queue between those who have something to say and the engine, which sends.
 *
 * Rules: a mail goes to a member's address, taken from their row; only ops' test names one. As with
 * jobs one column says when somebody should look at a mail next, so that a mail left behind by an
 * engine that died is found as any other. Only the owner of the lease ends it.
 */
#include "store_mail.h"
#include "store_row.h"

#include <stdlib.h>
#include "platform/clock.h"

enum {
	ADD_MEMBER,
	ADD_ADDRESS,
	ADD_ADMINS,
	SEAL,
	DROP,
	GET,
	FIND,
	LIST,
	LIST_STATE,
	OF_MEMBER,
	COUNT,
	STATES,
	RETRY,
	RETRY_ALL,
	LEASE,
	LEASE_GROUP,
	AGAIN,
	END,
	RELEASE,
	NEXT_DUE,
	FOREIGN,
	RESEAL,
	SEALED,
	EXPIRE,
	SWEEP
};

_Static_assert(MAIL_QUEUED == 0 && MAIL_FAILED == 2 && MAIL_DROPPED == 3 && ROLE_ADMIN == 1,
	"the statements and the partial index say so");

/* In the order of the fields. */
#define COLUMNS                                                                                    \
	"id, account_id, member_id, kind, email, name, params, dedupe, grp, key_id, sealed, "      \
	"state, attempts, run_at, expires, give_up, created, ended, problem"
#define SELECT "SELECT " COLUMNS " FROM mail WHERE "
#define INTO                                                                                       \
	"INSERT INTO mail (kind, params, dedupe, grp, expires, run_at, give_up, created, "         \
	"account_id, member_id, email, name) "
#define VALUES "$1, $2, $3, $4, $5, $6, $7, $8, "
#define ONCE " ON CONFLICT (account_id, member_id, dedupe) DO NOTHING "
#define OURS "WHERE id = $1 AND lease_owner = $2 AND state = 0"
#define LEASED "UPDATE mail SET lease_owner = $1, run_at = $2, attempts = attempts + 1 WHERE "
#define WAITS_AGAIN                                                                                \
	"UPDATE mail SET state = 0, attempts = 0, problem = '', ended = 0, lease_owner = '', "     \
	"run_at = $1, give_up = $2 WHERE state = 2 AND (expires = 0 OR expires > $1)"

static const char *const sql[] = {
	[ADD_MEMBER] = INTO "SELECT " VALUES "m.account_id, m.id, m.email, m.name FROM member m "
			    "WHERE m.account_id = $9 AND m.id = $10" ONCE "RETURNING id",
	[ADD_ADDRESS] = INTO "VALUES (" VALUES "$9, NULL, $10, $11) RETURNING id",
	[ADD_ADMINS] = INTO "SELECT " VALUES "m.account_id, m.id, m.email, m.name FROM member m "
			    "WHERE m.account_id = $9 AND m.role = 1 AND m.user_id IS NOT NULL "
			    "AND m.off_at = 0" ONCE,
	[SEAL] = "UPDATE mail SET key_id = $2, sealed = $3 WHERE id = $1",
	[DROP] = "UPDATE mail SET state = 3, ended = $4, problem = $5, key_id = '', sealed = NULL, "
		 "lease_owner = '' WHERE account_id = $1 AND member_id = $2 AND kind = $3 "
		 "AND state IN (0, 2)",
	[GET] = SELECT "id = $1",
	[FIND] = SELECT "account_id = $1 AND member_id = $2 AND dedupe = $3",
	[LIST] = SELECT "id < $1 ORDER BY id DESC LIMIT $2",
	[LIST_STATE] = SELECT "id < $1 AND state = $3 ORDER BY id DESC LIMIT $2",
	[OF_MEMBER] = SELECT "account_id = $1 AND member_id = $4 AND id < $2 "
			     "ORDER BY id DESC LIMIT $3",
	[COUNT] = "SELECT count(*) FROM mail WHERE state = $1 AND ended >= $2",
	[STATES] =
		"SELECT count(CASE state WHEN 0 THEN 1 END), count(CASE state WHEN 1 THEN 1 END), "
		"count(CASE state WHEN 2 THEN 1 END), count(CASE state WHEN 3 THEN 1 END) "
		"FROM mail WHERE account_id = $1",
	[RETRY] = WAITS_AGAIN " AND id = $3",
	[RETRY_ALL] = WAITS_AGAIN,
	[LEASE] = LEASED "id = (SELECT id FROM mail WHERE state = 0 AND run_at <= $3 "
			 "ORDER BY run_at, id LIMIT 1) AND state = 0 AND run_at <= $3 "
			 "RETURNING " COLUMNS,
	[LEASE_GROUP] = LEASED "id IN (SELECT id FROM mail WHERE account_id = $3 "
			       "AND member_id = $4 AND kind = $5 AND grp = $6 AND state = 0 "
			       "AND lease_owner = '' ORDER BY id LIMIT $7) "
			       "AND lease_owner = '' RETURNING " COLUMNS,
	[AGAIN] =
		"UPDATE mail SET run_at = $3, problem = $4, attempts = $5, lease_owner = '' " OURS,
	[END] = "UPDATE mail SET state = $3, problem = $4, ended = $5, lease_owner = '', "
		"key_id = CASE $3 WHEN 2 THEN key_id ELSE '' END, "
		"sealed = CASE $3 WHEN 2 THEN sealed ELSE NULL END " OURS,
	[RELEASE] = "UPDATE mail SET run_at = $2, lease_owner = '' "
		    "WHERE state = 0 AND lease_owner = $1",
	[NEXT_DUE] = "SELECT min(run_at) FROM mail WHERE state = 0",
	[FOREIGN] = SELECT "sealed IS NOT NULL AND key_id <> $1 AND id > $2 ORDER BY id LIMIT $3",
	[RESEAL] = "UPDATE mail SET key_id = $3, sealed = $4 WHERE id = $1 AND sealed = $2",
	[SEALED] = "SELECT count(*) FROM mail WHERE key_id = $1 AND sealed IS NOT NULL",
	[EXPIRE] = "UPDATE mail SET key_id = '', sealed = NULL "
		   "WHERE state = 2 AND sealed IS NOT NULL AND expires <= $1",
	[SWEEP] = "DELETE FROM mail WHERE ended > 0 AND ended < $1",
};

static const struct db_field fields[] = {
	DB_F_NUM(mail, id),
	DB_F_NUM(mail, account),
	DB_F_NUM(mail, member),
	DB_F_TEXT(mail, kind),
	DB_F_TEXT(mail, email),
	DB_F_TEXT(mail, name),
	DB_F_TEXT(mail, params),
	DB_F_NULLABLE(mail, dedupe),
	DB_F_TEXT(mail, group),
	DB_F_TEXT(mail, key_id),
	DB_F_BYTES(mail, sealed, sealed_len),
	DB_F_ENUM(mail, state, MAIL__MAX),
	DB_F_NUM(mail, attempts),
	DB_F_NUM(mail, run_at),
	DB_F_NUM(mail, expires),
	DB_F_NUM(mail, give_up),
	DB_F_NUM(mail, created),
	DB_F_NUM(mail, ended),
	DB_F_TEXT(mail, problem),
};

static const struct db_shape shape = DB_SHAPE(mail, fields);

/* --- queueing --- */

enum { COMMON = 8, ADD_MAX = 11 };

/* What all three statements begin with. */
static void common(const struct mail *m, struct db_value v[ADD_MAX])
{
	int64_t now = clock_now(), at = m->run_at ? m->run_at : now;
	const struct db_value first[COMMON] = { DB_S(m->kind), DB_S(m->params), DB_T(m->dedupe),
		DB_S(m->group), DB_I(m->expires), DB_I(at), DB_I(at + MAIL_KEEP_TRYING),
		DB_I(now) };

	for (size_t i = 0; i < COMMON; i++)
		v[i] = first[i];
}

int store_mail_add(struct db *db, struct mail *m, struct err *e)
{
	struct db_value v[ADD_MAX];
	int rc;

	common(m, v);
	v[8] = DB_REF(m->account);
	v[9] = m->member ? DB_I(m->member) : DB_S(m->email);
	v[10] = DB_S(m->name);
	rc = m->member ? db_number(db, sql[ADD_MEMBER], v, ADD_MAX - 1, &m->id, e)
		       : db_number(db, sql[ADD_ADDRESS], v, ADD_MAX, &m->id, e);
	if (rc == 0 && !m->dedupe)
		return ERR(e, ERR_MISSING, NULL, "mail: no member %lld", (long long)m->member);
	return rc;
}

int64_t store_mail_admins(struct db *db, const struct mail *m, struct err *e)
{
	struct db_value v[ADD_MAX];

	common(m, v);
	v[8] = DB_I(m->account);
	return db_changed(db, sql[ADD_ADMINS], v, COMMON + 1, e);
}

void store_mail_home(const struct mail *m, struct seal_home *out)
{
	const char *parts[] = { m->kind, m->email };

	*out = (struct seal_home){ .account = m->account, .row = m->id, .purpose = "mail" };
	seal_hash(out->policy, parts, 2);
}

int store_mail_seal(struct db *db, int64_t id, const char *key_id, const void *sealed, size_t len,
	struct err *e)
{
	return db_must(db, sql[SEAL], DB_ARGS(DB_I(id), DB_S(key_id), DB_B(sealed, len)), e);
}

int64_t store_mail_drop(
	struct db *db, int64_t account, int64_t member, const char *kind, struct err *e)
{
	return db_changed(db, sql[DROP],
		DB_ARGS(DB_I(account), DB_I(member), DB_S(kind), DB_I(clock_now()),
			DB_S("Its link has ended.")),
		e);
}

/* --- looking --- */

static int one(struct db *db, const char *text, const struct db_value *v, size_t n, struct arena *a,
	struct mail *out, struct err *e)
{
	struct db_rows r;

	return db_query(db, text, v, n, &r, e) < 0 ? -1 : db_one(&r, &shape, a, out, e);
}

static int many(struct db *db, const char *text, const struct db_value *v, size_t n,
	struct arena *a, struct mail **out, struct err *e)
{
	struct db_rows r;
	int count;

	if (db_query(db, text, v, n, &r, e) < 0)
		return -1;
	*out = db_list(&r, &shape, a, &count, e);
	return count;
}

int store_mail_get(struct db *db, struct arena *a, int64_t id, struct mail *out, struct err *e)
{
	return one(db, sql[GET], DB_ARGS(DB_I(id)), a, out, e);
}

int store_mail_find(
	struct db *db, struct arena *a, const struct mail *like, struct mail *out, struct err *e)
{
	return one(db, sql[FIND],
		DB_ARGS(DB_I(like->account), DB_I(like->member), DB_T(like->dedupe)), a, out, e);
}

int store_mail_list(struct db *db, struct arena *a, int state, struct page_of page,
	struct mail **out, struct err *e)
{
	const struct db_value v[] = { STORE_BEFORE(page.after), STORE_LIMIT(page.limit),
		DB_I(state) };

	return many(db, sql[state < 0 ? LIST : LIST_STATE], v, state < 0 ? 2 : 3, a, out, e);
}

int store_mail_of_member(struct db *db, struct arena *a, const struct member *m,
	struct page_of page, struct mail **out, struct err *e)
{
	return many(db, sql[OF_MEMBER],
		DB_ARGS(DB_I(m->account), STORE_BEFORE(page.after), STORE_LIMIT(page.limit),
			DB_I(m->id)),
		a, out, e);
}

int64_t store_mail_count(struct db *db, enum mail_state state, int64_t since, struct err *e)
{
	int64_t n;

	return db_number(db, sql[COUNT], DB_ARGS(DB_I(state), DB_I(since)), &n, e) < 0 ? -1 : n;
}

static const struct db_field states_fields[] = {
	DB_F_NUM(mail_states, n[MAIL_QUEUED]),
	DB_F_NUM(mail_states, n[MAIL_SENT]),
	DB_F_NUM(mail_states, n[MAIL_FAILED]),
	DB_F_NUM(mail_states, n[MAIL_DROPPED]),
};
static const struct db_shape states_shape = DB_SHAPE(mail_states, states_fields);
_Static_assert(MAIL__MAX == 4, "STATES counts them");

int store_mail_states(struct db *db, int64_t account, struct mail_states *out, struct err *e)
{
	struct db_rows r;

	if (db_query(db, sql[STATES], DB_ARGS(DB_I(account)), &r, e) < 0)
		return -1;
	return db_one(&r, &states_shape, NULL, out, e) < 0 ? -1 : 0;
}

int64_t store_mail_retry(struct db *db, int64_t id, struct err *e)
{
	int64_t now = clock_now();
	const struct db_value v[] = { DB_I(now), DB_I(now + MAIL_KEEP_TRYING), DB_I(id) };

	return db_changed(db, sql[id ? RETRY : RETRY_ALL], v, id ? 3 : 2, e);
}

/* --- sending --- */

/* The others of its group, behind the first: how many in all. */
static int lease_group(struct db *db, struct arena *a, const struct db_value v[2],
	struct mail **out, struct err *e)
{
	const struct mail first = **out;
	struct mail *others, *all;
	int n = many(db, sql[LEASE_GROUP],
		DB_ARGS(v[0], v[1], DB_I(first.account), DB_I(first.member), DB_S(first.kind),
			DB_S(first.group), DB_I(MAIL_GROUP_MAX - 1)),
		a, &others, e);

	if (n <= 0)
		return n < 0 ? -1 : 1;
	all = arena_array(a, (size_t)n + 1, sizeof(*all));
	all[0] = first;
	for (int i = 0; i < n; i++)
		all[i + 1] = others[i];
	*out = all;
	return n + 1;
}

static int by_id(const void *a, const void *b)
{
	const struct mail *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static int lease(struct db *db, struct arena *a, const struct db_value v[3], struct mail **out,
	struct err *e)
{
	int n = many(db, sql[LEASE], v, 3, a, out, e);

	if (n == 1 && (*out)->group[0])
		n = lease_group(db, a, v, out, e);
	if (n > 1)
		qsort(*out, (size_t)n, sizeof(**out), by_id);
	return n;
}

int store_mail_lease(struct db *db, struct arena *a, const char *owner, int64_t until,
	struct mail **out, struct err *e)
{
	const struct db_value v[] = { DB_S(owner), DB_I(until), DB_I(clock_now()) };

	if (db_begin(db, DB_WRITE, e) < 0)
		return -1;
	return db_finish(db, lease(db, a, v, out, e), e);
}

int store_mail_again(
	struct db *db, const struct mail *m, const char *owner, int counts, struct err *e)
{
	return (int)db_changed(db, sql[AGAIN],
		DB_ARGS(DB_I(m->id), DB_S(owner), DB_I(m->run_at), DB_S(m->problem),
			DB_I(m->attempts - !counts)),
		e);
}

int store_mail_end(struct db *db, const struct mail *m, const char *owner, struct err *e)
{
	if (m->state == MAIL_QUEUED)
		return ERR(e, ERR_INTERNAL, NULL, "a mail cannot end as queued");
	return (int)db_changed(db, sql[END],
		DB_ARGS(DB_I(m->id), DB_S(owner), DB_I(m->state), DB_S(m->problem),
			DB_I(clock_now())),
		e);
}

int store_mail_release(struct db *db, const char *owner, struct err *e)
{
	return db_run(db, sql[RELEASE], DB_ARGS(DB_S(owner), DB_I(clock_now())), NULL, e);
}

int store_mail_next_due(struct db *db, int64_t *at, struct err *e)
{
	return db_number(db, sql[NEXT_DUE], DB_NONE, at, e) < 0 ? -1 : 0;
}

/* --- tokens and keys --- */

int store_mail_foreign(struct db *db, struct arena *a, const char *key_id, struct page_of page,
	struct mail **out, struct err *e)
{
	return many(db, sql[FOREIGN],
		DB_ARGS(DB_S(key_id), DB_I(page.after), STORE_LIMIT(page.limit)), a, out, e);
}

int store_mail_reseal(struct db *db, const struct mail *old, const char *key_id, const void *sealed,
	size_t len, struct err *e)
{
	return (int)db_changed(db, sql[RESEAL],
		DB_ARGS(DB_I(old->id), DB_B(old->sealed, old->sealed_len), DB_S(key_id),
			DB_B(sealed, len)),
		e);
}

int store_mail_sealed(struct db *db, const char *key_id, int64_t *n, struct err *e)
{
	return db_number(db, sql[SEALED], DB_ARGS(DB_S(key_id)), n, e) < 0 ? -1 : 0;
}

int64_t store_mail_sweep(struct db *db, int64_t ended_before, struct err *e)
{
	if (db_run(db, sql[EXPIRE], DB_ARGS(DB_I(clock_now())), NULL, e) < 0)
		return -1;
	return db_changed(db, sql[SWEEP], DB_ARGS(DB_I(ended_before)), e);
}
