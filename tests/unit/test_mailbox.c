/* What is found out about the mailbox that signs in, against a scripted client: everything told,
 * and each of the four questions failing without hiding what the others say.
 */
#include "tests/unit/script_unit.h"

#include "exchange/mailbox.h"
#include "exchange/zone.h"
#include "platform/clock.h"

static const int64_t now = 1795420800;

enum { OPEN, NAME, MAIL, BUSY, ZONE, QUESTIONS };

struct mailbag {
	const char *for_whom;
	int delegated;
};

struct world {
	struct client client;
	struct arena a;
	struct mailbox *run;
	enum reason fail[QUESTIONS];
	enum reason calendar; /* of that folder */
	enum reason named;    /* ... opened by the address */
	const char *other;    /* the mailbox of what opens by it; NULL: the same */
	int64_t inbox, sent, items;
	const struct person *people;
	size_t person_count;
	int more_people;
	const struct mailbag *mails;
	size_t mail_count;
	int64_t mail_total;
	int64_t date;
	int no_zone, odd_zone, folders, short_answer, stopped;
	const char *as[QUESTIONS];
	int done;
	struct mailbox_seen seen;
};

static const struct person anna = { "Calendar Service", "SVC@example.test", "Mailbox" };

/* --- the server --- */

static void open_folders(struct world *w, const struct client_call *k, struct folders_result *r)
{
	const struct folders_query *q = k->query;

	if (k->client->asked == 1)
		assert_int_equal(q->count, k->how.impersonate ? 3 : 4);
	assert_int_equal(q->want, FOLDER_WANT_COUNTS | FOLDER_BY_ADDRESS);
	r->count = w->folders ? 0 : q->count - (size_t)w->short_answer;
	r->list = arena_array(k->how.a, q->count, sizeof(*r->list));
	for (size_t i = 0; i < q->count; i++) {
		const char *mailbox = q->list[i].mailbox;

		if (mailbox)
			assert_string_equal(mailbox, "svc@example.test");
		r->list[i].lies_in = mailbox && w->other ? w->other : "ours";
		r->list[i].total = q->list[i].kind == FOLDER_INBOX ? w->inbox
			: q->list[i].kind == FOLDER_SENT	   ? w->sent
								   : w->items;
		if (q->list[i].kind == FOLDER_CALENDAR)
			r->list[i].ended.reason = mailbox ? w->named : w->calendar;
		if (w->stopped && i > 0)
			r->list[i].ended.reason = REASON_SERVER_DOWN;
	}
}

static void resolve(struct world *w, const struct client_call *k, struct people_result *r)
{
	const struct resolve_query *q = k->query;

	assert_string_equal(q->text, "smtp:svc@example.test");
	r->list = arena_memdup(k->how.a, w->people, w->person_count * sizeof(*w->people));
	r->count = w->person_count;
	r->more = w->more_people;
}

static void find_mail(struct world *w, const struct client_call *k, struct mail_result *r)
{
	const struct mail_query *q = k->query;

	assert_int_equal(q->folder, FOLDER_INBOX);
	assert_int_equal(q->limit, 200);
	assert_string_equal(q->subject, "");
	r->list = arena_array(k->how.a, w->mail_count, sizeof(*r->list));
	r->count = w->mail_count;
	r->total = w->mail_total;
	for (size_t i = 0; i < w->mail_count; i++)
		r->list[i] = (struct mail_seen){ .class = "IPM.Schedule.Meeting.Request",
			.for_whom = w->mails[i].for_whom,
			.delegated = w->mails[i].delegated };
}

static void get_busy(struct world *w, const struct client_call *k, struct busy_result *r)
{
	static const struct zone_rules berlin = { -60, { 0, 10, 5, 0, 10800 },
		{ -60, 3, 5, 0, 7200 } };
	const struct busy_query *q = k->query;

	assert_int_equal(q->count, 1);
	assert_string_equal(q->mailboxes[0], "svc@example.test");
	r->list = arena_array(k->how.a, 1, sizeof(*r->list));
	r->count = 1;
	r->list[0].has_zone = !w->no_zone;
	r->list[0].zone = berlin;
}

