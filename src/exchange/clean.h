/* Clean: foreign bytes made fit to be shown: valid UTF-8, no control characters, bounded. */
#ifndef LATCHKEY_CLEAN_H
#define LATCHKEY_CLEAN_H

#include <stddef.h>
#include "platform/arena.h"

/* Copy n bytes into dst (size 4 at least), always with an end mark. Bytes that cannot be shown
 * become
 * "?"; what does not fit is cut and ends with an ellipsis. */
void clean_text(char *dst, size_t size, const char *src, size_t n);
/* As clean_text into the arena, at most max bytes; line feeds stay, carriage returns go. */
char *clean_lines(struct arena *a, const char *src, size_t n, size_t max);
/* Length of the UTF-8 character that n bytes begin with when it may be shown, else 0. */
size_t clean_character(const char *s, size_t n);

#endif
