/* Page_boundary: how far Latchkey is meant to reach, how far it does, in whom it is more or less,
 * and a mailbox that must stay shut.
 *
 * Rules: numbers are kept ones, and the list is the one of members, by what was measured: a page
 * costs the same at a million. Nothing here asks a server; nothing is suggested as intended. A
 * level that is lower than what is reached is asked about first.
 */
#include "page_layout.h"

#include <inttypes.h>
#include <string.h>
#include "exchange/reason.h"
#include "page_roster.h"
#include "platform/clock.h"
#include "platform/csv.h"
#include "platform/log.h"
#include "platform/str.h"
#include "platform/url.h"
#include "service/svc_boundary.h"

#define BOUNDARIES "/boundaries"

enum { URL_MAX = 1024, KINDS = MEMBER__MAX, MOMENT = 60 };

static const char *const kinds[KINDS] = { "person", "room" };

/* What it is to what is meant. */
static const struct face {
	const char *class;
	const char *icon;
} faces[FIT__MAX] = {
	[FIT_UNSAID] = { "is-info", "info" },
	[FIT_UNMEASURED] = { "is-unknown", "unknown" },
	[FIT_AS] = { "is-ok", "ok" },
	[FIT_MORE] = { "is-action", "action" },
	[FIT_LESS] = { "is-limited", "limited" },
};

const char *page_fit_class(enum fit fit)
{
	return faces[fit].class;
}

static void pill(struct view *v, enum fit fit)
{
	view_set(v, M_STATUS_CLASS, faces[fit].class);
	view_set(v, M_STATUS_ICON, faces[fit].icon);
	view_set(v, M_STATUS_WORD, boundary_fit_title(fit));
}

/* --- in one sentence --- */

static enum fit worst(const struct boundary_view *b)
{
	if (svc_boundary_alarm(b) || b->of[FIT_MORE])
		return FIT_MORE;
	if (b->said.level == LEVEL_UNSAID)
		return FIT_UNSAID;
	if (b->of[FIT_LESS])
		return FIT_LESS;
	return b->all == b->of[FIT_UNMEASURED] ? FIT_UNMEASURED : FIT_AS;
}

static void verdict(struct page *p, const struct boundary_view *b)
{
	const enum fit fit = worst(b);
	struct arena *a = p->svc.a;

	view_set(p->view, M_FIT_CLASS, faces[fit].class);
	view_set(p->view, M_FIT_ICON, faces[fit].icon);
	view_set(p->view, M_FIT_TITLE, svc_boundary_sentence(a, b));
	view_set(p->view, M_LEVEL_TITLE, boundary_level_title(b->said.level));
	if (b->said.level == LEVEL_UNSAID)
		view_show(p->view, M_LEVEL_UNSAID);
	if (b->of[FIT_UNMEASURED] && b->all > b->of[FIT_UNMEASURED]) {
		view_show(p->view, M_FIT_LEFT);
		view_set(p->view, M_FIT_LEFT,
			page_count(a, b->of[FIT_UNMEASURED], "mailbox", "mailboxes"));
	}
	if (b->live.id) {
		view_show(p->view, M_METHOD);
		view_set(p->view, M_METHOD, page_method_name(b->live.method));
	}
	page_when(p->view, M_OLDEST, M_OLDEST_ISO, b->ages.oldest, a);
	if (b->ages.newest - b->ages.oldest >= MOMENT) /* else it is one moment */
		page_when(p->view, M_NEWEST, M_NEWEST_ISO, b->ages.newest, a);
	if (b->said.edited_at) {
		view_show(p->view, M_SAID_BY);
		view_set(p->view, M_SAID_BY, page_by(b->said.edited_by));
		page_time(p->view, M_SAID_AT_ISO, M_SAID_AT, b->said.edited_at, a);
	}
}

/* --- what was measured --- */

/* The farthest first. */
static const enum reach order[REACH__MAX] = { REACH_FULL, REACH_CALENDAR, REACH_BUSY, REACH_NONE,
	REACH_UNKNOWN };

static const char *list_url(struct page *p, enum reach r, enum member_kind kind)
{
	return arena_printf(p->svc.a, BOUNDARIES "?reach=%s%s#list", boundary_reach_code(r),
		kind == MEMBER_ROOM ? "&kind=room" : "");
}

