/* A booking that shows whether a room takes bookings, against a scripted client: each answer, none,
 * what cannot be read or removed, and being stopped at any moment. Whatever happens, what was made
 * is removed with word to the room, and nothing of anybody else's is touched.
 */
#include "tests/unit/loop_unit.h"
#include "tests/unit/script_unit.h"

#include "exchange/rsvp.h"
#include "platform/clock.h"

#define ROOM "alder@example.test"

enum { NOW = 1795420800, DAY = 86400, HOUR = 3600 };

static int64_t unit_time;

int64_t clock_mono_ms(void)
{
	return unit_time;
}

int64_t clock_mono_us(void)
{
	return unit_time * 1000;
}

int64_t clock_now(void)
{
	return NOW;
}

int64_t clock_now_ms(void)
{
	return (int64_t)NOW * 1000;
}

void clock_iso(char *dst, size_t size, int64_t t)
{
	snprintf(dst, size, "%lld", (long long)t);
}

void clock_text(char *dst, size_t size, int64_t t)
{
	clock_iso(dst, size, t);
}

struct org {
	struct client client;
	struct arena a;
	/* how it is */
	enum response answers; /* in the end */
	int64_t after;	       /* milliseconds */
	enum reason busy, make, keep, read, inbox;
	int taken;	/* the first hour is */
	int64_t behind; /* its clock is; seconds */
	/* what is there */
	int meeting, mail;
	struct booking made;
	int64_t made_at;
	int cancelled; /* the room was told */
	/* how it ended */
	struct rsvp *run;
	int over;
	struct rsvp_seen seen;
};

/* --- the server --- */

static void tell_busy(struct org *w, const struct client_call *k, struct busy_result *r)
{
	const struct busy_query *q = k->query;

	assert_string_equal(q->mailboxes[0], ROOM);
	r->count = 1;
	r->list = arena_array(k->how.a, 1, sizeof(*r->list));
	r->list[0].spans = arena_array(k->how.a, 1, sizeof(*r->list[0].spans));
	r->list[0].count = w->taken ? 1 : 0;
	/* Until ten on the first day, and on the weekend nobody is asked. */
	r->list[0].spans[0] = (struct busy_span){ q->from, q->from + 10 * HOUR, BUSY_BUSY };
}

static void make(struct org *w, const struct client_call *k, struct item_ref *r)
{
	const struct booking *b = k->query;

	assert_int_equal(b->send, SEND_UNKEPT);
	assert_int_equal(b->attendee_count, 1);
	assert_int_equal(b->attendees[0].kind, ATTENDEE_ROOM);
	assert_string_equal(b->attendees[0].address, ROOM);
	assert_string_equal(b->tag, "rsvp-7");
	w->made = *b;
	w->made_at = w->client.loop->now;
	w->meeting = 1;
	*r = (struct item_ref){ "meeting", "k" };
}

static int has_answered(const struct org *w)
{
	return w->answers != RESPONSE_NONE && w->client.loop->now >= w->made_at + w->after;
}

static void read_item(struct org *w, const struct client_call *k, struct items_result *r)
{
	struct reply *reply = arena_array(k->how.a, 1, sizeof(*reply));

	*reply = (struct reply){ "ALDER@example.test", has_answered(w) ? w->answers : RESPONSE_NONE,
		ATTENDEE_ROOM };
	w->mail |= has_answered(w);
	r->list = arena_array(k->how.a, 1, sizeof(*r->list));
	r->count = 1;
	r->list[0] = (struct item_seen){ .ref = { "meeting", "k" },
		.folder = "folder",
		.tag = "rsvp-7",
		.uid = "uid",
		.organizer = "svc@example.test",
		.start = w->made.start,
		.end = w->made.end,
		.replies = reply,
		.reply_count = 1 };
	if (!w->meeting)
		r->list[0].ended.reason = REASON_BOOKING_GONE;
}

static void take(struct org *w, const struct client_call *k, struct outcome *o)
{
	const struct remove_query *q = k->query;

	assert_true(q->hard);
	if (w->keep != REASON_OK) {
		unit_fail(o, w->keep, NEXT_NOTHING);
		return;
	}
	if (strcmp(q->item.id, "meeting") == 0) {
		assert_int_equal(q->send, SEND_UNKEPT);
		w->meeting = 0;
		w->cancelled = 1;
	} else {
		assert_string_equal(q->item.id, "answer");
		assert_true(q->message);
		w->mail = 0;
	}
}

