/* Page_scripts: scripts for the Exchange admin: which ones there are, one of them, its files.
 *
 * Rules: a script is made anew for each page and file, of what is known then. The address says whom
 * it is about, as that of the list of members does. A script that sets a scope says first whom it
 * would leave out. Of more than SCRIPT_SHOWN people a page shows the first ones, and the file has
 * them all.
 */
#include "page_layout.h"

#include <stdlib.h>
#include <string.h>
#include "page_script.h"
#include "platform/buf.h"
#include "platform/log.h"
#include "platform/str.h"
#include "platform/url.h"
#include "routes.h"
#include "service/svc_roster.h"

enum { URL_MAX = 4096, TEXT_MAX = 2 << 20, MINUTE = 60, HOUR = 3600 };

/* --- whom --- */

static const char *pick_text(struct page *p, const struct page_whom *w, const char *ids)
{
	const struct roster_pick pick = { .f = w->r.f };
	const char *text;
	struct buf b;

	if (*ids)
		return arena_printf(p->svc.a, "ids=%s", ids);
	if (!page_roster_filtered(&w->r) && !form_num(&p->form, "all"))
		return "";
	buf_init(&b, URL_MAX);
	roster_pick_write(&b, &pick);
	text = arena_strdup(p->svc.a, buf_str(&b));
	buf_done(&b);
	return text;
}

static const char *query_text(struct page *p, const struct page_whom *w, const char *ids)
{
	const char *text;
	struct buf b;

	buf_init(&b, URL_MAX);
	page_roster_pairs(p->svc.a, &b, &w->r);
	if (*ids)
		url_pair(&b, "id", ids);
	else if (form_num(&p->form, "all"))
		url_pair(&b, "all", "1");
	if (w->next)
		url_pair(&b, "next", "1");
	text = b.len ? arena_printf(p->svc.a, "?%s", buf_str(&b)) : "";
	buf_done(&b);
	return text;
}

int page_whom_read(struct page *p, struct page_whom *out, struct err *e)
{
	const char *ids = form_text(&p->form, "id");

	page_roster_read(&p->form, p->svc.who.account, &out->r);
	out->r.at.id = 0;
	out->r.sort = "";
	if (out->r.odd)
		return ERR(e, ERR_INPUT, NULL, "scripts: no such filter");
	out->next = (int)form_num(&p->form, "next");
	out->pick = pick_text(p, out, ids);
	out->query = query_text(p, out, ids);
	return 0;
}

static void hidden(struct page *p, const char *name, const char *value)
{
	struct view *v = view_add(p->view, M_HIDDEN);

	view_set(v, M_HIDDEN_NAME, name);
	view_set(v, M_HIDDEN_VALUE, value);
}

void page_whom_hidden(struct page *p, const struct page_whom *w)
{
	const char *ids = form_text(&p->form, "id");

	page_members_hidden(p, &w->r, M_HIDDEN);
	if (*ids)
		hidden(p, "id", ids);
	else if (form_num(&p->form, "all"))
		hidden(p, "all", "1");
	if (w->next)
		hidden(p, "next", "1");
}

/* "946 members": persons and rooms. */
static const char *how_many(struct page *p, int64_t n)
{
	return page_count(p->svc.a, n, "member", "members");
}

int page_script_read(struct page *p, const struct page_whom *w, struct svc_premise *premise,
	struct svc_script *x, struct err *e)
{
	const enum script_kind k = script_parse(p->word);
	int rc = w->next ? svc_script_premise_next(&p->svc, premise, e)
			 : svc_script_premise(&p->svc, premise, e);

	if (rc < 0 || svc_script_counts(&p->svc, premise, e) < 0)
		return -1;
	return svc_script_read(&p->svc, premise, k, w->pick, x, e);
}

/* --- its parts --- */

static const struct {
	const char *title;
	const char *say;
} parts[SCRIPT_PART__MAX] = {
	[SCRIPT_RUN] = { "Run it", "It can be run again at any time: what is done is left alone." },
	[SCRIPT_VERIFY] = { "See whether it worked", "Changes nothing. It lists what there is." },
	[SCRIPT_UNDO] = { "Undo it",
		"Takes back what the script above gave. Bookings that were made stay where they "
		"are." },
};

