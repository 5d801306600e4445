/* Form: every type of field with good and bad values, and bodies that are malformed. */
#include "web_unit.h"

#include <stdlib.h>
#include "web/form.h"

#define URLENCODED "application/x-www-form-urlencoded"
#define TOKEN "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static const struct field fields[] = {
	{ "name", F_TEXT, 0, 10, "Name", NULL },
	{ "must", F_TEXT, 2, 5, "Must", NULL },
	{ "lines", F_LINES, 0, 10, "Lines", NULL },
	{ "email", F_EMAIL, 0, 254, "E-mail address", NULL },
	{ "secret", F_SECRET, 0, 8, "Password", NULL },
	{ "port", F_INT, 0, 65535, "Port", NULL },
	{ "host", F_HOST, 0, 253, "Server", NULL },
	{ "choice", F_CHOICE, 0, 0, "Choice", "red|dark green|blue" },
	{ "flag", F_FLAG, 0, 0, "Flag", NULL },
	{ "token", F_TOKEN, 0, 0, "Link", NULL },
	{ "id", F_ID, 0, 0, "Thing", NULL },
	{ "date", F_DATE, 0, 10, "Until", NULL },
	{ "next", F_LOCAL, 0, 20, "Next", NULL },
	{ "ca", F_PEM, 0, FORM_PEM_MAX, "Certificate", NULL },
	{ "ca_file", F_PEM, 0, FORM_PEM_MAX, "Certificate", NULL },
	{ "ids", F_IDS, 0, 3, "Members", NULL },
	{ 0 },
};

static struct arena arena;

