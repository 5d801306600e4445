/* Transport: HTTPS to servers that an admin named: libcurl inside the loop.
 *
 * Rules: a socket is only opened to the address that the caller checked, and only after the guard
 * has said yes to it once more. Nothing is taken from the environment. When a limit is reached
 * after the headers, the answer counts and its body is cut. A call is freed only outside of the
 * library's callbacks.
 */
#include "transport.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include "egress.h"
#include "platform/buf.h"
#include "platform/str.h"

enum { HOST_SIZE = 256, URL_SIZE = 4096 };

struct transport {
	struct loop *loop;
	const struct egress *egress;
	CURLM *multi;
	uint64_t timer;
	struct transport_call *calls;
	const char *ca_file;
	const char *agent;
	int connect_ms;
	int total_ms;
};

struct transport_call {
	struct transport *t;
	struct transport_call *next;
	CURL *easy;
	struct curl_slist *connect_to;
	transport_phase_fn *on_phase;
	transport_done_fn *on_done;
	void *ptr;
	enum transport_phase phase;
	char host[HOST_SIZE];
	int port;
	struct address address;
	int refused;  /* by the guard */
	int too_big;  /* headers over their limit */
	int complete; /* the header block has ended */
	size_t header_bytes;
	struct buf headers;
	struct buf body;
	struct tls_seen tls;
	char text[CURL_ERROR_SIZE];
};

static void enter(struct transport_call *c, enum transport_phase phase)
{
	c->phase = phase;
	c->on_phase(c->ptr, phase, &c->tls);
}

/* --- callbacks of the library, in the order they come --- */

/* Is the library about to connect to the very address and port it was told to? */
static int is_checked(const struct transport_call *c, const struct curl_sockaddr *sa)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (sa->family != c->address.family)
		return 0;
	if (sa->family == AF_INET) {
		memcpy(&v4, &sa->addr, sizeof(v4));
		return v4.sin_addr.s_addr == c->address.v4.s_addr && ntohs(v4.sin_port) == c->port;
	}
	memcpy(&v6, (const void *)&sa->addr, sizeof(v6));
	return IN6_ARE_ADDR_EQUAL(&v6.sin6_addr, &c->address.v6) && ntohs(v6.sin6_port) == c->port;
}

static curl_socket_t on_open(void *ptr, curlsocktype purpose, struct curl_sockaddr *sa)
{
	struct transport_call *c = ptr;
	struct egress_verdict verdict;

	if (purpose != CURLSOCKTYPE_IPCXN || !is_checked(c, sa) ||
		!egress_check(c->t->egress, c->host, &c->address, c->port, &verdict)) {
		c->refused = 1;
		return CURL_SOCKET_BAD;
	}
	return socket(sa->family, sa->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, sa->protocol);
}

/* The library makes its TLS context once the connection stands. */
static CURLcode on_context(CURL *easy, void *ctx, void *ptr)
{
	struct transport_call *c = ptr;

	(void)easy;
	tls_watch(ctx, &c->tls);
	enter(c, TRANSPORT_SECURING);
	return CURLE_OK;
}

/* The handshake and every check of the certificate lie behind, the request has not left. */
static int on_ready(void *ptr, char *remote, char *local, int remote_port, int local_port)
{
	struct transport_call *c = ptr;

	(void)remote, (void)local, (void)remote_port, (void)local_port;
	enter(c, TRANSPORT_ASKING);
	return CURL_PREREQFUNC_OK;
}

/* A new status line begins a new block: what came before was only an interim answer. */
static size_t on_header(char *p, size_t size, size_t n, void *ptr)
{
	struct transport_call *c = ptr;

	n *= size;
	c->header_bytes += n;
	if (c->header_bytes > TRANSPORT_HEADERS_MAX) {
		c->too_big = 1;
		return 0;
	}
	if (n >= 5 && memcmp(p, "HTTP/", 5) == 0) {
		buf_clear(&c->headers);
		c->complete = 0;
	}
	if (n > 0 && (p[0] == '\r' || p[0] == '\n'))
		c->complete = 1;
	return buf_add(&c->headers, p, n) < 0 ? 0 : n;
}

/* Over its limit a body is cut: the transfer ends, what is kept stays. */
static size_t on_body(char *p, size_t size, size_t n, void *ptr)
{
	struct transport_call *c = ptr;
	size_t room = TRANSPORT_BODY_MAX - c->body.len;

	n *= size;
	if (buf_add(&c->body, p, n < room ? n : room) < 0 || n > room)
		return 0;
	return n;
}

/* --- loop and library --- */

/* Taking the handle out of the library ends its connection before the memory it reports to goes. */
static void call_free(struct transport_call *c)
{
	struct transport_call **p = &c->t->calls;

	while (*p != c)
		p = &(*p)->next;
	*p = c->next;
	curl_multi_remove_handle(c->t->multi, c->easy);
	curl_easy_cleanup(c->easy);
	curl_slist_free_all(c->connect_to);
	buf_done(&c->headers);
	buf_done(&c->body);
	free(c);
}

