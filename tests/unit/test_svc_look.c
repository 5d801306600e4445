/* Starting and stopping looks at servers: every rule of svc_look.c. */
#include "tests/unit/svc_fault.h"

#include <sys/socket.h>
#include "platform/bell.h"
#include "platform/sock.h"

static int64_t jobs(struct world *w)
{
	return world_number(w, "SELECT count(*) FROM job");
}

static void test_start(void **state)
{
	struct world *w = *state;
	const char *host;
	int64_t id, port;
	struct job j;
	struct err e;

	assert_ok(svc_look_start(&w->s, "Mail.Example.com", 443, &id, &e));
	assert_int_equal(store_job_get(w->db, &w->a, w->account, id, &j, &e), 1);
	assert_string_equal(j.kind, LOOK_KIND);
	assert_int_equal(j.state, JOB_QUEUED);
	assert_int_equal(j.run_at, WORLD_NOW);
	assert_int_equal(j.by, w->avery.id);
	assert_string_equal(j.by_name, "avery@example.com");
	assert_string_equal(j.request, "req000000001");
	assert_ok(svc_look_params(&w->a, j.params, &host, &port));
	assert_string_equal(host, "mail.example.com");
	assert_int_equal(port, 443);
	assert_string_equal(last_row(w, w->account).action, "look");
	assert_string_equal(last_row(w, w->account).about, "mail.example.com:443");
	assert_int_equal(store_job_get(w->db, &w->a, w->other, id, &j, &e), 0);
}

static void test_hosts(void **state)
{
	static const struct {
		const char *host;
		int64_t port;
		const char *about; /* NULL: refused */
	} cases[] = {
		{ "exchange", 443, "exchange:443" },
		{ "192.0.2.1", 1, "192.0.2.1:1" },
		{ "2001:DB8::1", 65535, "[2001:db8::1]:65535" },
		{ "", 443, NULL },
		{ "mail example.com", 443, NULL },
		{ "mail.example.com/owa", 443, NULL },
		{ "https://mail.example.com", 443, NULL },
		{ "mail.example.com:443", 443, NULL },
		{ "user@mail.example.com", 443, NULL },
		{ "mail.example.com\n", 443, NULL },
		{ "m\xc3\xa4il.example.com", 443, NULL },
		{ "[2001:db8::1]", 443, NULL },
		{ "fe80::1%eth0", 443, NULL },
		{ "mail&port=22.example.com", 443, NULL },
		{ "mail.example.com", 0, NULL },
		{ "mail.example.com", 65536, NULL },
		{ "mail.example.com", -1, NULL },
	};
	struct world *w = *state;
	struct err e;
	int64_t id;
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		if (cases[i].about) {
			assert_ok(svc_look_start(&w->s, cases[i].host, cases[i].port, &id, &e));
			assert_string_equal(last_row(w, w->account).about, cases[i].about);
		} else {
			assert_fails(svc_look_start(&w->s, cases[i].host, cases[i].port, &id, &e),
				ERR_FORM);
		}
	}
	assert_int_equal(jobs(w), 3);
	assert_int_equal(rows_of(w, w->account, AUDIT_LOOK_STARTED), 3);
}

static void test_params(void **state)
{
	static const struct {
		const char *params;
		int rc;
	} cases[] = {
		{ "host=mail.example.com&port=443", 0 },
		{ "port=443&host=mail.example.com", 0 },
		{ "host=2001%3Adb8%3A%3A1&port=443", 0 },
		{ "", -1 },
		{ "host=mail.example.com", -1 },
		{ "port=443", -1 },
		{ "host=mail.example.com&port=0", -1 },
		{ "host=mail.example.com&port=65536", -1 },
		{ "host=mail.example.com&port=4e2", -1 },
		{ "host=mail.example.com%2Fx&port=443", -1 },
		{ "host=&port=443", -1 },
		{ "host=%zz&port=443", -1 },
	};
	struct world *w = *state;
	const char *host;
	int64_t port;
	size_t i;

	for (i = 0; i < COUNT(cases); i++)
		assert_int_equal(
			svc_look_params(&w->a, cases[i].params, &host, &port), cases[i].rc);
}

static void test_too_many(void **state)
{
	struct world *w = *state;
	struct err e;
	int64_t id;
	int i;

	for (i = 0; i < LOOK_OPEN_MAX; i++)
		assert_ok(svc_look_start(&w->s, "mail.example.com", 443, &id, &e));
	assert_fails(svc_look_start(&w->s, "mail.example.com", 443, &id, &e), ERR_CONFLICT);
	assert_int_equal(jobs(w), LOOK_OPEN_MAX);
	/* Each account has its own, and an ended one makes room. */
	world_as(w, &w->blake);
	assert_ok(svc_look_start(&w->s, "mail.example.com", 443, &id, &e));
	assert_ok(svc_look_stop(&w->s, id, &e));
	world_as(w, &w->avery);
	assert_fails(svc_look_stop(&w->s, id, &e), ERR_MISSING);
	assert_ok(svc_look_stop(&w->s, 1, &e));
	assert_ok(svc_look_start(&w->s, "mail.example.com", 443, &id, &e));
}

