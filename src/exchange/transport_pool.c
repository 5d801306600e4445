/* Transport pool: requests to one endpoint with one credential.
 *
 * Rules: a pool's connections, cookies and handles are its line's alone, and go together. Where a
 * sign-in holds for a connection, a request starts when a signed-in connection is free for it; one
 * at a time may open another. The moment before a request leaves its owner is asked. A token is
 * read from guarded memory when a request needs it, and the copy is wiped when the request is over.
 * A password the library copies, and keeps as long as a seat or a connection of the pool; what it
 * frees then the engine's allocator overwrites (sandbox_harden).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "egress.h"
#include "platform/clock.h"
#include "platform/str.h"
#include "transport_parts.h"

enum {
	PEM_MAX = 1024 * 1024,
	HEADERS_MAX = 64, /* of a request */
	PATH_MAX_LEN = 4096,
	LARGE = 64 * 1024 /* bytes of a body; the library draws its line at a mebibyte */
};

/* --- a pool's life --- */

static char *copy(const char *s)
{
	char *p = strdup(s ? s : "");

	if (!p)
		die("transport: out of memory");
	return p;
}

static struct secret *copy_secret(const struct secret *s)
{
	return s ? secret_new(secret_bytes(s), secret_len(s)) : NULL;
}

/* Behind a proxy (addresses NULL) the name is the proxy's business. */
static int set_target(struct transport_target *to, const char *host, int port,
	const struct addresses *addresses, struct err *e)
{
	if (str_copy(to->host, sizeof(to->host), host) < 0 || to->host[0] == '\0')
		return ERR(e, ERR_INPUT, "The server's name is missing or too long.",
			"transport: host name");
	if (addresses && addresses->count == 0)
		return ERR(e, ERR_NET, NULL, "transport: no address of %s", host);
	to->port = port;
	if (addresses)
		to->addresses = *addresses;
	return 0;
}

static int set_proxy(struct transport_pool *p, const struct transport_proxy *x, struct err *e)
{
	p->proxy_user = copy(x->user);
	p->proxy_password = copy_secret(x->password);
	return set_target(&p->proxy, x->host, x->port, &x->addresses, e);
}

static int set_trust(struct transport_pool *p, const char *pem, struct err *e)
{
	if (!transport_trust(p->t))
		return ERR(e, ERR_SETUP, NULL, "transport: trusted certificates cannot be read");
	if (strlen(pem) <= PEM_MAX)
		p->trust = transport_trust_also(p->t, pem);
	if (!p->trust)
		return ERR(e, ERR_INPUT, "The certificates to trust cannot be read.",
			"transport: PEM text");
	return 0;
}

static int is_ascii(const void *bytes, size_t n)
{
	const unsigned char *p = bytes;

	while (n > 0 && *p < 0x80) {
		p++;
		n--;
	}
	return n == 0;
}

/* The library puts a zero behind each byte of a name or a password and takes that for UTF-16: what
 * is not ASCII would be a wrong password, and be counted as one. */
static int is_beyond_library(const struct transport_way *w)
{
	return w->auth == TRANSPORT_NTLM &&
		(!is_ascii(w->login, strlen(w->login)) ||
			(w->password &&
				!is_ascii(secret_bytes(w->password), secret_len(w->password))));
}

static int set_way(struct transport_pool *p, const struct transport_way *w, struct err *e)
{
	p->unbound = is_beyond_library(w);
	p->auth = p->unbound ? TRANSPORT_BOUND : w->auth;
	p->login = copy(w->login);
	p->password = copy_secret(w->password);
	p->target.guarded = 1;
	if (w->proxy && set_proxy(p, w->proxy, e) < 0)
		return -1;
	if (w->ca_pem[0] && set_trust(p, w->ca_pem, e) < 0)
		return -1;
	if (set_target(&p->target, w->host, w->port, w->proxy ? NULL : &w->addresses, e) < 0)
		return -1;
	if (p->auth != TRANSPORT_BOUND)
		return 0;
	p->binding = binding_new(w->host, p->login, p->password, e);
	return p->binding ? 0 : -1;
}

