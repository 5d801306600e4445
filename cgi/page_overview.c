/* Page_overview: the first page of admins: how the connection does, the one next action, what
 * happened. Members are led on to their own.
 *
 * Rule: everything comes from kept rows; no server is asked, and nothing is counted here.
 */
#include "page_layout.h"

#include <inttypes.h>
#include <string.h>
#include "platform/clock.h"
#include "platform/str.h"
#include "service/svc_health.h"
#include "service/svc_connection.h"

/* Newest ones that are shown; days in which the end of a secret is told. */
enum { LOOKS = 5, EVENTS = 8, SOON_DAYS = 60, DAY = 86400 };

/* What to do now, by the state of the connection in use; NULL: nothing. What a refused sign-in
 * needs depends on the secret. */
static const struct page_option nexts[HEALTH__MAX] = {
	[HEALTH_NEW] = { "/connection/test", "Test now" },
	[HEALTH_UNREACHABLE] = { "/connection/test", "Test now" },
	[HEALTH_STOPPED] = { "/connection/rotate", NULL },
};

/* What changes by itself is asked for again. An open page asks for nothing else: it must not keep a
 * session alive that nobody uses. */
static const int moves[HEALTH__MAX] = {
	[HEALTH_NEW] = 1, [HEALTH_SLOWED] = 1, [HEALTH_UNREACHABLE] = 1
};

/* Said at the top while the engine is away; the place stays, so that it can be polled. */
static void engine_state(struct page *p)
{
	const struct engine_pulse *pulse = &p->session->pulse;

	if (svc_engine_alive(pulse)) {
		view_show(p->view, M_FINE);
		return;
	}
	view_show(p->view, M_AWAY);
	view_show(p->view, pulse->seen ? M_AWAY_SEEN : M_AWAY_NEVER);
	page_time(p->view, M_PULSE_ISO, M_PULSE, pulse->seen, p->svc.a);
}

/* Kept by the store, not counted here. */
static int counts(struct page *p, struct err *e)
{
	int64_t account = p->svc.who.account, admins, all;
	int64_t n = store_invitation_open(p->svc.db, account, e);

	if (n < 0 || store_member_counts(p->svc.db, account, &admins, &all, e) < 0)
		return -1;
	view_num(p->view, M_ADMINS, admins);
	view_num(p->view, M_PEOPLE, all);
	view_num(p->view, M_LINKS, n);
	return 0;
}

/* Until there is a connection: they help to choose one. */
static int looks(struct page *p, struct err *e)
{
	struct job *list;
	int n = store_job_list(p->svc.db, p->svc.a, p->svc.who.account, LOOK_KIND,
		(struct page_of){ 0, LOOKS }, &list, e);

	if (n <= 0)
		return n;
	view_show(p->view, M_LOOKS_CARD);
	page_look_rows(p, list, n);
	return 0;
}

/* What happened lately in this account, whoever did it; of a state, which, and why nothing is in
 * use. */
static int events(struct page *p, struct err *e)
{
	const struct audit_filter f = {
		.account = p->svc.who.account, .kind = -1, .limit = EVENTS
	};
	struct audit *list;
	struct view *row;
	int i, n = store_audit_list(p->svc.db, p->svc.a, &f, &list, e);

	for (i = 0; i < n; i++) {
		row = view_add(p->view, M_EVENT);
		page_event(p, row, &list[i]);
		if (strcmp(list[i].action, "connection.state") != 0 &&
			strcmp(list[i].action, "connection.disconnected") != 0)
			continue;
		view_show(row, M_EVENT_DETAIL);
		view_set(row, M_EVENT_DETAIL, list[i].detail);
	}
	return n < 0 ? -1 : 0;
}

/* --- the connection in use --- */

static void next_action(struct page *p, const struct connection *live, enum health_state state)
{
	const struct page_option *next = &nexts[state];

	if (state == HEALTH_PAUSED) {
		page_paused(p, live);
		return;
	}
	view_show(p->view, M_MAY_PAUSE);
	if (!next->value) {
		view_show(p->view, M_MAY_TEST);
		return;
	}
	view_show(p->view, M_NEXT);
	view_set(p->view, M_NEXT_URL, next->value);
	view_set(p->view, M_NEXT_NAME, next->name ? next->name : page_secret(live)->again);
}

static void verdict(struct page *p, const struct connection *live, struct health *h)
{
	const struct page_state *state;

	page_state_pause(live, h);
	state = page_state_of(live, h);
	view_set(p->view, M_HERO_CLASS, state->class);
	view_set(p->view, M_HERO_ICON, state->icon);
	view_set(p->view, M_HERO_TITLE, state->title);
	view_set(p->view, M_MAILBOX, live->mailbox);
	if (h->state == HEALTH_WELL) {
		view_show(p->view, M_HERO_WELL);
	} else {
		view_show(p->view, M_HERO_ACT);
		view_set(p->view, M_HERO_ACT, state->act);
	}
	if (h->state != HEALTH_WELL && h->state != HEALTH_PAUSED && !str_empty(h->say)) {
		view_show(p->view, M_HERO_SEEN);
		view_set(p->view, M_HERO_SEEN, h->say);
	}
	if (h->state == HEALTH_STOPPED) {
		view_show(p->view, M_HERO_REFUSED);
		page_refused(p, live, h);
	}
	if (moves[h->state])
		view_show(p->view, M_HERO_POLL);
	page_when(p->view, M_LAST_OK, M_LAST_OK_ISO, h->ok_at, p->svc.a);
	page_when(p->view, M_NEXT_CHECK, M_NEXT_CHECK_ISO, h->next_at, p->svc.a);
	view_num(p->view, M_REFUSALS, h->refused);
	next_action(p, live, h->state);
}

