/* Find sign: the question itself, to the one host that may have credentials.
 *
 * Rules: the gate is asked before each sign-in and told after it; a refusal ends everything. Plain
 * XML is asked first, SOAP when plain XML is not there, each at most once a host. A sign-in counts
 * as proven only when Autodiscover itself has answered.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include "exchange/answer.h"
#include "exchange/signin.h"
#include "find_parts.h"
#include "platform/clock.h"
#include "platform/log.h"

static void ask_gate(struct find *f);

/* --- the gate --- */

void find_tell(struct find *f, enum reason r)
{
	const struct gate_keeper *g = &f->tools->gate;
	struct err e;

	if (!f->proving && !(f->signing && reason_row(r)->temper == TEMPER_STOPPED))
		return;
	f->proving = 0;
	if (g->tell(g->ptr, f->who, f->q->cf->version ? f->q->cf->version : "", r, &e) < 0)
		log_err("find.gate", &e);
}

/* --- ends --- */

static void fail(struct find *f, const struct outcome *o, const char *say)
{
	f->c->end = *o;
	find_settle(f, FIND_FAILED, say);
	find_end(f, o);
}

static void fail_as(struct find *f, enum reason r, const char *code)
{
	struct outcome o = { 0 };

	outcome_set(&o, r, NEXT_NOTHING, code);
	fail(f, &o, find_say(r));
}

/* Neither form is there. What asked for the sign-in is no Autodiscover, or a broken one. */
static void fail_both(struct find *f, struct outcome *o)
{
	if (!o->code[0])
		*o = f->first;
	if (o->reason == REASON_NO_EWS)
		outcome_set(o, REASON_NOT_EXCHANGE, NEXT_NOTHING, NULL);
	fail(f, o, "It took the sign-in, but Autodiscover does not answer there.");
}

/* --- the answer --- */

/* The other form may be there when this one is not. */
static int is_absent(const struct find *f, const struct outcome *o)
{
	return f->form == DISCOVER_POX &&
		(o->http == 404 || o->http == 405 || o->http == 410 || o->http == 500 ||
			o->http == 501 || o->reason == REASON_UNSUPPORTED);
}

static void ask_other(struct find *f, const struct outcome *o)
{
	f->first = *o;
	f->form = DISCOVER_SOAP;
	f->at.path = DISCOVER_SOAP_PATH;
	find_later(f, 0, ask_gate);
}

/* Only an anonymous question ends here: it answered the look with an error of its own and wants a
 * sign-in now: begin with that. */
static void sign_after_all(struct find *f, const struct transport_reply *r)
{
	const struct answer w = { r->status, r->headers, r->headers_len, r->body, r->body_len };

	answer_offers(&w, &f->offered);
	if (f->offered.known)
		find_later(f, 0, find_sign);
	else
		fail_as(f, REASON_SIGNIN_KIND, NULL);
}

static void proceed(struct find *f, const struct discovered *d, struct outcome *o)
{
	if (d->kind == DISCOVER_SETTINGS)
		find_found(f, d, "It knows the mailbox.");
	else if (d->kind == DISCOVER_ADDRESS)
		find_again(f, d->to);
	else if (d->kind == DISCOVER_URL)
		find_follow(f, d->to);
	else if (reason_row(o->reason)->temper == TEMPER_STOPPED)
		fail(f, o, find_say(o->reason));
	else if (is_absent(f, o))
		ask_other(f, o);
	else if (f->first.http)
		fail_both(f, o);
	else
		fail(f, o, find_say(o->reason));
}

static void on_answer(void *ptr, const struct transport_reply *r)
{
	const struct dialect_reply d = { r->status, r->headers, r->headers_len, r->body,
		r->body_len };
	struct find *f = ptr;
	struct discovered found = { .kind = DISCOVER_ERROR };
	struct outcome o = { 0 };
	int signing = f->signing, proof;

	f->call = NULL;
	find_trace(f, "POST", r);
	if (r->end == TRANSPORT_ANSWERED)
		discover_read(f->form, &d, f->a, &found, &o);
	else
		client_reply_broken(r, &o);
	proof = r->status == 200 && (found.kind != DISCOVER_ERROR || o.code[0]);
	if (!signing && r->status == 401) {
		sign_after_all(f, r);
		return;
	}
	if (signing && f->starts > 0) {
		f->given = f->at.host;
		f->bound = 1;
		f->proven |= proof;
	}
	find_tell(f, proof ? REASON_OK : o.reason);
	proceed(f, &found, &o);
}

