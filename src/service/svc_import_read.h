/* Svc_import_read: what the rows of a file say, before anybody is asked whether it is so. Pure, but
 * for the arena. Private to service/.
 */
#ifndef LATCHKEY_SVC_IMPORT_READ_H
#define LATCHKEY_SVC_IMPORT_READ_H

#include "platform/arena.h"
#include "platform/csv.h"
#include "store/store_import.h"

enum import_column {
	COLUMN_EMAIL,
	COLUMN_NAME,
	COLUMN_FIRST,
	COLUMN_LAST,
	COLUMN_ROLE,
	COLUMN_CALENDAR,
	COLUMN_KIND,
	COLUMN__MAX
};

struct import_columns {
	int at[COLUMN__MAX]; /* which cell; -1 = none */
	int header;	     /* the first row has their names */
};

/* From the names in the first row, from what looks like an address, or from `given`. ERR_FORM when
 * there are no addresses. file is at its
 * beginning, and stays there. */
int import_columns_find(struct arena *a, struct csv *file, const char *given,
	struct import_columns *out, struct err *e) must_check;
/* How it was read, a sentence. */
const char *import_columns_say(
	struct arena *a, const struct csv *c, const struct import_columns *columns);
/* The row that c is at: 1 good, 0 refused: then say tells why. Not given: role and kind -1. */
int import_row_read(
	struct arena *a, struct csv *c, const struct import_columns *columns, struct import_row *r);

#endif
