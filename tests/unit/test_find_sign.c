/* The search for a server, where credentials are involved: who gets them, how often, and what ends
 * everything.
 */
#include "tests/unit/find_unit.h"

#include "exchange/trace.h"

static const struct name all[] = { { "example.test", "93.184.216.34" },
	{ "autodiscover.example.test", "93.184.216.35" }, { "mail.example.test", "93.184.216.36" },
	{ "evil.test", "93.184.216.38" }, { "autodiscover.evil.test", "93.184.216.39" },
	{ "autodiscover.sub.example.test", "1.1.1.1" }, { NULL, NULL } };

#define AUTO "https://autodiscover.example.test" XML
#define AUTO_SVC "https://autodiscover.example.test" SVC
#define MAIL "https://mail.example.test" XML
#define EVIL "https://evil.test" XML
#define SUB "https://autodiscover.sub.example.test" XML

#define ALIVE(url)                                                                                 \
	{                                                                                          \
		"GET " url, 401, ASKS SIGNS, "", 0, 0, 0                                           \
	}
#define SIGN(url, status, headers, body)                                                           \
	{                                                                                          \
		"SIGN " url, status, headers, body, 0, 0, 0                                        \
	}

/* After a refusal nothing is asked any more, now and in the next search. */
static void refused_ends_everything(void **state)
{
	static const struct rule rules[] = { ALIVE(AUTO), SIGN(AUTO, 401, ASKS, ""), { 0 } };
	static const struct rule good[] = { ALIVE(AUTO),
		SIGN(AUTO, 200, "", SETTINGS("mail.example.test")), { 0 } };
	struct world *w = *state;

	w->q.ask_microsoft = 1;
	run(w, all, rules);
	assert_end(w, REASON_SIGNIN_REFUSED, "nF");
	assert_int_equal(count_of(w, "SIGN"), 1);
	assert_non_null(strstr(w->log, "SIGN " AUTO "\n"));
	assert_string_equal(strstr(w->log, "SIGN "), "SIGN " AUTO "\n");
	run(w, all, good);
	assert_end(w, REASON_SIGNIN_STOPPED, "nF");
	assert_string_equal(w->o.code, "signin_refused");
	assert_int_equal(count_of(w, "SIGN"), 0);
	w->cf.version = "v2"; /* another password */
	run(w, all, good);
	assert_int_equal(w->r->found, 1);
}

/* The other form is another sign-in, and so is its refusal. */
static void refused_at_the_second_form(void **state)
{
	static const struct rule rules[] = { ALIVE(AUTO), SIGN(AUTO, 404, "", ""),
		SIGN(AUTO_SVC, 401, ASKS, ""), { 0 } };
	struct world *w = *state;

	w->cf.signin = SIGNIN_BASIC;
	run(w, all, rules);
	assert_end(w, REASON_SIGNIN_REFUSED, "nF");
}

static void soap_when_plain_is_not_there(void **state)
{
	static const struct {
		long status;
		const char *body;
		int other;
	} cases[] = {
		{ 404, "", 1 },
		{ 405, "", 1 },
		{ 500, "<html>oops</html>", 1 },
		{ 200, ERROR("601"), 1 },
		{ 200, ERROR("500"), 0 },
		{ 200, "<html>Welcome</html>", 0 },
		{ 403, "", 0 },
		{ 503, "", 0 },
		{ 200, "", 0 },
	};
	struct world *w = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rule rules[] = { ALIVE(AUTO), SIGN(AUTO, cases[i].status, "", cases[i].body),
			SIGN(AUTO_SVC, 200, "", SOAP_SETTINGS("mail.example.test")), { 0 } };

		run(w, all, rules);
		if (asked(w, "SIGN " AUTO_SVC) != cases[i].other || w->r->found != cases[i].other)
			fail_msg("%zu: %s\n%s", i, states(w), w->log);
		assert_int_equal(count_of(w, "SIGN"), 1 + cases[i].other);
	}
}

