/* The kinds of jobs: a look with hostile parameters and without a network, sealing again that is
 * interrupted anywhere, and housekeeping.
 */
#include "tests/unit/engine_unit.h"

#include "engine/job_kinds.h"
#include "engine/keyring.h"
#include "exchange/egress.h"
#include "exchange/transport.h"
#include "platform/config.h"

enum { ROWS = 40 };

static void start(struct bench *b)
{
	b->eng.jobs = job_queue_new(&b->eng, job_kinds, "host-1");
}

static void stop(struct bench *b)
{
	job_queue_free(b->eng.jobs);
	b->eng.jobs = NULL;
}

/* --- look --- */

static void open_network(struct bench *b)
{
	struct err e;
	struct egress *g = egress_new("/nonexistent/egress", TENANCY_MULTI);

	b->eng.tools.loop = b->eng.loop;
	b->eng.tools.egress = g;
	b->eng.tools.resolve = resolve_new(b->eng.loop, "127.0.0.1:1", &e);
	b->eng.tools.transport = transport_new(b->eng.loop, g, "", "Latchkey/test", &e);
	assert_non_null(b->eng.tools.resolve);
	assert_non_null(b->eng.tools.transport);
}

static void close_network(struct bench *b, struct egress *g)
{
	transport_free(b->eng.tools.transport);
	resolve_free(b->eng.tools.resolve);
	egress_free(g);
}

static void test_look(void **state)
{
	static const struct {
		const char *params;
		const char *outcome;
		int steps;
	} rows[] = {
		{ "host=127.0.0.1&port=443", "Address is allowed", 6 },
		{ "port=443&host=%3A%3A1", "Address is allowed", 6 },
		{ "", "not the address", 0 },
		{ "host=x.test", "not the address", 0 },
		{ "port=443", "not the address", 0 },
		{ "host=x.test&port=0", "not the address", 0 },
		{ "host=x.test&port=65536", "not the address", 0 },
		{ "host=x.test&port=443x", "not the address", 0 },
		{ "host=x%2Ftest&port=443", "not the address", 0 },
		{ "host=x.test%00y&port=443", "not the address", 0 },
		{ "host=user%40x.test&port=443", "not the address", 0 },
		{ "host=127.1&port=443", "not the address", 0 },
		{ "host=%zz&port=443", "not the address", 0 },
	};
	struct bench *b = *state;
	struct egress *g;
	struct job_step *s;

	open_network(b);
	g = (struct egress *)b->eng.tools.egress;
	start(b);
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t id = add_job(b, "look", rows[i].params);

		job_queue_wake(b->eng.jobs);
		spin_until(b, has_ended(b, id));
		assert_int_equal(state_of(b, id), JOB_FAILED);
		if (!strstr(get_job(b, id).outcome, rows[i].outcome))
			fail_msg("%s: %s", rows[i].params, get_job(b, id).outcome);
		assert_int_equal(get_steps(b, id, &s), rows[i].steps);
	}
	stop(b);
	close_network(b, g);
}

/* While the name server is silent, the look is asked to stop. */
static void test_look_cancelled(void **state)
{
	struct bench *b = *state;
	struct egress *g;
	struct job_step *s;
	struct err e;
	int64_t id;

	open_network(b);
	g = (struct egress *)b->eng.tools.egress;
	start(b);
	id = add_job(b, "look", "host=silent.test&port=443");
	job_queue_wake(b->eng.jobs);
	spin_until(b, get_steps(b, id, &s) == 6);
	assert_int_equal(store_job_cancel(b->eng.db, 0, id, &e), 1);
	job_queue_wake(b->eng.jobs);
	spin_until(b, has_ended(b, id));
	assert_int_equal(get_steps(b, id, &s), 6);
	for (int i = 0; i < 6; i++)
		assert_true(s[i].state == STEP_SKIPPED || s[i].state == STEP_FAILED);
	stop(b);
	close_network(b, g);
}

/* --- reseal --- */

struct vault {
	int64_t account;
	struct connection way;
	int64_t ids[ROWS];
};

static void add_secret(struct bench *b, struct vault *v, int i)
{
	struct credential cr = { .account = v->account, .purpose = "current", .version = "v" };
	struct connection c = v->way;
	struct seal_home home = { .account = v->account, .purpose = "current" };
	struct secret *s = secret_new(&i, sizeof(i));
	struct buf box;
	struct err e;

	c.id = 0;
	assert_ok(store_connection_save(b->eng.db, &c, &e));
	assert_ok(
		store_credential_reserve(b->eng.db, v->account, c.id, cr.purpose, &v->ids[i], &e));
	cr.connection = c.id;
	cr.id = home.row = v->ids[i];
	store_connection_policy(&c, home.policy);
	buf_init(&box, 65536);
	assert_ok(seal_close(keyring_active(b->eng.keys), &home, s, &box, &e));
	cr.key_id = keyring_active(b->eng.keys)->id;
	cr.sealed = box.p;
	cr.sealed_len = box.len;
	assert_ok(store_credential_save(b->eng.db, &cr, &e));
	buf_done(&box);
	secret_free(s);
}