/* As much of its text as a page shows. */
static int text_of(struct page *p, const struct page_script *w, enum script_part part,
	const char **out, struct err *e)
{
	struct svc_script_text t;
	struct buf b;
	int rc;

	buf_init(&b, TEXT_MAX);
	svc_script_text(w->x, part, w->x->people > SCRIPT_SHOWN ? SCRIPT_HEAD : 0, &t);
	t.ids = w->ids;
	t.count = w->count;
	do
		rc = svc_script_more(w->s, &t, &b, e);
	while (rc > 0);
	svc_script_text_done(&t);
	if (rc == 0 && !buf_ok(&b))
		rc = ERR(e, ERR_INTERNAL, NULL, "script over %d bytes", TEXT_MAX);
	*out = rc == 0 ? arena_strdup(p->svc.a, buf_str(&b)) : "";
	buf_done(&b);
	return rc;
}

static int part(struct page *p, const struct page_script *w, enum script_part which, struct err *e)
{
	const int all = w->x->people <= SCRIPT_SHOWN;
	struct view *v = view_add(p->view, M_PART);
	const char *text;

	if (text_of(p, w, which, &text, e) < 0)
		return -1;
	view_set(v, M_PART_ID, script_part_code(which));
	view_set(v, M_PART_TITLE, parts[which].title);
	view_set(v, M_PART_SAY, parts[which].say);
	view_set(v, M_PART_FILE, svc_script_file(p->svc.a, w->x, which));
	view_set(v, M_PART_TEXT, text);
	view_set(v, M_PART_URL,
		arena_printf(p->svc.a, "%s/%s.ps1%s", w->url, script_part_code(which), w->query));
	if (all) {
		view_show(v, M_PART_COPY);
	} else {
		view_show(v, M_PART_SHORT);
		view_set(v, M_PART_SHORT,
			arena_printf(p->svc.a,
				"Here are its beginning and %d of the people. The file has all "
				"%s.",
				SCRIPT_HEAD, page_number(p->svc.a, w->x->people)));
	}
	return 0;
}

/* --- beside it --- */

static void lines(struct page *p, const char *text, enum marker section)
{
	char *rest = arena_strdup(p->svc.a, text), *line;

	while ((line = str_line(&rest))) {
		if (*line)
			view_set(view_add(p->view, section), section, line);
	}
}

static const char *duration(struct arena *a, int64_t seconds)
{
	if (seconds < MINUTE)
		return "less than a minute";
	if (seconds < 2 * HOUR)
		return page_count(a, (seconds + MINUTE / 2) / MINUTE, "minute", "minutes");
	return arena_printf(
		a, "about %s", page_count(a, (seconds + HOUR / 2) / HOUR, "hour", "hours"));
}

static const char *takes(struct page *p, const struct svc_script *x)
{
	struct arena *a = p->svc.a;

	if (!x->row->people || !x->row->seconds)
		return "It takes less than a minute.";
	return arena_printf(a, "About %s a person: %s %s %s.",
		page_count(a, x->row->seconds, "second", "seconds"),
		page_count(a, x->people, "person", "people"), x->people == 1 ? "takes" : "take",
		duration(a, svc_script_takes(x)));
}

static void aside(struct page *p, const struct page_script *w)
{
	const struct svc_script *x = w->x;

	view_show(p->view, x->q.premise == SCRIPT_ONLINE ? M_ONLINE : M_SHELL);
	view_set(p->view, M_TAKES, takes(p, x));
	if (*x->row->wait) {
		view_show(p->view, M_WAIT);
		view_set(p->view, M_WAIT, x->row->wait);
	}
	lines(p, script_changes(x->kind, x->q.premise), M_GRANT);
	lines(p, script_leaves(x->kind, x->q.premise), M_LEAVE);
	lines(p, script_mind(x->kind, x->q.premise), M_MIND);
	view_set(p->view, M_MADE, x->q.made);
	view_set(p->view, M_MADE_FOR, x->q.organisation);
}

/* Something that it needs was not entered, or cannot be said in PowerShell. */
static int cannot(struct page *p, const struct err *why)
{
	log_err("script.cannot", why);
	view_show(p->view, M_CANNOT);
	view_set(p->view, M_CANNOT, why->say);
	return 0;
}

