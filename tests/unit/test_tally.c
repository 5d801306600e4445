/* What one look at a member means: standing, events, when to look again. */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>
#include "engine/tally.h"
#include "exchange/proof.h"

enum { NOW = 1800000000, MINUTE = 60, HOUR = 3600, DAY = 86400 };

static const struct tally_look look = {
	.now = NOW, .method = "delegate", .connection = 7, .host = "mail.example.test"
};

static struct roster_due fresh(void)
{
	return (struct roster_due){ .s = { .member = 5,
					    .account = 3,
					    .reason = "not_checked",
					    .note = "ok",
					    .since = NOW - 50,
					    .tried = "ok",
					    .method = "",
					    .proof = "" },
		.address = "anna@example.test" };
}

static struct calendar_facts verdict(enum status s, enum reason r, enum fixer f)
{
	return (struct calendar_facts){ .address = "anna@example.test",
		.name = "Kalender",
		.seen = { .calendar = SEEN_YES,
			.read = SEEN_YES,
			.create = SEEN_YES,
			.inbox = SEEN_NO,
			.detail = DETAIL_FULL },
		.verdict = { .status = s, .reason = r, .fixer = f, .reach = REACH_CALENDAR },
		.has_verdict = 1,
		.outcome = { .said = "Said.", .server = "EX01", .request = "r-1" } };
}

static struct calendar_facts well(void)
{
	return verdict(STATUS_CONNECTED, REASON_OK, FIXER_NOBODY);
}

static struct calendar_facts failure(enum reason r)
{
	return (struct calendar_facts){ .address = "anna@example.test",
		.name = "",
		.seen = { .attempt = r },
		.outcome = { .reason = r, .said = "Nope." } };
}

/* What was not asked for is not claimed: no calendar alone opens before the inbox was seen, and an
 * inbox that opens is more than a calendar. */
static void test_reach(void **state)
{
	static const struct {
		enum seen calendar, inbox;
		enum reach verdict, reach;
	} rows[] = {
		{ SEEN_YES, SEEN_NO, REACH_CALENDAR, REACH_CALENDAR },
		{ SEEN_YES, SEEN_YES, REACH_FULL, REACH_FULL },
		{ SEEN_YES, SEEN_UNKNOWN, REACH_CALENDAR, REACH_UNKNOWN },
		{ SEEN_NO, SEEN_YES, REACH_BUSY, REACH_FULL },
		{ SEEN_NO, SEEN_UNKNOWN, REACH_BUSY, REACH_BUSY },
		{ SEEN_NO, SEEN_NO, REACH_NONE, REACH_NONE },
		{ SEEN_UNKNOWN, SEEN_UNKNOWN, REACH_BUSY, REACH_BUSY },
	};
	struct roster_due was = fresh();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct calendar_facts f = well();
		struct tally t;

		f.seen.calendar = rows[i].calendar;
		f.seen.inbox = rows[i].inbox;
		f.verdict.reach = rows[i].verdict;
		tally_of(&was, &f, &look, &t);
		assert_int_equal(t.is.reach, rows[i].reach);
	}
}

/* How a member stands that was seen so a week ago. */
static struct roster_due known(const struct calendar_facts *f, struct tally *t)
{
	struct roster_due was = fresh();
	struct tally_look before = look;

	before.now = NOW - 8 * DAY;
	tally_of(&was, f, &before, t);
	was.s = t->is;
	return was;
}

