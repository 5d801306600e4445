/* Client route: from a server's name to connections.
 *
 * Rules: a name is looked up before the first connection, after one failed, and again when what is
 * known is old; every answer goes past the egress guard. Old addresses are good enough while a
 * second look is under way or fails, as long as connections work. New connections are made when the
 * name leads elsewhere altogether, or elsewhere at all after a failure.
 */
#include <stdlib.h>
#include <string.h>
#include "clean.h"
#include "client_parts.h"
#include "egress.h"
#include "platform/clock.h"
#include "platform/log.h"
#include "platform/str.h"

void client_route_init(struct client_route *r, struct client *c, const char *host, int port)
{
	memset(r, 0, sizeof(*r));
	r->c = c;
	r->host = host;
	r->port = port;
}

void client_route_done(struct client_route *r)
{
	if (r->c && r->question)
		resolve_cancel(r->c->tools.net->resolve, r->question);
	r->question = 0;
}

/* --- what was found --- */

static int has_address(const struct addresses *all, const struct address *a)
{
	for (size_t i = 0; i < all->count; i++) {
		const struct address *b = &all->list[i];

		if (a->family == b->family &&
			(a->family == AF_INET ? a->v4.s_addr == b->v4.s_addr
					      : memcmp(&a->v6, &b->v6, sizeof(a->v6)) == 0))
			return 1;
	}
	return 0;
}

/* How many of the old ones are there no more? */
static size_t lost(const struct addresses *old, const struct addresses *now)
{
	size_t n = 0;

	for (size_t i = 0; i < old->count; i++)
		n += !has_address(now, &old->list[i]);
	return n;
}

static void take(struct client_route *r, const struct addresses *now)
{
	size_t gone = lost(&r->addresses, now), old = r->addresses.count;
	int other = r->doubted ? gone > 0 || now->count != old : old > 0 && gone == old;

	if (!r->known || other) {
		r->changed = 1;
		r->addresses = *now;
	}
	r->known = 1;
	r->doubted = 0;
	r->looked_at = clock_mono_ms();
}

static void refused(struct client_route *r, const struct egress_verdict *v)
{
	struct outcome o = { 0 };

	log_info("client.refused", LF_S("host", r->host), LF_S("why", v->log));
	outcome_set(&o, REASON_NOT_ALLOWED, NEXT_NOTHING, v->class);
	clean_text(o.said, sizeof(o.said), v->say, strlen(v->say));
	r->known = 0;
	client_obstruct(r->c, &o);
}

/* There is no such name here: the proxy may know it. */
static void take_name(struct client_route *r)
{
	const struct addresses none = { 0 };
	struct egress_verdict v;

	if (egress_check_name(r->c->tools.net->egress, r->host, r->port, &v))
		take(r, &none);
	else
		refused(r, &v);
}

static void not_found(struct client_route *r, const struct err *e)
{
	struct outcome o = { 0 };

	if (r->optional && e->code == ERR_MISSING) {
		take_name(r);
		return;
	}
	if (r->known && !r->doubted) {
		r->looked_at = clock_mono_ms();
		return;
	}
	if (e->code == ERR_MISSING)
		outcome_set(&o, REASON_NAME_NOT_FOUND, NEXT_NOTHING, NULL);
	else
		outcome_set(&o, REASON_DNS_FAILED, NEXT_RETRY, NULL);
	clean_text(o.said, sizeof(o.said), e->say, strlen(e->say));
	client_obstruct(r->c, &o);
}

static void on_found(void *ptr, const struct addresses *found, const struct err *e)
{
	struct client_route *r = ptr;
	struct addresses allowed;
	struct egress_verdict v;

	r->question = 0;
	if (e)
		not_found(r, e);
	else if (!r->guarded)
		take(r, found);
	else if (egress_choose(r->c->tools.net->egress, r->host, r->port, found, &allowed, &v))
		take(r, &allowed);
	else
		refused(r, &v);
	client_pump(r->c);
}

int client_route_ready(struct client_route *r)
{
	int old = !r->known || r->doubted || clock_mono_ms() - r->looked_at > CLIENT_AGE_MS;

	if (old && !r->question)
		r->question = resolve_ask(r->c->tools.net->resolve, r->host, on_found, r);
	return r->known && !r->doubted;
}

/* --- pools --- */

struct transport_pool *client_route_pool(
	struct client_route *r, enum transport_auth auth, int flying, struct err *e)
{
	struct client *c = r->c;
	struct transport_proxy proxy = { 0 };
	struct transport_way w = {
		.host = r->host,
		.port = r->port,
		.addresses = r->addresses,
		.ca_pem = c->cf.ca_pem,
		.auth = auth,
		.flying = flying,
	};

	if (auth == TRANSPORT_BASIC || auth == TRANSPORT_NTLM || auth == TRANSPORT_BOUND) {
		w.login = c->cf.login;
		w.password = c->secret;
	}
	if (c->cf.proxy) {
		proxy = (struct transport_proxy){ c->proxy.host, c->proxy.port,
			c->proxy_route.addresses, c->proxy.user, c->proxy.password };
		w.proxy = &proxy;
	}
	return transport_pool_new(c->tools.net->transport, &w, e);
}

/* Basic: each request is a sign-in, so few at a time. One connection of its own: one. */
static int flying_of(enum transport_auth auth)
{
	return auth == TRANSPORT_BASIC	  ? CLIENT_BASIC_FLYING
		: auth == TRANSPORT_BOUND ? 1
					  : TRANSPORT_HOST;
}

static enum transport_auth auth_of(const struct client *c)
{
	if (c->scheme == CHALLENGE_BEARER)
		return TRANSPORT_BEARER;
	if (c->scheme == CHALLENGE_BASIC)
		return TRANSPORT_BASIC;
	return c->cf.binding == BINDING_ON ? TRANSPORT_BOUND : TRANSPORT_NTLM;
}

static int make_pool(struct client *c)
{
	enum transport_auth auth = auth_of(c);
	int flying = flying_of(auth);
	struct transport_pool *p;
	struct outcome o = { 0 };
	struct err e;

	p = client_route_pool(&c->server, auth, flying, &e);
	if (!p) {
		log_err("client.pool", &e);
		outcome_set(&o, REASON_INTERNAL, NEXT_NOTHING, NULL);
		clean_text(o.said, sizeof(o.said), e.say, strlen(e.say));
		client_obstruct(c, &o);
		return 0;
	}
	c->pool = calloc(1, sizeof(*c->pool));
	if (!c->pool)
		die("client: out of memory");
	c->pool->p = p;
	c->server.changed = c->proxy_route.changed = 0;
	if (c->pace.top != flying) {
		int under_way = c->pace.flying;

		pace_init(&c->pace, CLIENT_START, flying);
		c->pace.flying = under_way;
	}
	return 1;
}

int client_pool_ready(struct client *c)
{
	if (c->pool && !c->server.changed && !c->proxy_route.changed)
		return 1;
	client_pool_retire(c);
	return make_pool(c);
}

void client_pool_retire(struct client *c)
{
	if (!c->pool)
		return;
	c->pool->next = c->old;
	c->old = c->pool;
	c->pool = NULL;
	client_soon(c);
}

void client_pools_sweep(struct client *c, int all)
{
	struct client_pool **at = &c->old, *pool;

	while ((pool = *at)) {
		if (!all && pool->flying > 0) {
			at = &pool->next;
			continue;
		}
		*at = pool->next;
		transport_pool_free(pool->p);
		free(pool);
	}
}
