/* The audit log: words, rows, the ring, and finding what was changed in it. */
#include "tests/unit/svc_fault.h"

#include <sys/socket.h>
#include "platform/bell.h"
#include "platform/sock.h"

static const char *icons(struct world *w)
{
	const char *src = getenv("srcdir");
	FILE *f = fopen(arena_printf(&w->a, "%s/static/icons.svg", src ? src : "."), "rb");
	char *text = arena_alloc(&w->a, 64 << 10);

	assert_non_null(f);
	assert_true(fread(text, 1, (64 << 10) - 1, f) > 0);
	fclose(f);
	return text;
}

static void test_table(void **state)
{
	struct world *w = *state;
	const char *sprite = icons(w);
	const struct audit_info *info;
	int a;

	for (a = 0; a < AUDIT__MAX; a++) {
		info = svc_audit_info((enum audit_action)a);
		assert_non_null(info->name);
		assert_non_null(info->say);
		/* Finding itself by its name: so no name is there twice. */
		assert_ptr_equal(svc_audit_named(info->name), info);
		assert_non_null(
			strstr(sprite, arena_printf(&w->a, "<symbol id=\"%s\"", info->icon)));
	}
	assert_null(svc_audit_named("no.such.action"));
	assert_null(svc_audit_named(""));
}

static void test_clean(void **state)
{
	static const struct {
		const char *text;
		size_t max;
		const char *clean;
	} cases[] = {
		{ NULL, 10, "" },
		{ "", 10, "" },
		{ "Zo\xc3\xab", 10, "Zo\xc3\xab" },
		{ "Zo\xc3\xab", 3, "Zo" }, /* not half a character */
		{ "Zo\xc3\xab", 4, "Zo\xc3\xab" },
		{ "\xe2\x82\xac", 2, "" },
		{ "abcdef", 3, "abc" },
		{ "a\nb\tc\x7f", 10, "a?b?c?" },
		{ "a\xc2\x9b"
		  "b",
			10, "a??b" }, /* a C1 control */
		{ "a\xff\xc3\xab", 10, "a???" },
		{ "\x80\x80\x80", 2, "" },
	};
	struct world *w = *state;
	size_t i;

	for (i = 0; i < COUNT(cases); i++)
		assert_string_equal(
			svc_audit_clean(&w->a, cases[i].text, cases[i].max), cases[i].clean);
}

static void test_row(void **state)
{
	struct world *w = *state;
	char text[2000];
	struct audit row;
	struct err e;

	assert_ok(svc_audit(&w->s, AUDIT_EXPORTED, "audit log", NULL, &e));
	row = last_row(w, w->account);
	assert_int_equal(row.seq, 1);
	assert_int_equal(row.at, WORLD_NOW);
	assert_int_equal(row.kind, ACTOR_ADMIN);
	assert_string_equal(row.actor, "avery@example.com");
	assert_string_equal(row.action, "audit.exported");
	assert_string_equal(row.about, "audit log");
	assert_string_equal(row.detail, "");
	assert_string_equal(row.address, "192.0.2.1");
	assert_string_equal(row.request, "req000000001");
	/* Too long or with control characters: the row is written all the same. */
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	text[7] = '\n';
	w->s.who = (struct actor){ .kind = ACTOR_OPS,
		.account = w->account,
		.name = text,
		.address = text,
		.request = text };
	assert_ok(svc_audit(&w->s, AUDIT_BACKUP, text, text, &e));
	row = last_row(w, w->account);
	assert_true(strlen(row.about) < 400);
	assert_memory_equal(row.actor, "xxxxxxx?xx", 10);
	w->s.who = (struct actor){ .kind = ACTOR_ENGINE };
	assert_ok(svc_audit(&w->s, AUDIT_MIGRATED, NULL, NULL, &e));
	assert_string_equal(last_row(w, 0).actor, "");
	assert_int_equal(assert_whole(w), 3);
}

static void test_commit(void **state)
{
	struct world *w = *state;
	struct err e;

	assert_ok(db_begin(w->db, DB_WRITE, &e));
	assert_ok(svc_audit(&w->s, AUDIT_ROLE, "x", NULL, &e));
	assert_int_equal(svc_audit_commit(&w->s, -1, AUDIT_ROLE, &e), -1);
	assert_int_equal(assert_whole(w), 0);
	assert_ok(db_begin(w->db, DB_WRITE, &e));
	assert_ok(svc_audit(&w->s, AUDIT_ROLE, "x", NULL, &e));
	assert_ok(svc_audit_commit(&w->s, 0, AUDIT_ROLE, &e));
	assert_int_equal(assert_whole(w), 1);
	assert_fails(svc_audit_commit(&w->s, 0, AUDIT_ROLE, &e), ERR_INTERNAL);
}

/* How often the bell rang. */
static int rings(int fd)
{
	struct bell b;
	struct err e;
	int peer, n = 0;

	while ((peer = accept(fd, NULL, NULL)) >= 0) {
		assert_int_equal(bell_read(peer, &b, &e), 1);
		assert_int_equal(b.verb, BELL_AUDIT);
		close(peer);
		n++;
	}
	return n;
}

