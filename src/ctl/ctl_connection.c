/* Ctl connection: the ways to Exchange that are stored.
 *
 * Rule: a secret that is in use is only changed by the engine, which proves the new one first; here
 * that is queued and watched, as the portal does.
 */
#include "ctl_ews.h"

#include <string.h>
#include "platform/str.h"
#include "service/svc_report.h"
#include "service/svc_switch.h"
#include "service/svc_trial.h"

enum { WHY_MAX = 300 };

/* The words are checked as the engine will check them, before a secret is asked for. */
static int add(struct ctl_ews *x, struct err *e)
{
	struct ctl *c = x->c;
	struct svc_secrets secrets;

	x->connection.name = c->argv[0];
	if (!c->db)
		return ctl_fail(e, ERR_SETUP,
			"There is no database here. Make it with \"latchkey "
			"init\".");
	if (ctl_people_choose(c, e) < 0 || line_check(&c->cf, &x->connection, &x->a, e) < 0 ||
		ctl_ews_secrets(x, e) < 0)
		return -1;
	secrets = (struct svc_secrets){
		.secret = x->secret, .client = x->client_secret, .certificate = x->certificate
	};
	if (svc_connection_add(&c->svc, &x->connection, &secrets, e) < 0)
		return -1;
	CTL_RECORD(c, { "id", C_INT(x->connection.id) }, { "name", C_TEXT(x->connection.name) },
		{ "server", C_TEXT(x->connection.host) },
		{ "mailbox", C_TEXT(x->connection.mailbox) },
		{ "method", C_TEXT(x->connection.method) });
	return 0;
}

int ctl_connection_add(struct ctl *c, struct err *e)
{
	struct ctl_ews *x = NULL;

	/* Opened here it waits for a busy store: nobody types a secret twice. */
	if (ctl_open(c, 0, 1, e) == 0)
		x = ctl_ews_prepare(c, e);
	return x ? ctl_ews_close(x, add(x, e), e) : -1;
}

int ctl_connection_list(struct ctl *c, struct err *e)
{
	static const char *const keys[] = { "id", "name", "server", "port", "mailbox", "method",
		"signin", "login", "proxy", "binding", "created", NULL };
	struct ctl_table *t = ctl_out_new(c, keys);
	struct connection *list;
	int n;

	if (ctl_people_choose(c, e) < 0)
		return -1;
	n = store_connection_list(c->db, &c->arena, c->svc.who.account, &list, e);
	for (int i = 0; i < n; i++)
		CTL_ROW(c, t, C_INT(list[i].id), C_TEXT(list[i].name), C_TEXT(list[i].host),
			C_INT(list[i].port), C_TEXT(list[i].mailbox), C_TEXT(list[i].method),
			C_TEXT(list[i].signin), C_TEXT(list[i].login), C_TEXT(list[i].proxy),
			C_TEXT(list[i].binding), C_TIME(list[i].created));
	if (n < 0)
		return -1;
	ctl_out_table(c, t, "There is no connection.");
	return 0;
}

int ctl_connection_trial(struct ctl *c, struct err *e)
{
	struct svc_trial t;
	const int64_t *n = t.n;

	if (ctl_people_choose(c, e) < 0 || svc_trial_read(&c->svc, &t, e) < 0)
		return -1;
	if (!t.to.id)
		return ctl_fail(e, ERR_CONFLICT,
			"There is nothing to compare: no other connection waits or was in use "
			"before.");
	CTL_RECORD(c, { "connection", C_INT(t.to.id) }, { "method", C_TEXT(t.to.method) },
		{ "back", C_BOOL(t.back) }, { "members", C_INT(t.all) },
		{ "tried", C_INT(t.tried) }, { "gain", C_INT(n[TRIAL_GAIN]) },
		{ "better", C_INT(n[TRIAL_BETTER]) }, { "lose", C_INT(n[TRIAL_LOSE]) },
		{ "worse", C_INT(n[TRIAL_WORSE]) }, { "same", C_INT(n[TRIAL_SAME]) },
		{ "other", C_INT(n[TRIAL_OTHER]) }, { "unseen", C_INT(n[TRIAL_UNSEEN]) },
		{ "seen", C_TIME(t.seen_at) }, { "say", C_TEXT(svc_trial_say(&c->arena, &t)) });
	return 0;
}

