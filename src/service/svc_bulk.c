/* Service: many members are removed, deactivated or activated at once.
 *
 * Rules: the engine does it, so that ten thousand take as little of a page as one. What was asked
 * for is written down here, what came of it by the engine: one row each, however many they are.
 */
#include "svc_bulk.h"

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
	rc = svc_work_start(s, &w, buf_ok(&b) ? buf_str(&b) : NULL, job, e);
	buf_done(&b);
	return rc;
}

int svc_bulk_stop(struct svc *s, int64_t job, struct err *e)
{
	static const struct svc_work_end end = { .kind = BULK_KIND,
		.action = AUDIT_MEMBERS_STOPPED,
		.about = "Change of many members",
		.counts = 1 };

	return svc_work_stop(s, &end, 1, job, e);
}