int page_script_fill(struct page *p, const struct page_script *what, struct err *e)
{
	struct page_script w = *what;
	const struct svc_script *x = w.x;
	int n;

	view_set(p->view, M_TITLE, x->row->title);
	view_set(p->view, M_SCRIPT_TITLE, x->row->title);
	view_set(p->view, M_SCRIPT_SAY, x->row->say);
	view_set(p->view, M_SCRIPT_ABOUT, svc_script_about(w.s, x));
	if (x->row->people) {
		view_show(p->view, M_SCRIPT_N);
		view_set(p->view, M_SCRIPT_N, how_many(p, x->people));
		if (x->people == 0 && x->kind != SCRIPT_ALLOW) {
			view_show(p->view, M_NOBODY);
			return 0;
		}
	}
	n = svc_script_few(w.s, x, &w.ids, e);
	if (n < 0)
		return -1;
	w.count = (size_t)n;
	for (int i = 0; i < SCRIPT_PART__MAX; i++) {
		if (part(p, &w, (enum script_part)i, e) < 0)
			return e->code == ERR_INPUT ? cannot(p, e) : -1;
	}
	view_show(p->view, M_SCRIPT);
	aside(p, &w);
	return 0;
}

/* --- its files --- */

struct file {
	struct svc *s;
	struct svc_script x;
	struct svc_script_text t;
	struct buf lf;
};

static void file_done(void *ptr)
{
	struct file *f = ptr;

	svc_script_text_done(&f->t);
	buf_done(&f->lf);
}

/* The head has left by now: what is not whole says so, in a line that PowerShell stops at. */
static int more(void *ptr, struct buf *body)
{
	struct file *f = ptr;
	struct err e;
	int rc;

	buf_clear(&f->lf);
	rc = svc_script_more(f->s, &f->t, &f->lf, &e);
	if (rc < 0) {
		log_err("script.file", &e);
		buf_clear(&f->lf);
		buf_puts(&f->lf, "\nthrow 'This file is not whole. Download it again.'\n");
	}
	return script_file(body, buf_str(&f->lf), f->lf.len, 0) == 0 && rc > 0;
}

int page_script_file(struct page *p, struct svc *s, const struct svc_script *x,
	enum script_part part_of, struct err *e)
{
	struct file *f = arena_alloc(p->svc.a, sizeof(*f));

	*f = (struct file){ .s = s, .x = *x };
	buf_init(&f->lf, TEXT_MAX);
	svc_script_text(&f->x, part_of, 0, &f->t);
	arena_defer(p->svc.a, file_done, f);
	/* What cannot be made is told before the head leaves. */
	if (svc_script_more(s, &f->t, &f->lf, e) < 0)
		return e->code == ERR_INPUT
			? ERR(e, ERR_CONFLICT, arena_strdup(p->svc.a, e->say), "script: no file")
			: -1;
	p->rs->type = "text/plain; charset=utf-8";
	response_header(p->rs, "Content-Disposition",
		arena_printf(p->svc.a, "attachment; filename=\"%s\"",
			svc_script_file(p->svc.a, x, part_of)));
	if (script_file(&p->rs->body, buf_str(&f->lf), f->lf.len, 1) < 0)
		return ERR(e, ERR_TOO_BIG, NULL, "script: head");
	p->rs->more = more;
	p->rs->ptr = f;
	return svc_script_downloaded(s, x, part_of, e);
}

static int download(struct page *p, enum script_part which, struct err *e)
{
	struct svc_premise premise;
	struct page_whom w;
	struct svc_script x;

	if (page_whom_read(p, &w, e) < 0 || page_script_read(p, &w, &premise, &x, e) < 0)
		return -1;
	return page_script_file(p, &p->svc, &x, which, e);
}

int page_script_run(struct page *p, struct err *e)
{
	return download(p, SCRIPT_RUN, e);
}

int page_script_verify(struct page *p, struct err *e)
{
	return download(p, SCRIPT_VERIFY, e);
}

int page_script_undo(struct page *p, struct err *e)
{
	return download(p, SCRIPT_UNDO, e);
}

/* --- the page of one --- */

/* Whom it would leave out who work today. */
static int outside(struct page *p, const struct svc_premise *premise, const struct svc_script *x,
	struct err *e)
{
	struct svc_outside out;

	if (svc_script_outside(&p->svc, premise, x, &out, e) < 0)
		return -1;
	if (out.n <= 0)
		return 0;
	view_show(p->view, M_OUTSIDE);
	view_set(p->view, M_OUTSIDE_N,
		arena_printf(p->svc.a, "%s today would be outside",
			page_count(p->svc.a, out.n, "member who works", "members who work")));
	for (int i = 0; i < out.shown; i++) {
		struct view *v = view_add(p->view, M_LEFT);

		if (i > 0)
			view_show(v, M_LEFT_NEXT);
		view_set(v, M_LEFT_NAME, page_name(out.first[i].name, out.first[i].email));
		view_set(v, M_LEFT_URL,
			arena_printf(p->svc.a, "/members/%lld", (long long)out.first[i].s.member));
	}
	if (out.shown > 0)
		view_show(p->view, M_LEFT_ANY);
	if (out.shown > 0 && out.n > out.shown) {
		view_show(p->view, M_LEFT_MORE);
		view_set(p->view, M_LEFT_MORE, page_number(p->svc.a, out.n - out.shown));
	}
	return 0;
}

