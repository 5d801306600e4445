/* Ctl keys: the sealing keys: list, rotate, drop.
 *
 * Rules: a rotation is a row of steps, each of which can be seen to be done: the private file has
 * the key, the engine works with it, the public file has it, no secret is sealed with another. So a
 * rotation that was interrupted anywhere is continued by the same command, and no second key is
 * made. A key is destroyed only when nothing needs it. No private key is ever printed.
 */
#include "ctl.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>
#include "engine/keyring.h"
#include "platform/bell.h"
#include "platform/clock.h"
#include "platform/str.h"
#include "store/store_mail.h"

enum {
	BELL_WAIT_MS = 3000,
	LEARN_MS = 20000, /* until the engine's pulse shows the new key */
	POLL_MS = 250,
	RESEAL_SECONDS = 3600 /* then the job goes on without being watched */
};

#define RESEAL_KIND "reseal" /* in the job table */

struct keyring *ctl_keys_load(struct ctl *c, struct err *e)
{
	struct keyfile from = { .file = c->cf.key_file, .command = c->cf.key_command };

	if (ctl_place_user(c->cf.engine_user, &from.owner) < 0) {
		ctl_fail(e, ERR_SETUP, "There is no user %s.", c->cf.engine_user);
		return NULL;
	}
	if (from.owner == (uid_t)-1)
		from.owner = geteuid();
	return keyring_load(&from, e);
}

int ctl_keys_write(struct ctl *c, const struct keyring *k, const char *path, struct err *e)
{
	uid_t owner;

	if (ctl_place_user(c->cf.engine_user, &owner) < 0)
		return ctl_fail(e, ERR_SETUP, "There is no user %s.", c->cf.engine_user);
	return keyring_write(k, path, owner == (uid_t)-1 ? geteuid() : owner, e);
}

/* List */

/* How many secrets a key seals: those of connections, and the tokens of mails. */
static int sealed_with(struct ctl *c, const char *id, int64_t *n, struct err *e)
{
	int64_t mails;

	if (store_credential_count(c->db, id, n, e) < 0 ||
		store_mail_sealed(c->db, id, &mails, e) < 0)
		return -1;
	*n += mails;
	return 0;
}

/* A key and how many secrets need it, which decides whether it can be dropped. */
static int list_row(struct ctl *c, struct ctl_table *t, const struct seal_public *p, struct err *e)
{
	int64_t n;

	if (sealed_with(c, p->id, &n, e) < 0)
		return -1;
	/* The ring's memory is gone when the table is printed. */
	CTL_ROW(c, t, C_TEXT(arena_strdup(&c->arena, p->id)), C_TEXT(p->active ? "active" : "old"),
		C_INT(n), C_TIME(p->created));
	return 0;
}

/* In the order of the file: oldest first. */
static int list_ring(struct ctl *c, struct ctl_table *t, const struct keyring *k, struct err *e)
{
	size_t i;

	for (i = 0; i < keyring_count(k); i++) {
		if (list_row(c, t, keyring_at(k, i), e) < 0)
			return -1;
	}
	return 0;
}

/* Whoever may not read the private keys sees the one that is published. */
int ctl_keys_list(struct ctl *c, struct err *e)
{
	static const char *const columns[] = { "id", "state", "secrets", "created", NULL };
	struct ctl_table *t = ctl_out_new(c, columns);
	struct keyring *k = ctl_keys_load(c, e);
	struct seal_public p;
	int rc;

	if (k) {
		rc = list_ring(c, t, k, e);
		keyring_free(k);
	} else {
		rc = seal_public_load(c->cf.public_keys, &p, e);
		if (rc == 0)
			rc = list_row(c, t, &p, e);
		ctl_out_say(c, "Only root sees the old keys, too.");
	}
	if (rc < 0)
		return -1;
	ctl_out_table(c, t, "There is no key. Make one with \"latchkey init\".");
	return 0;
}

/* Rotate */

/* With key_command the keys live elsewhere: what has to be put there is written to a file. 1
 * written and ops must go on, 0 nothing to do by hand, -1. */
static int store_private(struct ctl *c, const struct keyring *k, struct err *e)
{
	const char *out = ctl_flag(c, "out");

	if (str_empty(c->cf.key_command))
		return ctl_keys_write(c, k, c->cf.key_file, e);
	if (!out)
		return ctl_fail(e, ERR_INPUT,
			"The keys come from key_command, so the new list must be stored by you. "
			"Give --out FILE: it is written there.");
	if (ctl_keys_write(c, k, out, e) < 0)
		return -1;
	ctl_out_say(c,
		"Store it where key_command reads it, destroy that file, and run this "
		"command again.");
	return 1;
}

