/* Health of connections: every state and every event, when the next look is due, and what goes into
 * the rows: state, seconds, calls, audit, notices.
 */
#include "tests/unit/engine_unit.h"

#include "engine/health.h"
#include "engine/notice.h"
#include "mail/mail_kind.h"
#include "mail/mail_text.h"
#include "store/store_mail.h"

enum { START = NOW - NOW % DAY + 43200 /* a noon */ };

/* --- pure --- */

#define S(x) HEALTH_##x

/* In the order of the events: nothing, well, slowed, hiccup, passing, lasting, refused, paused,
 * resumed. */
static void test_table(void **state)
{
	static const enum health_state want[HEALTH__MAX][HEARD__MAX] = {
		[S(NEW)] = { S(NEW), S(WELL), S(SLOWED), S(UNREACHABLE), S(UNREACHABLE),
			S(UNREACHABLE), S(STOPPED), S(PAUSED), S(NEW) },
		[S(WELL)] = { S(WELL), S(WELL), S(SLOWED), S(WELL), S(UNREACHABLE), S(UNREACHABLE),
			S(STOPPED), S(PAUSED), S(WELL) },
		[S(SLOWED)] = { S(SLOWED), S(WELL), S(SLOWED), S(SLOWED), S(UNREACHABLE),
			S(UNREACHABLE), S(STOPPED), S(PAUSED), S(SLOWED) },
		[S(UNREACHABLE)] = { S(UNREACHABLE), S(WELL), S(SLOWED), S(UNREACHABLE),
			S(UNREACHABLE), S(UNREACHABLE), S(STOPPED), S(PAUSED), S(UNREACHABLE) },
		[S(STOPPED)] = { S(STOPPED), S(WELL), S(SLOWED), S(UNREACHABLE), S(UNREACHABLE),
			S(UNREACHABLE), S(STOPPED), S(PAUSED), S(STOPPED) },
		[S(PAUSED)] = { S(PAUSED), S(PAUSED), S(PAUSED), S(PAUSED), S(PAUSED), S(PAUSED),
			S(PAUSED), S(PAUSED), S(NEW) },
	};

	(void)state;
	for (int s = 0; s < HEALTH__MAX; s++)
		for (int ev = 0; ev < HEARD__MAX; ev++)
			if (health_next(s, ev) != want[s][ev])
				fail_msg("%s, event %d: %s", health_name(s), ev,
					health_name(health_next(s, ev)));
}

static void test_events(void **state)
{
	static const struct {
		enum reason reason;
		int own;
		int64_t fails;
		enum health_event want;
	} rows[] = {
		{ REASON_OK, 0, 3, HEARD_WELL },
		{ REASON_SLOWED, 0, 0, HEARD_SLOWED },
		{ REASON_UNREACHABLE, 0, 0, HEARD_HICCUP },
		{ REASON_UNREACHABLE, 0, 1, HEARD_PASSING },
		{ REASON_TLS_EXPIRED, 0, 0, HEARD_LASTING },
		{ REASON_SIGNIN_REFUSED, 0, 0, HEARD_REFUSED },
		{ REASON_SIGNIN_STOPPED, 0, 0, HEARD_REFUSED },
		{ REASON_CLIENT_SECRET_EXPIRED, 1, 0, HEARD_REFUSED },
		{ REASON_SIGNIN_WAITING, 1, 0, HEARD_NOTHING },
		{ REASON_NOT_DELEGATED, 0, 0, HEARD_NOTHING },
		{ REASON_UNAVAILABLE, 0, 0, HEARD_NOTHING },
		{ REASON_UNAVAILABLE, 1, 0, HEARD_HICCUP },
		{ REASON_MAILBOX_DISABLED, 1, 0, HEARD_LASTING },
		{ REASON_BOOKING_GONE, 0, 0, HEARD_NOTHING },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct outcome o = { .reason = rows[i].reason };

		if (health_event(&o, rows[i].own, rows[i].fails) != rows[i].want)
			fail_msg("%s", reason_row(rows[i].reason)->code);
	}
	/* Whatever it is, a member's trouble is no word about the connection. */
	for (int r = 0; r < REASON__MAX; r++) {
		struct outcome o = { .reason = r };

		if (reason_row(r)->scope != SCOPE_CONNECTION)
			assert_int_equal(health_event(&o, 0, 1), HEARD_NOTHING);
	}
}

