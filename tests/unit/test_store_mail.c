/* store_mail: the queue of mails. */
#include "tests/unit/store_unit.h"

#include "store/store_mail.h"

#define ME "engine"

static struct mail notice(const struct world *w)
{
	return (struct mail){ .account = w->acme,
		.member = w->ada_acme,
		.kind = MAIL_STOPPED,
		.params = "a=b",
		.group = "" };
}

static int64_t add(struct world *w, struct mail m)
{
	struct err e;

	assert_ok(store_mail_add(w->db, &m, &e));
	return m.id;
}

static int lease(struct world *w, const char *owner, struct mail **list)
{
	struct err e;
	int n = store_mail_lease(w->db, &w->a, owner, clock_now() + 180, list, &e);

	assert_ok(n);
	return n;
}

static struct mail get(struct world *w, int64_t id)
{
	struct mail m;
	struct err e;

	assert_int_equal(store_mail_get(w->db, &w->a, id, &m, &e), 1);
	return m;
}

static void test_add(void **state)
{
	struct world *w = *state;
	struct mail m = notice(w), back, like;
	struct err e;

	m.dedupe = "once";
	m.group = "g";
	m.expires = NOW + 9;
	assert_int_equal(store_mail_add(w->db, &m, &e), 1);
	back = get(w, m.id);
	assert_string_equal(back.email, "ada@acme.test");
	assert_string_equal(back.name, "Ada Stone");
	assert_string_equal(back.kind, MAIL_STOPPED);
	assert_string_equal(back.params, "a=b");
	assert_string_equal(back.group, "g");
	assert_int_equal(back.member, w->ada_acme);
	assert_int_equal(back.state, MAIL_QUEUED);
	assert_int_equal(back.run_at, NOW);
	assert_int_equal(back.give_up, NOW + MAIL_KEEP_TRYING);
	assert_int_equal(back.expires, NOW + 9);
	like = m;
	assert_int_equal(store_mail_find(w->db, &w->a, &like, &back, &e), 1);
	assert_int_equal(back.id, m.id);
	assert_int_equal(store_mail_add(w->db, &m, &e), 0); /* the same notice */
	m.dedupe = "another";
	assert_int_equal(store_mail_add(w->db, &m, &e), 1);
	m.dedupe = NULL;
	assert_int_equal(store_mail_add(w->db, &m, &e), 1);
	assert_int_equal(store_mail_add(w->db, &m, &e), 1);
	m.account = w->other; /* of another account: there is no such member */
	assert_err(ERR_MISSING, store_mail_add(w->db, &m, &e));
	m = (struct mail){ .kind = MAIL_TEST, .email = "x@y.test", .name = "" };
	assert_int_equal(store_mail_add(w->db, &m, &e), 1);
	back = get(w, m.id);
	assert_int_equal(back.account, 0);
	assert_int_equal(back.member, 0);
	assert_null(back.dedupe);
}

static void test_admins(void **state)
{
	struct world *w = *state;
	struct mail m = notice(w), *list;
	struct err e;

	m.member = 0;
	m.dedupe = "d";
	add_member(w->db, w->acme, 0, "invited@acme.test", ROLE_ADMIN); /* has never signed in */
	assert_int_equal(store_mail_admins(w->db, &m, &e), 1);
	assert_int_equal(store_mail_admins(w->db, &m, &e), 0);
	run(w->db, "UPDATE member SET off_at = 1");
	m.dedupe = "e";
	assert_int_equal(store_mail_admins(w->db, &m, &e), 0);
	run(w->db, "UPDATE member SET off_at = 0");
	m.account = w->other; /* Ada is no admin there */
	assert_int_equal(store_mail_admins(w->db, &m, &e), 0);
	assert_int_equal(lease(w, ME, &list), 1);
	assert_string_equal(list[0].email, "ada@acme.test");
}

