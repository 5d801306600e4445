/* Rosters: lists of an account's members by how they stand.
 *
 * Rules: a statement for each way in, so that an index gives the rows in their order: what is left
 * of the filter is looked at row by row. Where no index has both, the filter and the order, those
 * of a way by which there are not MANY are sorted; else it is the order that is followed. A search
 * goes through three indexes, ROSTER_SEARCH_MAX rows of each, or MANY when something else is
 * chosen, too: what it finds is sorted then, because a page by another index would look through all
 * for the few that match. Counts are kept, not counted.
 */
#include "store.h"
#include "store_row.h"

#include <string.h>
#include "platform/clock.h"
#include "platform/fold.h"

#define ROW_COLUMNS                                                                                \
	STANDING_COLUMNS("m")                                                                      \
	", m.email, m.name, m.kind, m.role, m.user_id, m.calendar, "                               \
	"m.name_key, m.remind_n, m.remind_at, m.silent_at "

/* $1 account, $2 kind, $3 status, $4 reason, $5 fixer, $6 role, $7 seen before, $8 and $9 what a
 * search begins with and where that ends. A reason and who must act are of those where something is
 * wrong, whichever way they are found. */
#define IS "m.account_id = $1 AND m.kind = $2 "
#define BEGINS(column) "(m." column " >= $8 AND m." column " < $9)"
#define REST                                                                                       \
	"AND ($3 < 0 OR m.status = $3) AND ($4 = '' OR (m.status > 1 AND m.reason = $4)) "         \
	"AND ($5 < 0 OR (m.status > 1 AND m.fixer = $5)) AND ($6 < 0 OR m.role = $6) "             \
	"AND ($7 = 0 OR (m.checked_at > 0 AND m.checked_at < $7 AND m.status <> 5)) "              \
	"AND ($8 = '' OR " BEGINS("name_key") " OR " BEGINS("last_key") " OR " BEGINS(             \
		"email") ") "
_Static_assert(STATUS_CONNECTED == 1 && STATUS_OFF == 5, "the statements say so");

/* The ways in: what an index is entered by. Of admins and of what a search finds there are few. */
#define BY_STATUS IS "AND m.status = $3 "
#define BY_REASON IS "AND m.status > 1 AND m.reason = $4 "
#define BY_FIXER IS "AND m.status > 1 AND m.fixer = $5 "
#define BY_ADMIN IS "AND m.role = 1 "
#define BY_SEEN IS "AND m.checked_at > 0 AND m.checked_at < $7 "
#define FOUND(column, most)                                                                        \
	"SELECT * FROM (SELECT m.id FROM member m WHERE " IS                                       \
	"AND " BEGINS(column) " ORDER BY m." column " LIMIT " most ")"
/* The plus keeps the outer rows from being looked for by anything but their ids. */
#define BY_SEARCH(most)                                                                            \
	"+m.account_id = $1 AND +m.kind = $2 AND m.id IN (" FOUND("name_key",                      \
		most) " UNION " FOUND("last_key", most) " UNION " FOUND("email", most) ") "
#define ALONE "1000"
#define MANY "20000"
_Static_assert(ROSTER_SEARCH_MAX == 1000, "ALONE says so");
#define FEW(way)                                                                                   \
	"+m.account_id = $1 AND +m.kind = $2 AND m.id IN (SELECT m.id FROM member m WHERE " way ") "

/* $10 key and $11 id of the row before, $12 limit, $13 its number where that counts first. */
#define LIST(way, behind, order)                                                                   \
	"SELECT " ROW_COLUMNS "FROM member m WHERE " way REST "AND " behind " ORDER BY " order     \
	" LIMIT $12"
#define UP(way) LIST(way, "(m.name_key, m.id) > ($10, $11)", "m.name_key, m.id")
#define DOWN(way) LIST(way, "(m.name_key, m.id) < ($10, $11)", "m.name_key DESC, m.id DESC")
#define UP_BY(way, number)                                                                         \
	LIST(way, "(m." number ", m.name_key, m.id) > ($13, $10, $11)",                            \
		"m." number ", m.name_key, m.id")
#define DOWN_BY(way, number)                                                                       \
	LIST(way, "(m." number ", m.name_key, m.id) < ($13, $10, $11)",                            \
		"m." number " DESC, m.name_key DESC, m.id DESC")
