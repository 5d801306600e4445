/* Store, connections: what belongs to them: secrets in their slots, sign-ins that a browser has
 * begun, health. The rules of store.h hold.
 */
#ifndef LATCHKEY_STORE_CONNECT_H
#define LATCHKEY_STORE_CONNECT_H

#include "model.h"
#include "db.h"

/* store_connection.c: id 0 adds, and fills id, created and rev; else rev grows. Neither stage (but
 * of a new one) nor pause are saved by it. */
int store_connection_save(struct db *db, struct connection *c, struct err *e) must_check;
int store_connection_get(struct db *db, struct arena *a, int64_t account, int64_t id,
	struct connection *out, struct err *e) must_check;
/* The live one, the draft, or the newest of those that can be several. */
int store_connection_staged(struct db *db, struct arena *a, int64_t account, enum conn_stage stage,
	struct connection *out, struct err *e) must_check;
/* ERR_CONFLICT when the account has a live one or a draft already. */
int store_connection_stage(struct db *db, int64_t account, int64_t id, enum conn_stage stage,
	struct err *e) must_check;
/* It is a former one from now on, because of `by`. */
int store_connection_leave(
	struct db *db, int64_t account, int64_t id, const char *by, struct err *e) must_check;
/* Saves the three about its pause, paused_by as who edited it. */
int store_connection_pause(struct db *db, const struct connection *c, struct err *e) must_check;
/* Those of the account itself. */
int store_connection_list(struct db *db, struct arena *a, int64_t account, struct connection **out,
	struct err *e) must_check;
/* A member's own, newest first: the one with a current secret is in use, others are to be
 * proved. */
int store_connection_own(struct db *db, struct arena *a, int64_t account, int64_t owner,
	struct connection **out, struct err *e) must_check;
/* Remove all of a member's own but one (0 = all). How many, or -1. */
int64_t store_connection_own_only(
	struct db *db, int64_t account, int64_t owner, int64_t keep, struct err *e) must_check;
/* Of all accounts: former ones that have been so since before then, at most 100. */
int store_connection_former(struct db *db, struct arena *a, int64_t before, struct connection **out,
	struct err *e) must_check;
/* With its credentials. */
int store_connection_remove(struct db *db, int64_t account, int64_t id, struct err *e) must_check;
/* Do both lead the same way, whoever signs in? Pure. */
int store_connection_same_way(const struct connection *a, const struct connection *b);
/* May a secret of one be used for the other: does it go the same way, as the same one? Pure. */
int store_connection_lends(const struct connection *from, const struct connection *to);
/* Hash over the whole transport policy, for struct seal_home. Pure. */
void store_connection_policy(const struct connection *c, unsigned char out[32]);

/* store_credential.c */
/* Insert or replace by (connection, purpose). The row id is needed for sealing: reserve it first. A
 * row that was never saved is found by nothing else here. */
int store_credential_reserve(struct db *db, int64_t account, int64_t connection,
	const char *purpose, int64_t *id, struct err *e) must_check;
/* set_at 0 = now. Of a former secret it is when it was replaced, of a refused one when that was. */
int store_credential_save(struct db *db, const struct credential *c, struct err *e) must_check;
int store_credential_get(struct db *db, struct arena *a, int64_t account, int64_t id,
	struct credential *out, struct err *e) must_check;
/* As get, by account, connection and purpose of `like`. */
int store_credential_find(struct db *db, struct arena *a, const struct credential *like,
	struct credential *out, struct err *e) must_check;
/* All of a connection, by slot. Returns the count or -1. */
int store_credential_list(struct db *db, struct arena *a, int64_t account, int64_t connection,
	struct credential **out, struct err *e) must_check;
/* How many rows went (0 or 1), or -1. */
int64_t store_credential_remove(struct db *db, int64_t account, int64_t connection,
	const char *purpose, struct err *e) must_check;
/* Of all accounts: former and refused secrets that became so before then, at most 100. */
int store_credential_former(struct db *db, struct arena *a, int64_t before, struct credential **out,
	struct err *e) must_check;
/* Of all accounts: secrets in use that end before then, by id above `after`, at most 100. */
int store_credential_expiring(struct db *db, struct arena *a, int64_t before, int64_t after,
	struct credential **out, struct err *e) must_check;
/* Of all accounts, by id above `after`, whose key is not key_id: for re-sealing and for counting.
 */
int store_credential_foreign(struct db *db, struct arena *a, const char *key_id, int64_t after,
	int limit, struct credential **out, struct err *e) must_check;
