/* Page_connection: the connection's pages: where to go, the choice of server kind and method, and
 * throwing away what was entered.
 *
 * Rules: what is said of a method is one row of a table, for both kinds of server; the page shows
 * both where it does not know which one it is for. A form carries the row and revision it was made
 * from, so that of two admins the second is told.
 */
#include "page_layout.h"

#include <inttypes.h>
#include <string.h>
#include "platform/clock.h"
#include "platform/str.h"
#include "routes.h"

enum { DAY = 86400 };

/* --- what all its pages begin with --- */

/* When a tab is there. */
enum when { ALWAYS, CHOSEN, READY, SIDES, BESIDE, LIVE };

/* The tabs, each with the pages below it. */
static const struct tab {
	const char *url;
	const char *name;
	enum when when;
	const char *below[4];
} tabs[] = {
	{ "/connection/method", "Method", ALWAYS, { NULL } },
	{ "/connection/credentials", "Credentials", CHOSEN,
		{ "/connection/certificate", "/connection/microsoft", "/connection/discard",
			NULL } },
	{ "/connection/test", "Test", READY,
		{ "/connection/pause", "/connection/disconnect", NULL } },
	{ "/connection/trial", "Compare", BESIDE, { NULL } },
	{ "/connection/switch", "Switch", SIDES, { "/connection/back", NULL } },
	{ "/connection/rotate", "Change password", LIVE,
		{ "/connection/erase", "/connection/replace", NULL } },
	{ "/scripts", "Exchange admin script", CHOSEN, { NULL } },
	{ "/boundaries", "Boundaries", LIVE, { NULL } },
	{ "/connection/look", "Look at a server", ALWAYS, { NULL } },
};

