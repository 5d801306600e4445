/*
 * Client: which app is asking, and whether it is what it says: by secret (in the body or as Basic),
 * by a signed assertion, or not at all because it is public.
 */
#include "sim/token_part.h"

#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

/* How far a client's clock may be off; how long a used jti is remembered: longer than any assertion
 * lives. */
enum { SKEW = 300, ASSERTION_KEPT = 86400 };

/* An app lives in its own tenant; one for many tenants lives in all. */
bool client_named(struct ask *k, const char *client_id, struct app **out)
{
	struct app *app = client_id == NULL ? NULL : world_app(k->s->world, client_id);
	struct premise *home = app == NULL ? NULL : tenant_of(k->s, app->premise);

	*out = app;
	if (client_id == NULL)
		return ask_fail(k, 900144, "client_id", NULL);
	if (app == NULL ||
		(k->tenant != NULL && home != NULL && app->single_tenant && home != k->tenant))
		return ask_fail(k, 700016, client_id, k->tenant_word);
	if (k->tenant == NULL && app->single_tenant)
		return ask_fail(k, 50194, app->client_id, app->name);
	if (app->disabled)
		return ask_fail(k, 7000112, app->client_id, app->name);
	return true;
}

/* What is missing of client_id and client_secret, from Basic, percent-encoded: RFC 6749, 2.3.1. */
static void basic_read(const struct request *r, char **id, char **secret)
{
	const char *header = request_header(r, "Authorization"), *colon;
	struct text pair = { 0 }, one = { 0 }, two = { 0 };

	if (header == NULL || strncasecmp(header, "Basic ", 6) != 0 ||
		!base64_read(header + 6, strlen(header + 6), &pair))
		return;
	colon = strchr(pair.at, ':');
	if (colon != NULL && percent_read(pair.at, (size_t)(colon - pair.at), &one) &&
		percent_read(colon + 1, strlen(colon + 1), &two) &&
		(*id == NULL || same_nocase(*id, one.at))) {
		free(*id);
		*id = copy(one.at);
		*secret = copy(two.at);
	}
	text_free(&one);
	text_free(&two);
	text_free(&pair);
}

/* An expired secret is named as such only to who knows it; an id given for a value is merely wrong,
 * and the text says what people mostly did. */
static bool secret_right(struct ask *k, const struct app *app, const char *secret)
{
	utc_t now = world_now(k->s->world);
	bool expired = false;

	for (const struct app_secret *s = app->secrets; s != NULL; s = s->next) {
		if (s->value == NULL || !same(s->value, secret))
			continue;
		if (s->expires == 0 || s->expires > now)
			return true;
		expired = true;
	}
	return ask_fail(k, expired ? 7000222 : 7000215, app->client_id, NULL);
}

/* Assertions: RFC 7523, as Entra wants them */

/* NULL for a secret, and for text that is no certificate. */
static X509 *certificate_read(const struct app_secret *s)
{
	BIO *b = s->pem == NULL ? NULL : BIO_new_mem_buf(s->pem, -1);
	X509 *x = b == NULL ? NULL : PEM_read_bio_X509(b, NULL, NULL, NULL);

	BIO_free(b);
	return x;
}

/*
 * Is this the certificate's thumbprint. Libraries write it as they like: base64url as the standard
 * says, base64 with its padding, and the oldest put hexadecimal into kid.
 */
static bool is_print(X509 *x, const EVP_MD *md, const char *wanted)
{
	unsigned char print[EVP_MAX_MD_SIZE];
	struct text bytes = { 0 }, hex = { 0 };
	unsigned int len = 0;
	bool is;

	if (wanted == NULL)
		return false;
	X509_digest(x, md, print, &len);
	hex_add(&hex, print, len);
	is = same_nocase(hex.at, wanted) ||
		(base64_read(wanted, strlen(wanted), &bytes) && bytes.len == len &&
			memcmp(bytes.at, print, len) == 0);
	text_free(&bytes);
	text_free(&hex);
	return is;
}

/* The app's certificate that the header names, and when it ends to be good; NULL = none. */
static X509 *certificate_named(const struct app *app, const struct jwt *j, utc_t *ends)
{
	const char *sha1 = json_string_value(json_object_get(j->header, "x5t"));
	const char *sha256 = json_string_value(json_object_get(j->header, "x5t#S256"));
	const char *kid = json_string_value(json_object_get(j->header, "kid"));

	for (const struct app_secret *s = app->secrets; s != NULL; s = s->next) {
		X509 *x = certificate_read(s);

		*ends = s->expires;
		if (x != NULL &&
			(is_print(x, EVP_sha256(), sha256) || is_print(x, EVP_sha1(), sha1) ||
				(sha1 == NULL && sha256 == NULL && is_print(x, EVP_sha1(), kid))))
			return x;
		X509_free(x);
	}
	return NULL;
}

/* What the refusal tells: the thumbprint as the client wrote it. */
static const char *named_print(const struct jwt *j)
{
	static const char *const names[] = { "x5t#S256", "x5t", "kid" };
	const char *print = NULL;

	for (size_t i = 0; print == NULL && i < sizeof(names) / sizeof(names[0]); i++)
		print = json_string_value(json_object_get(j->header, names[i]));
	return print != NULL ? print : "";
}

