/* Service, trials: what would become of members by a connection that is not in use: by a draft that
 * has proved itself, or, after a switch, by the one that was in use before.
 */
#ifndef LATCHKEY_SVC_TRIAL_H
#define LATCHKEY_SVC_TRIAL_H

#include "platform/buf.h"
#include "store/store_trial.h"
#include "svc.h"
#include "svc_switch.h"

#define TRIAL_KIND "trial"
enum {
	TRIAL_OPEN_MAX = 1,    /* running or waiting in one account */
	TRIAL_SAMPLE_MAX = 500 /* members of a sample */
};

/* What is compared, in numbers. */
struct svc_trial {
	struct svc_sides sides;
	struct connection to; /* compared with what is in use; id 0: there is nothing */
	int back;	      /* it is the former one */
	int fits;	      /* what was tried is about it as it is */
	int stale;	      /* something was tried, and it was changed since */
	int64_t seen_at;
	int64_t n[TRIAL__MAX]; /* zeros unless it fits */
	int64_t tried;	       /* all of those */
	int64_t all;	       /* members, people and rooms, who are not deactivated */
};
int svc_trial_read(struct svc *s, struct svc_trial *out, struct err *e) must_check;
/* "By impersonation 120 would gain and 7 would lose." In the arena. */
const char *svc_trial_say(struct arena *a, const struct svc_trial *t);
/* What it is by: "By impersonation", "Back by delegate access". In the arena. */
const char *svc_trial_way(struct arena *a, const struct svc_trial *t);

/* Whom a trial is about. */
struct svc_trial_ask {
	int all;	       /* everybody, people and rooms */
	int status;	       /* else people who stand so; -1 */
	int64_t sample;	       /* else so many by chance; 0 */
	const char *addresses; /* else those, one a line or with commas between */
};
/* ERR_CONFLICT when there is no draft that was proved, or one runs; ERR_INPUT about addresses whose
 * sentence says which. *job is the open one when the same is asked for again. */
int svc_trial_start(
	struct svc *s, const struct svc_trial_ask *k, int64_t *job, struct err *e) must_check;
/* What was seen stays. */
int svc_trial_stop(struct svc *s, int64_t job, struct err *e) must_check;

/* The comparison as a file, in portions. The columns: email, name, kind, change, now, now_reason,
 * then, then_reason, tried. */
struct svc_trial_file {
	struct trial_place at;
	struct arena a; /* of one portion */
};
/* Begins one, and writes down that it was made. change: enum trial_change; -1 = all. */
int svc_trial_export(struct svc *s, const struct svc_trial *t, int change,
	struct svc_trial_file *out, struct err *e) must_check;
void svc_trial_titles(struct buf *b);
/* The next portion of lines: 1, 0 when that was the last, -1. */
int svc_trial_lines(
	struct svc *s, struct svc_trial_file *x, struct buf *b, struct err *e) must_check;
void svc_trial_export_done(void *x); /* fits arena_defer */

#endif
