/* Trials: how members would stand by a connection that is not in use.
 *
 * Rules: what would change is kept with each row, and how many rows there are of each change is
 * kept, too: whoever writes a row here, or how a member stands, brings both up to date in the same
 * transaction. So a page of a million costs what one of ten does. A deactivated member has no row.
 */
#include "store_trial.h"

#include <stdio.h>
#include <string.h>
#include "platform/clock.h"
#include "platform/seal.h"
#include "store.h"
#include "store_row.h"

enum {
	HEAD,
	SEEN,
	RENEWED,
	COUNTS,
	MORE,
	FEWER,
	ORPHAN,
	CLEAR_LIST,
	CLEAR,
	CLEARED,
	CHANGE,
	GET,
	NOW,
	PUT,
	LIST,
	LIST_OF,
	FIRST,
	LAST,
	OF_MEMBER,
	MOVE,
	REMOVE,
	NAME,
	CALENDAR,
};

/* In the order of STANDING_FIELDS. */
#define COLUMNS                                                                                    \
	"t.member_id, t.account_id, t.status, t.reason, t.fixer, t.note, t.grants, t.reach, "      \
	"t.since, t.checked_at, t.tried_at, t.tried, t.fails, 0, 0, t.method, t.connection_id, "   \
	"t.proof"
#define ONE "WHERE connection_id = $1 AND member_id = $2"
#define ROWS                                                                                       \
	"SELECT " COLUMNS ", m.email, m.name, m.kind, t.name_key, t.change, m.status, m.reason, "  \
	"m.checked_at FROM trial t JOIN member m ON m.id = t.member_id "                           \
	"WHERE t.account_id = $1 AND t.connection_id = $2 "
#define BEHIND "AND (t.name_key, t.member_id) > ($3, $4) ORDER BY t.name_key, t.member_id LIMIT $5"

static const char *const sql[] = {
	[HEAD] = "SELECT connection_id, account_id, state, seen_at FROM trial_head "
		 "WHERE account_id = $1 AND connection_id = $2",
	[SEEN] = "INSERT INTO trial_head (connection_id, account_id, state, seen_at) "
		 "VALUES ($1, $2, $3, $4) ON CONFLICT (connection_id) DO UPDATE SET "
		 "state = excluded.state, seen_at = excluded.seen_at",
	[RENEWED] = "UPDATE trial_head SET state = $3 WHERE connection_id = $1 AND state = $2",
	[COUNTS] = "SELECT change, n FROM trial_count WHERE connection_id = $1",
	[MORE] = "INSERT INTO trial_count (connection_id, change, n) VALUES ($1, $2, $3) "
		 "ON CONFLICT (connection_id, change) DO UPDATE SET n = trial_count.n + "
		 "excluded.n",
	[FEWER] = "UPDATE trial_count SET n = n + $3 WHERE connection_id = $1 AND change = $2",
	[ORPHAN] = "SELECT n.connection_id FROM trial_count n WHERE NOT EXISTS "
		   "(SELECT 1 FROM connection c WHERE c.id = n.connection_id) "
		   "ORDER BY n.connection_id LIMIT 1",
	[CLEAR_LIST] = "SELECT change FROM trial WHERE connection_id = $1 ORDER BY member_id "
		       "LIMIT $2",
	[CLEAR] = "DELETE FROM trial WHERE connection_id = $1 AND member_id IN "
		  "(SELECT member_id FROM trial WHERE connection_id = $1 ORDER BY member_id "
		  "LIMIT $2)",
	[CLEARED] = "DELETE FROM trial_count WHERE connection_id = $1",
	[CHANGE] = "SELECT change FROM trial " ONE,
	[GET] = "SELECT " COLUMNS ", t.job FROM trial t "
		"WHERE t.connection_id = $1 AND t.member_id = $2 AND t.account_id = $3",
	[NOW] = "SELECT status, reason, name_key FROM member m WHERE m.account_id = $1 "
		"AND m.id = $2 AND m.off_at = 0 AND ($3 = '' OR "
		"CASE m.calendar WHEN '' THEN m.email ELSE m.calendar END = $3)",
	[PUT] = "INSERT INTO trial (connection_id, member_id, account_id, name_key, status, "
		"reason, "
		"fixer, note, grants, reach, since, checked_at, tried_at, tried, fails, method, "
		"proof, job, change) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, "
		"$13, $14, $15, $16, $17, $18, $19) ON CONFLICT (connection_id, member_id) "
		"DO UPDATE SET name_key = excluded.name_key, status = excluded.status, "
		"reason = excluded.reason, fixer = excluded.fixer, note = excluded.note, "
		"grants = excluded.grants, reach = excluded.reach, since = excluded.since, "
		"checked_at = excluded.checked_at, tried_at = excluded.tried_at, "
		"tried = excluded.tried, fails = excluded.fails, method = excluded.method, "
		"proof = excluded.proof, job = excluded.job, change = excluded.change",
	[LIST] = ROWS BEHIND,
	[LIST_OF] = ROWS "AND t.change = $6 " BEHIND,
	[FIRST] = "SELECT id FROM member WHERE account_id = $1 ORDER BY id LIMIT 1",
	[LAST] = "SELECT id FROM member WHERE account_id = $1 ORDER BY id DESC LIMIT 1",
	[OF_MEMBER] = "SELECT " COLUMNS ", t.change FROM trial t "
		      "WHERE t.account_id = $1 AND t.member_id = $2",
	[MOVE] = "UPDATE trial SET change = $3 " ONE,
	[REMOVE] = "DELETE FROM trial " ONE,
	[NAME] = "UPDATE trial SET name_key = $3 WHERE account_id = $1 AND member_id = $2",
	[CALENDAR] = "SELECT 1 FROM member WHERE account_id = $1 AND id = $2 AND calendar <> $3",
};

