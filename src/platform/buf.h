/* Buf: a growing run of bytes with a maximum at birth, always followed by a NUL.
 *
 * An append over the maximum fails, empties the buffer and marks it: later appends fail too, so a
 * caller may append many times and ask once (buf_ok).
 */
#ifndef LATCHKEY_BUF_H
#define LATCHKEY_BUF_H

#include <stddef.h>
#include <stdint.h>
#include <stdarg.h>
#include "err.h"

struct buf {
	char *p; /* never NULL after the first append; use buf_str for a C string at any time */
	size_t len;
	size_t cap;
	size_t max;
	int failed;
};

void buf_init(struct buf *b, size_t max);
/* Frees the memory; the buffer may be used again. */
void buf_done(struct buf *b);
/* As done, but overwrites the bytes first. Copies left behind by growing are overwritten anyway. */
void buf_wipe(struct buf *b);
/* Empties it, keeps the memory and takes the mark away. */
void buf_clear(struct buf *b);

/* Room for n more bytes, so that they can be added without growing. Here and below: 0, or -1 when
 * the maximum was passed. */
int buf_reserve(struct buf *b, size_t n);
int buf_add(struct buf *b, const void *p, size_t n);
int buf_puts(struct buf *b, const char *s);
int buf_putc(struct buf *b, char c);
int buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* "12,345" */
int buf_number(struct buf *b, int64_t n);
/* Drop the first n bytes. */
void buf_shift(struct buf *b, size_t n);
/* Append a whole regular file; then p is never NULL. 0, or -1 with ERR_MISSING when there is none,
 * with ERR_SETUP when it is too large or cannot be read. */
int buf_file(struct buf *b, const char *path, struct err *e) must_check;

int buf_ok(const struct buf *b);
const char *buf_str(const struct buf *b);

#endif
