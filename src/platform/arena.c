/* Arena: blocks of zeroed memory, filled from the front, given back at once.
 *
 * Rules: what is given out is zero and aligned for any type. A large piece gets a block of its own,
 * behind the one being filled, so that the rest of that one is not lost. `used` counts what was
 * given out, and only it is held against the maximum. With the address sanitizer every piece is a
 * block of its own, so that a write past its end or a use after the reset is caught.
 */
#include "arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "err.h"

#ifndef __has_feature
#define __has_feature(x) 0
#endif

#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
enum { BLOCK = 0 };
#else
enum { BLOCK = 16 * 1024 };
#endif

enum { ALIGN = _Alignof(max_align_t) };

struct arena_block {
	struct arena_block *next;
	size_t size;
	size_t used;
	max_align_t data[];
};

struct arena_defer {
	struct arena_defer *next;
	void (*fn)(void *);
	void *ptr;
};

void arena_init(struct arena *a, size_t max)
{
	*a = (struct arena){ .max = max };
}

static void run_defers(struct arena *a)
{
	struct arena_defer *d;

	while ((d = a->defers) != NULL) {
		a->defers = d->next;
		d->fn(d->ptr);
	}
}

void arena_reset(struct arena *a)
{
	struct arena_block *b, *next, *keep = NULL;

	run_defers(a);
	for (b = a->blocks; b; b = next) {
		next = b->next;
		if (!keep && b->size == BLOCK)
			keep = b;
		else
			free(b);
	}
	if (keep) {
		keep->used = 0;
		keep->next = NULL;
	}
	a->blocks = keep;
	a->used = 0;
}

void arena_done(struct arena *a)
{
	arena_reset(a);
	free(a->blocks);
	a->blocks = NULL;
}

/* A block with room for size bytes. It becomes the one that is filled, unless it is made to
 * measure and there is another. */
static struct arena_block *block_add(struct arena *a, size_t size)
{
	size_t room = size > BLOCK / 4 ? size : BLOCK;
	struct arena_block *b = aligned_alloc(ALIGN, sizeof(*b) + room);
	struct arena_block **place = &a->blocks;

	if (!b)
		die("out of memory");
	if (room != BLOCK && a->blocks)
		place = &a->blocks->next;
	b->size = room;
	b->used = 0;
	b->next = *place;
	*place = b;
	return b;
}

void *arena_alloc(struct arena *a, size_t size)
{
	struct arena_block *b = a->blocks;
	char *p;

	/* One unit of alignment less than all memory, so that rounding up cannot overflow. */
	if (size > SIZE_MAX / 2)
		die("arena: a piece of %zu bytes", size);
	size = (size + (size == 0) + ALIGN - 1) / ALIGN * ALIGN;
	if (size > a->max - a->used)
		die("arena over its maximum of %zu bytes", a->max);
	if (!b || b->size - b->used < size)
		b = block_add(a, size);
	p = (char *)b->data + b->used;
	b->used += size;
	a->used += size;
	return memset(p, 0, size);
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(count, size, &total))
		die("arena: an array of %zu times %zu bytes", count, size);
	return arena_alloc(a, total);
}

void *arena_memdup(struct arena *a, const void *p, size_t n)
{
	void *copy = arena_alloc(a, n);

	if (n > 0)
		memcpy(copy, p, n);
	return copy;
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	size_t len = strnlen(s, n);
	char *copy = arena_alloc(a, len + 1);

	memcpy(copy, s, len);
	return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return s ? arena_strndup(a, s, strlen(s)) : NULL;
}

char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
	va_list again;
	char *text;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0)
		die("arena: cannot print %s", fmt);
	text = arena_alloc(a, (size_t)n + 1);
	vsnprintf(text, (size_t)n + 1, fmt, ap);
	return text;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = arena_vprintf(a, fmt, ap);
	va_end(ap);
	return text;
}

void arena_defer(struct arena *a, void (*fn)(void *), void *ptr)
{
	struct arena_defer *d = arena_alloc(a, sizeof(*d));

	*d = (struct arena_defer){ a->defers, fn, ptr };
	a->defers = d;
}
