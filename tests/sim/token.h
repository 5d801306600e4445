/*
 * Token: the Microsoft-like sign-in (OpenID configuration, JWKS, authorize page, token endpoint,
 * device code) and what a bearer token says. Signed RS256 with a key made at start.
 *
 * Who belongs to a tenant: the identities of its online premise, and those of on-premises ones
 * that accept Bearer (hybrid modern authentication: their directories are synchronised).
 */
#ifndef SIM_TOKEN_H
#define SIM_TOKEN_H

#include "sim/http.h"
#include "sim/sim.h"

struct tokens;
struct tokens *tokens_new(struct sim *s);
void tokens_free(struct tokens *t);
/* The sign-in host's whole handler. */
void token_face(void *face, struct request *r, struct answer *a);
/* What a request to it is, for the journal and for faults: "token", "authorize", "login",
 * "devicecode", "deviceauth", "keys", "openid-configuration", "logout" ...; NULL = none of them. */
const char *token_op(const struct request *r);
/* Refuse a request to the sign-in host with an AADSTS error of the table (token_errors.c), as JSON:
 * for faults, 90033 or 53003 say. False: no such number, and nothing was filled. */
bool token_refuse(struct face *f, const struct request *r, struct answer *a, int number);

enum token_end {
	TOKEN_GOOD,
	TOKEN_SIGNATURE,
	TOKEN_INVALID,
	TOKEN_EXPIRED,
	TOKEN_RESOURCE,
	TOKEN_TENANT,
	TOKEN_USER,
	TOKEN_CLIENT,
	TOKEN_INTERNAL,
	TOKEN_GRANT
};
/* By enum token_end; the first is empty. */
extern const struct token_reason {
	int number; /* x-ms-diagnostics 20000xx */
	const char *category, *reason;
} token_reasons[];
struct bearer {
	struct identity *identity; /* NULL when app_only */
	struct app *app;
	bool app_only;
};
/* Check a bearer token for this premise. */
enum token_end token_check(struct sim *s, struct premise *p, const char *token, struct bearer *out);
/* Kill what was issued to this identity so far: its password was reset. */
void token_revoke(struct sim *s, struct identity *id);

#endif
