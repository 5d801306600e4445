/* Ops: the table of operations, from SIM_OPERATIONS. */
#include "sim/soap.h"

#define ROW(name, tail, since, needs_mailbox, fn)                                                  \
	{ #name tail, since, fn, "m:" #name "Response", needs_mailbox },
const struct operation operations[] = {
	SIM_OPERATIONS(ROW) /* one row an operation */
	{ NULL, LEVEL_2007, NULL, NULL, false },
};
#undef ROW
