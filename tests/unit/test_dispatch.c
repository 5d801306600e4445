/* Dispatch: what is let through, what is refused, and with which words in the log. The routes and
 * handlers are the test's own, so that every kind of need and of outcome is there. */
#include "dispatch_routes.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include "platform/clock.h"
#include "platform/str.h"
#include "tests/unit/schema_unit.h"

#define ORIGIN "https://portal.example.com"

enum { NOW = 1795000000, FRESH = 300, BODY = 4096 };

/* --- the world --- */

static struct config cf;
static struct world world;
static char dir[] = "/tmp/latchkey-unit-XXXXXX";
static char database[64];
static char log_path[64];

/* Who is signed in, as tokens: with no account chosen, a member, an admin, and another session of
 * that admin. */
enum { NOBODY, CHOOSER, MEMBER, ADMIN, ADMIN2, WHO__MAX };
static char tokens[WHO__MAX][SEAL_TOKEN_HEX + 1];

static struct fake fake;

static void add_person(struct svc *s, int64_t account, const char *email, enum role role)
{
	struct member m = { .account = account, .email = email, .name = email, .role = role };
	struct user u;
	struct err e;
	int rc;

	assert_ok(store_member_add(s->db, &m, "", "", &m.id, &e));
	rc = store_user_by_email(s->db, s->a, email, &u, &e);
	if (rc == 0)
		assert_ok(store_user_add(s->db, email, email, "$argon$", &u.id, &e));
	assert_ok(rc);
	m.user = u.id;
	assert_ok(store_member_join(s->db, &m, &e));
}

static void sign_in(struct svc *s, const char *email, char token[SEAL_TOKEN_HEX + 1])
{
	struct user u;
	struct err e;

	assert_int_equal(store_user_by_email(s->db, s->a, email, &u, &e), 1);
	assert_ok(svc_signin_open(s, &u, "test", token, &e));
}

static void fill(struct svc *s)
{
	int64_t one, two;
	struct err e;

	schema_today(s->db);
	assert_ok(store_account_add(s->db, "One", &one, &e));
	assert_ok(store_account_add(s->db, "Two", &two, &e));
	add_person(s, one, "both@example.com", ROLE_ADMIN);
	add_person(s, two, "both@example.com", ROLE_ADMIN);
	add_person(s, one, "member@example.com", ROLE_MEMBER);
	add_person(s, one, "admin@example.com", ROLE_ADMIN);
	sign_in(s, "both@example.com", tokens[CHOOSER]);
	sign_in(s, "member@example.com", tokens[MEMBER]);
	sign_in(s, "admin@example.com", tokens[ADMIN]);
	sign_in(s, "admin@example.com", tokens[ADMIN2]);
}

static int setup(void **state)
{
	const char *top = getenv("srcdir");
	char path[300];
	struct arena a;
	struct svc s = { .a = &a, .cf = &cf, .who = { .address = "192.0.2.1", .request = "" } };
	struct err e;

	(void)state;
	seal_init();
	clock_freeze(NOW);
	assert_non_null(mkdtemp(dir));
	snprintf(database, sizeof(database), "%s/db", dir);
	snprintf(log_path, sizeof(log_path), "%s/log", dir);
	snprintf(path, sizeof(path), "%s/templates", top ? top : ".");
	cf = (struct config){
		.public_url = ORIGIN,
		.origin = ORIGIN,
		.secure = 1,
		.database = database,
		.doorbell = "/nonexistent",
		.max_body = BODY,
		.session_idle = 28800,
		.session_absolute = 604800,
		.fresh = FRESH,
	};
	arena_init(&a, 1 << 20);
	assert_ok(view_init(path, &e));
	assert_ok(db_sqlite_open(database, DB_OPEN_CREATE, &s.db, &e));
	fill(&s);
	db_close(s.db);
	arena_done(&a);
	dispatch_init(&world, &cf);
	log_open("test", LOG_INFO);
	return 0;
}

static int teardown(void **state)
{
	static const char *const files[] = { "db", "db-wal", "db-shm", "log", "moved" };
	char path[80];
	size_t i;

	(void)state;
	dispatch_done(&world);
	fake_done(&fake);
	for (i = 0; i < COUNT(files); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, files[i]);
		unlink(path);
	}
	assert_int_equal(rmdir(dir), 0);
	return 0;
}

