/* Names to addresses, against a small name server that lives in the same loop. */
#include "tests/unit/resolve_unit.h"

#include <sys/wait.h>
#include "platform/sandbox.h"

static void keep(void *ptr, const struct addresses *found, const struct err *e)
{
	struct answer *a = ptr;

	a->calls++;
	a->failed = e != NULL;
	assert_true((found == NULL) == (e != NULL));
	if (e)
		a->err = *e;
	else
		a->found = *found;
}

/* Ask and turn until the answer is there. */
static const struct answer *ask(struct world *w, const char *host)
{
	int64_t end = clock_mono_ms() + 2 * RESOLVE_TIMEOUT_MS;

	memset(&w->answer, 0, sizeof(w->answer));
	assert_true(resolve_ask(w->r, host, keep, &w->answer) != 0);
	assert_int_equal(w->answer.calls, 0);
	while (w->answer.calls == 0 && clock_mono_ms() < end)
		loop_turn(w->loop, 100);
	assert_int_equal(w->answer.calls, 1);
	return &w->answer;
}

static int has(const struct addresses *all, const char *text)
{
	char found[INET6_ADDRSTRLEN];

	for (size_t i = 0; i < all->count; i++) {
		if (strcmp(address_text(&all->list[i], found, sizeof(found)), text) == 0)
			return 1;
	}
	return 0;
}

static void both_families(void **state)
{
	const struct answer *a = ask(*state, "good.test");

	assert_int_equal(a->failed, 0);
	assert_int_equal(a->found.count, 3);
	assert_true(has(&a->found, "192.0.2.10"));
	assert_true(has(&a->found, "192.0.2.11"));
	assert_true(has(&a->found, "2001:db8::10"));
}

static void one_family(void **state)
{
	const struct answer *a = ask(*state, "four.test");

	assert_int_equal(a->found.count, 1);
	assert_true(has(&a->found, "192.0.2.4"));
	a = ask(*state, "six.test");
	assert_int_equal(a->found.count, 1);
	assert_true(has(&a->found, "2001:db8::6"));
}

static void duplicates_and_too_many(void **state)
{
	const struct answer *a = ask(*state, "twice.test");

	assert_int_equal(a->found.count, 2);
	a = ask(*state, "many.test");
	assert_int_equal(a->failed, 0);
	assert_int_equal(a->found.count, RESOLVE_MAX);
}

static void alias_is_followed(void **state)
{
	const struct answer *a = ask(*state, "alias.test");

	assert_int_equal(a->found.count, 1);
	assert_true(has(&a->found, "192.0.2.9"));
}

/* A server that keeps silent about one family does not spoil the other. */
static void half_an_answer_counts(void **state)
{
	const struct answer *a = ask(*state, "half.test");

	assert_int_equal(a->failed, 0);
	assert_int_equal(a->found.count, 1);
}

/* Each kind of failure has its own words, and none shows the name to the person. */
static void failures_are_told_apart(void **state)
{
	static const struct {
		const char *host;
		enum err_code code;
		const char *words;
	} cases[] = {
		{ "gone.test", ERR_MISSING, "no server of this name" },
		{ "none.test", ERR_MISSING, "no address belongs to it" },
		{ "broken.test", ERR_NET, "report trouble" },
		{ "refused.test", ERR_NET, "report trouble" },
		{ "silent.test", ERR_NET, "did not answer in time" },
		{ "garbage.test", ERR_NET, "name servers" },
	};
	struct world *w = *state;

	resolve_limit(w->r, 300);
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct answer *a = ask(w, cases[i].host);

		assert_int_equal(a->failed, 1);
		assert_int_equal(a->err.code, cases[i].code);
		if (!strstr(a->err.say, cases[i].words))
			fail_msg("%s: %s", cases[i].host, a->err.say);
		assert_null(strstr(a->err.say, cases[i].host));
		assert_non_null(strstr(a->err.log, cases[i].host));
	}
}

