/* The doorbell: both ends, and peers that do not keep to the protocol. */
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include "platform/bell.h"
#include "platform/clock.h"
#include "platform/sock.h"

struct house {
	char dir[64];
	char path[96];
	int door;    /* listening */
	int ends[2]; /* a connected pair */
};

static int setup(void **state)
{
	struct house *h = calloc(1, sizeof(*h));
	struct err e;

	if (!h)
		return -1;
	snprintf(h->dir, sizeof(h->dir), "/tmp/test_bell.XXXXXX");
	if (!mkdtemp(h->dir))
		return -1;
	snprintf(h->path, sizeof(h->path), "%s/bell", h->dir);
	h->door = sock_listen(h->path, SOCK_SEQPACKET, 0600, NULL, &e);
	*state = h;
	return h->door < 0 ? -1 : socketpair(AF_UNIX, SOCK_SEQPACKET, 0, h->ends);
}

static int teardown(void **state)
{
	struct house *h = *state;

	close(h->door);
	close(h->ends[0]);
	close(h->ends[1]);
	unlink(h->path);
	rmdir(h->dir);
	free(h);
	return 0;
}

static void message_is_sixteen_bytes(void **state)
{
	(void)state;
	assert_int_equal(sizeof(struct bell), 16);
}

static void reads_each_verb(void **state)
{
	struct house *h = *state;

	for (unsigned verb = BELL_PING; verb <= BELL_KEYS; verb++) {
		struct bell in = { BELL_MAGIC, verb, INT64_C(0x123456789abc) }, out;
		struct err e;

		assert_int_equal(send(h->ends[0], &in, sizeof(in), 0), sizeof(in));
		assert_int_equal(bell_read(h->ends[1], &out, &e), 1);
		assert_memory_equal(&in, &out, sizeof(in));
	}
}

static void other_values_are_no_bell(void **state)
{
	static const struct bell bad[] = {
		{ 0, BELL_JOB, 1 },
		{ BELL_MAGIC + 1, BELL_JOB, 1 },
		{ 0x31424b4c, BELL_JOB, 1 }, /* the magic in the other byte order */
		{ BELL_MAGIC, 0, 1 },
		{ BELL_MAGIC, BELL_OK, 1 },
		{ BELL_MAGIC, BELL_OK + 1, 1 },
		{ BELL_MAGIC, UINT32_MAX, 1 },
		{ BELL_MAGIC, BELL_JOB, -1 },
		{ BELL_MAGIC, BELL_JOB, INT64_MIN },
	};
	struct house *h = *state;

	for (size_t i = 0; i < COUNT(bad); i++) {
		struct bell out;
		struct err e;

		assert_int_equal(send(h->ends[0], &bad[i], sizeof(bad[i]), 0), sizeof(bad[i]));
		assert_int_equal(bell_read(h->ends[1], &out, &e), -1);
		assert_int_equal(e.code, ERR_INPUT);
	}
}

static void other_lengths_are_no_bell(void **state)
{
	struct house *h = *state;

	for (size_t n = 1; n <= 3 * sizeof(struct bell); n++) {
		struct bell three[3] = { { BELL_MAGIC, BELL_JOB, 1 } }, out;
		struct err e;

		if (n == sizeof(struct bell))
			continue;
		assert_int_equal(send(h->ends[0], three, n, 0), n);
		assert_int_equal(bell_read(h->ends[1], &out, &e), -1);
		assert_int_equal(e.code, ERR_INPUT);
	}
}

static void silence_does_not_block(void **state)
{
	struct house *h = *state;
	struct bell out;
	struct err e;

	assert_int_equal(bell_read(h->ends[1], &out, &e), -1);
}

static void peer_left(void **state)
{
	struct house *h = *state;
	struct bell in = { BELL_MAGIC, BELL_JOB, 1 }, out;
	struct err e;

	signal(SIGPIPE, SIG_DFL);
	/* what it left unread makes the kernel report a reset, which is no more than leaving */
	assert_int_equal(send(h->ends[1], &in, sizeof(in), 0), sizeof(in));
	close(h->ends[0]);
	assert_int_equal(bell_read(h->ends[1], &out, &e), 0);
	assert_int_equal(bell_read(h->ends[1], &out, &e), 0);
	bell_answer(h->ends[1], 1);
}

static void answer_never_blocks(void **state)
{
	struct house *h = *state;
	int64_t start = clock_mono_ms();

	for (int i = 0; i < 20000; i++)
		bell_answer(h->ends[0], i);
	assert_true(clock_mono_ms() - start < 5000);
}