static int setup(void **state)
{
	(void)state;
	seal_init();
	arena_init(&arena, 256 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

static int read_body(struct form *f, const char *type, const char *text, struct err *e)
{
	struct buf b;
	int rc;

	buf_init(&b, 4 << 20);
	buf_puts(&b, text);
	form_init(f, fields, &arena);
	rc = form_read_body(f, type, &b, e);
	/* Nothing of the body may be used any more. */
	memset(b.p, 'Z', b.len);
	buf_wipe(&b);
	return rc;
}

static struct form_value *value_of(struct form *f, const char *name)
{
	size_t i = 0;

	while (strcmp(f->fields[i].name, name) != 0)
		i++;
	return &f->v[i];
}

static void reads_a_form(void **state)
{
	struct form f;
	struct err e;

	(void)state;
	assert_ok(read_body(&f, URLENCODED,
		"name=+Ada+&must=abc&email=ADA%40Example.COM&secret=+p%26w+&port=443&"
		"host=Mail.Example.Com&choice=dark+green&flag=1&token=" TOKEN
		"&id=42&date=2026-11-17&next=%2Fme&unknown=1&csrf=" TOKEN,
		&e));
	assert_int_equal(f.errors, 0);
	assert_string_equal(form_text(&f, "name"), "Ada");
	assert_string_equal(form_text(&f, "email"), "ada@example.com");
	assert_string_equal(form_text(&f, "secret"), "");
	assert_int_equal(secret_len(form_secret(&f, "secret")), 5);
	assert_string_equal(secret_bytes(form_secret(&f, "secret")), " p&w ");
	assert_int_equal(form_num(&f, "port"), 443);
	assert_string_equal(form_text(&f, "host"), "mail.example.com");
	assert_string_equal(form_text(&f, "choice"), "dark green");
	assert_int_equal(form_num(&f, "flag"), 1);
	assert_string_equal(secret_bytes(form_secret(&f, "token")), TOKEN);
	assert_string_equal(form_text(&f, "token"), "");
	assert_int_equal(form_num(&f, "id"), 42);
	assert_int_equal(form_num(&f, "date"), 1794873600);
	assert_string_equal(form_text(&f, "next"), "/me");
	assert_string_equal(secret_bytes(f.csrf), TOKEN);
}

static void reads_an_empty_form(void **state)
{
	static const char *const empty[] = { "must=ab",
		"must=ab&name=&email=++&secret=&port=&host=&"
		"choice=&flag=&token=&id=&date=&next=&csrf=" };
	struct form f;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(empty); i++) {
		assert_ok(read_body(&f, URLENCODED, empty[i], &e));
		assert_int_equal(f.errors, 0);
		assert_string_equal(form_text(&f, "email"), "");
		assert_int_equal(secret_len(form_secret(&f, "secret")), 0);
		assert_int_equal(secret_len(form_secret(&f, "token")), 0);
		assert_int_equal(form_num(&f, "id"), 0);
		assert_int_equal(form_num(&f, "flag"), 0);
		assert_null(f.csrf);
	}
}

/* Where nothing can be typed, nobody is told to. */
static void says_what_to_choose(void **state)
{
	static const struct field must[] = { { "colour", F_CHOICE, 1, 0, "Colour", "red|blue" },
		{ 0 } };
	struct pairs none = { 0 };
	struct form f;
	struct err e;

	(void)state;
	form_init(&f, must, &arena);
	assert_ok(form_read_query(&f, &none, &e));
	assert_string_equal(f.v[0].error, "Nothing is chosen yet. Choose one of those shown.");
}

#define BEGIN "-----BEGIN CERTIFICATE-----"
#define END "-----END CERTIFICATE-----"

/* Good: want is the value; bad: want is NULL, and a message is there. */
static const struct row {
	const char *name;
	const char *sent; /* as it is in the body */
	const char *want;
} rows[] = {
	{ "name", "%C3%A4%C3%A4%C3%A4%C3%A4%C3%A4%C3%A4%C3%A4%C3%A4%C3%A4%C3%A4",
		"\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3"
		"\xa4" },
	{ "name", "12345678901", NULL },
	{ "name", "a%0Ab", NULL },
	{ "name", "a%1bb", NULL },
	{ "name", "a%C2%85", NULL },
	{ "name", "%0d%0a+a+%09", "a" },
	{ "lines", "a%0d%0a%0d%0ab%0a", "a\n\nb" },
	{ "lines", "%C3%A4%0a23456789", "\xc3\xa4\n23456789" },
	{ "lines", "%C3%A4%0a234567890", NULL },
	{ "lines", "a%1bb", NULL },
	{ "lines", "a%C2%85", NULL },
	{ "must", "", NULL },
	{ "must", "+++", NULL },
	{ "must", "a", NULL },
	{ "must", "abcdef", NULL },
	{ "email", "a@b", "a@b" },
	{ "email", "a", NULL },
	{ "email", "a@b@c", NULL },
	{ "email", "a%20b@c.d", NULL },
	{ "email", "%C3%A4@b.c", NULL },
	{ "port", "0", "0" },
	{ "port", "65535", "65535" },
	{ "port", "65536", NULL },
	{ "port", "-1", NULL },
	{ "port", "4 3", NULL },
	{ "port", "99999999999999999999", NULL },
	{ "host", "10.0.0.1", "10.0.0.1" },
	{ "host", "2001:DB8::1", "2001:db8::1" },
	{ "host", "%5B2001:db8::1%5D", "2001:db8::1" },
	{ "host", "https%3A%2F%2FMail.Example.com%2FEWS%2FExchange.asmx", "mail.example.com" },
	{ "host", "http%3A%2F%2F%5B%3A%3A1%5D%3A8080%2Fx", "::1" },
	{ "host", "a_b.example", NULL },
	{ "host", "a/b", NULL },
	{ "host", "a%40b", NULL },
	{ "host", "https%3A%2F%2Fu%3Ap%40h%2F", NULL },
	{ "host", "%5B%5D", NULL },
	{ "host", "%5B", NULL },
	{ "host", "ftp%3A%2F%2Fa.b", NULL },
	{ "choice", "red", "red" },
	{ "choice", "blue", "blue" },
	{ "choice", "dark", NULL },
	{ "choice", "red%7Cblue", NULL },
	{ "choice", "Red", NULL },
	{ "choice", "blu", NULL },
	{ "flag", "on", "on" },
	{ "flag", "2", NULL },
	{ "id", "9007199254740993", "9007199254740993" },
	{ "id", "0", NULL },
	{ "id", "-4", NULL },
	{ "id", "x", NULL },
	{ "date", "2024-02-29", "2024-02-29" },
	{ "date", "2026-02-29", NULL },
	{ "date", "17.11.2026", NULL },
	{ "next", "/a%3Fb%3D1", "/a?b=1" },
	{ "next", "//evil.example", "" },
	{ "next", "https%3A%2F%2Fevil.example", "" },
	{ "next", "/%5Cevil", "" },
	{ "next", "/a%0d%0ab", "" },
	{ "next", "javascript:x", "" },
	{ "next", "/123456789012345678901", "" },
	{ "ca", "+%0D%0A" BEGIN "%0D%0Aabc%0D%0A" END "%0D%0A+", BEGIN "\nabc\n" END },
	{ "ca", "# a+note%0A" BEGIN "%0Aabc%0A" END, "# a note\n" BEGIN "\nabc\n" END },
	{ "ca", BEGIN "%0Aabc", NULL },
	{ "ca", "abc%0A" END, NULL },
	{ "ca", BEGIN "%0Aab%07c%0A" END, NULL },
	{ "ca", "sha256", NULL },
};

static void checks_values(void **state)
{
	const struct form_value *v;
	char text[400];
	struct form f;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		snprintf(text, sizeof(text), "%s=%s%s", rows[i].name, rows[i].sent,
			strcmp(rows[i].name, "must") == 0 ? "" : "&must=abc");
		assert_ok(read_body(&f, URLENCODED, text, &e));
		v = value_of(&f, rows[i].name);
		if (f.errors != !rows[i].want)
			fail_msg("%s: %s", text, v->error ? v->error : "taken");
		if (rows[i].want)
			assert_string_equal(v->text, rows[i].want);
		else
			assert_true(v->error && strlen(v->error) > 10);
	}
}

