/* db_script.c: that it sees what it is for; and with it, of every function of store.h: what happens
 * when the database fails under it, and that its statements use an index.
 */
#include "tests/unit/store_unit.h"

#include "platform/buf.h"
#include "store/db_script.h"

/* The script. */

/* How often, and with what words at last, a script was surprised. */
static int surprises;
static char last_surprise[512];

static void note(const char *what)
{
	surprises++;
	snprintf(last_surprise, sizeof(last_surprise), "%s", what);
}

/* The next surprise holds these words. */
static void expect_surprise(const char *words)
{
	assert_int_equal(surprises, 1);
	if (!strstr(last_surprise, words))
		fail_msg("not \"%s\": %s", words, last_surprise);
	surprises = 0;
}

static struct db *script(const struct db_script_step *steps, size_t n)
{
	surprises = 0;
	return db_script_open(steps, n, note);
}

static void test_rows(void **state)
{
	const struct db_value rows[] = { DB_I(1), DB_T("one"), DB_I(2), DB_T(NULL) };
	const struct db_value args[] = { DB_I(7), DB_T("x"), DB_B("\0\1", 2), DB_T(NULL) };
	const struct db_script_step steps[] = {
		{ .sql = "FROM t", .args = args, .nargs = 4, .rows = rows, .nrows = 2, .cols = 2 },
		{ .sql = "DELETE", .changed = 5 },
	};
	struct db *db = script(steps, COUNT(steps));
	struct db_rows r;
	struct arena a;
	struct err e;

	(void)state;
	arena_init(&a, ARENA);
	assert_ok(db_query(db, "SELECT n, s FROM t",
		DB_ARGS(DB_I(7), DB_T("x"), DB_B("\0\1", 2), DB_T(NULL)), &r, &e));
	assert_int_equal(db_next(&r, &e), 1);
	assert_int_equal(db_num(&r, 0), 1);
	assert_string_equal(db_text(&r, 1, &a), "one");
	assert_int_equal(db_next(&r, &e), 1);
	assert_int_equal(db_num(&r, 0), 2);
	assert_null(db_text(&r, 1, &a));
	assert_int_equal(db_next(&r, &e), 0);
	assert_int_equal(db_changed(db, "DELETE FROM t", DB_NONE, &e), 5);
	db_script_close(db);
	assert_int_equal(surprises, 0);
	arena_done(&a);
}

static void test_failures(void **state)
{
	static const enum err_code codes[] = { ERR_BUSY, ERR_FULL, ERR_DAMAGED, ERR_CONFLICT };
	const struct db_value row[] = { DB_I(1) };
	struct err e;

	(void)state;
	for (size_t i = 0; i < COUNT(codes); i++) {
		const struct db_script_step steps[] = {
			{ .sql = "BEGIN READ" },
			{ .sql = "SELECT", .rows = row, .nrows = 1, .cols = 1, .fail = codes[i] },
			{ .sql = "ROLLBACK" },
			{ .sql = "BEGIN WRITE", .fail = codes[i] },
			{ .sql = "CREATE TABLE t (n INT)", .fail = codes[i] },
			{ .sql = "BACKUP", .fail = codes[i] },
			{ .sql = "INSERT", .rows = row, .nrows = 1, .cols = 1, .fail = codes[i] },
			{ .sql = "DELETE", .fail = codes[i] },
		};
		struct db *db = script(steps, COUNT(steps));
		struct db_rows r;
		int64_t id;

		assert_ok(db_begin(db, DB_READ, &e));
		assert_int_equal(db_first(db, "SELECT 1", DB_NONE, &r, &e), 1);
		assert_err(codes[i], db_next(&r, &e));
		assert_err(ERR_INTERNAL, db_commit(db, &e));
		assert_err(codes[i], db_begin(db, DB_WRITE, &e));
		assert_err(codes[i], db_build(db, "CREATE TABLE t (n {int})", &e));
		assert_err(codes[i], db_backup(db, "x", &e));
		/* A change whose row was given, and which then did not last. */
		assert_err(codes[i], db_insert(db, "INSERT", DB_NONE, &id, &e));
		assert_err(codes[i], db_must(db, "DELETE", DB_NONE, &e));
		db_script_close(db);
		assert_int_equal(surprises, 0);
	}
}

