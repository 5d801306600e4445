/* Rosters: lists of an account's members by how they stand.
 *
 * Rules: a statement for each way in, so that an index gives the rows in their order: what is left
 * of the filter is looked at row by row. Where no index has both, the filter and the order, those
 * of a way by which there are not MANY are sorted; else it is the order that is followed. A search
 * goes through three indexes, ROSTER_SEARCH_MAX rows of each, or MANY when something else is
 * chosen, too: what it finds is sorted then, because a page by another index would look through all
 * for the few that match. When more names than that begin so, they alone are the list, in the order
 * of their index. Counts are kept, not counted, or taken from an index where one tells: a row of a
 * large table costs a read.
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
/* What a list shows. */
#define LIST_COLUMNS                                                                               \
	"m.id, m.email, m.name, m.kind, m.role, m.user_id, m.name_key, m.status, m.reason, "       \
	"m.fixer, m.grants, m.reach, m.checked_at, m.tried "

/* $1 account, $2 kind, $3 status, $4 reason, $5 fixer, $6 role, $7 seen before, $8 and $9 what a
 * search begins with and where that ends. A reason and who must act are of those where something is
 * wrong, whichever way they are found. */
#define IS "m.account_id = $1 AND m.kind = $2 "
#define BETWEEN(column, from, to) "(m." column " >= " from " AND m." column " < " to ")"
#define BEGINS(column) BETWEEN(column, "$8", "$9")
#define REST                                                                                       \
	"AND ($3 < 0 OR m.status = $3) AND ($4 = '' OR (m.status > 1 AND m.reason = $4)) "         \
	"AND ($5 < 0 OR (m.status > 1 AND m.fixer = $5)) AND ($6 < 0 OR m.role = $6) "             \
	"AND ($7 = 0 OR (m.checked_at > 0 AND m.checked_at < $7 AND m.status <> 5)) "              \
	"AND ($10 < 0 OR (m.reach = $10 AND m.status <> 5)) "                                      \
	"AND ($8 = '' OR " BEGINS("name_key") " OR " BEGINS("last_key") " OR " BEGINS(             \
		"email") ") "
_Static_assert(STATUS_CONNECTED == 1 && STATUS_OFF == 5, "the statements say so");

/* The ways in: what an index is entered by. Of admins and of what a search finds there are few. */
#define BY_STATUS IS "AND m.status = $3 "
#define BY_REASON IS "AND m.status > 1 AND m.reason = $4 "
#define BY_FIXER IS "AND m.status > 1 AND m.fixer = $5 "
#define BY_REACH IS "AND m.reach = $10 "
#define BY_ADMIN IS "AND m.role = 1 "
#define BY_SEEN IS "AND m.checked_at > 0 AND m.checked_at < $7 "
#define BY_NAME IS "AND " BEGINS("name_key") " "
#define FOUND_IN(column, from, to, most)                                                           \
	"SELECT * FROM (SELECT m.id FROM member m WHERE " IS                                       \
	"AND " BETWEEN(column, from, to) " ORDER BY m." column " LIMIT " most ")"
#define FOUND(column, most) FOUND_IN(column, "$8", "$9", most)
/* The plus keeps the outer rows from being looked for by anything but their ids. */
#define BY_SEARCH(most)                                                                            \
	"+m.account_id = $1 AND +m.kind = $2 AND m.id IN (" FOUND("name_key",                      \
		most) " UNION " FOUND("last_key", most) " UNION " FOUND("email", most) ") "
#define ALONE "1000"
#define MANY "20000"
_Static_assert(ROSTER_SEARCH_MAX == 1000, "ALONE says so");
#define FEW(way)                                                                                   \
	"+m.account_id = $1 AND +m.kind = $2 AND m.id IN (SELECT m.id FROM member m WHERE " way ") "

/* $11 key and $12 id of the row before, $13 limit, $14 its number where that counts first. */
#define LIST(way, behind, order)                                                                   \
	"SELECT " LIST_COLUMNS "FROM member m WHERE " way REST "AND " behind " ORDER BY " order    \
	" LIMIT $13"
#define UP(way) LIST(way, "(m.name_key, m.id) > ($11, $12)", "m.name_key, m.id")
#define DOWN(way) LIST(way, "(m.name_key, m.id) < ($11, $12)", "m.name_key DESC, m.id DESC")
#define UP_BY(way, number)                                                                         \
	LIST(way, "(m." number ", m.name_key, m.id) > ($14, $11, $12)",                            \
		"m." number ", m.name_key, m.id")
