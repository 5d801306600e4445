/* Busy: busy time of many mailboxes over any window.
 *
 * Mailboxes are read in groups, a few groups at a time; a group is told and forgotten when all of
 * its window is read. What is still to be asked of a group is a stack of pieces: some neighbouring
 * boxes and a part of the window. Pieces are cut when they are asked, to what was learned of the
 * server so far, so that "too much" only means: less from now on, and the piece again.
 */
#include "busy.h"

#include <stdlib.h>
#include <string.h>
#include "errand.h"
#include "platform/buf.h"
#include "platform/err.h"
#include "platform/str.h"

enum {
	DAY = 86400,
	EVENT_DAYS = 366,
	EVENTS_LIMIT = 1000,
	TRIES = 3,
	PIECES = 1024 /* of a group: two for each box, and one for each cut through the rest */
};

/* One mailbox while it is read. */
struct box {
	size_t n;
	struct buf spans; /* struct busy_span, one after the other */
	struct part ended;
	int rough;
	int has_zone;
	struct zone_rules zone;
	int tries; /* times in a row that passing trouble was told for it alone */
	struct outcome outcome;
};

struct piece {
	size_t first, count; /* boxes of the group */
	int64_t from, to;
};

struct group {
	struct group *older;
	struct box boxes[EXCHANGE_BUSY_MAX];
	size_t count; /* 0: not in use */
	int64_t at;   /* the window up to here has become pieces */
	struct piece stack[PIECES];
	size_t depth;
	int asking;
};

struct busy {
	struct errand e;
	struct busy_job job;
	size_t next;		    /* the first mailbox that is in no group yet */
	struct portion batch, days; /* of one question */
	struct group *groups;
	size_t held; /* spans */
};

/* A question under way: the boxes in its order. */
struct batch {
	struct group *g;
	struct piece p;
	size_t count;
	struct box *boxes[EXCHANGE_BUSY_MAX];
	const char *names[EXCHANGE_BUSY_MAX];
	struct busy_query busy;
	struct events_query events;
};

/* --- boxes --- */

static void box_fail(struct box *x, enum reason r, const char *code)
{
	x->ended.reason = r;
	if (str_copy(x->ended.code, sizeof(x->ended.code), code) < 0)
		x->ended.code[0] = '\0';
}

static struct busy_span *spans_of(const struct box *x)
{
	return (struct busy_span *)(void *)x->spans.p;
}

static size_t count_of(const struct box *x)
{
	return x->spans.len / sizeof(struct busy_span);
}

static void box_forget(struct busy *b, struct box *x)
{
	b->held -= count_of(x);
	buf_done(&x->spans);
}

/* Takes spans of one part of the window. */
static void box_add(struct busy *b, struct box *x, const struct busy_span *spans, size_t n)
{
	if (n == 0)
		return;
	b->held -= count_of(x);
	if (b->held + count_of(x) + n > BUSY_SPANS_MAX ||
		buf_add(&x->spans, spans, n * sizeof(*spans)) < 0) {
		buf_done(&x->spans);
		box_fail(x, REASON_TOO_BIG, "");
		return;
	}
	n = busy_tidy(spans_of(x), count_of(x), b->job.from, b->job.to);
	x->spans.len = n * sizeof(*spans);
	b->held += n;
}

/* --- telling --- */

static void tell(struct busy *b, const struct box *x)
{
	int ok = x->ended.reason == REASON_OK;
	struct busy_times t = { .n = (int64_t)x->n,
		.address = b->job.mailboxes[x->n],
		.reason = x->ended.reason,
		.spans = ok ? spans_of(x) : NULL,
		.count = ok ? count_of(x) : 0,
		.rough = x->rough,
		.has_zone = x->has_zone,
		.zone = x->zone,
		.outcome = x->outcome };

	memcpy(t.code, x->ended.code, sizeof(t.code));
	b->job.told(b->job.ptr, &t);
}

