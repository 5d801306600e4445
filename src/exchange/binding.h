/* Binding: NTLM with channel binding (Extended Protection), by GSSAPI's NTLM mechanism, because
 * this libcurl sends none. One conversation for one connection. It also does without, for a name or
 * a password beyond ASCII, which libcurl does not write as NTLM wants them.
 */
#ifndef LATCHKEY_BINDING_H
#define LATCHKEY_BINDING_H

#include <stddef.h>
#include "platform/buf.h"
#include "platform/err.h"
#include "platform/seal.h"

enum { BINDING_HASH_MAX = 64 };

struct binding;

/* Is the mechanism installed (gss-ntlmssp)? The first call loads it, so a process that closes
 * itself in asks before. */
int binding_available(void);
/* host: the server's name, which is in the message too. login: "DOMAIN\\user" or "user@domain".
 * NULL with an error. */
struct binding *binding_new(
	const char *host, const char *login, const struct secret *password, struct err *e);
void binding_free(struct binding *b);
/* The next token as base64, appended to out: without `in` the first one (and a conversation under
 * way begins anew), else the answer to the server's challenge (base64), bound to the certificate
 * whose tls-server-end-point hash this is, or to none when hash is NULL. 0 or -1. */
int binding_step(struct binding *b, const char *in, const unsigned char *hash, size_t hash_len,
	struct buf *out, struct err *e) must_check;
/* tls-server-end-point of a certificate in DER (RFC 5929): its own digest, SHA-256 for MD5 and
 * SHA-1. The length, 0 when it cannot be read. */
size_t binding_hash(const unsigned char *der, size_t n, unsigned char out[BINDING_HASH_MAX]);

#endif
