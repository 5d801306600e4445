/* Store, rosters: lists of an account's members by how they stand, and what is kept about each. The
 * rules of store.h hold.
 */
#ifndef LATCHKEY_STORE_ROSTER_H
#define LATCHKEY_STORE_ROSTER_H

#include "model.h"
#include "platform/buf.h"
#include "db.h"

/* Which members. Zeroed but for account and the -1s (roster_all) it is all people of an account. */
struct roster_filter {
	int64_t account;
	enum member_kind kind;
	int status;	      /* enum status; -1 = any */
	const char *reason;   /* code; NULL = any */
	int fixer;	      /* enum fixer; -1 = any */
	int role;	      /* enum role; -1 = any */
	int reach;	      /* enum reach, of those that are not deactivated; -1 = any */
	int64_t stale_before; /* seen, but not since then; 0 = any */
	const char *search;   /* beginning of name, last name or address, folded; NULL = any */
};
struct roster_filter roster_all(int64_t account, enum member_kind kind);

enum roster_sort { ROSTER_NAME, ROSTER_STATUS, ROSTER_CHECKED, ROSTER_SORT__MAX };

/* Where a page begins: behind the row that has these; id 0 = at the beginning. */
struct roster_place {
	enum roster_sort sort;
	int down;	 /* in reverse */
	const char *key; /* roster_row.key of the last row; by name and by status */
	int64_t num;	 /* its status, or checked_at */
	int64_t id;
	int limit;
};

/* Of each kind of match (name, last name, address) a search shows so many; twenty times as many
 * when something else is chosen, too. When more names begin so, all of them are shown, and they
 * alone. */
enum { ROSTER_SEARCH_MAX = 1000 };

/* store_roster.c */
/* Of each row what a list shows: who it is, role, status, reason, actor, grants, reach, when it was
 * seen, the latest try; all else is zero or NULL. Returns the count or -1. */
int store_roster_list(struct db *db, struct arena *a, const struct roster_filter *f,
	const struct roster_place *at, struct roster_row **out, struct err *e) must_check;
/* How many they are, counted up to `most`. */
int64_t store_roster_count(
	struct db *db, const struct roster_filter *f, int64_t most, struct err *e) must_check;
/* By id above `after`: for exports and for jobs over all that match. Returns the count or -1. */
int store_roster_walk(struct db *db, struct arena *a, const struct roster_filter *f, int64_t after,
	int limit, struct roster_row **out, struct err *e) must_check;
/* Those are wanted by a job, unless another one wants them, or they are deactivated: how many, or
 * -1. *last is the last id that was walked over, 0 when there are no more. */
struct roster_mark {
	int64_t job;
	int64_t after;
	int limit;
};
int64_t store_roster_mark(struct db *db, const struct roster_filter *f, const struct roster_mark *m,
	int64_t *last, struct err *e) must_check;
int store_roster_get(struct db *db, struct arena *a, int64_t account, int64_t id,
	struct roster_row *out, struct err *e) must_check;
/* Those whose reminder is due and who were seen within a day, soonest first: who was not may have
 * mended it. Returns the count or -1. */
int store_roster_remind(struct db *db, struct arena *a, int64_t account, int limit,
	struct roster_row **out, struct err *e) must_check;
/* Kept counts of all there are, by status. Returns how many rows or -1. */
int store_roster_counts(struct db *db, struct arena *a, int64_t account, enum member_kind kind,
	struct roster_count **out, struct err *e) must_check;
/* Those that differ by reach alone become one, in place: how many are left. Pure. */
int roster_whole(struct roster_count *c, int n);
/* How many those counts say that a filter finds; -1 when they do not tell. Pure. */
int64_t roster_kept(const struct roster_count *c, int n, const struct roster_filter *f);
/* Adds n (below 0 takes away) to those who are so; in the caller's transaction. */
int store_roster_counted(struct db *db, int64_t account, enum member_kind kind,
	const struct roster_count *c, struct err *e) must_check;
