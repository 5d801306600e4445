/* Svc_work: work of the engine, queued as a job, and stopped.
 *
 * The same that is open already is not queued once more. For the other files of this floor.
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

/* params NULL: they were too much, ERR_INPUT. *job is the one that is queued or running when it is
 * asked for the same again. */
int svc_work_start(struct svc *s, const struct svc_work *w, const char *params, int64_t *job,
	struct err *e) must_check;

/* What can be stopped, and what is written down of it. */
struct svc_work_end {
	const char *kind;
	enum audit_action action;
	const char *about; /* NULL: about_of says it */
	const char *(*about_of)(struct svc *s, const struct job *j);
	int counts; /* how many were done is told, too */
};
/* Stop a job of the account of one of these kinds. ERR_MISSING, or ERR_CONFLICT: it has ended. */
int svc_work_stop(struct svc *s, const struct svc_work_end *ends, size_t count, int64_t job,
	struct err *e) must_check;

#endif
