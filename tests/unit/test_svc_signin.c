/* Signing in, sessions, tries of passwords: every rule of svc_signin.c. */
#include "tests/unit/svc_fault.h"

#include <time.h>

#define UNKNOWN "nobody@example.com"

/* Try to sign in from an address: 0, or the code of the refusal. */
static enum err_code try_from(struct world *w, const char *address, const char *email,
	const char *password, struct err *e)
{
	struct user u;

	*e = (struct err){ 0 };
	world_as_nobody(w, address);
	return svc_signin_check(&w->s, email, pw(w, password), &u, e) < 0 ? e->code : ERR_NONE;
}

/* Sign somebody in; the session's view is read back through its token. */
static struct session_view signed_in(struct world *w, const struct member *m, char *token)
{
	struct session_view v = { 0 };
	struct user u;
	struct err e;

	world_as_nobody(w, "192.0.2.1");
	assert_ok(svc_signin_check(&w->s, m->email, pw(w, GOOD), &u, &e));
	assert_ok(svc_signin_open(&w->s, &u, "Browser 1", token, &e));
	assert_int_equal(svc_signin_session(&w->s, token, &v, &e), 1);
	world_as(w, m);
	return v;
}

static int alive(struct world *w, const char *token)
{
	struct session_view v;
	struct err e;
	int rc;

	assert_ok(rc = svc_signin_session(&w->s, token, &v, &e));
	return rc;
}

static void test_refusals_look_alike(void **state)
{
	static const char *const cases[][2] = {
		{ "avery@example.com", "not this one, sorry" },
		{ UNKNOWN, GOOD },
		{ "left@example.com", GOOD },	 /* in no account any more */
		{ "invited@example.com", GOOD }, /* has no password yet */
		{ "", GOOD },
		{ "avery@example.com\n", GOOD },
		{ "avery@example.com' OR '1'='1", GOOD },
	};
	struct world *w = *state;
	struct member left = world_person(w, w->account, "left@example.com", ROLE_MEMBER);
	struct member invited = { .account = w->account, .email = "invited@example.com" };
	struct err e, first = { 0 };
	size_t i;

	assert_ok(store_member_delete(w->db, w->account, left.id, &e));
	assert_ok(store_member_add(w->db, &invited, "", "", &invited.id, &e));
	for (i = 0; i < COUNT(cases); i++) {
		assert_int_equal(
			try_from(w, "192.0.2.9", cases[i][0], cases[i][1], &e), ERR_DENIED);
		if (i == 0)
			first = e;
		assert_string_equal(e.say, first.say);
		assert_string_equal(e.log, first.log);
	}
	assert_int_equal(rows_of(w, w->account, AUDIT_SIGNIN_REFUSED), 1);
	assert_int_equal(rows_of(w, 0, AUDIT_SIGNIN_REFUSED), (int)COUNT(cases) - 1);
	assert_int_equal(try_from(w, "192.0.2.9", "Avery@Example.COM", GOOD, &e), ERR_NONE);
}

/* Processor time of one try, in microseconds, the least of three. */
static long cost(struct world *w, const char *address, const char *email)
{
	struct timespec from, to;
	long us, least = 0;
	struct err e;
	int i;

	for (i = 0; i < 3; i++) {
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
		assert_true(try_from(w, address, email, "not this one, sorry", &e) != ERR_NONE);
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
		us = (to.tv_sec - from.tv_sec) * 1000000 + (to.tv_nsec - from.tv_nsec) / 1000;
		least = i == 0 || us < least ? us : least;
	}
	return least;
}

static void test_unknown_costs_the_same(void **state)
{
	struct world *w = *state;
	long wrong = cost(w, "192.0.2.1", "avery@example.com");
	long unknown = cost(w, "192.0.2.2", UNKNOWN);
	struct err e;
	int i;

	assert_true(unknown > wrong / 2 && wrong > unknown / 2);
	for (i = 0; i < 4; i++)
		try_from(w, "192.0.2.1", UNKNOWN, GOOD, &e);
	for (i = 0; i < 10; i++)
		try_from(w, "192.0.2.3", "x@example.com", GOOD, &e);
	assert_true(cost(w, "192.0.2.3", "avery@example.com") < wrong / 4);
}