static void keeps_what_was_typed(void **state)
{
	struct form f;
	struct err e;

	(void)state;
	assert_ok(read_body(
		&f, URLENCODED, "must=abc&email=+Not+An%3CAddress%3E+&port=many&date=today", &e));
	assert_int_equal(f.errors, 3);
	assert_string_equal(form_text(&f, "email"), "Not An<Address>");
	assert_string_equal(form_text(&f, "port"), "many");
	assert_string_equal(form_text(&f, "date"), "today");
	assert_string_equal(form_text(&f, "must"), "abc");
}

/* Neither a wrong nor a right secret comes back in any way. */
static void never_shows_secrets(void **state)
{
	static const char *const bodies[] = { "must=abc&secret=hunter2hunter2",
		"must=abc&secret=hunter2%07", "must=abc&token=hunter2", "must=abc&secret=hunter2" };
	struct form f;
	struct err e;
	size_t i, j;

	(void)state;
	for (i = 0; i < COUNT(bodies); i++) {
		assert_ok(read_body(&f, URLENCODED, bodies[i], &e));
		assert_int_equal(f.errors, i < 3);
		for (j = 0; fields[j].name; j++) {
			assert_null(strstr(f.v[j].text, "hunter"));
			assert_true(!f.v[j].error || !strstr(f.v[j].error, "hunter"));
		}
		if (i < 3) {
			assert_int_equal(secret_len(form_secret(&f, "secret")), 0);
			assert_int_equal(secret_len(form_secret(&f, "token")), 0);
		}
	}
}

static void counts_characters_of_secrets(void **state)
{
	struct form f;
	struct err e;

	(void)state;
	assert_ok(read_body(&f, URLENCODED,
		"must=abc&secret=%C3%A4%C3%A4%C3%A4%C3%A4%C3%A4%C3%A4%C3%A4%C3%A4", &e));
	assert_int_equal(f.errors, 0);
	assert_int_equal(secret_len(form_secret(&f, "secret")), 16);
}

