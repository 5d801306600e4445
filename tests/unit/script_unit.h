/* A scripted client for tests of what stands above it: questions wait until the test lets them be
 * answered, in the order it chooses, by a function that computes answers from the test's world. It
 * takes the place of client.c when a test is linked.
 */
#ifndef LATCHKEY_SCRIPT_UNIT_H
#define LATCHKEY_SCRIPT_UNIT_H

#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "exchange/client.h"
#include "platform/loop.h"

enum order { ORDER_FIRST, ORDER_LAST, ORDER_ANY, ORDER__MAX };

enum { RESULT_MAX = 256 /* bytes of any result struct */ };

struct client_call {
	struct client_call *next;
	struct client *client;
	enum exchange_op op;
	const void *query;
	struct client_how how;
};

/* Fill the outcome, and the result of the operation, which is zero before. */
typedef void unit_answer_fn(void *world, const struct client_call *k, struct outcome *o, void *r);

struct client {
	struct loop *loop;
	const char *mailbox, *acts_as;
	unit_answer_fn *answer;
	void *world;
	enum order order;
	uint64_t seed;
	struct client_call *pending;
	int flying, most_flying;
	int asked, answered;
	int asked_of[EXCHANGE__MAX];
	int first_alone; /* a second question came only after the first was answered */
};

/* --- what client.h promises --- */

struct client_call *client_ask(
	struct client *c, enum exchange_op op, const void *query, const struct client_how *how)
{
	struct client_call *k = calloc(1, sizeof(*k)), **end = &c->pending;

	assert_non_null(k);
	*k = (struct client_call){ NULL, c, op, query, *how };
	while (*end)
		end = &(*end)->next;
	*end = k;
	if (c->asked > 0 && c->answered == 0)
		c->first_alone = 0;
	c->asked++;
	c->asked_of[op]++;
	if (++c->flying > c->most_flying)
		c->most_flying = c->flying;
	return k;
}

static inline void unit_unlink(struct client_call *k)
{
	struct client_call **at = &k->client->pending;

	while (*at && *at != k)
		at = &(*at)->next;
	assert_non_null(*at);
	*at = k->next;
	k->client->flying--;
}

void client_cancel(struct client_call *k)
{
	unit_unlink(k);
	free(k);
}

struct loop *client_loop(const struct client *c)
{
	return c->loop;
}

const char *client_mailbox(const struct client *c)
{
	return c->mailbox;
}

const char *client_acts_as(const struct client *c)
{
	return c->acts_as;
}

const char *client_spoke(const struct client *c)
{
	return c->answered ? "Exchange2010_SP2" : "";
}

const char *client_server(const struct client *c)
{
	return c->answered ? "15.1.2507.6" : "";
}

/* --- what a test does --- */

static inline void unit_open(struct client *c, unit_answer_fn *answer, void *world)
{
	*c = (struct client){ .loop = loop_new(),
		.mailbox = "svc@example.test",
		.answer = answer,
		.world = world,
		.first_alone = 1,
		.seed = 1 };
}

/* Nothing may be left under way. */
static inline void unit_close(struct client *c)
{
	assert_null(c->pending);
	loop_free(c->loop);
}

static inline uint64_t unit_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static inline struct client_call *unit_choose(struct client *c)
{
	struct client_call *k = c->pending;
	int n = 0;

	if (c->order == ORDER_LAST)
		n = c->flying - 1;
	if (c->order == ORDER_ANY)
		n = (int)(unit_random(&c->seed) % (uint64_t)c->flying);
	while (n-- > 0)
		k = k->next;
	return k;
}

/* Answer one question; 0 when there is none. */
static inline int unit_answer_one(struct client *c)
{
	struct client_call *k;
	struct outcome o = { 0 };
	void *result;

	if (!c->pending)
		return 0;
	k = unit_choose(c);
	unit_unlink(k);
	c->answered++;
	result = arena_alloc(k->how.a, RESULT_MAX);
	c->answer(c->world, k, &o, result);
	k->how.done(k->how.ptr, &o, o.reason == REASON_OK ? result : NULL);
	free(k);
	return 1;
}

/* Until *over, or nothing happens any more. At most `steps` answers; how many there were. */
static inline int unit_run(struct client *c, const int *over, int steps)
{
	int n = 0, idle = 0;

	while (!*over && n < steps && idle < 3) {
		if (c->answered == 0 || !c->pending)
			loop_turn(c->loop, 0);
		if (unit_answer_one(c)) {
			n++;
			idle = 0;
		} else {
			idle++;
		}
	}
	return n;
}

static inline void unit_fail(struct outcome *o, enum reason r, enum outcome_next next)
{
	o->reason = r;
	o->next = next;
	snprintf(o->code, sizeof(o->code), "Error%d", (int)r);
}

#endif
