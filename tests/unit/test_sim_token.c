/* The sign-in's token endpoint: every grant, every refusal that a request alone can earn. */
#include "tests/unit/unit.h"
#include "tests/unit/token_unit.h"

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

#define CREDENTIALS "grant_type=client_credentials&client_id=" APP
#define REDEEM                                                                                     \
	"grant_type=authorization_code&client_id=" APP "&client_secret=s3cret&redirect_uri=" BACK

/* What a single POST is told. */
static const struct row {
	const char *path, *body;
	int number, status;
	const char *error;
} rows[] = {
	/* the client */
	{ TOKEN_PATH, CREDENTIALS "&scope=" EWS_DEFAULT, 7000216, 401, "invalid_request" },
	{ TOKEN_PATH, CREDENTIALS "&client_secret=bad&scope=" EWS_DEFAULT, 7000215, 401,
		"invalid_client" },
	{ TOKEN_PATH, CREDENTIALS "&client_secret=key-1&scope=" EWS_DEFAULT, 7000215, 401,
		"invalid_client" },
	{ TOKEN_PATH, CREDENTIALS "&client_secret=0ld&scope=" EWS_DEFAULT, 7000222, 401,
		"invalid_client" },
	{ TOKEN_PATH, "grant_type=client_credentials&client_secret=x&scope=" EWS_DEFAULT, 900144,
		400, "invalid_request" },
	{ TOKEN_PATH, "grant_type=client_credentials&client_id=nobody&client_secret=x", 700016, 400,
		"unauthorized_client" },
	{ TOKEN_PATH, "grant_type=client_credentials&client_id=" FOREIGN "&client_secret=s3cret",
		700016, 400, "unauthorized_client" },
	{ TOKEN_PATH,
		"grant_type=client_credentials&client_id=" DISABLED
		"&client_secret=s3cret&scope=" EWS_DEFAULT,
		7000112, 400, "unauthorized_client" },
	{ TOKEN_PATH,
		"grant_type=client_credentials&client_id=" PUBLIC
		"&client_secret=x&scope=" EWS_DEFAULT,
		700025, 401, "invalid_client" },
	{ TOKEN_PATH, ROPC "&client_secret=x&username=svc@example.test&password=right", 700025, 401,
		"invalid_client" },
	{ TOKEN_PATH,
		"grant_type=password&client_id=" APP "&scope=" EWS_USER
		"&username=svc@example.test&password=right",
		7000218, 401, "invalid_client" },
	{ TOKEN_PATH, CREDENTIALS "&client_assertion=x&scope=" EWS_DEFAULT, 900144, 400,
		"invalid_request" },
	{ TOKEN_PATH, CREDENTIALS "&client_assertion_type=x&client_assertion=x&scope=" EWS_DEFAULT,
		50027, 400, "invalid_request" },

	/* tenants */
	{ "/nowhere.test/oauth2/v2.0/token", CREDENTIALS "&client_secret=s3cret", 90002, 400,
		"invalid_request" },
	{ "//oauth2/v2.0/token", CREDENTIALS "&client_secret=s3cret", 90002, 400,
		"invalid_request" },
	{ "/common/oauth2/v2.0/token", CREDENTIALS "&client_secret=s3cret&scope=" EWS_DEFAULT,
		50059, 400, "invalid_request" },
	{ "/consumers/oauth2/v2.0/token", CREDENTIALS, 9002346, 400, "invalid_request" },
	{ "/common/oauth2/v2.0/token", REDEEM "&code=x", 50194, 400, "invalid_request" },

	/* scopes and resources */
	{ TOKEN_PATH, CREDENTIALS "&client_secret=s3cret", 900144, 400, "invalid_request" },
	{ TOKEN_PATH,
		CREDENTIALS "&client_secret=s3cret&scope=https://outlook.office365.com/"
			    "EWS.AccessAsUser.All",
		1002012, 400, "invalid_scope" },
	{ TOKEN_PATH, CREDENTIALS "&client_secret=s3cret&scope=https://nobody.test/.default",
		500011, 400, "invalid_resource" },
	{ TOKEN_PATH, CREDENTIALS "&client_secret=s3cret&scope=https://outlook.other.test/.default",
		500011, 400, "invalid_resource" },
	{ TOKEN_PATH, CREDENTIALS "&client_secret=s3cret&scope=/.default", 70011, 400,
		"invalid_scope" },
	{ TOKEN_PATH,
		CREDENTIALS "&client_secret=s3cret&scope=https://outlook.office365.com/Nonsense",
		70011, 400, "invalid_scope" },
	{ TOKEN_PATH, CREDENTIALS "&client_secret=s3cret&scope=User.Read+" EWS_DEFAULT, 28000, 400,
		"invalid_request" },
	{ TOKEN_PATH, "grant_type=password&client_id=" PUBLIC "&scope=offline_access", 70011, 400,
		"invalid_scope" },
	{ "/" TENANT "/oauth2/token", CREDENTIALS "&client_secret=s3cret", 900144, 400,
		"invalid_request" },
	{ "/" TENANT "/oauth2/token",
		CREDENTIALS "&client_secret=s3cret&resource=https%3A%2F%2Fnobody.test", 500011, 400,
		"invalid_resource" },

	/* people */
	{ TOKEN_PATH, ROPC "&username=wrong@example.test&password=bad", 50126, 400,
		"invalid_grant" },
	{ TOKEN_PATH, ROPC "&username=nobody@example.test&password=right", 50034, 400,
		"invalid_grant" },
	{ TOKEN_PATH, ROPC "&username=EXAMPLE%5Csvc&password=right", 50034, 400, "invalid_grant" },
	{ TOKEN_PATH, ROPC "&username=locked@example.test&password=right", 50053, 400,
		"invalid_grant" },
	{ TOKEN_PATH, ROPC "&username=expired@example.test&password=right", 50055, 400,
		"invalid_grant" },
	{ TOKEN_PATH, ROPC "&username=change@example.test&password=right", 50055, 400,
		"invalid_grant" },
	{ TOKEN_PATH, ROPC "&username=synced-expired@example.test&password=right", 50144, 400,
		"invalid_grant" },
	{ TOKEN_PATH, ROPC "&username=hours@example.test&password=right", 80012, 400,
		"invalid_grant" },
	{ TOKEN_PATH, ROPC "&username=disabled@example.test&password=right", 50057, 400,
		"invalid_grant" },
	{ TOKEN_PATH, ROPC "&username=mfa@example.test&password=right", 50076, 400,
		"invalid_grant" },
	{ TOKEN_PATH, ROPC "&username=far@other.test&password=right", 50020, 400, "invalid_grant" },
	{ TOKEN_PATH, ROPC "&password=right", 900144, 400, "invalid_request" },
	{ TOKEN_PATH, ROPC "&username=svc@example.test", 900144, 400, "invalid_request" },
	{ TOKEN_PATH,
		"grant_type=password&client_id=" ASSIGNED "&scope=" EWS_USER
		"&username=svc@example.test&password=right",
		50105, 400, "interaction_required" },
	{ TOKEN_PATH,
		"grant_type=password&client_id=" UNCONSENTED "&scope=" EWS_USER
		"&username=svc@example.test&password=right&client_secret=",
		65001, 400, "invalid_grant" },
	{ TOKEN_PATH,
		"grant_type=password&client_id=" BARE "&client_secret=s3cret&scope=" EWS_USER
		"&username=svc@example.test&password=right",
		650057, 400, "invalid_resource" },

	/* the grant */
	{ TOKEN_PATH, "", 900144, 400, "invalid_request" },
	{ TOKEN_PATH, "grant_type=", 900144, 400, "invalid_request" },
	{ TOKEN_PATH, "grant_type=implicit", 70003, 400, "unsupported_grant_type" },
	{ TOKEN_PATH, REDEEM, 900144, 400, "invalid_request" },
	{ TOKEN_PATH, REDEEM "&code=nonsense", 9002313, 400, "invalid_request" },
	{ TOKEN_PATH,
		"grant_type=refresh_token&client_id=" APP "&client_secret=s3cret&refresh_token=x",
		9002313, 400, "invalid_request" },
	{ TOKEN_PATH, "grant_type=device_code&client_id=" PUBLIC "&device_code=x", 70018, 400,
		"bad_verification_code" },
	{ TOKEN_PATH, "grant_type=device_code&client_id=" PUBLIC, 900144, 400, "invalid_request" },

	/* hostile bodies */
	{ TOKEN_PATH, "&&&=&==&%", 900144, 400, "invalid_request" },
	{ TOKEN_PATH, "grant_type=%zz", 900144, 400, "invalid_request" },
	{ TOKEN_PATH, "grant_type=%00", 900144, 400, "invalid_request" },
	{ TOKEN_PATH, "grant_type=%ff%fe%0d%0a<script>", 70003, 400, "unsupported_grant_type" },
	{ TOKEN_PATH, "grant_type=client_credentials&client_id=%ff%0d%0aX:%20y", 700016, 400,
		"unauthorized_client" },
	{ TOKEN_PATH, CREDENTIALS "&client_secret=%C3%28&scope=" EWS_DEFAULT, 7000215, 401,
		"invalid_client" },
};