static void test_surprising_calls(void **state)
{
	const struct db_value args[] = { DB_I(7), DB_T("x") };
	const struct {
		struct db_value v[2];
		size_t n;
		const char *words;
	} rows[] = {
		{ { DB_I(7) }, 1, "number of values" },
		{ { DB_I(8), DB_T("x") }, 2, "another value" },
		{ { DB_I(7), DB_T("y") }, 2, "another value" },
		{ { DB_I(7), DB_T("xx") }, 2, "another value" },
		{ { DB_I(7), DB_T(NULL) }, 2, "another value" },
		{ { DB_I(7), DB_B("x", 1) }, 2, "another value" },
	};
	const struct db_script_step steps[] = { { .sql = "FROM t", .args = args, .nargs = 2 } };
	struct db *db;
	struct err e;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		db = script(steps, COUNT(steps));
		assert_err(ERR_INTERNAL,
			db_run(db, "SELECT 1 FROM t", rows[i].v, rows[i].n, NULL, &e));
		expect_surprise(rows[i].words);
		db_script_close(db);
		assert_int_equal(surprises, 0);
	}
	db = script(steps, COUNT(steps));
	assert_err(ERR_INTERNAL, db_run(db, "SELECT 1 FROM u", args, 2, NULL, &e));
	expect_surprise("unexpected: SELECT 1 FROM u");
	assert_err(ERR_INTERNAL, db_begin(db, DB_WRITE, &e));
	expect_surprise("unexpected: BEGIN WRITE");
	db_script_close(db);
	expect_surprise("not taken: FROM t");
	db = script(steps, 0);
	assert_err(ERR_INTERNAL, db_run(db, "SELECT 1", DB_NONE, NULL, &e));
	expect_surprise("the end");
	db_script_close(db);
}

static void test_surprising_answers(void **state)
{
	const struct db_value row[] = { DB_I(1) };
	const struct db_script_step answer[] = {
		{ .sql = "SELECT", .rows = row, .nrows = 1, .cols = 1 },
	};
	const struct db_script_step begin[] = { { .sql = "BEGIN WRITE" } };
	struct db *db = script(answer, COUNT(answer)), *none;
	struct db_rows r;
	struct err e;

	(void)state;
	assert_ok(db_query(db, "SELECT 1", DB_NONE, &r, &e));
	assert_int_equal(db_num(&r, 0), 0); /* before the first row */
	expect_surprise("no such column");
	assert_int_equal(db_next(&r, &e), 1);
	assert_int_equal(db_num(&r, 1), 0);
	expect_surprise("no such column");
	db_end(&r);
	assert_err(ERR_INTERNAL, db_driver(db)->scratch(&none, &e));
	assert_null(none);
	db_script_close(db);
	db = script(answer, COUNT(answer));
	assert_int_equal(db_first(db, "SELECT 1", DB_NONE, &r, &e), 1);
	free(r.impl); /* what closing cannot do for an answer that was left open */
	db_script_close(db);
	expect_surprise("left open: an answer");
	db = script(begin, COUNT(begin));
	assert_ok(db_begin(db, DB_WRITE, &e));
	db_script_close(db);
	expect_surprise("left open: a transaction");
}

/* Every function of store.h. */

/* A world in which every function finds something to do. */
struct rich {
	struct world w;
	int64_t session, invitation, connection, job, leased;
	struct credential credential;
	int64_t count; /* makes each new thing another one */
	/* where calls put what they find */
	int64_t n, n2;
	int cancel;
	unsigned char hash[32];
	union {
		struct account account, *accounts;
		struct user user;
		struct member member, *members;
		struct session *sessions;
		struct session_view view;
		struct invitation invitation, *invitations;
		struct audit *audits;
		struct audit_seal seal, *seals;
		struct job job, *jobs;
		struct job_step *steps;
		struct connection connection, *connections;
		struct credential credential, *credentials;
		struct engine_pulse pulse;
	} out;
};

static const struct page_of first_page = { .limit = 10 };
static const struct engine_pulse pulse = { .pid = 1, .version = "0.1", .key_id = "k1" };
static const struct job_step step = { .n = 1, .title = "Resolve" };
static const struct audit_seal seal = { .seq = 1, .key_id = "k1" };

static const char *new_email(struct rich *x)
{
	return arena_printf(&x->w.a, "new%d@acme.test", (int)x->count++);
}

