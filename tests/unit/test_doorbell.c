/* The doorbell: who may ring, what counts as a ring, and peers that misbehave. */
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "engine/doorbell.h"
#include "platform/clock.h"
#include "platform/log.h"
#include "platform/sock.h"

enum { IDLE_MS = 1500 };

struct house {
	struct loop *loop;
	struct doorbell *d;
	struct doorbell_config cf;
	char dir[64];
	char path[96];
	int rings;
	enum bell_verb verb;
	int64_t job;
};

static void on_ring(void *ptr, enum bell_verb verb, int64_t job)
{
	struct house *h = ptr;

	h->rings++;
	h->verb = verb;
	h->job = job;
}

static int setup(void **state)
{
	struct house *h = calloc(1, sizeof(*h));
	struct err e;

	assert_non_null(h);
	log_open("test", LOG__MAX);
	snprintf(h->dir, sizeof(h->dir), "/tmp/test_doorbell.XXXXXX");
	assert_non_null(mkdtemp(h->dir));
	snprintf(h->path, sizeof(h->path), "%s/bell", h->dir);
	h->loop = loop_new();
	h->cf = (struct doorbell_config){ .path = h->path,
		.friends = { geteuid(), geteuid(), geteuid() },
		.idle_ms = IDLE_MS,
		.ring = on_ring,
		.ptr = h };
	h->d = doorbell_new(h->loop, &h->cf, &e);
	if (!h->d)
		fail_msg("%s", e.log);
	*state = h;
	return 0;
}

static int teardown(void **state)
{
	struct house *h = *state;

	doorbell_free(h->d);
	loop_free(h->loop);
	unlink(h->path);
	assert_int_equal(rmdir(h->dir), 0);
	free(h);
	return 0;
}

static void spin(struct house *h, int64_t ms)
{
	int64_t end = clock_mono_ms() + ms, left;

	while ((left = end - clock_mono_ms()) > 0)
		loop_turn(h->loop, (int)left);
}

static int dial(struct house *h)
{
	struct err e;
	int fd = sock_connect(h->path, SOCK_SEQPACKET, &e);

	if (fd < 0)
		fail_msg("%s", e.log);
	return fd;
}

