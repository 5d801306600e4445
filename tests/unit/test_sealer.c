/* The sealer: heads are signed and kept in a file; a log that was cut, changed or swapped is called
 * out and never sealed; and no trouble loses a seal.
 */
#include "tests/unit/engine_unit.h"

#include <fcntl.h>
#include <sys/stat.h>
#include "engine/keyring.h"
#include "engine/sealer.h"
#include "platform/buf.h"
#include "platform/str.h"

static void add_row(struct bench *b, const char *about)
{
	struct audit row = { .kind = ACTOR_OPS, .actor = "root", .action = "test", .about = about };
	struct err e;

	assert_ok(store_audit_add(b->eng.db, &row, &e));
}

static int setup(void **state)
{
	struct bench *b;
	struct err e;

	bench_setup(state);
	b = *state;
	b->eng.keys = keyring_new();
	assert_non_null(keyring_generate(b->eng.keys, &e));
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	sealer_free(b->eng.sealer);
	keyring_free(b->eng.keys);
	return bench_teardown(state);
}

static void start(struct bench *b)
{
	struct err e;

	b->eng.sealer = sealer_new(&b->eng, &e);
	if (!b->eng.sealer)
		fail_msg("%s", e.log);
	spin(b, 20);
}

static void stop(struct bench *b)
{
	sealer_free(b->eng.sealer);
	b->eng.sealer = NULL;
}

static void seal_now(struct bench *b)
{
	sealer_soon(b->eng.sealer);
	spin(b, SEALER_SOON_MS + 50);
}

/* The newest seal in the store; its number. */
static int64_t last_seal(struct bench *b, struct audit_seal *out)
{
	struct err e;
	int rc = store_audit_seal_last(b->eng.db, &b->a, out, &e);

	assert_true(rc >= 0);
	return rc == 1 ? out->seq : 0;
}

static const char *head_text(struct bench *b)
{
	const char *text;
	struct buf buf;
	struct err e;

	buf_init(&buf, 1024);
	assert_ok(buf_file(&buf, b->head, &e));
	text = arena_strdup(&b->a, buf_str(&buf));
	buf_done(&buf);
	return text;
}

