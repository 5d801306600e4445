/* Page_microsoft: an admin signs in with Microsoft as the mailbox, or a member as themselves: what
 * will happen, the way to Microsoft's page, what came back, handing it to the engine.
 *
 * Rules: what a browser brings back is kept sealed and leaves the address bar at once. What
 * Microsoft's page said is shown as text, with our own words for what to do.
 */
#include "page_layout.h"

#include <inttypes.h>
#include <string.h>
#include "platform/str.h"
#include "routes.h"
#include "service/svc_ask.h"
#include "service/svc_own.h"

/* What Microsoft's page says instead of signing in, in our words. A number counts before the word;
 * the last row is for all others. */
static const struct said {
	long number; /* of "AADSTS65004"; 0 = any */
	const char *error;
	const char *what;
	const char *fix;
} sayings[] = {
	{ 65001, "", "Nobody has allowed the application to use Exchange yet.",
		"An Entra admin opens App registrations, this application, API permissions, and "
		"presses Grant admin consent. Then begin again." },
	{ 65004, "", "The question whether the application may do this was answered with no.",
		"Begin again and accept it, or let an Entra admin grant consent for everybody." },
	{ 90094, "", "Only an Entra admin can allow what the application asks for.",
		"An Entra admin opens App registrations, this application, API permissions, and "
		"presses Grant admin consent. Then begin again." },
	{ 50105, "", "The mailbox may not use this application.",
		"An Entra admin opens Enterprise applications, this application, Users and "
		"groups, and adds the mailbox; or switches off Assignment required." },
	{ 50126, "", "The name or the password was wrong.",
		"Begin again with the mailbox’s own address and password. Too many tries lock its "
		"account for a while." },
	{ 53003, "", "A Conditional Access policy does not let the mailbox sign in.",
		"An Entra admin finds the policy in the sign-in logs, and takes the mailbox or "
		"the place you sign in from out of it." },
	{ 50076, "", "Microsoft wants a second factor, and it was not given.",
		"Begin again and confirm with the mailbox’s second factor; an Entra admin can "
		"set it up, or exclude the mailbox from the policy." },
	{ 50079, "", "Microsoft wants a second factor, and the mailbox has none yet.",
		"Sign in as the mailbox once at aka.ms/mfasetup and register one. Then begin "
		"again." },
	{ 700016, "", "Microsoft does not know the application in this tenant.",
		"Compare the application (client) id and the tenant in the connection’s settings "
		"with those in the Entra admin centre." },
	{ 90002, "", "Microsoft does not know the tenant.",
		"Compare the tenant in the connection’s settings with the directory (tenant) id "
		"in the Entra admin centre." },
	{ 50020, "", "The account is one of another organisation.",
		"Begin again and sign in as the mailbox itself, with no other account." },
	{ 0, "access_denied", "The sign-in was cancelled, or consent was refused.",
		"Begin again and go on to the end, signed in as the mailbox." },
	{ 0, "consent_required", "Nobody has allowed the application to use Exchange yet.",
		"An Entra admin grants consent for the application. Then begin again." },
	{ 0, "interaction_required", "Microsoft needs something more of the mailbox.",
		"Sign in as the mailbox once at office.com and do what it asks. Then begin "
		"again." },
	{ 0, "login_required", "Nobody signed in.", "Begin again and sign in as the mailbox." },
	{ 0, "invalid_client", "Microsoft does not take the application.",
		"Compare the application (client) id and the tenant in the connection’s settings "
		"with those in the Entra admin centre." },
	{ 0, "unauthorized_client", "The application is not set up for this kind of sign-in.",
		"An Entra admin opens App registrations, this application, Authentication, and "
		"adds the address on this page as a redirect URI of the platform Web." },
	{ 0, "server_error", "Microsoft’s sign-in service has trouble.",
		"Wait a few minutes, then begin again." },
	{ 0, "temporarily_unavailable", "Microsoft’s sign-in service is busy.",
		"Wait a few minutes, then begin again." },
	{ 0, "", "Microsoft did not sign the mailbox in.",
		"Read what it said below, then begin again." },
};

