/* Transport: HTTPS to servers that an admin named: libcurl inside the loop.
 *
 * Rules: a socket is only opened to an address that the caller checked, and only after the guard
 * has said yes to it once more. Nothing is taken from the environment. The library's callbacks only
 * note what they see; ends are told and calls started from the loop, so a caller may do there what
 * it likes. Only files named transport*.c use libcurl.
 */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include "platform/clock.h"
#include "platform/str.h"
#include "transport_parts.h"

enum { TRUST_MS = 24 * 60 * 60 * 1000, FREE_KEPT = 8 << 20, PIECE_KEPT = 1 << 20 };

/* What a look needs besides its call. */
struct look_target {
	struct transport_call call; /* first, so that freeing the call frees all */
	struct transport_target target;
	struct transport_target proxy;
};

/* --- a call's end --- */

void transport_call_free(struct transport_call *c)
{
	transport_item_drop(&c->together);
	free(c);
}

void transport_ended(struct transport_call *c)
{
	c->state = TRANSPORT_ENDED;
	transport_item_append(&c->t->ended, &c->item);
}

static void look_release(struct transport_seat *s)
{
	s->line->flying--;
	transport_seat_free(s);
}

static void release(struct transport_call *c)
{
	if (c->seat && c->pool)
		transport_line_release(c->seat);
	else if (c->seat)
		look_release(c->seat);
}

/* The pool may be freed inside; then it goes as soon as nothing points into it. */
static void tell(struct transport_call *c)
{
	struct transport *t = c->t;
	struct transport_pool *p = c->pool;

	transport_item_drop(&c->item);
	transport_item_drop(&c->together);
	t->telling = p;
	c->ask.done(c->ask.ptr, &c->reply);
	t->telling = NULL;
	release(c);
	transport_call_free(c);
	if (p && p->gone)
		transport_pool_destroy(p);
}

/* Tell every end, start who may. All that a turn of the loop brought is seen to together: the
 * library runs for all of them, then the readers do, and neither throws the other out of the
 * processor's cache for each call. What ends by starting is told in the next turn of the loop, or a
 * caller that asks again at once would never let the loop go on. */
static void on_soon(void *ptr)
{
	struct transport *t = ptr;
	struct transport_item *it;
	struct transport_lane *lane;

	t->soon = 0;
	t->settling = 1;
	while ((it = transport_item_first(&t->ended)) != NULL)
		tell((struct transport_call *)it);
	while ((it = transport_queue_next(&t->queue, &lane)) != NULL)
		transport_pool_start((struct transport_call *)it);
	t->settling = 0;
	if (transport_item_first(&t->ended))
		transport_soon(t);
}

void transport_soon(struct transport *t)
{
	if (!t->soon && !t->settling)
		t->soon = loop_after(t->loop, 0, on_soon, t);
}

struct tls_store *transport_trust_also(const struct transport *t, const char *pem)
{
	const char *usual = curl_version_info(CURLVERSION_NOW)->cainfo;

	return tls_store_new(t->ca_file[0] ? t->ca_file : usual, pem);
}

/* Read when it is first needed, and once a day, because authorities come and go. */
const struct tls_store *transport_trust(struct transport *t)
{
	int64_t now = clock_mono_ms();
	struct tls_store *fresh;

	if (t->trust && now - t->trust_read < TRUST_MS)
		return t->trust;
	fresh = transport_trust_also(t, NULL);
	if (!fresh)
		return t->trust;
	tls_store_free(t->trust);
	t->trust = fresh;
	t->trust_read = now;
	return fresh;
}

/* Each request takes and frees a few hundred KiB. Given back to the system each time, they would
 * have to be fetched again, which costs more than reading the answer. */
static void keep_memory(void)
{
	mallopt(M_TRIM_THRESHOLD, FREE_KEPT);
	mallopt(M_MMAP_THRESHOLD, PIECE_KEPT);
}

struct transport *transport_new(struct loop *l, const struct egress *g, const char *ca_file,
	const char *agent, struct err *e)
{
	struct transport *t = calloc(1, sizeof(*t));

	if (!t)
		die("transport: out of memory");
	unsetenv("SSLKEYLOGFILE"); /* the library would write the keys of all connections there */
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		free(t);
		ERR(e, ERR_INTERNAL, NULL, "libcurl does not start");
		return NULL;
	}
	keep_memory();
	t->loop = l;
	t->egress = g;
	t->ca_file = ca_file;
	t->agent = agent;
	t->connect_ms = TRANSPORT_CONNECT_MS;
	t->look_ms = TRANSPORT_TOTAL_MS;
	t->request_ms = TRANSPORT_REQUEST_MS;
	t->idle_ms = TRANSPORT_IDLE_MS;
	t->queue.may = transport_pool_may;
	transport_item_init(&t->looks);
	transport_item_init(&t->ended);
	t->line = transport_line_new(t, NULL);
	return t;
}

