/* store_account, store_user, store_member, store_session, store_invitation. */
#include "tests/unit/store_unit.h"

/* Accounts and users. */

static void test_account(void **state)
{
	struct world *w = *state;
	struct account a, *list;
	struct err e;

	assert_int_equal(store_account_get(w->db, &w->a, w->acme, &a, &e), 1);
	assert_int_equal(a.id, w->acme);
	assert_string_equal(a.name, "Acme");
	assert_int_equal(a.created, NOW);
	assert_int_equal(a.session_idle, 0);
	assert_ok(store_account_policy(w->db, w->acme, 600, 3600, &e));
	assert_int_equal(store_account_get(w->db, &w->a, w->acme, &a, &e), 1);
	assert_int_equal(a.session_idle, 600);
	assert_int_equal(a.session_absolute, 3600);
	assert_int_equal(store_account_get(w->db, &w->a, 99, &a, &e), 0);
	assert_err(ERR_MISSING, store_account_policy(w->db, 99, 1, 1, &e));
	assert_err(ERR_INTERNAL, store_account_policy(w->db, w->acme, -1, 1, &e));
	assert_int_equal(store_account_list(w->db, &w->a, &list, &e), 2);
	assert_string_equal(list[0].name, "Acme");
	assert_string_equal(list[1].name, "Other");
}

static void test_hostile_names(void **state)
{
	struct world *w = *state;
	struct account a;
	struct err e;
	char long_name[202];
	int64_t id;

	for (size_t i = 0; i < COUNT(hostile_texts); i++) {
		assert_ok(store_account_add(w->db, hostile_texts[i], &id, &e));
		assert_int_equal(store_account_get(w->db, &w->a, id, &a, &e), 1);
		assert_string_equal(a.name, hostile_texts[i]);
	}
	memset(long_name, 'n', sizeof(long_name));
	long_name[201] = '\0';
	assert_err(ERR_INTERNAL, store_account_add(w->db, long_name, &id, &e));
	assert_err(ERR_INTERNAL, store_account_add(w->db, "", &id, &e));
	assert_err(ERR_INTERNAL, store_account_add(w->db, NULL, &id, &e));
	assert_err(ERR_INPUT, store_account_add(w->db, "\xff\xfe", &id, &e));
}

static void test_user(void **state)
{
	struct world *w = *state;
	struct user u;
	struct err e;
	int64_t id;

	assert_int_equal(store_user_by_email(w->db, &w->a, "ada@acme.test", &u, &e), 1);
	assert_int_equal(u.id, w->ada);
	assert_string_equal(u.name, "Ada Stone");
	assert_string_equal(u.pwhash, "$argon$");
	assert_string_equal(u.theme, "");
	assert_int_equal(u.created, NOW);
	assert_int_equal(u.password_at, NOW);
	assert_int_equal(store_user_by_email(w->db, &w->a, "nobody@acme.test", &u, &e), 0);
	assert_int_equal(store_user_by_email(w->db, &w->a, "' OR '1'='1", &u, &e), 0);
	assert_err(ERR_CONFLICT, store_user_add(w->db, "ada@acme.test", "Twice", NULL, &id, &e));
	assert_err(ERR_INTERNAL, store_user_add(w->db, "Ada@acme.test", "Upper", NULL, &id, &e));
	assert_ok(store_user_add(w->db, "cy@acme.test", NULL, NULL, &id, &e));
	assert_int_equal(store_user_get(w->db, &w->a, id, &u, &e), 1);
	assert_null(u.pwhash);
	assert_string_equal(u.name, "");
	assert_int_equal(u.password_at, 0);
	assert_int_equal(store_user_get(w->db, &w->a, 99, &u, &e), 0);
}