static void write_head(struct bench *b, const char *text)
{
	FILE *f = fopen(b->head, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

/* Seal, and return what was logged meanwhile. */
static const char *seal_and_listen(struct bench *b)
{
	char path[200];
	const char *text;
	struct buf buf;
	struct err e;
	int before = dup(STDERR_FILENO), fd;

	snprintf(path, sizeof(path), "%s/log", b->place.dir);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0 && before >= 0);
	dup2(fd, STDERR_FILENO);
	close(fd);
	log_open("test", LOG_INFO);
	seal_now(b);
	log_open("test", LOG__MAX);
	dup2(before, STDERR_FILENO);
	close(before);
	buf_init(&buf, 65536);
	assert_ok(buf_file(&buf, path, &e));
	text = arena_strdup(&b->a, buf_str(&buf));
	buf_done(&buf);
	return text;
}

static void test_seals(void **state)
{
	struct bench *b = *state;
	struct audit_seal s;
	const char *log;
	char hex[65];
	struct stat st;

	start(b);
	assert_int_equal(last_seal(b, &s), 0);
	assert_string_equal(head_text(b), "");
	add_row(b, "one");
	add_row(b, "two");
	log = seal_and_listen(b);
	assert_int_equal(last_seal(b, &s), 2);
	assert_int_equal(keyring_signed(b->eng.keys, &s), 1);
	str_hex(hex, s.mac, 32);
	assert_non_null(strstr(log, "level=info prog=test event=audit.seal seq=2 hash="));
	assert_non_null(strstr(log, hex));
	str_hex(hex, s.mac, 32);
	assert_non_null(strstr(head_text(b), hex));
	str_hex(hex, s.hash, 32);
	assert_non_null(strstr(head_text(b), hex));
	assert_int_equal(strncmp(head_text(b), "2 ", 2), 0);
	assert_int_equal(stat(b->head, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	seal_now(b); /* nothing new: nothing written */
	assert_int_equal(number(b->eng.db, "SELECT count(*) FROM audit_seal"), 1);
}

/* Rings close together make one seal. */
static void test_together(void **state)
{
	struct bench *b = *state;

	start(b);
	for (int i = 0; i < 20; i++) {
		add_row(b, "row");
		sealer_soon(b->eng.sealer);
		spin(b, 5);
	}
	spin(b, SEALER_SOON_MS + 50);
	assert_in_range(number(b->eng.db, "SELECT count(*) FROM audit_seal"), 1, 2);
	assert_int_equal(number(b->eng.db, "SELECT max(seq) FROM audit_seal"), 20);
}

/* A long log is walked in pieces. */
static void test_long(void **state)
{
	struct bench *b = *state;
	struct audit_seal s;
	struct err e;

	assert_ok(db_begin(b->eng.db, DB_WRITE, &e));
	for (int i = 0; i < 2 * SEALER_BATCH + 7; i++)
		add_row(b, "row");
	assert_ok(db_commit(b->eng.db, &e));
	start(b);
	spin_until(b, last_seal(b, &s) == 2 * SEALER_BATCH + 7);
	assert_int_equal(number(b->eng.db, "SELECT count(*) FROM audit_seal"), 3);
}

/* After a start the head file counts, whatever the store says. */
static void test_again(void **state)
{
	struct bench *b = *state;
	struct audit_seal s;

	start(b);
	add_row(b, "one");
	seal_now(b);
	stop(b);
	add_row(b, "two");
	start(b);
	assert_int_equal(last_seal(b, &s), 2);
}

/* What a break-in would do to the log, with hands on the database. */
static void test_broken(void **state)
{
	static const struct {
		const char *name;
		const char *sql;
		int head_only; /* the seals in the store were cut with it */
	} rows[] = {
		{ "tail cut", "DELETE FROM audit WHERE seq = 3", 0 },
		{ "tail cut with its seal", "DELETE FROM audit_seal WHERE seq > 2", 1 },
		{ "all gone", "DELETE FROM audit", 0 },
		{ "hash of the sealed row", "UPDATE audit SET hash = zeroblob(32) WHERE seq = 3",
			0 },
		{ "sealed row renumbered", "UPDATE audit SET seq = 9 WHERE seq = 3", 0 },
	};
	struct audit_seal s;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bench *b;
		const char *log;
		int64_t seals;

		if (i > 0) {
			teardown(state);
			setup(state);
		}
		b = *state;
		start(b);
		add_row(b, "one");
		add_row(b, "two");
		add_row(b, "three");
		seal_now(b);
		assert_int_equal(last_seal(b, &s), 3);
		run(b->eng.db, rows[i].sql);
		if (rows[i].head_only)
			run(b->eng.db, "DELETE FROM audit WHERE seq > 2");
		seals = number(b->eng.db, "SELECT count(*) FROM audit_seal");
		add_row(b, "after");
		add_row(b, "after");
		log = seal_and_listen(b);
		if (!strstr(log, "level=error prog=test event=audit.broken"))
			fail_msg("%s: %s", rows[i].name, log);
		stop(b);
		start(b);
		if (number(b->eng.db, "SELECT count(*) FROM audit_seal") != seals)
			fail_msg("%s: was sealed", rows[i].name);
	}
}

/* New rows that do not hang together are not sealed either. */
static void test_broken_between(void **state)
{
	static const char *const sql[] = {
		"UPDATE audit SET about = 'forged' WHERE seq = 3",
		"UPDATE audit SET seq = 7 WHERE seq = 4",
		"DELETE FROM audit WHERE seq = 3",
		"UPDATE audit SET kind = 2 WHERE seq = 4",
	};
	struct audit_seal s;

	for (size_t i = 0; i < COUNT(sql); i++) {
		struct bench *b;

		if (i > 0) {
			teardown(state);
			setup(state);
		}
		b = *state;
		start(b);
		add_row(b, "one");
		add_row(b, "two");
		seal_now(b);
		add_row(b, "three");
		add_row(b, "four");
		run(b->eng.db, sql[i]);
		seal_now(b);
		if (last_seal(b, &s) != 2)
			fail_msg("%s: was sealed", sql[i]);
	}
}

/* The head file was lost: the newest good seal in the store is taken, a forged one is not. */
static void test_no_head(void **state)
{
	struct bench *b = *state;
	struct audit_seal s;

	start(b);
	add_row(b, "one");
	add_row(b, "two");
	seal_now(b);
	stop(b);
	unlink(b->head);
	run(b->eng.db, "DELETE FROM audit WHERE seq = 2");
	start(b);
	add_row(b, "forged");
	seal_now(b);
	stop(b);
	assert_int_equal(number(b->eng.db, "SELECT count(*) FROM audit_seal"), 1);
	unlink(b->head);
	run(b->eng.db, "UPDATE audit_seal SET mac = zeroblob(32)");
	start(b);
	assert_int_equal(last_seal(b, &s), 2);
	assert_int_equal(keyring_signed(b->eng.keys, &s), 1);
}

static void test_head_refused(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{ "nonsense\n", "not a head file" },
		{ "0 00 00 aaaaaaaa 1\n", "not a head file" },
		{ "1 0000 0000 aaaaaaaa 1\n", "not a head file" },
	};
	struct bench *b = *state;
	char *forged, *mac;
	struct err e;

	for (size_t i = 0; i < COUNT(rows); i++) {
		write_head(b, rows[i].text);
		assert_null(sealer_new(&b->eng, &e));
		assert_int_equal(e.code, ERR_SETUP);
		assert_non_null(strstr(e.log, rows[i].why));
	}
	unlink(b->head);
	start(b);
	add_row(b, "one");
	seal_now(b);
	stop(b);
	forged = arena_strdup(&b->a, head_text(b));
	mac = forged + 2 + 64 + 1;
	mac[0] = mac[0] == '0' ? '1' : '0';
	write_head(b, forged);
	assert_null(sealer_new(&b->eng, &e));
	assert_non_null(strstr(e.log, "signature is wrong"));
	b->cf.head_file = "/nonexistent/dir/head";
	assert_null(sealer_new(&b->eng, &e));
	assert_int_equal(e.code, ERR_SETUP);
}

/* The store is locked when the seal is to be written: it is in the head file, and comes later. */
static void test_locked(void **state)
{
	struct bench *b = *state;
	struct db *rude = file_db(&b->place, 0);
	struct audit_seal s;
	struct err e;

	start(b);
	add_row(b, "one");
	assert_ok(db_begin(rude, DB_WRITE, &e));
	seal_now(b);
	assert_int_equal(strncmp(head_text(b), "1 ", 2), 0);
	assert_int_equal(last_seal(b, &s), 0);
	db_rollback(rude);
	seal_now(b);
	assert_int_equal(last_seal(b, &s), 1);
	db_close(rude);
}

/* Keys change: the next seal is signed with the new one, the old word still counts. */
static void test_rotation(void **state)
{
	struct bench *b = *state;
	struct audit_seal s;
	struct err e;

	start(b);
	add_row(b, "one");
	seal_now(b);
	assert_non_null(keyring_generate(b->eng.keys, &e));
	stop(b);
	start(b);
	add_row(b, "two");
	seal_now(b);
	assert_int_equal(last_seal(b, &s), 2);
	assert_string_equal(s.key_id, keyring_active(b->eng.keys)->id);
}

#define sealer_test(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		sealer_test(test_seals),
		sealer_test(test_together),
		sealer_test(test_long),
		sealer_test(test_again),
		sealer_test(test_broken),
		sealer_test(test_broken_between),
		sealer_test(test_no_head),
		sealer_test(test_head_refused),
		sealer_test(test_locked),
		sealer_test(test_rotation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
