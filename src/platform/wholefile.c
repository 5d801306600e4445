/* Wholefile: small files that are replaced whole or not at all.
 *
 * Rules: the bytes and their owner and mode are on disk before the name points to them; the new
 * file is never open to more eyes than the old one will be; a leftover of a start that was killed
 * is replaced.
 */
#include "wholefile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int fail(const char *path, const char *what, struct err *e)
{
	enum err_code code = errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_SETUP;

	return ERR(e, code, NULL, "%s: %s: %s", path, what, strerror(errno));
}

static int write_all(int fd, const char *p, size_t n)
{
	ssize_t done;

	while (n > 0) {
		done = write(fd, p, n);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -1;
		p += done;
		n -= (size_t)done;
	}
	return 0;
}

/* The mode comes last but for the sync: a file that is still being filled is its maker's alone. */
static int fill(int fd, const struct wholefile *f, const void *p, size_t n, struct err *e)
{
	if (write_all(fd, p, n) < 0)
		return fail(f->path, "write", e);
	if (f->owner != (uid_t)-1 && f->owner != geteuid() && fchown(fd, f->owner, (gid_t)-1) < 0)
		return fail(f->path, "owner", e);
	if (fchmod(fd, f->mode) < 0)
		return fail(f->path, "mode", e);
	if (fsync(fd) < 0)
		return fail(f->path, "sync", e);
	return 0;
}

/* A rename is only safe once its directory is on disk. */
static int sync_directory(const char *path, struct err *e)
{
	char dir[PATH_MAX];
	const char *slash = strrchr(path, '/');
	int fd, rc;

	snprintf(dir, sizeof(dir), "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return fail(dir, "open", e);
	rc = fsync(fd) < 0 ? fail(dir, "sync", e) : 0;
	close(fd);
	return rc;
}

int wholefile_write(const struct wholefile *f, const void *p, size_t n, struct err *e)
{
	char temp[PATH_MAX];
	int fd, rc;

	if (snprintf(temp, sizeof(temp), "%s.new", f->path) >= (int)sizeof(temp))
		return ERR(e, ERR_SETUP, NULL, "%.100s...: path too long", f->path);
	if (unlink(temp) < 0 && errno != ENOENT)
		return fail(temp, "remove", e);
	fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return fail(temp, "create", e);
	rc = fill(fd, f, p, n, e);
	close(fd);
	if (rc == 0 && rename(temp, f->path) < 0)
		rc = fail(f->path, "rename", e);
	if (rc < 0) {
		unlink(temp);
		return -1;
	}
	return sync_directory(f->path, e);
}
