/* Job "week": busy time of one member, this week and the next, as applications would see it.
 *
 * Rules: start, end and kind are all that is asked for and all that is kept. What could not be read
 * takes the place of what was: nobody is shown an old week as if it were today's. The params come
 * from the web tier, which is not trusted: the member must be one of the job's account.
 */
#include "job_week.h"

#include <inttypes.h>
#include <string.h>
#include "engine.h"
#include "exchange/verdict.h"
#include "exchange/zone.h"
#include "health.h"
#include "job_kinds.h"
#include "keeper.h"
#include "line.h"
#include "own.h"
#include "platform/clock.h"
#include "platform/log.h"
#include "platform/str.h"
#include "platform/url.h"
#include "store/store.h"

enum { DAY = 86400, MONDAY = 4 /* days from 1970-01-01, a Thursday, to the first one */ };

struct reading {
	struct job_run *r;
	struct member m;
	struct connection c;
	struct line_tools tools;
	struct line *line;
	struct busy *busy;
	const char *address;
	struct busy_job ask;
	struct week w; /* it is told before the end comes */
};

/* --- what is kept --- */

static int64_t monday(int64_t t)
{
	const int64_t day = t / DAY;

	return (day - (day + 7 - MONDAY) % 7) * DAY;
}

void week_window(int64_t now, int64_t *from, int64_t *to)
{
	*from = monday(now - DAY) - DAY;
	*to = monday(now + DAY) + (WEEK_DAYS + 1) * DAY;
}

/* What the clock on the wall shows there. */
static int64_t local(const struct busy_times *t, int64_t at)
{
	return t->has_zone ? at - (int64_t)zone_rules_bias(&t->zone, at) * 60 : at;
}

static const char *zone_name(struct arena *a, const struct busy_times *t, int64_t now)
{
	char name[ZONE_NAME];

	if (!t->has_zone)
		return "UTC";
	return zone_of_rules(&t->zone, now, name) == 0 ? arena_strdup(a, name) : "";
}

void week_of(struct arena *a, const struct busy_times *t, int64_t now, struct week *out)
{
	struct buf b;

	out->seen_at = now;
	out->reason = reason_row(t->reason)->code;
	out->zone = zone_name(a, t, now);
	out->from = monday(local(t, now));
	out->to = out->from + WEEK_DAYS * DAY;
	buf_init(&b, WEEK_SPANS_MAX);
	for (size_t i = 0; i < t->count; i++) {
		const struct week_span s = { local(t, t->spans[i].start), local(t, t->spans[i].end),
			t->spans[i].kind };

		if (s.end > out->from && s.start < out->to)
			week_span_add(&b, &s);
	}
	if (!buf_ok(&b))
		out->reason = reason_row(REASON_TOO_BIG)->code;
	out->spans = buf_ok(&b) ? arena_strdup(a, buf_str(&b)) : "";
	buf_done(&b);
}

/* --- reading --- */

static void broken(struct reading *g, const struct err *e)
{
	log_err("week.broken", e);
	if (e->code == ERR_BUSY)
		job_again(g->r, "The store was busy.");
	else
		job_end(g->r, JOB_FAILED, e->say);
}

static void told(void *ptr, const struct busy_times *t)
{
	struct reading *g = ptr;

	week_of(g->r->a, t, clock_now(), &g->w);
}

/* What fails for the connection is looked at by those who mind it. */
static void tell_health(struct reading *g, const struct outcome *o)
{
	const struct reason_row *row = reason_row(o->reason);
	struct err e;

	if (o->reason == REASON_OK || row->scope != SCOPE_CONNECTION)
		return;
	if (row->temper == TEMPER_STOPPED && line_refused(g->line, o, &e) < 0)
		log_err("week.gate", &e);
	if (health_soon(g->r->engine, &g->c, &e) < 0)
		log_err("week.health", &e);
}

