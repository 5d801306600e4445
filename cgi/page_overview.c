/* Page_overview: the first page: what is set up and what happened, for admins; for members, what
 * Latchkey is to them.
 */
#include "page_layout.h"

#include <string.h>

/* Newest ones that are shown. */
enum { LOOKS = 5, EVENTS = 8 };

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

static int looks(struct page *p, struct err *e)
{
	struct job *list;
	int n = store_job_list(p->svc.db, p->svc.a, p->svc.who.account, LOOK_KIND,
		(struct page_of){ 0, LOOKS }, &list, e);

	if (n >= 0)
		page_look_rows(p, list, n);
	return n < 0 ? -1 : 0;
}

/* What happened lately in this account, whoever did it. */
static int events(struct page *p, struct err *e)
{
	const struct audit_filter f = {
		.account = p->svc.who.account, .kind = -1, .limit = EVENTS
	};
	struct audit *list;
	int i, n = store_audit_list(p->svc.db, p->svc.a, &f, &list, e);

	for (i = 0; i < n; i++)
		page_event(p, view_add(p->view, M_EVENT), &list[i]);
	return n < 0 ? -1 : 0;
}

int page_overview(struct page *p, struct err *e)
{
	int admin = p->session->member.role == ROLE_ADMIN;

	view_set(p->view, M_TITLE, "Overview");
	view_show(p->view, admin ? M_ADMIN : M_MEMBER);
	if (!admin)
		return 0;
	engine_state(p);
	return counts(p, e) < 0 || looks(p, e) < 0 || events(p, e) < 0 ? -1 : 0;
}
