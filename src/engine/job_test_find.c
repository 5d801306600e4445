/* Job "test": the server is found by Autodiscover.
 *
 * Rules: the secret was sealed for looking in this one domain, so nothing outside of it is asked
 * with it, and no server outside of it is taken: that one has to be entered by name, with the
 * secret once more. What was found is written to the row, and the secret is sealed for it, before
 * anything else is done with it.
 */
#include <string.h>
#include <strings.h>
#include "job_test.h"
#include "platform/str.h"

static const char EWS_PATH[] = "/EWS/Exchange.asmx";

/* How a candidate's state is shown: that nothing is there is no failure of anything. */
static const enum step_state shown[] = {
	[FIND_SKIPPED] = STEP_SKIPPED,
	[FIND_NOTHING] = STEP_SKIPPED,
	[FIND_ALIVE] = STEP_OK,
	[FIND_FOREIGN] = STEP_NOTE,
	[FIND_SENT_ON] = STEP_OK,
	[FIND_FOUND] = STEP_OK,
	[FIND_FAILED] = STEP_FAILED,
	[FIND_LOOKING] = STEP_RUNNING,
};

static void on_candidate(void *ptr, size_t i, const struct find_candidate *c)
{
	struct test *t = ptr;
	const struct job_step s = { .n = (int64_t)i + 1,
		.title = arena_printf(t->r->a, "Autodiscover: %.200s", c->url),
		.state = shown[c->state],
		.ms = c->end.ms,
		.say = c->say,
		.raw = c->state == FIND_LOOKING ? "" : test_wire(t) };
	const int telling = c->state == FIND_FOREIGN || c->state == FIND_FAILED;

	test_tell(t, &s, telling ? c->end.reason : REASON_OK);
}

/* host: the one that it leads to and that has to be agreed to, or "". */
static void tell_host(
	struct test *t, enum step_state state, enum reason why, const char *say, const char *host)
{
	const struct job_step s = {
		.n = 1, .title = "Server is found", .state = state, .say = say, .host = host
	};

	t->part = PART_FOUND;
	test_tell(t, &s, why);
}

static void tell_found(struct test *t, enum step_state state, enum reason why, const char *say)
{
	tell_host(t, state, why, say, "");
}

static void needs_consent(struct test *t, const char *host)
{
	tell_host(t, STEP_FAILED, REASON_CONSENT_NEEDED,
		arena_printf(t->r->a,
			"Autodiscover of %s leads to %s, which is not in that domain.",
			t->find_query.domain, host),
		str_host(host) ? arena_strdup(t->r->a, host) : "");
	test_end(t,
		arena_printf(t->r->a,
			"Autodiscover leads to %s, outside of %s. If that is your mail server, "
			"enter it by name, with the secret once more. Nothing was sent there.",
			host, t->find_query.domain));
}

static int is_ews(const struct find_result *r)
{
	return str_starts(r->settings.url, "https://") && strcasecmp(r->path, EWS_PATH) == 0;
}

/* What keeps it from being found; of a place that may not be asked, which one, and why. */
static const char *missing_say(const struct test *t, const struct find_result *r, enum reason why)
{
	if (!r->forbidden)
		return reason_row(why)->say;
	return arena_printf(t->r->a, "%s was not asked. %s", r->forbidden->url, r->forbidden->say);
}

static void not_found(struct test *t, const struct find_result *r, enum reason why)
{
	const char *outcome = "The server was not found. The steps say what was tried.";

	t->refused = reason_row(why)->temper == TEMPER_STOPPED;
	if (t->refused)
		outcome = "Nothing was changed: the sign-in was refused.";
	else if (r->forbidden)
		outcome = "The server was not found: the address where Autodiscover was to be "
			  "asked is not allowed. The steps say which, and who can allow it.";
	tell_found(t, STEP_FAILED, why, missing_say(t, r, why));
	test_end(t, outcome);
}

/* The row leads there from now on. */
static void take(struct test *t, const struct find_result *r)
{
	const struct slots_proved p = { &t->c, t->version, t->r->job->request };
	const struct slots_server server = { r->host, r->port };
	struct connection now;
	struct err e;

	if (slots_found(t->r->engine, &p, &server, t->r->a, &now, &e) < 0) {
		tell_found(t, STEP_FAILED, REASON_OK, arena_strdup(t->r->a, e.say));
		test_broken(t, &e);
		return;
	}
	tell_found(t, STEP_OK, REASON_OK,
		r->port == 443 ? r->host : arena_printf(t->r->a, "%s, port %d", r->host, r->port));
	t->c = now;
	line_free(t->line);
	t->line = NULL;
	if (test_open(t) == 0)
		test_next(t);
}

static void on_found(void *ptr, const struct find_result *r, const struct outcome *o)
{
	struct test *t = ptr;

	t->find = NULL;
	if (r->found && !find_inside(t->find_query.domain, r->host)) {
		needs_consent(t, r->host);
	} else if (r->found && is_ews(r)) {
		take(t, r);
	} else if (o->reason == REASON_CONSENT_NEEDED && r->consent[0]) {
		needs_consent(t, r->consent);
	} else {
		not_found(t, r, r->found ? REASON_NO_EWS : o->reason);
	}
}

/* The line was made for looking only; its configuration is what is asked with. */
int test_find(struct test *t)
{
	t->find_query = (struct find_query){ .mailbox = t->c.mailbox,
		.domain = str_lower(arena_strdup(t->r->a, t->c.host)),
		.signed_in = 1,
		.https_port = (int)t->c.port,
		.cf = line_client_config(t->line),
		.trace = &t->trace };
	t->net = (struct client_tools){ .net = t->tools.net, .gate = t->tools.gate };
	t->find = find_start(&t->net, t->r->a, &t->find_query, on_candidate, on_found, t);
	return 1;
}