static void test_refusals(void **state)
{
	struct desk *d = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		desk_ask(d, rows[i].path, rows[i].body);
		if (desk_number(d) != rows[i].number || d->status != rows[i].status ||
			!same(desk_string(d, "error"), rows[i].error))
			fail_msg("%s %s: %d %s", rows[i].path, rows[i].body, d->status, d->body);
	}
}

static void test_refusal_has_all_members(void **state)
{
	struct desk *d = *state;
	char *mark;

	d->name = "client-request-id";
	d->value = "12345678-1234-4234-8234-123456789abc";
	desk_ask(d, TOKEN_PATH, CREDENTIALS "&client_secret=key-1&scope=" EWS_DEFAULT);
	assert_non_null(strstr(desk_string(d, "error_description"),
		"client secret value, not the client secret ID, for a secret added to app '" APP
		"'."));
	assert_string_equal(desk_string(d, "correlation_id"), d->value);
	assert_string_equal(desk_string(d, "timestamp"), "2026-11-23 08:00:00Z");
	mark = format(" Trace ID: %s Correlation ID: %s Timestamp: 2026-11-23 08:00:00Z",
		desk_string(d, "trace_id"), d->value);
	assert_non_null(strstr(desk_string(d, "error_description"), mark));
	assert_string_equal(
		desk_string(d, "error_uri"), "https://login.example.test/error?code=7000215");
	free(mark);
	mark = desk_header(d, "client-request-id");
	assert_string_equal(mark, d->value);
	free(mark);
}

