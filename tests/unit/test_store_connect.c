/* What belongs to connections in the store: stages, pause, slots of secrets, sign-ins with
 * Microsoft, health, notices.
 */
#include "tests/unit/store_unit.h"

static struct connection add(struct world *w, int64_t account, enum conn_stage stage)
{
	struct connection c = { .account = account,
		.name = "Exchange",
		.scheme = "https",
		.host = "mail.acme.test",
		.mailbox = "svc@acme.test",
		.binding = "off",
		.kind = "exchange",
		.stage = stage,
		.edited_by = "Ada" };
	struct err e;

	assert_ok(store_connection_save(w->db, &c, &e));
	return c;
}

static struct credential secret(
	struct world *w, const struct connection *c, const char *slot, const char *version)
{
	struct credential cr = { .account = c->account,
		.connection = c->id,
		.purpose = slot,
		.version = version,
		.key_id = "k1",
		.sealed = "box",
		.sealed_len = 3,
		.by_name = "Ada",
		.certificate = "" };
	struct err e;

	assert_ok(store_credential_reserve(w->db, c->account, c->id, slot, &cr.id, &e));
	assert_ok(store_credential_save(w->db, &cr, &e));
	return cr;
}

/* --- connections --- */

static void test_stages(void **state)
{
	struct world *w = *state;
	struct connection draft = add(w, w->acme, CONN_DRAFT), live = add(w, w->acme, CONN_LIVE);
	struct connection spare = add(w, w->acme, CONN_SPARE), c, *list;
	struct err e;

	assert_int_equal(store_connection_staged(w->db, &w->a, w->acme, CONN_LIVE, &c, &e), 1);
	assert_int_equal(c.id, live.id);
	assert_int_equal(store_connection_staged(w->db, &w->a, w->acme, CONN_DRAFT, &c, &e), 1);
	assert_int_equal(c.id, draft.id);
	assert_int_equal(store_connection_staged(w->db, &w->a, w->other, CONN_LIVE, &c, &e), 0);
	assert_int_equal(store_connection_staged(w->db, &w->a, w->acme, CONN_FORMER, &c, &e), 0);
	add(w, w->other, CONN_SPARE);
	assert_int_equal(store_connection_staged(w->db, &w->a, w->acme, CONN_SPARE, &c, &e), 1);
	assert_int_equal(c.id, spare.id);
	spare = add(w, w->acme, CONN_SPARE);
	assert_int_equal(store_connection_staged(w->db, &w->a, w->acme, CONN_SPARE, &c, &e), 1);
	assert_int_equal(c.id, spare.id); /* the newest */
	assert_err(ERR_CONFLICT, store_connection_stage(w->db, w->acme, spare.id, CONN_LIVE, &e));
	assert_err(ERR_CONFLICT, store_connection_stage(w->db, w->acme, spare.id, CONN_DRAFT, &e));
	assert_err(ERR_MISSING, store_connection_stage(w->db, w->other, live.id, CONN_FORMER, &e));
	clock_freeze(NOW + 10);
	assert_ok(store_connection_stage(w->db, w->acme, live.id, CONN_FORMER, &e));
	assert_ok(store_connection_stage(w->db, w->acme, draft.id, CONN_LIVE, &e));
	assert_int_equal(store_connection_get(w->db, &w->a, w->acme, draft.id, &c, &e), 1);
	assert_int_equal(c.staged_at, NOW + 10);
	assert_int_equal(store_connection_former(w->db, &w->a, NOW + 10, &list, &e), 0);
	assert_int_equal(store_connection_former(w->db, &w->a, NOW + 11, &list, &e), 1);
	assert_int_equal(list[0].id, live.id);
}

