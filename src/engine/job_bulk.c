/* Job "bulk": many members are removed, deactivated or activated.
 *
 * A portion is one transaction, with how far it has come, so a killed engine neither does one twice
 * nor leaves one out. The only admin who can sign in stays as they are, and so does whoever asked
 * for it: an account must not lose its last way in by one tick too many.
 */
#include <string.h>
#include "chronicle.h"
#include "engine.h"
#include "job_kinds.h"
#include "platform/clock.h"
#include "platform/log.h"
#include "store/store.h"

enum { PORTION = 100, COUNT_MAX = 100000, ARENA = 8 << 20, ENDED = -1 /* the cursor */ };

struct bulk_run {
	struct arena a; /* of one portion */
	uint64_t timer;
	enum bulk what;
	struct roster_pick pick;
	struct job_progress p;
};

static const char *const words[BULK__MAX][2] = {
	[BULK_REMOVE] = { "member is removed", "members are removed" },
	[BULK_OFF] = { "member is deactivated", "members are deactivated" },
	[BULK_ON] = { "member is active again", "members are active again" },
};

/* --- one member --- */

/* 1 stays as they are, 0, -1. */
static int is_kept(struct job_run *r, const struct roster_row *row, struct err *e)
{
	const struct bulk_run *w = r->state;
	const struct member m = { .account = r->job->account,
		.role = (enum role)row->role,
		.user = row->user,
		.off_at = row->s.status == STATUS_OFF };

	if (w->what == BULK_ON)
		return 0;
	if (r->job->by && r->job->by == row->s.member)
		return 1;
	return store_member_last(r->engine->db, &m, e);
}

/* Deactivated or activated, unless that is how they are. */
static int turn(struct job_run *r, const struct roster_row *row, struct err *e)
{
	const struct bulk_run *w = r->state;
	const int off = w->what == BULK_OFF;
	const struct member_event event = { .account = r->job->account,
		.member = row->s.member,
		.what = off ? MEMBER_STOPPED : MEMBER_RESUMED,
		.was = row->s.status,
		.is = off ? STATUS_OFF : STATUS_NOT_CHECKED,
		.was_reason = row->s.reason,
		.reason = "not_checked",
		.detail = "",
		.by = r->job->by_name };
	struct db *db = r->engine->db;

	if (off == (row->s.status == STATUS_OFF))
		return 0;
	if (store_member_off(db, event.account, event.member, off ? clock_now() : 0, e) < 0)
		return -1;
	if (off && store_member_shut(db, event.account, event.member, e) < 0)
		return -1;
	return store_event_add(db, &event, e);
}

static int apply(struct job_run *r, const struct roster_row *row, struct err *e)
{
	struct bulk_run *w = r->state;
	int kept = is_kept(r, row, e);

	w->p.done++;
	w->p.failed += kept > 0;
	if (kept != 0)
		return kept < 0 ? -1 : 0;
	if (w->what == BULK_REMOVE)
		return store_member_delete(r->engine->db, r->job->account, row->s.member, e);
	return turn(r, row, e);
}

/* --- a portion --- */

/* The next of a selection; who has gone meanwhile is not looked at. */
static int next_ids(struct job_run *r, struct roster_row **out, struct err *e)
{
	struct bulk_run *w = r->state;
	int n = 0;

	*out = arena_array(&w->a, PORTION, sizeof(**out));
	for (int i = 0; i < PORTION && (size_t)w->p.cursor < w->pick.count; i++) {
		int rc = store_roster_get(r->engine->db, &w->a, r->job->account,
			w->pick.ids[w->p.cursor++], &(*out)[n], e);

		if (rc < 0)
			return -1;
		n += rc;
	}
	if ((size_t)w->p.cursor == w->pick.count)
		w->p.cursor = ENDED;
	return n;
}

static int next_walk(struct job_run *r, struct roster_row **out, struct err *e)
{
	struct bulk_run *w = r->state;
	int n = store_roster_walk(r->engine->db, &w->a, &w->pick.f, w->p.cursor, PORTION, out, e);

	if (n >= 0)
		w->p.cursor = n == PORTION ? (*out)[n - 1].s.member : ENDED;
	return n;
}

