/* Accounts, people and links: every rule of svc_account.c. */
#include "tests/unit/svc_fault.h"

#define TOKEN_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define TOKEN_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

/* Whether somebody can sign in. */
static int enters(struct world *w, const char *email, const char *password)
{
	struct actor was = w->s.who;
	struct user u;
	struct err e;
	int rc;

	world_as_nobody(w, "198.51.100.1");
	rc = svc_signin_check(&w->s, email, pw(w, password), &u, &e);
	w->s.who = was;
	return rc == 0;
}

static int open_sessions(struct world *w, int64_t user)
{
	struct session *list;
	struct err e;
	int n;

	assert_ok(n = store_session_list(w->db, &w->a, 0, user, &list, &e));
	return n;
}

/* A session of a user in an account (NULL: in none). */
static void add_session(struct world *w, int64_t user, const struct member *m)
{
	struct session row = { .user = user,
		.account = m ? m->account : 0,
		.member = m ? m->id : 0,
		.address = "",
		.agent = "" };
	char token[SEAL_TOKEN_HEX + 1];
	unsigned char hash[SEAL_HASH];
	int64_t id;
	struct err e;

	seal_token(token);
	seal_token_hash(hash, token);
	assert_ok(store_session_add(w->db, &row, hash, &id, &e));
}

static int link_state(struct world *w, const char *token)
{
	struct invitation v;
	struct err e = { 0 };
	int known;

	return svc_account_link_look(&w->s, token, &v, &known, &e) < 0 ? (int)e.code : ERR_NONE;
}

/* Use a link as nobody. */
static int use(struct world *w, const char *token, const char *name, const char *password,
	struct user *u, struct err *e)
{
	struct actor was = w->s.who;
	int rc;

	world_as_nobody(w, "198.51.100.2");
	rc = svc_account_link_use(&w->s, token, name, pw(w, password), u, e);
	w->s.who = was;
	return rc;
}

static struct link invite(struct world *w, const char *email, enum role role)
{
	struct link l;
	struct err e;

	assert_ok(svc_account_invite(&w->s, email, "", role, TOKEN_A, &l, &e));
	return l;
}

/* Sum of what a refused call must leave as it is. */
static int64_t people_and_links(struct world *w)
{
	return world_number(w,
		"SELECT (SELECT count(*) FROM member) * 1000000 + (SELECT count(*) FROM account) "
		"* 10000 + (SELECT count(*) FROM invitation) * 100 + (SELECT count(*) FROM audit)");
}

static void test_add(void **state)
{
	struct world *w = *state;
	struct invitation v;
	struct member m;
	struct link l;
	struct user u;
	int64_t id;
	int known;
	struct err e;

	world_as_ops(w, 0);
	assert_ok(
		svc_account_add(&w->s, "New House", "Dana@Example.NET", "Dana Reed", &id, &l, &e));
	assert_int_equal(rows_of(w, id, AUDIT_ACCOUNT_ADDED), 1);
	assert_int_equal(rows_of(w, id, AUDIT_INVITED), 1);
	assert_int_equal(world_number(w,
				 "SELECT count(*) FROM member_event WHERE what = 0 AND "
				 "detail = 'With the account.' AND by_name = 'root'"),
		1);
	assert_int_equal(last_row(w, id).kind, ACTOR_OPS);
	assert_string_equal(svc_account_link_url(&w->s, &l),
		arena_printf(&w->a, "https://calendar.example.com/link/%s", l.token));
	assert_ok(svc_account_link_look(&w->s, l.token, &v, &known, &e));
	assert_false(known);
	assert_int_equal(v.account, id);
	assert_int_equal(v.role, ROLE_ADMIN);
	assert_string_equal(v.email, "dana@example.net");
	assert_int_equal(v.expires, WORLD_NOW + 7 * 86400);
	assert_int_equal(l.expires, v.expires);

	assert_ok(use(w, l.token, "", NEXT, &u, &e));
	assert_string_equal(u.email, "dana@example.net");
	assert_string_equal(u.name, "Dana Reed");
	assert_int_equal(store_member_by_email(w->db, &w->a, id, "dana@example.net", &m, &e), 1);
	assert_int_equal(m.user, u.id);
	assert_int_equal(m.role, ROLE_ADMIN);
	assert_true(enters(w, "dana@example.net", NEXT));
	assert_whole(w);
}

