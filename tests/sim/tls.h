/* Tls: a certification authority made at start, and every certificate a server can show. */
#ifndef SIM_TLS_H
#define SIM_TLS_H

#include <openssl/ssl.h>
#include <stddef.h>

/* What a listener shows. The same key everywhere; only the papers differ. */
enum tls_show {
	TLS_GOOD, /* leaf + intermediate, signed by our root */
	TLS_WRONG_NAME,
	TLS_EXPIRED,
	TLS_NOT_YET,
	TLS_SELF_SIGNED,
	TLS_INCOMPLETE, /* the intermediate is not sent */
	TLS_OLD,	/* good papers, but TLS 1.0 only */
	TLS_SHOW__MAX
};
extern const char
	*const tls_show_names[TLS_SHOW__MAX]; /* "good", "wrong-name", ... for fault arguments */

struct tls;
/* names: every host of the world, NULL-terminated, as DNS names; "localhost", "*.localhost" and
 * 127.0.0.1 are always added. now: the world's clock, so that "expired" is true in it. Dies on
 * failure. */
struct tls *tls_new(char *const *names, int64_t now);
void tls_free(struct tls *t);
SSL_CTX *tls_context(struct tls *t, enum tls_show show);
/* The certificates as PEM: root only, for clients to trust. */
const char *tls_ca_pem(const struct tls *t);
/* tls-server-end-point (RFC 5929): SHA-256 of the leaf shown. 32 bytes. */
const unsigned char *tls_end_point(const struct tls *t, enum tls_show show);

#endif
