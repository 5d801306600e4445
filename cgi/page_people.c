/* Page_people: the admins of an account, and invitations and their links.
 *
 * Rules: a link is shown to the session that made it and to nobody else; what is stored cannot be
 * turned back into it.
 */
#include "page_layout.h"

#include <inttypes.h>
#include <string.h>
#include "platform/clock.h"
#include "platform/str.h"
#include "routes.h"
#include "service/svc_mail.h"

/* In the order of enum role; role_hints goes with it. */
static const struct page_option roles[] = {
	{ "member", "Member" },
	{ "admin", "Account admin" },
};

static const char *const role_hints[] = {
	"Sees the own page and the own sign-in, nothing else.",
	"Looks at servers, invites and removes people, reads the audit log.",
};

/* What a link is for, as the lists call it. */
static const char *const kinds[LINK__MAX] = {
	[LINK_INVITE] = "Invitation",
	[LINK_RESET] = "New password",
};

/* The form has checked that it is one of the two. */
enum role page_role_chosen(const struct page *p)
{
	return strcmp(form_text(&p->form, "role"), "admin") == 0 ? ROLE_ADMIN : ROLE_MEMBER;
}

void page_role_options(struct page *p, enum role chosen)
{
	struct view *row;
	size_t i;

	for (i = 0; i < sizeof(roles) / sizeof(*roles); i++) {
		row = view_add(p->view, M_ROLE_OPTION);
		view_set(row, M_ROLE_VALUE, roles[i].value);
		view_set(row, M_ROLE_NAME, roles[i].name);
		view_set(row, M_ROLE_HINT, role_hints[i]);
		if (i == (size_t)chosen)
			view_show(row, M_ROLE_CHECKED);
	}
}

/* An address with a row's number in it. */
static const char *url(struct page *p, const char *base, int64_t id, const char *more)
{
	return arena_printf(p->svc.a, "%s%" PRId64 "%s", base, id, more);
}

static void person(struct page *p, struct view *v, const struct member *m)
{
	view_set(v, M_PERSON_URL, url(p, "/members/", m->id, ""));
	view_set(v, M_PERSON_NAME, page_name(m->name, m->email));
	view_set(v, M_PERSON_EMAIL, m->email);
	view_show(v, m->signed_in ? M_PERSON_SEEN : M_PERSON_NEVER);
	page_time(v, M_PERSON_SEEN_ISO, M_PERSON_SEEN, m->signed_in, p->svc.a);
	if (m->id == p->session->member.id)
		view_show(v, M_PERSON_ME);
	if (m->off_at)
		view_show(v, M_PERSON_OFF);
}

static int admins(struct page *p, struct err *e)
{
	struct member *list;
	int n = store_member_admins(p->svc.db, p->svc.a, p->svc.who.account, &list, e);

	for (int i = 0; i < n; i++)
		person(p, view_add(p->view, M_PERSON), &list[i]);
	return n < 0 ? -1 : 0;
}

/* Links made by the command line have no member behind them. */
static const char *by_of(const struct invitation *v)
{
	return page_by(v->by ? v->by_name : "");
}

/* Invitations and links for a new password that still work. */
static int open_links(struct page *p, struct err *e)
{
	struct invitation *list;
	struct view *row;
	int i, n = store_invitation_list(p->svc.db, p->svc.a, p->svc.who.account, &list, e);

	view_show(p->view, n > 0 ? M_INVITATIONS : M_NO_INVITATIONS);
	for (i = 0; i < n; i++) {
		row = view_add(p->view, M_INVITATION);
		view_set(row, M_INVITATION_URL, url(p, "/settings/invitations/", list[i].id, ""));
		view_set(row, M_INVITATION_EMAIL, list[i].email);
		view_set(row, M_INVITATION_KIND, kinds[list[i].kind]);
		view_set(row, M_INVITATION_BY, by_of(&list[i]));
		page_time(row, M_INVITATION_ENDS_ISO, M_INVITATION_ENDS, list[i].expires, p->svc.a);
	}
	return n < 0 ? -1 : 0;
}

int page_admins(struct page *p, struct err *e)
{
	view_set(p->view, M_TITLE, "Admins");
	page_settings_tabs(p);
	return admins(p, e) < 0 || open_links(p, e) < 0 ? -1 : 0;
}

int page_link_way(struct page *p, struct err *e)
{
	int ready = svc_mail_ready(&p->svc, e);

	if (ready >= 0)
		view_show(p->view, ready ? M_MAILED : M_BY_HAND);
	return ready < 0 ? -1 : 0;
}

int page_invite(struct page *p, struct err *e)
{
	view_set(p->view, M_TITLE, "Invite a person");
	view_set(p->view, M_INVITE_DAYS,
		page_count(p->svc.a, p->svc.cf->invite_days, "day", "days"));
	page_role_options(p, p->route->method == POST ? page_role_chosen(p) : ROLE_MEMBER);
	return page_link_way(p, e);
}