static void test_add_refused(void **state)
{
	static const char long_name[] = "A name that goes on and on, far over what fits on any "
					"page or badge, until somebody "
					"stops it at last..";
	static const char *const cases[][3] = {
		{ "", "dana@example.net", "Dana" },
		{ "New\nHouse", "dana@example.net", "Dana" },
		{ "New House", "dana", "Dana" },
		{ "New House", "dana@example.net\r\nX: y", "Dana" },
		{ "New House", "dana@example.net", "Da\x1bna" },
		{ "New House", "dana@example.net", "\xff\xfe" },
		{ long_name, "dana@example.net", "Dana" },
		{ "New House", "dana@example.net", long_name },
	};
	struct world *w = *state;
	int64_t before = people_and_links(w), id;
	struct link l;
	struct err e;
	size_t i;

	world_as_ops(w, 0);
	for (i = 0; i < COUNT(cases); i++)
		assert_fails(
			svc_account_add(&w->s, cases[i][0], cases[i][1], cases[i][2], &id, &l, &e),
			ERR_FORM);
	assert_int_equal(people_and_links(w), before);
}

static void test_policy(void **state)
{
	static const struct {
		int64_t idle, absolute;
		int ok;
	} cases[] = {
		{ 0, 0, 1 },
		{ 900, 3600, 1 },
		{ 28800, 604800, 1 },
		{ 899, 3600, 0 },
		{ 900, 3599, 0 },
		{ 28801, 3600, 0 },
		{ 900, 604801, 0 },
		{ -1, 0, 0 },
		{ 0, INT64_MIN, 0 },
		{ INT64_MAX, 0, 0 },
	};
	struct world *w = *state;
	struct account a;
	struct err e;
	size_t i;
	int rows = 0;

	for (i = 0; i < COUNT(cases); i++) {
		if (!cases[i].ok) {
			assert_fails(
				svc_account_policy(&w->s, cases[i].idle, cases[i].absolute, &e),
				ERR_FORM);
			continue;
		}
		assert_ok(svc_account_policy(&w->s, cases[i].idle, cases[i].absolute, &e));
		assert_int_equal(store_account_get(w->db, &w->a, w->account, &a, &e), 1);
		assert_int_equal(a.session_idle, cases[i].idle);
		assert_int_equal(a.session_absolute, cases[i].absolute);
		rows++;
	}
	assert_int_equal(rows_of(w, w->account, AUDIT_ACCOUNT_POLICY), rows);
	assert_int_equal(store_account_get(w->db, &w->a, w->other, &a, &e), 1);
	assert_int_equal(a.session_idle, 0);
	/* An installation stricter than our least: its own limit is the only one. */
	w->cf.session_idle = 600;
	assert_ok(svc_account_policy(&w->s, 600, 0, &e));
	assert_fails(svc_account_policy(&w->s, 599, 0, &e), ERR_FORM);
	assert_string_equal(e.say, "Choose from 10 to 10 minutes without use.");
	assert_fails(svc_account_policy(&w->s, 0, 1, &e), ERR_FORM);
	assert_string_equal(e.say, "Choose from 1 to 168 hours after the sign-in.");
}