static void done(void *ptr, const struct outcome *o)
{
	struct reading *g = ptr;
	enum reason why;
	struct err e;

	g->busy = NULL;
	tell_health(g, o);
	why = reason_parse(g->w.reason);
	if (why != REASON_OK && reason_row(why)->scope == SCOPE_CONNECTION)
		job_end(g->r, JOB_FAILED, reason_row(why)->say);
	else if (store_week_save(g->r->engine->db, &g->w, &e) < 0)
		broken(g, &e);
	else if (why != REASON_OK)
		job_end(g->r, JOB_FAILED, reason_row(why)->say);
	else
		job_end(g->r, JOB_DONE, "The week was read.");
}

/* --- beginning --- */

static int find_member(struct reading *g, struct err *e)
{
	struct job_run *r = g->r;
	const char *text = url_get(r->a, r->job->params, "member");
	int64_t id;
	int rc;

	if (!text || str_int(text, 1, INT64_MAX, &id) < 0)
		return ERR(e, ERR_INPUT, "This is no member.", "week: bad params");
	rc = store_member_get(r->engine->db, r->a, r->job->account, id, &g->m, e);
	if (rc < 0)
		return -1;
	if (rc == 0 || g->m.off_at)
		return ERR(e, ERR_CONFLICT, "There is no such member who is active.",
			"week: no member %" PRId64, id);
	g->address = str_empty(g->m.calendar) ? g->m.email : g->m.calendar;
	g->w = (struct week){ .member = g->m.id, .account = g->m.account };
	return 0;
}

/* With the personal method it is their own sign-in; a room has none. */
static int find_own(struct reading *g, struct err *e)
{
	const struct connection live = g->c;
	int rc;

	if (strcmp(live.method, verdict_method_code(METHOD_PERSONAL)) != 0 ||
		g->m.kind == MEMBER_ROOM)
		return 0;
	rc = own_row(g->r->engine->db, g->r->a, &live, g->m.id, &g->c, e);
	return rc == 0
		? ERR(e, ERR_CONFLICT, reason_row(REASON_OWN_SIGNIN)->say, "week: no own one")
		: rc;
}

static int find_line(struct reading *g, struct err *e)
{
	struct engine *eng = g->r->engine;
	int rc = store_connection_staged(eng->db, g->r->a, g->r->job->account, CONN_LIVE, &g->c, e);

	if (rc < 0)
		return -1;
	if (rc == 0)
		return ERR(e, ERR_CONFLICT, "There is no connection in use.", "week: not live");
	if (find_own(g, e) < 0)
		return -1;
	g->tools = (struct line_tools){ .cf = eng->cf,
		.net = &eng->tools,
		.gate = keeper_gate(eng->keeper),
		.db = eng->db,
		.keys = eng->keys };
	g->line = line_stored(&g->tools, &g->c, PURPOSE_CURRENT, e);
	return g->line ? 0 : -1;
}

static void close_reading(void *ptr)
{
	struct reading *g = ptr;

	line_free(g->line);
}

static void start(struct job_run *r)
{
	struct reading *g = arena_alloc(r->a, sizeof(*g));
	struct client *c;
	struct err e;

	*g = (struct reading){ .r = r };
	r->state = g;
	arena_defer(r->a, close_reading, g);
	if (find_member(g, &e) < 0 || find_line(g, &e) < 0) {
		broken(g, &e);
		return;
	}
	c = line_client(g->line);
	g->ask = (struct busy_job){ .mailboxes = &g->address,
		.count = 1,
		.impersonate = client_acts_as(c),
		.told = told,
		.done = done,
		.ptr = g };
	week_window(clock_now(), &g->ask.from, &g->ask.to);
	g->busy = busy_start(c, &g->ask);
}

static int stop(struct job_run *r)
{
	struct reading *g = r->state;

	busy_stop(g->busy);
	return 1;
}

const struct job_kind job_week = {
	.name = "week",
	.start = start,
	.stop = stop,
	.attempts = 2,
	.limit = 120,
	.pause = 2,
};
