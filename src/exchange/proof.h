/* Proof: the evidence behind a member's verdict, kept as text beside it: what the server said, and
 * how it can be found in the server's own logs. Never anything of the calendar's content.
 */
#ifndef LATCHKEY_PROOF_H
#define LATCHKEY_PROOF_H

#include "platform/arena.h"

enum { PROOF_TEXT = 2048 };

/* Texts may be NULL when written, and are never NULL when read. */
struct proof {
	const char *code;     /* the server's own word: "ErrorAccessDenied" */
	const char *said;     /* its own sentence */
	const char *server;   /* front end, back end */
	const char *version;  /* "15.1.2507.6" */
	const char *request;  /* our client-request-id */
	const char *theirs;   /* its request-id */
	const char *host;     /* that was asked */
	const char *calendar; /* name of the folder, localised */
	const char *detail;   /* how much of the time is shown, as sharing tells it: a code; "" */
};

/* Texts are cut so that it fits. Returns dst. */
const char *proof_write(char dst[PROOF_TEXT], const struct proof *p);
/* What is no such text reads as nothing known. */
void proof_read(struct arena *a, const char *text, struct proof *out);

#endif
