/* store_job.c: the queue, its leases, and the steps of a job. */
#include "tests/unit/store_unit.h"

#include <sys/wait.h>
#include "store/db_script.h"

enum { LEASE = 30 };

static int64_t add(struct world *w, int64_t account, const char *kind, int64_t run_at)
{
	struct job j = { .account = account,
		.kind = kind,
		.params = "a=1&b=%26",
		.run_at = run_at,
		.by = account ? w->ada_acme : 0,
		.request = "req1" };
	struct err e;
	int64_t id = 0;

	assert_ok(store_job_add(w->db, &j, &id, &e));
	return id;
}

/* The job that is leased now, or 0. */
static int64_t lease(struct world *w, const char *owner)
{
	struct job j;
	struct err e;
	int rc = store_job_lease(w->db, &w->a, owner, clock_now() + LEASE, &j, &e);

	assert_ok(rc);
	return rc ? j.id : 0;
}

static struct job get(struct world *w, int64_t account, int64_t id)
{
	struct job j = { 0 };
	struct err e;

	assert_int_equal(store_job_get(w->db, &w->a, account, id, &j, &e), 1);
	return j;
}

static void test_add(void **state)
{
	struct world *w = *state;
	struct job j = { .account = w->acme, .kind = "probe", .by = 7, .by_name = "Root" }, back;
	struct err e;
	int64_t id = add(w, w->acme, "probe", 0), house = add(w, 0, "house", NOW + 9);

	back = get(w, w->acme, id);
	assert_int_equal(back.id, id);
	assert_int_equal(back.account, w->acme);
	assert_string_equal(back.kind, "probe");
	assert_string_equal(back.params, "a=1&b=%26");
	assert_int_equal(back.state, JOB_QUEUED);
	assert_int_equal(back.attempts, 0);
	assert_int_equal(back.run_at, NOW);
	assert_int_equal(back.lease_until, 0);
	assert_int_equal(back.cancel, 0);
	assert_int_equal(back.by, w->ada_acme);
	assert_string_equal(back.by_name, "Ada Stone");
	assert_string_equal(back.request, "req1");
	assert_int_equal(back.created, NOW);
	assert_int_equal(back.started, 0);
	assert_int_equal(back.ended, 0);
	assert_string_equal(back.outcome, "");
	assert_int_equal(store_job_get(w->db, &w->a, w->other, id, &back, &e), 0);
	assert_int_equal(store_job_get(w->db, &w->a, 0, id, &back, &e), 0);
	back = get(w, 0, house);
	assert_int_equal(back.account, 0);
	assert_int_equal(back.run_at, NOW + 9);
	assert_string_equal(back.by_name, "");
	assert_int_equal(store_job_get(w->db, &w->a, w->acme, house, &back, &e), 0);
	assert_ok(store_job_add(w->db, &j, &id, &e));
	assert_string_equal(get(w, w->acme, id).by_name, "Root");
	j.account = 99;
	assert_err(ERR_MISSING, store_job_add(w->db, &j, &id, &e));
	j = (struct job){ .account = w->acme };
	assert_err(ERR_INTERNAL, store_job_add(w->db, &j, &id, &e));
}