static void test_invite(void **state)
{
	struct world *w = *state;
	struct invitation v;
	struct link first, second;
	struct member m;
	struct user u;
	int known;
	struct err e;

	assert_ok(svc_account_invite(
		&w->s, "Casey@Example.com", "Casey Hill", ROLE_MEMBER, TOKEN_A, &first, &e));
	assert_string_equal(last_row(w, w->account).about, "casey@example.com");
	assert_non_null(strstr(last_row(w, w->account).detail, "As member, until "));
	/* Again, as admin: one person, one open link. */
	assert_ok(svc_account_invite(
		&w->s, "casey@example.com", "", ROLE_ADMIN, TOKEN_A, &second, &e));
	assert_int_equal(link_state(w, first.token), ERR_GONE);
	assert_ok(svc_account_link_look(&w->s, second.token, &v, &known, &e));
	assert_int_equal(v.role, ROLE_ADMIN);
	assert_string_equal(v.by_name, "avery@example.com");
	assert_int_equal(world_number(w, "SELECT count(*) FROM member"), 3);
	/* Only the hash is in the store. */
	assert_int_equal(world_number(w, "SELECT count(*) FROM invitation WHERE nonce = ''"), 0);

	assert_ok(use(w, second.token, "Casey A. Hill", NEXT, &u, &e));
	assert_string_equal(u.name, "Casey A. Hill");
	assert_int_equal(
		store_member_by_email(w->db, &w->a, w->account, "casey@example.com", &m, &e), 1);
	assert_string_equal(m.name, "Casey Hill");
	assert_int_equal(m.role, ROLE_ADMIN);
	assert_int_equal(rows_of(w, w->account, AUDIT_INVITE_ACCEPTED), 1);
	assert_int_equal(rows_of(w, w->account, AUDIT_PASSWORD_SET), 1);
	assert_string_equal(last_row(w, w->account).actor, "Casey A. Hill");
	assert_fails(svc_account_invite(
			     &w->s, "casey@example.com", "", ROLE_MEMBER, TOKEN_A, &first, &e),
		ERR_CONFLICT);
	assert_int_equal(store_member_get(w->db, &w->a, w->account, m.id, &m, &e), 1);
	assert_int_equal(m.role, ROLE_ADMIN);
	assert_fails(svc_account_invite(&w->s, "no address", "", ROLE_MEMBER, TOKEN_A, &first, &e),
		ERR_FORM);
}

static void test_looking_uses_nothing(void **state)
{
	struct world *w = *state;
	struct link l = invite(w, "casey@example.com", ROLE_MEMBER);
	int64_t before = people_and_links(w);
	struct user u;
	struct err e;
	int i;

	for (i = 0; i < 30; i++)
		assert_int_equal(link_state(w, l.token), ERR_NONE);
	assert_int_equal(people_and_links(w), before);
	assert_fails(use(w, l.token, "Casey", "short", &u, &e), ERR_FORM);
	assert_string_equal(e.say, password_weak(pw(w, "short"), "casey@example.com"));
	assert_fails(use(w, l.token, "", NEXT, &u, &e), ERR_FORM);
	assert_fails(use(w, l.token, "Ca\nsey", NEXT, &u, &e), ERR_FORM);
	assert_int_equal(link_state(w, l.token), ERR_NONE);
	assert_ok(use(w, l.token, "Casey", NEXT, &u, &e));
}

static void test_replay_and_expiry(void **state)
{
	struct world *w = *state;
	struct link l = invite(w, "casey@example.com", ROLE_MEMBER);
	struct user u;
	struct err e;

	clock_freeze(l.expires - 1);
	assert_int_equal(link_state(w, l.token), ERR_NONE);
	clock_freeze(l.expires);
	assert_int_equal(link_state(w, l.token), ERR_GONE);
	assert_fails(use(w, l.token, "Casey", NEXT, &u, &e), ERR_GONE);
	clock_freeze(WORLD_NOW);
	assert_ok(use(w, l.token, "Casey", NEXT, &u, &e));
	assert_int_equal(link_state(w, l.token), ERR_GONE);
	assert_fails(use(w, l.token, "Casey", "nine old clocks tick", &u, &e), ERR_GONE);
	assert_true(enters(w, "casey@example.com", NEXT));
	assert_false(enters(w, "casey@example.com", "nine old clocks tick"));
}

