/* Find look: an anonymous look at one candidate: name, guard, certificate, answer.
 *
 * Rules: nothing but a GET leaves here, and it tells nobody's address (Microsoft's service apart,
 * which is asked with consent only). Without encryption an answer counts for its redirect alone.
 * Each way to fail has its own sentence.
 */
#include <string.h>
#include "exchange/answer.h"
#include "exchange/clean.h"
#include "exchange/egress.h"
#include "exchange/signin.h"
#include "find_parts.h"
#include "platform/log.h"
#include "platform/str.h"

enum { HTTP_TRIES = 2 /* addresses of one name */ };

static int is_plain(const struct find *f)
{
	return strcmp(f->at.scheme, "http") == 0;
}

/* --- nothing there --- */

/* What a look ended with, in words for a candidate, and the reason that is told beside them when it
 * is another: nobody was asked for EWS here. The last row is for all others. */
static const struct sentence {
	enum reason reason, told;
	const char *say;
} sentences[] = {
	{ REASON_NOT_ALLOWED, REASON_NOT_ALLOWED, "Its address is not allowed." },
	{ REASON_UNREACHABLE, REASON_UNREACHABLE, "It takes no connection." },
	{ REASON_TIMED_OUT, REASON_TIMED_OUT, "It did not answer in time." },
	{ REASON_TLS_NAME, REASON_TLS_NAME,
		"Its certificate is for another name, so nothing was asked of it." },
	{ REASON_TLS_EXPIRED, REASON_TLS_EXPIRED,
		"Its certificate is not valid at this time, so nothing was asked of it." },
	{ REASON_TLS_UNTRUSTED, REASON_TLS_UNTRUSTED,
		"Its certificate is not trusted, so nothing was asked of it." },
	{ REASON_TLS_FAILED, REASON_TLS_FAILED,
		"No encrypted connection came about, so nothing was asked of it." },
	{ REASON_PROXY_REFUSED, REASON_PROXY_REFUSED,
		"The proxy does not let connections to it through." },
	{ REASON_TOO_BIG, REASON_NOT_EXCHANGE, "Its answer is larger than any of Autodiscover." },
	{ REASON_NOT_EXCHANGE, REASON_NOT_EXCHANGE, "A web site answers there, not Exchange." },
	{ REASON_PREAUTHENTICATION, REASON_PREAUTHENTICATION,
		"A sign-in page for browsers answers there." },
	{ REASON_NO_EWS, REASON_NOT_EXCHANGE,
		"A web server answers, but there is no Autodiscover." },
	{ REASON_EWS_REFUSED, REASON_NOT_EXCHANGE, "It refuses everybody." },
	{ REASON_SIGNIN_REFUSED, REASON_SIGNIN_KIND,
		"It asks for a sign-in, but in no way that Latchkey knows." },
	{ REASON_SERVER_DOWN, REASON_SERVER_DOWN, "It reports trouble of its own." },
	{ REASON_SLOWED, REASON_SLOWED, "It says that it is asked too often." },
	{ REASON_BAD_ANSWER, REASON_NOT_EXCHANGE, "Its answer is none of Autodiscover." },
	{ REASON_OK, REASON_CONNECTION_LOST, "It ended the connection without an answer." },
};

static const struct sentence *sentence_of(enum reason r)
{
	const struct sentence *s = sentences;

	while (s->reason != REASON_OK && s->reason != r)
		s++;
	return s;
}

/* The table's own sentence of passing trouble says that it is tried again, which a search is not.
 */
const char *find_say(enum reason r)
{
	const struct reason_row *row = reason_row(r);

	return row->temper == TEMPER_PASSING ? sentence_of(r)->say : row->say;
}

static void nothing(struct find *f)
{
	const struct sentence *s = sentence_of(f->c->end.reason);

	find_settle_as(f, FIND_NOTHING, s->told, s->say);
	find_next(f);
}

static void unanswered(struct find *f, const struct transport_reply *r)
{
	client_reply_broken(r, &f->c->end);
	nothing(f);
}

/* --- the answer --- */

/* Not Exchange: a status and a body say what instead. */
static void other(struct find *f, const struct dialect_reply *d)
{
	if (!signin_http(d, 0, &f->c->end))
		outcome_set(&f->c->end, REASON_BAD_ANSWER, NEXT_NOTHING, NULL);
	nothing(f);
}

/* Alive, but credentials are not for it. The first such host is the one to ask a person about:
 * those behind it may be answers to another question. */