/* What the counts are now becomes what they were on this day. */
int store_roster_day_keep(struct db *db, int64_t account, int64_t day, struct err *e) must_check;
/* Days from `from` on, in order, at most 400. Returns the count or -1. */
int store_roster_days(struct db *db, struct arena *a, int64_t account, enum member_kind kind,
	int64_t from, struct roster_day **out, struct err *e) must_check;
int64_t store_roster_days_sweep(struct db *db, int64_t before, struct err *e) must_check;

/* store_roster_text.c: a filter, or the ids of a selection, as params of a job. Pure. */
enum { ROSTER_IDS_MAX = 1000 };
struct roster_pick {
	struct roster_filter f; /* when there are no ids; account is the job's */
	const int64_t *ids;
	size_t count;
};
void roster_pick_write(struct buf *b, const struct roster_pick *p);
/* ERR_INPUT when it is no such text. */
int roster_pick_read(struct arena *a, const char *params, int64_t account, struct roster_pick *out,
	struct err *e) must_check;

/* store_roster.c: what is tied to those of a pick, of whom at most `most` are counted; sessions
 * that were used since then. With ids the filter says the account. */
struct roster_tied {
	int64_t most;
	int64_t seen_since;
};
struct roster_ties {
	int64_t all;
	int64_t n[STATUS__MAX];
	int64_t users;	/* can sign in, */
	int64_t admins; /* and are admins */
	int64_t own;	/* have a sign-in to Exchange of their own */
	int64_t sessions;
	int64_t links; /* that are open */
};
int store_roster_ties(struct db *db, const struct roster_pick *who, const struct roster_tied *t,
	struct roster_ties *out, struct err *e) must_check;

/* What is done with many at once: params of a job of kind BULK_KIND, with a pick. */
#define BULK_KIND "bulk"
enum bulk { BULK_REMOVE, BULK_OFF, BULK_ON, BULK__MAX };
/* "remove", "off", "on": stable. */
const char *roster_bulk_code(enum bulk what);
/* BULK__MAX when it is none. */
enum bulk roster_bulk_parse(const char *code);
void roster_bulk_write(struct buf *b, enum bulk what, const struct roster_pick *p);
int roster_bulk_read(struct arena *a, const struct job *j, enum bulk *what, struct roster_pick *out,
	struct err *e) must_check;

/* store_standing.c */
/* Whose calendar is looked at by which address. */
struct roster_due {
	struct standing s;
	const char *address; /* of the mailbox */
	enum member_kind kind;
	int64_t remind_n, remind_at, silent_at;
};
/* Those whose look is due and whom no job wants, soonest first; next_at is moved to `lease`, so
 * that nobody else takes them: in a write transaction. Returns the count or -1. */
int store_standing_due(struct db *db, struct arena *a, int64_t account, int64_t lease, int limit,
	struct roster_due **out, struct err *e) must_check;
/* Those that a job wants to be looked at, by id above `after`. Returns the count or -1. */
int store_standing_asked(struct db *db, struct arena *a, int64_t job, int64_t after, int limit,
	struct roster_due **out, struct err *e) must_check;
/* All that are not deactivated, people and rooms, by id above `after`. Returns the count or -1. */
int store_standing_walk(struct db *db, struct arena *a, int64_t account, int64_t after, int limit,
	struct roster_due **out, struct err *e) must_check;
/* One, unless deactivated. */
int store_standing_get(struct db *db, struct arena *a, int64_t account, int64_t member,
	struct roster_due *out, struct err *e) must_check;
/* A person for whom it works, to compare others with. */
int store_standing_witness(struct db *db, struct arena *a, int64_t account, struct roster_due *out,
	struct err *e) must_check;
/* Mark for a job those of `pick` with an id above `after`, `limit` of them at most: *last is the
 * last id, 0 when there are no more. Returns how many were marked, or -1. Of a filter, whom another
 * job wants is left to that one. With a method nobody is, and what was seen by another one, or by
 * another connection, counts as not seen any more: it is kept as tried by that one, and what was
 * tried by this connection (store_trial.h) is how the member stands. */