static const struct said *saying_of(const struct svc_asked *k)
{
	const struct said *s = sayings, *last = sayings + sizeof(sayings) / sizeof(*sayings) - 1;

	while (s < last && (s->number ? s->number != k->number : strcmp(s->error, k->error) != 0))
		s++;
	return s;
}

static struct svc_browser browser(const struct page *p)
{
	return (struct svc_browser){ p->session->s.id, p->token };
}

/* Where the pages of the account's sign-in are, and those of a member's own. */
static const struct place {
	const char *base;   /* before an ask's number, and where one is begun */
	const char *cancel; /* where one comes from */
	const char *again;  /* the page with the button that begins one */
	const char *job;    /* before the number of the proof */
} ours = { "/connection/microsoft", "/connection/credentials", "/connection/microsoft",
	"/connection/test" },
  own = { "/me/microsoft", "/me/signin", "/me/signin", "/me/signin" };

static const char *url_of(struct page *p, const struct place *at, int64_t id, const char *more)
{
	return arena_printf(p->svc.a, "%s/%" PRId64 "%s", at->base, id, more);
}

static void places(struct page *p, const struct place *at)
{
	view_set(p->view, M_TITLE, "Sign in with Microsoft");
	view_set(p->view, M_BEGIN_URL, at->base);
	view_set(p->view, M_CANCEL_URL, at->cancel);
	view_set(p->view, M_AGAIN_URL, at->again);
}

/* For whom, and with what. */
static void facts(struct page *p, const struct connection *c)
{
	view_show(p->view, M_FACTS);
	view_set(p->view, M_MAILBOX, c->mailbox);
	view_set(p->view, M_TENANT, c->tenant);
	view_set(p->view, M_CLIENT_ID, c->client_id);
	view_set(p->view, M_RETURN_URL, svc_ask_return(&p->svc));
}

int page_microsoft(struct page *p, struct err *e)
{
	struct page_way way;

	if (page_connection_tabs(p, &way, e) < 0)
		return -1;
	places(p, &ours);
	if (way.base && strcmp(way.base->signin, "user") == 0) {
		facts(p, way.base);
		view_show(p->view, M_BEGIN);
	} else {
		view_show(p->view, M_UNFIT);
	}
	return 0;
}

int page_microsoft_post(struct page *p, struct err *e)
{
	const struct svc_browser b = browser(p);
	struct svc_connections both;
	const struct connection *c;
	int64_t id;

	if (svc_connection_both(&p->svc, &both, e) < 0)
		return -1;
	c = svc_connection_base(&both);
	if (svc_ask_begin(&p->svc, &b, c ? c->id : 0, &id, e) < 0)
		return page_refuse(p, e);
	response_redirect(p->rs, url_of(p, &ours, id, ""));
	return 0;
}

int page_own_microsoft_post(struct page *p, struct err *e)
{
	const struct svc_browser b = browser(p);
	int64_t connection, id;

	if (svc_own_begin(&p->svc, &connection, e) < 0 ||
		svc_ask_begin(&p->svc, &b, connection, &id, e) < 0)
		return page_refuse(p, e);
	response_redirect(p->rs, url_of(p, &own, id, ""));
	return 0;
}

/* What Microsoft said, in our words and in its own. */
static void error(struct page *p, const struct svc_asked *k)
{
	const struct said *s = saying_of(k);

	view_show(p->view, M_MS_ERROR);
	view_set(p->view, M_MS_WHAT, s->what);
	view_set(p->view, M_MS_FIX, s->fix);
	view_set(p->view, M_MS_RAW,
		arena_printf(p->svc.a, "%s%s%s", k->error, *k->said ? "\n" : "", k->said));
}

