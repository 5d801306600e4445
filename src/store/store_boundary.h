/* Store, boundaries: how far an account's members are to be reached, and a mailbox that must stay
 * shut. The rules of store.h hold.
 */
#ifndef LATCHKEY_STORE_BOUNDARY_H
#define LATCHKEY_STORE_BOUNDARY_H

#include "model.h"
#include "db.h"

/* 0: nothing was said yet, and *out is what holds then. */
int store_boundary_get(struct db *db, struct arena *a, int64_t account, struct boundary *out,
	struct err *e) must_check;
/* Level, mailbox and who said so, when the row still has the revision b->rev. Of another mailbox
 * nothing is known. 1, or 0: somebody was faster. */
int store_boundary_save(struct db *db, const struct boundary *b, struct err *e) must_check;
/* What was seen of b->outside, or tried. 1, or 0: it is another mailbox by now. */
int store_boundary_saw(struct db *db, const struct boundary *b, struct err *e) must_check;
/* Whose b->outside is by now: a member's who is not deactivated, or the dedicated one itself. 0,
 * -1.
 */
int store_boundary_whose(struct db *db, struct arena *a, const struct boundary *b, enum whose *out,
	struct err *e) must_check;
/* When those of a kind were seen last: the longest ago and the latest; 0 = nobody was. */
struct boundary_ages {
	int64_t oldest, newest;
};
int store_boundary_ages(struct db *db, int64_t account, enum member_kind kind,
	struct boundary_ages *out, struct err *e) must_check;

#endif
