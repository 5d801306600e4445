/* Members' own sign-ins, as members enter, replace and remove them. */
#include "tests/unit/connection_unit.h"

#include "platform/url.h"
#include "service/svc_own.h"
#include "store/store_roster.h"

#define OTHER "eight loud harbours"

/* --- a member of an account whose members sign in by themselves --- */

static struct member robin, wren;

static struct connection connect_with(struct world *w, const char *method, const char *signin)
{
	struct connection c = sample();
	struct err e;

	c.method = method;
	c.signin = signin;
	c.authority = c.tenant = c.client_id = "";
	assert_ok(add_with(w, &c, pw(w, PASSWORD), NULL, &e));
	return stored(w, c.id);
}

static void people(struct world *w)
{
	struct member m;
	struct err e;

	robin = world_person(w, w->account, "robin@example.com", ROLE_MEMBER);
	wren = world_person(w, w->account, "wren@example.com", ROLE_MEMBER);
	assert_int_equal(store_member_get(w->db, &w->a, w->account, wren.id, &m, &e), 1);
	m.calendar = "ash@example.com";
	assert_ok(store_member_edit(w->db, &m, &e));
}

/* robin acts; the account's connection is there. */
static struct connection ready(struct world *w)
{
	const struct connection c = connect_with(w, "personal", "basic");

	people(w);
	world_as(w, &robin);
	return c;
}

static struct svc_own own(struct world *w)
{
	struct svc_own o;
	struct err e;

	assert_ok(svc_own_get(&w->s, &o, &e));
	return o;
}

static int64_t enter(struct world *w, const char *login, const char *text)
{
	struct err e;

	assert_ok(svc_own_enter(&w->s, login, pw(w, text), &job, &e));
	return job;
}

/* What the engine does when it has proved it. */
static void prove(struct world *w)
{
	world_run(w,
		"DELETE FROM credential WHERE purpose = 'current' AND connection_id IN "
		"(SELECT connection_id FROM credential WHERE purpose = 'next')");
	world_run(w, "UPDATE credential SET purpose = 'current' WHERE purpose = 'next'");
	world_run(w, "UPDATE job SET state = 2");
}

static int64_t rows_owned(struct world *w, const struct member *m)
{
	return world_number(w,
		arena_printf(&w->a, "SELECT count(*) FROM connection WHERE owner = %lld",
			(long long)m->id));
}

/* --- tests --- */

/* There is nothing to enter where members do not sign in by themselves. */
static void test_unfit(void **state)
{
	struct world *w = *state;
	struct svc_own o;
	int64_t id;
	struct err e;

	people(w);
	world_as(w, &robin);
	for (int connected = 0; connected < 2; connected++) {
		assert_fails(svc_own_get(&w->s, &o, &e), ERR_CONFLICT);
		assert_non_null(strstr(e.say, "does not ask for your own sign-in"));
		assert_fails(svc_own_enter(&w->s, "", pw(w, PASSWORD), &job, &e), ERR_CONFLICT);
		assert_fails(svc_own_begin(&w->s, &id, &e), ERR_CONFLICT);
		assert_fails(svc_own_remove(&w->s, &e), ERR_MISSING);
		world_as(w, &w->avery);
		if (!connected)
			connect_with(w, "delegate", "basic");
		world_as(w, &robin);
	}
	assert_int_equal(rows_owned(w, &robin), 0);
}

