/* Reminders and alerts: the rule, twenty days of an account, what breaks and who is told, the job
 * of those that are sent by hand; and that nothing is told twice, wherever an engine dies.
 */
#include "tests/unit/engine_unit.h"

#include "engine/alert.h"
#include "engine/job_kinds.h"
#include "engine/remind.h"
#include "exchange/reason.h"
#include "mail/mail_reason.h"
#include "platform/url.h"
#include "store/db_script.h"
#include "store/store_mail.h"
#include "store/store_remind.h"

enum { START = NOW - NOW % DAY + 43200 /* a noon */, HOUR = 3600 };

struct bed {
	struct bench *b;
	struct db *db;
	int64_t account;
	int64_t admin;
	struct connection c;
};

static void bed_make(struct bed *d, struct bench *b)
{
	int64_t user;
	struct err e;

	clock_freeze(START);
	*d = (struct bed){ .b = b, .db = b->eng.db };
	assert_ok(store_account_add(d->db, "Acme", &d->account, &e));
	assert_ok(store_user_add(d->db, "ada@acme.test", "Ada", "$argon$", &user, &e));
	d->admin = add_member(d->db, d->account, user, "ada@acme.test", ROLE_ADMIN);
	d->c = (struct connection){ .account = d->account,
		.name = "Exchange",
		.stage = CONN_LIVE,
		.scheme = "https",
		.host = "mail.acme.test",
		.port = 443,
		.mailbox = "plan@acme.test",
		.created = START };
	assert_ok(store_connection_save(d->db, &d->c, &e));
}

static int64_t add_person(struct bed *d, int i)
{
	char email[60];

	snprintf(email, sizeof(email), "p%d@acme.test", i);
	return add_member(d->db, d->account, 0, email, ROLE_MEMBER);
}

static struct roster_row row_of(struct bed *d, int64_t member)
{
	struct roster_row m;
	struct err e;

	assert_int_equal(store_roster_get(d->db, &d->b->a, d->account, member, &m, &e), 1);
	return m;
}

/* What was seen is written against a row that was read before: 1, or 0 when that is another now. */
static int writes(struct bed *d, const struct roster_row *m, struct standing is)
{
	const struct roster_due was = { .s = m->s,
		.address = m->email,
		.kind = m->kind,
		.remind_n = m->remind_n,
		.remind_at = m->remind_at,
		.silent_at = m->silent_at };
	struct standing_end end = { .was = &was, .is = &is };
	struct err e;
	int rc;

	is.since = is.checked_at = clock_now();
	remind_verdict(&was, &is, &end.remind_n, &end.remind_at);
	rc = store_standing_save(d->db, &end, &e);
	assert_ok(rc);
	return rc;
}

/* As the engine writes what was seen. */
static void verdict(
	struct bed *d, int64_t member, enum status status, const char *reason, enum fixer fixer)
{
	const struct roster_row m = row_of(d, member);
	struct standing is = m.s;
	const struct member_event v = { .account = d->account,
		.member = member,
		.what = MEMBER_VERDICT,
		.was = m.s.status,
		.is = status,
		.was_reason = m.s.reason,
		.reason = reason };
	struct err e;

	is.status = status;
	is.reason = reason;
	is.fixer = fixer;
	assert_int_equal(writes(d, &m, is), 1);
	assert_ok(store_event_add(d->db, &v, &e));
}

static void breaks(struct bed *d, int64_t member)
{
	verdict(d, member, STATUS_ACTION, "not_delegated", FIXER_MEMBER);
}

static void mends(struct bed *d, int64_t member)
{
	verdict(d, member, STATUS_CONNECTED, "ok", FIXER_NOBODY);
}

static int64_t mails(struct bed *d, const char *kind)
{
	struct err e;
	int64_t n = store_remind_mails(d->db, d->account, kind, 0, &e);

	assert_ok(n);
	return n;
}

