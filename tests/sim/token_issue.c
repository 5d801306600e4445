/*
 * Issue: access tokens, id_tokens and refresh tokens, and the answer that carries them.
 *
 * Exchange's access tokens have the v1 form whichever endpoint was asked: issuer sts.windows.net,
 * appid, scp or roles. Times are the world's, five minutes old as real ones are.
 */
#include "sim/token_part.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

/* Refresh tokens are as long as real ones: who stores them must have room. */
enum { OLD = 300, LIFE = 3599, REFRESH_LIFE = 90 * 86400, REFRESH_BYTES = 816 };

/* NULL puts nothing: optional claims need no condition at their place. */
static void put(json_t *j, const char *name, const char *value)
{
	if (value != NULL)
		json_object_set_new(j, name, json_safe(value));
}

/* Opaque claims that real tokens have; they make the size right. */
static void put_random(struct ask *k, json_t *j, const char *name, size_t bytes)
{
	unsigned char b[64];
	struct text t = { 0 };

	world_bytes(k->s->world, b, bytes);
	base64url_add(&t, b, bytes);
	put(j, name, t.at);
	text_free(&t);
}

/* Who a user is to one app: not the object id, and not the same for another app. */
static void put_subject(json_t *j, const struct identity *id, const struct app *app)
{
	char *both = format("%s %s", id->object_id, app->client_id);
	unsigned char hash[EVP_MAX_MD_SIZE];
	struct text t = { 0 };
	unsigned int len = 0;

	EVP_Digest(both, strlen(both), hash, &len, EVP_sha256(), NULL);
	base64url_add(&t, hash, len);
	put(j, "sub", t.at);
	text_free(&t);
	free(both);
}

static void put_times(struct ask *k, json_t *j)
{
	utc_t now = world_now(k->s->world);

	json_object_set_new(j, "iat", json_integer(now - OLD));
	json_object_set_new(j, "nbf", json_integer(now - OLD));
	json_object_set_new(j, "exp", json_integer(now + LIFE + 1));
}

/* What a delegated token says about its person. */
static void put_user(struct ask *k, json_t *j, const struct issue *i)
{
	put(j, "acr", "1");
	json_object_set_new(
		j, "amr", i->mfa ? json_pack("[s,s]", "pwd", "mfa") : json_pack("[s]", "pwd"));
	put(j, "ipaddr", k->s->address);
	put(j, "name",
		i->identity->mailbox != NULL ? i->identity->mailbox->name : i->identity->upn);
	put(j, "oid", i->identity->object_id);
	put(j, "onprem_sid", i->identity->premise->online ? NULL : i->identity->sid);
	put_subject(j, i->identity, i->client->app);
	put(j, "unique_name", i->identity->upn);
	put(j, "upn", i->identity->upn);
	if (!i->scopes->all)
		put(j, "scp", i->scopes->names.at);
	else
		put(j, "scp", i->scopes->graph ? "User.Read" : "EWS.AccessAsUser.All");
}

/* Without a consent of the administrator a token is given all the same, but it says nothing. */
static void put_app_only(json_t *j, const struct issue *i)
{
	const struct app *app = i->client->app;
	const char *oid = app->object_id != NULL ? app->object_id : app->client_id;

	put(j, "idtyp", "app");
	put(j, "oid", oid);
	put(j, "sub", oid);
	if (app->full_access && app->consented && !i->scopes->graph)
		json_object_set_new(j, "roles", json_pack("[s]", "full_access_as_app"));
}

static char *access_token(struct ask *k, const struct issue *i)
{
	json_t *j = json_object();
	char *issuer = format("https://sts.windows.net/%s/", k->tenant->tenant);

	put(j, "aud", i->scopes->resource);
	put(j, "iss", issuer);
	put_times(k, j);
	put_random(k, j, "aio", 48);
	put(j, "app_displayname", i->client->app->name);
	put(j, "appid", i->client->app->client_id);
	put(j, "appidacr", i->client->acr);
	put(j, "idp", issuer);
	if (i->identity != NULL)
		put_user(k, j, i);
	else
		put_app_only(j, i);
	put(j, "tid", k->tenant->tenant);
	put_random(k, j, "rh", 40);
	put_random(k, j, "uti", 16);
	put(j, "ver", "1.0");
	free(issuer);
	return jwt_sign(k->t->key, j);
}

