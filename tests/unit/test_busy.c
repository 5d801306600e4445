/* Busy time of many mailboxes against a scripted client: windows and batches of any size arrive at
 * exactly what the world holds, each mailbox is told once, and what one mailbox or one question
 * lacks never costs another.
 */
#include "tests/unit/script_unit.h"

#include <malloc.h>
#include "exchange/busy.h"

enum { DAY = 86400, HOUR = 3600, MAILBOXES = 450, SPANS = 4096, YEARS = 2 * 365 };

static const int64_t noon = 1795434000; /* the window begins in the midst of a day */

struct world {
	struct client client;
	struct busy *run;
	struct busy_job job;
	const char *names[MAILBOXES];
	char text[MAILBOXES][48];
	/* how the server is */
	size_t most;   /* mailboxes in one question */
	int days;      /* in one question */
	int part_days; /* for those of `tight` mailboxes: TOO_BIG */
	size_t tight;  /* so many of the first ones */
	size_t none;   /* this one has no mailbox; 0 = nobody */
	size_t flaky;  /* this one is slow at first; 0 = nobody */
	int flaky_times;
	size_t huge; /* this one tells so many spans */
	int size;
	int digits;
	int short_by; /* entries that lack at the end of an answer */
	int page;     /* events in one answer */
	int stuck;    /* paging that leads nowhere */
	enum reason fail;
	enum outcome_next fail_next;
	int fail_from, fail_times;
	int about_none; /* questions about it, about the flaky one, and about tight ones */
	int about_tight;
	/* what was heard */
	int told[MAILBOXES];
	enum reason reason[MAILBOXES];
	enum reason outcome[MAILBOXES];
	char code[MAILBOXES][EXCHANGE_CODE];
	int rough;
	size_t told_count, good;
	int done;
	enum reason end;
	size_t stop_told;
};

/* --- what the world holds --- */

static uint64_t noise(size_t n, int64_t day)
{
	uint64_t h = (uint64_t)n * 0x9e3779b97f4a7c15u ^ (uint64_t)day * 0xc2b2ae3d27d4eb4fu;

	h ^= h >> 29;
	h *= 0xbf58476d1ce4e5b9u;
	return h ^ h >> 32;
}

/* Events that begin on a day: none, one or two; some go on into the next. */
static size_t events_of(size_t n, int64_t day, struct busy_span *out)
{
	uint64_t h = noise(n, day);
	size_t count = (size_t)(h % 3);

	for (size_t i = 0; i < count; i++, h >>= 9) {
		out[i].start = day * DAY + (int64_t)(h % 24) * HOUR;
		out[i].end = out[i].start + (int64_t)(1 + h % 11) * HOUR;
		out[i].kind = (enum busy_kind)((h >> 5) % BUSY__MAX);
	}
	return count;
}

/* All that overlap [from, to), as told. */
static size_t events_in(size_t n, int64_t from, int64_t to, struct busy_span *out)
{
	size_t count = 0;

	for (int64_t day = from / DAY - 1; day <= to / DAY; day++) {
		struct busy_span s[2];
		size_t got = events_of(n, day, s);

		for (size_t i = 0; i < got; i++)
			if (s[i].start < to && s[i].end > from)
				out[count++] = s[i];
	}
	return count;
}

static size_t number_of(const char *name)
{
	return (size_t)strtoul(name + 1, NULL, 10);
}

/* --- the server --- */

static void one_mailbox(struct world *w, const struct client_call *k, size_t i, struct busy_seen *s)
{
	const struct busy_query *q = k->query;
	size_t n = number_of(q->mailboxes[i]);
	size_t room = n == w->huge && w->size ? (size_t)w->size
					      : 2 * (size_t)((q->to - q->from) / DAY + 3);

	if (w->none && n == w->none) {
		w->about_none++;
		s->ended.reason = REASON_NO_MAILBOX;
		snprintf(s->ended.code, sizeof(s->ended.code), "ErrorMailRecipientNotFound");
		return;
	}
	if (w->flaky && n == w->flaky && w->flaky_times-- > 0) {
		s->ended.reason = REASON_SLOWED;
		return;
	}
	if (n < w->tight) {
		w->about_tight++;
		if (q->to - q->from > (int64_t)w->part_days * DAY) {
			s->ended.reason = REASON_TOO_BIG;
			return;
		}
	}
	s->merged_only = w->digits;
	s->spans = arena_array(k->how.a, room, sizeof(*s->spans));
	if (n != w->huge || !w->size) {
		s->count = events_in(n, q->from, q->to, s->spans);
		return;
	}
	s->count = room;
	for (size_t j = 0; j < room; j++)
		s->spans[j] = (struct busy_span){ q->from + 2 * (int64_t)j,
			q->from + 2 * (int64_t)j + 1, BUSY_BUSY };
}

