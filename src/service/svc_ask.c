/* Service: signing in with Microsoft.
 *
 * Rules: an answer counts only in the session that asked, for the connection as it was then, from
 * the sign-in service that was asked, and once. The code is sealed in the request that brings it;
 * nothing in a row is of use to somebody who reads it.
 */
#include "svc_ask.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "platform/buf.h"
#include "platform/clock.h"
#include "platform/pkce.h"
#include "platform/str.h"
#include "platform/url.h"
#include "svc_secret.h"

enum {
	ASK_SECONDS = 15 * 60,
	NONCE_HEX = 32,
	CODE_MAX = SEAL_SECRET_MAX - 2 * (SEAL_TOKEN_HEX + 1),
	BOX_MAX = 2 * SEAL_SECRET_MAX,
	WORD_MAX = 100, /* of an error: its word ... */
	SAID_MAX = 1000 /* ... and its sentence */
};

#define BEGIN_AGAIN " Begin the sign-in again."

/* What only this session can make again of an ask. */
static const char *derived(
	struct svc *s, const struct svc_browser *b, const struct ask *k, const char *label)
{
	char *out = arena_alloc(s->a, SEAL_TOKEN_HEX + 1);

	seal_derive(out, b->token, label, k->nonce);
	return out;
}

static const char *state_of(struct svc *s, const struct svc_browser *b, const struct ask *k)
{
	return arena_printf(s->a, "%" PRId64 ".%s", k->id, derived(s, b, k, "oauth-state"));
}

/* --- beginning --- */

/* Why nobody can sign in for it; NULL: somebody can. */
static const char *unfit(struct svc *s, const struct connection *c)
{
	if ((c->stage != CONN_DRAFT && c->stage != CONN_LIVE && !c->owner) ||
		strcmp(c->signin, "user") != 0)
		return "This connection is not one that somebody signs in to with Microsoft. "
		       "Choose that in its settings first.";
	if (!pkce_tenant(c->tenant) || str_empty(c->client_id) ||
		!pkce_authority(s->a, c->authority))
		return "The tenant and the application (client) id are needed first. Enter them "
		       "in the settings of the connection.";
	return c->paused_at ? "The connection is paused. Resume it first." : NULL;
}

static int find(struct svc *s, int64_t id, struct connection *out, struct err *e)
{
	const char *why;
	int rc = store_connection_get(s->db, s->a, s->who.account, id, out, e);

	if (rc == 0)
		return ERR(e, ERR_MISSING, "There is no such connection.", "no connection %" PRId64,
			id);
	why = rc < 0 ? NULL : unfit(s, out);
	if (why)
		return ERR(e, ERR_CONFLICT, why, "connection %" PRId64 " takes no sign-in", id);
	return rc < 0 ? -1 : 0;
}

static int begin_rows(
	struct svc *s, const struct svc_browser *b, int64_t connection, int64_t *id, struct err *e)
{
	struct ask k = { .account = s->who.account,
		.connection = connection,
		.session = b->session,
		.member = s->who.member,
		.expires = clock_now() + ASK_SECONDS };
	char nonce[NONCE_HEX + 1];
	struct connection c;

	if (find(s, connection, &c, e) < 0)
		return -1;
	if (c.owner && c.owner != s->who.member)
		return ERR(e, ERR_MISSING, NULL, "connection %" PRId64 " is another's", connection);
	seal_random_hex(nonce, NONCE_HEX);
	k.nonce = nonce;
	if (store_ask_add(s->db, &k, e) < 0)
		return -1;
	*id = k.id;
	return svc_audit(s, AUDIT_ASK_BEGUN, c.mailbox, NULL, e);
}

int svc_ask_begin(
	struct svc *s, const struct svc_browser *b, int64_t connection, int64_t *id, struct err *e)
{
	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	return svc_audit_commit(s, begin_rows(s, b, connection, id, e), AUDIT_ASK_BEGUN, e);
}

/* --- on the way --- */

/* The kept error, taken apart again. */
static void read_error(struct svc *s, struct svc_asked *k)
{
	static const char number[] = "AADSTS";
	const char *word = url_get(s->a, k->k.error, "error");
	const char *said = url_get(s->a, k->k.error, "description");

	k->error = word ? word : "";
	k->said = said ? said : "";
	k->number = str_starts(k->said, number) ? strtol(k->said + strlen(number), NULL, 10) : 0;
}

int svc_ask_get(struct svc *s, const struct svc_browser *b, int64_t id, struct svc_asked *out,
	struct err *e)
{
	int rc = store_ask_get(s->db, s->a, s->who.account, id, &out->k, e);

