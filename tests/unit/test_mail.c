/* src/mail: the words, the wire form, the quiet hours. */
#include "tests/unit/unit.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include "mail/mail_kind.h"
#include "mail/mail_quiet.h"
#include "mail/mail_text.h"
#include "mail/mail_write.h"
#include "model.h"
#include "platform/clock.h"
#include "platform/str.h"
#include "platform/url.h"

enum { ROUNDS = 3000, TEXT = 400, WIRE_LINE = 998 };

#define URL "https://portal.example.com"
#define TOKEN "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
/* Whatever a kind asks for is here. */
#define PARAMS                                                                                     \
	"by=Avery%20Stone&role=member&version=0a1b2c3d&until=1800000000&connection=Main&former="   \
	"Old&since="                                                                               \
	"1790000000&"                                                                              \
	"at=1800000000&reason=It%20was%20refused.&days=30&what=client%20secret&"                   \
	"n=42&title=Calendar%20not%20delegated&who=Member&code=not_delegated&"                     \
	"mailbox=plan%40example.com&stop=" TOKEN

/* --- a reader of our own, for what was written --- */

static struct buf wire;

static int hex(char c)
{
	return c <= '9' ? c - '0' : c - 'A' + 10;
}

/* The value of a header, unfolded, with its encoded words decoded. */
static void header(const char *name, char *out, size_t size)
{
	const char *p = strstr(wire.p, name), *end, *next;
	size_t n = 0, len;

	assert_non_null(p);
	p += strlen(name);
	for (end = strstr(p, "\r\n"); end[2] == ' '; end = strstr(end + 2, "\r\n"))
		;
	while (p < end) {
		if (strncmp(p, "=?UTF-8?B?", 10) == 0) {
			next = strstr(p + 10, "?=");
			assert_true(next + 2 - p <= 75);
			assert_int_equal(sodium_base642bin((unsigned char *)out + n, size - n,
						 p + 10, (size_t)(next - p - 10), NULL, &len, NULL,
						 sodium_base64_VARIANT_ORIGINAL),
				0);
			n += len;
			p = next + 2;
			if (strncmp(p, "\r\n =?", 5) == 0)
				p += 3;
		} else if (strncmp(p, "\r\n", 2) == 0) {
			p += 2;
		} else {
			out[n++] = *p++;
		}
	}
	out[n] = '\0';
}

/* The decoded body of one part. */
static void body(const char *type, char *out)
{
	const char *p = strstr(wire.p, type);

	assert_non_null(p);
	p = strstr(p, "\r\n\r\n") + 4;
	while (strncmp(p, "\r\n--=_latchkey", 14) != 0) {
		if (strncmp(p, "=\r\n", 3) == 0) {
			p += 3;
		} else if (*p == '=') {
			*out++ = (char)(hex(p[1]) * 16 + hex(p[2]));
			p += 3;
		} else if (strncmp(p, "\r\n", 2) == 0) {
			*out++ = '\n';
			p += 2;
		} else {
			*out++ = *p++;
		}
	}
	*out = '\0';
}

/* The names of the headers, one a line; every line of the wire is checked. */
static void names(char *out)
{
	const char *p = wire.p, *end, *head = strstr(wire.p, "\r\n\r\n");

	assert_int_equal(strlen(wire.p), wire.len);
	for (; *p; p = end + 2) {
		end = strstr(p, "\r\n");
		assert_non_null(end);
		assert_true(end - p <= WIRE_LINE);
		for (const char *c = p; c < end; c++)
			assert_true(*c >= ' ' && *c <= '~');
		if (p < head && *p != ' ') {
			memcpy(out, p, (size_t)(strchr(p, ':') - p));
			out += strchr(p, ':') - p;
			*out++ = '\n';
		}
	}
	*out = '\0';
}

static struct mail_message message(void)
{
	return (struct mail_message){ .from = "portal@example.com",
		.from_name = "",
		.to = "zoe@example.com",
		.to_name = "",
		.subject = "Hello",
		.text = "One\n",
		.html = "<p>One</p>\n",
		.id = "m12t34",
		.host = "portal.example.com",
		.date = 1795261441 };
}

