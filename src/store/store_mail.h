/* Store mail: the queue of mails and its history. What the web tier, the command line and the
 * engine have in common about mail; the engine sends (engine/mailer.c). As in store.h: -1 with an
 * error.
 */
#ifndef LATCHKEY_STORE_MAIL_H
#define LATCHKEY_STORE_MAIL_H

#include "model.h"
#include "platform/seal.h"
#include "store.h"

enum { MAIL_KEEP_TRYING = 2 * 86400, MAIL_GROUP_MAX = 50 };

/* Queue m: kind, params, dedupe, group, expires, and account with member (whose address it gets) or
 * email and name. run_at 0 = now. Fills id. 1, or 0 when the same is there already. */
int store_mail_add(struct db *db, struct mail *m, struct err *e) must_check;
/* The same for every admin of m->account who can sign in and is not deactivated. How many were
 * queued, or -1. */
int64_t store_mail_admins(struct db *db, const struct mail *m, struct err *e) must_check;
/* Where the token of a mail belongs: sealed for this row, its kind and its address. Pure; kind and
 * email live in m. */
void store_mail_home(const struct mail *m, struct seal_home *out);
int store_mail_seal(struct db *db, int64_t id, const char *key_id, const void *sealed, size_t len,
	struct err *e) must_check;
/* Mails of this kind to a person that wait are not sent: their link has ended. How many, or -1. */
int64_t store_mail_drop(
	struct db *db, int64_t account, int64_t member, const char *kind, struct err *e) must_check;

int store_mail_get(
	struct db *db, struct arena *a, int64_t id, struct mail *out, struct err *e) must_check;
/* By dedupe. */
int store_mail_find(struct db *db, struct arena *a, const struct mail *like, struct mail *out,
	struct err *e) must_check;
/* Of all accounts, newest first; state -1 = any. Returns the count or -1. */
int store_mail_list(struct db *db, struct arena *a, int state, struct page_of page,
	struct mail **out, struct err *e) must_check;
/* To this member, newest first, by id below page.after. Returns the count or -1. */
int store_mail_of_member(struct db *db, struct arena *a, const struct member *m,
	struct page_of page, struct mail **out, struct err *e) must_check;
/* How many are in this state since then. */
int64_t store_mail_count(
	struct db *db, enum mail_state state, int64_t since, struct err *e) must_check;
/* Of an account, as many as are kept. */
struct mail_states {
	int64_t n[MAIL__MAX];
};
int store_mail_states(
	struct db *db, int64_t account, struct mail_states *out, struct err *e) must_check;
/* Failed ones wait again, from now: this one, or all (id 0). How many, or -1. */
int64_t store_mail_retry(struct db *db, int64_t id, struct err *e) must_check;

/* Lease the next due mail, and with it those that may go as one with it, until `until`; the attempt
 * counts. *out is in the order of their ids. How many, 0 nothing is due, -1. */
int store_mail_lease(struct db *db, struct arena *a, const char *owner, int64_t until,
	struct mail **out, struct err *e) must_check;
/* The lease ends: 1, or 0 when it was lost. Back to the queue: the attempt counts, or does not. */
int store_mail_again(struct db *db, const struct mail *m, const char *owner, int counts,
	struct err *e) must_check;
/* For good, as m->state says; the token goes but with MAIL_FAILED, which can be tried again. */
int store_mail_end(
	struct db *db, const struct mail *m, const char *owner, struct err *e) must_check;
/* All leases of this owner end now. */
int store_mail_release(struct db *db, const char *owner, struct err *e) must_check;
/* When the next is due; 0 = nothing waits. */
int store_mail_next_due(struct db *db, int64_t *at, struct err *e) must_check;

/* Tokens and keys, as store_credential_. */
int store_mail_foreign(struct db *db, struct arena *a, const char *key_id, struct page_of page,
	struct mail **out, struct err *e) must_check;
int store_mail_reseal(struct db *db, const struct mail *old, const char *key_id, const void *sealed,
	size_t len, struct err *e) must_check;
int store_mail_sealed(struct db *db, const char *key_id, int64_t *n, struct err *e) must_check;

/* What ended before then goes, and tokens whose link has ended. How many rows, or -1. */
int64_t store_mail_sweep(struct db *db, int64_t ended_before, struct err *e) must_check;

#endif
