/* Page_signin: the way in and out: sign-in, choice of the account, password again, sign-out; and
 * the addresses without a page: those that only lead on, and /health.
 *
 * Rules: a session token lives on the stack until it is in the cookie, then it is wiped. After
 * signing in the browser goes where it wanted to go, if that is a path of this site (F_LOCAL).
 */
#include "page_layout.h"

#include <inttypes.h>
#include <string.h>
#include "dispatch.h"

/* Where to go when this is done. */
static const char *next_of(const struct page *p)
{
	const char *next = form_text(&p->form, "next");

	return *next ? next : "/overview";
}

/* Addresses that only lead on. */
int page_home(struct page *p, struct err *e)
{
	(void)e;
	response_redirect(
		p->rs, strcmp(p->rq->path, "/settings") == 0 ? "/settings/admins" : "/overview");
	return 0;
}

/* For monitors and balancers. An engine that is away makes it 503, too: without it no work is done.
 */
int page_health(struct page *p, struct err *e)
{
	struct engine_pulse pulse;
	int rc = store_engine_get(p->svc.db, p->svc.a, &pulse, e);
	int alive = rc > 0 && svc_engine_alive(&pulse);

	p->status = alive ? 200 : 503;
	p->rs->type = "text/plain; charset=utf-8";
	buf_printf(&p->rs->body, "%s\nstore: %s\nengine: %s\n", alive ? "ok" : "not ok",
		rc < 0 ? "away" : "ok",
		alive		 ? "ok"
			: rc < 0 ? "not known"
				 : "away");
	return 0;
}

int page_signin(struct page *p, struct err *e)
{
	(void)e;
	if (p->signed_in && p->rq->method != POST) {
		response_redirect(p->rs, next_of(p));
		return 0;
	}
	view_set(p->view, M_TITLE, "Sign in");
	view_set(p->view, M_NEXT, form_text(&p->form, "next"));
	view_show(p->view, M_SCENE);
	return 0;
}

int page_enter(struct page *p, const struct user *u, struct err *e)
{
	char token[SEAL_TOKEN_HEX + 1];

	if (p->signed_in && svc_signin_out(&p->svc, p->session, e) < 0)
		return -1;
	if (svc_signin_open(&p->svc, u, p->rq->agent, token, e) < 0)
		return -1;
	dispatch_cookie(p, token);
	explicit_bzero(token, sizeof(token));
	return 0;
}

int page_signin_post(struct page *p, struct err *e)
{
	struct user u;

	if (svc_signin_check(&p->svc, form_text(&p->form, "email"),
		    form_secret(&p->form, "password"), &u, e) < 0 ||
		page_enter(p, &u, e) < 0)
		return page_refuse(p, e);
	response_redirect(p->rs, next_of(p));
	return 0;
}

/* With one account only it is shown too, for those who come by its address. */
int page_choose(struct page *p, struct err *e)
{
	struct member *list;
	struct view *row;
	int i, n = store_member_of_user(p->svc.db, p->svc.a, p->session->user.id, &list, e);

	if (n < 0)
		return -1;
	view_set(p->view, M_TITLE, "Choose an account");
	view_set(p->view, M_NEXT, form_text(&p->form, "next"));
	for (i = 0; i < n; i++) {
		row = view_add(p->view, M_CHOICE);
		view_set(row, M_CHOICE_ID, arena_printf(p->svc.a, "%" PRId64, list[i].account));
		view_set(row, M_CHOICE_NAME, list[i].account_name);
		view_set(row, M_CHOICE_ROLE, page_role(list[i].role));
	}
	if (n == 0)
		view_show(p->view, M_NONE);
	return 0;
}

int page_choose_post(struct page *p, struct err *e)
{
	char token[SEAL_TOKEN_HEX + 1];

	if (svc_signin_choose(&p->svc, p->session, form_num(&p->form, "account"), token, e) < 0)
		return page_refuse(p, e);
	dispatch_cookie(p, token);
	explicit_bzero(token, sizeof(token));
	response_redirect(p->rs, next_of(p));
	return 0;
}

static void carry(struct page *p, const char *name, const char *value)
{
	struct view *row = view_add(p->view, M_CARRIED);

	view_set(row, M_CARRIED_NAME, name);
	view_set(row, M_CARRIED_VALUE, value);
}

/* Says why, because to be asked again is a surprise. */
static void ask(struct page *p, const char *url, const char *field)
{
	view_set(p->view, M_TITLE, "Enter your password again");
	view_set(p->view, M_CONFIRM_URL, url);
	view_set(p->view, M_CONFIRM_FIELD, field);
	view_set(p->view, M_FRESH, page_span(p->svc.a, p->svc.cf->fresh));
}

int page_confirm(struct page *p, struct err *e)
{
	(void)e;
	ask(p, "/confirm", "password");
	carry(p, "next", form_text(&p->form, "next"));
	return 0;
}

/* It leads on to where the form was sent, so that nothing is typed twice but what no page may hold.
 */
void page_stale(struct page *p, const struct err *e)
{
	const struct form *f = &p->form;
	const char *retype = "";
	size_t i;

	ask(p, p->rq->path, FORM_CONFIRM);
	for (i = 0; f->fields[i].name; i++) {
		if (f->v[i].withheld)
			retype = arena_printf(p->svc.a, "%s %s", retype, f->fields[i].name);
		else if (*f->v[i].text)
			carry(p, f->fields[i].name, f->v[i].text);
	}
	view_show(p->view, M_CARRIES);
	if (*retype) {
		view_show(p->view, M_RETYPE);
		carry(p, FORM_RETYPE, retype);
	}
	if (e->code != ERR_STALE)
		page_failed(p, e->say);
}

int page_confirm_post(struct page *p, struct err *e)
{
	const struct secret *password = form_secret(&p->form, "password");
	char token[SEAL_TOKEN_HEX + 1];

	if (svc_signin_confirm(&p->svc, p->session, password, token, e) < 0)
		return page_refuse(p, e);
	dispatch_cookie(p, token);
	explicit_bzero(token, sizeof(token));
	response_redirect(p->rs, next_of(p));
	return 0;
}

int page_signout_post(struct page *p, struct err *e)
{
	if (svc_signin_out(&p->svc, p->session, e) < 0)
		return -1;
	dispatch_cookie(p, NULL);
	page_done(p, "/signin", "out");
	return 0;
}
