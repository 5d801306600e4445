/* Page_layout: what every page shows around its content, and what the handlers share.
 *
 * Rules: nothing here asks the store, so that an error page can be shown when the store is away. A
 * secret never goes back into a field. Confirmations are a table of codes: text from an address is
 * never shown.
 */
#include "page_layout.h"

#include <inttypes.h>
#include <string.h>
#include "platform/clock.h"
#include "platform/log.h"
#include "platform/str.h"
#include "assets.h"
#include "routes.h"

enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

enum { SEE_MEMBER = 1 << ROLE_MEMBER, SEE_ADMIN = 1 << ROLE_ADMIN };

/* The menu. It shows only what is there and what the role may open. */
static const struct nav {
	const char *url;
	const char *icon;
	const char *name;
	int see;      /* bits of roles */
	int gap;      /* a line above */
	size_t count; /* where in the session's view it says how many; 0 = nowhere */
} navs[] = {
	{ "/overview", "overview", "Overview", SEE_ADMIN, 0, 0 },
	{ "/connection", "plug", "Connection", SEE_ADMIN, 0, 0 },
	{ "/members", "people", "Members", SEE_ADMIN, 0,
		offsetof(struct session_view, account.people) },
	{ "/rooms", "door", "Rooms", SEE_ADMIN, 0, offsetof(struct session_view, rooms) },
	{ "/audit", "audit", "Audit log", SEE_ADMIN, 1, 0 },
	{ "/settings", "settings", "Settings", SEE_ADMIN, 0, 0 },
	{ "/me", "plug", "My connection", SEE_MEMBER, 0, 0 },
	{ "/me/security", "key", "My security", SEE_MEMBER, 0, 0 },
};

/* What was done, by the code that a redirect carries as ?done=. */
static const struct page_option dones[] = {
	{ "added", "They are members now. Each is looked at within a minute." },
	{ "addednone", "Nobody was added: all of them were members already." },
	{ "addedone", "The member is added. The calendar is looked at soon." },
	{ "again", "A new link is made. The old one has ended." },
	{ "back", "Back. All work goes the way that it went before." },
	{ "boundary", "What is intended is saved." },
	{ "boundarytry", "The mailbox outside is tried now." },
	{ "bulk", "It is on its way. The list says how far it has come." },
	{ "bulkstopped", "The change is told to stop. What is done stays done." },
	{ "check", "The check is on its way. Verdicts arrive in the list as they come." },
	{ "checkstopped", "The check is told to stop. Verdicts that came stay." },
	{ "checking", "The check is asked for. The engine begins within seconds." },
	{ "disconnected", "Disconnected. For 7 days it can be undone." },
	{ "discarded", "What was entered is thrown away." },
	{ "edited", "What you changed is saved." },
	{ "ended", "The session has ended." },
	{ "endedall", "All other sessions have ended." },
	{ "invited", "The invitation link is made." },
	{ "erased", "The former secret is erased." },
	{ "importstopped", "The import is told to stop." },
	{ "joined", "You belong to this account now." },
	{ "method", "This method is in use. What was entered beside it is thrown away." },
	{ "off", "Deactivated. The calendar is not looked at any more." },
	{ "on", "Activated. The calendar is looked at soon." },
	{ "out", "You are signed out." },
	{ "password", "The password is changed. Everywhere else you are signed out." },
	{ "paused", "The connection is paused. No calls are made until somebody resumes it." },
	{ "notify", "Saved. It holds from the next mail on." },
	{ "policy", "The times are saved." },
	{ "ran",
		"Thank you. Latchkey looks at those calendars now, and the account admins see "
		"it." },
	{ "ranlater", "Thank you. The account admins see that it has run." },
	{ "reading", "The room lists are read now." },
	{ "remind", "Those of them who must act are reminded. The list says how many." },
	{ "reminded", "The reminder is on its way." },
	{ "removed", "The person is removed." },
	{ "reset", "The link for a new password is made." },
	{ "resumed", "The connection is resumed. The engine looks at it now." },
	{ "revoked", "The link has ended." },
	{ "role", "The role is saved." },
	{ "room", "What you entered about the room is saved." },
	{ "roomadded", "The room is added. It is looked at within a minute." },
	{ "roomremoved", "The room is removed." },
	{ "shared", "The link is made." },
	{ "stopped", "The look is told to stop." },
	{ "switched", "Switched. What was in use is kept for 7 days: so long you can go back." },
	{ "unsigned", "Your sign-in is removed. Latchkey cannot open your calendar any more." },
	{ "thrown", "The list is thrown away. Nobody was changed." },
	{ "teststopped", "The test is told to stop." },
	{ "trial", "The trial is on its way. Nothing changes for members." },
	{ "trialstopped", "The trial is told to stop. What was seen stays." },
	{ "withdrawn", "The link has ended. Whoever has it cannot see the script any more." },
};