static void test_first(void **state)
{
	struct roster_due was = fresh();
	struct calendar_facts f = well();
	struct tally t;
	struct proof p;
	struct arena a;

	(void)state;
	f.verdict.note = REASON_SENDING_UNPROVED;
	tally_of(&was, &f, &look, &t);
	assert_int_equal(t.is.status, STATUS_CONNECTED);
	assert_string_equal(t.is.reason, "ok");
	assert_string_equal(t.is.note, "sending_unproved");
	assert_int_equal(t.is.since, NOW);
	assert_int_equal(t.is.checked_at, NOW);
	assert_int_equal(t.is.tried_at, NOW);
	assert_int_equal(t.is.reach, REACH_CALENDAR);
	assert_string_equal(t.is.method, "delegate");
	assert_int_equal(t.is.connection, 7);
	assert_int_equal(t.is.member, 5);
	assert_false(t.same);
	assert_int_equal(t.count, 1);
	assert_int_equal(t.events[0].what, MEMBER_VERDICT);
	assert_int_equal(t.events[0].was, STATUS_NOT_CHECKED);
	assert_int_equal(t.events[0].is, STATUS_CONNECTED);
	assert_string_equal(t.events[0].was_reason, "not_checked");
	assert_string_equal(t.events[0].reason, "ok");
	assert_int_equal(t.events[0].member, 5);
	assert_int_equal(t.events[0].account, 3);
	assert_int_equal(t.events[0].at, NOW);
	arena_init(&a, 1 << 16);
	proof_read(&a, t.is.proof, &p);
	assert_string_equal(p.server, "EX01");
	assert_string_equal(p.host, "mail.example.test");
	assert_string_equal(p.calendar, "Kalender");
	assert_string_equal(p.detail, "full");
	arena_done(&a);
}

static void test_grants(void **state)
{
	struct roster_due was = fresh();
	struct calendar_facts f = well();
	struct tally t;

	(void)state;
	f.seen = (struct evidence){ .busy = SEEN_YES, .calendar = SEEN_NO };
	tally_of(&was, &f, &look, &t);
	assert_int_equal(grant_seen(t.is.grants, GRANT_BUSY), SEEN_YES);
	assert_int_equal(grant_seen(t.is.grants, GRANT_OPEN), SEEN_NO);
	for (enum grant g = GRANT_READ; g < GRANT__MAX; g++)
		assert_int_equal(grant_seen(t.is.grants, g), SEEN_UNKNOWN);
	f.seen = (struct evidence){ .calendar = SEEN_YES,
		.read = SEEN_YES,
		.create = SEEN_NO,
		.change = SEEN_YES,
		.remove = SEEN_NO,
		.sends = SEEN_NO,
		.inbox = SEEN_YES };
	tally_of(&was, &f, &look, &t);
	assert_int_equal(grant_seen(t.is.grants, GRANT_READ), SEEN_YES);
	assert_int_equal(grant_seen(t.is.grants, GRANT_CREATE), SEEN_NO);
	assert_int_equal(grant_seen(t.is.grants, GRANT_CHANGE), SEEN_YES);
	assert_int_equal(grant_seen(t.is.grants, GRANT_REMOVE), SEEN_NO);
	assert_int_equal(grant_seen(t.is.grants, GRANT_SEND), SEEN_NO);
	assert_int_equal(grant_seen(t.is.grants, GRANT_INBOX), SEEN_YES);
}

static void test_same(void **state)
{
	struct calendar_facts f = well();
	struct tally first, t;
	struct roster_due was = known(&f, &first);

	(void)state;
	f.outcome.request[2] = '2';
	tally_of(&was, &f, &look, &t);
	assert_true(t.same);
	assert_int_equal(t.count, 0);
	assert_int_equal(t.is.checked_at, NOW);
	assert_int_equal(t.is.since, NOW - 8 * DAY);
	assert_string_not_equal(t.is.proof, was.s.proof);
	f.verdict.note = REASON_SENDING_UNPROVED;
	tally_of(&was, &f, &look, &t);
	assert_false(t.same);
	assert_int_equal(t.count, 0);
	f = well();
	f.verdict.fixer = FIXER_ADMIN;
	tally_of(&was, &f, &look, &t);
	assert_false(t.same);
	assert_int_equal(t.is.since, NOW - 8 * DAY);
}

