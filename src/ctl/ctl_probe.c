/* Ctl probe: asks the portal for /health, through its FastCGI socket and through the web server.
 *
 * Rules: only as much of FastCGI and HTTP as one GET needs. Answers are bounded in size and time,
 * and their words are only shown, never believed.
 */
#include "ctl.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>
#include "platform/sock.h"
#include "platform/str.h"
#include "platform/url.h"

enum {
	ANSWER_MAX = 64 * 1024,
	PARAMS_MAX = 4096,
	HTTP_PREFIX = 9 /* "HTTP/1.1 " */
};

/* FastCGI 1.0: record types, and the one role that is asked for. */
enum { FCGI_VERSION = 1, FCGI_BEGIN = 1, FCGI_END = 3, FCGI_PARAMS = 4, FCGI_STDIN = 5 };
enum { FCGI_STDOUT = 6, FCGI_RESPONDER = 1, FCGI_HEADER = 8, FCGI_ID = 1 };

/* Send all of b and read until the other side closes or the answer is as long as allowed. */
static int exchange(int fd, const struct buf *b, struct buf *answer, struct err *e)
{
	char part[4096];
	ssize_t n;

	if (sock_timeout(fd, CTL_PROBE_MS, e) < 0)
		return -1;
	if (send(fd, b->p, b->len, MSG_NOSIGNAL) != (ssize_t)b->len)
		return ERR(
			e, ERR_NET, "It does not take the request.", "send: %s", strerror(errno));
	/* Both protocols end an answer by closing: no length needs to be believed. */
	while ((n = recv(fd, part, sizeof(part), 0)) > 0) {
		if (buf_add(answer, part, (size_t)n) < 0)
			return ERR(e, ERR_NET, "It answers with more than a health page.",
				"answer over %d bytes", ANSWER_MAX);
	}
	if (n < 0 && answer->len == 0)
		return ERR(e, ERR_NET, "It takes the request and does not answer.", "recv: %s",
			strerror(errno));
	return 0;
}

/* FastCGI */

/* Content is short here, so it needs neither padding nor a second record. */
static void record(struct buf *b, int type, const void *p, size_t n)
{
	const unsigned char head[FCGI_HEADER] = { FCGI_VERSION, (unsigned char)type, 0, FCGI_ID,
		(unsigned char)(n >> 8), (unsigned char)n };

	buf_add(b, head, sizeof(head));
	buf_add(b, p, n);
}

/* Names and values here are all shorter than 128 bytes, so one byte tells each length. */
static void param(struct buf *b, const char *name, const char *value)
{
	buf_putc(b, (char)strlen(name));
	buf_putc(b, (char)strlen(value));
	buf_puts(b, name);
	buf_puts(b, value);
}

/* The variables that a web server sets; the portal reads REQUEST_URI, the others are manners. */
static void write_request(struct buf *b)
{
	static const char *const params[][2] = {
		{ "GATEWAY_INTERFACE", "CGI/1.1" },
		{ "REQUEST_METHOD", "GET" },
		{ "SCRIPT_NAME", "" },
		{ "PATH_INFO", "/health" },
		{ "REQUEST_URI", "/health" },
		{ "QUERY_STRING", "" },
		{ "SERVER_PROTOCOL", "HTTP/1.1" },
		{ "SERVER_NAME", "localhost" },
		{ "REMOTE_ADDR", "127.0.0.1" },
		{ "HTTP_USER_AGENT", "latchkey doctor" },
	};
	static const unsigned char begin[8] = { 0, FCGI_RESPONDER };
	struct buf p;
	size_t i;

	buf_init(&p, PARAMS_MAX);
	for (i = 0; i < sizeof(params) / sizeof(params[0]); i++)
		param(&p, params[i][0], params[i][1]);
	record(b, FCGI_BEGIN, begin, sizeof(begin));
	record(b, FCGI_PARAMS, p.p, p.len);
	record(b, FCGI_PARAMS, "", 0);
	record(b, FCGI_STDIN, "", 0);
	buf_done(&p);
}

/* Put the records' output together; 0 when the request was ended properly. */
static int unwrap(const struct buf *answer, struct buf *out)
{
	const unsigned char *p = (const unsigned char *)answer->p;
	size_t at = 0, n;

	/* Any length may be a lie: nothing is read beyond what came. */
	while (answer->len - at >= FCGI_HEADER && p[at] == FCGI_VERSION) {
		n = (size_t)p[at + 4] << 8 | p[at + 5];
		if (p[at + 1] == FCGI_END)
			return 0;
		if (n > answer->len - at - FCGI_HEADER)
			return -1;
		if (p[at + 1] == FCGI_STDOUT)
			buf_add(out, p + at + FCGI_HEADER, n);
		at += FCGI_HEADER + n + p[at + 6];
		if (at > answer->len)
			return -1;
	}
	return -1;
}