static void time_limit_is_kept(void **state)
{
	struct world *w = *state;
	int64_t start = clock_mono_ms();

	resolve_limit(w->r, 150);
	assert_int_equal(ask(w, "silent.test")->failed, 1);
	assert_in_range(clock_mono_ms() - start, 149, 3000);
	/* the late end of the same question inside c-ares hurts nobody */
	assert_int_equal(ask(w, "good.test")->failed, 0);
	/* and the limit of an answered question has no effect any more */
	start = clock_mono_ms();
	while (clock_mono_ms() - start < 200)
		loop_turn(w->loop, 50);
	assert_int_equal(w->answer.calls, 1);
}

static void rebinding_shows(void **state)
{
	const struct answer *a = ask(*state, "rebind.test");

	assert_true(has(&a->found, "93.184.216.34"));
	a = ask(*state, "rebind.test");
	assert_true(has(&a->found, "127.0.0.1"));
	assert_int_equal(a->found.count, 1);
}

static void literals_need_no_server(void **state)
{
	static const char *const literals[] = { "192.0.2.1", "2001:db8::1", "::ffff:10.0.0.1",
		"::1" };
	struct world *w = *state;

	for (size_t i = 0; i < COUNT(literals); i++) {
		const struct answer *a = ask(w, literals[i]);

		assert_int_equal(a->failed, 0);
		assert_int_equal(a->found.count, 1);
		assert_true(has(&a->found, literals[i]));
	}
	assert_int_equal(w->asked, 0);
}

/* Neither an address nor a name: nothing is asked of anybody. */
static void odd_numbers_are_no_names(void **state)
{
	static const char *const odd[] = { "", ".", "127.1", "0x7f.1", "2130706433", "0x7f000001",
		"010.0.0.1", "1.2.3.4.5", "256.1.1.1", "fe80::1%lo", "[::1]", "good.test.0x7f",
		"a b", "-a.test", "a..test", "good.test\n", "g\xc3\xb6.test" };
	struct world *w = *state;

	for (size_t i = 0; i < COUNT(odd); i++) {
		const struct answer *a = ask(w, odd[i]);

		if (!a->failed || !strstr(a->err.say, "neither a host name nor"))
			fail_msg("\"%s\" was taken for a name", odd[i]);
	}
	assert_int_equal(w->asked, 0);
}

static void too_long_is_no_name(void **state)
{
	char host[300];

	memset(host, 'a', sizeof(host) - 1);
	host[sizeof(host) - 1] = '\0';
	assert_int_equal(ask(*state, host)->failed, 1);
}

/* A short name means itself: the search list of the machine is not tried. */
static void no_search_list(void **state)
{
	struct world *w = *state;

	assert_int_equal(setenv("LOCALDOMAIN", "test", 1), 0);
	resolve_free(w->r);
	w->r = resolve_new(w->loop, w->servers, &(struct err){ 0 });
	assert_non_null(w->r);
	unsetenv("LOCALDOMAIN");
	assert_int_equal(ask(w, "good")->failed, 1);
	assert_int_equal(ask(w, "good.test.nowhere")->failed, 1);
}

static void hosts_file_is_read(void **state)
{
	struct world *w = *state;
	const struct answer *a = ask(w, "localhost");

	assert_int_equal(a->failed, 0);
	assert_true(has(&a->found, "127.0.0.1") || has(&a->found, "::1"));
	assert_int_equal(w->asked, 0);
}

static void names_below_localhost_are_this_machine(void **state)
{
	static const char *const outside[] = { "notlocalhost", "localhost.nowhere",
		"localhost.good.nowhere" };
	struct world *w = *state;

	for (size_t i = 0; i < 2; i++) {
		const struct answer *a = ask(w, i == 0 ? "mail.example.localhost" : "a.LOCALHOST");

		assert_int_equal(a->failed, 0);
		assert_true(has(&a->found, "127.0.0.1") || has(&a->found, "::1"));
		assert_int_equal(w->asked, 0);
	}
	for (size_t i = 0; i < COUNT(outside); i++) {
		assert_int_equal(ask(w, outside[i])->failed, 1);
		assert_true(w->asked > 0);
	}
}

