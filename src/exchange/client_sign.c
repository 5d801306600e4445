/* Client sign: which way to sign in, and the gate in front of every sign-in.
 *
 * Rules: before a password is sent anywhere, the server is asked without it which ways it offers;
 * the one that is chosen then is kept. The gate is asked in the very moment in which a sign-in
 * would leave. Who got the lease gives it back, whatever happens; a refusal is told at once, and
 * nothing starts any more.
 */
#include <stdio.h>
#include <string.h>
#include "answer.h"
#include "clean.h"
#include "client_parts.h"
#include "platform/clock.h"
#include "platform/log.h"

/* --- which way --- */

static void choose(struct client *c, const struct transport_reply *r)
{
	const struct answer w = { r->status, r->headers, r->headers_len, r->body, r->body_len };
	struct challenges offered = { 0 };
	struct outcome why = { .http = r->status };
	const char *value;
	size_t len;

	for (size_t i = 0; (value = answer_header(&w, "WWW-Authenticate", i, &len)); i++)
		challenge_read(&offered, value, len);
	c->scheme = signin_choose(c->cf.signin, &offered, &why);
	if (!c->scheme && r->status < 300 && !offered.known && !offered.others[0])
		outcome_set(&why, REASON_NOT_EXCHANGE, NEXT_NOTHING, NULL);
	if (!c->scheme)
		client_obstruct(c, &why);
}

/* No question without a sign-in was expected to succeed; any answer but 401 is trouble. */
static void settle(struct client *c, const struct transport_reply *r, struct outcome *o)
{
	const struct dialect_reply d = { r->status, r->headers, r->headers_len, r->body,
		r->body_len };

	if (r->end != TRANSPORT_ANSWERED) {
		client_reply_broken(r, o);
		c->server.doubted |= r->phase == TRANSPORT_CONNECTING;
		client_obstruct(c, o);
	} else if (r->status == 401 || !signin_http(&d, 0, o)) {
		choose(c, r);
	} else {
		client_obstruct(c, o);
	}
}

/* Goes on from the loop: the connections of the look cannot be closed from within its answer. */
static void on_looked(void *ptr, const struct transport_reply *r)
{
	struct client *c = ptr;
	struct transport_request q = { .method = "GET", .path = c->cf.dialect->path };
	struct outcome o = { 0 };

	c->look_call = NULL;
	settle(c, r, &o);
	client_trace_add(c, &c->server, &q, r, &o);
	client_wake(c, 0);
}

static int look(struct client *c)
{
	struct transport_request q = {
		.method = "GET", .path = c->cf.dialect->path, .done = on_looked, .ptr = c
	};
	struct outcome o = { 0 };
	struct err e;

	if (c->look_call)
		return 0;
	client_sign_done(c);
	c->look = client_route_pool(&c->server, TRANSPORT_ANONYMOUS, 1, &e);
	if (!c->look) {
		log_err("client.look", &e);
		outcome_set(&o, REASON_INTERNAL, NEXT_NOTHING, NULL);
		client_obstruct(c, &o);
		return 0;
	}
	c->look_call = transport_ask(c->look, &q);
	return 0;
}

int client_sign_ready(struct client *c)
{
	if (!c->scheme)
		return look(c);
	client_sign_done(c);
	return 1;
}

void client_sign_done(struct client *c)
{
	if (c->look)
		transport_pool_free(c->look);
	c->look = NULL;
	c->look_call = NULL;
}

/* --- the gate --- */

static void stop(struct client *c, enum reason why)
{
	c->stopped = 1;
	c->proven = 0;
	memset(&c->stop, 0, sizeof(c->stop));
	outcome_set(&c->stop, REASON_SIGNIN_STOPPED, NEXT_NOTHING, reason_row(why)->code);
}

int client_hold(struct client *c)
{
	memset(&c->obstacle, 0, sizeof(c->obstacle));
	outcome_set(&c->obstacle, REASON_SIGNIN_WAITING, NEXT_RETRY, NULL);
	c->hold_until = clock_mono_ms() + GATE_ASK_MS;
	return 0;
}

/* A gate that cannot be asked is shut. */
static int unasked(struct client *c, const struct err *e)
{
	struct outcome o = { 0 };

	if (e->code == ERR_BUSY)
		return client_hold(c);
	log_err("client.gate", e);
	outcome_set(&o, REASON_INTERNAL, NEXT_NOTHING, NULL);
	clean_text(o.said, sizeof(o.said), e->say, strlen(e->say));
	client_obstruct(c, &o);
	return 0;
}

int client_gate_ask(struct client *c, int recent, int *canary)
{
	struct gate_view v;
	struct err e;

	if (c->stopped)
		return 0;
	if (*canary || (recent && clock_mono_ms() < c->trust_until))
		return 1;
	if (c->tools.gate.ask(c->tools.gate.ptr, c->who, c->cf.version, &v, &e) < 0)
		return unasked(c, &e);
	if (v.leave == GATE_WAIT)
		return client_hold(c);
	if (v.leave == GATE_STOPPED) {
		stop(c, v.reason);
		return 0;
	}
	if (v.leave == GATE_PROVE) {
		*canary = c->canary = 1;
		return 1;
	}
	c->proven = 1;
	c->trust_until = clock_mono_ms() + CLIENT_TRUST_MS;
	return 1;
}

/* A proof is told when somebody waits for it, and now and then, so that it stays young. */
static int worth_telling(const struct client *c, int canary, int refused, enum reason r)
{
	if (refused || canary)
		return 1;
	return r == REASON_OK && (!c->told_at || clock_mono_ms() - c->told_at > CLIENT_TELL_MS);
}

void client_gate_tell(struct client *c, int *canary, enum reason r)
{
	int refused = reason_row(r)->temper == TEMPER_STOPPED;
	struct err e;

	if (worth_telling(c, *canary, refused, r)) {
		if (c->tools.gate.tell(c->tools.gate.ptr, c->who, c->cf.version, r, &e) < 0)
			log_err("client.gate", &e);
		else if (r == REASON_OK)
			c->told_at = clock_mono_ms();
	}
	if (*canary && r == REASON_OK)
		c->trust_until = clock_mono_ms() + CLIENT_TRUST_MS;
	if (*canary)
		*canary = c->canary = 0;
	if (refused)
		stop(c, r);
	else if (r == REASON_OK && !c->stopped)
		c->proven = 1;
}
