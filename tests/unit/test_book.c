/* Bookings exactly once, against a scripted calendar that loses answers, does things late or twice,
 * and refuses: whatever happens, one item carries the id in the end, or the outcome says that it is
 * not known.
 */
#include "tests/unit/loop_unit.h"
#include "tests/unit/script_unit.h"

#include "exchange/book.h"

enum { ITEMS = 8, STEPS = 60 };

#define TAG "job-1"
#define OWNER "anna@example.test"

/* What the server does with a request that changes something. */
enum fate {
	FATE_WELL,
	FATE_LOST,	/* not done, no answer */
	FATE_DONE_LOST, /* done, no answer */
	FATE_LATE,	/* no answer; done when somebody has looked twice more */
	FATE_BUSY,	/* not done, a passing fault is answered */
	FATE_REFUSED,
	FATE_STALE, /* the change key is too old */
	FATE_MUTE,  /* done, but its invitations were refused */
	FATE_KEPT,  /* said to be done, and not done */
	FATE__MAX
};

struct item {
	int there;
	char id[16];
	int64_t start, end;
};

struct world {
	struct client client;
	struct item items[ITEMS];
	int made; /* ids given */
	enum fate fates[4];
	int changes;  /* requests that change something, so far */
	int late;     /* looks until a late request is done; 0 = none is under way */
	int attempts; /* that the client needed for each of them */
	int blind;    /* looks list nothing, whatever is there */
	enum reason look, read;
	unsigned rights; /* in the folder */
	const char *organizer;
	struct booking booking;
	struct arena a;
	int done;
	struct outcome end;
	struct booked out;
	struct book *run;
	enum method method;
	unsigned fields; /* to change */
	int removed_silently, removed_with_mail;
};

static int count(const struct world *w)
{
	int n = 0;

	for (int i = 0; i < ITEMS; i++)
		n += w->items[i].there;
	return n;
}

static struct item *add(struct world *w, const struct booking *b)
{
	for (int i = 0; i < ITEMS; i++) {
		if (w->items[i].there)
			continue;
		w->items[i] = (struct item){ 1, "", b->start, b->end };
		snprintf(w->items[i].id, sizeof(w->items[i].id), "id-%d", ++w->made);
		return &w->items[i];
	}
	fail_msg("the calendar is full");
	return NULL;
}

static struct item *by_id(struct world *w, const char *id)
{
	for (int i = 0; i < ITEMS; i++)
		if (w->items[i].there && strcmp(w->items[i].id, id) == 0)
			return &w->items[i];
	return NULL;
}

/* --- the server --- */

static void list_tagged(struct world *w, struct arena *a, struct events_result *r)
{
	if (w->late && --w->late == 0)
		add(w, &w->booking);
	if (w->blind)
		return;
	r->list = arena_array(a, ITEMS, sizeof(*r->list));
	for (int i = 0; i < ITEMS; i++)
		if (w->items[i].there)
			r->list[r->count++] = (struct event){ .id = arena_strdup(a, w->items[i].id),
				.change_key = "k",
				.uid = "u",
				.tag = TAG };
}

static void read_items(
	struct world *w, struct arena *a, const struct items_query *q, struct items_result *r)
{
	const struct item *i = by_id(w, q->list[0].id);

	r->list = arena_array(a, 1, sizeof(*r->list));
	r->count = 1;
	r->list[0] = (struct item_seen){ .ref = { q->list[0].id, "k2" },
		.folder = "folder",
		.tag = TAG,
		.uid = "uid-1",
		.organizer = w->organizer,
		.start = i ? i->start : 0,
		.end = i ? i->end : 0,
		.rights = RIGHT_MODIFY | RIGHT_DELETE,
		.rights_told = 1 };
	r->list[0].ended.reason = i ? w->read : REASON_BOOKING_GONE;
}