static void test_lists(void **state)
{
	struct world *w = *state;
	const struct {
		int64_t account;
		const char *kind;
		struct page_of page;
		int found;
	} rows[] = {
		{ -1, NULL, { 0, 100 }, 12 },
		{ -1, "probe", { 0, 100 }, 6 },
		{ 0, NULL, { 0, 100 }, 4 },
		{ 0, "probe", { 0, 100 }, 2 },
		{ w->acme, NULL, { 0, 100 }, 4 },
		{ w->acme, "house", { 0, 100 }, 2 },
		{ w->other, "probe", { 0, 100 }, 2 },
		{ w->acme, "none", { 0, 100 }, 0 },
		{ w->acme, "' OR 1=1 --", { 0, 100 }, 0 },
		{ 99, NULL, { 0, 100 }, 0 },
		{ -1, NULL, { 0, 5 }, 5 },
		{ -1, NULL, { 6, 100 }, 5 },
		{ -1, NULL, { 1, 100 }, 0 },
		{ w->acme, NULL, { 7, 1 }, 1 },
		{ -1, NULL, { 0, 0 }, 0 },
		{ -1, NULL, { 0, -1 }, 0 },
	};
	const int64_t accounts[] = { 0, w->acme, w->other };
	struct job *list;
	struct err e;

	for (int i = 0; i < 12; i++)
		assert_int_equal(add(w, accounts[i % 3], i % 2 ? "probe" : "house", 0), i + 1);
	for (size_t i = 0; i < COUNT(rows); i++) {
		int n = store_job_list(
			w->db, &w->a, rows[i].account, rows[i].kind, rows[i].page, &list, &e);

		if (n != rows[i].found)
			fail_msg("row %zu: %d found: %s", i, n, n < 0 ? e.log : "");
		for (int k = 0; k < n; k++) {
			assert_true(k == 0 || list[k].id < list[k - 1].id);
			assert_true(rows[i].account < 0 || list[k].account == rows[i].account);
			if (rows[i].kind)
				assert_string_equal(list[k].kind, rows[i].kind);
		}
	}
	assert_int_equal(store_job_open(w->db, w->acme, "probe", &e), 2);
	assert_int_equal(store_job_open(w->db, 0, "house", &e), 2);
	assert_int_equal(store_job_open(w->db, w->acme, "none", &e), 0);
}

static void test_lease_order(void **state)
{
	struct world *w = *state;
	int64_t later = add(w, w->acme, "probe", NOW + 100);
	int64_t second = add(w, w->acme, "probe", NOW - 1);
	int64_t first = add(w, 0, "house", NOW - 50);
	int64_t third = add(w, w->acme, "probe", NOW - 1);
	struct err e;
	int64_t at;

	assert_ok(store_job_next_due(w->db, &at, &e));
	assert_int_equal(at, NOW - 50);
	assert_int_equal(lease(w, "one"), first);
	assert_int_equal(lease(w, "two"), second);
	assert_int_equal(lease(w, "one"), third);
	assert_int_equal(lease(w, "one"), 0);
	assert_ok(store_job_next_due(w->db, &at, &e));
	assert_int_equal(at, NOW + LEASE); /* the end of a lease comes before the queued one */
	clock_freeze(NOW + 100);
	assert_int_equal(lease(w, "one"), second); /* its lease has ended, as that of the others */
	assert_int_equal(lease(w, "one"), first);
	assert_int_equal(lease(w, "one"), third);
	assert_int_equal(lease(w, "one"), later);
	assert_int_equal(lease(w, "one"), 0);
}

/* An account has so many under way; others, and the installation, do not wait for it. */
static void test_share(void **state)
{
	struct world *w = *state;
	int64_t ids[JOB_SHARE + 2], house, other, at;
	struct err e;

	for (int i = 0; i < JOB_SHARE + 2; i++)
		ids[i] = add(w, w->acme, "probe", NOW - 9);
	other = add(w, w->other, "probe", NOW);
	house = add(w, 0, "house", NOW);
	for (int i = 0; i < JOB_SHARE; i++)
		assert_int_equal(lease(w, i % 2 ? "one" : "two"), ids[i]);
	assert_int_equal(lease(w, "one"), other);
	assert_int_equal(lease(w, "one"), house);
	assert_int_equal(lease(w, "one"), 0);
	assert_ok(store_job_next_due(w->db, &at, &e));
	assert_int_equal(at, NOW + LEASE);
	assert_int_equal(store_job_end(w->db, ids[0], "two", JOB_DONE, "", &e), 1);
	assert_ok(store_job_next_due(w->db, &at, &e));
	assert_int_equal(at, NOW - 9);
	assert_int_equal(lease(w, "one"), ids[JOB_SHARE]);
	assert_int_equal(lease(w, "one"), 0);
	/* What an engine left behind does not count against itself. */
	assert_ok(store_job_release(w->db, "one", &e));
	assert_ok(store_job_release(w->db, "two", &e));
	for (int i = 0; i < JOB_SHARE; i++)
		assert_true(lease(w, "one") > 0);
}

static void test_nothing_waits(void **state)
{
	struct world *w = *state;
	struct err e;
	int64_t at = 5;

	assert_int_equal(lease(w, "one"), 0);
	assert_ok(store_job_next_due(w->db, &at, &e));
	assert_int_equal(at, 0);
}

