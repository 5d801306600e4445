/* Slots: secrets move when they were proved, all of it or nothing, and never over what somebody
 * changed meanwhile; what was replaced is erased when its grace has ended.
 */
#include "tests/unit/engine_unit.h"

#include "engine/keyring.h"
#include "engine/slots.h"
#include "store/store_trial.h"

struct bed {
	struct bench *b;
	struct engine *eng;
	int64_t account;
	struct connection c;
};

static void bed_make(struct bed *d, struct bench *b, enum conn_stage stage)
{
	struct err e;

	*d = (struct bed){ .b = b, .eng = &b->eng };
	b->cf.grace_hours = 24;
	d->eng->keys = keyring_new();
	assert_non_null(keyring_generate(d->eng->keys, &e));
	assert_ok(store_account_add(d->eng->db, "Acme", &d->account, &e));
	d->c = (struct connection){ .account = d->account,
		.name = "c",
		.scheme = "https",
		.host = "mail.example.com",
		.port = 443,
		.signin = "ntlm",
		.binding = "off",
		.mailbox = "svc@example.com",
		.method = "delegate",
		.kind = "exchange",
		.stage = stage };
	assert_ok(store_connection_save(d->eng->db, &d->c, &e));
}

static void bed_done(struct bed *d)
{
	keyring_free(d->eng->keys);
}

static void put(struct bed *d, const struct connection *c, const char *slot, const char *version,
	const char *text)
{
	struct credential cr = { .account = c->account,
		.connection = c->id,
		.purpose = slot,
		.version = version,
		.key_id = keyring_active(d->eng->keys)->id,
		.by_name = "Avery Stone" };
	struct secret *s = secret_new(text, strlen(text));
	struct buf box;
	struct err e;

	assert_ok(store_credential_reserve(d->eng->db, c->account, c->id, slot, &cr.id, &e));
	store_connection_policy(c, cr.policy);
	buf_init(&box, 2 * SEAL_SECRET_MAX);
	assert_ok(keyring_seal(d->eng->keys, &cr, c, s, &box, &e));
	cr.sealed = box.p;
	cr.sealed_len = box.len;
	assert_ok(store_credential_save(d->eng->db, &cr, &e));
	buf_done(&box);
	secret_free(s);
}

static struct connection row(struct bed *d, int64_t id)
{
	struct connection c = { 0 };
	struct err e;

	assert_int_equal(store_connection_get(d->eng->db, &d->b->a, d->account, id, &c, &e), 1);
	return c;
}

/* The secret of a slot, "" for none, "shut" when it does not open; and its version. */
static const char *text_of(struct bed *d, int64_t id, const char *slot)
{
	const struct credential like = { .account = d->account, .connection = id, .purpose = slot };
	const struct connection c = row(d, id);
	struct credential cr;
	struct secret *s;
	const char *text;
	struct err e;

	if (store_credential_find(d->eng->db, &d->b->a, &like, &cr, &e) != 1)
		return "";
	s = keyring_open(d->eng->keys, &cr, &c, &e);
	text = s ? arena_printf(&d->b->a, "%s %s", cr.version, (const char *)secret_bytes(s))
		 : "shut";
	secret_free(s);
	return text;
}

#define is(d, id, slot, text) assert_string_equal(text_of((d), (id), (slot)), (text))

static struct slots_proved proved(const struct connection *c, const char *version)
{
	return (struct slots_proved){ .c = c, .version = version, .request = "job 1" };
}

static int64_t audited(struct bed *d, const char *action)
{
	return number(d->eng->db,
		arena_printf(&d->b->a, "SELECT count(*) FROM audit WHERE action = '%s'", action));
}