/* 1 it shall be done. */
static int fate(struct world *w, struct outcome *o)
{
	const enum fate f = w->fates[w->changes < 4 ? w->changes : 3];

	w->changes++;
	o->attempts = w->attempts;
	switch (f) {
	case FATE_LOST:
	case FATE_DONE_LOST:
		unit_fail(o, REASON_OUTCOME_UNKNOWN, NEXT_NOTHING);
		return f == FATE_DONE_LOST;
	case FATE_LATE:
		unit_fail(o, REASON_OUTCOME_UNKNOWN, NEXT_NOTHING);
		w->late = 2;
		return 0;
	case FATE_BUSY:
		unit_fail(o, REASON_SERVER_DOWN, NEXT_RETRY);
		return 0;
	case FATE_REFUSED:
		unit_fail(o, REASON_READ_ONLY, NEXT_NOTHING);
		return 0;
	case FATE_KEPT:
		return 0;
	case FATE_STALE:
		unit_fail(o, REASON_BOOKING_CHANGED, NEXT_AGAIN_FRESH);
		return 0;
	case FATE_MUTE:
		unit_fail(o, REASON_SENDING_REFUSED, NEXT_NOTHING);
		return 1;
	default:
		return 1;
	}
}

static void create(struct world *w, const struct booking *b, struct outcome *o, struct item_ref *r)
{
	const struct item *i = fate(w, o) ? add(w, b) : NULL;

	if (i)
		*r = (struct item_ref){ i->id, "k" };
}

static void change(
	struct world *w, const struct change_query *q, struct outcome *o, struct item_ref *r)
{
	struct item *i = by_id(w, q->item.id);

	assert_non_null(i);
	if (!fate(w, o))
		return;
	i->start = q->to.start;
	i->end = q->to.end;
	*r = (struct item_ref){ i->id, "k3" };
}

static void take_away(struct world *w, const struct remove_query *q, struct outcome *o)
{
	struct item *i = by_id(w, q->item.id);

	if (!i) {
		unit_fail(o, REASON_BOOKING_GONE, NEXT_NOTHING);
		return;
	}
	if (!fate(w, o))
		return;
	i->there = 0;
	if (q->send == SEND_NONE)
		w->removed_silently++;
	else
		w->removed_with_mail++;
}

/* Only a delegate names the calendar; who acts as the owner says so in the header. */
static void check_way(const struct world *w, const struct client_call *k, const char *named)
{
	const int delegate = w->method == METHOD_DELEGATE;

	if (delegate)
		assert_string_equal(named, OWNER);
	else
		assert_null(named);
	if (w->method == METHOD_IMPERSONATION)
		assert_string_equal(k->how.impersonate, OWNER);
	else
		assert_null(k->how.impersonate);
	assert_string_equal(k->how.anchor, OWNER);
}

static void answer(void *ptr, const struct client_call *k, struct outcome *o, void *r)
{
	struct world *w = ptr;
	struct folders_result *folders = r;

	switch (k->op) {
	case EXCHANGE_FIND_TAGGED:
		check_way(w, k, ((const struct tagged_query *)k->query)->mailbox);
		if (w->look != REASON_OK)
			unit_fail(o, w->look, NEXT_NOTHING);
		else
			list_tagged(w, k->how.a, r);
		break;
	case EXCHANGE_CREATE_BOOKING:
		check_way(w, k, ((const struct booking *)k->query)->mailbox);
		create(w, k->query, o, r);
		break;
	case EXCHANGE_CHANGE_BOOKING:
		change(w, k->query, o, r);
		break;
	case EXCHANGE_REMOVE_ITEM:
		take_away(w, k->query, o);
		break;
	case EXCHANGE_GET_ITEMS:
		read_items(w, k->how.a, k->query, r);
		break;
	case EXCHANGE_OPEN_FOLDERS:
		folders->list = arena_array(k->how.a, 1, sizeof(*folders->list));
		folders->list[0].id = "folder";
		folders->list[0].rights = w->rights;
		folders->count = 1;
		break;
	default:
		fail_msg("nobody should ask for %d", (int)k->op);
	}
}

/* --- running it --- */

static void on_done(void *ptr, const struct outcome *o, const struct booked *b)
{
	struct world *w = ptr;

	assert_false(w->done);
	w->done = 1;
	w->end = *o;
	w->out = *b;
}