#define COUNT(way) "SELECT count(*) FROM (SELECT 1 FROM member m WHERE " way REST "LIMIT $10)"
#define SIZE(that)                                                                                 \
	"SELECT count(*) FROM (SELECT 1 FROM member m WHERE " IS "AND " that " LIMIT " MANY ")"
enum { MANY_MIN = 20000 /* MANY says so */ };

/* ADMIN to FIXER: the usually narrower first. */
enum way { ALL, ADMIN, SEEN, REASON, STATUS, FIXER, SEARCH, SEARCH_ALONE, WAY__MAX };

#define NAMED(way)                                                                                 \
	{                                                                                          \
		UP(way), DOWN(way)                                                                 \
	}
#define BY(way, number)                                                                            \
	{                                                                                          \
		UP_BY(way, number), DOWN_BY(way, number)                                           \
	}
#define ANY_ORDER(way)                                                                             \
	{                                                                                          \
		NAMED(way), BY(way, "status"), BY(way, "checked_at")                               \
	}

/* Upwards and downwards, in the order in which an index has them. */
static const char *const lists[WAY__MAX][ROSTER_SORT__MAX][2] = {
	[ALL] = ANY_ORDER(IS),
	[ADMIN] = { NAMED(BY_ADMIN) },
	[SEEN] = { [ROSTER_CHECKED] = BY(BY_SEEN, "checked_at") },
	[REASON] = { NAMED(BY_REASON) },
	[STATUS] = { NAMED(BY_STATUS) },
	[FIXER] = { NAMED(BY_FIXER) },
	[SEARCH] = ANY_ORDER(BY_SEARCH(MANY)),
	[SEARCH_ALONE] = { NAMED(BY_SEARCH(ALONE)), BY(BY_SEARCH(MANY), "status"),
		BY(BY_SEARCH(MANY), "checked_at") },
};

/* The same, sorted. */
static const char *const few[WAY__MAX][ROSTER_SORT__MAX][2] = {
	[ADMIN] = ANY_ORDER(FEW(BY_ADMIN)),
	[SEEN] = ANY_ORDER(FEW(BY_SEEN)),
	[REASON] = ANY_ORDER(FEW(BY_REASON)),
	[STATUS] = ANY_ORDER(FEW(BY_STATUS)),
	[FIXER] = ANY_ORDER(FEW(BY_FIXER)),
};

/* How many. */
static const char *const counts[WAY__MAX] = {
	[ALL] = COUNT(IS),
	[ADMIN] = COUNT(BY_ADMIN),
	[SEEN] = COUNT(BY_SEEN),
	[REASON] = COUNT(BY_REASON),
	[STATUS] = COUNT(BY_STATUS),
	[FIXER] = COUNT(BY_FIXER),
	[SEARCH] = COUNT(BY_SEARCH(MANY)),
	[SEARCH_ALONE] = COUNT(BY_SEARCH(ALONE)),
};

/* How many there are by a way, as long as they are not many: $3 is this one of a filter's. Of
 * admins there are few. */
static const struct {
	const char *sql;
	int arg;
} sizes[WAY__MAX] = {
	[SEEN] = { SIZE("m.checked_at > 0 AND m.checked_at < $3"), 7 - 1 },
	[REASON] = { SIZE("m.status > 1 AND m.reason = $3"), 4 - 1 },
	[STATUS] = { SIZE("m.status = $3"), 3 - 1 },
	[FIXER] = { SIZE("m.status > 1 AND m.fixer = $3"), 5 - 1 },
};

enum { WALK, MARK, LAST, GET, REMIND, COUNTS, MORE, FEWER, DAY_CLEAR, DAY_KEEP, DAYS, DAYS_SWEEP };

