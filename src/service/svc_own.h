/* Svc_own: members' own sign-ins (method personal): entered, proved, replaced, removed by the
 * member.
 *
 * A member's own is a connection row beside the account's, with the same way, the member's mailbox
 * and login, and slots like any other: what is typed goes into "next" and is used only when the
 * engine has proved it. Another login begins a row of its own, so that the one in use goes on.
 */
#ifndef LATCHKEY_SVC_OWN_H
#define LATCHKEY_SVC_OWN_H

#include "svc_connection.h"

#define OWN_KIND "own" /* in the job table: a proof */
enum { OWN_OPEN_MAX = 100 /* running or waiting in one account */ };

struct svc_own {
	struct connection live;	   /* of the account */
	struct connection c;	   /* the row in use, else the one being entered; id 0 = none */
	struct credential current; /* id 0 = none */
	struct credential next;	   /* waits to be proved; id 0 = none */
	int elsewhere;		   /* the account's connection leads another way by now */
	struct job job;		   /* the newest proof; id 0 = none */
};

/* Of the member of s->who. ERR_CONFLICT when members have none: no connection, or another method.
 */
int svc_own_get(struct svc *s, struct svc_own *out, struct err *e) must_check;
/* What was typed. login "": the mailbox's address. ERR_FORM when no secret was typed; ERR_CONFLICT
 * while the connection is paused, or when members sign in with Microsoft. */
int svc_own_enter(struct svc *s, const char *login, const struct secret *secret, int64_t *job,
	struct err *e) must_check;
/* The row that a sign-in with Microsoft is begun for (svc_ask_begin). */
int svc_own_begin(struct svc *s, int64_t *connection, struct err *e) must_check;
/* All of it, for good. ERR_MISSING when there is none. */
int svc_own_remove(struct svc *s, struct err *e) must_check;

#endif
