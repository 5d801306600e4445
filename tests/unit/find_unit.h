/* What the tests of the search share: a world of names and servers that follows a script. It stands
 * in for the resolver and the transport, and writes down everything that is asked of it.
 */
#ifndef LATCHKEY_FIND_UNIT_H
#define LATCHKEY_FIND_UNIT_H

#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "ews/find.h"
#include "exchange/egress.h"
#include "exchange/transport.h"
#include "platform/clock.h"
#include "platform/config.h"
#include "platform/str.h"

#define XML "/autodiscover/autodiscover.xml"
#define SVC "/autodiscover/autodiscover.svc"
#define POX "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006"
#define POXA "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"
#define NS_A "http://schemas.microsoft.com/exchange/2010/Autodiscover"

#define ACCOUNT(inner)                                                                             \
	"<Autodiscover xmlns=\"" POX "\"><Response xmlns=\"" POXA "\"><Account>" inner             \
	"</Account></Response></Autodiscover>"
#define SETTINGS(host)                                                                             \
	ACCOUNT("<Action>settings</Action><Protocol><Type>EXPR</Type><EwsUrl>https://" host        \
		"/EWS/Exchange.asmx</EwsUrl></Protocol>")
#define ERROR(code)                                                                                \
	"<Autodiscover xmlns=\"" POX "\"><Response><Error><ErrorCode>" code                        \
	"</ErrorCode></Error></Response></Autodiscover>"
#define TO_URL(url) ACCOUNT("<Action>redirectUrl</Action><RedirectUrl>" url "</RedirectUrl>")
#define TO_ADDRESS(a) ACCOUNT("<Action>redirectAddr</Action><RedirectAddr>" a "</RedirectAddr>")
#define SOAP_SETTINGS(host)                                                                        \
	"<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>"               \
	"<GetUserSettingsResponseMessage xmlns=\"" NS_A "\"><Response><ErrorCode>NoError"          \
	"</ErrorCode><UserResponses><UserResponse><ErrorCode>NoError</ErrorCode><UserSettings>"    \
	"<UserSetting><Name>ExternalEwsUrl</Name><Value>https://" host "/EWS/Exchange.asmx"        \
	"</Value></UserSetting></UserSettings></UserResponse></UserResponses></Response>"          \
	"</GetUserSettingsResponseMessage></s:Body></s:Envelope>"

#define SIGNS "X-FEServer: EX01\r\n"
#define ASKS "WWW-Authenticate: NTLM\r\nWWW-Authenticate: Basic realm=\"x\"\r\n"

/* One answer. The first row that fits counts; a row with `once` counts once only. */
struct rule {
	const char *ask; /* "GET URL", "POST URL": without credentials; "SIGN URL": with them */
	long status;	 /* 0: none comes, see end */
	const char *headers;
	const char *body;
	enum transport_end end;
	enum transport_phase phase;
	int once;
};

/* Who answers to a name: an address, or trouble. */
struct name {
	const char *name;
	const char *address; /* NULL: the name servers fail */
};

struct service {
	const char *domain;
	struct resolve_target list[3];
	size_t count;
	int fails;
};

enum { RULES = 24, CALLS = 64 };

struct world {
	struct loop *loop;
	struct arena a;
	struct egress *egress;
	struct look_tools net;
	struct client_tools tools;
	struct gate_memory *gate;
	struct client_config cf;
	struct secret *secret;
	struct find_query q;
	const struct rule *rules;
	int used[RULES];
	const struct name *names;
	const struct service *services;
	char log[8192];
	/* what was heard */
	struct find *f;
	const struct find_result *r;
	struct outcome o;
	int done, seen;
};

/* --- the resolver --- */

struct resolve_call {
	uint64_t id, timer;
	char name[256];
	resolve_fn *fn;
	resolve_srv_fn *srv;
	void *ptr;
};