static void test_lease_fields(void **state)
{
	struct world *w = *state;
	struct job_step step = { .n = 1, .title = "Resolve", .state = STEP_OK }, *steps;
	struct job j;
	struct err e;
	int64_t id = add(w, w->acme, "probe", NOW - 5);

	assert_int_equal(store_job_lease(w->db, &w->a, "one", NOW + LEASE, &j, &e), 1);
	assert_int_equal(j.id, id);
	assert_int_equal(j.account, w->acme);
	assert_int_equal(j.state, JOB_RUNNING);
	assert_int_equal(j.attempts, 1);
	assert_int_equal(j.run_at, NOW - 5);
	assert_int_equal(j.lease_until, NOW + LEASE);
	assert_int_equal(j.started, NOW);
	assert_string_equal(j.params, "a=1&b=%26");
	assert_ok(store_job_step_save(w->db, id, &step, &e));
	assert_int_equal(store_job_steps(w->db, &w->a, id, &steps, &e), 1);
	clock_freeze(NOW + LEASE);
	assert_int_equal(store_job_lease(w->db, &w->a, "two", NOW + 2 * LEASE, &j, &e), 1);
	assert_int_equal(j.attempts, 2);
	assert_int_equal(j.started, NOW + LEASE);
	assert_int_equal(store_job_steps(w->db, &w->a, id, &steps, &e), 0);
}

static void test_lease_is_lost(void **state)
{
	struct world *w = *state;
	struct err e;
	int64_t id = add(w, w->acme, "probe", 0);
	int cancel = 9;

	assert_int_equal(lease(w, "one"), id);
	assert_int_equal(store_job_renew(w->db, id, "one", NOW + 60, &cancel, &e), 1);
	assert_int_equal(cancel, 0);
	assert_int_equal(get(w, w->acme, id).lease_until, NOW + 60);
	assert_int_equal(store_job_renew(w->db, id, "two", NOW + 60, &cancel, &e), 0);
	clock_freeze(NOW + 60);
	assert_int_equal(lease(w, "two"), id);
	assert_int_equal(store_job_renew(w->db, id, "one", NOW + 99, &cancel, &e), 0);
	assert_int_equal(store_job_retry(w->db, id, "one", NOW + 99, "", &e), 0);
	assert_int_equal(store_job_end(w->db, id, "one", JOB_DONE, "Done.", &e), 0);
	assert_int_equal(get(w, w->acme, id).state, JOB_RUNNING);
	assert_int_equal(store_job_end(w->db, id, "two", JOB_DONE, "Done.", &e), 1);
	assert_int_equal(store_job_end(w->db, id, "two", JOB_FAILED, "", &e), 0);
	assert_int_equal(store_job_renew(w->db, id, "two", NOW + 99, &cancel, &e), 0);
	assert_int_equal(store_job_renew(w->db, 99, "two", NOW + 99, &cancel, &e), 0);
}

static void test_end(void **state)
{
	static const enum job_state ends[] = { JOB_DONE, JOB_FAILED, JOB_CANCELLED };
	struct world *w = *state;
	struct job j;
	struct err e;

	for (size_t i = 0; i < COUNT(ends); i++) {
		int64_t id = add(w, w->acme, "probe", 0);

		assert_int_equal(lease(w, "one"), id);
		clock_freeze(NOW + 3);
		assert_int_equal(store_job_end(w->db, id, "one", ends[i], "It ended.", &e), 1);
		j = get(w, w->acme, id);
		assert_int_equal(j.state, ends[i]);
		assert_int_equal(j.ended, NOW + 3);
		assert_int_equal(j.lease_until, 0);
		assert_string_equal(j.outcome, "It ended.");
		clock_freeze(NOW + DAY);
		assert_int_equal(lease(w, "one"), 0);
		clock_freeze(NOW);
	}
	assert_err(ERR_INTERNAL, store_job_end(w->db, 1, "one", JOB_QUEUED, "", &e));
	assert_err(ERR_INTERNAL, store_job_end(w->db, 1, "one", JOB_RUNNING, "", &e));
	assert_int_equal(store_job_open(w->db, w->acme, "probe", &e), 0);
}

