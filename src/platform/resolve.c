/* Resolve: names to addresses, and services to hosts, by c-ares, inside the loop, never blocking.
 *
 * Rules: a name means itself: search domains and host aliases of the machine's configuration are
 * not applied, because the admin confirmed this name and no other. Only canonical literals are
 * addresses; what other parsers might take for one (0x7f.1, 2130706433) is neither a literal nor a
 * name. Names below localhost are this machine (RFC 6761), whatever the name servers say. Every
 * answer is given on a later turn of the loop, never from inside c-ares or from inside
 * resolve_ask, so that callbacks may ask, cancel and free the resolver.
 */
#include "resolve.h"

#include <ares.h>
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "str.h"

enum {
	QUESTIONS_MAX = 1024, /* at once; the engine has far fewer transfers under way */
	TRY_MS = 800,	      /* doubled in the second round: two servers fit into the time limit */
	TRIES = 2
};

struct question {
	struct question *next;
	struct resolve *r;
	uint64_t id;
	int wanted;	/* 0: nobody waits any more, but c-ares still knows it */
	resolve_fn *fn; /* one of these two */
	resolve_srv_fn *srv;
	void *ptr;
	uint64_t timer; /* at first the time limit, once answered the delivery */
	int in_ares;	/* c-ares will call back */
	int failed;	/* err counts, not found */
	struct addresses found;
	struct resolve_targets targets;
	struct err err;
	char host[RESOLVE_HOST];
};

struct resolve {
	struct loop *loop;
	ares_channel channel; /* NULL while the resolver is being freed */
	uint64_t timer;	      /* when c-ares wants to look at its own time limits */
	struct question *questions;
	size_t count;
	uint64_t last_id;
	int limit_ms;
};

/* What went wrong, in words; the last row is for all other answers. */
static const struct reason {
	int status;
	enum err_code code;
	const char *say;
} reasons[] = {
	{ ARES_ENOTFOUND, ERR_MISSING,
		"There is no server of this name, so nothing was reached. Check the spelling "
		"of the address." },
	{ ARES_ENODATA, ERR_MISSING,
		"The name exists, but no address belongs to it, so nothing was reached. Check "
		"the address, or ask who manages the name." },
	{ ARES_ETIMEOUT, ERR_NET,
		"The name servers did not answer in time, so the address of the server is not "
		"known. Try again in a moment." },
	{ ARES_ENONAME, ERR_MISSING,
		"This is neither a host name nor an IP address, so nothing was reached. Check "
		"the address." },
	{ 0, ERR_NET,
		"The name servers report trouble of their own, so the address of the server is not "
		"known. Try again later, or tell ops." },
};

const char *address_text(const struct address *a, char *dst, size_t size)
{
	const void *bytes = a->family == AF_INET ? (const void *)&a->v4 : &a->v6;

	return inet_ntop(a->family, bytes, dst, (socklen_t)size);
}

/* inet_pton is as strict as needed: four decimal parts without leading zeros, no zone. */
int address_parse(const char *text, struct address *out)
{
	memset(out, 0, sizeof(*out));
	out->family = AF_INET;
	if (inet_pton(AF_INET, text, &out->v4) == 1)
		return 0;
	out->family = AF_INET6;
	return inet_pton(AF_INET6, text, &out->v6) == 1 ? 0 : -1;
}

static int same_address(const struct address *a, const struct address *b)
{
	if (a->family != b->family)
		return 0;
	if (a->family == AF_INET)
		return a->v4.s_addr == b->v4.s_addr;
	return IN6_ARE_ADDR_EQUAL(&a->v6, &b->v6);
}

/* Once each, and no more than fit. */
static void add_address(struct addresses *all, const struct address *a)
{
	for (size_t i = 0; i < all->count; i++) {
		if (same_address(&all->list[i], a))
			return;
	}
	if (all->count < RESOLVE_MAX)
		all->list[all->count++] = *a;
}