static void whom(struct page *p, const struct page_whom *w, const struct svc_script *x)
{
	view_set(p->view, M_WHOM_URL,
		arena_printf(p->svc.a, "/scripts/%s%s", x->row->code, w->next ? "?next=1" : ""));
	view_set(p->view, M_WHOM_ALL,
		arena_printf(
			p->svc.a, "/scripts/%s?all=1%s", x->row->code, w->next ? "&next=1" : ""));
	view_show(p->view, *w->pick ? M_WHOM_CHOSEN : M_WHOM_USUAL);
	if (x->row->whole)
		view_show(p->view, M_WHOM_SCOPE);
}

int page_script(struct page *p, struct err *e)
{
	struct page_script fill = { .s = &p->svc };
	struct svc_premise premise;
	struct page_whom w;
	struct page_way way;
	struct svc_script x;

	if (page_connection_tabs(p, &way, e) < 0 || page_whom_read(p, &w, e) < 0 ||
		page_script_read(p, &w, &premise, &x, e) < 0 || outside(p, &premise, &x, e) < 0)
		return -1;
	fill.x = &x;
	fill.url = arena_printf(p->svc.a, "/scripts/%s", x.row->code);
	fill.query = w.query;
	view_set(p->view, M_CHECK_URL, arena_printf(p->svc.a, "%s/check", fill.url));
	view_set(p->view, M_SHARE_URL, arena_printf(p->svc.a, "%s/share%s", fill.url, w.query));
	view_set(p->view, M_SCRIPTS_URL, arena_printf(p->svc.a, "/scripts%s", w.query));
	view_show(p->view, x.row->people && !x.next ? M_MAY_CHECK : M_NO_CHECK);
	if (x.next)
		view_show(p->view, M_FOR_NEXT);
	if (x.row->people)
		whom(p, &w, &x);
	page_whom_hidden(p, &w);
	return page_script_fill(p, &fill, e) < 0 ? -1 : page_shares(p, x.row->code, e);
}

int page_script_check_post(struct page *p, struct err *e)
{
	struct svc_premise premise;
	struct page_whom w;
	struct svc_script x;

	if (page_whom_read(p, &w, e) < 0 || page_script_read(p, &w, &premise, &x, e) < 0)
		return -1;
	if (svc_script_check(&p->svc, &x, e) < 0)
		return page_refuse(p, e);
	if (x.pick.ids && x.pick.count == 1)
		page_done(p, arena_printf(p->svc.a, "/members/%lld", (long long)x.pick.ids[0]),
			"checking");
	else
		page_done(p, page_roster_url(p->svc.a, "/members", &w.r), "check");
	return 0;
}

/* --- all of them --- */

struct offer {
	enum script_kind kind;
	int place;
	int next;
	int64_t lack;
};

/* What most are in need of comes first; else they stand in their own order. */
static int by_need(const void *a, const void *b)
{
	const struct offer *x = a, *y = b;

	if (x->lack != y->lack)
		return x->lack > y->lack ? -1 : 1;
	return x->place - y->place;
}

/* What creates the mailbox is of little use where it is in use. */
static int offers(const struct svc_premise *p, struct offer out[SCRIPT__MAX])
{
	int n = 0;

	for (int k = 0; k < SCRIPT__MAX; k++) {
		const enum script_kind kind = (enum script_kind)k;

		if (svc_script_fits(p, kind))
			out[n++] = (struct offer){ .kind = kind,
				.place = kind == SCRIPT_MAILBOX && p->c.stage == CONN_LIVE
					? SCRIPT__MAX
					: k,
				.next = p->next,
				.lack = svc_script_lack(p, kind) };
	}
	qsort(out, (size_t)n, sizeof(*out), by_need);
	return n;
}

