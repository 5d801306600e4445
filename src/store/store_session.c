/* Sessions: who is signed in. Only a hash of the cookie is stored.
 *
 * store_session_get runs on every request: one statement, each table by its key.
 */
#include "store.h"
#include "store_row.h"

#include "platform/clock.h"
#include "platform/seal.h"

enum {
	ADD,
	GET,
	OF_ACCOUNT,
	OF_USER,
	TOUCH,
	CHOOSE,
	RENEW,
	END_OF_USER,
	END_IN_ACCOUNT,
	END_MEMBER,
	END_USER,
	END_ACCOUNT,
	SWEEP
};

/* With the user's name and address, for lists. */
#define COLUMNS                                                                                    \
	"s.id, s.user_id, s.account_id, s.member_id, s.created, s.seen, s.fresh, s.address, "      \
	"s.agent, u.name, u.email"
#define LIST "SELECT " COLUMNS " FROM session s JOIN users u ON u.id = s.user_id WHERE s."
#define NEWEST " = $1 ORDER BY s.seen DESC, s.id DESC LIMIT 200"

/* What every page shows of the live connection; a paused one says so at once, before the engine
 * has seen it. */
#define LIVE "c.id, c.mailbox, c.method, c.signin, c.paused_at, c.paused_by, c.paused_why"
#define HEALTH                                                                                     \
	"CASE WHEN c.paused_at > 0 THEN 5 ELSE h.state END, h.reason, h.say, "                     \
	"CASE WHEN c.paused_at > 0 THEN c.paused_at ELSE h.since END, h.ok_at, h.next_at"
_Static_assert(HEALTH_PAUSED == 5 && CONN_LIVE == 2, "the statements say so");

/* Kept, not counted. */
#define ROOMS                                                                                      \
	"COALESCE((SELECT sum(k.n) FROM member_count k WHERE k.account_id = a.id AND k.kind = "    \
	"1), 0)"
_Static_assert(MEMBER_ROOM == 1, "ROOMS says so");

#define VIEW                                                                                       \
	COLUMNS ", " USER_COLUMNS("u") ", " ACCOUNT_COLUMNS("a") ", " MEMBER_COLUMNS(              \
		"m") ", " ENGINE_COLUMNS("g") ", " LIVE ", " HEALTH ", " ROOMS                     \
					      " FROM session s JOIN users u ON u.id = s.user_id "  \
					      "LEFT JOIN account a ON a.id = s.account_id "        \
					      "LEFT JOIN member m ON m.id = s.member_id "          \
					      "LEFT JOIN engine g ON g.id = 1 "                    \
					      "LEFT JOIN connection c ON c.account_id = "          \
					      "s.account_id AND c.stage = 2 "                      \
					      "LEFT JOIN health h ON h.connection_id = c.id"

/* A deactivated member has no session. GET joins the engine's only row too, and how the account's
 * connection does: every page says whether both are well. ADD cuts the browser's name for itself,
 * which anybody may make as long as they like. */
static const char *const sql[] = {
	[ADD] = "INSERT INTO session "
		"(hash, user_id, account_id, member_id, created, seen, fresh, address, agent) "
		"VALUES ($1, $2, $3, $4, $5, $5, $5, $6, substr($7, 1, 300)) RETURNING id",
	[GET] = "SELECT " VIEW " WHERE s.hash = $1 AND COALESCE(m.off_at, 0) = 0",
	[OF_ACCOUNT] = LIST "account_id" NEWEST,
	[OF_USER] = LIST "user_id" NEWEST,
	[TOUCH] = "UPDATE session SET seen = $2 WHERE id = $1",
	[CHOOSE] = "UPDATE session SET account_id = $2, member_id = $3, hash = $4 WHERE id = $1",
	[RENEW] = "UPDATE session SET hash = $2, fresh = $3 WHERE id = $1",
	[END_OF_USER] = "DELETE FROM session WHERE id = $1 AND user_id = $2",
	[END_IN_ACCOUNT] = "DELETE FROM session WHERE id = $1 AND account_id = $2",
	[END_MEMBER] = "DELETE FROM session WHERE member_id = $1 AND account_id = $2",
	[END_USER] = "DELETE FROM session WHERE user_id = $1 AND id <> $2",
	[END_ACCOUNT] = "DELETE FROM session WHERE account_id = $1 AND id <> $2",
	[SWEEP] = "DELETE FROM session WHERE seen < $1 OR created < $2",
};

/* In the order of COLUMNS. */
static const struct db_field fields[] = {
	DB_F_NUM(session, id),
	DB_F_NUM(session, user),
	DB_F_NUM(session, account),
	DB_F_NUM(session, member),
	DB_F_NUM(session, created),
	DB_F_NUM(session, seen),
	DB_F_NUM(session, fresh),
	DB_F_TEXT(session, address),
	DB_F_TEXT(session, agent),
	DB_F_TEXT(session, name),
	DB_F_TEXT(session, email),
};

static const struct db_shape shape = DB_SHAPE(session, fields);

