/* Job "test": a stored connection is tested step by step, and what was entered is proved and then
 * used.
 *
 * Rules: a failed step is a result, not a fault. The params come from the web tier, which is not
 * trusted, and so do the rows: secrets are opened before anything leaves, so that a row that is not
 * the one they were typed for ends it here. What fails before the mailbox opens ends the test, and
 * nothing is switched; what fails behind it is told, and does not keep a proved secret from being
 * used. Each step keeps what was said on the wire for it, without secrets.
 */
#include <string.h>
#include "chronicle.h"
#include "exchange/egress.h"
#include "exchange/reason_fill.h"
#include "health.h"
#include "job_test.h"
#include "keeper.h"
#include "live.h"
#include "platform/clock.h"
#include "platform/log.h"
#include "platform/str.h"
#include "platform/url.h"
#include "proxy.h"
#include "store/store.h"

static const char SAME_TITLE[] = "The new secret is not the one in use";
static const char SWITCH_TITLE[] = "In use now";
static const char READY_TITLE[] = "Ready to switch to";
static const char VITAL[] = "signin"; /* key of the check's step without which nothing works */

/* --- telling --- */

const char *test_wire(struct test *t)
{
	const char *text = arena_strdup(t->r->a, buf_str(&t->trace.text));

	buf_clear(&t->trace.text);
	return text;
}

/* Who must act, and what to do, with the names of this connection in it. */
static const char *fix_of(const struct test *t, const struct reason_row *why)
{
	const struct reason_names names = { .member = t->member,
		.mailbox = t->c.mailbox,
		.app = t->c.client_id,
		.account = t->line ? line_person(t->line) : "" };

	return live_fix(t->r->a, why, &names);
}

void test_tell(struct test *t, const struct job_step *s, enum reason why)
{
	const struct reason_row *row = reason_row(why);
	struct job_step out = *s;

	if (why != REASON_OK && s->state != STEP_SKIPPED) {
		out.why = row->why[0] || strcmp(s->say, row->say) == 0 ? row->why : row->say;
		out.fix = fix_of(t, row);
	}
	t->failed |= s->state == STEP_FAILED;
	steps_tell(t->steps, t->part, &out);
}

/* --- the end --- */

static int is_next(const struct test *t)
{
	return strcmp(t->wish.slot, PURPOSE_NEXT) == 0;
}

static int is_refusal(enum reason r)
{
	return reason_row(r)->temper == TEMPER_STOPPED;
}

/* The sign-in, and all without which nothing works. */
static int works(const struct test *t)
{
	return t->vital && t->heard.reason == REASON_OK;
}

/* By the mailbox, or on the way to it. */
static int was_refused(const struct test *t)
{
	return t->refused || (t->vital && is_refusal(t->heard.reason));
}

/* "password", "client secret", ... */
static const char *secret_name(const struct test *t)
{
	const int cert = t->line && line_client_config(t->line)->cert_pem[0];

	if (strcmp(t->c.signin, "user") == 0)
		return "sign-in";
	if (strcmp(t->c.signin, "app") == 0)
		return cert ? "certificate" : "client secret";
	return "password";
}

static const char *switched_sentence(const struct test *t)
{
	return arena_printf(t->r->a, "The new %s is in use now.%s",
		t->c.stage == CONN_DRAFT ? "connection" : secret_name(t),
		t->failed ? " Something else does not work; the steps say what." : "");
}

/* A draft that waits beside what is in use, and has proved itself now or before? */
static int is_ready(const struct test *t)
{
	return t->beside || (t->c.stage == CONN_DRAFT && !is_next(t) && (!t->failed || works(t)));
}

static const char *ready_sentence(const struct test *t)
{
	return t->failed
		? "It can be switched to, and nothing was switched. Something else does not work; "
		  "the steps say what."
		: "It works, and nothing was switched: compare it with what is in use, and switch "
		  "when you are ready.";
}

