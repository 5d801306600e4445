/* Page_me: one's own sign-in: password, sessions, and how the pages look. */
#include "page_layout.h"

#include <inttypes.h>
#include <string.h>
#include "dispatch.h"
#include "platform/password.h"
#include "platform/str.h"

/* Words in a user agent, the telling ones first: most browsers also name their ancestors. */
static const struct word {
	const char *sign;
	const char *name;
} browsers[] = {
	{ "Edg", "Edge" },
	{ "OPR/", "Opera" },
	{ "Firefox/", "Firefox" },
	{ "Chrome/", "Chrome" },
	{ "Safari/", "Safari" },
	{ "curl/", "curl" },
}, systems[] = {
	{ "Android", "Android" },
	{ "iPhone", "iPhone" },
	{ "iPad", "iPad" },
	{ "Windows", "Windows" },
	{ "Mac OS", "Mac" },
	{ "CrOS", "ChromeOS" },
	{ "Linux", "Linux" },
};

/* The name of the first sign that the agent holds, or NULL. */
static const char *word_in(const char *agent, const struct word *w, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (strstr(agent, w[i].sign))
			return w[i].name;
	}
	return NULL;
}

/* "Firefox on Linux" */
static const char *browser(struct arena *a, const char *agent)
{
	const char *name = word_in(agent, browsers, sizeof(browsers) / sizeof(*browsers));
	const char *system = word_in(agent, systems, sizeof(systems) / sizeof(*systems));

	if (!name)
		name = "A browser";
	return system ? arena_printf(a, "%s on %s", name, system) : name;
}

/* The session that asks has no button: it ends by signing out. */
static void session_row(struct page *p, const struct session *s, const char *base, int who)
{
	struct view *row = view_add(p->view, M_SESSION);
	const char *by = browser(p->svc.a, s->agent);

	view_set(row, M_SESSION_WHO, who ? page_name(s->name, s->email) : by);
	view_set(row, M_SESSION_WHERE,
		who ? arena_printf(p->svc.a, "%s, %s", by, s->address) : s->address);
	view_set(row, M_SESSION_URL, arena_printf(p->svc.a, "%s/%" PRId64 "/end", base, s->id));
	view_show(row, s->id == p->session->s.id ? M_SESSION_THIS : M_SESSION_END);
	page_time(row, M_SESSION_SEEN_ISO, M_SESSION_SEEN, s->seen, p->svc.a);
	page_time(row, M_SESSION_SINCE_ISO, M_SESSION_SINCE, s->created, p->svc.a);
}

void page_session_rows(struct page *p, const struct session *list, int n, const char *base, int who)
{
	int i;

	for (i = 0; i < n; i++)
		session_row(p, &list[i], base, who);
	if (n > 1)
		view_show(p->view, M_OTHERS);
}

int page_my_security(struct page *p, struct err *e)
{
	struct session *list;
	struct member *of;
	int n = store_session_list(p->svc.db, p->svc.a, 0, p->session->user.id, &list, e);
	int accounts = store_member_of_user(p->svc.db, p->svc.a, p->session->user.id, &of, e);

	if (n < 0 || accounts < 0)
		return -1;
	if (accounts > 1)
		view_show(p->view, M_SWITCH);
	view_set(p->view, M_TITLE, "My security");
	view_set(p->view, M_SESSIONS, page_count(p->svc.a, n, "session", "sessions"));
	view_num(p->view, M_PASSWORD_MIN, PASSWORD_MIN);
	page_time(
		p->view, M_PASSWORD_AT_ISO, M_PASSWORD_AT, p->session->user.password_at, p->svc.a);
	page_session_rows(p, list, n, "/me/security/sessions", 0);
	return page_mails(p, &p->session->member, e);
}

int page_password_post(struct page *p, struct err *e)
{
	const struct secret *next = form_secret(&p->form, "password");
	const char *weak = password_weak(next, p->session->user.email);
	char token[SEAL_TOKEN_HEX + 1];

	if (weak)
		form_fail(&p->form, "password", "%s", weak);
	else if (!secret_same(next, form_secret(&p->form, "again")))
		form_fail(&p->form, "again", "The two are not the same. Enter both again.");
	if (p->form.errors)
		return ERR(e, ERR_FORM, NULL, "new password refused");
	if (svc_signin_password(&p->svc, p->session, form_secret(&p->form, "old"), next, token, e) <
		0)
		return page_refuse(p, e);
	dispatch_cookie(p, token);
	explicit_bzero(token, sizeof(token));
	page_done(p, "/me/security", "password");
	return 0;
}

int page_my_session_end_post(struct page *p, struct err *e)
{
	if (svc_signin_end(&p->svc, p->id, 0, e) < 0)
		return -1;
	page_done(p, "/me/security", "ended");
	return 0;
}

int page_my_sessions_end_post(struct page *p, struct err *e)
{
	if (svc_signin_end_all(&p->svc, p->session->s.id, 0, e) < 0)
		return -1;
	page_done(p, "/me/security", "endedall");
	return 0;
}

/* Not in the audit log: how the pages look is nobody's business. */
int page_theme_post(struct page *p, struct err *e)
{
	const char *next = form_text(&p->form, "next");

	if (store_user_theme(p->svc.db, p->session->user.id, form_text(&p->form, "theme"), e) < 0)
		return -1;
	response_redirect(p->rs, *next ? next : "/overview");
	return 0;
}
