/* The queue of transport: order, turns, every limit, and what is taken out or put back. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include "exchange/transport.h"
#include "exchange/transport_queue.h"

enum { MANY = 10000, LANES = 12 };

struct waiting {
	struct transport_item item; /* first */
	int lane;
	int number;
};

struct world {
	struct transport_queue q;
	struct transport_lane lanes[LANES];
	struct waiting all[MANY];
	int used;
};

static int setup(void **state)
{
	*state = calloc(1, sizeof(struct world));
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < LANES; i++) {
		if (w->lanes[i].host)
			transport_lane_close(&w->q, &w->lanes[i]);
	}
	assert_null(w->q.hosts);
	free(w);
	return 0;
}

static void open_lane(struct world *w, int lane, const char *host, int port, int top)
{
	transport_lane_open(&w->q, &w->lanes[lane], host, port, top);
	w->lanes[lane].ptr = &w->lanes[lane];
}

static struct waiting *put(struct world *w, int lane)
{
	struct waiting *x = &w->all[w->used];

	assert_true(w->used < MANY);
	x->lane = lane;
	x->number = w->used++;
	transport_queue_put(&w->q, &w->lanes[lane], &x->item);
	return x;
}

/* Who starts next, as its lane; -1 nobody. */
static int next(struct world *w, struct waiting **x)
{
	struct transport_lane *l = NULL;
	struct transport_item *it = transport_queue_next(&w->q, &l);

	if (!it)
		return -1;
	if (x)
		*x = (struct waiting *)it;
	assert_ptr_equal(l, &w->lanes[((struct waiting *)it)->lane]);
	return ((struct waiting *)it)->lane;
}

static void test_order(void **state)
{
	struct world *w = *state;
	struct waiting *x = NULL;

	open_lane(w, 0, "a.test", 443, 8);
	assert_int_equal(next(w, NULL), -1);
	for (int i = 0; i < 5; i++)
		put(w, 0);
	assert_int_equal(w->lanes[0].waiting, 5);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(next(w, &x), 0);
		assert_int_equal(x->number, i);
	}
	assert_int_equal(next(w, NULL), -1);
	assert_int_equal(w->lanes[0].waiting, 0);
	assert_int_equal(w->lanes[0].flying, 5);
}

/* Thousands in one lane do not keep another's first waiting. */
static void test_turns(void **state)
{
	struct world *w = *state;
	static const int turns[] = { 0, 1, 2, 0, 1, 0, 0 };

	open_lane(w, 0, "a.test", 443, 8);
	open_lane(w, 1, "b.test", 443, 8);
	open_lane(w, 2, "c.test", 443, 8);
	for (int i = 0; i < 9000; i++)
		put(w, 0);
	put(w, 1);
	put(w, 1);
	put(w, 2);
	for (size_t i = 0; i < COUNT(turns); i++)
		assert_int_equal(next(w, NULL), turns[i]);
	put(w, 2); /* newly come: behind the one whose turn it is */
	assert_int_equal(next(w, NULL), 0);
	assert_int_equal(next(w, NULL), 2);
}

/* With one place free at a time, every lane gets as much as any other. */
static void test_fair(void **state)
{
	struct world *w = *state;
	int got[LANES] = { 0 }, lane;
	char host[24];

	for (int i = 0; i < LANES; i++) {
		snprintf(host, sizeof(host), "h%d.test", i);
		open_lane(w, i, host, 443, 8);
		for (int j = 0; j < 100 * (i + 1); j++)
			put(w, i);
	}
	for (int i = 0; i < LANES * 50; i++) {
		lane = next(w, NULL);
		assert_true(lane >= 0);
		got[lane]++;
		transport_queue_landed(&w->q, &w->lanes[lane]);
	}
	for (int i = 0; i < LANES; i++)
		assert_int_equal(got[i], 50);
}

