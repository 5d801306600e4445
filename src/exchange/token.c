/* Token: what is sent to Microsoft's token service.
 *
 * Rules: a secret goes straight from its guarded memory into the body that is sent, which the
 * caller wipes. What the service would refuse anyway is refused here, in plainer words.
 */
#include "token.h"

#include <openssl/evp.h>
#include <sodium.h>
#include <string.h>
#include "platform/str.h"
#include "platform/url.h"

#define ASSERTION_TYPE "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum {
	TENANT_MAX = 253,
	GUID_LEN = 36,
	PAGE_MAX = 8 * 1024,
	VERIFIER_BYTES = TOKEN_VERIFIER / 4 * 3,
	DIGEST = 32
};

/* These stand for any tenant; who signs in decides. An application alone needs a certain one. */
static const char *const any_tenant[] = { "organizations", "common", "consumers" };

static int is_any_tenant(const char *tenant)
{
	for (size_t i = 0; i < COUNT(any_tenant); i++) {
		if (strcasecmp(tenant, any_tenant[i]) == 0)
			return 1;
	}
	return 0;
}

/* 8-4-4-4-12 hexadecimal digits. */
static int is_guid(const char *s)
{
	if (strlen(s) != GUID_LEN || strspn(s, "0123456789abcdefABCDEF-") != GUID_LEN)
		return 0;
	for (int i = 0; i < GUID_LEN; i++) {
		if ((s[i] == '-') != (i == 8 || i == 13 || i == 18 || i == 23))
			return 0;
	}
	return 1;
}

/* It becomes a part of a path: nothing is taken that could be more than one. */
static int is_tenant(const char *s)
{
	return !str_empty(s) && strlen(s) <= TENANT_MAX &&
		(is_any_tenant(s) || is_guid(s) || (str_host(s) && strchr(s, '.')));
}

/* "/TENANT/oauth2/v2.0/LAST" */
static const char *service_path(
	struct arena *a, const char *tenant, const char *last, struct err *e)
{
	if (is_tenant(tenant))
		return arena_printf(a, "/%s/oauth2/v2.0/%s", tenant, last);
	ERR(e, ERR_INPUT,
		"The tenant is not valid. Give the directory (tenant) id, a GUID, or one of its "
		"domains, such as example.onmicrosoft.com.",
		"no tenant");
	return NULL;
}

const char *token_path(struct arena *a, const char *tenant, struct err *e)
{
	return service_path(a, tenant, "token", e);
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
		return !is_tenant(ask->tenant) || is_any_tenant(ask->tenant)
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

/* --- the browser's part --- */

/* 48 random bytes are 64 characters of base64url: within the 43 to 128 of RFC 7636. */
struct secret *token_verifier(void)
{
	unsigned char random[VERIFIER_BYTES];
	char text[TOKEN_VERIFIER + 1];
	struct secret *s;

	randombytes_buf(random, sizeof(random));
	sodium_bin2base64(text, sizeof(text), random, sizeof(random),
		sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	s = secret_new(text, TOKEN_VERIFIER);
	explicit_bzero(random, sizeof(random));
	explicit_bzero(text, sizeof(text));
	return s;
}

void token_challenge(const struct secret *verifier, char out[TOKEN_CHALLENGE])
{
	unsigned char digest[DIGEST];
	unsigned n = 0;

	if (EVP_Digest(secret_bytes(verifier), secret_len(verifier), digest, &n, EVP_sha256(),
		    NULL) != 1)
		die("no SHA-256");
	sodium_bin2base64(out, TOKEN_CHALLENGE, digest, sizeof(digest),
		sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

/* "https://host", nothing behind it. */
static int is_authority(struct arena *a, const char *text)
{
	struct url u;

	return !str_empty(text) && url_parse(a, text, &u) == 0 && strcmp(u.scheme, "https") == 0 &&
		strcmp(u.path, "/") == 0 && text[strlen(text) - 1] != '/';
}

const char *token_page(struct arena *a, const struct token_page *p, struct err *e)
{
	const char *const pairs[][2] = {
		{ "client_id", p->client_id }, { "response_type", "code" },
		{ "response_mode", "query" }, { "redirect_uri", p->redirect_uri },
		{ "scope", p->scope }, { "state", p->state }, { "nonce", p->nonce },
		{ "code_challenge", p->challenge }, { "code_challenge_method", "S256" },
		{ "prompt", "login" }, /* the right account is signed in, not the first */
	};
	const char *path = service_path(a, p->tenant, "authorize", e), *page = NULL;
	struct buf query;

	if (!path)
		return NULL;
	buf_init(&query, PAGE_MAX);
	for (size_t i = 0; i < COUNT(pairs); i++) {
		if (str_empty(pairs[i][1]) || url_pair(&query, pairs[i][0], pairs[i][1]) < 0)
			goto bad;
	}
	if (!str_empty(p->login_hint) && url_pair(&query, "login_hint", p->login_hint) < 0)
		goto bad;
	if (is_authority(a, p->authority))
		page = arena_printf(a, "%s%s?%s", p->authority, path, buf_str(&query));
bad:
	buf_done(&query);
	if (!page)
		ERR(e, ERR_INPUT, "The sign-in page cannot be opened with these settings.",
			"authorize address: something is missing or too long");
	return page;
}
