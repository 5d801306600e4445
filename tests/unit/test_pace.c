/* Pace: how much may be asked at a time. */
#include "tests/unit/unit.h"

#include "exchange/pace.h"

enum { NOW = 1000000 };

static void starts_within_its_limits(void **state)
{
	static const struct {
		int start, top, limit;
	} cases[] = { { 4, 8, 4 }, { 0, 8, 1 }, { -3, 8, 1 }, { 9, 8, 8 }, { 4, 0, 1 },
		{ 1, 1, 1 } };
	struct pace p;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		pace_init(&p, cases[i].start, cases[i].top);
		for (int n = 0; n < cases[i].limit; n++) {
			assert_int_equal(pace_wait(&p, NOW), 0);
			pace_begin(&p);
		}
		assert_int_equal(pace_wait(&p, NOW), -1);
		pace_end(&p, PACE_OTHER, 0, NOW, 0);
		assert_int_equal(pace_wait(&p, NOW), 0);
	}
}

static void well(struct pace *p, int n, int64_t now)
{
	while (n-- > 0) {
		pace_begin(p);
		pace_end(p, PACE_WELL, 0, now, 0);
	}
}

/* One more after as many good ends as the limit. */
static void grows_slowly_to_its_top(void **state)
{
	struct pace p;

	(void)state;
	pace_init(&p, 2, 4);
	well(&p, 1, NOW);
	assert_int_equal(p.limit, 2);
	well(&p, 1, NOW);
	assert_int_equal(p.limit, 3);
	well(&p, 2, NOW);
	assert_int_equal(p.limit, 3);
	well(&p, 1, NOW);
	assert_int_equal(p.limit, 4);
	well(&p, 100, NOW);
	assert_int_equal(p.limit, 4);
	pace_begin(&p);
	pace_end(&p, PACE_OTHER, 0, NOW, 0);
	assert_int_equal(p.limit, 4);
	assert_int_equal(p.flying, 0);
}

static void slow(struct pace *p, int64_t told, int64_t now, unsigned noise)
{
	pace_begin(p);
	pace_end(p, PACE_SLOWED, told, now, noise);
}

static void halves_and_pauses(void **state)
{
	struct pace p;
	int64_t now = NOW;

	(void)state;
	pace_init(&p, 8, 8);
	for (int limit = 4; limit > 0; limit /= 2) {
		slow(&p, 1000, now, 0);
		assert_int_equal(p.limit, limit);
		assert_int_equal(pace_wait(&p, now), 1000);
		assert_int_equal(pace_wait(&p, now + 999), 1);
		assert_int_equal(pace_wait(&p, now + 1000), 0);
		now += 1000;
	}
	slow(&p, 1000, now, 0);
	assert_int_equal(p.limit, 1);
}

/* All that were under way when one was slowed are slowed too: that is one event. */
static void one_event_counts_once(void **state)
{
	struct pace p;

	(void)state;
	pace_init(&p, 8, 8);
	for (int i = 0; i < 8; i++)
		pace_begin(&p);
	for (int i = 0; i < 8; i++)
		pace_end(&p, PACE_SLOWED, i == 5 ? 20000 : 0, NOW + i, 0);
	assert_int_equal(p.limit, 4);
	assert_int_equal(p.slowed, 1);
	assert_int_equal(pace_wait(&p, NOW + 5), 20000);
	/* nor do good ends of that time lift anything */
	well(&p, 50, NOW + 100);
	assert_int_equal(p.limit, 4);
	assert_int_equal(p.slowed, 1);
}

static void pauses_double_up_to_a_limit(void **state)
{
	static const int64_t pauses[] = { 10000, 20000, 40000, 80000, 160000, 300000, 300000 };
	struct pace p;
	int64_t now = NOW;

	(void)state;
	pace_init(&p, 8, 8);
	for (size_t i = 0; i < COUNT(pauses); i++) {
		slow(&p, 0, now, 0);
		assert_int_equal(pace_wait(&p, now), pauses[i]);
		now += pauses[i];
	}
	for (int i = 0; i < 100; i++) { /* however long it goes on */
		slow(&p, 0, now, 0);
		now += pace_wait(&p, now);
	}
	well(&p, 1, now);
	slow(&p, 0, now, 0);
	assert_int_equal(pace_wait(&p, now), PACE_PAUSE_MIN_MS);
}

static void what_is_told_is_obeyed_within_bounds(void **state)
{
	static const struct {
		int64_t told;
		unsigned noise;
		int64_t least, most;
	} cases[] = {
		{ 1, 0, 1, 1 },
		{ 60000, 0, 60000, 60000 },
		{ 60000, 1023, 60000, 75000 },
		{ 60000, 0xffffffff, 60000, 75000 },
		{ INT64_MAX, 0, PACE_TOLD_MAX_MS, PACE_TOLD_MAX_MS },
		{ INT64_MAX, 1023, PACE_TOLD_MAX_MS, PACE_TOLD_MAX_MS / 4 * 5 },
		{ -5, 0, PACE_PAUSE_MIN_MS, PACE_PAUSE_MIN_MS },
		{ 0, 512, PACE_PAUSE_MIN_MS + 1, PACE_PAUSE_MIN_MS / 4 * 5 },
	};
	struct pace p;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		pace_init(&p, 8, 8);
		slow(&p, cases[i].told, NOW, cases[i].noise);
		assert_in_range(pace_wait(&p, NOW), cases[i].least, cases[i].most);
	}
}

static void an_end_too_many_does_no_harm(void **state)
{
	struct pace p;

	(void)state;
	pace_init(&p, 1, 1);
	pace_end(&p, PACE_OTHER, 0, NOW, 0);
	assert_int_equal(p.flying, 0);
	pace_begin(&p);
	assert_int_equal(pace_wait(&p, NOW), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts_within_its_limits),
		cmocka_unit_test(grows_slowly_to_its_top),
		cmocka_unit_test(halves_and_pauses),
		cmocka_unit_test(one_event_counts_once),
		cmocka_unit_test(pauses_double_up_to_a_limit),
		cmocka_unit_test(what_is_told_is_obeyed_within_bounds),
		cmocka_unit_test(an_end_too_many_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
