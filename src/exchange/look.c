/* Look: an anonymous look at a server, step by step.
 *
 * A hop is one server with its five parts; a redirect begins another hop, which is looked at just
 * as hard. Rules: a name is resolved once in a look, and what was found then is used to its end;
 * nothing is asked of a server whose certificate is not trusted; at every moment each step has a
 * state that a page can show. Behind a proxy the name need not be known here; the guard judges what
 * is known, and the proxy, which ops named, is not asked for by name twice.
 */
#include "look.h"

#include <stdio.h>
#include <string.h>
#include "answer.h"
#include "client.h"
#include "egress.h"
#include "platform/clock.h"
#include "platform/log.h"
#include "platform/str.h"
#include "platform/url.h"
#include "transport.h"

enum {
	PATH_MAX_LEN = 2048,
	TRIES_MAX = 4,		 /* addresses of one name that are connected to */
	SHARED_CONNECT_MS = 5000 /* for each, when there are several */
};

enum look_part {
	PART_NAME,
	PART_ALLOWED,
	PART_CONNECT,
	PART_CERTIFICATE,
	PART_ANSWER,
	PART_SIGNIN
};
enum { HOP_PARTS = PART_SIGNIN /* the last part comes once, after the last hop */ };

static const char *const titles[] = {
	[PART_NAME] = "Server name is found",
	[PART_ALLOWED] = "Address is allowed",
	[PART_CONNECT] = "Server answers",
	[PART_CERTIFICATE] = "Certificate is trusted",
	[PART_ANSWER] = "Web server answers",
	[PART_SIGNIN] = "Ways to sign in",
};

struct hop {
	const char *host;
	int port;
	int literal;
	const char *path;
	struct addresses found;
};

struct look {
	const struct look_tools *tools;
	struct arena *a;
	struct look_listener listener;
	const char *ca_pem;
	const struct client_proxy *proxy; /* or NULL */
	struct transport_proxy via;	  /* the same with its addresses, once they are known */
	unsigned ways;			  /* to sign in, and whether it asked for it */
	int asked;
	struct hop hops[LOOK_HOPS + 1];
	struct hop *hop; /* the one under way */
	enum look_part part;
	int64_t began;
	struct addresses allowed;
	size_t tried;	    /* of them */
	const char *silent; /* those that took no connection, a line each */
	uint64_t timer;
	uint64_t question;
	struct transport_call *call;
};

/* --- telling --- */

static int is_first(const struct look *k)
{
	return k->hop == k->hops;
}

static const char *hop_name(const struct look *k)
{
	if (k->hop->port == 443)
		return k->hop->host;
	return arena_printf(k->a, "%s:%d", k->hop->host, k->hop->port);
}

static const char *title_of(const struct look *k, enum look_part part)
{
	if (is_first(k) || part == PART_SIGNIN)
		return titles[part];
	return arena_printf(k->a, "%s: %s", hop_name(k), titles[part]);
}

static void tell(struct look *k, enum look_part part, struct job_step *s)
{
	s->n = (k->hop - k->hops) * HOP_PARTS + (int)part + 1;
	s->title = title_of(k, part);
	k->listener.step(k->listener.ptr, s);
}

static void tell_waiting(struct look *k)
{
	struct job_step s = { .state = STEP_WAITING };

	for (enum look_part p = PART_NAME; p <= PART_SIGNIN; p++)
		tell(k, p, &s);
}

static void begin(struct look *k, enum look_part part)
{
	struct job_step s = { .state = STEP_RUNNING };

	k->part = part;
	k->began = clock_mono_us();
	tell(k, part, &s);
}

/* The part under way has come to its result. */
static void settle(struct look *k, struct job_step *s)
{
	s->ms = (clock_mono_us() - k->began) / 1000;
	tell(k, k->part, s);
}

