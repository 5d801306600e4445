/* Heads of requests: lines of the input are the CGI variables. A path that was accepted holds no
 * way up and no control character.
 */
#include "fuzz.h"
#include "platform/seal.h"
#include "platform/str.h"
#include "web/request.h"

static const char *const names[] = { "REQUEST_METHOD", "REQUEST_URI", "CONTENT_LENGTH",
	"CONTENT_TYPE", "HTTP_COOKIE", "HTTP_ORIGIN", "HTTP_SEC_FETCH_SITE", "HTTP_USER_AGENT",
	"REMOTE_ADDR" };

enum { NAMES = sizeof(names) / sizeof(names[0]) };

struct input {
	char *values[NAMES];
	const char *body;
	size_t left;
};

static const char *param(void *ptr, const char *name)
{
	struct input *in = ptr;
	size_t i;

	for (i = 0; i < NAMES; i++) {
		if (strcmp(names[i], name) == 0)
			return in->values[i];
	}
	return NULL;
}

static long take(void *ptr, char *dst, size_t n)
{
	struct input *in = ptr;

	n = n < in->left ? n : in->left;
	memcpy(dst, in->body, n);
	in->body += n;
	in->left -= n;
	return (long)n;
}

static int drop(void *ptr, const char *src, size_t n)
{
	(void)ptr;
	(void)src;
	(void)n;
	return 0;
}

static void check(const struct request *rq)
{
	size_t n = strlen(rq->path);

	if (rq->path[0] != '/' || strstr(rq->path, "/../") || strstr(rq->path, "//") ||
		!str_utf8(rq->path, n) || str_control(rq->path, n, 0))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *at = text, *line;
	struct input in = { { NULL }, NULL, 0 };
	struct request_io io = { &in, param, take, drop };
	struct request rq;
	struct arena a;
	struct buf body;
	struct err e;
	size_t i;

	seal_init();
	for (i = 0; i < NAMES && (line = strsep(&at, "\n")); i++)
		in.values[i] = line;
	in.body = at ? at : "";
	in.left = at ? size - (size_t)(at - text) : 0;
	arena_init(&a, 64 << 20);
	buf_init(&body, 65536);
	if (request_read(&rq, &io, &a, &e) == 0) {
		check(&rq);
		if (rq.method == POST && request_body(&rq, 65536, &body, &e) < 0)
			buf_clear(&body);
	}
	buf_done(&body);
	arena_done(&a);
	free(text);
	return 0;
}
