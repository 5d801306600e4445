/* Page_trial: what would become of members by the connection that waits beside the one in use, or,
 * after a switch, by the one that was in use before: in one sentence, in numbers, and one by one.
 *
 * Rules: the page is in its address: which change is shown, and behind which row. The button that
 * switches says what it does to people. While a trial runs the page asks for itself again; the form
 * stands beside that, so that nothing typed is lost.
 */
#include "page_layout.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "exchange/reason.h"
#include "platform/csv.h"
#include "platform/log.h"
#include "platform/str.h"
#include "platform/url.h"
#include "routes.h"
#include "service/svc_roster.h"
#include "service/svc_trial.h"

#define TRIAL "/connection/trial"

enum { ROWS = 50, SAMPLE = 20, URL_MAX = 1024 };

/* --- the address --- */

struct place {
	int change; /* enum trial_change; -1 = all */
	const char *key;
	int64_t id; /* 0: from the beginning */
};

/* "12.avery stone" */
static struct place place_of(const struct page *p)
{
	const char *after = form_text(&p->form, "after");
	struct place at = { .change = trial_change_parse(form_text(&p->form, "only")) };
	char *end;

	at.id = strtoll(after, &end, 10);
	if (at.id <= 0 || *end != '.')
		at.id = 0;
	else
		at.key = end + 1;
	return at;
}

static const char *url_of(struct arena *a, const char *path, const struct place *at)
{
	const char *text;
	struct buf b;

	buf_init(&b, URL_MAX);
	if (at->change >= 0)
		url_pair(&b, "only", trial_change_code((enum trial_change)at->change));
	if (at->id)
		url_pair(&b, "after", arena_printf(a, "%" PRId64 ".%s", at->id, at->key));
	text = arena_printf(a, "%s%s%s", path, b.len ? "?" : "", buf_str(&b));
	buf_done(&b);
	return text;
}

/* --- numbers --- */

static const struct {
	int change; /* enum trial_change; -1 = all who were tried */
	const char *class;
	const char *icon;
	const char *name;
} faces[] = {
	{ -1, "is-info", "people", "All who were tried" },
	{ TRIAL_GAIN, "is-ok", "ok", "Would work" },
	{ TRIAL_BETTER, "is-ok", "ok", "Would not be limited any more" },
	{ TRIAL_LOSE, "is-blocked", "blocked", "Would stop working" },
	{ TRIAL_WORSE, "is-limited", "limited", "Would be limited" },
	{ TRIAL_SAME, "is-info", "check", "The same" },
	{ TRIAL_OTHER, "is-action", "action", "Another reason" },
	{ TRIAL_UNSEEN, "is-unknown", "unknown", "Could not be looked at" },
};

static void chip(struct page *p, size_t face, int64_t n, const struct place *to, int here)
{
	struct view *v = view_add(p->view, M_CHIP);

	view_set(v, M_CHIP_CLASS, faces[face].class);
	view_set(v, M_CHIP_ICON, faces[face].icon);
	view_set(v, M_CHIP_NAME, faces[face].name);
	view_set(v, M_CHIP_URL, url_of(p->svc.a, TRIAL, to));
	view_set(v, M_CHIP_N, page_number(p->svc.a, n));
	if (here)
		view_show(v, M_CHIP_HERE);
}

/* Those that occur, and the one that is chosen. */
static void chips(struct page *p, const struct svc_trial *t, const struct place *at)
{
	for (size_t i = 0; i < sizeof(faces) / sizeof(faces[0]); i++) {
		const struct place to = { .change = faces[i].change };
		const int here = at->change == to.change;
		const int64_t n = to.change < 0 ? t->tried : t->n[to.change];

		if (n > 0 || here)
			chip(p, i, n, &to, here);
	}
}

/* --- the button --- */

struct effect {
	int64_t n;
	const char *one, *many;
};

/* "7 members will stop working, 2 members will be limited, nothing is known of 20 members" */
static const char *impact(struct page *p, const struct svc_trial *t)
{
	const struct effect all[] = {
		{ t->n[TRIAL_LOSE], "member will stop working", "members will stop working" },
		{ t->n[TRIAL_WORSE], "member will be limited", "members will be limited" },
	};
	const int64_t unknown = t->all - t->tried + t->n[TRIAL_UNSEEN];
	const char *text = "";

	if (t->tried == 0)
		return "nobody was tried";
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i].n > 0)
			text = arena_printf(p->svc.a, "%s%s%s", text, *text ? ", " : "",
				page_count(p->svc.a, all[i].n, all[i].one, all[i].many));
	if (unknown > 0)
		text = arena_printf(p->svc.a, "%s%snothing is known of %s", text, *text ? ", " : "",
			page_count(p->svc.a, unknown, "member", "members"));
	return *text ? text : "nobody will lose";
}

static void number(struct page *p, enum marker m, int64_t n)
{
	view_set(p->view, m, arena_printf(p->svc.a, "%" PRId64, n));
}

