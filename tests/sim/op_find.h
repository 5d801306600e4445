/* Op_find: what FindItem's two files share. */
#ifndef SIM_OP_FIND_H
#define SIM_OP_FIND_H

#include "sim/op_item.h"

/* A restriction, read once; kept until the call ends. */
struct test;
/* The one expression of an m:Restriction. A code, or NULL with *out. */
const char *filter_read(struct call *c, xmlNode *expression, struct test **out);
bool filter_passes(const struct test *t, const struct view *v);

/* What a FieldURI or ExtendedFieldURI names. */
struct path {
	const char *uri, *key; /* one of them */
};
const char *path_read(struct call *c, xmlNode *n, struct path *p);
struct value path_value(const struct path *p, const struct view *v);
/* -1, 0, 1; what is not there comes first. */
int value_compare(const struct value *a, const struct value *b);

#endif
