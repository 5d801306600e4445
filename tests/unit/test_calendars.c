/* The check of many calendars, against a scripted client and a small world of people: each way in,
 * how batches shrink and grow, what ends it all, refusals that wait for others, and stops at every
 * moment.
 */
#include "tests/unit/script_unit.h"

#include <malloc.h>
#include <strings.h>
#include "exchange/calendars.h"

enum { EDIT = RIGHT_READ | RIGHT_CREATE, MANY = 100000, TOLD_MAX = 2000 };

/* How a person's mailbox answers, by the beginning of the address. */
static const struct kind {
	const char *name;
	enum reason folder, impersonated, busy; /* parts of a good answer */
	unsigned rights;
	enum reason inbox; /* by its name */
	enum reason whole; /* of an impersonated question */
	enum outcome_next next;
} kinds[] = {
	{ "open", 0, 0, 0, EDIT, REASON_NOT_DELEGATED, 0, 0 },
	{ "full", 0, 0, 0, EDIT, REASON_OK, 0, 0 },
	{ "reader", 0, 0, 0, RIGHT_READ, REASON_NOT_DELEGATED, 0, 0 },
	{ "writer", 0, 0, 0, RIGHT_CREATE, REASON_NOT_DELEGATED, 0, 0 },
	{ "shut", REASON_NOT_DELEGATED, 0, 0, 0, REASON_NOT_DELEGATED, REASON_IMPERSONATION_REFUSED,
		0 },
	{ "dark", REASON_NOT_DELEGATED, 0, REASON_BUSY_DENIED, 0, REASON_NOT_DELEGATED,
		REASON_IMPERSONATION_REFUSED, 0 },
	{ "gone", REASON_NO_MAILBOX, 0, REASON_NO_MAILBOX, 0, REASON_NO_MAILBOX, REASON_NO_MAILBOX,
		0 },
	{ "noews", REASON_NOT_DELEGATED, 0, 0, 0, REASON_NOT_DELEGATED, REASON_EWS_REFUSED, 0 },
	{ "calonly", 0, 0, 0, EDIT, 0, 0, 0 },
	{ "sick", REASON_UNAVAILABLE, 0, 0, 0, REASON_UNAVAILABLE, REASON_UNAVAILABLE, 0 },
	{ "blind", REASON_NOT_DELEGATED, 0, REASON_UNAVAILABLE, 0, REASON_NOT_DELEGATED,
		REASON_IMPERSONATION_REFUSED, 0 },
	{ "mute", REASON_NOT_DELEGATED, 0, REASON_UNAVAILABLE, 0, REASON_NOT_DELEGATED,
		REASON_EWS_REFUSED, 0 },
	{ "legacy", REASON_NOT_DELEGATED, 0, REASON_UNSUPPORTED, 0, REASON_NOT_DELEGATED,
		REASON_IMPERSONATION_REFUSED, 0 },
	{ "norole", 0, 0, 0, EDIT, REASON_NOT_DELEGATED, REASON_IMPERSONATION_SETUP, 0 },
};

struct told {
	int64_t n;
	struct evidence seen;
	struct verdict verdict;
	int has_verdict;
	enum reason outcome;
	char code[EXCHANGE_CODE];
	char name[32], said[OUTCOME_SAID];
};

struct world {
	struct client client;
	struct calendars *run;
	const char *const *people;
	char address[64];
	int64_t count, given;
	/* how the server is */
	int most;	  /* mailboxes it takes in one question; 0 any number */
	enum reason fail; /* questions fail so ... */
	enum outcome_next fail_next;
	int fail_from, fail_times; /* ... from this one on, so many */
	enum exchange_op fail_op;  /* only these; EXCHANGE__MAX all */
	int part_fails;		   /* first answers about "flaky" lack a part */
	int largest, batches;
	const char *as; /* whom questions acted as that have no business to */
	/* what was heard */
	struct told told[TOLD_MAX];
	int64_t count_told, sum;
	int done;
	enum reason end;
	int stop_told, stop_next; /* stop in the midst of this one */
	size_t peak;
};

static const struct kind *kind_of(const char *address)
{
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (strncasecmp(address, kinds[i].name, strlen(kinds[i].name)) == 0)
			return &kinds[i];
	return &kinds[0];
}

