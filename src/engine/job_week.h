/* Job week: what a page shows of a member's busy time, made of what was read. */
#ifndef LATCHKEY_JOB_WEEK_H
#define LATCHKEY_JOB_WEEK_H

#include "exchange/busy.h"
#include "model.h"

enum { WEEK_DAYS = 14 };

/* What is asked for: so much that any time zone's weeks are within it. Pure. */
void week_window(int64_t now, int64_t *from, int64_t *to);
/* Fills all but member and account; texts live in the arena. Pure. */
void week_of(struct arena *a, const struct busy_times *t, int64_t now, struct week *out);

#endif
