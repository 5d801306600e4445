/* Page_rooms: rooms: the list, one room, adding and removing; reading the room lists and trying a
 * booking are jobs of the engine.
 *
 * Rule: rooms are members of their kind, and are shown with the same statuses and words.
 */
#include "page_impact.h"

#include <inttypes.h>
#include <string.h>
#include "exchange/reason.h"
#include "platform/buf.h"
#include "platform/str.h"
#include "platform/url.h"
#include "routes.h"
#include "service/svc_check.h"
#include "service/svc_directory.h"
#include "service/svc_roster.h"

enum { PAGE = 50, TRIALS = 50, URL_MAX = 8192 };

static const char *url(struct page *p, int64_t room, const char *more)
{
	return arena_printf(p->svc.a, "/rooms/%" PRId64 "%s", room, more);
}

/* --- what is asked for --- */

struct asked {
	const char *q, *list;
	int status; /* -1 = any */
	int64_t after;
};

static struct asked asked(struct page *p)
{
	return (struct asked){ .q = form_text(&p->form, "q"),
		.list = form_text(&p->form, "list"),
		.status = svc_roster_status(form_text(&p->form, "status")),
		.after = form_num(&p->form, "after") };
}

static void pair(struct buf *b, const char *key, const char *value)
{
	if (*value)
		url_pair(b, key, value);
}

/* A link that keeps the filter; after 0: from the beginning. */
static const char *list_url(struct page *p, const struct asked *q, int64_t after)
{
	const char *text;
	struct buf b;

	buf_init(&b, URL_MAX);
	pair(&b, "q", q->q);
	pair(&b, "list", q->list);
	pair(&b, "status", q->status < 0 ? "" : reason_status_code((enum status)q->status));
	pair(&b, "after", after ? arena_printf(p->svc.a, "%" PRId64, after) : "");
	text = arena_printf(p->svc.a, "/rooms%s%s", b.len ? "?" : "", buf_str(&b));
	buf_done(&b);
	return text;
}

/* --- rows --- */

/* Those of one list, by their ids. */
static int rows_listed(struct page *p, const struct asked *q, const char *key,
	struct roster_row **out, struct err *e)
{
	const struct room_filter f = { .account = p->svc.who.account,
		.list = q->list,
		.status = q->status,
		.search = q->q,
		.key = key,
		.after = q->after,
		.limit = PAGE + 1 };
	int64_t *ids;
	int rc = 1, n = store_room_walk(p->svc.db, p->svc.a, &f, &ids, e);

	*out = arena_array(p->svc.a, PAGE + 1, sizeof(**out));
	for (int i = 0; i < n && rc == 1; i++)
		rc = store_roster_get(p->svc.db, p->svc.a, f.account, ids[i], &(*out)[i], e);
	return rc < 1 ? -1 : n;
}

/* One row more than a page is asked for: it says whether there is another page. */
static int rows(struct page *p, const struct asked *q, struct roster_row **out, struct err *e)
{
	struct roster_filter f = roster_all(p->svc.who.account, MEMBER_ROOM);
	struct roster_place at = { .id = q->after, .key = "", .limit = PAGE + 1 };
	struct roster_row last;
	int rc = 0;

	if (q->after)
		rc = store_roster_get(p->svc.db, p->svc.a, f.account, q->after, &last, e);
	if (rc < 0)
		return -1;
	if (rc == 1)
		at.key = last.key;
	if (*q->list)
		return rows_listed(p, q, at.key, out, e);
	f.status = q->status;
	f.search = *q->q ? q->q : NULL;
	return store_roster_list(p->svc.db, p->svc.a, &f, &at, out, e);
}

static int room_of(struct page *p, int64_t id, struct room *out, struct err *e)
{
	int rc = store_room_get(p->svc.db, p->svc.a, p->svc.who.account, id, out, e);

	if (rc == 0)
		*out = (struct room){ .list = "", .list_name = "", .place = "", .accepts_say = "" };
	return rc < 0 ? -1 : 0;
}

/* "Building 1", or that it has vanished from there. */
static const char *list_of(struct page *p, const struct room *r)
{
	if (*r->list || !*r->list_name)
		return r->list_name;
	return arena_printf(p->svc.a, "No longer in %s", r->list_name);
}