static struct mail last_mail(struct bed *d)
{
	struct mail *list;
	struct err e;

	assert_int_equal(
		store_mail_list(d->db, &d->b->a, -1, (struct page_of){ 0, 1 }, &list, &e), 1);
	return list[0];
}

static int64_t events(struct bed *d, enum member_what what)
{
	struct err e;
	int64_t n;

	assert_ok(db_number(d->db, "SELECT count(*) FROM member_event WHERE what = $1",
		DB_ARGS(DB_I(what)), &n, &e));
	return n;
}

/* All were looked at, and stand as before. */
static void looked(struct bed *d)
{
	struct err e;

	assert_ok(db_run(
		d->db, "UPDATE member SET checked_at = $1", DB_ARGS(DB_I(clock_now())), NULL, &e));
}

static void turn(struct bed *d)
{
	struct err e;

	assert_ok(alert_turn(&d->b->eng, d->account, &e));
	assert_ok(remind_turn(&d->b->eng, d->account, &e));
}

/* --- the rule --- */

static void test_rule(void **state)
{
	static const int days[] = { 1, 3, 7, 14 };
	int64_t at = START;

	(void)state;
	for (int n = 0; n < REMIND_MOST; n++) {
		at = remind_next(n, at);
		assert_int_equal((at - START) / DAY, days[n]);
	}
	assert_int_equal(remind_next(REMIND_MOST, at), 0);
	assert_int_equal(remind_next(100, at), 0);
	assert_int_equal(remind_next(-1, at), 0);
}

static void test_verdict(void **state)
{
	static const struct {
		struct standing was, is;
		enum member_kind kind;
		int64_t silent_at, n, at; /* n and at after; before they are 2 and 77 */
	} rows[] = {
		{ { .status = STATUS_NOT_CHECKED }, { .status = STATUS_ACTION }, MEMBER_PERSON, 0,
			0, START + DAY },
		{ { .status = STATUS_CONNECTED },
			{ .status = STATUS_LIMITED, .fixer = FIXER_MEMBER }, MEMBER_PERSON, 0, 0,
			START + DAY },
		{ { .status = STATUS_ACTION }, { .status = STATUS_LIMITED, .fixer = FIXER_MEMBER },
			MEMBER_PERSON, 0, 2, 77 },
		{ { .status = STATUS_ACTION }, { .status = STATUS_CONNECTED }, MEMBER_PERSON, 0, 0,
			0 },
		{ { .status = STATUS_ACTION }, { .status = STATUS_BLOCKED, .fixer = FIXER_MEMBER },
			MEMBER_PERSON, 0, 0, 0 },
		{ { .status = STATUS_CONNECTED },
			{ .status = STATUS_LIMITED, .fixer = FIXER_EXCHANGE }, MEMBER_PERSON, 0, 0,
			0 },
		{ { .status = STATUS_CONNECTED }, { .status = STATUS_ACTION }, MEMBER_ROOM, 0, 0,
			0 },
		{ { .status = STATUS_CONNECTED }, { .status = STATUS_ACTION }, MEMBER_PERSON, 5, 0,
			0 },
		{ { .status = STATUS_ACTION }, { .status = STATUS_OFF }, MEMBER_PERSON, 0, 0, 0 },
	};

	(void)state;
	clock_freeze(START);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct roster_due m = { .s = rows[i].was,
			.kind = rows[i].kind,
			.remind_n = 2,
			.remind_at = 77,
			.silent_at = rows[i].silent_at };
		int64_t n = -1, at = -1;

		remind_verdict(&m, &rows[i].is, &n, &at);
		if (n != rows[i].n || at != rows[i].at)
			fail_msg("row %zu: %d, %lld", i, (int)n, (long long)at);
	}
	clock_freeze(0);
}

/* A reminder is sent, or somebody says that they want none, while they are looked at: what is
 * written then is not of before. */
