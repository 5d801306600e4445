/* Ctl jobs: the engine's work: list it, watch it, stop it, and have it look at a server.
 *
 * Rules: the store is asked, never the engine, so that a job can be watched while the engine is
 * away and by more than one. A step is printed when it has ended; what is still to come is not.
 */
#include "ctl.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include "platform/clock.h"
#include "platform/str.h"

enum {
	LIMIT = 50, /* jobs listed unless told otherwise */
	LIMIT_MAX = 1000,
	STEPS_MAX = 256, /* numbers of steps that are told; the engine makes far fewer */
	POLL_MS = 250,
	POLL_MEMORY = 4 << 20,
	TELL_MS = 2000, /* between two words of how far a job has come */
	TIMEOUT = 300,	/* seconds */
	TIMEOUT_MAX = 86400,
	AWAY_MS = 5000, /* a healthy engine has taken a job long before */
	HTTPS = 443
};

static const char *const states[JOB__MAX] = { "queued", "running", "done", "failed", "cancelled" };
static const char *const step_states[STEP__MAX] = { "waiting", "running", "ok", "note", "failed",
	"skipped" };

/* A job of any account: 1, 0, -1. The list is asked, because it alone knows all accounts. */
static int get(struct ctl *c, struct arena *a, int64_t id, struct job *out, struct err *e)
{
	/* The newest that is not newer than id. */
	struct page_of page = { id == INT64_MAX ? 0 : id + 1, 1 };
	struct job *j;
	int n = store_job_list(c->db, a, -1, NULL, page, &j, e);

	if (n > 0)
		*out = *j;
	return n < 0 ? -1 : n > 0 && j->id == id;
}

/* Jobs are swept after a month, so a number that was right may be gone. */
static int must_get(struct ctl *c, struct arena *a, int64_t id, struct job *out, struct err *e)
{
	int rc = get(c, a, id, out, e);

	if (rc == 0)
		return ctl_fail(e, ERR_MISSING,
			"There is no job %lld. It may have been swept away; see \"latchkey jobs "
			"list\".",
			(long long)id);
	return rc < 0 ? -1 : 0;
}

int ctl_jobs_list(struct ctl *c, struct err *e)
{
	static const char *const columns[] = { "id", "kind", "account", "state", "attempts", "by",
		"created", "ended", "outcome", NULL };
	struct ctl_table *t = ctl_out_new(c, columns);
	struct page_of page = { 0 };
	struct job *j;
	int64_t limit;
	int i, n;

	if (ctl_flag_int(c, "limit", LIMIT, LIMIT_MAX, &limit, e) < 0 ||
		ctl_flag_int(c, "before", 0, INT64_MAX, &page.after, e) < 0)
		return -1;
	page.limit = (int)limit;
	n = store_job_list(c->db, &c->arena, -1, ctl_flag(c, "kind"), page, &j, e);
	for (i = 0; i < n; i++)
		CTL_ROW(c, t, C_INT(j[i].id), C_TEXT(j[i].kind), C_INT(j[i].account),
			C_TEXT(states[j[i].state]), C_INT(j[i].attempts), C_TEXT(j[i].by_name),
			C_TIME(j[i].created), C_TIME(j[i].ended), C_TEXT(j[i].outcome));
	if (n < 0)
		return -1;
	ctl_out_table(c, t, "There is no job.");
	return 0;
}

/* What was seen, why it failed and what to do: each on lines of its own below the title. */
static void tell_step(struct ctl *c, const struct job_step *s)
{
	const char *const lines[] = { s->say, s->why, s->fix };
	size_t i;

	printf("%-8s %6lld ms  ", step_states[s->state], (long long)s->ms);
	ctl_out_text(s->title);
	putchar('\n');
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (!str_empty(lines[i]))
			ctl_out_lines(c, 20, "", 0, lines[i]);
	}
}

