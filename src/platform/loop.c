/* Loop: one thread waits for descriptors, timers and signals.
 *
 * Rules: callbacks may watch, forget, arm, cancel and stop as they like. The kernel hands out
 * events in batches, and a callback may close a descriptor whose event comes later in the same
 * batch; so each registration has a generation, carried through the kernel, and an event of another
 * generation is dropped. A timer that is armed during a turn fires in a later turn at the earliest,
 * so that a chain of timers cannot starve the descriptors.
 */
#include "loop.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include "clock.h"

enum {
	BATCH = 64,
	SLOT_BITS = 20, /* low bits of a timer's number: its slot; the rest is its sequence */
	TIMERS_MAX = 1 << SLOT_BITS
};

struct watch {
	loop_fd_fn *fn;
	void *ptr;
	int events; /* 0: not watched */
	uint32_t generation;
};

/* In the heap by (deadline, id). Ids grow, so that equal deadlines fire in the order of arming. */
struct timer {
	int64_t deadline;
	uint64_t id;
	loop_fn *fn;
	void *ptr;
	size_t slot;
};

struct handler {
	loop_signal_fn *fn;
	void *ptr;
};

struct loop {
	int epoll;
	int signals; /* the signalfd, or -1 */
	int stopped;
	sigset_t mask;
	struct handler handlers[NSIG];
	struct watch *watches; /* by descriptor */
	size_t watch_count;
	struct timer *heap; /* behind heap[timer_count] lie the free slots */
	size_t *where;	    /* slot to place in heap */
	size_t timer_count;
	size_t timer_room;
	uint64_t sequence;
};

static void *grow(void *p, size_t count, size_t size)
{
	void *q = reallocarray(p, count, size);

	if (!q)
		die("loop: out of memory");
	return q;
}

struct loop *loop_new(void)
{
	struct loop *l = calloc(1, sizeof(*l));

	if (!l)
		die("loop: out of memory");
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (l->epoll < 0)
		die("epoll_create1: %s", strerror(errno));
	l->signals = -1;
	sigemptyset(&l->mask);
	return l;
}

/* The signals stay blocked: one that came late must not end a program that is ending anyway. */
void loop_free(struct loop *l)
{
	if (!l)
		return;
	if (l->signals >= 0)
		close(l->signals);
	close(l->epoll);
	free(l->watches);
	free(l->heap);
	free(l->where);
	free(l);
}

static struct watch *watch_of(struct loop *l, int fd)
{
	size_t count = l->watch_count ? l->watch_count : 64;

	if (fd < 0)
		die("loop: descriptor %d", fd);
	while (count <= (size_t)fd)
		count *= 2;
	if (count > l->watch_count) {
		l->watches = grow(l->watches, count, sizeof(*l->watches));
		memset(l->watches + l->watch_count, 0,
			(count - l->watch_count) * sizeof(*l->watches));
		l->watch_count = count;
	}
	return &l->watches[fd];
}

static int tell_kernel(struct loop *l, int op, int fd, const struct watch *w)
{
	struct epoll_event ev = { 0 };

	if (w->events & LOOP_READ)
		ev.events |= EPOLLIN;
	if (w->events & LOOP_WRITE)
		ev.events |= EPOLLOUT;
	ev.data.u64 = (uint64_t)w->generation << 32 | (uint32_t)fd;
	return epoll_ctl(l->epoll, op, fd, &ev);
}

/* A number that was closed behind our back has left the kernel's list and may stand for another
 * file by now: that one starts a generation of its own. */
static void apply(struct loop *l, int fd, struct watch *w, int known)
{
	if (known && tell_kernel(l, EPOLL_CTL_MOD, fd, w) == 0)
		return;
	if (known && errno != ENOENT)
		die("loop: descriptor %d: %s", fd, strerror(errno));
	w->generation++;
	if (tell_kernel(l, EPOLL_CTL_ADD, fd, w) < 0)
		die("loop: descriptor %d: %s", fd, strerror(errno));
}

void loop_watch(struct loop *l, int fd, int events, loop_fd_fn *fn, void *ptr)
{
	struct watch *w = watch_of(l, fd);
	int known = w->events != 0;

	w->fn = fn;
	w->ptr = ptr;
	w->events = events & (LOOP_READ | LOOP_WRITE);
	if (w->events) {
		apply(l, fd, w, known);
		return;
	}
	if (known) /* fails when fd is closed already, which is as good */
		tell_kernel(l, EPOLL_CTL_DEL, fd, w);
}

static int earlier(const struct timer *a, const struct timer *b)
{
	return a->deadline != b->deadline ? a->deadline < b->deadline : a->id < b->id;
}

static void put(struct loop *l, size_t at, struct timer t)
{
	l->heap[at] = t;
	l->where[t.slot] = at;
}

