/* Page_import: members from a form or a list: what each line would do, then what became of it.
 *
 * Rules: a list is read into rows first; the page of its rows shows the store alone, and polls
 * itself while the engine imports. What is refused goes back as a file that can be mended.
 */
#include "page_layout.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "platform/clock.h"
#include "platform/csv.h"
#include "platform/log.h"
#include "platform/str.h"
#include "routes.h"
#include "service/svc_import.h"
#include "service/svc_mail.h"

enum { PAGE = 50, EARLIER = 5, MINUTE = 60, CSV_CHUNK = 500, CSV_MEMORY = 8 << 20 };

/* What a line does, by its verdict. */
static const struct face {
	const char *class;
	const char *icon;
	const char *word;
} faces[IMPORT_VERDICT__MAX] = {
	[IMPORT_NEW] = { "is-ok", "plus", "New" },
	[IMPORT_CHANGED] = { "is-limited", "refresh", "Changes" },
	[IMPORT_SAME] = { "is-unknown", "check", "Nothing to do" },
	[IMPORT_TWICE] = { "is-unknown", "copy", "Twice" },
	[IMPORT_REFUSED] = { "is-blocked", "stop", "Refused" },
};

static const char *url(struct page *p, int64_t id, const char *more)
{
	return arena_printf(p->svc.a, "/members/import/%" PRId64 "%s", id, more);
}

/* --- one --- */

/* Will an invitation go by mail, or is it handed over? */
int page_member_add(struct page *p, struct err *e)
{
	const int again = p->route->method == POST;
	int ready = svc_mail_ready(&p->svc, e);

	if (ready < 0)
		return -1;
	view_set(p->view, M_TITLE, "Add a member");
	view_show(p->view, ready ? M_MAILED : M_BY_HAND);
	page_role_options(p, again ? page_role_chosen(p) : ROLE_MEMBER);
	if (again && form_num(&p->form, "invite"))
		view_show(p->view, M_INVITE_CHECKED);
	return 0;
}

int page_member_add_post(struct page *p, struct err *e)
{
	const struct member m = { .email = form_text(&p->form, "email"),
		.name = form_text(&p->form, "name"),
		.calendar = form_text(&p->form, "calendar"),
		.role = page_role_chosen(p) };
	const int invite = form_num(&p->form, "invite") != 0;
	struct link link = { 0 };

	if (svc_import_one(&p->svc, &m, invite ? p->token : NULL, &link, e) < 0)
		return page_refuse(p, e);
	if (invite)
		page_done(p, arena_printf(p->svc.a, "/settings/invitations/%" PRId64, link.id),
			"invited");
	else
		page_done(p, "/members/add", "addedone");
	explicit_bzero(&link, sizeof(link));
	return 0;
}

/* --- a list --- */

/* Where it stands; the job says what became of one that the engine had. */
enum stand { BROKEN, READY, LIVE, STOPPED, FAILED_MIDWAY, FINISHED };

static int stand_of(struct page *p, const struct import *i, enum stand *out, struct err *e)
{
	static const enum stand plain[IMPORT_STATE__MAX] = { BROKEN, READY, FAILED_MIDWAY,
		FINISHED };
	struct job j;
	int rc;

	*out = plain[i->state];
	if (i->state != IMPORT_RUNNING || !i->job)
		return 0;
	rc = store_job_get(p->svc.db, p->svc.a, i->account, i->job, &j, e);
	if (rc == 1 && page_job_live(&j))
		*out = LIVE;
	else if (rc == 1 && j.state == JOB_CANCELLED)
		*out = STOPPED;
	return rc < 0 ? -1 : 0;
}

