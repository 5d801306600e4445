/* Pem: certificates and keys as text that people gave. */
#include "pem.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

int pem_no_password(char *dst, int size, int writing, void *ptr)
{
	(void)dst;
	(void)size;
	(void)writing;
	(void)ptr;
	return -1;
}

X509 *pem_certificate(const char *pem, struct err *e)
{
	size_t n = pem ? strnlen(pem, PEM_MAX) : 0;
	BIO *b = n > 0 && n < PEM_MAX ? BIO_new_mem_buf(pem, (int)n) : NULL;
	X509 *x = b ? PEM_read_bio_X509(b, NULL, pem_no_password, NULL) : NULL;

	BIO_free(b);
	ERR_clear_error();
	if (!x)
		ERR(e, ERR_INPUT,
			"The certificate cannot be read. Give it as PEM text, beginning with "
			"-----BEGIN CERTIFICATE-----.",
			"no certificate");
	return x;
}