/* The audit row comes after the file: a row about a key that is not there would be the worse lie.
 */
static const struct seal_public *add_key(
	struct ctl *c, struct keyring *k, int *by_hand, struct err *e)
{
	const struct seal_public *key = keyring_generate(k, e);

	if (!key)
		return NULL;
	*by_hand = store_private(c, k, e);
	if (*by_hand < 0 || ctl_audited(c, AUDIT_KEY_ADDED, key->id, NULL, e) < 0)
		return NULL;
	ctl_out_say(c, "Key %s is made.", key->id);
	return key;
}

/* Have the engine read its keys again, and see that it works with this one: 1, 0 it is not running,
 * -1. */
static int teach_engine(struct ctl *c, const char *id, struct err *e)
{
	const struct timespec nap = { .tv_nsec = POLL_MS * 1000000L };
	int64_t until = clock_mono_ms() + LEARN_MS;
	struct engine_pulse p = { 0 };

	/* Whoever does not run now reads the keys when it starts. */
	if (bell_ring(c->cf.doorbell, BELL_KEYS, 0, BELL_WAIT_MS, e) < 0)
		return 0;
	while (clock_mono_ms() < until) {
		if (store_engine_get(c->db, &c->arena, &p, e) < 0)
			return -1;
		if (p.key_id && strcmp(p.key_id, id) == 0)
			return 1;
		nanosleep(&nap, NULL);
	}
	return ctl_fail(e, ERR_ENGINE,
		"The engine still works with key %s. Have it read the keys at a new start, with "
		"\"systemctl restart latchkey-engine\"; then run this command again.",
		p.key_id ? p.key_id : "-");
}

/* The open job that seals again, or a new one. */
static int reseal_job(struct ctl *c, int64_t *id, struct err *e)
{
	struct page_of page = { 0, 1 };
	struct job *open, j = { .kind = RESEAL_KIND, .params = "", .by_name = c->svc.who.name };
	struct err lost;
	int n = store_job_list(c->db, &c->arena, 0, RESEAL_KIND, page, &open, e);

	if (n < 0)
		return -1;
	if (n > 0 && open->state < JOB_DONE)
		*id = open->id;
	else if (store_job_add(c->db, &j, id, e) < 0)
		return -1;
	if (bell_ring(c->cf.doorbell, BELL_JOB, *id, 0, &lost) < 0)
		return 0; /* the engine finds it at its next poll */
	return 0;
}

/* Without an engine the job waits in the queue, and the rotation counts as begun. */
static int reseal(struct ctl *c, const char *id, int engine, struct err *e)
{
	enum job_state state = JOB_QUEUED;
	int64_t job, sealed;

	if (reseal_job(c, &job, e) < 0)
		return -1;
	if (engine && ctl_jobs_watch(c, job, RESEAL_SECONDS, &state, e) < 0)
		return -1;
	if (!engine)
		ctl_out_say(c,
			"The engine is not running; it seals every secret again when it "
			"starts. Watch it with \"latchkey jobs wait %lld\".",
			(long long)job);
	if (sealed_with(c, id, &sealed, e) < 0)
		return -1;
	if (state == JOB_DONE && ctl_audited(c, AUDIT_RESEALED, id, NULL, e) < 0)
		return -1;
	CTL_RECORD(c, { "key", C_TEXT(id) }, { "secrets", C_INT(sealed) }, { "job", C_INT(job) },
		{ "done", C_BOOL(state == JOB_DONE) });
	return state == JOB_DONE ? 0 : CTL_FAILED;
}

/* Is the rotation to this key still under way? 1, 0, -1. */
static int unfinished(struct ctl *c, const struct seal_public *key, struct err *e)
{
	struct credential *others;
	struct mail *mails;
	struct seal_public known;
	struct err ignored;
	int64_t open;
	int n;

	if (seal_public_load(c->cf.public_keys, &known, &ignored) < 0 ||
		strcmp(known.id, key->id) != 0)
		return 1;
	/* A job still in the queue, or one that could not open every secret. */
	open = store_job_open(c->db, 0, RESEAL_KIND, e);
	if (open != 0)
		return open < 0 ? -1 : 1;
	n = store_credential_foreign(c->db, &c->arena, key->id, 0, 1, &others, e);
	return n != 0 ? n
		      : store_mail_foreign(
				c->db, &c->arena, key->id, (struct page_of){ 0, 1 }, &mails, e);
}