static const struct stand_row {
	const char *class;
	const char *icon;
	const char *word;
	const char *title;
	const char *say;
} stands[] = {
	[BROKEN] = { "is-blocked", "stop", "Not read to its end.",
		"The list was not read to its end", "Give it again: nothing was changed." },
	[READY] = { "is-info", "search", "Not imported yet.", NULL, NULL },
	[LIVE] = { "is-info", "running", "Being imported.", "Importing now",
		"You may leave this page; the engine goes on." },
	[STOPPED] = { "is-limited", "pause", "Stopped.", "The import was stopped",
		"What was done stays. Give the same list again to do the rest." },
	[FAILED_MIDWAY] = { "is-blocked", "stop", "Broke off.", "The import broke off",
		"What was done stays. Give the same list again to do the rest." },
	[FINISHED] = { "is-ok", "ok", "Imported.", "The list is imported",
		"New members are looked at now, when the connection works." },
};

static const char *name_of(const struct import *i)
{
	return page_name(i->name, "Pasted list");
}

static int earlier(struct page *p, struct err *e)
{
	struct import *list;
	enum stand stand;
	int n = store_import_list(p->svc.db, p->svc.a, p->svc.who.account, EARLIER, &list, e);

	if (n > 0)
		view_show(p->view, M_IMPORTS);
	for (int i = 0; i < n; i++) {
		struct view *row = view_add(p->view, M_IMPORT);

		if (stand_of(p, &list[i], &stand, e) < 0)
			return -1;
		view_set(row, M_IMPORT_URL, url(p, list[i].id, ""));
		view_set(row, M_IMPORT_NAME, name_of(&list[i]));
		view_set(row, M_IMPORT_CLASS, stands[stand].class);
		view_set(row, M_IMPORT_ICON, stands[stand].icon);
		view_set(row, M_IMPORT_SAY, stands[stand].word);
		view_set(row, M_IMPORT_BY, page_by(list[i].by ? list[i].by_name : ""));
		page_time(row, M_IMPORT_AT_ISO, M_IMPORT_AT, list[i].created, p->svc.a);
	}
	return n < 0 ? -1 : 0;
}

int page_import(struct page *p, struct err *e)
{
	view_set(p->view, M_TITLE, "Import members");
	return earlier(p, e);
}

int page_import_post(struct page *p, struct err *e)
{
	const struct form_value *file = form_file(&p->form, "file");
	const struct form_value *list = form_file(&p->form, "list");
	struct svc_file f = { .columns = form_text(&p->form, "columns") };
	int64_t id;

	if (file && list) {
		form_fail(&p->form, "list",
			"There is a file, too. Give one of the two: empty this field, or choose no "
			"file.");
		return ERR(e, ERR_FORM, NULL, "import: a file and text");
	}
	if (!file)
		file = list;
	if (!file) {
		form_fail(&p->form, "file", "Nothing has come. Choose a file, or paste a list.");
		return ERR(e, ERR_FORM, NULL, "import: neither file nor text");
	}
	f.data = file->data;
	f.len = file->len;
	f.name = file->file;
	if (svc_import_read(&p->svc, &f, &id, e) < 0)
		return page_refuse(p, e);
	response_redirect(p->rs, url(p, id, ""));
	return 0;
}

/* --- its rows --- */

/* The import of this page. */
static int get(struct page *p, struct import *i, struct err *e)
{
	int rc = store_import_get(p->svc.db, p->svc.a, p->svc.who.account, p->id, i, e);

	if (rc == 0)
		return ERR(e, ERR_MISSING, NULL, "no import %" PRId64 " in the account", p->id);
	return rc < 0 ? -1 : 0;
}

/* The verdict that is filtered by; -1 = any. A form that came back has no filter. */
static int wanted(const struct page *p)
{
	const char *word = p->route->method == POST ? "" : form_text(&p->form, "only");

	for (int v = 0; v < IMPORT_VERDICT__MAX; v++) {
		if (strcmp(word, svc_import_verdict((enum import_verdict)v)) == 0)
			return v;
	}
	return -1;
}