static void free_parts(struct transport_pool *p)
{
	binding_free(p->binding);
	secret_free(p->password);
	secret_free(p->proxy_password);
	tls_store_free(p->trust);
	free(p->login);
	free(p->proxy_user);
	free(p);
}

static int top_of(const struct transport_pool *p, int flying)
{
	if (p->auth == TRANSPORT_BOUND || flying < 1)
		return 1;
	return flying < TRANSPORT_HOST ? flying : TRANSPORT_HOST;
}

struct transport_pool *transport_pool_new(
	struct transport *t, const struct transport_way *w, struct err *e)
{
	struct transport_pool *p = calloc(1, sizeof(*p));

	if (!p)
		die("transport: out of memory");
	p->t = t;
	if (set_way(p, w, e) < 0) {
		free_parts(p);
		return NULL;
	}
	p->jar = transport_jar_new();
	transport_item_init(&p->calls);
	p->lane.ptr = p;
	transport_lane_open(
		&t->queue, &p->lane, p->target.host, p->target.port, top_of(p, w->flying));
	return p;
}

static void retire_all(struct transport_pool *p)
{
	struct transport_line *line, *next;

	for (line = p->lines; line; line = next) {
		next = line->next;
		transport_line_retire(line);
	}
	transport_jar_drop(p->jar);
}

void transport_pool_fresh(struct transport_pool *p)
{
	retire_all(p);
	p->jar = transport_jar_new();
}

void transport_pool_destroy(struct transport_pool *p)
{
	retire_all(p);
	transport_lane_close(&p->t->queue, &p->lane);
	free_parts(p);
}

void transport_pool_free(struct transport_pool *p)
{
	struct transport_item *it;

	if (!p)
		return;
	while ((it = transport_item_first(&p->calls)) != NULL)
		transport_cancel(transport_call_of(it));
	if (p->t->telling == p)
		p->gone = 1;
	else
		transport_pool_destroy(p);
}

/* --- who may start --- */

int transport_pool_binds(const struct transport_pool *p)
{
	return p->auth == TRANSPORT_NTLM || p->auth == TRANSPORT_BOUND;
}

/* The line for a request that opens no connection of its own, or NULL. */
static struct transport_line *line_in_use(const struct transport_pool *p)
{
	struct transport_line *line = p->lines;

	while (line &&
		(line->retired || (transport_pool_binds(p) && (line->flying > 0 || !line->proven))))
		line = line->next;
	return line;
}

static int must_open(const struct transport_pool *p, const struct transport_call *c)
{
	return transport_pool_binds(p) && (c->anew || !line_in_use(p));
}

int transport_pool_may(const struct transport_lane *l)
{
	const struct transport_pool *p = l->ptr;

	return !p->signing || !must_open(p, (const struct transport_call *)l->items.next);
}

/* --- a seat of the pool --- */

static void set_password(struct transport_seat *s)
{
	const struct transport_pool *p = s->pool;

	TRANSPORT_SET(s, CURLOPT_HTTPAUTH,
		p->auth == TRANSPORT_NTLM ? (long)CURLAUTH_NTLM : (long)CURLAUTH_BASIC);
	TRANSPORT_SET(s, CURLOPT_USERNAME, p->login);
	if (p->password)
		TRANSPORT_SET(s, CURLOPT_PASSWORD, (const char *)secret_bytes(p->password));
}

static struct transport_seat *seat_new(struct transport_line *line)
{
	struct transport_pool *p = line->pool;
	struct transport_seat *s =
		transport_seat_new(line, p, p->proxy.port ? &p->proxy : &p->target);

	TRANSPORT_SET(s, CURLOPT_COOKIEFILE, ""); /* no file, but the jar is used */
	TRANSPORT_SET(s, CURLOPT_SHARE, line->jar->share);
	TRANSPORT_SET(s, CURLOPT_ACCEPT_ENCODING, "gzip");
	TRANSPORT_SET(s, CURLOPT_MAXAGE_CONN, (long)(p->t->idle_ms / 1000));
	TRANSPORT_SET(s, CURLOPT_CONNECTTIMEOUT_MS, (long)p->t->connect_ms);
	if (p->auth == TRANSPORT_BASIC || p->auth == TRANSPORT_NTLM)
		set_password(s);
	if (p->proxy.port)
		transport_seat_tunnel(s, &p->target, p->proxy_user, p->proxy_password);
	transport_seat_addresses(s);
	return s;
}