static void take_nodes(struct addresses *all, const struct ares_addrinfo_node *node)
{
	struct address a;

	for (; node; node = node->ai_next) {
		memset(&a, 0, sizeof(a));
		a.family = node->ai_family;
		if (a.family == AF_INET)
			a.v4 = ((const struct sockaddr_in *)(const void *)node->ai_addr)->sin_addr;
		else if (a.family == AF_INET6)
			a.v6 = ((const struct sockaddr_in6 *)(const void *)node->ai_addr)
				       ->sin6_addr;
		else
			continue;
		add_address(all, &a);
	}
}

/* Frees q once neither a caller nor c-ares knows it. */
static void release(struct question *q)
{
	struct question **p = &q->r->questions;

	if (q->wanted || q->in_ares)
		return;
	while (*p != q)
		p = &(*p)->next;
	*p = q->next;
	q->r->count--;
	free(q);
}

/* Works on a copy: the callback may free the resolver. */
static void deliver(void *ptr)
{
	struct question *q = ptr, done = *q;
	const struct err *why = done.failed ? &done.err : NULL;

	q->wanted = 0;
	release(q);
	if (done.srv)
		done.srv(done.ptr, why ? NULL : &done.targets, why);
	else
		done.fn(done.ptr, why ? NULL : &done.found, why);
}

/* q has its answer: hand it over on the next turn. */
static void settle(struct question *q)
{
	loop_cancel(q->r->loop, q->timer);
	q->timer = loop_after(q->r->loop, 0, deliver, q);
}

static void fail(struct question *q, int status)
{
	const struct reason *why = reasons;

	while (why->status && why->status != status)
		why++;
	q->failed = 1;
	ERR(&q->err, why->code, why->say, "name \"%s\": %s", q->host, ares_strerror(status));
}

static void on_limit(void *ptr)
{
	struct question *q = ptr;

	fail(q, ARES_ETIMEOUT);
	deliver(q);
}

static void on_answer(void *ptr, int status, int timeouts, struct ares_addrinfo *info)
{
	struct question *q = ptr;

	(void)timeouts;
	q->in_ares = 0;
	if (status == ARES_ENOMEM)
		die("resolve: out of memory");
	if (info) {
		take_nodes(&q->found, info->nodes);
		ares_freeaddrinfo(info);
	}
	if (q->found.count == 0)
		fail(q, status == ARES_SUCCESS ? ARES_ENODATA : status);
	if (q->wanted)
		settle(q);
	release(q);
}

int resolve_missing(const struct err *e)
{
	return e->code == ERR_MISSING;
}

/* --- services --- */

/* A lower number is better; the order among equals is left to draw(). Insertion keeps what fits of
 * any number of records. */
static void add_target(struct resolve_targets *all, const struct ares_srv_reply *record)
{
	struct resolve_target t = {
		.port = record->port, .priority = record->priority, .weight = record->weight
	};
	size_t at = all->count;

	/* "." as the target says that the service is not offered; it is no host name. */
	if (record->port == 0 || str_copy(t.host, sizeof(t.host), record->host) < 0 ||
		!str_host(t.host))
		return;
	str_lower(t.host);
	while (at > 0 && all->list[at - 1].priority > t.priority)
		at--;
	if (at == RESOLVE_TARGETS)
		return;
	if (all->count < RESOLVE_TARGETS)
		all->count++;
	memmove(&all->list[at + 1], &all->list[at], (all->count - at - 1) * sizeof(t));
	all->list[at] = t;
}

/* Move one of n equals to the front: each with a chance in proportion to its weight, and one of no
 * weight with a small one. */
static void draw(struct resolve_target *list, size_t n)
{
	struct resolve_target chosen;
	uint32_t sum = 0, at;
	size_t i;

	for (i = 0; i < n; i++)
		sum += (uint32_t)list[i].weight * 256 + 1;
	at = randombytes_uniform(sum);
	for (i = 0; at >= (uint32_t)list[i].weight * 256 + 1; i++)
		at -= (uint32_t)list[i].weight * 256 + 1;
	chosen = list[i];
	memmove(list + 1, list, i * sizeof(chosen));
	list[0] = chosen;
}

static void order_targets(struct resolve_targets *all)
{
	for (size_t i = 0, n; i < all->count; i++) {
		for (n = 1; i + n < all->count; n++) {
			if (all->list[i + n].priority != all->list[i].priority)
				break;
		}
		draw(&all->list[i], n);
	}
}

