/* Service: to have members' calendars looked at now.
 *
 * Rules: the job row is the request; whom it is about is marked by the engine, in portions. What
 * cannot work is refused here, in words, and not queued.
 */
#include "svc_check.h"

#include "svc_work.h"

int svc_check_can(struct svc *s, struct err *e)
{
	struct connection c;
	struct health h;
	int rc = store_connection_staged(s->db, s->a, s->who.account, CONN_LIVE, &c, e);

	if (rc < 0)
		return -1;
	if (rc == 0)
		return ERR(e, ERR_CONFLICT,
			"There is no connection yet, so Exchange cannot be asked. An account "
			"admin sets it up first.",
			"check: no live connection");
	if (c.paused_at)
		return ERR(e, ERR_CONFLICT,
			"The connection is paused, so Exchange is not asked. An account "
			"admin can resume it.",
			"check: paused");
	rc = store_health_get(s->db, s->a, c.account, c.id, &h, e);
	if (rc < 0)
		return -1;
	if (rc == 1 && h.state == HEALTH_STOPPED)
		return ERR(e, ERR_CONFLICT,
			"The sign-in of the connection was refused, so nothing is tried. An "
			"account admin enters the new secret first.",
			"check: stopped");
	return 0;
}

int svc_check_start(struct svc *s, const struct roster_pick *pick, const char *about, int64_t *job,
	struct err *e)
{
	const struct svc_work w = { .kind = CHECK_KIND,
		.most = about ? CHECK_OPEN_MAX : CHECK_OWN_MAX,
		.full = "Many checks are waiting already. Try again when some of them have ended.",
		.may = svc_check_can,
		.action = AUDIT_MEMBERS_CHECK,
		.about = about };
	struct buf b;
	int rc;

	buf_init(&b, SVC_WORK_PARAMS);
	roster_pick_write(&b, pick);
	rc = svc_work_start(s, &w, buf_ok(&b) ? buf_str(&b) : NULL, job, e);
	buf_done(&b);
	return rc;
}

int svc_check_stop(struct svc *s, int64_t job, struct err *e)
{
	static const struct svc_work_end end = { .kind = CHECK_KIND,
		.action = AUDIT_MEMBERS_CHECK_STOPPED,
		.about = "Check of members",
		.counts = 1 };

	return svc_work_stop(s, &end, 1, job, e);
}
