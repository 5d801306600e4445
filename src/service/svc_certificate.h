/* Service, certificates: the application proves itself with a key that the engine makes and never
 * shows; its public part goes to Microsoft.
 */
#ifndef LATCHKEY_SVC_CERTIFICATE_H
#define LATCHKEY_SVC_CERTIFICATE_H

#include "svc_connection.h"

#define CERTIFICATE_KIND "certificate" /* in the job table */

enum { CERTIFICATE_THUMBPRINT = 40 };

/* Queue the making of a key and its certificate, to be proved. */
int svc_certificate_make(struct svc *s, int64_t connection, int64_t *job, struct err *e) must_check;
/* Which connection a job makes one for; 0 or -1. */
int svc_certificate_params(struct arena *a, const char *params, int64_t *connection) must_check;

/* The one that waits to be proved, else the one in use: 1, 0 there is none, -1. */
struct svc_certificate {
	struct credential cr;
	int waiting;
	/* As Microsoft names it: SHA-1, upper case hex; "" when it cannot be read. */
	char thumbprint[CERTIFICATE_THUMBPRINT + 1];
};
int svc_certificate_find(
	struct svc *s, int64_t connection, struct svc_certificate *out, struct err *e) must_check;

#endif