static void test_lease(void **state)
{
	struct world *w = *state;
	struct mail m = notice(w), *list, *other;
	struct err e;
	int64_t at, first, later;

	assert_ok(store_mail_next_due(w->db, &at, &e));
	assert_int_equal(at, 0);
	m.run_at = NOW + 60;
	later = add(w, m);
	m.run_at = 0;
	first = add(w, m);
	assert_ok(store_mail_next_due(w->db, &at, &e));
	assert_int_equal(at, NOW);
	assert_int_equal(lease(w, ME, &list), 1);
	assert_int_equal(list[0].id, first);
	assert_int_equal(list[0].attempts, 1);
	assert_int_equal(lease(w, "other", &other), 0); /* not twice */
	/* Whoever has no lease ends none. */
	list[0].state = MAIL_SENT;
	assert_int_equal(store_mail_end(w->db, &list[0], "other", &e), 0);
	assert_int_equal(store_mail_again(w->db, &list[0], "other", 1, &e), 0);
	/* It ended by itself: the next one has it, and the first lost it. */
	clock_freeze(NOW + 180);
	assert_int_equal(lease(w, "other", &other), 1);
	assert_int_equal(other[0].id, later);
	assert_int_equal(lease(w, "other", &other), 1);
	assert_int_equal(other[0].id, first);
	assert_int_equal(other[0].attempts, 2);
	assert_int_equal(store_mail_end(w->db, &list[0], ME, &e), 0);
	other[0].state = MAIL_SENT;
	other[0].problem = "";
	assert_int_equal(store_mail_end(w->db, &other[0], "other", &e), 1);
	assert_int_equal(store_mail_end(w->db, &other[0], "other", &e), 0);
	assert_int_equal(get(w, first).state, MAIL_SENT);
	assert_int_equal(get(w, first).ended, NOW + 180);
	/* After a start its own leases are nobody's. */
	assert_ok(store_mail_release(w->db, "other", &e));
	assert_int_equal(lease(w, ME, &list), 1);
	assert_int_equal(list[0].id, later);
	assert_err(ERR_INTERNAL, store_mail_end(w->db, &list[0], ME, &e));
}

static void test_again(void **state)
{
	struct world *w = *state;
	int64_t id = add(w, notice(w));
	struct mail *list;
	struct err e;

	assert_int_equal(lease(w, ME, &list), 1);
	list[0].run_at = NOW + 60;
	list[0].problem = "Away.";
	assert_int_equal(store_mail_again(w->db, &list[0], ME, 1, &e), 1);
	assert_int_equal(get(w, id).attempts, 1);
	assert_int_equal(get(w, id).run_at, NOW + 60);
	assert_string_equal(get(w, id).problem, "Away.");
	clock_freeze(NOW + 60);
	assert_int_equal(lease(w, ME, &list), 1);
	assert_int_equal(store_mail_again(w->db, &list[0], ME, 0, &e), 1);
	assert_int_equal(get(w, id).attempts, 1);
}

/* Those of one person, kind and group go together; what another engine has does not. */
static void test_group(void **state)
{
	struct world *w = *state;
	struct mail m = notice(w), *list, *mine;
	int64_t ids[4];
	struct err e;

	m.group = "g";
	for (int i = 0; i < 3; i++)
		ids[i] = add(w, m);
	m.run_at = NOW + 9; /* it waits, and may come along */
	ids[3] = add(w, m);
	m.run_at = 0;
	m.kind = MAIL_WELL;
	add(w, m);
	m.kind = MAIL_STOPPED;
	m.group = "h";
	add(w, m);
	m.group = "g";
	m.member = w->bob_acme;
	add(w, m);
	assert_ok(db_run(w->db,
		"UPDATE mail SET lease_owner = 'x', run_at = run_at + 99 WHERE id = $1",
		DB_ARGS(DB_I(ids[1])), NULL, &e));
	assert_int_equal(lease(w, ME, &list), 3);
	assert_int_equal(list[0].id, ids[0]);
	assert_int_equal(list[1].id, ids[2]);
	assert_int_equal(list[2].id, ids[3]);
	for (int i = 0; i < 3; i++)
		assert_int_equal(lease(w, ME, &mine), 1);
	assert_int_equal(lease(w, ME, &mine), 0);
}

