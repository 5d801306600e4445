/* Busy time as a drawing: days, hours, blocks that overlap or go over midnight, and the words. */
#include "tests/unit/unit.h"

#include <string.h>
#include "cgi/page_week.h"

/* Monday, 16 November 2026 */
#define MONDAY INT64_C(1794787200)
#define AT(day, hour, minute) (MONDAY + (day)*INT64_C(86400) + (hour)*3600 + (minute)*60)

static struct arena arena;

static struct week_shape shape(const struct week_span *spans, int n)
{
	struct week_shape w;

	week_shape(&arena, spans, n, MONDAY, &w);
	return w;
}

static void is_block(const struct week_block *b, int day, int from, int to, int lane, int lanes)
{
	if (b->day != day || b->from != from || b->to != to || b->lane != lane || b->lanes != lanes)
		fail_msg("day %d %d to %d, %d of %d", b->day, b->from, b->to, b->lane, b->lanes);
}

static void test_nothing(void **state)
{
	const struct week_shape w = shape(NULL, 0);

	(void)state;
	assert_int_equal(w.count, 0);
	assert_int_equal(w.days, 5);
	assert_int_equal(w.first, 8);
	assert_int_equal(w.last, 18);
	assert_string_equal(
		week_words(&arena, &w), "Busy time, 16 to 20 November, 8 to 18 o’clock. None.");
}

static void test_words(void **state)
{
	const struct week_span spans[] = {
		{ AT(0, 9, 0), AT(0, 10, 30), BUSY_BUSY },
		{ AT(0, 13, 0), AT(0, 14, 0), BUSY_BUSY },
		{ AT(1, 8, 30), AT(1, 9, 30), BUSY_BUSY },
		{ AT(1, 11, 0), AT(1, 12, 0), BUSY_ELSEWHERE },
		{ AT(1, 15, 0), AT(1, 16, 5), BUSY_TENTATIVE },
		{ AT(2, 9, 0), AT(2, 10, 0), BUSY_FREE },
		{ AT(4, 0, 0), AT(5, 0, 0), BUSY_OUT },
	};
	const struct week_shape w = shape(spans, COUNT(spans));

	(void)state;
	assert_int_equal(w.days, 5);
	assert_int_equal(w.first, 8);
	assert_int_equal(w.last, 18);
	assert_string_equal(week_words(&arena, &w),
		"Busy time, 16 to 20 November, 8 to 18 o’clock. Monday 9 to 10:30 and 13 to 14. "
		"Tuesday 8:30 to 9:30, working elsewhere 11 to 12 and tentative 15 to 16:05. "
		"Friday away all day.");
}

static void test_hours(void **state)
{
	const struct week_span early = { AT(0, 7, 15), AT(0, 8, 0), BUSY_BUSY };
	const struct week_span late = { AT(3, 18, 0), AT(3, 20, 1), BUSY_BUSY };
	const struct week_span night = { AT(1, 23, 0), AT(2, 1, 0), BUSY_BUSY };
	struct week_shape w = shape(&early, 1);

	(void)state;
	assert_int_equal(w.first, 6);
	assert_int_equal(w.last, 18);
	w = shape(&late, 1);
	assert_int_equal(w.first, 8);
	assert_int_equal(w.last, 22);
	w = shape(&night, 1);
	assert_int_equal(w.first, 0);
	assert_int_equal(w.last, 24);
	assert_int_equal(w.count, 2);
	is_block(&w.blocks[0], 1, 1380, 1440, 0, 1);
	is_block(&w.blocks[1], 2, 0, 60, 0, 1);
}

