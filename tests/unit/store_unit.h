/* What the tests of src/store share: databases, places for files, and a small world of rows. */
#ifndef LATCHKEY_STORE_UNIT_H
#define LATCHKEY_STORE_UNIT_H

#include "tests/unit/schema_unit.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "platform/arena.h"
#include "platform/clock.h"
#include "platform/seal.h"
#include "store/migrate.h"
#include "store/store.h"

enum { NOW = 1800000000, DAY = 86400, ARENA = 64 << 20 };

/* The call fails, and with this code. `e` must be in scope. */
#define assert_err(expected, call)                                                                 \
	do {                                                                                       \
		memset(&e, 0, sizeof(e));                                                          \
		assert_int_equal((call), -1);                                                      \
		if (e.code != (expected))                                                          \
			fail_msg("%s: code %d, not %d: %s", #call, (int)e.code, (int)(expected),   \
				e.log);                                                            \
	} while (0)

/* Text that would do harm if it ever became part of a statement, or of a pattern. */
static const char *const hostile_texts[] = {
	"'; DROP TABLE users; --",
	"\" OR 1=1 --",
	"$1",
	"$2, ?1, :x, @y",
	"100% _under_ !bang! \\back",
	"Robert'); DELETE FROM audit; --",
	"{id}{int}",
	"\xc3\x84\xc3\xb6\xc3\xbc \xe2\x80\xae \xf0\x9f\x97\x9d",
	"line\nbreak\ttab\r",
	" ",
	"NULL",
	"0",
};

static inline struct db *memory_db(int schema)
{
	struct db *db;
	struct err e;

	assert_ok(db_sqlite_open(":memory:", 0, &db, &e));
	if (schema > 0)
		assert_ok(migrate_run(db, schema, &e));
	return db;
}

static inline struct db *today_db(void)
{
	struct db *db = memory_db(0);

	schema_today(db);
	return db;
}

/* A directory of its own, and a path in it. */
struct place {
	char dir[64];
	char path[128];
};

static inline void place_make(struct place *p)
{
	snprintf(p->dir, sizeof(p->dir), "/tmp/latchkey-store-XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	snprintf(p->path, sizeof(p->path), "%s/latchkey.db", p->dir);
}

/* The directory holds files and links only. */
static inline void place_remove(struct place *p)
{
	struct dirent *entry;
	DIR *d = opendir(p->dir);
	char path[512];

	assert_non_null(d);
	while ((entry = readdir(d))) {
		snprintf(path, sizeof(path), "%s/%s", p->dir, entry->d_name);
		unlink(path);
	}
	closedir(d);
	assert_int_equal(rmdir(p->dir), 0);
}

static inline struct db *file_db(const struct place *p, int flags)
{
	struct db *db;
	struct err e;

	assert_ok(db_sqlite_open(p->path, flags, &db, &e));
	return db;
}

/* A statement whose success is not what is tested. */
static inline int64_t run(struct db *db, const char *sql)
{
	struct err e;
	int64_t n = 0;

	assert_ok(db_run(db, sql, DB_NONE, &n, &e));
	return n;
}

static inline int64_t number(struct db *db, const char *sql)
{
	struct err e;
	int64_t n = 0;

	assert_ok(db_number(db, sql, DB_NONE, &n, &e));
	return n;
}

/* For db_script_open. */
static inline void surprised(const char *what)
{
	fail_msg("%s", what);
}

static inline void fill(unsigned char hash[32], int with)
{
	memset(hash, with, 32);
}

/* Two accounts; Ada is admin of the first and member of the second. */
struct world {
	struct db *db;
	struct arena a;
	int64_t acme, other;
	int64_t ada;		     /* user */
	int64_t ada_acme, ada_other; /* members */
	int64_t bob_acme;	     /* member without a user */
};

static inline int64_t add_member(
	struct db *db, int64_t account, int64_t user, const char *email, enum role role)
{
	struct member m = { .account = account, .user = user, .email = email, .role = role };
	struct err e;
	int64_t id = 0;

	m.name = user ? "Ada Stone" : "";
	assert_ok(store_member_add(db, &m, "", "", &id, &e));
	return id;
}

static inline void world_fill(struct world *w)
{
	struct err e;

	arena_init(&w->a, ARENA);
	assert_ok(store_account_add(w->db, "Acme", &w->acme, &e));
	assert_ok(store_account_add(w->db, "Other", &w->other, &e));
	assert_ok(store_user_add(w->db, "ada@acme.test", "Ada Stone", "$argon$", &w->ada, &e));
	w->ada_acme = add_member(w->db, w->acme, w->ada, "ada@acme.test", ROLE_ADMIN);
	w->bob_acme = add_member(w->db, w->acme, 0, "bob@acme.test", ROLE_MEMBER);
	w->ada_other = add_member(w->db, w->other, w->ada, "ada@acme.test", ROLE_MEMBER);
}

/* cmocka's setup and teardown: the world in memory, and the clock stopped. */
static inline int world_setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	seal_init();
	clock_freeze(NOW);
	w->db = today_db();
	world_fill(w);
	*state = w;
	return 0;
}

static inline int world_teardown(void **state)
{
	struct world *w = *state;

	db_close(w->db);
	arena_done(&w->a);
	free(w);
	clock_freeze(0);
	return 0;
}

#define world_test(fn) cmocka_unit_test_setup_teardown(fn, world_setup, world_teardown)

#endif