static void part(const struct client_call *k, struct part *p, enum reason r, const char *whose)
{
	p->reason = r;
	if (r == REASON_OK)
		return;
	snprintf(p->code, sizeof(p->code), "Part%d", (int)r);
	p->said = arena_printf(k->how.a, "About %s.", whose);
}

/* --- the server --- */

static int flaky(struct world *w, const char *address)
{
	return strncmp(address, "flaky", 5) == 0 && w->part_fails-- > 0;
}

static void open_folder(struct world *w, const struct client_call *k, const struct folder_ask *ask,
	struct folder_seen *f)
{
	int own = ask->mailbox == NULL;
	const struct kind *kind = kind_of(own && k->how.impersonate ? k->how.impersonate
			: own					    ? "full"
								    : ask->mailbox);
	enum reason r = own ? kind->impersonated : kind->folder;

	if (ask->kind == FOLDER_INBOX)
		r = own ? REASON_OK : kind->inbox;
	if (own && ask->kind == FOLDER_INBOX && strcmp(kind->name, "calonly") == 0)
		r = REASON_NOT_DELEGATED;
	if (!own && flaky(w, ask->mailbox))
		r = REASON_SLOWED;
	part(k, &f->ended, r, own ? "the own mailbox" : ask->mailbox);
	f->name = "Kalender";
	f->rights_told = 1;
	f->rights = own ? EDIT : kind->rights;
	f->item_rights = -1;
}

static void open_folders(
	struct world *w, const struct client_call *k, struct outcome *o, struct folders_result *r)
{
	const struct folders_query *q = k->query;
	const struct kind *kind = k->how.impersonate ? kind_of(k->how.impersonate) : NULL;
	int mailboxes = 0;

	for (size_t i = 0; i < q->count; i++)
		mailboxes += q->list[i].kind == FOLDER_CALENDAR;
	if (mailboxes > w->largest)
		w->largest = mailboxes;
	assert_true(mailboxes <= EXCHANGE_FOLDERS_MAX);
	assert_true(q->want & FOLDER_WANT_RIGHTS);
	if (w->most && mailboxes > w->most) {
		unit_fail(o, REASON_TOO_BIG, NEXT_SMALLER);
		return;
	}
	if (kind && kind->whole) {
		unit_fail(o, kind->whole, NEXT_NOTHING);
		return;
	}
	r->list = arena_array(k->how.a, q->count, sizeof(*r->list));
	r->count = q->count;
	for (size_t i = 0; i < q->count; i++)
		open_folder(w, k, &q->list[i], &r->list[i]);
	/* As the dialect tells it: of the first part that failed. */
	for (size_t i = q->count; i-- > 0;)
		if (r->list[i].ended.said)
			snprintf(o->said, sizeof(o->said), "%s", r->list[i].ended.said);
}

static void get_busy(
	struct world *w, const struct client_call *k, struct outcome *o, struct busy_result *r)
{
	const struct busy_query *q = k->query;

	assert_true(q->count <= EXCHANGE_BUSY_MAX);
	assert_true(q->to - q->from == 86400);
	if ((int)q->count > w->largest)
		w->largest = (int)q->count;
	if (w->most && (int)q->count > w->most) {
		unit_fail(o, REASON_TOO_BIG, NEXT_SMALLER);
		return;
	}
	r->list = arena_array(k->how.a, q->count, sizeof(*r->list));
	r->count = q->count;
	for (size_t i = 0; i < q->count; i++)
		part(k, &r->list[i].ended, kind_of(q->mailboxes[i])->busy, q->mailboxes[i]);
}

static void answer(void *ptr, const struct client_call *k, struct outcome *o, void *r)
{
	struct world *w = ptr;
	int n = w->client.answered;

	w->batches++;
	if (w->fail && n >= w->fail_from && n < w->fail_from + w->fail_times &&
		(w->fail_op == EXCHANGE__MAX || w->fail_op == k->op))
		unit_fail(o, w->fail, w->fail_next);
	else if (k->op == EXCHANGE_OPEN_FOLDERS)
		open_folders(w, k, o, r);
	else if (k->op == EXCHANGE_GET_BUSY)
		get_busy(w, k, o, r);
	else
		fail_msg("operation %d", (int)k->op);
}