/* --- requests --- */

static void begin(const char *method, const char *uri, int who)
{
	static char cookie[200];

	fake_done(&fake);
	fake_init(&fake, method, uri);
	handled = 0;
	snprintf(cookie, sizeof(cookie), "__Host-latchkey=%s", tokens[who]);
	if (who != NOBODY)
		fake_set(&fake, "HTTP_COOKIE", cookie);
}

/* The answer's status. */
static int run(void)
{
	int status = 0;

	dispatch_run(&world, &fake.io);
	assert_int_equal(sscanf(buf_str(&fake.out), "Status: %d", &status), 1);
	return status;
}

static int get(const char *uri, int who)
{
	begin("GET", uri, who);
	return run();
}

static const char *answer(void)
{
	return buf_str(&fake.out);
}

/* Value of a header of the answer, "" when absent. */
static const char *header(const char *name)
{
	static char value[600];
	char line[60];
	const char *at;

	snprintf(line, sizeof(line), "\r\n%s: ", name);
	at = strstr(answer(), line);
	value[0] = '\0';
	if (at)
		assert_true(sscanf(at + strlen(line), "%599[^\r]", value) == 1);
	return value;
}

/* The form token of a page that somebody sees. */
static const char *csrf_of(int who)
{
	static char token[SEAL_TOKEN_HEX + 1];
	const char *at;

	assert_int_equal(get("/open", who), 200);
	at = strstr(answer(), "name=\"csrf\" value=\"");
	assert_non_null(at);
	assert_int_equal(sscanf(at + 19, "%64[0-9a-f]", token), 1);
	assert_int_equal(strlen(token), SEAL_TOKEN_HEX);
	return token;
}

static void begin_post(const char *uri, int who, const char *fields)
{
	static char body[1000], length[20];

	snprintf(body, sizeof(body), "csrf=%s&%s", csrf_of(who), fields);
	snprintf(length, sizeof(length), "%zu", strlen(body));
	begin("POST", uri, who);
	fake_body(&fake, body, length);
	fake_set(&fake, "HTTP_ORIGIN", ORIGIN);
	fake_set(&fake, "HTTP_SEC_FETCH_SITE", "same-origin");
}

static int post(const char *uri, int who, const char *fields)
{
	begin_post(uri, who, fields);
	return run();
}

/* --- tests --- */

static void shows_pages(void **state)
{
	(void)state;
	assert_int_equal(get("/open", NOBODY), 200);
	assert_int_equal(handled, 1);
	assert_non_null(strstr(answer(), "<title>shown"));
	assert_int_equal(get("/plain", NOBODY), 200);
	assert_non_null(strstr(answer(), "\r\n\r\nplain"));
}

static void refuses_bad_heads(void **state)
{
	static char huge[REQUEST_HEADER_MAX + 2];

	(void)state;
	memset(huge, 'a', sizeof(huge) - 1);
	huge[0] = '/';
	assert_int_equal(get("/../x", ADMIN), 400);
	assert_int_equal(get("/open?a=1&a=2", ADMIN), 400);
	assert_int_equal(get(huge, ADMIN), 414);
	begin("GET", "/open", NOBODY);
	fake_set(&fake, "HTTP_COOKIE", huge);
	assert_int_equal(run(), 431);
	assert_int_equal(handled, 0);
}