/* The listener may free everything, this look too: nothing may be touched after it. */
static void end(struct look *k, int ok, const char *outcome)
{
	const struct look_end e = { ok, outcome, k->hop->host, k->hop->port, k->asked, k->ways };

	look_stop(k);
	k->listener.done(k->listener.ptr, &e);
}

/* The part under way failed: the rest is skipped and the look ends. */
static void fail(struct look *k, struct job_step *s)
{
	const char *title = title_of(k, k->part);
	struct job_step skipped = { .state = STEP_SKIPPED,
		.say = arena_printf(
			k->a, "Not looked at, because \xe2\x80\x9c%s\xe2\x80\x9d failed.", title) };

	s->state = STEP_FAILED;
	settle(k, s);
	for (enum look_part p = k->part + 1; p <= PART_SIGNIN; p++)
		tell(k, p, &skipped);
	end(k, 0, arena_printf(k->a, "Failed at \xe2\x80\x9c%s\xe2\x80\x9d: %s", title, s->say));
}

/* "a", "a and b", "a, b and c" */
static const char *list_addresses(struct arena *a, const struct addresses *all)
{
	char text[INET6_ADDRSTRLEN];
	const char *list = "";

	for (size_t i = 0; i < all->count; i++)
		list = arena_printf(a, "%s%s%s", list,
			i == 0			      ? ""
				: i + 1 == all->count ? " and "
						      : ", ",
			address_text(&all->list[i], text, sizeof(text)));
	return list;
}

static const char *current_address(struct look *k, char text[INET6_ADDRSTRLEN])
{
	return address_text(&k->allowed.list[k->tried], text, INET6_ADDRSTRLEN);
}

/* --- the last part: ways to sign in --- */

static void sign_in(struct look *k, const struct answer *w)
{
	struct job_step s = { .state = STEP_SKIPPED, .say = "It did not ask for a sign-in." };
	const char *names = "", *offer;
	struct challenges c;

	begin(k, PART_SIGNIN);
	offer = "it did not ask for a sign-in";
	if (w->status == 401) {
		answer_offers(w, &c);
		k->asked = 1;
		k->ways = c.known;
		answer_signin(k->a, w, &names, &s);
		offer = names[0] ? arena_printf(k->a, "it offers %s", names)
				 : "it offers no way to sign in that Latchkey can use";
	}
	settle(k, &s);
	end(k, 1, arena_printf(k->a, "%s can be reached; %s.", hop_name(k), offer));
}

/* --- the answer, and where it may send us --- */

static void hop_begin(struct look *k);

/* The absolute form of a Location header. */
static const char *absolute(const struct look *k, const char *location)
{
	const struct url here = {
		.scheme = "https", .host = k->hop->host, .port = k->hop->port, .path = k->hop->path
	};

	return url_join(k->a, &here, location);
}

/* Why a redirect is not followed, in say, why and fix; 0 when it may be. */
static int redirect_refused(const struct look *k, const struct url *u, struct job_step *s)
{
	if (!u->host || strlen(u->path) > PATH_MAX_LEN) {
		s->say = "It sends on to an address that cannot be read.";
		s->why = "The redirect of the web site, or of a proxy in front of it, is broken.";
		s->fix = "Exchange admin: check the redirect rules of the web site.";
	} else if (strcmp(u->scheme, "https") != 0) {
		s->say = arena_printf(k->a, "It sends on to %s without encryption.", u->host);
		s->why = "Latchkey follows redirects to https only.";
		s->fix = "Exchange admin: let the redirect lead to https.";
	} else if (strcasestr(u->path, "genericerrorpage.htm")) {
		s->say = "Exchange shows its own error page.";
		s->why = "It is starting, or one of its services is down; this often passes by "
			 "itself.";
		s->fix = "Wait a few minutes and look again. Exchange admin: check the Exchange "
			 "services.";
	} else if (k->hop == &k->hops[LOOK_HOPS]) {
		s->say = "It sends on and on.";
		s->why = arena_printf(
			k->a, "After %d redirects there was still no answer.", LOOK_HOPS);
		s->fix =
			"Exchange admin: check the redirect rules; they go in a circle or too far.";
	}
	return s->say != NULL;
}

