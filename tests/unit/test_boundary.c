/* Boundary: every level, every reach and every method has words that fit. */
#include "tests/unit/unit.h"

#include <string.h>
#include "exchange/boundary.h"
#include "exchange/reason.h"
#include "exchange/verdict.h"

/* What fits, by level and reach. */
static const enum fit want[LEVEL__MAX][REACH__MAX] = {
	[LEVEL_UNSAID] = { FIT_UNMEASURED, FIT_UNSAID, FIT_UNSAID, FIT_UNSAID, FIT_UNSAID },
	[LEVEL_FULL] = { FIT_UNMEASURED, FIT_LESS, FIT_LESS, FIT_LESS, FIT_AS },
	[LEVEL_CALENDAR] = { FIT_UNMEASURED, FIT_LESS, FIT_LESS, FIT_AS, FIT_MORE },
	[LEVEL_BUSY] = { FIT_UNMEASURED, FIT_LESS, FIT_AS, FIT_MORE, FIT_MORE },
};

static void test_fit(void **state)
{
	(void)state;
	for (enum level l = 0; l < LEVEL__MAX; l++)
		for (enum reach r = 0; r < REACH__MAX; r++)
			assert_int_equal(boundary_fit(l, r), want[l][r]);
}

/* Whose turn it is when it is more or less: by method (personal, dedicated, delegate,
 * impersonation, none), of each level and reach that are no match. */
static const struct turn {
	enum level level;
	enum reach reach;
	enum fixer fixer[METHOD__MAX + 1];
} turns[] = {
	{ LEVEL_FULL, REACH_NONE,
		{ FIXER_EXCHANGE, FIXER_EXCHANGE, FIXER_EXCHANGE, FIXER_EXCHANGE,
			FIXER_EXCHANGE } },
	{ LEVEL_FULL, REACH_BUSY,
		{ FIXER_MEMBER, FIXER_ADMIN, FIXER_EXCHANGE, FIXER_EXCHANGE, FIXER_EXCHANGE } },
	{ LEVEL_FULL, REACH_CALENDAR,
		{ FIXER_ADMIN, FIXER_ADMIN, FIXER_ADMIN, FIXER_ADMIN, FIXER_ADMIN } },
	{ LEVEL_CALENDAR, REACH_NONE,
		{ FIXER_EXCHANGE, FIXER_EXCHANGE, FIXER_EXCHANGE, FIXER_EXCHANGE,
			FIXER_EXCHANGE } },
	{ LEVEL_CALENDAR, REACH_BUSY,
		{ FIXER_MEMBER, FIXER_ADMIN, FIXER_EXCHANGE, FIXER_EXCHANGE, FIXER_EXCHANGE } },
	{ LEVEL_CALENDAR, REACH_FULL,
		{ FIXER_ADMIN, FIXER_EXCHANGE, FIXER_EXCHANGE, FIXER_ADMIN, FIXER_EXCHANGE } },
	{ LEVEL_BUSY, REACH_NONE,
		{ FIXER_EXCHANGE, FIXER_EXCHANGE, FIXER_EXCHANGE, FIXER_EXCHANGE,
			FIXER_EXCHANGE } },
	{ LEVEL_BUSY, REACH_CALENDAR,
		{ FIXER_ADMIN, FIXER_EXCHANGE, FIXER_EXCHANGE, FIXER_ADMIN, FIXER_EXCHANGE } },
	{ LEVEL_BUSY, REACH_FULL,
		{ FIXER_ADMIN, FIXER_EXCHANGE, FIXER_EXCHANGE, FIXER_ADMIN, FIXER_EXCHANGE } },
};

static const struct turn *turn_of(enum level l, enum reach r)
{
	for (size_t i = 0; i < COUNT(turns); i++)
		if (turns[i].level == l && turns[i].reach == r)
			return &turns[i];
	return NULL;
}

static void test_words(void **state)
{
	(void)state;
	for (enum level l = 0; l < LEVEL__MAX; l++) {
		for (enum reach r = 0; r < REACH__MAX; r++) {
			for (enum method m = 0; m <= METHOD__MAX; m++) {
				const struct boundary_words *w =
					boundary_words(l, r, verdict_method_code(m));
				const struct turn *t = turn_of(l, r);
				const enum fit fit = want[l][r];

				assert_true(strlen(w->means) > 0);
				assert_int_equal(t != NULL, fit == FIT_MORE || fit == FIT_LESS);
				assert_int_equal(*w->lost != '\0', fit == FIT_LESS);
				if (t) {
					assert_int_equal(w->fixer, t->fixer[m]);
					assert_true(strlen(w->mend) > 0);
				} else if (fit == FIT_AS) {
					assert_int_equal(w->fixer, FIXER_NOBODY);
				}
			}
		}
	}
}

/* What a method brings with it is not told as if somebody had granted it; and where nothing is
 * measured nothing is claimed. */
static void test_methods(void **state)
{
	(void)state;
	assert_non_null(strstr(boundary_words(LEVEL_CALENDAR, REACH_FULL, "impersonation")->means,
		"cannot be narrowed"));
	assert_non_null(
		strstr(boundary_words(LEVEL_CALENDAR, REACH_FULL, "delegate")->means, "inbox"));
	/* No sign-in of anybody's own opens a room. */
	assert_non_null(
		strstr(boundary_words(LEVEL_BUSY, REACH_BUSY, "personal")->means, "Of rooms"));
	assert_non_null(
		strstr(boundary_words(LEVEL_CALENDAR, REACH_BUSY, "personal")->means, "Of rooms"));
	assert_non_null(strstr(
		boundary_words(LEVEL_CALENDAR, REACH_FULL, "personal")->means, "own sign-in"));
	assert_non_null(
		strstr(boundary_words(LEVEL_BUSY, REACH_BUSY, "dedicated")->means, "not measured"));
	assert_null(
		strstr(boundary_words(LEVEL_BUSY, REACH_BUSY, "delegate")->means, "not measured"));
	assert_string_equal(boundary_pointless("delegate"), "");
	assert_string_equal(boundary_pointless("impersonation"), "");
	assert_true(strlen(boundary_pointless("personal")) > 0);
	assert_true(strlen(boundary_pointless("dedicated")) > 0);
	assert_true(strlen(boundary_pointless("")) > 0);
}

static void test_codes(void **state)
{
	(void)state;
	for (enum level l = 0; l < LEVEL__MAX; l++) {
		assert_int_equal(boundary_level_parse(boundary_level_code(l)), l);
		assert_true(strlen(boundary_level_title(l)) > 0);
	}
	for (enum reach r = 0; r < REACH__MAX; r++) {
		assert_int_equal(boundary_reach_parse(boundary_reach_code(r)), r);
		assert_true(strlen(boundary_reach_title(r)) > 0);
	}
	for (enum fit f = 0; f < FIT__MAX; f++) {
		assert_true(strlen(boundary_fit_code(f)) > 0);
		assert_true(strlen(boundary_fit_title(f)) > 0);
	}
	assert_int_equal(boundary_level_parse("all"), LEVEL__MAX);
	assert_int_equal(boundary_level_parse(NULL), LEVEL__MAX);
	assert_int_equal(boundary_reach_parse("calendars"), REACH__MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fit),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_methods),
		cmocka_unit_test(test_codes),
	};

	return cmocka_run_group_tests_name("boundary", tests, NULL, NULL);
}
