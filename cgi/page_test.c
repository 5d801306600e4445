/* Page_test: the connection's page: how it does, tests of it, one test and its report.
 *
 * Rules: pages read the store only. Tests are listed of the connections that the portal uses: live,
 * being entered, former. A test changes nothing but, when it is asked for by its box, one booking
 * that it removes again; what changes the connection is on page_rotate.c.
 */
#include "page_layout.h"

#include <inttypes.h>
#include <string.h>
#include "platform/str.h"
#include "routes.h"
#include "service/svc_report.h"

enum {
	PAGE = 10,	 /* tests on one page of the list */
	CHUNK = 50,	 /* jobs that are read at a time to find them */
	BEFORE_MAX = 100 /* jobs among which the test before is looked for */
};

/* The title of one that runs. */
#define NOW "Testing now"

/* --- which tests --- */

/* The connections of the account that the portal uses. */
struct used {
	struct connection *list;
	int n;
};

static int used_read(struct page *p, struct used *u, struct err *e)
{
	u->n = store_connection_list(p->svc.db, p->svc.a, p->svc.who.account, &u->list, e);
	return u->n < 0 ? -1 : 0;
}

static const struct connection *used_find(const struct used *u, int64_t id)
{
	for (int i = 0; i < u->n; i++) {
		if (u->list[i].id == id)
			return u->list[i].stage == CONN_SPARE ? NULL : &u->list[i];
	}
	return NULL;
}

/* The connection of a test, or NULL. */
static const struct connection *tested(
	struct page *p, const struct used *u, const struct job *j, struct svc_test *t)
{
	return svc_connection_test_params(p->svc.a, j->params, t) < 0 ? NULL
								      : used_find(u, t->connection);
}

/* Up to max tests below a number, newest first; *more: there is another. */
static int find(struct page *p, const struct used *u, int64_t before, struct job out[PAGE],
	int *more, struct err *e)
{
	struct page_of page = { before, CHUNK };
	struct svc_test t;
	struct job *jobs;
	int i, n, found = 0;

	*more = 0;
	do {
		n = store_job_list(
			p->svc.db, p->svc.a, p->svc.who.account, TEST_KIND, page, &jobs, e);
		for (i = 0; i < n && !*more; i++) {
			if (!tested(p, u, &jobs[i], &t))
				continue;
			*more = found == PAGE;
			if (!*more)
				out[found++] = jobs[i];
		}
		page.after = n > 0 ? jobs[n - 1].id : 0;
	} while (n == CHUNK && !*more);
	return n < 0 ? -1 : found;
}

static const char *url_of(struct page *p, int64_t id, const char *more)
{
	return arena_printf(p->svc.a, "/connection/test/%" PRId64 "%s", id, more);
}

/* What it was, and whose. */
static const char *kind_of(struct page *p, const struct job *j, const struct svc_test *t)
{
	const char *what = t->change ? "Change" : t->again ? "One more try" : "Test";

	if (!j->by && str_empty(j->by_name))
		return "Looked at again by the engine";
	return arena_printf(p->svc.a, "%s by %s", what, page_by(j->by_name));
}

static void row(struct page *p, const struct used *u, const struct job *j)
{
	const struct page_face *face = page_job_face(j, 0);
	struct view *v = view_add(p->view, M_EARLIER);
	const struct connection *c;
	struct svc_test t;

	c = tested(p, u, j, &t);
	view_set(v, M_EARLIER_CLASS, face->class);
	view_set(v, M_EARLIER_ICON, face->icon);
	view_set(v, M_EARLIER_URL, url_of(p, j->id, ""));
	view_set(v, M_EARLIER_SAY, page_job_title(j, face, NOW));
	view_set(v, M_EARLIER_KIND, kind_of(p, j, &t));
	if (c && c->stage != CONN_LIVE) {
		view_show(v, M_EARLIER_OF);
		view_set(v, M_EARLIER_OF,
			c->stage == CONN_DRAFT ? "being entered" : "former connection");
	}
	page_time(v, M_EARLIER_AT_ISO, M_EARLIER_AT, j->ended ? j->ended : j->created, p->svc.a);
	if (page_job_live(j))
		view_show(p->view, M_TESTS_LIVE);
}

