/* Keyfile: where the text of the private keys comes from.
 *
 * Rules: the text goes straight into the caller's guarded memory and nowhere else; an error names
 * the place and the cause, never what was read. A file that others could read or have written is
 * refused, because its keys may be known or somebody else's.
 */
#include "keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "platform/clock.h"
#include "platform/str.h"

enum { NAP_MS = 5 };

/* Private to its owner. systemd's credentials (LoadCredential) belong to root and are opened to the
 * service by an access list, which shows as a group right of root's group. */
static int is_private(const struct stat *st, uid_t owner)
{
	if (st->st_uid == owner && (st->st_mode & 0377) == 0)
		return 1;
	return st->st_uid == 0 && st->st_gid == 0 && (st->st_mode & 0337) == 0;
}

static int check_file(const char *path, const struct stat *st, uid_t owner, struct err *e)
{
	if (!S_ISREG(st->st_mode))
		return ERR(e, ERR_SETUP, NULL, "%s: not a file", path);
	if (is_private(st, owner))
		return 0;
	if (st->st_uid != owner)
		return ERR(e, ERR_SETUP, NULL,
			"%s: belongs to uid %u, must belong to uid %u; look who wrote it, then "
			"chown",
			path, (unsigned)st->st_uid, (unsigned)owner);
	return ERR(e, ERR_SETUP, NULL,
		"%s: has mode %04o, must be 0400; if others could read it, make new keys, else "
		"chmod",
		path, (unsigned)st->st_mode & 07777);
}

/* All that fd gives until `end` (of clock_mono_ms). The length, -1 with errno. */
static ssize_t read_all(int fd, char *dst, size_t max, int64_t end)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	size_t n = 0;
	ssize_t got = 1;
	int64_t left;

	while (got != 0) {
		left = end - clock_mono_ms();
		errno = ETIMEDOUT;
		if (left <= 0 || (poll(&p, 1, (int)left) < 0 && errno != EINTR))
			return -1;
		if (!p.revents)
			continue;
		got = read(fd, dst + n, max - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		n += (size_t)got;
		errno = EFBIG;
		if (n == max)
			return -1;
	}
	return (ssize_t)n;
}

/* Takes what fd gives; `from` is for the error. */
static int take(int fd, const char *from, char *dst, int64_t end, struct err *e)
{
	ssize_t n = read_all(fd, dst, KEYFILE_MAX, end);

	if (n < 0)
		return ERR(e, ERR_SETUP, NULL, "%s: reading the keys: %s", from, strerror(errno));
	dst[n] = '\0';
	if (strlen(dst) != (size_t)n)
		return ERR(e, ERR_SETUP, NULL, "%s: not a text", from);
	return 0;
}

static int64_t deadline(const struct keyfile *from)
{
	return clock_mono_ms() + (from->limit_ms ? from->limit_ms : KEYFILE_COMMAND_MS);
}

static int read_file(const struct keyfile *from, char *dst, struct err *e)
{
	int fd = open(from->file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	int rc;

	if (fd < 0 && errno == ENOENT)
		return ERR(e, ERR_SETUP, NULL,
			"%s: there is no key file; \"latchkey init\" makes one, or restore yours",
			from->file);
	if (fd < 0 || fstat(fd, &st) < 0)
		rc = ERR(e, ERR_SETUP, NULL, "%s: %s", from->file, strerror(errno));
	else
		rc = check_file(from->file, &st, from->owner, e);
	if (rc == 0)
		rc = take(fd, from->file, dst, deadline(from), e);
	if (fd >= 0)
		close(fd);
	return rc;
}

/* In the child: own process group, so that all of it can be ended. */
static void __attribute__((noreturn)) run_command(const char *command, int out)
{
	sigset_t none;
	int in = open("/dev/null", O_RDONLY | O_CLOEXEC);

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL); /* being ignored would be inherited */
	if (in < 0 || setpgid(0, 0) < 0 || dup2(in, STDIN_FILENO) < 0 ||
		dup2(out, STDOUT_FILENO) < 0)
		_exit(126);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

/* How the command ended; at `end` its whole group is killed. */
static int reap(pid_t child, int64_t end)
{
	int status = 0;

	while (waitpid(child, &status, WNOHANG) == 0) {
		if (clock_mono_ms() >= end)
			kill(-child, SIGKILL);
		poll(NULL, 0, NAP_MS);
	}
	return status;
}

/* In the parent. */
static int await_command(pid_t child, int out, char *dst, int64_t end, struct err *e)
{
	int rc = take(out, "key_command", dst, end, e);
	int status;

	close(out);
	status = reap(child, rc < 0 ? 0 : end);
	if (rc < 0 || status == 0)
		return rc;
	return ERR(e, ERR_SETUP, NULL, "key_command: ended with %s %d",
		WIFEXITED(status) ? "status" : "signal",
		WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
}

static int read_command(const struct keyfile *from, char *dst, struct err *e)
{
	int64_t end = deadline(from);
	int ends[2];
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return ERR(e, ERR_SETUP, NULL, "key_command: pipe: %s", strerror(errno));
	child = fork();
	if (child == 0)
		run_command(from->command, ends[1]);
	close(ends[1]);
	if (child < 0) {
		close(ends[0]);
		return ERR(e, ERR_SETUP, NULL, "key_command: fork: %s", strerror(errno));
	}
	setpgid(child, child); /* whoever is first: the group must exist before it is killed */
	return await_command(child, ends[0], dst, end, e);
}

int keyfile_read(const struct keyfile *from, char *dst, struct err *e)
{
	if (!str_empty(from->command))
		return read_command(from, dst, e);
	return read_file(from, dst, e);
}
