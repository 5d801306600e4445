/* The search for a server: where it looks, in which order, and what it makes of what is there. */
#include "tests/unit/find_unit.h"

static const struct name all[] = { { "example.test", "93.184.216.34" },
	{ "autodiscover.example.test", "93.184.216.35" }, { "mail.example.test", "93.184.216.36" },
	{ "www.example.test", "93.184.216.37" }, { "evil.test", "93.184.216.38" },
	{ "autodiscover.evil.test", "93.184.216.39" }, { "outlook.office365.com", "52.97.1.1" },
	{ "autodiscover-s.outlook.com", "52.97.1.2" },
	{ "autodiscover.sub.example.test", "1.1.1.1" }, { NULL, NULL } };

#define DOMAIN "https://example.test" XML
#define AUTO "https://autodiscover.example.test" XML
#define AUTO_SVC "https://autodiscover.example.test" SVC
#define PLAIN "http://autodiscover.example.test" XML
#define MAIL "https://mail.example.test" XML
#define JSON                                                                                       \
	"https://outlook.office365.com/autodiscover/autodiscover.json?Email=anna%40example.test"   \
	"&Protocol=EWS"

static void every_place_in_order(void **state)
{
	struct world *w = *state;

	run(w, NULL, NULL);
	assert_end(w, REASON_NO_SERVER, "nnnns");
	assert_string_equal(w->log,
		"name example.test\nname autodiscover.example.test\n"
		"name autodiscover.example.test\nrecords _autodiscover._tcp.example.test\n");
	w->q.ask_microsoft = 1;
	run(w, NULL, NULL);
	assert_end(w, REASON_NO_SERVER, "nnnnn");
	assert_true(asked(w, "name outlook.office365.com\n"));
	w->q.host = "typed.test";
	run(w, NULL, NULL);
	assert_end(w, REASON_NO_SERVER, "nnnnnn");
	assert_int_equal(w->r->list[0].how, FIND_TYPED);
	assert_int_equal(strncmp(w->log, "name typed.test\n", 16), 0);
}

/* Where it is and that it is there; the rest is told as not needed. */
static void found(void **state)
{
	static const struct rule rules[] = { { "GET " AUTO, 401, ASKS SIGNS, "", 0, 0, 0 },
		{ "SIGN " AUTO, 200, "", SETTINGS("mail.example.test"), 0, 0, 0 }, { 0 } };
	struct world *w = *state;

	run(w, all, rules);
	assert_end(w, REASON_OK, "n+sss");
	assert_string_equal(w->r->host, "mail.example.test");
	assert_int_equal(w->r->port, 443);
	assert_string_equal(w->r->path, "/EWS/Exchange.asmx");
	assert_string_equal(w->r->settings.url, "https://mail.example.test/EWS/Exchange.asmx");
	assert_int_equal(count_of(w, "SIGN"), 1);
	assert_int_equal(count_of(w, "POST"), 0);
	assert_int_equal(w->o.attempts, 3);
}

