/* Trouble for the tests of service/: two at the same moment, slow hashing, a failing database. */
#ifndef LATCHKEY_SVC_FAULT_H
#define LATCHKEY_SVC_FAULT_H

#include "tests/unit/svc_unit.h"

#include <fcntl.h>
#include <sys/wait.h>
#include "store/db_script.h"

/* Two processes do the same thing at the same moment, each with a connection of its own; returns
 * the sum of what they exit with. */
static inline int race(struct world *w, int (*fn)(struct world *w, int which))
{
	int go[2], i, status, sum = 0;
	pid_t child[2];
	char byte;

	db_close(w->db);
	w->db = NULL;
	assert_int_equal(pipe(go), 0);
	for (i = 0; i < 2; i++) {
		child[i] = fork();
		assert_true(child[i] >= 0);
		if (child[i] == 0) {
			close(go[1]);
			world_open(w, w->path);
			world_locks(w);
			if (read(go[0], &byte, 1) != 0)
				_exit(99);
			_exit(fn(w, i));
		}
	}
	close(go[0]);
	close(go[1]);
	for (i = 0; i < 2; i++) {
		assert_int_equal(waitpid(child[i], &status, 0), child[i]);
		assert_true(WIFEXITED(status));
		sum += WEXITSTATUS(status);
	}
	world_open(w, w->path);
	return sum;
}

/* Hashing is slow; nobody may have to wait for it. While all slots for hashing are taken, a child
 * runs fn, and others can still write; then fn gets a slot and must return 0. */
static inline void assert_hashes_unlocked(struct world *w, int (*fn)(struct world *w, int which))
{
	struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char path[60];
	int status, fd;
	pid_t child;
	struct err e;
	struct db *db;

	db_close(w->db);
	w->db = NULL;
	snprintf(path, sizeof(path), "%s/lock", w->dir);
	fd = open(path, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_OFD_SETLK, &all), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		close(fd);
		world_open(w, w->path);
		world_locks(w);
		_exit(fn(w, 0));
	}
	usleep(300000);
	assert_int_equal(waitpid(child, &status, WNOHANG), 0);
	assert_ok(db_sqlite_open(w->path, DB_OPEN_HASTY, &db, &e));
	assert_ok(db_begin(db, DB_WRITE, &e));
	db_rollback(db);
	db_close(db);
	close(fd);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	world_open(w, w->path);
}

/* All that service/ writes, as text; but for the counters of tries. */
static inline const char *world_dump(struct world *w)
{
	static const char *const parts[] = {
		"SELECT group_concat(id||name||session_idle||' '||session_absolute) FROM account",
		"SELECT group_concat(id||email||name||coalesce(pwhash, '')) FROM users",
		"SELECT group_concat(id||' '||coalesce(user_id, 0)||email||role||signed_in) FROM "
		"member",
		"SELECT group_concat(id||hex(hash)||coalesce(account_id, 0)||fresh) FROM session",
		"SELECT group_concat(id||hex(hash)||expires||' '||used) FROM invitation",
		"SELECT group_concat(seq||hex(hash)) FROM audit",
		"SELECT group_concat(id||kind||params||state||cancel) FROM job",
		"SELECT group_concat(id||name||host||mailbox||method||rev||' '||paused_at) FROM "
		"connection",
		"SELECT group_concat(id||purpose||version||coalesce(hex(sealed), '')) FROM "
		"credential",
		"SELECT group_concat(id||kind||state||coalesce(hex(sealed), '')) FROM mail",
		"SELECT group_concat(account_id||level||outside||rev) FROM boundary",
		"SELECT group_concat(id||nonce||used||error||coalesce(hex(sealed), '')) FROM ask",
		"SELECT group_concat(id||kind||email||mail_id||' '||ended||' '||opened||' "
		"'||ran_at) "
		"FROM share",
	};
	const char *all = "", *text;
	struct db_rows r;
	struct err e;
	size_t i;

	for (i = 0; i < COUNT(parts); i++) {
		assert_int_equal(db_first(w->db, parts[i], DB_NONE, &r, &e), 1);
		text = db_text(&r, 0, &w->a);
		db_end(&r);
		all = arena_printf(&w->a, "%s\n%s", all, text ? text : "");
	}
	return all;
}

/* Something that changes the database: what must be there before, and the call. */
struct change {
	const char *name;
	void (*prepare)(struct world *w);
	int (*call)(struct world *w, struct err *e);
};

/* Let every single call of the database fail in turn: the change then fails with that error and
 * leaves nothing behind; when none fails, it succeeds and the log is whole. */
static inline void assert_change(const struct change *c)
{
	struct db_script_watch watch;
	const char *before;
	struct world *w;
	struct db *over;
	void *state;
	struct err e;
	int at = 0, rc;

	world_setup(&state, 0);
	w = state;
	if (c->prepare)
		c->prepare(w);
	before = world_dump(w);
	do {
		watch = (struct db_script_watch){ .fail_at = ++at, .code = ERR_FULL };
		over = db_script_over(w->db, &watch);
		w->s.db = over;
		e = (struct err){ 0 };
		rc = c->call(w, &e);
		w->s.db = w->db;
		db_close(over);
		if (watch.open || watch.begun)
			fail_msg("%s: call %d leaves something open", c->name, at);
		if (watch.calls < at)
			break;
		if (rc >= 0 || e.code != ERR_FULL)
			fail_msg("%s: call %d fails unseen: %d %s", c->name, at, rc, e.log);
		if (strcmp(world_dump(w), before) != 0)
			fail_msg("%s: call %d leaves something behind", c->name, at);
	} while (at < 1000);
	if (rc < 0)
		fail_msg("%s: %s", c->name, e.log);
	assert_true(at > 4);
	assert_string_not_equal(world_dump(w), before);
	assert_whole(w);
	world_teardown(&state);
}

static inline void assert_all_or_nothing(const struct change *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_change(&list[i]);
}

#endif
