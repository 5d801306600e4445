/* Page_replace: another dedicated mailbox, or a new address of the same one.
 *
 * Rules: first the address, by GET, so that the page can name both before a secret is typed; then
 * the secret, which makes a draft beside the live connection. What must be granted again is a row
 * of a table, by method and by what has happened; whom that concerns is said in numbers. Nothing
 * here changes what is in use.
 */
#include "page_impact.h"

#include <string.h>
#include "platform/str.h"
#include "routes.h"

enum { RENAMED = 1, OTHER = 2 };

/* What somebody must do again, or need not. */
static const struct again {
	const char *method; /* "" = any */
	int what;	    /* bits */
	int cloud;	    /* 1 only Office 365, 0 only Exchange, -1 both */
	const char *who;
	const char *say;
} agains[] = {
	{ "", RENAMED, -1, "Nobody",
		"Nothing must be granted again: Exchange keeps every right with the account, not "
		"with its address." },
	{ "delegate", RENAMED, -1, "Nobody",
		"Members who shared their calendar need not do it again. Invitations that are sent "
		"on behalf show the new name." },
	{ "impersonation", RENAMED, -1, "Nobody",
		"The right to impersonate stays with the account, and so does its scope." },
	{ "", OTHER, -1, "Exchange admin",
		"Make the new mailbox, and let it stay empty. It must be an ordinary mailbox that "
		"can sign in." },
	{ "delegate", OTHER, -1, "Each member",
		"Share the calendar with the new mailbox, as with the old one. Nobody’s calendar "
		"opens before." },
	{ "delegate", OTHER, -1, "Exchange admin",
		"May do that for all members at once, instead of them. Where invitations are sent "
		"on behalf, grant that to the new mailbox, too." },
	{ "impersonation", OTHER, 0, "Exchange admin",
		"Give the new mailbox the role ApplicationImpersonation with the same scope, and "
		"take it from the old one." },
	{ "impersonation", OTHER, 1, "Entra admin",
		"Nothing, if the application stays the same: the permission is the application’s. "
		"Where an access policy names the mailbox, add the new one." },
	{ "dedicated", OTHER, -1, "Nobody",
		"Members’ busy time is what everybody in the organisation sees; nothing is granted "
		"to the mailbox." },
	{ "personal", OTHER, -1, "Nobody", "Members go on with their own sign-ins." },
	{ "", OTHER, -1, "Account admin",
		"Take the rights from the old mailbox once the new one is in use. Bookings that "
		"the old one made stay where they are; they are not moved." },
};

static int what_of(const struct page *p)
{
	return strcmp(form_text(&p->form, "what"), "renamed") == 0 ? RENAMED : OTHER;
}

static void list(struct page *p, const struct connection *live, int what)
{
	const int cloud = strcmp(live->kind, "office365") == 0;
	const struct again *g = agains;
	struct view *row;

	for (; g < agains + sizeof(agains) / sizeof(*agains); g++) {
		if ((*g->method && strcmp(g->method, live->method) != 0) || !(g->what & what) ||
			(g->cloud >= 0 && g->cloud != cloud))
			continue;
		row = view_add(p->view, M_GRANT);
		view_set(row, M_GRANT_WHO, g->who);
		view_set(row, M_GRANT_SAY, g->say);
		view_set(row, M_GRANT_CLASS, strcmp(g->who, "Nobody") == 0 ? "is-ok" : "is-action");
		view_set(row, M_GRANT_ICON, strcmp(g->who, "Nobody") == 0 ? "ok" : "person");
	}
}

/* The address is the one of now: nothing is replaced. */
static int is_same(struct page *p, const struct connection *live)
{
	if (strcmp(form_text(&p->form, "mailbox"), live->mailbox) != 0)
		return 0;
	form_fail(&p->form, "mailbox", "This is the address it has now. Enter the new one.");
	return 1;
}

/* What has happened, and the address. */
static void first(struct page *p)
{
	view_show(p->view, M_FIRST);
	if (strcmp(form_text(&p->form, "what"), "other") == 0)
		view_show(p->view, M_IS_OTHER);
	else
		view_show(p->view, M_IS_RENAMED);
}

/* How many have to share again, or need not. */
static const char *concerns(struct page *p, const struct connection *live, int what, int64_t all)
{
	const char *many = page_count(p->svc.a, all, "member", "members");

	if (what == OTHER && strcmp(live->method, "delegate") == 0)
		return arena_printf(p->svc.a,
			"%s: each of them, or the Exchange admin with a script for all, shares the "
			"calendar with the new mailbox. Until then the new one does not open it.",
			many);
	return arena_printf(p->svc.a, "0 of %s have to do anything.%s", many,
		what == OTHER && strcmp(live->method, "impersonation") == 0
			? " It is the role, or the permission, that must reach the new mailbox."
			: "");
}

