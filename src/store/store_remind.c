/* Reminders: what an account has said, who was reminded, who wants none.
 *
 * Rule: a key is looked for by itself alone, because whoever has it need not be signed in; it is as
 * long as the token of a session.
 */
#include "store_remind.h"
#include "store_row.h"

#include "platform/clock.h"

enum { GET, SAVE, CURSOR, SENT, KEY, SILENT, LOUD, WAITING, MAILS };

_Static_assert(MEMBER_PERSON == 0 && STATUS_LIMITED == 2 && STATUS_ACTION == 3 && FIXER_MEMBER == 1,
	"MUST_ACT says so, as member_must_act does");
#define MUST_ACT "(kind = 0 AND (status = 3 OR (status = 2 AND fixer = 1)))"
#define WHO "RETURNING account_id, id, name, email"

static const char *const sql[] = {
	[GET] = "SELECT account_id, off, alerts_off, instead, text, edited_by, edited_at, cursor "
		"FROM reminding WHERE account_id = $1",
	[SAVE] = "INSERT INTO reminding (account_id, off, alerts_off, instead, text, edited_by, "
		 "edited_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (account_id) "
		 "DO UPDATE SET off = excluded.off, alerts_off = excluded.alerts_off, "
		 "instead = excluded.instead, text = excluded.text, "
		 "edited_by = excluded.edited_by, edited_at = excluded.edited_at",
	[CURSOR] = "INSERT INTO reminding (account_id, cursor) VALUES ($1, $2) "
		   "ON CONFLICT (account_id) DO UPDATE SET cursor = excluded.cursor",
	[SENT] = "UPDATE member SET remind_n = $3, remind_at = $4 "
		 "WHERE account_id = $1 AND id = $2",
	[KEY] = "UPDATE member SET silent_key = CASE silent_key WHEN '' THEN $3 ELSE silent_key "
		"END WHERE account_id = $1 AND id = $2 RETURNING silent_key",
	[SILENT] = "UPDATE member SET silent_at = $2, remind_at = 0 "
		   "WHERE silent_key = $1 AND silent_key <> '' AND silent_at = 0 " WHO,
	[LOUD] = "UPDATE member SET silent_at = 0, "
		 "remind_at = CASE WHEN " MUST_ACT " THEN $2 ELSE 0 END "
		 "WHERE silent_key = $1 AND silent_key <> '' AND silent_at > 0 " WHO,
	[WAITING] = "SELECT count(*) FROM member WHERE account_id = $1 AND remind_at > 0",
	[MAILS] = "SELECT count(*) FROM mail WHERE account_id = $1 AND kind = $2 "
		  "AND created >= $3",
};

static const struct db_field fields[] = {
	DB_F_NUM(reminding, account),
	DB_F_NUM(reminding, off),
	DB_F_NUM(reminding, alerts_off),
	DB_F_NUM(reminding, instead),
	DB_F_TEXT(reminding, text),
	DB_F_TEXT(reminding, edited_by),
	DB_F_NUM(reminding, edited_at),
	DB_F_NUM(reminding, cursor),
};
static const struct db_shape shape = DB_SHAPE(reminding, fields);

static const struct db_field who_fields[] = {
	DB_F_NUM(member_event, account),
	DB_F_NUM(member_event, member),
	DB_F_TEXT(member_event, name),
	DB_F_TEXT(member_event, email),
};
static const struct db_shape who_shape = DB_SHAPE(member_event, who_fields);

int store_reminding_get(
	struct db *db, struct arena *a, int64_t account, struct reminding *out, struct err *e)
{
	struct db_rows r;

	*out = (struct reminding){ .account = account, .text = "", .edited_by = "" };
	if (db_query(db, sql[GET], DB_ARGS(DB_I(account)), &r, e) < 0)
		return -1;
	return db_one(&r, &shape, a, out, e);
}

int store_reminding_save(struct db *db, const struct reminding *r, struct err *e)
{
	return db_run(db, sql[SAVE],
		DB_ARGS(DB_I(r->account), DB_I(r->off), DB_I(r->alerts_off), DB_I(r->instead),
			DB_S(r->text), DB_S(r->edited_by), DB_I(clock_now())),
		NULL, e);
}

int store_reminding_cursor(struct db *db, int64_t account, int64_t cursor, struct err *e)
{
	return db_run(db, sql[CURSOR], DB_ARGS(DB_I(account), DB_I(cursor)), NULL, e);
}

int store_remind_sent(struct db *db, const struct roster_row *m, struct err *e)
{
	return db_must(db, sql[SENT],
		DB_ARGS(DB_I(m->s.account), DB_I(m->s.member), DB_I(m->remind_n),
			DB_I(m->remind_at)),
		e);
}

int store_remind_key(struct db *db, struct arena *a, const struct roster_row *m, const char *fresh,
	const char **key, struct err *e)
{
	struct db_rows r;
	int rc;

	if (db_query(db, sql[KEY], DB_ARGS(DB_I(m->s.account), DB_I(m->s.member), DB_S(fresh)), &r,
		    e) < 0)
		return -1;
	*key = NULL;
	while ((rc = db_next(&r, e)) == 1)
		*key = db_text(&r, 0, a);
	if (rc == 0 && !*key)
		return ERR(e, ERR_MISSING, NULL, "no member %lld", (long long)m->s.member);
	return rc;
}

int store_remind_silence(struct db *db, struct arena *a, const struct remind_silence *s,
	struct member_event *out, struct err *e)
{
	const struct db_value v[] = { DB_S(s->key), DB_I(s->silent ? clock_now() : s->next) };
	struct db_rows r;

	if (db_query(db, sql[s->silent ? SILENT : LOUD], v, 2, &r, e) < 0)
		return -1;
	*out = (struct member_event){ 0 };
	return db_one(&r, &who_shape, a, out, e);
}

int64_t store_remind_waiting(struct db *db, int64_t account, struct err *e)
{
	int64_t n;

	return db_number(db, sql[WAITING], DB_ARGS(DB_I(account)), &n, e) < 0 ? -1 : n;
}

int64_t store_remind_mails(
	struct db *db, int64_t account, const char *kind, int64_t since, struct err *e)
{
	int64_t n;

	return db_number(db, sql[MAILS], DB_ARGS(DB_I(account), DB_S(kind), DB_I(since)), &n, e) < 0
		? -1
		: n;
}