/* The redirect itself is fine; where it leads is looked at as if the admin had typed it, and named.
 */
static void follow(struct look *k, const struct url *u, const struct answer *w, struct job_step *s)
{
	struct hop *next = k->hop + 1;
	int same = strcmp(u->host, k->hop->host) == 0 && u->port == k->hop->port;

	*next = (struct hop){ u->host, u->port, u->literal, u->path, { 0 } };
	s->state = same ? STEP_OK : STEP_NOTE;
	if (same) {
		s->say = arena_printf(k->a, "HTTP %ld: it sends on to %s on the same server.",
			w->status, u->path);
	} else {
		s->say = arena_printf(
			k->a, "HTTP %ld: it sends on to another server, %s.", w->status, u->host);
		s->why = "The server you named does not answer itself. What follows is about the "
			 "other.";
		s->fix = arena_printf(
			k->a, "If %s is your Exchange server, enter that name.", u->host);
	}
	settle(k, s);
	k->hop = next;
	tell_waiting(k);
	hop_begin(k);
}

static void answered(struct look *k, const struct answer *w)
{
	const char *location = answer_redirect(k->a, w);
	struct job_step s = { 0 };
	struct url u = { 0 };

	if (location) {
		s.raw = answer_raw(k->a, w);
		if (url_parse(k->a, absolute(k, location), &u) < 0)
			u.host = NULL;
		if (redirect_refused(k, &u, &s))
			fail(k, &s);
		else
			follow(k, &u, w, &s);
		return;
	}
	answer_explain(k->a, w, &s);
	if (s.state == STEP_FAILED) {
		fail(k, &s);
		return;
	}
	settle(k, &s);
	sign_in(k, w);
}

/* The certificate was trusted and the question sent, but no whole answer came. */
static void unanswered(struct look *k, const struct transport_reply *r)
{
	struct job_step s = { .raw = arena_strdup(k->a, r->text) };

	s.fix = "Look again. If it stays so, Exchange admin: check the web server, and any load "
		"balancer in front of it.";
	if (r->end == TRANSPORT_TIMEOUT) {
		s.say = arena_printf(
			k->a, "It did not answer within %d seconds.", TRANSPORT_TOTAL_MS / 1000);
		s.why = "It is overloaded, or a service behind it hangs.";
	} else if (r->end == TRANSPORT_TOO_BIG) {
		s.say = "Its answer has more headers than any web server needs.";
		s.why = "Latchkey reads 64 KiB of headers and no more.";
	} else {
		s.say = "It ended the connection without an answer.";
		s.why = "What listens there is no web server, or it broke down over the question.";
	}
	fail(k, &s);
}

/* --- the connection --- */

static void connect_next(struct look *k);

/* The handshake is over and nothing was asked. */
static void untrusted(struct look *k, const struct transport_reply *r)
{
	enum tls_end why = r->end == TRANSPORT_TIMEOUT ? TLS_TIMEOUT
		: r->end == TRANSPORT_OTHER_NAME       ? TLS_OTHER_NAME
						       : TLS_BROKEN;
	struct job_step s = { 0 };

	tls_explain(k->a, r->tls, k->hop->host, why, r->text, &s);
	fail(k, &s);
}

/* No address took a connection; r is the end of the last try. */
static void unreachable(struct look *k, const struct transport_reply *r)
{
	struct job_step s = { .raw = k->silent };

	s.say = arena_printf(k->a, "Port %d of %s takes no connection.", k->hop->port,
		list_addresses(k->a, &k->allowed));
	if (r->end == TRANSPORT_TIMEOUT)
		s.why = "There was no reaction at all. Most often a firewall drops the packets, or "
			"the server is switched off.";
	else
		s.why = "The connection was refused: nothing listens there, or a firewall says no.";
	s.fix = arena_printf(k->a,
		"Check the server name and the port. Network admin: allow connections from this "
		"machine to port %d of the server.",
		k->hop->port);
	fail(k, &s);
}

