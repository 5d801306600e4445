/* Slots: what its files share; nobody else includes it. */
#ifndef LATCHKEY_SLOTS_PARTS_H
#define LATCHKEY_SLOTS_PARTS_H

#include "platform/buf.h"
#include "slots.h"

/* The secret, and the application's beside it. */
enum slots_part { SLOTS_MAIN, SLOTS_BESIDE, SLOTS_PARTS };
extern const struct slots_names {
	const char *next, *current, *former;
} slots_names[SLOTS_PARTS];

/* A secret on its way from a row to another, or to the same one with another policy. */
struct slots_move {
	int there; /* from is a row */
	int boxed; /* to has a box */
	struct credential from, to;
	struct buf box;
};

/* Rows of other connections that hold the same secret as the one that is replaced. */
struct slots_lent;

/* Everything that one change needs. */
struct slots_work {
	struct engine *eng;
	const struct slots_proved *p;
	struct arena a;
	struct slots_move in[SLOTS_PARTS];  /* from next */
	struct slots_move out[SLOTS_PARTS]; /* from current to former */
	struct slots_lent *lent;	    /* newest first */
	int renewed;			    /* something was in use before */
	int beside;			    /* what was proved waits beside the live one */
};

void slots_work_init(struct slots_work *w, struct engine *eng, const struct slots_proved *p);
void slots_work_done(struct slots_work *w);

/* ERR_CONFLICT with the words for it. */
int slots_changed(struct err *e, const char *what, int64_t connection) must_check;
/* The secret of a slot: 1 found, 0 or -1. */
int slots_find(struct slots_work *w, const struct connection *c, const char *slot,
	struct credential *out, struct err *e) must_check;
/* Seal what m->from, a row of connection `of`, holds, for a slot of connection `to`. 0; -1 with
 * ERR_KEY when it does not open. */
struct slots_way {
	const struct connection *of, *to;
	const char *slot;
};
int slots_box(struct slots_work *w, struct slots_move *m, const struct slots_way *way,
	struct err *e) must_check;
/* Is the row of a connection what it was? *now: as it is. */
int slots_check_row(struct slots_work *w, const struct connection *was, struct connection *now,
	struct err *e) must_check;
/* Is the row of a secret still what m->from was made of? 1, 0 or -1. */
int slots_still(struct slots_work *w, const struct slots_move *m, struct err *e) must_check;
/* Run `rows` in one transaction that must not be lost. */
int slots_commit(struct slots_work *w, int (*rows)(struct slots_work *w, struct err *e),
	struct err *e) must_check;

/* slots_lend.c: who has the secret that is replaced by rotation, too. Before the transaction: what
 * they hold is sealed again; in it: how many have the new one, or -1. What cannot be done is left.
 */
int slots_lent_box(struct slots_work *w, struct err *e) must_check;
int slots_lent_rows(struct slots_work *w, struct err *e) must_check;

#endif
