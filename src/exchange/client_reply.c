/* Client reply: what an answer means, or that none came, and what follows from it.
 *
 * Rules: a question that must not be asked twice is repeated only when the server has said that it
 * did nothing, or when the question cannot have arrived; any doubt is told as OUTCOME_UNKNOWN. What
 * is repeated at once is bounded: each version once, one move, one new token.
 */
#include <openssl/x509_vfy.h>
#include <string.h>
#include "clean.h"
#include "client_parts.h"
#include "platform/clock.h"

/* --- no answer --- */

enum { ANY = -1 };

/* The first row that fits. */
static const struct broken {
	enum transport_end end;
	int phase;
	enum reason reason;
	enum outcome_next next;
} brokens[] = {
	{ TRANSPORT_REFUSED, ANY, REASON_NOT_ALLOWED, NEXT_NOTHING },
	{ TRANSPORT_TOO_BIG, ANY, REASON_TOO_BIG, NEXT_SMALLER },
	{ TRANSPORT_OTHER_NAME, ANY, REASON_TLS_NAME, NEXT_NOTHING },
	{ TRANSPORT_PROXY, ANY, REASON_PROXY_REFUSED, NEXT_NOTHING }, /* see blame_proxy */
	{ TRANSPORT_TIMEOUT, TRANSPORT_CONNECTING, REASON_UNREACHABLE, NEXT_RETRY },
	{ TRANSPORT_TIMEOUT, ANY, REASON_TIMED_OUT, NEXT_RETRY },
	{ TRANSPORT_BROKEN, TRANSPORT_CONNECTING, REASON_UNREACHABLE, NEXT_RETRY },
	{ TRANSPORT_BROKEN, ANY, REASON_CONNECTION_LOST, NEXT_RETRY },
	{ TRANSPORT_WITHHELD, ANY, REASON_SIGNIN_WAITING, NEXT_RETRY },
	{ TRANSPORT_ANSWERED, ANY, REASON_BAD_ANSWER, NEXT_NOTHING },
};

/* A handshake that broke: the certificate's fault, the library's words, or only the line's. */
static void blame_tls(const struct tls_seen *seen, struct outcome *out)
{
	if (!seen || (seen->verify == X509_V_OK && seen->reason == 0))
		return;
	if (seen->verify == X509_V_ERR_CERT_HAS_EXPIRED ||
		seen->verify == X509_V_ERR_CERT_NOT_YET_VALID)
		outcome_set(out, REASON_TLS_EXPIRED, NEXT_NOTHING, NULL);
	else if (seen->verify != X509_V_OK)
		outcome_set(out, REASON_TLS_UNTRUSTED, NEXT_NOTHING, NULL);
	else
		outcome_set(out, REASON_TLS_FAILED, NEXT_NOTHING, NULL);
}

/* What a proxy answers stands until somebody changes something there. When it gives no answer, or
 * speaks of trouble, nobody said no: that passes. */
static void blame_proxy(const struct transport_reply *r, struct outcome *out)
{
	if (r->status == 0 || r->status >= 500)
		outcome_set(out, REASON_UNREACHABLE, NEXT_RETRY, NULL);
	out->http = r->status;
}

void client_reply_broken(const struct transport_reply *r, struct outcome *out)
{
	const struct broken *row = brokens;

	while (row->end != r->end || (row->phase != ANY && row->phase != (int)r->phase))
		row++;
	outcome_set(out, row->reason, row->next, NULL);
	if (r->end == TRANSPORT_BROKEN && r->phase == TRANSPORT_SECURING)
		blame_tls(r->tls, out);
	if (r->end == TRANSPORT_PROXY)
		blame_proxy(r, out);
	clean_text(out->said, sizeof(out->said), r->text, strlen(r->text));
}

/* --- an answer --- */

static void forget(void *ptr)
{
	arena_done(ptr);
}

/* How much comes of an answer is the server's choice, so it is not held against the bounds of the
 * caller's arena, which only ties its life. What a try before left goes. */
