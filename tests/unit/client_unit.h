/* What the tests of the client share: a world in which time is only counted, and a server that
 * answers as the test says.
 *
 * Everything the client reaches the outside with is defined here instead of in its own file: clock,
 * loop, resolver, egress guard and transport; the linker then leaves those files out.
 */
#ifndef LATCHKEY_CLIENT_UNIT_H
#define LATCHKEY_CLIENT_UNIT_H

#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "exchange/client.h"
#include "exchange/egress.h"
#include "exchange/pace.h"
#include "exchange/transport.h"
#include "platform/clock.h"
#include "platform/str.h"

enum { TIMERS = 32768, SCRIPT = 32, FLIGHT_MS = 100, UNIX_TIME = 1800000000 };

/* --- time --- */

static int64_t unit_ms = 1000000; /* monotonic */

int64_t clock_mono_ms(void)
{
	return unit_ms;
}

int64_t clock_mono_us(void)
{
	return unit_ms * 1000;
}

int64_t clock_now(void)
{
	return UNIX_TIME + unit_ms / 1000;
}

int64_t clock_now_ms(void)
{
	return clock_now() * 1000;
}

void clock_iso(char *dst, size_t size, int64_t t)
{
	snprintf(dst, size, "%lld", (long long)t);
}

void clock_text(char *dst, size_t size, int64_t t)
{
	clock_iso(dst, size, t);
}

struct unit_timer {
	uint64_t id;
	int64_t at;
	loop_fn *fn;
	void *ptr;
};

struct loop {
	struct unit_timer timers[TIMERS];
	size_t count;
	uint64_t last;
};

uint64_t loop_after(struct loop *l, int64_t ms, loop_fn *fn, void *ptr)
{
	assert_true(l->count < TIMERS && ms >= 0);
	l->timers[l->count++] = (struct unit_timer){ ++l->last, unit_ms + ms, fn, ptr };
	return l->last;
}

void loop_cancel(struct loop *l, uint64_t timer)
{
	for (size_t i = l->count; timer && i-- > 0;)
		if (l->timers[i].id == timer) {
			l->timers[i] = l->timers[--l->count];
			return;
		}
}

/* The next timer; 0 when there is none up to then. */
static inline int unit_turn(struct loop *l, int64_t until)
{
	size_t first = 0;
	struct unit_timer t;

	if (l->count == 0)
		return 0;
	for (size_t i = 1; i < l->count; i++)
		if (l->timers[i].at < l->timers[first].at ||
			(l->timers[i].at == l->timers[first].at &&
				l->timers[i].id < l->timers[first].id))
			first = i;
	t = l->timers[first];
	if (t.at > until)
		return 0;
	l->timers[first] = l->timers[--l->count];
	unit_ms = t.at > unit_ms ? t.at : unit_ms;
	t.fn(t.ptr);
	return 1;
}

/* --- the world --- */

/* One answer. Zeroed: 200 and "ok". */
struct unit_answer {
	enum transport_end end;
	enum transport_phase phase;
	long status;
	const char *headers;
	const char *body;
};

struct world {
	struct loop loop;
	struct look_tools net;
	struct client_tools tools;
	struct gate_memory *memory;
	struct arena a;
	struct client *c;
	struct trace trace;
	/* the name service */
	int names_asked, name_spared, name_fails, names_missing, refused_by_guard;
	const char *address;
	/* the server */
	const char *offers; /* header lines of the anonymous answer */
	const char *good;   /* the secret it takes; NULL = any */
	struct unit_answer script[SCRIPT];
	/* Or who answers, from what is asked. */
	void (*play)(struct world *w, const char *body, struct unit_answer *out);
	size_t scripted, played;
	int64_t dead_ms; /* so long after it left, the next sign-in finds its connection dead; 0 */
	const char *tokens[SCRIPT]; /* bodies of the token service */
	long token_status;
	size_t token_count;
	/* what was seen */
	int pools, fresh, looked, sent, signins, flying, most, tokens_asked, withheld;
	int started_after_refusal, refusals, told_ok, gate_asked;
	struct gate_view *decree; /* what the keeper says, instead of what it knows */
	int keeper_broken;
	char headers[1024]; /* of the last request */
	char bodies[4096];  /* of all requests, a line each */
	char bearer[64];
	char form[1024]; /* of the last question to the token service */
	char renewed[64];
	const char *newer; /* what the row has, of a refresh token */
	int busy, begun;   /* turns in which somebody else uses it; and those who began */
	/* what was told */
	int ended;
	int by_reason[REASON__MAX];
	struct outcome last;
};