/* The two numbers are two mistakes: the wrong certificate registered, or the wrong key used. */
static bool signed_by_app(struct ask *k, const struct app *app, const struct jwt *j)
{
	time_t now = (time_t)world_now(k->s->world);
	utc_t ends = 0;
	X509 *x = certificate_named(app, j, &ends);
	bool good;

	if (x == NULL)
		return ask_fail(k, 700027, "The key was not found.", named_print(j));
	if ((ends != 0 && ends <= now) || X509_cmp_time(X509_get0_notAfter(x), &now) < 0)
		good = ask_fail(k, 700027, "The key used is expired.", named_print(j));
	else if (!jwt_proves(j, X509_get0_pubkey(x)))
		good = ask_fail(k, 50012, "The signature does not match.", named_print(j));
	else
		good = true;
	X509_free(x);
	return good;
}

/* The token endpoint or the issuer, v1 or v2, with the tenant as a word or as its GUID. */
static bool is_for_us(struct ask *k, const char *audience)
{
	static const char *const ends[] = { "/oauth2/v2.0/token", "/oauth2/token", "/v2.0", "/",
		"" };
	const char *words[] = { k->tenant_word, k->tenant != NULL ? k->tenant->tenant : NULL };
	bool is = false;

	for (size_t i = 0; audience != NULL && !is && i < 2 * sizeof(ends) / sizeof(ends[0]); i++) {
		const char *word = words[i % 2];
		char *path, *url;

		if (word == NULL)
			continue;
		path = format("/%s%s", word, ends[i / 2]);
		url = face_url(k->face, path);
		is = same_nocase(audience, url);
		free(path);
		free(url);
	}
	return is;
}

/* exp is demanded, nbf only believed. */
static bool in_time(struct ask *k, const struct jwt *j)
{
	int64_t now = world_now(k->s->world), from = now, until = 0;
	char *at, *end;
	bool good = jwt_time(j, "exp", &until) && until > now - SKEW;

	if (json_object_get(j->claims, "nbf") != NULL)
		good = good && jwt_time(j, "nbf", &from) && from <= now + SKEW;
	if (good)
		return true;
	at = format("%lld", (long long)now);
	end = format("%lld", (long long)until);
	ask_fail(k, 700024, at, end);
	free(at);
	free(end);
	return false;
}

/* Only asked once all else was right: a stranger must not use up somebody's jti. */
static bool is_fresh(struct ask *k, const struct app *app, const struct jwt *j)
{
	const char *jti = jwt_string(j, "jti");
	char *key;
	bool used;

	if (jti == NULL)
		return true;
	key = format("%s %s", app->client_id, jti);
	used = ticket_find(k->t->tickets, TICKET_ASSERTION, key) != NULL;
	if (!used)
		ticket_new(k->t->tickets, TICKET_ASSERTION, key, 0, ASSERTION_KEPT);
	free(key);
	return used ? ask_fail(k, 50012, "The assertion was used before.", named_print(j)) : true;
}

/* Issuer and subject are both the app itself: RFC 7523, 3. */
bool client_asserted(struct ask *k, struct app *app, const char *assertion)
{
	struct jwt j;
	bool good;

	if (!jwt_read(assertion, &j))
		return ask_fail(k, 50027, "There must be three parts of base64url.", NULL);
	if (!same_nocase(jwt_string(&j, "iss"), app->client_id) ||
		!same_nocase(jwt_string(&j, "sub"), app->client_id))
		good = ask_fail(k, 700021, NULL, NULL);
	else if (!is_for_us(k, jwt_string(&j, "aud")))
		good = ask_fail(k, 700023, NULL, NULL);
	else
		good = signed_by_app(k, app, &j) && in_time(k, &j) && is_fresh(k, app, &j);
	jwt_free(&j);
	return good;
}

/* A public client keeps no secret; one that has some registered may still act for itself. */
static bool credential_fits(struct ask *k, const struct app *app, bool given, bool needs)
{
	if (given && app->public_client && !(needs && app->secrets != NULL))
		return ask_fail(k, 700025, NULL, NULL);
	if (!given && needs)
		return ask_fail(k, 7000216, NULL, NULL);
	if (!given && !app->public_client)
		return ask_fail(k, 7000218, NULL, NULL);
	return true;
}

/* There is a SAML type too, that nobody here speaks. */
static bool assertion_type_right(struct ask *k)
{
	char *type = ask_value(k, "client_assertion_type");
	bool right = same(type, "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");

	if (type == NULL)
		ask_fail(k, 900144, "client_assertion_type", NULL);
	else if (!right)
		ask_fail(k, 50027, "The client_assertion_type is not known.", NULL);
	free(type);
	return right;
}

bool client_proven(struct ask *k, bool needs, struct client *out)
{
	char *id = ask_value(k, "client_id"), *secret = ask_value(k, "client_secret");
	char *assertion = ask_value(k, "client_assertion");
	bool good;

	*out = (struct client){ .acr = assertion != NULL ? "2" : "1" };
	if (secret == NULL && assertion == NULL)
		basic_read(k->r, &id, &secret);
	good = client_named(k, id, &out->app) &&
		credential_fits(k, out->app, secret != NULL || assertion != NULL, needs);
	if (good && assertion != NULL)
		good = assertion_type_right(k) && client_asserted(k, out->app, assertion);
	else if (good && secret != NULL)
		good = secret_right(k, out->app, secret);
	else
		out->acr = "0";
	free(id);
	free(secret);
	free(assertion);
	return good;
}
