/* Text: growing bytes, XML writing, encodings, and memory that is always there. */
#ifndef SIM_TEXT_H
#define SIM_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Memory. Out of memory ends the process: nobody tests a simulator that is starved. */
_Noreturn void die(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void *need(size_t size);		/* zeroed */
void *need_more(void *at, size_t size); /* realloc; what is new is not zeroed */
char *copy(const char *s);		/* NULL stays NULL */
char *copy_n(const char *s, size_t n);
char *format(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

bool same(const char *a, const char *b);	/* both NULL is the same */
bool same_nocase(const char *a, const char *b); /* ASCII */
bool matches(const char *glob, const char *s);	/* * and ?, without case; NULL glob = all */

/* Growing bytes; at[len] is 0 once anything was added. A zeroed struct is empty. */
struct text {
	char *at;
	size_t len, room;
};
void text_add(struct text *t, const void *bytes, size_t n);
void text_puts(struct text *t, const char *s);
void text_printf(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void text_clear(struct text *t); /* keeps the room */
void text_free(struct text *t);

/* XML. Names are written as given, prefix and all; values are escaped, and characters that XML 1.0
 * forbids are left out. */
void xml_text(struct text *t, const char *value);
void xml_open(struct text *t, const char *name);
void xml_close(struct text *t, const char *name);
void xml_el(struct text *t, const char *name, const char *value); /* value NULL: nothing at all */
void xml_flag(struct text *t, const char *name, bool value);
void xml_num(struct text *t, const char *name, long value);

void base64_add(struct text *t, const void *bytes, size_t n);
void base64url_add(struct text *t, const void *bytes, size_t n); /* without padding */
/* Both alphabets, padding optional, blanks skipped. False, and out as it was, for anything else. */
bool base64_read(const char *s, size_t n, struct text *out);
void hex_add(struct text *t, const void *bytes, size_t n);
bool hex_read(const char *s, struct text *out);	 /* false: no digit, or an odd number of them */
void percent_add(struct text *t, const char *s); /* for a query or a form value */
bool percent_read(const char *s, size_t n, struct text *out); /* plus is a blank */
/* The value of name in a query or form body, percent-decoded; NULL = absent. Caller frees. */
char *form_value(const char *form, const char *name);

/* UTF-8 to UTF-16LE, as NTLM wants it. False for broken UTF-8. */
bool utf16_add(struct text *t, const char *s);
bool utf16_read(const void *bytes, size_t n, struct text *out); /* to UTF-8 */

/* A generator with a seed: the same seed, the same world. */
struct dice {
	uint64_t state;
};
uint64_t dice_next(struct dice *d);
uint32_t dice_below(struct dice *d, uint32_t n); /* 0 .. n-1 */
uint64_t mix(uint64_t a, uint64_t b);		 /* a hash of two numbers */
uint64_t hash_nocase(const char *s);

#endif
