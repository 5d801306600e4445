/* The sign-in's pages: accounts, passwords, second factor, consent, device codes; the ways back. */
#include "tests/unit/unit.h"
#include "tests/unit/token_unit.h"

#define QUERY "?response_type=code&scope=" EWS_USER "&redirect_uri=" BACK
#define ASK AUTHORIZE_PATH QUERY "&client_id=" APP "&state=s%26%3Ct%3E"

static int open_desk(void **state)
{
	struct desk *d = need(sizeof(*d));

	desk_open(d);
	*state = d;
	return 0;
}

static int close_desk(void **state)
{
	desk_close(*state);
	free(*state);
	return 0;
}

static void assert_page(const struct desk *d, const char *mark)
{
	char *location = desk_header(d, "Location");

	if (location != NULL || strstr(d->body, mark) == NULL)
		fail_msg("no %s in: %d %s %s", mark, d->status, location, d->body);
}

static void assert_back(const struct desk *d, const char *name, const char *value)
{
	char *is = desk_back(d, name);

	if (!same(is, value))
		fail_msg("%s is %s, not %s", name, is, value);
	free(is);
}

static void test_refused_on_page(void **state)
{
	static const struct {
		const char *url;
		int number;
	} rows[] = {
		{ AUTHORIZE_PATH, 900144 },
		{ AUTHORIZE_PATH QUERY "&client_id=nobody", 700016 },
		{ AUTHORIZE_PATH QUERY "&client_id=" FOREIGN, 700016 },
		{ AUTHORIZE_PATH QUERY "&client_id=" DISABLED, 7000112 },
		{ "/common/oauth2/v2.0/authorize" QUERY "&client_id=" APP, 50194 },
		{ "/nobody.test/oauth2/v2.0/authorize" QUERY "&client_id=" APP, 90002 },
		{ AUTHORIZE_PATH "?response_type=code&client_id=" APP
				 "&redirect_uri=https://evil.test/",
			50011 },
		{ AUTHORIZE_PATH "?response_type=code&client_id=" APP "&redirect_uri=" BACK "/x",
			50011 },
		{ AUTHORIZE_PATH "?response_type=code&client_id=" APP
				 "&redirect_uri=http://localhost.evil.test/cb",
			50011 },
		{ AUTHORIZE_PATH "?response_type=code&client_id=" PUBLIC
				 "&redirect_uri=http://localhost:80@evil.test/",
			50011 },
		{ LOGIN_PATH, 900561 },
	};
	struct desk *d = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		desk_ask(d, rows[i].url, NULL);
		if (desk_told(d) != rows[i].number || d->status != 400)
			fail_msg("%s: %d %s", rows[i].url, d->status, d->body);
		assert_page(d, "trouble signing you in");
	}
}

static void test_refused_by_redirect(void **state)
{
	static const struct {
		const char *more;
		int number;
		const char *error;
	} rows[] = {
		{ "response_type=code&prompt=none", 50058, "login_required" },
		{ "response_type=code&prompt=maybe", 90023, "invalid_request" },
		{ "response_type=token", 700054, "unsupported_response_type" },
		{ "response_type=code+id_token", 700054, "unsupported_response_type" },
		{ "response_type=nonsense", 70005, "unsupported_response_type" },
		{ "prompt=login", 900144, "invalid_request" },
		{ "response_type=code&response_mode=smoke", 70007, "invalid_request" },
		{ "response_type=code&code_challenge=short", 501491, "invalid_request" },
		{ "response_type=code&code_challenge_method=S256", 50147, "invalid_request" },
		{ "response_type=code&code_challenge=" CHALLENGE "&code_challenge_method=S1", 50147,
			"invalid_request" },
	};
	struct desk *d = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		char *url = format(AUTHORIZE_PATH "?client_id=" APP "&redirect_uri=" BACK
						  "&state=s%%26t&scope=" EWS_USER "&%s",
			rows[i].more);

		desk_ask(d, url, NULL);
		if (desk_told(d) != rows[i].number)
			fail_msg("%s: %d %s", rows[i].more, d->status, d->body);
		assert_int_equal(d->status, 302);
		assert_back(d, "error", rows[i].error);
		assert_back(d, "state", "s&t");
		free(url);
	}
}