static const char *filter_url(struct page *p, int verdict)
{
	return verdict < 0 ? url(p, p->id, "")
			   : arena_printf(p->svc.a, "%s?only=%s", url(p, p->id, ""),
				     svc_import_verdict((enum import_verdict)verdict));
}

static void chip(struct page *p, int verdict, const struct face *face, int64_t n)
{
	struct view *row = view_add(p->view, M_CHIP);

	view_set(row, M_CHIP_CLASS, face->class);
	view_set(row, M_CHIP_ICON, face->icon);
	view_set(row, M_CHIP_NAME, face->word);
	view_set(row, M_CHIP_URL, filter_url(p, verdict));
	view_num(row, M_CHIP_COUNT, n);
	if (wanted(p) == verdict)
		view_show(row, M_CHIP_HERE);
}

static void chips(struct page *p, const int64_t n[IMPORT_VERDICT__MAX])
{
	static const struct face all = { "is-info", "people", "All" };
	int64_t sum = 0;

	for (int v = 0; v < IMPORT_VERDICT__MAX; v++)
		sum += n[v];
	chip(p, -1, &all, sum);
	for (int v = 0; v < IMPORT_VERDICT__MAX; v++) {
		if (n[v] > 0 || wanted(p) == v)
			chip(p, v, &faces[v], n[v]);
	}
}

static void line(struct page *p, const struct import_row *r)
{
	struct view *row = view_add(p->view, M_LINE);
	const struct face *face = &faces[r->verdict];

	view_set(row, M_LINE_CLASS, face->class);
	view_set(row, M_LINE_ICON, face->icon);
	view_set(row, M_LINE_WORD, face->word);
	view_set(row, M_LINE_SAY, r->say);
	view_set(row, M_LINE_NAME, page_name(r->name, page_name(r->email, "No address")));
	view_set(row, M_LINE_EMAIL, r->email);
	view_num(row, M_LINE_N, r->line);
	if (r->role == ROLE_ADMIN)
		view_show(row, M_LINE_ADMIN);
	if (r->kind == MEMBER_ROOM)
		view_show(row, M_LINE_ROOM);
}

/* One row more than a page says whether there is another. */
static int lines(struct page *p, const struct import *i, struct err *e)
{
	const int only = wanted(p);
	const int64_t after = p->route->method == POST ? 0 : form_num(&p->form, "after");
	struct import_row *rows;
	int n = store_import_rows(
		p->svc.db, p->svc.a, i, only, (struct page_of){ after, PAGE + 1 }, &rows, e);

	if (n < 0)
		return -1;
	view_show(p->view, n > 0 ? M_LINES : M_NO_LINES);
	for (int k = 0; k < n && k < PAGE; k++)
		line(p, &rows[k]);
	if (n > PAGE || after)
		view_show(p->view, M_PAGER);
	if (after) {
		view_show(p->view, M_FIRST_URL);
		view_set(p->view, M_FIRST_URL, filter_url(p, only));
	}
	if (n > PAGE) {
		view_show(p->view, M_MORE_URL);
		view_set(p->view, M_MORE_URL,
			arena_printf(p->svc.a, "%s%cafter=%" PRId64, filter_url(p, only),
				only < 0 ? '?' : '&', rows[PAGE - 1].line));
	}
	return 0;
}

static const char *members(struct page *p, int64_t n)
{
	return page_count(p->svc.a, n, "member", "members");
}

/* "About 2 minutes left"; nothing as long as that is a guess. */
static const char *left_say(struct page *p, const struct import *i)
{
	const int64_t spent = clock_now() - i->began;
	int64_t left;

	if (spent < 2 || i->cursor == 0)
		return "";
	left = spent * (i->last - i->cursor) / i->cursor;
	return left < MINUTE
		? "Less than a minute left"
		: arena_printf(p->svc.a, "About %s left",
			  page_count(p->svc.a, (left + MINUTE - 1) / MINUTE, "minute", "minutes"));
}