static void fill_vault(struct bench *b, struct vault *v)
{
	struct err e;

	memset(v, 0, sizeof(*v));
	b->eng.keys = keyring_new();
	assert_non_null(keyring_generate(b->eng.keys, &e));
	assert_ok(store_account_add(b->eng.db, "Acme", &v->account, &e));
	v->way = (struct connection){ .account = v->account,
		.name = "c",
		.scheme = "https",
		.host = "mail.example.com",
		.port = 443,
		.signin = "ntlm",
		.login = "x" };
	for (int i = 0; i < ROWS; i++)
		add_secret(b, v, i);
}

/* Does row i open, with its own secret inside? */
static int opens(struct bench *b, const struct vault *v, int i)
{
	struct credential cr;
	struct connection c;
	struct secret *s;
	struct err e;
	int right;

	assert_int_equal(store_credential_get(b->eng.db, &b->a, v->account, v->ids[i], &cr, &e), 1);
	assert_int_equal(
		store_connection_get(b->eng.db, &b->a, v->account, cr.connection, &c, &e), 1);
	s = keyring_open(b->eng.keys, &cr, &c, &e);
	if (!s)
		return 0;
	right = secret_len(s) == sizeof(i) && memcmp(secret_bytes(s), &i, sizeof(i)) == 0;
	secret_free(s);
	return right;
}

static int64_t sealed_with(struct bench *b, const char *key)
{
	struct err e;
	int64_t n = 0;

	assert_ok(store_credential_count(b->eng.db, key, &n, &e));
	return n;
}

static void test_reseal(void **state)
{
	struct bench *b = *state;
	struct vault v;
	struct job_step *s;
	char old[SEAL_KEY_ID + 1];
	struct err e;
	int64_t id;

	fill_vault(b, &v);
	snprintf(old, sizeof(old), "%s", keyring_active(b->eng.keys)->id);
	assert_non_null(keyring_generate(b->eng.keys, &e));
	id = add_job(b, "reseal", "");
	start(b);
	spin_until(b, has_ended(b, id));
	assert_int_equal(state_of(b, id), JOB_DONE);
	assert_int_equal(sealed_with(b, old), 0);
	assert_int_equal(sealed_with(b, keyring_active(b->eng.keys)->id), ROWS);
	assert_int_equal(get_steps(b, id, &s), 1);
	assert_int_equal(s[0].state, STEP_OK);
	assert_string_equal(s[0].say, "40 sealed again.");
	assert_ok(keyring_drop(b->eng.keys, old, &e));
	for (int i = 0; i < ROWS; i++)
		assert_true(opens(b, &v, i));
	id = add_job(b, "reseal", ""); /* there is nothing left to do */
	job_queue_wake(b->eng.jobs);
	spin_until(b, has_ended(b, id));
	assert_int_equal(state_of(b, id), JOB_DONE);
	stop(b);
	keyring_free(b->eng.keys);
}

/* Stopped after the first rows: all open, with the one key or the other, and it goes on from there.
 */
static void test_reseal_interrupted(void **state)
{
	struct bench *b = *state;
	struct vault v;
	char old[SEAL_KEY_ID + 1];
	struct err e;
	int64_t id;

	fill_vault(b, &v);
	snprintf(old, sizeof(old), "%s", keyring_active(b->eng.keys)->id);
	assert_non_null(keyring_generate(b->eng.keys, &e));
	id = add_job(b, "reseal", "");
	start(b);
	while (sealed_with(b, old) == ROWS)
		loop_turn(b->eng.loop, 20);
	stop(b);
	assert_in_range(sealed_with(b, old), 1, ROWS - 1);
	assert_int_equal(state_of(b, id), JOB_QUEUED);
	for (int i = 0; i < ROWS; i++)
		assert_true(opens(b, &v, i));
	start(b);
	spin_until(b, has_ended(b, id));
	assert_int_equal(state_of(b, id), JOB_DONE);
	assert_int_equal(sealed_with(b, old), 0);
	for (int i = 0; i < ROWS; i++)
		assert_true(opens(b, &v, i));
	stop(b);
	keyring_free(b->eng.keys);
}

/* What does not open is kept, named, and does not stop the rest. */
static void test_reseal_closed(void **state)
{
	struct bench *b = *state;
	struct vault v;
	struct connection c;
	struct credential before, after;
	struct job_step *s;
	char old[SEAL_KEY_ID + 1];
	struct err e;
	int64_t id;

	fill_vault(b, &v);
	snprintf(old, sizeof(old), "%s", keyring_active(b->eng.keys)->id);
	assert_int_equal(
		store_credential_get(b->eng.db, &b->a, v.account, v.ids[5], &before, &e), 1);
	assert_int_equal(
		store_connection_get(b->eng.db, &b->a, v.account, before.connection, &c, &e), 1);
	c.host = "evil.example"; /* somebody broke in and pointed it elsewhere */
	assert_ok(store_connection_save(b->eng.db, &c, &e));
	assert_non_null(keyring_generate(b->eng.keys, &e));
	id = add_job(b, "reseal", "");
	start(b);
	spin_until(b, has_ended(b, id));
	assert_int_equal(state_of(b, id), JOB_FAILED);
	assert_int_equal(sealed_with(b, old), 1);
	assert_int_equal(get_steps(b, id, &s), 2);
	assert_int_equal(s[1].state, STEP_NOTE);
	assert_non_null(
		strstr(s[1].say, arena_printf(&b->a, "credential %lld.", (long long)v.ids[5])));
	assert_int_equal(
		store_credential_get(b->eng.db, &b->a, v.account, v.ids[5], &after, &e), 1);
	assert_int_equal(after.sealed_len, before.sealed_len);
	assert_memory_equal(after.sealed, before.sealed, before.sealed_len);
	for (int i = 0; i < ROWS; i++)
		assert_int_equal(opens(b, &v, i), i != 5);
	stop(b);
	keyring_free(b->eng.keys);
}