/* The public web site, in all its forms, gets nothing. */
static void web_sites_get_nothing(void **state)
{
	static const struct {
		struct rule site;
		enum reason reason;
	} cases[] = {
		{ { "", 200, "Content-Type: text/html\r\n", "<html>Welcome</html>", 0, 0, 0 },
			REASON_NOT_EXCHANGE },
		{ { "", 200, "Content-Type: text/html\r\n",
			  "<html><form><input type=\"password\"></form></html>", 0, 0, 0 },
			REASON_PREAUTHENTICATION },
		{ { "", 404, "Content-Type: text/html\r\n", "<html>404</html>", 0, 0, 0 },
			REASON_NOT_EXCHANGE },
		{ { "", 403, "", "", 0, 0, 0 }, REASON_NOT_EXCHANGE },
		{ { "", 401, "WWW-Authenticate: Digest realm=\"x\"\r\n", "", 0, 0, 0 },
			REASON_SIGNIN_KIND },
		{ { "", 503, "", "", 0, 0, 0 }, REASON_SERVER_DOWN },
		{ { "", 200, "", SETTINGS("evil.test"), 0, 0, 0 }, REASON_NOT_EXCHANGE },
		{ { "", 302, "Location: https://www.example.test/login\r\n", "", 0, 0, 0 },
			REASON_REDIRECTED },
		{ { "", 302, "Location: http://example.test/autodiscover/x\r\n", "", 0, 0, 0 },
			REASON_REDIRECTED },
		{ { "", 0, "", "", TRANSPORT_OTHER_NAME, TRANSPORT_SECURING, 0 }, REASON_TLS_NAME },
		{ { "", 0, "", "", TRANSPORT_TIMEOUT, TRANSPORT_CONNECTING, 0 },
			REASON_UNREACHABLE },
		{ { "", 0, "", "", TRANSPORT_TIMEOUT, TRANSPORT_ASKING, 0 }, REASON_TIMED_OUT },
		{ { "", 0, "", "", TRANSPORT_BROKEN, TRANSPORT_ASKING, 0 },
			REASON_CONNECTION_LOST },
		{ { "", 0, "", "", TRANSPORT_TOO_BIG, TRANSPORT_DONE, 0 }, REASON_NOT_EXCHANGE },
	};
	struct world *w = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rule rules[4] = { cases[i].site,
			{ "GET " AUTO, 401, ASKS SIGNS, "", 0, 0, 0 },
			{ "SIGN " AUTO, 200, "", SETTINGS("mail.example.test"), 0, 0, 0 }, { 0 } };

		rules[0].ask = "GET " DOMAIN;
		run(w, all, rules);
		if (w->r->list[0].end.reason != cases[i].reason)
			fail_msg("%zu: %s", i, reason_row(w->r->list[0].end.reason)->code);
		assert_end(w, REASON_OK, "n+sss");
		assert_false(asked(w, "SIGN " DOMAIN));
		assert_false(asked(w, "POST " DOMAIN));
	}
}

/* A demand for a sign-in is proof enough only where nothing but Autodiscover lives. */
static void domain_must_show_signs(void **state)
{
	static const struct rule bare[] = { { "GET " DOMAIN, 401, ASKS, "", 0, 0, 0 },
		{ "SIGN " DOMAIN, 200, "", SETTINGS("evil.test"), 0, 0, 0 },
		{ "GET " AUTO, 401, ASKS, "", 0, 0, 0 },
		{ "SIGN " AUTO, 200, "", SETTINGS("mail.example.test"), 0, 0, 0 }, { 0 } };
	static const struct rule only[] = { { "GET " DOMAIN, 401, ASKS, "", 0, 0, 0 },
		{ "SIGN " DOMAIN, 200, "", SETTINGS("mail.example.test"), 0, 0, 0 }, { 0 } };
	static const struct rule shows[] = { { "GET " DOMAIN, 401, ASKS SIGNS, "", 0, 0, 0 },
		{ "SIGN " DOMAIN, 200, "", SETTINGS("mail.example.test"), 0, 0, 0 }, { 0 } };
	static const char *const agreed[] = { "other.test", "EXAMPLE.test", NULL };
	struct world *w = *state;

	run(w, all, bare);
	assert_end(w, REASON_OK, "?+sss");
	assert_string_equal(w->r->host, "mail.example.test");
	assert_false(asked(w, "SIGN " DOMAIN));
	run(w, all, only);
	assert_end(w, REASON_CONSENT_NEEDED, "?nnns");
	assert_string_equal(w->r->consent, "example.test");
	assert_int_equal(count_of(w, "SIGN"), 0);
	w->q.agreed = agreed;
	run(w, all, only);
	assert_end(w, REASON_OK, "+ssss");
	w->q.agreed = NULL;
	run(w, all, shows);
	assert_end(w, REASON_OK, "+ssss");
}

/* --- hosts outside --- */

