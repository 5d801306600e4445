/* Service mail: having something told to a person by mail. The engine sends; here it is queued.
 */
#ifndef LATCHKEY_SVC_MAIL_H
#define LATCHKEY_SVC_MAIL_H

#include "svc.h"

struct mail_order {
	const char *kind;   /* MAIL_...; its row in src/mail/mail_kind.c names the params */
	int64_t member;	    /* whom, in the account of s->who */
	const char *params; /* url_pair text */
	const char *dedupe; /* NULL, or: the same is queued once for a person */
	const char *group;  /* NULL, or: with others of this kind and group it may be one mail */
	int64_t expires;    /* when its link ends; 0: it has none */
	const char *token;  /* behind its link, sealed at once; NULL */
};

/* Inside the caller's transaction; call svc_mail_ring after the commit. 0 or -1. */
int svc_mail_add(struct svc *s, const struct mail_order *o, struct err *e) must_check;
/* To all admins of the account who can sign in; member counts for nothing, and there is no link. */
int svc_mail_admins(struct svc *s, const struct mail_order *o, struct err *e) must_check;
/* To an address that is no member's, with the link whose token this is: fills m->id. The engine
 * sends it only where the rows behind the link name that address. */
int svc_mail_to(struct svc *s, struct mail *m, const char *token, struct err *e) must_check;
void svc_mail_ring(const struct svc *s);

/* Is there a way for mail of the account: a mail server or a live connection? 1, 0, -1. */
int svc_mail_ready(struct svc *s, struct err *e) must_check;
/* What became of the mail with an invitation or a reset link: 1, 0 there is none, -1. */
int svc_mail_of_link(
	struct svc *s, const struct invitation *v, struct mail *out, struct err *e) must_check;
/* Queue the mail with a link that was just made; part of the caller's transaction. 1 queued, 0
 * there is no way for it, -1. */
int svc_mail_link(struct svc *s, const struct member *m, enum link_kind kind, const struct link *l,
	struct err *e) must_check;

/* Links of this kind to a person have ended: what waits with them is not sent. */
int svc_mail_end_links(struct svc *s, int64_t account, int64_t member, enum link_kind kind,
	struct err *e) must_check;

/* For ops, audited. A test to any address; account 0 needs a mail server. */
int svc_mail_test(struct svc *s, const char *address, int64_t *id, struct err *e) must_check;
/* Failed mails are tried again: this one, or all (id 0). */
int svc_mail_retry(struct svc *s, int64_t id, int64_t *n, struct err *e) must_check;

#endif
