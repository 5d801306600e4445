/* Find: the places where Autodiscover may be, one after the other.
 *
 * Rules: no place is looked at twice for the same mailbox; every redirect counts; what is found
 * ends the search, and so does everything that a server says to a signed-in question. Callbacks
 * come from the loop alone.
 */
#include "find.h"

#include <string.h>
#include <strings.h>
#include "exchange/clean.h"
#include "exchange/trace.h"
#include "find_parts.h"
#include "platform/clock.h"
#include "platform/str.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* --- the end --- */

static void quiet(struct find *f)
{
	if (f->question)
		resolve_cancel(f->tools->net->resolve, f->question);
	if (f->call)
		transport_cancel(f->call);
	loop_cancel(f->tools->net->loop, f->timer);
	loop_cancel(f->tools->net->loop, f->limit);
	find_drop_pool(f);
	f->question = f->timer = f->limit = 0;
	f->call = NULL;
}

/* Whoever hears of it may free everything: nothing may be touched after it. */
static void tell_end(struct find *f)
{
	find_stop(f);
	f->end.ms = clock_mono_ms() - f->began;
	if (f->end.reason != REASON_CONSENT_NEEDED)
		f->r.consent = "";
	f->done(f->ptr, &f->r, &f->end);
}

/* All questions end at once; who asked hears of it on a later turn. */
void find_end(struct find *f, const struct outcome *o)
{
	int attempts = f->end.attempts;

	f->end = *o;
	f->end.attempts = attempts;
	quiet(f);
	find_later(f, 0, tell_end);
}

static void end_with(struct find *f, enum reason r, const char *said)
{
	struct outcome o = { 0 };

	outcome_set(&o, r, NEXT_NOTHING, NULL);
	clean_text(o.said, sizeof(o.said), said, strlen(said));
	find_end(f, &o);
}

void find_stop(struct find *f)
{
	quiet(f);
	find_tell(f, REASON_NOT_CHECKED);
	buf_done(&f->body);
}

static void on_later(void *ptr)
{
	struct find *f = ptr;

	f->timer = 0;
	f->then(f);
}

void find_later(struct find *f, int64_t ms, void (*fn)(struct find *f))
{
	loop_cancel(f->tools->net->loop, f->timer);
	f->then = fn;
	f->timer = loop_after(f->tools->net->loop, ms, on_later, f);
}

static void on_limit(void *ptr)
{
	struct find *f = ptr;

	f->limit = 0;
	if (f->c && f->c->state == FIND_LOOKING)
		find_settle_as(f, FIND_NOTHING, REASON_TIMED_OUT,
			"The search took too long and was ended.");
	else if (f->c && f->c->state == FIND_ALIVE)
		find_settle_as(f, FIND_FAILED, REASON_TIMED_OUT,
			"It did not answer the question in time.");
	if (f->r.consent[0])
		end_with(f, REASON_CONSENT_NEEDED, f->r.consent);
	else
		end_with(f, REASON_TIMED_OUT, "");
}

/* --- candidates --- */

static void tell(struct find *f)
{
	if (f->seen)
		f->seen(f->ptr, (size_t)(f->c - f->r.list), f->c);
}

void find_settle(struct find *f, enum find_state state, const char *say)
{
	f->c->state = state;
	f->c->say = say;
	tell(f);
}

void find_settle_as(struct find *f, enum find_state state, enum reason r, const char *say)
{
	outcome_set(&f->c->end, r, NEXT_NOTHING, NULL);
	find_settle(f, state, say);
}

/* Another candidate, under way; NULL when there is no room for it. */
static struct find_candidate *add(struct find *f, enum find_how how, const char *url)
{
	if (f->r.count == FIND_CANDIDATES)
		return NULL;
	f->about[f->r.count] = f->mailbox;
	f->c = &f->r.list[f->r.count++];
	*f->c = (struct find_candidate){ .how = how, .state = FIND_LOOKING, .url = url, .say = "" };
	tell(f);
	return f->c;
}

static void add_skipped(struct find *f, enum find_how how, const char *url, const char *say)
{
	if (add(f, how, url))
		find_settle(f, FIND_SKIPPED, say);
}

/* The same host, port and path, whatever the case: was it looked at for this mailbox? */
static int is_known(struct find *f, const struct url *u)
{
	struct url old;

	for (size_t i = 0; i < f->r.count; i++) {
		if (f->r.list[i].state == FIND_SKIPPED ||
			strcasecmp(f->about[i], f->mailbox) != 0 ||
			url_parse(f->a, f->r.list[i].url, &old) < 0)
			continue;
		if (strcmp(old.scheme, u->scheme) == 0 && strcmp(old.host, u->host) == 0 &&
			old.port == u->port && strcasecmp(old.path, u->path) == 0)
			return 1;
	}
	return 0;
}