static void test_user_changes(void **state)
{
	struct world *w = *state;
	struct user u;
	struct err e;

	clock_freeze(NOW + 5);
	assert_ok(store_user_password(w->db, w->ada, "$new$", &e));
	assert_ok(store_user_theme(w->db, w->ada, "dark", &e));
	assert_int_equal(store_user_get(w->db, &w->a, w->ada, &u, &e), 1);
	assert_string_equal(u.pwhash, "$new$");
	assert_string_equal(u.theme, "dark");
	assert_int_equal(u.password_at, NOW + 5);
	assert_err(ERR_INTERNAL, store_user_theme(w->db, w->ada, "pink", &e));
	assert_err(ERR_MISSING, store_user_theme(w->db, 99, "dark", &e));
	assert_err(ERR_MISSING, store_user_password(w->db, 99, "x", &e));
}

/* Members. */

static void test_member(void **state)
{
	struct world *w = *state;
	struct member m;
	struct err e;
	int64_t id;

	assert_int_equal(store_member_get(w->db, &w->a, w->acme, w->ada_acme, &m, &e), 1);
	assert_int_equal(m.id, w->ada_acme);
	assert_int_equal(m.account, w->acme);
	assert_int_equal(m.user, w->ada);
	assert_int_equal(m.role, ROLE_ADMIN);
	assert_int_equal(m.created, NOW);
	assert_string_equal(m.email, "ada@acme.test");
	assert_string_equal(m.account_name, "");
	assert_int_equal(store_member_get(w->db, &w->a, w->acme, w->bob_acme, &m, &e), 1);
	assert_int_equal(m.user, 0);
	assert_int_equal(store_member_by_email(w->db, &w->a, w->acme, "bob@acme.test", &m, &e), 1);
	assert_int_equal(m.id, w->bob_acme);
	m = (struct member){ .account = w->acme, .email = "bob@acme.test" };
	assert_err(ERR_CONFLICT, store_member_add(w->db, &m, "", "", &id, &e));
	m = (struct member){ .account = 99, .email = "new@acme.test" };
	assert_err(ERR_MISSING, store_member_add(w->db, &m, "", "", &id, &e));
	m = (struct member){ .account = w->acme, .email = "new@acme.test", .role = ROLE__MAX };
	assert_err(ERR_INTERNAL, store_member_add(w->db, &m, "", "", &id, &e));
}

/* How somebody came in is where their timeline begins; who did not come in has none. */
static void test_member_added(void **state)
{
	struct world *w = *state;
	struct member m = { .account = w->acme, .email = "new@acme.test", .name = "New" };
	const int64_t before = number(w->db, "SELECT count(*) FROM member_event");
	struct member_event *list;
	struct err e;
	int64_t id, other;

	assert_ok(store_member_add(w->db, &m, "From a ship.", "Ann", &id, &e));
	assert_err(ERR_CONFLICT, store_member_add(w->db, &m, "Again.", "Ann", &other, &e));
	assert_int_equal(number(w->db, "SELECT count(*) FROM member_event"), before + 1);
	assert_int_equal(store_event_list(w->db, &w->a, w->acme, id, (struct page_of){ .limit = 9 },
				 &list, &e),
		1);
	assert_int_equal(list[0].what, MEMBER_ADDED);
	assert_string_equal(list[0].reason, "not_checked");
	assert_string_equal(list[0].detail, "From a ship.");
	assert_string_equal(list[0].by, "Ann");
}

/* Nothing of a member is found, changed or removed through another account. */
static void test_member_of_another_account(void **state)
{
	struct world *w = *state;
	struct member m;
	struct err e;

	assert_int_equal(store_member_get(w->db, &w->a, w->other, w->bob_acme, &m, &e), 0);
	assert_int_equal(store_member_by_email(w->db, &w->a, w->other, "bob@acme.test", &m, &e), 0);
	assert_err(ERR_MISSING, store_member_role(w->db, w->other, w->bob_acme, ROLE_ADMIN, &e));
	m = (struct member){ .account = w->other, .id = w->bob_acme, .user = w->ada };
	assert_err(ERR_MISSING, store_member_join(w->db, &m, &e));
	assert_err(ERR_MISSING, store_member_delete(w->db, w->other, w->bob_acme, &e));
	assert_ok(store_member_seen(w->db, w->other, w->bob_acme, &e));
	assert_int_equal(store_member_get(w->db, &w->a, w->acme, w->bob_acme, &m, &e), 1);
	assert_int_equal(m.role, ROLE_MEMBER);
	assert_int_equal(m.user, 0);
	assert_int_equal(m.signed_in, 0);
}