/* "proxy.example.com:3128" */
static const char *proxy_name(const struct look *k)
{
	return arena_printf(k->a, "%s:%d", k->proxy->host, k->proxy->port);
}

/* The proxy gave no way to the server: what its answer to CONNECT means. */
static void barred(struct look *k, const struct transport_reply *r)
{
	const char *name = proxy_name(k), *server = hop_name(k);
	struct job_step s = { .raw = arena_strdup(k->a, r->text) };

	if (r->status == 0) {
		s.say = arena_printf(k->a, "The proxy %s gives no answer.", name);
		s.why = "It is switched off, a firewall stands in between, or what listens there "
			"is no proxy.";
		s.fix = "Ops: check the proxy in the setting proxies, and that it can be reached "
			"from this machine.";
	} else if (r->status == 407 && k->proxy->user[0]) {
		s.say = arena_printf(k->a, "The proxy %s refuses its login.", name);
		s.why = "The name or the password that ops entered for it is wrong, or it wants "
			"another kind of sign-in than Basic.";
		s.fix = "Ops: correct the line of this proxy in the file of proxy_logins.";
	} else if (r->status == 407) {
		s.say = arena_printf(k->a, "The proxy %s wants a login.", name);
		s.why = "None is set up for it here.";
		s.fix = "Ops: put its name and password into the file of proxy_logins. Network "
			"admin: or let this machine through without a login.";
	} else if (r->status >= 500) {
		s.say = arena_printf(
			k->a, "The proxy %s did not reach %s: HTTP %ld.", name, server, r->status);
		s.why = "It does not know the name, or a connection from it to the server fails.";
		s.fix = "Check the server name and the port. Network admin: check that the proxy "
			"can reach the server.";
	} else {
		s.say = arena_printf(k->a, "The proxy %s refuses to connect to %s: HTTP %ld.", name,
			server, r->status);
		s.why = "Its rules do not allow this server or this port.";
		s.fix = arena_printf(k->a,
			"Network admin: allow CONNECT to port %d of %s in the proxy, from this "
			"machine.",
			k->hop->port, k->hop->host);
	}
	fail(k, &s);
}

static void unconnected(struct look *k, const struct transport_reply *r)
{
	char text[INET6_ADDRSTRLEN];

	k->silent = arena_printf(k->a, "%s%s: %s\n", k->silent, current_address(k, text), r->text);
	k->tried++;
	if (k->tried < k->allowed.count)
		connect_next(k);
	else
		unreachable(k, r);
}

/* Only when the list of allowed destinations was changed in between. */
static void forbidden(struct look *k)
{
	struct job_step s = { .say = "The address is no longer allowed.",
		.why = "The list of allowed destinations was changed a moment ago.",
		.fix = "Look again." };

	fail(k, &s);
}

static void connected(struct look *k)
{
	char text[INET6_ADDRSTRLEN];
	struct job_step s = { .state = STEP_OK };

	s.say = k->proxy ? arena_printf(k->a, "The proxy %s connects to %s, port %d.",
				   proxy_name(k), k->hop->host, k->hop->port)
			 : arena_printf(k->a, "%s took the connection on port %d.",
				   current_address(k, text), k->hop->port);
	if (k->silent[0]) {
		s.state = STEP_NOTE;
		s.why = "Other addresses of this name took none, which costs time with every "
			"connection.";
		s.fix = "Network admin: take addresses that do not answer out of the name.";
		s.raw = k->silent;
	}
	settle(k, &s);
	begin(k, PART_CERTIFICATE);
}