/* All of a group; lost: why those are not known that were not read to their end, or NULL. */
static void tell_group(struct busy *b, struct group *g, const struct outcome *lost)
{
	for (size_t i = 0; i < g->count && !b->e.over; i++) {
		struct box *x = &g->boxes[i];

		if (lost && x->ended.reason == REASON_OK) {
			x->outcome = *lost;
			box_fail(x, lost->reason, lost->code);
		}
		tell(b, x);
	}
	for (size_t i = 0; i < g->count; i++)
		box_forget(b, &g->boxes[i]);
	g->count = g->depth = 0;
}

static void end(struct busy *b, const struct outcome *o)
{
	const struct busy_job job = b->job;
	const struct outcome outcome = *o;

	if (b->e.over)
		return;
	errand_close(&b->e);
	job.done(job.ptr, &outcome);
}

/* It cannot go on: everybody is told so. */
static void give_up(struct busy *b, const struct outcome *o)
{
	const struct outcome outcome = *o;

	errand_quiet(&b->e);
	for (struct group *g = b->groups; g; g = g->older)
		tell_group(b, g, &outcome);
	while (b->next < b->job.count && !b->e.over) {
		struct box x = { .n = b->next++, .outcome = outcome };

		box_fail(&x, outcome.reason, outcome.code);
		tell(b, &x);
	}
	end(b, &outcome);
}

/* --- pieces --- */

static void push(struct group *g, struct piece p)
{
	for (size_t i = 0; g->depth == PIECES && i < p.count; i++)
		box_fail(&g->boxes[p.first + i], REASON_TOO_BIG, "");
	if (g->depth < PIECES)
		g->stack[g->depth++] = p;
}

static int64_t days_of(const struct piece *p)
{
	return (p->to - p->from + DAY - 1) / DAY;
}

/* Two pieces of half the window; 0 when it is down to a day. */
static int push_halves(struct group *g, struct piece p)
{
	int64_t middle = p.from + days_of(&p) / 2 * DAY;

	if (days_of(&p) <= 1)
		return 0;
	push(g, (struct piece){ p.first, p.count, middle, p.to });
	push(g, (struct piece){ p.first, p.count, p.from, middle });
	return 1;
}

/* The next thing to ask of a group, no more of it than is taken at a time; 0 when all is read. */
static int pop(struct busy *b, struct group *g, struct piece *out)
{
	size_t most = (size_t)b->batch.now;
	int64_t longest = (int64_t)b->days.now * DAY;
	struct piece *p;

	for (;;) {
		if (g->depth == 0 && g->at >= b->job.to)
			return 0;
		if (g->depth == 0) {
			push(g, (struct piece){ 0, g->count, g->at, b->job.to });
			g->at = b->job.to;
		}
		p = &g->stack[g->depth - 1];
		for (; p->count && g->boxes[p->first].ended.reason != REASON_OK; p->count--)
			p->first++;
		if (p->count > 0)
			break;
		g->depth--;
	}
	*out = *p;
	g->depth--;
	if (out->to - out->from > longest) {
		push(g, (struct piece){ out->first, out->count, out->from + longest, out->to });
		out->to = out->from + longest;
	}
	if (out->count > most) {
		push(g, (struct piece){ out->first + most, out->count - most, out->from, out->to });
		out->count = most;
	}
	return 1;
}

/* --- answers --- */

static size_t place_of(const struct batch *k, size_t i)
{
	return (size_t)(k->boxes[i] - k->g->boxes);
}

static void fail_all(struct batch *k, const struct outcome *o)
{
	for (size_t i = 0; i < k->count; i++)
		box_fail(k->boxes[i], o->reason, o->code);
}

/* The whole question was too much: fewer mailboxes, then fewer days. */
static void too_much(struct busy *b, struct batch *k, const struct outcome *o)
{
	if (k->count > 1) {
		errand_portion_halve(&b->batch, (int)k->count);
		push(k->g, k->p);
	} else if (days_of(&k->p) > 1) {
		errand_portion_halve(&b->days, (int)days_of(&k->p));
		push(k->g, k->p);
	} else {
		fail_all(k, o);
	}
}

