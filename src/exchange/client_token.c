/* Client token: a Bearer token that is always fresh.
 *
 * Rules: one question to the token service at a time; its answer serves all calls until some
 * minutes before it expires. The question is a sign-in: it passes the gate. A refresh token may be
 * worth nothing once it was used: one uses it at a time, as it is then, and a new one is handed out
 * at once. What is secret is wiped when the question has landed, and with the connection goes what
 * it remembered of the answer.
 */
#include <stdlib.h>
#include <string.h>
#include "clean.h"
#include "client_parts.h"
#include "platform/clock.h"
#include "platform/log.h"
#include "platform/url.h"
#include "token.h"

enum {
	ARENA_MAX = 2 << 20,
	FORM_MAX = 64 * 1024,
	EARLY_MS = 5 * 60 * 1000, /* before it expires another is fetched */
	LEAST_MS = 30 * 1000
};

static const char form_line[] = "Content-Type: application/x-www-form-urlencoded";

int client_token_init(struct client *c, struct err *e)
{
	struct client_token *t = &c->token;
	struct url u;

	arena_init(&t->a, ARENA_MAX);
	buf_init(&t->body, FORM_MAX);
	if (url_parse(&c->book, c->cf.authority, &u) < 0 || strcmp(u.scheme, "https") != 0)
		return ERR(e, ERR_SETUP,
			"The address of the token service is not an https address. Ops: correct "
			"the connection.",
			"authority \"%s\"", c->cf.authority);
	t->path = token_path(&c->book, c->cf.tenant, e);
	if (!t->path)
		return -1;
	client_route_init(&t->route, c, u.host, u.port);
	t->route.guarded = 1;
	t->route.optional = c->cf.proxy != NULL;
	if (c->cf.signin == SIGNIN_USER && c->secret)
		t->refresh = secret_new(secret_bytes(c->secret), secret_len(c->secret));
	return 0;
}

/* --- the token in use --- */

struct client_bearer *client_bearer_take(struct client *c)
{
	c->token.now->users++;
	return c->token.now;
}

void client_bearer_drop(struct client_bearer *b)
{
	if (!b || --b->users > 0)
		return;
	secret_free(b->token);
	free(b);
}

void client_token_forget(struct client *c, const struct client_bearer *b)
{
	if (!b || c->token.now != b)
		return;
	client_bearer_drop(c->token.now);
	c->token.now = NULL;
}

static void take(struct client *c, struct token *got)
{
	int64_t life = got->expires_in * 1000;
	struct client_bearer *b = calloc(1, sizeof(*b));

	if (!b)
		die("client: out of memory");
	client_token_forget(c, c->token.now);
	b->token = got->access;
	b->users = 1;
	b->until = clock_mono_ms() +
		(life > 2 * EARLY_MS		      ? life - EARLY_MS
				: life > 2 * LEAST_MS ? life / 2
						      : LEAST_MS);
	c->token.now = b;
	got->access = NULL;
	if (!got->refresh)
		return;
	secret_free(c->token.refresh);
	c->token.refresh = got->refresh;
	got->refresh = NULL;
	if (c->tools.renewed)
		c->tools.renewed(c->tools.ptr, c->token.refresh);
}

/* --- the question --- */

static int may_start(void *ptr, int signs_in)
{
	struct client *c = ptr;

	(void)signs_in;
	return client_gate_ask(c, 1, &c->token.canary);
}

/* 1 with the refresh token as it is now, 0 while somebody else uses it, -1. */
static int begin(struct client *c, struct err *e)
{
	struct client_token *t = &c->token;
	struct secret *newer = NULL;
	int rc;

	if (!t->refresh || !c->tools.begin)
		return 1;
	rc = c->tools.begin(c->tools.ptr, &newer, e);
	if (rc == 0) {
		client_hold(c);
		client_wake(c, c->hold_until);
	}
	if (rc <= 0)
		return rc;
	t->begun = 1;
	if (newer) {
		secret_free(t->refresh);
		t->refresh = newer;
	}
	return 1;
}

static void end(struct client *c)
{
	if (c->token.begun)
		c->tools.ended(c->tools.ptr);
	c->token.begun = 0;
}

static void close_pool(struct client_token *t)
{
	if (t->pool)
		transport_pool_free(t->pool);
	t->pool = NULL;
	t->call = NULL;
}

static void read_answer(struct client *c, const struct transport_reply *r, struct outcome *o)
{
	const struct dialect_reply d = { r->status, r->headers, r->headers_len, r->body,
		r->body_len };
	const struct client_code *code = c->token.refresh ? NULL : c->cf.code;
	struct token got = { 0 };
	int rc = token_read(&d, code ? code->nonce : NULL, &c->token.a, &got, o);

	if (rc == 0 && code && !got.nonce_ok) {
		outcome_set(o, REASON_OTHER_ACCOUNT, NEXT_NOTHING, "nonce");
		rc = -1;
	}
	if (rc == 0 && code && c->tools.signed_in)
		c->tools.signed_in(c->tools.ptr, &got);
	if (rc == 0)
		take(c, &got);
	client_gate_tell(c, &c->token.canary, o->reason);
	token_done(&got);
}

