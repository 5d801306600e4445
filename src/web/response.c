/* Response: status, headers, body; sent in one go when all of it is known, or, what is too long
 * for memory, portion by portion.
 *
 * Rules: the security headers are on every answer, whatever page made it. What goes into a header
 * was checked before: a control byte here would let a text write headers of its own, so it ends the
 * process. Answers carry cookies and one-time links: their memory is wiped.
 */
#include "response.h"

#include <stdio.h>
#include <string.h>
#include "platform/str.h"
#include "platform/url.h"

enum { HEADERS_MAX = 16 * 1024, HEAD_MAX = HEADERS_MAX + 4096, STATUS_OTHER = 303 };

/* Referrer-Policy keeps the path, which can hold a one-time link, out of every log; it is not
 * no-referrer, because with that browsers send "Origin: null" with forms. */
#define SECURITY_HEADERS                                                                           \
	"Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "       \
	"img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "                \
	"frame-ancestors 'none'\r\n"                                                               \
	"X-Content-Type-Options: nosniff\r\n"                                                      \
	"X-Frame-Options: DENY\r\n"                                                                \
	"Referrer-Policy: strict-origin\r\n"                                                       \
	"Cross-Origin-Opener-Policy: same-origin\r\n"                                              \
	"Cross-Origin-Resource-Policy: same-origin\r\n"                                            \
	"Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=(), usb=()\r\n"

static const struct reason {
	int status;
	const char *text;
} reasons[] = {
	{ 200, "OK" },
	{ 303, "See Other" },
	{ 400, "Bad Request" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 408, "Request Timeout" },
	{ 409, "Conflict" },
	{ 410, "Gone" },
	{ 413, "Content Too Large" },
	{ 414, "URI Too Long" },
	{ 415, "Unsupported Media Type" },
	{ 422, "Unprocessable Content" },
	{ 429, "Too Many Requests" },
	{ 431, "Request Header Fields Too Large" },
	{ 500, "Internal Server Error" },
	{ 502, "Bad Gateway" },
	{ 503, "Service Unavailable" },
	{ 507, "Insufficient Storage" },
};

static const char *reason(int status)
{
	size_t i;

	for (i = 0; i < sizeof(reasons) / sizeof(*reasons); i++) {
		if (reasons[i].status == status)
			return reasons[i].text;
	}
	return "Status";
}

static void set_defaults(struct response *rs)
{
	rs->status = 200;
	rs->type = "text/html; charset=utf-8";
	rs->cacheable = 0;
	rs->more = NULL;
	rs->sent = 0;
}

void response_init(struct response *rs)
{
	set_defaults(rs);
	buf_init(&rs->headers, HEADERS_MAX);
	buf_init(&rs->body, RESPONSE_MAX);
}

void response_done(struct response *rs)
{
	buf_wipe(&rs->headers);
	buf_wipe(&rs->body);
}

void response_clear(struct response *rs)
{
	response_done(rs);
	set_defaults(rs);
}

void response_header(struct response *rs, const char *name, const char *value)
{
	if (str_control(value, strlen(value), 0))
		die("a control byte in the header %s", name);
	if (buf_printf(&rs->headers, "%s: %s\r\n", name, value) < 0)
		die("headers over %d bytes", HEADERS_MAX);
}

void response_redirect(struct response *rs, const char *where)
{
	if (!url_local(where) && !str_starts(where, "https://") && !str_starts(where, "http://"))
		die("a redirect to something that is no address");
	rs->status = STATUS_OTHER;
	response_header(rs, "Location", where);
}

void response_cookie(
	struct response *rs, const char *name, const char *value, long max_age, int secure)
{
	char age[40] = "";
	struct buf b;

	buf_init(&b, HEADERS_MAX);
	if (max_age >= 0)
		snprintf(age, sizeof(age), "; Max-Age=%ld", max_age);
	buf_printf(&b, "%s=%s; Path=/; HttpOnly; SameSite=Lax%s%s", name, value, age,
		secure ? "; Secure" : "");
	response_header(rs, "Set-Cookie", buf_str(&b));
	buf_wipe(&b);
}

/* A client that has gone ends it. */
static int send_body(struct response *rs, const struct request_io *io)
{
	int more = rs->more != NULL;

	for (;;) {
		if (rs->body.len > 0 && io->write(io->ptr, rs->body.p, rs->body.len) < 0)
			return -1;
		rs->sent += rs->body.len;
		if (!more)
			return 0;
		buf_clear(&rs->body);
		more = rs->more(rs->ptr, &rs->body);
	}
}

int response_send(struct response *rs, const struct request *rq)
{
	const struct request_io *io = rq->io;
	struct buf head;
	int rc;

	buf_init(&head, HEAD_MAX);
	buf_printf(&head, "Status: %d %s\r\n", rs->status, reason(rs->status));
	if (rs->body.len > 0 || rs->more)
		buf_printf(&head, "Content-Type: %s\r\n", rs->type);
	if (!rs->more)
		buf_printf(&head, "Content-Length: %zu\r\n", rs->body.len);
	buf_puts(&head, SECURITY_HEADERS);
	if (!rs->cacheable)
		buf_puts(&head, "Cache-Control: no-store\r\n");
	buf_add(&head, buf_str(&rs->headers), rs->headers.len);
	buf_puts(&head, "\r\n");
	rc = io->write(io->ptr, buf_str(&head), head.len);
	buf_wipe(&head);
	if (rc == 0 && rq->method != HEAD)
		rc = send_body(rs, io);
	return rc < 0 ? -1 : 0;
}