/* --- who hears of it --- */

static int next(void *ptr, int64_t *n, const char **address)
{
	struct world *w = ptr;

	if (w->stop_next && w->given == w->stop_next - 1)
		calendars_stop(w->run);
	if (w->given >= w->count)
		return 0;
	*n = w->given++;
	if (w->people) {
		*address = w->people[*n];
		return 1;
	}
	snprintf(w->address, sizeof(w->address), "%s%lld@example.test",
		kinds[(size_t)*n % COUNT(kinds)].name, (long long)*n);
	*address = w->address;
	return 1;
}

static void told(void *ptr, const struct calendar_facts *f)
{
	struct world *w = ptr;
	struct told *t = &w->told[w->count_told % TOLD_MAX];

	assert_false(w->done);
	*t = (struct told){ f->n, f->seen, f->verdict, f->has_verdict, f->outcome.reason, "", "",
		"" };
	snprintf(t->code, sizeof(t->code), "%s", f->code);
	snprintf(t->name, sizeof(t->name), "%s", f->name);
	snprintf(t->said, sizeof(t->said), "%s", f->outcome.said);
	w->count_told++;
	w->sum += f->n;
	if (w->people)
		assert_string_equal(f->address, w->people[f->n]);
	if (w->stop_told && w->count_told == w->stop_told)
		calendars_stop(w->run);
}

static void done(void *ptr, const struct outcome *o)
{
	struct world *w = ptr;

	assert_false(w->done);
	w->done = 1;
	w->end = o->reason;
}

static void world_init(struct world *w, const char *const *people, size_t count)
{
	memset(w, 0, sizeof(*w));
	unit_open(&w->client, answer, w);
	w->people = people;
	w->count = (int64_t)count;
	w->fail_op = EXCHANGE__MAX;
}

static void begin(struct world *w, enum method m, int every_way)
{
	struct calendars_query q = { .method = m,
		.every_way = every_way,
		.next = next,
		.told = told,
		.done = done,
		.ptr = w };

	w->run = calendars_start(&w->client, &q);
	assert_int_equal(w->given, 0);
}

/* Everybody who was given is told once. */
static void run(struct world *w, enum method m, int every_way)
{
	begin(w, m, every_way);
	unit_run(&w->client, &w->done, 1000000);
	assert_true(w->done);
	assert_int_equal(w->count_told, w->given);
	assert_int_equal(w->sum, w->given * (w->given - 1) / 2);
	assert_true(w->client.first_alone);
	assert_true(w->client.most_flying <= 8);
	unit_close(&w->client);
}

static const struct told *told_of(const struct world *w, int64_t n)
{
	for (int64_t i = 0; i < w->count_told; i++)
		if (w->told[i].n == n)
			return &w->told[i];
	fail_msg("%lld was not told", (long long)n);
	return NULL;
}

/* --- tests --- */

