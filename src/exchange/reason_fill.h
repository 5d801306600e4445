/* Reason fill: a reason's steps and command with the names of this organisation in them. */
#ifndef LATCHKEY_REASON_FILL_H
#define LATCHKEY_REASON_FILL_H

#include "platform/arena.h"
#include "reason.h"

/* NULL or "" leaves the word in braces, for whoever reads it to replace. */
struct reason_names {
	const char *member;  /* the person it is about */
	const char *mailbox; /* the dedicated one */
	const char *app;     /* application id */
	const char *account; /* who signed in instead of the dedicated one */
};

const char *reason_steps(
	struct arena *a, const struct reason_row *r, const struct reason_names *names);
/* Quoted for PowerShell, in whose single quotes every name stands. */
const char *reason_command(
	struct arena *a, const struct reason_row *r, const struct reason_names *names);

#endif
