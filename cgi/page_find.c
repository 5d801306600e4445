/* Page_find: members out of the directory: ask it, read what it answered, choose.
 *
 * Rules: pages read the store only; an answer is a job of the engine and stays as long as that.
 * Those ticked on one page are added at once, a whole answer by a job, whose page is this one, too.
 */
#include "page_layout.h"

#include <inttypes.h>
#include <string.h>
#include "platform/str.h"
#include "routes.h"
#include "service/svc_check.h"
#include "service/svc_directory.h"

enum { PAGE = 50, EARLIER = 10 };

/* The title of one that runs. */
#define NOW "Asking Exchange now"

/* What the directory calls an entry, and what people do. */
static const struct page_option kinds[] = {
	{ DIRECTORY_MAILBOX, "Mailbox" },
	{ DIRECTORY_LIST, "List" },
	{ "PrivateDL", "Private list" },
	{ "Contact", "Contact" },
	{ "PublicFolder", "Public folder" },
	{ "GroupMailbox", "Group" },
};

static const char *url(struct page *p, int64_t job, const char *more)
{
	return arena_printf(p->svc.a, "/members/find/%" PRId64 "%s", job, more);
}

static const char *title_of(struct page *p, const struct job *j)
{
	enum directory_what what;
	const char *text;

	if (strcmp(j->kind, ADD_FOUND_KIND) == 0)
		return "Adding everybody";
	svc_directory_params(p->svc.a, j->params, &what, &text);
	if (what == DIRECTORY_ROOMS)
		return "Room lists";
	return arena_printf(
		p->svc.a, what == DIRECTORY_LISTED ? "List %s" : "Search for “%s”", text);
}

/* Says why when nothing can be asked now. */
static int show_ready(struct page *p, struct err *e)
{
	if (svc_check_can(&p->svc, e) == 0)
		return 0;
	if (e->code != ERR_CONFLICT)
		return -1;
	view_show(p->view, M_NOT_READY);
	view_set(p->view, M_NOT_READY, e->say);
	return 0;
}

static void earlier(struct page *p, const struct job *j)
{
	const struct page_face *face = page_job_face(j, 0);
	struct view *row = view_add(p->view, M_EARLIER);

	view_set(row, M_EARLIER_CLASS, face->class);
	view_set(row, M_EARLIER_ICON, face->icon);
	view_set(row, M_EARLIER_URL, url(p, j->id, ""));
	view_set(row, M_EARLIER_KIND, title_of(p, j));
	view_set(row, M_EARLIER_SAY, page_job_title(j, face, NOW));
	page_time(row, M_EARLIER_AT_ISO, M_EARLIER_AT, j->ended ? j->ended : j->created, p->svc.a);
}

int page_find(struct page *p, struct err *e)
{
	struct job *jobs;
	int n = store_job_list(p->svc.db, p->svc.a, p->svc.who.account, DIRECTORY_KIND,
		(struct page_of){ 0, EARLIER }, &jobs, e);

	if (n < 0 || show_ready(p, e) < 0)
		return -1;
	view_set(p->view, M_TITLE, "Find people");
	if (!svc_engine_alive(&p->session->pulse))
		view_show(p->view, M_AWAY);
	view_show(p->view, n ? M_TESTS : M_NO_TESTS);
	for (int i = 0; i < n; i++)
		earlier(p, &jobs[i]);
	return 0;
}

int page_find_post(struct page *p, struct err *e)
{
	const int list = strcmp(form_text(&p->form, "what"), "list") == 0;
	int64_t id;

	if (svc_directory_ask(&p->svc, list ? DIRECTORY_LISTED : DIRECTORY_SEARCH,
		    form_text(&p->form, "q"), &id, e) < 0) {
		if (e->code != ERR_FORM)
			return page_refuse(p, e);
		form_fail(&p->form, "q", "%s", e->say);
		return -1;
	}
	response_redirect(p->rs, url(p, id, ""));
	return 0;
}

/* --- an answer --- */

