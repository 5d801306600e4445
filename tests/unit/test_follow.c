/* Following bookings against a scripted client: all of ours that changed are told, pages and
 * batches of any size, a state that is too old, and failures that must lose nothing.
 */
#include "tests/unit/script_unit.h"

#include "exchange/follow.h"

enum { ITEMS = 3000 };

/* The calendar's history: one change after another; a state is how many were told: "s17". */
struct world {
	struct client client;
	struct follow *run;
	struct follow_job job;
	int count; /* changes there are */
	int page;  /* in one answer, whatever was asked for */
	int most_items;
	int old; /* states below are too old */
	int always_old;
	int endless, still; /* pages never end; with a state that stays */
	int marked;	    /* changes say which are ours: others must not be asked for */
	int gone_ids;	    /* every tenth item cannot be found any more */
	enum reason sick;   /* item 5 fails so ... */
	int sick_times;	    /* ... so many times */
	int garbled;	    /* answers that hold item 5 cannot be read ... */
	int garbled_times;  /* ... so many of them */
	enum reason fail;
	enum outcome_next fail_next;
	int fail_from, fail_times;
	/* what was heard */
	int seen[ITEMS], gone[ITEMS];
	int seen_count, gone_count;
	int stop_after;
	int done, restarted;
	enum reason end;
	char state[32];
};

/* Every seventh change is a removal; every third of the others is not ours. */
static int is_removal(int n)
{
	return n % 7 == 3;
}

static int is_ours(int n)
{
	return n % 3 != 1;
}

/* --- the server --- */

static void sync(
	struct world *w, const struct client_call *k, struct outcome *o, struct sync_result *r)
{
	const struct sync_query *q = k->query;
	int from = q->state[0] ? (int)strtol(q->state + 1, NULL, 10) : 0;
	int n = w->page < q->limit ? w->page : q->limit;

	assert_in_range(q->limit, 1, EXCHANGE_SYNC_MAX);
	if (q->state[0] && (from < w->old || w->always_old)) {
		unit_fail(o, REASON_BAD_ANSWER, NEXT_AGAIN_FRESH);
		return;
	}
	if (from + n > w->count)
		n = from < w->count ? w->count - from : 0;
	r->list = arena_array(k->how.a, (size_t)n, sizeof(*r->list));
	for (int i = 0; i < n; i++)
		r->list[r->count++] = (struct change){ is_removal(from + i) ? CHANGE_REMOVED
				: i % 2					    ? CHANGE_UPDATED
									    : CHANGE_CREATED,
			{ arena_printf(k->how.a, "id%d", from + i), "ck" },
			!w->marked || is_ours(from + i) };
	if (w->endless)
		n = 1;
	r->state = w->still ? "s0" : arena_printf(k->how.a, "s%d", from + n);
	r->more = w->endless || from + n < w->count;
}

static void item(struct world *w, const struct client_call *k, int n, struct items_result *r)
{
	struct item_seen *s = &r->list[r->count++];

	assert_true(!w->marked || is_ours(n));
	s->ref.id = arena_printf(k->how.a, "id%d", n);
	if (n == 5 && w->sick_times > 0) {
		w->sick_times--;
		s->ended.reason = w->sick;
	} else if (w->gone_ids && n % 10 == 0) {
		s->ended.reason = REASON_BOOKING_GONE;
	} else if (is_ours(n)) {
		s->tag = arena_printf(k->how.a, "tag%d", n);
	} else {
		s->ended.reason = REASON_NOTHING_FOUND;
	}
}

static void get_items(
	struct world *w, const struct client_call *k, struct outcome *o, struct items_result *r)
{
	const struct items_query *q = k->query;

