/* Db: what is the same for every driver: values, answers, rows into structs, transactions.
 *
 * Rules kept here, so that both databases behave alike: text is UTF-8, values are bounded, and once
 * a statement has failed inside a transaction nothing of that transaction can take effect.
 */
#include "db.h"

#include <stdlib.h>
#include <string.h>
#include "platform/buf.h"
#include "platform/clock.h"
#include "platform/str.h"

enum { BUILD_MAX = 64 << 10, LIST_FIRST = 16, PATIENCE_MS = 5000, PATIENCE_TRIES = 100 };

/* read_enum writes an enum through an unsigned int. */
_Static_assert(sizeof(enum db_type) == sizeof(unsigned int), "an enum is an unsigned int");

struct db {
	const struct db_driver *drv;
	void *impl;
	int depth; /* of begun transactions */
	enum db_lock lock;
	int failed; /* the transaction can only be rolled back */
};

/* The handle. */

struct db *db_wrap(const struct db_driver *drv, void *impl)
{
	struct db *db = calloc(1, sizeof(*db));

	if (!db)
		die("out of memory: database");
	db->drv = drv;
	db->impl = impl;
	return db;
}

const struct db_driver *db_driver(const struct db *db)
{
	return db->drv;
}

void *db_impl(struct db *db, const struct db_driver *drv)
{
	return db->drv == drv ? db->impl : NULL;
}

void db_close(struct db *db)
{
	if (!db)
		return;
	db->drv->close(db->impl);
	free(db);
}

/* Values. */

struct db_value db_text_value(const char *s, const char *instead)
{
	if (!s)
		s = instead;
	return (struct db_value){
		.type = s ? DB_TEXT : DB_NULL, .ptr = s, .len = s ? strlen(s) : 0
	};
}

/* What one database would take and the other refuse is refused here: NUL and bytes that are not
 * UTF-8. The lengths come first, because only then is a value looked into. */
static int check_values(const struct db_value *v, size_t n, struct err *e)
{
	if (n > DB_PARAMS_MAX)
		return ERR(e, ERR_INTERNAL, NULL, "%zu values for a statement", n);
	for (size_t i = 0; i < n; i++) {
		if (v[i].len > DB_VALUE_MAX)
			return ERR(
				e, ERR_TOO_BIG, NULL, "value $%zu has %zu bytes", i + 1, v[i].len);
		if (v[i].type == DB_TEXT && !str_utf8(v[i].ptr, v[i].len))
			return ERR(e, ERR_INPUT, NULL, "value $%zu is not UTF-8", i + 1);
	}
	return 0;
}

/* A failed statement spoils its transaction, as PostgreSQL has it; SQLite would go on, and a caller
 * that does not look would commit half its work. Returns -1: for the end of a failed function. */
static int spoil(struct db *db)
{
	db->failed = db->depth > 0;
	return -1;
}

/* Answers. */

/* Ends the answer; the number of rows it changed. Harmless when it has ended. */
static int64_t end_rows(struct db_rows *r)
{
	int64_t changed = r->impl ? r->db->drv->end(r->impl) : 0;

	r->impl = NULL;
	return changed;
}

int db_query(struct db *db, const char *sql, const struct db_value *v, size_t n,
	struct db_rows *out, struct err *e)
{
	void *impl = NULL;

	*out = (struct db_rows){ .db = db };
	if (db->failed)
		return ERR(e, ERR_INTERNAL, NULL, "statement after a failed one: %.40s", sql);
	if (check_values(v, n, e) < 0 || db->drv->query(db->impl, sql, v, n, &impl, e) < 0)
		return spoil(db);
	out->impl = impl;
	return 0;
}

/* As db_next, but an answer that came to its end is still there. */
static int step(struct db_rows *r, struct err *e)
{
	int rc = r->impl ? r->db->drv->next(r->impl, e) : 0;

	if (rc < 0) {
		end_rows(r);
		return spoil(r->db);
	}
	return rc;
}

int db_next(struct db_rows *r, struct err *e)
{
	int rc = step(r, e);

	if (rc == 0)
		end_rows(r);
	return rc;
}

void db_end(struct db_rows *r)
{
	end_rows(r);
}

/* The sum of the parts for a SELECT; what comes after the first row is not asked for. */
int db_first(struct db *db, const char *sql, const struct db_value *v, size_t n,
	struct db_rows *out, struct err *e)
{
	return db_query(db, sql, v, n, out, e) < 0 ? -1 : db_next(out, e);
}

/* Rows, should there be any, are read and dropped: the statement counts when it has ended. */
int db_run(struct db *db, const char *sql, const struct db_value *v, size_t n, int64_t *changed,
	struct err *e)
{
	struct db_rows r;
	int64_t count;
	int rc;

	if (db_query(db, sql, v, n, &r, e) < 0)
		return -1;
	do
		rc = step(&r, e);
	while (rc == 1);
	count = end_rows(&r);
	if (changed)
		*changed = count;
	return rc;
}

