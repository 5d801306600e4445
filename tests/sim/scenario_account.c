/*
 * Scenario statements about accounts and applications: how one signs in, and as whom one may act.
 *
 * A mailbox gets its account with the first statement that needs one, under its address.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sim/scenario_run.h"

enum { PEM_MAX = 65536 };

/* An account that has no mailbox; those of mailboxes are reached through them. */
int st_account(struct run *r)
{
	const char *upn = next(r), *password = NULL;
	struct identity *id = world_identity(r->w, upn);
	struct premise *p = NULL;
	const char *at = strrchr(upn, '@');
	const struct domain *d = at ? world_domain(r->w, at + 1) : NULL;
	const struct option known[] = { { "premise", TAKE_PREMISE, &p, NULL },
		{ "password", TAKE_TEXT, &password, NULL }, { NULL, TAKE_FLAG, NULL, NULL } };

	if (!options(r, known))
		return -1;
	if (!id && !at)
		return refuse(r, "'%s' is not a user principal name; expected name@domain", upn);
	if (!id && !p && !d)
		return refuse(
			r, "'%s' is of no domain made above; expected one, or premise P", upn);
	if (!id && !may_make(r, "account", upn))
		return -1;
	if (!id)
		id = world_add_identity(r->w, upn, p ? p : d->premise);
	enter(r, IN_ACCOUNT, id);
	if (r->dry)
		return 0;
	id->premise = p ? p : id->premise;
	id->password = password ? world_copy(r->w, password) : id->password;
	return 0;
}

/* The account a statement is about, when there is one. */
static struct identity *account_of(const struct run *r)
{
	return r->place->kind == IN_ACCOUNT ? r->place->thing[IN_ACCOUNT]
					    : the_mailbox(r)->identity;
}

struct identity *the_identity(struct run *r)
{
	struct identity *id = account_of(r);
	struct mailbox *m = the_mailbox(r);

	if (id)
		return id;
	id = m->identity = world_add_identity(r->w, m->address, m->home);
	if (id)
		id->mailbox = m;
	else
		refuse(r, "the account name '%s' is taken", m->address);
	return id;
}

int st_password(struct run *r)
{
	struct identity *id;

	if (r->dry)
		return 0;
	if (!(id = the_identity(r)))
		return -1;
	id->password = world_copy(r->w, next(r));
	return 0;
}

int st_new_password(struct run *r)
{
	struct identity *id;

	if (r->dry)
		return 0;
	if (!(id = the_identity(r)))
		return -1;
	world_new_password(r->w, id, next(r));
	return 0;
}

int st_login(struct run *r)
{
	const char *word = next(r);
	struct identity *id;

	if (!*word || strlen(word) > 20 || strpbrk(word, "\\/@\"[]:;|=,+*?<>"))
		return refuse(r, "'%s' is not a login name; expected at most 20 letters", word);
	if (r->dry)
		return 0;
	if (!(id = the_identity(r)))
		return -1;
	id->sam = world_copy(r->w, word);
	return 0;
}

/* May be of a domain that has no mail. */
int st_upn(struct run *r)
{
	const char *word = next(r);
	struct identity *id = account_of(r), *has = world_identity(r->w, word);

	if (!strchr(word, '@') || strchr(word, '\\'))
		return refuse(r, "'%s' is not a user principal name; expected name@domain", word);
	if (has && has != id)
		return refuse(r, "the account name '%s' is taken", word);
	if (r->dry)
		return 0;
	if (!(id = the_identity(r)))
		return -1;
	id->upn = world_copy(r->w, word);
	return 0;
}

/* By the place of the word in the list of states, below. */
static void set_state(struct run *r, struct identity *id, int state)
{
	int minutes = id->premise->lock_minutes;

	switch (state) {
	case 0:
		id->disabled = id->expired = id->must_change = id->mfa = id->hours = false;
		id->locked_until = 0;
		id->bad = 0;
		return;
	case 1:
		id->disabled = true;
		return;
	case 2:
		id->expired = true;
		return;
	case 3:
		id->must_change = true;
		return;
	case 4:
		id->locked_until = world_now(r->w) + (minutes > 0 ? minutes : 30) * 60;
		return;
	case 5:
		id->mfa = true;
		return;
	default:
		id->hours = true;
		return;
	}
}

int st_state(struct run *r)
{
	static const char words[] = "well disabled expired must-change locked mfa hours";
	int from = r->at, state;
	struct identity *id;

	while (r->at < r->n)
		if (!want_choice(r, "a state", words, &state))
			return -1;
	if (r->dry)
		return 0;
	if (!(id = the_identity(r)))
		return -1;
	for (r->at = from; r->at < r->n;)
		if (want_choice(r, "a state", words, &state))
			set_state(r, id, state);
	return 0;
}

