/* Page_member_edit: what an admin changes of one person: name and calendar address, role, a link
 * for a new password, deactivated or not, removed.
 *
 * Rules: removing asks once, in a dialog or, without script, on a page of its own, and says what it
 * removes and what stays. Whoever changes a person that somebody else has changed meanwhile is
 * told, and keeps what was typed.
 */
#include "page_impact.h"

#include <inttypes.h>
#include <string.h>
#include "platform/str.h"
#include "routes.h"
#include "service/svc_member.h"

static const char *url(struct page *p, const char *more)
{
	return arena_printf(p->svc.a, "/members/%" PRId64 "%s", p->id, more);
}

static int member(struct page *p, struct member *m, struct err *e)
{
	int rc = store_member_get(p->svc.db, p->svc.a, p->svc.who.account, p->id, m, e);

	if (rc == 0)
		return ERR(e, ERR_MISSING, NULL, "no member %" PRId64 " in the account", p->id);
	return rc < 0 ? -1 : 0;
}

/* What the next form is made from. One that comes back because of a field is still made from what
 * it was before; whoever was told of a change has seen it. */
static void made_from(struct page *p, const struct member *m)
{
	const int same = p->route->handler == page_member_edit_post && p->form.errors > 0;

	view_set(p->view, M_WAS_NAME, same ? form_text(&p->form, "was_name") : m->name);
	view_set(p->view, M_WAS_CALENDAR, same ? form_text(&p->form, "was_calendar") : m->calendar);
}

int page_member_edit(struct page *p, struct err *e)
{
	const int other = p->id != p->session->member.id;
	struct member m;

	if (member(p, &m, e) < 0)
		return -1;
	page_member_head(p, &m);
	view_set(p->view, M_TITLE, arena_printf(p->svc.a, "Edit %s", page_name(m.name, m.email)));
	view_set(p->view, M_V_NAME, m.name);
	view_set(p->view, M_V_CALENDAR, m.calendar);
	made_from(p, &m);
	page_role_options(p, m.role);
	if (m.kind == MEMBER_PERSON && !m.off_at) {
		view_show(p->view, M_HAS_ROLE);
		if (!m.user)
			view_show(p->view, M_CAN_INVITE);
		else if (other)
			view_show(p->view, M_CAN_RESET);
	}
	view_set(p->view, M_PERSON_GIVEN, m.name);
	view_set(p->view, M_PERSON_ROLE_VALUE, m.role == ROLE_ADMIN ? "admin" : "member");
	view_set(p->view, M_RESET_HOURS,
		page_count(p->svc.a, p->svc.cf->reset_hours, "hour", "hours"));
	view_set(p->view, M_ROLE_URL, url(p, "/role"));
	view_set(p->view, M_RESET_URL, url(p, "/reset"));
	view_set(p->view, M_OFF_URL, url(p, "/off"));
	view_set(p->view, M_ON_URL, url(p, "/on"));
	if (!m.off_at && page_impact_deactivate(p, &m, e) < 0)
		return -1;
	return page_link_way(p, e);
}

int page_member_edit_post(struct page *p, struct err *e)
{
	const struct member_edit m = { .member = p->id,
		.name = form_text(&p->form, "name"),
		.calendar = form_text(&p->form, "calendar"),
		.was_name = form_text(&p->form, "was_name"),
		.was_calendar = form_text(&p->form, "was_calendar") };

	if (svc_member_edit(&p->svc, &m, e) < 0)
		return page_refuse(p, e);
	page_done(p, url(p, ""), "edited");
	return 0;
}

int page_role_post(struct page *p, struct err *e)
{
	if (svc_account_role(&p->svc, p->id, page_role_chosen(p), e) < 0)
		return page_refuse(p, e);
	page_done(p, url(p, "/edit"), "role");
	return 0;
}

int page_reset_post(struct page *p, struct err *e)
{
	struct link link;

	if (svc_account_reset(&p->svc, p->id, p->token, &link, e) < 0)
		return page_refuse(p, e);
	page_done(p, arena_printf(p->svc.a, "/settings/invitations/%" PRId64, link.id), "reset");
	explicit_bzero(&link, sizeof(link));
	return 0;
}

int page_member_off_post(struct page *p, struct err *e)
{
	if (svc_member_off(&p->svc, p->id, e) < 0)
		return page_refuse(p, e);
	page_done(p, url(p, ""), "off");
	return 0;
}

int page_member_on_post(struct page *p, struct err *e)
{
	if (svc_member_on(&p->svc, p->id, e) < 0)
		return page_refuse(p, e);
	page_done(p, url(p, ""), "on");
	return 0;
}

/* The same question as the dialog asks, for browsers without script. */
int page_remove(struct page *p, struct err *e)
{
	struct member m;

	if (member(p, &m, e) < 0)
		return -1;
	page_member_head(p, &m);
	view_set(p->view, M_TITLE, arena_printf(p->svc.a, "Remove %s", page_name(m.name, m.email)));
	return page_impact_remove(p, &m, e);
}

int page_remove_post(struct page *p, struct err *e)
{
	struct member m;

	if (member(p, &m, e) < 0)
		return -1;
	if (svc_account_remove(&p->svc, p->id, e) < 0)
		return page_refuse(p, e);
	if (m.kind == MEMBER_ROOM)
		page_done(p, "/rooms", "roomremoved");
	else
		page_done(p, "/members", "removed");
	return 0;
}
