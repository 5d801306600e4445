/* Client: one connection in use: its configuration, its life, and what is known of its server.
 *
 * Rules: all that it is given is copied, secrets into guarded memory. Freeing it ends everything
 * that is under way, and gives back a lease that it holds; while it tells of an end, only its bare
 * memory stays until that is over.
 */
#include "client.h"

#include <stdlib.h>
#include <string.h>
#include "client_parts.h"
#include "platform/str.h"

static struct secret *copy_secret(const struct secret *s)
{
	return s ? secret_new(secret_bytes(s), secret_len(s)) : NULL;
}

static const char *text_of(struct client *c, const char *s)
{
	return arena_strdup(&c->book, s ? s : "");
}

static int is_token(const struct client *c)
{
	return c->cf.signin == SIGNIN_APP || c->cf.signin == SIGNIN_USER;
}

static void copy_code(struct client *c, const struct client_code *from)
{
	if (!from)
		return;
	c->code = (struct client_code){ .code = c->code_secret = copy_secret(from->code),
		.verifier = c->verifier = copy_secret(from->verifier),
		.redirect_uri = text_of(c, from->redirect_uri),
		.nonce = text_of(c, from->nonce) };
	c->cf.code = &c->code;
}

/* Everything that a connection is configured with, as our own. */
static void copy_config(struct client *c, const struct client_config *cf)
{
	c->cf = *cf;
	c->cf.host = text_of(c, cf->host);
	c->cf.ca_pem = text_of(c, cf->ca_pem);
	c->cf.mailbox = text_of(c, cf->mailbox);
	c->cf.login = text_of(c, str_empty(cf->login) ? cf->mailbox : cf->login);
	c->cf.version = text_of(c, cf->version);
	c->cf.authority = text_of(c, cf->authority);
	c->cf.tenant = text_of(c, cf->tenant);
	c->cf.client_id = text_of(c, cf->client_id);
	c->cf.cert_pem = text_of(c, cf->cert_pem);
	c->cf.secret = c->secret = copy_secret(cf->secret);
	c->cf.client_secret = c->client_secret = copy_secret(cf->client_secret);
	copy_code(c, cf->code);
	if (!cf->proxy)
		return;
	c->proxy = *cf->proxy;
	c->proxy.host = text_of(c, cf->proxy->host);
	c->proxy.user = text_of(c, cf->proxy->user);
	c->proxy.password = c->proxy_password = copy_secret(cf->proxy->password);
	c->cf.proxy = &c->proxy;
}

/* Who signs in: the name a directory counts under, or the application and for whom. */
static int name_identity(struct client *c, struct err *e)
{
	const char *name = NULL;

	if (c->cf.signin == SIGNIN_APP)
		name = arena_printf(&c->book, "app %s in %s", c->cf.client_id, c->cf.tenant);
	else if (c->cf.signin == SIGNIN_USER)
		name = arena_printf(&c->book, "app %s for %s", c->cf.client_id, c->cf.mailbox);
	else
		name = c->cf.login = signin_login(&c->book, c->cf.login, e);
	if (!name)
		return -1;
	c->who = signin_identity(&c->book, name);
	return 0;
}

/* "text/xml; charset=utf-8" is written, "text/xml" is read. */
static void make_lines(struct client *c)
{
	const char *type = c->cf.dialect->content_type;
	char hex[21];

	c->type_line = arena_printf(&c->book, "Content-Type: %s", type);
	seal_random_hex(hex, 20);
	c->id_begin = arena_printf(&c->book, "client-request-id: %.8s-%.4s-4%.3s-a%.3s-", hex,
		hex + 8, hex + 12, hex + 16);
	if (str_email(c->cf.mailbox))
		c->own_anchor = arena_printf(&c->book, "X-AnchorMailbox: %s", c->cf.mailbox);
}

static void forget_versions(struct client *c)
{
	const struct dialect *d = c->cf.dialect;

	c->top = 0;
	while (d->versions[c->top + 1])
		c->top++;
	c->ceiling = c->top;
	c->spoke = -1;
	memcpy(c->floor, d->lowest, sizeof(c->floor));
	c->server_said[0] = '\0';
}

static void forget_signin(struct client *c)
{
	c->scheme = is_token(c) ? CHALLENGE_BEARER : 0;
	c->proven = c->stopped = 0;
	c->trust_until = c->told_at = c->hold_until = c->grudge_until = 0;
	c->obstacles = 0;
}

