/* store_connection, store_credential, store_engine, store_bucket. */
#include "tests/unit/store_unit.h"

#include <sys/wait.h>

/* Connections. */

static struct connection sample(int64_t account)
{
	return (struct connection){ .account = account,
		.name = "Exchange",
		.scheme = "https",
		.host = "mail.acme.test",
		.port = 443,
		.proxy = "proxy:3128",
		.ca = "PEM",
		.signin = "basic",
		.login = "svc@acme.test",
		.authority = "https://login",
		.tenant = "acme",
		.client_id = "c1" };
}

static void test_connection(void **state)
{
	struct world *w = *state;
	struct connection c = sample(w->acme), back, *list;
	struct err e;

	assert_ok(store_connection_save(w->db, &c, &e));
	assert_true(c.id > 0);
	assert_int_equal(c.created, NOW);
	assert_int_equal(store_connection_get(w->db, &w->a, w->acme, c.id, &back, &e), 1);
	assert_int_equal(back.id, c.id);
	assert_int_equal(back.account, w->acme);
	assert_string_equal(back.name, "Exchange");
	assert_string_equal(back.scheme, "https");
	assert_string_equal(back.host, "mail.acme.test");
	assert_int_equal(back.port, 443);
	assert_string_equal(back.proxy, "proxy:3128");
	assert_string_equal(back.ca, "PEM");
	assert_string_equal(back.signin, "basic");
	assert_string_equal(back.login, "svc@acme.test");
	assert_string_equal(back.authority, "https://login");
	assert_string_equal(back.tenant, "acme");
	assert_string_equal(back.client_id, "c1");
	assert_int_equal(back.created, NOW);
	clock_freeze(NOW + 9);
	c.host = "other.acme.test";
	c.proxy = NULL;
	assert_ok(store_connection_save(w->db, &c, &e));
	assert_int_equal(store_connection_list(w->db, &w->a, w->acme, &list, &e), 1);
	assert_string_equal(list[0].host, "other.acme.test");
	assert_string_equal(list[0].proxy, "");
	assert_int_equal(list[0].created, NOW);
	c.port = 65536;
	assert_err(ERR_INTERNAL, store_connection_save(w->db, &c, &e));
}

static void test_connection_of_another_account(void **state)
{
	struct world *w = *state;
	struct connection c = sample(w->acme), back, *list;
	struct err e;

	assert_ok(store_connection_save(w->db, &c, &e));
	assert_int_equal(store_connection_get(w->db, &w->a, w->other, c.id, &back, &e), 0);
	assert_int_equal(store_connection_list(w->db, &w->a, w->other, &list, &e), 0);
	c.account = w->other;
	c.host = "evil.test";
	assert_err(ERR_MISSING, store_connection_save(w->db, &c, &e));
	assert_int_equal(store_connection_get(w->db, &w->a, w->acme, c.id, &back, &e), 1);
	assert_string_equal(back.host, "mail.acme.test");
	c = sample(99);
	assert_err(ERR_MISSING, store_connection_save(w->db, &c, &e));
}

/* All that decides where a credential goes is in the policy, and nothing else. */
static void test_policy(void **state)
{
	struct connection base = sample(1), rows[11];
	unsigned char first[32], again[32], hashes[COUNT(rows)][32];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		rows[i] = base;
	rows[1].scheme = "http";
	rows[2].host = "mail.acme.tes";
	rows[3].port = 444;
	rows[4].proxy = "";
	rows[5].ca = "PEM2";
	rows[6].signin = "ntlm";
	rows[7].login = "other@acme.test";
	rows[8].authority = "https://login2";
	rows[9].tenant = "acmec1";
	rows[9].client_id = "";
	rows[10].client_id = "c2";
	for (size_t i = 0; i < COUNT(rows); i++) {
		store_connection_policy(&rows[i], hashes[i]);
		for (size_t k = 0; k < i; k++)
			assert_memory_not_equal(hashes[i], hashes[k], 32);
	}
	store_connection_policy(&base, first);
	base.id = base.account = base.created = 77;
	base.name = "Another name";
	store_connection_policy(&base, again);
	assert_memory_equal(first, again, 32);
	base.ca = NULL;
	store_connection_policy(&base, first);
	base.ca = "";
	store_connection_policy(&base, again);
	assert_memory_equal(first, again, 32);
}

/* Credentials. */

static int64_t connected(struct world *w, int64_t account)
{
	struct connection c = sample(account);
	struct err e;

	assert_ok(store_connection_save(w->db, &c, &e));
	return c.id;
}