static const char *sentence(const struct test *t)
{
	const char *what = secret_name(t);

	if (t->switched)
		return switched_sentence(t);
	if (is_ready(t))
		return ready_sentence(t);
	if (t->wish.change && was_refused(t))
		return arena_printf(t->r->a, "Nothing was changed: the %s was refused.", what);
	if (t->wish.change)
		return arena_printf(t->r->a,
			"Nothing was changed: the new %s could not be proved. The steps say why.",
			what);
	if (t->failed)
		return "Something does not work; the steps say what.";
	return is_next(t) ? "What was entered works." : "Everything works.";
}

/* What was learned of a connection that is in use. */
static void tell_health(struct test *t)
{
	struct connection now = t->c;
	struct err e;

	if (!t->vital || (is_next(t) && !t->switched) ||
		(now.stage != CONN_LIVE && !(t->switched && now.stage == CONN_DRAFT)))
		return;
	now.stage = CONN_LIVE;
	if (health_heard(t->r->engine, &now, &t->heard, t->heard_ms, &e) < 0)
		log_err("test.health", &e);
}

/* What was entered is not used: it was refused, or nobody knows. */
static void tell_unused(struct test *t, const char *outcome)
{
	const struct chronicle row = { .account = t->c.account,
		.action = slots_action(
			&t->c, was_refused(t) ? "credential.refused" : "credential.unproved"),
		.about = t->c.mailbox,
		.detail = t->version ? arena_printf(t->r->a, "version %s: %s", t->version, outcome)
				     : outcome,
		.by = t->r->job->by_name,
		.request = t->r->job->request };
	struct err e;

	if (chronicle_add(t->r->engine, &row, &e) < 0)
		log_err("test.unaudited", &e);
}

/* Nobody types a person's sign-in with Microsoft, or the key of a certificate. */
static int is_typed(const struct test *t)
{
	return is_next(t) && t->line && strcmp(t->c.signin, "user") != 0 &&
		!line_client_config(t->line)->cert_pem[0];
}

/* It is known when it is typed again. */
static void keep_refused(struct test *t)
{
	const struct slots_proved p = { &t->c, t->version, t->r->job->request };
	struct err e;

	if (slots_refused(t->r->engine, &p, &e) < 0)
		log_err("test.refused", &e);
}

static void tell_gate(struct test *t)
{
	struct err e;

	if (line_refused(t->line, &t->heard, &e) < 0)
		log_err("test.gate", &e);
}

void test_end(struct test *t, const char *outcome)
{
	if (t->vital && is_refusal(t->heard.reason))
		tell_gate(t);
	if (is_typed(t) && was_refused(t))
		keep_refused(t);
	if (t->c.id && t->wish.change && !t->switched && !t->beside)
		tell_unused(t, outcome);
	tell_health(t);
	job_end(t->r, t->switched || t->beside || !t->failed ? JOB_DONE : JOB_FAILED, outcome);
}

void test_broken(struct test *t, const struct err *e)
{
	log_err("test.broken", e);
	t->failed = 1;
	if (e->code == ERR_BUSY)
		job_again(t->r, "The store was busy.");
	else
		test_end(t, e->say);
}

/* --- the secret --- */

/* The portal of Microsoft shows one beside each client secret. */
static int is_id(const struct secret *s)
{
	return s && str_guid((const char *)secret_bytes(s));
}

int test_again(struct test *t, struct err *e)
{
	const struct client *c = line_client(t->line);

	return t->wish.again &&
			keeper_again(t->r->engine->keeper, client_identity(c),
				client_secret_version(c), e) < 0
		? -1
		: 0;
}

int test_open(struct test *t)
{
	const int finding = strcmp(t->c.scheme, "discover") == 0;
	const struct client_config *cf;
	struct err e;

	t->line = finding ? line_finding(&t->tools, &t->c, t->wish.slot, &e)
			  : line_stored(&t->tools, &t->c, t->wish.slot, &e);
	if (!t->line) {
		test_broken(t, &e);
		return -1;
	}
	cf = line_client_config(t->line);
	t->version = arena_strdup(t->r->a, client_secret_version(line_client(t->line)));
	t->looks_like_id = is_id(cf->signin == SIGNIN_USER ? cf->client_secret : cf->secret) &&
		(cf->signin == SIGNIN_USER || cf->signin == SIGNIN_APP);
	return 0;
}

/* --- looking at the server --- */

