/* Page_switch: from the connection in use to another one, and back: what waits, what was in use
 * before, both beside each other, and the two buttons.
 *
 * Rules: a form carries both rows as the page has shown them, so that nobody switches to or from
 * something else. What it says of members is for the trial to say; here are settings alone.
 */
#include "page_layout.h"

#include <inttypes.h>
#include <string.h>
#include "platform/str.h"
#include "service/svc_trial.h"

enum { HTTPS_PORT = 443 };

static const char *name_of(struct page *p, const struct connection *c)
{
	return arena_printf(p->svc.a, "%s as %s", page_method_name(c->method), c->mailbox);
}

static void hidden(struct page *p, enum marker m, int64_t n)
{
	if (n)
		view_set(p->view, m, arena_printf(p->svc.a, "%" PRId64, n));
}

static void rows(struct page *p, const struct svc_sides *s)
{
	hidden(p, M_SIDE_LIVE, s->live.id);
	hidden(p, M_SIDE_LIVE_REV, s->live.rev);
	hidden(p, M_SIDE_DRAFT, s->draft.id);
	hidden(p, M_SIDE_DRAFT_REV, s->draft.rev);
	view_set(p->view, M_SIDE_VERSION, s->version);
	hidden(p, M_SIDE_FORMER, s->former.id);
	hidden(p, M_SIDE_FORMER_REV, s->former.rev);
}

void page_switch_sides(struct page *p, const struct svc_sides *s)
{
	rows(p, s);
	if (s->proved) {
		view_show(p->view, M_SIDE_READY);
		view_set(p->view, M_SIDE_NEW, name_of(p, &s->draft));
	} else if (s->live.id && s->draft.id) {
		view_show(p->view, M_SIDE_WAITS);
	}
	view_show(p->view, s->live.id ? M_SIDE_IN_USE : M_SIDE_NONE);
	if (!s->former.id)
		return;
	view_show(p->view, s->live.id ? M_SIDE_BACK : M_SIDE_GONE);
	view_set(p->view, M_SIDE_OLD, name_of(p, &s->former));
	view_set(p->view, M_SIDE_BY, page_by(s->former.edited_by));
	page_time(p->view, M_SIDE_AT_ISO, M_SIDE_AT, s->former.staged_at, p->svc.a);
	page_time(p->view, M_SIDE_UNTIL_ISO, M_SIDE_UNTIL, s->back_until, p->svc.a);
}

/* --- beside each other --- */

static const char none[] = "None";

static const char *text_of(const char *text)
{
	return str_empty(text) ? none : text;
}

static const char *server_of(struct page *p, const struct connection *c)
{
	return c->port == HTTPS_PORT ? text_of(c->host)
				     : arena_printf(p->svc.a, "%s:%" PRId64, c->host, c->port);
}

static const char *kind_of(const struct connection *c)
{
	return strcmp(c->kind, "office365") == 0 ? "Office 365 through EWS" : "Exchange server";
}

static const char *signin_of(const struct connection *c)
{
	return strcmp(c->signin, "app") == 0	  ? "The application alone"
		: strcmp(c->signin, "user") == 0  ? "The mailbox, with Microsoft"
		: strcmp(c->signin, "ntlm") == 0  ? "Password, NTLM"
		: strcmp(c->signin, "basic") == 0 ? "Password, Basic"
						  : "Password";
}

/* What neither has is no line. */
static void line(struct page *p, const char *name, const char *from, const char *to)
{
	struct view *row;

	if (strcmp(from, none) == 0 && strcmp(to, none) == 0)
		return;
	row = view_add(p->view, M_SIDE_LINE);
	view_set(row, M_LINE_NAME, name);
	view_set(row, M_LINE_FROM, from);
	view_set(row, M_LINE_TO, to);
	if (strcmp(from, to) != 0)
		view_show(row, M_LINE_OTHER);
}

void page_switch_beside(struct page *p, const struct connection *from, const struct connection *to)
{
#define SIDE(of) from->id ? (of(from)) : none, of(to)
#define TEXT(member) from->id ? text_of(from->member) : none, text_of(to->member)
	line(p, "Method", from->id ? page_method_name(from->method) : none,
		page_method_name(to->method));
	line(p, "Mailbox", TEXT(mailbox));
	line(p, "Kind of server", SIDE(kind_of));
	line(p, "Server", from->id ? server_of(p, from) : none, server_of(p, to));
	line(p, "Signs in", SIDE(signin_of));
	line(p, "Sign-in name", TEXT(login));
	line(p, "Application", TEXT(client_id));
	line(p, "Proxy", TEXT(proxy));
#undef SIDE
#undef TEXT
}

/* What was tried so far; its page has the members. */
static void tried(struct page *p, const struct svc_trial *t)
{
	if (t->tried == 0) {
		view_show(p->view, M_TRIED_NONE);
		return;
	}
	view_show(p->view, M_TRIED_SOME);
	view_set(p->view, M_TRIAL_SAY, svc_trial_say(p->svc.a, t));
	view_set(p->view, M_TRIED_SAY,
		arena_printf(p->svc.a, "%s of %s", page_number(p->svc.a, t->tried),
			page_count(p->svc.a, t->all, "member", "members")));
}

int page_switch(struct page *p, struct err *e)
{
	struct page_way way;
	struct svc_trial t;

	if (page_connection_tabs(p, &way, e) < 0 || svc_trial_read(&p->svc, &t, e) < 0)
		return -1;
	tried(p, &t);
	view_set(p->view, M_TITLE, "Switch the connection");
	page_switch_sides(p, &way.sides);
	if (way.sides.proved)
		page_switch_beside(p, &way.sides.live, &way.sides.draft);
	if (!way.sides.proved && !way.sides.draft.id && !way.sides.former.id)
		view_show(p->view, M_SIDE_NOTHING);
	if (way.sides.draft.id && !way.sides.proved)
		view_show(p->view, M_SIDE_UNPROVED);
	return 0;
}

static struct svc_switch typed(struct page *p)
{
	return (struct svc_switch){ .to = form_num(&p->form, "from"),
		.rev = form_num(&p->form, "rev"),
		.live = form_num(&p->form, "live"),
		.live_rev = form_num(&p->form, "live_rev") };
}

int page_switch_post(struct page *p, struct err *e)
{
	struct svc_switch w = typed(p);

	w.version = form_text(&p->form, "version");
	if (svc_switch(&p->svc, &w, e) < 0)
		return page_refuse(p, e);
	page_done(p, "/overview", "switched");
	return 0;
}

int page_back_post(struct page *p, struct err *e)
{
	const struct svc_switch w = typed(p);

	if (svc_switch_back(&p->svc, &w, e) < 0)
		return page_refuse(p, e);
	page_done(p, "/overview", "back");
	return 0;
}
