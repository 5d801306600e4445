/* Str: small questions about text, and conversions. Nothing here allocates. */
#ifndef LATCHKEY_STR_H
#define LATCHKEY_STR_H

#include <stddef.h>
#include <stdint.h>
#include "err.h"

/* Valid UTF-8 (no surrogates, no overlong forms, no NUL)? */
int str_utf8(const char *s, size_t n);
/* Any C0/C1 control character or DEL in this UTF-8 text? With lines set, tab, CR and LF pass. */
int str_control(const char *s, size_t n, int lines);
/* Number of code points in valid UTF-8. */
size_t str_points(const char *s);

int str_empty(const char *s); /* NULL or "" */
int str_starts(const char *s, const char *prefix);
/* Cut white space at both ends, in place; returns s or a pointer into it. */
char *str_trim(char *s);
/* The next line of a text, cut off and trimmed in place; NULL at the end. *rest moves on. */
char *str_line(char **rest);
/* ASCII letters to lower case, in place; returns s. */
char *str_lower(char *s);
/* Copy with end mark; 0, or -1 when it did not fit (dst is then ""). */
int str_copy(char *dst, size_t size, const char *src) must_check;

/* Whole string is an integer within [min, max]; 0 or -1. */
int str_int(const char *s, int64_t min, int64_t max, int64_t *out) must_check;
/* An e-mail address we can work with: one @, dot-atom local part of at most 64, host name domain,
 * at most 254 bytes in all, ASCII. Yes or no. */
int str_email(const char *s);
/* 8-4-4-4-12 hexadecimal digits. */
int str_guid(const char *s);
/* A DNS host name: labels of letters, digits, hyphen (underscore refused), at most 253 bytes. No
 * address: a number as last label is refused, because some programs read 127.1 as 127.0.0.1. */
int str_host(const char *s);

/* dst holds 2 * n + 1. */
void str_hex(char *dst, const void *src, size_t n);
/* Exactly n bytes from 2 * n hex digits; 0 or -1. */
int str_unhex(void *dst, size_t n, const char *hex) must_check;
/* Equal? In time that depends on the lengths only. NULL is equal to nothing. */
int str_same_secret(const char *a, const char *b);

#endif