static void cancelled_questions_stay_silent(void **state)
{
	struct world *w = *state;
	uint64_t dns = resolve_ask(w->r, "good.test", keep, &w->answer);
	uint64_t literal = resolve_ask(w->r, "192.0.2.1", keep, &w->answer);
	struct answer other = { 0 };

	resolve_ask(w->r, "four.test", keep, &other);
	resolve_cancel(w->r, dns);
	resolve_cancel(w->r, dns);
	resolve_cancel(w->r, literal);
	resolve_cancel(w->r, 0);
	resolve_cancel(w->r, UINT64_MAX);
	for (int i = 0; i < 100 && other.calls == 0; i++)
		loop_turn(w->loop, 50);
	loop_turn(w->loop, 20);
	assert_int_equal(other.calls, 1);
	assert_int_equal(w->answer.calls, 0);
}

static void freeing_ends_questions(void **state)
{
	struct world *w = *state;
	struct answer all[3] = { { 0 } };

	resolve_ask(w->r, "silent.test", keep, &all[0]);
	resolve_ask(w->r, "192.0.2.1", keep, &all[1]);
	resolve_cancel(w->r, resolve_ask(w->r, "silent.test", keep, &all[2]));
	resolve_free(w->r);
	w->r = NULL;
	loop_turn(w->loop, 0);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(all[i].calls, 1);
		assert_int_equal(all[i].failed, 1);
	}
	assert_int_equal(all[2].calls, 0);
}

static void free_it(void *ptr, const struct addresses *found, const struct err *e)
{
	struct world *w = ptr;

	(void)e;
	w->answer.calls++;
	if (found)
		assert_true(has(found, "192.0.2.10"));
	resolve_free(w->r);
	w->r = NULL;
}

static void callback_may_free_the_resolver(void **state)
{
	struct world *w = *state;

	resolve_ask(w->r, "good.test", free_it, w);
	for (int i = 0; i < 100 && w->r; i++)
		loop_turn(w->loop, 50);
	assert_int_equal(w->answer.calls, 1);
	assert_null(w->r);
}

static void ask_again(void *ptr, const struct addresses *found, const struct err *e)
{
	struct world *w = ptr;

	(void)found;
	(void)e;
	if (++w->answer.calls < 4)
		resolve_ask(w->r, w->answer.calls == 2 ? "gone.test" : "good.test", ask_again, w);
}

static void callback_may_ask(void **state)
{
	struct world *w = *state;

	resolve_ask(w->r, "192.0.2.1", ask_again, w);
	for (int i = 0; i < 100 && w->answer.calls < 4; i++)
		loop_turn(w->loop, 50);
	assert_int_equal(w->answer.calls, 4);
}

static void count_call(void *ptr, const struct addresses *found, const struct err *e)
{
	int *tally = ptr;

	(void)found;
	tally[e != NULL]++;
}

/* Over the limit questions fail at once, and the others are not hurt. */
static void questions_are_bounded(void **state)
{
	struct world *w = *state;
	int tally[2] = { 0 };

	for (int i = 0; i < 1100; i++)
		resolve_ask(w->r, "silent.test", count_call, tally);
	loop_turn(w->loop, 0);
	loop_turn(w->loop, 0);
	assert_int_equal(tally[0], 0);
	assert_int_equal(tally[1], 1100 - 1024);
	resolve_free(w->r);
	w->r = NULL;
	assert_int_equal(tally[1], 1100);
}

