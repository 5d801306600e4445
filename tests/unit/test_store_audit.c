/* store_audit.c: the chain, the pages of the log, the seals. */
#include "tests/unit/store_unit.h"

#include "platform/str.h"
#include "store/db_script.h"

static struct audit sample(int64_t account, const char *about)
{
	return (struct audit){ .account = account,
		.kind = ACTOR_ADMIN,
		.actor = "Ada Stone",
		.action = "member.added",
		.about = about,
		.detail = "A member was added.",
		.address = "192.0.2.7",
		.request = "req1" };
}

static void add(struct world *w, struct audit row)
{
	struct err e;

	assert_ok(store_audit_add(w->db, &row, &e));
}

/* The seq of the first row that does not follow from the one before, or 0. */
static int64_t broken_at(struct world *w)
{
	unsigned char prev[32] = { 0 }, hash[32];
	struct audit *rows;
	struct err e;
	int n = store_audit_walk(w->db, &w->a, 1, 1000, &rows, &e);

	assert_true(n >= 0);
	for (int i = 0; i < n; i++) {
		store_audit_hash(&rows[i], prev, hash);
		if (rows[i].seq != i + 1 || memcmp(hash, rows[i].hash, 32) != 0)
			return rows[i].seq;
		memcpy(prev, hash, 32);
	}
	return 0;
}

static void test_round_trip(void **state)
{
	struct world *w = *state;
	struct audit row = sample(w->acme, "bob@acme.test"), *rows;
	struct audit bare = { .action = "engine.started", .kind = ACTOR_ENGINE };
	unsigned char hash[32];
	int64_t head;
	struct err e;

	assert_ok(store_audit_head(w->db, &head, hash, &e));
	assert_int_equal(head, 0);
	assert_memory_equal(hash, (unsigned char[32]){ 0 }, 32);
	row.at = 5;
	row.seq = 77; /* both are the store's to say */
	assert_ok(store_audit_add(w->db, &row, &e));
	assert_int_equal(row.seq, 1);
	assert_int_equal(row.at, NOW);
	assert_ok(store_audit_add(w->db, &bare, &e));
	assert_int_equal(store_audit_walk(w->db, &w->a, 1, 10, &rows, &e), 2);
	assert_int_equal(rows[0].account, w->acme);
	assert_int_equal(rows[0].kind, ACTOR_ADMIN);
	assert_string_equal(rows[0].actor, "Ada Stone");
	assert_string_equal(rows[0].action, "member.added");
	assert_string_equal(rows[0].about, "bob@acme.test");
	assert_string_equal(rows[0].detail, "A member was added.");
	assert_string_equal(rows[0].address, "192.0.2.7");
	assert_string_equal(rows[0].request, "req1");
	assert_memory_equal(rows[0].hash, row.hash, 32);
	assert_int_equal(rows[1].account, 0);
	assert_string_equal(rows[1].actor, "");
	assert_ok(store_audit_head(w->db, &head, hash, &e));
	assert_int_equal(head, 2);
	assert_memory_equal(hash, bare.hash, 32);
	assert_int_equal(store_audit_walk(w->db, &w->a, 2, 10, &rows, &e), 1);
	assert_int_equal(store_audit_walk(w->db, &w->a, 1, 1, &rows, &e), 1);
	assert_int_equal(store_audit_walk(w->db, &w->a, 3, 10, &rows, &e), 0);
	assert_int_equal(broken_at(w), 0);
}

/* The hash of a known row, worked out by another program: nobody may change how it is made without
 * noticing. */
static void test_known_hash(void **state)
{
	struct audit row = sample(7, "x");
	unsigned char prev[32] = { 0 }, hash[32];
	char hex[65];

	(void)state;
	row.seq = 1;
	row.at = 1800000000;
	store_audit_hash(&row, prev, hash);
	str_hex(hex, hash, 32);
	assert_string_equal(
		hex, "b3f02e88dedd21881f389ee422aed1753f208d06063a022f66e663205d1f7517");
}

