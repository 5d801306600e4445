/* Job "check": looks at the calendars of chosen members, as they are chosen in its params.
 *
 * Rules: first all are marked, a portion a turn, then those with a mark are looked at in a round
 * that takes the marks off; how far it has come is written with each portion, so that an engine
 * that is killed costs nothing but what was under way. Who could not be looked at because of the
 * connection loses the mark, and is looked at when it works again.
 */
#include <string.h>
#include "engine.h"
#include "fault.h"
#include "job_kinds.h"
#include "platform/clock.h"
#include "platform/log.h"
#include "platform/str.h"
#include "platform/url.h"
#include "remind.h"
#include "round.h"
#include "store/store.h"

enum {
	PORTION = 2000,	 /* marks of one turn */
	CARRIED = 500,	 /* ... where what was seen is carried over to another connection */
	CLEARS = 5,	 /* times a store that fails is asked to take marks off, when stopped */
	REOPEN_MS = 500, /* before a connection that has changed is opened again */
	LIVE_ARENA = 4 << 20
};

struct check {
	struct job_run *r;
	struct engine *eng;
	struct roster_pick pick;
	const char *method; /* with which all is to be seen; NULL: what was seen stays */
	int64_t connection;
	struct job_progress p;
	struct round_sum sum; /* of this attempt */
	int64_t cursor;	      /* of the round */
	struct sight *sight;
	struct round *round;
	uint64_t timer;
	int faults;
	int stopping; /* somebody wants it to stop: the queue knows how it ends */
	enum job_state state;
	const char *say; /* NULL: what was seen */
};

/* --- words --- */

/* "9,120 connected, 880 limited" */
static void put_statuses(struct buf *b, struct arena *a, const struct round_sum *sum)
{
	const char *between = ": ";

	for (enum status s = 0; s < STATUS__MAX; s++) {
		if (sum->by[s] == 0)
			continue;
		buf_puts(b, between);
		buf_number(b, sum->by[s]);
		buf_printf(b, " %s", str_lower(arena_strdup(a, reason_status_title(s))));
		between = ", ";
	}
}

/* Of what an engine saw that was killed, only the number is known. */
static void put_seen(struct buf *b, const struct check *c)
{
	buf_puts(b, "Looked at ");
	buf_number(b, c->p.done);
	buf_puts(b, c->p.done == 1 ? " member" : " members");
	if (c->sum.done == c->p.done)
		put_statuses(b, c->r->a, &c->sum);
	if (c->p.failed > 0) {
		buf_puts(b, "; ");
		buf_number(b, c->p.failed);
		buf_puts(b, " could not be looked at");
	}
	buf_putc(b, '.');
}

static void put_left(struct buf *b, const struct check *c)
{
	buf_puts(b, c->say);
	if (c->p.total == 0)
		return;
	buf_putc(b, ' ');
	buf_number(b, c->p.done);
	buf_puts(b, " of ");
	buf_number(b, c->p.total);
	buf_puts(b, c->p.total == 1 ? " member was" : " members were");
	buf_puts(b,
		" looked at; of the others what is known is kept, and they are looked at when "
		"the connection works.");
}

static void tell_end(struct check *c)
{
	struct buf b;

	buf_init(&b, JOB_OUTCOME_MAX * 4);
	if (c->say)
		put_left(&b, c);
	else if (c->p.done == 0)
		buf_puts(&b, "There was nobody to look at.");
	else
		put_seen(&b, c);
	job_end(c->r, c->state, buf_str(&b));
	buf_done(&b);
}

/* --- the store --- */

static void after(struct check *c, int64_t ms, loop_fn *fn)
{
	c->timer = loop_after(c->eng->loop, ms, fn, c);
}

/* It failed: the same once more, later. */
static void retry(struct check *c, loop_fn *fn, const struct err *e)
{
	fault_count(&c->faults, "check.store", e);
	after(c, fault_pause(c->faults), fn);
}

/* --- the end: marks come off --- */

static int unmark(struct check *c, struct err *e)
{
	const int64_t soon = c->stopping ? 0 : clock_now();
	int64_t n;

	if (db_begin(c->eng->db, DB_WRITE, e) < 0)
		return -1;
	n = store_standing_unask(c->eng->db, c->p.job, soon, PORTION, e);
	if (n >= 0 && store_progress_save(c->eng->db, &c->p, e) < 0)
		n = -1;
	return db_finish(c->eng->db, (int)n, e);
}