/* The markers of a form field; M__MAX: the page shows no such thing. */
static const struct shown {
	const char *name;
	enum marker value;
	enum marker error;
} shown[] = {
	{ "absolute", M__MAX, M_E_ABSOLUTE },
	{ "addresses", M_V_ADDRESSES, M_E_ADDRESSES },
	{ "again", M__MAX, M_E_AGAIN },
	{ "authority", M_V_AUTHORITY, M_E_AUTHORITY },
	{ "ca", M_V_CA, M_E_CA },
	{ "ca_file", M__MAX, M_E_CA_FILE },
	{ "calendar", M_V_CALENDAR, M_E_CALENDAR },
	{ "client_id", M_V_CLIENT_ID, M_E_CLIENT_ID },
	{ "columns", M_V_COLUMNS, M_E_COLUMNS },
	{ "email", M_V_EMAIL, M_E_EMAIL },
	{ "expires", M_V_EXPIRES, M_E_EXPIRES },
	{ "file", M__MAX, M_E_FILE },
	{ "find", M__MAX, M_E_FIND },
	{ "host", M_V_HOST, M_E_HOST },
	{ "idle", M__MAX, M_E_IDLE },
	{ "kind", M__MAX, M_E_KIND },
	{ "level", M__MAX, M_E_LEVEL },
	{ "list", M_V_LIST, M_E_LIST },
	{ "login", M_V_LOGIN, M_E_LOGIN },
	{ "mailbox", M_V_MAILBOX, M_E_MAILBOX },
	{ "message", M_V_MESSAGE, M_E_MESSAGE },
	{ "method", M__MAX, M_E_METHOD },
	{ "name", M_V_NAME, M_E_NAME },
	{ "old", M__MAX, M_E_OLD },
	{ "outside", M_V_OUTSIDE, M_E_OUTSIDE },
	{ "password", M__MAX, M_E_PASSWORD },
	{ "person", M_V_PERSON, M_E_PERSON },
	{ "place", M_V_PLACE, M_E_PLACE },
	{ "port", M_V_PORT, M_E_PORT },
	{ "proof", M__MAX, M_E_PROOF },
	{ "proxy", M__MAX, M_E_PROXY },
	{ "q", M_V_Q, M_E_Q },
	{ "role", M__MAX, M_E_ROLE },
	{ "sample", M_V_SAMPLE, M_E_SAMPLE },
	{ "seats", M_V_SEATS, M_E_SEATS },
	{ "secret", M__MAX, M_E_SECRET },
	{ "server", M_V_SERVER, M_E_SERVER },
	{ "signin", M__MAX, M_E_SIGNIN },
	{ "status", M__MAX, M_E_STATUS },
	{ "tenant", M_V_TENANT, M_E_TENANT },
	{ "text", M_V_TEXT, M_E_TEXT },
	{ "until", M_V_UNTIL, M_E_UNTIL },
	{ "what", M__MAX, M_E_WHAT },
	{ "who", M__MAX, M_E_WHO },
	{ "why", M_V_WHY, M_E_WHY },
};

const char *page_role(enum role role)
{
	return role == ROLE_ADMIN ? "Account admin" : "Member";
}

/* Written by hand, since a number inside a sentence is not a marker of its own. */
const char *page_number(struct arena *a, int64_t n)
{
	int64_t millions = n / 1000000, thousands = n / 1000 % 1000, rest = n % 1000;

	if (millions)
		return arena_printf(
			a, "%" PRId64 ",%03" PRId64 ",%03" PRId64, millions, thousands, rest);
	if (thousands)
		return arena_printf(a, "%" PRId64 ",%03" PRId64, thousands, rest);
	return arena_printf(a, "%" PRId64, rest);
}

const char *page_count(struct arena *a, int64_t n, const char *one, const char *many)
{
	return arena_printf(a, "%s %s", page_number(a, n), n == 1 ? one : many);
}