static struct world *unit_world;

/* --- the name service and the guard --- */

struct unit_question {
	uint64_t timer;
	resolve_fn *fn;
	void *ptr;
};

static inline void unit_resolved(void *ptr)
{
	struct unit_question q = *(struct unit_question *)ptr;
	struct world *w = unit_world;
	struct addresses found = { .count = 1 };
	struct err e = { .code = w->names_missing ? ERR_MISSING : ERR_NET, .say = "No such name." };

	free(ptr);
	found.list[0].family = AF_INET;
	inet_pton(AF_INET, w->address, &found.list[0].v4);
	if (w->name_spared > 0 || w->name_fails == 0)
		memset(&e, 0, sizeof(e));
	else
		w->name_fails--;
	w->name_spared -= w->name_spared > 0;
	q.fn(q.ptr, e.say[0] ? NULL : &found, e.say[0] ? &e : NULL);
}

uint64_t resolve_ask(struct resolve *r, const char *host, resolve_fn *fn, void *ptr)
{
	struct unit_question *q = calloc(1, sizeof(*q));

	(void)r;
	assert_non_null(q);
	assert_false(str_empty(host));
	q->fn = fn;
	q->ptr = ptr;
	unit_world->names_asked++;
	q->timer = loop_after(&unit_world->loop, 1, unit_resolved, q);
	return q->timer;
}

void resolve_cancel(struct resolve *r, uint64_t question)
{
	struct loop *l = &unit_world->loop;

	(void)r;
	for (size_t i = 0; i < l->count; i++)
		if (l->timers[i].id == question)
			free(l->timers[i].ptr);
	loop_cancel(l, question);
}

int address_parse(const char *text, struct address *out)
{
	(void)text, (void)out;
	return -1;
}

const char *address_text(const struct address *a, char *dst, size_t size)
{
	return inet_ntop(AF_INET, &a->v4, dst, (socklen_t)size);
}

int egress_choose(const struct egress *g, const char *host, int port, const struct addresses *found,
	struct addresses *allowed, struct egress_verdict *out)
{
	(void)g, (void)host, (void)port;
	memset(out, 0, sizeof(*out));
	out->class = "private";
	snprintf(out->say, sizeof(out->say), "Not allowed.");
	*allowed = *found;
	return !unit_world->refused_by_guard;
}

int egress_check_name(
	const struct egress *g, const char *host, int port, struct egress_verdict *out)
{
	(void)g, (void)host;
	memset(out, 0, sizeof(*out));
	out->class = "unknown";
	snprintf(out->say, sizeof(out->say), "Not on this port.");
	return port == 443;
}

/* --- the transport --- */

struct transport_pool {
	enum transport_auth auth;
	char host[64];
	char secret[64];
	char address[64];
	int idle; /* connections that are signed in */
};

struct transport_call {
	struct transport_pool *pool;
	struct transport_request q;
	uint64_t timer;
	int left, anew;
	char headers[1024];
	char bearer[64];
};

struct transport_pool *transport_pool_new(
	struct transport *t, const struct transport_way *w, struct err *e)
{
	struct transport_pool *p = calloc(1, sizeof(*p));

	(void)t, (void)e;
	assert_non_null(p);
	unit_world->pools++;
	p->auth = w->auth;
	snprintf(p->host, sizeof(p->host), "%s", w->host);
	if (w->addresses.count > 0)
		address_text(&w->addresses.list[0], p->address, sizeof(p->address));
	if (w->password)
		snprintf(p->secret, sizeof(p->secret), "%s", secret_bytes(w->password));
	assert_true(
		(p->auth == TRANSPORT_ANONYMOUS || p->auth == TRANSPORT_BEARER) == !w->password);
	return p;
}

static inline void unit_arrive(void *ptr);
static inline void unit_depart(void *ptr);
static inline int unit_is_call(const struct unit_timer *t)
{
	return t->fn == unit_arrive || t->fn == unit_depart;
}

static inline void unit_drop(struct transport_call *call)
{
	unit_world->flying -= call->left;
	loop_cancel(&unit_world->loop, call->timer);
	free(call);
}

void transport_pool_free(struct transport_pool *p)
{
	struct loop *l = &unit_world->loop;

	for (size_t i = l->count; i-- > 0;)
		if (unit_is_call(&l->timers[i]) &&
			((struct transport_call *)l->timers[i].ptr)->pool == p)
			unit_drop(l->timers[i].ptr);
	unit_world->pools--;
	free(p);
}

void transport_pool_fresh(struct transport_pool *p)
{
	p->idle = 0;
	unit_world->fresh++;
}

