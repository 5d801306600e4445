/* Page_own: a member's own sign-in (method personal): what is in use, what waits to be proved,
 * entering one, the proof as it runs, removing it.
 *
 * Rules: everything is about who asks. A secret is never shown back; what is typed is used when it
 * has proved itself, and what works goes on until then.
 */
#include "page_layout.h"

#include <inttypes.h>
#include <string.h>
#include "platform/str.h"
#include "routes.h"
#include "service/svc_own.h"

#define NOW "Being proved"

static const char *url_of(struct page *p, int64_t job)
{
	return arena_printf(p->svc.a, "/me/signin/%" PRId64, job);
}

static int by_microsoft(const struct svc_own *o)
{
	return strcmp(o->live.signin, "user") == 0;
}

/* What is in use, or that nothing is. */
static void in_use(struct page *p, const struct svc_own *o)
{
	const struct credential *cr = &o->current;

	if (!cr->id) {
		view_show(p->view, M_OWN_NONE);
		return;
	}
	view_show(p->view, o->elsewhere ? M_OWN_ELSEWHERE : M_OWN_USED);
	view_show(p->view, M_OWN_CURRENT);
	view_set(p->view, M_OWN_LOGIN, str_empty(o->c.login) ? o->c.mailbox : o->c.login);
	view_set(p->view, M_OWN_VERSION, cr->version);
	page_when(p->view, M_OWN_SET, M_OWN_SET_ISO, cr->set_at, p->svc.a);
	page_when(p->view, M_OWN_LAST, M_OWN_LAST_ISO, cr->used_at, p->svc.a);
}

/* The proof that runs, or the last one when it came to nothing. The place of both stays, so that it
 * can be asked for again. */
static void proof(struct page *p, const struct svc_own *o)
{
	if (!o->job.id || (o->job.state == JOB_DONE && !o->next.id)) {
		if (!o->current.id)
			view_show(p->view, M_OWN_EMPTY);
		return;
	}
	view_show(p->view, page_job_live(&o->job) ? M_OWN_PROVING : M_OWN_FAILED);
	view_set(p->view, M_OWN_OUTCOME, o->job.outcome);
	view_set(p->view, M_JOB_URL, url_of(p, o->job.id));
}

int page_own(struct page *p, struct err *e)
{
	struct svc_own o;

	view_set(p->view, M_TITLE, "My sign-in");
	if (svc_own_get(&p->svc, &o, e) < 0) {
		if (e->code != ERR_CONFLICT)
			return -1;
		view_show(p->view, M_OWN_UNFIT);
		view_set(p->view, M_OWN_UNFIT, e->say);
		return 0;
	}
	in_use(p, &o);
	proof(p, &o);
	view_set(p->view, M_MAILBOX,
		page_name(p->session->member.calendar, p->session->member.email));
	view_show(p->view, by_microsoft(&o) ? M_BY_MICROSOFT : M_WITH_PASSWORD);
	return 0;
}

int page_own_post(struct page *p, struct err *e)
{
	int64_t job;

	if (svc_own_enter(&p->svc, form_text(&p->form, "login"), form_secret(&p->form, "password"),
		    &job, e) < 0)
		return page_refuse(p, e);
	response_redirect(p->rs, url_of(p, job));
	return 0;
}

/* Only one's own. */
int page_own_proof(struct page *p, struct err *e)
{
	struct page_ran ran;
	struct job_step *s;
	struct job j;
	int n = page_job_read(p, OWN_KIND, &j, &s, e);

	if (n < 0)
		return -1;
	if (j.by != p->svc.who.member)
		return ERR(e, ERR_MISSING, NULL, "proof %" PRId64 " is another's", j.id);
	for (int i = 0; i < n; i++)
		s[i].raw = ""; /* what servers say is for admins */
	ran = page_steps(p, s, n, NULL);
	page_job(p, &j, ran, NOW);
	view_set(p->view, M_TITLE, "Proof of my sign-in");
	view_set(p->view, M_JOB_URL, url_of(p, j.id));
	if (j.state == JOB_DONE)
		view_show(p->view, M_OWN_DONE);
	return 0;
}

int page_own_remove(struct page *p, struct err *e)
{
	(void)e;
	view_set(p->view, M_TITLE, "Remove my sign-in");
	return 0;
}

int page_own_remove_post(struct page *p, struct err *e)
{
	if (svc_own_remove(&p->svc, e) < 0)
		return page_refuse(p, e);
	page_done(p, "/me/signin", "unsigned");
	return 0;
}
