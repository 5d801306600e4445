/*
 * Grants: the token endpoint, v1 and v2: client credentials, code, refresh token, device code,
 * password.
 *
 * A code is used once. A refresh token is replaced at each use; whether the one before still works
 * is a switch of the tenant's premise (refresh-reuse): refused together with all that followed
 * from it, or accepted as long as it lives.
 */
#include "sim/token_part.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

/* RFC 7636, 4.1. */
enum { PKCE_MIN = 43, PKCE_MAX = 128 };

/* An app for itself: everything it was ever granted, or nothing; there is no asking for less. */
static void client_credentials(struct ask *k)
{
	struct client c;
	struct scopes s = { 0 };

	if (k->tenant == NULL) {
		ask_fail(k, 50059, NULL, NULL);
		return;
	}
	if (!client_proven(k, true, &c) || !ask_scopes(k, &s))
		return;
	if (s.all)
		issue_answer(k, &(struct issue){ .client = &c, .scopes = &s });
	else
		ask_fail(k, 1002012, s.names.at, NULL);
	scopes_free(&s);
}

/* Looks like one of ours: then it was one once, or of another server. */
static bool ticket_shaped(const char *key)
{
	return strncmp(key, "1.A", 3) == 0 && strlen(key) > 100;
}

/* The ticket a parameter names, and whether the tenant of the path may use it. */
static struct ticket *ticket_named(struct ask *k, enum ticket_kind kind, const char *name)
{
	char *key = ask_value(k, name);
	struct ticket *t = ticket_find(k->t->tickets, kind, key);

	if (key == NULL)
		ask_fail(k, 900144, name, NULL);
	else if (t == NULL)
		ask_fail(k, ticket_shaped(key) ? 70000 : 9002313, NULL, NULL);
	else if (t->tenant != NULL && k->tenant != NULL && t->tenant != k->tenant)
		ask_fail(k, 700005, NULL, NULL);
	free(key);
	return k->error != NULL ? NULL : t;
}

/* Both times are told, as the real text does: it is how an administrator finds the reset. */
static bool refuse_revoked(struct ask *k, const struct ticket *t)
{
	struct text issued = { 0 }, valid = { 0 };

	when_write_utc(&issued, t->issued);
	when_write_utc(&valid, t->identity->revoked);
	ask_fail(k, 50173, issued.at, valid.at);
	text_free(&issued);
	text_free(&valid);
	return false;
}

/* The scope of this request, or the one that the ticket remembers. */
static bool scopes_for(struct ask *k, const struct ticket *t, struct scopes *out)
{
	char *asked = ask_value(k, k->v1 ? "resource" : "scope");

	free(asked);
	if (asked != NULL)
		return ask_scopes(k, out);
	return t->v1 ? scopes_of_resource(k, t->scope, out) : scopes_read(k, t->scope, out);
}

/* What a ticket of a user is worth now. It remembers the words that were first consented to. */
static void issue_for(struct ask *k, struct client *c, struct ticket *t, bool refresh)
{
	struct issue i = { .client = c, .identity = t->identity, .mfa = t->mfa };
	struct scopes s = { 0 };

	if (!user_fits(k, t->identity, c->app, t->mfa) || !scopes_for(k, t, &s))
		return;
	if (scopes_granted(k, &s, t->identity, c->app)) {
		s.offline = s.offline || refresh;
		i.scopes = &s;
		i.nonce = t->nonce;
		i.scope = t->scope;
		i.family = t->family;
		i.v1 = t->v1;
		issue_answer(k, &i);
	}
	scopes_free(&s);
}

/* Codes */

/* A verifier without a challenge is as wrong as the other way round: somebody mixed up sessions. */
static bool verifier_right(const struct ticket *t, const char *verifier)
{
	size_t len = verifier == NULL ? 0 : strlen(verifier);
	unsigned char hash[EVP_MAX_MD_SIZE];
	struct text text = { 0 };
	unsigned int n = 0;
	bool right;

	if (t->challenge == NULL)
		return verifier == NULL;
	if (len < PKCE_MIN || len > PKCE_MAX)
		return false;
	if (t->plain)
		return same(verifier, t->challenge);
	EVP_Digest(verifier, len, hash, &n, EVP_sha256(), NULL);
	base64url_add(&text, hash, n);
	right = same(text.at, t->challenge);
	text_free(&text);
	return right;
}

/* Spent is told before expired: a code used twice is an alarm, a late one an accident. */
static bool code_fits(struct ask *k, const struct ticket *t, const struct app *app)
{
	char *redirect = ask_value(k, "redirect_uri"), *verifier = ask_value(k, "code_verifier");

	if (t->app != app)
		ask_fail(k, 70000, NULL, NULL);
	else if (t->spent)
		ask_fail(k, 54005, NULL, NULL);
	else if (ticket_expired(k->t->tickets, t))
		ask_fail(k, 70008, NULL, NULL);
	else if (ticket_revoked(t))
		refuse_revoked(k, t);
	else if (redirect == NULL)
		ask_fail(k, 900144, "redirect_uri", NULL);
	else if (!same(redirect, t->redirect))
		ask_fail(k, 500112, redirect, t->redirect);
	else if (!verifier_right(t, verifier))
		ask_fail(k, 501481, NULL, NULL);
	free(redirect);
	free(verifier);
	return k->error == NULL;
}

