/* Ctl place: the one table of directories and files, which init makes and doctor examines.
 *
 * Rules: what a place must be like follows from the settings alone. An owner that is "" in the
 * settings (a test, a demo) means whoever runs the programs, and is neither set nor compared. Owner
 * and mode are set through a descriptor that follows no link.
 */
#include "ctl.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "platform/str.h"

/* The directory of a path; settings hold no relative paths. */
static const char *parent(struct ctl *c, const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == path ? "/" : arena_strndup(&c->arena, path, (size_t)(slash - path));
}

/* Does a row before this one have the same path? Two settings may share a directory; the row that
 * comes first, which is the stricter one, then says what it must be like. */
static int listed(const struct ctl_place *all, size_t i)
{
	size_t k;

	for (k = 0; k < i; k++) {
		if (strcmp(all[k].path, all[i].path) == 0)
			return 1;
	}
	return 0;
}

/* Sockets' directories belong to root with the sticky bit, so that neither daemon can put its own
 * socket in the other's place. */
size_t ctl_place_list(struct ctl *c, struct ctl_place *p)
{
	const struct config *cf = &c->cf;
	const char *root = ctl_place_is_me(cf->engine_user) ? "" : "root";
	const char *wal = arena_printf(&c->arena, "%s-wal", cf->database);
	const char *shm = arena_printf(&c->arena, "%s-shm", cf->database);
	const struct ctl_place all[] = {
		{ "data directory", parent(c, cf->database), S_IFDIR, cf->engine_user, cf->group,
			02770, 0 },
		{ "database", cf->database, S_IFREG, "", cf->group, 0660, 0 },
		{ "write-ahead log", wal, S_IFREG, "", cf->group, 0660, 1 },
		{ "shared memory", shm, S_IFREG, "", cf->group, 0660, 1 },
		{ "engine's directory", parent(c, cf->head_file), S_IFDIR, cf->engine_user, "",
			0700, 0 },
		{ "engine's audit head", cf->head_file, S_IFREG, cf->engine_user, "", 0600, 1 },
		{ "key directory", parent(c, cf->public_keys), S_IFDIR, root, "", 0755, 0 },
		{ "key file", cf->key_file, S_IFREG, cf->engine_user, "", 0400,
			*cf->key_command != '\0' },
		{ "public keys", cf->public_keys, S_IFREG, "", "", 0644, 0 },
		{ "egress list", cf->egress_file, S_IFREG, "", "", 0644, 1 },
		{ "engine's socket directory", parent(c, cf->doorbell), S_IFDIR, root, cf->group,
			01775, 0 },
		{ "portal's socket directory", parent(c, cf->socket), S_IFDIR, root, cf->group,
			01775, 0 },
	};
	size_t i, n = 0;

	_Static_assert(sizeof(all) / sizeof(all[0]) <= CTL_PLACES_MAX, "room for all places");
	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (*all[i].path && !listed(all, i))
			p[n++] = all[i];
	}
	return n;
}

int ctl_place_user(const char *name, uid_t *uid)
{
	const struct passwd *pw = *name ? getpwnam(name) : NULL;

	*uid = pw ? pw->pw_uid : (uid_t)-1;
	return *name && !pw ? -1 : 0;
}

int ctl_place_group(const char *name, gid_t *gid)
{
	const struct group *gr = *name ? getgrnam(name) : NULL;

	*gid = gr ? gr->gr_gid : (gid_t)-1;
	return *name && !gr ? -1 : 0;
}

const char *ctl_place_make_user(struct ctl *c, const char *name)
{
	return arena_printf(&c->arena, "adduser --system --no-create-home --ingroup %s %s",
		*c->cf.group ? c->cf.group : "nogroup", name);
}

const char *ctl_place_make_group(struct ctl *c, const char *name)
{
	return arena_printf(&c->arena, "addgroup --system %s", name);
}

int ctl_place_is_me(const char *name)
{
	uid_t uid;

	return *name == '\0' || (ctl_place_user(name, &uid) == 0 && uid == geteuid());
}