static void neither_form(void **state)
{
	static const struct rule rules[] = { ALIVE(AUTO), SIGN(AUTO, 404, "", ""),
		SIGN(AUTO_SVC, 404, "", ""), { 0 } };
	static const struct rule broken[] = { ALIVE(AUTO), SIGN(AUTO, 500, "", ""), { 0 } };
	struct world *w = *state;

	run(w, all, rules);
	assert_end(w, REASON_NOT_EXCHANGE, "nF");
	run(w, all, broken);
	assert_end(w, REASON_SERVER_DOWN, "nF");
}

/* What Exchange says to a signed-in question ends the search: no other place gets the sign-in. */
static void an_answer_ends_it(void **state)
{
	static const struct {
		long status;
		const char *body;
		enum reason reason;
	} cases[] = {
		{ 200, ERROR("500"), REASON_NO_MAILBOX },
		{ 200, ERROR("603"), REASON_SERVER_DOWN },
		{ 403, "", REASON_EWS_REFUSED },
		{ 503, "", REASON_SERVER_DOWN },
		{ 200, ACCOUNT("<Action>settings</Action>"), REASON_NO_EWS },
	};
	struct world *w = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rule rules[] = { ALIVE("https://example.test" XML),
			SIGN("https://example.test" XML, cases[i].status, "", cases[i].body),
			ALIVE(AUTO), SIGN(AUTO, 200, "", SETTINGS("mail.example.test")), { 0 } };

		run(w, all, rules);
		assert_end(w, cases[i].reason, "F");
		assert_false(asked(w, "autodiscover.example.test"));
	}
}

/* --- who gets them --- */

/* Sent on before the sign-in was proven: the second host gets nothing without consent. */
static void unproven_goes_nowhere_else(void **state)
{
	static const struct rule rules[] = { ALIVE(AUTO),
		SIGN(AUTO, 302, "Location: " MAIL "\r\n", ""), ALIVE(MAIL),
		SIGN(MAIL, 200, "", SETTINGS("mail.example.test")), { 0 } };
	static const char *const agreed[] = { "mail.example.test", NULL };
	struct world *w = *state;

	run(w, all, rules);
	assert_end(w, REASON_CONSENT_NEEDED, "n>?");
	assert_string_equal(w->r->consent, "mail.example.test");
	assert_int_equal(count_of(w, "SIGN"), 1);
	w->q.agreed = agreed;
	run(w, all, rules);
	assert_int_equal(w->r->found, 1);
}

/* An Exchange that took the sign-in may send on, within the domain; each hop is looked at again. */
static void proven_may_send_on(void **state)
{
	static const struct rule within[] = { ALIVE(AUTO), SIGN(AUTO, 200, "", TO_URL(MAIL)),
		ALIVE(MAIL), SIGN(MAIL, 200, "", SETTINGS("mail.example.test")), { 0 } };
	static const struct rule site[] = { ALIVE(AUTO), SIGN(AUTO, 200, "", TO_URL(MAIL)),
		{ "GET " MAIL, 401, ASKS, "", 0, 0, 0 },
		SIGN(MAIL, 200, "", SETTINGS("mail.example.test")), { 0 } };
	static const struct rule outside[] = { ALIVE(AUTO), SIGN(AUTO, 200, "", TO_URL(EVIL)),
		ALIVE(EVIL), SIGN(EVIL, 200, "", SETTINGS("evil.test")), { 0 } };
	static const struct rule plain[] = { ALIVE(AUTO),
		SIGN(AUTO, 200, "", TO_URL("http://mail.example.test" XML)), { 0 } };
	static const struct rule dead[] = { ALIVE(AUTO), SIGN(AUTO, 200, "", TO_URL(MAIL)), { 0 } };
	struct world *w = *state;

	run(w, all, within);
	assert_end(w, REASON_OK, "n>+sss");
	assert_int_equal(count_of(w, "SIGN"), 2);
	assert_true(asked(w, "GET " MAIL));
	run(w, all, site);
	assert_end(w, REASON_CONSENT_NEEDED, "n>?");
	run(w, all, outside);
	assert_end(w, REASON_CONSENT_NEEDED, "n>?");
	assert_string_equal(w->r->consent, "evil.test");
	assert_int_equal(count_of(w, "SIGN"), 1);
	run(w, all, plain);
	assert_end(w, REASON_REDIRECTED, "nF");
	run(w, all, dead);
	assert_end(w, REASON_NO_SERVER, "n>n");
}

