/* Seal: secrets in memory, and sealed boxes that only the engine opens.
 *
 * A struct secret lives in guarded, locked memory, is wiped when freed and can be neither printed
 * nor logged. Sealing needs the public key only. What is sealed carries where it belongs: version,
 * account, purpose, row and a hash of the whole transport policy; engine/keyring.c refuses a seal
 * whose row disagrees.
 */
#ifndef LATCHKEY_SEAL_H
#define LATCHKEY_SEAL_H

#include <stddef.h>
#include <stdint.h>
#include "arena.h"
#include "buf.h"
#include "err.h"

enum {
	SEAL_KEY_SIZE = 32,
	SEAL_KEY_ID = 8, /* hex digits in a key's name */
	SEAL_HASH = 32,
	SEAL_SECRET_MAX = 4096,
	SEAL_TOKEN_HEX = 64 /* length of a random token as text */
};

struct secret; /* opaque on purpose */

/* Once per process, before anything else here; dies when libsodium cannot start. */
void seal_init(void);

struct secret *secret_new(const void *p, size_t n); /* copies; never NULL */
void secret_free(struct secret *s);		    /* wipes; NULL is fine */
size_t secret_len(const struct secret *s);
const unsigned char *secret_bytes(const struct secret *s); /* followed by a NUL */
int secret_same(const struct secret *a, const struct secret *b);

/* Where a sealed secret belongs. */
struct seal_home {
	int64_t account;
	int64_t row;
	const char *purpose;		 /* at most 31 bytes */
	unsigned char policy[SEAL_HASH]; /* seal_hash over the transport policy */
};

struct seal_public {
	char id[SEAL_KEY_ID + 1];
	unsigned char key[SEAL_KEY_SIZE];
	int64_t created;
	int active;
};

/* Read the public key file; the newest active key goes to out. 0 or -1 (ERR_SETUP). */
int seal_public_load(const char *path, struct seal_public *out, struct err *e) must_check;

/* Append the sealed box of s for home to out; k->id is stored beside it. 0 or -1. */
int seal_close(const struct seal_public *k, const struct seal_home *home, const struct secret *s,
	struct buf *out, struct err *e) must_check;

/* The plaintext's layout, shared with keyring.c: write (sealing) and read (after opening). A read
 * returns the secret, or NULL with ERR_KEY when it belongs elsewhere. */
void seal_plain_write(const struct seal_home *home, const struct secret *s, struct buf *out);
struct secret *seal_plain_read(
	const unsigned char *p, size_t n, const struct seal_home *home, struct err *e);

/* BLAKE2b over a list of strings, each preceded by its length, so that lists never collide. NULL
 * counts as "". */
void seal_hash(unsigned char out[SEAL_HASH], const char *const *parts, size_t n);
/* Keyed BLAKE2b of text as 64 hex digits: form tokens and link tokens from a session's secret. */
void seal_derive(
	char out[SEAL_TOKEN_HEX + 1], const char *key, const char *label, const char *text);
/* A 256-bit random token as hex, and what is stored of it. */
void seal_token(char out[SEAL_TOKEN_HEX + 1]);
void seal_token_hash(unsigned char out[SEAL_HASH], const char *token);
/* n random hex digits; dst holds n + 1. */
void seal_random_hex(char *dst, size_t n);

#endif
