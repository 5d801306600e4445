/* Imports: what each line of a list would do, in words; and what becomes of it, whatever happens in
 * between.
 */
#include "tests/unit/svc_unit.h"

#include "service/svc_import.h"

/* A room, somebody deactivated, and a second admin who can sign in, beside Avery. */
static struct world *world;
#define w (*world)

/* The call fails, and with this code. */
#define assert_err(expected, call)                                                                 \
	do {                                                                                       \
		assert_int_equal((call), -1);                                                      \
		assert_int_equal(e.code, (expected));                                              \
	} while (0)

static void person(const char *email, const char *name, enum member_kind kind)
{
	const struct member m = {
		.account = w.account, .email = email, .name = name, .kind = kind
	};
	struct err e;
	int64_t id;

	assert_ok(store_member_add(w.db, &m, "", "", &id, &e));
	if (strcmp(email, "off@example.com") == 0)
		assert_ok(store_member_off(w.db, w.account, id, WORLD_NOW, &e));
}

static int make(void **state)
{
	if (setup_memory(state) < 0)
		return -1;
	world = *state;
	person("cam@example.com", "Cam", MEMBER_PERSON);
	person("off@example.com", "Off", MEMBER_PERSON);
	person("room@example.com", "Room", MEMBER_ROOM);
	return 0;
}

static struct import read_text(const char *text, const char *columns)
{
	const struct svc_file f = { .data = text, .len = strlen(text), .columns = columns };
	struct import i;
	struct err e;
	int64_t id;

	assert_ok(svc_import_read(&w.s, &f, &id, &e));
	assert_int_equal(store_import_get(w.db, &w.a, w.account, id, &i, &e), 1);
	return i;
}

/* Each line after a header, with its verdict and words of what is said. */
static void judges_rows(void **state)
{
	static const struct {
		const char *text; /* email;name;role;calendar;kind */
		enum import_verdict verdict;
		const char *say;
	} rows[] = {
		{ "new@example.com;New;;;", IMPORT_NEW, "" },
		{ "NEW@Example.com;Again;;;", IMPORT_TWICE, "Line 2 has the same address" },
		{ "Dan Bay <dan@example.com>;;;;", IMPORT_NEW, "" },
		{ "boss@example.com;Boss;Admin;;", IMPORT_NEW, "Becomes an account admin" },
		{ "hall@example.com;Hall;;;room", IMPORT_NEW, "" },
		{ "cam@example.com;;;;", IMPORT_SAME, "" },
		{ "off@example.com;Off;;;", IMPORT_SAME, "Deactivated, and stays so." },
		{ "room@example.com;Big room;;;", IMPORT_CHANGED,
			"Name: \"Room\" becomes \"Big room\"." },
		{ "avery@example.com;;member;;", IMPORT_REFUSED, "only account admin" },
		{ "x;;;;", IMPORT_REFUSED, "\"x\" is not an e-mail address" },
		{ ";Nobody;;;", IMPORT_REFUSED, "no address in this line" },
		{ "a@example.com;;boss;;", IMPORT_REFUSED, "no role \"boss\"" },
		{ "b@example.com;;;;desk", IMPORT_REFUSED, "no kind \"desk\"" },
		{ "c@example.com;;;elsewhere;", IMPORT_REFUSED, "calendar \"elsewhere\" is not" },
		{ "d@example.com;;admin;;room", IMPORT_REFUSED, "room cannot be" },
		{ "e@example.com;\"two\nlines\";;;", IMPORT_REFUSED, "characters that cannot" },
	};
	struct import_row *got;
	struct import i;
	struct buf b;
	struct err e;

	(void)state;
	buf_init(&b, 1 << 16);
	buf_puts(&b, "E-Mail-Adresse;Display name;Rolle;Mailbox;Type\n");
	for (size_t k = 0; k < COUNT(rows); k++)
		buf_printf(&b, "%s\n", rows[k].text);
	i = read_text(buf_str(&b), "");
	assert_int_equal(i.state, IMPORT_READY);
	assert_int_equal(i.rows, COUNT(rows));
	assert_int_equal(i.admins, 1);
	assert_int_equal(store_import_rows(w.db, &w.a, &i, -1, (struct page_of){ 0, 99 }, &got, &e),
		COUNT(rows));
	for (size_t k = 0; k < COUNT(rows); k++) {
		if (got[k].verdict != rows[k].verdict || !strstr(got[k].say, rows[k].say))
			fail_msg("%s: %s, %s", rows[k].text, svc_import_verdict(got[k].verdict),
				got[k].say);
		assert_int_equal(got[k].line, k + 2);
	}
	assert_string_equal(got[2].name, "Dan Bay");
	buf_done(&b);
}