/* A token stays as long as it may be needed, and no longer. */
static void test_token(void **state)
{
	static const struct {
		enum mail_state state;
		int64_t kept;
	} rows[] = { { MAIL_SENT, 0 }, { MAIL_FAILED, 1 }, { MAIL_DROPPED, 0 } };
	struct world *w = *state;
	struct mail m = notice(w), *list;
	struct seal_home a, b;
	struct err e;
	int64_t n;

	m.expires = NOW + 100;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t id = add(w, m);

		assert_ok(store_mail_seal(w->db, id, "k1", "box", 3, &e));
		assert_int_equal(lease(w, ME, &list), 1);
		assert_memory_equal(list[0].sealed, "box", 3);
		list[0].state = rows[i].state;
		assert_int_equal(store_mail_end(w->db, &list[0], ME, &e), 1);
		assert_ok(store_mail_sealed(w->db, "k1", &n, &e));
		assert_int_equal(n, rows[i].kept);
		assert_ok(db_run(w->db, "DELETE FROM mail", DB_NONE, NULL, &e));
	}
	m.id = add(w, m);
	assert_ok(store_mail_seal(w->db, m.id, "k1", "box", 3, &e));
	assert_int_equal(
		store_mail_foreign(w->db, &w->a, "k1", (struct page_of){ 0, 9 }, &list, &e), 0);
	assert_int_equal(
		store_mail_foreign(w->db, &w->a, "k2", (struct page_of){ 0, 9 }, &list, &e), 1);
	assert_int_equal(store_mail_reseal(w->db, &list[0], "k2", "new", 3, &e), 1);
	assert_int_equal(store_mail_reseal(w->db, &list[0], "k3", "old", 3, &e), 0);
	assert_string_equal(get(w, m.id).key_id, "k2");
	assert_int_equal(store_mail_drop(w->db, w->acme, w->ada_acme, MAIL_RESET, &e), 0);
	assert_int_equal(store_mail_drop(w->db, w->acme, w->ada_acme, MAIL_STOPPED, &e), 1);
	assert_int_equal(get(w, m.id).state, MAIL_DROPPED);
	assert_int_equal(get(w, m.id).sealed_len, 0);
	m = get(w, m.id);
	store_mail_home(&m, &a);
	m.email = "eve@acme.test";
	store_mail_home(&m, &b);
	assert_memory_not_equal(a.policy, b.policy, sizeof(a.policy));
}

static void test_retry_and_sweep(void **state)
{
	struct world *w = *state;
	struct mail m = notice(w), *list;
	int64_t plain = add(w, m), linked;
	struct err e;

	m.expires = NOW + 50;
	linked = add(w, m);
	assert_ok(store_mail_seal(w->db, linked, "k1", "box", 3, &e));
	for (int i = 0; i < 2; i++) {
		assert_int_equal(lease(w, ME, &list), 1);
		list[0].state = MAIL_FAILED;
		list[0].problem = "No.";
		assert_int_equal(store_mail_end(w->db, &list[0], ME, &e), 1);
	}
	assert_int_equal(store_mail_count(w->db, MAIL_FAILED, NOW, &e), 2);
	assert_int_equal(store_mail_count(w->db, MAIL_FAILED, NOW + 1, &e), 0);
	assert_int_equal(
		store_mail_list(w->db, &w->a, MAIL_FAILED, (struct page_of){ 0, 9 }, &list, &e), 2);
	assert_int_equal(
		store_mail_list(w->db, &w->a, -1, (struct page_of){ linked, 9 }, &list, &e), 1);
	clock_freeze(NOW + 49);
	assert_int_equal(store_mail_retry(w->db, linked, &e), 1);
	assert_int_equal(get(w, linked).state, MAIL_QUEUED);
	assert_int_equal(get(w, linked).give_up, NOW + 49 + MAIL_KEEP_TRYING);
	assert_int_equal(store_mail_retry(w->db, linked, &e), 0);
	assert_int_equal(lease(w, ME, &list), 1);
	list[0].state = MAIL_FAILED;
	assert_int_equal(store_mail_end(w->db, &list[0], ME, &e), 1);
	clock_freeze(NOW + 50); /* its link has ended */
	assert_int_equal(store_mail_sweep(w->db, NOW, &e), 0);
	assert_int_equal(get(w, linked).sealed_len, 0);
	assert_int_equal(store_mail_retry(w->db, 0, &e), 1);
	assert_int_equal(get(w, plain).state, MAIL_QUEUED);
	assert_int_equal(store_mail_sweep(w->db, NOW + 50, &e), 1);
	assert_ok(store_member_delete(w->db, w->acme, w->ada_acme, &e));
	assert_int_equal(number(w->db, "SELECT count(*) FROM mail"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(test_add),
		world_test(test_admins),
		world_test(test_lease),
		world_test(test_again),
		world_test(test_group),
		world_test(test_token),
		world_test(test_retry_and_sweep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
