/* Standings: how each member's calendar does, as the engine saw it, and who is looked at next.
 *
 * Rules: the rows are the queue. Whoever takes those that are due moves their time on in the same
 * transaction, so a killed engine costs one lease; a job marks whom it wants and takes the marks
 * off one by one, so it goes on where it was. What is written about a look never undoes what was
 * asked for meanwhile.
 */
#include "store.h"
#include "store_row.h"
#include "store_trial.h"

#include <string.h>
#include "platform/clock.h"

#define DUE                                                                                        \
	"SELECT " STANDING_COLUMNS("m") ", " ADDRESS ", m.kind, m.remind_n, m.remind_at, "         \
					"m.silent_at FROM member m WHERE "

/* What a save leaves alone when it is another by now. */
#define KEPT                                                                                       \
	"next_at = CASE next_at WHEN $8 THEN $7 ELSE next_at END, "                                \
	"asked = CASE asked WHEN $9 THEN 0 ELSE asked END "
#define ONE "WHERE account_id = $1 AND id = $2 "
#define ADDRESS "CASE calendar WHEN '' THEN email ELSE calendar END"
/* It stands as it was read. */
#define AS_READ                                                                                    \
	ONE "AND off_at = 0 AND status = $13 AND reason = $14 AND fixer = $15 "                    \
	    "AND tried_at = $16 AND fails = $17 AND " ADDRESS " = $18"
#define SEEN                                                                                       \
	"UPDATE member SET checked_at = $3, tried_at = $4, tried = $5, fails = $6, " KEPT          \
	", method = $10, seen_by = $11, proof = $12"

enum {
	TAKE,
	MOVE,
	ASKED,
	WALK,
	GET,
	WITNESS,
	MARK,
	FORGET,
	STAND,
	UNASK,
	WANTED,
	OVER,
	SAME,
	SAVE,
	SOON,
	PATROL_GET,
	PATROL_SAVE,
	PATROL_DUE,
};

