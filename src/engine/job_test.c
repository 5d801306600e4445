/* Job "test": a stored connection is tested step by step (exchange/check.h).
 *
 * A failed step is a result, not a fault. Each step keeps what was said on the wire for it, without
 * secrets. Nothing is written to any mailbox.
 */
#include "engine.h"
#include "exchange/check.h"
#include "exchange/egress.h"
#include "exchange/reason_fill.h"
#include "job_kinds.h"
#include "keeper.h"
#include "keyring.h"
#include "line.h"
#include "platform/log.h"
#include "platform/str.h"
#include "platform/url.h"
#include "store/store.h"

struct test {
	struct line_tools tools;
	struct line *line;
	struct check *check;
	struct trace trace;
	const char *member;
};

static void close_test(void *ptr)
{
	struct test *t = ptr;

	line_free(t->line);
	trace_done(&t->trace);
}

/* What was said since the step before belongs to this one. */
static const char *take_trace(struct job_run *r, struct test *t)
{
	const char *text = arena_strdup(r->a, buf_str(&t->trace.text));

	buf_clear(&t->trace.text);
	return text;
}

/* What to do, with the names of this connection in it. */
static const char *fix_of(struct job_run *r, const struct test *t, const struct reason_row *why)
{
	const struct connection *c = line_connection(t->line);
	const struct reason_names names = {
		.member = t->member, .mailbox = c->mailbox, .app = c->client_id
	};
	const char *command = reason_command(r->a, why, &names);

	return arena_printf(
		r->a, "%s%s%s", reason_steps(r->a, why, &names), command[0] ? "\n" : "", command);
}

static void on_step(void *ptr, const struct check_step *s)
{
	struct job_run *r = ptr;
	const struct reason_row *why = reason_row(s->reason);
	struct job_step out = { .n = s->n,
		.title = s->title,
		.state = s->state,
		.ms = s->ms,
		.say = s->say,
		.raw = take_trace(r, r->state) };

	if (s->reason != REASON_OK) {
		out.why = why->why[0] ? why->why : why->say;
		out.fix = fix_of(r, r->state, why);
	}
	job_step(r, &out);
}

static void on_done(void *ptr, int failed)
{
	struct job_run *r = ptr;
	struct test *t = r->state;

	t->check = NULL;
	job_end(r, failed ? JOB_FAILED : JOB_DONE,
		failed ? "Something does not work; the steps say what."
		       : "All that was looked at "
			 "works.");
}

/* The params come from the web tier, which is not trusted. */
static int read_params(struct job_run *r, int64_t *connection, struct check_query *q)
{
	const char *id = url_get(r->a, r->job->params, "connection");

	q->member = url_get(r->a, r->job->params, "member");
	q->outside = url_get(r->a, r->job->params, "outside");
	if (!id || str_int(id, 1, INT64_MAX, connection) < 0 || !q->member || !q->outside)
		return -1;
	return (!q->member[0] || str_email(q->member)) && (!q->outside[0] || str_email(q->outside))
		? 0
		: -1;
}

static int open_line(struct job_run *r, struct test *t, int64_t id, struct err *e)
{
	struct engine *eng = r->engine;
	struct connection c;
	int rc = store_connection_get(eng->db, r->a, r->job->account, id, &c, e);

	if (rc == 0)
		return ERR(e, ERR_MISSING, "There is no such connection any more.",
			"no connection %lld", (long long)id);
	if (rc < 0)
		return -1;
	t->tools = (struct line_tools){ .cf = eng->cf,
		.net = &eng->tools,
		.gate = keeper_gate(eng->keeper),
		.db = eng->db,
		.keys = eng->keys };
	t->line = line_stored(&t->tools, &c, PURPOSE_CURRENT, e);
	return t->line ? 0 : -1;
}

static void start(struct job_run *r)
{
	struct test *t = arena_alloc(r->a, sizeof(*t));
	struct check_query q = { .a = r->a, .step = on_step, .done = on_done, .ptr = r };
	struct err e;
	int64_t id;

	if (egress_load(r->engine->tools.egress, &e) < 0)
		log_err("egress.kept", &e);
	trace_init(&t->trace);
	arena_defer(r->a, close_test, t);
	r->state = t;
	if (read_params(r, &id, &q) < 0) {
		job_end(r, JOB_FAILED, "This is no test of a connection.");
		return;
	}
	if (open_line(r, t, id, &e) < 0) {
		log_err("test.closed", &e);
		if (e.code == ERR_BUSY) {
			job_again(r, "The store was busy.");
			return;
		}
		job_end(r, JOB_FAILED, e.say);
		return;
	}
	t->member = q.member;
	q.method = line_method(t->line);
	q.mailbox = line_connection(t->line)->mailbox;
	client_trace(line_client(t->line), &t->trace);
	t->check = check_start(line_client(t->line), &q);
}

static int stop(struct job_run *r)
{
	struct test *t = r->state;

	return !t->check || check_stop(t->check, NULL, NULL);
}

const struct job_kind job_test = {
	.name = "test",
	.start = start,
	.stop = stop,
	.attempts = 3,
	.limit = 900, /* as long as Exchange may ask a caller to wait */
	.pause = 2,
};
