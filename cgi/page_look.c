/* Page_look: looks at a server: start one, follow its steps, read the earlier ones.
 *
 * Rules: pages read the store only; the engine writes the steps as they happen, and the page asks
 * for itself again while it does. What a server said is shown as text, folded away.
 */
#include "page_layout.h"

#include <inttypes.h>
#include <string.h>
#include "platform/str.h"
#include "routes.h"

/* Looks on one page of the list. */
enum { PAGE = 20 };

/* How the state of a job looks. */
static const struct face {
	const char *class;
	const char *icon;
	const char *title; /* while there is no outcome */
	const char *say;   /* on the page of the look */
} faces[JOB__MAX] = {
	[JOB_QUEUED] = { "is-info", "clock", "Waiting for its turn",
		"The engine begins as soon as it can." },
	[JOB_RUNNING] = { "is-info", "running", "Looking now", "Steps appear as they happen." },
	[JOB_DONE] = { "is-ok", "ok", "It has ended", "Every step passed." },
	[JOB_FAILED] = { "is-blocked", "blocked", "It has failed",
		"The step that failed says why, and what to do." },
	[JOB_CANCELLED] = { "is-unknown", "skip", "Stopped",
		"It was stopped before every step was done." },
};

/* Done, and something should be known. */
static const struct face face_note = { "is-limited", "limited", "It has ended",
	"It works. The steps with a note say what to know." };

/* How the state of a step looks, and the word read aloud before its title. */
static const struct step_face {
	const char *class;
	const char *icon;
	const char *word;
} step_faces[STEP__MAX] = {
	[STEP_WAITING] = { "is-unknown", "unknown", "Waiting" },
	[STEP_RUNNING] = { "is-info", "running", "Running" },
	[STEP_OK] = { "is-ok", "check", "Done" },
	[STEP_NOTE] = { "is-limited", "info", "Done, with a note" },
	[STEP_FAILED] = { "is-blocked", "cross", "Failed" },
	[STEP_SKIPPED] = { "is-unknown", "skip", "Skipped" },
};

/* Has it not ended? */
static int live(const struct job *j)
{
	return j->state == JOB_QUEUED || j->state == JOB_RUNNING;
}

/* The verdict in one sentence: the engine's, once there is one. */
static const char *title(const struct job *j, const struct face *face)
{
	return live(j) || str_empty(j->outcome) ? face->title : j->outcome;
}

/* "mail.example.com", with the port when it is an unusual one. */
static const char *host_of(struct page *p, const struct job *j)
{
	const char *host;
	int64_t port;

	if (svc_look_params(p->svc.a, j->params, &host, &port) < 0)
		return "a server";
	return port == 443 ? host : arena_printf(p->svc.a, "%s, port %" PRId64, host, port);
}

/* The page of a look, or what is below it. */
static const char *url_of(struct page *p, const struct job *j, const char *more)
{
	return arena_printf(p->svc.a, "/connection/look/%" PRId64 "%s", j->id, more);
}

void page_look_rows(struct page *p, const struct job *list, int n)
{
	const struct face *face;
	struct view *row;
	int i;

	view_show(p->view, n ? M_LOOKS : M_NO_LOOKS);
	for (i = 0; i < n; i++) {
		face = &faces[list[i].state];
		row = view_add(p->view, M_LOOK);
		view_set(row, M_LOOK_CLASS, face->class);
		view_set(row, M_LOOK_ICON, face->icon);
		view_set(row, M_LOOK_URL, url_of(p, &list[i], ""));
		view_set(row, M_LOOK_HOST, host_of(p, &list[i]));
		view_set(row, M_LOOK_SAY, title(&list[i], face));
		page_time(row, M_LOOK_AT_ISO, M_LOOK_AT,
			list[i].ended ? list[i].ended : list[i].created, p->svc.a);
		if (live(&list[i]))
			view_show(p->view, M_LOOKS_LIVE);
	}
}