static int earlier(struct page *p, int64_t before, struct err *e)
{
	struct job jobs[PAGE];
	struct used u;
	int n, more;

	if (used_read(p, &u, e) < 0)
		return -1;
	n = find(p, &u, before, jobs, &more, e);
	for (int i = 0; i < n; i++)
		row(p, &u, &jobs[i]);
	view_show(p->view, n > 0 ? M_TESTS : M_NO_TESTS);
	view_set(p->view, M_TESTS_URL,
		before ? arena_printf(p->svc.a, "/connection/test?before=%" PRId64, before)
		       : "/connection/test");
	if (more || before)
		view_show(p->view, M_PAGER);
	if (before)
		view_show(p->view, M_NEWEST);
	if (more) {
		view_show(p->view, M_OLDER);
		view_set(p->view, M_OLDER_URL,
			arena_printf(
				p->svc.a, "/connection/test?before=%" PRId64, jobs[PAGE - 1].id));
	}
	return n < 0 ? -1 : 0;
}

/* --- how it does --- */

/* The one next action, where it is a page. */
static void next(struct page *p, const char *url, const char *name)
{
	view_show(p->view, M_STATE_DO);
	view_set(p->view, M_STATE_URL, url);
	view_set(p->view, M_STATE_NAME, name);
}

static void state(struct page *p, const struct svc_connections *both, const struct health *h)
{
	const struct page_state *s = page_state_of(&both->live, h);

	view_show(p->view, M_STATE);
	view_set(p->view, M_STATE_CLASS, s->class);
	view_set(p->view, M_STATE_ICON, s->icon);
	view_set(p->view, M_STATE_TITLE, s->title);
	view_set(p->view, M_STATE_SAY, both->live.id ? h->say : "");
	view_set(p->view, M_STATE_ACT, s->act);
	if (both->live.id && h->state == HEALTH_NEW)
		view_show(p->view, M_STATE_POLL);
	page_when(p->view, M_SINCE, M_SINCE_ISO, h->since, p->svc.a);
	page_when(p->view, M_OK_AT, M_OK_AT_ISO, h->ok_at, p->svc.a);
	page_when(p->view, M_NEXT_AT, M_NEXT_AT_ISO, h->next_at, p->svc.a);
	if (!both->live.id)
		next(p, "/connection/credentials", "Go on entering it");
	else if (h->state == HEALTH_UNREACHABLE || h->state == HEALTH_NEW)
		next(p, "#with", "Test it");
}

/* The health row, or what stands for it until the engine has written one. */
static int health(
	struct page *p, const struct svc_connections *both, struct health *h, struct err *e)
{
	const struct connection *c = &both->live;
	int rc = c->id ? store_health_get(p->svc.db, p->svc.a, p->svc.who.account, c->id, h, e) : 0;

	if (rc == 0)
		*h = (struct health){ .state = HEALTH_NEW, .say = "" };
	page_state_pause(c, h);
	return rc < 0 ? -1 : 0;
}

static void condition(struct page *p, const struct svc_connections *both, const struct health *h)
{
	const struct connection *c = &both->live;

	if (c->id && h->state == HEALTH_STOPPED) {
		view_show(p->view, M_STOPPED);
		page_refused(p, c, h);
		view_set(p->view, M_STATE_SAY, h->say);
	} else if (c->id && h->state == HEALTH_PAUSED) {
		page_paused(p, c);
	} else {
		state(p, both, h);
	}
	if (c->id)
		view_show(p->view, M_CAN_LEAVE);
	if (c->id && !c->paused_at)
		view_show(p->view, M_CAN_PAUSE);
}

/* --- starting one --- */

/* What can be tested: what is in use, unless it may not be called, and what is being entered, once
 * there is a secret for it. */
struct choices {
	const struct connection *current, *next;
};

static int has_slot(struct page *p, const struct connection *c, const char *slot, struct err *e)
{
	const struct credential like = {
		.account = p->svc.who.account, .connection = c->id, .purpose = slot
	};
	struct credential cr;

	return c->id ? store_credential_find(p->svc.db, p->svc.a, &like, &cr, e) : 0;
}

static int choices(struct page *p, const struct page_way *way, const struct health *h,
	struct choices *out, struct err *e)
{
	const struct svc_connections *both = &way->both;
	const int rc = has_slot(p, &both->draft, PURPOSE_NEXT, e);

	*out = (struct choices){ 0 };
	if (both->live.id && h->state != HEALTH_PAUSED && h->state != HEALTH_STOPPED)
		out->current = &both->live;
	if (rc > 0 || way->sides.proved)
		out->next = &both->draft;
	return rc < 0 ? -1 : 0;
}

static int is_of(const struct connection *c, const char *method)
{
	return c && strcmp(c->method, method) == 0;
}