/* Has the other end hung up? */
static int is_dead(int fd)
{
	char c;

	return recv(fd, &c, 1, MSG_DONTWAIT) == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

static void test_rings(void **state)
{
	static const enum bell_verb verbs[] = { BELL_PING, BELL_JOB, BELL_CANCEL, BELL_AUDIT,
		BELL_KEYS };
	struct house *h = *state;
	struct bell m, back;
	struct stat st;
	int fd = dial(h);

	assert_int_equal(stat(h->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
	for (size_t i = 0; i < COUNT(verbs); i++) {
		m = (struct bell){ BELL_MAGIC, verbs[i], (int64_t)i + 100 };
		assert_int_equal(send(fd, &m, sizeof(m), 0), sizeof(m));
		spin(h, 20);
		assert_int_equal(h->rings, i + 1);
		assert_int_equal(h->verb, verbs[i]);
		assert_int_equal(h->job, m.job);
		assert_int_equal(recv(fd, &back, sizeof(back), MSG_DONTWAIT), sizeof(back));
		assert_int_equal(back.verb, BELL_OK);
		assert_int_equal(back.job, m.job);
	}
	close(fd);
	spin(h, 20);
}

static void test_noise(void **state)
{
	static const struct bell rows[] = {
		{ 0, BELL_PING, 1 },
		{ BELL_MAGIC, 0, 1 },
		{ BELL_MAGIC, BELL_OK, 1 },
		{ BELL_MAGIC, 99, 1 },
		{ BELL_MAGIC, BELL_JOB, -1 },
	};
	struct house *h = *state;
	char big[64] = "";
	int fd;

	for (size_t i = 0; i < COUNT(rows); i++) {
		fd = dial(h);
		assert_int_equal(send(fd, &rows[i], sizeof(rows[i]), 0), sizeof(rows[i]));
		spin(h, 20);
		assert_true(is_dead(fd));
		close(fd);
	}
	for (size_t n = 1; n <= sizeof(big); n++) {
		fd = dial(h);
		assert_int_equal(send(fd, big, n, 0), n);
		spin(h, 5);
		assert_true(is_dead(fd));
		close(fd);
	}
	assert_int_equal(h->rings, 0);
}

/* Another user is hung up on before a byte is read. */
static void test_stranger(void **state)
{
	struct house *h = *state;
	struct bell m = { BELL_MAGIC, BELL_PING, 1 };
	struct err e;
	int fd;

	doorbell_free(h->d);
	for (size_t i = 0; i < DOORBELL_FRIENDS; i++)
		h->cf.friends[i] = geteuid() + 1;
	h->d = doorbell_new(h->loop, &h->cf, &e);
	assert_non_null(h->d);
	fd = dial(h);
	assert_int_equal(send(fd, &m, sizeof(m), MSG_NOSIGNAL), sizeof(m));
	spin(h, 20);
	assert_true(is_dead(fd));
	assert_int_equal(h->rings, 0);
	close(fd);
}

/* More peers than there are places: the late ones are hung up on, and a place that is free again is
 * taken again. */
static void test_crowd(void **state)
{
	struct house *h = *state;
	struct bell m = { BELL_MAGIC, BELL_PING, 1 };
	int fds[DOORBELL_PEERS + 5], dead = 0, fd;

	for (size_t i = 0; i < COUNT(fds); i++)
		fds[i] = dial(h);
	spin(h, 50);
	for (size_t i = 0; i < COUNT(fds); i++)
		dead += is_dead(fds[i]);
	assert_int_equal(dead, 5);
	close(fds[0]);
	spin(h, 20);
	fd = dial(h);
	assert_int_equal(send(fd, &m, sizeof(m), 0), sizeof(m));
	spin(h, 20);
	assert_int_equal(h->rings, 1);
	close(fd);
	for (size_t i = 1; i < COUNT(fds); i++)
		close(fds[i]);
	spin(h, 20);
}

/* One that says nothing is hung up on after its time; one that rings stays. */
static void test_idle(void **state)
{
	struct house *h = *state;
	struct bell m = { BELL_MAGIC, BELL_PING, 1 }, back;
	int still = dial(h), busy = dial(h);

	spin(h, IDLE_MS / 2);
	assert_int_equal(send(busy, &m, sizeof(m), 0), sizeof(m));
	spin(h, IDLE_MS / 2 + 300);
	assert_true(is_dead(still));
	assert_int_equal(recv(busy, &back, sizeof(back), MSG_DONTWAIT), sizeof(back));
	assert_false(is_dead(busy));
	close(still);
	close(busy);
	spin(h, 20);
}

/* No descriptor is left for a caller: the engine neither ends nor spins, and answers when one is.
 */
static void test_no_descriptor(void **state)
{
	struct house *h = *state;
	struct rlimit old, low;
	struct bell m = { BELL_MAGIC, BELL_PING, 1 };
	int fd = dial(h), spare;
	clock_t cpu;

	spare = dup(fd);
	close(spare);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	low = old;
	low.rlim_cur = (rlim_t)spare;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
	cpu = clock();
	spin(h, 500);
	assert_true(clock() - cpu < CLOCKS_PER_SEC / 5);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_int_equal(send(fd, &m, sizeof(m), 0), sizeof(m));
	spin(h, 1000);
	assert_int_equal(h->rings, 1);
	close(fd);
	spin(h, 20);
}

static void test_second_engine(void **state)
{
	struct house *h = *state;
	struct err e;

	assert_null(doorbell_new(h->loop, &h->cf, &e));
	assert_int_equal(e.code, ERR_SETUP);
	assert_non_null(strstr(e.log, "another process listens"));
}

/* The ordinary caller, from another process. */
static void test_bell_ring(void **state)
{
	struct house *h = *state;
	struct err e;
	pid_t child = fork();
	int status = 1;

	if (child == 0)
		_exit(bell_ring(h->path, BELL_JOB, 42, 3000, &e) == 0 ? 0 : 1);
	spin(h, 300);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(h->rings, 1);
	assert_int_equal(h->job, 42);
}

#define house_test(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		house_test(test_rings),
		house_test(test_noise),
		house_test(test_stranger),
		house_test(test_crowd),
		house_test(test_idle),
		house_test(test_no_descriptor),
		house_test(test_second_engine),
		house_test(test_bell_ring),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