/* One person by each method: evidence, and how many questions of which kind it took. */
static const struct row {
	const char *name;
	enum method method;
	const char *person;
	enum seen calendar, read, create, inbox, busy;
	enum reason attempt, why;
	int folders, busies;
	const char *code;
} rows[] = {
	{ "delegate, open", METHOD_DELEGATE, "open@x.test", SEEN_YES, SEEN_YES, SEEN_YES, SEEN_NO,
		0, 0, 0, 1, 0, "" },
	{ "delegate, more than the calendar", METHOD_DELEGATE, "full@x.test", SEEN_YES, SEEN_YES,
		SEEN_YES, SEEN_YES, 0, 0, 0, 1, 0, "" },
	{ "delegate, readable", METHOD_DELEGATE, "reader@x.test", SEEN_YES, SEEN_YES, SEEN_NO,
		SEEN_NO, 0, 0, 0, 1, 0, "" },
	{ "delegate, only to put things in", METHOD_DELEGATE, "writer@x.test", SEEN_YES, SEEN_NO,
		SEEN_YES, SEEN_NO, SEEN_YES, 0, 0, 1, 1, "" },
	{ "delegate, closed", METHOD_DELEGATE, "shut@x.test", SEEN_NO, 0, 0, SEEN_NO, SEEN_YES, 0,
		REASON_NOT_DELEGATED, 1, 1, "Part" },
	{ "delegate, not even busy time", METHOD_DELEGATE, "dark@x.test", SEEN_NO, 0, 0, SEEN_NO,
		SEEN_NO, 0, REASON_NOT_DELEGATED, 1, 1, "Part" },
	{ "delegate, no mailbox", METHOD_DELEGATE, "gone@x.test", SEEN_NO, 0, 0, SEEN_NO, SEEN_NO,
		0, REASON_NO_MAILBOX, 1, 1, "Part" },
	{ "delegate, passing trouble of the mailbox", METHOD_DELEGATE, "sick@x.test", 0, 0, 0, 0, 0,
		REASON_UNAVAILABLE, REASON_UNAVAILABLE, 1, 0, "Part" },
	{ "delegate, passing trouble with busy time", METHOD_DELEGATE, "blind@x.test", SEEN_NO, 0,
		0, SEEN_NO, 0, REASON_UNAVAILABLE, REASON_NOT_DELEGATED, 1, 1, "Part" },
	{ "delegate, busy time cannot be told", METHOD_DELEGATE, "legacy@x.test", SEEN_NO, 0, 0,
		SEEN_NO, 0, 0, REASON_NOT_DELEGATED, 1, 1, "Part" },
	{ "delegate, no address", METHOD_DELEGATE, "nobody", SEEN_NO, 0, 0, 0, SEEN_NO, 0,
		REASON_ADDRESS_REFUSED, 0, 0, "" },
	{ "impersonation", METHOD_IMPERSONATION, "open@x.test", SEEN_YES, SEEN_YES, SEEN_YES,
		SEEN_YES, 0, 0, 0, 1, 0, "" },
	{ "impersonation, the calendar only", METHOD_IMPERSONATION, "calonly@x.test", SEEN_YES,
		SEEN_YES, SEEN_YES, SEEN_NO, 0, 0, 0, 1, 0, "" },
	{ "impersonation, refused", METHOD_IMPERSONATION, "shut@x.test", SEEN_NO, 0, 0, SEEN_NO,
		SEEN_YES, 0, REASON_IMPERSONATION_REFUSED, 1, 1, "Error" },
	{ "impersonation, no mailbox", METHOD_IMPERSONATION, "gone@x.test", SEEN_NO, 0, 0, SEEN_NO,
		SEEN_NO, 0, REASON_NO_MAILBOX, 1, 1, "Error" },
	{ "impersonation, 403", METHOD_IMPERSONATION, "noews@x.test", 0, 0, 0, 0, SEEN_YES,
		REASON_EWS_REFUSED, 0, 1, 1, "Error" },
	{ "impersonation, passing trouble", METHOD_IMPERSONATION, "sick@x.test", 0, 0, 0, 0, 0,
		REASON_UNAVAILABLE, REASON_UNAVAILABLE, 1, 0, "Error" },
	{ "dedicated", METHOD_DEDICATED, "shut@x.test", 0, 0, 0, 0, SEEN_YES, 0, 0, 0, 1, "" },
	{ "dedicated, denied", METHOD_DEDICATED, "dark@x.test", 0, 0, 0, 0, SEEN_NO, 0, 0, 0, 1,
		"Part" },
	{ "dedicated, busy time cannot be told", METHOD_DEDICATED, "legacy@x.test", 0, 0, 0, 0, 0,
		REASON_UNSUPPORTED, 0, 0, 1, "Part" },
	{ "dedicated, passing trouble", METHOD_DEDICATED, "blind@x.test", 0, 0, 0, 0, 0,
		REASON_UNAVAILABLE, 0, 0, 1, "Part" },
	{ "personal", METHOD_PERSONAL, "open@x.test", SEEN_YES, SEEN_YES, SEEN_YES, SEEN_YES, 0, 0,
		0, 1, 0, "" },
};

