/* Audit: the log that can only grow, and the seals on its head.
 *
 * Rules: rows are numbered without holes; each one's hash covers all its fields and the hash before
 * it (32 zero bytes before the first), so that a changed, missing or moved row breaks the chain.
 * What cuts rows off the end is found by the seals. No statement here changes or deletes a row of
 * the log.
 */
#include "store.h"
#include "store_row.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "platform/buf.h"
#include "platform/clock.h"
#include "platform/seal.h"
#include "platform/str.h"

enum { TEXT_MAX = 200, NUMBER_SIZE = 24 };

enum {
	ADD,
	HEAD,
	WALK,
	SECRETS,
	PAGE,
	PAGE_KIND,
	PAGE_TEXT,
	PAGE_KIND_TEXT,
	SEAL_ADD,
	SEAL_LAST,
	SEAL_LIST
};

/* The columns of a row, in the order of its fields. */
#define COLUMNS "seq, account_id, at, kind, actor, action, about, detail, address, request, hash"
#define SEALS "SELECT seq, at, hash, mac, key_id FROM audit_seal "
/* A page: with or without a kind, with or without a text, so that each has the plan that fits.
 * lower on both sides, because the two databases fold different letters. */
#define PAGES "SELECT " COLUMNS " FROM audit WHERE account_id = $1 AND seq < $2 AND at < $3"
#define NEWEST " ORDER BY seq DESC LIMIT $4"
#define HOLDS(column, pattern) "lower(" column ") LIKE lower(" pattern ") ESCAPE '!'"
#define SAYS(p)                                                                                    \
	" AND (" HOLDS("actor", p) " OR " HOLDS("action", p) " OR " HOLDS(                         \
		"about", p) " OR " HOLDS("detail", p) " OR " HOLDS("address", p) ")"

/* SECRETS: in the words of the index audit_secrets, which has no other rows.
 * SEAL_ADD: the same head may be sealed again, with a new key. */
static const char *const sql[] = {
	[ADD] = "INSERT INTO audit (" COLUMNS ") "
		"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
	[HEAD] = "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1",
	[WALK] = "SELECT " COLUMNS " FROM audit WHERE seq >= $1 ORDER BY seq LIMIT $2",
	[SECRETS] = "SELECT " COLUMNS " FROM audit WHERE account_id = $1 "
		    "AND substr(action, 1, 11) = 'credential.' ORDER BY seq DESC LIMIT $2",
	[PAGE] = PAGES NEWEST,
	[PAGE_KIND] = PAGES " AND kind = $5" NEWEST,
	[PAGE_TEXT] = PAGES SAYS("$5") NEWEST,
	[PAGE_KIND_TEXT] = PAGES " AND kind = $5" SAYS("$6") NEWEST,
	[SEAL_ADD] =
		"INSERT INTO audit_seal (seq, at, hash, mac, key_id) VALUES ($1, $2, $3, $4, $5) "
		"ON CONFLICT (seq) DO UPDATE SET at = excluded.at, hash = excluded.hash, "
		"mac = excluded.mac, key_id = excluded.key_id",
	[SEAL_LAST] = SEALS "ORDER BY seq DESC LIMIT 1",
	[SEAL_LIST] = SEALS "WHERE seq >= $1 ORDER BY seq LIMIT $2",
};

static const struct db_field fields[] = {
	DB_F_NUM(audit, seq),
	DB_F_NUM(audit, account),
	DB_F_NUM(audit, at),
	DB_F_ENUM(audit, kind, ACTOR__MAX),
	DB_F_TEXT(audit, actor),
	DB_F_TEXT(audit, action),
	DB_F_TEXT(audit, about),
	DB_F_TEXT(audit, detail),
	DB_F_TEXT(audit, address),
	DB_F_TEXT(audit, request),
	DB_F_FIXED(audit, hash),
};

static const struct db_field seal_fields[] = {
	DB_F_NUM(audit_seal, seq),
	DB_F_NUM(audit_seal, at),
	DB_F_FIXED(audit_seal, hash),
	DB_F_FIXED(audit_seal, mac),
	DB_F_TEXT(audit_seal, key_id),
};

static const struct db_shape shape = DB_SHAPE(audit, fields);
static const struct db_shape seal_shape = DB_SHAPE(audit_seal, seal_fields);

static const char *or_empty(const char *s)
{
	return s ? s : "";
}

/* Numbers are hashed as text and the hash before as hex, so that the chain can be checked with any
 * tool that knows BLAKE2b, without knowing how our machine lays out a number. */
void store_audit_hash(const struct audit *row, const unsigned char prev[32], unsigned char out[32])
{
	char before[2 * SEAL_HASH + 1];
	char numbers[4][NUMBER_SIZE];
	const int64_t values[4] = { row->seq, row->account, row->at, row->kind };
	const char *const parts[] = { before, numbers[0], numbers[1], numbers[2], numbers[3],
		or_empty(row->actor), or_empty(row->action), or_empty(row->about),
		or_empty(row->detail), or_empty(row->address), or_empty(row->request) };

	str_hex(before, prev, SEAL_HASH);
	for (int i = 0; i < 4; i++)
		snprintf(numbers[i], NUMBER_SIZE, "%" PRId64, values[i]);
	seal_hash(out, parts, sizeof(parts) / sizeof(parts[0]));
}

