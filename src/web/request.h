/* Request: what a browser sent, read once, bounded and checked; by FastCGI or by plain CGI. */
#ifndef LATCHKEY_REQUEST_H
#define LATCHKEY_REQUEST_H

#include <stddef.h>
#include <stdint.h>
#include "platform/arena.h"
#include "platform/buf.h"
#include "platform/err.h"

enum {
	REQUEST_URI_MAX = 4096,
	REQUEST_HEADER_MAX = 8192, /* any one header value; cookies too */
	REQUEST_PAIRS_MAX = 128,   /* query parameters, cookies, form fields: of each */
	REQUEST_ID = 12
};

enum method { METHOD_OTHER, GET = 1, POST = 2, HEAD = 4 };

/* Where bytes come from and go to: cgi/portal.c fills one for FastCGI and one for CGI. */
struct request_io {
	void *ptr;
	const char *(*param)(void *ptr, const char *name); /* CGI variable or NULL */
	long (*read)(void *ptr, char *dst, size_t n);	   /* bytes, 0 end, -1 failed or too slow */
	int (*write)(void *ptr, const char *src, size_t n);
};

struct pair {
	const char *key;
	const char *value;
};

struct pairs {
	size_t count;
	struct pair *list;
};

struct request {
	const struct request_io *io;
	struct arena *arena;
	char id[REQUEST_ID + 1]; /* random; on the error page and on every log line */
	enum method method;
	const char *path;   /* decoded; no "..", no "//", no control bytes */
	struct pairs query; /* decoded, valid UTF-8 */
	struct pairs cookies;
	const char *address; /* remote */
	const char *agent;   /* user agent, cut at 200 bytes */
	const char *origin;
	const char *fetch_site;
	const char *type; /* content type as sent */
	int64_t length;	  /* content length, -1 = none given */
};

/* Read and check everything but the body; 0 or -1 with the status's code. rq->id is always set. */
int request_read(
	struct request *rq, const struct request_io *io, struct arena *a, struct err *e) must_check;

/* The body, at most max bytes, into b (wipe it after use). A body shorter than announced, or one on
 * a request without a length, is an error. */
int request_body(struct request *rq, size_t max, struct buf *b, struct err *e) must_check;

/* First value of key or NULL. A key that comes twice in a query is an error at request_read. */
const char *pairs_get(const struct pairs *p, const char *key);
/* Split urlencoded text (modified in place) into pairs: checks escapes, UTF-8, count, doubles. */
int pairs_parse(struct arena *a, char *text, size_t n, struct pairs *out, struct err *e) must_check;

#endif
