/*
 * Bend: spoil the XML of a finished answer. Each takes the document apart and puts it together
 * again, or works on its bytes where the result shall not be XML at all; an answer that is not XML
 * stays as it is.
 */
#ifndef SIM_BEND_H
#define SIM_BEND_H

#include "sim/fault.h"

typedef void bend_fn(const struct fault *f, const struct request *r, struct answer *a);

/* bend_tree.c: still XML, but not as usual. */
bend_fn bend_prefixes, bend_default_namespace, bend_missing, bend_reordered, bend_extra, bend_code,
	bend_inner, bend_stopped, bend_whitespace, bend_soap12;
/* bend.c: bytes. */
bend_fn bend_bom, bend_utf16le, bend_utf16be, bend_unclosed, bend_illegal_character,
	bend_illegal_reference, bend_broken_utf8, bend_entity_bomb, bend_external_entity, bend_deep;

#endif