static void test_schedule(void **state)
{
	struct health h = { .state = HEALTH_UNREACHABLE };
	int64_t wait, last = 0;

	(void)state;
	for (h.fails = 1; h.fails < 100; h.fails++) {
		for (unsigned noise = 0; noise < 500; noise++) {
			wait = health_pause(&h, 0, 300, noise);
			assert_in_range(wait, HEALTH_AGAIN - HEALTH_AGAIN / 8, HEALTH_BACKOFF);
		}
		wait = health_pause(&h, 0, 300, 0);
		assert_true(wait >= last);
		last = wait;
	}
	assert_in_range(last, HEALTH_BACKOFF * 7 / 8, HEALTH_BACKOFF);
	assert_int_not_equal(health_pause(&h, 0, 300, 1), health_pause(&h, 0, 300, 2));
	h = (struct health){ .state = HEALTH_WELL };
	assert_int_equal(health_pause(&h, 0, 300, 7), 300);
	h.fails = 1;
	assert_int_equal(health_pause(&h, 0, 300, 7), HEALTH_AGAIN);
	h = (struct health){ .state = HEALTH_SLOWED };
	assert_int_equal(health_pause(&h, 120500, 300, 7), 121);
	assert_int_equal(health_pause(&h, 0, 300, 7), HEALTH_AGAIN);
	assert_int_equal(health_pause(&h, INT64_C(1) << 40, 300, 7), HEALTH_SLOWED_MAX);
	h.state = HEALTH_STOPPED;
	assert_int_equal(health_pause(&h, 0, 300, 7), 0);
	h.state = HEALTH_PAUSED;
	assert_int_equal(health_pause(&h, 0, 300, 7), 0);
	h.state = HEALTH_NEW;
	assert_int_equal(health_pause(&h, 0, 300, 7), HEALTH_AGAIN);
}

/* --- rows --- */

struct bed {
	struct bench *b;
	int64_t account;
	struct connection c;
};

/* Somebody who gets the mails. */
static void add_admin(struct bed *d)
{
	int64_t user;
	struct err e;

	assert_ok(store_user_add(d->b->eng.db, "ada@acme.test", "Ada", "$argon$", &user, &e));
	add_member(d->b->eng.db, d->account, user, "ada@acme.test", ROLE_ADMIN);
}

static void bed_make(struct bed *d, struct bench *b)
{
	struct credential cr = { .purpose = PURPOSE_CURRENT,
		.version = "v1",
		.key_id = "k",
		.sealed = "x",
		.sealed_len = 1,
		.certificate = "" };
	struct err e;

	*d = (struct bed){ .b = b };
	clock_freeze(START);
	b->cf.check_minutes = 5;
	assert_ok(store_account_add(b->eng.db, "Acme", &d->account, &e));
	d->c = (struct connection){ .account = d->account,
		.name = "c",
		.scheme = "https",
		.host = "mail.acme.test",
		.mailbox = "svc@acme.test",
		.binding = "off",
		.kind = "exchange",
		.stage = CONN_LIVE };
	assert_ok(store_connection_save(b->eng.db, &d->c, &e));
	assert_ok(store_credential_reserve(
		b->eng.db, d->account, d->c.id, PURPOSE_CURRENT, &cr.id, &e));
	cr.account = d->account;
	cr.connection = d->c.id;
	assert_ok(store_credential_save(b->eng.db, &cr, &e));
}

static struct health row(struct bed *d)
{
	struct health h = { 0 };
	struct err e;

	assert_int_equal(store_health_get(d->b->eng.db, &d->b->a, d->account, d->c.id, &h, &e), 1);
	return h;
}

static void heard(struct bed *d, enum reason r, int64_t at)
{
	struct outcome o = { .reason = r, .version = "15.1.2507.6" };
	struct err e;

	clock_freeze(at);
	assert_ok(health_heard(&d->b->eng, &d->c, &o, 40, &e));
}

static int64_t sum(struct bed *d, const char *what)
{
	return number(d->b->eng.db,
		arena_printf(&d->b->a, "SELECT coalesce(sum(%s), 0) FROM health_day", what));
}

static int64_t told(struct bed *d, const char *action)
{
	return number(d->b->eng.db,
		arena_printf(&d->b->a, "SELECT count(*) FROM audit WHERE action = '%s'", action));
}