static void progress(struct page *p, const struct import *i)
{
	char all[32], done[32];

	snprintf(all, sizeof(all), "%" PRId64, i->last);
	snprintf(done, sizeof(done), "%" PRId64, i->cursor);
	view_show(p->view, M_LIVE);
	view_set(p->view, M_LINES_ALL, all);
	view_set(p->view, M_LINES_DONE, done);
	view_set(p->view, M_LINES_SAY,
		arena_printf(p->svc.a, "Line %s of %s", page_number(p->svc.a, i->cursor),
			page_number(p->svc.a, i->last)));
	view_set(p->view, M_LEFT_SAY, left_say(p, i));
	view_set(p->view, M_STOP_URL, url(p, i->id, "/stop"));
	if (!svc_engine_alive(&p->session->pulse))
		view_show(p->view, M_AWAY);
}

/* What can be begun, and what it would do. */
static void ready(struct page *p, const struct import *i, const int64_t n[IMPORT_VERDICT__MAX])
{
	const int64_t some = n[IMPORT_NEW] + n[IMPORT_CHANGED];

	view_show(p->view, M_READY);
	view_set(p->view, M_SHAPE, i->shape);
	view_set(p->view, M_DISCARD_URL, url(p, i->id, "/discard"));
	view_set(p->view, M_BEGIN_URL, url(p, i->id, "/begin"));
	view_set(p->view, M_VERDICT,
		some ? arena_printf(p->svc.a, "%s to add, %s to change", members(p, n[IMPORT_NEW]),
			       page_number(p->svc.a, n[IMPORT_CHANGED]))
		     : "Nothing to import");
	view_set(p->view, M_JOB_SAY,
		n[IMPORT_REFUSED] ? "Refused lines are left out. Mend them and give them again, "
				    "before or after."
			: some	  ? "Nobody is told, and nobody is removed."
				  : "Everybody in it is there already, as the list says.");
	if (some) {
		view_show(p->view, M_CAN_BEGIN);
		view_set(p->view, M_BEGIN_SAY,
			arena_printf(p->svc.a, "Import %s", members(p, some)));
	}
	if (i->admins) {
		view_show(p->view, M_ADMINS);
		view_set(p->view, M_ADMINS_SAY,
			i->admins == 1 ? "One line makes an account admin"
				       : arena_printf(p->svc.a, "%s make account admins",
						 page_count(p->svc.a, i->admins, "line", "lines")));
	}
}

/* What was done, so far or in all. */
static const char *done_say(struct page *p, const struct import *i, const char *more)
{
	return arena_printf(p->svc.a, "%s added, %s changed. %s", members(p, i->added),
		page_number(p->svc.a, i->changed), more);
}

static void verdict(struct page *p, const struct import *i, enum stand stand,
	const int64_t n[IMPORT_VERDICT__MAX])
{
	const struct stand_row *row = &stands[stand];

	view_set(p->view, M_JOB_CLASS, row->class);
	view_set(p->view, M_JOB_ICON, row->icon);
	if (stand == READY) {
		ready(p, i, n);
		return;
	}
	view_show(p->view, M_BEGUN);
	view_set(p->view, M_VERDICT, row->title);
	view_set(p->view, M_JOB_SAY, stand == BROKEN ? row->say : done_say(p, i, row->say));
	if (stand == LIVE)
		progress(p, i);
	else
		view_show(p->view, M_OVER);
}

int page_import_list(struct page *p, struct err *e)
{
	int64_t n[IMPORT_VERDICT__MAX];
	enum stand stand;
	struct import i;

	if (get(p, &i, e) < 0 || stand_of(p, &i, &stand, e) < 0 ||
		store_import_counts(p->svc.db, &i, n, e) < 0)
		return -1;
	view_set(p->view, M_TITLE, name_of(&i));
	view_set(p->view, M_IMPORT_URL, url(p, i.id, ""));
	view_set(p->view, M_IMPORT_BY, page_by(i.by ? i.by_name : ""));
	if (n[IMPORT_REFUSED]) {
		view_show(p->view, M_REFUSED_URL);
		view_set(p->view, M_REFUSED_URL, url(p, i.id, "/refused.csv"));
	}
	verdict(p, &i, stand, n);
	chips(p, n);
	return lines(p, &i, e);
}

