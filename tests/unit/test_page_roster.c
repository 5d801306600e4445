/* Which members an address is about: from its query and back. */
#include "web_unit.h"

#include "cgi/page_roster.h"
#include "platform/clock.h"

enum { NOW = 1800000000, MEMORY = 1 << 20 };

static const struct field fields[] = {
	PAGE_ROSTER_FIELDS,
	{ 0 },
};

static struct arena a;

static struct page_roster read_query(const char *query)
{
	char *text = arena_strdup(&a, query);
	struct page_roster r;
	struct pairs pairs;
	struct form f;
	struct err e;

	form_init(&f, fields, &a);
	assert_ok(pairs_parse(&a, text, strlen(text), &pairs, &e));
	assert_ok(form_read_query(&f, &pairs, &e));
	page_roster_read(&f, 7, &r);
	return r;
}

/* What was understood comes back, and nothing else. */
static void there_and_back(void **state)
{
	static const char *const rows[][2] = {
		{ "", "/members" },
		{ "q=&status=&reason=&fixer=&seen=&role=&sort=&after=", "/members" },
		{ "status=action_needed", "/members?status=action_needed" },
		{ "status=action&fixer=nobody&seen=1&role=owner&sort=up", "/members" },
		{ "reason=not_delegated&role=member", "/members?reason=not_delegated&role=member" },
		{ "reason=ok", "/members" },
		{ "reason=not_checked", "/members" },
		{ "reason=%27%3B--", "/members" },
		{ "q=+Zo%C3%AB+&sort=-checked", "/members?q=Zo%C3%AB&sort=-checked" },
		{ "seen=old&fixer=ops", "/members?fixer=ops&seen=old" },
		{ "reach=full&role=member", "/members?role=member&reach=full" },
		{ "reach=all", "/members" },
		{ "after=12.0.avery+stone", "/members?after=12.0.avery%20stone" },
		{ "after=12.5.a.b.c", "/members?after=12.5.a.b.c" },
		{ "after=12", "/members" },
		{ "after=-3.0.x", "/members" },
		{ "after=x.0.x", "/members" },
	};
	struct page_roster r;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		r = read_query(rows[i][0]);
		assert_string_equal(page_roster_url(&a, "/members", &r), rows[i][1]);
		assert_int_equal(r.f.account, 7);
	}
}

static void reads_filters(void **state)
{
	struct page_roster r = read_query(
		"q=av&status=limited&reason=busy_time_only&fixer=member&seen=old&role=admin");

	(void)state;
	assert_string_equal(r.f.search, "av");
	assert_int_equal(r.f.status, STATUS_LIMITED);
	assert_string_equal(r.f.reason, "busy_time_only");
	assert_int_equal(r.f.fixer, FIXER_MEMBER);
	assert_int_equal(r.f.role, 1);
	assert_int_equal(r.f.stale_before, NOW - 24 * 60 * 60);
	assert_true(page_roster_filtered(&r));
	assert_int_equal(r.at.sort, ROSTER_CHECKED); /* the usual order of those */
	r = read_query("seen=old&sort=-name");
	assert_int_equal(r.at.sort, ROSTER_NAME);
	assert_true(r.at.down);
	r = read_query("sort=status&after=9.3.a");
	assert_int_equal(r.at.sort, ROSTER_STATUS);
	assert_false(r.at.down);
	assert_int_equal(r.at.id, 9);
	assert_int_equal(r.at.num, 3);
	assert_string_equal(r.at.key, "a");
	assert_false(page_roster_filtered(&r));
}

/* A word that is not known is told, and an order that is none is not worth it. */
static void tells_odd_filters(void **state)
{
	static const struct {
		const char *query;
		int odd;
	} rows[] = {
		{ "", 0 },
		{ "q=x&status=limited&reason=not_delegated&fixer=ops&seen=old&role=admin", 0 },
		{ "sort=up&after=x", 0 },
		{ "status=action", 1 },
		{ "reason=nosuch", 1 },
		{ "reason=ok", 1 },
		{ "fixer=nobody", 1 },
		{ "seen=1", 1 },
		{ "role=owner", 1 },
		{ "reach=unknown", 0 },
		{ "reach=everyone", 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct page_roster r = read_query(rows[i].query);

		if (r.odd != rows[i].odd)
			fail_msg("%s: %d", rows[i].query, r.odd);
	}
}

/* The longest address is whole. */
static void keeps_all_of_it(void **state)
{
	static const char wide[] = "\U0001f511";
	struct page_roster r;
	struct buf b;
	const char *url;

	(void)state;
	buf_init(&b, 4096);
	for (int i = 0; i < 100; i++)
		buf_puts(&b, wide);
	r = read_query(arena_printf(
		&a, "q=%s&status=action_needed&reason=not_delegated&sort=-status", buf_str(&b)));
	r = page_roster_next(&r,
		&(const struct roster_row){
			.s = { .member = INT64_MAX }, .key = arena_strndup(&a, buf_str(&b), 252) });
	buf_done(&b);
	url = page_roster_url(&a, "/members", &r);
	assert_true(strlen(url) > 2048);
	assert_non_null(strstr(url, "&after=9223372036854775807.0.%F0%9F%94%91"));
}

static void names_the_next_page(void **state)
{
	const struct roster_row last = { .s = { .member = 5, .status = 3, .checked_at = 99 },
		.key = "robin vale" };
	struct page_roster r = read_query("status=blocked&sort=checked"), next;

	(void)state;
	next = page_roster_next(&r, &last);
	assert_string_equal(page_roster_url(&a, "/members", &next),
		"/members?status=blocked&sort=checked&after=5.99.robin%20vale");
	r = read_query("sort=-status");
	next = page_roster_next(&r, &last);
	assert_int_equal(next.at.num, 3);
}

static int setup(void **state)
{
	(void)state;
	clock_freeze(NOW);
	arena_init(&a, MEMORY);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	clock_freeze(0);
	arena_done(&a);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(reads_filters),
		cmocka_unit_test(tells_odd_filters),
		cmocka_unit_test(keeps_all_of_it),
		cmocka_unit_test(names_the_next_page),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