static const char *kind_name(const char *type)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].value, type) == 0)
			return kinds[i].name;
	return "Other";
}

/* Only what can be done with an entry is offered. */
static void entry(struct page *p, const struct found_one *f, int rooms)
{
	const int mailbox = strcmp(f->type, DIRECTORY_MAILBOX) == 0;
	struct view *row = view_add(p->view, M_ROW);

	view_set(row, M_ROW_N, arena_printf(p->svc.a, "%" PRId64, f->n));
	view_set(row, M_ROW_NAME, page_name(f->name, f->email));
	page_address(row, p->svc.a, f->email);
	view_set(row, M_ROW_KIND, rooms ? "Room" : kind_name(f->type));
	view_set(row, M_ROW_LIST, page_name(f->list_name, f->list));
	if (mailbox && !f->member && !rooms)
		view_show(row, M_ROW_CAN);
	if (f->member) {
		view_show(row, M_ROW_IS);
		view_set(row, M_ROW_IS, rooms ? "is in the list of rooms" : "is a member already");
	}
	if (strcmp(f->type, DIRECTORY_LIST) == 0) {
		view_show(row, M_ROW_OPEN);
		view_set(row, M_ROW_OPEN, f->email);
	}
}

/* The page of an answer that begins behind this entry. */
static const char *page_url(struct page *p, int64_t job, int64_t after)
{
	return url(p, job, after ? arena_printf(p->svc.a, "?after=%" PRId64, after) : "");
}

/* One row more than a page is asked for: it says whether there is another page. */
static int entries(struct page *p, const struct job *j, int64_t all, int rooms, struct err *e)
{
	const int64_t after = form_num(&p->form, "after");
	struct found_one *list;
	int i,
		n = store_found_list(
			p->svc.db, p->svc.a, j, (struct page_of){ after, PAGE + 1 }, &list, e);

	if (n <= 0)
		return n;
	view_show(p->view, M_FOUND);
	for (i = 0; i < n && i < PAGE; i++)
		entry(p, &list[i], rooms);
	view_set(p->view, M_SAY,
		arena_printf(p->svc.a, "%s to %s of %s", page_number(p->svc.a, list[0].n),
			page_number(p->svc.a, list[i - 1].n), page_number(p->svc.a, all)));
	if (after) {
		view_show(p->view, M_FIRST);
		view_show(p->view, M_AFTER);
		view_set(p->view, M_AFTER, arena_printf(p->svc.a, "%" PRId64, after));
	}
	if (n > PAGE) {
		view_show(p->view, M_MORE);
		view_set(p->view, M_MORE_URL, page_url(p, j->id, list[i - 1].n));
	}
	return 0;
}

/* "Add all 312": of an answer with mailboxes in it, once it is whole. */
static int answer(struct page *p, const struct job *j, const struct job_progress *g, struct err *e)
{
	enum directory_what what;
	const char *text;

	svc_directory_params(p->svc.a, j->params, &what, &text);
	view_set(p->view, M_FOUND_PURPOSE,
		what == DIRECTORY_ROOMS ? "What the room lists of Exchange said."
					: "Tick who becomes a member. Nobody is invited by it.");
	if (page_job_live(j))
		return 0;
	if (what == DIRECTORY_LISTED && g->done > 0) {
		view_show(p->view, M_FOUND_ALL);
		view_set(p->view, M_FOUND_ALL,
			arena_printf(p->svc.a, "Add all %s",
				page_count(p->svc.a, g->done, "mailbox", "mailboxes")));
	}
	return entries(p, j, g->total, what == DIRECTORY_ROOMS, e);
}

static int is_ours(const struct job *j)
{
	return strcmp(j->kind, DIRECTORY_KIND) == 0 || strcmp(j->kind, ADD_FOUND_KIND) == 0;
}

