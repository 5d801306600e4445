/* Sock: Unix sockets with an owner, a mode and a peer.
 *
 * Rules: the file of a new socket is closed to everybody (mode 0) until its group and mode are
 * right, and listening comes last of all; so a file of mode 0 is what a start that died half way
 * left behind. Owner and mode are changed without following a link that somebody put in its place.
 * Nothing but a socket on which nobody listens is ever removed. A connect never waits for a place
 * in a full queue.
 */
#include "sock.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>
#include "str.h"

static int address(const char *path, struct sockaddr_un *out, struct err *e)
{
	memset(out, 0, sizeof(*out));
	out->sun_family = AF_UNIX;
	if (str_empty(path) || str_copy(out->sun_path, sizeof(out->sun_path), path) < 0)
		return ERR(e, ERR_SETUP, NULL, "socket path \"%s\": must have 1 to %zu bytes",
			path ? path : "", sizeof(out->sun_path) - 1);
	return 0;
}

/* A connected, non-blocking descriptor, or -1 with errno. */
static int try_connect(const struct sockaddr_un *sa, int type)
{
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int why;

	if (fd < 0 || connect(fd, (const struct sockaddr *)sa, sizeof(*sa)) == 0)
		return fd;
	why = errno;
	close(fd);
	errno = why;
	return -1;
}

/* Does somebody listen at sa? Another type of socket or a full queue are answers of a listener,
 * and when it cannot be known the answer is yes, so that nothing living is taken away. */
static int is_live(const struct sockaddr_un *sa, int type, const struct stat *st)
{
	int fd;

	if ((st->st_mode & 0777) == 0)
		return 0;
	fd = try_connect(sa, type);
	if (fd >= 0)
		close(fd);
	return fd >= 0 || (errno != ECONNREFUSED && errno != ENOENT);
}

static int make_room(const struct sockaddr_un *sa, int type, struct err *e)
{
	const char *path = sa->sun_path;
	struct stat st;

	if (lstat(path, &st) < 0) {
		if (errno == ENOENT)
			return 0;
		return ERR(e, ERR_SETUP, NULL, "socket %s: %s", path, strerror(errno));
	}
	if (!S_ISSOCK(st.st_mode))
		return ERR(e, ERR_SETUP, NULL, "socket %s: something else has this name", path);
	if (is_live(sa, type, &st))
		return ERR(e, ERR_SETUP, NULL, "socket %s: another process listens there", path);
	if (unlink(path) < 0 && errno != ENOENT)
		return ERR(e, ERR_SETUP, NULL, "socket %s: %s", path, strerror(errno));
	return 0;
}

static int find_group(const char *group, gid_t *gid, struct err *e)
{
	const struct group *gr;

	*gid = (gid_t)-1; /* leaves it as it is */
	if (!group)
		return 0;
	gr = getgrnam(group);
	if (!gr)
		return ERR(e, ERR_SETUP, NULL, "group \"%s\" does not exist", group);
	*gid = gr->gr_gid;
	return 0;
}

static int bind_closed(int fd, const struct sockaddr_un *sa)
{
	mode_t before = umask(0777);
	int rc = bind(fd, (const struct sockaddr *)sa, sizeof(*sa));
	int why = errno;

	umask(before);
	errno = why;
	return rc;
}

static int set_owner(const char *path, mode_t mode, gid_t gid)
{
	if (lchown(path, (uid_t)-1, gid) < 0)
		return -1;
	return fchmodat(AT_FDCWD, path, mode, AT_SYMLINK_NOFOLLOW);
}

int sock_listen(const char *path, int type, mode_t mode, const char *group, struct err *e)
{
	struct sockaddr_un sa;
	gid_t gid;
	int fd;

	if (address(path, &sa, e) < 0 || find_group(group, &gid, e) < 0 ||
		make_room(&sa, type, e) < 0)
		return -1;
	fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind_closed(fd, &sa) < 0) {
		ERR(e, ERR_SETUP, NULL, "socket %s: %s", path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	if (set_owner(path, mode, gid) < 0 || listen(fd, SOMAXCONN) < 0) {
		ERR(e, ERR_SETUP, NULL, "socket %s: %s", path, strerror(errno));
		unlink(path);
		close(fd);
		return -1;
	}
	return fd;
}

int sock_connect(const char *path, int type, struct err *e)
{
	struct sockaddr_un sa;
	int fd, flags;

	if (address(path, &sa, e) < 0)
		return -1;
	fd = try_connect(&sa, type);
	if (fd < 0)
		return ERR(e, ERR_ENGINE, NULL, "socket %s: %s", path, strerror(errno));
	flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) < 0) {
		ERR(e, ERR_INTERNAL, NULL, "socket %s: %s", path, strerror(errno));
		close(fd);
		return -1;
	}
	return fd;
}

int sock_nonblock(int fd, struct err *e)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return ERR(e, ERR_INTERNAL, NULL, "socket %d: fcntl: %s", fd, strerror(errno));
	return 0;
}

int sock_timeout(int fd, int ms, struct err *e)
{
	const struct timeval tv = { ms / 1000, (ms % 1000) * 1000L };

	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)) < 0 ||
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv)) < 0)
		return ERR(e, ERR_INTERNAL, NULL, "socket %d: time-out of %d ms: %s", fd, ms,
			strerror(errno));
	return 0;
}

int sock_peer(int fd, uid_t *uid, struct err *e)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
		return ERR(e, ERR_INTERNAL, NULL, "socket %d: peer: %s", fd, strerror(errno));
	if (peer.uid == (uid_t)-1)
		return ERR(e, ERR_INTERNAL, NULL, "socket %d: has no peer", fd);
	*uid = peer.uid;
	return 0;
}
