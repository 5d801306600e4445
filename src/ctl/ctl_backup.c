/* Ctl backup: copy the database while everything runs, and put a copy back.
 *
 * Rules: nothing is overwritten. A restored file is copied beside the database, opened with the
 * same distrust as any, proved whole, and only then put in its place by a rename; the old database
 * keeps all its files under another name. The keys are in neither.
 */
#include "ctl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "platform/bell.h"
#include "platform/str.h"
#include "store/migrate.h"

enum {
	BACKUP_MODE = 0600, /* it holds people's names and hashes of their passwords */
	COPY_STEP = 1 << 16,
	ASIDE_MAX = 100, /* old databases that may lie about */
	BELL_WAIT_MS = 1000
};

/* A database and what SQLite keeps beside it. */
static const char *const parts[] = { "", "-wal", "-shm" };
enum { PARTS = sizeof(parts) / sizeof(parts[0]) };

int ctl_backup_check(struct ctl *c, struct db *db, struct err *e)
{
	const char *fault, *line;

	if (db_whole(db, &c->arena, &fault, e) < 0)
		return -1;
	if (!fault)
		return 0;
	line = strrchr(fault, '\n'); /* what comes before names the database */
	return ctl_fail(e, ERR_DAMAGED, "It is damaged: %.120s", line ? line + 1 : fault);
}

/* Is the log of the open database whole? */
static int check_log(struct ctl *c, int64_t *rows, struct err *e)
{
	int64_t broken;
	const char *why;

	*rows = svc_audit_verify(&c->svc, &broken, &why, e);
	if (*rows < 0)
		return -1;
	if (!broken)
		return 0;
	return ctl_fail(e, ERR_DAMAGED, "Its audit log is broken at row %lld: %.120s",
		(long long)broken, why);
}

/* Backup */

/* The copy is opened and examined at once: a backup that nobody has looked into is a hope. */
int ctl_backup(struct ctl *c, struct err *e)
{
	const char *file = c->argv[0];
	struct db *copy;
	struct stat st;
	int rc;

	if (lstat(file, &st) == 0)
		return ctl_fail(e, ERR_CONFLICT,
			"%.120s is there already. A backup never overwrites: choose another name.",
			file);
	if (db_backup(c->db, file, e) < 0)
		return ctl_fail(e, e->code, "The backup cannot be written: %s", e->log);
	if (chmod(file, BACKUP_MODE) < 0)
		return ctl_fail(e, ERR_SETUP, "The mode of %.120s cannot be set: %s", file,
			strerror(errno));
	if (db_sqlite_open(file, 0, &copy, e) < 0)
		return -1;
	rc = ctl_backup_check(c, copy, e);
	db_close(copy);
	if (rc < 0 || ctl_audited(c, AUDIT_BACKUP, file, NULL, e) < 0 || stat(file, &st) < 0)
		return rc < 0 ? -1 : ctl_fail(e, ERR_SETUP, "%.120s is gone.", file);
	CTL_RECORD(c, { "file", C_TEXT(file) }, { "bytes", C_INT(st.st_size) },
		{ "schema", C_INT(migrate_newest()) });
	ctl_out_say(c, "The keys are not in it. Without a copy of %s its secrets cannot be opened.",
		*c->cf.key_command ? "what key_command prints" : c->cf.key_file);
	return 0;
}

/* Restore */

/* A program that has the old database open would go on with it, and its work would be lost. */
static int nobody_works(struct ctl *c, struct err *e)
{
	struct err ignored;
	struct ctl_answer answer;

	if (bell_ring(c->cf.doorbell, BELL_PING, 0, BELL_WAIT_MS, &ignored) == 0)
		return ctl_fail(e, ERR_CONFLICT,
			"The engine is running. Stop it first: systemctl stop latchkey-engine");
	if (ctl_probe_fastcgi(c, &answer, &ignored) == 0)
		return ctl_fail(e, ERR_CONFLICT,
			"The portal is running. Stop it first: systemctl stop latchkey-web");
	return 0;
}