static void test_pause(void **state)
{
	struct world *w = *state;
	struct connection c = add(w, w->acme, CONN_LIVE), back;
	struct err e;

	assert_int_equal(c.rev, 1);
	c.paused_at = NOW;
	c.paused_by = "Ada";
	c.paused_why = "the server moves";
	assert_ok(store_connection_pause(w->db, &c, &e));
	assert_int_equal(store_connection_get(w->db, &w->a, w->acme, c.id, &back, &e), 1);
	assert_int_equal(back.paused_at, NOW);
	assert_int_equal(back.rev, 2);
	assert_string_equal(back.paused_why, "the server moves");
	assert_string_equal(back.edited_by, "Ada");
	c = back;
	c.stage = CONN_DRAFT;
	c.paused_at = 0;
	assert_ok(store_connection_save(w->db, &c, &e)); /* neither is saved by it */
	assert_int_equal(c.rev, 3);
	assert_int_equal(store_connection_get(w->db, &w->a, w->acme, c.id, &back, &e), 1);
	assert_int_equal(back.stage, CONN_LIVE);
	assert_int_equal(back.paused_at, NOW);
	back.account = w->other;
	assert_err(ERR_MISSING, store_connection_pause(w->db, &back, &e));
}

/* --- secrets --- */

static void test_slots(void **state)
{
	struct world *w = *state;
	struct connection c = add(w, w->acme, CONN_LIVE);
	struct credential *list, old = secret(w, &c, PURPOSE_FORMER, "v0");
	struct err e;

	secret(w, &c, PURPOSE_CURRENT, "v1");
	secret(w, &c, PURPOSE_NEXT, "v2");
	assert_int_equal(store_credential_list(w->db, &w->a, w->acme, c.id, &list, &e), 3);
	assert_int_equal(store_credential_list(w->db, &w->a, w->other, c.id, &list, &e), 0);
	assert_int_equal(store_credential_former(w->db, &w->a, NOW, &list, &e), 0);
	assert_int_equal(store_credential_former(w->db, &w->a, NOW + 1, &list, &e), 1);
	assert_int_equal(list[0].id, old.id);
	assert_int_equal(list[0].set_at, NOW);
	assert_string_equal(list[0].by_name, "Ada");
	assert_int_equal(store_credential_remove(w->db, w->other, c.id, PURPOSE_FORMER, &e), 0);
	assert_int_equal(store_credential_remove(w->db, w->acme, c.id, PURPOSE_FORMER, &e), 1);
	assert_int_equal(store_credential_remove(w->db, w->acme, c.id, PURPOSE_FORMER, &e), 0);
}

/* In use, and known to end before then; by pages. */
static void test_expiring(void **state)
{
	struct world *w = *state;
	struct connection c = add(w, w->acme, CONN_LIVE), d = add(w, w->other, CONN_LIVE);
	struct credential *list, one = secret(w, &c, PURPOSE_CURRENT, "v1");
	struct err e;

	secret(w, &c, PURPOSE_NEXT, "v2");
	secret(w, &d, PURPOSE_CLIENT, "v3");
	assert_int_equal(store_credential_expiring(w->db, &w->a, NOW + DAY, 0, &list, &e), 0);
	run(w->db, "UPDATE credential SET expires = 1800000100");
	assert_int_equal(store_credential_expiring(w->db, &w->a, NOW + 100, 0, &list, &e), 0);
	assert_int_equal(store_credential_expiring(w->db, &w->a, NOW + 101, 0, &list, &e), 2);
	assert_int_equal(list[0].id, one.id);
	assert_int_equal(store_credential_expiring(w->db, &w->a, NOW + 101, one.id, &list, &e), 1);
	assert_string_equal(list[0].version, "v3");
}

/* --- sign-ins with Microsoft --- */

