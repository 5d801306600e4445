/* Scripts for the Exchange admin, and links to them: every rule of svc_script.c and svc_share.c. */
#include "tests/unit/keys_unit.h"
#include "tests/unit/svc_fault.h"

#include "service/svc_script.h"
#include "service/svc_share.h"
#include "store/store_mail.h"
#include "store/store_roster.h"

#define SESSION "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

enum { DAY = 86400 };

static void connection(struct world *w, const char *method, enum conn_stage stage)
{
	struct connection c = { .account = w->account,
		.name = "Exchange",
		.scheme = "https",
		.host = "mail.example.com",
		.port = 443,
		.mailbox = "svc@example.com",
		.kind = "exchange",
		.method = method,
		.stage = stage };
	struct err e;

	assert_ok(store_connection_save(w->db, &c, &e));
}

/* A member or a room that stands so; the kept counts know. */
static int64_t stands(struct world *w, const char *email, enum member_kind kind, enum status status,
	const char *reason)
{
	struct member m = {
		.account = w->account, .email = email, .name = "", .kind = kind, .role = ROLE_MEMBER
	};
	struct roster_count was = { .reason = "not_checked", .n = -1 };
	struct roster_count is = { .status = status, .reason = reason, .n = 1 };
	struct err e;

	assert_ok(store_member_add(w->db, &m, "", "", &m.id, &e));
	assert_ok(db_run(w->db, "UPDATE member SET status = $2, reason = $3 WHERE id = $1",
		DB_ARGS(DB_I(m.id), DB_I(status), DB_S(reason)), NULL, &e));
	assert_ok(store_roster_counted(w->db, w->account, kind, &was, &e));
	assert_ok(store_roster_counted(w->db, w->account, kind, &is, &e));
	return m.id;
}

static int setup(void **state)
{
	struct world *w;

	world_setup(state, 0);
	w = *state;
	w->cf.public_keys = keys;
	w->cf.smtp_url = "smtp://mail.example.com";
	connection(w, "delegate", CONN_LIVE);
	return 0;
}

static struct svc_premise premise(struct world *w)
{
	struct svc_premise p;
	struct err e;

	assert_ok(svc_script_premise(&w->s, &p, &e));
	assert_ok(svc_script_counts(&w->s, &p, &e));
	return p;
}

static struct svc_script script(struct world *w, enum script_kind k, const char *pick)
{
	const struct svc_premise p = premise(w);
	struct svc_script x;
	struct err e;

	assert_ok(svc_script_read(&w->s, &p, k, pick, &x, &e));
	return x;
}

/* All of it, or its beginning. */
static const char *text(
	struct world *w, const struct svc_script *x, enum script_part part, int64_t most)
{
	struct svc_script_text t;
	const char *all;
	struct buf b;
	struct err e;
	int rc;

	buf_init(&b, 1 << 20);
	svc_script_text(x, part, most, &t);
	do
		assert_ok(rc = svc_script_more(&w->s, &t, &b, &e));
	while (rc > 0);
	svc_script_text_done(&t);
	all = arena_strdup(&w->a, buf_str(&b));
	buf_done(&b);
	return all;
}

static const char *ids(struct world *w, int64_t one, int64_t two)
{
	return arena_printf(&w->a, "ids=%lld.%lld", (long long)one, (long long)two);
}

/* --- scripts --- */

