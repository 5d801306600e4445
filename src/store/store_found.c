/* Found: whom the directory named in the answer to a job; gone with the job. */
#include "store.h"
#include "store_row.h"

enum { ADD, CLEAR, LIST };

static const char *const sql[] = {
	[ADD] = "INSERT INTO found (job_id, n, email, name, type, list, list_name) "
		"VALUES ($1, $2, $3, $4, $5, $6, $7)",
	[CLEAR] = "DELETE FROM found WHERE job_id = $1",
	[LIST] = "SELECT f.job_id, f.n, f.email, f.name, f.type, f.list, f.list_name, "
		 "COALESCE((SELECT m.id FROM member m WHERE m.account_id = $2 "
		 "AND m.email = f.email), 0) FROM found f WHERE f.job_id = $1 AND f.n > $3 "
		 "ORDER BY f.n LIMIT $4",
};

static const struct db_field fields[] = {
	DB_F_NUM(found_one, job),
	DB_F_NUM(found_one, n),
	DB_F_TEXT(found_one, email),
	DB_F_TEXT(found_one, name),
	DB_F_TEXT(found_one, type),
	DB_F_TEXT(found_one, list),
	DB_F_TEXT(found_one, list_name),
	DB_F_NUM(found_one, member),
};
static const struct db_shape shape = DB_SHAPE(found_one, fields);

int store_found_add(struct db *db, const struct found_one *f, struct err *e)
{
	return db_run(db, sql[ADD],
		DB_ARGS(DB_I(f->job), DB_I(f->n), DB_S(f->email), DB_S(f->name), DB_S(f->type),
			DB_S(f->list), DB_S(f->list_name)),
		NULL, e);
}

int store_found_clear(struct db *db, int64_t job, struct err *e)
{
	return db_run(db, sql[CLEAR], DB_ARGS(DB_I(job)), NULL, e);
}

int store_found_list(struct db *db, struct arena *a, const struct job *j, struct page_of page,
	struct found_one **out, struct err *e)
{
	struct db_rows r;
	int n;

	if (db_query(db, sql[LIST],
		    DB_ARGS(DB_I(j->id), DB_I(j->account), DB_I(page.after),
			    STORE_LIMIT(page.limit)),
		    &r, e) < 0)
		return -1;
	*out = db_list(&r, &shape, a, &n, e);
	return n;
}