/* What lasts for days is cut to the week, and stretches nothing. */
static void test_days(void **state)
{
	const struct week_span away = { AT(-3, 12, 0), AT(1, 9, 0), BUSY_OUT };
	const struct week_span weekend = { AT(5, 10, 0), AT(5, 11, 0), BUSY_BUSY };
	const struct week_span beyond = { AT(6, 12, 0), AT(9, 12, 0), BUSY_OUT };
	struct week_shape w = shape(&away, 1);

	(void)state;
	assert_int_equal(w.first, 8);
	assert_int_equal(w.last, 18);
	assert_int_equal(w.count, 2);
	is_block(&w.blocks[0], 0, 0, 1440, 0, 1);
	is_block(&w.blocks[1], 1, 0, 540, 0, 1);
	w = shape(&weekend, 1);
	assert_int_equal(w.days, 7);
	assert_string_equal(week_dates(&arena, &w), "16 to 22 November");
	w = shape(&beyond, 1);
	assert_int_equal(w.count, 1);
	is_block(&w.blocks[0], 6, 720, 1440, 0, 1);
	week_shape(&arena, NULL, 0, MONDAY + 14 * INT64_C(86400), &w);
	assert_string_equal(week_dates(&arena, &w), "30 November to 4 December");
}

/* Side by side, as many as overlap; those before and after have the whole width. */
static void test_overlap(void **state)
{
	const struct week_span spans[] = {
		{ AT(0, 8, 0), AT(0, 9, 0), BUSY_BUSY },
		{ AT(0, 9, 0), AT(0, 12, 0), BUSY_BUSY },
		{ AT(0, 10, 0), AT(0, 11, 0), BUSY_TENTATIVE },
		{ AT(0, 11, 0), AT(0, 13, 0), BUSY_OUT },
		{ AT(0, 13, 0), AT(0, 14, 0), BUSY_BUSY },
		{ AT(1, 13, 0), AT(1, 14, 0), BUSY_BUSY },
	};
	const struct week_shape w = shape(spans, COUNT(spans));

	(void)state;
	assert_int_equal(w.count, 6);
	is_block(&w.blocks[0], 0, 480, 540, 0, 1);
	is_block(&w.blocks[1], 0, 540, 720, 0, 2);
	is_block(&w.blocks[2], 0, 600, 660, 1, 2);
	is_block(&w.blocks[3], 0, 660, 780, 1, 2);
	is_block(&w.blocks[4], 0, 780, 840, 0, 1);
	is_block(&w.blocks[5], 1, 780, 840, 0, 1);
}

static void test_crowd(void **state)
{
	struct week_span spans[9];
	struct week_shape w;

	(void)state;
	for (size_t i = 0; i < COUNT(spans); i++)
		spans[i] = (struct week_span){ AT(0, 9, (int)i), AT(0, 12, 0), BUSY_BUSY };
	w = shape(spans, COUNT(spans));
	assert_int_equal(w.count, 9);
	for (int i = 0; i < w.count; i++) {
		assert_int_equal(w.blocks[i].lanes, WEEK_LANES);
		assert_true(w.blocks[i].lane < WEEK_LANES);
	}
}

/* As text in the store: nothing else comes through. */
static void test_text(void **state)
{
	static const char *const bad[] = { "", "1", "1 2", "1 2 9\n", "1 2 -1\n", "1 2 2",
		"a b c\n", "1  2\n", "Lunch 1 2\n", "1 2 2 Lunch\n" };
	const struct week_span one = { 1, 2, BUSY_OUT };
	struct week_span *out;
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	week_span_add(&b, &one);
	week_span_add(&b, &one);
	assert_string_equal(buf_str(&b), "1 2 3\n1 2 3\n");
	assert_int_equal(week_spans(&arena, buf_str(&b), &out), 2);
	assert_int_equal(out[1].start, 1);
	assert_int_equal(out[1].end, 2);
	assert_int_equal(out[1].kind, BUSY_OUT);
	buf_done(&b);
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(week_spans(&arena, bad[i], &out), 0);
}

static int setup(void **state)
{
	(void)state;
	arena_init(&arena, 1 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_hours),
		cmocka_unit_test(test_days),
		cmocka_unit_test(test_overlap),
		cmocka_unit_test(test_crowd),
		cmocka_unit_test(test_text),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
