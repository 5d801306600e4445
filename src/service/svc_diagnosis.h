/* Service, diagnosis: how an account's connection does and what the installation is, as one text
 * for whoever supports it. Names of people, servers, organisations and networks are replaced by
 * stand-ins (platform/redact); secrets are not asked for.
 */
#ifndef LATCHKEY_SVC_DIAGNOSIS_H
#define LATCHKEY_SVC_DIAGNOSIS_H

#include "platform/buf.h"
#include "svc.h"

enum {
	DIAGNOSIS_MAX = 256 * 1024,	 /* bytes of the text */
	DIAGNOSIS_NOTED_MAX = 320 * 1024 /* characters, with what an admin writes into it */
};

/* Append the diagnosis of the account of s->who, newest first; what does not fit is said. clear:
 * host names are left as they are. It does not end with a line feed. */
int svc_diagnosis(struct svc *s, int clear, struct buf *out, struct err *e) must_check;
/* Written down: it left the house. */
int svc_diagnosis_left(struct svc *s, int clear, struct err *e) must_check;

#endif