int ctl_connection_remove(struct ctl *c, struct err *e)
{
	int64_t id;

	if (ctl_id(c->argv[0], "a connection", &id, e) < 0 || ctl_people_choose(c, e) < 0 ||
		svc_connection_remove(&c->svc, id, e) < 0)
		return -1;
	CTL_RECORD(c, { "id", C_INT(id) }, { "removed", C_BOOL(1) });
	return 0;
}

/* The connection of the first argument, in the account that was chosen. */
static int find(struct ctl *c, struct connection *out, struct err *e)
{
	int64_t id;
	int rc;

	if (ctl_id(c->argv[0], "a connection", &id, e) < 0 || ctl_people_choose(c, e) < 0)
		return -1;
	rc = store_connection_get(c->db, &c->arena, c->svc.who.account, id, out, e);
	if (rc == 0)
		return ctl_fail(e, ERR_MISSING, "There is no connection %lld in this account.",
			(long long)id);
	return rc < 0 ? -1 : 0;
}

/* --- testing and changing: by the engine --- */

static int test(struct ctl *c, const struct svc_test *t, struct err *e)
{
	int64_t job;

	if (svc_connection_test(&c->svc, t, &job, e) < 0)
		return -1;
	ctl_out_say(c, "Job %lld tests connection %lld.", (long long)job, (long long)t->connection);
	return ctl_jobs_follow(c, job, e);
}

int ctl_connection_test(struct ctl *c, struct err *e)
{
	struct svc_test t = { .slot = ctl_flag(c, "next") ? PURPOSE_NEXT : PURPOSE_CURRENT,
		.write = ctl_flag(c, "write") != NULL,
		.member = c->argc > 1 ? c->argv[1] : "",
		.outside = ctl_flag(c, "outside") ? ctl_flag(c, "outside") : "" };
	struct connection k;

	if (find(c, &k, e) < 0)
		return -1;
	t.connection = k.id;
	return test(c, &t, e);
}

int ctl_connection_recheck(struct ctl *c, struct err *e)
{
	struct svc_test t = { .slot = PURPOSE_CURRENT, .again = 1, .member = "", .outside = "" };
	struct connection k;

	if (find(c, &k, e) < 0)
		return -1;
	t.connection = k.id;
	return test(c, &t, e);
}

static int rotate(
	struct ctl *c, const struct connection *k, const struct svc_secrets *sec, struct err *e)
{
	int64_t job;

	if (svc_connection_rotate(&c->svc, k->id, sec, &job, e) < 0)
		return -1;
	ctl_out_say(c, "Job %lld proves the new secret of connection %lld.", (long long)job,
		(long long)k->id);
	return ctl_jobs_follow(c, job, e);
}

int ctl_connection_rotate(struct ctl *c, struct err *e)
{
	struct secret *secret = NULL, *client = NULL;
	struct svc_secrets sec = { 0 };
	struct connection k;
	int rc = find(c, &k, e);

	if (rc == 0 && ctl_flag(c, "expires"))
		rc = ctl_ews_time(ctl_flag(c, "expires"), "UTC", &sec.expires, e);
	if (rc == 0)
		rc = ctl_secret_pem(c, "certificate", &sec.certificate, e);
	if (rc == 0)
		rc = ctl_secret_read(c, k.mailbox, &secret, &client, e);
	sec.secret = secret;
	sec.client = client;
	if (rc == 0)
		rc = rotate(c, &k, &sec, e);
	secret_free(secret);
	secret_free(client);
	return rc;
}

/* --- pausing --- */

static int read_why(struct ctl *c, const char **why, struct err *e)
{
	*why = ctl_flag(c, "why") ? ctl_flag(c, "why") : "";
	return str_control(*why, strlen(*why), 0) || !str_utf8(*why, strlen(*why)) ||
			strlen(*why) > WHY_MAX
		? ctl_fail(
			  e, ERR_INPUT, "The reason must be one line of at most %d bytes.", WHY_MAX)
		: 0;
}

