/* Pace: how much may be asked at a time. Pure.
 *
 * Rule: what is slowed while a pause is in force was asked before it began: it says nothing new
 * about the limit, or one bad moment would halve it once for each question under way.
 */
#include "pace.h"

#include <string.h>

enum { NOISE = 1024 };

void pace_init(struct pace *p, int start, int top)
{
	memset(p, 0, sizeof(*p));
	p->top = top > 1 ? top : 1;
	p->limit = start < 1 ? 1 : start > p->top ? p->top : start;
}

int64_t pace_wait(const struct pace *p, int64_t now)
{
	if (now < p->paused_until)
		return p->paused_until - now;
	return p->flying < p->limit ? 0 : -1;
}

void pace_begin(struct pace *p)
{
	p->flying++;
}

/* Up to a quarter longer, so that those who were slowed together do not come back together. */
static int64_t spread(int64_t ms, unsigned noise)
{
	return ms + ms / 4 * (int64_t)(noise % NOISE) / NOISE;
}

static int64_t pause_of(const struct pace *p, int64_t told_ms, unsigned noise)
{
	int64_t ms = PACE_PAUSE_MIN_MS;

	if (told_ms > 0)
		return spread(told_ms < PACE_TOLD_MAX_MS ? told_ms : PACE_TOLD_MAX_MS, noise);
	for (int i = 1; i < p->slowed && ms < PACE_PAUSE_MAX_MS; i++)
		ms *= 2;
	return spread(ms < PACE_PAUSE_MAX_MS ? ms : PACE_PAUSE_MAX_MS, noise);
}

static void slowed(struct pace *p, int64_t told_ms, int64_t now, unsigned noise)
{
	int64_t until;

	if (now >= p->paused_until) {
		p->slowed++;
		p->limit = p->limit > 1 ? p->limit / 2 : 1;
		p->well = 0;
	} else if (told_ms <= 0) {
		return;
	}
	until = now + pause_of(p, told_ms, noise);
	if (until > p->paused_until)
		p->paused_until = until;
}

static void well(struct pace *p, int64_t now)
{
	if (now < p->paused_until)
		return;
	p->slowed = 0;
	if (++p->well < p->limit)
		return;
	p->well = 0;
	if (p->limit < p->top)
		p->limit++;
}

void pace_end(struct pace *p, enum pace_end end, int64_t told_ms, int64_t now, unsigned noise)
{
	if (p->flying > 0)
		p->flying--;
	if (end == PACE_SLOWED)
		slowed(p, told_ms, now, noise);
	else if (end == PACE_WELL)
		well(p, now);
}
