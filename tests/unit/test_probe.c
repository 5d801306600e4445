/* The probe: however the questions end, what it made is gone afterwards or said to be left, and
 * nothing else was touched.
 */
#include "tests/unit/probe_unit.h"

#include "exchange/probe.h"

struct world {
	struct unit_org org;
	enum probe_part parts[PROBE__MAX + 1];
	int part_count;
	struct probe *run;
	int done;
	struct probe_seen seen;
};

static void on_done(void *ptr, const struct probe_seen *s)
{
	struct world *w = ptr;

	assert_false(w->done);
	w->done = 1;
	w->seen = *s;
}

/* Each part begins once, and in order. */
static void on_part(void *ptr, enum probe_part part, const struct probe_seen *s)
{
	struct world *w = ptr;

	assert_false(w->done);
	assert_true(w->part_count < PROBE__MAX);
	assert_true(w->part_count == 0 || part > w->parts[w->part_count - 1]);
	assert_true(part != PROBE_INVITE || s->made.reason == REASON_OK);
	w->parts[w->part_count++] = part;
}

static void begin(struct world *w)
{
	const struct probe_query q = { .method = w->org.method,
		.member = w->org.owner,
		.mailbox = OWN,
		.token = "7a",
		.a = &w->org.a,
		.part = on_part,
		.done = on_done,
		.ptr = w };

	w->done = w->part_count = 0;
	w->run = probe_start(&w->org.client, &q);
}

static void finish(struct world *w)
{
	for (int n = 0; !w->done && n < STEPS; n++)
		org_turn(&w->org);
	assert_true(w->done);
	assert_int_equal(org_left(&w->org, 1), ORG_FOREIGN);
}

static void run(struct world *w)
{
	begin(w);
	finish(w);
}

static void init(struct world *w)
{
	memset(w, 0, sizeof(*w));
	org_init(&w->org);
}

/* --- tests --- */

static void test_good(void **state)
{
	static const struct {
		enum method method;
		const char *owner, *from, *sender;
		int64_t mail_at;
		enum seen invited, as_owner, on_behalf;
	} rows[] = {
		{ METHOD_DELEGATE, OWNER, OWNER, OWN, 0, SEEN_YES, SEEN_YES, SEEN_YES },
		{ METHOD_IMPERSONATION, OWNER, "Anna@Example.Test", OWNER, 5000, SEEN_YES, SEEN_YES,
			SEEN_NO },
		{ METHOD_IMPERSONATION, OWNER, OWNER, "", 50000, SEEN_YES, SEEN_YES, SEEN_NO },
		{ METHOD_DELEGATE, OWNER, OWN, OWN, 2000, SEEN_YES, SEEN_NO, SEEN_NO },
		{ METHOD_DELEGATE, OWNER, OWNER, OWN, -1, SEEN_NO, SEEN_UNKNOWN, SEEN_UNKNOWN },
		{ METHOD_DEDICATED, OWN, "", "", 0, SEEN_UNKNOWN, SEEN_UNKNOWN, SEEN_UNKNOWN },
		{ METHOD_PERSONAL, OWN, "", "", 0, SEEN_UNKNOWN, SEEN_UNKNOWN, SEEN_UNKNOWN },
	};
	static struct world w;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		init(&w);
		w.org.method = rows[i].method;
		w.org.owner = rows[i].owner;
		w.org.from = rows[i].from;
		w.org.sender = rows[i].sender;
		w.org.mail_at = rows[i].mail_at;
		run(&w);
		assert_int_equal(w.seen.made.reason, REASON_OK);
		assert_true(w.seen.booked.tried && w.seen.booked.in_place);
		assert_int_equal(w.seen.invited, rows[i].invited);
		assert_int_equal(w.seen.as_owner, rows[i].as_owner);
		assert_int_equal(w.seen.on_behalf, rows[i].on_behalf);
		assert_int_equal(w.seen.removed.reason, REASON_OK);
		assert_false(w.seen.left);
		assert_true(w.seen.changed_tried);
		assert_int_equal(w.seen.changed.reason, REASON_OK);
		assert_int_equal(w.org.changed, 1);
		assert_int_equal(w.seen.gone, SEEN_YES);
		assert_int_equal(w.part_count, strcmp(rows[i].owner, OWN) == 0 ? 3 : 4);
		assert_true(w.seen.ms[PROBE_INVITE] >= rows[i].mail_at);
		assert_int_equal(org_left(&w.org, 0), 0);
		if (rows[i].mail_at < 0) /* the whole minute, and not much longer */
			assert_in_range(unit_time, PROBE_MAIL_MS, PROBE_MAIL_MS + 4000);
		else
			assert_in_range(unit_time, 0, rows[i].mail_at + 4000);
		org_done(&w.org);
	}
}