/* What does not work, and who can mend it. */
static void mending(struct view *v, const struct boundary_words *w)
{
	if (*w->lost) {
		view_show(v, M_LOST);
		view_set(v, M_LOST, w->lost);
	}
	if (*w->mend) {
		view_show(v, M_MEND);
		view_set(v, M_MEND, w->mend);
	}
	if (w->fixer != FIXER_NOBODY) {
		view_show(v, M_MEND_WHO);
		view_set(v, M_MEND_WHO, reason_fixer(w->fixer));
	}
}

static void measured_row(struct page *p, const struct boundary_view *b, enum reach r)
{
	const struct boundary_words *w = boundary_words(b->said.level, r, b->method);
	struct view *v = view_add(p->view, M_MEASURED);

	pill(v, boundary_fit(b->said.level, r));
	view_set(v, M_REACH_TITLE, boundary_reach_title(r));
	if (boundary_fit(b->said.level, r) != FIT_UNSAID) {
		view_show(v, M_MEANS);
		view_set(v, M_MEANS, w->means);
		mending(v, w);
	}
	view_num(v, M_REACH_PEOPLE, b->n[MEMBER_PERSON][r]);
	view_set(v, M_REACH_PEOPLE_URL,
		arena_printf(p->svc.a, "/members?reach=%s", boundary_reach_code(r)));
	view_num(v, M_REACH_ROOMS, b->n[MEMBER_ROOM][r]);
	view_set(v, M_REACH_ROOMS_URL, list_url(p, r, MEMBER_ROOM));
}

static void measured(struct page *p, const struct boundary_view *b)
{
	for (int i = 0; i < REACH__MAX; i++) {
		const enum reach r = order[i];

		if (b->n[MEMBER_PERSON][r] || b->n[MEMBER_ROOM][r])
			measured_row(p, b, r);
	}
	view_show(p->view, b->all ? M_SOMEBODY : M_NOBODY);
}

/* --- the mailbox outside --- */

static void outside_face(struct page *p, enum fit fit, const char *title)
{
	view_set(p->view, M_OUTSIDE_CLASS, faces[fit].class);
	view_set(p->view, M_OUTSIDE_ICON, faces[fit].icon);
	view_set(p->view, M_OUTSIDE_TITLE, title);
}

static void outside_seen(struct page *p, const struct boundary *s)
{
	const enum reason why = reason_parse(s->reason);

	if (s->opens == SEEN_YES)
		outside_face(p, FIT_MORE, "It opens, and it must not");
	else if (s->opens == SEEN_NO)
		outside_face(p, FIT_AS, "It stays shut");
	else
		outside_face(p, FIT_UNMEASURED, "Not known yet");
	view_show(p->view,
		s->opens == SEEN_YES	      ? M_OUTSIDE_OPENS
			: s->opens == SEEN_NO ? M_OUTSIDE_SHUT
					      : M_OUTSIDE_UNKNOWN);
	if (s->opens == SEEN_NO && why != REASON_OK && why < REASON__MAX)
		view_set(p->view, M_OUTSIDE_WHY, reason_row(why)->title);
	page_when(p->view, M_OUTSIDE_AT, M_OUTSIDE_AT_ISO, s->seen_at, p->svc.a);
	if (s->tried_at && strcmp(s->tried, "ok") != 0) {
		view_show(p->view, M_OUTSIDE_TRIED);
		page_time(
			p->view, M_OUTSIDE_TRIED_AT_ISO, M_OUTSIDE_TRIED_AT, s->tried_at, p->svc.a);
		view_set(p->view, M_OUTSIDE_TRIED, page_reason(s->tried)->title);
	}
}

static void outside(struct page *p, const struct boundary_view *b)
{
	const struct boundary *s = &b->said;
	const char *pointless = svc_boundary_moot(b);

	view_set(p->view, M_OUTSIDE, s->outside);
	if (*pointless) {
		view_show(p->view, M_OUTSIDE_POINTLESS);
		view_set(p->view, M_OUTSIDE_POINTLESS, pointless);
	} else {
		view_show(p->view, M_OUTSIDE_DAILY);
	}
	if (str_empty(s->outside)) {
		view_show(p->view, M_OUTSIDE_NONE);
		return;
	}
	view_show(p->view, M_OUTSIDE_NAMED);
	if (b->whose == WHOSE_NOBODYS)
		outside_seen(p, s);
	else
		outside_face(p, FIT_UNMEASURED, "It is not outside");
	if (b->whose == WHOSE_NOBODYS && s->seen_at && b->live.id &&
		(s->connection != b->live.id || strcmp(s->method, b->live.method) != 0))
		view_show(p->view, M_OUTSIDE_FORMER);
	if (b->trying)
		view_show(p->view, M_OUTSIDE_LIVE);
	else if (!*pointless)
		view_show(p->view, M_OUTSIDE_MAY);
}

