/*
 * What tests of the simulated sign-in share: a world with two tenants and a hybrid server, one
 * request handed straight to token_face, without sockets, and a browser that keeps its cookie and
 * presses the buttons of plain forms.
 */
#ifndef LATCHKEY_TOKEN_UNIT_H
#define LATCHKEY_TOKEN_UNIT_H

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sim/scenario.h"
#include "sim/sign.h"
#include "sim/token.h"

#define TENANT "11111111-2222-4333-8444-555555555555"
#define OTHER_TENANT "99999999-2222-4333-8444-555555555555"
#define TOKEN_PATH "/" TENANT "/oauth2/v2.0/token"
#define AUTHORIZE_PATH "/" TENANT "/oauth2/v2.0/authorize"
#define LOGIN_PATH "/" TENANT "/oauth2/v2.0/login"
#define APP "aaaaaaaa-0000-4000-8000-000000000001"
#define PUBLIC "aaaaaaaa-0000-4000-8000-000000000002"
#define DISABLED "aaaaaaaa-0000-4000-8000-000000000003"
#define ASSIGNED "aaaaaaaa-0000-4000-8000-000000000004"
#define BARE "aaaaaaaa-0000-4000-8000-000000000005"
#define UNCONSENTED "aaaaaaaa-0000-4000-8000-000000000006"
#define FOREIGN "aaaaaaaa-0000-4000-8000-000000000007"
#define EWS_DEFAULT "https://outlook.office365.com/.default"
#define EWS_USER                                                                                   \
	"openid+profile+offline_access+"                                                           \
	"https://outlook.office365.com/EWS.AccessAsUser.All"
#define BACK "https://portal.example.test/oauth/callback"
#define VERIFIER "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
#define ROPC "grant_type=password&client_id=" PUBLIC "&scope=" EWS_USER

static const char desk_world[] =
	"clock 2026-11-23T08:00:00Z frozen\n"
	"premise hq onprem 2019 host mail.example.test\n"
	"schemes negotiate ntlm bearer\n"
	"premise cloud online host outlook.example.test\n"
	"tenant " TENANT "\n"
	"lock-out after 3 for 30m\n"
	"premise other online host outlook.other.test\n"
	"tenant " OTHER_TENANT "\n"
	"domain example.test premise cloud\n"
	"domain other.test premise other\n"
	"account svc@example.test premise cloud password right\n"
	"account wrong@example.test premise cloud password right\n"
	"account expired@example.test premise cloud password right\n"
	"state expired\n"
	"account change@example.test premise cloud password right\n"
	"state must-change\n"
	"account disabled@example.test premise cloud password right\n"
	"state disabled\n"
	"account mfa@example.test premise cloud password right\n"
	"state mfa\n"
	"account locked@example.test premise cloud password right\n"
	"state locked\n"
	"account synced@example.test premise hq password right\n"
	"account synced-expired@example.test premise hq password right\n"
	"state expired\n"
	"account hours@example.test premise hq password right\n"
	"state hours\n"
	"account far@other.test premise other password right\n"
	"app " APP " Latchkey tenant cloud\n"
	"secret key-1 s3cret\n"
	"secret key-old 0ld expires 2026-01-01T00:00:00Z\n"
	"redirect https://portal.example.test/oauth/callback http://localhost/cb\n"
	"redirect https://portal.example.test/q?a=b\n"
	"consent\nfull-access\ndelegated\nsingle-tenant\n"
	"app " PUBLIC " Desk tenant cloud\n"
	"redirect http://localhost\n"
	"consent\ndelegated\npublic\n"
	"app " DISABLED " Gone tenant cloud\n"
	"secret k s3cret\ndisabled\n"
	"app " ASSIGNED " Club tenant cloud\n"
	"redirect https://portal.example.test/oauth/callback\n"
	"consent\ndelegated\npublic\nassigned-only\nuser synced@example.test\n"
	"app " BARE " Bare tenant cloud\n"
	"secret k s3cret\nredirect https://portal.example.test/oauth/callback\n"
	"consent\nsingle-tenant\n"
	"app " UNCONSENTED " Fresh tenant cloud\n"
	"secret k s3cret\nredirect https://portal.example.test/oauth/callback\n"
	"full-access\ndelegated\npublic\n"
	"app " FOREIGN " Elsewhere tenant other\n"
	"secret k s3cret\nsingle-tenant\n";