/* An answer of before, one of another room, a mail of the room that is no answer; ours last. */
static void list_mail(struct org *w, const struct client_call *k, struct mail_result *r)
{
	static const char answer[] = "IPM.Schedule.Meeting.Resp.Pos";

	r->list = arena_array(k->how.a, 4, sizeof(*r->list));
	r->list[r->count++] =
		(struct mail_seen){ { "old", "k" }, answer, ROOM, ROOM, "", 0, NOW - DAY };
	r->list[r->count++] = (struct mail_seen){ { "other", "k" }, answer, "b@example.test", "",
		"", 0, NOW + 5 - w->behind };
	r->list[r->count++] =
		(struct mail_seen){ { "note", "k" }, "IPM.Note", ROOM, ROOM, "", 0, NOW + 5 };
	if (w->mail)
		r->list[r->count++] = (struct mail_seen){ { "answer", "k" }, answer,
			"Alder@example.test", ROOM, "", 0, NOW + 5 - w->behind };
}

static void find_tagged(struct org *w, const struct client_call *k, struct events_result *r)
{
	r->list = arena_array(k->how.a, 1, sizeof(*r->list));
	r->count = (size_t)w->meeting;
	r->list[0] =
		(struct event){ .id = "meeting", .change_key = "k", .uid = "uid", .tag = "rsvp-7" };
}

static void open_folder(const struct client_call *k, struct folders_result *r)
{
	r->list = arena_array(k->how.a, 1, sizeof(*r->list));
	r->list[0].id = "folder";
	r->count = 1;
}

/* What fails, by operation. */
static enum reason trouble(const struct org *w, enum exchange_op op)
{
	return op == EXCHANGE_GET_BUSY		? w->busy
		: op == EXCHANGE_CREATE_BOOKING ? w->make
		: op == EXCHANGE_GET_ITEMS	? w->read
		: op == EXCHANGE_FIND_MAIL	? w->inbox
						: REASON_OK;
}

static void answer(void *ptr, const struct client_call *k, struct outcome *o, void *r)
{
	struct org *w = ptr;

	o->date = NOW - w->behind;
	if (trouble(w, k->op) != REASON_OK)
		unit_fail(o, trouble(w, k->op), NEXT_NOTHING);
	else if (k->op == EXCHANGE_GET_BUSY)
		tell_busy(w, k, r);
	else if (k->op == EXCHANGE_CREATE_BOOKING)
		make(w, k, r);
	else if (k->op == EXCHANGE_GET_ITEMS)
		read_item(w, k, r);
	else if (k->op == EXCHANGE_REMOVE_ITEM)
		take(w, k, o);
	else if (k->op == EXCHANGE_FIND_MAIL)
		list_mail(w, k, r);
	else if (k->op == EXCHANGE_FIND_TAGGED)
		find_tagged(w, k, r);
	else if (k->op == EXCHANGE_OPEN_FOLDERS)
		open_folder(k, r);
	else
		fail_msg("nobody should ask for %d", (int)k->op);
}

/* --- its life --- */

static void on_done(void *ptr, const struct rsvp_seen *s)
{
	struct org *w = ptr;

	w->seen = *s;
	w->over = 1;
}

static void begin(struct org *w)
{
	const struct rsvp_query q = {
		.room = ROOM, .token = "7", .a = &w->a, .done = on_done, .ptr = w
	};

	unit_time = 0;
	unit_open(&w->client, answer, w);
	arena_init(&w->a, 16 << 20);
	w->run = rsvp_start(&w->client, &q);
}

/* At most so many answers and timers. */
static int turn(struct org *w, int steps)
{
	int n = 0;

	while (!w->over && n < steps) {
		n++;
		if (unit_answer_one(&w->client))
			continue;
		loop_turn(w->client.loop, 0);
		unit_time = w->client.loop->now;
	}
	return n;
}

static void run(struct org *w)
{
	begin(w);
	turn(w, 500);
	assert_true(w->over);
}

static void done(struct org *w)
{
	unit_close(&w->client);
	arena_done(&w->a);
}

/* --- tests --- */

