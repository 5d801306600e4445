/* Ctl ews test: which server holds a mailbox, and whether all that is needed works, step by step.
 *
 * Rules: each step says what was seen and, when it failed, why and what to do. A step that cannot
 * be looked at because of an earlier one is told as skipped.
 */
#include "ctl_ews.h"

#include <stdio.h>
#include <string.h>
#include "ews/find.h"
#include "exchange/check.h"
#include "platform/str.h"

enum { AGREED_MAX = 16 };

/* --- discover --- */

static const char *const hows[] = {
	[FIND_DOMAIN] = "domain",
	[FIND_AUTODISCOVER] = "autodiscover",
	[FIND_HTTP] = "http redirect",
	[FIND_SRV] = "dns srv",
	[FIND_MICROSOFT] = "microsoft",
	[FIND_REDIRECT] = "redirect",
	[FIND_TYPED] = "typed",
};

static const char *const states[] = {
	[FIND_SKIPPED] = "skipped",
	[FIND_NOTHING] = "nothing",
	[FIND_ALIVE] = "alive",
	[FIND_FOREIGN] = "needs consent",
	[FIND_SENT_ON] = "sent on",
	[FIND_FOUND] = "found",
	[FIND_FAILED] = "failed",
};

struct search {
	struct ctl_ews *x;
	const struct find_result *r;
};

static void on_candidate(void *ptr, size_t i, const struct find_candidate *c)
{
	(void)ptr, (void)i, (void)c;
}

static void on_found(void *ptr, const struct find_result *r, const struct outcome *o)
{
	struct search *s = ptr;

	s->r = r;
	ctl_ews_done(s->x, o);
}

static const char *const *agreed(struct ctl *c)
{
	const char **list = arena_array(&c->arena, AGREED_MAX + 1, sizeof(*list));
	const char *given = ctl_flag(c, "agree");
	char *rest = given ? str_lower(arena_strdup(&c->arena, given)) : NULL, *one;
	size_t n = 0;

	while (n < AGREED_MAX && (one = strsep(&rest, ",")) != NULL)
		if (*str_trim(one))
			list[n++] = str_trim(one);
	return list;
}

/* People get the outcome as sentences, which would be too wide for a table. */
static void print_search(struct ctl_ews *x, const struct find_result *r)
{
	static const char *const keys[] = { "how", "state", "reason", "url", "say", NULL };
	struct ctl_table *t = ctl_out_new(x->c, keys), *end = ctl_out_new(x->c, keys);

	for (size_t i = 0; i < r->count; i++) {
		const struct find_candidate *k = &r->list[i];

		CTL_ROW(x->c, t, C_TEXT(hows[k->how]), C_TEXT(states[k->state]),
			C_TEXT(reason_row(k->end.reason)->code), C_TEXT(k->url), C_TEXT(k->say));
	}
	if (x->c->json)
		end = ctl_ews_outcome(x, &x->end, NULL);
	CTL_RECORD(x->c, { "found", C_BOOL(r->found) }, { "server", C_TEXT(r->host) },
		{ "port", C_INT(r->port) }, { "path", C_TEXT(r->path) },
		{ "version", C_TEXT(r->settings.version) },
		{ "display_name", C_TEXT(r->settings.display_name) },
		{ "needs_consent", C_TEXT(r->consent) }, { "candidates", C_TABLE(t) },
		{ "outcome", C_TABLE(end) });
	if (x->c->json || x->end.reason == REASON_OK)
		return;
	putchar('\n');
	ctl_ews_told(x, &x->end, NULL);
}

/* With tokens nobody is signed in to while a server is looked for. */
static int shows_secret(const struct connection *c)
{
	enum signin_kind k = signin_kind_parse(c->signin);

	return k != SIGNIN_APP && k != SIGNIN_USER;
}