static void test_live(void **state)
{
	struct health h;
	struct audit *log;
	struct bed d;
	struct err e;

	bed_make(&d, *state, CONN_LIVE);
	put(&d, &d.c, PURPOSE_CURRENT, "v1", "old");
	put(&d, &d.c, PURPOSE_CLIENT, "c1", "app");
	put(&d, &d.c, PURPOSE_FORMER, "v0", "oldest");
	put(&d, &d.c, PURPOSE_NEXT, "v2", "new");
	clock_freeze(NOW);
	assert_ok(slots_switch(d.eng, &(struct slots_proved){ &d.c, "v2", "job 1" }, &e));
	is(&d, d.c.id, PURPOSE_CURRENT, "v2 new");
	is(&d, d.c.id, PURPOSE_FORMER, "v1 old");
	is(&d, d.c.id, PURPOSE_NEXT, "");
	/* No other was entered: the application's stays. */
	is(&d, d.c.id, PURPOSE_CLIENT, "c1 app");
	is(&d, d.c.id, PURPOSE_FORMER_CLIENT, "");
	assert_int_equal(store_health_get(d.eng->db, &d.b->a, d.account, d.c.id, &h, &e), 1);
	assert_int_equal(h.proof_at, NOW + SLOTS_AGAIN_S);
	assert_int_equal(h.next_at, NOW);
	assert_int_equal(number(d.eng->db,
				 "SELECT set_at FROM credential WHERE purpose = "
				 "'former'"),
		NOW);
	assert_int_equal(
		store_audit_list(d.eng->db, &d.b->a,
			&(struct audit_filter){ .account = d.account, .kind = -1, .limit = 9 },
			&log, &e),
		1);
	assert_string_equal(log[0].action, "credential.switched");
	assert_string_equal(log[0].actor, "engine, for Avery Stone");
	assert_int_equal(log[0].kind, ACTOR_ENGINE);
	assert_non_null(strstr(log[0].detail, "version v2 in place of v1"));
	/* Both move when both were entered. */
	put(&d, &d.c, PURPOSE_NEXT, "v3", "newer");
	put(&d, &d.c, PURPOSE_NEXT_CLIENT, "c3", "app3");
	assert_ok(slots_switch(d.eng, &(struct slots_proved){ &d.c, "v3", "" }, &e));
	is(&d, d.c.id, PURPOSE_CURRENT, "v3 newer");
	is(&d, d.c.id, PURPOSE_CLIENT, "c3 app3");
	is(&d, d.c.id, PURPOSE_FORMER, "v2 new");
	is(&d, d.c.id, PURPOSE_FORMER_CLIENT, "c1 app");
	is(&d, d.c.id, PURPOSE_NEXT_CLIENT, "");
	bed_done(&d);
}

/* Whatever was changed since: nothing happens. */
static void test_changed(void **state)
{
	static const char *const changes[] = {
		"UPDATE connection SET host = 'evil.example'",
		"UPDATE connection SET proxy = 'evil'",
		"UPDATE connection SET ca = 'evil'",
		"UPDATE connection SET mailbox = 'other@example.com'",
		"UPDATE connection SET method = 'impersonation'",
		"UPDATE connection SET stage = 3",
		"DELETE FROM connection",
		"UPDATE credential SET version = 'v9' WHERE purpose = 'next'",
		"DELETE FROM credential WHERE purpose = 'next'",
	};
	struct bed d;
	struct err e;

	bed_make(&d, *state, CONN_LIVE);
	put(&d, &d.c, PURPOSE_CURRENT, "v1", "old");
	put(&d, &d.c, PURPOSE_NEXT, "v2", "new");
	for (size_t i = 0; i < COUNT(changes); i++) {
		assert_ok(db_begin(d.eng->db, DB_WRITE, &e));
		run(d.eng->db, changes[i]);
		assert_err(ERR_CONFLICT,
			slots_switch(d.eng, &(struct slots_proved){ &d.c, "v2", "" }, &e));
		assert_non_null(strstr(e.say, "while it was being proved"));
		db_rollback(d.eng->db);
	}
	is(&d, d.c.id, PURPOSE_CURRENT, "v1 old");
	is(&d, d.c.id, PURPOSE_NEXT, "v2 new");
	/* A secret that somebody gave the name of another slot does not open there. */
	run(d.eng->db, "DELETE FROM credential WHERE purpose = 'current'");
	run(d.eng->db, "UPDATE credential SET purpose = 'current'");
	is(&d, d.c.id, PURPOSE_CURRENT, "shut");
	assert_int_equal(number(d.eng->db, "SELECT count(*) FROM audit"), 0);
	bed_done(&d);
}