/* Plain reading and writing: the two files may be on different file systems. */
static int copy_bytes(int from, int to)
{
	char part[COPY_STEP];
	ssize_t n;

	while ((n = read(from, part, sizeof(part))) > 0) {
		if (write(to, part, (size_t)n) != n)
			return -1;
	}
	return n < 0 || fsync(to) < 0 ? -1 : 0;
}

/* A plain copy of the file, for the eyes of root alone. */
static int copy_file(const char *file, const char *copy, struct err *e)
{
	int from = open(file, O_RDONLY | O_CLOEXEC), to = -1, rc;
	struct stat st;

	if (from >= 0 && fstat(from, &st) == 0 && S_ISREG(st.st_mode))
		to = open(copy, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, BACKUP_MODE);
	else if (from >= 0)
		errno = EINVAL;
	rc = from < 0 || to < 0 || copy_bytes(from, to) < 0 ? -1 : 0;
	if (rc < 0)
		rc = ctl_fail(e, errno == ENOSPC ? ERR_FULL : ERR_SETUP,
			"%.80s cannot be copied to %.80s: %s", file, copy, strerror(errno));
	if (from >= 0)
		close(from);
	if (to >= 0)
		close(to);
	return rc;
}

/* What a restore that was killed left behind, or this one's after a failure. */
static int remove_copy(struct ctl *c, const char *copy, struct err *e)
{
	const char *path;
	size_t i;

	for (i = 0; i < PARTS; i++) {
		path = arena_printf(&c->arena, "%s%s", copy, parts[i]);
		if (unlink(path) < 0 && errno != ENOENT)
			return ctl_fail(e, ERR_SETUP, "%.120s cannot be removed: %s", path,
				strerror(errno));
	}
	return 0;
}

/* Open the copy as the command's database and prove that it is one of ours, and whole. An older one
 * is brought to today's schema: only then can what must not come back be found in it. */
static int examine(struct ctl *c, const char *copy, int64_t *rows, int *schema, struct err *e)
{
	c->cf.database = copy;
	if (ctl_open(c, 0, 0, e) < 0 || ctl_backup_check(c, c->db, e) < 0)
		return -1;
	*schema = migrate_current(c->db, e);
	if (*schema < 0)
		return -1;
	if (*schema == 0)
		return ctl_fail(e, ERR_DAMAGED, "It is an empty database.");
	if (*schema < migrate_newest() && migrate_run(c->db, migrate_newest(), e) < 0)
		return -1;
	return migrate_check(c->db, e) < 0 ? -1 : check_log(c, rows, e);
}

/* The first free name "DATABASE.before-restore", "DATABASE.before-restore.2", ... */
static const char *aside_name(struct ctl *c, const char *database)
{
	const char *name = arena_printf(&c->arena, "%s.before-restore", database);
	const char *first = name;
	struct stat st;
	int i;

	for (i = 2; i < ASIDE_MAX && lstat(name, &st) == 0; i++)
		name = arena_printf(&c->arena, "%s.%d", first, i);
	return i < ASIDE_MAX ? name : NULL;
}

/* The database first: without it nothing starts, so that a crash between two renames cannot make
 * somebody go on with half of it. All are away before the new one comes, or its files would be
 * taken for that one's. */
static int put_aside(struct ctl *c, const char *database, const char *aside, struct err *e)
{
	const char *from, *to;
	size_t i;

	for (i = 0; i < PARTS; i++) {
		from = arena_printf(&c->arena, "%s%s", database, parts[i]);
		to = arena_printf(&c->arena, "%s%s", aside, parts[i]);
		if (rename(from, to) < 0 && errno != ENOENT)
			return ctl_fail(e, ERR_SETUP, "%.100s cannot be renamed: %s", from,
				strerror(errno));
	}
	return 0;
}

/* A rename is only safe once its directory is on disk. */
static int sync_directory(struct ctl *c, const char *path, struct err *e)
{
	const char *dir = arena_strndup(&c->arena, path, (size_t)(strrchr(path, '/') + 1 - path));
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = fd < 0 || fsync(fd) < 0 ? -1 : 0;

	if (rc < 0)
		rc = ctl_fail(e, ERR_SETUP, "%.100s: %s", dir, strerror(errno));
	if (fd >= 0)
		close(fd);
	return rc;
}