/* So many failures for one e-mail address, each from another network address. */
static void fail_mail(struct world *w, const char *email, int times)
{
	char address[20];
	struct err e;
	static int from;

	while (times-- > 0) {
		from++;
		snprintf(address, sizeof(address), "10.%d.%d.1", from / 256, from % 256);
		assert_int_equal(
			try_from(w, address, email, "not this one, sorry", &e), ERR_DENIED);
	}
}

static void test_slowed_by_mail(void **state)
{
	struct world *w = *state;
	struct err known, unknown, e;

	fail_mail(w, "avery@example.com", SIGNIN_TRIES);
	fail_mail(w, UNKNOWN, SIGNIN_TRIES);
	assert_int_equal(try_from(w, "192.0.2.1", "avery@example.com", GOOD, &known), ERR_SLOW);
	assert_int_equal(try_from(w, "192.0.2.1", UNKNOWN, GOOD, &unknown), ERR_SLOW);
	assert_string_equal(known.say, unknown.say);
	assert_non_null(strstr(known.say, "Wait 2 minutes"));
	assert_int_equal(try_from(w, "192.0.2.2", "avery@example.com", GOOD, &e), ERR_SLOW);
	/* Written once, not each time; others can sign in. */
	assert_int_equal(rows_of(w, w->account, AUDIT_SIGNIN_SLOWED), 1);
	assert_string_equal(last_row(w, w->account).about, "avery@example.com");
	assert_int_equal(rows_of(w, 0, AUDIT_SIGNIN_SLOWED), 1);
	assert_int_equal(try_from(w, "192.0.2.1", "blake@example.org", GOOD, &e), ERR_NONE);

	/* One try comes back every 90 seconds. */
	clock_freeze(WORLD_NOW + 91);
	fail_mail(w, "avery@example.com", 1);
	assert_int_equal(try_from(w, "192.0.2.1", "avery@example.com", GOOD, &e), ERR_SLOW);
	clock_freeze(WORLD_NOW + 182);
	assert_int_equal(try_from(w, "192.0.2.1", "avery@example.com", GOOD, &e), ERR_NONE);
	/* Having signed in, all of them are back. */
	fail_mail(w, "avery@example.com", SIGNIN_TRIES);
	assert_int_equal(try_from(w, "192.0.2.1", "avery@example.com", GOOD, &e), ERR_SLOW);
}

/* Fill the bucket of one network address and ask from another: is that one slowed, too? */
static int same_place(struct world *w, const char *address, const char *asked)
{
	char email[40];
	struct err e;
	int i;

	for (i = 0; i < SIGNIN_TRIES; i++) {
		snprintf(email, sizeof(email), "x%d@example.com", i);
		assert_int_equal(try_from(w, address, email, GOOD, &e), ERR_DENIED);
	}
	assert_int_equal(try_from(w, address, "avery@example.com", GOOD, &e), ERR_SLOW);
	return try_from(w, asked, "avery@example.com", GOOD, &e) == ERR_SLOW;
}

static void test_slowed_by_address(void **state)
{
	static const struct {
		const char *address, *asked;
		int same;
	} cases[] = {
		{ "192.0.2.1", "192.0.2.2", 0 },
		{ "2001:db8:1:2::1", "2001:db8:1:2:ffff:1:2:3", 1 },
		{ "2001:db8:1:3::1", "2001:db8:1:4::1", 0 },
		{ "::ffff:192.0.2.7", "192.0.2.7", 1 },
		{ "::ffff:192.0.2.8", "::ffff:192.0.2.9", 0 },
		{ "", "192.0.2.10", 0 },
	};
	struct world *w = *state;
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		world_run(w, "DELETE FROM bucket");
		assert_int_equal(same_place(w, cases[i].address, cases[i].asked), cases[i].same);
	}
}

static void test_address_is_not_cleared(void **state)
{
	struct world *w = *state;
	struct err e;
	int i;

	for (i = 0; i < SIGNIN_TRIES - 1; i++)
		assert_int_equal(try_from(w, "192.0.2.1", UNKNOWN, GOOD, &e), ERR_DENIED);
	assert_int_equal(try_from(w, "192.0.2.1", "avery@example.com", GOOD, &e), ERR_NONE);
	assert_int_equal(try_from(w, "192.0.2.1", "x@example.com", GOOD, &e), ERR_DENIED);
	assert_int_equal(try_from(w, "192.0.2.1", "avery@example.com", GOOD, &e), ERR_SLOW);
	assert_non_null(strstr(last_row(w, w->account).detail, "network address"));
}

