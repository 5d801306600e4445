/* Find parts: what the files of find share; nobody else includes it.
 *
 * One candidate is under way at a time: a look (find_look.c), then, if it may have credentials, the
 * question itself (find_sign.c). Both end in find_next, find_follow, find_again or find_end.
 */
#ifndef LATCHKEY_FIND_PARTS_H
#define LATCHKEY_FIND_PARTS_H

#include "exchange/challenge.h"
#include "exchange/transport.h"
#include "find.h"
#include "platform/url.h"

enum { FIND_LOOK_MS = 10 * 1000, FIND_ASK_MS = 25 * 1000, FIND_ANSWER_MAX = 256 * 1024 };

#define FIND_MICROSOFT_HOST "outlook.office365.com"

struct find {
	const struct client_tools *tools;
	struct arena *a;
	const struct find_query *q;
	find_seen_fn *seen;
	find_done_fn *done;
	void *ptr;
	int64_t began;

	struct find_result r;
	struct outcome end;		    /* of it all */
	const char *about[FIND_CANDIDATES]; /* the mailbox that each was asked about */

	const char *mailbox, *domain; /* asked about and looked in now */
	const char *trusted;	      /* the domain whose hosts may have credentials */
	size_t stage;		      /* the place to look */
	int over;		      /* nothing more is looked at */
	int redirects;
	int records; /* of the domain were asked for */
	struct resolve_targets targets;
	size_t target;

	/* The candidate under way. */
	struct find_candidate *c;
	struct url at;
	enum discover_form form; /* JSON: it is asked by JSON */
	struct addresses addresses;
	size_t tried; /* of them, for http */
	struct challenges offered;
	int signs; /* it shows signs of Exchange */
	struct transport_proxy proxy;
	struct transport_pool *pool;

	/* The sign-in. */
	const char *login, *who;
	const char *given;    /* the host that has got credentials; "" */
	int bound;	      /* some have been given: only redirects lead on */
	int proven;	      /* it took them, and is an Exchange */
	int proving;	      /* the gate waits to hear of this attempt */
	int signing;	      /* the question under way is signed in */
	int starts;	      /* sign-ins that it has started */
	struct buf body;      /* of the question; none in a look */
	struct outcome first; /* how the plain form ended while the other is tried */

	/* What is waited for. */
	struct transport_call *call;
	uint64_t question;
	uint64_t timer, limit;
	void (*then)(struct find *f);
};

/* find.c */

/* The candidate under way has come to this; say is kept. */
void find_settle(struct find *f, enum find_state state, const char *say);
/* The same with a reason beside the sentence; said is the evidence. */
void find_settle_as(struct find *f, enum find_state state, enum reason r, const char *say);
void find_next(struct find *f);
/* It sends on: there, or to the next place when that cannot be. Settles the candidate. */
void find_follow(struct find *f, const char *to);
/* It names another address of the mailbox: all begins again with that. */
void find_again(struct find *f, const char *mailbox);
/* The server is known. */
void find_found(struct find *f, const struct discovered *d, const char *say);
void find_end(struct find *f, const struct outcome *o);
/* The same when all other places are not needed. */
void find_finish(struct find *f, const struct outcome *o);
/* Go on with fn on a later turn. */
void find_later(struct find *f, int64_t ms, void (*fn)(struct find *f));
/* Keep what was asked and answered. */
void find_trace(struct find *f, const char *method, const struct transport_reply *r);

/* find_trust.c: who may have what. */

int find_is_microsoft(const char *host);
int find_is_agreed(const struct find *f, const char *host);
/* May the candidate under way, which is alive, have credentials? */
int find_may_sign(const struct find *f);

/* find_look.c, find_sign.c */

/* Look at f->at anonymously. */
void find_look(struct find *f);
/* What is so, in a sentence for a candidate. */
const char *find_say(enum reason r);
/* A pool to f->at; NULL: the search has ended. */
struct transport_pool *find_pool(struct find *f, enum transport_auth auth);
void find_drop_pool(struct find *f);
/* Ask f->at about the mailbox, with credentials if it wants them. */
void find_sign(struct find *f);
/* Tell the gate what came of the attempt under way, if there is one. */
void find_tell(struct find *f, enum reason r);

#endif