static const struct row {
	struct org org;
	enum response response;
	int left;
} rows[] = {
	{ { .answers = RESPONSE_ACCEPTED, .after = 3000 }, RESPONSE_ACCEPTED, 0 },
	{ { .answers = RESPONSE_DECLINED, .after = 50000 }, RESPONSE_DECLINED, 0 },
	{ { .answers = RESPONSE_TENTATIVE }, RESPONSE_TENTATIVE, 0 },
	{ { .answers = RESPONSE_ACCEPTED, .behind = 120 }, RESPONSE_ACCEPTED, 0 },
	{ { .answers = RESPONSE_ACCEPTED, .behind = -120 }, RESPONSE_ACCEPTED, 0 },
	{ { .answers = RESPONSE_NONE }, RESPONSE_NONE, 0 },
	{ { .answers = RESPONSE_ACCEPTED, .busy = REASON_BUSY_DENIED }, RESPONSE_ACCEPTED, 0 },
	{ { .answers = RESPONSE_ACCEPTED, .keep = REASON_READ_ONLY }, RESPONSE_ACCEPTED, 1 },
	{ { .answers = RESPONSE_ACCEPTED, .inbox = REASON_TIMED_OUT }, RESPONSE_ACCEPTED, 1 },
};

static void test_answers(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct org w = rows[i].org;

		run(&w);
		if (w.seen.response != rows[i].response || w.seen.left != rows[i].left)
			fail_msg("row %zu: %d, left %s", i, (int)w.seen.response, w.seen.left_say);
		assert_int_equal(w.seen.made.reason, REASON_OK);
		assert_int_equal(w.meeting, w.keep != REASON_OK);
		assert_int_equal(w.cancelled, w.keep == REASON_OK);
		assert_int_equal(w.mail, rows[i].left);
		assert_true(w.seen.ms <= RSVP_WAIT_MS + 20000);
		done(&w);
	}
}

/* An hour in which it is free, on a working day, within what rooms can be booked for. */
static void test_hour(void **state)
{
	(void)state;
	for (int taken = 0; taken < 2; taken++) {
		struct org w = { .answers = RESPONSE_ACCEPTED, .taken = taken };
		const int64_t day = (NOW / DAY + RSVP_DAYS) * DAY;
		int64_t first = day;

		while ((first / DAY + 4) % 7 == 0 || (first / DAY + 4) % 7 == 6)
			first += DAY;
		run(&w);
		assert_int_equal(w.seen.start, first + (taken && first == day ? 10 : 9) * HOUR);
		assert_int_equal(w.seen.was_free, SEEN_YES);
		assert_true(w.seen.start < NOW + (int64_t)180 * DAY);
		done(&w);
	}
}

/* What was refused made nothing; what was lost may have. */
static void test_not_made(void **state)
{
	struct org w = { .make = REASON_READ_ONLY };

	(void)state;
	run(&w);
	assert_int_equal(w.seen.made.reason, REASON_READ_ONLY);
	assert_int_equal(w.seen.response, RESPONSE_NONE);
	assert_false(w.seen.left);
	done(&w);
}

static void test_unread(void **state)
{
	struct org w = { .answers = RESPONSE_ACCEPTED };

	(void)state;
	begin(&w);
	while (!w.meeting)
		turn(&w, 1);
	turn(&w, 2); /* read back */
	w.read = REASON_TIMED_OUT;
	turn(&w, 500);
	assert_int_equal(w.seen.looked.reason, REASON_TIMED_OUT);
	assert_int_equal(w.seen.response, RESPONSE_NONE);
	assert_false(w.meeting);
	done(&w);
}

/* At any moment: it ends, soon, and nothing stays. */
static void test_stop(void **state)
{
	(void)state;
	for (int n = 0; n < 12; n++) {
		struct org w = { .answers = RESPONSE_NONE };

		begin(&w);
		turn(&w, n);
		assert_false(w.over);
		rsvp_stop(w.run);
		turn(&w, 500);
		assert_true(w.over);
		assert_false(w.meeting);
		assert_false(w.seen.left);
		assert_true(w.seen.ms < 20000);
		done(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_hour),
		cmocka_unit_test(test_not_made),
		cmocka_unit_test(test_unread),
		cmocka_unit_test(test_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
