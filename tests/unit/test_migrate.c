/* migrate.c and migrations.c: from every older schema to today's, with rows in place. */
#include "tests/unit/store_unit.h"

#include "platform/str.h"
#include "store/db_script.h"
#include "store/migrations.h"

static int setup(void **state)
{
	(void)state;
	seal_init();
	clock_freeze(NOW);
	return 0;
}

/* Rows as the program of each schema wrote them. Never changed, as the steps are. */
static const char *const rows_of[] = {
	[1] = "INSERT INTO account (name, created, people) VALUES ('Acme', 100, 2);"
	      "INSERT INTO users (email, name, pwhash, theme, created, password_at) "
	      "VALUES ('ada@acme.test', 'Ada', '$argon$', 'dark', 101, 102);"
	      "INSERT INTO member (account_id, user_id, email, name, role, created, signed_in) "
	      "VALUES (1, 1, 'ada@acme.test', 'Ada', 1, 103, 104);"
	      "INSERT INTO member (account_id, email, name, role, created) "
	      "VALUES (1, 'bob@acme.test', '', 0, 105);"
	      "INSERT INTO session (hash, user_id, account_id, member_id, created, seen, fresh, "
	      "address, agent) VALUES "
	      "(x'0101010101010101010101010101010101010101010101010101010101010101', 1, 1, 1, 106, "
	      "107, 108, '192.0.2.1', 'Browser');"
	      "INSERT INTO invitation (hash, account_id, member_id, kind, made_by, by_name, "
	      "created, "
	      "expires, nonce) VALUES "
	      "(x'0202020202020202020202020202020202020202020202020202020202020202', 1, 2, 0, 1, "
	      "'Ada', 109, 2000000000, 'n');"
	      "INSERT INTO bucket (name, full_at) VALUES ('signin/ada', 1);",
	[2] = "INSERT INTO audit_seal (seq, at, hash, mac, key_id) VALUES (1, 111, "
	      "x'0303030303030303030303030303030303030303030303030303030303030303', "
	      "x'0404040404040404040404040404040404040404040404040404040404040404', 'k1');",
};

/* The first row of the log, with the hash that makes it valid. */
static void add_audit_row(struct db *db)
{
	struct audit row = { .seq = 1,
		.account = 1,
		.at = 110,
		.kind = ACTOR_OPS,
		.actor = "root",
		.action = "setup",
		.about = "",
		.detail = "First.",
		.address = "",
		.request = "" };
	unsigned char zero[32] = { 0 };
	char sql[512], hex[65];
	struct err e;

	store_audit_hash(&row, zero, row.hash);
	str_hex(hex, row.hash, 32);
	snprintf(sql, sizeof(sql),
		"INSERT INTO audit (seq, account_id, at, kind, actor, action, about, detail, "
		"address, "
		"request, hash) VALUES (1, 1, 110, 4, 'root', 'setup', '', 'First.', '', '', "
		"x'%s')",
		hex);
	assert_ok(db_build(db, sql, &e));
}

static void check_people(struct db *db, struct arena *a)
{
	struct session_view v;
	struct invitation i;
	unsigned char hash[32];
	int64_t admins, all;
	struct err e;

	fill(hash, 1);
	assert_int_equal(store_session_get(db, a, hash, &v, &e), 1);
	assert_string_equal(v.user.email, "ada@acme.test");
	assert_string_equal(v.user.theme, "dark");
	assert_string_equal(v.account.name, "Acme");
	assert_int_equal(v.member.role, ROLE_ADMIN);
	assert_int_equal(v.member.signed_in, 104);
	assert_int_equal(v.pulse.seen, 0);
	fill(hash, 2);
	assert_int_equal(store_invitation_by_hash(db, a, hash, &i, &e), 1);
	assert_string_equal(i.email, "bob@acme.test");
	assert_ok(store_member_counts(db, 1, &admins, &all, &e));
	assert_int_equal(admins, 1);
	assert_int_equal(all, 2);
}

static void check_audit(struct db *db, struct arena *a, int64_t before)
{
	struct audit row = { .account = 1, .kind = ACTOR_OPS, .action = "upgrade" };
	unsigned char prev[32] = { 0 }, hash[32];
	struct audit *rows;
	struct err e;

	assert_ok(store_audit_add(db, &row, &e));
	assert_int_equal(row.seq, before + 1);
	assert_int_equal(store_audit_walk(db, a, 1, 10, &rows, &e), (int)before + 1);
	for (int64_t i = 0; i <= before; i++) {
		store_audit_hash(&rows[i], prev, hash);
		assert_memory_equal(hash, rows[i].hash, 32);
		memcpy(prev, hash, 32);
	}
}