/* The way an EWS request ends when nothing is scripted, or as the script says. */
static inline void unit_play(
	struct world *w, struct transport_call *call, struct transport_reply *r)
{
	static const struct unit_answer ok = { .status = 0 };
	const struct unit_answer *n = w->played < w->scripted ? &w->script[w->played++] : &ok;
	struct unit_answer made = { 0 };
	int refuses = w->good && call->anew && strcmp(w->good, call->pool->secret) != 0;

	if (w->play) {
		w->play(w, call->q.body, &made);
		n = &made;
	}
	r->end = n->end;
	r->phase = n->phase ? n->phase : n->end == TRANSPORT_ANSWERED ? TRANSPORT_DONE : n->phase;
	r->status = refuses ? 401 : n->status || n->end != TRANSPORT_ANSWERED ? n->status : 200;
	r->headers = n->headers ? n->headers : "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n";
	r->body = n->body ? n->body : "ok";
	if (r->status == 401)
		w->refusals++;
	else if (call->pool->auth == TRANSPORT_NTLM)
		call->pool->idle++;
}

static inline void unit_arrive(void *ptr)
{
	struct transport_call *call = ptr;
	struct transport_request q = call->q;
	struct world *w = unit_world;
	struct transport_reply r = {
		.text = "", .phase = TRANSPORT_DONE, .body = "", .headers = ""
	};

	w->flying--;
	if (strcmp(call->pool->host, "login.example.test") == 0) {
		r.status = w->token_status ? w->token_status : 200;
		assert_true((size_t)w->tokens_asked <= w->token_count);
		r.body = w->tokens[w->tokens_asked - 1];
	} else if (call->pool->auth == TRANSPORT_ANONYMOUS) {
		r.status = 401;
		r.headers = w->offers;
	} else {
		unit_play(w, call, &r);
	}
	r.headers_len = strlen(r.headers);
	r.body_len = strlen(r.body);
	r.ms = FLIGHT_MS;
	free(call);
	q.done(q.ptr, &r);
}

static inline void unit_note(struct world *w, struct transport_call *call)
{
	size_t used = strlen(w->bodies);

	if (strcmp(call->pool->host, "login.example.test") == 0) {
		w->tokens_asked++;
		snprintf(w->form, sizeof(w->form), "%.*s", (int)call->q.body_len,
			(const char *)call->q.body);
		return;
	}
	if (call->pool->auth == TRANSPORT_ANONYMOUS) {
		assert_null(call->q.bearer);
		w->looked++;
		return;
	}
	w->sent++;
	w->signins += call->anew;
	w->started_after_refusal += w->refusals > 0 && call->anew;
	memcpy(w->headers, call->headers, sizeof(w->headers));
	memcpy(w->bearer, call->bearer, sizeof(w->bearer));
	if (used + call->q.body_len + 2 < sizeof(w->bodies))
		snprintf(w->bodies + used, sizeof(w->bodies) - used, "%.*s\n",
			(int)call->q.body_len, call->q.body);
}

static inline void unit_depart(void *ptr)
{
	struct transport_call *call = ptr;
	struct transport_request q = call->q;
	struct transport_reply no = { .end = TRANSPORT_WITHHELD, .text = "" };
	struct transport_pool *p = call->pool;
	struct world *w = unit_world;

	call->anew = p->auth == TRANSPORT_BASIC || p->auth == TRANSPORT_BOUND ||
		(p->auth == TRANSPORT_NTLM && p->idle == 0);
	if (q.may_start && !q.may_start(q.ptr, call->anew)) {
		w->withheld++;
		free(call);
		q.done(q.ptr, &no);
		return;
	}
	if (call->anew && w->dead_ms > 0) {
		call->timer = loop_after(&w->loop, w->dead_ms, unit_depart, call);
		w->dead_ms = 0;
		return;
	}
	if (p->auth == TRANSPORT_NTLM && !call->anew)
		p->idle--;
	unit_note(w, call);
	call->left = 1;
	w->flying++;
	if (w->flying > w->most)
		w->most = w->flying;
	call->timer = loop_after(&w->loop, FLIGHT_MS, unit_arrive, call);
}

struct transport_call *transport_ask(struct transport_pool *p, const struct transport_request *q)
{
	struct transport_call *call = calloc(1, sizeof(*call));
	size_t used = 0;

