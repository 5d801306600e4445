/* Steps: the steps of a job that come from several parts, each of which counts its own from 1.
 * Their numbers run on, in the order of the parts; what is foreseen can be told before it begins.
 */
#ifndef LATCHKEY_STEPS_H
#define LATCHKEY_STEPS_H

#include "job.h"

struct steps;

/* Lives in the job's arena. */
struct steps *steps_new(struct job_run *r);
/* Step s->n of a part is new or has changed. Its texts must stay as long as the job. */
void steps_tell(struct steps *t, int part, const struct job_step *s);

#endif