static void foreign_hosts_need_consent(void **state)
{
	static const struct rule rules[] = {
		{ "GET " AUTO, 302, "Location: https://evil.test" XML "\r\n", "", 0, 0, 0 },
		{ "GET https://evil.test" XML, 401, ASKS SIGNS, "", 0, 0, 0 },
		{ "SIGN https://evil.test" XML, 200, "", SETTINGS("mail.example.test"), 0, 0, 0 },
		{ 0 }
	};
	static const char *const agreed[] = { "evil.test", NULL };
	struct world *w = *state;

	run(w, all, rules);
	assert_end(w, REASON_CONSENT_NEEDED, "n>?nns");
	assert_string_equal(w->r->consent, "evil.test");
	assert_string_equal(w->o.said, "evil.test");
	assert_int_equal(count_of(w, "SIGN") + count_of(w, "POST"), 0);
	w->q.agreed = agreed;
	run(w, all, rules);
	assert_end(w, REASON_OK, "n>+sss");
	assert_string_equal(w->r->consent, "");
}

/* Not even looked at; by name it can be agreed to like any other. */
static void microsoft_needs_consent(void **state)
{
	static const struct rule rules[] = {
		{ "GET " PLAIN, 302, "Location: https://autodiscover-s.outlook.com" XML "\r\n", "",
			0, 0, 0 },
		{ "GET https://autodiscover-s.outlook.com" XML, 401, ASKS SIGNS, "", 0, 0, 0 },
		{ "SIGN https://autodiscover-s.outlook.com" XML, 200, "",
			SETTINGS("outlook.office365.com"), 0, 0, 0 },
		{ "GET " JSON, 200, "",
			"{\"Protocol\":\"EWS\",\"Url\":\"https://outlook.office365.com/EWS/"
			"Exchange.asmx\"}",
			0, 0, 0 },
		{ 0 }
	};
	static const char *const agreed[] = { "autodiscover-s.outlook.com", NULL };
	struct world *w = *state;

	run(w, all, rules);
	assert_end(w, REASON_CONSENT_NEEDED, "nn>?ns");
	assert_false(asked(w, "outlook.com" XML));
	assert_false(asked(w, "name outlook"));
	w->q.ask_microsoft = 1;
	run(w, all, rules);
	assert_end(w, REASON_OK, "nn>sn+");
	assert_string_equal(w->r->host, "outlook.office365.com");
	assert_int_equal(count_of(w, "SIGN"), 0);
	assert_false(asked(w, "name autodiscover-s"));
	w->q.ask_microsoft = 0;
	w->q.agreed = agreed;
	run(w, all, rules);
	assert_end(w, REASON_OK, "nn>+ss");
	assert_true(asked(w, "SIGN https://autodiscover-s.outlook.com"));
}

static void names_are_compared_by_labels(void **state)
{
	static const struct {
		const char *to;
		int inside;
	} cases[] = {
		{ "mail.example.test", 1 },
		{ "MAIL.Example.TEST", 1 },
		{ "a.b.example.test", 1 },
		{ "badexample.test", 0 },
		{ "example.test.evil.test", 0 },
		{ "test", 0 },
		{ "1.2.3.4", 0 },
	};
	struct world *w = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		char location[128], get[128], sign[128], lower[64];
		struct name names[] = { { "autodiscover.example.test", "93.184.216.35" },
			{ lower, "93.184.216.36" }, { NULL, NULL } };
		struct rule rules[] = { { "GET " AUTO, 302, location, "", 0, 0, 0 },
			{ get, 401, ASKS SIGNS, "", 0, 0, 0 },
			{ sign, 200, "", SETTINGS("mail.example.test"), 0, 0, 0 }, { 0 } };

		snprintf(lower, sizeof(lower), "%s", cases[i].to);
		str_lower(lower);
		snprintf(
			location, sizeof(location), "Location: https://%s" XML "\r\n", cases[i].to);
		snprintf(get, sizeof(get), "GET https://%s" XML, lower);
		snprintf(sign, sizeof(sign), "SIGN https://%s" XML, lower);
		run(w, names, rules);
		if (w->r->found != cases[i].inside)
			fail_msg("%s: %s\n%s", cases[i].to, states(w), w->log);
		assert_int_equal(count_of(w, "SIGN"), cases[i].inside);
	}
}

/* --- redirects --- */