static void on_look_step(void *ptr, const struct job_step *s)
{
	struct test *t = ptr;

	t->failed |= s->state == STEP_FAILED;
	steps_tell(t->steps, PART_LOOK, s);
}

/* Whether work gets through as little as the look did is found out at once. */
static void doubt_health(struct test *t)
{
	struct err e;

	if (health_soon(t->r->engine, &t->c, &e) < 0)
		log_err("test.health", &e);
}

static void on_looked(void *ptr, const struct look_end *end)
{
	struct test *t = ptr;

	t->look = NULL;
	if (end->ok) {
		test_next(t);
		return;
	}
	doubt_health(t);
	if (t->wish.change)
		test_end(t, arena_printf(t->r->a, "Nothing was changed. %s", end->outcome));
	else
		test_end(t, end->outcome);
}

/* By the connection's own way. */
static int test_look(struct test *t)
{
	const struct look_listener listener = { on_look_step, on_looked, t };
	struct err e;

	t->look_query = (struct look_query){ .host = t->c.host,
		.port = (int)t->c.port,
		.ca_pem = t->c.ca,
		.proxy = str_empty(t->c.proxy) ? NULL : &t->proxy };
	if (t->look_query.proxy &&
		proxy_find(t->tools.cf, t->c.proxy, t->r->a, &t->proxy, &e) < 0) {
		test_broken(t, &e);
		return 1;
	}
	t->look = look_start(&t->r->engine->tools, t->r->a, &t->look_query, &listener);
	return 1;
}

/* --- not the same again --- */

static int test_same(struct test *t)
{
	struct job_step s = {
		.n = 1, .title = SAME_TITLE, .state = STEP_OK, .say = "It is another one."
	};
	struct err e;
	int rc;

	rc = slots_same(t->r->engine, &t->c, &e);
	if (rc < 0) {
		test_broken(t, &e);
		return 1;
	}
	if (rc > 0) {
		s.state = STEP_FAILED;
		s.say = reason_row(REASON_SAME_SECRET)->say;
	}
	test_tell(t, &s, rc > 0 ? REASON_SAME_SECRET : REASON_OK);
	if (rc == 0)
		return 0;
	test_end(t,
		arena_printf(t->r->a, "Nothing was changed: this %s is in use already.",
			secret_name(t)));
	return 1;
}

/* --- the check --- */

static void on_step(void *ptr, const struct check_step *s)
{
	struct test *t = ptr;
	enum reason why = s->reason;
	struct job_step out = { .n = s->n,
		.title = s->title,
		.state = s->state,
		.ms = s->ms,
		.say = s->say,
		.raw = s->state < STEP_OK ? "" : test_wire(t) };

	t->member = s->member;
	if (strcmp(s->key, VITAL) == 0 && (s->state == STEP_OK || s->state == STEP_FAILED)) {
		t->vital = 1;
		t->heard = s->end;
		t->heard.reason = s->state == STEP_OK ? REASON_OK : s->reason;
		t->heard_ms = s->ms;
	}
	if (why == REASON_CLIENT_SECRET && t->looks_like_id) {
		why = REASON_SECRET_ID;
		out.say = "Microsoft does not accept it, and it looks like the id of a client "
			  "secret. Its value is needed, which is another text.";
	}
	test_tell(t, &out, why);
}

/* Only what is vital keeps a secret from being used. */
static void on_checked(void *ptr, int failed)
{
	struct test *t = ptr;

	(void)failed;
	t->check = NULL;
	if (works(t))
		test_next(t);
	else
		test_end(t, sentence(t));
}

/* The same whenever this job is run: after a killed engine the test meeting is found again. */
static const char *token_of(const struct test *t)
{
	const struct job *j = t->r->job;

	return arena_printf(t->r->a, "%llx-%llx", (long long)j->created, (long long)j->id);
}

static int test_check(struct test *t)
{
	const struct check_query q = { .method = line_method(t->line),
		.mailbox = line_connection(t->line)->mailbox,
		.member = t->wish.member,
		.outside = t->wish.outside,
		.write = t->wish.write,
		.token = token_of(t),
		.a = t->r->a,
		.step = on_step,
		.done = on_checked,
		.ptr = t };

	client_trace(line_client(t->line), &t->trace);
	t->check = check_start(line_client(t->line), &q);
	return 1;
}

