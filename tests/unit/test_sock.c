/* Unix sockets: owner and mode, what is replaced and what is not, peers, time-outs. */
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include "platform/clock.h"
#include "platform/sock.h"

struct place {
	char dir[64];
	char path[96];
};

/* Stands before the one of libc: what could others do just before the group is set? */
static mode_t mode_at_lchown;

int lchown(const char *path, uid_t uid, gid_t gid)
{
	struct stat st;

	if (lstat(path, &st) == 0)
		mode_at_lchown = st.st_mode & 0777;
	return fchownat(AT_FDCWD, path, uid, gid, AT_SYMLINK_NOFOLLOW);
}

static int setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	if (!p)
		return -1;
	snprintf(p->dir, sizeof(p->dir), "/tmp/test_sock.XXXXXX");
	if (!mkdtemp(p->dir))
		return -1;
	snprintf(p->path, sizeof(p->path), "%s/s", p->dir);
	*state = p;
	return 0;
}

static int teardown(void **state)
{
	struct place *p = *state;

	unlink(p->path);
	rmdir(p->dir);
	free(p);
	return 0;
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	return st.st_mode;
}

static void listens_with_mode_and_flags(void **state)
{
	struct place *p = *state;
	struct err e;
	mode_t before = umask(022);
	int fd;

	mode_at_lchown = 07777;
	fd = sock_listen(p->path, SOCK_STREAM, 0660, NULL, &e);
	assert_ok(fd);
	assert_int_equal(umask(before), 022);
	assert_int_equal(mode_of(p->path), S_IFSOCK | 0660);
	assert_int_equal(mode_at_lchown, 0);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	close(fd);
}

static void sets_the_group(void **state)
{
	struct place *p = *state;
	struct stat st;
	struct err e;
	int fd;

	if (geteuid() != 0 || !getgrnam("daemon"))
		skip();
	fd = sock_listen(p->path, SOCK_SEQPACKET, 0660, "daemon", &e);
	assert_ok(fd);
	assert_int_equal(stat(p->path, &st), 0);
	assert_int_equal(st.st_gid, getgrnam("daemon")->gr_gid);
	close(fd);
}

static void unknown_group_leaves_nothing(void **state)
{
	struct place *p = *state;
	struct err e;

	assert_int_equal(sock_listen(p->path, SOCK_STREAM, 0660, "no-such-group", &e), -1);
	assert_int_equal(e.code, ERR_SETUP);
	assert_non_null(strstr(e.log, "no-such-group"));
	assert_int_equal(access(p->path, F_OK), -1);
}

static void stale_socket_is_replaced(void **state)
{
	struct place *p = *state;
	struct err e;
	int fd = sock_listen(p->path, SOCK_STREAM, 0600, NULL, &e);

	assert_ok(fd);
	close(fd);
	fd = sock_listen(p->path, SOCK_SEQPACKET, 0660, NULL, &e);
	assert_ok(fd);
	assert_int_equal(mode_of(p->path), S_IFSOCK | 0660);
	close(fd);
}