static void world_init(struct world *w)
{
	memset(w, 0, sizeof(*w));
	unit_open(&w->client, answer, w);
	arena_init(&w->a, 16 << 20);
	w->organizer = OWNER;
	w->method = METHOD_DELEGATE;
	w->fields = BOOKING_TIME;
	w->booking = (struct booking){ .mailbox = OWNER,
		.tag = TAG,
		.subject = "Interview",
		.start = 1000,
		.end = 2000,
		.zone = "UTC",
		.send = SEND_ALL };
}

static void invite(struct world *w, size_t guests)
{
	static const struct attendee guest = { "bob@example.test", "", ATTENDEE_REQUIRED };

	w->booking.attendees = &guest;
	w->booking.attendee_count = guests;
}

static void world_done(struct world *w)
{
	unit_close(&w->client);
	arena_done(&w->a);
}

enum act { ACT_CREATE, ACT_CHANGE, ACT_CANCEL };

static void begin(struct world *w, enum act act)
{
	const struct book_how how = { w->method, &w->a, on_done, w };

	w->done = 0;
	if (act == ACT_CREATE)
		w->run = book_create(&w->client, &w->booking, &how);
	else if (act == ACT_CHANGE)
		w->run = book_change(&w->client, &w->booking, w->fields, &how);
	else
		w->run = book_cancel(&w->client, &w->booking, 0, "", &how);
}

static void finish(struct world *w)
{
	for (int n = 0; !w->done && n < STEPS; n++)
		if (!unit_answer_one(&w->client))
			loop_turn(w->client.loop, 0);
	assert_true(w->done);
}

static void run(struct world *w, enum act act)
{
	begin(w, act);
	finish(w);
}

/* --- tests --- */

static void test_simple(void **state)
{
	static const enum method methods[] = { METHOD_PERSONAL, METHOD_DEDICATED, METHOD_DELEGATE,
		METHOD_IMPERSONATION };

	(void)state;
	for (size_t i = 0; i < COUNT(methods); i++) {
		struct world w;

		world_init(&w);
		w.method = methods[i];
		run(&w, ACT_CREATE);
		assert_int_equal(w.end.reason, REASON_OK);
		assert_int_equal(count(&w), 1);
		assert_false(w.out.existed);
		assert_true(w.out.read_back && w.out.in_place && w.out.organizer_is_owner);
		assert_true(w.out.times_right && w.out.rights_told);
		assert_string_equal(w.out.item.id, "id-1");
		run(&w, ACT_CREATE);
		assert_int_equal(count(&w), 1);
		assert_true(w.out.existed);
		assert_int_equal(w.changes, 1);
		world_done(&w);
	}
}

