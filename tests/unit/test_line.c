/* A connection made ready to use: which words of a row are refused, what its client is told, whose
 * secret opens, and that a renewed token lands in its own row only. The client is a recorder.
 */
#include "tests/unit/engine_unit.h"

#include "engine/keyring.h"
#include "engine/line.h"
#include "ews/ews.h"
#include "platform/str.h"
#include "store/db_script.h"

#define PASSWORD "nine quiet harbours"
#define RENEWED "ten loud harbours"

/* --- the client --- */

struct client {
	struct client_tools tools;
	struct client_config cf;
	int alive;
};

static struct client made;
static int refuse_client;

struct client *client_new(
	const struct client_tools *tools, const struct client_config *cf, struct err *e)
{
	if (refuse_client) {
		ERR(e, ERR_SETUP, NULL, "no client");
		return NULL;
	}
	made = (struct client){ *tools, *cf, made.alive + 1 };
	return &made;
}

void client_free(struct client *c)
{
	assert_ptr_equal(c, &made);
	c->alive--;
}

const char *client_identity(const struct client *c)
{
	return c->cf.login;
}

const char *client_secret_version(const struct client *c)
{
	return c->cf.version;
}

/* --- rows --- */

static struct connection by_password(void)
{
	return (struct connection){ .name = "Head office",
		.scheme = "https",
		.host = "mail.example.com",
		.port = 8443,
		.proxy = "",
		.ca = "",
		.signin = "ntlm",
		.login = "EXAMPLE/svc",
		.authority = "",
		.tenant = "",
		.client_id = "",
		.binding = "on",
		.mailbox = "svc@example.com",
		.method = "delegate" };
}

static struct connection by_token(const char *signin, const char *method)
{
	struct connection c = by_password();

	c.signin = signin;
	c.method = method;
	c.host = c.binding = c.login = "";
	c.port = 0;
	c.tenant = "example.com";
	c.client_id = "00000000-0000-0000-0000-000000000001";
	return c;
}

/* --- checking a row --- */

static void test_defaults(void **state)
{
	struct bench *b = *state;
	struct connection c = by_password();
	struct err e;

	assert_ok(line_check(&b->cf, &c, &b->a, &e));
	assert_string_equal(c.login, "EXAMPLE\\svc");
	assert_string_equal(c.binding, "on");
	assert_int_equal(c.port, 8443);
	assert_string_equal(c.authority, "");
	c = by_password();
	c.login = c.binding = "";
	c.port = 0;
	assert_ok(line_check(&b->cf, &c, &b->a, &e));
	assert_string_equal(c.login, "svc@example.com");
	assert_string_equal(c.binding, "off");
	assert_int_equal(c.port, 443);
	c.login = c.binding = c.proxy = NULL;
	assert_ok(line_check(&b->cf, &c, &b->a, &e));
	assert_string_equal(c.login, "svc@example.com");
	c = by_token("app", "impersonation");
	assert_ok(line_check(&b->cf, &c, &b->a, &e));
	assert_string_equal(c.host, "outlook.office365.com");
	assert_string_equal(c.authority, "https://login.microsoftonline.com");
	assert_int_equal(c.port, 443);
	assert_string_equal(c.login, ""); /* nobody signs in with it */
	c = by_token("user", "delegate");
	c.host = "mail.example.com";
	c.authority = "https://login.example.com:8443/";
	assert_ok(line_check(&b->cf, &c, &b->a, &e));
	assert_string_equal(c.host, "mail.example.com");
	assert_string_equal(c.authority, "https://login.example.com:8443");
}

#define FIELD(f) offsetof(struct connection, f)

static const char bad_mailbox[] = "The dedicated mailbox must";
static const char bad_signin[] = "The way to sign in must";
static const char bad_method[] = "The method must";
static const char bad_binding[] = "Extended Protection must";
static const char bad_server[] = "The server is missing";
static const char bad_scheme[] = "Exchange is only spoken to by https";
static const char bad_login[] = "The login name";
static const char bad_proxy[] = "There is no proxy of that name";
static const char bad_service[] = "The sign-in service must";
static const char bad_tenant[] = "The tenant and";
static const char bad_user[] = "Exchange does not let a person";
static const char bad_app[] = "An application has no mailbox";

