/* Svc_share: links by which somebody outside, who has no sign-in, gets a script for the Exchange
 * admin, and says that it has run.
 */
#ifndef LATCHKEY_SVC_SHARE_H
#define LATCHKEY_SVC_SHARE_H

#include "store/store_share.h"
#include "svc.h"
#include "svc_script.h"

enum {
	SHARE_A_DAY = 20,	/* made in one account */
	SHARE_MESSAGE_MAX = 200 /* characters */
};

struct share_order {
	const struct svc_script *x;
	const char *email; /* "" = it is handed over */
	const char *message;
	int64_t days;	     /* 1 to 30 */
	const char *session; /* the cookie's token: this session can show the link again */
};
/* ERR_SLOW when too many were made today; ERR_CONFLICT when it cannot be mailed; ERR_FORM. */
int svc_share_add(
	struct svc *s, const struct share_order *o, struct link *out, struct err *e) must_check;
/* The address of the link, in the arena: public_url/script/TOKEN. */
const char *svc_share_url(const struct svc *s, const struct link *l);
/* An open one of the account. 0, or -1 with ERR_GONE. *mine: this session made it, out is filled.
 */
int svc_share_again(struct svc *s, int64_t id, const char *session, struct share *x,
	struct link *out, int *mine, struct err *e) must_check;
/* What became of its mail: 1, 0 there is none, -1. */
int svc_share_mail(
	struct svc *s, const struct share *x, struct mail *out, struct err *e) must_check;
/* It ends now. ERR_GONE when it has ended. */
int svc_share_withdraw(struct svc *s, int64_t id, struct err *e) must_check;

/* What a link leads to: the share, and a world in its account, in nobody's name. 0, or -1 with
 * ERR_MISSING, the same for one that is unknown, over or withdrawn; ERR_SLOW when it is used too
 * often. */
int svc_share_look(struct svc *s, const char *token, struct share *out, struct svc *in,
	struct err *e) must_check;
/* The script it is about, as it is now. */
int svc_share_script(
	struct svc *in, const struct share *x, struct svc_script *out, struct err *e) must_check;
/* A file behind it is fetched. */
int svc_share_used(struct svc *in, const struct share *x, struct err *e) must_check;
/* Its page was opened; the first time is written down. */
int svc_share_opened(struct svc *in, const struct share *x, struct err *e) must_check;
/* Somebody says that it has run: those people are looked at, once in some minutes. *check: they
 * are; 0 when they were a moment ago, or cannot be. */
int svc_share_ran(struct svc *in, const struct share *x, int *check, struct err *e) must_check;

#endif
