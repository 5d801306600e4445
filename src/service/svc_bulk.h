/* Svc_bulk: many members are removed, deactivated or activated at once: job "bulk". */
#ifndef LATCHKEY_SVC_BULK_H
#define LATCHKEY_SVC_BULK_H

#include "svc.h"

enum { BULK_OPEN_MAX = 5 }; /* running or waiting in one account */

/* Audited. ERR_CONFLICT when too many wait; *job is the open one when the same is asked for again.
 */
int svc_bulk_start(struct svc *s, enum bulk what, const struct roster_pick *pick, int64_t *job,
	struct err *e) must_check;
/* What is done already stays done. */
int svc_bulk_stop(struct svc *s, int64_t job, struct err *e) must_check;

#endif