static void test_refused_row(void **state)
{
	struct world *w = *state;
	char email[600];
	struct audit row;
	struct err e;

	try_from(w, "192.0.2.1", "avery@example.com", "not this one, sorry", &e);
	row = last_row(w, w->account);
	assert_string_equal(row.action, "signin.refused");
	assert_string_equal(row.about, "avery@example.com");
	assert_string_equal(row.address, "192.0.2.1");
	assert_int_equal(row.kind, ACTOR_NOBODY);
	/* With two accounts, it is neither's business. */
	world_person(w, w->other, "avery@example.com", ROLE_MEMBER);
	try_from(w, "192.0.2.1", "avery@example.com", "not this one, sorry", &e);
	assert_int_equal(rows_of(w, w->account, AUDIT_SIGNIN_REFUSED), 1);
	assert_int_equal(rows_of(w, w->other, AUDIT_SIGNIN_REFUSED), 0);
	assert_string_equal(last_row(w, 0).about, "avery@example.com");
	/* What was typed is cut and cleaned. */
	memset(email, 'a', sizeof(email));
	email[sizeof(email) - 1] = '\0';
	email[3] = '\n';
	email[4] = '\xff';
	try_from(w, "192.0.2.1", email, GOOD, &e);
	row = last_row(w, 0);
	assert_int_equal(strlen(row.about), SIGNIN_EMAIL_MAX);
	assert_memory_equal(row.about, "aaa??a", 6);
	assert_whole(w);
}

static void test_open_one_account(void **state)
{
	struct world *w = *state;
	char token[SEAL_TOKEN_HEX + 1];
	struct session_view v = signed_in(w, &w->avery, token);
	struct audit row = last_row(w, w->account);
	struct member m;
	struct err e;

	assert_int_equal(v.account.id, w->account);
	assert_int_equal(v.member.id, w->avery.id);
	assert_int_equal(v.user.id, w->avery.user);
	assert_string_equal(v.s.address, "192.0.2.1");
	assert_string_equal(v.s.agent, "Browser 1");
	assert_true(svc_signin_fresh(&w->s, &v.s));
	assert_string_equal(row.action, "signin");
	assert_string_equal(row.actor, "avery@example.com");
	assert_int_equal(row.kind, ACTOR_ADMIN);
	assert_int_equal(store_member_get(w->db, &w->a, w->account, w->avery.id, &m, &e), 1);
	assert_int_equal(m.signed_in, WORLD_NOW);
}

static void test_choose(void **state)
{
	struct world *w = *state;
	char token[SEAL_TOKEN_HEX + 1], next[SEAL_TOKEN_HEX + 1];
	struct session_view v;
	int64_t third;
	struct err e;

	world_person(w, w->other, "avery@example.com", ROLE_MEMBER);
	assert_ok(store_account_add(w->db, "Third", &third, &e));
	v = signed_in(w, &w->avery, token);
	assert_int_equal(v.account.id, 0);
	assert_string_equal(last_row(w, 0).action, "signin");

	assert_fails(svc_signin_choose(&w->s, &v, third, next, &e), ERR_MISSING);
	assert_fails(svc_signin_choose(&w->s, &v, 0, next, &e), ERR_MISSING);
	assert_int_equal(alive(w, token), 1);
	assert_ok(svc_signin_choose(&w->s, &v, w->other, next, &e));
	assert_int_equal(alive(w, token), 0);
	assert_int_equal(svc_signin_session(&w->s, next, &v, &e), 1);
	assert_int_equal(v.account.id, w->other);
	assert_int_equal(v.member.role, ROLE_MEMBER);
	assert_int_equal(last_row(w, w->other).kind, ACTOR_MEMBER);
	assert_string_equal(last_row(w, w->other).about, "Other Organisation");
	/* And back. */
	assert_ok(svc_signin_choose(&w->s, &v, w->account, token, &e));
	assert_int_equal(svc_signin_session(&w->s, token, &v, &e), 1);
	assert_int_equal(v.account.id, w->account);
	assert_int_equal(rows_of(w, third, AUDIT_ACCOUNT_CHOSEN), 0);
}

