/* Job "test": a code that a browser brought back becomes a sign-in.
 *
 * Rules: a code is used once, whatever comes of it. The refresh token stays in memory until it is
 * known that the right mailbox has signed in; somebody else's is never stored, and is told by name.
 */
#include <string.h>
#include <strings.h>
#include "chronicle.h"
#include "exchange/token.h"
#include "job_test.h"
#include "keyring.h"
#include "platform/log.h"
#include "platform/str.h"
#include "store/store.h"

enum { VERSION_HEX = 8 };

static void tell(struct test *t, int n, enum step_state state, const char *say, enum reason why)
{
	static const char *const titles[] = { "", "Signed in with Microsoft",
		"Signed in as the right mailbox" };
	const struct job_step s = {
		.n = n, .title = titles[n], .state = state, .say = say, .raw = test_wire(t)
	};

	test_tell(t, &s, why);
}

/* --- who it is --- */

/* Another account, or another organisation: named, audited, forgotten. */
static void refuse(struct test *t, const char *expected)
{
	const char *who = line_person(t->line)[0] ? line_person(t->line) : "somebody unnamed";
	const struct chronicle row = { .account = t->c.account,
		.action = "microsoft.refused",
		.about = t->c.mailbox,
		.detail = arena_printf(t->r->a, "%s signed in; %s was expected", who, expected),
		.by = t->r->job->by_name,
		.request = t->r->job->request };
	struct err e;

	tell(t, 2, STEP_FAILED,
		arena_printf(t->r->a, "%s signed in; %s was expected.", who, expected),
		REASON_OTHER_ACCOUNT);
	if (chronicle_add(t->r->engine, &row, &e) < 0)
		log_err("test.unaudited", &e);
	else
		chronicle_seal(t->r->engine);
	test_end(t,
		arena_printf(t->r->a,
			"Nothing was changed: %s signed in, but the connection is for %s. Sign in "
			"again as the right account.",
			who, expected));
}

/* Its sign-in is kept as the secret to be proved, under the version that the gate knows. */
static int keep(struct test *t, struct err *e)
{
	const struct slots_new n = { .secret = line_refresh(t->line),
		.version = t->version,
		.certificate = "",
		.by = t->r->job->by,
		.by_name = t->r->job->by_name,
		.detail = arena_printf(
			t->r->a, "signed in with Microsoft as %s", line_person(t->line)),
		.request = t->r->job->request };

	return slots_keep(t->r->engine, &t->c, &n, e);
}

static void welcome(struct test *t)
{
	const struct outcome *o = &t->own.opened;
	struct err e;

	if (o->reason != REASON_OK && reason_row(o->reason)->temper != TEMPER_PASSING) {
		tell(t, 2, STEP_FAILED, reason_row(o->reason)->say, o->reason);
		test_end(t, "Nothing was changed: the mailbox does not open. The steps say why.");
		return;
	}
	if (keep(t, &e) < 0) {
		tell(t, 2, STEP_FAILED, arena_strdup(t->r->a, e.say), REASON_OK);
		test_broken(t, &e);
		return;
	}
	tell(t, 2, STEP_OK, t->c.mailbox, REASON_OK);
	line_free(t->line);
	t->line = NULL;
	if (o->reason != REASON_OK)
		test_end(t,
			"You are signed in as the right account, and that is kept; but Exchange "
			"could not be reached. Test again in a while; nobody needs to sign in "
			"again.");
	else if (test_open(t) == 0)
		test_next(t);
}

static int is_mailbox(const struct test *t, const char *address)
{
	return address[0] &&
		(strcasecmp(address, t->c.mailbox) == 0 ||
			strcasecmp(address, t->own.address) == 0);
}

/* The name that signed in is no address of ours: whose is it? */
static void on_resolved(void *ptr, const struct outcome *o, const void *result)
{
	const struct people_result *found = result;
	struct test *t = ptr;

	t->call = NULL;
	if (o->reason == REASON_OK && found->count == 1 && !found->more &&
		is_mailbox(t, found->list[0].address))
		welcome(t);
	else if (o->reason == REASON_OK || o->reason == REASON_NOTHING_FOUND)
		refuse(t, t->c.mailbox);
	else {
		tell(t, 2, STEP_FAILED, reason_row(o->reason)->say, o->reason);
		test_end(t, "Nothing was changed: Exchange did not tell whose sign-in this is.");
	}
}

static void ask_whose(struct test *t)
{
	struct resolve_query *q = arena_alloc(t->r->a, sizeof(*q));
	const struct client_how how = { .a = t->r->a, .done = on_resolved, .ptr = t };

	q->text = arena_printf(t->r->a, "smtp:%s", line_person(t->line));
	t->call = client_resolve_name(line_client(t->line), q, &how);
}