static void test_methods(void **state)
{
	static struct world w;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct row *x = &rows[i];
		const struct told *t;

		world_init(&w, &x->person, 1);
		run(&w, x->method, 0);
		t = told_of(&w, 0);
		if (t->seen.calendar != x->calendar || t->seen.read != x->read ||
			t->seen.create != x->create || t->seen.inbox != x->inbox ||
			t->seen.busy != x->busy || t->seen.attempt != x->attempt ||
			t->seen.calendar_why != x->why)
			fail_msg("%s: calendar %d read %d create %d inbox %d busy %d attempt %s "
				 "why %s",
				x->name, t->seen.calendar, t->seen.read, t->seen.create,
				t->seen.inbox, t->seen.busy, reason_row(t->seen.attempt)->code,
				reason_row(t->seen.calendar_why)->code);
		if (w.client.asked_of[EXCHANGE_OPEN_FOLDERS] != x->folders ||
			w.client.asked_of[EXCHANGE_GET_BUSY] != x->busies)
			fail_msg("%s: %d and %d questions", x->name,
				w.client.asked_of[EXCHANGE_OPEN_FOLDERS],
				w.client.asked_of[EXCHANGE_GET_BUSY]);
		if (strncmp(t->code, x->code, strlen(x->code)) != 0 || (!x->code[0] && t->code[0]))
			fail_msg("%s: code %s", x->name, t->code);
		assert_int_equal(w.end, REASON_OK);
		assert_int_equal(t->seen.others,
			SEEN_UNKNOWN +
				2 *
					(t->seen.calendar == SEEN_YES &&
						x->method == METHOD_IMPERSONATION));
	}
}

/* One question is about many: what a server says of one of them is no evidence about another. */
static void test_said(void **state)
{
	static const char *const people[] = { "open0@x.test", "shut1@x.test", "open2@x.test",
		"shut3@x.test", "open4@x.test" };
	static const char *const said[] = { "", "About shut1@x.test.", "", "About shut3@x.test.",
		"" };
	static struct world w;

	(void)state;
	world_init(&w, people, COUNT(people));
	run(&w, METHOD_DELEGATE, 0);
	assert_true(w.largest > 1);
	for (size_t i = 0; i < COUNT(people); i++)
		assert_string_equal(told_of(&w, (int64_t)i)->said, said[i]);
}

/* A mixture of everybody, in every order of answers. */
static void test_orders(void **state)
{
	static struct world w;

	(void)state;
	for (enum order o = 0; o < ORDER__MAX; o++) {
		for (uint64_t seed = 1; seed < 6; seed++) {
			for (int every = 0; every < 2; every++) {
				for (enum method m = METHOD_DEDICATED; m < METHOD__MAX; m++) {
					world_init(&w, NULL, 700);
					w.client.order = o;
					w.client.seed = seed;
					run(&w, m, every);
					assert_int_equal(w.given, 700);
					assert_int_equal(w.end,
						m == METHOD_IMPERSONATION ? w.end : REASON_OK);
				}
			}
		}
	}
}

static void test_nobody(void **state)
{
	static struct world w;

	(void)state;
	world_init(&w, NULL, 0);
	run(&w, METHOD_DELEGATE, 0);
	assert_int_equal(w.client.asked, 0);
	assert_int_equal(w.end, REASON_OK);
}

static void test_batches(void **state)
{
	static struct world w;
	static const char *people[400];

	(void)state;
	for (size_t i = 0; i < COUNT(people); i++)
		people[i] = "open@x.test";
	world_init(&w, people, 400);
	run(&w, METHOD_DELEGATE, 0);
	assert_int_equal(w.client.asked, 40);
	assert_int_equal(w.client.most_flying, 8);

	/* A server that takes three: from ten down, and back only slowly. */
	world_init(&w, people, 400);
	w.most = 3;
	run(&w, METHOD_DELEGATE, 0);
	assert_int_equal(told_of(&w, 399)->seen.calendar, SEEN_YES);
	assert_in_range(w.client.asked, 400 / 3, 400 / 3 * 2);

	/* A hundred at once for busy time; a server that takes 30. */
	world_init(&w, people, 400);
	run(&w, METHOD_DEDICATED, 0);
	assert_int_equal(w.client.asked, 4);
	world_init(&w, people, 400);
	w.most = 30;
	run(&w, METHOD_DEDICATED, 0);
	assert_in_range(w.client.asked, 14, 25);

	/* One that takes not even one. */
	world_init(&w, people, 2);
	w.fail = REASON_TOO_BIG;
	w.fail_next = NEXT_SMALLER;
	w.fail_times = 100;
	run(&w, METHOD_DELEGATE, 0);
	assert_int_equal(told_of(&w, 1)->seen.attempt, REASON_TOO_BIG);
	assert_int_equal(w.end, REASON_OK);
}