int page_import_begin_post(struct page *p, struct err *e)
{
	if (svc_import_start(&p->svc, p->id, e) < 0)
		return page_refuse(p, e);
	response_redirect(p->rs, url(p, p->id, ""));
	return 0;
}

/* It may have ended between the page and the button: its page says so. */
int page_import_stop_post(struct page *p, struct err *e)
{
	if (svc_import_stop(&p->svc, p->id, e) < 0 && e->code != ERR_CONFLICT)
		return -1;
	page_done(p, url(p, p->id, ""), "importstopped");
	return 0;
}

int page_import_discard_post(struct page *p, struct err *e)
{
	if (svc_import_discard(&p->svc, p->id, e) < 0)
		return page_refuse(p, e);
	page_done(p, "/members/import", "thrown");
	return 0;
}

/* --- what was refused, as a file --- */

struct refused {
	struct db *db;
	struct import i;
	struct arena a; /* of a portion */
	int64_t line;	/* the last one so far */
};

static void csv_row(struct buf *b, const struct import_row *r)
{
	static const char *const roles[] = { "member", "admin" },
				 *const kinds[] = { "person", "room" };
	char n[32];

	snprintf(n, sizeof(n), "%" PRId64, r->line);
	csv_cell(b, r->email, 0);
	csv_cell(b, r->name, 0);
	csv_cell(b, r->role >= 0 ? roles[r->role == ROLE_ADMIN] : "", 0);
	csv_cell(b, r->calendar, 0);
	csv_cell(b, r->kind >= 0 ? kinds[r->kind == MEMBER_ROOM] : "", 0);
	csv_cell(b, n, 0);
	csv_cell(b, r->say, 1);
}

/* The head has left by now: that something is missing is told in a last line. */
static int csv_more(void *ptr, struct buf *body)
{
	struct refused *f = ptr;
	const struct page_of at = { f->line, CSV_CHUNK };
	struct import_row *rows;
	struct err e;
	int n;

	arena_reset(&f->a);
	n = store_import_rows(f->db, &f->a, &f->i, IMPORT_REFUSED, at, &rows, &e);
	for (int k = 0; k < n; k++)
		csv_row(body, &rows[k]);
	if (n > 0)
		f->line = rows[n - 1].line;
	if (n < 0) {
		log_err("import.refused", &e);
		csv_cell(body, "This file is not whole. Load it again.", 1);
	}
	return n == CSV_CHUNK;
}

static void refused_done(void *ptr)
{
	arena_done(&((struct refused *)ptr)->a);
}

int page_import_refused(struct page *p, struct err *e)
{
	static const char *const titles[] = { "email", "name", "role", "calendar", "kind",
		"line it was in", "what to do" };
	enum { TITLES = sizeof(titles) / sizeof(*titles) };
	struct refused *f = arena_alloc(p->svc.a, sizeof(*f));

	if (get(p, &f->i, e) < 0)
		return -1;
	f->db = p->svc.db;
	arena_init(&f->a, CSV_MEMORY);
	arena_defer(p->svc.a, refused_done, f);
	p->rs->type = "text/csv; charset=utf-8";
	response_header(p->rs, "Content-Disposition", "attachment; filename=\"refused.csv\"");
	for (size_t k = 0; k < TITLES; k++)
		csv_cell(&p->rs->body, titles[k], k == TITLES - 1);
	p->rs->more = csv_more;
	p->rs->ptr = f;
	return 0;
}
