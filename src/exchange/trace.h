/* Trace: the last exchanges, for admins and support, without anything that must not be shown.
 *
 * Pure. What is kept is chosen, not what is left out: header lines by name, XML text by element,
 * JSON values by key. Everything else is told by its length: "(12 bytes)".
 */
#ifndef LATCHKEY_TRACE_H
#define LATCHKEY_TRACE_H

#include <stddef.h>
#include <stdint.h>
#include "platform/buf.h"

enum { TRACE_MAX = 48 * 1024, TRACE_BODY_MAX = 16 * 1024 };

struct trace_side {
	const char *headers;
	size_t headers_len;
	const char *body;
	size_t body_len;
};

struct trace_exchange {
	int64_t at_ms; /* Unix ms */
	int64_t ms;
	const char *method, *url;
	struct trace_side out, in;
	long status;	  /* 0 = no answer */
	const char *note; /* how it ended, in our words */
};

/* Keeps the newest exchanges that fit. */
struct trace {
	struct buf text;
};

void trace_init(struct trace *t);
void trace_done(struct trace *t);
/* NULL t is fine: nothing is kept. */
void trace_add(struct trace *t, const struct trace_exchange *x);
/* The redacted form of one body, appended: XML, JSON or form data as content_type says. */
void trace_body(struct buf *out, const char *content_type, const char *body, size_t n);

#endif
