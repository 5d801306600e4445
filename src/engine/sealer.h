/* Sealer: signs the head of the audit log with the engine's key, which the web tier does not have,
 * and keeps the last signed head in a file of its own, so that neither rewriting the log nor
 * cutting its end goes unseen.
 */
#ifndef LATCHKEY_SEALER_H
#define LATCHKEY_SEALER_H

#include "platform/err.h"

enum {
	SEALER_EVERY_MS = 60 * 1000,
	SEALER_SOON_MS = 200,
	SEALER_RETRY_MS = 5 * 1000, /* after trouble with the store or the head file */
	SEALER_BATCH = 500	    /* rows a turn */
};

struct engine;
struct sealer;

/* Reads the head file; none is fine (the newest seal in the store is used then, if there is one).
 * NULL with ERR_SETUP when it cannot be read, written or understood. Keys and store of eng must be
 * there already. */
struct sealer *sealer_new(struct engine *eng, struct err *e);
void sealer_free(struct sealer *s);
/* A sensitive row was written: seal soon, together with others. */
void sealer_soon(struct sealer *s);

#endif
