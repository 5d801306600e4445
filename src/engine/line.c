/* Line: a connection made ready to use.
 *
 * Rules: every word of a row is checked here again, because the web tier writes rows and is not
 * trusted. A stored secret is opened for exactly this row and policy (keyring.h), lives in guarded
 * memory and goes with the line. A renewed refresh token is sealed at once, for the same row.
 */
#include "line.h"

#include <stdlib.h>
#include <string.h>
#include "ews/ews.h"
#include "exchange/token.h"
#include "keyring.h"
#include "platform/log.h"
#include "platform/pkce.h"
#include "platform/str.h"
#include "proxy.h"
#include "store/store.h"

enum { LINE_ARENA = 16 << 20, ROW_ARENA = 4 << 20, PORT_MAX = 65535 };

#define ONLINE_HOST "outlook.office365.com"

struct line {
	struct line_tools tools;
	struct client_tools client_tools;
	struct arena a;
	struct connection c;
	unsigned char policy[SEAL_HASH]; /* of the row as it is stored */
	struct credential main;		 /* its row; id 0 when it was typed */
	struct secret *secret, *client_secret;
	struct secret *refresh; /* that a code was changed for */
	const char *person, *tenant;
	struct client_config cf;
	struct client *client;
};

static int wrong(struct err *e, const char *say)
{
	return ERR(e, ERR_INPUT, say, "connection: %s", say);
}

static int is_token(enum signin_kind k)
{
	return k == SIGNIN_APP || k == SIGNIN_USER;
}

/* --- checking a row --- */

static int check_server(struct connection *c, enum signin_kind k, struct err *e)
{
	struct address literal;

	if (str_empty(c->host) && is_token(k))
		c->host = ONLINE_HOST;
	if (c->port == 0)
		c->port = 443;
	if (str_empty(c->host) || (!str_host(c->host) && address_parse(c->host, &literal) < 0))
		return wrong(e, "The server is missing, or is no name of a server.");
	if (c->port < 1 || c->port > PORT_MAX)
		return wrong(e, "The port must be from 1 to 65535.");
	if (strcmp(c->scheme, "https") != 0)
		return wrong(e, "Exchange is only spoken to by https.");
	return 0;
}

/* An authority is a host: what stands behind it is ours to say. */
static int check_token(struct connection *c, enum method m, struct arena *a, struct err *e)
{
	c->authority = pkce_authority(a, c->authority);
	if (!c->authority)
		return wrong(e, "The sign-in service must be an https address without a path.");
	if (str_empty(c->tenant) || str_empty(c->client_id))
		return wrong(e, "The tenant and the application (client) id are needed.");
	if (signin_kind_parse(c->signin) == SIGNIN_USER && m == METHOD_IMPERSONATION)
		return wrong(e,
			"Exchange does not let a person who signed in with Microsoft act as "
			"others. Use the application's own rights, or another method.");
	if (signin_kind_parse(c->signin) == SIGNIN_APP && m != METHOD_IMPERSONATION &&
		m != METHOD_DEDICATED)
		return wrong(e,
			"An application has no mailbox of its own, so nobody can delegate to it. "
			"Use the method dedicated or impersonation.");
	return 0;
}

static int check_login(struct connection *c, struct arena *a, struct err *e)
{
	c->login = signin_login(a, str_empty(c->login) ? c->mailbox : c->login, e);
	return c->login ? 0 : -1;
}

static int check_words(struct connection *c, struct err *e)
{
	if (!str_email(c->mailbox ? c->mailbox : ""))
		return wrong(e, "The dedicated mailbox must be given by its e-mail address.");
	if (signin_kind_parse(c->signin) == SIGNIN__MAX)
		return wrong(e, "The way to sign in must be auto, basic, ntlm, app or user.");
	if (verdict_method_parse(c->method) == METHOD__MAX)
		return wrong(
			e, "The method must be personal, dedicated, delegate or impersonation.");
	if (strcmp(c->binding, "on") != 0 && strcmp(c->binding, "off") != 0)
		return wrong(e, "Extended Protection must be on or off.");
	return 0;
}