/* It is sealed for a row of the member's own, with the account's way, and waits to be proved. */
static void test_enter(void **state)
{
	struct world *w = *state;
	const struct connection live = ready(w);
	struct credential next;
	struct svc_own o = own(w);
	struct connection *list;
	struct job j;
	struct err e;

	assert_int_equal(o.c.id, 0);
	assert_int_equal(o.live.id, live.id);
	enter(w, "EXAMPLE\\robin", PASSWORD);
	o = own(w);
	assert_int_equal(o.c.owner, robin.id);
	assert_int_equal(o.c.stage, CONN_SPARE);
	assert_string_equal(o.c.mailbox, "robin@example.com");
	assert_string_equal(o.c.login, "EXAMPLE\\robin");
	assert_true(store_connection_same_way(&o.c, &live));
	assert_int_equal(o.current.id, 0);
	assert_int_equal(o.elsewhere, 0);
	assert_int_equal(o.job.id, job);
	next = credential(w, o.c.id, PURPOSE_NEXT);
	assert_int_equal(o.next.id, next.id);
	assert_opens(w, &next, &o.c, PASSWORD);
	assert_int_equal(store_job_get(w->db, &w->a, w->account, job, &j, &e), 1);
	assert_string_equal(j.kind, OWN_KIND);
	assert_int_equal(j.by, robin.id);
	assert_string_equal(url_get(&w->a, j.params, "slot"), "next");
	assert_string_equal(last_row(w, w->account).action, "own.set");
	assert_null(strstr(last_row(w, w->account).detail, PASSWORD));
	/* The account's own is as it was, and in the list of connections there is nothing new. */
	next = credential(w, live.id, PURPOSE_CURRENT);
	assert_opens(w, &next, &live, PASSWORD);
	assert_int_equal(store_connection_list(w->db, &w->a, w->account, &list, &e), 1);
	assert_fails(svc_own_enter(&w->s, "", pw(w, ""), &job, &e), ERR_FORM);
	assert_fails(svc_own_enter(&w->s, "", NULL, &job, &e), ERR_FORM);
	assert_whole(w);
}

/* Of a member whose mailbox has another address, that one; and nobody sees another's. */
static void test_two(void **state)
{
	struct world *w = *state;
	int64_t first;

	ready(w);
	first = enter(w, "", PASSWORD);
	world_as(w, &wren);
	assert_int_equal(own(w).c.id, 0);
	assert_int_equal(own(w).job.id, 0);
	enter(w, "", OTHER);
	assert_string_equal(own(w).c.mailbox, "ash@example.com");
	assert_int_equal(own(w).job.id, job);
	world_as(w, &robin);
	assert_int_equal(own(w).job.id, first);
	assert_int_equal(rows_owned(w, &robin), 1);
	assert_int_equal(rows_owned(w, &wren), 1);
}

/* The same login goes into the row in use; another one begins a row, and what works goes on. */
static void test_again(void **state)
{
	struct world *w = *state;
	struct svc_own o;
	int64_t used;

	ready(w);
	enter(w, "robin", PASSWORD);
	prove(w);
	used = own(w).c.id;
	enter(w, "robin", OTHER);
	o = own(w);
	assert_int_equal(o.c.id, used);
	assert_opens(w, &o.next, &o.c, OTHER);
	assert_int_equal(rows_owned(w, &robin), 1);
	for (int i = 0; i < 3; i++)
		enter(w, i % 2 ? "b" : "a", OTHER);
	o = own(w);
	assert_int_equal(o.c.id, used);
	assert_true(o.current.id > 0);
	assert_int_equal(rows_owned(w, &robin), 2);
	assert_int_not_equal(o.next.connection, used);
	assert_string_equal(stored(w, o.next.connection).login, "a");
	assert_whole(w);
}

/* The account's connection leads to another server: the old row is not used for it. */
static void test_elsewhere(void **state)
{
	struct world *w = *state;
	struct svc_own o;
	int64_t used;

	ready(w);
	enter(w, "robin", PASSWORD);
	prove(w);
	used = own(w).c.id;
	world_run(w, "UPDATE connection SET host = 'new.example.com' WHERE stage = 2");
	assert_int_equal(own(w).elsewhere, 1);
	enter(w, "robin", PASSWORD);
	o = own(w);
	assert_int_equal(o.c.id, used);
	assert_int_not_equal(o.next.connection, used);
	assert_string_equal(stored(w, o.next.connection).host, "new.example.com");
}

/* With Microsoft a row is all that is begun here. */
static void test_microsoft(void **state)
{
	struct world *w = *state;
	int64_t id, again;
	struct err e;

	connect_with(w, "personal", "user");
	people(w);
	world_as(w, &robin);
	assert_fails(svc_own_enter(&w->s, "", pw(w, PASSWORD), &job, &e), ERR_CONFLICT);
	assert_non_null(strstr(e.say, "sign in with Microsoft"));
	assert_int_equal(rows_owned(w, &robin), 0);
	assert_ok(svc_own_begin(&w->s, &id, &e));
	assert_int_equal(stored(w, id).owner, robin.id);
	assert_ok(svc_own_begin(&w->s, &again, &e));
	assert_int_equal(again, id);
	assert_int_equal(world_number(w, "SELECT count(*) FROM job WHERE kind = 'own'"), 0);
}