static void test_write(void **state)
{
	struct mail_message m = message();
	struct err e;

	(void)state;
	m.from_name = "Acme";
	m.to_name = "Zo\xc3\xab";
	m.subject = "Not reachable: Main";
	m.text = ". a=b \n";
	buf_clear(&wire);
	assert_ok(mail_write(&m, &wire, &e));
	/* A name that stays as it is has a fold before its address, too. */
	assert_non_null(strstr(wire.p, "From: Acme\r\n <portal@example.com>\r\n"));
	assert_non_null(strstr(wire.p, "To: =?UTF-8?B?Wm/Dqw==?=\r\n <zoe@example.com>\r\n"));
	assert_non_null(strstr(wire.p, "\r\nDate: Sat, 21 Nov 2026 11:44:01 +0000\r\n"));
	assert_non_null(strstr(wire.p, "\r\nMessage-ID: <m12t34@portal.example.com>\r\n"));
	assert_non_null(strstr(wire.p, "\r\nAuto-Submitted: auto-generated\r\n"));
	assert_non_null(strstr(wire.p, "\r\n\r\n=2E a=3Db=20\r\n\r\n--=_latchkey\r\n"));
	assert_non_null(strstr(wire.p, "\r\n--=_latchkey--\r\n"));
	m.host = "127.0.0.1";
	buf_clear(&wire);
	assert_ok(mail_write(&m, &wire, &e));
	assert_non_null(strstr(wire.p, "\r\nMessage-ID: <m12t34@[127.0.0.1]>\r\n"));
}

static void test_refused(void **state)
{
	static const char *const addresses[] = { "", "zoe", "zoe@",
		"zoe@example.com\r\nBcc: x@y.test", "zoe@example.com>", "<zoe@example.com",
		"zo\xc3\xab@example.com", "a b@example.com", "\"zoe\"@example.com",
		"zoe@ex\xc3\xa4mple.com", "zoe,x@example.com", "z\001@a.test" };
	struct mail_message m;
	struct err e;

	(void)state;
	for (size_t i = 0; i < COUNT(addresses); i++) {
		m = message();
		m.to = addresses[i];
		buf_clear(&wire);
		assert_int_equal(mail_write(&m, &wire, &e), -1);
		assert_int_equal(e.code, ERR_INPUT);
		m = message();
		m.from = addresses[i];
		buf_clear(&wire);
		assert_int_equal(mail_write(&m, &wire, &e), -1);
	}
	m = message();
	m.subject = "\xff";
	assert_int_equal(mail_write(&m, &wire, &e), -1);
	m = message();
	m.text = "\xc3";
	assert_int_equal(mail_write(&m, &wire, &e), -1);
	m = message();
	m.id = "a>\r\nBcc: x";
	assert_int_equal(mail_write(&m, &wire, &e), -1);
	m = message();
	m.host = "a b";
	assert_int_equal(mail_write(&m, &wire, &e), -1);
}

/* Text of all sorts of characters; those that mean something in a header come often. */
static void random_text(char *out, size_t max)
{
	static const char *const pieces[] = { "\r\n", "\n", "\r", "\r\nBcc: x@y.test", "=?UTF-8?B?",
		"?=", "=", ".", "\n.\n", " ", "\t", "\"", "<x@y.test>", ",", ":", ";", "\\", "(",
		"\001", "\x7f", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x97\x9d", "From ",
		"--=_latchkey", "word", "a", "=_", "&amp;", "\xc2\x85" };
	size_t n = (size_t)(rand() % (int)max);

	out[0] = '\0';
	while (strlen(out) < n)
		strcat(out, pieces[(size_t)rand() % COUNT(pieces)]);
}

/* As a header shows it: one line. */
static void as_line(char *s)
{
	for (; *s; s++) {
		if ((*s > 0 && *s < ' ') || *s == 0x7f)
			*s = ' ';
	}
}