static void test_meanwhile(void **state)
{
	struct roster_row before, now;
	struct standing is;
	struct member_event who;
	const char *key;
	int64_t id;
	struct bed d;
	struct err e;

	bed_make(&d, *state);
	id = add_person(&d, 1);
	breaks(&d, id);
	before = row_of(&d, id);
	is = before.s;
	is.reason = "busy_denied";
	now = before;
	now.remind_n = 1;
	now.remind_at += 2 * DAY;
	assert_ok(store_remind_sent(d.db, &now, &e));
	assert_int_equal(writes(&d, &before, is), 0);
	before = row_of(&d, id);
	assert_int_equal(before.remind_n, 1);
	assert_ok(store_remind_key(d.db, &d.b->a, &before, "key", &key, &e));
	assert_int_equal(store_remind_silence(d.db, &d.b->a,
				 &(struct remind_silence){ .key = key, .silent = 1 }, &who, &e),
		1);
	assert_int_equal(writes(&d, &before, is), 0);
	now = row_of(&d, id);
	assert_int_equal(now.remind_at, 0);
	assert_int_equal(store_remind_waiting(d.db, d.account, &e), 0);
	assert_int_equal(writes(&d, &now, is), 1);
	assert_int_equal(row_of(&d, id).remind_at, 0);
}

/* What cannot be read of one account keeps no other waiting. */
static void test_damaged(void **state)
{
	struct bed first, d;
	struct err e;
	int64_t p;

	bed_make(&first, *state);
	p = add_person(&first, 1);
	breaks(&first, p);
	d = first;
	assert_ok(store_account_add(d.db, "Other", &d.account, &e));
	d.c.account = d.account;
	d.c.id = 0;
	assert_ok(store_connection_save(d.db, &d.c, &e));
	p = add_person(&d, 2);
	breaks(&d, p);
	clock_freeze(START + DAY);
	run(d.db, "PRAGMA ignore_check_constraints = 1");
	run(d.db, "INSERT INTO alert (account_id, reason, fixer, since) VALUES (1, 'x', 77, 1)");
	d.b->eng.remind = remind_new(&d.b->eng);
	spin_until(d.b, mails(&d, MAIL_REMINDER) == 1);
	remind_free(d.b->eng.remind);
	assert_int_equal(mails(&first, MAIL_REMINDER), 0);
}

/* Whoever may have to act is told in words of their own. */
static void test_words(void **state)
{
	const char *any = mail_reason("no such reason");

	(void)state;
	for (int r = 0; r < REASON__MAX; r++) {
		const struct reason_row *row = reason_row((enum reason)r);

		if (row->fixer == FIXER_MEMBER && row->scope == SCOPE_MEMBER &&
			mail_reason(row->code) == any)
			fail_msg("%s has no words for a member", row->code);
	}
}

/* --- days --- */

/* Of ten people: one must act, one mends it on the fifth day, one wants no more after the first,
 * one is a room, one is blocked; the others work. */
