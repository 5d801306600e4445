/* Round: looks at members with one line, and writes what it means.
 *
 * Rules: whoever was read is in a page until the result is written; when pages or the store have no
 * room, nobody new is read, the procedure in exchange/ runs dry and is begun again later. A result
 * is weighed against the row as it was read; when that is another by now, against the row of now,
 * and of another address it says nothing. Trouble of the connection waits for a turn, because it
 * may be the end of the whole: then nobody was looked at.
 */
#include "round.h"

#include <stdlib.h>
#include <string.h>
#include "engine.h"
#include "fault.h"
#include "own.h"
#include "platform/clock.h"
#include "platform/log.h"
#include "remind.h"
#include "store/store.h"
#include "tally.h"

enum { PAGE_ARENA = 8 << 20, FLUSH_ARENA = 4 << 20, DELTAS = 64 };

struct page;

/* A member under way. */
struct visit {
	struct visit *next;
	struct page *page;
	struct roster_due *was;
	struct calendar_facts f; /* once it was told */
	int aside;		 /* looked at for comparison only: not counted */
};

struct page {
	struct arena a;
	struct visit *list;
	int count, given, left; /* left: not written yet */
};

struct waiting {
	struct visit *first, **last;
	int count;
};

struct round {
	struct sight *s;
	struct engine *eng;
	struct round_work w;
	struct calendars *calendars; /* one of both; NULL: it has ended, or is still to begin */
	struct own *own;
	struct page pages[ROUND_PAGES];
	struct page *page;	/* that is given out */
	struct waiting results; /* to be written */
	struct waiting doubts;	/* trouble of the connection, told on this turn */
	struct round_sum sum;
	struct outcome end;
	int empty;  /* there are no more members */
	int begun;  /* it was asked for members */
	int faults; /* of the store, in a row, */
	int stuck;  /* and until it is tried again nobody is read */
	unsigned noise;
	uint64_t flush, settle;
};

/* What counts differ by, of one flush. */
struct deltas {
	int count;
	struct delta {
		enum member_kind kind;
		struct roster_count c;
	} list[DELTAS];
};

/* --- pages --- */

static void clear(struct waiting *w)
{
	*w = (struct waiting){ .last = &w->first };
}

static void put(struct waiting *w, struct visit *v)
{
	v->next = NULL;
	*w->last = v;
	w->last = &v->next;
	w->count++;
}

static void visited(struct visit *v)
{
	if (--v->page->left == 0)
		arena_reset(&v->page->a);
}

static struct page *free_page(struct round *r)
{
	for (size_t i = 0; i < ROUND_PAGES; i++)
		if (r->pages[i].left == 0)
			return &r->pages[i];
	return NULL;
}

static void fill(struct page *p, struct roster_due *rows, int n)
{
	p->list = arena_array(&p->a, (size_t)n, sizeof(*p->list));
	p->count = p->left = n;
	p->given = 0;
	for (int i = 0; i < n; i++)
		p->list[i] = (struct visit){ .page = p, .was = &rows[i] };
}

/* Whether others can be impersonated is known by somebody for whom it works, looked at first. */
static int read_witness(struct round *r, struct page *p, struct err *e)
{
	struct roster_due *row = arena_alloc(&p->a, sizeof(*row));
	int rc = line_method(r->s->line) != METHOD_IMPERSONATION
		? 0
		: store_standing_witness(r->eng->db, &p->a, r->s->look.c.account, row, e);

	if (rc == 1) {
		fill(p, row, 1);
		p->list->aside = 1;
	}
	return rc;
}

static int read_page(struct round *r, struct page *p, struct err *e)
{
	struct roster_due *rows;
	int n;

	if (!r->begun) {
		n = read_witness(r, p, e);
		r->begun = n >= 0;
		if (n != 0)
			return n;
	}
	n = r->w.more(r->w.ptr, &p->a, &rows, e);
	if (n > 0)
		fill(p, rows, n);
	return n;
}

static void fault(struct round *r, const char *event, const struct err *e)
{
	fault_count(&r->faults, event, e);
	r->stuck = 1;
}