static void test_app_only(void **state)
{
	struct desk *d = *state;
	json_t *c;

	desk_ask(d, TOKEN_PATH, CREDENTIALS "&client_secret=s3cret&scope=" EWS_DEFAULT);
	assert_int_equal(d->status, 200);
	assert_int_equal(json_integer_value(json_object_get(d->json, "expires_in")), 3599);
	assert_string_equal(desk_string(d, "token_type"), "Bearer");
	assert_null(desk_string(d, "refresh_token"));
	c = claims_of(desk_string(d, "access_token"));
	assert_claim(c, "aud", "https://outlook.office365.com");
	assert_claim(c, "appid", APP);
	assert_claim(c, "appidacr", "1");
	assert_claim(c, "tid", TENANT);
	assert_claim(c, "oid", world_app(d->sim.world, APP)->object_id);
	assert_claim(c, "upn", NULL);
	assert_string_equal(json_string_value(json_array_get(json_object_get(c, "roles"), 0)),
		"full_access_as_app");
	assert_int_equal(
		json_integer_value(json_object_get(c, "exp")), world_now(d->sim.world) + 3600);
	json_decref(c);
}

/* v1: a resource instead of a scope, and numbers in quotes. */
static void test_v1(void **state)
{
	struct desk *d = *state;

	desk_ask(d, "/example.test/oauth2/token",
		CREDENTIALS
		"&client_secret=s3cret&resource=https%3A%2F%2Foutlook.office365.com%2F");
	assert_int_equal(d->status, 200);
	assert_string_equal(desk_string(d, "expires_in"), "3599");
	assert_string_equal(desk_string(d, "resource"), "https://outlook.office365.com/");
}

