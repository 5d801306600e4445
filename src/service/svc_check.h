/* Svc_check: to have members' calendars looked at now. */
#ifndef LATCHKEY_SVC_CHECK_H
#define LATCHKEY_SVC_CHECK_H

#include "svc.h"

#define CHECK_KIND "check"
enum {
	CHECK_OPEN_MAX = 20, /* running or waiting in one account, */
	CHECK_OWN_MAX = 500  /* with those that members ask for about themselves */
};

/* May a calendar be asked for by the live connection? ERR_CONFLICT says in words why not. */
int svc_check_can(struct svc *s, struct err *e) must_check;
/* Of a member about themselves, or of an admin about anybody: then it is audited, `about` in words
 * ("All members"). ERR_CONFLICT when there is no connection that works, or too many wait. *job is
 * the open one when the same is asked for again. */
int svc_check_start(struct svc *s, const struct roster_pick *pick, const char *about, int64_t *job,
	struct err *e) must_check;
/* Those that are not looked at yet keep what is known. */
int svc_check_stop(struct svc *s, int64_t job, struct err *e) must_check;

#endif
