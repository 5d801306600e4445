/* The routes and handlers of test_dispatch, which stand in for the real ones: every kind of need
 * and of outcome, so that what is checked is the dispatcher alone. */
#ifndef LATCHKEY_DISPATCH_ROUTES_H
#define LATCHKEY_DISPATCH_ROUTES_H

#include "web_unit.h"

#include <stdlib.h>
#include "cgi/dispatch.h"
#include "cgi/routes.h"

#define WRONG "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static int handled; /* calls of handlers since the last request began */

static int page_plain(struct page *p, struct err *e)
{
	(void)e;
	handled++;
	buf_puts(&p->rs->body, "plain");
	return 0;
}

static int page_shown(struct page *p, struct err *e)
{
	(void)e;
	handled += p->rq->method != POST;
	view_set(p->view, M_TITLE, "shown");
	return 0;
}

static int page_post(struct page *p, struct err *e)
{
	(void)e;
	handled++;
	assert_ptr_equal(p->svc.a, p->rq->arena);
	response_redirect(p->rs, "/done");
	return 0;
}

static int page_refused(struct page *p, struct err *e)
{
	handled++;
	form_fail(&p->form, "email", "Already %s.", "there");
	return ERR(e, ERR_FORM, NULL, "refused");
}

/* Fails with the code of the path's number, after a cookie and a half of a page. */
static int page_fail(struct page *p, struct err *e)
{
	handled++;
	response_cookie(p->rs, "lost", "1", -1, 0);
	buf_puts(&p->rs->body, "half");
	return ERR(e, (enum err_code)p->id, "What to say.", "for ops");
}

/* Finds by itself that it needs a fresh sign-in. */
static int page_stale_act(struct page *p, struct err *e)
{
	(void)p;
	return ERR(e, ERR_STALE, NULL, "not fresh any more");
}

static int page_huge(struct page *p, struct err *e)
{
	(void)e;
	while (buf_puts(&p->rs->body, "0123456789012345678901234567890123456789") == 0)
		;
	return 0;
}

static int page_who(struct page *p, struct err *e)
{
	const struct actor *who = &p->svc.who;

	(void)e;
	buf_printf(&p->rs->body, "%d %s %lld %s %zu", (int)who->kind, who->name,
		(long long)who->account, who->address, strlen(who->request));
	return 0;
}

static int page_renew(struct page *p, struct err *e)
{
	(void)e;
	dispatch_cookie(p, p->id == 1 ? WRONG : NULL);
	response_redirect(p->rs, "/");
	return 0;
}

static const struct field form_test[] = {
	{ "email", F_EMAIL, 1, 254, "E-mail address", NULL },
	{ "password", F_SECRET, 1, 256, "Password", NULL },
	{ 0 },
};
static const struct field form_id[] = {
	{ "id", F_ID, 0, 0, "Thing", NULL },
	{ 0 },
};

#define SHOW T_GATE, T_SIGNIN
#define BARE T_NONE, T_NONE

const struct route routes[] = {
	{ GET, "/open", NEED_NONE, form_id, SHOW, page_shown, NULL },
	{ POST, "/open", NEED_NONE, form_test, SHOW, page_post, page_shown },
	{ GET, "/user", NEED_USER, NULL, SHOW, page_shown, NULL },
	{ POST, "/user", NEED_USER, NULL, BARE, page_post, NULL },
	{ GET, "/member", NEED_MEMBER, NULL, SHOW, page_shown, NULL },
	{ POST, "/member/5/go", NEED_MEMBER, NULL, BARE, page_post, NULL },
	{ GET, "/fresh", NEED_FRESH, NULL, SHOW, page_shown, NULL },
	{ POST, "/fresh", NEED_FRESH, NULL, BARE, page_post, NULL },
	{ GET, "/admin", NEED_ADMIN, NULL, SHOW, page_shown, NULL },
	{ POST, "/admin", NEED_ADMIN, form_test, SHOW, page_refused, page_shown },
	{ GET, "/adminfresh", NEED_ADMIN_FRESH, NULL, SHOW, page_shown, NULL },
	{ POST, "/adminfresh", NEED_ADMIN_FRESH, NULL, BARE, page_post, NULL },
	{ GET, "/freshform", NEED_FRESH, form_test, SHOW, page_shown, NULL },
	{ POST, "/freshform", NEED_FRESH, form_test, SHOW, page_post, page_shown },
	{ POST, "/freshact", NEED_MEMBER, NULL, BARE, page_stale_act, NULL },
	{ GET, "/plain", NEED_NONE, form_id, BARE, page_plain, NULL },
	{ GET, "/fail/:id", NEED_NONE, NULL, BARE, page_fail, NULL },
	{ GET, "/renew/:id", NEED_NONE, NULL, BARE, page_renew, NULL },
	{ GET, "/link/:word", NEED_NONE, NULL, BARE, page_plain, NULL },
	{ POST, "/key/:word", NEED_KEY, NULL, BARE, page_post, NULL },
	{ GET, "/huge", NEED_NONE, NULL, BARE, page_huge, NULL },
	{ GET, "/who", NEED_NONE, NULL, BARE, page_who, NULL },
};
const size_t routes_count = COUNT(routes);

const struct route *routes_find(
	const char *path, enum method m, struct page *p, unsigned *allow, struct err *e)
{
	size_t i, n;

	*allow = 0;
	for (i = 0; i < routes_count; i++) {
		n = strcspn(routes[i].path, ":");
		if (routes[i].path[n] ? strncmp(routes[i].path, path, n) != 0
				      : strcmp(routes[i].path, path) != 0)
			continue;
		if (routes[i].method == (m == HEAD ? GET : m)) {
			p->id = atol(path + n);
			return &routes[i];
		}
		*allow |= routes[i].method == GET ? GET | HEAD : routes[i].method;
	}
	ERR(e, *allow ? ERR_METHOD : ERR_MISSING, NULL, "no route");
	return NULL;
}

void page_layout(struct page *p)
{
	view_set(p->view, M_CSRF, p->csrf);
}

void page_fields(struct page *p)
{
	if (!p->form.fields || p->form.fields != form_test)
		return;
	view_set(p->view, M_V_EMAIL, form_text(&p->form, "email"));
	if (p->form.v[0].error) {
		view_show(p->view, M_E_EMAIL);
		view_set(p->view, M_E_EMAIL, p->form.v[0].error);
	}
}

void page_stale(struct page *p, const struct err *e)
{
	view_set(p->view, M_TITLE, err_info(e->code)->name);
	view_set(p->view, M_CONFIRM_URL, p->rq->path);
}

void page_error(struct page *p, const struct err *e)
{
	p->rs->status = err_info(e->code)->status;
	buf_printf(&p->rs->body, "error %s, %s, %s", err_info(e->code)->name, e->say,
		p->signed_in ? p->session->user.email : "nobody");
}

#endif
