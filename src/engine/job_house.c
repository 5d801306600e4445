/* Job "house": what is too old goes: ended sessions, old links, full buckets, old jobs, old
 * mails and imports, what is known of secrets that are gone, busy time that was shown, what
 * happened to members long ago.
 *
 * Each sweep stands alone: one that fails is tried again with the whole job, the others are done.
 */
#include <string.h>
#include "engine.h"
#include "exchange/boundary.h"
#include "exchange/reason.h"
#include "job_kinds.h"
#include "platform/clock.h"
#include "platform/log.h"
#include "platform/str.h"
#include "slots.h"
#include "store/store_boundary.h"
#include "store/store_import.h"
#include "store/store_mail.h"
#include "store/store_share.h"

enum {
	DAY = 86400,
	LINK_DAYS = 90,
	JOB_DAYS = 30,
	SIGNIN_DAYS = 30,
	MAIL_DAYS = 90,
	HEALTH_DAYS = 400, /* a year can be compared with the one before */
	CALL_DAYS = 3,
	EVENT_DAYS = 396, /* thirteen months of what happened to a member, */
	COUNT_DAYS = 731, /* and two years of how many were well */
	ACCOUNTS_ARENA = 64 << 20,
	DAILY = 20 * 3600, /* a day, less what the house may be late */
	IMPORT_DAYS = 7
};

/* The installation's limits: accounts can only set shorter ones, which are checked at every use. */
static int64_t sweep_sessions(struct engine *eng, int64_t now, struct err *e)
{
	return store_session_sweep(
		eng->db, now - eng->cf->session_idle, now - eng->cf->session_absolute, e);
}

/* Kept for a while after their end, so that "this link has expired" can still be said. */
static int64_t sweep_links(struct engine *eng, int64_t now, struct err *e)
{
	return store_invitation_sweep(eng->db, now - (int64_t)LINK_DAYS * DAY, e);
}

static int64_t sweep_buckets(struct engine *eng, int64_t now, struct err *e)
{
	return store_bucket_sweep(eng->db, now, e);
}

static int64_t sweep_jobs(struct engine *eng, int64_t now, struct err *e)
{
	return store_job_sweep(eng->db, now - (int64_t)JOB_DAYS * DAY, e);
}

/* Of secrets that were replaced, removed, or only typed. */
static int64_t sweep_signins(struct engine *eng, int64_t now, struct err *e)
{
	return store_signin_sweep(eng->db, now - (int64_t)SIGNIN_DAYS * DAY, e);
}

static int64_t sweep_mails(struct engine *eng, int64_t now, struct err *e)
{
	return store_mail_sweep(eng->db, now - (int64_t)MAIL_DAYS * DAY, e);
}

/* Kept for a day after their end, so that "this took too long" can still be said. */
static int64_t sweep_asks(struct engine *eng, int64_t now, struct err *e)
{
	return store_ask_sweep(eng->db, now - DAY, e);
}

static int64_t sweep_health(struct engine *eng, int64_t now, struct err *e)
{
	return store_health_sweep(
		eng->db, now / DAY - HEALTH_DAYS, (now - (int64_t)CALL_DAYS * DAY) / 60, e);
}

/* Longer than what they are about. */
static int64_t sweep_notices(struct engine *eng, int64_t now, struct err *e)
{
	return store_notice_sweep(eng->db, now - (int64_t)HEALTH_DAYS * DAY, e);
}

static int64_t sweep_events(struct engine *eng, int64_t now, struct err *e)
{
	return store_event_sweep(eng->db, now - (int64_t)EVENT_DAYS * DAY, e);
}

static int64_t sweep_days(struct engine *eng, int64_t now, struct err *e)
{
	return store_roster_days_sweep(eng->db, now / DAY - COUNT_DAYS, e);
}

/* Nobody's busy time is kept for longer. */
static int64_t sweep_weeks(struct engine *eng, int64_t now, struct err *e)
{
	return store_week_sweep(eng->db, now - WEEK_KEPT, e);
}

/* Nothing goes here: the room lists of an account that uses them are read again each day. 1 when
 * they will be. */
static int read_rooms(
	struct engine *eng, struct arena *a, const struct account *x, int64_t now, struct err *e)
{
	const struct job j = { .account = x->id,
		.kind = job_directory.name,
		.params = "what=rooms&text=",
		.by_name = "engine",
		.run_at = now };
	struct room_list *lists;
	int64_t seen = 0, id;
	int n = store_room_lists(eng->db, a, x->id, &lists, e), rc;

	for (int i = 0; i < n; i++)
		seen = lists[i].seen_at > seen ? lists[i].seen_at : seen;
	if (n <= 0 || seen > now - DAILY)
		return n < 0 ? -1 : 0;
	rc = store_job_same(eng->db, &j, &id, e);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	return store_job_add(eng->db, &j, &id, e) < 0 ? -1 : 1;
}