static const struct wrong {
	const char *signin, *method; /* NULL: by password */
	size_t field;
	const char *value;
	const char *say;
} wrongs[] = {
	{ NULL, NULL, FIELD(mailbox), "", bad_mailbox },
	{ NULL, NULL, FIELD(mailbox), NULL, bad_mailbox },
	{ NULL, NULL, FIELD(mailbox), "svc", bad_mailbox },
	{ NULL, NULL, FIELD(mailbox), "svc@example.com\r\nX: y", bad_mailbox },
	{ NULL, NULL, FIELD(signin), "", bad_signin },
	{ NULL, NULL, FIELD(signin), "kerberos", bad_signin },
	{ NULL, NULL, FIELD(signin), "NTLM", bad_signin },
	{ NULL, NULL, FIELD(method), "", bad_method },
	{ NULL, NULL, FIELD(method), "owner", bad_method },
	{ NULL, NULL, FIELD(binding), "yes", bad_binding },
	{ NULL, NULL, FIELD(host), "", bad_server },
	{ NULL, NULL, FIELD(host), NULL, bad_server },
	{ NULL, NULL, FIELD(host), "mail.example.com/owa", bad_server },
	{ NULL, NULL, FIELD(host), "mail.example.com:443", bad_server },
	{ NULL, NULL, FIELD(host), "user@mail.example.com", bad_server },
	{ NULL, NULL, FIELD(host), "https://mail.example.com", bad_server },
	{ NULL, NULL, FIELD(scheme), "http", bad_scheme },
	{ NULL, NULL, FIELD(scheme), "HTTPS", bad_scheme },
	{ NULL, NULL, FIELD(scheme), "", bad_scheme },
	{ NULL, NULL, FIELD(login), "a:b", bad_login },
	{ NULL, NULL, FIELD(login), "svc\n", NULL },
	{ NULL, NULL, FIELD(login), "a\\b\\c", bad_login },
	{ NULL, NULL, FIELD(proxy), "nowhere", bad_proxy },
	{ NULL, NULL, FIELD(proxy), "DMZ", bad_proxy },
	{ "app", "impersonation", FIELD(host), "mail example", bad_server },
	{ "app", "impersonation", FIELD(proxy), "nowhere", bad_proxy },
	{ "app", "impersonation", FIELD(authority), "http://login.example.com", bad_service },
	{ "app", "impersonation", FIELD(authority), "https://login.example.com/a", bad_service },
	{ "app", "impersonation", FIELD(authority), "https://login.example.com//", bad_service },
	{ "app", "impersonation", FIELD(authority), "https://login.example.com?a=b", bad_service },
	{ "app", "impersonation", FIELD(authority), "https://u:p@login.example.com", bad_service },
	{ "app", "impersonation", FIELD(authority), "login.example.com", bad_service },
	{ "app", "impersonation", FIELD(tenant), "", bad_tenant },
	{ "app", "impersonation", FIELD(client_id), "", bad_tenant },
	{ "app", "impersonation", FIELD(client_id), NULL, bad_tenant },
	{ "user", "impersonation", FIELD(name), "", bad_user },
	{ "app", "delegate", FIELD(name), "", bad_app },
	{ "app", "personal", FIELD(name), "", bad_app },
};

static void put(struct connection *c, size_t field, const char *value)
{
	memcpy((char *)c + field, &value, sizeof(value));
}

static void test_wrong(void **state)
{
	struct bench *b = *state;
	struct connection c;
	struct err e;

	for (size_t i = 0; i < COUNT(wrongs); i++) {
		const struct wrong *w = &wrongs[i];

		c = w->signin ? by_token(w->signin, w->method) : by_password();
		put(&c, w->field, w->value);
		e = (struct err){ 0 };
		if (!w->say) { /* white space is cut */
			assert_ok(line_check(&b->cf, &c, &b->a, &e));
			continue;
		}
		if (line_check(&b->cf, &c, &b->a, &e) == 0)
			fail_msg("row %zu is taken", i);
		assert_int_equal(e.code, ERR_INPUT);
		if (!str_starts(e.say, w->say))
			fail_msg("row %zu: %s", i, e.say);
	}
	for (size_t i = 0; i < 4; i++) {
		c = by_password();
		c.port = (int64_t[]){ -1, 65536, INT64_MAX, INT64_MIN }[i];
		assert_err(ERR_INPUT, line_check(&b->cf, &c, &b->a, &e));
		assert_true(str_starts(e.say, "The port must"));
	}
}