/* One row more than a page is asked for: it says whether there is another page. */
static int list(struct page *p, int64_t before, struct err *e)
{
	struct job *jobs;
	int n = store_job_list(p->svc.db, p->svc.a, p->svc.who.account, LOOK_KIND,
		(struct page_of){ before, PAGE + 1 }, &jobs, e);

	if (n < 0)
		return -1;
	page_look_rows(p, jobs, n > PAGE ? PAGE : n);
	if (n > PAGE || before)
		view_show(p->view, M_PAGER);
	if (before)
		view_show(p->view, M_NEWEST);
	if (n > PAGE) {
		view_show(p->view, M_OLDER);
		view_set(p->view, M_OLDER_URL,
			arena_printf(
				p->svc.a, "/connection/look?before=%" PRId64, jobs[PAGE - 1].id));
	}
	return 0;
}

int page_looks(struct page *p, struct err *e)
{
	int64_t before = p->route->method == GET ? form_num(&p->form, "before") : 0;
	struct page_way way;

	if (page_connection_tabs(p, &way, e) < 0)
		return -1;
	view_set(p->view, M_TITLE, "Connection");
	view_set(p->view, M_LOOKS_URL,
		before ? arena_printf(p->svc.a, "/connection/look?before=%" PRId64, before)
		       : "/connection/look");
	if (p->route->method == GET)
		view_set(p->view, M_V_PORT, "443");
	if (!svc_engine_alive(&p->session->pulse))
		view_show(p->view, M_AWAY);
	return list(p, before, e);
}

int page_looks_post(struct page *p, struct err *e)
{
	int64_t id;

	if (svc_look_start(
		    &p->svc, form_text(&p->form, "host"), form_num(&p->form, "port"), &id, e) < 0)
		return page_refuse(p, e);
	response_redirect(p->rs, arena_printf(p->svc.a, "/connection/look/%" PRId64, id));
	return 0;
}

/* How long a step took, or why it says no time. */
static const char *step_time(struct arena *a, const struct job_step *s)
{
	if (s->state == STEP_WAITING || s->state == STEP_RUNNING || s->state == STEP_SKIPPED)
		return step_faces[s->state].word;
	if (s->ms < 1)
		return "under 1 ms";
	if (s->ms < 1000)
		return arena_printf(a, "%" PRId64 " ms", s->ms);
	return arena_printf(a, "%" PRId64 ".%" PRId64 " s", s->ms / 1000, s->ms % 1000 / 100);
}

/* Show a part of a step when there is text for it. */
static int part(struct view *row, enum marker m, const char *text)
{
	if (str_empty(text))
		return 0;
	view_show(row, m);
	view_set(row, m, text);
	return 1;
}

/* A step that failed, or has a note, says what was seen, why, and what to do; others only what was
 * seen. */
static void step(struct page *p, const struct job_step *s)
{
	const struct step_face *face = &step_faces[s->state];
	struct view *row = view_add(p->view, M_STEP);
	int more = 0;

	view_set(row, M_STEP_CLASS, face->class);
	view_set(row, M_STEP_ICON, face->icon);
	view_set(row, M_STEP_WORD, face->word);
	view_set(row, M_STEP_TITLE, s->title);
	view_set(row, M_STEP_TIME, step_time(p->svc.a, s));
	if (s->state == STEP_RUNNING)
		view_show(row, M_SPIN);
	if (s->state == STEP_FAILED || !str_empty(s->why) || !str_empty(s->fix)) {
		view_show(row, M_STEP_CAUSE);
		view_set(row, M_STEP_KIND,
			s->state == STEP_FAILED ? "What happened" : "What was seen");
		view_set(row, M_STEP_WHAT, s->say);
		part(row, M_STEP_WHY, s->why);
		part(row, M_STEP_FIX, s->fix);
		more = 1;
	} else {
		more = part(row, M_STEP_SAY, s->say);
	}
	more |= part(row, M_STEP_RAW, s->raw);
	if (more)
		view_show(row, M_STEP_MORE);
}

/* The steps; returns how many have ended, and whether one of them has a note. */
static int steps(struct page *p, const struct job_step *s, int n, int *note)
{
	int i, done = 0;

	*note = 0;
	for (i = 0; i < n; i++) {
		step(p, &s[i]);
		done += s[i].state != STEP_WAITING && s[i].state != STEP_RUNNING;
		*note |= s[i].state == STEP_NOTE;
	}
	return done;
}