static void upgrade_from(int schema)
{
	struct db *db = memory_db(schema);
	struct arena a;
	struct err e;

	arena_init(&a, ARENA);
	for (int n = 1; n <= schema && n < (int)COUNT(rows_of); n++)
		assert_ok(db_build(db, rows_of[n], &e));
	if (schema >= 2)
		add_audit_row(db);
	assert_int_equal(migrate_current(db, &e), schema);
	if (schema < migrate_newest()) {
		assert_err(ERR_SCHEMA, migrate_check(db, &e));
		assert_non_null(strstr(e.log, "run latchkey migrate"));
	}
	assert_ok(migrate_run(db, migrate_newest(), &e));
	assert_int_equal(migrate_current(db, &e), migrate_newest());
	assert_ok(migrate_check(db, &e));
	if (schema >= 1)
		check_people(db, &a);
	check_audit(db, &a, schema >= 2 ? 1 : 0);
	assert_ok(migrate_run(db, migrate_newest(), &e)); /* nothing left to do */
	assert_int_equal(number(db, "SELECT count(*) FROM schema_step"), migrate_newest());
	assert_int_equal(number(db, "SELECT min(at) FROM schema_step"), NOW);
	arena_done(&a);
	db_close(db);
}

static void test_upgrade(void **state)
{
	(void)state;
	for (int schema = 0; schema <= migrate_newest(); schema++)
		upgrade_from(schema);
}

/* Counts that were kept without reach are what would be counted with it. */
static void test_old_counts(void **state)
{
	struct db *db = memory_db(18);
	struct err e;

	(void)state;
	assert_ok(db_build(db,
		"INSERT INTO account (name, created, people) VALUES ('Acme', 100, 90);"
		"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) "
		"INSERT INTO member (account_id, email, name, role, created, kind, status, "
		"reason, fixer, reach, grants) SELECT 1, 'm' || i || '@acme.test', '', 0, 1, "
		"i % 10 = 0, 1 + i % 3, 'r' || i % 2, i % 4, i % 5, 10 + i % 3 * 16384 FROM n;"
		"INSERT INTO member_count (account_id, kind, status, reason, fixer, n) "
		"SELECT account_id, kind, status, reason, fixer, count(*) FROM member "
		"GROUP BY 1, 2, 3, 4, 5",
		&e));
	assert_ok(migrate_run(db, migrate_newest(), &e));
	assert_int_equal(number(db, "SELECT sum(n) FROM member_count"), 100);
	/* Whose inbox nobody had asked for is not known to open no further than the calendar. */
	assert_int_equal(
		number(db, "SELECT count(*) FROM member WHERE reach = 3 AND grants < 16384"), 0);
	assert_int_equal(number(db, "SELECT count(*) FROM member WHERE reach = 3"), 13);
	assert_int_equal(number(db, "SELECT count(*) FROM member WHERE reach = 4"), 20);
	assert_int_equal(
		number(db,
			"SELECT count(*) FROM (SELECT account_id, kind, status, reason, fixer, "
			"reach, count(*) FROM member GROUP BY 1, 2, 3, 4, 5, 6 EXCEPT SELECT "
			"account_id, kind, status, reason, fixer, reach, n FROM member_count)"),
		0);
	db_close(db);
}

/* Who was there before members were searched is found and sorted as who comes now. */
static void test_old_names(void **state)
{
	struct db *db = memory_db(10);
	struct roster_filter f = roster_all(1, MEMBER_PERSON);
	struct roster_row *rows;
	struct arena a;
	struct err e;

	(void)state;
	arena_init(&a, ARENA);
	assert_ok(db_build(db,
		"INSERT INTO account (name, created, people) VALUES ('Acme', 100, 1001);"
		"INSERT INTO member (account_id, email, name, role, created) "
		"VALUES (1, 'z@acme.test', 'Zo\xc3\x8b de la \xc3\x96rn', 0, 1);"
		"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) "
		"INSERT INTO member (account_id, email, name, role, created) "
		"SELECT 1, 'p' || i || '@acme.test', '', 0, 1 FROM n",
		&e));
	assert_ok(migrate_run(db, migrate_newest(), &e));
	for (int i = 0; i < 2; i++) {
		f.search = i ? "zoe" : "orn";
		assert_int_equal(store_roster_list(db, &a, &f, &(struct roster_place){ .limit = 9 },
					 &rows, &e),
			1);
		assert_string_equal(rows[0].email, "z@acme.test");
	}
	assert_int_equal(
		number(db,
			"SELECT count(*) FROM member WHERE name_key = email AND last_key = email"),
		1000);
	arena_done(&a);
	db_close(db);
}

