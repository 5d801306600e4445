/* The loop: descriptors, timers, signals, and callbacks that change all of them. */
#include "tests/unit/unit.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "platform/clock.h"
#include "platform/loop.h"

enum { TIMERS = 2000 };

struct world {
	struct loop *loop;
	int a[2]; /* two connected pairs */
	int b[2];
	int calls;
	int events;
	char order[64];
	uint64_t victim;
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	if (!w || socketpair(AF_UNIX, SOCK_STREAM, 0, w->a) < 0 ||
		socketpair(AF_UNIX, SOCK_STREAM, 0, w->b) < 0)
		return -1;
	w->loop = loop_new();
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	loop_free(w->loop);
	for (int i = 0; i < 2; i++) {
		close(w->a[i]);
		close(w->b[i]);
	}
	free(w);
	return 0;
}

static void feed(int fd)
{
	assert_int_equal(write(fd, "x", 1), 1);
}

static void on_event(void *ptr, int fd, int events)
{
	struct world *w = ptr;
	char c;

	w->calls++;
	w->events = events;
	if (events & LOOP_READ)
		(void)!read(fd, &c, 1);
}

static void reads_and_writes(void **state)
{
	struct world *w = *state;

	loop_watch(w->loop, w->a[0], LOOP_READ, on_event, w);
	loop_turn(w->loop, 0);
	assert_int_equal(w->calls, 0);
	feed(w->a[1]);
	loop_turn(w->loop, 1000);
	assert_int_equal(w->calls, 1);
	assert_int_equal(w->events, LOOP_READ);
	loop_watch(w->loop, w->a[0], LOOP_READ | LOOP_WRITE, on_event, w);
	loop_turn(w->loop, 1000);
	assert_int_equal(w->events, LOOP_WRITE);
	feed(w->a[1]);
	loop_turn(w->loop, 1000);
	assert_int_equal(w->events, LOOP_READ | LOOP_WRITE);
}

static void forgets(void **state)
{
	struct world *w = *state;

	loop_watch(w->loop, w->a[0], 0, NULL, NULL);
	loop_watch(w->loop, w->a[0], LOOP_READ, on_event, w);
	feed(w->a[1]);
	loop_watch(w->loop, w->a[0], 0, NULL, NULL);
	loop_watch(w->loop, w->a[0], 0, NULL, NULL);
	loop_turn(w->loop, 0);
	assert_int_equal(w->calls, 0);
	loop_watch(w->loop, w->a[0], LOOP_READ, on_event, w);
	loop_turn(w->loop, 0);
	assert_int_equal(w->calls, 1);
}

/* A peer that left wakes readers and writers alike. */
static void hang_up_wakes_both(void **state)
{
	static const int wanted[] = { LOOP_READ, LOOP_WRITE };

	for (size_t i = 0; i < COUNT(wanted); i++) {
		struct world *w = *state;
		int fds[2];

		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
		loop_watch(w->loop, fds[0], wanted[i], on_event, w);
		close(fds[1]);
		w->events = 0;
		loop_turn(w->loop, 1000);
		assert_int_equal(w->events, wanted[i]);
		loop_watch(w->loop, fds[0], 0, NULL, NULL);
		close(fds[0]);
	}
}

/* An empty pipe whose writer left has nothing to read, only its end. */
static void end_of_a_pipe_wakes_the_reader(void **state)
{
	struct world *w = *state;
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	loop_watch(w->loop, fds[0], LOOP_READ, on_event, w);
	close(fds[1]);
	loop_turn(w->loop, 1000);
	assert_int_equal(w->events, LOOP_READ);
	loop_watch(w->loop, fds[0], 0, NULL, NULL);
	close(fds[0]);
}

/* Whoever is called first closes the other's descriptor. */
static void close_other(void *ptr, int fd, int events)
{
	struct world *w = ptr;
	int *other = fd == w->a[0] ? w->b : w->a;

	(void)events;
	w->calls++;
	loop_watch(w->loop, other[0], 0, NULL, NULL);
	loop_watch(w->loop, fd, 0, NULL, NULL);
}

static void no_stale_event_after_forgetting(void **state)
{
	struct world *w = *state;

	loop_watch(w->loop, w->a[0], LOOP_READ, close_other, w);
	loop_watch(w->loop, w->b[0], LOOP_READ, close_other, w);
	feed(w->a[1]);
	feed(w->b[1]);
	loop_turn(w->loop, 1000);
	assert_int_equal(w->calls, 1);
}

static void must_not_run(void *ptr, int fd, int events)
{
	(void)ptr;
	fail_msg("stale event %d for descriptor %d", events, fd);
}

