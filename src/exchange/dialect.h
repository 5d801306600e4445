/* Dialect: how the operations of exchange.h are said on the wire. A table of pure functions: bytes
 * in, bytes out, no I/O. ews/ fills one.
 */
#ifndef LATCHKEY_DIALECT_H
#define LATCHKEY_DIALECT_H

#include <stddef.h>
#include "exchange.h"
#include "outcome.h"
#include "platform/arena.h"
#include "platform/buf.h"
#include "platform/err.h"

/* One question as it goes out. */
struct dialect_ask {
	enum exchange_op op;
	const void *query;	 /* the struct that EXCHANGE_OPS names */
	int version;		 /* an index into the dialect's versions */
	const char *impersonate; /* act as this mailbox; NULL = as who is signed in */
	const char *mailbox;	 /* who is signed in: to tell own from foreign */
	const char *zone;	 /* IANA name for what needs one; NULL = UTC */
};

/* An HTTP answer. */
struct dialect_reply {
	long status;
	const char *headers; /* the block as it came, with its status line */
	size_t headers_len;
	const char *body; /* decompressed */
	size_t body_len;
};

struct dialect {
	const char *name;
	const char *path;	     /* of every request */
	const char *content_type;    /* of what it writes */
	const char *const *versions; /* lowest first, as on the wire; ended by NULL */
	int usual;		     /* the version to begin with */
	int lowest[EXCHANGE__MAX];   /* lowest version that knows the operation; -1 = none does */
	/* Write the request's body. 0, or -1: what is asked cannot be said (ERR_INPUT). */
	int (*write)(const struct dialect_ask *ask, struct buf *body, struct err *e);
	/* Will the answer be a few kB? Such a one arrives no sooner when it was compressed. */
	int (*is_brief)(const struct dialect_ask *ask);
	/* Read the answer into result, which the caller has zeroed, and say how it ended. An error
	 * in a part of a batch leaves the outcome OK. Any bytes are read or refused
	 * (REASON_BAD_ANSWER). status 401 never gets here. */
	void (*read)(const struct dialect_ask *ask, const struct dialect_reply *r, struct arena *a,
		void *result, struct outcome *out);
};

/* Size of the result struct of an operation. */
size_t dialect_result_size(enum exchange_op op);
/* "open_folders"; and whether asking twice does no harm. */
const char *dialect_op_name(enum exchange_op op);
int dialect_op_twice(enum exchange_op op);

#endif