static void test_scope_refused_by_redirect(void **state)
{
	static const struct {
		const char *more;
		int number;
	} rows[] = {
		{ "&client_id=" APP, 900144 },
		{ "&client_id=" APP "&scope=https://outlook.office365.com/Nonsense", 70011 },
		{ "&client_id=" APP "&scope=https://nobody.test/Mail.Read", 500011 },
		{ "&client_id=" BARE "&scope=" EWS_USER, 650057 },
	};
	struct desk *d = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		char *url = format(
			AUTHORIZE_PATH "?response_type=code&redirect_uri=" BACK "%s", rows[i].more);

		desk_ask(d, url, NULL);
		assert_int_equal(d->status, 302);
		assert_int_equal(desk_told(d), rows[i].number);
		free(url);
	}
}

static void test_sign_in(void **state)
{
	struct desk *d = *state;

	desk_ask(d, ASK "&prompt=login&login_hint=svc%40example.test&client_info=1", NULL);
	assert_page(d,
		"id=\"i0116\" name=\"loginfmt\" autocomplete=\"username\" "
		"value=\"svc@example.test\"");
	assert_page(d, "id=\"i0118\" name=\"passwd\"");
	desk_sign_in(d, "svc@example.test");
	assert_int_equal(d->status, 302);
	assert_back(d, "state", "s&<t>");
	free(d->cookie);
	d->cookie = NULL;
	desk_ask(d, ASK, NULL);
	desk_press(d, "loginfmt=svc%40example.test");
	assert_page(d, "value=\"svc@example.test\"");
	desk_press(d, "loginfmt=svc%40example.test&passwd=right");
	assert_int_equal(d->status, 302);
}

/* Said on the form, which stays: nothing goes back before somebody is signed in. */
static void test_password_refused(void **state)
{
	static const struct {
		const char *fields;
		int number;
	} rows[] = {
		{ "loginfmt=svc@example.test&passwd=bad", 50126 },
		{ "loginfmt=nobody@example.test&passwd=right", 50034 },
		{ "loginfmt=locked@example.test&passwd=right", 50053 },
		{ "loginfmt=expired@example.test&passwd=right", 50055 },
		{ "loginfmt=disabled@example.test&passwd=right", 50057 },
		{ "loginfmt=hours@example.test&passwd=right", 80012 },
	};
	struct desk *d = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		desk_ask(d, ASK, NULL);
		desk_press(d, rows[i].fields);
		assert_page(d, "id=\"error\"");
		assert_int_equal(desk_told(d), rows[i].number);
		assert_null(d->cookie);
	}
	desk_press(d, "passwd=right");
	assert_page(d, "Enter a valid email address.");
	desk_press(d, "loginfmt=far@other.test&passwd=right");
	assert_page(d, "trouble signing you in");
	assert_int_equal(desk_told(d), 50020);
}

/* The wrong account is signed in already, and is what the page offers first. */
static void test_wrong_account(void **state)
{
	struct desk *d = *state;
	char *account, *fields, *code;
	json_t *c;

	free(desk_code(d, "wrong@example.test", ""));
	desk_ask(d, ASK, NULL);
	assert_page(d, "data-test-id=\"wrong@example.test\"");
	assert_page(d, "Use another account");
	assert_page(d, "id=\"otherTile\"");
	account = desk_field(d, "account");
	desk_press(d, "other=1");
	assert_page(d, "name=\"loginfmt\"");
	/* the tile signs in without a password: as the wrong one */
	desk_ask(d, ASK, NULL);
	fields = format("account=%s", account);
	desk_press(d, fields);
	code = desk_back(d, "code");
	desk_redeem(d, code, "");
	c = claims_of(desk_string(d, "id_token"));
	assert_claim(c, "preferred_username", "wrong@example.test");
	json_decref(c);
	free(code);
	free(fields);
	free(account);
}