/* Somebody else's calendar opens by every method but one. */
static int opens_others(const struct connection *c)
{
	return c && !is_of(c, "personal");
}

/* Why nothing can be tested. */
static const char *idle(const struct svc_connections *both, const struct health *h)
{
	if (!both->live.id)
		return "There is nothing to test yet: what is being entered has no secret, or "
		       "nobody has signed in for it.";
	return h->state == HEALTH_PAUSED
		? "Nothing can be tested while the connection is paused: no call is made."
		: "Nothing can be tested before there is a secret that was not refused: no call "
		  "is made.";
}

static void form(struct page *p, const struct choices *c, const char *idle_say)
{
	const int again = p->route->method == POST;

	if (!c->current && !c->next) {
		view_show(p->view, M_NO_RUN);
		view_set(p->view, M_NO_RUN, idle_say);
		return;
	}
	view_show(p->view, M_RUN);
	if (c->current && c->next) {
		view_show(p->view, M_WHICH_BOTH);
		view_set(p->view, M_CURRENT_MAILBOX, c->current->mailbox);
		view_set(p->view, M_NEXT_MAILBOX, c->next->mailbox);
		view_show(p->view,
			again && strcmp(form_text(&p->form, "which"), PURPOSE_NEXT) == 0
				? M_WHICH_NEXT
				: M_WHICH_CURRENT);
	} else {
		view_show(p->view, M_WHICH_ONE);
		view_set(p->view, M_WHICH, c->current ? PURPOSE_CURRENT : PURPOSE_NEXT);
	}
	if (opens_others(c->current) || opens_others(c->next))
		view_show(p->view, M_OTHERS);
	if (is_of(c->current, "impersonation") || is_of(c->next, "impersonation"))
		view_show(p->view, M_IMPERSONATION);
	if (again && form_num(&p->form, "write"))
		view_show(p->view, M_WRITE_CHECKED);
}

int page_tests(struct page *p, struct err *e)
{
	int64_t before = p->route->method == GET ? form_num(&p->form, "before") : 0;
	struct page_way way;
	struct choices c;
	struct health h;

	view_set(p->view, M_TITLE, "Connection");
	if (page_connection_tabs(p, &way, e) < 0 || health(p, &way.both, &h, e) < 0 ||
		choices(p, &way, &h, &c, e) < 0)
		return -1;
	page_switch_sides(p, &way.sides);
	if (!way.base) {
		view_show(p->view, way.sides.former.id ? M_DISCONNECTED : M_NO_CONNECTION);
		return 0;
	}
	view_show(p->view, M_CONNECTION);
	if (!svc_engine_alive(&p->session->pulse))
		view_show(p->view, M_AWAY);
	condition(p, &way.both, &h);
	form(p, &c, idle(&way.both, &h));
	return earlier(p, before, e);
}

int page_tests_post(struct page *p, struct err *e)
{
	const int next = strcmp(form_text(&p->form, "which"), PURPOSE_NEXT) == 0;
	struct svc_connections both;
	struct svc_test t = { .write = (int)form_num(&p->form, "write"),
		.again = (int)form_num(&p->form, "again"),
		.member = form_text(&p->form, "person"),
		.outside = form_text(&p->form, "outside") };
	int64_t id;
	int waits;

	if (t.write && !*t.member) {
		form_fail(&p->form, "person", "Enter whose calendar the test booking goes into.");
		return ERR(e, ERR_FORM, NULL, "a test booking without a person");
	}
	/* A look changes nothing; one more sign-in, or a booking, is an act. The table cannot tell
	 * them apart, since one form asks for all. */
	if ((t.again || t.write) && !svc_signin_fresh(&p->svc, &p->session->s))
		return ERR(e, ERR_STALE, NULL, "the sign-in is not fresh any more");
	if (svc_connection_both(&p->svc, &both, e) < 0)
		return -1;
	t.connection = next ? both.draft.id : both.live.id;
	/* What has proved itself lies where it is used from. */
	waits = next ? has_slot(p, &both.draft, PURPOSE_NEXT, e) : 0;
	if (waits < 0)
		return -1;
	t.slot = waits ? PURPOSE_NEXT : PURPOSE_CURRENT;
	if (svc_connection_test(&p->svc, &t, &id, e) < 0)
		return page_refuse(p, e);
	response_redirect(p->rs, url_of(p, id, ""));
	return 0;
}

/* --- one test --- */