#define DOWN_BY(way, number)                                                                       \
	LIST(way, "(m." number ", m.name_key, m.id) < ($14, $11, $12)",                            \
		"m." number " DESC, m.name_key DESC, m.id DESC")
#define COUNT(way) "SELECT count(*) FROM (SELECT 1 FROM member m WHERE " way REST "LIMIT $11)"
enum { MANY_MIN = 20000 /* MANY says so */ };

/* What is tied to those rows of member; unused for long: since when a session counts. */
#define TIES(rows, since, now)                                                                     \
	"SELECT count(*), count(CASE t.status WHEN 0 THEN 1 END), "                                \
	"count(CASE t.status WHEN 1 THEN 1 END), count(CASE t.status WHEN 2 THEN 1 END), "         \
	"count(CASE t.status WHEN 3 THEN 1 END), count(CASE t.status WHEN 4 THEN 1 END), "         \
	"count(CASE t.status WHEN 5 THEN 1 END), "                                                 \
	"count(CASE WHEN t.user_id IS NOT NULL AND t.off_at = 0 AND t.role = 1 THEN 1 END), "      \
	"count(CASE WHEN t.user_id IS NOT NULL AND t.off_at = 0 THEN 1 END), "                     \
	"count(CASE WHEN EXISTS (SELECT 1 FROM connection c WHERE c.owner = t.id) THEN 1 END), "   \
	"COALESCE(sum((SELECT count(*) FROM session s WHERE s.member_id = t.id AND s.seen "        \
	">= " since ")), 0), "                                                                     \
	"COALESCE(sum((SELECT count(*) FROM invitation v WHERE v.member_id = t.id AND v.used = 0 " \
	"AND v.expires > " now ")), 0) "                                                           \
	"FROM (SELECT m.id, m.status, m.role, m.user_id, m.off_at FROM member m WHERE " rows ") t"
#define TIES_OF(way) TIES(way REST "LIMIT $11", "$12", "$13")
_Static_assert(STATUS__MAX == 6, "TIES counts them");

/* How many there are by a way, told by indexes alone: $3 how many at most, then what it takes. */
#define SIZE(that) "SELECT count(*) FROM (SELECT 1 FROM member m WHERE " IS "AND " that " LIMIT $3)"
#define SIZE_FOUND                                                                                 \
	"SELECT count(*) FROM (SELECT 1 FROM (" FOUND_IN(                                          \
		"name_key", "$4", "$5", ALONE) " UNION " FOUND_IN("last_key", "$4", "$5",          \
		ALONE) " UNION " FOUND_IN("email", "$4", "$5", ALONE) ") LIMIT $3)"

/* ADMIN to REACHING: the usually narrower first. */
enum way {
	ALL,
	ADMIN,
	SEEN,
	REASON,
	STATUS,
	FIXER,
	REACHING,
	SEARCH,
	SEARCH_ALONE,
	NAMES,
	WAY__MAX
};

#define NAMED(way)                                                                                 \
	{                                                                                          \
		UP(way), DOWN(way)                                                                 \
	}
#define BY(way, number)                                                                            \
	{                                                                                          \
		UP_BY(way, number), DOWN_BY(way, number)                                           \
	}
/* Sorted where no index has the order. */
#define BY_INDEX_OF_NAMES(way)                                                                     \
	.list = { NAMED(way), BY(FEW(way), "status"), BY(FEW(way), "checked_at") },                \
	.count = COUNT(way), .ties = TIES_OF(way)

/* Upwards and downwards in each order; how many are left by the rest of a filter; how many there
 * are when there is no rest; what is tied to them. */
