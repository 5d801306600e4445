/* Connections and their secrets: every rule of svc_connection.c. */
#include "tests/unit/connection_unit.h"

static void assert_shut(const struct credential *cr, const struct connection *c, const char *what)
{
	struct err e = { 0 };
	struct secret *s = keyring_open(ring, cr, c, &e);

	if (s)
		fail_msg("it opens although another %s stands in the row", what);
	assert_int_equal(e.code, ERR_KEY);
}

/* --- adding --- */

static void test_add(void **state)
{
	struct world *w = *state;
	struct connection c = sample(), row;
	struct credential main, client;
	unsigned char policy[SEAL_HASH];
	struct audit log;
	struct err e;

	assert_ok(add_with(w, &c, pw(w, PASSWORD), pw(w, CLIENT_SECRET), &e));
	assert_true(c.id > 0);
	assert_int_equal(c.created, WORLD_NOW);
	row = stored(w, c.id);
	assert_string_equal(row.host, "mail.example.com");
	main = credential(w, c.id, "current");
	client = credential(w, c.id, "client");
	assert_opens(w, &main, &row, PASSWORD);
	assert_opens(w, &client, &row, CLIENT_SECRET);
	assert_string_equal(main.key_id, keyring_active(ring)->id);
	assert_int_equal(strlen(main.version), 8);
	assert_string_not_equal(main.version, client.version);
	assert_int_equal(main.set_by, w->avery.id);
	assert_int_equal(main.set_at, WORLD_NOW);
	assert_int_equal(main.used_at, 0);
	store_connection_policy(&row, policy);
	assert_memory_equal(main.policy, policy, sizeof(policy));
	assert_null(memmem(main.sealed, main.sealed_len, PASSWORD, strlen(PASSWORD)));
	log = last_row(w, w->account);
	assert_string_equal(log.action, svc_audit_info(AUDIT_CONNECTION_ADDED)->name);
	assert_string_equal(log.about, "Head office");
	assert_string_equal(log.detail, "mail.example.com as svc@example.com, method delegate");
	/* Without a client secret there is none. */
	c = sample();
	assert_ok(add_with(w, &c, pw(w, PASSWORD), NULL, &e));
	assert_int_equal(count(w, "credential"), 3);
	assert_int_equal(rows_of(w, w->account, AUDIT_CONNECTION_ADDED), 2);
	assert_whole(w);
}

/* Whatever decides where the secret goes is sealed with it; and for which row, account and
 * purpose. */
static void test_sealed_for_its_row(void **state)
{
	struct world *w = *state;
	const int64_t id = add(w), second = add(w);
	const struct credential cr = credential(w, id, "current"),
				other = credential(w, second, "current");
	const struct connection row = stored(w, id);
	struct connection c = row;
	const struct {
		const char *name;
		const char **text;
	} bound[] = {
		{ "scheme", &c.scheme },
		{ "host", &c.host },
		{ "proxy", &c.proxy },
		{ "authority", &c.ca },
		{ "sign-in", &c.signin },
		{ "login", &c.login },
		{ "service", &c.authority },
		{ "tenant", &c.tenant },
		{ "application", &c.client_id },
		{ "binding", &c.binding },
	}, free_ones[] = {
		{ "name", &c.name },
		{ "mailbox", &c.mailbox },
		{ "method", &c.method },
		{ "kind", &c.kind },
	};
	struct credential moved = cr;

	assert_opens(w, &cr, &row, PASSWORD);
	for (size_t i = 0; i < COUNT(bound); i++) {
		c = row;
		*bound[i].text = "evil.example";
		assert_shut(&cr, &c, bound[i].name);
	}
	c = row;
	c.port = 444;
	assert_shut(&cr, &c, "port");
	for (size_t i = 0; i < COUNT(free_ones); i++) {
		c = row;
		*free_ones[i].text = "other";
		assert_opens(w, &cr, &c, PASSWORD);
	}
	moved.sealed = other.sealed;
	moved.sealed_len = other.sealed_len;
	assert_shut(&moved, &row, "secret");
	moved = cr;
	moved.account = w->other;
	assert_shut(&moved, &row, "account");
	moved = cr;
	moved.purpose = "client";
	assert_shut(&moved, &row, "purpose");
}