static struct transport_seat *seat_take(struct transport_line *line)
{
	struct transport_seat *s = line->idle;

	if (s)
		line->idle = s->next;
	else
		s = seat_new(line);
	line->flying++;
	return s;
}

/* --- a request --- */

/* "Bearer ..." from the caller's secret, wiped when the seat is cleared. */
static void set_bearer(struct transport_seat *s)
{
	const struct secret *token = s->call->ask.bearer;

	if (s->pool->auth != TRANSPORT_BEARER || !token)
		return;
	buf_puts(&s->secret, "Authorization: Bearer ");
	buf_add(&s->secret, secret_bytes(token), secret_len(token));
}

/* The time limit counts from the moment the call left the queue. */
static long time_left(const struct transport_call *c)
{
	int64_t limit = c->ask.total_ms > 0 ? c->ask.total_ms : c->t->request_ms;
	int64_t left = c->began + limit - clock_mono_ms();

	return left > 0 ? (long)left : 1;
}

static void set_headers(struct transport_seat *s)
{
	struct curl_slist *list = s->call->headers;

	if (s->secret.len > 0) {
		s->identity.data = s->secret.p;
		s->identity.next = list;
		list = &s->identity;
	}
	TRANSPORT_SET(s, CURLOPT_HTTPHEADER, list);
}

void transport_pool_fly(struct transport_seat *s, int with_body)
{
	const struct transport_request *q = &s->call->ask;

	set_headers(s);
	if (q->method[0] == 'G') {
		TRANSPORT_SET(s, CURLOPT_HTTPGET, 1L);
	} else {
		TRANSPORT_SET(s, CURLOPT_POSTFIELDS, with_body && q->body ? q->body : "");
		TRANSPORT_SET(s, CURLOPT_POSTFIELDSIZE_LARGE,
			(curl_off_t)(with_body && q->body ? q->body_len : 0));
	}
	TRANSPORT_SET(s, CURLOPT_TIMEOUT_MS, time_left(s->call));
	if (s->last_use) {
		s->last_use = 0;
		TRANSPORT_SET(s, CURLOPT_FORBID_REUSE, 0L);
	}
	curl_multi_add_handle(s->line->multi, s->easy);
}

/* A call that ends without ever having flown. */
static void unsent(struct transport_call *c, enum transport_end end, const char *text)
{
	c->reply = (struct transport_reply){
		.end = end, .text = text, .tls = &c->pool->seen, .headers = "", .body = ""
	};
	transport_queue_landed(&c->t->queue, &c->pool->lane);
	transport_ended(c);
}

static void take_off(struct transport_call *c, int opens)
{
	struct transport_pool *p = c->pool;
	struct transport_line *line = opens ? NULL : line_in_use(p);
	struct transport_seat *s = seat_take(line ? line : transport_line_new(p->t, p));

	c->seat = s;
	c->state = TRANSPORT_FLIES;
	c->began = clock_mono_ms();
	s->call = c;
	s->body.max = c->ask.answer_max;
	s->leg = TRANSPORT_LEG_NONE;
	s->again = 0;
	transport_seat_url(s, "https", c->ask.path);
	if (opens)
		p->signing = s->line;
	if (opens && p->auth == TRANSPORT_BOUND) {
		if (transport_bound_begin(s) < 0) {
			transport_seat_reply(s, CURLE_LOGIN_DENIED);
			transport_pool_leave(c);
			transport_ended(c);
		}
		return;
	}
	set_bearer(s);
	transport_pool_fly(s, 1);
}

void transport_pool_start(struct transport_call *c)
{
	struct transport_pool *p = c->pool;
	int opens = must_open(p, c);

	if (c->malformed)
		unsent(c, TRANSPORT_BROKEN, "the path or a header cannot be sent");
	else if (c->ask.may_start &&
		!c->ask.may_start(c->ask.ptr, opens || p->auth == TRANSPORT_BASIC))
		unsent(c, TRANSPORT_WITHHELD, "");
	else
		take_off(c, opens);
}