static void test_limits(void **state)
{
	static const struct {
		int64_t idle, absolute; /* of the account */
		int64_t unused, age;	/* since the last use, since the sign-in */
		int alive;
	} cases[] = {
		{ 0, 0, 28799, 28799, 1 },
		{ 0, 0, 28800, 28800, 0 },
		{ 900, 0, 899, 899, 1 },
		{ 900, 0, 900, 900, 0 },
		{ 999999, 0, 28799, 28799, 1 }, /* never longer than the installation's */
		{ 999999, 0, 28800, 28800, 0 },
		{ 0, 0, 0, 604799, 1 },
		{ 0, 0, 0, 604800, 0 },
		{ 0, 3600, 0, 3599, 1 },
		{ 0, 3600, 0, 3600, 0 },
		{ 0, 9999999, 0, 604800, 0 },
	};
	struct world *w = *state;
	char token[SEAL_TOKEN_HEX + 1];
	struct session_view v;
	struct err e;
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		clock_freeze(WORLD_NOW);
		v = signed_in(w, &w->avery, token);
		assert_ok(store_account_policy(
			w->db, w->account, cases[i].idle, cases[i].absolute, &e));
		clock_freeze(WORLD_NOW + cases[i].age - cases[i].unused);
		assert_ok(store_session_touch(w->db, v.s.id, &e));
		clock_freeze(WORLD_NOW + cases[i].age);
		assert_int_equal(alive(w, token), cases[i].alive);
		/* What was too old does not wake when the limit grows. */
		assert_ok(store_account_policy(w->db, w->account, 0, 0, &e));
		clock_freeze(WORLD_NOW);
		assert_int_equal(alive(w, token), cases[i].alive);
	}
}

static void test_touch(void **state)
{
	struct world *w = *state;
	char token[SEAL_TOKEN_HEX + 1];
	struct session_view v = signed_in(w, &w->avery, token);
	struct err e;

	clock_freeze(WORLD_NOW + 59);
	assert_int_equal(alive(w, token), 1);
	assert_int_equal(svc_signin_session(&w->s, token, &v, &e), 1);
	assert_int_equal(v.s.seen, WORLD_NOW);
	clock_freeze(WORLD_NOW + 60);
	assert_int_equal(alive(w, token), 1);
	assert_int_equal(svc_signin_session(&w->s, token, &v, &e), 1);
	assert_int_equal(v.s.seen, WORLD_NOW + 60);
}

static void test_session_without_writing(void **state)
{
	struct world *w = *state;
	char token[SEAL_TOKEN_HEX + 1];
	struct err e;

	signed_in(w, &w->avery, token);
	db_close(w->db);
	assert_ok(db_sqlite_open(w->path, DB_OPEN_READONLY, &w->db, &e));
	w->s.db = w->db;
	clock_freeze(WORLD_NOW + 600);
	assert_int_equal(alive(w, token), 1);
	clock_freeze(WORLD_NOW + 28800);
	assert_int_equal(alive(w, token), 0);
}

static void test_bad_tokens(void **state)
{
	static const char *const tokens[] = { NULL, "", "00",
		"0000000000000000000000000000000000000000000000000000000000000000",
		"00000000000000000000000000000000000000000000000000000000000000000",
		"../../../../../../../../../../../../../../../../../etc/passwd123" };
	struct world *w = *state;
	size_t i;

	for (i = 0; i < COUNT(tokens); i++)
		assert_int_equal(alive(w, tokens[i]), 0);
}

