/* Look: an anonymous look at a server, step by step: name, guard, connection, certificate, answer,
 * ways to sign in. No password is ever involved. The later connection test begins the same way.
 */
#ifndef LATCHKEY_LOOK_H
#define LATCHKEY_LOOK_H

#include <stdint.h>
#include "model.h"
#include "platform/arena.h"
#include "platform/loop.h"
#include "platform/resolve.h"

enum { LOOK_HOPS = 5 /* redirects followed */ };

struct egress;
struct transport;
struct look;

/* What a look works with; must outlive it. */
struct look_tools {
	struct loop *loop;
	struct resolve *resolve;
	struct egress *egress;
	struct transport *transport;
};

/* Who hears of it. */
struct look_listener {
	/* A step is new or has changed. All steps that are foreseen come at once at the beginning,
	 * waiting; a redirect puts more before the last one, so a number can come again with
	 * another title. Must not stop the look. */
	void (*step)(void *ptr, const struct job_step *s);
	/* The end: ok is 0 when a step failed; outcome is one sentence. The look is gone
	 * afterwards. */
	void (*done)(void *ptr, int ok, const char *outcome);
	void *ptr;
};

/* Look at https://host:port. Texts live in the arena. Both callbacks come on later turns. */
struct look *look_start(const struct look_tools *tools, struct arena *a, const char *host, int port,
	const struct look_listener *listener);
/* End it without a word. Not from inside a step callback. */
void look_stop(struct look *k);

#endif