/* Asks for the row after the only one too, because there the change is made to last. */
int db_number(struct db *db, const char *sql, const struct db_value *v, size_t n, int64_t *out,
	struct err *e)
{
	struct db_rows r;
	int rc = db_first(db, sql, v, n, &r, e);

	*out = rc == 1 ? db_num(&r, 0) : 0;
	if (rc == 1 && db_next(&r, e) < 0)
		return -1;
	db_end(&r);
	return rc;
}

static int missing(const char *sql, struct err *e)
{
	return ERR(e, ERR_MISSING, NULL, "no row: %.60s", sql);
}

int db_insert(struct db *db, const char *sql, const struct db_value *v, size_t n, int64_t *id,
	struct err *e)
{
	int rc = db_number(db, sql, v, n, id, e);

	return rc < 0 ? -1 : rc == 0 ? missing(sql, e) : 0;
}

int64_t db_changed(
	struct db *db, const char *sql, const struct db_value *v, size_t n, struct err *e)
{
	int64_t changed;

	return db_run(db, sql, v, n, &changed, e) < 0 ? -1 : changed;
}

int db_must(struct db *db, const char *sql, const struct db_value *v, size_t n, struct err *e)
{
	int64_t changed = db_changed(db, sql, v, n, e);

	return changed < 0 ? -1 : changed == 0 ? missing(sql, e) : 0;
}

/* Columns. A driver's pointer is good until the next step, so everything is copied. */

int64_t db_num(struct db_rows *r, int col)
{
	return r->db->drv->num(r->impl, col);
}

const char *db_text(struct db_rows *r, int col, struct arena *a)
{
	size_t len = 0;
	const char *p;

	if (r->db->drv->type(r->impl, col) == DB_NULL)
		return NULL;
	p = r->db->drv->bytes(r->impl, col, &len);
	return arena_strndup(a, p ? p : "", len);
}

const void *db_bytes(struct db_rows *r, int col, struct arena *a, size_t *len)
{
	const void *p;

	*len = 0;
	if (r->db->drv->type(r->impl, col) == DB_NULL)
		return NULL;
	p = r->db->drv->bytes(r->impl, col, len);
	return arena_memdup(a, p ? p : "", *len);
}

/* A hash of another length can only be compared with by mistake: it becomes one that fits nothing.
 */
void db_fixed(struct db_rows *r, int col, void *dst, size_t n)
{
	size_t len = 0;
	const void *p = r->db->drv->bytes(r->impl, col, &len);

	if (p && len == n)
		memcpy(dst, p, n);
	else
		memset(dst, 0, n);
}

/* Code everywhere indexes tables with enums, so a number from the file is checked where it comes
 * in. */
static int read_enum(struct db_rows *r, int col, size_t below, void *dst, struct err *e)
{
	int64_t value = db_num(r, col);
	unsigned int narrow;

	if (value < 0 || value >= (int64_t)below)
		return ERR(e, ERR_DAMAGED, NULL, "column %d holds %lld", col, (long long)value);
	narrow = (unsigned int)value;
	memcpy(dst, &narrow, sizeof(narrow));
	return 0;
}

static int is_too_long(struct db_rows *r, int col)
{
	const enum db_type type = r->db->drv->type(r->impl, col);
	size_t len = 0;

	if (type == DB_TEXT || type == DB_BLOB)
		(void)r->db->drv->bytes(r->impl, col, &len);
	return len > DB_FIELD_MAX;
}

/* Column col into its member of out. */
static int read_field(struct db_rows *r, int col, const struct db_field *f, struct arena *a,
	char *out, struct err *e)
{
	void *dst = out + f->offset;
	const char *text;

	switch (f->into) {
	case DB_INTO_NUM:
		*(int64_t *)dst = db_num(r, col);
		return 0;
	case DB_INTO_TEXT:
	case DB_INTO_NULLABLE:
		text = is_too_long(r, col) ? "" : db_text(r, col, a);
		*(const char **)dst = text || f->into == DB_INTO_NULLABLE ? text : "";
		return 0;
	case DB_INTO_ENUM:
		return read_enum(r, col, f->size, dst, e);
	case DB_INTO_FIXED:
		db_fixed(r, col, dst, f->size);
		return 0;
	case DB_INTO_BYTES:
		if (!is_too_long(r, col))
			*(const void **)dst =
				db_bytes(r, col, a, (size_t *)(void *)(out + f->size));
		return 0;
	}
	return ERR(e, ERR_INTERNAL, NULL, "field of unknown kind %d", (int)f->into);
}

int db_read(struct db_rows *r, int *col, const struct db_shape *s, struct arena *a, void *out,
	struct err *e)
{
	memset(out, 0, s->size);
	for (int i = 0; i < s->count; i++)
		if (read_field(r, (*col)++, &s->fields[i], a, out, e) < 0)
			return -1;
	return 0;
}

/* A row that cannot be understood fails its transaction as a failed statement does. */
int db_one(struct db_rows *r, const struct db_shape *s, struct arena *a, void *out, struct err *e)
{
	int col = 0;
	int rc = db_next(r, e);

	if (rc == 1 && (db_read(r, &col, s, a, out, e) < 0 || db_next(r, e) < 0))
		rc = spoil(r->db);
	db_end(r);
	return rc;
}