static const char *seats_of(struct page *p, const struct room *r)
{
	return r->capacity ? arena_printf(p->svc.a, "%" PRId64, r->capacity) : "";
}

/* What the list and the page of one room show of it. */
static void common(struct page *p, struct view *v, const struct roster_row *x)
{
	const char *why = page_standing_reason(&x->s);

	view_set(v, M_ROW_URL, url(p, x->s.member, ""));
	view_set(v, M_ROW_NAME, page_name(x->name, x->email));
	view_set(v, M_ROW_EMAIL, x->email);
	page_address(v, p->svc.a, x->email);
	page_status(v, x->s.status);
	if (*why) {
		view_show(v, M_ROW_WHY);
		view_set(v, M_ROW_WHY, why);
	}
	page_when(v, M_ROW_AT, M_ROW_AT_ISO, x->s.checked_at, p->svc.a);
	if (!x->s.checked_at)
		view_show(v, M_ROW_NEVER);
}

static int row(struct page *p, const struct roster_row *x, struct err *e)
{
	struct view *v = view_add(p->view, M_ROW);
	struct room r;

	if (room_of(p, x->s.member, &r, e) < 0)
		return -1;
	common(p, v, x);
	view_set(v, M_ROW_PLACE, r.place);
	view_set(v, M_ROW_SEATS, seats_of(p, &r));
	view_set(v, M_ROW_LIST, list_of(p, &r));
	if (r.accepts == SEEN_YES) {
		view_show(v, M_ROW_ACCEPTS);
		view_set(v, M_ROW_ACCEPTS, "accepts bookings");
	} else if (r.accepts_at) {
		view_show(v, M_ROW_DECLINES);
		view_set(v, M_ROW_DECLINES,
			r.accepts == SEEN_NO ? "declined a test booking" : "did not decide");
	}
	return 0;
}

/* --- the list --- */

static void options(struct page *p, const struct room_list *lists, int n, const struct asked *q)
{
	static const struct page_option any = { "", "Any" };

	page_option(p->view, M_LISTED, &any, !*q->list);
	for (int i = 0; i < n; i++)
		page_option(p->view, M_LISTED,
			&(struct page_option){
				lists[i].address, page_name(lists[i].name, lists[i].address) },
			strcmp(lists[i].address, q->list) == 0);
	page_option(p->view, M_STATUSES, &any, q->status < 0);
	for (int s = 0; s < STATUS__MAX; s++)
		page_option(p->view, M_STATUSES,
			&(struct page_option){ reason_status_code((enum status)s),
				reason_status_title((enum status)s) },
			s == q->status);
}

static int64_t total(struct page *p, struct err *e)
{
	struct roster_count *counts;
	int64_t all = 0;
	int n = store_roster_counts(
		p->svc.db, p->svc.a, p->svc.who.account, MEMBER_ROOM, &counts, e);

	for (int i = 0; i < n; i++)
		all += counts[i].n;
	return n < 0 ? -1 : all;
}

/* Says why when Exchange cannot be asked. */
static int show_ready(struct page *p, struct err *e)
{
	if (svc_check_can(&p->svc, e) == 0) {
		view_show(p->view, M_READY);
		return 0;
	}
	if (e->code != ERR_CONFLICT)
		return -1;
	view_show(p->view, M_NOT_READY);
	view_set(p->view, M_NOT_READY, e->say);
	return 0;
}

/* The newest reading of the lists; one that ran well long ago is nothing to tell. */
static int show_reading(struct page *p, struct err *e)
{
	const struct page_face *face;
	enum directory_what what = DIRECTORY__MAX;
	const char *text;
	struct job *jobs;
	int i,
		n = store_job_list(p->svc.db, p->svc.a, p->svc.who.account, DIRECTORY_KIND,
			(struct page_of){ 0, TRIALS }, &jobs, e);

	for (i = 0; i < n; i++) {
		svc_directory_params(p->svc.a, jobs[i].params, &what, &text);
		if (what == DIRECTORY_ROOMS)
			break;
	}
	if (n < 0 || i >= n)
		return n < 0 ? -1 : 0;
	face = page_job_face(&jobs[i], 0);
	view_show(p->view, M_READING);
	view_set(p->view, M_READING_CLASS, face->class);
	view_set(p->view, M_READING_ICON, face->icon);
	view_set(p->view, M_READING_TITLE,
		page_job_title(&jobs[i], face, "Reading the room lists now"));
	view_set(p->view, M_READING_URL,
		arena_printf(p->svc.a, "/members/find/%" PRId64, jobs[i].id));
	page_time(p->view, M_READING_AT_ISO, M_READING_AT,
		jobs[i].ended ? jobs[i].ended : jobs[i].created, p->svc.a);
	if (page_job_live(&jobs[i]))
		view_show(p->view, M_ROOMS_LIVE);
	return 0;
}

