/* Page_member: one member, or one room, as admins see it: the verdict and who can mend it, what was
 * found, what happened, busy time.
 *
 * Rules: words of status, reason and steps come from the one table of exchange/. The verdict is
 * what was seen last; an attempt that came to nothing is told beside it and changes nothing of it.
 * The page reads the store only; the engine looks, and the page asks for itself while it does.
 */
#include "page_impact.h"

#include <inttypes.h>
#include <string.h>
#include "exchange/proof.h"
#include "exchange/reason_fill.h"
#include "platform/clock.h"
#include "platform/str.h"
#include "routes.h"
#include "service/svc_check.h"
#include "service/svc_member.h"

enum { EVENTS = 20, POLL_S = 1 };

/* Everything the page is made of. */
struct view_of {
	struct member m;
	struct standing s;
	struct connection live; /* id 0: there is none */
	struct connection seen; /* by which it was seen; id 0 */
	const char *method;	/* what it is measured by; "" */
	const char *mailbox;	/* address of the calendar */
};

/* A field of the page's own form; 0 when it is filled again for a button's. */
static int64_t asked(const struct page *p, const char *name)
{
	return p->route->method == GET ? form_num(&p->form, name) : 0;
}

/* --- reading --- */

/* Before the first connection there is no method; then nothing is needed yet. */
static int read_connections(struct page *p, struct view_of *v, struct err *e)
{
	const int64_t account = p->svc.who.account;

	if (store_connection_staged(p->svc.db, p->svc.a, account, CONN_LIVE, &v->live, e) < 0)
		return -1;
	if (v->s.connection &&
		store_connection_get(p->svc.db, p->svc.a, account, v->s.connection, &v->seen, e) <
			0)
		return -1;
	v->method = v->s.method;
	if (str_empty(v->method))
		v->method = v->live.id ? v->live.method : "";
	return 0;
}

static int read_all(struct page *p, struct view_of *v, struct err *e)
{
	struct roster_row row;
	int rc;

	*v = (struct view_of){ 0 };
	rc = store_member_get(p->svc.db, p->svc.a, p->svc.who.account, p->id, &v->m, e);
	if (rc > 0)
		rc = store_roster_get(p->svc.db, p->svc.a, p->svc.who.account, p->id, &row, e);
	if (rc == 0)
		return ERR(e, ERR_MISSING, NULL, "no member %" PRId64 " in the account", p->id);
	if (rc < 0)
		return -1;
	v->s = row.s;
	v->mailbox = str_empty(v->m.calendar) ? v->m.email : v->m.calendar;
	return read_connections(p, v, e);
}

/* --- the verdict --- */

/* What a status says when no reason does. */
static const char *plain_words(const struct view_of *v)
{
	if (v->s.status == STATUS_OFF)
		return v->m.kind == MEMBER_ROOM
			? "An admin has deactivated this room: its calendar is not looked at."
			: "An admin has deactivated this person: the calendar is not looked at, "
			  "and they cannot sign in.";
	if (v->s.status == STATUS_NOT_CHECKED && !v->live.id)
		return "There is no connection yet, so no calendar can be looked at.";
	if (v->s.status == STATUS_NOT_CHECKED)
		return "Nothing was seen of this calendar yet. A new member is looked at within a "
		       "minute.";
	if (strcmp(v->method, "dedicated") == 0)
		return "Busy time is read. That is all this method needs.";
	return "Everything that the method needs was seen to work.";
}

static void show_verdict(struct page *p, const struct view_of *v)
{
	const char *word = reason_status_title(v->s.status);
	const char *why = page_standing_reason(&v->s);
	const struct reason_row *row = page_reason(v->s.reason);
	const int reason = *why && v->s.status != STATUS_NOT_CHECKED;

	page_status(p->view, v->s.status);
	view_set(p->view, M_VERDICT, reason ? arena_printf(p->svc.a, "%s: %s", word, why) : word);
	view_set(p->view, M_VERDICT_SAY,
		reason ? page_said(p->svc.a, v->m.kind, row->say) : plain_words(v));
	if (reason && row->why[0]) {
		view_show(p->view, M_VERDICT_WHY);
		view_set(p->view, M_VERDICT_WHY, page_said(p->svc.a, v->m.kind, row->why));
	}
	page_when(p->view, M_SEEN, M_SEEN_ISO, v->s.checked_at, p->svc.a);
	page_when(p->view, M_STOOD, M_STOOD_ISO, v->s.checked_at ? v->s.since : 0, p->svc.a);
	if (page_standing_old(&v->s) && v->s.checked_at)
		view_show(p->view, M_OLD);
}