static void offer(struct page *p, struct view *list, const struct offer *o, const char *query)
{
	const struct script_row *row = script_row(o->kind);
	struct view *v = view_add(list, M_OFFER);

	view_set(v, M_OFFER_TITLE, row->title);
	view_set(v, M_OFFER_SAY, row->say);
	view_set(v, M_OFFER_URL, arena_printf(p->svc.a, "/scripts/%s%s", row->code, query));
	if (o->lack > 0) {
		view_show(v, M_OFFER_LACK);
		view_set(v, M_OFFER_LACK,
			arena_printf(p->svc.a, "%s it",
				page_count(p->svc.a, o->lack, "member lacks", "members lack")));
	} else if (row->reasons && !o->next) {
		view_show(v, M_OFFER_NONE);
	}
}

/* Those for one connection: how many. */
static int offers_for(struct page *p, const struct svc_premise *premise, const char *query)
{
	struct offer list[SCRIPT__MAX];
	const int n = offers(premise, list);
	struct view *v;

	if (n == 0)
		return 0;
	v = view_add(p->view, M_OFFERS);
	if (premise->next) {
		view_show(v, M_OFFERS_NEXT);
		view_set(v, M_OFFERS_METHOD, page_method_name(premise->c.method));
	}
	for (int i = 0; i < n; i++)
		offer(p, v, &list[i], query);
	return n;
}

static int chosen(struct page *p, const struct page_whom *w, struct err *e)
{
	struct roster_pick pick;

	if (!*w->pick)
		return 0;
	if (roster_pick_read(p->svc.a, w->pick, p->svc.who.account, &pick, e) < 0)
		return -1;
	view_show(p->view, M_WHOM_CHOSEN);
	view_set(p->view, M_SCRIPT_ABOUT, svc_roster_about(&p->svc, &pick));
	return 0;
}

int page_scripts(struct page *p, struct err *e)
{
	struct svc_premise premise, next;
	struct page_whom w;
	struct page_way way;
	int rc;

	if (page_connection_tabs(p, &way, e) < 0 || page_whom_read(p, &w, e) < 0 ||
		svc_script_premise(&p->svc, &premise, e) < 0 ||
		svc_script_counts(&p->svc, &premise, e) < 0)
		return -1;
	view_set(p->view, M_TITLE, "Scripts for the Exchange admin");
	if (!premise.c.id)
		view_show(p->view, M_UNSET);
	else if (offers_for(p, &premise, w.query) == 0)
		view_show(p->view, M_NO_OFFERS);
	rc = svc_script_premise_next(&p->svc, &next, e);
	if (rc > 0)
		offers_for(p, &next,
			arena_printf(p->svc.a, "%s%snext=1", w.query, *w.query ? "&" : "?"));
	if (premise.c.id) {
		view_show(p->view, M_METHOD);
		view_set(p->view, M_METHOD, page_method_name(premise.c.method));
	}
	return rc < 0 || chosen(p, &w, e) < 0 ? -1 : page_shares(p, NULL, e);
}

/* --- links to them from other pages --- */

int page_script_next(struct page *p, struct err *e)
{
	struct offer list[SCRIPT__MAX];
	struct svc_premise premise;
	const struct script_row *row;

	if (svc_script_premise(&p->svc, &premise, e) < 0 ||
		svc_script_counts(&p->svc, &premise, e) < 0)
		return -1;
	if (offers(&premise, list) == 0 || list[0].lack == 0)
		return 0;
	row = script_row(list[0].kind);
	view_show(p->view, M_SCRIPT_NEXT);
	view_set(p->view, M_SCRIPT_NEXT, how_many(p, list[0].lack));
	view_set(p->view, M_SCRIPT_TITLE, row->title);
	view_set(p->view, M_SCRIPT_URL, arena_printf(p->svc.a, "/scripts/%s", row->code));
	return 0;
}

int page_script_fix(struct page *p, const struct standing *s, struct err *e)
{
	struct svc_premise premise;
	enum script_kind k;
	int whole;

	if (s->status < STATUS_LIMITED || s->status == STATUS_OFF)
		return 0;
	if (svc_script_premise(&p->svc, &premise, e) < 0)
		return -1;
	k = svc_script_of(&premise, s->reason);
	if (k == SCRIPT__MAX)
		return 0;
	/* One that sets a limit names everybody, or the others would be outside. */
	whole = script_row(k)->whole;
	view_show(p->view, M_FIX_SCRIPT);
	view_set(p->view, M_FIX_SCRIPT_WHOM, whole ? "all members" : "this one alone");
	view_set(p->view, M_FIX_SCRIPT,
		whole ? arena_printf(p->svc.a, "/scripts/%s", script_row(k)->code)
		      : arena_printf(p->svc.a, "/scripts/%s?id=%lld", script_row(k)->code,
				(long long)s->member));
	return 0;
}