int line_check(const struct config *cf, struct connection *c, struct arena *a, struct err *e)
{
	struct client_proxy proxy;

	if (str_empty(c->binding))
		c->binding = "off";
	if (check_words(c, e) < 0 || check_server(c, signin_kind_parse(c->signin), e) < 0)
		return -1;
	if (!str_empty(c->proxy) && proxy_find(cf, c->proxy, a, &proxy, e) < 0)
		return -1;
	if (is_token(signin_kind_parse(c->signin)))
		return check_token(c, verdict_method_parse(c->method), a, e);
	return check_login(c, a, e);
}

int line_config(const struct line_tools *t, const struct connection *c,
	const struct line_secrets *s, struct arena *a, struct client_config *out, struct err *e)
{
	struct client_proxy *proxy = NULL;

	if (!str_empty(c->proxy)) {
		proxy = arena_alloc(a, sizeof(*proxy));
		if (proxy_find(t->cf, c->proxy, a, proxy, e) < 0)
			return -1;
	}
	*out = (struct client_config){
		.dialect = &dialect_ews,
		.host = c->host,
		.port = (int)c->port,
		.ca_pem = c->ca ? c->ca : "",
		.proxy = proxy,
		.mailbox = c->mailbox,
		.signin = signin_kind_parse(c->signin),
		.binding = strcmp(c->binding, "on") == 0 ? BINDING_ON : BINDING_OFF,
		.login = c->login ? c->login : "",
		.secret = s->secret,
		.client_secret = s->client_secret,
		.code = s->code,
		.version = s->version,
		.authority = c->authority ? c->authority : "",
		.tenant = c->tenant ? c->tenant : "",
		.client_id = c->client_id ? c->client_id : "",
		.cert_pem = s->certificate ? s->certificate : "",
	};
	return 0;
}

/* --- a line --- */

static struct connection copy_of(const struct connection *c, struct arena *a)
{
	struct connection out = *c;
	const char **const texts[] = { &out.name, &out.scheme, &out.host, &out.proxy, &out.ca,
		&out.signin, &out.login, &out.authority, &out.tenant, &out.client_id, &out.binding,
		&out.mailbox, &out.method, &out.kind, &out.edited_by, &out.paused_by,
		&out.paused_why };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		*texts[i] = arena_strdup(a, *texts[i] ? *texts[i] : "");
	return out;
}

/* The new token in the row, sealed with the key that is active now: this line may be older than the
 * last change of keys. When the row has another secret by now, that one stays. 0 or -1. */
static int keep(struct line *l, const struct secret *refresh, struct arena *a, struct err *e)
{
	const struct credential *m = &l->main;
	struct seal_home home = { .account = m->account, .row = m->id, .purpose = m->purpose };
	struct seal_public key;
	struct credential row;
	struct buf box;
	int rc = store_credential_get(l->tools.db, a, m->account, m->id, &row, e);

	if (rc <= 0 || strcmp(row.version, m->version) != 0)
		return rc < 0 ? -1 : 0;
	memcpy(home.policy, l->policy, sizeof(home.policy));
	buf_init(&box, SEAL_SECRET_MAX * 2);
	rc = seal_public_load(l->tools.cf->public_keys, &key, e);
	if (rc == 0)
		rc = seal_close(&key, &home, refresh, &box, e);
	if (rc == 0)
		rc = store_credential_reseal(l->tools.db, &row, key.id, box.p, box.len, e);
	buf_done(&box);
	return rc < 0 ? -1 : 0;
}

/* The refresh token as another line may have stored it meanwhile; NULL: it is another secret by
 * now, or none. */
static struct secret *newest(struct line *l)
{
	const struct credential *m = &l->main;
	struct secret *out = NULL;
	struct credential row;
	struct connection c;
	struct arena a;
	struct err e;
	int rc;

	arena_init(&a, ROW_ARENA);
	rc = store_credential_get(l->tools.db, &a, m->account, m->id, &row, &e);
	if (rc == 1 && strcmp(row.version, m->version) == 0)
		rc = store_connection_get(l->tools.db, &a, m->account, row.connection, &c, &e);
	else if (rc == 1)
		rc = 0;
	if (rc == 1)
		out = keyring_open(l->tools.keys, &row, &c, &e);
	if (rc < 0 || (rc == 1 && !out))
		log_err("line.renew", &e);
	arena_done(&a);
	return out;
}

/* A token that was used may be worth nothing, or end all that came of it when it is used again; so
 * of all lines of all processes one uses it, as the one before has left it. */