static void get_zone(struct world *w, const struct client_call *k, struct zones_result *r)
{
	const struct zones_query *q = k->query;

	assert_int_equal(q->count, 1);
	assert_string_equal(q->ids[0], "W. Europe Standard Time");
	assert_int_equal(q->rules_at, now);
	r->list = arena_array(k->how.a, 1, sizeof(*r->list));
	r->count = 1;
	r->list[0].has_rules = !w->odd_zone;
	r->list[0].rules.bias = -60;
}

static void answer(void *ptr, const struct client_call *k, struct outcome *o, void *r)
{
	static const struct {
		enum exchange_op op;
		int question;
	} ops[] = {
		{ EXCHANGE_OPEN_FOLDERS, OPEN },
		{ EXCHANGE_RESOLVE_NAME, NAME },
		{ EXCHANGE_FIND_MAIL, MAIL },
		{ EXCHANGE_GET_BUSY, BUSY },
		{ EXCHANGE_SERVER_ZONES, ZONE },
	};
	struct world *w = ptr;
	size_t i = 0;
	int q;

	while (i + 1 < COUNT(ops) && ops[i].op != k->op)
		i++;
	assert_int_equal(ops[i].op, k->op);
	q = ops[i].question;
	w->as[q] = k->how.impersonate;
	o->date = w->date;
	snprintf(o->server, sizeof(o->server), "EX01");
	if (w->fail[q]) {
		unit_fail(o, w->fail[q], NEXT_NOTHING);
		return;
	}
	if (q == OPEN)
		open_folders(w, k, r);
	if (q == NAME)
		resolve(w, k, r);
	if (q == MAIL)
		find_mail(w, k, r);
	if (q == BUSY)
		get_busy(w, k, r);
	if (q == ZONE)
		get_zone(w, k, r);
}

static void done(void *ptr, const struct mailbox_seen *m)
{
	struct world *w = ptr;

	assert_false(w->done);
	w->done = 1;
	w->seen = *m;
}

static void world_init(struct world *w)
{
	memset(w, 0, sizeof(*w));
	unit_open(&w->client, answer, w);
	arena_init(&w->a, 1 << 20);
	w->people = &anna;
	w->person_count = 1;
	w->date = now + 3;
	clock_freeze(now);
}

static void run(struct world *w)
{
	w->run = mailbox_start(&w->client, &w->a, done, w);
	assert_int_equal(w->client.asked, 0);
	unit_run(&w->client, &w->done, 100);
	assert_true(w->done);
	assert_true(w->client.first_alone);
	unit_close(&w->client);
	clock_freeze(0);
}

/* --- tests --- */

static void test_all(void **state)
{
	static struct world w;

	(void)state;
	for (enum order o = 0; o < ORDER__MAX; o++) {
		world_init(&w);
		w.client.order = o;
		run(&w);
		assert_int_equal(w.seen.opened.reason, REASON_OK);
		assert_int_equal(w.seen.name_end.reason, REASON_OK);
		assert_string_equal(w.seen.name, "Calendar Service");
		assert_string_equal(w.seen.address, "SVC@example.test");
		assert_true(w.seen.has_rules);
		assert_int_equal(w.seen.rules.bias, -60);
		assert_true(zone_known(w.seen.zone));
		assert_string_equal(w.seen.version, "15.1.2507.6");
		assert_string_equal(w.seen.spoken, "Exchange2010_SP2");
		assert_string_equal(w.seen.server, "EX01");
		assert_int_equal(w.seen.clock, 3);
		assert_true(w.seen.clock_told);
		assert_int_equal(w.seen.empty, REASON_OK);
		assert_int_equal(w.seen.foreign, 0);
		assert_int_equal(w.client.asked, 5);
		assert_string_equal(w.seen.windows, "W. Europe Standard Time");
		assert_int_equal(w.seen.zone_end, REASON_OK);
		assert_int_equal(w.seen.zone_rules.bias, -60);
		assert_int_equal(w.seen.mail_end, REASON_OK);
		assert_null(w.as[BUSY]);
		arena_done(&w.a);
	}
}

