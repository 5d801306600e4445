/* Transport seat: one easy handle, and what the library tells of its transfer.
 *
 * Rules: options that never change are set once. The library repeats a request by itself when a
 * used connection dies under it; that is stopped here, because the first one may have been carried
 * out: whether to ask again is the caller's decision. Where a sign-in holds for a connection, a
 * connection is opened, and a sign-in begun, by the one call only that was started for it; any
 * other call that turns out to need one goes back to the queue, nothing of it having been done.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "platform/clock.h"
#include "transport_parts.h"

enum {
	URL_SIZE = 8192,
	PIECE_SIZE = 16 * 1024, /* of a request; the library asks for this memory each time */
	KEEP_SIZE = 256 * 1024, /* of a body's memory, for the next */
	LEGS_MAX = 4		/* messages of one sign-in by the library */
};

static void enter(struct transport_seat *s, enum transport_phase phase)
{
	s->phase = phase;
	if (s->call->on_phase)
		s->call->on_phase(s->call->ask.ptr, phase, &s->tls);
}

/* --- callbacks of the library, in the order they come --- */

/* The library makes its TLS context once the connection stands. */
static CURLcode on_context(CURL *easy, void *ctx, void *ptr)
{
	struct transport_seat *s = ptr;
	const struct tls_store *trust = s->trust ? s->trust
		: s->pool && s->pool->trust	 ? s->pool->trust
						 : transport_trust(s->line->t);

	(void)easy;
	if (!trust)
		return CURLE_SSL_CACERT_BADFILE;
	tls_watch(ctx, &s->tls);
	tls_trust(ctx, trust);
	enter(s, TRANSPORT_SECURING);
	return CURLE_OK;
}

/* Only the messages of a sign-in follow each other in one transfer, each after an answer. Behind
 * the last one none is sent, whatever challenge comes back: each would count as a wrong password.
 */
static int may_send(const struct transport_seat *s)
{
	return s->sent == 0 ||
		(s->pool && s->pool->auth == TRANSPORT_NTLM && s->pool->signing == s->line &&
			s->complete && !s->proved && s->sent < LEGS_MAX);
}

/* Nothing of this request has left, and its connection is of no use: it is closed, and the call
 * starts again. */
static int turn_back(struct transport_seat *s)
{
	if (s->leg == TRANSPORT_LEG_LAST)
		s->lost = 1;
	else
		s->bounced = 1;
	s->last_use = 1;
	TRANSPORT_SET(s, CURLOPT_FORBID_REUSE, 1L);
	return CURL_PREREQFUNC_ABORT;
}

/* Is this connection another than the one that was just opened for this very request? */
static int is_used(const struct transport_seat *s)
{
	return s->pool && (!s->opened || s->sent > 0 || s->leg == TRANSPORT_LEG_LAST);
}

/* The handshake and every check of the certificate lie behind, the request has not left. */
static int on_ready(void *ptr, char *remote, char *local, int remote_port, int local_port)
{
	struct transport_seat *s = ptr;

	(void)remote, (void)local, (void)remote_port;
	if (!may_send(s)) {
		s->repeats = 1;
		return CURL_PREREQFUNC_ABORT;
	}
	if (is_used(s) && !transport_socket_quiet(s->line, local_port))
		return turn_back(s);
	s->proved = s->sent > s->sent_before;
	s->sent++;
	s->complete = 0;
	if (s->leg == TRANSPORT_LEG_FIRST)
		transport_bound_note(s);
	enter(s, TRANSPORT_ASKING);
	return CURL_PREREQFUNC_OK;
}

/* A new status line begins a new block: what came before was only an interim answer. 401 on a
 * connection that should have been signed in: the request was not carried out, and the library must
 * not begin a sign-in that nobody was asked for; 0 ends the transfer. */
static int on_status(struct transport_seat *s, const char *p, size_t n)
{
	buf_clear(&s->headers);
	s->complete = 0;
	s->bounced = n >= 12 && memcmp(p + 8, " 401", 4) == 0 && s->phase == TRANSPORT_ASKING &&
		transport_socket_no_sign(s);
	return !s->bounced;
}