/* Let t rise or sink from the hole at `at` to its place. */
static void sift(struct loop *l, size_t at, struct timer t)
{
	size_t child;

	while (at > 0 && earlier(&t, &l->heap[(at - 1) / 2])) {
		put(l, at, l->heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	for (; (child = 2 * at + 1) < l->timer_count; at = child) {
		if (child + 1 < l->timer_count && earlier(&l->heap[child + 1], &l->heap[child]))
			child++;
		if (earlier(&t, &l->heap[child]))
			break;
		put(l, at, l->heap[child]);
	}
	put(l, at, t);
}

static void more_slots(struct loop *l)
{
	size_t room = l->timer_room ? 2 * l->timer_room : 16;

	if (room > TIMERS_MAX)
		die("loop: more than %d timers", TIMERS_MAX);
	l->heap = grow(l->heap, room, sizeof(*l->heap));
	l->where = grow(l->where, room, sizeof(*l->where));
	for (size_t i = l->timer_room; i < room; i++)
		put(l, i, (struct timer){ .slot = i });
	l->timer_room = room;
}

uint64_t loop_after(struct loop *l, int64_t ms, loop_fn *fn, void *ptr)
{
	struct timer t = { .fn = fn, .ptr = ptr };

	if (l->timer_count == l->timer_room)
		more_slots(l);
	if (__builtin_add_overflow(clock_mono_ms(), ms > 0 ? ms : 0, &t.deadline))
		t.deadline = INT64_MAX;
	t.slot = l->heap[l->timer_count].slot;
	t.id = ++l->sequence << SLOT_BITS | t.slot;
	sift(l, l->timer_count++, t);
	return t.id;
}

/* Take the timer out of the heap; its slot goes behind the last one. */
static void drop(struct loop *l, size_t at)
{
	struct timer gone = l->heap[at];
	struct timer last = l->heap[--l->timer_count];

	if (at < l->timer_count)
		sift(l, at, last);
	put(l, l->timer_count, (struct timer){ .slot = gone.slot });
}

void loop_cancel(struct loop *l, uint64_t timer)
{
	size_t slot = timer & (TIMERS_MAX - 1);

	if (timer && slot < l->timer_room && l->heap[l->where[slot]].id == timer)
		drop(l, l->where[slot]);
}

static void on_signal(void *ptr, int fd, int events)
{
	struct loop *l = ptr;
	struct signalfd_siginfo info;
	const struct handler *h;

	(void)events;
	while (read(fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		h = &l->handlers[info.ssi_signo];
		h->fn(h->ptr, (int)info.ssi_signo);
	}
}

void loop_signal(struct loop *l, int signo, loop_signal_fn *fn, void *ptr)
{
	if (signo <= 0 || signo >= NSIG || sigaddset(&l->mask, signo) < 0)
		die("loop: signal %d", signo);
	l->handlers[signo] = (struct handler){ fn, ptr };
	if (sigprocmask(SIG_BLOCK, &l->mask, NULL) < 0)
		die("sigprocmask: %s", strerror(errno));
	l->signals = signalfd(l->signals, &l->mask, SFD_NONBLOCK | SFD_CLOEXEC);
	if (l->signals < 0)
		die("signalfd: %s", strerror(errno));
	loop_watch(l, l->signals, LOOP_READ, on_signal, l);
}

static int wait_time(const struct loop *l, int ms)
{
	int64_t left;

	if (l->timer_count == 0)
		return ms;
	left = l->heap[0].deadline - clock_mono_ms();
	if (left < 0)
		left = 0;
	if (ms >= 0 && ms < left)
		return ms;
	return left < INT_MAX ? (int)left : INT_MAX;
}

/* Trouble and hang-up wake whoever waits for anything: the next read or write tells them more. */
static void dispatch(struct loop *l, const struct epoll_event *ev)
{
	int fd = (int)(ev->data.u64 & UINT32_MAX);
	struct watch *w = &l->watches[fd];
	int got = 0;

	if (w->generation != (uint32_t)(ev->data.u64 >> 32))
		return;
	if (ev->events & (EPOLLIN | EPOLLHUP | EPOLLERR))
		got |= LOOP_READ;
	if (ev->events & (EPOLLOUT | EPOLLHUP | EPOLLERR))
		got |= LOOP_WRITE;
	if (got & w->events)
		w->fn(w->ptr, fd, got & w->events);
}

/* Those that are due and not newer than `last`. */
static void run_timers(struct loop *l, uint64_t last)
{
	int64_t now = clock_mono_ms();
	struct timer t;

	while (l->timer_count > 0) {
		t = l->heap[0];
		if (t.deadline > now || t.id >> SLOT_BITS > last)
			return;
		drop(l, 0);
		t.fn(t.ptr);
	}
}

void loop_turn(struct loop *l, int ms)
{
	struct epoll_event batch[BATCH];
	uint64_t last = l->sequence;
	int n = epoll_wait(l->epoll, batch, BATCH, wait_time(l, ms));

	if (n < 0 && errno != EINTR)
		die("epoll_wait: %s", strerror(errno));
	for (int i = 0; i < n; i++)
		dispatch(l, &batch[i]);
	run_timers(l, last);
}

void loop_run(struct loop *l)
{
	while (!l->stopped)
		loop_turn(l, -1);
	l->stopped = 0;
}

void loop_stop(struct loop *l)
{
	l->stopped = 1;
}
