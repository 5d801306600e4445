/* Days into a strip, minutes into a typical one. */
#include "tests/unit/unit.h"

#include "service/svc_health.h"

enum { TODAY = 20700, DAY = 86400, NOON = TODAY * 1440 + 720 };

static void test_no_day(void **state)
{
	struct svc_days out;

	(void)state;
	svc_health_strip(NULL, 0, TODAY, &out);
	assert_int_equal(out.first, TODAY - 89);
	assert_int_equal(out.up, -1);
	assert_int_equal(out.count[MARK_NONE], 90);
}

static void test_marks(void **state)
{
	static const struct health_day days[] = {
		{ .day = TODAY - 90, .down = DAY }, /* too long ago */
		{ .day = TODAY - 89, .well = DAY },
		{ .day = TODAY - 3, .well = DAY - 60, .slowed = 60 },
		{ .day = TODAY - 2, .well = DAY - 120, .slowed = 60, .down = 60 },
		{ .day = TODAY - 1, .paused = DAY }, { .day = TODAY, .well = 5, .paused = 10 },
		{ .day = TODAY + 1, .down = DAY }, /* not yet */
	};
	struct svc_days out;

	(void)state;
	svc_health_strip(days, COUNT(days), TODAY, &out);
	assert_int_equal(out.marks[0], MARK_WELL);
	assert_int_equal(out.marks[1], MARK_NONE);
	assert_int_equal(out.marks[86], MARK_SLOWED);
	assert_int_equal(out.marks[87], MARK_DOWN);
	assert_int_equal(out.marks[88], MARK_PAUSED);
	assert_int_equal(out.marks[89], MARK_WELL);
	assert_int_equal(out.count[MARK_NONE], 85);
	assert_int_equal(out.count[MARK_WELL], 2);
	assert_int_equal(out.down, 60);
	assert_int_equal(out.up, 9997); /* 60 of 259,205 s */
}

static void test_products(void **state)
{
	static const struct {
		const char *version, *name;
	} rows[] = {
		{ "15.20.9520.5", "Exchange Online" },
		{ "15.2.2562.17", "Exchange Server SE" },
		{ "15.2.1544.11", "Exchange Server 2019" },
		{ "15.1.2507.6", "Exchange Server 2016" },
		{ "15.0.1497.2", "Exchange Server 2013" },
		{ "14.3.123.4", "Exchange Server 2010" },
		{ "8.3.83.6", "Exchange Server 2007" },
		{ "6.5", "6.5" },
		{ "a proxy", "a proxy" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_string_equal(svc_health_product(rows[i].version), rows[i].name);
}

/* What was down for a moment is never rounded up to all of the time. */
static void test_uptime(void **state)
{
	static const struct {
		struct health_day day;
		int up;
	} rows[] = {
		{ { .day = TODAY, .well = 1 }, 10000 },
		{ { .day = TODAY, .slowed = 1 }, 10000 },
		{ { .day = TODAY, .down = 1 }, 0 },
		{ { .day = TODAY, .well = 1, .down = 1 }, 5000 },
		{ { .day = TODAY, .well = 90 * DAY, .down = 1 }, 9999 },
		{ { .day = TODAY, .paused = 1 }, -1 },
	};
	struct svc_days out;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		svc_health_strip(&rows[i].day, 1, TODAY, &out);
		assert_int_equal(out.up, rows[i].up);
	}
}

static void test_no_call(void **state)
{
	struct svc_calls out;

	(void)state;
	svc_health_calls(NULL, 0, NOON, &out);
	assert_int_equal(out.calls + out.failed + out.today + out.typical + out.slow, 0);
	assert_int_equal(out.highest, -1);
	assert_int_equal(out.points[0], -1);
}

static void test_calls(void **state)
{
	static const struct health_calls minutes[] = {
		{ .minute = NOON - 1440, .calls = 9, .ms = 9 }, /* too long ago */
		{ .minute = NOON - 1439, .calls = 2, .ms = 20 },
		{ .minute = NOON - 1438, .calls = 3, .failed = 1, .ms = 80 },
		{ .minute = NOON - 721, .calls = 1, .failed = 1 }, /* yesterday's last */
		{ .minute = NOON - 720, .calls = 4, .ms = 100 },   /* today's first */
		{ .minute = NOON, .calls = 1, .ms = 500 },
		{ .minute = NOON + 1, .calls = 9, .ms = 9 }, /* not yet */
	};
	struct svc_calls out;

	(void)state;
	svc_health_calls(minutes, COUNT(minutes), NOON, &out);
	assert_int_equal(out.calls, 11);
	assert_int_equal(out.failed, 2);
	assert_int_equal(out.today, 5);
	assert_int_equal(out.typical, 25); /* of 10, 25, 40, 500 */
	assert_int_equal(out.slow, 500);
	assert_int_equal(out.points[0], 25); /* 100 ms in 4 calls */
	assert_int_equal(out.points[1], -1);
	assert_int_equal(out.points[47], 500);
	assert_int_equal(out.highest, 500);
}

/* Nineteen of twenty, and the middle of many. */
static void test_percentiles(void **state)
{
	struct health_calls minutes[HEALTH_MINUTES];
	struct svc_calls out;

	(void)state;
	for (int i = 0; i < HEALTH_MINUTES; i++)
		minutes[i] = (struct health_calls){
			.minute = NOON - HEALTH_MINUTES + 1 + i, .calls = 1, .ms = i + 1
		};
	svc_health_calls(minutes, HEALTH_MINUTES, NOON, &out);
	assert_int_equal(out.typical, 720);
	assert_int_equal(out.slow, 1368);
	svc_health_calls(minutes, 20, NOON, &out);
	assert_int_equal(out.slow, 19);
	svc_health_calls(minutes, 1, NOON, &out);
	assert_int_equal(out.typical, 1);
	assert_int_equal(out.slow, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_day),
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_products),
		cmocka_unit_test(test_uptime),
		cmocka_unit_test(test_no_call),
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_percentiles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