/* An application without a mailbox of its own acts as the dedicated one, in every question. */
static void test_acts_as(void **state)
{
	static struct world w;

	(void)state;
	world_init(&w);
	w.client.acts_as = "svc@example.test";
	run(&w);
	for (int q = 0; q < QUESTIONS; q++)
		assert_string_equal(w.as[q], "svc@example.test");
	arena_done(&w.a);
}

/* Each question, and all that follow, fail: the rest is told. */
static void test_failing(void **state)
{
	static struct world w;

	(void)state;
	for (int mask = 1; mask < 16; mask++) {
		world_init(&w);
		w.fail[NAME] = mask & 1 ? REASON_TIMED_OUT : REASON_OK;
		w.fail[MAIL] = mask & 2 ? REASON_SERVER_DOWN : REASON_OK;
		w.fail[BUSY] = mask & 4 ? REASON_BUSY_DENIED : REASON_OK;
		w.fail[ZONE] = mask & 8 ? REASON_UNSUPPORTED : REASON_OK;
		w.inbox = mask & 2; /* an inbox with two items, or none */
		run(&w);
		assert_int_equal(w.seen.opened.reason, REASON_OK);
		assert_int_equal(w.seen.name_end.reason, w.fail[NAME]);
		assert_int_equal(w.seen.name[0] != '\0', !(mask & 1));
		assert_int_equal(w.seen.foreign, mask & 2 ? -1 : 0);
		assert_int_equal(w.seen.has_rules, !(mask & 4));
		assert_int_equal(w.seen.empty, mask & 2 ? REASON_NOT_EMPTY : REASON_OK);
		assert_int_equal(w.seen.mail_end, w.fail[MAIL]);
		assert_int_equal(w.seen.zone_end, mask & 4 ? REASON_NOT_CHECKED : w.fail[ZONE]);
		arena_done(&w.a);
	}
}

static const struct opening {
	const char *name;
	enum reason fail, calendar;
	int folders;
	enum reason opened, empty;
	int asked;
} openings[] = {
	{ "the sign-in is refused", REASON_SIGNIN_REFUSED, 0, 0, REASON_SIGNIN_REFUSED,
		REASON_SIGNIN_REFUSED, 1 },
	{ "nobody answers", REASON_TIMED_OUT, 0, 0, REASON_TIMED_OUT, REASON_TIMED_OUT, 1 },
	{ "no mailbox of its own", REASON_NO_OWN_MAILBOX, 0, 0, REASON_NO_OWN_MAILBOX,
		REASON_NO_OWN_MAILBOX, 1 },
	{ "disabled mailbox", REASON_MAILBOX_DISABLED, 0, 0, REASON_MAILBOX_DISABLED,
		REASON_MAILBOX_DISABLED, 5 },
	{ "the calendar does not open", 0, REASON_NO_CALENDAR, 0, REASON_NO_CALENDAR,
		REASON_NO_CALENDAR, 5 },
	{ "there is no calendar", 0, REASON_NOT_DELEGATED, 0, REASON_NO_CALENDAR,
		REASON_NO_CALENDAR, 5 },
	{ "nor a mailbox", 0, REASON_NO_MAILBOX, 0, REASON_NO_OWN_MAILBOX, REASON_NO_OWN_MAILBOX,
		5 },
	{ "an answer without folders", 0, 0, 1, REASON_BAD_ANSWER, REASON_BAD_ANSWER, 7 },
};

static void test_openings(void **state)
{
	static struct world w;

	(void)state;
	for (size_t i = 0; i < COUNT(openings); i++) {
		const struct opening *x = &openings[i];

		world_init(&w);
		w.fail[OPEN] = x->fail;
		w.calendar = x->calendar;
		w.folders = x->folders;
		run(&w);
		if (w.seen.opened.reason != x->opened || w.seen.empty != x->empty ||
			w.client.asked != x->asked)
			fail_msg("%s: opened %s, empty %s, %d asked", x->name,
				reason_row(w.seen.opened.reason)->code,
				reason_row(w.seen.empty)->code, w.client.asked);
		arena_done(&w.a);
	}
}