/* --- from now on --- */

static int test_switch(struct test *t)
{
	const struct slots_proved p = { &t->c, t->version, t->r->job->request };
	struct job_step s = { .n = 1, .title = SWITCH_TITLE, .state = STEP_OK };
	struct err e;
	int rc = slots_switch(t->r->engine, &p, &e);

	if (rc < 0) {
		s.state = STEP_FAILED;
		s.say = arena_strdup(t->r->a, e.say);
		s.fix = "Who: Account admin\nLook at what holds now, and test it again.";
		test_tell(t, &s, REASON_OK);
		test_broken(t, &e);
		return 1;
	}
	t->switched = rc == 0;
	t->beside = rc == 1;
	if (t->beside)
		s.title = READY_TITLE;
	s.say = t->beside		   ? "What is in use goes on as it is until you switch."
		: t->c.stage == CONN_DRAFT ? "All work goes this way from now on."
					   : "Nothing that was under way was interrupted.";
	test_tell(t, &s, REASON_OK);
	return 0;
}

/* --- one part after the other --- */

static int wants_find(const struct test *t)
{
	return strcmp(t->c.scheme, "discover") == 0;
}

/* The account's way was looked at when it was entered. */
static int wants_look(const struct test *t)
{
	return t->c.owner == 0;
}

static int wants_microsoft(const struct test *t)
{
	return t->wish.ask != 0;
}

/* A draft has none in use that it could be compared with. A member who enters the same again wants
 * it tried once more: it was refused, and is right again, as after a lock-out. */
static int wants_same(const struct test *t)
{
	return is_next(t) && t->c.stage != CONN_DRAFT && t->c.owner == 0;
}

static int always(const struct test *t)
{
	(void)t;
	return 1;
}

static int wants_switch(const struct test *t)
{
	return t->wish.change && is_next(t);
}

/* The first step of a part is foreseen by its title; others follow from what it finds. */
static const struct stage {
	int (*wanted)(const struct test *t);
	int (*begin)(struct test *t); /* NULL: the part before tells its steps */
	const char *title;	      /* NULL: nothing is foreseen */
} parts[PART__MAX] = {
	[PART_FIND] = { wants_find, test_find, NULL },
	[PART_FOUND] = { wants_find, NULL, "Server is found" },
	[PART_LOOK] = { wants_look, test_look, "Name is found" },
	[PART_MICROSOFT] = { wants_microsoft, test_microsoft, "Signed in with Microsoft" },
	[PART_SAME] = { wants_same, test_same, SAME_TITLE },
	[PART_CHECK] = { always, test_check, "Signed in, mailbox opens" },
	[PART_SWITCH] = { wants_switch, test_switch, SWITCH_TITLE },
};

/* Is there something in use, beside which a draft waits? It may have gone by the end. */
static int has_live(const struct test *t)
{
	struct connection live;
	struct err e;

	return t->c.stage == CONN_DRAFT &&
		store_connection_staged(
			t->r->engine->db, t->r->a, t->c.account, CONN_LIVE, &live, &e) == 1;
}

static void foresee(struct test *t)
{
	struct job_step s = { .n = 1, .state = STEP_WAITING };

	for (int i = 0; i < PART__MAX; i++) {
		s.title = parts[i].title;
		if (i == PART_SWITCH && has_live(t))
			s.title = READY_TITLE;
		if (s.title && parts[i].wanted(t))
			steps_tell(t->steps, i, &s);
	}
}

static void go(struct test *t)
{
	for (; t->part < PART__MAX; t->part++) {
		const struct stage *p = &parts[t->part];

		if (p->begin && p->wanted(t) && p->begin(t))
			return;
	}
	test_end(t, sentence(t));
}

/* Somebody may have paused it since the part before began: then nothing more is asked. */
static int is_paused(struct test *t, struct err *e)
{
	struct connection now;
	int rc = store_connection_get(t->r->engine->db, t->r->a, t->c.account, t->c.id, &now, e);

	return rc < 0 ? -1 : rc && now.paused_at;
}

