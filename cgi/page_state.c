/* Page_state: how the live connection does, in words: the pill on every page of an admin, and what
 * is said when its sign-in was refused.
 *
 * Rule: nothing here asks the store: what is shown on every page comes with the session.
 */
#include "page_layout.h"

#include <string.h>
#include "platform/str.h"

static const struct page_state states[HEALTH__MAX] = {
	[HEALTH_NEW] = { "is-unknown", "unknown", "Not checked", "Not looked at yet",
		"The engine looks at it within a minute." },
	[HEALTH_WELL] = { "is-ok", "ok", "Healthy", "The connection works", "Nothing to do." },
	[HEALTH_SLOWED] = { "is-limited", "limited", "Slowed", "The server asks for less",
		"Bookings still go through. Nothing to do: Latchkey makes fewer calls until it is "
		"better." },
	[HEALTH_UNREACHABLE] = { "is-action", "action", "Unreachable",
		"The connection does not work now",
		"It is tried again by itself, and what waits is done in order when it is back. A "
		"test says which step fails, and who can mend it." },
	[HEALTH_STOPPED] = { "is-blocked", "stop", "Stopped", "Stopped: the sign-in was refused",
		"All calls stopped after that one try, so the account is not locked." },
	[HEALTH_PAUSED] = { "is-unknown", "pause", "Paused", "Paused",
		"No calls are made until you resume." },
};

static const struct page_state state_none = { "is-unknown", "plug", "Not set up",
	"No connection is in use yet",
	"What is being entered is used as soon as it has proved itself." };

/* What is entered anew, by the way to sign in; all others are passwords. */
static const struct page_secret secrets[] = {
	{ "app", "Client secret", "client secret", "Enter the new client secret",
		"Has the client secret ended, or was it replaced? Enter the new one" },
	{ "user", "Microsoft sign-in", "Microsoft sign-in", "Sign in with Microsoft again",
		"Was its password reset, or its sign-in revoked? Sign in as the mailbox again" },
	{ "", "Password", "password", "Enter the new password",
		"Was the password changed? Enter the new one" },
};

/* Pages that say of a refused sign-in what is to be said. */
static const char *const told[] = { "/overview", "/connection/test", "/connection/rotate" };

const struct page_state *page_state_of(const struct connection *live, const struct health *h)
{
	return live->id ? &states[h->state] : &state_none;
}

const struct page_secret *page_secret(const struct connection *c)
{
	size_t i = 0;

	while (*secrets[i].signin && strcmp(secrets[i].signin, c->signin) != 0)
		i++;
	return &secrets[i];
}

void page_state_pause(const struct connection *live, struct health *h)
{
	if (live->paused_at) {
		h->state = HEALTH_PAUSED;
		h->since = live->paused_at;
	} else if (h->state == HEALTH_PAUSED) {
		h->state = HEALTH_NEW;
	}
}

static int is_told(const char *path)
{
	size_t i = 0;

	while (i < sizeof(told) / sizeof(*told) && strcmp(told[i], path) != 0)
		i++;
	return i < sizeof(told) / sizeof(*told);
}

void page_refused(struct page *p, const struct connection *live, const struct health *h)
{
	view_set(p->view, M_REFUSED_MAILBOX, live->mailbox);
	view_set(p->view, M_REFUSED_DO, page_secret(live)->again);
	view_set(p->view, M_REFUSED_THEN, page_secret(live)->then);
	page_time(p->view, M_REFUSED_AT_ISO, M_REFUSED_AT, h->since, p->rq->arena);
}

void page_paused(struct page *p, const struct connection *live)
{
	view_show(p->view, M_PAUSED);
	view_set(p->view, M_PAUSED_BY, page_by(live->paused_by));
	page_time(p->view, M_PAUSED_AT_ISO, M_PAUSED_AT, live->paused_at, p->rq->arena);
	if (!str_empty(live->paused_why)) {
		view_show(p->view, M_PAUSED_WHY);
		view_set(p->view, M_PAUSED_WHY, live->paused_why);
	}
}

static void pill(struct page *p, const struct page_state *state)
{
	view_show(p->view, M_HEALTH_PILL);
	view_set(p->view, M_HEALTH_CLASS, state->class);
	view_set(p->view, M_HEALTH_ICON, state->icon);
	view_set(p->view, M_HEALTH_WORD, state->word);
}

/* One pill: without the engine nobody looks at the connection, which is worse than any state. */
void page_state_pill(struct page *p)
{
	const struct session_view *s = p->session;

	if (svc_engine_alive(&s->pulse))
		pill(p, page_state_of(&s->live, &s->health));
	else
		view_show(p->view, M_ENGINE_PILL);
	if (s->live.id && s->health.state == HEALTH_STOPPED && !is_told(p->rq->path)) {
		view_show(p->view, M_REFUSED_TOP);
		page_refused(p, &s->live, &s->health);
	}
}
