/* Login: names and passwords for other machines (proxies, the mail server), from a file that its
 * owner alone may read.
 */
#ifndef LATCHKEY_LOGIN_H
#define LATCHKEY_LOGIN_H

#include "arena.h"
#include "err.h"
#include "seal.h"

struct login {
	const char *user;	       /* "": none */
	const struct secret *password; /* goes with the arena */
};

/* The line NAME USER PASSWORD of this name, or, with NULL, the first line USER PASSWORD; # begins a
 * comment. No such line, or path "", is no login. setting names the file in errors. 0, or -1
 * (ERR_SETUP): it cannot be read, or others can read it. */
int login_find(const char *setting, const char *path, const char *name, struct arena *a,
	struct login *out, struct err *e) must_check;

#endif