/* --- the list --- */

/* What is asked for, or what is the first that is not as intended, else that there is. */
static void choose(const struct boundary_view *b, struct page_roster *r)
{
	static const enum fit wanted[] = { FIT_MORE, FIT_LESS, FIT_UNMEASURED, FIT_UNSAID, FIT_AS };

	for (size_t f = 0; f < sizeof(wanted) / sizeof(wanted[0]) && r->f.reach < 0; f++) {
		for (int i = 0; i < REACH__MAX && r->f.reach < 0; i++) {
			if (b->n[r->f.kind][order[i]] &&
				boundary_fit(b->said.level, order[i]) == wanted[f])
				r->f.reach = (int)order[i];
		}
	}
}

static void chips(struct page *p, const struct boundary_view *b, const struct page_roster *r)
{
	for (int k = 0; k < KINDS; k++) {
		for (int i = 0; i < REACH__MAX; i++) {
			const int here = (int)r->f.kind == k && r->f.reach == (int)order[i];
			const enum fit fit = boundary_fit(b->said.level, order[i]);
			struct view *v;

			if (!b->n[k][order[i]] && !here)
				continue;
			v = view_add(p->view, M_CHIP);
			view_set(v, M_CHIP_CLASS, faces[fit].class);
			view_set(v, M_CHIP_ICON, k == MEMBER_ROOM ? "door" : faces[fit].icon);
			view_set(v, M_CHIP_NAME,
				k == MEMBER_ROOM ? arena_printf(p->svc.a, "Rooms: %s",
							   boundary_reach_title(order[i]))
						 : boundary_reach_title(order[i]));
			view_set(v, M_CHIP_URL, list_url(p, order[i], (enum member_kind)k));
			view_show(v, M_CHIP_N);
			view_num(v, M_CHIP_N, b->n[k][order[i]]);
			if (here)
				view_show(v, M_CHIP_HERE);
		}
	}
}

static void row(struct page *p, const struct boundary_view *b, const struct roster_row *m)
{
	struct view *v = view_add(p->view, M_ROW);

	view_set(v, M_ROW_ID, arena_printf(p->svc.a, "%" PRId64, m->s.member));
	view_set(v, M_ROW_NAME, page_name(m->name, m->email));
	page_address(v, p->svc.a, m->email);
	pill(v, boundary_fit(b->said.level, m->s.reach));
	view_set(v, M_ROW_RIGHTS, page_standing_rights(&m->s));
	page_when(v, M_ROW_AT, M_ROW_AT_ISO, m->s.checked_at, p->svc.a);
	if (!m->s.checked_at)
		view_show(v, M_ROW_NEVER);
	else if (page_standing_old(&m->s))
		view_show(v, M_ROW_OLD);
}

/* A page of this list, or its beginning. */
static const char *page_url(struct page *p, const struct page_roster *r)
{
	const char *text;
	struct buf b;

	buf_init(&b, URL_MAX);
	page_roster_pairs(p->svc.a, &b, r);
	if (r->f.kind == MEMBER_ROOM)
		url_pair(&b, "kind", kinds[MEMBER_ROOM]);
	text = arena_printf(p->svc.a, BOUNDARIES "%s%s#list", b.len ? "?" : "", buf_str(&b));
	buf_done(&b);
	return text;
}

static void pager(struct page *p, const struct page_roster *r, const struct roster_row *rows, int n,
	int64_t all)
{
	struct page_roster to = *r;

	view_set(p->view, M_SAY, page_standing_rows(p->svc.a, rows, n, page_number(p->svc.a, all)));
	if (r->at.id) {
		to.at.id = 0;
		view_show(p->view, M_FIRST);
		view_set(p->view, M_FIRST_URL, page_url(p, &to));
	}
	if (n == PAGE_ROSTER_ROWS + 1) {
		to = page_roster_next(r, &rows[n - 2]);
		view_show(p->view, M_NEXT);
		view_set(p->view, M_NEXT_URL, page_url(p, &to));
	}
}