static void survives_long_values(void **state)
{
	enum { SIZE = 1 << 20 };
	static const char *const names[] = { "name", "email", "secret", "port", "host", "choice",
		"flag", "token", "id", "date", "ca", "next", "csrf" };
	char *text = arena_alloc(&arena, SIZE + 64);
	struct form f;
	struct err e;
	size_t i;
	int n;

	(void)state;
	for (i = 0; i < COUNT(names); i++) {
		n = snprintf(text, 64, "must=abc&%s=", names[i]);
		memset(text + n, 'a', SIZE);
		text[n + SIZE] = '\0';
		assert_ok(read_body(&f, URLENCODED, text, &e));
		assert_int_equal(f.errors, i < 11);
		assert_null(f.csrf);
		assert_true(strlen(f.v[0].text) <= 8192);
	}
}

static void refuses_malformed_bodies(void **state)
{
	static const char *const bodies[] = { "must=abc&name=1&name=2", "must=%", "must=%zz",
		"must=abc&name=%00", "must=abc&name=%ff", "must=abc&name=\xff", "must=abc&=1",
		"must=abc&csrf=1&csrf=2", "must=abc&unknown=1&unknown=1" };
	struct form f;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bodies); i++) {
		if (read_body(&f, URLENCODED, bodies[i], &e) == 0)
			fail_msg("taken: %s", bodies[i]);
		assert_int_equal(e.code, ERR_INPUT);
		assert_null(strstr(e.log, "abc"));
	}
}

#define PART(name, data)                                                                           \
	"--XX\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n" data "\r\n"
#define MULTIPART "multipart/form-data; boundary=XX"

static void reads_multipart(void **state)
{
	struct form f;
	struct err e;

	(void)state;
	assert_ok(read_body(&f, MULTIPART,
		PART("must", " abc ") PART("secret", "p w") PART("csrf",
			TOKEN) "--XX\r\nContent-Disposition: form-data; name=\"name\"; "
			       "filename=\"x\"\r\n\r\nx\r\n" PART("email", "A@B.C") "--XX--\r\n",
		&e));
	assert_int_equal(f.errors, 0);
	assert_string_equal(form_text(&f, "must"), "abc");
	assert_string_equal(form_text(&f, "email"), "a@b.c");
	assert_string_equal(form_text(&f, "name"), "");
	assert_string_equal(secret_bytes(form_secret(&f, "secret")), "p w");
	assert_string_equal(secret_bytes(f.csrf), TOKEN);
}

/* A long text is read to its end, and too long is told, not cut. */
static void reads_long_lines(void **state)
{
	enum { MOST = 100000 };
	static const struct field lines[] = {
		{ "text", F_LINES, 0, MOST, "The text", NULL },
		{ 0 },
	};
	struct buf body;
	struct form f;
	struct err e;

	(void)state;
	assert_int_equal(form_body_max(lines, 100), 3 * MOST + 65536);
	assert_int_equal(form_body_max(lines, 1 << 20), 1 << 20);
	for (int more = 0; more < 2; more++) {
		buf_init(&body, 1 << 20);
		buf_puts(&body, "text=");
		for (int i = 0; i < MOST + more; i++)
			buf_puts(&body, i % 2 ? "%C3%A4" : "x");
		form_init(&f, lines, &arena);
		assert_ok(form_read_body(&f, "application/x-www-form-urlencoded", &body, &e));
		assert_int_equal(f.errors, more);
		assert_int_equal(strlen(form_text(&f, "text")), MOST * 3 / 2 + more);
		buf_done(&body);
	}
}

