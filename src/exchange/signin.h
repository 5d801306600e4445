/* Signin: how a connection proves who it is, and reading what a refusal meant. Pure. */
#ifndef LATCHKEY_SIGNIN_H
#define LATCHKEY_SIGNIN_H

#include <stddef.h>
#include "challenge.h"
#include "dialect.h"
#include "outcome.h"
#include "platform/arena.h"
#include "platform/err.h"

/* What is configured: the strongest that the server offers is taken, never one after another. */
enum signin_kind {
	SIGNIN_AUTO, /* NTLM when offered, else Basic */
	SIGNIN_BASIC,
	SIGNIN_NTLM,
	SIGNIN_APP,  /* Bearer: the application's own rights */
	SIGNIN_USER, /* Bearer: a person signed in, a refresh token is kept */
	SIGNIN__MAX
};

/* Extended Protection: never tried both ways by itself. */
enum signin_binding { BINDING_OFF, BINDING_ON, BINDING__MAX };

const char *signin_kind_code(enum signin_kind k);
enum signin_kind signin_kind_parse(const char *code); /* SIGNIN__MAX: none */

/* CHALLENGE_ bit of the scheme to use with what is configured and offered; 0: nothing fits, and
 * `why` is filled (SIGNIN_KIND, naming what is offered). */
unsigned signin_choose(enum signin_kind k, const struct challenges *offered, struct outcome *why);

/* A login name as a directory takes it: "DOMAIN\\user", "user@domain" or "user"; the wrong slash is
 * put right, white space cut. NULL with an error that explains the forms. */
const char *signin_login(struct arena *a, const char *text, struct err *e);
/* The name its bad passwords are counted under: lower case. */
const char *signin_identity(struct arena *a, const char *login);

/* What an HTTP answer says beside its body: everything but 200 and SOAP faults. 1 when it settles
 * the outcome; 0 when the body must be read (200 that is no web page; 400, 429 and 5xx with SOAP):
 * reason and next are then as before. Fills theirs, server, http, date and wait_ms in both cases.
 * Meant for a question that was signed in: SIGNIN_REFUSED is then a refused password. With bearer,
 * SIGNIN_EXPIRED with NEXT_RETRY means: once more, with a new token, and not a second time. */
int signin_http(const struct dialect_reply *r, int bearer, struct outcome *out);
/* Only the evidence: theirs, server, http, date and wait_ms. */
void signin_evidence(const struct dialect_reply *r, struct outcome *out);
/* The title of a web page, cleaned; "" when it has none. */
void signin_title(const char *body, size_t n, char *dst, size_t size);

#endif
