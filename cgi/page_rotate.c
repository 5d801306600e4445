/* Page_rotate: the secret of the live connection: what is in which slot, a new one, the old one;
 * and its pause.
 *
 * Rules: a new secret waits in "next" until it has proved itself; only the engine moves it. Nothing
 * here shows anything derived from a secret. A form names the version that waited when it was made:
 * of two admins who enter one, the second is told.
 */
#include "page_layout.h"

#include <inttypes.h>
#include <string.h>
#include "platform/clock.h"
#include "platform/str.h"
#include "routes.h"

enum { HOUR = 60 * 60, EVENTS = 8, TESTS = 50 };

/* What a page about the live connection is about. */
struct world_of {
	struct page_way way;
	const struct connection *live;
	struct credential *list;
	int n;
};

static int world(struct page *p, struct world_of *w, struct err *e)
{
	if (page_connection_tabs(p, &w->way, e) < 0)
		return -1;
	w->live = &w->way.both.live;
	w->n = w->live->id ? store_credential_list(p->svc.db, p->svc.a, p->svc.who.account,
				     w->live->id, &w->list, e)
			   : 0;
	return w->n < 0 ? -1 : 0;
}

static const struct credential *slot(const struct world_of *w, const char *purpose)
{
	for (int i = 0; i < w->n; i++) {
		if (strcmp(w->list[i].purpose, purpose) == 0)
			return &w->list[i];
	}
	return NULL;
}

/* --- the slots --- */

/* A place for a secret on the page, and what stands beside it. */
struct place {
	const char *title;
	const char *purpose;
	const char *beside;
};

static const struct place current_place = { "Current", PURPOSE_CURRENT, PURPOSE_CLIENT };
static const struct place next_place = { "Next", PURPOSE_NEXT, PURPOSE_NEXT_CLIENT };
static const struct place former_place = { "Former", PURPOSE_FORMER, PURPOSE_FORMER_CLIENT };

static void face(struct view *v, const char *class, const char *icon, const char *word)
{
	view_set(v, M_SLOT_CLASS, class);
	view_set(v, M_SLOT_ICON, icon);
	view_set(v, M_SLOT_WORD, word);
}

/* What is known of the secret. */
static struct view *card(struct page *p, const struct world_of *w, const struct place *at)
{
	const struct credential *beside = slot(w, at->beside), *main = slot(w, at->purpose);
	const struct credential *c = main ? main : beside;
	struct view *v;

	if (!c)
		return NULL;
	v = view_add(p->view, M_SLOT);
	view_set(v, M_SLOT_ID, at->purpose);
	view_set(v, M_SLOT_TITLE, at->title);
	view_set(v, M_SLOT_KIND,
		!main				    ? "Client secret"
			: str_empty(c->certificate) ? page_secret(w->live)->title
						    : "Certificate");
	view_set(v, M_SLOT_VERSION, c->version);
	view_set(v, M_SLOT_BY, page_by(c->by_name));
	page_time(v, M_SLOT_AT_ISO, M_SLOT_AT, c->set_at, p->svc.a);
	page_when(v, M_SLOT_USED, M_SLOT_USED_ISO, c->used_at, p->svc.a);
	page_when(v, M_SLOT_EXPIRES, M_SLOT_EXPIRES_ISO,
		beside && beside->expires ? beside->expires : c->expires, p->svc.a);
	return v;
}

static void current(struct page *p, const struct world_of *w)
{
	const struct session_view *s = p->session;
	struct view *v = card(p, w, &current_place);

	if (v && s->health.state == HEALTH_STOPPED)
		face(v, "is-blocked", "stop", "Refused");
	else if (v)
		face(v, "is-ok", "ok", "In use");
}

/* The newest proof of what waits, if there was one: 1, 0 or -1. */
static int proof(struct page *p, const struct world_of *w, const struct credential *c,
	struct job *out, struct err *e)
{
	struct svc_test t;
	struct job *jobs;
	int n = store_job_list(p->svc.db, p->svc.a, p->svc.who.account, TEST_KIND,
		(struct page_of){ 0, TESTS }, &jobs, e);

	for (int i = 0; i < n; i++) {
		if (jobs[i].created < c->set_at)
			break;
		if (svc_connection_test_params(p->svc.a, jobs[i].params, &t) == 0 &&
			t.connection == w->live->id && t.change) {
			*out = jobs[i];
			return 1;
		}
	}
	return n < 0 ? -1 : 0;
}