static int table(struct page *p, const struct asked *q, int64_t all, struct err *e)
{
	struct roster_row *list;
	int i, n = rows(p, q, &list, e);

	for (i = 0; i < n && i < PAGE; i++)
		if (row(p, &list[i], e) < 0)
			return -1;
	if (n < 0)
		return -1;
	view_show(p->view, n ? M_ROWS : M_NO_MATCH);
	view_set(p->view, M_SAY,
		n == 0 ? "No room"
		       : page_standing_rows(p->svc.a, list, i, page_number(p->svc.a, all)));
	if (q->after) {
		view_show(p->view, M_FIRST);
		view_set(p->view, M_FIRST_URL, list_url(p, q, 0));
	}
	if (n > PAGE) {
		view_show(p->view, M_MORE);
		view_set(p->view, M_MORE_URL, list_url(p, q, list[i - 1].s.member));
	}
	return 0;
}

int page_rooms(struct page *p, struct err *e)
{
	const struct asked q = asked(p);
	struct room_list *lists;
	const int64_t all = total(p, e);
	int works, n = store_room_lists(p->svc.db, p->svc.a, p->svc.who.account, &lists, e);

	if (all < 0 || n < 0 || show_ready(p, e) < 0 || show_reading(p, e) < 0)
		return -1;
	view_set(p->view, M_TITLE, "Rooms");
	view_set(p->view, M_READ_NAME, n ? "Read the lists again" : "Read the room lists");
	view_set(p->view, M_ROOMS_SAY,
		n ? arena_printf(p->svc.a,
			    "%s, from %s in Exchange. New rooms appear by themselves within a day.",
			    page_count(p->svc.a, all, "room", "rooms"),
			    page_count(p->svc.a, n, "room list", "room lists"))
		  : "Meeting rooms, whose calendars are reached as those of people are.");
	view_show(p->view, all ? M_ROOMS : M_NO_ROOMS);
	if (p->form.errors)
		view_show(p->view, M_ODD);
	works = page_works(p, CHECK_KIND, list_url(p, &q, q.after), e);
	if (works > 0)
		view_show(p->view, M_ROOMS_LIVE);
	if (works < 0 || !all)
		return works < 0 ? -1 : 0;
	options(p, lists, n, &q);
	return table(p, &q, all, e);
}

int page_rooms_read_post(struct page *p, struct err *e)
{
	int64_t id;

	if (svc_directory_ask(&p->svc, DIRECTORY_ROOMS, "", &id, e) < 0)
		return page_refuse(p, e);
	page_done(p, "/rooms", "reading");
	return 0;
}

int page_rooms_check_post(struct page *p, struct err *e)
{
	const struct roster_pick all = { .f = roster_all(p->svc.who.account, MEMBER_ROOM) };
	int64_t job;

	if (svc_check_start(&p->svc, &all, "All rooms", &job, e) < 0)
		return page_refuse(p, e);
	page_done(p, "/rooms", "checking");
	return 0;
}

/* --- one room --- */

static int find(struct page *p, struct roster_row *out, struct err *e)
{
	int rc = store_roster_get(p->svc.db, p->svc.a, p->svc.who.account, p->id, out, e);

	if (rc == 0 || (rc == 1 && out->kind != MEMBER_ROOM))
		return ERR(e, ERR_MISSING, NULL, "no room %" PRId64 " in the account", p->id);
	return rc < 0 ? -1 : 0;
}

/* What is so, and for a room that works that it does. */
static const char *say_of(struct page *p, const struct standing *s)
{
	if (s->status == STATUS_NOT_CHECKED)
		return "It is looked at as soon as the engine can.";
	if (s->status == STATUS_OFF)
		return "It is not looked at.";
	if (reason_parse(s->reason) == REASON_OK)
		return "Its calendar can be used.";
	return page_said(p->svc.a, MEMBER_ROOM, page_reason(s->reason)->say);
}

