/* Redact: each shape and its neighbours, told names, the same by the same throughout, host names
 * that stay, and text that is nobody's.
 */
#include "tests/unit/unit.h"

#include <string.h>
#include "platform/redact.h"

struct pair {
	const char *text, *redacted;
};

static void says(struct redact *r, const char *text, const char *want)
{
	struct buf b;

	buf_init(&b, 1 << 20);
	redact_put(r, text, &b);
	assert_string_equal(buf_str(&b), want);
	buf_done(&b);
}

static void each(const struct pair *p, size_t n, int clear)
{
	for (size_t i = 0; i < n; i++) {
		struct arena a;

		arena_init(&a, 1 << 20);
		says(redact_new(&a, clear), p[i].text, p[i].redacted);
		arena_done(&a);
	}
}

static void test_shapes(void **state)
{
	static const struct pair p[] = {
		{ "bob@acme.test", "person-1@domain-1" },
		{ "<bob.o'neil+x@mail.acme.test>,", "<person-1@domain-1>," },
		{ "mailto:bob@acme.test.", "mailto:person-1@domain-1." },
		{ "user=bob%40acme.test&x", "user=person-1%40domain-1&x" },
		{ "z\xc3\xb6"
		  "e@\xc3\xa4"
		  "cme.test",
			"person-1@domain-1" },
		{ "a@b", "person-1@domain-1" },
		{ "a@ b, @c", "a@ b, @c" },
		{ "BOB@ACME.test bob@acme.TEST eve@acme.test",
			"person-1@domain-1 person-1@domain-1 person-2@domain-1" },
		{ "mail.acme.test:443", "server-1:443" },
		{ "https://mail.acme.test/EWS/Exchange.asmx",
			"https://server-1/EWS/Exchange.asmx" },
		{ "Mail.Acme.Test mail.acme.test. exch_01.acme.test",
			"server-1 server-1. server-2" },
		{ "bob@acme.test mail.acme.test acme.test xacme.test",
			"person-1@domain-1 server-1.domain-1 domain-1 server-2" },
		{ "xn--bcher-kva.xn--p1ai", "server-1" },
		{ "10.1.2.3", "address-1" },
		{ "10.1.2.3:443, 10.1.2.3, 10.1.2.30.", "address-1:443, address-1, address-2." },
		{ "[2001:db8::1]:443 fe80::1", "[address-1]:443 address-2" },
		{ "::ffff:10.1.2.3", "address-1" },
		{ "127.0.0.1 ::1 0.0.0.0", "127.0.0.1 ::1 0.0.0.0" },
		{ "f81d4fae-7dec-11d0-a765-00a0c91e6bf6 F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6",
			"id-1 id-1" },
		{ "S-1-5-21-1004336348-1177238915-682003330-512", "id-1" },
		{ "/o=Acme/ou=Exchange (X)/cn=Recipients/cn=bob<", "/o=id-1<" },
		{ "ACME\\bob and acme.test\\bob", "login-1 and login-2" },
		{ "X-FEServer: EXCH01\nServer: Microsoft-IIS/10.0",
			"X-FEServer: server-1\nServer: Microsoft-IIS/10.0" },
		{ "AAMkAGI2TG93AAA=abcdefghijklmnopq12", "(35 characters)" },
		{ "0123456789abcdef0123456789abcdef", "(32 characters)" },
		{ "a \"Bob Smith\"@acme.test, \"Bob\" @x", "a person-1@domain-1, \"Bob\" @x" },
		{ "bob@[10.1.2.3].", "person-1@domain-1." },
		{ "bob@acme eve@acme", "person-1@domain-1 person-2@domain-1" },
		{ "ACME\\\\bob 'acme\\o'brien' acme\\bob@acme", "login-1 'login-2' login-3" },
		{ "CN=Bob Smith,OU=Sales (X),DC=acme,DC=test.", "id-1" },
		{ "subject: CN=mail.acme.test, O=Acme\\, Inc, C=DE\n/O=Acme GmbH/CN=x<",
			"subject: id-1\n/o=id-2<" },
		{ "cn=Bob Smith, who has gone", "id-1, who has gone" },
		{ "Basic realm=\"ACME sign-in\", realm=\"", "Basic realm=\"server-1\", realm=\"" },
		{ "10.1.2.3.443", "address-1.443" },
		{ "\xe2\x80\x9c"
		  "10.1.2.3\xe2\x80\x9d \xc2\xab"
		  "bob@acme.test\xc2\xbb bob@acme.test\xe2\x80\xa6 acme\\bob\xe2\x80\x99s",
			"\xe2\x80\x9c"
			"address-1\xe2\x80\x9d \xc2\xab"
			"person-1@domain-1\xc2\xbb person-1@domain-1\xe2\x80\xa6 "
			"login-1\xe2\x80\x99s" },
		{ "https://exch01/EWS http://exch01:8080/",
			"https://server-1/EWS http://server-1:8080/" },
		{ "dc01.corp1 mail.acme.test..then acme.test...",
			"server-1 server-2..then server-3..." },
		{ "10.1.2.3:10.1.2.3:10.1.2.3:10.1.2.3:10.1.2.3:10.1.2.3:10.1.2.3",
			"address-1:address-1:address-1:address-1:address-1:address-1:address-1" },
		{ "X-DiagInfo: EXCH01\nX-BEServer: dc07.acme.test\nasked EXCH01, DC07",
			"X-DiagInfo: server-1\nX-BEServer: server-2\nasked server-1, server-3" },
		{ "tab\there\r\nbell\a", "tab here\nbell" },
	};

	(void)state;
	each(p, COUNT(p), 0);
}