/* https://HOST[:PORT]PATH; the port is told only when it is not the usual one. */
static const char *url_of(
	struct find *f, const char *scheme, const char *host, int port, int usual, const char *path)
{
	const char *site = arena_printf(f->a, strchr(host, ':') ? "[%s]" : "%s", host);

	if (port && port != usual)
		site = arena_printf(f->a, "%s:%d", site, port);
	return arena_printf(f->a, "%s://%s%s", scheme, site, path);
}

/* Microsoft is not even looked at without consent; with it, its own service is asked instead. */
static int keep_away(struct find *f)
{
	if (f->form == DISCOVER_JSON || !find_is_microsoft(f->at.host) ||
		find_is_agreed(f, f->at.host))
		return 0;
	if (f->q->ask_microsoft) {
		find_settle(f, FIND_SKIPPED, "Microsoft's own lookup service is asked instead.");
		return 1;
	}
	find_settle_as(f, FIND_FOREIGN, REASON_CONSENT_NEEDED,
		"This is a server of Microsoft; it is asked only when you agree to that.");
	if (!f->r.consent[0])
		f->r.consent = f->at.host;
	return 1;
}

/* Look there, unless it was looked at; 1 when something is under way. Records name hosts as
 * redirects do. */
static int visit(struct find *f, enum find_how how, const char *url)
{
	struct url u;

	if (url_parse(f->a, url, &u) < 0 || is_known(f, &u))
		return 0;
	if (f->over) {
		add_skipped(f, how, url, "It was not needed.");
		return 0;
	}
	if (!add(f, how, url))
		return 0;
	f->at = u;
	f->form = how == FIND_MICROSOFT ? DISCOVER_JSON : DISCOVER_POX;
	if (how == FIND_SRV && keep_away(f))
		find_next(f);
	else
		find_look(f);
	return 1;
}

/* --- the places --- */

/* Each function looks at its place and says 1 when something is under way there. */

static int by_name(struct find *f)
{
	if (str_empty(f->q->host))
		return 0;
	return visit(f, FIND_TYPED,
		url_of(f, "https", f->q->host, f->q->https_port, 443, DISCOVER_POX_PATH));
}

static int by_domain(struct find *f)
{
	return visit(f, FIND_DOMAIN,
		url_of(f, "https", f->domain, f->q->https_port, 443, DISCOVER_POX_PATH));
}

static const char *autodiscover_host(struct find *f)
{
	return arena_printf(f->a, "autodiscover.%s", f->domain);
}

static int by_autodiscover(struct find *f)
{
	return visit(f, FIND_AUTODISCOVER,
		url_of(f, "https", autodiscover_host(f), f->q->https_port, 443, DISCOVER_POX_PATH));
}

static int by_http(struct find *f)
{
	const char *url =
		url_of(f, "http", autodiscover_host(f), f->q->http_port, 80, DISCOVER_POX_PATH);

	if (!f->q->cf->proxy)
		return visit(f, FIND_HTTP, url);
	add_skipped(f, FIND_HTTP, url, "Nothing is asked without encryption through a proxy.");
	return 0;
}

static void on_targets(void *ptr, const struct resolve_targets *found, const struct err *e)
{
	struct find *f = ptr;

	f->question = 0;
	if (e) {
		find_settle_as(f, FIND_NOTHING, REASON_DNS_FAILED, arena_strdup(f->a, e->say));
	} else if (found->count == 0) {
		find_settle_as(
			f, FIND_NOTHING, REASON_NAME_NOT_FOUND, "The domain has no such record.");
	} else {
		f->targets = *found;
		find_settle(
			f, FIND_SENT_ON, arena_printf(f->a, "It names %s.", found->list[0].host));
	}
	find_next(f);
}

/* The record itself is a candidate, and then each host that it names. */
static int by_srv(struct find *f)
{
	const char *record = arena_printf(f->a, "_autodiscover._tcp.%s", f->domain);

	if (f->over) {
		if (!f->records)
			add_skipped(f, FIND_SRV, record, "It was not needed.");
		return 0;
	}
	if (!f->records) {
		f->records = 1;
		if (!add(f, FIND_SRV, record))
			return 0;
		f->question = resolve_srv(
			f->tools->net->resolve, "_autodiscover._tcp", f->domain, on_targets, f);
		return 1;
	}
	while (f->target < f->targets.count) {
		const struct resolve_target *t = &f->targets.list[f->target++];

		if (visit(f, FIND_SRV,
			    url_of(f, "https", arena_strdup(f->a, t->host), t->port, 443,
				    DISCOVER_POX_PATH)))
			return 1;
	}
	return 0;
}

