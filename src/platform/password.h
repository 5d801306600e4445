/* Password: Argon2id, two at a time over all processes, as slow for users that do not exist. */
#ifndef LATCHKEY_PASSWORD_H
#define LATCHKEY_PASSWORD_H

#include "err.h"
#include "seal.h"

enum { PASSWORD_HASH = 128, PASSWORD_MIN = 12, PASSWORD_MAX = 256 };

/* Where the two slots live: a file that is created and byte-range locked. Once in each process,
 * after its fork: a lock belongs to who opened the file. */
int password_init(const char *lock_file, struct err *e) must_check;

/* Hash for storage; 0, or -1 (ERR_BUSY) when no slot came within 5 seconds. */
int password_hash(const struct secret *s, char out[PASSWORD_HASH], struct err *e) must_check;
/* 1 right, 0 wrong. A NULL hash takes as long and is wrong. -1 as above. */
int password_check(const char *hash, const struct secret *s, struct err *e) must_check;
/* What is wrong with a new password, in words, or NULL: length, the address in it, too simple. */
const char *password_weak(const struct secret *s, const char *email);

#endif
