/* Pkce: the browser's part of a sign-in with Microsoft.
 *
 * Rules: what becomes a part of an address is checked to be no more than that part. The page always
 * asks for the password (prompt=login): else whoever is signed in already would be taken.
 */
#include "pkce.h"

#include <sodium.h>
#include <string.h>
#include "buf.h"
#include "str.h"
#include "url.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum {
	TENANT_MAX = 253,
	PAGE_MAX = 8 * 1024,
	HTTPS = 8 /* bytes of "https://" */
};

int pkce_any_tenant(const char *tenant)
{
	static const char *const any[] = { "organizations", "common", "consumers" };

	for (size_t i = 0; i < COUNT(any); i++) {
		if (strcasecmp(tenant, any[i]) == 0)
			return 1;
	}
	return 0;
}

int pkce_tenant(const char *s)
{
	return !str_empty(s) && strlen(s) <= TENANT_MAX &&
		(pkce_any_tenant(s) || str_guid(s) || (str_host(s) && strchr(s, '.')));
}

const char *pkce_path(struct arena *a, const char *tenant, const char *last, struct err *e)
{
	if (pkce_tenant(tenant))
		return arena_printf(a, "/%s/oauth2/v2.0/%s", tenant, last);
	ERR(e, ERR_INPUT,
		"The tenant is not valid. Give the directory (tenant) id, a GUID, or one of its "
		"domains, such as example.onmicrosoft.com.",
		"no tenant");
	return NULL;
}

void pkce_challenge(const char *verifier, char out[PKCE_CHALLENGE])
{
	unsigned char digest[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(digest, (const unsigned char *)verifier, strlen(verifier));
	sodium_bin2base64(out, PKCE_CHALLENGE, digest, sizeof(digest),
		sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

const char *pkce_authority(struct arena *a, const char *text)
{
	struct url u;

	if (str_empty(text))
		return PKCE_AUTHORITY;
	if (url_parse(a, text, &u) < 0 || strcmp(u.scheme, "https") != 0 ||
		strcmp(u.path, "/") != 0)
		return NULL;
	return arena_strndup(a, text, HTTPS + strcspn(text + HTTPS, "/#"));
}

const char *pkce_page(struct arena *a, const struct pkce_page *p, struct err *e)
{
	const char *const pairs[][2] = {
		{ "client_id", p->client_id }, { "response_type", "code" },
		{ "response_mode", "query" }, { "redirect_uri", p->redirect_uri },
		{ "scope", p->scope }, { "state", p->state }, { "nonce", p->nonce },
		{ "code_challenge", p->challenge }, { "code_challenge_method", "S256" },
		{ "prompt", "login" }, /* the right account is signed in, not the first */
	};
	const char *path = pkce_path(a, p->tenant, "authorize", e), *page = NULL;
	const char *authority = pkce_authority(a, p->authority);
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
	if (authority)
		page = arena_printf(a, "%s%s?%s", authority, path, buf_str(&query));
bad:
	buf_done(&query);
	if (!page)
		ERR(e, ERR_INPUT, "The sign-in page cannot be opened with these settings.",
			"authorize address: something is missing or too long");
	return page;
}
