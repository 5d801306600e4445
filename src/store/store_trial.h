/* Store, trials: what members' calendars would be by a connection that is not in use, beside how
 * they stand. Of a draft it is what was tried; of a former connection, what stood by it. The rules
 * of store.h hold, and whatever writes here does so in its caller's transaction.
 */
#ifndef LATCHKEY_STORE_TRIAL_H
#define LATCHKEY_STORE_TRIAL_H

#include "model.h"
#include "db.h"
#include "store_roster.h"

/* What would become of a member with the other connection. Numbers are stored. */
enum trial_change {
	TRIAL_SAME,   /* the same status for the same reason */
	TRIAL_GAIN,   /* does not work now, and would */
	TRIAL_BETTER, /* is limited now, and would not be */
	TRIAL_LOSE,   /* works now, and would not */
	TRIAL_WORSE,  /* is not limited now, and would be */
	TRIAL_OTHER,  /* works no better and no worse, for another reason */
	TRIAL_UNSEEN, /* could not be looked at */
	TRIAL__MAX
};
/* How they stand now, and by the other one. Pure. */
enum trial_change trial_change(const struct standing *now, const struct standing *then);
/* "gain": stable. */
const char *trial_change_code(enum trial_change c);
/* -1 when it is none. */
int trial_change_parse(const char *code);

/* All that was tried of a connection. */
enum { TRIAL_STATE = 64 /* digits */ };
struct trial_head {
	int64_t connection;
	int64_t account;
	const char *state; /* of which settings and secret it is */
	int64_t seen_at;   /* when something was written last */
};
/* Names settings, method and secret of a connection: what was tried of another state says nothing.
 * Pure. */
void trial_state(const struct connection *c, const char *version, char out[TRIAL_STATE + 1]);

/* 1, 0 nothing was tried, -1. */
int store_trial_head(struct db *db, struct arena *a, int64_t account, int64_t connection,
	struct trial_head *out, struct err *e) must_check;
/* Insert or replace; seen now. */
int store_trial_seen(struct db *db, const struct trial_head *h, struct err *e) must_check;
/* A connection got another version of the secret it was tried with, which opens the same to the
 * same one: what was tried stays true. Versions: before and now. */
int store_trial_renewed(struct db *db, const struct connection *c, const char *was, const char *is,
	struct err *e) must_check;
/* Is what was tried of a connection still about it as it is? 1, 0 (or nothing was), -1. */
int store_trial_fits(
	struct db *db, struct arena *a, const struct connection *c, struct err *e) must_check;
/* How many there are of each change, kept. */
int store_trial_counts(
	struct db *db, int64_t connection, int64_t out[TRIAL__MAX], struct err *e) must_check;
/* A connection that is gone, of which rows are left: 1, 0 none, -1. */
int store_trial_orphan(struct db *db, int64_t *connection, struct err *e) must_check;
/* `limit` rows of a connection go. How many, or -1. */
int64_t store_trial_clear(struct db *db, int64_t connection, int limit, struct err *e) must_check;

/* One as it was tried before: 1 and the job that did, 0, -1. */
int store_trial_get(struct db *db, struct arena *a, const struct standing *like,
	struct standing *out, int64_t *job, struct err *e) must_check;
/* What was seen of a member by connection is->connection. 1, or 0 when the member is gone,
 * deactivated or has another address by now. */
int store_trial_save(struct db *db, const struct standing *is, const char *address, int64_t job,
	struct err *e) must_check;

/* A line of the comparison. */
struct trial_row {
	struct standing s; /* by the other connection */
	const char *email;
	const char *name;
	enum member_kind kind;
	const char *key; /* what it is sorted by as a name */
	enum trial_change change;
	enum status status; /* now */
	const char *reason;
	int64_t checked_at;
};
struct trial_place {
	int64_t account;
	int64_t connection;
	int change;	 /* enum trial_change; -1 = any */
	const char *key; /* of the row before; id 0: from the beginning */
	int64_t id;
	int limit;
};
/* By name. Returns the count or -1. */
int store_trial_list(struct db *db, struct arena *a, const struct trial_place *at,
	struct trial_row **out, struct err *e) must_check;

/* The lowest and the highest number of a member; 0 and -1 when there is none. */
int store_trial_span(
	struct db *db, int64_t account, int64_t *first, int64_t *last, struct err *e) must_check;

/* A member stands in another way than before: what would change is compared anew. */
int store_trial_moved(struct db *db, const struct standing *now, struct err *e) must_check;
/* A member is deactivated or removed. */
int store_trial_drop(struct db *db, int64_t account, int64_t member, struct err *e) must_check;
/* A member has another name to be sorted by; of another address nothing was tried. In the
 * transaction that changes it, before it does. */
int store_trial_edited(
	struct db *db, const struct member *m, const char *key, struct err *e) must_check;

/* After a switch, for a portion of members: what was tried becomes how they stand, and what stood
 * becomes what was tried of the former connection. */
struct trial_carry {
	int64_t account;
	int64_t to;   /* the connection in use */
	int fits;     /* what was tried of it is about it as it is */
	int64_t from; /* the one that was looked for last, */
	int kept;     /* and whether what stood by it is kept */
};
int store_trial_carry(struct db *db, struct arena *a, int64_t account, int64_t to,
	struct trial_carry *out, struct err *e) must_check;
/* What was tried of a member by the connection in use, which is no trial any more: 1, 0, -1. */
int store_trial_take(struct db *db, struct arena *a, const struct trial_carry *c, int64_t member,
	struct standing *out, struct err *e) must_check;
/* How a member stood, by another connection than the one in use, and stands now. */
int store_trial_keep(struct db *db, struct arena *a, struct trial_carry *c,
	const struct standing *was, const struct standing *is, struct err *e) must_check;

#endif
