/* A loop whose time is counted, not waited for: it takes the place of platform/loop.c when a test
 * is linked. One turn fires the next timer, however far away it is.
 */
#ifndef LATCHKEY_LOOP_UNIT_H
#define LATCHKEY_LOOP_UNIT_H

#include "tests/unit/unit.h"

#include <stdlib.h>
#include "platform/loop.h"

enum { LOOP_UNIT_TIMERS = 16 };

struct loop {
	int64_t now;
	uint64_t last;
	struct loop_unit_timer {
		uint64_t id; /* 0 = not in use */
		int64_t at;
		loop_fn *fn;
		void *ptr;
	} timers[LOOP_UNIT_TIMERS];
};

struct loop *loop_new(void)
{
	return calloc(1, sizeof(struct loop));
}

void loop_free(struct loop *l)
{
	for (int i = 0; i < LOOP_UNIT_TIMERS; i++)
		assert_int_equal(l->timers[i].id, 0);
	free(l);
}

uint64_t loop_after(struct loop *l, int64_t ms, loop_fn *fn, void *ptr)
{
	for (int i = 0; i < LOOP_UNIT_TIMERS; i++) {
		if (l->timers[i].id)
			continue;
		l->timers[i] = (struct loop_unit_timer){ ++l->last, l->now + ms, fn, ptr };
		return l->last;
	}
	fail_msg("more timers than the test has room for");
	return 0;
}

void loop_cancel(struct loop *l, uint64_t timer)
{
	for (int i = 0; timer && i < LOOP_UNIT_TIMERS; i++)
		if (l->timers[i].id == timer)
			l->timers[i].id = 0;
}

void loop_turn(struct loop *l, int ms)
{
	struct loop_unit_timer *next = NULL, due;

	(void)ms;
	for (int i = 0; i < LOOP_UNIT_TIMERS; i++)
		if (l->timers[i].id && (!next || l->timers[i].at < next->at))
			next = &l->timers[i];
	if (!next)
		return;
	due = *next;
	next->id = 0;
	if (due.at > l->now)
		l->now = due.at;
	due.fn(due.ptr);
}

#endif