/* The address that was entered is opened, too: it has to lead to the mailbox that signs in. */
static const struct addressing {
	const char *name;
	enum reason named;
	const char *other;
	enum reason opened;
} addressings[] = {
	{ "the same mailbox", 0, NULL, REASON_OK },
	{ "somebody else's, that is shared", 0, "another", REASON_OTHER_MAILBOX },
	{ "names differ by their letters", 0, "Ours", REASON_OTHER_MAILBOX },
	{ "somebody else's", REASON_NOT_DELEGATED, NULL, REASON_OTHER_MAILBOX },
	{ "nobody's", REASON_NO_MAILBOX, NULL, REASON_OTHER_MAILBOX },
	{ "on another server", REASON_ELSEWHERE, NULL, REASON_OTHER_MAILBOX },
	{ "not taken", REASON_ADDRESS_REFUSED, NULL, REASON_OTHER_MAILBOX },
	{ "only the primary one is taken", REASON_ALIAS, NULL, REASON_ALIAS },
	{ "trouble that passes", REASON_UNAVAILABLE, NULL, REASON_UNAVAILABLE },
	{ "trouble of the server", REASON_SERVER_DOWN, NULL, REASON_SERVER_DOWN },
};

static void test_addressing(void **state)
{
	static struct world w;

	(void)state;
	for (size_t i = 0; i < COUNT(addressings); i++) {
		const struct addressing *x = &addressings[i];

		world_init(&w);
		w.named = x->named;
		w.other = x->other;
		run(&w);
		if (w.seen.opened.reason != x->opened || w.seen.empty != REASON_OK)
			fail_msg("%s: opened %s, empty %s", x->name,
				reason_row(w.seen.opened.reason)->code,
				reason_row(w.seen.empty)->code);
		arena_done(&w.a);
	}
}

/* A server that stops behind the first part of a question is asked for the others again. */
static void test_stopped(void **state)
{
	static struct world w;

	(void)state;
	world_init(&w);
	w.stopped = 1;
	run(&w);
	assert_int_equal(w.seen.opened.reason, REASON_OK);
	assert_int_equal(w.seen.empty, REASON_SERVER_DOWN);
	assert_int_equal(w.client.asked_of[EXCHANGE_OPEN_FOLDERS], 3);
	arena_done(&w.a);
	world_init(&w);
	w.short_answer = 1;
	run(&w);
	assert_int_equal(w.seen.opened.reason, REASON_OK);
	assert_int_equal(w.seen.empty, REASON_BAD_ANSWER);
	arena_done(&w.a);
}

/* Who acts as the address need not open it. */
static void test_addressing_acts_as(void **state)
{
	static struct world w;

	(void)state;
	world_init(&w);
	w.client.acts_as = "svc@example.test";
	w.named = REASON_NO_MAILBOX;
	run(&w);
	assert_int_equal(w.seen.opened.reason, REASON_OK);
	arena_done(&w.a);
}

static const struct person candidates[] = {
	{ "Somebody", "svc.other@example.test", "Mailbox" },
	{ "Calendar Service", "svc@EXAMPLE.test", "Mailbox" },
	{ "Legacy", "", "Mailbox" },
};

static const struct naming {
	const char *name;
	size_t first, count;
	int more;
	enum reason end;
	const char *address;
} namings[] = {
	{ "among others", 0, 3, 0, REASON_OK, "svc@EXAMPLE.test" },
	{ "another name of it", 0, 1, 0, REASON_ALIAS, "svc.other@example.test" },
	{ "one of many", 0, 1, 1, REASON_NOTHING_FOUND, "" },
	{ "nobody", 0, 0, 0, REASON_NOTHING_FOUND, "" },
	{ "one without an address", 2, 1, 0, REASON_NOTHING_FOUND, "" },
};

static void test_naming(void **state)
{
	static struct world w;

	(void)state;
	for (size_t i = 0; i < COUNT(namings); i++) {
		const struct naming *x = &namings[i];

		world_init(&w);
		w.people = candidates + x->first;
		w.person_count = x->count;
		w.more_people = x->more;
		run(&w);
		if (w.seen.name_end.reason != x->end || strcmp(w.seen.address, x->address) != 0)
			fail_msg("%s: %s %s", x->name, reason_row(w.seen.name_end.reason)->code,
				w.seen.address);
		arena_done(&w.a);
	}
}

