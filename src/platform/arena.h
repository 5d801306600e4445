/* Arena: all memory of one request or one job, given back at once.
 *
 * Memory comes zeroed and aligned. Going over the maximum given at birth, or out of memory, ends
 * the process: inputs are bounded long before. Secrets never enter an arena (seal.h has their
 * type).
 */
#ifndef LATCHKEY_ARENA_H
#define LATCHKEY_ARENA_H

#include <stddef.h>
#include <stdarg.h>

struct arena_block;
struct arena_defer;

struct arena {
	struct arena_block *blocks;
	struct arena_defer *defers;
	size_t used;
	size_t max;
};

/* max: bytes it may hold at a time. */
void arena_init(struct arena *a, size_t max);
/* Runs the deferred calls, newest first, and forgets all memory but one block. */
void arena_reset(struct arena *a);
/* As reset, and frees the last block. */
void arena_done(struct arena *a);

void *arena_alloc(struct arena *a, size_t size) __attribute__((returns_nonnull));
/* count * size with overflow check. */
void *arena_array(struct arena *a, size_t count, size_t size) __attribute__((returns_nonnull));
/* NULL stays NULL. */
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t n) __attribute__((returns_nonnull));
void *arena_memdup(struct arena *a, const void *p, size_t n) __attribute__((returns_nonnull));
char *arena_printf(struct arena *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), returns_nonnull));
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0), returns_nonnull));

/* Call fn(ptr) at the next reset: ties a foreign object to the arena's life. */
void arena_defer(struct arena *a, void (*fn)(void *), void *ptr);

#endif