static int impact(struct page *p, const struct connection *live, int what, struct err *e)
{
	const struct roster_pick who = { .f = roster_all(p->svc.who.account, MEMBER_PERSON) };
	struct page_impact_who w;
	int64_t works;

	if (page_impact_read(p, &who, &w, e) < 0)
		return -1;
	works = w.n[STATUS_CONNECTED] + w.n[STATUS_LIMITED];
	page_impact_counts(p, w.n, "/members");
	page_impact_say(p, IMPACT_ENDS, concerns(p, live, what, w.total - w.n[STATUS_OFF]));
	page_impact_say(p, IMPACT_GOES_ON,
		arena_printf(p->svc.a,
			"Nothing changes until you switch. %s stays in use, and the %s that work "
			"today "
			"go on, while the new one is entered, proved and tried.",
			live->mailbox, page_number(p->svc.a, works)));
	page_impact_say(p, IMPACT_GOES_ON, "Members, bookings and history.");
	page_impact_say(p, IMPACT_UNDO,
		"Before the switch: throw away what was entered. After it: switch back, for 7 "
		"days.");
	return 0;
}

/* Both addresses, what it takes, and the secret. */
static int second(struct page *p, const struct connection *live, struct err *e)
{
	const char *signin = live->signin;
	const int what = what_of(p), user = strcmp(signin, "user") == 0;

	view_show(p->view, M_SECOND);
	view_set(p->view, M_TITLE, "Enter the new mailbox");
	view_set(p->view, M_WHAT, form_text(&p->form, "what"));
	view_set(p->view, M_TO, form_text(&p->form, "mailbox"));
	view_show(p->view, what == RENAMED ? M_IS_RENAMED : M_IS_OTHER);
	list(p, live, what);
	if (strcmp(live->kind, "office365") == 0) {
		view_show(p->view, user ? M_BY_MICROSOFT : M_BY_CERTIFICATE);
		view_show(p->view, M_WITH_END);
	} else {
		view_show(p->view, M_WITH_PASSWORD);
	}
	if (p->route->method == GET)
		view_set(p->view, M_V_LOGIN, what == RENAMED ? live->login : "");
	return impact(p, live, what, e);
}

int page_replace(struct page *p, struct err *e)
{
	const struct connection *live;
	struct page_way way;

	if (page_connection_tabs(p, &way, e) < 0)
		return -1;
	live = &way.both.live;
	view_set(p->view, M_TITLE, "Replace the mailbox");
	view_set(p->view, M_FROM_MAILBOX, live->mailbox);
	if (live->id)
		view_show(p->view, M_NOW_MAILBOX);
	if (!live->id || way.both.draft.id) {
		view_show(p->view, live->id ? M_DRAFT : M_NO_CONNECTION);
		return 0;
	}
	page_connection_base(p, live);
	if (*form_text(&p->form, "mailbox") && *form_text(&p->form, "what") && !is_same(p, live) &&
		(p->route->method == POST || !p->form.errors))
		return second(p, live, e);
	first(p);
	return 0;
}

/* Everything of the live one but the mailbox, who signs in, and with what. */
static int save(struct page *p, const struct connection *live, struct err *e)
{
	const struct secret *typed = form_secret(&p->form, "secret");
	const int user = strcmp(live->signin, "user") == 0;
	struct svc_secrets sec = { .expires = page_client_secret_end(p) };
	struct connection c = *live;
	int64_t job;

	c.id = form_num(&p->form, "from");
	c.rev = form_num(&p->form, "rev");
	c.mailbox = form_text(&p->form, "mailbox");
	if (strcmp(c.kind, "office365") != 0)
		c.login = form_text(&p->form, "login");
	sec.later = !user && form_num(&p->form, "later");
	if (secret_len(typed) && !sec.later) {
		sec.client = user ? typed : NULL;
		sec.secret = user ? NULL : typed;
	}
	if (svc_connection_enter(&p->svc, &c, &sec, &job, e) < 0) {
		if (e->code != ERR_FORM)
			return page_refuse(p, e);
		form_fail(&p->form, "secret", "%s", e->say);
		return -1;
	}
	response_redirect(p->rs,
		job ? arena_printf(p->svc.a, "/connection/test/%lld", (long long)job)
			: sec.later ? "/connection/certificate"
				    : "/connection/microsoft");
	return 0;
}

int page_replace_post(struct page *p, struct err *e)
{
	struct svc_connections both;

	if (svc_connection_both(&p->svc, &both, e) < 0)
		return -1;
	if (!both.live.id || both.draft.id)
		return page_replace(p, e);
	is_same(p, &both.live);
	if (strcmp(both.live.kind, "office365") == 0)
		page_check_client_secret(p);
	if (p->form.errors)
		return ERR(e, ERR_FORM, NULL, "%d fields", p->form.errors);
	return save(p, &both.live, e);
}