static const char *const sql[] = {
	[WALK] = "SELECT " ROW_COLUMNS "FROM member m WHERE " IS REST
		 "AND m.id > $10 ORDER BY m.id LIMIT $11",
	[MARK] = "UPDATE member SET asked = $12 WHERE id IN (SELECT m.id FROM member m WHERE " IS
		REST "AND m.id > $10 ORDER BY m.id LIMIT $11) AND asked = 0 AND off_at = 0",
	[LAST] = "SELECT CASE count(*) WHEN $11 THEN max(id) ELSE 0 END FROM (SELECT m.id FROM "
		 "member m WHERE " IS REST "AND m.id > $10 ORDER BY m.id LIMIT $11)",
	[GET] = "SELECT " ROW_COLUMNS "FROM member m WHERE m.account_id = $1 AND m.id = $2",
	[REMIND] =
		"SELECT " ROW_COLUMNS "FROM member m WHERE m.account_id = $1 AND m.remind_at > 0 "
		"AND m.remind_at <= $2 AND m.checked_at >= $2 - 86400 AND m.silent_at = 0 "
		"ORDER BY m.remind_at, m.id LIMIT $3",
	[COUNTS] = "SELECT status, reason, fixer, n FROM member_count "
		   "WHERE account_id = $1 AND kind = $2 AND n > 0 ORDER BY status, reason, fixer",
	[MORE] = "INSERT INTO member_count (account_id, kind, status, reason, fixer, n) "
		 "VALUES ($1, $2, $3, $4, $5, $6) "
		 "ON CONFLICT (account_id, kind, status, reason, fixer) "
		 "DO UPDATE SET n = member_count.n + excluded.n",
	[FEWER] = "UPDATE member_count SET n = n + $6 WHERE account_id = $1 AND kind = $2 "
		  "AND status = $3 AND reason = $4 AND fixer = $5",
	[DAY_CLEAR] = "DELETE FROM member_day WHERE account_id = $1 AND day = $2 "
		      "AND kind IN (0, 1)",
	[DAY_KEEP] = "INSERT INTO member_day (account_id, kind, day, status, n) "
		     "SELECT account_id, kind, $2, status, sum(n) FROM member_count "
		     "WHERE account_id = $1 GROUP BY account_id, kind, status",
	[DAYS] = "SELECT day, status, n FROM member_day WHERE account_id = $1 AND kind = $2 "
		 "AND day >= $3 ORDER BY day, status LIMIT 2400",
	[DAYS_SWEEP] = "DELETE FROM member_day WHERE day < $1",
};

static const struct db_field fields[] = {
	STANDING_FIELDS(roster_row),
	DB_F_TEXT(roster_row, email),
	DB_F_TEXT(roster_row, name),
	DB_F_ENUM(roster_row, kind, MEMBER__MAX),
	DB_F_NUM(roster_row, role),
	DB_F_NUM(roster_row, user),
	DB_F_TEXT(roster_row, calendar),
	DB_F_TEXT(roster_row, key),
	DB_F_NUM(roster_row, remind_n),
	DB_F_NUM(roster_row, remind_at),
	DB_F_NUM(roster_row, silent_at),
};
static const struct db_shape shape = DB_SHAPE(roster_row, fields);

static const struct db_field count_fields[] = {
	DB_F_ENUM(roster_count, status, STATUS__MAX),
	DB_F_TEXT(roster_count, reason),
	DB_F_ENUM(roster_count, fixer, FIXER__MAX),
	DB_F_NUM(roster_count, n),
};
static const struct db_shape count_shape = DB_SHAPE(roster_count, count_fields);

struct roster_filter roster_all(int64_t account, enum member_kind kind)
{
	return (struct roster_filter){
		.account = account, .kind = kind, .status = -1, .fixer = -1, .role = -1
	};
}

/* --- filters as parameters --- */

enum { FILTER_ARGS = 9, ARGS_MAX = 13 };

/* $1 to $9, of whom `end` keeps the last. A search is cut at what a key can hold. */
struct filter_args {
	struct db_value v[ARGS_MAX];
	char begin[FOLD_MAX + 1], end[FOLD_MAX + 2];
};

static void filter_args(struct filter_args *x, const struct roster_filter *f)
{
	fold_text(x->begin, sizeof(x->begin), f->search ? f->search : "");
	fold_after(x->end, x->begin);
	memcpy(x->v,
		(const struct db_value[FILTER_ARGS]){ DB_I(f->account), DB_I(f->kind),
			DB_I(f->status), DB_S(f->reason), DB_I(f->fixer), DB_I(f->role),
			DB_I(f->stale_before), DB_S(x->begin), DB_S(x->end) },
		FILTER_ARGS * sizeof(x->v[0]));
}