static const struct mailbag own[] = { { "", 0 }, { NULL, 0 }, { "Svc@Example.test", 0 } };
static const struct mailbag foreign[] = { { "", 0 }, { "anna@example.test", 0 }, { "", 1 } };
static const struct mailbag primary[] = { { "svc.other@example.test", 0 } };

static const struct filling {
	const char *name;
	int64_t inbox, sent, items;
	const struct mailbag *mails;
	size_t count;
	int64_t total;
	int64_t foreign;
	int capped;
	enum reason empty, mail;
} fillings[] = {
	{ "nothing at all", 0, 0, 0, NULL, 0, 0, 0, 0, REASON_OK, REASON_OK },
	{ "one event", 0, 0, 1, NULL, 0, 0, 0, 0, REASON_NOT_EMPTY, REASON_OK },
	{ "sent mail", 0, 4, 0, NULL, 0, -1, 0, 0, REASON_NOT_EMPTY, REASON_OK },
	{ "counts are not told", -1, 0, 0, NULL, 0, 0, 0, 0, REASON_BAD_ANSWER, REASON_OK },
	{ "our own invitations", 3, 0, 0, own, 3, 3, 0, 0, REASON_NOT_EMPTY, REASON_OK },
	{ "those of others", 3, 0, 0, foreign, 3, 3, 2, 0, REASON_NOT_EMPTY, REASON_FOREIGN_MAIL },
	{ "more than were looked at", 3, 0, 0, foreign, 3, 900, 2, 1, REASON_NOT_EMPTY,
		REASON_FOREIGN_MAIL },
	{ "by our other name", 1, 0, 0, primary, 1, 1, 0, 0, REASON_NOT_EMPTY, REASON_OK },
};

static void test_emptiness(void **state)
{
	static struct world w;

	(void)state;
	for (size_t i = 0; i < COUNT(fillings); i++) {
		const struct filling *x = &fillings[i];

		world_init(&w);
		w.inbox = x->inbox;
		w.sent = x->sent;
		w.items = x->items;
		w.mails = x->mails;
		w.mail_count = x->count;
		w.mail_total = x->total;
		w.people = candidates;
		w.client.order = ORDER_LAST; /* the name comes after the mail */
		run(&w);
		if (w.seen.foreign != x->foreign || w.seen.foreign_capped != x->capped ||
			w.seen.empty != x->empty || w.seen.mail_end != x->mail)
			fail_msg("%s: %d foreign, %s", x->name, (int)w.seen.foreign,
				reason_row(w.seen.empty)->code);
		arena_done(&w.a);
	}
}

static void test_little(void **state)
{
	static struct world w;

	(void)state;
	world_init(&w);
	w.date = 0;
	w.no_zone = 1;
	run(&w);
	assert_false(w.seen.clock_told);
	assert_false(w.seen.has_rules);
	assert_string_equal(w.seen.zone, "");
	assert_int_equal(w.seen.zone_end, REASON_NOT_CHECKED);
	assert_int_equal(w.client.asked, 4);
	arena_done(&w.a);
	world_init(&w);
	w.odd_zone = 1;
	run(&w);
	assert_string_equal(w.seen.zone, "Europe/Berlin");
	assert_int_equal(w.seen.zone_end, REASON_UNSUPPORTED);
	arena_done(&w.a);
}

static void test_stop(void **state)
{
	static struct world w;

	(void)state;
	for (int n = 0; n < 5; n++) {
		world_init(&w);
		w.run = mailbox_start(&w.client, &w.a, done, &w);
		unit_run(&w.client, &w.done, n);
		mailbox_stop(w.run);
		assert_false(w.done);
		unit_close(&w.client);
		arena_done(&w.a);
	}
	mailbox_stop(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_acts_as),
		cmocka_unit_test(test_failing),
		cmocka_unit_test(test_openings),
		cmocka_unit_test(test_addressing),
		cmocka_unit_test(test_stopped),
		cmocka_unit_test(test_addressing_acts_as),
		cmocka_unit_test(test_naming),
		cmocka_unit_test(test_emptiness),
		cmocka_unit_test(test_little),
		cmocka_unit_test(test_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
