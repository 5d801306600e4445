/*
 * Page: which page of the sign-in comes next.
 *
 * Account, password, second factor, consent, in this order; each page posts its fields and carries
 * the request in its query. Between two pages of one sign-in stands a step: a ticket, good once,
 * for an account whose password was right.
 */
#include "sim/token_part.h"

#include <stdlib.h>
#include <string.h>

/* Long enough to look for a telephone. */
enum { STEP_LIFE = 600, STEP_BYTES = 48, DIGITS = 6 };

/* Bound to the app: a step of one app's sign-in is of no use to another's. */
static struct ticket *step_new(struct ask *k, const struct wish *w, struct identity *id, bool mfa)
{
	struct ticket *t = ticket_new(k->t->tickets, TICKET_STEP, NULL, STEP_BYTES, STEP_LIFE);

	ticket_own(t, id);
	t->app = w->app;
	t->mfa = mfa;
	return t;
}

/* prompt=none: no page at all, an answer or an error. */
static bool quiet(const struct wish *w)
{
	return same(w->prompt, "none");
}

static void refuse(struct ask *k, const struct wish *w, int number)
{
	ask_fail(k, number, number == 90094 ? w->app->name : w->app->client_id,
		number == 90094 ? k->tenant_word : w->app->name);
	wish_refused(k, w);
}

/* Nobody in this world is an administrator who could consent for all. */
static bool needs_administrator(const struct wish *w)
{
	return same(w->prompt, "admin_consent") || (w->app->assigned_only && !w->app->consented);
}

/* The last gate. A device always asks: who reads the code out may not be who wrote the program. */
static void consent(struct ask *k, const struct wish *w, struct identity *id, bool mfa)
{
	bool consented = user_consented(k, id, w->app);

	if (needs_administrator(w))
		refuse(k, w, 90094);
	else if (!consented && quiet(w))
		refuse(k, w, 65001);
	else if (!consented || w->device != NULL || same(w->prompt, "consent"))
		html_consent(k, w, step_new(k, w, id, mfa)->key, id);
	else
		wish_granted(k, w, id, mfa);
}

/* An account is known: is it one of this tenant, and does it still owe a second factor. */
static bool account_fits(struct ask *k, const struct wish *w, struct identity *id, bool mfa)
{
	if (!user_fits(k, id, w->app, true)) {
		if (quiet(w) || k->error->number == 50105)
			wish_refused(k, w);
		else
			html_error(k, k->error->status);
		return false;
	}
	if (!id->mfa || mfa)
		return true;
	if (quiet(w))
		refuse(k, w, 50076);
	else
		html_code(k, w, step_new(k, w, id, false)->key, NULL);
	return false;
}

static void account_chosen(struct ask *k, const struct wish *w, struct identity *id, bool mfa)
{
	if (account_fits(k, w, id, mfa))
		consent(k, w, id, mfa);
}

static bool silently(const struct ask *k, const struct ticket *account)
{
	const struct premise *p = k->tenant;

	if (p == NULL)
		p = tenant_of_identity(k->s, account->identity);
	return p != NULL && world_unsure(p, UNSURE_SIGNED_IN, "silent");
}

/* Several accounts and no hint: nobody is there to choose. */
static void begin_quietly(struct ask *k, const struct wish *w, const struct accounts *all)
{
	const struct ticket *hinted = w->hint != NULL ? account_named(all, w->hint) : NULL;

	if (hinted == NULL && all->n == 1 && w->hint == NULL)
		hinted = all->of[0];
	if (hinted != NULL)
		account_chosen(k, w, hinted->identity, hinted->mfa);
	else
		refuse(k, w, all->n > 1 && w->hint == NULL ? 16000 : 50058);
}

/* prompt=login never looks at who is signed in; a hint for somebody else neither. */
void page_begin(struct ask *k, const struct wish *w)
{
	bool select = same(w->prompt, "select_account");
	const struct ticket *account = NULL;
	struct accounts all;

	session_accounts(k, &all);
	if (quiet(w)) {
		begin_quietly(k, w, &all);
		return;
	}
	if (w->hint != NULL && !select)
		account = account_named(&all, w->hint);
	else if (all.n == 1 && !select && silently(k, all.of[0]))
		account = all.of[0];
	if (same(w->prompt, "login") || all.n == 0 ||
		(account == NULL && w->hint != NULL && !select))
		html_password(k, w, w->hint, NULL);
	else if (account != NULL)
		account_chosen(k, w, account->identity, account->mfa);
	else
		html_pick(k, w, &all);
}

/* What a page posted */