const char *page_span(struct arena *a, int64_t seconds)
{
	if (seconds >= DAY && seconds % DAY == 0)
		return page_count(a, seconds / DAY, "day", "days");
	if (seconds >= HOUR && seconds % HOUR == 0)
		return page_count(a, seconds / HOUR, "hour", "hours");
	if (seconds >= MINUTE && seconds % MINUTE == 0)
		return page_count(a, seconds / MINUTE, "minute", "minutes");
	return page_count(a, seconds, "second", "seconds");
}

const char *page_name(const char *name, const char *email)
{
	return str_empty(name) ? email : name;
}

void page_address(struct view *row, struct arena *a, const char *email)
{
	const char *at = strchr(email, '@');
	const size_t local = at ? (size_t)(at - email) : strlen(email);

	view_set(row, M_ROW_LOCAL, arena_strndup(a, email, local));
	view_set(row, M_ROW_DOMAIN, email + local);
}

const char *page_by(const char *name)
{
	return str_empty(name) ? "Ops" : name;
}

void page_time(struct view *v, enum marker iso, enum marker text, int64_t t, struct arena *a)
{
	enum { ROOM = 40 };
	char *words = arena_alloc(a, ROOM);

	clock_iso(words, ROOM, t);
	view_set(v, iso, words);
	clock_text(words, ROOM, t);
	view_set(v, text, words);
}

void page_when(struct view *v, enum marker at, enum marker iso, int64_t t, struct arena *a)
{
	if (!t)
		return;
	view_show(v, at);
	page_time(v, iso, at, t, a);
}

void page_option(struct view *v, enum marker section, const struct page_option *o, int chosen)
{
	struct view *row = view_add(v, section);

	view_set(row, M_OPTION_VALUE, o->value);
	view_set(row, M_OPTION_NAME, o->name);
	if (chosen)
		view_show(row, M_OPTION_CHOSEN);
}

void page_done(struct page *p, const char *path, const char *code)
{
	response_redirect(p->rs,
		arena_printf(
			p->rq->arena, "%s%cdone=%s", path, strchr(path, '?') ? '&' : '?', code));
}

/* What the address says was done; NULL: nothing, or a code that nobody knows. */
static const struct page_option *done_of(const struct page *p)
{
	const char *code = pairs_get(&p->rq->query, "done");
	size_t i;

	for (i = 0; code && i < sizeof(dones) / sizeof(*dones); i++) {
		if (strcmp(dones[i].value, code) == 0)
			return &dones[i];
	}
	return NULL;
}

void page_lead(struct page *p, const char *path)
{
	const struct page_option *done = done_of(p);

	if (done)
		page_done(p, path, done->value);
	else
		response_redirect(p->rs, path);
}

void page_failed(struct page *p, const char *say)
{
	const char *end = strstr(say, ". ");
	size_t n = end ? (size_t)(end - say) + 1 : strlen(say);

	view_show(p->view, M_FAILED);
	view_set(p->view, M_FAILED_WHAT, arena_strndup(p->rq->arena, say, n));
	view_set(p->view, M_FAILED_MORE, end ? end + 2 : "");
}

int page_refuse(struct page *p, struct err *e)
{
	if (err_info(e->code)->ours || !p->route->form_of)
		return -1;
	log_err("page.refused", e);
	page_failed(p, e->say);
	p->status = err_info(e->code)->status;
	return p->route->form_of(p, e);
}

/* NULL: the field is not shown with a value or a message, like a hidden one. */
static const struct shown *shown_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(shown) / sizeof(*shown); i++) {
		if (strcmp(shown[i].name, name) == 0)
			return &shown[i];
	}
	return NULL;
}

void page_fields(struct page *p)
{
	const struct field *f = p->form.fields;
	const struct shown *s;
	size_t i;

	for (i = 0; f && f[i].name; i++) {
		const struct form_value *value = &p->form.v[i];

		s = shown_find(f[i].name);
		if (s && s->value != M__MAX)
			view_set(p->view, s->value, value->text);
		if (s && value->error) {
			view_show(p->view, s->error);
			view_set(p->view, s->error, value->error);
		}
	}
	if (p->form.errors && p->rq->method == POST)
		page_failed(p,
			"Some fields need another look. Nothing is saved yet: each field with a "
			"message says what to change.");
}

/* Pages that are shown with the connection, though their address does not begin so. */
static int with_connection(const char *path)
{
	return str_starts(path, "/scripts") || str_starts(path, "/boundaries");
}