/* All that is taken, so that nothing is refused by the way. */
static void test_taken(void **state)
{
	static const char *const hosts[] = { "mail", "192.0.2.1", "2001:db8::1" };
	static const char *const ways[][2] = { { "app", "dedicated" }, { "app", "impersonation" },
		{ "user", "personal" }, { "user", "dedicated" }, { "user", "delegate" } };
	static const char *const kinds[] = { "auto", "basic", "ntlm" };
	struct bench *b = *state;
	struct connection c;
	struct err e;

	for (size_t i = 0; i < COUNT(hosts); i++) {
		c = by_password();
		c.host = hosts[i];
		assert_ok(line_check(&b->cf, &c, &b->a, &e));
	}
	for (size_t i = 0; i < COUNT(ways); i++) {
		c = by_token(ways[i][0], ways[i][1]);
		assert_ok(line_check(&b->cf, &c, &b->a, &e));
	}
	for (size_t i = 0; i < COUNT(kinds) * METHOD__MAX; i++) {
		c = by_password();
		c.signin = kinds[i % COUNT(kinds)];
		c.method = verdict_method_code((enum method)(i / COUNT(kinds)));
		c.proxy = "dmz";
		assert_ok(line_check(&b->cf, &c, &b->a, &e));
	}
}

/* --- lines --- */

struct bed {
	struct bench *b;
	struct line_tools tools;
	const struct seal_public *seal; /* the active key */
	char public_keys[160];
	int64_t account, other;
	struct connection c;
};

/* Another active key, as after a rotation. */
static void new_key(struct bed *d)
{
	struct keyring *keys = d->b->eng.keys;
	struct err e;

	d->seal = keyring_generate(keys, &e);
	assert_non_null(d->seal);
	snprintf(d->public_keys, sizeof(d->public_keys), "%s/public.keys", d->b->place.dir);
	assert_ok(keyring_write_public(keys, d->public_keys, &e));
	d->b->cf.public_keys = d->public_keys;
}

static void bed_make(struct bed *d, struct bench *b)
{
	struct err e;

	*d = (struct bed){ .b = b };
	memset(&made, 0, sizeof(made));
	clock_freeze(NOW);
	b->eng.keys = keyring_new();
	new_key(d);
	assert_ok(store_account_add(b->eng.db, "Acme", &d->account, &e));
	assert_ok(store_account_add(b->eng.db, "Other", &d->other, &e));
	d->tools = (struct line_tools){ .cf = &b->cf, .db = b->eng.db, .keys = b->eng.keys };
}

static void bed_done(struct bed *d)
{
	assert_int_equal(made.alive, 0);
	keyring_free(d->b->eng.keys);
}

static void seal_secret(struct bed *d, const char *purpose, const char *version, const char *text)
{
	struct credential cr = { .account = d->account,
		.connection = d->c.id,
		.purpose = purpose,
		.version = version,
		.key_id = d->seal->id };
	struct seal_home home = { .account = d->account, .purpose = purpose };
	struct secret *s = secret_new(text, strlen(text));
	struct buf box;
	struct err e;

	assert_ok(store_credential_reserve(d->tools.db, d->account, d->c.id, purpose, &cr.id, &e));
	home.row = cr.id;
	store_connection_policy(&d->c, home.policy);
	buf_init(&box, 2 * SEAL_SECRET_MAX);
	assert_ok(seal_close(d->seal, &home, s, &box, &e));
	cr.sealed = box.p;
	cr.sealed_len = box.len;
	assert_ok(store_credential_save(d->tools.db, &cr, &e));
	buf_done(&box);
	secret_free(s);
}

/* A stored connection with its secret. */
static void store(struct bed *d, struct connection c)
{
	struct err e;

	d->c = c;
	d->c.account = d->account;
	assert_ok(store_connection_save(d->tools.db, &d->c, &e));
	seal_secret(d, "current", "v1", PASSWORD);
}

