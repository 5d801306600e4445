/* Look: an anonymous look at a server, step by step: name, guard, connection, certificate, answer,
 * ways to sign in. No password of a mailbox is ever involved. It goes the way that a connection
 * goes: through its proxy, and trusting whom it trusts.
 */
#ifndef LATCHKEY_LOOK_H
#define LATCHKEY_LOOK_H

#include <stdint.h>
#include "model.h"
#include "platform/arena.h"
#include "platform/loop.h"
#include "platform/resolve.h"

enum { LOOK_HOPS = 5 /* redirects followed */ };

struct client_proxy;
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

/* Where to. Texts and the proxy must stay until the end. */
struct look_query {
	const char *host; /* a name or an address */
	int port;
	const char *ca_pem;		  /* trusted besides the system's; NULL or "" */
	const struct client_proxy *proxy; /* of ops' list; or NULL */
};

/* What came of it. */
struct look_end {
	int ok;		     /* no step failed */
	const char *outcome; /* one sentence */
	/* Of the server that answered in the end, which may be another after redirects. */
	const char *host;
	int port;
	int asked;     /* it asked for a sign-in */
	unsigned ways; /* ... and offers these: CHALLENGE_ bits */
};

/* Who hears of it. */
struct look_listener {
	/* A step is new or has changed. All steps that are foreseen come at once at the beginning,
	 * waiting; a redirect puts more before the last one, so a number can come again with
	 * another title. Must not stop the look. */
	void (*step)(void *ptr, const struct job_step *s);
	/* The end. The look is gone afterwards. */
	void (*done)(void *ptr, const struct look_end *e);
	void *ptr;
};

/* Look at https://host:port. Texts live in the arena. Both callbacks come on later turns. */
struct look *look_start(const struct look_tools *tools, struct arena *a, const struct look_query *q,
	const struct look_listener *listener);
/* End it without a word. Not from inside a step callback. */
void look_stop(struct look *k);

#endif
