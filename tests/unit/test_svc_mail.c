/* svc_mail.c, and the mails of svc_account.c's links. */
#include "tests/unit/keys_unit.h"
#include "tests/unit/svc_fault.h"

#include "platform/url.h"
#include "service/svc_mail.h"
#include "store/store_mail.h"

/* Mail can be sent. */
static int setup(void **state)
{
	struct world *w;

	world_setup(state, 0);
	w = *state;
	w->cf.public_keys = keys;
	w->cf.smtp_url = "smtp://mail.example.com";
	return 0;
}

static int mails(struct world *w, struct mail **list)
{
	struct err e;
	int n = store_mail_list(w->db, &w->a, -1, (struct page_of){ 0, 100 }, list, &e);

	assert_ok(n);
	return n;
}

static void add_connection(struct world *w)
{
	struct connection c = {
		.account = w->account, .name = "Main", .host = "h", .stage = CONN_LIVE
	};
	struct err e;

	assert_ok(store_connection_save(w->db, &c, &e));
}

static void test_ready(void **state)
{
	struct world *w = *state;
	struct err e;

	assert_int_equal(svc_mail_ready(&w->s, &e), 1);
	w->cf.smtp_url = "";
	assert_int_equal(svc_mail_ready(&w->s, &e), 0);
	add_connection(w);
	assert_int_equal(svc_mail_ready(&w->s, &e), 1);
	world_as(w, &w->blake); /* of another account */
	assert_int_equal(svc_mail_ready(&w->s, &e), 0);
	world_as_ops(w, 0);
	assert_int_equal(svc_mail_ready(&w->s, &e), 0);
}

/* The token is in the box, for this row and address, and nowhere else in the row. */
static void test_invitation(void **state)
{
	struct world *w = *state;
	struct mail *list, found;
	struct invitation v;
	struct secret *token;
	struct link l;
	struct err e;

	assert_ok(svc_account_invite(&w->s, "Zoe@example.com", "Zoe", ROLE_ADMIN, NULL, &l, &e));
	assert_int_equal(l.mailed, 1);
	assert_int_equal(mails(w, &list), 1);
	assert_string_equal(list[0].kind, MAIL_INVITATION);
	assert_string_equal(list[0].email, "zoe@example.com");
	assert_int_equal(list[0].account, w->account);
	assert_int_equal(list[0].expires, l.expires);
	assert_string_equal(url_get(&w->a, list[0].params, "by"), "avery@example.com");
	assert_string_equal(url_get(&w->a, list[0].params, "role"), "account admin");
	assert_null(strstr(list[0].params, l.token));
	token = keyring_open_mail(ring, &list[0], &e);
	assert_non_null(token);
	assert_string_equal(secret_bytes(token), l.token);
	secret_free(token);
	list[0].email = "eve@example.com";
	assert_null(keyring_open_mail(ring, &list[0], &e));
	assert_int_equal(e.code, ERR_KEY);
	assert_int_equal(store_invitation_get(w->db, &w->a, w->account, l.id, &v, &e), 1);
	assert_int_equal(svc_mail_of_link(&w->s, &v, &found, &e), 1);
	assert_int_equal(found.id, list[0].id);
}

static void test_replaced(void **state)
{
	struct world *w = *state;
	struct mail *list;
	struct link l, next;
	struct err e;

	assert_ok(svc_account_invite(&w->s, "zoe@example.com", "", ROLE_MEMBER, NULL, &l, &e));
	assert_ok(svc_account_reinvite(&w->s, l.id, NULL, &next, &e));
	assert_int_equal(mails(w, &list), 2);
	assert_int_equal(list[1].state, MAIL_DROPPED);
	assert_int_equal(list[1].sealed_len, 0);
	assert_int_equal(list[0].state, MAIL_QUEUED);
	assert_ok(svc_account_revoke(&w->s, next.id, &e));
	assert_int_equal(mails(w, &list), 2);
	assert_int_equal(list[0].state, MAIL_DROPPED);
	assert_int_equal(list[0].sealed_len, 0);
}

static void test_reset(void **state)
{
	struct world *w = *state;
	struct mail *list;
	struct link l;
	struct err e;

	world_as_ops(w, w->account);
	assert_ok(svc_account_reset(&w->s, w->avery.id, NULL, &l, &e));
	assert_int_equal(mails(w, &list), 1);
	assert_string_equal(list[0].kind, MAIL_RESET);
	assert_string_equal(url_get(&w->a, list[0].params, "by"), "Ops");
	/* Who knows the password now has no link left, and gets none by mail. */
	assert_ok(svc_account_end_resets(&w->s, w->avery.user, &e));
	assert_int_equal(mails(w, &list), 1);
	assert_int_equal(list[0].state, MAIL_DROPPED);
}