static void test_member_join(void **state)
{
	struct world *w = *state;
	struct member m, *list;
	struct err e;
	int64_t bob;

	assert_ok(store_user_add(w->db, "bob@acme.test", "Bob Hill", NULL, &bob, &e));
	m = (struct member){ .account = w->acme,
		.id = w->bob_acme,
		.email = "bob@acme.test",
		.name = "Bob Hill",
		.user = bob };
	assert_ok(store_member_join(w->db, &m, &e));
	assert_ok(store_member_seen(w->db, w->acme, w->bob_acme, &e));
	assert_int_equal(store_member_get(w->db, &w->a, w->acme, w->bob_acme, &m, &e), 1);
	assert_int_equal(m.user, bob);
	assert_string_equal(m.name, "Bob Hill");
	assert_int_equal(m.signed_in, NOW);
	m.user = w->ada;
	assert_err(ERR_CONFLICT, store_member_join(w->db, &m, &e));
	m.user = 99;
	assert_err(ERR_MISSING, store_member_join(w->db, &m, &e));
	assert_int_equal(store_member_of_user(w->db, &w->a, w->ada, &list, &e), 2);
	assert_string_equal(list[0].account_name, "Acme");
	assert_int_equal(list[1].account, w->other);
	assert_string_equal(list[1].account_name, "Other");
	assert_int_equal(store_member_of_user(w->db, &w->a, 99, &list, &e), 0);
}

static void test_member_pages(void **state)
{
	enum { MANY = 45, PAGE = 20 };
	struct world *w = *state;
	struct page_of page = { .limit = PAGE };
	struct member *list;
	struct err e;
	int seen = 0, n;

	for (int i = 0; i < MANY - 2; i++) {
		char email[40];

		snprintf(email, sizeof(email), "p%d@acme.test", i);
		add_member(w->db, w->acme, 0, email, ROLE_MEMBER);
	}
	do {
		n = store_member_list(w->db, &w->a, w->acme, page, &list, &e);
		assert_true(n >= 0);
		for (int i = 0; i < n; i++) {
			assert_true(list[i].id > page.after);
			assert_int_equal(list[i].account, w->acme);
			page.after = list[i].id;
		}
		seen += n;
	} while (n == PAGE);
	assert_int_equal(seen, MANY);
	page = (struct page_of){ .limit = 0 };
	assert_int_equal(store_member_list(w->db, &w->a, w->acme, page, &list, &e), 0);
	page.limit = -1;
	assert_int_equal(store_member_list(w->db, &w->a, w->acme, page, &list, &e), 0);
}

static void assert_counts(struct world *w, int64_t account, int64_t admins, int64_t all)
{
	int64_t is_admins, is_all;
	struct err e;

	assert_ok(store_member_counts(w->db, account, &is_admins, &is_all, &e));
	assert_int_equal(is_admins, admins);
	assert_int_equal(is_all, all);
}

static void test_member_counts(void **state)
{
	struct world *w = *state;
	struct err e;

	assert_counts(w, w->acme, 1, 2);
	assert_counts(w, w->other, 0, 1);
	assert_counts(w, 99, 0, 0);
	/* An admin who never signed in cannot help anybody. */
	assert_ok(store_member_role(w->db, w->acme, w->bob_acme, ROLE_ADMIN, &e));
	assert_counts(w, w->acme, 1, 2);
	assert_ok(store_member_role(w->db, w->acme, w->ada_acme, ROLE_MEMBER, &e));
	assert_counts(w, w->acme, 0, 2);
	assert_ok(store_member_delete(w->db, w->acme, w->ada_acme, &e));
	assert_counts(w, w->acme, 0, 1);
	assert_err(ERR_MISSING, store_member_delete(w->db, w->acme, w->ada_acme, &e));
	assert_counts(w, w->acme, 0, 1);
}

