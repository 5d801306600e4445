/* Tidying spans: examples, and random ones against a model that paints minutes. */
#include "tests/unit/unit.h"

#include <stdint.h>
#include <string.h>
#include "exchange/busy.h"

enum { MINUTE = 60, GRID = 400, SPANS = 40, ROUNDS = 3000 };

static uint64_t seed = 20261123;

static int random_up_to(int n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (int)(seed % (uint64_t)n);
}

static const struct example {
	const char *name;
	struct busy_span in[4];
	size_t n;
	struct busy_span out[4];
	size_t left;
} examples[] = {
	{ "nothing", { { 0 } }, 0, { { 0 } }, 0 },
	{ "free is left out", { { 10, 20, BUSY_FREE } }, 1, { { 0 } }, 0 },
	{ "sorted", { { 30, 40, BUSY_BUSY }, { 10, 20, BUSY_BUSY } }, 2,
		{ { 10, 20, BUSY_BUSY }, { 30, 40, BUSY_BUSY } }, 2 },
	{ "touching", { { 10, 20, BUSY_BUSY }, { 20, 30, BUSY_BUSY } }, 2,
		{ { 10, 30, BUSY_BUSY } }, 1 },
	{ "inside", { { 10, 40, BUSY_OUT }, { 15, 20, BUSY_OUT } }, 2, { { 10, 40, BUSY_OUT } },
		1 },
	{ "the same twice", { { 10, 40, BUSY_OUT }, { 10, 40, BUSY_OUT } }, 2,
		{ { 10, 40, BUSY_OUT } }, 1 },
	{ "other kinds stay", { { 10, 30, BUSY_BUSY }, { 20, 40, BUSY_TENTATIVE } }, 2,
		{ { 10, 30, BUSY_BUSY }, { 20, 40, BUSY_TENTATIVE } }, 2 },
	{ "joined across another kind",
		{ { 10, 30, BUSY_BUSY }, { 20, 25, BUSY_OUT }, { 30, 50, BUSY_BUSY } }, 3,
		{ { 10, 50, BUSY_BUSY }, { 20, 25, BUSY_OUT } }, 2 },
	{ "cut", { { -50, 5, BUSY_BUSY }, { 90, 500, BUSY_BUSY } }, 2,
		{ { 0, 5, BUSY_BUSY }, { 90, 100, BUSY_BUSY } }, 2 },
	{ "outside", { { -50, 0, BUSY_BUSY }, { 100, 500, BUSY_BUSY } }, 2, { { 0 } }, 0 },
	{ "backwards and empty", { { 20, 10, BUSY_BUSY }, { 30, 30, BUSY_BUSY } }, 2, { { 0 } },
		0 },
	{ "a kind nobody knows",
		{ { 10, 20, (enum busy_kind)77 }, { 20, 30, (enum busy_kind) - 1 } }, 2,
		{ { 10, 30, BUSY_UNKNOWN } }, 1 },
	{ "extremes", { { INT64_MIN, INT64_MAX, BUSY_BUSY } }, 1, { { 0, 100, BUSY_BUSY } }, 1 },
};

static void test_examples(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(examples); i++) {
		struct example x = examples[i];
		size_t left = busy_tidy(x.in, x.n, 0, 100);

		if (left != x.left)
			fail_msg("%s: %zu spans, not %zu", x.name, left, x.left);
		for (size_t j = 0; j < left; j++)
			if (x.in[j].start != x.out[j].start || x.in[j].end != x.out[j].end ||
				x.in[j].kind != x.out[j].kind)
				fail_msg("%s: span %zu", x.name, j);
	}
}

static void paint(char grid[BUSY__MAX][GRID], const struct busy_span *s, int from, int to)
{
	for (int m = from; m < to; m++)
		if (s->start <= (int64_t)m * MINUTE && (int64_t)(m + 1) * MINUTE <= s->end)
			grid[s->kind][m] = 1;
}

static int runs(char grid[BUSY__MAX][GRID])
{
	int n = 0;

	for (int k = BUSY_FREE + 1; k < BUSY__MAX; k++)
		for (int m = 0; m < GRID; m++)
			n += grid[k][m] && (m == 0 || !grid[k][m - 1]);
	return n;
}

static void one_round(void)
{
	static char want[BUSY__MAX][GRID], got[BUSY__MAX][GRID];
	int n = random_up_to(SPANS), from = random_up_to(GRID / 2),
	    to = from + random_up_to(GRID / 2);
	struct busy_span s[SPANS];
	size_t left;

	memset(want, 0, sizeof(want));
	memset(got, 0, sizeof(got));
	for (int i = 0; i < n; i++) {
		int start = random_up_to(GRID);

		s[i] = (struct busy_span){ (int64_t)start * MINUTE,
			(int64_t)(start + random_up_to(60)) * MINUTE,
			(enum busy_kind)random_up_to(BUSY__MAX) };
		if (s[i].kind != BUSY_FREE)
			paint(want, &s[i], from, to);
	}
	left = busy_tidy(s, (size_t)n, (int64_t)from * MINUTE, (int64_t)to * MINUTE);
	for (size_t i = 0; i < left; i++) {
		assert_true(s[i].start < s[i].end);
		assert_true(
			s[i].start >= (int64_t)from * MINUTE && s[i].end <= (int64_t)to * MINUTE);
		assert_true(i == 0 || s[i - 1].start <= s[i].start);
		paint(got, &s[i], 0, GRID);
	}
	assert_memory_equal(want, got, sizeof(want));
	assert_int_equal(left, runs(want)); /* as few as can be */
	assert_int_equal(left, busy_tidy(s, left, (int64_t)from * MINUTE, (int64_t)to * MINUTE));
}

static void test_model(void **state)
{
	(void)state;
	for (int i = 0; i < ROUNDS; i++)
		one_round();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
