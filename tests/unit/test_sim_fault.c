/* Faults on purpose: which rule strikes, how often, and what stands in the answer then. */
#include "tests/unit/unit.h"
#include <stdlib.h>
#include <string.h>
#include "sim/fault.h"

static struct world *w;

static int setup(void **state)
{
	(void)state;
	w = world_new();
	w->seed = 7;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	w->faults = NULL;
	world_free(w);
	return 0;
}

static struct fault rule(const char *kind, const char *argument)
{
	struct fault f = { .id = (char *)"one",
		.kind = fault_kind_find(kind),
		.argument = (char *)argument,
		.per_mille = 1000,
		.left = -1 };

	assert_non_null(f.kind);
	return f;
}

static const struct fault_at here = { .face = "ews",
	.host = "mail.example.test",
	.op = "GetFolder",
	.mailbox = "anna@example.test" };

/* The table */

static void test_table(void **state)
{
	const char *wanted;

	(void)state;
	for (const struct fault_kind *k = fault_kinds; k->name != NULL; k++) {
		bool runs = k->phase == FAULT_INSTEAD || k->phase == FAULT_AFTER;

		assert_ptr_equal(fault_kind_find(k->name), k);
		assert_non_null(k->about);
		assert_true(runs == (k->run != NULL));
		assert_true(!k->in_front || k->phase == FAULT_INSTEAD);
		assert_true((k->argument == NULL) == (k->argument_default == NULL));
		assert_true(fault_argument_good(k, k->argument_default, &wanted));
	}
	assert_null(fault_kind_find("no-such-kind"));
	assert_null(fault_kind_find(NULL));
}

static void test_arguments(void **state)
{
	static const struct {
		const char *kind, *argument;
		bool good;
	} cases[] = {
		{ "status", "503", true },
		{ "status", "503:30", true },
		{ "status", "99", false },
		{ "status", "600", false },
		{ "status", "503:", false },
		{ "status", "503:-1", false },
		{ "status", "5031:1", false },
		{ "status", "", false },
		{ "soap-fault", "ErrorServerBusy", true },
		{ "soap-fault", "ErrorServerBusy:5000", true },
		{ "soap-fault", "ErrorServerBusy:", false },
		{ "soap-fault", "Error Busy", false },
		{ "soap-fault", "7Error", false },
		{ "missing", "ResponseCode", true },
		{ "missing", "m:ResponseCode", false },
		{ "delay", "0", true },
		{ "delay", "-1", false },
		{ "delay", "3600001", false },
		{ "delay", "1s", false },
		{ "huge", "0", false },
		{ "tls", "expired", true },
		{ "tls", "tired", false },
		{ "redirect-host", "other.example.test", true },
		{ "redirect-host", "a\r\nb", false },
		{ "reset", "now", false },
		{ "reset", NULL, true },
	};
	const char *wanted;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		if (fault_argument_good(fault_kind_find(cases[i].kind), cases[i].argument,
			    &wanted) != cases[i].good)
			fail_msg("%s %s", cases[i].kind, cases[i].argument);
}

static void test_list(void **state)
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);

	(void)state;
	fault_list(out);
	fclose(out);
	for (const struct fault_kind *k = fault_kinds; k->name != NULL; k++)
		assert_non_null(strstr(text, k->name));
	assert_non_null(strstr(text, "status [status = 503]"));
	free(text);
}

/* Matching */