static const char *const sql[] = {
	[TAKE] = DUE "m.account_id = $1 AND m.next_at > 0 AND m.asked = 0 AND m.next_at <= $2 "
		     "ORDER BY m.next_at, m.id LIMIT $3",
	[MOVE] = "UPDATE member SET next_at = $3 " ONE,
	[ASKED] = DUE "m.asked = $1 AND m.asked > 0 AND m.id > $2 ORDER BY m.id LIMIT $3",
	[WALK] = DUE "m.account_id = $1 AND m.id > $2 AND m.off_at = 0 ORDER BY m.id LIMIT $3",
	[GET] = DUE "m.account_id = $1 AND m.id = $2 AND m.off_at = 0",
	[WITNESS] = DUE "m.account_id = $1 AND m.kind = 0 AND m.status = 1 "
			"ORDER BY m.name_key, m.id LIMIT 1",
	[MARK] = "UPDATE member SET asked = $3 " ONE "AND off_at = 0",
	[FORGET] = "UPDATE member SET asked = $3, status = 0, reason = 'not_checked', fixer = 0, "
		   "note = 'ok', grants = 0, reach = 0, since = $4, checked_at = 0, fails = 0, "
		   "tried = 'ok', proof = '', remind_n = 0, remind_at = 0, next_at = $4 " ONE
		   "AND off_at = 0",
	[STAND] = "UPDATE member SET asked = $3, status = $4, reason = $5, fixer = $6, note = $7, "
		  "grants = $8, reach = $9, since = $10, checked_at = $11, tried_at = $12, "
		  "tried = $13, fails = $14, method = $15, seen_by = $16, proof = $17, "
		  "remind_n = $18, remind_at = $19, next_at = $20 " ONE "AND off_at = 0",
	[UNASK] = "UPDATE member SET asked = 0, "
		  "next_at = CASE WHEN $2 > 0 AND next_at > $2 THEN $2 ELSE next_at END "
		  "WHERE id IN (SELECT id FROM member WHERE asked = $1 AND asked > 0 "
		  "ORDER BY id LIMIT $3)",
	[WANTED] = "SELECT asked FROM member WHERE asked > $1 AND asked > 0 "
		   "ORDER BY asked LIMIT 1",
	[OVER] = "UPDATE member SET asked = 0 WHERE asked = $1 AND asked > 0 "
		 "AND NOT EXISTS (SELECT 1 FROM job WHERE id = $1 AND state < 2)",
	[SAME] = SEEN " " AS_READ,
	[SAVE] = SEEN ", status = $19, reason = $20, fixer = $21, note = $22, grants = $23, "
		      "reach = $24, since = $25, remind_n = $26, remind_at = $27 " AS_READ
		      " AND remind_n = $28 AND remind_at = $29 AND silent_at = $30",
	[SOON] = "UPDATE member SET next_at = $3 " ONE "AND off_at = 0",
	[PATROL_GET] = "SELECT account_id, connection_id, method, version FROM patrol "
		       "WHERE account_id = $1",
	[PATROL_SAVE] = "INSERT INTO patrol (account_id, connection_id, method, version) "
			"VALUES ($1, $2, $3, $4) ON CONFLICT (account_id) DO UPDATE SET "
			"connection_id = excluded.connection_id, method = excluded.method, "
			"version = excluded.version",
	[PATROL_DUE] = "SELECT c.account_id, c.id, c.method, s.version FROM connection c "
		       "JOIN credential s ON s.connection_id = c.id "
		       "AND s.purpose = '" PURPOSE_CURRENT "' AND s.sealed IS NOT NULL "
		       "JOIN health h ON h.connection_id = c.id "
		       "LEFT JOIN patrol p ON p.account_id = c.account_id "
		       "WHERE c.stage = 2 AND c.id > $1 AND c.paused_at = 0 AND h.state < 3 "
		       "AND (p.account_id IS NULL OR p.connection_id <> c.id "
		       "OR p.method <> c.method OR p.version <> s.version OR EXISTS ("
		       "SELECT 1 FROM member m WHERE m.account_id = c.account_id AND m.next_at > 0 "
		       "AND m.asked = 0 AND m.next_at <= $2)) ORDER BY c.id LIMIT 100",
};
_Static_assert(
	CONN_LIVE == 2 && HEALTH_UNREACHABLE == 3 && STATUS_CONNECTED == 1 && PATROL_PAGE == 100,
	"the statements say so");

static const struct db_field fields[] = {
	STANDING_FIELDS(roster_due),
	DB_F_TEXT(roster_due, address),
	DB_F_ENUM(roster_due, kind, MEMBER__MAX),
	DB_F_NUM(roster_due, remind_n),
	DB_F_NUM(roster_due, remind_at),
	DB_F_NUM(roster_due, silent_at),
};
static const struct db_shape shape = DB_SHAPE(roster_due, fields);

static const struct db_field patrol_fields[] = {
	DB_F_NUM(patrol, account),
	DB_F_NUM(patrol, connection),
	DB_F_TEXT(patrol, method),
	DB_F_TEXT(patrol, version),
};
static const struct db_shape patrol_shape = DB_SHAPE(patrol, patrol_fields);

/* --- who is next --- */

static int list(struct db *db, struct arena *a, const char *text, const struct db_value v[3],
	struct roster_due **out, struct err *e)
{
	struct db_rows r;
	int n;

	if (db_query(db, text, v, 3, &r, e) < 0)
		return -1;
	*out = db_list(&r, &shape, a, &n, e);
	return n;
}

int store_standing_due(struct db *db, struct arena *a, int64_t account, int64_t lease, int limit,
	struct roster_due **out, struct err *e)
{
	const struct db_value v[3] = { DB_I(account), DB_I(clock_now()), STORE_LIMIT(limit) };
	int n = list(db, a, sql[TAKE], v, out, e);

	for (int i = 0; i < n; i++) {
		struct standing *s = &(*out)[i].s;

		if (db_must(db, sql[MOVE], DB_ARGS(DB_I(account), DB_I(s->member), DB_I(lease)),
			    e) < 0)
			return -1;
		s->next_at = lease;
	}
	return n;
}

