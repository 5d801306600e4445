/* Pem: certificates and keys as text that people gave. Nobody is asked for anything: without the
 * callback below OpenSSL would want the password of an encrypted one from the terminal.
 */
#ifndef LATCHKEY_PEM_H
#define LATCHKEY_PEM_H

#include <openssl/types.h>
#include "platform/err.h"

enum { PEM_MAX = 64 * 1024 };

/* For OpenSSL's functions that read PEM: there is no password. */
int pem_no_password(char *dst, int size, int writing, void *ptr);
/* The first certificate of a chain, the caller's to free; NULL (ERR_INPUT). */
X509 *pem_certificate(const char *pem, struct err *e) must_check;

#endif