static void test_table_of_steps(void **state)
{
	struct err e;
	struct db *db = memory_db(0);

	(void)state;
	assert_true(migrate_newest() >= 3);
	assert_int_equal(migrate_newest(), (int)migrations_count);
	for (int n = 1; n <= migrate_newest(); n++) {
		assert_int_equal(migrations[n - 1].n, n);
		assert_true(strlen(migrate_title(n)) > 0);
		assert_ok(migrate_run(db, n, &e));
		assert_int_equal(migrate_current(db, &e), n);
	}
	assert_string_equal(migrate_title(0), "");
	assert_string_equal(migrate_title(migrate_newest() + 1), "");
	assert_err(ERR_INTERNAL, migrate_run(db, migrate_newest() + 1, &e));
	assert_err(ERR_INTERNAL, migrate_run(db, 0, &e));
	db_close(db);
}

/* Every table is strict, so a column never holds another type than it says. */
static void test_every_table_is_strict(void **state)
{
	struct db *db = memory_db(migrate_newest());

	(void)state;
	assert_true(number(db,
			    "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' "
			    "AND name NOT LIKE 'sqlite_%' AND strict = 1") >= 14);
	assert_int_equal(number(db,
				 "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' "
				 "AND name NOT LIKE 'sqlite_%' AND strict = 0"),
		0);
	db_close(db);
}

static void test_newer_is_refused(void **state)
{
	struct db *db = memory_db(migrate_newest());
	struct err e;

	(void)state;
	assert_ok(db_run(db, "INSERT INTO schema_step (n, title, at) VALUES ($1, 'Later', 0)",
		DB_ARGS(DB_I(migrate_newest() + 1)), NULL, &e));
	assert_int_equal(migrate_current(db, &e), migrate_newest() + 1);
	assert_err(ERR_SCHEMA, migrate_check(db, &e));
	assert_non_null(strstr(e.log, "made by a newer Latchkey"));
	assert_err(ERR_SCHEMA, migrate_run(db, migrate_newest(), &e));
	assert_non_null(strstr(e.log, "made by a newer Latchkey"));
	db_close(db);
}

/* A step whose middle fails leaves nothing of itself. */
static void test_failing_step(void **state)
{
	struct db *db = memory_db(2);
	struct err e;

	(void)state;
	assert_ok(db_build(db, "CREATE TABLE connection (n {int})", &e)); /* in the way of step 3 */
	assert_err(ERR_INTERNAL, migrate_run(db, 3, &e));
	assert_int_equal(migrate_current(db, &e), 2);
	assert_int_equal(number(db, "SELECT count(*) FROM sqlite_master WHERE name = 'job'"), 0);
	run(db, "DROP TABLE connection");
	assert_ok(migrate_run(db, migrate_newest(), &e));
	assert_ok(migrate_check(db, &e));
	db_close(db);
}

/* Any call of a step fails: what stands is a whole number of steps, and the run that none fails in
 * finishes the work. */
static void test_every_fault(void **state)
{
	struct db *real = memory_db(0);
	int faults = 0;
	struct err e;

	(void)state;
	for (int n = 1; n <= migrate_newest(); n++) {
		int rc = -1;

		for (int at = 1; rc < 0; at++) {
			struct db_script_watch w = { .fail_at = at, .code = ERR_FULL };
			struct db *db = db_script_over(real, &w);

			rc = migrate_run(db, n, &e);
			assert_int_equal(w.open, 0);
			assert_int_equal(w.begun, 0);
			db_close(db);
			if (rc < 0) {
				faults++;
				assert_int_equal(e.code, ERR_FULL);
				assert_in_range(migrate_current(real, &e), n - 1, n);
			}
		}
		assert_int_equal(migrate_current(real, &e), n);
	}
	assert_ok(migrate_check(real, &e));
	db_close(real);
	assert_true(faults > 3 * migrate_newest());
}

static void test_check_faults(void **state)
{
	struct db *real = memory_db(migrate_newest());
	struct err e;
	int rc = -1;

	(void)state;
	for (int at = 1; rc < 0; at++) {
		struct db_script_watch w = { .fail_at = at, .code = ERR_BUSY };
		struct db *db = db_script_over(real, &w);

		rc = migrate_check(db, &e);
		if (rc < 0)
			assert_int_equal(e.code, ERR_BUSY);
		assert_int_equal(w.open, 0);
		assert_int_equal(w.begun, 0);
		db_close(db);
	}
	db_close(real);
}