/* One mailbox of a good answer has a reason of its own. */
static void part_failed(struct batch *k, size_t i, const struct part *ended)
{
	struct box *x = k->boxes[i];
	struct piece alone = { place_of(k, i), 1, k->p.from, k->p.to };
	int again = reason_row(ended->reason)->scope == SCOPE_CONNECTION ||
		ended->reason == REASON_NOT_CHECKED;

	if (ended->reason == REASON_TOO_BIG && push_halves(k->g, alone))
		return;
	if (ended->reason != REASON_TOO_BIG && again && ++x->tries < TRIES)
		push(k->g, alone);
	else
		box_fail(x, ended->reason, ended->code);
}

/* The window was too long for each of several: then it is so for all. */
static int all_too_big(const struct batch *k, const struct busy_result *r)
{
	if (k->count < 2 || r->count < k->count || days_of(&k->p) <= 1)
		return 0;
	for (size_t i = 0; i < k->count; i++)
		if (r->list[i].ended.reason != REASON_TOO_BIG)
			return 0;
	return 1;
}

static void take_busy(struct busy *b, struct batch *k, const void *result)
{
	static const struct part missing = { .reason = REASON_BAD_ANSWER };
	const struct busy_result *r = result;

	if (all_too_big(k, r)) {
		errand_portion_halve(&b->days, (int)days_of(&k->p));
		push(k->g, k->p);
		return;
	}
	for (size_t i = 0; i < k->count; i++) {
		const struct busy_seen *s = i < r->count ? &r->list[i] : NULL;
		struct box *x = k->boxes[i];

		if (!s || s->ended.reason != REASON_OK) {
			part_failed(k, i, s ? &s->ended : &missing);
			continue;
		}
		x->tries = 0;
		x->rough |= s->merged_only;
		x->has_zone = s->has_zone;
		x->zone = s->zone;
		box_add(b, x, s->spans, busy_tidy(s->spans, s->count, k->p.from, k->p.to));
	}
}

/* Events of one calendar. When there are more, on from the last start: what is told twice gives the
 * same span twice, and those become one. */
static void take_events(struct busy *b, struct batch *k, struct arena *a, const void *result)
{
	const struct events_result *r = result;
	struct busy_span *spans = arena_array(a, r->count, sizeof(*spans));
	int64_t last = k->p.from;

	for (size_t i = 0; i < r->count; i++) {
		const struct event *v = &r->list[i];

		spans[i] = (struct busy_span){ v->start, v->end, v->kind };
		if (v->start > last)
			last = v->start;
	}
	box_add(b, k->boxes[0], spans, busy_tidy(spans, r->count, k->p.from, k->p.to));
	if (!r->more)
		return;
	if (last > k->p.from && last < k->p.to)
		push(k->g, (struct piece){ k->p.first, 1, last, k->p.to });
	else
		box_fail(k->boxes[0], REASON_TOO_BIG, "");
}

static void ask_halves(struct batch *k)
{
	size_t half = k->p.count / 2;
	struct piece p = k->p;

	push(k->g, (struct piece){ p.first + half, p.count - half, p.from, p.to });
	push(k->g, (struct piece){ p.first, half, p.from, p.to });
}

static void take(struct busy *b, struct batch *k, struct arena *a, const void *result)
{
	errand_portion_well(&b->batch, (int)k->count);
	errand_portion_well(&b->days, (int)days_of(&k->p));
	if (b->job.from_calendar)
		take_events(b, k, a, result);
	else
		take_busy(b, k, result);
}

static void on_answer(void *ptr, struct errand_ask *ask, const struct outcome *o, const void *r)
{
	struct batch *k = ask->mine;
	struct busy *b = ptr;

	k->g->asking = 0;
	for (size_t i = 0; i < k->count; i++)
		k->boxes[i]->outcome = *o;
	if (errand_blurred(o, k->count))
		ask_halves(k);
	else if (errand_hopeless(&b->e, o))
		give_up(b, o);
	else if (o->reason == REASON_OK)
		take(b, k, &ask->a, r);
	else if (o->next == NEXT_SMALLER)
		too_much(b, k, o);
	else
		fail_all(k, o);
}