/* Every field is in the hash, and no field can lend bytes to its neighbour. */
static void test_hash_covers_every_field(void **state)
{
	struct audit base = sample(7, "x"), rows[14];
	unsigned char prev[32] = { 0 }, hashes[COUNT(rows) + 1][32];
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		rows[i] = base;
	rows[n++].seq++;
	rows[n++].account++;
	rows[n++].at++;
	rows[n++].kind = ACTOR_OPS;
	rows[n++].actor = "Ada";
	rows[n++].action = "member.adde";
	rows[n++].about = "y";
	rows[n++].detail = "";
	rows[n++].address = "192.0.2.70";
	rows[n++].request = "eq1";
	rows[n].action = "member.addedx";
	rows[n++].about = "";
	rows[n].about = "xA";
	rows[n++].detail = " member was added.";
	rows[n++].seq = INT64_MAX;
	assert_int_equal(n, COUNT(rows) - 1); /* the last one is as it was */
	for (size_t i = 0; i < COUNT(rows); i++)
		store_audit_hash(&rows[i], prev, hashes[i]);
	prev[31] = 1;
	store_audit_hash(&base, prev, hashes[COUNT(rows)]);
	for (size_t i = 0; i < COUNT(hashes); i++)
		for (size_t k = 0; k < i; k++)
			assert_memory_not_equal(hashes[i], hashes[k], 32);
	prev[31] = 0;
	base.about = NULL;
	store_audit_hash(&base, prev, hashes[0]);
	base.about = "";
	store_audit_hash(&base, prev, hashes[1]);
	assert_memory_equal(hashes[0], hashes[1], 32); /* as it is stored */
}

static void test_tampering_is_seen(void **state)
{
	static const struct {
		const char *sql;
		int64_t broken;
	} rows[] = {
		{ "UPDATE audit SET detail = 'Nothing.' WHERE seq = 3", 3 },
		{ "UPDATE audit SET at = at + 1 WHERE seq = 5", 5 },
		{ "UPDATE audit SET account_id = 99 WHERE seq = 1", 1 },
		{ "DELETE FROM audit WHERE seq = 2", 3 },
		{ "DELETE FROM audit WHERE seq = 1", 2 },
		{ "UPDATE audit SET hash = zeroblob(32) WHERE seq = 4", 4 },
		{ "UPDATE audit SET seq = seq + 100 WHERE seq = 5", 105 },
	};
	struct world *w = *state;
	struct err e;

	for (int i = 0; i < 5; i++)
		add(w, sample(w->acme, "x"));
	assert_int_equal(broken_at(w), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_ok(db_begin(w->db, DB_WRITE, &e));
		assert_int_equal(run(w->db, rows[i].sql), 1);
		assert_int_equal(broken_at(w), rows[i].broken);
		db_rollback(w->db);
	}
	assert_int_equal(broken_at(w), 0);
}

static void test_hostile_texts(void **state)
{
	struct world *w = *state;
	struct audit row = { .account = w->acme, .action = "x" }, *rows;
	struct audit_filter f = { .account = w->acme, .kind = -1, .limit = 100 };
	struct err e;

	for (size_t i = 0; i < COUNT(hostile_texts); i++) {
		row.actor = row.about = row.detail = row.address = row.request = hostile_texts[i];
		assert_ok(store_audit_add(w->db, &row, &e));
	}
	for (size_t i = 0; i < COUNT(hostile_texts); i++) {
		int n;

		f.text = hostile_texts[i];
		n = store_audit_list(w->db, &w->a, &f, &rows, &e);
		if (strlen(f.text) == 1) /* is in others too */
			continue;
		assert_int_equal(n, 1);
		assert_string_equal(rows[0].detail, hostile_texts[i]);
	}
	assert_int_equal(broken_at(w), 0);
}

