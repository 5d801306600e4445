/* Gate: one unproven sign-in at a time for an identity, by all processes, and none after one was
 * refused (EWS.md 0.5).
 *
 * What is known of an identity lives in a keeper that all processes share (the store); this floor
 * knows its functions only. An identity is who a directory counts bad passwords for, whatever the
 * host or scheme: the login name in lower case. A version names the secret without saying anything
 * about it; another version begins anew.
 */
#ifndef LATCHKEY_GATE_H
#define LATCHKEY_GATE_H

#include <stdint.h>
#include "platform/err.h"
#include "reason.h"

/* A lease outlives the longest request: who is killed while proving leaves one behind. */
enum { GATE_PROVEN_S = 600, GATE_LEASE_S = 120, GATE_ASK_MS = 500 };

enum gate_leave {
	GATE_GO,     /* proven a moment ago by anybody */
	GATE_PROVE,  /* this attempt is the proof: it must be reported */
	GATE_WAIT,   /* somebody else proves: ask again in GATE_ASK_MS */
	GATE_STOPPED /* was refused: no attempt until a person acts */
};

struct gate_view {
	enum gate_leave leave;
	enum reason reason; /* STOPPED: why it was refused */
	int64_t since;	    /* STOPPED: when */
};

struct gate_keeper {
	/* May a sign-in as `who` with this version of its secret start now? 0, or -1. */
	int (*ask)(void *ptr, const char *who, const char *version, struct gate_view *out,
		struct err *e);
	/* What came of it. REASON_OK: proven. A reason whose temper is TEMPER_STOPPED: refused, all
	 * stop. Any other: nothing was learned, the lease is given back. */
	int (*tell)(void *ptr, const char *who, const char *version, enum reason r, struct err *e);
	void *ptr;
};

/* --- the rules, for keepers; pure --- */

enum gate_state { GATE_UNPROVEN, GATE_PROVEN, GATE_REFUSED, GATE_STATE__MAX };

/* What is known of one version of a secret. Zeroed: nothing. */
struct gate_known {
	enum gate_state state;
	enum reason reason; /* REFUSED: why */
	int64_t since;	    /* of this state */
	int64_t proven_at;  /* last time; 0 = never */
};

/* May a sign-in start? lease_until: when the last lease of this identity ends, whichever version
 * it is for. PROVE: the caller takes the lease, until now + GATE_LEASE_S. */
void gate_decide(
	const struct gate_known *k, int64_t lease_until, int64_t now, struct gate_view *out);
/* What a report adds. A refusal stays, whatever is reported behind it: connections that were
 * signed in before may outlive it. */
void gate_report(struct gate_known *k, enum reason r, int64_t now);

/* A keeper in memory, for a command line without an installation, and for tests. */
struct gate_memory;
struct gate_memory *gate_memory_new(void);
void gate_memory_free(struct gate_memory *m);
struct gate_keeper gate_memory_keeper(struct gate_memory *m);
/* A person wants one more try after a refusal. */
void gate_memory_again(struct gate_memory *m, const char *who);

#endif