static int prepare(struct client *c, const struct client_config *cf, struct err *e)
{
	copy_config(c, cf);
	if (str_empty(c->cf.host) || (!c->secret && !c->cf.code) ||
		(unsigned)cf->signin >= SIGNIN__MAX)
		return ERR(e, ERR_SETUP,
			"The connection is not set up completely: its server, its way to sign in "
			"or its secret is missing.",
			"host, sign-in or secret missing");
	if (name_identity(c, e) < 0)
		return -1;
	make_lines(c);
	c->start = c->cf.dialect->usual;
	forget_versions(c);
	forget_signin(c);
	client_route_init(&c->server, c, c->cf.host, c->cf.port);
	c->server.guarded = 1;
	c->server.optional = c->cf.proxy != NULL;
	client_route_init(&c->proxy_route, c, c->proxy.host, c->proxy.port);
	pace_init(&c->pace, CLIENT_START, TRANSPORT_HOST);
	for (size_t i = 0; i < sizeof(c->flights) / sizeof(c->flights[0]); i++) {
		struct client_flight *f = &c->flights[i];

		f->c = c;
		buf_init(&f->body, CLIENT_BODY_MAX);
		buf_init(&f->anchor, 1024);
		f->next = c->spare;
		c->spare = f;
	}
	return is_token(c) ? client_token_init(c, e) : 0;
}

struct client *client_new(
	const struct client_tools *tools, const struct client_config *cf, struct err *e)
{
	struct client *c = calloc(1, sizeof(*c));

	if (!c)
		die("client: out of memory");
	c->tools = *tools;
	arena_init(&c->book, CLIENT_BOOK_MAX);
	if (prepare(c, cf, e) < 0) {
		client_free(c);
		return NULL;
	}
	return c;
}

static void free_list(struct client_list *l)
{
	struct client_call *call;

	while ((call = l->first)) {
		client_call_still(call);
		client_list_remove(call);
		free(call);
	}
}

static void free_flights(struct client *c)
{
	struct client_call *call;

	for (size_t i = 0; i < sizeof(c->flights) / sizeof(c->flights[0]); i++) {
		struct client_flight *f = &c->flights[i];

		if ((call = f->call)) {
			client_land(f);
			client_call_still(call);
			free(call);
		}
		buf_done(&f->body);
		buf_done(&f->anchor);
	}
}

void client_free(struct client *c)
{
	if (!c)
		return;
	free_list(&c->queue);
	free_list(&c->resting);
	free_list(&c->ended);
	free_list(&c->telling);
	free_flights(c);
	client_token_done(c);
	client_sign_done(c);
	client_pool_retire(c);
	client_pools_sweep(c, 1);
	loop_cancel(client_loop(c), c->soon);
	loop_cancel(client_loop(c), c->wake);
	client_route_done(&c->server);
	client_route_done(&c->proxy_route);
	secret_free(c->secret);
	secret_free(c->client_secret);
	secret_free(c->proxy_password);
	secret_free(c->code_secret);
	secret_free(c->verifier);
	arena_done(&c->book);
	c->over = 1;
	if (!c->tells)
		free(c);
}

void client_trace(struct client *c, struct trace *t)
{
	c->trace = t;
}

void client_version(struct client *c, int version)
{
	c->start = version > 0 ? version : 0;
}

const char *client_spoke(const struct client *c)
{
	return c->spoke < 0 ? "" : c->cf.dialect->versions[c->spoke];
}

const char *client_server(const struct client *c)
{
	return c->server_said;
}

const char *client_identity(const struct client *c)
{
	return c->who;
}

const char *client_secret_version(const struct client *c)
{
	return c->cf.version;
}

struct loop *client_loop(const struct client *c)
{
	return c->tools.net->loop;
}

const char *client_mailbox(const struct client *c)
{
	return c->cf.mailbox;
}

const char *client_acts_as(const struct client *c)
{
	return c->cf.signin == SIGNIN_APP ? c->cf.mailbox : NULL;
}

void client_fresh(struct client *c)
{
	client_pool_retire(c);
	c->server.doubted = c->proxy_route.doubted = 1;
	client_sign_done(c);
	forget_signin(c);
	forget_versions(c);
	if (is_token(c))
		client_token_forget(c, c->token.now);
	client_pump(c);
}