/* Having been proven is no heritage: the second host has taken the sign-in, and shown nothing. */
static void every_host_proves_itself(void **state)
{
	static const struct rule rules[] = { ALIVE(AUTO), SIGN(AUTO, 200, "", TO_URL(MAIL)),
		ALIVE(MAIL), SIGN(MAIL, 302, "Location: " SUB "\r\n", ""), ALIVE(SUB),
		SIGN(SUB, 200, "", SETTINGS("mail.example.test")), { 0 } };
	static const struct rule honest[] = { ALIVE(AUTO), SIGN(AUTO, 200, "", TO_URL(MAIL)),
		ALIVE(MAIL), SIGN(MAIL, 200, "", TO_URL(SUB)), ALIVE(SUB),
		SIGN(SUB, 200, "", SETTINGS("mail.example.test")), { 0 } };
	struct world *w = *state;

	run(w, all, rules);
	assert_end(w, REASON_CONSENT_NEEDED, "n>>?");
	assert_string_equal(w->r->consent, "autodiscover.sub.example.test");
	assert_int_equal(count_of(w, "SIGN"), 2);
	run(w, all, honest);
	assert_end(w, REASON_OK, "n>>+sss");
	assert_int_equal(count_of(w, "SIGN"), 3);
}

/* A look has no body, and is not shown with that of the question before it. */
static void looks_are_shown_without_body(void **state)
{
	static const struct rule rules[] = { ALIVE(AUTO), SIGN(AUTO, 200, "", TO_URL(MAIL)),
		ALIVE(MAIL), SIGN(MAIL, 200, "", SETTINGS("mail.example.test")), { 0 } };
	struct world *w = *state;
	struct trace t;
	const char *get;

	trace_init(&t);
	w->q.trace = &t;
	run(w, all, rules);
	get = strstr(buf_str(&t.text), "GET " MAIL);
	assert_non_null(get);
	assert_true(strstr(get, "POST " MAIL) < strstr(get, "<Request>"));
	w->q.trace = NULL;
	trace_done(&t);
}

static void signed_in_circles_end(void **state)
{
	static const struct rule two[] = { ALIVE(AUTO), SIGN(AUTO, 200, "", TO_URL(MAIL)),
		ALIVE(MAIL), SIGN(MAIL, 200, "", TO_URL(AUTO)), { 0 } };
	static const struct rule self[] = { ALIVE(AUTO), SIGN(AUTO, 200, "", TO_URL(AUTO)), { 0 } };
	struct world *w = *state;

	run(w, all, two);
	assert_end(w, REASON_REDIRECTED, "n>F");
	assert_int_equal(count_of(w, "SIGN"), 2);
	run(w, all, self);
	assert_end(w, REASON_REDIRECTED, "nF");
	assert_int_equal(count_of(w, "SIGN"), 1);
}

/* --- another address --- */

