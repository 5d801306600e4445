/* Journal: what was asked and answered, for tests and for people who try things by hand. */
#ifndef SIM_JOURNAL_H
#define SIM_JOURNAL_H

#include <jansson.h>
#include <stdint.h>
#include "sim/when.h"

/* Strings are copied; NULL = nothing to say. */
struct entry {
	uint64_t number; /* 1, 2, 3 ...; given by journal_add */
	int64_t at_ms;	 /* the world's clock */
	uint64_t connection;
	const char *face, *host, *front_end, *method, *path;
	const char *scheme, *login; /* how and as whom it tried to sign in; never a secret */
	const char *caller;	    /* who it was, when signed in: UPN or client id */
	const char *op, *version, *mailbox; /* mailbox: acted in or impersonated */
	const char *anchor, *agent,
		*request_id; /* X-AnchorMailbox, User-Agent, client-request-id */
	const char *code;    /* the first response code that is not NoError, else NoError */
	const char *fault;   /* kind of the fault that struck */
	bool impersonated;
	int status, items; /* items: how many ids or mailboxes were asked about */
	int64_t bytes_in, bytes_out, took_us;
};
struct journal;
struct journal *journal_new(uint32_t keep); /* how many entries; older ones go */
void journal_free(struct journal *j);
void journal_add(struct journal *j, struct entry *e);
/* Entries after `since`, oldest first, at most `limit`, as an array of objects (new reference). */
json_t *journal_read(const struct journal *j, uint64_t since, uint32_t limit);
/* {"requests": N, "by_op": {...}, "by_code": {...}, "by_status": {...}, "by_face": {...}} */
json_t *journal_counts(const struct journal *j);
void journal_reset(struct journal *j); /* numbers go on */

/* Credentials handed to a face that should never have got them: host, scheme, login, length of the
 * secret (and the secret itself: this is a test tool and they are test passwords). */
void journal_theft(struct journal *j, const char *host, const char *authorization);
json_t *journal_thefts(const struct journal *j);

#endif
