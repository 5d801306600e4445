/* Names to addresses, against a small name server that lives in the same loop. */
#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "platform/clock.h"
#include "platform/resolve.h"
#include "platform/sandbox.h"

enum { TYPE_A = 1, TYPE_CNAME = 5, TYPE_AAAA = 28, PACKET = 1500 };
enum { NOERROR = 0, SERVFAIL = 2, NXDOMAIN = 3, REFUSED = 5, SILENT = 100, GARBAGE, REBIND };

/* What the server says of each name. */
static const struct zone {
	const char *name;
	int rcode;
	const char *v4[24];
	const char *v6[4];
	const char *alias;
	int v6_silent;
} zones[] = {
	{ .name = "good.test", .v4 = { "192.0.2.10", "192.0.2.11" }, .v6 = { "2001:db8::10" } },
	{ .name = "four.test", .v4 = { "192.0.2.4" } },
	{ .name = "six.test", .v6 = { "2001:db8::6" } },
	{ .name = "twice.test", .v4 = { "192.0.2.7", "192.0.2.7", "192.0.2.8", "192.0.2.7" } },
	{ .name = "many.test",
		.v4 = { "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6",
			"10.0.0.7", "10.0.0.8", "10.0.0.9", "10.0.0.10", "10.0.0.11", "10.0.0.12",
			"10.0.0.13", "10.0.0.14", "10.0.0.15", "10.0.0.16", "10.0.0.17",
			"10.0.0.18", "10.0.0.19", "10.0.0.20" } },
	{ .name = "alias.test", .v4 = { "192.0.2.9" }, .alias = "real.test" },
	{ .name = "half.test", .v4 = { "192.0.2.5" }, .v6_silent = 1 },
	{ .name = "none.test" },
	{ .name = "gone.test", .rcode = NXDOMAIN },
	{ .name = "broken.test", .rcode = SERVFAIL },
	{ .name = "refused.test", .rcode = REFUSED },
	{ .name = "silent.test", .rcode = SILENT },
	{ .name = "garbage.test", .rcode = GARBAGE },
	{ .name = "rebind.test", .rcode = REBIND },
};

struct answer {
	int calls;
	int failed;
	struct addresses found;
	struct err err;
};

struct world {
	struct loop *loop;
	struct resolve *r;
	int fd;
	int asked; /* questions the server has seen */
	char servers[32];
	struct answer answer;
};

/* "\4good\4test\0" to "good.test"; returns the length on the wire. */
static size_t read_name(const unsigned char *p, char *dst, size_t size)
{
	size_t at = 0, used = 0;

	while (p[at]) {
		used += (size_t)snprintf(dst + used, size - used, "%s%.*s", used ? "." : "",
			(int)p[at], (const char *)p + at + 1);
		at += p[at] + 1u;
	}
	return at + 1;
}

static size_t put_record(
	unsigned char *p, const unsigned char *owner, int type, const void *data, size_t n)
{
	const unsigned char head[] = { owner[0], owner[1], 0, (unsigned char)type, 0, 1, 0, 0, 0, 0,
		0, (unsigned char)n };

	memcpy(p, head, sizeof(head));
	memcpy(p + sizeof(head), data, n);
	return sizeof(head) + n;
}

static const struct zone *find_zone(const char *name)
{
	for (size_t i = 0; i < COUNT(zones); i++) {
		if (strcmp(zones[i].name, name) == 0)
			return &zones[i];
	}
	return NULL;
}

/* Appends the records of z to the answer of n bytes; the number of records. */
static int put_zone(const struct zone *z, int type, unsigned char *p, size_t *n)
{
	static const unsigned char question[] = { 0xc0, 12 };
	const char *const *list = type == TYPE_A ? z->v4 : z->v6;
	unsigned char owner[2] = { 0xc0, 12 }, raw[16];
	int count = 0;

	if (z->alias) {
		owner[1] = (unsigned char)(*n + 12);
		*n += put_record(p + *n, question, TYPE_CNAME, "\4real\4test", 11);
		count++;
	}
	for (; *list; list++, count++) {
		inet_pton(type == TYPE_A ? AF_INET : AF_INET6, *list, raw);
		*n += put_record(p + *n, owner, type, raw, type == TYPE_A ? 4 : 16);
	}
	return count;
}

/* A public address the first time, this machine from then on. */
static int put_rebound(int asked, int type, unsigned char *p, size_t *n)
{
	static const unsigned char question[] = { 0xc0, 12 };

	if (type != TYPE_A)
		return 0;
	*n += put_record(
		p + *n, question, TYPE_A, asked <= 2 ? "\x5d\xb8\xd8\x22" : "\x7f\0\0\1", 4);
	return 1;
}

static void serve(void *ptr, int fd, int events)
{
	struct world *w = ptr;
	unsigned char p[PACKET] = { 0 };
	struct sockaddr_storage from;
	socklen_t size = sizeof(from);
	char name[256] = "";
	const struct zone *z;
	size_t n;
	int type, rcode, count = 0;

	(void)events;
	if (recvfrom(fd, p, sizeof(p), 0, (struct sockaddr *)&from, &size) < 12)
		return;
	w->asked++;
	n = 12 + read_name(p + 12, name, sizeof(name));
	type = p[n + 1];
	n += 4;
	z = find_zone(name);
	rcode = z ? z->rcode : NXDOMAIN;
	if (rcode == SILENT || (z && z->v6_silent && type == TYPE_AAAA))
		return;
	if (rcode == REBIND)
		count = put_rebound(w->asked, type, p, &n);
	else if (rcode == NOERROR && z)
		count = put_zone(z, type, p, &n);
	p[2] = 0x81; /* answer, recursion desired */
	p[3] = (unsigned char)(0x80 | (rcode < SILENT ? rcode : NOERROR));
	p[7] = (unsigned char)count;
	if (rcode == GARBAGE) {
		p[7] = 9;
		memset(p + n, 0xff, 20);
		n += 20;
	}
	(void)!sendto(fd, p, n, 0, (struct sockaddr *)&from, size);
}

static int setup(void **state)
{
	struct sockaddr_in sa = { .sin_family = AF_INET };
	socklen_t size = sizeof(sa);
	struct world *w = calloc(1, sizeof(*w));
	struct err e;

	if (!w)
		return -1;
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	w->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (w->fd < 0 || bind(w->fd, (struct sockaddr *)&sa, sizeof(sa)) < 0 ||
		getsockname(w->fd, (struct sockaddr *)&sa, &size) < 0)
		return -1;
	snprintf(w->servers, sizeof(w->servers), "127.0.0.1:%d", ntohs(sa.sin_port));
	w->loop = loop_new();
	loop_watch(w->loop, w->fd, LOOP_READ, serve, w);
	w->r = resolve_new(w->loop, w->servers, &e);
	*state = w;
	return w->r ? 0 : -1;
}

static int teardown(void **state)
{
	struct world *w = *state;

	resolve_free(w->r);
	loop_free(w->loop);
	close(w->fd);
	free(w);
	return 0;
}

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
		const char *words;
	} cases[] = {
		{ "gone.test", "no server of this name" },
		{ "none.test", "no address belongs to it" },
		{ "broken.test", "report trouble" },
		{ "refused.test", "report trouble" },
		{ "silent.test", "did not answer in time" },
		{ "garbage.test", "name servers" },
	};
	struct world *w = *state;

	resolve_limit(w->r, 300);
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct answer *a = ask(w, cases[i].host);

		assert_int_equal(a->failed, 1);
		assert_int_equal(a->err.code, ERR_NET);
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

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

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