static void test_unknown_links(void **state)
{
	struct world *w = *state;
	struct link l = invite(w, "casey@example.com", ROLE_MEMBER);
	struct user u;
	struct err e;
	int i;

	assert_fails(use(w, "", "Casey", NEXT, &u, &e), ERR_MISSING);
	assert_fails(use(w, "abc", "Casey", NEXT, &u, &e), ERR_MISSING);
	for (i = 2; i < SIGNIN_TRIES; i++)
		assert_fails(use(w, TOKEN_B, "Casey", NEXT, &u, &e), ERR_MISSING);
	/* Counted against the network address: from there even a good link must wait. */
	assert_fails(use(w, l.token, "Casey", NEXT, &u, &e), ERR_SLOW);
	assert_int_equal(rows_of(w, 0, AUDIT_SIGNIN_REFUSED), SIGNIN_TRIES);
	assert_int_equal(rows_of(w, 0, AUDIT_SIGNIN_SLOWED), 1);
	clock_freeze(WORLD_NOW + 91);
	assert_ok(use(w, l.token, "Casey", NEXT, &u, &e));
}

/* Somebody who has a password here gets an account more, and keeps the password. */
static void test_known_person(void **state)
{
	struct world *w = *state;
	struct link l = invite(w, "blake@example.org", ROLE_ADMIN);
	struct invitation v;
	struct member *of;
	struct user u;
	int known, i;
	struct err e;

	assert_ok(svc_account_link_look(&w->s, l.token, &v, &known, &e));
	assert_true(known);
	assert_fails(use(w, l.token, "Mallory", NEXT, &u, &e), ERR_DENIED);
	assert_int_equal(link_state(w, l.token), ERR_NONE);
	assert_string_equal(last_row(w, w->account).action, "signin.refused");
	assert_string_equal(last_row(w, w->account).about, "blake@example.org");
	assert_ok(use(w, l.token, "Mallory", GOOD, &u, &e));
	assert_int_equal(u.id, w->blake.user);
	assert_string_equal(u.name, "blake@example.org");
	assert_int_equal(store_member_of_user(w->db, &w->a, u.id, &of, &e), 2);
	assert_int_equal(rows_of(w, w->account, AUDIT_PASSWORD_SET), 0);
	assert_true(enters(w, "blake@example.org", GOOD));
	/* Wrong passwords on links and at the sign-in count together. */
	world_person(w, w->other, "drew@example.org", ROLE_MEMBER);
	l = invite(w, "drew@example.org", ROLE_MEMBER);
	for (i = 0; i < SIGNIN_TRIES; i++)
		assert_false(enters(w, "drew@example.org", NEXT));
	assert_fails(use(w, l.token, "", GOOD, &u, &e), ERR_SLOW);
}

static void test_reset(void **state)
{
	struct world *w = *state;
	struct member casey = world_person(w, w->account, "casey@example.com", ROLE_MEMBER);
	struct link first, l;
	struct user u;
	struct err e;

	add_session(w, casey.user, &casey);
	add_session(w, casey.user, NULL);
	assert_ok(svc_account_reset(&w->s, casey.id, TOKEN_A, &first, &e));
	assert_ok(svc_account_reset(&w->s, casey.id, NULL, &l, &e));
	assert_int_equal(link_state(w, first.token), ERR_GONE);
	assert_int_equal(l.expires, WORLD_NOW + 24 * 3600);
	assert_int_equal(rows_of(w, w->account, AUDIT_RESET_MADE), 2);
	assert_fails(use(w, l.token, "", "casey@example.com", &u, &e), ERR_FORM);
	assert_int_equal(open_sessions(w, casey.user), 2);

	assert_ok(use(w, l.token, "Ignored", NEXT, &u, &e));
	assert_int_equal(u.id, casey.user);
	assert_string_equal(u.name, "casey@example.com");
	assert_int_equal(open_sessions(w, casey.user), 0);
	assert_false(enters(w, "casey@example.com", GOOD));
	assert_true(enters(w, "casey@example.com", NEXT));
	assert_fails(use(w, l.token, "", GOOD, &u, &e), ERR_GONE);
	assert_int_equal(rows_of(w, w->account, AUDIT_RESET_USED), 1);
}