static void test_stop(void **state)
{
	struct world *w = *state;
	struct job other = { .account = w->account, .kind = "reseal", .params = "" }, j;
	struct err e;
	int64_t id;

	assert_ok(svc_look_start(&w->s, "2001:db8::1", 443, &id, &e));
	world_as(w, &w->blake);
	assert_fails(svc_look_stop(&w->s, id, &e), ERR_MISSING);
	world_as(w, &w->avery);
	assert_fails(svc_look_stop(&w->s, id + 1, &e), ERR_MISSING);
	assert_ok(svc_look_stop(&w->s, id, &e));
	assert_int_equal(store_job_get(w->db, &w->a, w->account, id, &j, &e), 1);
	assert_int_equal(j.state, JOB_CANCELLED);
	assert_string_equal(last_row(w, w->account).action, "look.stopped");
	assert_string_equal(last_row(w, w->account).about, "[2001:db8::1]:443");
	assert_fails(svc_look_stop(&w->s, id, &e), ERR_CONFLICT);
	/* Other work of the engine cannot be stopped this way. */
	assert_ok(store_job_add(w->db, &other, &id, &e));
	assert_fails(svc_look_stop(&w->s, id, &e), ERR_MISSING);
	assert_int_equal(rows_of(w, w->account, AUDIT_LOOK_STOPPED), 1);
}

/* The next ring at our end of the bell, or 0 when there is none. */
static enum bell_verb rung(int fd, int64_t *job)
{
	struct bell b = { 0 };
	struct err e;
	int peer = accept(fd, NULL, NULL);

	if (peer < 0)
		return 0;
	assert_int_equal(bell_read(peer, &b, &e), 1);
	close(peer);
	*job = b.job;
	return b.verb;
}

static void test_bell(void **state)
{
	struct world *w = *state;
	int64_t id, job = 0;
	struct err e;
	int i, fd = sock_listen(w->bell, SOCK_SEQPACKET, 0600, NULL, &e);

	assert_true(fd >= 0);
	assert_ok(sock_nonblock(fd, &e));
	assert_ok(svc_look_start(&w->s, "mail.example.com", 443, &id, &e));
	assert_int_equal(rung(fd, &job), BELL_JOB);
	assert_int_equal(job, id);
	assert_ok(svc_look_stop(&w->s, id, &e));
	assert_int_equal(rung(fd, &job), BELL_CANCEL);
	assert_int_equal(job, id);
	for (i = 0; i < LOOK_OPEN_MAX; i++) {
		assert_ok(svc_look_start(&w->s, "mail.example.com", 443, &id, &e));
		assert_int_equal(rung(fd, &job), BELL_JOB);
	}
	/* What was not done is not rung. */
	assert_fails(svc_look_start(&w->s, "mail.example.com", 443, &id, &e), ERR_CONFLICT);
	assert_fails(svc_look_stop(&w->s, 999, &e), ERR_MISSING);
	assert_int_equal(rung(fd, &job), 0);
	close(fd);
}

static int start_many(struct world *w, int which)
{
	int i, started = 0;
	int64_t id;
	struct err e;

	for (i = 0; i < LOOK_OPEN_MAX; i++) {
		if (svc_look_start(&w->s, "mail.example.com", which + 1, &id, &e) == 0)
			started++;
		else if (e.code != ERR_CONFLICT)
			return 50;
	}
	return started;
}

static void test_race(void **state)
{
	struct world *w = *state;

	assert_int_equal(race(w, start_many), LOOK_OPEN_MAX);
	assert_int_equal(jobs(w), LOOK_OPEN_MAX);
	assert_whole(w);
}

static int64_t started;

static int change_start(struct world *w, struct err *e)
{
	return svc_look_start(&w->s, "mail.example.com", 443, &started, e);
}

static void start_one(struct world *w)
{
	struct err e;

	assert_ok(change_start(w, &e));
}

static int change_stop(struct world *w, struct err *e)
{
	return svc_look_stop(&w->s, started, e);
}

static void test_all_or_nothing(void **state)
{
	static const struct change changes[] = {
		{ "start", NULL, change_start },
		{ "stop", start_one, change_stop },
	};

	(void)state;
	assert_all_or_nothing(changes, COUNT(changes));
}

static void test_alive(void **state)
{
	static const struct {
		int64_t seen;
		int alive;
	} cases[] = {
		{ 0, 0 },
		{ WORLD_NOW, 1 },
		{ WORLD_NOW - 30, 1 },
		{ WORLD_NOW - 31, 0 },
	};
	struct engine_pulse p = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		p.seen = cases[i].seen;
		assert_int_equal(svc_engine_alive(&p), cases[i].alive);
	}
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup_memory, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_start),
		TEST(test_hosts),
		TEST(test_params),
		TEST(test_too_many),
		TEST(test_stop),
		TEST(test_bell),
		cmocka_unit_test_setup_teardown(test_race, setup_file, world_teardown),
		cmocka_unit_test(test_all_or_nothing),
		TEST(test_alive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
