/* Svc_roster: lists of members in words and as a file: the same for pages and the command line. */
#ifndef LATCHKEY_SVC_ROSTER_H
#define LATCHKEY_SVC_ROSTER_H

#include "svc.h"

/* By their stable codes: -1 when there is none such that one could look for. */
int svc_roster_status(const char *code);
int svc_roster_fixer(const char *code);
/* The code itself, when it can be the reason why something is wrong with a member; else NULL. */
const char *svc_roster_reason(const char *code);
/* Whom a filter finds, as it is said and written down: "Members: Limited, found by “av”". In the
 * arena. */
const char *svc_roster_words(struct arena *a, const struct roster_filter *f);
/* Whom a selection is about: "Avery Stone", "12 members", or the words of its filter. */
const char *svc_roster_about(struct svc *s, const struct roster_pick *pick);

/* A file of members leaves in portions: a file of a million needs no more memory than one of ten.
 * The columns: email, name, role, calendar, status, reason, who, rights, since, checked, tried. */
struct svc_export {
	struct roster_pick pick;
	int64_t after;	/* the last member that was written; of ids how many were looked at */
	struct arena a; /* of one portion */
};
/* Begins one, and writes down that it was made. */
int svc_roster_export(struct svc *s, const struct roster_pick *pick, struct svc_export *out,
	struct err *e) must_check;
void svc_roster_titles(struct buf *b);
/* The next portion of lines: 1, 0 when that was the last, -1. */
int svc_roster_lines(struct svc *s, struct svc_export *x, struct buf *b, struct err *e) must_check;
void svc_roster_export_done(void *x); /* fits arena_defer */

#endif
