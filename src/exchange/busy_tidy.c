/* Busy: many spans as told into few as needed: sorted, within the window, without free time, those
 * of one kind that touch or overlap joined. Spans of different kinds may overlap: which of them
 * counts is for who asks.
 */
#include "busy.h"

#include <stdlib.h>

static int by_start(const void *a, const void *b)
{
	const struct busy_span *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return (x->kind > y->kind) - (x->kind < y->kind);
}

/* Cut to the window; drops what is free, empty or outside of it. */
static size_t cut(struct busy_span *spans, size_t n, int64_t from, int64_t to)
{
	size_t left = 0;

	for (size_t i = 0; i < n; i++) {
		struct busy_span s = spans[i];

		if ((unsigned)s.kind >= BUSY__MAX)
			s.kind = BUSY_UNKNOWN;
		if (s.start < from)
			s.start = from;
		if (s.end > to)
			s.end = to;
		if (s.kind != BUSY_FREE && s.start < s.end)
			spans[left++] = s;
	}
	return left;
}

size_t busy_tidy(struct busy_span *spans, size_t n, int64_t from, int64_t to)
{
	struct busy_span *last[BUSY__MAX] = { NULL }; /* the newest one of each kind */
	size_t left = 0;

	n = cut(spans, n, from, to);
	if (n > 1)
		qsort(spans, n, sizeof(*spans), by_start);
	for (size_t i = 0; i < n; i++) {
		struct busy_span s = spans[i], *open = last[s.kind];

		if (open && s.start <= open->end) {
			if (open->end < s.end)
				open->end = s.end;
			continue;
		}
		spans[left] = s;
		last[s.kind] = &spans[left++];
	}
	return left;
}