/* The order counts: our own limits and the guard show as failures of the library, too. */
static enum transport_end end_of(const struct transport_call *c, CURLcode code, long status)
{
	if (c->refused)
		return TRANSPORT_REFUSED;
	if (c->too_big)
		return TRANSPORT_TOO_BIG;
	if (code == CURLE_OK || (status >= 200 && c->complete))
		return TRANSPORT_ANSWERED;
	if (code == CURLE_OPERATION_TIMEDOUT)
		return TRANSPORT_TIMEOUT;
	if (code == CURLE_PEER_FAILED_VERIFICATION && c->tls.checked && c->tls.verify == 0)
		return TRANSPORT_OTHER_NAME;
	return TRANSPORT_BROKEN;
}

/* The system's word says more about a connection that did not come about than the library's. */
static const char *text_of(const struct transport_call *c, CURLcode code)
{
	long why = 0;

	curl_easy_getinfo(c->easy, CURLINFO_OS_ERRNO, &why);
	if (c->phase == TRANSPORT_CONNECTING && code == CURLE_COULDNT_CONNECT && why)
		return strerror((int)why);
	return c->text[0] ? c->text : curl_easy_strerror(code);
}

static void finish(struct transport_call *c, CURLcode code)
{
	struct transport_reply r = { .phase = c->phase, .tls = &c->tls, .text = "" };

	curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &r.status);
	r.end = end_of(c, code, r.status);
	if (r.end == TRANSPORT_ANSWERED)
		r.phase = TRANSPORT_DONE;
	else
		r.text = text_of(c, code);
	r.headers = buf_str(&c->headers);
	r.headers_len = c->headers.len;
	r.body = buf_str(&c->body);
	r.body_len = c->body.len;
	c->on_done(c->ptr, &r);
	call_free(c);
}

/* Tell about every call that has ended. The callbacks may start others. */
static void reap(struct transport *t)
{
	struct transport_call *c;
	CURLMsg *m;
	CURLcode code;
	int left;

	while ((m = curl_multi_info_read(t->multi, &left)) != NULL) {
		if (m->msg != CURLMSG_DONE)
			continue;
		code = m->data.result;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&c);
		finish(c, code);
	}
}

static void act(struct transport *t, curl_socket_t fd, int mask)
{
	int running;

	curl_multi_socket_action(t->multi, fd, mask, &running);
	reap(t);
}

static void on_fd(void *ptr, int fd, int events)
{
	act(ptr, fd,
		(events & LOOP_READ ? CURL_CSELECT_IN : 0) |
			(events & LOOP_WRITE ? CURL_CSELECT_OUT : 0));
}

static void on_time(void *ptr)
{
	struct transport *t = ptr;

	t->timer = 0;
	act(t, CURL_SOCKET_TIMEOUT, 0);
}

static int on_interest(CURL *easy, curl_socket_t fd, int what, void *ptr, void *unused)
{
	struct transport *t = ptr;
	int events = what == CURL_POLL_IN ? LOOP_READ
		: what == CURL_POLL_OUT	  ? LOOP_WRITE
		: what == CURL_POLL_INOUT ? LOOP_READ | LOOP_WRITE
					  : 0;

	(void)easy, (void)unused;
	loop_watch(t->loop, fd, events, on_fd, t);
	return 0;
}

static int on_timer(CURLM *multi, long ms, void *ptr)
{
	struct transport *t = ptr;

	(void)multi;
	loop_cancel(t->loop, t->timer);
	t->timer = ms < 0 ? 0 : loop_after(t->loop, ms, on_time, t);
	return 0;
}

struct transport *transport_new(struct loop *l, const struct egress *g, const char *ca_file,
	const char *agent, struct err *e)
{
	struct transport *t = calloc(1, sizeof(*t));

	if (!t)
		die("transport: out of memory");
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || !(t->multi = curl_multi_init())) {
		free(t);
		ERR(e, ERR_INTERNAL, NULL, "libcurl does not start");
		return NULL;
	}
	t->loop = l;
	t->egress = g;
	t->ca_file = ca_file;
	t->agent = agent;
	transport_limit(t, TRANSPORT_CONNECT_MS, TRANSPORT_TOTAL_MS);
	curl_multi_setopt(t->multi, CURLMOPT_SOCKETFUNCTION, on_interest);
	curl_multi_setopt(t->multi, CURLMOPT_SOCKETDATA, t);
	curl_multi_setopt(t->multi, CURLMOPT_TIMERFUNCTION, on_timer);
	curl_multi_setopt(t->multi, CURLMOPT_TIMERDATA, t);
	return t;
}

void transport_free(struct transport *t)
{
	if (!t)
		return;
	while (t->calls)
		call_free(t->calls);
	curl_multi_cleanup(t->multi);
	loop_cancel(t->loop, t->timer);
	curl_global_cleanup();
	free(t);
}