/* Without an item that can be read back, the entry in our own calendar is known all the same. */
static void test_unread(void **state)
{
	static struct world w;

	(void)state;
	init(&w);
	w.org.no_read = 1;
	run(&w);
	assert_int_equal(w.seen.made.reason, REASON_OK);
	assert_false(w.seen.booked.read_back);
	assert_false(w.seen.left);
	assert_int_equal(org_left(&w.org, 0), 0);
	org_done(&w.org);
}

static void test_refused(void **state)
{
	static const struct {
		enum reason create;
		int unsent;
	} rows[] = {
		{ REASON_READ_ONLY, 0 },
		{ REASON_SENDING_REFUSED, 0 },
		{ REASON_SENDING_REFUSED, 1 },
	};
	static struct world w;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		init(&w);
		w.org.create = rows[i].create;
		w.org.unsent = rows[i].unsent;
		run(&w);
		assert_int_equal(w.seen.made.reason, rows[i].create);
		assert_true(w.seen.booked.tried);
		assert_int_equal(w.seen.invited, SEEN_UNKNOWN);
		assert_false(w.seen.left);
		assert_int_equal(org_left(&w.org, 0), 0);
		org_done(&w.org);
	}
}

/* When not even the first look works nothing is made, and nothing is said to be left. */
static void test_closed(void **state)
{
	static const enum fate fates[] = { FATE_LOST, FATE_REFUSED, FATE_SIGNIN };
	static struct world w;

	(void)state;
	for (size_t i = 0; i < COUNT(fates); i++) {
		init(&w);
		w.org.faults[0].at = 1;
		w.org.faults[0].fate = fates[i];
		run(&w);
		assert_int_not_equal(w.seen.made.reason, REASON_OK);
		assert_false(w.seen.booked.tried || w.seen.left);
		assert_int_equal(w.org.client.asked, 1);
		org_done(&w.org);
	}
}

/* The server says that it is removed, and it is still there. */
static void test_back(void **state)
{
	static struct world w;

	(void)state;
	init(&w);
	w.org.back = 1;
	run(&w);
	assert_int_equal(w.seen.gone, SEEN_NO);
	org_done(&w.org);
}

/* Changing is refused: it is told, and all is taken away as ever. */
static void test_unchanged(void **state)
{
	static struct world w;

	(void)state;
	init(&w);
	w.org.change = REASON_READ_ONLY;
	run(&w);
	assert_int_equal(w.seen.changed.reason, REASON_READ_ONLY);
	assert_false(w.seen.left);
	assert_int_equal(w.seen.gone, SEEN_YES);
	assert_int_equal(org_left(&w.org, 0), 0);
	org_done(&w.org);
}

/* Removing is refused: each thing is named. */
static void test_kept(void **state)
{
	static struct world w;

	(void)state;
	init(&w);
	w.org.keep = REASON_READ_ONLY;
	run(&w);
	assert_true(w.seen.left);
	assert_int_equal(w.seen.removed.reason, REASON_READ_ONLY);
	assert_int_equal(org_left(&w.org, 0), 3);
	assert_non_null(strstr(w.seen.left_say, "test meeting in the calendar"));
	assert_null(strstr(w.seen.left_say, "if it"));
	assert_non_null(strstr(w.seen.left_say, "invitation"));
	assert_non_null(strstr(w.seen.left_say, "entry"));
	org_done(&w.org);
}

