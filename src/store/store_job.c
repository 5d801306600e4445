/* Jobs: the queue between the web tier and the engine, and what each job did.
 *
 * Rules: due_at is when somebody should look at an open job next: run_at while it is queued, the
 * end of its lease while it runs. So one index finds the next due job, be it new or left behind by
 * an engine that died. An account has JOB_SHARE under way at a time, so that nobody waits for all
 * that another one wants. Only the owner of the lease may prolong, retry or end it. Account 0 is
 * the installation and stored as NULL.
 */
#include "store.h"
#include "store_row.h"

#include "platform/clock.h"

enum {
	ADD,
	GET,
	LIST,
	LIST_KIND,
	LIST_HOUSE,
	LIST_HOUSE_KIND,
	LIST_ACCOUNT,
	LIST_ACCOUNT_KIND,
	OPEN_HOUSE,
	OPEN_ACCOUNT,
	SAME,
	LEASE,
	ASKED,
	STEPS_GONE,
	RENEW,
	RETRY,
	END,
	CANCEL,
	RELEASE,
	NEXT_DUE,
	STEP_SAVE,
	STEPS,
	SWEEP
};

_Static_assert(JOB_QUEUED == 0 && JOB_RUNNING == 1 && JOB_DONE == 2 && JOB_CANCELLED == 4,
	"the statements and the partial indexes say so");

/* In the order of the fields; a job that does not run has no lease that could end. */
#define COLUMNS                                                                                    \
	"id, account_id, kind, params, state, attempts, run_at, "                                  \
	"CASE state WHEN 1 THEN due_at ELSE 0 END, cancel, made_by, by_name, request, created, "   \
	"started, ended, outcome"
#define PAGE(where) "SELECT " COLUMNS " FROM job WHERE id < $1 " where " ORDER BY id DESC LIMIT $2"
#define OPEN(where) "SELECT count(*) FROM job WHERE state < 2 AND kind = $1 AND " where
/* Has the account of job j room for one more? $1 is now. What is not prolonged any more takes no
 * room: it is due itself. The plus has them looked for by their time. */
#define FITS                                                                                       \
	"(j.account_id IS NULL OR (SELECT count(*) FROM job x WHERE +x.account_id = "              \
	"j.account_id AND x.state < 2 AND x.state = 1 AND x.due_at > $1) < 6)"
_Static_assert(JOB_SHARE == 6, "FITS says so");
#define OURS "WHERE id = $1 AND lease_owner = $2 AND state = 1"

/* LEASE says twice what is due: where rows are locked one by one, a second engine that waited for
 * the first must look at the row again. RETRY of a job that was asked to stop ends it. */
static const char *const sql[] = {
	[ADD] = "INSERT INTO job (account_id, kind, params, state, run_at, due_at, made_by, "
		"by_name, "
		"request, created) VALUES ($1, $2, $3, 0, $4, $4, $5, "
		"COALESCE($6, (SELECT m.name FROM member m WHERE m.account_id = $1 AND m.id = $5), "
		"''), "
		"$7, $8) RETURNING id",
	[GET] = "SELECT " COLUMNS " FROM job WHERE id = $1 AND COALESCE(account_id, 0) = $2",
	[LIST] = PAGE(""),
	[LIST_KIND] = PAGE("AND kind = $3"),
	[LIST_HOUSE] = PAGE("AND account_id IS NULL"),
	[LIST_HOUSE_KIND] = PAGE("AND account_id IS NULL AND kind = $3"),
	[LIST_ACCOUNT] = PAGE("AND account_id = $3"),
	[LIST_ACCOUNT_KIND] = PAGE("AND account_id = $3 AND kind = $4"),
	[OPEN_HOUSE] = OPEN("account_id IS NULL"),
	[OPEN_ACCOUNT] = OPEN("account_id = $2"),
	[SAME] = "SELECT id FROM job WHERE state < 2 AND kind = $1 AND account_id = $2 "
		 "AND params = $3 AND cancel = 0 ORDER BY id LIMIT 1",
	[LEASE] =
		"UPDATE job SET state = 1, attempts = attempts + 1, lease_owner = $2, due_at = $3, "
		"started = $1 WHERE id = (SELECT j.id FROM job j WHERE j.state < 2 "
		"AND j.due_at <= $1 AND " FITS " ORDER BY j.due_at, j.id LIMIT 1) "
		"AND state < 2 AND due_at <= $1 RETURNING " COLUMNS,
	[ASKED] = "SELECT 1 FROM job WHERE state < 2 AND due_at > 0 AND state = 1 AND cancel > 0 "
		  "AND lease_owner = $1 LIMIT 1",
	[STEPS_GONE] = "DELETE FROM job_step WHERE job_id = $1",
	[RENEW] = "UPDATE job SET due_at = $3 " OURS " RETURNING cancel",
	[RETRY] = "UPDATE job SET state = CASE cancel WHEN 0 THEN 0 ELSE 4 END, "
		  "ended = CASE cancel WHEN 0 THEN 0 ELSE $5 END, "
		  "run_at = $3, due_at = $3, lease_owner = '', outcome = $4 " OURS,
	[END] = "UPDATE job SET state = $3, outcome = $4, ended = $5, lease_owner = '' " OURS,
	[CANCEL] = "UPDATE job SET cancel = $3, ended = CASE state WHEN 0 THEN $3 ELSE ended END, "
		   "state = CASE state WHEN 0 THEN 4 ELSE state END "
		   "WHERE id = $1 AND COALESCE(account_id, 0) = $2 AND state < 2",
	[RELEASE] = "UPDATE job SET due_at = $2 WHERE state < 2 AND due_at > $2 "
		    "AND state = 1 AND lease_owner = $1",
	[NEXT_DUE] = "SELECT j.due_at FROM job j WHERE j.state < 2 AND j.due_at > 0 AND " FITS
		     " ORDER BY j.due_at LIMIT 1",
	[STEP_SAVE] =
		"INSERT INTO job_step (job_id, n, title, state, ms, say, why, fix, raw, host) "
		"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (job_id, n) DO "
		"UPDATE "
		"SET title = excluded.title, state = excluded.state, ms = excluded.ms, "
		"say = excluded.say, why = excluded.why, fix = excluded.fix, raw = excluded.raw, "
		"host = excluded.host",
	[STEPS] = "SELECT n, title, state, ms, say, why, fix, raw, host FROM job_step "
		  "WHERE job_id = $1 ORDER BY n",
	[SWEEP] = "DELETE FROM job WHERE ended > 0 AND ended < $1",
};