/* Sessions. */

static int64_t sign_in(struct world *w, int64_t account, int64_t member, int with)
{
	struct session s = { .user = w->ada,
		.account = account,
		.member = member,
		.address = "192.0.2.7",
		.agent = "Browser" };
	unsigned char hash[32];
	struct err e;
	int64_t id = 0;

	fill(hash, with);
	assert_ok(store_session_add(w->db, &s, hash, &id, &e));
	return id;
}

static int find(struct world *w, int with, struct session_view *v)
{
	unsigned char hash[32];
	struct err e;
	int rc;

	fill(hash, with);
	rc = store_session_get(w->db, &w->a, hash, v, &e);
	assert_ok(rc);
	return rc;
}

static void test_session(void **state)
{
	struct world *w = *state;
	struct engine_pulse pulse = { .pid = 5, .started = 6, .version = "0.1", .key_id = "k1" };
	struct session_view v;
	struct err e;
	int64_t id = sign_in(w, w->acme, w->ada_acme, 1);

	assert_ok(store_engine_pulse(w->db, &pulse, &e));
	assert_ok(store_account_policy(w->db, w->acme, 600, 3600, &e));
	assert_int_equal(find(w, 1, &v), 1);
	assert_int_equal(v.s.id, id);
	assert_int_equal(v.s.user, w->ada);
	assert_int_equal(v.s.account, w->acme);
	assert_int_equal(v.s.member, w->ada_acme);
	assert_int_equal(v.s.created, NOW);
	assert_int_equal(v.s.seen, NOW);
	assert_int_equal(v.s.fresh, NOW);
	assert_string_equal(v.s.address, "192.0.2.7");
	assert_string_equal(v.s.agent, "Browser");
	assert_string_equal(v.s.name, "Ada Stone");
	assert_string_equal(v.s.email, "ada@acme.test");
	assert_int_equal(v.user.id, w->ada);
	assert_string_equal(v.user.pwhash, "$argon$");
	assert_int_equal(v.account.id, w->acme);
	assert_int_equal(v.account.session_idle, 600);
	assert_int_equal(v.account.session_absolute, 3600);
	assert_int_equal(v.member.id, w->ada_acme);
	assert_int_equal(v.member.role, ROLE_ADMIN);
	assert_int_equal(v.member.signed_in, 0);
	assert_int_equal(v.pulse.pid, 5);
	assert_int_equal(v.pulse.seen, NOW);
	assert_string_equal(v.pulse.key_id, "k1");
	assert_int_equal(find(w, 2, &v), 0);
}

static void test_session_without_account(void **state)
{
	struct world *w = *state;
	struct session_view v;
	struct err e;
	unsigned char hash[32];
	int64_t id = sign_in(w, 0, 0, 1);

	assert_int_equal(find(w, 1, &v), 1);
	assert_int_equal(v.s.account, 0);
	assert_int_equal(v.account.id, 0);
	assert_string_equal(v.account.name, "");
	assert_int_equal(v.member.id, 0);
	assert_int_equal(v.pulse.seen, 0);
	fill(hash, 2);
	assert_ok(store_session_choose(w->db, id, w->other, w->ada_other, hash, &e));
	assert_int_equal(find(w, 1, &v), 0); /* the token before is worth nothing */
	assert_int_equal(find(w, 2, &v), 1);
	assert_string_equal(v.account.name, "Other");
	assert_int_equal(v.member.role, ROLE_MEMBER);
	assert_err(ERR_MISSING, store_session_choose(w->db, 99, w->other, w->ada_other, hash, &e));
	/* A member of one account is no member of another. */
	assert_err(ERR_MISSING, store_session_choose(w->db, id, w->other, w->ada_acme, hash, &e));
	assert_err(ERR_INTERNAL, store_session_choose(w->db, id, w->other, 0, hash, &e));
}