static int64_t each_account(struct engine *eng, int64_t now,
	int (*begin)(struct engine *eng, struct arena *a, const struct account *x, int64_t now,
		struct err *e),
	struct err *e)
{
	struct account *list;
	struct arena a;
	int64_t begun = 0;
	int n, rc = 0;

	arena_init(&a, ACCOUNTS_ARENA);
	n = store_account_list(eng->db, &a, &list, e);
	for (int i = 0; i < n && rc >= 0; i++) {
		rc = begin(eng, &a, &list[i], now, e);
		begun += rc > 0;
	}
	arena_done(&a);
	return n < 0 || rc < 0 ? -1 : begun;
}

/* Was it tried within a day, as things are now? A try that told nothing leaves what was seen
 * before, by which connection that was, too: so it is one of the connection in use when it is
 * younger. */
static int tried_lately(const struct boundary *b, const struct connection *live, int64_t now)
{
	if (b->tried_at <= now - DAILY)
		return 0;
	if (strcmp(b->tried, reason_row(REASON_OK)->code) != 0)
		return b->tried_at >= live->staged_at;
	return b->connection == live->id && strcmp(b->method, live->method) == 0;
}

/* Nothing goes here either: a mailbox that must stay shut is tried daily, and within the hour when
 * another connection or method is in use; not one of who is a member by now. 1 when it will be. */
static int try_outside(
	struct engine *eng, struct arena *a, const struct account *x, int64_t now, struct err *e)
{
	const struct job j = { .account = x->id,
		.kind = job_boundary.name,
		.params = "",
		.by_name = "engine",
		.run_at = now };
	struct boundary b;
	struct connection c;
	enum whose whose;
	int64_t id;
	int rc = store_boundary_get(eng->db, a, x->id, &b, e);

	if (rc <= 0 || str_empty(b.outside))
		return rc;
	rc = store_connection_staged(eng->db, a, x->id, CONN_LIVE, &c, e);
	if (rc <= 0 || c.paused_at || *boundary_pointless(c.method))
		return rc < 0 ? -1 : 0;
	if (store_boundary_whose(eng->db, a, &b, &whose, e) < 0)
		return -1;
	if (whose != WHOSE_NOBODYS || tried_lately(&b, &c, now))
		return 0;
	rc = store_job_same(eng->db, &j, &id, e);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	return store_job_add(eng->db, &j, &id, e) < 0 ? -1 : 1;
}

/* Whatever became of them. */
static int64_t sweep_imports(struct engine *eng, int64_t now, struct err *e)
{
	return store_import_sweep(eng->db, now - (int64_t)IMPORT_DAYS * DAY, e);
}

/* As links: how many were made in a day is counted from the rows. */
static int64_t sweep_shares(struct engine *eng, int64_t now, struct err *e)
{
	return store_share_sweep(eng->db, now - (int64_t)LINK_DAYS * DAY, e);
}

static int64_t call_rooms(struct engine *eng, int64_t now, struct err *e)
{
	return each_account(eng, now, read_rooms, e);
}

static int64_t call_outside(struct engine *eng, int64_t now, struct err *e)
{
	return each_account(eng, now, try_outside, e);
}

static const struct sweep {
	const char *name;
	int64_t (*run)(struct engine *eng, int64_t now, struct err *e);
} sweeps[] = {
	{ "sessions", sweep_sessions },
	{ "links", sweep_links },
	{ "shares", sweep_shares },
	{ "buckets", sweep_buckets },
	{ "jobs", sweep_jobs },
	{ "signins", sweep_signins },
	{ "mails", sweep_mails },
	{ "asks", sweep_asks },
	{ "health", sweep_health },
	{ "notices", sweep_notices },
	{ "weeks", sweep_weeks },
	{ "imports", sweep_imports },
	{ "events", sweep_events },
	{ "days", sweep_days },
	{ "former", slots_grace },
	{ "rooms", call_rooms },
	{ "outside", call_outside },
};

static void start(struct job_run *r)
{
	int64_t now = clock_now(), n;
	struct err e;
	int failed = 0;

	for (size_t i = 0; i < sizeof(sweeps) / sizeof(sweeps[0]); i++) {
		n = sweeps[i].run(r->engine, now, &e);
		if (n < 0)
			log_err("house.failed", &e);
		else if (n > 0)
			log_info("house.swept", LF_S("what", sweeps[i].name), LF_I("rows", n));
		failed |= n < 0;
	}
	if (failed)
		job_again(r, "Not everything that is too old could be removed.");
	else
		job_end(r, JOB_DONE, "What was too old is gone.");
}

int job_house_add(struct engine *eng, struct err *e)
{
	const struct job j = { .kind = job_house.name, .by_name = "engine" };
	int64_t open = store_job_open(eng->db, 0, job_house.name, e), id;

	if (open != 0)
		return open < 0 ? -1 : 0;
	return store_job_add(eng->db, &j, &id, e);
}

const struct job_kind job_house = {
	.name = "house",
	.start = start,
	.attempts = 5,
	.limit = 600,
	.pause = 60,
};
