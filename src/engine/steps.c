/* Steps: numbers for steps that come from several parts of a job.
 *
 * Rule: a new step goes to its place, and those behind it move up by one and are told again; what
 * is more than a job can have is left out.
 */
#include "steps.h"

#include <string.h>

struct row {
	int part;
	int64_t n; /* in its part */
	struct job_step s;
};

struct steps {
	struct job_run *r;
	int count;
	struct row rows[JOB_STEPS_MAX];
};

struct steps *steps_new(struct job_run *r)
{
	struct steps *t = arena_alloc(r->a, sizeof(*t));

	t->r = r;
	t->count = 0;
	return t;
}

/* The first row that is not before this one. */
static int place(const struct steps *t, int part, int64_t n)
{
	int i = 0;

	while (i < t->count &&
		(t->rows[i].part < part || (t->rows[i].part == part && t->rows[i].n < n)))
		i++;
	return i;
}

static void tell_from(struct steps *t, int i)
{
	for (; i < t->count; i++) {
		t->rows[i].s.n = i + 1;
		job_step(t->r, &t->rows[i].s);
	}
}

void steps_tell(struct steps *t, int part, const struct job_step *s)
{
	const int i = place(t, part, s->n);
	struct row *row = &t->rows[i];

	if (i < t->count && row->part == part && row->n == s->n) {
		row->s = *s;
		row->s.n = i + 1;
		job_step(t->r, &row->s);
		return;
	}
	if (t->count == JOB_STEPS_MAX)
		return;
	memmove(row + 1, row, (size_t)(t->count - i) * sizeof(*row));
	*row = (struct row){ part, s->n, *s };
	t->count++;
	tell_from(t, i);
}