/* What support needs to read stays. */
static void test_plain(void **state)
{
	static const char *const plain[] = {
		"",
		"Exchange 2019, version 15.2.1544.11",
		"libcurl/7.88.1 OpenSSL/3.0.17, SQLite 3.40.1",
		"2026-11-22 09:00:00 UTC, 12:34:56",
		"/etc/latchkey/latchkey.conf:12 latchkey-engine.service "
		"/var/lib/latchkey/latchkey.db",
		"POST /EWS/Exchange.asmx HTTP/1.1",
		"http://schemas.microsoft.com/exchange/services/2006/messages",
		"https://outlook.office365.com/EWS/Exchange.asmx",
		"ErrorItemNotFound: ErrorImpersonationFailed, e.g. 3 of 12 ... (24 bytes)",
		"a, b: 1.2.3 300.2.3.4",
		"S-1-x /x=y C:\\ \\n",
		"ApplicationImpersonation NotAWordOfAnyOrganisationAtAll",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(plain); i++) {
		const struct pair p = { plain[i], plain[i] };

		each(&p, 1, 0);
		each(&p, 1, 1);
	}
}

static void test_clear(void **state)
{
	static const struct pair p[] = {
		{ "bob@acme.test on mail.acme.test", "person-1@acme.test on mail.acme.test" },
		{ "10.1.2.3 mail.acme.test", "address-1 mail.acme.test" },
		{ "X-FEServer: EXCH01.acme.test", "X-FEServer: EXCH01.acme.test" },
		{ "acme.test\\bob", "login-1" },
	};

	(void)state;
	each(p, COUNT(p), 1);
}