static void test_property(void **state)
{
	static const char want[] =
		"From\nTo\nSubject\nDate\nMessage-ID\nAuto-Submitted\nMIME-Version\n"
		"Content-Type\n";
	static char name[2 * TEXT], subject[2 * TEXT], text[8 * TEXT], got[16 * TEXT];
	struct err e;

	(void)state;
	srand(7);
	for (int i = 0; i < ROUNDS; i++) {
		struct mail_message m = message();

		random_text(name, TEXT);
		random_text(subject, TEXT);
		random_text(text, (size_t)(i % 2 ? 7 * TEXT : 20));
		m.to_name = name;
		m.subject = subject;
		m.text = text;
		m.html = text;
		buf_clear(&wire);
		assert_ok(mail_write(&m, &wire, &e));
		names(got);
		assert_string_equal(got, want);
		body("text/plain", got);
		assert_string_equal(got, text);
		body("text/html", got);
		assert_string_equal(got, text);
		header("Subject: ", got, sizeof(got));
		as_line(subject);
		assert_string_equal(got, subject);
		header("\r\nTo: ", got, sizeof(got));
		as_line(name);
		assert_string_equal(strrchr(got, '<'), "<zoe@example.com>");
		if (name[0]) {
			got[strrchr(got, '<') - got - 1] = '\0';
			assert_string_equal(got, name);
		}
	}
}

/* --- the words --- */

static const char *const params[] = { PARAMS, PARAMS };

static struct mail_facts facts(const struct secret *token)
{
	return (struct mail_facts){ .organisation = "Acme",
		.public_url = URL,
		.name = "Zoe",
		.params = params,
		.count = 1,
		.token = token };
}

/* Every row has all its words; nothing stays in braces; the link is ours. */
static void test_kinds(void **state)
{
	struct secret *token = secret_new(TOKEN, strlen(TOKEN));
	struct mail_text t;
	struct err e;

	(void)state;
	for (size_t i = 0; i < mail_kinds_count; i++) {
		const struct mail_kind *k = &mail_kinds[i];
		struct mail_facts f = facts(k->linked ? token : NULL);
		char link[200];
		const char *path = strcmp(k->code, MAIL_BREAKS) == 0
			? "/members?reason=not_delegated"
			: k->path;

		assert_ptr_equal(mail_kind_find(k->code), k);
		assert_true(k->name && *k->name);
		snprintf(link, sizeof(link), "%s:\n" URL "%s%s\n", k->label, path,
			k->linked ? TOKEN : "");
		assert_ok(mail_text_make(k, &f, &t, &e));
		assert_non_null(strstr(t.text.p, link));
		assert_non_null(strstr(t.text.p, "Hello Zoe,\n"));
		assert_non_null(strstr(t.text.p, "You get this mail because"));
		assert_non_null(strstr(t.text.p, "Latchkey sends it for Acme: " URL));
		assert_null(strchr(t.text.p, '{'));
		assert_null(strchr(t.subject.p, '{'));
		assert_null(strstr(t.html.p, "style="));
		assert_non_null(strstr(t.html.p, "color-scheme\" content=\"light dark\""));
		mail_text_wipe(&t);
		f.count = 2;
		assert_ok(mail_text_make(k, &f, &t, &e));
		assert_true(!k->many || strstr(t.subject.p, "Acme"));
		mail_text_wipe(&t);
	}
	assert_null(mail_kind_find("invented"));
	secret_free(token);
}

/* As long as rows can be, and as many as become one mail: who writes such rows ends no engine. */
static void test_words_long(void **state)
{
	enum { ROWS = 50, CHARACTERS = 4000 };
	const char *rows[ROWS];
	struct mail_facts f = facts(NULL);
	struct mail_text t;
	struct buf b;
	struct err e;

	(void)state;
	buf_init(&b, 5 * CHARACTERS);
	for (int i = 0; i < CHARACTERS; i++)
		buf_puts(&b, "\xf0\x90\x8d\x88");
	buf_puts(&b, "=&connection=x&since=1&reason=y");
	for (size_t i = 0; i < ROWS; i++)
		rows[i] = buf_str(&b);
	f.params = rows;
	f.count = ROWS;
	assert_ok(mail_text_make(mail_kind_find(MAIL_STOPPED), &f, &t, &e));
	mail_text_wipe(&t);
	buf_done(&b);
}