/* In the order of LIVE and of HEALTH. */
static const struct db_field live_fields[] = {
	DB_F_NUM(connection, id),
	DB_F_TEXT(connection, mailbox),
	DB_F_TEXT(connection, method),
	DB_F_TEXT(connection, signin),
	DB_F_NUM(connection, paused_at),
	DB_F_TEXT(connection, paused_by),
	DB_F_TEXT(connection, paused_why),
};

static const struct db_field health_fields[] = {
	DB_F_ENUM(health, state, HEALTH__MAX),
	DB_F_TEXT(health, reason),
	DB_F_TEXT(health, say),
	DB_F_NUM(health, since),
	DB_F_NUM(health, ok_at),
	DB_F_NUM(health, next_at),
};

static const struct db_shape live_shape = DB_SHAPE(connection, live_fields);
static const struct db_shape health_shape = DB_SHAPE(health, health_fields);

#define HASH(p) DB_B(p, SEAL_HASH)

int store_session_add(struct db *db, const struct session *s, const unsigned char hash[32],
	int64_t *id, struct err *e)
{
	return db_insert(db, sql[ADD],
		DB_ARGS(HASH(hash), DB_I(s->user), DB_REF(s->account), DB_REF(s->member),
			DB_I(clock_now()), DB_S(s->address), DB_S(s->agent)),
		id, e);
}

/* The columns of GET, part by part. Outer joins that found nothing give zeros and empty texts. */
static int read_view(struct db_rows *r, struct arena *a, struct session_view *out, struct err *e)
{
	const struct {
		const struct db_shape *shape;
		void *out;
	} parts[] = {
		{ &shape, &out->s },
		{ &store_user_shape, &out->user },
		{ &store_account_shape, &out->account },
		{ &store_member_shape, &out->member },
		{ &store_engine_shape, &out->pulse },
		{ &live_shape, &out->live },
		{ &health_shape, &out->health },
	};
	int col = 0;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (db_read(r, &col, parts[i].shape, a, parts[i].out, e) < 0)
			return -1;
	out->rooms = db_num(r, col);
	return 1;
}

int store_session_get(struct db *db, struct arena *a, const unsigned char hash[32],
	struct session_view *out, struct err *e)
{
	struct db_rows r;
	int rc = db_first(db, sql[GET], DB_ARGS(HASH(hash)), &r, e);

	if (rc == 1)
		rc = read_view(&r, a, out, e);
	db_end(&r);
	return rc;
}

int store_session_list(struct db *db, struct arena *a, int64_t account, int64_t user,
	struct session **out, struct err *e)
{
	struct db_rows r;
	int n;

	if (db_query(db, sql[user ? OF_USER : OF_ACCOUNT], DB_ARGS(DB_I(user ? user : account)), &r,
		    e) < 0)
		return -1;
	*out = db_list(&r, &shape, a, &n, e);
	return n;
}

/* A session that was ended meanwhile stays ended: that is no failure. */
int store_session_touch(struct db *db, int64_t id, struct err *e)
{
	return db_run(db, sql[TOUCH], DB_ARGS(DB_I(id), DB_I(clock_now())), NULL, e);
}

/* A new token with the new rights, so that one stolen before is worth nothing. */
int store_session_choose(struct db *db, int64_t id, int64_t account, int64_t member,
	const unsigned char hash[32], struct err *e)
{
	return db_must(
		db, sql[CHOOSE], DB_ARGS(DB_I(id), DB_REF(account), DB_REF(member), HASH(hash)), e);
}

int store_session_renew(struct db *db, int64_t id, const unsigned char hash[32], struct err *e)
{
	return db_must(db, sql[RENEW], DB_ARGS(DB_I(id), HASH(hash), DB_I(clock_now())), e);
}

int store_session_end(struct db *db, int64_t id, int64_t account, int64_t user, struct err *e)
{
	if (account)
		return (int)db_changed(
			db, sql[END_IN_ACCOUNT], DB_ARGS(DB_I(id), DB_I(account)), e);
	return (int)db_changed(db, sql[END_OF_USER], DB_ARGS(DB_I(id), DB_I(user)), e);
}

int64_t store_session_end_member(struct db *db, int64_t account, int64_t member, struct err *e)
{
	return db_changed(db, sql[END_MEMBER], DB_ARGS(DB_I(member), DB_I(account)), e);
}

int64_t store_session_end_user(struct db *db, int64_t user, int64_t keep, struct err *e)
{
	return db_changed(db, sql[END_USER], DB_ARGS(DB_I(user), DB_I(keep)), e);
}

int64_t store_session_end_account(struct db *db, int64_t account, int64_t keep, struct err *e)
{
	return db_changed(db, sql[END_ACCOUNT], DB_ARGS(DB_I(account), DB_I(keep)), e);
}

int64_t store_session_sweep(
	struct db *db, int64_t idle_before, int64_t created_before, struct err *e)
{
	return db_changed(db, sql[SWEEP], DB_ARGS(DB_I(idle_before), DB_I(created_before)), e);
}