	assert_non_null(call);
	call->pool = p;
	call->q = *q;
	for (const char *const *h = q->headers; h && *h; h++)
		used += (size_t)snprintf(
			call->headers + used, sizeof(call->headers) - used, "%s\n", *h);
	if (q->bearer)
		snprintf(call->bearer, sizeof(call->bearer), "%s", secret_bytes(q->bearer));
	call->timer = loop_after(&unit_world->loop, 0, unit_depart, call);
	return call;
}

void transport_cancel(struct transport_call *call)
{
	unit_drop(call);
}

/* --- a dialect of single words --- */

static inline int unit_write(const struct dialect_ask *ask, struct buf *body, struct err *e)
{
	const struct room_lists_query *q = ask->query;

	if (q && q->unused == 13)
		return ERR(e, ERR_INPUT, "That cannot be asked.", "thirteen");
	buf_printf(body, "%s v%d%s%s", dialect_op_name(ask->op), ask->version,
		ask->impersonate ? " as " : "", ask->impersonate ? ask->impersonate : "");
	return 0;
}

/* "ok", or WORD of the table, in an envelope or not, and a number of milliseconds. */
static inline void unit_read(const struct dialect_ask *ask, const struct dialect_reply *r,
	struct arena *a, void *result, struct outcome *out)
{
	static const struct {
		const char *word;
		enum reason reason;
		enum outcome_next next;
	} words[] = {
		{ "ok", REASON_OK, NEXT_NOTHING },
		{ "slow", REASON_SLOWED, NEXT_SLOWER },
		{ "retry", REASON_SERVER_DOWN, NEXT_RETRY },
		{ "down", REASON_VERSION, NEXT_VERSION_DOWN },
		{ "up", REASON_VERSION, NEXT_VERSION_UP },
		{ "moved", REASON_ELSEWHERE, NEXT_MOVED },
		{ "denied", REASON_NOT_DELEGATED, NEXT_NOTHING },
		{ "smaller", REASON_TOO_BIG, NEXT_SMALLER },
		{ "expired", REASON_PASSWORD_EXPIRED, NEXT_NOTHING },
	};
	const char *text = strstr(r->body, "<Envelope>") ? r->body + 10 : r->body, *space;

	(void)ask, (void)a;
	((struct people_result *)result)->count = 1;
	outcome_set(out, REASON_BAD_ANSWER, NEXT_NOTHING, NULL);
	for (size_t i = 0; i < COUNT(words); i++)
		if (strncmp(text, words[i].word, strlen(words[i].word)) == 0)
			outcome_set(out, words[i].reason, words[i].next, words[i].word);
	space = strchr(text, ' ');
	if (space)
		assert_int_equal(str_int(space + 1, 0, INT32_MAX, &out->wait_ms), 0);
	memcpy(out->version, "15.1.2", 7);
}

/* Writes are answered briefly. */
static int unit_brief(const struct dialect_ask *ask)
{
	return !dialect_op_twice(ask->op);
}

static const char *const unit_versions[] = { "V0", "V1", "V2", "V3", "V4", NULL };

static const struct dialect unit_dialect = {
	.name = "unit",
	.path = "/EWS",
	.content_type = "text/xml; charset=utf-8",
	.versions = unit_versions,
	.usual = 2,
	.lowest = { [EXCHANGE_LIST_ROOMS] = 4, [EXCHANGE_SYNC_CALENDAR] = -1 },
	.write = unit_write,
	.is_brief = unit_brief,
	.read = unit_read,
};

/* --- the keeper, watched --- */

static inline int unit_gate_ask(
	void *ptr, const char *who, const char *version, struct gate_view *out, struct err *e)
{
	struct world *w = ptr;
	struct gate_keeper k = gate_memory_keeper(w->memory);

	w->gate_asked++;
	if (w->keeper_broken)
		return ERR(e, w->keeper_broken, NULL, "broken");
	if (w->decree) {
		*out = *w->decree;
		return 0;
	}
	return k.ask(k.ptr, who, version, out, e);
}

static inline int unit_gate_tell(
	void *ptr, const char *who, const char *version, enum reason r, struct err *e)
{
	struct world *w = ptr;
	struct gate_keeper k = gate_memory_keeper(w->memory);

	w->told_ok += r == REASON_OK;
	return k.tell(k.ptr, who, version, r, e);
}

static inline int unit_begin(void *ptr, struct secret **newer, struct err *e)
{
	struct world *w = ptr;

	if (w->busy < 0)
		return ERR(e, ERR_FULL, "The disk is full.", "full");
	if (w->busy > 0 && w->busy--)
		return 0;
	assert_int_equal(w->begun, 0);
	w->begun = 1;
	if (w->newer)
		*newer = secret_new(w->newer, strlen(w->newer));
	return 1;
}

