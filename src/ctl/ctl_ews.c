/* Ctl ews: the frame of "latchkey ews ...": a connection from the store or from options, made ready
 * to use in a loop of its own.
 *
 * Rule: sign-ins go through the same gate as the engine's, in the store when there is one.
 */
#include "ctl_ews.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "engine/keyring.h"
#include "exchange/egress.h"
#include "exchange/transport.h"
#include "exchange/zone.h"
#include "platform/clock.h"
#include "platform/str.h"

enum { RESULTS_MAX = 256 << 20, TIME_MAX = 24 };

/* --- the connection of the options --- */

static const char *flag_or(const struct ctl *c, const char *name, const char *initial)
{
	const char *given = ctl_flag(c, name);

	return given ? given : initial;
}

static int typed_connection(struct ctl_ews *x, struct err *e)
{
	struct ctl *c = x->c;
	struct connection *to = &x->connection;
	const char *server = ctl_flag(c, "server");

	if (!ctl_flag(c, "mailbox"))
		return ctl_fail(e, ERR_INPUT,
			"Which mailbox? Give --mailbox ADDRESS, or --connection ID for a stored "
			"connection.");
	*to = (struct connection){ .name = "typed", .scheme = "https", .port = 443 };
	to->mailbox = str_lower(arena_strdup(&c->arena, ctl_flag(c, "mailbox")));
	to->login = flag_or(c, "login", "");
	to->signin = flag_or(c, "signin", "auto");
	to->method = flag_or(c, "method", "delegate");
	to->binding = flag_or(c, "binding", "off");
	to->proxy = flag_or(c, "proxy", "");
	to->tenant = flag_or(c, "tenant", "");
	to->client_id = flag_or(c, "client-id", "");
	to->authority = flag_or(c, "authority", "");
	if (server && ctl_jobs_host(c, server, &to->host, &to->port, e) < 0)
		return -1;
	if (to->host)
		to->host = str_lower(arena_strdup(&c->arena, to->host));
	if (ctl_secret_pem(c, "ca", &to->ca, e) < 0 ||
		ctl_secret_pem(c, "certificate", &x->certificate, e) < 0)
		return -1;
	return 0;
}

int ctl_ews_secrets(struct ctl_ews *x, struct err *e)
{
	return ctl_secret_read(x->c, x->connection.mailbox, &x->secret, &x->client_secret, e);
}

static int stored_connection(struct ctl_ews *x, struct err *e)
{
	struct ctl *c = x->c;
	int64_t id;
	int rc;

	if (ctl_id(ctl_flag(c, "connection"), "a connection", &id, e) < 0)
		return -1;
	if (!c->db)
		return ctl_fail(e, ERR_SETUP,
			"There is no database here, so there are no stored connections.");
	if (ctl_people_choose(c, e) < 0)
		return -1;
	rc = store_connection_get(c->db, &c->arena, c->svc.who.account, id, &x->connection, e);
	if (rc == 0)
		return ctl_fail(e, ERR_MISSING, "There is no connection %lld in this account.",
			(long long)id);
	if (rc < 0)
		return -1;
	x->tools.keys = x->keys = ctl_keys_load(c, e);
	return x->keys ? 0 : -1;
}

/* --- network and gate --- */

static int open_network(struct ctl_ews *x, struct err *e)
{
	const struct config *cf = &x->c->cf;

	x->net.loop = loop_new();
	x->net.egress = egress_new(cf->egress_file, (int)cf->tenancy);
	if (egress_load(x->net.egress, e) < 0)
		return -1;
	x->net.resolve = resolve_new(x->net.loop, cf->dns_servers, e);
	if (!x->net.resolve)
		return -1;
	x->net.transport = transport_new(
		x->net.loop, x->net.egress, cf->ca_file, "Latchkey/" LATCHKEY_VERSION, e);
	return x->net.transport ? 0 : -1;
}

/* Where there is an installation its store must be used: a gate of our own would let through what
 * the engine has stopped. */