/* The client's own: made out to it, with its nonce, issued by the endpoint that was asked. */
static char *id_token(struct ask *k, const struct issue *i)
{
	json_t *j = json_object();
	const struct identity *id = i->identity;
	char *path = format("/%s/v2.0", k->tenant->tenant);
	char *issuer = k->v1 ? format("https://sts.windows.net/%s/", k->tenant->tenant)
			     : face_url(k->face, path);

	put(j, "aud", i->client->app->client_id);
	put(j, "iss", issuer);
	put_times(k, j);
	if (k->v1 || i->scopes->profile)
		put(j, "name", id->mailbox != NULL ? id->mailbox->name : id->upn);
	if (i->scopes->email && id->mailbox != NULL)
		put(j, "email", id->mailbox->address);
	put(j, "nonce", i->nonce);
	put(j, "oid", id->object_id);
	put(j, k->v1 ? "upn" : "preferred_username", id->upn);
	put_random(k, j, "rh", 40);
	put_subject(j, id, i->client->app);
	put(j, "tid", k->tenant->tenant);
	put(j, "unique_name", k->v1 ? id->upn : NULL);
	put_random(k, j, "uti", 16);
	put(j, "ver", k->v1 ? "1.0" : "2.0");
	free(path);
	free(issuer);
	return jwt_sign(k->t->key, j);
}

/* One that follows from another keeps its family. */
static struct ticket *refresh_token(struct ask *k, const struct issue *i)
{
	struct ticket *t =
		ticket_new(k->t->tickets, TICKET_REFRESH, NULL, REFRESH_BYTES, REFRESH_LIFE);

	ticket_own(t, i->identity);
	t->app = i->client->app;
	t->tenant = k->tenant;
	t->mfa = i->mfa;
	t->v1 = i->v1;
	t->scope = copy(i->scope);
	t->family = i->family != 0 ? i->family : ++k->t->families;
	return t;
}

char *client_info(const struct ask *k, const struct identity *id)
{
	json_t *j = json_pack("{s:s, s:s}", "uid", id->object_id, "utid", k->tenant->tenant);
	char *s = json_dumps(j, JSON_COMPACT);
	struct text t = { 0 };

	json_decref(j);
	base64url_add(&t, s, strlen(s));
	free(s);
	return t.at;
}

/* v1 wrote numbers as strings, and its libraries expect them so. */
static void put_number(json_t *j, bool quoted, const char *name, int64_t value)
{
	char *s = format("%lld", (long long)value);

	json_object_set_new(j, name, quoted ? json_string(s) : json_integer(value));
	free(s);
}

static void put_owned(json_t *j, const char *name, char *value)
{
	put(j, name, value);
	free(value);
}

/* Permissions with their resource, as the answer lists them. */
static char *scope_listed(const struct issue *i)
{
	const struct scopes *s = i->scopes;
	struct text t = { 0 };
	const char *p = s->all ? (s->graph ? "User.Read" : "EWS.AccessAsUser.All") : s->names.at;

	while (*p != '\0') {
		size_t n = strcspn(p, " ");
		bool bare = same(p, "openid") || strncmp(p, "openid ", 7) == 0;

		if (!bare)
			text_printf(&t, "%s/", s->resource);
		text_add(&t, p, n + (p[n] == ' '));
		p += n + (p[n] == ' ');
	}
	return t.at;
}

static void put_user_answer(struct ask *k, json_t *j, const struct issue *i)
{
	char *wants_info = ask_value(k, "client_info");

	put_owned(j, "scope", scope_listed(i));
	if (i->scopes->offline)
		put(j, "refresh_token", refresh_token(k, i)->key);
	if (i->scopes->openid)
		put_owned(j, "id_token", id_token(k, i));
	if (same(wants_info, "1"))
		put_owned(j, "client_info", client_info(k, i->identity));
	free(wants_info);
}

/* The whole answer of a token endpoint that said yes. */
void issue_answer(struct ask *k, const struct issue *i)
{
	json_t *j = json_object();
	utc_t now = world_now(k->s->world);

	put(j, "token_type", "Bearer");
	put_number(j, k->v1, "expires_in", LIFE);
	put_number(j, k->v1, "ext_expires_in", LIFE);
	if (k->v1) {
		put_number(j, true, "expires_on", now + LIFE);
		put_number(j, true, "not_before", now - OLD);
		put(j, "resource", i->scopes->resource);
	}
	put_owned(j, "access_token", access_token(k, i));
	if (i->identity != NULL)
		put_user_answer(k, j, i);
	ask_json(k, 200, j);
}