static void test_retry(void **state)
{
	struct world *w = *state;
	struct job j;
	struct err e;
	int64_t id = add(w, w->acme, "probe", 0);

	assert_int_equal(lease(w, "one"), id);
	assert_int_equal(store_job_retry(w->db, id, "one", NOW + 10, "Busy.", &e), 1);
	j = get(w, w->acme, id);
	assert_int_equal(j.state, JOB_QUEUED);
	assert_int_equal(j.run_at, NOW + 10);
	assert_int_equal(j.lease_until, 0);
	assert_int_equal(j.ended, 0);
	assert_string_equal(j.outcome, "Busy.");
	assert_int_equal(store_job_retry(w->db, id, "one", NOW, "", &e), 0); /* given back */
	assert_int_equal(lease(w, "one"), 0);
	clock_freeze(NOW + 10);
	assert_int_equal(lease(w, "one"), id);
	assert_int_equal(get(w, w->acme, id).attempts, 2);
}

static void test_cancel(void **state)
{
	struct world *w = *state;
	struct job j;
	struct err e;
	int64_t id = add(w, w->acme, "probe", 0);
	int cancel;

	assert_int_equal(store_job_cancel(w->db, w->other, id, &e), 0);
	assert_int_equal(store_job_cancel(w->db, 0, id, &e), 0);
	assert_int_equal(store_job_cancel(w->db, w->acme, id, &e), 1); /* queued: at once */
	j = get(w, w->acme, id);
	assert_int_equal(j.state, JOB_CANCELLED);
	assert_int_equal(j.ended, NOW);
	assert_int_equal(lease(w, "one"), 0);
	assert_int_equal(store_job_cancel(w->db, w->acme, id, &e), 0);
	id = add(w, 0, "house", 0);
	assert_int_equal(lease(w, "one"), id);
	assert_int_equal(store_job_asked(w->db, "one", &e), 0);
	assert_int_equal(store_job_cancel(w->db, 0, id, &e), 1); /* running: it is told */
	assert_int_equal(store_job_asked(w->db, "one", &e), 1);
	assert_int_equal(store_job_asked(w->db, "two", &e), 0);
	j = get(w, 0, id);
	assert_int_equal(j.state, JOB_RUNNING);
	assert_int_equal(j.cancel, NOW);
	assert_int_equal(j.ended, 0);
	assert_int_equal(store_job_renew(w->db, id, "one", NOW + 60, &cancel, &e), 1);
	assert_int_equal(cancel, 1);
	/* Instead of another attempt it ends. */
	assert_int_equal(store_job_retry(w->db, id, "one", NOW + 10, "Stopped.", &e), 1);
	j = get(w, 0, id);
	assert_int_equal(j.state, JOB_CANCELLED);
	assert_int_equal(j.ended, NOW);
	assert_string_equal(j.outcome, "Stopped.");
	assert_int_equal(store_job_asked(w->db, "one", &e), 0);
}

static void test_release(void **state)
{
	struct world *w = *state;
	struct err e;
	int64_t mine = add(w, w->acme, "probe", 0), theirs = add(w, w->acme, "probe", 0);
	int64_t done = add(w, w->acme, "probe", 0);

	assert_int_equal(lease(w, "one"), mine);
	assert_int_equal(lease(w, "two"), theirs);
	assert_int_equal(lease(w, "one"), done);
	assert_int_equal(store_job_end(w->db, done, "one", JOB_DONE, "", &e), 1);
	assert_ok(store_job_release(w->db, "one", &e));
	assert_int_equal(lease(w, "one"), mine);
	assert_int_equal(lease(w, "one"), 0);
}