struct desk {
	struct sim sim;
	struct face face;
	struct face_kind kind;
	struct scenario_place place;
	struct answer answer; /* of the last request */
	int status;
	const char *body;
	json_t *json;		  /* its body, when it is an object */
	char *cookie;		  /* the browser's */
	const char *name, *value; /* one more request header */
};

/* One or more lines of a scenario; all must be right. */
__attribute__((unused)) static void desk_say(struct desk *d, const char *lines)
{
	struct scenario_error e = { 0 };

	for (const char *at = lines; *at != '\0';) {
		size_t n = strcspn(at, "\n");
		char *line = copy_n(at, n);

		if (scenario_line(&d->place, line, &e) < 0)
			fail_msg("%s: %s", line, e.say);
		free(line);
		at += n + (at[n] != '\0');
	}
}

__attribute__((unused)) static void desk_open(struct desk *d)
{
	memset(d, 0, sizeof(*d));
	d->sim.world = world_new();
	d->sim.address = (char *)(uintptr_t) "127.0.0.1";
	d->sim.https_port = 443;
	d->place.world = d->sim.world;
	d->kind = (struct face_kind){ "signin", token_face, true };
	d->face.sim = &d->sim;
	d->face.kind = &d->kind;
	d->face.host = (char *)(uintptr_t) "login.example.test";
	desk_say(d, desk_world);
	d->sim.tokens = tokens_new(&d->sim);
}

__attribute__((unused)) static void desk_forget(struct desk *d)
{
	text_free(&d->answer.head);
	text_free(&d->answer.body);
	json_decref(d->json);
	d->json = NULL;
	d->answer = (struct answer){ 0 };
}

__attribute__((unused)) static void desk_close(struct desk *d)
{
	desk_forget(d);
	free(d->cookie);
	tokens_free(d->sim.tokens);
	world_free(d->sim.world);
}

/* A header of the last answer; caller frees; NULL when absent. */
__attribute__((unused)) static char *desk_header(const struct desk *d, const char *name)
{
	size_t len = strlen(name);

	for (const char *p = d->answer.head.at; p != NULL && *p != '\0';) {
		size_t n = strcspn(p, "\r");

		if (n > len + 2 && strncmp(p, name, len) == 0 && p[len] == ':')
			return copy_n(p + len + 2, n - len - 2);
		p += n;
		p += strspn(p, "\r\n");
	}
	return NULL;
}

static inline void desk_keep_cookie(struct desk *d)
{
	char *line = desk_header(d, "Set-Cookie");

	if (line == NULL)
		return;
	free(d->cookie);
	d->cookie = copy_n(line, strcspn(line, ";"));
	free(line);
}

/* url: path, and a query behind ?; body NULL = GET. */
__attribute__((unused)) static void desk_ask(struct desk *d, const char *url, const char *body)
{
	char *path = copy(url), *query = strchr(path, '?');
	char *cookie = d->cookie != NULL ? format("a=b; %s; c=d", d->cookie) : copy("a=b");
	struct header headers[2] = { { copy("Cookie"), cookie } };
	struct request r = { .method = copy(body != NULL ? "POST" : "GET"),
		.path = path,
		.headers = headers,
		.n_headers = 1 };

	if (d->name != NULL) {
		headers[1] = (struct header){ copy(d->name), copy(d->value) };
		r.n_headers = 2;
	}
	if (query != NULL) {
		*query = '\0';
		r.query = query + 1;
	}
	if (body != NULL)
		text_puts(&r.body, body);
	desk_forget(d);
	token_face(&d->face, &r, &d->answer);
	d->status = d->answer.status != 0 ? d->answer.status : 200;
	d->body = d->answer.body.at != NULL ? d->answer.body.at : "";
	d->json = json_loads(d->body, 0, NULL);
	desk_keep_cookie(d);
	for (int i = 0; i < r.n_headers; i++) {
		free(headers[i].name);
		free(headers[i].value);
	}
	text_free(&r.body);
	free(r.method);
	free(path);
}

__attribute__((unused)) static const char *desk_string(const struct desk *d, const char *name)
{
	return json_string_value(json_object_get(d->json, name));
}

__attribute__((unused)) static int desk_number(const struct desk *d)
{
	return (int)json_integer_value(json_array_get(json_object_get(d->json, "error_codes"), 0));
}