static int show_ask(struct page *p, const struct place *at, struct err *e)
{
	const struct svc_browser b = browser(p);
	const char *url = NULL;
	struct svc_asked k;

	if (svc_ask_get(&p->svc, &b, p->id, &k, e) < 0)
		return -1;
	places(p, at);
	facts(p, &k.c);
	if (*k.error) {
		error(p, &k);
	} else if (k.over) {
		view_show(p->view, M_OVER);
	} else if (k.answered) {
		view_show(p->view, M_ANSWERED);
		view_set(p->view, M_FINISH_URL, url_of(p, at, p->id, "/finish"));
	} else {
		url = svc_ask_page(&p->svc, &b, &k, e);
		if (!url)
			return -1;
		view_show(p->view, M_GO);
		view_set(p->view, M_MICROSOFT_URL, url);
	}
	return 0;
}

int page_microsoft_ask(struct page *p, struct err *e)
{
	struct page_way way;

	return page_connection_tabs(p, &way, e) < 0 ? -1 : show_ask(p, &ours, e);
}

int page_own_ask(struct page *p, struct err *e)
{
	return show_ask(p, &own, e);
}

static int finish(struct page *p, const struct place *at, struct err *e)
{
	const struct svc_browser b = browser(p);
	int64_t job;

	if (svc_ask_finish(&p->svc, &b, p->id, &job, e) < 0)
		return page_refuse(p, e);
	response_redirect(p->rs, arena_printf(p->svc.a, "%s/%" PRId64, at->job, job));
	return 0;
}

int page_microsoft_finish_post(struct page *p, struct err *e)
{
	return finish(p, &ours, e);
}

int page_own_finish_post(struct page *p, struct err *e)
{
	return finish(p, &own, e);
}

/* What came back belongs to the account's sign-in, or to the member's own. Whom a refused one is
 * shown to says the role. */
static const struct place *place_of(struct page *p, const struct svc_browser *b, int64_t id)
{
	struct svc_asked k;
	struct err e;

	if (id && svc_ask_get(&p->svc, b, id, &k, &e) == 0)
		return k.c.owner ? &own : &ours;
	return p->session->member.role == ROLE_ADMIN ? &ours : &own;
}

/* Where Microsoft sends the browser. Whatever it brought, the address goes at once. Somebody who
 * had to sign in here first comes without anything. */
int page_oauth_return(struct page *p, struct err *e)
{
	const struct pairs *q = &p->rq->query;
	const struct svc_ask_back back = { .state = pairs_get(q, "state"),
		.code = pairs_get(q, "code"),
		.iss = pairs_get(q, "iss"),
		.error = pairs_get(q, "error"),
		.description = pairs_get(q, "error_description") };
	const struct svc_browser b = browser(p);
	const char *refused = "away";
	const struct place *at;
	int64_t id = 0;

	if ((back.state || back.code || back.error) &&
		svc_ask_answer(&p->svc, &b, &back, &id, &refused, e) < 0)
		return -1;
	at = place_of(p, &b, id);
	response_redirect(p->rs,
		refused ? arena_printf(p->svc.a, "%s/refused/%s", at->base, refused)
			: url_of(p, at, id, ""));
	return 0;
}

static int show_refused(struct page *p, const struct place *at, struct err *e)
{
	const char *say = svc_ask_refusal(p->word);

	if (!say)
		return ERR(e, ERR_MISSING, NULL, "no such reason");
	places(p, at);
	view_set(p->view, M_REFUSED_SAY, say);
	view_show(p->view, M_REFUSED);
	return 0;
}

int page_microsoft_refused(struct page *p, struct err *e)
{
	struct page_way way;

	return page_connection_tabs(p, &way, e) < 0 ? -1 : show_refused(p, &ours, e);
}

int page_own_refused(struct page *p, struct err *e)
{
	return show_refused(p, &own, e);
}