int st_app(struct run *r)
{
	const char *id = next(r), *name = NULL;
	struct app *a = world_app(r->w, id), **end = &r->w->apps;
	struct premise *p = NULL;
	char guid[37];
	const struct option known[] = { { "tenant", TAKE_PREMISE, &p, NULL },
		{ NULL, TAKE_FLAG, NULL, NULL } };

	if (r->at < r->n && !same(r->word[r->at], "tenant"))
		name = next(r);
	if (!options(r, known))
		return -1;
	if (!a && !p)
		return refuse(r, "a new app needs its premise; usage: %s", r->statement->usage);
	if (!a && !may_make(r, "app", id))
		return -1;
	if (!a) {
		while (*end)
			end = &(*end)->next;
		a = *end = world_need(r->w, sizeof *a);
		world_guid(r->w, guid);
		a->client_id = world_copy(r->w, id);
		a->object_id = world_copy(r->w, guid);
		a->name = a->client_id;
	}
	enter(r, IN_APP, a);
	if (r->dry)
		return 0;
	a->premise = p ? p : a->premise;
	a->name = name ? world_copy(r->w, name) : a->name;
	return 0;
}

/* In the place of the one with the same id, else at the end. */
static void add_secret(struct run *r, const struct app_secret *is)
{
	struct app_secret **at = &the_app(r)->secrets, *rest;

	while (*at && !same((*at)->id, is->id))
		at = &(*at)->next;
	rest = *at ? (*at)->next : NULL;
	*at = world_need(r->w, sizeof **at);
	**at = *is;
	(*at)->id = world_copy(r->w, is->id);
	(*at)->next = rest;
}

int st_secret(struct run *r)
{
	struct app_secret is = { .id = (char *)(uintptr_t)next(r) };
	const char *secret = next(r);
	const struct option known[] = { { "expires", TAKE_TIME, &is.expires, NULL },
		{ NULL, TAKE_FLAG, NULL, NULL } };

	if (!options(r, known))
		return -1;
	if (r->dry)
		return 0;
	is.value = world_copy(r->w, secret);
	add_secret(r, &is);
	return 0;
}

/* A file below the scenario's directory, as text of the world; NULL was told. */
static char *read_pem(struct run *r, const char *name)
{
	const char *directory = r->place->directory;
	char *path = name[0] == '/' || !directory ? copy(name) : format("%s/%s", directory, name);
	FILE *f = fopen(path, "r");
	char *bytes = need(PEM_MAX), *pem = NULL;
	size_t n = f ? fread(bytes, 1, PEM_MAX - 1, f) : 0;

	if (!f)
		refuse(r, "cannot read %s: %s", path, strerror(errno));
	else if (n == 0 || !strstr(bytes, "-----BEGIN CERTIFICATE-----"))
		refuse(r, "%s holds no certificate; expected PEM", path);
	else
		pem = world_copy(r->w, bytes);
	if (f)
		fclose(f);
	free(bytes);
	free(path);
	return pem;
}

int st_certificate(struct run *r)
{
	struct app_secret is = { .id = (char *)(uintptr_t)next(r) };
	const char *file = next(r);
	const struct option known[] = { { "expires", TAKE_TIME, &is.expires, NULL },
		{ NULL, TAKE_FLAG, NULL, NULL } };

	if (!options(r, known) || !(is.pem = read_pem(r, file)))
		return -1;
	if (!r->dry)
		add_secret(r, &is);
	return 0;
}

int st_no_secret(struct run *r)
{
	const char *id = next(r);
	struct app_secret **at = &the_app(r)->secrets;
	bool found = same(id, "all");

	while (!r->dry && *at) {
		if (!same(id, "all") && !same((*at)->id, id)) {
			at = &(*at)->next;
			continue;
		}
		*at = (*at)->next;
		found = true;
	}
	return found || r->dry ? 0
			       : refuse(r, "there is no secret '%s'; expected an ID or all", id);
}

/* Compared letter by letter at the sign-in, so nothing is made regular here. */
int st_redirect(struct run *r)
{
	struct app *a = the_app(r);

	for (int i = r->at; i < r->n; i++)
		if (!strstr(r->word[i], "://"))
			return refuse(r, "'%s' is not a URI; expected https://...", r->word[i]);
	while (!r->dry && r->at < r->n)
		a->redirects = world_list_with(r->w, a->redirects, world_copy(r->w, next(r)));
	return 0;
}

static int change_users(struct run *r, bool add)
{
	struct app *a = the_app(r);

	for (int i = r->at; i < r->n; i++)
		if (!world_identity(r->w, r->word[i]))
			return refuse(
				r, "there is no account '%s'; expected one made above", r->word[i]);
	while (!r->dry && r->at < r->n) {
		struct identity *id = world_identity(r->w, next(r));

		a->users = world_list_without(r->w, a->users, id);
		if (add)
			a->users = world_list_with(r->w, a->users, id);
	}
	return 0;
}

int st_user(struct run *r)
{
	return change_users(r, true);
}

int st_no_user(struct run *r)
{
	return change_users(r, false);
}

int st_app_flag(struct run *r)
{
	struct app *a = the_app(r);
	bool yes = true;
	const struct {
		const char *word;
		bool *flag;
	} flags[] = { { "consent", &a->consented }, { "full-access", &a->full_access },
		{ "delegated", &a->delegated }, { "disabled", &a->disabled },
		{ "public", &a->public_client }, { "single-tenant", &a->single_tenant },
		{ "assigned-only", &a->assigned_only } };

	if (r->at < r->n && !want(r, "its value", TAKE_YES, &yes))
		return -1;
	for (size_t i = 0; !r->dry && i < sizeof flags / sizeof flags[0]; i++)
		if (same(flags[i].word, r->statement->word))
			*flags[i].flag = yes;
	return 0;
}
