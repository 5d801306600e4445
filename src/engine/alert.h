/* Alert: members that worked and do not any more. The member is told at once, if it is theirs to
 * mend; the admins once for each cause, however many it are, and once more when it is over.
 *
 * Only verdicts count: attempts that came to nothing are trouble of the connection, which notice.h
 * tells of, and a member who was not checked yet cannot break.
 */
#ifndef LATCHKEY_ALERT_H
#define LATCHKEY_ALERT_H

#include "model.h"
#include "platform/err.h"

struct engine;

enum {
	ALERT_PORTION = 200,	/* events in one transaction */
	ALERT_COLLECT = 300,	/* seconds in which what has one cause is collected */
	ALERT_AGAIN = 24 * 3600 /* seconds until more of the same is told of again */
};

/* What there is to say of a cause. */
enum alert_step {
	ALERT_WAIT,
	ALERT_TELL,
	ALERT_CLEAR, /* it is over for all, and they were told */
	ALERT_FORGET /* it was over before anybody was told */
};
/* Pure. */
enum alert_step alert_step(const struct alert *t, int64_t now);

/* One turn of an account. How many events were looked at, or -1. */
int alert_turn(struct engine *eng, int64_t account, struct err *e) must_check;

#endif
