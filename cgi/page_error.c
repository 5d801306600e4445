/* Page_error: any error as a page.
 *
 * Rules: asks the store nothing, because the store may be the trouble. Inside the shell when
 * somebody is signed in to an account, else at the gate; when not even the template works, plain
 * text.
 */
#include "page_layout.h"

#include <string.h>
#include "platform/log.h"
#include "routes.h"

/* How a status looks; the last row is for all others. */
static const struct look {
	int status;
	const char *class;
	const char *icon;
} looks[] = {
	{ 403, "is-limited", "lock" },
	{ 404, "", "search" },
	{ 405, "", "search" },
	{ 409, "is-limited", "people" },
	{ 410, "is-action", "clock" },
	{ 429, "is-action", "clock" },
	{ 503, "is-action", "plug" },
	{ 0, "is-blocked", "stop" },
};

static const struct look *look_of(int status)
{
	const struct look *l = looks;

	while (l->status && l->status != status)
		l++;
	return l;
}

/* The words of the code; the request's number is what the log knows it by. */
static void fill(struct page *p, const struct err *e)
{
	const struct err_info *info = err_info(e->code);
	const struct look *l = look_of(info->status);
	int inside = p->signed_in && p->session->account.id;

	view_set(p->view, M_TITLE, info->title);
	view_set(p->view, M_ERROR_SAY, e->say);
	view_set(p->view, M_ERROR_CLASS, l->class);
	view_set(p->view, M_ERROR_ICON, l->icon);
	view_set(p->view, M_ERROR_URL, inside ? "/overview" : "/signin");
	view_set(p->view, M_ERROR_LINK, inside ? "Go to the overview" : "Go to sign-in");
	view_set(p->view, M_REQUEST, p->rq->id);
	view_num(p->view, M_STATUS, info->status);
	view_show(p->view, info->ours ? M_ERROR_OURS : M_ERROR_THEIRS);
	page_layout(p);
}

/* What is left when templates do not work. */
static void plain(struct page *p, const struct err *e)
{
	const struct err_info *info = err_info(e->code);

	response_clear(p->rs);
	p->rs->status = info->status;
	p->rs->type = "text/plain; charset=utf-8";
	buf_printf(&p->rs->body, "%s (%d)\n%s\nRequest %s\n", info->title, info->status, e->say,
		p->rq->id);
}

/* In the shell of whoever is signed in, else at the gate. */
static int page(struct page *p, const struct err *e, struct err *broken)
{
	int inside = p->signed_in && p->session->account.id;

	p->rs->status = err_info(e->code)->status;
	p->view = view_new(inside ? T_LAYOUT : T_GATE, T_ERROR);
	arena_defer(p->rq->arena, view_free, p->view);
	fill(p, e);
	return view_render(p->view, &p->rs->body, broken);
}

void page_error(struct page *p, const struct err *e)
{
	struct err broken;

	p->status = err_info(e->code)->status;
	/* A monitor reads words, not pages. */
	if (p->route && p->route->handler == page_health) {
		plain(p, e);
	} else if (page(p, e, &broken) < 0) {
		log_err("error.render", &broken);
		plain(p, e);
	}
}