/* What must not come back with an old database: sessions that were ended since, and links that were
 * used or revoked since. */
static int forget_access(struct ctl *c, const char *file, struct err *e)
{
	int rc = 0;

	if (db_begin(c->db, DB_WRITE, e) < 0)
		return -1;
	if (store_session_sweep(c->db, INT64_MAX, INT64_MAX, e) < 0 ||
		store_invitation_sweep(c->db, INT64_MAX, e) < 0)
		rc = -1;
	if (rc == 0)
		rc = svc_audit(
			&c->svc, AUDIT_RESTORE, file, "All sessions and open links were ended.", e);
	return db_finish(c->db, rc, e);
}

/* Make the copy ready to be the database: 0, or -1 and it must not be used. */
static int ready(struct ctl *c, const char *copy, int64_t *rows, int *schema, struct err *e)
{
	if (examine(c, copy, rows, schema, e) < 0 || forget_access(c, c->argv[0], e) < 0)
		return -1;
	db_close(c->db);
	c->db = NULL;
	return ctl_place_own_database(c, e);
}

/* The engine's copy of the last seal belongs to the log that is gone: with it the engine would call
 * the restored one cut off. */
static int put_head_aside(struct ctl *c, struct err *e)
{
	const char *head = c->cf.head_file, *aside = aside_name(c, head);

	if (!aside || (rename(head, aside) < 0 && errno != ENOENT))
		return ctl_fail(
			e, ERR_SETUP, "%.120s cannot be renamed: %s", head, strerror(errno));
	return 0;
}

/* The new database is proved good by now. When it cannot take its place, the old one gets it back.
 */
static int put_in_place(
	struct ctl *c, const char *copy, const char *database, const char *aside, struct err *e)
{
	struct err ignored;

	if (put_aside(c, database, aside, e) < 0)
		return -1;
	if (rename(copy, database) < 0) {
		ctl_fail(e, ERR_SETUP, "%.100s cannot be renamed: %s", copy, strerror(errno));
		(void)put_aside(c, aside, database, &ignored);
		return -1;
	}
	return sync_directory(c, database, e) < 0 ? -1 : put_head_aside(c, e);
}

/* A backup has no write-ahead log beside it; with one, a copy of the file alone would be old or
 * torn. */
static int is_live(struct ctl *c, const char *file)
{
	struct stat st;

	return lstat(arena_printf(&c->arena, "%s-wal", file), &st) == 0;
}

int ctl_backup_restore(struct ctl *c, struct err *e)
{
	const char *file = c->argv[0], *database = c->cf.database;
	const char *copy = arena_printf(&c->arena, "%s.restoring", database);
	const char *aside = aside_name(c, database);
	int64_t rows = 0;
	int schema = 0, rc;

	if (!ctl_flag(c, "force") && nobody_works(c, e) < 0)
		return -1;
	if (!aside)
		return ctl_fail(e, ERR_CONFLICT,
			"There are too many files %.120s.before-restore*. Remove some.", database);
	if (is_live(c, file))
		return ctl_fail(e, ERR_CONFLICT,
			"%.80s is a database in use, not a backup. Make one with \"latchkey "
			"backup\".",
			file);
	if (remove_copy(c, copy, e) < 0 || copy_file(file, copy, e) < 0)
		return -1;
	rc = ready(c, copy, &rows, &schema, e);
	c->cf.database = database;
	if (rc < 0)
		ctl_fail(e, e->code, "The backup is not used and the database stays as it was. %s",
			e->log);
	else
		rc = put_in_place(c, copy, database, aside, e);
	if (rc < 0) {
		db_close(c->db);
		c->db = NULL;
		(void)remove_copy(c, copy, &(struct err){ 0 });
		return -1;
	}
	CTL_RECORD(c, { "database", C_TEXT(database) }, { "before", C_TEXT(aside) },
		{ "schema_before", C_INT(schema) }, { "schema", C_INT(migrate_newest()) },
		{ "audit_rows", C_INT(rows) });
	ctl_out_say(c,
		"Everybody has to sign in again. Start the engine and the portal, then run "
		"\"latchkey doctor\".");
	return 0;
}