static void without_tls_only_a_redirect_counts(void **state)
{
	static const struct {
		const char *headers;
		long status;
		const char *body, *letters;
	} cases[] = {
		{ "Location: https://mail.example.test" XML "\r\n", 302, "", "nn>+ss" },
		{ "Location: https://mail.example.test" XML "\r\n", 301, "", "nn>+ss" },
		{ "Location: http://mail.example.test" XML "\r\n", 302, "", "nnnns" },
		{ "Location: //mail.example.test" XML "\r\n", 302, "", "nnnns" },
		{ "", 302, "", "nnnns" },
		{ "", 200, SETTINGS("evil.test"), "nnnns" },
		{ "", 200, TO_URL("https://mail.example.test" XML), "nnnns" },
		{ ASKS SIGNS, 401, "", "nnnns" },
		{ "", 200, ERROR("600"), "nnnns" },
	};
	struct world *w = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rule rules[] = { { "GET " PLAIN, cases[i].status, cases[i].headers,
						cases[i].body, 0, 0, 0 },
			{ "GET " MAIL, 401, ASKS SIGNS, "", 0, 0, 0 },
			{ "SIGN " MAIL, 200, "", SETTINGS("mail.example.test"), 0, 0, 0 }, { 0 } };

		run(w, all, rules);
		if (strcmp(states(w), cases[i].letters) != 0)
			fail_msg("%zu: %s", i, states(w));
		assert_false(asked(w, "SIGN http:"));
		assert_false(asked(w, "POST"));
	}
}

/* In circles of one and two, and too far. */
static void redirects_end(void **state)
{
	static const struct rule self[] = {
		{ "GET " AUTO, 302, "Location: " AUTO "\r\n", "", 0, 0, 0 }, { 0 }
	};
	static const struct rule two[] = { { "GET " AUTO, 302, "Location: " MAIL "\r\n", "", 0, 0,
						   0 },
		{ "GET " MAIL, 302, "Location: " AUTO "\r\n", "", 0, 0, 0 }, { 0 } };
	static char asks[16][96], to[16][96];
	struct rule far[16] = { { 0 } };
	struct world *w = *state;

	run(w, all, self);
	assert_end(w, REASON_NO_SERVER, "nnnns");
	run(w, all, two);
	assert_end(w, REASON_NO_SERVER, "n>nnns");
	assert_int_equal(count_of(w, "GET " AUTO), 1);
	for (int i = 0; i < 15; i++) {
		snprintf(asks[i], sizeof(asks[i]), "GET https://example.test" XML "%s%d",
			i ? "?" : "", i);
		snprintf(to[i], sizeof(to[i]), "Location: https://example.test" XML "?%d\r\n",
			i + 1);
		if (i == 0)
			snprintf(asks[i], sizeof(asks[i]), "GET " DOMAIN);
		far[i] = (struct rule){ asks[i], 302, to[i], "", 0, 0, 0 };
	}
	run(w, all, far);
	assert_int_equal(w->o.reason, REASON_NO_SERVER);
	assert_true(count_of(w, "GET") <= FIND_CANDIDATES);
	assert_non_null(strstr(w->r->list[w->r->count - 2].say, "on and on"));
}

/* --- service records --- */

static void records(void **state)
{
	static const struct rule rules[] = { { "GET https://www.example.test" XML, 404, "", "", 0,
						     0, 0 },
		{ "GET https://mail.example.test:444" XML, 401, ASKS, "", 0, 0, 0 },
		{ "SIGN https://mail.example.test:444" XML, 200, "", SETTINGS("mail.example.test"),
			0, 0, 0 },
		{ "GET https://evil.test" XML, 401, ASKS SIGNS, "", 0, 0, 0 }, { 0 } };
	static const struct service two[] = {
		{ "example.test", { { "www.example.test", 443, 0, 0 }, { "evil.test", 443, 1, 0 } },
			2, 0 },
		{ 0 }
	};
	static const struct service other_port[] = {
		{ "example.test", { { "mail.example.test", 444, 0, 0 } }, 1, 0 }, { 0 }
	};
	static const struct service fails[] = { { .domain = "example.test", .fails = 1 }, { 0 } };
	struct world *w = *state;

	w->services = two;
	run(w, all, rules);
	assert_end(w, REASON_CONSENT_NEEDED, "nnn>n?s");
	assert_string_equal(w->r->consent, "evil.test");
	w->services = other_port; /* the guard's list has no 444 */
	run(w, all, rules);
	assert_end(w, REASON_NOT_ALLOWED, "nnn>ns");
	assert_ptr_equal(w->r->forbidden, &w->r->list[4]);
	w->services = fails;
	run(w, all, rules);
	assert_end(w, REASON_NO_SERVER, "nnnns");
	assert_int_equal(w->r->list[3].end.reason, REASON_DNS_FAILED);
}