static int on_begin(void *ptr, struct secret **newer, struct err *e)
{
	struct line *l = ptr;
	struct credential row;
	struct arena a;
	int rc = 1;

	if (!l->main.id)
		return 1;
	rc = store_credential_hold(l->tools.db, l->main.account, l->main.id, e);
	if (rc > 0)
		*newer = newest(l);
	if (rc != 0)
		return rc < 0 && e->code == ERR_BUSY ? 0 : rc;
	/* A row that is gone is nobody's. */
	arena_init(&a, ROW_ARENA);
	rc = store_credential_get(l->tools.db, &a, l->main.account, l->main.id, &row, e);
	arena_done(&a);
	return rc < 0 ? -1 : rc == 0;
}

/* Whoever does not let go has the others wait. */
static void on_ended(void *ptr)
{
	const struct line *l = ptr;
	struct db *db = l->tools.db;
	struct err e;

	if (!l->main.id)
		return;
	if (db_begin_patient(db, &e) < 0 ||
		db_finish(db, store_credential_let(db, l->main.account, l->main.id, &e), &e) < 0)
		log_err("line.let", &e);
}

/* The service has replaced the refresh token: the old one may be worth nothing already. */
static void on_renewed(void *ptr, const struct secret *refresh)
{
	struct line *l = ptr;
	struct arena a;
	struct err e;

	if (!l->main.id) {
		secret_free(l->refresh);
		l->refresh = secret_new(secret_bytes(refresh), secret_len(refresh));
		return;
	}
	arena_init(&a, ROW_ARENA);
	if (db_begin_patient(l->tools.db, &e) < 0 ||
		db_finish(l->tools.db, keep(l, refresh, &a, &e), &e) < 0)
		log_err("line.refresh_lost", &e);
	arena_done(&a);
}

static void on_signed_in(void *ptr, const struct token *who)
{
	struct line *l = ptr;

	l->person = arena_strdup(&l->a, who->username);
	l->tenant = arena_strdup(&l->a, who->tenant);
}

static struct line *line_new(const struct line_tools *t, const struct connection *c)
{
	struct line *l = calloc(1, sizeof(*l));

	if (!l)
		die("line: out of memory");
	l->tools = *t;
	arena_init(&l->a, LINE_ARENA);
	l->c = copy_of(c, &l->a);
	l->person = l->tenant = "";
	return l;
}

/* Checks the row and makes the client. On failure the line is gone. */
static struct line *ready(struct line *l, const struct line_secrets *s, struct err *e)
{
	l->client_tools = (struct client_tools){ .net = l->tools.net,
		.gate = l->tools.gate,
		.begin = on_begin,
		.ended = on_ended,
		.renewed = on_renewed,
		.signed_in = on_signed_in,
		.ptr = l };
	if (line_check(l->tools.cf, &l->c, &l->a, e) == 0 &&
		line_config(&l->tools, &l->c, s, &l->a, &l->cf, e) == 0)
		l->client = client_new(&l->client_tools, &l->cf, e);
	if (l->client)
		return l;
	line_free(l);
	return NULL;
}

struct line *line_typed(const struct line_tools *t, const struct connection *c,
	const struct line_secrets *s, struct err *e)
{
	return ready(line_new(t, c), s, e);
}

/* The secret of one purpose: 1, 0 there is none, -1. */
static int open_secret(struct line *l, const char *purpose, struct credential *row,
	struct secret **out, struct err *e)
{
	const struct credential like = {
		.account = l->c.account, .connection = l->c.id, .purpose = purpose
	};
	int rc = store_credential_find(l->tools.db, &l->a, &like, row, e);

	if (rc <= 0)
		return rc;
	*out = keyring_open(l->tools.keys, row, &l->c, e);
	return *out ? 1 : -1;
}

/* The account's connection that goes the way of a member's own sign-in: the one in use, or one that
 * is tried beside it. 1, 0, -1. */
static int find_ours(struct line *l, struct connection *out, struct err *e)
{
	static const enum conn_stage stages[] = { CONN_LIVE, CONN_DRAFT };

	for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++) {
		int rc = store_connection_staged(
			l->tools.db, &l->a, l->c.account, stages[i], out, e);

		if (rc < 0 || (rc == 1 && store_connection_same_way(out, &l->c)))
			return rc;
	}
	return 0;
}