static void on_unmark(void *ptr)
{
	struct check *c = ptr;
	struct err e;
	int n;

	c->timer = 0;
	n = unmark(c, &e);
	if (n == PORTION) {
		c->faults = 0;
		after(c, 0, on_unmark);
	} else if (n < 0 && (!c->stopping || c->faults < CLEARS)) {
		retry(c, on_unmark, &e);
	} else if (c->stopping) {
		job_stopped(c->r);
	} else {
		tell_end(c);
	}
}

/* say NULL: all were looked at that there are. */
static void finish(struct check *c, enum job_state state, const char *say)
{
	c->state = state;
	c->say = say;
	if (!say)
		c->p.total = c->p.done;
	sight_free(c->sight);
	c->sight = NULL;
	after(c, 0, on_unmark);
}

/* --- looking --- */

static int on_more(void *ptr, struct arena *a, struct roster_due **out, struct err *e)
{
	struct check *c = ptr;
	int n = store_standing_asked(c->eng->db, a, c->p.job, c->cursor, ROUND_PAGE, out, e);

	if (n > 0)
		c->cursor = (*out)[n - 1].s.member;
	return n;
}

/* As it is with what the round has written. */
static struct job_progress with(const struct check *c, const struct round_sum *sum)
{
	struct job_progress p = c->p;

	p.done += sum->done;
	p.failed += sum->failed;
	return p;
}

static int on_save(void *ptr, const struct round_sum *sum, struct err *e)
{
	struct check *c = ptr;
	const struct job_progress p = with(c, sum);

	return store_progress_save(c->eng->db, &p, e);
}

static void on_open(void *ptr);

/* A member that was changed while it was looked at is wanted still. */
static void on_left(void *ptr)
{
	struct check *c = ptr;
	struct roster_due *rows;
	struct err e;
	int n = store_standing_asked(c->eng->db, c->r->a, c->p.job, 0, 1, &rows, &e);

	c->timer = 0;
	if (n < 0)
		retry(c, on_left, &e);
	else if (n > 0)
		on_open(c);
	else
		finish(c, JOB_DONE, NULL);
}

static void on_done(
	void *ptr, enum round_end end, const struct outcome *o, const struct round_sum *sum)
{
	struct check *c = ptr;

	c->round = NULL;
	c->p = with(c, sum);
	c->sum.done += sum->done;
	for (enum status s = 0; s < STATUS__MAX; s++)
		c->sum.by[s] += sum->by[s];
	if (end == ROUND_LOST)
		finish(c, JOB_FAILED, reason_row(o->reason)->say);
	else if (end == ROUND_CHANGED)
		after(c, REOPEN_MS, on_open);
	else if (sum->done > 0)
		on_left(c);
	else
		finish(c, JOB_DONE, NULL);
}

static void look(struct check *c)
{
	const struct round_work w = { .more = on_more, .save = on_save, .done = on_done, .ptr = c };

	c->cursor = 0;
	c->round = round_start(c->sight, &w);
}

/* --- marking --- */

/* Is the connection that this is about the one in use? Somebody may switch between two portions,
 * and what was seen by theirs must not be taken away. 1, 0, -1. */
static int is_used(const struct check *c, struct err *e)
{
	struct connection live;
	struct arena a;
	int rc;

	if (!c->method)
		return 1;
	arena_init(&a, LIVE_ARENA);
	rc = store_connection_staged(c->eng->db, &a, c->r->job->account, CONN_LIVE, &live, e);
	if (rc == 1)
		rc = live.id == c->connection && strcmp(live.method, c->method) == 0;
	arena_done(&a);
	return rc;
}

