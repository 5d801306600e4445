/* Wholefile: small files that are replaced whole or not at all, whatever happens meanwhile. */
#ifndef LATCHKEY_WHOLEFILE_H
#define LATCHKEY_WHOLEFILE_H

#include <stddef.h>
#include <sys/types.h>
#include "platform/err.h"

struct wholefile {
	const char *path;
	mode_t mode;
	uid_t owner; /* (uid_t)-1: whoever runs this */
};

/* Write n bytes to a new file beside path, and put it in place once it is on disk. 0 or -1
 * (ERR_FULL when there is no room, else ERR_SETUP); the old file then stays as it was. */
int wholefile_write(const struct wholefile *f, const void *p, size_t n, struct err *e) must_check;

#endif
