/* Notify: tells systemd that the engine is ready, alive and stopping (sd_notify without its
 * library). */
#ifndef LATCHKEY_NOTIFY_H
#define LATCHKEY_NOTIFY_H

#include <stdint.h>
#include "platform/loop.h"

struct notify;

/* path and watchdog as in NOTIFY_SOCKET and WATCHDOG_USEC, NULL when they are not set: then nothing
 * is ever told. Connects at once, so that it still works inside the sandbox. Never NULL. */
struct notify *notify_new(struct loop *l, const char *path, const char *watchdog);
/* Ready; from now on the watchdog hears that the loop turns. */
void notify_ready(struct notify *n);
/* Says that it stops. */
void notify_free(struct notify *n);

#endif
