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

/* The title of one that runs. */
#define NOW "Looking now"

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
	const struct page_face *face;
	struct view *row;
	int i;

	view_show(p->view, n ? M_LOOKS : M_NO_LOOKS);
	for (i = 0; i < n; i++) {
		face = page_job_face(&list[i], 0);
		row = view_add(p->view, M_LOOK);
		view_set(row, M_LOOK_CLASS, face->class);
		view_set(row, M_LOOK_ICON, face->icon);
		view_set(row, M_LOOK_URL, url_of(p, &list[i], ""));
		view_set(row, M_LOOK_HOST, host_of(p, &list[i]));
		view_set(row, M_LOOK_SAY, page_job_title(&list[i], face, NOW));
		page_time(row, M_LOOK_AT_ISO, M_LOOK_AT,
			list[i].ended ? list[i].ended : list[i].created, p->svc.a);
		if (page_job_live(&list[i]))
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

/* Answers the poll of its own fragment, too: the page is small, and there is nothing else to keep.
 */
int page_look(struct page *p, struct err *e)
{
	const char *host;
	int64_t port;
	struct job_step *s;
	struct page_way way;
	struct job j;
	int n = page_job_read(p, LOOK_KIND, &j, &s, e);

	if (n < 0 || page_connection_tabs(p, &way, e) < 0)
		return -1;
	if (svc_look_params(p->svc.a, j.params, &host, &port) < 0) {
		host = "";
		port = 0;
	}
	page_job(p, &j, page_steps(p, s, n, NULL), NOW);
	view_set(p->view, M_HOST, host);
	view_set(p->view, M_PORT, arena_printf(p->svc.a, "%" PRId64, port));
	view_set(p->view, M_LOOK_HOST, host_of(p, &j));
	view_set(p->view, M_JOB_URL, url_of(p, &j, ""));
	view_set(p->view, M_STOP_URL, url_of(p, &j, "/stop"));
	view_set(p->view, M_TITLE, arena_printf(p->svc.a, "Look at %s", host_of(p, &j)));
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
