/* Token, between its own files: tickets, signatures, scopes, refusals. */
#ifndef SIM_TOKEN_PART_H
#define SIM_TOKEN_PART_H

#include <jansson.h>
#include <openssl/evp.h>
#include "sim/token.h"

/* Errors (token_errors.c) */

struct token_error {
	int number;	   /* AADSTS ... */
	const char *error; /* what RFC 6749 calls it */
	int status;
	const char *suberror; /* or NULL */
	const char *text;     /* %1 and %2 are filled in */
};
extern const struct token_error token_errors[]; /* ends with number 0 */
const struct token_error *token_error_find(int number);

struct tokens {
	struct sim *s;
	struct tickets *tickets;
	struct jwt_key *key;
	uint64_t families;
	struct proven *proven; /* token.c: access tokens whose signature was checked */
};

/* One request at the sign-in. */
struct ask {
	struct sim *s;
	struct tokens *t;
	struct face *face;
	const struct request *r;
	struct answer *a;
	const char *form; /* what the parameters are read from: the body, or the query */
	char tenant_word[128];
	struct premise *tenant; /* NULL: common, organizations */
	bool v1;
	const struct token_error *error; /* once refused */
	char *say;			 /* the refusal's whole error_description */
	char trace[37], correlation[37], *stamp;
};
/* Refuse; answers false, so that a check can `return ask_fail(...)`. The first refusal stays. */
bool ask_fail(struct ask *k, int number, const char *a, const char *b);
/* The refusal as the token endpoint's JSON. */
void ask_fail_json(struct ask *k);
void ask_json(struct ask *k, int status, json_t *j); /* takes j */
char *ask_value(
	const struct ask *k, const char *name); /* NULL when absent or empty; caller frees */
json_t *json_safe(const char *s);		/* a string; "" for what is not UTF-8 */
/* A value from outside, short and printable, for an error text. Caller frees. */
char *shown(const char *s);

/* Tickets: everything the sign-in hands out and must know again (token_ticket.c) */

enum ticket_kind {
	TICKET_CODE,
	TICKET_REFRESH,
	TICKET_DEVICE,
	TICKET_USER_CODE, /* link = the device code */
	TICKET_SESSION,	  /* one signed-in account of a browser; a key may have several */
	TICKET_STEP,	  /* between two pages: this account's password was right */
	TICKET_CONSENT,	  /* this user allowed this app */
	TICKET_ASSERTION  /* a jti that was used */
};
struct ticket {
	struct ticket *next;  /* in its bucket, oldest first */
	struct ticket *newer; /* of all */
	enum ticket_kind kind;
	char *key;
	utc_t issued, expires;
	bool spent, declined, mfa, v1, plain;
	struct app *app;
	struct identity *identity;
	struct premise *tenant;
	int64_t revoked;      /* the identity's, as it was */
	const char *password; /* which password it was: the identity's pointer */
	uint64_t family;      /* refresh tokens that follow from one sign-in */
	char *redirect, *challenge, *nonce, *scope, *link;
};
struct tickets *tickets_new(struct world *w);
void tickets_free(struct tickets *t);
/* Let the oldest go when there are too many: once before a request, never within one. */
void tickets_trim(struct tickets *t);
/* A ticket that lives so many seconds; a NULL key makes a secret one of `bytes` random bytes. */
struct ticket *ticket_new(
	struct tickets *t, enum ticket_kind kind, const char *key, size_t bytes, int64_t seconds);
struct ticket *ticket_find(struct tickets *t, enum ticket_kind kind, const char *key);
struct ticket *ticket_next(const struct ticket *k); /* the next of the same kind and key */
void ticket_own(struct ticket *k, struct identity *id);
bool ticket_expired(const struct tickets *t, const struct ticket *k);
bool ticket_revoked(const struct ticket *k); /* by a password reset, or an admin */
bool ticket_alive(const struct tickets *t, const struct ticket *k);
void tickets_kill_family(struct tickets *t, uint64_t family);

/* Signatures (token_jwt.c) */

struct jwt {
	json_t *header, *claims;
	const char *signed_part; /* in the token it was read from */
	size_t signed_len;
	struct text signature;
};
/* Take a compact JWT apart; false for anything that is not exactly one. Nothing is proven. */
bool jwt_read(const char *token, struct jwt *j);
void jwt_free(struct jwt *j);
bool jwt_proves(const struct jwt *j, EVP_PKEY *key); /* by its alg: RS256 or PS256 only */
const char *jwt_string(const struct jwt *j, const char *claim); /* NULL when absent */
bool jwt_time(const struct jwt *j, const char *claim, int64_t *at);
struct jwt_key *jwt_key_new(utc_t now);
void jwt_key_free(struct jwt_key *k);
EVP_PKEY *jwt_key_public(const struct jwt_key *k);
const char *jwt_key_id(const struct jwt_key *k);
char *jwt_sign(const struct jwt_key *k, json_t *claims); /* takes claims; caller frees */
json_t *jwt_key_set(const struct jwt_key *k, const char *issuer);

/* Tenants and resources (token_tenant.c) */

