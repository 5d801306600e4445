/* Page_members_bulk: what is done with many members at once: a check, a file, a change that is
 * asked about first.
 *
 * Rules: whom it is about are the rows that were ticked, else everyone on the page, or all that the
 * filter finds when that was ticked: never more than the page said. The question says whom, how
 * many and what (page_impact); when there are more by the time it is answered, it is asked again.
 */
#include "page_layout.h"

#include <inttypes.h>
#include <string.h>
#include "page_impact.h"
#include "page_roster.h"
#include "platform/buf.h"
#include "platform/csv.h"
#include "platform/log.h"
#include "platform/url.h"
#include "service/svc_bulk.h"
#include "service/svc_check.h"
#include "service/svc_remind.h"
#include "service/svc_roster.h"

enum { URL_MAX = 4096 };

/* --- whom --- */

/* The ids of a field, or with "" all that the filter finds: not everyone because it has a word that
 * is not known. */
static int pick(struct page *p, const char *ids, struct page_roster *r, struct roster_pick *out,
	struct err *e)
{
	page_roster_read(&p->form, p->svc.who.account, r);
	*out = (struct roster_pick){ .f = r->f };
	if (r->odd && !*ids)
		return ERR(e, ERR_INPUT, NULL, "members: no such filter");
	return *ids ? roster_pick_read(p->svc.a, arena_printf(p->svc.a, "ids=%s", ids),
			      p->svc.who.account, out, e)
		    : 0;
}

/* NULL: nobody was chosen. */
static const char *chosen(struct page *p)
{
	const char *ids = form_text(&p->form, "id");

	if (form_num(&p->form, "match"))
		return "";
	if (!*ids && form_num(&p->form, "page"))
		ids = form_text(&p->form, "here");
	return *ids ? ids : NULL;
}

/* The list, or what is done with it: the same filter, and the ids of a selection. */
static const char *address(
	struct page *p, const char *path, const struct page_roster *r, const char *ids)
{
	const char *what = form_text(&p->form, "do"), *text;
	struct buf b;

	buf_init(&b, URL_MAX);
	page_roster_pairs(p->svc.a, &b, r);
	if (roster_bulk_parse(what) < BULK__MAX)
		url_pair(&b, "do", what);
	if (*ids)
		url_pair(&b, "id", ids);
	text = arena_printf(p->svc.a, "%s%s%s", path, b.len ? "?" : "", buf_str(&b));
	buf_done(&b);
	return text;
}

/* --- what --- */

static int check(
	struct page *p, const struct roster_pick *who, const struct page_roster *r, struct err *e)
{
	int64_t job;

	if (svc_check_start(&p->svc, who, svc_roster_about(&p->svc, who), &job, e) < 0)
		return page_refuse(p, e);
	page_done(p, page_roster_url(p->svc.a, "/members", r), "check");
	return 0;
}

/* Those of them who must act; the job says who was passed over. */
static int remind(
	struct page *p, const struct roster_pick *who, const struct page_roster *r, struct err *e)
{
	int64_t job;

	if (svc_remind_pick(&p->svc, who, svc_roster_about(&p->svc, who), &job, e) < 0)
		return page_refuse(p, e);
	page_done(p, page_roster_url(p->svc.a, "/members", r), "remind");
	return 0;
}

/* Everybody is said in a word of its own: no filter stands there for whoever lacks something. */
static const char *script_of(struct page *p, const struct page_roster *r, const char *ids)
{
	if (*ids || page_roster_filtered(r))
		return address(p, "/scripts", r, ids);
	return "/scripts?all=1";
}

int page_members_chosen_post(struct page *p, struct err *e)
{
	const char *what = form_text(&p->form, "do"), *ids = chosen(p);
	struct page_roster r;
	struct roster_pick who;

	if (!ids) {
		ERR(e, ERR_FORM, "Nobody is chosen. Tick the members it is about first.",
			"members: nobody chosen");
		return page_refuse(p, e);
	}
	if (pick(p, ids, &r, &who, e) < 0)
		return -1;
	if (strcmp(what, "check") == 0)
		return check(p, &who, &r, e);
	if (strcmp(what, "remind") == 0)
		return remind(p, &who, &r, e);
	r.at.id = 0;
	response_redirect(p->rs,
		strcmp(what, "script") == 0
			? script_of(p, &r, ids)
			: address(p, strcmp(what, "export") == 0 ? "/members.csv" : "/members/bulk",
				  &r, ids));
	return 0;
}

static int stopped(struct page *p, int rc, const char *done, struct err *e)
{
	/* It may have ended between the page and the button: the list says so. */
	if (rc < 0 && e->code != ERR_CONFLICT)
		return -1;
	page_done(p, "/members", done);
	return 0;
}

int page_members_check_stop_post(struct page *p, struct err *e)
{
	return stopped(p, svc_check_stop(&p->svc, p->id, e), "checkstopped", e);
}

int page_members_bulk_stop_post(struct page *p, struct err *e)
{
	return stopped(p, svc_bulk_stop(&p->svc, p->id, e), "bulkstopped", e);
}

/* --- the question --- */

static const struct question {
	const char *verb; /* "Remove" */
	const char *class;
	int keeps; /* some stay as they are */
	void (*says)(struct page *p, const struct page_impact_who *w);
} questions[BULK__MAX] = {
	[BULK_REMOVE] = { "Remove", "danger", 1, page_impact_removes },
	[BULK_OFF] = { "Deactivate", "danger", 1, page_impact_deactivates },
	[BULK_ON] = { "Activate", "primary", 0, page_impact_activates },
};