	assert_in_range(q->count, 1, EXCHANGE_ITEMS_MAX);
	if (w->most_items && (int)q->count > w->most_items) {
		unit_fail(o, REASON_TOO_BIG, NEXT_SMALLER);
		return;
	}
	r->list = arena_array(k->how.a, q->count, sizeof(*r->list));
	for (size_t i = 0; i < q->count; i++)
		item(w, k, (int)strtol(q->list[i].id + 2, NULL, 10), r);
	for (size_t i = 0; i < q->count && w->garbled_times > 0; i++) {
		if (w->garbled && strcmp(q->list[i].id, "id5") != 0)
			continue;
		w->garbled_times--;
		unit_fail(o, REASON_BAD_ANSWER, NEXT_NOTHING);
		return;
	}
}

static void answer(void *ptr, const struct client_call *k, struct outcome *o, void *r)
{
	struct world *w = ptr;
	int n = w->client.answered;

	assert_false(w->done);
	if (w->job.impersonate)
		assert_string_equal(k->how.impersonate, w->job.impersonate);
	if (w->fail && n >= w->fail_from && n < w->fail_from + w->fail_times)
		unit_fail(o, w->fail, w->fail_next);
	else if (k->op == EXCHANGE_SYNC_CALENDAR)
		sync(w, k, o, r);
	else if (k->op == EXCHANGE_GET_ITEMS)
		get_items(w, k, o, r);
	else
		fail_msg("operation %d", (int)k->op);
}

/* --- who hears of it --- */

static void heard(struct world *w)
{
	if (w->stop_after && w->seen_count + w->gone_count == w->stop_after)
		follow_stop(w->run);
}

static void seen(void *ptr, const struct item_seen *s)
{
	struct world *w = ptr;
	int n = (int)strtol(s->tag + 3, NULL, 10);

	assert_false(w->done);
	w->seen[n]++;
	w->seen_count++;
	heard(w);
}

static void gone(void *ptr, const char *id)
{
	struct world *w = ptr;

	assert_false(w->done);
	w->gone[strtol(id + 2, NULL, 10)]++;
	w->gone_count++;
	heard(w);
}

static void done(void *ptr, const struct outcome *o, const char *state, int restarted)
{
	struct world *w = ptr;

	assert_false(w->done);
	w->done = 1;
	w->end = o->reason;
	w->restarted = restarted;
	snprintf(w->state, sizeof(w->state), "%s", state);
}

static struct world *world_new(int count, int page, const char *state)
{
	static struct world w;

	memset(&w, 0, sizeof(w));
	unit_open(&w.client, answer, &w);
	w.count = count;
	w.page = page;
	w.job = (struct follow_job){ .mailbox = "anna@x.test",
		.state = state,
		.seen = seen,
		.gone = gone,
		.done = done,
		.ptr = &w };
	return &w;
}

static void run(struct world *w)
{
	w->run = follow_start(&w->client, &w->job);
	assert_int_equal(w->client.asked, 0);
	unit_run(&w->client, &w->done, 100000);
	assert_true(w->done);
	assert_true(w->client.first_alone);
	assert_true(w->client.most_flying <= FOLLOW_FLYING);
	unit_close(&w->client);
}

/* All changes from this one on were told, each so many times. */
static void assert_told(const struct world *w, int from, int times)
{
	for (int n = 0; n < w->count; n++) {
		int want = n < from ? 0 : times;

		if (w->gone_ids && n % 10 == 0 && !is_removal(n))
			want = 0;
		if (w->gone[n] != (is_removal(n) ? want : 0) ||
			w->seen[n] != (!is_removal(n) && is_ours(n) ? want : 0))
			fail_msg("change %d: seen %d, gone %d", n, w->seen[n], w->gone[n]);
	}
}

/* --- tests --- */

