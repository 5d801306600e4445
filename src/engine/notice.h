/* Notice: what account admins are told without having asked: a connection that stopped or stays
 * away, that it is well again, a secret that was replaced or will end.
 *
 * Each is told once. Whoever calls may call often, inside of the transaction that has written what
 * it is about.
 */
#ifndef LATCHKEY_NOTICE_H
#define LATCHKEY_NOTICE_H

#include "model.h"
#include "platform/err.h"

struct engine;

enum { NOTICE_AWAY = 300 /* seconds out of reach until people are told */ };

/* What there is to tell of this state: stopped at once, unreachable after NOTICE_AWAY, well again
 * to those who were told. */
int notice_state(struct engine *eng, const struct connection *c, const struct health *h,
	struct err *e) must_check;
/* The connection uses the secret cr from now on, and no longer the one before. */
int notice_switched(struct engine *eng, const struct connection *c, const struct credential *cr,
	struct err *e) must_check;
/* A secret ends at cr->expires. At 60, 30, 14, 7 and 1 days before and once after, with an audit
 * row. */
int notice_expiry(struct engine *eng, const struct connection *c, const struct credential *cr,
	struct err *e) must_check;
/* The same of all secrets of live connections. */
int notice_expiries(struct engine *eng, struct err *e) must_check;

#endif