/* A start that died between bind and chmod leaves a socket of mode 0. */
static void unfinished_socket_is_replaced(void **state)
{
	struct place *p = *state;
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	struct err e;
	int half = socket(AF_UNIX, SOCK_STREAM, 0), status;
	pid_t child;

	memcpy(sa.sun_path, p->path, strlen(p->path) + 1);
	assert_int_equal(bind(half, (struct sockaddr *)&sa, sizeof(sa)), 0);
	assert_int_equal(chmod(p->path, 0), 0);
	close(half);
	if (geteuid() == 0)
		assert_int_equal(chown(p->dir, 65534, (gid_t)-1), 0);
	child = fork();
	if (child == 0) { /* root could try the socket all the same */
		if (geteuid() == 0 && setuid(65534) < 0)
			_exit(2);
		_exit(sock_listen(p->path, SOCK_STREAM, 0600, NULL, &e) < 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void live_socket_is_kept(void **state)
{
	static const int types[] = { SOCK_STREAM, SOCK_SEQPACKET };
	struct place *p = *state;
	struct err e;
	int fd = sock_listen(p->path, SOCK_STREAM, 0600, NULL, &e), peer;

	assert_ok(fd);
	for (size_t i = 0; i < COUNT(types); i++) {
		assert_int_equal(sock_listen(p->path, types[i], 0600, NULL, &e), -1);
		assert_int_equal(e.code, ERR_SETUP);
	}
	peer = sock_connect(p->path, SOCK_STREAM, &e);
	assert_ok(peer);
	close(peer);
	close(fd);
}

/* Even when its queue is full and a connect would have to wait. */
static void busy_socket_is_kept(void **state)
{
	struct place *p = *state;
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	struct err e;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), peers[2];

	memcpy(sa.sun_path, p->path, strlen(p->path) + 1);
	assert_int_equal(bind(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	assert_int_equal(listen(fd, 0), 0);
	peers[0] = sock_connect(p->path, SOCK_STREAM, &e);
	assert_ok(peers[0]);
	peers[1] = sock_connect(p->path, SOCK_STREAM, &e);
	assert_int_equal(peers[1], -1);
	assert_int_equal(e.code, ERR_ENGINE);
	assert_int_equal(sock_listen(p->path, SOCK_STREAM, 0600, NULL, &e), -1);
	close(peers[0]);
	close(fd);
}

static void other_files_are_kept(void **state)
{
	struct place *p = *state;
	struct err e;
	int fd = open(p->path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(sock_listen(p->path, SOCK_STREAM, 0600, NULL, &e), -1);
	assert_int_equal(e.code, ERR_SETUP);
	assert_int_equal(mode_of(p->path), S_IFREG | 0600);
	unlink(p->path);
	assert_int_equal(symlink("/nowhere", p->path), 0);
	assert_int_equal(sock_listen(p->path, SOCK_STREAM, 0600, NULL, &e), -1);
	assert_true(S_ISLNK(mode_of(p->path)));
}

static void bad_paths_are_errors(void **state)
{
	char longest[200];
	const char *const paths[] = { "", NULL, longest, "/no/such/directory/s" };
	struct err e;

	(void)state;
	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	for (size_t i = 0; i < COUNT(paths); i++) {
		assert_int_equal(sock_listen(paths[i], SOCK_STREAM, 0600, NULL, &e), -1);
		assert_int_equal(e.code, ERR_SETUP);
		assert_int_equal(sock_connect(paths[i], SOCK_STREAM, &e), -1);
	}
	assert_int_equal(e.code, ERR_ENGINE);
}

static void connects_blocking_and_knows_the_peer(void **state)
{
	struct place *p = *state;
	struct err e;
	int fd = sock_listen(p->path, SOCK_SEQPACKET, 0600, NULL, &e), peer, at;
	uid_t uid = 12345;

	assert_ok(fd);
	peer = sock_connect(p->path, SOCK_SEQPACKET, &e);
	assert_ok(peer);
	assert_false(fcntl(peer, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(peer, F_GETFD) & FD_CLOEXEC);
	at = accept(fd, NULL, NULL);
	assert_true(at >= 0);
	assert_ok(sock_peer(at, &uid, &e));
	assert_int_equal(uid, geteuid());
	close(at);
	close(peer);
	close(fd);
}

static void peer_of_another_user(void **state)
{
	struct place *p = *state;
	struct err e;
	uid_t uid = 0;
	pid_t child;
	int fd, at, status;

	if (geteuid() != 0)
		skip();
	assert_int_equal(chmod(p->dir, 0755), 0);
	fd = sock_listen(p->path, SOCK_STREAM, 0666, NULL, &e);
	assert_ok(fd);
	child = fork();
	if (child == 0) {
		if (setuid(65534) < 0)
			_exit(1);
		_exit(sock_connect(p->path, SOCK_STREAM, &e) < 0);
	}
	at = accept(fd, NULL, NULL);
	assert_true(at >= 0);
	assert_ok(sock_peer(at, &uid, &e));
	assert_int_equal(uid, 65534);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	close(at);
	close(fd);
}

static void nobody_else_enters_a_private_socket(void **state)
{
	struct place *p = *state;
	struct err e;
	pid_t child;
	int fd, status;

	if (geteuid() != 0)
		skip();
	assert_int_equal(chmod(p->dir, 0755), 0);
	fd = sock_listen(p->path, SOCK_STREAM, 0660, NULL, &e);
	assert_ok(fd);
	child = fork();
	if (child == 0) {
		if (setgroups(0, NULL) < 0 || setgid(65534) < 0 || setuid(65534) < 0)
			_exit(2);
		_exit(sock_connect(p->path, SOCK_STREAM, &e) < 0 ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	close(fd);
}

static void peer_needs_a_connection(void **state)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	uid_t uid = 7;
	struct err e;

	(void)state;
	assert_int_equal(sock_peer(fd, &uid, &e), -1);
	assert_int_equal(e.code, ERR_INTERNAL);
	assert_int_equal(uid, 7);
	close(fd);
	assert_int_equal(sock_peer(fd, &uid, &e), -1);
}

static void timeout_ends_a_read(void **state)
{
	int64_t start;
	struct err e;
	int fds[2];
	char c;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_ok(sock_timeout(fds[0], 60, &e));
	start = clock_mono_ms();
	assert_int_equal(read(fds[0], &c, 1), -1);
	assert_int_equal(errno, EAGAIN);
	assert_in_range(clock_mono_ms() - start, 50, 5000);
	close(fds[0]);
	close(fds[1]);
	assert_int_equal(sock_timeout(fds[0], 60, &e), -1);
}

static void nonblock(void **state)
{
	struct err e;
	int fds[2];
	char c;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_ok(sock_nonblock(fds[0], &e));
	assert_int_equal(read(fds[0], &c, 1), -1);
	assert_int_equal(errno, EAGAIN);
	close(fds[0]);
	close(fds[1]);
	assert_int_equal(sock_nonblock(fds[0], &e), -1);
	assert_int_equal(e.code, ERR_INTERNAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(listens_with_mode_and_flags, setup, teardown),
		cmocka_unit_test_setup_teardown(sets_the_group, setup, teardown),
		cmocka_unit_test_setup_teardown(unknown_group_leaves_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(stale_socket_is_replaced, setup, teardown),
		cmocka_unit_test_setup_teardown(unfinished_socket_is_replaced, setup, teardown),
		cmocka_unit_test_setup_teardown(live_socket_is_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(busy_socket_is_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(other_files_are_kept, setup, teardown),
		cmocka_unit_test(bad_paths_are_errors),
		cmocka_unit_test_setup_teardown(
			connects_blocking_and_knows_the_peer, setup, teardown),
		cmocka_unit_test_setup_teardown(peer_of_another_user, setup, teardown),
		cmocka_unit_test_setup_teardown(
			nobody_else_enters_a_private_socket, setup, teardown),
		cmocka_unit_test(peer_needs_a_connection),
		cmocka_unit_test(timeout_ends_a_read),
		cmocka_unit_test(nonblock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
