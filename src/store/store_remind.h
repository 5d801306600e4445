/* Store, reminders: what an account has said about them, who was reminded, who wants none, and what
 * its people were told of members that broke. The rules of store.h hold.
 */
#ifndef LATCHKEY_STORE_REMIND_H
#define LATCHKEY_STORE_REMIND_H

#include "model.h"
#include "db.h"

/* store_remind.c */
/* 1, or 0 when nothing was said yet: *out is then what holds. */
int store_reminding_get(struct db *db, struct arena *a, int64_t account, struct reminding *out,
	struct err *e) must_check;
/* All but the cursor; edited_at is now. */
int store_reminding_save(struct db *db, const struct reminding *r, struct err *e) must_check;
int store_reminding_cursor(
	struct db *db, int64_t account, int64_t cursor, struct err *e) must_check;

/* So many were sent; the next is due then. */
int store_remind_sent(struct db *db, const struct roster_row *m, struct err *e) must_check;
/* The key of a member's stop link: `fresh` when there was none. */
int store_remind_key(struct db *db, struct arena *a, const struct roster_row *m, const char *fresh,
	const char **key, struct err *e) must_check;
/* Whose key that is wants no more reminders (silent 1), or wants them again: then the next is due
 * at `next`, if it is up to them to act. 1 and who it is, 0 nobody's or it was so, -1. */
struct remind_silence {
	const char *key;
	int silent;
	int64_t next;
};
int store_remind_silence(struct db *db, struct arena *a, const struct remind_silence *s,
	struct member_event *out, struct err *e) must_check;
/* How many members have one coming; -1 on failure. */
int64_t store_remind_waiting(struct db *db, int64_t account, struct err *e) must_check;
/* How many mails of this kind an account's people got since then; -1 on failure. */
int64_t store_remind_mails(
	struct db *db, int64_t account, const char *kind, int64_t since, struct err *e) must_check;

/* store_alert.c */
/* By reason. Returns the count or -1. */
int store_alert_list(struct db *db, struct arena *a, int64_t account, struct alert **out,
	struct err *e) must_check;
/* There is one from now on; one that is there stays. */
int store_alert_begin(struct db *db, const struct alert *t, struct err *e) must_check;
int store_alert_told(struct db *db, const struct alert *t, struct err *e) must_check;
int store_alert_drop(struct db *db, int64_t account, const char *reason, struct err *e) must_check;
/* An account wants none: all that is known of what broke goes. */
int store_alert_clear(struct db *db, int64_t account, struct err *e) must_check;
int store_broken_get(struct db *db, struct arena *a, int64_t account, int64_t member,
	struct breakage *out, struct err *e) must_check;
/* Insert, or another reason. */
int store_broken_save(struct db *db, const struct breakage *b, struct err *e) must_check;
int store_broken_drop(struct db *db, int64_t account, int64_t member, struct err *e) must_check;

#endif