static void test_reset_refused(void **state)
{
	struct world *w = *state;
	struct member pending = { .account = w->account, .email = "new@example.com" };
	struct member casey = world_person(w, w->account, "casey@example.com", ROLE_MEMBER);
	struct link l;
	struct err e;

	assert_ok(store_member_add(w->db, &pending, "", "", &pending.id, &e));
	assert_fails(svc_account_reset(&w->s, pending.id, TOKEN_A, &l, &e), ERR_CONFLICT);
	assert_fails(svc_account_reset(&w->s, w->blake.id, TOKEN_A, &l, &e), ERR_MISSING);
	world_person(w, w->other, "casey@example.com", ROLE_ADMIN);
	assert_fails(svc_account_reset(&w->s, casey.id, TOKEN_A, &l, &e), ERR_DENIED);
	assert_int_equal(world_number(w, "SELECT count(*) FROM invitation"), 0);
	world_as_ops(w, w->account);
	assert_ok(svc_account_reset(&w->s, casey.id, NULL, &l, &e));
}

/* An admin makes a reset link for a person who then joins another account: the link must not be a
 * way into that one. */
static void test_reset_then_join(void **state)
{
	struct world *w = *state;
	struct member casey = world_person(w, w->account, "casey@example.com", ROLE_MEMBER);
	struct link reset, join;
	struct user u;
	struct err e;

	assert_ok(svc_account_reset(&w->s, casey.id, TOKEN_A, &reset, &e));
	world_as(w, &w->blake);
	join = invite(w, "casey@example.com", ROLE_ADMIN);
	assert_ok(use(w, join.token, "", GOOD, &u, &e));
	assert_fails(use(w, reset.token, "", NEXT, &u, &e), ERR_GONE);
	assert_true(enters(w, "casey@example.com", GOOD));
}

static void test_link_again(void **state)
{
	struct world *w = *state;
	struct link l = invite(w, "casey@example.com", ROLE_MEMBER), again, ops;
	struct invitation v;
	struct user u;
	struct err e;

	assert_ok(svc_account_link_again(&w->s, l.id, TOKEN_A, &v, &again, &e));
	assert_string_equal(again.token, l.token);
	assert_int_equal(again.expires, l.expires);
	assert_string_equal(v.email, "casey@example.com");
	assert_fails(svc_account_link_again(&w->s, l.id, TOKEN_B, &v, &again, &e), ERR_MISSING);
	assert_fails(svc_account_link_again(&w->s, l.id + 1, TOKEN_A, &v, &again, &e), ERR_MISSING);
	world_as(w, &w->blake);
	assert_fails(svc_account_link_again(&w->s, l.id, TOKEN_A, &v, &again, &e), ERR_MISSING);
	world_as(w, &w->avery);
	assert_ok(svc_account_invite(&w->s, "ops@example.com", "", ROLE_MEMBER, NULL, &ops, &e));
	assert_fails(svc_account_link_again(&w->s, ops.id, TOKEN_A, &v, &again, &e), ERR_MISSING);
	assert_ok(use(w, l.token, "Casey", NEXT, &u, &e));
	assert_fails(svc_account_link_again(&w->s, l.id, TOKEN_A, &v, &again, &e), ERR_MISSING);
}

static void test_reinvite_and_revoke(void **state)
{
	struct world *w = *state;
	struct member casey = world_person(w, w->account, "casey@example.com", ROLE_MEMBER);
	struct link l = invite(w, "dana@example.com", ROLE_ADMIN), next, reset;
	struct err e;

	world_as(w, &w->blake);
	assert_fails(svc_account_reinvite(&w->s, l.id, TOKEN_A, &next, &e), ERR_MISSING);
	assert_fails(svc_account_revoke(&w->s, l.id, &e), ERR_MISSING);
	world_as(w, &w->avery);
	assert_int_equal(link_state(w, l.token), ERR_NONE);

	assert_ok(svc_account_reinvite(&w->s, l.id, TOKEN_A, &next, &e));
	assert_string_not_equal(next.token, l.token);
	assert_int_equal(link_state(w, l.token), ERR_GONE);
	assert_fails(svc_account_reinvite(&w->s, l.id, TOKEN_A, &l, &e), ERR_GONE);
	assert_ok(svc_account_revoke(&w->s, next.id, &e));
	assert_int_equal(link_state(w, next.token), ERR_GONE);
	assert_fails(svc_account_revoke(&w->s, next.id, &e), ERR_GONE);
	assert_string_equal(last_row(w, w->account).about, "dana@example.com");

	assert_ok(svc_account_reset(&w->s, casey.id, TOKEN_A, &reset, &e));
	assert_fails(svc_account_reinvite(&w->s, reset.id, TOKEN_A, &next, &e), ERR_MISSING);
	assert_int_equal(link_state(w, reset.token), ERR_NONE);
	assert_ok(svc_account_revoke(&w->s, reset.id, &e));
	assert_int_equal(link_state(w, reset.token), ERR_GONE);
	assert_int_equal(rows_of(w, w->account, AUDIT_INVITE_REVOKED), 2);
}

