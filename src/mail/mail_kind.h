/* Mail kind: every mail that Latchkey sends: one row with all its words.
 *
 * Words are plain text; {name} stands for a value, {name:time} for a moment, {name:days} for a
 * number of days, {name:members} for a number of members, {name:code} for a word that is part of an
 * address. {organisation} and {url} are always there; the others come with the mail. A missing one
 * is a mistake, and then the mail is not sent.
 */
#ifndef LATCHKEY_MAIL_KIND_H
#define LATCHKEY_MAIL_KIND_H

#include <stddef.h>

struct mail_kind {
	const char *code;
	const char *name; /* in lists of what was sent */
	int urgent;	  /* also in quiet hours */
	int linked;	  /* its link ends with the token that came sealed */
	int own;	  /* words of the account's admins may be in it */
	int stops;	  /* it has a link that stops mails of its sort, made of the value "stop" */
	const char *subject;
	const char *many;  /* subject when several became one mail; NULL: never */
	const char *intro; /* once; "" */
	const char *item;  /* for each that became part of it */
	const char *more;  /* once; "" */
	const char *label; /* of the link; "": there is none */
	const char *path;  /* below public_url; values may be in it */
	const char *why;   /* why one gets it */
};

/* By code; NULL when there is none. */
const struct mail_kind *mail_kind_find(const char *code);
/* The table, for walking. */
extern const struct mail_kind mail_kinds[];
extern const size_t mail_kinds_count;

#endif