static void button(struct page *p, const struct svc_trial *t)
{
	const int risky =
		t->n[TRIAL_LOSE] + t->n[TRIAL_WORSE] + t->n[TRIAL_UNSEEN] > 0 || t->tried < t->all;

	view_set(p->view, M_DO_URL, t->back ? "/connection/back" : "/connection/switch");
	view_set(p->view, M_DO_SAY,
		arena_printf(p->svc.a, "%s: %s", t->back ? "Go back" : "Switch", impact(p, t)));
	view_set(p->view, M_DO_CLASS, risky ? "danger" : "primary");
	number(p, M_DO_FROM, t->to.id);
	number(p, M_DO_REV, t->to.rev);
	number(p, M_DO_LIVE, t->sides.live.id);
	number(p, M_DO_LIVE_REV, t->sides.live.rev);
	if (!t->back) {
		view_show(p->view, M_DO_VERSION);
		view_set(p->view, M_DO_VERSION, t->sides.version);
	}
}

/* --- what is to be known --- */

static void head(struct page *p, const struct svc_trial *t)
{
	struct arena *a = p->svc.a;

	view_set(p->view, M_TITLE, "What would change");
	view_set(p->view, M_TRIAL_SAY, svc_trial_say(a, t));
	view_set(p->view, M_TRIED_SAY,
		arena_printf(a, "%s of %s", page_number(a, t->tried),
			page_count(a, t->all, "member", "members")));
	if (t->seen_at)
		page_when(p->view, M_TRIED_AT, M_TRIED_AT_ISO, t->seen_at, a);
	view_show(p->view, t->back ? M_IS_BACK : M_IS_NEW);
	if (t->back)
		page_when(p->view, M_UNTIL, M_UNTIL_ISO, t->sides.back_until, a);
	if (t->stale)
		view_show(p->view, M_STALE);
	else if (t->tried == 0)
		view_show(p->view, t->back ? M_BACK_NONE : M_TRIED_NONE);
	else if (t->tried < t->all)
		view_show(p->view, M_TRIED_SOME);
	view_set(
		p->view, M_UNTRIED, page_count(a, t->all - t->tried, "member was", "members were"));
}

/* --- rows --- */

static const char *why_then(const struct trial_row *row)
{
	return row->change == TRIAL_UNSEEN ? page_reason(row->s.tried)->title
					   : page_standing_reason(&row->s);
}

static void status(struct view *row, enum marker section, enum status s, const char *why)
{
	struct view *v = view_add(row, section);

	page_status(v, s);
	if (*why) {
		view_show(v, M_ROW_WHY);
		view_set(v, M_ROW_WHY, why);
	}
}

static void row(struct page *p, const struct trial_row *m)
{
	const struct standing now = { .status = m->status, .reason = m->reason };
	struct view *v = view_add(p->view, M_ROW);

	view_set(v, M_ROW_ID, arena_printf(p->svc.a, "%" PRId64, m->s.member));
	view_set(v, M_ROW_NAME, page_name(m->name, m->email));
	page_address(v, p->svc.a, m->email);
	status(v, M_ROW_NOW, m->status, page_standing_reason(&now));
	status(v, M_ROW_THEN, m->change == TRIAL_UNSEEN ? STATUS_NOT_CHECKED : m->s.status,
		why_then(m));
	page_when(v, M_ROW_AT, M_ROW_AT_ISO, m->s.tried_at, p->svc.a);
}

static void pager(struct page *p, const struct svc_trial *t, const struct place *at,
	const struct trial_row *last)
{
	struct place to = { .change = at->change };
	const int64_t n = at->change < 0 ? t->tried : t->n[at->change];

	view_set(p->view, M_SAY, page_count(p->svc.a, n, "member", "members"));
	if (at->id) {
		view_show(p->view, M_FIRST);
		view_set(p->view, M_FIRST_URL, url_of(p->svc.a, TRIAL, &to));
	}
	if (last) {
		to.id = last->s.member;
		to.key = last->key;
		view_show(p->view, M_NEXT);
		view_set(p->view, M_NEXT_URL, url_of(p->svc.a, TRIAL, &to));
	}
}

static int table(struct page *p, const struct svc_trial *t, const struct place *at, struct err *e)
{
	const struct trial_place from = { .account = t->to.account,
		.connection = t->to.id,
		.change = at->change,
		.key = at->key,
		.id = at->id,
		.limit = ROWS + 1 };
	const struct place file = { .change = at->change };
	struct trial_row *rows;
	int n = store_trial_list(p->svc.db, p->svc.a, &from, &rows, e);

	if (n < 0)
		return -1;
	view_show(p->view, M_CHANGES);
	chips(p, t, at);
	view_set(p->view, M_EXPORT_URL, url_of(p->svc.a, TRIAL ".csv", &file));
	for (int i = 0; i < n && i < ROWS; i++)
		row(p, &rows[i]);
	view_show(p->view, n > 0 ? M_ROWS : M_NO_MATCH);
	pager(p, t, at, n > ROWS ? &rows[ROWS - 1] : NULL);
	return 0;
}

/* --- the form --- */

static const struct page_option whom[] = {
	{ "all", "Everybody" },
	{ "status", "All people who are" },
	{ "sample", "A few by chance" },
	{ "typed", "These members" },
};