static struct arena *answer_arena(struct client_call *call)
{
	if (call->answer) {
		arena_reset(call->answer);
		return call->answer;
	}
	call->answer = arena_alloc(call->how.a, sizeof(*call->answer));
	arena_init(call->answer, CLIENT_ANSWER_MAX);
	arena_defer(call->how.a, forget, call->answer);
	return call->answer;
}

/* Refused with a binding: which of the two is wrong, nobody here can tell. It is the suspicion
 * itself when the same secret was proved a moment ago, and never worked in here. */
static void suspect_binding(const struct client_flight *f, struct outcome *out)
{
	const int elsewhere = !f->canary && f->c->spoke < 0 && !f->c->server_said[0];
	static const char both[] =
		"The password is wrong, or something between here and the server ends the "
		"encrypted connection, so that Extended Protection fails.";

	if (f->c->cf.binding != BINDING_ON || f->c->scheme != CHALLENGE_NTLM ||
		out->reason != REASON_SIGNIN_REFUSED)
		return;
	if (elsewhere)
		out->reason = REASON_CHANNEL_BINDING;
	clean_text(out->code, sizeof(out->code), reason_row(REASON_CHANNEL_BINDING)->code,
		strlen(reason_row(REASON_CHANNEL_BINDING)->code));
	memcpy(out->said, both, sizeof(both));
}

static int read_answer(struct client_flight *f, const struct transport_reply *r)
{
	struct client_call *call = f->call;
	struct outcome *out = &call->out;
	const struct dialect *dialect = f->c->cf.dialect;
	const struct dialect_reply d = { r->status, r->headers, r->headers_len, r->body,
		r->body_len };
	const struct dialect_ask ask = { .op = call->op,
		.query = call->query,
		.version = f->version,
		.impersonate = call->how.impersonate,
		.mailbox = f->c->cf.mailbox,
		.zone = call->how.zone };

	struct arena *a;

	if (signin_http(&d, f->bearer != NULL, out)) {
		suspect_binding(f, out);
		return 0;
	}
	a = answer_arena(call);
	call->result = arena_alloc(a, dialect_result_size(call->op));
	dialect->read(&ask, &d, a, call->result, out);
	return out->reason != REASON_BAD_ANSWER && out->reason != REASON_NOT_EXCHANGE;
}

/* May it have been carried out although nobody said so? */
static int is_unsure(const struct transport_reply *r, const struct outcome *o, int soap)
{
	if (o->reason == REASON_OK)
		return 0;
	if (r->end != TRANSPORT_ANSWERED)
		return r->phase >= TRANSPORT_ASKING;
	if (soap)
		return o->next == NEXT_RETRY;
	return r->status >= 500 || r->status == 408 ||
		(r->status >= 200 && r->status < 300 && o->reason == REASON_BAD_ANSWER);
}

int client_reply_read(struct client_flight *f, const struct transport_reply *r)
{
	struct client_call *call = f->call;
	struct outcome *out = &call->out;
	int soap = 0;

	memset(out, 0, sizeof(*out));
	if (r->end == TRANSPORT_ANSWERED)
		soap = read_answer(f, r);
	else
		client_reply_broken(r, out);
	memcpy(out->request, strchr(f->id, ' ') + 1, 37);
	call->unsure = !dialect_op_twice(call->op) && is_unsure(r, out, soap);
	if (r->end != TRANSPORT_ANSWERED && r->phase == TRANSPORT_CONNECTING)
		f->c->server.doubted = f->c->proxy_route.doubted = 1;
	return soap;
}

/* --- what follows --- */

static void try_again(struct client_call *call)
{
	int64_t pause;

	if (++call->failed >= CLIENT_TRIES) {
		client_end(call);
		return;
	}
	pause = client_pause(call->failed);
	client_rest(call, call->out.wait_ms > pause ? call->out.wait_ms : pause);
}

/* The pace was told: it keeps this call back with all others. */
static void wait_pause(struct client_call *call, int soap)
{
	struct client *c = call->c;
	int64_t now = clock_mono_ms(), wait;

	wait = soap ? client_mood_wait(c, call->how.impersonate, now) : 0;
	if (wait > 0) {
		client_rest(call, wait);
		return;
	}
	wait = pace_wait(&c->pace, now);
	if (wait > 0 && now + wait >= call->deadline)
		client_end(call);
	else
		client_again(call);
}