static void test_limits(void **state)
{
	struct world *w = *state;
	int lane, count = 0;

	open_lane(w, 0, "mail.test", 443, 3);
	open_lane(w, 1, "MAIL.test", 443, 8); /* the same host */
	open_lane(w, 2, "mail.test", 444, 8); /* another port is another server */
	for (int i = 3; i < 9; i++)
		open_lane(w, i, i % 2 ? "x.test" : "y.test", 443 + i, 8);
	for (int i = 0; i < 9; i++) {
		for (int j = 0; j < 20; j++)
			put(w, i);
	}
	while ((lane = next(w, NULL)) >= 0)
		count++;
	assert_int_equal(count, TRANSPORT_FLYING);
	assert_int_equal(w->q.flying, TRANSPORT_FLYING);
	assert_true(w->lanes[0].flying <= 3);
	assert_true(w->lanes[0].flying + w->lanes[1].flying <= TRANSPORT_HOST);
	transport_queue_landed(&w->q, &w->lanes[4]);
	assert_true(next(w, NULL) >= 0);
	assert_int_equal(next(w, NULL), -1);
}

static void test_host(void **state)
{
	struct world *w = *state;
	int got[2] = { 0 }, lane;

	open_lane(w, 0, "mail.test", 443, 8);
	open_lane(w, 1, "Mail.Test", 443, 8);
	for (int i = 0; i < 40; i++)
		put(w, i % 2);
	while ((lane = next(w, NULL)) >= 0)
		got[lane]++;
	assert_int_equal(got[0], TRANSPORT_HOST / 2);
	assert_int_equal(got[1], TRANSPORT_HOST / 2);
	transport_queue_landed(&w->q, &w->lanes[0]);
	assert_int_equal(next(w, NULL), 0);
	assert_int_equal(next(w, NULL), -1);
}

/* The first lane is held back by its owner. */
static int may(const struct transport_lane *l)
{
	const struct transport_lane *self = l->ptr;

	return self->top != 7;
}

static void test_held(void **state)
{
	struct world *w = *state;

	w->q.may = may;
	open_lane(w, 0, "a.test", 443, 7);
	open_lane(w, 1, "b.test", 443, 8);
	put(w, 0);
	put(w, 1);
	assert_int_equal(next(w, NULL), 1);
	assert_int_equal(next(w, NULL), -1);
	w->lanes[0].top = 6;
	assert_int_equal(next(w, NULL), 0);
}

static void test_taken(void **state)
{
	struct world *w = *state;
	struct waiting *x[4], *got = NULL;

	open_lane(w, 0, "a.test", 443, 8);
	open_lane(w, 1, "b.test", 443, 8);
	for (int i = 0; i < 4; i++)
		x[i] = put(w, 0);
	put(w, 1);
	transport_queue_take(&w->q, &w->lanes[0], &x[0]->item);
	transport_queue_take(&w->q, &w->lanes[0], &x[2]->item);
	assert_int_equal(w->lanes[0].waiting, 2);
	assert_int_equal(next(w, &got), 0);
	assert_ptr_equal(got, x[1]);
	/* it comes back, and before the others */
	transport_queue_landed(&w->q, &w->lanes[0]);
	transport_queue_put_back(&w->q, &w->lanes[0], &x[1]->item);
	assert_int_equal(next(w, NULL), 1);
	assert_int_equal(next(w, &got), 0);
	assert_ptr_equal(got, x[1]);
	/* the last one leaves: nobody waits */
	transport_queue_take(&w->q, &w->lanes[0], &x[3]->item);
	assert_null(w->q.turn);
	assert_int_equal(next(w, NULL), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_order, setup, teardown),
		cmocka_unit_test_setup_teardown(test_turns, setup, teardown),
		cmocka_unit_test_setup_teardown(test_fair, setup, teardown),
		cmocka_unit_test_setup_teardown(test_limits, setup, teardown),
		cmocka_unit_test_setup_teardown(test_host, setup, teardown),
		cmocka_unit_test_setup_teardown(test_held, setup, teardown),
		cmocka_unit_test_setup_teardown(test_taken, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
