/* Rounds: what is written of many looks, in any order, while members change, the store fails, and
 * the connection goes.
 */
#include "tests/unit/round_unit.h"

#include "engine/tally.h"
#include "store/db_script.h"

/* A round over all members that wait. */
struct run {
	struct bed *d;
	struct round *r;
	struct sight *sight;
	int64_t after, given;
	int saves, ended;
	int broken, tries; /* nobody can be read, and how often it was tried */
	enum round_end end;
	enum reason reason;
	struct round_sum sum, saved;
};

static int on_more(void *ptr, struct arena *a, struct roster_due **out, struct err *e)
{
	struct run *x = ptr;
	int n;

	x->tries++;
	if (x->broken)
		return ERR(e, ERR_INTERNAL, NULL, "broken");
	n = store_standing_asked(x->d->b->eng.db, a, 1, x->after, ROUND_PAGE, out, e);
	if (n > 0) {
		x->after = (*out)[n - 1].s.member;
		x->given += n;
	}
	return n;
}

static int on_save(void *ptr, const struct round_sum *sum, struct err *e)
{
	struct run *x = ptr;

	(void)e;
	x->saves++;
	x->saved = *sum;
	return 0;
}

static void on_done(
	void *ptr, enum round_end end, const struct outcome *o, const struct round_sum *sum)
{
	struct run *x = ptr;

	x->r = NULL;
	x->ended++;
	x->end = end;
	x->reason = o->reason;
	x->sum = *sum;
}

static void begin(struct run *x, struct bed *d)
{
	const struct round_work w = { .more = on_more, .save = on_save, .done = on_done, .ptr = x };
	struct err e;

	*x = (struct run){ .d = d };
	x->sight = sight_open(&d->b->eng, d->account, &e);
	assert_non_null(x->sight);
	x->r = round_start(x->sight, &w);
}

static void finish(struct run *x)
{
	spin_until(x->d->b, x->ended);
	assert_int_equal(x->ended, 1);
	sight_free(x->sight);
	assert_int_equal(hand.running, 0);
	assert_int_equal(hand.sights, 0);
	assert_counts(x->d);
}

static void all(struct run *x, struct bed *d)
{
	run(d->db, "UPDATE member SET asked = 1");
	begin(x, d);
	finish(x);
}

static void test_all(void **state)
{
	struct bed d;
	struct run x;
	int64_t room;

	bed_make(&d, *state, "delegate");
	add_many(&d, "ok", 700);
	add_many(&d, "shut", 30);
	add_many(&d, "sick", 12);
	add_many(&d, "lost", 3);
	room = add_one(&d, "ok@example.test", MEMBER_ROOM);
	all(&x, &d);
	assert_int_equal(x.end, ROUND_DONE);
	assert_int_equal(x.sum.done, 746);
	assert_int_equal(x.sum.failed, 15);
	assert_int_equal(x.sum.by[STATUS_CONNECTED], 701);
	assert_int_equal(x.sum.by[STATUS_ACTION], 30);
	assert_memory_equal(&x.saved, &x.sum, sizeof(x.sum));
	assert_in_range(x.saves, 2, 4);
	assert_int_equal(hand.told, 746);
	assert_int_equal(number(d.db, "SELECT count(*) FROM member WHERE asked <> 0"), 0);
	assert_int_equal(number(d.db, EVENTS), 731);
	assert_int_equal(number(d.db, "SELECT count(*) FROM member WHERE remind_at > 0"), 30);
	assert_int_equal(row_of(&d, room).s.status, STATUS_CONNECTED);
	assert_int_equal(row_of(&d, room).s.connection, d.connection);
	assert_true(number(d.db, "SELECT count(DISTINCT next_at) FROM member") > 300);
	/* A second time nothing happens. */
	all(&x, &d);
	assert_int_equal(x.sum.done, 746);
	assert_int_equal(number(d.db, "SELECT count(*) FROM member_event WHERE what = 1"), 731);
}

static void sicken(const char *address, struct calendar_facts *f)
{
	(void)address;
	judge("sick", f);
}

static void test_failed(void **state)
{
	struct roster_row before, after;
	struct bed d;
	struct run x;
	int64_t id;

	bed_make(&d, *state, "delegate");
	id = add_one(&d, "shut@example.test", MEMBER_PERSON);
	all(&x, &d);
	before = row_of(&d, id);
	assert_int_equal(before.s.status, STATUS_ACTION);
	hand.judge = sicken;
	for (int i = 1; i <= 3; i++) {
		all(&x, &d);
		after = row_of(&d, id);
		assert_int_equal(after.s.fails, i);
		assert_string_equal(after.s.tried, "mailbox_unavailable");
		assert_int_equal(after.s.status, STATUS_ACTION);
		assert_string_equal(after.s.reason, "not_delegated");
		assert_int_equal(after.s.fixer, FIXER_MEMBER);
		assert_int_equal(after.s.since, before.s.since);
		assert_int_equal(after.s.checked_at, before.s.checked_at);
		assert_string_equal(after.s.proof, before.s.proof);
		assert_int_equal(after.remind_at, before.remind_at);
		assert_int_equal(number(d.db, EVENTS), 1 + (i > 1));
	}
	hand.judge = NULL;
	all(&x, &d);
	assert_int_equal(number(d.db, "SELECT max(what) FROM member_event"), MEMBER_ANSWERING);
	assert_int_equal(row_of(&d, id).s.fails, 0);
}