static void test_prompts(void **state)
{
	struct desk *d = *state;
	char *fields;

	free(desk_code(d, "wrong@example.test", ""));
	desk_ask(d, ASK "&prompt=login", NULL);
	assert_page(d, "name=\"passwd\"");
	assert_null(strstr(d->body, "wrong@example.test"));
	/* even the tile's own fields do not get past prompt=login */
	fields =
		format("account=%s", world_identity(d->sim.world, "wrong@example.test")->object_id);
	desk_press(d, fields);
	free(fields);
	assert_page(d, "name=\"passwd\"");
	desk_ask(d, ASK "&prompt=select_account", NULL);
	assert_page(d, "Pick an account");
	desk_ask(d, ASK "&login_hint=svc@example.test", NULL);
	assert_page(d, "value=\"svc@example.test\"");
	desk_ask(d, ASK "&login_hint=wrong@example.test", NULL);
	assert_int_equal(d->status, 302);
	desk_ask(d, ASK "&prompt=none", NULL);
	assert_int_equal(desk_told(d), 0);
	desk_ask(d, ASK "&prompt=none&login_hint=svc@example.test", NULL);
	assert_int_equal(desk_told(d), 50058);
	desk_ask(d, ASK "&prompt=consent&login_hint=wrong@example.test", NULL);
	assert_page(d, "name=\"consent\" value=\"accept\"");
	desk_ask(d, ASK "&prompt=admin_consent&login_hint=wrong@example.test", NULL);
	assert_int_equal(desk_told(d), 90094);
	free(desk_code(d, "svc@example.test", ""));
	desk_ask(d, ASK "&prompt=none", NULL);
	assert_int_equal(desk_told(d), 16000);
	assert_back(d, "error", "interaction_required");
}

static void test_silent(void **state)
{
	struct desk *d = *state;

	desk_say(d, "premise cloud\nunsure signed-in silent");
	free(desk_code(d, "wrong@example.test", ""));
	desk_ask(d, ASK, NULL);
	assert_int_equal(d->status, 302);
	desk_ask(d, ASK "&prompt=select_account", NULL);
	assert_page(d, "Pick an account");
}

/* A session ends with the password, with the day, and with the sign-out. */
static void test_session_ends(void **state)
{
	static const char *const ends[] = { "account svc@example.test\nnew-password right",
		"clock +25h" };
	struct desk *d = *state;

	for (size_t i = 0; i < COUNT(ends); i++) {
		free(desk_code(d, "svc@example.test", ""));
		desk_ask(d, ASK "&prompt=none", NULL);
		assert_int_equal(desk_told(d), 0);
		desk_say(d, ends[i]);
		desk_ask(d, ASK "&prompt=none", NULL);
		assert_int_equal(desk_told(d), 50058);
	}
	free(desk_code(d, "svc@example.test", ""));
	desk_ask(d, "/common/oauth2/v2.0/logout?post_logout_redirect_uri=https://evil.test/", NULL);
	assert_page(d, "You signed out");
	desk_ask(d, ASK "&prompt=none", NULL);
	assert_int_equal(desk_told(d), 50058);
	desk_ask(d, "/common/oauth2/v2.0/logout?post_logout_redirect_uri=" BACK, NULL);
	assert_int_equal(d->status, 302);
}

/* A made-up cookie is not taken over: nobody chooses another's session. */
static void test_foreign_cookie(void **state)
{
	struct desk *d = *state;

	d->cookie = copy("ESTSAUTHPERSISTENT=1.Achosen");
	free(desk_code(d, "svc@example.test", ""));
	assert_string_not_equal(d->cookie, "ESTSAUTHPERSISTENT=1.Achosen");
}