static void on_phase(void *ptr, enum transport_phase phase, const struct tls_seen *tls)
{
	struct look *k = ptr;
	struct job_step s = { 0 };

	if (phase == TRANSPORT_SECURING) {
		connected(k);
		return;
	}
	tls_explain(k->a, tls, k->hop->host, TLS_TRUSTED, "", &s);
	settle(k, &s);
	begin(k, PART_ANSWER);
}

static void on_done(void *ptr, const struct transport_reply *r)
{
	struct look *k = ptr;
	const struct answer w = { r->status, r->headers, r->headers_len, r->body, r->body_len };

	k->call = NULL;
	if (r->end == TRANSPORT_REFUSED)
		forbidden(k);
	else if (r->end == TRANSPORT_PROXY)
		barred(k, r);
	else if (r->phase == TRANSPORT_CONNECTING)
		unconnected(k, r);
	else if (r->phase == TRANSPORT_SECURING)
		untrusted(k, r);
	else if (r->phase == TRANSPORT_ASKING)
		unanswered(k, r);
	else
		answered(k, &w);
}

/* One address at a time, so that each can be told apart; with more of them each gets less time. */
static void connect_next(struct look *k)
{
	const struct transport_get get = {
		.host = k->hop->host,
		.port = k->hop->port,
		.path = k->hop->path,
		.address = k->allowed.list[k->tried],
		.ca_pem = k->ca_pem,
		.proxy = k->proxy ? &k->via : NULL,
		.connect_ms = k->allowed.count > 1 ? SHARED_CONNECT_MS : TRANSPORT_CONNECT_MS,
		.phase = on_phase,
		.done = on_done,
		.ptr = k,
	};

	k->call = transport_get(k->tools->transport, &get);
}

/* --- the proxy --- */

static void on_proxy(void *ptr, const struct addresses *found, const struct err *e)
{
	struct look *k = ptr;
	struct job_step s = { 0 };

	k->question = 0;
	if (e) {
		s.say = arena_printf(
			k->a, "No address was found for the proxy %s.", k->proxy->host);
		s.why = arena_strdup(k->a, e->say);
		s.fix = "Ops: check the name of the proxy in the setting proxies.";
		fail(k, &s);
		return;
	}
	k->via = (struct transport_proxy){ k->proxy->host, k->proxy->port, *found, k->proxy->user,
		k->proxy->password };
	connect_next(k);
}

/* It is looked up once. */
static void connect_begin(struct look *k)
{
	begin(k, PART_CONNECT);
	if (k->proxy && k->via.addresses.count == 0)
		k->question = resolve_ask(k->tools->resolve, k->proxy->host, on_proxy, k);
	else
		connect_next(k);
}

/* --- name and guard --- */

static const struct allowance {
	const char *rule; /* of egress.h */
	const char *say;
} permissions[] = {
	{ "listed", "It is on the list of destinations that ops allow." },
	{ "public", "It is a public address, and 443 is the port of https." },
	{ "private",
		"It is in a private network, which this installation may reach by name on 443." },
};

static const char *permission_say(const char *rule)
{
	for (size_t i = 0; i < sizeof(permissions) / sizeof(permissions[0]); i++) {
		if (strcmp(permissions[i].rule, rule) == 0)
			return permissions[i].say;
	}
	return "It is allowed.";
}

/* The admin is told of no address that is refused: inner ones are nobody's business. */
static const char *found_say(struct look *k)
{
	size_t others = k->hop->found.count - k->allowed.count;
	const char *list = list_addresses(k->a, &k->allowed);

	if (k->hop->literal)
		return "An address was given, so there is no name to look up.";
	if (k->hop->found.count == 0)
		return arena_printf(k->a,
			"%s is not known here; the proxy %s is asked for it by name.", k->hop->host,
			proxy_name(k));
	if (k->allowed.count == 0)
		return arena_printf(k->a, "%s has an address.", k->hop->host);
	if (others == 0)
		return arena_printf(k->a, "%s is %s.", k->hop->host, list);
	return arena_printf(k->a, "%s is %s, and %zu more that may not be reached from here.",
		k->hop->host, list, others);
}

