/* Svc_work: work about many members, queued as a job.
 *
 * The same that is open already is not queued once more. For svc_check.c and its neighbours.
 */
#ifndef LATCHKEY_SVC_WORK_H
#define LATCHKEY_SVC_WORK_H

#include "platform/buf.h"
#include "svc.h"

struct svc_work {
	const char *kind;
	int most;				  /* of this kind that are open in one account, */
	const char *full;			  /* and what is said when there are */
	int (*may)(struct svc *s, struct err *e); /* asked in the transaction; NULL: always */
	enum audit_action action;
	const char *about; /* NULL: it is not audited */
};

enum { SVC_WORK_PARAMS = 32 * 1024 };

/* Params are the caller's, with SVC_WORK_PARAMS as their maximum: ERR_INPUT when that was passed.
 * *job is the one that is queued or running when it is asked for the same again. */
int svc_work_start(struct svc *s, const struct svc_work *w, const struct buf *params, int64_t *job,
	struct err *e) must_check;

#endif
