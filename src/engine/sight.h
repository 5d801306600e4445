/* Sight: what the members of an account are looked at with: the live connection, ready to use, or a
 * draft that was proved, for a trial.
 */
#ifndef LATCHKEY_SIGHT_H
#define LATCHKEY_SIGHT_H

#include "health.h"
#include "line.h"
#include "platform/arena.h"

struct engine;

struct sight {
	struct engine *eng;
	struct line_tools tools;
	struct health_look look; /* the connection and its secret, as they were read */
	struct line *line;
	struct arena rows;
	int trial; /* it is a draft's */
};

/* NULL with an error whose sentence is for people: ERR_CONFLICT when there is nothing to look with,
 * or not for now. */
struct sight *sight_open(struct engine *eng, int64_t account, struct err *e);
/* The same with a draft, which has proved itself. */
struct sight *sight_open_draft(
	struct engine *eng, int64_t account, int64_t connection, struct err *e);
/* NULL is fine. */
void sight_free(struct sight *s);
/* Is it still what is in use? 1, 0, -1. */
int sight_fits(struct sight *s, struct err *e) must_check;

#endif
