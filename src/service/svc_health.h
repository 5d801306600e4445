/* Service, health: what the kept days and minutes of a connection come to. Pure: nothing is read
 * and nothing is counted but what is passed.
 */
#ifndef LATCHKEY_SVC_HEALTH_H
#define LATCHKEY_SVC_HEALTH_H

#include "model.h"

enum { HEALTH_DAYS = 90, HEALTH_MINUTES = 24 * 60, HEALTH_POINTS = 48, HEALTH_UP_ALL = 10000 };

/* The worst that was seen on a day. */
enum health_mark { MARK_NONE, MARK_WELL, MARK_SLOWED, MARK_DOWN, MARK_PAUSED, MARK__MAX };

struct svc_days {
	int64_t first; /* the day of marks[0] */
	enum health_mark marks[HEALTH_DAYS];
	int count[MARK__MAX];
	int64_t down; /* seconds, in all */
	int up;	      /* hundredths of a percent, rounded down; -1: nothing is known */
};
/* The last HEALTH_DAYS days, today among them. A pause is neither up nor down. */
void svc_health_strip(const struct health_day *d, int n, int64_t today, struct svc_days *out);

/* What people call the server with a version as it tells it, "15.2.1544.11"; a version that is not
 * known is given back as it is. */
const char *svc_health_product(const char *version);

struct svc_calls {
	int64_t today; /* calls since midnight UTC */
	int64_t calls, failed;
	int64_t typical;	       /* median of the minutes' averages, ms */
	int64_t slow;		       /* nineteen of twenty minutes were quicker on average */
	int64_t points[HEALTH_POINTS]; /* average of half an hour, ms; -1: none that worked */
	int64_t highest;	       /* of the points; -1: there is none */
};
/* The HEALTH_MINUTES before and with `minute`, in order of time. */
void svc_health_calls(const struct health_calls *c, int n, int64_t minute, struct svc_calls *out);

#endif
