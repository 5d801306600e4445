/*
 * Http: listeners, and the life of connections.
 *
 * A connection is a machine of stages; connection_run() takes it as far as it goes and then says
 * what to wake it for. It may be gone afterwards, so nothing touches it after that. Handlers,
 * `finished` and `forget` must not close listeners or the server. Deadlines are looked at by one
 * timer for all connections: exact to a second, and free of charge for every request. Buffers
 * belong to the server and are lent while a request is under way: an idle connection holds none.
 */
#include "sim/http_private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	BACKLOG = 1024,
	ACCEPTS_A_TURN = 64,
	STEPS_A_TURN = 256, /* then others come first */
	PAUSE_MS = 100
};

static const struct http_limits usual_limits = {
	.head = 64 << 10,
	.body = 40 << 20,
	.headers = 100,
	.connections = 10000,
	.head_ms = 30000,
	.idle_ms = 120000,
	.linger_ms = 5000,
	.sweep_ms = 1000,
};

struct text http_text_take(struct http *h)
{
	return h->n_spare > 0 ? h->spare[--h->n_spare] : (struct text){ 0 };
}

void http_text_give(struct http *h, struct text *t)
{
	if (t->at != NULL && t->room <= HTTP_SPARE_ROOM && h->n_spare < HTTP_SPARE) {
		text_clear(t);
		h->spare[h->n_spare++] = *t;
		*t = (struct text){ 0 };
	} else {
		text_free(t);
	}
}

/* Connections */

uint64_t connection_number(const struct connection *c)
{
	return c->number;
}

bool connection_tls(const struct connection *c)
{
	return c->listener->tls;
}

enum tls_show connection_show(const struct connection *c)
{
	return c->show;
}

const char *connection_name(const struct connection *c)
{
	return c->name;
}

void connection_remember(struct connection *c, void *thing, void (*forget)(void *))
{
	if (c->forget != NULL && c->thing != thing)
		c->forget(c->thing);
	c->thing = thing;
	c->forget = forget;
}

void *connection_thing(const struct connection *c)
{
	return c->thing;
}

static void connection_free(struct connection *c)
{
	struct http *h = c->http;

	loop_cancel(h->loop, c->timer);
	if (c->watched != 0)
		loop_watch(h->loop, c->fd, 0, NULL, NULL);
	wire_close(c, c->after == AFTER_RESET);
	answer_done(c);
	connection_remember(c, NULL, NULL);
	request_done(c);
	text_free(&c->in);
	text_free(&c->out);
	free(c->req.headers);
	free(c->name);
	if (c->prev != NULL)
		c->prev->next = c->next;
	else
		h->connections = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
	h->n_connections--;
	free(c);
}

void connection_deadline(struct connection *c, int64_t ms)
{
	c->deadline = loop_us() + ms * 1000;
}

static void handle(struct connection *c)
{
	const struct listener *l = c->listener;

	answer_new(c);
	c->req.on = c;
	c->req.listener_arg = l->arg;
	c->req.arrived = loop_us();
	if (l->fn != NULL)
		l->fn(l->arg, &c->req, &c->a);
	else
		c->a.status = 404;
	answer_start(c);
}

static enum step step_handshake(struct connection *c)
{
	const char *name;
	long got = wire_handshake(c);

	if (got != 1)
		return got == WIRE_LATER ? STEP_WAIT : STEP_DEAD;
	name = SSL_get_servername(c->ssl, TLSEXT_NAMETYPE_host_name);
	c->name = copy(name);
	c->stage = STAGE_READ;
	connection_deadline(c, c->http->limits.head_ms);
	return STEP_ON;
}

/* First what was already read: requests may come in a row. */
static enum step step_read(struct connection *c)
{
	struct http *h = c->http;
	enum step step = answer_flush(c, c->out.len);
	bool begun;
	long got;
	int status;

	if (step != STEP_ON)
		return step;
	status = request_read(c);
	if (status == 1)
		handle(c);
	else if (status != 0)
		answer_refuse(c, status);
	if (status != 0)
		return STEP_ON;
	step = answer_flush(c, c->out.len);
	if (step != STEP_ON)
		return step;
	c->wants = LOOP_IN;
	if (c->drained)
		return STEP_WAIT;
	got = wire_read(c, h->read, sizeof(h->read));
	if (got <= 0)
		return got == WIRE_LATER ? STEP_WAIT : STEP_DEAD;
	begun = request_begun(c);
	request_feed(c, h->read, (size_t)got);
	if (!begun)
		connection_deadline(c, h->limits.head_ms);
	return STEP_ON;
}

static enum step step_wait(struct connection *c)
{
	c->wants = LOOP_GONE;
	return STEP_WAIT;
}

static enum step step_linger(struct connection *c)
{
	long got = wire_discard(c);