/* Swap the sealed bytes if they still are the ones that were read: 1, or 0 when changed meanwhile.
 */
int store_credential_reseal(struct db *db, const struct credential *old, const char *key_id,
	const void *sealed, size_t len, struct err *e) must_check;
/* It is used now. */
int store_credential_used(struct db *db, int64_t account, int64_t id, struct err *e) must_check;
/* To use it alone, by all processes, until it is let go: 1, or 0 while somebody else does (or it is
 * gone). Who is killed holds it for CREDENTIAL_HELD seconds. */
enum { CREDENTIAL_HELD = 60 };
int store_credential_hold(struct db *db, int64_t account, int64_t id, struct err *e) must_check;
int store_credential_let(struct db *db, int64_t account, int64_t id, struct err *e) must_check;
int store_credential_count(struct db *db, const char *key_id, int64_t *n, struct err *e) must_check;

/* store_ask.c: sign-ins with Microsoft that were begun. */
int store_ask_add(struct db *db, struct ask *k, struct err *e) must_check; /* fills id, created */
int store_ask_get(struct db *db, struct arena *a, int64_t account, int64_t id, struct ask *out,
	struct err *e) must_check;
/* What the browser brought: sealed and key_id, or error. 1 kept, 0 there was something already, or
 * it is used or over. */
int store_ask_answer(struct db *db, const struct ask *k, struct err *e) must_check;
/* Hand it to the engine: 1 it was ours, 0 somebody was quicker or there is no code. */
int store_ask_use(struct db *db, int64_t account, int64_t id, struct err *e) must_check;
int64_t store_ask_sweep(struct db *db, int64_t expired_before, struct err *e) must_check;

/* store_health.c */
int store_health_get(struct db *db, struct arena *a, int64_t account, int64_t connection,
	struct health *out, struct err *e) must_check;
/* Insert or replace by connection; ERR_MISSING when there is no such connection any more. */
int store_health_save(struct db *db, const struct health *h, struct err *e) must_check;
/* Of all accounts: id and account of live connections with a secret that are to be looked at now:
 * without a row; next_at has come; paused or resumed since; stopped, and their secret is not
 * refused (any more); not stopped, and it is; in a state that is none. At most 100. Returns the
 * count or -1. */
int store_health_due(struct db *db, struct arena *a, int64_t now, struct connection **out,
	struct err *e) must_check;
/* Of live connections, whose days are counted up to before then, or up to some minutes behind it,
 * as when the clock was set back; at most 100. The count or -1. */
int store_health_uncounted(struct db *db, struct arena *a, int64_t before, struct health **out,
	struct err *e) must_check;
/* All that are neither stopped nor paused are due within so many seconds, one after the other. */
int store_health_spread(struct db *db, int64_t now, int64_t seconds, struct err *e) must_check;
/* Add seconds to a day. */
int store_health_count(
	struct db *db, int64_t connection, const struct health_day *d, struct err *e) must_check;
/* Days from `from` on, in order; at most 400. Returns the count or -1. */
int store_health_days(struct db *db, struct arena *a, int64_t connection, int64_t from,
	struct health_day **out, struct err *e) must_check;
/* Add calls to a minute. */
int store_health_called(
	struct db *db, int64_t connection, const struct health_calls *c, struct err *e) must_check;
/* Minutes from `from` on, in order; at most 3,000. Returns the count or -1. */
int store_health_calls(struct db *db, struct arena *a, int64_t connection, int64_t from,
	struct health_calls **out, struct err *e) must_check;
/* Days and minutes before those. How many rows, or -1. */
int64_t store_health_sweep(
	struct db *db, int64_t day_before, int64_t minute_before, struct err *e) must_check;

/* store_notice.c: names of what an account's people were told, and since when it is so. 1 it is
 * new, 0 it was there. */
int store_notice_once(
	struct db *db, int64_t account, const char *name, int64_t at, struct err *e) must_check;
/* 1 it was there (and *at is what was kept), 0. */
int store_notice_drop(
	struct db *db, int64_t account, const char *name, int64_t *at, struct err *e) must_check;
/* What was told of trouble with one connection is told of another one from now on: who heard of it
 * hears when that one is well. */
int store_notice_moved(
	struct db *db, int64_t account, int64_t from, int64_t to, struct err *e) must_check;
/* The name of a notice about a connection; what: a kind of mail. Pure. */
enum { NOTICE_NAME = 120 };
void store_notice_name(char out[NOTICE_NAME], int64_t connection, const char *what);
int64_t store_notice_sweep(struct db *db, int64_t before, struct err *e) must_check;

#endif
