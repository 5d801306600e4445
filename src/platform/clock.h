/* Clock: the only source of time, so that tests can stop it and move it. */
#ifndef LATCHKEY_CLOCK_H
#define LATCHKEY_CLOCK_H

#include <stddef.h>
#include <stdint.h>

int64_t clock_now(void);    /* Unix time, seconds */
int64_t clock_now_ms(void); /* Unix time, milliseconds */
int64_t clock_mono_ms(void);
int64_t clock_mono_us(void);

/* Freeze Unix time at t (0 thaws it); the monotonic clock goes on. In a test build LATCHKEY_CLOCK
 * in the environment shifts Unix time by that many seconds. */
void clock_freeze(int64_t t);

/* "2026-11-17T09:42:00Z"; size 21 at least. Years outside 0 to 9999 are shown as the nearest. */
void clock_iso(char *dst, size_t size, int64_t t);
/* "17 November 2026, 09:42 UTC"; size 40 at least. */
void clock_text(char *dst, size_t size, int64_t t);
/* "YYYY-MM-DD" to the Unix time of its midnight UTC; 0 or -1. */
int clock_day(const char *text, int64_t *out);

#endif
