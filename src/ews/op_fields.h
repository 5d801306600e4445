/* Op fields: the fields of a booking, checked and written. */
#ifndef LATCHKEY_OP_FIELDS_H
#define LATCHKEY_OP_FIELDS_H

#include "exchange/zone.h"
#include "op_parts.h"

/* A booking while it is written. */
struct op_pen {
	struct xml_write *w;
	const struct booking *b;
	int version;
	const char *zone;	 /* IANA */
	char windows[ZONE_NAME]; /* "" = it has no Windows name */
};

void op_pen_init(struct op_pen *p, struct xml_write *w, const struct dialect_ask *ask,
	const struct booking *b);
/* Whether these fields (BOOKING_ bits) can be sent: 0, or -1 with ERR_INPUT. */
int op_pen_check(const struct op_pen *p, unsigned fields, struct err *e);
/* All fields, and our tag, of a new item. */
void op_pen_create(const struct op_pen *p);
/* <t:Updates> that set these fields, or take away what is empty. */
void op_pen_update(const struct op_pen *p, unsigned fields);

#endif
