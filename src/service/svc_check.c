/* Service: to have members' calendars looked at now.
 *
 * Rules: the job row is the request; whom it is about is marked by the engine, in portions. What
 * cannot work is refused here, in words, and not queued.
 */
#include "svc_check.h"

#include <string.h>
#include "platform/buf.h"
#include "platform/clock.h"

enum { PARAMS_MAX = 32 * 1024 };

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

/* Counting and adding under one write lock. */
static int start_rows(
	struct svc *s, const struct job *j, const char *about, int64_t *id, struct err *e)
{
	int64_t open = store_job_open(s->db, j->account, CHECK_KIND, e);
	int rc = open < 0 ? -1 : store_job_same(s->db, j, id, e);

	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if (open >= CHECK_OPEN_MAX)
		return ERR(e, ERR_CONFLICT,
			"Many checks are waiting already. Try again when some of them have ended.",
			"check: %lld open", (long long)open);
	if (svc_check_can(s, e) < 0 || store_job_add(s->db, j, id, e) < 0)
		return -1;
	return about ? svc_audit(s, AUDIT_MEMBERS_CHECK, about, NULL, e) : 0;
}

int svc_check_start(struct svc *s, const struct roster_pick *pick, const char *about, int64_t *job,
	struct err *e)
{
	struct job j = { .account = s->who.account,
		.kind = CHECK_KIND,
		.run_at = clock_now(),
		.by = s->who.member,
		.by_name = s->who.name,
		.request = s->who.request };
	struct buf b;
	int rc;

	buf_init(&b, PARAMS_MAX);
	roster_pick_write(&b, pick);
	j.params = buf_str(&b);
	rc = buf_ok(&b) ? db_begin(s->db, DB_WRITE, e)
			: ERR(e, ERR_INPUT, "That is too much at once. Choose fewer members.",
				  "check: params");
	if (rc == 0)
		rc = svc_audit_commit(s, start_rows(s, &j, about, job, e), AUDIT_MEMBERS_CHECK, e);
	buf_done(&b);
	if (rc == 0)
		svc_ring(s, BELL_JOB, *job);
	return rc;
}

static int stop_rows(struct svc *s, int64_t job, struct err *e)
{
	struct job j;
	int rc = store_job_get(s->db, s->a, s->who.account, job, &j, e);

	if (rc < 0)
		return -1;
	if (rc == 0 || strcmp(j.kind, CHECK_KIND) != 0)
		return ERR(e, ERR_MISSING, NULL, "no check %lld", (long long)job);
	rc = store_job_cancel(s->db, s->who.account, job, e);
	if (rc < 0)
		return -1;
	if (rc == 0)
		return ERR(e, ERR_CONFLICT, "It has ended already, so there is nothing to stop.",
			"check %lld has ended", (long long)job);
	return svc_audit(s, AUDIT_MEMBERS_CHECK_STOPPED, "Check of members", NULL, e);
}

int svc_check_stop(struct svc *s, int64_t job, struct err *e)
{
	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	if (svc_audit_commit(s, stop_rows(s, job, e), AUDIT_MEMBERS_CHECK_STOPPED, e) < 0)
		return -1;
	svc_ring(s, BELL_CANCEL, job);
	return 0;
}
