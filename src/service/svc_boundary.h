/* Svc_boundary: how far Latchkey is meant to reach, how far it does, and a mailbox that must stay
 * shut: the same for pages and the command line.
 */
#ifndef LATCHKEY_SVC_BOUNDARY_H
#define LATCHKEY_SVC_BOUNDARY_H

#include "exchange/boundary.h"
#include "store/store_boundary.h"
#include "svc.h"

#define BOUNDARY_KIND "boundary"

struct boundary_view {
	struct boundary said;
	struct connection live;		    /* id 0: there is none */
	const char *method;		    /* of it: its code; "" */
	int64_t n[MEMBER__MAX][REACH__MAX]; /* who is not deactivated */
	int64_t of[FIT__MAX];		    /* people and rooms, by what that is to what is meant */
	int64_t all;
	struct boundary_ages ages; /* of what was seen of all of them */
	enum whose whose;	   /* the mailbox outside is by now */
	int64_t trying;		   /* open jobs that try the mailbox outside */
};
int svc_boundary_look(struct svc *s, struct boundary_view *out, struct err *e) must_check;
/* Why the mailbox outside proves nothing now; "" when it does. Pure. */
const char *svc_boundary_moot(const struct boundary_view *v);
/* Does it open that must stay shut? Pure. */
int svc_boundary_alarm(const struct boundary_view *v);
/* How many reach further than this level. Pure. */
int64_t svc_boundary_above(const struct boundary_view *v, enum level l);
/* "Latchkey reaches more than you intend in 12 mailboxes."; in the arena. */
const char *svc_boundary_sentence(struct arena *a, const struct boundary_view *v);

/* Level and mailbox outside ("" = none), made from the revision b->rev: ERR_CONFLICT when it is
 * another by now; ERR_FORM: the mailbox outside cannot be that one. */
int svc_boundary_say(struct svc *s, const struct boundary *b, struct err *e) must_check;
/* Have the mailbox outside tried now. */
int svc_boundary_measure(struct svc *s, int64_t *job, struct err *e) must_check;

/* A file for an auditor: a line for each member and room, in portions. */
struct svc_boundary_file {
	struct boundary said;
	const char *account;
	int64_t made;
	enum member_kind kind; /* whose turn it is */
	int64_t after;
	struct arena a; /* of one portion */
};
/* Begins one, and writes down that it was made. */
int svc_boundary_export(struct svc *s, struct svc_boundary_file *out, struct err *e) must_check;
void svc_boundary_titles(struct buf *b);
/* The next portion of lines: 1, 0 when that was the last, -1. */
int svc_boundary_lines(
	struct svc *s, struct svc_boundary_file *f, struct buf *b, struct err *e) must_check;
void svc_boundary_export_done(void *f); /* fits arena_defer */

#endif