static inline void unit_ended(void *ptr)
{
	struct world *w = ptr;

	assert_int_equal(w->begun, 1);
	w->begun = 0;
}

static inline void unit_renewed(void *ptr, const struct secret *refresh)
{
	struct world *w = ptr;

	snprintf(w->renewed, sizeof(w->renewed), "%s", secret_bytes(refresh));
}

static inline struct client *unit_client(struct world *w, const struct client_config *with)
{
	struct client_config cf = *with;
	struct secret *s = secret_new("right", 5);
	struct client *c;
	struct err e;

	cf.dialect = cf.dialect ? cf.dialect : &unit_dialect;
	cf.host = cf.host ? cf.host : "mail.example.test";
	cf.port = cf.port ? cf.port : 443;
	cf.mailbox = "svc@example.test";
	cf.secret = cf.secret ? cf.secret : s;
	cf.version = cf.version ? cf.version : "1";
	cf.authority = cf.authority ? cf.authority : "https://login.example.test";
	cf.tenant = "example.test";
	cf.client_id = "11111111-1111-4111-8111-111111111111";
	c = client_new(&w->tools, &cf, &e);
	if (!c)
		fail_msg("%s", e.log);
	secret_free(s);
	return c;
}

static inline int unit_setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	if (!w)
		return -1;
	seal_init();
	*state = unit_world = w;
	w->memory = gate_memory_new();
	w->net.loop = &w->loop;
	w->tools = (struct client_tools){ .net = &w->net,
		.gate = { unit_gate_ask, unit_gate_tell, w },
		.begin = unit_begin,
		.ended = unit_ended,
		.renewed = unit_renewed,
		.ptr = w };
	w->address = "192.0.2.1";
	w->offers = "HTTP/1.1 401 No\r\nWWW-Authenticate: NTLM\r\nWWW-Authenticate: Basic "
		    "realm=\"x\"\r\n\r\n";
	w->good = "right";
	arena_init(&w->a, 64 << 20);
	return 0;
}

static inline int unit_teardown(void **state)
{
	struct world *w = *state;
	int left;

	client_free(w->c);
	left = w->loop.count != 0 || w->pools != 0 || w->flying != 0;
	gate_memory_free(w->memory);
	arena_done(&w->a);
	free(w);
	return left ? -1 : 0;
}

/* A world as good as new, in the middle of a test. */
static inline struct world *unit_anew(void **state)
{
	assert_int_equal(unit_teardown(state), 0);
	assert_int_equal(unit_setup(state), 0);
	return *state;
}

#define client_test(fn) cmocka_unit_test_setup_teardown(fn, unit_setup, unit_teardown)

/* --- asking --- */

static inline void unit_done(void *ptr, const struct outcome *o, const void *result)
{
	struct world *w = ptr;

	w->ended++;
	w->by_reason[o->reason]++;
	w->last = *o;
	if (o->reason == REASON_OK)
		assert_int_equal(((const struct people_result *)result)->count, 1);
}

static const struct room_lists_query unit_query = { 0 };

static inline struct client_how unit_how(struct world *w)
{
	return (struct client_how){ .a = &w->a, .done = unit_done, .ptr = w };
}

static inline struct client_call *unit_ask(struct world *w, enum exchange_op op)
{
	struct client_how how = unit_how(w);

	return client_ask(w->c, op, &unit_query, &how);
}

static inline void unit_ask_many(struct world *w, int n)
{
	for (int i = 0; i < n; i++)
		unit_ask(w, EXCHANGE_LIST_ROOM_LISTS);
}

/* Until so many calls have ended. */
static inline void unit_run(struct world *w, int ended)
{
	while (w->ended < ended)
		if (!unit_turn(&w->loop, INT64_MAX))
			fail_msg("%d of %d ended, and nothing more happens", w->ended, ended);
}

static inline void unit_pass(struct world *w, int64_t ms)
{
	int64_t until = unit_ms + ms;

	while (unit_turn(&w->loop, until))
		;
	unit_ms = until;
}

static inline void unit_script(struct world *w, long status, const char *body)
{
	w->script[w->scripted++] = (struct unit_answer){ .status = status, .body = body };
}

static inline void unit_script_end(
	struct world *w, enum transport_end end, enum transport_phase phase)
{
	w->script[w->scripted++] = (struct unit_answer){ .end = end, .phase = phase };
}

/* One call from beginning to end; how it ended. */
static inline const struct outcome *unit_once(struct world *w, enum exchange_op op)
{
	unit_ask(w, op);
	unit_run(w, w->ended + 1);
	return &w->last;
}

#endif