static void test_role(void **state)
{
	struct world *w = *state;
	struct member casey = world_person(w, w->account, "casey@example.com", ROLE_MEMBER);
	struct member there = world_person(w, w->other, "casey@example.com", ROLE_MEMBER);
	struct err e;

	add_session(w, casey.user, &casey);
	add_session(w, casey.user, &there);
	assert_fails(svc_account_role(&w->s, w->avery.id, ROLE_MEMBER, &e), ERR_CONFLICT);
	assert_fails(svc_account_role(&w->s, w->blake.id, ROLE_MEMBER, &e), ERR_MISSING);
	assert_ok(svc_account_role(&w->s, casey.id, ROLE_ADMIN, &e));
	assert_string_equal(last_row(w, w->account).detail, "From member to admin.");
	assert_int_equal(open_sessions(w, casey.user), 1); /* the one in the other account */
	/* To what it is already: nothing happens, nothing is written. */
	add_session(w, casey.user, &casey);
	assert_ok(svc_account_role(&w->s, casey.id, ROLE_ADMIN, &e));
	assert_int_equal(open_sessions(w, casey.user), 2);
	assert_int_equal(rows_of(w, w->account, AUDIT_ROLE), 1);
	/* With a second admin the first may step down, then the second may not. */
	assert_ok(svc_account_role(&w->s, w->avery.id, ROLE_MEMBER, &e));
	assert_fails(svc_account_role(&w->s, casey.id, ROLE_MEMBER, &e), ERR_CONFLICT);
}

static void test_remove(void **state)
{
	struct world *w = *state;
	struct member casey = world_person(w, w->account, "casey@example.com", ROLE_MEMBER);
	struct link invitation, reset;
	struct member m;
	struct err e;

	/* An admin who never accepted does not count: the only one who can sign in must stay. */
	invitation = invite(w, "dana@example.com", ROLE_ADMIN);
	assert_fails(svc_account_remove(&w->s, w->avery.id, &e), ERR_CONFLICT);
	assert_fails(svc_account_remove(&w->s, w->blake.id, &e), ERR_MISSING);
	assert_int_equal(
		store_member_by_email(w->db, &w->a, w->account, "dana@example.com", &m, &e), 1);
	assert_ok(svc_account_remove(&w->s, m.id, &e));
	assert_int_equal(link_state(w, invitation.token), ERR_MISSING);

	add_session(w, casey.user, &casey);
	assert_ok(svc_account_reset(&w->s, casey.id, TOKEN_A, &reset, &e));
	assert_ok(svc_account_remove(&w->s, casey.id, &e));
	assert_int_equal(open_sessions(w, casey.user), 0);
	assert_int_equal(link_state(w, reset.token), ERR_MISSING);
	assert_false(enters(w, "casey@example.com", GOOD));
	assert_fails(svc_account_remove(&w->s, casey.id, &e), ERR_MISSING);
	/* Invited again, the person enters with the password they had. */
	invitation = invite(w, "casey@example.com", ROLE_ADMIN);
	assert_ok(use(w, invitation.token, "", GOOD, &(struct user){ 0 }, &e));
	/* Now there are two admins: one may go by themselves. */
	assert_ok(svc_account_remove(&w->s, w->avery.id, &e));
	assert_int_equal(rows_of(w, w->account, AUDIT_MEMBER_REMOVED), 3);
	assert_whole(w);
}

static char shared_token[SEAL_TOKEN_HEX + 1];

static const char *shared_password;