static const unsigned char *new_hash(struct rich *x)
{
	x->count++;
	memcpy(x->hash, &x->count, sizeof(x->count));
	return x->hash;
}

static struct session session_of(const struct rich *x)
{
	return (struct session){ .user = x->w.ada, .account = x->w.acme, .member = x->w.ada_acme };
}

static struct invitation invitation_of(const struct rich *x)
{
	return (struct invitation){
		.account = x->w.acme, .member = x->w.bob_acme, .expires = NOW + DAY
	};
}

static struct job job_of(const struct rich *x)
{
	return (struct job){ .account = x->w.acme, .kind = "probe" };
}

static struct connection connection_of(const struct rich *x)
{
	return (struct connection){ .account = x->w.acme,
		.name = "Exchange",
		.scheme = "https",
		.host = "mail.acme.test",
		.port = 443 };
}

static void rich_credential(struct rich *x)
{
	struct connection c = connection_of(x);
	struct err e;

	assert_ok(store_connection_save(x->w.db, &c, &e));
	x->connection = c.id;
	x->credential = (struct credential){ .account = x->w.acme,
		.connection = c.id,
		.purpose = "current",
		.version = "v1",
		.key_id = "k1",
		.sealed = "x",
		.sealed_len = 1 };
	assert_ok(store_credential_reserve(
		x->w.db, x->w.acme, c.id, "current", &x->credential.id, &e));
	assert_ok(store_credential_save(x->w.db, &x->credential, &e));
}

static void rich_make(struct rich *x)
{
	struct session s;
	struct invitation v;
	struct audit row = { .action = "x" };
	struct job j;
	struct err e;

	memset(x, 0, sizeof(*x));
	x->w.db = memory_db(migrate_newest());
	world_fill(&x->w);
	s = session_of(x);
	v = invitation_of(x);
	j = job_of(x);
	assert_ok(store_session_add(x->w.db, &s, x->hash, &x->session, &e));
	assert_ok(store_invitation_add(x->w.db, &v, x->hash, &x->invitation, &e));
	rich_credential(x);
	assert_ok(store_job_add(x->w.db, &j, &x->leased, &e));
	assert_int_equal(store_job_lease(x->w.db, &x->w.a, "one", NOW + 30, &j, &e), 1);
	assert_ok(store_job_step_save(x->w.db, x->leased, &step, &e));
	j = job_of(x);
	assert_ok(store_job_add(x->w.db, &j, &x->job, &e));
	assert_ok(store_audit_add(x->w.db, &row, &e));
	assert_ok(store_audit_seal_add(x->w.db, &seal, &e));
	assert_ok(store_engine_pulse(x->w.db, &pulse, &e));
	assert_int_equal(store_bucket_take(x->w.db, "empty", 1, 60, &x->n, &e), 1);
}

static void rich_done(struct rich *x)
{
	db_close(x->w.db);
	arena_done(&x->w.a);
}

/* Calls that need something made first. */

static int add_member_row(struct rich *x, struct db *db, struct err *e)
{
	struct member m = { .account = x->w.acme, .email = new_email(x) };

	return store_member_add(db, &m, &x->n, e);
}

static int add_session(struct rich *x, struct db *db, struct err *e)
{
	struct session s = session_of(x);

	return store_session_add(db, &s, new_hash(x), &x->n, e);
}

static int add_invitation(struct rich *x, struct db *db, struct err *e)
{
	struct invitation v = invitation_of(x);

	return store_invitation_add(db, &v, new_hash(x), &x->n, e);
}

static int add_audit(struct rich *x, struct db *db, struct err *e)
{
	struct audit row = { .account = x->w.acme, .action = "x" };

	return store_audit_add(db, &row, e);
}

static int list_audit(struct rich *x, struct db *db, int kind, const char *text, struct err *e)
{
	const struct audit_filter f = {
		.account = x->w.acme, .kind = kind, .text = text, .limit = 9
	};

	return store_audit_list(db, &x->w.a, &f, &x->out.audits, e);
}

static int add_job(struct rich *x, struct db *db, struct err *e)
{
	struct job j = job_of(x);

	return store_job_add(db, &j, &x->n, e);
}

