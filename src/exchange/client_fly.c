/* Client fly: a call becomes a request, and comes back.
 *
 * Rules: the version is the lowest one that will do, within what is known of the server. Nothing
 * leaves unless the gate says so in that moment; what it withheld goes back to its place in the
 * queue and counts as no try. Buffers stay with the flight and are used by the next.
 */
#include <stdio.h>
#include <string.h>
#include "clean.h"
#include "client_parts.h"
#include "platform/clock.h"
#include "platform/str.h"

/* What is left of a lease when the longest request is over. */
enum { LEASE_SPARE_MS = GATE_LEASE_S * 1000 - TRANSPORT_REQUEST_MS };

/* --- mailboxes with a pause of their own --- */

/* FNV-1a of the address in lower case; 0 marks unused entries. */
static uint64_t hash_of(const char *mailbox)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (; *mailbox; mailbox++) {
		unsigned char b = (unsigned char)*mailbox;

		h = (h ^ (b >= 'A' && b <= 'Z' ? b + 32U : b)) * UINT64_C(1099511628211);
	}
	return h ? h : 1;
}

static struct client_mood *mood_of(struct client *c, const char *mailbox)
{
	uint64_t h = c->mooded && mailbox ? hash_of(mailbox) : 0;

	for (size_t i = 0; h && i < CLIENT_MOODS; i++)
		if (c->moods[i].mailbox == h)
			return &c->moods[i];
	return NULL;
}

int64_t client_mood_wait(struct client *c, const char *mailbox, int64_t now)
{
	const struct client_mood *m = mood_of(c, mailbox);

	return m && m->pace.paused_until > now ? m->pace.paused_until - now : 0;
}

/* A free entry, or that of the mailbox whose pause ends first. */
static struct client_mood *mood_make(struct client *c, const char *mailbox)
{
	struct client_mood *m = c->moods;

	for (size_t i = 0; m->mailbox && i < CLIENT_MOODS; i++)
		if (!c->moods[i].mailbox || c->moods[i].pace.paused_until < m->pace.paused_until)
			m = &c->moods[i];
	memset(m, 0, sizeof(*m));
	m->mailbox = hash_of(mailbox);
	pace_init(&m->pace, 1, 1);
	c->mooded = 1;
	return m;
}

/* --- the end of a flight --- */

static void release(struct client_flight *f, enum pace_end end, int64_t told_ms)
{
	struct client *c = f->c;

	pace_end(&c->pace, end, told_ms, clock_mono_ms(), (unsigned)clock_mono_us());
	f->call->flight = NULL;
	f->call = NULL;
	f->request = NULL;
	client_bearer_drop(f->bearer);
	f->bearer = NULL;
	if (--f->pool->flying == 0 && f->pool != c->pool)
		client_soon(c);
	f->pool = NULL;
	f->next = c->spare;
	c->spare = f;
	c->flying--;
}

int client_land(struct client_flight *f)
{
	int left = f->left;

	transport_cancel(f->request);
	if (f->canary)
		client_gate_tell(f->c, &f->canary, REASON_NOT_CHECKED);
	release(f, PACE_OTHER, 0);
	return left;
}

/* What an answer says about the pace. A mailbox that is acted as has a pace of its own, unless it
 * was the front end that spoke. */
static enum pace_end pace_of(struct client_call *call, int soap)
{
	struct client *c = call->c;
	const struct outcome *o = &call->out;
	struct client_mood *m = mood_of(c, call->how.impersonate);
	int slowed = o->next == NEXT_SLOWER;

	if (!slowed && m && o->reason == REASON_OK)
		m->mailbox = 0;
	if (!slowed)
		return soap && o->reason == REASON_OK ? PACE_WELL : PACE_OTHER;
	if (!call->how.impersonate || !soap)
		return PACE_SLOWED;
	if (!m)
		m = mood_make(c, call->how.impersonate);
	pace_end(&m->pace, PACE_SLOWED, o->wait_ms, clock_mono_ms(), (unsigned)clock_mono_us());
	return PACE_OTHER;
}