/* When the engine looks by itself. */
static void show_next(struct page *p, const struct view_of *v)
{
	if (v->s.status == STATUS_OFF)
		return;
	if (!v->live.id)
		view_show(p->view, M_NEXT_NEVER);
	else if (v->s.next_at > clock_now())
		page_when(p->view, M_NEXT, M_NEXT_ISO, v->s.next_at, p->svc.a);
	else
		view_show(p->view, M_NEXT_NOW);
}

/* The latest attempt came to nothing: that says nothing about the member. */
static void show_attempt(struct page *p, const struct view_of *v)
{
	const struct reason_row *row = page_reason(v->s.tried);

	if (strcmp(v->s.tried, "ok") == 0)
		return;
	view_show(p->view, M_TRIED);
	view_set(p->view, M_TRIED_WHAT, row->title);
	view_set(p->view, M_TRIED_SAY, page_said(p->svc.a, v->m.kind, row->say));
	page_time(p->view, M_TRIED_ISO, M_TRIED, v->s.tried_at, p->svc.a);
	if (v->s.checked_at)
		view_show(p->view, M_STANDS);
}

static void show_note(struct page *p, const struct view_of *v)
{
	const struct reason_row *row = page_reason(v->s.note);

	if (strcmp(v->s.note, "ok") == 0)
		return;
	view_show(p->view, M_NOTE);
	view_set(p->view, M_NOTE, row->title);
	view_set(p->view, M_NOTE_SAY, page_said(p->svc.a, v->m.kind, row->say));
}

/* --- rights --- */

enum { P = 1, D = 2, G = 4, I = 8 };

static const struct {
	const char *code;
	unsigned bit;
} methods[] = { { "personal", P }, { "dedicated", D }, { "delegate", G }, { "impersonation", I } };

static const struct {
	enum grant grant;
	const char *word;
	unsigned needed; /* by these methods */
	const char *yes, *no, *unknown;
} rights[] = {
	{ GRANT_BUSY, "See busy time", D, "Yes", "No", "Unknown" },
	{ GRANT_OPEN, "Open", P | G | I, "Yes", "No", "Unknown" },
	{ GRANT_READ, "Read", P | G | I, "Yes", "No", "Unknown" },
	{ GRANT_CREATE, "Create", P | G | I, "Yes", "No", "Unknown" },
	{ GRANT_CHANGE, "Change", P | G | I, "Yes", "No", "Unknown" },
	{ GRANT_REMOVE, "Delete", P | G | I, "Yes", "No", "Unknown" },
	{ GRANT_SEND, "Send", G | I, "Proved", "Refused", "Not proved" },
};

static const char *const reaches[REACH__MAX] = {
	[REACH_UNKNOWN] = "Not known",
	[REACH_NONE] = "Nothing opens",
	[REACH_BUSY] = "Busy time only",
	[REACH_CALENDAR] = "Restricted to the calendar",
	[REACH_FULL] = "The whole mailbox",
};

static unsigned method_bit(const char *method)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
		if (strcmp(methods[i].code, method) == 0)
			return methods[i].bit;
	}
	return 0;
}

/* What is missing and needed is in the colour of trouble; what is not needed is not. */
static void show_rights(struct page *p, const struct view_of *v)
{
	const unsigned bit = method_bit(v->method);

	for (size_t i = 0; i < sizeof(rights) / sizeof(*rights); i++) {
		const enum seen seen = grant_seen(v->s.grants, rights[i].grant);
		const int needed = (rights[i].needed & bit) != 0;
		struct view *row = view_add(p->view, M_RIGHT);

		view_set(row, M_RIGHT, rights[i].word);
		view_set(row, M_RIGHT_FOUND,
			seen == SEEN_YES	  ? rights[i].yes
				: seen == SEEN_NO ? rights[i].no
						  : rights[i].unknown);
		view_set(row, M_RIGHT_CLASS,
			seen == SEEN_YES		    ? "is-ok"
				: seen == SEEN_NO && needed ? "is-blocked"
							    : "is-unknown");
		view_set(row, M_RIGHT_ICON,
			seen == SEEN_YES	  ? "ok"
				: seen == SEEN_NO ? "blocked"
						  : "unknown");
		view_set(row, M_RIGHT_NEEDED, needed ? "Yes" : "No");
	}
	view_set(p->view, M_REACH, reaches[v->s.reach]);
}