/* A refused secret that is typed again for the same way is known by its version; nothing else is.
 */
static void test_refused(void **state)
{
	struct connection other;
	struct bed d;
	struct err e;

	bed_make(&d, *state, CONN_LIVE);
	put(&d, &d.c, PURPOSE_CURRENT, "v1", "old");
	put(&d, &d.c, PURPOSE_NEXT, "v2", "wrong");
	assert_int_equal(slots_recognise(d.eng, &d.c, &e), 0);
	assert_ok(slots_refused(d.eng, &(struct slots_proved){ &d.c, "v9", "" }, &e));
	is(&d, d.c.id, PURPOSE_REFUSED, ""); /* somebody entered another meanwhile */
	assert_ok(slots_refused(d.eng, &(struct slots_proved){ &d.c, "v2", "" }, &e));
	is(&d, d.c.id, PURPOSE_REFUSED, "v2 wrong");
	is(&d, d.c.id, PURPOSE_NEXT, "v2 wrong");
	put(&d, &d.c, PURPOSE_NEXT, "v3", "wrong");
	assert_int_equal(slots_recognise(d.eng, &d.c, &e), 1);
	is(&d, d.c.id, PURPOSE_NEXT, "v2 wrong");
	assert_int_equal(slots_recognise(d.eng, &d.c, &e), 0);
	put(&d, &d.c, PURPOSE_NEXT, "v4", "right");
	assert_int_equal(slots_recognise(d.eng, &d.c, &e), 0);
	is(&d, d.c.id, PURPOSE_NEXT, "v4 right");
	/* By another way it may well be right. */
	run(d.eng->db, "UPDATE connection SET login = 'ACME\\svc'");
	other = row(&d, d.c.id);
	put(&d, &other, PURPOSE_NEXT, "v5", "wrong");
	assert_int_equal(slots_recognise(d.eng, &other, &e), 0);
	is(&d, d.c.id, PURPOSE_NEXT, "v5 wrong");
	/* It goes when another one is switched to, or with its grace. */
	assert_ok(slots_switch(d.eng, &(struct slots_proved){ &other, "v5", "" }, &e));
	is(&d, d.c.id, PURPOSE_REFUSED, "");
	put(&d, &other, PURPOSE_REFUSED, "v6", "wrong");
	run(d.eng->db, "UPDATE credential SET set_at = 1 WHERE purpose = 'refused'");
	assert_int_equal(slots_grace(d.eng, clock_now(), &e), 1);
	is(&d, d.c.id, PURPOSE_REFUSED, "");
	bed_done(&d);
}

/* What is in use cannot be opened any more: the new one takes its place all the same. */
static void test_damaged(void **state)
{
	struct bed d;
	struct err e;

	bed_make(&d, *state, CONN_LIVE);
	put(&d, &d.c, PURPOSE_CURRENT, "v1", "old");
	run(d.eng->db, "UPDATE credential SET sealed = x'00', key_id = 'gone'");
	put(&d, &d.c, PURPOSE_NEXT, "v2", "new");
	assert_int_equal(slots_same(d.eng, &d.c, &e), 0);
	assert_ok(slots_switch(d.eng, &(struct slots_proved){ &d.c, "v2", "" }, &e));
	is(&d, d.c.id, PURPOSE_CURRENT, "v2 new");
	is(&d, d.c.id, PURPOSE_FORMER, "");
	bed_done(&d);
}

/* A copy of the connection as a draft, by another method. */
static struct connection draft_of(struct bed *d, const char *host)
{
	struct connection c = d->c;
	struct err e;

	c.id = 0;
	c.host = host;
	c.method = "impersonation";
	c.stage = CONN_DRAFT;
	assert_ok(store_connection_save(d->eng->db, &c, &e));
	return c;
}

