/* Services to hosts (SRV records), against a small name server that lives in the same loop. */
#include "tests/unit/resolve_unit.h"

struct offer {
	int calls;
	int failed;
	struct resolve_targets found;
	struct err err;
};

static void keep_offer(void *ptr, const struct resolve_targets *found, const struct err *e)
{
	struct offer *o = ptr;

	o->calls++;
	o->failed = e != NULL;
	assert_true((found == NULL) == (e != NULL));
	if (e)
		o->err = *e;
	else
		o->found = *found;
}

static struct offer offers(struct world *w, const char *domain)
{
	int64_t end = clock_mono_ms() + 2 * RESOLVE_TIMEOUT_MS;
	struct offer o = { 0 };

	assert_true(resolve_srv(w->r, "_s._tcp", domain, keep_offer, &o) != 0);
	assert_int_equal(o.calls, 0);
	while (o.calls == 0 && clock_mono_ms() < end)
		loop_turn(w->loop, 100);
	assert_int_equal(o.calls, 1);
	return o;
}

static void services_in_their_order(void **state)
{
	struct offer o = offers(*state, "one.test");

	assert_int_equal(o.found.count, 1);
	assert_string_equal(o.found.list[0].host, "mail.one.test");
	assert_int_equal(o.found.list[0].port, 443);
	o = offers(*state, "sorted.test");
	assert_int_equal(o.found.count, 3);
	assert_string_equal(o.found.list[0].host, "a.test");
	assert_int_equal(o.found.list[0].port, 444);
	assert_int_equal(o.found.list[0].weight, 9);
	assert_string_equal(o.found.list[1].host, "b.test");
	assert_int_equal(o.found.list[1].port, 65535);
	assert_string_equal(o.found.list[2].host, "c.test");
	assert_int_equal(o.found.list[2].priority, 30);
}

/* Each of two equals comes first at some time, in many tries; the weightless one hardly ever. */
static void services_share_by_weight(void **state)
{
	int seen[2] = { 0 }, never = 0;

	for (int i = 0; i < 60; i++) {
		struct offer o = offers(*state, "equals.test");

		assert_int_equal(o.found.count, 3);
		assert_string_equal(o.found.list[0].host, "first.test");
		seen[o.found.list[1].host[0] == 'a']++;
		o = offers(*state, "weights.test");
		assert_int_equal(o.found.count, 2);
		never += strcmp(o.found.list[0].host, "never.test") == 0;
	}
	assert_true(seen[0] > 0 && seen[1] > 0);
	assert_true(never < 5);
}

/* No record, and "." as the target, are answers: nobody offers it. */
static void services_not_offered(void **state)
{
	static const char *const domains[] = { "none.test", "gone.test", "off.test", "nowhere" };

	for (size_t i = 0; i < COUNT(domains); i++) {
		struct offer o = offers(*state, domains[i]);

		assert_int_equal(o.failed, 0);
		assert_int_equal(o.found.count, 0);
	}
}

static void odd_services_are_left_out(void **state)
{
	struct offer o = offers(*state, "odd.test");

	assert_int_equal(o.found.count, 1);
	assert_string_equal(o.found.list[0].host, "good.test");
	o = offers(*state, "many.test");
	assert_int_equal(o.found.count, RESOLVE_TARGETS);
	for (int i = 0; i < RESOLVE_TARGETS; i++)
		assert_int_equal(o.found.list[i].port, i + 1);
}

static void services_fail(void **state)
{
	static const char *const domains[] = { "broken.test", "garbage.test", "silent.test",
		"not a name", "127.1", "" };
	struct world *w = *state;
	char domain[254];

	resolve_limit(w->r, 300);
	for (size_t i = 0; i < COUNT(domains); i++) {
		struct offer o = offers(w, domains[i]);

		assert_int_equal(o.failed, 1);
		assert_int_equal(o.err.code, i < 3 ? ERR_NET : ERR_MISSING);
	}
	memset(domain, 'a', sizeof(domain));
	for (size_t i = 60; i < sizeof(domain); i += 60)
		domain[i] = '.';
	domain[sizeof(domain) - 1] = '\0';
	assert_int_equal(offers(w, domain).failed, 1); /* too long together */
}

static void cancelled_services_stay_silent(void **state)
{
	struct world *w = *state;
	struct offer o = { 0 }, late = { 0 };

	resolve_cancel(w->r, resolve_srv(w->r, "_s._tcp", "one.test", keep_offer, &o));
	resolve_srv(w->r, "_s._tcp", "silent.test", keep_offer, &late);
	for (int i = 0; i < 5; i++)
		loop_turn(w->loop, 10);
	assert_int_equal(o.calls + late.calls, 0);
	resolve_free(w->r);
	w->r = NULL;
	assert_int_equal(o.calls, 0);
	assert_int_equal(late.calls, 1);
	assert_int_equal(late.failed, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(services_in_their_order),
		TEST(services_share_by_weight),
		TEST(services_not_offered),
		TEST(odd_services_are_left_out),
		TEST(services_fail),
		TEST(cancelled_services_stay_silent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
