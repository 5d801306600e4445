/* Job "import": people of a file that an admin has looked at become members.
 *
 * A portion a turn of the loop, each one transaction that also keeps the line up to which it is
 * done (store_import.c): an engine that was killed goes on behind it. Who is new is due at once, so
 * the patrol looks at them.
 */
#include "chronicle.h"
#include "engine.h"
#include "job_kinds.h"
#include "platform/log.h"
#include "platform/str.h"
#include "platform/url.h"
#include "store/store_import.h"

enum { PORTION = 1000, ARENA = 64 << 20 };

struct importing {
	struct arena a; /* of one portion */
	uint64_t timer;
	int64_t id;
};

static void end(struct job_run *r, const struct import *i)
{
	log_info("import.done", LF_I("id", i->id), LF_I("added", i->added),
		LF_I("changed", i->changed));
	job_end(r, JOB_DONE, import_say(r->a, i));
}

static int tell(struct job_run *r, const struct import *i, struct err *e)
{
	const struct chronicle row = { .account = i->account,
		.action = "members.imported",
		.about = import_about(i),
		.detail = import_say(r->a, i),
		.by = r->job->by_name,
		.request = r->job->request };

	return chronicle_add(r->engine, &row, e);
}

/* The last one is written with what came of all. 1 there are more, 0 that was all, -1. */
static int rows(struct job_run *r, struct import *i, struct err *e)
{
	struct importing *w = r->state;
	struct db *db = r->engine->db;
	int rc = db_begin(db, DB_WRITE, e);

	if (rc < 0)
		return -1;
	rc = store_import_portion(db, &w->a, i, PORTION, e);
	rc = db_finish(db, rc == 0 ? tell(r, i, e) : rc, e);
	if (rc == 0)
		chronicle_seal(r->engine);
	return rc;
}

/* 1 there are more, 0 it has ended one way or another, -1 the store failed. */
static int portion(struct job_run *r, struct err *e)
{
	struct importing *w = r->state;
	struct import i;
	int rc = store_import_get(r->engine->db, &w->a, r->job->account, w->id, &i, e);

	if (rc < 0)
		return -1;
	if (rc == 0 || i.state < IMPORT_RUNNING) {
		job_end(r, JOB_FAILED, "The list is not there any more.");
		return 0;
	}
	rc = i.state == IMPORT_RUNNING ? rows(r, &i, e) : 0;
	if (rc == 0)
		end(r, &i);
	return rc;
}

static void on_portion(void *ptr)
{
	struct job_run *r = ptr;
	struct importing *w = r->state;
	struct err e;
	int rc;

	arena_reset(&w->a);
	w->timer = 0;
	rc = portion(r, &e);
	if (rc > 0) {
		w->timer = loop_after(r->engine->loop, 0, on_portion, r);
	} else if (rc < 0) {
		log_err("import.failed", &e);
		job_again(r, "The store could not be read or written.");
	}
}

static void forget(void *ptr)
{
	struct importing *w = ptr;

	arena_done(&w->a);
}

static void start(struct job_run *r)
{
	struct importing *w = arena_alloc(r->a, sizeof(*w));
	const char *id = url_get(r->a, r->job->params, "import");

	if (!id || str_int(id, 1, INT64_MAX, &w->id) < 0) {
		job_end(r, JOB_FAILED, "The job names no list.");
		return;
	}
	arena_init(&w->a, ARENA);
	arena_defer(r->a, forget, w);
	r->state = w;
	w->timer = loop_after(r->engine->loop, 0, on_portion, r);
}

static int stop(struct job_run *r)
{
	const struct importing *w = r->state;

	loop_cancel(r->engine->loop, w->timer);
	return 1;
}

const struct job_kind job_import = {
	.name = "import",
	.start = start,
	.stop = stop,
	.attempts = 100,
	.limit = 3600,
	.pause = 5,
};