/* A change of several things, and one that a second admin makes possible, but not a third. */
static void judges_changes(void **state)
{
	struct import_row *got;
	struct import i;
	struct err e;

	(void)state;
	world_person(&w, w.account, "second@example.com", ROLE_ADMIN);
	i = read_text("email,name,role,calendar\ncam@example.com,Camille,admin,box@example.com\n"
		      "second@example.com,,member,\navery@example.com,,member,\n",
		"");
	assert_int_equal(
		store_import_rows(w.db, &w.a, &i, -1, (struct page_of){ 0, 9 }, &got, &e), 3);
	assert_string_equal(got[0].say,
		"Name: \"Cam\" becomes \"Camille\". Calendar: cam@example.com becomes "
		"box@example.com. Role: member becomes account admin.");
	assert_int_equal(got[1].verdict, IMPORT_CHANGED);
	assert_int_equal(got[2].verdict, IMPORT_REFUSED);
}

/* How the columns are found. */
static void finds_columns(void **state)
{
	static const struct {
		const char *text;
		const char *columns;
		const char *email; /* of the first row; NULL: it is refused as a whole, and ... */
		const char *name;  /* ... with these words */
	} rows[] = {
		{ "a@example.com\nb@example.com\n", "", "a@example.com", "" },
		{ "Ann;a@example.com\n", "", "a@example.com", "Ann" },
		{ "x;Ann;a@example.com\n", "", "a@example.com", "" },
		{ "First Name,Last-Name,E MAIL\nAnn,Bay,a@example.com\n", "", "a@example.com",
			"Ann Bay" },
		{ "Wer,Name\na@example.com,Ann\n", "", "a@example.com", "Ann" },
		{ "Ann|7|a@example.com\n", "name, -, email", "a@example.com", "Ann" },
		{ "who|no|what\nAnn|7|a@example.com\n", "name;;email", "a@example.com", "Ann" },
		{ "one,two\nthree,four\n", "", NULL, "No column with e-mail addresses" },
		{ "a@example.com\n", "name", NULL, "Say which column has the addresses" },
		{ "a@example.com\n", "email,shoe", NULL, "There is no column \"shoe\"" },
		{ "\n\n", "", NULL, "There is nothing in it" },
		{ "email\n\"a@example.com\n", "", NULL, "quotation mark in line 2" },
		{ "email\na@example.com\n\"b\n", "", NULL, "quotation mark in line 3" },
	};
	struct import_row *got;
	struct err e;

	(void)state;
	for (size_t k = 0; k < COUNT(rows); k++) {
		const struct svc_file f = { .data = rows[k].text,
			.len = strlen(rows[k].text),
			.columns = rows[k].columns };
		struct import i = { .account = w.account };
		int rc = svc_import_read(&w.s, &f, &i.id, &e);

		if (!rows[k].email) {
			assert_int_equal(rc, -1);
			assert_int_equal(e.code, ERR_FORM);
			assert_non_null(strstr(e.say, rows[k].name));
			continue;
		}
		assert_int_equal(rc, 0);
		assert_true(store_import_rows(
				    w.db, &w.a, &i, -1, (struct page_of){ 0, 9 }, &got, &e) >= 1);
		assert_string_equal(got[0].email, rows[k].email);
		assert_string_equal(got[0].name, rows[k].name);
	}
	/* A list takes the place of the one before; of half a list nothing is kept. */
	assert_int_equal(
		store_import_list(w.db, &w.a, w.account, 9, &(struct import *){ NULL }, &e), 0);
}