static void form(struct page *p)
{
	const int typed = p->route->method == POST;
	const char *who = typed ? form_text(&p->form, "who") : "all";
	const char *of = typed ? form_text(&p->form, "status") : "";
	static const enum marker chosen[] = { M_WHO_ALL, M_WHO_STATUS, M_WHO_SAMPLE, M_WHO_TYPED };

	view_show(p->view, M_TRY);
	for (size_t i = 0; i < sizeof(whom) / sizeof(whom[0]); i++)
		if (strcmp(whom[i].value, who) == 0)
			view_show(p->view, chosen[i]);
	for (enum status s = STATUS_NOT_CHECKED; s < STATUS_OFF; s++) {
		const struct page_option o = { reason_status_code(s), reason_status_title(s) };

		page_option(p->view, M_STATUS, &o, strcmp(o.value, of) == 0);
	}
	if (!typed)
		view_set(p->view, M_V_SAMPLE, arena_printf(p->svc.a, "%d", SAMPLE));
}

/* --- the page --- */

int page_trial(struct page *p, struct err *e)
{
	const struct place at = place_of(p);
	struct page_way way;
	struct svc_trial t;

	if (page_connection_tabs(p, &way, e) < 0 || svc_trial_read(&p->svc, &t, e) < 0)
		return -1;
	if (!t.to.id) {
		response_redirect(p->rs, "/connection");
		return 0;
	}
	head(p, &t);
	page_switch_beside(p, &t.sides.live, &t.to);
	button(p, &t);
	if (t.back)
		view_show(p->view, M_NO_TRY);
	else
		form(p);
	if (t.tried > 0 && table(p, &t, &at, e) < 0)
		return -1;
	return page_works(p, TRIAL_KIND, url_of(p->svc.a, TRIAL, &at), e) < 0 ? -1 : 0;
}

/* What is missing beside the choice. */
static int ask_of(struct page *p, struct svc_trial_ask *k, struct err *e)
{
	const char *who = form_text(&p->form, "who");

	*k = (struct svc_trial_ask){ .all = strcmp(who, "all") == 0, .status = -1 };
	k->addresses = form_text(&p->form, "addresses");
	if (strcmp(who, "status") == 0) {
		k->status = svc_roster_status(form_text(&p->form, "status"));
		if (k->status < 0)
			form_fail(&p->form, "status", "Choose a status.");
	} else if (strcmp(who, "sample") == 0) {
		k->sample = form_num(&p->form, "sample");
		if (k->sample < 1)
			form_fail(&p->form, "sample", "Enter how many: a number up to %d.",
				TRIAL_SAMPLE_MAX);
	} else if (strcmp(who, "typed") == 0 && str_empty(k->addresses)) {
		form_fail(&p->form, "addresses", "Enter the address of a member.");
	}
	return p->form.errors ? ERR(e, ERR_FORM, NULL, "trial: fields") : 0;
}

int page_trial_post(struct page *p, struct err *e)
{
	struct svc_trial_ask k;
	int64_t job;

	if (ask_of(p, &k, e) < 0)
		return -1;
	if (svc_trial_start(&p->svc, &k, &job, e) == 0) {
		page_done(p, TRIAL, "trial");
		return 0;
	}
	if (e->code != ERR_INPUT)
		return page_refuse(p, e);
	form_fail(&p->form, "addresses", "%s", e->say);
	return ERR(e, ERR_FORM, NULL, "trial: addresses");
}

int page_trial_stop_post(struct page *p, struct err *e)
{
	if (svc_trial_stop(&p->svc, p->id, e) < 0 && e->code != ERR_CONFLICT)
		return -1;
	page_done(p, TRIAL, "trialstopped");
	return 0;
}

/* --- the file --- */

struct file {
	struct svc *s;
	struct svc_trial_file x;
};

/* The head has left by now, so whoever loads it is told in a last line, which is no member's. */
static int more(void *ptr, struct buf *body)
{
	struct file *f = ptr;
	struct err e;
	int rc = svc_trial_lines(f->s, &f->x, body, &e);

	if (rc >= 0)
		return rc;
	log_err("trial.export", &e);
	csv_cell(body, "This file is not whole. Export again.", 1);
	return 0;
}

int page_trial_csv(struct page *p, struct err *e)
{
	struct file *f = arena_alloc(p->svc.a, sizeof(*f));
	const struct place at = place_of(p);
	struct svc_trial t;

	if (svc_trial_read(&p->svc, &t, e) < 0)
		return -1;
	if (!t.to.id) {
		response_redirect(p->rs, "/connection");
		return 0;
	}
	if (svc_trial_export(&p->svc, &t, at.change, &f->x, e) < 0)
		return -1;
	arena_defer(p->svc.a, svc_trial_export_done, &f->x);
	f->s = &p->svc;
	p->rs->type = "text/csv; charset=utf-8";
	response_header(p->rs, "Content-Disposition", "attachment; filename=\"comparison.csv\"");
	svc_trial_titles(&p->rs->body);
	p->rs->more = more;
	p->rs->ptr = f;
	return 0;
}
