/* Svc_remind: reminders: what an account says about them, whom to remind now, who wants none. */
#ifndef LATCHKEY_SVC_REMIND_H
#define LATCHKEY_SVC_REMIND_H

#include "store/store_remind.h"
#include "svc.h"

#define REMIND_KIND "remind"
enum { REMIND_OPEN_MAX = 5 }; /* running or waiting in one account */

/* All whom the pick names and who must act get their reminder now; the outcome of the job says who
 * was passed over. about: in words ("All members"). ERR_CONFLICT when there is no way to send mail,
 * or too many wait. *job is the open one when the same is asked for again. */
int svc_remind_pick(struct svc *s, const struct roster_pick *pick, const char *about, int64_t *job,
	struct err *e) must_check;
/* The same of one; ERR_CONFLICT says why not. ERR_MISSING. */
int svc_remind_now(struct svc *s, int64_t member, struct err *e) must_check;

/* Switches and the own text: off, alerts_off, instead, text; edited_at is that of what they were
 * made from. ERR_FORM: the text names a place that there is not; ERR_CONFLICT: somebody else was
 * faster. */
int svc_remind_settings(struct svc *s, const struct reminding *r, struct err *e) must_check;
/* What the page shows of them. */
struct remind_view {
	struct reminding said;
	int64_t waiting;   /* members that have one coming */
	int64_t reminders; /* sent in the last seven days, */
	int64_t alerts;	   /* and mails of what broke */
};
int svc_remind_look(struct svc *s, struct remind_view *out, struct err *e) must_check;
/* The subject and the text of a reminder as it would be with these words, to whoever asks. ERR_FORM
 * as above. */
int svc_remind_preview(struct svc *s, const struct reminding *r, const char **subject,
	const char **text, struct err *e) must_check;

/* Whoever has the key of a stop link wants no more, or wants them again. A key of nobody is no
 * error: what is answered tells nothing. */
int svc_remind_silence(struct svc *s, const char *key, int silent, struct err *e) must_check;

#endif
