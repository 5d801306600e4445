/* Fold: text as it is searched and sorted: lower case, without the marks of Latin letters, one
 * space between words.
 */
#ifndef LATCHKEY_FOLD_H
#define LATCHKEY_FOLD_H

#include <stddef.h>

enum { FOLD_MAX = 254 };

/* Valid UTF-8 into dst, cut between characters where it does not fit; anything else is "". */
void fold_text(char *dst, size_t size, const char *src);
/* The same with the last word in front: "Ada King" is "king ada". */
void fold_last(char *dst, size_t size, const char *src);
/* The end of all texts that begin so: the smallest that is greater. dst holds strlen(s) + 2. ""
 * when there is none. */
void fold_after(char *dst, const char *s);

#endif
