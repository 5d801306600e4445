/* Job "trial": looks at chosen members by a connection that is not in use yet: a draft that was
 * proved. What is seen goes to table trial and nowhere else.
 *
 * Rules: a row says by which job it was written, so an engine that is killed costs what was under
 * way: the next attempt begins with the first member of whom nothing was written, and passes over
 * those that it has. What was tried of the draft as it was before goes first. What the draft's
 * connection suffers ends the job with words; the gate hears of a refusal, and nobody else.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "engine.h"
#include "fault.h"
#include "job_kinds.h"
#include "platform/clock.h"
#include "platform/str.h"
#include "platform/url.h"
#include "round.h"
#include "store/store.h"
#include "store/store_trial.h"

enum { PORTION = 2000 /* rows that go in one turn */ };

#define LATE "The new connection was changed or switched to meanwhile."

struct trial {
	struct job_run *r;
	struct engine *eng;
	int64_t connection;
	int all; /* everybody, people and rooms; else those of pick */
	struct roster_pick pick;
	struct job_progress p;
	int64_t given; /* the last one that the round was given */
	char state[TRIAL_STATE + 1];
	struct sight *sight;
	struct round *round;
	uint64_t timer;
	int faults;
};

static void after(struct trial *t, int64_t ms, loop_fn *fn)
{
	t->timer = loop_after(t->eng->loop, ms, fn, t);
}

/* It failed: the same once more, later. */
static void retry(struct trial *t, loop_fn *fn, const struct err *e)
{
	fault_count(&t->faults, "trial.store", e);
	after(t, fault_pause(t->faults), fn);
}

/* --- words --- */

static void put_many(struct buf *b, int64_t n, const char *one, const char *many)
{
	buf_number(b, n);
	buf_puts(b, n == 1 ? one : many);
}

static void put_people(struct buf *b, int64_t n)
{
	if (n == 0)
		buf_puts(b, "nobody");
	else
		buf_number(b, n);
}

static void put_end(struct trial *t, struct buf *b, const char *why)
{
	int64_t n[TRIAL__MAX];
	struct err e;

	if (why) {
		buf_printf(b, "%s ", why);
		put_many(b, t->p.done, " member was", " members were");
		buf_puts(b, " tried. What was seen of them is kept.");
		return;
	}
	if (t->p.done == 0) {
		buf_puts(b, "There was nobody to try.");
		return;
	}
	buf_puts(b, "Tried with ");
	put_many(b, t->p.done, " member", " members");
	if (t->p.failed > 0) {
		buf_puts(b, ", of whom ");
		buf_number(b, t->p.failed);
		buf_puts(b, " could not be looked at");
	}
	if (store_trial_counts(t->eng->db, t->connection, n, &e) < 0) {
		buf_putc(b, '.');
		return;
	}
	buf_puts(b, ". Of all who were tried ");
	put_people(b, n[TRIAL_GAIN] + n[TRIAL_BETTER]);
	buf_puts(b, " would gain and ");
	put_people(b, n[TRIAL_LOSE] + n[TRIAL_WORSE]);
	buf_puts(b, " would lose.");
}

/* why NULL: all were looked at. */
static void finish(struct trial *t, const char *why)
{
	struct buf b;

	buf_init(&b, JOB_OUTCOME_MAX * 4);
	put_end(t, &b, why);
	job_end(t->r, why ? JOB_FAILED : JOB_DONE, buf_str(&b));
	buf_done(&b);
}

/* --- who is next --- */

static struct roster_due *due_of(struct arena *a, const struct roster_row *m)
{
	struct roster_due *d = arena_alloc(a, sizeof(*d));

	d->s = m->s;
	d->kind = m->kind;
	d->address = *m->calendar ? m->calendar : m->email;
	return d;
}

/* Those of a filter, as those of all are read. */
static int walk(
	struct trial *t, struct arena *a, int64_t from, struct roster_due **out, struct err *e)
{
	struct roster_row *rows;
	int n = store_roster_walk(t->eng->db, a, &t->pick.f, from, ROUND_PAGE, &rows, e);

	*out = n > 0 ? arena_array(a, (size_t)n, sizeof(**out)) : NULL;
	for (int i = 0; i < n; i++)
		(*out)[i] = *due_of(a, &rows[i]);
	return n;
}

/* Those of a list, which is in the order of their numbers. */
static int of_ids(
	struct trial *t, struct arena *a, int64_t from, struct roster_due **out, struct err *e)
{
	const struct roster_pick *p = &t->pick;
	int n = 0, rc = 0;

	*out = arena_array(a, ROUND_PAGE, sizeof(**out));
	for (size_t i = 0; i < p->count && n < ROUND_PAGE && rc >= 0; i++) {
		if (p->ids[i] <= from)
			continue;
		rc = store_standing_get(t->eng->db, a, p->f.account, p->ids[i], &(*out)[n], e);
		n += rc == 1;
	}
	return rc < 0 ? -1 : n;
}