/* What worked before is no version too high for the server: then it is this mailbox's server that
 * is older. When nothing has worked at all, it is not the version, unless the question is one that
 * only newer servers know. */
static void step_down(struct client_call *call, int version)
{
	struct client *c = call->c;

	if (version - 1 >= c->floor[call->op]) {
		call->ceiling = version - 1;
		if (c->spoke < version && c->ceiling > version - 1)
			c->ceiling = version - 1;
		client_again(call);
		return;
	}
	if (c->spoke < 0)
		c->ceiling = c->top;
	if (c->spoke >= 0 || (c->floor[call->op] > 0 && call->out.reason == REASON_VERSION))
		call->out.reason = REASON_UNSUPPORTED;
	client_end(call);
}

static void step_up(struct client_call *call, int version)
{
	struct client *c = call->c;
	int top = c->ceiling < call->ceiling ? c->ceiling : call->ceiling;

	if (version >= top) {
		client_end(call);
		return;
	}
	if (c->floor[call->op] <= version)
		c->floor[call->op] = version + 1;
	client_again(call);
}

/* Cookies may lead to the old server; who was asked meanwhile knows of no old ones. */
static void follow_move(struct client_call *call, const struct client_landed *was)
{
	if (call->moved) {
		client_end(call);
		return;
	}
	call->moved = 1;
	if (!was->stale && call->c->pool)
		transport_pool_fresh(call->c->pool->p);
	client_again(call);
}

int client_reply_renew(const struct client_flight *f)
{
	const struct outcome *o = &f->call->out;

	return f->bearer && o->http == 401 && o->next == NEXT_RETRY && !f->call->renewed;
}

void client_reply_settle(struct client_call *call, const struct client_landed *was)
{
	struct outcome *o = &call->out;

	if (was->renew) {
		call->renewed = 1;
		client_again(call);
		return;
	}
	if (call->unsure)
		outcome_set(o, REASON_OUTCOME_UNKNOWN, NEXT_NOTHING, o->code[0] ? o->code : NULL);
	if (o->reason == REASON_OK || reason_row(o->reason)->temper == TEMPER_STOPPED) {
		client_end(call);
		return;
	}
	switch (o->next) {
	case NEXT_RETRY:
		try_again(call);
		return;
	case NEXT_SLOWER:
		wait_pause(call, was->soap);
		return;
	case NEXT_VERSION_DOWN:
		step_down(call, was->version);
		return;
	case NEXT_VERSION_UP:
		step_up(call, was->version);
		return;
	case NEXT_MOVED:
		follow_move(call, was);
		return;
	default:
		client_end(call);
	}
}

/* --- what is kept for people --- */

static void join(struct buf *out, const char *const *lines)
{
	for (; lines && *lines; lines++)
		buf_printf(out, "%s\r\n", *lines);
}

void client_trace_add(struct client *c, const struct client_route *to,
	const struct transport_request *q, const struct transport_reply *r, const struct outcome *o)
{
	struct trace_exchange x = { .at_ms = clock_now_ms() - r->ms, .ms = r->ms };
	struct buf headers, url;

	if (!c->trace)
		return;
	buf_init(&headers, 8192);
	buf_init(&url, 4096);
	join(&headers, q->headers);
	buf_printf(&url, strchr(to->host, ':') ? "https://[%s]:%d%s" : "https://%s:%d%s", to->host,
		to->port, q->path);
	x.method = q->method;
	x.url = buf_str(&url);
	x.out = (struct trace_side){ buf_str(&headers), headers.len, q->body, q->body_len };
	x.in = (struct trace_side){ r->headers, r->headers_len, r->body, r->body_len };
	x.status = r->end == TRANSPORT_ANSWERED ? r->status : 0;
	x.note = reason_row(o->reason)->code;
	trace_add(c->trace, &x);
	buf_done(&headers);
	buf_done(&url);
}
