/*
 * Loop, as loop.h promises: epoll for descriptors, a heap for timers, a signalfd for the end.
 *
 * A callback may watch, forget, close and cancel whatever it likes. What epoll had already reported
 * about a descriptor that was forgotten meanwhile, even when its number was taken again, is
 * dropped: every registration carries a generation. Timers of one moment fire in the order they
 * were made.
 */
#include "sim/loop.h"
#include "sim/text.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS_A_TURN = 64 };

struct watched {
	loop_fd_fn *fn;
	void *arg;
	int events; /* 0 = not watched */
	uint32_t generation;
};

struct timer {
	loop_fn *fn;
	void *arg;
	int64_t due;
	uint64_t order;
	uint32_t generation; /* grows whenever the slot is left: old numbers find nobody */
	uint32_t at;	     /* place in the heap, or the next free slot */
};

struct loop {
	int epoll;
	bool stopped;
	struct watched *fds; /* by descriptor */
	size_t n_fds;
	struct timer *timers; /* slots; a timer's number is generation and slot + 1 */
	uint32_t *heap;	      /* slots, the soonest first */
	uint32_t n_heap, n_timers, room_timers, free_timer;
	uint64_t order;
};

int64_t loop_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

struct loop *loop_new(void)
{
	struct loop *l = need(sizeof(*l));

	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (l->epoll < 0)
		die("epoll: %s", strerror(errno));
	l->free_timer = UINT32_MAX;
	return l;
}

void loop_free(struct loop *l)
{
	if (l == NULL)
		return;
	close(l->epoll);
	free(l->fds);
	free(l->timers);
	free(l->heap);
	free(l);
}

/* Descriptors */

static uint32_t to_epoll(int events)
{
	return ((events & LOOP_IN) != 0 ? (uint32_t)(EPOLLIN | EPOLLRDHUP) : 0) |
		((events & LOOP_OUT) != 0 ? (uint32_t)EPOLLOUT : 0);
}

static int from_epoll(uint32_t events)
{
	int in = (events & (EPOLLIN | EPOLLRDHUP)) != 0 ? LOOP_IN : 0;
	int out = (events & EPOLLOUT) != 0 ? LOOP_OUT : 0;

	/* Whoever waits to read or write learns from trying what became of the other side. */
	if ((events & (EPOLLHUP | EPOLLERR)) != 0)
		return LOOP_IN | LOOP_OUT | LOOP_GONE;
	return in | out;
}

static void fds_room(struct loop *l, int fd)
{
	size_t n = l->n_fds > 0 ? l->n_fds : 64;

	if ((size_t)fd < l->n_fds)
		return;
	while (n <= (size_t)fd)
		n *= 2;
	l->fds = need_more(l->fds, n * sizeof(*l->fds));
	memset(l->fds + l->n_fds, 0, (n - l->n_fds) * sizeof(*l->fds));
	l->n_fds = n;
}

/* A descriptor closed without being forgotten has left epoll by itself: the record may be wrong. */
static void epoll_set(struct loop *l, int fd, int op)
{
	struct watched *w = &l->fds[fd];
	struct epoll_event e = { .events = to_epoll(w->events) };

	e.data.u64 = (uint64_t)w->generation << 32 | (uint32_t)fd;
	if (epoll_ctl(l->epoll, op, fd, &e) == 0)
		return;
	if (op == EPOLL_CTL_MOD && errno == ENOENT)
		op = EPOLL_CTL_ADD;
	else if (op == EPOLL_CTL_ADD && errno == EEXIST)
		op = EPOLL_CTL_MOD;
	else
		die("epoll: %s", strerror(errno));
	if (epoll_ctl(l->epoll, op, fd, &e) < 0)
		die("epoll: %s", strerror(errno));
}

void loop_watch(struct loop *l, int fd, int events, loop_fd_fn *fn, void *arg)
{
	struct watched *w;
	bool known;

	fds_room(l, fd);
	w = &l->fds[fd];
	known = w->events != 0;
	w->events = events;
	w->fn = fn;
	w->arg = arg;
	if (events == 0) {
		w->generation++;
		if (known)
			(void)epoll_ctl(l->epoll, EPOLL_CTL_DEL, fd, NULL);
		return;
	}
	epoll_set(l, fd, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD);
}

static void dispatch(struct loop *l, const struct epoll_event *e)
{
	int fd = (int)(e->data.u64 & UINT32_MAX);
	const struct watched *w = &l->fds[fd];
	int events;

	if (w->generation != (uint32_t)(e->data.u64 >> 32))
		return;
	events = from_epoll(e->events) & (w->events | LOOP_GONE);
	if (w->events != 0 && events != 0)
		w->fn(w->arg, fd, events);
}

/* Timers */

static bool sooner(const struct timer *a, const struct timer *b)
{
	return a->due != b->due ? a->due < b->due : a->order < b->order;
}

static void heap_put(struct loop *l, uint32_t at, uint32_t slot)
{
	l->heap[at] = slot;
	l->timers[slot].at = at;
}