static void test_client_by_basic(void **state)
{
	static const struct {
		const char *pair;
		int number;
	} pairs[] = { { APP ":s3cret", 0 }, { APP ":bad", 7000215 }, { APP, 900144 },
		{ "x:y", 700016 }, { APP ":%zz", 900144 } };
	struct desk *d = *state;

	for (size_t i = 0; i < COUNT(pairs); i++) {
		struct text t = { 0 };

		text_puts(&t, "Basic ");
		base64_add(&t, pairs[i].pair, strlen(pairs[i].pair));
		d->name = "Authorization";
		d->value = t.at;
		desk_ask(d, TOKEN_PATH, "grant_type=client_credentials&scope=" EWS_DEFAULT);
		assert_int_equal(desk_number(d), pairs[i].number);
		text_free(&t);
	}
}

/* Without consent or permission there is a token, and nothing in it. */
static void test_no_roles(void **state)
{
	static const char *const apps[] = { BARE, UNCONSENTED };
	struct desk *d = *state;

	for (size_t i = 0; i < COUNT(apps); i++) {
		char *body = format("grant_type=client_credentials&client_id=%s&client_secret="
				    "s3cret&scope=" EWS_DEFAULT,
			apps[i]);
		json_t *c;

		desk_ask(d, TOKEN_PATH, body);
		assert_int_equal(d->status, 200);
		c = claims_of(desk_string(d, "access_token"));
		assert_null(json_object_get(c, "roles"));
		json_decref(c);
		free(body);
	}
}

static void test_password_grant(void **state)
{
	struct desk *d = *state;
	json_t *c;

	desk_ask(d, "/organizations/oauth2/v2.0/token",
		ROPC "&username=synced@example.test&password=right&client_info=1");
	assert_int_equal(d->status, 200);
	assert_string_equal(
		desk_string(d, "scope"), "https://outlook.office365.com/EWS.AccessAsUser.All");
	assert_non_null(desk_string(d, "refresh_token"));
	assert_non_null(desk_string(d, "client_info"));
	c = claims_of(desk_string(d, "access_token"));
	assert_claim(c, "scp", "EWS.AccessAsUser.All");
	assert_claim(c, "upn", "synced@example.test");
	assert_claim(c, "appidacr", "0");
	json_decref(c);
	c = claims_of(desk_string(d, "id_token"));
	assert_claim(c, "aud", PUBLIC);
	assert_claim(c, "preferred_username", "synced@example.test");
	assert_claim(c, "iss", "https://login.example.test/" TENANT "/v2.0");
	json_decref(c);
}

/* One counter: bad passwords here and at sign_password lock the same account. */
static void test_one_counter(void **state)
{
	struct desk *d = *state;
	struct identity *id = world_identity(d->sim.world, "svc@example.test");

	assert_int_equal(sign_password(&d->sim, id, "bad"), PASSWORD_WRONG);
	desk_ask(d, TOKEN_PATH, ROPC "&username=svc@example.test&password=bad");
	assert_int_equal(desk_number(d), 50126);
	assert_int_equal(id->bad, 2);
	desk_ask(d, TOKEN_PATH, ROPC "&username=svc@example.test&password=bad");
	desk_ask(d, TOKEN_PATH, ROPC "&username=svc@example.test&password=right");
	assert_int_equal(desk_number(d), 50053);
	assert_int_equal(sign_password(&d->sim, id, "right"), PASSWORD_LOCKED);
	desk_say(d, "clock +31m");
	desk_ask(d, TOKEN_PATH, ROPC "&username=svc@example.test&password=right");
	assert_int_equal(d->status, 200);
}

