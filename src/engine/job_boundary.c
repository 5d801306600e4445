/* Job "boundary": the mailbox outside of what is to be reached, which an admin has named, is tried
 * by the connection in use. It must stay shut.
 *
 * Rules: only whether calendar and inbox open is asked, as of any member; nothing in them is read.
 * With impersonation a member for whom it works goes first, since without one a refusal does not
 * tell "outside the scope" from "not granted". An attempt that came to nothing leaves what was seen
 * before, with its age. What was seen, its row of the log and its mail are one transaction.
 */
#include <string.h>
#include "chronicle.h"
#include "engine.h"
#include "exchange/boundary.h"
#include "exchange/calendars.h"
#include "job_kinds.h"
#include "live.h"
#include "platform/clock.h"
#include "platform/log.h"
#include "platform/str.h"
#include "platform/url.h"
#include "store/store.h"
#include "store/store_boundary.h"
#include "store/store_mail.h"

enum { ASKED_MAX = 2 };

struct trying {
	struct live live;
	enum method method;
	struct boundary b;
	const char *asked[ASKED_MAX]; /* the last is the mailbox outside */
	int count, given;
	struct calendars *calendars;
	int64_t began;
	struct calendar_facts facts;
	int told;
};

/* --- what it means --- */

/* Shut, when that was seen of calendar and inbox; a mailbox that nobody has is no proof of
 * anything.
 */
static void judge(const struct trying *t, struct boundary *is)
{
	const struct evidence *v = &t->facts.seen;
	const int64_t now = clock_now();
	enum reason tried = v->attempt;
	enum seen opens = SEEN_UNKNOWN;

	if (v->calendar == SEEN_YES || v->inbox == SEEN_YES)
		opens = SEEN_YES;
	else if (v->calendar_why == REASON_NO_MAILBOX || v->busy_why == REASON_NO_MAILBOX)
		tried = REASON_NO_MAILBOX;
	else if (v->calendar == SEEN_NO ? v->inbox == SEEN_NO : t->facts.has_verdict)
		opens = SEEN_NO;
	else if (tried == REASON_OK)
		tried = REASON_NOT_CHECKED;
	is->tried_at = now;
	is->tried = reason_row(opens == SEEN_UNKNOWN ? tried : REASON_OK)->code;
	if (opens == SEEN_UNKNOWN)
		return;
	is->since = is->opens == opens ? is->since : now;
	is->opens = opens;
	is->seen_at = now;
	is->reason = opens == SEEN_YES ? reason_row(REASON_OK)->code
		: t->facts.has_verdict ? reason_row(t->facts.verdict.reason)->code
				       : reason_row(v->calendar_why)->code;
	is->method = t->live.c.method;
	is->connection = t->live.c.id;
}

/* The job's own words. */
static const char *outcome_say(struct arena *a, const struct boundary *is)
{
	if (strcmp(is->tried, "ok") != 0)
		return arena_printf(a, "%s could not be tried: %s", is->outside,
			reason_row(reason_parse(is->tried))->say);
	return arena_printf(a,
		is->opens == SEEN_YES ? "%s opens, and it must not." : "%s does not open.",
		is->outside);
}

/* --- telling --- */

static int tell_log(struct job_run *r, const struct boundary *is, struct err *e)
{
	const int opens = is->opens == SEEN_YES;
	const struct chronicle row = { .account = is->account,
		.action = opens ? "boundary.opens" : "boundary.shut",
		.about = is->outside,
		.detail = opens ? "It was named as a mailbox that must stay shut."
				: "It was named as a mailbox that must stay shut, and it is.",
		.by = r->job->by_name && r->job->by ? r->job->by_name : "",
		.request = r->job->request };

	return chronicle_add(r->engine, &row, e);
}

static int tell_admins(const struct trying *t, const struct boundary *is, struct err *e)
{
	struct job_run *r = t->live.r;
	const char *const pairs[][2] = {
		{ "mailbox", is->outside },
		{ "connection", t->live.c.mailbox },
		{ "at", arena_printf(r->a, "%lld", (long long)is->seen_at) },
		{ NULL, NULL },
	};
	const struct mail m = {
		.account = is->account, .kind = MAIL_BOUNDARY, .params = url_form(r->a, pairs)
	};

	return store_mail_admins(r->engine->db, &m, e) < 0 ? -1 : 0;
}