static const struct db_field fields[] = {
	DB_F_NUM(job, id),
	DB_F_NUM(job, account),
	DB_F_TEXT(job, kind),
	DB_F_TEXT(job, params),
	DB_F_ENUM(job, state, JOB__MAX),
	DB_F_NUM(job, attempts),
	DB_F_NUM(job, run_at),
	DB_F_NUM(job, lease_until),
	DB_F_NUM(job, cancel),
	DB_F_NUM(job, by),
	DB_F_TEXT(job, by_name),
	DB_F_TEXT(job, request),
	DB_F_NUM(job, created),
	DB_F_NUM(job, started),
	DB_F_NUM(job, ended),
	DB_F_TEXT(job, outcome),
};

static const struct db_field step_fields[] = {
	DB_F_NUM(job_step, n),
	DB_F_TEXT(job_step, title),
	DB_F_ENUM(job_step, state, STEP__MAX),
	DB_F_NUM(job_step, ms),
	DB_F_TEXT(job_step, say),
	DB_F_TEXT(job_step, why),
	DB_F_TEXT(job_step, fix),
	DB_F_TEXT(job_step, raw),
	DB_F_TEXT(job_step, host),
};

static const struct db_shape shape = DB_SHAPE(job, fields);
static const struct db_shape step_shape = DB_SHAPE(job_step, step_fields);

int store_job_add(struct db *db, const struct job *j, int64_t *id, struct err *e)
{
	int64_t now = clock_now();

	return db_insert(db, sql[ADD],
		DB_ARGS(DB_REF(j->account), DB_S(j->kind), DB_S(j->params),
			DB_I(j->run_at ? j->run_at : now), DB_I(j->by), DB_T(j->by_name),
			DB_S(j->request), DB_I(now)),
		id, e);
}

int store_job_get(
	struct db *db, struct arena *a, int64_t account, int64_t id, struct job *out, struct err *e)
{
	struct db_rows r;

	if (db_query(db, sql[GET], DB_ARGS(DB_I(id), DB_I(account)), &r, e) < 0)
		return -1;
	return db_one(&r, &shape, a, out, e);
}

/* No account, the installation's, one account's; and each with or without a kind: a statement for
 * each, so that each walks down its own index. */
int store_job_list(struct db *db, struct arena *a, int64_t account, const char *kind,
	struct page_of page, struct job **out, struct err *e)
{
	static const int which[3][2] = { { LIST, LIST_KIND }, { LIST_HOUSE, LIST_HOUSE_KIND },
		{ LIST_ACCOUNT, LIST_ACCOUNT_KIND } };
	struct db_value v[4] = { STORE_BEFORE(page.after), STORE_LIMIT(page.limit) };
	struct db_rows r;
	size_t n = 2;
	int count;

	if (account > 0)
		v[n++] = DB_I(account);
	if (kind)
		v[n++] = DB_T(kind);
	if (db_query(db,
		    sql[which[account < 0	  ? 0
				    : account > 0 ? 2
						  : 1][kind != NULL]],
		    v, n, &r, e) < 0)
		return -1;
	*out = db_list(&r, &shape, a, &count, e);
	return count;
}