/* What the answer says about the sign-in: any answer of Exchange itself proves it. */
static enum reason proof_of(const struct client_flight *f, int soap)
{
	const struct outcome *o = &f->call->out;
	int refused = reason_row(o->reason)->temper == TEMPER_STOPPED;

	if (client_reply_renew(f))
		return REASON_NOT_CHECKED;
	if (soap && (!refused || f->call->how.impersonate))
		return REASON_OK;
	return o->reason;
}

/* A connection that was signed in before proves nothing about the secret of today. */
static void report(struct client_flight *f, int soap)
{
	enum reason r = proof_of(f, soap);

	if (r != REASON_OK || f->signed_in)
		client_gate_tell(f->c, &f->canary, r);
}

static void note_version(struct client_flight *f)
{
	struct client *c = f->c;
	const struct outcome *o = &f->call->out;

	if (o->reason == REASON_OK && f->version > c->spoke)
		c->spoke = f->version;
	if (o->version[0])
		memcpy(c->server_said, o->version, sizeof(c->server_said));
}

static void answered(struct client_flight *f, const struct transport_reply *r)
{
	struct client_call *call = f->call;
	struct client *c = f->c;
	const struct transport_request q = { .method = "POST",
		.path = c->cf.dialect->path,
		.headers = f->headers,
		.body = buf_str(&f->body),
		.body_len = f->body.len };
	struct client_landed was = { .version = f->version };

	call->sent += r->phase >= TRANSPORT_ASKING;
	was.soap = client_reply_read(f, r);
	was.renew = client_reply_renew(f);
	was.stale = f->pool != c->pool;
	if (c->trace)
		client_trace_add(c, &c->server, &q, r, &call->out);
	report(f, was.soap);
	note_version(f);
	if (was.renew)
		client_token_forget(c, f->bearer);
	release(f, pace_of(call, was.soap), call->out.wait_ms);
	client_reply_settle(call, &was);
}

static void on_reply(void *ptr, const struct transport_reply *r)
{
	struct client_flight *f = ptr;
	struct client_call *call = f->call;
	struct client *c = f->c;

	if (r->end != TRANSPORT_WITHHELD) {
		answered(f, r);
	} else {
		if (f->canary)
			client_gate_tell(c, &f->canary, REASON_NOT_CHECKED);
		release(f, PACE_OTHER, 0);
		client_again(call);
	}
	client_pump(c);
}

/* A request that begins again could outlive the lease that it had when it began first: then that is
 * given back, and asked for anew. */
static int ask_gate(struct client_flight *f)
{
	struct client *c = f->c;
	int64_t now = clock_mono_ms();

	if (f->canary && now - f->leased_at > LEASE_SPARE_MS)
		client_gate_tell(c, &f->canary, REASON_NOT_CHECKED);
	if (!f->canary)
		f->leased_at = now;
	return client_gate_ask(c, c->scheme != CHALLENGE_BASIC, &f->canary);
}

static int may_leave(void *ptr, int signs_in)
{
	struct client_flight *f = ptr;
	struct client *c = f->c;

	f->left = signs_in ? ask_gate(f) : !c->stopped;
	f->signed_in |= signs_in && f->left;
	return f->left;
}

/* --- the beginning --- */

/* The version to ask in; -1 when the server knows none that can say it. */
static int version_of(const struct client_call *call)
{
	const struct client *c = call->c;
	int floor = c->floor[call->op];
	int top = c->ceiling < call->ceiling ? c->ceiling : call->ceiling;
	int v = c->start > floor ? c->start : floor;

	if (floor < 0 || floor > top)
		return -1;
	return v < top ? v : top;
}