static int list(struct page *p, const struct boundary_view *b, struct err *e)
{
	struct page_roster r;
	struct roster_row *rows;
	int n;

	page_roster_read(&p->form, p->svc.who.account, &r);
	r.f = roster_all(p->svc.who.account,
		strcmp(form_text(&p->form, "kind"), kinds[MEMBER_ROOM]) == 0 ? MEMBER_ROOM
									     : MEMBER_PERSON);
	r.f.reach = boundary_reach_parse(form_text(&p->form, "reach"));
	if (r.f.reach == REACH__MAX)
		r.f.reach = -1;
	choose(b, &r);
	chips(p, b, &r);
	view_set(p->view, M_LIVE_URL, page_url(p, &r));
	if (r.f.reach < 0)
		return 0;
	n = store_roster_list(p->svc.db, p->svc.a, &r.f, &r.at, &rows, e);
	if (n < 0)
		return -1;
	for (int i = 0; i < n && i < PAGE_ROSTER_ROWS; i++)
		row(p, b, &rows[i]);
	if (n == 0) {
		view_show(p->view, M_NO_MATCH);
		return 0;
	}
	view_show(p->view, M_ROWS);
	pager(p, &r, rows, n, b->n[r.f.kind][r.f.reach]);
	return 0;
}

/* --- the page --- */

int page_boundary(struct page *p, struct err *e)
{
	struct boundary_view b;
	struct page_way way;

	if (page_connection_tabs(p, &way, e) < 0 || svc_boundary_look(&p->svc, &b, e) < 0)
		return -1;
	view_set(p->view, M_TITLE, "Boundaries");
	page_time(p->view, M_AS_OF_ISO, M_AS_OF, clock_now(), p->svc.a);
	verdict(p, &b);
	measured(p, &b);
	outside(p, &b);
	return list(p, &b, e);
}

int page_boundary_measure_post(struct page *p, struct err *e)
{
	int64_t job;

	if (svc_boundary_measure(&p->svc, &job, e) < 0)
		return page_refuse(p, e);
	page_done(p, BOUNDARIES, "boundarytry");
	return 0;
}

/* --- what is intended --- */

static const char *const hints[LEVEL__MAX] = {
	[LEVEL_FULL] = "Everything in it, mail as well, may open to the dedicated mailbox or the "
		       "application. Latchkey asks for calendars all the same.",
	[LEVEL_CALENDAR] = "The calendar folder may open, and nothing else.",
	[LEVEL_BUSY] = "When somebody is free or busy, as colleagues see it. No calendar opens, so "
		       "bookings stand in the dedicated mailbox alone.",
};

static struct boundary typed(const struct page *p, const struct boundary *kept)
{
	const enum level level = boundary_level_parse(form_text(&p->form, "level"));
	struct boundary b = *kept;

	if (p->rq->method != POST && (level == LEVEL_UNSAID || level == LEVEL__MAX))
		return b;
	b.level = level == LEVEL__MAX ? LEVEL_UNSAID : level;
	b.outside = form_text(&p->form, "outside");
	b.rev = form_num(&p->form, "from");
	return b;
}

/* Whoever was told that somebody else was faster has seen what holds now. */
static void made_from(struct page *p, const struct boundary *kept, const struct boundary *now)
{
	const int told = p->status == err_info(ERR_CONFLICT)->status;
	const int64_t from = told ? kept->rev : now->rev;

	view_set(p->view, M_FROM, from ? arena_printf(p->svc.a, "%" PRId64, from) : "");
}

static void choices(struct page *p, const struct boundary *now)
{
	for (enum level l = LEVEL_FULL; l < LEVEL__MAX; l++) {
		struct view *v = view_add(p->view, M_LEVEL);

		view_set(v, M_LEVEL_CODE, boundary_level_code(l));
		view_set(v, M_LEVEL_NAME, boundary_level_title(l));
		view_set(v, M_LEVEL_HINT, hints[l]);
		if (l == now->level)
			view_show(v, M_LEVEL_CHECKED);
	}
	view_set(p->view, M_V_OUTSIDE, now->outside);
}