/* With params as they are stored: ops may have to see exactly what the engine was told. */
static int print_job(struct ctl *c, const struct job *j, struct err *e)
{
	static const char *const columns[] = { "n", "state", "ms", "title", "say", "why", "fix",
		NULL };
	struct ctl_table *t = ctl_out_new(c, columns);
	struct job_step *s;
	int i, n = store_job_steps(c->db, &c->arena, j->id, &s, e);

	for (i = 0; i < n && c->json; i++)
		CTL_ROW(c, t, C_INT(s[i].n), C_TEXT(step_states[s[i].state]), C_INT(s[i].ms),
			C_TEXT(s[i].title), C_TEXT(s[i].say), C_TEXT(s[i].why), C_TEXT(s[i].fix));
	if (n < 0)
		return -1;
	CTL_RECORD(c, { "id", C_INT(j->id) }, { "kind", C_TEXT(j->kind) },
		{ "account", C_INT(j->account) }, { "params", C_TEXT(j->params) },
		{ "state", C_TEXT(states[j->state]) }, { "attempts", C_INT(j->attempts) },
		{ "by", C_TEXT(j->by_name) }, { "created", C_TIME(j->created) },
		{ "run_at", C_TIME(j->run_at) }, { "started", C_TIME(j->started) },
		{ "ended", C_TIME(j->ended) }, { "outcome", C_TEXT(j->outcome) },
		{ "steps", C_TABLE(t) });
	if (!c->json && n > 0)
		putchar('\n');
	for (i = 0; i < n && !c->json; i++)
		tell_step(c, &s[i]);
	return 0;
}

int ctl_jobs_show(struct ctl *c, struct err *e)
{
	struct job j;
	int64_t id;

	if (ctl_id(c->argv[0], "a job", &id, e) < 0 || must_get(c, &c->arena, id, &j, e) < 0)
		return -1;
	return print_job(c, &j, e);
}

/* A job that is being watched. */
struct watch {
	struct ctl *c;
	struct arena a; /* of one look */
	int64_t id;
	int64_t until;	      /* monotonic, 0 = for ever */
	int64_t complain;     /* when the engine's absence is worth a word; 0 = it was said */
	char told[STEPS_MAX]; /* by number */
	int64_t done;	      /* members, as it was told */
	int64_t tell;	      /* monotonic: not told again before */
	enum job_state state;
};

/* Those that have ended since the last look. */
static int tell_steps(struct watch *w, struct err *e)
{
	struct job_step *s;
	int i, n;

	if (w->c->json || w->c->quiet)
		return 0;
	n = store_job_steps(w->c->db, &w->a, w->id, &s, e);
	for (i = 0; i < n; i++) {
		if (s[i].n < 0 || s[i].n >= STEPS_MAX || w->told[s[i].n] || s[i].state < STEP_OK)
			continue;
		w->told[s[i].n] = 1;
		tell_step(w->c, &s[i]);
	}
	fflush(stdout);
	return n < 0 ? -1 : 0;
}

/* Of a job about many members. */
static int tell_progress(struct watch *w, struct err *e)
{
	struct job_progress g;
	int rc;

	if (w->c->json || w->c->quiet || clock_mono_ms() < w->tell)
		return 0;
	rc = store_progress_get(w->c->db, &w->a, w->id, &g, e);
	if (rc <= 0 || g.done == w->done)
		return rc;
	w->done = g.done;
	w->tell = clock_mono_ms() + TELL_MS;
	if (g.counted)
		ctl_out_say(w->c, "%lld of %lld members", (long long)g.done, (long long)g.total);
	else
		ctl_out_say(w->c, "%lld members so far", (long long)g.done);
	return 0;
}

/* A queued job may have to wait for the engine to come back: say so, once. */
static int complain(struct watch *w, struct err *e)
{
	struct engine_pulse p = { 0 };

	if (!w->complain || w->state != JOB_QUEUED || clock_mono_ms() < w->complain)
		return 0;
	w->complain = 0;
	if (store_engine_get(w->c->db, &w->a, &p, e) < 0)
		return -1;
	if (!svc_engine_alive(&p))
		ctl_out_say(w->c,
			"The engine is not running; the job waits for it. Start it: systemctl "
			"start latchkey-engine");
	return 0;
}

/* One look: 1 it has ended, 0 not yet, -1. */
static int watch_turn(struct watch *w, struct err *e)
{
	struct job j;

	/* A job can be watched for hours: nothing may pile up. */
	arena_reset(&w->a);
	if (must_get(w->c, &w->a, w->id, &j, e) < 0 || tell_steps(w, e) < 0 ||
		tell_progress(w, e) < 0)
		return -1;
	w->state = j.state;
	if (j.state >= JOB_DONE) {
		if (!str_empty(j.outcome))
			ctl_out_say(w->c, "Job %lld is %s: %s", (long long)w->id, states[j.state],
				j.outcome);
		return 1;
	}
	if (complain(w, e) < 0)
		return -1;
	if (clock_mono_ms() >= w->until)
		return ctl_fail(e, ERR_TIMEOUT,
			"Job %lld has not ended yet; it goes on. Watch it with \"latchkey jobs "
			"wait %lld\".",
			(long long)w->id, (long long)w->id);
	return 0;
}

