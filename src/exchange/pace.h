/* Pace: how much may be asked of one credential (or mailbox) at a time. Pure: the caller tells the
 * time. Additive increase, halving when slowed, and a pause as long as Exchange asked for.
 */
#ifndef LATCHKEY_PACE_H
#define LATCHKEY_PACE_H

#include <stdint.h>

enum { PACE_PAUSE_MIN_MS = 10000, PACE_PAUSE_MAX_MS = 300000, PACE_TOLD_MAX_MS = 900000 };

enum pace_end { PACE_WELL, PACE_SLOWED, PACE_OTHER /* says nothing about the pace */ };

struct pace {
	int top;	      /* never more than this at a time */
	int limit;	      /* now; 1 at least */
	int flying;	      /* under way */
	int well;	      /* good ends since the last change of limit */
	int slowed;	      /* times in a row */
	int64_t paused_until; /* monotonic ms; 0 = not paused */
};

void pace_init(struct pace *p, int start, int top);
/* Milliseconds until another may start: 0 now, -1 when one under way must end first. */
int64_t pace_wait(const struct pace *p, int64_t now);
void pace_begin(struct pace *p);
/* told_ms: the pause it asked for, 0 = none; noise: any number, spreads the pauses. */
void pace_end(struct pace *p, enum pace_end end, int64_t told_ms, int64_t now, unsigned noise);

#endif
