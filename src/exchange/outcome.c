/* Outcome: writing the verdict of one attempt.
 *
 * Rule: what a server said is cleaned on its way in, so that nobody behind has to.
 */
#include "outcome.h"

#include <string.h>
#include "clean.h"

void outcome_set(struct outcome *o, enum reason r, enum outcome_next next, const char *code)
{
	o->reason = r;
	o->next = next;
	o->code[0] = '\0';
	if (code)
		clean_text(o->code, sizeof(o->code), code, strlen(code));
}

/* A reason that this program does not know was written by another version of it. */
enum reason outcome_refusal(const struct outcome *o)
{
	enum reason r = o->reason == REASON_SIGNIN_STOPPED ? reason_parse(o->code) : o->reason;

	return r < REASON__MAX ? r : REASON_SIGNIN_REFUSED;
}