int store_standing_asked(struct db *db, struct arena *a, int64_t job, int64_t after, int limit,
	struct roster_due **out, struct err *e)
{
	const struct db_value v[3] = { DB_I(job), DB_I(after), STORE_LIMIT(limit) };

	return list(db, a, sql[ASKED], v, out, e);
}

int store_standing_walk(struct db *db, struct arena *a, int64_t account, int64_t after, int limit,
	struct roster_due **out, struct err *e)
{
	const struct db_value v[3] = { DB_I(account), DB_I(after), STORE_LIMIT(limit) };

	return list(db, a, sql[WALK], v, out, e);
}

static int one(struct db *db, struct arena *a, const char *text, const struct db_value *v, size_t n,
	struct roster_due *out, struct err *e)
{
	struct db_rows r;

	if (db_query(db, text, v, n, &r, e) < 0)
		return -1;
	return db_one(&r, &shape, a, out, e);
}

int store_standing_get(struct db *db, struct arena *a, int64_t account, int64_t member,
	struct roster_due *out, struct err *e)
{
	return one(db, a, sql[GET], DB_ARGS(DB_I(account), DB_I(member)), out, e);
}

int store_standing_witness(
	struct db *db, struct arena *a, int64_t account, struct roster_due *out, struct err *e)
{
	return one(db, a, sql[WITNESS], DB_ARGS(DB_I(account)), out, e);
}

/* --- marks --- */

/* What a portion is marked with. */
struct marking {
	const struct standing_ask *ask;
	struct arena *a;
	struct trial_carry carry;
};

/* It stands in another way from now on, and so it is counted. */
static int stands(
	struct db *db, const struct roster_row *row, const struct standing *is, struct err *e)
{
	const struct standing *s = &row->s;
	const struct roster_count was = { s->status, s->reason, s->fixer, s->reach, -1 };
	const struct roster_count now = { is->status, is->reason, is->fixer, is->reach, 1 };

	if (store_trial_moved(db, is, e) < 0 ||
		store_roster_counted(db, s->account, row->kind, &was, e) < 0)
		return -1;
	return store_roster_counted(db, s->account, row->kind, &now, e);
}

/* It was seen in a way that is not used any more: it stands as one that was never looked at. */
static int forget(struct db *db, struct marking *m, const struct roster_row *row, struct err *e)
{
	const struct standing *s = &row->s;
	const struct standing is = {
		.account = s->account, .member = s->member, .reason = "not_checked"
	};

	if (store_trial_keep(db, m->a, &m->carry, s, &is, e) < 0 ||
		db_must(db, sql[FORGET],
			DB_ARGS(DB_I(s->account), DB_I(s->member), DB_I(m->ask->job),
				DB_I(clock_now())),
			e) < 0)
		return -1;
	return stands(db, row, &is, e);
}

static int is_moved(const struct standing *was, const struct standing *is)
{
	return was->status != is->status || strcmp(was->reason, is->reason) != 0;
}

static int write_tried(struct db *db, const struct marking *m, const struct roster_row *row,
	const struct standing *is, struct err *e)
{
	const struct roster_due due = { .s = row->s,
		.kind = row->kind,
		.remind_n = row->remind_n,
		.remind_at = row->remind_at,
		.silent_at = row->silent_at };
	int64_t remind_n = 0, remind_at = 0;

	m->ask->remind(&due, is, &remind_n, &remind_at);
	return db_must(db, sql[STAND],
		DB_ARGS(DB_I(is->account), DB_I(is->member), DB_I(m->ask->job), DB_I(is->status),
			DB_S(is->reason), DB_I(is->fixer), DB_S(is->note), DB_I(is->grants),
			DB_I(is->reach), DB_I(is->since), DB_I(is->checked_at), DB_I(is->tried_at),
			DB_S(is->tried), DB_I(is->fails), DB_S(is->method), DB_I(is->connection),
			DB_S(is->proof), DB_I(remind_n), DB_I(remind_at), DB_I(clock_now())),
		e);
}