/* Four are looked at, and meanwhile changed. */
static void test_meanwhile(void **state)
{
	int64_t edited, off, gone, back, renamed;
	struct bed d;
	struct run x;
	struct err e;

	bed_make(&d, *state, "delegate");
	edited = add_one(&d, "ok1@example.test", MEMBER_PERSON);
	off = add_one(&d, "ok2@example.test", MEMBER_PERSON);
	gone = add_one(&d, "ok3@example.test", MEMBER_PERSON);
	back = add_one(&d, "ok4@example.test", MEMBER_PERSON);
	renamed = add_one(&d, "ok5@example.test", MEMBER_PERSON);
	all(&x, &d);
	run(d.db, "UPDATE member SET asked = 1");
	begin(&x, &d);
	spin_until(d.b, hand.asked == 10);
	assert_ok(store_member_edit(d.db,
		&(struct member){ .account = d.account,
			.id = edited,
			.name = "One",
			.calendar = "shut@example.test" },
		&e));
	assert_ok(store_member_edit(d.db,
		&(struct member){
			.account = d.account, .id = renamed, .name = "Five", .calendar = "" },
		&e));
	assert_ok(store_member_off(d.db, d.account, off, NOW, &e));
	assert_ok(store_member_delete(d.db, d.account, gone, &e));
	assert_ok(store_member_off(d.db, d.account, back, NOW, &e));
	assert_ok(store_member_off(d.db, d.account, back, 0, &e));
	finish(&x);
	assert_int_equal(x.sum.done, 2);
	assert_int_equal(row_of(&d, edited).s.asked, 1); /* still to be looked at */
	assert_int_equal(row_of(&d, off).s.status, STATUS_OFF);
	assert_int_equal(row_of(&d, back).s.status, STATUS_CONNECTED);
	assert_int_equal(row_of(&d, renamed).s.asked, 0);
	/* It was resumed and is to be looked at soon: what was under way is not that look. */
	assert_true(row_of(&d, back).s.next_at <= clock_now());
	all(&x, &d);
	assert_int_equal(row_of(&d, edited).s.status, STATUS_ACTION);
}

/* Two rounds look at the same: what the second sees is no news. */
static void test_both(void **state)
{
	struct run x, y;
	struct bed d;

	bed_make(&d, *state, "delegate");
	add_many(&d, "ok", 120);
	add_many(&d, "busy", 20);
	run(d.db, "UPDATE member SET asked = 1");
	hand.hold = 1;
	begin(&x, &d);
	begin(&y, &d);
	spin(d.b, 30);
	hand.hold = 0;
	spin_until(d.b, x.ended && y.ended);
	sight_free(x.sight);
	sight_free(y.sight);
	assert_int_equal(x.sum.done, 140);
	assert_int_equal(number(d.db, EVENTS), 140);
	assert_int_equal(number(d.db, "SELECT count(*) FROM member WHERE remind_n > 0"), 0);
	assert_counts(&d);
}

static struct health health_of(struct bed *d)
{
	struct health h = { 0 };
	struct err e;

	assert_int_equal(store_health_get(d->db, &d->b->a, d->account, d->connection, &h, &e), 1);
	return h;
}

static void test_lost(void **state)
{
	struct bed d;
	struct run x;

	bed_make(&d, *state, "delegate");
	add_many(&d, "ok", 400);
	hand.lose_at = 150;
	hand.loses = REASON_UNREACHABLE;
	all(&x, &d);
	assert_int_equal(x.end, ROUND_LOST);
	assert_int_equal(x.reason, REASON_UNREACHABLE);
	assert_int_equal(x.sum.done, 150);
	assert_int_equal(x.sum.failed, 0);
	/* Of the others nothing is written. */
	assert_int_equal(number(d.db,
				 "SELECT count(*) FROM member WHERE asked = 1 AND "
				 "tried_at = 0 AND fails = 0"),
		250);
	assert_int_equal(hand.refused, 0);
	assert_int_equal(health_of(&d).state, HEALTH_WELL);
	assert_true(health_of(&d).next_at <= clock_now());
	hand.told = 0;
	hand.lose_at = 1;
	hand.loses = REASON_SIGNIN_REFUSED;
	begin(&x, &d);
	finish(&x);
	assert_int_equal(hand.refused, 1);
	assert_int_equal(health_of(&d).state, HEALTH_STOPPED);
}