/* Every row of fates: what is there in the end, and what is said. */
static void test_fates(void **state)
{
	static const struct {
		enum act act;
		enum fate fates[4]; /* the last one goes on */
		enum reason reason;
		int items, changes;
	} rows[] = {
		{ ACT_CREATE, { FATE_DONE_LOST }, REASON_OK, 1, 1 },
		{ ACT_CREATE, { FATE_LOST, FATE_WELL }, REASON_OK, 1, 2 },
		{ ACT_CREATE, { FATE_BUSY, FATE_BUSY, FATE_WELL }, REASON_OK, 1, 3 },
		{ ACT_CREATE, { FATE_LOST, FATE_LOST, FATE_LOST, FATE_LOST },
			REASON_OUTCOME_UNKNOWN, 0, 3 },
		{ ACT_CREATE, { FATE_LOST, FATE_DONE_LOST }, REASON_OK, 1, 2 },
		{ ACT_CREATE, { FATE_LATE, FATE_WELL }, REASON_OK, 1, 3 },
		{ ACT_CREATE, { FATE_LATE, FATE_LOST, FATE_WELL }, REASON_OK, 1, 2 },
		{ ACT_CREATE, { FATE_LOST, FATE_LATE, FATE_DONE_LOST, FATE_WELL }, REASON_OK, 1,
			4 },
		{ ACT_CREATE, { FATE_REFUSED }, REASON_READ_ONLY, 0, 1 },
		{ ACT_CREATE, { FATE_LOST, FATE_REFUSED }, REASON_OUTCOME_UNKNOWN, 0, 2 },
		{ ACT_CREATE, { FATE_STALE, FATE_REFUSED }, REASON_READ_ONLY, 0, 2 },
		{ ACT_CHANGE, { FATE_WELL }, REASON_OK, 1, 1 },
		{ ACT_CHANGE, { FATE_LOST, FATE_WELL }, REASON_OK, 1, 2 },
		{ ACT_CHANGE, { FATE_STALE, FATE_WELL }, REASON_OK, 1, 2 },
		{ ACT_CHANGE, { FATE_STALE, FATE_STALE, FATE_STALE, FATE_STALE },
			REASON_BOOKING_CHANGED, 1, 3 },
		{ ACT_CHANGE, { FATE_REFUSED }, REASON_READ_ONLY, 1, 1 },
		{ ACT_CHANGE, { FATE_LOST, FATE_REFUSED }, REASON_OUTCOME_UNKNOWN, 1, 2 },
		{ ACT_CANCEL, { FATE_WELL }, REASON_OK, 0, 1 },
		{ ACT_CANCEL, { FATE_DONE_LOST }, REASON_OK, 0, 1 },
		{ ACT_CANCEL, { FATE_LOST, FATE_BUSY, FATE_WELL }, REASON_OK, 0, 3 },
		{ ACT_CANCEL, { FATE_LOST, FATE_LOST, FATE_LOST, FATE_LOST },
			REASON_OUTCOME_UNKNOWN, 1, 3 },
		{ ACT_CANCEL, { FATE_REFUSED }, REASON_READ_ONLY, 1, 1 },
		{ ACT_CANCEL, { FATE_KEPT, FATE_KEPT, FATE_KEPT, FATE_KEPT },
			REASON_OUTCOME_UNKNOWN, 1, 6 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world w;

		world_init(&w);
		memcpy(w.fates, rows[i].fates, sizeof(w.fates));
		if (rows[i].act != ACT_CREATE)
			add(&w, &w.booking);
		w.booking.start = 5000;
		w.booking.end = 6000;
		run(&w, rows[i].act);
		if (w.end.reason != rows[i].reason || count(&w) != rows[i].items ||
			w.changes != rows[i].changes)
			fail_msg("row %zu: %s, %d items, %d changes", i,
				reason_row(w.end.reason)->code, count(&w), w.changes);
		if (w.end.reason == REASON_OK && rows[i].act != ACT_CANCEL)
			assert_true(w.out.times_right);
		world_done(&w);
	}
}

/* A late first try and a second one: of two the spare goes, without mail. */
static void test_own_twice(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	w.fates[0] = FATE_LATE;
	run(&w, ACT_CREATE);
	assert_int_equal(w.end.reason, REASON_OK);
	assert_int_equal(count(&w), 1);
	assert_int_equal(w.removed_silently, 1);
	assert_int_equal(w.removed_with_mail, 0);
	assert_false(w.out.existed || w.out.twice);
	world_done(&w);
}

/* The spare that cannot be taken away is told; what was made is not taken for refused. */
static void test_spare_stays(void **state)
{
	static const struct {
		enum fate fates[4];
		int changes;
	} rows[] = {
		{ { FATE_LATE, FATE_WELL, FATE_REFUSED }, 3 },
		{ { FATE_LATE, FATE_WELL, FATE_BUSY, FATE_BUSY }, 5 },
		{ { FATE_LATE, FATE_WELL, FATE_KEPT, FATE_KEPT }, 8 },
		{ { FATE_LOST, FATE_LATE, FATE_DONE_LOST, FATE_REFUSED }, 4 },
	};

	(void)state;
	for (size_t i = 0; i < 2 * COUNT(rows); i++) {
		struct world w;

		world_init(&w);
		invite(&w, i % 2);
		memcpy(w.fates, rows[i / 2].fates, sizeof(w.fates));
		run(&w, ACT_CREATE);
		assert_int_equal(w.end.reason, REASON_OK);
		assert_true(w.out.twice && w.out.read_back && !w.out.existed);
		assert_int_equal(count(&w), 2);
		assert_int_equal(w.changes, rows[i / 2].changes);
		world_done(&w);
	}
}

/* What an answer gave an id of was made, though no look shows it yet. */
static void test_not_listed(void **state)
{
	struct world w;

	(void)state;
	for (int attempts = 1; attempts <= 2; attempts++) {
		world_init(&w);
		w.blind = 1;
		w.attempts = attempts;
		w.fates[0] = attempts == 1 ? FATE_LOST : FATE_WELL;
		run(&w, ACT_CREATE);
		assert_int_equal(w.end.reason, REASON_OK);
		assert_int_equal(count(&w), 1);
		assert_true(w.out.read_back && !w.out.existed);
		world_done(&w);
	}
}

/* So many copies are not taken away at a time; "done" would not be true. */
static void test_many(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	for (int i = 0; i < 7; i++)
		add(&w, &w.booking);
	run(&w, ACT_CANCEL);
	assert_int_equal(w.end.reason, REASON_OUTCOME_UNKNOWN);
	assert_int_equal(count(&w), 1);
	run(&w, ACT_CANCEL);
	assert_int_equal(w.end.reason, REASON_OK);
	assert_int_equal(count(&w), 0);
	world_done(&w);
}

/* Copies that somebody else made are told, and not touched. */
static void test_foreign_twice(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	add(&w, &w.booking);
	add(&w, &w.booking);
	run(&w, ACT_CREATE);
	assert_true(w.out.existed && w.out.twice);
	assert_int_equal(count(&w), 2);
	run(&w, ACT_CANCEL);
	assert_int_equal(w.end.reason, REASON_OK);
	assert_int_equal(count(&w), 0);
	assert_int_equal(w.removed_with_mail, 2);
	world_done(&w);
}

static void test_gone(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	run(&w, ACT_CHANGE);
	assert_int_equal(w.end.reason, REASON_BOOKING_GONE);
	run(&w, ACT_CANCEL);
	assert_int_equal(w.end.reason, REASON_OK);
	assert_false(w.out.existed);
	w.look = REASON_NOT_DELEGATED;
	run(&w, ACT_CANCEL); /* it may be there: we only do not see it */
	assert_int_equal(w.end.reason, REASON_NOT_DELEGATED);
	run(&w, ACT_CREATE);
	assert_int_equal(w.end.reason, REASON_NOT_DELEGATED);
	assert_int_equal(w.changes, 0);
	world_done(&w);
}

/* When even looking fails after a try, nothing is known. */
static void test_blind(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	w.fates[0] = FATE_DONE_LOST;
	begin(&w, ACT_CREATE);
	unit_answer_one(&w.client); /* looked */
	unit_answer_one(&w.client); /* made */
	w.look = REASON_SERVER_DOWN;
	finish(&w);
	assert_int_equal(w.end.reason, REASON_OUTCOME_UNKNOWN);
	world_done(&w);
}

/* That it cannot be read back does not undo it. */
static void test_unread(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	w.read = REASON_NOT_DELEGATED;
	run(&w, ACT_CREATE);
	assert_int_equal(w.end.reason, REASON_OK);
	assert_false(w.out.read_back || w.out.in_place);
	w.read = REASON_OK;
	w.organizer = "boss@example.test";
	run(&w, ACT_CREATE);
	assert_true(w.out.read_back);
	assert_false(w.out.organizer_is_owner);
	world_done(&w);
}

/* Saved, and nobody could be invited: it goes again, and the refusal is what is told, unless it
 * stays: then it will be found by who asks again. What may be an earlier try's, with its
 * invitations, is left alone. */
static void test_mute(void **state)
{
	static const struct {
		enum fate fates[4];
		enum reason reason;
		int items, silently;
	} rows[] = {
		{ { FATE_MUTE }, REASON_SENDING_REFUSED, 0, 1 },
		{ { FATE_MUTE, FATE_LOST }, REASON_SENDING_REFUSED, 0, 1 },
		{ { FATE_MUTE, FATE_REFUSED }, REASON_OUTCOME_UNKNOWN, 1, 0 },
		{ { FATE_MUTE, FATE_LOST, FATE_LOST, FATE_LOST }, REASON_OUTCOME_UNKNOWN, 1, 0 },
		{ { FATE_MUTE, FATE_KEPT, FATE_KEPT, FATE_KEPT }, REASON_OUTCOME_UNKNOWN, 1, 0 },
		{ { FATE_LATE, FATE_MUTE }, REASON_OUTCOME_UNKNOWN, 1, 0 },
	};
	struct outcome refusal = { 0 };

	(void)state;
	unit_fail(&refusal, REASON_SENDING_REFUSED, NEXT_NOTHING);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world w;

		world_init(&w);
		invite(&w, 1);
		memcpy(w.fates, rows[i].fates, sizeof(w.fates));
		run(&w, ACT_CREATE);
		assert_int_equal(w.end.reason, rows[i].reason);
		assert_string_equal(w.end.code, refusal.code);
		assert_int_equal(count(&w), rows[i].items);
		assert_int_equal(w.removed_silently, rows[i].silently);
		assert_int_equal(w.removed_with_mail, 0);
		world_done(&w);
	}
}

