/* When: civil time without libc's zone, dates as Exchange writes them, and Windows time zones. */
#ifndef SIM_WHEN_H
#define SIM_WHEN_H

#include <stdbool.h>
#include <stdint.h>
#include "sim/text.h"

/* Seconds since 1970. "utc" is absolute; "local" is the same count on a wall clock somewhere. */
typedef int64_t utc_t;
typedef int64_t local_t;

struct civil {
	int year, month, day; /* 1..12, 1..31 */
	int hour, minute, second;
	int weekday; /* 0 = Sunday */
};
struct civil civil_of(local_t t);
local_t civil_at(int year, int month, int day, int hour, int minute, int second);
int days_in_month(int year, int month);
/* The nth (1..4, 5 or -1 = last) weekday of a month, at midnight. */
local_t nth_weekday(int year, int month, int nth, int weekday);

enum when_kind { WHEN_LOCAL, WHEN_ABSOLUTE };
/* xs:dateTime or xs:date: with Z, an offset or none; fractions are dropped. A date is its midnight.
 */
bool when_read(const char *s, int64_t *t, enum when_kind *kind);
void when_write_utc(struct text *t, utc_t at);			      /* 2026-11-23T08:00:00Z */
void when_write_local(struct text *t, local_t at);		      /* 2026-11-23T08:00:00 */
void when_write_offset(struct text *t, utc_t at, int offset_minutes); /* ...-04:00, or +00:00 */
bool duration_read(
	const char *s, int64_t *seconds); /* xs:duration, days to seconds: P1DT2H, -PT1H */
void duration_write(struct text *t, int64_t seconds);

/* One rule of changing to or from daylight time: month 0 = no change in this zone. */
struct zone_change {
	int month, nth, weekday,
		minute; /* nth 5 = last; minute of the day on the clock that ends */
};
struct zone {
	const char *id;	   /* "W. Europe Standard Time" */
	const char *name;  /* "(UTC+01:00) Amsterdam, Berlin, ..." */
	const char *iana;  /* its best known place, for a reader of scenarios: "Europe/Berlin" */
	int bias;	   /* minutes: UTC = local + bias, standard time */
	int daylight_bias; /* added to bias while daylight time: -60, or 0 for zones without */
	struct zone_change to_daylight, to_standard;
};
extern const struct zone zones[]; /* ends with id NULL; [0] is UTC */
extern const size_t zones_known;  /* how many, without that end */
const struct zone *zone_find(
	const char *id); /* by Windows id, or by IANA name for scenarios; or NULL */
/* What UTC minus local is then, in minutes. */
int zone_bias_at(const struct zone *z, utc_t at);
local_t zone_local(const struct zone *z, utc_t at);
/* A wall time that does not exist moves forward; one that exists twice is the first. */
utc_t zone_utc(const struct zone *z, local_t at);
/* The same for many times that are near to each other: what was found out last is kept in *s, one
 * for a zone; zeroed = nothing yet. */
struct zone_span {
	utc_t from, until; /* the bias holds, until excluded */
	int bias;
};
int zone_bias_near(const struct zone *z, utc_t at, struct zone_span *s);
local_t zone_local_near(const struct zone *z, utc_t at, struct zone_span *s);
utc_t zone_utc_near(const struct zone *z, local_t at, struct zone_span *s);
/* A name for a zone given by rules: the known zone with the same rules, or NULL. */
const struct zone *zone_same_rules(const struct zone *z);

#endif