int store_audit_head(struct db *db, int64_t *seq, unsigned char hash[32], struct err *e)
{
	struct db_rows r;
	int rc = db_first(db, sql[HEAD], DB_NONE, &r, e);

	*seq = rc == 1 ? db_num(&r, 0) : 0;
	memset(hash, 0, SEAL_HASH);
	if (rc == 1)
		db_fixed(&r, 1, hash, SEAL_HASH);
	db_end(&r);
	return rc < 0 ? -1 : 0;
}

/* The write lock is held: nobody else appends between the head and the row. */
static int append(struct db *db, struct audit *row, struct err *e)
{
	unsigned char prev[SEAL_HASH];
	int64_t head;

	if (store_audit_head(db, &head, prev, e) < 0)
		return -1;
	row->seq = head + 1;
	row->at = clock_now();
	store_audit_hash(row, prev, row->hash);
	return db_run(db, sql[ADD],
		DB_ARGS(DB_I(row->seq), DB_I(row->account), DB_I(row->at), DB_I(row->kind),
			DB_S(row->actor), DB_S(row->action), DB_S(row->about), DB_S(row->detail),
			DB_S(row->address), DB_S(row->request), DB_B(row->hash, SEAL_HASH)),
		NULL, e);
}

int store_audit_add(struct db *db, struct audit *row, struct err *e)
{
	if (db_begin(db, DB_WRITE, e) < 0)
		return -1;
	return db_finish(db, append(db, row, e), e);
}

/* A LIKE pattern for text anywhere; NULL stays NULL. */
static const char *pattern(struct arena *a, const char *text)
{
	struct buf b;
	const char *out;

	if (!text)
		return NULL;
	buf_init(&b, 2 * TEXT_MAX + 3);
	buf_putc(&b, '%');
	for (; *text; text++) {
		if (strchr("%_!", *text))
			buf_putc(&b, '!');
		buf_putc(&b, *text);
	}
	buf_putc(&b, '%');
	out = arena_strdup(a, buf_str(&b));
	buf_done(&b);
	return out;
}

/* The values follow the order of the statements' parameters: a kind, when there is one, before a
 * text. */
static int query_page(struct db *db, const struct audit_filter *f, const char *text,
	struct db_rows *r, struct err *e)
{
	static const int which[2][2] = { { PAGE, PAGE_TEXT }, { PAGE_KIND, PAGE_KIND_TEXT } };
	struct db_value v[6] = { DB_I(f->account), STORE_BEFORE(f->before), STORE_BEFORE(f->until),
		STORE_LIMIT(f->limit) };
	size_t n = 4;

	if (f->kind >= 0)
		v[n++] = DB_I(f->kind);
	if (text)
		v[n++] = DB_T(text);
	return db_query(db, sql[which[f->kind >= 0][text != NULL]], v, n, r, e);
}

int store_audit_list(struct db *db, struct arena *a, const struct audit_filter *f,
	struct audit **out, struct err *e)
{
	const char *text = str_empty(f->text) ? NULL : f->text;
	struct db_rows r;
	int n;

	if (text && strlen(text) > TEXT_MAX)
		return ERR(e, ERR_INPUT, "The text to look for is too long.", "%zu bytes of text",
			strlen(text));
	text = pattern(a, text);
	if (query_page(db, f, text, &r, e) < 0)
		return -1;
	*out = db_list(&r, &shape, a, &n, e);
	return n;
}

int store_audit_secrets(struct db *db, struct arena *a, int64_t account, int limit,
	struct audit **out, struct err *e)
{
	struct db_rows r;
	int n;

	if (db_query(db, sql[SECRETS], DB_ARGS(DB_I(account), STORE_LIMIT(limit)), &r, e) < 0)
		return -1;
	*out = db_list(&r, &shape, a, &n, e);
	return n;
}

int store_audit_walk(
	struct db *db, struct arena *a, int64_t from, int limit, struct audit **out, struct err *e)
{
	struct db_rows r;
	int n;

	if (db_query(db, sql[WALK], DB_ARGS(DB_I(from), STORE_LIMIT(limit)), &r, e) < 0)
		return -1;
	*out = db_list(&r, &shape, a, &n, e);
	return n;
}

int store_audit_seal_add(struct db *db, const struct audit_seal *s, struct err *e)
{
	return db_run(db, sql[SEAL_ADD],
		DB_ARGS(DB_I(s->seq), DB_I(s->at), DB_B(s->hash, sizeof(s->hash)),
			DB_B(s->mac, sizeof(s->mac)), DB_S(s->key_id)),
		NULL, e);
}

int store_audit_seal_last(struct db *db, struct arena *a, struct audit_seal *out, struct err *e)
{
	struct db_rows r;

	if (db_query(db, sql[SEAL_LAST], DB_NONE, &r, e) < 0)
		return -1;
	return db_one(&r, &seal_shape, a, out, e);
}

int store_audit_seal_list(struct db *db, struct arena *a, int64_t from, int limit,
	struct audit_seal **out, struct err *e)
{
	struct db_rows r;
	int n;

	if (db_query(db, sql[SEAL_LIST], DB_ARGS(DB_I(from), STORE_LIMIT(limit)), &r, e) < 0)
		return -1;
	*out = db_list(&r, &seal_shape, a, &n, e);
	return n;
}