/* Steps whose failure is mended on a page of its own. */
static const struct {
	const char *title;
	struct page_option link;
} step_links[] = {
	{ "Server is found", { "/connection/credentials", "Enter the server by name" } },
	{ "Signed in with Microsoft", { "/connection/microsoft", "Sign in with Microsoft" } },
	{ "Signed in as the right mailbox", { "/connection/microsoft", "Sign in with Microsoft" } },
};

/* A server outside the mailbox's domain is named on the form, where it is agreed to. */
static int link_of(struct page *p, const struct job_step *s, struct page_option *out)
{
	if (!str_empty(s->host)) {
		out->value = arena_printf(p->svc.a, "/connection/credentials?host=%s", s->host);
		out->name = arena_printf(p->svc.a, "Use %s", s->host);
		return 1;
	}
	for (size_t i = 0; i < sizeof(step_links) / sizeof(step_links[0]); i++) {
		if (strcmp(s->title, step_links[i].title) == 0) {
			*out = step_links[i].link;
			return 1;
		}
	}
	return 0;
}

static void optional(struct page *p, enum marker m, const char *text)
{
	if (str_empty(text))
		return;
	view_show(p->view, m);
	view_set(p->view, m, text);
}

/* What was tested, and how it can be done again. */
static void about(
	struct page *p, const struct job *j, const struct svc_test *t, const struct connection *c)
{
	const int draft = c && c->stage == CONN_DRAFT;
	const int next = draft || strcmp(t->slot, PURPOSE_NEXT) == 0;
	const int ended = !page_job_live(j), failed = ended && j->state != JOB_DONE;

	view_set(p->view, M_TEST_WHAT,
		t->change      ? "A change, proved first"
			: next ? "What was entered"
			       : "What is in use");
	optional(p, M_TEST_MAILBOX, c ? c->mailbox : NULL);
	optional(p, M_TEST_METHOD, c ? page_method_name(c->method) : NULL);
	optional(p, M_TEST_PERSON, t->member);
	optional(p, M_TEST_OUTSIDE, t->outside);
	if (t->write)
		view_show(p->view, M_TEST_WRITE);
	if (!c || !ended)
		return;
	if (t->change && failed && c->stage != CONN_FORMER) {
		view_show(p->view, M_PROVE);
		view_set(p->view, M_PROVE_OF, arena_printf(p->svc.a, "%" PRId64, c->id));
		view_set(p->view, M_PROVE_DO,
			draft ? "Prove it again" : "Prove it again and change");
	} else if (t->change && c->stage == CONN_LIVE && opens_others(c)) {
		view_show(p->view, M_TRY_PERSON);
	} else if (!t->change && (draft || (!next && c->stage == CONN_LIVE))) {
		view_show(p->view, M_AGAIN);
		view_set(p->view, M_WHICH, draft ? PURPOSE_NEXT : PURPOSE_CURRENT);
		view_set(p->view, M_AGAIN_PERSON, t->member);
		view_set(p->view, M_AGAIN_OUTSIDE, t->outside);
		if (t->write)
			view_show(p->view, M_AGAIN_WRITE);
	}
}

/* What has proved itself waits for whoever switches. */
static void ready(
	struct page *p, const struct page_way *way, const struct job *j, const struct svc_test *t)
{
	if (j->state != JOB_DONE || !way->sides.proved || t->connection != way->both.draft.id)
		return;
	page_switch_sides(p, &way->sides);
	view_show(p->view, M_TEST_READY);
}

static const struct job_step *step_named(const struct job_step *s, int n, const char *title)
{
	for (int i = 0; i < n; i++) {
		if (strcmp(s[i].title, title) == 0)
			return &s[i];
	}
	return NULL;
}

/* A state as a pill; a step that is not there has none. */
static void pill(struct view *row, enum marker section, const struct job_step *s)
{
	struct view *v = view_add(row, section);

	if (s) {
		page_step_face(v, s->state);
		return;
	}
	view_set(v, M_STEP_CLASS, "is-unknown");
	view_set(v, M_STEP_ICON, "skip");
	view_set(v, M_STEP_WORD, "Not there");
}

static int differs(
	struct page *p, const char *title, const struct job_step *then, const struct job_step *now)
{
	struct view *row;

	if (then && now && then->state == now->state)
		return 0;
	row = view_add(p->view, M_DIFF);
	view_set(row, M_STEP_TITLE, title);
	pill(row, M_THEN, then);
	pill(row, M_NOW_STATE, now);
	return 1;
}