static const struct db_field head_fields[] = {
	DB_F_NUM(trial_head, connection),
	DB_F_NUM(trial_head, account),
	DB_F_TEXT(trial_head, state),
	DB_F_NUM(trial_head, seen_at),
};
static const struct db_shape head_shape = DB_SHAPE(trial_head, head_fields);

static const struct db_field row_fields[] = {
	STANDING_FIELDS(trial_row),
	DB_F_TEXT(trial_row, email),
	DB_F_TEXT(trial_row, name),
	DB_F_ENUM(trial_row, kind, MEMBER__MAX),
	DB_F_TEXT(trial_row, key),
	DB_F_ENUM(trial_row, change, TRIAL__MAX),
	DB_F_ENUM(trial_row, status, STATUS__MAX),
	DB_F_TEXT(trial_row, reason),
	DB_F_NUM(trial_row, checked_at),
};
static const struct db_shape row_shape = DB_SHAPE(trial_row, row_fields);

/* One, with a number beside it. */
struct noted {
	struct standing s;
	int64_t n;
};
static const struct db_field noted_fields[] = { STANDING_FIELDS(noted), DB_F_NUM(noted, n) };
static const struct db_shape noted_shape = DB_SHAPE(noted, noted_fields);

/* --- what would change --- */

static const char *const codes[TRIAL__MAX] = {
	[TRIAL_SAME] = "same",
	[TRIAL_GAIN] = "gain",
	[TRIAL_BETTER] = "better",
	[TRIAL_LOSE] = "lose",
	[TRIAL_WORSE] = "worse",
	[TRIAL_OTHER] = "other",
	[TRIAL_UNSEEN] = "unseen",
};

const char *trial_change_code(enum trial_change c)
{
	return codes[c];
}

int trial_change_parse(const char *code)
{
	for (int i = 0; i < TRIAL__MAX; i++)
		if (strcmp(codes[i], code) == 0)
			return i;
	return -1;
}

static int rank(enum status s)
{
	return s == STATUS_CONNECTED ? 2 : s == STATUS_LIMITED;
}

enum trial_change trial_change(const struct standing *now, const struct standing *then)
{
	const int a = rank(now->status), b = rank(then->status);

	if (!then->checked_at)
		return TRIAL_UNSEEN;
	if (a < b)
		return a == 0 ? TRIAL_GAIN : TRIAL_BETTER;
	if (a > b)
		return b == 0 ? TRIAL_LOSE : TRIAL_WORSE;
	return now->status == then->status && strcmp(now->reason, then->reason) == 0 ? TRIAL_SAME
										     : TRIAL_OTHER;
}

/* --- of which state it is --- */

void trial_state(const struct connection *c, const char *version, char out[TRIAL_STATE + 1])
{
	unsigned char policy[32], all[SEAL_HASH];
	char hex[2 * sizeof(policy) + 1];
	const char *const parts[] = { hex, c->mailbox, c->method, version };

	store_connection_policy(c, policy);
	for (size_t i = 0; i < sizeof(policy); i++)
		snprintf(hex + 2 * i, 3, "%02x", policy[i]);
	seal_hash(all, parts, sizeof(parts) / sizeof(parts[0]));
	for (size_t i = 0; i < SEAL_HASH; i++)
		snprintf(out + 2 * i, 3, "%02x", all[i]);
}

