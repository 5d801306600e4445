/* Page_steps: a job of the engine as a page shows it: the verdict, the facts, the steps as they
 * happen. Looks and tests of a connection are shown alike.
 *
 * Rules: pages read the store only; the engine writes the steps, and the page asks for itself again
 * while it does. What a server said is shown as text, folded away.
 */
#include "page_layout.h"

#include <inttypes.h>
#include <string.h>
#include "platform/str.h"

/* How the state of a job looks. */
static const struct page_face faces[JOB__MAX] = {
	[JOB_QUEUED] = { "is-info", "clock", "Waiting for its turn",
		"The engine begins as soon as it can." },
	[JOB_RUNNING] = { "is-info", "running", NULL, "Steps appear as they happen." },
	[JOB_DONE] = { "is-ok", "ok", "It has ended", "Every step passed." },
	[JOB_FAILED] = { "is-blocked", "blocked", "It has failed",
		"The step that failed says why, and what to do." },
	[JOB_CANCELLED] = { "is-unknown", "skip", "Stopped",
		"It was stopped before every step was done." },
};

/* Done, and something should be known. */
static const struct page_face face_note = { "is-limited", "limited", "It has ended",
	"The steps with a note say what to know." };

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

int page_job_live(const struct job *j)
{
	return j->state == JOB_QUEUED || j->state == JOB_RUNNING;
}

const struct page_face *page_job_face(const struct job *j, int note)
{
	return j->state == JOB_DONE && note ? &face_note : &faces[j->state];
}

const char *page_job_title(const struct job *j, const struct page_face *face, const char *now)
{
	if (!page_job_live(j) && !str_empty(j->outcome))
		return j->outcome;
	return face->title ? face->title : now;
}

int page_job_read(
	struct page *p, const char *kind, struct job *j, struct job_step **s, struct err *e)
{
	int rc = store_job_get(p->svc.db, p->svc.a, p->svc.who.account, p->id, j, e);

	if (rc == 0 || (rc > 0 && strcmp(j->kind, kind) != 0))
		return ERR(e, ERR_MISSING, NULL, "no %s %" PRId64 " in the account", kind, p->id);
	return rc < 0 ? -1 : store_job_steps(p->svc.db, p->svc.a, j->id, s, e);
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

/* What to do, line by line: a command has lines of its own. */
static void fix(struct page *p, struct view *row, const char *text)
{
	char *rest = arena_strdup(p->svc.a, str_empty(text) ? "" : text), *line;

	if (str_empty(text))
		return;
	view_show(row, M_STEP_FIX);
	while ((line = str_line(&rest)))
		if (*line)
			view_set(view_add(row, M_FIX_LINE), M_FIX_LINE, line);
}

/* Where a failed step leads, when it has a page of its own. */
static int link_of(struct page *p, struct view *row, const struct job_step *s, page_link_of find)
{
	struct page_option link;

	if (!find || s->state != STEP_FAILED || !find(p, s, &link))
		return 0;
	view_show(row, M_STEP_LINK);
	view_set(row, M_STEP_LINK_URL, link.value);
	view_set(row, M_STEP_LINK_NAME, link.name);
	return 1;
}

/* A step that failed, or has a note, says what was seen, why, and what to do; others only what was
 * seen. */
static void step(struct page *p, const struct job_step *s, page_link_of find)
{
	struct view *row = view_add(p->view, M_STEP);
	int more = 0;

	page_step_face(row, s->state);
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
		fix(p, row, s->fix);
		more = 1;
	} else {
		more = part(row, M_STEP_SAY, s->say);
	}
	more |= link_of(p, row, s, find);
	more |= part(row, M_STEP_RAW, s->raw);
	if (more)
		view_show(row, M_STEP_MORE);
}

const char *page_step_face(struct view *row, enum step_state state)
{
	const struct step_face *face = &step_faces[state];

	view_set(row, M_STEP_CLASS, face->class);
	view_set(row, M_STEP_ICON, face->icon);
	view_set(row, M_STEP_WORD, face->word);
	return face->word;
}

struct page_ran page_steps(struct page *p, const struct job_step *s, int n, page_link_of find)
{
	struct page_ran ran = { .all = n };
	int i;

	for (i = 0; i < n; i++) {
		step(p, &s[i], find);
		ran.done += s[i].state != STEP_WAITING && s[i].state != STEP_RUNNING;
		ran.note |= s[i].state == STEP_NOTE;
	}
	view_set(p->view, M_STEPS_ALL, arena_printf(p->svc.a, "%d", ran.all));
	view_set(p->view, M_STEPS_DONE, arena_printf(p->svc.a, "%d", ran.done));
	if (n == 0)
		view_show(p->view, M_NO_STEPS);
	return ran;
}

/* What is known of the job itself. */
static void facts(struct page *p, const struct job *j)
{
	int64_t at = j->ended ? j->ended : j->started ? j->started : j->created;

	view_set(p->view, M_JOB_BY, page_by(j->by_name));
	view_num(p->view, M_JOB_ID, j->id);
	page_time(p->view, M_CREATED_ISO, M_CREATED, j->created, p->svc.a);
	page_time(p->view, M_JOB_AT_ISO, M_JOB_AT, at, p->svc.a);
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

void page_job(struct page *p, const struct job *j, struct page_ran ran, const char *now)
{
	const struct page_face *face = page_job_face(j, ran.note);
	const int live = page_job_live(j);

	view_set(p->view, M_VERDICT, page_job_title(j, face, now));
	view_set(p->view, M_JOB_SAY, face->say);
	view_set(p->view, M_JOB_CLASS, face->class);
	view_set(p->view, M_JOB_ICON, face->icon);
	if (j->state == JOB_RUNNING)
		view_show(p->view, M_JOB_SPIN);
	facts(p, j);
	view_show(p->view, live ? M_LIVE : M_ENDED);
	if (live && ran.all)
		view_show(p->view, M_PROGRESS);
	if (live && !svc_engine_alive(&p->session->pulse))
		view_show(p->view, M_AWAY);
}
