/* Pulse: what the engine says of itself every few seconds, and the hour that brings housekeeping.
 */
#ifndef LATCHKEY_PULSE_H
#define LATCHKEY_PULSE_H

enum { PULSE_MS = 10 * 1000, PULSE_HOUSE_MS = 60 * 60 * 1000 };

struct engine;
struct pulse;

/* Begins to tell on the next turn; keys, store and queue of eng must be there. Never NULL. */
struct pulse *pulse_new(struct engine *eng, const char *version);
void pulse_free(struct pulse *p); /* NULL is fine */
/* Tell now: something about the engine has changed. */
void pulse_now(struct pulse *p);

#endif
