/* Job "add_found": everybody whom the directory named in the answer to another job becomes a
 * member, as far as they have a mailbox and are none yet.
 *
 * Rule: a portion, and up to where, are written together, so that a job that begins again goes on
 * there; the end and its row in the log, too.
 */
#include <string.h>
#include "chronicle.h"
#include "engine.h"
#include "job_kinds.h"
#include "platform/clock.h"
#include "platform/log.h"
#include "platform/loop.h"
#include "platform/str.h"
#include "platform/url.h"
#include "store/store.h"

enum { PORTION = 200, TEXTS = 4 << 20, ENDED = -1 /* the cursor */ };

struct adding {
	struct job_run *r;
	struct job from;
	struct job_progress progress; /* failed: those who were members already */
	struct arena texts;
	uint64_t timer;
};

static void clear(struct adding *x)
{
	loop_cancel(x->r->engine->loop, x->timer);
	arena_done(&x->texts);
}

static void finish(struct adding *x, enum job_state state, const char *outcome)
{
	clear(x);
	job_end(x->r, state, outcome);
}

static const char *sentence(struct adding *x)
{
	const int64_t fresh = x->progress.done - x->progress.failed;

	return arena_printf(x->r->a, "%lld %s added; %lld %s already.", (long long)fresh,
		fresh == 1 ? "member is" : "members are", (long long)x->progress.failed,
		x->progress.failed == 1 ? "was a member" : "were members");
}

static int add_rows(struct adding *x, const struct found_one *list, int n, struct err *e)
{
	for (int i = 0; i < n; i++) {
		const struct member m = { .account = x->r->job->account,
			.email = list[i].email,
			.name = list[i].name,
			.calendar = "" };
		int64_t id;

		x->progress.cursor = list[i].n;
		if (strcmp(list[i].type, "Mailbox") != 0)
			continue;
		x->progress.done++;
		x->progress.failed += list[i].member != 0;
		if (!list[i].member &&
			store_member_add(x->r->engine->db, &m, "From the directory.",
				x->r->job->by_name, &id, e) < 0)
			return -1;
	}
	return store_progress_save(x->r->engine->db, &x->progress, e);
}

static int note_end(struct adding *x, struct err *e)
{
	const struct chronicle row = { .account = x->r->job->account,
		.action = "directory.added",
		.about = "From the directory",
		.detail = sentence(x),
		.by = x->r->job->by_name,
		.request = x->r->job->request };

	x->progress.cursor = ENDED;
	if (store_progress_save(x->r->engine->db, &x->progress, e) < 0)
		return -1;
	return chronicle_add(x->r->engine, &row, e);
}

/* How many were looked at, 0 there are no more, -1. */
static int turn(struct adding *x, struct err *e)
{
	struct found_one *list;
	int n;

	if (x->progress.cursor == ENDED)
		return 0;
	n = store_found_list(x->r->engine->db, &x->texts, &x->from,
		(struct page_of){ x->progress.cursor, PORTION }, &list, e);
	if (n == 0)
		return note_end(x, e);
	return n < 0 || add_rows(x, list, n, e) < 0 ? -1 : n;
}

static void on_turn(void *ptr)
{
	struct adding *x = ptr;
	struct job_run *r = x->r;
	struct db *db = r->engine->db;
	struct err e;
	int n;

	x->timer = 0;
	n = db_begin_patient(db, &e) < 0 ? -1 : db_finish(db, turn(x, &e), &e);
	arena_reset(&x->texts);
	if (n > 0) {
		x->timer = loop_after(r->engine->loop, 0, on_turn, x);
		return;
	}
	if (n == 0) {
		chronicle_seal(r->engine);
		finish(x, JOB_DONE, sentence(x));
		return;
	}
	log_err("add_found.broken", &e);
	clear(x);
	job_again(r, "The store was busy.");
}

/* The params come from the web tier, which is not trusted. */
static int begin(struct adding *x, struct err *e)
{
	struct job_run *r = x->r;
	const char *text = url_get(r->a, r->job->params, "from");
	int64_t id;
	int rc;

	if (!text || str_int(text, 1, INT64_MAX, &id) < 0)
		return 0;
	rc = store_job_get(r->engine->db, r->a, r->job->account, id, &x->from, e);
	if (rc != 1 || strcmp(x->from.kind, job_directory.name) != 0)
		return rc < 0 ? -1 : 0;
	rc = store_progress_get(r->engine->db, r->a, r->job->id, &x->progress, e);
	if (rc == 0)
		x->progress = (struct job_progress){ .job = r->job->id, .began = clock_now() };
	return rc < 0 ? -1 : 1;
}

static void start(struct job_run *r)
{
	struct adding *x = arena_alloc(r->a, sizeof(*x));
	struct err e;
	int rc;

	*x = (struct adding){ .r = r };
	r->state = x;
	arena_init(&x->texts, TEXTS);
	rc = begin(x, &e);
	if (rc == 1) {
		x->timer = loop_after(r->engine->loop, 0, on_turn, x);
	} else if (rc == 0) {
		finish(x, JOB_FAILED, "What was found is not kept any more. Search again.");
	} else {
		clear(x);
		job_again(r, "The store was busy.");
	}
}

static int stop(struct job_run *r)
{
	clear(r->state);
	return 1;
}

const struct job_kind job_add_found = {
	.name = "add_found",
	.start = start,
	.stop = stop,
	.attempts = 5,
	.limit = 1800,
	.pause = 2,
};
