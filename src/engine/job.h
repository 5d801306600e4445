/* Job: the queue's engine side: leasing, running many at a time, retrying, stopping.
 *
 * A kind of job is a row: a name, a function that starts it, one that stops it, and limits. A job
 * is a state machine in the loop; it tells its steps as they happen and ends with job_end or
 * job_again, now or later. A job can be run more than once (a killed engine), so it must be able
 * to.
 */
#ifndef LATCHKEY_JOB_H
#define LATCHKEY_JOB_H

#include <stddef.h>
#include <stdint.h>
#include "model.h"
#include "platform/arena.h"

enum {
	JOB_RUNS_MAX = 16,    /* at a time */
	JOB_STEPS_MAX = 64,   /* of one job */
	JOB_LEASE = 30,	      /* seconds */
	JOB_RENEW = 10,	      /* seconds after which a lease is prolonged */
	JOB_POLL_MS = 1000,   /* a lost ring costs this much, of a start or of a stop */
	JOB_ARENA = 16 << 20, /* memory of one job */
	JOB_CLEAR_MS = 10000, /* an engine that ends waits so long for jobs to clear away */
	JOB_OUTCOME_MAX = 600
};

struct engine;
struct job_queue;
struct job_run;

struct job_kind {
	const char *name;
	void (*start)(struct job_run *r);
	/* Give up what is under way, without a word: 1, or 0 when something must be cleared away
	 * first; then job_stopped follows, and r stays until then. Not called once the job has
	 * ended. */
	int (*stop)(struct job_run *r);
	int attempts; /* in all */
	int limit;    /* seconds for one attempt */
	int pause;    /* seconds before the second attempt; doubles, 15 minutes at most */
};

/* One job that runs: what a kind sees of it. */
struct job_run {
	struct engine *engine;
	const struct job *job;
	struct arena *a; /* gone when the job has ended */
	void *state;	 /* the kind's own */
};

/* A step is new or has changed; texts are copied. It is written soon, with others, and before the
 * job's end at the latest. Numbers run from 1 to JOB_STEPS_MAX. */
void job_step(struct job_run *r, const struct job_step *s);
/* The end. Steps that are still open become skipped. The first end counts; afterwards the kind
 * hears nothing more of r. Safe inside of any callback: the memory goes on a later turn. */
void job_end(struct job_run *r, enum job_state state, const char *outcome);
/* What stop left to be cleared away is gone. */
void job_stopped(struct job_run *r);
/* The same attempt cannot go on, another might: back to the queue, or failed when it was the last.
 */
void job_again(struct job_run *r, const char *why);

/* The queue of this engine. kinds is ended by NULL; owner names this engine and stays the same when
 * it is started again, so that its leases of before can be taken back. */
struct job_queue *job_queue_new(
	struct engine *eng, const struct job_kind *const *kinds, const char *owner);
void job_queue_wake(struct job_queue *q); /* something is due, or is to stop: look now */
/* Stop all jobs and give them back, to be leased again at once. Frees the queue. */
void job_queue_free(struct job_queue *q);

#endif