static void test_second_factor(void **state)
{
	static const char *const bad[] = { "otc=000000", "otc=12345", "otc=12345x", "otc=", "" };
	struct desk *d = *state;
	char *step, *fields;
	json_t *c;

	desk_ask(d, ASK "&prompt=login", NULL);
	desk_sign_in(d, "mfa@example.test");
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_page(d, "id=\"otc\"");
		desk_go_on(d, bad[i]);
		assert_int_equal(desk_told(d), 500121);
	}
	step = desk_field(d, "step");
	fields = format("step=%s&consent=accept", step);
	desk_press(d, fields); /* jumping over it */
	assert_page(d, "id=\"otc\"");
	desk_go_on(d, "otc=123456");
	assert_int_equal(d->status, 302);
	free(fields);
	fields = desk_back(d, "code");
	desk_redeem(d, fields, "");
	c = claims_of(desk_string(d, "access_token"));
	assert_int_equal(json_array_size(json_object_get(c, "amr")), 2);
	json_decref(c);
	free(step);
	free(fields);
	desk_ask(d, ASK "&prompt=none", NULL);
	assert_int_equal(desk_told(d), 0);
}

/* A session from before the second factor was asked for does not do. */
static void test_second_factor_later(void **state)
{
	struct desk *d = *state;

	free(desk_code(d, "svc@example.test", ""));
	desk_say(d, "account svc@example.test\nstate mfa");
	desk_ask(d, ASK "&prompt=none", NULL);
	assert_int_equal(desk_told(d), 50076);
	assert_back(d, "error", "interaction_required");
}

#define ASK_FRESH AUTHORIZE_PATH QUERY "&state=x&client_id=" UNCONSENTED

static void test_consent(void **state)
{
	struct desk *d = *state;
	char *step, *fields;

	desk_ask(d, ASK_FRESH, NULL);
	desk_sign_in(d, "svc@example.test");
	assert_page(d, "Permissions requested");
	assert_page(d, "EWS.AccessAsUser.All");
	step = desk_field(d, "step");
	fields = format("step=%s&consent=accept", step);
	desk_go_on(d, "consent=cancel");
	assert_int_equal(desk_told(d), 65004);
	assert_back(d, "error", "access_denied");
	assert_back(d, "error_subcode", "cancel");
	/* the step was used */
	desk_ask(d, ASK_FRESH "&prompt=none", NULL);
	assert_int_equal(desk_told(d), 65001);
	assert_back(d, "error", "consent_required");
	desk_ask(d, ASK_FRESH, NULL);
	desk_press(d, fields);
	assert_page(d, "Pick an account");
	desk_press(d, "loginfmt=svc@example.test&passwd=right");
	desk_go_on(d, "consent=accept");
	assert_int_equal(d->status, 302);
	assert_int_equal(desk_told(d), 0);
	desk_ask(d, ASK_FRESH "&prompt=none", NULL);
	assert_int_equal(desk_told(d), 0);
	free(step);
	free(fields);
}

/* A step of one app is of no use to another. */
static void test_step_of_another_app(void **state)
{
	struct desk *d = *state;
	char *step, *fields;

	desk_ask(d, ASK_FRESH, NULL);
	desk_sign_in(d, "svc@example.test");
	step = desk_field(d, "step");
	fields = format("step=%s&consent=accept", step);
	desk_ask(d, LOGIN_PATH QUERY "&client_id=" APP, fields);
	assert_page(d, "Pick an account");
	free(step);
	free(fields);
}

static void test_assignment(void **state)
{
	struct desk *d = *state;

	desk_ask(d, AUTHORIZE_PATH QUERY "&client_id=" ASSIGNED, NULL);
	desk_sign_in(d, "svc@example.test");
	assert_int_equal(desk_told(d), 50105);
	desk_ask(d, AUTHORIZE_PATH QUERY "&prompt=login&client_id=" ASSIGNED, NULL);
	desk_sign_in(d, "synced@example.test");
	assert_int_equal(desk_told(d), 0);
	desk_say(d, "app " ASSIGNED "\nconsent no");
	desk_ask(d, AUTHORIZE_PATH QUERY "&prompt=login&client_id=" ASSIGNED, NULL);
	desk_sign_in(d, "synced@example.test");
	assert_int_equal(desk_told(d), 90094);
}