/* ... and whether it stays is not known when it cannot be looked for. */
static void test_mute_blind(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	invite(&w, 1);
	w.fates[0] = FATE_MUTE;
	begin(&w, ACT_CREATE);
	unit_answer_one(&w.client); /* looked */
	unit_answer_one(&w.client); /* made */
	w.look = REASON_SERVER_DOWN;
	finish(&w);
	assert_int_equal(w.end.reason, REASON_OUTCOME_UNKNOWN);
	world_done(&w);
}

/* Who may not see private items would never find them again. */
static void test_private(void **state)
{
	static const struct {
		enum method method;
		unsigned rights;
		enum reason reason;
	} rows[] = {
		{ METHOD_DELEGATE, RIGHT_READ | RIGHT_CREATE, REASON_READ_ONLY },
		{ METHOD_DELEGATE, RIGHT_READ | RIGHT_CREATE | RIGHT_PRIVATE, REASON_OK },
		{ METHOD_IMPERSONATION, 0, REASON_OK },
		{ METHOD_DEDICATED, 0, REASON_OK },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world w;

		world_init(&w);
		w.method = rows[i].method;
		w.rights = rows[i].rights;
		w.booking.private = 1;
		run(&w, ACT_CREATE);
		assert_int_equal(w.end.reason, rows[i].reason);
		assert_int_equal(count(&w), rows[i].reason == REASON_OK);
		world_done(&w);
	}
}