int ctl_connection_pause(struct ctl *c, struct err *e)
{
	const char *why;
	struct connection k;

	if (read_why(c, &why, e) < 0 || find(c, &k, e) < 0 ||
		svc_connection_pause(&c->svc, k.id, why, e) < 0)
		return -1;
	CTL_RECORD(c, { "id", C_INT(k.id) }, { "paused", C_BOOL(1) }, { "why", C_TEXT(why) });
	return 0;
}

int ctl_connection_resume(struct ctl *c, struct err *e)
{
	struct connection k;

	if (find(c, &k, e) < 0 || svc_connection_resume(&c->svc, k.id, e) < 0)
		return -1;
	CTL_RECORD(c, { "id", C_INT(k.id) }, { "paused", C_BOOL(0) });
	return 0;
}

/* --- switching --- */

/* What there is to switch between, and the number of the first argument. */
static int sides(struct ctl *c, struct svc_sides *s, int64_t *id, struct err *e)
{
	return ctl_id(c->argv[0], "a connection", id, e) < 0 || ctl_people_choose(c, e) < 0 ||
			svc_switch_sides(&c->svc, s, e) < 0
		? -1
		: 0;
}

static struct svc_switch switch_of(const struct svc_sides *s, const struct connection *to)
{
	return (struct svc_switch){
		.to = to->id, .rev = to->rev, .live = s->live.id, .live_rev = s->live.rev
	};
}

static void switched(struct ctl *c, const struct svc_sides *s, const struct connection *to)
{
	CTL_RECORD(c, { "id", C_INT(to->id) }, { "stage", C_TEXT("live") },
		{ "method", C_TEXT(to->method) }, { "server", C_TEXT(to->host) },
		{ "mailbox", C_TEXT(to->mailbox) }, { "before", C_INT(s->live.id) });
}

int ctl_connection_switch(struct ctl *c, struct err *e)
{
	struct svc_switch w;
	struct svc_sides s;
	int64_t id;

	if (sides(c, &s, &id, e) < 0)
		return -1;
	if (s.draft.id != id)
		return ctl_fail(e, ERR_CONFLICT,
			"Connection %lld does not wait beside the one in use.", (long long)id);
	w = switch_of(&s, &s.draft);
	if (svc_switch(&c->svc, &w, e) < 0)
		return -1;
	switched(c, &s, &s.draft);
	return 0;
}

int ctl_connection_back(struct ctl *c, struct err *e)
{
	struct svc_switch w;
	struct svc_sides s;
	int64_t id;

	if (sides(c, &s, &id, e) < 0)
		return -1;
	if (s.former.id != id)
		return ctl_fail(e, ERR_CONFLICT,
			"Connection %lld is not the one that was in use last, or its %d days have "
			"ended.",
			(long long)id, BACK_DAYS);
	w = switch_of(&s, &s.former);
	if (svc_switch_back(&c->svc, &w, e) < 0)
		return -1;
	switched(c, &s, &s.former);
	return 0;
}

int ctl_connection_disconnect(struct ctl *c, struct err *e)
{
	const char *why;
	struct connection k;

	if (read_why(c, &why, e) < 0 || find(c, &k, e) < 0)
		return -1;
	if (k.stage != CONN_LIVE)
		return ctl_fail(e, ERR_CONFLICT, "Connection %lld is not in use.", (long long)k.id);
	if (svc_switch_disconnect(&c->svc, k.id, k.rev, why, e) < 0)
		return -1;
	CTL_RECORD(c, { "id", C_INT(k.id) }, { "stage", C_TEXT("former") },
		{ "back_days", C_INT(BACK_DAYS) }, { "why", C_TEXT(why) });
	return 0;
}

/* --- showing --- */