static struct connection reread(struct bed *d)
{
	struct connection c;
	struct err e;

	assert_int_equal(
		store_connection_get(d->tools.db, &d->b->a, d->account, d->c.id, &c, &e), 1);
	return c;
}

static struct line *open_line(struct bed *d)
{
	const struct connection c = reread(d);
	struct err e;
	struct line *l = line_stored(&d->tools, &c, PURPOSE_CURRENT, &e);

	if (!l)
		fail_msg("%s", e.log);
	assert_ptr_equal(line_client(l), &made);
	return l;
}

static void assert_closed(struct bed *d, const struct connection *c, enum err_code code)
{
	const int alive = made.alive;
	struct err e = { 0 };

	assert_null(line_stored(&d->tools, c, PURPOSE_CURRENT, &e));
	if (e.code != code)
		fail_msg("code %d: %s", (int)e.code, e.log);
	assert_true(e.say[0]);
	assert_null(strstr(e.log, PASSWORD));
	assert_int_equal(made.alive, alive);
}

static void assert_secret(const struct secret *s, const char *text)
{
	assert_non_null(s);
	assert_int_equal(secret_len(s), strlen(text));
	assert_memory_equal(secret_bytes(s), text, strlen(text));
}

/* Of a member's own sign-in the application's secret is that of the account's connection that goes
 * the same way, and never that of another application. */
static void test_own_application(void **state)
{
	static const char apps[][40] = { "00000000-0000-0000-0000-00000000000a",
		"00000000-0000-0000-0000-00000000000b", "00000000-0000-0000-0000-00000000000c" };
	static const char *const wants[] = { "of the live one", "of the draft", NULL };
	struct connection c = by_token("user", "personal");
	struct bed d;
	struct line *l;

	bed_make(&d, *state);
	for (int i = 0; i < 2; i++) {
		c.stage = i == 0 ? CONN_LIVE : CONN_DRAFT;
		c.client_id = apps[i];
		store(&d, c);
		seal_secret(&d, PURPOSE_CLIENT, "c1", wants[i]);
	}
	c.stage = CONN_SPARE;
	c.owner = add_member(d.tools.db, d.account, 0, "ada@acme.test", ROLE_MEMBER);
	for (int i = 0; i < 3; i++) {
		c.client_id = apps[i];
		store(&d, c);
		l = open_line(&d);
		if (wants[i])
			assert_secret(made.cf.client_secret, wants[i]);
		else
			assert_null(made.cf.client_secret);
		line_free(l);
	}
}

/* What was typed is copied; the client gets all of it. */
static void test_typed(void **state)
{
	struct bed d;
	struct secret *s = secret_new("pw", 2), *client = secret_new("cs", 2);
	const struct line_secrets secrets = { s, client, "typed", NULL, NULL };
	struct connection c;
	struct line *l;
	char host[] = "mail.example.com", mailbox[] = "svc@example.com";
	struct err e;

	bed_make(&d, *state);
	c = by_password();
	c.host = host;
	c.mailbox = mailbox;
	c.proxy = "dmz";
	c.ca = "PEM";
	d.tools.db = NULL;
	d.tools.keys = NULL;
	l = line_typed(&d.tools, &c, &secrets, &e);
	assert_non_null(l);
	memset(host, 'x', sizeof(host) - 1);
	memset(mailbox, 'x', sizeof(mailbox) - 1);
	assert_string_equal(line_connection(l)->host, "mail.example.com");
	assert_string_equal(line_connection(l)->mailbox, "svc@example.com");
	assert_int_equal(line_method(l), METHOD_DELEGATE);
	assert_ptr_equal(made.cf.dialect, &dialect_ews);
	assert_string_equal(made.cf.host, "mail.example.com");
	assert_int_equal(made.cf.port, 8443);
	assert_string_equal(made.cf.ca_pem, "PEM");
	assert_string_equal(made.cf.proxy->host, "proxy.example.com");
	assert_int_equal(made.cf.proxy->port, 3128);
	assert_string_equal(made.cf.mailbox, "svc@example.com");
	assert_int_equal(made.cf.signin, SIGNIN_NTLM);
	assert_int_equal(made.cf.binding, BINDING_ON);
	assert_string_equal(made.cf.login, "EXAMPLE\\svc");
	assert_ptr_equal(made.cf.secret, s);
	assert_ptr_equal(made.cf.client_secret, client);
	assert_string_equal(made.cf.version, "typed");
	assert_string_equal(made.cf.cert_pem, "");
	made.tools.renewed(made.tools.ptr, s); /* nothing is stored: nothing to renew */
	line_free(l);
	line_free(NULL);
	c.host = "";
	assert_null(line_typed(&d.tools, &c, &secrets, &e));
	assert_int_equal(e.code, ERR_INPUT);
	c = by_password();
	refuse_client = 1;
	assert_null(line_typed(&d.tools, &c, &secrets, &e));
	assert_int_equal(e.code, ERR_SETUP);
	refuse_client = 0;
	secret_free(s);
	secret_free(client);
	bed_done(&d);
}