struct world *find_world(void); /* the one of the test that runs */
void find_log(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static struct world *the_world;
static struct resolve_call resolve_calls[CALLS];
static uint64_t resolve_last;

struct world *find_world(void)
{
	return the_world;
}

void find_log(const char *fmt, ...)
{
	struct world *w = the_world;
	size_t n = strlen(w->log);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(w->log + n, sizeof(w->log) - n, fmt, ap);
	va_end(ap);
}

const char *address_text(const struct address *a, char *dst, size_t size)
{
	const void *bytes = a->family == AF_INET ? (const void *)&a->v4 : &a->v6;

	return inet_ntop(a->family, bytes, dst, (socklen_t)size);
}

int address_parse(const char *text, struct address *out)
{
	memset(out, 0, sizeof(*out));
	out->family = AF_INET;
	if (inet_pton(AF_INET, text, &out->v4) == 1)
		return 0;
	out->family = AF_INET6;
	return inet_pton(AF_INET6, text, &out->v6) == 1 ? 0 : -1;
}

int resolve_missing(const struct err *e)
{
	return e->code == ERR_MISSING;
}

static void answer_service(struct resolve_call *c)
{
	const struct service *s = the_world->services;
	struct resolve_targets found = { 0 };
	struct err e = { .code = ERR_NET, .say = "The name servers are silent." };

	while (s && s->domain && strcmp(s->domain, c->name) != 0)
		s++;
	if (s && s->domain) {
		found.count = s->count;
		memcpy(found.list, s->list, sizeof(s->list));
	}
	c->srv(c->ptr, s && s->fails ? NULL : &found, s && s->fails ? &e : NULL);
}

static void answer_name(void *ptr)
{
	struct resolve_call c = *(struct resolve_call *)ptr;
	const struct name *n = the_world->names;
	struct addresses found = { .count = 1 };
	struct err e = { .code = ERR_MISSING, .say = "There is no server of this name." };

	((struct resolve_call *)ptr)->id = 0;
	if (c.srv) {
		answer_service(&c);
		return;
	}
	while (n && n->name && strcmp(n->name, c.name) != 0)
		n++;
	if (n && n->name && !n->address)
		e = (struct err){ .code = ERR_NET, .say = "The name servers are silent." };
	if (address_parse(c.name, &found.list[0]) == 0 ||
		(n && n->name && n->address && address_parse(n->address, &found.list[0]) == 0))
		c.fn(c.ptr, &found, NULL);
	else
		c.fn(c.ptr, NULL, &e);
}

static uint64_t resolve_start(const char *name, resolve_fn *fn, resolve_srv_fn *srv, void *ptr)
{
	struct resolve_call *c = resolve_calls;

	while (c->id)
		c++;
	*c = (struct resolve_call){ .id = ++resolve_last, .fn = fn, .srv = srv, .ptr = ptr };
	snprintf(c->name, sizeof(c->name), "%s", name);
	c->timer = loop_after(the_world->loop, 0, answer_name, c);
	return c->id;
}

uint64_t resolve_ask(struct resolve *r, const char *host, resolve_fn *fn, void *ptr)
{
	(void)r;
	find_log("name %s\n", host);
	return resolve_start(host, fn, NULL, ptr);
}

uint64_t resolve_srv(
	struct resolve *r, const char *service, const char *domain, resolve_srv_fn *fn, void *ptr)
{
	(void)r;
	find_log("records %s.%s\n", service, domain);
	return resolve_start(domain, NULL, fn, ptr);
}

void resolve_cancel(struct resolve *r, uint64_t question)
{
	(void)r;
	for (size_t i = 0; i < CALLS; i++) {
		if (question && resolve_calls[i].id == question) {
			loop_cancel(the_world->loop, resolve_calls[i].timer);
			resolve_calls[i].id = 0;
		}
	}
}

/* --- the transport --- */

struct transport_pool {
	char host[256];
	int port;
	enum transport_auth auth;
	int signed_in; /* the connection is */
	struct transport_call *call;
	int telling, gone;
};

struct transport_call {
	struct transport_pool *pool; /* NULL: a look of its own */
	uint64_t timer;
	char ask[512]; /* without the method's word */
	transport_may_fn *may;
	transport_done_fn *done;
	void *ptr;
	int post;
};

static void call_free(struct transport_call *c)
{
	if (c->pool)
		c->pool->call = NULL;
	loop_cancel(the_world->loop, c->timer);
	free(c);
}

struct transport_pool *transport_pool_new(
	struct transport *t, const struct transport_way *w, struct err *e)
{
	struct transport_pool *p = calloc(1, sizeof(*p));

	(void)t;
	(void)e;
	assert_non_null(p);
	snprintf(p->host, sizeof(p->host), "%s", w->host);
	p->port = w->port;
	p->auth = w->auth;
	assert_int_equal(w->auth == TRANSPORT_ANONYMOUS, w->password == NULL);
	assert_true(w->addresses.count > 0 || w->proxy);
	return p;
}

void transport_pool_free(struct transport_pool *p)
{
	if (p->call && !p->telling)
		call_free(p->call);
	p->gone = 1;
	if (!p->telling)
		free(p);
}

void transport_pool_fresh(struct transport_pool *p)
{
	(void)p;
}

/* "GET", "POST" without credentials; "SIGN" with them. */
static const struct rule *rule_of(const char *ask)
{
	const struct rule *r = the_world->rules;

	for (size_t i = 0; r && r[i].ask; i++) {
		assert_true(i < RULES);
		if (strcmp(r[i].ask, ask) != 0 || (r[i].once && the_world->used[i]))
			continue;
		the_world->used[i]++;
		return &r[i];
	}
	return NULL;
}

static void reply(struct transport_call *c, int withheld)
{
	static const struct rule nobody = { .end = TRANSPORT_BROKEN,
		.phase = TRANSPORT_CONNECTING };
	struct transport_pool *p = c->pool;
	const char *verb = p && p->auth != TRANSPORT_ANONYMOUS ? "SIGN" : c->post ? "POST" : "GET";
	struct transport_reply r = { .text = "it broke" };
	char ask[600], headers[1024];
	const struct rule *rule;
	transport_done_fn *done = c->done;
	void *ptr = c->ptr;

	snprintf(ask, sizeof(ask), "%s %s", verb, c->ask);
	find_log("%s%s\n", ask, withheld ? " (withheld)" : "");
	rule = rule_of(ask);
	if (!rule)
		rule = &nobody;
	r.end = withheld ? TRANSPORT_WITHHELD : rule->status ? TRANSPORT_ANSWERED : rule->end;
	r.phase = rule->status ? TRANSPORT_DONE : rule->phase;
	r.status = rule->status;
	snprintf(headers, sizeof(headers), "HTTP/1.1 %ld X\r\n%s\r\n", rule->status,
		rule->headers ? rule->headers : "");
	r.headers = headers;
	r.headers_len = strlen(headers);
	r.body = rule->body ? rule->body : "";
	r.body_len = strlen(r.body);
	if (p)
		p->telling = 1;
	call_free(c);
	done(ptr, &r);
	if (p) {
		p->telling = 0;
		if (p->gone)
			free(p);
	}
}

static void on_call(void *ptr)
{
	struct transport_call *c = ptr;
	struct transport_pool *p = c->pool;
	int signs_in = p && p->auth != TRANSPORT_ANONYMOUS &&
		(p->auth == TRANSPORT_BASIC || !p->signed_in);

	if (c->may && !c->may(c->ptr, signs_in)) {
		reply(c, 1);
		return;
	}
	if (p)
		p->signed_in = 1;
	reply(c, 0);
}

static struct transport_call *call_new(transport_done_fn *done, void *ptr)
{
	struct transport_call *c = calloc(1, sizeof(*c));

	assert_non_null(c);
	c->done = done;
	c->ptr = ptr;
	c->timer = loop_after(the_world->loop, 0, on_call, c);
	return c;
}

struct transport_call *transport_ask(struct transport_pool *p, const struct transport_request *q)
{
	struct transport_call *c = call_new(q->done, q->ptr);

	c->pool = p;
	p->call = c;
	c->may = q->may_start;
	c->post = strcmp(q->method, "POST") == 0;
	assert_int_equal(c->post, q->body_len > 0);
	assert_true(q->total_ms > 0 && q->answer_max > 0);
	if (p->port == 443)
		snprintf(c->ask, sizeof(c->ask), "https://%s%s", p->host, q->path);
	else
		snprintf(c->ask, sizeof(c->ask), "https://%s:%d%s", p->host, p->port, q->path);
	return c;
}

struct transport_call *transport_get(struct transport *t, const struct transport_get *get)
{
	struct transport_call *c = call_new(get->done, get->ptr);

	(void)t;
	assert_true(get->plain && get->port == 80 && get->phase);
	snprintf(c->ask, sizeof(c->ask), "http://%s%s", get->host, get->path);
	return c;
}

void transport_cancel(struct transport_call *call)
{
	call_free(call);
}

/* --- the test's hand --- */

static inline int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	the_world = w;
	seal_init();
	arena_init(&w->a, 64 << 20);
	w->loop = loop_new();
	w->egress = egress_new("/nonexistent/egress", TENANCY_SINGLE);
	w->net = (struct look_tools){ .loop = w->loop, .egress = w->egress };
	w->gate = gate_memory_new();
	w->tools = (struct client_tools){ .net = &w->net, .gate = gate_memory_keeper(w->gate) };
	w->secret = secret_new("pass", 4);
	w->cf = (struct client_config){ .ca_pem = "",
		.login = "",
		.mailbox = "anna@example.test",
		.secret = w->secret,
		.version = "v1" };
	w->q = (struct find_query){
		.mailbox = "anna@example.test", .domain = "", .signed_in = 1, .cf = &w->cf
	};
	*state = w;
	return 0;
}

