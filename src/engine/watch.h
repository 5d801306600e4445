/* Watch: looks at live connections when it is time to: one cheap question each, about the mailbox
 * that signs in, and what came of it goes to health.h.
 */
#ifndef LATCHKEY_WATCH_H
#define LATCHKEY_WATCH_H

enum {
	WATCH_POLL_MS = 1000,	       /* a lost ring costs this much */
	WATCH_MOST = 16,	       /* looks at a time */
	WATCH_DEADLINE_MS = 60 * 1000, /* of one look */
	WATCH_KEPT = 256,	       /* lines that stay open between looks */
	WATCH_SPREAD = 10	       /* seconds over which the first looks are spread */
};

struct engine;
struct watch;

/* Begins on the next turn of the loop; store, keys, keeper and tools of eng must be there. Never
 * NULL. */
struct watch *watch_new(struct engine *eng);
/* Something about a connection has changed: look now. */
void watch_wake(struct watch *w);
/* Looks under way end without a word. NULL is fine. */
void watch_free(struct watch *w);

#endif