static struct credential sealed(struct world *w, int64_t connection, const char *purpose)
{
	struct credential c = { .account = w->acme,
		.connection = connection,
		.purpose = purpose,
		.version = "v1",
		.key_id = "k1",
		.sealed = "a\0b\xff",
		.sealed_len = 4,
		.set_by = 3 };
	struct err e;

	fill(c.policy, 7);
	assert_ok(store_credential_reserve(w->db, w->acme, connection, purpose, &c.id, &e));
	assert_ok(store_credential_save(w->db, &c, &e));
	return c;
}

static void test_credential(void **state)
{
	struct world *w = *state;
	int64_t connection = connected(w, w->acme), id, n;
	struct credential c, back, like = { .account = w->acme, .connection = connection };
	struct err e;

	assert_ok(store_credential_reserve(w->db, w->acme, connection, "current", &id, &e));
	/* Reserved is not there yet. */
	assert_int_equal(store_credential_get(w->db, &w->a, w->acme, id, &back, &e), 0);
	assert_ok(store_credential_count(w->db, "", &n, &e));
	assert_int_equal(n, 0);
	c = sealed(w, connection, "current");
	assert_int_equal(c.id, id);
	assert_int_equal(store_credential_get(w->db, &w->a, w->acme, id, &back, &e), 1);
	assert_int_equal(back.id, id);
	assert_int_equal(back.account, w->acme);
	assert_int_equal(back.connection, connection);
	assert_string_equal(back.purpose, "current");
	assert_string_equal(back.version, "v1");
	assert_string_equal(back.key_id, "k1");
	assert_int_equal(back.sealed_len, 4);
	assert_memory_equal(back.sealed, "a\0b\xff", 4);
	assert_memory_equal(back.policy, c.policy, 32);
	assert_int_equal(back.set_by, 3);
	assert_int_equal(back.set_at, NOW);
	assert_int_equal(back.used_at, 0);
	back.used_at = NOW + 5;
	assert_ok(store_credential_save(w->db, &back, &e));
	like.purpose = "current";
	assert_int_equal(store_credential_find(w->db, &w->a, &like, &back, &e), 1);
	assert_int_equal(back.used_at, NOW + 5);
	assert_int_equal(back.set_at, NOW);
	like.purpose = "next";
	assert_int_equal(store_credential_find(w->db, &w->a, &like, &back, &e), 0);
	assert_int_not_equal(sealed(w, connection, "next").id, id);
}

static void test_credential_is_replaced(void **state)
{
	struct world *w = *state;
	int64_t connection = connected(w, w->acme), id;
	struct credential c = sealed(w, connection, "current"), back;
	struct err e;

	assert_ok(store_credential_reserve(w->db, w->acme, connection, "current", &id, &e));
	assert_int_equal(id, c.id);
	/* Until the new one is saved the old one is in use. */
	assert_int_equal(store_credential_get(w->db, &w->a, w->acme, id, &back, &e), 1);
	c.version = "v2";
	c.set_at = NOW + 1;
	assert_ok(store_credential_save(w->db, &c, &e));
	assert_int_equal(store_credential_get(w->db, &w->a, w->acme, id, &back, &e), 1);
	assert_string_equal(back.version, "v2");
	assert_int_equal(back.set_at, NOW + 1);
	assert_int_equal(number(w->db, "SELECT count(*) FROM credential"), 1);
}

static void test_credential_of_another_account(void **state)
{
	struct world *w = *state;
	int64_t connection = connected(w, w->acme), id;
	struct credential c = sealed(w, connection, "current"), back, like = c;
	struct err e;

	assert_err(ERR_MISSING,
		store_credential_reserve(w->db, w->other, connection, "current", &id, &e));
	assert_err(ERR_MISSING, store_credential_reserve(w->db, w->acme, 99, "current", &id, &e));
	assert_int_equal(store_credential_get(w->db, &w->a, w->other, c.id, &back, &e), 0);
	like.account = w->other;
	assert_int_equal(store_credential_find(w->db, &w->a, &like, &back, &e), 0);
	assert_err(ERR_MISSING, store_credential_save(w->db, &like, &e));
	assert_int_equal(store_credential_reseal(w->db, &like, "k2", "x", 1, &e), 0);
	like = c;
	like.connection = connected(w, w->acme); /* a row does not move to another connection */
	assert_err(ERR_MISSING, store_credential_save(w->db, &like, &e));
	assert_err(ERR_INTERNAL,
		store_credential_reserve(
			w->db, w->acme, connection, "a purpose that is far too long..", &id, &e));
	c.sealed_len = 0;
	assert_err(ERR_INTERNAL, store_credential_save(w->db, &c, &e));
	assert_ok(db_must(
		w->db, "DELETE FROM connection WHERE id = $1", DB_ARGS(DB_I(connection)), &e));
	assert_int_equal(number(w->db, "SELECT count(*) FROM credential"), 0);
}