static void on_answer(void *ptr, const struct transport_reply *r)
{
	struct client *c = ptr;
	struct client_token *t = &c->token;
	struct transport_request q = { .method = "POST",
		.path = t->path,
		.headers = (const char *const[]){ form_line, NULL },
		.body = buf_str(&t->body),
		.body_len = t->body.len };
	struct outcome o = { 0 };

	t->call = NULL;
	if (r->end == TRANSPORT_ANSWERED) {
		read_answer(c, r, &o);
	} else if (r->end != TRANSPORT_WITHHELD) {
		client_reply_broken(r, &o);
		t->route.doubted |= r->phase == TRANSPORT_CONNECTING;
		client_gate_tell(c, &t->canary, o.reason);
	}
	if (r->end != TRANSPORT_WITHHELD)
		client_trace_add(c, &t->route, &q, r, &o);
	buf_wipe(&t->body);
	arena_reset(&t->a);
	close_pool(t);
	end(c);
	if (o.reason != REASON_OK)
		client_obstruct(c, &o);
	client_wake(c, 0);
}

/* A certificate signs in with an assertion made for this question. */
static int write_form(struct client *c, struct err *e)
{
	struct client_token *t = &c->token;
	int user = c->cf.signin == SIGNIN_USER, cert = !user && c->cf.cert_pem[0];
	const struct client_code *code = user && !t->refresh ? c->cf.code : NULL;
	struct token_ask ask = { .flow = code ? TOKEN_CODE
			: user		      ? TOKEN_REFRESH
					      : TOKEN_CLIENT,
		.tenant = c->cf.tenant,
		.client_id = c->cf.client_id,
		.scope = user ? TOKEN_EWS_USER : TOKEN_EWS_APP,
		.client_secret = user ? c->client_secret
			: cert	      ? NULL
				      : c->secret,
		.refresh = t->refresh };
	struct secret *assertion = NULL;
	int rc = -1;

	if (cert) {
		assertion = token_assertion(arena_printf(&t->a, "%s%s", c->cf.authority, t->path),
			c->cf.client_id, c->secret, c->cf.cert_pem, e);
		ask.assertion = assertion;
	}
	if (code) {
		ask.code = code->code;
		ask.verifier = code->verifier;
		ask.redirect_uri = code->redirect_uri;
	}
	if (!cert || assertion)
		rc = token_write(&ask, &t->body, e);
	secret_free(assertion);
	return rc;
}

static int ask(struct client *c, struct err *e)
{
	static const char *const headers[] = { form_line, "Accept: application/json", NULL };
	struct client_token *t = &c->token;
	struct transport_request q = { .method = "POST",
		.path = t->path,
		.headers = headers,
		.answer_max = TOKEN_ANSWER_MAX,
		.may_start = may_start,
		.done = on_answer,
		.ptr = c };

	t->pool = client_route_pool(&t->route, TRANSPORT_ANONYMOUS, 1, e);
	if (!t->pool || write_form(c, e) < 0)
		return -1;
	q.body = buf_str(&t->body);
	q.body_len = t->body.len;
	t->call = transport_ask(t->pool, &q);
	return 0;
}

int client_token_ready(struct client *c)
{
	struct client_token *t = &c->token;
	struct outcome o = { 0 };
	struct err e;
	int rc;

	if (t->now && clock_mono_ms() < t->now->until)
		return 1;
	if (t->call || !client_route_ready(&t->route))
		return 0;
	rc = begin(c, &e);
	if (rc == 0 || (rc > 0 && ask(c, &e) == 0))
		return 0;
	close_pool(t);
	end(c);
	buf_wipe(&t->body);
	arena_reset(&t->a);
	log_err("client.token", &e);
	outcome_set(&o, REASON_INTERNAL, NEXT_NOTHING, NULL);
	clean_text(o.said, sizeof(o.said), e.say, strlen(e.say));
	client_obstruct(c, &o);
	return 0;
}

void client_token_done(struct client *c)
{
	struct client_token *t = &c->token;

	close_pool(t);
	end(c);
	if (t->canary)
		client_gate_tell(c, &t->canary, REASON_NOT_CHECKED);
	client_route_done(&t->route);
	client_token_forget(c, t->now);
	secret_free(t->refresh);
	t->refresh = NULL;
	buf_wipe(&t->body);
	arena_done(&t->a);
}
