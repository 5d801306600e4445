/* Errand: what every procedure above the client shares: its questions under way, each with an
 * arena that is used again, its life while callbacks may end it, and when to give up.
 *
 * Rules: nothing happens inside the start function; an end is told once. A question's arena is
 * emptied when its answer was dealt with, unless the handler keeps it. Memory is freed when the
 * last callback has returned.
 */
#ifndef LATCHKEY_ERRAND_H
#define LATCHKEY_ERRAND_H

#include "client.h"

enum {
	ERRAND_ARENA_MAX = 512 << 20, /* of one question: beyond what follows from any answer */
	ERRAND_CANARIES = 3,	      /* lost in a row at the beginning: it cannot go on */
	ERRAND_FAILURES = 8	      /* the same, once something was answered */
};

struct errand;
struct errand_ask;

/* An answer is there. The result is good until the handler returns, unless it sets k->keep. */
typedef void errand_fn(
	void *ptr, struct errand_ask *k, const struct outcome *o, const void *result);

/* Room for one question: fill it and its arena, then errand_send. */
struct errand_ask {
	struct errand *errand;
	struct errand_ask *older, *spare;
	struct client_call *call; /* NULL: not under way */
	struct arena a;		  /* for the query, the result and what belongs to them */
	const char *impersonate;  /* NULL: nobody, or whom the sign-in must act as */
	const char *anchor;	  /* NULL */
	errand_fn *answered;
	void *mine; /* the procedure's */
	int keep;   /* the arena stays until errand_drop */
};

struct errand {
	struct client *client;
	void (*step)(void *ptr); /* ask what can be asked; nothing left: end */
	void (*freed)(void *ptr);
	void *ptr;
	int most; /* questions at a time */
	int flying;
	int proven; /* the connection works: something was answered */
	int failed; /* questions in a row that the connection lost */
	int inside; /* callbacks that have not returned */
	int over;   /* ended or stopped: no callback any more */
	uint64_t timer;
	struct errand_ask *asks, *spares;
};

/* Begin: client, step, freed, ptr and most are filled. step is called on the next turn of the loop
 * and after each answer. */
void errand_begin(struct errand *e);
/* How many questions may be asked now: one alone until something was answered. */
int errand_room(const struct errand *e);
/* Room for another question. */
struct errand_ask *errand_ask(struct errand *e);
/* Off it goes; the query stays until the answer: in its arena, or longer. */
void errand_send(struct errand_ask *k, enum exchange_op op, const void *query, errand_fn *answered);
/* What was kept is no longer needed. */
void errand_drop(struct errand_ask *k);
/* Is this the end of it all? After a refused sign-in at once; after trouble of the connection when
 * it is the rule. Counts: call it once for an answer. */
int errand_hopeless(struct errand *e, const struct outcome *o);
/* Is this the trouble of one mailbox in a question about several, and does not say whose? Then each
 * is to be asked apart; it says nothing about the connection. */
int errand_blurred(const struct outcome *o, size_t mailboxes);
/* End all questions under way without a word. */
void errand_quiet(struct errand *e);
/* The end, or a stop: all is freed, at the latest when the callback under way returns. */
void errand_close(struct errand *e);

/* How much goes into one question: halved when it was too much, slowly more again. */
struct portion {
	int now, most;
	int well; /* full ones in a row that were taken */
};

/* A question with `tried` was too much; it was taken well. */
void errand_portion_halve(struct portion *p, int tried);
void errand_portion_well(struct portion *p, int tried);

#endif