/* The address of the link is not shown here but on the page that follows, which can be loaded
 * again. */
int page_invite_post(struct page *p, struct err *e)
{
	struct link link;

	if (svc_account_invite(&p->svc, form_text(&p->form, "email"), form_text(&p->form, "name"),
		    page_role_chosen(p), p->token, &link, e) < 0)
		return page_refuse(p, e);
	page_done(p, url(p, "/settings/invitations/", link.id, ""), "invited");
	explicit_bzero(&link, sizeof(link));
	return 0;
}

/* The open invitation or reset link of this page. */
static int invitation(struct page *p, struct invitation *v, struct err *e)
{
	int rc = store_invitation_get(p->svc.db, p->svc.a, p->svc.who.account, p->id, v, e);

	if (rc < 0)
		return -1;
	if (rc == 0)
		return ERR(e, ERR_MISSING, NULL, "no link %" PRId64 " in the account", p->id);
	if (v->used || v->expires <= clock_now())
		return ERR(e, ERR_GONE,
			"It has been used, or it has ended. The audit log says which.",
			"link %" PRId64 " is not open", p->id);
	return 0;
}

const char *page_mail_say(struct page *p, const struct mail *m)
{
	static const char *const words[MAIL__MAX] = {
		[MAIL_QUEUED] = "It is being sent to %s by mail.",
		[MAIL_SENT] = "It was sent to %s by mail.",
		[MAIL_FAILED] = "It could not be sent to %s by mail. Hand it over yourself.",
		[MAIL_DROPPED] = "It was not sent to %s by mail. Hand it over yourself.",
	};
	const char *words_of = words[m->state];
	const char *name = strstr(words_of, "%s");

	return arena_printf(p->svc.a, "%.*s%s%s%s%s", (int)(name - words_of), words_of, m->email,
		name + 2, m->problem[0] ? " " : "", m->problem);
}

/* Whoever made the link hands it over when no mail does. */
static int show_mail(struct page *p, const struct invitation *v, struct err *e)
{
	struct mail m;
	int rc = svc_mail_of_link(&p->svc, v, &m, e);

	if (rc > 0) {
		view_show(p->view, M_MAILED);
		view_set(p->view, M_MAIL_SAY, page_mail_say(p, &m));
	}
	if (rc == 0 || m.state > MAIL_SENT)
		view_show(p->view, M_BY_HAND);
	return rc < 0 ? -1 : 0;
}

int page_invitation(struct page *p, struct err *e)
{
	struct invitation v, again;
	struct link link;
	const char *who;
	int rc;

	if (invitation(p, &v, e) < 0)
		return -1;
	rc = svc_account_link_again(&p->svc, p->id, p->token, &again, &link, e);
	if (rc < 0 && e->code != ERR_MISSING)
		return -1;
	if (show_mail(p, &v, e) < 0)
		return -1;
	view_show(p->view, rc == 0 ? M_SHOWN : M_HIDDEN);
	view_set(p->view, M_LINK_URL, rc == 0 ? svc_account_link_url(&p->svc, &link) : "");
	explicit_bzero(&link, sizeof(link));
	who = page_name(v.name, v.email);
	view_set(p->view, M_TITLE, arena_printf(p->svc.a, "%s for %s", kinds[v.kind], who));
	view_set(p->view, M_PERSON_NAME, who);
	view_set(p->view, M_PERSON_EMAIL, v.email);
	view_set(p->view, M_PERSON_ROLE, page_role(v.role));
	view_set(p->view, M_INVITATION_BY, by_of(&v));
	view_set(p->view, M_AGAIN_URL, url(p, "/settings/invitations/", p->id, "/again"));
	view_set(p->view, M_REVOKE_URL, url(p, "/settings/invitations/", p->id, "/revoke"));
	page_time(p->view, M_CREATED_ISO, M_CREATED, v.created, p->svc.a);
	page_time(p->view, M_INVITATION_ENDS_ISO, M_INVITATION_ENDS, v.expires, p->svc.a);
	return 0;
}

/* A new link of the same kind; the old one ends with it. */
int page_reinvite_post(struct page *p, struct err *e)
{
	struct invitation v;
	struct link link;
	int rc;

	if (invitation(p, &v, e) < 0)
		return -1;
	rc = v.kind == LINK_RESET ? svc_account_reset(&p->svc, v.member, p->token, &link, e)
				  : svc_account_reinvite(&p->svc, p->id, p->token, &link, e);
	if (rc < 0)
		return page_refuse(p, e);
	page_done(p, url(p, "/settings/invitations/", link.id, ""), "again");
	explicit_bzero(&link, sizeof(link));
	return 0;
}

int page_revoke_post(struct page *p, struct err *e)
{
	if (svc_account_revoke(&p->svc, p->id, e) < 0)
		return page_refuse(p, e);
	page_done(p, "/settings/admins", "revoked");
	return 0;
}
