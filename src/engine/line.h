/* Line: a connection made ready to use: from its row, or as ops typed it, to a client (client.h)
 * with its proxy, certificate authority, sign-in and gate. What latchkeyd and the command line have
 * in common.
 */
#ifndef LATCHKEY_LINE_H
#define LATCHKEY_LINE_H

#include "exchange/client.h"
#include "exchange/verdict.h"
#include "model.h"
#include "platform/config.h"

struct db;
struct keyring;
struct line;

/* What lines work with; must outlive them. */
struct line_tools {
	const struct config *cf;
	const struct look_tools *net;
	struct gate_keeper gate;
	struct db *db;		    /* NULL: nothing is stored (a connection that was only typed) */
	const struct keyring *keys; /* opens what is stored; NULL */
};

/* The secrets of a connection. */
struct line_secrets {
	const struct secret *secret; /* password, client secret, private key or refresh token */
	const struct secret *client_secret; /* beside a refresh token; NULL */
	const char *version;		    /* names the secret for the gate */
	const char *certificate;	    /* of a private key; NULL */
	const struct client_code *code;	    /* instead of a refresh token; NULL */
};

/* Check the words of a row: method, sign-in, binding, login, proxy, host. 0, or -1 with ERR_INPUT
 * that names what is wrong, for people. The login is put right in the arena. */
int line_check(
	const struct config *cf, struct connection *c, struct arena *a, struct err *e) must_check;
/* What a client needs of it; texts and the proxy's login live in the arena or, as secrets, as long.
 */
int line_config(const struct line_tools *t, const struct connection *c,
	const struct line_secrets *s, struct arena *a, struct client_config *out,
	struct err *e) must_check;

/* With secrets that somebody typed. NULL with an error. c is copied. */
struct line *line_typed(const struct line_tools *t, const struct connection *c,
	const struct line_secrets *s, struct err *e);
/* With the sealed secret of a slot (PURPOSE_CURRENT, PURPOSE_NEXT); writes when it was used.
 * ERR_CONFLICT while the connection is paused. */
struct line *line_stored(
	const struct line_tools *t, const struct connection *c, const char *slot, struct err *e);
/* The same for a row whose server is still to be found: only for line_client_config. */
struct line *line_finding(
	const struct line_tools *t, const struct connection *c, const char *slot, struct err *e);
/* With a code that a browser brought, and the application's secret of "next", or else the one in
 * use. */
struct line *line_coded(const struct line_tools *t, const struct connection *c,
	const struct client_code *code, const char *version, struct err *e);
void line_free(struct line *l);

/* The sign-in of its own mailbox was refused, maybe in an answer behind one that was taken, as of
 * an account that is disabled: what the gate does not know yet, all processes must. */
int line_refused(const struct line *l, const struct outcome *o, struct err *e) must_check;

struct client *line_client(const struct line *l);
const struct connection *line_connection(const struct line *l);
enum method line_method(const struct line *l);
/* What its client was made with. */
const struct client_config *line_client_config(const struct line *l);

/* Of a line with a code, once it was taken: who has signed in ("" before), in which tenant, and the
 * refresh token (NULL: none came). */
const char *line_person(const struct line *l);
const char *line_tenant(const struct line *l);
const struct secret *line_refresh(const struct line *l);

#endif
