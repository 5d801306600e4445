/* Own: looks at members with their own sign-ins (method personal), a few at a time: told like
 * exchange/calendars.h tells, so that a round sees no difference. Rooms, which have none, are
 * looked at from outside with the account's connection.
 */
#ifndef LATCHKEY_OWN_H
#define LATCHKEY_OWN_H

#include "exchange/calendars.h"
#include "sight.h"
#include "store/store_roster.h"

enum {
	OWN_FLYING = 4, /* lines at a time */
	OWN_LOST = 3	/* in a row that got no answer: then the server has none for anybody */
};

struct own;

struct own_query {
	struct calendars_query q;			       /* its method does not count */
	const struct roster_due *(*who)(void *ptr, int64_t n); /* of a number that next gave */
};

/* The sight must outlive it. Callbacks come on later turns of the loop; after done it is gone. */
struct own *own_start(struct sight *s, const struct own_query *q);
/* The row of a member's own sign-in that is in use and goes the way of the account's live
 * connection: 1, 0 there is none, -1. */
int own_row(struct db *db, struct arena *a, const struct connection *live, int64_t member,
	struct connection *out, struct err *e) must_check;
/* Without a word; not from inside next and told. NULL is fine. */
void own_stop(struct own *o);

#endif
