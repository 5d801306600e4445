/* Zone: time zones: Windows and IANA names for each other, local times, zones given by rules.
 *
 * ICU knows the names; a small table stands in for what this ICU does not know yet. When clocks
 * change is read from the system's time zone database, because that is what gets updated when a
 * country changes its mind.
 */
#ifndef LATCHKEY_ZONE_H
#define LATCHKEY_ZONE_H

#include <stddef.h>
#include <stdint.h>
#include "exchange.h"

enum { ZONE_NAME = 64 };

/* Windows name of an IANA zone: 0, or -1 when there is none. dst holds ZONE_NAME. */
int zone_to_windows(const char *iana, char dst[ZONE_NAME]);
/* IANA name of a Windows zone (for region 001), in today's spelling; 0 or -1. "UTC" and
 * "tzone://Microsoft/Utc" too; what is an IANA name already stays. */
int zone_to_iana(const char *windows, char dst[ZONE_NAME]);
/* Is this an IANA zone that the system's database has? */
int zone_known(const char *iana);

struct zone_local {
	int year, month, day, hour, minute, second; /* month and day from 1 */
};

/* Unix time of a local time in an IANA zone: in a gap the moment after it, of two the first.
 * 0, or -1 for no such zone or date. */
int zone_to_unix(const char *iana, const struct zone_local *l, int64_t *out);
/* And back. */
int zone_from_unix(const char *iana, int64_t t, struct zone_local *out);
/* The same for a zone given by rules; never fails for years 1900 to 2200. */
int64_t zone_rules_to_unix(const struct zone_rules *z, const struct zone_local *l);
/* Minutes that local time is behind UTC at t. */
int zone_rules_bias(const struct zone_rules *z, int64_t t);
/* Days since 1970-01-01 of a date. */
int64_t zone_days(int year, int month, int day);

/* The moment at which a clock is put forward or back. Offsets are seconds that local time is ahead
 * of UTC. */
struct zone_turn {
	int64_t at;
	int64_t before, after;
};

enum { ZONE_TURNS = 2, ZONE_AHEAD_DAYS = 2 * 366 /* as far as they are looked for */ };

/* The next ones after t, ZONE_TURNS at most: how many; -1 no such zone. */
int zone_turns(const char *iana, int64_t t, struct zone_turn out[ZONE_TURNS]);
/* The same for a zone given by rules. */
int zone_rules_turns(const struct zone_rules *z, int64_t t, struct zone_turn out[ZONE_TURNS]);
/* Does the clock of rules show the same as a zone's from t on, as far as that or until? What they
 * differ by for a minute is the same: Windows writes the end of a day as 23:59. */
int zone_same(const struct zone_rules *z, const char *iana, int64_t t, int64_t until);

/* The IANA zone whose rules these are in the year of t, for showing; 0 or -1 when none of the
 * common ones is. */
int zone_of_rules(const struct zone_rules *z, int64_t t, char dst[ZONE_NAME]);

#endif