int store_trial_head(struct db *db, struct arena *a, int64_t account, int64_t connection,
	struct trial_head *out, struct err *e)
{
	struct db_rows r;

	if (db_query(db, sql[HEAD], DB_ARGS(DB_I(account), DB_I(connection)), &r, e) < 0)
		return -1;
	return db_one(&r, &head_shape, a, out, e);
}

int store_trial_seen(struct db *db, const struct trial_head *h, struct err *e)
{
	return db_run(db, sql[SEEN],
		DB_ARGS(DB_I(h->connection), DB_I(h->account), DB_S(h->state), DB_I(clock_now())),
		NULL, e);
}

int store_trial_renewed(
	struct db *db, const struct connection *c, const char *was, const char *is, struct err *e)
{
	char from[TRIAL_STATE + 1], to[TRIAL_STATE + 1];

	trial_state(c, was, from);
	trial_state(c, is, to);
	return db_run(db, sql[RENEWED], DB_ARGS(DB_I(c->id), DB_S(from), DB_S(to)), NULL, e);
}

/* 1, 0 it has no secret, -1. */
static int state_of(struct db *db, struct arena *a, const struct connection *c,
	char out[TRIAL_STATE + 1], struct err *e)
{
	const struct credential like = {
		.account = c->account, .connection = c->id, .purpose = PURPOSE_CURRENT
	};
	struct credential cr;
	int rc = store_credential_find(db, a, &like, &cr, e);

	if (rc == 1)
		trial_state(c, cr.version, out);
	return rc;
}

int store_trial_fits(struct db *db, struct arena *a, const struct connection *c, struct err *e)
{
	char state[TRIAL_STATE + 1];
	struct trial_head h;
	int rc = store_trial_head(db, a, c->account, c->id, &h, e);

	if (rc == 1)
		rc = state_of(db, a, c, state, e);
	return rc == 1 ? strcmp(h.state, state) == 0 : rc;
}

/* --- counts --- */

int store_trial_counts(struct db *db, int64_t connection, int64_t out[TRIAL__MAX], struct err *e)
{
	struct db_rows r;
	int rc;

	memset(out, 0, TRIAL__MAX * sizeof(*out));
	if (db_query(db, sql[COUNTS], DB_ARGS(DB_I(connection)), &r, e) < 0)
		return -1;
	while ((rc = db_next(&r, e)) == 1) {
		const int64_t c = db_num(&r, 0);

		if (c >= 0 && c < TRIAL__MAX)
			out[c] = db_num(&r, 1);
	}
	return rc;
}

static int counted(struct db *db, int64_t connection, int64_t change, int64_t n, struct err *e)
{
	return db_run(db, sql[n > 0 ? MORE : FEWER],
		DB_ARGS(DB_I(connection), DB_I(change), DB_I(n)), NULL, e);
}

int store_trial_orphan(struct db *db, int64_t *connection, struct err *e)
{
	return db_number(db, sql[ORPHAN], DB_NONE, connection, e);
}

int64_t store_trial_clear(struct db *db, int64_t connection, int limit, struct err *e)
{
	const struct db_value v[] = { DB_I(connection), STORE_LIMIT(limit) };
	int64_t n[TRIAL__MAX] = { 0 }, gone;
	struct db_rows r;
	int rc;

	if (db_query(db, sql[CLEAR_LIST], v, 2, &r, e) < 0)
		return -1;
	while ((rc = db_next(&r, e)) == 1) {
		const int64_t c = db_num(&r, 0);

		if (c >= 0 && c < TRIAL__MAX)
			n[c]++;
	}
	for (int i = 0; i < TRIAL__MAX && rc == 0; i++)
		if (n[i] > 0)
			rc = counted(db, connection, i, -n[i], e);
	gone = rc < 0 ? -1 : db_changed(db, sql[CLEAR], v, 2, e);
	if (gone == 0 && db_run(db, sql[CLEARED], v, 1, NULL, e) < 0)
		return -1;
	return gone;
}

/* --- rows --- */

int store_trial_get(struct db *db, struct arena *a, const struct standing *like,
	struct standing *out, int64_t *job, struct err *e)
{
	struct noted row;
	struct db_rows r;
	int rc;

