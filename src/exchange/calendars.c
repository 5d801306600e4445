/* Calendars: evidence about many people's mailboxes, with one connection.
 *
 * People are taken one by one, wait in the queue of a lane, share its questions, and are told when
 * no lane can add anything. Rules: at most VISITS_MAX are under way, whatever there are; later
 * lanes are asked first, so that people leave before others enter. A refusal to impersonate means
 * another thing when it works for others: such people are held, HELD_MAX at most, until that is
 * known.
 */
#include "calendars_work.h"

#include <stdlib.h>
#include <string.h>
#include "platform/err.h"
#include "platform/str.h"

static const enum lane_kind first_lane[METHOD__MAX] = {
	[METHOD_PERSONAL] = LANE_OWN,
	[METHOD_DEDICATED] = LANE_BUSY,
	[METHOD_DELEGATE] = LANE_EXPLICIT,
	[METHOD_IMPERSONATION] = LANE_IMPERSONATED,
};

/* Not granted at all, or not for this person: the same words (EWS.md 0.7). */
static const enum reason turning[] = {
	REASON_IMPERSONATION_REFUSED,
	REASON_EWS_REFUSED,
	REASON_PERMISSION_MISSING,
};

static const int lane_size[LANE__MAX] = {
	[LANE_OWN] = 1,
	[LANE_EXPLICIT] = EXCHANGE_FOLDERS_MAX,
	[LANE_IMPERSONATED] = 1,
	[LANE_BUSY] = EXCHANGE_BUSY_MAX,
};

/* --- visits and queues --- */

void calendars_put(struct queue *q, struct visit *v)
{
	v->next = NULL;
	if (q->last)
		q->last->next = v;
	else
		q->first = v;
	q->last = v;
	q->count++;
}

void calendars_return(struct queue *q, struct visit *v)
{
	v->next = q->first;
	q->first = v;
	if (!q->last)
		q->last = v;
	q->count++;
}

struct visit *calendars_take(struct queue *q)
{
	struct visit *v = q->first;

	if (!v)
		return NULL;
	q->first = v->next;
	if (!q->first)
		q->last = NULL;
	q->count--;
	return v;
}

static struct visit *visit_new(struct calendars *s)
{
	struct visit *v = s->spare;

	if (v) {
		s->spare = v->next;
	} else {
		v = calloc(1, sizeof(*v));
		if (!v)
			die("calendars: out of memory");
		v->older = s->all;
		s->all = v;
	}
	*v = (struct visit){ .older = v->older };
	s->alive++;
	return v;
}

static void visit_drop(struct calendars *s, struct visit *v)
{
	v->next = s->spare;
	s->spare = v;
	s->alive--;
}

/* --- telling --- */

int calendars_turns(enum reason r)
{
	for (size_t i = 0; i < sizeof(turning) / sizeof(turning[0]); i++)
		if (turning[i] == r)
			return 1;
	return 0;
}

/* Would it say more about this person to know what becomes of others? */
static int open_ended(const struct calendars *s, const struct visit *v)
{
	const struct evidence *w = &v->ways[s->main];
	enum reason r = w->attempt;

	if (r == REASON_OK && w->calendar == SEEN_NO)
		r = w->calendar_why;
	return s->main == LANE_IMPERSONATED && calendars_turns(r);
}

/* What the main way saw, with what the others add. */
static struct evidence evidence_of(const struct calendars *s, const struct visit *v)
{
	struct evidence seen = v->ways[s->main];
	const struct evidence *busy = &v->ways[LANE_BUSY];

	seen.no_sending = s->q.no_sending;
	seen.busy = busy->busy;
	seen.busy_why = busy->busy_why;
	/* Without it one would look worse off than before; what a server never tells is no loss. */
	if (seen.calendar != SEEN_YES && busy->attempt != REASON_OK &&
		reason_row(busy->attempt)->scope != SCOPE_BOOKING)
		seen.attempt = busy->attempt;
	if (s->main == LANE_IMPERSONATED && s->worked)
		seen.others = SEEN_YES;
	else if (s->main == LANE_IMPERSONATED && s->refused > 1)
		seen.others = SEEN_NO;
	return seen;
}