/* What every page says of the account's live connection comes with the session; a pause at once. */
static void test_session_says_how_the_connection_does(void **state)
{
	struct world *w = *state;
	struct connection c = { .account = w->acme,
		.name = "Exchange",
		.scheme = "https",
		.host = "mail.example.com",
		.port = 443,
		.binding = "off",
		.mailbox = "scheduling@example.com",
		.method = "delegate",
		.kind = "exchange",
		.stage = CONN_DRAFT };
	struct health h = { .account = w->acme,
		.state = HEALTH_STOPPED,
		.reason = "signin_refused",
		.say = "Refused.",
		.since = 7,
		.ok_at = 6 };
	struct session_view v;
	struct err e;

	sign_in(w, w->acme, w->ada_acme, 1);
	assert_ok(store_connection_save(w->db, &c, &e));
	assert_int_equal(find(w, 1, &v), 1);
	assert_int_equal(v.live.id, 0); /* what is being entered is not in use */
	assert_ok(store_connection_stage(w->db, w->acme, c.id, CONN_LIVE, &e));
	assert_int_equal(find(w, 1, &v), 1);
	assert_int_equal(v.live.id, c.id);
	assert_int_equal(v.health.state, HEALTH_NEW);
	h.connection = c.id;
	assert_ok(store_health_save(w->db, &h, &e));
	assert_int_equal(find(w, 1, &v), 1);
	assert_int_equal(v.health.state, HEALTH_STOPPED);
	assert_string_equal(v.health.reason, "signin_refused");
	assert_int_equal(v.health.since, 7);
	assert_string_equal(v.live.mailbox, "scheduling@example.com");
	assert_string_equal(v.live.method, "delegate");
	c.paused_at = 9;
	c.paused_by = "Avery";
	c.paused_why = "moving";
	assert_ok(store_connection_pause(w->db, &c, &e));
	assert_int_equal(find(w, 1, &v), 1);
	assert_int_equal(v.health.state, HEALTH_PAUSED);
	assert_int_equal(v.health.since, 9);
	assert_string_equal(v.live.paused_why, "moving");
	sign_in(w, w->other, w->ada_other, 2);
	assert_int_equal(find(w, 2, &v), 1);
	assert_int_equal(v.live.id, 0);
}

static void test_session_times(void **state)
{
	struct world *w = *state;
	struct session_view v;
	struct err e;
	unsigned char hash[32];
	int64_t id = sign_in(w, w->acme, w->ada_acme, 1);

	clock_freeze(NOW + 60);
	assert_ok(store_session_touch(w->db, id, &e));
	assert_int_equal(find(w, 1, &v), 1);
	assert_int_equal(v.s.seen, NOW + 60);
	assert_int_equal(v.s.fresh, NOW);
	fill(hash, 3);
	assert_ok(store_session_renew(w->db, id, hash, &e));
	assert_int_equal(find(w, 1, &v), 0);
	assert_int_equal(find(w, 3, &v), 1);
	assert_int_equal(v.s.fresh, NOW + 60);
	assert_int_equal(v.s.created, NOW);
	assert_err(ERR_MISSING, store_session_renew(w->db, 99, hash, &e));
	assert_ok(store_session_touch(w->db, 99, &e));
	sign_in(w, w->acme, w->ada_acme, 4);
	assert_err(ERR_CONFLICT, store_session_renew(w->db, id, (fill(hash, 4), hash), &e));
}

static void test_session_lists(void **state)
{
	struct world *w = *state;
	struct session *list;
	struct err e;
	int64_t first = sign_in(w, w->acme, w->ada_acme, 1);
	int64_t second;

	clock_freeze(NOW + 10);
	second = sign_in(w, w->other, w->ada_other, 2);
	assert_int_equal(store_session_list(w->db, &w->a, 0, w->ada, &list, &e), 2);
	assert_int_equal(list[0].id, second);
	assert_int_equal(list[1].id, first);
	assert_string_equal(list[1].email, "ada@acme.test");
	assert_int_equal(store_session_list(w->db, &w->a, w->acme, 0, &list, &e), 1);
	assert_int_equal(list[0].id, first);
	assert_int_equal(store_session_list(w->db, &w->a, 99, 0, &list, &e), 0);
	for (int i = 0; i < 220; i++) {
		struct session s = { .user = w->ada };
		unsigned char hash[32] = { 9, (unsigned char)i };
		int64_t id;

		assert_ok(store_session_add(w->db, &s, hash, &id, &e));
	}
	assert_int_equal(store_session_list(w->db, &w->a, 0, w->ada, &list, &e), 200);
}