/* A file is given as it lies in the body, whatever bytes it has; a pasted list is shown again. */
static void reads_files(void **state)
{
	static const struct field files[] = {
		{ "file", F_FILE, 0, 1 << 20, "The file", NULL },
		{ "list", F_FILE, 0, 8, "The list", NULL },
		{ "other", F_TEXT, 0, 9, "Other", NULL },
		{ 0 },
	};
	static const char sent[] = "--XX\r\nContent-Disposition: form-data; name=\"file\"; "
				   "filename=\"a.csv\"\r\n\r\n\xff\xfe"
				   "a\0b\r\n" PART("list", "a,b") PART("other", "x") "--XX--\r\n";
	const struct form_value *v;
	struct buf body;
	struct form f;
	struct err e;

	(void)state;
	assert_int_equal(form_body_max(files, 100), (1 << 20) + 100);
	assert_int_equal(form_body_max(files + 2, 100), 100);
	buf_init(&body, 4096);
	buf_add(&body, sent, sizeof(sent) - 1);
	form_init(&f, files, &arena);
	assert_ok(form_read_body(&f, MULTIPART, &body, &e));
	v = form_file(&f, "file");
	assert_int_equal(v->len, 5);
	assert_memory_equal(v->data,
		"\xff\xfe"
		"a\0b",
		5);
	assert_true(v->data > body.p && v->data < body.p + body.len);
	assert_string_equal(v->file, "a.csv");
	assert_string_equal(v->text, "");
	assert_true(v->withheld);
	assert_string_equal(form_text(&f, "list"), "a,b");
	assert_false(form_file(&f, "list")->withheld);
	assert_string_equal(form_text(&f, "other"), "x");
	buf_done(&body);
	/* Urlencoded, too long, and not there. */
	buf_puts(&body, "list=123456789&retype=file");
	form_init(&f, files, &arena);
	assert_ok(form_read_body(&f, "application/x-www-form-urlencoded", &body, &e));
	assert_non_null(f.v[1].error);
	assert_non_null(strstr(f.v[0].error, "once more"));
	assert_null(form_file(&f, "file"));
	buf_done(&body);
	buf_puts(&body, PART("list", "a") PART("list", "b") "--XX--\r\n");
	form_init(&f, files, &arena);
	assert_int_equal(form_read_body(&f, MULTIPART, &body, &e), -1);
	buf_done(&body);
}

/* A certificate may come as a file; what is no text gets a message. */
static void reads_certificates_from_files(void **state)
{
#define FILE_PART(data)                                                                            \
	"--XX\r\nContent-Disposition: form-data; name=\"ca\"; filename=\"a.pem\"\r\n\r\n" data     \
	"\r\n"
	static const struct {
		const char *body, *want;
	} cases[] = {
		{ FILE_PART(BEGIN "\r\nabc\r\n" END "\r\n"), BEGIN "\nabc\n" END },
		{ FILE_PART(BEGIN "\nabc\n" END "\n" BEGIN "\ndef\n" END),
			BEGIN "\nabc\n" END "\n" BEGIN "\ndef\n" END },
		{ "--XX\r\nContent-Disposition: form-data; name=\"ca\"; filename=\"\"\r\n\r\n"
		  "\r\n",
			"" },
		{ FILE_PART(""), NULL },
		{ FILE_PART("\x30\x82\xff\xff"), NULL },
	};
	struct form f;
	struct err e;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *body =
			arena_printf(&arena, "%s%s--XX--\r\n", PART("must", "abc"), cases[i].body);

		assert_ok(read_body(&f, MULTIPART, body, &e));
		assert_int_equal(f.errors, !cases[i].want);
		if (cases[i].want)
			assert_string_equal(form_text(&f, "ca"), cases[i].want);
	}
}

/* It is not kept, not even to be shown again. */
static void drops_private_keys(void **state)
{
	static const char *const bodies[] = {
		"must=abc&ca=" BEGIN "%0Aabc%0A" END "%0A-----BEGIN PRIVATE KEY-----%0Ahunter2",
		"must=abc&ca=-----BEGIN+ENCRYPTED+PRIVATE+KEY-----%0Ahunter2",
	};
	struct form f;
	struct err e;

	(void)state;
	for (size_t i = 0; i < COUNT(bodies); i++) {
		assert_ok(read_body(&f, URLENCODED, bodies[i], &e));
		assert_int_equal(f.errors, 1);
		assert_string_equal(form_text(&f, "ca"), "");
		assert_non_null(strstr(value_of(&f, "ca")->error, "private key"));
	}
}