	if (rc == 1 && out->k.session == b->session)
		rc = store_connection_get(
			s->db, s->a, s->who.account, out->k.connection, &out->c, e);
	else if (rc == 1)
		rc = 0;
	if (rc == 0)
		return ERR(e, ERR_MISSING,
			"There is no such sign-in here: it can only be seen in the browser that "
			"began it.",
			"ask %" PRId64 " is not this session's", id);
	if (rc < 0)
		return -1;
	read_error(s, out);
	out->answered = out->k.sealed != NULL;
	out->over = out->k.used || out->k.expires <= clock_now() ||
		out->c.edited_at > out->k.created || unfit(s, &out->c) != NULL;
	return 0;
}

const char *svc_ask_return(const struct svc *s)
{
	return arena_printf(s->a, "%s%s", s->cf->public_url, PKCE_RETURN);
}

const char *svc_ask_page(
	struct svc *s, const struct svc_browser *b, const struct svc_asked *k, struct err *e)
{
	char challenge[PKCE_CHALLENGE];
	const struct pkce_page page = { .authority = k->c.authority,
		.tenant = k->c.tenant,
		.client_id = k->c.client_id,
		.redirect_uri = svc_ask_return(s),
		.scope = PKCE_EWS,
		.state = state_of(s, b, &k->k),
		.nonce = derived(s, b, &k->k, "oauth-nonce"),
		.challenge = challenge,
		.login_hint = str_empty(k->c.login) ? k->c.mailbox : k->c.login };

	pkce_challenge(derived(s, b, &k->k, "oauth-verifier"), challenge);
	return pkce_page(s->a, &page, e);
}

/* --- coming back --- */

/* The issuer is a path below the sign-in service that was asked. */
static int issued_by(struct svc *s, const struct connection *c, const char *iss)
{
	struct url asked, named;

	return url_parse(s->a, pkce_authority(s->a, c->authority), &asked) == 0 &&
		url_parse(s->a, iss, &named) == 0 && strcmp(named.scheme, "https") == 0 &&
		strcmp(named.host, asked.host) == 0 && named.port == asked.port;
}

/* Why an answer is not taken. AWAY is found by the page: it came while nobody was signed in. */
enum { STATE, OVER, ISSUER, NO_CODE, AWAY, REFUSALS };
static const struct refusal {
	const char *name; /* in an address */
	const char *say;
	const char *log; /* for the audit log */
} refusals[REFUSALS] = {
	[STATE] = { "state",
		"It was not begun in this browser, or you entered your own password again "
		"meanwhile.",
		"its state is not this session's" },
	[OVER] = { "over",
		"It took more than 15 minutes, came back twice, or the connection was changed "
		"meanwhile.",
		"it came too late, or twice" },
	[ISSUER] = { "issuer", "The answer is not from the sign-in service that was asked.",
		"it is of another issuer" },
	[NO_CODE] = { "code", "The answer of the sign-in service has no code.", "it has no code" },
	[AWAY] = { "away", "You were not signed in to Latchkey any more when you came back.", "" },
};

const char *svc_ask_refusal(const char *name)
{
	for (size_t i = 0; i < REFUSALS; i++) {
		if (strcmp(refusals[i].name, name) == 0)
			return refusals[i].say;
	}
	return NULL;
}

/* The ask that a state stands for: 1; 0 when this session began none such; -1. */
static int by_state(struct svc *s, const struct svc_browser *b, const char *state,
	struct svc_asked *out, struct err *e)
{
	size_t n = state ? strcspn(state, ".") : 0;
	int64_t id;

	if (str_int(arena_strndup(s->a, state ? state : "", n), 1, INT64_MAX, &id) < 0)
		return 0;
	if (svc_ask_get(s, b, id, out, e) < 0)
		return e->code == ERR_MISSING ? 0 : -1;
	return str_same_secret(state, state_of(s, b, &out->k));
}

/* NULL: it is taken. */
static const struct refusal *mistaken(
	struct svc *s, const struct svc_asked *k, const struct svc_ask_back *back)
{
	if (k->over || k->answered || *k->error)
		return &refusals[OVER];
	if (!str_empty(back->iss) && !issued_by(s, &k->c, back->iss))
		return &refusals[ISSUER];
	if (str_empty(back->error) &&
		(str_empty(back->code) || strlen(back->code) > CODE_MAX ||
			strchr(back->code, '\n')))
		return &refusals[NO_CODE];
	return NULL;
}

static int seal_code(struct svc *s, const struct svc_browser *b, const char *code, struct ask *k,
	struct buf *box, struct err *e)
{
	const struct seal_home home = {
		.account = k->account, .row = k->id, .purpose = PURPOSE_ASK
	};
	struct seal_public *key = arena_alloc(s->a, sizeof(*key));
	struct secret *secret;
	struct buf plain;
	int rc;