static const char *outcome(struct job_run *r)
{
	const struct bulk_run *w = r->state;
	const int64_t changed = w->p.done - w->p.failed;
	const char *text =
		arena_printf(r->a, "%lld %s.", (long long)changed, words[w->what][changed != 1]);

	if (w->p.failed == 0)
		return text;
	return arena_printf(r->a,
		"%s %lld stayed as they were: whoever asked for it, or the only admin who can sign "
		"in.",
		text, (long long)w->p.failed);
}

/* One row of the log, however many they were. */
static int tell(struct job_run *r, struct err *e)
{
	const struct chronicle row = { .account = r->job->account,
		.action = "members.changed",
		.about = outcome(r),
		.by = r->job->by_name,
		.request = r->job->request };

	return chronicle_add(r->engine, &row, e);
}

static int portion_rows(struct job_run *r, struct err *e)
{
	struct bulk_run *w = r->state;
	struct roster_row *rows;
	int n = w->pick.ids ? next_ids(r, &rows, e) : next_walk(r, &rows, e);

	for (int i = 0; i < n; i++) {
		if (apply(r, &rows[i], e) < 0)
			return -1;
	}
	if (n < 0 || store_progress_save(r->engine->db, &w->p, e) < 0)
		return -1;
	return w->p.cursor == ENDED ? tell(r, e) : 0;
}

static int portion(struct job_run *r, struct err *e)
{
	struct db *db = r->engine->db;

	if (db_begin(db, DB_WRITE, e) < 0)
		return -1;
	return db_finish(db, portion_rows(r, e), e);
}

static void on_portion(void *ptr)
{
	struct job_run *r = ptr;
	struct bulk_run *w = r->state;
	struct err e;

	w->timer = 0;
	arena_reset(&w->a);
	if (w->p.cursor != ENDED && portion(r, &e) < 0) {
		log_err("bulk.failed", &e);
		job_again(r, "The store could not be read or written.");
	} else if (w->p.cursor == ENDED) {
		chronicle_seal(r->engine);
		job_end(r, JOB_DONE, outcome(r));
	} else {
		w->timer = loop_after(r->engine->loop, 0, on_portion, r);
	}
}

/* --- the job --- */

/* How many there are, for the progress: as they are kept, else counted as far as that is quick. */
static int count(struct job_run *r, int64_t *total, struct err *e)
{
	struct bulk_run *w = r->state;
	const struct roster_filter *f = &w->pick.f;
	struct roster_count *kept;
	int n;

	*total = (int64_t)w->pick.count;
	if (w->pick.ids)
		return 0;
	n = store_roster_counts(r->engine->db, &w->a, f->account, f->kind, &kept, e);
	if (n < 0)
		return -1;
	*total = roster_kept(kept, n, f);
	if (*total < 0)
		*total = store_roster_count(r->engine->db, f, COUNT_MAX, e);
	return *total < 0 ? -1 : 0;
}

/* Where it was, when it is begun again. */
static int resume(struct job_run *r, struct err *e)
{
	struct bulk_run *w = r->state;
	int rc = store_progress_get(r->engine->db, r->a, r->job->id, &w->p, e);

	if (rc != 0)
		return rc < 0 ? -1 : 0;
	w->p = (struct job_progress){ .job = r->job->id, .counted = 1, .began = clock_now() };
	return count(r, &w->p.total, e);
}

static void forget(void *ptr)
{
	struct bulk_run *w = ptr;

	arena_done(&w->a);
}

static void start(struct job_run *r)
{
	struct bulk_run *w = arena_alloc(r->a, sizeof(*w));
	struct err e;

	arena_init(&w->a, ARENA);
	arena_defer(r->a, forget, w);
	r->state = w;
	/* The params come from the web tier, which is not trusted. */
	if (roster_bulk_read(r->a, r->job, &w->what, &w->pick, &e) < 0) {
		job_end(r, JOB_FAILED, "This is nothing that can be done with members.");
		return;
	}
	if (resume(r, &e) < 0) {
		log_err("bulk.failed", &e);
		job_again(r, "The store could not be read or written.");
		return;
	}
	w->timer = loop_after(r->engine->loop, 0, on_portion, r);
}

static int stop(struct job_run *r)
{
	const struct bulk_run *w = r->state;

	loop_cancel(r->engine->loop, w->timer);
	return 1;
}

const struct job_kind job_bulk = {
	.name = BULK_KIND,
	.start = start,
	.stop = stop,
	.attempts = 100,
	.limit = 6 * 3600,
	.pause = 2,
};
