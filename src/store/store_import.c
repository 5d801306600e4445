/* Imports: people from a file.
 *
 * Rules: rows are done in the order of their lines, a portion a transaction, in which the line up
 * to which it is done is kept, too: whoever goes on, after whatever end, does nobody twice and
 * leaves nobody out. New members come by one statement for a whole portion; those who are there
 * already one by one, through the functions by which a page changes them.
 */
#include "store.h"
#include "store_import.h"
#include "store_row.h"

#include <string.h>
#include "platform/clock.h"
#include "platform/fold.h"
#include "platform/str.h"

enum {
	ADD,
	GET,
	LIST,
	ROW_ADD,
	LINE,
	READY,
	ROWS,
	ROWS_OF,
	COUNTS,
	BEGIN,
	UP_TO,
	NEWEST,
	JOIN,
	TELL,
	REFUSE,
	MOVE,
	REMOVE,
	CLEAR,
	SWEEP
};

#define COLUMNS                                                                                    \
	"id, account_id, name, state, job_id, made_by, by_name, created, ended, shape, rows, "     \
	"last, admins, cursor, added, changed, began"
#define ROW_COLUMNS "n, email, name, role, kind, calendar, verdict, say"

/* JOIN: of one kind; an address that came by another way meanwhile stays as it is. TELL: those
 * whom it has added have greater numbers than all before. The tables are joined in this order.
 * MOVE: from where this portion began, or somebody else goes on with it. */
static const char *const sql[] = {
	[ADD] = "INSERT INTO import (account_id, name, state, made_by, by_name, created, shape) "
		"VALUES ($1, $2, 0, $3, $4, $5, '') RETURNING id",
	[GET] = "SELECT " COLUMNS " FROM import WHERE account_id = $1 AND id = $2",
	[LIST] = "SELECT " COLUMNS " FROM import WHERE account_id = $1 ORDER BY id DESC LIMIT $2",
	[ROW_ADD] = "INSERT INTO import_row (import_id, n, email, name, role, kind, calendar, "
		    "name_key, last_key, verdict, say) "
		    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
	[LINE] = "SELECT n FROM import_row WHERE import_id = $1 AND email = $2 ORDER BY n LIMIT 1",
	[READY] = "UPDATE import SET state = 1, rows = $3, last = $4, admins = $5, shape = $6 "
		  "WHERE account_id = $1 AND id = $2 AND state = 0",
	[ROWS] = "SELECT " ROW_COLUMNS " FROM import_row WHERE import_id = $1 AND n > $2 "
		 "ORDER BY n LIMIT $3",
	[ROWS_OF] = "SELECT " ROW_COLUMNS " FROM import_row WHERE import_id = $1 AND n > $2 "
		    "AND verdict = $4 ORDER BY n LIMIT $3",
	[COUNTS] = "SELECT verdict, count(*) FROM import_row WHERE import_id = $1 GROUP BY verdict",
	[BEGIN] = "UPDATE import SET state = 2, job_id = $3, began = $4 "
		  "WHERE account_id = $1 AND id = $2 AND state = 1",
	[UP_TO] = "SELECT COALESCE(max(n), 0) FROM (SELECT n FROM import_row WHERE import_id = $1 "
		  "AND n > $2 ORDER BY n LIMIT $3)",
	[NEWEST] = "SELECT COALESCE(max(id), 0) FROM member",
	[JOIN] = "INSERT INTO member (account_id, email, name, role, created, kind, calendar, "
		 "name_key, last_key, since, next_at) SELECT $1, r.email, r.name, "
		 "CASE r.role WHEN 1 THEN 1 ELSE 0 END, $5, $6, r.calendar, r.name_key, "
		 "r.last_key, $5, $5 FROM import_row r WHERE r.import_id = $2 AND r.n > $3 "
		 "AND r.n <= $4 AND r.verdict = 0 AND (r.kind = 1) = ($6 = 1) "
		 "ON CONFLICT (account_id, email) DO NOTHING",
	[TELL] = "INSERT INTO member_event (account_id, member_id, at, what, was, status, "
		 "was_reason, reason, detail, by_name) SELECT $1, m.id, $5, $7, 0, 0, "
		 "'not_checked', 'not_checked', $8, $9 FROM import_row r CROSS JOIN member m "
		 "WHERE r.import_id = $2 AND r.n > $3 AND r.n <= $4 AND r.verdict = 0 "
		 "AND m.account_id = $1 AND m.email = r.email AND m.id > $6",
	[REFUSE] = "UPDATE import_row SET verdict = 4, say = $3 WHERE import_id = $1 AND n = $2",
	[MOVE] = "UPDATE import SET cursor = $3, added = $4, changed = $5, state = $6, ended = $7 "
		 "WHERE account_id = $1 AND id = $2 AND state = 2 AND cursor = $8",
	[REMOVE] = "DELETE FROM import WHERE account_id = $1 AND id = $2",
	[CLEAR] = "DELETE FROM import WHERE account_id = $1 AND made_by = $2 AND state < 2",
	[SWEEP] = "DELETE FROM import WHERE created < $1",
};
_Static_assert(IMPORT_NEW == 0 && IMPORT_REFUSED == 4 && IMPORT_READY == 1 && IMPORT_RUNNING == 2 &&
		ROLE_ADMIN == 1 && MEMBER_ROOM == 1,
	"the statements say so");

