/* Asking the directory, members out of its answer, and rooms: every rule of svc_directory.c and
 * svc_room.c.
 */
#include "tests/unit/svc_fault.h"

#include "service/svc_directory.h"

/* A connection in use. */
static void connect_it(struct world *w)
{
	struct connection c = { .account = w->account,
		.name = "c",
		.scheme = "https",
		.host = "mail.example.com",
		.port = 443,
		.method = "delegate",
		.stage = CONN_LIVE };
	struct err e;

	assert_ok(store_connection_save(w->db, &c, &e));
}

static int64_t ask(struct world *w, enum directory_what what, const char *text)
{
	struct err e;
	int64_t id;

	assert_ok(svc_directory_ask(&w->s, what, text, &id, &e));
	return id;
}

static void find(struct world *w, int64_t job, int64_t n, const char *email, const char *type)
{
	const struct found_one f = {
		.job = job, .n = n, .email = email, .name = "Name", .type = type
	};
	struct err e;

	assert_ok(store_found_add(w->db, &f, &e));
}

static int64_t members(struct world *w, int kind)
{
	return world_number(w,
		kind ? "SELECT count(*) FROM member WHERE kind = 1"
		     : "SELECT count(*) FROM member WHERE kind = 0");
}

static void test_ask(void **state)
{
	struct world *w = *state;
	enum directory_what what;
	const char *text;
	struct job j;
	struct err e;
	int64_t id, same;

	assert_fails(svc_directory_ask(&w->s, DIRECTORY_SEARCH, "Rob", &id, &e), ERR_CONFLICT);
	assert_non_null(strstr(e.say, "no connection yet"));
	connect_it(w);
	id = ask(w, DIRECTORY_SEARCH, "Rob & co");
	same = ask(w, DIRECTORY_SEARCH, "Rob & co");
	assert_int_equal(id, same);
	assert_int_equal(rows_of(w, w->account, AUDIT_DIRECTORY_ASKED), 1);
	assert_string_equal(last_row(w, w->account).about, "Rob & co");
	assert_int_equal(store_job_get(w->db, &w->a, w->account, id, &j, &e), 1);
	svc_directory_params(&w->a, j.params, &what, &text);
	assert_int_equal(what, DIRECTORY_SEARCH);
	assert_string_equal(text, "Rob & co");
	assert_fails(svc_directory_ask(&w->s, DIRECTORY_LISTED, "no address", &id, &e), ERR_FORM);
	id = ask(w, DIRECTORY_LISTED, "Team@Example.com");
	assert_int_equal(store_job_get(w->db, &w->a, w->account, id, &j, &e), 1);
	assert_string_equal(j.params, "what=list&text=team%40example.com");
	svc_directory_params(&w->a, "what=all", &what, &text);
	assert_int_equal(what, DIRECTORY__MAX);
	/* As the house asks for it: the same is not asked for twice. */
	id = ask(w, DIRECTORY_ROOMS, "");
	assert_int_equal(store_job_get(w->db, &w->a, w->account, id, &j, &e), 1);
	assert_string_equal(j.params, "what=rooms&text=");
}

static void test_open_max(void **state)
{
	struct world *w = *state;
	struct err e;
	int64_t id;

	connect_it(w);
	for (int i = 0; i < DIRECTORY_OPEN_MAX; i++)
		ask(w, DIRECTORY_SEARCH, arena_printf(&w->a, "n%d", i));
	assert_fails(svc_directory_ask(&w->s, DIRECTORY_SEARCH, "more", &id, &e), ERR_CONFLICT);
	id = ask(w, DIRECTORY_SEARCH, "n0");
	assert_ok(svc_directory_stop(&w->s, id, &e));
	assert_fails(svc_directory_stop(&w->s, id, &e), ERR_CONFLICT);
	assert_fails(svc_directory_stop(&w->s, 999, &e), ERR_MISSING);
	ask(w, DIRECTORY_SEARCH, "more");
}

/* Only mailboxes, and nobody twice; of another account's answer nothing. */
static void test_add(void **state)
{
	const int64_t picks[] = { 1, 2, 3, 4, 5, 99 };
	struct world *w = *state;
	struct member m;
	struct err e;
	int64_t id, job;

	connect_it(w);
	id = ask(w, DIRECTORY_SEARCH, "Rob");
	find(w, id, 1, "rob@example.com", "Mailbox");
	find(w, id, 2, "list@example.com", "PublicDL");
	find(w, id, 3, "avery@example.com", "Mailbox");
	find(w, id, 4, "robin@example.com", "Mailbox");
	find(w, id, 5, "contact@example.com", "Contact");
	find(w, id, 6, "left@example.com", "Mailbox");
	assert_int_equal(svc_directory_add(&w->s, id, picks, COUNT(picks), &e), 2);
	assert_int_equal(members(w, 0), 4);
	assert_int_equal(rows_of(w, w->account, AUDIT_DIRECTORY_ADDED), 2);
	assert_int_equal(
		store_member_by_email(w->db, &w->a, w->account, "robin@example.com", &m, &e), 1);
	assert_int_equal(m.role, ROLE_MEMBER);
	assert_int_equal(m.user, 0);
	assert_int_equal(world_number(w,
				 "SELECT count(*) FROM member WHERE next_at = 1795000000 "
				 "AND email LIKE 'rob%'"),
		2);
	assert_int_equal(
		world_number(w,
			"SELECT count(*) FROM member_event WHERE what = 0 AND "
			"detail = 'From the directory.' AND by_name = 'avery@example.com'"),
		2);
	assert_int_equal(svc_directory_add(&w->s, id, picks, COUNT(picks), &e), 0);
	world_as(w, &w->blake);
	assert_fails(svc_directory_add(&w->s, id, picks, COUNT(picks), &e), ERR_MISSING);
	assert_fails(svc_directory_add_all(&w->s, id, &job, &e), ERR_MISSING);
	assert_fails(svc_directory_stop(&w->s, id, &e), ERR_MISSING);
}