static void test_asks(void **state)
{
	struct world *w = *state;
	struct connection c = add(w, w->acme, CONN_DRAFT);
	struct session s = { .user = w->ada, .account = w->acme, .member = w->ada_acme };
	struct ask k = { .account = w->acme,
		.connection = c.id,
		.member = w->ada_acme,
		.nonce = "0123456789abcdef",
		.expires = NOW + 600 };
	unsigned char hash[32];
	struct ask back;
	struct err e;

	fill(hash, 1);
	assert_ok(store_session_add(w->db, &s, hash, &k.session, &e));
	assert_ok(store_ask_add(w->db, &k, &e));
	assert_int_equal(k.created, NOW);
	assert_int_equal(store_ask_get(w->db, &w->a, w->other, k.id, &back, &e), 0);
	assert_int_equal(store_ask_get(w->db, &w->a, w->acme, k.id, &back, &e), 1);
	assert_int_equal(back.session, k.session);
	assert_null(back.sealed);
	assert_int_equal(store_ask_use(w->db, w->acme, k.id, &e), 0); /* there is no code yet */
	k.key_id = "k1";
	k.error = "";
	k.sealed = "code";
	k.sealed_len = 4;
	assert_int_equal(store_ask_answer(w->db, &k, &e), 1);
	assert_int_equal(store_ask_answer(w->db, &k, &e), 0); /* the first one counts */
	assert_int_equal(store_ask_get(w->db, &w->a, w->acme, k.id, &back, &e), 1);
	assert_int_equal(back.sealed_len, 4);
	assert_int_equal(store_ask_use(w->db, w->other, k.id, &e), 0);
	assert_int_equal(store_ask_use(w->db, w->acme, k.id, &e), 1);
	assert_int_equal(store_ask_use(w->db, w->acme, k.id, &e), 0); /* used once */
	assert_int_equal(store_ask_sweep(w->db, NOW + 600, &e), 0);
	assert_int_equal(store_ask_sweep(w->db, NOW + 601, &e), 1);
}

/* An error stands instead of a code; and what comes too late is not taken. */
static void test_asks_over(void **state)
{
	struct world *w = *state;
	struct connection c = add(w, w->acme, CONN_DRAFT);
	struct session s = { .user = w->ada, .account = w->acme, .member = w->ada_acme };
	struct ask k = { .account = w->acme, .connection = c.id, .nonce = "0123456789abcdef" };
	unsigned char hash[32];
	struct ask late;
	struct err e;

	fill(hash, 1);
	assert_ok(store_session_add(w->db, &s, hash, &k.session, &e));
	k.expires = NOW + 10;
	assert_ok(store_ask_add(w->db, &k, &e));
	late = k;
	assert_ok(store_ask_add(w->db, &late, &e));
	k.key_id = late.key_id = "";
	k.error = late.error = "access_denied";
	assert_int_equal(store_ask_answer(w->db, &k, &e), 1);
	k.sealed = "code";
	k.sealed_len = 4;
	assert_int_equal(store_ask_answer(w->db, &k, &e), 0);
	assert_int_equal(store_ask_use(w->db, w->acme, k.id, &e), 0);
	clock_freeze(NOW + 10);
	assert_int_equal(store_ask_answer(w->db, &late, &e), 0);
	run(w->db, "DELETE FROM session");
	assert_int_equal(number(w->db, "SELECT count(*) FROM ask"), 0);
}

/* --- health --- */

static void test_health(void **state)
{
	struct world *w = *state;
	struct connection c = add(w, w->acme, CONN_LIVE);
	struct health back,
		h = { .connection = c.id,
			.account = w->acme,
			.state = HEALTH_UNREACHABLE,
			.reason = "timed_out",
			.say = "It did not answer.",
			.version = "15.1",
			.since = 1,
			.tried_at = 2,
			.ok_at = 3,
			.next_at = 4,
			.proof_at = 5,
			.fails = 6,
			.refused = 7,
			.counted_to = 8 };
	struct err e;

	assert_int_equal(store_health_get(w->db, &w->a, w->acme, c.id, &back, &e), 0);
	assert_ok(store_health_save(w->db, &h, &e));
	assert_int_equal(store_health_get(w->db, &w->a, w->other, c.id, &back, &e), 0);
	assert_int_equal(store_health_get(w->db, &w->a, w->acme, c.id, &back, &e), 1);
	assert_int_equal(back.state, HEALTH_UNREACHABLE);
	assert_string_equal(back.reason, "timed_out");
	assert_string_equal(back.say, "It did not answer.");
	assert_int_equal(back.since * back.tried_at * back.ok_at * back.next_at, 24);
	assert_int_equal(back.proof_at * back.fails * back.refused * back.counted_to, 1680);
	h.state = HEALTH_WELL;
	assert_ok(store_health_save(w->db, &h, &e));
	assert_int_equal(number(w->db, "SELECT count(*) FROM health"), 1);
	assert_ok(store_connection_remove(w->db, w->acme, c.id, &e));
	assert_int_equal(number(w->db, "SELECT count(*) FROM health"), 0);
	assert_err(ERR_MISSING, store_health_save(w->db, &h, &e));
}