static void foreign(struct find *f)
{
	const char *why = find_inside(f->trusted, f->at.host)
		? "It asks for a sign-in, but shows no sign of Exchange; it is asked only when you "
		  "agree to that."
		: "It is outside the domain; it is asked only when you agree to that.";

	if (f->given[0])
		why = "The sign-in was sent elsewhere before; it is asked only when you agree to "
		      "that.";
	if (!f->r.consent[0])
		f->r.consent = f->at.host;
	find_settle_as(f, FIND_FOREIGN, REASON_CONSENT_NEEDED, why);
	find_next(f);
}

/* Who is alive and may have credentials gets the question at once; with tokens nobody does, because
 * Microsoft's service needs none and no other server takes them here. */
static void alive(struct find *f)
{
	enum signin_kind k = f->q->cf->signin;

	find_settle_as(f, FIND_ALIVE, REASON_OK, "Autodiscover answers there.");
	if (!find_may_sign(f))
		foreign(f);
	else if (!f->q->signed_in)
		find_finish(f, &f->c->end);
	else if (k == SIGNIN_APP || k == SIGNIN_USER)
		find_next(f);
	else
		find_sign(f);
}

/* A redirect is asked the same again, by JSON; an error of its own is its word about the mailbox.
 */
static void read_json(struct find *f, const struct dialect_reply *d)
{
	struct discovered found;

	discover_read(DISCOVER_JSON, d, f->a, &found, &f->c->end);
	if (found.kind == DISCOVER_URL) {
		find_follow(f, found.to);
	} else if (found.kind == DISCOVER_SETTINGS) {
		find_found(f, &found,
			"It names this server. It may do so for addresses that nobody has, too.");
	} else if (f->c->end.code[0]) {
		find_settle(f, FIND_FAILED, find_say(f->c->end.reason));
		find_next(f);
	} else {
		nothing(f);
	}
}

static void read_look(struct find *f, const struct answer *w, const struct dialect_reply *d)
{
	answer_offers(w, &f->offered);
	f->signs = w->status != 401 || answer_signs(f->a, w)[0];
	if (discover_is_exchange(d))
		alive(f);
	else
		other(f, d);
}

/* Whatever stands in it: anybody on the way could have written it. */
static void not_sent_on(struct find *f)
{
	find_settle_as(f, FIND_NOTHING, REASON_NOT_EXCHANGE,
		"It sends nobody on; without encryption nothing else counts.");
	find_next(f);
}

static void answered(struct find *f, const struct transport_reply *r)
{
	const struct answer w = { r->status, r->headers, r->headers_len, r->body, r->body_len };
	const struct dialect_reply d = { r->status, r->headers, r->headers_len, r->body,
		r->body_len };
	const char *to = answer_redirect(f->a, &w);

	f->c->end.http = r->status;
	if (f->form == DISCOVER_JSON)
		read_json(f, &d);
	else if (to)
		find_follow(f, to);
	else if (is_plain(f))
		not_sent_on(f);
	else
		read_look(f, &w, &d);
}

/* --- asking --- */

static void get_plain(struct find *f);

static void on_answer(void *ptr, const struct transport_reply *r)
{
	struct find *f = ptr;

	f->call = NULL;
	loop_cancel(f->tools->net->loop, f->timer);
	find_trace(f, "GET", r);
	if (r->end == TRANSPORT_ANSWERED)
		answered(f, r);
	else if (is_plain(f) && r->phase == TRANSPORT_CONNECTING &&
		++f->tried < f->addresses.count && f->tried < HTTP_TRIES)
		get_plain(f);
	else
		unanswered(f, r);
}

/* The transport tells its phases; nobody waits for them here. */
static void on_phase(void *ptr, enum transport_phase phase, const struct tls_seen *tls)
{
	(void)ptr;
	(void)phase;
	(void)tls;
}

/* A look of the transport's may take longer than one candidate is worth. */
static void too_slow(struct find *f)
{
	transport_cancel(f->call);
	f->call = NULL;
	outcome_set(&f->c->end, REASON_TIMED_OUT, NEXT_NOTHING, NULL);
	nothing(f);
}

/* On a connection of its own, to one address at a time, which the guard let through for this. */
static void get_plain(struct find *f)
{
	const struct transport_get get = { .host = f->at.host,
		.port = f->at.port,
		.path = f->at.path,
		.address = f->addresses.list[f->tried],
		.plain = 1,
		.connect_ms = FIND_LOOK_MS,
		.phase = on_phase,
		.done = on_answer,
		.ptr = f };

	f->call = transport_get(f->tools->net->transport, &get);
	find_later(f, FIND_LOOK_MS, too_slow);
}