static inline int teardown(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < CALLS; i++)
		assert_true(resolve_calls[i].id == 0);
	egress_free(w->egress);
	gate_memory_free(w->gate);
	secret_free(w->secret);
	loop_free(w->loop);
	arena_done(&w->a);
	free(w);
	return 0;
}

static inline void on_seen(void *ptr, size_t i, const struct find_candidate *c)
{
	struct world *w = ptr;

	assert_true(i < FIND_CANDIDATES && c->url && c->say && !w->done);
	assert_true(c->state == FIND_LOOKING || c->say[0]);
	w->seen++;
}

static inline void on_done(void *ptr, const struct find_result *r, const struct outcome *o)
{
	struct world *w = ptr;

	w->done++;
	w->r = r;
	w->o = *o;
}

static inline void begin(struct world *w, const struct name *names, const struct rule *rules)
{
	w->names = names;
	w->rules = rules;
	memset(w->used, 0, sizeof(w->used));
	w->log[0] = '\0';
	w->done = w->seen = 0;
	w->f = find_start(&w->tools, &w->a, &w->q, on_seen, on_done, w);
	assert_int_equal(w->done + w->seen, 0);
}

static inline void run(struct world *w, const struct name *names, const struct rule *rules)
{
	int64_t end = clock_mono_ms() + 5000;

	begin(w, names, rules);
	while (!w->done && clock_mono_ms() < end)
		loop_turn(w->loop, 50);
	assert_int_equal(w->done, 1);
	assert_int_equal(w->r->found, w->o.reason == REASON_OK && w->r->host[0]);
	assert_int_equal(w->o.reason == REASON_CONSENT_NEEDED, w->r->consent[0] != '\0');
	for (size_t i = 0; i < w->r->count; i++) {
		assert_true(w->r->list[i].state != FIND_LOOKING);
		assert_true(w->r->list[i].say[0]);
	}
}

static inline int asked(const struct world *w, const char *line)
{
	return strstr(w->log, line) != NULL;
}

/* How many lines begin so? */
static inline int count_of(const struct world *w, const char *start)
{
	const char *p = w->log;
	int n = strncmp(p, start, strlen(start)) == 0;

	while ((p = strchr(p, '\n')) != NULL)
		n += strncmp(++p, start, strlen(start)) == 0;
	return n;
}

/* The states of the candidates, a letter each. */
static inline const char *states(const struct world *w)
{
	static const char letters[] = "sna?>+F.";
	static char text[FIND_CANDIDATES + 1];

	for (size_t i = 0; i < w->r->count; i++)
		text[i] = letters[w->r->list[i].state];
	text[w->r->count] = '\0';
	return text;
}

#define assert_end(w, want, letters)                                                               \
	do {                                                                                       \
		if ((w)->o.reason != (want) || strcmp(states(w), (letters)) != 0)                  \
			fail_msg("line %d: reason %s, states %s\n%s", __LINE__,                    \
				reason_row((w)->o.reason)->code, states(w), (w)->log);             \
	} while (0)

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

#endif