static void test_stored(void **state)
{
	struct bed d;
	struct line *l;

	bed_make(&d, *state);
	store(&d, by_password());
	assert_int_equal(number(d.tools.db, "SELECT used_at FROM credential"), 0);
	clock_freeze(NOW + 60);
	l = open_line(&d);
	assert_secret(made.cf.secret, PASSWORD);
	assert_null(made.cf.client_secret);
	assert_string_equal(made.cf.version, "v1");
	assert_null(made.cf.proxy);
	assert_int_equal(number(d.tools.db, "SELECT used_at FROM credential"), NOW + 60);
	line_free(l);
	seal_secret(&d, "client", "v7", "client secret");
	l = open_line(&d);
	assert_secret(made.cf.secret, PASSWORD);
	assert_secret(made.cf.client_secret, "client secret");
	assert_string_equal(made.cf.version, "v1");
	line_free(l);
	bed_done(&d);
}

/* Only for exactly the row it was sealed for, and then only when the row makes sense. */
static void test_not_opened(void **state)
{
	static const struct {
		const char *name, *sql;
		enum err_code code;
	} rows[] = {
		{ "host", "UPDATE connection SET host = 'evil.example'", ERR_KEY },
		{ "port", "UPDATE connection SET port = 443", ERR_KEY },
		{ "ca", "UPDATE connection SET ca = 'PEM'", ERR_KEY },
		{ "signin", "UPDATE connection SET signin = 'basic'", ERR_KEY },
		{ "login", "UPDATE connection SET login = 'other'", ERR_KEY },
		{ "proxy", "UPDATE connection SET proxy = 'dmz'", ERR_KEY },
		{ "binding", "UPDATE connection SET binding = 'off'", ERR_KEY },
		{ "method", "UPDATE connection SET method = 'owner'", ERR_INPUT },
		{ "mailbox", "UPDATE connection SET mailbox = 'svc'", ERR_INPUT },
		{ "seal", "UPDATE credential SET sealed = x'00'", ERR_KEY },
		{ "key", "UPDATE credential SET key_id = 'ffffffff'", ERR_KEY },
		{ "reserved", "UPDATE credential SET sealed = NULL", ERR_MISSING },
		{ "none", "DELETE FROM credential", ERR_MISSING },
	};
	struct connection c;
	struct bed d;

	bed_make(&d, *state);
	for (size_t i = 0; i < COUNT(rows); i++) {
		run(d.tools.db, "DELETE FROM connection");
		store(&d, by_password());
		run(d.tools.db, rows[i].sql);
		c = reread(&d);
		assert_closed(&d, &c, rows[i].code);
	}
	store(&d, by_password());
	c = reread(&d);
	c.account = d.other;
	assert_closed(&d, &c, ERR_MISSING);
	seal_secret(&d, "client", "v7", "client secret");
	run(d.tools.db, "UPDATE credential SET sealed = x'00' WHERE purpose = 'client'");
	c = reread(&d);
	assert_closed(&d, &c, ERR_KEY);
	bed_done(&d);
}

