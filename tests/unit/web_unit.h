/* What the tests of src/web and cgi share: a request in memory, and what was answered to it. */
#ifndef LATCHKEY_WEB_UNIT_H
#define LATCHKEY_WEB_UNIT_H

#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>
#include "platform/arena.h"
#include "platform/log.h"
#include "platform/seal.h"
#include "web/request.h"

enum { FAKE_PARAMS = 24 };

struct fake {
	struct request_io io;
	struct {
		const char *name;
		const char *value;
	} params[FAKE_PARAMS];
	size_t count;
	const char *body;
	size_t left;  /* of the body */
	size_t chunk; /* at most so much at once */
	int slow;     /* the next read fails */
	int gone;     /* writes fail */
	struct buf out;
};

static inline const char *fake_param(void *ptr, const char *name)
{
	const struct fake *f = ptr;
	size_t i;

	for (i = 0; i < f->count; i++) {
		if (strcmp(f->params[i].name, name) == 0)
			return f->params[i].value;
	}
	return NULL;
}

static inline long fake_read(void *ptr, char *dst, size_t n)
{
	struct fake *f = ptr;

	if (f->slow)
		return -1;
	if (n > f->left)
		n = f->left;
	if (f->chunk && n > f->chunk)
		n = f->chunk;
	memcpy(dst, f->body, n);
	f->body += n;
	f->left -= n;
	return (long)n;
}

static inline int fake_write(void *ptr, const char *src, size_t n)
{
	struct fake *f = ptr;

	return f->gone ? -1 : buf_add(&f->out, src, n);
}

/* A new value for a variable; NULL takes it away. */
static inline void fake_set(struct fake *f, const char *name, const char *value)
{
	size_t i = 0;

	while (i < f->count && strcmp(f->params[i].name, name) != 0)
		i++;
	assert_true(i < FAKE_PARAMS);
	f->params[i].name = name;
	f->params[i].value = value;
	f->count += i == f->count;
}

static inline void fake_init(struct fake *f, const char *method, const char *uri)
{
	*f = (struct fake){ .io = { f, fake_param, fake_read, fake_write } };
	buf_init(&f->out, 16 << 20);
	fake_set(f, "REQUEST_METHOD", method);
	fake_set(f, "REQUEST_URI", uri);
	fake_set(f, "REMOTE_ADDR", "192.0.2.7");
}

/* A body of n bytes, of the kind that forms send. */
static inline void fake_body(struct fake *f, const char *body, const char *length)
{
	f->body = body;
	f->left = strlen(body);
	fake_set(f, "CONTENT_LENGTH", length);
	fake_set(f, "CONTENT_TYPE", "application/x-www-form-urlencoded");
}

static inline void fake_done(struct fake *f)
{
	buf_done(&f->out);
}

/* The call fails with this code. `e` must be in scope. */
#define assert_code(expected, call)                                                                \
	do {                                                                                       \
		memset(&e, 0, sizeof(e));                                                          \
		assert_int_equal((call), -1);                                                      \
		if (e.code != (expected))                                                          \
			fail_msg("%s: %s, not %s: %s", #call, err_info(e.code)->name,              \
				err_info(expected)->name, e.log);                                  \
	} while (0)

#endif
