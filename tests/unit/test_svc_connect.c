/* Connections that admins choose, enter, rotate, pause and leave: the rest of svc_connection.c. */
#include "tests/unit/connection_unit.h"

#include "service/svc_secret.h"

/* --- choosing --- */

static struct svc_connections both(struct world *w)
{
	struct svc_connections b;
	struct err e;

	assert_ok(svc_connection_both(&w->s, &b, &e));
	return b;
}

/* From what a form would be made of now. */
static int choose(struct world *w, const char *kind, const char *method, struct err *e)
{
	const struct svc_connections b = both(w);
	const struct connection *base = svc_connection_base(&b);
	const struct svc_choice c = { kind, method, base ? base->id : 0, base ? base->rev : 0 };

	return svc_connection_choose(&w->s, &c, &job, e);
}

/* A live connection to an Exchange server. */
static struct connection live(struct world *w)
{
	struct connection c = sample();
	struct err e;

	c.signin = "auto";
	c.authority = c.tenant = c.client_id = "";
	assert_ok(add_with(w, &c, pw(w, PASSWORD), NULL, &e));
	return stored(w, c.id);
}

static void test_fits(void **state)
{
	static const struct {
		const char *method, *signin;
		int fits;
	} cases[] = {
		{ "personal", "auto", 1 },
		{ "impersonation", "ntlm", 1 },
		{ "personal", "user", 1 },
		{ "delegate", "user", 1 },
		{ "dedicated", "user", 1 },
		{ "impersonation", "user", 0 },
		{ "personal", "app", 0 },
		{ "delegate", "app", 0 },
		{ "dedicated", "app", 1 },
		{ "impersonation", "app", 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(
			svc_connection_fits(cases[i].method, cases[i].signin), cases[i].fits);
}

static void test_choose_first(void **state)
{
	struct world *w = *state;
	struct err e;

	assert_ok(choose(w, "exchange", "delegate", &e));
	assert_int_equal(both(w).live.id, 0);
	assert_string_equal(both(w).draft.signin, "auto");
	assert_string_equal(both(w).draft.scheme, "discover");
	assert_string_equal(last_row(w, w->account).detail,
		"kind: none to exchange; method: none to delegate; find by: none to discover; "
		"sign-in: none to auto; Extended Protection: none to off");
	assert_ok(choose(w, "office365", "delegate", &e));
	assert_string_equal(both(w).draft.signin, "user");
	assert_string_equal(both(w).draft.scheme, "https");
	assert_ok(choose(w, "office365", "impersonation", &e));
	assert_string_equal(both(w).draft.signin, "app");
	assert_ok(choose(w, "office365", "dedicated", &e));
	assert_string_equal(both(w).draft.signin, "app"); /* what was chosen stays if it can */
	assert_ok(choose(w, "office365", "dedicated", &e));
	assert_string_equal(last_row(w, w->account).detail, "method: impersonation to dedicated");
	assert_int_equal(count(w, "connection"), 1);
	assert_whole(w);
}

/* What the proof is of. */
static struct svc_test queued(struct world *w)
{
	struct svc_test t;
	struct job j;
	struct err e;

	assert_int_equal(store_job_get(w->db, &w->a, w->account, job, &j, &e), 1);
	assert_ok(svc_connection_test_params(&w->a, j.params, &t));
	return t;
}

static void put(struct world *w, const struct connection *c, const char *slot, const char *text)
{
	const struct svc_secrets sec = { .secret = pw(w, text) };
	struct err e;

	assert_ok(db_begin(w->db, DB_WRITE, &e));
	assert_ok(db_finish(w->db, svc_secret_set(&w->s, c, slot, &sec, &e), &e));
}

static int slots_of(struct world *w, int64_t connection)
{
	struct credential *list;
	struct err e;
	int n = store_credential_list(w->db, &w->a, w->account, connection, &list, &e);

	assert_true(n >= 0);
	return n;
}

/* Whatever is chosen beside what is in use begins a draft; where the secret in use fits, its proof
 * is asked for at once. */
static void test_choose_live(void **state)
{
	struct world *w = *state;
	const struct connection was = live(w);
	struct svc_connections b;
	struct err e;

	assert_ok(choose(w, "exchange", "impersonation", &e));
	assert_string_equal(both(w).live.method, "delegate");
	assert_int_equal(both(w).live.rev, was.rev);
	assert_string_equal(both(w).draft.method, "impersonation");
	assert_string_equal(both(w).draft.host, was.host);
	assert_int_equal(queued(w).connection, both(w).draft.id);
	assert_int_equal(queued(w).change, 1);
	assert_string_equal(queued(w).slot, PURPOSE_NEXT);
	b = both(w);
	assert_int_equal(svc_connection_lends(&w->s, &b, &e), 1);
	/* Another one: what was proved holds no longer, and it is proved anew. */
	put(w, &b.draft, PURPOSE_CURRENT, PASSWORD);
	assert_int_equal(svc_connection_lends(&w->s, &b, &e), 0);
	assert_ok(choose(w, "exchange", "dedicated", &e));
	assert_int_equal(slots_of(w, b.draft.id), 0);
	assert_int_not_equal(job, 0);
	/* The one in use: nothing waits any more. */
	assert_ok(choose(w, "exchange", "delegate", &e));
	assert_int_equal(both(w).draft.id, 0);
	assert_int_equal(job, 0);
	assert_string_equal(last_row(w, w->account).detail, "method: dedicated to delegate");
	assert_ok(choose(w, "office365", "delegate", &e));
	assert_int_equal(job, 0);
	assert_string_equal(both(w).live.host, was.host);
	assert_string_equal(both(w).draft.kind, "office365");
	assert_string_equal(both(w).draft.host, "");
	assert_string_equal(both(w).draft.mailbox, was.mailbox);
	b = both(w);
	assert_int_equal(svc_connection_lends(&w->s, &b, &e), 0);
	assert_whole(w);
}

/* Nobody calls while it is paused, not for another method either. */
static void test_choose_paused(void **state)
{
	struct world *w = *state;
	const struct connection was = live(w);
	struct connection c;
	struct err e;

	assert_ok(svc_connection_pause(&w->s, was.id, "", &e));
	assert_ok(choose(w, "exchange", "impersonation", &e));
	assert_int_equal(job, 0);
	assert_int_equal(both(w).draft.paused_at, 0);
	c = both(w).draft;
	assert_fails(svc_connection_enter(&w->s, &c, &(struct svc_secrets){ 0 }, &job, &e),
		ERR_CONFLICT);
	assert_non_null(strstr(e.say, "paused"));
	assert_ok(svc_connection_resume(&w->s, was.id, &e));
	c = both(w).draft;
	assert_ok(svc_connection_enter(&w->s, &c, &(struct svc_secrets){ 0 }, &job, &e));
	assert_int_equal(queued(w).change, 1);
}

/* A sign-in with Microsoft is not lent: its page comes next, and what the application proves itself
 * with stays good. */
static void test_choose_microsoft(void **state)
{
	struct world *w = *state;
	struct svc_connections b;
	struct connection c;
	struct err e;

	c = stored(w, add(w));
	world_run(w, "UPDATE connection SET kind = 'office365'");
	assert_ok(choose(w, "office365", "dedicated", &e));
	assert_int_equal(job, 0);
	b = both(w);
	assert_int_not_equal(b.draft.id, c.id);
	assert_int_equal(svc_connection_lends(&w->s, &b, &e), 1);
	c = b.draft;
	assert_ok(svc_connection_enter(&w->s, &c, &(struct svc_secrets){ 0 }, &job, &e));
	assert_int_equal(job, 0);
	assert_int_equal(slots_of(w, c.id), 0);
}

/* The second of two admins changes nothing and is told who was quicker. */
static void test_two_admins(void **state)
{
	struct world *w = *state;
	struct svc_choice mine = { .kind = "exchange", .method = "personal" };
	struct connection c = { .scheme = "https", .host = "mail.example.com" };
	struct svc_secrets sec = { .secret = pw(w, PASSWORD) };
	const char *before;
	int64_t none;
	struct err e;

	assert_fails(svc_connection_enter(&w->s, &c, &sec, &none, &e), ERR_CONFLICT);
	assert_ok(choose(w, "exchange", "delegate", &e));
	before = world_dump(w);
	assert_fails(svc_connection_choose(&w->s, &mine, &job, &e), ERR_CONFLICT);
	assert_non_null(strstr(e.say, "avery@example.com changed the connection on "));
	mine.from = both(w).draft.id;
	mine.rev = both(w).draft.rev + 1;
	assert_fails(svc_connection_choose(&w->s, &mine, &job, &e), ERR_CONFLICT);
	c.id = mine.from;
	c.rev = mine.rev;
	assert_fails(svc_connection_enter(&w->s, &c, &sec, &none, &e), ERR_CONFLICT);
	assert_string_equal(world_dump(w), before);
	assert_fails(svc_connection_discard(&w->s, mine.from, mine.rev, "", &e), ERR_CONFLICT);
	assert_string_equal(world_dump(w), before);
	assert_ok(svc_connection_discard(&w->s, mine.from, mine.rev - 1, "", &e));
	assert_fails(svc_connection_choose(&w->s, &mine, &job, &e), ERR_CONFLICT);
	assert_non_null(strstr(e.say, "was removed"));
}

/* --- entering --- */

/* Settings as a form for the present base gives them. */
static struct connection typed(struct world *w, const char *signin)
{
	const struct svc_connections b = both(w);
	const struct connection *base = svc_connection_base(&b);

	return (struct connection){ .id = base->id,
		.rev = base->rev,
		.scheme = "https",
		.host = "mail.example.com",
		.port = 443,
		.proxy = "",
		.ca = "",
		.signin = signin,
		.login = "",
		.authority = "",
		.tenant = "",
		.client_id = "",
		.binding = "off",
		.mailbox = "svc@example.com" };
}

static int enter(struct world *w, struct connection *c, const struct secret *secret,
	const struct secret *client, struct err *e)
{
	const struct svc_secrets sec = { .secret = secret, .client = client };

	return svc_connection_enter(&w->s, c, &sec, &job, e);
}

static void test_enter_first(void **state)
{
	struct world *w = *state;
	struct connection c;
	struct credential cr;
	struct err e;

	assert_ok(choose(w, "exchange", "delegate", &e));
	c = both(w).draft;
	assert_int_equal(svc_connection_ready(&w->s, &c, &e), 0);
	c = typed(w, "auto");
	assert_fails(enter(w, &c, NULL, NULL, &e), ERR_FORM);
	assert_non_null(strstr(e.say, "nothing is stored yet"));
	c = typed(w, "auto");
	assert_ok(enter(w, &c, pw(w, PASSWORD), NULL, &e));
	assert_int_equal(c.id, both(w).draft.id);
	assert_string_equal(queued(w).slot, PURPOSE_NEXT);
	assert_int_equal(queued(w).change, 1);
	assert_int_equal(queued(w).connection, c.id);
	c = stored(w, c.id);
	cr = credential(w, c.id, PURPOSE_NEXT);
	assert_opens(w, &cr, &c, PASSWORD);
	assert_int_equal(svc_connection_ready(&w->s, &c, &e), 1);
	/* Kept for the same way, for no other. */
	c = typed(w, "auto");
	assert_ok(enter(w, &c, NULL, NULL, &e));
	assert_int_equal(queued(w).change, 1);
	c = typed(w, "auto");
	c.mailbox = "other@example.com";
	assert_fails(enter(w, &c, NULL, NULL, &e), ERR_FORM);
	assert_non_null(strstr(e.say, "without a sign-in name"));
	c = typed(w, "auto");
	c.host = "evil.example";
	assert_fails(enter(w, &c, NULL, NULL, &e), ERR_FORM);
	assert_string_equal(both(w).draft.host, "mail.example.com");
	assert_whole(w);
}

/* What is in use is not touched by what is entered beside it. */
static void test_enter_beside(void **state)
{
	struct world *w = *state;
	const struct connection was = live(w);
	struct credential cr;
	struct connection c = typed(w, "auto");
	struct err e;

	c.proxy = was.proxy;
	assert_ok(enter(w, &c, NULL, NULL, &e)); /* nothing is new: look at it again */
	assert_int_equal(c.id, was.id);
	assert_string_equal(queued(w).slot, PURPOSE_CURRENT);
	assert_int_equal(queued(w).change, 0);
	c = typed(w, "auto");
	assert_ok(enter(w, &c, pw(w, "another"), NULL, &e)); /* without the proxy */
	assert_int_not_equal(c.id, was.id);
	assert_int_equal(both(w).live.rev, was.rev);
	cr = credential(w, was.id, PURPOSE_CURRENT);
	assert_opens(w, &cr, &was, PASSWORD);
	c = typed(w, "auto");
	c.proxy = was.proxy;
	assert_ok(enter(w, &c, pw(w, "third"), NULL, &e)); /* back to the way in use */
	assert_int_equal(c.id, was.id);
	assert_int_equal(both(w).draft.id, 0);
	cr = credential(w, was.id, PURPOSE_NEXT);
	assert_opens(w, &cr, &was, "third");
	assert_whole(w);
}

/* What a draft has proved holds for its settings alone; typed again for the same, it stays. */
static void test_enter_proved(void **state)
{
	struct world *w = *state;
	struct connection c;
	struct err e;

	live(w);
	c = typed(w, "auto");
	c.host = "new.example.com";
	assert_ok(enter(w, &c, pw(w, "new"), NULL, &e));
	put(w, &c, PURPOSE_CURRENT, "new");
	c = both(w).draft;
	assert_ok(enter(w, &c, pw(w, "newer"), NULL, &e));
	assert_int_equal(slots_of(w, c.id), 2);
	/* With nothing typed what waits is proved, else what was proved is looked at. */
	world_run(w, "DELETE FROM credential WHERE purpose = 'next'");
	c = both(w).draft;
	assert_ok(enter(w, &c, NULL, NULL, &e));
	assert_string_equal(queued(w).slot, PURPOSE_CURRENT);
	assert_int_equal(queued(w).change, 0);
	world_run(w, "DELETE FROM job");
	c = both(w).draft;
	c.mailbox = "other@example.com";
	assert_ok(enter(w, &c, pw(w, "newest"), NULL, &e));
	assert_int_equal(slots_of(w, c.id), 1);
	assert_string_equal(queued(w).slot, PURPOSE_NEXT);
}

/* Another step comes first: Microsoft's page, or a certificate. */
static void test_enter_office(void **state)
{
	struct world *w = *state;
	const struct svc_secrets later = { .later = 1 };
	const struct svc_secrets made = { .secret = pw(w, "key"), .certificate = "PEM" };
	struct connection c;
	struct credential cr;
	struct err e;

	assert_ok(choose(w, "office365", "dedicated", &e));
	c = typed(w, "auto");
	assert_fails(enter(w, &c, pw(w, PASSWORD), NULL, &e), ERR_CONFLICT);
	c = typed(w, "user");
	assert_fails(enter(w, &c, NULL, NULL, &e), ERR_FORM);
	c = typed(w, "user");
	assert_ok(enter(w, &c, NULL, pw(w, CLIENT_SECRET), &e));
	assert_int_equal(job, 0);
	c = stored(w, c.id);
	cr = credential(w, c.id, PURPOSE_NEXT_CLIENT);
	assert_opens(w, &cr, &c, CLIENT_SECRET);
	c = typed(w, "user");
	assert_ok(enter(w, &c, NULL, NULL, &e)); /* it is kept */
	assert_int_equal(job, 0);
	c = typed(w, "app");
	assert_ok(svc_connection_enter(&w->s, &c, &later, &job, &e));
	assert_int_equal(job, 0);
	c = typed(w, "app");
	assert_ok(enter(w, &c, pw(w, CLIENT_SECRET), NULL, &e));
	c = typed(w, "app");
	assert_ok(svc_connection_enter(&w->s, &c, &later, &job, &e)); /* a secret is none */
	assert_int_equal(job, 0);
	assert_ok(svc_connection_rotate(&w->s, c.id, &made, &job, &e));
	c = typed(w, "app");
	assert_ok(svc_connection_enter(&w->s, &c, &later, &job, &e));
	assert_int_equal(queued(w).change, 1);
}

/* A secret that was replaced, as the engine leaves it. */
static void add_former(struct world *w, int64_t connection)
{
	struct credential cr = { .account = w->account,
		.connection = connection,
		.purpose = PURPOSE_FORMER,
		.version = "1",
		.key_id = "k",
		.sealed = "s",
		.sealed_len = 1 };
	struct err e;

	assert_ok(store_credential_reserve(
		w->db, w->account, connection, PURPOSE_FORMER, &cr.id, &e));
	assert_ok(store_credential_save(w->db, &cr, &e));
}

static void test_rotate_and_leave(void **state)
{
	struct world *w = *state;
	const struct connection was = live(w);
	const struct svc_secrets sec = { .secret = pw(w, "another"), .expires = WORLD_NOW + 9 };
	const char *version;
	struct err e;

	assert_ok(svc_connection_rotate(&w->s, was.id, &sec, &job, &e));
	assert_int_equal(queued(w).change, 1);
	assert_int_equal(credential(w, was.id, PURPOSE_NEXT).expires, WORLD_NOW + 9);
	version = credential(w, was.id, PURPOSE_NEXT).version;
	assert_fails(svc_connection_discard(&w->s, was.id, 0, "", &e), ERR_CONFLICT);
	assert_fails(svc_connection_discard(&w->s, was.id, 0, "other", &e), ERR_CONFLICT);
	assert_int_equal(count(w, "credential"), 2);
	assert_ok(svc_connection_discard(&w->s, was.id, 0, version, &e));
	assert_int_equal(count(w, "credential"), 1);
	assert_string_equal(last_row(w, w->account).detail,
		arena_printf(&w->a, "the new secret, version %s", version));
	assert_fails(svc_connection_erase(&w->s, was.id, "1", &e), ERR_MISSING);
	add_former(w, was.id);
	assert_fails(svc_connection_erase(&w->s, was.id, "2", &e), ERR_CONFLICT);
	assert_int_equal(count(w, "credential"), 2);
	assert_ok(svc_connection_erase(&w->s, was.id, "1", &e));
	assert_int_equal(count(w, "credential"), 1);
	assert_string_equal(last_row(w, w->account).detail, "version 1, before its time");
	assert_ok(choose(w, "office365", "dedicated", &e));
	assert_ok(svc_connection_discard(&w->s, both(w).draft.id, both(w).draft.rev, "", &e));
	assert_int_equal(both(w).draft.id, 0);
	assert_int_equal(both(w).live.id, was.id);
	world_as(w, &w->blake);
	assert_fails(svc_connection_rotate(&w->s, was.id, &sec, &job, &e), ERR_MISSING);
	assert_fails(svc_connection_discard(&w->s, was.id, 0, "", &e), ERR_MISSING);
	assert_fails(svc_connection_erase(&w->s, was.id, "1", &e), ERR_MISSING);
	assert_fails(svc_connection_pause(&w->s, was.id, "", &e), ERR_MISSING);
	assert_fails(svc_connection_resume(&w->s, was.id, &e), ERR_MISSING);
}

/* The way back, which somebody has made meanwhile, is not what the form was about, nor is one that
 * is in use again. */
static void test_erase(void **state)
{
	struct world *w = *state;
	const struct connection was = live(w);
	struct err e;

	add_former(w, was.id);
	assert_fails(svc_connection_erase(&w->s, was.id, "", &e), ERR_CONFLICT);
	assert_ok(store_connection_stage(w->db, was.account, was.id, CONN_FORMER, &e));
	assert_ok(svc_connection_erase(&w->s, was.id, "1", &e));
	assert_int_equal(count(w, "connection"), 1);
	assert_int_equal(count(w, "credential"), 1);
	assert_ok(store_connection_stage(w->db, was.account, was.id, CONN_LIVE, &e));
	assert_fails(svc_connection_erase(&w->s, was.id, "", &e), ERR_MISSING);
	assert_ok(store_connection_stage(w->db, was.account, was.id, CONN_FORMER, &e));
	assert_ok(svc_connection_erase(&w->s, was.id, "", &e));
	assert_int_equal(count(w, "connection"), 0);
	assert_string_equal(last_row(w, w->account).action, "connection.removed");
}

/* A form names the secret that waited when it was made: the second of two admins is told. */
static void test_rotate_over(void **state)
{
	struct world *w = *state;
	const struct connection was = live(w);
	struct svc_secrets sec = { .secret = pw(w, "first"), .over = "" };
	const char *version;
	struct err e;

	assert_ok(svc_connection_rotate(&w->s, was.id, &sec, &job, &e));
	version = credential(w, was.id, PURPOSE_NEXT).version;
	sec.secret = pw(w, "second");
	assert_fails(svc_connection_rotate(&w->s, was.id, &sec, &job, &e), ERR_CONFLICT);
	assert_non_null(strstr(e.say, "You have entered one already"));
	w->s.who.member++;
	assert_fails(svc_connection_rotate(&w->s, was.id, &sec, &job, &e), ERR_CONFLICT);
	assert_non_null(strstr(e.say, "avery@example.com entered a new one"));
	w->s.who.member--;
	assert_string_equal(credential(w, was.id, PURPOSE_NEXT).version, version);
	sec.over = version;
	assert_ok(svc_connection_rotate(&w->s, was.id, &sec, &job, &e));
	assert_fails(svc_connection_rotate(&w->s, was.id, &sec, &job, &e), ERR_CONFLICT);
	/* Used or thrown away meanwhile. */
	sec.over = credential(w, was.id, PURPOSE_NEXT).version;
	assert_ok(svc_connection_discard(&w->s, was.id, 0, sec.over, &e));
	assert_fails(svc_connection_rotate(&w->s, was.id, &sec, &job, &e), ERR_CONFLICT);
	assert_non_null(strstr(e.say, "used or thrown away"));
	/* The application's alone counts as well. */
	sec = (struct svc_secrets){ .client = pw(w, "app"), .over = "" };
	assert_ok(svc_connection_rotate(&w->s, was.id, &sec, &job, &e));
	assert_fails(svc_connection_rotate(&w->s, was.id, &sec, &job, &e), ERR_CONFLICT);
	/* And what was replaced takes no secret any more. */
	assert_ok(store_connection_stage(w->db, w->account, was.id, CONN_FORMER, &e));
	sec.over = NULL;
	assert_fails(svc_connection_rotate(&w->s, was.id, &sec, &job, &e), ERR_CONFLICT);
	assert_non_null(strstr(e.say, "was replaced"));
}

static void test_pause(void **state)
{
	struct world *w = *state;
	const struct svc_secrets sec = { .secret = pw(w, "new") };
	const struct connection was = live(w);
	struct connection c;
	struct err e;

	assert_ok(svc_connection_pause(&w->s, was.id, "moving house", &e));
	c = both(w).live;
	assert_int_equal(both(w).live.paused_at, WORLD_NOW);
	assert_string_equal(both(w).live.paused_why, "moving house");
	assert_string_equal(both(w).live.paused_by, "avery@example.com");
	assert_string_equal(last_row(w, w->account).detail, "moving house");
	assert_ok(svc_connection_pause(&w->s, was.id, "again", &e)); /* it is already */
	assert_string_equal(both(w).live.paused_why, "moving house");
	assert_fails(test_of(w, was.id, "", "", &e), ERR_CONFLICT);
	/* Nothing could be proved, so nothing that was typed is kept. */
	assert_fails(svc_connection_rotate(&w->s, was.id, &sec, &job, &e), ERR_CONFLICT);
	assert_non_null(strstr(e.say, "paused"));
	assert_fails(svc_connection_enter(&w->s, &c, &sec, &job, &e), ERR_CONFLICT);
	assert_int_equal(rows_of(w, w->account, AUDIT_CREDENTIAL_SET), 0);
	assert_ok(svc_connection_resume(&w->s, was.id, &e));
	assert_int_equal(both(w).live.paused_at, 0);
	assert_ok(svc_connection_resume(&w->s, was.id, &e));
	assert_int_equal(rows_of(w, w->account, AUDIT_CONNECTION_PAUSED), 1);
	assert_int_equal(rows_of(w, w->account, AUDIT_CONNECTION_RESUMED), 1);
}

/* --- a database that fails --- */

static int64_t made; /* by what is called before */

static void before_add(struct world *w)
{
	w->cf.public_keys = keys;
}

static void before_enter(struct world *w)
{
	struct err e;

	before_add(w);
	made = live(w).id;
	assert_ok(choose(w, "office365", "impersonation", &e));
}

static void before_erase(struct world *w)
{
	before_enter(w);
	add_former(w, made);
}

static int change_choose(struct world *w, struct err *e)
{
	const struct svc_choice c = { "exchange", "personal", 0, 0 };

	return svc_connection_choose(&w->s, &c, &job, e);
}

/* A form as it was made before anything failed. */
static struct connection form_of_draft(void)
{
	return (struct connection){ .id = made + 1,
		.rev = 1,
		.scheme = "https",
		.host = "outlook.office365.com",
		.port = 443,
		.signin = "app",
		.mailbox = "svc@example.com" };
}

static int change_enter(struct world *w, struct err *e)
{
	struct connection c = form_of_draft();

	return enter(w, &c, pw(w, PASSWORD), NULL, e);
}

static int change_rotate(struct world *w, struct err *e)
{
	const struct svc_secrets sec = { .secret = pw(w, PASSWORD), .client = pw(w, "c") };

	return svc_connection_rotate(&w->s, made, &sec, &job, e);
}

static int change_discard(struct world *w, struct err *e)
{
	return svc_connection_discard(&w->s, made + 1, 1, "", e);
}

static int change_erase(struct world *w, struct err *e)
{
	return svc_connection_erase(&w->s, made, "1", e);
}

static int change_pause(struct world *w, struct err *e)
{
	return svc_connection_pause(&w->s, made, "why", e);
}

static void test_all_or_nothing(void **state)
{
	static const struct change changes[] = {
		{ "choose", before_add, change_choose },
		{ "enter", before_enter, change_enter },
		{ "rotate", before_enter, change_rotate },
		{ "discard", before_enter, change_discard },
		{ "erase", before_erase, change_erase },
		{ "pause", before_enter, change_pause },
	};

	(void)state;
	assert_all_or_nothing(changes, COUNT(changes));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_fits),
		TEST(test_choose_first),
		TEST(test_choose_live),
		TEST(test_choose_paused),
		TEST(test_choose_microsoft),
		TEST(test_two_admins),
		TEST(test_enter_first),
		TEST(test_enter_beside),
		TEST(test_enter_proved),
		TEST(test_enter_office),
		TEST(test_rotate_and_leave),
		TEST(test_erase),
		TEST(test_rotate_over),
		TEST(test_pause),
		cmocka_unit_test(test_all_or_nothing),
	};

	return cmocka_run_group_tests(tests, keys_setup, keys_teardown);
}