static int list_jobs(
	struct rich *x, struct db *db, int64_t account, const char *kind, struct err *e)
{
	return store_job_list(db, &x->w.a, account, kind, first_page, &x->out.jobs, e);
}

static int save_connection(struct rich *x, struct db *db, int64_t id, struct err *e)
{
	struct connection c = connection_of(x);

	c.id = id;
	return store_connection_save(db, &c, e);
}

/* One call of every function, and of each of its ways. */
#define CALLS(CALL)                                                                                \
	CALL(account_add, store_account_add(db, "New", &x->n, e))                                  \
	CALL(account_get, store_account_get(db, a, w->acme, &x->out.account, e))                   \
	CALL(account_list, store_account_list(db, a, &x->out.accounts, e))                         \
	CALL(account_policy, store_account_policy(db, w->acme, 1, 2, e))                           \
	CALL(user_by_email, store_user_by_email(db, a, "ada@acme.test", &x->out.user, e))          \
	CALL(user_get, store_user_get(db, a, w->ada, &x->out.user, e))                             \
	CALL(user_add, store_user_add(db, new_email(x), "", NULL, &x->n, e))                       \
	CALL(user_password, store_user_password(db, w->ada, "x", e))                               \
	CALL(user_theme, store_user_theme(db, w->ada, "dark", e))                                  \
	CALL(member_add, add_member_row(x, db, e))                                                 \
	CALL(member_get, store_member_get(db, a, w->acme, w->bob_acme, &x->out.member, e))         \
	CALL(member_by_email,                                                                      \
		store_member_by_email(db, a, w->acme, "bob@acme.test", &x->out.member, e))         \
	CALL(member_of_user, store_member_of_user(db, a, w->ada, &x->out.members, e))              \
	CALL(member_list, store_member_list(db, a, w->acme, first_page, &x->out.members, e))       \
	CALL(member_join, store_member_join(db, w->acme, w->ada_acme, w->ada, e))                  \
	CALL(member_role, store_member_role(db, w->acme, w->bob_acme, ROLE_ADMIN, e))              \
	CALL(member_seen, store_member_seen(db, w->acme, w->bob_acme, e))                          \
	CALL(member_counts, store_member_counts(db, w->acme, &x->n, &x->n2, e))                    \
	CALL(member_delete, store_member_delete(db, w->acme, w->ada_acme, e))                      \
	CALL(session_add, add_session(x, db, e))                                                   \
	CALL(session_get, store_session_get(db, a, x->hash, &x->out.view, e))                      \
	CALL(session_of_account, store_session_list(db, a, w->acme, 0, &x->out.sessions, e))       \
	CALL(session_of_user, store_session_list(db, a, 0, w->ada, &x->out.sessions, e))           \
	CALL(session_touch, store_session_touch(db, x->session, e))                                \
	CALL(session_choose,                                                                       \
		store_session_choose(db, x->session, w->other, w->ada_other, new_hash(x), e))      \
	CALL(session_renew, store_session_renew(db, x->session, new_hash(x), e))                   \
	CALL(session_end_in_account, store_session_end(db, x->session, w->acme, 0, e))             \
	CALL(session_end_of_user, store_session_end(db, x->session, 0, w->ada, e))                 \
	CALL(session_end_user, store_session_end_user(db, w->ada, 0, e))                           \
	CALL(session_end_account, store_session_end_account(db, w->acme, 0, e))                    \
	CALL(session_sweep, store_session_sweep(db, NOW, NOW, e))                                  \
	CALL(invitation_add, add_invitation(x, db, e))                                             \
	CALL(invitation_by_hash, store_invitation_by_hash(db, a, x->hash, &x->out.invitation, e))  \
	CALL(invitation_get,                                                                       \
		store_invitation_get(db, a, w->acme, x->invitation, &x->out.invitation, e))        \
	CALL(invitation_list, store_invitation_list(db, a, w->acme, &x->out.invitations, e))       \
	CALL(invitation_open, (int)store_invitation_open(db, w->acme, e))                          \
	CALL(invitation_use, store_invitation_use(db, x->invitation, e))                           \
	CALL(invitation_revoke, store_invitation_revoke(db, w->acme, w->bob_acme, LINK_RESET, e))  \
	CALL(invitation_sweep, store_invitation_sweep(db, NOW, e))                                 \
	CALL(audit_add, add_audit(x, db, e))                                                       \
	CALL(audit_list, list_audit(x, db, -1, NULL, e))                                           \
	CALL(audit_list_kind, list_audit(x, db, ACTOR_OPS, NULL, e))                               \
	CALL(audit_list_text, list_audit(x, db, -1, "x", e))                                       \
	CALL(audit_list_both, list_audit(x, db, ACTOR_OPS, "x", e))                                \
	CALL(audit_secrets, store_audit_secrets(db, a, w->acme, 9, &x->out.audits, e))             \
	CALL(audit_walk, store_audit_walk(db, a, 1, 9, &x->out.audits, e))                         \
	CALL(audit_head, store_audit_head(db, &x->n, x->hash, e))                                  \
	CALL(audit_seal_add, store_audit_seal_add(db, &seal, e))                                   \
	CALL(audit_seal_last, store_audit_seal_last(db, a, &x->out.seal, e))                       \
	CALL(audit_seal_list, store_audit_seal_list(db, a, 1, 9, &x->out.seals, e))                \
	CALL(job_add, add_job(x, db, e))                                                           \
	CALL(job_get, store_job_get(db, a, w->acme, x->job, &x->out.job, e))                       \
	CALL(job_list_all, list_jobs(x, db, -1, NULL, e))                                          \
	CALL(job_list_all_kind, list_jobs(x, db, -1, "probe", e))                                  \
	CALL(job_list_house, list_jobs(x, db, 0, NULL, e))                                         \
	CALL(job_list_house_kind, list_jobs(x, db, 0, "probe", e))                                 \
	CALL(job_list_account, list_jobs(x, db, w->acme, NULL, e))                                 \
	CALL(job_list_account_kind, list_jobs(x, db, w->acme, "probe", e))                         \
	CALL(job_open_house, store_job_open(db, 0, "probe", e))                                    \
	CALL(job_open_account, store_job_open(db, w->acme, "probe", e))                            \
	CALL(job_lease, store_job_lease(db, a, "two", NOW + 30, &x->out.job, e))                   \
	CALL(job_renew, store_job_renew(db, x->leased, "one", NOW + 60, &x->cancel, e))            \
	CALL(job_retry, store_job_retry(db, x->leased, "one", NOW + 60, "", e))                    \
	CALL(job_end, store_job_end(db, x->leased, "one", JOB_DONE, "", e))                        \
	CALL(job_cancel, store_job_cancel(db, w->acme, x->job, e))                                 \
	CALL(job_release, store_job_release(db, "one", e))                                         \
	CALL(job_next_due, store_job_next_due(db, &x->n, e))                                       \
	CALL(job_step_save, store_job_step_save(db, x->leased, &step, e))                          \
	CALL(job_steps, store_job_steps(db, a, x->leased, &x->out.steps, e))                       \
	CALL(job_sweep, store_job_sweep(db, NOW, e))                                               \
	CALL(connection_add, save_connection(x, db, 0, e))                                         \
	CALL(connection_save, save_connection(x, db, x->connection, e))                            \
	CALL(connection_get,                                                                       \
		store_connection_get(db, a, w->acme, x->connection, &x->out.connection, e))        \
	CALL(connection_list, store_connection_list(db, a, w->acme, &x->out.connections, e))       \
	CALL(credential_reserve,                                                                   \
		store_credential_reserve(db, w->acme, x->connection, "next", &x->n, e))            \
	CALL(credential_save, store_credential_save(db, &x->credential, e))                        \
	CALL(credential_get,                                                                       \
		store_credential_get(db, a, w->acme, x->credential.id, &x->out.credential, e))     \
	CALL(credential_find, store_credential_find(db, a, &x->credential, &x->out.credential, e)) \
	CALL(credential_foreign,                                                                   \
		store_credential_foreign(db, a, "k2", 0, 9, &x->out.credentials, e))               \
	CALL(credential_reseal, store_credential_reseal(db, &x->credential, "k2", "y", 1, e))      \
	CALL(credential_count, store_credential_count(db, "k1", &x->n, e))                         \
	CALL(engine_pulse, store_engine_pulse(db, &pulse, e))                                      \
	CALL(engine_get, store_engine_get(db, a, &x->out.pulse, e))                                \
	CALL(bucket_take, store_bucket_take(db, "new", 9, 60, &x->n, e))                           \
	CALL(bucket_take_empty, store_bucket_take(db, "empty", 1, 60, &x->n, e))                   \
	CALL(bucket_look, store_bucket_look(db, "empty", 1, 60, &x->n, e))                         \
	CALL(bucket_clear, store_bucket_clear(db, "empty", e))                                     \
	CALL(bucket_sweep, store_bucket_sweep(db, NOW, e))