static void test_add_refused(void **state)
{
	struct world *w = *state;
	struct connection c = sample();
	char big[SEAL_SECRET_MAX + 2];
	const char *const before = world_dump(w);
	struct err e;

	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	e = (struct err){ 0 };
	assert_int_equal(add_with(w, &c, pw(w, big), NULL, &e), -1);
	e = (struct err){ 0 };
	assert_int_equal(add_with(w, &c, pw(w, PASSWORD), pw(w, big), &e), -1);
	c.name = "";
	e = (struct err){ 0 };
	assert_int_equal(add_with(w, &c, pw(w, PASSWORD), NULL, &e), -1);
	c = sample();
	w->cf.public_keys = "/nonexistent/keys.pub";
	assert_fails(add_with(w, &c, pw(w, PASSWORD), NULL, &e), ERR_SETUP);
	assert_string_equal(world_dump(w), before);
	assert_null(strstr(e.log, PASSWORD));
}

/* A row goes into the account of who acts, whatever it says. */
static void test_accounts(void **state)
{
	struct world *w = *state;
	struct connection c = sample(), none;
	struct err e;

	c.account = w->other;
	c.id = 99;
	assert_ok(add_with(w, &c, pw(w, PASSWORD), NULL, &e));
	assert_int_equal(c.account, w->account);
	assert_int_equal(store_connection_get(w->db, &w->a, w->other, c.id, &none, &e), 0);
	world_as(w, &w->blake);
	assert_fails(svc_connection_remove(&w->s, c.id, &e), ERR_MISSING);
	assert_fails(test_of(w, c.id, "", "", &e), ERR_MISSING);
	assert_int_equal(count(w, "connection"), 1);
	assert_int_equal(count(w, "job"), 0);
	assert_int_equal(rows_of(w, w->other, AUDIT_CONNECTION_REMOVED), 0);
	assert_int_equal(rows_of(w, w->other, AUDIT_CONNECTION_TEST), 0);
}

static void test_remove(void **state)
{
	struct world *w = *state;
	const int64_t id = add(w), other = add(w);
	struct credential cr;
	struct connection row;
	struct err e;

	assert_ok(svc_connection_remove(&w->s, id, &e));
	assert_int_equal(count(w, "connection"), 1);
	assert_int_equal(count(w, "credential"), 1);
	assert_string_equal(last_row(w, w->account).about, "Head office");
	assert_int_equal(rows_of(w, w->account, AUDIT_CONNECTION_REMOVED), 1);
	assert_fails(svc_connection_remove(&w->s, id, &e), ERR_MISSING);
	assert_fails(svc_connection_remove(&w->s, 0, &e), ERR_MISSING);
	assert_int_equal(rows_of(w, w->account, AUDIT_CONNECTION_REMOVED), 1);
	cr = credential(w, other, "current");
	row = stored(w, other);
	assert_opens(w, &cr, &row, PASSWORD);
}

/* --- tests of a connection --- */

static const char *param(struct world *w, const struct job *j, const char *name)
{
	const char *text = url_get(&w->a, j->params, name);

	assert_non_null(text);
	return text;
}

static void test_test(void **state)
{
	static const struct {
		const char *member, *outside;
		int good;
	} cases[] = {
		{ "", "", 1 },
		{ "anna@example.com", "", 1 },
		{ "o'neil+x&y=z@example.com", "boss@example.com", 1 },
		{ "anna", "", 0 },
		{ "anna@example.com ", "", 0 },
		{ "anna@example.com\n", "", 0 },
		{ "", "boss", 0 },
		{ "anna@example.com", "@example.com", 0 },
		{ "anna@example.com&connection=1@x", "", 0 },
	};
	struct world *w = *state;
	const int64_t id = add(w);
	const char *id_text = arena_printf(&w->a, "%lld", (long long)id);
	int64_t jobs = 0;
	struct job j;
	struct err e;

	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *member = cases[i].member, *outside = cases[i].outside;

		if (!cases[i].good) {
			assert_fails(test_of(w, id, member, outside, &e), ERR_FORM);
			continue;
		}
		jobs++;
		assert_ok(test_of(w, id, member, outside, &e));
		assert_int_equal(store_job_get(w->db, &w->a, w->account, job, &j, &e), 1);
		assert_string_equal(j.kind, TEST_KIND);
		assert_int_equal(j.state, JOB_QUEUED);
		assert_int_equal(j.run_at, WORLD_NOW);
		assert_int_equal(j.by, w->avery.id);
		assert_string_equal(j.by_name, w->avery.name);
		assert_string_equal(j.request, "req000000001");
		assert_string_equal(param(w, &j, "connection"), id_text);
		assert_string_equal(param(w, &j, "member"), member);
		assert_string_equal(param(w, &j, "outside"), outside);
		assert_string_equal(last_row(w, w->account).about, "svc@example.com");
	}
	assert_int_equal(count(w, "job"), jobs);
	assert_int_equal(rows_of(w, w->account, AUDIT_CONNECTION_TEST), jobs);
	assert_fails(test_of(w, id, "bob@example.com", "", &e), ERR_CONFLICT);
	world_run(w, "UPDATE job SET state = 2");
	assert_fails(test_of(w, id + 1, "", "", &e), ERR_MISSING);
}

