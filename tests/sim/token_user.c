/*
 * User: is the password right, and may this person have tokens of that app.
 *
 * The bad-password counter is sign_judge.c's: the one of NTLM and Basic. Cloud accounts and those
 * synchronised from a directory say an expired password with different numbers.
 */
#include "sim/token_part.h"

#include <stdlib.h>
#include "sim/sign.h"

static const char exchange_id[] = "00000002-0000-0ff1-ce00-000000000000";

/* Signing in tells more here than in Exchange, where every one of these is the same 401. */
static bool password_refused(struct ask *k, const struct identity *id, enum password_end end)
{
	bool cloud = id->premise != NULL && id->premise->online;

	switch (end) {
	case PASSWORD_RIGHT:
		return true;
	case PASSWORD_LOCKED:
		return ask_fail(k, 50053, NULL, NULL);
	case PASSWORD_DISABLED:
		return ask_fail(k, 50057, NULL, NULL);
	case PASSWORD_EXPIRED:
	case PASSWORD_MUST_CHANGE:
		return ask_fail(k, cloud ? 50055 : 50144, NULL, NULL);
	case PASSWORD_HOURS:
		return ask_fail(k, 80012, NULL, NULL);
	case PASSWORD_WRONG:
		break;
	}
	return ask_fail(k, 50126, NULL, NULL);
}

/* Only a UPN signs in here: DOMAIN\\sam is of no directory that the cloud knows. */
bool user_password(struct ask *k, const char *login, const char *password, struct identity **out)
{
	struct identity *id = login == NULL ? NULL : world_identity(k->s->world, login);

	*out = id;
	if (login == NULL)
		return ask_fail(k, 900144, "username", NULL);
	if (id == NULL || !same_nocase(id->upn, login) || tenant_of_identity(k->s, id) == NULL)
		return ask_fail(k, 50034, login, k->tenant_word);
	if (password == NULL)
		return ask_fail(k, 900144, "password", NULL);
	return password_refused(k, id, sign_password(k->s, id, password));
}

/* Directly only: groups of assigned people are not described in this world. */
static bool assigned(const struct app *app, const struct identity *id)
{
	if (!app->assigned_only)
		return true;
	for (struct identity **u = app->users; u != NULL && *u != NULL; u++)
		if (*u == id)
			return true;
	return false;
}

/* In the order people are told: tenant, account, assignment, second factor. */
bool user_fits(struct ask *k, struct identity *id, struct app *app, bool mfa)
{
	struct premise *home = tenant_of_identity(k->s, id);

	if (home == NULL || (k->tenant != NULL && home != k->tenant))
		return ask_fail(k, 50020, id->upn, k->tenant_word);
	k->tenant = home;
	if (id->disabled)
		return ask_fail(k, 50057, NULL, NULL);
	if (!assigned(app, id))
		return ask_fail(k, 50105, app->name, id->upn);
	if (id->mfa && !mfa)
		return ask_fail(k, 50076, exchange_id, NULL);
	return true;
}

static char *consent_key(const struct identity *id, const struct app *app)
{
	return format("%s %s", app->client_id, id->object_id);
}

/* By the administrator for all, or by this person before. */
bool user_consented(struct ask *k, const struct identity *id, const struct app *app)
{
	char *key;
	bool consented;

	if (app->consented)
		return true;
	key = consent_key(id, app);
	consented = ticket_find(k->t->tickets, TICKET_CONSENT, key) != NULL;
	free(key);
	return consented;
}

void user_consents(struct ask *k, struct identity *id, struct app *app)
{
	char *key = consent_key(id, app);

	if (!user_consented(k, id, app))
		ticket_new(k->t->tickets, TICKET_CONSENT, key, 0, 0);
	free(key);
}