static void test_steps(void **state)
{
	struct world *w = *state;
	struct job_step s = { .n = 2, .title = "Connect", .state = STEP_RUNNING }, *list;
	struct err e;
	int64_t id = add(w, w->acme, "probe", 0);

	assert_ok(store_job_step_save(w->db, id, &s, &e));
	s = (struct job_step){
		.n = 1, .title = "Resolve", .state = STEP_OK, .ms = 12, .say = "Found."
	};
	assert_ok(store_job_step_save(w->db, id, &s, &e));
	s = (struct job_step){ .n = 2,
		.title = "Connect",
		.state = STEP_FAILED,
		.ms = 340,
		.say = "Said.",
		.why = "Why.",
		.fix = "Fix.",
		.raw = "<raw>\r\n" };
	assert_ok(store_job_step_save(w->db, id, &s, &e));
	assert_int_equal(store_job_steps(w->db, &w->a, id, &list, &e), 2);
	assert_int_equal(list[0].n, 1);
	assert_int_equal(list[0].ms, 12);
	assert_string_equal(list[0].say, "Found.");
	assert_string_equal(list[0].raw, "");
	assert_int_equal(list[1].state, STEP_FAILED);
	assert_string_equal(list[1].title, "Connect");
	assert_string_equal(list[1].say, "Said.");
	assert_string_equal(list[1].why, "Why.");
	assert_string_equal(list[1].fix, "Fix.");
	assert_string_equal(list[1].raw, "<raw>\r\n");
	assert_err(ERR_MISSING, store_job_step_save(w->db, 99, &s, &e));
	s.state = STEP__MAX;
	assert_err(ERR_INTERNAL, store_job_step_save(w->db, id, &s, &e));
	s.state = STEP_OK;
	s.n = 1000;
	assert_err(ERR_INTERNAL, store_job_step_save(w->db, id, &s, &e));
}

static void test_sweep(void **state)
{
	struct world *w = *state;
	struct job_step s = { .n = 1, .title = "Resolve" };
	struct err e;
	int64_t old = add(w, w->acme, "probe", 0), open = add(w, w->acme, "probe", 0);

	assert_ok(store_job_step_save(w->db, old, &s, &e));
	assert_ok(store_job_step_save(w->db, open, &s, &e));
	assert_int_equal(store_job_cancel(w->db, w->acme, old, &e), 1);
	assert_int_equal(store_job_sweep(w->db, NOW, &e), 0);
	assert_int_equal(store_job_sweep(w->db, NOW + 1, &e), 1);
	assert_int_equal(number(w->db, "SELECT count(*) FROM job"), 1);
	assert_int_equal(number(w->db, "SELECT count(*) FROM job_step"), 1);
	assert_int_equal(store_job_sweep(w->db, INT64_MAX, &e), 0);
}

/* Jobs go with their account; the installation's stay. */
static void test_account_ends(void **state)
{
	struct world *w = *state;
	struct err e;

	add(w, w->acme, "probe", 0);
	add(w, w->other, "probe", 0);
	add(w, 0, "house", 0);
	assert_ok(db_must(w->db, "DELETE FROM account WHERE id = $1", DB_ARGS(DB_I(w->acme)), &e));
	assert_int_equal(number(w->db, "SELECT count(*) FROM job"), 2);
}

/* Leases all jobs it can get from a file, and writes each one's number into fd. */
static int lease_all(const char *path, const char *owner, int fd)
{
	struct arena a;
	struct db *db;
	struct job j;
	struct err e;
	int rc;

	if (db_sqlite_open(path, 0, &db, &e) < 0)
		return 1;
	arena_init(&a, ARENA);
	while ((rc = store_job_lease(db, &a, owner, NOW + DAY, &j, &e)) == 1)
		if (write(fd, &j.id, sizeof(j.id)) != sizeof(j.id))
			rc = -1;
	arena_done(&a);
	db_close(db);
	return rc < 0;
}

/* Three programs lease at the same time: every job once. */
static void test_many_engines(void **state)
{
	enum { JOBS = 300, ENGINES = 3 };
	static const char *const owners[ENGINES] = { "one", "two", "three" };
	struct job j = { .kind = "probe" };
	unsigned char seen[JOBS + 1] = { 0 };
	struct place p;
	struct db *db;
	struct err e;
	int64_t id;
	int fds[2], status, count = 0;

	(void)state;
	place_make(&p);
	db = file_db(&p, DB_OPEN_CREATE);
	schema_today(db);
	assert_ok(db_begin(db, DB_WRITE, &e));
	for (int i = 0; i < JOBS; i++)
		assert_ok(store_job_add(db, &j, &id, &e));
	assert_ok(db_commit(db, &e));
	db_close(db);
	assert_int_equal(pipe(fds), 0);
	for (int i = 0; i < ENGINES; i++) {
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0)
			_exit(lease_all(p.path, owners[i], fds[1]));
	}
	close(fds[1]);
	while (read(fds[0], &id, sizeof(id)) == (ssize_t)sizeof(id)) {
		assert_in_range(id, 1, JOBS);
		assert_int_equal(seen[id], 0);
		seen[id] = 1;
		count++;
	}
	close(fds[0]);
	for (int i = 0; i < ENGINES; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	assert_int_equal(count, JOBS);
	place_remove(&p);
}