void transport_pool_leave(struct transport_call *c)
{
	struct transport_seat *s = c->seat;

	if (c->pool->signing == s->line)
		c->pool->signing = NULL;
	if (s->opened && s->tls.version[0])
		c->pool->seen = s->tls;
	transport_queue_landed(&c->t->queue, &c->pool->lane);
}

/* The request was answered: the sign-in of its connection stands, unless the answer was 401. */
static void prove(struct transport_seat *s, CURLcode code)
{
	long status = 0;

	curl_easy_getinfo(s->easy, CURLINFO_RESPONSE_CODE, &status);
	s->line->proven = code == CURLE_OK && status != 401 && s->line->sockets > 0;
}

/* Nothing of it was done: it starts again, before the others; where a sign-in holds for a
 * connection, as one that signs in. */
static void wait_again(struct transport_call *c)
{
	c->anew = transport_pool_binds(c->pool);
	c->state = TRANSPORT_WAITS;
	transport_line_release(c->seat);
	c->seat = NULL;
	transport_queue_put_back(&c->t->queue, &c->pool->lane, &c->item);
}

int transport_pool_landed(struct transport_seat *s, CURLcode code)
{
	struct transport_call *c = s->call;

	if (s->leg != TRANSPORT_LEG_NONE && transport_bound_next(s, code))
		return 1;
	if (transport_pool_binds(c->pool))
		prove(s, code);
	transport_pool_leave(c);
	if (s->bounced && !c->anew && code != CURLE_OK)
		wait_again(c);
	return c->state == TRANSPORT_WAITS;
}

/* --- asking --- */

static int has_control(const char *s)
{
	for (; *s; s++) {
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return 1;
	}
	return 0;
}

static int is_malformed(const struct transport_request *q)
{
	int bad = q->path[0] != '/' || strlen(q->path) > PATH_MAX_LEN || has_control(q->path);

	for (size_t i = 0; q->headers && q->headers[i]; i++)
		bad |= has_control(q->headers[i]);
	return bad;
}

static char *put(char **at, const char *s)
{
	size_t n = strlen(s) + 1;
	char *p = memcpy(*at, s, n);

	*at += n;
	return p;
}

/* One piece of memory for the call and all it copies. Of a large body the library would ask first
 * whether it may come: "Expect:" switches that off. */
static struct transport_call *call_new(const struct transport_request *q)
{
	static const char no_expect[] = "Expect:";
	size_t count = 0, size = strlen(q->path) + 1 + sizeof(no_expect);
	int large = q->body_len > LARGE;
	struct transport_call *c;
	char *at;

	for (; q->headers && q->headers[count]; count++)
		size += strlen(q->headers[count]) + 1;
	if (count > HEADERS_MAX)
		die("transport: more than %d headers", HEADERS_MAX);
	c = calloc(1, sizeof(*c) + (count + 1) * sizeof(*c->headers) + size);
	if (!c)
		die("transport: out of memory");
	c->headers = (struct curl_slist *)(c + 1);
	at = (char *)(c->headers + count + 1);
	c->ask = *q;
	c->ask.path = put(&at, q->path);
	for (size_t i = 0; i < count; i++) {
		c->headers[i].data = put(&at, q->headers[i]);
		c->headers[i].next = &c->headers[i + 1];
	}
	if (large)
		c->headers[count++].data = put(&at, no_expect);
	if (count > 0)
		c->headers[count - 1].next = NULL;
	else
		c->headers = NULL;
	return c;
}

struct transport_call *transport_ask(struct transport_pool *p, const struct transport_request *q)
{
	struct transport_call *c = call_new(q);

	c->t = p->t;
	c->pool = p;
	c->malformed = is_malformed(q);
	if (c->ask.answer_max == 0)
		c->ask.answer_max = TRANSPORT_ANSWER_MAX;
	transport_item_append(&p->calls, &c->together);
	transport_queue_put(&p->t->queue, &p->lane, &c->item);
	transport_soon(p->t);
	return c;
}
