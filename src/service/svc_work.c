/* Service: work about many members, queued as a job.
 *
 * Rules: the job row is the request; counting and adding are under one write lock, so that two at
 * once cannot both be the last that fits.
 */
#include "svc_work.h"

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

int svc_work_start(struct svc *s, const struct svc_work *w, const struct buf *params, int64_t *job,
	struct err *e)
{
	const struct job j = { .account = s->who.account,
		.kind = w->kind,
		.params = buf_str(params),
		.run_at = clock_now(),
		.by = s->who.member,
		.by_name = s->who.name,
		.request = s->who.request };

	if (!buf_ok(params))
		return ERR(e, ERR_INPUT, "That is too much at once. Choose fewer members.",
			"%s: params", w->kind);
	if (db_begin(s->db, DB_WRITE, e) < 0 ||
		svc_audit_commit(s, start_rows(s, w, &j, job, e), w->action, e) < 0)
		return -1;
	svc_ring(s, BELL_JOB, *job);
	return 0;
}