/* The farthest that any way reaches, judged by rules that ask no more than that it opens. */
static enum reach farthest(const struct visit *v, enum reach reach)
{
	for (enum lane_kind l = 0; l < LANE__MAX; l++) {
		enum method m = l == LANE_BUSY ? METHOD_DEDICATED : METHOD_IMPERSONATION;
		struct verdict w;

		if (v->ways[l].calendar == SEEN_UNKNOWN && v->ways[l].busy == SEEN_UNKNOWN)
			continue;
		if (verdict_of(m, &v->ways[l], &w) && w.reach > reach)
			reach = w.reach;
	}
	return reach;
}

static void tell(struct calendars *s, struct visit *v)
{
	struct calendar_facts f = { .n = v->n,
		.address = v->address,
		.seen = evidence_of(s, v),
		.outcome = v->outcome,
		.name = v->name };

	f.has_verdict = verdict_of(s->q.method, &f.seen, &f.verdict);
	if (s->q.every_way)
		f.verdict.reach = farthest(v, f.verdict.reach);
	memcpy(f.code, v->code, sizeof(f.code));
	if (f.outcome.reason == REASON_OK)
		memcpy(f.outcome.said, v->said, sizeof(v->said));
	s->q.told(s->q.ptr, &f);
	visit_drop(s, v);
}

/* Seen by every lane that can add something. */
static void finish(struct calendars *s, struct visit *v)
{
	if (!s->worked && open_ended(s, v))
		calendars_put(&s->held, v);
	else
		tell(s, v);
}

/* Those that were held, once it is known what they mean, or no more can be. */
static void let_go(struct calendars *s, int now)
{
	struct visit *v;

	if (!now && !s->worked && s->held.count < HELD_MAX)
		return;
	while (!s->e.over && (v = calendars_take(&s->held)) != NULL)
		tell(s, v);
}

static void end(struct calendars *s, const struct outcome *o)
{
	const struct calendars_query q = s->q;
	const struct outcome outcome = *o;

	if (s->e.over)
		return;
	errand_close(&s->e);
	q.done(q.ptr, &outcome);
}

/* What was not looked at is not known; what was, stays. */
static void tell_lost(struct calendars *s, enum lane_kind lane, const struct outcome *o)
{
	struct visit *v;

	while (!s->e.over && (v = calendars_take(&s->lanes[lane].waiting)) != NULL) {
		for (enum lane_kind l = lane; l < LANE__MAX; l++)
			v->ways[l].attempt = o->reason;
		v->outcome = *o;
		tell(s, v);
	}
}

void calendars_give_up(struct calendars *s, const struct outcome *o)
{
	const struct outcome outcome = *o;

	for (struct errand_ask *k = s->e.asks; k; k = k->older) {
		const struct party *p = k->mine;

		for (size_t i = 0; k->call && i < p->count; i++)
			calendars_put(&s->lanes[p->lane].waiting, p->list[i]);
	}
	errand_quiet(&s->e);
	for (enum lane_kind l = 0; l < LANE__MAX; l++)
		tell_lost(s, l, &outcome);
	let_go(s, 1);
	end(s, &outcome);
}

/* --- the way through the lanes --- */

/* The lane after this one; LANE__MAX: none. */
static enum lane_kind next_lane(const struct calendars *s, const struct visit *v, enum lane_kind l)
{
	const struct evidence *w = &v->ways[l];

	if (s->q.every_way) {
		if (l < LANE_IMPERSONATED && !s->lanes[LANE_IMPERSONATED].closed)
			return LANE_IMPERSONATED;
		return l < LANE_BUSY ? LANE_BUSY : LANE__MAX;
	}
	if (l == LANE_OWN || l == LANE_BUSY)
		return LANE__MAX;
	if (w->attempt != REASON_OK && !open_ended(s, v))
		return LANE__MAX;
	return w->calendar == SEEN_YES && w->read != SEEN_NO ? LANE__MAX : LANE_BUSY;
}

void calendars_on(struct calendars *s, struct visit *v, enum lane_kind lane)
{
	enum lane_kind next = next_lane(s, v, lane);

	v->tries = v->alone = 0;
	if (lane == s->main && v->ways[lane].calendar == SEEN_YES)
		s->worked = 1;
	if (lane == s->main && open_ended(s, v))
		s->refused++;
	if (next == LANE__MAX)
		finish(s, v);
	else
		calendars_put(&s->lanes[next].waiting, v);
}

