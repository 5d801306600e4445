/* Reason table: the rows of reason.c, in three files by what they speak about. Only for them.
 *
 * How a row is written: `say` and `why` are for everybody; `steps` are for the person named as
 * fixer, one a line, first the most likely; where others could do it as well, their line says who.
 * No sentence knows more than the wire told (EWS.md 0.7).
 */
#ifndef LATCHKEY_REASON_TABLE_H
#define LATCHKEY_REASON_TABLE_H

#include "reason.h"

/* Each has the rows of its own reasons, at their place; elsewhere code is NULL. */
extern const struct reason_row reason_server_rows[REASON__MAX];
extern const struct reason_row reason_signin_rows[REASON__MAX];
extern const struct reason_row reason_member_rows[REASON__MAX];

#endif
