/* The simulator's loop: timers in order, cancelled, many; descriptors forgotten inside callbacks.
 */
#include "tests/unit/unit.h"
#include "sim/loop.h"
#include "sim/text.h"

#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct note {
	struct loop *l;
	struct text *said;
	char letter;
	uint64_t cancels;
	int fd, other;
};

static void say(void *arg)
{
	struct note *n = arg;

	text_add(n->said, &n->letter, 1);
	loop_cancel(n->l, n->cancels);
}

static void turn_for(struct loop *l, int ms)
{
	int64_t end = loop_us() + ms * 1000;

	while (loop_us() < end)
		loop_turn(l, 1);
}

static void test_timers(void **state)
{
	struct text said = { 0 };
	struct loop *l = loop_new();
	struct note notes[5];
	uint64_t ids[5];
	static const int after[] = { 30, 5, 5, 0, 15 };

	(void)state;
	for (int i = 0; i < 5; i++) {
		notes[i] = (struct note){ .l = l, .said = &said, .letter = (char)('a' + i) };
		ids[i] = loop_after(l, after[i], say, &notes[i]);
		assert_true(ids[i] != 0);
	}
	notes[1].cancels = ids[4];
	turn_for(l, 60);
	assert_string_equal(said.at, "dbca");
	for (int i = 0; i < 5; i++)
		loop_cancel(l, ids[i]);
	loop_cancel(l, 0);
	loop_cancel(l, UINT64_MAX);
	text_free(&said);
	loop_free(l);
}

/* An old number must not reach the timer that took its place. */
static void test_old_number(void **state)
{
	struct text said = { 0 };
	struct loop *l = loop_new();
	struct note n = { .l = l, .said = &said, .letter = 'x' };
	uint64_t old = loop_after(l, 1000, say, &n), new;

	(void)state;
	loop_cancel(l, old);
	new = loop_after(l, 0, say, &n);
	assert_true(new != old);
	loop_cancel(l, old);
	turn_for(l, 5);
	assert_string_equal(said.at, "x");
	text_free(&said);
	loop_free(l);
}

/* A timer, and between what times it is due: however slow the machine was between the two looks at
 * the clock, the loop's own is one of them. */
struct timed {
	uint64_t id;
	int64_t from, to;
	int *fired;
	int64_t *last; /* none that has fired was due before this */
};

static void in_order(void *arg)
{
	struct timed *t = arg;

	assert_true(t->to >= *t->last);
	assert_true(t->from <= loop_us());
	if (t->from > *t->last)
		*t->last = t->from;
	(*t->fired)++;
}

static void test_many_timers(void **state)
{
	enum { MANY = 3000, LONGEST = 60 };
	static struct timed timers[MANY];
	struct loop *l = loop_new();
	struct dice d = { 7 };
	int64_t last = 0;
	int fired = 0;

	(void)state;
	for (int i = 0; i < MANY; i++) {
		struct timed *t = &timers[i];
		int64_t ms = dice_below(&d, LONGEST);

		*t = (struct timed){
			.fired = &fired, .last = &last, .from = loop_us() + ms * 1000
		};
		t->id = loop_after(l, ms, in_order, t);
		t->to = loop_us() + ms * 1000;
	}
	for (int i = 0; i < MANY; i += 3)
		loop_cancel(l, timers[i].id);
	turn_for(l, LONGEST);
	loop_turn(l, 0); /* all are due by now, however few turns there were */
	assert_int_equal(fired, MANY - MANY / 3);
	loop_free(l);
}

static void again(void *arg)
{
	struct note *n = arg;

	n->fd++;
	loop_after(n->l, 0, again, n);
}

static void test_turn_ends(void **state)
{
	struct loop *l = loop_new();
	struct note n = { .l = l };

	(void)state;
	loop_after(l, 0, again, &n);
	loop_turn(l, 0);
	assert_true(n.fd <= 1);
	loop_turn(l, 0);
	assert_true(n.fd <= 2);
	loop_free(l);
}

static void forget_other(void *arg, int fd, int events)
{
	struct note *n = arg;

	assert_int_equal(events & LOOP_IN, LOOP_IN);
	text_add(n->said, &n->letter, 1);
	loop_watch(n->l, n->other, 0, NULL, NULL);
	loop_watch(n->l, fd, 0, NULL, NULL);
}