	if (db_query(db, sql[GET],
		    DB_ARGS(DB_I(like->connection), DB_I(like->member), DB_I(like->account)), &r,
		    e) < 0)
		return -1;
	rc = db_one(&r, &noted_shape, a, &row, e);
	if (rc == 1) {
		*out = row.s;
		*job = row.n;
	}
	return rc;
}

/* What a row is compared with, and sorted by. */
struct beside {
	const struct standing *now;
	const char *key;
	int64_t job;
};

static int put(struct db *db, const struct standing *s, const struct beside *b, struct err *e)
{
	const enum trial_change c = trial_change(b->now, s);
	const struct db_value v[] = { DB_I(s->connection), DB_I(s->member), DB_I(s->account),
		DB_S(b->key), DB_I(s->status), DB_S(s->reason), DB_I(s->fixer), DB_S(s->note),
		DB_I(s->grants), DB_I(s->reach), DB_I(s->since), DB_I(s->checked_at),
		DB_I(s->tried_at), DB_S(s->tried), DB_I(s->fails), DB_S(s->method), DB_S(s->proof),
		DB_I(b->job), DB_I(c) };
	int64_t was;
	int rc = db_number(db, sql[CHANGE], v, 2, &was, e);

	if (rc < 0 || (rc == 1 && was != c && counted(db, s->connection, was, -1, e) < 0))
		return -1;
	if ((rc == 0 || was != c) && counted(db, s->connection, c, 1, e) < 0)
		return -1;
	return db_run(db, sql[PUT], v, sizeof(v) / sizeof(v[0]), NULL, e);
}

/* How a member stands now, and what it is sorted by: 1, 0 not any more, -1. address "": any. */
static int now_of(struct db *db, struct arena *a, const struct standing *s, const char *address,
	struct standing *now, const char **key, struct err *e)
{
	struct db_rows r;
	int rc = db_first(
		db, sql[NOW], DB_ARGS(DB_I(s->account), DB_I(s->member), DB_S(address)), &r, e);

	if (rc == 1) {
		*now = (struct standing){ .status = (enum status)db_num(&r, 0),
			.reason = db_text(&r, 1, a) };
		*key = db_text(&r, 2, a);
	}
	db_end(&r);
	return rc;
}

int store_trial_save(
	struct db *db, const struct standing *is, const char *address, int64_t job, struct err *e)
{
	struct beside b = { .job = job };
	struct standing now;
	struct arena a;
	int rc;

	arena_init(&a, DB_FIELD_MAX * 2);
	rc = now_of(db, &a, is, address, &now, &b.key, e);
	b.now = &now;
	if (rc == 1 && put(db, is, &b, e) < 0)
		rc = -1;
	arena_done(&a);
	return rc;
}

int store_trial_list(struct db *db, struct arena *a, const struct trial_place *at,
	struct trial_row **out, struct err *e)
{
	const int one = at->change >= 0;
	const struct db_value v[] = { DB_I(at->account), DB_I(at->connection),
		DB_S(at->id ? at->key : ""), DB_I(at->id), STORE_LIMIT(at->limit),
		DB_I(at->change) };
	struct db_rows r;
	int n;

	if (db_query(db, sql[one ? LIST_OF : LIST], v, one ? 6 : 5, &r, e) < 0)
		return -1;
	*out = db_list(&r, &row_shape, a, &n, e);
	return n;
}

int store_trial_span(struct db *db, int64_t account, int64_t *first, int64_t *last, struct err *e)
{
	int rc = db_number(db, sql[FIRST], DB_ARGS(DB_I(account)), first, e);

	if (rc == 1)
		rc = db_number(db, sql[LAST], DB_ARGS(DB_I(account)), last, e);
	if (rc == 0) {
		*first = 0;
		*last = -1;
	}
	return rc < 0 ? -1 : 0;
}

/* --- what happens to members --- */

/* All that was tried of one, with what would change. There are as many as connections. */
static int of_member(struct db *db, struct arena *a, int64_t account, int64_t member,
	struct noted **out, struct err *e)
{
	struct db_rows r;
	int n;

	if (db_query(db, sql[OF_MEMBER], DB_ARGS(DB_I(account), DB_I(member)), &r, e) < 0)
		return -1;
	*out = db_list(&r, &noted_shape, a, &n, e);
	return n;
}

static int move(struct db *db, const struct noted *row, const struct standing *now, struct err *e)
{
	const int64_t connection = row->s.connection;
	const enum trial_change c = trial_change(now, &row->s);

	if (row->n == (int64_t)c)
		return 0;
	if (counted(db, connection, row->n, -1, e) < 0 || counted(db, connection, c, 1, e) < 0)
		return -1;
	return db_run(
		db, sql[MOVE], DB_ARGS(DB_I(connection), DB_I(row->s.member), DB_I(c)), NULL, e);
}