static const struct db_field fields[] = {
	DB_F_NUM(import, id),
	DB_F_NUM(import, account),
	DB_F_TEXT(import, name),
	DB_F_ENUM(import, state, IMPORT_STATE__MAX),
	DB_F_NUM(import, job),
	DB_F_NUM(import, by),
	DB_F_TEXT(import, by_name),
	DB_F_NUM(import, created),
	DB_F_NUM(import, ended),
	DB_F_TEXT(import, shape),
	DB_F_NUM(import, rows),
	DB_F_NUM(import, last),
	DB_F_NUM(import, admins),
	DB_F_NUM(import, cursor),
	DB_F_NUM(import, added),
	DB_F_NUM(import, changed),
	DB_F_NUM(import, began),
};
static const struct db_shape shape = DB_SHAPE(import, fields);

static const struct db_field row_fields[] = {
	DB_F_NUM(import_row, line),
	DB_F_TEXT(import_row, email),
	DB_F_TEXT(import_row, name),
	DB_F_NUM(import_row, role),
	DB_F_NUM(import_row, kind),
	DB_F_TEXT(import_row, calendar),
	DB_F_ENUM(import_row, verdict, IMPORT_VERDICT__MAX),
	DB_F_TEXT(import_row, say),
};
static const struct db_shape row_shape = DB_SHAPE(import_row, row_fields);

/* --- what waits --- */

int store_import_add(struct db *db, const struct import *i, int64_t *id, struct err *e)
{
	return db_insert(db, sql[ADD],
		DB_ARGS(DB_I(i->account), DB_S(i->name), DB_I(i->by), DB_S(i->by_name),
			DB_I(clock_now())),
		id, e);
}

int store_import_get(struct db *db, struct arena *a, int64_t account, int64_t id,
	struct import *out, struct err *e)
{
	struct db_rows r;

	if (db_query(db, sql[GET], DB_ARGS(DB_I(account), DB_I(id)), &r, e) < 0)
		return -1;
	return db_one(&r, &shape, a, out, e);
}

int store_import_list(struct db *db, struct arena *a, int64_t account, int limit,
	struct import **out, struct err *e)
{
	struct db_rows r;
	int n;

	if (db_query(db, sql[LIST], DB_ARGS(DB_I(account), STORE_LIMIT(limit)), &r, e) < 0)
		return -1;
	*out = db_list(&r, &shape, a, &n, e);
	return n;
}

int store_import_row_add(struct db *db, int64_t import, const struct import_row *r, struct err *e)
{
	const char *shown = str_empty(r->name) ? r->email : r->name;
	char name[FOLD_MAX + 1], last[FOLD_MAX + 1];

	fold_text(name, sizeof(name), shown);
	fold_last(last, sizeof(last), shown);
	return db_run(db, sql[ROW_ADD],
		DB_ARGS(DB_I(import), DB_I(r->line), DB_S(r->email), DB_S(r->name), DB_I(r->role),
			DB_I(r->kind), DB_S(r->calendar), DB_S(name), DB_S(last), DB_I(r->verdict),
			DB_S(r->say)),
		NULL, e);
}

int store_import_line(
	struct db *db, int64_t import, const char *email, int64_t *line, struct err *e)
{
	return db_number(db, sql[LINE], DB_ARGS(DB_I(import), DB_S(email)), line, e);
}

int store_import_ready(struct db *db, const struct import *i, struct err *e)
{
	return db_must(db, sql[READY],
		DB_ARGS(DB_I(i->account), DB_I(i->id), DB_I(i->rows), DB_I(i->last),
			DB_I(i->admins), DB_S(i->shape)),
		e);
}

