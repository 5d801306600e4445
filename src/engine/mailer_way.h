/* Mailer way: how a mail leaves: by the mail server of the settings, else out of the mailbox of the
 * account's live connection.
 */
#ifndef LATCHKEY_MAILER_WAY_H
#define LATCHKEY_MAILER_WAY_H

#include "exchange/smtp.h"
#include "mail/mail_text.h"
#include "model.h"

struct engine;
struct mailer_way;

/* One mail; must stay until the end. */
struct mailer_letter {
	const struct mail *mail; /* to whom */
	const char *organisation;
	const struct mail_text *text;
	const char *id; /* of the message: the same whenever it is sent again */
};

/* Start sending. The end is told later, as smtp.h tells it; the way is gone then. NULL with an
 * error: ERR_MISSING when there is no way, ERR_SETUP when a setting cannot be used. */
struct mailer_way *mailer_way_start(struct engine *eng, const struct mailer_letter *letter,
	smtp_done_fn *done, void *ptr, struct err *e);
/* Without a word. NULL is fine. */
void mailer_way_stop(struct mailer_way *w);

#endif