/* Busy time of those that do not open is collected. */
static void test_collected(void **state)
{
	static struct world w;
	static const char *people[300];

	(void)state;
	for (size_t i = 0; i < COUNT(people); i++)
		people[i] = i % 2 ? "open@x.test" : "shut@x.test";
	world_init(&w, people, 300);
	run(&w, METHOD_DELEGATE, 0);
	assert_int_equal(w.client.asked_of[EXCHANGE_OPEN_FOLDERS], 30);
	assert_int_equal(w.client.asked_of[EXCHANGE_GET_BUSY], 2);
	world_init(&w, people, 300);
	run(&w, METHOD_IMPERSONATION, 0);
	assert_int_equal(w.client.asked_of[EXCHANGE_OPEN_FOLDERS], 300);
	assert_int_equal(w.client.asked_of[EXCHANGE_GET_BUSY], 2);
}

/* What passing trouble of one person costs: another try; never the others. */
static void test_flaky(void **state)
{
	static const char *const people[] = { "open@x.test", "flaky@x.test", "shut@x.test" };
	static struct world w;

	(void)state;
	world_init(&w, people, COUNT(people));
	w.part_fails = 2;
	run(&w, METHOD_DELEGATE, 0);
	assert_int_equal(told_of(&w, 1)->seen.calendar, SEEN_YES);
	world_init(&w, people, COUNT(people));
	w.part_fails = 99;
	run(&w, METHOD_DELEGATE, 0);
	assert_int_equal(told_of(&w, 0)->seen.calendar, SEEN_YES);
	assert_int_equal(told_of(&w, 1)->seen.attempt, REASON_SLOWED);
	assert_int_equal(told_of(&w, 1)->has_verdict, 0);
	assert_int_equal(told_of(&w, 2)->seen.busy, SEEN_YES);
	assert_int_equal(w.end, REASON_OK);
}

/* What a failing question does: from which one on, how many, what is asked and told. */
static const struct failing {
	const char *name;
	enum reason reason;
	int from, times;
	enum reason end;
	int asked_at_most;
	int lost; /* people told with it */
} failings[] = {
	{ "refused sign-in at once", REASON_SIGNIN_REFUSED, 1, 99, REASON_SIGNIN_REFUSED, 1, 10 },
	{ "refused in the midst", REASON_SIGNIN_REFUSED, 5, 99, REASON_SIGNIN_REFUSED, 13, 80 },
	{ "one batch times out", REASON_TIMED_OUT, 5, 1, REASON_OK, 99, 10 },
	{ "the canary times out", REASON_TIMED_OUT, 1, 1, REASON_OK, 99, 10 },
	{ "nothing but time-outs", REASON_TIMED_OUT, 1, 99, REASON_TIMED_OUT, 3, 30 },
	{ "the network goes away", REASON_UNREACHABLE, 6, 99, REASON_UNREACHABLE, 20, -1 },
	{ "one answer is unreadable", REASON_BAD_ANSWER, 5, 1, REASON_OK, 99, 0 },
	{ "all are unreadable", REASON_BAD_ANSWER, 1, 999, REASON_BAD_ANSWER, 16, -1 },
	{ "seven of them in a row", REASON_SERVER_DOWN, 4, 7, REASON_OK, 99, 70 },
};

static void test_failing(void **state)
{
	static struct world w;
	static const char *people[400];

	(void)state;
	for (size_t i = 0; i < COUNT(people); i++)
		people[i] = "open@x.test";
	for (size_t i = 0; i < COUNT(failings); i++) {
		const struct failing *x = &failings[i];
		int lost = 0;

		world_init(&w, people, COUNT(people));
		w.fail = x->reason;
		w.fail_from = x->from;
		w.fail_times = x->times;
		run(&w, METHOD_DELEGATE, 0);
		for (int64_t n = 0; n < w.count_told; n++) {
			lost += w.told[n].seen.attempt == x->reason;
			assert_true(w.told[n].seen.attempt == w.told[n].outcome);
		}
		if (w.end != x->end || w.client.asked > x->asked_at_most ||
			(x->lost >= 0 && lost != x->lost))
			fail_msg("%s: ended %s, asked %d, lost %d", x->name,
				reason_row(w.end)->code, w.client.asked, lost);
	}
}