/* One fault or two, of every kind, at every question: nothing is left in silence. A single answer
 * that was lost leaves nothing at all, unless it was a look that nothing repeats. */
static void check_faults(const struct world *w, const char *what)
{
	const int left = org_left(&w->org, 0);

	if (left && !w->seen.left)
		fail_msg("%s: %d left in silence", what, left);
	if (w->seen.left && !w->seen.left_say[0])
		fail_msg("%s: left without a word", what);
	if (w->seen.left && w->seen.removed.reason == REASON_OK)
		fail_msg("%s: left for no reason", what);
}

static int with_faults(struct world *w, enum method m, const int at[2], const enum fate fate[2])
{
	char what[100];
	int asked;

	init(w);
	w->org.method = m;
	w->org.owner = m == METHOD_DEDICATED ? OWN : OWNER;
	for (int i = 0; i < FAULTS; i++) {
		w->org.faults[i].at = at[i];
		w->org.faults[i].fate = fate[i];
	}
	run(w);
	snprintf(what, sizeof(what), "method %d, %d at %d, %d at %d", (int)m, (int)fate[0], at[0],
		(int)fate[1], at[1]);
	check_faults(w, what);
	if (!at[1] && fate[0] == FATE_DONE_LOST && w->seen.made.reason != REASON_OK &&
		w->seen.booked.tried)
		fail_msg("%s: it was made", what);
	asked = w->org.asked;
	org_done(&w->org);
	return asked;
}

static void test_faults(void **state)
{
	static const enum method methods[] = { METHOD_DELEGATE, METHOD_IMPERSONATION,
		METHOD_DEDICATED };
	static struct world w;

	(void)state;
	for (size_t m = 0; m < COUNT(methods); m++) {
		const int none[2] = { 0, 0 };
		const enum fate well[2] = { FATE_WELL, FATE_WELL };
		const int all = with_faults(&w, methods[m], none, well) + 8;

		for (int i = 1; i <= all; i++) {
			for (enum fate f = FATE_LOST; f < FATE__MAX; f++)
				with_faults(&w, methods[m], (int[]){ i, 0 },
					(enum fate[]){ f, FATE_WELL });
			for (int n = 0; n < 16 * (all - i); n++)
				with_faults(&w, methods[m], (int[]){ i, i + 1 + n / 16 },
					(enum fate[]){ FATE_LOST + n % 4, FATE_LOST + n / 4 % 4 });
		}
	}
}

/* Answers that are lost once, of requests that change something, leave nothing. */
static void test_lost(void **state)
{
	static struct world w;

	(void)state;
	for (int i = 1; i < 20; i++) {
		for (enum fate f = FATE_LOST; f <= FATE_DONE_LOST; f++) {
			int writes;

			init(&w);
			w.org.faults[0].at = i;
			w.org.faults[0].fate = f;
			begin(&w);
			for (int n = 0; w.org.asked < i - 1 && !w.done && n < STEPS; n++)
				org_turn(&w.org);
			writes = !w.done && w.org.client.pending &&
				org_writes(w.org.client.pending->op);
			finish(&w);
			if (writes && (w.seen.left || org_left(&w.org, 0)))
				fail_msg("%d at %d: %s", (int)f, i, w.seen.left_say);
			org_done(&w.org);
		}
	}
}

/* Its making was lost, and the look after it: what arrives while it is waited for is taken away,
 * and what may yet arrive is not said to be gone. */
static void test_open(void **state)
{
	static const int64_t late[] = { 0, 1000, 3000, 6000, 600000 };
	static struct world w;

	(void)state;
	for (size_t i = 0; i < COUNT(late); i++) {
		const int arrives = late[i] > 0 && late[i] < 10000;

		init(&w);
		w.org.late = late[i];
		w.org.faults[0].at = 2;
		w.org.faults[0].fate = FATE_LOST;
		w.org.faults[1].at = 3;
		w.org.faults[1].fate = FATE_LOST;
		run(&w);
		assert_int_equal(w.seen.made.reason, REASON_OUTCOME_UNKNOWN);
		assert_int_equal(w.seen.left, !arrives);
		assert_int_equal(
			w.seen.removed.reason, arrives ? REASON_OK : REASON_OUTCOME_UNKNOWN);
		if (!arrives)
			assert_non_null(strstr(w.seen.left_say, "if it was made"));
		assert_int_equal(org_left(&w.org, 0), 0);
		org_done(&w.org);
	}
}