static int open_gate(struct ctl_ews *x, struct err *e)
{
	struct ctl *c = x->c;

	if (access(c->cf.database, F_OK) < 0 && errno == ENOENT) {
		x->memory = gate_memory_new();
		x->tools.gate = gate_memory_keeper(x->memory);
		return 0;
	}
	if (!c->db && ctl_open(c, DB_OPEN_HASTY, 1, e) < 0)
		return -1;
	x->keeper = keeper_new(c->db, arena_printf(&c->arena, "latchkey-%ld", (long)getpid()));
	x->tools.gate = keeper_gate(x->keeper);
	x->tools.db = c->db;
	return 0;
}

struct ctl_ews *ctl_ews_prepare(struct ctl *c, struct err *e)
{
	struct ctl_ews *x = calloc(1, sizeof(*x));
	int rc;

	if (!x)
		die("ews: out of memory");
	x->c = c;
	arena_init(&x->a, RESULTS_MAX);
	trace_init(&x->trace);
	keeper_typed(x->version);
	x->tools.cf = &c->cf;
	x->tools.net = &x->net;
	rc = open_network(x, e);
	if (rc == 0)
		rc = open_gate(x, e);
	if (rc == 0 && ctl_flag(c, "connection"))
		rc = stored_connection(x, e);
	else if (rc == 0)
		rc = typed_connection(x, e);
	if (rc == 0)
		return x;
	ctl_ews_close(x, -1, e);
	return NULL;
}

int ctl_ews_again(struct ctl_ews *x, const char *who, const char *version, struct err *e)
{
	if (!ctl_flag(x->c, "again") || !x->keeper)
		return 0;
	return keeper_again(x->keeper, who, version, e) < 0 ? -1 : 0;
}

static int typed_line(struct ctl_ews *x, struct err *e)
{
	struct line_secrets s = { .version = x->version, .certificate = x->certificate };

	if (line_check(&x->c->cf, &x->connection, &x->a, e) < 0 || ctl_ews_secrets(x, e) < 0)
		return -1;
	s.secret = x->secret;
	s.client_secret = x->client_secret;
	x->line = line_typed(&x->tools, &x->connection, &s, e);
	return x->line ? 0 : -1;
}

static int stored_line(struct ctl_ews *x, struct err *e)
{
	x->line = line_stored(&x->tools, &x->connection, PURPOSE_CURRENT, e);
	return x->line ? 0 : -1;
}

static int open_line(struct ctl_ews *x, struct err *e)
{
	const struct client *c;

	if ((ctl_flag(x->c, "connection") ? stored_line(x, e) : typed_line(x, e)) < 0)
		return -1;
	c = line_client(x->line);
	return ctl_ews_again(x, client_identity(c), client_secret_version(c), e);
}

struct ctl_ews *ctl_ews_open(struct ctl *c, struct err *e)
{
	struct ctl_ews *x = ctl_ews_prepare(c, e);

	if (!x)
		return NULL;
	if (open_line(x, e) < 0) {
		ctl_ews_close(x, -1, e);
		return NULL;
	}
	if (ctl_flag(c, "trace")) /* writing it down costs half as much again as asking */
		client_trace(line_client(x->line), &x->trace);
	return x;
}

/* --- the end --- */

static int put(FILE *f, const struct buf *text)
{
	return fwrite(text->p, 1, text->len, f) < text->len || fflush(f) != 0 ? -1 : 0;
}

static int put_file(const char *path, const struct buf *text)
{
	FILE *f = fopen(path, "we");
	int rc;

	if (!f)
		return -1;
	rc = put(f, text);
	return fclose(f) != 0 ? -1 : rc;
}

static int write_trace(struct ctl_ews *x, struct err *e)
{
	const char *path = ctl_flag(x->c, "trace");
	const struct buf *text = &x->trace.text;

	if (!path || !text->len ||
		(strcmp(path, "-") == 0 ? put(stdout, text) : put_file(path, text)) == 0)
		return 0;
	return ctl_fail(e, ERR_SETUP, "%.120s cannot be written: %s", path, strerror(errno));
}

