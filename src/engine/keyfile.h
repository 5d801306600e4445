/* Keyfile: where the text of the private keys comes from: a file, or a command's output. */
#ifndef LATCHKEY_KEYFILE_H
#define LATCHKEY_KEYFILE_H

#include <sys/types.h>
#include "platform/err.h"

enum { KEYFILE_MAX = 8192, KEYFILE_COMMAND_MS = 10 * 1000 };

struct keyfile {
	const char *file;    /* private to owner, mode 0400 */
	const char *command; /* when not "", its standard output is read instead; run by /bin/sh */
	uid_t owner;	     /* whom the file must belong to */
	int limit_ms;	     /* 0: KEYFILE_COMMAND_MS */
};

/* The text into dst, which holds KEYFILE_MAX + 1 bytes in guarded memory, with an end mark. 0 or
 * -1 with ERR_SETUP: missing, not a file, of another owner, too open, too long, or the command
 * failed, was silent, or took longer than its limit. */
int keyfile_read(const struct keyfile *from, char *dst, struct err *e) must_check;

#endif
