/* Ctl ews: what the commands "latchkey ews ..." share: a connection from the store or from options,
 * the loop they run in, and how outcomes are printed.
 *
 * A command opens a frame, starts something in its loop, waits, prints and closes:
 *
 *     if (ctl_ews_open(c, &x, e) < 0) return -1;
 *     client_server_zones(ctl_ews_client(x), &q, &how);   ... whose done calls ctl_ews_done
 *     ctl_ews_wait(x);
 *     return ctl_ews_close(x, rc);
 */
#ifndef LATCHKEY_CTL_EWS_H
#define LATCHKEY_CTL_EWS_H

#include "ctl.h"
#include "engine/keeper.h"
#include "engine/line.h"
#include "exchange/client.h"
#include "exchange/reason_fill.h"

/* Options that say which connection, for the flag lists in ctl_ews_table.c. */
#define CTL_EWS_SIGNIN                                                                             \
	{ "mailbox", "ADDRESS", "the dedicated mailbox" },                                         \
		{ "login", "NAME", "its login name, when it is not the address" },                 \
		{ "signin", "KIND", "auto, basic, ntlm, app or user; auto when left out" },        \
		{ "secret-file", "FILE",                                                           \
			"file with the password, client secret, key or refresh token; - reads it " \
			"from the input; asked for when left out" },                               \
		{ "tenant", "NAME", "for app and user: the tenant" },                              \
		{ "client-id", "ID", "for app and user: the application" },                        \
		{ "authority", "URL", "for app and user: the sign-in service" },                   \
		{ "certificate", "FILE", "for app: certificate in PEM; the secret is its key" },   \
		{ "client-secret-file", "FILE", "for user: the application's secret" },            \
		{ "ca", "FILE", "certificate authorities in PEM to trust besides the usual" },     \
		{ "proxy", "NAME", "a proxy of the settings" },                                    \
	{                                                                                          \
		"binding", "ON/OFF", "Extended Protection: channel binding with NTLM"              \
	}
/* How it is asked: not for commands that only store. */
#define CTL_EWS_ASKING                                                                             \
	{ "again", NULL, "try once more after a refused sign-in" },                                \
	{                                                                                          \
		"trace", "FILE", "write what was said to FILE, without secrets; - is the output"   \
	}
#define CTL_EWS_CONNECTION                                                                         \
	{ "connection", "ID", "a stored connection, instead of the options below" },               \
		{ "account", "ID",                                                                 \
			"account of the connection; may be left out when there is one" },          \
		{ "server", "HOST[:PORT]", "the Exchange server" },                                \
		{ "method", "METHOD",                                                              \
			"personal, dedicated, delegate or impersonation; delegate when left "      \
			"out" },                                                                   \
		CTL_EWS_SIGNIN, CTL_EWS_ASKING

struct ctl_ews {
	struct ctl *c;
	struct arena a; /* of results */
	struct look_tools net;
	struct gate_memory *memory; /* without an installation */
	struct keeper *keeper;
	struct keyring *keys;
	char version[KEEPER_TYPED]; /* of a typed secret */
	struct line_tools tools;
	struct connection connection;
	struct secret *secret, *client_secret;
	const char *certificate; /* "" */
	struct line *line;
	struct trace trace;
	struct outcome end; /* what ctl_ews_done was told */
	int ended;
};

/* ctl_ews.c */

/* The network, the gate and the connection of the options; NULL with an error. */
struct ctl_ews *ctl_ews_open(struct ctl *c, struct err *e);
/* The same without a line: x->connection and x->secret hold what the options say. */
struct ctl_ews *ctl_ews_prepare(struct ctl *c, struct err *e);
/* Read the secrets that the options name into x->secret and x->client_secret. */
int ctl_ews_secrets(struct ctl_ews *x, struct err *e) must_check;
/* With --again: let a refused sign-in be tried once more. */
int ctl_ews_again(
	struct ctl_ews *x, const char *who, const char *version, struct err *e) must_check;
/* Writes the trace and frees all. Returns rc, or -1 when the trace could not be written. */
int ctl_ews_close(struct ctl_ews *x, int rc, struct err *e);
struct client *ctl_ews_client(const struct ctl_ews *x);
/* A how for client_ask: results in x->a, impersonating `member` when the method is impersonation
 * and member is not NULL. */
struct client_how ctl_ews_how(
	struct ctl_ews *x, const char *member, client_done_fn *done, void *ptr);