/* A record may name a host that shows nothing but a demand: it exists for this alone. */
static void record_within(void **state)
{
	static const struct rule rules[] = { { "GET " MAIL, 401, ASKS, "", 0, 0, 0 },
		{ "SIGN " MAIL, 200, "", SETTINGS("mail.example.test"), 0, 0, 0 }, { 0 } };
	static const struct service one[] = {
		{ "example.test", { { "mail.example.test", 443, 0, 0 } }, 1, 0 }, { 0 }
	};
	struct world *w = *state;

	w->services = one;
	run(w, all, rules);
	assert_end(w, REASON_OK, "nnn>+s");
}

/* Microsoft is not looked at without consent by way of a record either. */
static void record_of_microsoft(void **state)
{
	static const struct rule rules[] = { { "GET https://autodiscover-s.outlook.com" XML, 401,
						     ASKS SIGNS, "", 0, 0, 0 },
		{ 0 } };
	static const struct service one[] = {
		{ "example.test", { { "autodiscover-s.outlook.com", 443, 0, 0 } }, 1, 0 }, { 0 }
	};
	struct world *w = *state;

	w->services = one;
	run(w, all, rules);
	assert_end(w, REASON_CONSENT_NEEDED, "nnn>?s");
	assert_string_equal(w->r->consent, "autodiscover-s.outlook.com");
	assert_false(asked(w, "name autodiscover-s"));
	assert_int_equal(count_of(w, "GET https://autodiscover-s"), 0);
	w->q.ask_microsoft = 1;
	run(w, all, rules);
	assert_end(w, REASON_NO_SERVER, "nnn>sn");
	assert_false(asked(w, "name autodiscover-s"));
}

/* --- the guard and the names --- */

static void guarded(void **state)
{
	static const struct name inner[] = { { "example.test", "127.0.0.1" },
		{ "autodiscover.example.test", "10.0.0.1" }, { NULL, NULL } };
	static const struct name private[] = { { "example.test", "10.0.0.1" },
		{ "autodiscover.example.test", "10.0.0.1" }, { NULL, NULL } };
	static const struct rule rules[] = { { "GET " AUTO, 404, "", "", 0, 0, 0 },
		{ "GET " DOMAIN, 404, "", "", 0, 0, 0 }, { 0 } };
	static const struct name silent[] = { { "example.test", NULL },
		{ "autodiscover.example.test", NULL }, { NULL, NULL } };
	static const struct service fails[] = { { .domain = "example.test", .fails = 1 }, { 0 } };
	struct world *w = *state;

	run(w, inner, rules);
	assert_end(w, REASON_NOT_ALLOWED, "nnnns");
	assert_ptr_equal(w->r->forbidden, &w->r->list[0]);
	assert_null(strstr(w->r->list[0].say, "127"));
	assert_int_equal(w->r->list[1].end.reason, REASON_NOT_EXCHANGE);
	assert_int_equal(w->r->list[2].end.reason, REASON_NOT_ALLOWED);
	assert_int_equal(count_of(w, "GET"), 1);
	run(w, private, rules);
	assert_end(w, REASON_NO_SERVER, "nnnns");
	assert_int_equal(w->r->list[2].end.reason, REASON_NOT_ALLOWED);
	w->services = fails;
	run(w, silent, NULL);
	assert_end(w, REASON_DNS_FAILED, "nnnns");
}

/* A name that does not exist here is left to the proxy, on port 443; one of which nobody can say
 * anything is not. */
