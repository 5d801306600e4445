/* The job "test": parameters that are not to be trusted, connections that are somebody else's or do
 * not open, an address that may not be reached, and being asked to stop.
 */
#include "tests/unit/engine_unit.h"

#include "engine/job_kinds.h"
#include "engine/keeper.h"
#include "engine/keyring.h"
#include "exchange/egress.h"
#include "exchange/transport.h"

#define PASSWORD "nine-quiet-harbours"

struct bed {
	struct bench *b;
	struct egress *guard;
	int64_t account, other;
	struct connection c;
};

static void add_secret(struct bed *d)
{
	struct engine *eng = &d->b->eng;
	struct credential cr = { .account = d->account,
		.connection = d->c.id,
		.purpose = "current",
		.version = "v1",
		.key_id = keyring_active(eng->keys)->id };
	struct seal_home home = { .account = d->account, .purpose = "current" };
	struct secret *s = secret_new(PASSWORD, strlen(PASSWORD));
	struct buf box;
	struct err e;

	assert_ok(store_credential_reserve(eng->db, d->account, d->c.id, cr.purpose, &cr.id, &e));
	home.row = cr.id;
	store_connection_policy(&d->c, home.policy);
	buf_init(&box, 2 * SEAL_SECRET_MAX);
	assert_ok(seal_close(keyring_active(eng->keys), &home, s, &box, &e));
	cr.sealed = box.p;
	cr.sealed_len = box.len;
	assert_ok(store_credential_save(eng->db, &cr, &e));
	buf_done(&box);
	secret_free(s);
}

static void open_network(struct bed *d)
{
	struct engine *eng = &d->b->eng;
	struct err e;

	d->guard = egress_new("/nonexistent/egress", TENANCY_MULTI);
	eng->tools.loop = eng->loop;
	eng->tools.egress = d->guard;
	eng->tools.resolve = resolve_new(eng->loop, "127.0.0.1:1", &e);
	eng->tools.transport = transport_new(eng->loop, d->guard, "", "Latchkey/test", &e);
	assert_non_null(eng->tools.resolve);
	assert_non_null(eng->tools.transport);
}

static void bed_make(struct bed *d, struct bench *b, const char *host)
{
	struct engine *eng = &b->eng;
	struct err e;

	*d = (struct bed){ .b = b };
	b->cf.proxies = b->cf.proxy_logins = "";
	open_network(d);
	eng->keys = keyring_new();
	assert_non_null(keyring_generate(eng->keys, &e));
	eng->keeper = keeper_new(eng->db, "engine 1");
	assert_ok(store_account_add(eng->db, "Acme", &d->account, &e));
	assert_ok(store_account_add(eng->db, "Other", &d->other, &e));
	d->c = (struct connection){ .account = d->account,
		.name = "c",
		.scheme = "https",
		.host = host,
		.port = 443,
		.signin = "ntlm",
		.binding = "off",
		.mailbox = "svc@example.com",
		.method = "delegate" };
	assert_ok(store_connection_save(eng->db, &d->c, &e));
	add_secret(d);
	eng->jobs = job_queue_new(eng, job_kinds, "host-1");
}

static void bed_done(struct bed *d)
{
	struct engine *eng = &d->b->eng;

	job_queue_free(eng->jobs);
	eng->jobs = NULL;
	keeper_free(eng->keeper);
	keyring_free(eng->keys);
	transport_free(eng->tools.transport);
	resolve_free(eng->tools.resolve);
	egress_free(d->guard);
}

static int64_t add(struct bed *d, int64_t account, const char *params)
{
	const struct job j = {
		.account = account, .kind = "test", .params = params, .run_at = clock_now()
	};
	struct err e;
	int64_t id = 0;

	assert_ok(store_job_add(d->b->eng.db, &j, &id, &e));
	job_queue_wake(d->b->eng.jobs);
	return id;
}

static const char *params(struct bed *d, const char *rest)
{
	return arena_printf(&d->b->a, "connection=%lld%s", (long long)d->c.id, rest);
}

static struct job find(struct bed *d, int64_t account, int64_t id)
{
	struct job j = { 0 };
	struct err e;

	assert_int_equal(store_job_get(d->b->eng.db, &d->b->a, account, id, &j, &e), 1);
	return j;
}

/* It ends as failed, with these words and so many steps. */
static void ends(struct bed *d, int64_t account, const char *with, const char *outcome, int steps)
{
	const int64_t id = add(d, account, with);
	struct job_step *s;
	struct job j;

	spin_until(d->b, find(d, account, id).state >= JOB_DONE);
	j = find(d, account, id);
	assert_int_equal(j.state, JOB_FAILED);
	assert_true(j.outcome[0]);
	if (!strstr(j.outcome, outcome))
		fail_msg("%s: %s", with, j.outcome);
	assert_int_equal(get_steps(d->b, id, &s), steps);
	for (int i = 0; i < steps; i++)
		assert_null(strstr(s[i].raw, PASSWORD));
}

/* What every one needs, and nobody wants. */
#define PLAIN "&slot=current&change=0&write=0&again=0&ask=0"
#define NOBODY "&member=&outside="