static void test_session_end(void **state)
{
	struct world *w = *state;
	struct session_view v;
	struct err e;
	int64_t one = sign_in(w, w->acme, w->ada_acme, 1);
	int64_t two = sign_in(w, w->other, w->ada_other, 2);
	int64_t three = sign_in(w, 0, 0, 3);

	assert_int_equal(store_session_end(w->db, one, w->other, 0, &e), 0);
	assert_int_equal(store_session_end(w->db, one, 0, 99, &e), 0);
	assert_int_equal(store_session_end(w->db, three, w->acme, 0, &e), 0);
	assert_int_equal(store_session_end(w->db, one, w->acme, 0, &e), 1);
	assert_int_equal(store_session_end(w->db, one, w->acme, 0, &e), 0);
	assert_int_equal(find(w, 1, &v), 0);
	assert_int_equal(store_session_end(w->db, two, 0, w->ada, &e), 1);
	assert_int_equal(find(w, 3, &v), 1);
}

static void test_session_end_many(void **state)
{
	struct world *w = *state;
	struct err e;
	int64_t keep = sign_in(w, w->acme, w->ada_acme, 1);

	sign_in(w, w->acme, w->ada_acme, 2);
	sign_in(w, w->other, w->ada_other, 3);
	sign_in(w, 0, 0, 4);
	assert_int_equal(store_session_end_account(w->db, w->acme, keep, &e), 1);
	assert_int_equal(store_session_end_user(w->db, w->ada, keep, &e), 2);
	assert_int_equal(store_session_end_user(w->db, w->ada, 0, &e), 1);
	assert_int_equal(store_session_end_user(w->db, w->ada, 0, &e), 0);
	sign_in(w, w->acme, w->ada_acme, 5);
	assert_int_equal(store_session_end_account(w->db, w->acme, 0, &e), 1);
}

static void test_session_sweep(void **state)
{
	struct world *w = *state;
	struct session_view v;
	struct err e;
	int64_t id;

	sign_in(w, 0, 0, 1);
	clock_freeze(NOW + DAY);
	id = sign_in(w, 0, 0, 2);
	clock_freeze(NOW + 2 * DAY);
	sign_in(w, 0, 0, 3);
	assert_int_equal(store_session_sweep(w->db, NOW, NOW, &e), 0);
	assert_int_equal(store_session_sweep(w->db, NOW + 1, 0, &e), 1); /* idle */
	assert_int_equal(find(w, 1, &v), 0);
	assert_ok(store_session_touch(w->db, id, &e));
	assert_int_equal(store_session_sweep(w->db, NOW + DAY + 1, 0, &e), 0);
	assert_int_equal(store_session_sweep(w->db, 0, NOW + DAY + 1, &e), 1); /* absolute */
	assert_int_equal(find(w, 3, &v), 1);
}

/* The sender's words are cut, not refused: they are no reason against signing in. */
static void test_session_agent(void **state)
{
	struct world *w = *state;
	struct session s = { .user = w->ada, .address = "" };
	struct session_view v;
	unsigned char hash[32];
	char agent[2000];
	struct err e;
	int64_t id;

	memset(agent, 'x', sizeof(agent));
	agent[sizeof(agent) - 1] = '\0';
	s.agent = agent;
	fill(hash, 1);
	assert_ok(store_session_add(w->db, &s, hash, &id, &e));
	assert_int_equal(find(w, 1, &v), 1);
	assert_int_equal(strlen(v.s.agent), 300);
	assert_err(ERR_CONFLICT, store_session_add(w->db, &s, hash, &id, &e));
	s.user = 99;
	fill(hash, 2);
	assert_err(ERR_MISSING, store_session_add(w->db, &s, hash, &id, &e));
}

/* Invitations. */

