/*
 * Token: what a bearer token says to an Exchange that is shown it.
 *
 * Signature, time, audience, tenant, person, app, permission, in this order: the first that does
 * not hold is the x-ms-diagnostics of the 401. A signature is proven once; then the token's claims
 * are kept, so that a request costs no RSA. Access tokens outlive a changed password.
 */
#include "sim/token_part.h"

#include <stdlib.h>
#include <string.h>

/* Clocks differ by minutes: a token may be a little from the future, never past its end. PROVEN
 * bounds what is remembered: a busy world has a handful of callers. */
enum { SKEW = 300, PROVEN = 256 };

const struct token_reason token_reasons[] = {
	[TOKEN_GOOD] = { 0, NULL, NULL },
	[TOKEN_SIGNATURE] = { 2000000, "invalid_signature", "The token has an invalid signature." },
	[TOKEN_INVALID] = { 2000001, "invalid_token", "The token is malformed or not valid yet." },
	[TOKEN_EXPIRED] = { 2000002, "token_expired", "The token has expired." },
	[TOKEN_RESOURCE] = { 2000003, "invalid_resource",
		"The audience claim value is invalid for current resource." },
	[TOKEN_TENANT] = { 2000004, "invalid_tenant",
		"The tenant for tenant guid does not exist." },
	[TOKEN_USER] = { 2000005, "invalid_user",
		"The user specified by the user-context in the token does not exist." },
	[TOKEN_CLIENT] = { 2000006, "invalid_client",
		"The application in the token is not known or is disabled." },
	[TOKEN_INTERNAL] = { 2000007, "internal_error", "An internal error happened." },
	[TOKEN_GRANT] = { 2000008, "invalid_grant",
		"The token contains no permissions, or permissions can not be understood." },
};

/* A token whose signature was right. */
struct proven {
	char *token;
	json_t *claims;
};

/* The key is new at each start: tokens of an earlier run have a wrong signature, as they should. */
struct tokens *tokens_new(struct sim *s)
{
	struct tokens *t = need(sizeof(*t));

	t->s = s;
	t->tickets = tickets_new(s->world);
	t->key = jwt_key_new(world_now(s->world));
	t->proven = need(PROVEN * sizeof(*t->proven));
	return t;
}

void tokens_free(struct tokens *t)
{
	if (t == NULL)
		return;
	for (int i = 0; i < PROVEN; i++) {
		free(t->proven[i].token);
		json_decref(t->proven[i].claims);
	}
	free(t->proven);
	tickets_free(t->tickets);
	jwt_key_free(t->key);
	free(t);
}

/* Kinds of tickets die by the change itself (ticket_revoked); it only has to be one. */
void token_revoke(struct sim *s, struct identity *id)
{
	utc_t now = world_now(s->world);

	id->revoked = id->revoked >= now ? id->revoked + 1 : now;
}

/* Read and check a token not seen before. Our key id and our algorithm are demanded by name: what
 * the header asks for decides nothing. */
static enum token_end prove(struct tokens *t, const char *token, struct proven *slot)
{
	struct jwt j;

	if (!jwt_read(token, &j))
		return TOKEN_INVALID;
	if (!same(json_string_value(json_object_get(j.header, "kid")), jwt_key_id(t->key)) ||
		!same(json_string_value(json_object_get(j.header, "alg")), "RS256") ||
		!jwt_proves(&j, jwt_key_public(t->key))) {
		jwt_free(&j);
		return TOKEN_SIGNATURE;
	}
	free(slot->token);
	json_decref(slot->claims);
	slot->token = copy(token);
	slot->claims = json_incref(j.claims);
	jwt_free(&j);
	return TOKEN_GOOD;
}

/* A direct-mapped cache by the whole token: two that share a slot push each other out, and nothing
 * worse happens. */
static enum token_end claims_of(struct tokens *t, const char *token, const json_t **claims)
{
	struct proven *slot = &t->proven[hash_nocase(token) % PROVEN];
	enum token_end end = TOKEN_GOOD;

	if (!same(slot->token, token))
		end = prove(t, token, slot);
	*claims = slot->claims;
	return end;
}

/* A claim, or "" so that a comparison simply fails. */
static const char *said(const json_t *claims, const char *name)
{
	const char *s = json_string_value(json_object_get(claims, name));

	return s != NULL ? s : "";
}

/* By name first, because that is what the directory is searched by; a person who was renamed since
 * is found by the object id, which is what counts. */
static struct identity *person(struct world *w, const json_t *claims)
{
	const char *oid = said(claims, "oid");
	struct identity *id = world_identity(w, said(claims, "upn"));

	if (id != NULL && same(id->object_id, oid))
		return id;
	for (id = w->identities; id != NULL; id = id->next)
		if (same(id->object_id, oid))
			return id;
	return NULL;
}

/* Roles in the token, or a role of Exchange's own for the app (RBAC for applications). */
static bool may_act(struct sim *s, const json_t *claims, const struct bearer *b)
{
	const json_t *roles = json_object_get(claims, "roles");
	const json_t *role;
	size_t i;

	json_array_foreach((json_t *)(uintptr_t)roles, i, role)
	{
		if (same(json_string_value(role), "full_access_as_app"))
			return true;
	}
	return world_has_assignment(s->world, NULL, b->app, world_now(s->world));
}

/* scp is words parted by blanks: a name that only begins like ours is another permission. */
static bool has_word(const char *words, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = strstr(words, word); p != NULL; p = strstr(p + 1, word))
		if ((p == words || p[-1] == ' ') && (p[n] == ' ' || p[n] == '\0'))
			return true;
	return false;
}

/* Whom the token is about. An app-only token has no person, whatever its other claims say. */
static enum token_end who_is_it(
	struct sim *s, const struct premise *tenant, const json_t *claims, struct bearer *b)
{
	b->app_only = same(said(claims, "idtyp"), "app");
	if (!b->app_only) {
		b->identity = person(s->world, claims);
		if (b->identity == NULL || b->identity->disabled ||
			tenant_of_identity(s, b->identity) != tenant)
			return TOKEN_USER;
	}
	b->app = world_app(s->world, said(claims, "appid"));
	if (b->app == NULL || b->app->disabled)
		return TOKEN_CLIENT;
	if (b->app_only ? !may_act(s, claims, b)
			: !has_word(said(claims, "scp"), "EWS.AccessAsUser.All"))
		return TOKEN_GRANT;
	return TOKEN_GOOD;
}

enum token_end token_check(struct sim *s, struct premise *p, const char *token, struct bearer *out)
{
	const struct premise *tenant = tenant_of(s, p);
	utc_t now = world_now(s->world);
	const json_t *claims;
	enum token_end end = claims_of(s->tokens, token, &claims);

	*out = (struct bearer){ 0 };
	if (end != TOKEN_GOOD)
		return end;
	if (json_integer_value(json_object_get(claims, "exp")) <= now)
		return TOKEN_EXPIRED;
	if (json_integer_value(json_object_get(claims, "nbf")) > now + SKEW)
		return TOKEN_INVALID;
	if (!resource_is(s, p, said(claims, "aud")))
		return TOKEN_RESOURCE;
	if (tenant == NULL || !same_nocase(said(claims, "tid"), tenant->tenant))
		return TOKEN_TENANT;
	return who_is_it(s, tenant, claims, out);
}