static size_t on_header(char *p, size_t size, size_t n, void *ptr)
{
	struct transport_seat *s = ptr;

	n *= size;
	s->header_bytes += n;
	if (s->header_bytes > TRANSPORT_HEADERS_MAX) {
		s->too_big = 1;
		return 0;
	}
	if (n >= 5 && memcmp(p, "HTTP/", 5) == 0 && !on_status(s, p, n))
		return 0;
	if (n > 0 && (p[0] == '\r' || p[0] == '\n'))
		s->complete = 1;
	if (s->pool && n > 11 && strncasecmp(p, "Set-Cookie:", 11) == 0)
		s->line->jar->set++;
	return buf_add(&s->headers, p, n) < 0 ? 0 : n;
}

/* Over its limit the transfer ends. A look's body is cut there, and what is kept counts. */
static size_t on_body(char *p, size_t size, size_t n, void *ptr)
{
	struct transport_seat *s = ptr;
	size_t room = s->body.max - s->body.len;

	n *= size;
	s->too_big = s->pool && n > room;
	if (s->too_big || buf_add(&s->body, p, n < room ? n : room) < 0 || n > room)
		return 0;
	return n;
}

/* --- a seat --- */

/* Nothing from the environment, nothing that leads elsewhere. Sessions are not resumed: a resumed
 * one would show no certificates. */