/* "Step 3 of 14: The mailbox opens". */
static int progress(struct page *p, struct view *v, const struct job *j, struct err *e)
{
	struct job_step *s;
	const char *title = "it begins soon";
	int n = store_job_steps(p->svc.db, p->svc.a, j->id, &s, e), done = 0;

	for (int i = 0; i < n; i++) {
		done += s[i].state != STEP_WAITING && s[i].state != STEP_RUNNING;
		if (s[i].state == STEP_RUNNING)
			title = s[i].title;
	}
	if (n < 0)
		return -1;
	view_show(v, M_SLOT_PROOF);
	view_set(v, M_SLOT_PROOF, title);
	view_set(v, M_PROOF_URL, arena_printf(p->svc.a, "/connection/test/%" PRId64, j->id));
	view_set(v, M_PROOF_ALL, arena_printf(p->svc.a, "%d", n ? n : 1));
	view_set(v, M_PROOF_DONE, arena_printf(p->svc.a, "%d", done));
	return 0;
}

static int next(struct page *p, const struct world_of *w, struct err *e)
{
	const struct credential *c = slot(w, PURPOSE_NEXT);
	struct view *v = card(p, w, &next_place);
	struct job j;
	int rc;

	if (!v)
		return 0;
	face(v, "is-limited", "clock", "Not in use yet");
	if (!c) {
		view_show(v, M_SLOT_SIGNIN);
		view_show(v, M_SLOT_DISCARD);
		return 0;
	}
	rc = proof(p, w, c, &j, e);
	if (rc > 0 && page_job_live(&j)) {
		face(v, "is-info", "running", "Being proved");
		view_show(v, M_SLOT_SPIN);
		view_show(p->view, M_SLOTS_LIVE);
		return progress(p, v, &j, e);
	}
	if (rc > 0) {
		face(v, "is-action", "action", "Not in use");
		view_show(v, M_SLOT_FAILED);
		view_set(v, M_SLOT_FAILED, j.outcome);
		view_set(v, M_PROOF_URL, arena_printf(p->svc.a, "/connection/test/%" PRId64, j.id));
	}
	view_show(v, M_SLOT_PROVE);
	view_show(v, M_SLOT_DISCARD);
	return rc < 0 ? -1 : 0;
}

static void former(struct page *p, const struct world_of *w)
{
	const struct credential *c = slot(w, PURPOSE_FORMER);
	struct view *v = c ? card(p, w, &former_place) : NULL;

	if (!v)
		return;
	face(v, "is-unknown", "clock", "Not used any more");
	page_when(v, M_SLOT_ENDS, M_SLOT_ENDS_ISO, c->set_at + p->svc.cf->grace_hours * HOUR,
		p->svc.a);
	view_show(v, M_SLOT_ERASE);
	view_set(v, M_ERASE_URL, arena_printf(p->svc.a, "/connection/erase/%" PRId64, w->live->id));
}

/* A connection that was replaced is kept with its secret, to go back to. */
static void replaced(struct page *p, const struct svc_sides *s)
{
	if (!s->former.id)
		return;
	view_show(p->view, M_REPLACED);
	view_set(p->view, M_REPLACED_MAILBOX,
		arena_printf(p->svc.a, "%s as %s", page_method_name(s->former.method),
			s->former.mailbox));
	page_time(p->view, M_REPLACED_ENDS_ISO, M_REPLACED_ENDS, s->back_until, p->svc.a);
	view_set(p->view, M_REPLACED_URL,
		arena_printf(p->svc.a, "/connection/erase/%" PRId64, s->former.id));
}

static int history(struct page *p, struct err *e)
{
	struct audit *list;
	struct view *v;
	int n = store_audit_secrets(p->svc.db, p->svc.a, p->svc.who.account, EVENTS, &list, e);

	view_show(p->view, n > 0 ? M_EVENTS : M_NO_EVENTS);
	for (int i = 0; i < n; i++) {
		v = view_add(p->view, M_EVENT);
		page_event(p, v, &list[i]);
		if (!str_empty(list[i].detail)) {
			view_show(v, M_EVENT_DETAIL);
			view_set(v, M_EVENT_DETAIL, list[i].detail);
		}
	}
	return n < 0 ? -1 : 0;
}

/* --- a new one --- */

static const char *version_of(const struct world_of *w)
{
	const struct credential *c = slot(w, PURPOSE_NEXT);

	c = c ? c : slot(w, PURPOSE_NEXT_CLIENT);
	return c ? c->version : "";
}

static void form(struct page *p, const struct world_of *w)
{
	const struct page_secret *s = page_secret(w->live);
	const int user = strcmp(s->signin, "user") == 0, app = strcmp(s->signin, "app") == 0;

	if (user)
		view_show(p->view, M_BY_MICROSOFT);
	if (app)
		view_show(p->view, M_BY_CERTIFICATE);
	if (user || app)
		view_show(p->view, M_WITH_END);
	else
		view_show(p->view, M_WITH_PASSWORD);
	view_set(p->view, M_SECRET_NAME, user || app ? "client secret" : "password");
	view_set(p->view, M_SECRET_OF, w->live->mailbox);
	view_set(p->view, M_FROM, arena_printf(p->svc.a, "%" PRId64, w->live->id));
	view_set(p->view, M_OVER, version_of(w));
}