static void test_filters(void **state)
{
	static const struct {
		struct audit_filter f; /* account is added */
		int found;
		int64_t newest;
	} rows[] = {
		{ { .kind = -1, .limit = 100 }, 6, 6 },
		{ { .kind = -1, .limit = 2 }, 2, 6 },
		{ { .kind = -1, .limit = 100, .before = 6 }, 5, 5 },
		{ { .kind = -1, .limit = 100, .before = 1 }, 0, 0 },
		{ { .kind = -1, .limit = 100, .until = NOW + 3 }, 3, 3 },
		{ { .kind = -1, .limit = 100, .until = NOW }, 0, 0 },
		{ { .kind = ACTOR_ENGINE, .limit = 100 }, 3, 6 },
		{ { .kind = ACTOR_ENGINE, .limit = 100, .before = 6 }, 2, 4 },
		{ { .kind = ACTOR_OPS, .limit = 100 }, 0, 0 },
		{ { .kind = ACTOR_NOBODY, .limit = 100 }, 0, 0 },
		{ { .kind = -1, .limit = 100, .text = "PERSON3" }, 1, 3 },
		{ { .kind = -1, .limit = 100, .text = "person" }, 6, 6 },
		{ { .kind = ACTOR_ENGINE, .limit = 100, .text = "person3" }, 0, 0 },
		{ { .kind = ACTOR_ENGINE, .limit = 100, .text = "person4" }, 1, 4 },
		{ { .kind = -1, .limit = 100, .text = "" }, 6, 6 },
		{ { .kind = -1, .limit = 100, .text = "%" }, 0, 0 },
		{ { .kind = -1, .limit = 100, .text = "person_" }, 0, 0 },
		{ { .kind = -1, .limit = 100, .text = "!" }, 0, 0 },
		{ { .kind = -1, .limit = 100, .text = "stone" }, 6, 6 },
		{ { .kind = -1, .limit = 100, .text = "192.0.2" }, 6, 6 },
		{ { .kind = -1, .limit = 100, .text = "member.added" }, 6, 6 },
		{ { .kind = -1, .limit = 100, .text = "req1" }, 0, 0 }, /* not looked for there */
		{ { .kind = -1, .limit = 0 }, 0, 0 },
		{ { .kind = -1, .limit = -5 }, 0, 0 },
	};
	struct world *w = *state;
	struct audit *found;
	struct err e;

	for (int i = 1; i <= 6; i++) {
		struct audit row = sample(w->acme, arena_printf(&w->a, "person%d", i));

		row.kind = i % 2 ? ACTOR_ADMIN : ACTOR_ENGINE;
		clock_freeze(NOW + i - 1);
		add(w, row);
	}
	add(w, sample(w->other, "person3"));
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct audit_filter f = rows[i].f;
		int n;

		f.account = w->acme;
		n = store_audit_list(w->db, &w->a, &f, &found, &e);
		if (n != rows[i].found || (n > 0 && found[0].seq != rows[i].newest))
			fail_msg("row %zu: %d found, newest %lld", i, n,
				n > 0 ? (long long)found[0].seq : 0);
		for (int k = 1; k < n; k++)
			assert_true(found[k].seq < found[k - 1].seq);
	}
}

/* What became of secrets: of one account, newest first, and no word that only looks so. */
static void test_secrets(void **state)
{
	static const char *const actions[] = { "credential.set", "connection.live",
		"credential.switched", "credentials", "credential/x", "credential." };
	struct world *w = *state;
	struct audit *found;
	struct err e;

	for (size_t i = 0; i < COUNT(actions); i++) {
		struct audit row = sample(w->acme, "x");

		row.action = actions[i];
		add(w, row);
		row.account = w->other;
		add(w, row);
	}
	assert_int_equal(store_audit_secrets(w->db, &w->a, w->acme, 10, &found, &e), 3);
	assert_string_equal(found[0].action, "credential.");
	assert_string_equal(found[1].action, "credential.switched");
	assert_int_equal(found[2].seq, 1);
	assert_int_equal(store_audit_secrets(w->db, &w->a, w->acme, 1, &found, &e), 1);
	assert_int_equal(store_audit_secrets(w->db, &w->a, 999, 10, &found, &e), 0);
}

static void test_long_text(void **state)
{
	struct world *w = *state;
	struct audit_filter f = { .account = w->acme, .kind = -1, .limit = 10 };
	struct audit *rows;
	char text[202];
	struct err e;

	memset(text, '%', sizeof(text));
	text[200] = '\0';
	f.text = text;
	assert_int_equal(store_audit_list(w->db, &w->a, &f, &rows, &e), 0);
	text[200] = '%';
	text[201] = '\0';
	assert_err(ERR_INPUT, store_audit_list(w->db, &w->a, &f, &rows, &e));
}

/* The row belongs to the caller's transaction: both stand or fall together. */
static void test_with_the_caller(void **state)
{
	struct world *w = *state;
	struct audit row = sample(w->acme, "x");
	unsigned char hash[32];
	int64_t head;
	struct err e;

	assert_ok(db_begin(w->db, DB_WRITE, &e));
	assert_ok(store_user_theme(w->db, w->ada, "dark", &e));
	assert_ok(store_audit_add(w->db, &row, &e));
	db_rollback(w->db);
	assert_ok(store_audit_head(w->db, &head, hash, &e));
	assert_int_equal(head, 0);
	assert_ok(db_begin(w->db, DB_WRITE, &e));
	assert_ok(store_user_theme(w->db, w->ada, "dark", &e));
	row.action = NULL; /* refused by the schema: then the change does not stand either */
	assert_err(ERR_INTERNAL, store_audit_add(w->db, &row, &e));
	assert_err(ERR_INTERNAL, db_commit(w->db, &e));
	assert_int_equal(number(w->db, "SELECT count(*) FROM users WHERE theme = 'dark'"), 0);
	add(w, sample(w->acme, "x"));
	assert_int_equal(broken_at(w), 0); /* no hole where the two were */
}

