/* Chronicle: rows of the audit log about what the engine itself has done. The names of actions are
 * those of service/svc_audit.c, which holds the words for each.
 */
#ifndef LATCHKEY_CHRONICLE_H
#define LATCHKEY_CHRONICLE_H

#include <stdint.h>
#include "platform/err.h"

struct engine;

struct chronicle {
	int64_t account;
	const char *action;
	const char *about;
	const char *detail; /* a sentence for people; never a secret */
	const char *by;	    /* in whose name; "" or NULL = nobody's */
	const char *request;
};

/* A row, in the caller's transaction. */
int chronicle_add(struct engine *eng, const struct chronicle *row, struct err *e) must_check;
/* The transaction is through, and the row is a sensitive one: the log is sealed soon. */
void chronicle_seal(struct engine *eng);

#endif