static void assert_sound(void)
{
	assert_int_equal(
		world_number(&w,
			"SELECT count(*) FROM account a WHERE a.people <> (SELECT count(*) "
			"FROM member m WHERE m.account_id = a.id AND m.kind = 0)"),
		0);
	assert_int_equal(
		world_number(&w,
			"SELECT count(*) FROM member_count c WHERE c.n <> (SELECT count(*) "
			"FROM member m WHERE m.account_id = c.account_id "
			"AND m.kind = c.kind AND m.status = c.status "
			"AND m.reason = c.reason AND m.fixer = c.fixer "
			"AND m.reach = c.reach)"),
		0);
}

static void run_all(struct import *i, int invite)
{
	struct err e;
	int rc;

	assert_ok(svc_import_begin(&w.s, i->id, i, &e));
	do
		assert_true((rc = svc_import_portion(&w.s, i, invite, &e)) >= 0);
	while (rc > 0);
	assert_int_equal(i->state, IMPORT_DONE);
	assert_sound();
}

static const char list[] = "email,name,role,calendar,kind\n"
			   "new@example.com,\xc3\x84nne New,,,\nhall@example.com,Hall,,,room\n"
			   "cam@example.com,Camille,,box@example.com,\n"
			   "off@example.com,Offa,,,\nnope,,,,\n";

static void imports_once(void **state)
{
	struct import i = read_text(list, "");
	struct member m;
	struct err e;

	(void)state;
	run_all(&i, 0);
	assert_int_equal(i.added, 2);
	assert_int_equal(i.changed, 2);
	assert_int_equal(
		store_member_by_email(w.db, &w.a, w.account, "new@example.com", &m, &e), 1);
	assert_string_equal(m.name, "\xc3\x84nne New");
	assert_int_equal(world_number(&w,
				 "SELECT count(*) FROM member WHERE email = 'new@example.com' AND "
				 "name_key = 'anne new' AND last_key = 'new anne' AND next_at > 0"),
		1);
	assert_int_equal(world_number(&w,
				 "SELECT count(*) FROM member WHERE email = 'cam@example.com' AND "
				 "name = 'Camille' AND calendar = 'box@example.com'"),
		1);
	assert_int_equal(world_number(&w,
				 "SELECT count(*) FROM member WHERE email = 'off@example.com' AND "
				 "off_at > 0 AND next_at = 0 AND status = 5 AND name = 'Offa'"),
		1);
	assert_int_equal(
		world_number(&w,
			"SELECT count(*) FROM member_event WHERE detail = 'From a pasted list.'"),
		2);
	assert_int_equal(world_number(&w, "SELECT count(*) FROM member_event WHERE what = 10"), 2);
	assert_int_equal(world_number(&w,
				 "SELECT count(*) FROM audit WHERE action = 'members.import' AND "
				 "detail LIKE '2 to add, 2 to change%1 lines refused.'"),
		1);
	assert_int_equal(world_number(&w,
				 "SELECT count(*) FROM audit WHERE action = 'members.imported' AND "
				 "detail = '2 members added, 2 changed.'"),
		1);
	assert_err(ERR_CONFLICT, svc_import_begin(&w.s, i.id, &i, &e));
	/* The same again: nothing to do. */
	i = read_text(list, "");
	assert_err(ERR_CONFLICT, svc_import_begin(&w.s, i.id, &i, &e));
	assert_err(ERR_CONFLICT, svc_import_start(&w.s, i.id, &e));
	assert_non_null(strstr(e.say, "nothing to import"));
	assert_int_equal(world_number(&w, "SELECT count(*) FROM job"), 0);
	assert_ok(svc_import_discard(&w.s, i.id, &e));
}