/* Can the rows be entered by it? */
static int leads(const struct roster_filter *f, enum way way)
{
	switch (way) {
	case ADMIN:
		return f->role == ROLE_ADMIN;
	case SEEN:
		return f->stale_before != 0;
	case REASON:
		return f->reason != NULL;
	case STATUS:
		return f->status >= 0;
	case FIXER:
		return f->fixer >= 0;
	default:
		return 0;
	}
}

static int alone(const struct roster_filter *f)
{
	return f->status < 0 && !f->reason && f->fixer < 0 && f->role < 0 && !f->stale_before;
}

/* Are there few by this way? 1, 0, -1. */
static int is_few(struct db *db, const struct filter_args *x, enum way way, struct err *e)
{
	const struct db_value v[] = { x->v[0], x->v[1], x->v[sizes[way].arg] };
	int64_t n;

	if (!sizes[way].sql)
		return 1;
	return db_number(db, sizes[way].sql, v, 3, &n, e) < 0 ? -1 : n < MANY_MIN;
}

/* The way in: *sorted when there are few by it. It is known without looking when nothing else is
 * chosen and an index has this order. */
static int choose(struct db *db, const struct filter_args *x, const struct roster_filter *f,
	enum roster_sort sort, int *sorted, struct err *e)
{
	enum way first = ALL;
	int ways = 0;

	*sorted = 0;
	if (x->begin[0])
		return alone(f) ? SEARCH_ALONE : SEARCH;
	for (enum way way = FIXER; way > ALL; way--) {
		first = leads(f, way) ? way : first;
		ways += leads(f, way);
	}
	if (ways == 0 || (ways == 1 && lists[first][sort][0]))
		return (int)first;
	for (enum way way = first; way <= FIXER; way++) {
		*sorted = leads(f, way) ? is_few(db, x, way, e) : 0;
		if (*sorted)
			return *sorted < 0 ? -1 : (int)way;
	}
	return (int)first;
}

static const char *list_sql(enum way way, enum roster_sort sort, int down, int sorted)
{
	if (lists[way][sort][down])
		return lists[way][sort][down];
	return sorted ? few[way][sort][down] : lists[ALL][sort][down];
}

/* --- lists --- */

static int rows(struct db *db, struct arena *a, const char *text, const struct db_value *v,
	size_t n, struct roster_row **out, struct err *e)
{
	struct db_rows r;
	int count;

	if (db_query(db, text, v, n, &r, e) < 0)
		return -1;
	*out = db_list(&r, &shape, a, &count, e);
	return count;
}

int store_roster_list(struct db *db, struct arena *a, const struct roster_filter *f,
	const struct roster_place *at, struct roster_row **out, struct err *e)
{
	static const char last[] = "\U0010ffff"; /* behind every key */
	const int begin = at->id == 0, down = at->down != 0;
	/* Of one status all stand alike. */
	const enum roster_sort sort =
		at->sort == ROSTER_STATUS && f->status >= 0 ? ROSTER_NAME : at->sort;
	struct filter_args x;
	int way, sorted;

	filter_args(&x, f);
	way = choose(db, &x, f, sort, &sorted, e);
	if (way < 0)
		return -1;
	x.v[FILTER_ARGS] = DB_S(!begin ? at->key : down ? last : "");
	x.v[FILTER_ARGS + 1] = DB_I(begin && down ? INT64_MAX : at->id);
	x.v[FILTER_ARGS + 2] = STORE_LIMIT(at->limit);
	x.v[FILTER_ARGS + 3] = DB_I(!begin ? at->num : down ? INT64_MAX : -1);
	return rows(db, a, list_sql((enum way)way, sort, down, sorted), x.v,
		sort == ROSTER_NAME ? ARGS_MAX - 1 : ARGS_MAX, out, e);
}

int64_t store_roster_count(
	struct db *db, const struct roster_filter *f, int64_t most, struct err *e)
{
	struct filter_args x;
	int64_t n;
	int way, sorted;

	filter_args(&x, f);
	x.v[FILTER_ARGS] = STORE_LIMIT(most);
	way = choose(db, &x, f, f->stale_before ? ROSTER_CHECKED : ROSTER_NAME, &sorted, e);
	if (way < 0)
		return -1;
	return db_number(db, counts[way], x.v, FILTER_ARGS + 1, &n, e) < 0 ? -1 : n;
}