static int find_row(struct bed *d, struct credential *row)
{
	const struct credential like = {
		.account = d->account, .connection = d->c.id, .purpose = "current"
	};
	struct err e;

	return store_credential_find(d->tools.db, &d->b->a, &like, row, &e);
}

/* Each byte of the box counts. */
static void test_damaged(void **state)
{
	struct credential row;
	unsigned char box[2 * SEAL_SECRET_MAX];
	struct connection c;
	struct bed d;
	struct err e;

	bed_make(&d, *state);
	store(&d, by_password());
	c = reread(&d);
	assert_int_equal(find_row(&d, &row), 1);
	memcpy(box, row.sealed, row.sealed_len);
	row.sealed = box;
	for (size_t i = 0; i < row.sealed_len; i += 7) {
		box[i] ^= 1;
		assert_ok(store_credential_save(d.tools.db, &row, &e));
		assert_closed(&d, &c, ERR_KEY);
		box[i] ^= 1;
	}
	assert_ok(store_credential_save(d.tools.db, &row, &e));
	line_free(open_line(&d));
	bed_done(&d);
}

/* --- a renewed refresh token --- */

static void renew(const char *text)
{
	struct secret *s = secret_new(text, strlen(text));

	made.tools.renewed(made.tools.ptr, s);
	secret_free(s);
}

static void assert_holds(struct bed *d, const char *version, const char *text)
{
	struct line *l = open_line(d);

	assert_secret(made.cf.secret, text);
	assert_string_equal(made.cf.version, version);
	line_free(l);
}

/* Whatever the row leaves to be filled in, the new token opens for it as the old one did. */
static void test_renewed(void **state)
{
	const struct connection rows[] = { by_token("user", "delegate"), by_password() };
	struct bed d;

	bed_make(&d, *state);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct line *l;

		run(d.tools.db, "DELETE FROM connection");
		store(&d, rows[i]);
		l = open_line(&d);
		renew(RENEWED);
		renew("and again");
		line_free(l);
		assert_holds(&d, "v1", "and again");
		assert_int_equal(number(d.tools.db, "SELECT count(*) FROM credential"), 1);
	}
	bed_done(&d);
}

/* One line uses it at a time, and finds it as the one before has left it. */
static void test_renewed_in_turn(void **state)
{
	struct client_tools first, second;
	struct secret *newer = NULL;
	struct line *a, *b;
	struct bed d;
	struct err e;

	bed_make(&d, *state);
	store(&d, by_token("user", "delegate"));
	a = open_line(&d);
	first = made.tools;
	b = open_line(&d);
	second = made.tools;
	assert_int_equal(first.begin(first.ptr, &newer, &e), 1);
	secret_free(newer);
	newer = NULL;
	assert_int_equal(second.begin(second.ptr, &newer, &e), 0);
	assert_null(newer);
	made.tools = first;
	renew(RENEWED);
	first.ended(first.ptr);
	assert_int_equal(second.begin(second.ptr, &newer, &e), 1);
	assert_secret(newer, RENEWED);
	secret_free(newer);
	newer = NULL;
	second.ended(second.ptr);
	/* Another secret is another's, and a row that is gone is nobody's. */
	seal_secret(&d, "current", "v2", "of a person");
	assert_int_equal(first.begin(first.ptr, &newer, &e), 1);
	assert_null(newer);
	first.ended(first.ptr);
	run(d.tools.db, "DELETE FROM credential");
	assert_int_equal(first.begin(first.ptr, &newer, &e), 1);
	assert_null(newer);
	first.ended(first.ptr);
	line_free(a);
	line_free(b);
	bed_done(&d);
}

/* When a person has given another one meanwhile, that one stays. */
static void test_renewed_late(void **state)
{
	struct line *l;
	struct bed d;

	bed_make(&d, *state);
	store(&d, by_token("user", "delegate"));
	l = open_line(&d);
	seal_secret(&d, "current", "v2", "of a person");
	renew(RENEWED);
	renew("once more");
	line_free(l);
	assert_holds(&d, "v2", "of a person");
	l = open_line(&d);
	run(d.tools.db, "DELETE FROM connection");
	renew(RENEWED); /* there is no row any more */
	line_free(l);
	assert_int_equal(number(d.tools.db, "SELECT count(*) FROM credential"), 0);
	bed_done(&d);
}