static const struct {
	const char *list[ROSTER_SORT__MAX][2];
	const char *count;
	const char *size;
	const char *ties;
} ways[WAY__MAX] = {
	[ALL] = { { NAMED(IS), BY(IS, "status"), BY(IS, "checked_at") }, COUNT(IS), NULL,
		TIES_OF(IS) },
	[ADMIN] = { BY_INDEX_OF_NAMES(BY_ADMIN) },
	[SEEN] = { { NAMED(FEW(BY_SEEN)), BY(FEW(BY_SEEN), "status"), BY(BY_SEEN, "checked_at") },
		COUNT(BY_SEEN), SIZE("m.checked_at > 0 AND m.checked_at < $4"), TIES_OF(BY_SEEN) },
	[REASON] = { BY_INDEX_OF_NAMES(BY_REASON) },
	[STATUS] = { BY_INDEX_OF_NAMES(BY_STATUS) },
	[FIXER] = { BY_INDEX_OF_NAMES(BY_FIXER) },
	[REACHING] = { BY_INDEX_OF_NAMES(BY_REACH) },
	[SEARCH] = { { NAMED(BY_SEARCH(MANY)), BY(BY_SEARCH(MANY), "status"),
			     BY(BY_SEARCH(MANY), "checked_at") },
		COUNT(BY_SEARCH(MANY)), NULL, TIES_OF(BY_SEARCH(MANY)) },
	[SEARCH_ALONE] = { { NAMED(BY_SEARCH(ALONE)), BY(BY_SEARCH(MANY), "status"),
				   BY(BY_SEARCH(MANY), "checked_at") },
		NULL, SIZE_FOUND, TIES_OF(BY_SEARCH(ALONE)) },
	[NAMES] = { { NAMED(BY_NAME) }, NULL, SIZE(BETWEEN("name_key", "$4", "$5")),
		TIES_OF(BY_NAME) },
};

enum {
	KEPT,
	WALK,
	MARK,
	LAST,
	GET,
	TIED,
	REMIND,
	COUNTS,
	MORE,
	FEWER,
	DAY_CLEAR,
	DAY_KEEP,
	DAYS,
	DAYS_SWEEP
};

static const char *const sql[] = {
	[KEPT] = "SELECT COALESCE(sum(n), 0) FROM member_count WHERE account_id = $1 AND kind = $2 "
		 "AND ($3 < 0 OR status = $3) AND ($4 = '' OR (status > 1 AND reason = $4)) "
		 "AND ($5 < 0 OR (status > 1 AND fixer = $5)) AND ($6 < 0 OR (reach = $6 AND "
		 "status <> 5))",
	[WALK] = "SELECT " ROW_COLUMNS "FROM member m WHERE " IS REST
		 "AND m.id > $11 ORDER BY m.id LIMIT $12",
	[MARK] = "UPDATE member SET asked = $13 WHERE id IN (SELECT m.id FROM member m WHERE " IS
		REST "AND m.id > $11 ORDER BY m.id LIMIT $12) AND asked = 0 AND off_at = 0",
	[LAST] = "SELECT CASE count(*) WHEN $12 THEN max(id) ELSE 0 END FROM (SELECT m.id FROM "
		 "member m WHERE " IS REST "AND m.id > $11 ORDER BY m.id LIMIT $12)",
	[GET] = "SELECT " ROW_COLUMNS "FROM member m WHERE m.account_id = $1 AND m.id = $2",
	[TIED] = TIES("m.account_id = $1 AND m.id = $2", "$3", "$4"),
	[REMIND] =
		"SELECT " ROW_COLUMNS "FROM member m WHERE m.account_id = $1 AND m.remind_at > 0 "
		"AND m.remind_at <= $2 AND m.checked_at >= $2 - 86400 AND m.silent_at = 0 "
		"ORDER BY m.remind_at, m.id LIMIT $3",
	[COUNTS] = "SELECT status, reason, fixer, reach, n FROM member_count WHERE account_id = $1 "
		   "AND kind = $2 AND n > 0 ORDER BY status, reason, fixer, reach",
	[MORE] = "INSERT INTO member_count (account_id, kind, status, reason, fixer, reach, n) "
		 "VALUES ($1, $2, $3, $4, $5, $6, $7) "
		 "ON CONFLICT (account_id, kind, status, reason, fixer, reach) "
		 "DO UPDATE SET n = member_count.n + excluded.n",
	[FEWER] = "UPDATE member_count SET n = n + $7 WHERE account_id = $1 AND kind = $2 "
		  "AND status = $3 AND reason = $4 AND fixer = $5 AND reach = $6",
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

/* In the order of LIST_COLUMNS. */
static const struct db_field list_fields[] = {
	DB_F_NUM(roster_row, s.member),
	DB_F_TEXT(roster_row, email),
	DB_F_TEXT(roster_row, name),
	DB_F_ENUM(roster_row, kind, MEMBER__MAX),
	DB_F_NUM(roster_row, role),
	DB_F_NUM(roster_row, user),
	DB_F_TEXT(roster_row, key),
	DB_F_ENUM(roster_row, s.status, STATUS__MAX),
	DB_F_TEXT(roster_row, s.reason),
	DB_F_ENUM(roster_row, s.fixer, FIXER__MAX),
	DB_F_NUM(roster_row, s.grants),
	DB_F_ENUM(roster_row, s.reach, REACH__MAX),
	DB_F_NUM(roster_row, s.checked_at),
	DB_F_TEXT(roster_row, s.tried),
};
static const struct db_shape list_shape = DB_SHAPE(roster_row, list_fields);

static const struct db_field count_fields[] = {
	DB_F_ENUM(roster_count, status, STATUS__MAX),
	DB_F_TEXT(roster_count, reason),
	DB_F_ENUM(roster_count, fixer, FIXER__MAX),
	DB_F_ENUM(roster_count, reach, REACH__MAX),
	DB_F_NUM(roster_count, n),
};
static const struct db_field ties_fields[] = {
	DB_F_NUM(roster_ties, all),
	DB_F_NUM(roster_ties, n[0]),
	DB_F_NUM(roster_ties, n[1]),
	DB_F_NUM(roster_ties, n[2]),
	DB_F_NUM(roster_ties, n[3]),
	DB_F_NUM(roster_ties, n[4]),
	DB_F_NUM(roster_ties, n[5]),
	DB_F_NUM(roster_ties, admins),
	DB_F_NUM(roster_ties, users),
	DB_F_NUM(roster_ties, own),
	DB_F_NUM(roster_ties, sessions),
	DB_F_NUM(roster_ties, links),
};
static const struct db_shape ties_shape = DB_SHAPE(roster_ties, ties_fields);

static const struct db_shape count_shape = DB_SHAPE(roster_count, count_fields);

struct roster_filter roster_all(int64_t account, enum member_kind kind)
{
	return (struct roster_filter){
		.account = account, .kind = kind, .status = -1, .fixer = -1, .role = -1, .reach = -1
	};
}

/* --- filters as parameters --- */

enum { FILTER_ARGS = 10, ARGS_MAX = 14 };

/* $1 to $10, of whom `end` keeps the ninth. A search is cut at what a key can hold. */
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
			DB_I(f->stale_before), DB_S(x->begin), DB_S(x->end), DB_I(f->reach) },
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
	case REACHING:
		return f->reach >= 0;
	default:
		return 0;
	}
}

