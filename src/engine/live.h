/* Live: the connection an account uses, ready to be asked by a job, and what is told of its
 * answers.
 */
#ifndef LATCHKEY_LIVE_H
#define LATCHKEY_LIVE_H

#include "exchange/outcome.h"
#include "job.h"
#include "line.h"

struct live {
	struct job_run *r;
	struct connection c;
	struct line *line; /* NULL: not open */
};

/* Open the connection of the job's account. 0, or -1: ERR_CONFLICT when there is none, it is
 * paused, or its secret cannot be used; the sentence is for people. */
int live_open(struct live *l, struct job_run *r, struct err *e) must_check;
void live_close(struct live *l);
/* Something was asked by it and took ms: its health, and the gate after a refusal, hear of it. */
void live_heard(struct live *l, const struct outcome *o, int64_t ms);
/* The one step of a job that failed, or has a note, from the one table. */
void live_tell(struct live *l, const char *title, enum step_state state, const struct outcome *o,
	int64_t ms);
/* Who must act and what to do, as a step shows it: in the arena. */
struct reason_names;
const char *live_fix(
	struct arena *a, const struct reason_row *why, const struct reason_names *names);

#endif