static void test_nothing(void **state)
{
	struct world *w = *state;
	struct svc_premise p;
	struct svc_script x;
	struct err e;

	world_as(w, &w->blake); /* whose account has no connection */
	p = premise(w);
	assert_int_equal(p.c.id, 0);
	for (int k = 0; k < SCRIPT__MAX; k++)
		assert_false(svc_script_fits(&p, (enum script_kind)k));
	assert_int_equal(svc_script_read(&w->s, &p, SCRIPT_SHARE, "", &x, &e), -1);
	assert_int_equal(e.code, ERR_MISSING);
	assert_int_equal(svc_script_of(&p, "not_delegated"), SCRIPT__MAX);
	world_as(w, &w->avery);
	p = premise(w);
	assert_int_equal(svc_script_read(&w->s, &p, SCRIPT__MAX, "", &x, &e), -1);
	assert_int_equal(svc_script_read(&w->s, &p, SCRIPT_ROLE, "", &x, &e), -1);
	assert_int_equal(e.code, ERR_MISSING);
	assert_int_equal(svc_script_read(&w->s, &p, SCRIPT_SHARE, "ids=x", &x, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
}

static void test_who_lacks(void **state)
{
	struct world *w = *state;
	const char *all;
	struct svc_premise p;
	struct svc_script x;

	stands(w, "one@example.com", MEMBER_PERSON, STATUS_ACTION, "not_delegated");
	stands(w, "two@example.com", MEMBER_PERSON, STATUS_LIMITED, "busy_time_only");
	stands(w, "room@example.com", MEMBER_ROOM, STATUS_ACTION, "not_delegated");
	stands(w, "well@example.com", MEMBER_PERSON, STATUS_CONNECTED, "ok");
	stands(w, "full@example.com", MEMBER_PERSON, STATUS_BLOCKED, "mailbox_full");
	stands(w, "off@example.com", MEMBER_PERSON, STATUS_OFF, "ok");
	p = premise(w);
	assert_int_equal(svc_script_lack(&p, SCRIPT_SHARE), 3);
	assert_int_equal(svc_script_lack(&p, SCRIPT_MAILBOX), 0);
	assert_int_equal(svc_script_of(&p, "not_delegated"), SCRIPT_SHARE);
	assert_int_equal(svc_script_of(&p, "mailbox_full"), SCRIPT__MAX);
	x = script(w, SCRIPT_SHARE, "");
	assert_int_equal(x.people, 3);
	assert_string_equal(svc_script_about(&w->s, &x), "Whoever lacks it");
	for (int part = 0; part < SCRIPT_PART__MAX; part++) {
		all = text(w, &x, (enum script_part)part, 0);
		assert_non_null(strstr(all, "'one@example.com'"));
		assert_non_null(strstr(all, "'two@example.com'"));
		assert_non_null(strstr(all, "'room@example.com'"));
		assert_null(strstr(all, "well@example.com"));
		assert_null(strstr(all, "full@example.com"));
		assert_null(strstr(all, "off@example.com"));
	}
	assert_string_equal(svc_script_file(&w->a, &x, SCRIPT_UNDO),
		arena_printf(
			&w->a, "latchkey-%lld-share-calendars-undo.ps1", (long long)w->account));
	assert_int_equal(svc_script_takes(&x), 3 * x.row->seconds);
}

static void test_chosen(void **state)
{
	struct world *w = *state;
	const int64_t one = stands(w, "one@example.com", MEMBER_PERSON, STATUS_CONNECTED, "ok");
	const int64_t off = stands(w, "off@example.com", MEMBER_PERSON, STATUS_OFF, "ok");
	struct roster_pick pick = { .f = roster_all(w->account, MEMBER_PERSON) };
	struct svc_script x = script(w, SCRIPT_SHARE, ids(w, one, off));
	struct err e;
	struct buf b;

	assert_int_equal(x.people, 1);
	assert_non_null(strstr(text(w, &x, SCRIPT_RUN, 0), "'one@example.com'"));
	assert_null(strstr(text(w, &x, SCRIPT_RUN, 0), "off@example.com"));
	/* The mailbox is where the calendar is. */
	assert_ok(db_run(w->db, "UPDATE member SET calendar = 'box@example.com' WHERE id = $1",
		DB_ARGS(DB_I(one)), NULL, &e));
	assert_non_null(strstr(text(w, &x, SCRIPT_RUN, 0), "'box@example.com'"));
	/* Of a filter without a status whoever is deactivated does not count. */
	buf_init(&b, 1000);
	roster_pick_write(&b, &pick);
	x = script(w, SCRIPT_SHARE, buf_str(&b));
	assert_int_equal(x.people, 2); /* with the admin */
	buf_clear(&b);
	pick.f.status = STATUS_OFF;
	roster_pick_write(&b, &pick);
	x = script(w, SCRIPT_SHARE, buf_str(&b));
	assert_int_equal(x.people, 0);
	buf_done(&b);
	/* Of another account nobody is found. */
	x = script(w, SCRIPT_SHARE, ids(w, w->blake.id, one));
	assert_int_equal(x.people, 1);
}

static void test_long(void **state)
{
	enum { MANY = 1203 };
	struct world *w = *state;
	struct svc_script x;
	const char *all, *at;
	int n = 0;

	for (int i = 0; i < MANY; i++)
		stands(w, arena_printf(&w->a, "p%d@example.com", i), MEMBER_PERSON, STATUS_ACTION,
			"not_delegated");
	x = script(w, SCRIPT_SHARE, "");
	assert_int_equal(x.people, MANY);
	all = text(w, &x, SCRIPT_RUN, 0);
	for (at = all; (at = strstr(at, "'p")); at++)
		n += strstr(at, "@example.com'") != NULL;
	assert_true(n >= MANY);
	all = text(w, &x, SCRIPT_RUN, 7);
	assert_non_null(strstr(all, "'p6@example.com'"));
	assert_null(strstr(all, "'p7@example.com'"));
}

/* Whatever fits can be made; of those whom it is about there must be some, but for what lets in. */
static void test_every(void **state)
{
	static const char *const methods[] = { "personal", "dedicated", "delegate",
		"impersonation" };
	static const char *const kinds[] = { "exchange", "office365" };
	struct world *w = *state;
	struct svc_premise p;
	struct svc_script x;
	struct err e;
	int made = 0;

	stands(w, "one@example.com", MEMBER_PERSON, STATUS_ACTION, "not_delegated");
	stands(w, "two@example.com", MEMBER_PERSON, STATUS_ACTION, "busy_time_denied");
	for (int i = 0; i < 8; i++) {
		assert_ok(db_run(w->db,
			"UPDATE connection SET method = $1, kind = $2, "
			"client_id = '11111111-1111-4111-8111-111111111111'",
			DB_ARGS(DB_S(methods[i & 3]), DB_S(kinds[i >> 2])), NULL, &e));
		p = premise(w);
		for (int k = 0; k < SCRIPT__MAX; k++) {
			if (!svc_script_fits(&p, (enum script_kind)k))
				continue;
			x = script(w, (enum script_kind)k, "");
			if (x.row->people && x.people == 0 && k != SCRIPT_ALLOW)
				continue;
			made++;
			for (int part = 0; part < SCRIPT_PART__MAX; part++)
				assert_true(strlen(text(w, &x, (enum script_part)part, 0)) > 200);
		}
	}
	assert_true(made > 20);
}

/* A page shows the same people as the file, however many deactivated ones stand before them. */
static void test_few(void **state)
{
	struct world *w = *state;
	const int64_t *list;
	struct svc_script x;
	struct err e;
	int n;

	assert_ok(
		db_run(w->db, "UPDATE connection SET method = 'impersonation'", DB_NONE, NULL, &e));
	for (int i = 0; i < SCRIPT_SHOWN + 40; i++)
		stands(w, arena_printf(&w->a, "a%d@example.com", i), MEMBER_PERSON, STATUS_OFF,
			"ok");
	stands(w, "z2@example.com", MEMBER_PERSON, STATUS_CONNECTED, "ok");
	stands(w, "z1@example.com", MEMBER_PERSON, STATUS_CONNECTED, "ok");
	stands(w, "room@example.com", MEMBER_ROOM, STATUS_CONNECTED, "ok");
	x = script(w, SCRIPT_ROLE, "");
	assert_int_equal(x.people, 4);
	assert_ok(n = svc_script_few(&w->s, &x, &list, &e));
	assert_int_equal(n, 4);
	assert_true(list[0] < list[1] && list[1] < list[2]);
	for (int i = 0; i < SCRIPT_SHOWN; i++)
		stands(w, arena_printf(&w->a, "b%d@example.com", i), MEMBER_PERSON,
			STATUS_CONNECTED, "ok");
	x = script(w, SCRIPT_ROLE, "");
	assert_int_equal(x.people, SCRIPT_SHOWN + 4);
	assert_ok(n = svc_script_few(&w->s, &x, &list, &e));
	assert_int_equal(n, SCRIPT_HEAD);
}

/* Whoever is not named in a script that sets a scope is outside. */
static void test_outside(void **state)
{
	struct world *w = *state;
	const int64_t one = stands(w, "one@example.com", MEMBER_PERSON, STATUS_CONNECTED, "ok");
	struct svc_outside out;
	struct svc_premise p;
	struct svc_script x;
	struct err e;

	assert_ok(
		db_run(w->db, "UPDATE connection SET method = 'impersonation'", DB_NONE, NULL, &e));
	stands(w, "two@example.com", MEMBER_PERSON, STATUS_LIMITED, "sending_unproved");
	stands(w, "room@example.com", MEMBER_ROOM, STATUS_CONNECTED, "ok");
	stands(w, "bad@example.com", MEMBER_PERSON, STATUS_BLOCKED, "outside_scope");
	p = premise(w);
	x = script(w, SCRIPT_ROLE, "");
	assert_int_equal(x.people, 5); /* all of them, and the admin */
	assert_ok(svc_script_outside(&w->s, &p, &x, &out, &e));
	assert_int_equal(out.n, 0);
	x = script(w, SCRIPT_ROLE, ids(w, one, w->avery.id));
	assert_ok(svc_script_outside(&w->s, &p, &x, &out, &e));
	assert_int_equal(out.n, 2);
	assert_int_equal(out.shown, 2);
	assert_string_equal(out.first[0].email, "room@example.com");
	assert_string_equal(out.first[1].email, "two@example.com");
	x = script(w, SCRIPT_ROLE, "kind=0&status=2&fixer=-1&role=-1&stale=0&reason=&search=");
	assert_ok(svc_script_outside(&w->s, &p, &x, &out, &e));
	assert_int_equal(out.n, 2);
	assert_string_equal(out.first[0].email, "one@example.com");
	x = script(w, SCRIPT_ROLE,
		"kind=0&status=-1&fixer=-1&role=-1&reach=4&stale=0&reason=&search=");
	assert_ok(svc_script_outside(&w->s, &p, &x, &out, &e));
	assert_int_equal(out.n, 3);
	assert_string_equal(out.first[0].email, "one@example.com");
}

/* What is entered beside the connection in use has scripts of its own, for everybody. */
static void test_next(void **state)
{
	struct world *w = *state;
	struct svc_premise p;
	struct svc_script x;
	struct err e;

	assert_int_equal(svc_script_premise_next(&w->s, &p, &e), 0);
	stands(w, "well@example.com", MEMBER_PERSON, STATUS_CONNECTED, "ok");
	connection(w, "impersonation", CONN_DRAFT);
	assert_int_equal(svc_script_premise_next(&w->s, &p, &e), 1);
	assert_ok(svc_script_counts(&w->s, &p, &e));
	assert_true(svc_script_fits(&p, SCRIPT_ROLE));
	assert_int_equal(svc_script_lack(&p, SCRIPT_ROLE), 0);
	assert_ok(svc_script_read(&w->s, &p, SCRIPT_ROLE, "", &x, &e));
	assert_int_equal(x.people, 2);
	p = premise(w);
	assert_false(svc_script_fits(&p, SCRIPT_ROLE));
}

static void test_check(void **state)
{
	struct world *w = *state;
	const int64_t one =
		stands(w, "one@example.com", MEMBER_PERSON, STATUS_ACTION, "not_delegated");
	struct svc_script x = script(w, SCRIPT_SHARE, "");
	struct job *jobs;
	struct err e;

	stands(w, "two@example.com", MEMBER_PERSON, STATUS_LIMITED, "busy_time_only");
	x = script(w, SCRIPT_SHARE, "");
	assert_ok(svc_script_check(&w->s, &x, &e));
	assert_int_equal(store_job_list(w->db, &w->a, w->account, "check", (struct page_of){ 0, 9 },
				 &jobs, &e),
		2); /* a list each */
	x = script(w, SCRIPT_SHARE, ids(w, one, one));
	assert_ok(svc_script_check(&w->s, &x, &e));
	assert_ok(db_run(w->db, "UPDATE connection SET paused_at = 1", DB_NONE, NULL, &e));
	x = script(w, SCRIPT_SHARE, ids(w, one, w->avery.id));
	assert_int_equal(svc_script_check(&w->s, &x, &e), -1);
	assert_int_equal(e.code, ERR_CONFLICT);
}

/* --- links --- */

static int share(struct world *w, const char *email, struct link *out, struct err *e)
{
	const struct svc_script x = script(w, SCRIPT_SHARE, "");
	const struct share_order o = {
		.x = &x, .email = email, .message = "Please.", .days = 7, .session = SESSION
	};

	return svc_share_add(&w->s, &o, out, e);
}

static void test_share(void **state)
{
	struct world *w = *state;
	struct svc_script x;
	struct share s, *list;
	struct link link, again;
	struct svc in;
	struct err e;
	int mine;

	assert_ok(share(w, "", &link, &e));
	assert_int_equal(link.mailed, 0);
	assert_string_equal(last_row(w, w->account).action, "script.shared");
	assert_null(strstr(last_row(w, w->account).detail, link.token));
	assert_ok(svc_share_again(&w->s, link.id, SESSION, &s, &again, &mine, &e));
	assert_true(mine);
	assert_string_equal(again.token, link.token);
	assert_string_equal(svc_share_url(&w->s, &again),
		arena_printf(&w->a, "https://calendar.example.com/script/%s", link.token));
	assert_ok(svc_share_again(&w->s, link.id, "another session", &s, &again, &mine, &e));
	assert_false(mine);
	assert_int_equal(store_share_list(w->db, &w->a, w->account, "role", &list, &e), 0);
	assert_int_equal(store_share_list(w->db, &w->a, w->account, "share", &list, &e), 1);
	assert_string_equal(list[0].message, "Please.");
	/* Whoever has it is nobody, in this account. */
	world_as_nobody(w, "198.51.100.7");
	assert_ok(svc_share_look(&w->s, link.token, &s, &in, &e));
	assert_int_equal(in.who.account, w->account);
	assert_int_equal(in.who.kind, ACTOR_NOBODY);
	assert_ok(svc_share_script(&in, &s, &x, &e));
	assert_string_equal(x.q.organisation, "Example Organisation");
	assert_ok(svc_share_opened(&in, &s, &e));
	assert_ok(svc_share_look(&w->s, link.token, &s, &in, &e));
	assert_ok(svc_share_opened(&in, &s, &e));
	assert_int_equal(rows_of(w, w->account, AUDIT_SCRIPT_OPENED), 1);
	assert_int_equal(rows_of(w, w->account, AUDIT_SCRIPT_SHARED), 1);
}

/* An admin, of this account or of another, who follows a link is whoever has it. */
static void test_link_signed_in(void **state)
{
	struct world *w = *state;
	struct link link;
	struct share s;
	struct svc in;
	struct err e;

	assert_ok(share(w, "exchange@partner.example", &link, &e));
	assert_int_not_equal(w->s.who.member, 0);
	w->s.who.address = "198.51.100.7";
	assert_ok(svc_share_look(&w->s, link.token, &s, &in, &e));
	assert_int_equal(in.who.kind, ACTOR_NOBODY);
	assert_int_equal(in.who.account, w->account);
	assert_int_equal(in.who.member, 0);
	assert_int_equal(in.who.user, 0);
	assert_string_equal(in.who.name, "exchange@partner.example");
	assert_string_equal(in.who.address, "198.51.100.7");
}

static int look(struct world *w, const char *token)
{
	struct share s;
	struct svc in;
	struct err e;

	if (svc_share_look(&w->s, token, &s, &in, &e) == 0)
		return 0;
	assert_string_equal(e.say,
		"This link does not lead to a script any more. Ask whoever sent it for a new one.");
	return e.code;
}

/* Over, withdrawn, unknown, or made by who is no admin any more: all the same. */
static void test_ends(void **state)
{
	struct world *w = *state;
	struct member casey = world_person(w, w->account, "casey@example.com", ROLE_ADMIN);
	struct link link, other;
	struct err e;

	assert_int_equal(look(w, "short"), ERR_MISSING);
	assert_int_equal(look(w, SESSION), ERR_MISSING);
	assert_ok(share(w, "", &link, &e));
	assert_int_equal(look(w, link.token), 0);
	world_as(w, &w->blake);
	assert_int_equal(svc_share_withdraw(&w->s, link.id, &e), -1);
	assert_int_equal(e.code, ERR_MISSING);
	world_as(w, &casey);
	assert_ok(svc_share_withdraw(&w->s, link.id, &e));
	assert_int_equal(look(w, link.token), ERR_MISSING);
	assert_int_equal(svc_share_withdraw(&w->s, link.id, &e), -1);
	assert_int_equal(rows_of(w, w->account, AUDIT_SCRIPT_WITHDRAWN), 1);
	assert_ok(share(w, "", &link, &e));
	clock_freeze(WORLD_NOW + 7 * DAY - 1);
	assert_int_equal(look(w, link.token), 0);
	clock_freeze(WORLD_NOW + 7 * DAY);
	assert_int_equal(look(w, link.token), ERR_MISSING);
	assert_ok(share(w, "", &link, &e));
	assert_ok(store_member_role(w->db, w->account, casey.id, ROLE_MEMBER, &e));
	assert_int_equal(look(w, link.token), ERR_MISSING);
	world_as(w, &w->avery);
	assert_ok(share(w, "", &other, &e));
	assert_ok(svc_account_remove(&w->s, casey.id, &e));
	assert_int_equal(look(w, link.token), ERR_MISSING);
	assert_int_equal(look(w, other.token), 0);
	clock_freeze(WORLD_NOW + 300 * DAY);
	assert_int_equal(store_share_sweep(w->db, WORLD_NOW + 200 * DAY, &e), 2);
}

static void test_limits(void **state)
{
	struct world *w = *state;
	const struct svc_script x = script(w, SCRIPT_SHARE, "");
	struct share_order o = {
		.x = &x, .email = "", .message = "", .days = 31, .session = SESSION
	};
	struct share s;
	struct svc in;
	struct link link;
	struct err e;

	assert_int_equal(svc_share_add(&w->s, &o, &link, &e), -1);
	assert_int_equal(e.code, ERR_FORM);
	o.days = 1;
	o.email = "nobody";
	assert_int_equal(svc_share_add(&w->s, &o, &link, &e), -1);
	o.email = "";
	for (int i = 0; i < SHARE_A_DAY; i++)
		assert_ok(svc_share_add(&w->s, &o, &link, &e));
	assert_int_equal(svc_share_add(&w->s, &o, &link, &e), -1);
	assert_int_equal(e.code, ERR_SLOW);
	clock_freeze(WORLD_NOW + DAY);
	assert_ok(svc_share_add(&w->s, &o, &link, &e));
	/* Nor is one used without end. */
	for (int i = 0; i < 60; i++) {
		assert_ok(svc_share_look(&w->s, link.token, &s, &in, &e));
		assert_ok(svc_share_used(&in, &s, &e));
	}
	assert_int_equal(svc_share_look(&w->s, link.token, &s, &in, &e), -1);
	assert_int_equal(e.code, ERR_SLOW);
}

/* The token goes in a box, for this address; without a way for mail nothing is made. */
static void test_mail(void **state)
{
	struct world *w = *state;
	struct share s;
	struct mail m;
	struct link link, again;
	struct secret *token;
	struct err e;
	int mine;

	assert_ok(share(w, "exchange@partner.example", &link, &e));
	assert_int_equal(link.mailed, 1);
	assert_ok(svc_share_again(&w->s, link.id, SESSION, &s, &again, &mine, &e));
	assert_int_equal(svc_share_mail(&w->s, &s, &m, &e), 1);
	assert_string_equal(m.kind, MAIL_SCRIPT);
	assert_string_equal(m.email, "exchange@partner.example");
	assert_int_equal(m.expires, link.expires);
	assert_null(strstr(m.params, link.token));
	assert_null(strstr(m.params, "Please"));
	token = keyring_open_mail(ring, &m, &e);
	assert_non_null(token);
	assert_string_equal((const char *)secret_bytes(token), link.token);
	secret_free(token);
	assert_int_equal(store_share_mailed(w->db, &m, &e), 1);
	m.email = "else@partner.example";
	assert_int_equal(store_share_mailed(w->db, &m, &e), 0);
	m.email = "exchange@partner.example";
	assert_ok(svc_share_withdraw(&w->s, link.id, &e));
	assert_int_equal(store_share_mailed(w->db, &m, &e), 0);
	w->cf.smtp_url = "";
	assert_ok(db_run(w->db, "DELETE FROM connection", DB_NONE, NULL, &e));
	connection(w, "delegate", CONN_DRAFT);
	assert_int_equal(share(w, "exchange@partner.example", &link, &e), -1);
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_ok(share(w, "", &link, &e));
}

static void test_ran(void **state)
{
	struct world *w = *state;
	struct link link;
	struct share s;
	struct svc in;
	struct err e;
	int check;

	stands(w, "one@example.com", MEMBER_PERSON, STATUS_ACTION, "not_delegated");
	assert_ok(share(w, "", &link, &e));
	world_as_nobody(w, "198.51.100.7");
	assert_ok(svc_share_look(&w->s, link.token, &s, &in, &e));
	assert_ok(svc_share_ran(&in, &s, &check, &e));
	assert_int_equal(check, 1);
	assert_int_equal(store_job_open(w->db, w->account, "check", &e), 1);
	assert_ok(svc_share_ran(&in, &s, &check, &e)); /* a moment later */
	assert_int_equal(check, 0);
	assert_int_equal(rows_of(w, w->account, AUDIT_SCRIPT_RAN), 1);
	clock_freeze(WORLD_NOW + 600);
	assert_ok(db_run(w->db, "UPDATE connection SET paused_at = 1", DB_NONE, NULL, &e));
	assert_ok(svc_share_ran(&in, &s, &check, &e));
	assert_int_equal(check, 0);
	assert_int_equal(rows_of(w, w->account, AUDIT_SCRIPT_RAN), 2); /* it is told all the same */
	/* What it was about does not fit any more. */
	assert_ok(db_run(w->db, "UPDATE connection SET method = 'personal'", DB_NONE, NULL, &e));
	assert_int_equal(svc_share_ran(&in, &s, &check, &e), -1);
	assert_int_equal(e.code, ERR_MISSING);
}

/* --- all or nothing --- */

static struct link made;

static void with_connection(struct world *w)
{
	w->cf.public_keys = keys;
	w->cf.smtp_url = "smtp://mail.example.com";
	connection(w, "delegate", CONN_LIVE);
}

static void with_share(struct world *w)
{
	struct err e;

	with_connection(w);
	assert_ok(share(w, "", &made, &e));
}

static int call_share(struct world *w, struct err *e)
{
	struct svc_premise p;
	struct svc_script x;
	struct share_order o = { .x = &x,
		.email = "exchange@partner.example",
		.message = "",
		.days = 1,
		.session = SESSION };
	struct link link;

	if (svc_script_premise(&w->s, &p, e) < 0 || svc_script_counts(&w->s, &p, e) < 0 ||
		svc_script_read(&w->s, &p, SCRIPT_SHARE, "", &x, e) < 0)
		return -1;
	return svc_share_add(&w->s, &o, &link, e);
}

static int call_withdraw(struct world *w, struct err *e)
{
	return svc_share_withdraw(&w->s, made.id, e);
}

static int call_opened(struct world *w, struct err *e)
{
	struct share s;
	struct svc in;

	return svc_share_look(&w->s, made.token, &s, &in, e) < 0 ? -1
								 : svc_share_opened(&in, &s, e);
}

static int call_ran(struct world *w, struct err *e)
{
	struct share s;
	struct svc in;
	int check;

	return svc_share_look(&w->s, made.token, &s, &in, e) < 0
		? -1
		: svc_share_ran(&in, &s, &check, e);
}

static void test_all_or_nothing(void **state)
{
	static const struct change changes[] = { { "share", with_connection, call_share },
		{ "withdraw", with_share, call_withdraw }, { "opened", with_share, call_opened },
		{ "ran", with_share, call_ran } };

	(void)state;
	assert_all_or_nothing(changes, COUNT(changes));
}

#define script_test(fn) cmocka_unit_test_setup_teardown(fn, setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		script_test(test_nothing),
		script_test(test_who_lacks),
		script_test(test_chosen),
		script_test(test_long),
		script_test(test_every),
		script_test(test_few),
		script_test(test_outside),
		script_test(test_next),
		script_test(test_check),
		script_test(test_share),
		script_test(test_ends),
		script_test(test_limits),
		script_test(test_mail),
		script_test(test_link_signed_in),
		script_test(test_ran),
		cmocka_unit_test(test_all_or_nothing),
	};

	return cmocka_run_group_tests(tests, keys_setup, keys_teardown);
}