	if (seal_public_load(s->cf->public_keys, key, e) < 0)
		return -1;
	buf_init(&plain, SEAL_SECRET_MAX);
	buf_printf(&plain, "%s\n%s\n%s", code, derived(s, b, k, "oauth-verifier"),
		derived(s, b, k, "oauth-nonce"));
	secret = secret_new(plain.p, plain.len);
	buf_wipe(&plain);
	rc = seal_close(key, &home, secret, box, e);
	secret_free(secret);
	k->key_id = key->id;
	k->sealed = box->p;
	k->sealed_len = box->len;
	return rc;
}

/* Its first line: what follows are numbers for Microsoft's own people. */
static const char *error_text(struct svc *s, const struct svc_ask_back *back)
{
	const char *said = back->description ? back->description : "";
	const char *line = arena_strndup(s->a, said, strcspn(said, "\r\n"));
	const char *const pairs[][2] = {
		{ "error", svc_audit_clean(s->a, back->error, WORD_MAX) },
		{ "description", svc_audit_clean(s->a, line, SAID_MAX) },
		{ NULL, NULL },
	};

	return url_form(s->a, pairs);
}

static int keep(struct svc *s, const struct ask *k, struct err *e)
{
	int rc = store_ask_answer(s->db, k, e);

	return rc == 0
		? ERR(e, ERR_GONE, "This sign-in with Microsoft came back twice." BEGIN_AGAIN,
			  "ask %" PRId64 " has an answer", k->id)
		: rc < 0 ? -1
			 : 0;
}

static int keep_error(
	struct svc *s, const struct svc_ask_back *back, struct svc_asked *k, struct err *e)
{
	k->k.error = error_text(s, back);
	read_error(s, k);
	if (keep(s, &k->k, e) < 0)
		return -1;
	return svc_audit(s, AUDIT_ASK_REFUSED, k->c.mailbox,
		arena_printf(s->a, "Microsoft: %s", *k->said ? k->said : k->error), e);
}

static int keep_code(
	struct svc *s, const struct svc_browser *b, const char *code, struct ask *k, struct err *e)
{
	struct buf box;
	int rc;

	buf_init(&box, BOX_MAX);
	rc = seal_code(s, b, code, k, &box, e);
	if (rc == 0)
		rc = keep(s, k, e);
	buf_done(&box);
	return rc;
}

static int answer_rows(struct svc *s, const struct svc_browser *b, const struct svc_ask_back *back,
	struct svc_asked *k, const struct refusal **why, struct err *e)
{
	int rc = by_state(s, b, back->state, k, e);

	if (rc < 0)
		return -1;
	*why = rc ? mistaken(s, k, back) : &refusals[STATE];
	if (*why)
		return svc_audit(s, AUDIT_ASK_REFUSED, rc ? k->c.mailbox : "", (*why)->log, e);
	return str_empty(back->error) ? keep_code(s, b, back->code, &k->k, e)
				      : keep_error(s, back, k, e);
}

int svc_ask_answer(struct svc *s, const struct svc_browser *b, const struct svc_ask_back *back,
	int64_t *id, const char **refused, struct err *e)
{
	const struct refusal *why = NULL;
	struct svc_asked k = { 0 };
	int rc;

	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	rc = answer_rows(s, b, back, &k, &why, e);
	if (svc_audit_commit(s, rc, AUDIT_ASK_REFUSED, e) < 0)
		return -1;
	*id = k.k.id;
	*refused = why ? why->name : NULL;
	return why == NULL;
}

/* --- finishing --- */

static int finish_rows(
	struct svc *s, const struct svc_browser *b, int64_t id, int64_t *job, struct err *e)
{
	struct svc_test t = {
		.slot = PURPOSE_NEXT, .change = 1, .ask = id, .member = "", .outside = ""
	};
	struct svc_asked k;
	int rc;

	if (svc_ask_get(s, b, id, &k, e) < 0)
		return -1;
	t.connection = k.c.id;
	t.own = k.c.owner != 0;
	rc = svc_test_open(s, &t, job, e);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if (k.over || !k.answered)
		return ERR(e, ERR_GONE,
			"This sign-in with Microsoft can no longer be finished." BEGIN_AGAIN,
			"ask %" PRId64 " cannot be finished", id);
	return svc_test_queue(s, &t, k.c.mailbox, job, e);
}

int svc_ask_finish(
	struct svc *s, const struct svc_browser *b, int64_t id, int64_t *job, struct err *e)
{
	if (db_begin(s->db, DB_WRITE, e) < 0 ||
		svc_audit_commit(s, finish_rows(s, b, id, job, e), AUDIT_CONNECTION_TEST, e) < 0)
		return -1;
	svc_ring(s, BELL_JOB, *job);
	return 0;
}
