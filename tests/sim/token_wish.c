/*
 * Wish: an authorization request as it was sent, and the way back to who sent it.
 *
 * What concerns the app or the redirect URI is told to the person on a page; only when both are
 * right does everything else go back to the redirect URI, by query, fragment or posted form.
 */
#include "sim/token_part.h"

#include <stdlib.h>
#include <string.h>

/* Real codes are long: a URL with one must still fit everywhere. */
enum { CODE_LIFE = 600, CODE_BYTES = 528, PKCE_MIN = 43, PKCE_MAX = 128 };

void wish_free(struct wish *w)
{
	free(w->redirect);
	free(w->state);
	free(w->nonce);
	free(w->challenge);
	free(w->prompt);
	free(w->hint);
	free(w->mode);
	free(w->scope);
	scopes_free(&w->scopes);
}

/* Of a loopback redirect the port does not count: programs listen where they can. */
static bool redirect_is(const char *registered, const char *asked)
{
	static const char *const loops[] = { "http://localhost", "http://127.0.0.1" };

	if (same(registered, asked))
		return true;
	for (size_t i = 0; i < sizeof(loops) / sizeof(loops[0]); i++) {
		size_t n = strlen(loops[i]);
		const char *a = registered + n, *b = asked + n;

		if (strncmp(registered, loops[i], n) != 0 || strncmp(asked, loops[i], n) != 0)
			continue;
		a += *a == ':' ? 1 + strspn(a + 1, "0123456789") : 0;
		b += *b == ':' ? 1 + strspn(b + 1, "0123456789") : 0;
		return same(a, b) || (same(a, "") && same(b, "/"));
	}
	return false;
}

/* Exact, character by character; none given means the first registered. */
static bool redirect_read(struct ask *k, struct wish *w)
{
	char *asked = ask_value(k, "redirect_uri");

	if (w->app->redirects == NULL || w->app->redirects[0] == NULL) {
		free(asked);
		return ask_fail(k, 500113, NULL, NULL);
	}
	for (char **r = w->app->redirects; *r != NULL && w->redirect == NULL; r++)
		if (asked == NULL || redirect_is(*r, asked))
			w->redirect = copy(asked != NULL ? asked : *r);
	if (w->redirect == NULL)
		ask_fail(k, 50011, asked, w->app->client_id);
	free(asked);
	return w->redirect != NULL;
}

static bool one_of(const char *s, const char *const *words)
{
	while (*words != NULL && !same(*words, s))
		words++;
	return *words != NULL;
}

/* A client_secret in a browser's request says nothing; only code answers are switched on. */
static bool response_read(struct ask *k, struct wish *w)
{
	static const char *const modes[] = { "query", "fragment", "form_post", NULL };
	static const char *const others[] = { "id_token", "token", "id_token token",
		"code id_token", "code token", "code id_token token", NULL };
	char *type = ask_value(k, "response_type"), *mode = ask_value(k, "response_mode");
	bool code = same(type, "code");

	if (mode != NULL && one_of(mode, modes)) {
		w->mode = mode;
		mode = NULL;
	}
	if (mode != NULL)
		ask_fail(k, 70007, NULL, NULL);
	else if (type == NULL)
		ask_fail(k, 900144, "response_type", NULL);
	else if (!code)
		ask_fail(k, one_of(type, others) ? 700054 : 70005, type, NULL);
	free(type);
	free(mode);
	return k->error == NULL;
}

/* Without a method it is plain: RFC 7636, 4.3. */
static bool challenge_read(struct ask *k, struct wish *w)
{
	char *method = ask_value(k, "code_challenge_method");
	size_t len;

	w->challenge = ask_value(k, "code_challenge");
	w->plain = method == NULL || same(method, "plain");
	len = w->challenge == NULL ? 0 : strlen(w->challenge);
	if (method != NULL && (w->challenge == NULL || (!w->plain && !same(method, "S256"))))
		ask_fail(k, 50147, NULL, NULL);
	else if (w->challenge != NULL && (len < PKCE_MIN || len > PKCE_MAX))
		ask_fail(k, 501491, NULL, NULL);
	free(method);
	return k->error == NULL;
}

static bool prompt_read(struct ask *k, struct wish *w)
{
	static const char *const known[] = { "login", "none", "consent", "select_account",
		"admin_consent", NULL };

	w->prompt = ask_value(k, "prompt");
	return w->prompt == NULL || one_of(w->prompt, known) || ask_fail(k, 90023, NULL, NULL);
}