static void test_changed(void **state)
{
	struct calendar_facts f = well();
	struct tally first, t;
	struct roster_due was = known(&f, &first);

	(void)state;
	f = verdict(STATUS_LIMITED, REASON_READ_ONLY, FIXER_MEMBER);
	tally_of(&was, &f, &look, &t);
	assert_int_equal(t.is.since, NOW);
	assert_int_equal(t.count, 1);
	assert_int_equal(t.events[0].what, MEMBER_VERDICT);
	assert_int_equal(t.events[0].was, STATUS_CONNECTED);
	assert_string_equal(t.events[0].was_reason, "ok");
	/* By another connection or method it is no news about the member. */
	was.s.connection++;
	tally_of(&was, &f, &look, &t);
	assert_int_equal(t.events[0].what, MEMBER_SWITCHED);
	was.s.connection--;
	was.s.method = "impersonation";
	tally_of(&was, &f, &look, &t);
	assert_int_equal(t.events[0].what, MEMBER_SWITCHED);
	was.s.checked_at = 0;
	tally_of(&was, &f, &look, &t);
	assert_int_equal(t.events[0].what, MEMBER_VERDICT);
	was.s = t.is;
	f = verdict(STATUS_LIMITED, REASON_BUSY_ONLY, FIXER_MEMBER);
	tally_of(&was, &f, &look, &t);
	assert_int_equal(t.count, 1);
	assert_string_equal(t.events[0].was_reason, "rights_too_low");
	assert_string_equal(t.events[0].reason, "busy_time_only");
}

static void test_rights(void **state)
{
	struct calendar_facts f = well();
	struct tally first, t;
	struct roster_due was = known(&f, &first);

	(void)state;
	f.seen.create = SEEN_NO;
	f.seen.read = SEEN_YES;
	f.seen.inbox = SEEN_YES;
	f.verdict.reach = REACH_FULL;
	tally_of(&was, &f, &look, &t);
	assert_false(t.same);
	assert_int_equal(t.count, 1);
	assert_int_equal(t.events[0].what, MEMBER_RIGHTS);
	assert_string_equal(
		t.events[0].detail, "Can no longer create events, can now open the inbox.");
	assert_int_equal(t.is.since, NOW - 8 * DAY);
	/* What was not seen this time is not missing. */
	was.s = t.is;
	f.seen.inbox = f.seen.create = SEEN_UNKNOWN;
	f.verdict.reach = REACH_CALENDAR;
	tally_of(&was, &f, &look, &t);
	assert_true(t.same);
	assert_int_equal(t.count, 0);
	assert_int_equal(t.is.grants, was.s.grants);
	assert_int_equal(t.is.reach, REACH_FULL);
	/* Nor is what is seen for the first time news. */
	f.seen.change = SEEN_YES;
	tally_of(&was, &f, &look, &t);
	assert_false(t.same);
	assert_int_equal(t.count, 0);
	/* All that can change at once, as words. */
	was.s.grants = 0;
	for (enum grant g = 0; g < GRANT__MAX; g++)
		was.s.grants = grant_with(was.s.grants, g, g % 2 ? SEEN_NO : SEEN_YES);
	f.seen = (struct evidence){ .busy = SEEN_NO,
		.calendar = SEEN_YES,
		.read = SEEN_NO,
		.create = SEEN_YES,
		.change = SEEN_NO,
		.remove = SEEN_YES,
		.sends = SEEN_NO,
		.inbox = SEEN_YES };
	tally_of(&was, &f, &look, &t);
	assert_int_equal(t.count, 1);
	assert_true(strlen(t.events[0].detail) < TALLY_DETAIL - 1);
	assert_string_equal(
		strstr(t.events[0].detail, "can now open the inbox"), "can now open the inbox.");
}

static void test_failed(void **state)
{
	struct calendar_facts good = well(), bad = failure(REASON_UNAVAILABLE);
	struct tally first, t;
	struct roster_due was = known(&good, &first);

	(void)state;
	tally_of(&was, &bad, &look, &t);
	assert_true(t.same);
	assert_false(t.answered);
	assert_int_equal(t.is.tried_at, NOW);
	assert_string_equal(t.is.tried, "mailbox_unavailable");
	assert_int_equal(t.is.fails, 1);
	assert_int_equal(t.is.next_at, NOW + TALLY_RETRY);
	/* Nothing else. */
	t.is.tried_at = was.s.tried_at;
	t.is.tried = was.s.tried;
	t.is.fails = was.s.fails;
	t.is.next_at = was.s.next_at;
	assert_memory_equal(&t.is, &was.s, sizeof(t.is));
	assert_int_equal(t.count, 0);
}