/* What was tried by the connection in use is how it stands. */
static int take_over(struct db *db, struct marking *m, const struct roster_row *row,
	struct standing *is, struct err *e)
{
	const struct standing *s = &row->s;
	const struct member_event v = { .account = s->account,
		.member = s->member,
		.what = MEMBER_SWITCHED,
		.was = s->status,
		.is = is->status,
		.was_reason = s->reason,
		.reason = is->reason };

	is->since = is_moved(s, is) ? clock_now() : s->since;
	if (store_trial_keep(db, m->a, &m->carry, s, is, e) < 0 ||
		write_tried(db, m, row, is, e) < 0 || stands(db, row, is, e) < 0)
		return -1;
	return is_moved(s, is) ? store_event_add(db, &v, e) : 0;
}

static int is_by_another(const struct standing *s, const struct standing_ask *ask)
{
	return !s->checked_at || s->connection != ask->connection ||
		strcmp(s->method, ask->method) != 0;
}

/* 1 marked, 0 it is deactivated, -1. */
static int mark(struct db *db, struct marking *m, const struct roster_row *row, struct err *e)
{
	const struct standing *s = &row->s;
	const struct standing_ask *ask = m->ask;
	struct standing tried;
	int rc = 0;

	if (s->status == STATUS_OFF)
		return 0;
	if (ask->method && is_by_another(s, ask)) {
		rc = ask->remind ? store_trial_take(db, m->a, &m->carry, s->member, &tried, e) : 0;
		if (rc == 1)
			rc = take_over(db, m, row, &tried, e) < 0 ? -1 : 1;
		else if (rc == 0 && s->checked_at)
			rc = forget(db, m, row, e) < 0 ? -1 : 1;
	}
	if (rc == 0)
		rc = db_must(db, sql[MARK],
			DB_ARGS(DB_I(s->account), DB_I(s->member), DB_I(ask->job)), e);
	return rc < 0 ? -1 : 1;
}

/* The rows of a selection that are still there. */
static int pick_ids(struct db *db, struct arena *a, const struct roster_pick *p,
	struct roster_row **out, struct err *e)
{
	int n = 0, rc;

	*out = arena_array(a, p->count, sizeof(**out));
	for (size_t i = 0; i < p->count; i++) {
		rc = store_roster_get(db, a, p->f.account, p->ids[i], &(*out)[n], e);
		if (rc < 0)
			return -1;
		n += rc;
	}
	return n;
}

static int64_t ask_rows(struct db *db, struct arena *a, const struct roster_pick *pick,
	const struct standing_ask *ask, int64_t *last, struct err *e)
{
	struct marking m = { .ask = ask, .a = a };
	struct roster_row *rows;
	int64_t marked = 0;
	int n;

	if (ask->method &&
		store_trial_carry(db, a, pick->f.account, ask->connection, &m.carry, e) < 0)
		return -1;
	n = pick->ids ? pick_ids(db, a, pick, &rows, e)
		      : store_roster_walk(db, a, &pick->f, ask->after, ask->limit, &rows, e);

	for (int i = 0; i < n; i++) {
		int rc = mark(db, &m, &rows[i], e);

		if (rc < 0)
			return -1;
		marked += rc;
	}
	*last = !pick->ids && n > 0 && n == ask->limit ? rows[n - 1].s.member : 0;
	return n < 0 ? -1 : marked;
}

int64_t store_standing_ask(struct db *db, const struct roster_pick *pick,
	const struct standing_ask *ask, int64_t *last, struct err *e)
{
	const struct roster_mark m = { ask->job, ask->after, ask->limit };
	struct arena a;
	int64_t n;

	if (db_begin(db, DB_WRITE, e) < 0)
		return -1;
	if (!pick->ids && !ask->method)
		return db_finish(db, (int)store_roster_mark(db, &pick->f, &m, last, e), e);
	arena_init(&a, DB_VALUE_MAX * 2);
	n = ask_rows(db, &a, pick, ask, last, e);
	arena_done(&a);
	return db_finish(db, n < 0 ? -1 : 0, e) < 0 ? -1 : n;
}