/* Codes */

static void test_code(void **state)
{
	struct desk *d = *state;
	char *code = desk_code(d, "svc@example.test", "&nonce=n1");
	json_t *c;

	desk_redeem(d, code, "");
	assert_int_equal(d->status, 200);
	c = claims_of(desk_string(d, "id_token"));
	assert_claim(c, "nonce", "n1");
	assert_claim(c, "tid", TENANT);
	assert_claim(c, "oid", world_identity(d->sim.world, "svc@example.test")->object_id);
	json_decref(c);
	desk_redeem(d, code, "");
	assert_int_equal(desk_number(d), 54005);
	free(code);
}

static void test_code_refused(void **state)
{
	static const struct {
		const char *path, *body;
		int number;
	} tries[] = {
		{ TOKEN_PATH,
			"client_id=" APP "&client_secret=s3cret&redirect_uri=https%3A%2F%2Fx.test",
			500112 },
		{ TOKEN_PATH, "client_id=" APP "&client_secret=s3cret", 900144 },
		{ TOKEN_PATH, "client_id=" BARE "&client_secret=s3cret&redirect_uri=" BACK, 70000 },
		{ TOKEN_PATH, "client_id=" APP "&redirect_uri=" BACK, 7000218 },
		{ "/other.test/oauth2/v2.0/token",
			"client_id=" APP "&client_secret=s3cret&redirect_uri=" BACK, 700016 },
		{ "/other.test/oauth2/v2.0/token", "client_id=" UNCONSENTED "&redirect_uri=" BACK,
			700005 },
		{ TOKEN_PATH,
			"client_id=" APP "&client_secret=s3cret&redirect_uri=" BACK
			"&code_verifier=" VERIFIER,
			501481 },
	};
	struct desk *d = *state;
	char *code = desk_code(d, "svc@example.test", "");

	for (size_t i = 0; i < COUNT(tries); i++) {
		char *body =
			format("grant_type=authorization_code&code=%s&%s", code, tries[i].body);

		desk_ask(d, tries[i].path, body);
		if (desk_number(d) != tries[i].number)
			fail_msg("%s: %s", tries[i].body, d->body);
		free(body);
	}
	desk_say(d, "clock +11m");
	desk_redeem(d, code, "");
	assert_int_equal(desk_number(d), 70008);
	free(code);
}

static void test_code_dies_with_password(void **state)
{
	struct desk *d = *state;
	char *code = desk_code(d, "svc@example.test", "");

	token_revoke(&d->sim, world_identity(d->sim.world, "svc@example.test"));
	desk_redeem(d, code, "");
	assert_int_equal(desk_number(d), 50173);
	free(code);
}

static void test_pkce(void **state)
{
	static const struct {
		const char *asked, *given;
		int number;
	} tries[] = {
		{ "&code_challenge=" CHALLENGE "&code_challenge_method=S256",
			"&code_verifier=" VERIFIER, 0 },
		{ "&code_challenge=" VERIFIER "&code_challenge_method=plain",
			"&code_verifier=" VERIFIER, 0 },
		{ "&code_challenge=" VERIFIER, "&code_verifier=" VERIFIER, 0 },
		{ "&code_challenge=" CHALLENGE "&code_challenge_method=S256", "", 501481 },
		{ "&code_challenge=" CHALLENGE "&code_challenge_method=S256",
			"&code_verifier=" CHALLENGE, 501481 },
		{ "&code_challenge=" CHALLENGE "&code_challenge_method=S256",
			"&code_verifier=short", 501481 },
		{ "&code_challenge=" CHALLENGE "&code_challenge_method=plain",
			"&code_verifier=" VERIFIER, 501481 },
	};
	struct desk *d = *state;

	for (size_t i = 0; i < COUNT(tries); i++) {
		char *code = desk_code(d, "svc@example.test", tries[i].asked);

		desk_redeem(d, code, tries[i].given);
		assert_int_equal(desk_number(d), tries[i].number);
		free(code);
	}
}