static void test_add_all(void **state)
{
	struct world *w = *state;
	struct job j;
	struct err e;
	int64_t id, job, look;

	connect_it(w);
	id = ask(w, DIRECTORY_LISTED, "team@example.com");
	assert_ok(svc_directory_add_all(&w->s, id, &job, &e));
	assert_int_equal(store_job_get(w->db, &w->a, w->account, job, &j, &e), 1);
	assert_string_equal(j.kind, ADD_FOUND_KIND);
	assert_string_equal(j.params, arena_printf(&w->a, "from=%lld", (long long)id));
	assert_string_equal(last_row(w, w->account).about, "team@example.com");
	assert_ok(svc_look_start(&w->s, "mail.example.com", 443, &look, &e));
	assert_fails(svc_directory_add_all(&w->s, look, &job, &e), ERR_MISSING);
	assert_fails(svc_directory_stop(&w->s, look, &e), ERR_MISSING);
}

static void test_rooms(void **state)
{
	struct world *w = *state;
	struct room_form f = { "alder@example.com", "Alder", "Floor 2", 8 };
	struct room r;
	struct member m;
	struct err e;
	int64_t id, other, job;

	assert_ok(svc_room_add(&w->s, &f, &id, &e));
	assert_fails(svc_room_add(&w->s, &f, &other, &e), ERR_CONFLICT);
	assert_non_null(strstr(e.say, "already"));
	assert_int_equal(members(w, 1), 1);
	assert_int_equal(world_number(w,
				 "SELECT count(*) FROM member_event v JOIN member m ON m.id = "
				 "v.member_id WHERE m.kind = 1 AND v.what = 0 AND "
				 "v.by_name = 'avery@example.com'"),
		1);
	f.name = "Old Alder";
	f.seats = 6;
	assert_ok(svc_room_edit(&w->s, id, &f, &e));
	assert_int_equal(store_room_get(w->db, &w->a, w->account, id, &r, &e), 1);
	assert_int_equal(r.capacity, 6);
	assert_string_equal(r.place, "Floor 2");
	assert_int_equal(store_member_get(w->db, &w->a, w->account, id, &m, &e), 1);
	assert_string_equal(m.name, "Old Alder");
	assert_fails(svc_room_try(&w->s, id, &job, &e), ERR_CONFLICT);
	connect_it(w);
	assert_ok(svc_room_try(&w->s, id, &job, &e));
	assert_ok(svc_room_try(&w->s, id, &other, &e));
	assert_int_equal(job, other);
	assert_int_equal(rows_of(w, w->account, AUDIT_ROOM_TRIED), 1);
	/* A person is no room. */
	assert_fails(svc_room_edit(&w->s, w->avery.id, &f, &e), ERR_MISSING);
	assert_fails(svc_room_remove(&w->s, w->avery.id, &e), ERR_MISSING);
	assert_fails(svc_room_try(&w->s, w->avery.id, &job, &e), ERR_MISSING);
	world_as(w, &w->blake);
	assert_fails(svc_room_remove(&w->s, id, &e), ERR_MISSING);
	world_as(w, &w->avery);
	assert_ok(svc_room_remove(&w->s, id, &e));
	assert_int_equal(members(w, 1), 0);
	assert_int_equal(world_number(w, "SELECT count(*) FROM room"), 0);
	assert_int_equal(
		world_number(w, "SELECT count(*) FROM member_count WHERE kind = 1 AND n > 0"), 0);
}

/* What no list has named any more is in none, and what an admin entered stays. */
static void test_lists(void **state)
{
	struct world *w = *state;
	const struct room_form f = { "alder@example.com", "Alder", "Floor 2", 8 };
	struct room r = { .account = w->account,
		.list = "one@example.com",
		.list_name = "Building 1",
		.seen_at = WORLD_NOW };
	struct room_list *lists;
	struct err e;

	assert_ok(svc_room_add(&w->s, &f, &r.member, &e));
	assert_ok(store_room_listed(w->db, &r, &e));
	assert_int_equal(store_room_lists(w->db, &w->a, w->account, &lists, &e), 1);
	assert_string_equal(lists[0].name, "Building 1");
	assert_int_equal(lists[0].rooms, 1);
	assert_int_equal(lists[0].seen_at, WORLD_NOW);
	assert_int_equal(store_room_unlisted(w->db, w->other, WORLD_NOW + 1, &e), 0);
	assert_int_equal(store_room_unlisted(w->db, w->account, WORLD_NOW, &e), 0);
	assert_int_equal(store_room_unlisted(w->db, w->account, WORLD_NOW + 1, &e), 1);
	assert_int_equal(store_room_get(w->db, &w->a, w->account, r.member, &r, &e), 1);
	assert_string_equal(r.list, "");
	assert_string_equal(r.list_name, "Building 1");
	assert_int_equal(r.capacity, 8);
	assert_int_equal(store_room_lists(w->db, &w->a, w->account, &lists, &e), 0);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup_memory, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_ask),
		TEST(test_open_max),
		TEST(test_add),
		TEST(test_add_all),
		TEST(test_rooms),
		TEST(test_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