/* The mailbox to name in a question: member for delegates, NULL when it is acted as. */
const char *ctl_ews_named(const struct ctl_ews *x, const char *member);
/* Run the loop until ctl_ews_done. */
void ctl_ews_wait(struct ctl_ews *x);
void ctl_ews_done(struct ctl_ews *x, const struct outcome *o);

/* The names that steps and commands of a reason speak of. */
struct reason_names ctl_ews_names(const struct ctl_ews *x, const char *member);
/* Print how it ended, with the fix: 0 when it was well, else CTL_FAILED. member: whom it was about;
 * NULL for nobody. */
int ctl_ews_told(struct ctl_ews *x, const struct outcome *o, const char *member);
/* The same behind a list, which stays one: as JSON it is told on standard error. */
int ctl_ews_told_beside(struct ctl_ews *x, const struct outcome *o, const char *member);
/* The end of a list that was printed as it came, and how it ended. `empty`: what people read when
 * all is well and nothing was in it. */
int ctl_ews_listed(struct ctl_ews *x, struct ctl_stream *s, const char *empty, const char *member);
/* For people: what, why, who, what to do; each line set in. */
void ctl_ews_explain(struct ctl_ews *x, const struct outcome *o, const char *member);
/* An outcome as a table of one row. */
struct ctl_table *ctl_ews_outcome(struct ctl_ews *x, const struct outcome *o, const char *member);

/* Lists of addresses from the arguments and --file, one at a time: 1, 0 no more, -1. */
struct ctl_ews_list {
	struct ctl *c;
	int arg;
	void *file;
	char line[512];
	int64_t n;
};
int ctl_ews_list_open(struct ctl *c, struct ctl_ews_list *l, struct err *e) must_check;
int ctl_ews_list_next(struct ctl_ews_list *l, int64_t *n, const char **address);
void ctl_ews_list_close(struct ctl_ews_list *l);

/* "2026-11-23", "2026-11-23T09:00" or "2026-11-23T09:00:00Z": without Z it is local time of the
 * IANA zone. */
int ctl_ews_time(const char *text, const char *zone, int64_t *out, struct err *e) must_check;

/* Handlers, as those of ctl.h. */

int ctl_connection_add(struct ctl *c, struct err *e);
int ctl_connection_list(struct ctl *c, struct err *e);
int ctl_connection_trial(struct ctl *c, struct err *e);
int ctl_connection_remove(struct ctl *c, struct err *e);
int ctl_connection_test(struct ctl *c, struct err *e);
int ctl_connection_show(struct ctl *c, struct err *e);
int ctl_connection_rotate(struct ctl *c, struct err *e);
int ctl_connection_pause(struct ctl *c, struct err *e);
int ctl_connection_resume(struct ctl *c, struct err *e);
int ctl_connection_switch(struct ctl *c, struct err *e);
int ctl_connection_back(struct ctl *c, struct err *e);
int ctl_connection_disconnect(struct ctl *c, struct err *e);
int ctl_connection_recheck(struct ctl *c, struct err *e);
int ctl_connection_report(struct ctl *c, struct err *e);

int ctl_ews_discover(struct ctl *c, struct err *e);
int ctl_ews_test(struct ctl *c, struct err *e);
int ctl_ews_calendars(struct ctl *c, struct err *e);
int ctl_ews_busy(struct ctl *c, struct err *e);
int ctl_ews_delegates(struct ctl *c, struct err *e);
int ctl_ews_people(struct ctl *c, struct err *e);
int ctl_ews_members(struct ctl *c, struct err *e);
int ctl_ews_rooms(struct ctl *c, struct err *e);
int ctl_ews_zones(struct ctl *c, struct err *e);
int ctl_ews_book(struct ctl *c, struct err *e);
int ctl_ews_change(struct ctl *c, struct err *e);
int ctl_ews_cancel(struct ctl *c, struct err *e);
int ctl_ews_follow(struct ctl *c, struct err *e);
int ctl_ews_send(struct ctl *c, struct err *e);
int ctl_ews_reasons(struct ctl *c, struct err *e);

/* ctl_ews_table.c: the options of each command. */
extern const struct ctl_flag ctl_ews_discover_flags[], ctl_ews_test_flags[],
	ctl_ews_calendars_flags[], ctl_ews_busy_flags[], ctl_ews_book_flags[],
	ctl_ews_change_flags[], ctl_ews_cancel_flags[], ctl_ews_follow_flags[],
	ctl_ews_plain_flags[], ctl_ews_list_flags[], ctl_ews_send_flags[],
	ctl_connection_add_flags[], ctl_connection_test_flags[], ctl_connection_rotate_flags[],
	ctl_connection_pause_flags[];

#endif