static void test_days(void **state)
{
	struct bed d;
	int64_t acts, mended, silent, room, blocked;
	struct roster_row m;
	struct member_event who;
	const char *key;
	struct err e;

	bed_make(&d, *state);
	acts = add_person(&d, 1);
	mended = add_person(&d, 2);
	silent = add_person(&d, 3);
	room = add_person(&d, 4);
	blocked = add_person(&d, 5);
	run(d.db, "UPDATE member SET kind = 1 WHERE email = 'p4@acme.test'");
	breaks(&d, acts);
	breaks(&d, mended);
	breaks(&d, silent);
	breaks(&d, room);
	verdict(&d, blocked, STATUS_BLOCKED, "no_mailbox", FIXER_ADMIN);
	for (int hour = 0; hour <= 20 * 24; hour += 6) {
		static const int want[21] = { 0, 3, 3, 5, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 7, 7, 7,
			7, 7, 7 };

		clock_freeze(START + hour * HOUR);
		looked(&d);
		turn(&d);
		if (mails(&d, MAIL_REMINDER) != want[hour / 24])
			fail_msg("hour %d: %d", hour, (int)mails(&d, MAIL_REMINDER));
		if (hour == 24 + 6) {
			m = row_of(&d, silent);
			assert_ok(store_remind_key(d.db, &d.b->a, &m, "x", &key, &e));
			assert_int_equal(strlen(key), SEAL_TOKEN_HEX);
			assert_int_equal(
				store_remind_silence(d.db, &d.b->a,
					&(struct remind_silence){ .key = key, .silent = 1 }, &who,
					&e),
				1);
			assert_int_equal(who.member, silent);
		}
		if (hour == 5 * 24)
			mends(&d, mended);
	}
	assert_int_equal(row_of(&d, acts).remind_n, REMIND_MOST);
	assert_int_equal(row_of(&d, acts).remind_at, 0);
	assert_int_equal(events(&d, MEMBER_REMINDED), 7);
	assert_int_equal(mails(&d, MAIL_BROKEN), 0); /* nobody has worked before */
	assert_int_equal(mails(&d, MAIL_BREAKS), 0);
}

/* While nobody could prove it, and while they are off, they wait; then they do not come close
 * together. */
static void test_wait(void **state)
{
	struct health h = { .state = HEALTH_UNREACHABLE, .reason = "ok" };
	struct bed d;
	int64_t m;
	struct reminding said = { .off = 1 };
	struct err e;

	bed_make(&d, *state);
	m = add_person(&d, 1);
	breaks(&d, m);
	said.account = d.account;
	assert_ok(store_reminding_save(d.db, &said, &e));
	clock_freeze(START + DAY);
	turn(&d);
	assert_int_equal(mails(&d, MAIL_REMINDER), 0);
	said.off = 0;
	assert_ok(store_reminding_save(d.db, &said, &e));
	run(d.db, "UPDATE connection SET paused_at = 1");
	turn(&d);
	run(d.db, "UPDATE connection SET paused_at = 0");
	h.account = d.account;
	h.connection = d.c.id;
	h.since = clock_now() - HOUR;
	assert_ok(store_health_save(d.db, &h, &e));
	turn(&d);
	h.state = HEALTH_STOPPED;
	assert_ok(store_health_save(d.db, &h, &e));
	clock_freeze(START + 5 * DAY);
	turn(&d);
	assert_int_equal(mails(&d, MAIL_REMINDER), 0);
	h.state = HEALTH_WELL;
	assert_ok(store_health_save(d.db, &h, &e));
	/* It works again, and nobody knows yet what was mended meanwhile. */
	turn(&d);
	assert_int_equal(mails(&d, MAIL_REMINDER), 0);
	looked(&d);
	turn(&d);
	assert_int_equal(mails(&d, MAIL_REMINDER), 1);
	assert_int_equal(row_of(&d, m).remind_at, clock_now() + 2 * DAY);
	assert_string_equal(url_get(&d.b->a, last_mail(&d).params, "mailbox"), "plan@acme.test");
}

/* --- what breaks --- */