static void knows_paths_and_methods(void **state)
{
	static const struct {
		const char *method;
		const char *path;
		int status;
		const char *allow;
	} rows[] = {
		{ "GET", "/nothing", 404, "" },
		{ "POST", "/nothing", 404, "" },
		{ "POST", "/member", 405, "GET, HEAD" },
		{ "GET", "/member/5/go", 405, "POST" },
		{ "PUT", "/open", 405, "GET, HEAD, POST" },
		{ "OPTIONS", "/plain", 405, "GET, HEAD" },
		{ NULL, "/plain", 405, "GET, HEAD" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		begin(rows[i].method, rows[i].path, ADMIN);
		assert_int_equal(run(), rows[i].status);
		assert_string_equal(header("Allow"), rows[i].allow);
		/* Their own frame, though the session was not needed to say no. */
		assert_non_null(strstr(answer(), "admin@example.com"));
		assert_int_equal(handled, 0);
	}
}

static void answers_head(void **state)
{
	(void)state;
	begin("HEAD", "/plain", NOBODY);
	assert_int_equal(run(), 200);
	assert_string_equal(header("Content-Length"), "5");
	assert_null(strstr(answer(), "plain\0"));
}

static void checks_needs(void **state)
{
	static const struct {
		const char *path;
		int status[WHO__MAX]; /* nobody, chooser, member, admin */
	} rows[] = {
		{ "/open", { 200, 200, 200, 200 } },
		{ "/user", { 303, 200, 200, 200 } },
		{ "/member", { 303, 303, 200, 200 } },
		{ "/fresh", { 303, 303, 200, 200 } },
		{ "/admin", { 303, 303, 403, 200 } },
		{ "/adminfresh", { 303, 303, 403, 200 } },
	};
	static const char *const places[] = { "/signin?next=", "/signin/account?next=" };
	char want[100];
	size_t i;
	int who;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		for (who = NOBODY; who <= ADMIN; who++) {
			assert_int_equal(get(rows[i].path, who), rows[i].status[who]);
			assert_int_equal(handled, rows[i].status[who] == 200);
			if (rows[i].status[who] != 303)
				continue;
			snprintf(want, sizeof(want), "%s%%2F%s", places[who], rows[i].path + 1);
			assert_string_equal(header("Location"), want);
		}
	}
}

static void asks_for_the_password_again(void **state)
{
	(void)state;
	clock_freeze(NOW + FRESH - 1);
	assert_int_equal(get("/fresh", MEMBER), 200);
	assert_int_equal(post("/adminfresh", ADMIN, ""), 303);
	assert_string_equal(header("Location"), "/done");
	clock_freeze(NOW + FRESH);
	assert_int_equal(get("/fresh", MEMBER), 303);
	assert_string_equal(header("Location"), "/confirm?next=%2Ffresh");
	assert_int_equal(get("/freshform?password=x&email=a%40b.c&other=1", MEMBER), 303);
	assert_string_equal(header("Location"), "/confirm?next=%2Ffreshform%3Femail%3Da%2540b.c");
	assert_int_equal(get("/adminfresh", MEMBER), 403);
	assert_int_equal(handled, 0);
	assert_int_equal(get("/admin", ADMIN), 200);
	/* A forged form is refused before that question. */
	begin_post("/adminfresh", ADMIN, "");
	fake_set(&fake, "HTTP_ORIGIN", "https://evil.example");
	assert_int_equal(run(), 403);
	clock_freeze(NOW);
}

/* A form is not sent away: the page that asks for the password carries it on. */
static void asks_for_the_password_with_the_form(void **state)
{
	static const char *const urls[] = { "/adminfresh", "/freshform", "/freshact" };

	(void)state;
	clock_freeze(NOW + FRESH);
	for (size_t i = 0; i < COUNT(urls); i++) {
		assert_int_equal(post(urls[i], ADMIN, "email=not+one"), 403);
		assert_non_null(strstr(answer(), "<title>stale"));
		assert_non_null(strstr(answer(), urls[i]));
		assert_int_equal(handled, 0);
	}
	clock_freeze(NOW);
	assert_int_equal(post("/adminfresh", ADMIN, "confirm=a+wrong+guess"), 303);
	assert_string_equal(header("Location"), "/done");
}

