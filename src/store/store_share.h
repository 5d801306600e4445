/* Store shares: links by which somebody outside, who has no sign-in, gets a script for the Exchange
 * admin. As in store.h: -1 with an error.
 */
#ifndef LATCHKEY_STORE_SHARE_H
#define LATCHKEY_STORE_SHARE_H

#include "model.h"
#include "platform/arena.h"
#include "db.h"

struct share {
	int64_t id;
	int64_t account;
	int64_t member; /* who made it: it ends when they are no admin any more */
	const char *by_name;
	const char *kind;  /* of script: its code */
	const char *pick;  /* roster_pick text; "" = whoever lacks it by then */
	int64_t draft;	   /* made for the connection that was being entered beside the live one */
	const char *about; /* whom it is about, in words */
	const char *message; /* for whoever opens it; "" */
	const char *email;   /* whom it was mailed to; "" */
	int64_t mail;	     /* that mail; 0 */
	const char *nonce;   /* its maker's session derives the token from it again */
	int64_t created;
	int64_t expires;
	int64_t ended; /* withdrawn; 0 */
	int64_t opened_at;
	int64_t opened;
	int64_t ran_at; /* when somebody said last that it has run; 0 */
};

enum { SHARE_LIST_MAX = 100 };

/* Only a hash of its token is stored. Fills id and created. */
int store_share_add(
	struct db *db, struct share *x, const unsigned char hash[32], struct err *e) must_check;
/* The mail that takes it there. */
int store_share_mail(
	struct db *db, int64_t account, int64_t id, int64_t mail, struct err *e) must_check;
/* Those that are open: neither over nor withdrawn, and made by who is an admin still. 1, 0, -1. */
int store_share_by_hash(struct db *db, struct arena *a, const unsigned char hash[32],
	struct share *out, struct err *e) must_check;
int store_share_get(struct db *db, struct arena *a, int64_t account, int64_t id, struct share *out,
	struct err *e) must_check;
/* Newest first; kind NULL = any. Returns the count or -1. */
int store_share_list(struct db *db, struct arena *a, int64_t account, const char *kind,
	struct share **out, struct err *e) must_check;
/* Is there an open one that this mail takes there, to this address? 1, 0, -1. */
int store_share_mailed(struct db *db, const struct mail *m, struct err *e) must_check;
/* How many were made since then, open or not. */
int64_t store_share_count(struct db *db, int64_t account, int64_t since, struct err *e) must_check;
/* 1, or 0 when it was ended already. */
int store_share_end(struct db *db, int64_t account, int64_t id, struct err *e) must_check;
int store_share_opened(struct db *db, int64_t account, int64_t id, struct err *e) must_check;
int store_share_ran(struct db *db, int64_t account, int64_t id, struct err *e) must_check;
int64_t store_share_sweep(struct db *db, int64_t expired_before, struct err *e) must_check;

#endif