static void test_paused(void **state)
{
	struct world *w = *state;
	int64_t id;
	struct err e;

	ready(w);
	world_run(w, "UPDATE connection SET paused_at = 5 WHERE stage = 2");
	assert_fails(svc_own_enter(&w->s, "", pw(w, PASSWORD), &job, &e), ERR_CONFLICT);
	assert_fails(svc_own_begin(&w->s, &id, &e), ERR_CONFLICT);
	assert_int_equal(rows_owned(w, &robin), 0);
}

/* So many proofs of an account wait at most; who comes too late changes nothing. */
static void test_crowd(void **state)
{
	struct world *w = *state;
	struct err e;

	ready(w);
	for (int i = 0; i < OWN_OPEN_MAX; i++)
		enter(w, "", PASSWORD);
	world_as(w, &wren);
	assert_fails(svc_own_enter(&w->s, "", pw(w, OTHER), &job, &e), ERR_CONFLICT);
	assert_int_equal(rows_owned(w, &wren), 0);
	assert_whole(w);
}

/* All of it goes, also when the method is another by now; the member is looked at soon. */
static void test_remove(void **state)
{
	struct world *w = *state;
	struct member_event *list;
	struct err e;

	ready(w);
	enter(w, "robin", PASSWORD);
	prove(w);
	enter(w, "other", OTHER);
	world_as(w, &wren);
	enter(w, "", OTHER);
	world_run(w, "UPDATE connection SET method = 'delegate' WHERE stage = 2");
	world_run(w, "UPDATE member SET next_at = 2000000000");
	world_as(w, &robin);
	assert_ok(svc_own_remove(&w->s, &e));
	assert_int_equal(rows_owned(w, &robin), 0);
	assert_int_equal(rows_owned(w, &wren), 1);
	assert_int_equal(world_number(w, "SELECT count(*) FROM credential"), 2);
	assert_int_equal(
		world_number(w, "SELECT count(*) FROM member WHERE next_at < 2000000000"), 1);
	assert_int_equal(store_event_list(w->db, &w->a, w->account, robin.id,
				 (struct page_of){ .limit = 1 }, &list, &e),
		1);
	assert_int_equal(list[0].what, MEMBER_UNSIGNED);
	assert_string_equal(list[0].by, robin.name);
	assert_string_equal(last_row(w, w->account).action, "own.removed");
	assert_fails(svc_own_remove(&w->s, &e), ERR_MISSING);
	assert_whole(w);
}

/* --- a database that fails --- */

static void before_enter(struct world *w)
{
	w->cf.public_keys = keys;
	ready(w);
}

static void before_more(struct world *w)
{
	before_enter(w);
	enter(w, "robin", PASSWORD);
	prove(w);
}

static int change_enter(struct world *w, struct err *e)
{
	return svc_own_enter(&w->s, "another", pw(w, OTHER), &job, e);
}

static int change_begin(struct world *w, struct err *e)
{
	int64_t id;

	return svc_own_begin(&w->s, &id, e);
}

static int change_remove(struct world *w, struct err *e)
{
	return svc_own_remove(&w->s, e);
}

static void test_all_or_nothing(void **state)
{
	static const struct change changes[] = {
		{ "enter", before_enter, change_enter },
		{ "enter beside", before_more, change_enter },
		{ "begin", before_enter, change_begin },
		{ "remove", before_more, change_remove },
	};

	(void)state;
	assert_all_or_nothing(changes, COUNT(changes));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_unfit),
		TEST(test_enter),
		TEST(test_two),
		TEST(test_again),
		TEST(test_elsewhere),
		TEST(test_microsoft),
		TEST(test_paused),
		TEST(test_crowd),
		TEST(test_remove),
		cmocka_unit_test(test_all_or_nothing),
	};

	return cmocka_run_group_tests(tests, keys_setup, keys_teardown);
}