/* Remembered as it was said: redemption may leave it out. */
static bool scope_read(struct ask *k, struct wish *w)
{
	w->scope = ask_value(k, k->v1 ? "resource" : "scope");
	if (k->v1 && w->scope == NULL)
		w->scope = copy("https://graph.microsoft.com");
	if (k->v1)
		return scopes_of_resource(k, w->scope, &w->scopes);
	return ask_scopes(k, &w->scopes);
}

/* Everything that goes back to the app is read before the first such check, the state above all. */
bool wish_read(struct ask *k, const char *parameters, struct wish *w)
{
	char *id, *info;
	bool known;

	*w = (struct wish){ .parameters = parameters != NULL ? parameters : "" };
	k->form = w->parameters;
	id = ask_value(k, "client_id");
	known = client_named(k, id, &w->app) && redirect_read(k, w);
	free(id);
	if (!known) {
		html_error(k, k->error->status);
		return false;
	}
	w->state = ask_value(k, "state");
	w->nonce = ask_value(k, "nonce");
	w->hint = ask_value(k, "login_hint");
	info = ask_value(k, "client_info");
	w->client_info = same(info, "1");
	free(info);
	if (response_read(k, w) && prompt_read(k, w) && challenge_read(k, w) && scope_read(k, w) &&
		scopes_listed(k, &w->scopes, w->app))
		return true;
	wish_refused(k, w);
	return false;
}

/* fields: name, value, ..., NULL; pairs without a value are left out. */
static void send_back(struct ask *k, const struct wish *w, const char *const *fields)
{
	struct text url = { 0 };
	bool fragment = same(w->mode, "fragment");
	char mark = fragment ? '#' : strchr(w->redirect, '?') != NULL ? '&' : '?';

	if (same(w->mode, "form_post")) {
		html_form_post(k, w->redirect, fields);
		return;
	}
	text_puts(&url, w->redirect);
	for (; fields[0] != NULL; fields += 2) {
		if (fields[1] == NULL)
			continue;
		text_printf(&url, "%c%s=", mark, fields[0]);
		percent_add(&url, fields[1]);
		mark = '&';
	}
	k->a->status = 302;
	answer_header(k->a, "Location", url.at);
	text_free(&url);
}

/* What a token endpoint calls an invalid grant is, to a browser, something a person can do. */
static const char *browser_word(const struct token_error *e)
{
	if (!same(e->error, "invalid_grant"))
		return e->error;
	return same(e->suberror, "consent_required") ? "consent_required" : "interaction_required";
}

/* error_subcode tells a person's own cancel from other refusals. */
void wish_refused(struct ask *k, const struct wish *w)
{
	char *uri;

	if (w->device != NULL) {
		html_error(k, k->error->status);
		return;
	}
	uri = format("https://%s/error?code=%d", k->face->host, k->error->number);
	send_back(k, w,
		(const char *const[]){ "error", browser_word(k->error), "error_subcode",
			k->error->number == 65004 ? "cancel" : NULL, "error_description", k->say,
			"error_uri", uri, "state", w->state, NULL });
	free(uri);
}

/* What redemption will be measured against. */
static struct ticket *code_new(struct ask *k, const struct wish *w, struct identity *id, bool mfa)
{
	struct ticket *t = ticket_new(k->t->tickets, TICKET_CODE, NULL, CODE_BYTES, CODE_LIFE);

	ticket_own(t, id);
	t->app = w->app;
	t->tenant = k->tenant;
	t->mfa = mfa;
	t->v1 = k->v1;
	t->redirect = copy(w->redirect);
	t->challenge = copy(w->challenge);
	t->plain = w->plain;
	t->nonce = copy(w->nonce);
	t->scope = copy(w->scope);
	return t;
}

static void device_granted(struct ask *k, const struct wish *w, struct identity *id, bool mfa)
{
	char *say = format("You have signed in to the %s application on your device. You may now "
			   "close this window.",
		w->app->name);

	ticket_own(w->device, id);
	w->device->mfa = mfa;
	w->device->tenant = k->tenant;
	html_message(k, "You're signed in", say);
	free(say);
}

void wish_granted(struct ask *k, const struct wish *w, struct identity *id, bool mfa)
{
	char session[37], *info;

	if (w->device != NULL) {
		device_granted(k, w, id, mfa);
		return;
	}
	world_guid(k->s->world, session);
	info = w->client_info ? client_info(k, id) : NULL;
	send_back(k, w,
		(const char *const[]){ "code", code_new(k, w, id, mfa)->key, "client_info", info,
			"state", w->state, "session_state", session, NULL });
	free(info);
}