static int by_microsoft(struct find *f)
{
	const char *url = url_of(f, "https", FIND_MICROSOFT_HOST, f->q->https_port, 443,
		discover_json_path(f->a, f->mailbox));

	if (f->q->ask_microsoft)
		return visit(f, FIND_MICROSOFT, url);
	add_skipped(f, FIND_MICROSOFT, url,
		"Microsoft is told the address only when you agree to that.");
	return 0;
}

/* In their order. One that has something under way comes again: it may have more. */
static const struct place {
	int (*visit)(struct find *f);
} places[] = { { by_name }, { by_domain }, { by_autodiscover }, { by_http }, { by_srv },
	{ by_microsoft } };

enum { SECOND_PLACE = 1 /* where another address of the mailbox begins */ };

/* Tokens are for Office 365, where Microsoft says at once what the others would lead to. */
static int first_microsoft(struct find *f)
{
	enum signin_kind k = f->q->cf->signin;

	if ((k != SIGNIN_APP && k != SIGNIN_USER) || !f->q->ask_microsoft || f->r.count > 0 ||
		!str_empty(f->q->host))
		return 0;
	return by_microsoft(f);
}

/* --- nothing found --- */

/* Did all that was looked up fail because no name server answered? */
static int only_dns(const struct find *f)
{
	int seen = 0;

	for (size_t i = 0; i < f->r.count; i++) {
		const struct find_candidate *c = &f->r.list[i];

		if (c->state == FIND_SKIPPED)
			continue;
		if (c->end.reason != REASON_DNS_FAILED)
			return 0;
		seen = 1;
	}
	return seen;
}

static const struct find_candidate *first_in(const struct find *f, enum find_state state)
{
	for (size_t i = 0; i < f->r.count; i++) {
		if (f->r.list[i].state == state)
			return &f->r.list[i];
	}
	return NULL;
}

/* Where the guard let nobody connect: the last one, to which those before it may have led. Without
 * encryption that is the rule, and says nothing. */
static const struct find_candidate *forbidden(const struct find *f)
{
	for (size_t i = f->r.count; i > 0; i--) {
		const struct find_candidate *c = &f->r.list[i - 1];

		if (c->end.reason == REASON_NOT_ALLOWED && c->how != FIND_HTTP)
			return c;
	}
	return NULL;
}

/* What helps most: agreeing to a host, then what one of them said, then allowing one, then that
 * there is none. */
static void give_up(struct find *f)
{
	const struct find_candidate *failed = first_in(f, FIND_FAILED), *closed = forbidden(f);

	if (f->r.consent[0]) {
		end_with(f, REASON_CONSENT_NEEDED, f->r.consent);
	} else if (failed) {
		find_end(f, &failed->end);
	} else if (first_in(f, FIND_ALIVE) && !f->q->signed_in) {
		end_with(f, REASON_OK, "");
	} else if (closed) {
		f->r.forbidden = closed;
		find_end(f, &closed->end);
	} else {
		end_with(f, only_dns(f) ? REASON_DNS_FAILED : REASON_NO_SERVER, "");
	}
}

/* Once credentials were given to somebody, no other place is looked at. */
static void go_on(struct find *f)
{
	if (first_microsoft(f))
		return;
	for (; f->stage < COUNT(places) && !f->bound; f->stage++) {
		if (places[f->stage].visit(f))
			return;
	}
	give_up(f);
}

void find_next(struct find *f)
{
	find_later(f, 0, go_on);
}

/* --- redirects --- */

/* Why it is not followed; NULL when it may be. */
static const char *refused(struct find *f, const struct url *u)
{
	if (!u->host)
		return "It sends on to an address that cannot be read.";
	if (strcmp(u->scheme, "https") != 0)
		return arena_printf(f->a, "It sends on to %s without encryption.", u->host);
	if (!strcasestr(u->path, "/autodiscover"))
		return arena_printf(
			f->a, "It sends on to %s, but not to an Autodiscover there.", u->host);
	if (is_known(f, u))
		return arena_printf(
			f->a, "It sends on to %s, which was looked at already.", u->host);
	if (++f->redirects > FIND_REDIRECTS || f->r.count == FIND_CANDIDATES)
		return "It sends on and on.";
	return NULL;
}

/* Where it leads is a candidate of its own. Who was proven before hands the credentials on, once:
 * the next host has to prove itself. */
void find_follow(struct find *f, const char *to)
{
	const char *url = url_join(f->a, &f->at, to), *why;
	struct url u;
	int json;

	if (url_parse(f->a, url, &u) < 0)
		u = (struct url){ 0 };
	why = refused(f, &u);
	if (why) {
		find_settle_as(f, f->bound ? FIND_FAILED : FIND_NOTHING, REASON_REDIRECTED, why);
		find_next(f);
		return;
	}
	json = f->form == DISCOVER_JSON && strcasestr(u.path, ".json");
	if (f->proven) {
		f->given = "";
		f->proven = 0;
	}
	find_settle_as(f, FIND_SENT_ON, REASON_REDIRECTED,
		arena_printf(f->a, "It sends on to %s.", u.host));
	f->at = u;
	add(f, FIND_REDIRECT, url_of(f, "https", u.host, u.port, 443, u.path));
	f->form = json ? DISCOVER_JSON : DISCOVER_POX;
	if (keep_away(f))
		find_next(f);
	else
		find_look(f);
}