/* 1 there is somebody to give out. */
static int turn_page(struct round *r)
{
	struct page *p = free_page(r);
	struct err e;
	int n;

	if (!p || r->empty || r->stuck)
		return 0;
	n = read_page(r, p, &e);
	if (n < 0)
		fault(r, "round.read", &e);
	else
		r->faults = 0;
	if (n <= 0)
		arena_reset(&p->a);
	r->empty = n == 0;
	r->page = n > 0 ? p : NULL;
	return n > 0;
}

/* --- looking --- */

static int on_next(void *ptr, int64_t *n, const char **address)
{
	struct round *r = ptr;

	if (r->page && r->page->given == r->page->count)
		r->page = NULL;
	if (!r->page && !turn_page(r))
		return 0;
	*n = (r->page - r->pages) * ROUND_PAGE + r->page->given;
	*address = r->page->list[r->page->given++].was->address;
	return 1;
}

static void on_flush(void *ptr);

static void flush_in(struct round *r, int64_t ms)
{
	loop_cancel(r->eng->loop, r->flush);
	r->flush = loop_after(r->eng->loop, ms, on_flush, r);
}

static void ready(struct round *r, struct visit *v)
{
	put(&r->results, v);
	if (r->stuck)
		return;
	if (r->results.count == ROUND_FLUSH)
		flush_in(r, 0);
	else if (!r->flush)
		flush_in(r, ROUND_FLUSH_MS);
}

static void on_settle(void *ptr)
{
	struct round *r = ptr;
	struct visit *v = r->doubts.first, *next;

	loop_cancel(r->eng->loop, r->settle);
	r->settle = 0;
	clear(&r->doubts);
	for (; v; v = next) {
		next = v->next;
		ready(r, v);
	}
}

static int is_doubt(const struct calendar_facts *f)
{
	return !f->has_verdict && reason_row(f->seen.attempt)->scope == SCOPE_CONNECTION;
}

static void on_told(void *ptr, const struct calendar_facts *f)
{
	struct round *r = ptr;
	struct page *p = &r->pages[f->n / ROUND_PAGE];
	struct visit *v = &p->list[f->n % ROUND_PAGE];

	v->f = *f;
	v->f.address = v->was->address;
	v->f.name = arena_strdup(&p->a, f->name);
	if (!is_doubt(f)) {
		ready(r, v);
		return;
	}
	put(&r->doubts, v);
	if (!r->settle)
		r->settle = loop_after(r->eng->loop, 0, on_settle, r);
}

static void on_done(void *ptr, const struct outcome *o)
{
	struct round *r = ptr;

	r->calendars = NULL;
	r->own = NULL;
	r->end = *o;
	if (o->reason == REASON_OK)
		on_settle(r);
	else
		clear(&r->doubts);
	flush_in(r, r->stuck ? fault_pause(r->faults) : 0);
}

static const struct roster_due *on_who(void *ptr, int64_t n)
{
	const struct round *r = ptr;

	return r->pages[n / ROUND_PAGE].list[n % ROUND_PAGE].was;
}

static void look(struct round *r)
{
	const struct calendars_query q = { .method = line_method(r->s->line),
		.next = on_next,
		.told = on_told,
		.done = on_done,
		.ptr = r };

	if (q.method == METHOD_PERSONAL)
		r->own = own_start(r->s, &(struct own_query){ q, on_who });
	else
		r->calendars = calendars_start(line_client(r->s->line), &q);
}

/* --- writing --- */

static int write_deltas(struct round *r, struct deltas *d, struct err *e)
{
	for (int i = 0; i < d->count; i++) {
		const struct delta *one = &d->list[i];

		if (one->c.n != 0 &&
			store_roster_counted(
				r->eng->db, r->s->look.c.account, one->kind, &one->c, e) < 0)
			return -1;
	}
	d->count = 0;
	return 0;
}