/* 1, 0 another connection is in use by now, -1. */
static int mark(struct check *c, struct err *e)
{
	const struct standing_ask ask = { .job = c->p.job,
		.after = c->p.cursor,
		.limit = c->method ? CARRIED : PORTION,
		.method = c->method,
		.connection = c->connection,
		.remind = remind_verdict };
	struct job_progress p = c->p;
	int64_t n;
	int rc = db_begin(c->eng->db, DB_WRITE, e);

	if (rc < 0)
		return -1;
	rc = is_used(c, e);
	if (rc <= 0)
		return db_finish(c->eng->db, rc, e);
	n = store_standing_ask(c->eng->db, &c->pick, &ask, &p.cursor, e);
	if (n > 0)
		p.total += n;
	p.counted = p.cursor == 0;
	rc = n < 0 ? -1 : store_progress_save(c->eng->db, &p, e);
	rc = db_finish(c->eng->db, rc, e);
	if (rc < 0)
		return -1;
	c->p = p;
	return 1;
}

static void on_mark(void *ptr)
{
	struct check *c = ptr;
	struct err e;
	int rc;

	c->timer = 0;
	if (c->p.counted) {
		look(c);
		return;
	}
	rc = mark(c, &e);
	if (rc < 0) {
		retry(c, on_mark, &e);
		return;
	}
	c->faults = 0;
	after(c, 0, rc == 1 ? on_mark : on_open);
}

/* Is it about another connection or method than the one in use by now? */
static int is_late(const struct check *c)
{
	const struct connection *now = &c->sight->look.c;

	return c->method && (now->id != c->connection || strcmp(now->method, c->method) != 0);
}

static void on_open(void *ptr)
{
	struct check *c = ptr;
	struct err e;

	c->timer = 0;
	sight_free(c->sight);
	c->sight = sight_open(c->eng, c->r->job->account, &e);
	if (c->sight && is_late(c))
		finish(c, JOB_DONE,
			"Another connection or method is in use by now, by which everybody is "
			"looked at.");
	else if (c->sight)
		on_mark(c);
	else if (e.code == ERR_BUSY)
		retry(c, on_open, &e);
	else
		finish(c, JOB_FAILED, arena_strdup(c->r->a, e.say));
}

/* --- the job --- */

static void close_check(void *ptr)
{
	struct check *c = ptr;

	loop_cancel(c->eng->loop, c->timer);
	round_stop(c->round);
	sight_free(c->sight);
}

static int read_params(struct check *c, struct err *e)
{
	const struct job *j = c->r->job;
	const char *connection = url_get(c->r->a, j->params, "connection");

	c->method = url_get(c->r->a, j->params, "method");
	if (c->method && (!connection || str_int(connection, 1, INT64_MAX, &c->connection) < 0))
		return ERR(e, ERR_INPUT, NULL, "params: bad connection");
	return roster_pick_read(c->r->a, j->params, j->account, &c->pick, e);
}

static void on_begin(void *ptr)
{
	struct check *c = ptr;
	struct err e;
	int rc = store_progress_get(c->eng->db, c->r->a, c->r->job->id, &c->p, &e);

	c->timer = 0;
	if (rc < 0) {
		retry(c, on_begin, &e);
		return;
	}
	if (rc == 0)
		c->p = (struct job_progress){ .job = c->r->job->id, .began = clock_now() };
	on_open(c);
}

static void start(struct job_run *r)
{
	struct check *c = arena_alloc(r->a, sizeof(*c));
	struct err e;

	c->r = r;
	c->eng = r->engine;
	r->state = c;
	arena_defer(r->a, close_check, c);
	if (read_params(c, &e) < 0)
		job_end(r, JOB_FAILED, "This is no check of members.");
	else
		on_begin(c);
}

/* Did a person ask for it? Then nobody is waited for; else the job goes on later. */
static int is_cancelled(struct check *c)
{
	const struct job *j = c->r->job;
	struct job now;
	struct err e;

	return store_job_get(c->eng->db, c->r->a, j->account, j->id, &now, &e) == 1 && now.cancel;
}

static int stop(struct job_run *r)
{
	struct check *c = r->state;

	loop_cancel(c->eng->loop, c->timer);
	if (c->round)
		c->p = with(c, round_sum(c->round));
	round_stop(c->round);
	c->round = NULL;
	c->stopping = is_cancelled(c);
	if (c->stopping)
		after(c, 0, on_unmark);
	return !c->stopping;
}

const struct job_kind job_check = {
	.name = "check",
	.start = start,
	.stop = stop,
	.attempts = 1000, /* each goes on where the one before was */
	.limit = 86400,	  /* a million, each impersonated */
	.pause = 2,
};