static void test_failing(void **state)
{
	struct calendar_facts good = well(), bad = failure(REASON_TIMED_OUT);
	struct tally first, t;
	struct roster_due was = known(&good, &first);

	(void)state;
	for (int i = 1; i < 9; i++) {
		tally_of(&was, &bad, &look, &t);
		assert_int_equal(t.count, i == 2);
		was.s = t.is;
	}
	was.s.fails = 1;
	tally_of(&was, &bad, &look, &t);
	assert_int_equal(t.events[0].what, MEMBER_FAILING);
	assert_string_equal(t.events[0].reason, "timed_out");
	assert_string_equal(t.events[0].detail, "Nope.");
	was.s = t.is;
	tally_of(&was, &good, &look, &t);
	assert_int_equal(t.count, 1);
	assert_int_equal(t.events[0].what, MEMBER_ANSWERING);
	assert_int_equal(t.is.fails, 0);
	assert_string_equal(t.is.tried, "ok");
	good = verdict(STATUS_BLOCKED, REASON_NO_MAILBOX, FIXER_ADMIN);
	tally_of(&was, &good, &look, &t);
	assert_int_equal(t.count, 2);
	assert_int_equal(t.events[0].what, MEMBER_ANSWERING);
	assert_int_equal(t.events[1].what, MEMBER_VERDICT);
	was.s.fails = 1;
	good = well();
	tally_of(&was, &good, &look, &t);
	assert_int_equal(t.count, 0);
}

static void test_schedule(void **state)
{
	static const struct {
		enum status status;
		int64_t fails, age, want;
	} rows[] = {
		{ STATUS_NOT_CHECKED, 0, 0, 22 * HOUR },
		{ STATUS_NOT_CHECKED, 1, 0, 2 * MINUTE },
		{ STATUS_NOT_CHECKED, 2, 0, 4 * MINUTE },
		{ STATUS_CONNECTED, 3, 0, 8 * MINUTE },
		{ STATUS_CONNECTED, 5, 0, 32 * MINUTE },
		{ STATUS_CONNECTED, 6, 0, HOUR },
		{ STATUS_CONNECTED, 99, 0, HOUR },
		{ STATUS_ACTION, 0, 0, 15 * MINUTE },
		{ STATUS_ACTION, 0, DAY - 1, 15 * MINUTE },
		{ STATUS_ACTION, 0, DAY, HOUR },
		{ STATUS_ACTION, 0, 7 * DAY - 1, HOUR },
		{ STATUS_ACTION, 0, 7 * DAY, 6 * HOUR },
		{ STATUS_BLOCKED, 0, 10, 15 * MINUTE },
		{ STATUS_BLOCKED, 0, 2 * DAY, HOUR },
		{ STATUS_BLOCKED, 0, 99 * DAY, 6 * HOUR },
		{ STATUS_LIMITED, 0, 10, 30 * MINUTE },
		{ STATUS_LIMITED, 0, 2 * DAY, 3 * HOUR },
		{ STATUS_LIMITED, 0, 99 * DAY, 12 * HOUR },
		{ STATUS_CONNECTED, 0, 10, HOUR },
		{ STATUS_CONNECTED, 0, 2 * DAY, 6 * HOUR },
		{ STATUS_CONNECTED, 0, 7 * DAY, 22 * HOUR },
		{ STATUS_CONNECTED, 0, 999 * DAY, 22 * HOUR },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct standing s = {
			.status = rows[i].status, .fails = rows[i].fails, .since = NOW - rows[i].age
		};
		int64_t least = rows[i].want, most = 0;

		assert_int_equal(tally_pause(&s, NOW, 0), rows[i].want);
		for (unsigned n = 0; n < 100000; n += 7) {
			int64_t pause = tally_pause(&s, NOW, n);

			least = pause < least ? pause : least;
			most = pause > most ? pause : most;
		}
		assert_int_equal(most, rows[i].want);
		assert_in_range(least, rows[i].want * 7 / 8, rows[i].want * 7 / 8 + 10);
		assert_true(most < DAY - HOUR);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reach),
		cmocka_unit_test(test_first),
		cmocka_unit_test(test_grants),
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_changed),
		cmocka_unit_test(test_rights),
		cmocka_unit_test(test_failed),
		cmocka_unit_test(test_failing),
		cmocka_unit_test(test_schedule),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