static const struct row {
	const char *name;
	int count, page;
	const char *state;
	int most_items, gone_ids, marked;
	const char *end_state;
} rows[] = {
	{ "nothing", 0, 512, "", 0, 0, 0, "s0" },
	{ "one page", 300, 512, "", 0, 0, 0, "s300" },
	{ "many pages", 3000, 512, "", 0, 0, 0, "s3000" },
	{ "tiny pages", 60, 1, "", 0, 0, 0, "s60" },
	{ "from a state", 1000, 512, "s400", 0, 0, 0, "s1000" },
	{ "nothing new", 1000, 512, "s1000", 0, 0, 0, "s1000" },
	{ "few items at a time", 400, 512, "", 3, 0, 0, "s400" },
	{ "some are gone by now", 400, 512, "", 0, 1, 0, "s400" },
	{ "the same, few at a time", 400, 512, "", 7, 1, 0, "s400" },
	{ "only ours are asked for", 3000, 512, "", 0, 0, 1, "s3000" },
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		for (enum order o = 0; o < ORDER__MAX; o++) {
			const struct row *x = &rows[i];
			struct world *w = world_new(x->count, x->page, x->state);

			w->client.order = o;
			w->most_items = x->most_items;
			w->gone_ids = x->gone_ids;
			w->marked = x->marked;
			run(w);
			assert_told(w, x->state[0] ? (int)strtol(x->state + 1, NULL, 10) : 0, 1);
			if (strcmp(w->state, x->end_state) != 0 || w->end != REASON_OK ||
				w->restarted)
				fail_msg("%s: %s %s", x->name, w->state, reason_row(w->end)->code);
		}
	}
}

static void test_as_them(void **state)
{
	struct world *w = world_new(20, 512, NULL);

	(void)state;
	w->job.mailbox = "";
	w->job.impersonate = "anna@x.test";
	run(w);
	assert_told(w, 0, 1);
}

static void test_restart(void **state)
{
	struct world *w = world_new(900, 512, "s100");

	(void)state;
	w->old = 200;
	run(w);
	assert_told(w, 0, 1);
	assert_true(w->restarted);
	assert_string_equal(w->state, "s900");
	/* Once only. */
	w = world_new(900, 512, "s100");
	w->always_old = 1;
	run(w);
	assert_true(w->restarted);
	assert_int_equal(w->end, REASON_BAD_ANSWER);
	assert_string_equal(w->state, "s512");
	assert_int_equal(w->client.asked_of[EXCHANGE_SYNC_CALENDAR], 3);
}

static void test_endless(void **state)
{
	struct world *w = world_new(0, 512, "");

	(void)state;
	w->endless = 1;
	run(w);
	assert_int_equal(w->end, REASON_BAD_ANSWER);
	assert_int_equal(w->client.asked, FOLLOW_PAGES);
	w = world_new(0, 512, "s0");
	w->endless = w->still = 1;
	run(w);
	assert_int_equal(w->end, REASON_BAD_ANSWER);
	assert_int_equal(w->client.asked, 1);
}

static const struct failing {
	const char *name;
	enum reason fail;
	enum outcome_next next;
	int from, times;
	enum reason end;
	const char *state;
} failings[] = {
	{ "refused", REASON_SIGNIN_REFUSED, 0, 1, 99, REASON_SIGNIN_REFUSED, "" },
	{ "the second page fails", REASON_TIMED_OUT, 0, 11, 1, REASON_TIMED_OUT, "s512" },
	{ "items of the first page fail", REASON_SERVER_DOWN, 0, 4, 1, REASON_SERVER_DOWN, "" },
	{ "pages must be smaller", REASON_TOO_BIG, NEXT_SMALLER, 1, 2, REASON_OK, "s1000" },
	{ "not even one change", REASON_TOO_BIG, NEXT_SMALLER, 1, 99, REASON_TOO_BIG, "" },
	{ "all items of a question are gone", REASON_BOOKING_GONE, 0, 2, 1, REASON_OK, "s1000" },
};