/* --- evidence and routing --- */

static void show_evidence(struct page *p, const struct view_of *v)
{
	struct proof proof;
	const struct page_option list[] = {
		{ v->s.status < STATUS_LIMITED || v->s.status == STATUS_OFF ? "" : v->s.reason,
			"Code of the reason" },
		{ strcmp(v->s.tried, "ok") == 0 ? "" : v->s.tried, "Code of the last attempt" },
	};
	struct view *row;

	proof_read(p->svc.a, v->s.proof, &proof);
	const struct page_option told[] = {
		{ proof.code, "The server’s word" },
		{ proof.said, "The server said" },
		{ proof.calendar, "Calendar folder" },
		{ proof.detail, "Shown of busy time" },
		{ proof.host, "Asked" },
		{ proof.server, "Answered by" },
		{ proof.version, "Version" },
		{ proof.request, "Our request id" },
		{ proof.theirs, "Its request id" },
	};

	for (size_t i = 0; i < sizeof(list) / sizeof(*list) + sizeof(told) / sizeof(*told); i++) {
		const size_t first = sizeof(list) / sizeof(*list);
		const struct page_option *o = i < first ? &list[i] : &told[i - first];

		if (str_empty(o->value))
			continue;
		view_show(p->view, M_EVIDENCE);
		row = view_add(p->view, M_FACT);
		view_set(row, M_FACT_NAME, o->name);
		view_set(row, M_FACT, o->value);
	}
}

static void show_routing(struct page *p, const struct view_of *v)
{
	const struct connection *c = v->seen.id ? &v->seen : &v->live;

	view_set(p->view, M_MAILBOX, v->mailbox);
	if (!str_empty(v->m.calendar))
		view_show(p->view, M_OTHER_ADDRESS);
	if (!c->id) {
		view_show(p->view, M_NO_ROUTE);
		return;
	}
	view_show(p->view, M_ROUTE);
	view_set(p->view, M_ROUTE_METHOD, page_method_name(v->method));
	view_set(p->view, M_ROUTE_HOST, c->host);
	view_set(p->view, M_ROUTE_MAILBOX, c->mailbox);
	if (v->live.id && v->seen.id && v->live.id != v->seen.id)
		view_show(p->view, M_ROUTE_FORMER);
}

/* --- what happened --- */

static const struct {
	const char *word;
	const char *class;
	const char *icon;
} events[MEMBER_WHAT__MAX] = {
	[MEMBER_ADDED] = { "Added", "is-info", "plus" },
	[MEMBER_VERDICT] = { NULL, NULL, NULL },
	[MEMBER_RIGHTS] = { "Rights changed", "is-info", "key" },
	[MEMBER_FAILING] = { "No verdict from the latest attempts", "is-limited", "clock" },
	[MEMBER_ANSWERING] = { "It answers again", "is-ok", "check" },
	[MEMBER_REMINDED] = { "Reminder sent", "is-info", "mail" },
	[MEMBER_ALERTED] = { "Told by mail that it broke", "is-info", "mail" },
	[MEMBER_SILENT] = { "Reminders stopped, or asked for again", "is-unknown", "skip" },
	[MEMBER_STOPPED] = { "Deactivated", "is-unknown", "pause" },
	[MEMBER_RESUMED] = { "Activated", "is-info", "check" },
	[MEMBER_EDITED] = { "Name or address changed", "is-info", "person" },
	[MEMBER_SIGNED] = { "Own credentials entered", "is-info", "key" },
	[MEMBER_UNSIGNED] = { "Own credentials removed", "is-unknown", "key" },
	[MEMBER_SWITCHED] = { NULL, NULL, NULL },
};

static int is_verdict(const struct member_event *v)
{
	return v->what == MEMBER_VERDICT || v->what == MEMBER_SWITCHED;
}

static const char *event_word(struct page *p, const struct member_event *v)
{
	if (!is_verdict(v))
		return events[v->what].word;
	if (v->was == v->is)
		return arena_printf(p->svc.a, "%s, for another reason", reason_status_title(v->is));
	return arena_printf(
		p->svc.a, "%s → %s", reason_status_title(v->was), reason_status_title(v->is));
}