struct standing_ask {
	int64_t job;
	int64_t after;
	int limit;
	const char *method; /* NULL: all that was seen stays */
	int64_t connection;
	/* What a verdict makes of a member's reminders; with a method. */
	void (*remind)(const struct roster_due *m, const struct standing *is, int64_t *remind_n,
		int64_t *remind_at);
};
int64_t store_standing_ask(struct db *db, const struct roster_pick *pick,
	const struct standing_ask *ask, int64_t *last, struct err *e) must_check;
/* Those of a job, `limit` at most, are not wanted by it any more; their next look is at `soon` at
 * the latest (0 = when it would have been). Returns how many there were, or -1. */
int64_t store_standing_unask(
	struct db *db, int64_t job, int64_t soon, int limit, struct err *e) must_check;
/* The next job behind `after` that wants somebody: 1, 0 none, -1. */
int store_standing_wanted(struct db *db, int64_t after, int64_t *job, struct err *e) must_check;
/* Take off the marks of a job that is not open any more. Returns how many there were, or -1. */
int64_t store_standing_over(struct db *db, int64_t job, struct err *e) must_check;
/* What became of a look. `was` is what was read; a mark, or a time of the next look, that is
 * another by now stays. Counts are the caller's: store_roster_counted. 1, or 0 when the member is
 * gone, deactivated, has another address, was looked at or, if more than times has changed,
 * reminded meanwhile: nothing is written. */
struct standing_end {
	const struct roster_due *was;
	const struct standing *is;
	int64_t remind_n, remind_at;
	int same; /* nothing has changed but times and proof */
};
int store_standing_save(struct db *db, const struct standing_end *s, struct err *e) must_check;
/* Its next look is then; ERR_MISSING when it is deactivated. */
int store_standing_soon(
	struct db *db, int64_t account, int64_t member, int64_t at, struct err *e) must_check;
/* What the account's members were last looked at with. */
struct patrol {
	int64_t account;
	int64_t connection;
	const char *method;
	const char *version; /* of the secret */
};
int store_patrol_get(struct db *db, struct arena *a, int64_t account, struct patrol *out,
	struct err *e) must_check;
int store_patrol_save(struct db *db, const struct patrol *p, struct err *e) must_check;
/* Of all accounts, by connection above `after`: those with a live connection that works, by
 * which somebody is to be looked at: a look is due, or they were last looked at with another one.
 * At most PATROL_PAGE. Returns the count or -1. */
enum { PATROL_PAGE = 100 };
int store_patrol_due(struct db *db, struct arena *a, int64_t after, struct patrol **out,
	struct err *e) must_check;

/* store_event.c: `at` 0 = now. */
int store_event_add(struct db *db, const struct member_event *v, struct err *e) must_check;
/* Newest first, by id below `before`; member 0 = of the whole account. Returns the count or -1. */
int store_event_list(struct db *db, struct arena *a, int64_t account, int64_t member,
	struct page_of page, struct member_event **out, struct err *e) must_check;
/* Oldest first, of the whole account, by id above page.after. */
int store_event_since(struct db *db, struct arena *a, int64_t account, struct page_of page,
	struct member_event **out, struct err *e) must_check;
int64_t store_event_sweep(struct db *db, int64_t before, struct err *e) must_check;

/* store_progress.c: insert or replace by job. */
int store_progress_save(struct db *db, const struct job_progress *p, struct err *e) must_check;
int store_progress_get(struct db *db, struct arena *a, int64_t job, struct job_progress *out,
	struct err *e) must_check;

/* store_week.c: one row a member; saving replaces it. */
enum { WEEK_KEPT = 24 * 60 * 60, WEEK_SPANS_MAX = 65536 /* bytes of struct week's spans */ };
int store_week_save(struct db *db, const struct week *w, struct err *e) must_check;
/* 0 also for one that is older than WEEK_KEPT. */
int store_week_get(struct db *db, struct arena *a, int64_t account, int64_t member,
	struct week *out, struct err *e) must_check;
int store_week_drop(struct db *db, int64_t account, int64_t member, struct err *e) must_check;
int64_t store_week_sweep(struct db *db, int64_t before, struct err *e) must_check;
/* Pure: one more line; and all of them, in order: how many. What is no such line ends them. */
void week_span_add(struct buf *b, const struct week_span *s);
int week_spans(struct arena *a, const char *spans, struct week_span **out);

#endif