/* Only behind a proxy there may be no address. */
static int may_go(struct look *k, struct egress_verdict *v)
{
	const struct hop *h = k->hop;

	k->allowed.count = 0;
	return h->found.count == 0
		? egress_check_name(k->tools->egress, h->host, h->port, v)
		: egress_choose(k->tools->egress, h->host, h->port, &h->found, &k->allowed, v);
}

/* The addresses are known: tell, ask the guard, and go on. */
static void guard(struct look *k)
{
	struct job_step found = { .state = STEP_OK }, s = { .state = STEP_OK };
	struct egress_verdict v;
	int ok = may_go(k, &v);

	found.say = found_say(k);
	settle(k, &found);
	begin(k, PART_ALLOWED);
	if (!ok) {
		log_info("look.refused", LF_S("host", k->hop->host), LF_S("why", v.log));
		s.say = arena_strdup(k->a, v.say);
		s.why = "Latchkey does not connect to destinations of this kind, to protect the "
			"network it runs in.";
		s.fix = arena_printf(k->a, "Check the server name and the port. %s", v.fix);
		fail(k, &s);
		return;
	}
	s.say = permission_say(v.rule);
	settle(k, &s);
	if (k->allowed.count > TRIES_MAX)
		k->allowed.count = TRIES_MAX;
	k->tried = 0;
	k->silent = "";
	connect_begin(k);
}

static void on_resolved(void *ptr, const struct addresses *found, const struct err *e)
{
	struct look *k = ptr;
	struct job_step s = { 0 };

	k->question = 0;
	if (e && k->proxy && e->code == ERR_MISSING) {
		guard(k);
		return;
	}
	if (e) {
		s.say = arena_printf(k->a, "No address was found for %s.", k->hop->host);
		s.why = arena_strdup(k->a, e->say);
		s.fix = "Check the spelling. Network admin: check that this machine can resolve "
			"the name.";
		fail(k, &s);
		return;
	}
	k->hop->found = *found;
	guard(k);
}

/* An earlier hop to the same host has its addresses already. */
static const struct hop *known_hop(const struct look *k)
{
	for (const struct hop *h = k->hops; h < k->hop; h++) {
		if (strcmp(h->host, k->hop->host) == 0)
			return h;
	}
	return NULL;
}

static void hop_begin(struct look *k)
{
	const struct hop *known = known_hop(k);

	begin(k, PART_NAME);
	if (!known) {
		k->question = resolve_ask(k->tools->resolve, k->hop->host, on_resolved, k);
		return;
	}
	k->hop->found = known->found;
	guard(k);
}

static void on_start(void *ptr)
{
	struct look *k = ptr;

	k->timer = 0;
	tell_waiting(k);
	hop_begin(k);
}

struct look *look_start(const struct look_tools *tools, struct arena *a, const struct look_query *q,
	const struct look_listener *listener)
{
	struct look *k = arena_alloc(a, sizeof(*k));
	struct address literal;

	k->tools = tools;
	k->a = a;
	k->listener = *listener;
	k->ca_pem = q->ca_pem;
	k->proxy = q->proxy;
	k->silent = "";
	k->hop = k->hops;
	k->hop->host = str_lower(arena_strdup(a, q->host));
	k->hop->port = q->port;
	k->hop->literal = address_parse(q->host, &literal) == 0;
	k->hop->path = ANSWER_PATH;
	k->timer = loop_after(tools->loop, 0, on_start, k);
	return k;
}

void look_stop(struct look *k)
{
	loop_cancel(k->tools->loop, k->timer);
	if (k->question)
		resolve_cancel(k->tools->resolve, k->question);
	if (k->call)
		transport_cancel(k->call);
	k->timer = 0;
	k->question = 0;
	k->call = NULL;
}
