/* Url: percent coding, query strings, and taking an absolute URL apart. */
#ifndef LATCHKEY_URL_H
#define LATCHKEY_URL_H

#include <stddef.h>
#include "arena.h"
#include "buf.h"
#include "err.h"

struct url {
	const char *scheme; /* lower case */
	const char *host;   /* lower case, no brackets, an IPv6 address in its usual form */
	int port;	    /* given, or the scheme's default */
	int literal;	    /* host is an IP address */
	const char *path;   /* "/" at least, with the query, without the fragment */
};

/* Absolute http or https URL in printable ASCII, without user info; 0 or -1. */
int url_parse(struct arena *a, const char *text, struct url *out) must_check;

/* The address of a mail server: smtp (STARTTLS, port 587), smtps (465) or smtp-plain (25), without
 * a path. */
int url_parse_mail(struct arena *a, const char *text, struct url *out) must_check;

/* The absolute form of a link or a Location that stood at base, into the arena; it may still be no
 * URL. */
const char *url_join(struct arena *a, const struct url *base, const char *text);

/* Decode %XX (and + as space when plus is set) in place; the length, or -1 on a bad escape or a
 * NUL. What became shorter ends with a NUL. */
long url_decode(char *s, size_t n, int plus) must_check;
/* Append percent-encoded: all but A-Z a-z 0-9 - . _ ~. Here and below 0, or -1 as buf_add. */
int url_encode(struct buf *b, const char *s);

/* Only a path on this site ("/x", not "//x", printable ASCII, no backslash)? For `next`. */
int url_local(const char *path);

/* Urlencoded pairs, for job parameters: k=v&k=v. */
int url_pair(struct buf *b, const char *key, const char *value);
/* All of them, up to a key that is NULL, into the arena; their writer sees to it that they fit. */
enum { URL_FORM_MAX = 8 * 1024 };
const char *url_form(struct arena *a, const char *const pairs[][2]);
/* Value of key from a pair string, decoded into the arena; NULL when absent or malformed. */
const char *url_get(struct arena *a, const char *pairs, const char *key);

#endif