/* The number is closed, opened again and watched anew: the old event is not the new file's. */
static void replace_other(void *ptr, int fd, int events)
{
	struct world *w = ptr;
	int *other = fd == w->a[0] ? w->b : w->a;
	int number = other[0], fresh[2];

	(void)events;
	w->calls++;
	loop_watch(w->loop, fd, 0, NULL, NULL);
	loop_watch(w->loop, number, 0, NULL, NULL);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fresh), 0);
	assert_int_equal(dup2(fresh[0], number), number);
	close(fresh[0]);
	close(other[1]);
	other[1] = fresh[1];
	loop_watch(w->loop, number, LOOP_READ, must_not_run, NULL);
}

static void no_stale_event_for_a_new_file(void **state)
{
	struct world *w = *state;

	loop_watch(w->loop, w->a[0], LOOP_READ, replace_other, w);
	loop_watch(w->loop, w->b[0], LOOP_READ, replace_other, w);
	feed(w->a[1]);
	feed(w->b[1]);
	loop_turn(w->loop, 1000);
	loop_turn(w->loop, 0);
	assert_int_equal(w->calls, 1);
}

/* Closed without being forgotten: watching the number again must reach the new file. */
static void number_closed_behind_our_back(void **state)
{
	struct world *w = *state;
	int fds[2], number;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	number = fds[0];
	loop_watch(w->loop, number, LOOP_READ, must_not_run, NULL);
	close(fds[0]);
	close(fds[1]);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_int_equal(fds[0], number);
	loop_watch(w->loop, number, LOOP_READ, on_event, w);
	feed(fds[1]);
	loop_turn(w->loop, 1000);
	assert_int_equal(w->calls, 1);
	loop_watch(w->loop, number, 0, NULL, NULL);
	close(fds[0]);
	close(fds[1]);
	loop_watch(w->loop, number, 0, NULL, NULL);
}

/* The table of descriptors grows, also from inside a callback. */
static void watch_high(void *ptr, int fd, int events)
{
	struct world *w = ptr;

	on_event(ptr, fd, events);
	loop_watch(w->loop, 700, LOOP_READ, on_event, w);
}

static void high_numbers(void **state)
{
	struct world *w = *state;
	struct rlimit lim;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &lim), 0);
	if (lim.rlim_cur < 800)
		skip();
	assert_int_equal(dup2(w->b[0], 700), 700);
	loop_watch(w->loop, w->a[0], LOOP_READ, watch_high, w);
	feed(w->a[1]);
	feed(w->b[1]);
	loop_turn(w->loop, 1000);
	loop_turn(w->loop, 1000);
	assert_int_equal(w->calls, 2);
	loop_watch(w->loop, 700, 0, NULL, NULL);
	close(700);
}

static struct world *note_world;

static void note(void *ptr)
{
	size_t n = strlen(note_world->order);

	note_world->order[n] = *(const char *)ptr;
}

static void run_for(struct world *w, int64_t ms)
{
	int64_t end = clock_mono_ms() + ms;

	while (clock_mono_ms() < end)
		loop_turn(w->loop, (int)(end - clock_mono_ms()));
}

static void timers_fire_in_order(void **state)
{
	struct world *w = *state;

	note_world = w;
	loop_after(w->loop, 40, note, "d");
	loop_after(w->loop, 20, note, "c");
	loop_after(w->loop, 0, note, "a");
	loop_after(w->loop, -5, note, "b");
	loop_after(w->loop, INT64_MAX, note, "z");
	run_for(w, 80);
	assert_string_equal(w->order, "abcd");
}

static void equal_deadlines_fire_as_armed(void **state)
{
	struct world *w = *state;

	note_world = w;
	for (const char *p = "0123456789abcdefghijklmnopqrstuvwxyz"; *p; p++)
		loop_after(w->loop, 0, note, (void *)(uintptr_t)p);
	loop_turn(w->loop, 10);
	assert_string_equal(w->order, "0123456789abcdefghijklmnopqrstuvwxyz");
}

static void timer_wakes_the_wait(void **state)
{
	struct world *w = *state;
	int64_t start = clock_mono_ms();

	note_world = w;
	loop_after(w->loop, 30, note, "a");
	loop_turn(w->loop, 5000);
	assert_in_range(clock_mono_ms() - start, 29, 3000);
	assert_string_equal(w->order, "a");
}

static void cancelled_timers_stay_silent(void **state)
{
	struct world *w = *state;
	uint64_t first, second;

	note_world = w;
	first = loop_after(w->loop, 0, note, "a");
	second = loop_after(w->loop, 0, note, "b");
	assert_true(first != 0 && second != 0 && first != second);
	loop_cancel(w->loop, first);
	loop_cancel(w->loop, first);
	loop_cancel(w->loop, 0);
	loop_cancel(w->loop, UINT64_MAX);
	/* takes the slot of the first; its old number must not reach it */
	loop_after(w->loop, 0, note, "c");
	loop_cancel(w->loop, first);
	loop_turn(w->loop, 10);
	assert_string_equal(w->order, "bc");
	loop_cancel(w->loop, second);
}

static void cancel_victim(void *ptr)
{
	struct world *w = ptr;

	w->calls++;
	loop_cancel(w->loop, w->victim);
}

