/* Page_work: what is done with many members now, or was a moment ago, above a list of them: how far
 * it has come, and a way to stop it. While something runs the list asks for itself again.
 *
 * Rules: what runs is found however many jobs came after it. That somebody has their own calendar
 * looked at is theirs, and not told here.
 */
#include "page_layout.h"

#include <inttypes.h>
#include <string.h>
#include "platform/clock.h"
#include "platform/str.h"
#include "service/svc_bulk.h"
#include "service/svc_check.h"
#include "service/svc_remind.h"
#include "service/svc_trial.h"

enum {
	JOBS = 20,	   /* read at once */
	SHOWN_FOR = 2 * 60 /* seconds, of one that has ended */
};

static const struct work {
	const char *kind;
	const char *now;
	const char *path; /* to stop it; NULL: that is not worth it */
} works[] = {
	{ CHECK_KIND, "Calendars are looked at", "/members/checks" },
	{ BULK_KIND, "Members are changed", "/members/bulk" },
	{ REMIND_KIND, "Reminders are queued", NULL },
	{ TRIAL_KIND, "Members are tried with the other connection", "/connection/trial" },
};

static const char *rate(struct page *p, const struct job_progress *g)
{
	const int64_t s = g->seen - g->began;
	int64_t left;

	if (s < 2 || g->done < 2 || g->done * 60 < s || g->done >= g->total)
		return "";
	left = (g->total - g->done) * s / g->done;
	return arena_printf(p->svc.a, " %s, about %s left.",
		g->done >= s ? arena_printf(p->svc.a, "%" PRId64 " a second", g->done / s)
			     : arena_printf(p->svc.a, "%" PRId64 " a minute", g->done * 60 / s),
		left < 90 ? page_count(p->svc.a, left, "second", "seconds")
			  : page_count(p->svc.a, (left + 30) / 60, "minute", "minutes"));
}

static const char *progress(struct page *p, const struct job *j, const struct job_progress *g)
{
	if (!svc_engine_alive(&p->session->pulse))
		return "The engine is not running. It goes on when ops have started it.";
	if (j->state == JOB_QUEUED || !g->job)
		return "It waits for its turn.";
	if (!g->counted)
		return arena_printf(
			p->svc.a, "%s so far.", page_count(p->svc.a, g->done, "member", "members"));
	return arena_printf(p->svc.a, "%s of %s.%s", page_number(p->svc.a, g->done),
		page_count(p->svc.a, g->total, "member", "members"), rate(p, g));
}

static void work_live(struct page *p, struct view *v, const struct job *j,
	const struct job_progress *g, const char *stop)
{
	view_show(v, M_WORK_SPIN);
	view_set(v, M_WORK_CLASS, "is-info");
	view_set(v, M_WORK_ICON, "running");
	view_set(v, M_WORK_SAY, j->cancel ? "It is told to stop." : progress(p, j, g));
	if (g->counted && g->total > 0) {
		view_show(v, M_WORK_BAR);
		view_set(v, M_WORK_TOTAL, arena_printf(p->svc.a, "%" PRId64, g->total));
		view_set(v, M_WORK_DONE, arena_printf(p->svc.a, "%" PRId64, g->done));
	}
	if (!j->cancel && stop) {
		view_show(v, M_WORK_STOP);
		view_set(v, M_WORK_STOP, stop);
	}
}

static void work_ended(struct view *v, const struct job *j)
{
	const int well = j->state == JOB_DONE;

	view_set(v, M_WORK_CLASS, well ? "is-ok" : "is-limited");
	view_set(v, M_WORK_ICON, well ? "ok" : "limited");
	view_set(v, M_WORK_SAY,
		!str_empty(j->outcome)		    ? j->outcome
			: j->state == JOB_CANCELLED ? "It was stopped. What was done stays done."
						    : "It has ended.");
}

/* Is it of the kind that is told? NULL: any of those there are. */
static const struct work *work_of(const char *kind, const char *only)
{
	for (size_t i = 0; i < sizeof(works) / sizeof(works[0]); i++) {
		if (strcmp(works[i].kind, kind) == 0 && (!only || strcmp(only, kind) == 0))
			return &works[i];
	}
	return NULL;
}

/* Somebody else's check of one. */
static int private(const struct page *p, const struct job *j)
{
	return strcmp(j->kind, CHECK_KIND) == 0 && j->by != p->svc.who.member &&
		strncmp(j->params, "ids=", 4) == 0 && !strchr(j->params, '.');
}

/* 1 it runs, 0, -1. */
static int work(struct page *p, const struct work *w, const struct job *j, struct err *e)
{
	struct job_progress g = { 0 };
	struct view *v;

	if (private(p, j) || (j->state >= JOB_DONE && j->ended < clock_now() - SHOWN_FOR))
		return 0;
	if (store_progress_get(p->svc.db, p->svc.a, j->id, &g, e) < 0)
		return -1;
	v = view_add(p->view, M_WORK);
	view_set(v, M_WORK_TITLE, w->now);
	if (j->state >= JOB_DONE) {
		view_set(v, M_WORK_TITLE, j->state == JOB_DONE ? "Done" : "Not done to the end");
		work_ended(v, j);
		return 0;
	}
	work_live(p, v, j, &g,
		w->path ? arena_printf(p->svc.a, "%s/%" PRId64 "/stop", w->path, j->id) : NULL);
	return 1;
}

/* How many are queued or run. */
static int64_t open_now(struct page *p, const char *only, struct err *e)
{
	int64_t n, all = 0;

	for (size_t i = 0; i < sizeof(works) / sizeof(works[0]); i++) {
		if (!work_of(works[i].kind, only))
			continue;
		n = store_job_open(p->svc.db, p->svc.who.account, works[i].kind, e);
		if (n < 0)
			return -1;
		all += n;
	}
	return all;
}

/* Those of a page of jobs: how many of them run, of these in *told those that are told; or -1. */
static int works_of(
	struct page *p, const char *only, const struct job *jobs, int n, int *told, struct err *e)
{
	int open = 0;

	for (int i = 0; i < n; i++) {
		const struct work *w = work_of(jobs[i].kind, only);
		int rc = w ? work(p, w, &jobs[i], e) : 0;

		if (rc < 0)
			return -1;
		*told += rc;
		open += w && page_job_live(&jobs[i]);
	}
	return open;
}

int page_works(struct page *p, const char *only, const char *url, struct err *e)
{
	struct page_of at = { 0, JOBS };
	int64_t open = open_now(p, only, e);
	struct job *jobs;
	int n, found, told = 0;

	if (open < 0)
		return -1;
	do {
		n = store_job_list(p->svc.db, p->svc.a, p->svc.who.account, only, at, &jobs, e);
		found = n < 0 ? -1 : works_of(p, only, jobs, n, &told, e);
		if (found < 0)
			return -1;
		open -= found;
		at.after = n ? jobs[n - 1].id : 0;
	} while (n == JOBS && open > 0);
	view_set(p->view, M_LIVE_URL, url);
	if (told)
		view_show(p->view, M_LIVE);
	return told;
}