static void test_words_refused(void **state)
{
	static const struct {
		const char *kind, *params, *token;
	} rows[] = {
		{ MAIL_STOPPED, "connection=x&since=1", NULL },
		{ MAIL_STOPPED, "connection=x&since=soon&reason=y", NULL },
		{ MAIL_STOPPED, "connection=%ff&since=1&reason=y", NULL },
		{ MAIL_STOPPED, "connection=%00&since=1&reason=y", NULL },
		{ MAIL_STOPPED, "", NULL },
		{ MAIL_EXPIRY, "connection=x&what=y&until=1&days=-1", NULL },
		{ MAIL_REMINDER, "reason=x&mailbox=", NULL },
		{ MAIL_REMINDER, "reason=x&mailbox=&stop=" TOKEN "a", NULL },
		{ MAIL_BREAKS, "n=1&title=x&since=1&reason=y&who=z&code=a%26b", NULL },
		{ MAIL_BREAKS, "n=-1&title=x&since=1&reason=y&who=z&code=a", NULL },
		{ MAIL_RESET, PARAMS, NULL },
		{ MAIL_RESET, PARAMS, "short" },
		{ MAIL_RESET, PARAMS, TOKEN "a" },
		{ MAIL_RESET, PARAMS,
			"../../etc/passwd/0123456789abcdef0123456789abcdef0123456789abcd" },
	};
	struct mail_text t;
	struct err e;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct secret *token =
			rows[i].token ? secret_new(rows[i].token, strlen(rows[i].token)) : NULL;
		struct mail_facts f = facts(token);

		f.params = &rows[i].params;
		assert_int_equal(mail_text_make(mail_kind_find(rows[i].kind), &f, &t, &e), -1);
		assert_int_equal(e.code, ERR_INPUT);
		assert_null(strstr(e.log, "passwd"));
		secret_free(token);
	}
}

/* A value is one line of text, whatever it holds, and no markup. */
static void test_values(void **state)
{
	const char *evil = "connection=%3Cb%3E%26%22%27%0d%0aBcc%3a%20x%c2%85y&since=1&reason=r";
	struct mail_facts f = facts(NULL);
	struct mail_text t;
	struct err e;

	(void)state;
	f.params = &evil;
	f.name = "<i>\n\nZoe";
	assert_ok(mail_text_make(mail_kind_find(MAIL_STOPPED), &f, &t, &e));
	assert_string_equal(t.subject.p, "Stopped: <b>&\"'  Bcc: x  y");
	assert_non_null(strstr(t.html.p, "&lt;b&gt;&amp;&quot;&#39;  Bcc: x"));
	assert_non_null(strstr(t.html.p, "Hello &lt;i&gt;  Zoe,"));
	assert_null(strstr(t.html.p, "<b>&"));
	mail_text_wipe(&t);
}