/* Row by row: what makes a connection due, and what does not. */
static void test_due(void **state)
{
	static const struct {
		const char *change;
		int due;
	} rows[] = {
		{ "INSERT INTO health SELECT id, account_id, 1, '', '', '', 0, 0, 0, 1800000000, "
		  "0, "
		  "0, 0, 0 FROM connection",
			1 },
		{ "UPDATE health SET next_at = 1800000001", 0 },
		{ "UPDATE connection SET paused_at = 1", 1 },
		{ "UPDATE health SET state = 5, next_at = 0", 0 },
		{ "UPDATE connection SET paused_at = 0", 1 },
		{ "UPDATE health SET state = 0, next_at = 1800000001", 0 },
		{ "INSERT INTO signin (name, version, state, since) VALUES ('svc', 'v1', 2, 1)",
			1 },
		{ "UPDATE health SET state = 4, next_at = 0", 0 },
		{ "UPDATE signin SET state = 0", 1 },
		{ "UPDATE health SET next_at = 1800000001", 0 }, /* somebody is looking */
		{ "UPDATE health SET next_at = 0", 1 },
		{ "UPDATE signin SET state = 2", 0 },
		{ "UPDATE credential SET version = 'v2'", 1 },
		{ "UPDATE credential SET purpose = 'next'", 0 },
		{ "UPDATE credential SET purpose = 'current'", 1 },
		{ "UPDATE connection SET stage = 3", 0 },
	};
	struct world *w = *state;
	struct connection c = add(w, w->acme, CONN_LIVE), *list;
	struct err e;

	assert_int_equal(store_health_due(w->db, &w->a, NOW, &list, &e), 0); /* no secret */
	secret(w, &c, PURPOSE_CURRENT, "v1");
	assert_int_equal(store_health_due(w->db, &w->a, NOW, &list, &e), 1);
	assert_int_equal(list[0].id, c.id);
	assert_int_equal(list[0].account, w->acme);
	for (size_t i = 0; i < COUNT(rows); i++) {
		run(w->db, rows[i].change);
		if (store_health_due(w->db, &w->a, NOW, &list, &e) != rows[i].due)
			fail_msg("%s", rows[i].change);
	}
}

static void test_spread(void **state)
{
	struct world *w = *state;
	struct health *list, h = { .account = w->acme, .reason = "", .say = "", .version = "" };
	struct err e;

	for (h.state = 0; h.state < HEALTH__MAX; h.state++) {
		h.connection = add(w, w->acme, CONN_SPARE).id;
		assert_ok(store_health_save(w->db, &h, &e));
	}
	assert_ok(store_health_spread(w->db, NOW, 10, &e));
	assert_int_equal(number(w->db, "SELECT count(*) FROM health WHERE next_at > 0"), 4);
	assert_int_equal(number(w->db, "SELECT count(DISTINCT next_at) FROM health"), 5);
	assert_int_equal(
		number(w->db, "SELECT count(*) FROM health WHERE next_at >= 1800000010"), 0);
	assert_int_equal(
		store_health_uncounted(w->db, &w->a, NOW, &list, &e), 0); /* none is live */
	run(w->db, "UPDATE connection SET stage = 2 WHERE id = 3");
	assert_int_equal(store_health_uncounted(w->db, &w->a, 0, &list, &e), 0);
	assert_int_equal(store_health_uncounted(w->db, &w->a, 1, &list, &e), 1);
	assert_int_equal(list[0].connection, 3);
}