static void test_changed(void **state)
{
	struct bed d;
	struct run x;

	bed_make(&d, *state, "delegate");
	add_many(&d, "ok", 400);
	run(d.db, "UPDATE member SET asked = 1");
	begin(&x, &d);
	hand.other = 1;
	finish(&x);
	assert_int_equal(x.end, ROUND_CHANGED);
	assert_int_equal(x.sum.done, 0);
	assert_int_equal(number(d.db, "SELECT count(*) FROM member WHERE tried_at = 0"), 400);
}

/* Impersonation: somebody for whom it works is looked at first, and not counted. */
static void test_witness(void **state)
{
	struct bed d;
	struct run x;

	bed_make(&d, *state, "impersonation");
	add_many(&d, "ok", 2);
	all(&x, &d);
	assert_string_equal(hand.first, "ok00000@example.test");
	assert_int_equal(hand.asked, 2); /* there was none yet */
	add_many(&d, "shut", 1);
	run(d.db, "UPDATE member SET asked = 1 WHERE email LIKE 'shut%'");
	hand.asked = 0;
	begin(&x, &d);
	finish(&x);
	assert_string_equal(hand.first, "ok00000@example.test");
	assert_int_equal(hand.asked, 2);
	assert_int_equal(x.sum.done, 1);
}

/* While nothing can be written, little is read; then all is written once. */
static void test_locked(void **state)
{
	struct db *other;
	struct bed d;
	struct run x;

	bed_make(&d, *state, "delegate");
	add_many(&d, "ok", 4000);
	run(d.db, "UPDATE member SET asked = 1");
	other = lock_out(&d);
	begin(&x, &d);
	spin(d.b, 900);
	assert_in_range(x.given, 500, ROUND_PAGES * ROUND_PAGE);
	assert_int_equal(x.saves, 0);
	let_in(other);
	finish(&x);
	assert_int_equal(x.sum.done, 4000);
	assert_int_equal(hand.told, 4000);
	assert_int_equal(number(d.db, EVENTS), 4000);
}

/* While nobody can be read, it is tried ever more rarely. */
static void test_unread(void **state)
{
	struct bed d;
	struct run x;

	bed_make(&d, *state, "delegate");
	add_many(&d, "ok", 5);
	run(d.db, "UPDATE member SET asked = 1");
	begin(&x, &d);
	x.broken = 1;
	spin(d.b, 2400);
	assert_in_range(x.tries, 1, 4); /* at once, and after 250, 500 and 1,000 ms */
	x.broken = 0;
	finish(&x);
	assert_int_equal(x.sum.done, 5);
}

/* Whatever call fails, once: nothing is lost and nothing is there twice. */
static void test_store(void **state)
{
	struct db_script_watch w = { .code = ERR_INTERNAL };
	struct bed d;
	struct run x;
	int calls;

	bed_make(&d, *state, "delegate");
	add_many(&d, "ok", 5);
	run(d.db, "UPDATE member SET asked = 1");
	d.b->eng.db = db_script_over(d.db, &w);
	begin(&x, &d);
	calls = w.calls;
	finish(&x);
	calls = w.calls - calls;
	for (int at = 1; at < calls; at += 6) {
		run(d.db, "DELETE FROM member_event");
		run(d.db, "DELETE FROM member_count");
		run(d.db, "UPDATE member SET asked = 1, status = 0, reason = 'not_checked'");
		run(d.db,
			"INSERT INTO member_count SELECT account_id, kind, status, reason, "
			"fixer, reach, count(*) FROM member GROUP BY 1, 2, 3, 4, 5, 6");
		begin(&x, &d);
		w.fail_at = w.calls + at;
		finish(&x);
		assert_int_equal(x.end, ROUND_DONE);
		assert_int_equal(x.sum.done, 5);
		assert_int_equal(number(d.db, EVENTS), 5);
		assert_int_equal(number(d.db, "SELECT count(*) FROM member WHERE asked = 1"), 0);
	}
	db_close(d.b->eng.db);
	d.b->eng.db = d.db;
}

/* At every moment it can be stopped. */
static void test_stop(void **state)
{
	struct bed d;
	struct run x;

	bed_make(&d, *state, "delegate");
	add_many(&d, "ok", 300);
	add_many(&d, "lost", 60);
	run(d.db, "UPDATE member SET asked = 1");
	for (int i = 0; i < 12; i++) {
		begin(&x, &d);
		for (int turn = 0; turn < i && !x.ended; turn++)
			loop_turn(d.b->eng.loop, 300);
		round_stop(x.r);
		sight_free(x.sight);
		assert_int_equal(hand.running, 0);
		assert_counts(&d);
	}
	begin(&x, &d);
	finish(&x);
	assert_int_equal(number(d.db, EVENTS), 300);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(test_all),
		bench_test(test_failed),
		bench_test(test_meanwhile),
		bench_test(test_both),
		bench_test(test_lost),
		bench_test(test_changed),
		bench_test(test_witness),
		bench_test(test_locked),
		bench_test(test_unread),
		bench_test(test_store),
		bench_test(test_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