static void get_busy(
	struct world *w, const struct client_call *k, struct outcome *o, struct busy_result *r)
{
	const struct busy_query *q = k->query;

	assert_in_range(q->count, 1, EXCHANGE_BUSY_MAX);
	assert_true(q->to > q->from && q->to - q->from <= (int64_t)EXCHANGE_BUSY_DAYS * DAY);
	assert_true(q->from >= w->job.from && q->to <= w->job.to);
	if ((w->most && q->count > w->most) ||
		(w->days && q->to - q->from > (int64_t)w->days * DAY)) {
		unit_fail(o, REASON_TOO_BIG, NEXT_SMALLER);
		return;
	}
	r->list = arena_array(k->how.a, q->count, sizeof(*r->list));
	r->count = q->count - (w->short_by-- > 0);
	for (size_t i = 0; i < r->count; i++)
		one_mailbox(w, k, i, &r->list[i]);
}

static int by_start(const void *a, const void *b)
{
	const struct busy_span *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

static void list_events(
	struct world *w, const struct client_call *k, struct outcome *o, struct events_result *r)
{
	const struct events_query *q = k->query;
	const char *who = w->job.as_them ? k->how.impersonate : q->mailbox;
	struct busy_span *spans = arena_array(k->how.a, SPANS, sizeof(*spans));
	size_t count = events_in(number_of(who), q->from, q->to, spans);

	if (w->job.as_them)
		assert_null(q->mailbox);
	assert_string_equal(k->how.anchor, who);
	assert_in_range(q->limit, 1, 1000);
	if (w->none && number_of(who) == w->none) {
		unit_fail(o, REASON_NO_CALENDAR, NEXT_NOTHING);
		return;
	}
	qsort(spans, count, sizeof(*spans), by_start);
	if (w->page && count > (size_t)w->page) {
		count = (size_t)w->page;
		r->more = 1;
	}
	r->list = arena_array(k->how.a, count + 1, sizeof(*r->list));
	for (size_t i = 0; i < count; i++)
		r->list[i] = (struct event){
			.start = spans[i].start, .end = spans[i].end, .kind = spans[i].kind
		};
	r->count = count;
	if (w->stuck)
		r->more = 1;
	for (size_t i = 0; w->stuck && i < count; i++)
		r->list[i].start = q->from;
}

static void answer(void *ptr, const struct client_call *k, struct outcome *o, void *r)
{
	struct world *w = ptr;
	int n = w->client.answered;

	assert_false(w->done);
	if (w->fail && n >= w->fail_from && n < w->fail_from + w->fail_times)
		unit_fail(o, w->fail, w->fail_next);
	else if (k->op == EXCHANGE_GET_BUSY)
		get_busy(w, k, o, r);
	else if (k->op == EXCHANGE_LIST_EVENTS)
		list_events(w, k, o, r);
	else
		fail_msg("operation %d", (int)k->op);
}

/* --- who hears of it --- */

static void check_spans(const struct world *w, const struct busy_times *t)
{
	static struct busy_span want[SPANS];
	size_t n = events_in(number_of(t->address), w->job.from, w->job.to, want);

	n = busy_tidy(want, n, w->job.from, w->job.to);
	if (t->count != n)
		fail_msg("%s: %zu spans, not %zu", t->address, t->count, n);
	for (size_t i = 0; i < n; i++)
		if (t->spans[i].start != want[i].start || t->spans[i].end != want[i].end ||
			t->spans[i].kind != want[i].kind)
			fail_msg("%s: span %zu", t->address, i);
}

static void told(void *ptr, const struct busy_times *t)
{
	struct world *w = ptr;
	size_t n = (size_t)t->n;

	assert_false(w->done);
	assert_true(n < MAILBOXES);
	assert_string_equal(t->address, w->names[n]);
	assert_int_equal(w->told[n]++, 0);
	w->reason[n] = t->reason;
	w->outcome[n] = t->outcome.reason;
	memcpy(w->code[n], t->code, sizeof(w->code[n]));
	w->rough += t->rough;
	if (t->reason == REASON_OK) {
		w->good++;
		check_spans(w, t);
	} else {
		assert_int_equal(t->count, 0);
	}
	if (++w->told_count == w->stop_told)
		busy_stop(w->run);
}

static void done(void *ptr, const struct outcome *o)
{
	struct world *w = ptr;

	assert_false(w->done);
	w->done = 1;
	w->end = o->reason;
}

static struct world *world_new(size_t mailboxes, int days)
{
	static struct world w;

	memset(&w, 0, sizeof(w));
	unit_open(&w.client, answer, &w);
	for (size_t i = 0; i < mailboxes; i++) {
		snprintf(w.text[i], sizeof(w.text[i]), "m%zu@example.test", i);
		w.names[i] = w.text[i];
	}
	w.job = (struct busy_job){ .mailboxes = w.names,
		.count = mailboxes,
		.from = noon,
		.to = noon + (int64_t)days * DAY,
		.told = told,
		.done = done,
		.ptr = &w };
	return &w;
}

static void finish(struct world *w)
{
	unit_run(&w->client, &w->done, 1000000);
	assert_true(w->done);
	assert_int_equal(w->told_count, w->job.count);
	assert_true(w->client.first_alone);
	assert_true(w->client.most_flying <= BUSY_FLYING);
	unit_close(&w->client);
}

static void run(struct world *w)
{
	w->run = busy_start(&w->client, &w->job);
	assert_int_equal(w->client.asked, 0);
	finish(w);
}

/* --- tests --- */

static void test_plain(void **state)
{
	struct world *w = world_new(250, YEARS);
	int windows = (YEARS + EXCHANGE_BUSY_DAYS - 1) / EXCHANGE_BUSY_DAYS;

	(void)state;
	run(w);
	assert_int_equal(w->good, 250);
	assert_int_equal(w->client.asked, 3 * windows);
	assert_int_equal(w->end, REASON_OK);
	assert_int_equal(w->rough, 0);

	w = world_new(3, 1);
	w->digits = 1;
	w->job.impersonate = "svc@example.test";
	run(w);
	assert_int_equal(w->client.asked, 1);
	assert_int_equal(w->rough, 3);
}

static void test_nothing(void **state)
{
	struct world *w = world_new(0, 7);

	(void)state;
	run(w);
	assert_int_equal(w->client.asked, 0);
	w = world_new(5, 0);
	run(w);
	assert_int_equal(w->client.asked, 0);
	assert_int_equal(w->good, 5);
}

/* Servers that take less: how often they may be asked until that is learned. */
static const struct narrow {
	const char *name;
	size_t mailboxes;
	int window;
	size_t most;
	int days, part_days;
	size_t tight;
	int least_asked, most_asked;
} narrow[] = {
	{ "7 mailboxes", 200, 30, 7, 0, 0, 0, 29, 60 },
	{ "1 mailbox", 100, 30, 1, 0, 0, 0, 100, 130 },
	{ "5 days", 1, 42, 0, 5, 0, 0, 9, 16 },
	{ "5 days, many mailboxes", 50, 42, 0, 5, 0, 0, 9, 400 },
	{ "2 mailboxes and a day", 6, 20, 2, 1, 0, 0, 60, 200 },
	{ "one tells 3 days only", 100, 42, 0, 0, 3, 1, 1 + 14, 1 + 31 },
	{ "five tell 3 days only", 100, 42, 0, 0, 3, 5, 1 + 5 * 14, 1 + 5 * 31 },
	{ "nobody tells more than 10 days", 100, 42, 0, 0, 10, 100, 5, 9 },
};

static void test_narrow(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(narrow); i++) {
		const struct narrow *x = &narrow[i];
		struct world *w = world_new(x->mailboxes, x->window);

		w->most = x->most;
		w->days = x->days;
		w->part_days = x->part_days;
		w->tight = x->tight;
		run(w);
		if (w->good != x->mailboxes || w->client.asked < x->least_asked ||
			w->client.asked > x->most_asked)
			fail_msg("%s: %zu good, %d questions", x->name, w->good, w->client.asked);
	}
}

