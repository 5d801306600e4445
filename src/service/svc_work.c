/* Service: work of the engine, queued as a job, and stopped.
 *
 * Rules: the job row is the request; counting and adding are under one write lock, so that two at
 * once cannot both be the last that fits.
 */
#include "svc_work.h"

#include <string.h>
#include "platform/clock.h"

static int start_rows(
	struct svc *s, const struct svc_work *w, const struct job *j, int64_t *id, struct err *e)
{
	int64_t open = store_job_open(s->db, j->account, w->kind, e);
	int rc = open < 0 ? -1 : store_job_same(s->db, j, id, e);

	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if (open >= w->most)
		return ERR(e, ERR_CONFLICT, w->full, "%s: %lld open", w->kind, (long long)open);
	if ((w->may && w->may(s, e) < 0) || store_job_add(s->db, j, id, e) < 0)
		return -1;
	return w->about ? svc_audit(s, w->action, w->about, NULL, e) : 0;
}

int svc_work_start(
	struct svc *s, const struct svc_work *w, const char *params, int64_t *job, struct err *e)
{
	const struct job j = { .account = s->who.account,
		.kind = w->kind,
		.params = params,
		.run_at = clock_now(),
		.by = s->who.member,
		.by_name = s->who.name,
		.request = s->who.request };

	if (!params)
		return ERR(e, ERR_INPUT, "That is too much at once. Choose fewer members.",
			"%s: params", w->kind);
	if (db_begin(s->db, DB_WRITE, e) < 0 ||
		svc_audit_commit(s, start_rows(s, w, &j, job, e), w->action, e) < 0)
		return -1;
	svc_ring(s, BELL_JOB, *job);
	return 0;
}

/* --- stopping --- */

static const struct svc_work_end *end_of(
	const struct svc_work_end *ends, size_t count, const struct job *j)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(ends[i].kind, j->kind) == 0)
			return &ends[i];
	return NULL;
}

/* "4 of 9 were done.", when that is known. */
static int how_far(struct svc *s, int64_t job, const char **say, struct err *e)
{
	struct job_progress g;
	int rc = store_progress_get(s->db, s->a, job, &g, e);

	if (rc == 1)
		*say = arena_printf(
			s->a, "%lld of %lld were done.", (long long)g.done, (long long)g.total);
	return rc < 0 ? -1 : 0;
}

/* Other work of the engine is not stopped from here, nor another account's. */
static int stop_rows(
	struct svc *s, const struct svc_work_end **end, size_t count, int64_t id, struct err *e)
{
	const char *about, *detail = NULL;
	struct job j;
	int rc = store_job_get(s->db, s->a, s->who.account, id, &j, e);

	if (rc < 0)
		return -1;
	*end = rc == 1 ? end_of(*end, count, &j) : NULL;
	if (!*end)
		return ERR(e, ERR_MISSING, NULL, "no such job %lld in the account", (long long)id);
	rc = store_job_cancel(s->db, s->who.account, id, e);
	if (rc < 0)
		return -1;
	if (rc == 0)
		return ERR(e, ERR_CONFLICT, "It has ended already, so there is nothing to stop.",
			"%s %lld has ended", j.kind, (long long)id);
	if ((*end)->counts && how_far(s, id, &detail, e) < 0)
		return -1;
	about = (*end)->about ? (*end)->about : (*end)->about_of(s, &j);
	return svc_audit(s, (*end)->action, about, detail, e);
}

int svc_work_stop(
	struct svc *s, const struct svc_work_end *ends, size_t count, int64_t job, struct err *e)
{
	const struct svc_work_end *end = ends;
	int rc;

	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	rc = stop_rows(s, &end, count, job, e);
	if (svc_audit_commit(s, rc, end ? end->action : ends->action, e) < 0)
		return -1;
	svc_ring(s, BELL_CANCEL, job);
	return 0;
}