static void test_matching(void **state)
{
	static const struct {
		size_t part;
		const char *glob;
		bool strikes;
	} cases[] = {
		{ offsetof(struct fault, face), "ews", true },
		{ offsetof(struct fault, face), "autodiscover", false },
		{ offsetof(struct fault, host), "mail.*", true },
		{ offsetof(struct fault, host), "MAIL.EXAMPLE.TEST", true },
		{ offsetof(struct fault, op), "GetFolder", true },
		{ offsetof(struct fault, op), "Get*", true },
		{ offsetof(struct fault, op), "FindItem", false },
		{ offsetof(struct fault, mailbox), "anna@*", true },
		{ offsetof(struct fault, mailbox), "bert@*", false },
		{ offsetof(struct fault, caller), "*", false }, /* not known */
		{ offsetof(struct fault, front_end), "FE1", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fault f = rule("reset", NULL);

		*(const char **)(void *)((char *)&f + cases[i].part) = cases[i].glob;
		w->faults = &f;
		if ((fault_take(w, FAULT_INSTEAD, &here) == &f) != cases[i].strikes)
			fail_msg("row %zu: %s", i, cases[i].glob);
		assert_int_equal(f.tried, cases[i].strikes);
		assert_int_equal(f.hit, cases[i].strikes);
		assert_null(fault_take(w, FAULT_AFTER, &here));
	}
}

static void test_first_rule(void **state)
{
	struct fault second = rule("close", NULL), first = rule("reset", NULL);

	(void)state;
	first.next = &second;
	first.left = 1;
	w->faults = &first;
	assert_ptr_equal(fault_take(w, FAULT_INSTEAD, &here), &first);
	assert_ptr_equal(fault_take(w, FAULT_INSTEAD, &here), &second);
	assert_int_equal(first.left, 0);
	assert_int_equal(first.tried, 1);
}

static void test_count_and_skip(void **state)
{
	struct fault f = rule("reset", NULL);
	char struck[11] = "";

	(void)state;
	f.skip = 3;
	f.left = 2;
	w->faults = &f;
	for (int i = 0; i < 10; i++)
		struck[i] = fault_take(w, FAULT_INSTEAD, &here) != NULL ? 'x' : '.';
	assert_string_equal(struck, "...xx.....");
	assert_int_equal(f.hit, 2);
}

static int hits(uint64_t seed, int per_mille, char *pattern)
{
	struct fault f = rule("reset", NULL);
	int n = 0;

	f.per_mille = per_mille;
	w->seed = seed;
	w->faults = &f;
	for (int i = 0; i < 1000; i++) {
		bool hit = fault_take(w, FAULT_INSTEAD, &here) != NULL;

		n += hit;
		if (pattern != NULL)
			pattern[i] = hit ? 'x' : '.';
	}
	assert_int_equal(f.hit, n);
	return n;
}

static void test_probability(void **state)
{
	char a[1001] = "", b[1001] = "", c[1001] = "";

	(void)state;
	assert_int_equal(hits(7, 0, NULL), 0);
	assert_int_equal(hits(7, 1000, NULL), 1000);
	assert_in_range(hits(7, 250, a), 200, 300);
	hits(7, 250, b);
	hits(8, 250, c);
	assert_string_equal(a, b);
	assert_string_not_equal(a, c);
}

/* A rule that matched when less was known is not asked again. */
static void test_before(void **state)
{
	struct fault general = rule("reset", NULL), particular = rule("close", NULL);
	struct fault_at first = { .face = "ews" }, then = here;

	(void)state;
	general.skip = 1;
	particular.op = (char *)"GetFolder";
	general.next = &particular;
	w->faults = &general;
	assert_null(fault_take(w, FAULT_INSTEAD, &first));
	then.before = &first;
	assert_ptr_equal(fault_take(w, FAULT_INSTEAD, &then), &particular);
	assert_int_equal(general.tried, 1);
}

/* Before the sign-in only what stands in front of Exchange strikes; the rest does afterwards. */
static void test_anonymous(void **state)
{
	struct fault busy = rule("soap-fault", NULL), page = rule("login-page", NULL);
	struct fault_at first = { .face = "ews", .anonymous = true }, then = here;

	(void)state;
	w->faults = &busy;
	assert_null(fault_take(w, FAULT_INSTEAD, &first));
	then.before = &first;
	assert_ptr_equal(fault_take(w, FAULT_INSTEAD, &then), &busy);
	w->faults = &page;
	assert_ptr_equal(fault_take(w, FAULT_INSTEAD, &first), &page);
	assert_null(fault_take(w, FAULT_INSTEAD, &then));
	page.op = (char *)"GetFolder";
	assert_null(fault_take(w, FAULT_INSTEAD, &first));
	assert_ptr_equal(fault_take(w, FAULT_INSTEAD, &then), &page);
}

static void test_connections(void **state)
{
	struct fault refuse = rule("refuse", NULL), tls = rule("tls", "self-signed"),
		     reset = rule("reset-connect", NULL);

	(void)state;
	refuse.host = (char *)"mail.*";
	w->faults = &refuse;
	assert_true(fault_refuses(w, "ews", "mail.example.test"));
	assert_false(fault_refuses(w, "ews", "outlook.example.test"));
	assert_int_equal(refuse.tried, 0);
	refuse.left = 0;
	assert_false(fault_refuses(w, "ews", "mail.example.test"));
	assert_int_equal(fault_accept(w, &here), TLS_GOOD);
	w->faults = &tls;
	tls.left = 1;
	assert_int_equal(fault_accept(w, &here), TLS_SELF_SIGNED);
	assert_int_equal(fault_accept(w, &here), TLS_GOOD);
	w->faults = &reset;
	assert_int_equal(fault_accept(w, &here), -1);
}

/* Answers */

static struct header headers[] = { { (char *)"Host", (char *)"mail.example.test" } };

static void run(const char *kind, const char *argument, struct answer *a)
{
	struct request r = { .method = (char *)"POST",
		.path = (char *)"/EWS/Exchange.asmx",
		.headers = headers,
		.n_headers = 1 };
	struct fault f = rule(kind, argument);

	if (f.kind->phase == FAULT_INSTEAD)
		fault_instead(&f, &r, a);
	else
		fault_after(&f, a);
}

static void free_answer(struct answer *a)
{
	text_free(&a->head);
	text_free(&a->body);
	*a = (struct answer){ 0 };
}

static bool has(const struct text *t, const char *part)
{
	return part == NULL || (t->len > 0 && strstr(t->at, part) != NULL);
}

static void test_answers(void **state)
{
	static const struct {
		const char *kind, *argument;
		int status;
		const char *type, *head, *body;
	} cases[] = {
		{ "login-page", NULL, 200, "text/html; charset=utf-8", NULL,
			"action=\"/owa/auth.owa\"" },
		{ "proxy-page", NULL, 503, "text/html; charset=utf-8",
			"X-Squid-Error: ERR_CONNECT_FAIL 111\r\n", "squid" },
		{ "proxy-page", "407", 407, "text/html; charset=utf-8",
			"Proxy-Authenticate: Basic realm=\"proxy\"\r\n", "Cache Access Denied" },
		{ "status", "503:30", 503, "text/html; charset=us-ascii", "Retry-After: 30\r\n",
			"HTTP Error 503. The service is unavailable." },
		{ "status", "429:7", 429, "text/plain", "Retry-After: 7\r\n", NULL },
		{ "status", "500", 500, "text/html; charset=utf-8", NULL,
			"Server Error in '/EWS' Application." },
		{ "status", "440", 440, "text/html", NULL, "440 Login Timeout" },
		{ "status", "456", 456, "text/plain", NULL, NULL },
		{ "status", "418", 418, "text/html", NULL, "HTTP Error 418" },
		{ "no-challenge", NULL, 401, "text/html", NULL, "Access is denied" },
		{ "empty", NULL, 200, NULL, NULL, NULL },
		{ "redirect-host", "other.example.test", 302, NULL,
			"Location: https://other.example.test/EWS/Exchange.asmx\r\n", "moved" },
		{ "redirect-host", "https://x.example.test/a?b=1&c=2", 302, NULL,
			"Location: https://x.example.test/a?b=1&c=2\r\n", "b=1&amp;c=2" },
		{ "redirect-error-page", NULL, 302, NULL,
			"Location: "
			"/ews/genericerrorpage.htm?aspxerrorpath=/ews/exchange.asmx\r\n",
			NULL },
		{ "redirect-login", NULL, 302, NULL, "Location: /owa/auth/logon.aspx?", NULL },
		{ "soap-fault", NULL, 500, "text/xml; charset=utf-8", NULL,
			"<t:Value Name=\"BackOffMilliseconds\">10000</t:Value>" },
		{ "soap-fault", "ErrorAccessDenied", 500, NULL, NULL,
			">a:ErrorAccessDenied</faultcode>" },
		{ "soap-fault-200", "ErrorServerBusy", 200, NULL, NULL, ">ErrorServerBusy</e:" },
		{ "redirect-url", "https://x.example.test/a", 200, "text/xml; charset=utf-8", NULL,
			"<RedirectUrl>https://x.example.test/a</RedirectUrl>" },
		{ "done-status", NULL, 500, NULL, NULL, "Runtime Error" },
		{ "done-soap-fault", NULL, 500, NULL, NULL, "a:ErrorInternalServerError" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct answer a = { 0 };

		text_puts(&a.body, "<before/>");
		run(cases[i].kind, cases[i].argument, &a);
		if (a.status != cases[i].status || !has(&a.head, cases[i].head) ||
			!has(&a.body, cases[i].body) || has(&a.body, "<before/>") ||
			(cases[i].type != NULL && !same(cases[i].type, a.type)))
			fail_msg("%s %s: %d %s\n%s\n%s", cases[i].kind, cases[i].argument, a.status,
				a.type, a.head.at, a.body.at);
		assert_int_equal(a.bend, BEND_NONE);
		assert_false(has(&a.head, "WWW-Authenticate"));
		free_answer(&a);
	}
}

static void test_no_back_off(void **state)
{
	struct answer a = { 0 };

	(void)state;
	run("soap-fault", "ErrorServerBusy", &a);
	assert_null(strstr(a.body.at, "BackOffMilliseconds"));
	free_answer(&a);
}

/* The wire: the answer stays, only the way it goes is ordered. */
static void test_wire(void **state)
{
	static const struct {
		const char *kind, *argument;
		enum bend bend;
		int64_t ms;
	} cases[] = {
		{ "reset", NULL, BEND_RESET, 0 },
		{ "close", NULL, BEND_CLOSE, 0 },
		{ "silence", "700", BEND_SILENCE, 700 },
		{ "done-reset", NULL, BEND_RESET, 0 },
		{ "done-close", NULL, BEND_CLOSE, 0 },
		{ "done-silence", NULL, BEND_SILENCE, 60000 },
		{ "slow-head", "5", BEND_SLOW_HEAD, 5 },
		{ "slow-body", "6", BEND_SLOW_BODY, 6 },
		{ "cut", NULL, BEND_CUT, 0 },
		{ "half-close", NULL, BEND_HALF_CLOSE, 0 },
		{ "huge", "2", BEND_HUGE, 2 },
		{ "gzip-bomb", "3", BEND_BOMB, 3 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct answer a = { .status = 200, .type = "text/xml" };

		text_puts(&a.body, "<a/>");
		run(cases[i].kind, cases[i].argument, &a);
		assert_int_equal(a.bend, cases[i].bend);
		assert_int_equal(a.bend_ms, cases[i].ms);
		assert_string_equal(a.body.at, "<a/>");
		assert_int_equal(a.status, 200);
		free_answer(&a);
	}
}

static void test_delay_and_type(void **state)
{
	struct answer a = { .type = "text/xml", .delay_ms = 10 };

	(void)state;
	text_puts(&a.body, "<a/>");
	run("delay", "500", &a);
	assert_int_equal(a.delay_ms, 510);
	run("wrong-type", "text/plain", &a);
	assert_null(a.type);
	assert_string_equal(a.head.at, "Content-Type: text/plain\r\n");
	assert_string_equal(a.body.at, "<a/>");
	free_answer(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_table, setup, teardown),
		cmocka_unit_test_setup_teardown(test_arguments, setup, teardown),
		cmocka_unit_test_setup_teardown(test_list, setup, teardown),
		cmocka_unit_test_setup_teardown(test_matching, setup, teardown),
		cmocka_unit_test_setup_teardown(test_first_rule, setup, teardown),
		cmocka_unit_test_setup_teardown(test_count_and_skip, setup, teardown),
		cmocka_unit_test_setup_teardown(test_probability, setup, teardown),
		cmocka_unit_test_setup_teardown(test_before, setup, teardown),
		cmocka_unit_test_setup_teardown(test_anonymous, setup, teardown),
		cmocka_unit_test_setup_teardown(test_connections, setup, teardown),
		cmocka_unit_test_setup_teardown(test_answers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_back_off, setup, teardown),
		cmocka_unit_test_setup_teardown(test_wire, setup, teardown),
		cmocka_unit_test_setup_teardown(test_delay_and_type, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