/* What changed between the look and the import is heeded. */
static void heeds_what_changed(void **state)
{
	struct member second = world_person(&w, w.account, "second@example.com", ROLE_ADMIN), m;
	struct import_row *rows;
	struct import i;
	struct err e;

	(void)state;
	i = read_text("email,name,role\nnew@example.com,New,\navery@example.com,,member\n"
		      "cam@example.com,Camille,\noff@example.com,Gone,\n",
		"");
	person("new@example.com", "Was quicker", MEMBER_PERSON);
	assert_ok(store_member_role(w.db, w.account, second.id, ROLE_MEMBER, &e));
	assert_int_equal(
		store_member_by_email(w.db, &w.a, w.account, "off@example.com", &m, &e), 1);
	assert_ok(store_member_delete(w.db, w.account, m.id, &e));
	run_all(&i, 0);
	assert_int_equal(i.added, 0);
	assert_int_equal(i.changed, 1);
	assert_int_equal(store_import_rows(w.db, &w.a, &i, IMPORT_REFUSED, (struct page_of){ 0, 9 },
				 &rows, &e),
		1);
	assert_string_equal(rows[0].say, IMPORT_LAST_ADMIN);
	assert_int_equal(
		store_member_by_email(w.db, &w.a, w.account, "new@example.com", &m, &e), 1);
	assert_string_equal(m.name, "Was quicker");
	assert_int_equal(
		world_number(&w, "SELECT count(*) FROM member_event WHERE detail LIKE 'From a%'"),
		0);
}

/* Whoever became a room meanwhile stays as it is: rooms are not admins. */
static void heeds_who_became_a_room(void **state)
{
	struct import i = read_text("email,name,role,kind\ncam@example.com,Camille,admin,\n"
				    "off@example.com,Offa,,person\n",
		"");
	static const char *const gone[] = { "cam@example.com", "off@example.com" };
	struct member m;
	struct err e;

	(void)state;
	for (size_t k = 0; k < COUNT(gone); k++) {
		assert_int_equal(store_member_by_email(w.db, &w.a, w.account, gone[k], &m, &e), 1);
		assert_ok(store_member_delete(w.db, w.account, m.id, &e));
		person(gone[k], "Hall", MEMBER_ROOM);
	}
	run_all(&i, 0);
	assert_int_equal(i.changed, 0);
	assert_int_equal(world_number(&w,
				 "SELECT count(*) FROM member WHERE kind = 1 AND role = 0 AND "
				 "name = 'Hall'"),
		2);
}

/* Somebody who has an old page of it, and another who goes on with it: one of both does it. */
static void one_goes_on(void **state)
{
	struct import i = read_text(list, ""), late;
	struct err e;

	(void)state;
	assert_ok(svc_import_begin(&w.s, i.id, &i, &e));
	late = i;
	assert_int_equal(svc_import_portion(&w.s, &i, 0, &e), 1);
	assert_err(ERR_MISSING, svc_import_portion(&w.s, &late, 0, &e));
	assert_int_equal(svc_import_portion(&w.s, &i, 0, &e), 0);
	assert_int_equal(store_import_get(w.db, &w.a, w.account, i.id, &i, &e), 1);
	assert_int_equal(i.added, 2);
	assert_int_equal(i.changed, 2);
	assert_sound();
}

/* Another role ends the sessions of the account, and no other. */
static void ends_sessions(void **state)
{
	struct member second = world_person(&w, w.account, "second@example.com", ROLE_MEMBER);
	const struct session s = { .user = second.user, .account = w.account, .member = second.id };
	const struct session own = {
		.user = w.avery.user, .account = w.account, .member = w.avery.id
	};
	unsigned char hash[SEAL_HASH] = { 1 };
	struct import i;
	struct err e;
	int64_t id;

	(void)state;
	assert_ok(store_session_add(w.db, &s, hash, &id, &e));
	hash[0] = 2;
	assert_ok(store_session_add(w.db, &own, hash, &id, &e));
	i = read_text("email,name,role\nsecond@example.com,,admin\navery@example.com,A,\n", "");
	run_all(&i, 0);
	assert_int_equal(i.changed, 2);
	assert_int_equal(world_number(&w, "SELECT count(*) FROM session"), 1);
	assert_int_equal(
		world_number(&w, "SELECT count(*) FROM member WHERE role = 1 AND account_id = 1"),
		2);
}

