/* What holds for every function of the store: what happens when the database fails under it, and
 * that its statements use an index.
 */
#include "tests/unit/store_calls.h"

#include "platform/buf.h"
#include "store/db_script.h"

static const struct store_call *call_at(size_t i)
{
	if (i < store_calls_count)
		return &store_calls[i];
	i -= store_calls_count;
	if (i < store_calls_connect_count)
		return &store_calls_connect[i];
	i -= store_calls_connect_count;
	if (i < store_calls_members_count)
		return &store_calls_members[i];
	i -= store_calls_members_count;
	if (i < store_calls_directory_count)
		return &store_calls_directory[i];
	i -= store_calls_directory_count;
	return i < store_calls_import_count ? &store_calls_import[i] : NULL;
}

static void rich_connections(struct rich *x)
{
	static const enum conn_stage stages[] = { CONN_SPARE, CONN_DRAFT, CONN_FORMER, CONN_LIVE };
	struct connection c;
	struct err e;

	for (size_t i = 0; i < COUNT(stages); i++) {
		c = connection_of(x);
		c.stage = stages[i];
		assert_ok(store_connection_save(x->w.db, &c, &e));
	}
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

/* A sign-in that has its code, one secret that was refused and one that was not. */
static void rich_signins(struct rich *x)
{
	struct ask k = ask_of(x);
	struct signin refused = signin_of("v1"), other = signin_of("v2");
	struct health h = health_of(x);
	struct err e;

	assert_ok(store_ask_add(x->w.db, &k, &e));
	k.sealed = "x";
	k.sealed_len = 1;
	assert_int_equal(store_ask_answer(x->w.db, &k, &e), 1);
	x->ask = k.id;
	other.proof = PROOF_GIVEN;
	assert_ok(store_signin_save(x->w.db, &refused, &e));
	assert_ok(store_signin_save(x->w.db, &other, &e));
	assert_ok(store_health_save(x->w.db, &h, &e));
	assert_int_equal(store_notice_once(x->w.db, x->w.acme, "told", NOW, &e), 1);
}

/* One with a token, that "one" is sending. */
static struct mail mail_leased(struct rich *x)
{
	struct mail m = mail_of(x), *leased;
	struct err e;

	m.group = "";
	assert_int_equal(store_mail_add(x->w.db, &m, &e), 1);
	assert_ok(store_mail_seal(x->w.db, m.id, "k1", "x", 1, &e));
	assert_int_equal(store_mail_lease(x->w.db, &x->w.a, "one", NOW + 30, &leased, &e), 1);
	return *leased;
}

/* One has failed, one is being sent, two of a group wait. */
static void rich_mails(struct rich *x)
{
	struct mail failed = mail_leased(x), m;
	struct err e;

	failed.state = MAIL_FAILED;
	assert_int_equal(store_mail_end(x->w.db, &failed, "one", &e), 1);
	x->failed = failed.id;
	x->mail = mail_leased(x);
	for (int i = 0; i < 2; i++) {
		m = mail_of(x);
		assert_int_equal(store_mail_add(x->w.db, &m, &e), 1);
	}
}

static void rich_alert(struct rich *x)
{
	const struct alert t = { .account = x->w.acme, .reason = "not_delegated", .since = NOW };
	struct err e;

	assert_ok(store_alert_begin(x->w.db, &t, &e));
}

/* One in each state, with somebody who is new, a room, and two who change: one of them in role. */
static void rich_imports(struct rich *x)
{
	static const struct import_row rows[] = {
		{ .line = 2, .email = "one@acme.test", .name = "One", .role = ROLE_ADMIN },
		{ .line = 3, .email = "room@acme.test", .role = -1, .kind = MEMBER_ROOM },
		{ .line = 4,
			.email = "bob@acme.test",
			.role = ROLE_ADMIN,
			.verdict = IMPORT_CHANGED },
		{ .line = 5,
			.email = "ada@acme.test",
			.role = ROLE_MEMBER,
			.verdict = IMPORT_CHANGED },
	};
	struct import i = { .account = x->w.acme, .by = x->w.ada_acme, .last = 5 };
	struct err e;

	for (int state = 0; state <= IMPORT_RUNNING; state++) {
		assert_ok(store_import_add(x->w.db, &i, &x->imports[state], &e));
		for (size_t k = 0; k < COUNT(rows); k++)
			assert_ok(store_import_row_add(x->w.db, x->imports[state], &rows[k], &e));
		i.id = x->imports[state];
		if (state > IMPORT_READING)
			assert_ok(store_import_ready(x->w.db, &i, &e));
	}
	assert_int_equal(store_import_begin(x->w.db, i.account, i.id, 0, &e), 1);
}

static void rich_share(struct rich *x)
{
	struct share s = share_of(x);
	unsigned char hash[32];
	struct err e;

	fill(hash, 9);
	assert_ok(store_share_add(x->w.db, &s, hash, &e));
	x->share = s.id;
}

static void rich_make(struct rich *x)
{
	struct session s;
	struct invitation v;
	struct audit row = { .action = "x" };
	struct job j;
	struct err e;

	memset(x, 0, sizeof(*x));
	x->w.db = today_db();
	world_fill(&x->w);
	s = session_of(x);
	v = invitation_of(x);
	j = job_of(x);
	assert_ok(store_session_add(x->w.db, &s, x->hash, &x->session, &e));
	assert_ok(store_invitation_add(x->w.db, &v, x->hash, &x->invitation, &e));
	rich_connections(x);
	rich_signins(x);
	rich_mails(x);
	rich_alert(x);
	rich_imports(x);
	rich_share(x);
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

/* What holds whatever failed. */
static void assert_sound(struct rich *x)
{
	assert_int_equal(number(x->w.db,
				 "SELECT count(*) FROM account a WHERE a.people <> "
				 "(SELECT count(*) FROM member m WHERE m.account_id = a.id "
				 "AND m.kind = 0)"),
		0);
	assert_int_equal(number(x->w.db, "SELECT max(seq) - count(*) FROM audit"), 0);
	assert_int_equal(number(x->w.db,
				 "SELECT count(*) FROM job WHERE state = 1 AND "
				 "lease_owner = 'two' AND attempts <> 1"),
		0);
}

/* Explains each statement that passes, and fails when one walks through a whole table, or sorts. */
struct explain {
	struct rich *x;
	const char *name;
	int seen;  /* statements */
	int found; /* tables that are searched by a key */
	struct buf *plans;
};

/* Accounts are few, and all are wanted, as are secrets that were tried; the newest row of a log is
 * its last one; a user's few accounts are sorted by name. Of every live connection, one an account,
 * it is asked whether it is due, because its pause and its secret say so too; and when the engine
 * starts, all of them get another time; those that are not counted are looked for from the oldest
 * on, and behind a clock that was set back. */
static int excused(const char *sql, const char *detail)
{
	static const struct {
		const char *sql;
		const char *detail;
	} excuses[] = {
		{ "FROM account a ORDER BY a.id", "SCAN a" },
		{ "FROM audit ORDER BY seq DESC LIMIT 1", "SCAN audit" },
		{ "FROM audit_seal ORDER BY seq DESC LIMIT 1", "SCAN audit_seal" },
		{ "WHERE m.user_id = $1 AND m.off_at = 0 ORDER BY a.name",
			"USE TEMP B-TREE FOR ORDER BY" },
		{ "LEFT JOIN health h ON h.connection_id = c.id WHERE c.stage = 2",
			"SCAN c USING INDEX connection_live" },
		{ "ORDER BY h.next_at, c.id LIMIT 100", "USE TEMP B-TREE FOR ORDER BY" },
		{ "UPDATE health SET next_at = $1 + connection_id % $2", "SCAN health" },
		{ "FROM health WHERE (counted_to < $1 OR ",
			"SCAN health USING INDEX health_counted" },
		{ "FROM trial_count n WHERE NOT EXISTS",
			"SCAN n USING COVERING INDEX sqlite_autoindex_trial_count_1" },
		/* Those of whom there are not many are sorted; a search has three lists. */
		{ "AND m.id IN (SELECT", "USE TEMP B-TREE FOR ORDER BY" },
		{ "AND m.id IN (SELECT * FROM (SELECT m.id", "UNION USING TEMP B-TREE" },
		{ "SELECT 1 FROM (SELECT * FROM (SELECT m.id", "UNION USING TEMP B-TREE" },
		/* What is tied to rows that were found by a plan of their own. */
		{ "count(CASE t.status WHEN 0", "SCAN t" },
		/* A list of rooms has some dozens of them. */
		{ "FROM room r JOIN member m", "USE TEMP B-TREE FOR ORDER BY" },
		{ "FROM signin ORDER BY name", "SCAN signin USING INDEX signin_name" },
	};

	/* What is read row by row there was found by a plan of its own. */
	if (strncmp(detail, "SCAN (subquery", strlen("SCAN (subquery")) == 0)
		return 1;
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
		buf_printf(ex->plans, "%s ;\n", detail);
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
		{ "roster_list", "member_name" },
		{ "roster_list_status", "member_status" },
		{ "roster_list_checked", "member_checked" },
		{ "roster_by_status", "member_status" },
		{ "roster_by_reason", "member_reason" },
		{ "roster_by_fixer", "member_fixer" },
		{ "roster_by_reach", "member_reach" },
		{ "boundary_ages", "member_checked" },
		{ "roster_by_role", "member_admins" },
		{ "roster_by_seen", "member_checked" },
		{ "roster_by_search", "member_last" },
		{ "room_unlisted", "room_list" },
		{ "room_lists", "room_list" },
		{ "room_walk", "room_list" },
		{ "standing_due", "member_due" },
		{ "standing_asked", "member_asked" },
		{ "roster_remind", "member_remind" },
		{ "trial_list", "trial_name" },
		{ "trial_list_gain", "trial_change" },
		{ "trial_moved", "trial_member" },
		{ "remind_waiting", "member_remind" },
		{ "remind_silence", "member_silent" },
		{ "remind_mails", "mail_kind" },
		{ "alert_list", "broken_reason" },
		{ "event_list", "member_event_account" },
		{ "event_list_member", "member_event_member" },
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
		{ "job_asked", "job_due" },
		{ "job_release", "job_due" },
		{ "job_sweep", "job_ended" },
		{ "connection_draft", "connection_draft" },
		{ "connection_live", "connection_live" },
		{ "connection_former", "connection_former" },
		{ "credential_former", "credential_former" },
		{ "health_uncounted", "health_counted" },
		{ "health_sweep", "health_day_day" },
		{ "health_sweep", "health_calls_minute" },
		{ "notice_sweep", "notice_at" },
		{ "mail_list_state", "mail_state" },
		{ "mail_retry_all", "mail_state" },
		{ "mail_lease", "mail_due" },
		{ "mail_lease", "mail_group" },
		{ "mail_next_due", "mail_due" },
		{ "mail_sealed", "mail_key" },
		{ "mail_sweep", "mail_ended" },
		{ "share_list", "share_account" },
		{ "share_count", "share_account" },
		{ "share_mailed", "share_mail" },
		{ "share_sweep", "share_expires" },
		{ "signin_stopped", "signin_name" },
		{ "signin_refused", "signin_version" },
		{ "signin_sweep", "signin_since" },
		{ "signin_sweep", "credential_version" },
		{ "signin_list", "credential_version" },
	};

	for (size_t i = 0; i < COUNT(wants); i++)
		if (strcmp(call, wants[i].call) == 0 &&
			!strstr(plan, arena_printf(&x->w.a, "INDEX %s ", wants[i].index)))
			fail_msg("%s does not use %s: %s", call, wants[i].index, plan);
}

/* What a row that goes takes with it, or sets to nothing, is looked for by the database itself: as
 * if by a statement. */
static void explain_references(struct explain *ex)
{
	struct arena *a = &ex->x->w.a;
	struct db_rows r;
	struct err e;
	int rc;

	assert_ok(db_query(ex->x->w.db,
		"SELECT 'SELECT 1 FROM ' || t.name || ' WHERE ' || "
		"group_concat(f.\"from\" || ' = 1', ' AND ') "
		"FROM sqlite_master t JOIN pragma_foreign_key_list(t.name) f "
		"WHERE t.type = 'table' GROUP BY t.name, f.id",
		DB_NONE, &r, &e));
	while ((rc = db_next(&r, &e)) == 1)
		explain(ex, db_text(&r, 0, a), DB_NONE);
	assert_ok(rc);
}

/* Every call that a function makes into the driver fails in turn, until it makes none that fails.
 * The function says -1 and why, and leaves neither an answer nor a transaction open; its statements
 * are explained meanwhile. */
static void sweep(const struct store_call *call, enum err_code code, struct buf *plans)
{
	struct rich x;
	struct explain ex = { .x = &x, .name = call->name, .plans = plans };
	size_t before = plans->len;
	int64_t rc = -1;
	int at;

	rich_make(&x);
	for (at = 1; rc < 0; at++) {
		struct db_script_watch w = {
			.fail_at = at, .code = code, .see = explain, .ptr = &ex
		};
		struct db *db = db_script_over(x.w.db, &w);
		struct err e = { .code = ERR_NONE };

		rc = call->fn(&x, db, &e);
		if (rc < 0 && e.code != code)
			fail_msg("%s, call %d: %s", call->name, at, e.log);
		if (w.open || w.begun)
			fail_msg("%s, call %d: left open", call->name, at);
		db_close(db);
		assert_sound(&x);
	}
	assert_true(at > 2);
	assert_true(ex.seen > 0);
	assert_wanted(&x, ex.name, buf_str(plans) + before);
	rich_done(&x);
}

static void test_every_call(void **state)
{
	static const enum err_code codes[] = { ERR_BUSY, ERR_FULL };
	struct rich x;
	struct buf plans;
	struct explain ex = { .x = &x, .name = "references", .plans = &plans };

	(void)state;
	rich_make(&x);
	buf_init(&plans, 1 << 20);
	for (size_t i = 0; call_at(i); i++)
		sweep(call_at(i), codes[i % COUNT(codes)], &plans);
	explain_references(&ex);
	assert_true(buf_ok(&plans));
	assert_used(&x, buf_str(&plans));
	buf_done(&plans);
	rich_done(&x);
}

/* The statement of every request: one, and each of its eight tables by its key. */
static void test_session_plan(void **state)
{
	struct rich x;
	struct buf plans;
	struct explain ex = { .x = &x, .name = "session_get", .plans = &plans };
	struct db_script_watch w = { .see = explain, .ptr = &ex };
	struct db *db;
	struct err e;

	(void)state;
	rich_make(&x);
	buf_init(&plans, 4096);
	db = db_script_over(x.w.db, &w);
	assert_int_equal(store_session_get(db, &x.w.a, x.hash, &x.out.view, &e), 1);
	assert_int_equal(ex.seen, 1);
	assert_int_equal(ex.found, 8);
	assert_int_equal(w.calls, 2); /* the query and its row */
	db_close(db);
	buf_done(&plans);
	rich_done(&x);
}

/* A name that begins there and is called or declared so: its length, or 0. */
static size_t name_at(const char *p)
{
	size_t n = strspn(p, "abcdefghijklmnopqrstuvwxyz_0123456789");

	return p[n] == '(' ? n : 0;
}

static char *source(struct arena *a, const char *path)
{
	enum { SOURCE_MAX = 1 << 17 };
	const char *dir = getenv("srcdir");
	FILE *f = fopen(arena_printf(a, "%s/%s", dir ? dir : ".", path), "r");
	char *text = arena_alloc(a, SOURCE_MAX);
	size_t n;

	assert_non_null(f);
	n = fread(text, 1, SOURCE_MAX - 1, f);
	assert_true(n > 0 && n < SOURCE_MAX - 1);
	text[n] = 0;
	fclose(f);
	return text;
}

/* Every function of the headers that can fail is in a table of calls. */
static void test_every_function(void **state)
{
	static const char *const headers[] = { "src/store/store.h", "src/store/store_connect.h",
		"src/store/store_mail.h", "src/store/store_remind.h", "src/store/store_roster.h",
		"src/store/store_directory.h", "src/store/store_import.h",
		"src/store/store_trial.h" };
	static const char *const calls[] = { "tests/unit/store_calls.c",
		"tests/unit/store_calls_connect.c", "tests/unit/store_calls_members.c",
		"tests/unit/store_calls_directory.c", "tests/unit/store_calls_import.c" };
	struct arena a;
	struct buf all;
	int found = 0;

	(void)state;
	arena_init(&a, ARENA);
	buf_init(&all, 1 << 20);
	for (size_t i = 0; i < COUNT(calls); i++)
		buf_puts(&all, source(&a, calls[i]));
	for (size_t i = 0; i < COUNT(headers); i++) {
		const char *p = source(&a, headers[i]);

		while ((p = strstr(p, "store_"))) {
			const char *call = arena_printf(&a, "%.*s(", (int)name_at(p), p);
			const char *fails = strstr(p, " must_check;"), *end = strchr(p, ';');

			p += strlen("store_");
			if (strlen(call) < 2 || !fails || fails > end)
				continue;
			found++;
			if (!strstr(buf_str(&all), call))
				fail_msg("no call of %s)", call);
		}
	}
	assert_true(found > 130);
	buf_done(&all);
	arena_done(&a);
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
		cmocka_unit_test(test_every_function),
		cmocka_unit_test(test_every_call),
		cmocka_unit_test(test_session_plan),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