static void test_reseal(void **state)
{
	struct world *w = *state;
	int64_t one = connected(w, w->acme), two = connected(w, w->acme), id, n;
	struct credential a = sealed(w, one, "current"), b = sealed(w, two, "current"), *list;
	struct err e;

	assert_ok(store_credential_reserve(w->db, w->acme, two, "next", &id, &e));
	assert_int_equal(store_credential_foreign(w->db, &w->a, "k2", 0, 10, &list, &e), 2);
	assert_int_equal(list[0].id, a.id);
	assert_int_equal(store_credential_foreign(w->db, &w->a, "k2", a.id, 10, &list, &e), 1);
	assert_int_equal(list[0].id, b.id);
	assert_int_equal(store_credential_foreign(w->db, &w->a, "k2", 0, 1, &list, &e), 1);
	assert_int_equal(store_credential_foreign(w->db, &w->a, "k1", 0, 10, &list, &e), 0);
	assert_int_equal(store_credential_reseal(w->db, &a, "k2", "new", 3, &e), 1);
	assert_int_equal(store_credential_reseal(w->db, &a, "k2", "newer", 5, &e), 0);
	assert_int_equal(store_credential_get(w->db, &w->a, w->acme, a.id, &a, &e), 1);
	assert_int_equal(a.sealed_len, 3);
	assert_memory_equal(a.sealed, "new", 3);
	assert_string_equal(a.key_id, "k2");
	assert_string_equal(a.version, "v1"); /* the same secret */
	assert_ok(store_credential_count(w->db, "k1", &n, &e));
	assert_int_equal(n, 1);
	assert_ok(store_credential_count(w->db, "k2", &n, &e));
	assert_int_equal(n, 1);
}

/* The engine. */

static void test_engine(void **state)
{
	struct world *w = *state;
	struct engine_pulse p = { .pid = 5, .started = 6, .version = "0.1", .key_id = "k1" }, back;
	struct err e;

	assert_int_equal(store_engine_get(w->db, &w->a, &back, &e), 0);
	assert_ok(store_engine_pulse(w->db, &p, &e));
	clock_freeze(NOW + 5);
	p.pid = 7;
	p.key_id = "k2";
	assert_ok(store_engine_pulse(w->db, &p, &e));
	assert_int_equal(store_engine_get(w->db, &w->a, &back, &e), 1);
	assert_int_equal(back.pid, 7);
	assert_int_equal(back.started, 6);
	assert_int_equal(back.seen, NOW + 5);
	assert_string_equal(back.version, "0.1");
	assert_string_equal(back.key_id, "k2");
	assert_int_equal(number(w->db, "SELECT count(*) FROM engine"), 1);
}

/* Buckets. */

enum { SIZE = 10, PERIOD = 900 };

static int take(struct world *w, const char *key, int64_t *wait)
{
	struct err e;
	int rc = store_bucket_take(w->db, key, SIZE, PERIOD, wait, &e);

	assert_ok(rc);
	return rc;
}

static int look(struct world *w, const char *key, int64_t *wait)
{
	struct err e;
	int rc = store_bucket_look(w->db, key, SIZE, PERIOD, wait, &e);

	assert_ok(rc);
	return rc;
}

static void test_bucket(void **state)
{
	struct world *w = *state;
	struct err e;
	int64_t wait = 5;

	for (int i = 0; i < SIZE; i++) {
		assert_int_equal(look(w, "a", &wait), 1);
		assert_int_equal(wait, 0);
		assert_int_equal(take(w, "a", &wait), 1);
		assert_int_equal(wait, 0);
	}
	assert_int_equal(look(w, "a", &wait), 0);
	assert_int_equal(wait, PERIOD / SIZE);
	assert_int_equal(take(w, "a", &wait), 0);
	assert_int_equal(wait, PERIOD / SIZE);
	assert_int_equal(take(w, "b", &wait), 1); /* another key, another bucket */
	clock_freeze(NOW + 89);
	assert_int_equal(take(w, "a", &wait), 0);
	assert_int_equal(wait, 1);
	clock_freeze(NOW + 90);
	assert_int_equal(take(w, "a", &wait), 1); /* one has refilled */
	assert_int_equal(take(w, "a", &wait), 0);
	clock_freeze(NOW + 90 + PERIOD);
	for (int i = 0; i < SIZE; i++)
		assert_int_equal(take(w, "a", &wait), 1);
	assert_int_equal(take(w, "a", &wait), 0); /* never over its size */
	assert_ok(store_bucket_clear(w->db, "a", &e));
	assert_ok(store_bucket_clear(w->db, "a", &e));
	assert_int_equal(take(w, "a", &wait), 1);
}