/* Only a right request uses the code up: a wrong verifier leaves it to its owner. */
static void authorization_code(struct ask *k)
{
	struct client c;
	struct ticket *t;

	if (!client_proven(k, false, &c))
		return;
	t = ticket_named(k, TICKET_CODE, "code");
	if (t == NULL || !code_fits(k, t, c.app))
		return;
	t->spent = true;
	issue_for(k, &c, t, false);
}

/* Refresh tokens */

/* Reuse of a replaced token ends the whole family: one of the two holders is a thief. */
static bool refresh_fits(struct ask *k, const struct ticket *t, const struct app *app)
{
	bool strict = t->tenant != NULL && world_unsure(t->tenant, UNSURE_REFRESH_REUSE, "refused");

	if (t->app != app)
		return ask_fail(k, 70000, NULL, NULL);
	if (ticket_expired(k->t->tickets, t)) {
		struct text issued = { 0 };

		when_write_utc(&issued, t->issued);
		ask_fail(k, 700082, issued.at, NULL);
		text_free(&issued);
		return false;
	}
	if (t->spent && strict)
		tickets_kill_family(k->t->tickets, t->family);
	if (t->declined || ticket_revoked(t))
		return refuse_revoked(k, t);
	return true;
}

/* Replaced only when a new one really left. */
static void refresh_token(struct ask *k)
{
	struct client c;
	struct ticket *t;

	if (!client_proven(k, false, &c))
		return;
	t = ticket_named(k, TICKET_REFRESH, "refresh_token");
	if (t == NULL || !refresh_fits(k, t, c.app))
		return;
	issue_for(k, &c, t, true);
	t->spent = t->spent || k->error == NULL;
}

/* Device codes */

/* Declined and expired are final, pending is not: pollers go by the word alone. */
static bool device_fits(struct ask *k, const struct ticket *t, const struct app *app)
{
	if (t->app != app)
		return ask_fail(k, 70000, NULL, NULL);
	if (t->spent)
		return ask_fail(k, 54005, NULL, NULL);
	if (t->declined)
		return ask_fail(k, 70017, NULL, NULL);
	if (ticket_expired(k->t->tickets, t))
		return ask_fail(k, 70019, NULL, NULL);
	if (t->identity == NULL)
		return ask_fail(k, 70016, NULL, NULL);
	return ticket_revoked(t) ? refuse_revoked(k, t) : true;
}

static void device_code(struct ask *k)
{
	struct client c;
	struct ticket *t;
	char *key;

	if (!client_proven(k, false, &c))
		return;
	key = ask_value(k, "device_code");
	if (key == NULL)
		key = ask_value(k, "code"); /* as v1 calls it */
	t = ticket_find(k->t->tickets, TICKET_DEVICE, key);
	if (key == NULL)
		ask_fail(k, 900144, "device_code", NULL);
	else if (t == NULL)
		ask_fail(k, 70018, NULL, NULL);
	free(key);
	if (t == NULL || !device_fits(k, t, c.app))
		return;
	t->spent = true;
	issue_for(k, &c, t, false);
}

/* Passwords: no page, so nothing that needs one */

static void password(struct ask *k)
{
	char *login = ask_value(k, "username"), *secret = ask_value(k, "password");
	char *scope = ask_value(k, k->v1 ? "resource" : "scope");
	struct identity *id = NULL;
	struct scopes s = { 0 };
	struct client c;

	if (client_proven(k, false, &c) && ask_scopes(k, &s) &&
		user_password(k, login, secret, &id) && user_fits(k, id, c.app, false) &&
		scopes_granted(k, &s, id, c.app))
		issue_answer(k,
			&(struct issue){ .client = &c,
				.identity = id,
				.scopes = &s,
				.scope = scope,
				.v1 = k->v1 });
	scopes_free(&s);
	free(login);
	free(secret);
	free(scope);
}

static const struct {
	const char *name;
	void (*run)(struct ask *k);
} grants[] = {
	{ "client_credentials", client_credentials },
	{ "authorization_code", authorization_code },
	{ "refresh_token", refresh_token },
	{ "urn:ietf:params:oauth:grant-type:device_code", device_code },
	{ "device_code", device_code },
	{ "password", password },
};

/* The grant type is looked at first, as the real one does: before client and scope. */
void token_grant(struct ask *k)
{
	char *type = ask_value(k, "grant_type");
	size_t n = sizeof(grants) / sizeof(grants[0]), i = 0;

	if (type == NULL) {
		ask_fail(k, 900144, "grant_type", NULL);
	} else {
		while (i < n && !same(grants[i].name, type))
			i++;
		if (i == n)
			ask_fail(k, 70003, type, NULL);
		else
			grants[i].run(k);
	}
	free(type);
	if (k->error != NULL)
		ask_fail_json(k);
}