/* The AADSTS number of a page or of a redirect; 0 = none. */
__attribute__((unused)) static int desk_told(const struct desk *d)
{
	char *location = desk_header(d, "Location");
	const char *at = strstr(location != NULL ? location : d->body, "AADSTS");
	int number = at != NULL ? (int)strtol(at + 6, NULL, 10) : 0;

	free(location);
	return number;
}

/* The middle of a token. */
__attribute__((unused)) static json_t *claims_of(const char *token)
{
	const char *from = strchr(token, '.') + 1;
	struct text t = { 0 };
	json_t *j;

	assert_true(base64_read(from, strcspn(from, "."), &t));
	j = json_loadb(t.at, t.len, 0, NULL);
	assert_non_null(j);
	text_free(&t);
	return j;
}

__attribute__((unused)) static void assert_claim(
	const json_t *claims, const char *name, const char *value)
{
	const char *is = json_string_value(json_object_get(claims, name));

	if (!same(is, value))
		fail_msg("%s is %s, not %s", name, is != NULL ? is : "absent",
			value != NULL ? value : "absent");
}

/* What a query or fragment parameter of the last redirect is; caller frees. */
__attribute__((unused)) static char *desk_back(const struct desk *d, const char *name)
{
	char *location = desk_header(d, "Location"), *value;

	assert_non_null(location);
	value = form_value(location + strcspn(location, "?#") + 1, name);
	free(location);
	return value;
}

/* A hidden field of the page; caller frees. */
__attribute__((unused)) static char *desk_field(const struct desk *d, const char *name)
{
	char *mark = format("name=\"%s\" value=\"", name);
	const char *at = strstr(d->body, mark);
	char *value =
		at == NULL ? NULL : copy_n(at + strlen(mark), strcspn(at + strlen(mark), "\""));

	free(mark);
	return value;
}

/* Post to where the page's form leads. */
__attribute__((unused)) static void desk_press(struct desk *d, const char *fields)
{
	const char *at = strstr(d->body, "action=\"");
	struct text url = { 0 };

	assert_non_null(at);
	for (at += 8; *at != '"'; at++) {
		text_add(&url, at, 1);
		if (strncmp(at, "&amp;", 5) == 0)
			at += 4;
	}
	desk_ask(d, url.at, fields);
	text_free(&url);
}

/* The same with the page's step. */
__attribute__((unused)) static void desk_go_on(struct desk *d, const char *fields)
{
	char *step = desk_field(d, "step"), *all;

	assert_non_null(step);
	all = format("step=%s&%s", step, fields);
	desk_press(d, all);
	free(step);
	free(all);
}

/* Sign in on the password page. */
__attribute__((unused)) static void desk_sign_in(struct desk *d, const char *upn)
{
	char *fields = format("loginfmt=%s&passwd=right", upn);

	desk_press(d, fields);
	free(fields);
}

/* A code for the app by a whole sign-in; caller frees. */
__attribute__((unused)) static char *desk_code(struct desk *d, const char *upn, const char *more)
{
	char *url = format(AUTHORIZE_PATH "?client_id=" APP "&response_type=code&redirect_uri=" BACK
					  "&scope=" EWS_USER "&state=st%%26te&prompt=login%s",
		more);
	char *code;

	desk_ask(d, url, NULL);
	desk_sign_in(d, upn);
	code = desk_back(d, "code");
	assert_non_null(code);
	free(url);
	return code;
}

__attribute__((unused)) static void desk_redeem(struct desk *d, const char *code, const char *more)
{
	char *body = format("grant_type=authorization_code&client_id=" APP
			    "&client_secret=s3cret&redirect_uri=" BACK "&code=%s%s",
		code, more);

	desk_ask(d, TOKEN_PATH, body);
	free(body);
}

/* A refresh token by the whole flow; caller frees. */
__attribute__((unused)) static char *desk_refresh_token(struct desk *d, const char *upn)
{
	char *code = desk_code(d, upn, "");

	desk_redeem(d, code, "");
	assert_int_equal(d->status, 200);
	free(code);
	return copy(desk_string(d, "refresh_token"));
}

__attribute__((unused)) static void desk_refresh(struct desk *d, const char *token)
{
	char *body = format("grant_type=refresh_token&client_id=" APP
			    "&client_secret=s3cret&refresh_token=%s",
		token);

	desk_ask(d, TOKEN_PATH, body);
	free(body);
}

#endif
