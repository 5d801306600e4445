/*
 * Fault: what goes wrong on purpose. A rule matches by face, host, front end, operation, mailbox,
 * caller; hits with a probability or for a count; and names one kind of the table in fault.c.
 */
#ifndef SIM_FAULT_H
#define SIM_FAULT_H

#include <stdio.h>
#include "sim/http.h"
#include "sim/world.h"

enum fault_phase {
	FAULT_LISTEN,  /* while the rule stands: refuse */
	FAULT_ACCEPT,  /* certificate, reset */
	FAULT_INSTEAD, /* answered instead of the operation: 302, login page, 503 ... */
	FAULT_AFTER    /* the operation was done; its answer is spoiled: bytes, XML, wire */
};
struct fault;
struct fault_kind {
	const char *name;
	enum fault_phase phase;
	bool in_front; /* something before Exchange: strikes before anybody is signed in */
	const char
		*argument; /* what it takes, for messages: "ms", "status", "code"; NULL = nothing */
	const char *argument_default;
	const char *about;
	/* fill or spoil the answer; r is NULL after the operation; NULL for LISTEN and ACCEPT */
	void (*run)(const struct fault *f, const struct request *r, struct answer *a);
};
extern const struct fault_kind fault_kinds[]; /* ends with name NULL */
const struct fault_kind *fault_kind_find(const char *name);
/* Is this a sensible argument of the kind (NULL = none was given); false with *wanted set. */
bool fault_argument_good(const struct fault_kind *k, const char *argument, const char **wanted);
/* The rule's argument, or the kind's default. */
const char *fault_argument(const struct fault *f);
long fault_number(const struct fault *f); /* the same, up to anything that is no digit */

struct fault {
	struct fault *next;
	char *id; /* to take it away again */
	const struct fault_kind *kind;
	char *argument;
	char *face, *host, *front_end, *op, *mailbox, *caller; /* globs; NULL = all */
	int per_mille; /* probability, 1000 = always; rolled with the world's seed and a count */
	int64_t left;  /* hits left; -1 = without end */
	int64_t skip;  /* first so many matches pass */
	uint64_t tried, hit;
};

/* Where we are when a fault is asked for; NULL parts match only rules that do not name them. A
 * phase may be asked for again when more is known: rules that matched `before` are left out then,
 * so that each rule sees each request once. */
struct fault_at {
	const char *face, *host, *front_end, *op, *mailbox, *caller;
	bool anonymous; /* nobody is signed in yet: only kinds that are in front strike */
	const struct fault_at *before;
};
/* The first standing rule of this phase that matches and rolls; counts it. NULL = none. */
struct fault *fault_take(struct world *w, enum fault_phase phase, const struct fault_at *at);
/* Is some rule of FAULT_LISTEN standing for this face and host (nothing is counted). */
bool fault_refuses(const struct world *w, const char *face, const char *host);
/* What certificate to show, or -1 = reset. */
int fault_accept(struct world *w, const struct fault_at *at);
/* Fill the answer of a FAULT_INSTEAD rule. */
void fault_instead(const struct fault *f, const struct request *r, struct answer *a);
/* Spoil a finished answer. XML is taken apart and put together again with libxml2, so that a "bent"
 * answer is exactly as wrong as its kind says: other prefixes, default namespace, BOM, UTF-16, a
 * missing or a moved element, an unknown code, unknown elements added, an entity bomb, bad XML ...
 */
void fault_after(const struct fault *f, struct answer *a);
/* All kinds with their arguments, for --faults. */
void fault_list(FILE *out);

#endif