/* A story: each attempt, and what stands in the row behind it. */
static void test_story(void **state)
{
	static const struct {
		enum reason reason;
		int64_t at; /* seconds after the one before */
		enum health_state want;
		int64_t fails, refused;
	} rows[] = {
		{ REASON_OK, 0, HEALTH_WELL, 0, 0 },
		{ REASON_OK, 300, HEALTH_WELL, 0, 0 },
		{ REASON_NOT_DELEGATED, 10, HEALTH_WELL, 0, 0 },
		{ REASON_TIMED_OUT, 300, HEALTH_WELL, 1, 0 },
		{ REASON_OK, 30, HEALTH_WELL, 0, 0 },
		{ REASON_TIMED_OUT, 300, HEALTH_WELL, 1, 0 },
		{ REASON_UNREACHABLE, 30, HEALTH_UNREACHABLE, 2, 0 },
		{ REASON_UNREACHABLE, 60, HEALTH_UNREACHABLE, 3, 0 },
		{ REASON_SLOWED, 100, HEALTH_SLOWED, 0, 0 },
		{ REASON_OK, 30, HEALTH_WELL, 0, 0 },
		{ REASON_SIGNIN_REFUSED, 300, HEALTH_STOPPED, 1, 1 },
		{ REASON_SIGNIN_STOPPED, 30, HEALTH_STOPPED, 2, 1 },
		{ REASON_OK, 30, HEALTH_WELL, 0, 1 },
		{ REASON_TLS_EXPIRED, 300, HEALTH_UNREACHABLE, 1, 1 },
	};
	int64_t at = START, since = 0, ok_at = 0, changes = 0;
	enum health_state before = HEALTH_NEW;
	struct bed d;

	bed_make(&d, *state);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct health h;

		at += rows[i].at;
		heard(&d, rows[i].reason, at);
		h = row(&d);
		if (rows[i].reason == REASON_OK)
			ok_at = at;
		if (rows[i].want != before) {
			since = at;
			changes++;
		}
		before = rows[i].want;
		assert_int_equal(h.state, rows[i].want);
		assert_int_equal(h.fails, rows[i].fails);
		assert_int_equal(h.refused, rows[i].refused);
		assert_int_equal(h.since, since);
		assert_int_equal(h.ok_at, ok_at);
		assert_int_equal(h.next_at == 0, h.state == HEALTH_STOPPED);
		assert_int_equal(h.counted_to, at);
		assert_int_equal(told(&d, "connection.state"), changes);
	}
	assert_string_equal(row(&d).reason, "tls_expired");
	assert_string_equal(row(&d).version, "15.1.2507.6");
	assert_int_equal(sum(&d, "well + slowed + down + paused"), at - START);
	assert_int_equal(sum(&d, "slowed"), 30);
	assert_int_equal(sum(&d, "down"), 160 + 60);
	assert_int_equal(number(d.b->eng.db, "SELECT sum(calls) FROM health_calls"), COUNT(rows));
	assert_int_equal(number(d.b->eng.db, "SELECT sum(failed) FROM health_calls"), 8 - 1);
	assert_int_equal(number(d.b->eng.db, "SELECT max(slowest) FROM health_calls"), 40);
}

/* Each second to its day; nothing of a gap, nor when the clock is set back. */
static void test_days(void **state)
{
	const int64_t midnight = START + DAY / 2;
	struct health_day *days;
	struct bed d;
	struct err e;

	bed_make(&d, *state);
	heard(&d, REASON_OK, midnight - 100);
	heard(&d, REASON_OK, midnight + 200);
	assert_int_equal(store_health_days(d.b->eng.db, &d.b->a, d.c.id, 0, &days, &e), 2);
	assert_int_equal(days[0].well, 100);
	assert_int_equal(days[1].well, 200);
	assert_int_equal(days[1].day, midnight / DAY);
	heard(&d, REASON_OK, midnight + 200 + HEALTH_GAP + 1);
	assert_int_equal(sum(&d, "well"), 300);
	heard(&d, REASON_OK, midnight);
	assert_int_equal(sum(&d, "well"), 300);
	assert_int_equal(row(&d).counted_to, midnight);
	clock_freeze(midnight + HEALTH_COUNT + 1);
	assert_ok(health_count(&d.b->eng, &e));
	assert_int_equal(sum(&d, "well"), 300 + HEALTH_COUNT + 1);
	assert_ok(health_count(&d.b->eng, &e));
	assert_int_equal(sum(&d, "well"), 300 + HEALTH_COUNT + 1);
}

/* Only a live connection has a health; what is said of others, or of one that went, is passed over.
 */