static const char *person(struct world *w, int n)
{
	return arena_printf(&w->a, "p%d@example.com", n);
}

static void test_too_many(void **state)
{
	struct world *w = *state;
	const int64_t id = add(w);
	int64_t theirs;
	struct err e;

	for (int i = 0; i < TEST_OPEN_MAX; i++)
		assert_ok(test_of(w, id, person(w, i), "", &e));
	assert_fails(test_of(w, id, "", "", &e), ERR_CONFLICT);
	/* The same again is the one that is there, unless that is being stopped. */
	for (int i = 0; i < TEST_OPEN_MAX; i++) {
		assert_ok(test_of(w, id, person(w, i), "", &e));
		assert_int_equal(job, i + 1);
	}
	world_run(w, "UPDATE job SET state = 1, cancel = 5 WHERE id = 3");
	assert_fails(test_of(w, id, person(w, 2), "", &e), ERR_CONFLICT);
	assert_int_equal(count(w, "job"), TEST_OPEN_MAX);
	world_as(w, &w->blake);
	theirs = add(w);
	assert_ok(test_of(w, theirs, "", "", &e));
	world_as(w, &w->avery);
	assert_int_equal(store_job_cancel(w->db, w->account, 1, &e), 1);
	assert_ok(test_of(w, id, "", "", &e));
}

/* What was queued is rung, what was not, is not. */
static void test_bell(void **state)
{
	struct world *w = *state;
	const int64_t id = add(w);
	struct bell b = { 0 };
	struct err e;
	int peer, fd = sock_listen(w->bell, SOCK_SEQPACKET, 0600, NULL, &e);

	assert_true(fd >= 0);
	assert_ok(sock_nonblock(fd, &e));
	assert_ok(test_of(w, id, "", "", &e));
	peer = accept(fd, NULL, NULL);
	assert_true(peer >= 0);
	assert_int_equal(bell_read(peer, &b, &e), 1);
	close(peer);
	assert_int_equal(b.verb, BELL_JOB);
	assert_int_equal(b.job, job);
	assert_fails(test_of(w, id, "anna", "", &e), ERR_FORM);
	assert_fails(test_of(w, id + 1, "", "", &e), ERR_MISSING);
	assert_true(accept(fd, NULL, NULL) < 0);
	close(fd);
}

static int64_t made; /* by what is called before, in the tests below */

static int start_many(struct world *w, int which)
{
	int started = 0;
	struct err e;

	for (int i = 0; i < TEST_OPEN_MAX; i++) {
		if (test_of(w, made, person(w, 10 * which + i), "", &e) == 0)
			started++;
		else if (e.code != ERR_CONFLICT)
			return 50;
	}
	return started;
}

static void test_race(void **state)
{
	struct world *w = *state;

	made = add(w);
	assert_int_equal(race(w, start_many), TEST_OPEN_MAX);
	assert_int_equal(count(w, "job"), TEST_OPEN_MAX);
	assert_whole(w);
}

/* --- a database that fails --- */

static void before_add(struct world *w)
{
	w->cf.public_keys = keys;
}

static int change_add(struct world *w, struct err *e)
{
	struct connection c = sample();

	return add_with(w, &c, pw(w, PASSWORD), pw(w, CLIENT_SECRET), e);
}

static void before_rest(struct world *w)
{
	before_add(w);
	made = add(w);
}

static int change_remove(struct world *w, struct err *e)
{
	return svc_connection_remove(&w->s, made, e);
}

static int change_test(struct world *w, struct err *e)
{

	return test_of(w, made, "", "", e);
}

static void test_all_or_nothing(void **state)
{
	static const struct change changes[] = {
		{ "add", before_add, change_add },
		{ "remove", before_rest, change_remove },
		{ "test", before_rest, change_test },
	};

	(void)state;
	assert_all_or_nothing(changes, COUNT(changes));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_add),
		TEST(test_sealed_for_its_row),
		TEST(test_add_refused),
		TEST(test_accounts),
		TEST(test_remove),
		TEST(test_test),
		TEST(test_too_many),
		TEST(test_bell),
		cmocka_unit_test_setup_teardown(test_race, setup_race, world_teardown),
		cmocka_unit_test(test_all_or_nothing),
	};

	return cmocka_run_group_tests(tests, keys_setup, keys_teardown);
}