/* Looks for the invitation that fail for now do not end the wait; none of them telling anything
 * does. */
static void test_looked(void **state)
{
	static const struct {
		int from, times;
		enum seen invited;
		enum reason looked;
	} rows[] = {
		{ 0, 3, SEEN_YES, REASON_OK },
		{ 2, 99, SEEN_UNKNOWN, REASON_TIMED_OUT },
		{ 0, 99, SEEN_UNKNOWN, REASON_TIMED_OUT },
	};
	static struct world w;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		init(&w);
		w.org.mail_at = rows[i].times < 99 ? 0 : -1;
		w.org.no_mail_from = rows[i].from;
		w.org.no_mail = rows[i].times;
		run(&w);
		assert_int_equal(w.seen.invited, rows[i].invited);
		assert_int_equal(w.seen.looked.reason, rows[i].looked);
		if (rows[i].times == 99)
			assert_in_range(unit_time, PROBE_MAIL_MS, PROBE_MAIL_MS + 4000);
		org_done(&w.org);
	}
}

/* Stopped after any number of steps, with mail at any time: it goes on to take away, and does not
 * wait a minute for it. */
static void test_stop(void **state)
{
	static const int64_t mail[] = { 0, 1000, 3000, 5000, -1 };
	static struct world w;

	(void)state;
	for (size_t m = 0; m < COUNT(mail); m++) {
		for (int steps = 0; steps < 16; steps++) {
			int64_t then;

			init(&w);
			w.org.mail_at = mail[m];
			begin(&w);
			for (int n = 0; n < steps && !w.done; n++)
				org_turn(&w.org);
			then = unit_time;
			if (!w.done)
				probe_stop(w.run);
			finish(&w);
			assert_in_range(unit_time - then, 0, 8000);
			assert_int_equal(org_left(&w.org, 0), 0);
			assert_false(w.seen.left);
			org_done(&w.org);
		}
	}
}

/* An engine was killed in the midst of one: the next one with the same token makes no second
 * meeting, and leaves nothing of the first. */
static void test_cut(void **state)
{
	static const enum place left[] = { IN_OWNER, IN_INBOX, IN_OWN };
	static struct world w;

	(void)state;
	for (size_t n = 1; n <= COUNT(left); n++) {
		init(&w);
		for (size_t i = 0; i < n; i++)
			org_add(&w.org, left[i], left[i] == IN_OWNER ? "probe-7a" : "", "uid-probe",
				"Latchkey connection test 7a");
		run(&w);
		assert_int_equal(org_left(&w.org, 0), 0);
		assert_false(w.seen.left);
		assert_int_equal(w.seen.made.reason, REASON_OK);
		assert_true(w.seen.booked.existed);
		org_done(&w.org);
	}
}

/* An application without a mailbox asks as the dedicated one, never as nobody. */
static void test_acts_as(void **state)
{
	static const struct {
		enum method method;
		const char *owner;
	} rows[] = {
		{ METHOD_DEDICATED, OWN },
		{ METHOD_IMPERSONATION, OWNER },
	};
	static struct world w;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		init(&w);
		w.org.method = rows[i].method;
		w.org.owner = rows[i].owner;
		w.org.client.acts_as = OWN;
		begin(&w);
		for (int n = 0; !w.done && n < STEPS; n++) {
			const struct client_call *k = w.org.client.pending;

			if (k)
				assert_string_equal(k->how.impersonate,
					k->op == EXCHANGE_FIND_MAIL || k->op == EXCHANGE_LIST_EVENTS
						? OWN
						: k->how.anchor);
			org_turn(&w.org);
		}
		finish(&w);
		assert_int_equal(org_left(&w.org, 0), 0);
		org_done(&w.org);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_unread),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_closed),
		cmocka_unit_test(test_unchanged),
		cmocka_unit_test(test_back),
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_looked),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_acts_as),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