/* It grows back: a server that takes 20 is not asked for each alone for ever. */
static void test_grows(void **state)
{
	struct world *w = world_new(450, 400);

	(void)state;
	w->fail = REASON_TOO_BIG;
	w->fail_next = NEXT_SMALLER;
	w->fail_from = 1;
	w->fail_times = 7; /* down to one mailbox, and 42 days to 21 */
	run(w);
	assert_int_equal(w->good, 450);
	assert_in_range(w->client.asked, 100, 900);
}

static void test_too_big(void **state)
{
	struct world *w = world_new(3, 2);

	(void)state;
	/* One mailbox and one day are too much. */
	w->fail = REASON_TOO_BIG;
	w->fail_next = NEXT_SMALLER;
	w->fail_times = 1000;
	run(w);
	assert_int_equal(w->good, 0);
	assert_int_equal(w->reason[1], REASON_TOO_BIG);
	assert_int_equal(w->end, REASON_OK);
	/* The same of one mailbox among others. */
	w = world_new(20, 9);
	w->tight = 1;
	w->part_days = 0;
	run(w);
	assert_int_equal(w->good, 19);
	assert_int_equal(w->reason[0], REASON_TOO_BIG);
	/* More spans than may be held at a time. */
	w = world_new(3, 30);
	w->huge = 1;
	w->size = BUSY_SPANS_MAX + 1;
	run(w);
	assert_int_equal(w->good, 2);
	assert_int_equal(w->reason[1], REASON_TOO_BIG);
}