/* A name without a password is a first step, not a wrong password: it must not count. */
static void password_given(struct ask *k, const struct wish *w, const char *posted)
{
	char *login = form_value(posted, "loginfmt"), *secret = form_value(posted, "passwd");
	struct identity *id;

	if (login == NULL || *login == '\0') {
		html_password(k, w, NULL, "Enter a valid email address.");
	} else if (secret == NULL || *secret == '\0') {
		html_password(k, w, login, NULL);
	} else if (user_password(k, login, secret, &id)) {
		session_add(k, id, false);
		account_chosen(k, w, id, false);
	} else {
		html_password(k, w, login, k->say);
	}
	free(login);
	free(secret);
}

/* An account of the list; one that must sign in anew has its name filled in. */
static void account_picked(struct ask *k, const struct wish *w, const char *which)
{
	const struct ticket *account;
	struct accounts all;

	session_accounts(k, &all);
	account = account_named(&all, which);
	if (account == NULL || same(w->prompt, "login"))
		html_password(k, w, account != NULL ? account->identity->upn : NULL, NULL);
	else
		account_chosen(k, w, account->identity, account->mfa);
}

/* No telephone rings here: any six digits are right but six zeros. */
static void code_given(struct ask *k, const struct wish *w, struct identity *id, const char *code)
{
	bool right = strlen(code) == DIGITS && strspn(code, "0123456789") == DIGITS &&
		!same(code, "000000");

	if (right) {
		session_add(k, id, true);
		account_chosen(k, w, id, true);
		return;
	}
	ask_fail(k, 500121, NULL, NULL);
	html_code(k, w, step_new(k, w, id, false)->key, k->say);
}

/* Looked at again: between the page and its answer the world may have changed. */
static void consent_given(struct ask *k, const struct wish *w, const struct ticket *step, bool yes)
{
	if (!account_fits(k, w, step->identity, step->mfa))
		return;
	if (needs_administrator(w)) {
		refuse(k, w, 90094);
	} else if (yes) {
		user_consents(k, step->identity, w->app);
		wish_granted(k, w, step->identity, step->mfa);
	} else if (w->device != NULL) {
		w->device->declined = true;
		html_message(k, "Sign-in cancelled", "You declined. You may close this window.");
	} else {
		refuse(k, w, 65004);
	}
}

/* Used up whatever comes of it: the next page has a step of its own. */
static void step_given(struct ask *k, const struct wish *w, const char *key, const char *posted)
{
	struct ticket *step = ticket_find(k->t->tickets, TICKET_STEP, key);
	char *code = form_value(posted, "otc"), *answer = form_value(posted, "consent");

	if (step == NULL || !ticket_alive(k->t->tickets, step) || step->app != w->app) {
		page_begin(k, w);
	} else {
		step->spent = true;
		if (answer != NULL)
			consent_given(k, w, step, same(answer, "accept"));
		else
			code_given(k, w, step->identity, code != NULL ? code : "");
	}
	free(code);
	free(answer);
}

void page_step(struct ask *k, const struct wish *w, const char *posted)
{
	char *step = form_value(posted, "step"), *account = form_value(posted, "account");
	char *other = form_value(posted, "other");

	if (step != NULL)
		step_given(k, w, step, posted);
	else if (account != NULL)
		account_picked(k, w, account);
	else if (other != NULL)
		html_password(k, w, NULL, NULL);
	else
		password_given(k, w, posted);
	free(step);
	free(account);
	free(other);
}

/* Endpoints */

void token_authorize(struct ask *k)
{
	struct wish w;

	if (wish_read(k, k->form, &w))
		page_begin(k, &w);
	wish_free(&w);
}

/* The request is read anew each time: nothing a page carried is believed because we wrote it. */
void token_login(struct ask *k)
{
	const char *posted = k->form;
	struct wish w;

	if (wish_read(k, k->r->query, &w))
		page_step(k, &w, posted);
	wish_free(&w);
}

/* Never send a browser where no app said it wants it. */
static bool is_registered(const struct world *w, const char *uri)
{
	for (const struct app *a = w->apps; a != NULL; a = a->next)
		for (char **r = a->redirects; r != NULL && *r != NULL; r++)
			if (same(*r, uri))
				return true;
	return false;
}

void token_logout(struct ask *k)
{
	char *back = ask_value(k, "post_logout_redirect_uri");

	session_end(k);
	if (back != NULL && is_registered(k->s->world, back)) {
		k->a->status = 302;
		answer_header(k->a, "Location", back);
	} else {
		html_message(k, "You signed out of your account",
			"It's a good idea to close all browser windows.");
	}
	free(back);
}
