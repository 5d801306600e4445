/* Traces of foreign bytes: what comes out is valid UTF-8 without control characters and bounded,
 * and the text of an element that nobody knows never comes out, whatever stands around it.
 */
#include "fuzz.h"
#include "exchange/trace.h"
#include "platform/str.h"

#define SECRET "hunter2Zebra"

static void check(const struct buf *b, size_t max)
{
	if (!buf_ok(b) || b->len > max || !str_utf8(buf_str(b), b->len) ||
		str_control(buf_str(b), b->len, 1))
		abort();
}

static void body(const char *type, const char *text, size_t n)
{
	struct buf b;

	buf_init(&b, 64 * 1024);
	trace_body(&b, type, text, n);
	check(&b, TRACE_BODY_MAX);
	buf_done(&b);
}

/* A secret in an unknown element, behind the bytes and before them. */
static void planted(const char *text, size_t size)
{
	static const char plant[] = "<Unknown a=\"" SECRET "\">" SECRET "</Unknown>";
	size_t len = sizeof(plant) - 1;
	char *s = malloc(size + len);
	struct buf b;

	if (!s)
		abort();
	buf_init(&b, 64 * 1024);
	memcpy(s, plant, len);
	memcpy(s + len, text, size);
	trace_body(&b, "text/xml", s, size + len);
	memmove(s, s + len, size);
	memcpy(s + size, plant, len);
	trace_body(&b, "text/xml", s, size + len);
	if (strstr(buf_str(&b), SECRET) && !memmem(text, size, "unter", 5))
		abort();
	buf_done(&b);
	free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const types[] = { "text/xml", "application/json", "",
		"application/x-www-form-urlencoded", "text/html" };
	char *text = fuzz_text(data, size);
	struct trace_exchange x = { .method = text, .url = text, .note = text };
	struct trace t;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		body(types[i], text, size);
	planted(text, size);
	x.out = x.in = (struct trace_side){ text, size, text, size };
	trace_init(&t);
	trace_add(&t, &x);
	trace_add(&t, &x);
	check(&t.text, TRACE_MAX);
	trace_done(&t);
	free(text);
	return 0;
}