/* --- questions --- */

static void ask_events(struct busy *b, struct errand_ask *ask, struct batch *k)
{
	const char *address = k->names[0];

	k->events = (struct events_query){ .mailbox = b->job.as_them ? NULL : address,
		.from = k->p.from,
		.to = k->p.to,
		.limit = EVENTS_LIMIT };
	ask->impersonate = b->job.as_them ? address : b->job.impersonate;
	ask->anchor = address;
	errand_send(ask, EXCHANGE_LIST_EVENTS, &k->events, on_answer);
}

static void ask(struct busy *b, struct group *g, const struct piece *p)
{
	struct errand_ask *q = errand_ask(&b->e);
	struct batch *k = arena_alloc(&q->a, sizeof(*k));

	k->g = g;
	k->p = *p;
	for (size_t i = p->first; i < p->first + p->count; i++)
		if (g->boxes[i].ended.reason == REASON_OK) {
			k->boxes[k->count] = &g->boxes[i];
			k->names[k->count++] = b->job.mailboxes[g->boxes[i].n];
		}
	g->asking = 1;
	q->mine = k;
	if (b->job.from_calendar) {
		ask_events(b, q, k);
		return;
	}
	k->busy = (struct busy_query){ k->names, k->count, p->from, p->to };
	q->impersonate = b->job.impersonate;
	errand_send(q, EXCHANGE_GET_BUSY, &k->busy, on_answer);
}

/* The next mailboxes, in a group that is free; 0 when there are none. */
static int fill(struct busy *b, struct group *g)
{
	size_t most = (size_t)b->batch.most;

	while (g->count < most && b->next < b->job.count) {
		struct box *x = &g->boxes[g->count++];

		*x = (struct box){ .n = b->next++ };
		buf_init(&x->spans, BUSY_SPANS_MAX * sizeof(struct busy_span));
	}
	g->at = b->job.from;
	g->depth = 0;
	return g->count > 0;
}

static void group_new(struct busy *b)
{
	struct group *g = calloc(1, sizeof(*g));

	if (!g)
		die("busy: out of memory");
	g->older = b->groups;
	b->groups = g;
}

static void step(void *ptr)
{
	static const struct outcome well;
	struct busy *b = ptr;
	struct piece p;

	for (struct group *g = b->groups; g; g = g->older) {
		while (!g->asking && errand_room(&b->e) > 0 && (g->count || fill(b, g))) {
			if (pop(b, g, &p))
				ask(b, g, &p);
			else
				tell_group(b, g, NULL);
			if (b->e.over)
				return;
		}
	}
	if (b->e.flying == 0)
		end(b, &well);
}

static void freed(void *ptr)
{
	struct busy *b = ptr;
	struct group *g, *older;

	for (g = b->groups; g; g = older) {
		older = g->older;
		for (size_t i = 0; i < g->count; i++)
			buf_done(&g->boxes[i].spans);
		free(g);
	}
	free(b);
}

struct busy *busy_start(struct client *c, const struct busy_job *job)
{
	struct busy *b = calloc(1, sizeof(*b));
	int most = job->from_calendar ? 1 : EXCHANGE_BUSY_MAX;
	int days = job->from_calendar ? EVENT_DAYS : EXCHANGE_BUSY_DAYS;

	if (!b)
		die("busy: out of memory");
	b->job = *job;
	b->batch = (struct portion){ .now = most, .most = most };
	b->days = (struct portion){ .now = days, .most = days };
	for (int i = 0; i < BUSY_FLYING; i++)
		group_new(b);
	b->e = (struct errand){
		.client = c, .step = step, .freed = freed, .ptr = b, .most = BUSY_FLYING
	};
	errand_begin(&b->e);
	return b;
}

void busy_stop(struct busy *b)
{
	if (b)
		errand_close(&b->e);
}