/* Adds a sentence to others, each with its full stop. */
static const char *sentence(struct arena *a, const char *text, const char *more)
{
	const size_t n = strlen(more);

	if (n == 0)
		return text;
	return arena_printf(
		a, "%s%s%s%s", text, *text ? " " : "", more, strchr(".?!", more[n - 1]) ? "" : ".");
}

static void event(struct page *p, const struct member_event *v)
{
	const int verdict = is_verdict(v);
	struct view *row = view_add(p->view, M_EVENT);
	const char *more = "";

	if (!str_empty(v->reason) && strcmp(v->reason, "ok") != 0)
		more = sentence(p->svc.a, more, page_reason(v->reason)->title);
	if (v->what == MEMBER_SWITCHED)
		more = sentence(p->svc.a, more, "By another connection or method than before");
	more = sentence(p->svc.a, more, v->detail);
	if (!str_empty(v->by))
		more = sentence(p->svc.a, more, arena_printf(p->svc.a, "By %s", v->by));
	view_set(row, M_EVENT_CLASS, verdict ? page_status_class(v->is) : events[v->what].class);
	view_set(row, M_EVENT_ICON, verdict ? page_status_icon(v->is) : events[v->what].icon);
	view_set(row, M_EVENT_SAY, event_word(p, v));
	view_set(row, M_EVENT_MORE, more);
	page_time(row, M_EVENT_AT_ISO, M_EVENT_AT, v->at, p->svc.a);
}

static const char *url(struct page *p, const char *more)
{
	return arena_printf(p->svc.a, "/members/%" PRId64 "%s", p->id, more);
}

static int show_events(struct page *p, struct err *e)
{
	const int64_t before = asked(p, "before");
	struct member_event *list;
	int n = store_event_list(p->svc.db, p->svc.a, p->svc.who.account, p->id,
		(struct page_of){ before, EVENTS + 1 }, &list, e);

	if (n < 0)
		return -1;
	view_show(p->view, n ? M_EVENTS : M_NO_EVENTS);
	for (int i = 0; i < n && i < EVENTS; i++)
		event(p, &list[i]);
	if (n > EVENTS || before)
		view_show(p->view, M_PAGER);
	if (before)
		view_show(p->view, M_NEWEST);
	if (n > EVENTS) {
		view_show(p->view, M_OLDER);
		view_set(p->view, M_OLDER_URL,
			arena_printf(p->svc.a, "/members/%" PRId64 "?before=%" PRId64 "#happened",
				p->id, list[EVENTS - 1].id));
	}
	return 0;
}

/* --- what runs --- */

/* The job of a button on this page: while it runs the page asks for itself again; when it has
 * failed, it says why. */
static int show_job(struct page *p, const struct view_of *v, struct err *e)
{
	const int64_t id = asked(p, "job");
	struct job j;
	int rc = id ? store_job_get(p->svc.db, p->svc.a, p->svc.who.account, id, &j, e) : 0;
	int live = v->s.asked != 0;

	if (rc < 0)
		return -1;
	if (rc && (strcmp(j.kind, CHECK_KIND) == 0 || strcmp(j.kind, WEEK_KIND) == 0)) {
		live |= page_job_live(&j);
		view_set(p->view, M_LIVE_SAY,
			strcmp(j.kind, WEEK_KIND) == 0 ? "Reading busy time" : "Looking now");
		if (j.state == JOB_FAILED) {
			view_show(p->view, M_JOB_FAILED);
			view_set(p->view, M_JOB_FAILED, j.outcome);
		}
	} else {
		view_set(p->view, M_LIVE_SAY, "Looking now");
	}
	if (!live)
		return 0;
	view_show(p->view, M_LIVE);
	view_num(p->view, M_POLL, POLL_S);
	view_set(p->view, M_LIVE_URL,
		id ? arena_printf(p->svc.a, "/members/%" PRId64 "?job=%" PRId64, p->id, id)
		   : url(p, ""));
	if (!svc_engine_alive(&p->session->pulse))
		view_show(p->view, M_AWAY);
	return 0;
}

/* Another's busy time is shown to who had it read, and that is in the log; a look at this page is
 * not. 1, 0, -1. */
static int may_see(struct page *p, const struct view_of *v, struct err *e)
{
	const int64_t id = asked(p, "job");
	struct job j;
	int rc;

	if (v->m.id == p->svc.who.member)
		return 1;
	rc = id ? store_job_get(p->svc.db, p->svc.a, p->svc.who.account, id, &j, e) : 0;
	return rc == 1 ? svc_member_week_mine(&p->svc, &j, v->m.id) : rc;
}

