/* Service, switching: which connection all work uses. A draft that has proved itself takes the
 * place of the one in use; the one that was in use can be gone back to for BACK_DAYS; and an
 * account can be disconnected, which can be undone likewise. No secret moves: each stays in its
 * own row, so a switch is one transaction of the web tier, and the engine follows by itself.
 */
#ifndef LATCHKEY_SVC_SWITCH_H
#define LATCHKEY_SVC_SWITCH_H

#include "svc.h"

/* What there is to switch between; id 0 = there is none. */
struct svc_sides {
	struct connection live;
	struct connection draft;
	struct connection former; /* that was in use last, if one can go back to it */
	int proved;		  /* the draft has proved itself, as it is now */
	const char *version;	  /* of the draft's secret then; else "" */
	int64_t back_until;	  /* of the former one */
};
int svc_switch_sides(struct svc *s, struct svc_sides *out, struct err *e) must_check;

/* What a page has shown: both sides of a switch. ERR_CONFLICT when they are others by now. */
struct svc_switch {
	int64_t to, rev;	/* what is in use afterwards */
	const char *version;	/* of the draft's secret; NULL = not compared */
	int64_t live, live_rev; /* what was in use before; 0, 0 = nothing */
};
/* To the draft, which has proved itself. */
int svc_switch(struct svc *s, const struct svc_switch *w, struct err *e) must_check;
/* To the former one. ERR_CONFLICT when its days have ended, too. */
int svc_switch_back(struct svc *s, const struct svc_switch *w, struct err *e) must_check;
/* Nothing is in use any more. why: one line, may be "". ERR_CONFLICT when the live one is another,
 * or of another revision. */
int svc_switch_disconnect(
	struct svc *s, int64_t live, int64_t rev, const char *why, struct err *e) must_check;

#endif