/* The admins' own text: its places and lines, no markup, above ours or in its place. */
static void test_own(void **state)
{
	static const char text[] = "Dear {name},\n\n<b>{mailbox}</b> {link} {else} {\xc3\xa4";
	const struct mail_kind *k = mail_kind_find(MAIL_REMINDER);
	struct mail_facts f = facts(NULL);
	struct mail_text t;
	struct arena a;
	struct err e;

	(void)state;
	arena_init(&a, 1 << 20);
	f.own = text;
	assert_ok(mail_text_make(k, &f, &t, &e));
	assert_non_null(strstr(t.text.p,
		"Hello Zoe,\n\nDear Zoe,\n\n<b>plan@example.com</b> " URL
		"/me {else} {\xc3\xa4\n\nAcme plans meetings"));
	assert_non_null(strstr(t.html.p,
		"<p>Dear Zoe,<br>\n<br>\n&lt;b&gt;plan@example.com&lt;/b&gt; " URL "/me {else}"));
	assert_non_null(strstr(t.text.p, "No more mails about this: " URL "/stop/" TOKEN "\n"));
	assert_non_null(strstr(t.html.p, "<a href=\"" URL "/stop/" TOKEN "\">"));
	assert_string_equal(buf_str(&t.stop), URL "/stop/" TOKEN);
	mail_text_wipe(&t);
	f.instead = 1;
	assert_ok(mail_text_make(k, &f, &t, &e));
	assert_null(strstr(t.text.p, "plans meetings"));
	assert_non_null(strstr(t.text.p, "It was refused."));
	mail_text_wipe(&t);
	assert_ok(mail_text_make(mail_kind_find(MAIL_TEST), &f, &t, &e));
	assert_null(strstr(t.text.p, "Dear"));
	assert_string_equal(buf_str(&t.stop), "");
	mail_text_wipe(&t);
	assert_string_equal(mail_place_unknown(&a, text), "{else}");
	assert_null(mail_place_unknown(&a, "{name} { a\n} {link}{mailbox} {"));
	arena_done(&a);
}

/* One click stops such mails (RFC 8058); nothing but an address becomes a header. */
static void test_stop(void **state)
{
	static const char *const bad[] = { "https://a.test/\r\nBcc: x@y.test", "https://a.test/ b",
		"https://a.test/>,<mailto:x", "https://a.test/\xc3\xa4" };
	struct mail_message m = message();
	struct err e;

	(void)state;
	m.stop = URL "/stop/" TOKEN;
	buf_clear(&wire);
	assert_ok(mail_write(&m, &wire, &e));
	assert_non_null(strstr(wire.p,
		"\r\nList-Unsubscribe: <" URL "/stop/" TOKEN ">\r\n"
		"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
	for (size_t i = 0; i < COUNT(bad); i++) {
		m.stop = bad[i];
		buf_clear(&wire);
		assert_int_equal(mail_write(&m, &wire, &e), -1);
	}
}

/* --- quiet hours --- */

static int64_t local(int day, int hour, int minute)
{
	struct tm tm = { .tm_year = 126,
		.tm_mon = 9,
		.tm_mday = day,
		.tm_hour = hour,
		.tm_min = minute,
		.tm_isdst = -1 };

	return (int64_t)mktime(&tm);
}

static void test_quiet(void **state)
{
	(void)state;
	setenv("TZ", "Europe/Berlin", 1);
	tzset();
	assert_int_equal(mail_quiet_until("", local(5, 23, 0)), 0);
	assert_int_equal(mail_quiet_until("22:00-07:00", local(5, 21, 59)), 0);
	assert_int_equal(mail_quiet_until("22:00-07:00", local(5, 22, 0)), local(6, 7, 0));
	assert_int_equal(mail_quiet_until("22:00-07:00", local(6, 6, 59)), local(6, 7, 0));
	assert_int_equal(mail_quiet_until("22:00-07:00", local(6, 7, 0)), 0);
	assert_int_equal(mail_quiet_until("12:30-13:00", local(6, 12, 45)), local(6, 13, 0));
	assert_int_equal(mail_quiet_until("12:30-13:00", local(6, 13, 0)), 0);
	/* The last of October and of the year. */
	assert_int_equal(mail_quiet_until("22:00-07:00", local(31, 23, 0)), local(32, 7, 0));
	/* The clocks go back in the night to the 25th: it is an hour longer. */
	assert_int_equal(local(25, 7, 0) - local(24, 22, 0), 10 * 3600);
	assert_int_equal(mail_quiet_until("22:00-07:00", local(24, 22, 0)), local(25, 7, 0));
}

static int begin(void **state)
{
	(void)state;
	seal_init();
	buf_init(&wire, MAIL_WIRE_MAX);
	return 0;
}

static int finish(void **state)
{
	(void)state;
	buf_done(&wire);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_property),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_words_long),
		cmocka_unit_test(test_words_refused),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_own),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_quiet),
	};

	return cmocka_run_group_tests(tests, begin, finish);
}