static void test_parts(void **state)
{
	struct world *w = world_new(120, 100);

	(void)state;
	w->none = 7;
	run(w);
	assert_int_equal(w->good, 119);
	assert_int_equal(w->reason[7], REASON_NO_MAILBOX);
	assert_string_equal(w->code[7], "ErrorMailRecipientNotFound");
	assert_int_equal(w->about_none, 1); /* not in the other windows */
	w = world_new(20, 100);
	w->flaky = 3;
	w->flaky_times = 2;
	run(w);
	assert_int_equal(w->good, 20);
	w = world_new(20, 100);
	w->flaky = 3;
	w->flaky_times = 100;
	run(w);
	assert_int_equal(w->good, 19);
	assert_int_equal(w->reason[3], REASON_SLOWED);
	w = world_new(20, 10);
	w->short_by = 1;
	run(w);
	assert_int_equal(w->good, 20);
}

static const struct failing {
	const char *name;
	size_t mailboxes;
	enum reason reason;
	int from, times;
	enum reason end;
	size_t good;
	int asked_at_most;
} failings[] = {
	{ "refused sign-in", 450, REASON_SIGNIN_REFUSED, 1, 99, REASON_SIGNIN_REFUSED, 0, 1 },
	{ "refused in the midst", 450, REASON_SIGNIN_REFUSED, 2, 99, REASON_SIGNIN_REFUSED, 100,
		5 },
	{ "one batch times out", 450, REASON_TIMED_OUT, 2, 1, REASON_OK, 350, 5 },
	{ "the canary times out", 450, REASON_TIMED_OUT, 1, 1, REASON_OK, 350, 5 },
	{ "the network is away", 450, REASON_UNREACHABLE, 1, 99, REASON_UNREACHABLE, 0, 3 },
	/* It is looked for in the halves of 100, 50, 25, 12, 6 and 3. */
	{ "one mailbox, does not say which", 100, REASON_NO_MAILBOX, 1, 7, REASON_OK, 99, 13 },
	{ "one makes answers unreadable", 100, REASON_BAD_ANSWER, 1, 7, REASON_OK, 99, 13 },
	{ "all answers are unreadable", 450, REASON_BAD_ANSWER, 1, 999, REASON_BAD_ANSWER, 0, 12 },
};

static void test_failing(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(failings); i++) {
		const struct failing *x = &failings[i];
		struct world *w = world_new(x->mailboxes, 10);

		w->fail = x->reason;
		w->fail_from = x->from;
		w->fail_times = x->times;
		run(w);
		if (w->end != x->end || w->good != x->good || w->client.asked > x->asked_at_most)
			fail_msg("%s: ended %s, %zu good, %d asked", x->name,
				reason_row(w->end)->code, w->good, w->client.asked);
		for (size_t n = 0; n < x->mailboxes; n++)
			if (w->reason[n] != REASON_OK)
				assert_int_equal(w->reason[n], x->reason);
	}
}