static void test_days(void **state)
{
	struct world *w = *state;
	struct connection c = add(w, w->acme, CONN_LIVE);
	const struct health_day one = { 100, 10, 20, 30, 40 }, two = { 101, 1, 0, 0, 0 };
	const struct health_calls quick = { 5000, 1, 0, 20, 20 }, slow = { 5000, 1, 1, 0, 90 };
	struct health_day *days;
	struct health_calls *calls;
	struct err e;

	for (int i = 0; i < 2; i++)
		assert_ok(store_health_count(w->db, c.id, &one, &e));
	assert_ok(store_health_count(w->db, c.id, &two, &e));
	assert_int_equal(store_health_days(w->db, &w->a, c.id, 100, &days, &e), 2);
	assert_int_equal(days[0].well, 20);
	assert_int_equal(days[0].slowed, 40);
	assert_int_equal(days[0].down, 60);
	assert_int_equal(days[0].paused, 80);
	assert_int_equal(store_health_days(w->db, &w->a, c.id, 101, &days, &e), 1);
	assert_ok(store_health_called(w->db, c.id, &slow, &e));
	assert_ok(store_health_called(w->db, c.id, &quick, &e));
	assert_int_equal(store_health_calls(w->db, &w->a, c.id, 5000, &calls, &e), 1);
	assert_int_equal(calls[0].calls, 2);
	assert_int_equal(calls[0].failed, 1);
	assert_int_equal(calls[0].ms, 20);
	assert_int_equal(calls[0].slowest, 90);
	assert_int_equal(store_health_calls(w->db, &w->a, c.id, 5001, &calls, &e), 0);
	assert_int_equal(store_health_sweep(w->db, 101, 5000, &e), 1);
	assert_int_equal(store_health_sweep(w->db, 102, 5001, &e), 2);
}

/* --- what was told --- */

static void test_notices(void **state)
{
	struct world *w = *state;
	int64_t at = 0;
	struct err e;

	assert_int_equal(store_notice_once(w->db, w->acme, "a", NOW, &e), 1);
	assert_int_equal(store_notice_once(w->db, w->acme, "a", NOW, &e), 0);
	assert_int_equal(store_notice_once(w->db, w->other, "a", NOW, &e), 1);
	assert_int_equal(store_notice_drop(w->db, w->acme, "a", &at, &e), 1);
	assert_int_equal(at, NOW);
	assert_int_equal(store_notice_drop(w->db, w->acme, "a", &at, &e), 0);
	assert_int_equal(store_notice_once(w->db, w->acme, "a", NOW, &e), 1);
	assert_int_equal(store_notice_sweep(w->db, NOW, &e), 0);
	assert_int_equal(store_notice_sweep(w->db, NOW + 1, &e), 2);
}

static void test_refused(void **state)
{
	struct world *w = *state;
	struct signin back, s = { .name = "svc", .version = "v1", .proof = PROOF_GIVEN };
	struct err e;

	s.reason = "signin_refused";
	assert_ok(store_signin_save(w->db, &s, &e));
	assert_int_equal(store_signin_refused(w->db, &w->a, "v1", &back, &e), 0);
	s.proof = PROOF_REFUSED;
	assert_ok(store_signin_save(w->db, &s, &e));
	assert_int_equal(store_signin_refused(w->db, &w->a, "v1", &back, &e), 1);
	assert_string_equal(back.reason, "signin_refused");
	assert_int_equal(store_signin_refused(w->db, &w->a, "v2", &back, &e), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(test_stages),
		world_test(test_pause),
		world_test(test_slots),
		world_test(test_expiring),
		world_test(test_asks),
		world_test(test_asks_over),
		world_test(test_health),
		world_test(test_due),
		world_test(test_spread),
		world_test(test_days),
		world_test(test_notices),
		world_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
