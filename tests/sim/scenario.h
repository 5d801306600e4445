/*
 * Scenario: the language a world is described and changed in. One table of statements
 * (scenario_table.c) serves the scenario file, `--check`, the control face and the manual page
 * (latchkey-sim(1) is checked against it).
 *
 * A line is words parted by blanks; "quoted words" with \" and \\; # begins a comment; a lone ;
 * begins another statement in the same line. A statement that names a thing (premise, mailbox,
 * group, app, account ...) makes it or takes it up again; the lines below it are its properties,
 * until the next such statement. Nothing may be named before it exists.
 */
#ifndef SIM_SCENARIO_H
#define SIM_SCENARIO_H

#include <stdio.h>
#include "sim/world.h"

struct scenario_error {
	const char *file; /* as given */
	int line;
	char *say; /* what is wrong, and what was expected */
};

/* A statement list under way: what the next line belongs to. Zeroed = nothing yet. */
struct scenario_place {
	struct world *world;
	const char *directory; /* where included files are looked for */
	void *thing[12];       /* the last of each kind */
	int depth;	       /* how many files include this one */
	int kind;	       /* which kind the next property belongs to */
};

/* Read a whole file, or a built-in scenario by name ("demo"; see scenario_list). 0, or -1 with *e
 * filled. */
int scenario_read(struct world *w, const char *name_or_file, struct scenario_error *e);
/* One line; used by the file reader and by the control face. */
int scenario_line(struct scenario_place *p, const char *line, struct scenario_error *e);
void scenario_error_free(struct scenario_error *e);
/* Name and first comment line of each scenario in the directory of built-ins. */
void scenario_list(FILE *out);
/* Every statement: its usage and meaning, one a line; what --statements prints. */
void scenario_statements(FILE *out);
/* Every switch and its values, one switch a line; what --switches prints. */
void scenario_switches(FILE *out);
/* Where built-in scenarios live: $LATCHKEY_SIM_SCENARIOS, else beside the sources or the program.
 */
const char *scenario_directory(void);

/* Things that change by themselves: `every SECONDS STATEMENT...` rows. Called by the clock; runs
 * what is due. */
void scenario_tick(struct world *w);
/* Seconds until the next rule is due, or -1. */
int64_t scenario_next(const struct world *w);

/* `generate N ...`: N mailboxes from the seed (generate.c). */
struct generate {
	uint32_t count;
	struct premise *home;
	const char *domain; /* addresses are first.last[n]@domain */
	const struct zone *zone;
	struct mailbox
		*grantee; /* NULL, or who gets `rights` on `grant_percent` of the calendars */
	uint32_t rights;
	int grant_percent;
	bool on_behalf;	     /* and may send on behalf there */
	struct group *group; /* NULL, or a group to put them in */
};
void generate(struct world *w, const struct generate *g);

#endif