static void heap_up(struct loop *l, uint32_t at, uint32_t slot)
{
	while (at > 0 && sooner(&l->timers[slot], &l->timers[l->heap[(at - 1) / 2]])) {
		heap_put(l, at, l->heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	heap_put(l, at, slot);
}

static void heap_down(struct loop *l, uint32_t at, uint32_t slot)
{
	for (;;) {
		uint32_t child = 2 * at + 1;

		if (child >= l->n_heap)
			break;
		if (child + 1 < l->n_heap &&
			sooner(&l->timers[l->heap[child + 1]], &l->timers[l->heap[child]]))
			child++;
		if (!sooner(&l->timers[l->heap[child]], &l->timers[slot]))
			break;
		heap_put(l, at, l->heap[child]);
		at = child;
	}
	heap_put(l, at, slot);
}

static void heap_take(struct loop *l, uint32_t at)
{
	uint32_t last = l->heap[--l->n_heap];

	if (at == l->n_heap)
		return;
	if (at > 0 && sooner(&l->timers[last], &l->timers[l->heap[(at - 1) / 2]]))
		heap_up(l, at, last);
	else
		heap_down(l, at, last);
}

static uint32_t slot_take(struct loop *l)
{
	uint32_t slot = l->free_timer;

	if (slot != UINT32_MAX) {
		l->free_timer = l->timers[slot].at;
		return slot;
	}
	if (l->n_timers == l->room_timers) {
		l->room_timers = l->room_timers > 0 ? 2 * l->room_timers : 64;
		l->timers = need_more(l->timers, l->room_timers * sizeof(*l->timers));
		l->heap = need_more(l->heap, l->room_timers * sizeof(*l->heap));
	}
	slot = l->n_timers++;
	l->timers[slot].generation = 1;
	return slot;
}

static void slot_leave(struct loop *l, uint32_t slot)
{
	l->timers[slot].generation++;
	l->timers[slot].fn = NULL;
	l->timers[slot].at = l->free_timer;
	l->free_timer = slot;
}

uint64_t loop_after(struct loop *l, int64_t ms, loop_fn *fn, void *arg)
{
	uint32_t slot = slot_take(l);
	struct timer *t = &l->timers[slot];

	t->fn = fn;
	t->arg = arg;
	t->due = loop_us() + (ms > 0 ? ms : 0) * 1000;
	t->order = l->order++;
	heap_up(l, l->n_heap++, slot);
	return (uint64_t)t->generation << 32 | (slot + 1);
}

void loop_cancel(struct loop *l, uint64_t timer)
{
	uint32_t slot = (uint32_t)(timer & UINT32_MAX);
	struct timer *t;

	if (slot == 0 || slot > l->n_timers)
		return;
	t = &l->timers[--slot];
	if (t->fn == NULL || t->generation != (uint32_t)(timer >> 32))
		return;
	heap_take(l, t->at);
	slot_leave(l, slot);
}

/* Timers made by these callbacks wait for the next turn, so that a turn always ends. */
static void run_timers(struct loop *l)
{
	uint64_t made = l->order;
	int64_t now;

	if (l->n_heap == 0)
		return;
	now = loop_us();
	while (l->n_heap > 0) {
		uint32_t slot = l->heap[0];
		struct timer t = l->timers[slot];

		if (t.due > now || t.order >= made)
			break;
		heap_take(l, 0);
		slot_leave(l, slot);
		t.fn(t.arg);
	}
}

/* Turns */

/* Rounded up: waking a little early would mean another turn for nothing. */
static int wait_ms(const struct loop *l, int ms)
{
	int64_t left;

	if (l->n_heap == 0)
		return ms;
	left = (l->timers[l->heap[0]].due - loop_us() + 999) / 1000;
	if (left < 0)
		left = 0;
	if (ms >= 0 && ms < left)
		return ms;
	return left < INT32_MAX ? (int)left : INT32_MAX;
}

void loop_turn(struct loop *l, int ms)
{
	struct epoll_event events[EVENTS_A_TURN];
	int n = epoll_wait(l->epoll, events, EVENTS_A_TURN, wait_ms(l, ms));

	for (int i = 0; i < n; i++)
		dispatch(l, &events[i]);
	run_timers(l);
}

static void on_signal(void *arg, int fd, int events)
{
	struct loop *l = arg;
	struct signalfd_siginfo info;

	(void)events;
	if (read(fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
		l->stopped = true;
}

void loop_run(struct loop *l)
{
	sigset_t ends, before;
	int fd;

	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	sigprocmask(SIG_BLOCK, &ends, &before);
	fd = signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		die("signalfd: %s", strerror(errno));
	loop_watch(l, fd, LOOP_IN, on_signal, l);
	for (l->stopped = false; !l->stopped;)
		loop_turn(l, -1);
	loop_watch(l, fd, 0, NULL, NULL);
	close(fd);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

void loop_stop(struct loop *l)
{
	l->stopped = true;
}