/* Secrets in use that end soon, or have ended. */
static int endings(struct page *p, const struct connection *live, struct err *e)
{
	const int64_t now = clock_now();
	struct credential *list;
	int n = store_credential_list(p->svc.db, p->svc.a, live->account, live->id, &list, e);
	struct view *row;
	int64_t days;

	for (int i = 0; i < n; i++) {
		const struct credential *cr = &list[i];

		if ((strcmp(cr->purpose, PURPOSE_CURRENT) != 0 &&
			    strcmp(cr->purpose, PURPOSE_CLIENT) != 0) ||
			!cr->expires || cr->expires > now + SOON_DAYS * DAY)
			continue;
		days = (cr->expires - now) / DAY;
		row = view_add(p->view, M_ENDING);
		view_set(row, M_ENDING_WHAT,
			str_empty(cr->certificate) ? "The client secret" : "The certificate");
		view_set(row, M_ENDING_IN,
			cr->expires <= now ? "has ended"
				: days	   ? arena_printf(p->svc.a, "ends in %s",
						     page_count(p->svc.a, days, "day", "days"))
					   : "ends today");
		page_time(row, M_ENDING_AT_ISO, M_ENDING_AT, cr->expires, p->svc.a);
	}
	return n < 0 ? -1 : 0;
}

static int live_card(struct page *p, const struct connection *live, struct err *e)
{
	struct health h = { .state = HEALTH_NEW };
	int rc = store_health_get(p->svc.db, p->svc.a, p->svc.who.account, live->id, &h, e);

	if (rc < 0)
		return -1;
	if (rc == 0)
		h = (struct health){ .state = HEALTH_NEW };
	view_show(p->view, M_CONNECTED);
	view_set(p->view, M_METHOD, page_method_name(live->method));
	view_set(p->view, M_SERVER,
		!str_empty(h.version)			       ? svc_health_product(h.version)
			: strcmp(live->kind, "office365") == 0 ? "Office 365"
							       : "an Exchange server");
	verdict(p, live, &h);
	if (h.state == HEALTH_WELL && page_script_next(p, e) < 0)
		return -1;
	return endings(p, live, e) < 0 || page_census(p, e) < 0 || page_reach(p, e) < 0
		? -1
		: page_charts(p, live, e);
}

/* --- Office 365 --- */

/* How much is left of the time in which EWS is allowed there. */
static void ews_ends(struct page *p, const struct connection *c)
{
	const int64_t now = clock_now();
	const int64_t left = now < EWS_GONE_AT ? (EWS_GONE_AT - now + DAY - 1) / DAY : 0;

	if (strcmp(c->kind, "office365") != 0)
		return;
	view_show(p->view, M_EWS);
	view_show(p->view, left ? M_EWS_ENDS : M_EWS_GONE);
	view_show(p->view, now < EWS_OFF_AT ? M_EWS_OFF_SOON : M_EWS_OFF);
	view_set(p->view, M_EWS_LEFT,
		left ? arena_printf(p->svc.a, "%s left", page_count(p->svc.a, left, "day", "days"))
		     : "Removed");
	view_num(p->view, M_EWS_DAYS, (EWS_GONE_AT - EWS_OFF_AT) / DAY);
	view_num(p->view, M_EWS_USED,
		now < EWS_OFF_AT ? 0
			: left	 ? (now - EWS_OFF_AT) / DAY
				 : (EWS_GONE_AT - EWS_OFF_AT) / DAY);
}

static int connection(struct page *p, struct err *e)
{
	struct svc_sides s;
	const struct connection *base;

	if (svc_switch_sides(&p->svc, &s, e) < 0)
		return -1;
	base = s.draft.id ? &s.draft : s.live.id ? &s.live : NULL;
	if (base)
		ews_ends(p, base);
	page_switch_sides(p, &s);
	if (s.live.id)
		return live_card(p, &s.live, e);
	if (s.draft.id && !s.proved)
		view_show(p->view, M_DRAFT);
	else if (!s.draft.id && !s.former.id)
		view_show(p->view, M_UNSET);
	view_show(p->view, M_NO_CENSUS);
	return looks(p, e);
}

int page_overview(struct page *p, struct err *e)
{
	if (p->session->member.role != ROLE_ADMIN) {
		page_lead(p, "/me");
		return 0;
	}
	view_set(p->view, M_TITLE, "Overview");
	engine_state(p);
	return connection(p, e) < 0 || counts(p, e) < 0 || events(p, e) < 0 ? -1 : 0;
}