/* The key to rotate to: the one that was begun with, or a new one. */
static const struct seal_public *choose_key(
	struct ctl *c, struct keyring *k, int *by_hand, struct err *e)
{
	const struct seal_public *key = keyring_active(k);
	int begun = ctl_flag(c, "new") ? 0 : unfinished(c, key, e);

	if (begun < 0)
		return NULL;
	if (!begun)
		return add_key(c, k, by_hand, e);
	ctl_out_say(c, "The rotation to key %s has begun before; it is continued.", key->id);
	return key;
}

/* The order is what makes it safe: the engine has the key before the portal seals with it. */
static int rotate(struct ctl *c, struct keyring *k, struct err *e)
{
	int engine, by_hand = 0;
	const struct seal_public *key = choose_key(c, k, &by_hand, e);

	if (!key)
		return -1;
	if (by_hand > 0) {
		CTL_RECORD(c, { "key", C_TEXT(key->id) }, { "written", C_TEXT(ctl_flag(c, "out")) },
			{ "done", C_BOOL(0) });
		return 0;
	}
	engine = teach_engine(c, key->id, e);
	if (engine < 0 || keyring_write_public(k, c->cf.public_keys, e) < 0)
		return -1;
	return reseal(c, key->id, engine, e);
}

/* Change the keys, one command at a time: of two that read the same list, the one that wrote last
 * would destroy the other's key. The lock is on the directory, because the files are replaced; it
 * ends with the descriptor. */
static int change(
	struct ctl *c, int (*how)(struct ctl *c, struct keyring *k, struct err *e), struct err *e)
{
	const char *path = c->cf.public_keys;
	const char *dir = arena_strndup(&c->arena, path, (size_t)(strrchr(path, '/') + 1 - path));
	int rc = -1, lock = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct keyring *k = NULL;

	if (lock < 0 || flock(lock, LOCK_EX | LOCK_NB) < 0)
		ctl_fail(e, ERR_CONFLICT, "The keys in %.100s cannot be changed now: %s", dir,
			errno == EWOULDBLOCK ? "another command changes them" : strerror(errno));
	else
		k = ctl_keys_load(c, e);
	if (k)
		rc = how(c, k, e);
	keyring_free(k);
	if (lock >= 0)
		close(lock);
	return rc;
}

int ctl_keys_rotate(struct ctl *c, struct err *e)
{
	return change(c, rotate, e);
}

/* Drop */

/* What would be lost with a key: secrets it seals, and the proof of the log's newest seal. */
static int needed(struct ctl *c, const char *id, struct err *e)
{
	struct audit_seal last;
	int64_t n;
	int rc;

	if (sealed_with(c, id, &n, e) < 0)
		return -1;
	if (n > 0)
		return ctl_fail(e, ERR_CONFLICT,
			"Key %s still seals %lld secrets, which would be lost. Run \"latchkey keys "
			"rotate\" first.",
			id, (long long)n);
	rc = store_audit_seal_last(c->db, &c->arena, &last, e);
	if (rc > 0 && strcmp(last.key_id, id) == 0)
		return ctl_fail(e, ERR_CONFLICT,
			"The newest seal of the audit log was made with key %s. The engine makes "
			"another within a minute after a change; try again then.",
			id);
	return rc < 0 ? -1 : 0;
}

/* Nobody seals with an old key, so here the order of the files does not matter. */
static int drop(struct ctl *c, struct keyring *k, struct err *e)
{
	const char *id = c->argv[0];
	struct err lost;
	int by_hand;

	if (needed(c, id, e) < 0 || keyring_drop(k, id, e) < 0)
		return -1;
	by_hand = store_private(c, k, e);
	if (by_hand < 0 || keyring_write_public(k, c->cf.public_keys, e) < 0 ||
		ctl_audited(c, AUDIT_KEY_DROPPED, id, NULL, e) < 0)
		return -1;
	if (!by_hand && bell_ring(c->cf.doorbell, BELL_KEYS, 0, BELL_WAIT_MS, &lost) < 0)
		ctl_out_say(c, "The engine is not running; it forgets the key when it starts.");
	CTL_RECORD(c, { "dropped", C_TEXT(id) }, { "keys", C_INT(keyring_count(k)) });
	return 0;
}

int ctl_keys_drop(struct ctl *c, struct err *e)
{
	return change(c, drop, e);
}
