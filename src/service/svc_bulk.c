/* Service: many members are removed, deactivated or activated at once.
 *
 * Rules: the engine does it, so that ten thousand take as little of a page as one. What was asked
 * for is written down here, what came of it by the engine: one row each, however many they are.
 */
#include "svc_bulk.h"

#include <string.h>
#include "svc_roster.h"
#include "svc_work.h"

static const enum audit_action actions[BULK__MAX] = {
	[BULK_REMOVE] = AUDIT_MEMBERS_REMOVE,
	[BULK_OFF] = AUDIT_MEMBERS_OFF,
	[BULK_ON] = AUDIT_MEMBERS_ON,
};

int svc_bulk_start(
	struct svc *s, enum bulk what, const struct roster_pick *pick, int64_t *job, struct err *e)
{
	const struct svc_work w = { .kind = BULK_KIND,
		.most = BULK_OPEN_MAX,
		.full = "Several changes of many members are waiting already. Try again when some "
			"of them have ended.",
		.action = actions[what],
		.about = svc_roster_about(s, pick) };
	struct buf b;
	int rc;

	buf_init(&b, SVC_WORK_PARAMS);
	roster_bulk_write(&b, what, pick);
	rc = svc_work_start(s, &w, &b, job, e);
	buf_done(&b);
	return rc;
}

static int stop_rows(struct svc *s, int64_t job, struct err *e)
{
	struct job_progress g = { 0 };
	struct job j;
	int rc = store_job_get(s->db, s->a, s->who.account, job, &j, e);

	if (rc < 0)
		return -1;
	if (rc == 0 || strcmp(j.kind, BULK_KIND) != 0)
		return ERR(e, ERR_MISSING, NULL, "no bulk %lld", (long long)job);
	rc = store_job_cancel(s->db, s->who.account, job, e);
	if (rc < 0)
		return -1;
	if (rc == 0)
		return ERR(e, ERR_CONFLICT, "It has ended already, so there is nothing to stop.",
			"bulk %lld has ended", (long long)job);
	if (store_progress_get(s->db, s->a, job, &g, e) < 0)
		return -1;
	return svc_audit(s, AUDIT_MEMBERS_STOPPED, "Change of many members",
		arena_printf(
			s->a, "%lld of %lld were done.", (long long)g.done, (long long)g.total),
		e);
}

int svc_bulk_stop(struct svc *s, int64_t job, struct err *e)
{
	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	if (svc_audit_commit(s, stop_rows(s, job, e), AUDIT_MEMBERS_STOPPED, e) < 0)
		return -1;
	svc_ring(s, BELL_CANCEL, job);
	return 0;
}