static void test_modes(void **state)
{
	struct desk *d = *state;
	char *location;

	desk_ask(d, ASK "&response_mode=fragment", NULL);
	desk_sign_in(d, "svc@example.test");
	location = desk_header(d, "Location");
	assert_non_null(strstr(location, "/oauth/callback#code="));
	free(location);
	desk_ask(d, ASK "&response_mode=form_post&prompt=none", NULL);
	assert_page(d,
		"<form method=\"post\" name=\"hiddenform\" id=\"hiddenform\" "
		"action=\"https://portal.example.test/oauth/callback\"");
	assert_page(d, "name=\"state\" value=\"s&amp;&lt;t&gt;\"");
	assert_page(d, "name=\"code\" value=\"1.A");
	desk_ask(d,
		AUTHORIZE_PATH "?response_type=code&prompt=none&client_id=" APP
			       "&redirect_uri=https%3A%2F%2Fportal.example.test%2Fq%3Fa%3Db"
			       "&scope=" EWS_USER,
		NULL);
	location = desk_header(d, "Location");
	assert_non_null(strstr(location, "/q?a=b&code="));
	free(location);
	/* a program's own port, and the request as a posted form */
	desk_ask(d, AUTHORIZE_PATH,
		"response_type=code&prompt=none&client_id=" APP
		"&redirect_uri=http%3A%2F%2Flocalhost%3A54321%2Fcb&scope=" EWS_USER);
	location = desk_header(d, "Location");
	assert_non_null(strstr(location, "http://localhost:54321/cb?code="));
	free(location);
}

static void test_common(void **state)
{
	struct desk *d = *state;

	desk_say(d, "app " APP "\nsingle-tenant no");
	desk_ask(d, "/common/oauth2/v2.0/authorize" QUERY "&client_id=" APP, NULL);
	desk_sign_in(d, "far@other.test");
	assert_int_equal(d->status, 302);
	assert_int_equal(desk_told(d), 0);
}

/* v1: resource instead of scope. */
static void test_v1(void **state)
{
	struct desk *d = *state;
	char *code, *body;

	desk_ask(d,
		"/" TENANT "/oauth2/authorize?response_type=code&redirect_uri=" BACK
		"&client_id=" APP "&resource=https%3A%2F%2Foutlook.office365.com",
		NULL);
	assert_page(d, "/oauth2/login?");
	desk_sign_in(d, "svc@example.test");
	code = desk_back(d, "code");
	body = format("grant_type=authorization_code&client_id=" APP
		      "&client_secret=s3cret&redirect_uri=" BACK "&code=%s",
		code);
	desk_ask(d, "/" TENANT "/oauth2/token", body);
	assert_string_equal(desk_string(d, "resource"), "https://outlook.office365.com");
	free(code);
	code = copy(desk_string(d, "refresh_token"));
	desk_refresh(d, code);
	assert_int_equal(d->status, 200);
	free(code);
	free(body);
}

/* Everything a page shows was escaped, whatever came in. */
static void test_hostile_values(void **state)
{
	static const char evil[] = "%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E";
	struct desk *d = *state;
	struct text t = { 0 };

	text_printf(&t, "%s&login_hint=%s&nonce=%s&x=\"><script>alert(1)</script>%s", ASK, evil,
		evil, "&state2=%zz%00");
	desk_ask(d, t.at, NULL);
	assert_page(d, "name=\"passwd\"");
	assert_null(strstr(d->body, "<script>alert"));
	desk_press(d, "loginfmt=%22%3E%3Cscript%3Ealert(1)&passwd=%ff%fe");
	assert_int_equal(desk_told(d), 50034);
	assert_null(strstr(d->body, "<script>alert"));
	text_clear(&t);
	text_printf(
		&t, AUTHORIZE_PATH "?response_type=code&client_id=" APP "&redirect_uri=%s", evil);
	desk_ask(d, t.at, NULL);
	assert_int_equal(desk_told(d), 50011);
	assert_null(strstr(d->body, "<script>alert"));
	desk_ask(d, ASK "&prompt=none&state=%0d%0aSet-Cookie:%20a=b", NULL);
	assert_null(strstr(d->answer.head.at, "\r\nSet-Cookie"));
	text_free(&t);
}