static void set_rules(struct transport_seat *s)
{
	const struct transport *t = s->line->t;

	TRANSPORT_SET(s, CURLOPT_PROTOCOLS_STR, "https");
	TRANSPORT_SET(s, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	TRANSPORT_SET(s, CURLOPT_FOLLOWLOCATION, 0L);
	TRANSPORT_SET(s, CURLOPT_PROXY, "");
	TRANSPORT_SET(s, CURLOPT_NOPROXY, ""); /* or NO_PROXY rules out even the tunnel */
	TRANSPORT_SET(s, CURLOPT_NOSIGNAL, 1L);
	TRANSPORT_SET(s, CURLOPT_UPLOAD_BUFFERSIZE, (long)PIECE_SIZE);
	TRANSPORT_SET(s, CURLOPT_USERAGENT, t->agent);
	TRANSPORT_SET(s, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	TRANSPORT_SET(s, CURLOPT_SSL_VERIFYPEER, 1L);
	TRANSPORT_SET(s, CURLOPT_SSL_VERIFYHOST, 2L);
	TRANSPORT_SET(s, CURLOPT_SSL_SESSIONID_CACHE, 0L);
	TRANSPORT_SET(s, CURLOPT_CAPATH, NULL); /* on_context says whom to trust */
	TRANSPORT_SET(s, CURLOPT_CAINFO, NULL);
	TRANSPORT_SET(s, CURLOPT_CA_CACHE_TIMEOUT, 0L); /* or the next look trusts as the last */
}

static void set_callbacks(struct transport_seat *s)
{
	TRANSPORT_SET(s, CURLOPT_PRIVATE, s);
	TRANSPORT_SET(s, CURLOPT_ERRORBUFFER, s->text);
	TRANSPORT_SET(s, CURLOPT_OPENSOCKETFUNCTION, transport_socket_open);
	TRANSPORT_SET(s, CURLOPT_OPENSOCKETDATA, s);
	TRANSPORT_SET(s, CURLOPT_CLOSESOCKETFUNCTION, transport_socket_close);
	TRANSPORT_SET(s, CURLOPT_CLOSESOCKETDATA, s->line);
	TRANSPORT_SET(s, CURLOPT_SSL_CTX_FUNCTION, on_context);
	TRANSPORT_SET(s, CURLOPT_SSL_CTX_DATA, s);
	TRANSPORT_SET(s, CURLOPT_PREREQFUNCTION, on_ready);
	TRANSPORT_SET(s, CURLOPT_PREREQDATA, s);
	TRANSPORT_SET(s, CURLOPT_HEADERFUNCTION, on_header);
	TRANSPORT_SET(s, CURLOPT_HEADERDATA, s);
	TRANSPORT_SET(s, CURLOPT_WRITEFUNCTION, on_body);
	TRANSPORT_SET(s, CURLOPT_WRITEDATA, s);
}

struct transport_seat *transport_seat_new(
	struct transport_line *line, struct transport_pool *p, const struct transport_target *to)
{
	struct transport_seat *s = calloc(1, sizeof(*s));

	if (!s || !(s->easy = curl_easy_init()))
		die("transport: out of memory");
	s->line = line;
	s->pool = p;
	s->target = s->server = to;
	buf_init(&s->url, URL_SIZE);
	buf_init(&s->secret, 3 * SEAL_SECRET_MAX);
	buf_init(&s->headers, TRANSPORT_HEADERS_MAX);
	buf_init(&s->body, TRANSPORT_BODY_MAX);
	set_rules(s);
	set_callbacks(s);
	return s;
}

void transport_seat_free(struct transport_seat *s)
{
	curl_easy_cleanup(s->easy);
	curl_slist_free_all(s->where);
	tls_store_free(s->trust);
	buf_done(&s->url);
	buf_wipe(&s->secret);
	buf_done(&s->headers);
	buf_wipe(&s->body);
	free(s);
}

void transport_seat_clear(struct transport_seat *s)
{
	s->phase = TRANSPORT_CONNECTING;
	s->sent = s->sent_before = s->proved = s->opened = s->refused = s->too_big = s->complete =
		0;
	s->repeats = s->bounced = s->lost = s->unable = 0;
	s->header_bytes = 0;
	s->text[0] = '\0';
	buf_wipe(&s->secret);
	buf_clear(&s->headers);
	if (s->body.cap > KEEP_SIZE)
		buf_done(&s->body);
	buf_clear(&s->body);
}

/* It reads the list once; a host that is an address itself needs none. */
void transport_seat_addresses(struct transport_seat *s)
{
	const struct transport_target *to = s->target;
	struct address literal;
	char text[INET6_ADDRSTRLEN];
	struct buf b;

	if (address_parse(to->host, &literal) == 0)
		return;
	buf_init(&b, sizeof(to->host) + RESOLVE_MAX * (INET6_ADDRSTRLEN + 3));
	buf_printf(&b, "%s:%d:", to->host, to->port);
	for (size_t i = 0; i < to->addresses.count; i++) {
		const struct address *a = &to->addresses.list[i];

		buf_printf(&b, a->family == AF_INET6 ? "%s[%s]" : "%s%s", i ? "," : "",
			address_text(a, text, sizeof(text)));
	}
	s->where = curl_slist_append(NULL, buf_str(&b));
	buf_done(&b);
	TRANSPORT_SET(s, CURLOPT_RESOLVE, s->where);
}

/* What is meant for the server never goes to the proxy: headers are kept apart. */
void transport_seat_tunnel(struct transport_seat *s, const struct transport_target *server,
	const char *user, const struct secret *password)
{
	const struct transport_target *proxy = s->target;
	char host[TRANSPORT_NAME_MAX + 2];

	s->server = server;
	snprintf(host, sizeof(host), strchr(proxy->host, ':') ? "[%s]" : "%s", proxy->host);
	TRANSPORT_SET(s, CURLOPT_PROXY, host);
	TRANSPORT_SET(s, CURLOPT_PROXYPORT, (long)proxy->port);
	TRANSPORT_SET(s, CURLOPT_PROXYTYPE, (long)CURLPROXY_HTTP);
	TRANSPORT_SET(s, CURLOPT_HTTPPROXYTUNNEL, 1L);
	TRANSPORT_SET(s, CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
	if (!user[0])
		return;
	TRANSPORT_SET(s, CURLOPT_PROXYAUTH, (long)CURLAUTH_BASIC);
	TRANSPORT_SET(s, CURLOPT_PROXYUSERNAME, user);
	if (password)
		TRANSPORT_SET(s, CURLOPT_PROXYPASSWORD, (const char *)secret_bytes(password));
}

/* Most requests of a pool go to the same path: then nothing is to be done. */
void transport_seat_url(struct transport_seat *s, const char *scheme, const char *path)
{
	const struct transport_target *to = s->server;
	const char *format = strchr(to->host, ':') ? "%s://[%s]:%d" : "%s://%s:%d";

	if (s->root && strcmp(buf_str(&s->url) + s->root, path) == 0)
		return;
	buf_clear(&s->url);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	buf_printf(&s->url, format, scheme, to->host, to->port);
#pragma GCC diagnostic pop
	s->root = s->url.len;
	buf_puts(&s->url, path);
	TRANSPORT_SET(s, CURLOPT_URL, buf_str(&s->url));
}

/* --- the end --- */

/* A password that was refused with a challenge to try once more: that was not done, and the refusal
 * is the answer. */
static int is_refusal(const struct transport_seat *s, long status)
{
	return s->proved && s->repeats && s->complete && status == 401;
}

/* The order counts: our own limits and the guard show as failures of the library, too. */
static enum transport_end end_of(const struct transport_seat *s, CURLcode code, long status)
{
	if (s->unable)
		return TRANSPORT_BROKEN;
	if (code == CURLE_OK || is_refusal(s, status))
		return TRANSPORT_ANSWERED;
	if (s->refused && !s->opened)
		return TRANSPORT_REFUSED;
	if (s->too_big)
		return TRANSPORT_TOO_BIG;
	if (s->server != s->target && s->phase == TRANSPORT_CONNECTING)
		return TRANSPORT_PROXY;
	if (!s->pool && status >= 200 && s->complete)
		return TRANSPORT_ANSWERED;
	if (code == CURLE_OPERATION_TIMEDOUT)
		return TRANSPORT_TIMEOUT;
	if (code == CURLE_PEER_FAILED_VERIFICATION && s->tls.checked && s->tls.verify == 0)
		return TRANSPORT_OTHER_NAME;
	return TRANSPORT_BROKEN;
}

/* What the system says of a connection that did not come about; 0 when it says nothing. */
static int system_word(const struct transport_seat *s, CURLcode code)
{
	long why = 0;

	if (s->phase == TRANSPORT_CONNECTING && code == CURLE_COULDNT_CONNECT)
		curl_easy_getinfo(s->easy, CURLINFO_OS_ERRNO, &why);
	return (int)why;
}

/* Who refuses does not take a connection; who resets had taken it. */
static enum transport_phase phase_of(
	const struct transport_seat *s, enum transport_end end, CURLcode code)
{
	if (end == TRANSPORT_ANSWERED)
		return TRANSPORT_DONE;
	return system_word(s, code) == ECONNRESET ? TRANSPORT_SECURING : s->phase;
}

/* The system's word says more than the library's. */
static const char *text_of(const struct transport_seat *s, CURLcode code)
{
	int why = system_word(s, code);

	if (s->repeats || s->bounced || s->lost)
		return "the connection ended before an answer came";
	if (why)
		return strerror(why);
	return s->text[0] ? s->text : curl_easy_strerror(code);
}

void transport_seat_reply(struct transport_seat *s, CURLcode code)
{
	struct transport_reply *r = &s->call->reply;

	curl_easy_getinfo(s->easy, CURLINFO_RESPONSE_CODE, &r->status);
	r->end = end_of(s, code, r->status);
	r->phase = phase_of(s, r->end, code);
	r->text = r->end == TRANSPORT_ANSWERED ? "" : text_of(s, code);
	if (r->end == TRANSPORT_PROXY)
		curl_easy_getinfo(s->easy, CURLINFO_HTTP_CONNECTCODE, &r->status);
	r->tls = s->opened || !s->pool ? &s->tls : &s->pool->seen;
	r->headers = buf_str(&s->headers);
	r->headers_len = s->headers.len;
	r->body = buf_str(&s->body);
	r->body_len = s->body.len;
	r->ms = clock_mono_ms() - s->call->began;
}
