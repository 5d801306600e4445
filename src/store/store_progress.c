/* Progress: how far a job about many members has come; gone with its job. */
#include "store.h"
#include "store_row.h"

#include "platform/clock.h"

enum { SAVE, GET };

static const char *const sql[] = {
	[SAVE] = "INSERT INTO job_progress (job_id, total, done, failed, counted, cursor, began, "
		 "seen) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (job_id) DO UPDATE SET "
		 "total = excluded.total, done = excluded.done, failed = excluded.failed, "
		 "counted = excluded.counted, cursor = excluded.cursor, began = excluded.began, "
		 "seen = excluded.seen",
	[GET] = "SELECT job_id, total, done, failed, counted, cursor, began, seen "
		"FROM job_progress WHERE job_id = $1",
};

static const struct db_field fields[] = {
	DB_F_NUM(job_progress, job),
	DB_F_NUM(job_progress, total),
	DB_F_NUM(job_progress, done),
	DB_F_NUM(job_progress, failed),
	DB_F_NUM(job_progress, counted),
	DB_F_NUM(job_progress, cursor),
	DB_F_NUM(job_progress, began),
	DB_F_NUM(job_progress, seen),
};
static const struct db_shape shape = DB_SHAPE(job_progress, fields);

int store_progress_save(struct db *db, const struct job_progress *p, struct err *e)
{
	return db_run(db, sql[SAVE],
		DB_ARGS(DB_I(p->job), DB_I(p->total), DB_I(p->done), DB_I(p->failed),
			DB_I(p->counted), DB_I(p->cursor), DB_I(p->began), DB_I(clock_now())),
		NULL, e);
}

int store_progress_get(
	struct db *db, struct arena *a, int64_t job, struct job_progress *out, struct err *e)
{
	struct db_rows r;

	if (db_query(db, sql[GET], DB_ARGS(DB_I(job)), &r, e) < 0)
		return -1;
	return db_one(&r, &shape, a, out, e);
}