static int64_t invite(struct world *w, int64_t member, enum link_kind kind, int with)
{
	struct invitation v = { .account = w->acme,
		.member = member,
		.kind = kind,
		.by = w->ada_acme,
		.expires = clock_now() + DAY,
		.nonce = "n0" };
	unsigned char hash[32];
	struct err e;
	int64_t id = 0;

	fill(hash, with);
	assert_ok(store_invitation_add(w->db, &v, hash, &id, &e));
	return id;
}

static void test_invitation(void **state)
{
	struct world *w = *state;
	struct invitation v;
	unsigned char hash[32];
	struct err e;
	int64_t id = invite(w, w->bob_acme, LINK_RESET, 1);

	fill(hash, 1);
	assert_int_equal(store_invitation_by_hash(w->db, &w->a, hash, &v, &e), 1);
	assert_int_equal(v.id, id);
	assert_int_equal(v.account, w->acme);
	assert_int_equal(v.member, w->bob_acme);
	assert_int_equal(v.kind, LINK_RESET);
	assert_int_equal(v.by, w->ada_acme);
	assert_string_equal(v.by_name, "Ada Stone"); /* none was given: the member's */
	assert_string_equal(v.email, "bob@acme.test");
	assert_int_equal(v.role, ROLE_MEMBER);
	assert_int_equal(v.created, NOW);
	assert_int_equal(v.expires, NOW + DAY);
	assert_int_equal(v.used, 0);
	assert_string_equal(v.nonce, "n0");
	assert_int_equal(store_invitation_get(w->db, &w->a, w->acme, id, &v, &e), 1);
	assert_int_equal(store_invitation_get(w->db, &w->a, w->other, id, &v, &e), 0);
	fill(hash, 2);
	assert_int_equal(store_invitation_by_hash(w->db, &w->a, hash, &v, &e), 0);
	v = (struct invitation){ .account = w->acme, .member = w->bob_acme, .by_name = "root" };
	assert_ok(store_invitation_add(w->db, &v, hash, &id, &e));
	assert_int_equal(store_invitation_get(w->db, &w->a, w->acme, id, &v, &e), 1);
	assert_string_equal(v.by_name, "root");
	fill(hash, 3);
	v = (struct invitation){ .account = w->other, .member = w->bob_acme };
	assert_err(ERR_MISSING, store_invitation_add(w->db, &v, hash, &id, &e));
}

static void test_invitation_is_used_once(void **state)
{
	struct world *w = *state;
	struct invitation v;
	struct err e;
	int64_t id = invite(w, w->bob_acme, LINK_INVITE, 1);

	assert_int_equal(store_invitation_use(w->db, id, &e), 1);
	assert_int_equal(store_invitation_use(w->db, id, &e), 0);
	assert_int_equal(store_invitation_use(w->db, 99, &e), 0);
	assert_int_equal(store_invitation_get(w->db, &w->a, w->acme, id, &v, &e), 1);
	assert_int_equal(v.used, NOW);
	id = invite(w, w->bob_acme, LINK_INVITE, 2);
	clock_freeze(NOW + DAY);
	assert_int_equal(store_invitation_use(w->db, id, &e), 0); /* too late */
}

static void test_invitation_list(void **state)
{
	struct world *w = *state;
	struct invitation *list;
	struct err e;
	int64_t used = invite(w, w->bob_acme, LINK_INVITE, 1);
	int64_t open = invite(w, w->bob_acme, LINK_RESET, 2);
	int64_t newest = invite(w, w->ada_acme, LINK_RESET, 3);

	assert_int_equal(store_invitation_use(w->db, used, &e), 1);
	assert_int_equal(store_invitation_list(w->db, &w->a, w->acme, &list, &e), 2);
	assert_int_equal(store_invitation_open(w->db, w->acme, &e), 2);
	assert_int_equal(list[0].id, newest);
	assert_int_equal(list[1].id, open);
	assert_int_equal(store_invitation_list(w->db, &w->a, w->other, &list, &e), 0);
	clock_freeze(NOW + DAY);
	assert_int_equal(store_invitation_list(w->db, &w->a, w->acme, &list, &e), 0);
	assert_int_equal(store_invitation_open(w->db, w->acme, &e), 0);
}

