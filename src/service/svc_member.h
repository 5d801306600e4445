/* Svc_member: one member: name and calendar address, deactivated or not, busy time for a page. */
#ifndef LATCHKEY_SVC_MEMBER_H
#define LATCHKEY_SVC_MEMBER_H

#include "svc.h"

#define WEEK_KIND "week"

/* Texts as the form showed them: when they are others by now, somebody was quicker (ERR_CONFLICT).
 * calendar "" stands for the address that the member signs in with. */
struct member_edit {
	int64_t member;
	const char *name, *calendar;
	const char *was_name, *was_calendar;
};
int svc_member_edit(struct svc *s, const struct member_edit *m, struct err *e) must_check;

/* Deactivated, a member cannot sign in and is not looked at; what was seen is forgotten. Not the
 * last admin. ERR_CONFLICT when it is so already. */
int svc_member_off(struct svc *s, int64_t member, struct err *e) must_check;
int svc_member_on(struct svc *s, int64_t member, struct err *e) must_check;

/* Busy time of this week and the next is read by a job. An admin who has somebody else's read is
 * audited. *job is the open one when there is one. */
int svc_member_week(struct svc *s, int64_t member, int64_t *job, struct err *e) must_check;
/* Was it whoever asks now that had this job read the busy time of the member? */
int svc_member_week_mine(struct svc *s, const struct job *j, int64_t member);

#endif
