/* Page_settings: sessions of everybody in the account, how long a sign-in lasts, and the facts that
 * protect it.
 */
#include "page_layout.h"

#include <inttypes.h>
#include <string.h>
#include "platform/str.h"
#include "routes.h"

enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

/* Address and name. */
static const struct page_option tabs[] = {
	{ "/settings/admins", "Admins" },
	{ "/settings/sessions", "Sessions" },
	{ "/settings/notifications", "Notifications" },
	{ "/settings/security", "Security" },
};

/* What an account may choose from; those over the installation's limit are not shown. */
static const int64_t idle_choices[] = { 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR,
	8 * HOUR, 12 * HOUR, DAY, 0 };
static const int64_t absolute_choices[] = { HOUR, 4 * HOUR, 8 * HOUR, 12 * HOUR, DAY, 2 * DAY,
	7 * DAY, 14 * DAY, 30 * DAY, 0 };

void page_settings_tabs(struct page *p)
{
	struct view *row;
	size_t i;

	for (i = 0; i < sizeof(tabs) / sizeof(*tabs); i++) {
		row = view_add(p->view, M_TAB);
		view_set(row, M_TAB_URL, tabs[i].value);
		view_set(row, M_TAB_NAME, tabs[i].name);
		if (strcmp(tabs[i].value, p->rq->path) == 0)
			view_show(row, M_TAB_HERE);
	}
}

int page_sessions(struct page *p, struct err *e)
{
	struct session *list;
	int n = store_session_list(p->svc.db, p->svc.a, p->svc.who.account, 0, &list, e);

	if (n < 0)
		return -1;
	view_set(p->view, M_TITLE, "Sessions");
	view_set(p->view, M_SESSIONS, page_count(p->svc.a, n, "session", "sessions"));
	page_settings_tabs(p);
	page_session_rows(p, list, n, "/settings/sessions", 1);
	return 0;
}

int page_session_end_post(struct page *p, struct err *e)
{
	if (svc_signin_end(&p->svc, p->id, 1, e) < 0)
		return -1;
	page_done(p, "/settings/sessions", "ended");
	return 0;
}

/* All of the account but the one that asks. */
int page_sessions_end_post(struct page *p, struct err *e)
{
	if (svc_signin_end_all(&p->svc, p->session->s.id, 1, e) < 0)
		return -1;
	page_done(p, "/settings/sessions", "endedall");
	return 0;
}

/* One row: value in seconds, 0 standing for the installation's limit. */
static void span_option(
	struct page *p, enum marker section, int64_t value, int64_t now, const char *name)
{
	const struct page_option o = { arena_printf(p->svc.a, "%" PRId64, value), name };

	page_option(p->view, section, &o, value == now);
}

/* The choices below the limit, the time of today even if it is none of them, and the limit. */
static void span_options(
	struct page *p, enum marker section, const int64_t *choices, int64_t limit, int64_t now)
{
	const char *longest = page_span(p->svc.a, limit);
	int known = now == 0;

	for (; *choices && *choices < limit; choices++) {
		span_option(p, section, *choices, now, page_span(p->svc.a, *choices));
		known |= *choices == now;
	}
	if (!known && now < limit)
		span_option(p, section, now, now, page_span(p->svc.a, now));
	span_option(p, section, 0, now < limit ? now : 0,
		arena_printf(p->svc.a, "%s, the longest", longest));
}

/* Only the public half can be read here. A file that cannot be read is shown, not an error. */
static void key(struct page *p)
{
	struct seal_public k;
	struct err e;

	if (seal_public_load(p->svc.cf->public_keys, &k, &e) < 0) {
		view_show(p->view, M_NO_KEY);
		return;
	}
	view_show(p->view, M_KEY);
	view_set(p->view, M_KEY_ID, k.id);
	page_time(p->view, M_KEY_SINCE_ISO, M_KEY_SINCE, k.created, p->svc.a);
}

/* How far the engine has sealed the log. */
static int last_seal(struct page *p, struct err *e)
{
	struct audit_seal seal;
	int rc = store_audit_seal_last(p->svc.db, p->svc.a, &seal, e);

	if (rc < 0)
		return -1;
	view_show(p->view, rc ? M_SEAL : M_NO_SEAL);
	view_num(p->view, M_SEAL_SEQ, rc ? seal.seq : 0);
	page_time(p->view, M_SEAL_AT_ISO, M_SEAL_AT, rc ? seal.at : 0, p->svc.a);
	return 0;
}

int page_security(struct page *p, struct err *e)
{
	const struct account *account = &p->session->account;
	const struct config *cf = p->svc.cf;

	view_set(p->view, M_TITLE, "Security");
	page_settings_tabs(p);
	span_options(p, M_IDLE, idle_choices, cf->session_idle, account->session_idle);
	span_options(
		p, M_ABSOLUTE, absolute_choices, cf->session_absolute, account->session_absolute);
	view_num(p->view, M_TRIES_MAX, SIGNIN_TRIES);
	view_set(p->view, M_TRIES_SPAN, page_span(p->svc.a, SIGNIN_PERIOD));
	view_set(p->view, M_FRESH, page_span(p->svc.a, cf->fresh));
	view_set(p->view, M_INVITE_DAYS, page_count(p->svc.a, cf->invite_days, "day", "days"));
	view_set(p->view, M_RESET_HOURS, page_count(p->svc.a, cf->reset_hours, "hour", "hours"));
	key(p);
	return last_seal(p, e);
}

int page_policy_post(struct page *p, struct err *e)
{
	if (svc_account_policy(
		    &p->svc, form_num(&p->form, "idle"), form_num(&p->form, "absolute"), e) < 0)
		return page_refuse(p, e);
	page_done(p, "/settings/security", "policy");
	return 0;
}