static void test_invitation_revoke(void **state)
{
	struct world *w = *state;
	struct err e;
	int64_t first = invite(w, w->bob_acme, LINK_INVITE, 1);
	int64_t reset = invite(w, w->bob_acme, LINK_RESET, 2);
	int64_t ada = invite(w, w->ada_acme, LINK_INVITE, 3);

	invite(w, w->bob_acme, LINK_INVITE, 4);
	assert_int_equal(store_invitation_revoke(w->db, w->other, w->bob_acme, LINK_INVITE, &e), 0);
	assert_int_equal(store_invitation_revoke(w->db, w->acme, w->bob_acme, LINK_INVITE, &e), 2);
	assert_int_equal(store_invitation_revoke(w->db, w->acme, w->bob_acme, LINK_INVITE, &e), 0);
	assert_int_equal(store_invitation_use(w->db, first, &e), 0);
	assert_int_equal(store_invitation_use(w->db, reset, &e), 1);
	assert_int_equal(store_invitation_use(w->db, ada, &e), 1);
}

static void test_invitation_sweep(void **state)
{
	struct world *w = *state;
	struct err e;

	invite(w, w->bob_acme, LINK_INVITE, 1);
	clock_freeze(NOW + DAY);
	invite(w, w->bob_acme, LINK_INVITE, 2);
	assert_int_equal(store_invitation_sweep(w->db, NOW + DAY, &e), 0);
	assert_int_equal(store_invitation_sweep(w->db, NOW + DAY + 1, &e), 1);
	assert_int_equal(number(w->db, "SELECT count(*) FROM invitation"), 1);
}

/* What ends with a member, and with an account; the log stays. */
static void test_endings(void **state)
{
	struct world *w = *state;
	struct audit row = {
		.account = w->acme, .kind = ACTOR_ADMIN, .action = "x", .about = "Ada"
	};
	struct session_view v;
	struct err e;

	assert_ok(store_audit_add(w->db, &row, &e));
	sign_in(w, w->acme, w->ada_acme, 1);
	sign_in(w, w->other, w->ada_other, 2);
	invite(w, w->ada_acme, LINK_RESET, 3);
	invite(w, w->bob_acme, LINK_INVITE, 4);
	assert_ok(store_member_delete(w->db, w->acme, w->ada_acme, &e));
	assert_int_equal(find(w, 1, &v), 0);
	assert_int_equal(find(w, 2, &v), 1);
	assert_int_equal(number(w->db, "SELECT count(*) FROM invitation"), 1);
	assert_ok(db_must(w->db, "DELETE FROM account WHERE id = $1", DB_ARGS(DB_I(w->acme)), &e));
	assert_int_equal(number(w->db, "SELECT count(*) FROM member"), 1);
	assert_int_equal(number(w->db, "SELECT count(*) FROM invitation"), 0);
	assert_int_equal(number(w->db, "SELECT count(*) FROM audit"), 1);
	assert_int_equal(find(w, 2, &v), 1);
	assert_int_equal(number(w->db, "SELECT count(*) FROM users"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(test_account),
		world_test(test_hostile_names),
		world_test(test_user),
		world_test(test_user_changes),
		world_test(test_member),
		world_test(test_member_added),
		world_test(test_member_of_another_account),
		world_test(test_member_join),
		world_test(test_member_pages),
		world_test(test_member_counts),
		world_test(test_session),
		world_test(test_session_without_account),
		world_test(test_session_says_how_the_connection_does),
		world_test(test_session_times),
		world_test(test_session_lists),
		world_test(test_session_end),
		world_test(test_session_end_many),
		world_test(test_session_sweep),
		world_test(test_session_agent),
		world_test(test_invitation),
		world_test(test_invitation_is_used_once),
		world_test(test_invitation_list),
		world_test(test_invitation_revoke),
		world_test(test_invitation_sweep),
		world_test(test_endings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