static void test_others(void **state)
{
	struct bed d;

	bed_make(&d, *state);
	run(d.b->eng.db, "UPDATE connection SET stage = 1");
	heard(&d, REASON_OK, START);
	run(d.b->eng.db, "DELETE FROM connection");
	heard(&d, REASON_OK, START);
	assert_int_equal(number(d.b->eng.db, "SELECT count(*) FROM health"), 0);
}

static int due(struct bed *d)
{
	struct connection *list;
	struct err e;

	return store_health_due(d->b->eng.db, &d->b->a, clock_now(), &list, &e);
}

static int begin(struct bed *d, struct health_look *l)
{
	struct err e;

	return health_begin(&d->b->eng, &d->b->a, &d->c, l, &e);
}

/* A look is begun once; what it hears counts only while way and secret are the same. */
static void test_look(void **state)
{
	const struct outcome good = { .reason = REASON_OK };
	struct health_look l, other;
	struct bed d;
	struct err e;

	bed_make(&d, *state);
	assert_int_equal(due(&d), 1);
	assert_int_equal(begin(&d, &l), 1);
	assert_int_equal(due(&d), 0); /* for everybody else */
	clock_freeze(START + HEALTH_LEASE);
	assert_int_equal(due(&d), 1); /* whoever began is gone */
	clock_freeze(START + 5);
	run(d.b->eng.db, "UPDATE credential SET version = 'v2'");
	assert_int_equal(health_same(&d.b->eng, &d.b->a, &l, &e), 0);
	assert_ok(health_looked(&d.b->eng, &l, &good, &e));
	assert_int_equal(row(&d).state, HEALTH_NEW);
	assert_int_equal(due(&d), 1);
	assert_int_equal(begin(&d, &other), 1);
	assert_string_equal(other.secret.version, "v2");
	assert_int_equal(health_same(&d.b->eng, &d.b->a, &other, &e), 1);
	assert_ok(health_looked(&d.b->eng, &other, &good, &e));
	assert_int_equal(row(&d).state, HEALTH_WELL);
	assert_int_equal(row(&d).next_at, START + 5 + 300);
}

/* Somebody saw that it does not work: it is looked at now, and its state stays until then. One that
 * is stopped is left alone. */
static void test_soon(void **state)
{
	struct bed d;
	struct err e;

	bed_make(&d, *state);
	assert_ok(health_soon(&d.b->eng, &d.c, &e));
	heard(&d, REASON_OK, START);
	assert_int_equal(due(&d), 0);
	assert_ok(health_soon(&d.b->eng, &d.c, &e));
	assert_int_equal(due(&d), 1);
	assert_int_equal(row(&d).state, HEALTH_WELL);
	heard(&d, REASON_SIGNIN_REFUSED, START);
	assert_ok(health_soon(&d.b->eng, &d.c, &e));
	assert_int_equal(row(&d).next_at, 0);
	run(d.b->eng.db, "UPDATE connection SET stage = 1");
	assert_ok(health_soon(&d.b->eng, &d.c, &e));
}

/* A clock that was a year ahead is put right: nothing waits for that year. */
static void test_set_back(void **state)
{
	struct bed d;
	struct err e;

	bed_make(&d, *state);
	heard(&d, REASON_OK, START + INT64_C(365) * 86400);
	run(d.b->eng.db, "UPDATE health SET proof_at = next_at");
	clock_freeze(START);
	assert_int_equal(due(&d), 0);
	assert_ok(health_count(&d.b->eng, &e));
	assert_int_equal(due(&d), 1);
	assert_int_equal(row(&d).since, START);
	assert_int_equal(row(&d).counted_to, START);
	assert_int_equal(row(&d).proof_at, START + 3600);
	heard(&d, REASON_SIGNIN_REFUSED, START + INT64_C(365) * 86400);
	clock_freeze(START);
	assert_ok(health_count(&d.b->eng, &e));
	assert_int_equal(row(&d).next_at, 0);
}

/* What the gate has refused is stopped without a question, and only another secret, or one more
 * try that somebody allowed, makes it due. */