/* Both are ready in one turn; the first to be called forgets the second. */
static void test_forget_inside(void **state)
{
	struct loop *l = loop_new();
	struct text said = { 0 };
	int a[2], b[2];
	struct note na, nb;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, a), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, b), 0);
	na = (struct note){ .l = l, .said = &said, .letter = 'n', .other = b[0] };
	nb = (struct note){ .l = l, .said = &said, .letter = 'n', .other = a[0] };
	loop_watch(l, a[0], LOOP_IN, forget_other, &na);
	loop_watch(l, b[0], LOOP_IN, forget_other, &nb);
	assert_int_equal(write(a[1], "x", 1), 1);
	assert_int_equal(write(b[1], "x", 1), 1);
	turn_for(l, 5);
	assert_string_equal(said.at, "n");
	for (int i = 0; i < 2; i++) {
		close(a[i]);
		close(b[i]);
	}
	text_free(&said);
	loop_free(l);
}

static int pair[2];

/* Closes the other descriptor and takes its number again. */
static void replace_other(void *arg, int fd, int events)
{
	struct note *n = arg;

	(void)events;
	text_add(n->said, "r", 1);
	loop_watch(n->l, fd, 0, NULL, NULL);
	loop_watch(n->l, n->other, 0, NULL, NULL);
	close(n->other);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(pair[0], n->other);
	loop_watch(n->l, pair[0], LOOP_IN, replace_other, n);
}

/* What was reported about the old holder of a number is not told to the new one. */
static void test_number_taken_again(void **state)
{
	struct loop *l = loop_new();
	struct text said = { 0 };
	int a[2], b[2];
	struct note na, nb;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, a), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, b), 0);
	na = (struct note){ .l = l, .said = &said, .other = b[0] };
	nb = (struct note){ .l = l, .said = &said, .other = a[0] };
	loop_watch(l, a[0], LOOP_IN, replace_other, &na);
	loop_watch(l, b[0], LOOP_IN, replace_other, &nb);
	assert_int_equal(write(a[1], "x", 1), 1);
	assert_int_equal(write(b[1], "x", 1), 1);
	turn_for(l, 5);
	assert_string_equal(said.at, "r");
	close(said.len == 1 && pair[0] == b[0] ? a[0] : b[0]);
	close(a[1]);
	close(b[1]);
	close(pair[0]);
	close(pair[1]);
	text_free(&said);
	loop_free(l);
}

static void keep_events(void *arg, int fd, int events)
{
	struct note *n = arg;

	n->fd = events;
	loop_watch(n->l, fd, 0, NULL, NULL);
}

static void test_gone(void **state)
{
	struct loop *l = loop_new();
	struct note n = { .l = l };
	int a[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, a), 0);
	loop_watch(l, a[0], LOOP_GONE, keep_events, &n);
	assert_int_equal(write(a[1], "x", 1), 1);
	turn_for(l, 3);
	assert_int_equal(n.fd, 0);
	close(a[1]);
	turn_for(l, 3);
	assert_int_equal(n.fd, LOOP_GONE);
	close(a[0]);
	loop_free(l);
}

/* A descriptor closed without being forgotten, and its number taken again. */
static void test_closed_unforgotten(void **state)
{
	struct loop *l = loop_new();
	struct note n = { .l = l };
	int a[2], b[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, a), 0);
	loop_watch(l, a[0], LOOP_IN, keep_events, &n);
	close(a[0]);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, b), 0);
	loop_watch(l, b[0], LOOP_IN | LOOP_OUT, keep_events, &n);
	loop_turn(l, 5);
	assert_int_equal(n.fd, LOOP_OUT);
	close(a[1]);
	close(b[0]);
	close(b[1]);
	loop_free(l);
}

static void signal_self(void *arg)
{
	(void)arg;
	raise(SIGTERM);
}

static void stop(void *arg)
{
	loop_stop(arg);
}

static void test_run_ends(void **state)
{
	struct loop *l = loop_new();

	(void)state;
	loop_after(l, 0, signal_self, NULL);
	loop_run(l);
	loop_after(l, 0, stop, l);
	loop_run(l);
	loop_free(l);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_timers),
		cmocka_unit_test(test_old_number),
		cmocka_unit_test(test_many_timers),
		cmocka_unit_test(test_turn_ends),
		cmocka_unit_test(test_forget_inside),
		cmocka_unit_test(test_number_taken_again),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_closed_unforgotten),
		cmocka_unit_test(test_run_ends),
	};

	return cmocka_run_group_tests_name("sim_loop", tests, NULL, NULL);
}
