/* Client call: the calls of a client, from the question to the end that is told.
 *
 * Rules: client_pump alone starts calls, in the order in which they came; one look tells whether
 * anything may start, so ten thousand waiting calls cost no more than one. An end is told from the
 * client's own timer, never from inside anything else. What is repeated goes before what waits.
 */
#include <stdlib.h>
#include <string.h>
#include "client_parts.h"
#include "platform/clock.h"

static void on_soon(void *ptr);
static void on_wake(void *ptr);

/* --- lists --- */

void client_list_push(struct client_list *l, struct client_call *call)
{
	call->in = l;
	call->next = NULL;
	call->prev = l->last;
	*(l->last ? &l->last->next : &l->first) = call;
	l->last = call;
}

void client_list_push_front(struct client_list *l, struct client_call *call)
{
	call->in = l;
	call->prev = NULL;
	call->next = l->first;
	*(l->first ? &l->first->prev : &l->last) = call;
	l->first = call;
}

void client_list_remove(struct client_call *call)
{
	struct client_list *l = call->in;

	if (!l)
		return;
	*(call->prev ? &call->prev->next : &l->first) = call->next;
	*(call->next ? &call->next->prev : &l->last) = call->prev;
	call->in = NULL;
}

/* --- ends --- */

void client_call_still(struct client_call *call)
{
	loop_cancel(client_loop(call->c), call->limit);
	loop_cancel(client_loop(call->c), call->rest);
	call->limit = call->rest = 0;
}

void client_soon(struct client *c)
{
	if (!c->soon)
		c->soon = loop_after(client_loop(c), 0, on_soon, c);
}

void client_end(struct client_call *call)
{
	struct client *c = call->c;

	client_call_still(call);
	call->out.attempts = call->sent;
	call->out.ms = clock_mono_ms() - call->began;
	client_list_remove(call);
	client_list_push(&c->ended, call);
	client_soon(c);
}

static void end_list(struct client_list *l, const struct outcome *o)
{
	struct client_call *call;

	while ((call = l->first)) {
		call->out = *o;
		client_end(call);
	}
}

void client_end_all(struct client *c, const struct outcome *o)
{
	end_list(&c->queue, o);
	end_list(&c->resting, o);
}

/* What is told in one turn is what had ended before it: an answer that makes somebody ask again,
 * and that again ends at once, cannot hold up the loop. The handler may free the client: then its
 * lists are empty, and the memory is given back here. */
static void tell(struct client *c)
{
	struct client_call *call;

	while ((call = c->ended.first)) {
		client_list_remove(call);
		client_list_push(&c->telling, call);
	}
	c->tells = 1;
	while ((call = c->telling.first)) {
		struct client_call said = *call;

		client_list_remove(call);
		free(call);
		said.how.done(said.how.ptr, &said.out, said.result);
	}
	c->tells = 0;
	if (c->over)
		free(c);
}

static void on_soon(void *ptr)
{
	struct client *c = ptr;

	c->soon = 0;
	client_pools_sweep(c, 0);
	tell(c);
}

/* --- repeats --- */

void client_again(struct client_call *call)
{
	client_list_remove(call);
	client_list_push_front(&call->c->queue, call);
}

static void on_rested(void *ptr)
{
	struct client_call *call = ptr;

	call->rest = 0;
	client_again(call);
	client_pump(call->c);
}

/* What cannot be repeated in time ends now: waiting would gain nothing. */
void client_rest(struct client_call *call, int64_t ms)
{
	if (clock_mono_ms() + ms >= call->deadline) {
		client_end(call);
		return;
	}
	client_list_remove(call);
	client_list_push(&call->c->resting, call);
	call->rest = loop_after(client_loop(call->c), ms, on_rested, call);
}

int64_t client_pause(int n)
{
	int64_t ms = INT64_C(1000) << (n > 1 ? (n < 6 ? n : 6) - 1 : 0);

	return ms - ms / 8 + clock_mono_us() % (ms / 4);
}

/* --- deadlines --- */