int ctl_ews_close(struct ctl_ews *x, int rc, struct err *e)
{
	if (rc >= 0 && write_trace(x, e) < 0)
		rc = -1;
	line_free(x->line);
	transport_free(x->net.transport);
	resolve_free(x->net.resolve);
	egress_free(x->net.egress);
	if (x->net.loop)
		loop_free(x->net.loop);
	keeper_free(x->keeper);
	gate_memory_free(x->memory);
	keyring_free(x->keys);
	secret_free(x->secret);
	secret_free(x->client_secret);
	trace_done(&x->trace);
	arena_done(&x->a);
	free(x);
	return rc;
}

struct client *ctl_ews_client(const struct ctl_ews *x)
{
	return line_client(x->line);
}

struct client_how ctl_ews_how(
	struct ctl_ews *x, const char *member, client_done_fn *done, void *ptr)
{
	return (struct client_how){ .a = &x->a,
		.impersonate = line_method(x->line) == METHOD_IMPERSONATION ? member : NULL,
		.anchor = member,
		.done = done,
		.ptr = ptr };
}

const char *ctl_ews_named(const struct ctl_ews *x, const char *member)
{
	return line_method(x->line) == METHOD_IMPERSONATION ? NULL : member;
}

void ctl_ews_done(struct ctl_ews *x, const struct outcome *o)
{
	x->end = *o;
	x->ended = 1;
	loop_stop(x->net.loop);
}

void ctl_ews_wait(struct ctl_ews *x)
{
	if (!x->ended)
		loop_run(x->net.loop);
	x->ended = 0;
}

/* --- telling --- */

static const char *const outcome_keys[] = { "reason", "title", "say", "why", "who", "steps",
	"command", "wait", "code", "said", "http", "request", "their_request", "server", "version",
	"attempts", "ms", NULL };

struct reason_names ctl_ews_names(const struct ctl_ews *x, const char *member)
{
	return (struct reason_names){
		.member = member, .mailbox = x->connection.mailbox, .app = x->connection.client_id
	};
}

struct ctl_table *ctl_ews_outcome(struct ctl_ews *x, const struct outcome *o, const char *member)
{
	const struct reason_names names = ctl_ews_names(x, member);
	const struct reason_row *r = reason_row(o->reason);
	struct ctl_table *t = ctl_out_new(x->c, outcome_keys);
	struct arena *a = &x->c->arena;

	CTL_ROW(x->c, t, C_TEXT(r->code), C_TEXT(r->title), C_TEXT(r->say), C_TEXT(r->why),
		C_TEXT(reason_fixer(r->fixer)), C_TEXT(reason_steps(a, r, &names)),
		C_TEXT(reason_command(a, r, &names)), C_TEXT(r->wait),
		C_TEXT(arena_strdup(a, o->code)), C_TEXT(arena_strdup(a, o->said)), C_INT(o->http),
		C_TEXT(arena_strdup(a, o->request)), C_TEXT(arena_strdup(a, o->theirs)),
		C_TEXT(arena_strdup(a, o->server)), C_TEXT(arena_strdup(a, o->version)),
		C_INT(o->attempts), C_INT(o->ms));
	return t;
}

static void told_lines(struct ctl *c, const char *title, const char *text)
{
	if (!str_empty(text))
		ctl_out_lines(c, 4, title, 12, text);
}

void ctl_ews_explain(struct ctl_ews *x, const struct outcome *o, const char *member)
{
	const struct reason_names names = ctl_ews_names(x, member);
	const struct reason_row *r = reason_row(o->reason);
	struct ctl *c = x->c;

	told_lines(c, "What", r->say);
	told_lines(c, "Why", r->why);
	told_lines(c, "Who", reason_fixer(r->fixer));
	told_lines(c, "What to do", reason_steps(&c->arena, r, &names));
	told_lines(c, "Command", reason_command(&c->arena, r, &names));
	told_lines(c, "Takes", r->wait);
	told_lines(c, "Server said",
		arena_printf(&c->arena, "%s%s%s", o->code, o->code[0] && o->said[0] ? ": " : "",
			o->said));
	if (o->http)
		printf("    %-12s%ld\n", "HTTP", o->http);
	told_lines(c, "Request", o->request);
	told_lines(c, "Server", o->server);
	if (o->reason == REASON_SIGNIN_STOPPED)
		told_lines(c, "Then", "Add --again to let it be tried once more.");
}

