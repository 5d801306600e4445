/* Xml read: foreign XML, read by namespace and local name. libxml2's parser behind it; no DTD, no
 * entities, no network, bounded size and depth.
 *
 * References to characters that XML forbids, which Exchange sends in text, are replaced first. A
 * document that is not well-formed to its end is refused whole.
 */
#ifndef LATCHKEY_XML_READ_H
#define LATCHKEY_XML_READ_H

#include <stddef.h>
#include <stdint.h>
#include "platform/arena.h"

/* Depth, and elements and attributes together; with more a document is refused. So is one that
 * gives an element a hundred attributes, or is in an encoding that nobody uses. */
enum { XML_READ_DEPTH = 64, XML_READ_MARKS = 1 << 20 };

/* Namespaces by number; elements of others are found by nobody. */
enum xml_ns {
	NS_SOAP,
	NS_M,	 /* EWS messages */
	NS_T,	 /* EWS types */
	NS_E,	 /* EWS errors */
	NS_A,	 /* SOAP autodiscover */
	NS_POX,	 /* autodiscover responseschema/2006 */
	NS_POXA, /* autodiscover outlook/responseschema/2006a */
	NS__MAX
};

struct xml_node; /* with all its texts it lives as long as the arena that it was read for */

/* The root element; NULL: not XML, or refused. The tree is not in the arena, but goes with it. */
const struct xml_node *xml_read(struct arena *a, const char *p, size_t n);

/* Is it this element? NS_NONE (-1): without namespace. */
enum { NS_NONE = -1 };
int xml_is(const struct xml_node *n, int ns, const char *name);
int xml_in(const struct xml_node *n, int ns); /* of this namespace, whatever its name */
/* First child element with this name; any child element; the next one after. NULL at the end. */
const struct xml_node *xml_child(const struct xml_node *n, int ns, const char *name);
const struct xml_node *xml_first(const struct xml_node *n);
const struct xml_node *xml_next(const struct xml_node *n);
/* Local name. */
const char *xml_name(const struct xml_node *n);
/* Down a path of elements of one namespace: "TimeZone/Bias". */
const struct xml_node *xml_down(const struct xml_node *n, int ns, const char *path);
/* Trimmed text of the element's own; "" for none and for NULL. */
const char *xml_value(const struct xml_node *n);
/* The same with its length. */
size_t xml_value_raw(const struct xml_node *n, const char **p);
/* Text of a child, "" when absent. */
const char *xml_child_value(const struct xml_node *n, int ns, const char *name);
/* Attribute without namespace; NULL when absent. */
const char *xml_attr_value(const struct xml_node *n, const char *name);

/* Values. 0, or -1 when the text is none (out is left alone). */
int xml_int(const struct xml_node *n, int64_t *out);
int xml_bool(const struct xml_node *n, int *out);
/* xs:duration without years and months, in seconds; fractions are dropped. */
int xml_duration_text(const char *s, int64_t *out);
/* xs:dateTime: Z, offset or none, fractions. *zoned: it named Z or an offset; else *out is its
 * local time counted as if it were UTC. */
int xml_time(const struct xml_node *n, int64_t *out, int *zoned);
/* The same from plain text of n bytes; for the one above and for tests. */
int xml_time_text(const char *s, size_t n, int64_t *out, int *zoned);

#endif
