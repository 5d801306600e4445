/* What systemd is told, when it listens and when it does not. */
#include "tests/unit/unit.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "engine/notify.h"
#include "platform/log.h"

static char dir[64];

/* A listener on a file, or on an abstract name when it begins with @. */
static int listen_on(const char *path)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	memcpy(sa.sun_path, path, strlen(path));
	if (path[0] == '@')
		sa.sun_path[0] = '\0';
	assert_int_equal(
		bind(fd, (struct sockaddr *)&sa,
			(socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path))),
		0);
	return fd;
}

static const char *heard(int fd)
{
	static char text[256];
	ssize_t n = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);

	text[n < 0 ? 0 : n] = '\0';
	return text;
}

static void test_life(void **state)
{
	char paths[2][96];
	struct loop *l = loop_new();

	(void)state;
	snprintf(paths[0], sizeof(paths[0]), "%s/notify", dir);
	snprintf(paths[1], sizeof(paths[1]), "@test-notify-%d", (int)getpid());
	for (size_t i = 0; i < COUNT(paths); i++) {
		int fd = listen_on(paths[i]);
		struct notify *n = notify_new(l, paths[i], "100000");

		assert_string_equal(heard(fd), "");
		notify_ready(n);
		assert_string_equal(heard(fd), "READY=1");
		assert_string_equal(heard(fd), "WATCHDOG=1");
		assert_string_equal(heard(fd), "");
		for (int k = 0; k < 3; k++)
			loop_turn(l, 200);
		assert_string_equal(heard(fd), "WATCHDOG=1");
		while (heard(fd)[0])
			;
		notify_free(n);
		assert_string_equal(heard(fd), "STOPPING=1");
		loop_turn(l, 120);
		assert_string_equal(heard(fd), "");
		close(fd);
	}
	unlink(paths[0]);
	loop_free(l);
}

static void test_no_watchdog(void **state)
{
	static const char *const rows[] = { NULL, "", "0", "-5", "x" };
	char path[96];
	struct loop *l = loop_new();
	int fd;

	(void)state;
	snprintf(path, sizeof(path), "%s/notify", dir);
	fd = listen_on(path);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct notify *n = notify_new(l, path, rows[i]);

		notify_ready(n);
		loop_turn(l, 20);
		assert_string_equal(heard(fd), "READY=1");
		assert_string_equal(heard(fd), "");
		notify_free(n);
		assert_string_equal(heard(fd), "STOPPING=1");
	}
	close(fd);
	unlink(path);
	loop_free(l);
}

/* Nobody listens, or the name is none: nothing happens. */
static void test_nobody(void **state)
{
	static const char *const rows[] = { NULL, "", "relative", "/nonexistent/notify", "@",
		"/tmp/"
		"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		"xxxxx"
		"xxxxxxxxxxxxxxxxxxxxxxxxxxx" };
	struct loop *l = loop_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct notify *n = notify_new(l, rows[i], "1000000");

		notify_ready(n);
		notify_free(n);
	}
	loop_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_life),
		cmocka_unit_test(test_no_watchdog),
		cmocka_unit_test(test_nobody),
	};
	int failed;

	log_open("test", LOG__MAX);
	snprintf(dir, sizeof(dir), "/tmp/test_notify.XXXXXX");
	if (!mkdtemp(dir))
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	return rmdir(dir) < 0 ? 1 : failed;
}
