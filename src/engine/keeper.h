/* Keeper: what is known of sign-ins, in the store: the gate's memory that engine, command line and
 * a second engine share.
 */
#ifndef LATCHKEY_KEEPER_H
#define LATCHKEY_KEEPER_H

#include "exchange/gate.h"
#include "platform/arena.h"
#include "store/db.h"

struct keeper;

/* One sign-in as a person sees it. */
struct keeper_entry {
	const char *who;
	const char *version;
	struct gate_known known;
	int proving;	    /* somebody proves it at this moment: */
	const char *holder; /* who */
	int64_t connection; /* whose secret it is; 0 = of none that is stored */
};

/* holder: names this process ("engine 4711"), cut at 100 bytes. db must outlive it. Never NULL. */
struct keeper *keeper_new(struct db *db, const char *holder);
void keeper_free(struct keeper *k); /* NULL is fine */
struct gate_keeper keeper_gate(struct keeper *k);
/* A version for a secret that somebody types: no other command has it, so nothing that was proved
 * of another secret says anything about it. A refusal of one stops all that are typed for the same
 * identity: a script must not go on guessing. */
enum { KEEPER_TYPED = 24 };
void keeper_typed(char out[KEEPER_TYPED]);
/* A person wants one more try of this version after a refusal; of a typed one: of any that was
 * typed. 1 there was one, 0, or -1. */
int keeper_again(struct keeper *k, const char *who, const char *version, struct err *e) must_check;
/* All that is known, by identity, at most 500. Returns the count or -1. */
int keeper_list(
	struct keeper *k, struct arena *a, struct keeper_entry **out, struct err *e) must_check;

#endif
