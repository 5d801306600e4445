/* Calendars, inside: one person's visit, and the lanes it goes through. Only calendars*.c use this.
 */
#ifndef LATCHKEY_CALENDARS_WORK_H
#define LATCHKEY_CALENDARS_WORK_H

#include "calendars.h"
#include "errand.h"

/* The ways to look at a person. Each is asked in questions of its own kind. */
enum lane_kind {
	LANE_OWN,	   /* the mailbox that signs in */
	LANE_EXPLICIT,	   /* another's calendar by name, with the sign-in's own rights */
	LANE_IMPERSONATED, /* as that person */
	LANE_BUSY,	   /* busy time only */
	LANE__MAX
};

enum {
	VISITS_MAX = 1000, /* people under way at a time */
	HELD_MAX = 200,	   /* refusals that wait for what becomes of others */
	STRAYS_MAX = 50,   /* refusals that nobody got past: then it is the connection's */
	CALENDARS_FLYING = 8
};

struct visit {
	struct visit *next, *older;
	int64_t n;
	char address[256];
	struct evidence ways[LANE__MAX];
	int tries; /* times in a row that passing trouble was told for it alone */
	int alone; /* must not share a question */
	struct outcome outcome;
	char code[EXCHANGE_CODE];
	char said[OUTCOME_SAID];
	char name[256];
};

struct queue {
	struct visit *first, *last;
	size_t count;
};

struct lane {
	struct queue waiting;
	struct portion size; /* people in one question */
	size_t flying;	     /* people */
	int closed;	     /* it serves nobody */
};

/* A question under way. */
struct party {
	enum lane_kind lane;
	size_t count;
	struct visit **list;
};

struct calendars {
	struct errand e;
	struct calendars_query q;
	enum lane_kind main; /* the method's way */
	struct lane lanes[LANE__MAX];
	struct queue held;
	struct visit *all, *spare;
	size_t alive;	/* visits under way, waiting or held */
	size_t refused; /* people that may not be impersonated */
	int strays;	/* refusals of a kind that speaks of the connection */
	int worked;	/* the main way opened somebody's calendar */
	int dry;	/* next() has no more */
};

/* At the end of a queue, and in front; and from the front, NULL when it is empty. */
void calendars_put(struct queue *q, struct visit *v);
void calendars_return(struct queue *q, struct visit *v);
struct visit *calendars_take(struct queue *q);

/* Put the question of a lane about these people and send it. */
void calendars_ask(struct calendars *s, enum lane_kind lane, size_t count);
/* Answers of it; each person goes on by calendars_on. */
errand_fn calendars_answer;

/* A visit has been seen in a lane: to the next one, or told. */
void calendars_on(struct calendars *s, struct visit *v, enum lane_kind lane);
/* The whole comes to its end; everybody under way is told so. */
void calendars_give_up(struct calendars *s, const struct outcome *o);
/* Does this reason mean one thing when it is met by all, and another when others get past it? */
int calendars_turns(enum reason r);

#endif
