/* Routes: THE table. Every URL with its method, what it needs, its form, its template, its handler.
 */
#ifndef LATCHKEY_ROUTES_H
#define LATCHKEY_ROUTES_H

#include "page.h"

enum need {
	NEED_NONE, /* anyone */
	NEED_KEY,  /* anyone, and the path has a key that is the right: a POST needs no form token,
		    * because mail programs send it (RFC 8058) */
	NEED_USER, /* signed in, account perhaps not chosen */
	NEED_MEMBER, /* signed in to an account */
	NEED_FRESH,  /* as member, password entered in the last minutes */
	NEED_ADMIN,
	NEED_ADMIN_FRESH, /* as admin, password entered in the last minutes */
	NEED__MAX
};

struct route {
	enum method method;
	const char *path; /* literal segments, :id (a number), :word */
	enum need need;
	const struct field *form; /* read from the body of a POST, from the query of a GET */
	enum tpl layout;
	enum tpl page; /* T_NONE: the handler writes the body itself, or redirects */
	int (*handler)(struct page *p, struct err *e);
	int (*form_of)(struct page *p, struct err *e); /* POST: fills its page again after errors */
};

extern const struct route routes[];
extern const size_t routes_count;

/* The row for a path and method; fills p->id and p->word. NULL and ERR_MISSING or ERR_METHOD (then
 * *allow has the methods that exist). HEAD finds GET rows. */
const struct route *routes_find(
	const char *path, enum method m, struct page *p, unsigned *allow, struct err *e);

#endif
