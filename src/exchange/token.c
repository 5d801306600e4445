/* Token: what is sent to Microsoft's token service.
 *
 * Rules: a secret goes straight from its guarded memory into the body that is sent, which the
 * caller wipes. What the service would refuse anyway is refused here, in plainer words.
 */
#include "token.h"

#include <string.h>
#include "platform/str.h"
#include "platform/url.h"

#define ASSERTION_TYPE "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

const char *token_path(struct arena *a, const char *tenant, struct err *e)
{
	return pkce_path(a, tenant, "token", e);
}

/* --- the form --- */

/* A secret with a NUL in it would be cut, and the service would count a wrong one. */
static int is_usable(const struct secret *s)
{
	return s && secret_len(s) > 0 && strlen((const char *)secret_bytes(s)) == secret_len(s);
}

static void secret_pair(struct buf *body, const char *key, const struct secret *s)
{
	url_pair(body, key, (const char *)secret_bytes(s));
}

/* What makes a question impossible; NULL when it is well. */
static const char *missing(const struct token_ask *ask)
{
	if (str_empty(ask->client_id))
		return "The application (client) id is missing.";
	if (str_empty(ask->scope))
		return "The scope is missing.";
	if (ask->client_secret && ask->assertion)
		return "Either a client secret or a certificate can be used, not both.";
	if ((ask->client_secret && !is_usable(ask->client_secret)) ||
		(ask->assertion && !is_usable(ask->assertion)))
		return "The client secret is empty, or contains a character that it cannot have.";
	switch (ask->flow) {
	case TOKEN_CLIENT:
		if (!ask->client_secret && !ask->assertion)
			return "The client secret or certificate is missing.";
		return !pkce_tenant(ask->tenant) || pkce_any_tenant(ask->tenant)
			? "An application that signs in by itself needs the id or a domain of its "
			  "tenant."
			: NULL;
	case TOKEN_CODE:
		return is_usable(ask->code) && is_usable(ask->verifier) &&
				!str_empty(ask->redirect_uri)
			? NULL
			: "The sign-in is incomplete. Start it again.";
	case TOKEN_REFRESH:
		return is_usable(ask->refresh) ? NULL
					       : "There is no stored sign-in. Sign in again.";
	}
	return "Unknown way to ask for a token.";
}

/* What the flow is about: it goes first, the client's own proof last. */
static void write_grant(const struct token_ask *ask, struct buf *body)
{
	switch (ask->flow) {
	case TOKEN_CLIENT:
		url_pair(body, "grant_type", "client_credentials");
		break;
	case TOKEN_CODE:
		url_pair(body, "grant_type", "authorization_code");
		secret_pair(body, "code", ask->code);
		secret_pair(body, "code_verifier", ask->verifier);
		url_pair(body, "redirect_uri", ask->redirect_uri);
		break;
	case TOKEN_REFRESH:
		url_pair(body, "grant_type", "refresh_token");
		secret_pair(body, "refresh_token", ask->refresh);
		break;
	}
}

int token_write(const struct token_ask *ask, struct buf *body, struct err *e)
{
	const char *bad = missing(ask);

	if (bad)
		return ERR(e, ERR_INPUT, bad, "token question: %s", bad);
	write_grant(ask, body);
	url_pair(body, "client_id", ask->client_id);
	url_pair(body, "scope", ask->scope);
	if (ask->client_secret)
		secret_pair(body, "client_secret", ask->client_secret);
	if (ask->assertion) {
		url_pair(body, "client_assertion_type", ASSERTION_TYPE);
		secret_pair(body, "client_assertion", ask->assertion);
	}
	if (!buf_ok(body))
		return ERR(e, ERR_INPUT, "The token question is too long.",
			"token question over %zu bytes", body->max);
	return 0;
}

void token_done(struct token *t)
{
	secret_free(t->access);
	secret_free(t->refresh);
	t->access = NULL;
	t->refresh = NULL;
}
