/* The client's ways to a server: names, addresses that change, and proxies. */
#include "tests/unit/client_unit.h"

static const struct client_config ntlm = { .signin = SIGNIN_NTLM };

static void names_are_looked_up_well(void **state)
{
	struct world *w = *state;

	w->c = unit_client(w, &ntlm);
	w->name_fails = w->names_missing = 1;
	assert_int_equal(unit_once(w, EXCHANGE_OPEN_FOLDERS)->reason, REASON_NAME_NOT_FOUND);
	assert_string_equal(w->last.said, "No such name.");
	/* not asked again before a while */
	assert_int_equal(unit_once(w, EXCHANGE_OPEN_FOLDERS)->reason, REASON_NAME_NOT_FOUND);
	assert_int_equal(w->names_asked, 1);
	unit_pass(w, 60000);
	w->name_fails = 3;
	w->names_missing = 0;
	assert_int_equal(unit_once(w, EXCHANGE_OPEN_FOLDERS)->reason, REASON_OK);
	assert_int_equal(w->names_asked, 5);
	client_free(w->c);
	w->c = unit_client(w, &ntlm);
	w->name_fails = 100;
	assert_int_equal(unit_once(w, EXCHANGE_OPEN_FOLDERS)->reason, REASON_DNS_FAILED);
	assert_int_equal(w->names_asked, 5 + CLIENT_TRIES);
	w->name_fails = 0;
	client_fresh(w->c);
	w->refused_by_guard = 1;
	assert_int_equal(unit_once(w, EXCHANGE_OPEN_FOLDERS)->reason, REASON_NOT_ALLOWED);
	assert_string_equal(w->last.code, "private");
	assert_int_equal(w->looked, 1);
}

static void addresses_are_renewed(void **state)
{
	struct world *w = *state;
	int asked;

	w->c = unit_client(w, &ntlm);
	unit_once(w, EXCHANGE_OPEN_FOLDERS);
	asked = w->names_asked;
	/* an old answer is asked again, and the same is no reason for new connections */
	unit_pass(w, 6 * 60 * 1000);
	unit_once(w, EXCHANGE_OPEN_FOLDERS);
	assert_int_equal(w->names_asked, asked + 1);
	assert_int_equal(w->pools, 1);
	assert_int_equal(w->signins, 1);
	/* trouble with names is none as long as connections work */
	w->name_fails = 1;
	unit_pass(w, 6 * 60 * 1000);
	assert_int_equal(unit_once(w, EXCHANGE_OPEN_FOLDERS)->reason, REASON_OK);
	/* elsewhere after a failure */
	w->address = "192.0.2.2";
	unit_script_end(w, TRANSPORT_BROKEN, TRANSPORT_CONNECTING);
	assert_int_equal(unit_once(w, EXCHANGE_OPEN_FOLDERS)->reason, REASON_OK);
	unit_pass(w, 10);
	assert_int_equal(w->pools, 1);
	assert_int_equal(w->signins, 2);
}

static void a_proxy_needs_no_names_of_others(void **state)
{
	const struct client_proxy proxy = { "proxy.example.test", 3128, "", NULL };
	struct client_config cf = ntlm;
	struct world *w = *state;

	cf.proxy = &proxy;
	w->c = unit_client(w, &cf);
	assert_int_equal(unit_once(w, EXCHANGE_OPEN_FOLDERS)->reason, REASON_OK);
	assert_int_equal(w->names_asked, 2);
	unit_pass(w, 6 * 60 * 1000);
	unit_once(w, EXCHANGE_OPEN_FOLDERS);
	assert_int_equal(w->signins, 1);
}

/* The proxy's name is found. That of the server is not: there is none, or nobody can say. */
static const struct outcome *unnamed(struct world *w, int port, int missing)
{
	static const struct client_proxy proxy = { "proxy.example.test", 3128, "", NULL };
	struct client_config cf = ntlm;

	cf.proxy = &proxy;
	cf.port = port;
	client_free(w->c);
	w->c = unit_client(w, &cf);
	w->names_missing = missing;
	w->name_spared = 1;
	w->name_fails = 100;
	return unit_once(w, EXCHANGE_OPEN_FOLDERS);
}

static void a_proxy_does_not_lift_the_guard(void **state)
{
	struct world *w = *state;

	assert_int_equal(unnamed(w, 443, 1)->reason, REASON_OK);
	assert_int_equal(unnamed(w, 25, 1)->reason, REASON_NOT_ALLOWED);
	assert_string_equal(w->last.said, "Not on this port.");
	assert_int_equal(unnamed(w, 443, 0)->reason, REASON_DNS_FAILED);
}

static void a_proxy_may_be_down_for_a_while(void **state)
{
	static const long said[] = { 0, 503 };
	struct world *w = *state;

	w->c = unit_client(w, &ntlm);
	for (size_t i = 0; i < COUNT(said); i++) {
		unit_script_end(w, TRANSPORT_PROXY, TRANSPORT_CONNECTING);
		w->script[w->scripted - 1].status = said[i];
		assert_int_equal(unit_once(w, EXCHANGE_CREATE_BOOKING)->reason, REASON_OK);
		assert_int_equal(w->last.attempts, 1);
	}
	assert_int_equal(reason_row(REASON_UNREACHABLE)->temper, TEMPER_PASSING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		client_test(names_are_looked_up_well),
		client_test(addresses_are_renewed),
		client_test(a_proxy_needs_no_names_of_others),
		client_test(a_proxy_does_not_lift_the_guard),
		client_test(a_proxy_may_be_down_for_a_while),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
