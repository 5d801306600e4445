/* Arena: zeroed, aligned, bounded memory; deferred calls; what is kept over a reset. */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "platform/arena.h"

enum { ROOM = 1024 * 1024 };

static void memory_is_zeroed_and_aligned(void **state)
{
	static const size_t sizes[] = { 0, 1, 7, 8, 17, 100, 4096, 16384, 16385, 100000 };
	struct arena a;
	unsigned char *p;
	size_t i, k;
	int round;

	(void)state;
	arena_init(&a, ROOM);
	/* The second round gets memory that was used before. */
	for (round = 0; round < 2; round++) {
		for (i = 0; i < COUNT(sizes); i++) {
			p = arena_alloc(&a, sizes[i]);
			assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
			for (k = 0; k < sizes[i]; k++)
				assert_int_equal(p[k], 0);
			memset(p, 0xff, sizes[i]);
		}
		arena_reset(&a);
		assert_int_equal(a.used, 0);
	}
	arena_done(&a);
	assert_null(a.blocks);
}

static void pieces_do_not_overlap(void **state)
{
	struct arena a;
	unsigned char *p[500];
	size_t i, k;

	(void)state;
	arena_init(&a, ROOM);
	for (i = 0; i < COUNT(p); i++) {
		p[i] = arena_alloc(&a, i % 97 + (i % 50 ? 0 : 9000));
		memset(p[i], (int)(i & 0xff), i % 97);
	}
	for (i = 0; i < COUNT(p); i++) {
		for (k = 0; k < i % 97; k++)
			assert_int_equal(p[i][k], i & 0xff);
	}
	arena_done(&a);
}

static void copies(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, ROOM);
	assert_null(arena_strdup(&a, NULL));
	assert_string_equal(arena_strdup(&a, ""), "");
	assert_string_equal(arena_strdup(&a, "word"), "word");
	assert_string_equal(arena_strndup(&a, "word", 2), "wo");
	assert_string_equal(arena_strndup(&a, "word", 99), "word");
	assert_memory_equal(arena_memdup(&a, "a\0b", 3), "a\0b", 3);
	assert_non_null(arena_memdup(&a, NULL, 0));
	assert_string_equal(arena_printf(&a, "%s-%d", "x", 7), "x-7");
	assert_string_equal(arena_printf(&a, "%s", ""), "");
	assert_int_equal(strlen(arena_printf(&a, "%5000d", 1)), 5000);
	arena_done(&a);
}

static char order[8];

static void note(void *ptr)
{
	size_t n = strlen(order);

	order[n] = *(const char *)ptr;
	order[n + 1] = '\0';
}

static struct arena nested;

static void note_and_defer(void *ptr)
{
	note(ptr);
	arena_defer(&nested, note, "z");
}

static void deferred_calls_run_newest_first_once(void **state)
{
	(void)state;
	order[0] = '\0';
	arena_init(&nested, ROOM);
	arena_defer(&nested, note, "a");
	arena_defer(&nested, note, "b");
	arena_defer(&nested, note, "c");
	arena_reset(&nested);
	assert_string_equal(order, "cba");
	arena_reset(&nested);
	assert_string_equal(order, "cba");
	arena_defer(&nested, note, "d");
	arena_done(&nested);
	assert_string_equal(order, "cbad");
}

static void a_deferred_call_may_defer(void **state)
{
	(void)state;
	order[0] = '\0';
	arena_init(&nested, ROOM);
	arena_defer(&nested, note, "a");
	arena_defer(&nested, note_and_defer, "b");
	arena_done(&nested);
	assert_string_equal(order, "bza");
}

static void the_maximum_itself_fits(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 4096);
	arena_alloc(&a, 4096);
	assert_int_equal(a.used, 4096);
	arena_reset(&a);
	arena_alloc(&a, 4096);
	arena_done(&a);
}

static void ask_over_maximum(struct arena *a)
{
	arena_alloc(a, 4000);
	arena_alloc(a, 97);
}

static void ask_huge(struct arena *a)
{
	arena_alloc(a, SIZE_MAX - 3);
}

static void ask_overflowing_array(struct arena *a)
{
	arena_array(a, SIZE_MAX / 8 + 2, 8);
}

static void too_much_ends_the_process(void **state)
{
	static void (*const cases[])(
		struct arena *) = { ask_over_maximum, ask_huge, ask_overflowing_array };
	struct arena a;
	int status;
	pid_t child;
	size_t i;

	(void)state;
	arena_init(&a, 4096);
	for (i = 0; i < COUNT(cases); i++) {
		child = fork();
		if (child == 0) {
			dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
			cases[i](&a);
			_exit(0);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	}
	arena_done(&a);
}

static void an_array_is_counted(void **state)
{
	struct arena a;
	int64_t *p;

	(void)state;
	arena_init(&a, ROOM);
	p = arena_array(&a, 100, sizeof(*p));
	p[99] = 1;
	assert_int_equal(a.used, 800);
	assert_non_null(arena_array(&a, 0, 8));
	arena_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_zeroed_and_aligned),
		cmocka_unit_test(pieces_do_not_overlap),
		cmocka_unit_test(copies),
		cmocka_unit_test(deferred_calls_run_newest_first_once),
		cmocka_unit_test(a_deferred_call_may_defer),
		cmocka_unit_test(the_maximum_itself_fits),
		cmocka_unit_test(too_much_ends_the_process),
		cmocka_unit_test(an_array_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