static struct transport_call *first_look(struct transport *t)
{
	struct transport_item *it = transport_item_first(&t->looks);

	return it ? transport_call_of(it) : NULL;
}

void transport_free(struct transport *t)
{
	struct transport_call *c;

	if (!t)
		return;
	while ((c = first_look(t)) != NULL)
		transport_cancel(c);
	transport_line_free(t->line);
	loop_cancel(t->loop, t->soon);
	tls_store_free(t->trust);
	curl_global_cleanup();
	free(t);
}

int transport_has_ntlm(void)
{
	return (curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_NTLM) != 0;
}

void transport_limit(struct transport *t, int connect_ms, int total_ms)
{
	t->connect_ms = connect_ms;
	t->look_ms = t->request_ms = total_ms;
}

/* --- a look --- */

/* The URL names the host, for the certificate and the Host header; the connection goes to the
 * address, whatever any name would resolve to now. */
static void set_address(struct transport_seat *s)
{
	const struct address *a = &s->target->addresses.list[0];
	char address[INET6_ADDRSTRLEN];
	struct buf b;

	buf_init(&b, INET6_ADDRSTRLEN + 16);
	buf_printf(&b, a->family == AF_INET6 ? "::[%s]:%d" : "::%s:%d",
		address_text(a, address, sizeof(address)), s->target->port);
	s->where = curl_slist_append(NULL, buf_str(&b));
	buf_done(&b);
	TRANSPORT_SET(s, CURLOPT_CONNECT_TO, s->where);
}

/* Connections of looks are never shared: each look must see a handshake of its own. */
static void look_fly(const struct look_target *k, const struct transport_get *get)
{
	struct transport_seat *s = k->call.seat;
	struct transport *t = s->line->t;
	int connect_ms = get->connect_ms < t->connect_ms ? get->connect_ms : t->connect_ms;

	if (get->proxy) {
		transport_seat_tunnel(s, &k->target, get->proxy->user, get->proxy->password);
		transport_seat_addresses(s);
	} else {
		set_address(s);
	}
	transport_seat_url(s, get->plain ? "http" : "https", get->path);
	if (get->plain)
		TRANSPORT_SET(s, CURLOPT_PROTOCOLS_STR, "http");
	TRANSPORT_SET(s, CURLOPT_FRESH_CONNECT, 1L);
	TRANSPORT_SET(s, CURLOPT_FORBID_REUSE, 1L);
	TRANSPORT_SET(s, CURLOPT_CONNECTTIMEOUT_MS, (long)connect_ms);
	TRANSPORT_SET(s, CURLOPT_TIMEOUT_MS, (long)t->look_ms);
	s->line->flying++;
	curl_multi_add_handle(s->line->multi, s->easy);
}

static void set_targets(struct look_target *k, const struct transport_get *get)
{
	if (str_copy(k->target.host, sizeof(k->target.host), get->host) < 0)
		die("transport: host name too long");
	k->target.port = get->port;
	k->target.addresses.count = 1;
	k->target.addresses.list[0] = get->address;
	k->target.guarded = 1;
	k->target.plain = get->plain;
	if (!get->proxy)
		return;
	if (str_copy(k->proxy.host, sizeof(k->proxy.host), get->proxy->host) < 0)
		die("transport: name of a proxy too long");
	k->proxy.port = get->proxy->port;
	k->proxy.addresses = get->proxy->addresses;
}

struct transport_call *transport_get(struct transport *t, const struct transport_get *get)
{
	struct look_target *k = calloc(1, sizeof(*k));
	struct transport_call *c;

	if (!k)
		die("transport: out of memory");
	c = &k->call;
	set_targets(k, get);
	c->t = t;
	c->on_phase = get->phase;
	c->ask.done = get->done;
	c->ask.ptr = get->ptr;
	c->began = clock_mono_ms();
	c->state = TRANSPORT_FLIES;
	transport_item_init(&c->item);
	transport_item_append(&t->looks, &c->together);
	c->seat = transport_seat_new(t->line, NULL, get->proxy ? &k->proxy : &k->target);
	c->seat->call = c;
	if (get->ca_pem && get->ca_pem[0])
		c->seat->trust = transport_trust_also(t, get->ca_pem);
	look_fly(k, get);
	return c;
}

void transport_cancel(struct transport_call *call)
{
	struct transport *t = call->t;

	if (call->state == TRANSPORT_FLIES) {
		curl_multi_remove_handle(call->seat->line->multi, call->seat->easy);
		if (call->pool)
			transport_pool_leave(call);
	} else if (call->state == TRANSPORT_WAITS) {
		transport_queue_take(&t->queue, &call->pool->lane, &call->item);
	}
	transport_item_drop(&call->item);
	release(call);
	transport_call_free(call);
	transport_soon(t);
}