int64_t store_standing_unask(struct db *db, int64_t job, int64_t soon, int limit, struct err *e)
{
	return db_changed(db, sql[UNASK], DB_ARGS(DB_I(job), DB_I(soon), STORE_LIMIT(limit)), e);
}

int store_standing_wanted(struct db *db, int64_t after, int64_t *job, struct err *e)
{
	return db_number(db, sql[WANTED], DB_ARGS(DB_I(after)), job, e);
}

int64_t store_standing_over(struct db *db, int64_t job, struct err *e)
{
	return db_changed(db, sql[OVER], DB_ARGS(DB_I(job)), e);
}

/* --- what was seen --- */

/* A look by another connection than the one before, or the first, that came before all were marked.
 */
static int switched(struct db *db, const struct standing_end *end, struct err *e)
{
	const struct standing *was = &end->was->s, *is = end->is;
	struct trial_carry carry;
	struct standing tried;
	struct arena a;
	int rc;

	if (was->checked_at && was->connection == is->connection)
		return 0;
	arena_init(&a, DB_VALUE_MAX);
	rc = store_trial_carry(db, &a, is->account, is->connection, &carry, e);
	if (rc == 0)
		rc = store_trial_take(db, &a, &carry, is->member, &tried, e) < 0 ? -1 : 0;
	if (rc == 0)
		rc = store_trial_keep(db, &a, &carry, was, is, e);
	arena_done(&a);
	return rc;
}

int store_standing_save(struct db *db, const struct standing_end *end, struct err *e)
{
	enum { SAME_ARGS = 18 };
	const struct standing *was = &end->was->s, *is = end->is;
	const struct db_value v[] = { DB_I(was->account), DB_I(was->member), DB_I(is->checked_at),
		DB_I(is->tried_at), DB_S(is->tried), DB_I(is->fails), DB_I(is->next_at),
		DB_I(was->next_at), DB_I(was->asked), DB_S(is->method), DB_I(is->connection),
		DB_S(is->proof), DB_I(was->status), DB_S(was->reason), DB_I(was->fixer),
		DB_I(was->tried_at), DB_I(was->fails), DB_S(end->was->address), DB_I(is->status),
		DB_S(is->reason), DB_I(is->fixer), DB_S(is->note), DB_I(is->grants),
		DB_I(is->reach), DB_I(is->since), DB_I(end->remind_n), DB_I(end->remind_at),
		DB_I(end->was->remind_n), DB_I(end->was->remind_at), DB_I(end->was->silent_at) };
	int64_t n = db_changed(db, end->same ? sql[SAME] : sql[SAVE], v,
		end->same ? SAME_ARGS : sizeof(v) / sizeof(v[0]), e);

	if (n > 0 && switched(db, end, e) < 0)
		return -1;
	if (n > 0 && !end->same && store_trial_moved(db, is, e) < 0)
		return -1;
	return n < 0 ? -1 : n > 0;
}

int store_standing_soon(struct db *db, int64_t account, int64_t member, int64_t at, struct err *e)
{
	return db_must(db, sql[SOON], DB_ARGS(DB_I(account), DB_I(member), DB_I(at)), e);
}

/* --- what all were looked at with --- */

int store_patrol_get(
	struct db *db, struct arena *a, int64_t account, struct patrol *out, struct err *e)
{
	struct db_rows r;

	if (db_query(db, sql[PATROL_GET], DB_ARGS(DB_I(account)), &r, e) < 0)
		return -1;
	return db_one(&r, &patrol_shape, a, out, e);
}

int store_patrol_save(struct db *db, const struct patrol *p, struct err *e)
{
	return db_run(db, sql[PATROL_SAVE],
		DB_ARGS(DB_I(p->account), DB_I(p->connection), DB_S(p->method), DB_S(p->version)),
		NULL, e);
}

int store_patrol_due(
	struct db *db, struct arena *a, int64_t after, struct patrol **out, struct err *e)
{
	struct db_rows r;
	int n;

	if (db_query(db, sql[PATROL_DUE], DB_ARGS(DB_I(after), DB_I(clock_now())), &r, e) < 0)
		return -1;
	*out = db_list(&r, &patrol_shape, a, &n, e);
	return n;
}