/* Why has it waited in vain? What its own last try met goes before what keeps all back. */
static void overdue(struct client_call *call)
{
	struct client *c = call->c;
	int64_t now = clock_mono_ms(), wait = pace_wait(&c->pace, now);

	if (call->out.reason != REASON_OK)
		return;
	if (now < c->hold_until || c->obstacles > 0) {
		call->out = c->obstacle;
	} else if (wait > 0) {
		outcome_set(&call->out, REASON_SLOWED, NEXT_SLOWER, NULL);
		call->out.wait_ms = wait;
	} else {
		outcome_set(&call->out, REASON_TIMED_OUT, NEXT_RETRY, NULL);
	}
}

static void on_deadline(void *ptr)
{
	struct client_call *call = ptr;
	struct client *c = call->c;

	call->limit = 0;
	if (call->flight && client_land(call->flight)) {
		call->sent++;
		outcome_set(&call->out,
			dialect_op_twice(call->op) ? REASON_TIMED_OUT : REASON_OUTCOME_UNKNOWN,
			NEXT_NOTHING, NULL);
	} else {
		overdue(call);
	}
	client_end(call);
	client_pump(c);
}

/* --- what keeps all back --- */

void client_wake(struct client *c, int64_t at)
{
	int64_t now = clock_mono_ms();

	if (c->wake && c->wake_at <= at)
		return;
	loop_cancel(client_loop(c), c->wake);
	c->wake_at = at;
	c->wake = loop_after(client_loop(c), at > now ? at - now : 0, on_wake, c);
}

static void on_wake(void *ptr)
{
	struct client *c = ptr;

	c->wake = 0;
	client_pump(c);
}

void client_obstruct(struct client *c, const struct outcome *o)
{
	int64_t now = clock_mono_ms();

	c->obstacle = *o;
	if (o->next == NEXT_SLOWER) {
		c->hold_until = now + (o->wait_ms > 0 ? o->wait_ms : PACE_PAUSE_MIN_MS);
	} else if (o->next == NEXT_RETRY && ++c->obstacles < CLIENT_TRIES) {
		c->hold_until = now + client_pause(c->obstacles);
	} else {
		c->obstacles = 0;
		if (reason_row(o->reason)->temper != TEMPER_PASSING)
			c->grudge_until = now + CLIENT_GRUDGE_MS;
		client_end_all(c, o);
		return;
	}
	client_wake(c, c->hold_until);
}

/* Is everything there that a call needs? What is missing is fetched. */
static int ready(struct client *c)
{
	if (c->cf.proxy && !client_route_ready(&c->proxy_route))
		return 0;
	if (!client_route_ready(&c->server) || !client_sign_ready(c) || !client_pool_ready(c))
		return 0;
	if (c->scheme == CHALLENGE_BEARER && !client_token_ready(c))
		return 0;
	c->obstacles = 0;
	return 1;
}

static int may_start(struct client *c)
{
	int64_t now = clock_mono_ms(), wait;

	if (now < c->grudge_until) {
		client_end_all(c, &c->obstacle);
		return 0;
	}
	if (now < c->hold_until) {
		client_wake(c, c->hold_until);
		return 0;
	}
	/* Until something is proved, one goes ahead alone. */
	if (c->canary || (!c->proven && c->flying > 0) || !c->spare)
		return 0;
	wait = pace_wait(&c->pace, now);
	if (wait > 0)
		client_wake(c, now + wait);
	return wait == 0 && ready(c);
}

void client_pump(struct client *c)
{
	if (c->stopped)
		client_end_all(c, &c->stop);
	while (c->queue.first && may_start(c))
		client_fly(c->queue.first);
}

/* --- calls --- */

struct client_call *client_ask(
	struct client *c, enum exchange_op op, const void *query, const struct client_how *how)
{
	struct client_call *call = calloc(1, sizeof(*call));
	int64_t ms = how->deadline_ms > 0 ? how->deadline_ms : CLIENT_DEADLINE_MS;

	if (!call)
		die("client: out of memory");
	call->c = c;
	call->op = op;
	call->query = query;
	call->how = *how;
	call->ceiling = c->ceiling;
	call->began = clock_mono_ms();
	call->deadline = call->began + ms;
	call->limit = loop_after(client_loop(c), ms, on_deadline, call);
	client_list_push(&c->queue, call);
	client_pump(c);
	return call;
}

void client_cancel(struct client_call *call)
{
	struct client *c = call->c;

	if (call->flight)
		client_land(call->flight);
	client_call_still(call);
	client_list_remove(call);
	free(call);
	client_pump(c);
}