	if (got > 0)
		return STEP_ON;
	return got == WIRE_LATER ? STEP_WAIT : STEP_DEAD;
}

static void on_event(void *arg, int fd, int events);

static void connection_run(struct connection *c)
{
	static enum step (*const steps[])(struct connection *) = {
		[STAGE_HANDSHAKE] = step_handshake,
		[STAGE_READ] = step_read,
		[STAGE_WAIT] = step_wait,
		[STAGE_SEND] = answer_send,
		[STAGE_LINGER] = step_linger,
	};
	enum step step = STEP_ON;

	for (int i = 0; step == STEP_ON && i < STEPS_A_TURN; i++)
		step = steps[c->stage](c);
	if (step == STEP_DEAD) {
		connection_free(c);
		return;
	}
	if (step == STEP_ON) {
		c->wants = LOOP_GONE;
		if (c->stage != STAGE_WAIT)
			connection_timer(c, 0);
	}
	if (c->watched != c->wants) {
		c->watched = c->wants;
		loop_watch(c->http->loop, c->fd, c->wants, on_event, c);
	}
}

/* Who only waits for a timer would not notice otherwise that nobody is there any more. */
static void on_event(void *arg, int fd, int events)
{
	struct connection *c = arg;

	(void)fd;
	if ((events & LOOP_GONE) != 0 && (c->stage == STAGE_WAIT || c->stage == STAGE_SEND)) {
		connection_free(c);
		return;
	}
	c->drained = false;
	connection_run(c);
}

static void on_timer(void *arg)
{
	struct connection *c = arg;

	c->timer = 0;
	if (c->stage == STAGE_WAIT)
		answer_begin(c);
	connection_run(c);
}

void connection_timer(struct connection *c, int64_t ms)
{
	loop_cancel(c->http->loop, c->timer);
	c->timer = loop_after(c->http->loop, ms, on_timer, c);
}

static bool is_idle(const struct connection *c)
{
	return c->stage == STAGE_READ && !request_begun(c);
}

static void let_go(struct connection *c)
{
	wire_shut(c, true);
	connection_free(c);
}

/* Too late: told so when a request had begun. */
static void expire(struct connection *c)
{
	if (c->stage == STAGE_READ && request_begun(c)) {
		answer_refuse(c, 408);
		connection_run(c);
	} else {
		let_go(c);
	}
}

static void on_sweep(void *arg)
{
	struct http *h = arg;
	int64_t now = loop_us();
	struct connection *next;

	for (struct connection *c = h->connections; c != NULL; c = next) {
		next = c->next;
		if (c->deadline != 0 && now > c->deadline)
			expire(c);
	}
	h->sweep =
		h->connections == NULL ? 0 : loop_after(h->loop, h->limits.sweep_ms, on_sweep, h);
}

/* Listeners */

static struct connection *connection_new(struct listener *l, int fd)
{
	struct http *h = l->http;
	struct connection *c = need(sizeof(*c));
	int on = 1;

	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	c->http = h;
	c->listener = l;
	c->fd = fd;
	c->number = ++h->numbers;
	c->minor = 1;
	c->stage = l->tls ? STAGE_HANDSHAKE : STAGE_READ;
	c->next = h->connections;
	if (c->next != NULL)
		c->next->prev = c;
	h->connections = c;
	h->n_connections++;
	connection_deadline(c, h->limits.head_ms);
	if (h->sweep == 0)
		h->sweep = loop_after(h->loop, h->limits.sweep_ms, on_sweep, h);
	return c;
}

static void welcome(struct listener *l, int fd)
{
	struct connection *c = connection_new(l, fd);
	int show = TLS_GOOD;

	if (l->http->n_connections > l->http->limits.connections)
		show = -1;
	else if (l->on_accept != NULL)
		show = l->on_accept(l->arg, c);
	if (show < 0) {
		c->after = AFTER_RESET;
		connection_free(c);
		return;
	}
	c->show = (enum tls_show)show;
	if (l->tls) {
		c->ssl = SSL_new(tls_context(l->http->tls, c->show));
		if (c->ssl == NULL || SSL_set_fd(c->ssl, fd) != 1)
			die("out of memory");
	}
	connection_run(c);
}

static void on_accept(void *arg, int fd, int events);

static void on_pause_over(void *arg)
{
	struct listener *l = arg;

	l->pause = 0;
	if (l->fd >= 0)
		loop_watch(l->http->loop, l->fd, LOOP_IN, on_accept, l);
}

/* Out of descriptors the socket would be ready for ever: look away for a moment. */
static void pause_accepting(struct listener *l)
{
	loop_watch(l->http->loop, l->fd, 0, NULL, NULL);
	l->pause = loop_after(l->http->loop, PAUSE_MS, on_pause_over, l);
}