static void behind_a_proxy(void **state)
{
	static const struct client_proxy proxy = { .host = "proxy.test", .port = 3128 };
	static const struct name missing[] = { { "proxy.test", "192.0.2.9" }, { NULL, NULL } };
	static const struct name silent[] = { { "proxy.test", "192.0.2.9" },
		{ "example.test", NULL }, { "autodiscover.example.test", NULL }, { NULL, NULL } };
	struct world *w = *state;

	w->cf.proxy = &proxy;
	run(w, missing, NULL);
	assert_int_equal(count_of(w, "GET https://"), 2);
	assert_null(strstr(w->log, ":80"));
	run(w, silent, NULL);
	assert_end(w, REASON_NO_SERVER, "nnsns");
	assert_int_equal(w->r->list[0].end.reason, REASON_DNS_FAILED);
	assert_int_equal(count_of(w, "GET"), 0);
}

static void typed_host_first(void **state)
{
	static const struct rule rules[] = { { "GET https://evil.test" XML, 401, ASKS, "", 0, 0,
						     0 },
		{ "SIGN https://evil.test" XML, 200, "", SETTINGS("mail.evil.test"), 0, 0, 0 },
		{ 0 } };
	struct world *w = *state;

	w->q.host = "Evil.test";
	run(w, all, rules);
	assert_end(w, REASON_OK, "+sssss");
	assert_int_equal(w->r->list[0].how, FIND_TYPED);
	assert_string_equal(w->r->host, "mail.evil.test");
}

/* Another domain to look in is the one whose hosts are trusted. */
static void domain_to_look_in(void **state)
{
	static const struct rule rules[] = { { "GET https://autodiscover.evil.test" XML, 401, ASKS,
						     "", 0, 0, 0 },
		{ "SIGN https://autodiscover.evil.test" XML, 302, "Location: " AUTO "\r\n", "", 0,
			0, 0 },
		{ "GET " AUTO, 401, ASKS SIGNS, "", 0, 0, 0 }, { 0 } };
	struct world *w = *state;

	w->q.domain = "Evil.Test";
	run(w, all, rules);
	assert_end(w, REASON_CONSENT_NEEDED, "n>?");
	assert_string_equal(w->r->consent, "autodiscover.example.test");
}

static void nothing_to_look_for(void **state)
{
	struct world *w = *state;

	w->q.mailbox = "nobody";
	run(w, all, NULL);
	assert_end(w, REASON_ADDRESS_REFUSED, "");
	w->q.mailbox = "anna@example.test";
	w->q.domain = "not a domain";
	run(w, all, NULL);
	assert_end(w, REASON_NAME_NOT_FOUND, "");
	w->q.domain = "";
	w->cf.login = "a\\b\\c";
	run(w, all, NULL);
	assert_end(w, REASON_INTERNAL, "");
	assert_non_null(strstr(w->o.said, "slash"));
	assert_string_equal(w->log, "");
}

/* Without credentials the search ends at the host that would get them. */
static void anonymous(void **state)
{
	static const struct rule rules[] = { { "GET " AUTO, 401, ASKS, "", 0, 0, 0 }, { 0 } };
	static const struct rule outside[] = {
		{ "GET " AUTO, 302, "Location: https://evil.test" XML "\r\n", "", 0, 0, 0 },
		{ "GET https://evil.test" XML, 401, ASKS SIGNS, "", 0, 0, 0 }, { 0 }
	};
	struct world *w = *state;

	w->q.signed_in = 0;
	run(w, all, rules);
	assert_end(w, REASON_OK, "nasss");
	assert_int_equal(count_of(w, "SIGN") + count_of(w, "POST"), 0);
	assert_int_equal(w->r->found, 0);
	run(w, all, outside);
	assert_end(w, REASON_CONSENT_NEEDED, "n>?nns");
}

/* --- Microsoft's service --- */

static void json(void **state)
{
	static const struct {
		long status;
		const char *headers, *body, *letters;
		enum reason reason;
	} cases[] = {
		{ 200, "", "{\"Url\":\"https://outlook.office365.com/EWS/Exchange.asmx\"}", "nnnn+",
			REASON_OK },
		{ 404, "", "{\"ErrorCode\":\"UserNotFound\"}", "nnnnF", REASON_NO_MAILBOX },
		{ 200, "", "<html>", "nnnnn", REASON_NO_SERVER },
		{ 503, "", "", "nnnnn", REASON_NO_SERVER },
		{ 302, "Location: https://mail.example.test/autodiscover/autodiscover.json\r\n", "",
			"nnnn>+", REASON_OK },
		{ 302, "Location: http://mail.example.test/autodiscover/autodiscover.json\r\n", "",
			"nnnnn", REASON_NO_SERVER },
	};
	struct world *w = *state;

	w->q.ask_microsoft = 1;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rule rules[] = { { "GET " JSON, cases[i].status, cases[i].headers,
						cases[i].body, 0, 0, 0 },
			{ "GET https://mail.example.test/autodiscover/autodiscover.json", 200, "",
				"{\"Url\":\"https://mail.example.test/EWS/Exchange.asmx\"}", 0, 0,
				0 },
			{ 0 } };

		run(w, all, rules);
		assert_end(w, cases[i].reason, cases[i].letters);
		assert_int_equal(count_of(w, "SIGN") + count_of(w, "POST"), 0);
	}
}

