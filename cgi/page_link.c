/* Page_link: one-time links: an invitation or a new password.
 *
 * Rules: opening a link changes nothing, because programs that scan mail open links, too; the
 * button on its page uses it. A link that is dead says why and whom to ask.
 */
#include "page_layout.h"

#include <string.h>
#include "platform/clock.h"
#include "platform/password.h"
#include "platform/str.h"
#include "routes.h"

/* Made by somebody with a name, not by the command line? */
static int by_person(const struct invitation *v)
{
	return v->by != 0 && !str_empty(v->by_name);
}

/* A link is dead: the page says so instead of an error page, because the way on is another one. */
static int dead(struct page *p, const struct invitation *v, const struct err *why)
{
	const char *ask = by_person(v) ? v->by_name : "An account admin of your organisation";

	view_set(p->view, M_TITLE, "This link cannot be used");
	view_show(p->view, M_DEAD);
	view_set(p->view, M_DEAD_SAY, why->say);
	view_set(p->view, M_ASK, ask);
	p->status = err_info(why->code)->status;
	return 0;
}

/* What kind of link it is decides the words and what is asked for. */
static void words(struct page *p, const struct invitation *v, int known)
{
	if (v->kind == LINK_RESET) {
		view_set(p->view, M_TITLE, "Choose a new password");
		view_set(p->view, M_SUBMIT, "Save and sign in");
		view_show(p->view, M_RESET);
		view_show(p->view, M_CHOOSE);
	} else if (known) {
		view_set(p->view, M_TITLE, "Accept the invitation");
		view_set(p->view, M_SUBMIT, "Accept and sign in");
		view_show(p->view, M_KNOWN);
	} else {
		view_set(p->view, M_TITLE, "Accept the invitation");
		view_set(p->view, M_SUBMIT, "Accept and sign in");
		view_show(p->view, M_NEW);
		view_show(p->view, M_ASK_NAME);
		view_show(p->view, M_CHOOSE);
	}
}

/* The form of a link that works. */
static int fill(
	struct page *p, const struct invitation *v, const char *token, int known, struct err *e)
{
	char until[40];
	struct account account;
	int rc = store_account_get(p->svc.db, p->svc.a, v->account, &account, e);

	if (rc < 0)
		return -1;
	clock_text(until, sizeof(until), v->expires);
	view_show(p->view, M_OPEN);
	words(p, v, known);
	view_set(p->view, M_ORG, rc > 0 ? account.name : "");
	view_set(p->view, M_BY, by_person(v) ? v->by_name : "Your ops team");
	view_set(p->view, M_ROLE, v->role == ROLE_ADMIN ? "an account admin" : "a member");
	view_set(p->view, M_EMAIL, v->email);
	view_set(p->view, M_TOKEN, token);
	view_set(p->view, M_UNTIL, until);
	view_num(p->view, M_PASSWORD_MIN, PASSWORD_MIN);
	if (p->rq->method != POST)
		view_set(p->view, M_V_NAME, v->name);
	return 0;
}

/* The token, from the path or from the form. */
static const char *token_of(const struct page *p)
{
	if (p->word)
		return p->word;
	return (const char *)secret_bytes(form_secret(&p->form, "token"));
}

/* Also fills the page again after a form with errors: then the token comes from the form. */
int page_link(struct page *p, struct err *e)
{
	struct invitation v = { 0 };
	int known = 0;

	if (svc_account_link_look(&p->svc, token_of(p), &v, &known, e) == 0)
		return fill(p, &v, token_of(p), known, e);
	if (e->code != ERR_GONE && e->code != ERR_MISSING)
		return -1;
	return dead(p, &v, e);
}

/* A new password comes with a second one that must be the same; a first one with a name. */
static int check(struct page *p, const struct invitation *v, int known, struct err *e)
{
	const struct secret *password = form_secret(&p->form, "password");
	const char *weak;

	if (v->kind == LINK_INVITE && known)
		return 0;
	if (v->kind == LINK_INVITE && !*form_text(&p->form, "name"))
		form_fail(&p->form, "name", "Enter your name.");
	weak = password_weak(password, v->email);
	if (weak)
		form_fail(&p->form, "password", "%s", weak);
	else if (!secret_same(password, form_secret(&p->form, "again")))
		form_fail(&p->form, "again", "The two are not the same. Enter both again.");
	return p->form.errors ? ERR(e, ERR_FORM, NULL, "link: fields") : 0;
}

/* Whoever uses a link is signed in, and nobody else in this browser is. */
int page_link_post(struct page *p, struct err *e)
{
	struct invitation v = { 0 };
	struct user u;
	int known = 0;

	if (svc_account_link_look(&p->svc, token_of(p), &v, &known, e) < 0)
		return page_refuse(p, e);
	if (check(p, &v, known, e) < 0)
		return -1;
	if (svc_account_link_use(&p->svc, token_of(p), form_text(&p->form, "name"),
		    form_secret(&p->form, "password"), &u, e) < 0 ||
		page_enter(p, &u, e) < 0)
		return page_refuse(p, e);
	page_done(p, "/overview", v.kind == LINK_RESET ? "password" : "joined");
	return 0;
}
