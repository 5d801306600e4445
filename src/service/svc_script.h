/* Svc_script: scripts for the Exchange admin, made of what the store knows: which ones fit the
 * account's connection, whom they are about, their text.
 *
 * Whom a script is about is a pick, as text: "" stands for whoever lacks what it gives at the time
 * when it is made; for one that sets a scope it stands for everybody.
 */
#ifndef LATCHKEY_SVC_SCRIPT_H
#define LATCHKEY_SVC_SCRIPT_H

#include "exchange/script.h"
#include "platform/buf.h"
#include "svc.h"

enum {
	SCRIPT_SHOWN = 500, /* up to so many people a page shows all of it */
	SCRIPT_HEAD = 10,   /* of more the first ones */
	SCRIPT_LISTS = 32   /* lists that "whoever lacks it" is made of, at most */
};

/* What scripts are made for: the connection in use, else the one that is being entered. */
struct svc_premise {
	struct connection c; /* id 0: there is none yet */
	int next;	     /* it is entered beside the one in use: nobody was looked at by it */
	int method;	     /* of verdict.h */
	enum script_premise premise;
	struct roster_count *kept[MEMBER__MAX];
	int kinds[MEMBER__MAX]; /* rows of kept */
};
int svc_script_premise(struct svc *s, struct svc_premise *out, struct err *e) must_check;
/* For the one that is being entered beside the one in use: 1, 0 there is none, -1. */
int svc_script_premise_next(struct svc *s, struct svc_premise *out, struct err *e) must_check;
/* Fills kept and kinds, which all below need that says how many. */
int svc_script_counts(struct svc *s, struct svc_premise *p, struct err *e) must_check;
int svc_script_fits(const struct svc_premise *p, enum script_kind k);
/* How many persons and rooms lack what it gives, as far as they were looked at. */
int64_t svc_script_lack(const struct svc_premise *p, enum script_kind k);
/* The one that mends this reason; SCRIPT__MAX when none does. */
enum script_kind svc_script_of(const struct svc_premise *p, const char *reason);

struct svc_script {
	enum script_kind kind;
	const struct script_row *row;
	struct script_query q; /* but its part */
	struct roster_pick pick;
	const char *text; /* the pick; "" as above */
	int next;	  /* as of its premise */
	struct roster_filter lists[SCRIPT_LISTS];
	int count;
	int64_t people; /* persons and rooms */
};
/* ERR_MISSING when there is no connection, or it does not fit; ERR_INPUT: the pick is none. */
int svc_script_read(struct svc *s, const struct svc_premise *p, enum script_kind k,
	const char *pick, struct svc_script *out, struct err *e) must_check;
/* Whom it is about, in words. In the arena. */
const char *svc_script_about(struct svc *s, const struct svc_script *x);

/* Those for whom it works today and whom the script does not name. */
struct svc_outside {
	int64_t n;
	struct roster_row *first; /* some of them */
	int shown;
};
int svc_script_outside(struct svc *s, const struct svc_premise *p, const struct svc_script *x,
	struct svc_outside *out, struct err *e) must_check;

/* Those whom a page shows: all of them, or of more than SCRIPT_SHOWN the first SCRIPT_HEAD by name:
 * their ids, found by what an index has. How many, or -1. */
int svc_script_few(
	struct svc *s, const struct svc_script *x, const int64_t **ids, struct err *e) must_check;

/* Its text leaves in portions; lines end with LF. */
struct svc_script_text {
	const struct svc_script *x;
	struct script_query q;
	const int64_t *ids; /* only those; NULL: x->lists */
	size_t count;
	int64_t most;  /* people that are written; 0 = all, and what comes behind them */
	int64_t wrote; /* people, so far */
	int stage;
	int list;      /* of x->lists */
	int64_t after; /* the last member; of ids how many were looked at */
	struct arena a;
};
void svc_script_text(
	const struct svc_script *x, enum script_part part, int64_t most, struct svc_script_text *t);
/* The next portion: 1, 0 when that was the last, -1. */
int svc_script_more(
	struct svc *s, struct svc_script_text *t, struct buf *b, struct err *e) must_check;
void svc_script_text_done(void *t); /* fits arena_defer */
/* The name of a file of it; in the arena. */
const char *svc_script_file(struct arena *a, const struct svc_script *x, enum script_part part);
/* How long it takes, in seconds. */
int64_t svc_script_takes(const struct svc_script *x);

/* A file of it was made: the log says so. */
int svc_script_downloaded(
	struct svc *s, const struct svc_script *x, enum script_part part, struct err *e) must_check;
/* Have those people looked at now: a check for each list of them, how many. ERR_CONFLICT as
 * svc_check_start. */
int svc_script_check(struct svc *s, const struct svc_script *x, struct err *e) must_check;

#endif
