/* Migrate: brings a database to today's schema, and refuses any other.
 *
 * Rules: a step and its row in schema_step become true together or not at all. A database that is
 * neither empty nor ours is left alone. The check compares all that CREATE made with what the same
 * steps make in an empty database of the same kind, so that nothing can be slipped in.
 */
#include "migrate.h"

#include <string.h>
#include "migrations.h"
#include "platform/clock.h"
#include "platform/seal.h"
#include "platform/str.h"

enum { SCHEMA_TEXTS = 3, SCHEMA_PARTS = 3 * 512, SCHEMA_BYTES = 1 << 20 };

enum { NEWEST, ADD };

static const char *const sql[] = {
	[NEWEST] = "SELECT max(n) FROM schema_step",
	[ADD] = "INSERT INTO schema_step (n, title, at) VALUES ($1, $2, $3)",
};

/* What is in a database. */
struct schema {
	size_t objects;
	int ours; /* it has our table of steps */
	unsigned char hash[SEAL_HASH];
};

int migrate_newest(void)
{
	return (int)migrations_count;
}

const char *migrate_title(int n)
{
	return n >= 1 && n <= migrate_newest() ? migrations[n - 1].title : "";
}

/* A row that is over the limit, or a failure, leaves the answer open for read_schema to end. */
static int read_parts(struct db_rows *r, struct arena *a, struct schema *out, struct err *e)
{
	const char **parts = arena_array(a, SCHEMA_PARTS, sizeof(*parts));
	size_t n = 0;
	int rc;

	while ((rc = db_next(r, e)) == 1) {
		if (n == SCHEMA_PARTS)
			return ERR(e, ERR_DAMAGED, NULL, "a schema of over %zu parts", n);
		for (int col = 0; col < SCHEMA_TEXTS; col++) {
			const char *text = db_text(r, col, a);

			parts[n++] = text ? text : "";
		}
		out->ours |= strcmp(parts[n - 2], "schema_step") == 0;
	}
	if (rc < 0)
		return -1;
	out->objects = n / SCHEMA_TEXTS;
	seal_hash(out->hash, parts, n);
	return 0;
}

/* All that CREATE made: how much, whether it is ours, and a hash over it. */
static int read_schema(struct db *db, struct schema *out, struct err *e)
{
	struct arena a;
	struct db_rows r;
	int rc;

	memset(out, 0, sizeof(*out));
	if (db_query(db, db_driver(db)->schema, DB_NONE, &r, e) < 0)
		return -1;
	arena_init(&a, SCHEMA_BYTES);
	rc = read_parts(&r, &a, out, e);
	db_end(&r);
	arena_done(&a);
	return rc;
}

/* The number of a schema that was read. An empty database is number 0; one with tables but without
 * ours belongs to somebody else, who would not like to find our tables in it. */
static int number_of(struct db *db, const struct schema *s, struct err *e)
{
	int64_t n = 0;

	if (s->objects == 0)
		return 0;
	if (!s->ours)
		return ERR(e, ERR_DAMAGED, NULL, "the database is another program's");
	if (db_number(db, sql[NEWEST], DB_NONE, &n, e) < 0)
		return -1;
	if (n < 1 || n > INT32_MAX)
		return ERR(e, ERR_DAMAGED, NULL, "schema number %lld", (long long)n);
	return (int)n;
}

int migrate_current(struct db *db, struct err *e)
{
	struct schema s;

	return read_schema(db, &s, e) < 0 ? -1 : number_of(db, &s, e);
}

/* Both the check and the run meet it: a program must not guess at what it does not know. */
static int newer(int current, struct err *e)
{
	return ERR(e, ERR_SCHEMA,
		"The database was made by a newer Latchkey, so it was left as it is. Ask your ops "
		"team "
		"to install that version.",
		"schema %d was made by a newer Latchkey; this one knows %d", current,
		migrate_newest());
}

/* The step and its row; the caller's transaction makes them one. */
static int run_step(struct db *db, const struct migration *m, struct err *e)
{
	if (db_build(db, m->sql, e) < 0 || (m->then && m->then(db, e) < 0))
		return -1;
	return db_run(
		db, sql[ADD], DB_ARGS(DB_I(m->n), DB_T(m->title), DB_I(clock_now())), NULL, e);
}

/* The next step if one is missing: 1 done, 0 none missing, -1. Asks for the number inside the
 * transaction, because another migration may run at the same time. */
static int advance(struct db *db, int target, struct err *e)
{
	int current = migrate_current(db, e);

	if (current < 0)
		return -1;
	if (current > migrate_newest())
		return newer(current, e);
	if (current >= target)
		return 0;
	return run_step(db, &migrations[current], e) < 0 ? -1 : 1;
}

int migrate_run(struct db *db, int target, struct err *e)
{
	int rc;

	if (target < 1 || target > migrate_newest())
		return ERR(e, ERR_INTERNAL, NULL, "no schema %d", target);
	do {
		if (db_begin(db, DB_WRITE, e) < 0)
			return -1;
		rc = db_finish(db, advance(db, target, e), e);
	} while (rc == 1);
	return rc;
}

/* Runs all steps in an empty database and reads what they made. */
static int make_expected(const struct db_driver *drv, struct schema *out, struct err *e)
{
	struct db *db;
	int rc;

	if (drv->scratch(&db, e) < 0)
		return -1;
	rc = migrate_run(db, migrate_newest(), e);
	if (rc == 0)
		rc = read_schema(db, out, e);
	db_close(db);
	return rc;
}

/* What our schema looks like in this kind of database. Worked out once per process: the steps are
 * constant, so the answer for a driver never changes. */
static const struct schema *expected(const struct db_driver *drv, struct err *e)
{
	static struct schema known;
	static const struct db_driver *of;

	if (of != drv) {
		of = NULL;
		if (make_expected(drv, &known, e) < 0)
			return NULL;
		of = drv;
	}
	return &known;
}

/* The number first: it gives the better advice when a database is merely old. */
static int check(struct db *db, struct err *e)
{
	struct schema is;
	const struct schema *should;
	int current;

	if (read_schema(db, &is, e) < 0)
		return -1;
	current = number_of(db, &is, e);
	if (current < 0)
		return -1;
	if (current > migrate_newest())
		return newer(current, e);
	if (current < migrate_newest())
		return ERR(e, ERR_SCHEMA, NULL,
			"schema %d, this program needs %d: run latchkey migrate", current,
			migrate_newest());
	should = expected(db_driver(db), e);
	if (!should)
		return -1;
	if (memcmp(is.hash, should->hash, sizeof(is.hash)) != 0)
		return ERR(e, ERR_DAMAGED, NULL, "the schema is not the one Latchkey made");
	return 0;
}

/* In one reading transaction, so that a migration in between is not taken for damage. */
int migrate_check(struct db *db, struct err *e)
{
	if (db_begin(db, DB_READ, e) < 0)
		return -1;
	return db_finish(db, check(db, e), e);
}