static void test_confirm(void **state)
{
	struct world *w = *state;
	char token[SEAL_TOKEN_HEX + 1], next[SEAL_TOKEN_HEX + 1];
	struct session_view v = signed_in(w, &w->avery, token);
	struct err e;
	int i;

	clock_freeze(WORLD_NOW + 299);
	assert_true(svc_signin_fresh(&w->s, &v.s));
	clock_freeze(WORLD_NOW + 300);
	assert_false(svc_signin_fresh(&w->s, &v.s));
	assert_fails(svc_signin_confirm(&w->s, &v, pw(w, NEXT), next, &e), ERR_DENIED);
	assert_int_equal(alive(w, token), 1);
	assert_string_equal(last_row(w, w->account).action, "confirm.refused");
	assert_ok(svc_signin_confirm(&w->s, &v, pw(w, GOOD), next, &e));
	assert_int_equal(alive(w, token), 0);
	assert_int_equal(svc_signin_session(&w->s, next, &v, &e), 1);
	assert_true(svc_signin_fresh(&w->s, &v.s));
	assert_int_equal(rows_of(w, w->account, AUDIT_CONFIRMED), 1);
	/* Counted together with signing in; the row is the signed-in person's. */
	for (i = 0; i < SIGNIN_TRIES - 1; i++)
		assert_fails(svc_signin_confirm(&w->s, &v, pw(w, NEXT), token, &e), ERR_DENIED);
	assert_fails(svc_signin_confirm(&w->s, &v, pw(w, GOOD), token, &e), ERR_SLOW);
	assert_int_equal(last_row(w, w->account).kind, ACTOR_ADMIN);
	world_as_nobody(w, "192.0.2.99");
	assert_int_equal(rows_of(w, w->account, AUDIT_SIGNIN_SLOWED), 1);
	assert_int_equal(alive(w, next), 1);
}

static void test_password(void **state)
{
	struct world *w = *state;
	char token[SEAL_TOKEN_HEX + 1], second[SEAL_TOKEN_HEX + 1], next[SEAL_TOKEN_HEX + 1];
	struct session_view v = signed_in(w, &w->avery, token);
	struct link reset;
	int known;
	struct invitation link;
	struct err e;

	signed_in(w, &w->avery, second);
	assert_ok(svc_account_reset(&w->s, w->avery.id, token, &reset, &e));
	assert_fails(
		svc_signin_password(&w->s, &v, pw(w, NEXT), pw(w, NEXT), next, &e), ERR_DENIED);
	assert_fails(
		svc_signin_password(&w->s, &v, pw(w, GOOD), pw(w, "short"), next, &e), ERR_FORM);
	assert_string_equal(e.say, password_weak(pw(w, "short"), "avery@example.com"));
	assert_fails(
		svc_signin_password(&w->s, &v, pw(w, GOOD), pw(w, "avery@example.com"), next, &e),
		ERR_FORM);
	assert_int_equal(alive(w, token) + alive(w, second), 2);
	assert_ok(svc_account_link_look(&w->s, reset.token, &link, &known, &e));

	assert_ok(svc_signin_password(&w->s, &v, pw(w, GOOD), pw(w, NEXT), next, &e));
	assert_int_equal(alive(w, token) + alive(w, second), 0);
	assert_int_equal(alive(w, next), 1);
	assert_fails(svc_account_link_look(&w->s, reset.token, &link, &known, &e), ERR_GONE);
	assert_int_equal(rows_of(w, w->account, AUDIT_PASSWORD_CHANGED), 1);
	assert_int_equal(try_from(w, "192.0.2.5", "avery@example.com", GOOD, &e), ERR_DENIED);
	assert_int_equal(try_from(w, "192.0.2.5", "avery@example.com", NEXT, &e), ERR_NONE);
}

/* The world may change between the check of a password, which takes long, and what follows. */
static void test_changed_meanwhile(void **state)
{
	struct world *w = *state;
	char token[SEAL_TOKEN_HEX + 1], next[SEAL_TOKEN_HEX + 1];
	struct session_view v = signed_in(w, &w->avery, token);
	struct session_view stale = v;
	struct user u;
	struct err e;

	world_as_nobody(w, "192.0.2.1");
	assert_ok(svc_signin_check(&w->s, "avery@example.com", pw(w, GOOD), &u, &e));
	world_as(w, &w->avery);
	assert_ok(svc_signin_password(&w->s, &v, pw(w, GOOD), pw(w, NEXT), next, &e));
	assert_fails(svc_signin_open(&w->s, &u, "", token, &e), ERR_DENIED);
	assert_fails(svc_signin_confirm(&w->s, &stale, pw(w, GOOD), token, &e), ERR_DENIED);
	assert_fails(svc_signin_password(
			     &w->s, &stale, pw(w, GOOD), pw(w, "nine old clocks tick"), token, &e),
		ERR_DENIED);
	assert_int_equal(alive(w, next), 1);

	assert_ok(store_user_get(w->db, &w->a, w->avery.user, &u, &e));
	assert_ok(store_member_delete(w->db, w->account, w->avery.id, &e));
	assert_fails(svc_signin_open(&w->s, &u, "", token, &e), ERR_DENIED);
	assert_int_equal(world_number(w, "SELECT count(*) FROM session"), 0);
}