/* Looks at the store again and again: the bell answers rings, it does not call back. */
int ctl_jobs_watch(struct ctl *c, int64_t id, int64_t seconds, enum job_state *state, struct err *e)
{
	const struct timespec nap = { .tv_nsec = POLL_MS * 1000000L };
	int64_t now = clock_mono_ms();
	struct watch w = {
		.c = c, .id = id, .until = now + seconds * 1000, .complain = now + AWAY_MS
	};
	int rc;

	arena_init(&w.a, POLL_MEMORY);
	while ((rc = watch_turn(&w, e)) == 0)
		nanosleep(&nap, NULL);
	arena_done(&w.a);
	*state = w.state;
	return rc < 0 ? -1 : 0;
}

int ctl_jobs_follow(struct ctl *c, int64_t id, struct err *e)
{
	enum job_state state;
	int64_t seconds;
	struct job j;

	if (ctl_flag_int(c, "timeout", TIMEOUT, TIMEOUT_MAX, &seconds, e) < 0 ||
		ctl_jobs_watch(c, id, seconds, &state, e) < 0)
		return -1;
	if (c->json && (must_get(c, &c->arena, id, &j, e) < 0 || print_job(c, &j, e) < 0))
		return -1;
	return state == JOB_DONE ? 0 : CTL_FAILED;
}

int ctl_jobs_wait(struct ctl *c, struct err *e)
{
	int64_t id;

	return ctl_id(c->argv[0], "a job", &id, e) < 0 ? -1 : ctl_jobs_follow(c, id, e);
}

/* Looks change nothing, so they may be stopped at any time. The other kinds are the house's own
 * work: stopped, they would only be wanted again. */
int ctl_jobs_cancel(struct ctl *c, struct err *e)
{
	struct job j;
	int64_t id;

	if (ctl_id(c->argv[0], "a job", &id, e) < 0 || must_get(c, &c->arena, id, &j, e) < 0)
		return -1;
	if (strcmp(j.kind, LOOK_KIND) != 0)
		return ctl_fail(e, ERR_CONFLICT,
			"Only a look can be cancelled. A job of kind %.32s ends by itself.",
			j.kind);
	c->svc.who.account = j.account;
	if (svc_look_stop(&c->svc, id, e) < 0)
		return -1;
	CTL_RECORD(c, { "id", C_INT(id) }, { "cancel", C_TEXT("asked") });
	return 0;
}

int ctl_jobs_host(struct ctl *c, const char *text, const char **host, int64_t *port, struct err *e)
{
	const char *end, *digits = NULL;

	*port = HTTPS;
	/* Whether it is a name or an address at all is for those who use it to say. */
	if (text[0] == '[') {
		end = strchr(++text, ']');
		if (!end || (end[1] && end[1] != ':'))
			return ctl_fail(e, ERR_INPUT, "\"[%.60s\" is not [ADDRESS]:PORT.", text);
		digits = end[1] ? end + 2 : NULL;
	} else {
		end = text + strcspn(text, ":");
		if (*end && strchr(end + 1, ':'))
			end += strlen(
				end); /* an IPv6 address: none of its colons is before a port */
		digits = *end ? end + 1 : NULL;
	}
	if (digits && str_int(digits, 1, 65535, port) < 0)
		return ctl_fail(e, ERR_INPUT, "\"%.40s\" is not a port from 1 to 65535.", digits);
	*host = arena_strndup(&c->arena, text, (size_t)(end - text));
	return 0;
}

/* Belongs to the installation, not to an account: no admin sees what ops look at. */
int ctl_jobs_look(struct ctl *c, struct err *e)
{
	const char *host;
	int64_t port, id;

	if (ctl_jobs_host(c, c->argv[0], &host, &port, e) < 0 ||
		svc_look_start(&c->svc, host, port, &id, e) < 0)
		return -1;
	ctl_out_say(c, "Job %lld looks at %s, port %lld.", (long long)id, host, (long long)port);
	return ctl_jobs_follow(c, id, e);
}
