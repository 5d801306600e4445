/* A small world for the tests of service/: a database, settings, people, a clock that stands still.
 */
#ifndef LATCHKEY_SVC_UNIT_H
#define LATCHKEY_SVC_UNIT_H

#include "tests/unit/schema_unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "platform/clock.h"
#include "platform/password.h"
#include "platform/str.h"
#include "service/svc.h"

#define WORLD_NOW 1795000000
#define GOOD "four green kettles sing"
#define NEXT "seven brown ladders lean"

struct world {
	char dir[40]; /* of the lock file, the doorbell and a database that is a file */
	char path[60];
	char bell[60];
	struct db *db;
	struct arena a;
	struct config cf;
	struct svc s;
	int64_t account; /* with the admin avery@example.com */
	int64_t other;	 /* with the admin blake@example.org */
	struct member avery;
	struct member blake;
};

/* In each process that tries passwords. */
static inline void world_locks(const struct world *w)
{
	char path[60];
	struct err e;

	snprintf(path, sizeof(path), "%s/lock", w->dir);
	assert_ok(password_init(path, &e));
}

static inline void world_open(struct world *w, const char *path)
{
	struct err e;

	assert_ok(db_sqlite_open(path, DB_OPEN_CREATE, &w->db, &e));
	w->s.db = w->db;
}

/* Somebody who can sign in with the password GOOD. */
static inline struct member world_person(
	struct world *w, int64_t account, const char *email, enum role role)
{
	static char hash[PASSWORD_HASH];
	struct member m = { .account = account, .email = email, .name = email, .role = role };
	struct secret *good = secret_new(GOOD, strlen(GOOD));
	struct user u;
	struct err e;

	if (!hash[0])
		assert_ok(password_hash(good, hash, &e));
	secret_free(good);
	m.created = clock_now();
	assert_ok(store_member_add(w->db, &m, "", "", &m.id, &e));
	if (store_user_by_email(w->db, &w->a, email, &u, &e) == 1)
		m.user = u.id;
	else
		assert_ok(store_user_add(w->db, email, email, hash, &m.user, &e));
	assert_ok(store_member_join(w->db, &m, &e));
	return m;
}

/* From now on a member acts. */
static inline void world_as(struct world *w, const struct member *m)
{
	w->s.who = (struct actor){
		.kind = m->role == ROLE_ADMIN ? ACTOR_ADMIN : ACTOR_MEMBER,
		.account = m->account,
		.member = m->id,
		.user = m->user,
		.name = m->name,
		.address = "192.0.2.1",
		.request = "req000000001",
	};
}

static inline void world_as_ops(struct world *w, int64_t account)
{
	w->s.who = (struct actor){
		.kind = ACTOR_OPS, .account = account, .name = "root", .address = "", .request = ""
	};
}

/* Nobody yet, from a network address. */
static inline void world_as_nobody(struct world *w, const char *address)
{
	w->s.who = (struct actor){
		.kind = ACTOR_NOBODY, .name = "", .address = address, .request = "req000000002"
	};
}

static inline void world_fill(struct world *w)
{
	struct err e;

	schema_today(w->db);
	assert_ok(store_account_add(w->db, "Example Organisation", &w->account, &e));
	assert_ok(store_account_add(w->db, "Other Organisation", &w->other, &e));
	w->avery = world_person(w, w->account, "avery@example.com", ROLE_ADMIN);
	w->blake = world_person(w, w->other, "blake@example.org", ROLE_ADMIN);
	world_as(w, &w->avery);
}

static inline int world_setup(void **state, int in_file)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	seal_init();
	clock_freeze(WORLD_NOW);
	snprintf(w->dir, sizeof(w->dir), "/tmp/latchkey-svc-XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	snprintf(w->path, sizeof(w->path), "%s/db", w->dir);
	snprintf(w->bell, sizeof(w->bell), "%s/bell", w->dir);
	arena_init(&w->a, 64 << 20);
	w->cf = (struct config){
		.public_url = "https://calendar.example.com",
		.doorbell = w->bell,
		.session_idle = 28800,
		.session_absolute = 604800,
		.fresh = 300,
		.invite_days = 7,
		.reset_hours = 24,
	};
	w->s = (struct svc){ .a = &w->a, .cf = &w->cf };
	world_locks(w);
	world_open(w, in_file ? w->path : ":memory:");
	world_fill(w);
	*state = w;
	return 0;
}

static inline int setup_memory(void **state)
{
	return world_setup(state, 0);
}

static inline int setup_file(void **state)
{
	return world_setup(state, 1);
}

static inline int world_teardown(void **state)
{
	static const char *const files[] = { "lock", "bell", "db", "db-wal", "db-shm" };
	struct world *w = *state;
	char path[80];
	size_t i;

	db_close(w->db);
	arena_done(&w->a);
	for (i = 0; i < COUNT(files); i++) {
		snprintf(path, sizeof(path), "%s/%s", w->dir, files[i]);
		unlink(path);
	}
	assert_int_equal(rmdir(w->dir), 0);
	clock_freeze(0);
	free(w);
	return 0;
}

static inline void world_free_secret(void *p)
{
	secret_free(p);
}

/* A secret that lives as long as the world. */
static inline const struct secret *pw(struct world *w, const char *text)
{
	struct secret *s = secret_new(text, strlen(text));

	arena_defer(&w->a, world_free_secret, s);
	return s;
}

/* The newest rows of an account's log; *n is how many, at most 100. */
static inline struct audit *world_log(struct world *w, int64_t account, int *n)
{
	struct audit_filter f = { .account = account, .kind = -1, .limit = 100 };
	struct audit *list;
	struct err e;

	assert_ok(*n = store_audit_list(w->db, &w->a, &f, &list, &e));
	return list;
}

/* How many rows with this action an account's log has. */
static inline int rows_of(struct world *w, int64_t account, enum audit_action action)
{
	int i, n, found = 0;
	struct audit *list = world_log(w, account, &n);

	for (i = 0; i < n; i++)
		found += strcmp(list[i].action, svc_audit_info(action)->name) == 0;
	return found;
}

/* The newest row of an account's log. */
static inline struct audit last_row(struct world *w, int64_t account)
{
	int n;
	struct audit *list = world_log(w, account, &n);

	assert_true(n > 0);
	return list[0];
}

static inline int64_t world_number(struct world *w, const char *sql)
{
	struct err e;
	int64_t n;

	assert_ok(db_number(w->db, sql, DB_NONE, &n, &e));
	return n;
}

static inline void world_run(struct world *w, const char *sql)
{
	struct err e;

	assert_ok(db_run(w->db, sql, DB_NONE, NULL, &e));
}

/* The log is whole; returns how many rows it has. */
static inline int64_t assert_whole(struct world *w)
{
	const char *why;
	int64_t broken, n;
	struct err e;

	assert_ok(n = svc_audit_verify(&w->s, &broken, &why, &e));
	assert_int_equal(broken, 0);
	assert_null(why);
	return n;
}

/* The call fails with this code, and with words for the person. `e` must be in scope. */
#define assert_fails(call, why)                                                                    \
	do {                                                                                       \
		e = (struct err){ 0 };                                                             \
		assert_int_equal((call), -1);                                                      \
		if (e.code != (why))                                                               \
			fail_msg("%s: %s (%s)", #call, err_info(e.code)->name, e.log);             \
		assert_true(e.say[0]);                                                             \
	} while (0)

#endif