/* What is said of it in one sentence, aloud too when it changes. */
static void verdict(struct page *p, const struct job *j, const struct face *face)
{
	view_set(p->view, M_VERDICT, title(j, face));
	view_set(p->view, M_LOOK_SAY, face->say);
	view_set(p->view, M_LOOK_CLASS, face->class);
	view_set(p->view, M_LOOK_ICON, face->icon);
	if (j->state == JOB_RUNNING)
		view_show(p->view, M_LOOK_SPIN);
}

/* What is known of the look itself, beside its steps. */
static void facts(struct page *p, const struct job *j)
{
	const char *host = "";
	int64_t port = 0;

	if (svc_look_params(p->svc.a, j->params, &host, &port) < 0)
		host = "";
	view_set(p->view, M_HOST, host);
	view_set(p->view, M_PORT, arena_printf(p->svc.a, "%" PRId64, port));
	view_set(p->view, M_LOOK_HOST, host_of(p, j));
	view_set(p->view, M_LOOK_URL, url_of(p, j, ""));
	view_set(p->view, M_STOP_URL, url_of(p, j, "/stop"));
	view_set(p->view, M_LOOK_BY, str_empty(j->by_name) ? "Ops" : j->by_name);
	view_num(p->view, M_LOOK_ID, j->id);
	page_time(p->view, M_CREATED_ISO, M_CREATED, j->created, p->svc.a);
	page_time(p->view, M_LOOK_AT_ISO, M_LOOK_AT,
		j->ended	     ? j->ended
			: j->started ? j->started
				     : j->created,
		p->svc.a);
	if (j->ended && j->started) {
		view_show(p->view, M_TOOK);
		view_set(p->view, M_TOOK,
			j->ended > j->started ? page_span(p->svc.a, j->ended - j->started)
					      : "less than a second");
	}
	if (j->attempts > 1) {
		view_show(p->view, M_TRIES);
		view_num(p->view, M_TRIES, j->attempts);
	}
}

/* Answers the poll of its own fragment, too: the page is small, and there is nothing else to keep.
 */
int page_look(struct page *p, struct err *e)
{
	struct job j;
	struct job_step *s;
	int n = 0, done, note, rc;

	rc = store_job_get(p->svc.db, p->svc.a, p->svc.who.account, p->id, &j, e);
	if (rc > 0)
		n = store_job_steps(p->svc.db, p->svc.a, j.id, &s, e);
	if (rc < 0 || n < 0)
		return -1;
	if (rc == 0 || strcmp(j.kind, LOOK_KIND) != 0)
		return ERR(e, ERR_MISSING, NULL, "no look %" PRId64 " in the account", p->id);
	done = steps(p, s, n, &note);
	verdict(p, &j, j.state == JOB_DONE && note ? &face_note : &faces[j.state]);
	facts(p, &j);
	view_set(p->view, M_TITLE, arena_printf(p->svc.a, "Look at %s", host_of(p, &j)));
	view_set(p->view, M_STEPS_ALL, arena_printf(p->svc.a, "%d", n));
	view_set(p->view, M_STEPS_DONE, arena_printf(p->svc.a, "%d", done));
	view_show(p->view, live(&j) ? M_LIVE : M_ENDED);
	if (live(&j) && n)
		view_show(p->view, M_PROGRESS);
	if (live(&j) && !svc_engine_alive(&p->session->pulse))
		view_show(p->view, M_AWAY);
	if (n == 0)
		view_show(p->view, M_NO_STEPS);
	return 0;
}

int page_look_stop_post(struct page *p, struct err *e)
{
	const char *back = arena_printf(p->svc.a, "/connection/look/%" PRId64, p->id);

	/* It may have ended between the page and the button: its page says so. */
	if (svc_look_stop(&p->svc, p->id, e) < 0 && e->code != ERR_CONFLICT)
		return -1;
	page_done(p, back, "stopped");
	return 0;
}
