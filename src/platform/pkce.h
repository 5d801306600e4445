/* Pkce: what a browser needs to sign in with Microsoft: the page it is sent to, and the challenge
 * that goes with it (RFC 7636). Pure.
 */
#ifndef LATCHKEY_PKCE_H
#define LATCHKEY_PKCE_H

#include "arena.h"
#include "err.h"

enum { PKCE_CHALLENGE = 44 };

/* The sign-in service when a connection names none. */
#define PKCE_AUTHORITY "https://login.microsoftonline.com"
/* Below public_url: where browsers come back to. It is registered with the application. */
#define PKCE_RETURN "/oauth/return"
/* What somebody is asked to allow, so that EWS can be used as them. */
#define PKCE_EWS "https://outlook.office365.com/EWS.AccessAsUser.All offline_access openid profile"

/* A GUID, a domain, or one of those below? */
int pkce_tenant(const char *tenant);
/* "organizations" and its like stand for any tenant; who signs in decides. */
int pkce_any_tenant(const char *tenant);
/* "https://host" of such an address, into the arena; that of PKCE_AUTHORITY when there is none;
 * NULL when there is more in it than a host and a port. */
const char *pkce_authority(struct arena *a, const char *text);
/* "/TENANT/oauth2/v2.0/LAST" into the arena; NULL with ERR_INPUT for what is no tenant. */
const char *pkce_path(struct arena *a, const char *tenant, const char *last, struct err *e);

/* S256 of a verifier of 43 to 128 characters. */
void pkce_challenge(const char *verifier, char out[PKCE_CHALLENGE]);
/* The address to send a browser to: authorize with code, S256, prompt=login; into the arena. NULL
 * with ERR_INPUT when something is missing or wrong. */
struct pkce_page {
	const char *authority, *tenant, *client_id, *redirect_uri, *scope;
	const char *state, *nonce, *challenge;
	const char *login_hint; /* "" */
};
const char *pkce_page(struct arena *a, const struct pkce_page *p, struct err *e);

#endif