const char *ctl_place_fix(struct ctl *c, const struct ctl_place *p)
{
	const char *own = "";

	if (*p->user || *p->group)
		own = arena_printf(&c->arena, "chown %s%s%s %s && ", p->user, *p->group ? ":" : "",
			p->group, p->path);
	return arena_printf(&c->arena, "%schmod %04o %s", own, (unsigned)p->mode, p->path);
}

/* Name of an owner, or the number when it has none. */
static const char *user_name(struct ctl *c, uid_t uid)
{
	const struct passwd *pw = getpwuid(uid);

	return pw ? arena_strdup(&c->arena, pw->pw_name)
		  : arena_printf(&c->arena, "%lu", (unsigned long)uid);
}

static const char *group_name(struct ctl *c, gid_t gid)
{
	const struct group *gr = getgrgid(gid);

	return gr ? arena_strdup(&c->arena, gr->gr_name)
		  : arena_printf(&c->arena, "%lu", (unsigned long)gid);
}

/* Without following a link: a link where a file should be is wrong in itself. */
const char *ctl_place_wrong(struct ctl *c, const struct ctl_place *p, int *missing)
{
	struct stat st;
	uid_t uid;
	gid_t gid;

	*missing = 0;
	if (lstat(p->path, &st) < 0) {
		*missing = errno == ENOENT;
		return arena_printf(&c->arena, "%s: %s", p->path, strerror(errno));
	}
	if ((st.st_mode & S_IFMT) != p->type)
		return arena_printf(&c->arena, "%s is not a %s", p->path,
			p->type == S_IFDIR ? "directory" : "plain file");
	if (ctl_place_user(p->user, &uid) < 0 || ctl_place_group(p->group, &gid) < 0)
		return NULL; /* the missing user is a finding of its own */
	if (uid != (uid_t)-1 && st.st_uid != uid)
		return arena_printf(&c->arena, "%s belongs to %s, not to %s", p->path,
			user_name(c, st.st_uid), p->user);
	if (gid != (gid_t)-1 && st.st_gid != gid)
		return arena_printf(&c->arena, "%s has the group %s, not %s", p->path,
			group_name(c, st.st_gid), p->group);
	if ((st.st_mode & 07777) != p->mode)
		return arena_printf(&c->arena, "%s has the mode %04o, not %04o", p->path,
			(unsigned)st.st_mode & 07777, (unsigned)p->mode);
	return NULL;
}

/* Is what was opened what it should be, and has it no second name somewhere else? Others can write
 * to the data directory, and could put a link to a foreign file where root is about to chown. */
static int is_ours(int fd, const struct ctl_place *p)
{
	struct stat st;

	return fstat(fd, &st) == 0 && (st.st_mode & S_IFMT) == p->type &&
		(p->type == S_IFDIR || st.st_nlink == 1);
}

int ctl_place_own(const struct ctl_place *p, struct err *e)
{
	int fd = open(p->path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	uid_t uid;
	gid_t gid;
	int rc = 0;

	if (fd < 0)
		return ctl_fail(e, ERR_SETUP, "%s: %s", p->path, strerror(errno));
	if (ctl_place_user(p->user, &uid) < 0 || ctl_place_group(p->group, &gid) < 0)
		rc = ctl_fail(
			e, ERR_SETUP, "There is no user %s or no group %s.", p->user, p->group);
	else if (!is_ours(fd, p))
		rc = ctl_fail(
			e, ERR_SETUP, "%s is something else than it should be; look why.", p->path);
	else if (fchown(fd, uid, gid) < 0 || fchmod(fd, p->mode) < 0)
		rc = ctl_fail(e, ERR_SETUP, "Owner and mode of %s cannot be set: %s", p->path,
			strerror(errno));
	close(fd);
	return rc;
}

/* SQLite makes the files beside the database with its owner and mode, but only those it makes. */
int ctl_place_own_database(struct ctl *c, struct err *e)
{
	struct ctl_place p[CTL_PLACES_MAX];
	size_t i, n = ctl_place_list(c, p), len = strlen(c->cf.database);

	for (i = 0; i < n; i++) {
		if (p[i].type != S_IFREG || strncmp(p[i].path, c->cf.database, len) != 0)
			continue;
		p[i].user = c->cf.engine_user;
		if (access(p[i].path, F_OK) == 0 && ctl_place_own(&p[i], e) < 0)
			return -1;
	}
	return 0;
}