/* Refresh tokens */

static void test_rotation(void **state)
{
	struct desk *d = *state;
	char *first = desk_refresh_token(d, "svc@example.test"), *second;

	desk_refresh(d, first);
	assert_int_equal(d->status, 200);
	second = copy(desk_string(d, "refresh_token"));
	assert_string_not_equal(first, second);
	/* the first again: it and all that followed are dead */
	desk_refresh(d, first);
	assert_int_equal(desk_number(d), 50173);
	desk_refresh(d, second);
	assert_int_equal(desk_number(d), 50173);
	assert_string_equal(desk_string(d, "suberror"), "bad_token");
	free(first);
	free(second);
}

static void test_reuse_accepted(void **state)
{
	struct desk *d = *state;
	char *first = desk_refresh_token(d, "svc@example.test");

	desk_say(d, "premise cloud\nunsure refresh-reuse accepted");
	for (int i = 0; i < 3; i++) {
		desk_refresh(d, first);
		assert_int_equal(d->status, 200);
	}
	free(first);
}

/* Under a frozen clock too: nothing but the change tells before from after. */
static void test_revocation(void **state)
{
	static const char *const ways[] = { "account svc@example.test\nnew-password right",
		"account svc@example.test\npassword right" };
	struct desk *d = *state;

	for (size_t i = 0; i < COUNT(ways); i++) {
		char *token = desk_refresh_token(d, "svc@example.test"), *fresh;

		desk_say(d, ways[i]);
		desk_refresh(d, token);
		assert_int_equal(desk_number(d), 50173);
		fresh = desk_refresh_token(d, "svc@example.test");
		desk_refresh(d, fresh);
		assert_int_equal(d->status, 200);
		free(token);
		free(fresh);
	}
}

static void test_refresh_refused(void **state)
{
	static const struct {
		const char *say;
		int number;
	} tries[] = {
		{ "account svc@example.test\nstate disabled", 50057 },
		{ "account svc@example.test\nstate well mfa", 50076 },
		{ "account svc@example.test\nstate well\napp " APP "\ndisabled", 7000112 },
		{ "app " APP "\ndisabled no\nassigned-only", 50105 },
		{ "app " APP "\nassigned-only no\nconsent no", 65001 },
		{ "app " APP "\nconsent\ndelegated no", 650057 },
		{ "app " APP "\ndelegated\nclock +91d", 700082 },
	};
	struct desk *d = *state;
	char *token = desk_refresh_token(d, "svc@example.test");

	for (size_t i = 0; i < COUNT(tries); i++) {
		desk_say(d, tries[i].say);
		desk_refresh(d, token);
		if (desk_number(d) != tries[i].number)
			fail_msg("%s: %s", tries[i].say, d->body);
	}
	free(token);
}

/* Another resource's scope gives that resource's token. */
static void test_refresh_for_graph(void **state)
{
	struct desk *d = *state;
	char *token = desk_refresh_token(d, "svc@example.test");
	char *body = format("grant_type=refresh_token&client_id=" APP
			    "&client_secret=s3cret&scope=Calendars.Read&refresh_token=%s",
		token);
	json_t *c;

	desk_ask(d, TOKEN_PATH, body);
	assert_int_equal(d->status, 200);
	c = claims_of(desk_string(d, "access_token"));
	assert_claim(c, "aud", "https://graph.microsoft.com");
	assert_claim(c, "scp", "Calendars.Read");
	json_decref(c);
	free(body);
	free(token);
}

/* The rest of the host */