static int show_week(struct page *p, const struct view_of *v, struct err *e)
{
	struct week w;
	int rc = store_week_get(p->svc.db, p->svc.a, p->svc.who.account, v->m.id, &w, e);
	int may = rc == 1 ? may_see(p, v, e) : 1;

	if (rc < 0 || may < 0)
		return -1;
	if (!may)
		view_show(p->view, M_WEEK_CLOSED);
	else
		page_week(p, rc ? &w : NULL);
	return 0;
}

/* --- the page --- */

void page_member_head(struct page *p, const struct member *m)
{
	const char *name = page_name(m->name, m->email);

	view_set(p->view, M_PERSON_NAME, name);
	view_set(p->view, M_PERSON_EMAIL, m->email);
	view_set(p->view, M_PERSON_URL, url(p, ""));
	view_set(p->view, M_EDIT_URL, url(p, "/edit"));
	view_set(p->view, M_REMOVE_URL, url(p, "/remove"));
	page_time(p->view, M_CREATED_ISO, M_CREATED, m->created, p->svc.a);
	view_show(p->view, m->kind == MEMBER_ROOM ? M_IS_ROOM : M_IS_PERSON);
	view_show(p->view, m->off_at ? M_IS_OFF : M_IS_ON);
	view_set(p->view, M_REMIND_URL, url(p, "/remind"));
}

static void show_signin(struct page *p, const struct view_of *v)
{
	view_set(p->view, M_PERSON_ROLE, page_role(v->m.role));
	view_show(p->view, v->m.signed_in ? M_PERSON_SEEN : M_PERSON_NEVER);
	page_time(p->view, M_PERSON_SEEN_ISO, M_PERSON_SEEN, v->m.signed_in, p->svc.a);
}

int page_member(struct page *p, struct err *e)
{
	struct view_of v;

	if (read_all(p, &v, e) < 0)
		return -1;
	page_member_head(p, &v.m);
	view_set(p->view, M_TITLE, page_name(v.m.name, v.m.email));
	view_set(p->view, M_CHECK_URL, url(p, "/check"));
	view_set(p->view, M_WEEK_URL, url(p, "/week"));
	if (member_must_act(v.m.kind, &v.s))
		view_show(p->view, M_MAY_REMIND);
	show_verdict(p, &v);
	show_next(p, &v);
	show_attempt(p, &v);
	show_note(p, &v);
	page_fix(p,
		&(struct page_fix){
			&v.s, v.m.kind, page_name(v.m.name, v.m.email), v.mailbox, &v.live });
	show_rights(p, &v);
	show_evidence(p, &v);
	show_routing(p, &v);
	show_signin(p, &v);
	return page_impact_remove(p, &v.m, e) < 0 || page_script_fix(p, &v.s, e) < 0 ||
			show_job(p, &v, e) < 0 || show_events(p, e) < 0 ||
			page_mails(p, &v.m, e) < 0
		? -1
		: show_week(p, &v, e);
}

/* To the page again, which follows the job. */
static int follow(struct page *p, int64_t job)
{
	response_redirect(
		p->rs, arena_printf(p->svc.a, "/members/%" PRId64 "?job=%" PRId64, p->id, job));
	return 0;
}

int page_member_check_post(struct page *p, struct err *e)
{
	const struct roster_pick pick = { .ids = &p->id, .count = 1 };
	struct member m;
	int64_t job;
	int rc = store_member_get(p->svc.db, p->svc.a, p->svc.who.account, p->id, &m, e);

	if (rc == 0)
		return ERR(e, ERR_MISSING, NULL, "no member %" PRId64 " in the account", p->id);
	if (rc < 0)
		return -1;
	if (m.off_at)
		rc = ERR(e, ERR_CONFLICT, "This calendar is deactivated, so it is not looked at.",
			"member %" PRId64 " is off", p->id);
	else
		rc = svc_check_start(&p->svc, &pick, m.email, &job, e);
	return rc < 0 ? page_refuse(p, e) : follow(p, job);
}

int page_member_week_post(struct page *p, struct err *e)
{
	int64_t job;

	return svc_member_week(&p->svc, p->id, &job, e) < 0 ? page_refuse(p, e) : follow(p, job);
}