/* What no page may hold is known by its field, and asked for again by that field's name. */
static void asks_again_for_what_was_withheld(void **state)
{
	static const struct {
		const char *body;
		int must, secret, ca;
	} sent[] = {
		{ "must=abc&secret=hunter2", 0, 1, 0 },
		{ "must=&secret=&ca=", 0, 0, 0 },
		{ "must=a+wrong+one&secret=a%0Ab", 0, 1, 0 },
		{ "must=abc&ca=-----BEGIN+PRIVATE+KEY-----", 0, 0, 1 },
		{ "must=abc&ca=hello", 0, 0, 0 },
	};
	struct form f;
	struct err e;

	(void)state;
	for (size_t i = 0; i < COUNT(sent); i++) {
		assert_ok(read_body(&f, URLENCODED, sent[i].body, &e));
		assert_int_equal(value_of(&f, "must")->withheld, sent[i].must);
		assert_int_equal(value_of(&f, "secret")->withheld, sent[i].secret);
		assert_int_equal(value_of(&f, "ca")->withheld, sent[i].ca);
		assert_null(f.confirm);
	}
	assert_ok(read_body(
		&f, URLENCODED, "must=abc&confirm=my+own&retype=+xsecret+secret+caca", &e));
	assert_string_equal(secret_bytes(f.confirm), "my own");
	assert_int_equal(f.errors, 1);
	assert_non_null(strstr(value_of(&f, "secret")->error, "Enter it once more"));
	/* Typed again, there is nothing to say. */
	assert_ok(read_body(&f, URLENCODED, "must=abc&retype=secret&secret=hunter2", &e));
	assert_int_equal(f.errors, 0);
}

static void refuses_malformed_multipart(void **state)
{
	static const char *const bodies[] = {
		PART("must", "abc") PART("must", "abc") "--XX--",
		PART("must", "\xff") "--XX--",
		PART("must", "abc"),
		"must=abc",
		"",
	};
	struct form f;
	struct buf b;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bodies); i++)
		assert_code(ERR_INPUT, read_body(&f, MULTIPART, bodies[i], &e));
	buf_init(&b, 1000);
	buf_add(&b, PART("must", "a\0c") "--XX--", sizeof(PART("must", "a\0c") "--XX--") - 1);
	form_init(&f, fields, &arena);
	assert_code(ERR_INPUT, form_read_body(&f, MULTIPART, &b, &e));
	buf_done(&b);
}

static void bounds_multipart(void **state)
{
	struct form f;
	struct buf b;
	struct err e;
	int i;

	(void)state;
	buf_init(&b, 1 << 20);
	for (i = 0; i <= REQUEST_PAIRS_MAX; i++)
		buf_printf(
			&b, "--XX\r\nContent-Disposition: form-data; name=\"n%d\"\r\n\r\n1\r\n", i);
	buf_puts(&b, "--XX--");
	form_init(&f, fields, &arena);
	assert_code(ERR_INPUT, form_read_body(&f, MULTIPART, &b, &e));
	buf_done(&b);
}

static void reads_queries(void **state)
{
	char text[] = "id=7&must=abc&email=x";
	struct pairs query;
	struct form f;
	struct err e;

	(void)state;
	assert_ok(pairs_parse(&arena, text, strlen(text), &query, &e));
	form_init(&f, fields, &arena);
	assert_ok(form_read_query(&f, &query, &e));
	assert_int_equal(form_num(&f, "id"), 7);
	assert_int_equal(f.errors, 1);
	assert_string_equal(form_text(&f, "email"), "x");
	assert_null(f.csrf);
}