static void test_ring(void **state)
{
	struct world *w = *state;
	struct err e;
	int fd;

	svc_audit_ring(&w->s, AUDIT_ROLE); /* nobody is there: nothing happens */
	fd = sock_listen(w->bell, SOCK_SEQPACKET, 0600, NULL, &e);
	assert_true(fd >= 0);
	assert_ok(sock_nonblock(fd, &e));
	svc_audit_ring(&w->s, AUDIT_SIGNIN);
	assert_int_equal(rings(fd), 0);
	svc_audit_ring(&w->s, AUDIT_ROLE);
	assert_int_equal(rings(fd), 1);
	/* Only after the commit, and not without one. */
	assert_ok(db_begin(w->db, DB_WRITE, &e));
	assert_ok(svc_audit(&w->s, AUDIT_ROLE, "x", NULL, &e));
	assert_int_equal(rings(fd), 0);
	assert_ok(svc_audit_commit(&w->s, 0, AUDIT_ROLE, &e));
	assert_int_equal(rings(fd), 1);
	assert_ok(db_begin(w->db, DB_WRITE, &e));
	assert_int_equal(svc_audit_commit(&w->s, -1, AUDIT_ROLE, &e), -1);
	assert_int_equal(rings(fd), 0);
	close(fd);
}

/* So many rows, and the engine's seal on every 100th and on the last. */
static void write_log(struct world *w, int rows)
{
	struct audit_seal seal = { .key_id = "0123abcd" };
	struct err e;
	int i;

	assert_ok(db_begin(w->db, DB_WRITE, &e));
	for (i = 1; i <= rows; i++) {
		assert_ok(svc_audit(&w->s, AUDIT_EXPORTED, "audit log", "A line.", &e));
		if (i % 100 && i < rows)
			continue;
		assert_ok(store_audit_head(w->db, &seal.seq, seal.hash, &e));
		assert_ok(store_audit_seal_add(w->db, &seal, &e));
	}
	assert_ok(db_commit(w->db, &e));
}

static void test_whole(void **state)
{
	struct world *w = *state;
	const char *why = "";
	int64_t broken = 1;
	size_t used;
	struct err e;

	assert_int_equal(svc_audit_verify(&w->s, &broken, &why, &e), 0);
	assert_int_equal(broken, 0);
	write_log(w, 1700);
	used = w->a.used;
	assert_int_equal(assert_whole(w), 1700);
	assert_int_equal(w->a.used, used); /* it walks in memory of its own */
	write_log(w, 1);
	assert_int_equal(assert_whole(w), 1701);
}

static void test_broken(void **state)
{
	static const struct {
		const char *sql;
		int64_t broken;
		const char *why; /* part of it */
	} cases[] = {
		{ "UPDATE audit SET detail = 'A lie.' WHERE seq = 612", 612, "changed" },
		{ "UPDATE audit SET account_id = 99 WHERE seq = 1", 1, "changed" },
		{ "UPDATE audit SET at = at + 1 WHERE seq = 1200", 1200, "changed" },
		{ "UPDATE audit SET hash = zeroblob(32) WHERE seq = 7", 7, "changed" },
		{ "DELETE FROM audit WHERE seq = 1", 1, "missing" },
		{ "DELETE FROM audit WHERE seq = 500", 500, "missing" },
		{ "DELETE FROM audit WHERE seq = 501", 501, "missing" },
		{ "DELETE FROM audit WHERE seq BETWEEN 400 AND 1100", 400, "missing" },
		{ "DELETE FROM audit WHERE seq > 1199", 1200, "ends" },
		{ "DELETE FROM audit WHERE seq = 1200", 1200, "ends" },
		{ "DELETE FROM audit", 1, "ends" },
		{ "UPDATE audit_seal SET hash = zeroblob(32) WHERE seq = 300", 300, "sealed" },
		{ "UPDATE audit_seal SET hash = zeroblob(32) WHERE seq = 1200", 1200, "sealed" },
		{ "UPDATE audit_seal SET seq = 301 WHERE seq = 300", 301, "sealed" },
	};
	struct world *w = *state;
	const char *why;
	int64_t broken;
	struct err e;
	size_t i;

	write_log(w, 1200);
	for (i = 0; i < COUNT(cases); i++) {
		assert_ok(db_begin(w->db, DB_WRITE, &e));
		world_run(w, cases[i].sql);
		assert_int_equal(svc_audit_verify(&w->s, &broken, &why, &e), cases[i].broken - 1);
		assert_int_equal(broken, cases[i].broken);
		assert_non_null(strstr(why, cases[i].why));
		db_rollback(w->db);
		assert_int_equal(assert_whole(w), 1200);
	}
}

/* Somebody rewrites the log from a row on, with good hashes: only the seals tell. */
static void test_rewritten(void **state)
{
	struct world *w = *state;
	const char *why;
	int64_t broken;
	struct err e;
	int i;

	write_log(w, 250);
	world_run(w, "DELETE FROM audit WHERE seq >= 150");
	for (i = 150; i <= 250; i++)
		assert_ok(svc_audit(&w->s, AUDIT_EXPORTED, "audit log", "A lie.", &e));
	assert_int_equal(svc_audit_verify(&w->s, &broken, &why, &e), 199);
	assert_int_equal(broken, 200);
}

static void test_verify_failing(void **state)
{
	struct db_script_watch watch;
	struct world *w = *state;
	const char *why;
	int64_t broken, rc;
	struct db *over;
	struct err e;
	int at = 0;

	write_log(w, 3);
	do {
		watch = (struct db_script_watch){ .fail_at = ++at, .code = ERR_BUSY };
		over = db_script_over(w->db, &watch);
		w->s.db = over;
		rc = svc_audit_verify(&w->s, &broken, &why, &e);
		w->s.db = w->db;
		db_close(over);
		assert_int_equal(watch.open + watch.begun, 0);
		assert_int_equal(rc, watch.calls < at ? 3 : -1);
		if (rc < 0)
			assert_int_equal(e.code, ERR_BUSY);
	} while (rc < 0);
	assert_true(at > 5);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup_memory, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_table),
		TEST(test_clean),
		TEST(test_row),
		TEST(test_commit),
		TEST(test_ring),
		TEST(test_whole),
		TEST(test_broken),
		TEST(test_rewritten),
		TEST(test_verify_failing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