/* The row of the part of the site that a path is in: of those above it the nearest. */
static const struct nav *nav_of(const char *path)
{
	const struct nav *best = NULL;
	size_t i, n, most = 0;

	if (with_connection(path))
		path = "/connection";
	for (i = 0; i < sizeof(navs) / sizeof(*navs); i++) {
		n = strlen(navs[i].url);
		if (n > most && strncmp(navs[i].url, path, n) == 0 &&
			(path[n] == '\0' || path[n] == '/')) {
			best = &navs[i];
			most = n;
		}
	}
	return best;
}

/* How many there are of what an entry leads to. */
static int64_t nav_count(const struct page *p, const struct nav *n)
{
	return n->count ? *(const int64_t *)(const void *)((const char *)p->session + n->count) : 0;
}

/* What is empty is of use once there is a connection. */
static int nav_seen(const struct page *p, const struct nav *n)
{
	return n->see & 1 << p->session->member.role &&
		(!n->count || nav_count(p, n) || p->session->live.id);
}

/* The rail, with the part of the site that the page is in. */
static void show_nav(struct page *p)
{
	const struct nav *here = nav_of(p->rq->path);
	struct view *row;
	size_t i;

	for (i = 0; i < sizeof(navs) / sizeof(*navs); i++) {
		if (!nav_seen(p, &navs[i]))
			continue;
		row = view_add(p->view, M_NAV);
		view_set(row, M_NAV_URL, navs[i].url);
		view_set(row, M_NAV_ICON, navs[i].icon);
		view_set(row, M_NAV_NAME, navs[i].name);
		if (navs[i].gap)
			view_show(row, M_NAV_GAP);
		if (nav_count(p, &navs[i])) {
			view_show(row, M_NAV_COUNT);
			view_num(row, M_NAV_COUNT, nav_count(p, &navs[i]));
		}
		if (here == &navs[i])
			view_show(row, M_NAV_HERE);
	}
}

/* Bytes of the first character. */
static size_t letter(const char *s)
{
	size_t n = *s != '\0';

	while (n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80)
		n++;
	return n;
}

/* First letters of the first and the last word. */
static const char *initials(struct arena *a, const char *name)
{
	const char *last = strrchr(name, ' ') ? strrchr(name, ' ') + 1 : "";

	return arena_printf(a, "%.*s%.*s", (int)letter(name), name, (int)letter(last), last);
}

/* Who is signed in, and where. */
static void show_person(struct page *p)
{
	const struct session_view *s = p->session;
	const char *name = page_name(s->member.name, s->user.email);

	name = page_name(s->user.name, name);
	view_set(p->view, M_MY_NAME, name);
	view_set(p->view, M_MY_EMAIL, s->user.email);
	view_set(p->view, M_MY_ROLE, page_role(s->member.role));
	view_set(p->view, M_INITIALS, initials(p->rq->arena, name));
	view_set(p->view, M_ORG, s->account.name);
	if (s->member.role == ROLE_ADMIN)
		page_state_pill(p);
}

/* What was chosen, or what the system has; nobody signed in has chosen. */
static void show_theme(struct page *p)
{
	const char *theme = p->signed_in && p->session->user.theme ? p->session->user.theme : "";

	view_set(p->view, M_THEME, theme);
	view_set(p->view, M_THEME_SYSTEM, *theme ? "false" : "true");
	view_set(p->view, M_THEME_LIGHT, strcmp(theme, "light") == 0 ? "true" : "false");
	view_set(p->view, M_THEME_DARK, strcmp(theme, "dark") == 0 ? "true" : "false");
}

static void show_done(struct page *p)
{
	const struct page_option *done = done_of(p);

	if (done) {
		view_show(p->view, M_DONE);
		view_set(p->view, M_DONE, done->name);
	}
}

void page_layout(struct page *p)
{
	char now[32];

	clock_iso(now, sizeof(now), clock_now());
	view_set(p->view, M_NOW, now);
	view_set(p->view, M_BUILD, ASSETS); /* changes with any file in static/ */
	view_set(p->view, M_VERSION, LATCHKEY_VERSION);
	view_set(p->view, M_CSRF, p->csrf);
	view_set(p->view, M_HERE, p->rq->method == POST ? "/overview" : p->rq->path);
	show_theme(p);
	show_done(p);
	if (p->signed_in) {
		show_person(p);
		show_nav(p);
	}
}