/* A good file takes the place of the text, a bad one does not. */
static void shows_a_file_as_text(void **state)
{
	struct form f;
	struct err e;

	(void)state;
	assert_ok(read_body(&f, URLENCODED,
		"must=abc&ca=" BEGIN "%0Aabc%0A" END "&ca_file=" BEGIN "%0Adef%0A" END, &e));
	form_show(&f, "ca", "ca_file");
	assert_string_equal(form_text(&f, "ca"), BEGIN "\ndef\n" END);
	assert_ok(read_body(
		&f, URLENCODED, "must=abc&ca=" BEGIN "%0Aabc%0A" END "&ca_file=hello", &e));
	form_show(&f, "ca", "ca_file");
	assert_string_equal(form_text(&f, "ca"), BEGIN "\nabc\n" END);
}

static void adds_messages(void **state)
{
	struct form f;
	struct err e;

	(void)state;
	assert_ok(read_body(&f, URLENCODED, "must=abc", &e));
	form_fail(&f, "name", "Use %d letters.", 3);
	form_fail(&f, "name", "Second.");
	form_fail(&f, "secret", "Too simple.");
	assert_int_equal(f.errors, 2);
	assert_string_equal(value_of(&f, "name")->error, "Use 3 letters.");
	assert_string_equal(value_of(&f, "secret")->error, "Too simple.");
}

/* Boxes that were ticked, or what they became. */
static void joins_ticks(void **state)
{
	static const struct {
		const char *body, *text;
		int n;
	} ticks[] = {
		{ "ids.7=on&ids.12=on&name=x", "7.12", 2 },
		{ "ids=7.12.99", "7.12.99", 3 },
		{ "ids=5&ids.7=on", "5", 1 },
		{ "idsx.7=on", "", 0 },
		{ "ids.1=on&ids.2=on&ids.3=on&ids.4=on", NULL, 0 },
		{ "ids=1..2", NULL, 0 },
		{ "ids=0", NULL, 0 },
		{ "ids.x=on", NULL, 0 },
		{ "ids.7.8=on&ids.-1=on", NULL, 0 },
		{ "ids=1.2%3B", NULL, 0 },
	};
	struct form f;
	struct err e;

	(void)state;
	for (size_t i = 0; i < COUNT(ticks); i++) {
		assert_ok(read_body(&f, URLENCODED, ticks[i].body, &e));
		assert_int_equal(value_of(&f, "ids")->error != NULL, ticks[i].text == NULL);
		if (!ticks[i].text)
			continue;
		assert_string_equal(form_text(&f, "ids"), ticks[i].text);
		assert_int_equal(form_num(&f, "ids"), ticks[i].n);
	}
}

static void works_without_fields(void **state)
{
	struct form f;
	struct buf b;
	struct err e;

	(void)state;
	buf_init(&b, 1000);
	buf_puts(&b, "csrf=" TOKEN);
	form_init(&f, NULL, &arena);
	assert_ok(form_read_body(&f, URLENCODED, &b, &e));
	assert_string_equal(secret_bytes(f.csrf), TOKEN);
	buf_done(&b);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_form),
		cmocka_unit_test(reads_an_empty_form),
		cmocka_unit_test(says_what_to_choose),
		cmocka_unit_test(checks_values),
		cmocka_unit_test(keeps_what_was_typed),
		cmocka_unit_test(never_shows_secrets),
		cmocka_unit_test(counts_characters_of_secrets),
		cmocka_unit_test(survives_long_values),
		cmocka_unit_test(refuses_malformed_bodies),
		cmocka_unit_test(reads_multipart),
		cmocka_unit_test(reads_long_lines),
		cmocka_unit_test(reads_files),
		cmocka_unit_test(reads_certificates_from_files),
		cmocka_unit_test(drops_private_keys),
		cmocka_unit_test(asks_again_for_what_was_withheld),
		cmocka_unit_test(refuses_malformed_multipart),
		cmocka_unit_test(bounds_multipart),
		cmocka_unit_test(reads_queries),
		cmocka_unit_test(shows_a_file_as_text),
		cmocka_unit_test(adds_messages),
		cmocka_unit_test(joins_ticks),
		cmocka_unit_test(works_without_fields),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