/* The application of members' own sign-ins is the account's: 1, 0 it has no secret, -1. */
static int open_ours(struct line *l, struct err *e)
{
	struct credential like = { .account = l->c.account, .purpose = PURPOSE_CLIENT }, row;
	struct connection ours;
	int rc = find_ours(l, &ours, e);

	if (rc <= 0)
		return rc;
	like.connection = ours.id;
	rc = store_credential_find(l->tools.db, &l->a, &like, &row, e);
	if (rc <= 0)
		return rc;
	l->client_secret = keyring_open(l->tools.keys, &row, &ours, e);
	return l->client_secret ? 1 : -1;
}

/* The application's secret beside the one of a slot. That in use stays good for the next one when
 * no other was entered. */
static int open_client(struct line *l, const char *slot, struct err *e)
{
	struct credential row;
	int rc = 0;

	if (l->c.owner)
		return open_ours(l, e) < 0 ? -1 : 0;

	if (strcmp(slot, PURPOSE_NEXT) == 0)
		rc = open_secret(l, PURPOSE_NEXT_CLIENT, &row, &l->client_secret, e);
	if (rc == 0)
		rc = open_secret(l, PURPOSE_CLIENT, &row, &l->client_secret, e);
	return rc < 0 ? -1 : 0;
}

static int open_secrets(struct line *l, const char *slot, struct err *e)
{
	struct err late;
	int rc;

	store_connection_policy(&l->c, l->policy);
	rc = open_secret(l, slot, &l->main, &l->secret, e);

	if (rc == 0)
		return ERR(e, ERR_MISSING, "This connection has no credentials yet.",
			"connection %lld has no secret", (long long)l->c.id);
	if (rc < 0 || open_client(l, slot, e) < 0)
		return -1;
	if (store_credential_used(l->tools.db, l->c.account, l->main.id, &late) < 0)
		log_err("line.used", &late); /* only a date */
	return 0;
}

/* The secrets are opened for the row as it is; only then it may be taken for one with a server. */
static struct line *stored(const struct line_tools *t, const struct connection *c, const char *slot,
	int finding, struct err *e)
{
	struct line *l = line_new(t, c);
	struct line_secrets s;
	int rc = c->paused_at ? ERR(e, ERR_CONFLICT, "The connection is paused.",
					"connection %lld is paused", (long long)c->id)
			      : open_secrets(l, slot, e);

	if (rc < 0) {
		line_free(l);
		return NULL;
	}
	s = (struct line_secrets){ .secret = l->secret,
		.client_secret = l->client_secret,
		.version = l->main.version,
		.certificate = l->main.certificate };
	if (finding)
		l->c.scheme = "https";
	return ready(l, &s, e);
}

struct line *line_stored(
	const struct line_tools *t, const struct connection *c, const char *slot, struct err *e)
{
	return stored(t, c, slot, 0, e);
}

struct line *line_finding(
	const struct line_tools *t, const struct connection *c, const char *slot, struct err *e)
{
	return stored(t, c, slot, 1, e);
}

struct line *line_coded(const struct line_tools *t, const struct connection *c,
	const struct client_code *code, const char *version, struct err *e)
{
	struct line *l = line_new(t, c);
	struct line_secrets s = { .version = version, .code = code };

	if (open_client(l, PURPOSE_NEXT, e) < 0) {
		line_free(l);
		return NULL;
	}
	s.client_secret = l->client_secret;
	return ready(l, &s, e);
}

void line_free(struct line *l)
{
	if (!l)
		return;
	if (l->client)
		client_free(l->client);
	secret_free(l->secret);
	secret_free(l->client_secret);
	secret_free(l->refresh);
	arena_done(&l->a);
	free(l);
}

struct client *line_client(const struct line *l)
{
	return l->client;
}

int line_refused(const struct line *l, const struct outcome *o, struct err *e)
{
	const struct gate_keeper *gate = &l->tools.gate;

	return gate->tell(gate->ptr, client_identity(l->client), client_secret_version(l->client),
		outcome_refusal(o), e);
}

const struct connection *line_connection(const struct line *l)
{
	return &l->c;
}

enum method line_method(const struct line *l)
{
	return verdict_method_parse(l->c.method);
}

const struct client_config *line_client_config(const struct line *l)
{
	return &l->cf;
}

const char *line_person(const struct line *l)
{
	return l->person;
}

const char *line_tenant(const struct line *l)
{
	return l->tenant;
}

const struct secret *line_refresh(const struct line *l)
{
	return l->refresh;
}
