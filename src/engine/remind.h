/* Remind: members who must act get a mail on day 1, 3, 7 and 14 after it became so, and then no
 * more; it stops when they have acted. What breaks is told by alert.h.
 *
 * Whoever writes a verdict asks remind_verdict what becomes of the member's reminders; here they
 * are sent when they are due. A reminder, its count and its event are one transaction, and nobody
 * gets two on one day (UTC).
 */
#ifndef LATCHKEY_REMIND_H
#define LATCHKEY_REMIND_H

#include "platform/arena.h"
#include "store/store.h"

struct engine;
struct remind;

enum {
	REMIND_POLL_MS = 10 * 1000,
	REMIND_PORTION = 100, /* members in one transaction */
	REMIND_MOST = 4
};

/* When the next is due, after so many were sent; 0 = none. Pure. */
int64_t remind_next(int64_t sent, int64_t now);
/* What a verdict makes of a member's reminders: they begin, go on, or end. m: as it was before.
 * Goes into struct standing_end. Pure but for the clock. */
void remind_verdict(const struct roster_due *m, const struct standing *is, int64_t *remind_n,
	int64_t *remind_at);

/* What is in every mail about a member's own calendar, with the key that stops them: params of a
 * kind that stops. In the arena, in the caller's transaction. NULL on failure. */
const char *remind_params(struct engine *eng, struct arena *a, const struct roster_row *m,
	const char *mailbox, struct err *e);
/* The address of the dedicated mailbox; "" when there is none. NULL on failure. */
const char *remind_mailbox(struct engine *eng, struct arena *a, int64_t account, struct err *e);
/* Why a member is not reminded now. */
enum remind_skip { REMIND_SENT, REMIND_NEEDLESS, REMIND_SILENT, REMIND_TODAY, REMIND_SKIP__MAX };
/* The next reminder of one member, out of its turn when `by` says who wants it: enum remind_skip,
 * or -1. In the caller's transaction. */
int remind_send(struct engine *eng, struct arena *a, struct roster_row *m, const char *mailbox,
	const char *by, struct err *e) must_check;
/* One turn of an account: sends what is due. How many were looked at, or -1. */
int remind_turn(struct engine *eng, int64_t account, struct err *e) must_check;

/* All accounts, every REMIND_POLL_MS: reminders and alerts. Never NULL. */
struct remind *remind_new(struct engine *eng);
/* NULL is fine. */
void remind_free(struct remind *r);

#endif
