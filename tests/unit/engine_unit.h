/* What the tests of src/engine share: an engine with a store in a file, and its loop. */
#ifndef LATCHKEY_ENGINE_UNIT_H
#define LATCHKEY_ENGINE_UNIT_H

#include "tests/unit/store_unit.h"

#include "engine/engine.h"
#include "engine/job.h"
#include "platform/log.h"
#include "platform/loop.h"

struct bench {
	struct place place;
	struct engine eng;
	struct config cf;
	struct arena a;
	char head[160];
};

static inline int bench_setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	seal_init();
	log_open("test", LOG__MAX); /* nothing is written: some lines are meant to be alarming */
	place_make(&b->place);
	snprintf(b->head, sizeof(b->head), "%s/audit.head", b->place.dir);
	arena_init(&b->a, ARENA);
	b->cf.head_file = b->head;
	b->cf.session_idle = 3600;
	b->cf.session_absolute = 7200;
	b->eng.cf = &b->cf;
	b->eng.loop = loop_new();
	b->eng.db = file_db(&b->place, DB_OPEN_CREATE | DB_OPEN_HASTY);
	schema_today(b->eng.db);
	*state = b;
	return 0;
}

static inline int bench_teardown(void **state)
{
	struct bench *b = *state;

	clock_freeze(0);
	db_close(b->eng.db);
	loop_free(b->eng.loop);
	arena_done(&b->a);
	place_remove(&b->place);
	free(b);
	return 0;
}

#define bench_test(fn) cmocka_unit_test_setup_teardown(fn, bench_setup, bench_teardown)

/* Turn for so many milliseconds. */
static inline void spin(struct bench *b, int64_t ms)
{
	int64_t end = clock_mono_ms() + ms, left;

	while ((left = end - clock_mono_ms()) > 0)
		loop_turn(b->eng.loop, (int)left);
}

/* Turn until the condition holds, or fail after 10 s. */
#define spin_until(b, condition)                                                                   \
	do {                                                                                       \
		int64_t until_ = clock_mono_ms() + 10000;                                          \
		while (!(condition)) {                                                             \
			if (clock_mono_ms() > until_)                                              \
				fail_msg("never: %s", #condition);                                 \
			loop_turn((b)->eng.loop, 20);                                              \
		}                                                                                  \
	} while (0)

static inline int64_t add_job(struct bench *b, const char *kind, const char *params)
{
	const struct job j = { .kind = kind, .params = params, .run_at = clock_now() };
	struct err e;
	int64_t id = 0;

	assert_ok(store_job_add(b->eng.db, &j, &id, &e));
	return id;
}

static inline struct job get_job(struct bench *b, int64_t id)
{
	struct job j = { 0 };
	struct err e;

	assert_int_equal(store_job_get(b->eng.db, &b->a, 0, id, &j, &e), 1);
	return j;
}

static inline enum job_state state_of(struct bench *b, int64_t id)
{
	return get_job(b, id).state;
}

static inline int has_ended(struct bench *b, int64_t id)
{
	return state_of(b, id) >= JOB_DONE;
}

/* All steps; the count. */
static inline int get_steps(struct bench *b, int64_t id, struct job_step **out)
{
	struct err e;
	int n = store_job_steps(b->eng.db, &b->a, id, out, &e);

	assert_true(n >= 0);
	return n;
}

#endif