static int write_body(struct client_flight *f, struct client_call *call, struct err *e)
{
	const struct client *c = f->c;
	const struct dialect_ask ask = { .op = call->op,
		.query = call->query,
		.version = f->version,
		.impersonate = call->how.impersonate,
		.mailbox = c->cf.mailbox,
		.zone = call->how.zone };

	f->brief = c->cf.dialect->is_brief(&ask);
	buf_clear(&f->body);
	if (c->cf.dialect->write(&ask, &f->body, e) < 0)
		return -1;
	if (!buf_ok(&f->body))
		return ERR(e, ERR_TOO_BIG, NULL, "a question of over %d bytes", CLIENT_BODY_MAX);
	return 0;
}

/* The client's random GUID, the end of which counts its requests. */
static void make_id(struct client_flight *f)
{
	struct client *c = f->c;

	snprintf(f->id, sizeof(f->id), "%s%012llx", c->id_begin, ++c->ids & 0xffffffffffffULL);
}

/* The front end finds the mailbox's server by it. An address that cannot stand in a header is left
 * out. */
static const char *anchor_line(struct client_flight *f, const struct client_call *call)
{
	const char *about = call->how.anchor ? call->how.anchor : call->how.impersonate;

	if (str_empty(about))
		return f->c->own_anchor;
	buf_clear(&f->anchor);
	buf_printf(&f->anchor, "X-AnchorMailbox: %s", about);
	if (!buf_ok(&f->anchor) || str_control(about, strlen(about), 0))
		return NULL;
	return buf_str(&f->anchor);
}

/* As few as will do: to the library a byte of a header costs more than one of a body. */
static void make_headers(struct client_flight *f, const struct client_call *call)
{
	size_t n = 0;

	make_id(f);
	f->headers[n++] = f->c->type_line;
	f->headers[n++] = f->id;
	if (f->brief)
		f->headers[n++] = "Accept-Encoding: identity";
	f->headers[n++] = anchor_line(f, call);
	f->headers[n] = NULL;
}

static void take_off(struct client_flight *f, struct client_call *call)
{
	struct client *c = f->c;
	struct transport_request q = { .method = "POST",
		.path = c->cf.dialect->path,
		.headers = f->headers,
		.body = buf_str(&f->body),
		.body_len = f->body.len,
		.may_start = may_leave,
		.done = on_reply,
		.ptr = f };

	c->spare = f->next;
	c->flying++;
	pace_begin(&c->pace);
	make_headers(f, call);
	f->call = call;
	f->left = f->canary = f->signed_in = 0;
	f->pool = c->pool;
	f->pool->flying++;
	if (c->scheme == CHALLENGE_BEARER) {
		f->bearer = client_bearer_take(c);
		q.bearer = f->bearer->token;
	}
	client_list_remove(call);
	call->flight = f;
	f->request = transport_ask(f->pool->p, &q);
}

void client_fly(struct client_call *call)
{
	struct client *c = call->c;
	struct client_flight *f = c->spare;
	int64_t wait = client_mood_wait(c, call->how.impersonate, clock_mono_ms());
	struct outcome *o = &call->out;
	struct err e;

	if (wait > 0) {
		outcome_set(o, REASON_SLOWED, NEXT_SLOWER, NULL);
		o->wait_ms = wait;
		client_rest(call, wait);
		return;
	}
	f->version = version_of(call);
	if (f->version < 0) {
		outcome_set(o, REASON_UNSUPPORTED, NEXT_NOTHING, o->code[0] ? o->code : NULL);
		client_end(call);
		return;
	}
	if (write_body(f, call, &e) < 0) {
		outcome_set(o,
			dialect_op_twice(call->op) ? REASON_INTERNAL : REASON_BOOKING_INVALID,
			NEXT_NOTHING, NULL);
		clean_text(o->said, sizeof(o->said), e.say, strlen(e.say));
		client_end(call);
		return;
	}
	take_off(f, call);
}