/* Is nothing chosen but what a search finds, or when they were seen? */
static int alone(const struct roster_filter *f)
{
	return f->status < 0 && !f->reason && f->fixer < 0 && f->role < 0 && f->reach < 0;
}

/* How many there are by a way that has a size, counted up to `most`; -1. */
static int64_t size_of(
	struct db *db, const struct filter_args *x, enum way way, int64_t most, struct err *e)
{
	const struct db_value v[] = { x->v[0], x->v[1], STORE_LIMIT(most),
		x->v[way == SEEN ? 7 - 1 : 8 - 1], x->v[9 - 1] };
	int64_t n;

	return db_number(db, ways[way].size, v, way == SEEN ? 4 : 5, &n, e) < 0 ? -1 : n;
}

/* Are there few by this way? 1, 0, -1. Of admins there are. */
static int is_few(struct db *db, const struct filter_args *x, enum way way, struct err *e)
{
	const struct db_value v[] = { x->v[0], x->v[1], way == STATUS ? x->v[2] : DB_I(-1),
		way == REASON ? x->v[3] : DB_S(""), way == FIXER ? x->v[4] : DB_I(-1),
		way == REACHING ? x->v[9] : DB_I(-1) };
	int64_t n = 0;

	if (way == SEEN)
		n = size_of(db, x, way, MANY_MIN, e);
	else if (way != ADMIN && db_number(db, sql[KEPT], v, 6, &n, e) < 0)
		return -1;
	return n < 0 ? -1 : n < MANY_MIN;
}

static int choose_search(struct db *db, const struct filter_args *x, const struct roster_filter *f,
	enum roster_sort sort, struct err *e)
{
	int64_t n = 0;

	if (!alone(f) || f->stale_before)
		return SEARCH;
	if (sort == ROSTER_NAME)
		n = size_of(db, x, NAMES, ROSTER_SEARCH_MAX + 1, e);
	return n < 0 ? -1 : n > ROSTER_SEARCH_MAX ? NAMES : SEARCH_ALONE;
}

/* The way in, or -1. It is known without looking when nothing else is chosen and an index has this
 * order. */