static int read_some(
	struct trial *t, struct arena *a, int64_t from, struct roster_due **out, struct err *e)
{
	if (t->all)
		return store_standing_walk(
			t->eng->db, a, t->pick.f.account, from, ROUND_PAGE, out, e);
	return t->pick.ids ? of_ids(t, a, from, out, e) : walk(t, a, from, out, e);
}

/* In place of how a member stands: as it was tried before. 1 it is to be looked at, 0, -1. */
static int before(struct trial *t, struct arena *a, struct roster_due *m, struct err *e)
{
	const struct standing like = {
		.account = m->s.account, .member = m->s.member, .connection = t->connection
	};
	const int off = m->s.status == STATUS_OFF;
	int64_t job;
	int rc = store_trial_get(t->eng->db, a, &like, &m->s, &job, e);

	if (rc == 1)
		return !off && job != t->p.job;
	m->s = like;
	m->s.reason = "not_checked";
	m->s.note = m->s.tried = "ok";
	m->s.method = m->s.proof = "";
	return rc < 0 ? -1 : !off;
}

/* Whoever was tried by this job already is passed over. */
static int on_more(void *ptr, struct arena *a, struct roster_due **out, struct err *e)
{
	struct trial *t = ptr;
	int64_t from = t->given;
	int n, left = 0, rc = 0;

	do {
		n = read_some(t, a, from, out, e);
		from = n > 0 ? (*out)[n - 1].s.member : from;
		for (int i = 0; i < n && rc >= 0; i++) {
			rc = before(t, a, &(*out)[i], e);
			if (rc == 1)
				(*out)[left++] = (*out)[i];
		}
	} while (n > 0 && left == 0 && rc >= 0);
	if (n < 0 || rc < 0)
		return -1;
	t->given = from;
	return left;
}

/* --- looking --- */

/* As it is with what the round has written. */
static struct job_progress with(const struct trial *t, const struct round_sum *sum)
{
	struct job_progress p = t->p;
	const int64_t low = t->round ? round_low(t->round) : 0;

	p.done += sum->done;
	p.failed += sum->failed;
	p.cursor = low > 0 ? low - 1 : t->given;
	return p;
}

static int on_keep(
	void *ptr, const struct roster_due *was, const struct standing *is, struct err *e)
{
	const struct trial *t = ptr;

	return store_trial_save(t->eng->db, is, was->address, t->p.job, e);
}

static int seen(struct trial *t, struct err *e)
{
	const struct trial_head h = {
		.connection = t->connection, .account = t->r->job->account, .state = t->state
	};

	return store_trial_seen(t->eng->db, &h, e);
}

static int on_save(void *ptr, const struct round_sum *sum, struct err *e)
{
	struct trial *t = ptr;
	const struct job_progress p = with(t, sum);

	return seen(t, e) < 0 ? -1 : store_progress_save(t->eng->db, &p, e);
}

static void on_done(
	void *ptr, enum round_end end, const struct outcome *o, const struct round_sum *sum)
{
	struct trial *t = ptr;

	t->round = NULL;
	t->p = with(t, sum);
	if (end == ROUND_LOST)
		finish(t, reason_row(o->reason)->say);
	else if (end == ROUND_CHANGED)
		finish(t, LATE);
	else
		finish(t, NULL);
}

static void look(struct trial *t)
{
	const struct round_work w = {
		.more = on_more, .save = on_save, .done = on_done, .keep = on_keep, .ptr = t
	};

	t->given = t->p.cursor;
	t->round = round_start(t->sight, &w);
}

/* --- before: what is of another state goes, and all are counted --- */

static int64_t count_kind(struct trial *t, enum member_kind kind, struct err *e)
{
	struct roster_filter f = roster_all(t->r->job->account, kind);
	struct roster_count *list;
	int n = store_roster_counts(t->eng->db, t->r->a, f.account, kind, &list, e);
	int64_t off, all;

	if (n < 0)
		return -1;
	all = roster_kept(list, n, &f);
	f.status = STATUS_OFF;
	off = roster_kept(list, n, &f);
	return all - off;
}

static int64_t count(struct trial *t, struct err *e)
{
	int64_t people, rooms;

	if (t->pick.ids)
		return (int64_t)t->pick.count;
	if (!t->all)
		return store_roster_count(t->eng->db, &t->pick.f, INT32_MAX, e);
	people = count_kind(t, MEMBER_PERSON, e);
	rooms = people < 0 ? -1 : count_kind(t, MEMBER_ROOM, e);
	return rooms < 0 ? -1 : people + rooms;
}

static int begin_rows(struct trial *t, struct err *e)
{
	struct job_progress p = t->p;
	int64_t n = p.counted ? p.total : count(t, e);

	if (n < 0)
		return -1;
	p.total = n;
	p.counted = 1;
	if (seen(t, e) < 0 || store_progress_save(t->eng->db, &p, e) < 0)
		return -1;
	t->p = p;
	return 0;
}