/* Beside the live one a draft waits with what was proved, and nothing of the live one changes. */
static void test_draft(void **state)
{
	struct connection draft;
	struct bed d;
	struct err e;

	bed_make(&d, *state, CONN_LIVE);
	put(&d, &d.c, PURPOSE_CURRENT, "v1", "old");
	put(&d, &d.c, PURPOSE_NEXT, "v9", "never proved");
	draft = draft_of(&d, "new.example.com");
	put(&d, &draft, PURPOSE_NEXT, "v2", "new");
	assert_int_equal(slots_same(d.eng, &draft, &e), 0);
	assert_int_equal(slots_switch(d.eng, &(struct slots_proved){ &draft, "v2", "" }, &e), 1);
	assert_int_equal(row(&d, draft.id).stage, CONN_DRAFT);
	assert_int_equal(row(&d, d.c.id).stage, CONN_LIVE);
	is(&d, draft.id, PURPOSE_CURRENT, "v2 new");
	is(&d, draft.id, PURPOSE_NEXT, "");
	is(&d, d.c.id, PURPOSE_CURRENT, "v1 old");
	is(&d, d.c.id, PURPOSE_NEXT, "v9 never proved");
	assert_int_equal(audited(&d, "connection.proved"), 1);
	assert_int_equal(audited(&d, "connection.live") + audited(&d, "credential.switched"), 0);
	assert_int_equal(number(d.eng->db, "SELECT count(*) FROM health"), 0);
	/* Once more, with another secret: the one before is a former one of its own row. */
	put(&d, &draft, PURPOSE_NEXT, "v3", "newer");
	assert_int_equal(slots_switch(d.eng, &(struct slots_proved){ &draft, "v3", "" }, &e), 1);
	is(&d, draft.id, PURPOSE_CURRENT, "v3 newer");
	is(&d, draft.id, PURPOSE_FORMER, "v2 new");
	assert_int_equal(row(&d, draft.id).stage, CONN_DRAFT);
	/* Where nothing is in use any more, what is proved is used. */
	assert_ok(store_connection_leave(d.eng->db, d.account, d.c.id, "A", &e));
	put(&d, &draft, PURPOSE_NEXT, "v4", "newest");
	assert_ok(slots_switch(d.eng, &(struct slots_proved){ &draft, "v4", "" }, &e));
	assert_int_equal(row(&d, draft.id).stage, CONN_LIVE);
	is(&d, draft.id, PURPOSE_CURRENT, "v4 newest");
	assert_int_equal(audited(&d, "connection.live"), 1);
	bed_done(&d);
}

/* A former connection goes when nobody can go back to it any more, whatever the grace of secrets.
 */
static void test_former(void **state)
{
	struct bed d;
	struct err e;

	bed_make(&d, *state, CONN_LIVE);
	put(&d, &d.c, PURPOSE_CURRENT, "v1", "old");
	clock_freeze(NOW);
	assert_ok(store_connection_leave(d.eng->db, d.account, d.c.id, "A", &e));
	assert_int_equal(slots_grace(d.eng, NOW + BACK_DAYS * 86400 - 1, &e), 0);
	is(&d, d.c.id, PURPOSE_CURRENT, "v1 old");
	assert_int_equal(slots_grace(d.eng, NOW + BACK_DAYS * 86400, &e), 1);
	assert_int_equal(number(d.eng->db, "SELECT count(*) FROM connection"), 0);
	assert_int_equal(number(d.eng->db, "SELECT count(*) FROM credential"), 0);
	assert_int_equal(audited(&d, "credential.erased"), 1);
	bed_done(&d);
}

static const struct job asked = { .by_name = "Avery Stone", .request = "job 1" };