void test_next(struct test *t)
{
	struct err e;
	int paused = is_paused(t, &e);

	t->part++;
	if (paused < 0) {
		test_broken(t, &e);
	} else if (paused && t->part < PART_SWITCH) {
		t->failed = 1;
		test_end(t, "The connection was paused meanwhile.");
	} else {
		go(t);
	}
}

/* --- start --- */

static int flag(struct job_run *r, const char *name, int *out)
{
	const char *text = url_get(r->a, r->job->params, name);

	*out = text && strcmp(text, "1") == 0;
	return text && (*out || strcmp(text, "0") == 0) ? 0 : -1;
}

static int number(struct job_run *r, const char *name, int64_t least, int64_t *out)
{
	const char *text = url_get(r->a, r->job->params, name);

	return text ? str_int(text, least, INT64_MAX, out) : -1;
}

static int address(struct job_run *r, const char *name, const char **out)
{
	*out = url_get(r->a, r->job->params, name);
	return *out && (!(*out)[0] || str_email(*out)) ? 0 : -1;
}

/* The same words as service/svc_connection.h has; read here again, every one of them. */
static int read_params(struct job_run *r, struct test_wish *w)
{
	w->slot = url_get(r->a, r->job->params, "slot");
	if (!w->slot ||
		(strcmp(w->slot, PURPOSE_CURRENT) != 0 && strcmp(w->slot, PURPOSE_NEXT) != 0))
		return -1;
	if (number(r, "connection", 1, &w->connection) < 0 || number(r, "ask", 0, &w->ask) < 0 ||
		flag(r, "change", &w->change) < 0 || flag(r, "write", &w->write) < 0 ||
		flag(r, "again", &w->again) < 0 || address(r, "member", &w->member) < 0 ||
		address(r, "outside", &w->outside) < 0)
		return -1;
	return (w->change || w->ask) && strcmp(w->slot, PURPOSE_NEXT) != 0 ? -1 : 0;
}

static int find_connection(struct test *t, struct err *e)
{
	int rc = store_connection_get(
		t->r->engine->db, t->r->a, t->r->job->account, t->wish.connection, &t->c, e);

	if (rc == 0)
		return ERR(e, ERR_MISSING, "There is no such connection any more.",
			"no connection %lld", (long long)t->wish.connection);
	if (rc == 1 && t->c.stage == CONN_FORMER)
		return ERR(e, ERR_CONFLICT, "This connection was replaced by another.",
			"connection %lld is a former one", (long long)t->c.id);
	if (rc == 1 && t->c.paused_at)
		return ERR(e, ERR_CONFLICT, "The connection is paused.",
			"connection %lld is paused", (long long)t->c.id);
	return rc < 0 ? -1 : 0;
}

/* 1, 0 or -1. */
static int find_slot(struct test *t, const char *slot, struct credential *out, struct err *e)
{
	const struct credential like = {
		.account = t->c.account, .connection = t->c.id, .purpose = slot
	};

	return store_credential_find(t->r->engine->db, t->r->a, &like, out, e);
}

/* Nothing waits in "next": somebody else was quicker, and what became of it is said. Where nothing
 * is in use either, nothing was ever entered. */
static int find_fate(struct test *t, struct err *e)
{
	struct credential cr;
	int used = t->c.stage == CONN_LIVE && t->c.staged_at > t->c.created &&
		t->c.staged_at >= t->r->job->created;
	int rc = find_slot(t, PURPOSE_CURRENT, &cr, e);

	if (rc <= 0)
		return rc;
	if (t->c.stage == CONN_DRAFT) {
		t->wish.change = 0;
		return ERR(e, ERR_CONFLICT,
			"There is nothing to prove any more: what was entered has proved itself "
			"already, and can be switched to.",
			"connection %lld has proved itself", (long long)t->c.id);
	}
	rc = find_slot(t, PURPOSE_FORMER, &cr, e);
	if (rc < 0)
		return -1;
	used |= rc == 1 && cr.set_at >= t->r->job->created;
	t->wish.change = 0;
	return ERR(e, ERR_CONFLICT,
		used ? "There is nothing to prove any more: what was entered is in use already."
		     : "There is nothing to prove any more: what was entered is in use already, or "
		       "was thrown away.",
		"connection %lld has nothing in next", (long long)t->c.id);
}