/* Room for one more element behind the n that are there; doubles when *room is used up. */
static char *grow(struct arena *a, char *list, size_t n, size_t *room, size_t size)
{
	char *more;

	if (n < *room)
		return list;
	*room = *room ? *room * 2 : LIST_FIRST;
	more = arena_array(a, *room, size);
	if (n > 0)
		memcpy(more, list, n * size);
	return more;
}

void *db_list(
	struct db_rows *r, const struct db_shape *s, struct arena *a, int *count, struct err *e)
{
	size_t n = 0, room = 0;
	char *list = NULL;
	int rc;

	for (; (rc = db_next(r, e)) == 1; n++) {
		int col = 0;

		list = grow(a, list, n, &room, s->size);
		if (db_read(r, &col, s, a, list + n * s->size, e) < 0) {
			rc = spoil(r->db);
			break;
		}
	}
	db_end(r);
	*count = rc < 0 ? -1 : (int)n;
	return rc < 0 ? NULL : list;
}

/* Transactions. */

int db_begin(struct db *db, enum db_lock lock, struct err *e)
{
	if (db->failed)
		return ERR(e, ERR_INTERNAL, NULL, "transaction inside a failed one");
	if (db->depth > 0 && lock == DB_WRITE && db->lock == DB_READ)
		return ERR(e, ERR_INTERNAL, NULL, "write transaction inside a reading one");
	if (db->depth == 0) {
		if (db->drv->begin(db->impl, lock, e) < 0)
			return -1;
		db->lock = lock;
	}
	db->depth++;
	return 0;
}

int db_begin_patient(struct db *db, struct err *e)
{
	const int64_t until = clock_mono_ms() + PATIENCE_MS;

	for (int n = 0; n < PATIENCE_TRIES; n++) {
		if (db_begin(db, DB_WRITE, e) == 0)
			return 0;
		if (e->code != ERR_BUSY || clock_mono_ms() >= until)
			return -1;
	}
	return -1;
}

/* Whatever happens, the transaction has ended for the caller: one begin, one end. */
int db_commit(struct db *db, struct err *e)
{
	if (db->depth == 0)
		return ERR(e, ERR_INTERNAL, NULL, "commit without a transaction");
	if (db->failed) {
		db_rollback(db);
		return ERR(e, ERR_INTERNAL, NULL, "commit of a failed transaction");
	}
	if (--db->depth > 0)
		return 0;
	if (db->drv->commit(db->impl, e) < 0) {
		db->drv->rollback(db->impl);
		return -1;
	}
	return 0;
}

/* Inside another transaction it can only mark: the outermost one does it. */
void db_rollback(struct db *db)
{
	if (db->depth == 0)
		return;
	db->depth--;
	db->failed = db->depth > 0;
	if (db->depth == 0)
		db->drv->rollback(db->impl);
}

int db_finish(struct db *db, int rc, struct err *e)
{
	if (rc < 0) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db, e) < 0 ? -1 : rc;
}

/* Migrations and copies. */

/* Appends sql with every {token} as the driver says it; -1 on an unknown one. */
static int expand(const struct db_driver *drv, const char *sql, struct buf *out)
{
	static const char *const names[DB_TOKEN__MAX] = { "{id}", "{int}", "{blob}", "{strict}" };
	const char *brace;
	int i;

	while ((brace = strchr(sql, '{'))) {
		for (i = 0; i < DB_TOKEN__MAX && !str_starts(brace, names[i]); i++)
			;
		if (i == DB_TOKEN__MAX)
			return -1;
		buf_add(out, sql, (size_t)(brace - sql));
		buf_puts(out, drv->tokens[i]);
		sql = brace + strlen(names[i]);
	}
	return buf_puts(out, sql);
}

int db_build(struct db *db, const char *sql, struct err *e)
{
	struct buf b;
	int rc;

	if (db->failed)
		return ERR(e, ERR_INTERNAL, NULL, "script after a failed statement");
	buf_init(&b, BUILD_MAX);
	if (expand(db->drv, sql, &b) < 0)
		rc = ERR(e, ERR_INTERNAL, NULL, "unknown token, or too long: %.40s", sql);
	else
		rc = db->drv->script(db->impl, buf_str(&b), e);
	buf_done(&b);
	return rc < 0 ? spoil(db) : 0;
}

int db_backup(struct db *db, const char *path, struct err *e)
{
	return db->drv->backup(db->impl, path, e);
}

int db_whole(struct db *db, struct arena *a, const char **fault, struct err *e)
{
	struct db_rows r;
	int rc = db_first(db, db->drv->whole, DB_NONE, &r, e);

	if (rc < 0)
		return -1;
	*fault = rc == 1 ? db_text(&r, 0, a) : NULL;
	db_end(&r);
	if (!*fault)
		*fault = "it cannot be examined";
	else if (strcmp(*fault, "ok") == 0)
		*fault = NULL;
	return 0;
}