/* The job and how far it is. */
static int read_job(struct page *p, struct job *j, struct job_progress *g, struct err *e)
{
	int rc = store_job_get(p->svc.db, p->svc.a, p->svc.who.account, p->id, j, e);

	if (rc == 0 || (rc == 1 && !is_ours(j)))
		return ERR(e, ERR_MISSING, NULL, "no answer %" PRId64 " in the account", p->id);
	if (rc < 0)
		return -1;
	rc = store_progress_get(p->svc.db, p->svc.a, j->id, g, e);
	if (rc == 0)
		*g = (struct job_progress){ .job = j->id };
	return rc < 0 ? -1 : 0;
}

static const char *so_far(struct page *p, const struct job *j, const struct job_progress *g)
{
	if (strcmp(j->kind, ADD_FOUND_KIND) == 0)
		return page_count(p->svc.a, g->done, "person so far", "people so far");
	return page_count(p->svc.a, g->total, "entry so far", "entries so far");
}

int page_found(struct page *p, struct err *e)
{
	struct job_progress g;
	struct page_ran ran;
	struct job_step *s;
	struct job j;
	int n;

	if (read_job(p, &j, &g, e) < 0)
		return -1;
	n = store_job_steps(p->svc.db, p->svc.a, j.id, &s, e);
	if (n < 0)
		return -1;
	ran = page_steps(p, s, n, NULL);
	page_job(p, &j, ran, strcmp(j.kind, ADD_FOUND_KIND) == 0 ? "Adding them now" : NOW);
	if (!page_job_live(&j) && (j.state == JOB_FAILED || ran.note))
		view_show(p->view, M_TOLD);
	view_set(p->view, M_TITLE, title_of(p, &j));
	view_set(p->view, M_FOUND_TITLE, title_of(p, &j));
	view_set(p->view, M_FOUND_SO_FAR, so_far(p, &j, &g));
	view_set(p->view, M_JOB_URL, url(p, j.id, ""));
	view_set(p->view, M_ADD_URL, url(p, j.id, ""));
	view_set(p->view, M_STOP_URL, url(p, j.id, "/stop"));
	if (strcmp(j.kind, DIRECTORY_KIND) == 0)
		return answer(p, &j, &g, e);
	view_set(p->view, M_FOUND_PURPOSE, "Each of them is looked at within a minute.");
	return 0;
}

/* The numbers of ticked rows: how many. */
static size_t ticked(struct page *p, int64_t out[DIRECTORY_PICK_MAX])
{
	char *rest = arena_strdup(p->svc.a, form_text(&p->form, "n")), *word;
	size_t count = 0;

	while ((word = strsep(&rest, ".")) != NULL && count < DIRECTORY_PICK_MAX)
		if (str_int(word, 1, INT64_MAX, &out[count]) == 0)
			count++;
	return count;
}

static int add_ticked(struct page *p, struct err *e)
{
	int64_t n[DIRECTORY_PICK_MAX];
	size_t count = ticked(p, n);

	if (count == 0)
		return ERR(e, ERR_CONFLICT, "Nobody is ticked. Tick who becomes a member.",
			"found: nobody ticked");
	return svc_directory_add(&p->svc, p->id, n, count, e);
}

/* Three buttons of one page: open a list, add all, add those ticked. */
int page_found_post(struct page *p, struct err *e)
{
	const char *open = form_text(&p->form, "open");
	int64_t next = p->id;
	int rc;

	if (*open)
		rc = svc_directory_ask(&p->svc, DIRECTORY_LISTED, open, &next, e);
	else if (form_num(&p->form, "all"))
		rc = svc_directory_add_all(&p->svc, p->id, &next, e);
	else
		rc = add_ticked(p, e);
	if (rc < 0)
		return page_refuse(p, e);
	if (next == p->id)
		page_done(p, page_url(p, next, form_num(&p->form, "after")),
			rc ? "added" : "addednone");
	else
		response_redirect(p->rs, url(p, next, ""));
	return 0;
}

int page_found_stop_post(struct page *p, struct err *e)
{
	/* It may have ended between the page and the button: its page says so. */
	if (svc_directory_stop(&p->svc, p->id, e) < 0 && e->code != ERR_CONFLICT)
		return -1;
	response_redirect(p->rs, url(p, p->id, ""));
	return 0;
}