/* Two connections in one program, by turns. */
static void test_two_connections(void **state)
{
	struct world *w = *state;
	struct job j = { .kind = "probe" }, one, two;
	struct place p;
	struct db *a, *b;
	struct err e;
	int64_t id;

	place_make(&p);
	a = file_db(&p, DB_OPEN_CREATE);
	schema_today(a);
	b = file_db(&p, DB_OPEN_HASTY);
	for (int i = 0; i < 3; i++)
		assert_ok(store_job_add(b, &j, &id, &e));
	assert_int_equal(store_job_lease(a, &w->a, "one", NOW + DAY, &one, &e), 1);
	assert_int_equal(store_job_lease(b, &w->a, "two", NOW + DAY, &two, &e), 1);
	assert_int_not_equal(one.id, two.id);
	assert_ok(db_begin(a, DB_WRITE, &e));
	assert_int_equal(store_job_lease(a, &w->a, "one", NOW + DAY, &one, &e), 1);
	assert_err(ERR_BUSY, store_job_lease(b, &w->a, "two", NOW + DAY, &two, &e));
	db_rollback(a);
	assert_int_equal(store_job_lease(b, &w->a, "two", NOW + DAY, &two, &e), 1);
	assert_int_equal(two.id, one.id);
	db_close(a);
	db_close(b);
	place_remove(&p);
}

/* The lease fails at its end: nothing is leased, and nothing is left open. */
static void test_script(void **state)
{
	const struct db_value row[] = { DB_I(5), DB_T(NULL), DB_T("probe"), DB_T(""), DB_I(1),
		DB_I(1), DB_I(1), DB_I(9), DB_I(0), DB_I(0), DB_T(""), DB_T(""), DB_I(1), DB_I(1),
		DB_I(0), DB_T("") };
	const struct db_value bad[] = { DB_I(5), DB_T(NULL), DB_T("probe"), DB_T(""), DB_I(17) };
	const struct db_value args[] = { DB_I(NOW), DB_T("one"), DB_I(NOW + LEASE) };
	const struct db_script_step commits[] = {
		{ .sql = "BEGIN WRITE" },
		{ .sql = "RETURNING",
			.args = args,
			.nargs = 3,
			.rows = row,
			.nrows = 1,
			.cols = 16 },
		{ .sql = "DELETE FROM job_step" },
		{ .sql = "COMMIT", .fail = ERR_FULL },
		{ .sql = "ROLLBACK" },
	};
	const struct db_script_step late[] = {
		{ .sql = "BEGIN WRITE" },
		{ .sql = "RETURNING", .rows = row, .nrows = 1, .cols = 16, .fail = ERR_BUSY },
		{ .sql = "ROLLBACK" },
	};
	const struct db_script_step damaged[] = {
		{ .sql = "BEGIN WRITE" },
		{ .sql = "RETURNING", .rows = bad, .nrows = 1, .cols = 5 },
		{ .sql = "ROLLBACK" },
	};
	const struct {
		const struct db_script_step *steps;
		size_t count;
		enum err_code code;
	} rows[] = {
		{ commits, COUNT(commits), ERR_FULL },
		{ late, COUNT(late), ERR_BUSY },
		{ damaged, COUNT(damaged), ERR_DAMAGED },
	};
	struct world *w = *state;
	struct job j;
	struct err e;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct db *db = db_script_open(rows[i].steps, rows[i].count, surprised);

		assert_err(rows[i].code, store_job_lease(db, &w->a, "one", NOW + LEASE, &j, &e));
		db_script_close(db);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(test_add),
		world_test(test_lists),
		world_test(test_lease_order),
		world_test(test_share),
		world_test(test_nothing_waits),
		world_test(test_lease_fields),
		world_test(test_lease_is_lost),
		world_test(test_end),
		world_test(test_retry),
		world_test(test_cancel),
		world_test(test_release),
		world_test(test_steps),
		world_test(test_sweep),
		world_test(test_account_ends),
		world_test(test_many_engines),
		world_test(test_two_connections),
		world_test(test_script),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