static void leads_back(void **state)
{
	static const struct {
		const char *method;
		const char *uri;
		const char *where;
	} rows[] = {
		{ "GET", "/member?id=1", "/signin?next=%2Fmember" },
		{ "HEAD", "/member", "/signin?next=%2Fmember" },
		{ "POST", "/member/5/go", "/signin?next=%2Fmember" },
		{ "POST", "/user", "/signin?next=%2Fuser" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		begin(rows[i].method, rows[i].uri, NOBODY);
		assert_int_equal(run(), 303);
		assert_string_equal(header("Location"), rows[i].where);
	}
}

static void ends_old_sessions(void **state)
{
	(void)state;
	clock_freeze(NOW + 28800);
	assert_int_equal(get("/user", CHOOSER), 303);
	clock_freeze(NOW);
	assert_int_equal(get("/user", CHOOSER), 303);
}

static void takes_one_session_cookie(void **state)
{
	static const char *const bad[][2] = {
		{ "__Host-latchkey=", "; __Host-latchkey=" WRONG },
		{ "__Host-latchkey=" WRONG "; __Host-latchkey=", "" },
		{ "latchkey=", "" },
		{ "__HOST-latchkey=", "" },
		{ "__Host-latchkey=", "0" },
		{ "__Host-latchkey=0", "" },
		{ "__Host-latchkey=\"", "\"" },
	};
	char cookie[300];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bad); i++) {
		begin("GET", "/user", NOBODY);
		snprintf(cookie, sizeof(cookie), "%s%s%s", bad[i][0], tokens[ADMIN], bad[i][1]);
		fake_set(&fake, "HTTP_COOKIE", cookie);
		assert_int_equal(run(), 303);
	}
	begin("GET", "/user", NOBODY);
	snprintf(cookie, sizeof(cookie), "x; a=\x01; __Host-latchkey=%s; =", tokens[ADMIN]);
	fake_set(&fake, "HTTP_COOKIE", cookie);
	assert_int_equal(run(), 200);
}

static void takes_good_posts(void **state)
{
	static const struct {
		const char *origin;
		const char *site;
	} rows[] = {
		{ ORIGIN, "same-origin" },
		{ ORIGIN, NULL },
		{ NULL, "same-origin" },
		{ NULL, "none" },
		{ NULL, NULL },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		begin_post("/member/5/go", MEMBER, "");
		fake_set(&fake, "HTTP_ORIGIN", rows[i].origin);
		fake_set(&fake, "HTTP_SEC_FETCH_SITE", rows[i].site);
		assert_int_equal(run(), 303);
		assert_string_equal(header("Location"), "/done");
		assert_int_equal(handled, 1);
	}
	begin_post("/member/5/go", MEMBER, "");
	fake_set(&fake, "CONTENT_TYPE", "Application/X-WWW-Form-Urlencoded ; charset=utf-8");
	assert_int_equal(run(), 303);
}