/* What leads the same way is lent the secret in use, once, under its version. */
static void test_lend(void **state)
{
	struct connection draft;
	struct bed d;
	struct err e;

	bed_make(&d, *state, CONN_LIVE);
	put(&d, &d.c, PURPOSE_CURRENT, "v1", "old");
	draft = draft_of(&d, "mail.example.com");
	assert_int_equal(slots_lend(d.eng, &d.c, &asked, &e), 0);
	/* A pause holds what would be lent, not what was typed. */
	run(d.eng->db, "UPDATE connection SET paused_at = 1 WHERE stage = 2");
	assert_err(ERR_CONFLICT, slots_lend(d.eng, &draft, &asked, &e));
	put(&d, &draft, PURPOSE_NEXT, "v2", "typed");
	assert_int_equal(slots_lend(d.eng, &draft, &asked, &e), 0);
	run(d.eng->db, "DELETE FROM credential WHERE purpose = 'next'");
	run(d.eng->db, "UPDATE connection SET paused_at = 0");
	assert_int_equal(slots_lend(d.eng, &draft, &asked, &e), 1);
	is(&d, draft.id, PURPOSE_NEXT, "v1 old");
	is(&d, d.c.id, PURPOSE_CURRENT, "v1 old");
	assert_int_equal(audited(&d, "credential.set"), 1);
	assert_int_equal(slots_lend(d.eng, &draft, &asked, &e), 0);
	assert_int_equal(slots_switch(d.eng, &(struct slots_proved){ &draft, "v1", "" }, &e), 1);
	is(&d, draft.id, PURPOSE_CURRENT, "v1 old");
	assert_int_equal(slots_lend(d.eng, &draft, &asked, &e), 0);
	bed_done(&d);
}

/* Nothing is lent along another way, or for somebody else's name; of a person's sign-in only what
 * the application proves itself with. */
static void test_lend_not(void **state)
{
	static const char *const ways[] = {
		"UPDATE connection SET host = 'new.example.com' WHERE stage = 1",
		"UPDATE connection SET proxy = 'p' WHERE stage = 1",
		"UPDATE connection SET login = 'u' WHERE stage = 1",
		"UPDATE connection SET mailbox = 'other@example.com' WHERE stage = 1",
		"UPDATE connection SET stage = 0 WHERE stage = 1",
		"UPDATE connection SET stage = 3 WHERE stage = 2",
		"DELETE FROM credential",
	};
	struct connection draft, now;
	struct bed d;
	struct err e;

	bed_make(&d, *state, CONN_LIVE);
	put(&d, &d.c, PURPOSE_CURRENT, "v1", "old");
	draft = draft_of(&d, "mail.example.com");
	for (size_t i = 0; i < COUNT(ways); i++) {
		run(d.eng->db, "SAVEPOINT way");
		run(d.eng->db, ways[i]);
		now = row(&d, draft.id);
		assert_int_equal(slots_lend(d.eng, &now, &asked, &e), 0);
		run(d.eng->db, "ROLLBACK TO way");
		run(d.eng->db, "RELEASE way");
	}
	is(&d, draft.id, PURPOSE_NEXT, "");
	run(d.eng->db, "UPDATE connection SET signin = 'user', client_id = 'i'");
	d.c = row(&d, d.c.id);
	draft = row(&d, draft.id);
	put(&d, &d.c, PURPOSE_CURRENT, "v1", "token");
	assert_int_equal(slots_lend(d.eng, &draft, &asked, &e), 0);
	put(&d, &d.c, PURPOSE_CLIENT, "c1", "app");
	assert_int_equal(slots_lend(d.eng, &draft, &asked, &e), 1);
	is(&d, draft.id, PURPOSE_NEXT, "");
	is(&d, draft.id, PURPOSE_NEXT_CLIENT, "c1 app");
	/* A live one that does not open is said, and nothing is lent. */
	run(d.eng->db, "DELETE FROM credential WHERE purpose = 'next-client'");
	run(d.eng->db, "UPDATE credential SET sealed = x'00' WHERE purpose = 'client'");
	assert_err(ERR_KEY, slots_lend(d.eng, &draft, &asked, &e));
	is(&d, draft.id, PURPOSE_NEXT_CLIENT, "");
	bed_done(&d);
}