/* With tokens Microsoft is asked first; nobody is ever asked with a token here. */
static void tokens(void **state)
{
	static const struct rule rules[] = { { "GET " AUTO, 401, ASKS SIGNS, "", 0, 0, 0 },
		{ "GET " JSON, 200, "",
			"{\"Url\":\"https://outlook.office365.com/EWS/Exchange.asmx\"}", 0, 0, 0 },
		{ 0 } };
	struct world *w = *state;

	w->cf.signin = SIGNIN_USER;
	run(w, all, rules);
	assert_end(w, REASON_NO_SERVER, "nanns");
	w->q.ask_microsoft = 1;
	run(w, all, rules);
	assert_end(w, REASON_OK, "+ssss");
	assert_int_equal(w->r->list[0].how, FIND_MICROSOFT);
	assert_int_equal(count_of(w, "GET"), 1);
	w->cf.signin = SIGNIN_APP;
	run(w, all, NULL);
	assert_end(w, REASON_NO_SERVER, "nnnnn");
}

/* Stopped after any number of turns: no word, no question, nothing left behind. */
static void stops_anywhere(void **state)
{
	static const struct rule rules[] = { { "GET " DOMAIN, 302, "Location: " MAIL "\r\n", "", 0,
						     0, 0 },
		{ "GET " MAIL, 401, ASKS SIGNS, "", 0, 0, 0 },
		{ "SIGN " MAIL, 404, "", "", 0, 0, 0 },
		{ "SIGN https://mail.example.test" SVC, 200, "", SOAP_SETTINGS("mail.example.test"),
			0, 0, 0 },
		{ 0 } };
	struct world *w = *state;
	struct gate_view v;
	struct err e;
	int turns = 0;

	for (int last = 0; !last; turns++) {
		size_t n;

		begin(w, all, rules);
		for (int i = 0; i < turns && !w->done; i++)
			loop_turn(w->loop, 20);
		last = w->done;
		if (last)
			break;
		find_stop(w->f);
		n = strlen(w->log);
		for (int i = 0; i < 3; i++)
			loop_turn(w->loop, 0);
		assert_int_equal(strlen(w->log), n);
		assert_int_equal(w->done, 0);
		/* the lease was given back: the next one need not wait */
		assert_int_equal(
			w->tools.gate.ask(w->tools.gate.ptr, "anna@example.test", "v1", &v, &e), 0);
		assert_true(v.leave == GATE_PROVE || v.leave == GATE_GO);
		if (v.leave == GATE_PROVE)
			w->tools.gate.tell(w->tools.gate.ptr, "anna@example.test", "v1",
				REASON_NOT_CHECKED, &e);
	}
	assert_int_equal(w->r->found, 1);
	assert_true(turns > 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_place_in_order),
		TEST(found),
		TEST(web_sites_get_nothing),
		TEST(domain_must_show_signs),
		TEST(foreign_hosts_need_consent),
		TEST(microsoft_needs_consent),
		TEST(names_are_compared_by_labels),
		TEST(without_tls_only_a_redirect_counts),
		TEST(redirects_end),
		TEST(records),
		TEST(record_within),
		TEST(record_of_microsoft),
		TEST(guarded),
		TEST(behind_a_proxy),
		TEST(typed_host_first),
		TEST(domain_to_look_in),
		TEST(nothing_to_look_for),
		TEST(anonymous),
		TEST(json),
		TEST(tokens),
		TEST(stops_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