static enum lane_kind entrance(const struct calendars *s)
{
	return s->q.every_way ? LANE_EXPLICIT : s->main;
}

/* No mailbox has such an address: nobody is asked about it. */
static void refuse(struct calendars *s, struct visit *v)
{
	struct evidence *w = &v->ways[s->main], *busy = &v->ways[LANE_BUSY];

	if (s->main != LANE_BUSY) {
		w->calendar = SEEN_NO;
		w->calendar_why = REASON_ADDRESS_REFUSED;
	}
	busy->busy = SEEN_NO;
	busy->busy_why = REASON_ADDRESS_REFUSED;
	outcome_set(&v->outcome, REASON_ADDRESS_REFUSED, NEXT_NOTHING, NULL);
	tell(s, v);
}

/* Take people in until the entrance has enough for a question. */
static void take_in(struct calendars *s)
{
	struct lane *l = &s->lanes[entrance(s)];

	while (!s->dry && !s->e.over && s->alive < VISITS_MAX &&
		l->waiting.count < (size_t)l->size.now) {
		struct visit *v = visit_new(s);
		const char *address = "";

		if (!s->q.next(s->q.ptr, &v->n, &address)) {
			s->dry = 1;
			visit_drop(s, v);
		} else if (str_copy(v->address, sizeof(v->address), address) < 0 ||
			(s->main != LANE_OWN && !str_email(v->address))) {
			refuse(s, v);
		} else {
			calendars_put(&l->waiting, v);
		}
	}
}

/* Will nobody else come into this lane any more? */
static int last_ones(const struct calendars *s, enum lane_kind lane)
{
	if (!s->dry)
		return 0;
	for (enum lane_kind l = 0; l < lane; l++)
		if (s->lanes[l].waiting.count > 0 || s->lanes[l].flying > 0)
			return 0;
	return 1;
}

/* How many people of a lane to ask about now; 0: none, or more are worth waiting for. */
static size_t ready(const struct calendars *s, enum lane_kind lane, int patient)
{
	const struct lane *l = &s->lanes[lane];
	const struct visit *v = l->waiting.first;
	size_t most = (size_t)l->size.now, count = 0;

	if (patient && l->waiting.count < most && !last_ones(s, lane))
		return 0;
	if (v && v->alone)
		return 1;
	for (; v && count < most && !v->alone; v = v->next)
		count++;
	return count;
}

static int ask_ready(struct calendars *s, int patient)
{
	for (enum lane_kind l = LANE__MAX; l-- > 0;) {
		size_t count = ready(s, l, patient);

		if (count > 0) {
			calendars_ask(s, l, count);
			return 1;
		}
	}
	return 0;
}

/* One more question; 0 when there is none to ask now. */
static int ask_one(struct calendars *s)
{
	take_in(s);
	if (s->e.over)
		return 0;
	return ask_ready(s, 1) || (s->e.flying == 0 && ask_ready(s, 0));
}

static void step(void *ptr)
{
	static const struct outcome well;
	struct calendars *s = ptr;

	let_go(s, 0);
	while (!s->e.over && errand_room(&s->e) > 0 && ask_one(s))
		;
	if (s->e.over || s->e.flying > 0)
		return;
	let_go(s, 1);
	end(s, &well);
}

/* --- life --- */

static void freed(void *ptr)
{
	struct calendars *s = ptr;
	struct visit *v, *older;

	for (v = s->all; v; v = older) {
		older = v->older;
		free(v);
	}
	free(s);
}

struct calendars *calendars_start(struct client *c, const struct calendars_query *q)
{
	struct calendars *s = calloc(1, sizeof(*s));

	if (!s)
		die("calendars: out of memory");
	s->q = *q;
	s->main = first_lane[q->method];
	if (q->every_way && s->main == LANE_OWN)
		s->main = LANE_EXPLICIT;
	for (enum lane_kind l = 0; l < LANE__MAX; l++)
		s->lanes[l].size = (struct portion){ .now = lane_size[l], .most = lane_size[l] };
	s->e = (struct errand){
		.client = c, .step = step, .freed = freed, .ptr = s, .most = CALENDARS_FLYING
	};
	errand_begin(&s->e);
	return s;
}

void calendars_stop(struct calendars *s)
{
	if (s)
		errand_close(&s->e);
}