/* A reason of one mailbox for the whole of a question is found by asking each alone. */
static void test_whose(void **state)
{
	static const char *const people[] = { "open@x.test", "open@x.test", "reader@x.test" };
	static struct world w;

	(void)state;
	world_init(&w, people, COUNT(people));
	w.fail = REASON_NO_MAILBOX;
	w.fail_from = 1;
	w.fail_times = 2; /* the three together, then the first of them */
	run(&w, METHOD_DELEGATE, 0);
	assert_int_equal(told_of(&w, 0)->seen.calendar_why, REASON_NO_MAILBOX);
	assert_int_equal(told_of(&w, 1)->seen.calendar, SEEN_YES);
	assert_int_equal(told_of(&w, 2)->seen.create, SEEN_NO);
	assert_int_equal(w.client.asked_of[EXCHANGE_OPEN_FOLDERS], 4);
}

/* Refusals to impersonate: alone, all alike, before and after somebody works. */
static void test_others(void **state)
{
	static const char *const none[] = { "shut1@x.test", "shut2@x.test", "dark@x.test" };
	static const char *const late[] = { "shut1@x.test", "noews@x.test", "gone@x.test",
		"open@x.test", "shut2@x.test" };
	static struct world w;

	(void)state;
	world_init(&w, none, COUNT(none));
	run(&w, METHOD_IMPERSONATION, 0);
	assert_int_equal(told_of(&w, 0)->seen.others, SEEN_NO);
	assert_int_equal(told_of(&w, 0)->verdict.reason, REASON_IMPERSONATION_REFUSED);
	for (enum order o = 0; o < ORDER__MAX; o++) {
		world_init(&w, late, COUNT(late));
		w.client.order = o;
		run(&w, METHOD_IMPERSONATION, 0);
		assert_int_equal(told_of(&w, 0)->seen.others, SEEN_YES);
		assert_int_equal(told_of(&w, 0)->verdict.reason, REASON_OUTSIDE_SCOPE);
		assert_int_equal(told_of(&w, 1)->verdict.reason, REASON_MEMBER_EWS_REFUSED);
		assert_int_equal(told_of(&w, 4)->verdict.reason, REASON_OUTSIDE_SCOPE);
		assert_int_equal(w.end, REASON_OK);
	}
}

/* Busy time that was lost on the way is not busy time that is closed: no verdict, whatever is known
 * of others. What the server never tells hides no verdict. */
static void test_busy_lost(void **state)
{
	static const char *const people[] = { "mute@x.test", "open@x.test", "legacy@x.test" };
	static struct world w;

	(void)state;
	world_init(&w, people, COUNT(people));
	run(&w, METHOD_IMPERSONATION, 0);
	assert_int_equal(told_of(&w, 0)->seen.others, SEEN_YES);
	assert_int_equal(told_of(&w, 0)->seen.attempt, REASON_UNAVAILABLE);
	assert_int_equal(told_of(&w, 0)->has_verdict, 0);
	assert_int_equal(told_of(&w, 2)->verdict.reason, REASON_OUTSIDE_SCOPE);
	world_init(&w, people, COUNT(people));
	run(&w, METHOD_DELEGATE, 0);
	assert_int_equal(told_of(&w, 0)->has_verdict, 0);
	assert_int_equal(told_of(&w, 2)->verdict.reason, REASON_NOT_DELEGATED);
}

/* Only so many are held back; 403 for everybody is the connection's. */
static void test_held(void **state)
{
	static struct world w;
	static const char *people[900];

	(void)state;
	for (size_t i = 0; i < COUNT(people); i++)
		people[i] = i == 899 ? "open@x.test" : "shut@x.test";
	world_init(&w, people, COUNT(people));
	run(&w, METHOD_IMPERSONATION, 0);
	assert_int_equal(told_of(&w, 0)->seen.others, SEEN_NO);
	assert_int_equal(told_of(&w, 898)->seen.others, SEEN_YES);
	for (size_t i = 0; i < COUNT(people); i++)
		people[i] = "noews@x.test";
	world_init(&w, people, COUNT(people));
	run(&w, METHOD_IMPERSONATION, 0);
	assert_int_equal(w.end, REASON_EWS_REFUSED);
	assert_int_equal(told_of(&w, 0)->has_verdict, 0);
	assert_in_range(w.client.asked, 50, 60);
}

