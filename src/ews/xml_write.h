/* Xml write: elements into a buffer, nested and escaped. Names carry their prefix ("t:Id") and are
 * written as they are. What XML cannot carry (control characters) becomes U+FFFD.
 */
#ifndef LATCHKEY_XML_WRITE_H
#define LATCHKEY_XML_WRITE_H

#include <stddef.h>
#include <stdint.h>
#include "platform/buf.h"

enum { XML_WRITE_DEPTH = 24 };

/* A writer over a buffer; the buffer remembers when it overflowed. */
struct xml_write {
	struct buf *b;
	const char *open[XML_WRITE_DEPTH]; /* names of open elements */
	int depth;
	int in_tag; /* the start tag is not closed yet */
};

void xml_write_init(struct xml_write *w, struct buf *b);
void xml_open(struct xml_write *w, const char *name);
void xml_close(struct xml_write *w); /* the innermost open element; <a/> when it is empty */
void xml_attr(struct xml_write *w, const char *name, const char *value);
void xml_attr_int(struct xml_write *w, const char *name, int64_t value);
void xml_text(struct xml_write *w, const char *text);
/* An element with text; one without content. */
void xml_leaf(struct xml_write *w, const char *name, const char *text);
void xml_leaf_int(struct xml_write *w, const char *name, int64_t value);
void xml_leaf_bool(struct xml_write *w, const char *name, int value);
void xml_leaf_time(struct xml_write *w, const char *name, int64_t t); /* 2026-11-23T08:00:00Z */
/* An element with one attribute and nothing else. */
void xml_mark(struct xml_write *w, const char *name, const char *attr, const char *value);

#endif
