/* Tls: what a handshake showed, and what it means, in words.
 *
 * Watching never weakens anything: the library verifies as always, and its word is handed on.
 */
#ifndef LATCHKEY_TLS_H
#define LATCHKEY_TLS_H

#include <stddef.h>
#include <stdint.h>
#include "model.h"
#include "platform/arena.h"
#include "platform/buf.h"

enum {
	TLS_CHAIN_MAX = 6, /* certificates described; a server may send more */
	TLS_NAME = 128,
	TLS_NAMES = 400,
	TLS_SOON_DAYS = 30
};

struct tls_cert {
	char subject[TLS_NAME]; /* common name, else organisation, else the first name below */
	char issuer[TLS_NAME];
	char names[TLS_NAMES]; /* subject alternative names, comma separated, cut when too many */
	int64_t from;
	int64_t until;
};

struct tls_seen {
	int checked; /* a chain was sent and looked at */
	int verify;  /* X509_V_OK or the first error */
	int reason;  /* the library's SSL_R_ code when the handshake broke, 0 = none */
	char version[16];
	char cipher[64];
	size_t sent;  /* certificates the server sent */
	size_t count; /* of them described in chain, its own first */
	struct tls_cert chain[TLS_CHAIN_MAX];
	struct tls_cert blamed; /* the one that `verify` is about */
};

/* Let the handshakes of an SSL_CTX be noted in seen, which must outlive them. The types are
 * libcurl's void, so that no header above needs OpenSSL. */
void tls_watch(void *ssl_ctx, struct tls_seen *seen);

/* Certificates to trust: those of a PEM file, and of a PEM text (or NULL) besides. NULL when either
 * cannot be read. */
struct tls_store;
struct tls_store *tls_store_new(const char *file, const char *pem);
void tls_store_free(struct tls_store *s); /* what uses it already may go on; NULL is fine */
/* An SSL_CTX trusts these and no others. */
void tls_trust(void *ssl_ctx, const struct tls_store *s);
/* The other side's certificate of a connection (SSL) in DER; 0 or -1. */
int tls_leaf(const void *ssl, struct buf *der) must_check;

enum tls_end {
	TLS_TRUSTED,
	TLS_OTHER_NAME, /* all in order, but not for this host */
	TLS_TIMEOUT,
	TLS_BROKEN /* any other failure; seen says which */
};

/* Fill state, say, why, fix and raw of a step from what was seen. `said` is the library's own text
 * of a failure, "" when there is none. */
void tls_explain(struct arena *a, const struct tls_seen *seen, const char *host, enum tls_end end,
	const char *said, struct job_step *out);

#endif