/* One more, or one less, that stands so. */
static int count(struct round *r, struct deltas *d, enum member_kind kind,
	const struct roster_count *c, struct err *e)
{
	for (int i = 0; i < d->count; i++) {
		struct delta *one = &d->list[i];

		if (one->kind == kind && one->c.status == c->status && one->c.fixer == c->fixer &&
			one->c.reach == c->reach && strcmp(one->c.reason, c->reason) == 0) {
			one->c.n += c->n;
			return 0;
		}
	}
	if (d->count == DELTAS && write_deltas(r, d, e) < 0)
		return -1;
	d->list[d->count++] = (struct delta){ kind, *c };
	return 0;
}

static int count_move(struct round *r, struct deltas *d, const struct roster_due *was,
	const struct standing *is, struct err *e)
{
	const struct roster_count from = { was->s.status, was->s.reason, was->s.fixer, was->s.reach,
		-1 };
	const struct roster_count to = { is->status, is->reason, is->fixer, is->reach, 1 };

	if (count(r, d, was->kind, &from, e) < 0)
		return -1;
	return count(r, d, was->kind, &to, e);
}

static unsigned noise(struct round *r)
{
	r->noise = r->noise * 1664525u + 1013904223u;
	return r->noise >> 8;
}

/* 1 written, 0 the row is another by now, -1. */
static int write_one(struct round *r, const struct visit *v, const struct roster_due *was,
	struct deltas *d, struct tally *t, struct err *e)
{
	const struct connection *c = &r->s->look.c;
	const struct tally_look with = { clock_now(), c->method, c->id,
		line_connection(r->s->line)->host, noise(r) };
	struct standing_end end = { .was = was, .is = &t->is };
	int rc;

	tally_of(was, &v->f, &with, t);
	end.same = t->same;
	remind_verdict(was, &t->is, &end.remind_n, &end.remind_at);
	rc = store_standing_save(r->eng->db, &end, e);
	for (int i = 0; rc == 1 && i < t->count; i++)
		rc = store_event_add(r->eng->db, &t->events[i], e) < 0 ? -1 : 1;
	if (rc == 1 && !t->same && count_move(r, d, was, &t->is, e) < 0)
		return -1;
	return rc;
}

/* The same where it is kept apart: who was looked at for comparison only is not wanted there. */
static int keep_one(struct round *r, const struct visit *v, struct tally *t, struct err *e)
{
	const struct connection *c = &r->s->look.c;
	const struct tally_look with = { clock_now(), c->method, c->id,
		line_connection(r->s->line)->host, noise(r) };

	if (v->aside)
		return 0;
	tally_of(v->was, &v->f, &with, t);
	return r->w.keep(r->w.ptr, v->was, &t->is, e);
}

/* The same against the row of now: 0 when nothing was seen of it. */
static int write_late(struct round *r, const struct visit *v, struct arena *a, struct deltas *d,
	struct tally *t, struct err *e)
{
	const struct standing *s = &v->was->s;
	struct roster_due *now = arena_alloc(a, sizeof(*now));
	int rc = store_standing_get(r->eng->db, a, s->account, s->member, now, e);

	if (rc <= 0 || strcmp(now->address, v->was->address) != 0)
		return rc < 0 ? -1 : 0;
	/* What was asked for since it was read is not done by this look. */
	now->s.asked = s->asked;
	now->s.next_at = s->next_at;
	return write_one(r, v, now, d, t, e);
}

static void add(struct round_sum *sum, const struct tally *t)
{
	sum->done++;
	if (t->answered)
		sum->by[t->is.status]++;
	else
		sum->failed++;
}

static int write_all(
	struct round *r, struct arena *a, struct deltas *d, struct round_sum *sum, struct err *e)
{
	struct tally t;

	for (struct visit *v = r->results.first; v; v = v->next) {
		int rc = r->w.keep ? keep_one(r, v, &t, e) : write_one(r, v, v->was, d, &t, e);

		if (rc == 0 && !r->w.keep)
			rc = write_late(r, v, a, d, &t, e);
		if (rc < 0)
			return -1;
		if (rc == 1 && !v->aside)
			add(sum, &t);
	}
	if (write_deltas(r, d, e) < 0)
		return -1;
	return r->w.save ? r->w.save(r->w.ptr, sum, e) : 0;
}

