/* Token: questions to Microsoft's token service and its answers. Pure codecs, bounded JSON.
 *
 * Secrets go from struct secret into a wiped buffer, and come back as struct secret.
 */
#ifndef LATCHKEY_TOKEN_H
#define LATCHKEY_TOKEN_H

#include <stddef.h>
#include <stdint.h>
#include "dialect.h"
#include "outcome.h"
#include "platform/arena.h"
#include "platform/buf.h"
#include "platform/err.h"
#include "platform/pkce.h"
#include "platform/seal.h"

enum { TOKEN_ANSWER_MAX = 256 * 1024 };

enum token_flow { TOKEN_CLIENT, TOKEN_CODE, TOKEN_REFRESH };

struct token_ask {
	enum token_flow flow;
	const char *tenant; /* GUID or domain; "organizations" for code and refresh */
	const char *client_id;
	const char *scope;		    /* of TOKEN_EWS_APP or TOKEN_EWS_USER, or another */
	const struct secret *client_secret; /* or NULL */
	const struct secret *assertion;	    /* a signed JWT (token_assertion), or NULL */
	const struct secret *code;	    /* TOKEN_CODE */
	const struct secret *verifier;	    /* PKCE */
	const char *redirect_uri;
	const struct secret *refresh; /* TOKEN_REFRESH */
};

#define TOKEN_EWS_APP "https://outlook.office365.com/.default"
#define TOKEN_EWS_USER PKCE_EWS

/* Path of the token endpoint ("/TENANT/oauth2/v2.0/token") into the arena; NULL with ERR_INPUT for
 * what is no tenant. */
const char *token_path(struct arena *a, const char *tenant, struct err *e);
/* Append the form body; the caller wipes it. 0 or -1 (ERR_INPUT). */
int token_write(const struct token_ask *ask, struct buf *body, struct err *e) must_check;

/* What came back. The secrets are the caller's to free. */
struct token {
	struct secret *access;
	struct secret *refresh; /* a new one, or NULL: the old one stays */
	int64_t expires_in;	/* seconds */
	const char *tenant;	/* of the id token: tid, oid, preferred_username; "" */
	const char *object;
	const char *username;
	int nonce_ok; /* the id token's nonce is the expected one, or none was expected */
};

/* Read an answer. 0 and the outcome OK; or -1 and the outcome says why: `code` is "AADSTS50126", or
 * the error's word. Passing trouble has NEXT_RETRY, and wait_ms when the service asked for a pause.
 * The id token comes straight from the service over verified TLS: its claims are read, its
 * signature is not checked (OpenID Connect Core 3.1.3.7 allows that). */
int token_read(const struct dialect_reply *r, const char *nonce, struct arena *a, struct token *out,
	struct outcome *why);
void token_done(struct token *t); /* frees the secrets */

/* Reason for an error of the service: AADSTS number (0 = none) and the `error` word. A number that
 * is not known counts as none, a word that is not known as REASON_BAD_ANSWER. */
enum reason token_reason(long aadsts, const char *error, enum outcome_next *next);

/* An error of the service: from its answer, or as a browser brought it back from the page. NULL is
 * "". */
struct token_error {
	const char *error, *suberror, *description;
	long number; /* 0: as the description begins */
};
/* Fills reason, next, code and said. */
void token_refused(const struct token_error *t, struct outcome *why);

/* A client assertion: JWT signed with the PEM key, naming the certificate by its SHA-256 thumbprint
 * (PS256, x5t#S256), good for 10 minutes from now. NULL with an error. */
struct secret *token_assertion(const char *audience, const char *client_id,
	const struct secret *key_pem, const char *cert_pem, struct err *e);

#endif
