/* Fault: trouble with the store, met again and again: how long to wait, and when to say so. */
#ifndef LATCHKEY_FAULT_H
#define LATCHKEY_FAULT_H

#include <stdint.h>
#include "platform/err.h"

/* Count one more in a row, and log it: a lock that is taken for a moment is nothing to report. */
void fault_count(int *faults, const char *event, const struct err *e);
/* Milliseconds to wait after this many in a row. */
int64_t fault_pause(int faults);

#endif