/* ... which is looked at before each try; what was tried before stays open. */
static void test_private_after(void **state)
{
	static const enum act acts[] = { ACT_CREATE, ACT_CHANGE };

	(void)state;
	for (size_t i = 0; i < COUNT(acts); i++) {
		struct world w;

		world_init(&w);
		w.rights = RIGHT_PRIVATE;
		w.booking.private = 1;
		w.fates[0] = FATE_LOST;
		w.fields = BOOKING_PRIVATE;
		if (acts[i] == ACT_CHANGE)
			add(&w, &w.booking);
		begin(&w, acts[i]);
		while (w.changes == 0)
			unit_answer_one(&w.client);
		w.rights = 0;
		finish(&w);
		assert_int_equal(w.end.reason, REASON_OUTCOME_UNKNOWN);
		assert_int_equal(w.changes, 1);
		world_done(&w);
	}
}

static void test_stop(void **state)
{
	(void)state;
	for (int n = 0; n < 8; n++) {
		struct world w;

		world_init(&w);
		w.fates[0] = FATE_LOST;
		begin(&w, ACT_CREATE);
		for (int i = 0; i < n && !w.done; i++)
			if (!unit_answer_one(&w.client))
				loop_turn(w.client.loop, 0);
		if (!w.done)
			book_stop(w.run);
		world_done(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_simple),
		cmocka_unit_test(test_fates),
		cmocka_unit_test(test_own_twice),
		cmocka_unit_test(test_spare_stays),
		cmocka_unit_test(test_not_listed),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_foreign_twice),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_blind),
		cmocka_unit_test(test_unread),
		cmocka_unit_test(test_mute),
		cmocka_unit_test(test_mute_blind),
		cmocka_unit_test(test_private),
		cmocka_unit_test(test_private_after),
		cmocka_unit_test(test_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