enum portion { PORTION_LAST, PORTION_MORE, PORTION_LATE };

/* A portion of what is not about the draft as it is; the last one when there is no more of it. */
static int clear(struct trial *t, struct err *e)
{
	struct trial_head h;
	int64_t n;
	int rc = store_trial_head(t->eng->db, t->r->a, t->r->job->account, t->connection, &h, e);

	if (rc < 0)
		return -1;
	if (rc == 1 && strcmp(h.state, t->state) == 0)
		return PORTION_LAST;
	n = store_trial_clear(t->eng->db, t->connection, PORTION, e);
	return n < 0 ? -1 : n > 0 ? PORTION_MORE : PORTION_LAST;
}

/* Of a draft that is another by now nothing is begun. */
static int prepare(struct trial *t, struct err *e)
{
	int rc = sight_fits(t->sight, e);

	if (rc <= 0)
		return rc < 0 ? -1 : PORTION_LATE;
	rc = clear(t, e);
	return rc == PORTION_LAST && begin_rows(t, e) < 0 ? -1 : rc;
}

static void on_clear(void *ptr)
{
	struct trial *t = ptr;
	struct err e;
	int rc = db_begin(t->eng->db, DB_WRITE, &e);

	t->timer = 0;
	if (rc == 0)
		rc = db_finish(t->eng->db, prepare(t, &e), &e);
	if (rc < 0) {
		retry(t, on_clear, &e);
		return;
	}
	t->faults = 0;
	if (rc == PORTION_MORE)
		after(t, 0, on_clear);
	else if (rc == PORTION_LATE)
		finish(t, LATE);
	else
		look(t);
}

static void on_open(void *ptr)
{
	struct trial *t = ptr;
	struct err e;

	t->timer = 0;
	sight_free(t->sight);
	t->sight = sight_open_draft(t->eng, t->r->job->account, t->connection, &e);
	if (t->sight) {
		trial_state(&t->sight->look.c, t->sight->look.secret.version, t->state);
		on_clear(t);
	} else if (e.code == ERR_BUSY) {
		retry(t, on_open, &e);
	} else {
		finish(t, arena_strdup(t->r->a, e.say));
	}
}

/* --- the job --- */

static void close_trial(void *ptr)
{
	struct trial *t = ptr;

	loop_cancel(t->eng->loop, t->timer);
	round_stop(t->round);
	sight_free(t->sight);
}

static int by_number(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* The list is walked by number. */
static void sort_ids(struct arena *a, struct roster_pick *p)
{
	int64_t *ids = arena_array(a, p->count, sizeof(*ids));

	memcpy(ids, p->ids, p->count * sizeof(*ids));
	qsort(ids, p->count, sizeof(*ids), by_number);
	p->ids = ids;
}

static int read_params(struct trial *t, struct err *e)
{
	const struct job *j = t->r->job;
	const char *connection = url_get(t->r->a, j->params, "connection");

	if (!connection || str_int(connection, 1, INT64_MAX, &t->connection) < 0)
		return ERR(e, ERR_INPUT, NULL, "params: bad connection");
	t->all = url_get(t->r->a, j->params, "all") != NULL;
	t->pick.f = roster_all(j->account, MEMBER_PERSON);
	if (t->all)
		return 0;
	if (roster_pick_read(t->r->a, j->params, j->account, &t->pick, e) < 0)
		return -1;
	if (t->pick.ids)
		sort_ids(t->r->a, &t->pick);
	return 0;
}

static void on_begin(void *ptr)
{
	struct trial *t = ptr;
	struct err e;
	int rc = store_progress_get(t->eng->db, t->r->a, t->r->job->id, &t->p, &e);

	t->timer = 0;
	if (rc < 0) {
		retry(t, on_begin, &e);
		return;
	}
	if (rc == 0)
		t->p = (struct job_progress){ .job = t->r->job->id, .began = clock_now() };
	on_open(t);
}

static void start(struct job_run *r)
{
	struct trial *t = arena_alloc(r->a, sizeof(*t));
	struct err e;

	t->r = r;
	t->eng = r->engine;
	r->state = t;
	arena_defer(r->a, close_trial, t);
	if (read_params(t, &e) < 0)
		job_end(r, JOB_FAILED, "This is no trial of a connection.");
	else
		on_begin(t);
}

static int stop(struct job_run *r)
{
	struct trial *t = r->state;

	loop_cancel(t->eng->loop, t->timer);
	t->timer = 0;
	round_stop(t->round);
	t->round = NULL;
	return 1;
}

const struct job_kind job_trial = {
	.name = "trial",
	.start = start,
	.stop = stop,
	.attempts = 1000, /* each goes on where the one before was */
	.limit = 86400,	  /* a million, each impersonated */
	.pause = 2,
};