/* The online premise whose tenant this premise's identities and apps belong to, or NULL. */
struct premise *tenant_of(struct sim *s, struct premise *p);
struct premise *tenant_of_identity(struct sim *s, const struct identity *id);
struct premise *tenant_by_word(struct sim *s, const char *word); /* GUID or verified domain */
/* Does an audience stand for this premise's EWS. */
bool resource_is(struct sim *s, const struct premise *p, const char *audience);
enum resource_kind { RESOURCE_UNKNOWN, RESOURCE_EXCHANGE, RESOURCE_GRAPH };
/* What a resource is to this tenant (NULL = to any). */
enum resource_kind resource_kind(struct sim *s, struct premise *tenant, const char *resource);

/* Scopes (token_scope.c) */

struct scopes {
	char *resource; /* as it was asked for: the audience */
	bool graph, openid, profile, email, offline, all;
	struct text names; /* permissions, without the resource, parted by blanks */
};
bool scopes_read(struct ask *k, const char *words, struct scopes *out);
bool scopes_of_resource(struct ask *k, const char *resource, struct scopes *out); /* v1 */
void scopes_free(struct scopes *s);
/* v2 scope, or v1 resource, as the request names it; a missing one is refused. */
bool ask_scopes(struct ask *k, struct scopes *out);
/* Apps and users (token_client.c, token_user.c) */

struct client {
	struct app *app;
	const char *acr; /* "0" public, "1" secret, "2" certificate */
};
/* The app named client_id in this tenant, enabled; without a look at its secret. */
bool client_named(struct ask *k, const char *client_id, struct app **out);
/* The same, and proven by secret, by certificate, or public. needs: always a secret. */
bool client_proven(struct ask *k, bool needs, struct client *out);
bool client_asserted(struct ask *k, struct app *app, const char *assertion);
bool user_password(struct ask *k, const char *login, const char *password, struct identity **out);
/* May this user have tokens of that app in k->tenant (set when it was NULL): account, assignment,
 * second factor. */
bool user_fits(struct ask *k, struct identity *id, struct app *app, bool mfa);
bool user_consented(struct ask *k, const struct identity *id, const struct app *app);
void user_consents(struct ask *k, struct identity *id, struct app *app);
/* Was the app registered with these permissions. */
bool scopes_listed(struct ask *k, const struct scopes *s, const struct app *app);
/* And did somebody consent. */
bool scopes_granted(
	struct ask *k, const struct scopes *s, const struct identity *id, const struct app *app);

/* Making tokens (token_issue.c) */

struct issue {
	const struct client *client;
	struct identity *identity; /* NULL: app-only */
	const struct scopes *scopes;
	const char *nonce;
	const char *scope; /* the words to remember with the refresh token */
	bool v1;	   /* those words are v1's resource */
	bool mfa;
	uint64_t family; /* 0 = a new one */
};
void issue_answer(struct ask *k, const struct issue *i);
/* base64url({"uid":..., "utid":...}) for libraries that ask client_info=1. Caller frees. */
char *client_info(const struct ask *k, const struct identity *id);

/* Endpoints */

void token_grant(struct ask *k);      /* POST token */
void token_devicecode(struct ask *k); /* POST devicecode */
void token_deviceauth(struct ask *k); /* the device's page */
void token_authorize(struct ask *k);  /* GET, POST authorize */
void token_login(struct ask *k);      /* POST of a page's form */
void token_metadata(struct ask *k);
void token_keys(struct ask *k);
void token_instance(struct ask *k);
void token_realm(struct ask *k);
void token_logout(struct ask *k);

/* A sign-in under way on pages: what was asked for (token_wish.c) */

struct wish {
	struct app *app;
	char *redirect, *state, *nonce, *challenge, *prompt, *hint, *mode, *scope;
	bool plain, client_info;
	struct scopes scopes;
	struct ticket *device;	/* NULL: an authorization code is wanted */
	const char *parameters; /* as sent: carried from page to page */
};
/* Read an authorization request; false when it is refused, and the answer filled. */
bool wish_read(struct ask *k, const char *parameters, struct wish *w);
void wish_free(struct wish *w);
void wish_refused(struct ask *k, const struct wish *w); /* by redirect, from k->error */
void wish_granted(struct ask *k, const struct wish *w, struct identity *id, bool mfa);

/* Which page comes next (token_page.c); posted: the fields of the page before */
void page_begin(struct ask *k, const struct wish *w);
void page_step(struct ask *k, const struct wish *w, const char *posted);

/* The browser's signed-in accounts (token_session.c) */

enum { ACCOUNTS = 8 };
struct accounts {
	struct ticket *of[ACCOUNTS]; /* sessions that live, oldest first */
	int n;
};
void session_accounts(struct ask *k, struct accounts *out);
struct ticket *account_named(const struct accounts *all, const char *upn_or_oid);
/* Signed in with a password: sets the cookie when there is none yet. */
void session_add(struct ask *k, struct identity *id, bool mfa);
void session_end(struct ask *k);

/* Pages (token_html.c) */

void html_error(struct ask *k, int status);
void html_password(struct ask *k, const struct wish *w, const char *hint, const char *say);
void html_pick(struct ask *k, const struct wish *w, const struct accounts *all);
void html_code(struct ask *k, const struct wish *w, const char *step, const char *say);
void html_consent(struct ask *k, const struct wish *w, const char *step, const struct identity *id);
void html_device(struct ask *k, const char *say);
void html_message(struct ask *k, const char *title, const char *say);
/* fields: name, value, name, value ..., NULL */
void html_form_post(struct ask *k, const char *redirect, const char *const *fields);

#endif
