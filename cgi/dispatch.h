/* Dispatch: the one path of every request, from its first byte to its answer.
 *
 * In this order, and each step is taken in this file only: head read and bounded, route, store,
 * session, role; for a POST content type, length, origin, body, form token; freshness of the
 * sign-in; form; handler; answer; one log line. A handler that is reached may trust all of it.
 */
#ifndef LATCHKEY_DISPATCH_H
#define LATCHKEY_DISPATCH_H

#include "page.h"

/* What a process that answers requests lives in. */
struct world {
	const struct config *cf;
	struct db *db;	  /* NULL: not open */
	struct err why;	  /* why it is not */
	int64_t retry_at; /* monotonic milliseconds: not tried again before */
	struct arena arena;
};

void dispatch_init(struct world *w, const struct config *cf);
void dispatch_done(struct world *w);

/* Open the store and check that its schema is ours, unless it is open or was tried within the last
 * second. 0, or -1 with the reason in w->why. */
int dispatch_open(struct world *w) must_check;

/* Answer one request. Never fails: what goes wrong becomes an error page and a log line. */
void dispatch_run(struct world *w, const struct request_io *io);

/* Set the session's cookie to token; NULL deletes it. For the handlers that begin or end sessions.
 */
void dispatch_cookie(struct page *p, const char *token);

#endif