static void test_failing(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(failings); i++) {
		const struct failing *x = &failings[i];
		struct world *w = world_new(1000, 512, "");

		w->fail = x->fail;
		w->fail_next = x->next;
		w->fail_from = x->from;
		w->fail_times = x->times;
		run(w);
		if (w->end != x->end || strcmp(w->state, x->state) != 0)
			fail_msg("%s: %s %s", x->name, reason_row(w->end)->code, w->state);
		if (x->end == REASON_OK)
			assert_told(w, 0, 1);
	}
}

/* An item that is in trouble for a while, for ever, and for good. */
static void test_sick(void **state)
{
	static const struct {
		enum reason sick;
		int times;
		enum reason end;
		const char *state;
	} sicks[] = {
		{ REASON_UNAVAILABLE, 2, REASON_OK, "s600" },
		{ REASON_UNAVAILABLE, 99, REASON_UNAVAILABLE, "" },
		{ REASON_SLOWED, 99, REASON_SLOWED, "" },
		{ REASON_BOOKING_INVALID, 99, REASON_OK, "s600" },
		{ REASON_BAD_ANSWER, 2, REASON_OK, "s600" },
		{ REASON_BAD_ANSWER, 99, REASON_OK, "s600" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(sicks); i++) {
		struct world *w = world_new(600, 512, "");

		w->sick = sicks[i].sick;
		w->sick_times = sicks[i].times;
		run(w);
		assert_int_equal(w->end, sicks[i].end);
		assert_string_equal(w->state, sicks[i].state);
		assert_int_equal(w->seen[5], sicks[i].times == 2);
		if (sicks[i].times == 2)
			assert_told(w, 0, 1);
	}
}

/* One item makes the answer unreadable, once or always: all others are read. When all answers are,
 * it ends soon. */
static void test_garbled(void **state)
{
	static const struct {
		int count, one, times;
		enum reason end;
		const char *state;
	} kinds[] = {
		{ 600, 1, 1, REASON_OK, "s600" },
		{ 600, 1, 99, REASON_OK, "s600" },
		{ 6, 1, 2, REASON_OK, "s6" },
		{ 6, 1, 99, REASON_OK, "s6" },
		{ 600, 0, 9999, REASON_BAD_ANSWER, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		for (int marked = 0; marked < 2; marked++) {
			struct world *w = world_new(kinds[i].count, 512, "");
			int others = 0;

			w->marked = marked;
			w->garbled = kinds[i].one;
			w->garbled_times = kinds[i].times;
			run(w);
			assert_int_equal(w->end, kinds[i].end);
			assert_string_equal(w->state, kinds[i].state);
			assert_int_equal(w->seen[5], kinds[i].times < 9);
			for (int n = 0; n < w->count; n++)
				others += n != 5 && is_ours(n) && !is_removal(n);
			assert_int_equal(w->seen_count - w->seen[5], w->garbled ? others : 0);
			assert_in_range(w->client.asked_of[EXCHANGE_GET_ITEMS], 1, 100);
		}
	}
}

static void test_stop(void **state)
{
	(void)state;
	for (int n = 0; n < 30; n++) {
		struct world *w = world_new(1500, 512, "");

		w->client.order = ORDER_ANY;
		w->run = follow_start(&w->client, &w->job);
		unit_run(&w->client, &w->done, n);
		follow_stop(w->run);
		assert_false(w->done);
		unit_close(&w->client);

		w = world_new(1500, 512, "");
		w->stop_after = 30 * n + 1;
		w->run = follow_start(&w->client, &w->job);
		unit_run(&w->client, &w->done, 1000);
		assert_false(w->done);
		assert_int_equal(w->seen_count + w->gone_count, w->stop_after);
		unit_close(&w->client);
	}
	follow_stop(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_as_them),
		cmocka_unit_test(test_restart),
		cmocka_unit_test(test_endless),
		cmocka_unit_test(test_failing),
		cmocka_unit_test(test_sick),
		cmocka_unit_test(test_garbled),
		cmocka_unit_test(test_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