/* Device codes */

static char *device_begin(struct desk *d, char **user_code)
{
	desk_ask(d, "/common/oauth2/v2.0/devicecode", "client_id=" PUBLIC "&scope=" EWS_USER);
	assert_int_equal(d->status, 200);
	assert_int_equal(json_integer_value(json_object_get(d->json, "expires_in")), 900);
	assert_non_null(strstr(desk_string(d, "message"), desk_string(d, "user_code")));
	*user_code = copy(desk_string(d, "user_code"));
	return copy(desk_string(d, "device_code"));
}

static int device_poll(struct desk *d, const char *code)
{
	char *body =
		format("grant_type=urn:ietf:params:oauth:grant-type:device_code&client_id=" PUBLIC
		       "&device_code=%s",
			code);

	desk_ask(d, "/common/oauth2/v2.0/token", body);
	free(body);
	return desk_number(d);
}

static void device_type(struct desk *d, const char *user_code)
{
	char *fields = format("otc=%s", user_code);

	desk_ask(d, "/common/oauth2/deviceauth", NULL);
	desk_press(d, fields);
	free(fields);
}

static void test_device(void **state)
{
	struct desk *d = *state;
	char *user_code, *code = device_begin(d, &user_code);

	assert_int_equal(device_poll(d, code), 70016);
	assert_string_equal(desk_string(d, "error"), "authorization_pending");
	device_type(d, user_code);
	desk_sign_in(d, "svc@example.test");
	assert_page(d, "Are you trying to sign in?");
	assert_int_equal(device_poll(d, code), 70016);
	device_type(d, user_code);
	desk_press(d, "loginfmt=svc@example.test&passwd=right");
	desk_go_on(d, "consent=accept");
	assert_page(d, "You have signed in to the Desk application");
	assert_int_equal(device_poll(d, code), 0);
	assert_non_null(desk_string(d, "refresh_token"));
	assert_int_equal(device_poll(d, code), 54005);
	device_type(d, user_code);
	assert_int_equal(desk_told(d), 70018);
	free(code);
	free(user_code);
}

static void test_device_refused(void **state)
{
	struct desk *d = *state;
	char *user_code, *code = device_begin(d, &user_code);

	device_type(d, "AAAAAAAAA");
	assert_int_equal(desk_told(d), 70018);
	device_type(d, user_code);
	desk_sign_in(d, "svc@example.test");
	desk_go_on(d, "consent=cancel");
	assert_page(d, "You declined");
	assert_int_equal(device_poll(d, code), 70017);
	assert_string_equal(desk_string(d, "error"), "authorization_declined");
	free(code);
	free(user_code);
	code = device_begin(d, &user_code);
	desk_say(d, "clock +16m");
	assert_int_equal(device_poll(d, code), 70019);
	assert_string_equal(desk_string(d, "error"), "expired_token");
	device_type(d, user_code);
	assert_int_equal(desk_told(d), 70019);
	free(code);
	free(user_code);
	desk_ask(d, "/common/oauth2/v2.0/devicecode", "scope=" EWS_USER);
	assert_int_equal(desk_number(d), 900144);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_desk, close_desk)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_refused_on_page),
		TEST(test_refused_by_redirect),
		TEST(test_scope_refused_by_redirect),
		TEST(test_sign_in),
		TEST(test_password_refused),
		TEST(test_wrong_account),
		TEST(test_prompts),
		TEST(test_silent),
		TEST(test_session_ends),
		TEST(test_foreign_cookie),
		TEST(test_second_factor),
		TEST(test_second_factor_later),
		TEST(test_consent),
		TEST(test_step_of_another_app),
		TEST(test_assignment),
		TEST(test_modes),
		TEST(test_common),
		TEST(test_v1),
		TEST(test_hostile_values),
		TEST(test_device),
		TEST(test_device_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