static void get(struct find *f)
{
	const struct transport_request q = { .method = "GET",
		.path = f->at.path,
		.answer_max = FIND_ANSWER_MAX,
		.total_ms = FIND_LOOK_MS,
		.done = on_answer,
		.ptr = f };

	f->pool = find_pool(f, TRANSPORT_ANONYMOUS);
	if (f->pool)
		f->call = transport_ask(f->pool, &q);
}

/* --- connections --- */

void find_drop_pool(struct find *f)
{
	if (f->pool)
		transport_pool_free(f->pool);
	f->pool = NULL;
}

/* A private CA of the organisation has no say about Microsoft's host. */
struct transport_pool *find_pool(struct find *f, enum transport_auth auth)
{
	const struct client_config *cf = f->q->cf;
	const struct transport_way way = { .host = f->at.host,
		.port = f->at.port,
		.addresses = f->addresses,
		.ca_pem = str_empty(cf->ca_pem) || f->form == DISCOVER_JSON ? "" : cf->ca_pem,
		.proxy = cf->proxy ? &f->proxy : NULL,
		.auth = auth,
		.login = auth == TRANSPORT_ANONYMOUS ? "" : f->login,
		.password = auth == TRANSPORT_ANONYMOUS ? NULL : cf->secret,
		.flying = 1 };
	struct transport_pool *pool;
	struct err e;

	find_drop_pool(f);
	pool = transport_pool_new(f->tools->net->transport, &way, &e);
	if (pool)
		return pool;
	log_err("find.pool", &e);
	find_settle_as(f, FIND_FAILED, REASON_INTERNAL, arena_strdup(f->a, e.say));
	find_end(f, &f->c->end);
	return NULL;
}

/* --- name and guard --- */

static void refused(struct find *f, const struct egress_verdict *v)
{
	log_info("find.refused", LF_S("host", f->at.host), LF_S("why", v->log));
	find_settle_as(f, FIND_NOTHING, REASON_NOT_ALLOWED, arena_strdup(f->a, v->say));
	find_next(f);
}

static void guard(struct find *f, const struct addresses *found)
{
	const struct egress *g = f->tools->net->egress;
	struct egress_verdict v;
	int ok = is_plain(f)
		? egress_choose_plain(g, f->at.host, f->at.port, found, &f->addresses, &v)
		: egress_choose(g, f->at.host, f->at.port, found, &f->addresses, &v);

	if (!ok)
		refused(f, &v);
	else if (is_plain(f))
		get_plain(f);
	else
		get(f);
}

/* There is no such name here: the proxy may know it. */
static void guard_name(struct find *f)
{
	struct egress_verdict v;

	f->addresses.count = 0;
	if (egress_check_name(f->tools->net->egress, f->at.host, f->at.port, &v))
		get(f);
	else
		refused(f, &v);
}

static void on_found(void *ptr, const struct addresses *found, const struct err *e)
{
	struct find *f = ptr;

	f->question = 0;
	if (!e) {
		guard(f, found);
	} else if (f->q->cf->proxy && resolve_missing(e)) {
		guard_name(f);
	} else {
		find_settle_as(f, FIND_NOTHING,
			resolve_missing(e) ? REASON_NAME_NOT_FOUND : REASON_DNS_FAILED,
			resolve_missing(e) ? "There is no server of this name."
					   : arena_strdup(f->a, e->say));
		find_next(f);
	}
}

static void ask_name(struct find *f)
{
	f->question = resolve_ask(f->tools->net->resolve, f->at.host, on_found, f);
}

/* Ops named the proxy: the guard has no say about it. */
static void on_proxy(void *ptr, const struct addresses *found, const struct err *e)
{
	struct find *f = ptr;

	f->question = 0;
	if (e) {
		find_settle_as(f, FIND_FAILED, REASON_PROXY_REFUSED,
			"The name of the proxy is not found.");
		find_end(f, &f->c->end);
		return;
	}
	f->proxy.addresses = *found;
	ask_name(f);
}

void find_look(struct find *f)
{
	const struct client_proxy *p = f->q->cf->proxy;

	find_drop_pool(f);
	buf_clear(&f->body);
	f->tried = 0;
	if (!p || f->proxy.host) {
		ask_name(f);
		return;
	}
	f->proxy = (struct transport_proxy){ .host = p->host,
		.port = p->port,
		.user = p->user ? p->user : "",
		.password = p->password };
	f->question = resolve_ask(f->tools->net->resolve, p->host, on_proxy, f);
}
