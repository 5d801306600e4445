/* Weeks: busy time of members, for pages: nothing but start, end and kind, and not for long. */
#include "store.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "platform/clock.h"

enum { SAVE, GET, DROP, SWEEP };

static const char *const sql[] = {
	[SAVE] = "INSERT INTO week (member_id, account_id, from_at, to_at, seen_at, reason, zone, "
		 "spans) SELECT id, account_id, $3, $4, $5, $6, $7, $8 FROM member "
		 "WHERE account_id = $1 AND id = $2 AND off_at = 0 "
		 "ON CONFLICT (member_id) DO UPDATE SET from_at = $3, to_at = $4, seen_at = $5, "
		 "reason = $6, zone = $7, spans = $8",
	[GET] = "SELECT member_id, account_id, from_at, to_at, seen_at, reason, zone, spans "
		"FROM week WHERE account_id = $1 AND member_id = $2 AND seen_at > $3",
	[DROP] = "DELETE FROM week WHERE account_id = $1 AND member_id = $2",
	[SWEEP] = "DELETE FROM week WHERE seen_at < $1",
};

static const struct db_field fields[] = {
	DB_F_NUM(week, member),
	DB_F_NUM(week, account),
	DB_F_NUM(week, from),
	DB_F_NUM(week, to),
	DB_F_NUM(week, seen_at),
	DB_F_TEXT(week, reason),
	DB_F_TEXT(week, zone),
	DB_F_TEXT(week, spans),
};
static const struct db_shape shape = DB_SHAPE(week, fields);

/* Of a member that is gone or deactivated nothing is kept. */
int store_week_save(struct db *db, const struct week *w, struct err *e)
{
	return db_run(db, sql[SAVE],
		DB_ARGS(DB_I(w->account), DB_I(w->member), DB_I(w->from), DB_I(w->to),
			DB_I(w->seen_at), DB_S(w->reason), DB_S(w->zone), DB_S(w->spans)),
		NULL, e);
}

int store_week_get(struct db *db, struct arena *a, int64_t account, int64_t member,
	struct week *out, struct err *e)
{
	struct db_rows r;

	if (db_query(db, sql[GET],
		    DB_ARGS(DB_I(account), DB_I(member), DB_I(clock_now() - WEEK_KEPT)), &r, e) < 0)
		return -1;
	return db_one(&r, &shape, a, out, e);
}

int store_week_drop(struct db *db, int64_t account, int64_t member, struct err *e)
{
	return db_run(db, sql[DROP], DB_ARGS(DB_I(account), DB_I(member)), NULL, e);
}

int64_t store_week_sweep(struct db *db, int64_t before, struct err *e)
{
	return db_changed(db, sql[SWEEP], DB_ARGS(DB_I(before)), e);
}

void week_span_add(struct buf *b, const struct week_span *s)
{
	buf_printf(b, "%" PRId64 " %" PRId64 " %d\n", s->start, s->end, (int)s->kind);
}

/* One number and what must follow it; NULL when there is none. */
static const char *number(const char *s, char after, int64_t *out)
{
	char *end;

	*out = strtoll(s, &end, 10);
	return end > s && *end == after ? end + 1 : NULL;
}

int week_spans(struct arena *a, const char *spans, struct week_span **out)
{
	size_t lines = 0;
	int64_t kind;
	int n = 0;

	for (const char *s = spans; *s; s++)
		lines += *s == '\n';
	*out = arena_array(a, lines, sizeof(**out));
	for (const char *s = spans; (size_t)n < lines; n++) {
		struct week_span *v = &(*out)[n];

		if (!(s = number(s, ' ', &v->start)) || !(s = number(s, ' ', &v->end)) ||
			!(s = number(s, '\n', &kind)) || kind < 0 || kind >= BUSY__MAX)
			break;
		v->kind = (enum busy_kind)kind;
	}
	return n;
}