static void test_gate(void **state)
{
	const struct outcome gone = { .reason = REASON_UNREACHABLE };
	struct signin s = { .name = "svc", .version = "v1", .proof = PROOF_REFUSED };
	struct health_look l;
	struct bed d;
	struct err e;

	bed_make(&d, *state);
	heard(&d, REASON_OK, START);
	assert_int_equal(due(&d), 0);
	s.reason = "account_locked";
	assert_ok(store_signin_save(d.b->eng.db, &s, &e));
	assert_int_equal(due(&d), 1);
	assert_int_equal(begin(&d, &l), 0);
	assert_int_equal(row(&d).state, HEALTH_STOPPED);
	assert_string_equal(row(&d).reason, "account_locked");
	assert_int_equal(row(&d).tried_at, START);
	clock_freeze(START + DAY);
	assert_int_equal(due(&d), 0);
	assert_ok(store_health_spread(d.b->eng.db, clock_now(), 10, &e));
	assert_int_equal(due(&d), 0);
	run(d.b->eng.db, "UPDATE credential SET version = 'v2'");
	assert_int_equal(due(&d), 1);
	assert_int_equal(begin(&d, &l), 1);
	assert_int_equal(due(&d), 0);
	assert_ok(health_looked(&d.b->eng, &l, &gone, &e));
	assert_int_equal(row(&d).state, HEALTH_UNREACHABLE);
	assert_int_equal(due(&d), 0);
}

static void test_pause(void **state)
{
	struct health_look l;
	struct bed d;

	bed_make(&d, *state);
	heard(&d, REASON_OK, START);
	run(d.b->eng.db, "UPDATE connection SET paused_at = 1");
	assert_int_equal(due(&d), 1);
	assert_int_equal(begin(&d, &l), 0);
	assert_int_equal(row(&d).state, HEALTH_PAUSED);
	assert_int_equal(due(&d), 0);
	heard(&d, REASON_SIGNIN_REFUSED, START + 60); /* was under way */
	assert_int_equal(row(&d).state, HEALTH_PAUSED);
	assert_int_equal(sum(&d, "paused"), 60);
	run(d.b->eng.db, "UPDATE connection SET paused_at = 0");
	run(d.b->eng.db,
		"INSERT INTO signin (name, version, state, since) "
		"VALUES ('svc', 'v1', 2, 1)");
	assert_int_equal(due(&d), 1);
	assert_int_equal(begin(&d, &l), 0);
	assert_int_equal(row(&d).state, HEALTH_STOPPED); /* still refused: nothing was asked */
	assert_int_equal(due(&d), 0);
}

/* A second look after a change of secret: not before its time, until something is known. */
static void test_proof(void **state)
{
	const struct outcome gone = { .reason = REASON_UNREACHABLE },
			     good = { .reason = REASON_OK };
	struct health_look l;
	struct bed d;
	struct err e;

	bed_make(&d, *state);
	heard(&d, REASON_OK, START);
	run(d.b->eng.db, "UPDATE health SET proof_at = next_at + 100");
	clock_freeze(START + 300);
	assert_int_equal(begin(&d, &l), 1);
	assert_false(l.proof);
	assert_ok(health_looked(&d.b->eng, &l, &good, &e));
	assert_int_equal(row(&d).next_at, START + 400); /* then, and not later */
	clock_freeze(START + 400);
	assert_int_equal(begin(&d, &l), 1);
	assert_true(l.proof);
	assert_ok(health_looked(&d.b->eng, &l, &gone, &e));
	assert_true(row(&d).proof_at > 0);
	assert_int_equal(begin(&d, &l), 1);
	assert_true(l.proof);
	assert_ok(health_looked(&d.b->eng, &l, &good, &e));
	assert_int_equal(row(&d).proof_at, 0);
}

/* --- notices --- */

/* So many mails of this kind wait, and each can be written: its words have all they ask for. */
static void mails(struct bed *d, const char *kind, int want)
{
	struct mail *list;
	struct err e;
	int n = store_mail_list(
		d->b->eng.db, &d->b->a, MAIL_QUEUED, (struct page_of){ 0, 100 }, &list, &e);

	for (int i = 0; i < n; i++) {
		const struct mail_facts f = { .organisation = "Acme",
			.public_url = "https://portal.test",
			.name = list[i].name,
			.params = &list[i].params,
			.count = 1 };
		struct mail_text t;

		if (strcmp(list[i].kind, kind) != 0)
			continue;
		assert_ok(mail_text_make(mail_kind_find(kind), &f, &t, &e));
		assert_non_null(strstr(t.text.p, "svc@acme.test"));
		mail_text_wipe(&t);
		want--;
	}
	assert_int_equal(want, 0);
}

