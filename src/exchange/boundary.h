/* Boundary: how far we reach into a mailbox, compared with how far an admin wants us to. Pure: no
 * network, no store.
 */
#ifndef LATCHKEY_BOUNDARY_H
#define LATCHKEY_BOUNDARY_H

#include "model.h"

enum fit {
	FIT_UNSAID,	/* nobody has said what is intended */
	FIT_UNMEASURED, /* how far we reach is not known */
	FIT_AS,
	FIT_MORE,
	FIT_LESS,
	FIT__MAX
};

enum fit boundary_fit(enum level intended, enum reach measured);

/* What it means that so much is reached where so much is intended, by a method. */
struct boundary_words {
	const char *means;
	const char *lost; /* what does not work because of that; "" = nothing, or not known */
	enum fixer fixer; /* who can make it as intended; FIXER_NOBODY: nothing is to be done */
	const char *mend; /* and how; "" */
};
/* method: its code (verdict.h); "" = no connection is in use. */
const struct boundary_words *boundary_words(enum level l, enum reach r, const char *method);

/* Can a mailbox outside of the scope be asked by this method? "" when it can, else why not. */
const char *boundary_pointless(const char *method);

/* Why a mailbox that is named as one outside proves nothing: whose it is. "" when it is nobody's.
 */
const char *boundary_inside(enum whose w);

/* Stable codes, and titles for people. Parsing gives LEVEL__MAX or REACH__MAX when it is none. */
const char *boundary_level_code(enum level l);
enum level boundary_level_parse(const char *code);
const char *boundary_level_title(enum level l);
const char *boundary_reach_code(enum reach r);
enum reach boundary_reach_parse(const char *code);
const char *boundary_reach_title(enum reach r);
/* "more": for files; and its words. */
const char *boundary_fit_code(enum fit f);
const char *boundary_fit_title(enum fit f);

#endif