static void test_params(void **state)
{
	static const char *const bad[] = {
		"",
		"connection=1",
		"connection=1" NOBODY,
		"connection=1" PLAIN "&member=",
		"connection=1" PLAIN "&outside=",
		"slot=current&change=0&write=0&again=0&ask=0" NOBODY,
		"connection=" PLAIN NOBODY,
		"connection=0" PLAIN NOBODY,
		"connection=-1" PLAIN NOBODY,
		"connection=1x" PLAIN NOBODY,
		"connection=99999999999999999999" PLAIN NOBODY,
		"connection=1" PLAIN "&member=anna&outside=",
		"connection=1" PLAIN "&member=anna%40example.com%0d%0aX:&outside=",
		"connection=1" PLAIN "&member=&outside=boss",
		"connection=1" PLAIN "&member=%zz&outside=",
		"connection=1" PLAIN "&member=a%00b%40example.com&outside=",
		"connection=1&slot=former&change=0&write=0&again=0&ask=0" NOBODY,
		"connection=1&slot=client&change=0&write=0&again=0&ask=0" NOBODY,
		"connection=1&slot=&change=0&write=0&again=0&ask=0" NOBODY,
		"connection=1&slot=current&change=1&write=0&again=0&ask=0" NOBODY,
		"connection=1&slot=current&change=0&write=0&again=0&ask=3" NOBODY,
		"connection=1&slot=next&change=2&write=0&again=0&ask=0" NOBODY,
		"connection=1&slot=next&change=1&write=yes&again=0&ask=0" NOBODY,
		"connection=1&slot=next&change=1&write=0&again=&ask=0" NOBODY,
		"connection=1&slot=next&change=1&write=0&again=0&ask=-1" NOBODY,
	};
	struct bed d;

	bed_make(&d, *state, "127.0.0.1");
	for (size_t i = 0; i < COUNT(bad); i++)
		ends(&d, d.account, bad[i], "This is no test of a connection.", 0);
	bed_done(&d);
}

static void test_connections(void **state)
{
	struct bed d;

	bed_make(&d, *state, "127.0.0.1");
	ends(&d, d.account, "connection=999" PLAIN NOBODY, "no such connection", 0);
	ends(&d, d.other, params(&d, PLAIN NOBODY), "no such connection", 0);
	ends(&d, 0, params(&d, PLAIN NOBODY), "no such connection", 0);
	run(d.b->eng.db, "UPDATE connection SET host = 'evil.example'");
	ends(&d, d.account, params(&d, PLAIN NOBODY), "", 0);
	run(d.b->eng.db, "UPDATE connection SET host = '127.0.0.1', method = 'owner'");
	ends(&d, d.account, params(&d, PLAIN NOBODY), "The method must be", 0);
	run(d.b->eng.db, "UPDATE connection SET method = 'delegate', paused_at = 1");
	ends(&d, d.account, params(&d, PLAIN NOBODY), "is paused", 0);
	run(d.b->eng.db, "UPDATE connection SET paused_at = 0, stage = 3");
	ends(&d, d.account, params(&d, PLAIN NOBODY), "was replaced", 0);
	run(d.b->eng.db, "UPDATE connection SET stage = 2");
	ends(&d, d.account, params(&d, "&slot=next&change=1&write=0&again=0&ask=0" NOBODY),
		"or was thrown away", 0);
	run(d.b->eng.db, "DELETE FROM credential");
	ends(&d, d.account, params(&d, PLAIN NOBODY), "no credentials yet", 0);
	assert_int_equal(number(d.b->eng.db, "SELECT count(*) FROM signin"), 0);
	bed_done(&d);
}

static int has_failed(const struct job_step *s, int n)
{
	while (n > 0 && s[n - 1].state != STEP_FAILED)
		n--;
	return n > 0;
}

/* A look that fails is a result, and nobody signs in behind it. Every step is foreseen, has its
 * number, and is skipped in the end. */
static void test_refused(void **state)
{
	struct job_step *s;
	struct bed d;
	int n;

	bed_make(&d, *state, "127.0.0.1");
	add(&d, d.account, params(&d, PLAIN NOBODY));
	spin_until(d.b, find(&d, d.account, 1).state >= JOB_DONE);
	assert_int_equal(find(&d, d.account, 1).state, JOB_FAILED);
	n = get_steps(d.b, 1, &s);
	assert_true(n > 2);
	for (int i = 0; i < n; i++) {
		assert_int_equal(s[i].n, i + 1);
		assert_true(s[i].state == STEP_OK || s[i].state == STEP_FAILED ||
			s[i].state == STEP_SKIPPED);
	}
	assert_string_equal(s[n - 1].title, "Signed in, mailbox opens");
	assert_int_equal(s[n - 1].state, STEP_SKIPPED);
	assert_true(has_failed(s, n));
	assert_int_equal(number(d.b->eng.db, "SELECT count(*) FROM signin"), 0);
	/* What is not in use says nothing of the connection's health. */
	assert_int_equal(number(d.b->eng.db, "SELECT count(*) FROM health"), 0);
	bed_done(&d);
}

/* While nothing answers, it is asked to stop; and the engine ends in the midst of another. */
static void test_stopped(void **state)
{
	struct job_step *s;
	struct bed d;
	struct err e;
	int64_t id;

	bed_make(&d, *state, "silent.test");
	id = add(&d, d.account, params(&d, PLAIN NOBODY));
	spin_until(d.b, find(&d, d.account, id).state == JOB_RUNNING);
	assert_int_equal(store_job_cancel(d.b->eng.db, d.account, id, &e), 1);
	job_queue_wake(d.b->eng.jobs);
	spin_until(d.b, find(&d, d.account, id).state >= JOB_DONE);
	assert_int_equal(find(&d, d.account, id).state, JOB_CANCELLED);
	for (int i = get_steps(d.b, id, &s); i > 0; i--)
		assert_true(s[i - 1].state >= STEP_OK);
	id = add(&d, d.account, params(&d, PLAIN NOBODY));
	spin_until(d.b, find(&d, d.account, id).state == JOB_RUNNING);
	bed_done(&d);
	assert_int_equal(find(&d, d.account, id).state, JOB_QUEUED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(test_params),
		bench_test(test_connections),
		bench_test(test_refused),
		bench_test(test_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
