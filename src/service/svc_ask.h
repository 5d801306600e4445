/* Service, asks: signing in with Microsoft as the mailbox, in an admin's browser.
 *
 * begin -> the browser goes to Microsoft's page -> it comes back with a code, which is sealed and
 * kept -> finish hands it to the engine (job "test" with `ask`), which redeems it, compares who
 * signed in with the mailbox, and only then keeps anything. Each step is the same person's, in the
 * session that began, within a quarter of an hour.
 */
#ifndef LATCHKEY_SVC_ASK_H
#define LATCHKEY_SVC_ASK_H

#include "svc_connection.h"

/* Whose browser it is. token is the session cookie's value: state, nonce and verifier come of it
 * and of the row's nonce, so that they are stored nowhere. */
struct svc_browser {
	int64_t session;
	const char *token;
};

/* What the answer is sealed for: "code\nverifier\nnonce", row is the ask's, and no policy. */
#define PURPOSE_ASK "ask"

/* ERR_MISSING: no such connection in the account. ERR_CONFLICT: nobody can sign in for it. */
int svc_ask_begin(struct svc *s, const struct svc_browser *b, int64_t connection, int64_t *id,
	struct err *e) must_check;

/* One that this session began: 0, or -1 with ERR_MISSING. */
struct svc_asked {
	struct ask k;
	struct connection c;
	const char
		*error;	  /* of what Microsoft's page said instead of a code: its word, or "" ... */
	const char *said; /* ... its sentence, or "" ... */
	long number;	  /* ... and the number of "AADSTS65004", or 0 */
	int answered;	  /* there is a code */
	int over;	  /* too late, used, or the connection was changed meanwhile */
};
int svc_ask_get(struct svc *s, const struct svc_browser *b, int64_t id, struct svc_asked *out,
	struct err *e) must_check;
/* The address of Microsoft's page for it; in the arena. NULL with an error. */
const char *svc_ask_page(
	struct svc *s, const struct svc_browser *b, const struct svc_asked *k, struct err *e);
/* Where Microsoft sends browsers back to; it is registered with the application. */
const char *svc_ask_return(const struct svc *s);

/* What a browser brought back, as it stood in the address; NULL is "". */
struct svc_ask_back {
	const char *state, *code, *iss, *error, *description;
};
/* Keep it, once: 1 with the ask it belongs to, or 0 when it is refused, which is audited, with a
 * name of the reason; -1. */
int svc_ask_answer(struct svc *s, const struct svc_browser *b, const struct svc_ask_back *back,
	int64_t *id, const char **refused, struct err *e) must_check;
/* The reason in words, by its name; NULL: there is no such reason. */
const char *svc_ask_refusal(const char *name);
/* Queue the proof. */
int svc_ask_finish(struct svc *s, const struct svc_browser *b, int64_t id, int64_t *job,
	struct err *e) must_check;

#endif