static void test_out(void **state)
{
	struct world *w = *state;
	char token[SEAL_TOKEN_HEX + 1];
	struct session_view v = signed_in(w, &w->avery, token);
	struct err e;

	assert_ok(svc_signin_out(&w->s, &v, &e));
	assert_int_equal(alive(w, token), 0);
	assert_ok(svc_signin_out(&w->s, &v, &e));
	assert_int_equal(rows_of(w, w->account, AUDIT_SIGNOUT), 1);
}

static void test_end(void **state)
{
	struct world *w = *state;
	struct member casey = world_person(w, w->account, "casey@example.com", ROLE_MEMBER);
	char avery[SEAL_TOKEN_HEX + 1], blake[SEAL_TOKEN_HEX + 1], kc[SEAL_TOKEN_HEX + 1];
	struct session_view va = signed_in(w, &w->avery, avery), vc = signed_in(w, &casey, kc);
	struct session_view vb = signed_in(w, &w->blake, blake);
	struct err e;

	/* A member: own sessions only; an admin: those of the account only. */
	world_as(w, &casey);
	assert_fails(svc_signin_end(&w->s, va.s.id, 0, &e), ERR_MISSING);
	world_as(w, &w->avery);
	assert_fails(svc_signin_end(&w->s, vb.s.id, 1, &e), ERR_MISSING);
	assert_fails(svc_signin_end(&w->s, vc.s.id, 0, &e), ERR_MISSING);
	assert_int_equal(rows_of(w, w->account, AUDIT_SESSION_ENDED), 0);
	assert_ok(svc_signin_end(&w->s, vc.s.id, 1, &e));
	assert_int_equal(alive(w, kc), 0);
	assert_string_equal(last_row(w, w->account).about, "casey@example.com");
	assert_fails(svc_signin_end(&w->s, vc.s.id, 1, &e), ERR_MISSING);
	assert_ok(svc_signin_end(&w->s, va.s.id, 0, &e));
	assert_int_equal(alive(w, avery), 0);
	assert_int_equal(alive(w, blake), 1);
}

static void test_end_all(void **state)
{
	struct world *w = *state;
	struct member casey = world_person(w, w->account, "casey@example.com", ROLE_MEMBER);
	char one[SEAL_TOKEN_HEX + 1], two[SEAL_TOKEN_HEX + 1], blake[SEAL_TOKEN_HEX + 1],
		kc[SEAL_TOKEN_HEX + 1];
	struct session_view v = signed_in(w, &w->avery, one);
	struct err e;

	signed_in(w, &w->avery, two);
	signed_in(w, &w->blake, blake);
	signed_in(w, &casey, kc);
	world_as(w, &w->avery);
	assert_int_equal(svc_signin_end_all(&w->s, v.s.id, 0, &e), 1);
	assert_int_equal(alive(w, two), 0);
	assert_int_equal(alive(w, kc), 1);
	assert_int_equal(svc_signin_end_all(&w->s, v.s.id, 1, &e), 1);
	assert_string_equal(last_row(w, w->account).detail, "Sessions ended: 1.");
	assert_int_equal(alive(w, kc), 0);
	assert_int_equal(alive(w, one) + alive(w, blake), 2);
	assert_int_equal(svc_signin_end_all(&w->s, 0, 1, &e), 1);
	assert_int_equal(alive(w, one), 0);
}

