/* Db_script: a driver that follows a script, and one that watches another driver.
 *
 * Rule: both keep count of answers and transactions, because the fault that matters most in a
 * caller is one it only makes when something has failed: leaving them open.
 */
#include "db_script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *zeroed(size_t size)
{
	void *p = calloc(1, size);

	if (!p)
		die("out of memory: script");
	return p;
}

static int injected(enum err_code code, const char *where, struct err *e)
{
	return ERR(e, code, NULL, "injected: %.60s", where);
}

/* The script. */

struct script {
	const struct db_script_step *steps;
	size_t count;
	size_t at; /* the next expected step */
	int open;
	int begun;
	db_script_surprise_fn *surprise;
};

struct script_rows {
	struct script *s;
	const struct db_script_step *step;
	size_t row; /* rows given; the current one is the last of them */
};

/* Tells the test, and fails the call for the case that the test goes on. */
static int surprise(struct script *s, const char *what, const char *which, struct err *e)
{
	char text[512];
	const char *expected = s->at < s->count ? s->steps[s->at].sql : "the end";

	snprintf(text, sizeof(text), "%s: %s (step %zu: %s)", what, which, s->at, expected);
	s->surprise(text);
	return ERR(e, ERR_INTERNAL, NULL, "%.200s", text);
}

/* Type and bytes: a text is not the blob of the same bytes. */
static int same_value(const struct db_value *a, const struct db_value *b)
{
	if (a->type != b->type)
		return 0;
	if (a->type == DB_INT)
		return a->num == b->num;
	return a->len == b->len && (a->len == 0 || memcmp(a->ptr, b->ptr, a->len) == 0);
}

/* The step that this call must be; NULL after a surprise. */
static const struct db_script_step *take(struct script *s, const char *sql, struct err *e)
{
	if (s->at == s->count || !strstr(sql, s->steps[s->at].sql)) {
		(void)surprise(s, "unexpected", sql, e);
		return NULL;
	}
	return &s->steps[s->at++];
}

static int check_args(struct script *s, const struct db_script_step *step, const struct db_value *v,
	size_t n, struct err *e)
{
	if (!step->args)
		return 0;
	if (step->nargs != n)
		return surprise(s, "number of values", step->sql, e);
	for (size_t i = 0; i < n; i++)
		if (!same_value(&step->args[i], &v[i]))
			return surprise(s, "another value", step->sql, e);
	return 0;
}

/* Fails only by surprise: an injected failure waits until the rows were given. */
static int script_query(
	void *impl, const char *sql, const struct db_value *v, size_t n, void **rows, struct err *e)
{
	struct script *s = impl;
	const struct db_script_step *step = take(s, sql, e);
	struct script_rows *r;

	if (!step || check_args(s, step, v, n, e) < 0)
		return -1;
	r = zeroed(sizeof(*r));
	r->s = s;
	r->step = step;
	s->open++;
	*rows = r;
	return 0;
}

static int script_next(void *rows, struct err *e)
{
	struct script_rows *r = rows;

	if (r->row < r->step->nrows) {
		r->row++;
		return 1;
	}
	return r->step->fail ? injected(r->step->fail, r->step->sql, e) : 0;
}

/* Reading beside the row is a caller's mistake that a real driver would answer with NULL. */
static const struct db_value *cell(const struct script_rows *r, int col)
{
	static const struct db_value null = { .type = DB_NULL };

	struct err ignored;

	if (r->row == 0 || (size_t)col >= r->step->cols) {
		(void)surprise(r->s, "no such column", r->step->sql, &ignored);
		return &null;
	}
	return &r->step->rows[(r->row - 1) * r->step->cols + (size_t)col];
}

static enum db_type script_type(void *rows, int col)
{
	return cell(rows, col)->type;
}

static int64_t script_num(void *rows, int col)
{
	return cell(rows, col)->num;
}

static const void *script_bytes(void *rows, int col, size_t *len)
{
	const struct db_value *v = cell(rows, col);

	*len = v->len;
	return v->ptr;
}

static int64_t script_end(void *rows)
{
	struct script_rows *r = rows;
	int64_t changed = r->step->changed;

	r->s->open--;
	free(r);
	return changed;
}

/* A call that gives no rows: begin, commit, a migration's script, a copy. */
static int plain(struct script *s, const char *what, struct err *e)
{
	const struct db_script_step *step = take(s, what, e);

	if (!step)
		return -1;
	return step->fail ? injected(step->fail, what, e) : 0;
}

static int script_begin(void *impl, enum db_lock lock, struct err *e)
{
	struct script *s = impl;

	if (plain(s, lock == DB_WRITE ? "BEGIN WRITE" : "BEGIN READ", e) < 0)
		return -1;
	s->begun = 1;
	return 0;
}

static int script_commit(void *impl, struct err *e)
{
	struct script *s = impl;

	if (plain(s, "COMMIT", e) < 0)
		return -1;
	s->begun = 0;
	return 0;
}

static void script_rollback(void *impl)
{
	struct script *s = impl;
	struct err ignored; /* a rollback cannot fail, but it can be a surprise */

	(void)plain(s, "ROLLBACK", &ignored);
	s->begun = 0;
}

static int script_script(void *impl, const char *sql, struct err *e)
{
	return plain(impl, sql, e);
}