static void refuses_foreign_posts(void **state)
{
	static const struct {
		const char *name;
		const char *value;
		int status;
	} rows[] = {
		{ "CONTENT_TYPE", NULL, 415 },
		{ "CONTENT_TYPE", "text/plain", 415 },
		{ "CONTENT_TYPE", "application/json", 415 },
		{ "CONTENT_TYPE", "application/x-www-form-urlencodedx", 415 },
		{ "CONTENT_TYPE", "multipart/mixed; boundary=a", 415 },
		{ "CONTENT_TYPE", "multipart/form-data; boundary=a", 400 },
		{ "CONTENT_LENGTH", NULL, 400 },
		{ "CONTENT_LENGTH", "x", 400 },
		{ "CONTENT_LENGTH", "1000", 400 }, /* and then it ends */
		{ "CONTENT_LENGTH", "4097", 413 },
		{ "HTTP_ORIGIN", "null", 403 },
		{ "HTTP_ORIGIN", "https://evil.example", 403 },
		{ "HTTP_ORIGIN", "http://portal.example.com", 403 },
		{ "HTTP_ORIGIN", ORIGIN ":8443", 403 },
		{ "HTTP_ORIGIN", ORIGIN ".evil.example", 403 },
		{ "HTTP_SEC_FETCH_SITE", "cross-site", 403 },
		{ "HTTP_SEC_FETCH_SITE", "same-site", 403 },
		{ "HTTP_SEC_FETCH_SITE", "strange", 403 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		begin_post("/member/5/go", MEMBER, "");
		fake_set(&fake, rows[i].name, rows[i].value);
		if (run() != rows[i].status)
			fail_msg("%s: %s: %.20s", rows[i].name, rows[i].value, answer());
		assert_int_equal(handled, 0);
	}
}

/* Where a key in the path is the right, neither origin nor token is asked for; all else is. */
static void takes_keys(void **state)
{
	(void)state;
	begin("POST", "/key/0123", NOBODY);
	fake_body(&fake, "List-Unsubscribe=One-Click", "26");
	fake_set(&fake, "HTTP_ORIGIN", "https://mail.example");
	fake_set(&fake, "HTTP_SEC_FETCH_SITE", "cross-site");
	assert_int_equal(run(), 303);
	assert_int_equal(handled, 1);
	begin("POST", "/key/0123", NOBODY);
	fake_body(&fake, "{}", "2");
	fake_set(&fake, "CONTENT_TYPE", "application/json");
	assert_int_equal(run(), 415);
	assert_int_equal(handled, 0);
}

static void checks_form_tokens(void **state)
{
	char body[300], length[20], other[SEAL_TOKEN_HEX + 1], visitor[SEAL_TOKEN_HEX + 1];
	const char *bodies[] = { "", "csrf=", "csrf=" WRONG, "csrf=x", body, other, visitor };
	size_t i;

	(void)state;
	assert_int_equal(str_copy(other, sizeof(other), csrf_of(ADMIN2)), 0);
	assert_int_equal(str_copy(visitor, sizeof(visitor), csrf_of(NOBODY)), 0);
	snprintf(body, sizeof(body), "csrf=%s0", csrf_of(ADMIN));
	for (i = 0; i < COUNT(bodies); i++) {
		if (i > 4)
			snprintf(body, sizeof(body), "csrf=%s", bodies[i]);
		snprintf(length, sizeof(length), "%zu", strlen(i > 4 ? body : bodies[i]));
		begin("POST", "/user", ADMIN);
		fake_body(&fake, i > 4 ? body : bodies[i], length);
		assert_int_equal(run(), 403);
		assert_non_null(strstr(answer(), "error forged"));
		assert_int_equal(handled, 0);
	}
	/* In the address it does not count. */
	snprintf(body, sizeof(body), "/user?csrf=%s", csrf_of(ADMIN));
	begin("POST", body, ADMIN);
	fake_body(&fake, "", "0");
	assert_int_equal(run(), 403);
	assert_int_equal(post("/user", ADMIN, ""), 303);
}

/* Somebody not signed in posts with a cookie of their own. */
static void knows_visitors(void **state)
{
	char cookie[200], token[SEAL_TOKEN_HEX + 1], body[300], length[20];

	(void)state;
	assert_int_equal(str_copy(token, sizeof(token), csrf_of(NOBODY)), 0);
	assert_int_equal(sscanf(header("Set-Cookie"), "%199[^;]", cookie), 1);
	assert_int_equal(strncmp(cookie, "__Host-latchkey-form=", 21), 0);
	assert_non_null(strstr(header("Set-Cookie"), "; HttpOnly; SameSite=Lax; Secure"));
	snprintf(body, sizeof(body), "csrf=%s&email=a%%40b.c&password=x", token);
	snprintf(length, sizeof(length), "%zu", strlen(body));

	begin("POST", "/open", NOBODY);
	fake_body(&fake, body, length);
	assert_int_equal(run(), 403);
	fake_body(&fake, body, length);
	fake_set(&fake, "HTTP_COOKIE", cookie);
	buf_clear(&fake.out);
	assert_int_equal(run(), 303);
	assert_int_equal(handled, 1);

	begin("GET", "/open", NOBODY);
	fake_set(&fake, "HTTP_COOKIE", cookie);
	assert_int_equal(run(), 200);
	assert_string_equal(header("Set-Cookie"), "");
	assert_non_null(strstr(answer(), token));

	begin("GET", "/open", NOBODY);
	fake_set(&fake, "HTTP_COOKIE", "__Host-latchkey-form=short");
	assert_int_equal(run(), 200);
	assert_true(header("Set-Cookie")[0]);
	assert_int_equal(get("/open", MEMBER), 200);
	assert_string_equal(header("Set-Cookie"), "");
}

static void names_cookies_by_the_scheme(void **state)
{
	(void)state;
	assert_int_equal(get("/renew/1", NOBODY), 303);
	assert_string_equal(header("Set-Cookie"),
		"__Host-latchkey=" WRONG "; Path=/; HttpOnly; SameSite=Lax; Secure");
	assert_int_equal(get("/renew/2", NOBODY), 303);
	assert_string_equal(header("Set-Cookie"),
		"__Host-latchkey=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0; Secure");
	cf.secure = 0;
	assert_int_equal(get("/renew/1", NOBODY), 303);
	assert_string_equal(
		header("Set-Cookie"), "latchkey=" WRONG "; Path=/; HttpOnly; SameSite=Lax");
	assert_int_equal(get("/open", NOBODY), 200);
	assert_int_equal(strncmp(header("Set-Cookie"), "latchkey-form=", 14), 0);
	cf.secure = 1;
}

static void shows_form_errors(void **state)
{
	(void)state;
	assert_int_equal(post("/admin", ADMIN, "email=Not+One%3C&password=hunter2"), 422);
	assert_int_equal(handled, 0);
	assert_non_null(strstr(answer(), "value=\"Not One&lt;\""));
	assert_non_null(strstr(answer(), "This is not an e-mail address."));
	assert_null(strstr(answer(), "hunter2"));
	assert_int_equal(post("/admin", ADMIN, "email=a%40b.c&password=hunter2"), 422);
	assert_int_equal(handled, 1);
	assert_non_null(strstr(answer(), "Already there."));
	assert_int_equal(post("/admin", ADMIN, "email=%ff"), 400);
	assert_int_equal(handled, 0);
}

static void reads_queries(void **state)
{
	(void)state;
	assert_int_equal(get("/open?id=x", NOBODY), 200);  /* the page says so */
	assert_int_equal(get("/plain?id=x", NOBODY), 400); /* nothing could */
	assert_int_equal(get("/plain?id=7", NOBODY), 200);
}

static void turns_errors_into_pages(void **state)
{
	char uri[40];
	int code;

	(void)state;
	for (code = ERR_INPUT; code < ERR__MAX; code++) {
		world.retry_at = 0; /* some let the store go */
		snprintf(uri, sizeof(uri), "/fail/%d", code);
		assert_int_equal(get(uri, MEMBER), err_info((enum err_code)code)->status);
		assert_non_null(strstr(answer(), "What to say., member@example.com"));
		assert_null(strstr(answer(), "half"));
		assert_null(strstr(answer(), "for ops"));
		assert_string_equal(header("Set-Cookie"), "");
	}
	assert_int_equal(get("/huge", NOBODY), 500);
}

static void tells_handlers_who(void **state)
{
	char want[100];

	(void)state;
	assert_int_equal(get("/who", NOBODY), 200);
	snprintf(want, sizeof(want), "\r\n\r\n%d  0 192.0.2.7 %d", ACTOR_NOBODY, REQUEST_ID);
	assert_non_null(strstr(answer(), want));
	assert_int_equal(get("/who", ADMIN), 200);
	snprintf(want, sizeof(want), "\r\n\r\n%d admin@example.com 1 192.0.2.7 %d", ACTOR_ADMIN,
		REQUEST_ID);
	assert_non_null(strstr(answer(), want));
}

static void lives_without_the_store(void **state)
{
	char moved[80];

	(void)state;
	snprintf(moved, sizeof(moved), "%s/moved", dir);
	dispatch_done(&world);
	dispatch_init(&world, &cf);
	assert_int_equal(rename(database, moved), 0);
	assert_int_equal(get("/plain", NOBODY), 503);
	assert_non_null(strstr(answer(), "error setup"));
	assert_int_equal(get("/nothing", ADMIN), 404);
	assert_int_equal(get("/../", ADMIN), 400);
	assert_int_equal(rename(moved, database), 0);
	/* Not tried again within a second. */
	world.retry_at = clock_mono_ms() + 500;
	assert_int_equal(get("/plain", NOBODY), 503);
	world.retry_at = clock_mono_ms();
	assert_int_equal(get("/plain", NOBODY), 200);
}

static void lets_go_of_a_damaged_store(void **state)
{
	char uri[40];

	(void)state;
	assert_int_equal(get("/plain", NOBODY), 200);
	snprintf(uri, sizeof(uri), "/fail/%d", ERR_DAMAGED);
	assert_int_equal(get(uri, NOBODY), 500);
	assert_null(world.db);
	world.retry_at = 0;
	assert_int_equal(get("/plain", NOBODY), 200);
}

static void refuses_another_schema(void **state)
{
	struct err e;
	struct db *db;

	(void)state;
	dispatch_done(&world);
	assert_ok(db_sqlite_open(database, 0, &db, &e));
	assert_ok(db_run(db, "CREATE TABLE extra (a INTEGER) STRICT", DB_NONE, NULL, &e));
	dispatch_init(&world, &cf);
	assert_int_equal(get("/plain", NOBODY), 500);
	assert_ok(db_run(db, "DROP TABLE extra", DB_NONE, NULL, &e));
	db_close(db);
	world.retry_at = 0;
	assert_int_equal(get("/plain", NOBODY), 200);
}

/* Standard error into a file, for the length of one call; returns what was written. */
static const char *logged(void (*fn)(void))
{
	static char text[20000];
	int saved = dup(STDERR_FILENO);
	int fd = open(log_path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	ssize_t n;

	assert_true(saved >= 0 && fd >= 0 && dup2(fd, STDERR_FILENO) >= 0);
	fn();
	assert_true(dup2(saved, STDERR_FILENO) >= 0);
	close(saved);
	n = pread(fd, text, sizeof(text) - 1, 0);
	assert_true(n >= 0);
	text[n] = '\0';
	close(fd);
	return text;
}

static size_t count_of(const char *text, const char *what)
{
	size_t n = 0;

	for (; (text = strstr(text, what)); text++)
		n++;
	return n;
}

static void some_requests(void)
{
	get("/link/0123456789secretlink?token=hunter2", ADMIN);
	get("/nothing/0123456789secretlink?token=hunter2", ADMIN);
	post("/admin", ADMIN, "email=hunter2&password=hunter2");
	get("/../hunter2", ADMIN);
	begin("GET", "/plain", NOBODY);
	fake_set(&fake, "HTTP_COOKIE", "hunter2=\x01");
	fake.gone = 1;
	dispatch_run(&world, &fake.io);
}

static void logs_each_request_once(void **state)
{
	const char *text = logged(some_requests);

	(void)state;
	/* One of them is the page that gave the form token. */
	assert_int_equal(count_of(text, " event=request "), 6);
	assert_int_equal(count_of(text, " event=request.failed "), 2);
	assert_int_equal(count_of(text, "route=/link/:word "), 1);
	assert_int_equal(count_of(text, "route=- "), 2);
	assert_int_equal(count_of(text, "status=422"), 1);
	assert_int_equal(count_of(text, "gone=1"), 1);
	assert_int_equal(count_of(text, "secretlink"), 0);
	assert_int_equal(count_of(text, "hunter2"), 0);
	assert_int_equal(count_of(text, tokens[ADMIN]), 0);
	assert_int_equal(count_of(text, " req="), 8);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_pages),
		cmocka_unit_test(refuses_bad_heads),
		cmocka_unit_test(knows_paths_and_methods),
		cmocka_unit_test(answers_head),
		cmocka_unit_test(checks_needs),
		cmocka_unit_test(asks_for_the_password_again),
		cmocka_unit_test(asks_for_the_password_with_the_form),
		cmocka_unit_test(leads_back),
		cmocka_unit_test(takes_one_session_cookie),
		cmocka_unit_test(takes_good_posts),
		cmocka_unit_test(refuses_foreign_posts),
		cmocka_unit_test(takes_keys),
		cmocka_unit_test(checks_form_tokens),
		cmocka_unit_test(knows_visitors),
		cmocka_unit_test(names_cookies_by_the_scheme),
		cmocka_unit_test(shows_form_errors),
		cmocka_unit_test(reads_queries),
		cmocka_unit_test(turns_errors_into_pages),
		cmocka_unit_test(tells_handlers_who),
		cmocka_unit_test(lives_without_the_store),
		cmocka_unit_test(lets_go_of_a_damaged_store),
		cmocka_unit_test(refuses_another_schema),
		cmocka_unit_test(logs_each_request_once),
		cmocka_unit_test(ends_old_sessions),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