/* That nobody offers the service is an answer, not a failure. */
static void on_records(void *ptr, int status, int timeouts, unsigned char *bytes, int len)
{
	struct question *q = ptr;
	struct ares_srv_reply *records = NULL;

	(void)timeouts;
	q->in_ares = 0;
	if (status == ARES_SUCCESS)
		status = ares_parse_srv_reply(bytes, len, &records);
	if (status == ARES_ENOMEM)
		die("resolve: out of memory");
	for (const struct ares_srv_reply *one = records; one; one = one->next)
		add_target(&q->targets, one);
	if (records)
		ares_free_data(records);
	order_targets(&q->targets);
	if (status != ARES_SUCCESS && status != ARES_ENOTFOUND && status != ARES_ENODATA)
		fail(q, status);
	if (q->wanted)
		settle(q);
	release(q);
}

/* --- c-ares and the loop --- */

static void on_time(void *ptr);

/* After every call into c-ares: it may have other time limits now. */
static void rearm(struct resolve *r)
{
	struct timeval tv;

	loop_cancel(r->loop, r->timer);
	r->timer = 0;
	if (ares_timeout(r->channel, NULL, &tv))
		r->timer =
			loop_after(r->loop, tv.tv_sec * 1000 + tv.tv_usec / 1000 + 1, on_time, r);
}

static void on_time(void *ptr)
{
	struct resolve *r = ptr;

	ares_process_fd(r->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	rearm(r);
}

static void on_socket(void *ptr, int fd, int events)
{
	struct resolve *r = ptr;

	ares_process_fd(r->channel, events & LOOP_READ ? fd : ARES_SOCKET_BAD,
		events & LOOP_WRITE ? fd : ARES_SOCKET_BAD);
	rearm(r);
}

static void on_socket_state(void *ptr, ares_socket_t fd, int readable, int writable)
{
	struct resolve *r = ptr;
	int events = (readable ? LOOP_READ : 0) | (writable ? LOOP_WRITE : 0);

	loop_watch(r->loop, fd, events, on_socket, r);
}

/* "ip", "ip:port" or "[ip]:port"; cuts it into pieces. c-ares itself refuses "[ip]". */
static int server_ok(char *one)
{
	char *port = strchr(one, ':');
	struct address a;
	int64_t n;

	if (one[0] == '[') {
		port = strchr(++one, ']');
		if (!port)
			return 0;
		*port++ = '\0';
	} else if (port && strchr(port + 1, ':')) {
		port = NULL; /* the colons of an IPv6 address */
	}
	if (port && *port) {
		if (*port != ':' || str_int(port + 1, 1, 65535, &n) < 0)
			return 0;
		*port = '\0';
	}
	return address_parse(one, &a) == 0;
}

/* c-ares would read "1.2.3" as some address and port 65537 as 1. */
static int servers_ok(const char *servers)
{
	char one[INET6_ADDRSTRLEN + 9];
	size_t n;

	for (;; servers += n + 1) {
		n = strcspn(servers, ",");
		if (n >= sizeof(one))
			return 0;
		memcpy(one, servers, n);
		one[n] = '\0';
		if (!server_ok(one))
			return 0;
		if (!servers[n])
			return 1;
	}
}

/* With an empty list of domains, which c-ares takes for "none", as it ignores ARES_FLAG_NOSEARCH.
 */
static int open_channel(struct resolve *r, const char *servers)
{
	struct ares_options o = {
		.flags = ARES_FLAG_NOALIASES,
		.timeout = TRY_MS,
		.tries = TRIES,
		.ndomains = 0,
		.sock_state_cb = on_socket_state,
		.sock_state_cb_data = r,
	};
	int status = ares_init_options(&r->channel, &o,
		ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_DOMAINS |
			ARES_OPT_SOCK_STATE_CB);

	if (status != ARES_SUCCESS || !servers[0])
		return status;
	status = ares_set_servers_ports_csv(r->channel, servers);
	if (status != ARES_SUCCESS)
		ares_destroy(r->channel);
	return status;
}

struct resolve *resolve_new(struct loop *l, const char *servers, struct err *e)
{
	struct resolve *r = calloc(1, sizeof(*r));
	int status = ares_library_init(ARES_LIB_INIT_ALL);

	if (!r)
		die("resolve: out of memory");
	r->loop = l;
	r->limit_ms = RESOLVE_TIMEOUT_MS;
	if (status == ARES_SUCCESS && servers[0] && !servers_ok(servers))
		status = ARES_EBADSTR;
	if (status == ARES_SUCCESS)
		status = open_channel(r, servers);
	if (status == ARES_SUCCESS)
		return r;
	ares_library_cleanup();
	free(r);
	ERR(e, ERR_SETUP, NULL, "name servers \"%s\": %s", servers, ares_strerror(status));
	return NULL;
}

void resolve_free(struct resolve *r)
{
	ares_channel channel;
	struct question *q;

	if (!r)
		return;
	loop_cancel(r->loop, r->timer);
	channel = r->channel;
	r->channel = NULL;
	ares_destroy(channel);
	while ((q = r->questions) != NULL) {
		loop_cancel(r->loop, q->timer);
		fail(q, ARES_EDESTRUCTION);
		deliver(q);
	}
	ares_library_cleanup();
	free(r);
}

void resolve_limit(struct resolve *r, int ms)
{
	r->limit_ms = ms;
}

static struct question *question_new(struct resolve *r, const char *host)
{
	struct question *q = calloc(1, sizeof(*q));

	if (!q)
		die("resolve: out of memory");
	if (str_copy(q->host, sizeof(q->host), host) < 0)
		q->host[0] = '\0'; /* no name is that long */
	q->r = r;
	q->id = ++r->last_id;
	q->wanted = 1;
	q->next = r->questions;
	r->questions = q;
	r->count++;
	return q;
}

/* Older versions of c-ares know "localhost" only, and ask the world for what is below it. */
static const char *asked_name(const char *host)
{
	static const char below[] = ".localhost";
	size_t n = strlen(host), tail = sizeof(below) - 1;

	return n > tail && strcasecmp(host + n - tail, below) == 0 ? below + 1 : host;
}

static void ask_ares(struct question *q)
{
	static const struct ares_addrinfo_hints hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = ARES_AI_NOSORT, /* sorting would connect to addresses nobody checked */
	};
	struct resolve *r = q->r;

	q->in_ares = 1;
	q->timer = loop_after(r->loop, r->limit_ms, on_limit, q);
	if (q->srv)
		ares_query(r->channel, q->host, ns_c_in, ns_t_srv, on_records, q);
	else
		ares_getaddrinfo(r->channel, asked_name(q->host), NULL, &hints, on_answer, q);
	rearm(r);
}