/* Is a path this one, or below it? */
static int within(const char *path, const char *part)
{
	size_t n = strlen(part);

	return strncmp(path, part, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

static int is_here(const struct tab *t, const char *path)
{
	size_t i = 0;

	while (t->below[i] && !within(path, t->below[i]))
		i++;
	return t->below[i] != NULL || within(path, t->url);
}

static int is_there(const struct page_way *way, enum when when)
{
	switch (when) {
	case CHOSEN:
		return way->base != NULL;
	case READY:
		return way->ready || way->both.live.id;
	case SIDES:
		return way->sides.proved || way->sides.former.id;
	case BESIDE:
		return way->both.live.id && (way->sides.proved || way->sides.former.id);
	case LIVE:
		return way->both.live.id != 0;
	default:
		return 1;
	}
}

/* An application has no password. The open tab is there even when nothing is live. */
static const char *name_of(const struct page_way *way, const struct tab *t)
{
	if (t->when == LIVE && way->both.live.id && strcmp(t->url, "/connection/rotate") == 0 &&
		strcmp(way->both.live.kind, "office365") == 0)
		return "Change secret";
	return t->name;
}

static int way_find(struct page *p, struct page_way *out, struct err *e)
{
	if (svc_switch_sides(&p->svc, &out->sides, e) < 0)
		return -1;
	out->both.live = out->sides.live;
	out->both.draft = out->sides.draft;
	out->base = svc_connection_base(&out->both);
	out->ready = out->base ? svc_connection_ready(&p->svc, out->base, e) : 0;
	return out->ready < 0 ? -1 : 0;
}

int page_connection_tabs(struct page *p, struct page_way *out, struct err *e)
{
	struct view *row;

	if (way_find(p, out, e) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(tabs) / sizeof(*tabs); i++) {
		if (!is_there(out, tabs[i].when) && !is_here(&tabs[i], p->rq->path))
			continue;
		row = view_add(p->view, M_TAB);
		view_set(row, M_TAB_URL, tabs[i].url);
		view_set(row, M_TAB_NAME, name_of(out, &tabs[i]));
		if (is_here(&tabs[i], p->rq->path))
			view_show(row, M_TAB_HERE);
	}
	return 0;
}

void page_connection_base(struct page *p, const struct connection *base)
{
	if (!base)
		return;
	view_show(p->view, M_BASE);
	view_set(p->view, M_BASE_FROM, arena_printf(p->svc.a, "%" PRId64, base->id));
	view_set(p->view, M_BASE_REV, arena_printf(p->svc.a, "%" PRId64, base->rev));
}

/* To the step that is next. */
int page_connection(struct page *p, struct err *e)
{
	struct page_way way;

	if (way_find(p, &way, e) < 0)
		return -1;
	response_redirect(p->rs,
		!way.base	     ? "/connection/method"
			: !way.ready ? "/connection/credentials"
				     : "/connection/test");
	return 0;
}

/* --- kind and method --- */

/* For an Exchange server, and for Office 365. */
enum { EXCHANGE, OFFICE, KINDS };

static const struct method_row {
	const char *code;
	const char *name;
	const char *say;
	enum marker sketch;
	const char *booked;
	const char *invites;
	const char *reads;
	const char *writes;
	const char *member[KINDS];
	const char *admin[KINDS]; /* Exchange admin */
	const char *today[KINDS]; /* what Microsoft supports */
	const char *measured;	  /* what "connected" means */
	const char *ours[KINDS];  /* account admin */
} methods[] = {
	{ "personal", "Personal", "Each member connects with their own sign-in.", M_SKETCH_PERSONAL,
		"Member’s calendar", "Member", "Member’s busy time",
		"Bookings, in the member’s calendar",
		{ "Enters own sign-in", "Signs in with Microsoft" },
		{ "Nothing", "Registers the application and allows it EWS" },
		{ "The member’s own password, by Basic or NTLM",
			"The member signs in with Microsoft. Passwords do not work any more" },
		"Own sign-in accepted, own calendar opens with create rights",
		{ "Chooses the method, proves the server once",
			"Enters the application, signs in once" } },
	{ "dedicated", "Dedicated mailbox", "Everything is booked in one shared mailbox.",
		M_SKETCH_DEDICATED, "The dedicated mailbox", "The dedicated mailbox",
		"Members’ busy time, as everybody sees it",
		"Bookings, in the dedicated mailbox only", { "Nothing", "Nothing" },
		{ "Creates one mailbox", "Creates one mailbox, registers the application" },
		{ "The mailbox’s password",
			"It signs in with Microsoft once, or the application acts by itself" },
		"The mailbox exists and its busy time can be read",
		{ "Enters the mailbox’s credentials",
			"Enters the application, signs in as the mailbox" } },
	{ "delegate", "Dedicated mailbox with delegate access",
		"Members share their calendar with one mailbox.", M_SKETCH_DELEGATE,
		"Member’s calendar", "Member, on behalf", "Busy time of calendars that are shared",
		"Bookings, in calendars that are shared",
		{ "Shares the calendar once", "Shares the calendar once" },
		{ "Creates one mailbox; may share for all",
			"Creates one mailbox, registers the application; may share for all" },
		{ "The mailbox’s password, and delegate rights on each calendar",
			"It signs in with Microsoft once, and has delegate rights on each "
			"calendar" },
		"Calendar opens with read and create; change and delete of own bookings seen",
		{ "Enters the mailbox’s credentials",
			"Enters the application, signs in as the mailbox" } },
	{ "impersonation", "Dedicated mailbox with impersonation",
		"One mailbox may act in the calendars you list.", M_SKETCH_IMPERSONATION,
		"Member’s calendar", "Member",
		"Busy time of members in the scope. The right itself reaches their whole mailbox",
		"Bookings, in calendars in the scope", { "Nothing", "Nothing" },
		{ "Creates one mailbox, grants it impersonation for a named group",
			"Creates one mailbox, registers the application and limits it to a group" },
		{ "The mailbox’s password, and the role ApplicationImpersonation",
			"The application’s permission full_access_as_app. The role was removed in "
			"2025" },
		"An impersonated call opens the calendar; the level is measured",
		{ "Enters the mailbox’s credentials", "Enters the application" } },
};

const char *page_method_name(const char *method)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
		if (strcmp(methods[i].code, method) == 0)
			return methods[i].name;
	}
	return "";
}

static const char *const kinds[KINDS] = { "exchange", "office365" };

static void both_kinds(
	struct view *row, enum marker exchange, enum marker office, const char *const text[KINDS])
{
	view_set(row, exchange, text[EXCHANGE]);
	view_set(row, office, text[OFFICE]);
}

static void method(
	struct page *p, const struct method_row *m, const char *chosen, const char *in_use)
{
	struct view *row = view_add(p->view, M_METHOD);

	view_set(row, M_METHOD_CODE, m->code);
	view_set(row, M_METHOD_NAME, m->name);
	view_set(row, M_METHOD_SAY, m->say);
	view_show(row, m->sketch);
	view_set(row, M_METHOD_BOOKED, m->booked);
	view_set(row, M_METHOD_INVITES, m->invites);
	view_set(row, M_METHOD_READS, m->reads);
	view_set(row, M_METHOD_WRITES, m->writes);
	view_set(row, M_METHOD_MEASURED, m->measured);
	both_kinds(row, M_METHOD_MEMBER, M_METHOD_MEMBER_365, m->member);
	both_kinds(row, M_METHOD_ADMIN, M_METHOD_ADMIN_365, m->admin);
	both_kinds(row, M_METHOD_TODAY, M_METHOD_TODAY_365, m->today);
	both_kinds(row, M_METHOD_OURS, M_METHOD_OURS_365, m->ours);
	if (strcmp(m->code, chosen) == 0)
		view_show(row, M_METHOD_CHECKED);
	if (strcmp(m->code, in_use) == 0)
		view_show(row, M_METHOD_NOW);
}