static void test_from_calendar(void **state)
{
	struct world *w;

	(void)state;
	for (int as_them = 0; as_them < 2; as_them++) {
		w = world_new(9, YEARS);
		w->job.from_calendar = 1;
		w->job.as_them = as_them;
		w->none = 4;
		run(w);
		assert_int_equal(w->good, 8);
		assert_int_equal(w->reason[4], REASON_NO_CALENDAR);
		assert_int_equal(w->client.asked, 8 * 2 + 1);
	}
	/* Pages of five, on from the last start. */
	w = world_new(3, 60);
	w->job.from_calendar = 1;
	w->page = 5;
	run(w);
	assert_int_equal(w->good, 3);
	assert_true(w->client.asked > 3 * 10);
	/* Pages that never come to an end. */
	w = world_new(2, 60);
	w->job.from_calendar = 1;
	w->stuck = 1;
	run(w);
	assert_int_equal(w->good, 0);
	assert_int_equal(w->reason[0], REASON_TOO_BIG);
	assert_int_equal(w->client.asked, 2);
}

/* Any order, any limits, from a seed: always exactly what the world holds. */
static void test_any(void **state)
{
	uint64_t seed = 99;

	(void)state;
	for (int i = 0; i < 60; i++) {
		struct world *w = world_new(
			1 + unit_random(&seed) % 300, (int)(1 + unit_random(&seed) % 120));

		w->client.order = (enum order)(unit_random(&seed) % ORDER__MAX);
		w->client.seed = 1 + unit_random(&seed) % 1000;
		w->most = unit_random(&seed) % 2 ? 1 + unit_random(&seed) % 60 : 0;
		w->days = unit_random(&seed) % 3 ? 0 : (int)(1 + unit_random(&seed) % 40);
		w->tight = unit_random(&seed) % 10;
		w->part_days = (int)(1 + unit_random(&seed) % 20);
		w->flaky = unit_random(&seed) % 20;
		w->flaky_times = (int)(unit_random(&seed) % 3);
		w->job.to -= (int64_t)(unit_random(&seed) % DAY);
		run(w);
		assert_int_equal(w->good, w->job.count);
	}
}

static void test_stop(void **state)
{
	(void)state;
	for (int n = 0; n < 40; n++) {
		struct world *w = world_new(300, 100);

		w->client.order = ORDER_ANY;
		w->most = 60;
		w->run = busy_start(&w->client, &w->job);
		unit_run(&w->client, &w->done, n);
		if (!w->done)
			busy_stop(w->run);
		unit_close(&w->client);

		w = world_new(300, 10);
		w->stop_told = (size_t)(7 * n + 1);
		w->fail = n % 2 ? REASON_SIGNIN_REFUSED : REASON_OK;
		w->fail_from = 2;
		w->fail_times = 9;
		w->run = busy_start(&w->client, &w->job);
		unit_run(&w->client, &w->done, 1000);
		assert_false(w->done);
		assert_int_equal(w->told_count, w->stop_told);
		unit_close(&w->client);
	}
	busy_stop(NULL);
}

static int64_t told_many;

static void count(void *ptr, const struct busy_times *t)
{
	(void)ptr;
	told_many += t->reason == REASON_OK;
}

/* A hundred thousand mailboxes: never all in memory. */
static void test_many(void **state)
{
	struct world *w = world_new(MAILBOXES, 7);
	size_t many = 100000, before, peak = 0;
	const char **names = calloc(many, sizeof(*names));

	(void)state;
	assert_non_null(names);
	for (size_t i = 0; i < many; i++)
		names[i] = w->names[i % MAILBOXES];
	w->job.mailboxes = names;
	w->job.count = many;
	w->job.told = count;
	told_many = 0;
	before = mallinfo2().uordblks;
	w->run = busy_start(&w->client, &w->job);
	while (!w->done) {
		unit_run(&w->client, &w->done, 20);
		if (mallinfo2().uordblks > peak)
			peak = mallinfo2().uordblks;
	}
	assert_int_equal(told_many, many);
	assert_true(peak < before || peak - before < 8 << 20);
	unit_close(&w->client);
	free(names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_narrow),
		cmocka_unit_test(test_grows),
		cmocka_unit_test(test_too_big),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_failing),
		cmocka_unit_test(test_from_calendar),
		cmocka_unit_test(test_any),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