static void test_step(void **state)
{
	static const struct {
		struct alert t;
		int64_t now;
		enum alert_step want;
	} rows[] = {
		{ { .since = 1000, .n = 3 }, 1000 + ALERT_COLLECT - 1, ALERT_WAIT },
		{ { .since = 1000, .n = 3 }, 1000 + ALERT_COLLECT, ALERT_TELL },
		{ { .since = 1000 }, 1000, ALERT_FORGET },
		{ { .told_at = 2000, .told_n = 3 }, 2000, ALERT_CLEAR },
		{ { .told_at = 2000, .told_n = 3, .n = 3 }, 2000 + 9 * DAY, ALERT_WAIT },
		{ { .told_at = 2000, .told_n = 3, .n = 5 }, 2000 + HOUR, ALERT_WAIT },
		{ { .told_at = 2000, .told_n = 3, .n = 6 }, 2000 + HOUR, ALERT_TELL },
		{ { .told_at = 2000, .told_n = 3, .n = 6 }, 2001, ALERT_WAIT },
		{ { .told_at = 2000, .told_n = 3, .n = 4 }, 2000 + DAY, ALERT_TELL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (alert_step(&rows[i].t, rows[i].now) != rows[i].want)
			fail_msg("row %zu", i);
}

enum { MANY = 42 };

/* Forty-two who worked break by one cause. */
static void many_break(struct bed *d, int64_t who[MANY])
{
	for (int i = 0; i < MANY; i++) {
		who[i] = add_person(d, i);
		mends(d, who[i]);
	}
	turn(d);
	for (int i = 0; i < MANY; i++)
		breaks(d, who[i]);
}

/* Somebody has switched: who stands worse by it did not break, and who stood worse may be mended.
 */
static void test_switched(void **state)
{
	struct member_event v = { .what = MEMBER_SWITCHED,
		.was = STATUS_CONNECTED,
		.is = STATUS_ACTION,
		.was_reason = "ok",
		.reason = "not_delegated" };
	struct bed d;
	int64_t who[MANY];
	struct err e;

	bed_make(&d, *state);
	many_break(&d, who);
	mends(&d, who[0]);
	turn(&d);
	v.account = d.account;
	v.member = who[0];
	assert_ok(store_event_add(d.db, &v, &e));
	turn(&d);
	assert_int_equal(number(d.db, "SELECT count(*) FROM broken"), MANY - 1);
	assert_int_equal(mails(&d, MAIL_BROKEN), MANY - 1);
	v.was = STATUS_ACTION;
	v.member = who[1];
	v.is = STATUS_BLOCKED;
	v.reason = "no_mailbox";
	assert_ok(store_event_add(d.db, &v, &e));
	v.member = who[2];
	v.is = STATUS_CONNECTED;
	v.reason = "ok";
	assert_ok(store_event_add(d.db, &v, &e));
	turn(&d);
	assert_int_equal(number(d.db, "SELECT count(*) FROM broken"), MANY - 2);
	assert_int_equal(number(d.db, "SELECT count(*) FROM alert"), 1);
}

static void test_breaks(void **state)
{
	struct bed d;
	int64_t who[MANY];

	bed_make(&d, *state);
	many_break(&d, who);
	mends(&d, who[0]); /* before anybody could be told */
	turn(&d);
	turn(&d);
	assert_int_equal(mails(&d, MAIL_BROKEN), MANY - 1);
	assert_int_equal(events(&d, MEMBER_ALERTED), MANY - 1);
	assert_int_equal(mails(&d, MAIL_BREAKS), 0);
	clock_freeze(START + ALERT_COLLECT);
	turn(&d);
	turn(&d);
	assert_int_equal(mails(&d, MAIL_BREAKS), 1);
	assert_string_equal(last_mail(&d).email, "ada@acme.test");
	assert_string_equal(url_get(&d.b->a, last_mail(&d).params, "n"), "41");
	assert_string_equal(url_get(&d.b->a, last_mail(&d).params, "who"), "Member");
	assert_string_equal(url_get(&d.b->a, last_mail(&d).params, "code"), "not_delegated");
	for (int i = 1; i < MANY; i++) {
		turn(&d);
		assert_int_equal(mails(&d, MAIL_MENDED), 0);
		mends(&d, who[i]);
	}
	turn(&d);
	turn(&d);
	assert_int_equal(mails(&d, MAIL_MENDED), 1);
	assert_string_equal(url_get(&d.b->a, last_mail(&d).params, "n"), "41");
	assert_int_equal(mails(&d, MAIL_BREAKS), 1);
	assert_int_equal(number(d.db, "SELECT count(*) FROM alert"), 0);
	assert_int_equal(number(d.db, "SELECT count(*) FROM broken"), 0);
}

/* What is no break, and what ends one besides a mended calendar. */
static void test_no_break(void **state)
{
	struct bed d;
	int64_t a, b;
	const struct member_event stopped = { .what = MEMBER_STOPPED };
	struct member_event v = stopped;
	struct err e;

	bed_make(&d, *state);
	a = add_person(&d, 1);
	b = add_person(&d, 2);
	breaks(&d, a); /* the first look */
	mends(&d, b);
	v = (struct member_event){ .account = d.account, .member = b, .what = MEMBER_FAILING };
	assert_ok(store_event_add(d.db, &v, &e));
	/* Another method: what was known is forgotten, and seen anew. */
	run(d.db, "UPDATE member SET status = 0, reason = 'not_checked', fixer = 0");
	breaks(&d, b);
	turn(&d);
	assert_int_equal(number(d.db, "SELECT count(*) FROM broken"), 0);
	mends(&d, b);
	breaks(&d, b);
	turn(&d);
	assert_int_equal(number(d.db, "SELECT count(*) FROM broken"), 1);
	/* From one cause to another, and away. */
	verdict(&d, b, STATUS_BLOCKED, "mailbox_disabled", FIXER_EXCHANGE);
	clock_freeze(START + ALERT_COLLECT);
	turn(&d);
	assert_int_equal(mails(&d, MAIL_BREAKS), 1);
	assert_string_equal(url_get(&d.b->a, last_mail(&d).params, "code"), "mailbox_disabled");
	v.what = MEMBER_STOPPED;
	assert_ok(store_event_add(d.db, &v, &e));
	turn(&d);
	assert_int_equal(mails(&d, MAIL_MENDED), 1);
	assert_int_equal(mails(&d, MAIL_BROKEN), 1);
}

/* Alerts that are off tell nothing, also not later. */
static void test_alerts_off(void **state)
{
	struct reminding said = { .alerts_off = 1 };
	struct bed d;
	int64_t who[MANY];
	struct err e;

	bed_make(&d, *state);
	said.account = d.account;
	assert_ok(store_reminding_save(d.db, &said, &e));
	many_break(&d, who);
	turn(&d);
	said.alerts_off = 0;
	assert_ok(store_reminding_save(d.db, &said, &e));
	clock_freeze(START + HOUR);
	turn(&d);
	assert_int_equal(mails(&d, MAIL_BROKEN) + mails(&d, MAIL_BREAKS), 0);
}

/* --- an engine that dies --- */

/* Both turns on a database whose call number `at` fails: 1 when none did. */
static int dies_at(struct bed *d, int at)
{
	struct db_script_watch w = { .fail_at = at, .code = ERR_FULL };
	struct engine dying = d->b->eng;
	struct err e;
	int rc;

	dying.db = db_script_over(d->db, &w);
	rc = alert_turn(&dying, d->account, &e);
	if (rc >= 0)
		rc = remind_turn(&dying, d->account, &e);
	assert_false(w.open || w.begun);
	db_close(dying.db);
	return rc >= 0;
}

/* Wherever it was, the next one tells the rest, and nothing twice. */
static void test_dies(void **state)
{
	struct bed d;
	int64_t late, broken;
	int at = 0, whole = 0;

	bed_make(&d, *state);
	late = add_person(&d, 1);
	breaks(&d, late);
	broken = add_person(&d, 2);
	mends(&d, broken);
	turn(&d);
	clock_freeze(START + DAY - HOUR);
	breaks(&d, broken);
	clock_freeze(START + DAY);
	while (!whole)
		whole = dies_at(&d, ++at);
	assert_true(at > 20);
	assert_int_equal(mails(&d, MAIL_REMINDER), 1);
	assert_int_equal(mails(&d, MAIL_BROKEN), 1);
	assert_int_equal(mails(&d, MAIL_BREAKS), 1);
	turn(&d);
	assert_int_equal(mails(&d, MAIL_REMINDER), 1);
	assert_int_equal(mails(&d, MAIL_BROKEN), 1);
	assert_int_equal(mails(&d, MAIL_BREAKS), 1);
	assert_int_equal(row_of(&d, late).remind_n, 1);
}

/* --- by hand --- */

static const struct job_kind *const kinds[] = { &job_remind, NULL };

static int64_t ask(struct bed *d, const struct roster_pick *pick)
{
	struct job j = { .account = d->account, .kind = "remind", .by_name = "Ada" };
	struct buf b;
	struct err e;
	int64_t id;

	buf_init(&b, 1 << 16);
	roster_pick_write(&b, pick);
	j.params = buf_str(&b);
	j.run_at = clock_now();
	assert_ok(store_job_add(d->db, &j, &id, &e));
	buf_done(&b);
	return id;
}

static struct job ends(struct bed *d, int64_t id)
{
	struct job_queue *q = job_queue_new(&d->b->eng, kinds, "unit");
	struct job j = { 0 };
	struct err e;

	spin_until(d->b,
		store_job_get(d->db, &d->b->a, d->account, id, &j, &e) == 1 && j.state >= JOB_DONE);
	job_queue_free(q);
	return j;
}

static void test_job(void **state)
{
	enum { PEOPLE = 250 };
	struct roster_pick pick = { 0 };
	struct job_progress at;
	struct bed d;
	int64_t first = 0, id;
	struct err e;

	bed_make(&d, *state);
	for (int i = 0; i < PEOPLE; i++) {
		int64_t m = add_person(&d, i);

		first = first ? first : m;
		if (i >= 10)
			breaks(&d, m);
	}
	run(d.db, "UPDATE member SET silent_at = 1, remind_at = 0 WHERE email = 'p20@acme.test'");
	pick.f = roster_all(d.account, MEMBER_PERSON);
	id = ask(&d, &pick);
	/* It is begun again where it was. */
	at = (struct job_progress){
		.job = id, .total = 251, .done = 6, .failed = 6, .cursor = first + 4
	};
	assert_ok(store_progress_save(d.db, &at, &e));
	assert_string_equal(ends(&d, id).outcome,
		"239 of 251 reminded. Passed over: 5 need not act, 1 want no reminders, 6 before a "
		"restart.");
	assert_int_equal(mails(&d, MAIL_REMINDER), 239);
	assert_int_equal(store_progress_get(d.db, &d.b->a, id, &at, &e), 1);
	assert_int_equal(at.done, 251);
	/* Not twice on one day; and one of them by itself. */
	pick.ids = &first;
	pick.count = 1;
	run(d.db, "UPDATE member SET status = 3, fixer = 1 WHERE email = 'p0@acme.test'");
	assert_string_equal(ends(&d, ask(&d, &pick)).outcome, "1 of 1 reminded.");
	assert_string_equal(
		ends(&d, ask(&d, &pick)).outcome, "0 of 1 reminded. Passed over: 1 had one today.");
	assert_int_equal(row_of(&d, first).remind_n, 1);
	assert_int_equal(row_of(&d, first).remind_at, START + 2 * DAY);
	/* The one that came by hand is in the place of the first. */
	clock_freeze(START + DAY);
	turn(&d);
	turn(&d);
	turn(&d);
	assert_int_equal(mails(&d, MAIL_REMINDER), 240);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rule),
		cmocka_unit_test(test_verdict),
		cmocka_unit_test(test_words),
		bench_test(test_meanwhile),
		bench_test(test_damaged),
		bench_test(test_days),
		bench_test(test_wait),
		cmocka_unit_test(test_step),
		bench_test(test_switched),
		bench_test(test_breaks),
		bench_test(test_no_break),
		bench_test(test_alerts_off),
		bench_test(test_dies),
		bench_test(test_job),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