/* A draft without a secret of its own is proved with what is in use. */
static int lend_slot(struct test *t, struct err *e)
{
	const int asked = t->wish.change || t->wish.ask;

	return asked && slots_lend(t->r->engine, &t->c, t->r->job, e) < 0 ? -1 : 0;
}

/* An engine that ended in the midst of it comes here again. A code was used by then: what it
 * brought is in "next". Nothing in "next": it was switched to, and what is in use is looked at. */
static int settle_slot(struct test *t, struct err *e)
{
	struct credential cr = { 0 };
	int rc;

	if (!is_next(t))
		return 0;
	rc = lend_slot(t, e);
	if (rc == 0)
		rc = find_slot(t, PURPOSE_NEXT, &cr, e);
	if (t->r->job->attempts < 2)
		return rc == 0 && !t->wish.ask ? find_fate(t, e) : rc < 0 ? -1 : 0;
	if (rc == 1 && cr.set_at >= t->r->job->created)
		t->wish.ask = 0;
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	rc = find_slot(t, PURPOSE_CURRENT, &cr, e);
	if (rc == 1 && (!t->wish.ask || cr.set_at >= t->r->job->created)) {
		t->wish.slot = PURPOSE_CURRENT;
		t->wish.change = 0;
		t->wish.ask = 0;
	}
	return rc < 0 ? -1 : 0;
}

/* Before there is a secret whose opening would do it. */
static int check_row(struct test *t, struct err *e)
{
	struct connection c = t->c;

	return line_check(t->tools.cf, &c, t->r->a, e);
}

static void close_test(void *ptr)
{
	struct test *t = ptr;

	line_free(t->line);
	trace_done(&t->trace);
}

static struct test *test_new(struct job_run *r)
{
	struct test *t = arena_alloc(r->a, sizeof(*t));
	struct engine *eng = r->engine;

	memset(t, 0, sizeof(*t));
	t->r = r;
	t->steps = steps_new(r);
	t->tools = (struct line_tools){ .cf = eng->cf,
		.net = &eng->tools,
		.gate = keeper_gate(eng->keeper),
		.db = eng->db,
		.keys = eng->keys };
	trace_init(&t->trace);
	arena_defer(r->a, close_test, t);
	return t;
}

static void start(struct job_run *r)
{
	struct test *t = test_new(r);
	struct err e;

	r->state = t;
	if (egress_load(r->engine->tools.egress, &e) < 0)
		log_err("egress.kept", &e);
	if (read_params(r, &t->wish) < 0) {
		job_end(r, JOB_FAILED, "This is no test of a connection.");
		return;
	}
	if (find_connection(t, &e) < 0 || settle_slot(t, &e) < 0) {
		test_broken(t, &e);
		return;
	}
	if (is_next(t) && slots_recognise(r->engine, &t->c, &e) < 0 && e.code != ERR_KEY) {
		test_broken(t, &e);
		return;
	}
	if (!t->wish.ask && test_open(t) < 0)
		return;
	if ((t->wish.ask ? check_row(t, &e) : test_again(t, &e)) < 0) {
		test_broken(t, &e);
		return;
	}
	foresee(t);
	go(t);
}

static void on_gone(void *ptr)
{
	job_stopped(ptr);
}

static int stop(struct job_run *r)
{
	struct test *t = r->state;

	if (t->find)
		find_stop(t->find);
	if (t->look)
		look_stop(t->look);
	mailbox_stop(t->mailbox);
	if (t->call)
		client_cancel(t->call);
	return !t->check || check_stop(t->check, on_gone, r);
}

/* A search, a look, and as long as Exchange may ask a caller to wait. */
#define TEST(of)                                                                                   \
	{                                                                                          \
		.name = (of), .start = start, .stop = stop, .attempts = 3, .limit = 1500,          \
		.pause = 2                                                                         \
	}

const struct job_kind job_test = TEST("test");
const struct job_kind job_own = TEST("own");