int page_rotate(struct page *p, struct err *e)
{
	struct world_of w;

	if (world(p, &w, e) < 0)
		return -1;
	view_set(p->view, M_TITLE, "Change the secret");
	if (!w.live->id) {
		view_show(p->view, M_NO_CONNECTION);
		return 0;
	}
	view_show(p->view, M_CONNECTION);
	view_set(p->view, M_GRACE,
		p->svc.cf->grace_hours ? page_span(p->svc.a, p->svc.cf->grace_hours * HOUR) : "");
	view_show(p->view, p->svc.cf->grace_hours ? M_GRACE : M_NO_GRACE);
	if (w.way.both.draft.id)
		view_show(p->view, M_DRAFT);
	if (p->session->health.state == HEALTH_STOPPED) {
		view_show(p->view, M_STOPPED);
		page_refused(p, w.live, &p->session->health);
	}
	current(p, &w);
	form(p, &w);
	former(p, &w);
	replaced(p, &w.way.sides);
	return next(p, &w, e) < 0 || history(p, e) < 0 ? -1 : 0;
}

/* An application's secret has an end and an id that is easily taken for it. */
static void check(struct page *p, int token)
{
	if (!secret_len(form_secret(&p->form, "secret")))
		form_fail(&p->form, "secret", "Enter the new one.");
	if (token)
		page_check_client_secret(p);
}

int page_rotate_post(struct page *p, struct err *e)
{
	const struct secret *typed = form_secret(&p->form, "secret");
	struct svc_secrets sec = { .expires = page_client_secret_end(p),
		.over = form_text(&p->form, "over") };
	struct svc_connections both;
	int64_t job;
	int user;

	if (svc_connection_both(&p->svc, &both, e) < 0)
		return -1;
	if (!both.live.id)
		return page_rotate(p, e);
	user = strcmp(both.live.signin, "user") == 0;
	check(p, user || strcmp(both.live.signin, "app") == 0);
	if (p->form.errors)
		return ERR(e, ERR_FORM, NULL, "%d fields", p->form.errors);
	sec.secret = user ? NULL : typed;
	sec.client = user ? typed : NULL;
	if (svc_connection_rotate(&p->svc, form_num(&p->form, "from"), &sec, &job, e) < 0)
		return page_refuse(p, e);
	response_redirect(p->rs, job ? "/connection/rotate" : "/connection/microsoft");
	return 0;
}

int page_prove_post(struct page *p, struct err *e)
{
	const struct svc_test t = { .connection = form_num(&p->form, "from"),
		.slot = PURPOSE_NEXT,
		.change = 1,
		.member = "",
		.outside = "" };
	int64_t id;

	if (svc_connection_test(&p->svc, &t, &id, e) < 0)
		return page_refuse(p, e);
	response_redirect(p->rs, arena_printf(p->svc.a, "/connection/test/%" PRId64, id));
	return 0;
}

/* --- the old one --- */

/* The connection of this page, which is not used any more or has a secret that is not: *version. */
static int leftover(struct page *p, struct connection *c, const char **version, struct err *e)
{
	struct credential like = { .account = p->svc.who.account,
		.connection = p->id,
		.purpose = PURPOSE_FORMER },
			  cr = { .version = "" };
	int rc = store_connection_get(p->svc.db, p->svc.a, p->svc.who.account, p->id, c, e);

	if (rc > 0 && c->stage != CONN_FORMER)
		rc = store_credential_find(p->svc.db, p->svc.a, &like, &cr, e);
	*version = cr.version;
	if (rc == 0)
		return ERR(e, ERR_MISSING, "There is nothing to erase: it has gone already.",
			"no former secret of connection %" PRId64, p->id);
	return rc < 0 ? -1 : 0;
}

int page_erase(struct page *p, struct err *e)
{
	const char *version;
	struct page_way way;
	struct connection c;

	if (leftover(p, &c, &version, e) < 0 || page_connection_tabs(p, &way, e) < 0)
		return -1;
	view_set(p->view, M_OVER, version);
	view_set(p->view, M_TITLE, "Erase the old one?");
	view_show(p->view, c.stage == CONN_FORMER ? M_ERASE_ALL : M_ERASE_SECRET);
	view_set(p->view, M_SECRET_NAME, page_secret(&c)->name);
	view_set(p->view, M_SECRET_OF, c.mailbox);
	view_set(p->view, M_ERASE_URL, arena_printf(p->svc.a, "/connection/erase/%" PRId64, c.id));
	return 0;
}

int page_erase_post(struct page *p, struct err *e)
{
	if (svc_connection_erase(&p->svc, p->id, form_text(&p->form, "over"), e) < 0)
		return page_refuse(p, e);
	page_done(p, "/connection/rotate", "erased");
	return 0;
}
