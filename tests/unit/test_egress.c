/* The egress guard: every range and its edges, disguises, ports, tenancy, entries. */
#include "egress_unit.h"

static const struct sample {
	const char *addr;
	const char *class;
} samples[] = {
	{ "0.0.0.0", "unspecified" },
	{ "0.0.0.1", "reserved" },
	{ "0.255.255.255", "reserved" },
	{ "1.0.0.0", "public" },
	{ "9.255.255.255", "public" },
	{ "10.0.0.0", "private" },
	{ "10.255.255.255", "private" },
	{ "11.0.0.0", "public" },
	{ "100.63.255.255", "public" },
	{ "100.64.0.0", "shared" },
	{ "100.100.100.199", "shared" },
	{ "100.100.100.200", "metadata" },
	{ "100.100.100.201", "shared" },
	{ "100.127.255.255", "shared" },
	{ "100.128.0.0", "public" },
	{ "126.255.255.255", "public" },
	{ "127.0.0.0", "loopback" },
	{ "127.0.0.1", "loopback" },
	{ "127.255.255.255", "loopback" },
	{ "128.0.0.0", "public" },
	{ "168.63.129.15", "public" },
	{ "168.63.129.16", "metadata" },
	{ "168.63.129.17", "public" },
	{ "169.253.255.255", "public" },
	{ "169.254.0.0", "link-local" },
	{ "169.254.169.253", "link-local" },
	{ "169.254.169.254", "metadata" },
	{ "169.254.169.255", "link-local" },
	{ "169.254.255.255", "link-local" },
	{ "169.255.0.0", "public" },
	{ "172.15.255.255", "public" },
	{ "172.16.0.0", "private" },
	{ "172.31.255.255", "private" },
	{ "172.32.0.0", "public" },
	{ "191.255.255.255", "public" },
	{ "192.0.0.0", "reserved" },
	{ "192.0.0.191", "reserved" },
	{ "192.0.0.192", "metadata" },
	{ "192.0.0.193", "reserved" },
	{ "192.0.0.255", "reserved" },
	{ "192.0.1.0", "public" },
	{ "192.0.1.255", "public" },
	{ "192.0.2.0", "documentation" },
	{ "192.0.2.255", "documentation" },
	{ "192.0.3.0", "public" },
	{ "192.88.98.255", "public" },
	{ "192.88.99.0", "reserved" },
	{ "192.88.99.255", "reserved" },
	{ "192.88.100.0", "public" },
	{ "192.167.255.255", "public" },
	{ "192.168.0.0", "private" },
	{ "192.168.255.255", "private" },
	{ "192.169.0.0", "public" },
	{ "198.17.255.255", "public" },
	{ "198.18.0.0", "benchmark" },
	{ "198.19.255.255", "benchmark" },
	{ "198.20.0.0", "public" },
	{ "198.51.99.255", "public" },
	{ "198.51.100.0", "documentation" },
	{ "198.51.100.255", "documentation" },
	{ "198.51.101.0", "public" },
	{ "203.0.112.255", "public" },
	{ "203.0.113.0", "documentation" },
	{ "203.0.113.255", "documentation" },
	{ "203.0.114.0", "public" },
	{ "223.255.255.255", "public" },
	{ "224.0.0.0", "multicast" },
	{ "239.255.255.255", "multicast" },
	{ "240.0.0.0", "reserved" },
	{ "255.255.255.254", "reserved" },
	{ "255.255.255.255", "broadcast" },
	{ "::", "unspecified" },
	{ "::1", "loopback" },
	{ "::2", "translated" },
	{ "::7f00:1", "translated" },
	{ "::8.8.8.8", "translated" },
	{ "::ffff:ffff", "translated" },
	{ "::1:0:0", "reserved" },
	{ "::fffe:ffff:ffff", "reserved" },
	{ "::ffff:0:0", "unspecified" },
	{ "::ffff:8.8.8.8", "public" },
	{ "::ffff:127.0.0.1", "loopback" },
	{ "::ffff:169.254.169.254", "metadata" },
	{ "::ffff:169.254.1.1", "link-local" },
	{ "::ffff:100.64.0.1", "shared" },
	{ "::ffff:10.0.0.1", "translated" },
	{ "::ffff:192.168.255.255", "translated" },
	{ "::ffff:255.255.255.255", "broadcast" },
	{ "::1:0:0:0", "reserved" },
	{ "::ffff:0:127.0.0.1", "reserved" },
	{ "64:ff9a:ffff:ffff:ffff:ffff:ffff:ffff", "reserved" },
	{ "64:ff9b::", "unspecified" },
	{ "64:ff9b::8.8.8.8", "public" },
	{ "64:ff9b::127.0.0.1", "loopback" },
	{ "64:ff9b::10.1.2.3", "translated" },
	{ "64:ff9b::169.254.169.254", "metadata" },
	{ "64:ff9b::ffff:ffff", "broadcast" },
	{ "64:ff9b::1:0:0", "reserved" },
	{ "64:ff9b:0:ffff:ffff:ffff:ffff:ffff", "reserved" },
	{ "64:ff9b:1::", "translated" },
	{ "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", "translated" },
	{ "64:ff9b:2::", "reserved" },
	{ "ff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "reserved" },
	{ "100::", "reserved" },
	{ "100::ffff:ffff:ffff:ffff", "reserved" },
	{ "100:0:0:1::", "reserved" },
	{ "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "reserved" },
	{ "2000::", "public" },
	{ "2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "public" },
	{ "2001::", "translated" },
	{ "2001:0:ffff:ffff:ffff:ffff:ffff:ffff", "translated" },
	{ "2001:1::", "reserved" },
	{ "2001:2::", "benchmark" },
	{ "2001:2:0:ffff:ffff:ffff:ffff:ffff", "benchmark" },
	{ "2001:2:1::", "reserved" },
	{ "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "reserved" },
	{ "2001:200::", "public" },
	{ "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", "public" },
	{ "2001:db8::", "documentation" },
	{ "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "documentation" },
	{ "2001:db9::", "public" },
	{ "2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "public" },
	{ "2002::", "unspecified" },
	{ "2002:808:808::1", "public" },
	{ "2002:7f00:1::1", "loopback" },
	{ "2002:a9fe:a9fe::", "metadata" },
	{ "2002:a00:1::", "translated" },
	{ "2002:c0a8:101::", "translated" },
	{ "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "broadcast" },
	{ "2003::", "public" },
	{ "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "public" },
	{ "3fff::", "documentation" },
	{ "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "documentation" },
	{ "3fff:1000::", "public" },
	{ "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "public" },
	{ "4000::", "reserved" },
	{ "fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "reserved" },
	{ "fc00::", "private" },
	{ "fd00:ec1:ffff:ffff:ffff:ffff:ffff:ffff", "private" },
	{ "fd00:ec2::", "metadata" },
	{ "fd00:ec2::254", "metadata" },
	{ "fd00:ec3::", "private" },
	{ "fd00:c1::a9fe:a9fe", "metadata" },
	{ "fd00:c1::a9fe:a9fd", "private" },
	{ "fd20:ce::254", "metadata" },
	{ "fd20:ce::255", "private" },
	{ "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "private" },
	{ "fe00::", "reserved" },
	{ "fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "reserved" },
	{ "fe80::", "link-local" },
	{ "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "link-local" },
	{ "fec0::", "reserved" },
	{ "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "reserved" },
	{ "ff00::", "multicast" },
	{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "multicast" },
};

/* With an empty list the class alone decides: public yes, private by name in single, others never.
 */
static void every_range(void **state)
{
	struct place *p = *state;

	for (size_t i = 0; i < COUNT(samples); i++) {
		struct address a = parse(samples[i].addr);
		int is_public = strcmp(samples[i].class, "public") == 0;
		int is_private = strcmp(samples[i].class, "private") == 0;
		struct egress_verdict v;

		assert_int_equal(
			egress_check(p->single, "a.test", &a, 443, &v), is_public || is_private);
		if (strcmp(v.class, samples[i].class) != 0)
			fail_msg("%s: %s, not %s", samples[i].addr, v.class, samples[i].class);
		assert_int_equal(v.never, !is_public && !is_private);
		assert_int_equal(check(p->multi, "a.test", samples[i].addr, 443), is_public);
		assert_int_equal(
			check(p->single, samples[i].addr, samples[i].addr, 443), is_public);
		assert_int_equal(check(p->single, "a.test", samples[i].addr, 80), 0);
	}
}

/* What is refused is told with its reason and the way out; nobody learns an address that way. */
static void sentences(void **state)
{
	static const struct {
		const char *host;
		const char *addr;
		int port;
		int tenancy;
		const char *rule;
		const char *say[2];
	} cases[] = {
		{ "mail.test", "8.8.8.8", 443, TENANCY_MULTI, "public", { "", "" } },
		{ "mail.test", "10.7.7.7", 443, TENANCY_SINGLE, "private", { "", "" } },
		{ "mail.test", "8.8.8.8", 8443, TENANCY_SINGLE, "port",
			{ "port other than 443", "latchkey egress allow mail.test 8443" } },
		{ "mail.test", "10.7.7.7", 8443, TENANCY_SINGLE, "port",
			{ "port other than 443", "latchkey egress allow mail.test 8443" } },
		{ "mail.test", "10.7.7.7", 443, TENANCY_MULTI, "tenancy",
			{ "private network", "latchkey egress allow mail.test 443" } },
		{ "10.7.7.7", "10.7.7.7", 443, TENANCY_SINGLE, "literal",
			{ "by its name", "latchkey egress allow 10.7.7.7 443" } },
		{ "mail.test", "127.0.0.1", 443, TENANCY_SINGLE, "special",
			{ "this machine itself", "latchkey egress allow mail.test 443" } },
		{ "mail.test", "169.254.169.254", 443, TENANCY_SINGLE, "special",
			{ "cloud provider", "Ops can allow the address itself" } },
		{ "169.254.169.254", "169.254.169.254", 443, TENANCY_SINGLE, "special",
			{ "cloud provider", "latchkey egress allow 169.254.169.254 443" } },
		{ "mail.test", "fe80::1", 443, TENANCY_SINGLE, "special",
			{ "one cable", "Ops can allow the address itself" } },
		{ "mail.test", "::ffff:10.7.7.7", 443, TENANCY_SINGLE, "special",
			{ "in disguise", "Ops can allow the address itself" } },
	};
	struct place *p = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct address a = parse(cases[i].addr);
		struct egress_verdict v;

		egress_check(cases[i].tenancy == TENANCY_SINGLE ? p->single : p->multi,
			cases[i].host, &a, cases[i].port, &v);
		if (strcmp(v.rule, cases[i].rule) != 0 || !strstr(v.say, cases[i].say[0]) ||
			!strstr(v.fix, cases[i].say[1]))
			fail_msg("%s %s: %s: %s", cases[i].host, cases[i].addr, v.rule, v.say);
		if (strcmp(cases[i].host, cases[i].addr) != 0)
			assert_null(strstr(v.say, cases[i].addr));
		assert_non_null(strstr(v.log, cases[i].addr));
		assert_non_null(strstr(v.log, cases[i].host));
	}
}

static void long_names_do_not_cut_the_sentence(void **state)
{
	struct place *p = *state;
	char host[EGRESS_HOST];
	struct address a = parse("127.0.0.1");
	struct egress_verdict v;

	memset(host, 'a', sizeof(host) - 1);
	host[sizeof(host) - 1] = '\0';
	assert_int_equal(egress_check(p->single, host, &a, 443, &v), 0);
	assert_non_null(strstr(v.fix, "latchkey egress allow NAME 443"));
	assert_non_null(strstr(v.log, "(127.0.0.0/8: loopback)"));
	host[80] = '\0';
	for (size_t i = 0; i < COUNT(samples); i++) {
		a = parse(samples[i].addr);
		if (!egress_check(p->single, host, &a, 65535, &v))
			assert_true(strlen(v.say) < sizeof(v.say) - 1);
	}
}

static void ports(void **state)
{
	static const int closed[] = { -1, 0, 1, 80, 442, 444, 8443, 65535, 65536, 65536 + 443 };
	struct place *p = *state;

	for (size_t i = 0; i < COUNT(closed); i++)
		assert_int_equal(check(p->single, "a.test", "8.8.8.8", closed[i]), 0);
	assert_int_equal(check(p->single, "a.test", "8.8.8.8", 443), 1);
	list_these(p, "a.test 8000-8100\n8.8.4.4 25\n");
	assert_int_equal(check(p->single, "a.test", "8.8.8.8", 7999), 0);
	assert_int_equal(check(p->single, "a.test", "8.8.8.8", 8000), 1);
	assert_int_equal(check(p->single, "a.test", "8.8.8.8", 8100), 1);
	assert_int_equal(check(p->single, "a.test", "8.8.8.8", 8101), 0);
	assert_int_equal(check(p->single, "a.test", "8.8.8.8", 443), 1);
	assert_int_equal(check(p->single, "b.test", "8.8.8.8", 8000), 0);
	assert_int_equal(check(p->single, "b.test", "8.8.4.4", 25), 1);
	assert_int_equal(check(p->single, "b.test", "8.8.8.8", 25), 0);
}

/* Behind a proxy a name without an address: entries of addresses say nothing about it. */
static void names_alone(void **state)
{
	static const struct {
		const char *host;
		int port;
		const char *rule;
	} cases[] = {
		{ "a.test", 443, "public" },
		{ "b.test", 443, "public" },
		{ "a.test", 8443, "listed" },
		{ "A.Test", 8443, "listed" },
		{ "b.test", 8443, "port" },
		{ "a.test", 25, "port" },
	};
	struct place *p = *state;
	struct egress_verdict v;

	list_these(p, "a.test 8443\n0.0.0.0/0 1-65535\n::/0 1-65535\n");
	for (size_t i = 0; i < COUNT(cases); i++) {
		int ok = egress_check_name(p->multi, cases[i].host, cases[i].port, &v);

		assert_string_equal(v.rule, cases[i].rule);
		assert_string_equal(v.class, "unknown");
		assert_int_equal(ok, strcmp(v.rule, "port") != 0);
		assert_false(v.never);
	}
	assert_non_null(strstr(v.fix, "latchkey egress allow a.test 25"));
	assert_non_null(strstr(v.log, "no address port 25 for a.test: port"));
}

/* Without TLS: port 80 of public addresses, whatever the tenancy; and what is listed. */
static void without_tls(void **state)
{
	static const struct {
		const char *host, *addr;
		int port, allowed;
		const char *rule;
	} cases[] = {
		{ "a.test", "8.8.8.8", 80, 1, "public" },
		{ "8.8.8.8", "8.8.8.8", 80, 1, "public" },
		{ "a.test", "2a00::1", 80, 1, "public" },
		{ "a.test", "::ffff:8.8.8.8", 80, 1, "public" },
		{ "a.test", "8.8.8.8", 443, 0, "plain" },
		{ "a.test", "8.8.8.8", 81, 0, "plain" },
		{ "a.test", "8.8.8.8", 0, 0, "plain" },
		{ "a.test", "10.0.0.1", 80, 0, "plain" },
		{ "a.test", "fd00::1", 80, 0, "plain" },
		{ "a.test", "127.0.0.1", 80, 0, "special" },
		{ "a.test", "::ffff:10.0.0.1", 80, 0, "special" },
		{ "a.test", "169.254.169.254", 80, 0, "special" },
		{ "b.test", "10.0.0.1", 80, 1, "listed" },
		{ "b.test", "127.0.0.1", 80, 1, "listed" },
		{ "b.test", "8.8.8.8", 8080, 1, "listed" },
	};
	struct place *p = *state;

	list_these(p, "b.test 80\nb.test 8080\n");
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct address a = parse(cases[i].addr);
		struct egress_verdict v;
		int rc = egress_check_plain(p->single, cases[i].host, &a, cases[i].port, &v);

		if (rc != cases[i].allowed || strcmp(v.rule, cases[i].rule) != 0)
			fail_msg("%s %s %d: %d, %s", cases[i].host, cases[i].addr, cases[i].port,
				rc, v.rule);
		assert_int_equal(rc == 1, v.say[0] == '\0');
		/* nothing of this opens port 80 for anything else */
		assert_int_equal(check(p->single, cases[i].host, cases[i].addr, 80),
			strcmp(cases[i].host, "b.test") == 0);
	}
}

/* A private address beside a public one is left out; one of the never kind spoils all. */
static void without_tls_as_a_whole(void **state)
{
	struct place *p = *state;
	struct addresses in = { 3, { parse("10.0.0.1"), parse("8.8.8.8"), parse("8.8.4.4") } };
	struct addresses out;
	struct egress_verdict v;

	assert_int_equal(egress_choose_plain(p->single, "a.test", 80, &in, &out, &v), 1);
	assert_int_equal(out.count, 2);
	assert_int_equal(egress_choose(p->single, "a.test", 80, &in, &out, &v), 0);
	in.list[2] = parse("127.0.0.1");
	assert_int_equal(egress_choose_plain(p->single, "a.test", 80, &in, &out, &v), 0);
	assert_int_equal(out.count, 0);
	in.count = 1;
	assert_int_equal(egress_choose_plain(p->multi, "a.test", 80, &in, &out, &v), 0);
	assert_string_equal(v.rule, "tenancy");
	assert_int_equal(egress_choose_plain(p->single, "a.test", 80, &in, &out, &v), 0);
	assert_non_null(strstr(v.say, "Without encryption"));
	assert_non_null(strstr(v.fix, "latchkey egress allow a.test 80"));
}

/* What an entry opens and what it does not. */
static void entries(void **state)
{
	static const struct {
		const char *list;
		const char *host;
		const char *addr;
		int port;
		int allowed;
	} cases[] = {
		/* addresses and networks */
		{ "127.0.0.1", "a.test", "127.0.0.1", 443, 1 },
		{ "127.0.0.1", "127.0.0.1", "127.0.0.1", 443, 1 },
		{ "127.0.0.1", "a.test", "127.0.0.2", 443, 0 },
		{ "127.0.0.1 8443", "a.test", "127.0.0.1", 443, 0 },
		{ "127.0.0.0/8", "a.test", "127.9.9.9", 443, 1 },
		{ "::1", "a.test", "::1", 443, 1 },
		{ "::1", "a.test", "127.0.0.1", 443, 0 },
		{ "10.1.0.0/16", "10.1.255.255", "10.1.255.255", 443, 1 },
		{ "10.1.0.0/16", "a.test", "10.2.0.0", 443, 0 },
		{ "10.1.0.128/25", "a.test", "10.1.0.127", 443, 0 },
		{ "10.1.0.128/25", "a.test", "10.1.0.128", 443, 1 },
		{ "fc00::/7", "a.test", "fd12::1", 443, 1 },
		{ "224.0.0.0/4", "a.test", "224.0.0.1", 443, 1 },
		/* a special range opens from within only */
		{ "0.0.0.0/0 1-65535", "a.test", "8.8.8.8", 8443, 1 },
		{ "0.0.0.0/0", "a.test", "127.0.0.1", 443, 0 },
		{ "0.0.0.0/0", "a.test", "10.0.0.1", 443, 0 },
		{ "126.0.0.0/7", "a.test", "127.0.0.1", 443, 0 },
		{ "0.0.0.0/0", "a.test", "169.254.169.254", 443, 0 },
		{ "169.254.0.0/16", "a.test", "169.254.1.1", 443, 1 },
		{ "169.254.0.0/16", "a.test", "169.254.169.254", 443, 0 },
		{ "169.254.169.254", "a.test", "169.254.169.254", 443, 1 },
		{ "100.64.0.0/10", "a.test", "100.100.100.200", 443, 0 },
		{ "::/0 1-65535", "a.test", "2a00::1", 8443, 1 },
		{ "::/0", "a.test", "::1", 443, 0 },
		{ "::/0", "a.test", "fd00::1", 443, 0 },
		{ "::/0", "a.test", "8.8.8.8", 8443, 0 },
		{ "fc00::/7", "a.test", "fd00:ec2::254", 443, 0 },
		{ "fd00:ec2::254", "a.test", "fd00:ec2::254", 443, 1 },
		/* names */
		{ "a.test", "a.test", "127.0.0.1", 443, 1 },
		{ "a.test", "A.Test", "127.0.0.1", 443, 1 },
		{ "A.TEST", "a.test", "127.0.0.1", 443, 1 },
		{ "a.test", "b.a.test", "127.0.0.1", 443, 0 },
		{ "a.test", "a.test", "127.0.0.1", 444, 0 },
		{ "a.test", "a.test", "10.0.0.1", 443, 1 },
		{ "a.test", "127.0.0.1", "127.0.0.1", 443, 0 },
		{ "a.test", "a.test", "169.254.169.254", 443, 0 },
		{ "a.test", "a.test", "168.63.129.16", 443, 0 },
		{ "a.test", "a.test", "169.254.0.1", 443, 0 },
		{ "a.test", "a.test", "fe80::1", 443, 0 },
		{ "a.test", "a.test", "::ffff:169.254.169.254", 443, 0 },
		{ "a.test", "a.test", "64:ff9b::a9fe:a9fe", 443, 0 },
		{ "a.test", "a.test", "64:ff9b:1::a9fe:a9fe", 443, 0 },
		{ "a.test", "a.test", "::ffff:127.0.0.1", 443, 0 },
		{ "a.test", "a.test", "64:ff9b::7f00:1", 443, 0 },
		{ "a.test", "a.test", "2002:6440:1::1", 443, 0 },
		{ "a.test 25", "a.test", "64:ff9b::8.8.8.8", 25, 1 },
		/* disguises: the entry of the carried address, or one of the carrier as narrow */
		{ "127.0.0.0/8", "a.test", "::ffff:127.0.0.1", 443, 1 },
		{ "10.0.0.0/8", "a.test", "::ffff:10.0.0.1", 443, 1 },
		{ "11.0.0.0/8", "a.test", "::ffff:10.0.0.1", 443, 0 },
		{ "10.0.0.0/8", "a.test", "2002:a00:1::1", 443, 1 },
		{ "::ffff:0:0/96", "a.test", "::ffff:10.0.0.1", 443, 0 },
		{ "::ffff:10.0.0.0/104", "a.test", "::ffff:10.0.0.1", 443, 1 },
		{ "64:ff9b::/96", "a.test", "64:ff9b::169.254.169.254", 443, 0 },
		{ "64:ff9b::/96 25", "a.test", "64:ff9b::8.8.8.8", 25, 1 },
		{ "2002::/16", "a.test", "2002:7f00:1::", 443, 0 },
		{ "2002:7f00::/24", "a.test", "2002:7f00:1::", 443, 1 },
		{ "64:ff9b:1::/48", "a.test", "64:ff9b:1::1", 443, 1 },
		{ "2001::/32", "a.test", "2001:0:1::1", 443, 1 },
	};
	struct place *p = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		list_these(p, cases[i].list);
		if (check(p->multi, cases[i].host, cases[i].addr, cases[i].port) !=
			cases[i].allowed)
			fail_msg("\"%s\" for %s %s %d: should be %d", cases[i].list, cases[i].host,
				cases[i].addr, cases[i].port, cases[i].allowed);
	}
}

/* found and allowed as lists of texts; "" when refused as a whole. */
static void choose(struct place *p, const char *const *found, const char *const *want)
{
	struct addresses in = { 0 }, out;
	struct egress_verdict v;
	char text[INET6_ADDRSTRLEN];
	size_t n = 0;
	int rc;

	while (found[in.count]) {
		in.list[in.count] = parse(found[in.count]);
		in.count++;
	}
	rc = egress_choose(p->multi, "a.test", 443, &in, &out, &v);
	while (want[n]) {
		assert_true(n < out.count);
		assert_string_equal(address_text(&out.list[n], text, sizeof(text)), want[n]);
		n++;
	}
	assert_int_equal(out.count, n);
	assert_int_equal(rc, n > 0);
	assert_int_equal(v.allowed, rc);
	assert_int_equal(v.say[0] == '\0', rc);
}

static void answers_are_judged_as_a_whole(void **state)
{
	static const struct {
		const char *list;
		const char *found[5];
		const char *want[5];
	} cases[] = {
		{ "", { NULL }, { NULL } },
		{ "", { "8.8.8.8", "2a00::1" }, { "8.8.8.8", "2a00::1" } },
		/* private ones are left out where they are not allowed */
		{ "", { "10.0.0.1", "8.8.8.8", "fd00::1" }, { "8.8.8.8" } },
		{ "", { "10.0.0.1" }, { NULL } },
		{ "10.0.0.1", { "10.0.0.1", "8.8.8.8" }, { "10.0.0.1", "8.8.8.8" } },
		/* one of the never kind spoils all, wherever it stands */
		{ "", { "8.8.8.8", "127.0.0.1" }, { NULL } },
		{ "", { "127.0.0.1", "8.8.8.8" }, { NULL } },
		{ "", { "10.0.0.1", "8.8.8.8", "::ffff:127.0.0.1", "8.8.4.4" }, { NULL } },
		{ "", { "8.8.8.8", "169.254.169.254" }, { NULL } },
		{ "a.test", { "8.8.8.8", "127.0.0.1" }, { "8.8.8.8", "127.0.0.1" } },
		{ "a.test", { "8.8.8.8", "169.254.169.254" }, { NULL } },
	};
	struct place *p = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		list_these(p, cases[i].list);
		choose(p, cases[i].found, cases[i].want);
	}
}

static void parses_and_normalises(void **state)
{
	static const struct {
		const char *in;
		const char *out; /* NULL: refused */
	} cases[] = {
		{ "10.0.0.0/8", "10.0.0.0/8 443" },
		{ "10.1.2.3", "10.1.2.3/32 443" },
		{ "2001:DB8::", "2001:db8::/128 443" },
		{ "2001:db8:0::/48 25-26", "2001:db8::/48 25-26" },
		{ "0.0.0.0/0 1-65535", "0.0.0.0/0 1-65535" },
		{ "Mail.Example.ORG", "mail.example.org 443" },
		{ "  mail.example.org \t 8443  ", "mail.example.org 8443" },
		{ "mail 443-443", "mail 443" },
		{ "::ffff:1.2.3.4", "::ffff:1.2.3.4/128 443" },
		{ "", NULL },
		{ "   ", NULL },
		{ "443", NULL },
		{ "10.1.2.3/8", NULL },
		{ "10.0.0.1/31", NULL },
		{ "2001:db8::1/64", NULL },
		{ "::1/0", NULL },
		{ "10.0.0.0/33", NULL },
		{ "10.0.0.0/-1", NULL },
		{ "10.0.0.0/", NULL },
		{ "10.0.0.0/8x", NULL },
		{ "::/129", NULL },
		{ "/8", NULL },
		{ "10.0.0/8", NULL },
		{ "127.1", NULL },
		{ "0x7f.1", NULL },
		{ "010.0.0.1", NULL },
		{ "2130706433", NULL },
		{ "fe80::1%lo", NULL },
		{ "[::1]", NULL },
		{ "*.example.org", NULL },
		{ "mail.example.org:443", NULL },
		{ "https://mail.example.org", NULL },
		{ "mail_1.example.org", NULL },
		{ "-mail.example.org", NULL },
		{ "mail..org", NULL },
		{ "mail.org 0", NULL },
		{ "mail.org 65536", NULL },
		{ "mail.org 443-", NULL },
		{ "mail.org -443", NULL },
		{ "mail.org 444-443", NULL },
		{ "mail.org 1-2-3", NULL },
		{ "mail.org 443x", NULL },
		{ "mail.org 000000443", NULL },
		{ "mail.org 443 444", NULL },
		{ "mail.org\n10.0.0.0/8", NULL },
		{ "mail.org 443\n", NULL },
		{ "m\xc3\xa4il.org", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct egress_entry en;
		struct err e = { 0 };
		char text[EGRESS_TEXT] = "refused";
		int rc = egress_entry_parse(cases[i].in, &en, &e);

		if (rc == 0)
			egress_entry_text(&en, text, sizeof(text));
		else
			assert_int_equal(e.code, ERR_INPUT);
		if (strcmp(text, cases[i].out ? cases[i].out : "refused") != 0)
			fail_msg("\"%s\": %s", cases[i].in, text);
	}
}

static void longest_entry(void **state)
{
	char in[600], text[EGRESS_TEXT];
	struct egress_entry en;
	struct err e;
	size_t n = 0;

	(void)state;
	while (n < 250)
		n += (size_t)snprintf(in + n, sizeof(in) - n, "%s", "abcdefghi.");
	snprintf(in + n, sizeof(in) - n, "org 10000-65535");
	assert_ok(egress_entry_parse(in, &en, &e));
	egress_entry_text(&en, text, sizeof(text));
	assert_string_equal(text, in);
	memset(in, 'a', sizeof(in) - 1);
	in[sizeof(in) - 1] = '\0';
	assert_int_equal(egress_entry_parse(in, &en, &e), -1);
	in[254] = '\0';
	assert_int_equal(egress_entry_parse(in, &en, &e), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_range),
		TEST(sentences),
		TEST(long_names_do_not_cut_the_sentence),
		TEST(ports),
		TEST(names_alone),
		TEST(without_tls),
		TEST(without_tls_as_a_whole),
		TEST(entries),
		TEST(answers_are_judged_as_a_whole),
		cmocka_unit_test(parses_and_normalises),
		cmocka_unit_test(longest_entry),
	};

	egress_free(NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