/* Only persons who are new, and each once. */
static void invites(void **state)
{
	struct import i = read_text(list, "");

	(void)state;
	run_all(&i, 1);
	assert_int_equal(world_number(&w,
				 "SELECT count(*) FROM invitation v JOIN member m "
				 "ON m.id = v.member_id WHERE m.email <> 'new@example.com' "
				 "AND v.created >= 1795000000 AND v.nonce = ''"),
		0);
	assert_int_equal(world_number(&w,
				 "SELECT count(*) FROM invitation v JOIN member m "
				 "ON m.id = v.member_id WHERE m.email = 'new@example.com'"),
		1);
}

static void queues(void **state)
{
	struct import i = read_text(list, ""), other;
	struct job j;
	struct err e;

	(void)state;
	assert_ok(svc_import_start(&w.s, i.id, &e));
	assert_int_equal(store_import_get(w.db, &w.a, w.account, i.id, &i, &e), 1);
	assert_int_equal(i.state, IMPORT_RUNNING);
	assert_int_equal(store_job_get(w.db, &w.a, w.account, i.job, &j, &e), 1);
	assert_string_equal(j.kind, IMPORT_KIND);
	assert_int_equal(
		world_number(&w, "SELECT count(*) FROM audit WHERE action = 'members.imported'"),
		0);
	world_run(&w, "UPDATE import SET added = 1");
	assert_err(ERR_CONFLICT, svc_import_discard(&w.s, i.id, &e));
	other = read_text("z@example.com\n", "");
	assert_err(ERR_CONFLICT, svc_import_start(&w.s, other.id, &e));
	assert_err(ERR_CONFLICT, svc_import_stop(&w.s, other.id, &e));
	assert_ok(svc_import_stop(&w.s, i.id, &e));
	assert_int_equal(store_job_get(w.db, &w.a, w.account, i.job, &j, &e), 1);
	assert_int_equal(j.state, JOB_CANCELLED);
	assert_int_equal(
		world_number(&w,
			"SELECT count(*) FROM audit WHERE action = 'members.import_stopped' "
			"AND detail = '1 member added, 0 changed.'"),
		1);
	/* Another account sees none of it. */
	world_as(&w, &w.blake);
	assert_err(ERR_MISSING, svc_import_start(&w.s, other.id, &e));
	assert_err(ERR_MISSING, svc_import_stop(&w.s, i.id, &e));
	assert_err(ERR_MISSING, svc_import_discard(&w.s, other.id, &e));
}

static void adds_one(void **state)
{
	const struct member m = { .email = "one@example.com",
		.name = "One",
		.calendar = "one@example.com",
		.role = ROLE_MEMBER };
	struct member got;
	struct link l;
	struct err e;

	(void)state;
	assert_ok(svc_import_one(&w.s, &m, NULL, &l, &e));
	assert_int_equal(store_member_by_email(w.db, &w.a, w.account, m.email, &got, &e), 1);
	assert_string_equal(got.calendar, "");
	assert_sound();
	assert_err(ERR_CONFLICT, svc_import_one(&w.s, &m, NULL, &l, &e));
	assert_non_null(strstr(e.say, "already"));
	assert_int_equal(
		world_number(&w, "SELECT count(*) FROM audit WHERE action = 'member.added'"), 1);
	assert_int_equal(world_number(&w,
				 "SELECT count(*) FROM member_event v JOIN member m ON m.id = "
				 "v.member_id WHERE m.email = 'one@example.com' AND what = 0 AND "
				 "by_name = 'avery@example.com'"),
		1);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, make, world_teardown)
	static const struct CMUnitTest tests[] = {
		T(judges_rows),
		T(judges_changes),
		T(finds_columns),
		T(imports_once),
		T(heeds_what_changed),
		T(heeds_who_became_a_room),
		T(one_goes_on),
		T(ends_sessions),
		T(invites),
		T(queues),
		T(adds_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