static int search(struct ctl_ews *x, struct err *e)
{
	struct ctl *c = x->c;
	struct line_secrets s = { .version = x->version, .certificate = x->certificate };
	struct client_tools tools = { .net = &x->net, .gate = x->tools.gate };
	struct client_config cf = { 0 };
	struct search found = { .x = x };
	struct find_query q = { .mailbox = x->connection.mailbox,
		.domain = ctl_flag(c, "domain") ? ctl_flag(c, "domain") : "",
		.agreed = agreed(c),
		.ask_microsoft = ctl_flag(c, "ask-microsoft") != NULL,
		.signed_in = ctl_flag(c, "look-only") == NULL,
		.cf = &cf,
		.trace = ctl_flag(c, "trace") ? &x->trace : NULL };

	/* Neither is used, and these fit every way to sign in. */
	x->connection.host = "autodiscover";
	x->connection.method = "dedicated";
	if (line_check(&c->cf, &x->connection, &x->a, e) < 0 ||
		(q.signed_in && shows_secret(&x->connection) && ctl_ews_secrets(x, e) < 0))
		return -1;
	s.secret = x->secret;
	s.client_secret = x->client_secret;
	if (line_config(&x->tools, &x->connection, &s, &x->a, &cf, e) < 0 ||
		ctl_ews_again(x, signin_identity(&x->a, cf.login), cf.version, e) < 0)
		return -1;
	find_start(&tools, &x->a, &q, on_candidate, on_found, &found);
	ctl_ews_wait(x);
	print_search(x, found.r);
	return found.r->found ? 0 : CTL_FAILED;
}

int ctl_ews_discover(struct ctl *c, struct err *e)
{
	struct ctl_ews *x = ctl_ews_prepare(c, e);

	return x ? ctl_ews_close(x, search(x, e), e) : -1;
}

/* --- test --- */

struct test {
	struct ctl_ews *x;
	struct ctl_stream out;
	int failed;
};

static const char *const step_states[STEP__MAX] = { "waiting", "running", "ok", "note", "failed",
	"skipped" };

/* People get a line a step, and below it what to do. */
static void print_step(struct test *t, const struct check_step *s)
{
	struct outcome why = s->end;

	ctl_out_column(step_states[s->state], 6);
	ctl_out_column(s->title, 30);
	ctl_out_text(s->say);
	putchar('\n');
	why.reason = s->reason;
	if (s->reason != REASON_OK && s->state != STEP_SKIPPED)
		ctl_ews_explain(t->x, &why, s->member);
}

/* Programs get the same, and where nothing is wrong empty texts. */
static void json_step(struct test *t, const struct check_step *s)
{
	const struct reason_row *r = reason_row(s->reason);
	const struct reason_names names = ctl_ews_names(t->x, s->member);
	const int bad = s->reason != REASON_OK;
	const struct ctl_cell cells[] = { C_TEXT(s->key), C_TEXT(s->title),
		C_TEXT(step_states[s->state]), C_TEXT(r->code), C_TEXT(s->say),
		C_TEXT(bad ? r->say : ""), C_TEXT(bad ? r->why : ""),
		C_TEXT(bad ? reason_fixer(r->fixer) : ""),
		C_TEXT(bad ? reason_steps(&t->x->a, r, &names) : ""),
		C_TEXT(bad ? reason_command(&t->x->a, r, &names) : ""), C_TEXT(bad ? r->wait : ""),
		C_TEXT(s->end.code), C_TEXT(s->end.said), C_INT(s->end.http),
		C_TEXT(s->end.request), C_TEXT(s->end.server), C_INT(s->ms) };

	ctl_out_stream(t->x->c, &t->out, cells);
}

static void on_step(void *ptr, const struct check_step *s)
{
	struct test *t = ptr;

	if (s->state == STEP_WAITING || s->state == STEP_RUNNING)
		return;
	if (t->x->c->json)
		json_step(t, s);
	else
		print_step(t, s);
	fflush(stdout);
}

static void on_checked(void *ptr, int failed)
{
	const struct outcome well = { 0 };
	struct test *t = ptr;

	t->failed = failed;
	ctl_ews_done(t->x, &well);
}

int ctl_ews_test(struct ctl *c, struct err *e)
{
	static const char *const keys[] = { "key", "step", "state", "reason", "say", "what", "why",
		"who", "fix", "command", "wait", "code", "said", "http", "request", "server", "ms",
		NULL };
	struct test t = { .x = ctl_ews_open(c, e), .out = { .keys = keys } };
	struct check_query q = { .step = on_step, .done = on_checked, .ptr = &t };

	if (!t.x)
		return -1;
	q.method = line_method(t.x->line);
	q.mailbox = line_connection(t.x->line)->mailbox;
	q.member = c->argc > 0 ? c->argv[0] : "";
	q.outside = ctl_flag(c, "outside") ? ctl_flag(c, "outside") : "";
	q.write = ctl_flag(c, "write") != NULL;
	q.a = &t.x->a;
	check_start(ctl_ews_client(t.x), &q);
	ctl_ews_wait(t.x);
	if (c->json)
		ctl_out_stream_end(c, &t.out, "");
	return ctl_ews_close(t.x, t.failed ? CTL_FAILED : 0, e);
}