/* Before less is said than is reached: in how many it is more, and what that means. */
static int ask(struct page *p, const struct boundary_view *b, const struct boundary *now)
{
	const int64_t above = svc_boundary_above(b, now->level);

	if (p->rq->method == POST || now->level == b->said.level || above == 0)
		return 0;
	view_show(p->view, M_ASK);
	view_set(p->view, M_LEVEL_CODE, boundary_level_code(now->level));
	view_set(p->view, M_LEVEL_NAME, boundary_level_title(now->level));
	view_set(p->view, M_ABOVE, page_count(p->svc.a, above, "mailbox", "mailboxes"));
	view_set(p->view, M_ABOVE_FULL,
		page_number(
			p->svc.a, b->n[MEMBER_PERSON][REACH_FULL] + b->n[MEMBER_ROOM][REACH_FULL]));
	view_set(p->view, M_ABOVE_CALENDAR,
		page_number(p->svc.a,
			b->n[MEMBER_PERSON][REACH_CALENDAR] + b->n[MEMBER_ROOM][REACH_CALENDAR]));
	if (now->level == LEVEL_BUSY)
		view_show(p->view, M_ABOVE_BOTH);
	view_set(p->view, M_MEND, boundary_words(now->level, REACH_FULL, b->method)->mend);
	view_set(p->view, M_V_OUTSIDE, now->outside);
	return 1;
}

int page_boundary_edit(struct page *p, struct err *e)
{
	struct boundary_view b;
	struct boundary now;
	struct page_way way;

	if (page_connection_tabs(p, &way, e) < 0 || svc_boundary_look(&p->svc, &b, e) < 0)
		return -1;
	view_set(p->view, M_TITLE, "How far Latchkey is meant to reach");
	now = typed(p, &b.said);
	made_from(p, &b.said, &now);
	if (ask(p, &b, &now))
		return 0;
	view_show(p->view, M_CHANGE);
	choices(p, &now);
	return 0;
}

/* What is typed goes along in the address of the question. */
static const char *question(struct page *p)
{
	static const char *const names[] = { "level", "outside", "from" };
	const char *text;
	struct buf b;

	buf_init(&b, URL_MAX);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (*form_text(&p->form, names[i]))
			url_pair(&b, names[i], form_text(&p->form, names[i]));
	text = arena_printf(p->svc.a, BOUNDARIES "/edit?%s", buf_str(&b));
	buf_done(&b);
	return text;
}

int page_boundary_edit_post(struct page *p, struct err *e)
{
	struct boundary_view b;
	struct boundary now;
	int rc;

	if (svc_boundary_look(&p->svc, &b, e) < 0)
		return -1;
	now = typed(p, &b.said);
	if (!form_num(&p->form, "sure") && now.level != b.said.level &&
		svc_boundary_above(&b, now.level) > 0 && now.rev == b.said.rev) {
		response_redirect(p->rs, question(p));
		return 0;
	}
	rc = svc_boundary_say(&p->svc, &now, e);
	if (rc == 0) {
		page_done(p, BOUNDARIES, "boundary");
		return 0;
	}
	if (e->code != ERR_FORM)
		return page_refuse(p, e);
	form_fail(&p->form, "outside", "%s", e->say);
	return -1;
}

/* --- the file --- */

struct file {
	struct svc *s;
	struct svc_boundary_file f;
};

/* The head has left by now, so whoever loads it is told in a last line, which is no member's. */
static int more(void *ptr, struct buf *body)
{
	struct file *f = ptr;
	struct err e;
	int rc = svc_boundary_lines(f->s, &f->f, body, &e);

	if (rc >= 0)
		return rc;
	log_err("boundary.export", &e);
	csv_cell(body, "This file is not whole. Export again.", 1);
	return 0;
}

int page_boundary_csv(struct page *p, struct err *e)
{
	struct file *f = arena_alloc(p->svc.a, sizeof(*f));

	if (svc_boundary_export(&p->svc, &f->f, e) < 0)
		return -1;
	arena_defer(p->svc.a, svc_boundary_export_done, &f->f);
	f->s = &p->svc;
	p->rs->type = "text/csv; charset=utf-8";
	response_header(p->rs, "Content-Disposition", "attachment; filename=\"boundaries.csv\"");
	svc_boundary_titles(&p->rs->body);
	p->rs->more = more;
	p->rs->ptr = f;
	return 0;
}