/* 1 written, 0 what it was seen with is not in use any more, -1. */
static int write(struct round *r, struct err *e)
{
	struct deltas d = { 0 };
	struct round_sum sum = r->sum;
	struct arena a;
	int rc = db_begin(r->eng->db, DB_WRITE, e);

	if (rc < 0)
		return -1;
	arena_init(&a, FLUSH_ARENA);
	rc = sight_fits(r->s, e);
	if (rc == 1 && write_all(r, &a, &d, &sum, e) < 0)
		rc = -1;
	rc = db_finish(r->eng->db, rc, e);
	arena_done(&a);
	if (rc == 1)
		r->sum = sum;
	return rc;
}

/* --- the end --- */

/* A refused sign-in is told at once; any other trouble is for the watch to look at. */
static void tell_health(struct round *r, const struct outcome *o)
{
	const struct connection *c = &r->s->look.c;
	struct err e;
	int rc;

	if (reason_row(o->reason)->temper == TEMPER_STOPPED)
		rc = line_refused(r->s->line, o, &e);
	else
		rc = 0;
	if (rc == 0 && !r->w.keep)
		rc = reason_row(o->reason)->temper == TEMPER_STOPPED
			? health_heard(r->eng, c, o, o->ms, &e)
			: health_soon(r->eng, c, &e);
	if (rc < 0)
		log_err("round.untold", &e);
}

static void end(struct round *r, enum round_end end, const struct outcome *o)
{
	const struct round_work w = r->w;
	const struct round_sum sum = r->sum;
	const struct outcome out = *o;

	if (end == ROUND_LOST)
		tell_health(r, &out);
	round_stop(r);
	w.done(w.ptr, end, &out, &sum);
}

static void written(struct round *r)
{
	struct visit *v = r->results.first, *next;

	clear(&r->results);
	for (; v; v = next) {
		next = v->next;
		visited(v);
	}
}

/* Nothing is under way and all is written. */
static void go_on(struct round *r)
{
	if (r->end.reason != REASON_OK)
		end(r, ROUND_LOST, &r->end);
	else if (r->empty)
		end(r, ROUND_DONE, &r->end);
	else
		look(r);
}

static void on_flush(void *ptr)
{
	struct round *r = ptr;
	struct err e;
	int rc;

	r->flush = 0;
	rc = r->results.count > 0 ? write(r, &e) : 1;
	if (rc < 0) {
		fault(r, "round.flush", &e);
		flush_in(r, fault_pause(r->faults));
		return;
	}
	r->stuck = 0;
	if (rc == 0) {
		end(r, ROUND_CHANGED, &r->end);
		return;
	}
	if (r->results.count > 0)
		r->faults = 0;
	written(r);
	if (!r->calendars && !r->own)
		go_on(r);
}

/* --- life --- */

struct round *round_start(struct sight *s, const struct round_work *w)
{
	struct round *r = calloc(1, sizeof(*r));

	if (!r)
		die("round: out of memory");
	r->s = s;
	r->eng = s->eng;
	r->w = *w;
	r->noise = (unsigned)clock_mono_us();
	clear(&r->results);
	clear(&r->doubts);
	for (size_t i = 0; i < ROUND_PAGES; i++)
		arena_init(&r->pages[i].a, PAGE_ARENA);
	look(r);
	return r;
}

const struct round_sum *round_sum(const struct round *r)
{
	return &r->sum;
}

int64_t round_low(const struct round *r)
{
	int64_t low = 0;

	for (size_t i = 0; i < ROUND_PAGES; i++) {
		const struct page *p = &r->pages[i];

		if (p->left == 0 || p->list[0].aside)
			continue;
		if (low == 0 || p->list[0].was->s.member < low)
			low = p->list[0].was->s.member;
	}
	return low;
}

void round_stop(struct round *r)
{
	if (!r)
		return;
	calendars_stop(r->calendars);
	own_stop(r->own);
	loop_cancel(r->eng->loop, r->flush);
	loop_cancel(r->eng->loop, r->settle);
	for (size_t i = 0; i < ROUND_PAGES; i++)
		arena_done(&r->pages[i].a);
	free(r);
}