/* Whoever was lent what is replaced has the new one, too; trouble with them is theirs. */
static void test_keeps_up(void **state)
{
	struct connection draft, former, other;
	char tried[TRIAL_STATE + 1];
	struct trial_head head = { .state = tried };
	struct bed d;
	struct err e;

	bed_make(&d, *state, CONN_LIVE);
	put(&d, &d.c, PURPOSE_CURRENT, "v1", "old");
	former = draft_of(&d, "mail.example.com");
	run(d.eng->db, "UPDATE connection SET stage = 3 WHERE stage = 1");
	former = row(&d, former.id);
	put(&d, &former, PURPOSE_CURRENT, "v1", "old");
	head.account = former.account;
	head.connection = former.id;
	trial_state(&former, "v1", tried);
	assert_ok(store_trial_seen(d.eng->db, &head, &e));
	other = draft_of(&d, "mail.example.com");
	run(d.eng->db, "UPDATE connection SET stage = 3 WHERE stage = 1");
	other = row(&d, other.id);
	put(&d, &other, PURPOSE_CURRENT, "w1", "another");
	draft = draft_of(&d, "mail.example.com");
	put(&d, &draft, PURPOSE_NEXT, "v1", "old");
	put(&d, &d.c, PURPOSE_NEXT, "v2", "new");
	assert_ok(slots_switch(d.eng, &(struct slots_proved){ &d.c, "v2", "" }, &e));
	is(&d, d.c.id, PURPOSE_CURRENT, "v2 new");
	is(&d, d.c.id, PURPOSE_FORMER, "v1 old");
	is(&d, former.id, PURPOSE_CURRENT, "v2 new");
	assert_int_equal(store_trial_fits(d.eng->db, &d.b->a, &former, &e), 1);
	is(&d, draft.id, PURPOSE_NEXT, "v2 new");
	is(&d, other.id, PURPOSE_CURRENT, "w1 another");
	/* A row that leads elsewhere by now keeps what it has. */
	run(d.eng->db, "UPDATE connection SET host = 'new.example.com' WHERE stage = 1");
	put(&d, &d.c, PURPOSE_NEXT, "v3", "newest");
	assert_ok(slots_switch(d.eng, &(struct slots_proved){ &d.c, "v3", "" }, &e));
	is(&d, d.c.id, PURPOSE_CURRENT, "v3 newest");
	is(&d, former.id, PURPOSE_CURRENT, "v3 newest");
	is(&d, draft.id, PURPOSE_NEXT, "shut");
	assert_int_equal(number(d.eng->db,
				 "SELECT count(*) FROM credential WHERE version = 'v2' "
				 "AND purpose = 'next'"),
		1);
	bed_done(&d);
}

/* A page of rows, each as long as the store lets it be: who writes such rows ends no engine. */
static void test_long(void **state)
{
	enum { ROWS = 100, CHARACTERS = 65536 };
	struct connection c;
	struct bed d;
	struct buf b;
	struct err e;

	bed_make(&d, *state, CONN_LIVE);
	buf_init(&b, 4 * CHARACTERS + 1);
	for (int i = 0; i < CHARACTERS; i++)
		buf_puts(&b, "\xf0\x90\x8d\x88");
	c = d.c;
	c.ca = buf_str(&b);
	c.stage = CONN_FORMER;
	for (int i = 0; i < ROWS; i++) {
		c.id = 0;
		assert_ok(store_connection_save(d.eng->db, &c, &e));
	}
	assert_int_equal(slots_grace(d.eng, clock_now() + BACK_DAYS * 86400 + 5, &e), ROWS);
	buf_done(&b);
	bed_done(&d);
}

static void test_same(void **state)
{
	struct bed d;
	struct err e;

	bed_make(&d, *state, CONN_LIVE);
	assert_int_equal(slots_same(d.eng, &d.c, &e), 0);
	put(&d, &d.c, PURPOSE_NEXT, "v2", "one");
	assert_int_equal(slots_same(d.eng, &d.c, &e), 0);
	put(&d, &d.c, PURPOSE_CURRENT, "v1", "one");
	assert_int_equal(slots_same(d.eng, &d.c, &e), 1);
	put(&d, &d.c, PURPOSE_NEXT_CLIENT, "c2", "app2");
	assert_int_equal(slots_same(d.eng, &d.c, &e), 0);
	put(&d, &d.c, PURPOSE_CLIENT, "c1", "app2");
	assert_int_equal(slots_same(d.eng, &d.c, &e), 1);
	put(&d, &d.c, PURPOSE_NEXT, "v2", "two");
	assert_int_equal(slots_same(d.eng, &d.c, &e), 0);
	bed_done(&d);
}