/* All kinds of sizes: at most `size` at once, and `size` more after a period. */
static void test_bucket_sizes(void **state)
{
	static const struct {
		int size, period;
	} rows[] = { { 1, 1 }, { 1, 60 }, { 7, 60 }, { 3, 10 }, { 100, 60 }, { 500, 1 },
		{ 9, 86400 } };
	struct world *w = *state;
	struct err e;
	int64_t wait;

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *key = arena_printf(&w->a, "key%zu", i);

		for (int round = 0; round < 3; round++) {
			int taken = 0;

			while (store_bucket_take(
				       w->db, key, rows[i].size, rows[i].period, &wait, &e) == 1)
				taken++;
			assert_int_equal(taken, rows[i].size);
			assert_in_range(wait, 1, rows[i].period);
			clock_freeze(clock_now() + rows[i].period);
		}
	}
	assert_err(ERR_INTERNAL, store_bucket_take(w->db, "x", 0, 1, &wait, &e));
	assert_err(ERR_INTERNAL, store_bucket_look(w->db, "x", 1, 0, &wait, &e));
	assert_err(ERR_INTERNAL, store_bucket_take(w->db, "", 1, 1, &wait, &e));
}

/* A clock that is set back by years does not lock anybody out for years. */
static void test_bucket_clock_set_back(void **state)
{
	struct world *w = *state;
	int64_t wait;

	for (int i = 0; i < SIZE; i++)
		assert_int_equal(take(w, "a", &wait), 1);
	clock_freeze(NOW - 1000 * DAY);
	assert_int_equal(look(w, "a", &wait), 1);
	for (int i = 0; i < SIZE; i++)
		assert_int_equal(take(w, "a", &wait), 1);
	assert_int_equal(take(w, "a", &wait), 0);
	clock_freeze(NOW - 1000 * DAY - 1); /* a second back gives nothing away */
	assert_int_equal(take(w, "a", &wait), 0);
	assert_int_equal(wait, PERIOD / SIZE + 1);
}

static void test_bucket_sweep(void **state)
{
	struct world *w = *state;
	struct err e;
	int64_t wait;

	for (size_t i = 0; i < COUNT(hostile_texts); i++) {
		assert_int_equal(take(w, hostile_texts[i], &wait), 1);
		assert_int_equal(take(w, hostile_texts[i], &wait), 1);
	}
	assert_int_equal(store_bucket_sweep(w->db, NOW + 180, &e), 0);
	assert_int_equal(store_bucket_sweep(w->db, NOW + 181, &e), COUNT(hostile_texts));
}

/* Four programs take from one bucket: it gives no token twice. */
static void test_bucket_many_takers(void **state)
{
	enum { TAKERS = 4 };
	struct place p;
	struct db *db;
	struct err e;
	int status, taken = 0;

	(void)state;
	place_make(&p);
	db = file_db(&p, DB_OPEN_CREATE);
	schema_today(db);
	db_close(db);
	for (int i = 0; i < TAKERS; i++) {
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0) {
			int64_t wait;
			int mine = 0;

			if (db_sqlite_open(p.path, 0, &db, &e) < 0)
				_exit(99);
			for (int k = 0; k < SIZE; k++)
				mine += store_bucket_take(db, "a", SIZE, PERIOD, &wait, &e) == 1;
			db_close(db);
			_exit(mine);
		}
	}
	for (int i = 0; i < TAKERS; i++) {
		assert_true(wait(&status) > 0);
		assert_true(WIFEXITED(status));
		taken += WEXITSTATUS(status);
	}
	assert_int_equal(taken, SIZE);
	place_remove(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(test_connection),
		world_test(test_connection_of_another_account),
		cmocka_unit_test(test_policy),
		world_test(test_credential),
		world_test(test_credential_is_replaced),
		world_test(test_credential_of_another_account),
		world_test(test_reseal),
		world_test(test_engine),
		world_test(test_bucket),
		world_test(test_bucket_sizes),
		world_test(test_bucket_clock_set_back),
		world_test(test_bucket_sweep),
		world_test(test_bucket_many_takers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