static void test_sessions_max(void **state)
{
	struct world *w = *state;
	char first[SEAL_TOKEN_HEX + 1], token[SEAL_TOKEN_HEX + 1];
	struct user u;
	struct err e;
	int i;

	signed_in(w, &w->avery, first);
	assert_int_equal(store_user_get(w->db, &w->a, w->avery.user, &u, &e), 1);
	for (i = 1; i <= SIGNIN_SESSIONS_MAX; i++) {
		clock_freeze(WORLD_NOW + (i + 1) / 2); /* looking below must not count as use */
		assert_ok(svc_signin_open(&w->s, &u, "", token, &e));
		assert_int_equal(alive(w, first), i < SIGNIN_SESSIONS_MAX);
	}
	assert_int_equal(world_number(w, "SELECT count(*) FROM session"), SIGNIN_SESSIONS_MAX);
	assert_int_equal(alive(w, token), 1);
}

static struct user some_user;
static struct session_view some_view;
static char some_token[SEAL_TOKEN_HEX + 1];

static void checked(struct world *w)
{
	struct err e;

	assert_int_equal(store_user_get(w->db, &w->a, w->avery.user, &some_user, &e), 1);
}

static void entered(struct world *w)
{
	some_view = signed_in(w, &w->avery, some_token);
}

static void entered_twice(struct world *w)
{
	signed_in(w, &w->avery, some_token);
	entered(w);
}

static int change_refused(struct world *w, struct err *e)
{
	struct user u;
	int rc = svc_signin_check(&w->s, "avery@example.com", pw(w, NEXT), &u, e);

	return rc < 0 && e->code == ERR_DENIED ? 0 : rc;
}

static int change_open(struct world *w, struct err *e)
{
	return svc_signin_open(&w->s, &some_user, "", some_token, e);
}

static int change_choose(struct world *w, struct err *e)
{
	return svc_signin_choose(&w->s, &some_view, w->account, some_token, e);
}

static int change_confirm(struct world *w, struct err *e)
{
	return svc_signin_confirm(&w->s, &some_view, pw(w, GOOD), some_token, e);
}

static int change_password(struct world *w, struct err *e)
{
	return svc_signin_password(&w->s, &some_view, pw(w, GOOD), pw(w, NEXT), some_token, e);
}

static int change_out(struct world *w, struct err *e)
{
	return svc_signin_out(&w->s, &some_view, e);
}

static int change_end(struct world *w, struct err *e)
{
	return svc_signin_end(&w->s, some_view.s.id, 1, e);
}

static int change_end_all(struct world *w, struct err *e)
{
	return (int)svc_signin_end_all(&w->s, some_view.s.id, 0, e);
}

static void test_all_or_nothing(void **state)
{
	static const struct change changes[] = {
		{ "refused", NULL, change_refused },
		{ "open", checked, change_open },
		{ "choose", entered, change_choose },
		{ "confirm", entered, change_confirm },
		{ "password", entered_twice, change_password },
		{ "out", entered, change_out },
		{ "end", entered, change_end },
		{ "end all", entered_twice, change_end_all },
	};

	(void)state;
	assert_all_or_nothing(changes, COUNT(changes));
}

static int slow_check(struct world *w, int which)
{
	struct err e;

	(void)which;
	return change_refused(w, &e);
}

static int slow_password(struct world *w, int which)
{
	struct err e;

	(void)which;
	return change_password(w, &e);
}

static void test_hashing_blocks_nobody(void **state)
{
	struct world *w = *state;

	assert_hashes_unlocked(w, slow_check);
	entered(w);
	assert_hashes_unlocked(w, slow_password);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup_memory, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_refusals_look_alike),
		TEST(test_unknown_costs_the_same),
		TEST(test_slowed_by_mail),
		TEST(test_slowed_by_address),
		TEST(test_address_is_not_cleared),
		TEST(test_refused_row),
		TEST(test_open_one_account),
		TEST(test_choose),
		TEST(test_limits),
		TEST(test_touch),
		cmocka_unit_test_setup_teardown(
			test_session_without_writing, setup_file, world_teardown),
		TEST(test_bad_tokens),
		TEST(test_confirm),
		TEST(test_password),
		TEST(test_changed_meanwhile),
		TEST(test_out),
		TEST(test_end),
		TEST(test_end_all),
		TEST(test_sessions_max),
		cmocka_unit_test(test_all_or_nothing),
		cmocka_unit_test_setup_teardown(
			test_hashing_blocks_nobody, setup_file, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
