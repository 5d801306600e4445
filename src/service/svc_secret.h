/* Service, secrets: sealing what somebody typed, and queueing its proof. For svc_connection.c and
 * its neighbours, inside of their transactions.
 */
#ifndef LATCHKEY_SVC_SECRET_H
#define LATCHKEY_SVC_SECRET_H

#include "svc_connection.h"

/* Seal for the row and its whole way, and keep in a slot, with the application's secret beside it;
 * what was in the slot is gone, both of it. At least one of the two secrets is there. Audited but
 * for ops' PURPOSE_CURRENT. */
int svc_secret_set(struct svc *s, const struct connection *c, const char *slot,
	const struct svc_secrets *sec, struct err *e) must_check;
int svc_secret_remove(
	struct svc *s, const struct connection *c, const char *slot, struct err *e) must_check;
/* The name of the slot beside it. */
const char *svc_secret_beside(const char *slot);

/* svc_test.c: ERR_CONFLICT while it is paused. */
int svc_test_allowed(const struct connection *c, struct err *e) must_check;
/* Whoever presses twice asks once: the same that is queued or running. 1, 0 or -1. */
int svc_test_open(struct svc *s, const struct svc_test *t, int64_t *job, struct err *e) must_check;
/* Those of a connection that are queued or running are stopped. */
int svc_test_stop_all(struct svc *s, int64_t connection, struct err *e) must_check;
/* The job row, and its audit row about `about`; the caller rings. */
int svc_test_queue(struct svc *s, const struct svc_test *t, const char *about, int64_t *job,
	struct err *e) must_check;

#endif