/* A status line ends behind its digits or goes on: only the digits count. */
static int three_digits(const char *s, int *out)
{
	char text[4];
	int64_t n;

	if (strnlen(s, 3) < 3)
		return -1;
	memcpy(text, s, 3);
	text[3] = '\0';
	if (str_int(text, 100, 599, &n) < 0)
		return -1;
	*out = (int)n;
	return 0;
}

/* What stands behind the headers, NULL when they have no end. */
static const char *body_of(struct ctl *c, const char *text)
{
	const char *crlf = strstr(text, "\r\n\r\n"), *lf = strstr(text, "\n\n");

	if (crlf && (!lf || crlf < lf))
		return arena_strdup(&c->arena, crlf + 4);
	return lf ? arena_strdup(&c->arena, lf + 2) : NULL;
}

/* The answer of a CGI program; one without a "Status:" is fine. */
static int cgi_answer(struct ctl *c, struct buf *text, struct ctl_answer *out)
{
	char *line, *rest = text->p;

	if (text->len == 0 || strlen(text->p) != text->len)
		return -1;
	out->status = 200;
	out->body = body_of(c, text->p);
	while (out->body && (line = str_line(&rest)) != NULL && *line) {
		if (strncasecmp(line, "Status: ", 8) == 0)
			return three_digits(line + 8, &out->status);
	}
	return out->body ? 0 : -1;
}

int ctl_probe_fastcgi(struct ctl *c, struct ctl_answer *out, struct err *e)
{
	struct buf request, answer, text;
	int rc, fd = sock_connect(c->cf.socket, SOCK_STREAM, e);

	if (fd < 0)
		return -1;
	buf_init(&request, PARAMS_MAX);
	buf_init(&answer, ANSWER_MAX);
	buf_init(&text, ANSWER_MAX);
	write_request(&request);
	rc = exchange(fd, &request, &answer, e);
	if (rc == 0 && (unwrap(&answer, &text) < 0 || cgi_answer(c, &text, out) < 0))
		rc = ERR(e, ERR_NET, "Something else than the portal answers there.",
			"not a FastCGI answer");
	close(fd);
	buf_done(&request);
	buf_done(&answer);
	buf_done(&text);
	return rc;
}

/* HTTP */

/* Only loopback is ever called, and names there need no name server. */
static int dial(const char *host, int port)
{
	const char *text = strcmp(host, "localhost") == 0 ? "127.0.0.1" : host;
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port) };
	int is_v6 = inet_pton(AF_INET6, text, &v6.sin6_addr) == 1;
	int fd;

	if (!is_v6 && inet_pton(AF_INET, text, &v4.sin_addr) != 1) {
		errno = EAFNOSUPPORT;
		return -1;
	}
	fd = socket(is_v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 ||
		connect(fd, is_v6 ? (struct sockaddr *)&v6 : (struct sockaddr *)&v4,
			is_v6 ? sizeof(v6) : sizeof(v4)) == 0)
		return fd;
	close(fd);
	return -1;
}

/* HTTP/1.0 without keep-alive: the answer ends when the connection does. */
static int http_answer(struct ctl *c, const struct buf *text, struct ctl_answer *out)
{
	if (text->len < HTTP_PREFIX || !str_starts(text->p, "HTTP/1."))
		return -1;
	out->body = body_of(c, text->p);
	return out->body ? three_digits(text->p + HTTP_PREFIX, &out->status) : -1;
}

int ctl_probe_http(struct ctl *c, struct ctl_answer *out, struct err *e)
{
	struct buf request, answer;
	struct url u;
	int rc, fd;

	if (url_parse(&c->arena, c->cf.public_url, &u) < 0)
		return ctl_fail(e, ERR_SETUP, "public_url is no address.");
	fd = dial(u.host, u.port);
	if (fd < 0)
		return ERR(e, ERR_NET, "Nothing listens there.", "%s port %d: %s", u.host, u.port,
			strerror(errno));
	buf_init(&request, PARAMS_MAX);
	buf_init(&answer, ANSWER_MAX);
	buf_printf(&request, "GET /health HTTP/1.0\r\nHost: %s\r\nConnection: close\r\n\r\n",
		c->cf.origin + strlen("http://"));
	rc = exchange(fd, &request, &answer, e);
	if (rc == 0 && http_answer(c, &answer, out) < 0)
		rc = ERR(e, ERR_NET, "Something else than a web server answers there.",
			"not an HTTP answer");
	close(fd);
	buf_done(&request);
	buf_done(&answer);
	return rc;
}