/* Two programs append by turns: one chain. */
static void test_two_writers(void **state)
{
	struct world *w = *state;
	struct db *mine = w->db, *dbs[2];
	struct audit row = sample(1, "x");
	struct place p;
	struct err e;

	place_make(&p);
	dbs[0] = file_db(&p, DB_OPEN_CREATE);
	schema_today(dbs[0]);
	dbs[1] = file_db(&p, DB_OPEN_HASTY);
	for (int i = 0; i < 20; i++)
		assert_ok(store_audit_add(dbs[i % 2], &row, &e));
	assert_ok(db_begin(dbs[0], DB_WRITE, &e));
	assert_err(ERR_BUSY, store_audit_add(dbs[1], &row, &e));
	assert_ok(store_audit_add(dbs[0], &row, &e));
	assert_ok(db_commit(dbs[0], &e));
	assert_int_equal(row.seq, 21);
	w->db = dbs[1];
	assert_int_equal(broken_at(w), 0);
	w->db = mine;
	db_close(dbs[0]);
	db_close(dbs[1]);
	place_remove(&p);
}

/* What the statements are, in order: read the head under the write lock, then append. */
static void test_script(void **state)
{
	const struct db_value head[] = { DB_I(41), DB_B("0123456789abcdef0123456789abcdef", 32) };
	const struct db_script_step steps[] = {
		{ .sql = "BEGIN WRITE" },
		{ .sql = "ORDER BY seq DESC LIMIT 1", .rows = head, .nrows = 1, .cols = 2 },
		{ .sql = "INSERT INTO audit", .changed = 1 },
		{ .sql = "COMMIT" },
	};
	const struct db_script_step full[] = {
		{ .sql = "BEGIN WRITE" },
		{ .sql = "ORDER BY seq DESC LIMIT 1" },
		{ .sql = "INSERT INTO audit", .fail = ERR_FULL },
		{ .sql = "ROLLBACK" },
	};
	struct audit row = sample(1, "x");
	struct db *db;
	struct err e;

	(void)state;
	db = db_script_open(steps, COUNT(steps), surprised);
	assert_ok(store_audit_add(db, &row, &e));
	assert_int_equal(row.seq, 42);
	db_script_close(db);
	db = db_script_open(full, COUNT(full), surprised);
	assert_err(ERR_FULL, store_audit_add(db, &row, &e));
	db_script_close(db);
}

static void test_seals(void **state)
{
	struct world *w = *state;
	struct audit_seal s = { .seq = 5, .at = NOW - 1, .key_id = "k1" }, last, *list;
	struct err e;

	assert_int_equal(store_audit_seal_last(w->db, &w->a, &last, &e), 0);
	fill(s.hash, 1);
	fill(s.mac, 2);
	assert_ok(store_audit_seal_add(w->db, &s, &e));
	s.seq = 9;
	fill(s.mac, 3);
	assert_ok(store_audit_seal_add(w->db, &s, &e));
	assert_int_equal(store_audit_seal_last(w->db, &w->a, &last, &e), 1);
	assert_int_equal(last.seq, 9);
	assert_int_equal(last.at, NOW - 1); /* the engine's time: its mac covers it */
	assert_memory_equal(last.mac, s.mac, 32);
	assert_memory_equal(last.hash, s.hash, 32);
	assert_string_equal(last.key_id, "k1");
	assert_int_equal(store_audit_seal_list(w->db, &w->a, 1, 10, &list, &e), 2);
	assert_int_equal(list[0].seq, 5);
	assert_int_equal(store_audit_seal_list(w->db, &w->a, 6, 10, &list, &e), 1);
	assert_int_equal(store_audit_seal_list(w->db, &w->a, 1, 1, &list, &e), 1);
	s.key_id = "k2"; /* the same head, sealed again with a new key */
	assert_ok(store_audit_seal_add(w->db, &s, &e));
	assert_int_equal(store_audit_seal_list(w->db, &w->a, 1, 10, &list, &e), 2);
	assert_string_equal(list[1].key_id, "k2");
	s.key_id = NULL;
	assert_err(ERR_INTERNAL, store_audit_seal_add(w->db, &s, &e));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(test_round_trip),
		cmocka_unit_test(test_known_hash),
		cmocka_unit_test(test_hash_covers_every_field),
		world_test(test_tampering_is_seen),
		world_test(test_hostile_texts),
		world_test(test_filters),
		world_test(test_secrets),
		world_test(test_long_text),
		world_test(test_with_the_caller),
		world_test(test_two_writers),
		cmocka_unit_test(test_script),
		world_test(test_seals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
