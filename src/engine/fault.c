/* Fault: trouble with the store, met again and again. */
#include "fault.h"

#include "platform/log.h"

enum { FIRST_MS = 250, MAX_MS = 8000, QUIET = 3 };

int64_t fault_pause(int faults)
{
	int64_t ms = FIRST_MS;

	while (--faults > 0 && ms < MAX_MS)
		ms *= 2;
	return ms;
}

void fault_count(int *faults, const char *event, const struct err *e)
{
	++*faults;
	if (e->code != ERR_BUSY || *faults >= QUIET)
		log_err(event, e);
}