/* What is otherwise than in an earlier test, step by step. */
static int compare(struct page *p, int64_t with, const struct job_step *s, int n, struct err *e)
{
	struct job_step *then;
	struct job j;
	int i, all, diffs = 0;
	int rc = store_job_get(p->svc.db, p->svc.a, p->svc.who.account, with, &j, e);

	if (rc == 0 || (rc > 0 && strcmp(j.kind, TEST_KIND) != 0))
		return ERR(e, ERR_MISSING, NULL, "no test %" PRId64 " to compare with", with);
	all = rc < 0 ? -1 : store_job_steps(p->svc.db, p->svc.a, with, &then, e);
	if (all < 0)
		return -1;
	for (i = 0; i < n; i++)
		diffs += differs(p, s[i].title, step_named(then, all, s[i].title), &s[i]);
	for (i = 0; i < all; i++) {
		if (!step_named(s, n, then[i].title))
			diffs += differs(p, then[i].title, &then[i], NULL);
	}
	view_show(p->view, M_COMPARED);
	view_show(p->view, diffs ? M_DIFFS : M_SAME);
	view_set(p->view, M_WITH_URL, url_of(p, with, ""));
	page_time(p->view, M_WITH_AT_ISO, M_WITH_AT, j.created, p->svc.a);
	return 0;
}

/* The test before of the same connection, 0 or -1. */
static int64_t before_of(struct page *p, const struct job *j, int64_t connection, struct err *e)
{
	struct svc_test t;
	struct job *jobs;
	int n = store_job_list(p->svc.db, p->svc.a, p->svc.who.account, TEST_KIND,
		(struct page_of){ j->id, BEFORE_MAX }, &jobs, e);

	for (int i = 0; i < n; i++) {
		if (svc_connection_test_params(p->svc.a, jobs[i].params, &t) == 0 &&
			t.connection == connection && !page_job_live(&jobs[i]))
			return jobs[i].id;
	}
	return n < 0 ? -1 : 0;
}

static int comparison(struct page *p, const struct job *j, const struct svc_test *t,
	const struct job_step *s, int n, struct err *e)
{
	const int64_t with = form_num(&p->form, "with");
	const int64_t before = before_of(p, j, t->connection, e);

	if (before > 0 && before != with) {
		view_show(p->view, M_BEFORE);
		view_set(p->view, M_BEFORE_URL,
			url_of(p, j->id, arena_printf(p->svc.a, "?with=%" PRId64, before)));
	}
	if (before < 0 || !with)
		return before < 0 ? -1 : 0;
	return compare(p, with, s, n, e);
}

int page_test(struct page *p, struct err *e)
{
	struct page_way way;
	struct svc_test t;
	struct job_step *s;
	struct used u;
	struct job j;
	struct page_ran ran;
	int n = page_job_read(p, TEST_KIND, &j, &s, e);

	if (n < 0 || page_connection_tabs(p, &way, e) < 0 || used_read(p, &u, e) < 0)
		return -1;
	if (svc_connection_test_params(p->svc.a, j.params, &t) < 0)
		return ERR(e, ERR_MISSING, NULL, "test %" PRId64 " has other parameters", j.id);
	ran = page_steps(p, s, n, link_of);
	page_job(p, &j, ran, NOW);
	view_set(p->view, M_TITLE, "Connection test");
	view_set(p->view, M_JOB_URL, url_of(p, j.id, ""));
	view_set(p->view, M_STOP_URL, url_of(p, j.id, "/stop"));
	view_set(p->view, M_REPORT_URL, url_of(p, j.id, "/report.txt"));
	about(p, &j, &t, used_find(&u, t.connection));
	ready(p, &way, &j, &t);
	return comparison(p, &j, &t, s, n, e);
}

int page_test_stop_post(struct page *p, struct err *e)
{
	/* It may have ended between the page and the button: its page says so. */
	if (svc_connection_test_stop(&p->svc, p->id, e) < 0 && e->code != ERR_CONFLICT)
		return -1;
	page_done(p, url_of(p, p->id, ""), "teststopped");
	return 0;
}

int page_test_report(struct page *p, struct err *e)
{
	if (svc_report(&p->svc, p->id, &p->rs->body, e) < 0)
		return -1;
	p->rs->type = "text/plain; charset=utf-8";
	response_header(p->rs, "Content-Disposition",
		arena_printf(
			p->svc.a, "attachment; filename=\"latchkey-test-%" PRId64 ".txt\"", p->id));
	return 0;
}