/* The two statements differ in their second value. */
int64_t store_job_open(struct db *db, int64_t account, const char *kind, struct err *e)
{
	const struct db_value v[] = { DB_S(kind), DB_I(account) };
	int64_t n;

	return db_number(db, sql[account ? OPEN_ACCOUNT : OPEN_HOUSE], v, account ? 2 : 1, &n, e) <
			0
		? -1
		: n;
}

int store_job_same(struct db *db, const struct job *like, int64_t *id, struct err *e)
{
	return db_number(db, sql[SAME],
		DB_ARGS(DB_S(like->kind), DB_I(like->account), DB_S(like->params)), id, e);
}

/* Inside a transaction: the steps of the attempt before go with the lease, or neither does. */
static int lease(
	struct db *db, struct arena *a, const struct db_value v[3], struct job *out, struct err *e)
{
	struct db_rows r;
	int rc;

	if (db_query(db, sql[LEASE], v, 3, &r, e) < 0)
		return -1;
	rc = db_one(&r, &shape, a, out, e);
	if (rc == 1 && db_run(db, sql[STEPS_GONE], DB_ARGS(DB_I(out->id)), NULL, e) < 0)
		return -1;
	return rc;
}

int store_job_lease(struct db *db, struct arena *a, const char *owner, int64_t until,
	struct job *out, struct err *e)
{
	const struct db_value v[3] = { DB_I(clock_now()), DB_S(owner), DB_I(until) };

	if (db_begin(db, DB_WRITE, e) < 0)
		return -1;
	return db_finish(db, lease(db, a, v, out, e), e);
}

int store_job_asked(struct db *db, const char *owner, struct err *e)
{
	int64_t any;

	return db_number(db, sql[ASKED], DB_ARGS(DB_S(owner)), &any, e);
}

int store_job_renew(
	struct db *db, int64_t id, const char *owner, int64_t until, int *cancel, struct err *e)
{
	int64_t asked;
	int rc = db_number(db, sql[RENEW], DB_ARGS(DB_I(id), DB_S(owner), DB_I(until)), &asked, e);

	*cancel = asked != 0;
	return rc;
}

int store_job_retry(struct db *db, int64_t id, const char *owner, int64_t run_at,
	const char *outcome, struct err *e)
{
	return (int)db_changed(db, sql[RETRY],
		DB_ARGS(DB_I(id), DB_S(owner), DB_I(run_at), DB_S(outcome), DB_I(clock_now())), e);
}

/* The owner's name goes with the lease: a second end finds nothing. */
int store_job_end(struct db *db, int64_t id, const char *owner, enum job_state state,
	const char *outcome, struct err *e)
{
	if (state < JOB_DONE)
		return ERR(e, ERR_INTERNAL, NULL, "a job cannot end in state %d", (int)state);
	return (int)db_changed(db, sql[END],
		DB_ARGS(DB_I(id), DB_S(owner), DB_I(state), DB_S(outcome), DB_I(clock_now())), e);
}

int store_job_cancel(struct db *db, int64_t account, int64_t id, struct err *e)
{
	return (int)db_changed(
		db, sql[CANCEL], DB_ARGS(DB_I(id), DB_I(account), DB_I(clock_now())), e);
}

int store_job_release(struct db *db, const char *owner, struct err *e)
{
	return db_run(db, sql[RELEASE], DB_ARGS(DB_S(owner), DB_I(clock_now())), NULL, e);
}

int store_job_next_due(struct db *db, int64_t *at, struct err *e)
{
	*at = 0;
	return db_number(db, sql[NEXT_DUE], DB_ARGS(DB_I(clock_now())), at, e) < 0 ? -1 : 0;
}

int store_job_step_save(struct db *db, int64_t job, const struct job_step *s, struct err *e)
{
	return db_run(db, sql[STEP_SAVE],
		DB_ARGS(DB_I(job), DB_I(s->n), DB_S(s->title), DB_I(s->state), DB_I(s->ms),
			DB_S(s->say), DB_S(s->why), DB_S(s->fix), DB_S(s->raw), DB_S(s->host)),
		NULL, e);
}

int store_job_steps(
	struct db *db, struct arena *a, int64_t job, struct job_step **out, struct err *e)
{
	struct db_rows r;
	int n;

	if (db_query(db, sql[STEPS], DB_ARGS(DB_I(job)), &r, e) < 0)
		return -1;
	*out = db_list(&r, &step_shape, a, &n, e);
	return n;
}

int64_t store_job_sweep(struct db *db, int64_t ended_before, struct err *e)
{
	return db_changed(db, sql[SWEEP], DB_ARGS(DB_I(ended_before)), e);
}
