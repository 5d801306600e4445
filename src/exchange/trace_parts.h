/* Trace parts: what the files of the trace share. Only for trace*.c. */
#ifndef LATCHKEY_TRACE_PARTS_H
#define LATCHKEY_TRACE_PARTS_H

#include <stddef.h>
#include "platform/buf.h"

enum { TRACE_TEXT_MAX = 240, TRACE_CODE_MAX = 80 };

/* A run of foreign bytes. */
struct piece {
	const char *p;
	size_t n;
};

/* How a value is shown. */
enum keep {
	KEEP_LENGTH,  /* "(12 bytes)" */
	KEEP_CODE,    /* a word, number or time; anything else by its length */
	KEEP_TEXT,    /* a sentence of the server, cleaned; long runs without a space are cut out */
	KEEP_ADDRESS, /* an e-mail address; anything else by its length */
	KEEP_URL,     /* https address without user, query values and fragment */
	KEEP_FACT,    /* a number, address or URL */
	KEEP_ID,      /* an opaque id: its beginning and its length */
	KEEP_PRIVATE  /* nothing below it is shown either */
};

/* Append a value the way it may be shown. */
void trace_value(struct buf *out, enum keep how, struct piece v);
void trace_length(struct buf *out, size_t n);
/* Query or form pairs: known keys, and values of those that hold no secret. */
void trace_pairs(struct buf *out, struct piece v);

struct piece piece_trim(struct piece v);
struct piece piece_from(struct piece v, size_t n); /* without its first n bytes */
int piece_is(struct piece v, const char *word);	   /* whole, case matters not */
int piece_has(struct piece v, const char *word);   /* anywhere, case matters not */

/* A body that is written line by line until TRACE_BODY_MAX. */
struct trace_lines {
	struct buf *out;
	struct buf line;
	size_t written;
	int full;
};

/* The line so far goes out with an end; a line that no longer fits is told as cut. */
void trace_line(struct trace_lines *l);

/* Append the redacted form of XML or JSON, well-formed or not. */
void trace_xml(struct trace_lines *l, struct piece body);
void trace_json(struct trace_lines *l, struct piece body);

/* --- trace_names.c --- */

struct trace_name {
	const char *name;
	enum keep keep;
	int plain_ids; /* its attribute Id is a word, not an opaque id */
};

/* Both by local name. An element; NULL for what is unknown. */
const struct trace_name *trace_element(struct piece name);
/* How an attribute is shown; KEEP_PRIVATE: not at all. Its name is then a known one. */
enum keep trace_attribute(struct piece name);

#endif