static int script_backup(void *impl, const char *path, struct err *e)
{
	(void)path;
	return plain(impl, "BACKUP", e);
}

static int script_scratch(struct db **out, struct err *e)
{
	*out = NULL;
	return ERR(e, ERR_INTERNAL, NULL, "a script has no second database");
}

static const struct db_driver script_driver = {
	.name = "script",
	.tokens = { "ID", "INT", "BLOB", "STRICT" },
	.schema = "SCHEMA",
	.query = script_query,
	.next = script_next,
	.type = script_type,
	.num = script_num,
	.bytes = script_bytes,
	.end = script_end,
	.begin = script_begin,
	.commit = script_commit,
	.rollback = script_rollback,
	.script = script_script,
	.backup = script_backup,
	.scratch = script_scratch,
	.close = free,
};

struct db *db_script_open(
	const struct db_script_step *steps, size_t n, db_script_surprise_fn *surprise_fn)
{
	struct script *s = zeroed(sizeof(*s));

	s->steps = steps;
	s->count = n;
	s->surprise = surprise_fn;
	return db_wrap(&script_driver, s);
}

void db_script_close(struct db *db)
{
	struct script s = *(struct script *)db_impl(db, &script_driver);
	struct err e;

	db_close(db);
	if (s.at < s.count)
		(void)surprise(&s, "not taken", s.steps[s.at].sql, &e);
	if (s.open || s.begun)
		(void)surprise(&s, "left open", s.open ? "an answer" : "a transaction", &e);
}

/* The watch. */

struct over {
	struct db_driver drv; /* the watched driver's texts, and the functions below */
	const struct db_driver *real;
	void *impl;
	struct db_script_watch *w;
};

struct over_rows {
	struct over *o;
	void *rows;
};

/* Counts a call; -1 when it is its turn to fail. */
static int passes(struct over *o, const char *what, struct err *e)
{
	return ++o->w->calls == o->w->fail_at ? injected(o->w->code, what, e) : 0;
}

/* What is shown is what was asked for, also when the call is then made to fail. */
static int over_query(
	void *impl, const char *sql, const struct db_value *v, size_t n, void **rows, struct err *e)
{
	struct over *o = impl;
	struct over_rows *r;
	void *real_rows;

	if (o->w->see)
		o->w->see(o->w->ptr, sql, v, n);
	if (passes(o, sql, e) < 0 || o->real->query(o->impl, sql, v, n, &real_rows, e) < 0)
		return -1;
	r = zeroed(sizeof(*r));
	r->o = o;
	r->rows = real_rows;
	o->w->open++;
	*rows = r;
	return 0;
}

static int over_next(void *rows, struct err *e)
{
	struct over_rows *r = rows;

	return passes(r->o, "next", e) < 0 ? -1 : r->o->real->next(r->rows, e);
}

static enum db_type over_type(void *rows, int col)
{
	const struct over_rows *r = rows;

	return r->o->real->type(r->rows, col);
}

static int64_t over_num(void *rows, int col)
{
	const struct over_rows *r = rows;

	return r->o->real->num(r->rows, col);
}

static const void *over_bytes(void *rows, int col, size_t *len)
{
	const struct over_rows *r = rows;

	return r->o->real->bytes(r->rows, col, len);
}

static int64_t over_end(void *rows)
{
	struct over_rows *r = rows;
	int64_t changed = r->o->real->end(r->rows);

	r->o->w->open--;
	free(r);
	return changed;
}

static int over_begin(void *impl, enum db_lock lock, struct err *e)
{
	struct over *o = impl;

	if (passes(o, "begin", e) < 0 || o->real->begin(o->impl, lock, e) < 0)
		return -1;
	o->w->begun = 1;
	return 0;
}

static int over_commit(void *impl, struct err *e)
{
	struct over *o = impl;

	if (passes(o, "commit", e) < 0 || o->real->commit(o->impl, e) < 0)
		return -1;
	o->w->begun = 0;
	return 0;
}

static void over_rollback(void *impl)
{
	struct over *o = impl;

	o->real->rollback(o->impl);
	o->w->begun = 0;
}

static int over_script(void *impl, const char *sql, struct err *e)
{
	struct over *o = impl;

	return passes(o, sql, e) < 0 ? -1 : o->real->script(o->impl, sql, e);
}

static int over_backup(void *impl, const char *path, struct err *e)
{
	struct over *o = impl;

	return o->real->backup(o->impl, path, e);
}

/* Texts and scratch stay those of the watched driver, so that migrations behave as they do there.
 */
struct db *db_script_over(struct db *below, struct db_script_watch *w)
{
	struct over *o = zeroed(sizeof(*o));

	o->real = db_driver(below);
	o->impl = db_impl(below, o->real);
	o->w = w;
	o->drv = *o->real; /* name, tokens, schema, scratch */
	o->drv.query = over_query;
	o->drv.next = over_next;
	o->drv.type = over_type;
	o->drv.num = over_num;
	o->drv.bytes = over_bytes;
	o->drv.end = over_end;
	o->drv.begin = over_begin;
	o->drv.commit = over_commit;
	o->drv.rollback = over_rollback;
	o->drv.script = over_script;
	o->drv.backup = over_backup;
	o->drv.close = free;
	return db_wrap(&o->drv, o);
}