/* How long EWS in Office 365 has to live, from the clock. */
static void countdown(struct page *p)
{
	int64_t now = clock_now(), days = (EWS_GONE_AT - now + DAY - 1) / DAY;

	if (now < EWS_GONE_AT) {
		view_show(p->view, M_EWS_LEFT);
		view_set(p->view, M_EWS_LEFT, page_count(p->svc.a, days, "day left", "days left"));
	} else {
		view_show(p->view, M_EWS_OVER);
	}
	view_show(p->view, now < EWS_OFF_AT ? M_EWS_OFF_SOON : M_EWS_OFF);
}

int page_method(struct page *p, struct err *e)
{
	const int typed = p->route->method == POST;
	const char *kind = kinds[EXCHANGE], *code = "";
	struct page_way way;

	if (page_connection_tabs(p, &way, e) < 0)
		return -1;
	if (typed || way.base) {
		kind = typed ? form_text(&p->form, "kind") : way.base->kind;
		code = typed ? form_text(&p->form, "method") : way.base->method;
	}
	view_set(p->view, M_TITLE, "Connection method");
	page_connection_base(p, way.base);
	if (strcmp(kind, kinds[EXCHANGE]) == 0)
		view_show(p->view, M_KIND_EXCHANGE);
	if (strcmp(kind, kinds[OFFICE]) == 0)
		view_show(p->view, M_KIND_OFFICE);
	if (way.both.live.id)
		view_show(p->view,
			strcmp(way.both.live.kind, kinds[OFFICE]) == 0 ? M_NOW_OFFICE
								       : M_NOW_EXCHANGE);
	if (way.both.live.id)
		view_show(p->view, M_LIVE);
	countdown(p);
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++)
		method(p, &methods[i], code, way.both.live.id ? way.both.live.method : "");
	return 0;
}

int page_method_post(struct page *p, struct err *e)
{
	const struct svc_choice choice = { .kind = form_text(&p->form, "kind"),
		.method = form_text(&p->form, "method"),
		.from = form_num(&p->form, "from"),
		.rev = form_num(&p->form, "rev") };
	struct page_way way;
	int64_t job;
	int lent;

	if (svc_connection_choose(&p->svc, &choice, &job, e) < 0)
		return page_refuse(p, e);
	if (way_find(p, &way, e) < 0 || (lent = svc_connection_lends(&p->svc, &way.both, e)) < 0)
		return -1;
	/* What is in use fits: it is proved, or only Microsoft's page is left. */
	if (job)
		response_redirect(p->rs, arena_printf(p->svc.a, "/connection/test/%" PRId64, job));
	else if (lent && strcmp(way.base->signin, "user") == 0)
		response_redirect(p->rs, "/connection/microsoft");
	else if (choice.from && way.base && way.base->id != choice.from &&
		way.base->stage == CONN_LIVE)
		page_done(p, "/connection/test", "method");
	else
		response_redirect(p->rs, "/connection/credentials");
	return 0;
}

/* --- throwing away --- */

int page_connection_over(struct page *p, const struct connection *c, struct err *e)
{
	struct credential cr;
	int rc = c ? svc_connection_waits(&p->svc, c, &cr, e) : 0;

	view_set(p->view, M_OVER, rc > 0 ? cr.version : "");
	return rc;
}

int page_discard(struct page *p, struct err *e)
{
	struct page_way way;
	int rc;

	if (page_connection_tabs(p, &way, e) < 0 || (rc = page_connection_over(p, way.base, e)) < 0)
		return -1;
	view_set(p->view, M_TITLE, "Throw away what was entered?");
	if (rc == 0 && !way.both.draft.id) {
		response_redirect(p->rs, "/connection");
		return 0;
	}
	page_connection_base(p, way.base);
	view_show(p->view, way.both.live.id ? M_LIVE : M_NO_LIVE);
	view_show(p->view, way.both.draft.id ? M_DRAFT : M_WAITS);
	return 0;
}

int page_discard_post(struct page *p, struct err *e)
{
	struct page_way way;

	if (svc_connection_discard(&p->svc, form_num(&p->form, "from"), form_num(&p->form, "rev"),
		    form_text(&p->form, "over"), e) < 0)
		return page_refuse(p, e);
	if (way_find(p, &way, e) < 0)
		return -1;
	page_done(p, way.base ? "/connection/credentials" : "/connection/method", "discarded");
	return 0;
}
