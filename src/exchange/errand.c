/* Errand: the questions of a procedure and its life.
 *
 * Rules: every way into a procedure (timer, answer) counts itself in `inside`; who closes an errand
 * from within only marks it, and the last one out frees. A canary goes first: until something was
 * answered, one question is under way at most.
 */
#include "errand.h"

#include <stdlib.h>
#include "platform/err.h"
#include "platform/loop.h"

enum { WELL = 8 /* full portions before the next is larger */ };

static void free_all(struct errand *e)
{
	struct errand_ask *k, *older;

	for (k = e->asks; k; k = older) {
		older = k->older;
		arena_done(&k->a);
		free(k);
	}
	e->asks = e->spares = NULL;
	e->freed(e->ptr);
}

static void leave(struct errand *e)
{
	e->inside--;
	if (e->over && e->inside == 0)
		free_all(e);
}

static void step(struct errand *e)
{
	if (!e->over)
		e->step(e->ptr);
}

static void on_begin(void *ptr)
{
	struct errand *e = ptr;

	e->timer = 0;
	e->inside++;
	step(e);
	leave(e);
}

void errand_begin(struct errand *e)
{
	e->timer = loop_after(client_loop(e->client), 0, on_begin, e);
}

int errand_room(const struct errand *e)
{
	int most = e->proven ? e->most : 1;

	return e->flying < most ? most - e->flying : 0;
}

struct errand_ask *errand_ask(struct errand *e)
{
	struct errand_ask *k = e->spares;

	if (k) {
		e->spares = k->spare;
		return k;
	}
	k = calloc(1, sizeof(*k));
	if (!k)
		die("errand: out of memory");
	arena_init(&k->a, ERRAND_ARENA_MAX);
	k->errand = e;
	k->older = e->asks;
	e->asks = k;
	return k;
}

void errand_drop(struct errand_ask *k)
{
	arena_reset(&k->a);
	k->impersonate = k->anchor = NULL;
	k->mine = NULL;
	k->keep = 0;
	k->spare = k->errand->spares;
	k->errand->spares = k;
}

static void on_answer(void *ptr, const struct outcome *o, const void *result)
{
	struct errand_ask *k = ptr;
	struct errand *e = k->errand;

	k->call = NULL;
	e->flying--;
	e->inside++;
	k->answered(e->ptr, k, o, result);
	if (!k->keep)
		errand_drop(k);
	step(e);
	leave(e);
}

void errand_send(struct errand_ask *k, enum exchange_op op, const void *query, errand_fn *answered)
{
	struct errand *e = k->errand;
	struct client_how how = { .a = &k->a,
		.impersonate = k->impersonate ? k->impersonate : client_acts_as(e->client),
		.anchor = k->anchor,
		.done = on_answer,
		.ptr = k };

	k->answered = answered;
	e->flying++;
	k->call = client_ask(e->client, op, query, &how);
}

int errand_hopeless(struct errand *e, const struct outcome *o)
{
	const struct reason_row *row = reason_row(o->reason);

	if (row->temper == TEMPER_STOPPED)
		return 1;
	if (o->reason == REASON_OK || o->next == NEXT_SMALLER || row->scope != SCOPE_CONNECTION) {
		e->proven = 1;
		e->failed = 0;
		return 0;
	}
	e->failed++;
	return e->failed >= (e->proven ? ERRAND_FAILURES : ERRAND_CANARIES);
}

int errand_blurred(const struct outcome *o, size_t mailboxes)
{
	const struct reason_row *row = reason_row(o->reason);

	if (o->reason == REASON_OK || mailboxes < 2 || row->temper == TEMPER_STOPPED)
		return 0;
	/* What one mailbox holds can make an answer unreadable. */
	return row->scope == SCOPE_MEMBER || o->reason == REASON_BAD_ANSWER;
}

void errand_quiet(struct errand *e)
{
	for (struct errand_ask *k = e->asks; k; k = k->older)
		if (k->call) {
			client_cancel(k->call);
			k->call = NULL;
			e->flying--;
		}
	loop_cancel(client_loop(e->client), e->timer);
	e->timer = 0;
}

void errand_close(struct errand *e)
{
	if (e->over)
		return;
	e->over = 1;
	errand_quiet(e);
	if (e->inside == 0)
		free_all(e);
}

void errand_portion_halve(struct portion *p, int tried)
{
	if (tried / 2 < p->now)
		p->now = tried / 2;
	if (p->now < 1)
		p->now = 1;
	p->well = 0;
}

void errand_portion_well(struct portion *p, int tried)
{
	if (p->now >= p->most || tried < p->now || ++p->well < WELL)
		return;
	p->now += 1 + p->now / 8;
	if (p->now > p->most)
		p->now = p->most;
	p->well = 0;
}