/* A tenant that was given by its id must be the one. */
static int other_tenant(const struct test *t)
{
	return str_guid(t->c.tenant) && strcasecmp(t->c.tenant, line_tenant(t->line)) != 0;
}

static void on_own(void *ptr, const struct mailbox_seen *m)
{
	struct test *t = ptr;
	const char *who = line_person(t->line);

	t->mailbox = NULL;
	t->own = *m;
	if (!who[0] && !line_refresh(t->line)) {
		tell(t, 1, STEP_FAILED, reason_row(m->opened.reason)->say, m->opened.reason);
		test_end(t, "Nothing was changed: Microsoft did not take the sign-in.");
		return;
	}
	if (!line_refresh(t->line)) {
		tell(t, 1, STEP_FAILED, "Microsoft gave no lasting sign-in.",
			REASON_CONSENT_MISSING);
		test_end(t, "Nothing was changed: Microsoft gave no lasting sign-in.");
		return;
	}
	tell(t, 1, STEP_OK, who, REASON_OK);
	if (other_tenant(t))
		refuse(t, arena_printf(t->r->a, "%s of tenant %s", t->c.mailbox, t->c.tenant));
	else if (is_mailbox(t, who))
		welcome(t);
	else if (m->opened.reason == REASON_OK && str_email(who))
		ask_whose(t);
	else
		refuse(t, t->c.mailbox);
}

/* --- the code --- */

/* Three lines: code, verifier, nonce. */
struct brought {
	struct secret *code, *verifier;
	const char *nonce;
};

static int take_apart(struct test *t, const struct secret *all, struct brought *out)
{
	const char *text = (const char *)secret_bytes(all), *second, *third;

	second = strchr(text, '\n');
	third = second ? strchr(second + 1, '\n') : NULL;
	if (!third || strlen(text) != secret_len(all))
		return -1;
	out->code = secret_new(text, (size_t)(second - text));
	out->verifier = secret_new(second + 1, (size_t)(third - second - 1));
	out->nonce = arena_strndup(t->r->a, third + 1, strcspn(third + 1, "\n"));
	return 0;
}

/* It is ours to use, once: 0, or -1 with an error. */
static int use(struct test *t, struct err *e)
{
	struct engine *eng = t->r->engine;
	int rc = store_ask_get(eng->db, t->r->a, t->c.account, t->wish.ask, &t->ask, e);

	if (rc == 1 && t->ask.connection == t->c.id)
		rc = store_ask_use(eng->db, t->c.account, t->wish.ask, e);
	else if (rc == 1)
		rc = 0;
	return rc > 0 ? 0
		: rc < 0
		? -1
		: ERR(e, ERR_GONE,
			  "This sign-in with Microsoft was used already, or took too long. Sign in "
			  "again.",
			  "ask %lld cannot be used", (long long)t->wish.ask);
}

static int open_line(struct test *t, const struct brought *b, struct err *e)
{
	const struct client_code code = { .code = b->code,
		.verifier = b->verifier,
		.redirect_uri =
			arena_printf(t->r->a, "%s%s", t->r->engine->cf->public_url, PKCE_RETURN),
		.nonce = b->nonce };
	char version[VERSION_HEX + 1];

	seal_random_hex(version, VERSION_HEX);
	t->version = arena_strdup(t->r->a, version);
	t->line = line_coded(&t->tools, &t->c, &code, t->version, e);
	return t->line ? 0 : -1;
}

static int begin(struct test *t, struct err *e)
{
	struct brought b = { 0 };
	struct secret *all;
	int rc = -1;

	if (use(t, e) < 0)
		return -1;
	all = keyring_open_ask(t->r->engine->keys, &t->ask, e);
	if (all && take_apart(t, all, &b) < 0)
		ERR(e, ERR_KEY, "Sign in with Microsoft again.", "ask %lld: not three lines",
			(long long)t->ask.id);
	else if (all)
		rc = open_line(t, &b, e);
	secret_free(all);
	secret_free(b.code);
	secret_free(b.verifier);
	return rc;
}

int test_microsoft(struct test *t)
{
	struct err e;

	if (begin(t, &e) < 0) {
		tell(t, 1, STEP_FAILED, arena_strdup(t->r->a, e.say), REASON_SIGNIN_EXPIRED);
		test_broken(t, &e);
		return 1;
	}
	tell(t, 1, STEP_RUNNING, "", REASON_OK);
	client_trace(line_client(t->line), &t->trace);
	t->mailbox = mailbox_start(line_client(t->line), t->r->a, on_own, t);
	return 1;
}
