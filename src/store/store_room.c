/* Rooms: what only rooms have, beside their member rows.
 *
 * Rules: a room has a row here as soon as something is known of it; each part of it is written by
 * who knows it (the room lists, an admin, a booking that was tried) and leaves the others alone.
 */
#include "store.h"
#include "store_row.h"

#include "platform/fold.h"

enum { GET, LISTED, DESCRIBED, ANSWERED, UNLISTED, LISTS, WALK };

static const char *const sql[] = {
	[GET] = "SELECT member_id, account_id, list, list_name, place, capacity, accepts, "
		"accepts_at, accepts_say, seen_at FROM room "
		"WHERE member_id = $2 AND account_id = $1",
	[LISTED] = "INSERT INTO room (account_id, member_id, list, list_name, seen_at) "
		   "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (member_id) DO UPDATE SET "
		   "list = excluded.list, list_name = excluded.list_name, "
		   "seen_at = excluded.seen_at",
	[DESCRIBED] = "INSERT INTO room (account_id, member_id, place, capacity) "
		      "VALUES ($1, $2, $3, $4) ON CONFLICT (member_id) DO UPDATE SET "
		      "place = excluded.place, capacity = excluded.capacity",
	[ANSWERED] = "INSERT INTO room (account_id, member_id, accepts, accepts_at, accepts_say) "
		     "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (member_id) DO UPDATE SET "
		     "accepts = excluded.accepts, accepts_at = excluded.accepts_at, "
		     "accepts_say = excluded.accepts_say",
	[UNLISTED] = "UPDATE room SET list = '' WHERE account_id = $1 AND list > '' "
		     "AND seen_at < $2",
	[LISTS] = "SELECT list, max(list_name), count(*), max(seen_at) FROM room "
		  "WHERE account_id = $1 AND list > '' GROUP BY list ORDER BY list",
	/* Whoever is asked for has few of them: a list is sorted by name each time. */
	[WALK] = "SELECT m.id FROM room r JOIN member m ON m.id = r.member_id "
		 "WHERE r.account_id = $1 AND r.list = $2 AND ($3 < 0 OR m.status = $3) "
		 "AND ($4 = '' OR (m.name_key >= $4 AND m.name_key < $5) "
		 "OR (m.last_key >= $4 AND m.last_key < $5) OR (m.email >= $4 AND m.email < $5)) "
		 "AND (m.name_key, m.id) > ($6, $7) ORDER BY m.name_key, m.id LIMIT $8",
};

static const struct db_field fields[] = {
	DB_F_NUM(room, member),
	DB_F_NUM(room, account),
	DB_F_TEXT(room, list),
	DB_F_TEXT(room, list_name),
	DB_F_TEXT(room, place),
	DB_F_NUM(room, capacity),
	DB_F_ENUM(room, accepts, SEEN_YES + 1),
	DB_F_NUM(room, accepts_at),
	DB_F_TEXT(room, accepts_say),
	DB_F_NUM(room, seen_at),
};
static const struct db_shape shape = DB_SHAPE(room, fields);

static const struct db_field list_fields[] = {
	DB_F_TEXT(room_list, address),
	DB_F_TEXT(room_list, name),
	DB_F_NUM(room_list, rooms),
	DB_F_NUM(room_list, seen_at),
};
static const struct db_shape list_shape = DB_SHAPE(room_list, list_fields);

int store_room_get(struct db *db, struct arena *a, int64_t account, int64_t member,
	struct room *out, struct err *e)
{
	struct db_rows r;

	if (db_query(db, sql[GET], DB_ARGS(DB_I(account), DB_I(member)), &r, e) < 0)
		return -1;
	return db_one(&r, &shape, a, out, e);
}

int store_room_listed(struct db *db, const struct room *r, struct err *e)
{
	return db_run(db, sql[LISTED],
		DB_ARGS(DB_I(r->account), DB_I(r->member), DB_S(r->list), DB_S(r->list_name),
			DB_I(r->seen_at)),
		NULL, e);
}

int store_room_described(struct db *db, const struct room *r, struct err *e)
{
	return db_run(db, sql[DESCRIBED],
		DB_ARGS(DB_I(r->account), DB_I(r->member), DB_S(r->place), DB_I(r->capacity)), NULL,
		e);
}

int store_room_answered(struct db *db, const struct room *r, struct err *e)
{
	return db_run(db, sql[ANSWERED],
		DB_ARGS(DB_I(r->account), DB_I(r->member), DB_I(r->accepts), DB_I(r->accepts_at),
			DB_S(r->accepts_say)),
		NULL, e);
}

int64_t store_room_unlisted(struct db *db, int64_t account, int64_t before, struct err *e)
{
	return db_changed(db, sql[UNLISTED], DB_ARGS(DB_I(account), DB_I(before)), e);
}

int store_room_lists(
	struct db *db, struct arena *a, int64_t account, struct room_list **out, struct err *e)
{
	struct db_rows r;
	int n;

	if (db_query(db, sql[LISTS], DB_ARGS(DB_I(account)), &r, e) < 0)
		return -1;
	*out = db_list(&r, &list_shape, a, &n, e);
	return n;
}

static int read_ids(struct db_rows *r, int64_t *ids, struct err *e)
{
	int n = 0, rc;

	while ((rc = db_next(r, e)) == 1)
		ids[n++] = db_num(r, 0);
	return rc < 0 ? -1 : n;
}

int store_room_walk(
	struct db *db, struct arena *a, const struct room_filter *f, int64_t **out, struct err *e)
{
	char begin[FOLD_MAX + 1], end[FOLD_MAX + 2];
	struct db_rows r;

	fold_text(begin, sizeof(begin), f->search ? f->search : "");
	fold_after(end, begin);
	*out = arena_array(a, (size_t)f->limit + 1, sizeof(**out));
	if (db_query(db, sql[WALK],
		    DB_ARGS(DB_I(f->account), DB_S(f->list), DB_I(f->status), DB_S(begin),
			    DB_S(end), DB_S(f->key), DB_I(f->after), STORE_LIMIT(f->limit)),
		    &r, e) < 0)
		return -1;
	return read_ids(&r, *out, e);
}