static const struct accepts_face {
	enum status like; /* class and icon */
	const char *title;
	const char *say;
} accepts_faces[] = {
	{ STATUS_NOT_CHECKED, "Not known yet",
		"That a calendar opens does not say whether the room takes bookings. Try one." },
	{ STATUS_BLOCKED, "It declines bookings", NULL },
	{ STATUS_CONNECTED, "It accepts bookings", NULL },
	{ STATUS_LIMITED, "It does not decide by itself", NULL },
};

static void accepts(struct page *p, const struct room *r)
{
	const int tried_vainly = r->accepts == SEEN_UNKNOWN && r->accepts_at;
	const struct accepts_face *face =
		&accepts_faces[tried_vainly ? SEEN_YES + 1 : (int)r->accepts];

	view_set(p->view, M_ACCEPTS_CLASS, page_status_class(face->like));
	view_set(p->view, M_ACCEPTS_ICON, page_status_icon(face->like));
	view_set(p->view, M_ACCEPTS_TITLE, face->title);
	view_set(p->view, M_ACCEPTS_SAY, face->say ? face->say : r->accepts_say);
	page_when(p->view, M_ACCEPTS_AT, M_ACCEPTS_AT_ISO, r->accepts_at, p->svc.a);
}

/* The newest try of this room: 1, 0 there is none among the last ones, -1. */
static int trial_of(struct page *p, struct job *out, struct err *e)
{
	const char *mine = arena_printf(p->svc.a, "%" PRId64, p->id), *room;
	struct job *jobs;
	int n = store_job_list(p->svc.db, p->svc.a, p->svc.who.account, ROOM_TRY_KIND,
		(struct page_of){ 0, TRIALS }, &jobs, e);

	for (int i = 0; i < n; i++) {
		room = url_get(p->svc.a, jobs[i].params, "room");
		*out = jobs[i];
		if (room && strcmp(room, mine) == 0)
			return 1;
	}
	return n < 0 ? -1 : 0;
}

static int trial(struct page *p, struct err *e)
{
	struct job_step *s;
	struct job j;
	int n, live, rc = trial_of(p, &j, e);

	live = rc == 1 && page_job_live(&j);
	view_show(p->view, live ? M_TRYING : M_CAN_TRY);
	if (live)
		view_show(p->view, M_ROOMS_LIVE);
	if (rc < 1)
		return rc;
	n = store_job_steps(p->svc.db, p->svc.a, j.id, &s, e);
	if (n > 0) {
		view_show(p->view, M_TOLD);
		page_steps(p, s, n, NULL);
	}
	return n < 0 ? -1 : 0;
}

/* Is the check that was asked for on this page still to come? */
static int checking(struct page *p, const struct roster_row *x, struct err *e)
{
	const int64_t id = p->route->method == GET ? form_num(&p->form, "job") : 0;
	struct job j;
	int rc = id ? store_job_get(p->svc.db, p->svc.a, p->svc.who.account, id, &j, e) : 0;
	const int live =
		x->s.asked || (rc == 1 && strcmp(j.kind, CHECK_KIND) == 0 && page_job_live(&j));

	view_set(p->view, M_LIVE_URL,
		live && id ? url(p, p->id, arena_printf(p->svc.a, "?job=%" PRId64, id))
			   : url(p, p->id, ""));
	view_set(p->view, M_SAY, live ? "Being checked" : reason_status_title(x->s.status));
	view_show(p->view, x->s.status == STATUS_OFF ? M_IS_OFF : M_IS_ON);
	if (live) {
		view_show(p->view, M_LIVE);
		view_show(p->view, M_ROOMS_LIVE);
	}
	return rc < 0 ? -1 : 0;
}

/* What was typed is kept by page_fields when the form comes back. */
static void describe(struct page *p, const struct roster_row *x, const struct room *r)
{
	if (p->route->method == POST && p->route->form)
		return;
	view_set(p->view, M_V_NAME, x->name);
	view_set(p->view, M_V_PLACE, r->place);
	view_set(p->view, M_V_SEATS, seats_of(p, r));
}