static void test_every_way(void **state)
{
	static const char *const people[] = { "open@x.test", "full@x.test", "shut@x.test",
		"dark@x.test", "calonly@x.test", "blind@x.test" };
	static const char *const norole[] = { "norole1@x.test", "norole2@x.test" };
	static const enum reach want[] = { REACH_FULL, REACH_FULL, REACH_BUSY, REACH_NONE,
		REACH_FULL, REACH_UNKNOWN };
	static struct world w;

	(void)state;
	for (enum method m = METHOD_PERSONAL; m < METHOD__MAX; m++) {
		world_init(&w, people, COUNT(people));
		run(&w, m, 1);
		for (size_t i = 0; i < COUNT(people); i++)
			assert_int_equal(told_of(&w, (int64_t)i)->verdict.reach, want[i]);
		assert_int_equal(w.client.asked_of[EXCHANGE_OPEN_FOLDERS], 1 + COUNT(people));
		assert_int_equal(w.client.asked_of[EXCHANGE_GET_BUSY], 1);
	}
	assert_string_equal(told_of(&w, 0)->name, "Kalender");
	/* Nobody can be impersonated: that ends only this way. */
	world_init(&w, norole, 2);
	run(&w, METHOD_DELEGATE, 1);
	assert_int_equal(w.end, REASON_OK);
	assert_int_equal(told_of(&w, 0)->verdict.reach, REACH_CALENDAR);
	assert_int_equal(told_of(&w, 0)->has_verdict, 1);
	assert_string_equal(told_of(&w, 0)->code, "");
	world_init(&w, norole, 2);
	run(&w, METHOD_IMPERSONATION, 0);
	assert_int_equal(told_of(&w, 0)->seen.attempt, REASON_IMPERSONATION_SETUP);
}

/* Stopped after so many answers, from outside, or in the midst of a callback: silence after it, and
 * nothing is left. */
static void test_stop(void **state)
{
	static struct world w;

	(void)state;
	for (int n = 0; n < 60; n++) {
		world_init(&w, NULL, 400);
		begin(&w, n % 2 ? METHOD_IMPERSONATION : METHOD_DELEGATE, n % 3 == 0);
		w.client.order = ORDER_ANY;
		unit_run(&w.client, &w.done, n);
		if (!w.done)
			calendars_stop(w.run);
		unit_close(&w.client);

		world_init(&w, NULL, 400);
		w.stop_told = n + 1;
		begin(&w, n % 2 ? METHOD_DEDICATED : METHOD_DELEGATE, n % 3 == 0);
		unit_run(&w.client, &w.done, 1000);
		assert_false(w.done);
		assert_int_equal(w.count_told, n + 1);
		unit_close(&w.client);

		world_init(&w, NULL, 400);
		w.stop_next = 5 * n + 1;
		begin(&w, METHOD_DELEGATE, 0);
		unit_run(&w.client, &w.done, 1000);
		assert_false(w.done);
		unit_close(&w.client);
	}
	calendars_stop(NULL);
}

/* A hundred thousand people: memory stays flat. */
static void test_many(void **state)
{
	static struct world w;
	size_t before = mallinfo2().uordblks, peak = 0;

	(void)state;
	world_init(&w, NULL, MANY);
	begin(&w, METHOD_DELEGATE, 0);
	while (!w.done) {
		unit_run(&w.client, &w.done, 200);
		if (mallinfo2().uordblks > peak)
			peak = mallinfo2().uordblks;
	}
	assert_int_equal(w.count_told, MANY);
	assert_int_equal(w.sum, (int64_t)MANY * (MANY - 1) / 2);
	assert_true(peak - before < 8 << 20);
	unit_close(&w.client);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_methods),
		cmocka_unit_test(test_said),
		cmocka_unit_test(test_orders),
		cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_batches),
		cmocka_unit_test(test_collected),
		cmocka_unit_test(test_flaky),
		cmocka_unit_test(test_failing),
		cmocka_unit_test(test_whose),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_busy_lost),
		cmocka_unit_test(test_held),
		cmocka_unit_test(test_every_way),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