uint64_t resolve_ask(struct resolve *r, const char *host, resolve_fn *fn, void *ptr)
{
	struct question *q;
	struct address literal;

	if (!r->channel)
		return 0;
	q = question_new(r, host);
	q->fn = fn;
	q->ptr = ptr;
	if (address_parse(q->host, &literal) == 0) {
		add_address(&q->found, &literal);
		settle(q);
	} else if (!str_host(q->host) || r->count > QUESTIONS_MAX) {
		fail(q, str_host(q->host) ? ARES_ESERVFAIL : ARES_ENONAME);
		settle(q);
	} else {
		ask_ares(q);
	}
	return q->id;
}

uint64_t resolve_srv(
	struct resolve *r, const char *service, const char *domain, resolve_srv_fn *fn, void *ptr)
{
	struct question *q;
	int n;

	if (!r->channel)
		return 0;
	q = question_new(r, "");
	q->srv = fn;
	q->ptr = ptr;
	n = snprintf(q->host, sizeof(q->host), "%s.%s", service, domain);
	if (!str_host(domain) || n >= (int)sizeof(q->host) || r->count > QUESTIONS_MAX) {
		fail(q, r->count > QUESTIONS_MAX ? ARES_ESERVFAIL : ARES_ENONAME);
		settle(q);
	} else {
		ask_ares(q);
	}
	return q->id;
}

void resolve_cancel(struct resolve *r, uint64_t question)
{
	struct question *q = r->questions;

	while (q && q->id != question)
		q = q->next;
	if (!q || !q->wanted)
		return;
	loop_cancel(r->loop, q->timer);
	q->wanted = 0;
	release(q);
}