/* Keys were changed and the row was sealed anew while a line was open: what it learns then is
 * sealed with the new key, and the old one can be dropped. */
static void test_renewed_reseal(void **state)
{
	struct credential row;
	struct connection c;
	struct line *l;
	struct buf box;
	struct bed d;
	struct err e;
	char *old;

	bed_make(&d, *state);
	store(&d, by_token("user", "delegate"));
	c = reread(&d);
	old = arena_strdup(&d.b->a, d.seal->id);
	l = open_line(&d);
	new_key(&d);
	for (int n = 0; n < 2; n++) { /* before the job that seals anew, and behind it */
		renew(n ? "second" : "first");
		assert_int_equal(find_row(&d, &row), 1);
		assert_string_equal(row.key_id, d.seal->id);
		buf_init(&box, 2 * SEAL_SECRET_MAX);
		assert_ok(keyring_reseal(d.b->eng.keys, &row, &c, &box, &e));
		assert_int_equal(
			store_credential_reseal(d.tools.db, &row, d.seal->id, box.p, box.len, &e),
			1);
		buf_done(&box);
	}
	line_free(l);
	assert_ok(keyring_drop(d.b->eng.keys, old, &e));
	assert_holds(&d, "v1", "second");
	bed_done(&d);
}

/* A store that fails once loses one token, and not the next ones; a busy one loses none. */
static void test_renewed_unkept(void **state)
{
	static const struct {
		enum err_code code;
		const char *kept;
	} rows[] = { { ERR_FULL, PASSWORD }, { ERR_BUSY, "first" } };
	struct bed d;
	struct err e;

	bed_make(&d, *state);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct db_script_watch watch = { .fail_at = 1000, .code = rows[i].code };
		struct connection c;
		struct line *l;

		run(d.tools.db, "DELETE FROM connection");
		store(&d, by_token("user", "delegate"));
		c = reread(&d);
		d.tools.db = db_script_over(d.b->eng.db, &watch);
		l = line_stored(&d.tools, &c, PURPOSE_CURRENT, &e);
		assert_non_null(l);
		watch.fail_at = watch.calls + 1;
		renew("first");
		line_free(l);
		assert_holds(&d, "v1", rows[i].kept);
		l = line_stored(&d.tools, &c, PURPOSE_CURRENT, &e);
		renew(RENEWED);
		line_free(l);
		db_close(d.tools.db);
		d.tools.db = d.b->eng.db;
		assert_holds(&d, "v1", RENEWED);
	}
	bed_done(&d);
}

/* Any call of the store fails: no line, and nothing is left open. */
static void test_store_fails(void **state)
{
	struct connection c;
	struct bed d;
	int calls = 0;

	bed_make(&d, *state);
	store(&d, by_password());
	c = reread(&d);
	for (int at = 1; at <= 20; at++) {
		struct db_script_watch watch = { .fail_at = at, .code = ERR_FULL };
		struct err e = { 0 };
		struct line *l;

		d.tools.db = db_script_over(d.b->eng.db, &watch);
		l = line_stored(&d.tools, &c, PURPOSE_CURRENT, &e);
		db_close(d.tools.db);
		d.tools.db = d.b->eng.db;
		assert_int_equal(watch.open, 0);
		calls += l == NULL;
		if (!l)
			assert_int_equal(e.code, ERR_FULL);
		line_free(l);
	}
	assert_true(calls >= 3);
	bed_done(&d);
}

static int setup(void **state)
{
	struct bench *b;

	bench_setup(state);
	b = *state;
	b->cf.proxies = "dmz=proxy.example.com:3128";
	b->cf.proxy_logins = "";
	return 0;
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_defaults),
		TEST(test_wrong),
		TEST(test_taken),
		TEST(test_typed),
		TEST(test_own_application),
		TEST(test_stored),
		TEST(test_not_opened),
		TEST(test_damaged),
		TEST(test_renewed),
		TEST(test_renewed_in_turn),
		TEST(test_renewed_late),
		TEST(test_renewed_reseal),
		TEST(test_renewed_unkept),
		TEST(test_store_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