static void test_documents(void **state)
{
	struct desk *d = *state;
	json_t *key;

	desk_ask(d, "/example.test/v2.0/.well-known/openid-configuration", NULL);
	assert_string_equal(desk_string(d, "issuer"), "https://login.example.test/" TENANT "/v2.0");
	assert_string_equal(
		desk_string(d, "token_endpoint"), "https://login.example.test" TOKEN_PATH);
	desk_ask(d, "/common/v2.0/.well-known/openid-configuration", NULL);
	assert_string_equal(desk_string(d, "issuer"), "https://login.example.test/{tenantid}/v2.0");
	desk_ask(d, "/" TENANT "/discovery/v2.0/keys", NULL);
	key = json_array_get(json_object_get(d->json, "keys"), 0);
	assert_string_equal(json_string_value(json_object_get(key, "kty")), "RSA");
	assert_string_equal(json_string_value(json_object_get(key, "e")), "AQAB");
	desk_ask(d, "/common/userrealm/svc@example.test?api-version=1.0", NULL);
	assert_string_equal(desk_string(d, "account_type"), "Managed");
	desk_ask(d, "/common/userrealm/", NULL);
	assert_string_equal(desk_string(d, "account_type"), "Unknown");
	desk_ask(d, "/common/discovery/instance?api-version=1.1", NULL);
	assert_non_null(desk_string(d, "tenant_discovery_endpoint"));
}

static void test_odd_requests(void **state)
{
	struct desk *d = *state;
	struct text big = { 0 };
	struct request r = { .path = (char *)(uintptr_t) "/x/oauth2/v2.0/token" };

	desk_ask(d, TOKEN_PATH, NULL);
	assert_int_equal(desk_number(d), 900561);
	desk_ask(d, "/nothing", NULL);
	assert_int_equal(d->status, 404);
	desk_ask(d, "", NULL);
	assert_int_equal(d->status, 404);
	desk_ask(d, "/device", NULL);
	assert_int_equal(d->status, 302);
	while (big.len < 70000)
		text_puts(&big, "grant_type=client_credentials&");
	desk_ask(d, TOKEN_PATH, big.at);
	assert_int_equal(desk_number(d), 90015);
	text_free(&big);
	assert_string_equal(token_op(&r), "token");
	r.path = (char *)(uintptr_t) "/";
	assert_null(token_op(&r));
}

static void test_refused_by_fault(void **state)
{
	struct desk *d = *state;
	struct request r = { .method = (char *)(uintptr_t) "POST",
		.path = (char *)(uintptr_t)TOKEN_PATH };

	desk_forget(d);
	assert_true(token_refuse(&d->face, &r, &d->answer, 90033));
	assert_int_equal(d->answer.status, 503);
	assert_non_null(strstr(d->answer.body.at, "\"temporarily_unavailable\""));
	desk_forget(d);
	assert_true(token_refuse(&d->face, &r, &d->answer, 90055));
	assert_int_equal(d->answer.status, 429);
	desk_forget(d);
	assert_false(token_refuse(&d->face, &r, &d->answer, 12345));
	assert_int_equal(d->answer.body.len, 0);
}

/* The same world and the same requests: the same answers, signatures aside. */
static void test_determinism(void **state)
{
	struct desk *a = *state, b;
	char *one, *two;

	desk_open(&b);
	one = desk_refresh_token(a, "svc@example.test");
	two = desk_refresh_token(&b, "svc@example.test");
	assert_string_equal(one, two);
	desk_ask(a, TOKEN_PATH, "grant_type=nonsense");
	desk_ask(&b, TOKEN_PATH, "grant_type=nonsense");
	assert_string_equal(a->body, b.body);
	desk_close(&b);
	free(one);
	free(two);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_desk, close_desk)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_refusals),
		TEST(test_refusal_has_all_members),
		TEST(test_app_only),
		TEST(test_v1),
		TEST(test_client_by_basic),
		TEST(test_no_roles),
		TEST(test_password_grant),
		TEST(test_one_counter),
		TEST(test_code),
		TEST(test_code_refused),
		TEST(test_code_dies_with_password),
		TEST(test_pkce),
		TEST(test_rotation),
		TEST(test_reuse_accepted),
		TEST(test_revocation),
		TEST(test_refresh_refused),
		TEST(test_refresh_for_graph),
		TEST(test_documents),
		TEST(test_odd_requests),
		TEST(test_refused_by_fault),
		TEST(test_determinism),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
