/* Mail reason: what does not work, said to the member whose calendar it is. */
#ifndef LATCHKEY_MAIL_REASON_H
#define LATCHKEY_MAIL_REASON_H

/* By the code of a reason that a member can mend; a sentence that is true of any other. */
const char *mail_reason(const char *code);

#endif