#define DEFINE(name, expr)                                                                         \
	static int64_t call_##name(struct rich *x, struct db *db, struct err *e)                   \
	{                                                                                          \
		struct world *w = &x->w;                                                           \
		struct arena *a = &w->a;                                                           \
                                                                                                   \
		(void)w;                                                                           \
		(void)a;                                                                           \
		return (expr);                                                                     \
	}
CALLS(DEFINE)

#define ROW(name, expr) { #name, call_##name },
static const struct {
	const char *name;
	int64_t (*fn)(struct rich *x, struct db *db, struct err *e);
} calls[] = { CALLS(ROW) };

/* What holds whatever failed. */
static void assert_sound(struct rich *x)
{
	assert_int_equal(number(x->w.db,
				 "SELECT count(*) FROM account a WHERE a.people <> "
				 "(SELECT count(*) FROM member m WHERE m.account_id = a.id)"),
		0);
	assert_int_equal(number(x->w.db, "SELECT max(seq) - count(*) FROM audit"), 0);
	assert_int_equal(number(x->w.db,
				 "SELECT count(*) FROM job WHERE state = 1 AND "
				 "lease_owner = 'two' AND attempts <> 1"),
		0);
}

/* Every call that a function makes into the driver fails in turn, until it makes none that fails.
 * The function says -1 and why, and leaves neither an answer nor a transaction open. */