static int told(struct ctl_ews *x, const struct outcome *o, const char *member, int beside)
{
	const struct reason_row *r = reason_row(o->reason);
	struct ctl *c = x->c;
	struct ctl_field fields[] = { { "ok", C_BOOL(0) }, { "outcome", C_NONE } };

	if (o->reason == REASON_OK)
		return 0;
	if (!c->json) {
		printf("%s (%s)\n", r->title, r->code);
		ctl_ews_explain(x, o, member);
		return CTL_FAILED;
	}
	fields[1].cell = C_TABLE(ctl_ews_outcome(x, o, member));
	if (beside)
		ctl_out_aside(fields, sizeof(fields) / sizeof(fields[0]));
	else
		ctl_out_record(c, fields, sizeof(fields) / sizeof(fields[0]));
	return CTL_FAILED;
}

int ctl_ews_told(struct ctl_ews *x, const struct outcome *o, const char *member)
{
	return told(x, o, member, 0);
}

int ctl_ews_told_beside(struct ctl_ews *x, const struct outcome *o, const char *member)
{
	return told(x, o, member, 1);
}

int ctl_ews_listed(struct ctl_ews *x, struct ctl_stream *s, const char *empty, const char *member)
{
	if (x->c->json || x->end.reason == REASON_OK)
		ctl_out_stream_end(x->c, s, empty);
	return ctl_ews_told_beside(x, &x->end, member);
}

/* --- lists and times --- */

int ctl_ews_list_open(struct ctl *c, struct ctl_ews_list *l, struct err *e)
{
	const char *path = ctl_flag(c, "file");

	*l = (struct ctl_ews_list){ .c = c };
	if (!path && c->argc == 0)
		return ctl_fail(
			e, ERR_INPUT, "Whose? Give addresses, or --file FILE with one a line.");
	if (!path)
		return 0;
	l->file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	if (l->file)
		return 0;
	return ctl_fail(e, ERR_INPUT, "%.120s cannot be read: %s", path, strerror(errno));
}

/* The first column counts, so that a CSV file with the address in front will do. */
int ctl_ews_list_next(struct ctl_ews_list *l, int64_t *n, const char **address)
{
	char *s;

	*n = l->n++;
	if (l->arg < l->c->argc) {
		*address = l->c->argv[l->arg++];
		return 1;
	}
	while (l->file && fgets(l->line, sizeof(l->line), l->file)) {
		l->line[strcspn(l->line, ",;\t\r\n")] = '\0';
		s = str_trim(l->line);
		if (!s[0] || s[0] == '#' || !strchr(s, '@'))
			continue;
		*address = s;
		return 1;
	}
	return 0;
}

void ctl_ews_list_close(struct ctl_ews_list *l)
{
	if (l->file && l->file != stdin)
		fclose(l->file);
}

int ctl_ews_time(const char *text, const char *zone, int64_t *out, struct err *e)
{
	struct zone_local l = { 0 };
	int n = 0, utc;
	size_t len = strlen(text);

	utc = len > 0 && text[len - 1] == 'Z';
	if (len >= TIME_MAX ||
		/* NOLINTNEXTLINE(cert-err34-c): four digits always fit. */
		sscanf(text, "%4d-%2d-%2d%nT%2d:%2d%n:%2d%n", &l.year, &l.month, &l.day, &n,
			&l.hour, &l.minute, &n, &l.second, &n) < 3 ||
		(size_t)n + (size_t)utc != len)
		return ctl_fail(e, ERR_INPUT,
			"\"%.40s\" is no time. Write 2026-11-23, 2026-11-23T09:00 or "
			"2026-11-23T09:00Z.",
			text);
	if (zone_to_unix(utc ? "UTC" : zone, &l, out) < 0)
		return ctl_fail(
			e, ERR_INPUT, "\"%.40s\" is no date in the time zone %.40s.", text, zone);
	return 0;
}