int store_import_rows(struct db *db, struct arena *a, const struct import *i, int verdict,
	struct page_of page, struct import_row **out, struct err *e)
{
	const struct db_value v[] = { DB_I(i->id), DB_I(page.after), STORE_LIMIT(page.limit),
		DB_I(verdict) };
	struct db_rows r;
	int n;

	if (db_query(db, sql[verdict < 0 ? ROWS : ROWS_OF], v, verdict < 0 ? 3 : 4, &r, e) < 0)
		return -1;
	*out = db_list(&r, &row_shape, a, &n, e);
	return n;
}

int store_import_counts(
	struct db *db, const struct import *i, int64_t n[IMPORT_VERDICT__MAX], struct err *e)
{
	struct db_rows r;
	int rc;

	memset(n, 0, IMPORT_VERDICT__MAX * sizeof(*n));
	if (db_query(db, sql[COUNTS], DB_ARGS(DB_I(i->id)), &r, e) < 0)
		return -1;
	while ((rc = db_next(&r, e)) == 1) {
		const int64_t verdict = db_num(&r, 0);

		if (verdict >= 0 && verdict < IMPORT_VERDICT__MAX)
			n[verdict] = db_num(&r, 1);
	}
	return rc;
}

int store_import_begin(struct db *db, int64_t account, int64_t id, int64_t job, struct err *e)
{
	return (int)db_changed(
		db, sql[BEGIN], DB_ARGS(DB_I(account), DB_I(id), DB_I(job), DB_I(clock_now())), e);
}

int store_import_remove(struct db *db, int64_t account, int64_t id, struct err *e)
{
	return db_must(db, sql[REMOVE], DB_ARGS(DB_I(account), DB_I(id)), e);
}

int store_import_clear(struct db *db, int64_t account, int64_t by, struct err *e)
{
	return db_run(db, sql[CLEAR], DB_ARGS(DB_I(account), DB_I(by)), NULL, e);
}

int64_t store_import_sweep(struct db *db, int64_t before, struct err *e)
{
	return db_changed(db, sql[SWEEP], DB_ARGS(DB_I(before)), e);
}

/* --- what becomes of it --- */

const char *import_about(const struct import *i)
{
	return str_empty(i->name) ? "Pasted list" : i->name;
}

const char *import_say(struct arena *a, const struct import *i)
{
	return arena_printf(a, "%lld %s added, %lld changed.", (long long)i->added,
		i->added == 1 ? "member" : "members", (long long)i->changed);
}

int import_changes(const struct import_row *r, const struct member *is, struct member *out)
{
	*out = *is;
	if (!str_empty(r->name))
		out->name = r->name;
	if (!str_empty(r->calendar))
		out->calendar = strcmp(r->calendar, is->email) == 0 ? "" : r->calendar;
	if (r->role >= 0)
		out->role = (enum role)r->role;
	return strcmp(out->name, is->name) != 0 || strcmp(out->calendar, is->calendar) != 0 ||
		out->role != is->role;
}

int import_is_admin(const struct member *m)
{
	return m->role == ROLE_ADMIN && m->user && !m->off_at;
}

/* Lines that are done together. */
struct span {
	struct import *i;
	int64_t to; /* the last; the first is behind i->cursor */
};

/* All of one kind who are not there yet; returns how many, or -1. */
static int64_t join(struct db *db, const struct span *s, enum member_kind kind, struct err *e)
{
	const struct import *i = s->i;
	struct roster_count c = { .reason = "not_checked" };

	c.n = db_changed(db, sql[JOIN],
		DB_ARGS(DB_I(i->account), DB_I(i->id), DB_I(i->cursor), DB_I(s->to),
			DB_I(clock_now()), DB_I(kind)),
		e);
	if (c.n > 0 && store_member_counted(db, i->account, kind, &c, e) < 0)
		return -1;
	return c.n;
}

static int join_all(struct db *db, const struct span *s, struct err *e)
{
	struct import *i = s->i;
	int64_t newest, n, added = 0;

	if (db_number(db, sql[NEWEST], DB_NONE, &newest, e) < 0)
		return -1;
	for (int kind = 0; kind < MEMBER__MAX; kind++) {
		n = join(db, s, (enum member_kind)kind, e);
		if (n < 0)
			return -1;
		added += n;
	}
	i->added += added;
	if (added == 0)
		return 0;
	return db_run(db, sql[TELL],
		DB_ARGS(DB_I(i->account), DB_I(i->id), DB_I(i->cursor), DB_I(s->to),
			DB_I(clock_now()), DB_I(newest), DB_I(MEMBER_ADDED),
			DB_S(str_empty(i->name) ? "From a pasted list." : "From a file."),
			DB_S(i->by_name)),
		NULL, e);
}

