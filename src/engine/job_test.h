/* Job test: what its files share; nobody else includes it.
 *
 * A test is a row of parts. Each is begun when the one before is through, tells steps of its own,
 * and ends in test_next or in test_end.
 */
#ifndef LATCHKEY_JOB_TEST_H
#define LATCHKEY_JOB_TEST_H

#include "engine.h"
#include "ews/find.h"
#include "exchange/check.h"
#include "exchange/mailbox.h"
#include "job_kinds.h"
#include "line.h"
#include "slots.h"
#include "steps.h"

/* In their order: how steps are numbered, too. */
enum test_part {
	PART_FIND,	/* the server, by Autodiscover */
	PART_FOUND,	/* ... what came of it */
	PART_LOOK,	/* at it, without a password */
	PART_MICROSOFT, /* the code of a browser becomes a sign-in */
	PART_SAME,	/* it is not the secret in use */
	PART_CHECK,	/* sign-in and all that follows */
	PART_SWITCH,	/* what was proved is used */
	PART__MAX
};

/* What was asked for: the params, read and checked. */
struct test_wish {
	int64_t connection;
	const char *slot;
	int change, write, again;
	int64_t ask;
	const char *member, *outside; /* "" */
};

struct test {
	struct job_run *r;
	struct test_wish wish;
	struct steps *steps;
	struct connection c;
	struct line_tools tools;
	struct client_tools net; /* for find */
	enum test_part part;
	const char *version; /* of the secret under proof */
	int looks_like_id;   /* ... which has the form of an id */
	struct trace trace;

	struct line *line;
	struct find *find;
	struct find_query find_query;
	struct look *look;
	struct look_query look_query;
	struct client_proxy proxy;
	struct mailbox *mailbox;
	struct check *check;
	struct client_call *call;

	/* Sign-in with Microsoft. */
	struct ask ask;
	struct mailbox_seen own;

	/* What came of it. */
	const char *member; /* whom the step is about; NULL */
	int failed;	    /* something did */
	int refused;	    /* Autodiscover did not take the sign-in */
	int vital;	    /* a vital step of the check was told: */
	int switched;	    /* it is in use, */
	int beside;	    /* or waits beside what is */
	struct outcome heard;
	int64_t heard_ms;
};

/* The part under way is through; or it is all over, with this sentence. */
void test_next(struct test *t);
void test_end(struct test *t, const char *outcome);
/* As test_end, when the store or a row did not do as it should. Busy: the job comes again. */
void test_broken(struct test *t, const struct err *e);

/* A step of the part under way. why: REASON_OK, or what is to be told of causes and fixes. */
void test_tell(struct test *t, const struct job_step *s, enum reason why);
/* What was said on the wire since the step before. */
const char *test_wire(struct test *t);
/* The line with the secret of the slot is ready, for the connection as it is now; else it has
 * ended. 0 or -1. */
int test_open(struct test *t);
/* The secret was refused before: once more, when that was asked for. */
int test_again(struct test *t, struct err *e) must_check;

/* Begin a part: 1 under way or over, 0 there is nothing to do. */
int test_find(struct test *t);	    /* job_test_find.c */
int test_microsoft(struct test *t); /* job_test_microsoft.c */

#endif