/* Nothing is promised that cannot be kept; and what cannot be sealed is not half done. */
static void test_not_sent(void **state)
{
	struct world *w = *state;
	struct mail *list;
	struct link l;
	struct err e;

	w->cf.smtp_url = "";
	assert_ok(svc_account_invite(&w->s, "zoe@example.com", "", ROLE_MEMBER, NULL, &l, &e));
	assert_int_equal(l.mailed, 0);
	assert_int_equal(mails(w, &list), 0);
	w->cf.smtp_url = "smtp://mail.example.com";
	w->cf.public_keys = "/nowhere/keys";
	assert_int_equal(
		svc_account_invite(&w->s, "eve@example.com", "", ROLE_MEMBER, NULL, &l, &e), -1);
	assert_int_equal(mails(w, &list), 0);
	assert_int_equal(store_invitation_open(w->db, w->account, &e), 1);
}

static void test_orders(void **state)
{
	struct world *w = *state;
	const struct mail_order o = {
		.kind = MAIL_STOPPED, .params = "a=b", .dedupe = "stop:1", .group = "connection:1"
	};
	struct mail_order one = o;
	struct mail *list;
	struct err e;

	world_person(w, w->account, "second@example.com", ROLE_ADMIN);
	world_person(w, w->account, "member@example.com", ROLE_MEMBER);
	assert_ok(svc_mail_admins(&w->s, &o, &e));
	assert_ok(svc_mail_admins(&w->s, &o, &e));
	assert_int_equal(mails(w, &list), 2);
	assert_string_equal(list[0].group, "connection:1");
	one.member = w->avery.id;
	assert_ok(svc_mail_add(&w->s, &one, &e)); /* she has that one */
	assert_int_equal(mails(w, &list), 2);
	one.dedupe = NULL;
	assert_ok(svc_mail_add(&w->s, &one, &e));
	assert_int_equal(mails(w, &list), 3);
	one.member = w->blake.id;
	assert_int_equal(svc_mail_add(&w->s, &one, &e), -1);
	assert_int_equal(e.code, ERR_MISSING);
}

static void test_ops(void **state)
{
	struct world *w = *state;
	struct mail *list;
	int64_t id, n;
	struct err e;

	world_as_ops(w, 0);
	assert_int_equal(svc_mail_test(&w->s, "zoe@", &id, &e), -1);
	assert_int_equal(e.code, ERR_FORM);
	assert_ok(svc_mail_test(&w->s, "zoe@example.com", &id, &e));
	assert_int_equal(mails(w, &list), 1);
	assert_int_equal(list[0].id, id);
	assert_int_equal(list[0].member, 0);
	assert_int_equal(svc_mail_retry(&w->s, id, &n, &e), -1);
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_ok(svc_mail_retry(&w->s, 0, &n, &e));
	assert_int_equal(n, 0);
	w->cf.smtp_url = "";
	assert_int_equal(svc_mail_test(&w->s, "zoe@example.com", &id, &e), -1);
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_int_equal(mails(w, &list), 1);
}

static void with_mail(struct world *w)
{
	w->cf.public_keys = keys;
	w->cf.smtp_url = "smtp://mail.example.com";
}

static int call_invite(struct world *w, struct err *e)
{
	struct link l;

	return svc_account_invite(&w->s, "zoe@example.com", "", ROLE_MEMBER, NULL, &l, e);
}

static int call_test(struct world *w, struct err *e)
{
	int64_t id;

	return svc_mail_test(&w->s, "zoe@example.com", &id, e);
}

static void with_failed(struct world *w)
{
	struct err e;

	with_mail(w);
	assert_ok(call_test(w, &e));
	assert_ok(db_run(w->db, "UPDATE mail SET state = 2, ended = 1", DB_NONE, NULL, &e));
}

static int call_retry(struct world *w, struct err *e)
{
	int64_t n;

	return svc_mail_retry(&w->s, 0, &n, e);
}

static void test_all_or_nothing(void **state)
{
	static const struct change changes[] = { { "invite", with_mail, call_invite },
		{ "test", with_mail, call_test }, { "retry", with_failed, call_retry } };

	(void)state;
	assert_all_or_nothing(changes, COUNT(changes));
}

#define mail_test(fn) cmocka_unit_test_setup_teardown(fn, setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		mail_test(test_ready),
		mail_test(test_invitation),
		mail_test(test_replaced),
		mail_test(test_reset),
		mail_test(test_not_sent),
		mail_test(test_orders),
		mail_test(test_ops),
		cmocka_unit_test(test_all_or_nothing),
	};

	return cmocka_run_group_tests(tests, keys_setup, keys_teardown);
}