static void other_address(void **state)
{
	static const struct rule within[] = { ALIVE(AUTO),
		SIGN(AUTO, 200, "", TO_ADDRESS("a@sub.example.test")), ALIVE(SUB),
		SIGN(SUB, 200, "", SETTINGS("mail.sub.example.test")), { 0 } };
	static const struct rule outside[] = { ALIVE(AUTO),
		SIGN(AUTO, 200, "", TO_ADDRESS("a@evil.test")),
		ALIVE("https://autodiscover.evil.test" XML),
		SIGN("https://autodiscover.evil.test" XML, 200, "", SETTINGS("evil.test")), { 0 } };
	static const struct rule same[] = { ALIVE(AUTO),
		{ "SIGN " AUTO, 200, "", TO_ADDRESS("second@example.test"), 0, 0, 1 },
		{ "SIGN " AUTO, 200, "", SETTINGS("mail.example.test"), 0, 0, 0 }, { 0 } };
	static const struct rule circle[] = { ALIVE(AUTO),
		{ "SIGN " AUTO, 200, "", TO_ADDRESS("second@example.test"), 0, 0, 1 },
		{ "SIGN " AUTO, 200, "", TO_ADDRESS("Anna@example.test"), 0, 0, 0 }, { 0 } };
	struct world *w = *state;

	run(w, all, within);
	assert_end(w, REASON_OK, "n>n+sss");
	assert_string_equal(w->r->host, "mail.sub.example.test");
	run(w, all, outside);
	assert_end(w, REASON_CONSENT_NEEDED, "n>n?nns");
	assert_string_equal(w->r->consent, "autodiscover.evil.test");
	assert_int_equal(count_of(w, "SIGN"), 1);
	run(w, all, same);
	assert_end(w, REASON_OK, "n>n+sss");
	run(w, all, circle);
	assert_end(w, REASON_REDIRECTED, "n>nF");
}

/* --- the way to sign in --- */

static void scheme_that_fits(void **state)
{
	static const struct rule basic[] = {
		{ "GET " AUTO, 401, "WWW-Authenticate: Basic realm=\"x\"\r\n", "", 0, 0, 0 },
		SIGN(AUTO, 200, "", SETTINGS("mail.example.test")), { 0 }
	};
	static const struct rule bearer[] = {
		{ "GET " AUTO, 401, "WWW-Authenticate: Bearer\r\n" SIGNS, "", 0, 0, 0 }, { 0 }
	};
	struct world *w = *state;

	w->cf.signin = SIGNIN_NTLM;
	run(w, all, basic);
	assert_end(w, REASON_SIGNIN_KIND, "nFnns");
	assert_int_equal(count_of(w, "SIGN"), 0);
	w->cf.signin = SIGNIN_AUTO;
	run(w, all, basic);
	assert_int_equal(w->r->found, 1);
	run(w, all, bearer);
	assert_end(w, REASON_SIGNIN_KIND, "nFnns");
}

/* Error 600 to a look proves life; it is asked without a sign-in, and with one when it wants that.
 */
static void life_without_a_demand(void **state)
{
	static const struct rule open[] = { { "GET " AUTO, 200, "Content-Type: text/xml\r\n",
						    ERROR("600"), 0, 0, 0 },
		{ "POST " AUTO, 200, "", SETTINGS("mail.example.test"), 0, 0, 0 }, { 0 } };
	static const struct rule after[] = { { "GET " AUTO, 200, "Content-Type: text/xml\r\n",
						     ERROR("600"), 0, 0, 0 },
		{ "POST " AUTO, 401, ASKS, "", 0, 0, 0 },
		SIGN(AUTO, 200, "", SETTINGS("mail.example.test")), { 0 } };
	static const struct rule odd[] = { { "GET " AUTO, 200, "Content-Type: text/xml\r\n",
						   ERROR("600"), 0, 0, 0 },
		{ "POST " AUTO, 401, "", "", 0, 0, 0 }, { 0 } };
	struct world *w = *state;
	struct gate_view v;
	struct err e;

	run(w, all, open);
	assert_end(w, REASON_OK, "n+sss");
	assert_int_equal(count_of(w, "SIGN"), 0);
	run(w, all, odd);
	assert_end(w, REASON_SIGNIN_KIND, "nF");
	assert_int_equal(
		w->tools.gate.ask(w->tools.gate.ptr, "anna@example.test", "v1", &v, &e), 0);
	assert_int_equal(v.leave, GATE_PROVE); /* neither proven nor refused by any of it */
	w->tools.gate.tell(w->tools.gate.ptr, "anna@example.test", "v1", REASON_NOT_CHECKED, &e);
	run(w, all, after);
	assert_end(w, REASON_OK, "n+sss");
	assert_int_equal(count_of(w, "SIGN"), 1);
}