static void on_accept(void *arg, int fd, int events)
{
	struct listener *l = arg;

	(void)events;
	for (int i = 0; i < ACCEPTS_A_TURN; i++) {
		int got = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (got < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM))
			pause_accepting(l);
		if (got < 0)
			return;
		welcome(l, got);
	}
}

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static socklen_t address_read(union address *a, const char *text, int port)
{
	memset(a, 0, sizeof(*a));
	if (inet_pton(AF_INET, text, &a->v4.sin_addr) == 1) {
		a->v4.sin_family = AF_INET;
		a->v4.sin_port = htons((uint16_t)port);
		return sizeof(a->v4);
	}
	if (inet_pton(AF_INET6, text, &a->v6.sin6_addr) == 1) {
		a->v6.sin6_family = AF_INET6;
		a->v6.sin6_port = htons((uint16_t)port);
		return sizeof(a->v6);
	}
	return 0;
}

/* A socket bound to it, or -1. Several may be bound to one port as long as none listens. */
static int bound(const union address *a, socklen_t len)
{
	int fd = socket(a->any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int on = 1;

	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
		bind(fd, &a->any, len) < 0) {
		int kept = errno;

		close(fd);
		errno = kept;
		return -1;
	}
	return fd;
}

/* A second socket on the port of the reserve: the one that listens. */
static bool listen_on_reserve(struct listener *l)
{
	union address a;
	socklen_t len = sizeof(a);

	if (getsockname(l->reserve, &a.any, &len) < 0)
		return false;
	l->port = ntohs(a.any.sa_family == AF_INET ? a.v4.sin_port : a.v6.sin6_port);
	l->fd = bound(&a, len);
	if (l->fd < 0)
		return false;
	if (listen(l->fd, BACKLOG) < 0) {
		int kept = errno;

		close(l->fd);
		l->fd = -1;
		errno = kept;
		return false;
	}
	loop_watch(l->http->loop, l->fd, LOOP_IN, on_accept, l);
	return true;
}

static void stop_listening(struct listener *l)
{
	loop_cancel(l->http->loop, l->pause);
	l->pause = 0;
	if (l->fd < 0)
		return;
	loop_watch(l->http->loop, l->fd, 0, NULL, NULL);
	close(l->fd);
	l->fd = -1;
}

static void listener_free(struct listener *l)
{
	stop_listening(l);
	if (l->reserve >= 0)
		close(l->reserve);
	free(l);
}

struct listener *http_listen(struct http *h, const char *address, int port, bool tls, char **why)
{
	struct listener *l = need(sizeof(*l));
	union address a;
	socklen_t len = address_read(&a, address, port);

	l->http = h;
	l->tls = tls;
	l->fd = -1;
	l->reserve = len == 0 ? -1 : bound(&a, len);
	if (l->reserve < 0 || !listen_on_reserve(l)) {
		*why = format("cannot listen on %s port %d: %s", address, port,
			len == 0 ? "not an IP address" : strerror(errno));
		listener_free(l);
		return NULL;
	}
	l->next = h->listeners;
	h->listeners = l;
	return l;
}

void http_handler(struct listener *l, http_fn *fn, http_accept_fn *accept_fn, void *arg)
{
	l->fn = fn;
	l->on_accept = accept_fn;
	l->arg = arg;
}

int http_port(const struct listener *l)
{
	return l->port;
}

/* That the port cannot be taken again is tried again the next time somebody asks. */
void http_refuse(struct listener *l, bool refuse)
{
	if (refuse)
		stop_listening(l);
	else if (l->fd < 0)
		(void)listen_on_reserve(l);
}

void http_drop_idle(struct listener *l)
{
	struct connection *next;

	for (struct connection *c = l->http->connections; c != NULL; c = next) {
		next = c->next;
		if (c->listener == l && is_idle(c))
			let_go(c);
	}
}

/* The server */

/* As many descriptors as the system lets us have: the usual bound is far below our own. */
static void raise_descriptors(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) == 0 && r.rlim_cur < r.rlim_max) {
		r.rlim_cur = r.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &r);
	}
}

struct http *http_new(struct loop *l, struct tls *t)
{
	struct http *h = need(sizeof(*h));

	signal(SIGPIPE, SIG_IGN);
	raise_descriptors();
	h->loop = l;
	h->tls = t;
	h->limits = usual_limits;
	return h;
}

void http_free(struct http *h)
{
	if (h == NULL)
		return;
	while (h->connections != NULL)
		connection_free(h->connections);
	while (h->listeners != NULL) {
		struct listener *l = h->listeners;

		h->listeners = l->next;
		listener_free(l);
	}
	loop_cancel(h->loop, h->sweep);
	if (h->gzip_ready)
		deflateEnd(&h->gzip);
	while (h->n_spare > 0)
		text_free(&h->spare[--h->n_spare]);
	free(h);
}