static void sweep(size_t which, enum err_code code)
{
	struct rich x;
	int64_t rc = -1;
	int at;

	rich_make(&x);
	for (at = 1; rc < 0; at++) {
		struct db_script_watch w = { .fail_at = at, .code = code };
		struct db *db = db_script_over(x.w.db, &w);
		struct err e = { .code = ERR_NONE };

		rc = calls[which].fn(&x, db, &e);
		if (rc < 0 && e.code != code)
			fail_msg("%s, call %d: %s", calls[which].name, at, e.log);
		if (w.open || w.begun)
			fail_msg("%s, call %d: left open", calls[which].name, at);
		db_close(db);
		assert_sound(&x);
	}
	assert_true(at > 2);
	rich_done(&x);
}

static void test_every_fault(void **state)
{
	static const enum err_code codes[] = { ERR_BUSY, ERR_FULL };

	(void)state;
	for (size_t i = 0; i < COUNT(calls); i++)
		sweep(i, codes[i % COUNT(codes)]);
}

/* Explains each statement that passes, and fails when one walks through a whole table, or sorts. */
struct explain {
	struct rich *x;
	const char *name;
	int seen;  /* statements */
	int found; /* tables that are searched by a key */
	struct buf plans;
};

/* Accounts are few, and all are wanted; the newest row of a log is its last one; a user's few
 * accounts are sorted by name. */
static int excused(const char *sql, const char *detail)
{
	static const struct {
		const char *sql;
		const char *detail;
	} excuses[] = {
		{ "FROM account a ORDER BY a.id", "SCAN a" },
		{ "FROM audit ORDER BY seq DESC LIMIT 1", "SCAN audit" },
		{ "FROM audit_seal ORDER BY seq DESC LIMIT 1", "SCAN audit_seal" },
		{ "WHERE m.user_id = $1 ORDER BY a.name", "USE TEMP B-TREE FOR ORDER BY" },
	};

	for (size_t i = 0; i < COUNT(excuses); i++)
		if (strstr(sql, excuses[i].sql) && strcmp(detail, excuses[i].detail) == 0)
			return 1;
	return 0;
}

static void explain(void *ptr, const char *sql, const struct db_value *v, size_t n)
{
	struct explain *ex = ptr;
	struct arena *a = &ex->x->w.a;
	struct db_rows r;
	struct err e;

	ex->seen++;
	assert_ok(
		db_query(ex->x->w.db, arena_printf(a, "EXPLAIN QUERY PLAN %s", sql), v, n, &r, &e));
	while (db_next(&r, &e) == 1) {
		const char *detail = db_text(&r, 3, a);

		ex->found += strncmp(detail, "SEARCH", 6) == 0;
		buf_printf(&ex->plans, "%s ;\n", detail);
		if ((strstr(detail, "SCAN") || strstr(detail, "TEMP B-TREE")) &&
			!excused(sql, detail))
			fail_msg("%s: %s: %s", ex->name, detail, sql);
	}
}