/* --- the gate --- */

struct keeper {
	int waits, busy, asks, tells;
	enum reason last;
	char who[64];
};

static int keeper_ask(
	void *ptr, const char *who, const char *version, struct gate_view *out, struct err *e)
{
	struct keeper *k = ptr;

	k->asks++;
	snprintf(k->who, sizeof(k->who), "%s %s", who, version);
	if (k->busy)
		return ERR(e, ERR_INTERNAL, NULL, "the store is broken");
	*out = (struct gate_view){ .leave = k->waits-- > 0 ? GATE_WAIT : GATE_PROVE };
	return 0;
}

static int keeper_tell(
	void *ptr, const char *who, const char *version, enum reason r, struct err *e)
{
	struct keeper *k = ptr;

	(void)who;
	(void)version;
	(void)e;
	k->tells++;
	k->last = r;
	return 0;
}

static void the_gate_is_asked_and_told(void **state)
{
	static const struct {
		long status;
		const char *body;
		enum transport_end end;
		enum reason told;
	} cases[] = {
		{ 200, SETTINGS("mail.example.test"), 0, REASON_OK },
		{ 200, ERROR("500"), 0, REASON_OK },
		{ 401, "", 0, REASON_SIGNIN_REFUSED },
		{ 403, "", 0, REASON_EWS_REFUSED },
		{ 200, "<html>", 0, REASON_NOT_EXCHANGE },
		{ 0, "", TRANSPORT_TIMEOUT, REASON_TIMED_OUT },
	};
	struct world *w = *state;
	struct keeper k;

	w->tools.gate = (struct gate_keeper){ keeper_ask, keeper_tell, &k };
	w->cf.login = " EXAMPLE/Svc ";
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rule rules[] = { ALIVE(AUTO),
			{ "SIGN " AUTO, cases[i].status, ASKS, cases[i].body, cases[i].end,
				TRANSPORT_ASKING, 0 },
			{ 0 } };

		k = (struct keeper){ .waits = i == 0 };
		run(w, all, rules);
		assert_int_equal(k.asks, 1 + (i == 0));
		assert_int_equal(k.tells, 1);
		if (k.last != cases[i].told)
			fail_msg("%zu: told %s", i, reason_row(k.last)->code);
		assert_string_equal(k.who, "example\\svc v1");
	}
	k = (struct keeper){ .busy = 1 };
	run(w, all, (const struct rule[]){ ALIVE(AUTO), { 0 } });
	assert_end(w, REASON_INTERNAL, "nF");
	assert_int_equal(k.tells, 0);
	assert_int_equal(count_of(w, "SIGN"), 0);
}

/* A connection that wants a second handshake for one question does not get it. */
static void one_attempt_a_question(void **state)
{
	static const struct rule rules[] = { ALIVE(AUTO), SIGN(AUTO, 404, "", ""),
		SIGN(AUTO_SVC, 200, "", SOAP_SETTINGS("mail.example.test")), { 0 } };
	struct world *w = *state;

	w->cf.signin = SIGNIN_NTLM;
	run(w, all, rules);
	assert_int_equal(w->r->found, 1);
	assert_false(asked(w, "withheld"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(refused_ends_everything),
		TEST(refused_at_the_second_form),
		TEST(soap_when_plain_is_not_there),
		TEST(neither_form),
		TEST(an_answer_ends_it),
		TEST(unproven_goes_nowhere_else),
		TEST(proven_may_send_on),
		TEST(every_host_proves_itself),
		TEST(looks_are_shown_without_body),
		TEST(signed_in_circles_end),
		TEST(other_address),
		TEST(scheme_that_fits),
		TEST(life_without_a_demand),
		TEST(the_gate_is_asked_and_told),
		TEST(one_attempt_a_question),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