static void test_found(void **state)
{
	const struct slots_server server = { "mail.example.com", 444 };
	struct connection now;
	struct slots_proved p;
	struct bed d;
	struct err e;

	bed_make(&d, *state, CONN_DRAFT);
	d.c.scheme = "discover";
	d.c.host = "example.com";
	assert_ok(store_connection_save(d.eng->db, &d.c, &e));
	put(&d, &d.c, PURPOSE_NEXT, "v2", "new");
	p = proved(&d.c, "v1");
	assert_err(ERR_CONFLICT, slots_found(d.eng, &p, &server, &d.b->a, &now, &e));
	assert_string_equal(row(&d, d.c.id).scheme, "discover");
	p = proved(&d.c, "v2");
	assert_ok(slots_found(d.eng, &p, &server, &d.b->a, &now, &e));
	assert_string_equal(now.scheme, "https");
	assert_string_equal(now.host, "mail.example.com");
	assert_int_equal(now.port, 444);
	is(&d, d.c.id, PURPOSE_NEXT, "v2 new");
	p = proved(&now, "v2");
	assert_ok(slots_switch(d.eng, &p, &e));
	is(&d, d.c.id, PURPOSE_CURRENT, "v2 new");
	bed_done(&d);
}

static void test_kept(void **state)
{
	struct slots_new n = {
		.version = "v7", .certificate = "PEM", .expires = 9, .by_name = "A"
	};
	struct bed d;
	struct err e;

	bed_make(&d, *state, CONN_DRAFT);
	put(&d, &d.c, PURPOSE_NEXT_CLIENT, "c2", "app2");
	n.secret = secret_new("token", 5);
	assert_ok(slots_keep(d.eng, &d.c, &n, &e));
	is(&d, d.c.id, PURPOSE_NEXT, "v7 token");
	is(&d, d.c.id, PURPOSE_NEXT_CLIENT, "c2 app2");
	assert_int_equal(audited(&d, "credential.set"), 1);
	run(d.eng->db, "UPDATE connection SET tenant = 'other'");
	assert_err(ERR_CONFLICT, slots_keep(d.eng, &d.c, &n, &e));
	secret_free((struct secret *)(uintptr_t)n.secret);
	bed_done(&d);
}

/* 0 hours: at once, with the switch. */
static void test_grace(void **state)
{
	struct bed d;
	struct err e;

	bed_make(&d, *state, CONN_LIVE);
	put(&d, &d.c, PURPOSE_CURRENT, "v1", "old");
	put(&d, &d.c, PURPOSE_NEXT, "v2", "new");
	clock_freeze(NOW);
	assert_ok(slots_switch(d.eng, &(struct slots_proved){ &d.c, "v2", "" }, &e));
	assert_int_equal(slots_grace(d.eng, NOW + 24 * 3600 - 1, &e), 0);
	is(&d, d.c.id, PURPOSE_FORMER, "v1 old");
	assert_int_equal(slots_grace(d.eng, NOW + 24 * 3600, &e), 1);
	is(&d, d.c.id, PURPOSE_FORMER, "");
	d.b->cf.grace_hours = 0;
	put(&d, &d.c, PURPOSE_NEXT, "v3", "newer");
	assert_ok(slots_switch(d.eng, &(struct slots_proved){ &d.c, "v3", "" }, &e));
	is(&d, d.c.id, PURPOSE_CURRENT, "v3 newer");
	is(&d, d.c.id, PURPOSE_FORMER, "");
	assert_int_equal(audited(&d, "credential.erased"), 2);
	bed_done(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(test_live),
		bench_test(test_changed),
		bench_test(test_refused),
		bench_test(test_damaged),
		bench_test(test_draft),
		bench_test(test_former),
		bench_test(test_lend),
		bench_test(test_lend_not),
		bench_test(test_keeps_up),
		bench_test(test_long),
		bench_test(test_same),
		bench_test(test_found),
		bench_test(test_kept),
		bench_test(test_grace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