/* Would nobody be left who can sign in as admin? 1, 0, -1. */
static int is_last(struct db *db, const struct member *m, struct err *e)
{
	int64_t admins, all;

	if (m->role != ROLE_ADMIN)
		return 0;
	if (store_member_counts(db, m->account, &admins, &all, e) < 0)
		return -1;
	return admins - import_is_admin(m) < 1;
}

/* Rights are read from the member row on each request; its sessions end as when a page does it. */
static int change_role(struct db *db, const struct member *m, enum role role, struct err *e)
{
	if (store_member_role(db, m->account, m->id, role, e) < 0)
		return -1;
	return store_session_end_member(db, m->account, m->id, e) < 0 ? -1 : 0;
}

static int change(struct db *db, const struct import *i, const struct import_row *r,
	const struct member *was, const struct member *is, struct err *e)
{
	const struct member_event v = { .account = i->account,
		.member = was->id,
		.what = MEMBER_EDITED,
		.detail = r->say,
		.by = i->by_name };

	if (store_member_edit(db, is, e) < 0 ||
		(is->role != was->role && change_role(db, was, is->role, e) < 0))
		return -1;
	return store_event_add(db, &v, e);
}

/* Of the other kind by now: removed, and added again. */
static int is_another(const struct import_row *r, const struct member *is)
{
	return (r->kind >= 0 && r->kind != (int64_t)is->kind) ||
		(is->kind == MEMBER_ROOM && is->role == ROLE_ADMIN);
}

/* One who was there already when the file was read. Whoever is gone since, or became a room, or is
 * as the row says by now, stays so. */
static int change_row(
	struct db *db, struct arena *a, struct import *i, const struct import_row *r, struct err *e)
{
	struct member was, is;
	int last, rc = store_member_by_email(db, a, i->account, r->email, &was, e);

	if (rc < 1 || !import_changes(r, &was, &is) || is_another(r, &is))
		return rc < 0 ? -1 : 0;
	last = is.role != was.role ? is_last(db, &was, e) : 0;
	if (last > 0)
		return db_run(db, sql[REFUSE],
			DB_ARGS(DB_I(i->id), DB_I(r->line), DB_S(IMPORT_LAST_ADMIN)), NULL, e);
	if (last < 0 || change(db, i, r, &was, &is, e) < 0)
		return -1;
	i->changed++;
	return 0;
}

static int change_all(
	struct db *db, struct arena *a, const struct span *s, int limit, struct err *e)
{
	struct import_row *rows;
	int n = store_import_rows(
		db, a, s->i, IMPORT_CHANGED, (struct page_of){ s->i->cursor, limit }, &rows, e);

	for (int k = 0; k < n && rows[k].line <= s->to; k++) {
		if (change_row(db, a, s->i, &rows[k], e) < 0)
			return -1;
	}
	return n < 0 ? -1 : 0;
}

static int portion(struct db *db, struct arena *a, struct import *i, int limit, struct err *e)
{
	const int64_t from = i->cursor;
	struct span s = { .i = i };

	if (db_number(db, sql[UP_TO], DB_ARGS(DB_I(i->id), DB_I(i->cursor), STORE_LIMIT(limit)),
		    &s.to, e) < 0)
		return -1;
	if (s.to > 0 && (join_all(db, &s, e) < 0 || change_all(db, a, &s, limit, e) < 0))
		return -1;
	if (s.to == 0) {
		i->state = IMPORT_DONE;
		i->ended = clock_now();
		s.to = i->cursor;
	}
	i->cursor = s.to;
	if (db_must(db, sql[MOVE],
		    DB_ARGS(DB_I(i->account), DB_I(i->id), DB_I(i->cursor), DB_I(i->added),
			    DB_I(i->changed), DB_I(i->state), DB_I(i->ended), DB_I(from)),
		    e) < 0)
		return -1;
	return i->state == IMPORT_RUNNING;
}

int store_import_portion(struct db *db, struct arena *a, struct import *i, int limit, struct err *e)
{
	if (db_begin(db, DB_WRITE, e) < 0)
		return -1;
	return db_finish(db, portion(db, a, i, limit, e), e);
}