/* --- house --- */

static void test_house(void **state)
{
	struct bench *b = *state;
	int64_t old, id, first;
	struct job j;
	struct err e;

	clock_freeze(NOW - (int64_t)31 * DAY);
	old = add_job(b, "quick", "");
	assert_int_equal(store_job_cancel(b->eng.db, 0, old, &e), 1);
	clock_freeze(NOW - (int64_t)29 * DAY);
	id = add_job(b, "quick", "");
	assert_int_equal(store_job_cancel(b->eng.db, 0, id, &e), 1);
	clock_freeze(NOW);
	assert_ok(job_house_add(&b->eng, &e));
	assert_ok(job_house_add(&b->eng, &e)); /* one is enough */
	assert_int_equal(number(b->eng.db, "SELECT count(*) FROM job WHERE kind = 'house'"), 1);
	first = number(b->eng.db, "SELECT id FROM job WHERE kind = 'house'");
	start(b);
	spin_until(b, has_ended(b, first));
	assert_int_equal(state_of(b, first), JOB_DONE);
	assert_int_equal(store_job_get(b->eng.db, &b->a, 0, old, &j, &e), 0);
	assert_int_equal(store_job_get(b->eng.db, &b->a, 0, id, &j, &e), 1);
	assert_ok(job_house_add(&b->eng, &e)); /* the next hour */
	assert_int_equal(number(b->eng.db, "SELECT count(*) FROM job WHERE kind = 'house'"), 2);
	stop(b);
}

/* What is too old goes; what stands just inside of its time stays. */
static void test_house_health(void **state)
{
	static const char *const rows[] = {
		"INSERT INTO account (id, name, created, session_idle, session_absolute) "
		"VALUES (1, 'Acme', 1, 0, 0)",
		"INSERT INTO connection (id, account_id, name, scheme, host, port, proxy, ca, "
		"signin, login, authority, tenant, client_id, created) "
		"VALUES (1, 1, 'c', '', '', 0, '', '', '', '', '', '', '', 1)",
		"INSERT INTO health_day SELECT 1, 1800000000 / 86400 - n, 1, 0, 0, 0 "
		"FROM (SELECT 400 AS n UNION SELECT 401)",
		"INSERT INTO health_calls SELECT 1, 1800000000 / 60 - n, 1, 0, 0, 0 "
		"FROM (SELECT 4320 AS n UNION SELECT 4321)",
		"INSERT INTO notice SELECT 1, n, 1800000000 - n * 86400 "
		"FROM (SELECT 400 AS n UNION SELECT 401)",
		"INSERT INTO member (id, account_id, email, name, role, created) "
		"VALUES (1, 1, 'a@example.test', '', 0, 1)",
		"INSERT INTO member_event (account_id, member_id, at, what, was, status, "
		"was_reason, reason, detail, by_name) SELECT 1, 1, 1800000000 - n * 86400 - 1, 1, "
		"0, 0, '', '', '', '' FROM (SELECT 395 AS n UNION SELECT 396)",
		"INSERT INTO member_day SELECT 1, 0, 1800000000 / 86400 - n, 1, 1 "
		"FROM (SELECT 731 AS n UNION SELECT 732)",
	};
	struct bench *b = *state;
	int64_t id;

	clock_freeze(NOW);
	for (size_t i = 0; i < COUNT(rows); i++)
		run(b->eng.db, rows[i]);
	id = add_job(b, "house", "");
	start(b);
	spin_until(b, has_ended(b, id));
	assert_int_equal(number(b->eng.db, "SELECT count(*) FROM health_day"), 1);
	assert_int_equal(number(b->eng.db, "SELECT count(*) FROM health_calls"), 1);
	assert_int_equal(number(b->eng.db, "SELECT count(*) FROM notice"), 1);
	assert_int_equal(number(b->eng.db, "SELECT count(*) FROM member_event"), 1);
	assert_int_equal(number(b->eng.db, "SELECT count(*) FROM member_day"), 1);
	stop(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(test_look),
		bench_test(test_look_cancelled),
		bench_test(test_reseal),
		bench_test(test_reseal_interrupted),
		bench_test(test_reseal_closed),
		bench_test(test_house),
		bench_test(test_house_health),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
