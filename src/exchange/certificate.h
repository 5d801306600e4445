/* Certificate: a key and its certificate by which an application proves itself to the token service
 * (token_assertion), made here so that the key never travels.
 */
#ifndef LATCHKEY_CERTIFICATE_H
#define LATCHKEY_CERTIFICATE_H

#include <stdint.h>
#include "platform/arena.h"
#include "platform/err.h"
#include "platform/seal.h"

enum { CERTIFICATE_YEARS = 2, CERTIFICATE_PRINT = 41 };

struct certificate {
	struct secret *key; /* PEM; the caller's to free */
	const char *pem;    /* the public part, in the arena */
	int64_t not_after;
	char print[CERTIFICATE_PRINT]; /* thumbprint as Microsoft shows it: SHA-1, hex */
};

/* RSA with 2048 bits, self-signed for this name, from now on for CERTIFICATE_YEARS. 0 or -1. */
int certificate_make(
	struct arena *a, const char *name, struct certificate *out, struct err *e) must_check;
/* When it ends, and its thumbprint; of a chain, of the first. 0 or -1 (ERR_INPUT). */
int certificate_read(const char *pem, int64_t *not_after, char print[CERTIFICATE_PRINT],
	struct err *e) must_check;

#endif