/* Every index is used by some statement, or it would only cost. */
static void assert_used(struct rich *x, const char *plans)
{
	struct db_rows r;
	struct err e;
	int rc;

	assert_ok(db_query(x->w.db,
		"SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL", DB_NONE,
		&r, &e));
	while ((rc = db_next(&r, &e)) == 1) {
		const char *name = db_text(&r, 0, &x->w.a);

		if (!strstr(plans, arena_printf(&x->w.a, "INDEX %s ", name)))
			fail_msg("no statement uses %s", name);
	}
	assert_ok(rc);
}

/* Lists that would find an index anyway, but walk far with the wrong one. */
static void assert_wanted(struct rich *x, const char *call, const char *plan)
{
	static const struct {
		const char *call;
		const char *index;
	} wants[] = {
		{ "member_counts", "member_admin" },
		{ "session_of_account", "session_account" },
		{ "session_of_user", "session_user" },
		{ "audit_list", "audit_account" },
		{ "audit_list_kind", "audit_kind" },
		{ "audit_list_both", "audit_kind" },
		{ "audit_secrets", "audit_secrets" },
		{ "job_list_house", "job_account" },
		{ "job_list_account", "job_account" },
		{ "job_list_account_kind", "job_account_kind" },
		{ "job_list_all_kind", "job_kind" },
		{ "job_open_account", "job_open" },
		{ "job_lease", "job_due" },
		{ "job_next_due", "job_due" },
		{ "job_release", "job_due" },
		{ "job_sweep", "job_ended" },
	};

	for (size_t i = 0; i < COUNT(wants); i++)
		if (strcmp(call, wants[i].call) == 0 &&
			!strstr(plan, arena_printf(&x->w.a, "INDEX %s ", wants[i].index)))
			fail_msg("%s does not use %s: %s", call, wants[i].index, plan);
}

static void test_every_plan(void **state)
{
	struct rich x;
	struct explain ex = { .x = &x };

	(void)state;
	rich_make(&x);
	buf_init(&ex.plans, 1 << 20);
	for (size_t i = 0; i < COUNT(calls); i++) {
		struct db_script_watch w = { .see = explain, .ptr = &ex };
		struct db *db = db_script_over(x.w.db, &w);
		struct err e;
		size_t before = ex.plans.len;

		ex.name = calls[i].name;
		ex.seen = 0;
		/* Some find nothing any more after those before; their statements ran all the same.
		 */
		(void)calls[i].fn(&x, db, &e);
		assert_true(ex.seen > 0);
		assert_wanted(&x, ex.name, buf_str(&ex.plans) + before);
		db_close(db);
	}
	assert_true(buf_ok(&ex.plans));
	assert_used(&x, buf_str(&ex.plans));
	buf_done(&ex.plans);
	rich_done(&x);
}

/* The statement of every request: one, and each of its seven tables by its key. */
static void test_session_plan(void **state)
{
	struct rich x;
	struct explain ex = { .x = &x, .name = "session_get" };
	struct db_script_watch w = { .see = explain, .ptr = &ex };
	struct db *db;
	struct err e;

	(void)state;
	rich_make(&x);
	buf_init(&ex.plans, 4096);
	db = db_script_over(x.w.db, &w);
	assert_int_equal(store_session_get(db, &x.w.a, x.hash, &x.out.view, &e), 1);
	assert_int_equal(ex.seen, 1);
	assert_int_equal(ex.found, 7);
	assert_int_equal(w.calls, 2); /* the query and its row */
	db_close(db);
	buf_done(&ex.plans);
	rich_done(&x);
}

static int setup(void **state)
{
	(void)state;
	seal_init();
	clock_freeze(NOW);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_surprising_calls),
		cmocka_unit_test(test_surprising_answers),
		cmocka_unit_test(test_every_fault),
		cmocka_unit_test(test_every_plan),
		cmocka_unit_test(test_session_plan),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