/* The first of them by name: of a selection in the order in which they were ticked. */
static int who_rows(struct page *p, const struct roster_pick *who, const struct page_impact_who *w,
	const char *all_url, struct err *e)
{
	const struct roster_place at = { .limit = PAGE_IMPACT_NAMES };
	struct roster_row *rows = arena_array(p->svc.a, PAGE_IMPACT_NAMES, sizeof(*rows));
	const char *more = NULL;
	int n = 0, rc = 0;

	for (size_t i = 0; i < who->count && n < PAGE_IMPACT_NAMES && rc >= 0; i++) {
		rc = store_roster_get(
			p->svc.db, p->svc.a, p->svc.who.account, who->ids[i], &rows[n], e);
		n += rc > 0;
	}
	if (!who->ids)
		rc = n = store_roster_list(p->svc.db, p->svc.a, &who->f, &at, &rows, e);
	if (rc < 0)
		return -1;
	if (w->uncounted)
		more = "and many more";
	else if (w->total > n)
		more = arena_printf(p->svc.a, "and %s more", page_number(p->svc.a, w->total - n));
	page_impact_names(p, rows, n, more, all_url);
	return 0;
}

static void ask(struct page *p, const struct question *q, const struct roster_pick *who,
	const struct page_impact_who *w)
{
	struct arena *a = p->svc.a;
	const char *many = page_impact_many(p, w);

	view_set(p->view, M_TITLE, arena_printf(a, "%s %s", q->verb, many));
	view_set(p->view, M_BULK_TITLE, arena_printf(a, "%s %s?", q->verb, many));
	view_set(p->view, M_BULK_CLASS, q->class);
	view_set(p->view, M_BULK_DO, arena_printf(a, "%s %s", q->verb, many));
	view_set(p->view, M_SHOWN, arena_printf(a, "%" PRId64, w->total));
	view_set(p->view, M_ABOUT,
		who->ids ? "It is about:" : arena_printf(a, "%s:", svc_roster_words(a, &who->f)));
	q->says(p, w);
	if (q->keeps)
		page_impact_say(p, IMPACT_GOES_ON,
			"You, and the only admin who can sign in: they are passed over.");
}

static void carry(struct page *p, const char *name)
{
	const char *text = form_text(&p->form, name);
	struct view *v;

	if (!*text)
		return;
	v = view_add(p->view, M_HIDDEN);
	view_set(v, M_HIDDEN_NAME, name);
	view_set(v, M_HIDDEN_VALUE, text);
}

/* The file of exactly those, before they go. */
static void offer(struct page *p, enum bulk what, const struct page_roster *r)
{
	view_set(p->view, M_FILE_URL, address(p, "/members.csv", r, form_text(&p->form, "id")));
	view_show(p->view, what == BULK_REMOVE ? M_FILE_FIRST : M_FILE);
}

int page_members_bulk(struct page *p, struct err *e)
{
	const enum bulk what = roster_bulk_parse(form_text(&p->form, "do"));
	struct page_roster r;
	struct roster_pick who;
	struct page_impact_who w;
	const char *list;

	if (what == BULK__MAX || p->form.errors) {
		response_redirect(p->rs, "/members");
		return 0;
	}
	if (pick(p, form_text(&p->form, "id"), &r, &who, e) < 0 ||
		page_impact_read(p, &who, &w, e) < 0)
		return -1;
	list = page_roster_url(p->svc.a, "/members", &r);
	if (w.total == 0) {
		response_redirect(p->rs, list);
		return 0;
	}
	if (who_rows(p, &who, &w, list, e) < 0)
		return -1;
	ask(p, &questions[what], &who, &w);
	page_impact_counts(p, w.n, list);
	offer(p, what, &r);
	page_members_hidden(p, &r, M_HIDDEN);
	carry(p, "do");
	carry(p, "id");
	view_set(p->view, M_BACK_URL, list);
	return 0;
}

int page_members_bulk_post(struct page *p, struct err *e)
{
	const enum bulk what = roster_bulk_parse(form_text(&p->form, "do"));
	struct page_roster r;
	struct roster_pick who;
	struct page_impact_who w;
	int64_t job;

	if (pick(p, form_text(&p->form, "id"), &r, &who, e) < 0 ||
		page_impact_read(p, &who, &w, e) < 0)
		return -1;
	if (page_impact_same(p, &w, e) < 0 || svc_bulk_start(&p->svc, what, &who, &job, e) < 0)
		return page_refuse(p, e);
	page_done(p, "/members", "bulk");
	return 0;
}

/* --- the file --- */

struct file {
	struct svc *s;
	struct svc_export x;
};

/* The head has left by now, so whoever loads it is told in a last line, which is no member's. */
static int more(void *ptr, struct buf *body)
{
	struct file *f = ptr;
	struct err e;
	int rc = svc_roster_lines(f->s, &f->x, body, &e);

	if (rc >= 0)
		return rc;
	log_err("members.export", &e);
	csv_cell(body, "This file is not whole. Export again.", 1);
	return 0;
}

int page_members_csv(struct page *p, struct err *e)
{
	struct file *f = arena_alloc(p->svc.a, sizeof(*f));
	struct page_roster r;
	struct roster_pick who;

	if (pick(p, form_text(&p->form, "id"), &r, &who, e) < 0 ||
		svc_roster_export(&p->svc, &who, &f->x, e) < 0)
		return -1;
	arena_defer(p->svc.a, svc_roster_export_done, &f->x);
	f->s = &p->svc;
	p->rs->type = "text/csv; charset=utf-8";
	response_header(p->rs, "Content-Disposition", "attachment; filename=\"members.csv\"");
	svc_roster_titles(&p->rs->body);
	p->rs->more = more;
	p->rs->ptr = f;
	return 0;
}