static const char *const stages[CONN__MAX] = { "spare", "draft", "live", "former" };
static const char *const healths[HEALTH__MAX] = { "new", "well", "slowed", "unreachable", "stopped",
	"paused" };

static int slots_table(
	struct ctl *c, const struct connection *k, struct ctl_table **out, struct err *e)
{
	static const char *const keys[] = { "slot", "version", "set_by", "set_at", "last_used",
		"expires", "certificate", NULL };
	struct credential *list;
	int n = store_credential_list(c->db, &c->arena, k->account, k->id, &list, e);

	*out = ctl_out_new(c, keys);
	for (int i = 0; i < n; i++)
		CTL_ROW(c, *out, C_TEXT(list[i].purpose), C_TEXT(list[i].version),
			C_TEXT(list[i].by_name), C_TIME(list[i].set_at), C_TIME(list[i].used_at),
			C_TIME(list[i].expires), C_BOOL(!str_empty(list[i].certificate)));
	return n < 0 ? -1 : 0;
}

static int health_table(
	struct ctl *c, const struct connection *k, struct ctl_table **out, struct err *e)
{
	static const char *const keys[] = { "state", "reason", "since", "tried", "last_success",
		"next", "proof", "say", NULL };
	struct health h;
	int rc = store_health_get(c->db, &c->arena, k->account, k->id, &h, e);

	*out = ctl_out_new(c, keys);
	if (rc == 1)
		CTL_ROW(c, *out, C_TEXT(healths[h.state]), C_TEXT(h.reason), C_TIME(h.since),
			C_TIME(h.tried_at), C_TIME(h.ok_at), C_TIME(h.next_at), C_TIME(h.proof_at),
			C_TEXT(h.say));
	return rc < 0 ? -1 : 0;
}

int ctl_connection_show(struct ctl *c, struct err *e)
{
	struct ctl_table *slots, *health;
	struct connection k;

	if (find(c, &k, e) < 0 || slots_table(c, &k, &slots, e) < 0 ||
		health_table(c, &k, &health, e) < 0)
		return -1;
	CTL_RECORD(c, { "id", C_INT(k.id) }, { "name", C_TEXT(k.name) },
		{ "stage", C_TEXT(stages[k.stage]) }, { "since", C_TIME(k.staged_at) },
		{ "kind", C_TEXT(k.kind) }, { "method", C_TEXT(k.method) },
		{ "mailbox", C_TEXT(k.mailbox) }, { "find_by", C_TEXT(k.scheme) },
		{ "server", C_TEXT(k.host) }, { "port", C_INT(k.port) },
		{ "signin", C_TEXT(k.signin) }, { "login", C_TEXT(k.login) },
		{ "proxy", C_TEXT(k.proxy) }, { "own_ca", C_BOOL(!str_empty(k.ca)) },
		{ "binding", C_TEXT(k.binding) }, { "authority", C_TEXT(k.authority) },
		{ "tenant", C_TEXT(k.tenant) }, { "client_id", C_TEXT(k.client_id) },
		{ "edited_by", C_TEXT(k.edited_by) }, { "edited_at", C_TIME(k.edited_at) },
		{ "paused_at", C_TIME(k.paused_at) }, { "paused_by", C_TEXT(k.paused_by) },
		{ "paused_why", C_TEXT(k.paused_why) }, { "secrets", C_TABLE(slots) },
		{ "health", C_TABLE(health) });
	return 0;
}

int ctl_connection_report(struct ctl *c, struct err *e)
{
	struct buf text;
	int64_t id;
	int rc;

	if (ctl_id(c->argv[0], "a test", &id, e) < 0 || ctl_people_choose(c, e) < 0)
		return -1;
	buf_init(&text, SVC_REPORT_MAX);
	rc = svc_report(&c->svc, id, &text, e);
	if (rc == 0 && c->json)
		CTL_RECORD(c, { "test", C_INT(id) }, { "report", C_TEXT(buf_str(&text)) });
	else if (rc == 0)
		ctl_out_lines(c, 0, "", 0, arena_strndup(&c->arena, text.p, text.len - 1));
	buf_done(&text);
	return rc;
}