static int64_t notices(struct bed *d, const char *like)
{
	return number(d->b->eng.db,
		arena_printf(&d->b->a, "SELECT count(*) FROM notice WHERE name LIKE '%s'", like));
}

static void test_notices(void **state)
{
	struct bed d;
	struct err e;

	bed_make(&d, *state);
	add_admin(&d);
	heard(&d, REASON_OK, START);
	assert_int_equal(notices(&d, "%"), 0); /* no all-clear without an alarm */
	heard(&d, REASON_TLS_EXPIRED, START + 10);
	assert_int_equal(notices(&d, "%"), 0);
	clock_freeze(START + 10 + NOTICE_AWAY);
	assert_ok(health_count(&d.b->eng, &e));
	assert_int_equal(notices(&d, "connection:%:connection_unreachable"), 1);
	heard(&d, REASON_SIGNIN_REFUSED, START + 1000);
	heard(&d, REASON_SIGNIN_STOPPED, START + 1001);
	assert_int_equal(notices(&d, "connection:%:connection_stopped"), 1);
	heard(&d, REASON_OK, START + 1100);
	assert_int_equal(notices(&d, "connection:%:connection_stopped"), 0);
	assert_int_equal(notices(&d, "connection:%:connection_unreachable"), 0);
	assert_int_equal(notices(&d, "connection:%:connection_well:%"), 1);
	mails(&d, MAIL_UNREACHABLE, 1);
	mails(&d, MAIL_STOPPED, 1);
	mails(&d, MAIL_WELL, 1);
	/* It was away before it was stopped. */
	assert_int_equal(number(d.b->eng.db,
				 arena_printf(&d.b->a,
					 "SELECT count(*) FROM mail WHERE kind = 'connection_well' "
					 "AND params LIKE '%%since=%lld%%'",
					 (long long)START + 10)),
		1);
}

/* The row is anybody's to write who broke into the web tier: a mail has its bounds, the engine
 * goes on. */
static void test_long(void **state)
{
	struct bed d;
	struct err e;

	bed_make(&d, *state);
	add_admin(&d);
	heard(&d, REASON_SIGNIN_REFUSED, START);
	run(d.b->eng.db,
		"UPDATE health SET counted_to = 0, "
		"say = replace(hex(zeroblob(500)), '0', char(66376))");
	run(d.b->eng.db, "DELETE FROM notice");
	assert_ok(health_count(&d.b->eng, &e));
	assert_int_equal(notices(&d, "%stopped"), 1);
}

static void test_expiry(void **state)
{
	static const struct {
		int64_t left; /* seconds until it ends */
		int64_t told;
	} rows[] = {
		{ 61 * DAY, 0 },
		{ 60 * DAY + 1, 0 },
		{ 60 * DAY, 1 },
		{ 31 * DAY, 1 },
		{ 13 * DAY, 2 }, /* 30 was missed: the last one counts */
		{ 7 * DAY, 3 },
		{ DAY + 1, 3 },
		{ DAY, 4 },
		{ 0, 5 },
		{ -300 * DAY, 5 },
	};
	const int64_t end = START + 100 * DAY;
	struct bed d;
	struct err e;

	bed_make(&d, *state);
	add_admin(&d);
	run(d.b->eng.db,
		arena_printf(&d.b->a, "UPDATE credential SET expires = %lld", (long long)end));
	for (size_t i = 0; i < COUNT(rows); i++) {
		clock_freeze(end - rows[i].left);
		for (int twice = 0; twice < 2; twice++)
			assert_ok(notice_expiries(&d.b->eng, &e));
		assert_int_equal(told(&d, "credential.expiry"), rows[i].told);
		assert_int_equal(notices(&d, "expiry:v1:%"), rows[i].told);
	}
	mails(&d, MAIL_EXPIRY, 4);
	mails(&d, MAIL_EXPIRED, 1);
	run(d.b->eng.db, "UPDATE credential SET version = 'v2'");
	run(d.b->eng.db, "UPDATE connection SET stage = 3");
	assert_ok(notice_expiries(&d.b->eng, &e)); /* not in use: nobody is told */
	assert_int_equal(told(&d, "credential.expiry"), 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_schedule),
		bench_test(test_story),
		bench_test(test_days),
		bench_test(test_others),
		bench_test(test_look),
		bench_test(test_soon),
		bench_test(test_set_back),
		bench_test(test_gate),
		bench_test(test_pause),
		bench_test(test_proof),
		bench_test(test_notices),
		bench_test(test_long),
		bench_test(test_expiry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