static void test_names(void **state)
{
	struct arena a;
	struct redact *r;

	(void)state;
	arena_init(&a, 1 << 20);
	r = redact_new(&a, 0);
	redact_name(r, REDACT_ORGANISATION, "Acme");
	redact_name(r, REDACT_ORGANISATION, "Acme Holding");
	redact_name(r, REDACT_ORGANISATION, "ZQ");
	redact_name(r, REDACT_PERSON, "Mark Twain");
	redact_name(r, REDACT_PERSON, "Mark Twain");
	redact_name(r, REDACT_PERSON, "(ops)");
	redact_name(r, REDACT_SERVER, "exch01");
	redact_name(r, REDACT_LOGIN, "calendar");
	redact_name(r, REDACT_LOGIN, "svc");
	redact_name(r, REDACT_LOGIN, "");
	redact_name(r, REDACT_LOGIN, NULL);
	says(r, "Acme holding, ACME, acmes, x-acme-y",
		"organisation-1, organisation-2, organisation-2s, x-organisation-2-y");
	says(r, "ZQ zqx xzq zq.", "organisation-3 zqx xzq organisation-3.");
	says(r, "mark twain, benchmark twains", "person-1, benchmark twains");
	says(r, "by (ops)", "by person-2");
	redact_name(r, REDACT_PERSON, "Bo");
	redact_name(r, REDACT_PERSON, "J");
	says(r, "bo, bob, J. and j", "person-3, bob, person-4. and person-4");
	redact_name(r, REDACT_CERTIFICATE, "Issuing CA");
	redact_name(r, REDACT_PROXY, "main");
	says(r, "by issuing CA, main domains", "by certificate-1, proxy-1 domains");
	redact_name(r, REDACT_PERSON,
		"Pat O\xe2\x80\x99"
		"Brien");
	says(r,
		"\xe2\x80\x9cIssuing CA\xe2\x80\x9d, \xe2\x80\x9cpat o\xe2\x80\x99"
		"brien\xe2\x80\x9d",
		"\xe2\x80\x9c"
		"certificate-1\xe2\x80\x9d, \xe2\x80\x9cperson-5\xe2\x80\x9d");
	says(r, "exch01 EXCH01b", "server-1 server-1b");
	says(r, "the calendar of svc, svcs", "the calendar of login-1, svcs");
	arena_done(&a);
}

static void test_domain_of(void **state)
{
	struct arena a;
	struct redact *r;

	(void)state;
	for (int clear = 0; clear < 2; clear++) {
		arena_init(&a, 1 << 20);
		r = redact_new(&a, clear);
		redact_domain_of(r, "svc@mail.acmecorp.test");
		redact_domain_of(r, "svc");
		redact_domain_of(r, "svc@");
		redact_domain_of(r, NULL);
		says(r, "AcmeCorp mail test", "organisation-1 mail test");
		says(r, "exch.mail.acmecorp.test",
			clear ? "exch.mail.acmecorp.test" : "server-1.domain-1");
		arena_done(&a);
	}
}

/* However many there are, it ends, and none is shown. */
static void test_many(void **state)
{
	struct arena a;
	struct redact *r;
	struct buf b;

	(void)state;
	arena_init(&a, 16 << 20);
	r = redact_new(&a, 0);
	for (int i = 0; i < 10000; i++) {
		buf_init(&b, 256);
		redact_put(r, arena_printf(&a, "planted%d@acme.test", i), &b);
		assert_null(strstr(buf_str(&b), "planted"));
		buf_done(&b);
	}
	says(r, "planted0@acme.test planted9999@acme.test",
		"person-1@domain-1 person-more@domain-1");
	for (int i = 0; i < 40000; i++)
		redact_name(r, REDACT_PERSON, arena_printf(&a, "Name %d", i));
	says(r, "Name 1999, Name 39999", "person-more, Name 39999");
	arena_done(&a);
}

/* What a server may send is as long as it likes: each run is looked at once, and none is cut so
 * that its beginning is shown. */
static void test_long(void **state)
{
	static const char *const pieces[] = { "a-", "acme.test-", "a+", "a.", "f:", "cn=", "\\a" };
	struct arena a;
	struct buf b, out;

	(void)state;
	for (size_t i = 0; i < COUNT(pieces); i++) {
		arena_init(&a, 16 << 20);
		buf_init(&b, 1 << 20);
		buf_init(&out, 4 << 20);
		while (b.len < 200000)
			buf_puts(&b, pieces[i]);
		redact_put(redact_new(&a, 0), buf_str(&b), &out);
		assert_true(buf_ok(&b) && buf_ok(&out));
		assert_null(strstr(buf_str(&out), "acme"));
		buf_done(&out);
		buf_done(&b);
		arena_done(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_clear),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_domain_of),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