/* 1 the link was ours, 0 somebody was quicker, 50 anything else. */
static int use_shared(struct world *w, int which)
{
	struct secret *p = secret_new(shared_password, strlen(shared_password));
	struct user u;
	struct err e;

	world_as_nobody(w, which ? "192.0.2.1" : "192.0.2.2");
	if (svc_account_link_use(&w->s, shared_token, "Casey", p, &u, &e) == 0)
		return 1;
	return e.code == ERR_GONE || e.code == ERR_CONFLICT ? 0 : 50;
}

static void test_race_for_a_link(void **state)
{
	struct world *w = *state;
	char email[40];
	int i;

	shared_password = NEXT;
	for (i = 0; i < 5; i++) {
		snprintf(email, sizeof(email), "casey%d@example.com", i);
		memcpy(shared_token, invite(w, email, ROLE_MEMBER).token, sizeof(shared_token));
		assert_int_equal(race(w, use_shared), 1);
	}
	/* By a person who has a password already, so that nothing but the link changes. */
	shared_password = GOOD;
	memcpy(shared_token, invite(w, "blake@example.org", ROLE_MEMBER).token,
		sizeof(shared_token));
	assert_int_equal(race(w, use_shared), 1);
	assert_int_equal(rows_of(w, w->account, AUDIT_INVITE_ACCEPTED), 6);
	assert_whole(w);
}

static struct member second_admin;

static int step_down(struct world *w, int which)
{
	struct err e;

	if (svc_account_role(&w->s, which ? w->avery.id : second_admin.id, ROLE_MEMBER, &e) == 0)
		return 1;
	return e.code == ERR_CONFLICT ? 0 : 50;
}

static void test_race_of_last_admins(void **state)
{
	struct world *w = *state;
	int64_t admins, all;
	struct err e;
	int i;

	second_admin = world_person(w, w->account, "casey@example.com", ROLE_ADMIN);
	for (i = 0; i < 5; i++) {
		assert_int_equal(race(w, step_down), 1);
		assert_ok(store_member_counts(w->db, w->account, &admins, &all, &e));
		assert_int_equal(admins, 1);
		assert_ok(svc_account_role(&w->s, w->avery.id, ROLE_ADMIN, &e));
		assert_ok(svc_account_role(&w->s, second_admin.id, ROLE_ADMIN, &e));
	}
}

static struct link some_link;
static struct member some_member;

static void pending(struct world *w)
{
	some_link = invite(w, "dana@example.com", ROLE_ADMIN);
}

static void pending_known(struct world *w)
{
	some_link = invite(w, "blake@example.org", ROLE_ADMIN);
}

static void second(struct world *w)
{
	some_member = world_person(w, w->account, "casey@example.com", ROLE_ADMIN);
	add_session(w, some_member.user, &some_member);
}

static void resetting(struct world *w)
{
	struct err e;

	second(w);
	assert_ok(svc_account_reset(&w->s, some_member.id, TOKEN_A, &some_link, &e));
}

static int change_add(struct world *w, struct err *e)
{
	struct link l;
	int64_t id;

	return svc_account_add(&w->s, "New House", "dana@example.net", "Dana", &id, &l, e);
}

static int change_policy(struct world *w, struct err *e)
{
	return svc_account_policy(&w->s, 1800, 36000, e);
}

static int change_invite(struct world *w, struct err *e)
{
	struct link l;

	return svc_account_invite(&w->s, "dana@example.com", "", ROLE_MEMBER, TOKEN_A, &l, e);
}

static int change_reinvite(struct world *w, struct err *e)
{
	struct link l;

	return svc_account_reinvite(&w->s, some_link.id, TOKEN_A, &l, e);
}

static int change_revoke(struct world *w, struct err *e)
{
	return svc_account_revoke(&w->s, some_link.id, e);
}

static int change_reset(struct world *w, struct err *e)
{
	struct link l;

	return svc_account_reset(&w->s, some_member.id, TOKEN_A, &l, e);
}

static int change_use(struct world *w, struct err *e)
{
	struct user u;

	return use(w, some_link.token, "Dana", NEXT, &u, e);
}