int store_roster_walk(struct db *db, struct arena *a, const struct roster_filter *f, int64_t after,
	int limit, struct roster_row **out, struct err *e)
{
	struct filter_args x;

	filter_args(&x, f);
	x.v[FILTER_ARGS] = DB_I(after);
	x.v[FILTER_ARGS + 1] = STORE_LIMIT(limit);
	return rows(db, a, sql[WALK], x.v, FILTER_ARGS + 2, out, e);
}

int64_t store_roster_mark(struct db *db, const struct roster_filter *f, const struct roster_mark *m,
	int64_t *last, struct err *e)
{
	struct filter_args x;

	filter_args(&x, f);
	x.v[FILTER_ARGS] = DB_I(m->after);
	x.v[FILTER_ARGS + 1] = STORE_LIMIT(m->limit);
	x.v[FILTER_ARGS + 2] = DB_I(m->job);
	if (db_number(db, sql[LAST], x.v, FILTER_ARGS + 2, last, e) < 0)
		return -1;
	return db_changed(db, sql[MARK], x.v, FILTER_ARGS + 3, e);
}

int store_roster_get(struct db *db, struct arena *a, int64_t account, int64_t id,
	struct roster_row *out, struct err *e)
{
	struct db_rows r;

	if (db_query(db, sql[GET], DB_ARGS(DB_I(account), DB_I(id)), &r, e) < 0)
		return -1;
	return db_one(&r, &shape, a, out, e);
}

int store_roster_remind(struct db *db, struct arena *a, int64_t account, int limit,
	struct roster_row **out, struct err *e)
{
	const struct db_value v[] = { DB_I(account), DB_I(clock_now()), STORE_LIMIT(limit) };

	return rows(db, a, sql[REMIND], v, 3, out, e);
}

/* --- counts --- */

int store_roster_counts(struct db *db, struct arena *a, int64_t account, enum member_kind kind,
	struct roster_count **out, struct err *e)
{
	struct db_rows r;
	int n;

	if (db_query(db, sql[COUNTS], DB_ARGS(DB_I(account), DB_I(kind)), &r, e) < 0)
		return -1;
	*out = db_list(&r, &count_shape, a, &n, e);
	return n;
}

int store_roster_counted(struct db *db, int64_t account, enum member_kind kind,
	const struct roster_count *c, struct err *e)
{
	return db_must(db, sql[c->n > 0 ? MORE : FEWER],
		DB_ARGS(DB_I(account), DB_I(kind), DB_I(c->status), DB_S(c->reason), DB_I(c->fixer),
			DB_I(c->n)),
		e);
}

int store_roster_day_keep(struct db *db, int64_t account, int64_t day, struct err *e)
{
	int rc;

	if (db_begin(db, DB_WRITE, e) < 0)
		return -1;
	rc = db_run(db, sql[DAY_CLEAR], DB_ARGS(DB_I(account), DB_I(day)), NULL, e);
	if (rc == 0)
		rc = db_run(db, sql[DAY_KEEP], DB_ARGS(DB_I(account), DB_I(day)), NULL, e);
	return db_finish(db, rc, e);
}

/* Rows of one day follow one another. */
static int read_days(struct db_rows *r, struct roster_day *days, int most, struct err *e)
{
	int n = 0, rc;

	while ((rc = db_next(r, e)) == 1) {
		const int64_t day = db_num(r, 0), status = db_num(r, 1);

		if (n == 0 || days[n - 1].day != day) {
			if (n == most)
				continue;
			days[n++] = (struct roster_day){ .day = day };
		}
		if (status >= 0 && status < STATUS__MAX)
			days[n - 1].n[status] = db_num(r, 2);
	}
	return rc < 0 ? -1 : n;
}

int store_roster_days(struct db *db, struct arena *a, int64_t account, enum member_kind kind,
	int64_t from, struct roster_day **out, struct err *e)
{
	enum { DAYS_MAX = 400 };
	struct db_rows r;

	if (db_query(db, sql[DAYS], DB_ARGS(DB_I(account), DB_I(kind), DB_I(from)), &r, e) < 0)
		return -1;
	*out = arena_array(a, DAYS_MAX, sizeof(**out));
	return read_days(&r, *out, DAYS_MAX, e);
}

int64_t store_roster_days_sweep(struct db *db, int64_t before, struct err *e)
{
	return db_changed(db, sql[DAYS_SWEEP], DB_ARGS(DB_I(before)), e);
}