static int forget(struct db *db, const struct noted *row, struct err *e)
{
	const struct db_value v[] = { DB_I(row->s.connection), DB_I(row->s.member) };

	return counted(db, row->s.connection, row->n, -1, e) < 0
		? -1
		: db_run(db, sql[REMOVE], v, 2, NULL, e);
}

/* now NULL: they go. */
static int each(
	struct db *db, int64_t account, int64_t member, const struct standing *now, struct err *e)
{
	struct noted *rows;
	struct arena a;
	int n, rc = 0;

	arena_init(&a, DB_VALUE_MAX);
	n = of_member(db, &a, account, member, &rows, e);
	for (int i = 0; i < n && rc == 0; i++)
		rc = now ? move(db, &rows[i], now, e) : forget(db, &rows[i], e);
	arena_done(&a);
	return n < 0 ? -1 : rc;
}

int store_trial_moved(struct db *db, const struct standing *now, struct err *e)
{
	return each(db, now->account, now->member, now, e);
}

int store_trial_drop(struct db *db, int64_t account, int64_t member, struct err *e)
{
	return each(db, account, member, NULL, e);
}

int store_trial_edited(struct db *db, const struct member *m, const char *key, struct err *e)
{
	int64_t one;
	int rc = db_number(db, sql[CALENDAR],
		DB_ARGS(DB_I(m->account), DB_I(m->id), DB_S(m->calendar)), &one, e);

	if (rc != 0)
		return rc < 0 ? -1 : store_trial_drop(db, m->account, m->id, e);
	return db_run(db, sql[NAME], DB_ARGS(DB_I(m->account), DB_I(m->id), DB_S(key)), NULL, e);
}

/* --- after a switch --- */

int store_trial_carry(struct db *db, struct arena *a, int64_t account, int64_t to,
	struct trial_carry *out, struct err *e)
{
	struct connection c;
	int rc = store_connection_get(db, a, account, to, &c, e);

	if (rc == 1)
		rc = store_trial_fits(db, a, &c, e);
	*out = (struct trial_carry){ .account = account, .to = to, .fits = rc == 1 };
	return rc < 0 ? -1 : 0;
}

/* What does not fit goes as well: of the connection in use nothing is tried. */
int store_trial_take(struct db *db, struct arena *a, const struct trial_carry *c, int64_t member,
	struct standing *out, struct err *e)
{
	const struct db_value v[] = { DB_I(c->to), DB_I(member), DB_I(c->account) };
	struct noted row;
	struct db_rows r;
	int64_t change;
	int rc;

	if (db_query(db, sql[GET], v, 3, &r, e) < 0)
		return -1;
	rc = db_one(&r, &noted_shape, a, &row, e);
	if (rc <= 0)
		return rc;
	if (db_number(db, sql[CHANGE], v, 2, &change, e) < 0)
		return -1;
	*out = row.s;
	row.n = change;
	return forget(db, &row, e) < 0 ? -1 : c->fits && row.s.checked_at > 0;
}

/* A connection that can be gone back to: 1, 0, -1. What is kept of it is of how it is. */
static int former(
	struct db *db, struct arena *a, int64_t account, int64_t connection, struct err *e)
{
	char state[TRIAL_STATE + 1];
	const struct trial_head h = {
		.account = account, .connection = connection, .state = state
	};
	struct connection c;
	int rc = store_connection_get(db, a, account, connection, &c, e);

	if (rc <= 0 || c.stage != CONN_FORMER)
		return rc < 0 ? -1 : 0;
	rc = state_of(db, a, &c, state, e);
	return rc == 1 && store_trial_seen(db, &h, e) < 0 ? -1 : rc;
}

int store_trial_keep(struct db *db, struct arena *a, struct trial_carry *c,
	const struct standing *was, const struct standing *is, struct err *e)
{
	struct beside b = { .now = is };
	struct standing now;
	int rc;

	if (!was->checked_at || !was->connection || was->connection == c->to)
		return 0;
	if (was->connection != c->from) {
		rc = former(db, a, c->account, was->connection, e);
		if (rc < 0)
			return -1;
		c->from = was->connection;
		c->kept = rc;
	}
	if (!c->kept)
		return 0;
	rc = now_of(db, a, was, "", &now, &b.key, e);
	return rc <= 0 ? rc : put(db, was, &b, e);
}
