/* Sandbox: what a process gives up after its start, for good. */
#ifndef LATCHKEY_SANDBOX_H
#define LATCHKEY_SANDBOX_H

#include "err.h"

enum sandbox_kind {
	SANDBOX_WEB,   /* no network, no exec; Unix sockets only */
	SANDBOX_ENGINE /* network clients; no exec */
};

/* When root: become user with its group and `group` as only supplementary group, and check that the
 * way back is closed. Not root: must already be that user, or user must be "" (a test's own user).
 */
int sandbox_user(const char *user, const char *group, struct err *e) must_check;
/* What a process holds stays in it: no core dumps, not traceable, freed memory overwritten. What it
 * starts may still gain rights. */
int sandbox_private(struct err *e) must_check;
/* The same, with no_new_privs and umask 007. */
int sandbox_harden(struct err *e) must_check;
/* The system-call list; any other call fails with EPERM and, for the dangerous ones, kills. In a
 * sanitizer build, whose runtime needs more, only the refusals are installed. */
int sandbox_lock(enum sandbox_kind kind, struct err *e) must_check;

#endif