static void timer_cancels_another_of_its_turn(void **state)
{
	struct world *w = *state;

	note_world = w;
	loop_after(w->loop, 0, cancel_victim, w);
	w->victim = loop_after(w->loop, 0, note, "x");
	loop_turn(w->loop, 10);
	loop_turn(w->loop, 0);
	assert_int_equal(w->calls, 1);
	assert_string_equal(w->order, "");
}

static void rearm(void *ptr)
{
	struct world *w = ptr;

	w->calls++;
	loop_after(w->loop, 0, rearm, w);
}

/* A timer that arms itself again fires once a turn. */
static void armed_in_a_turn_fires_later(void **state)
{
	struct world *w = *state;

	loop_after(w->loop, 0, rearm, w);
	for (int i = 1; i <= 5; i++) {
		loop_turn(w->loop, 10);
		assert_int_equal(w->calls, i);
	}
}

struct armed {
	struct world *w;
	int64_t deadline;
	uint64_t id;
	int fired;
};

static void check_deadline(void *ptr)
{
	struct armed *t = ptr;

	assert_true(clock_mono_ms() >= t->deadline);
	t->fired++;
	t->w->calls++;
}

/* Against the definition: many timers, a third cancelled in any order, each other one fires once.
 */
static void many_timers(void **state)
{
	static struct armed all[TIMERS];
	struct world *w = *state;
	unsigned seed = 12345;
	int left = TIMERS;

	memset(all, 0, sizeof(all));
	for (size_t i = 0; i < TIMERS; i++) {
		int64_t ms = (seed = seed * 1103515245u + 12345u) >> 16 & 63;

		all[i].w = w;
		all[i].deadline = clock_mono_ms() + ms;
		all[i].id = loop_after(w->loop, ms, check_deadline, &all[i]);
	}
	for (size_t i = 0; i < TIMERS; i++) {
		if (((seed = seed * 1103515245u + 12345u) >> 16) % 3 == 0) {
			loop_cancel(w->loop, all[i].id);
			all[i].fired = -1;
			left--;
		}
	}
	run_for(w, 120);
	assert_int_equal(w->calls, left);
	for (size_t i = 0; i < TIMERS; i++)
		assert_true(all[i].fired == 1 || all[i].fired == -1);
}

static void on_sig(void *ptr, int signo)
{
	struct world *w = ptr;

	w->calls++;
	w->events = signo;
	loop_stop(w->loop);
}

/* In a child, because the signals stay blocked. */
static void signals_are_calls(void **state)
{
	struct world *w = *state;
	int status;
	pid_t child = fork();

	if (child == 0) {
		loop_signal(w->loop, SIGTERM, on_sig, w);
		loop_signal(w->loop, SIGHUP, on_sig, w);
		raise(SIGTERM);
		loop_run(w->loop);
		if (w->calls != 1 || w->events != SIGTERM)
			_exit(1);
		raise(SIGHUP);
		loop_run(w->loop);
		_exit(w->calls == 2 && w->events == SIGHUP ? 0 : 2);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void stop_now(void *ptr)
{
	struct world *w = ptr;

	w->calls++;
	loop_stop(w->loop);
}

static void run_ends_with_stop_and_runs_again(void **state)
{
	struct world *w = *state;

	for (int i = 1; i <= 2; i++) {
		loop_after(w->loop, 1, stop_now, w);
		loop_run(w->loop);
		assert_int_equal(w->calls, i);
	}
	loop_stop(w->loop);
	loop_run(w->loop);
	assert_int_equal(w->calls, 2);
}

/* What cannot be watched is our mistake and ends the process. */
static void bad_descriptor_dies(void **state)
{
	static const int bad[] = { -1, 900 };
	struct world *w = *state;
	int status;

	for (size_t i = 0; i < COUNT(bad); i++) {
		pid_t child = fork();

		if (child == 0) {
			close(STDERR_FILENO);
			signal(SIGABRT, SIG_DFL);
			loop_watch(w->loop, bad[i], LOOP_READ, on_event, w);
			_exit(0);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(reads_and_writes),
		TEST(forgets),
		TEST(hang_up_wakes_both),
		TEST(end_of_a_pipe_wakes_the_reader),
		TEST(no_stale_event_after_forgetting),
		TEST(no_stale_event_for_a_new_file),
		TEST(number_closed_behind_our_back),
		TEST(high_numbers),
		TEST(timers_fire_in_order),
		TEST(equal_deadlines_fire_as_armed),
		TEST(timer_wakes_the_wait),
		TEST(cancelled_timers_stay_silent),
		TEST(timer_cancels_another_of_its_turn),
		TEST(armed_in_a_turn_fires_later),
		TEST(many_timers),
		TEST(signals_are_calls),
		TEST(run_ends_with_stop_and_runs_again),
		TEST(bad_descriptor_dies),
	};

	loop_free(NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