static void nobody_listens(void **state)
{
	struct house *h = *state;
	char longest[200];
	struct err e;

	close(h->door);
	assert_int_equal(bell_ring(h->path, BELL_JOB, 1, 100, &e), -1);
	assert_int_equal(e.code, ERR_ENGINE);
	unlink(h->path);
	assert_int_equal(bell_ring(h->path, BELL_JOB, 1, 0, &e), -1);
	assert_int_equal(e.code, ERR_ENGINE);
	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(bell_ring(longest, BELL_JOB, 1, 0, &e), -1);
	assert_int_equal(e.code, ERR_ENGINE);
	assert_string_equal(e.say, err_info(ERR_ENGINE)->say);
	h->door = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* Rings and goes; the message waits for the engine. */
static void ring_without_waiting(void **state)
{
	struct house *h = *state;
	struct bell out;
	struct err e;
	int at;

	assert_ok(bell_ring(h->path, BELL_CANCEL, 42, 0, &e));
	at = accept(h->door, NULL, NULL);
	assert_int_equal(bell_read(at, &out, &e), 1);
	assert_int_equal(out.verb, BELL_CANCEL);
	assert_int_equal(out.job, 42);
	assert_int_equal(bell_read(at, &out, &e), 0);
	close(at);
}

/* A child takes one ring and answers with n bytes (of whatever stands there); 0: it hangs up, -1:
 * it keeps silent until we leave. */
static pid_t engine(struct house *h, const struct bell *reply, int n)
{
	pid_t child = fork();
	struct bell got;
	struct err e;
	int at;

	if (child != 0)
		return child;
	at = accept(h->door, NULL, NULL);
	if (sock_timeout(at, 5000, &e) < 0)
		_exit(3);
	if (recv(at, &got, sizeof(got), MSG_PEEK) != sizeof(got) || bell_read(at, &got, &e) != 1)
		_exit(1);
	if (n > 0 && send(at, reply, (size_t)n, 0) != n)
		_exit(2);
	if (n != 0)
		(void)!read(at, &got, sizeof(got));
	_exit(0);
}

static void end_of(pid_t child)
{
	int status;

	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void answers(void **state)
{
	static const struct {
		struct bell reply[2];
		int n;
		int rc;
		const char *why;
	} cases[] = {
		{ { { BELL_MAGIC, BELL_OK, 7 } }, 16, 0, "" },
		{ { { BELL_MAGIC, BELL_OK, 8 } }, 16, -1, "something else" },
		{ { { BELL_MAGIC, BELL_JOB, 7 } }, 16, -1, "something else" },
		{ { { 1, BELL_OK, 7 } }, 16, -1, "Bad message" },
		{ { { BELL_MAGIC, BELL_OK, 7 } }, 15, -1, "Bad message" },
		{ { { BELL_MAGIC, BELL_OK, 7 } }, 17, -1, "Bad message" },
		{ { { BELL_MAGIC, BELL_OK, 7 } }, 32, -1, "Bad message" },
		{ { { 0, 0, 0 } }, 0, -1, "hung up" },
		{ { { 0, 0, 0 } }, -1, -1, "no answer within 80 ms" },
	};
	struct house *h = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		pid_t child = engine(h, cases[i].reply, cases[i].n);
		int64_t start = clock_mono_ms();
		struct err e = { 0 };

		assert_int_equal(bell_ring(h->path, BELL_JOB, 7, cases[i].n < 0 ? 80 : 4000, &e),
			cases[i].rc);
		if (cases[i].rc < 0) {
			assert_int_equal(e.code, ERR_ENGINE);
			if (!strstr(e.log, cases[i].why))
				fail_msg("case %zu: %s", i, e.log);
		}
		if (cases[i].n < 0)
			assert_in_range(clock_mono_ms() - start, 79, 3000);
		end_of(child);
	}
}

static void on_alarm(int signo)
{
	(void)signo;
}

/* Signals neither end the waiting nor make it longer. */
static void signals_do_not_disturb(void **state)
{
	const struct itimerval often = { { 0, 5000 }, { 0, 5000 } }, never = { { 0, 0 }, { 0, 0 } };
	struct sigaction sa = { .sa_handler = on_alarm };
	struct house *h = *state;
	struct err e;
	int64_t start;

	assert_int_equal(sigaction(SIGALRM, &sa, NULL), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
	start = clock_mono_ms();
	assert_int_equal(bell_ring(h->path, BELL_PING, 0, 100, &e), -1);
	assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
	assert_in_range(clock_mono_ms() - start, 99, 3000);
	assert_non_null(strstr(e.log, "no answer"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(message_is_sixteen_bytes),
		TEST(reads_each_verb),
		TEST(other_values_are_no_bell),
		TEST(other_lengths_are_no_bell),
		TEST(silence_does_not_block),
		TEST(peer_left),
		TEST(answer_never_blocks),
		TEST(nobody_listens),
		TEST(ring_without_waiting),
		TEST(answers),
		TEST(signals_do_not_disturb),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
