/* Loop: one thread waits for descriptors, timers and signals (epoll, signalfd). */
#ifndef LATCHKEY_LOOP_H
#define LATCHKEY_LOOP_H

#include <stdint.h>
#include "err.h"

enum { LOOP_READ = 1, LOOP_WRITE = 2 };

struct loop;
typedef void loop_fd_fn(void *ptr, int fd, int events);
typedef void loop_fn(void *ptr);
typedef void loop_signal_fn(void *ptr, int signo);

struct loop *loop_new(void); /* dies when the kernel gives no epoll */
void loop_free(struct loop *l);

/* Watch fd for events (a later call changes them, 0 forgets fd). Safe inside callbacks. */
void loop_watch(struct loop *l, int fd, int events, loop_fd_fn *fn, void *ptr);
/* Call fn once after ms; the number cancels it. Never 0. */
uint64_t loop_after(struct loop *l, int64_t ms, loop_fn *fn, void *ptr);
void loop_cancel(struct loop *l, uint64_t timer); /* unknown or past numbers are fine */
/* Blocks the signal and delivers it as a call. */
void loop_signal(struct loop *l, int signo, loop_signal_fn *fn, void *ptr);

void loop_run(struct loop *l); /* until loop_stop */
void loop_stop(struct loop *l);
/* One turn, waiting at most ms; for tests. */
void loop_turn(struct loop *l, int ms);

#endif