static void servers_are_checked(void **state)
{
	static const char *const bad[] = { "not-an-address", "127.0.0.1:99999x", "1.2.3", ",",
		"127.0.0.1:65536", "127.0.0.1:0", "127.0.0.1:", "127.0.0.1,", "127.0.0.1,,::1",
		"[::1", "[::1]53", "::1%lo", "127.0.0.1 ", "[::1]", "[127.0.0.1]:53:53" };
	static const char *const good[] = { "127.0.0.1", "::1", "[::1]:53",
		"127.0.0.1:53,[::1]:54,2001:db8::1" };
	struct resolve *r;
	struct world *w = *state;
	struct err e;

	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_null(resolve_new(w->loop, bad[i], &e));
		assert_int_equal(e.code, ERR_SETUP);
		assert_non_null(strstr(e.log, bad[i]));
	}
	for (size_t i = 0; i < COUNT(good); i++) {
		r = resolve_new(w->loop, good[i], &e);
		if (!r)
			fail_msg("\"%s\": %s", good[i], e.log);
		resolve_free(r);
	}
	resolve_free(NULL);
}

static void system_servers(void **state)
{
	struct world *w = *state;
	struct err e;
	struct resolve *r = resolve_new(w->loop, "", &e);

	assert_non_null(r);
	resolve_free(r);
}

/* The engine asks after it has locked itself up. */
static void works_under_the_lock(void **state)
{
	struct world *w = *state;
	int status;
	pid_t child = fork();

	if (child == 0) {
		struct err e;

		if (sandbox_lock(SANDBOX_ENGINE, &e) < 0)
			_exit(1);
		resolve_free(w->r);
		w->r = resolve_new(w->loop, w->servers, &e);
		if (!w->r || ask(w, "good.test")->failed || ask(w, "localhost")->failed)
			_exit(2);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void only_canonical_literals(void **state)
{
	static const struct {
		const char *text;
		const char *canonical; /* NULL: refused */
	} cases[] = {
		{ "0.0.0.0", "0.0.0.0" },
		{ "255.255.255.255", "255.255.255.255" },
		{ "::", "::" },
		{ "2001:DB8:0:0::1", "2001:db8::1" },
		{ "::ffff:1.2.3.4", "::ffff:1.2.3.4" },
		{ "1.2.3", NULL },
		{ "1", NULL },
		{ "127.1", NULL },
		{ "0x7f.0.0.1", NULL },
		{ "0177.0.0.1", NULL },
		{ "01.2.3.4", NULL },
		{ "1.2.3.4.", NULL },
		{ "1.2.3.4 ", NULL },
		{ " 1.2.3.4", NULL },
		{ "1.2.3.256", NULL },
		{ "+1.2.3.4", NULL },
		{ "1.2.3.4/8", NULL },
		{ "fe80::1%1", NULL },
		{ "fe80::1%eth0", NULL },
		{ "[::1]", NULL },
		{ ":::", NULL },
		{ "1::2::3", NULL },
		{ "12345::", NULL },
		{ "::1.2.3", NULL },
		{ "", NULL },
		{ "localhost", NULL },
	};
	char text[INET6_ADDRSTRLEN];
	struct address a;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		int rc = address_parse(cases[i].text, &a);

		if (rc != (cases[i].canonical ? 0 : -1))
			fail_msg("\"%s\": %d", cases[i].text, rc);
		if (rc == 0)
			assert_string_equal(
				address_text(&a, text, sizeof(text)), cases[i].canonical);
	}
	assert_int_equal(address_parse("::1", &a), 0);
	assert_null(address_text(&a, text, 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(both_families),
		TEST(one_family),
		TEST(duplicates_and_too_many),
		TEST(alias_is_followed),
		TEST(half_an_answer_counts),
		TEST(failures_are_told_apart),
		TEST(time_limit_is_kept),
		TEST(rebinding_shows),
		TEST(literals_need_no_server),
		TEST(odd_numbers_are_no_names),
		TEST(too_long_is_no_name),
		TEST(no_search_list),
		TEST(hosts_file_is_read),
		TEST(names_below_localhost_are_this_machine),
		TEST(cancelled_questions_stay_silent),
		TEST(freeing_ends_questions),
		TEST(callback_may_free_the_resolver),
		TEST(callback_may_ask),
		TEST(questions_are_bounded),
		TEST(servers_are_checked),
		TEST(system_servers),
		TEST(works_under_the_lock),
		cmocka_unit_test(only_canonical_literals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