static int change_use_known(struct world *w, struct err *e)
{
	struct user u;

	return use(w, some_link.token, "", GOOD, &u, e);
}

static int change_role(struct world *w, struct err *e)
{
	return svc_account_role(&w->s, some_member.id, ROLE_MEMBER, e);
}

static int change_remove(struct world *w, struct err *e)
{
	return svc_account_remove(&w->s, some_member.id, e);
}

static int change_unknown_link(struct world *w, struct err *e)
{
	struct user u;
	int rc = use(w, TOKEN_B, "", GOOD, &u, e);

	return rc < 0 && e->code == ERR_MISSING ? 0 : rc;
}

static void test_all_or_nothing(void **state)
{
	static const struct change changes[] = {
		{ "add", NULL, change_add },
		{ "policy", NULL, change_policy },
		{ "invite", NULL, change_invite },
		{ "invite again", pending, change_invite },
		{ "reinvite", pending, change_reinvite },
		{ "revoke", pending, change_revoke },
		{ "reset", second, change_reset },
		{ "use", pending, change_use },
		{ "use, known", pending_known, change_use_known },
		{ "use, reset", resetting, change_use },
		{ "use, unknown", NULL, change_unknown_link },
		{ "role", second, change_role },
		{ "remove", resetting, change_remove },
	};

	(void)state;
	assert_all_or_nothing(changes, COUNT(changes));
}

static int slow_use(struct world *w, int which)
{
	struct err e;

	(void)which;
	return change_use(w, &e);
}

static void test_hashing_blocks_nobody(void **state)
{
	struct world *w = *state;

	pending(w);
	assert_hashes_unlocked(w, slow_use);
}

/* Is this text anywhere in the files of the database? */
static int in_store(struct world *w, const char *text)
{
	static const char *const files[] = { "db", "db-wal" };
	char path[80], *bytes;
	size_t i, n;
	int found = 0;
	FILE *f;

	for (i = 0; i < COUNT(files); i++) {
		snprintf(path, sizeof(path), "%s/%s", w->dir, files[i]);
		f = fopen(path, "rb");
		if (!f)
			continue;
		bytes = arena_alloc(&w->a, 4 << 20);
		n = fread(bytes, 1, 4 << 20, f);
		assert_true(feof(f));
		fclose(f);
		found |= memmem(bytes, n, text, strlen(text)) != NULL;
	}
	return found;
}

static void test_secrets_stay_out(void **state)
{
	struct world *w = *state;
	struct link reset;
	struct member m;
	struct user u;
	struct err e;

	pending(w);
	assert_ok(use(w, some_link.token, "Dana", NEXT, &u, &e));
	assert_int_equal(
		store_member_by_email(w->db, &w->a, w->account, "dana@example.com", &m, &e), 1);
	assert_ok(svc_account_reset(&w->s, m.id, NULL, &reset, &e));
	assert_ok(use(w, reset.token, "", "nine old clocks tick", &u, &e));
	assert_true(in_store(w, "dana@example.com"));
	assert_true(in_store(w, u.pwhash));
	assert_false(in_store(w, some_link.token));
	assert_false(in_store(w, reset.token));
	assert_false(in_store(w, TOKEN_A));
	assert_false(in_store(w, NEXT));
	assert_false(in_store(w, "nine old clocks tick"));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup_memory, world_teardown)
#define FILE_TEST(fn) cmocka_unit_test_setup_teardown(fn, setup_file, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_add),
		TEST(test_add_refused),
		TEST(test_policy),
		TEST(test_invite),
		TEST(test_looking_uses_nothing),
		TEST(test_replay_and_expiry),
		TEST(test_unknown_links),
		TEST(test_known_person),
		TEST(test_reset),
		TEST(test_reset_refused),
		TEST(test_reset_then_join),
		TEST(test_link_again),
		TEST(test_reinvite_and_revoke),
		TEST(test_role),
		TEST(test_remove),
		FILE_TEST(test_race_for_a_link),
		FILE_TEST(test_race_of_last_admins),
		cmocka_unit_test(test_all_or_nothing),
		FILE_TEST(test_hashing_blocks_nobody),
		FILE_TEST(test_secrets_stay_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
