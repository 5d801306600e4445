/* Service, reports: a test of a connection as plain text, for the Exchange admin who does not sign
 * in here: what was tested, when, by whom, what each step saw, what to do.
 */
#ifndef LATCHKEY_SVC_REPORT_H
#define LATCHKEY_SVC_REPORT_H

#include "svc_connection.h"
#include "platform/buf.h"

enum { SVC_REPORT_MAX = 1 << 20 };

/* "dedicated mailbox with delegate access"; a method's code. */
const char *svc_report_method(const char *method);
/* Append the report of a test of the account of s->who. It names no secret, and no address but
 * those of the test. ERR_MISSING when there is no such test. */
int svc_report(struct svc *s, int64_t job, struct buf *out, struct err *e) must_check;

#endif
