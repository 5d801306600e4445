/* Doorbell: the engine's end of the socket on which the web tier and the command line ring. */
#ifndef LATCHKEY_DOORBELL_H
#define LATCHKEY_DOORBELL_H

#include <sys/types.h>
#include "platform/bell.h"
#include "platform/loop.h"

enum { DOORBELL_PEERS = 64, DOORBELL_IDLE_MS = 10 * 1000, DOORBELL_FRIENDS = 3 };

struct doorbell;
/* A ring; it is answered when the function returns. */
typedef void doorbell_fn(void *ptr, enum bell_verb verb, int64_t job);

struct doorbell_config {
	const char *path;
	const char *group;		 /* who may connect; NULL: the group of the process */
	uid_t friends[DOORBELL_FRIENDS]; /* whose rings count; others are hung up on */
	int idle_ms; /* after which a silent peer is hung up on; 0: DOORBELL_IDLE_MS */
	doorbell_fn *ring;
	void *ptr;
};

/* Listen. NULL with ERR_SETUP, also when a living engine listens there already. */
struct doorbell *doorbell_new(struct loop *l, const struct doorbell_config *cf, struct err *e);
void doorbell_free(struct doorbell *d);

#endif