int page_room(struct page *p, struct err *e)
{
	struct connection live;
	struct roster_row x;
	struct room r;

	if (find(p, &x, e) < 0 || room_of(p, p->id, &r, e) < 0 || trial(p, e) < 0 ||
		checking(p, &x, e) < 0 ||
		store_connection_staged(
			p->svc.db, p->svc.a, p->svc.who.account, CONN_LIVE, &live, e) < 0)
		return -1;
	common(p, p->view, &x);
	page_fix(p,
		&(struct page_fix){ &x.s, x.kind, page_name(x.name, x.email),
			str_empty(x.calendar) ? x.email : x.calendar, &live });
	if (page_script_fix(p, &x.s, e) < 0)
		return -1;
	accepts(p, &r);
	describe(p, &x, &r);
	view_set(p->view, M_TITLE, page_name(x.name, x.email));
	view_set(p->view, M_ROOM_FROM, *r.list_name ? list_of(p, &r) : "in no room list");
	view_set(p->view, M_ROOM_SAY, say_of(p, &x.s));
	view_set(p->view, M_ROW_RIGHTS, page_standing_rights(&x.s));
	view_set(p->view, M_CHECK_URL, url(p, p->id, "/check"));
	view_set(p->view, M_TRY_URL, url(p, p->id, "/try"));
	view_set(p->view, M_REMOVE_URL, url(p, p->id, "/remove"));
	view_set(p->view, M_PERSON_URL, arena_printf(p->svc.a, "/members/%" PRId64, p->id));
	return 0;
}

static struct room_form typed(struct page *p)
{
	return (struct room_form){ .name = form_text(&p->form, "name"),
		.place = form_text(&p->form, "place"),
		.seats = form_num(&p->form, "seats") };
}

int page_room_post(struct page *p, struct err *e)
{
	const struct room_form f = typed(p);

	if (svc_room_edit(&p->svc, p->id, &f, e) < 0)
		return page_refuse(p, e);
	page_done(p, url(p, p->id, ""), "room");
	return 0;
}

int page_room_check_post(struct page *p, struct err *e)
{
	const struct roster_pick one = { .ids = &p->id, .count = 1 };
	struct roster_row x;
	int64_t job;
	int rc;

	if (find(p, &x, e) < 0)
		return -1;
	if (x.s.status == STATUS_OFF)
		rc = ERR(e, ERR_CONFLICT, "This calendar is deactivated, so it is not looked at.",
			"room %" PRId64 " is off", p->id);
	else
		rc = svc_check_start(&p->svc, &one, x.email, &job, e);
	if (rc < 0)
		return page_refuse(p, e);
	response_redirect(p->rs, url(p, p->id, arena_printf(p->svc.a, "?job=%" PRId64, job)));
	return 0;
}

int page_room_try_post(struct page *p, struct err *e)
{
	int64_t job;

	if (svc_room_try(&p->svc, p->id, &job, e) < 0)
		return page_refuse(p, e);
	response_redirect(p->rs, url(p, p->id, ""));
	return 0;
}

int page_room_add(struct page *p, struct err *e)
{
	(void)e;
	view_set(p->view, M_TITLE, "Add a room");
	return 0;
}

int page_room_add_post(struct page *p, struct err *e)
{
	struct room_form f = typed(p);
	int64_t id;

	f.email = form_text(&p->form, "email");
	if (svc_room_add(&p->svc, &f, &id, e) < 0)
		return page_refuse(p, e);
	page_done(p, url(p, id, ""), "roomadded");
	return 0;
}

int page_room_remove(struct page *p, struct err *e)
{
	struct roster_row x;

	if (find(p, &x, e) < 0)
		return -1;
	common(p, p->view, &x);
	view_set(p->view, M_TITLE, "Remove a room");
	view_set(p->view, M_REMOVE_URL, url(p, p->id, "/remove"));
	return page_impact_remove(
		p, &(struct member){ .id = p->id, .account = x.s.account, .kind = x.kind }, e);
}

int page_room_remove_post(struct page *p, struct err *e)
{
	if (svc_room_remove(&p->svc, p->id, e) < 0)
		return page_refuse(p, e);
	page_done(p, "/rooms", "roomremoved");
	return 0;
}