static int was_asked(const struct find *f, const char *mailbox)
{
	for (size_t i = 0; i < f->r.count; i++) {
		if (strcasecmp(f->about[i], mailbox) == 0)
			return 1;
	}
	return 0;
}

/* The trusted domain stays the one that the person looks in, wherever the other address is. */
void find_again(struct find *f, const char *mailbox)
{
	if (was_asked(f, mailbox) || ++f->redirects > FIND_REDIRECTS) {
		find_settle_as(f, FIND_FAILED, REASON_REDIRECTED,
			"It names one address after another, in a circle or too many.");
		find_end(f, &f->c->end);
		return;
	}
	find_settle_as(f, FIND_SENT_ON, REASON_REDIRECTED,
		arena_printf(f->a, "It says that the mailbox is found as %s.", mailbox));
	f->mailbox = mailbox;
	f->domain = str_lower(arena_strdup(f->a, strchr(mailbox, '@') + 1));
	f->stage = SECOND_PLACE;
	f->targets.count = f->target = 0;
	f->records = f->bound = f->proven = 0;
	f->given = "";
	find_next(f);
}

/* --- found --- */

/* What was not looked at is told, so that nobody waits for it. */
static void skip_rest(struct find *f)
{
	f->over = 1;
	for (; f->stage < COUNT(places); f->stage++)
		places[f->stage].visit(f);
}

void find_finish(struct find *f, const struct outcome *o)
{
	struct outcome end = *o;

	skip_rest(f);
	find_end(f, &end);
}

void find_found(struct find *f, const struct discovered *d, const char *say)
{
	struct url u;

	if (url_parse(f->a, d->url, &u) < 0) {
		end_with(f, REASON_BAD_ANSWER, d->url);
		return;
	}
	f->r.found = 1;
	f->r.settings = *d;
	f->r.host = u.host;
	f->r.port = u.port;
	f->r.path = u.path;
	clean_text(f->c->end.version, sizeof(f->c->end.version), d->version, strlen(d->version));
	find_settle_as(f, FIND_FOUND, REASON_OK, say);
	find_finish(f, &f->c->end);
}

/* --- start --- */

void find_trace(struct find *f, const char *method, const struct transport_reply *r)
{
	const struct trace_exchange x = { .at_ms = clock_now_ms(),
		.ms = r->ms,
		.method = method,
		.url = f->c->url,
		.out = { "", 0, buf_str(&f->body), f->body.len },
		.in = { r->headers, r->headers_len, r->body, r->body_len },
		.status = r->status,
		.note = r->text };

	f->end.attempts++;
	trace_add(f->q->trace, &x);
}

/* What cannot be looked for is told before anything is asked of anybody. */
static void begin(struct find *f)
{
	const char *at = strchr(f->mailbox, '@');
	struct err e = { 0 };

	if (!str_email(f->mailbox)) {
		end_with(f, REASON_ADDRESS_REFUSED, f->mailbox);
		return;
	}
	f->domain = str_lower(arena_strdup(f->a, str_empty(f->q->domain) ? at + 1 : f->q->domain));
	f->trusted = f->domain;
	if (!str_host(f->domain)) {
		end_with(f, REASON_NAME_NOT_FOUND, f->domain);
		return;
	}
	f->login =
		signin_login(f->a, str_empty(f->q->cf->login) ? f->mailbox : f->q->cf->login, &e);
	if (!f->login && f->q->signed_in) {
		end_with(f, REASON_INTERNAL, e.say);
		return;
	}
	f->who = f->login ? signin_identity(f->a, f->login) : "";
	go_on(f);
}

struct find *find_start(const struct client_tools *tools, struct arena *a,
	const struct find_query *q, find_seen_fn *seen, find_done_fn *done, void *ptr)
{
	struct find *f = arena_alloc(a, sizeof(*f));

	f->tools = tools;
	f->a = a;
	f->q = q;
	f->seen = seen;
	f->done = done;
	f->ptr = ptr;
	f->began = clock_mono_ms();
	f->mailbox = q->mailbox;
	f->given = f->r.host = f->r.path = f->r.consent = "";
	buf_init(&f->body, DISCOVER_BODY_MAX);
	f->limit = loop_after(tools->net->loop, FIND_MS, on_limit, f);
	find_later(f, 0, begin);
	return f;
}