static int choose(struct db *db, const struct filter_args *x, const struct roster_filter *f,
	enum roster_sort sort, struct err *e)
{
	enum way first = ALL, straight;
	int count = 0;

	if (x->begin[0])
		return choose_search(db, x, f, sort, e);
	for (enum way way = REACHING; way > ALL; way--) {
		first = leads(f, way) ? way : first;
		count += leads(f, way);
	}
	straight = sort == (first == SEEN ? ROSTER_CHECKED : ROSTER_NAME) ? first : ALL;
	if (count == 0 || (count == 1 && straight == first))
		return (int)first;
	for (enum way way = first; way <= REACHING; way++) {
		const int few = leads(f, way) ? is_few(db, x, way, e) : 0;

		if (few)
			return few < 0 ? -1 : (int)way;
	}
	return (int)straight;
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
	struct db_rows r;
	int way, n;

	filter_args(&x, f);
	way = choose(db, &x, f, sort, e);
	if (way < 0)
		return -1;
	x.v[FILTER_ARGS] = DB_S(!begin ? at->key : down ? last : "");
	x.v[FILTER_ARGS + 1] = DB_I(begin && down ? INT64_MAX : at->id);
	x.v[FILTER_ARGS + 2] = STORE_LIMIT(at->limit);
	x.v[FILTER_ARGS + 3] = DB_I(!begin ? at->num : down ? INT64_MAX : -1);
	if (db_query(db, ways[way].list[sort][down], x.v,
		    sort == ROSTER_NAME ? ARGS_MAX - 1 : ARGS_MAX, &r, e) < 0)
		return -1;
	*out = db_list(&r, &list_shape, a, &n, e);
	return n;
}

int64_t store_roster_count(
	struct db *db, const struct roster_filter *f, int64_t most, struct err *e)
{
	struct filter_args x;
	int64_t n;
	int way;

	filter_args(&x, f);
	x.v[FILTER_ARGS] = STORE_LIMIT(most);
	way = choose(db, &x, f, f->stale_before ? ROSTER_CHECKED : ROSTER_NAME, e);
	if (way < 0)
		return -1;
	if (alone(f) && ways[way].size)
		return size_of(db, &x, (enum way)way, most, e);
	return db_number(db, ways[way].count, x.v, FILTER_ARGS + 1, &n, e) < 0 ? -1 : n;
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

/* --- what is tied to them --- */

static int ties(struct db *db, const char *text, const struct db_value *v, size_t n,
	struct roster_ties *out, struct err *e)
{
	struct db_rows r;

	if (db_query(db, text, v, n, &r, e) < 0)
		return -1;
	return db_one(&r, &ties_shape, NULL, out, e);
}

static void ties_add(struct roster_ties *all, const struct roster_ties *one)
{
	for (int s = 0; s < STATUS__MAX; s++)
		all->n[s] += one->n[s];
	all->all += one->all;
	all->admins += one->admins;
	all->users += one->users;
	all->own += one->own;
	all->sessions += one->sessions;
	all->links += one->links;
}

static int ties_found(struct db *db, const struct roster_pick *who, const struct roster_tied *t,
	struct roster_ties *out, struct err *e)
{
	struct filter_args x;
	int way;

	filter_args(&x, &who->f);
	x.v[FILTER_ARGS] = STORE_LIMIT(t->most);
	x.v[FILTER_ARGS + 1] = DB_I(t->seen_since);
	x.v[FILTER_ARGS + 2] = DB_I(clock_now());
	way = choose(db, &x, &who->f, who->f.stale_before ? ROSTER_CHECKED : ROSTER_NAME, e);
	if (way < 0)
		return -1;
	return ties(db, ways[way].ties, x.v, FILTER_ARGS + 3, out, e) < 0 ? -1 : 0;
}

int store_roster_ties(struct db *db, const struct roster_pick *who, const struct roster_tied *t,
	struct roster_ties *out, struct err *e)
{
	struct roster_ties one;

	*out = (struct roster_ties){ 0 };
	if (!who->ids)
		return ties_found(db, who, t, out, e);
	for (size_t i = 0; i < who->count; i++) {
		if (ties(db, sql[TIED],
			    DB_ARGS(DB_I(who->f.account), DB_I(who->ids[i]), DB_I(t->seen_since),
				    DB_I(clock_now())),
			    &one, e) < 0)
			return -1;
		ties_add(out, &one);
	}
	return 0;
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
			DB_I(c->reach), DB_I(c->n)),
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
