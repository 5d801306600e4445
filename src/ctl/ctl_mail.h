/* Ctl mail: handlers of the table's rows about mail; called through it alone. */
#ifndef LATCHKEY_CTL_MAIL_H
#define LATCHKEY_CTL_MAIL_H

#include "ctl.h"

int ctl_mail_test(struct ctl *c, struct err *e);
int ctl_mail_list(struct ctl *c, struct err *e);
int ctl_mail_retry(struct ctl *c, struct err *e);

#endif