void transport_limit(struct transport *t, int connect_ms, int total_ms)
{
	t->connect_ms = connect_ms;
	t->total_ms = total_ms;
}

/* --- a call --- */

/* An option that is not taken would leave a promise unkept. */
#define SET(c, option, value)                                                                      \
	do {                                                                                       \
		if (curl_easy_setopt((c)->easy, (option), (value)) != CURLE_OK)                    \
			die("transport: option " #option);                                         \
	} while (0)

/* The proxy is switched off by name, or the environment could set one. Connections are never
 * shared: each look must see a handshake of its own, and no sign-in may ever ride on another's
 * connection. */
static void set_limits(struct transport_call *c, int connect_ms)
{
	SET(c, CURLOPT_PROTOCOLS_STR, "https");
	SET(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(c, CURLOPT_FOLLOWLOCATION, 0L);
	SET(c, CURLOPT_PROXY, "");
	SET(c, CURLOPT_NOSIGNAL, 1L);
	SET(c, CURLOPT_FRESH_CONNECT, 1L);
	SET(c, CURLOPT_FORBID_REUSE, 1L);
	if (connect_ms > c->t->connect_ms)
		connect_ms = c->t->connect_ms;
	SET(c, CURLOPT_CONNECTTIMEOUT_MS, (long)connect_ms);
	SET(c, CURLOPT_TIMEOUT_MS, (long)c->t->total_ms);
	SET(c, CURLOPT_USERAGENT, c->t->agent);
}

static void set_tls(struct transport_call *c)
{
	SET(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(c, CURLOPT_SSL_VERIFYPEER, 1L);
	SET(c, CURLOPT_SSL_VERIFYHOST, 2L);
	SET(c, CURLOPT_SSL_SESSIONID_CACHE, 0L); /* a resumed session would show no chain */
	SET(c, CURLOPT_CAPATH, NULL);		 /* one file: the library keeps it parsed */
	if (c->t->ca_file[0])
		SET(c, CURLOPT_CAINFO, c->t->ca_file);
	SET(c, CURLOPT_SSL_CTX_FUNCTION, on_context);
	SET(c, CURLOPT_SSL_CTX_DATA, c);
}

static void set_callbacks(struct transport_call *c)
{
	SET(c, CURLOPT_PRIVATE, c);
	SET(c, CURLOPT_ERRORBUFFER, c->text);
	SET(c, CURLOPT_OPENSOCKETFUNCTION, on_open);
	SET(c, CURLOPT_OPENSOCKETDATA, c);
	SET(c, CURLOPT_PREREQFUNCTION, on_ready);
	SET(c, CURLOPT_PREREQDATA, c);
	SET(c, CURLOPT_HEADERFUNCTION, on_header);
	SET(c, CURLOPT_HEADERDATA, c);
	SET(c, CURLOPT_WRITEFUNCTION, on_body);
	SET(c, CURLOPT_WRITEDATA, c);
}

/* The URL names the host, for the certificate and the Host header; the connection goes to the
 * address, whatever any name would resolve to now. */
static void set_target(struct transport_call *c, const struct transport_get *get)
{
	const char *open = strchr(c->host, ':') ? "[" : "";
	const char *close = open[0] ? "]" : "";
	char text[INET6_ADDRSTRLEN];
	struct buf b;

	buf_init(&b, URL_SIZE);
	buf_printf(&b, "https://%s%s%s:%d%s", open, c->host, close, c->port, get->path);
	SET(c, CURLOPT_URL, buf_str(&b));
	buf_clear(&b);
	buf_printf(&b, get->address.family == AF_INET6 ? "::[%s]:%d" : "::%s:%d",
		address_text(&get->address, text, sizeof(text)), c->port);
	c->connect_to = curl_slist_append(NULL, buf_str(&b));
	SET(c, CURLOPT_CONNECT_TO, c->connect_to);
	buf_done(&b);
}

struct transport_call *transport_get(struct transport *t, const struct transport_get *get)
{
	struct transport_call *c = calloc(1, sizeof(*c));

	if (!c || !(c->easy = curl_easy_init()))
		die("transport: out of memory");
	if (str_copy(c->host, sizeof(c->host), get->host) < 0)
		die("transport: host name too long");
	c->t = t;
	c->on_phase = get->phase;
	c->on_done = get->done;
	c->ptr = get->ptr;
	c->port = get->port;
	c->address = get->address;
	buf_init(&c->headers, TRANSPORT_HEADERS_MAX);
	buf_init(&c->body, TRANSPORT_BODY_MAX);
	set_limits(c, get->connect_ms);
	set_tls(c);
	set_callbacks(c);
	set_target(c, get);
	c->next = t->calls;
	t->calls = c;
	curl_multi_add_handle(t->multi, c->easy);
	return c;
}

void transport_cancel(struct transport_call *call)
{
	call_free(call);
}