/* --- the question --- */

/* A second sign-in of one question would be a second attempt with an unproven secret. */
static int may_start(void *ptr, int signs_in)
{
	struct find *f = ptr;

	return !signs_in || f->starts++ == 0;
}

static const char *request_id(struct find *f)
{
	char hex[33];

	seal_random_hex(hex, 32);
	return arena_printf(f->a, "client-request-id: %.8s-%.4s-%.4s-%.4s-%s", hex, hex + 8,
		hex + 12, hex + 16, hex + 20);
}

static void ask(struct find *f)
{
	const char *const headers[] = { "Content-Type: text/xml; charset=utf-8", "Accept: text/xml",
		arena_printf(f->a, "X-AnchorMailbox: %s", f->mailbox), request_id(f),
		"return-client-request-id: true", NULL };
	struct transport_request q = { .method = "POST",
		.path = f->at.path,
		.headers = headers,
		.answer_max = FIND_ANSWER_MAX,
		.total_ms = FIND_ASK_MS,
		.may_start = may_start,
		.done = on_answer,
		.ptr = f };
	struct err e;

	buf_clear(&f->body);
	if (discover_write(f->form, f->mailbox, url_join(f->a, &f->at, f->at.path), &f->body, &e) <
		0) {
		find_tell(f, REASON_NOT_CHECKED);
		fail_as(f, REASON_ADDRESS_REFUSED, NULL);
		return;
	}
	q.body = buf_str(&f->body);
	q.body_len = f->body.len;
	f->starts = 0;
	f->call = transport_ask(f->pool, &q);
}

static void gate_failed(struct find *f, const struct err *e)
{
	if (e->code == ERR_BUSY) {
		find_later(f, GATE_ASK_MS, ask_gate);
		return;
	}
	log_err("find.gate", e);
	fail_as(f, REASON_INTERNAL, NULL);
}

static void ask_gate(struct find *f)
{
	const struct gate_keeper *g = &f->tools->gate;
	struct gate_view v;
	struct err e;

	if (!f->signing) {
		ask(f);
		return;
	}
	if (g->ask(g->ptr, f->who, f->q->cf->version ? f->q->cf->version : "", &v, &e) < 0) {
		gate_failed(f, &e);
	} else if (v.leave == GATE_WAIT) {
		find_later(f, GATE_ASK_MS, ask_gate);
	} else if (v.leave == GATE_STOPPED) {
		f->signing = 0;
		fail_as(f, REASON_SIGNIN_STOPPED, reason_row(v.reason)->code);
	} else {
		f->proving = v.leave == GATE_PROVE;
		ask(f);
	}
}

static enum transport_auth auth_of(const struct find *f, unsigned scheme)
{
	if (!f->signing)
		return TRANSPORT_ANONYMOUS;
	if (scheme == CHALLENGE_BASIC)
		return TRANSPORT_BASIC;
	return f->q->cf->binding == BINDING_ON ? TRANSPORT_BOUND : TRANSPORT_NTLM;
}

/* Who answered the look without a demand for a sign-in is asked without one. */
void find_sign(struct find *f)
{
	static const char soap[] = ".svc";
	size_t n = strlen(f->at.path), tail = sizeof(soap) - 1;
	unsigned scheme = 0;

	f->signing = f->offered.known != 0;
	f->first.http = 0;
	f->form = n > tail && strcasecmp(f->at.path + n - tail, soap) == 0 ? DISCOVER_SOAP
									   : DISCOVER_POX;
	if (f->signing) {
		scheme = signin_choose(f->q->cf->signin, &f->offered, &f->c->end);
		if (!scheme) {
			f->signing = 0;
			find_settle(f, FIND_FAILED, find_say(REASON_SIGNIN_KIND));
			find_next(f);
			return;
		}
	}
	f->pool = find_pool(f, auth_of(f, scheme));
	if (f->pool)
		ask_gate(f);
}