/* 1 something has changed, 0, -1. */
static int write_rows(struct trying *t, struct boundary *is, struct err *e)
{
	struct job_run *r = t->live.r;
	enum seen was;
	int rc = store_boundary_get(r->engine->db, r->a, t->b.account, is, e);

	if (rc < 0)
		return -1;
	/* An admin was faster: nothing was seen of the mailbox that is named now. */
	if (strcmp(is->outside, t->b.outside) != 0)
		return 0;
	was = is->opens;
	judge(t, is);
	if (store_boundary_saw(r->engine->db, is, e) < 0)
		return -1;
	if (is->opens == was)
		return 0;
	if (tell_log(r, is, e) < 0)
		return -1;
	return is->opens == SEEN_YES && tell_admins(t, is, e) < 0 ? -1 : 1;
}

static void broken(struct trying *t, const struct err *e)
{
	log_err("boundary.broken", e);
	if (e->code == ERR_BUSY)
		job_again(t->live.r, "The store was busy.");
	else
		job_end(t->live.r, JOB_FAILED, e->say);
}

static void finish(struct trying *t)
{
	struct job_run *r = t->live.r;
	struct db *db = r->engine->db;
	struct boundary is;
	struct err e;
	int rc = db_begin(db, DB_WRITE, &e);

	if (rc == 0)
		rc = db_finish(db, write_rows(t, &is, &e), &e);
	if (rc < 0) {
		broken(t, &e);
		return;
	}
	if (rc == 1)
		chronicle_seal(r->engine);
	job_end(r, strcmp(is.tried, "ok") == 0 ? JOB_DONE : JOB_FAILED, outcome_say(r->a, &is));
}

/* --- asking --- */

static int on_next(void *ptr, int64_t *n, const char **address)
{
	struct trying *t = ptr;

	if (t->given == t->count)
		return 0;
	*n = t->given;
	*address = t->asked[t->given++];
	return 1;
}

static void on_told(void *ptr, const struct calendar_facts *f)
{
	struct trying *t = ptr;

	if (f->n != t->count - 1)
		return;
	t->facts = *f;
	t->told = 1;
}

static void on_done(void *ptr, const struct outcome *o)
{
	struct trying *t = ptr;

	t->calendars = NULL;
	if (!t->told)
		t->facts = (struct calendar_facts){ .seen.attempt = o->reason };
	live_heard(&t->live, o, clock_mono_ms() - t->began);
	finish(t);
}

/* Whom to ask about: 0, or -1. */
static int choose(struct trying *t, struct err *e)
{
	struct job_run *r = t->live.r;
	struct roster_due witness = { 0 };
	int rc = 0;

	if (t->method == METHOD_IMPERSONATION)
		rc = store_standing_witness(r->engine->db, r->a, t->b.account, &witness, e);
	if (rc == 1)
		t->asked[t->count++] = witness.address;
	t->asked[t->count++] = t->b.outside;
	return rc < 0 ? -1 : 0;
}

static int begin(struct trying *t, struct err *e)
{
	struct job_run *r = t->live.r;
	enum whose whose;

	if (store_boundary_get(r->engine->db, r->a, r->job->account, &t->b, e) < 0)
		return -1;
	if (str_empty(t->b.outside))
		return ERR(e, ERR_CONFLICT, "No mailbox is named that must stay shut.",
			"boundary: none named");
	if (live_open(&t->live, r, e) < 0)
		return -1;
	t->method = verdict_method_parse(t->live.c.method);
	if (*boundary_pointless(t->live.c.method))
		return ERR(e, ERR_CONFLICT, boundary_pointless(t->live.c.method),
			"boundary: pointless by %s", t->live.c.method);
	if (store_boundary_whose(r->engine->db, r->a, &t->b, &whose, e) < 0)
		return -1;
	if (whose != WHOSE_NOBODYS)
		return ERR(e, ERR_CONFLICT, boundary_inside(whose), "boundary: it is inside");
	return choose(t, e);
}

static void close_trying(void *ptr)
{
	struct trying *t = ptr;

	live_close(&t->live);
}

static void start(struct job_run *r)
{
	struct trying *t = arena_alloc(r->a, sizeof(*t));
	struct calendars_query q = { .next = on_next, .told = on_told, .done = on_done, .ptr = t };
	struct err e;

	*t = (struct trying){ .live.r = r, .began = clock_mono_ms() };
	r->state = t;
	arena_defer(r->a, close_trying, t);
	if (begin(t, &e) < 0) {
		broken(t, &e);
		return;
	}
	q.method = t->method;
	t->calendars = calendars_start(line_client(t->live.line), &q);
}

static int stop(struct job_run *r)
{
	struct trying *t = r->state;

	calendars_stop(t->calendars);
	return 1;
}

const struct job_kind job_boundary = {
	.name = "boundary",
	.start = start,
	.stop = stop,
	.attempts = 2,
	.limit = 120,
	.pause = 5,
};
