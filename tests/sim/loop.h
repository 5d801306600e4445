/* Loop: one thread waits for descriptors, timers and signals. */
#ifndef SIM_LOOP_H
#define SIM_LOOP_H

#include <stdint.h>

/* LOOP_GONE: the other side reset or hung up. Always told; asked for alone, nothing else is. */
enum { LOOP_IN = 1, LOOP_OUT = 2, LOOP_GONE = 4 };

struct loop;
typedef void loop_fd_fn(void *arg, int fd, int events);
typedef void loop_fn(void *arg);

struct loop *loop_new(void);
void loop_free(struct loop *l);
/* Watch fd (a later call changes it; events 0 forgets it). Safe inside callbacks. */
void loop_watch(struct loop *l, int fd, int events, loop_fd_fn *fn, void *arg);
/* Call fn once after ms of real time. The number, never 0, cancels it; past numbers are harmless.
 */
uint64_t loop_after(struct loop *l, int64_t ms, loop_fn *fn, void *arg);
void loop_cancel(struct loop *l, uint64_t timer);
void loop_run(struct loop *l); /* until loop_stop, SIGTERM or SIGINT (both blocked and watched) */
void loop_stop(struct loop *l);
void loop_turn(struct loop *l, int ms); /* one turn, waiting at most ms; for tests */
int64_t loop_us(void);			/* a monotonic clock, microseconds */

#endif