/* Whatever is slipped into the schema is seen. */
static void test_changed_schema(void **state)
{
	static const char *const changes[] = {
		"CREATE TABLE extra (n INTEGER) STRICT",
		"CREATE INDEX extra ON users (name)",
		"CREATE TRIGGER extra AFTER INSERT ON audit BEGIN DELETE FROM audit; END",
		"CREATE VIEW extra AS SELECT 1",
		"DROP INDEX job_due",
		"DROP TABLE audit_seal",
		"ALTER TABLE users ADD COLUMN extra TEXT",
		"ALTER TABLE users RENAME COLUMN theme TO colours",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(changes); i++) {
		struct db *db = memory_db(migrate_newest());
		struct err e;

		assert_ok(migrate_check(db, &e));
		run(db, changes[i]);
		assert_err(ERR_DAMAGED, migrate_check(db, &e));
		db_close(db);
	}
}

/* What the other tests begin with. */
static void test_schema_unit(void **state)
{
	struct db *db = today_db();
	struct err e;

	(void)state;
	assert_int_equal(migrate_current(db, &e), migrate_newest());
	assert_ok(migrate_check(db, &e));
	db_close(db);
}

static void test_foreign_database(void **state)
{
	struct db *db = memory_db(0);
	struct err e;

	(void)state;
	run(db, "CREATE TABLE invoices (n INTEGER) STRICT");
	assert_err(ERR_DAMAGED, migrate_current(db, &e));
	assert_err(ERR_DAMAGED, migrate_check(db, &e));
	assert_err(ERR_DAMAGED, migrate_run(db, migrate_newest(), &e));
	assert_int_equal(number(db, "SELECT count(*) FROM sqlite_master"), 1);
	db_close(db);
}

static void test_bad_numbers(void **state)
{
	static const char *const changes[] = {
		"DELETE FROM schema_step",
		"UPDATE schema_step SET n = -n",
		"INSERT INTO schema_step (n, title, at) VALUES (4294967299, '', 0)",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(changes); i++) {
		struct db *db = memory_db(migrate_newest());
		struct err e;

		run(db, changes[i]);
		assert_err(ERR_DAMAGED, migrate_current(db, &e));
		assert_err(ERR_DAMAGED, migrate_check(db, &e));
		assert_err(ERR_DAMAGED, migrate_run(db, migrate_newest(), &e));
		db_close(db);
	}
}

/* Rows and statistics do not make a schema another one. */
static void test_analysed(void **state)
{
	struct db *db = memory_db(migrate_newest());
	struct err e;
	int64_t id;

	(void)state;
	assert_ok(store_account_add(db, "Acme", &id, &e));
	run(db, "ANALYZE");
	assert_ok(migrate_check(db, &e));
	db_close(db);
}

/* Two programs migrate the same file: one waits or is told, none does a step again. */
static void test_two_at_once(void **state)
{
	struct place p;
	struct db *one, *two;
	struct err e;

	(void)state;
	place_make(&p);
	one = file_db(&p, DB_OPEN_CREATE);
	two = file_db(&p, DB_OPEN_HASTY);
	assert_err(ERR_SCHEMA, migrate_check(two, &e)); /* empty: not set up */
	assert_ok(db_begin(one, DB_WRITE, &e));
	assert_err(ERR_BUSY, migrate_run(two, migrate_newest(), &e));
	assert_ok(migrate_run(one, 2, &e));
	assert_ok(db_commit(one, &e));
	assert_ok(migrate_run(two, migrate_newest(), &e));
	assert_ok(migrate_run(one, migrate_newest(), &e));
	assert_ok(migrate_check(one, &e));
	assert_ok(migrate_check(two, &e));
	db_close(one);
	db_close(two);
	place_remove(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_upgrade),
		cmocka_unit_test(test_old_names),
		cmocka_unit_test(test_old_counts),
		cmocka_unit_test(test_table_of_steps),
		cmocka_unit_test(test_every_table_is_strict),
		cmocka_unit_test(test_newer_is_refused),
		cmocka_unit_test(test_failing_step),
		cmocka_unit_test(test_every_fault),
		cmocka_unit_test(test_check_faults),
		cmocka_unit_test(test_changed_schema),
		cmocka_unit_test(test_schema_unit),
		cmocka_unit_test(test_foreign_database),
		cmocka_unit_test(test_bad_numbers),
		cmocka_unit_test(test_analysed),
		cmocka_unit_test(test_two_at_once),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
