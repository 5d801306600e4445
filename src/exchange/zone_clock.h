/* Zone clock: when a zone's clocks change, as spans of time with one offset. Only for zone*.c.
 *
 * A clock comes from a file of the time zone database or from rules; both answer the same question,
 * and the way from local time to UTC is written once on top of it.
 */
#ifndef LATCHKEY_ZONE_CLOCK_H
#define LATCHKEY_ZONE_CLOCK_H

#include <stddef.h>
#include <stdint.h>
#include "platform/err.h"
#include "zone.h"

/* Between two changes. */
struct zone_span {
	int64_t from, until; /* Unix seconds; INT64_MIN, INT64_MAX = for ever */
	int64_t offset;	     /* local - UTC, seconds */
};

typedef void zone_span_fn(const void *clock, int64_t t, struct zone_span *out);

/* The year of a day since 1970-01-01; of days within 10,000 years. */
int zone_year(int64_t days);
/* The span that t lies in, by rules. */
zone_span_fn zone_rules_span;
/* Unix time of local seconds: in a gap the moment after it, of two the first. */
int64_t zone_from_local(zone_span_fn *span, const void *clock, int64_t local);

enum { ZONE_FILE_MAX = 64 * 1024, ZONE_CHANGES_MAX = 2000 };

/* A file of the time zone database (RFC 8536). Zeroed, it is UTC. */
struct zone_file {
	size_t count;
	int64_t at[ZONE_CHANGES_MAX];
	int32_t offset[ZONE_CHANGES_MAX]; /* from then on */
	int32_t first;			  /* before the first change */
	int has_tail;
	struct zone_rules tail; /* after the last change */
};

/* Any bytes are read or refused: 0 or -1. */
int zone_file_read(const void *bytes, size_t n, struct zone_file *out);
/* The footer's rule, as TZ of POSIX has it: "CET-1CEST,M3.5.0,M10.5.0/3"; 0 or -1. */
int zone_file_rule(const char *text, struct zone_rules *out);
zone_span_fn zone_file_span;

/* --- zone_table.c --- */

/* What ICU cannot tell: Windows name and the spelling of today for an IANA name; NULL. */
const char *zone_table_windows(const char *iana);
const char *zone_table_today(const char *iana);
/* IANA name for a word that is no Windows zone but is used as one; NULL. */
const char *zone_table_other(const char *word);
/* Zones to compare rules with, the usual ones first; NULL behind the last. */
const char *zone_table_common(size_t i);

#endif
